//! `twicetold`: finds what the pages of a corpus say twice, takes it out, and shows the proof.

mod args;
mod commands;
mod config;
mod interrupt;
mod progress;
mod reading;
mod show;
mod threads;

use args::{Cli, Command};
use clap::{CommandFactory, FromArgMatches};
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;
use twicetold_corpus::failure::Failure;

fn main() -> ExitCode {
    hold_off_signals();
    let cli = match parsed(std::env::args_os().collect()) {
        Ok(cli) => cli,
        Err(failure) => return said(&failure),
    };
    let done = match &cli.command {
        Command::Dedup(args) => commands::dedup::run(args),
        Command::Compare(args) => threads::on_all(|| commands::compare::run(args)),
        Command::Explain(args) => threads::on_all(|| commands::explain::run(args)),
        Command::Ledger(args) => threads::on_all(|| commands::ledger::run(args)),
        Command::Restore(args) => threads::on_all(|| commands::restore::run(args)),
        Command::Curve(args) => commands::curve::run(args),
        Command::Index(args) => commands::index::run(args),
        Command::Completions(args) => commands::completions::completions(args, Cli::command()),
        Command::Man(args) => commands::completions::man(args, Cli::command()),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(failure) => said(&failure),
    }
}

/// The command line, over the file of `--config` where one is named.
fn parsed(arguments: Vec<OsString>) -> Result<Cli, Failure> {
    let matches = Cli::command().get_matches_from(&arguments);
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let Command::Dedup(dedup) = &cli.command else {
        return Ok(cli);
    };
    let (Some(path), Some((name, of))) = (&dedup.config, matches.subcommand()) else {
        return Ok(cli);
    };
    let mut command = Cli::command();
    command.build();
    let Some(command) = command.find_subcommand(name) else {
        return Ok(cli);
    };
    let arguments = config::merged(path, command, of, arguments)?;
    let parsed = Cli::command().try_get_matches_from(arguments);
    let parsed = parsed.and_then(|matches| Cli::from_arg_matches(&matches));
    parsed.map_err(|error| {
        let error = error.to_string();
        let why = error.lines().take_while(|line| !line.is_empty());
        let why = why.map(str::trim).collect::<Vec<_>>().join(" ");
        let why = why.strip_prefix("error: ").unwrap_or(&why);
        Failure::usage(format!("{}: {why}", path.display()))
    })
}

/// Where a file would grow beyond `ulimit -f` the write fails and says so, instead of a signal that ends the program
/// without a word. Threads take it over from the one that starts them, so this comes first.
fn hold_off_signals() {
    #[cfg(unix)]
    {
        use nix::sys::signal::{SigSet, Signal};
        let mut held = SigSet::empty();
        held.add(Signal::SIGXFSZ);
        // It fails for no set that can be made; then the system does as it would without.
        let _ = held.thread_block();
    }
}

fn said(failure: &Failure) -> ExitCode {
    if !failure.message.is_empty() {
        say(&format!("twicetold: {}\n", failure.message));
    }
    ExitCode::from(failure.code)
}

/// Words for people. Where nobody listens any more, the run is none the worse.
fn say(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}
