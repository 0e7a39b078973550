//! The figures of a run: `summary.json`, and the same for people.

use super::Args;
use super::input::Input;
use super::output::related_row;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;
use twicetold::finding::{Action, Evidence, Finding, Reason};
use twicetold::report::Counts;
use twicetold::word::FORMAT_VERSION;
use twicetold::{Deduplicator, Report};

/// Figures of one run.
pub struct Summary {
    settings: Value,
    counts: Counts,
    times: [Duration; 2],
    curve: Vec<(f64, f64)>,
    banding: twicetold::lsh::Banding,
    largest: Vec<(String, usize)>,
    related: Vec<Value>,
    alarms: Vec<String>,
}

/// Clusters, pairs and quotations shown.
const SHOWN: usize = 5;

impl Summary {
    pub fn new(
        args: &Args,
        deduplicator: &Deduplicator,
        input: &Input,
        report: &Report,
        times: [Duration; 2],
    ) -> Self {
        let texts: Vec<_> = input.pages().collect();
        let mut counts = Counts::default();
        for (page, outcome) in texts.iter().zip(&report.pages) {
            counts.add(page.source.as_deref(), &page.text, outcome);
        }
        input.rejected().for_each(|_| counts.add_rejected());
        counts.equal_ids = texts.iter().filter(|page| page.equal_id).count();
        counts.related_pairs = report.related.len();
        counts.related_pairs_left_out = report.related_left_out;
        counts.comparisons_left_out = report.left_out;
        let clusters = report.clusters();
        counts.clusters = clusters.len();
        let largest = clusters.iter().take(SHOWN);
        let related = report.related.iter().take(20);
        let related = related.map(|pair| related_row(pair, &texts));
        let banding = deduplicator.banding();
        let steps = (1..=20).map(|step| f64::from(step) / 20.0);
        Summary {
            settings: settings(args),
            times,
            curve: steps
                .map(|s| (s, (banding.probability(s) * 1e6).round() / 1e6))
                .collect(),
            banding,
            largest: largest
                .map(|(keeper, copies)| (texts[*keeper].id.clone(), copies.len() + 1))
                .collect(),
            related: related.map(|row| json!(row)).collect(),
            alarms: counts.alarms(
                clusters
                    .first()
                    .map(|(keeper, copies)| (&texts[*keeper].id[..], copies.len() + 1)),
            ),
            counts,
        }
    }

    /// Whether the exit code is 0.
    pub fn all_well(&self) -> bool {
        self.counts.rejected == 0 && self.counts.equal_ids == 0 && self.alarms.is_empty()
    }

    pub fn json(&self) -> Value {
        let largest: Vec<Value> = self
            .largest
            .iter()
            .map(|(keeper, pages)| json!({ "keeper": keeper, "pages": pages }))
            .collect();
        json!({
            "program": "twicetold",
            "version": env!("CARGO_PKG_VERSION"),
            "format": FORMAT_VERSION,
            "settings": self.settings,
            "counts": self.counts,
            "banding": self.banding,
            "curve": self.curve,
            "largest_clusters": largest,
            "related": self.related,
            "alarms": self.alarms,
            "seconds": { "read": self.times[0].as_secs_f64(), "process": self.times[1].as_secs_f64() },
        })
    }

