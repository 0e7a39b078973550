//! Shingle sets with the texts they were made of.

use super::Overlap;
use super::part::Part;
use crate::places::Seen;
use crate::shingle::shingles;
use crate::word::{FoldedWords, Vocabulary, hash_words};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashSet;

/// The set of shingles of a text, and where each stands in it first.
///
/// Shingles are hashes, so two texts may be made to share them and say nothing alike. What two sets share is
/// counted by hashes first; where that decides something, shared shingles are held against the words of both
/// texts, of which nearly all are equal bytes. Only where words differ is all of it counted again, by the
/// words themselves.
///
/// 20 to 28 bytes a shingle; a text that was not borrowed comes on top.
pub struct TextSet<'t> {
    shingles: Seen<()>,
    /// `None` where nothing but shingles is known.
    text: Option<Worded<'t>>,
    /// Whether two different windows of the text have one hash.
    is_forged: bool,
}

/// A text and its windows of words, each by its first word.
struct Worded<'t> {
    text: Cow<'t, str>,
    /// Whether these are [`FoldedWords`].
    folded: bool,
    width: usize,
    /// The first byte of every word.
    starts: Vec<u32>,
    lengths: Lengths,
    /// The first word of each different shingle, where one comes up again; else they are all, in order.
    firsts: Option<Vec<u32>>,
}

/// How many words each window has.
enum Lengths {
    /// All as many.
    One(usize),
    /// In scripts written without spaces more words are a window.
    Each(Vec<u32>),
}

thread_local! {
    /// The hash of every word, its first byte, and the shingle that begins with it; used again by the next text.
    static READ: RefCell<(Vec<u64>, Vec<u32>, Vec<u64>)> = RefCell::default();
}

impl<'t> TextSet<'t> {
    /// That of a text, in shingles of `width` words.
    pub(crate) fn new(text: Cow<'t, str>, width: usize) -> Self {
        Self::read(text, false, width, |text, hashes, starts| {
            hash_words(text, |word, hash| {
                hashes.push(hash);
                starts.push(word.start as u32);
            });
        })
    }

    /// That of a text of which the folded words are kept.
    pub fn of_folded(words: &'t FoldedWords, width: usize) -> Self {
        let text = Cow::Borrowed(words.as_str());
        Self::read(text, true, width, |_, hashes, starts| {
            hashes.extend(words.hashes());
            let mut at = 0;
            for word in words.iter() {
                starts.push(at as u32);
                at += word.len() + 1;
            }
        })
    }

    /// That of which nothing but the shingles is known.
    pub(crate) fn of_shingles(all: &[u64]) -> Self {
        let mut shingles = Seen::with_capacity(all.len());
        for shingle in all {
            shingles.see(*shingle, ());
        }
        TextSet {
            shingles,
            text: None,
            is_forged: false,
        }
    }

    fn read(
        text: Cow<'t, str>,
        folded: bool,
        width: usize,
        words: impl FnOnce(&str, &mut Vec<u64>, &mut Vec<u32>),
    ) -> Self {
        READ.with_borrow_mut(|(hashes, starts, all)| {
            hashes.clear();
            starts.clear();
            words(&text, hashes, starts);
            all.clear();
            let windows = shingles(hashes, width);
            all.reserve(windows.len());
            let lengths = windows.lengths();
            windows.for_each(|shingle| all.push(shingle));
            let text = Worded {
                text,
                folded,
                width,
                starts: starts.clone(),
                lengths: lengths.map_or_else(Lengths::Each, Lengths::One),
                firsts: None,
            };
            Self::of(all, text)
        })
    }

    fn of(all: &[u64], mut text: Worded<'t>) -> Self {
        let mut shingles = Seen::with_capacity(all.len());
        let mut again = Vec::new();
        for (first, shingle) in all.iter().enumerate() {
            let known = shingles.see(*shingle, ()).is_some();
            match &mut text.firsts {
                Some(firsts) if !known => firsts.push(first as u32),
                None if known => text.firsts = Some((0..first as u32).collect()),
                _ => {}
            }
            if known {
                again.push((*shingle, first));
            }
        }
        // Places of longer texts do not fit: they are counted by their words.
        let is_forged = text.text.len() > u32::MAX as usize || {
            let mut repeated = Aligned::new(&text, &text);
            for (shingle, first) in again {
                let known = shingles.place(shingle);
                let known = known.expect("it comes up again");
                repeated.add(first, text.first(known));
            }
            !repeated.are_equal()
        };
        TextSet {
            shingles,
            text: Some(text),
            is_forged,
        }
    }

    /// Number of different shingles, as hashes.
    pub(crate) fn len(&self) -> usize {
        self.shingles.len()
    }

    /// What two texts share, exactly.
    pub fn overlap(&self, other: &Self) -> Overlap {
        let counted = self.overlap_from(other, 0);
        self.overlap_of_words(other, counted.expect("nothing is too little"))
    }

    /// What the text shares with a copy of it.
    pub(crate) fn overlap_with_itself(&self) -> Overlap {
        let len = self.len();
        match self.is_forged {
            true => self.counted_by_words(self),
            false => Overlap {
                left: len,
                right: len,
                shared: len,
            },
        }
    }

