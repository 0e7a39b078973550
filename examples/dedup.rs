//! Cleans and deduplicates a pile of scraped pages: the main job, as a program of its own over the library
//! `twicetold-corpus`. The program `twicetold` is the same with every option.
//!
//! ```text
//! cargo run --release --example dedup -- examples/pages --out out
//! ```

use std::io::{self, Write};
use std::process::ExitCode;
use twicetold_corpus::failure::{Failure, code};
use twicetold_corpus::progress::Progress;
use twicetold_corpus::run::{Job, Out, run};

fn main() -> ExitCode {
    let (said, code) = match asked().and_then(|job| run(&job, &Progress::silent())) {
        Ok(done) if done.all_well => (done.said, 0),
        Ok(done) => (done.said, code::DOUBTS),
        Err(failure) => (format!("dedup: {}\n", failure.message), failure.code),
    };
    // Where nobody listens any more, the run is none the worse.
    let _ = io::stderr().write_all(said.as_bytes());
    ExitCode::from(code)
}

/// `INPUT... [--out DIR]`: folders, .txt, .html and .jsonl files; without a folder only the summary is shown.
fn asked() -> Result<Job, Failure> {
    let mut job = Job::default();
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some("--out") => match arguments.next() {
                Some(folder) => job.out = Out::Folder(folder.into()),
                None => return Err(Failure::usage("--out DIR: the folder is missing")),
            },
            Some(flag) if flag.starts_with('-') => {
                return Err(Failure::usage(format!("no flag {flag}; only --out DIR")));
            }
            _ => job.inputs.push(argument.into()),
        }
    }
    match job.inputs.is_empty() {
        true => Err(Failure::usage("usage: dedup INPUT... [--out DIR]")),
        false => Ok(job),
    }
}
