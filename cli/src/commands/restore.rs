//! `twicetold restore`: the originals, from an output folder alone.

use crate::progress::Screen;
use crate::say;
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};
use twicetold_corpus::failure::{Failure, code};
use twicetold_corpus::results::Folder;
use twicetold_corpus::results::restore::{Counts, restore};

pub const HELP: &str = "\
Examples:
  twicetold restore clean --out originals

In the new folder, in the order of the input: pages that were files under their ids (made
safe as paths), records.jsonl (records of JSON), records.parquet (rows of tables, with all
columns; records-2.parquet and so on where inputs differed in theirs), records.wet (pages of
archives, as texts).

What was never kept cannot come back: charsets (all is UTF-8), byte order marks, the kind of
line ends between records, blank lines, which file a record came from, the HTML and the
headers of archives, how the text of a record was escaped where something was taken out of
it, and records that were rejected, which are counted. Every text is held against its
checksum in the ledger before it is written.

Exit codes: 0 done; 1 failed, also where the folder is damaged: then nothing is written;
2 wrong usage.";

#[derive(Args, Debug)]
pub struct Restore {
    /// The output folder of a run
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,

    /// Folder for the originals; made, or empty
    #[arg(long, value_name = "NEW")]
    pub out: PathBuf,

    /// Say nothing but errors
    #[arg(long, short, env = "TWICETOLD_QUIET")]
    pub quiet: bool,
}

pub fn run(args: &Restore) -> Result<u8, Failure> {
    let folder = Folder::open(&args.dir)?;
    let out = &args.out;
    check(&args.dir, out)?;
    let parent = std::path::absolute(out).map_err(Failure::at(out))?;
    let parent = parent.parent().unwrap_or(&parent).to_owned();
    fs::create_dir_all(&parent).map_err(Failure::at(&parent))?;
    // Beside its place, so that it can be renamed into it.
    let hidden = tempfile::Builder::new()
        .prefix(".twicetold-")
        .tempdir_in(&parent)
        .map_err(Failure::at(&parent))?;
    let at = hidden.path().to_owned();
    let watching = ctrlc::set_handler(move || {
        let _ = fs::remove_dir_all(&at);
        say("\ntwicetold: interrupted; nothing was written\n");
        std::process::exit(code::INTERRUPTED.into());
    });
    watching.map_err(|error| Failure::run(format!("cannot watch for Ctrl-C: {error}")))?;
    let made = hidden.path().join("out");
    fs::create_dir(&made).map_err(Failure::at(&made))?;
    let progress = Screen::on_terminal(args.quiet);
    let counts = restore(&folder, &made, &progress);
    progress.clear();
    let counts = counts?;
    // A folder is renamed over an empty one on some systems only.
    if out.exists() {
        fs::remove_dir(out).map_err(Failure::at(out))?;
    }
    fs::rename(&made, out).map_err(Failure::at(out))?;
    if !args.quiet {
        say(&for_people(&counts, out));
    }
    Ok(0)
}

fn check(dir: &Path, out: &Path) -> Result<(), Failure> {
    let taken = match fs::read_dir(out) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(Failure::usage(format!("--out {}: {error}", out.display()))),
    };
    if taken {
        return Err(Failure::usage(format!(
            "--out {} is not empty; choose a new folder",
            out.display()
        )));
    }
    let real = fs::canonicalize(dir).map_err(Failure::at(dir))?;
    let absolute = std::path::absolute(out).map_err(Failure::at(out))?;
    let inside = absolute
        .ancestors()
        .any(|folder| fs::canonicalize(folder).is_ok_and(|folder| folder == real));
    match inside {
        true => Err(Failure::usage(format!(
            "--out {} lies inside {}; choose a folder apart from it",
            out.display(),
            dir.display()
        ))),
        false => Ok(()),
    }
}

fn for_people(counts: &Counts, out: &Path) -> String {
    let mut text = String::new();
    for (number, what) in [
        (counts.files, "files"),
        (counts.records, "records of JSON, in records.jsonl"),
        (counts.rows, "rows of tables, in records.parquet"),
        (
            counts.archived,
            "pages of archives as texts, in records.wet",
        ),
    ] {
        if number > 0 {
            text.push_str(&format!("  {number:>9} {what}\n"));
        }
    }
    if counts.rejected > 0 {
        text.push_str(&format!(
            "  {:>9} records had been rejected: there is nothing of them but their rows in ledger.jsonl\n",
            counts.rejected
        ));
    }
    if counts.unchecked > 0 {
        text.push_str(&format!(
            "  {:>9} texts have no checksum in the ledger (an older run wrote it): they were not held against it\n",
            counts.unchecked
        ));
    }
    text + &format!("restored to {}\n", out.display())
}
