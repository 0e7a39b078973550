//! What one page says and another does not: copies told from versions.
//!
//! Resemblance says how much of two pages is the same, not what the rest says. Two notices
//! of a dividend share nine words in ten and tell of two companies; two copies of one article
//! share as many and differ in a headline and a dateline. So before a page is removed under a
//! keeper, what is its [own](Own) is looked at:
//!
//! - a *passage* of [`OwnRule::max_own_words`] words or more that the keeper has nowhere, in the
//!   sense of shared windows of five words, is its own;
//! - a *fact* is a figure, a name, or in scripts without case any unit. Where the sentences
//!   around it agree and the keeper has another fact in its place, or no such sentence at all and
//!   the fact nowhere, the two differ in a *place*. Up to [`OwnRule::max_places`] places in
//!   different sentences are an edit: a corrected toll, a name spelled anew. More are another
//!   page in the same frame; so are two in one sentence, and another name that a
//!   sentence begins with, for it is what the sentence is about.
//! - Headline, byline, dateline, introduction (what stands above the prose), counters and dates
//!   on lines of their own are no places.
//!
//! ```
//! use twicetold::block::Segmented;
//! use twicetold::version::{Own, OwnRule};
//!
//! let notice = |firm: &str, sum: &str| format!(
//!     "The board of {firm} has decided to pay a dividend of {sum} crowns a share for the past year, \
//!      to be handed out at the end of May to all who hold shares on the day of the meeting.\n");
//! let (one, other) = (notice("Pellgate", "2.40"), notice("Ostrel Mills", "0.75"));
//! let own = Own::of(&Segmented::new(&one), &Segmented::new(&other), OwnRule::DEFAULT);
//! assert!(!own.is_nothing()); // another firm and another sum, in the same words
//! assert_eq!(own.words, 2);
//!
//! let corrected = notice("Pellgate", "2.45");
//! let own = Own::of(&Segmented::new(&one), &Segmented::new(&corrected), OwnRule::DEFAULT);
//! assert!(own.is_nothing()); // one figure, corrected
//! ```

use crate::block::{Block, Segmented, ends_sentence};
use crate::boilerplate::cue::{is_counter, is_date};
use crate::boilerplate::{PROSE_WORDS, prose};
use crate::error::Error;
use crate::repeat::common;
use crate::shingle::{WORD, shingles, weight};
use crate::span::Span;
use crate::verify::{Passage, passages};
use crate::word::{WordHasher, hash_words};
use std::collections::HashSet;
use std::ops::Range;

/// From when on what a page says is its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct OwnRule {
    /// Words of a passage from which on it is the page's own, 5 or more.
    pub max_own_words: usize,
    /// Places in which the facts of two pages may differ and still be one page, edited.
    pub max_places: usize,
    /// Words of the windows that tell what is shared.
    pub width: usize,
}

impl OwnRule {
    /// Passages of 25 words, two places, windows of five words.
    pub const DEFAULT: OwnRule = OwnRule {
        max_own_words: 25,
        max_places: 2,
        width: crate::shingle::WIDTH,
    };

    /// Checks the ranges.
    ///
    /// # Errors
    ///
    /// Where fewer than 5 words are to make a passage: an edit of one word is not shared in five windows.
    pub fn validate(&self) -> Result<(), Error> {
        match self.max_own_words >= 5 {
            true => Ok(()),
            false => Err(Error::setting(
                "max own words",
                self.max_own_words,
                "5 or more",
            )),
        }
    }
}

/// What a page says and its keeper does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Own {
    /// Words of the page in no window that the keeper has too.
    pub words: usize,
    /// Most of them in a row.
    pub longest: usize,
    /// Places in which other facts stand in the same frame, or facts that the keeper has nowhere.
    pub places: usize,
    /// Why the page is more than a copy, if it is.
    pub why: Option<Why>,
}

/// Why a page is more than a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Why {
    /// A passage of its own.
    Passage,
    /// More places than an edit has.
    Places,
    /// Two places in one sentence.
    Sentence,
    /// A sentence about another name.
    Subject,
}

/// Most words between two shared stretches of the keeper that are taken for what stands in the place
/// of the page's own: what is longer is a passage that the page left out.
const LONGEST_GAP: usize = 60;

