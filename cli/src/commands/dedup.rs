//! `twicetold dedup`: the main job.

mod known;

use crate::args::{Dedup, Rules};
use crate::interrupt::watch as watch_signals;
use crate::progress::{Manner, Screen};
use crate::say;
use crate::threads;
use known::Known;
use serde_json::{Value, json};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;
use twicetold::Deduplicator;
use twicetold::clean::CleanRule;
use twicetold::word::FORMAT_VERSION;
use twicetold_corpus::failure::{Failure, code};
use twicetold_corpus::format::{self, Argument, Input, Reading};
use twicetold_corpus::interrupt;
use twicetold_corpus::results::asked::Asked;
use twicetold_corpus::results::folder;
use twicetold_corpus::results::summary::Summary;
use twicetold_corpus::results::sums::{self, Summing};
use twicetold_corpus::results::write::Writer;
use twicetold_corpus::settings::Settings;
use twicetold_corpus::store::Run;
use twicetold_corpus::store::budget::Budget;
use twicetold_corpus::store::pages::{Pages, Protected};
use twicetold_corpus::store::space;
use twicetold_corpus::store::spool::{keep, kept};
use twicetold_corpus::store::workspace::{self, Ending, START_OVER, Stage, Workspace};
use xxhash_rust::xxh3::xxh3_64;

/// What is to be done where nothing is left of a run.
const AGAIN: &str = "when that is mended, run it again";

/// The checksum of what came through standard input.
const STDIN_SUM: &str = "stdin-sum";

/// What is left of a run, and how to go on with it.
const GO_ON: &str = "the same command with --resume goes on where this one was";

pub fn run(args: &Dedup) -> Result<u8, Failure> {
    watch_signals()?;
    let deduplicator = deduplicator(&args.rules)?;
    if args.out.is_none() && !args.dry_run {
        return Err(Failure::usage(
            "--out is missing: --out DIR names a folder for the results, --out - is standard output; --dry-run \
             needs none",
        ));
    }
    let stdout = to_stdout(args);
    Asked::from(args.writing)
        .check(stdout)
        .map_err(Failure::usage)?;
    if stdout && args.resume {
        return Err(Failure::usage(
            "--resume needs a folder: what is done of a run to --out - goes with it",
        ));
    }
    let out = args.out.as_deref().filter(|_| !args.dry_run && !stdout);
    let real_out = match out {
        Some(out) => {
            let ours = workspace::is_publishing(out)?;
            Some(folder::check(out, &args.inputs, ours)?)
        }
        None => None,
    };
    let named = args.inputs.iter().filter(|input| is_named(input));
    for input in named {
        format::check(input, real_out.as_deref())?;
    }
    if args.inputs.iter().filter(|input| !is_named(input)).count() > 1 {
        return Err(Failure::usage(
            "- stands twice; standard input can be read once",
        ));
    }
    let known = Known::of(args, real_out.as_deref())?;
    let pool = threads::pool(args.machine.threads)?;
    let scratch = args.machine.scratch.as_deref();
    let mut work = match out {
        Some(out) => {
            let publish = |results: &Path, names: &[String]| {
                interrupt::whole(|| folder::publish(results, names, out))
            };
            let (mut work, dropped) =
                Workspace::open(out, scratch, identity(args)?, args.resume, publish)?;
            let index = known.pages.as_ref().map(|against| against.pages.identity());
            work.same_index(index)?;
            tell(args, work.done(), dropped);
            work
        }
        None => Workspace::temporary(scratch)?,
    };
    watch(&work, stdout);
    if !args.machine.no_space_check && work.done().is_none() {
        let named = args.inputs.iter().filter(|input| is_named(input));
        let named: Vec<PathBuf> = named.cloned().collect();
        let room = space::check(&named, out.unwrap_or(work.scratch()), work.scratch());
        if let Err(failure) = room {
            work.end()?;
            return Err(failure);
        }
    }
    let done = pool.install(|| all(args, &deduplicator, &known, out, &mut work));
    interrupt::whole(|| match done {
        Ok(code) => work.end().map(|()| code),
        Err(failure) if work.can_go_on() => match failure.message.ends_with(START_OVER) {
            true => Err(failure),
            false => Err(Failure {
                message: format!("{}; {GO_ON}", failure.message),
                ..failure
            }),
        },
        Err(failure) => {
            // What failed is said; that its rest could not be taken away would only hide it.
            let is_temporary = work.is_temporary();
            let _ = work.end();
            Err(match failure.code {
                code::FAILED if !is_temporary => Failure {
                    message: format!("{}; nothing was written: {AGAIN}", failure.message),
                    ..failure
                },
                _ => failure,
            })
        }
    })
}

