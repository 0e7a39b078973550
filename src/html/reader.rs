//! Events of the tokenizer to lines of text.

use super::fields::{Attributes, Kind, Noted, Origin, of_property};
use super::lines::{Here, Lines, Source};
use super::signals::of_attribute;
use super::tags::Tag;
use super::tokens::{Event, for_each_event};
use crate::boilerplate::markup::{Element, Signal, Signals};
use crate::span::Span;

/// Pages inside pages (`srcdoc`) inside one another that are read.
const MOST_NESTED: u32 = 3;

/// Elements at a time whose text is taken down as a field.
const MOST_CAPTURES: usize = 8;

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
    /// A hash of its name and its classes.
    kind: u32,
    attribute: Vec<u8>,
    said: Said,
    /// Whether its attributes say something of the page.
    watched: bool,
    /// Whether it has `href`, and a name that can be linked to.
    links: bool,
    is_place: bool,
    shadow: bool,
    byline: bool,
    /// A page inside it, and where its bytes are.
    page: Option<(Vec<u8>, Span)>,
    attributes: Attributes,
}

/// Which element a start tag is of, as far as its attributes say something of the page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Nothing,
    Meta,
    Link,
    Html,
    Time,
}

/// An element whose text is a field.
struct Capture {
    /// Its place in the stack, and where its text begins.
    place: usize,
    start: usize,
    kind: Kind,
    from: Origin,
}

/// Where the bytes stand that are being read.
#[derive(Clone, Copy)]
enum Bytes {
    /// In the page, from this byte on.
    From(usize),
    /// In an attribute, escaped.
    Inside(Span),
}

pub(super) struct Reader<'h> {
    html: &'h str,
    /// Whether what is shown without scripts is text.
    without_scripts: bool,
    /// Whether a tag that closes itself does (XML).
    xml: bool,
    bytes: Bytes,
    nested: u32,
    /// The elements up to this place in the stack are of the page around the one that is read.
    floor: u32,
    stack: Vec<Open>,
    /// The innermost open element of each tag, as one more than its place in the stack.
    last: [u32; Tag::COUNT],
    last_block: u32,
    last_scope: u32,
    /// Open elements whose content is no text, and whose lines are kept.
    skipped: u32,
    preformatted: u32,
    /// Whether any tag was seen, and where the last one began.
    pub(super) tags: bool,
    tag_at: usize,
    /// Whether a comment was met that is not closed.
    unclosed: bool,
    start: Option<Start>,
    captures: Vec<Capture>,
    /// The block of JSON-LD that is being read, and where it begins.
    json: Option<(String, usize)>,
    pub(super) title: Option<String>,
    pub(super) remarks: Vec<String>,
    pub(super) elements: Vec<Element>,
    pub(super) lines: Lines,
    pub(super) noted: Noted,
    /// Bytes in `noscript` that were not read.
    pub(super) unread: usize,
    /// Bytes of scripts.
    pub(super) scripts: usize,
    /// Where the block of JSON-LD is that has the longest text of an article.
    body_at: Span,
}

impl<'h> Reader<'h> {
    /// A reader of `html`; where it is `without_scripts`, what `noscript` holds is text.
    pub(super) fn new(html: &'h str, without_scripts: bool, xml: bool) -> Self {
        let root = Element {
            parent: 0,
            signals: Signals::default(),
            kind: 0,
        };
        Reader {
            html,
            without_scripts,
            xml,
            bytes: Bytes::From(0),
            nested: 0,
            floor: 0,
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
            captures: Vec::new(),
            json: None,
            title: None,
            remarks: Vec::new(),
            elements: vec![root],
            lines: Lines::with_capacity(html.len() / 4),
            noted: Noted::default(),
            unread: 0,
            scripts: 0,
            body_at: Span::new(0, 0),
        }
    }