/// Most words above the prose that are headline, byline, dateline and introduction together. What has forty
/// words or more in a row that its keeper lacks is never a copy.
const LONGEST_HEAD: usize = 36;

impl Own {
    /// Whether the page says nothing of its own: near its keeper, it is a copy.
    pub fn is_nothing(&self) -> bool {
        self.why.is_none()
    }

    /// What `page` says and `keeper` does not.
    ///
    /// Linear in the two texts: gaps between shared stretches are compared word by word only where
    /// they are short.
    pub fn of(page: &Segmented<'_>, keeper: &Segmented<'_>, rule: OwnRule) -> Own {
        let covered = covered(page.words(), keeper.words(), rule.width);
        let mut own = Own {
            words: covered.iter().filter(|covered| !**covered).count(),
            ..Own::default()
        };
        if own.words == 0 {
            return own;
        }
        let page = Side::new(page);
        let runs = runs(&covered);
        own.longest = runs.iter().map(Range::len).max().unwrap_or(0);
        let long = |words: &[u64]| words.iter().map(|word| weight(*word)).sum::<usize>() / WORD;
        for run in &runs {
            if page
                .passages_of(run.clone())
                .any(|piece| long(&page.text.words()[piece.clone()]) >= rule.max_own_words)
                || long(&page.text.words()[run.clone()]) >= rule.max_own_words.max(LONGEST_HEAD)
            {
                own.why = Some(Why::Passage);
            }
        }
        let keeper = Side::new(keeper);
        let shared = passages(page.text.words(), keeper.text.words(), rule.width);
        let mut places = Places {
            page: &page,
            keeper: &keeper,
            keeper_words: keeper.text.words().iter().copied().collect(),
            lower: lower_case(&page, &keeper),
            agreed: covered,
            by_sentence: Vec::new(),
            subject: false,
        };
        for (own, others) in gaps(&shared, page.text.words().len(), keeper.text.words().len()) {
            places.look(own, others);
        }
        own.places = places.by_sentence.iter().map(|(_, places)| places).sum();
        let crowded = places.by_sentence.iter().any(|(_, places)| *places > 1);
        own.why = own
            .why
            .or((own.places > rule.max_places).then_some(Why::Places))
            .or(crowded.then_some(Why::Sentence))
            .or(places.subject.then_some(Why::Subject));
        own
    }
}

/// Which words of a page are in a window that the keeper has too.
fn covered(page: &[u64], keeper: &[u64], width: usize) -> Vec<bool> {
    let known: HashSet<u64> = shingles(keeper, width).collect();
    let mut covered = vec![false; page.len()];
    let mut windows = shingles(page, width);
    while let Some((shingle, window)) = windows.next_window() {
        if known.contains(&shingle) {
            covered[window].fill(true);
        }
    }
    covered
}

/// The stretches that are not covered.
fn runs(covered: &[bool]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, _) in covered.iter().enumerate().filter(|(_, covered)| !**covered) {
        match runs.last_mut() {
            Some(run) if run.end == at => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

/// What lies between the shared stretches: words of the page, and those of the keeper in their place
/// where it is told which.
fn gaps(
    shared: &[Passage],
    page: usize,
    keeper: usize,
) -> impl Iterator<Item = (Range<usize>, Option<Range<usize>>)> + '_ {
    (0..=shared.len()).filter_map(move |at| {
        let before = at.checked_sub(1).map(|at| &shared[at]);
        let after = shared.get(at);
        let own = before.map_or(0, |p| p.left.end)..after.map_or(page, |p| p.left.start);
        let from = before.map_or_else(
            || after.map_or(0, |p| p.right.start.saturating_sub(own.len())),
            |p| p.right.end,
        );
        let to = after.map_or_else(|| (from + own.len()).min(keeper), |p| p.right.start);
        let others = (from <= to && to - from <= LONGEST_GAP).then_some(from..to);
        (!own.is_empty()).then_some((own, others))
    })
}

/// Words that stand in lower case on one of the two pages: with a capital they are no names.
fn lower_case(page: &Side<'_>, keeper: &Side<'_>) -> HashSet<u64> {
    let of = |side: &Side<'_>| {
        let words = side.spans.iter().zip(side.text.words());
        let text = side.text.text();
        let lower = words.filter(|(span, _)| {
            let first = span.of(text).chars().next();
            first.is_some_and(char::is_lowercase)
        });
        lower.map(|(_, word)| *word).collect::<Vec<u64>>()
    };
    of(page).into_iter().chain(of(keeper)).collect()
}

