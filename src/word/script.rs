//! What words are written in.

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
            0x4e00..=0x9fff => Script::Han,
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
            | 0xf900..=0xfaff
            | 0x16fe0..=0x18d8f
            | 0x1b170..=0x1b2ff
            | 0x20000..=0x3ffff => Script::Han,
            _ => Script::Spaced,
        }
    }

    /// The script of a word, from its [hash](super::WordHasher::hash).
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

    pub(crate) fn mark(self, hash: u64) -> u64 {
        hash & (u64::MAX >> (64 - Self::HASH_BITS)) | (self as u64) << Self::HASH_BITS
    }
}
