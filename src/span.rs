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
