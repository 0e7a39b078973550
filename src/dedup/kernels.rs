//! What a run does with the pages of one source, with one page, and with the blocks of kept pages: functions of what
//! they are given, whoever holds it.

use super::page::Cut;
use super::sketched::{PageSketch, Words, signatures, with_words};
use super::{Deduplicator, Page};
use crate::block::{Block, Segmented, ends_sentence};
use crate::boilerplate::template::{Keyed, Learned, Learning, SourceKeys, Suspects, Template};
use crate::clean::{KeptBlock, Owner, Shared, joined};
use crate::cluster::{Ranking, Search};
use crate::finding::Action;
use crate::lsh::Buckets;
use crate::parallel::map;
use crate::repeat::{
    AcrossRepeat, BlockSketch, BlockSketches, Extent, RepeatRule, block_resemblance,
    repeats_across_sketched,
};
use crate::report::{Fate, PageReport};
use std::borrow::Cow;

/// A cleaned page, before it is known what other pages say: what stays of it and why, as if it were
/// kept, and its blocks.
///
/// Of its text nothing is in it but what findings quote.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Prepared {
    /// What was found in it.
    pub report: PageReport,
    /// Where passages across pages are looked for.
    blocks: Box<[KeptBlock]>,
    /// One for each of them, written; a run makes them later, of pages that stay.
    #[cfg_attr(feature = "serde", serde(skip))]
    sketches: Box<[u8]>,
}

impl Prepared {
    /// How its blocks are looked for on other pages; none once it was written and read again.
    pub fn sketches(&self) -> impl Iterator<Item = BlockSketch> + '_ {
        BlockSketch::read_all(&self.sketches)
    }

    /// The same, as they are [written](BlockSketch::write).
    pub fn written_sketches(&self) -> &[u8] {
        &self.sketches
    }

    /// What stays of one of its blocks, of the text it was prepared from.
    pub fn block_text<'t>(&self, text: &'t str, block: usize) -> Cow<'t, str> {
        self.blocks[block].kept(text, &self.report.kept)
    }

    /// Lets go what a page needs that stays.
    pub(super) fn forget_blocks(&mut self) {
        (self.blocks, self.sketches) = Default::default();
    }
}

/// A page that is cleaned and sketched, on its way into a store.
#[derive(Debug, Clone)]
pub struct Made {
    /// What stays of it and why, as if it were kept.
    pub prepared: Prepared,
    /// What it is clustered by.
    pub sketch: PageSketch,
}

/// A page that waits for the others.
pub(super) struct Ready {
    pub(super) made: Made,
    /// Whether it is to be prepared again, should other sources have template of its own.
    pub(super) hangs_on_sources: bool,
}

