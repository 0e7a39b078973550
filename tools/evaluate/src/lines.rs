//! Lines of pages that are labelled content or boilerplate.

use super::{percent, words, worst_of};
use serde_json::Value;
use std::fmt::Write;
use twicetold::clean::Cleaner;
use twicetold::finding::Action;

pub(crate) fn table(records: &[Value], cleaner: &Cleaner, worst: usize) -> Result<String, String> {
    let (mut content, mut lost, mut boilerplate, mut removed, mut over) = (0, 0, 0, 0, 0);
    let mut pages = Vec::new();
    for record in records {
        let what = |name| format!("record {}: no list of `{name}`", record["id"]);
        let lines = record["lines"].as_array().ok_or_else(|| what("lines"))?;
        let lines: Vec<&str> = lines
            .iter()
            .map(|line| line.as_str().unwrap_or_default())
            .collect();
        let labels = record["label"].as_array().ok_or_else(|| what("label"))?;
        let text = lines.join("\n");
        let cleaned = cleaner.clean(&text);
        let gone = |start: usize| {
            let mut removals = cleaned.findings.iter();
            removals.any(|finding| {
                finding.action == Action::Remove && finding.span.range().contains(&start)
            })
        };
        let (mut start, mut own, mut own_lost) = (0, 0, 0);
        for (line, label) in lines.iter().zip(labels) {
            let taken = if gone(start) { words(line) } else { 0 };
            match label.as_i64() {
                Some(1) => {
                    own += words(line);
                    own_lost += taken;
                }
                Some(0) => {
                    boilerplate += words(line);
                    removed += taken;
                }
                _ => {}
            }
            start += line.len() + 1;
        }
        content += own;
        lost += own_lost;
        over += usize::from(20 * own_lost > own);
        let share = own_lost as f64 / own.max(1) as f64;
        pages.push((share, format!("{} {}", record["id"], record["url"])));
    }
    let mut table = String::new();
    let _ = writeln!(table, "| measure | words | share |\n|---|---|---|");
    let _ = writeln!(
        table,
        "| content lost | {lost} of {content} | {} |",
        percent(lost, content)
    );
    let _ = writeln!(
        table,
        "| boilerplate removed | {removed} of {boilerplate} | {} |",
        percent(removed, boilerplate)
    );
    let _ = writeln!(
        table,
        "| pages that lose over 5 % | {over} of {} | |",
        records.len()
    );
    Ok(table + &worst_of(pages, worst))
}
