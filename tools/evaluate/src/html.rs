//! Pages as HTML against the text a person took out of each.

use super::{field, worst_of};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use twicetold::clean::Cleaner;
use twicetold::html::Document;

/// Sums over pages.
#[derive(Default)]
struct Sums {
    pages: usize,
    precision: f64,
    recall: f64,
    f1: f64,
    /// Snippets that must be there, and those that must not.
    with: [usize; 2],
    without: [usize; 2],
}

/// A page as HTML, and the text a person took out of it.
pub(crate) struct Page<'r> {
    pub(crate) kind: &'r str,
    pub(crate) document: Document,
    pub(crate) gold: &'r str,
}

/// Those pages of `records` that have any text.
pub(crate) fn pages(records: &[Value]) -> Result<Vec<Page<'_>>, String> {
    let page = |record| {
        Ok(Page {
            kind: kind(record),
            document: Document::parse(field(record, "html")?),
            gold: field(record, "gold")?,
        })
    };
    let pages: Result<Vec<Page<'_>>, String> = records.iter().map(page).collect();
    let mut pages = pages?;
    pages.retain(|page| !page.document.markup().lines().is_empty());
    Ok(pages)
}

fn kind(record: &Value) -> &str {
    record["type"].as_str().unwrap_or("pages")
}

pub(crate) fn table(records: &[Value], cleaner: &Cleaner, worst: usize) -> Result<String, String> {
    let mut table = String::from(
        "| type | pages | input | precision | recall | token F1 | of averages | snippets there | snippets gone |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    let mut pages = Vec::new();
    for doubled in [false, true] {
        let mut types: BTreeMap<&str, Sums> = BTreeMap::new();
        for record in records {
            let html = field(record, "html")?;
            let html = if doubled {
                html.to_owned() + html
            } else {
                html.to_owned()
            };
            let page = Document::parse(&html);
            let text = cleaner.clean_document(&page).text(page.text());
            let gold = field(record, "gold")?;
            let (precision, recall) = Tokens::of(&text).against(&Tokens::of(gold));
            let f1 = harmonic(precision, recall);
            let sums = types
                .entry(record["type"].as_str().unwrap_or("pages"))
                .or_default();
            sums.pages += 1;
            sums.precision += precision;
            sums.recall += recall;
            sums.f1 += f1;
            let plain = plain(&text);
            let found = |list: &Value| {
                let list = list.as_array().map_or(&[][..], Vec::as_slice);
                let snippets = list.iter().filter_map(Value::as_str);
                let there = snippets.filter(|snippet| plain.contains(&self::plain(snippet)));
                (there.count(), list.len())
            };
            let (there, all) = found(&record["with"]);
            sums.with = [sums.with[0] + there, sums.with[1] + all];
            let (there, all) = found(&record["without"]);
            sums.without = [sums.without[0] + all - there, sums.without[1] + all];
            if !doubled {
                let page = format!(
                    "{} {} P {precision:.2} R {recall:.2}",
                    record["id"], record["url"]
                );
                pages.push((1.0 - f1, page));
            }
        }
        for (name, sums) in &types {
            let mean = |sum: f64| sum / sums.pages as f64;
            let _ = writeln!(
                table,
                "| {name} | {} | {} | {:.4} | {:.4} | {:.4} | {:.4} | {} of {} | {} of {} |",
                sums.pages,
                if doubled { "doubled" } else { "as it is" },
                mean(sums.precision),
                mean(sums.recall),
                mean(sums.f1),
                harmonic(mean(sums.precision), mean(sums.recall)),
                sums.with[0],
                sums.with[1],
                sums.without[0],
                sums.without[1],
            );
        }
    }
    Ok(table + &worst_of(pages, worst))
}

pub(crate) fn harmonic(precision: f64, recall: f64) -> f64 {
    match precision + recall > 0.0 {
        true => 2.0 * precision * recall / (precision + recall),
        false => 0.0,
    }
}

/// White space as single spaces.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The tokens of a text: stretches of letters, digits and `_`; and how often each four of them
/// stand in a row (a shorter list is one row).
pub(crate) struct Tokens<'t> {
    rows: HashMap<Vec<&'t str>, usize>,
}

impl<'t> Tokens<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        let mut rows = HashMap::new();
        let tokens = tokens(text);
        for row in tokens.windows(tokens.len().clamp(1, ROW)) {
            *rows.entry(row.to_vec()).or_default() += 1;
        }
        Tokens { rows }
    }

    /// Precision and recall of these as multisets against those that are wanted.
    pub(crate) fn against(&self, wanted: &Tokens<'_>) -> (f64, f64) {
        let shared = self.rows.iter().map(|(row, count)| {
            let there = wanted.rows.get(row.as_slice()).copied();
            there.unwrap_or_default().min(*count)
        });
        let shared = shared.sum::<usize>() as f64;
        let all = |tokens: &Tokens<'_>| tokens.rows.values().sum::<usize>() as f64;
        let (found, wanted) = (all(self), all(wanted));
        let recall = if wanted > 0.0 { shared / wanted } else { 1.0 };
        let precision = if found > 0.0 { shared / found } else { 0.0 };
        (precision, recall)
    }

    /// Share of the tokens of `line` that stand in a row of these; of fewer than four, whether
    /// a row holds them all one after the other.
    pub(crate) fn share_of(&self, line: &str) -> f64 {
        let tokens = tokens(line);
        if tokens.is_empty() {
            return 0.0;
        }
        if tokens.len() < ROW {
            let holds = |row: &Vec<&str>| row.windows(tokens.len()).any(|part| part == tokens);
            return f64::from(u8::from(self.rows.keys().any(holds)));
        }
        let mut covered = vec![false; tokens.len()];
        for (at, row) in tokens.windows(ROW).enumerate() {
            if self.rows.contains_key(row) {
                covered[at..at + ROW].fill(true);
            }
        }
        covered.iter().filter(|covered| **covered).count() as f64 / tokens.len() as f64
    }
}

/// Tokens in a row, as the public benchmarks have it.
const ROW: usize = 4;

fn tokens(text: &str) -> Vec<&str> {
    let tokens = text.split(|sign: char| !sign.is_alphanumeric() && sign != '_');
    tokens.filter(|token| !token.is_empty()).collect()
}
