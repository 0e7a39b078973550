//! The whole run over a pile of pages; the only file that knows every stage.

mod page;
mod settings;
mod sketched;

pub use page::Page;
pub use settings::{Builder, Keep};
pub use sketched::PageSketch;

use crate::block::{Block, Segmented, ends_sentence};
use crate::boilerplate::template::{
    Keyed, Learned, Learning, Suspects, Template, Templates, by_source,
};
use crate::clean::{Cleaned, CleanedBlock, Cleaner, Owner, Shared, joined};
use crate::cluster::{Nearness, Ranking, Search};
use crate::finding::Action;
use crate::lsh::{Banding, Buckets};
use crate::parallel::map;
use crate::repeat::{BlockSketch, Extent, RepeatRule, repeats_across_sketched};
use crate::report::{Fate, PageReport, Report};
use crate::sketch::MinHasher;
use sketched::{Words, signatures, with_words};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Takes a pile of pages and gives back which stay, what of each stays, and why.
///
/// ```
/// use twicetold::{Deduplicator, Page};
///
/// let story = "The ferry to the outer islands stopped running on Monday after the crew found a \
///              crack in the hull. Nobody was hurt. The company hopes to sail again on Friday.";
/// let mirror = format!("{story} Read by the harbour desk.");
/// let pages = [
///     Page::new("courier/ferry", story),
///     Page::new("mirror/ferry", &mirror),
///     Page::new("courier/bread", "How to bake rye bread without a machine, in six slow steps."),
/// ];
/// let report = Deduplicator::builder().build()?.run(&pages);
/// assert!(report.pages[1].is_kept() && report.pages[2].is_kept());
/// assert_eq!(report.keeper_of(0), 1); // the longer one stays
/// # Ok::<(), twicetold::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Deduplicator {
    settings: Builder,
    hasher: MinHasher,
    banding: Banding,
    copies: Nearness,
    copies_banding: Banding,
    cleaner: Cleaner,
}

impl Default for Deduplicator {
    fn default() -> Self {
        Builder::default()
            .build()
            .expect("the defaults are in range")
    }
}

impl Deduplicator {
    /// Settings to change before [`Builder::build`].
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// How candidates are searched for, and with it the S-curve.
    pub fn banding(&self) -> Banding {
        self.banding
    }

    /// The settings this was built with.
    pub fn settings(&self) -> &Builder {
        &self.settings
    }

