//! Every page cleaned, those of a source right behind the learning of its template.
//!
//! So a page is cut into words once: cutting it anew to clean it was 7 % of the whole job, and hashing its
//! content anew 1 %. But how many other sources have what is convicted in one is known only when all are
//! learned. What hangs on it (prose that stands amid the page's own) is rare: such pages are cleaned again.
//!
//! What sources are counted by takes 350 bytes a page of news. So it is kept from the first page on that hangs on
//! it; sources that were learned before are read again: 15 % of a run where only pages of the last one hang.
//! Most piles count nothing.

use super::stages::{Prepared, Ready};
use super::{Deduplicator, Page, PageSketch};
use crate::boilerplate::template::{Learned, SourceKeys, Template, Templates, by_source};
use crate::parallel::{map, map_owned};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// All pages before it is known which are copies, in the order of the input.
pub(super) struct Pile {
    pub(super) prepared: Vec<Prepared>,
    pub(super) sketches: Vec<PageSketch>,
    /// Blocks convicted as template, over all sources.
    pub(super) template_blocks: usize,
}

/// A source of which the pages are prepared, but those that wait for the count.
struct Source {
    template: Option<Template>,
    /// Where they were not let go.
    keys: Option<SourceKeys>,
    /// Pages that are to be prepared again, should other sources have something of the template.
    hanging: Vec<usize>,
}

impl Deduplicator {
    /// Prepares all pages, by the templates of `known` and by those learned from the pages of other sources.
    pub(super) fn pile(&self, pages: &[Page<'_>], known: &Templates) -> Pile {
        let none = Templates::default();
        let known = if self.settings.template { known } else { &none };
        let learns = |name: &&str| self.settings.template && known.of_source(name).is_none();
        let of_source = by_source(pages.iter().map(|page| page.source.filter(learns)));
        let of: Vec<&Vec<usize>> = of_source.values().collect();
        let slots = Mutex::new(Slots::new(pages.len()));
        let counts = AtomicBool::new(false);
        let sources = map(&of, |of| self.learn_and_prepare(pages, of, &slots, &counts));
        let mut hanging = Vec::with_capacity(sources.len());
        let (templates, keys): (Vec<_>, Vec<_>) = sources
            .into_iter()
            .map(|source| {
                hanging.push(source.hanging);
                (source.template, source.keys)
            })
            .unzip();
        let keys = of
            .iter()
            .zip(keys)
            .take_while(|_| counts.load(Ordering::Relaxed));
        let keys = keys.map(|(of, keys)| keys.unwrap_or_else(|| self.keys_of(pages, of)));
        let learned = Templates::of_counted(of_source.keys().copied().zip(templates), keys);
        let template_of = |source: &str| known.of_source(source).or(learned.of_source(source));

        let mut slots = slots.into_inner().unwrap_or_else(PoisonError::into_inner);
        for (source, hanging) in of_source.keys().zip(hanging) {
            let template = learned.of_source(source);
            if template.is_some_and(Template::is_met_elsewhere) {
                hanging.into_iter().for_each(|page| slots.clear(page));
            }
        }
        let empty: Vec<usize> = slots.empty();
        let ready = map(&empty, |&at| {
            self.prepare_cut(&pages[at].cut(), pages[at].source.and_then(template_of))
        });
        slots.fill(&empty, ready);
        let met: BTreeSet<&str> = pages.iter().filter_map(|page| page.source).collect();
        let templates = met.into_iter().filter_map(template_of);
        Pile {
            prepared: filled(slots.prepared),
            sketches: filled(slots.sketches),
            template_blocks: templates.map(Template::len).sum(),
        }
    }

    /// Learns the template of a source and prepares its pages by it, as long as it is not counted. Pages of a source
    /// that is too large to be held are prepared with those that have no source. `counts` is whether anything
    /// hangs on the count.
    fn learn_and_prepare(
        &self,
        pages: &[Page<'_>],
        of: &[usize],
        slots: &Mutex<Slots>,
        counts: &AtomicBool,
    ) -> Source {
        if !Self::learns_from_all(of.iter().map(|&at| pages[at].text.len())) {
            counts.store(true, Ordering::Relaxed);
            let (template, keys) = self.learn_of(pages, of).into_parts();
            return Source {
                template,
                keys: Some(keys),
                hanging: Vec::new(),
            };
        }
        let cut = map(of, |&at| pages[at].cut());
        let learned = self.learn_cut(&cut);
        let ready = map_owned(cut, |cut| self.prepare_cut(&cut, learned.template()));
        let hanging = of
            .iter()
            .zip(&ready)
            .filter(|(_, ready)| ready.hangs_on_sources);
        let hanging: Vec<usize> = hanging.map(|(&at, _)| at).collect();
        if !hanging.is_empty() {
            counts.store(true, Ordering::Relaxed);
        }
        let (template, keys) = learned.into_parts();
        let mut slots = slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.fill(of, ready);
        Source {
            template,
            keys: counts.load(Ordering::Relaxed).then_some(keys),
            hanging,
        }
    }

    /// What a source is counted by, once more.
    fn keys_of(&self, pages: &[Page<'_>], of: &[usize]) -> SourceKeys {
        let cut = map(of, |&at| pages[at].cut());
        Self::source_keys(&cut)
    }

    /// The templates of sources that are not in `known`, each learned from its own pages.
    pub(super) fn learn(&self, pages: &[Page<'_>]) -> Templates {
        let of_source = by_source(pages.iter().map(|page| page.source));
        let of: Vec<&Vec<usize>> = of_source.values().collect();
        let learned = map(&of, |of| self.learn_of(pages, of));
        Templates::of_learned(of_source.keys().copied().zip(learned))
    }

    fn learn_of(&self, pages: &[Page<'_>], of: &[usize]) -> Learned {
        let texts = of
            .iter()
            .map(|&at| (pages[at].content(), pages[at].text.len()));
        let sample = Self::learned_from(&texts.collect::<Vec<_>>());
        let sample: Vec<Page<'_>> = sample.iter().map(|&at| pages[of[at]]).collect();
        self.learn_source(&sample)
    }
}

/// A place for each page. Lists of one source each that are put in order at the end held 200 bytes a page more.
struct Slots {
    prepared: Vec<Option<Prepared>>,
    sketches: Vec<Option<PageSketch>>,
}

impl Slots {
    fn new(pages: usize) -> Self {
        Slots {
            prepared: vec![None; pages],
            sketches: vec![None; pages],
        }
    }

    fn fill(&mut self, pages: &[usize], ready: Vec<Ready>) {
        for (&page, ready) in pages.iter().zip(ready) {
            self.prepared[page] = Some(ready.prepared);
            self.sketches[page] = Some(ready.sketch);
        }
    }

    fn clear(&mut self, page: usize) {
        self.prepared[page] = None;
    }

    fn empty(&self) -> Vec<usize> {
        let pages = 0..self.prepared.len();
        pages
            .filter(|&page| self.prepared[page].is_none())
            .collect()
    }
}

/// What is in the slots, in the same memory.
fn filled<T>(slots: Vec<Option<T>>) -> Vec<T> {
    let slots = slots.into_iter();
    slots
        .map(|slot| slot.expect("every page is prepared"))
        .collect()
}
