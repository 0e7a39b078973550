//! Words to folded hashes.

use super::bounds::TakeWords;
use super::fold::{is_dropped, is_invisible, of_char};
use super::script::Script;
use super::{Folding, Found, words};
use crate::mix::{STEP, drawn};
use crate::places::Places;
use crate::span::Span;
use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::iter::once;
use unicode_normalization::char::{canonical_combining_class, decompose_compatible};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use xxhash_rust::xxh3::xxh3_64_with_seed;

const WORD_SEED: u64 = 0x7477_6963_6574_6f6c; // "twicetol"

/// Odd constants without a pattern: what SplitMix64 draws from the seed, with the lowest bit set.
const SECRET: [u64; 3] = [
    drawn(WORD_SEED) | 1,
    drawn(WORD_SEED.wrapping_add(STEP)) | 1,
    drawn(WORD_SEED.wrapping_add(STEP).wrapping_add(STEP)) | 1,
];

/// Bytes of a word that are hashed as one number.
const SHORT: usize = 16;

/// The lowest bytes of a number, by how many they are.
const ONES: [u128; SHORT + 1] = {
    let mut ones = [0; SHORT + 1];
    let mut len = 1;
    while len <= SHORT {
        ones[len] = ones[len - 1] << 8 | 0xff;
        len += 1;
    }
    ones
};

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
    long_forms: LongForms,
}

impl WordHasher {
    /// A hasher with an empty buffer.
    pub fn new() -> Self {
        Self::default()
    }

    /// The 64-bit hash of the folded `word`, its top three bits the [`Script`] the word is
    /// written in.
    ///
    /// Words of up to 16 bytes are one number, hashed as wyhash ends (Wang Yi, *wyhash*, final
    /// version 4: two folded multiplications); longer ones by XXH3 with a fixed seed. Without a branch on
    /// the length of short words a word takes 4 ns less than by XXH3 alone.
    pub fn hash(&mut self, word: &str) -> u64 {
        self.fold(word);
        hash_folded(self.folded.as_bytes())
    }

    /// Hands the span of every word of `text`, in order, and its [hash](Self::hash) to `take`.
    ///
    /// ASCII is put into lower case for all of the text at once, and most words are hashed from there.
    #[inline]
    fn hash_words(&mut self, text: &str, take: impl FnMut(Span, u64)) {
        self.lower.clear();
        self.lower.reserve(text.len() + SHORT);
        self.lower.extend_from_slice(text.as_bytes());
        self.lower.make_ascii_lowercase();
        // What is read behind the last word.
        self.lower.extend_from_slice(&[0; SHORT]);
        words(text).each(&mut Hashing {
            text,
            lower: &self.lower,
            folded: &mut self.folded,
            long_forms: &mut self.long_forms,
            take,
        });
    }

    /// As [`hash`](Self::hash), with every run of digits taken as one `0`:
    /// "3 comments" and "17 comments" are one line of a template.
    pub(crate) fn hash_without_digits(&mut self, word: &str) -> u64 {
        self.fold(word);
        self.lower.clear();
        for c in self.folded.chars() {
            if !c.is_numeric() {
                let mut bytes = [0; 4];
                self.lower
                    .extend_from_slice(c.encode_utf8(&mut bytes).as_bytes());
            } else if self.lower.last() != Some(&b'0') {
                self.lower.push(b'0');
            }
        }
        hash_folded(&self.lower)
    }

    /// The folded form of `word`, as it is hashed.
    pub fn fold(&mut self, word: &str) -> &str {
        fold_into(&mut self.folded, &mut self.long_forms, word);
        &self.folded
    }
}

/// The words of a text on their way to be hashed.
struct Hashing<'t, F> {
    text: &'t str,
    /// The text with ASCII in lower case, and sixteen bytes more.
    lower: &'t [u8],
    folded: &'t mut String,
    long_forms: &'t mut LongForms,
    take: F,
}

