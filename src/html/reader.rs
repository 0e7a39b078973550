//! Events of the tokenizer to lines of text.

use super::signals::of_attribute;
use super::tags::Tag;
use super::tokens::{Event, for_each_event};
use super::{Document, Piece, SourceMap};
use crate::boilerplate::markup::{Element, MarkedLine, Markup, Signals};
use crate::shingle::{WORD, weight_of};
use crate::span::Span;
use crate::word::words;

/// Words of a cell that is still one of a row; a longer one is a block of its own, as the
/// cells of pages laid out by tables are.
const LONGEST_CELL: usize = 20;

pub(super) fn read(html: &str) -> Document {
    let mut reader = Reader::new(html);
    for_each_event(html.as_bytes(), |event, span| reader.see(event, span));
    reader.finish()
}

/// An element that is open.
struct Open {
    tag: Tag,
    /// Its number, or that of the element it is in where it begins no line.
    element: u32,
    /// The open element of the same tag before it, as one more than its place in the stack.
    same: u32,
    /// The open block, and the open scope, before it; as above.
    block: u32,
    scope: u32,
}

/// What is known of a start tag while its attributes come.
struct Start {
    tag: Tag,
    signals: Signals,
    attribute: Vec<u8>,
}

struct Reader<'h> {
    html: &'h str,
    stack: Vec<Open>,
    /// The innermost open element of each tag, as one more than its place in the stack.
    last: [u32; Tag::COUNT],
    last_block: u32,
    last_scope: u32,
    /// Open elements whose content is no text, and whose lines are kept.
    skipped: u32,
    preformatted: u32,
    /// Whether any tag was seen, and where the last one began.
    tags: bool,
    tag_at: usize,
    /// Whether a comment was met that is not closed.
    unclosed: bool,
    start: Option<Start>,
    title: Option<String>,
    remarks: Vec<String>,
    elements: Vec<Element>,
    lines: Vec<MarkedLine>,
    text: String,
    pieces: Vec<Piece>,
    line: Line,
}

/// The line that is being read, from where it begins in the text.
#[derive(Default)]
struct Line {
    start: usize,
    element: u32,
    /// Stretches inside links and buttons.
    links: Vec<Span>,
    /// Whether white space stands before what comes next.
    space: bool,
    /// Where the cell began that is being read.
    cell: usize,
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

impl<'h> Reader<'h> {
    fn new(html: &'h str) -> Self {
        let root = Element {
            parent: 0,
            signals: Signals::default(),
        };
        Reader {
            html,
            stack: Vec::new(),
            last: [0; Tag::COUNT],
            last_block: 0,
            last_scope: 0,
            skipped: 0,
            preformatted: 0,
            tags: false,
            tag_at: 0,
            unclosed: false,
            start: None,
            title: None,
            remarks: Vec::new(),
            elements: vec![root],
            lines: Vec::new(),
            text: String::with_capacity(html.len() / 4),
            pieces: Vec::new(),
            line: Line::default(),
        }
    }

    fn see(&mut self, event: Event<'_>, span: Span) {
        match event {
            Event::OpenStartTag { name } => {
                self.tags = true;
                self.tag_at = span.start;
                self.start = Some(Start {
                    tag: Tag::of(name),
                    signals: Signals::default(),
                    attribute: Vec::new(),
                });
            }
            Event::AttributeName { name } => {
                if let Some(start) = &mut self.start {
                    start.attribute.clear();
                    start.attribute.extend_from_slice(name);
                    start.signals = start.signals.union(of_attribute(name, b""));
                }
            }
            Event::AttributeValue { value } => {
                if let Some(start) = &mut self.start {
                    let said = of_attribute(&start.attribute, value);
                    start.signals = start.signals.union(said);
                }
            }
            Event::CloseStartTag { self_closing } => {
                if let Some(start) = self.start.take() {
                    self.open(start, self_closing);
                }
            }
            Event::EndTag { name } => {
                self.tags = true;
                self.start = None;
                self.close(Tag::of(name));
            }
            Event::String { value } => self.string(value, span),
            Event::Error(error) => self.unclosed |= error == html5gum::Error::EofInComment,
            Event::Comment { .. } if self.unclosed => self.remarks.push(format!(
                "a comment is not closed, so the text behind byte {} was not read",
                span.start
            )),
            Event::Comment { .. } | Event::Doctype { .. } => {}
        }
    }

