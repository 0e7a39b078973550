//! Pages as HTML against the text a person took out of each.

use super::measure::{HEAD, Outcome, Sums, Wanted, without_title};
use super::{field, worst_of};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use twicetold::clean::{Cleaned, Cleaner};
use twicetold::html::Document;

/// A page as HTML, and what a person noted of it.
pub(crate) struct Page<'r> {
    record: &'r Value,
    pub(crate) document: Document,
}

/// How a page is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Twice {
    No,
    Body,
    Page,
}

impl<'r> Page<'r> {
    pub(crate) fn of(record: &'r Value, twice: Twice) -> Result<Self, String> {
        let html = field(record, "html")?;
        let document = match twice {
            Twice::No => Document::parse(html),
            Twice::Page => Document::parse(&(html.to_owned() + html)),
            Twice::Body => Document::parse(&with_body_twice(html)),
        };
        Ok(Page { record, document })
    }

    pub(crate) fn text(&self, name: &str) -> &'r str {
        self.record[name].as_str().unwrap_or_default()
    }

    /// What kind of page it is, and in which language where the set says.
    pub(crate) fn kind(&self) -> String {
        let kind = self.record["type"].as_str().unwrap_or("pages");
        match self.record["lang"].as_str() {
            Some(language) => format!("{kind} {language}"),
            None => kind.to_owned(),
        }
    }

    /// The host of its address.
    pub(crate) fn host(&self) -> &'r str {
        let url = self.text("url");
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let host = rest.split('/').next().unwrap_or_default();
        host.strip_prefix("www.").unwrap_or(host)
    }

    pub(crate) fn wanted(&self) -> Wanted<'_> {
        let list = |name: &str| {
            let list = self.record[name].as_array().map_or(&[][..], Vec::as_slice);
            list.iter().filter_map(Value::as_str).collect()
        };
        Wanted {
            title: self.text("title"),
            gold: self.text("gold"),
            all: self.document.text(),
            with: list("with"),
            without: list("without"),
        }
    }

    /// What the cleaner made of it.
    pub(crate) fn outcome(&self, cleaned: &Cleaned) -> Outcome {
        let text = self.document.text();
        let headline = self.document.headline();
        let kept = cleaned.kept.iter().flat_map(|span| match headline {
            Some(headline) if span.start <= headline.start && headline.end <= span.end => {
                vec![span.start..headline.start, headline.end..span.end]
            }
            _ => vec![span.range()],
        });
        Outcome {
            whole: cleaned.text(text),
            body: kept.map(|range| &text[range]).collect(),
        }
    }
}

/// The page with the inside of its `body` set twice.
fn with_body_twice(html: &str) -> String {
    let lower = html.to_ascii_lowercase();
    let begin = lower.find("<body").and_then(|at| Some(at + lower[at..].find('>')? + 1));
    let begin = begin.unwrap_or(0);
    let end = lower.rfind("</body").filter(|end| *end >= begin).unwrap_or(html.len());
    let (before, rest) = html.split_at(begin);
    let (body, behind) = rest.split_at(end - begin);
    [before, body, body, behind].concat()
}

/// The table of a set, by kind of page, and its pages that come out worst.
pub(crate) fn table(
    records: &[Value],
    worst: usize,
    twice: Twice,
    outcome: &dyn Fn(&Page<'_>) -> Outcome,
) -> Result<String, String> {
    let mut kinds: BTreeMap<String, Sums> = BTreeMap::new();
    let mut pages = Vec::new();
    for record in records {
        let page = Page::of(record, twice)?;
        let sums = kinds.entry(page.kind()).or_default();
        let f1 = sums.add(&page.wanted(), &outcome(&page));
        pages.push((1.0 - f1, format!("{} {}", record["id"], record["url"])));
    }
    let mut table = HEAD.to_owned();
    for (kind, sums) in &kinds {
        table += &sums.row(kind);
    }
    for (kind, sums) in kinds.iter().filter(|(_, sums)| sums.snippets() > 0.0) {
        let _ = writeln!(table, "F1 of the snippets of {kind}: {:.4}", sums.snippets());
    }
    Ok(table + &worst_of(pages, worst))
}

/// What the cleaner makes of pages.
pub(crate) fn by_cleaner(cleaner: &Cleaner) -> impl Fn(&Page<'_>) -> Outcome {
    |page| page.outcome(&cleaner.clean_document(&page.document))
}

/// What another tool made of them: `texts` are records with `id` and `text`.
pub(crate) fn by_texts(texts: &[Value]) -> impl Fn(&Page<'_>) -> Outcome {
    let texts: HashMap<&str, &str> = texts
        .iter()
        .filter_map(|record| Some((record["id"].as_str()?, record["text"].as_str()?)))
        .collect();
    move |page| {
        let whole = texts.get(page.text("id")).copied().unwrap_or_default();
        Outcome {
            body: without_title(whole, page.text("title")),
            whole: whole.to_owned(),
        }
    }
}