    /// What two texts share, `None` where it is less than `least`; where words were forged, no less than that
    /// (see [`overlap_of_words`](Self::overlap_of_words)).
    pub(crate) fn overlap_from(&self, other: &Self, least: usize) -> Option<Overlap> {
        match self.is_forged || other.is_forged {
            true => Some(self.counted_by_words(other)).filter(|overlap| overlap.shared >= least),
            false => self.overlap_of_hashes(other, least),
        }
    }

    /// What two texts share, exactly, where [`overlap_from`](Self::overlap_from) `counted` so much.
    pub(crate) fn overlap_of_words(&self, other: &Self, counted: Overlap) -> Overlap {
        let forged = self.is_forged || other.is_forged;
        match forged || self.says_what_it_shares(other) {
            true => counted,
            false => self.counted_by_words(other),
        }
    }

    fn overlap_of_hashes(&self, other: &Self, least: usize) -> Option<Overlap> {
        /// Shingles that are looked up before it is asked how many are missing.
        const AT_ONCE: usize = 64;
        let (left, right) = (&self.shingles, &other.shingles);
        let (few, many) = match left.len() < right.len() {
            true => (left, right),
            false => (right, left),
        };
        let mut missing = few.len().checked_sub(least)?;
        let mut numbers = few.numbers();
        let mut shared = 0;
        for looked_up in (0..few.len()).step_by(AT_ONCE) {
            let stretch = AT_ONCE.min(few.len() - looked_up);
            let found = numbers
                .by_ref()
                .take(stretch)
                .filter(|n| many.has(*n))
                .count();
            missing = missing.checked_sub(stretch - found)?;
            shared += found;
        }
        Some(Overlap {
            left: left.len(),
            right: right.len(),
            shared,
        })
    }

    /// Whether every shingle that both have is the same words in both, as far as words are known.
    fn says_what_it_shares(&self, other: &Self) -> bool {
        let (Some(left), Some(right)) = (&self.text, &other.text) else {
            return true;
        };
        let mut aligned = Aligned::new(left, right);
        let (ours, its) = (self.shingles.entries(), other.shingles.entries());
        // What follows a shared shingle is shared as a rule, and stands behind it there too.
        let mut next = 0;
        for (place, (shingle, ())) in ours.iter().enumerate() {
            let at = match its.get(next) {
                Some((number, ())) if number == shingle => next,
                _ => match other.shingles.place(*shingle) {
                    Some(place) => place,
                    None => continue,
                },
            };
            aligned.add(left.first(place), right.first(at));
            next = at + 1;
        }
        aligned.are_equal()
    }

    /// What two texts share, counted by the words themselves. O(n), about ten times as slow.
    fn counted_by_words(&self, other: &Self) -> Overlap {
        let mut vocabulary = Vocabulary::default();
        let [left, right] = [self, other].map(|set| {
            let words = set.text.as_ref().map(|text| text.numbers(&mut vocabulary));
            words.unwrap_or_default()
        });
        let width = self.text.as_ref().map_or(1, |text| text.width);
        Overlap::of_numbers(&left, &right, width)
    }
}

impl Overlap {
    /// What two texts share, by the [numbers](Vocabulary) of their words: windows are compared word by word.
    pub(crate) fn of_numbers(left: &[u64], right: &[u64], width: usize) -> Self {
        let windows = |words| {
            let mut all: HashSet<&[u64]> = HashSet::new();
            let mut windows = shingles(words, width);
            while let Some((_, window)) = windows.next_window() {
                all.insert(&words[window]);
            }
            all
        };
        let (left, right) = (windows(left), windows(right));
        Overlap {
            left: left.len(),
            right: right.len(),
            shared: left.intersection(&right).count(),
        }
    }
}

impl Worded<'_> {
    /// The first word of the shingle that is the so many-th different one.
    #[inline]
    fn first(&self, place: usize) -> usize {
        match &self.firsts {
            Some(firsts) => firsts[place] as usize,
            None => place,
        }
    }

    /// How many words the window has that begins with this word.
    fn length(&self, first: usize) -> usize {
        match &self.lengths {
            Lengths::One(length) => *length,
            Lengths::Each(lengths) => lengths[first] as usize,
        }
    }

    /// From a word to the beginning of another, which may be behind the last.
    fn part(&self, first: usize, end: usize) -> Part<'_> {
        let start = |word: usize| self.starts.get(word).map(|start| *start as usize);
        let (first, end) = (start(first), start(end).unwrap_or(self.text.len()));
        Part {
            text: &self.text[first.unwrap_or(end)..end],
            folded: self.folded,
        }
    }

    fn numbers(&self, vocabulary: &mut Vocabulary) -> Vec<u64> {
        match self.folded {
            false => vocabulary.numbers(&self.text),
            true => {
                let words = self.text.split_terminator(FoldedWords::END);
                words.map(|word| vocabulary.number_of(word)).collect()
            }
        }
    }
}

