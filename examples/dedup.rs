//! Cleans and deduplicates a pile of scraped pages: the main job of the library
//! as a small program.
//!
//! ```text
//! cargo run --release --example dedup -- examples/pages --out out
//! ```

#[path = "dedup/input.rs"]
mod input;
#[path = "dedup/output.rs"]
mod output;
#[path = "dedup/summary.rs"]
mod summary;
#[path = "dedup/templates.rs"]
mod templates;

use clap::{Parser, ValueEnum};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use twicetold::boilerplate::template::Templates;
use twicetold::clean::CleanRule;
use twicetold::finding::Action;
use twicetold::{Deduplicator, Keep, Page};

/// Cleans and deduplicates scraped pages, and says why for everything removed.
#[derive(Parser, Debug)]
#[command(name = "dedup", version, after_help = EXAMPLES)]
pub struct Args {
    /// Folders, .txt and .html files (one page each) and .jsonl files (records with `id` and `text` or `html`)
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,

    /// Folder for the results; made if missing with its parents, never inside or around an input
    #[arg(long, value_name = "DIR", required_unless_present = "dry_run")]
    pub out: Option<PathBuf>,

    /// Source (site) of every page, instead of its folder, its record's `source` or the host of its `url`
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,

    /// Least resemblance of near-duplicates, above 0 and at most 1
    #[arg(long, value_name = "FIGURE", default_value_t = 0.7)]
    pub resemblance: f64,

    /// Which page of a cluster stays
    #[arg(long, value_enum, default_value_t = KeepRule::Longest)]
    pub keep: KeepRule,

    /// Page that is never removed, by its id; may be given several times
    #[arg(long, value_name = "ID")]
    pub protect: Vec<String>,

    /// Source whose pages are never removed; may be given several times
    #[arg(long, value_name = "NAME")]
    pub protect_source: Vec<String>,

    /// What becomes of passages that stand on several kept pages
    #[arg(long, value_enum, default_value_t = Across::Note)]
    pub across: Across,

    /// Least resemblance of related pairs to look for (they are only reported); unless told, those met on the way to copies
    #[arg(long, value_name = "FIGURE")]
    pub net: Option<f64>,

    /// Take out citation marks like "Reuters4", not only note them
    #[arg(long)]
    pub strip_citations: bool,

    /// Templates of an earlier run: pages of its sources are cleaned by them, those of others by what is learned
    #[arg(long, value_name = "FILE")]
    pub templates: Option<PathBuf>,

    /// File for the templates of all sources of at least 3 pages, those of --templates among them
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    pub save_templates: Option<PathBuf>,

    /// Worker threads; one per core unless told. The results are the same
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,

    /// Print the summary, write nothing
    #[arg(long)]
    pub dry_run: bool,
}

const EXAMPLES: &str = "\
Examples:
  dedup examples/pages --out out          a folder; its first subfolders are the sites
  dedup news.jsonl --out out              records; the site is `source` or the host of `url`
  dedup crawl --out out --resemblance 0.8 only closer copies are removed
  dedup crawl --dry-run                   only the summary
  dedup crawl --out out --save-templates sites.json; dedup later --out more --templates sites.json

In the output folder: pages/ (kept .txt and .html pages, cleaned), pages.jsonl (every kept page),
removed.jsonl (copies, whole), ledger.jsonl (what became of each input), removals.jsonl
(every finding inside a page, with the removed text and its proof), related.jsonl (pairs of
kept pages that have much in common), summary.json.

Exit codes: 0 done; 1 failed; 2 wrong usage; 3 done, but some records were rejected
or had an id that was taken, or an alarm fired.";

/// The library's [`Keep`], by name.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum KeepRule {
    /// The longest cleaned text
    Longest,
    /// The earliest `date` (ISO 8601); pages without one come last
    Earliest,
    /// The lowest `rank` of the records; pages without one come last
    Ranked,
    /// The first of the input
    First,
}

/// What becomes of passages that stand on several kept pages.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Across {
    /// They are noted
    Note,
    /// They stay on the page that is best by `--keep` and go from the others
    Remove,
    /// They are not looked for
    Ignore,
}

