//! Word boundaries: bitmaps over most text, the rules over the rest.

use super::bitmaps::{Bitmaps, Reach, Stop};
use super::class::{ALPHANUMERIC, Class};
use super::rules::{class, entry, folding, segment};
use super::{Folding, Found};
use crate::span::Span;

/// Iterator over the words of a text; see [`words`](super::words).
///
/// Sixty-four bytes at a time are classified into bitmaps, one bit a byte, and the rules for
/// letters, digits and what joins them are a few shifts over them. Where a character of another kind comes, the rules of UAX #29 are walked character by character from
/// the last boundary that is certain, and the bitmaps go on behind it.
#[derive(Debug, Clone)]
pub struct Words<'t> {
    text: &'t str,
    /// A word boundary; what stands before it was given. It stands still while the bitmaps have words.
    position: usize,
    /// Where the bitmaps begin.
    base: usize,
    block: Bitmaps,
    /// A boundary to go on from behind the words of the bitmaps.
    then: usize,
    /// The rules are walked up to here.
    walk_to: usize,
}

impl<'t> Words<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Words {
            text,
            position: 0,
            base: 0,
            block: Bitmaps::default(),
            then: 0,
            walk_to: 0,
        }
    }

    /// Hands every word to `take`: what `next` gives, one word after the other, with the bitmaps
    /// in registers.
    #[inline]
    pub(crate) fn each(mut self, take: &mut impl TakeWords) {
        loop {
            match self.go_on() {
                Some(Next::Word(found)) => take.other(found),
                Some(Next::Block) => {
                    let (base, mut block) = (self.base, std::mem::take(&mut self.block));
                    match block.is_ascii() {
                        true => {
                            while let Some((start, end)) = block.next_place() {
                                take.ascii(span(base, start, end));
                            }
                        }
                        false => {
                            while let Some((start, end, folding)) = block.next_word() {
                                let span = span(base, start, end);
                                match folding {
                                    Folding::Ascii => take.ascii(span),
                                    _ => take.other(Found { span, folding }),
                                }
                            }
                        }
                    }
                }
                None => return,
            }
        }
    }

    /// What comes where the bitmaps have no more words: bitmaps that have some, or a word that
    /// the rules found.
    #[inline(never)]
    fn go_on(&mut self) -> Option<Next> {
        loop {
            self.position = self.position.max(self.then);
            while self.position < self.walk_to {
                if let Some(found) = self.walk() {
                    return Some(Next::Word(found));
                }
            }
            if !self.classify() {
                return None;
            }
            if !self.block.is_empty() {
                return Some(Next::Block);
            }
        }
    }

    /// Walks over one segment, which may be a word.
    fn walk(&mut self) -> Option<Found> {
        let start = self.position;
        let (end, bits) = segment(self.text, start);
        self.position = end;
        if end >= self.walk_to && walks_on(self.text, end) {
            self.walk_to = end + 1;
        }
        (bits & ALPHANUMERIC != 0).then(|| Found {
            span: Span::new(start, end),
            folding: folding(bits),
        })
    }

    /// Sets up the bitmaps from the position on, and where to go on behind them; whether there is more text.
    fn classify(&mut self) -> bool {
        let base = self.position;
        if base == self.text.len() {
            return false;
        }
        let (block, reach) = Bitmaps::at(self.text, base);
        (self.base, self.block, self.walk_to) = (base, block, 0);
        self.then = base + reach.open.unwrap_or(reach.last_end) as usize;
        match reach.stop {
            Stop::End => self.then = self.text.len(),
            Stop::Character { parted } => {
                let other = base + reach.known as usize;
                self.walk_to = other + 1;
                if parted && self.begins(other) {
                    self.then = other;
                }
            }
            // A word as long as the block.
            Stop::Edge if reach.open == Some(0) => self.walk_to = base + 1,
            Stop::Edge if self.then == base => self.skip(reach),
            Stop::Edge => {}
        }
        true
    }

    /// Whether there is a boundary before the character at `other`, behind one that joins nothing: if
    /// it is not attached to that.
    fn begins(&self, other: usize) -> bool {
        let class = entry(self.text, other).map_or(Class::Other, |(entry, _)| class(entry));
        let before = self.text.as_bytes()[..other].last();
        let spaces = before == Some(&b' ') && class == Class::Space; // WB3d
        !class.is_attached() && !spaces
    }

    /// Goes past a block without words, but for what may belong to what stands behind it.
    fn skip(&mut self, reach: Reach) {
        let bytes = self.text.as_bytes();
        let parted = |at: &usize| {
            self.text.is_char_boundary(*at) && !matches!(&bytes[at - 1..=*at], b"  " | b"\r\n")
        };
        let base = self.position;
        let known = base + reach.known as usize;
        match (base + 1..known).rev().find(parted) {
            Some(boundary) => self.then = boundary,
            None => self.walk_to = base + 1,
        }
    }
}

impl Iterator for Words<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        loop {
            if let Some((start, end)) = self.block.next_place() {
                return Some(span(self.base, start, end));
            }
            if let Next::Word(found) = self.go_on()? {
                return Some(found.span);
            }
        }
    }
}

/// See [`Words::go_on`].
enum Next {
    Word(Found),
    Block,
}

/// Takes the words of a text. (Not a closure: what most words go through is to be inlined, and in one
/// place.)
pub(crate) trait TakeWords {
    /// A word of a stretch that is all ASCII.
    fn ascii(&mut self, span: Span);

    /// Any other.
    fn other(&mut self, found: Found);
}

#[inline(always)]
fn span(base: usize, start: u32, end: u32) -> Span {
    Span {
        start: base + start as usize,
        end: base + end as usize,
    }
}

/// Whether one of the next three bytes is not ASCII, as behind a word, a comma and a space, and no
/// letter either: then walking on is cheaper.
fn walks_on(text: &str, at: usize) -> bool {
    let near = text.as_bytes()[at..].iter().take(3);
    let Some(other) = near.enumerate().find(|(_, byte)| !byte.is_ascii()) else {
        return false;
    };
    let entry = entry(text, at + other.0);
    entry.is_some_and(|(entry, _)| class(entry) != Class::Letter)
}
