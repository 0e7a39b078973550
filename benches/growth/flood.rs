//! Texts whose shingles all want the same stretch of a table that takes their lowest bits for a place.

use crate::common::Random;
use std::collections::HashSet;
use twicetold::shingle::{WIDTH, shingles};
use twicetold::word::WordHasher;

/// Words that are tried for each place in the text: of 256 one fits.
const VOCABULARY: usize = 4_096;

/// A text of so many different shingles, in lines of twelve words; each falls into one part in 256 of
/// a table of twice as many places.
pub(crate) fn text(count: usize) -> String {
    let mut random = Random(3);
    let mut hasher = WordHasher::new();
    let words: Vec<String> = random.words(VOCABULARY);
    let hashes: Vec<u64> = words.iter().map(|word| hasher.hash(word)).collect();
    let places = (2 * count as u64 + 2).next_power_of_two();
    let mut seen = HashSet::new();
    let (mut text, mut last) = (String::new(), Vec::new());
    for at in 0..count {
        let fits = |word: &usize| {
            last.push(hashes[*word]);
            let window = &last[last.len().saturating_sub(WIDTH)..];
            let shingle = shingles(window, WIDTH).next().expect("it has words");
            let fits =
                window.len() < WIDTH || shingle % places < places / 256 && seen.insert(shingle);
            if !fits {
                last.pop();
            }
            fits
        };
        let mut tries = (0..100 * VOCABULARY).map(|_| random.below(VOCABULARY));
        let Some(word) = tries.find(fits) else { break };
        text += &words[word];
        text += if at % 12 == 11 { "\n" } else { " " };
    }
    text
}
