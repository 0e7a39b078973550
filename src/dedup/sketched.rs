//! Clusters of texts as they are, of which nothing is kept but sketches.

use super::Deduplicator;
use super::page::Page;
use super::settings::Keep;
use crate::cluster::{Clusters, Ranking, Search, Texts};
use crate::lsh::{Buckets, Signatures};
use crate::shingle::shingles;
use crate::sketch::Signature;
use crate::word::hash_words;
use std::borrow::Cow;
use std::cell::RefCell;
use std::cmp::Reverse;
use std::convert::Infallible;
use std::marker::PhantomData;
use xxhash_rust::xxh3::Xxh3;

/// What clustering keeps of a page: its signature, and what it is ranked by. About 90 bytes
/// and 2 for each row of the signature: 410 at the defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PageSketch {
    pub(super) signature: Option<Signature>,
    pub(super) words: usize,
    bytes: usize,
    /// Hashes of the text, and of source and id.
    content: u64,
    name: u64,
    /// Date and rank, where it has one of them.
    figures: Option<Box<(Option<i64>, Option<i64>)>>,
    protected: bool,
}

impl PageSketch {
    /// Number of words.
    pub fn words(&self) -> usize {
        self.words
    }

    /// Takes its signature out, to be kept elsewhere.
    #[doc(hidden)]
    pub fn take_signature(&mut self) -> Option<Signature> {
        self.signature.take()
    }
}

impl Signatures for [PageSketch] {
    type Error = Infallible;

    fn count(&self) -> usize {
        self.len()
    }

    fn of(&self, page: usize) -> Result<Option<Cow<'_, Signature>>, Infallible> {
        Ok(self[page].signature.as_ref().map(Cow::Borrowed))
    }
}

impl Deduplicator {
    /// Sketches a page, its text as it is: one pass over it.
    pub fn sketch(&self, page: &Page<'_>) -> PageSketch {
        with_words(page.text, |words| {
            self.sketch_of(page, page.content(), words)
        })
    }

    /// As [`sketch`](Self::sketch), of the words a page is compared by; `content` is its
    /// [content](Page::content).
    pub(super) fn sketch_of(&self, page: &Page<'_>, content: u64, words: &[u64]) -> PageSketch {
        PageSketch {
            signature: self.hasher.signature(shingles(words, self.settings.width)),
            words: words.len(),
            bytes: page.text.len(),
            content,
            name: {
                let mut name = Xxh3::new();
                name.update(page.source.unwrap_or_default().as_bytes());
                name.update(&[0xff, u8::from(page.source.is_some())]);
                name.update(page.id.as_bytes());
                name.digest()
            },
            figures: (page.date.is_some() || page.rank.is_some())
                .then(|| Box::new((page.date, page.rank))),
            protected: page.protected,
        }
    }