/// What a block is to whoever compares facts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Above the prose: headline, byline, dateline, introduction; below it: credits.
    Head,
    /// A date or a counter on a line of its own.
    Stamp,
    /// What the page says.
    Body,
}

/// One of the two pages.
struct Side<'a> {
    text: &'a Segmented<'a>,
    spans: Vec<Span>,
    blocks: Vec<Block>,
    places: Vec<Place>,
}

impl<'a> Side<'a> {
    fn new(text: &'a Segmented<'a>) -> Self {
        let mut spans = Vec::with_capacity(text.words().len());
        for line in text.lines() {
            let from = line.span.start;
            hash_words(line.span.of(text.text()), |word, _| {
                spans.push(Span::new(from + word.start, from + word.end));
            });
        }
        let mut blocks = text.blocks();
        if blocks.is_empty() {
            blocks.push(Block {
                lines: 0..text.lines().len(),
                span: Span::new(0, text.text().len()),
                words: 0..text.words().len(),
            });
        }
        let prose = prose(text, &blocks);
        let words = |prose_only: bool| -> usize {
            let all = blocks.iter().zip(&prose);
            all.filter(|(_, prose)| **prose || !prose_only)
                .map(|(block, _)| block.words.len())
                .sum()
        };
        let article = 2 * words(true) >= words(false);
        let first = prose.iter().position(|prose| *prose);
        let first = first.filter(|_| article).unwrap_or(0);
        let last = prose.iter().rposition(|prose| *prose).unwrap_or(0);
        let places = blocks.iter().enumerate().map(|(at, block)| {
            let line = block.span.of(text.text());
            match () {
                () if at < first && block.words.len() < PROSE_WORDS => Place::Head,
                () if article
                    && at > last
                    && block.words.len() < PROSE_WORDS
                    && !ends_sentence(line)
                    && !line.contains(char::is_numeric) =>
                {
                    Place::Head
                }
                () if !prose[at] && !ends_sentence(line) && (is_counter(line) || is_date(line)) => {
                    Place::Stamp
                }
                () => Place::Body,
            }
        });
        Side {
            places: places.collect(),
            text,
            spans,
            blocks,
        }
    }

    fn block_of(&self, word: usize) -> usize {
        let after = self.blocks.partition_point(|block| block.words.end <= word);
        after.min(self.blocks.len() - 1)
    }

    /// `run`, cut where a block above the prose ends: each headline and byline is one for itself.
    fn passages_of(&self, run: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
        let mut from = run.start;
        std::iter::from_fn(move || {
            if from >= run.end {
                return None;
            }
            let block = self.block_of(from);
            let to = match self.places[block] {
                Place::Body => {
                    let rest = self.places[block..].iter();
                    let len = rest.take_while(|place| **place == Place::Body).count();
                    self.blocks[block + len - 1].words.end.max(from + 1)
                }
                _ => self.blocks[block].words.end.max(from + 1),
            };
            let piece = from..to.min(run.end);
            from = piece.end;
            Some(piece)
        })
    }

    fn word(&self, at: usize) -> &str {
        self.spans[at].of(self.text.text())
    }

    /// The sentence around a word: between two signs that end one, inside its block.
    fn sentence(&self, word: usize) -> Range<usize> {
        let block = &self.blocks[self.block_of(word)].words;
        let ends = |before: usize| {
            let gap = &self.text.text()[self.spans[before].end..self.spans[before + 1].start];
            let glued = !gap.contains(char::is_whitespace);
            gap.contains(['!', '?', '。', '！', '？', '؟', '۔', '।', '…'])
                || gap.contains('.') && !glued
        };
        let mut from = word;
        while from > block.start && !ends(from - 1) {
            from -= 1;
        }
        let mut to = word + 1;
        while to < block.end && !ends(to - 1) {
            to += 1;
        }
        from..to
    }
}

/// The places in which a page differs from its keeper.
struct Places<'a> {
    page: &'a Side<'a>,
    keeper: &'a Side<'a>,
    keeper_words: HashSet<u64>,
    lower: HashSet<u64>,
    /// Which words of the page the keeper has in the same place.
    agreed: Vec<bool>,
    /// First words of sentences, in order, and how many places each has.
    by_sentence: Vec<(usize, usize)>,
    subject: bool,
}

