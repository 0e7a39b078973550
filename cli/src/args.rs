//! The command line.

use crate::commands::index::Index;
use crate::commands::{compare, completions, explain, ledger, restore};
use crate::progress::Manner;
use crate::reading::{ReadingArgs, size};
use clap::{Args, Parser, Subcommand};
use std::path::{Path, PathBuf};
use twicetold_corpus::format::Reading;
use twicetold_corpus::results::asked::{Asked, Format, Pack};
use twicetold_corpus::run::{self, Job, Out};
use twicetold_corpus::settings::{Across, KeepRule};
use twicetold_corpus::store::pages::Protected;

/// Finds what the pages of a corpus say twice, takes it out, and shows the proof.
#[derive(Parser, Debug)]
#[command(name = "twicetold", version, propagate_version = true, after_help = CODES)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

const CODES: &str = "\
Exit codes: 0 done; 1 failed; 2 wrong usage; 3 done, but some records were rejected or had an
id that was taken, or an alarm fired; 130 interrupted (dedup --resume goes on).";

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Clean and deduplicate pages
    #[command(after_help = DEDUP)]
    Dedup(Box<Dedup>),
    /// Why two texts are similar: figures, and the passages that both have
    #[command(after_help = compare::HELP)]
    Compare(compare::Compare),
    /// What became of a page, and why
    #[command(after_help = explain::HELP)]
    Explain(explain::Explain),
    /// Read what a run wrote down, and hold it against itself
    Ledger(ledger::Ledger),
    /// The originals, from the output folder of a run alone
    #[command(after_help = restore::HELP)]
    Restore(restore::Restore),
    /// How likely pairs of each resemblance are met: bands and the S-curve of some settings
    Curve(Curve),
    /// Old pages in a file, and whether new ones are copies of them
    Index(Box<Index>),
    /// A script with which a shell completes commands and flags
    #[command(after_help = completions::COMPLETIONS)]
    Completions(completions::Completions),
    /// Man pages, one for each command
    #[command(after_help = completions::MAN)]
    Man(completions::Man),
}

