//! Byte ranges in an original text.

use std::ops::Range;

/// A half-open range `start..end` of bytes in the **original** text of a page.
///
/// Every span this crate returns lies on character boundaries of the text it
/// was computed from and never inside a word.
///
/// ```
/// use twicetold::Span;
///
/// let span = Span::new(4, 9);
/// assert_eq!(span.of("the same twice"), "same ");
/// assert_eq!(span.len(), 5);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "[usize; 2]", into = "[usize; 2]"))]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte; never less than `start`.
    pub end: usize,
}

impl Span {
    /// The span `start..end`; an `end` before `start` gives an empty span at `start`.
    pub const fn new(start: usize, end: usize) -> Self {
        let end = if end < start { start } else { end };
        Span { start, end }
    }

    /// Length in bytes.
    pub const fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether the span holds no byte.
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The bytes as a range, for slicing.
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// The part of `text` under this span.
    ///
    /// # Panics
    ///
    /// Where the span reaches past `text` or cuts a character, as slicing does:
    /// it was not computed from this text.
    pub fn of(self, text: &str) -> &str {
        &text[self.range()]
    }
}

impl From<[usize; 2]> for Span {
    fn from([start, end]: [usize; 2]) -> Self {
        Span::new(start, end)
    }
}

impl From<Span> for [usize; 2] {
    fn from(span: Span) -> Self {
        [span.start, span.end]
    }
}

/// The kept slices of a text, one after the other.
pub(crate) fn concatenate(text: &str, kept: &[Span]) -> String {
    kept.iter().map(|span| span.of(text)).collect()
}

/// Slices of an original text, and where each begins in their concatenation.
pub(crate) struct Slices<'s> {
    slices: &'s [Span],
    offsets: Vec<usize>,
}

impl<'s> Slices<'s> {
    pub(crate) fn new(slices: &'s [Span]) -> Self {
        let mut offset = 0;
        let begin = |slice: &Span| {
            offset += slice.len();
            offset - slice.len()
        };
        Slices {
            slices,
            offsets: slices.iter().map(begin).collect(),
        }
    }

    /// Where `span` of the concatenation stands in the original: one piece for
    /// every slice it touches. O(log n) and the number of pieces.
    pub(crate) fn original(&self, span: Span) -> Vec<Span> {
        let first = self.offsets.partition_point(|offset| *offset <= span.start);
        let mut pieces = Vec::new();
        for at in first.saturating_sub(1)..self.slices.len() {
            let (slice, offset) = (self.slices[at], self.offsets[at]);
            if offset >= span.end {
                break;
            }
            let start = span.start.max(offset);
            let end = span.end.min(offset + slice.len());
            if start < end {
                pieces.push(Span::new(
                    slice.start + start - offset,
                    slice.start + end - offset,
                ));
            }
        }
        pieces
    }

    /// The original stretch that `span` of the concatenation covers, with what
    /// was left out inside it.
    pub(crate) fn hull(&self, span: Span) -> Span {
        let pieces = self.original(span);
        let first = pieces.first().map_or(0, |piece| piece.start);
        Span::new(first, pieces.last().map_or(first, |piece| piece.end))
    }
}

/// `whole` without `holes`, which are in order and disjoint.
pub(crate) fn subtract(whole: Span, holes: &[Span]) -> Vec<Span> {
    let mut left = Vec::with_capacity(holes.len() + 1);
    let mut start = whole.start;
    for hole in holes {
        left.push(Span::new(start, hole.start));
        start = hole.end;
    }
    left.push(Span::new(start, whole.end));
    left.retain(|span| !span.is_empty());
    left
}
