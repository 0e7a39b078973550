//! One page of a pile.

use crate::block::Segmented;
use crate::markup::Markup;
use xxhash_rust::xxh3::xxh3_64;

/// One input page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Page<'a> {
    /// The caller's name for it; need not be unique.
    pub id: &'a str,
    /// The site it comes from. A page without a source has no template.
    pub source: Option<&'a str>,
    /// Its text.
    pub text: &'a str,
    /// Its date in seconds since 1970, for [`Keep::Earliest`](crate::Keep::Earliest).
    pub date: Option<i64>,
    /// The caller's ranking, for [`Keep::Ranked`](crate::Keep::Ranked): lower is better.
    pub rank: Option<i64>,
    /// What its markup says, where it was read from HTML and `text` is the text of the
    /// [`Document`](crate::boilerplate::markup::Markup).
    pub markup: Option<&'a Markup>,
    /// A protected page is never removed, nor what it shares with others; copies of it go under it.
    pub protected: bool,
}

/// A page and its words: about 12 bytes each.
pub(super) struct Cut<'a> {
    pub(super) page: Page<'a>,
    pub(super) content: u64,
    pub(super) segmented: Segmented<'a>,
}

impl<'a> Page<'a> {
    /// A page without source, date or rank, not protected.
    pub fn new(id: &'a str, text: &'a str) -> Self {
        Page {
            id,
            text,
            ..Page::default()
        }
    }

    /// A page read from HTML, without source, date or rank, not protected.
    #[cfg(feature = "html")]
    pub fn of_document(id: &'a str, document: &'a crate::html::Document) -> Self {
        Page {
            markup: Some(document.markup()),
            ..Page::new(id, document.text())
        }
    }

    /// A hash of its text: pages of equal texts have equal ones (XXH3, 64 bits).
    pub fn content(&self) -> u64 {
        xxh3_64(self.text.as_bytes())
    }

    /// The page, read: what all stages that look at it one after the other share.
    pub(super) fn cut(self) -> Cut<'a> {
        let segmented = match self.markup {
            Some(markup) => Segmented::of_marked(self.text, markup),
            None => Segmented::new(self.text),
        };
        Cut {
            content: self.content(),
            page: self,
            segmented,
        }
    }

    /// The same page, of the site `source`.
    pub fn with_source(self, source: &'a str) -> Self {
        Page {
            source: Some(source),
            ..self
        }
    }

    /// The same page, with a date in seconds since 1970.
    pub fn with_date(self, date: i64) -> Self {
        Page {
            date: Some(date),
            ..self
        }
    }

    /// The same page, with a place in the caller's ranking; lower is better.
    pub fn with_rank(self, rank: i64) -> Self {
        Page {
            rank: Some(rank),
            ..self
        }
    }

    /// The same page, never to be removed.
    pub fn protect(self) -> Self {
        Page {
            protected: true,
            ..self
        }
    }
}
