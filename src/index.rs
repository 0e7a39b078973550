//! Pages that arrive one by one: "have I seen this?"
//!
//! An index answers with the page it has that a text is a copy of, the exact
//! figures, and the passages the two share; and it takes pages in. It says of a
//! stream of pages what [`Search`] says of a pile that is taken in the order of
//! arrival: pages that are like none before are *keepers*, a copy goes under the
//! most similar keeper, and only keepers are compared with what comes later.

use crate::cluster::{Nearness, Search};
use crate::error::Error;
use crate::lsh::{Banding, LeftOut, Listings};
use crate::mix::mix;
use crate::shingle::{WIDTH, shingles};
use crate::sketch::{MinHasher, Signature};
use crate::span::Span;
use crate::verify::{Overlap, Passage, TextSet, passages};
#[cfg(feature = "serde")]
use crate::word::check_format;
use crate::word::{FORMAT_VERSION, FoldedWords, Vocabulary, words};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What a [`PageIndex`] takes for a copy, and how it looks for it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct IndexRule {
    /// Words in a shingle, 1 to 64.
    pub width: usize,
    /// When a text is a copy of a page.
    pub nearness: Nearness,
    /// Bands and rows of the search; `None` takes [`Banding::for_resemblance`].
    pub banding: Option<Banding>,
    /// Most keepers of one bucket that a text is compared with; where there are
    /// more, the bucket is split by further rows of their signatures. 0 is taken as 1.
    pub most_keepers: usize,
}

impl IndexRule {
    /// Five words, [`Nearness::DEFAULT`], the banding that follows from it, 64 keepers.
    pub const DEFAULT: IndexRule = IndexRule {
        width: WIDTH,
        nearness: Nearness::DEFAULT,
        banding: None,
        most_keepers: Search::MOST_KEEPERS,
    };

    /// A hash of the [format version](FORMAT_VERSION) and every setting: indexes of
    /// equal fingerprints hold the same hashes and give the same answers.
    pub fn fingerprint(&self) -> u64 {
        // Nine decimals: not every reader gives a figure back to the last bit.
        let figure = |figure: f64| (figure * 1e9).round() as u64;
        let nearness = &self.nearness;
        let banding = self.banding.map_or([0, 0], |b| [b.bands, b.rows]);
        let settings = [
            u64::from(FORMAT_VERSION),
            self.width as u64,
            figure(nearness.resemblance),
            nearness.containment.map_or(0, figure),
            figure(nearness.longest_container),
            banding[0] as u64,
            banding[1] as u64,
            self.most_keepers as u64,
        ];
        settings
            .iter()
            .fold(0, |all, setting| mix(all ^ setting).wrapping_add(1))
    }
}

/// A page of the index that a text is a copy of.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Match {
    /// The page's id.
    pub id: String,
    /// What the two share, exactly; the new text is the left one.
    pub overlap: Overlap,
    /// Where: stretches of words, as indices into the words of each text (see
    /// [`word::words`](crate::word::words)); the new text is the left one.
    pub passages: Vec<Passage>,
    /// Each passage in the new text, in bytes.
    pub spans: Vec<Span>,
}

