//! The text of a page while it grows: lines, and where each stretch was read from.

use super::Piece;
use crate::boilerplate::markup::MarkedLine;
use crate::shingle::{WORD, weight_of};
use crate::span::Span;
use crate::word::words;

/// Words of a cell that is still one of a row; a longer one is a block of its own, as the
/// cells of pages laid out by tables are.
const LONGEST_CELL: usize = 20;

/// The lines that were read.
pub(super) struct Lines {
    pub(super) text: String,
    pub(super) pieces: Vec<Piece>,
    pub(super) marked: Vec<MarkedLine>,
    pub(super) line: Line,
}

/// The line that is being read, from where it begins in the text.
#[derive(Default)]
pub(super) struct Line {
    pub(super) start: usize,
    pub(super) element: u32,
    /// Stretches inside links and buttons.
    pub(super) links: Vec<Span>,
    /// Whether white space stands before what comes next.
    space: bool,
    /// Where the cell began that is being read.
    cell: usize,
}

/// Where a string is read.
#[derive(Clone, Copy)]
pub(super) struct Here {
    /// The innermost element that is open.
    pub(super) element: u32,
    /// Whether white space is kept.
    pub(super) preformatted: bool,
}

/// Where a string comes from.
#[derive(Clone, Copy)]
pub(super) struct Source {
    /// Its bytes in the source.
    pub(super) span: Span,
    /// Whether they are the string, byte for byte.
    pub(super) exact: bool,
}

/// A piece while it is read: where it begins and ends in the text and in the string.
struct Reading {
    begin: (usize, usize),
    end: (usize, usize),
}

impl Reading {
    /// Whether it goes on here: as many bytes of the string were passed as stand in the text,
    /// none, or the one of a single space.
    fn reaches(&self, text: usize, value: usize) -> bool {
        text - self.end.0 == value - self.end.1
    }
}

impl Lines {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Lines {
            text: String::with_capacity(bytes),
            pieces: Vec::new(),
            marked: Vec::new(),
            line: Line::default(),
        }
    }

    /// Whether the line that is being read has nothing yet.
    pub(super) fn is_at_start(&self) -> bool {
        self.text.len() == self.line.start
    }

    /// Writes a string; `linked` where it stands inside a link.
    pub(super) fn write(&mut self, value: &str, from: Source, here: Here, linked: bool) {
        let begin = self.text.len();
        let mut piece: Option<Reading> = None;
        for (at, sign) in value.char_indices() {
            let space = matches!(sign, ' ' | '\t' | '\n' | '\r' | '\x0c');
            let kept_space = space && here.preformatted && sign != '\r';
            if kept_space && sign == '\n' {
                self.end_piece(&mut piece, from);
                self.end_line(true, here);
            } else if space && !kept_space {
                self.line.space = true;
            } else {
                if !kept_space
                    && std::mem::take(&mut self.line.space)
                    && !self.is_at_start()
                    && !self.text.ends_with(['\t', '\n'])
                {
                    self.text.push(' ');
                }
                if !piece
                    .as_ref()
                    .is_some_and(|piece| piece.reaches(self.text.len(), at))
                {
                    self.end_piece(&mut piece, from);
                }
                let begin = (self.text.len(), at);
                // These would end a line.
                let ends = matches!(sign, '\u{85}' | '\u{2028}' | '\u{2029}' | '\0');
                self.text.push(if ends { ' ' } else { sign });
                let piece = piece.get_or_insert(Reading { begin, end: begin });
                piece.end = (self.text.len(), at + sign.len_utf8());
            }
        }
        self.end_piece(&mut piece, from);
        let begin = begin.max(self.line.start);
        if linked && begin < self.text.len() {
            self.line.links.push(Span::new(begin, self.text.len()));
        }
    }

    fn end_piece(&mut self, piece: &mut Option<Reading>, from: Source) {
        if let Some(Reading { begin, end }) = piece.take() {
            let source = match from.exact {
                true => Span::new(from.span.start + begin.1, from.span.start + end.1),
                false => from.span,
            };
            self.pieces.push(Piece {
                text: Span::new(begin.0, end.0),
                source,
            });
        }
    }

    /// Goes on with the row, where its last cell is short enough for one.
    pub(super) fn next_cell(&mut self, here: Here) {
        let cell = &self.text[self.line.cell.max(self.line.start)..];
        match words(cell).nth(LONGEST_CELL).is_some() {
            true => self.end_line(true, here),
            false => {
                self.text.push('\t');
                self.line.cell = self.text.len();
                self.line.space = false;
            }
        }
    }

    /// Ends the line, if one was begun; the next is of the same block where `tight`, and
    /// begins `here`.
    pub(super) fn end_line(&mut self, tight: bool, here: Here) {
        let line = &self.text[self.line.start..];
        let filled = line.trim_end().len();
        if filled > 0 && !line.trim().is_empty() {
            self.text.truncate(self.line.start + filled);
            self.clip_pieces();
            let marked = self.marked();
            self.marked.push(marked);
            self.text.push('\n');
            if !tight {
                self.text.push('\n');
            }
        } else {
            self.text.truncate(self.line.start);
            self.clip_pieces();
            let blank = !tight || here.preformatted;
            if blank && self.text.ends_with('\n') && !self.text.ends_with("\n\n") {
                self.text.push('\n');
            }
        }
        self.line.links.clear();
        self.line = Line {
            start: self.text.len(),
            cell: self.text.len(),
            element: here.element,
            links: std::mem::take(&mut self.line.links),
            ..Line::default()
        };
    }

    /// The line that is being read, as far as it goes.
    fn marked(&self) -> MarkedLine {
        let span = Span::new(self.line.start, self.text.len());
        let line = span.of(&self.text);
        let mut links = self.line.links.iter().peekable();
        let (mut weight, mut linked) = (0, 0);
        for word in words(line) {
            let at = span.start + word.start;
            while links.next_if(|link| link.end <= at).is_some() {}
            let its = weight_of(word.of(line));
            weight += its;
            if links.peek().is_some_and(|link| link.start <= at) {
                linked += its;
            }
        }
        MarkedLine {
            span,
            element: self.line.element,
            words: weight.div_ceil(WORD) as u32,
            link_words: linked.div_ceil(WORD) as u32,
        }
    }

    /// Takes back the pieces of what was cut off.
    fn clip_pieces(&mut self) {
        let end = self.text.len();
        while let Some(piece) = self.pieces.last_mut() {
            if piece.text.end <= end {
                return;
            }
            if piece.text.start < end {
                if piece.text.len() == piece.source.len() {
                    piece.source.end -= piece.text.end - end;
                }
                piece.text.end = end;
                return;
            }
            self.pieces.pop();
        }
    }
}
