//! Word boundaries: bitmaps over ASCII, the rules over everything else.

use super::class::{ALPHANUMERIC, CLASS, Class, SAME, SIMPLE};
use super::table::{INDEX, PAGES};
use crate::span::Span;
use wide::u8x16;

/// Iterator over the words of a text; see [`words`](super::words).
///
/// Sixty-four bytes at a time are classified into bitmaps, one bit a byte, and the rules for
/// ASCII are a few shifts over them: on news three times as fast as a table walk. Where another
/// character comes near, the rules of UAX #29 are walked character by character from the last
/// boundary that is certain, and the bitmaps go on behind it.
#[derive(Debug, Clone)]
pub struct Words<'t> {
    text: &'t str,
    /// A word boundary; what stands before it was given. It stands still while the bitmaps have words.
    position: usize,
    /// Where the bitmaps begin.
    base: usize,
    block: Bitmaps,
    /// The rules are walked up to here.
    walk_to: usize,
    /// And up to here once the words of the bitmaps are given.
    then_walk_to: usize,
}

/// What sixty-four bytes are, as far as words are certain.
#[derive(Debug, Clone, Copy, Default)]
struct Bitmaps {
    /// Bytes of words that were not given yet.
    words: u64,
    /// ASCII letters and digits.
    alphanumeric: u64,
    /// Characters that may join what stands before and behind them.
    mids: u64,
    /// What stands from here on is not known.
    limit: u32,
    /// The end of the last word that was taken.
    taken: u32,
}

impl Bitmaps {
    /// Takes the first word, as the places of its first byte and of the one behind it; none
    /// where the first that is left may go on.
    #[inline]
    fn next_word(&mut self) -> Option<(u32, u32)> {
        while self.words != 0 {
            let start = self.words.trailing_zeros();
            let end = start + (self.words >> start).trailing_ones();
            if !self.ends(end) {
                return None;
            }
            let behind = u64::MAX << end;
            let word = self.words & !behind;
            self.words &= behind;
            self.taken = end;
            // Low lines alone are none.
            if word & self.alphanumeric != 0 {
                return Some((start, end));
            }
        }
        None
    }

    /// Whether a word that ends at `end` ends there whatever comes: a character stands behind
    /// it that joins nothing, or two are known.
    #[inline]
    fn ends(&self, end: u32) -> bool {
        end + 2 <= self.limit || end < self.limit && self.mids >> (end & 63) & 1 == 0
    }
}

/// A word and what folding it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) span: Span,
    pub(crate) folding: Folding,
}

/// What has to be done to fold a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Folding {
    /// Nothing but lower case for ASCII letters.
    Ascii,
    /// The same, and it holds other characters.
    Same,
    /// Every character folds for itself.
    Simple,
    /// All of it.
    Full,
}

const WIDTH: usize = 64;