/// Pages seen so far.
///
/// ```
/// use twicetold::index::{IndexRule, PageIndex};
///
/// let mut index = PageIndex::new(IndexRule::DEFAULT)?;
/// let story = "The ferry to the outer islands stopped running on Monday after the crew found a crack.";
/// assert!(index.add("courier/ferry", story).is_none()); // not seen before
///
/// let copy = format!("{story} Read by the harbour desk.");
/// let seen = index.add("mirror/ferry", &copy).unwrap();
/// assert_eq!(seen.id, "courier/ferry");
/// assert_eq!(seen.overlap.reversed().containment(), 1.0);
/// assert_eq!(seen.spans[0].of(&copy), story.trim_end_matches('.')); // what the two share
/// assert_eq!(index.keeper_of("mirror/ferry"), Some("courier/ferry"));
///
/// index.remove("courier/ferry");
/// assert_eq!(index.find(story).unwrap().id, "mirror/ferry");
/// # Ok::<(), twicetold::Error>(())
/// ```
///
/// Contained texts were seen too: a text that stands in a page at most twice as long
/// is a copy of it, as the [rule](IndexRule::nearness) says. A page that holds several
/// unlike each other (a digest) is not barred from that as it is in a pile, because
/// what it holds may come later; `containment: None` takes resemblance alone.
///
/// # Memory and time
///
/// A page takes its folded words, with a byte more for each; twice its id; 2 bytes for each row of its signature
/// (320 at the defaults); about 150 bytes of bookkeeping; and, if it is a keeper, 35
/// to 65 bytes a band in the tables (up to 2,080). The text is not kept, but its folded words are, so that
/// these decide and not their hashes, which may be forged: 6 to 7 KB for a keeper of 600 words, and nothing grows with the number of pages it is like.
///
/// An answer costs what segmenting the text does, one table look-up for each
/// band, and an exact comparison with each keeper met whose signature is near
/// enough (at most `most_keepers` for each band): O(n log n) in the two texts.
#[derive(Debug, Clone)]
pub struct PageIndex {
    rule: IndexRule,
    banding: Banding,
    hasher: MinHasher,
    search: Search,
    pages: Vec<Option<Seen>>,
    free: Vec<usize>,
    by_id: HashMap<String, usize>,
    listings: Listings,
    /// The copies under each keeper that has some, by arrival.
    copies: HashMap<usize, BTreeMap<u64, usize>>,
    arrivals: u64,
    left_out: LeftOut,
}

/// A text as it is compared.
#[derive(Debug, Clone)]
struct Prepared {
    words: FoldedWords,
    signature: Option<Signature>,
}

/// A page of the index.
#[derive(Debug, Clone)]
struct Seen {
    id: String,
    text: Prepared,
    /// Its place in the order of arrival.
    arrival: u64,
    /// The keeper it is a copy of.
    under: Option<usize>,
}

impl PageIndex {
    /// An empty index.
    ///
    /// # Errors
    ///
    /// Where a setting is out of its range.
    pub fn new(rule: IndexRule) -> Result<Self, Error> {
        if !(1..=64).contains(&rule.width) {
            return Err(Error::setting("shingle width", rule.width, "from 1 to 64"));
        }
        rule.nearness.validate()?;
        let banding = match rule.banding {
            Some(banding) => Banding::new(banding.bands, banding.rows)?,
            None => Banding::for_resemblance(rule.nearness.resemblance)?,
        };
        Ok(PageIndex {
            rule,
            banding,
            hasher: MinHasher::new(banding.signature_rows(), 0)?,
            search: Search {
                nearness: rule.nearness,
                bar_digests: false,
                report_from: None,
                most_keepers: rule.most_keepers,
            },
            pages: Vec::new(),
            free: Vec::new(),
            by_id: HashMap::new(),
            listings: Listings::new(rule.most_keepers),
            copies: HashMap::new(),
            arrivals: 0,
            left_out: LeftOut::default(),
        })
    }

    /// The settings.
    pub fn rule(&self) -> &IndexRule {
        &self.rule
    }

    /// Refuses an index that was made with other settings than `rule`, for use after
    /// reading one from somewhere.
    ///
    /// # Errors
    ///
    /// Where a setting differs; the message names both fingerprints.
    pub fn require(&self, rule: &IndexRule) -> Result<(), Error> {
        match (self.rule.fingerprint(), rule.fingerprint()) {
            (ours, theirs) if ours == theirs => Ok(()),
            (ours, theirs) => Err(Error::other_settings(ours, theirs)),
        }
    }

    /// Number of pages.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Whether a page of this id is there.
    pub fn contains(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    /// The ids of all pages, in no order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.by_id.keys().map(String::as_str)
    }

    /// The page that `id` is a copy of; `id` itself where it is a keeper, `None` where
    /// it is not there.
    pub fn keeper_of(&self, id: &str) -> Option<&str> {
        let at = *self.by_id.get(id)?;
        let keeper = self.pages[at].as_ref()?.under.unwrap_or(at);
        Some(&self.pages[keeper].as_ref()?.id)
    }