    /// Clusters pages by their sketches: which stay, and of which kept page each other one is a
    /// copy, counted exactly. Nothing is cleaned, and no template is looked for.
    ///
    /// `text` gives the text of a page, as it was sketched; it is asked only for those that
    /// may be copies (four in ten in news), once or a few times each, from several
    /// threads. So the texts may stay where they came from.
    ///
    /// ```
    /// use twicetold::{Deduplicator, Page};
    ///
    /// let story = "The ferry to the outer islands stopped on Monday after the crew found a crack.";
    /// let texts = [story.to_owned(), format!("{story} Read by the harbour desk.")];
    /// let deduplicator = Deduplicator::default();
    /// let sketches = texts.each_ref().map(|text| deduplicator.sketch(&Page::new("", text)));
    /// let clusters = deduplicator.clusters(&sketches, |page| texts[page][..].into());
    /// assert_eq!(clusters.keeper_of(0), 1); // the longer one stays
    /// ```
    ///
    /// Linear in the texts and, in memory, in the number of pages.
    pub fn clusters<'t>(
        &self,
        sketches: &[PageSketch],
        text: impl Fn(usize) -> Cow<'t, str> + Sync,
    ) -> Clusters {
        let text = |page: usize| Ok(text(page));
        let Ok(clusters) = self.clusters_by(&self.order(sketches), sketches, sketches, text);
        clusters
    }

    /// As [`clusters`](Self::clusters), with the pages in the [`order`](Self::order) of their
    /// sketches, and their signatures elsewhere than in these.
    pub(super) fn clusters_by<'t, S: Signatures + ?Sized>(
        &self,
        order: &[usize],
        sketches: &[PageSketch],
        signatures: &S,
        text: impl Fn(usize) -> Result<Cow<'t, str>, S::Error> + Sync,
    ) -> Result<Clusters, S::Error> {
        let texts = Read {
            text,
            texts: PhantomData,
            sketches,
            signatures,
            width: self.settings.width,
        };
        let search = Search {
            nearness: self.settings.nearness,
            bar_digests: true,
            report_from: self.settings.report_from,
            most_keepers: self.settings.most_keepers,
        };
        let ranking = Ranking {
            order,
            protected: sketches.iter().filter(|page| page.protected).count(),
        };
        let buckets = Buckets::of_tables(signatures, self.banding, Vec::new())?;
        search.search(&texts, signatures, &buckets, ranking)
    }

    /// The ranking: protected pages first, then by the keeper rule, length, content,
    /// source and id, date and rank. Content and names are compared by their hashes.
    pub(super) fn order(&self, sketches: &[PageSketch]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..sketches.len()).collect();
        let keep = self.settings.keep;
        if keep == Keep::First {
            order.sort_by_key(|&page| !sketches[page].protected);
            return order;
        }
        order.sort_by_key(|&page| {
            let page = &sketches[page];
            let (date, rank) = page.figures.as_deref().copied().unwrap_or_default();
            // Pages without a date or rank come last.
            let figure = match keep {
                Keep::Earliest => date,
                Keep::Ranked => rank,
                Keep::Longest | Keep::First => None,
            };
            let rule = (!page.protected, figure.is_none(), figure);
            let length = (Reverse(page.words), Reverse(page.bytes));
            (rule, length, page.content, page.name, date, rank)
        });
        order
    }
}

/// Hands the words of a text to `take`. Their memory is used again by the next text on this thread.
pub(super) fn with_words<R>(text: &str, take: impl FnOnce(&[u64]) -> R) -> R {
    thread_local! {
        static WORDS: RefCell<Vec<u64>> = RefCell::default();
    }
    WORDS.with_borrow_mut(|words| {
        words.clear();
        hash_words(text, |_, word| words.push(word));
        take(words)
    })
}

fn collected(words: &[u64], width: usize) -> Vec<u64> {
    let shingles = shingles(words, width);
    let mut all = Vec::with_capacity(shingles.len());
    shingles.for_each(|shingle| all.push(shingle));
    all
}

/// The signatures of pages that have words.
pub(super) fn signatures(sketches: &[PageSketch]) -> Vec<Option<&Signature>> {
    let signatures = sketches.iter().map(|page| page.signature.as_ref());
    signatures.collect()
}

/// Texts whose words are there, or are put together where they are compared.
pub(super) struct Words<F> {
    pub(super) words: F,
    pub(super) width: usize,
}

impl<'w, F: Fn(usize) -> Cow<'w, [u64]> + Sync> Texts for Words<F> {
    type Error = Infallible;

    fn shingles(&self, page: usize) -> Result<Cow<'_, [u64]>, Infallible> {
        Ok(Cow::Owned(collected(&(self.words)(page), self.width)))
    }

    fn are_same(&self, page: usize, other: usize) -> Result<bool, Infallible> {
        Ok((self.words)(page) == (self.words)(other))
    }
}

/// Texts that are read where they are compared.
struct Read<'s, 't, F, S: ?Sized> {
    text: F,
    texts: PhantomData<&'t str>,
    sketches: &'s [PageSketch],
    signatures: &'s S,
    width: usize,
}

impl<'t, F, S> Texts for Read<'_, 't, F, S>
where
    F: Fn(usize) -> Result<Cow<'t, str>, S::Error> + Sync,
    S: Signatures + ?Sized,
{
    type Error = S::Error;

    fn shingles(&self, page: usize) -> Result<Cow<'_, [u64]>, S::Error> {
        let text = (self.text)(page)?;
        Ok(with_words(&text, |words| {
            Cow::Owned(collected(words, self.width))
        }))
    }

    fn text(&self, page: usize) -> Result<Option<(Cow<'_, str>, usize)>, S::Error> {
        Ok(Some(((self.text)(page)?, self.width)))
    }

    fn are_same(&self, page: usize, other: usize) -> Result<bool, S::Error> {
        Ok(self.sketches[page].words == self.sketches[other].words
            && self.signatures.of(page)? == self.signatures.of(other)?
            && (self.text)(page)? == (self.text)(other)?)
    }
}
