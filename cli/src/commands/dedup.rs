//! `twicetold dedup`: the main job.

mod known;

use crate::args::{Dedup, Rules};
use crate::failure::{Failure, code};
use crate::input;
use crate::input::{Argument, Input, Reading};
use crate::interrupt;
use crate::output::folder;
use crate::output::summary::{Summary, settings};
use crate::output::write::Writer;
use crate::progress::{Manner, Progress};
use crate::run::Run;
use crate::run::budget::Budget;
use crate::run::pages::{Pages, Protected};
use crate::run::space;
use crate::say;
use crate::workspace::{Ending, Stage, Workspace};
use known::Known;
use serde_json::{Value, json};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};
use twicetold::Deduplicator;
use twicetold::clean::CleanRule;
use twicetold::word::FORMAT_VERSION;

/// What is left of a run, and how to go on with it.
const GO_ON: &str = "the same command with --resume goes on where this one was";

pub fn run(args: &Dedup) -> Result<u8, Failure> {
    interrupt::watch()?;
    let deduplicator = deduplicator(&args.rules)?;
    let stdout = to_stdout(args);
    args.writing.check(stdout).map_err(Failure::usage)?;
    if stdout && args.resume {
        return Err(Failure::usage(
            "--resume needs a folder: what is done of a run to --out - goes with it",
        ));
    }
    let out = args.out.as_deref().filter(|_| !args.dry_run && !stdout);
    let real_out = match out {
        Some(out) => Some(folder::check(out, &args.inputs)?),
        None => None,
    };
    let named = args.inputs.iter().filter(|input| is_named(input));
    for input in named {
        input::check(input, real_out.as_deref())?;
    }
    if args.inputs.iter().filter(|input| !is_named(input)).count() > 1 {
        return Err(Failure::usage(
            "- stands twice; standard input can be read once",
        ));
    }
    let known = Known::of(args)?;
    let mut threads = rayon::ThreadPoolBuilder::new();
    if let Some(count) = args.machine.threads {
        threads = threads.num_threads(count.into());
    }
    let pool = threads
        .build()
        .map_err(|error| Failure::run(format!("cannot start threads: {error}")))?;
    let scratch = args.machine.scratch.as_deref();
    let mut work = match out {
        Some(out) => {
            let (work, dropped) = Workspace::open(out, scratch, identity(args), args.resume)?;
            tell(args, work.done(), dropped);
            work
        }
        None => Workspace::temporary(scratch)?,
    };
    watch(&work);
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
        Err(failure) if work.can_go_on() => Err(Failure {
            message: format!("{}; {GO_ON}", failure.message),
            ..failure
        }),
        Err(failure) => {
            // What failed is said; that its rest could not be taken away would only hide it.
            let _ = work.end();
            Err(failure)
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
    if work.ending().is_none() {
        let ending = process(args, deduplicator, known, work)?;
        work.results_are_whole(ending)?;
    }
    let Some(ending) = work.ending() else {
        return Err(Failure::run("the run has no end"));
    };
    if let Some(out) = out {
        interrupt::whole(|| folder::publish(&work.results(), &ending.names, out))?;
    }
    if let (true, Some(index)) = (args.add, &args.against) {
        // Last, and what was taken in already is not taken in again: a run that is stopped here goes on.
        known::add(work, index, &args.rules)?;
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
    let progress = Progress::new(match args.machine.quiet {
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
        true => Pages::open(work).map_err(Failure::run)?,
        false => {
            if !args.inputs.iter().all(|input| is_named(input)) {
                store_stdin(&stdin)?;
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
    if let Some(path) = &args.save_templates {
        known::save_templates(path, run.templates(work)?, &known.templates)?;
    }
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
        true => Writer::to_stdout(&results, args.writing, index)?,
        false => Writer::create(&results, args.writing, index)?,
    };
    let again = Input::new(inputs, reading);
    writer.records(again, source, &pages, &outcome, &progress)?;
    progress.clear();
    let times = [read, processed];
    let banding = deduplicator.banding();
    let summary = Summary::new(args, &pages, &outcome, &mut writer, banding, times);
    writer.finish(&outcome, &pages, &summary.json())?;
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
fn watch(work: &Workspace) {
    match work.can_go_on() {
        true => interrupt::leave(Vec::new(), GO_ON),
        false => interrupt::leave(work.folders(), "nothing was written"),
    }
}

/// What was found of an earlier run.
fn tell(args: &Dedup, done: Option<Stage>, dropped: bool) {
    if args.machine.quiet {
        return;
    }
    if dropped {
        say("a run that was stopped here is dropped; --resume would have gone on with it\n");
    } else if let Some(done) = done {
        say(&format!(
            "going on with the run that was stopped after {}\n",
            done.name()
        ));
    }
}

/// What the results depend on.
fn identity(args: &Dedup) -> Value {
    let inputs = args.inputs.iter().filter(|input| is_named(input));
    let read = inputs.chain(&args.rules.templates);
    let state = read.map(|input| {
        let known = fs::metadata(input).ok().filter(fs::Metadata::is_file);
        let changed = known.as_ref().and_then(|known| known.modified().ok());
        let since = changed.and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
        let known = json!({
            "bytes": known.map(|known| known.len()),
            "modified": since.map(|since| since.as_nanos().to_string()),
        });
        (input.display().to_string(), known)
    });
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "format": FORMAT_VERSION,
        "settings": settings(args),
        "inputs": state.collect::<serde_json::Map<_, _>>(),
    })
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

/// Standard input as a file: it is read twice.
fn store_stdin(path: &Path) -> Result<(), Failure> {
    let copied =
        fs::File::create(path).and_then(|mut file| io::copy(&mut io::stdin().lock(), &mut file));
    copied.map(|_| ()).map_err(Failure::at(path))
}
