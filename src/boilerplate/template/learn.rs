//! From suspects and clusters to templates.

use super::keyed::Keyed;
use super::standing::Stands;
use super::suspect::{SourceKeys, Suspects};
use super::verdict::{ENOUGH_CLUSTERS, Match, Place, Reading};
use super::{Conviction, LEAST_PAGES, Template};
use crate::block::{Block, Segmented};
use crate::places::Places;
use crate::shingle::{WIDTH, shingles};
use std::borrow::Borrow;
use std::collections::{HashMap, HashSet};

/// The pages of one source, from which its template is learned.
pub(crate) struct Learning<'a> {
    pub(crate) keyed: &'a [Keyed],
    pub(crate) texts: &'a [(&'a Segmented<'a>, &'a [Block])],
}

/// What was learned from the pages of a source.
#[derive(Debug, Default)]
pub(crate) struct Learned {
    /// `None` of a source of fewer than 3 pages.
    pub(super) template: Option<Template>,
    pub(super) keys: SourceKeys,
}

impl Learned {
    /// The template, which is not counted yet.
    pub(crate) fn template(&self) -> Option<&Template> {
        self.template.as_ref()
    }

    /// The template, which is not counted yet, and what it is counted by: the one may wait in memory, the other
    /// elsewhere. See [`Templates::of_counted`](super::Templates::of_counted).
    pub(crate) fn into_parts(self) -> (Option<Template>, SourceKeys) {
        (self.template, self.keys)
    }
}