    /// Comparisons that adding pages left out because a bucket had too many keepers.
    pub fn left_out(&self) -> LeftOut {
        self.left_out
    }

    /// The keeper that `text` is a copy of: the most similar, then the first that came.
    /// Nothing is like a text without words.
    pub fn find(&self, text: &str) -> Option<Match> {
        let prepared = self.prepare(text);
        let nearest = self.nearest(&prepared, &mut LeftOut::default())?;
        self.shown(text, &prepared, nearest)
    }

    /// What [`find`](Self::find) says of `text`; then takes it in under `id`.
    ///
    /// Where a page has this id already, the answer may name it. It stays as it is if its
    /// words are the same, and else is [removed](Self::remove) before the new text comes in.
    pub fn add(&mut self, id: &str, text: &str) -> Option<Match> {
        let prepared = self.prepare(text);
        self.take_in(id, text, prepared)
    }

    /// As [`add`](Self::add) for each (id, text) in order; with the feature
    /// `parallel` texts are segmented and sketched on the current rayon pool.
    pub fn add_all(&mut self, pages: &[(&str, &str)]) -> Vec<Option<Match>> {
        let prepared = crate::parallel::map(pages, |(_, text)| self.prepare(text));
        let pages = pages.iter().zip(prepared);
        pages
            .map(|((id, text), prepared)| self.take_in(id, text, prepared))
            .collect()
    }

    /// Takes the page `id` out; whether it was there.
    ///
    /// Where a copy has the same words, the first such takes its place, with the other
    /// copies under it. Else its copies are looked up again, in order of arrival: they go
    /// under another keeper, or the first becomes one. That costs what adding them did.
    pub fn remove(&mut self, id: &str) -> bool {
        let Some(at) = self.by_id.remove(id) else {
            return false;
        };
        let page = self.pages[at].take().expect("a known id has a page");
        if page.under.is_none() && self.replace_by_equal(at, &page.text.words) {
            return true;
        }
        self.free.push(at);
        match page.under {
            Some(keeper) => {
                if let Some(copies) = self.copies.get_mut(&keeper) {
                    copies.remove(&page.arrival);
                }
            }
            None => {
                for (band, key) in self.keys(&page.text.signature) {
                    let signature = page.text.signature.iter();
                    let further =
                        signature.flat_map(|s| self.banding.further_rows(Cow::Borrowed(s), band));
                    self.listings.unlist(key, at, further);
                }
                for copy in self
                    .copies
                    .remove(&at)
                    .into_iter()
                    .flat_map(BTreeMap::into_values)
                {
                    let text = &self.pages[copy].as_ref().expect("copies are there").text;
                    let nearest = self.nearest(text, &mut LeftOut::default());
                    let keeper = nearest.map(|(keeper, _)| keeper);
                    self.settle(copy, keeper);
                }
            }
        }
        true
    }

    /// Puts the first copy that has these words in the place of its keeper `at`, which
    /// went; whether there is one. The tables know the place, and equal words stand the same in them.
    fn replace_by_equal(&mut self, at: usize, words: &FoldedWords) -> bool {
        let Some(copies) = self.copies.get_mut(&at) else {
            return false;
        };
        let equal = copies.iter().find(|(_, copy)| {
            let page = self.pages[**copy].as_ref();
            page.is_some_and(|page| page.text.words == *words)
        });
        let Some((&arrival, &copy)) = equal else {
            return false;
        };
        copies.remove(&arrival);
        let page = self.pages[copy].take().map(|page| Seen {
            under: None,
            ..page
        });
        self.free.push(copy);
        if let Some(page) = &page {
            self.by_id.insert(page.id.clone(), at);
        }
        self.pages[at] = page;
        true
    }

    fn prepare(&self, text: &str) -> Prepared {
        self.signed(FoldedWords::of(text))
    }

    fn signed(&self, words: FoldedWords) -> Prepared {
        let hashes = words.hashes();
        Prepared {
            signature: self.hasher.signature(shingles(&hashes, self.rule.width)),
            words,
        }
    }