    /// What a person wants to know after a run.
    pub fn for_people(&self, input: &Input, report: &Report) -> String {
        let counts = &self.counts;
        let mut text = String::new();
        let mut say = |line: String| {
            text.push_str(&line);
            text.push('\n');
        };
        say(format!(
            "{} in {:.2} s: {} kept, {} removed as copies, {} rejected",
            plural(counts.inputs, "page"),
            (self.times[0] + self.times[1]).as_secs_f64(),
            counts.kept,
            counts.removed,
            counts.rejected
        ));
        if counts.inputs == 0 {
            say("no pages found: the inputs hold no .txt or .html file and no record".to_owned());
            return text;
        }
        say(counts.to_string());
        if !self.largest.is_empty() {
            say(String::new());
            say(format!(
                "{}; the largest:",
                plural(counts.clusters, "cluster")
            ));
            for (keeper, pages) in &self.largest {
                say(format!("  {pages:>6} pages  kept: {keeper}"));
            }
        }
        let quotes = quotations(input, report);
        if !quotes.is_empty() {
            say(String::new());
            say("for example".to_owned());
            quotes.into_iter().for_each(&mut say);
        }
        let rejected: Vec<_> = input.rejected().collect();
        if !rejected.is_empty() {
            say(String::new());
            say(format!("{} rejected", plural(rejected.len(), "record")));
            for (_, error) in rejected.iter().take(SHOWN) {
                say(format!("  {error}"));
            }
            if rejected.len() > SHOWN {
                say(format!(
                    "  ... and {} more (all are in the ledger of a run with --out)",
                    rejected.len() - SHOWN
                ));
            }
        }
        let without_source = input.pages().filter(|page| page.source.is_none()).count();
        if without_source > 0 {
            say(format!(
                "note: {} no source, so no template was looked for there; name it with --source, \
                 or give the folder above",
                match without_source {
                    1 => "1 page has".to_owned(),
                    _ => format!("{without_source} pages have"),
                }
            ));
        }
        let dated = input.pages().filter(|page| page.date.is_some()).count();
        if self.settings["keep"] == "earliest" && dated == 0 {
            say("note: no page has a date; the longest of each cluster stays".to_owned());
        }
        let ranked = input.pages().filter(|page| page.rank.is_some()).count();
        if self.settings["keep"] == "ranked" && ranked == 0 {
            say("note: no page has a `rank`; the longest of each cluster stays".to_owned());
        }
        for (name, of) in [("protect", 0), ("protect_source", 1)] {
            let known = |wanted: &str| {
                let mut named = input.pages().map(|page| match of {
                    0 => Some(page.id.as_str()),
                    _ => page.source.as_deref(),
                });
                named.any(|name| name == Some(wanted))
            };
            let wanted = self.settings[name].as_array().into_iter().flatten();
            for wanted in wanted.filter_map(Value::as_str).filter(|name| !known(name)) {
                let what = ["id", "source"][of];
                say(format!(
                    "note: no page has the {what} {wanted:?}, so nothing was protected by it"
                ));
            }
        }
        let remarks = input.pages().filter_map(|page| page.remark.as_deref());
        for remark in remarks.take(SHOWN) {
            say(format!("note: {remark}"));
        }
        for alarm in &self.alarms {
            say(format!("alarm: {alarm}"));
        }
        if input.other_files > 0 {
            say(format!(
                "{} skipped: neither .txt, .html nor .jsonl",
                plural(input.other_files, "other file")
            ));
        }
        text
    }
}

fn settings(args: &Args) -> Value {
    json!({
        "inputs": args.inputs.iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
        "source": args.source,
        "resemblance": args.resemblance,
        "keep": format!("{:?}", args.keep).to_lowercase(),
        "protect": args.protect,
        "protect_source": args.protect_source,
        "across": format!("{:?}", args.across).to_lowercase(),
        "net": args.net,
        "strip_citations": args.strip_citations,
        "templates": args.templates.as_ref().map(|path| path.display().to_string()),
    })
}

fn plural(number: usize, thing: &str) -> String {
    match number {
        1 => format!("1 {thing}"),
        _ => format!("{number} {thing}s"),
    }
}

/// One removal of each reason, quoted, with its proof.
fn quotations(input: &Input, report: &Report) -> Vec<String> {
    let mut shown: BTreeMap<Reason, String> = BTreeMap::new();
    for (page, outcome) in input.pages().zip(&report.pages) {
        for finding in outcome
            .findings
            .iter()
            .filter(|f| f.action == Action::Remove)
        {
            shown.entry(finding.reason).or_insert_with(|| {
                let quote = excerpt(finding.span.of(&page.text));
                format!(
                    "  {}\n      \u{201c}{quote}\u{201d}\n      {}",
                    page.id,
                    proof(finding)
                )
            });
        }
    }
    shown.into_values().collect()
}

fn proof(finding: &Finding) -> String {
    let why = finding.reason.name();
    match &finding.evidence {
        Evidence::Repeat { words, .. } => {
            let kept = finding.kept.map_or(String::new(), |span| {
                format!(", kept at bytes {}..{}", span.start, span.end)
            });
            format!(
                "{why}: {words} words said before{kept}, resemblance {:.2}",
                finding.score
            )
        }
        Evidence::Template { clusters, of, .. } => {
            format!("{why}: in {clusters} of the {of} clusters of its site")
        }
        Evidence::Cue { cues, .. } => {
            format!("{why}: \u{201c}{}\u{201d}", cues.join("\u{201d}, \u{201c}"))
        }
        Evidence::Markup { arguments } => {
            let says: Vec<&str> = arguments
                .iter()
                .map(|argument| argument.says.as_str())
                .collect();
            format!("{why}: {}", says.join(", "))
        }
        Evidence::Citation { name, index } => format!("{why}: source {index}, {name}"),
        _ => why.to_owned(),
    }
}

/// The first words of a removed text, on one line.
fn excerpt(text: &str) -> String {
    let mut short = String::new();
    let mut words = text.split_whitespace();
    for word in words.by_ref() {
        if short.chars().count() + word.chars().count() > 70 {
            let _ = write!(short, " ...");
            break;
        }
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    short
}
