//! The whole run over a pile of pages; the only file that knows every stage.

use crate::block::{Block, Segmented, ends_sentence};
use crate::boilerplate::cue::CueTable;
use crate::boilerplate::markup::Markup;
use crate::boilerplate::template::{Keyed, Learning, Suspects, Template, Templates};
use crate::clean::{CleanRule, Cleaned, CleanedBlock, Cleaner, Owner, Shared};
use crate::cluster::{Compared, Nearness, Ranking, Search};
use crate::error::Error;
use crate::finding::Action;
use crate::lsh::{Banding, Buckets, banding_tables};
use crate::parallel::{map, map_owned};
use crate::repeat::{RepeatRule, Unit, repeats_across};
use crate::report::{PageReport, Report};
use crate::shingle::{WIDTH, shingles};
use crate::sketch::{MinHasher, Signature};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

/// One input page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Page<'a> {
    /// The caller's name for it; need not be unique.
    pub id: &'a str,
    /// The site it comes from. A page without a source has no template.
    pub source: Option<&'a str>,
    /// Its text.
    pub text: &'a str,
    /// Its date in seconds since 1970, for [`Keep::Earliest`].
    pub date: Option<i64>,
    /// The caller's ranking, for [`Keep::Ranked`]: lower is better.
    pub rank: Option<i64>,
    /// What its markup says, where it was read from HTML and `text` is the text of the
    /// [`Document`](crate::boilerplate::markup::Markup).
    pub markup: Option<&'a Markup>,
    /// A protected page is never removed, nor what it shares with others; copies of it go under it.
    pub protected: bool,
}

impl<'a> Page<'a> {
    /// A page without source, date or rank, not protected.
    pub fn new(id: &'a str, text: &'a str) -> Self {
        Page {
            id,
            text,
            ..Page::default()
        }
    }

    /// A page read from HTML, without source, date or rank, not protected.
    #[cfg(feature = "html")]
    pub fn of_document(id: &'a str, document: &'a crate::html::Document) -> Self {
        Page {
            markup: Some(document.markup()),
            ..Page::new(id, document.text())
        }
    }

    fn segmented(&self) -> Segmented<'a> {
        match self.markup {
            Some(markup) => Segmented::of_marked(self.text, markup),
            None => Segmented::new(self.text),
        }
    }

    /// The same page, of the site `source`.
    pub fn with_source(self, source: &'a str) -> Self {
        Page {
            source: Some(source),
            ..self
        }
    }

    /// The same page, with a date in seconds since 1970.
    pub fn with_date(self, date: i64) -> Self {
        Page {
            date: Some(date),
            ..self
        }
    }

    /// The same page, with a place in the caller's ranking; lower is better.
    pub fn with_rank(self, rank: i64) -> Self {
        Page {
            rank: Some(rank),
            ..self
        }
    }

    /// The same page, never to be removed.
    pub fn protect(self) -> Self {
        Page {
            protected: true,
            ..self
        }
    }
}

/// Which page of a cluster stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Keep {
    /// The one with the longest cleaned text.
    #[default]
    Longest,
    /// The one with the earliest date; pages without a date come last.
    Earliest,
    /// The one with the lowest [`Page::rank`]; pages without a rank come last.
    Ranked,
    /// The first of the input. The only rule under which the order of the input matters.
    First,
}

/// Settings of a [`Deduplicator`]; see [`Deduplicator::builder`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
pub struct Builder {
    width: usize,
    nearness: Nearness,
    report_from: Option<f64>,
    banding: Option<Banding>,
    net: Option<f64>,
    keep: Keep,
    clean: CleanRule,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    cue_tables: Vec<CueTable>,
    template: bool,
    across: Option<Action>,
    most_keepers: usize,
}

impl Default for Builder {
    fn default() -> Self {
        Builder {
            width: WIDTH,
            nearness: Nearness::DEFAULT,
            report_from: Some(0.3),
            banding: None,
            net: None,
            keep: Keep::Longest,
            clean: CleanRule::DEFAULT,
            cue_tables: Vec::new(),
            template: true,
            across: Some(Action::Annotate),
            most_keepers: Search::MOST_KEEPERS,
        }
    }
}

impl Builder {
    /// Words in a shingle, 1 to 64; 5 unless told.
    pub fn shingle_width(mut self, width: usize) -> Self {
        self.width = width;
        self
    }

    /// Least resemblance of near-duplicates, above 0 and at most 1; 0.7 unless told.
    pub fn resemblance(mut self, least: f64) -> Self {
        self.nearness.resemblance = least;
        self
    }

    /// Least share of a page that must stand in a keeper at most twice as long
    /// for the page to be removed, above 0 and at most 1; 0.9 unless told,
    /// `None` never removes by containment.
    pub fn containment(mut self, least: Option<f64>) -> Self {
        self.nearness.containment = least;
        self
    }