    fn open(&mut self, start: Start, self_closing: bool) {
        let tag = start.tag;
        match tag {
            Tag::Void => return,
            Tag::Break => return self.end_line(true),
            Tag::Rule => return self.end_line(false),
            // In drawings a self-closing tag is one.
            Tag::Skipped if self_closing => return,
            Tag::Title if self.skipped > 0 => return,
            _ => {}
        }
        for (closed, containers) in tag.closes() {
            let place = self.last[*closed as usize];
            let container = containers.iter().map(|tag| self.last[*tag as usize]).max();
            if place > container.unwrap_or(0) {
                self.pop_to(place);
            }
        }
        // A link ends where the next begins.
        if tag == Tag::Link && self.last[Tag::Link as usize] > self.last_block {
            self.pop_to(self.last[Tag::Link as usize]);
        }
        let parent = self.element();
        let mut element = parent;
        if tag.is_block() {
            self.begin_block(tag);
            let signals = match tag {
                // Classes of the whole page ("has-sidebar") say nothing of its parts.
                Tag::Body => Signals::default(),
                _ => tag.signals().union(start.signals),
            };
            element = self.add_element(Element { parent, signals });
        } else if !start.signals.is_empty() {
            let signals = start.signals;
            element = self.add_element(Element { parent, signals });
        }
        let place = self.stack.len() as u32 + 1;
        self.stack.push(Open {
            tag,
            element,
            same: self.last[tag as usize],
            block: self.last_block,
            scope: self.last_scope,
        });
        self.last[tag as usize] = place;
        if tag.is_block() {
            self.last_block = place;
        }
        if tag.is_scope() {
            self.last_scope = place;
        }
        match tag {
            Tag::Skipped => self.skipped += 1,
            Tag::Preformatted => self.preformatted += 1,
            _ => {}
        }
    }

    fn add_element(&mut self, element: Element) -> u32 {
        self.elements.push(element);
        self.elements.len() as u32 - 1
    }

    fn element(&self) -> u32 {
        self.stack.last().map_or(0, |open| open.element)
    }

    fn close(&mut self, tag: Tag) {
        match tag {
            Tag::Void | Tag::Rule => return,
            Tag::Break => return self.end_line(true),
            _ => {}
        }
        let place = self.last[tag as usize];
        let barrier = match tag {
            // What stands inside a template is no text, whatever is open there.
            Tag::Skipped => 0,
            _ if tag.is_scope() || matches!(tag, Tag::Row | Tag::TableSection) => 0,
            _ if tag.is_block() => self.last_scope,
            _ => self.last_block,
        };
        if place > barrier {
            self.pop_to(place);
        } else if tag.is_block() {
            self.end_line(false);
        } else if tag == Tag::Link && place > 0 {
            // Blocks inside it go on; the link does not.
            self.stack[place as usize - 1].tag = Tag::Inline;
            self.last[tag as usize] = self.stack[place as usize - 1].same;
        }
    }

    /// Closes all elements from the one at `place` on.
    fn pop_to(&mut self, place: u32) {
        while self.stack.len() >= place as usize {
            let Some(open) = self.stack.pop() else { return };
            if self.last[open.tag as usize] == self.stack.len() as u32 + 1 {
                self.last[open.tag as usize] = open.same;
            }
            self.last_block = open.block;
            self.last_scope = open.scope;
            match open.tag {
                Tag::Skipped => self.skipped -= 1,
                Tag::Preformatted => self.preformatted -= 1,
                _ => {}
            }
            if open.tag.is_block() {
                self.end_block(open.tag);
            }
        }
    }

    fn begin_block(&mut self, tag: Tag) {
        if tag == Tag::Cell && self.text.len() > self.line.start {
            return self.next_cell();
        }
        let tight = matches!(
            tag,
            Tag::Row | Tag::Cell | Tag::ListItem | Tag::Option | Tag::TableSection
        );
        self.end_line(tight);
    }

    fn end_block(&mut self, tag: Tag) {
        match tag {
            Tag::Cell => {}
            Tag::Row | Tag::ListItem | Tag::Option | Tag::TableSection => self.end_line(true),
            _ => self.end_line(false),
        }
    }

    /// Goes on with the row, where its last cell is short enough for one.
    fn next_cell(&mut self) {
        let cell = &self.text[self.line.cell.max(self.line.start)..];
        match words(cell).nth(LONGEST_CELL).is_some() {
            true => self.end_line(true),
            false => {
                self.text.push('\t');
                self.line.cell = self.text.len();
                self.line.space = false;
            }
        }
    }

