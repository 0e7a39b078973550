//! Near-equal blocks: told by the shingles that many pages of a source have.
//!
//! A newsletter paragraph that names the article, a caption with a date: no two are
//! equal, but most of their words stand in shingles that the source's other pages
//! have too (Gibson, Punera and Tomkins, *The volume and evolution of web page
//! templates*, 2005, section 3.2, whose "site-level" shingles these are). So a block is
//! near-equal template where 7 in 10 of its words are *covered* by such shingles. That asks
//! for no leader of a kind, and hence for no order of the pages, and one paragraph that says
//! the same in 2,000 words with ten names in it is one block.
//!
//! Counting all shingles of a source would take as much memory as its text. So blocks are
//! *nominated* first, by their least shingles: a constant part that is three fifths of a
//! block has one among its four least in 97 of 100.

use super::Conviction;
use super::keyed::Keyed;
use crate::block::{Block, Segmented};
use crate::mix::{Mixed, Twice};
use crate::parallel::map;
use crate::shingle::{WIDTH, least_shingles, shingles};
use std::collections::HashSet;

/// Words of the shortest block that may be template without being equal to others:
/// as in [`RepeatRule`](crate::repeat::RepeatRule). Shorter ones, headlines with the site's
/// name behind them, are mostly of the page's own words.
pub(super) const NEAR_WORDS: usize = 20;

/// Tenths of a block's words that must be the source's. It is the figure from which a
/// finding removes ([`CleanRule::remove_from`](crate::clean::CleanRule)), and the share is the score.
const COVERED_TENTHS: usize = 7;

/// Least shingles of a block by which it is nominated.
const MINIMA: usize = 4;

/// Shingles of a source that may be those of near-equal template.
pub(super) type NearShingles = HashSet<u64, Mixed>;

/// How much of `words` stands in shingles that `known` knows, and the weakest of these.
pub(super) fn cover<'c>(
    words: &[u64],
    known: impl Fn(u64) -> Option<&'c Conviction>,
) -> Option<(f64, Conviction)> {
    if words.len() < NEAR_WORDS {
        return None;
    }
    let mut windows = shingles(words, WIDTH);
    let (mut covered, mut reach) = (0, 0);
    let mut weakest: Option<&Conviction> = None;
    while let Some((shingle, window)) = windows.next_window() {
        let Some(conviction) = known(shingle) else {
            continue;
        };
        covered += window.end - window.start.max(reach);
        reach = window.end;
        let order = |conviction: &Conviction| (conviction.clusters, conviction.pages);
        if weakest.is_none_or(|weakest| order(conviction) < order(weakest)) {
            weakest = Some(conviction);
        }
    }
    let weakest = weakest.filter(|_| 10 * covered >= COVERED_TENTHS * words.len());
    weakest.map(|weakest| (covered as f64 / words.len() as f64, *weakest))
}

/// Nominates blocks that may stand near-equal on at least `least` pages of a source, and
/// gives the shingles that so many pages have in them.
///
/// Blocks that are equal on as many pages are nominated too: a paragraph signed by one of
/// seven editors is equal on a seventh of the pages, and near-equal on all.
pub(super) fn nominate(
    pages: &mut [Keyed],
    texts: &[(&Segmented<'_>, &[Block])],
    least: usize,
) -> NearShingles {
    let minima: Vec<Vec<(u64, u32)>> = map(texts, |(text, blocks)| {
        let mut minima = Vec::new();
        for (at, block) in blocks.iter().enumerate() {
            if block.words.len() >= NEAR_WORDS {
                let least = least_shingles::<MINIMA>(text.block_words(block))
                    .into_iter()
                    .flatten();
                minima.extend(least.map(|shingle| (shingle, at as u32)));
            }
        }
        minima
    });
    let keys = |page: &Vec<(u64, u32)>| page.iter().map(|(key, _)| *key).collect();
    let candidates = frequent(minima.iter().map(keys), least);
    for (page, minima) in pages.iter_mut().zip(minima) {
        let met = minima.iter().filter(|(key, _)| candidates.contains(key));
        page.nominated = met.map(|(_, at)| *at as usize).collect();
        page.nominated.dedup();
    }
    let shingles_of = pages.iter().zip(texts).map(|(page, (text, blocks))| {
        let nominated = page.nominated.iter();
        nominated
            .flat_map(|&at| shingles(text.block_words(&blocks[at]), WIDTH))
            .collect()
    });
    frequent(shingles_of, least)
}

/// The keys that at least `least` pages have, and at least two.
pub(super) fn frequent(pages: impl Iterator<Item = Vec<u64>>, least: usize) -> NearShingles {
    let mut all: Vec<u64> = Vec::new();
    for mut keys in pages {
        keys.sort_unstable();
        keys.dedup();
        all.extend(keys);
    }
    let twice = Twice::of(all.iter().copied(), all.len());
    all.retain(|key| twice.may_have(*key));
    all.sort_unstable();
    let groups = all.chunk_by(|a, b| a == b);
    groups
        .filter(|group| group.len() >= least.max(2))
        .map(|group| group[0])
        .collect()
}
