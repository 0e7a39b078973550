//! The words of a page in a row, and which of them may be said again.

use super::Unit;
use crate::places::Twice;
use crate::shingle::LEAST_WORDS;

/// The words of all units in a row.
pub(crate) struct Flat<'u> {
    pub(super) units: &'u [Unit<'u>],
    pub(super) words: Vec<u64>,
    /// The first word of each unit, and one past the last.
    pub(super) start: Vec<usize>,
    /// Where [`LEAST_WORDS`] begin of which every two in a row may come up elsewhere too. What stands
    /// twice on the page holds nothing but those, so most pages are done before a shingle of them is
    /// hashed.
    pub(super) again: Vec<usize>,
}

impl<'u> Flat<'u> {
    pub(crate) fn new(units: &'u [Unit<'u>]) -> Self {
        let all = units.iter().map(|unit| unit.words.len()).sum();
        let mut words = Vec::with_capacity(all);
        let mut start = Vec::with_capacity(units.len() + 1);
        for unit in units {
            start.push(words.len());
            words.extend_from_slice(unit.words);
        }
        start.push(words.len());
        let pairs = || {
            words
                .windows(2)
                .map(|pair| pair[0].rotate_left(32) ^ pair[1])
        };
        let twice = Twice::of(pairs(), all);
        let mut again = Vec::new();
        let mut row = 1;
        for (at, pair) in pairs().enumerate() {
            row = if twice.may_have(pair) { row + 1 } else { 1 };
            if row >= LEAST_WORDS {
                again.push(at + 2 - LEAST_WORDS);
            }
        }
        Flat {
            units,
            words,
            start,
            again,
        }
    }

    pub(super) fn unit_of(&self, word: usize) -> usize {
        self.start.partition_point(|start| *start <= word) - 1
    }

    /// How many of the first `windows` words of a unit begin a window that may come up elsewhere.
    pub(super) fn again_in(&self, unit: usize, windows: usize) -> usize {
        let before = |word: usize| self.again.partition_point(|at| *at < word);
        let start = self.start[unit];
        before(start + windows) - before(start)
    }
}