    fn string(&mut self, value: &[u8], source: Span) {
        let value = String::from_utf8_lossy(value);
        if self.last[Tag::Title as usize] > 0 {
            let words: Vec<&str> = value.split_whitespace().collect();
            if self.title.is_none() && !words.is_empty() {
                self.title = Some(words.join(" "));
            }
            return;
        }
        if self.skipped > 0 {
            return;
        }
        self.place_line(&value);
        let begin = self.text.len();
        let exact = self.html.get(source.range()) == Some(&*value);
        let mut piece: Option<Reading> = None;
        for (at, sign) in value.char_indices() {
            let space = matches!(sign, ' ' | '\t' | '\n' | '\r' | '\x0c');
            let kept_space = space && self.preformatted > 0 && sign != '\r';
            if kept_space && sign == '\n' {
                self.end_piece(&mut piece, source, exact);
                self.end_line(true);
            } else if space && !kept_space {
                self.line.space = true;
            } else {
                if !kept_space
                    && std::mem::take(&mut self.line.space)
                    && self.text.len() > self.line.start
                    && !self.text.ends_with(['\t', '\n'])
                {
                    self.text.push(' ');
                }
                if !piece
                    .as_ref()
                    .is_some_and(|piece| piece.reaches(self.text.len(), at))
                {
                    self.end_piece(&mut piece, source, exact);
                }
                let begin = (self.text.len(), at);
                // These would end a line.
                let ends = matches!(sign, '\u{85}' | '\u{2028}' | '\u{2029}' | '\0');
                self.text.push(if ends { ' ' } else { sign });
                let piece = piece.get_or_insert(Reading { begin, end: begin });
                piece.end = (self.text.len(), at + sign.len_utf8());
            }
        }
        self.end_piece(&mut piece, source, exact);
        let begin = begin.max(self.line.start);
        let linked = self.last[Tag::Link as usize].max(self.last[Tag::Button as usize]) > 0;
        if linked && begin < self.text.len() {
            self.line.links.push(Span::new(begin, self.text.len()));
        }
    }

    /// The element of the line: where all of it stands inside one element that begins no
    /// line, that one; else the block around it.
    fn place_line(&mut self, value: &str) {
        let element = self.element();
        if self.text.len() == self.line.start {
            self.line.element = element;
        } else if element != self.line.element && !value.trim().is_empty() {
            let block = (self.last_block as usize).checked_sub(1);
            self.line.element = block.map_or(0, |block| self.stack[block].element);
        }
    }

    fn end_piece(&mut self, piece: &mut Option<Reading>, source: Span, exact: bool) {
        if let Some(Reading { begin, end }) = piece.take() {
            let source = match exact {
                true => Span::new(source.start + begin.1, source.start + end.1),
                false => source,
            };
            self.pieces.push(Piece {
                text: Span::new(begin.0, end.0),
                source,
            });
        }
    }

    /// Ends the line, if one was begun; the next is of the same block where `tight`.
    fn end_line(&mut self, tight: bool) {
        let line = &self.text[self.line.start..];
        let filled = line.trim_end().len();
        if filled > 0 && !line.trim().is_empty() {
            self.text.truncate(self.line.start + filled);
            self.clip_pieces();
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
            self.lines.push(MarkedLine {
                span,
                element: self.line.element,
                words: weight.div_ceil(WORD) as u32,
                link_words: linked.div_ceil(WORD) as u32,
            });
            self.text.push('\n');
            if !tight {
                self.text.push('\n');
            }
        } else {
            self.text.truncate(self.line.start);
            self.clip_pieces();
            let blank = !tight || self.preformatted > 0;
            if blank && self.text.ends_with('\n') && !self.text.ends_with("\n\n") {
                self.text.push('\n');
            }
        }
        self.line = Line {
            start: self.text.len(),
            cell: self.text.len(),
            element: self.element(),
            links: std::mem::take(&mut self.line.links),
            ..Line::default()
        };
        self.line.links.clear();
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

    /// A page without any tag.
    fn plain(mut self) -> Document {
        self.remarks
            .push("no tag was found, so the page was read as plain text".to_owned());
        let whole = Span::new(0, self.html.len());
        Document {
            text: self.html.to_owned(),
            title: None,
            markup: Markup::default(),
            map: SourceMap {
                pieces: vec![Piece {
                    text: whole,
                    source: whole,
                }],
            },
            remarks: self.remarks,
        }
    }

    fn finish(mut self) -> Document {
        if !self.tags && !self.html.trim().is_empty() {
            return self.plain();
        }
        if self.skipped > 0 || self.last[Tag::Title as usize] > 0 {
            self.remarks.push(format!(
                "an element that holds no text is not closed, so the page was not read behind the tag at byte {}",
                self.tag_at
            ));
        }
        self.end_line(true);
        let filled = self.text.trim_end_matches('\n').len();
        self.text.truncate(filled);
        Document {
            text: self.text,
            title: self.title,
            markup: Markup {
                elements: self.elements,
                lines: self.lines,
            },
            map: SourceMap {
                pieces: self.pieces,
            },
            remarks: self.remarks,
        }
    }
}