impl Deduplicator {
    /// Suspects, clusters and convicts what stands on the pages of one source: steps 1 to 3 of a run.
    ///
    /// About 12 bytes a word beside the texts. Of a large source a run gives it some
    /// [pages](Self::learned_from).
    pub(super) fn learn_source(&self, pages: &[Page<'_>]) -> Learned {
        self.learn_cut(&map(pages, |page| page.cut()))
    }

    /// As [`learn_source`](Self::learn_source), of pages that are cut into words already.
    pub(super) fn learn_cut(&self, pages: &[Cut<'_>]) -> Learned {
        let blocks: Vec<Vec<Block>> = map(pages, |page| page.segmented.blocks());
        let texts = texts(pages, &blocks);
        let mut keyed = map(&texts, |(page, blocks)| Keyed::of(page, blocks));
        let suspects = Suspects::find(&mut keyed, &texts);
        let learning = Learning {
            keyed: &keyed,
            texts: &texts,
        };
        if suspects.is_empty() {
            return learning.convict(suspects, |page| page);
        }
        let indices: Vec<usize> = (0..pages.len()).collect();
        let suspected = map(&indices, |&page| {
            suspects.of_page(&keyed[page], &pages[page].segmented, &blocks[page])
        });
        let left = |page: usize| -> Cow<'_, [u64]> {
            let segmented = &pages[page].segmented;
            let mut words = Vec::with_capacity(segmented.words().len());
            for (at, block) in blocks[page].iter().enumerate() {
                if keyed[page].prose[at] || !suspected[page][at] {
                    words.extend_from_slice(segmented.block_words(block));
                }
            }
            words.into()
        };
        let sketches = map(&indices, |&page| {
            self.sketch_of(&pages[page].page, pages[page].content, &left(page))
        });
        let signatures = signatures(&sketches);
        // Pages that share suspected prose are candidates in any case: whether
        // they are copies of each other is what the conviction hangs on.
        let mut shared_prose: Vec<(u64, u32)> = Vec::new();
        for (page, keyed_page) in keyed.iter().enumerate() {
            for (at, key) in keyed_page.keys.iter().enumerate() {
                if keyed_page.prose[at] && suspects.contains(*key) {
                    shared_prose.extend(key.map(|key| (key, page as u32)));
                }
            }
        }
        shared_prose.sort_unstable();
        shared_prose.dedup();
        let Ok(buckets) = Buckets::of_tables(&signatures[..], self.copies_banding, shared_prose);
        let search = Search {
            nearness: self.copies,
            bar_digests: false,
            report_from: None,
            most_keepers: self.settings.most_keepers,
        };
        let texts = Words {
            words: left,
            width: self.settings.width,
        };
        let order = self.order(&sketches);
        let searched = search.search(&texts, &signatures[..], &buckets, Ranking::new(&order));
        let Ok(clusters) = searched;
        learning.convict(suspects, |page| clusters.keeper_of(page))
    }

    /// The keys of [what is learned](Self::learn_cut) of a source, alone.
    pub(super) fn keys_of(pages: &[Page<'_>]) -> SourceKeys {
        let pages = &map(pages, |page| page.cut())[..];
        let blocks: Vec<Vec<Block>> = map(pages, |page| page.segmented.blocks());
        let texts = texts(pages, &blocks);
        let mut keyed = map(&texts, |(page, blocks)| Keyed::of(page, blocks));
        Suspects::find(&mut keyed, &texts).into_keys()
    }

    /// Cleans a page, by the template of its source where it has one, and sketches what is left.
    #[doc(hidden)]
    pub fn prepare(&self, page: &Page<'_>, template: Option<&Template>) -> (Prepared, PageSketch) {
        let (ready, words) = self.clean_cut(&page.cut(), template);
        let Made {
            mut prepared,
            sketch,
        } = ready.made;
        prepared.sketches = self.sketch_blocks(page.text, &prepared.blocks, &words);
        (prepared, sketch)
    }

    /// As [`prepare`](Self::prepare), of a page that is cut into words already. Its blocks are not sketched: who holds
    /// all pages in memory had better [do that](Self::sketch_later) once it is known which stay.
    pub(super) fn prepare_cut(&self, cut: &Cut<'_>, template: Option<&Template>) -> Ready {
        self.clean_cut(cut, template).0
    }

    /// The words that are left of the page come with it.
    fn clean_cut(&self, cut: &Cut<'_>, template: Option<&Template>) -> (Ready, Vec<u64>) {
        let Cut {
            page,
            content,
            segmented,
        } = cut;
        let (cleaned, hangs_on_sources) =
            self.cleaner
                .clean_uncounted(segmented, template, page.markup);
        let sketch = self.sketch_of(page, *content, &cleaned.words);
        let blocks: Option<Box<[KeptBlock]>> = match self.settings.across {
            Some(_) => cleaned.blocks.iter().map(KeptBlock::new).collect(),
            None => None,
        };
        let mut prepared = Prepared {
            report: PageReport {
                fate: Fate::Kept,
                kept: cleaned.kept,
                findings: cleaned.findings,
                words: segmented.words().len(),
                cleaned_words: cleaned.words.len(),
            },
            blocks: blocks.unwrap_or_default(),
            ..Prepared::default()
        };
        // Lists that grew have places for four where one is taken: 300 bytes a page.
        prepared.report.kept.shrink_to_fit();
        prepared.report.findings.shrink_to_fit();
        let ready = Ready {
            made: Made { prepared, sketch },
            hangs_on_sources,
        };
        (ready, cleaned.words)
    }

    /// The sketches of the blocks of a page, written.
    fn sketch_blocks(&self, text: &str, blocks: &[KeptBlock], words: &[u64]) -> Box<[u8]> {
        let rule = self.repeat_rule();
        let mut sketches = Vec::with_capacity(43 * blocks.len());
        let mut rest = words;
        for block in blocks {
            let (words, others) = rest.split_at(block.words().min(rest.len()));
            rest = others;
            let text = block.span().of(text).trim_end();
            let extent = Extent::of(words.len(), text.chars().count(), ends_sentence(text));
            BlockSketch::of(words, extent, &rule).write(&mut sketches);
        }
        sketches.into()
    }

    /// The same of a page that was prepared without. It is read again: held from its cleaning on they took
    /// 450 bytes a page, and pages that do not stay need none.
    pub(super) fn sketch_later(&self, text: &str, prepared: &Prepared) -> Box<[u8]> {
        if prepared.blocks.is_empty() {
            return Box::default();
        }
        with_words(&joined(text, &prepared.report.kept), |words| {
            self.sketch_blocks(text, &prepared.blocks, words)
        })
    }

    /// What pages repeat of pages before them: the places of those that do, in order, each with its
    /// repeats. `sketches` are of the kept pages in the order of the ranking, best first;
    /// `text` gives that of a block, by the place of its page, where two are compared; what they say decides, not
    /// the hashes of their words.
    ///
    /// `table` is how many bytes of tables they are told apart by at once; where it is less than about 130 a block
    /// of 20 words, the sketches are gone through several times. It changes nothing but time.
    pub(super) fn shared_blocks<'w, B: BlockSketches + ?Sized>(
        &self,
        sketches: &B,
        text: impl Fn(usize, usize) -> Result<Cow<'w, str>, B::Error> + Sync,
        table: usize,
    ) -> Result<Vec<(usize, Vec<AcrossRepeat>)>, B::Error> {
        let words = |place: usize, block: usize| -> Result<Cow<'static, [u64]>, B::Error> {
            Ok(with_words(&text(place, block)?, |words| {
                Cow::Owned(words.to_vec())
            }))
        };
        let resemblance = |place: usize, block: usize, owner: usize, kept: usize| {
            Ok(block_resemblance(&text(place, block)?, &text(owner, kept)?))
        };
        let rule = self.repeat_rule();
        let found = repeats_across_sketched(sketches, words, resemblance, &rule, table)?;
        let found = found.into_iter().enumerate();
        Ok(found.filter(|(_, repeats)| !repeats.is_empty()).collect())
    }

