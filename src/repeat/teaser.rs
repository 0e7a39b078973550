//! Teasers: the beginning of a text, cut with an ellipsis, above or below the whole.

use super::Unit;
use super::align::common_len;
use super::near::Pair;
use crate::mix::key_of;
use crate::places::Places;
use std::collections::HashMap;
use std::ops::Range;

/// Least words of a teaser; a headline that trails off has fewer.
const LEAST: usize = 12;

/// Words by which a teaser finds its text: the first ones, or those behind one or two
/// that were edited.
const KEY: usize = 4;
const KEYS: usize = 3;

/// Least share of a teaser's words that the beginning of its text says. Its last word may
/// be cut too and is not counted.
const LEAST_SAID: f64 = 0.9;

/// Most words of a teaser; longer ones are texts of their own.
const MOST: usize = 200;

/// Most texts that are tried for one teaser.
const MOST_TEXTS: usize = 8;

/// Units that break off (`broken`) and say the beginning of a longer text on the page,
/// before or behind it. O(n), and [`MOST`]² for a teaser and one of its texts.
pub(crate) fn teasers(units: &[Unit<'_>], broken: &dyn Fn(usize) -> bool) -> Vec<Pair> {
    let keys = |words: &[u64]| -> Vec<u64> {
        let starts = words.windows(KEY).take(KEYS);
        starts
            .map(|window| key_of(window.iter().copied()))
            .collect()
    };
    let cut: Vec<usize> = (0..units.len())
        .filter(|&at| (LEAST..=MOST).contains(&units[at].words.len()) && broken(at))
        .collect();
    if cut.is_empty() {
        return Vec::new();
    }
    let mut texts: HashMap<u64, Vec<usize>, Places> = HashMap::default();
    for (at, unit) in units.iter().enumerate() {
        if cut.binary_search(&at).is_err() {
            for key in keys(unit.words) {
                let texts = texts.entry(key).or_default();
                if texts.len() < MOST_TEXTS && texts.last() != Some(&at) {
                    texts.push(at);
                }
            }
        }
    }
    let pairs = cut.into_iter().filter_map(|copy| {
        let words = units[copy].words;
        let sure = &words[..words.len() - 1];
        let mut tried: Vec<usize> = keys(words)
            .iter()
            .filter_map(|key| texts.get(key))
            .flatten()
            .copied()
            .collect();
        tried.sort_unstable();
        tried.dedup();
        let found = tried.into_iter().take(MOST_TEXTS).filter_map(|first| {
            let (kept, longer) = beginning(units, first, copy, words.len())?;
            let said = common_len(&longer, sure);
            (said as f64 >= LEAST_SAID * sure.len() as f64).then_some((said, kept))
        });
        let (said, kept) =
            found.max_by_key(|(said, kept)| (*said, std::cmp::Reverse(kept.start)))?;
        Some(Pair { copy, kept, said })
    });
    pairs.collect()
}

/// The units from `first` on, without `copy`, that hold more than `len` words; and about
/// as many of their words.
fn beginning(
    units: &[Unit<'_>],
    first: usize,
    copy: usize,
    len: usize,
) -> Option<(Range<usize>, Vec<u64>)> {
    let mut words: Vec<u64> = Vec::new();
    for (at, unit) in units.iter().enumerate().skip(first) {
        if at == copy {
            return None;
        }
        words.extend(unit.words.iter().take(len + KEY));
        if words.len() > len {
            words.truncate(len + len / 8 + KEY);
            return Some((first..at + 1, words));
        }
    }
    None
}