impl Learning<'_> {
    /// Convicts suspects by the clusters they stand in; `cluster_of` names the
    /// cluster of each page by its keeper.
    pub(crate) fn convict(
        &self,
        suspects: Suspects,
        cluster_of: impl Fn(usize) -> usize,
    ) -> Learned {
        // The pages of a cluster one after the other.
        let pages = (0..self.keyed.len()).map(|page| (cluster_of(page), page));
        let mut pages: Vec<(usize, usize)> = pages.collect();
        pages.sort_unstable();
        let template = (pages.len() >= LEAST_PAGES).then(|| {
            let mut template = self.template(&pages, &suspects);
            self.place(&mut template);
            template
        });
        Learned {
            template,
            keys: suspects.into_keys(),
        }
    }

    /// What stands in at least 3 clusters of the source and half of them.
    fn template(&self, pages: &[(usize, usize)], suspects: &Suspects) -> Template {
        let of = pages.chunk_by(|a, b| a.0 == b.0).count();
        let blocks = suspects.equal.stands(pages);
        let mut shared: HashSet<u64, Places> = HashSet::default();
        for keyed in self.keyed {
            let prose = (0..keyed.prose.len()).filter(|&at| keyed.prose[at]);
            shared.extend(prose.filter_map(|at| keyed.keys[at]).filter(|key| {
                let clusters = blocks.get(key).map_or(0, |stands| stands.clusters);
                clusters >= LEAST_PAGES && 2 * clusters < of
            }));
        }
        let convicted = |stands: HashMap<u64, Stands, Places>| {
            let guilty = stands
                .into_iter()
                .filter(|(_, stands)| stands.clusters >= LEAST_PAGES && 2 * stands.clusters >= of);
            let conviction = |stands: Stands| Conviction {
                clusters: stands.clusters,
                of,
                pages: stands.pages,
                sources: 1,
                ..Conviction::default()
            };
            guilty
                .map(|(key, stands)| (key, conviction(stands)))
                .collect()
        };
        let blocks: HashMap<u64, Conviction, Places> = convicted(blocks);
        let mut near: HashMap<u64, Conviction, Places> = convicted(suspects.near.stands(pages));
        if !near.is_empty() {
            // Equal blocks are told by their keys.
            let mut needed: HashSet<u64, Places> = HashSet::default();
            for (keyed, (text, of_page)) in self.keyed.iter().zip(self.texts) {
                let equal = |at: &usize| {
                    let keys = [keyed.exact[*at], keyed.keys[*at]].into_iter().flatten();
                    keys.into_iter().any(|key| blocks.contains_key(&key))
                };
                for &at in keyed.nominated.iter().filter(|at| !equal(at)) {
                    shingles(text.block_words(&of_page[at]), WIDTH).for_each(|shingle| {
                        if near.contains_key(&shingle) {
                            needed.insert(shingle);
                        }
                    });
                }
            }
            near.retain(|shingle, _| needed.contains(shingle));
        }
        Template {
            blocks,
            near,
            shared,
            pages: pages.len(),
            clusters: of,
        }
    }

    /// Counts where convicted blocks stand on the pages of their source.
    fn place(&self, template: &mut Template) {
        if template.is_empty() {
            return;
        }
        let mut counts: [HashMap<u64, [usize; 4], Places>; 2] = Default::default();
        let mut stands: Vec<(bool, u64, usize)> = Vec::new();
        for (keyed, &(text, blocks)) in self.keyed.iter().zip(self.texts) {
            let reading = Reading::of_keyed(template, keyed, text, blocks);
            for (at, found) in reading.found.iter().enumerate() {
                let Some(found) = found else { continue };
                let place = reading.place(at).map(|place| match place {
                    Place::Above => 0,
                    Place::Amid => 1,
                    Place::Below => 2,
                });
                let leads = reading.leads(at).then_some(3);
                for place in place.into_iter().chain(leads) {
                    match found.how {
                        // Its pages are counted by nominated blocks, so its places are too.
                        Match::Near(_) if keyed.nominated.binary_search(&at).is_err() => {}
                        Match::Near(_) => {
                            let shingles = shingles(text.block_words(&blocks[at]), WIDTH);
                            let known =
                                shingles.filter(|shingle| template.near.contains_key(shingle));
                            stands.extend(known.map(|shingle| (true, shingle, place)));
                        }
                        _ => {
                            let keys = [keyed.exact[at], keyed.keys[at]].into_iter().flatten();
                            stands.extend(keys.map(|key| (false, key, place)));
                        }
                    }
                }
            }
            stands.sort_unstable();
            stands.dedup();
            for (near, key, place) in stands.drain(..) {
                counts[usize::from(near)].entry(key).or_default()[place] += 1;
            }
        }
        let lists = [&mut template.blocks, &mut template.near];
        for (list, counts) in lists.into_iter().zip(counts) {
            for (key, [above, amid, below, leads]) in counts {
                if let Some(conviction) = list.get_mut(&key) {
                    *conviction = Conviction {
                        leads,
                        above,
                        amid,
                        below,
                        ..*conviction
                    };
                }
            }
        }
    }
}

/// Counts the sources that have what may be prose of several: convicted blocks in
/// enough clusters. Of near-equal blocks, those nominated in their own source.
pub(super) fn count_sources(
    templates: &mut [Option<Template>],
    keys: impl IntoIterator<Item = impl Borrow<SourceKeys>>,
) {
    let mut sources: [HashMap<u64, usize, Places>; 2] = Default::default();
    let enough = |conviction: &Conviction| conviction.clusters >= ENOUGH_CLUSTERS;
    let learned = templates.iter().flatten();
    for template in learned.clone() {
        for (sources, list) in sources.iter_mut().zip([&template.blocks, &template.near]) {
            let keys = list.iter().filter(|(_, conviction)| enough(conviction));
            sources.extend(keys.map(|(key, _)| (*key, 0)));
        }
    }
    if learned.count() < 2 {
        return;
    }
    for of in keys {
        let SourceKeys { equal, near } = of.borrow();
        for (sources, keys) in sources.iter_mut().zip([equal, near]) {
            for key in keys {
                if let Some(count) = sources.get_mut(key) {
                    *count += 1;
                }
            }
        }
    }
    for template in templates.iter_mut().flatten() {
        let lists = [&mut template.blocks, &mut template.near];
        for (sources, list) in sources.iter().zip(lists) {
            for (key, conviction) in list {
                if let Some(count) = sources.get(key) {
                    conviction.sources = (*count).max(1);
                }
            }
        }
    }
}
