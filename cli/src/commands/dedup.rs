//! `twicetold dedup`: the main job.

use crate::args::{Dedup, ReadingArgs, Rules};
use crate::failure::{Failure, code};
use crate::index::{Adder, NewPage, OldPages};
use crate::input;
use crate::input::fields::{Field, Fields};
use crate::input::{Argument, Input, Limits, Reading};
use crate::interrupt;
use crate::output::folder;
use crate::output::summary::{Summary, settings};
use crate::output::write::Writer;
use crate::progress::{Manner, Progress};
use crate::run::against::Against;
use crate::run::budget::Budget;
use crate::run::pages::{Pages, Protected};
use crate::run::space;
use crate::run::{Outcome, Run};
use crate::say;
use crate::workspace::{Ending, Stage, Workspace};
use serde_json::{Value, json};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};
use twicetold::Deduplicator;
use twicetold::boilerplate::template::Templates;
use twicetold::clean::CleanRule;
use twicetold::cluster::Nearness;
use twicetold::index::IndexRule;
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
    let known = match &args.rules.templates {
        Some(path) => templates(path)?,
        None => Templates::default(),
    };
    let against = against(args)?;
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
    let done = pool.install(|| {
        let known = Known {
            templates: &known,
            pages: against.as_ref(),
        };
        all(args, &deduplicator, known, out, &mut work)
    });
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

/// What is known before the run.
#[derive(Clone, Copy)]
struct Known<'k> {
    templates: &'k Templates,
    pages: Option<&'k Against>,
}

/// All stages that are not done.
fn all(
    args: &Dedup,
    deduplicator: &Deduplicator,
    known: Known<'_>,
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
        add(work, index, &rule(&args.rules))?;
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
    known: Known<'_>,
    work: &mut Workspace,
) -> Result<Ending, Failure> {
    let started = Instant::now();
    let progress = Progress::new(match args.machine.quiet {
        true => Manner::None,
        false => args.machine.progress,
    });
    let reading = reading(&args.reading);
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
        known: known.templates,
        against: known.pages,
        budget,
        progress: &progress,
    };
    let outcome = run.outcome(work)?;
    if let Some(path) = &args.save_templates {
        save_templates(path, run.templates(work)?, known.templates)?;
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
    let index = known.pages.map(|against| &against.name[..]);
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
    let state = inputs.map(|input| {
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

/// What an index must have been made with to be asked.
fn rule(rules: &Rules) -> IndexRule {
    IndexRule {
        nearness: Nearness {
            resemblance: rules.resemblance,
            containment: containment(rules),
            ..Nearness::DEFAULT
        },
        ..IndexRule::DEFAULT
    }
}

/// The index of old pages, if one is named; with `--add` there need be none yet.
fn against(args: &Dedup) -> Result<Option<Against>, Failure> {
    let Some(path) = &args.against else {
        return Ok(None);
    };
    if args.add && !path.exists() {
        return Ok(None);
    }
    let name = path.file_name().unwrap_or(path.as_os_str());
    Ok(Some(Against {
        pages: OldPages::open(path, &rule(&args.rules))?,
        name: name.to_string_lossy().into_owned(),
    }))
}

/// Pages that are given to an index at once.
const ADDED: usize = 512;

/// Takes the kept pages of a run into an index.
fn add(work: &Workspace, index: &Path, rule: &IndexRule) -> Result<(), Failure> {
    let pages = Pages::open(work).map_err(Failure::run)?;
    let mut adder = match index.exists() {
        true => Adder::onto(index, Some(rule))?,
        false => Adder::create(index, rule, false)?,
    };
    let outcome = Outcome::open(work).map_err(Failure::run)?;
    let cleaned = |page: usize| -> io::Result<Option<(usize, String)>> {
        let (report, _) = outcome.report(page)?;
        Ok(report
            .is_kept()
            .then(|| (page, report.cleaned(&pages.text(page)))))
    };
    for first in (0..pages.len()).step_by(ADDED) {
        let stretch = first..pages.len().min(first + ADDED);
        let texts = stretch.filter_map(|page| cleaned(page).transpose());
        let texts: io::Result<Vec<(usize, String)>> = texts.collect();
        let texts = texts.map_err(Failure::run)?;
        let ids: Vec<String> = texts.iter().map(|(page, _)| pages.id(*page)).collect();
        let new = texts.iter().zip(&ids).map(|((page, text), id)| NewPage {
            id,
            source: pages.source(*page),
            text,
        });
        let new: Vec<NewPage<'_>> = new.collect();
        pages.check().map_err(Failure::run)?;
        adder.add(&new).map_err(Failure::run)?;
    }
    adder.finish().map(|_| ())
}

/// The templates of a run, those that it was given among them.
fn save_templates(path: &Path, learned: Templates, known: &Templates) -> Result<(), Failure> {
    let mut templates = learned;
    templates.extend(known.clone());
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let save = || -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        serde_json::to_writer(&mut file, &templates)?;
        file.flush()?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    save().map_err(|error| Failure::run(format!("--save-templates {}: {error}", path.display())))
}

fn containment(rules: &Rules) -> Option<f64> {
    (rules.containment != 0.0).then_some(rules.containment)
}

fn deduplicator(rules: &Rules) -> Result<Deduplicator, Failure> {
    let clean = CleanRule {
        strip_citations: rules.strip_citations,
        ..CleanRule::DEFAULT
    };
    let mut builder = Deduplicator::builder()
        .resemblance(rules.resemblance)
        .containment(containment(rules))
        .keep(rules.keep.into())
        .across(rules.across.into())
        .clean(clean);
    if let Some(net) = rules.net {
        builder = builder.net(net);
    }
    builder.build().map_err(Failure::usage)
}

fn reading(args: &ReadingArgs) -> Reading {
    let mut fields = Fields::default();
    for (field, name) in [
        (Field::Id, &args.id_field),
        (Field::Text, &args.text_field),
        (Field::Html, &args.html_field),
        (Field::Source, &args.source_field),
        (Field::Url, &args.url_field),
        (Field::Date, &args.date_field),
        (Field::Rank, &args.rank_field),
    ] {
        fields.set(field, name);
    }
    Reading {
        fields,
        kind: args.format,
        limits: Limits {
            record: usize::try_from(args.max_record).unwrap_or(usize::MAX),
            expansion: args.max_expansion,
        },
    }
}

/// Templates that an earlier run learned.
fn templates(path: &Path) -> Result<Templates, Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::usage(format!("--templates {}: {error}", path.display()))
    };
    let bytes = fs::read(path).map_err(|error| failed(&error))?;
    serde_json::from_slice(&bytes).map_err(|error| failed(&error))
}

/// Standard input as a file: it is read twice.
fn store_stdin(path: &Path) -> Result<(), Failure> {
    let copied =
        fs::File::create(path).and_then(|mut file| io::copy(&mut io::stdin().lock(), &mut file));
    copied.map(|_| ()).map_err(Failure::at(path))
}
