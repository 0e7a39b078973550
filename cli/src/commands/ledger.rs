//! `twicetold ledger verify`: the accounting of an output folder, done again.

use crate::progress::Screen;
use crate::show::{self, FAINT, GONE, HEAD, paint};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::PathBuf;
use twicetold_corpus::failure::{Failure, code};
use twicetold_corpus::oneline::line;
use twicetold_corpus::results::Folder;
use twicetold_corpus::results::faults::Faults;
use twicetold_corpus::results::verify::{Checked, verify};

#[derive(Args, Debug)]
pub struct Ledger {
    #[command(subcommand)]
    pub command: LedgerCommand,
}

#[derive(Subcommand, Debug)]
pub enum LedgerCommand {
    /// Do the accounting of an output folder again, from its files alone
    #[command(after_help = VERIFY)]
    Verify(Verify),
}

const VERIFY: &str = "\
Examples:
  twicetold ledger verify clean
  twicetold ledger verify clean --json | jq .fault_count

Looks whether
- every row of ledger.jsonl has its record, in order, in pages.jsonl, removed.jsonl or the
  tables, no record is without a row, and the counts of summary.json are those of the files;
- every page is rebuilt by what was taken out of it: spans in order and disjoint, texts as long
  as their spans, the checksum of the whole text as the ledger has it;
- every keeper is kept, and what a removal says stays does stay;
- resemblance and containment of every removed page, counted again, are those of the ledger to
  six decimals, as are the figures of related.jsonl;
- files in pages/ and records of pages.wet say what pages.jsonl says.

Other fields of records have no checksum: whether they are as they were is not known.

Exit codes: 0 all of it holds; 1 something does not, or cannot be read; 2 no output folder of
a run.";

#[derive(Args, Debug)]
pub struct Verify {
    /// The output folder of a run
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,

    /// Faults that are told one by one; all are counted
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub most: usize,

    /// As JSON
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Ledger) -> Result<u8, Failure> {
    let LedgerCommand::Verify(args) = &args.command;
    let folder = Folder::open(&args.dir)?;
    let mut faults = Faults::new(args.most);
    let progress = Screen::on_terminal(args.json);
    let checked = verify(&folder, &mut faults, &progress);
    progress.clear();
    let checked = checked.map_err(Failure::run)?;
    show::out(&match args.json {
        true => format!(
            "{}\n",
            json!({
                "folder": args.dir.display().to_string(),
                "whole": faults.count == 0,
                "checked": checked,
                "fault_count": faults.count,
                "faults": faults.first,
            })
        ),
        false => for_people(args, &checked, &faults),
    })?;
    Ok(match faults.count {
        0 => 0,
        _ => code::FAILED,
    })
}

fn for_people(args: &Verify, checked: &Checked, faults: &Faults) -> String {
    let mut text = format!("{}\n", paint(HEAD, args.dir.display()));
    let mut tell = |number: u64, what: &str| {
        text.push_str(&format!("  {number:>9} {what}\n"));
    };
    tell(
        checked.inputs,
        "records of the input in the ledger, each once",
    );
    tell(checked.kept, "kept");
    tell(
        checked.removed - checked.of_indexes,
        "removed, compared with their keepers again",
    );
    if checked.of_indexes > 0 {
        tell(
            checked.of_indexes,
            "removed as copies of pages of an index, which are not compared again",
        );
    }
    tell(checked.rejected, "rejected");
    tell(
        checked.pages_cleaned,
        "rebuilt by what was taken out of them",
    );
    tell(
        checked.findings,
        "findings, in order and inside their texts",
    );
    tell(
        checked.twins,
        "of them with a twin on another page, which is kept",
    );
    tell(checked.related_pairs, "related pairs, compared again");
    if checked.files > 0 {
        tell(checked.files, "files of kept pages");
    }
    let pages = checked.kept + checked.removed;
    if checked.checksums < pages {
        let without = pages - checked.checksums;
        text.push_str(&format!(
            "{without} pages have no checksum in the ledger (an older run wrote it): a byte that changed is not seen there\n"
        ));
    }
    if faults.count == 0 {
        text.push_str("all of it holds\n");
        return text;
    }
    for fault in &faults.first {
        text.push_str(&format!(
            "{} {}\n",
            paint(GONE, "fault"),
            line(&fault.to_string(), 400)
        ));
    }
    let more = faults.count - faults.first.len() as u64;
    if more > 0 {
        text.push_str(&paint(
            FAINT,
            format!("... and {more} more; --most shows more of them"),
        ));
        text.push('\n');
    }
    let faults = match faults.count {
        1 => "1 fault".to_owned(),
        count => format!("{count} faults"),
    };
    text.push_str(&format!("{faults}: this folder is not what a run wrote\n"));
    text
}
