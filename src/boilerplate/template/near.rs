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
use super::keyed::{Keyed, NEAR_WORDS};
use super::standing::Standing;
use crate::block::{Block, Segmented};
use crate::parallel::map;
use crate::shingle::{WIDTH, least_shingles, shingles};

/// Tenths of a block's words that must be the source's. It is the figure from which a
/// finding removes ([`CleanRule::remove_from`](crate::clean::CleanRule)), and the share is the score.
const COVERED_TENTHS: usize = 7;

/// Least shingles of a block by which it is nominated.
const MINIMA: usize = 4;

/// How much of `words` stands in shingles that `known` knows, and the weakest of these.
///
/// Ends where too many words are past: three in ten, of most blocks that are no template.
pub(super) fn cover<'c>(
    words: &[u64],
    known: impl Fn(u64) -> Option<&'c Conviction>,
) -> Option<(f64, Conviction)> {
    if words.len() < NEAR_WORDS {
        return None;
    }
    let enough = |words_of_it: usize| 10 * words_of_it >= COVERED_TENTHS * words.len();
    let mut windows = shingles(words, WIDTH);
    let (mut covered, mut reach) = (0, 0);
    let mut weakest: Option<&Conviction> = None;
    while let Some((shingle, window)) = windows.next_window() {
        let Some(conviction) = known(shingle) else {
            // The windows to come begin behind this one's first word.
            let missed = reach.max(window.start + 1) - covered;
            if !enough(words.len() - missed) {
                return None;
            }
            continue;
        };
        covered += window.end - window.start.max(reach);
        reach = window.end;
        let order = |conviction: &Conviction| (conviction.clusters, conviction.pages);
        if weakest.is_none_or(|weakest| order(conviction) < order(weakest)) {
            weakest = Some(conviction);
        }
    }
    let weakest = weakest.filter(|_| enough(covered));
    weakest.map(|weakest| (covered as f64 / words.len() as f64, *weakest))
}

/// Whether enough of `words` stands in shingles that are `known`.
pub(super) fn is_covered(words: &[u64], known: impl Fn(u64) -> bool) -> bool {
    let anything = Conviction::default();
    cover(words, |shingle| known(shingle).then_some(&anything)).is_some()
}

/// Nominates blocks that may stand near-equal on at least `least` pages of a source, and
/// gives their shingles; frequent are those that so many pages have in them.
///
/// Blocks that are equal on as many pages are nominated too: a paragraph signed by one of
/// seven editors is equal on a seventh of the pages, and near-equal on all.
pub(super) fn nominate(
    pages: &mut [Keyed],
    texts: &[(&Segmented<'_>, &[Block])],
    least: usize,
) -> Standing {
    if pages.len() < least {
        return Standing::default();
    }
    let minima: Vec<Vec<(usize, [Option<u64>; MINIMA])>> = map(texts, |(text, blocks)| {
        let long = blocks.iter().enumerate();
        let long = long.filter(|(_, block)| block.words.len() >= NEAR_WORDS);
        long.map(|(at, block)| (at, least_shingles(text.block_words(block))))
            .collect()
    });
    let keys = |page: usize, keys: &mut Vec<u64>| {
        let minima = minima[page].iter().flat_map(|(_, least)| least);
        keys.extend(minima.flatten());
    };
    let candidates = Standing::of(pages.len(), keys, least);
    for (page, minima) in pages.iter_mut().zip(&minima) {
        let frequent =
            |least: &[Option<u64>]| least.iter().flatten().any(|key| candidates.has(*key));
        let met = minima.iter().filter(|(_, least)| frequent(least));
        page.nominated = met.map(|(at, _)| *at).collect();
    }
    drop((minima, candidates));
    let shingles_of = |page: usize, all: &mut Vec<u64>| {
        let (text, blocks) = texts[page];
        for &at in &pages[page].nominated {
            let shingles = shingles(text.block_words(&blocks[at]), WIDTH);
            all.reserve(shingles.len());
            shingles.for_each(|shingle| all.push(shingle));
        }
    };
    Standing::of(pages.len(), shingles_of, least)
}
