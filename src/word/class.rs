//! What a character is to the rules of words; shared with `tools/word-table`.

/// The values of Word_Break (UAX #29, table 3), with the two that are pictographs too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Class {
    Other,
    CarriageReturn,
    LineFeed,
    Newline,
    Extend,
    /// Zero width joiner.
    Joiner,
    Format,
    RegionalIndicator,
    Katakana,
    HebrewLetter,
    Letter,
    LetterPictograph,
    MidLetter,
    MidNum,
    MidNumLet,
    Numeric,
    ExtendNumLet,
    /// WSegSpace.
    Space,
    SingleQuote,
    DoubleQuote,
    Pictograph,
}

/// Bits of a table entry that hold the [`Class`].
#[allow(dead_code)] // the tool that makes the table does not read it
pub(crate) const CLASS: u8 = 0x1f;

/// The character makes a segment a word.
pub(crate) const ALPHANUMERIC: u8 = 0x20;

/// NFKC leaves the character as it is, whatever stands beside it, and folding does not drop it.
pub(crate) const SIMPLE: u8 = 0x40;

/// The character is simple and folds to itself, or to its lower case in ASCII.
pub(crate) const SAME: u8 = 0x80;
