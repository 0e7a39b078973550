//! Text to words, and words to folded hashes.
//!
//! Words are those of [UAX #29](https://www.unicode.org/reports/tr29/#Word_Boundaries):
//! the segments between word boundaries that hold at least one alphanumeric
//! character, exactly as `unicode_segmentation::UnicodeSegmentation::unicode_word_indices`
//! gives them. Stretches of ASCII take a table-driven path that gives the same
//! words (a property test holds it to that).
//!
//! The text is never normalised as a whole, so that every span is already in
//! original bytes. Instead each word is *folded* while it is hashed:
//! compatibility forms (NFKC), lower case, no soft hyphens, zero-width
//! characters, Arabic tatweel or short vowels, one apostrophe.

use crate::span::Span;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::{UWordBoundIndices, UnicodeSegmentation};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Version of everything that is hashed: folding, words, shingles, signatures and
/// fingerprints. It changes whenever one of them does; stored hashes of different
/// versions must not be mixed.
pub const FORMAT_VERSION: u32 = 2;

/// Refuses what was written with another format version.
#[cfg(feature = "serde")]
pub(crate) fn check_format(name: &'static str, format: u32) -> Result<(), crate::Error> {
    match format {
        FORMAT_VERSION => Ok(()),
        _ => Err(crate::Error::setting(
            name,
            format,
            "2, the version this library writes",
        )),
    }
}

const WORD_SEED: u64 = 0x7477_6963_6574_6f6c; // "twicetol"

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
    Words {
        text,
        position: 0,
        ascii_end: 0,
        piece: None,
    }
}

/// Iterator over the words of a text; see [`words`].
#[derive(Debug, Clone)]
pub struct Words<'t> {
    text: &'t str,
    position: usize,
    /// Bytes before this offset (from `position`) are ASCII and may be scanned by table.
    ascii_end: usize,
    /// A piece that holds other characters, with its offset in the text.
    piece: Option<(usize, UWordBoundIndices<'t>)>,
}

impl Iterator for Words<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        loop {
            if let Some((base, bounds)) = &mut self.piece {
                for (at, word) in bounds.by_ref() {
                    if word.chars().any(char::is_alphanumeric) {
                        return Some(Span::new(*base + at, *base + at + word.len()));
                    }
                }
                self.piece = None;
            }
            if self.position < self.ascii_end {
                let region = &self.text.as_bytes()[..self.ascii_end];
                match ascii_word(region, self.position) {
                    Some(span) => {
                        self.position = span.end;
                        return Some(span);
                    }
                    None => self.position = self.ascii_end,
                }
            }
            if self.position >= self.text.len() {
                return None;
            }
            self.next_stretch();
        }
    }
}

impl Words<'_> {
    /// Sets up the next ASCII stretch, or the next piece with other characters.
    ///
    /// Both begin and end beside ASCII white space, which is always a word
    /// boundary, with one exception: a combining mark after white space belongs
    /// to the white space (rule WB4), and runs of spaces do not break (WB3d). So
    /// a piece takes the white space before it, and ends before white space only
    /// where ASCII follows all of it.
    fn next_stretch(&mut self) {
        let bytes = self.text.as_bytes();
        let rest = &bytes[self.position..];
        let Some(other) = rest.iter().position(|b| !b.is_ascii()) else {
            self.ascii_end = bytes.len();
            return;
        };
        let other = self.position + other;
        let ascii = &bytes[self.position..other];
        let start = match ascii.iter().rposition(|b| is_space(*b)) {
            Some(space) => {
                let before = ascii[..space].iter().rposition(|b| !is_space(*b));
                self.position + before.map_or(0, |at| at + 1)
            }
            None => self.position,
        };
        if start > self.position {
            self.ascii_end = start;
            return;
        }
        let mut from = other;
        let end = loop {
            let Some(space) = bytes[from..].iter().position(|b| is_space(*b)) else {
                break bytes.len();
            };
            let space = from + space;
            let after = bytes[space..].iter().position(|b| !is_space(*b));
            match after.map(|after| space + after) {
                Some(after) if !bytes[after].is_ascii() => from = after,
                _ => break space,
            }
        };
        self.piece = Some((start, self.text[start..end].split_word_bound_indices()));
        self.position = end;
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// What an ASCII byte is to the word rules of UAX #29 (table 3).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    /// `_`: joins letters and digits (WB13a, WB13b).
    Joiner,
    /// `:`: between letters (WB6, WB7).
    MidLetter,
    /// `,` and `;`: between digits (WB11, WB12).
    MidDigit,
    /// `.` and `'`: between two letters or two digits.
    MidBoth,
    Other,
}

