//! `twicetold dedup`: the main job.

use crate::args::{Dedup, ReadingArgs, Rules};
use crate::failure::{Failure, code};
use crate::input;
use crate::input::fields::{Field, Fields};
use crate::input::{Argument, Input, Limits, Reading};
use crate::interrupt::{self, Hidden};
use crate::output::folder;
use crate::output::write::Writer;
use crate::progress::{Manner, Progress};
use crate::run;
use crate::run::pages::{Pages, Protected};
use crate::say;
use std::fs;
use std::path::Path;
use std::time::Instant;
use twicetold::Deduplicator;
use twicetold::boilerplate::template::Templates;
use twicetold::clean::CleanRule;

pub fn run(args: &Dedup) -> Result<u8, Failure> {
    let started = Instant::now();
    interrupt::watch()?;
    let deduplicator = deduplicator(&args.rules)?;
    let stdout = args.out.as_deref() == Some(Path::new("-"));
    args.writing.check(stdout).map_err(Failure::usage)?;
    let out = args.out.as_deref().filter(|_| !args.dry_run && !stdout);
    let real_out = match out {
        Some(out) => Some(folder::check(out, &args.inputs)?),
        None => None,
    };
    let named = args.inputs.iter().filter(|input| *input != Path::new("-"));
    for input in named {
        input::check(input, real_out.as_deref())?;
    }
    let known = match &args.rules.templates {
        Some(path) => templates(path)?,
        None => Templates::default(),
    };
    let mut threads = rayon::ThreadPoolBuilder::new();
    if let Some(count) = args.machine.threads {
        threads = threads.num_threads(count.into());
    }
    let pool = threads
        .build()
        .map_err(|error| Failure::run(format!("cannot start threads: {error}")))?;
    let progress = Progress::new(match args.machine.quiet {
        true => Manner::None,
        false => args.machine.progress,
    });
    let work = work_folder(out)?;
    let scratch = match &args.machine.scratch {
        Some(folder) => Some(Hidden::create_in(folder)?),
        None => None,
    };
    let spools = scratch.as_ref().unwrap_or(&work).path();
    let inputs = inputs(args, spools)?;
    let reading = reading(&args.reading);
    let protected = Protected {
        ids: args.rules.protect.clone(),
        sources: args.rules.protect_source.clone(),
    };
    let source = args.reading.source.as_deref();
    let (pages, input) = pool.install(|| {
        let input = Input::new(inputs.clone(), reading.clone());
        Pages::read(input, spools, source, &protected, &progress).map_err(Failure::run)
    })?;
    let read = started.elapsed();
    let outcome = pool.install(|| run::run(&deduplicator, &pages, &known, spools, &progress))?;
    let processed = started.elapsed() - read;

    let files = work.path().join("out");
    fs::create_dir(&files).map_err(Failure::at(&files))?;
    let mut writer = match stdout && !args.dry_run {
        true => Writer::to_stdout(&files, args.writing)?,
        false => Writer::create(&files, args.writing)?,
    };
    let again = Input::new(inputs, reading);
    pool.install(|| writer.records(again, source, &pages, &outcome, &progress))?;
    progress.clear();
    let summary = crate::output::summary::Summary::new(
        args,
        &pages,
        &outcome,
        &mut writer,
        &input,
        [read, processed],
    );
    writer.finish(&outcome, &pages, &summary.json())?;
    if let Some(out) = out {
        interrupt::whole(|| folder::publish(&files, out))?;
    }
    if !args.machine.quiet {
        say(&summary.for_people());
        say(&match out {
            Some(out) => format!("\nwritten to {}\n", out.display()),
            None if args.dry_run => "\nnothing written (--dry-run)\n".to_owned(),
            None => String::new(),
        });
    }
    Ok(if summary.all_well() { 0 } else { code::DOUBTS })
}

fn deduplicator(rules: &Rules) -> Result<Deduplicator, Failure> {
    let clean = CleanRule {
        strip_citations: rules.strip_citations,
        ..CleanRule::DEFAULT
    };
    let mut builder = Deduplicator::builder()
        .resemblance(rules.resemblance)
        .containment((rules.containment != 0.0).then_some(rules.containment))
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

/// A folder for what is not whole yet: on the disk of the results, so that they can be renamed into
/// place.
fn work_folder(out: Option<&Path>) -> Result<Hidden, Failure> {
    match out {
        Some(out) => {
            fs::create_dir_all(out).map_err(Failure::at(out))?;
            Hidden::create_in(out)
        }
        None => Hidden::create_in(&std::env::temp_dir()),
    }
}

/// The inputs, standard input as a file: it is read twice.
fn inputs(args: &Dedup, work: &Path) -> Result<Vec<Argument>, Failure> {
    let mut inputs = Vec::new();
    let mut taken = false;
    for input in &args.inputs {
        if input != Path::new("-") {
            inputs.push(input.clone().into());
            continue;
        }
        if std::mem::replace(&mut taken, true) {
            return Err(Failure::usage(
                "- stands twice; standard input can be read once",
            ));
        }
        let path = work.join("stdin");
        let copied = fs::File::create(&path)
            .and_then(|mut file| std::io::copy(&mut std::io::stdin().lock(), &mut file));
        copied.map_err(Failure::at(&path))?;
        inputs.push(Argument::stdin(path));
    }
    Ok(inputs)
}
