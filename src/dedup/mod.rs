//! The whole run over a pile of pages: its settings, its kernels, the engine that has its order, and a store in
//! memory.

mod engine;
mod kernels;
mod memory;
mod page;
mod sample;
mod settings;
mod sketched;
mod store;
mod stored;
mod watch;

#[doc(hidden)]
pub use kernels::{Made, Prepared};
pub use page::Page;
pub use settings::{Builder, Keep};
pub use sketched::PageSketch;
pub use store::Stage;
#[doc(hidden)]
pub use store::Store;
#[doc(hidden)]
pub use watch::Stop;
pub use watch::{Step, Watch};

use crate::boilerplate::template::Templates;
use crate::clean::Cleaner;
use crate::cluster::Nearness;
use crate::lsh::Banding;
use crate::report::Report;
use crate::sketch::MinHasher;
use memory::Memory;

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
#[doc(alias = "near-duplicate")]
#[doc(alias = "dedup")]
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

    /// What makes the signatures of pages.
    pub fn hasher(&self) -> &MinHasher {
        &self.hasher
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
    /// Time is linear in the text and in the number of pages; memory at its peak about 1,500 bytes
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
        let report = self.run_watched(pages, known, &Watch::new());
        report.expect("nobody stops it")
    }

    /// As [`run_with`](Self::run_with), and tells `watch` of every step; `None` if `watch` stopped the run.
    pub fn run_watched(
        &self,
        pages: &[Page<'_>],
        known: &Templates,
        watch: &Watch<'_>,
    ) -> Option<Report> {
        let mut store = Memory::new(pages);
        match self.run_in(&mut store, known, watch) {
            Ok(template_blocks) => Some(store.into_report(self.banding, template_blocks)),
            Err(Stop::Cancelled) => None,
            Err(Stop::Failed(never)) => match never {},
        }
    }

    /// Learns the template of each source of at least 3 pages: steps 1 to 3 of a run.
    ///
    /// What it gives is to be applied by [`run_with`](Self::run_with), to these pages or to
    /// later ones. It depends on no order of the pages, and not on whether the settings take
    /// template out.
    pub fn templates(&self, pages: &[Page<'_>]) -> Templates {
        match self.learn_in(&mut Memory::learning(pages)) {
            Ok(templates) => templates,
            Err(Stop::Cancelled) => unreachable!("nobody stops it"),
            Err(Stop::Failed(never)) => match never {},
        }
    }
}
