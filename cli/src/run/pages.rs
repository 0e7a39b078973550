//! The pages of a run: what is known of each, their texts on disk.

use super::spool::{Spool, SpoolWriter};
use crate::input::{Body, Entry, Input, Placed, Record};
use crate::progress::Progress;
use rayon::prelude::*;
use std::collections::HashMap;
use std::collections::hash_map::Entry as MapEntry;
use std::io;
use std::path::Path;
use twicetold::Page;
use twicetold::boilerplate::markup::Markup;
use twicetold::html::Document;
use xxhash_rust::xxh3::xxh3_64;

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
    /// Records of any kind.
    pub records: u64,
}

/// What is known of a page.
#[derive(Clone, Copy)]
struct Known {
    source: Option<u32>,
    protected: bool,
    is_html: bool,
}

/// A record that was read, as far as a run needs it.
struct Ingested {
    record: Box<Record>,
    text: String,
    html: Option<String>,
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
#[derive(Debug, Clone, Default)]
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
        work: &Path,
        source: Option<&str>,
        protected: &Protected,
        progress: &Progress,
    ) -> io::Result<(Pages, Input)> {
        progress.stage("reading", None);
        let mut ids = SpoolWriter::create(work.join("ids"))?;
        let mut texts = SpoolWriter::create(work.join("texts"))?;
        let mut html = SpoolWriter::create(work.join("html"))?;
        let mut sources = Sources::default();
        let mut known = Vec::new();
        let mut figures = HashMap::new();
        let mut records = 0;
        let (mut first, mut earlier) = (HashMap::new(), HashMap::new());
        let fields = input.fields();
        let mut batches = input.stretch();
        while !batches.is_empty() {
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
                match first.entry(xxh3_64(record.id.as_bytes())) {
                    MapEntry::Occupied(first) => {
                        earlier.insert(known.len() as u32, *first.get());
                    }
                    MapEntry::Vacant(place) => {
                        place.insert(records);
                    }
                }
                known.push(Known {
                    source: of.map(|name| sources.number(name)),
                    protected,
                    is_html: raw.is_some(),
                });
                ids.push(record.id.as_bytes())?;
                texts.push(text.as_bytes())?;
                html.push(raw.unwrap_or_default().as_bytes())?;
            }
            batches = next;
        }
        let pages = Pages {
            known,
            ids: ids.finish()?,
            texts: texts.finish()?,
            html: html.finish()?,
            sources: sources.names,
            figures,
            earlier,
            records,
        };
        Ok((pages, input))
    }

    pub fn len(&self) -> usize {
        self.known.len()
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

    pub fn id(&self, page: usize) -> String {
        self.ids.text(page)
    }

    pub fn text(&self, page: usize) -> String {
        self.texts.text(page)
    }

    /// Bytes of the text of a page.
    pub fn bytes(&self, page: usize) -> u64 {
        self.texts.bytes_of(page)
    }

    pub fn source(&self, page: usize) -> Option<&str> {
        let source = self.known[page].source?;
        Some(&self.sources[source as usize])
    }

    /// The pages of each source, by its number.
    pub fn by_source(&self) -> Vec<Vec<u32>> {
        let mut pages = vec![Vec::new(); self.sources.len()];
        for (page, known) in self.known.iter().enumerate() {
            if let Some(source) = known.source {
                pages[source as usize].push(page as u32);
            }
        }
        pages
    }

    /// A page, read from disk.
    pub fn load(&self, page: usize) -> Loaded<'_> {
        let Known {
            protected, is_html, ..
        } = self.known[page];
        let (date, rank) = self
            .figures
            .get(&(page as u32))
            .copied()
            .unwrap_or_default();
        let text = self.text(page);
        Loaded {
            id: self.id(page),
            source: self.source(page),
            markup: is_html.then(|| Document::parse(&self.html.text(page)).into_parts().1),
            text,
            date,
            rank,
            protected,
        }
    }

    /// Whether all that was read could be.
    pub fn check(&self) -> io::Result<()> {
        self.ids.check()?;
        self.texts.check()?;
        self.html.check()
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
            let (text, html) = text_of(&mut record);
            Some(Ingested { record, text, html })
        }
        Entry::Rejected(_) => None,
    }
}

/// Sources by number.
#[derive(Default)]
struct Sources {
    numbers: HashMap<String, u32>,
    names: Vec<String>,
}

impl Sources {
    fn number(&mut self, name: &str) -> u32 {
        match self.numbers.get(name) {
            Some(number) => *number,
            None => {
                let number = self.names.len() as u32;
                self.names.push(name.to_owned());
                self.numbers.insert(name.to_owned(), number);
                number
            }
        }
    }
}