impl From<Across> for Option<Action> {
    fn from(across: Across) -> Self {
        match across {
            Across::Note => Some(Action::Annotate),
            Across::Remove => Some(Action::Remove),
            Across::Ignore => None,
        }
    }
}

impl From<KeepRule> for Keep {
    fn from(rule: KeepRule) -> Self {
        match rule {
            KeepRule::Longest => Keep::Longest,
            KeepRule::Earliest => Keep::Earliest,
            KeepRule::Ranked => Keep::Ranked,
            KeepRule::First => Keep::First,
        }
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args) {
        Ok(code) => code,
        Err(Failure { message, code }) => {
            say(&format!("dedup: {message}\n"));
            ExitCode::from(code)
        }
    }
}

/// Words for people. Where nobody listens any more, the run is none the worse.
fn say(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Why the program stops, in one sentence, and its exit code.
pub struct Failure {
    pub message: String,
    pub code: u8,
}

impl Failure {
    pub fn usage(message: impl ToString) -> Self {
        let message = message.to_string();
        Failure { message, code: 2 }
    }

    pub fn run(message: impl ToString) -> Self {
        let message = message.to_string();
        Failure { message, code: 1 }
    }
}

fn run(args: &Args) -> Result<ExitCode, Failure> {
    let started = Instant::now();
    let clean = CleanRule {
        strip_citations: args.strip_citations,
        ..CleanRule::DEFAULT
    };
    let mut builder = Deduplicator::builder()
        .resemblance(args.resemblance)
        .keep(args.keep.into())
        .across(args.across.into())
        .clean(clean);
    if let Some(net) = args.net {
        builder = builder.net(net);
    }
    let deduplicator = builder.build().map_err(Failure::usage)?;
    let out = args.out.as_ref().filter(|_| !args.dry_run);
    let real_out = out
        .map(|out| output::check(out, &args.inputs))
        .transpose()?;
    let mut known = match &args.templates {
        Some(path) => templates::read(path)?,
        None => Templates::default(),
    };
    if let Some(path) = &args.save_templates {
        templates::check(path, real_out.as_deref())?;
    }
    let input = input::read(&args.inputs, args.source.as_deref(), real_out.as_deref())?;
    let read = started.elapsed();

    let pages: Vec<Page<'_>> = input
        .pages()
        .map(|page| Page {
            id: &page.id,
            source: page.source.as_deref(),
            text: &page.text,
            markup: page.html.as_ref().map(|html| &html.0),
            date: page.date,
            rank: page.rank,
            protected: args.protect.contains(&page.id)
                || page
                    .source
                    .as_ref()
                    .is_some_and(|source| args.protect_source.contains(source)),
        })
        .collect();
    let mut threads = rayon::ThreadPoolBuilder::new();
    if let Some(count) = args.threads {
        threads = threads.num_threads(count.into());
    }
    let pool = threads
        .build()
        .map_err(|error| Failure::run(format!("cannot start threads: {error}")))?;
    let report = pool.install(|| {
        if args.save_templates.is_some() {
            let mut all = deduplicator.templates(&pages);
            all.extend(std::mem::take(&mut known));
            known = all;
        }
        deduplicator.run_with(&pages, &known)
    });
    let processed = started.elapsed() - read;

    let summary = summary::Summary::new(args, &deduplicator, &input, &report, [read, processed]);
    if let Some(out) = out {
        output::write(out, &input, &report, &summary)?;
    }
    if let Some(path) = &args.save_templates {
        templates::write(path, &known)?;
    }
    say(&summary.for_people(&input, &report));
    say(&match out {
        Some(out) => format!(
            "\nwritten to {}: cleaned texts in pages/ and pages.jsonl, what became of every page \
             in ledger.jsonl,\nevery removal with its text and proof in removals.jsonl\n",
            out.display()
        ),
        None => "\nnothing written (--dry-run)\n".to_owned(),
    });
    Ok(ExitCode::from(if summary.all_well() { 0 } else { 3 }))
}
