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
            let (precision, recall) = tokens(&text, gold);
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

fn harmonic(precision: f64, recall: f64) -> f64 {
    match precision + recall > 0.0 {
        true => 2.0 * precision * recall / (precision + recall),
        false => 0.0,
    }
}

/// White space as single spaces.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Precision and recall of the multisets of four tokens in a row.
fn tokens(text: &str, gold: &str) -> (f64, f64) {
    let (found, wanted) = (list(text), list(gold));
    let (found, wanted) = (grams(&found), grams(&wanted));
    let shared = found
        .iter()
        .map(|(gram, count)| (*count).min(*wanted.get(gram).unwrap_or(&0)));
    let shared = shared.sum::<usize>() as f64;
    let all = |grams: &HashMap<&[&str], usize>| grams.values().sum::<usize>() as f64;
    let (found, wanted) = (all(&found), all(&wanted));
    let recall = if wanted > 0.0 { shared / wanted } else { 1.0 };
    let precision = if found > 0.0 { shared / found } else { 0.0 };
    (precision, recall)
}

/// Stretches of letters, digits and `_`.
fn list(text: &str) -> Vec<&str> {
    let tokens = text.split(|sign: char| !sign.is_alphanumeric() && sign != '_');
    tokens.filter(|token| !token.is_empty()).collect()
}

/// How often each four tokens stand in a row; a shorter list is one row.
fn grams<'l, 't>(tokens: &'l [&'t str]) -> HashMap<&'l [&'t str], usize> {
    let mut counts = HashMap::new();
    for row in tokens.windows(tokens.len().clamp(1, 4)) {
        *counts.entry(row).or_default() += 1;
    }
    counts
}
