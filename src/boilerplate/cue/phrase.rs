//! Phrases, compiled: what a line is looked up in.
//!
//! Words are folded as everywhere, and then without accents: capitals are written
//! without them ("A LIRE AUSSI"), Arabic writes alef with and without its hamza,
//! Russian ё as е. Where no spaces are written UAX #29 makes a word of each letter of
//! line and phrase alike, so that the same comparison serves.

use super::table::CueTable;
use crate::word::{WordHasher, words};
use std::borrow::Cow;
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;

/// Bytes of a folded word from which on it is no word of any phrase, whatever its accents.
const LONGEST_WORD: usize = 512;

/// More words that an open phrase lets follow.
const OPEN_WORDS: usize = 8;

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

/// Which words of `line` are written on to the one before, as in scripts without spaces.
pub(super) fn glued_words(line: &str) -> Vec<bool> {
    if line.is_ascii() {
        return Vec::new();
    }
    let ends = words(line).scan(None, |before, word| {
        let glued = before.replace(word.end) == Some(word.start);
        Some(glued && !line[word.start..].starts_with(char::is_numeric))
    });
    ends.collect()
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

    fn matches(&self, word: &str) -> bool {
        match self {
            Token::Word(own) => own == word,
            Token::Number => is_number(word),
        }
    }
}

/// Which list of a table a phrase is from, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Comments,
    Terminator,
    Aside,
    Footer,
    Menu,
    Notice,
    Heading,
    Reply,
}

/// In the order of [`CueTable::phrases`].
const CLASSES: [Class; 8] = [
    Class::Comments,
    Class::Terminator,
    Class::Aside,
    Class::Footer,
    Class::Menu,
    Class::Notice,
    Class::Heading,
    Class::Reply,
];

/// A phrase, compiled.
#[derive(Debug, Clone)]
pub(super) struct Phrase {
    pub(super) tokens: Vec<Token>,
    /// Whether other words may follow.
    pub(super) open: bool,
    pub(super) class: Class,
    /// Index of its table.
    pub(super) table: usize,
}

impl Phrase {
    /// Where no spaces are written, what an open phrase lets follow must be set off by
    /// a sign: "関連記事：..." is a cue, "関連記事が..." a sentence.
    fn matches(&self, line: &[String], glued: &[bool]) -> bool {
        let mut pairs = self.tokens.iter().zip(line);
        if line.len() < self.tokens.len() || !pairs.all(|(token, word)| token.matches(word)) {
            return false;
        }
        let more = &line[self.tokens.len()..];
        match (self.class, self.open) {
            (Class::Notice, _) => true,
            (_, true) => {
                let goes_on = glued.get(self.tokens.len()) == Some(&true);
                !goes_on && super::reading::units(more) <= 2 * OPEN_WORDS
            }
            (_, false) => more.is_empty(),
        }
    }
}

/// The phrases of all tables by their first word; "#" for a number.
#[derive(Debug, Clone, Default)]
pub(super) struct Phrases {
    by_first: HashMap<String, Vec<Phrase>>,
    /// Words of the longest.
    pub(super) longest: usize,
}

impl Phrases {
    /// Adds those of a table, and shows each to `added`.
    pub(super) fn add(&mut self, table: &CueTable, index: usize, mut added: impl FnMut(&Phrase)) {
        for (list, class) in table.phrases().into_iter().zip(CLASSES) {
            for text in list {
                let body = text.strip_suffix(" *");
                let tokens = Token::of(body.unwrap_or(text));
                let key = match tokens.first() {
                    Some(Token::Word(word)) => word.clone(),
                    Some(Token::Number) => "#".to_owned(),
                    None => continue,
                };
                self.longest = self.longest.max(tokens.len());
                let phrase = Phrase {
                    tokens,
                    open: body.is_some(),
                    class,
                    table: index,
                };
                added(&phrase);
                self.by_first.entry(key).or_default().push(phrase);
            }
        }
    }

    /// The phrases that `line` is, or, for notices, begins with.
    pub(super) fn of<'p>(
        &'p self,
        line: &'p [String],
        glued: &'p [bool],
    ) -> impl Iterator<Item = &'p Phrase> {
        let first = line.first().map(String::as_str);
        let number = first.filter(|first| is_number(first)).map(|_| "#");
        let keys = first.into_iter().chain(number);
        keys.filter_map(|key| self.by_first.get(key))
            .flatten()
            .filter(|phrase| phrase.matches(line, glued))
    }
}