/// All stages that are not done.
fn all(
    args: &Dedup,
    deduplicator: &Deduplicator,
    known: &Known,
    out: Option<&Path>,
    work: &mut Workspace,
) -> Result<u8, Failure> {
    match (work.ending(), out) {
        // Of a run that was stopped behind its last stage; what lay there meanwhile is looked at once more.
        (Some(_), Some(out)) => folder::check_whole(&work.results(), out)?,
        _ => {
            let ending = process(args, deduplicator, known, work)?;
            work.results_are_whole(ending)?;
        }
    }
    let Some(ending) = work.ending() else {
        return Err(Failure::run("the run has no end"));
    };
    if let Some(path) = &args.save_templates {
        known::save_templates(path, Run::learned(work)?, &known.templates)?;
    }
    if let Some(out) = out {
        interrupt::whole(|| folder::publish(&work.results(), &ending.names, out))?;
    }
    if let (true, Some(index)) = (args.add, &args.against) {
        // Last, and what was taken in already is not taken in again: a run that is stopped here goes on.
        known::add(work, index, &args.rules).map_err(|failure| Failure {
            message: format!(
                "the results are written, but the index is not: {}",
                failure.message
            ),
            code: code::FAILED,
        })?;
    }
    if !args.machine.quiet {
        say(&ending.said);
        say(&match out {
            Some(out) => format!("\nwritten to {}\n", out.display()),
            None if args.dry_run => "\nnothing written (--dry-run)\n".to_owned(),
            None => String::new(),
        });
    }
    Ok(ending.code)
}

/// Makes the results, apart.
fn process(
    args: &Dedup,
    deduplicator: &Deduplicator,
    known: &Known,
    work: &mut Workspace,
) -> Result<Ending, Failure> {
    let started = Instant::now();
    let progress = Screen::progress(match args.machine.quiet {
        true => Manner::None,
        false => args.machine.progress,
    });
    let reading = Reading::from(&args.reading);
    let source = args.reading.source.as_deref();
    let stdin = work.file("stdin");
    let inputs: Vec<Argument> = args
        .inputs
        .iter()
        .map(|input| match is_named(input) {
            true => input.clone().into(),
            false => Argument::stdin(stdin.clone()),
        })
        .collect();
    let pages = match work.has(Stage::Reading) {
        true => {
            if !args.inputs.iter().all(|input| is_named(input)) {
                let expected: String = kept(work.file(STDIN_SUM)).map_err(Failure::run)?;
                if sums::of_file(&stdin).map_err(Failure::run)?.checksum != expected {
                    return Err(Failure::run(workspace::damaged(&stdin)));
                }
            }
            Pages::open(work).map_err(Failure::run)?
        }
        false => {
            if !args.inputs.iter().all(|input| is_named(input)) {
                let sum = store_stdin(&stdin)?;
                keep(work.file(STDIN_SUM), &sum).map_err(Failure::run)?;
            }
            let protected = Protected {
                ids: args.rules.protect.clone(),
                sources: args.rules.protect_source.clone(),
            };
            let input = Input::new(inputs.clone(), reading.clone());
            let pages = Pages::read(input, work, source, &protected, &progress);
            let pages = pages.map_err(Failure::run)?;
            // From here on a stop takes nothing away; said before it is so, or the two could meet.
            if !work.is_temporary() {
                interrupt::leave(Vec::new(), GO_ON);
            }
            work.finish(Stage::Reading)?;
            pages
        }
    };
    let read = started.elapsed();
    let budget = Budget(args.machine.memory);
    budget.check(pages.len())?;
    let run = Run {
        deduplicator,
        pages: &pages,
        known: &known.templates,
        against: known.pages.as_ref(),
        budget,
        progress: &progress,
    };
    let outcome = run.outcome(work)?;
    let processed = started.elapsed() - read;

    let results = work.results();
    match fs::remove_dir_all(&results) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(Failure::at(&results)(error));
        }
        _ => {}
    }
    fs::create_dir(&results).map_err(Failure::at(&results))?;
    let index = known.pages.as_ref().map(|against| &against.name[..]);
    let mut writer = match to_stdout(args) && !args.dry_run {
        true => Writer::to_stdout(&results, args.writing.into(), index)?,
        false => Writer::create(&results, args.writing.into(), index)?,
    };
    let again = Input::new(inputs, reading);
    writer.records(again, source, &pages, &outcome, &progress)?;
    progress.clear();
    let times = [read, processed];
    let banding = deduplicator.banding();
    let summary = Summary::new(
        &Settings::from(args),
        &pages,
        &outcome,
        &mut writer,
        banding,
        times,
    );
    let summary = summary.map_err(Failure::run)?;
    writer.finish(&outcome, &pages, summary.json())?;
    folder::sync(&results)?;
    Ok(Ending {
        names: folder::names(&results)?,
        said: summary.for_people(),
        code: if summary.all_well() { 0 } else { code::DOUBTS },
    })
}

