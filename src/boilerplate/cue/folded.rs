//! Words as phrases are compared with them.
//!
//! Words are folded as everywhere, and then without accents: capitals are written
//! without them ("A LIRE AUSSI"), Arabic writes alef with and without its hamza,
//! Russian ё as е. Where no spaces are written UAX #29 makes a word of each letter of
//! line and phrase alike, so that the same comparison serves.

use super::LONGEST_CUE;
use crate::word::{Script, WordHasher, words};
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// Bytes of a folded word from which on it is no word of any phrase, whatever its accents.
const LONGEST_WORD: usize = 512;

/// Names of sites that head a record in lists of videos and posts.
pub(super) const RECORD_SITES: [&str; 10] = [
    "youtube",
    "vimeo",
    "dailymotion",
    "facebook",
    "twitter",
    "x",
    "instagram",
    "tiktok",
    "reddit",
    "linkedin",
];

/// The folded words of `line`, without accents.
pub(super) fn plain_words(line: &str) -> Vec<String> {
    let mut hasher = WordHasher::new();
    words(line)
        .map(|word| plain(hasher.fold(word.of(line))).into_owned())
        .collect()
}

/// A folded word without accents.
pub(super) fn plain(folded: &str) -> Cow<'_, str> {
    if folded.is_ascii() || folded.len() > LONGEST_WORD {
        return Cow::Borrowed(folded);
    }
    let letters = folded.nfd().filter(|c| !is_accent(*c)).map(plain_letter);
    // Capitals have no ß: "MENÜ SCHLIESSEN".
    Cow::Owned(letters.nfc().collect::<String>().replace('ß', "ss"))
}

/// Length of folded words in half words: a letter of a script without spaces is one,
/// another word two. Long messages of programs take 1.4 letters in Chinese and 2.5
/// in Japanese for a word of English (30,000 and 21,000 words of catalogues).
pub(super) fn units(words: &[String]) -> usize {
    let spaced = |word: &&String| {
        let first = word.chars().next();
        first.is_some_and(|first| Script::of(first) == Script::Spaced)
    };
    words.len() + words.iter().filter(spaced).count()
}

/// Whether a phrase has more words than a line that can be a cue.
pub(super) fn is_long(phrase: &str) -> bool {
    units(&plain_words(phrase)) > 2 * LONGEST_CUE
}

/// Accents of Latin, Greek and Cyrillic; hamza and madda of Arabic.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{653}'..='\u{655}')
}

/// Letters that Arabic spelling does not keep apart at the end of words, those of
/// Persian keyboards, and its digits.
fn plain_letter(c: char) -> char {
    match c {
        'ى' | 'ی' => 'ي',
        'ک' => 'ك',
        'ة' => 'ه',
        'ٱ' => 'ا',
        '\u{660}'..='\u{669}' => char::from(b'0' + (u32::from(c) - 0x660) as u8),
        '\u{6f0}'..='\u{6f9}' => char::from(b'0' + (u32::from(c) - 0x6f0) as u8),
        _ => c,
    }
}

pub(super) fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        && word
            .chars()
            .all(|c| c.is_ascii_digit() || ".,٫٬".contains(c))
}

/// A word of a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    Number,
}

impl Token {
    /// The tokens of a phrase, without its `*`.
    pub(super) fn of(phrase: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        for (at, part) in phrase.split('#').enumerate() {
            if at > 0 {
                tokens.push(Token::Number);
            }
            tokens.extend(plain_words(part).into_iter().map(Token::Word));
        }
        tokens
    }

    pub(super) fn matches(&self, word: &str) -> bool {
        match self {
            Token::Word(own) => own == word,
            Token::Number => is_number(word),
        }
    }
}