/// Windows of one text beside windows of another, or of the same, that should be equal words.
///
/// Windows that follow each other on both sides are one stretch, compared once.
struct Aligned<'a, 't> {
    left: &'a Worded<'t>,
    right: &'a Worded<'t>,
    /// The first words of the first window of a stretch, on both sides, and how many follow it.
    stretch: Option<(usize, usize, usize)>,
    are_equal: bool,
}

impl<'a, 't> Aligned<'a, 't> {
    fn new(left: &'a Worded<'t>, right: &'a Worded<'t>) -> Self {
        Aligned {
            left,
            right,
            stretch: None,
            are_equal: true,
        }
    }

    /// Adds two windows by their first words.
    #[inline]
    fn add(&mut self, left: usize, right: usize) {
        match &mut self.stretch {
            Some((first, its, more)) if left == *first + *more + 1 && right == *its + *more + 1 => {
                *more += 1;
            }
            _ => {
                self.compare();
                self.stretch = Some((left, right, 0));
            }
        }
    }

    /// Whether all that was added is equal.
    fn are_equal(mut self) -> bool {
        self.compare();
        self.are_equal
    }

    #[inline(never)]
    fn compare(&mut self) {
        let Some((left, right, more)) = self.stretch.take().filter(|_| self.are_equal) else {
            return;
        };
        let length = self.left.length(left + more);
        let words = more + length;
        let part = self.left.part(left, left + words);
        let its = self.right.part(right, right + words);
        self.are_equal = length == self.right.length(right + more) && part.says_the_same(its);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shingle::ShingleSet;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn tables_share_what_sets_share(
            a in prop::collection::vec(prop_oneof![0u64..400, any::<u64>()], 0..200),
            b in prop::collection::vec(prop_oneof![0u64..400, any::<u64>()], 0..200),
        ) {
            let set = |all: &[u64]| -> ShingleSet { all.iter().copied().collect() };
            let exact = Overlap::of(&set(&a), &set(&b));
            let (a, b) = (TextSet::of_shingles(&a), TextSet::of_shingles(&b));
            for least in 0..80 {
                let counted = (exact.shared >= least).then_some(exact);
                prop_assert_eq!(a.overlap_from(&b, least), counted);
            }
        }
    }

    /// Words of which each has the hash of the one beside it, and others.
    const WORDS: [&str; 8] = [
        "rdxzc3gqa58uf5pb",
        "eruoww4n3g51o8u2",
        "phuyz7nx3dczz3rb",
        "1wsm1z2h4a06a5v2",
        "rain",
        "fell",
        "on",
        "海",
    ];

    /// What two texts share, so simple that it is unlikely to be wrong: sets of windows of folded words.
    fn by_words(a: &str, b: &str, width: usize) -> Overlap {
        let windows = |text: &str| -> HashSet<Vec<String>> {
            let folded = FoldedWords::of(text);
            let words: Vec<String> = folded.iter().map(str::to_owned).collect();
            let mut windows = HashSet::new();
            let hashes = folded.hashes();
            let mut all = shingles(&hashes, width);
            while let Some((_, window)) = all.next_window() {
                windows.insert(words[window].to_vec());
            }
            windows
        };
        let (a, b) = (windows(a), windows(b));
        Overlap {
            left: a.len(),
            right: b.len(),
            shared: a.intersection(&b).count(),
        }
    }

    proptest! {
        /// Whatever words were forged: what is counted is what the folded words share, of texts and of what
        /// an index keeps of them.
        #[test]
        fn what_is_shared_is_equal_words(
            a in prop::collection::vec((0..WORDS.len(), 0..4usize), 0..40),
            kept in 0..40usize,
            b in prop::collection::vec((0..WORDS.len(), 0..4usize), 0..20),
            forge in any::<bool>(),
            width in 1..6usize,
        ) {
            let written = |words: &[(usize, usize)]| {
                let word = |(word, form): &(usize, usize)| match form {
                    0 => format!("{} ", WORDS[*word].to_uppercase()),
                    1 => format!("{},\n", WORDS[*word]),
                    _ => format!("{} ", WORDS[*word]),
                };
                words.iter().map(word).collect::<String>()
            };
            // The second text begins as the first, or as what its words were forged from.
            let mut other: Vec<(usize, usize)> = a.iter().take(kept).copied().collect();
            if forge {
                other.iter_mut().filter(|word| word.0 < 4).for_each(|word| word.0 ^= 1);
            }
            other.extend(b);
            let (a, b) = (written(&a), written(&other));
            let expected = by_words(&a, &b, width);
            let sets = [&a, &b].map(|text| TextSet::new(Cow::Borrowed(text), width));
            prop_assert_eq!(sets[0].overlap(&sets[1]), expected);
            let folded = [&a, &b].map(|text| FoldedWords::of(text));
            let kept = TextSet::of_folded(&folded[1], width);
            prop_assert_eq!(sets[0].overlap(&kept), expected);
            prop_assert_eq!(kept.overlap(&sets[0]), expected.reversed());
            let same = by_words(&a, &a, width);
            prop_assert_eq!(sets[0].overlap(&sets[0]), same);
            prop_assert_eq!(sets[0].overlap_with_itself(), same);
        }
    }
}