const CLASS: [Class; 128] = {
    let mut table = [Class::Other; 128];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => Class::Letter,
            b'0'..=b'9' => Class::Digit,
            b'_' => Class::Joiner,
            b':' => Class::MidLetter,
            b',' | b';' => Class::MidDigit,
            b'.' | b'\'' => Class::MidBoth,
            _ => Class::Other,
        };
        byte += 1;
    }
    table
};

/// The first word of the ASCII bytes `region` at or after `from`.
fn ascii_word(region: &[u8], from: usize) -> Option<Span> {
    let class = |at: usize| match region.get(at) {
        Some(byte) => CLASS[usize::from(*byte & 0x7f)],
        None => Class::Other,
    };
    let mut start = from;
    loop {
        while start < region.len()
            && !matches!(class(start), Class::Letter | Class::Digit | Class::Joiner)
        {
            start += 1;
        }
        if start == region.len() {
            return None;
        }
        let mut end = start;
        let mut alphanumeric = false;
        loop {
            match class(end) {
                Class::Letter | Class::Digit => {
                    alphanumeric = true;
                    end += 1;
                }
                Class::Joiner => end += 1,
                Class::Other => break,
                mid => {
                    let side = match mid {
                        Class::MidLetter => class(end - 1) == Class::Letter,
                        Class::MidDigit => class(end - 1) == Class::Digit,
                        _ => matches!(class(end - 1), Class::Letter | Class::Digit),
                    };
                    if side && class(end + 1) == class(end - 1) {
                        end += 2;
                    } else {
                        break;
                    }
                }
            }
        }
        if alphanumeric {
            return Some(Span::new(start, end));
        }
        start = end;
    }
}

/// Folds words and hashes what is left.
///
/// Keeps a buffer between words; make one and use it for a whole text.
///
/// ```
/// use twicetold::word::WordHasher;
///
/// let mut hasher = WordHasher::new();
/// assert_eq!(hasher.hash("ＣＡＦÉ"), hasher.hash("cafe\u{301}"));
/// assert_ne!(hasher.hash("cafe"), hasher.hash("café"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct WordHasher {
    folded: String,
}

impl WordHasher {
    /// A hasher with an empty buffer.
    pub fn new() -> Self {
        Self::default()
    }

    /// The 64-bit hash of the folded `word`: XXH3 with a fixed seed, its top three
    /// bits the [`Script`] the word is written in.
    pub fn hash(&mut self, word: &str) -> u64 {
        let mut short = [0u8; 32];
        let bytes = word.as_bytes();
        if bytes.len() <= short.len() && bytes.is_ascii() {
            let short = &mut short[..bytes.len()];
            short.copy_from_slice(bytes);
            short.make_ascii_lowercase();
            return Script::Spaced.mark(xxh3_64_with_seed(short, WORD_SEED));
        }
        self.fold(word);
        hash_folded(&self.folded)
    }

    /// As [`hash`](Self::hash), with every run of digits taken as one `0`:
    /// "3 comments" and "17 comments" are one line of a template.
    pub(crate) fn hash_without_digits(&mut self, word: &str) -> u64 {
        self.fold(word);
        let mut buffer = String::with_capacity(self.folded.len());
        for c in self.folded.chars() {
            if !c.is_numeric() {
                buffer.push(c);
            } else if !buffer.ends_with('0') {
                buffer.push('0');
            }
        }
        hash_folded(&buffer)
    }

