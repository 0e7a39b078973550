//! The rules of word boundaries, character by character.

use super::Folding;
use super::class::{ALPHANUMERIC, CLASS, Class, SAME, SIMPLE};
use super::table::{INDEX, PAGES};

/// What the table says of the character that begins at `at`, and where it ends.
#[inline(always)]
pub(super) fn entry(text: &str, at: usize) -> Option<(u8, usize)> {
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

/// What folding makes of a character that NFKC leaves as it is, whatever stands beside it: itself in lower case as ASCII
/// has it, or what [`of_char`](super::fold::of_char) says.
#[inline(always)]
pub(super) fn simple(c: char) -> Option<Folding> {
    let page = INDEX[c as usize >> 8];
    match folding(PAGES[usize::from(page)][c as usize & 0xff]) {
        Folding::Full => None,
        simple => Some(simple),
    }
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

#[inline(always)]
pub(super) fn class(entry: u8) -> Class {
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
    pub(super) fn is_attached(self) -> bool {
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
pub(super) fn segment(text: &str, start: usize) -> (usize, u8) {
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

pub(super) fn folding(bits: u8) -> Folding {
    match bits & (SIMPLE | SAME) {
        bits if bits & SAME != 0 => Folding::Same,
        bits if bits & SIMPLE != 0 => Folding::Simple,
        _ => Folding::Full,
    }
}