    /// Containment only removes under a keeper at most this many times as long, 1
    /// or more; 2 unless told.
    pub fn longest_container(mut self, times: f64) -> Self {
        self.nearness.longest_container = times;
        self
    }

    /// Least resemblance at which two kept pages are reported as related; 0.3
    /// unless told, `None` reports none.
    pub fn report_from(mut self, least: Option<f64>) -> Self {
        self.report_from = least;
        self
    }

    /// Bands and rows of the candidate search; unless told, the most rows a band
    /// that find a pair at the threshold with probability 0.99.
    pub fn banding(mut self, banding: Banding) -> Self {
        self.banding = Some(banding);
        self
    }

    /// Widens the search, so that pairs of this resemblance are met with probability
    /// 0.99, above 0 and at most 1; unless told, those at the threshold are. What is
    /// met below the threshold is only reported, from [`report_from`](Self::report_from) on.
    ///
    /// A wider net takes fewer rows a band, so more strangers become candidates. On
    /// 100,000 news pages 0.5 and 0.3 reported 6,302 and 6,579 pairs instead of
    /// 3,226, in 3 % more time at most; where all pages share a quarter of their
    /// words, buckets overflow, are split, and 0.3 took 8 % more (20,000 pages).
    /// What splitting leaves out is counted in [`Report::left_out`].
    ///
    /// A page of which the share *c* stands in one *f* times as long resembles it by
    /// c / (1 + f − c): by 0.5 at most in one twice as long, 0.1 in one ten times as
    /// long. Where the banding is given this has no effect.
    pub fn net(mut self, resemblance: f64) -> Self {
        self.net = Some(resemblance);
        self
    }

    /// Which page of a cluster stays; the longest unless told.
    pub fn keep(mut self, keep: Keep) -> Self {
        self.keep = keep;
        self
    }

    /// What is cleaned inside a page.
    pub fn clean(mut self, rule: CleanRule) -> Self {
        self.clean = rule;
        self
    }

    /// A table of text cues beside those that come with the library, and beside others
    /// added before.
    pub fn cue_table(mut self, table: CueTable) -> Self {
        self.cue_tables.push(table);
        self
    }

    /// Whether the template of each source is found and taken out; it is unless told.
    pub fn template(mut self, remove: bool) -> Self {
        self.template = remove;
        self
    }

    /// What becomes of blocks that stand on several kept pages and are no template:
    /// they are noted unless told. [`Action::Remove`] takes them out of all pages but
    /// the one of highest rank; `None` does not look for them. What counts as such a
    /// block is [`CleanRule::repeats`], or its default where that is `None`.
    ///
    /// This comes last: the figures of copies and related pairs are from before it. A
    /// page made of others' passages may lose most of its words, down to 25.
    pub fn across(mut self, action: Option<Action>) -> Self {
        self.across = action;
        self
    }

