//! The order of a run, for every [`Store`]: the only file that knows every stage.
//!
//! 1. The template of each source is learned from its own pages: what is suspected is set aside, what is left is
//!    clustered to tell copies from template, and what stands in enough clusters is convicted. Then it is counted how
//!    many sources have what one of them convicts.
//! 2. Every page is cleaned, by the template of its source, and sketched.
//! 3. Pages are looked up among those that the store knows from before.
//! 4. The cleaned pages are clustered: which stay, and of which kept page each other one is a copy.
//! 5. Kept pages are compared with kept pages of higher rank, block by block.
//!
//! There are two schedules of the first two. On a disk they follow each other: all templates are learned, then all
//! pages cleaned in the order of the input, so that a stopped run can go on in their midst. In memory a source is
//! cleaned as soon as it is learned, so that its pages are cut into words once: cutting them anew was 7 % of
//! the whole job, and hashing their content anew 1 %. But how many other sources have what is convicted in one is known
//! only when all are learned. What hangs on it (prose that stands amid the page's own) is rare: such pages are
//! cleaned again. What sources are counted by takes 350 bytes a page of news, so it is kept from the
//! first page on that hangs on it; sources that were learned before are read again.

use super::Deduplicator;
use super::kernels::Made;
use super::store::{Stage, Store};
use super::stored::{KeptBlocks, Stored, StoredBlocks};
use super::watch::{Step, Stop, Watch};
use crate::boilerplate::template::{SourceKeys, Template, Templates};
use crate::parallel::{fitting, map, map_owned, try_map};
use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering};

/// Pages that are cleaned at once, at most, where that follows learning.
const STRETCH: usize = 512;

/// A source of which the pages are cleaned, but those that wait for the count.
struct Source {
    template: Option<Template>,
    /// Where they were not let go.
    keys: Option<SourceKeys>,
    /// Whether its pages are put.
    is_put: bool,
    /// Pages that are to be cleaned again, should other sources have something of the template.
    hanging: Vec<usize>,
}

/// A run over a store.
struct Run<'r> {
    deduplicator: &'r Deduplicator,
    /// Templates of sources that are not learned from.
    known: &'r Templates,
    watch: &'r Watch<'r>,
}

impl Deduplicator {
    /// Cleans and deduplicates the pages of a store, as [`run_watched`](Self::run_watched) does those in memory.
    /// Stages that the store [has](Store::has) are passed over. Gives the number of blocks convicted as template
    /// over all sources, where pages were cleaned.
    #[doc(hidden)]
    pub fn run_in<S: Store>(
        &self,
        store: &mut S,
        known: &Templates,
        watch: &Watch<'_>,
    ) -> Result<usize, Stop<S::Error>> {
        let none = Templates::default();
        let run = Run {
            deduplicator: self,
            known: if self.settings.template { known } else { &none },
            watch,
        };
        let mut template_blocks = 0;
        if !store.has(Stage::Cleaning) {
            template_blocks = match S::FUSES {
                true => run.learn_and_clean(store)?,
                false => run.learn_then_clean(store)?,
            };
            store.finish(Stage::Cleaning)?;
        }
        if !store.has(Stage::Asking) {
            match store.asks() {
                true => run.begin(store, Stage::Asking, false)?,
                false => watch.check()?,
            }
            store.ask(&|pages| watch.tell(Step::Done(pages)))?;
            store.finish(Stage::Asking)?;
        }
        let mut order = None;
        if !store.has(Stage::Clustering) {
            run.begin(store, Stage::Clustering, true)?;
            order = Some(run.cluster(store)?);
            store.finish(Stage::Clustering)?;
            run.all_done(store);
        }
        if !store.has(Stage::Comparing) {
            run.begin(store, Stage::Comparing, true)?;
            if self.settings.across.is_some() {
                let order = match order {
                    Some(order) => order,
                    None => self.order(&store.sketches()?),
                };
                run.compare(store, order)?;
            }
            store.finish(Stage::Comparing)?;
            run.all_done(store);
        }
        Ok(template_blocks)
    }