    fn shown(
        &self,
        text: &str,
        prepared: &Prepared,
        (keeper, overlap): (usize, Overlap),
    ) -> Option<Match> {
        let page = self.pages[keeper].as_ref()?;
        let mut vocabulary = Vocabulary::default();
        let [ours, its] =
            [&prepared.words, &page.text.words].map(|words| vocabulary.numbers_of(words));
        let passages = passages(&ours, &its, self.rule.width);
        let places: Vec<Span> = words(text).collect();
        let spans = passages.iter().map(|passage| {
            let (first, last) = (passage.left.start, passage.left.end - 1);
            Span::new(places[first].start, places[last].end)
        });
        Some(Match {
            id: page.id.clone(),
            overlap,
            spans: spans.collect(),
            passages,
        })
    }

    fn take_in(&mut self, id: &str, text: &str, prepared: Prepared) -> Option<Match> {
        let mut left_out = self.left_out;
        let mut nearest = self.nearest(&prepared, &mut left_out);
        let answer = nearest.and_then(|nearest| self.shown(text, &prepared, nearest));
        if let Some(&at) = self.by_id.get(id) {
            let known = self.pages[at].as_ref();
            if known.is_some_and(|page| page.text.words == prepared.words) {
                return answer;
            }
            self.remove(id);
            // It may have been the keeper.
            nearest = self.nearest(&prepared, &mut LeftOut::default());
        }
        self.left_out = left_out;
        let keeper = nearest.map(|(keeper, _)| keeper);
        let page = Seen {
            id: id.to_owned(),
            text: prepared,
            arrival: self.arrivals,
            under: None,
        };
        self.arrivals += 1;
        let at = self.enter(page);
        self.settle(at, keeper);
        answer
    }

    /// Gives a page a place; it is neither copy nor keeper yet.
    fn enter(&mut self, page: Seen) -> usize {
        let at = self.free.pop().unwrap_or(self.pages.len());
        self.by_id.insert(page.id.clone(), at);
        match self.pages.get_mut(at) {
            Some(place) => *place = Some(page),
            None => self.pages.push(Some(page)),
        }
        at
    }

    /// Puts a page under its keeper, or makes it one.
    fn settle(&mut self, at: usize, keeper: Option<usize>) {
        let Some(page) = &mut self.pages[at] else {
            return;
        };
        page.under = keeper;
        match keeper {
            Some(keeper) => {
                let copies = self.copies.entry(keeper).or_default();
                copies.insert(page.arrival, at);
            }
            None => {
                let (pages, banding) = (&self.pages, self.banding);
                let Some(signature) = signature_of(pages, at) else {
                    return;
                };
                for band in 0..banding.bands {
                    self.listings
                        .list(banding.key(signature, band), at, |page| {
                            let signature = signature_of(pages, page).into_iter();
                            signature
                                .flat_map(move |s| banding.further_rows(Cow::Borrowed(s), band))
                        });
                }
            }
        }
    }

    /// The keys of each band.
    fn keys(&self, signature: &Option<Signature>) -> Vec<(usize, u64)> {
        let Some(signature) = signature else {
            return Vec::new();
        };
        let bands = 0..self.banding.bands;
        bands
            .map(|band| (band, self.banding.key(signature, band)))
            .collect()
    }

    /// The keeper that `text` is a copy of.
    fn nearest(&self, text: &Prepared, left_out: &mut LeftOut) -> Option<(usize, Overlap)> {
        let signature = text.signature.as_ref()?;
        let mut met: HashSet<usize> = HashSet::new();
        for band in 0..self.banding.bands {
            let further = self.banding.further_rows(Cow::Borrowed(signature), band);
            let key = self.banding.key(signature, band);
            self.listings.meet(key, further, left_out, |page| {
                met.insert(page);
            });
        }
        let least = self.search.least_estimate(signature.rows().len());
        let set = OnceCell::new();
        let set = || set.get_or_init(|| TextSet::of_folded(&text.words, self.rule.width));
        let copies = met.into_iter().filter_map(|at| {
            let page = self.pages[at].as_ref()?;
            if signature.estimate(page.text.signature.as_ref()?) < least {
                return None;
            }
            let its = TextSet::of_folded(&page.text.words, self.rule.width);
            let is_copy = |overlap| self.rule.nearness.is_copy(overlap);
            let counted = set()
                .overlap_from(&its, 0)
                .filter(|counted| is_copy(*counted))?;
            let overlap = set().overlap_of_words(&its, counted);
            is_copy(overlap).then_some((at, page.arrival, overlap))
        });
        let nearest = copies.max_by(|(_, a_came, a), (_, b_came, b)| {
            let closer = a.resemblance().total_cmp(&b.resemblance());
            closer.then(Reverse(a_came).cmp(&Reverse(b_came)))
        });
        nearest.map(|(at, _, overlap)| (at, overlap))
    }
}

