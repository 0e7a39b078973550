//! Words that are equal, not only hashed alike.

use super::hasher::{WordHasher, hash_folded};
use super::script::Script;
use super::words;
use crate::mix::drawn;
use std::collections::{HashMap, HashSet};

/// Numbers for words: those that fold to the same have one, and no two others share it.
///
/// A [hash](WordHasher::hash) does not promise that: it has 61 bits and no secret, so whoever wants two
/// words of one hash finds them within a second. Where text must decide, words are compared by these
/// numbers instead. The number of a word is its hash, unless a different word has that already.
///
/// ```
/// use twicetold::word::Vocabulary;
///
/// let mut vocabulary = Vocabulary::default();
/// let numbers = vocabulary.numbers("Rain fell; RAIN fell.");
/// assert_eq!(numbers[0], numbers[2]);
/// // Two words that were made to have one hash.
/// let numbers = vocabulary.numbers("rdxzc3gqa58uf5pb eruoww4n3g51o8u2");
/// assert_ne!(numbers[0], numbers[1]);
/// ```
///
/// It holds every different word once, in about 80 bytes.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    numbers: HashMap<Box<str>, u64>,
    taken: HashSet<u64>,
    /// Words whose number is not their hash.
    moved: u64,
    hasher: WordHasher,
}

impl Vocabulary {
    /// The number of every word of `text`, in order.
    pub fn numbers(&mut self, text: &str) -> Vec<u64> {
        words(text).map(|word| self.number(word.of(text))).collect()
    }

    /// The number of every word of these, in order.
    pub fn numbers_of(&mut self, words: &FoldedWords) -> Vec<u64> {
        words.iter().map(|word| self.number_of(word)).collect()
    }

    /// The number of a word.
    pub(crate) fn number(&mut self, word: &str) -> u64 {
        let mut hasher = std::mem::take(&mut self.hasher);
        let number = self.number_of(hasher.fold(word));
        self.hasher = hasher;
        number
    }

    /// The number of a folded word.
    pub(crate) fn number_of(&mut self, folded: &str) -> u64 {
        if let Some(number) = self.numbers.get(folded) {
            return *number;
        }
        let hash = hash_folded(folded.as_bytes());
        let mut number = hash;
        // As many draws as words moved before, not as words of this hash: nobody can make it walk far.
        let mut draw = self.moved;
        while !self.taken.insert(number) {
            number = Script::of_hash(hash).mark(drawn(draw));
            draw = draw.wrapping_add(1);
        }
        self.moved += u64::from(number != hash);
        self.numbers.insert(folded.into(), number);
        number
    }
}

/// The folded words of a text, in order: what it says, whatever stands between its words.
///
/// Equal ones are the same words. They take their bytes, and one more for each.
///
/// ```
/// use twicetold::word::FoldedWords;
///
/// let words = FoldedWords::of("Rain FELL, on Monday.");
/// assert_eq!(words.iter().collect::<Vec<_>>(), ["rain", "fell", "on", "monday"]);
/// assert_eq!(words, FoldedWords::of("rain fell on monday"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct FoldedWords(Box<str>);

impl FoldedWords {
    /// What ends a word; no word holds it.
    pub(crate) const END: char = '\n';

    /// Those of a text.
    pub fn of(text: &str) -> Self {
        let mut hasher = WordHasher::new();
        let mut folded = String::with_capacity(text.len() + 1);
        for word in words(text) {
            folded.push_str(hasher.fold(word.of(text)));
            folded.push(Self::END);
        }
        FoldedWords(folded.into_boxed_str())
    }

    /// The words, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split_terminator(Self::END)
    }

    /// The [hash](WordHasher::hash) of every word, in order.
    pub fn hashes(&self) -> Vec<u64> {
        let words = self.iter().map(|word| hash_folded(word.as_bytes()));
        words.collect()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words as they are written down, each with a line feed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What [`as_str`](Self::as_str) gave.
    pub fn written(words: String) -> Self {
        FoldedWords(words.into_boxed_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Words that share a hash, two and two.
    const FORGED: [[&str; 2]; 2] = [
        ["rdxzc3gqa58uf5pb", "eruoww4n3g51o8u2"],
        ["phuyz7nx3dczz3rb", "1wsm1z2h4a06a5v2"],
    ];

    proptest! {
        /// Numbers are equal where folded words are, and only there, whoever forged them; hashes are theirs.
        #[test]
        fn numbers_are_equal_where_words_are(
            picked in prop::collection::vec((0..2usize, 0..2usize, any::<bool>()), 0..20), text in "\\PC{0,40}",
        ) {
            let mut all: Vec<String> = Vec::new();
            for (pair, side, upper) in picked {
                let word = FORGED[pair][side];
                all.push(if upper { word.to_uppercase() } else { word.to_owned() });
            }
            let text = format!("{} {text}", all.join(" "));
            let folded = FoldedWords::of(&text);
            let numbers = Vocabulary::default().numbers(&text);
            let mut vocabulary = Vocabulary::default();
            prop_assert_eq!(&vocabulary.numbers_of(&folded), &numbers);
            let mut hasher = WordHasher::new();
            let hashes: Vec<u64> = words(&text).map(|word| hasher.hash(word.of(&text))).collect();
            prop_assert_eq!(folded.hashes(), hashes);
            let words: Vec<&str> = folded.iter().collect();
            prop_assert_eq!(words.len(), numbers.len());
            for (a, word) in words.iter().enumerate() {
                for (b, other) in words.iter().enumerate() {
                    prop_assert_eq!(word == other, numbers[a] == numbers[b]);
                }
                prop_assert_eq!(Script::of_hash(numbers[a]), Script::of_hash(hash_folded(word.as_bytes())));
            }
        }
    }
}
