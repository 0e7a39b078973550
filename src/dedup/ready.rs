//! Every page cleaned, those of a source right behind the learning of its template.
//!
//! So a page is cut into words once: cutting it anew to clean it was 7 % of the whole job, and hashing its
//! content anew 1 %. But how many other sources have what is convicted in one is known only when all are
//! learned. What hangs on it (prose that stands amid the page's own) is rare: such pages are cleaned again.

use super::stages::{Prepared, Ready};
use super::{Deduplicator, Page, PageSketch};
use crate::boilerplate::template::{Learned, Template, Templates, by_source};
use crate::parallel::{map, map_owned};
use std::collections::BTreeSet;

/// All pages before it is known which are copies, in the order of the input.
pub(super) struct Pile {
    pub(super) prepared: Vec<Prepared>,
    pub(super) sketches: Vec<PageSketch>,
    /// Blocks convicted as template, over all sources.
    pub(super) template_blocks: usize,
}

impl Deduplicator {
    /// Prepares all pages, by the templates of `known` and by those learned from the pages of other sources.
    pub(super) fn pile(&self, pages: &[Page<'_>], known: &Templates) -> Pile {
        let none = Templates::default();
        let known = if self.settings.template { known } else { &none };
        let learns = |name: &&str| self.settings.template && known.of_source(name).is_none();
        let of_source = by_source(pages.iter().map(|page| page.source.filter(learns)));
        let of: Vec<&Vec<usize>> = of_source.values().collect();
        let ready = map(&of, |indices| self.learn_and_prepare(pages, indices));
        let (learned, ready): (Vec<Learned>, Vec<Vec<Ready>>) = ready.into_iter().unzip();
        let learned = Templates::of_learned(of_source.keys().copied().zip(learned));
        let template_of = |source: &str| known.of_source(source).or(learned.of_source(source));

        let mut slots = Slots {
            prepared: vec![None; pages.len()],
            sketches: vec![None; pages.len()],
        };
        for ((source, indices), ready) in of_source.into_iter().zip(ready) {
            let counted = learned
                .of_source(source)
                .is_some_and(Template::is_met_elsewhere);
            for (at, ready) in indices.into_iter().zip(ready) {
                if !(counted && ready.hangs_on_sources) {
                    slots.fill(at, ready);
                }
            }
        }
        let empty: Vec<usize> = slots.empty();
        let ready = map(&empty, |&at| {
            self.prepare_cut(&pages[at].cut(), pages[at].source.and_then(template_of))
        });
        for (at, ready) in empty.into_iter().zip(ready) {
            slots.fill(at, ready);
        }
        let met: BTreeSet<&str> = pages.iter().filter_map(|page| page.source).collect();
        let templates = met.into_iter().filter_map(template_of);
        Pile {
            prepared: slots.prepared.into_iter().flatten().collect(),
            sketches: slots.sketches.into_iter().flatten().collect(),
            template_blocks: templates.map(Template::len).sum(),
        }
    }

    /// Learns the template of a source and prepares its pages by it as long as it is not counted. Pages of a
    /// source that is too large to be held are none; they are prepared with the others.
    fn learn_and_prepare(&self, pages: &[Page<'_>], of: &[usize]) -> (Learned, Vec<Ready>) {
        if !Self::learns_from_all(of.iter().map(|&at| pages[at].text.len())) {
            return (self.learn_of(pages, of), Vec::new());
        }
        let cut = map(of, |&at| pages[at].cut());
        let learned = self.learn_cut(&cut);
        let ready = map_owned(cut, |cut| self.prepare_cut(&cut, learned.template()));
        (learned, ready)
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

/// A place for each page.
struct Slots {
    prepared: Vec<Option<Prepared>>,
    sketches: Vec<Option<PageSketch>>,
}

impl Slots {
    fn fill(&mut self, page: usize, ready: Ready) {
        self.prepared[page] = Some(ready.prepared);
        self.sketches[page] = Some(ready.sketch);
    }

    fn empty(&self) -> Vec<usize> {
        let pages = 0..self.prepared.len();
        pages
            .filter(|&page| self.prepared[page].is_none())
            .collect()
    }
}