impl Places<'_> {
    /// Whether a word of the page is a figure or a name; in scripts without case any word.
    fn is_fact(&self, side: &Side<'_>, at: usize) -> bool {
        let word = side.word(at);
        let first = word.chars().next().unwrap_or(' ');
        word.contains(char::is_numeric)
            || first.is_uppercase() && !self.lower.contains(&side.text.words()[at])
            || first.is_alphabetic() && !first.is_uppercase() && !first.is_lowercase()
    }

    /// Looks at words of the page, and at those of the keeper in their place.
    fn look(&mut self, own: Range<usize>, others: Option<Range<usize>>) {
        let block = self.page.block_of(own.start);
        let one_block = self.page.block_of(own.end - 1) == block;
        if one_block && self.page.places[block] != Place::Body {
            return;
        }
        let (page, keeper) = (self.page.text.words(), self.keeper.text.words());
        if own.len() > LONGEST_GAP {
            // A passage of its own, told by its length.
            return;
        }
        let others = others.unwrap_or(0..0);
        for (x, _) in common(&page[own.clone()], &keeper[others.clone()]) {
            self.agreed[own.start + x] = true;
        }
        let there: HashSet<u64> = keeper[others.clone()].iter().copied().collect();
        let other_facts = others.clone().any(|at| self.is_fact(self.keeper, at));
        let mut open = false;
        for at in own {
            let fact = self.page.places[self.page.block_of(at)] == Place::Body
                && !self.agreed[at]
                && !there.contains(&page[at])
                && self.is_fact(self.page, at);
            if fact && !open {
                self.note(at, &others, other_facts);
            }
            open = fact;
        }
    }

    /// Counts the fact that begins at `at`, where it makes a difference.
    fn note(&mut self, at: usize, others: &Range<usize>, other_facts: bool) {
        let sentence = self.page.sentence(at);
        let agreed = self.agreed[sentence.clone()].iter();
        let framed = 2 * agreed.filter(|agreed| **agreed).count() >= sentence.len();
        let new = !self.keeper_words.contains(&self.page.text.words()[at]);
        let word = self.page.word(at);
        let spelled = |other: usize| is_spelling(word, self.keeper.word(other));
        let known = self
            .by_sentence
            .last()
            .is_some_and(|(known, _)| *known == sentence.start);
        // What a sentence of the page's own names counts once.
        if !(new || framed && other_facts) || known && !framed || others.clone().any(spelled) {
            return;
        }
        self.subject |= framed && self.is_subject(at, others);
        match self.by_sentence.last_mut() {
            Some((_, places)) if known => *places += 1,
            _ => self.by_sentence.push((sentence.start, 1)),
        }
    }

    /// Whether a sentence that the keeper has too begins with the name at `at`, and there with another one.
    fn is_subject(&self, at: usize, others: &Range<usize>) -> bool {
        let sentence = self.page.sentence(at);
        let named = |side: &Side<'_>, at: usize| {
            self.is_fact(side, at) && !side.word(at).contains(char::is_numeric)
        };
        let framed = sentence.len() >= 5;
        let first = others.clone().next();
        sentence.start == at
            && framed
            && named(self.page, at)
            && first.is_some_and(|first| {
                self.keeper.sentence(first).start == first && named(self.keeper, first)
            })
    }
}

/// Whether two names are one, spelled otherwise: one letter in five differs, one at least.
fn is_spelling(a: &str, b: &str) -> bool {
    let mut hasher = WordHasher::new();
    let fold =
        |hasher: &mut WordHasher, word: &str| hasher.fold(word).chars().collect::<Vec<char>>();
    let (a, b) = (fold(&mut hasher, a), fold(&mut hasher, b));
    let figures = |word: &[char]| word.iter().any(|c| c.is_numeric());
    if figures(&a) || figures(&b) || a.len().min(b.len()) < 4 || a.len().max(b.len()) > 40 {
        return false;
    }
    let numbers = |word: &[char]| {
        word.iter()
            .map(|c| u64::from(u32::from(*c)))
            .collect::<Vec<_>>()
    };
    let same = common(&numbers(&a), &numbers(&b)).len();
    let edits = a.len().max(b.len()) - same;
    edits <= (a.len().max(b.len()) / 5).max(1)
}
