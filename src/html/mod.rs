//! Feature `html`: pages as browsers get them.
//!
//! A [`Document`] is the text of an HTML page, one block a line, with what its markup says
//! about every line ([`Markup`]) and a map back to the source. The cleaner works on that
//! text as on any other and weighs the markup besides.
//!
//! Bytes are decoded by [`decode`]; tags are told by a tokenizer of the HTML standard;
//! elements are opened and closed by its rules for implied end tags, in linear time on any input.

mod decode;
mod reader;
mod signals;
mod tags;
mod tokens;

pub use decode::{Decoded, Told, decode};

use crate::markup::Markup;
use crate::span::Span;

/// The text of an HTML page, and what its markup says about it.
///
/// ```
/// use twicetold::html::Document;
///
/// let html = "<title>Ferry</title><nav><a href=/>Home</a></nav><p>The ferry &amp; the boat<p>stopped.";
/// let page = Document::parse(html);
/// assert_eq!(page.text(), "Home\n\nThe ferry & the boat\n\nstopped.");
/// assert_eq!(page.title(), Some("Ferry"));
/// let stopped = page.text().find("stopped").unwrap();
/// let source = page.source(twicetold::Span::new(stopped, stopped + 7));
/// assert_eq!(source[0].of(html), "stopped");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    text: String,
    title: Option<String>,
    markup: Markup,
    map: SourceMap,
    remarks: Vec<String>,
}

/// Which bytes of the source each stretch of a text was read from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceMap {
    /// In order and disjoint.
    pieces: Vec<Piece>,
}

/// A stretch of the text and the bytes of the source it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    text: Span,
    source: Span,
}

impl Document {
    /// The text of `html`.
    ///
    /// Blocks are lines, apart by a blank line but for the items of a list, the rows of a
    /// table and lines broken by `br` or inside `pre`; cells are apart by a tab. White space is collapsed outside `pre`.
    /// Left out are scripts, styles, comments, drawings and what stands in for a player; what is merely
    /// hidden is text, and its markup says so.
    ///
    /// Linear in the length of `html`, however deep its elements nest.
    pub fn parse(html: &str) -> Self {
        reader::read(html)
    }

    /// The text of a page in any charset; see [`decode`]. The spans of the source are
    /// bytes of the decoded page.
    pub fn from_bytes(bytes: &[u8], header: Option<&str>) -> Self {
        let decoded = decode(bytes, header);
        let mut page = Self::parse(&decoded.html);
        page.remarks.splice(..0, decoded.remarks);
        page
    }

    /// The text, one block a line.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What `title` says.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// What the markup says about the lines of the text.
    pub fn markup(&self) -> &Markup {
        &self.markup
    }

    /// What was odd in the page: a charset that was not what it was said to be, a comment
    /// or a script that swallows the rest.
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// The bytes of the source that a span of the text was read from; see [`SourceMap::source`].
    pub fn source(&self, span: Span) -> Vec<Span> {
        self.map.source(span)
    }

    /// The text, its markup and the map back to the source.
    pub fn into_parts(self) -> (String, Markup, SourceMap) {
        (self.text, self.markup, self.map)
    }
}

impl SourceMap {
    /// The bytes of the source that a span of the text was read from, in order: a piece
    /// for each stretch between tags, and between white space that is more than one byte. Exact, but
    /// where a stretch between tags holds character references, carriage returns or separators
    /// of lines, the whole of it is given. O(log n) and the number of pieces.
    pub fn source(&self, span: Span) -> Vec<Span> {
        let first = self
            .pieces
            .partition_point(|piece| piece.text.end <= span.start);
        let pieces = self.pieces[first..].iter();
        let touched = pieces.take_while(|piece| piece.text.start < span.end);
        let source = touched.map(|piece| match piece.text.len() == piece.source.len() {
            true => {
                let before = span.start.saturating_sub(piece.text.start);
                let behind = piece.text.end.saturating_sub(span.end);
                Span::new(piece.source.start + before, piece.source.end - behind)
            }
            false => piece.source,
        });
        source.collect()
    }
}
