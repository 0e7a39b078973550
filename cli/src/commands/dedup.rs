//! `twicetold dedup`: the main job.

use crate::args::Dedup;
use crate::interrupt;
use crate::progress::{Manner, Screen};
use crate::say;
use crate::threads;
use std::path::Path;
use twicetold_corpus::failure::{Failure, code};
use twicetold_corpus::progress::Event;
use twicetold_corpus::results::asked::Asked;
use twicetold_corpus::run::{Job, Out, run as run_job};

pub fn run(args: &Dedup) -> Result<u8, Failure> {
    interrupt::watch()?;
    if args.out.is_none() && !args.dry_run {
        return Err(Failure::usage(
            "--out is missing: --out DIR names a folder for the results, --out - is standard output; --dry-run \
             needs none",
        ));
    }
    let asked = Asked::from(args.writing);
    asked.check(args.is_to_stdout()).map_err(Failure::usage)?;
    let pool = threads::pool(args.machine.threads)?;
    let job = Job::from(args);
    let quiet = args.machine.quiet;
    let reads_stdin = args.inputs.iter().any(|input| input == Path::new("-"));
    let manner = if quiet {
        Manner::None
    } else {
        args.machine.progress
    };
    let progress = Screen::progress_after(manner, move |event| {
        if let (Event::Opened { dropped, after }, false) = (event, quiet) {
            tell(dropped, after, reads_stdin);
        }
    });
    let done = pool.install(|| run_job(&job, &progress))?;
    if !quiet {
        say(&done.said);
        say(&match &job.out {
            Out::Folder(out) => format!("\nwritten to {}\n", out.display()),
            Out::Nowhere => "\nnothing written (--dry-run)\n".to_owned(),
            Out::Stdout => String::new(),
        });
    }
    Ok(if done.all_well { 0 } else { code::DOUBTS })
}

/// What was found of an earlier run.
fn tell(dropped: bool, after: Option<&str>, reads_stdin: bool) {
    if dropped {
        say(
            "a run that was stopped here is dropped; --resume goes on with one of the same command\n",
        );
    } else if let Some(after) = after {
        say(&format!(
            "going on with the run that was stopped after {after}{}\n",
            match reads_stdin {
                false => "",
                true => "; what it read from standard input is not read again",
            }
        ));
    }
}
