//! Phrases, compiled: what a line is looked up in.

use super::folded::{Token, is_number, units};
use super::table::CueTable;
use crate::word::words;
use std::collections::HashMap;

/// More words that an open phrase lets follow.
const OPEN_WORDS: usize = 8;

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
                !goes_on && units(more) <= 2 * OPEN_WORDS
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