/// Whether kept pages go to standard output.
fn to_stdout(args: &Dedup) -> bool {
    args.out.as_deref() == Some(Path::new("-"))
}

/// Whether an input is another than standard input.
fn is_named(input: &Path) -> bool {
    input != Path::new("-")
}

/// What a stop leaves: nothing, as long as nothing is done.
fn watch(work: &Workspace, stdout: bool) {
    match (work.can_go_on(), stdout) {
        (true, _) => interrupt::leave(Vec::new(), GO_ON),
        (false, true) => interrupt::leave(work.folders(), "not all was written"),
        (false, false) => interrupt::leave(work.folders(), "nothing was written"),
    }
}

/// What was found of an earlier run.
fn tell(args: &Dedup, done: Option<Stage>, dropped: bool) {
    if args.machine.quiet {
        return;
    }
    if dropped {
        say(
            "a run that was stopped here is dropped; --resume goes on with one of the same command\n",
        );
    } else if let Some(done) = done {
        say(&format!(
            "going on with the run that was stopped after {}{}\n",
            done.name(),
            match args.inputs.iter().all(|input| is_named(input)) {
                true => "",
                false => "; what it read from standard input is not read again",
            }
        ));
    }
}

/// What the results depend on.
fn identity(args: &Dedup) -> Result<Value, Failure> {
    let mut inputs = serde_json::Map::new();
    for input in args.inputs.iter().filter(|input| is_named(input)) {
        inputs.insert(input.display().to_string(), format::state(input).into());
    }
    let templates = match &args.rules.templates {
        Some(path) => Some(checksum(&fs::read(path).map_err(Failure::at(path))?)),
        None => None,
    };
    Ok(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "format": FORMAT_VERSION,
        "settings": Settings::from(args),
        "inputs": inputs,
        "templates": templates,
    }))
}

fn checksum(bytes: &[u8]) -> String {
    format!("{:016x}", xxh3_64(bytes))
}

fn deduplicator(rules: &Rules) -> Result<Deduplicator, Failure> {
    let clean = CleanRule {
        strip_citations: rules.strip_citations,
        ..CleanRule::DEFAULT
    };
    let mut builder = Deduplicator::builder()
        .resemblance(rules.resemblance)
        .containment(rules.containment())
        .keep(rules.keep.into())
        .across(rules.across.into())
        .clean(clean);
    if let Some(net) = rules.net {
        builder = builder.net(net);
    }
    builder.build().map_err(Failure::usage)
}

/// Standard input as a file: it is read twice. Its checksum.
fn store_stdin(path: &Path) -> Result<String, Failure> {
    let copied = fs::File::create(path).and_then(|file| {
        let mut file = Summing::new(file, "");
        io::copy(&mut io::stdin().lock(), &mut file).map(|_| file)
    });
    let (_, content) = copied.map_err(Failure::at(path))?.into_parts();
    Ok(content.checksum)
}