    /// Notes or takes out what `page` repeats; `owner` gives a page by its place: its number, its text
    /// and what it was prepared to.
    pub(super) fn share<'o>(
        &self,
        page: &Page<'_>,
        prepared: &mut Prepared,
        repeats: &[AcrossRepeat],
        owner: impl Fn(usize) -> (usize, &'o str, &'o Prepared),
    ) {
        let Some(action) = self.settings.across else {
            return;
        };
        let shared = Shared {
            text: page.text,
            kept: &mut prepared.report.kept,
            findings: &mut prepared.report.findings,
            blocks: &prepared.blocks,
            repeats,
        };
        let action = match page.protected {
            true => Action::Annotate,
            false => action,
        };
        let owner = |place: usize| {
            let (page, text, prepared) = owner(place);
            Owner {
                page,
                text,
                blocks: &prepared.blocks,
            }
        };
        prepared.report.cleaned_words -= shared.act(action, owner);
    }

    fn repeat_rule(&self) -> RepeatRule {
        self.settings.clean.repeats.unwrap_or(RepeatRule::DEFAULT)
    }
}

/// Pages as they are learned from.
fn texts<'a>(
    pages: &'a [Cut<'a>],
    blocks: &'a [Vec<Block>],
) -> Vec<(&'a Segmented<'a>, &'a [Block])> {
    let texts = pages.iter().zip(blocks);
    texts
        .map(|(page, blocks)| (&page.segmented, &blocks[..]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::CleanRule;
    use proptest::prelude::*;

    /// A paragraph of a hundred, of which every other one is the one before it with some words edited.
    fn paragraph(number: usize) -> String {
        let words = (0..40).map(|at| match number % 2 == 1 && at % 19 == 7 {
            true => format!("edited{number}"),
            false => format!("w{}", (number / 2 * 31 + at * at * 7 + at) % 211),
        });
        words.collect::<Vec<_>>().join(" ") + ".\n\n"
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn small_tables_find_the_same(
            pages in prop::collection::vec(prop::collection::vec(0usize..16, 0..8), 1..12),
            table in 0usize..2_000,
        ) {
            let texts: Vec<String> = pages
                .iter()
                .map(|numbers| numbers.iter().map(|number| paragraph(*number)).collect())
                .collect();
            let deduplicator = Deduplicator::default();
            let prepared: Vec<Prepared> = texts
                .iter()
                .map(|text| deduplicator.prepare(&Page::new("", text), None).0)
                .collect();
            let sketches: Vec<Vec<BlockSketch>> =
                prepared.iter().map(|page| page.sketches().collect()).collect();
            for (page, sketches) in prepared.iter().zip(&sketches) {
                let mut bytes = Vec::new();
                sketches.iter().for_each(|sketch| sketch.write(&mut bytes));
                prop_assert_eq!(&bytes[..], page.written_sketches());
            }
            let sketches: Vec<&[BlockSketch]> = sketches.iter().map(Vec::as_slice).collect();
            let text =
                |page: usize, block: usize| Ok(prepared[page].block_text(&texts[page], block));
            let found = |table| deduplicator.shared_blocks(&sketches[..], text, table);
            prop_assert_eq!(found(table), found(1 << 20));
        }
    }

    #[test]
    fn blocks_are_sketched_later_as_they_are_at_once() {
        let told = "The ferry to the outer islands stopped running on Monday after the crew found a crack in the \
                    hull1, the company said Reuters2, and nobody knows yet when it will sail again to 2 of 3 isles.";
        let texts = [
            String::new(),
            "\n \n".to_owned(),
            format!(
                "Home\n\n{told}\n\nRead more\n{told}\n渡轮周一停航。没有人受伤。\n\u{3000}\n{told}\r\n- one\n- two"
            ),
            format!(
                "{told} {told}\nShare this article\n© 2026 The Courier. All rights reserved.\n"
            ),
            "no end \u{301}of a line 🇩🇪🇫🇷\u{2028}\u{200d}next".to_owned(),
        ];
        for strips in [false, true] {
            let rule = CleanRule {
                strip_citations: strips,
                ..CleanRule::DEFAULT
            };
            let deduplicator = Deduplicator::builder().clean(rule).build().unwrap();
            for text in &texts {
                let page = Page::new("", text);
                let (prepared, _) = deduplicator.prepare(&page, None);
                let later = deduplicator.sketch_later(text, &prepared);
                assert_eq!(later, prepared.sketches, "{text}");
                assert_eq!(prepared.sketches().count(), prepared.blocks.len());
            }
        }
    }
}