impl<'t> Words<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Words {
            text,
            position: 0,
            base: 0,
            block: Bitmaps::default(),
            walk_to: 0,
            then_walk_to: 0,
        }
    }

    /// The next word and what folding it takes.
    fn next_found(&mut self) -> Option<Found> {
        loop {
            if let Some((start, end)) = self.block.next_word() {
                return Some(ascii(self.base + start as usize, self.base + end as usize));
            }
            self.leave_block();
            while self.position < self.walk_to {
                if let Some(found) = self.walk() {
                    return Some(found);
                }
            }
            if !self.classify() {
                return None;
            }
        }
    }

    /// Hands every word to `take`: what `next` gives, one word after the other, with the bitmaps
    /// in registers.
    #[inline]
    pub(crate) fn each(mut self, mut take: impl FnMut(Found)) {
        loop {
            let (base, mut block) = (self.base, self.block);
            while let Some((start, end)) = block.next_word() {
                take(ascii(base + start as usize, base + end as usize));
            }
            self.block = block;
            self.leave_block();
            while self.position < self.walk_to {
                self.walk().into_iter().for_each(&mut take);
            }
            if !self.classify() {
                return;
            }
        }
    }

    /// Goes on behind the words of the bitmaps: with one whose end is not known, or with the
    /// character that is not ASCII.
    #[inline]
    fn leave_block(&mut self) {
        let Bitmaps { words, taken, .. } = std::mem::take(&mut self.block);
        if words != 0 {
            // The start of a word is a boundary.
            self.position = self.base + words.trailing_zeros() as usize;
        } else if taken > 0 {
            self.position = self.base + taken as usize;
        }
        if self.walk_to < self.then_walk_to {
            self.walk_to = self.then_walk_to;
            self.walk_from(self.walk_to - 1);
        }
    }

    /// Walks over one segment, which may be a word.
    fn walk(&mut self) -> Option<Found> {
        let start = self.position;
        let (end, bits) = segment(self.text, start);
        self.position = end;
        if end >= self.walk_to && other_near(self.text.as_bytes(), end) {
            self.walk_to = end + 1;
        }
        (bits & ALPHANUMERIC != 0).then(|| Found {
            span: Span::new(start, end),
            folding: folding(bits),
        })
    }

    /// Sets up the bitmaps from the position on, or the stretch where the rules are walked;
    /// whether there is more text.
    fn classify(&mut self) -> bool {
        let rest = &self.text.as_bytes()[self.position..];
        if rest.is_empty() {
            return false;
        }
        let (found, other) = match rest.first_chunk::<WIDTH>() {
            Some(block) => bitmaps(block, WIDTH as u32),
            None => {
                let mut block = [0; WIDTH];
                block[..rest.len()].copy_from_slice(rest);
                // What stands behind the text ends every word.
                bitmaps(&block, u32::MAX)
            }
        };
        self.base = self.position;
        let first = found.words.trailing_zeros();
        let end = first + (found.words >> (first & 63)).trailing_ones();
        if found.words != 0 && found.ends(end) {
            self.block = found;
        }
        if other != 0 {
            self.then_walk_to = self.base + other.trailing_zeros() as usize + 1;
        } else if self.block.words != 0 {
            // Words first.
        } else if found.words != 0 {
            // A word as long as the block, or one that begins near its end.
            match first {
                0 => self.walk_to = self.base + 1,
                _ => self.position = self.base + first as usize,
            }
        } else if rest.len() <= WIDTH {
            self.position = self.text.len();
        } else {
            self.skip(rest);
        }
        true
    }

    /// Moves on to `other`, the first character that is not ASCII, where a boundary stands before it
    /// for certain: behind a character that joins nothing, if it is not attached to that.
    fn walk_from(&mut self, other: usize) {
        let before = match other - self.position {
            0 => return,
            _ => self.text.as_bytes()[other - 1],
        };
        if before.is_ascii_alphanumeric() || b"_'.:,;".contains(&before) {
            return;
        }
        let class = entry(self.text, other).map_or(Class::Other, |(entry, _)| class(entry));
        let spaces = before == b' ' && class == Class::Space; // WB3d
        if !class.is_attached() && !spaces {
            self.position = other;
        }
    }

    /// Goes past a block without words, but for what may belong to what stands behind it.
    fn skip(&mut self, rest: &[u8]) {
        let joined = |at: &usize| matches!(&rest[at - 1..=*at], b"  " | b"\r\n");
        match (1..WIDTH).rev().find(|at| !joined(at)) {
            Some(boundary) => self.position += boundary,
            None => self.walk_to = self.position + 1,
        }
    }
}

impl Iterator for Words<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        self.next_found().map(|found| found.span)
    }
}

fn ascii(start: usize, end: usize) -> Found {
    Found {
        span: Span::new(start, end),
        folding: Folding::Ascii,
    }
}

/// Whether one of the next three bytes is not ASCII, as behind a word, a comma and a space:
/// then walking on is cheaper.
fn other_near(bytes: &[u8], at: usize) -> bool {
    bytes[at..].iter().take(3).any(|byte| !byte.is_ascii())
}

