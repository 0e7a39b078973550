//! A page as a whole: read once, and once more where it turns out to be written in another way.

use super::reader::Reader;
use super::tokens::for_each_event;
use super::xhtml::{is_xml, without_closed};
use super::{Document, Fields, Piece, SourceMap};
use crate::block::ends_sentence;
use crate::boilerplate::markup::{MarkedLine, Markup, Signal};
use crate::span::Span;
use std::borrow::Cow;

/// Bytes in `noscript` that are worth a look.
const NOSCRIPT: usize = 200;
/// Share of the prose of a page that stands in `noscript` where that is the page.
const NOSCRIPT_PROSE: u32 = 5;
/// Words of prose up to which a page counts as one without text of its own, and the words an
/// article in its JSON-LD has then.
const BARE: u32 = 50;
/// Words of a sentence that counts as prose.
const SENTENCE: u32 = 12;
/// Bytes of scripts that are worth a remark where the text comes out empty.
const SCRIPTED: usize = 1000;

pub(super) fn read(html: &str) -> Document {
    let page = read_once(html, true);
    match is_escaped(&page.text, &page.markup) {
        true => escaped(page),
        false => page,
    }
}

fn read_once(source: &str, outermost: bool) -> Document {
    let xml = is_xml(source);
    let html = match xml {
        true => without_closed(source),
        false => Cow::Borrowed(source),
    };
    let mut reader = read_as(&html, false, xml);
    let own = prose(&reader);
    // A word of prose takes about eight bytes.
    let most = reader.unread / 8;
    if reader.unread >= NOSCRIPT && own * (NOSCRIPT_PROSE - 1) <= most as u32 {
        let other = read_as(&html, true, xml);
        if own * NOSCRIPT_PROSE <= prose(&other) && prose(&other) > 0 {
            reader = other;
            let remark = "its text stands in noscript, so that was read";
            reader.remarks.push(remark.to_owned());
        }
    }
    if outermost && !reader.tags && !source.trim().is_empty() && !source.contains("&lt;") {
        return plain(source, reader.remarks);
    }
    if let Some(body) = reader.noted.body.take()
        && prose(&reader) < BARE
        && words_of(&body) >= BARE.max(2 * prose(&reader))
    {
        reader.add_body(&body);
        let remark = "its text stands only in JSON-LD, so that was read";
        reader.remarks.push(remark.to_owned());
    }
    finish(reader)
}

fn read_as<'h>(html: &'h str, without_scripts: bool, xml: bool) -> Reader<'h> {
    let mut reader = Reader::new(html, without_scripts, xml);
    for_each_event(html.as_bytes(), |event, span| reader.see(event, span));
    reader.end();
    reader
}

fn finish(mut reader: Reader<'_>) -> Document {
    let mut text = std::mem::take(&mut reader.lines.text);
    text.truncate(text.trim_end_matches('\n').len());
    if text.is_empty() && reader.scripts >= SCRIPTED {
        reader.remarks.push(format!(
            "no text was found; the page has {} bytes of scripts, which were not run",
            reader.scripts
        ));
    }
    let mut markup = Markup {
        elements: reader.elements,
        lines: reader.lines.marked,
        headline: None,
    };
    let noted = reader.noted;
    let declared = noted.titles().chain(reader.title.as_deref());
    let declared: Vec<&str> = declared.collect();
    markup.headline = markup.find_headline(&text, &declared);
    let headline = markup.headline_span();
    let fields = noted.decide(headline.map(|span| span.of(&text)), reader.title.as_deref());
    Document {
        text,
        title: reader.title,
        fields,
        markup,
        map: SourceMap {
            pieces: reader.lines.pieces,
        },
        remarks: reader.remarks,
    }
}

/// A page without any tag.
fn plain(text: &str, mut remarks: Vec<String>) -> Document {
    remarks.push("no tag was found, so the page was read as plain text".to_owned());
    let whole = Span::new(0, text.len());
    Document {
        text: text.to_owned(),
        title: None,
        fields: Fields::default(),
        markup: Markup::default(),
        map: SourceMap {
            pieces: vec![Piece {
                text: whole,
                source: whole,
            }],
        },
        remarks,
    }
}

/// Words of prose: sentences that are not made of links.
fn prose(reader: &Reader<'_>) -> u32 {
    let text = &reader.lines.text;
    let is_prose = |line: &&MarkedLine| {
        let long = line.words >= SENTENCE && 3 * line.link_words <= line.words;
        long && ends_sentence(line.span.of(text))
    };
    let lines = reader.lines.marked.iter().filter(is_prose);
    lines.map(|line| line.words).sum()
}

fn words_of(text: &str) -> u32 {
    crate::word::words(text).count() as u32
}

/// Whether most of the text is markup that was escaped once too often: lines with end tags of
/// blocks in them, outside of `pre`.
fn is_escaped(text: &str, markup: &Markup) -> bool {
    if memchr::memmem::find(text.as_bytes(), b"</").is_none() {
        return false;
    }
    let (mut tags, mut escaped, mut all) = (0, 0, 0);
    for line in &markup.lines {
        all += line.words;
        let element = &markup.elements[line.element as usize];
        if element.signals.has(Signal::Preformatted) {
            continue;
        }
        let ended = end_tags(line.span.of(text));
        tags += ended;
        escaped += if ended > 0 { line.words } else { 0 };
    }
    tags >= 2 && 5 * escaped >= 4 * all
}

fn end_tags(line: &str) -> usize {
    const BLOCKS: [&str; 9] = [
        "p>", "div>", "li>", "h1>", "h2>", "h3>", "td>", "article>", "blockquote>",
    ];
    let ends = line.split("</").skip(1);
    ends.filter(|rest| BLOCKS.iter().any(|tag| rest.starts_with(tag)))
        .count()
}

/// The page that the text of `outer` is the source of.
fn escaped(outer: Document) -> Document {
    let mut inner = read_once(&outer.text, false);
    for piece in &mut inner.map.pieces {
        let source = outer.map.source(piece.source);
        let (Some(first), Some(last)) = (source.first(), source.last()) else {
            continue;
        };
        piece.source = Span::new(first.start, last.end.max(first.start));
    }
    let remark = "its markup is escaped once too often, and was read as markup";
    inner.remarks.splice(..0, outer.remarks);
    inner.remarks.push(remark.to_owned());
    inner.fields = inner.fields.or(outer.fields);
    inner.title = inner.title.or(outer.title);
    inner
}
