//! What template may take of a whole page.

use super::Template;
use super::verdict::{Spared, Verdict};
use crate::block::{Block, Segmented};
use crate::boilerplate::PROSE_WORDS;
use std::ops::Range;

/// Words of the longest menu entry.
const LONGEST_ENTRY: usize = 5;

/// What template would take of a page, and what guards kept it from.
#[derive(Default)]
pub(crate) struct Judgement {
    pub(crate) verdicts: Vec<Verdict>,
    pub(crate) guards: Vec<Guard>,
    /// Whether it would be another if more sources had what is convicted.
    pub(crate) hangs_on_sources: bool,
}

/// A guard that fired.
pub(crate) struct Guard {
    /// The blocks it kept.
    pub(crate) blocks: Range<usize>,
    /// The share of the page's words it saved.
    pub(crate) score: f64,
    /// One sentence.
    pub(crate) prevented: String,
}

impl Template {
    /// Judges a page, where verdicts of a score of `remove_from` or more remove.
    ///
    /// A menu is short entries without figures. Where hardly anything else
    /// would be left, and most of the page is not such entries, it may be a
    /// poem, a program or a table that was posted several times.
    pub(crate) fn judge(
        &self,
        page: &Segmented<'_>,
        blocks: &[Block],
        remove_from: f64,
    ) -> Judgement {
        if self.is_empty() {
            return Judgement::default();
        }
        let (found, hangs_on_sources) = self.verdicts(page, blocks);
        let all = page.words().len();
        let share = |words: usize| words as f64 / all.max(1) as f64;
        let length = |verdict: &Verdict| blocks[verdict.block].words.len();
        let mut guards = Vec::new();
        let spared = found
            .iter()
            .filter_map(|(verdict, spared)| Some((verdict, (*spared)?)));
        let spared: Vec<(&Verdict, Spared)> = spared.collect();
        for run in spared.chunk_by(|a, b| a.0.block + 1 == b.0.block && a.1 == b.1) {
            let (first, why) = run[0];
            let prevented = match why {
                Spared::Syndicated => format!(
                    "prose in mid-article that {} sources have is syndicated content, not template, \
                     although {} of {} clusters have it",
                    first.conviction.sources, first.conviction.clusters, first.conviction.of
                ),
                Spared::Passage => format!(
                    "lines in mid-article as long as prose are no template in {} clusters",
                    first.conviction.clusters
                ),
            };
            let words = run.iter().map(|(verdict, _)| length(verdict)).sum();
            guards.push(Guard {
                blocks: first.block..first.block + run.len(),
                score: share(words),
                prevented,
            });
        }
        let mut verdicts: Vec<Verdict> = found.into_iter().map(|(verdict, _)| verdict).collect();
        let goes = |verdict: &&Verdict| verdict.remove && verdict.score() >= remove_from;
        let taken: usize = verdicts.iter().filter(goes).map(length).sum();
        let substance = |verdict: &Verdict| {
            let figures = || {
                page.block_text(&blocks[verdict.block])
                    .contains(char::is_numeric)
            };
            length(verdict) > LONGEST_ENTRY || figures()
        };
        let goes = verdicts.iter().filter(goes);
        let weight: usize = goes.filter(|verdict| substance(verdict)).map(length).sum();
        let left = all - taken;
        let stub = taken > 0 && left < PROSE_WORDS && 2 * weight > all;
        let nothing_left = !stub && taken > 0 && left == 0;
        if stub || nothing_left {
            for verdict in &mut verdicts {
                verdict.remove &= stub && !substance(verdict);
            }
            let goes = match stub {
                true => "only its short entries without figures go",
                false => "the page stays as it is",
            };
            guards.push(Guard {
                blocks: 0..blocks.len(),
                score: share(taken),
                prevented: format!("template would leave {left} of {all} words, so {goes}"),
            });
        }
        Judgement {
            verdicts,
            guards,
            hangs_on_sources,
        }
    }
}