fn signature_of(pages: &[Option<Seen>], at: usize) -> Option<&Signature> {
    pages[at].as_ref()?.text.signature.as_ref()
}

/// An index as it is written: signatures and tables are made anew when it is read.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct Written {
    format: u32,
    fingerprint: u64,
    rule: IndexRule,
    /// By arrival.
    pages: Vec<WrittenPage>,
}

#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct WrittenPage {
    id: String,
    words: FoldedWords,
    /// Place of its keeper in the list.
    under: Option<usize>,
}

#[cfg(feature = "serde")]
impl serde::Serialize for PageIndex {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut pages: Vec<(usize, &Seen)> = self
            .pages
            .iter()
            .enumerate()
            .filter_map(|(at, page)| Some((at, page.as_ref()?)))
            .collect();
        pages.sort_by_key(|(_, page)| page.arrival);
        let places: HashMap<usize, usize> = pages
            .iter()
            .enumerate()
            .map(|(place, (at, _))| (*at, place))
            .collect();
        let pages = pages.into_iter().map(|(_, page)| WrittenPage {
            id: page.id.clone(),
            words: page.text.words.clone(),
            under: page.under.and_then(|keeper| places.get(&keeper).copied()),
        });
        let written = Written {
            format: FORMAT_VERSION,
            fingerprint: self.rule.fingerprint(),
            rule: self.rule,
            pages: pages.collect(),
        };
        written.serialize(serializer)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for PageIndex {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let written = Written::deserialize(deserializer)?;
        PageIndex::try_from(written).map_err(D::Error::custom)
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Written> for PageIndex {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self, Error> {
        check_format("format of the index", written.format)?;
        let expected = written.rule.fingerprint();
        if written.fingerprint != expected {
            return Err(Error::other_settings(written.fingerprint, expected));
        }
        let mut index = PageIndex::new(written.rule)?;
        let width = written.rule.width;
        let unders: Vec<Option<usize>> = written.pages.iter().map(|page| page.under).collect();
        for (place, page) in written.pages.into_iter().enumerate() {
            // A copy comes under a keeper that is there and no copy itself.
            let under = page
                .under
                .filter(|&keeper| unders.get(keeper) == Some(&None));
            if index.contains(&page.id) || under != page.under {
                let right = "of pages with ids of their own, copies under keepers";
                return Err(Error::setting("page of the index", page.id, right));
            }
            let text = index.signed(page.words);
            let at = index.enter(Seen {
                id: page.id,
                text,
                arrival: place as u64,
                under: None,
            });
            index.arrivals += 1;
            index.settle(at, under);
        }
        let wrong = crate::parallel::map(&index.pages, |page| {
            let page = page.as_ref()?;
            let keeper = index.pages[page.under?].as_ref()?;
            if !page.text.words.is_empty() && page.text.words == keeper.text.words {
                return None;
            }
            let [copy, keeper] = [page, keeper].map(|p| TextSet::of_folded(&p.text.words, width));
            let is_copy = index.rule.nearness.is_copy(copy.overlap(&keeper));
            (!is_copy).then(|| page.id.clone())
        });
        match wrong.into_iter().flatten().next() {
            Some(id) => Err(Error::setting(
                "page of the index",
                id,
                "like the keeper it is put under",
            )),
            None => Ok(index),
        }
    }
}