    /// The folded form of `word`, as it is hashed.
    pub fn fold(&mut self, word: &str) -> &str {
        self.folded.clear();
        if word.is_ascii() {
            self.folded.push_str(word);
            self.folded.make_ascii_lowercase();
        } else {
            // Vowel signs go only once the text is composed: hamza and madda are
            // written with the same marks and belong to their letter.
            let visible = word.chars().filter(|c| !is_invisible(*c));
            for c in visible.nfkc() {
                match c {
                    c if is_invisible(c) || is_vowel_sign(c) => {}
                    '\u{2018}' | '\u{2019}' | '\u{2bc}' => self.folded.push('\''),
                    'ς' => self.folded.push('σ'),
                    _ => self.folded.extend(c.to_lowercase()),
                }
            }
        }
        &self.folded
    }
}

fn hash_folded(folded: &str) -> u64 {
    let script = folded.chars().next().map_or(Script::Spaced, Script::of);
    script.mark(xxh3_64_with_seed(folded.as_bytes(), WORD_SEED))
}

/// What a word is written in, as far as it tells how much one word says.
///
/// In scripts written without spaces UAX #29 makes a word of every letter or
/// character, so it takes more of them to say as much as a word says; see
/// [`shingle`](crate::shingle).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Script {
    /// Words between spaces; also katakana, which UAX #29 joins into words.
    Spaced,
    /// Ideographs.
    Han,
    /// Hiragana.
    Kana,
    /// Thai, and the Tai scripts written like it.
    Thai,
    /// Lao.
    Lao,
    /// Khmer.
    Khmer,
    /// Burmese.
    Burmese,
}

impl Script {
    /// Bits of a word hash below its script.
    const HASH_BITS: u32 = 61;

    /// The script of a word whose folded form begins with `first`.
    pub(crate) fn of(first: char) -> Self {
        match u32::from(first) {
            0..0xe00 => Script::Spaced,
            0xe00..=0xe7f | 0x1950..=0x19df | 0x1a20..=0x1aaf | 0xaa80..=0xaadf => Script::Thai,
            0xe80..=0xeff => Script::Lao,
            0x1000..=0x109f | 0xa9e0..=0xa9ff | 0xaa60..=0xaa7f => Script::Burmese,
            0x1780..=0x17ff => Script::Khmer,
            // U+30FC, the long vowel mark, stands alone between hiragana.
            0x3041..=0x309f | 0x30fc | 0x1b001..=0x1b11f => Script::Kana,
            0x2e80..=0x2fdf
            | 0x3005..=0x3007
            | 0x3021..=0x3029
            | 0x3400..=0x4dbf
            | 0x4e00..=0x9fff
            | 0xf900..=0xfaff
            | 0x16fe0..=0x18d8f
            | 0x1b170..=0x1b2ff
            | 0x20000..=0x3ffff => Script::Han,
            _ => Script::Spaced,
        }
    }

    /// The script of a word, from its [hash](WordHasher::hash).
    pub fn of_hash(word: u64) -> Self {
        match word >> Self::HASH_BITS {
            1 => Script::Han,
            2 => Script::Kana,
            3 => Script::Thai,
            4 => Script::Lao,
            5 => Script::Khmer,
            6 => Script::Burmese,
            _ => Script::Spaced,
        }
    }

    /// Whether all words are of one script.
    pub(crate) fn is_one(words: &[u64]) -> bool {
        let first = words.first().copied().unwrap_or_default();
        let differ = words.iter().fold(0, |differ, word| differ | (word ^ first));
        differ >> Self::HASH_BITS == 0
    }

    fn mark(self, hash: u64) -> u64 {
        hash & (u64::MAX >> (64 - Self::HASH_BITS)) | (self as u64) << Self::HASH_BITS
    }
}

/// Characters that do not change which word it is: soft hyphen, joiners and
/// marks without width, variation selectors, Arabic tatweel.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{640}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{e0100}'..='\u{e01ef}')
}

/// Signs that Arabic and Hebrew are read without: short vowels, points, accents.
fn is_vowel_sign(c: char) -> bool {
    matches!(c,
        '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}'
        | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}'
        | '\u{6e7}' | '\u{6e8}' | '\u{6ea}'..='\u{6ed}')
}
