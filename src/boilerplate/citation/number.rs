//! Which number each candidate carries.

use super::LEAST_NUMBERS;
use super::candidate::{Candidate, ends_after};
use super::grade::Grade;
use crate::span::Span;
use crate::word::words;
use std::collections::HashSet;

/// A number and the word before it, and what makes it claim that.
struct Claim<'t> {
    stem: &'t str,
    grade: Grade,
}

/// Candidates in the order of their numbers; a page of several answers, one pasted
/// after the other, has several.
#[derive(Default)]
pub(super) struct Sequence {
    /// Candidates (by place) with their numbers.
    pub(super) numbered: Vec<(usize, usize)>,
    /// The grade of each number, from 1 (0 is nothing).
    pub(super) grades: Vec<Grade>,
    /// Candidates whose number belongs to another name.
    pub(super) rivals: usize,
}

/// A sequence that still grows.
struct Open<'t> {
    claims: Vec<Claim<'t>>, // by number, from 1
    last_source: usize,
    fits: Vec<(usize, usize, &'t str)>,
    rivals: usize,
}

impl<'t> Open<'t> {
    fn new() -> Self {
        let nothing = Claim {
            stem: "",
            grade: Grade::Doubtful,
        };
        Open {
            claims: vec![nothing],
            last_source: 0,
            fits: Vec::new(),
            rivals: 0,
        }
    }

    /// Whether `index` may be that of `stem`: it is the next new number, or it is this
    /// name's already. A better name takes a number over from a worse one until
    /// a source has a greater number.
    fn accepts(&mut self, index: usize, stem: &'t str, grade: Grade) -> bool {
        match self.claims.get_mut(index) {
            None => self.claims.push(Claim { stem, grade }),
            Some(claim) if claim.stem == stem => claim.grade = claim.grade.max(grade),
            Some(_) if self.last_source >= index => return false,
            Some(claim) if claim.grade < grade => *claim = Claim { stem, grade },
            Some(claim) => {
                // Two names for one number, neither better: neither is believed.
                if claim.grade == grade {
                    claim.grade = Grade::Doubtful;
                }
                return false;
            }
        }
        if grade == Grade::Source {
            self.last_source = self.last_source.max(index);
        }
        true
    }

    fn close(self) -> Sequence {
        // What lost its number to a better name is no mark.
        let claims = self.claims;
        let (kept, lost): (Vec<_>, Vec<_>) = self
            .fits
            .into_iter()
            .partition(|(_, index, stem)| claims[*index].stem == *stem);
        Sequence {
            numbered: kept.into_iter().map(|(at, index, _)| (at, index)).collect(),
            grades: claims.iter().map(|claim| claim.grade).collect(),
            rivals: self.rivals + lost.len(),
        }
    }
}

/// Reads the number of each mark off the end of its digits ("France241" is
/// France24 and 1): the next new one, or one seen before under the same word.
/// Candidates that fit neither are no marks. Where another source is the first
/// again, after a sequence long enough, the next sequence begins.
pub(super) fn number(text: &str, candidates: &[Candidate<'_>], capitals: bool) -> Vec<Sequence> {
    let inside = inside_clauses(text, candidates);
    let mut sequences = Vec::new();
    let mut open = Open::new();
    for (at, candidate) in candidates.iter().enumerate() {
        let word = candidate.words[candidate.words.len() - 1].of(text);
        let mut rival = false;
        for len in 1..=candidate.digits.len() {
            let digits = &candidate.digits[candidate.digits.len() - len..];
            let stem = &word[..word.len() - len];
            let index: usize = digits.parse().unwrap_or(0);
            if digits.starts_with('0') || index > open.claims.len() {
                continue;
            }
            let Some(mut grade) = candidate.grade(text, len, capitals) else {
                continue;
            };
            if inside.contains(word) {
                grade = Grade::Doubtful;
            }
            let again = index == 1 && grade == Grade::Source && open.claims.len() > LEAST_NUMBERS;
            if again && open.claims[1].stem != stem {
                sequences.push(std::mem::replace(&mut open, Open::new()).close());
            }
            if open.accepts(index, stem, grade) {
                open.fits.push((at, index, stem));
                rival = false;
                break;
            }
            rival |= grade != Grade::Doubtful;
        }
        open.rivals += usize::from(rival);
    }
    sequences.push(open.close());
    sequences
}

/// Words of candidates that elsewhere stand where no clause ends: "Formula1 is
/// loud" makes Formula1 a name, wherever else it stands.
fn inside_clauses<'t>(text: &'t str, candidates: &[Candidate<'_>]) -> HashSet<&'t str> {
    let last_words = candidates
        .iter()
        .map(|candidate| candidate.words[candidate.words.len() - 1]);
    let places: HashSet<Span> = last_words.clone().collect();
    let marked: HashSet<&str> = last_words.map(|word| word.of(text)).collect();
    let mut inside = HashSet::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if line.bytes().any(|byte| byte.is_ascii_digit()) {
            let spans = words(line).map(|word| Span::new(offset + word.start, offset + word.end));
            inside.extend(
                spans
                    .filter(|word| marked.contains(word.of(text)) && !places.contains(word))
                    .filter(|word| !ends_after(&text[word.end..]))
                    .map(|word| word.of(text)),
            );
        }
        offset += line.len();
    }
    inside
}