    pub(super) fn see(&mut self, event: Event<'_>, span: Span) {
        let span = match self.bytes {
            Bytes::From(first) => Span::new(first + span.start, first + span.end),
            Bytes::Inside(attribute) => attribute,
        };
        match event {
            Event::OpenStartTag { name } => {
                self.tags = true;
                self.tag_at = span.start;
                self.start = Some(Start::of(name));
            }
            Event::AttributeName { name } => {
                if let Some(start) = &mut self.start {
                    start.attribute.clear();
                    start.attribute.extend_from_slice(name);
                    start.see(b"", span);
                }
            }
            Event::AttributeValue { value } => {
                if let Some(start) = &mut self.start {
                    start.see(value, span);
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
        if self.nested == 0 && self.skipped == 0 {
            self.say(&start);
        }
        let mut tag = start.tag;
        match tag {
            Tag::Void => return,
            Tag::Break => return self.end_line(true),
            Tag::Rule => return self.end_line(false),
            // In drawings a self-closing tag is one.
            Tag::Skipped if self_closing => return,
            Tag::Title if self.skipped > 0 => return,
            // What a component shows; other templates are not shown.
            Tag::Template if start.shadow => tag = Tag::Shadow,
            _ => {}
        }
        for (closed, containers) in tag.closes() {
            let place = self.last[*closed as usize];
            let container = containers.iter().map(|tag| self.last[*tag as usize]).max();
            if place > container.unwrap_or(0).max(self.floor) {
                self.pop_to(place);
            }
        }
        if tag == Tag::Link {
            // A link ends where the next begins.
            if self.last[Tag::Link as usize] > self.last_block.max(self.floor) {
                self.pop_to(self.last[Tag::Link as usize]);
            }
            if start.is_place && !start.links {
                return;
            }
        }
        if self.xml && self_closing {
            return if tag.is_block() { self.begin_block(tag) };
        }
        if let (Tag::Frame, Some((page, at))) = (tag, &start.page) {
            self.page_inside(page, *at, &start);
        }
        self.push(tag, start.signals, start.kind);
        self.capture(&start);
        if start.tag == Tag::Script && start.attributes.is_json() && self.skipped == 1 {
            self.json = Some((String::new(), self.tag_at));
        }
    }

    fn push(&mut self, tag: Tag, said: Signals, kind: u32) {
        let parent = self.element();
        let mut element = parent;
        if tag.is_block() {
            self.begin_block(tag);
            let signals = match tag {
                // Classes of the whole page ("has-sidebar") say nothing of its parts.
                Tag::Body => Signals::default(),
                _ => tag.signals().union(said),
            };
            element = self.add_element(Element {
                parent,
                signals,
                kind,
            });
        } else if !said.is_empty() {
            element = self.add_element(Element {
                parent,
                signals: said,
                kind,
            });
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
        self.skipped += u32::from(tag.is_skipped());
        self.preformatted += u32::from(tag == Tag::Preformatted);
    }

    fn add_element(&mut self, element: Element) -> u32 {
        self.elements.push(element);
        self.elements.len() as u32 - 1
    }

    fn element(&self) -> u32 {
        self.stack.last().map_or(0, |open| open.element)
    }

    fn here(&self) -> Here {
        Here {
            element: self.element(),
            preformatted: self.preformatted > 0,
        }
    }

    fn close(&mut self, tag: Tag) {
        let tag = match tag {
            Tag::Void | Tag::Rule => return,
            Tag::Break => return self.end_line(true),
            Tag::Template if self.last[Tag::Shadow as usize] > self.last[Tag::Template as usize] => {
                Tag::Shadow
            }
            tag => tag,
        };
        let place = self.last[tag as usize];
        let barrier = match tag {
            // What stands inside a template is no text, whatever is open there.
            _ if tag.is_skipped() || tag == Tag::Shadow => 0,
            _ if tag.is_scope() || matches!(tag, Tag::Row | Tag::TableSection) => 0,
            _ if tag.is_block() => self.last_scope,
            _ => self.last_block,
        };
        if place > barrier.max(self.floor) {
            self.pop_to(place);
        } else if tag.is_block() {
            self.end_line(false);
        } else if tag == Tag::Link && place > self.floor {
            // Blocks inside it go on; the link does not.
            self.stack[place as usize - 1].tag = Tag::Inline;
            self.last[tag as usize] = self.stack[place as usize - 1].same;
        }
    }

    /// Closes all elements from the one at `place` on.
    fn pop_to(&mut self, place: u32) {
        while self.stack.len() >= place as usize {
            let at = self.stack.len();
            while self.captures.last().is_some_and(|capture| capture.place == at) {
                self.captured();
            }
            let Some(open) = self.stack.pop() else { return };
            if self.last[open.tag as usize] == at as u32 {
                self.last[open.tag as usize] = open.same;
            }
            self.last_block = open.block;
            self.last_scope = open.scope;
            self.skipped -= u32::from(open.tag.is_skipped());
            self.preformatted -= u32::from(open.tag == Tag::Preformatted);
            if open.tag == Tag::Script {
                self.end_json();
            }
            if open.tag.is_block() {
                self.end_block(open.tag);
            }
        }
    }

    fn begin_block(&mut self, tag: Tag) {
        if tag == Tag::Cell && !self.lines.is_at_start() {
            let here = self.here();
            return self.lines.next_cell(here);
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

    fn end_line(&mut self, tight: bool) {
        let here = self.here();
        self.lines.end_line(tight, here);
    }

    fn string(&mut self, value: &[u8], span: Span) {
        if self.skipped > 0 {
            return self.untold(value, span);
        }
        let value = String::from_utf8_lossy(value);
        if self.last[Tag::Title as usize] > 0 {
            let words: Vec<&str> = value.split_whitespace().collect();
            if self.title.is_none() && !words.is_empty() && self.nested == 0 {
                self.title = Some(words.join(" "));
            }
            return;
        }
        self.place_line(&value);
        let from = Source {
            span,
            exact: self.html.get(span.range()) == Some(&*value),
        };
        let linked = self.last[Tag::Link as usize].max(self.last[Tag::Button as usize]) > 0;
        let here = self.here();
        self.lines.write(&value, from, here, linked);
    }

    /// A string that is no text.
    fn untold(&mut self, value: &[u8], span: Span) {
        if self.last[Tag::Script as usize] > 0 {
            self.scripts += value.len();
        }
        if let Some(json) = &mut self.json {
            if json.0.is_empty() {
                json.1 = span.start;
            }
            json.0.push_str(&String::from_utf8_lossy(value));
        } else if self.skipped == 1 && self.last[Tag::Noscript as usize] > 0 {
            // The tokenizer hands its tags over as they are.
            let bytes = match self.bytes {
                Bytes::From(_) => Bytes::From(span.start),
                inside @ Bytes::Inside(_) => inside,
            };
            match self.without_scripts && self.nested < MOST_NESTED {
                true => self.read_inside(value, bytes),
                false => self.unread += value.len(),
            }
        }
    }

    /// The element of the line: where all of it stands inside one element that begins no
    /// line, that one; else the block around it.
    fn place_line(&mut self, value: &str) {
        let element = self.element();
        if self.lines.is_at_start() {
            self.lines.line.element = element;
        } else if element != self.lines.line.element && !value.trim().is_empty() {
            let block = (self.last_block as usize).checked_sub(1);
            self.lines.line.element = block.map_or(0, |block| self.stack[block].element);
        }
    }

    /// Reads a page that stands in an attribute.
    fn page_inside(&mut self, page: &[u8], at: Span, frame: &Start) {
        if self.nested < MOST_NESTED && self.skipped == 0 {
            self.push(Tag::Group, frame.signals, frame.kind);
            let place = self.stack.len() as u32;
            self.read_inside(page, Bytes::Inside(at));
            self.pop_to(place);
        }
    }

    /// Reads markup inside the element that is open; its end tags close nothing outside.
    fn read_inside(&mut self, markup: &[u8], bytes: Bytes) {
        let bytes = std::mem::replace(&mut self.bytes, bytes);
        let skipped = std::mem::take(&mut self.skipped);
        self.nested += 1;
        self.push(Tag::Group, Signals::default(), 0);
        let place = self.stack.len() as u32;
        let floor = std::mem::replace(&mut self.floor, place);
        for_each_event(markup, |event, span| self.see(event, span));
        self.start = None;
        self.floor = floor;
        self.pop_to(place);
        self.nested -= 1;
        self.skipped = skipped;
        self.bytes = bytes;
    }

    /// What a start tag says of the page.
    fn say(&mut self, start: &Start) {
        let said = &start.attributes;
        match start.said {
            Said::Meta => self.noted.meta(said),
            Said::Link if said.rel.eq_ignore_ascii_case("canonical") => {
                self.noted.note(Kind::Url, Origin::Link, &said.href);
            }
            Said::Html => self.noted.note(Kind::Language, Origin::Html, &said.language),
            Said::Time if !said.datetime.is_empty() => {
                self.noted.note(Kind::Date, Origin::Time, &said.datetime);
            }
            _ => {}
        }
        if !said.itemprop.is_empty() && start.said != Said::Meta {
            let value = [&said.content, &said.datetime];
            if let Some(value) = value.iter().find(|value| !value.is_empty()) {
                self.noted.property(&said.itemprop, value);
            }
        }
    }

    /// Begins to take down the text of the element that was opened last, where it is a field.
    fn capture(&mut self, start: &Start) {
        let said = &start.attributes;
        let property = of_property(&said.itemprop)
            .filter(|_| said.content.is_empty() && said.datetime.is_empty());
        let (kind, from) = match property {
            Some(kind) => (kind, Origin::Microdata),
            None if start.byline || said.rel == "author" => (Kind::Byline, Origin::Visible),
            None if start.said == Said::Time && said.datetime.is_empty() => {
                (Kind::Date, Origin::Time)
            }
            None => return,
        };
        if self.skipped == 0 && self.captures.len() < MOST_CAPTURES && !self.noted.has(kind, from) {
            self.captures.push(Capture {
                place: self.stack.len(),
                start: self.lines.text.len(),
                kind,
                from,
            });
        }
    }

    fn captured(&mut self) {
        if let Some(capture) = self.captures.pop() {
            let text = self.lines.text.get(capture.start..).unwrap_or_default();
            self.noted.note(capture.kind, capture.from, text);
        }
    }

    fn end_json(&mut self) {
        if let Some((json, start)) = self.json.take() {
            let known = self.noted.body.as_ref().map(String::len);
            self.noted.json(&json);
            if self.noted.body.as_ref().map(String::len) != known {
                let end = (start + json.len()).min(self.html.len());
                self.body_at = Span::new(start.min(end), end);
            }
        }
    }

    /// Adds the text of an article that only its JSON-LD has.
    pub(super) fn add_body(&mut self, body: &str) {
        let at = self.body_at;
        let mut signals = Signals::default();
        signals.add(Signal::ArticleBody);
        self.push(Tag::Group, signals, 0);
        let place = self.stack.len() as u32;
        for paragraph in body.lines() {
            self.read_inside(paragraph.as_bytes(), Bytes::Inside(at));
        }
        self.pop_to(place);
    }

    /// Ends the page: what is open is closed.
    pub(super) fn end(&mut self) {
        if self.skipped > 0 || self.last[Tag::Title as usize] > 0 {
            self.remarks.push(format!(
                "an element that holds no text is not closed, so the page was not read behind the tag at byte {}",
                self.tag_at
            ));
        }
        self.end_line(true);
        self.pop_to(1);
    }
}

impl Start {
    fn of(name: &[u8]) -> Self {
        let said = match name {
            b"meta" => Said::Meta,
            b"link" => Said::Link,
            b"html" => Said::Html,
            b"time" => Said::Time,
            _ => Said::Nothing,
        };
        let tag = Tag::of(name);
        let mut signals = Signals::default();
        if name == b"h1" {
            signals.add(Signal::Title);
        }
        Start {
            tag,
            signals,
            kind: hash(name, 0),
            attribute: Vec::new(),
            said,
            watched: said != Said::Nothing || tag == Tag::Script,
            links: false,
            is_place: false,
            shadow: false,
            byline: false,
            page: None,
            attributes: Attributes::default(),
        }
    }

    /// Takes in the attribute that was named last.
    fn see(&mut self, value: &[u8], span: Span) {
        let name = self.attribute.as_slice();
        let said = of_attribute(name, value);
        self.signals = self.signals.union(said);
        match name {
            b"href" | b"onclick" | b"xlink:href" => self.links = true,
            b"name" | b"id" => self.is_place = true,
            b"shadowrootmode" | b"shadowroot" => {
                self.shadow |= matches!(value, b"open" | b"closed");
            }
            b"srcdoc" if self.tag == Tag::Frame && !value.is_empty() => {
                self.page = Some((value.to_vec(), span));
            }
            b"class" if said.has(Signal::NamedByline) => {
                let lower = value.to_ascii_lowercase();
                let names = |what: &[u8]| memchr::memmem::find(&lower, what).is_some();
                self.byline = names(b"byline") || names(b"author");
            }
            _ => {}
        }
        if name == b"class" {
            self.kind = hash(value, self.kind);
        }
        let of_any = matches!(name, b"itemprop" | b"content" | b"datetime" | b"rel");
        if (self.watched || of_any) && !value.is_empty() {
            self.attributes.take(name, value);
        }
    }
}

/// FNV-1a, over what is short.
fn hash(bytes: &[u8], seed: u32) -> u32 {
    let step = |hash: u32, byte: &u8| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    bytes.iter().fold(seed ^ 0x811c_9dc5, step)
}
