//! The figures of a run: `summary.json`, and the same for people.

use super::write::Writer;
use crate::settings::{KeepRule, Settings};
use crate::store::Outcome;
use crate::store::pages::Pages;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::io;
use std::time::Duration;
use twicetold::lsh::Banding;
use twicetold::report::{Counts, Fate, RelatedRow};
use twicetold::word::FORMAT_VERSION;

/// Figures of one run.
pub struct Summary {
    settings: Settings,
    counts: Counts,
    times: [Duration; 2],
    banding: Banding,
    /// Keepers and pages of the largest clusters.
    largest: Vec<(String, usize)>,
    related: Vec<Value>,
    alarms: Vec<String>,
    notes: Vec<String>,
    rejected: Vec<String>,
    quotes: Vec<String>,
}

/// Clusters shown.
const SHOWN: usize = 5;

/// Related pairs in `summary.json`.
const RELATED: usize = 20;

impl Summary {
    /// Of what `writer` wrote, with what was said of its records.
    pub fn new(
        settings: &Settings,
        pages: &Pages,
        outcome: &Outcome,
        writer: &mut Writer,
        banding: Banding,
        times: [Duration; 2],
    ) -> io::Result<Self> {
        let clusters = clusters(&outcome.fates);
        let mut counts = std::mem::take(&mut writer.counts);
        counts.clusters = clusters.len();
        counts.related_pairs = outcome.related.len();
        counts.related_pairs_left_out = outcome.related_left_out;
        counts.comparisons_left_out = outcome.left_out;
        let largest = clusters.iter().take(SHOWN);
        let largest: Vec<(String, usize)> = largest
            .map(|(keeper, number)| Ok((pages.id(*keeper)?, *number)))
            .collect::<io::Result<_>>()?;
        let first = largest.first();
        let related = outcome.related.iter().take(RELATED).map(|pair| {
            let (page, other) = (pages.id(pair.page)?, pages.id(pair.other)?);
            let numbers = [pair.page, pair.other].map(|page| pages.earlier(page).map(|_| page + 1));
            Ok(json!(
                RelatedRow::of(pair, &page, &other).with_numbers(numbers)
            ))
        });
        Ok(Summary {
            settings: settings.clone(),
            alarms: counts.alarms(first.map(|(id, number)| (&id[..], *number))),
            counts,
            times,
            banding,
            related: related.collect::<io::Result<_>>()?,
            largest,
            notes: notes(
                settings,
                pages,
                outcome,
                std::mem::take(&mut writer.remarks),
            )?,
            rejected: std::mem::take(&mut writer.rejected),
            quotes: std::mem::take(&mut writer.quotes).into_lines(),
        })
    }

    /// Whether the exit code is 0.
    pub fn all_well(&self) -> bool {
        self.counts.rejected == 0 && self.counts.equal_ids == 0 && self.alarms.is_empty()
    }

    pub fn json(&self) -> Value {
        let largest = self.largest.iter();
        let largest = largest.map(|(keeper, pages)| json!({ "keeper": keeper, "pages": pages }));
        let steps = (1..=20).map(|step| f64::from(step) / 20.0);
        let curve = steps.map(|s| (s, (self.banding.probability(s) * 1e6).round() / 1e6));
        json!({
            "program": "twicetold",
            "version": env!("CARGO_PKG_VERSION"),
            "format": FORMAT_VERSION,
            "settings": self.settings,
            "counts": self.counts,
            "banding": self.banding,
            "curve": curve.collect::<Vec<_>>(),
            "largest_clusters": largest.collect::<Vec<_>>(),
            "related": self.related,
            "alarms": self.alarms,
            "seconds": { "read": self.times[0].as_secs_f64(), "process": self.times[1].as_secs_f64() },
        })
    }

    /// What a person wants to know after a run.
    pub fn for_people(&self) -> String {
        let counts = &self.counts;
        let mut lines = vec![format!(
            "{} in {:.2} s: {} kept, {} removed as copies, {} rejected",
            plural(counts.inputs, "page"),
            (self.times[0] + self.times[1]).as_secs_f64(),
            counts.kept,
            counts.removed,
            counts.rejected
        )];
        match counts.inputs {
            0 => lines.push("no pages found: the inputs hold no page and no record".to_owned()),
            _ => lines.push(counts.to_string()),
        }
        if !self.largest.is_empty() {
            lines.push(format!(
                "\n{}; the largest:",
                plural(counts.clusters, "cluster")
            ));
            let largest = self.largest.iter();
            lines.extend(largest.map(|(keeper, pages)| {
                format!("  {pages:>6} pages  kept: {}", on_one_line(keeper))
            }));
        }
        if !self.quotes.is_empty() {
            lines.push("\nfor example".to_owned());
            lines.extend(self.quotes.iter().cloned());
        }
        if counts.rejected > 0 {
            lines.push(format!("\n{} rejected", plural(counts.rejected, "record")));
            lines.extend(
                self.rejected
                    .iter()
                    .map(|error| format!("  {}", on_one_line(error))),
            );
            if counts.rejected > self.rejected.len() {
                lines.push(format!(
                    "  ... and {} more; all are in ledger.jsonl",
                    counts.rejected - self.rejected.len()
                ));
            }
        }
        for (what, told) in [("note", &self.notes), ("alarm", &self.alarms)] {
            let told = told.iter().map(|told| on_one_line(told));
            lines.extend(told.map(|told| format!("{what}: {told}")));
        }
        lines.join("\n") + "\n"
    }
}

