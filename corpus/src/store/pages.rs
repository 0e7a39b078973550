//! The pages of a run: what is known of each, their texts on disk.

use super::spool::{Spool, SpoolWriter, compact, damaged, keep, kept};
use crate::format::{Body, Entry, Input, Placed, Record};
use crate::progress::Progress;
use crate::store::workspace::{Stage, Workspace};
use memchr::memchr_iter;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::collections::hash_map::{Entry as MapEntry, RandomState};
use std::hash::BuildHasher;
use std::io;
use std::num::NonZeroU32;
use twicetold::Page;
use twicetold::boilerplate::markup::Markup;
use twicetold::html::Document;

/// All pages, in the order of the input.
pub struct Pages {
    known: Vec<Known>,
    ids: Spool,
    texts: Spool,
    /// The HTML a text was read from; nothing for others.
    html: Spool,
    pub sources: Vec<String>,
    /// Dates and ranks, of pages that have one.
    figures: HashMap<u32, (Option<i64>, Option<i64>)>,
    /// Pages whose id an earlier record has, and the number of that.
    earlier: HashMap<u32, u64>,
    pub met: Met,
}

/// What the inputs hold, of all kinds.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Met {
    pub records: u64,
    /// Files that are of no kind that is read.
    pub other_files: u64,
    /// Records of archives that are no pages.
    pub passed_over: u64,
}

/// What is known of a page.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Known {
    /// A hash of its text.
    content: u64,
    source: Option<NonZeroU32>,
    protected: bool,
    is_html: bool,
}

/// Pages whose [`Known`] is written at once.
const TOGETHER: usize = 4096;

/// A record that was read, as far as a run needs it.
struct Ingested {
    record: Box<Record>,
    text: String,
    html: Option<String>,
}

/// Lines of a page; one of more is rejected. Each takes 48 bytes of memory as soon as the text is looked at.
const MOST_LINES: usize = 1_000_000;

/// As [`text_of`]; an error where the text is none that can be looked at.
pub fn page_of(record: &mut Record) -> Result<(String, Option<String>), String> {
    let (text, html) = text_of(record);
    let lines = memchr_iter(b'\n', text.as_bytes()).count();
    match lines <= MOST_LINES {
        true => Ok((text, html)),
        false => Err(format!(
            "{lines} lines in one page; at most {MOST_LINES} are looked at"
        )),
    }
}

/// A page as text, and the HTML it was read from; remarks go to the record.
pub fn text_of(record: &mut Record) -> (String, Option<String>) {
    let body = std::mem::replace(&mut record.body, Body::Text(String::new()));
    let html = match body {
        Body::Text(text) => return (text, None),
        Body::Html(html) => html,
        Body::Fetched(bytes, charset) => {
            let decoded = twicetold::html::decode(&bytes, charset.as_deref());
            record.remarks.extend(decoded.remarks);
            decoded.html
        }
    };
    let document = Document::parse(&html);
    record.remarks.extend(document.remarks().iter().cloned());
    (document.into_parts().0, Some(html))
}

/// Which pages are never removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Protected {
    pub ids: Vec<String>,
    pub sources: Vec<String>,
}

impl Pages {
    /// Reads all pages of `input`.
    ///
    /// `source`, where it is given, is the source of all.
    pub fn read(
        mut input: Input,
        work: &Workspace,
        source: Option<&str>,
        protected: &Protected,
        progress: &Progress,
    ) -> io::Result<Pages> {
        progress.stage(Stage::Reading.name(), None);
        let mut ids = SpoolWriter::create(work.file("ids"))?;
        let mut texts = SpoolWriter::create(work.file("texts"))?;
        let mut html = SpoolWriter::create(work.file("html"))?;
        let mut sources = Sources::default();
        let mut known = Vec::new();
        let mut figures = HashMap::new();
        let mut records = 0;
        // Hashed under a secret, as whoever writes ids could make one look like another.
        let hasher = RandomState::new();
        let (mut first, mut earlier) = (HashMap::new(), HashMap::new());
        let fields = input.fields();
        let mut batches = input.stretch()?;
        while !batches.is_empty() {
            progress.check()?;
            let (entries, next) = rayon::join(
                || -> Vec<Vec<Option<Ingested>>> {
                    let entries = batches.par_iter().map(|batch| batch.entries(&fields));
                    entries
                        .map(|entries| entries.into_iter().map(ingested).collect())
                        .collect()
                },
                || input.stretch(),
            );
            progress.add(entries.iter().map(Vec::len).sum::<usize>() as u64);
            for entry in entries.into_iter().flatten() {
                records += 1;
                let Some(Ingested {
                    record,
                    text,
                    html: raw,
                }) = entry
                else {
                    continue;
                };
                let of = source.or(record.source.as_deref());
                let protected = protected.ids.contains(&record.id)
                    || of.is_some_and(|of| protected.sources.iter().any(|name| name == of));
                if record.date.is_some() || record.rank.is_some() {
                    figures.insert(known.len() as u32, (record.date, record.rank));
                }
                match first.entry(hasher.hash_one(&record.id)) {
                    MapEntry::Occupied(first) => {
                        earlier.insert(known.len() as u32, *first.get());
                    }
                    MapEntry::Vacant(place) => {
                        place.insert(records);
                    }
                }
                known.push(Known {
                    content: Page::new("", &text).content(),
                    source: of.map(|name| sources.number(name)),
                    protected,
                    is_html: raw.is_some(),
                });
                ids.push(record.id.as_bytes())?;
                texts.push(text.as_bytes())?;
                html.push(raw.unwrap_or_default().as_bytes())?;
            }
            batches = next?;
        }
        let pages = Pages {
            known,
            ids: ids.finish()?,
            texts: texts.finish()?,
            html: html.finish()?,
            sources: sources.names,
            figures,
            earlier,
            met: Met {
                records,
                other_files: input.other_files,
                passed_over: input.passed_over,
            },
        };
        let mut known = SpoolWriter::create(work.file("known"))?;
        for some in pages.known.chunks(TOGETHER) {
            known.push(&compact(&some)?)?;
        }
        known.finish()?;
        let (sources, figures, earlier) = (&pages.sources, &pages.figures, &pages.earlier);
        let rest = (sources, figures, earlier, pages.met, pages.len());
        keep(work.file("sources"), &rest)?;
        Ok(pages)
    }