/// The bitmaps of a block, and which of its bytes are not ASCII.
#[inline]
fn bitmaps(block: &[u8; WIDTH], limit: u32) -> (Bitmaps, u64) {
    let [mut letters, mut digits, mut low_lines] = [0u64; 3];
    let [mut mid_letters, mut mid_digits, mut others] = [0u64; 3];
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
        letters |= put(among(bytes | u8x16::splat(0x20), b'a', b'z'));
        digits |= put(among(bytes, b'0', b'9'));
        low_lines |= put(is(b'_'));
        let both = is(b'.') | is(b'\'');
        mid_letters |= put(both | is(b':'));
        mid_digits |= put(both | is(b',') | is(b';'));
        others |= put(bytes);
    }
    let between = |of: u64| of << 1 & of >> 1;
    // WB6 and WB7, WB11 and WB12; what stands at the edges is not certain yet.
    let joined = mid_letters & between(letters) | mid_digits & between(digits);
    let alphanumeric = letters | digits;
    let limit = match others {
        0 => limit,
        _ => others.trailing_zeros(),
    };
    let mids = mid_letters | mid_digits;
    let certain = match limit {
        0..64 => (1 << limit) - 1,
        _ => u64::MAX,
    };
    let found = Bitmaps {
        words: (alphanumeric | low_lines | joined) & certain,
        alphanumeric,
        mids,
        limit,
        taken: 0,
    };
    (found, others)
}

/// What the table says of the character that begins at `at`, and where it ends.
#[inline(always)]
fn entry(text: &str, at: usize) -> Option<(u8, usize)> {
    let low = |byte: u8| usize::from(byte & 0x3f);
    let (code, len) = match text.as_bytes()[at..] {
        [a @ 0..=0x7f, ..] => (usize::from(a), 1),
        [a @ 0x80..=0xdf, b, ..] => (usize::from(a & 0x1f) << 6 | low(b), 2),
        [a @ 0xe0..=0xef, b, c, ..] => (usize::from(a & 0x0f) << 12 | low(b) << 6 | low(c), 3),
        [a @ 0xf0..=0xff, b, c, d, ..] => {
            let upper = usize::from(a & 0x07) << 18 | low(b) << 12;
            (upper | low(c) << 6 | low(d), 4)
        }
        _ => return None,
    };
    let page = INDEX[code >> 8];
    Some((PAGES[usize::from(page)][code & 0xff], at + len))
}

const CLASSES: [Class; 32] = {
    use Class::*;
    let mut classes = [Other; 32];
    let all = [
        Other,
        CarriageReturn,
        LineFeed,
        Newline,
        Extend,
        Joiner,
        Format,
        RegionalIndicator,
        Katakana,
        HebrewLetter,
        Letter,
        LetterPictograph,
        MidLetter,
        MidNum,
        MidNumLet,
        Numeric,
        ExtendNumLet,
        Space,
        SingleQuote,
        DoubleQuote,
        Pictograph,
    ];
    let mut at = 0;
    while at < all.len() {
        classes[all[at] as usize] = all[at];
        at += 1;
    }
    classes
};

fn class(entry: u8) -> Class {
    CLASSES[usize::from(entry & CLASS)]
}

impl Class {
    /// AHLetter.
    fn is_letter(self) -> bool {
        matches!(
            self,
            Class::Letter | Class::LetterPictograph | Class::HebrewLetter
        )
    }

    fn is_pictograph(self) -> bool {
        matches!(self, Class::Pictograph | Class::LetterPictograph)
    }

    /// What rule WB4 takes as part of the character before it.
    fn is_attached(self) -> bool {
        matches!(self, Class::Extend | Class::Format | Class::Joiner)
    }

    fn is_line_end(self) -> bool {
        matches!(
            self,
            Class::CarriageReturn | Class::LineFeed | Class::Newline
        )
    }
}