/// The clusters of at least two pages as keepers and numbers of pages, the largest first, then in the order
/// of the input.
fn clusters(fates: &[Fate]) -> Vec<(usize, usize)> {
    let mut pages: HashMap<usize, usize> = HashMap::new();
    for fate in fates {
        if let Fate::Removed { keeper, .. } = fate {
            *pages.entry(*keeper).or_insert(1) += 1;
        }
    }
    let mut clusters: Vec<(usize, usize)> = pages.into_iter().collect();
    clusters.sort_unstable_by_key(|(keeper, pages)| (std::cmp::Reverse(*pages), *keeper));
    clusters
}

/// What may not be what the user meant.
fn notes(
    settings: &Settings,
    pages: &Pages,
    outcome: &Outcome,
    remarks: Vec<String>,
) -> io::Result<Vec<String>> {
    let mut notes = remarks;
    for (what, wanted) in without_effect(settings, pages)? {
        notes.push(format!(
            "no page has the {what} {wanted:?}, so nothing was protected by it"
        ));
    }
    if let Some(index) = &settings.against {
        notes.push(format!(
            "{} {} of {}",
            plural(outcome.old.count(), "removed page"),
            match outcome.old.count() {
                1 => "is a copy of a page",
                _ => "are copies of pages",
            },
            index
        ));
    }
    let without_source = pages.without_source();
    if without_source > 0 {
        let pages = match without_source {
            1 => "1 page has".to_owned(),
            _ => format!("{without_source} pages have"),
        };
        notes.push(format!(
            "{pages} no source, so no template was looked for there; name it with --source, or give the folder above"
        ));
    }
    let (dated, ranked) = pages.has_figures();
    if settings.keep == KeepRule::Earliest && !dated {
        notes.push("no page has a date; the longest of each cluster stays".to_owned());
    }
    if settings.keep == KeepRule::Ranked && !ranked {
        notes.push("no page has a rank; the longest of each cluster stays".to_owned());
    }
    if pages.met.other_files > 0 {
        let files = plural(pages.met.other_files as usize, "other file");
        notes.push(format!("{files} skipped: of no kind that is read"));
    }
    if pages.met.passed_over > 0 {
        let records = plural(pages.met.passed_over as usize, "record");
        notes.push(format!("{records} of archives passed over: no pages"));
    }
    Ok(notes)
}

/// Names that were to protect pages, and are no page's.
fn without_effect<'s>(
    settings: &'s Settings,
    pages: &Pages,
) -> io::Result<Vec<(&'static str, &'s str)>> {
    let mut ids: BTreeSet<&str> = settings.protect.iter().map(String::as_str).collect();
    for page in (0..pages.len()).filter(|page| pages.is_protected(*page)) {
        if ids.is_empty() {
            break;
        }
        ids.remove(&pages.id(page)?[..]);
    }
    let sources = settings.protect_source.iter().map(String::as_str);
    let sources = sources.filter(|name| !pages.sources.iter().any(|source| source == name));
    let ids = ids.into_iter().map(|id| ("id", id));
    Ok(ids.chain(sources.map(|name| ("source", name))).collect())
}

/// A message as a terminal can show it: ids and names of files may hold its control codes, or all the
/// bytes of a record.
fn on_one_line(message: &str) -> String {
    const MOST: usize = 400;
    // Those that turn the direction of writing disguise what is read.
    let hostile = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut line = String::new();
    for letter in message.chars() {
        if line.len() >= MOST {
            line.push_str("...");
            break;
        }
        match hostile(letter) {
            true => line.extend(letter.escape_default()),
            false => line.push(letter),
        }
    }
    line
}

fn plural(number: usize, thing: &str) -> String {
    match number {
        1 => format!("1 {thing}"),
        _ => format!("{number} {thing}s"),
    }
}
