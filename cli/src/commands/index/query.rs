//! `twicetold index query`: one line of JSON for each page.

use super::feed::{Fed, Feed};
use super::{Rejected, Work, pages};
use crate::interrupt;
use crate::reading::ReadingArgs;
use crate::say;
use clap::Args;
use rayon::prelude::*;
use serde::Serialize;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use twicetold::Span;
use twicetold::verify::passages;
use twicetold::word::{Vocabulary, words};
use twicetold_corpus::failure::Failure;
use twicetold_corpus::index::OldPages;

#[derive(Args, Debug)]
pub struct Query {
    /// The index
    #[arg(value_name = "FILE")]
    index: PathBuf,

    /// Folders and files as for `dedup`, or the output folder of a run: its kept pages
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,

    /// Say also which passages the two share
    #[arg(long)]
    passages: bool,

    #[command(flatten)]
    reading: ReadingArgs,

    #[command(flatten)]
    work: Work,
}

pub const HELP: &str = "\
Examples:
  twicetold index query old.index today.jsonl > seen.jsonl
  zcat today.gz | twicetold index query old.index - --passages | jq 'select(.match)'

One line for each page, in the order of the input: `id`; `match`, the id of the old page it is a copy of
(the most similar, then the first that came), or null; `resemblance` of the two and `containment`, the share
of the page that stands in the old one, both exact; `source` of the old page, if it has one. `left_out` counts
comparisons that were not made, where too many old pages share a bucket. With --passages: the stretches both
share, each with its `span` in bytes of the page, its `text`, and its `words` in the old page, counted from 0.
A record that cannot be read has an `error`.

What is named is a copy, counted over both texts. Candidates come from signatures: one at the least resemblance
is met in 99 of 100 cases, closer ones nearly always (see `twicetold curve`), a page that only stands in an
old one less often.";

/// What is said of a page.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    #[serde(rename = "match")]
    copy_of: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    resemblance: Option<f64>,
    containment: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    passages: Option<Vec<Shared<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

/// A stretch that a page shares with the old one.
#[derive(Serialize)]
struct Shared<'a> {
    span: [usize; 2],
    words: [usize; 2],
    text: &'a str,
}

/// What there is to say at the end.
#[derive(Default)]
struct Told {
    asked: u64,
    copies: u64,
    left_out: u64,
    rejected: Rejected,
}

pub fn run(args: &Query) -> Result<u8, Failure> {
    interrupt::watch()?;
    let old = OldPages::open_any(&args.index)?;
    let feed = Feed::new(&args.inputs, &args.reading, None)?;
    let progress = args.work.progress();
    progress.stage("asking", None);
    let mut told = Told::default();
    let answered = args.work.on_threads(|| {
        let mut out = BufWriter::with_capacity(1 << 16, io::stdout());
        for fed in feed {
            let fed = fed?;
            let lines: Vec<(Line<'_>, Vec<u8>)> = fed
                .par_iter()
                .map(|entry| {
                    let line = line(&old, entry, args.passages)?;
                    let mut bytes = serde_json::to_vec(&line)?;
                    bytes.push(b'\n');
                    Ok((line, bytes))
                })
                .collect::<io::Result<_>>()
                .map_err(Failure::run)?;
            progress.add(fed.len() as u64);
            for (line, bytes) in &lines {
                told.add(line);
                if let Err(error) = out.write_all(bytes) {
                    return ended(&error);
                }
            }
            if let Err(error) = out.flush() {
                return ended(&error);
            }
        }
        Ok(true)
    });
    progress.clear();
    // Whoever read it has enough.
    if !answered? {
        return Ok(0);
    }
    if !args.work.quiet {
        say(&told.rejected.for_people());
        say(&format!(
            "{} asked about: {} copies of old pages, {} not\n",
            pages(told.asked),
            told.copies,
            told.asked - told.copies
        ));
        if told.left_out > 0 {
            say(&format!(
                "note: {} comparisons left out, because too many old pages share a bucket; `left_out` says where\n",
                told.left_out
            ));
        }
    }
    Ok(told.rejected.code())
}

/// Whether the rest may be written; a closed pipe only ends it.
fn ended(error: &io::Error) -> Result<bool, Failure> {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Ok(false),
        _ => Err(Failure::run(format!("standard output: {error}"))),
    }
}

impl Told {
    fn add(&mut self, line: &Line<'_>) {
        match line.error {
            Some(error) => self.rejected.add(error),
            None => self.asked += 1,
        }
        self.copies += u64::from(line.copy_of.is_some());
        self.left_out += line.left_out.unwrap_or(0);
    }
}

fn line<'a>(old: &OldPages, entry: &'a Fed, with_passages: bool) -> io::Result<Line<'a>> {
    let mut line = Line {
        id: "",
        copy_of: None,
        source: None,
        resemblance: None,
        containment: None,
        left_out: None,
        passages: None,
        error: None,
    };
    let text = match entry {
        Fed::Page { id, text, .. } => {
            line.id = id;
            text
        }
        Fed::Rejected { id, error } => {
            line.id = id;
            line.error = Some(error);
            return Ok(line);
        }
    };
    let found = old.find(text)?;
    let left_out = found.left_out.by_split + found.left_out.by_cap;
    line.left_out = Some(left_out).filter(|number| *number > 0);
    let Some(copy) = found.copy_of else {
        return Ok(line);
    };
    line.resemblance = Some(copy.overlap.resemblance());
    line.containment = Some(copy.overlap.containment());
    if with_passages {
        let known = old.page(copy.page)?;
        let mut vocabulary = Vocabulary::default();
        let ours = vocabulary.numbers(text);
        let its = vocabulary.numbers_of(&known.words);
        let places: Vec<Span> = words(text).collect();
        let shared = passages(&ours, &its, old.rule().width);
        let shared = shared.into_iter().map(|passage| {
            let span = Span::new(
                places[passage.left.start].start,
                places[passage.left.end - 1].end,
            );
            Shared {
                span: [span.start, span.end],
                words: [passage.right.start, passage.right.end],
                text: span.of(text),
            }
        });
        line.passages = Some(shared.collect());
    }
    line.copy_of = Some(copy.id);
    line.source = copy.source;
    Ok(line)
}