/// The end of the segment that begins at the boundary `start`, by the rules of UAX #29,
/// section 4.1. Of its characters' bits `ALPHANUMERIC` is set where one has it, `SIMPLE` and `SAME`
/// where all have.
fn segment(text: &str, start: usize) -> (usize, u8) {
    let Some((first, mut end)) = entry(text, start) else {
        return (start, 0);
    };
    let mut bits = first;
    let take = |bits: u8, entry: u8| (bits | entry) & ALPHANUMERIC | bits & entry & (SIMPLE | SAME);
    // The character the rules see, and the one that really stands there.
    let mut seen = class(first);
    let mut last = seen;
    if seen.is_line_end() {
        let windows = seen == Class::CarriageReturn && text.as_bytes().get(end) == Some(&b'\n');
        return (end + usize::from(windows), 0);
    }
    if seen.is_attached() {
        // Nothing stands before it that it could belong to.
        seen = Class::Other;
    }
    loop {
        if seen == Class::Letter {
            // Its bits are those of every letter in ASCII.
            let letters = text.as_bytes()[end..].iter();
            let letters = letters
                .take_while(|byte| byte.is_ascii_alphabetic())
                .count();
            if letters > 0 {
                (end, last) = (end + letters, seen);
                bits |= ALPHANUMERIC;
            }
        }
        let Some((next, behind)) = entry(text, end) else {
            break;
        };
        let class = class(next);
        if class == Class::Letter && seen == Class::Letter {
            (bits, end, last) = (take(bits, next), behind, class);
            continue;
        }
        if class.is_attached() {
            (bits, end, last) = (take(bits, next), behind, class);
            continue;
        }
        let joined = match (seen, class) {
            (_, Class::Other) => false,
            _ if class.is_line_end() => false,
            _ if last == Class::Joiner && class.is_pictograph() => true, // WB3c
            (Class::Space, Class::Space) => last == Class::Space,        // WB3d
            (Class::Numeric, Class::Numeric) => true,                    // WB8
            (Class::Numeric, _) if class.is_letter() => true,            // WB10
            (_, Class::Numeric) if seen.is_letter() => true,             // WB9
            (_, _) if seen.is_letter() && class.is_letter() => true,     // WB5
            (Class::Katakana, Class::Katakana) => true,                  // WB13
            // WB13a, WB13b
            (Class::Numeric | Class::Katakana | Class::ExtendNumLet, Class::ExtendNumLet) => true,
            (_, Class::ExtendNumLet) => seen.is_letter(),
            (Class::ExtendNumLet, Class::Numeric | Class::Katakana) => true,
            (Class::ExtendNumLet, _) => class.is_letter(),
            (Class::RegionalIndicator, Class::RegionalIndicator) => {
                // WB15, WB16: flags are pairs.
                (bits, end, seen, last) = (take(bits, next), behind, Class::Other, class);
                continue;
            }
            // WB6, WB7, WB7b, WB7c, WB11, WB12: what stands behind decides, and is then joined
            // as if it stood beside what is seen.
            (
                _,
                Class::MidLetter
                | Class::MidNum
                | Class::MidNumLet
                | Class::SingleQuote
                | Class::DoubleQuote,
            ) if goes_on(text, seen, class, behind) => {
                (bits, end, last) = (take(bits, next), behind, class);
                continue;
            }
            (Class::HebrewLetter, Class::SingleQuote) => true, // WB7a
            _ => false,
        };
        if !joined {
            break;
        }
        (bits, end, seen, last) = (take(bits, next), behind, class, class);
    }
    (end, bits & !CLASS)
}

/// Whether `mid` joins the character seen before it to what stands from `behind` on.
///
/// unicode-segmentation 1.13 also lets a zero width joiner and a pictograph follow there, which the
/// standard does not; so do we, to have one reference.
fn goes_on(text: &str, seen: Class, mid: Class, behind: usize) -> bool {
    let quote = mid == Class::SingleQuote || mid == Class::MidNumLet;
    let between_letters = seen.is_letter() && (quote || mid == Class::MidLetter);
    let between_digits = seen == Class::Numeric && (quote || mid == Class::MidNum);
    let in_hebrew = seen == Class::HebrewLetter && mid == Class::DoubleQuote;
    if !(between_letters || between_digits || in_hebrew) {
        return false;
    }
    let (mut at, mut last) = (behind, mid);
    while let Some((next, end)) = entry(text, at) {
        let next = class(next);
        if next.is_attached() {
            (at, last) = (end, next);
            continue;
        }
        return between_letters && next.is_letter()
            || between_digits && next == Class::Numeric
            || in_hebrew && next == Class::HebrewLetter
            || last == Class::Joiner && next.is_pictograph();
    }
    false
}

fn folding(bits: u8) -> Folding {
    match bits & (SIMPLE | SAME) {
        bits if bits & SAME != 0 => Folding::Same,
        bits if bits & SIMPLE != 0 => Folding::Simple,
        _ => Folding::Full,
    }
}