    /// Cleans and deduplicates `pages`.
    ///
    /// The order of a run: for each source, suspect template, cluster what is left of its pages to
    /// tell copies from template, and convict; clean every page; cluster the cleaned pages; look for
    /// passages that kept pages share.
    /// The outcome is the same for any number of threads and, unless the caller
    /// keeps the first, for any order of the pages.
    ///
    /// Time is linear in the text and in the number of pages; memory at its peak about 3,300 bytes
    /// a page beside the input, and 12 a word of each source that is being learned from (about as many as
    /// there are threads). Pages and blocks that are compared are read again.
    pub fn run(&self, pages: &[Page<'_>]) -> Report {
        self.run_with(pages, &Templates::default())
    }

    /// As [`run`](Self::run), with the templates of some sources known.
    ///
    /// Pages of a source that is in `known` are cleaned by its template as it was learned, with
    /// the counts it was convicted by; they add nothing to it. The template of every other
    /// source is learned from `pages`, as in `run`. Where the settings say that no template
    /// is taken out, none is. So the pages that
    /// [`templates`](Self::templates) learned from come out as from `run`, and their cleaned
    /// texts, run with the same templates, lose nothing more to template.
    ///
    /// ```
    /// use twicetold::{Deduplicator, Page};
    ///
    /// let texts = ["Home\nRain fell on Monday.\n", "Home\nThe ferry sails.\n", "Home\nBread is dear.\n"];
    /// let pages = texts.map(|text| Page::new("", text).with_source("courier"));
    /// let deduplicator = Deduplicator::default();
    /// let templates = deduplicator.templates(&pages);
    ///
    /// let later = [Page::new("", "Home\nThe mill is sold.\n").with_source("courier")];
    /// let report = deduplicator.run_with(&later, &templates);
    /// assert_eq!(report.pages[0].cleaned(later[0].text), "The mill is sold.\n");
    /// ```
    pub fn run_with(&self, pages: &[Page<'_>], known: &Templates) -> Report {
        let learned = match self.settings.template {
            true => self.learn(pages, known),
            false => Templates::default(),
        };
        let known = self.settings.template.then_some(known);
        let template_of = |source: Option<&str>| {
            let source = source?;
            let known = known.and_then(|known| known.of_source(source));
            known.or_else(|| learned.of_source(source))
        };
        let met: BTreeSet<&str> = pages.iter().filter_map(|page| page.source).collect();
        let templates = met
            .into_iter()
            .filter_map(|source| template_of(Some(source)));
        let template_blocks = templates.map(Template::len).sum();
        let cleaned = map(pages, |page| {
            let segmented = page.segmented();
            let template = template_of(page.source);
            let cleaned = self.cleaner.clean_page(&segmented, template, page.markup);
            let sketch = self.sketch_of(page, &cleaned.words);
            (self.kept_of(page, segmented.words().len(), cleaned), sketch)
        });
        let (kept, sketches): (Vec<KeptPage>, Vec<PageSketch>) = cleaned.into_iter().unzip();
        let order = self.order(&sketches);
        let text = |at: usize| joined(pages[at].text, &kept[at].report.kept);
        let clusters = self.cluster(&sketches, text, &order);
        drop(sketches);
        let mut outcomes = Vec::with_capacity(pages.len());
        let mut blocks = Vec::with_capacity(pages.len());
        for (page, fate) in kept.into_iter().zip(clusters.fates) {
            outcomes.push(PageReport {
                fate,
                ..page.report
            });
            blocks.push(match fate {
                Fate::Kept => page.blocks,
                Fate::Removed { .. } => Blocks::default(),
            });
        }
        self.across(pages, &order, &blocks, &mut outcomes);
        Report {
            pages: outcomes,
            related: clusters.related,
            banding: self.banding,
            template_blocks,
            left_out: clusters.left_out,
        }
    }

    /// What is kept of a cleaned page that had so many words: nothing of its text.
    fn kept_of(&self, page: &Page<'_>, words: usize, cleaned: Cleaned) -> KeptPage {
        let rule = self.repeat_rule();
        let sketch = |block: &CleanedBlock| {
            let text = block.span.of(page.text).trim_end();
            let extent = Extent {
                words: block.words.len(),
                chars: text.chars().count(),
                sentence: ends_sentence(text),
            };
            BlockSketch::of(&cleaned.words[block.words.clone()], extent, &rule)
        };
        let sketches = match self.settings.across {
            Some(_) => cleaned.blocks.iter().map(sketch).collect(),
            None => Vec::new(),
        };
        KeptPage {
            report: PageReport {
                fate: Fate::Kept,
                kept: cleaned.kept,
                findings: cleaned.findings,
                words,
                cleaned_words: cleaned.words.len(),
            },
            blocks: Blocks {
                blocks: cleaned.blocks,
                sketches,
            },
        }
    }

    fn repeat_rule(&self) -> RepeatRule {
        self.settings.clean.repeats.unwrap_or(RepeatRule::DEFAULT)
    }

    /// What kept pages have in common with kept pages of higher rank.
    fn across(
        &self,
        pages: &[Page<'_>],
        order: &[usize],
        blocks: &[Blocks],
        outcomes: &mut [PageReport],
    ) {
        let Some(action) = self.settings.across else {
            return;
        };
        let kept = order.iter().copied();
        let kept: Vec<usize> = kept.filter(|&page| outcomes[page].is_kept()).collect();
        let sketches = kept.iter().map(|&page| &blocks[page].sketches[..]);
        let sketches: Vec<&[BlockSketch]> = sketches.collect();
        let words = |rank: usize, at: usize| -> Cow<'_, [u64]> {
            let page = kept[rank];
            let block = &blocks[page].blocks[at];
            let text = block.kept(pages[page].text, &outcomes[page].kept);
            with_words(&text, |words| Cow::Owned(words.to_vec()))
        };
        let found = repeats_across_sketched(&sketches, words, &self.repeat_rule());
        for (&page, repeats) in kept.iter().zip(&found) {
            if repeats.is_empty() {
                continue;
            }
            let shared = Shared {
                text: pages[page].text,
                kept: &mut outcomes[page].kept,
                findings: &mut outcomes[page].findings,
                blocks: &blocks[page].blocks,
                repeats,
            };
            let action = match pages[page].protected {
                true => Action::Annotate,
                false => action,
            };
            let owner = |rank: usize| Owner {
                page: kept[rank],
                text: pages[kept[rank]].text,
                blocks: &blocks[kept[rank]].blocks,
            };
            outcomes[page].cleaned_words -= shared.act(action, owner);
        }
    }

    /// Learns the template of each source of at least 3 pages: steps 1 to 3 of a run.
    ///
    /// What it gives is to be applied by [`run_with`](Self::run_with), to these pages or to
    /// later ones. It depends on no order of the pages, and not on whether the settings take
    /// template out.
    pub fn templates(&self, pages: &[Page<'_>]) -> Templates {
        self.learn(pages, &Templates::default())
    }

    /// The templates of sources that are not in `known`, each learned from its own pages.
    fn learn(&self, pages: &[Page<'_>], known: &Templates) -> Templates {
        let unknown = |name: &&str| known.of_source(name).is_none();
        let of_source = by_source(pages.iter().map(|page| page.source.filter(unknown)));
        let of: Vec<Vec<usize>> = of_source.values().cloned().collect();
        let learned = map(&of, |indices| {
            let pages: Vec<Page<'_>> = indices.iter().map(|&at| pages[at]).collect();
            self.learn_source(&pages)
        });
        Learned::templates(learned, of_source.into_keys())
    }

    /// Suspects, clusters and convicts what stands on the pages of one source.
    fn learn_source(&self, pages: &[Page<'_>]) -> Learned {
        let segmented: Vec<Segmented<'_>> = map(pages, Page::segmented);
        let blocks: Vec<Vec<Block>> = map(&segmented, Segmented::blocks);
        let texts: Vec<(&Segmented<'_>, &[Block])> = segmented
            .iter()
            .zip(&blocks)
            .map(|(page, blocks)| (page, &blocks[..]))
            .collect();
        let mut keyed = map(&texts, |(page, blocks)| Keyed::of(page, blocks));
        let suspects = Suspects::find(&mut keyed, &texts);
        let learning = Learning {
            keyed: &keyed,
            texts: &texts,
        };
        if suspects.is_empty() {
            return learning.convict(&suspects, |page| page);
        }
        let indices: Vec<usize> = (0..pages.len()).collect();
        let suspected = map(&indices, |&page| {
            suspects.of_page(&keyed[page], &segmented[page], &blocks[page])
        });
        let left = |page: usize| -> Cow<'_, [u64]> {
            let mut words = Vec::with_capacity(segmented[page].words().len());
            for (at, block) in blocks[page].iter().enumerate() {
                if keyed[page].prose[at] || !suspected[page][at] {
                    words.extend_from_slice(segmented[page].block_words(block));
                }
            }
            words.into()
        };
        let sketches = map(&indices, |&page| self.sketch_of(&pages[page], &left(page)));
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
        let buckets = Buckets::of_tables(&signatures, self.copies_banding, shared_prose);
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
        let clusters = search.clusters(&texts, &signatures, &buckets, Ranking::new(&order));
        learning.convict(&suspects, |page| clusters.keeper_of(page))
    }
}

/// What is kept of a page once it is cleaned.
struct KeptPage {
    report: PageReport,
    blocks: Blocks,
}

/// The blocks of a cleaned page, and how they are looked for on other pages.
#[derive(Default)]
struct Blocks {
    blocks: Vec<CleanedBlock>,
    /// As many as blocks, where passages across pages are looked for.
    sketches: Vec<BlockSketch>,
}