impl<F: FnMut(Span, u64)> TakeWords for Hashing<'_, F> {
    #[inline(always)]
    fn ascii(&mut self, span: Span) {
        (self.take)(span, Script::Spaced.mark(hash_at(self.lower, span)));
    }

    fn other(&mut self, Found { span, folding }: Found) {
        let hash = match folding {
            Folding::Ascii => Script::Spaced.mark(hash_at(self.lower, span)),
            Folding::Same => script_of(&self.lower[span.range()]).mark(hash_at(self.lower, span)),
            Folding::Simple => {
                self.folded.clear();
                let folded = span.of(self.text).chars().flat_map(of_char);
                self.folded.extend(folded);
                hash_folded(self.folded.as_bytes())
            }
            Folding::Full => {
                fold_into(self.folded, self.long_forms, span.of(self.text));
                hash_folded(self.folded.as_bytes())
            }
        };
        (self.take)(span, hash);
    }
}

/// Hands the span of every word of `text`, in order, and its [hash](WordHasher::hash) to `take`.
///
/// The hasher of this thread is used again, with its memory.
#[inline]
pub(crate) fn hash_words(text: &str, take: impl FnMut(Span, u64)) {
    thread_local! {
        static HASHER: RefCell<WordHasher> = RefCell::default();
    }
    let mut hasher = HASHER.take();
    hasher.hash_words(text, take);
    HASHER.set(hasher);
}

fn fold_into(folded: &mut String, long_forms: &mut LongForms, word: &str) {
    folded.clear();
    if word.is_ascii() {
        folded.push_str(word);
        folded.make_ascii_lowercase();
        return;
    }
    let mut from = 0;
    for (at, c) in word.char_indices() {
        let Some(form) = long_forms.of(c) else {
            continue;
        };
        let end = at + c.len_utf8();
        let next = word[end..].chars().find(|c| !is_invisible(*c));
        if next.is_none_or(|next| next == c || begins_anew(next)) {
            compose_into(folded, &word[from..at]);
            folded.push_str(form);
            from = end;
        }
    }
    compose_into(folded, &word[from..]);
}

/// Puts the folded form of `part` behind what is `folded`.
fn compose_into(folded: &mut String, part: &str) {
    // Vowel signs go only once the text is composed: hamza and madda are
    // written with the same marks and belong to their letter.
    let visible = part.chars().filter(|c| !is_invisible(*c));
    let composed = visible.nfkc().filter(|c| !is_dropped(*c));
    folded.extend(composed.flat_map(of_char));
}

/// Characters of one word that stand for many, and their folded forms: one ligature of three bytes can be
/// eighteen letters, which cost a hundred times as much to decompose and compose as to copy.
#[derive(Debug, Clone, Default)]
struct LongForms(HashMap<char, Box<str>, Places>);

impl LongForms {
    /// No character before this one is three that do not become one again.
    const FIRST: char = '\u{2000}';

    /// Letters that a character stands for, from which on it is looked up.
    const LEAST: usize = 3;

    /// The folded form of `c`, where it is long and has nothing to do with the character before it.
    fn of(&mut self, c: char) -> Option<&str> {
        let hangul = ('\u{ac00}'..='\u{d7a3}').contains(&c);
        if c < Self::FIRST || hangul {
            return None;
        }
        match self.0.entry(c) {
            Entry::Occupied(known) => Some(known.into_mut()),
            Entry::Vacant(place) => {
                let mut len = 0;
                decompose_compatible(c, |_| len += 1);
                if len < Self::LEAST || !begins_anew(c) {
                    return None;
                }
                let mut form = String::new();
                compose_into(&mut form, c.encode_utf8(&mut [0; 4]));
                Some(place.insert(form.into()))
            }
        }
    }
}

/// Whether what stands before `c` is composed by itself: what `c` stands for begins with a character that
/// is reordered with none and composed with none before it.
fn begins_anew(c: char) -> bool {
    let mut first = None;
    decompose_compatible(c, |part| _ = first.get_or_insert(part));
    let alone = |first| {
        canonical_combining_class(first) == 0 && is_nfc_quick(once(first)) == IsNormalized::Yes
    };
    c.is_ascii() || first.is_some_and(alone)
}

