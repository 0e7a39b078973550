//! `twicetold index`: old pages in a file, and whether new ones are copies of them.

mod feed;
mod info;
mod query;

use crate::interrupt;
use crate::progress::{Manner, Screen};
use crate::reading::ReadingArgs;
use crate::say;
use crate::threads;
use clap::{Args, Subcommand};
use feed::{Fed, Feed};
use std::path::{Path, PathBuf};
use twicetold::cluster::Nearness;
use twicetold::index::IndexRule;
use twicetold_corpus::failure::{Failure, code};
use twicetold_corpus::index::{Adder, NewPage, OldPages};
use twicetold_corpus::progress::Progress;

#[derive(Args, Debug)]
pub struct Index {
    #[command(subcommand)]
    command: IndexCommand,
}

#[derive(Subcommand, Debug)]
enum IndexCommand {
    /// Make an index of pages
    #[command(after_help = BUILD)]
    Build(Build),
    /// Add pages to an index
    #[command(after_help = ADD)]
    Add(Add),
    /// Say of each page which old page it is a copy of
    #[command(after_help = query::HELP)]
    Query(query::Query),
    /// What an index was made with, and what it holds
    Info(info::Info),
    /// Read all of an index, and say whether it is what was written
    Verify(Verify),
}

const BUILD: &str = "\
Examples:
  twicetold index build clean --index old.index        the kept pages of a run: `clean` is its output folder
  twicetold index build 2025/*.jsonl.gz --index old.index
  twicetold index build 2025/ --resemblance 0.8 --index old.index

Texts are taken as they are, so give it cleaned pages. Of pages with the same words the first stays. Pages
that share an id stay both, and are told. The file appears when it is whole; its folder needs room for the
pages twice meanwhile.";

const ADD: &str = "\
Examples:
  twicetold index add old.index clean-2026-03
  twicetold index add old.index today.jsonl

The file is written anew and replaced when that is done: who reads it meanwhile has the old one to the end.
One at a time may add.";

#[derive(Args, Debug)]
struct Build {
    /// Folders and files as for `dedup`, or the output folder of a run: its kept pages
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,

    /// The index to make
    #[arg(long, value_name = "FILE", env = "TWICETOLD_INDEX")]
    index: PathBuf,

    /// Make it anew where there is one
    #[arg(long)]
    replace: bool,

    /// Least resemblance of copies, above 0 and at most 1
    #[arg(
        long,
        value_name = "FIGURE",
        default_value_t = Nearness::DEFAULT.resemblance,
        env = "TWICETOLD_RESEMBLANCE"
    )]
    resemblance: f64,

    /// Share of a page that must stand in an old one at most twice as long for it to be a copy, at most 1;
    /// 0 looks at resemblance alone
    #[arg(
        long,
        value_name = "FIGURE",
        default_value_t = 0.9,
        env = "TWICETOLD_CONTAINMENT"
    )]
    containment: f64,

    #[command(flatten)]
    reading: ReadingArgs,

    #[command(flatten)]
    work: Work,
}

#[derive(Args, Debug)]
struct Add {
    /// The index
    #[arg(value_name = "FILE")]
    index: PathBuf,

    /// Folders and files as for `dedup`, or the output folder of a run: its kept pages
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,

    #[command(flatten)]
    reading: ReadingArgs,

    #[command(flatten)]
    work: Work,
}

#[derive(Args, Debug)]
struct Verify {
    /// The index
    #[arg(value_name = "FILE")]
    index: PathBuf,

    #[command(flatten)]
    work: Work,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "The run")]
struct Work {
    /// Worker threads; one per core unless told. The results are the same
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), env = "TWICETOLD_THREADS")]
    threads: Option<u16>,

    /// How progress is told, on standard error
    #[arg(long, value_enum, value_name = "MANNER", default_value_t = Manner::Auto, env = "TWICETOLD_PROGRESS")]
    progress: Manner,

    /// Say nothing but errors
    #[arg(long, short, env = "TWICETOLD_QUIET")]
    quiet: bool,
}

impl Work {
    fn progress(&self) -> Progress {
        Screen::progress(match self.quiet {
            true => Manner::None,
            false => self.progress,
        })
    }

    /// Runs `act` on its own threads.
    fn on_threads<R: Send>(
        &self,
        act: impl FnOnce() -> Result<R, Failure> + Send,
    ) -> Result<R, Failure> {
        threads::pool(self.threads)?.install(act)
    }
}

pub fn run(args: &Index) -> Result<u8, Failure> {
    match &args.command {
        IndexCommand::Build(args) => build(args),
        IndexCommand::Add(args) => add(args),
        IndexCommand::Query(args) => query::run(args),
        IndexCommand::Info(args) => info::run(args),
        IndexCommand::Verify(args) => verify(args),
    }
}

fn build(args: &Build) -> Result<u8, Failure> {
    interrupt::watch()?;
    let rule = IndexRule {
        nearness: Nearness {
            resemblance: args.resemblance,
            containment: Some(args.containment).filter(|least| *least != 0.0),
            ..Nearness::DEFAULT
        },
        ..IndexRule::DEFAULT
    };
    let feed = Feed::new(&args.inputs, &args.reading, Some(&args.index))?;
    let adder = Adder::create(&args.index, &rule, args.replace)?;
    fill(adder, feed, &args.index, &args.work)
}

fn add(args: &Add) -> Result<u8, Failure> {
    interrupt::watch()?;
    let feed = Feed::new(&args.inputs, &args.reading, Some(&args.index))?;
    let adder = Adder::onto(&args.index, None)?;
    fill(adder, feed, &args.index, &args.work)
}

/// Puts the pages of the inputs into an index.
fn fill(adder: Adder, feed: Feed, index: &Path, work: &Work) -> Result<u8, Failure> {
    let progress = work.progress();
    let mut rejected = Rejected::default();
    let before = adder.old().map(OldPages::counts).unwrap_or_default();
    let counts = work.on_threads(|| {
        let mut adder = adder;
        progress.stage("reading", None);
        for fed in feed {
            let fed = fed?;
            progress.add(fed.len() as u64);
            let mut pages = Vec::with_capacity(fed.len());
            for entry in &fed {
                match entry {
                    Fed::Page { id, source, text } => pages.push(NewPage {
                        id,
                        source: source.as_deref(),
                        text,
                    }),
                    Fed::Rejected { error, .. } => rejected.add(error),
                }
            }
            adder.add(&pages).map_err(Failure::run)?;
        }
        progress.stage("writing", None);
        let counts = adder.finish()?;
        progress.add(counts.pages);
        Ok(counts)
    });
    progress.clear();
    let all = counts?;
    let came = all.since(&before);
    if !work.quiet {
        say(&rejected.for_people());
        say(&format!(
            "{} given: {} taken in{}{}\n{} in {}\n",
            pages(came.given),
            came.pages,
            and(
                came.same,
                "left out, with the same words as an earlier page"
            ),
            and(came.wordless, "left out, without a word"),
            pages(all.pages),
            index.display()
        ));
        if came.equal_ids > 0 {
            say(&format!(
                "note: {} the id of an earlier one and other words; both stay, under one id\n",
                have(came.equal_ids)
            ));
        }
        if came.given == 0 {
            say("note: no pages found: the inputs hold no page and no record\n");
        }
    }
    Ok(rejected.code())
}

fn verify(args: &Verify) -> Result<u8, Failure> {
    let progress = args.work.progress();
    let old = OldPages::open_any(&args.index)?;
    progress.stage("verifying", Some(old.counts().pages));
    let checked = args.work.on_threads(|| {
        old.verify(|pages| progress.add(pages))
            .map_err(Failure::run)
    });
    progress.clear();
    checked?;
    if !args.work.quiet {
        let pages = pages(old.counts().pages);
        say(&format!("{}: sound, {pages}\n", args.index.display()));
    }
    Ok(0)
}

/// Records that could not be read.
#[derive(Default)]
struct Rejected {
    number: u64,
    /// What is said of the first.
    errors: Vec<String>,
}

/// Rejected records that are said at the end.
const SHOWN: usize = 5;

impl Rejected {
    fn add(&mut self, error: &str) {
        self.number += 1;
        if self.errors.len() < SHOWN {
            self.errors.push(error.to_owned());
        }
    }

    fn for_people(&self) -> String {
        let mut text = String::new();
        if self.number > 0 {
            text.push_str(&match self.number {
                1 => "1 record rejected\n".to_owned(),
                number => format!("{number} records rejected\n"),
            });
        }
        for error in &self.errors {
            text.push_str(&format!("  {error}\n"));
        }
        let more = self.number - self.errors.len() as u64;
        if more > 0 {
            text.push_str(&format!("  ... and {more} more\n"));
        }
        text
    }

    fn code(&self) -> u8 {
        if self.number == 0 { 0 } else { code::DOUBTS }
    }
}

fn pages(number: u64) -> String {
    match number {
        1 => "1 page".to_owned(),
        _ => format!("{number} pages"),
    }
}

fn have(number: u64) -> String {
    let verb = if number == 1 { "has" } else { "have" };
    format!("{} {verb}", pages(number))
}

/// `, 3 ...` where there are some.
fn and(number: u64, what: &str) -> String {
    match number {
        0 => String::new(),
        _ => format!(", {number} {what}"),
    }
}