    /// The pages that an earlier run read.
    pub fn open(work: &Workspace) -> io::Result<Pages> {
        let (sources, figures, earlier, met, count): (_, _, _, _, usize) =
            kept(work.file("sources"))?;
        let parts = Spool::open(work.file("known"))?;
        let mut known: Vec<Known> = Vec::new();
        for part in 0..parts.len() {
            known.append(&mut parts.thing_at(part)?);
        }
        if known.len() != count {
            return Err(damaged(&work.file("known")));
        }
        Ok(Pages {
            ids: Spool::open_all(work.file("ids"), known.len())?,
            texts: Spool::open_all(work.file("texts"), known.len())?,
            html: Spool::open_all(work.file("html"), known.len())?,
            known,
            sources,
            figures,
            earlier,
            met,
        })
    }

    pub fn len(&self) -> usize {
        self.known.len()
    }

    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The number of an earlier record of the same id, from 1 (one id in 2⁶⁴ is taken for another).
    pub fn earlier(&self, page: usize) -> Option<u64> {
        self.earlier.get(&(page as u32)).copied()
    }

    /// Whether any page has a date, and any a rank.
    pub fn has_figures(&self) -> (bool, bool) {
        let mut figures = self.figures.values();
        let dated = figures.clone().any(|(date, _)| date.is_some());
        (dated, figures.any(|(_, rank)| rank.is_some()))
    }

    /// Pages of no source.
    pub fn without_source(&self) -> usize {
        let pages = self.known.iter();
        pages.filter(|page| page.source.is_none()).count()
    }

    /// Whether a page is never removed.
    pub fn is_protected(&self, page: usize) -> bool {
        self.known[page].protected
    }

    /// Whether this is what was read of a page; `source` is its own.
    pub fn is_same(
        &self,
        page: usize,
        record: &Record,
        text: &str,
        source: Option<&str>,
    ) -> io::Result<bool> {
        let Some(known) = self.known.get(page) else {
            return Ok(false);
        };
        let figures = self.figures.get(&(page as u32)).copied();
        Ok(known.content == Page::new("", text).content()
            && self.source(page) == source
            && figures.unwrap_or_default() == (record.date, record.rank)
            && self.id(page)? == record.id)
    }

    pub fn id(&self, page: usize) -> io::Result<String> {
        self.ids.text(page)
    }

    pub fn text(&self, page: usize) -> io::Result<String> {
        self.texts.text(page)
    }

    /// Bytes of the text of a page.
    pub fn bytes(&self, page: usize) -> u64 {
        self.texts.bytes_of(page)
    }

    /// Bytes of the text of a page, and of the HTML that it was read from: what is held of it while it is in work.
    pub fn bytes_in_work(&self, page: usize) -> u64 {
        self.bytes(page) + self.html.bytes_of(page)
    }

    pub fn source(&self, page: usize) -> Option<&str> {
        let source = self.known[page].source?;
        Some(&self.sources[source.get() as usize - 1])
    }

    /// A hash of the text of a page.
    pub fn content(&self, page: usize) -> u64 {
        self.known[page].content
    }

    /// A page, read from disk.
    pub fn load(&self, page: usize) -> io::Result<Loaded<'_>> {
        let Known {
            protected, is_html, ..
        } = self.known[page];
        let (date, rank) = self
            .figures
            .get(&(page as u32))
            .copied()
            .unwrap_or_default();
        let html = is_html.then(|| self.html.text(page)).transpose()?;
        Ok(Loaded {
            id: self.id(page)?,
            source: self.source(page),
            markup: html.map(|html| Document::parse(&html).into_parts().1),
            text: self.text(page)?,
            date,
            rank,
            protected,
        })
    }
}

/// A page in memory.
pub struct Loaded<'p> {
    id: String,
    source: Option<&'p str>,
    pub text: String,
    markup: Option<Markup>,
    date: Option<i64>,
    rank: Option<i64>,
    protected: bool,
}

impl Loaded<'_> {
    pub fn page(&self) -> Page<'_> {
        Page {
            id: &self.id,
            source: self.source,
            text: &self.text,
            date: self.date,
            rank: self.rank,
            markup: self.markup.as_ref(),
            protected: self.protected,
        }
    }
}

fn ingested(placed: Placed) -> Option<Ingested> {
    match placed.entry {
        Entry::Record(mut record) => {
            let (text, html) = page_of(&mut record).ok()?;
            Some(Ingested { record, text, html })
        }
        Entry::Rejected(_) => None,
    }
}

/// Sources by number, from 1.
#[derive(Default)]
struct Sources {
    numbers: HashMap<String, NonZeroU32>,
    names: Vec<String>,
}

impl Sources {
    fn number(&mut self, name: &str) -> NonZeroU32 {
        match self.numbers.get(name) {
            Some(number) => *number,
            None => {
                self.names.push(name.to_owned());
                let number = NonZeroU32::MIN.saturating_add(self.names.len() as u32 - 1);
                self.numbers.insert(name.to_owned(), number);
                number
            }
        }
    }
}
