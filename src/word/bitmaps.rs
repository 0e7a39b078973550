//! Sixty-four bytes of text as bitmaps, one bit a byte.

use super::Folding;
use super::class::{ALPHANUMERIC, Class, SAME, SIMPLE};
use super::rules::{class, entry};
use wide::u8x16;

/// Bytes that are looked at together.
pub(super) const WIDTH: usize = 64;

/// The words that begin in sixty-four bytes and are certain, whatever stands behind these.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bitmaps {
    /// Their first bytes, and those behind their last.
    starts: u64,
    ends: u64,
    /// What is not ASCII, of that what does not fold to itself, and what does not fold for itself.
    others: u64,
    changed: u64,
    involved: u64,
}

/// How far the bitmaps of a block go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    /// Bytes that are known: all of them, or those before the character that stopped it.
    pub(super) known: u32,
    /// Where a word begins that may go on behind them.
    pub(super) open: Option<u32>,
    /// The end of the last word that is certain; 0 where there is none.
    pub(super) last_end: u32,
    /// What stands behind them.
    pub(super) stop: Stop,
}

/// What stands behind the bytes that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// Nothing: the text is at its end.
    End,
    /// More text.
    Edge,
    /// A character whose words the rules alone can tell.
    Character {
        /// Whether the one before it joins nothing.
        parted: bool,
    },
}

impl Bitmaps {
    /// The words at `base`, which is a boundary, and how far they go.
    #[inline]
    pub(super) fn at(text: &str, base: usize) -> (Self, Reach) {
        let rest = &text.as_bytes()[base..];
        let mut kinds;
        let mut reach = Reach {
            known: WIDTH as u32,
            open: None,
            last_end: 0,
            stop: Stop::Edge,
        };
        match rest.first_chunk::<WIDTH>() {
            Some(block) => kinds = Kinds::of(block),
            None => {
                let mut block = [0; WIDTH];
                block[..rest.len()].copy_from_slice(rest);
                kinds = Kinds::of(&block);
                reach.stop = Stop::End;
            }
        }
        if kinds.others != 0 {
            kinds.look_at_others(text, base, &mut reach);
        }
        let words = kinds.words(&mut reach);
        let bitmaps = Bitmaps {
            starts: words & !(words << 1),
            ends: !words & words << 1,
            others: kinds.others,
            changed: kinds.changed,
            involved: kinds.involved,
        };
        (bitmaps, reach)
    }

    /// Takes the first word: the places of its first byte and of the one behind it, and what
    /// folding it takes.
    #[inline(always)]
    pub(super) fn next_word(&mut self) -> Option<(u32, u32, Folding)> {
        let (start, end) = self.next_place()?;
        let folding = match self.others {
            0 => Folding::Ascii,
            _ => self.folding(u64::MAX >> (64 - (end - start)) << start),
        };
        Some((start, end, folding))
    }

    /// The same without its folding.
    #[inline(always)]
    pub(super) fn next_place(&mut self) -> Option<(u32, u32)> {
        if self.starts == 0 {
            return None;
        }
        // A word that ends with the block has no bit behind it.
        let (start, end) = (self.starts.trailing_zeros(), self.ends.trailing_zeros());
        self.starts &= self.starts - 1;
        self.ends &= self.ends.wrapping_sub(1);
        Some((start, end))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.starts == 0
    }

    /// Whether there is nothing but ASCII among the bytes.
    pub(super) fn is_ascii(&self) -> bool {
        self.others == 0
    }

    fn folding(&self, word: u64) -> Folding {
        match word {
            _ if word & self.others == 0 => Folding::Ascii,
            _ if word & self.changed == 0 => Folding::Same,
            _ if word & self.involved == 0 => Folding::Simple,
            _ => Folding::Full,
        }
    }
}

/// What the bytes are.
#[derive(Default)]
struct Kinds {
    letters: u64,
    digits: u64,
    low_lines: u64,
    /// First bytes of what may join letters and digits, by its length: one byte, two and three.
    mid_letters: [u64; 3],
    mid_digits: [u64; 3],
    others: u64,
    changed: u64,
    involved: u64,
}

impl Kinds {
    #[inline(always)]
    fn of(block: &[u8; WIDTH]) -> Self {
        let mut kinds = Kinds::default();
        for (quarter, bytes) in block.as_chunks::<16>().0.iter().enumerate() {
            let bytes = u8x16::from(*bytes);
            let at = 16 * quarter;
            let put = |found: u8x16| u64::from(found.to_bitmask()) << at;
            let among = |bytes: u8x16, first: u8, last: u8| {
                let from_first = bytes - u8x16::splat(first);
                from_first
                    .min(u8x16::splat(last - first))
                    .simd_eq(from_first)
            };
            let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
            kinds.letters |= put(among(bytes | u8x16::splat(0x20), b'a', b'z'));
            kinds.digits |= put(among(bytes, b'0', b'9'));
            kinds.low_lines |= put(is(b'_'));
            let both = is(b'.') | is(b'\'');
            kinds.mid_letters[0] |= put(both | is(b':'));
            kinds.mid_digits[0] |= put(both | is(b',') | is(b';'));
            kinds.others |= put(bytes);
        }
        kinds
    }

