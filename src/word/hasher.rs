//! Words to folded hashes.

use super::bounds::{Folding, Found};
use super::fold::{is_dropped, is_invisible, of_char};
use super::script::Script;
use super::words;
use crate::span::Span;
use unicode_normalization::UnicodeNormalization;
use xxhash_rust::xxh3::xxh3_64_with_seed;

const WORD_SEED: u64 = 0x7477_6963_6574_6f6c; // "twicetol"

/// Folds words and hashes what is left.
///
/// Keeps buffers between words; make one and use it for many texts.
///
/// ```
/// use twicetold::word::WordHasher;
///
/// let mut hasher = WordHasher::new();
/// assert_eq!(hasher.hash("ＣＡＦÉ"), hasher.hash("cafe\u{301}"));
/// assert_ne!(hasher.hash("cafe"), hasher.hash("café"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct WordHasher {
    folded: String,
    lower: Vec<u8>,
}

impl WordHasher {
    /// A hasher with an empty buffer.
    pub fn new() -> Self {
        Self::default()
    }

    /// The 64-bit hash of the folded `word`: XXH3 with a fixed seed, its top three
    /// bits the [`Script`] the word is written in.
    pub fn hash(&mut self, word: &str) -> u64 {
        self.fold(word);
        hash_folded(self.folded.as_bytes())
    }

    /// Hands the span of every word of `text`, in order, and its [hash](Self::hash) to `take`.
    ///
    /// ASCII is put into lower case for all of the text at once, and most words are hashed from there.
    pub(crate) fn hash_words(&mut self, text: &str, mut take: impl FnMut(Span, u64)) {
        self.lower.clear();
        self.lower.extend_from_slice(text.as_bytes());
        self.lower.make_ascii_lowercase();
        let mut words = words(text);
        while let Some(Found { span, folding }) = words.next_found() {
            let lower = &self.lower[span.range()];
            let hash = match folding {
                Folding::Ascii => Script::Spaced.mark(xxh3_64_with_seed(lower, WORD_SEED)),
                Folding::Same => hash_folded(lower),
                Folding::Simple => {
                    self.folded.clear();
                    self.folded.extend(span.of(text).chars().flat_map(of_char));
                    hash_folded(self.folded.as_bytes())
                }
                Folding::Full => self.hash(span.of(text)),
            };
            take(span, hash);
        }
    }

    /// As [`hash`](Self::hash), with every run of digits taken as one `0`:
    /// "3 comments" and "17 comments" are one line of a template.
    pub(crate) fn hash_without_digits(&mut self, word: &str) -> u64 {
        self.fold(word);
        let mut buffer = String::with_capacity(self.folded.len());
        for c in self.folded.chars() {
            if !c.is_numeric() {
                buffer.push(c);
            } else if !buffer.ends_with('0') {
                buffer.push('0');
            }
        }
        hash_folded(buffer.as_bytes())
    }

    /// The folded form of `word`, as it is hashed.
    pub fn fold(&mut self, word: &str) -> &str {
        self.folded.clear();
        if word.is_ascii() {
            self.folded.push_str(word);
            self.folded.make_ascii_lowercase();
        } else {
            // Vowel signs go only once the text is composed: hamza and madda are
            // written with the same marks and belong to their letter.
            let visible = word.chars().filter(|c| !is_invisible(*c));
            let composed = visible.nfkc().filter(|c| !is_dropped(*c));
            self.folded.extend(composed.flat_map(of_char));
        }
        &self.folded
    }
}

fn hash_folded(folded: &[u8]) -> u64 {
    let script = match folded {
        [0x80..=0xff, ..] => {
            let first = &folded[..folded.len().min(4)];
            let first = first
                .utf8_chunks()
                .next()
                .and_then(|chunk| chunk.valid().chars().next());
            first.map_or(Script::Spaced, Script::of)
        }
        _ => Script::Spaced,
    };
    script.mark(xxh3_64_with_seed(folded, WORD_SEED))
}