    /// Most keepers of one bucket that a page is compared with, best rank first,
    /// 1 or more; 64 unless told. A bucket with more is split by further rows of the
    /// signatures; what that leaves out is counted in [`Report::left_out`].
    pub fn most_keepers(mut self, most: usize) -> Self {
        self.most_keepers = most;
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// Where one is out of its range.
    pub fn build(self) -> Result<Deduplicator, Error> {
        if !(1..=64).contains(&self.width) {
            return Err(Error::setting("shingle width", self.width, "from 1 to 64"));
        }
        if self.most_keepers == 0 {
            return Err(Error::setting("most keepers", 0, "1 or more"));
        }
        self.nearness.validate()?;
        let mut cleaner = Cleaner::new(self.clean)?;
        for table in &self.cue_tables {
            cleaner = cleaner.with_cues(table.clone())?;
        }
        if let Some(least) = self.report_from
            && !(least > 0.0 && least <= 1.0)
        {
            return Err(Error::setting(
                "report from",
                least,
                "above 0 and at most 1",
            ));
        }
        if let Some(net) = self.net
            && !(net > 0.0 && net <= 1.0)
        {
            return Err(Error::setting("net", net, "above 0 and at most 1"));
        }
        let threshold = self.nearness.resemblance;
        let banding = match self.banding {
            Some(banding) => Banding::new(banding.bands, banding.rows)?,
            None => {
                let net = self.net.unwrap_or(threshold).min(threshold);
                Banding::for_resemblance(net).map_err(|error| match net < threshold {
                    true => Error::setting("net", net, "at least 0.03 for a search with 160 rows"),
                    false => error,
                })?
            }
        };
        let copies = Nearness {
            resemblance: self.nearness.resemblance.min(COPIES.resemblance),
            ..COPIES
        };
        // Copies that share a block of prose are met without banding; this is for
        // those edited throughout, which are more alike.
        let copies_banding = Banding::for_resemblance(copies.resemblance.max(0.5))?;
        let rows = banding
            .signature_rows()
            .max(copies_banding.signature_rows());
        Ok(Deduplicator {
            hasher: MinHasher::new(rows, 0)?,
            banding,
            copies,
            copies_banding,
            cleaner,
            settings: self,
        })
    }
}

/// When two pages are told to be copies before template is convicted. Looser
/// than near-duplicates: a re-post under an introduction of its own must not
/// count twice, and a page wrongly joined here only spares some template.
const COPIES: Nearness = Nearness {
    resemblance: 0.4,
    containment: Some(0.6),
    longest_container: 1.5,
};

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
    /// The order of a run: suspect template, cluster what is left to tell copies
    /// from template, convict, clean every page, cluster the cleaned pages, look for
    /// passages that kept pages share.
    /// The outcome is the same for any number of threads and, unless the caller
    /// keeps the first, for any order of the pages.
    ///
    /// Time is linear in the text and in the number of pages; memory at its
    /// peak about 24 bytes a word and 3,000 a page beside the input.
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
        let segmented: Vec<Segmented<'_>> = map(pages, Page::segmented);
        let learned = match self.settings.template {
            true => self.learn(pages, &segmented, known),
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
        let words: Vec<usize> = segmented.iter().map(|page| page.words().len()).collect();
        let mut cleaned: Vec<Cleaned> = map_owned(segmented, |at, page| {
            self.cleaner
                .clean_page(&page, template_of(pages[at].source), pages[at].markup)
        });
        let compared: Vec<Compared> = cleaned
            .iter_mut()
            .map(|page| Compared::new(std::mem::take(&mut page.words), self.settings.width))
            .collect();
        let signatures = self.signatures(&compared);
        let buckets = Buckets::of_tables(
            pages.len(),
            self.banding,
            banding_tables(&signatures, self.banding),
        );
        let search = Search {
            nearness: self.settings.nearness,
            bar_digests: true,
            report_from: self.settings.report_from,
            most_keepers: self.settings.most_keepers,
        };
        let order = self.order(pages, &compared);
        let ranking = Ranking {
            order: &order,
            protected: pages.iter().filter(|page| page.protected).count(),
        };
        let clusters = search.clusters(&compared, &signatures, &buckets, ranking);
        let mut blocks = Vec::with_capacity(pages.len());
        let mut outcomes = Vec::with_capacity(pages.len());
        for (at, page) in cleaned.into_iter().enumerate() {
            blocks.push(page.blocks);
            outcomes.push(PageReport {
                fate: clusters.fates[at],
                kept: page.kept,
                findings: page.findings,
                words: words[at],
                cleaned_words: compared[at].words().len(),
            });
        }
        self.across(pages, &order, &compared, &blocks, &mut outcomes);
        Report {
            pages: outcomes,
            related: clusters.related,
            banding: self.banding,
            template_blocks,
            left_out: clusters.left_out,
        }
    }

