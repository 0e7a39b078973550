//! Text to words, and words to folded hashes.
//!
//! Words are those of [UAX #29](https://www.unicode.org/reports/tr29/#Word_Boundaries):
//! the segments between word boundaries that hold at least one alphanumeric
//! character, exactly as `unicode_segmentation::UnicodeSegmentation::unicode_word_indices`
//! gives them, by a table of our own (property tests and every assigned character hold it
//! to that).
//!
//! The text is never normalised as a whole, so that every span is already in
//! original bytes. Instead each word is *folded* while it is hashed:
//! compatibility forms (NFKC), lower case, no soft hyphens, zero-width
//! characters, Arabic tatweel or short vowels, one apostrophe.

mod bitmaps;
mod bounds;
mod class;
mod fold;
mod hasher;
mod rules;
mod script;
mod table;
mod vocabulary;

pub use bounds::Words;
pub use hasher::WordHasher;
pub(crate) use hasher::hash_words;
pub use script::Script;
pub use vocabulary::{FoldedWords, Vocabulary};

use crate::span::Span;

/// Version of everything that is hashed: folding, words, shingles, signatures and
/// fingerprints. It changes whenever one of them does; stored hashes of different
/// versions must not be mixed.
pub const FORMAT_VERSION: u32 = 4;

/// Versions of Unicode that hashes depend on, besides the [format version](FORMAT_VERSION): that of the
/// word table, and that of the compatibility forms words are folded by. Stored hashes of different
/// versions must not be mixed.
pub const UNICODE_VERSIONS: [(u8, u8, u8); 2] =
    [(17, 0, 0), unicode_normalization::UNICODE_VERSION];

/// A word and what folding it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) span: Span,
    pub(crate) folding: Folding,
}

/// What has to be done to fold a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Folding {
    /// Nothing but lower case for ASCII letters.
    Ascii,
    /// The same, and it holds other characters.
    Same,
    /// Every character folds for itself.
    Simple,
    /// All of it.
    Full,
}

/// Refuses what was written with another format version.
#[cfg(feature = "serde")]
pub(crate) fn check_format(name: &'static str, format: u32) -> Result<(), crate::Error> {
    match format {
        FORMAT_VERSION => Ok(()),
        _ => Err(crate::Error::setting(
            name,
            format,
            "4, the version this library writes",
        )),
    }
}

/// The words of `text`, in order, as spans.
///
/// Linear in the length of the text; no allocation.
///
/// ```
/// let text = "Don't stop: 3.5 km, naïve!";
/// let words: Vec<&str> = twicetold::word::words(text).map(|span| span.of(text)).collect();
/// assert_eq!(words, ["Don't", "stop", "3.5", "km", "naïve"]);
/// ```
pub fn words(text: &str) -> Words<'_> {
    Words::new(text)
}
