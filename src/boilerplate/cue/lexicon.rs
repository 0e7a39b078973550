//! Words of dates, ages and counters, in all languages at once.

use super::folded::{Token, is_number};
use super::table::CueTable;
use std::collections::HashMap;

const CALENDAR: u8 = 1;
const AGE: u8 = 2;
const UNIT: u8 = 4;
const FILLER: u8 = 8;
const COUNTED: u8 = 16;

/// In the order of [`CueTable::lexicon`].
const KINDS: [u8; 5] = [CALENDAR, AGE, UNIT, FILLER, COUNTED];

/// Words of the longest entry ("il y a").
const LONGEST_ENTRY: usize = 6;

/// What a word, or a few in a row, can be in a date; a word may be several ("may", "м").
#[derive(Debug, Clone, Copy)]
struct Entry {
    kinds: u8,
    /// Index of the first table it is in.
    table: usize,
}

/// The words of dates, ages and counters of all tables.
#[derive(Debug, Clone, Default)]
pub(super) struct Lexicon(HashMap<Vec<String>, Entry>);

/// A word, or a few, of a line, as dates see them.
enum Piece {
    Number,
    Known(Entry),
}

impl Lexicon {
    /// Adds those of a table, and shows the first word of each to `added`.
    pub(super) fn add(&mut self, table: &CueTable, index: usize, mut added: impl FnMut(&str)) {
        for (list, kind) in table.lexicon().into_iter().zip(KINDS) {
            for text in list {
                let tokens = Token::of(text).into_iter();
                let words = tokens.filter_map(|token| match token {
                    Token::Word(word) => Some(word),
                    Token::Number => None,
                });
                let new = Entry {
                    kinds: 0,
                    table: index,
                };
                let words: Vec<String> = words.collect();
                words.first().into_iter().for_each(|first| added(first));
                self.0.entry(words).or_insert(new).kinds |= kind;
            }
        }
    }

    /// A line as numbers and known words, the longest first; `None` where a word is neither.
    fn pieces(&self, words: &[String]) -> Option<Vec<Piece>> {
        let mut pieces = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let longest = LONGEST_ENTRY.min(words.len() - at);
            let known = (1..=longest).rev().find_map(|length| {
                let entry = self.0.get(&words[at..at + length])?;
                Some((*entry, length))
            });
            match known {
                Some((entry, length)) => {
                    pieces.push(Piece::Known(entry));
                    at += length;
                }
                None if is_number(&words[at]) || is_ordinal(&words[at]) => {
                    pieces.push(Piece::Number);
                    at += 1;
                }
                None => return None,
            }
        }
        Some(pieces)
    }

    /// Whether a line is nothing but a date or an age, and which table says so, where
    /// it is not all figures.
    pub(super) fn date(&self, words: &[String]) -> Option<Option<usize>> {
        if words.is_empty() {
            return None;
        }
        if words.iter().all(|word| is_number(word)) {
            return is_date_in_figures(words).then_some(None);
        }
        let pieces = self.pieces(words)?;
        let known = || {
            pieces.iter().filter_map(|piece| match piece {
                Piece::Known(entry) => Some(*entry),
                Piece::Number => None,
            })
        };
        let of = |kind: u8| known().find(|entry| entry.kinds & kind != 0);
        let age = of(AGE);
        let numbers = pieces.len() - known().count();
        let fits = |entry: Entry| {
            entry.kinds & (CALENDAR | AGE | FILLER) != 0 || age.is_some() && entry.kinds & UNIT != 0
        };
        if !known().all(fits) {
            return None;
        }
        let calendar = of(CALENDAR).filter(|_| numbers > 0);
        age.or(calendar).map(|entry| Some(entry.table))
    }

    /// Whether a line only counts what a site counts: "3 comments", "5 min read".
    pub(super) fn is_counter(&self, words: &[String]) -> bool {
        self.pieces(words).is_some_and(|pieces| {
            let mut counted = false;
            pieces.iter().all(|piece| match piece {
                Piece::Number => true,
                Piece::Known(entry) => {
                    counted |= entry.kinds & COUNTED != 0;
                    entry.kinds & (COUNTED | UNIT) != 0
                }
            }) && counted
        })
    }
}

/// "2026-05-03", "03.05.2026" (one word), "3/5/2026".
fn is_date_in_figures(words: &[String]) -> bool {
    let dotted = words.len() == 1 && words[0].matches('.').count() == 2;
    let value = |word: &String| word.parse().unwrap_or(u32::MAX);
    let year = |word: &String| (1900..2100).contains(&value(word));
    let years = words.iter().filter(|word| year(word)).count();
    let small = words.iter().filter(|word| value(word) <= 31).count();
    dotted || years == 1 && small == 2 && words.len() == 3
}

fn is_ordinal(word: &str) -> bool {
    let digits = word.trim_end_matches(char::is_alphabetic);
    !digits.is_empty()
        && is_number(digits)
        && matches!(&word[digits.len()..], "st" | "nd" | "rd" | "th" | "er")
}