const DEDUP: &str = "\
Examples:
  twicetold dedup crawl/ --out clean                 a folder of .txt and .html files; its subfolders are the sites
  twicetold dedup news.jsonl.gz --out clean          records with `id` and `text`, packed or not
  twicetold dedup 2026/*.jsonl --text-field body --id-field meta.key --out clean
  zcat news.gz | twicetold dedup - --out clean       records from another program
  twicetold dedup news.jsonl --out - | gzip > clean.gz   kept records to another program
  twicetold dedup news.warc.gz --to parquet --out clean  a table of the kept pages
  twicetold dedup today.jsonl --against old.index --add --out today   no copies of what was there before
  twicetold dedup huge/ --memory 2GiB --out clean --resume   goes on where an earlier run was stopped
  twicetold dedup crawl/ --dry-run                   only the summary

In the output folder: pages.jsonl (every kept page, cleaned), pages/ (kept .txt and .html pages),
removed.jsonl (copies, whole), ledger.jsonl (what became of each input), removals.jsonl (every finding
inside a page, with the removed text and its proof), related.jsonl (pairs of kept pages that have
much in common), summary.json.

Values are also taken from the environment (TWICETOLD_RESEMBLANCE for --resemblance) and from the
file of --config, in which each key is a flag: resemblance = 0.8. Flags win over the environment, and
that over the file.";

#[derive(Args, Debug)]
pub struct Dedup {
    /// Folders and files: .txt and .html (one page each), .jsonl, .parquet, .warc and .wet (records); plain,
    /// .gz or .zst; - is stdin
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,

    /// Folder for the results; made if missing, never inside or around an input; - writes the kept pages to
    /// stdout as lines of JSON, and nothing else
    #[arg(long, value_name = "DIR", env = "TWICETOLD_OUT")]
    pub out: Option<PathBuf>,

    /// Write nothing but the summary
    #[arg(long)]
    pub dry_run: bool,

    /// Index of old pages (`twicetold index`): copies of them are removed too
    #[arg(long, value_name = "INDEX", env = "TWICETOLD_AGAINST")]
    pub against: Option<PathBuf>,

    /// Take the kept pages into the index of --against, which is made if missing
    #[arg(long, requires = "against", conflicts_with = "dry_run")]
    pub add: bool,

    /// Go on with a run of the same command that was stopped, where it was; start where there is none
    #[arg(long, conflicts_with = "dry_run")]
    pub resume: bool,

    /// Write what was learned of each source of three pages or more, for later runs with --templates
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    pub save_templates: Option<PathBuf>,

    /// File of settings: each key is a flag
    #[arg(long, value_name = "FILE", env = "TWICETOLD_CONFIG")]
    pub config: Option<PathBuf>,

    #[command(flatten)]
    pub reading: ReadingArgs,

    #[command(flatten)]
    pub rules: Rules,

    #[command(flatten)]
    pub writing: WritingArgs,

    #[command(flatten)]
    pub machine: Machine,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Rules")]
pub struct Rules {
    /// Least resemblance of near-duplicates, above 0 and at most 1
    #[arg(
        long,
        value_name = "FIGURE",
        default_value_t = 0.7,
        env = "TWICETOLD_RESEMBLANCE"
    )]
    pub resemblance: f64,

    /// Share of a page that must stand in one at most twice as long for it to be a copy, at most 1; 0
    /// looks at resemblance alone
    #[arg(
        long,
        value_name = "FIGURE",
        default_value_t = 0.9,
        env = "TWICETOLD_CONTAINMENT"
    )]
    pub containment: f64,

    /// Which page of a cluster stays
    #[arg(long, value_enum, default_value_t = KeepRule::Longest, env = "TWICETOLD_KEEP")]
    pub keep: KeepRule,

    /// Page that is never removed, by its id; may be given several times
    #[arg(long, value_name = "ID")]
    pub protect: Vec<String>,

    /// Source whose pages are never removed; may be given several times
    #[arg(long, value_name = "NAME")]
    pub protect_source: Vec<String>,

    /// What becomes of passages that stand on several kept pages
    #[arg(long, value_enum, default_value_t = Across::Note, env = "TWICETOLD_ACROSS")]
    pub across: Across,

    /// Least resemblance of related pairs to look for (they are only reported); unless told, those met on the way to copies
    #[arg(long, value_name = "FIGURE", env = "TWICETOLD_NET")]
    pub net: Option<f64>,

    /// Take out citation marks like "Reuters4", not only note them
    #[arg(long, env = "TWICETOLD_STRIP_CITATIONS")]
    pub strip_citations: bool,

    /// Templates of an earlier run: pages of its sources are cleaned by them, those of others by what is learned
    #[arg(long, value_name = "FILE", env = "TWICETOLD_TEMPLATES")]
    pub templates: Option<PathBuf>,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "The run")]
pub struct Machine {
    /// Worker threads; one per core unless told. The results are the same
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), env = "TWICETOLD_THREADS")]
    pub threads: Option<u16>,

    /// Memory to take; the program itself and the pages in work at once come on top, less than 256 MiB. The
    /// results are the same
    #[arg(long, value_name = "SIZE", default_value = "4GiB", value_parser = size, env = "TWICETOLD_MEMORY")]
    pub memory: u64,

    /// Folder for what is too much for memory; the output folder unless told
    #[arg(long, value_name = "DIR", env = "TWICETOLD_SCRATCH")]
    pub scratch: Option<PathBuf>,

    /// Start even where the disk seems to have too little room
    #[arg(long, env = "TWICETOLD_NO_SPACE_CHECK")]
    pub no_space_check: bool,

    /// How progress is told, on standard error
    #[arg(long, value_enum, value_name = "MANNER", default_value_t = Manner::Auto, env = "TWICETOLD_PROGRESS")]
    pub progress: Manner,

    /// Say nothing but errors
    #[arg(long, short, env = "TWICETOLD_QUIET")]
    pub quiet: bool,
}

#[derive(Args, Debug)]
pub struct Curve {
    /// Least resemblance of near-duplicates, above 0 and at most 1
    #[arg(long, value_name = "FIGURE", default_value_t = 0.7)]
    pub resemblance: f64,

    /// Least resemblance of related pairs to look for
    #[arg(long, value_name = "FIGURE")]
    pub net: Option<f64>,

    /// As JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Args, Debug, Clone, Copy, Default)]
#[command(next_help_heading = "Writing")]
pub struct WritingArgs {
    /// Form of all kept pages, instead of that of each input
    #[arg(long, value_enum, value_name = "FORMAT", env = "TWICETOLD_TO")]
    pub to: Option<Format>,

    /// Pack the .jsonl and .wet files of the results
    #[arg(long, value_enum, value_name = "HOW", env = "TWICETOLD_PACK")]
    pub pack: Option<Pack>,
}

impl From<WritingArgs> for Asked {
    fn from(args: WritingArgs) -> Self {
        Asked {
            to: args.to,
            pack: args.pack,
        }
    }
}

impl From<&Dedup> for Job {
    fn from(args: &Dedup) -> Self {
        let rules = &args.rules;
        Job {
            inputs: args.inputs.clone(),
            out: match &args.out {
                Some(_) if !args.dry_run && args.is_to_stdout() => Out::Stdout,
                Some(out) if !args.dry_run => Out::Folder(out.clone()),
                _ => Out::Nowhere,
            },
            reading: Reading::from(&args.reading),
            source: args.reading.source.clone(),
            rules: run::Rules {
                resemblance: rules.resemblance,
                containment: rules.containment,
                keep: rules.keep,
                protected: Protected {
                    ids: rules.protect.clone(),
                    sources: rules.protect_source.clone(),
                },
                across: rules.across,
                net: rules.net,
                strip_citations: rules.strip_citations,
            },
            asked: args.writing.into(),
            templates: rules.templates.clone(),
            save_templates: args.save_templates.clone(),
            against: args.against.clone(),
            add: args.add,
            resume: args.resume,
            memory: args.machine.memory,
            scratch: args.machine.scratch.clone(),
            checks_space: !args.machine.no_space_check,
        }
    }
}

impl Dedup {
    /// Whether kept pages go to standard output.
    pub fn is_to_stdout(&self) -> bool {
        self.out.as_deref() == Some(Path::new("-"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