    /// What kept pages have in common with kept pages of higher rank.
    fn across(
        &self,
        pages: &[Page<'_>],
        order: &[usize],
        compared: &[Compared],
        blocks: &[Vec<CleanedBlock>],
        outcomes: &mut [PageReport],
    ) {
        let Some(action) = self.settings.across else {
            return;
        };
        let kept = order.iter().copied();
        let kept: Vec<usize> = kept.filter(|&page| outcomes[page].is_kept()).collect();
        let units: Vec<Vec<Unit<'_>>> = map(&kept, |&page| {
            let units = blocks[page].iter().map(|block| {
                let text = block.span.of(pages[page].text).trim_end();
                Unit {
                    words: &compared[page].words()[block.words.clone()],
                    sign: 0,
                    chars: text.chars().count(),
                    sentence: ends_sentence(text),
                }
            });
            units.collect()
        });
        let rule = self.settings.clean.repeats.unwrap_or(RepeatRule::DEFAULT);
        let found = repeats_across(&units, &rule);
        for (&page, repeats) in kept.iter().zip(&found) {
            if repeats.is_empty() {
                continue;
            }
            let shared = Shared {
                text: pages[page].text,
                kept: &mut outcomes[page].kept,
                findings: &mut outcomes[page].findings,
                blocks: &blocks[page],
                repeats,
            };
            let action = match pages[page].protected {
                true => Action::Annotate,
                false => action,
            };
            let owner = |rank: usize| Owner {
                page: kept[rank],
                text: pages[kept[rank]].text,
                blocks: &blocks[kept[rank]],
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
        let segmented: Vec<Segmented<'_>> = map(pages, Page::segmented);
        self.learn(pages, &segmented, &Templates::default())
    }

    /// The templates of sources that are not in `known`: suspect, cluster, convict.
    fn learn(
        &self,
        pages: &[Page<'_>],
        segmented: &[Segmented<'_>],
        known: &Templates,
    ) -> Templates {
        let (sources, names) = number_sources(pages, known);
        if names.is_empty() {
            return Templates::default();
        }
        let blocks: Vec<Vec<Block>> = map(segmented, Segmented::blocks);
        let texts: Vec<(&Segmented<'_>, &[Block])> = segmented
            .iter()
            .zip(&blocks)
            .map(|(page, blocks)| (page, &blocks[..]))
            .collect();
        let mut keyed = map(&texts, |(page, blocks)| Keyed::of(page, blocks));
        let suspects = Suspects::find(&mut keyed, &texts, &sources);
        let learning = Learning {
            keyed: &keyed,
            texts: &texts,
            sources: &sources,
            names: &names,
        };
        if suspects.is_empty() {
            return learning.convict(&suspects, |page| page);
        }
        let indices: Vec<usize> = (0..pages.len()).collect();
        let suspected = map(&indices, |&page| {
            suspects.of_page(&keyed[page], &segmented[page], &blocks[page], sources[page])
        });
        let compared: Vec<Compared> = map(&indices, |&page| {
            let mut words = Vec::with_capacity(segmented[page].words().len());
            for (at, block) in blocks[page].iter().enumerate() {
                if keyed[page].prose[at] || !suspected[page][at] {
                    words.extend_from_slice(segmented[page].block_words(block));
                }
            }
            Compared::new(words, self.settings.width)
        });
        let signatures = self.signatures(&compared);
        // Pages that share suspected prose are candidates in any case: whether
        // they are copies of each other is what the conviction hangs on.
        let mut shared_prose: Vec<(u64, usize)> = Vec::new();
        for (page, keyed_page) in keyed.iter().enumerate() {
            for (at, key) in keyed_page.keys.iter().enumerate() {
                if keyed_page.prose[at] && suspects.contains(sources[page], *key) {
                    shared_prose.extend(key.map(|key| (key, page)));
                }
            }
        }
        shared_prose.sort_unstable();
        shared_prose.dedup();
        let tables = banding_tables(&signatures, self.copies_banding);
        let buckets = Buckets::of_tables(
            pages.len(),
            self.copies_banding,
            tables.chain([shared_prose]),
        );
        let search = Search {
            nearness: self.copies,
            bar_digests: false,
            report_from: None,
            most_keepers: self.settings.most_keepers,
        };
        let order = self.order(pages, &compared);
        let clusters = search.clusters(&compared, &signatures, &buckets, Ranking::new(&order));
        learning.convict(&suspects, |page| clusters.keeper_of(page))
    }

    fn signatures(&self, compared: &[Compared]) -> Vec<Option<Signature>> {
        let width = self.settings.width;
        map(compared, |text| {
            self.hasher.signature(shingles(text.words(), width))
        })
    }

    /// The ranking: protected pages first, then by the keeper rule, length, content,
    /// source, id, date and rank.
    fn order(&self, pages: &[Page<'_>], compared: &[Compared]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..pages.len()).collect();
        if self.settings.keep == Keep::First {
            order.sort_by_key(|&page| !pages[page].protected);
            return order;
        }
        let length = |page: usize| {
            (
                Reverse(compared[page].words().len()),
                Reverse(pages[page].text.len()),
            )
        };
        // Pages without a date or rank come last.
        let by_rule = |page: usize| {
            let page = &pages[page];
            let figure = match self.settings.keep {
                Keep::Earliest => page.date,
                Keep::Ranked => page.rank,
                Keep::Longest | Keep::First => None,
            };
            (!page.protected, figure.is_none(), figure)
        };
        order.sort_by(|&a, &b| {
            let rule = by_rule(a)
                .cmp(&by_rule(b))
                .then_with(|| length(a).cmp(&length(b)));
            rule.then_with(|| {
                let rest = |page: usize| {
                    let page = &pages[page];
                    (page.text, page.source, page.id, page.date, page.rank)
                };
                rest(a).cmp(&rest(b))
            })
        });
        order
    }
}

/// Numbers the sources that are not in `known`, and names them; the others have no number.
fn number_sources<'p>(pages: &[Page<'p>], known: &Templates) -> (Vec<Option<usize>>, Vec<&'p str>) {
    let learned = |source: &&str| known.of_source(source).is_none();
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut names = Vec::new();
    let number = |page: &Page<'p>| {
        let source = page.source.filter(learned)?;
        Some(*numbers.entry(source).or_insert_with(|| {
            names.push(source);
            names.len() - 1
        }))
    };
    (pages.iter().map(number).collect(), names)
}
