//! Runs the cleaner on labelled pages and prints what it takes that it should not, and the
//! other way round: one table a set.
//!
//! ```text
//! cargo run --release -p twicetold-evaluate -- lines.jsonl.gz gold.jsonl.gz pages.jsonl.gz
//! cargo run --release -p twicetold-evaluate -- --without cues gold.jsonl.gz
//! ```

mod fit;
mod gold;
mod html;
mod injected;
mod lines;

use clap::{Parser, ValueEnum};
use flate2::read::MultiGzDecoder;
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use twicetold::clean::{CleanRule, Cleaner};

/// Measures the cleaner on labelled pages.
#[derive(Parser, Debug)]
#[command(name = "evaluate", version, after_help = SETS)]
struct Args {
    /// Sets of records, one JSON object a line, plain or gzipped
    #[arg(required = true, value_name = "FILE")]
    sets: Vec<PathBuf>,

    /// Signal that is switched off, to see what it is worth; may be given several times
    #[arg(long, value_enum, value_name = "SIGNAL")]
    without: Vec<Switch>,

    /// Make the weights of markup anew from sets of HTML, and print them
    #[arg(long)]
    fit: bool,

    /// Say parts of texts again, some words edited, and print what of that is found
    #[arg(long)]
    inject: bool,

    /// Print the pages that come out worst, this many
    #[arg(long, value_name = "N", default_value_t = 0)]
    worst: usize,
}

const SETS: &str = "\
What a set is shows in the fields of its first record:
  lines, label   lines of pages, 1 content, 0 boilerplate, null undecided
  html, gold     pages as HTML, and the text a person took out of each
  text           texts that are all content

Token F1 is over multisets of four words in a row, precision and recall a page,
averaged over pages; `doubled` is the same with every page twice, one after the other.";

/// A signal that can be switched off.
#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
enum Switch {
    Repeats,
    Cues,
    Markup,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let mut rule = CleanRule::DEFAULT;
    for switch in &args.without {
        match switch {
            Switch::Repeats => rule.repeats = None,
            Switch::Cues => rule.cues = false,
            Switch::Markup => rule.markup = false,
        }
    }
    let measured = Cleaner::new(rule).map_err(|error| error.to_string());
    let done = measured.and_then(|cleaner| {
        for set in &args.sets {
            let table = measure(set, &cleaner, &args)
                .map_err(|error| format!("{}: {error}", set.display()))?;
            let _ = write!(std::io::stdout(), "{table}");
        }
        Ok(())
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "evaluate: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The table of one set, as Markdown.
fn measure(set: &Path, cleaner: &Cleaner, args: &Args) -> Result<String, String> {
    let records = read(set)?;
    let first = records.first().ok_or("no record")?;
    let name = set.file_name().map_or_else(String::new, |name| {
        name.to_string_lossy().trim_end_matches(".gz").to_owned()
    });
    let worst = args.worst;
    let table = if args.fit {
        html::pages(&records).map(|pages| fit::table(&pages))
    } else if !first["lines"].is_null() {
        lines::table(&records, cleaner, worst)
    } else if !first["html"].is_null() {
        html::table(&records, cleaner, worst)
    } else if !first["text"].is_null() {
        gold::table(&records, cleaner, worst, args.inject)
    } else {
        Err("the first record has neither `lines`, `html` nor `text`; see --help".to_owned())
    }?;
    Ok(format!("\n{name}: {} pages\n\n{table}", records.len()))
}

fn read(set: &Path) -> Result<Vec<Value>, String> {
    let file = || File::open(set).map_err(|error| error.to_string());
    let mut magic = [0; 2];
    let gzipped = file()?.read_exact(&mut magic).is_ok() && magic == [0x1f, 0x8b];
    let lines: Box<dyn BufRead> = match gzipped {
        true => Box::new(BufReader::new(MultiGzDecoder::new(file()?))),
        false => Box::new(BufReader::new(file()?)),
    };
    let records = lines.lines().enumerate().map(|(number, line)| {
        let line = line.map_err(|error| error.to_string())?;
        serde_json::from_str(&line).map_err(|error| format!("line {}: {error}", number + 1))
    });
    records.collect()
}

/// A string field of a record.
fn field<'r>(record: &'r Value, name: &str) -> Result<&'r str, String> {
    let what = || format!("record {}: no `{name}` that is a string", record["id"]);
    record[name].as_str().ok_or_else(what)
}

fn words(text: &str) -> usize {
    twicetold::word::words(text).count()
}

fn percent(part: usize, whole: usize) -> String {
    format!("{:.3} %", 100.0 * part as f64 / whole.max(1) as f64)
}

/// The pages that come out worst, by a figure that is better where it is lower.
fn worst_of(mut pages: Vec<(f64, String)>, most: usize) -> String {
    pages.sort_by(|a, b| b.0.total_cmp(&a.0));
    let rows = pages.iter().take(most);
    let rows: String = rows
        .map(|(figure, page)| format!("{figure:.3} {page}\n"))
        .collect();
    match most {
        0 => String::new(),
        _ => format!("\nthe worst:\n\n{rows}"),
    }
}