    /// Learns the template of each source of a store.
    pub(super) fn learn_in<S: Store>(&self, store: &mut S) -> Result<Templates, Stop<S::Error>> {
        let run = Run {
            deduplicator: self,
            known: &Templates::default(),
            watch: &Watch::new(),
        };
        run.learn(store)
    }
}

impl Run<'_> {
    fn begin<S: Store>(
        &self,
        store: &S,
        stage: Stage,
        at_once: bool,
    ) -> Result<(), Stop<S::Error>> {
        let pages = store.count() as u64;
        self.watch.tell(Step::Began {
            stage,
            pages,
            at_once,
        });
        self.watch.check()
    }

    fn all_done(&self, store: &impl Store) {
        self.watch.tell(Step::Done(store.count() as u64));
    }

    /// The pages of each source that is to be learned, by its name.
    fn sources<'s, S: Store>(&self, store: &'s S) -> BTreeMap<&'s str, Vec<usize>> {
        let mut pages: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for page in 0..store.count() {
            let source = store.source(page);
            if let Some(source) = source.filter(|name| self.known.of_source(name).is_none()) {
                pages.entry(source).or_default().push(page);
            }
        }
        pages
    }

    /// Those of a source that its template is learned from.
    fn sample<S: Store>(&self, store: &S, of: &[usize]) -> Vec<usize> {
        let texts: Vec<(u64, usize)> = of
            .iter()
            .map(|&page| (store.content(page), store.bytes(page)))
            .collect();
        let sample = Deduplicator::learned_from(&texts).into_iter();
        sample.map(|at| of[at]).collect()
    }

    /// Learns all templates, with what sources are counted by in the store.
    fn learn<S: Store>(&self, store: &mut S) -> Result<Templates, Stop<S::Error>> {
        let of_source = self.sources(&*store).into_iter();
        let of_source: Vec<(String, Vec<usize>)> = of_source
            .map(|(name, of)| (name.to_owned(), self.sample(store, &of)))
            .collect();
        let mut templates = Vec::with_capacity(of_source.len());
        let mut rest = &of_source[..];
        while !rest.is_empty() {
            self.watch.check()?;
            let bytes = rest.iter().map(|(_, its)| {
                let pages = its.iter().map(|page| store.bytes_in_work(*page));
                pages.sum()
            });
            let (sources, others) = rest.split_at(fitting(bytes, store.texts_at_once()));
            rest = others;
            let learned = try_map(sources, |(_, its)| {
                let learned =
                    store.with_pages(its, |pages| self.deduplicator.learn_source(pages))?;
                let (template, keys) = learned.into_parts();
                self.watch.tell(Step::Done(its.len() as u64));
                Ok::<_, S::Error>((template, store.written_keys(keys)?))
            })?;
            for ((name, _), (template, keys)) in sources.iter().zip(learned) {
                templates.push((&name[..], template));
                store.put_keys(keys)?;
            }
        }
        store.finish_keys()?;
        let mut failed = None;
        let keys = (0..of_source.len()).map_while(|source| match store.keys(source) {
            Ok(keys) => Some(keys),
            Err(error) => {
                failed = Some(error);
                None
            }
        });
        let templates = Templates::of_counted(templates, keys);
        match failed {
            Some(error) => Err(Stop::Failed(error)),
            None => Ok(templates),
        }
    }

    /// All templates, then all pages in order.
    fn learn_then_clean<S: Store>(&self, store: &mut S) -> Result<usize, Stop<S::Error>> {
        let learned = match store.has(Stage::Learning) {
            true => store.templates()?,
            false => {
                self.begin(store, Stage::Learning, false)?;
                let learned = match self.deduplicator.settings.template {
                    true => self.learn(store)?,
                    false => Templates::default(),
                };
                store.put_templates(&learned)?;
                store.finish(Stage::Learning)?;
                learned
            }
        };
        self.begin(store, Stage::Cleaning, false)?;
        let sound = store.begun()?;
        self.watch.tell(Step::Done(sound as u64));
        let mut first = sound;
        while first < store.count() {
            self.watch.check()?;
            let rest = first..store.count().min(first + STRETCH);
            let bytes = rest.map(|page| store.bytes_in_work(page));
            let end = first + fitting(bytes, store.texts_at_once());
            let pages: Vec<usize> = (first..end).collect();
            first = end;
            let made = try_map(&pages, |&page| {
                let template = store
                    .source(page)
                    .and_then(|name| self.template(&learned, name));
                let made = store.with_pages(&[page], |pages| {
                    let (prepared, sketch) = self.deduplicator.prepare(&pages[0], template);
                    Made { prepared, sketch }
                })?;
                store.written(made)
            })?;
            store.put(&pages, made)?;
            self.watch.tell(Step::Done(pages.len() as u64));
        }
        Ok(self.template_blocks(store, &learned))
    }

    /// Each source, its pages as soon as its template is learned.
    fn learn_and_clean<S: Store>(&self, store: &mut S) -> Result<usize, Stop<S::Error>> {
        self.begin(store, Stage::Cleaning, false)?;
        let store = &*store;
        let of_source = match self.deduplicator.settings.template {
            true => self.sources(store),
            false => BTreeMap::new(),
        };
        let of: Vec<&Vec<usize>> = of_source.values().collect();
        let counts = AtomicBool::new(false);
        let sources = try_map(&of, |of| self.learn_and_clean_source(store, of, &counts))?;
        let mut hanging = Vec::with_capacity(sources.len());
        let (templates, keys): (Vec<_>, Vec<_>) = sources
            .into_iter()
            .map(|source| {
                hanging.push((source.is_put, source.hanging));
                (source.template, source.keys)
            })
            .unzip();
        let mut failed = None;
        let keys = of
            .iter()
            .zip(keys)
            .take_while(|_| counts.load(Ordering::Relaxed));
        let keys = keys.map_while(|(of, keys)| match keys {
            Some(keys) => Some(keys),
            None => match store.with_pages(of, Deduplicator::keys_of) {
                Ok(keys) => Some(keys),
                Err(error) => {
                    failed = Some(error);
                    None
                }
            },
        });
        let learned = Templates::of_counted(of_source.keys().copied().zip(templates), keys);
        if let Some(error) = failed {
            return Err(Stop::Failed(error));
        }
        self.watch.check()?;
        let mut is_put = vec![false; store.count()];
        for ((name, of), (source_is_put, hanging)) in of_source.iter().zip(hanging) {
            let of = if source_is_put { &of[..] } else { &[] };
            of.iter().for_each(|&page| is_put[page] = true);
            let template = learned.of_source(name);
            if template.is_some_and(Template::is_met_elsewhere) {
                hanging.into_iter().for_each(|page| is_put[page] = false);
            }
        }
        let rest: Vec<usize> = (0..store.count()).filter(|&page| !is_put[page]).collect();
        let made = try_map(&rest, |&page| {
            let template = store
                .source(page)
                .and_then(|name| self.template(&learned, name));
            let made = store.with_pages(&[page], |pages| {
                self.deduplicator
                    .prepare_cut(&pages[0].cut(), template)
                    .made
            })?;
            store.written(made)
        })?;
        store.put(&rest, made)?;
        self.watch.tell(Step::Done(rest.len() as u64));
        Ok(self.template_blocks(store, &learned))
    }

    /// Learns the template of a source and cleans its pages by it, as long as it is not counted. Pages of a source
    /// that is too large to be held are cleaned with those that have no source. `counts` is whether anything
    /// hangs on the count.
    fn learn_and_clean_source<S: Store>(
        &self,
        store: &S,
        of: &[usize],
        counts: &AtomicBool,
    ) -> Result<Source, Stop<S::Error>> {
        self.watch.check()?;
        if !Deduplicator::learns_from_all(of.iter().map(|&page| store.bytes(page))) {
            counts.store(true, Ordering::Relaxed);
            let sample = self.sample(store, of);
            let learned =
                store.with_pages(&sample, |pages| self.deduplicator.learn_source(pages))?;
            let (template, keys) = learned.into_parts();
            return Ok(Source {
                template,
                keys: Some(keys),
                is_put: false,
                hanging: Vec::new(),
            });
        }
        let (learned, ready) = store.with_pages(of, |pages| {
            let cut = map(pages, |page| page.cut());
            let learned = self.deduplicator.learn_cut(&cut);
            let ready = map_owned(cut, |cut| {
                self.deduplicator.prepare_cut(&cut, learned.template())
            });
            (learned, ready)
        })?;
        let hanging = of
            .iter()
            .zip(&ready)
            .filter(|(_, ready)| ready.hangs_on_sources);
        let hanging: Vec<usize> = hanging.map(|(&page, _)| page).collect();
        if !hanging.is_empty() {
            counts.store(true, Ordering::Relaxed);
        }
        let (template, keys) = learned.into_parts();
        let made = ready.into_iter().map(|ready| store.written(ready.made));
        store.put(of, made.collect::<Result<_, _>>()?)?;
        self.watch.tell(Step::Done(of.len() as u64));
        Ok(Source {
            template,
            keys: counts.load(Ordering::Relaxed).then_some(keys),
            is_put: true,
            hanging,
        })
    }

    fn template<'t>(&'t self, learned: &'t Templates, name: &str) -> Option<&'t Template> {
        self.known.of_source(name).or(learned.of_source(name))
    }

    /// Blocks convicted as template, over all sources of the store.
    fn template_blocks<S: Store>(&self, store: &S, learned: &Templates) -> usize {
        let pages = 0..store.count();
        let sources: BTreeSet<&str> = pages.filter_map(|page| store.source(page)).collect();
        let templates = sources.into_iter();
        let templates = templates.filter_map(|name| self.template(learned, name));
        templates.map(Template::len).sum()
    }

    /// Which pages stay; gives the ranking.
    fn cluster<S: Store>(&self, store: &mut S) -> Result<Vec<usize>, Stop<S::Error>> {
        let sketches = store.sketches()?;
        let order = self.deduplicator.order(&sketches);
        let cleaned = Stored(&*store);
        let text = |page: usize| store.cleaned(page);
        let clusters = self
            .deduplicator
            .clusters_by(&order, &sketches, &cleaned, text)?;
        drop(sketches);
        store.put_clusters(clusters)?;
        Ok(order)
    }

    /// What kept pages have in common with kept pages of higher rank.
    fn compare<S: Store>(&self, store: &mut S, order: Vec<usize>) -> Result<(), Stop<S::Error>> {
        let mut kept = Vec::new();
        for page in order {
            if store.is_kept(page)? && !store.is_known(page) {
                kept.push(page);
            }
        }
        let deduplicator = self.deduplicator;
        let text = |place: usize, block: usize| {
            let page = kept[place];
            Ok(match store.text(page)? {
                Cow::Borrowed(text) => store.prepared(page)?.block_text(text, block),
                Cow::Owned(text) => {
                    let block = store.prepared(page)?.block_text(&text, block);
                    Cow::Owned(block.into_owned())
                }
            })
        };
        let table = store.table(kept.len());
        let found = match S::SKETCHES_ALL {
            true => {
                let blocks = StoredBlocks::new(&*store, &kept);
                deduplicator.shared_blocks(&blocks, text, table)?
            }
            false => {
                let blocks = try_map(&kept, |&page| {
                    let text = store.text(page)?;
                    Ok::<_, S::Error>(deduplicator.sketch_later(&text, &*store.prepared(page)?))
                })?;
                let blocks = KeptBlocks::<S::Error>(blocks, PhantomData);
                deduplicator.shared_blocks(&blocks, text, table)?
            }
        };
        for (place, repeats) in found {
            let mut owners = HashMap::new();
            for repeat in &repeats {
                if let Entry::Vacant(place) = owners.entry(repeat.owner) {
                    let page = kept[repeat.owner];
                    place.insert((page, store.text(page)?, store.prepared(page)?));
                }
            }
            let owner = |place: usize| {
                let (page, text, prepared) = &owners[&place];
                (*page, &text[..], &**prepared)
            };
            let page = kept[place];
            let mut own = store.prepared(page)?.into_owned();
            store.with_pages(&[page], |pages| {
                deduplicator.share(&pages[0], &mut own, &repeats, owner);
            })?;
            drop(owners);
            store.put_changed(page, own)?;
        }
        Ok(())
    }
}