    /// Looks the characters that are not ASCII up, up to one whose words the rules alone can tell.
    fn look_at_others(&mut self, text: &str, base: usize, reach: &mut Reach) {
        let mut left = self.others;
        while left != 0 {
            let at = left.trailing_zeros();
            let stopped = |kinds: &Kinds| Stop::Character {
                parted: at > 0 && kinds.joining() >> (at - 1) & 1 == 0,
            };
            let Some((entry, end)) = entry(text, base + at as usize) else {
                return;
            };
            let end = (end - base) as u32;
            if end > WIDTH as u32 {
                (reach.known, reach.stop) = (at, Stop::Edge);
                return;
            }
            let len = end - at;
            let bytes = u64::MAX >> (64 - len) << at;
            let before = |of: u64| at > 0 && of >> (at - 1) & 1 == 1;
            let alphanumeric = entry & ALPHANUMERIC != 0;
            match class(entry) {
                Class::Letter if alphanumeric => self.letters |= bytes,
                Class::Numeric if alphanumeric => self.digits |= bytes,
                // WB4: part of the letter before it.
                Class::Extend | Class::Format if before(self.letters) => self.letters |= bytes,
                Class::Other | Class::Pictograph | Class::Newline if !alphanumeric => {}
                middle @ (Class::MidLetter | Class::MidNum | Class::MidNumLet)
                    if len < 4 && !alphanumeric =>
                {
                    let of_len = len as usize - 1;
                    if middle != Class::MidNum {
                        self.mid_letters[of_len] |= 1 << at;
                    }
                    if middle != Class::MidLetter {
                        self.mid_digits[of_len] |= 1 << at;
                    }
                }
                _ => {
                    (reach.known, reach.stop) = (at, stopped(self));
                    return;
                }
            }
            self.changed |= if entry & SAME == 0 { bytes } else { 0 };
            self.involved |= if entry & SIMPLE == 0 { bytes } else { 0 };
            left &= !bytes;
        }
    }

    /// What may join what stands behind it.
    fn joining(&self) -> u64 {
        let all = |mids: &[u64; 3]| {
            let widths = mids.iter().zip([1, 0b11, 0b111]);
            widths.fold(0, |all, (first, width)| all | first.wrapping_mul(width))
        };
        let mids = all(&self.mid_letters) | all(&self.mid_digits);
        self.letters | self.digits | self.low_lines | mids
    }

    /// The bytes of all words that are certain.
    #[inline(always)]
    fn words(&self, reach: &mut Reach) -> u64 {
        // WB6 and WB7, WB11 and WB12; what stands at the edges is not certain yet.
        let between = |mids: u64, of: u64, len: usize| mids & of << 1 & of >> len;
        let joined = |len: usize| {
            between(self.mid_letters[len - 1], self.letters, len)
                | between(self.mid_digits[len - 1], self.digits, len)
        };
        let alphanumeric = self.letters | self.digits;
        let mut words = alphanumeric | self.low_lines | joined(1);
        if self.others != 0 {
            words |= (joined(2) * 0b11) | (joined(3) * 0b111);
        }
        let known = |end: u32| u64::MAX.checked_shr(64 - end).unwrap_or(0);
        words &= known(reach.known);
        if reach.stop != Stop::End {
            // A word is open that reaches what is not known, or stands before a character that may join
            // it to that.
            let edge = self.middle_before(reach.known).unwrap_or(reach.known);
            let before = words & known(edge);
            let run = (before.checked_shl(64 - edge).unwrap_or(0)).leading_ones();
            if run > 0 {
                reach.open = Some(edge - run);
                words &= known(edge - run);
            }
        }
        if words & self.low_lines != 0 {
            words &= !without(words, alphanumeric);
        }
        reach.last_end = 64 - words.leading_zeros();
        words
    }

    /// Where a character that may join letters or digits begins that ends at `end`.
    #[inline(always)]
    fn middle_before(&self, end: u32) -> Option<u32> {
        let widths = if self.others == 0 { 1 } else { 3 };
        (1..=widths).find_map(|len| {
            let at = end.checked_sub(len)?;
            let of_len = len as usize - 1;
            let mids = self.mid_letters[of_len] | self.mid_digits[of_len];
            (mids >> at & 1 == 1).then_some(at)
        })
    }
}

/// The runs of `words` that have none of `needed`: low lines alone are no word.
fn without(words: u64, needed: u64) -> u64 {
    let (mut left, mut found) = (words, 0);
    while left != 0 {
        let start = left.trailing_zeros();
        let run = u64::MAX >> (64 - (left >> start).trailing_ones()) << start;
        found |= if run & needed == 0 { run } else { 0 };
        left &= !run;
    }
    found
}