/// The hash of a folded word.
pub(super) fn hash_folded(folded: &[u8]) -> u64 {
    let hash = match folded.len() {
        len @ 0..=SHORT => {
            let mut bytes = [0; SHORT];
            bytes[..len].copy_from_slice(folded);
            hash_short(u128::from_le_bytes(bytes), len)
        }
        _ => xxh3_64_with_seed(folded, WORD_SEED),
    };
    script_of(folded).mark(hash)
}

/// The hash of the word under `span`, behind which sixteen bytes more may be read.
#[inline(always)]
fn hash_at(lower: &[u8], span: Span) -> u64 {
    let len = span.len();
    match lower[span.start..].first_chunk::<SHORT>() {
        Some(bytes) if len <= SHORT => {
            let word = u128::from_le_bytes(*bytes) & ONES[len];
            hash_short(word, len)
        }
        _ => xxh3_64_with_seed(&lower[span.range()], WORD_SEED),
    }
}

/// The hash of a word of `len` bytes, which are the lowest of `bytes`.
#[inline(always)]
fn hash_short(bytes: u128, len: usize) -> u64 {
    let product = |a: u64, b: u64| u128::from(a) * u128::from(b);
    let halves = |both: u128| (both as u64, (both >> 64) as u64);
    let (low, high) = halves(bytes);
    let (low, high) = halves(product(low ^ SECRET[0], high ^ SECRET[1]));
    let (low, high) = halves(product(low ^ SECRET[2] ^ len as u64, high ^ SECRET[0]));
    low ^ high
}

/// The script of a folded word: that of its first character.
#[inline]
fn script_of(folded: &[u8]) -> Script {
    let low = |byte: u8| u32::from(byte & 0x3f);
    let code = match *folded {
        [a @ 0xf0..=0xff, b, c, d, ..] => {
            u32::from(a & 7) << 18 | low(b) << 12 | low(c) << 6 | low(d)
        }
        [a @ 0xe0..=0xff, b, c, ..] => u32::from(a & 0xf) << 12 | low(b) << 6 | low(c),
        // What is written in one or two bytes stands between spaces.
        _ => return Script::Spaced,
    };
    char::from_u32(code).map_or(Script::Spaced, Script::of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Ligatures, what joins them, and what composes with what stands before it.
    fn awkward() -> impl Strategy<Value = char> {
        prop_oneof![
            prop::sample::select(vec![
                'a',
                'e',
                '\u{fdfa}',
                '\u{fdfb}',
                '\u{33a8}',
                '\u{fb03}',
                '\u{2167}',
                '\u{1d160}',
                '\u{2057}',
                '\u{301}',
                '\u{323}',
                '\u{200d}',
                '\u{64b}',
                '\u{654}',
                '\u{1100}',
                '\u{1161}',
                '\u{11a8}',
                '\u{ac00}',
                '\u{9be}',
                '\u{3099}',
                '\u{304b}',
                '\u{338}',
                '\u{226f}',
            ]),
            any::<char>(),
        ]
    }

    proptest! {
        /// A word folds as it does whole.
        #[test]
        fn long_forms_change_nothing(word in prop::collection::vec(awkward(), 0..12)) {
            let word = String::from_iter(word);
            let mut whole = String::new();
            compose_into(&mut whole, &word);
            let mut hasher = WordHasher::new();
            prop_assert_eq!(hasher.fold(&word), whole);
        }
    }

    #[test]
    fn every_character_folds_as_it_does_alone() {
        let mut hasher = WordHasher::new();
        for c in '\0'..=char::MAX {
            let word = String::from_iter([c, '\u{301}', c, 'a', c]);
            let mut whole = String::new();
            compose_into(&mut whole, &word);
            assert_eq!(hasher.fold(&word), whole, "{c:?}");
        }
    }
}
