//! A run, from the files that are named to the results in their place.
//!
//! ```no_run
//! use twicetold_corpus::progress::Progress;
//! use twicetold_corpus::run::{Job, Out, run};
//!
//! let job = Job {
//!     inputs: vec!["crawl".into(), "news.jsonl".into()],
//!     out: Out::Folder("clean".into()),
//!     ..Job::default()
//! };
//! let done = run(&job, &Progress::silent()).map_err(|failure| failure.message)?;
//! print!("{}", done.said);
//! # Ok::<(), String>(())
//! ```

mod known;

use crate::failure::{Failure, code};
use crate::format::{self, Argument, Input, Reading};
use crate::interrupt;
use crate::progress::Progress;
use crate::results::asked::Asked;
use crate::results::folder;
use crate::results::summary::Summary;
use crate::results::sums::{self, Summing};
use crate::results::write::Writer;
use crate::settings::{Across, KeepRule, Settings};
use crate::store::Run;
use crate::store::budget::Budget;
use crate::store::pages::{Pages, Protected};
use crate::store::space;
use crate::store::spool::{keep, kept};
use crate::store::workspace::{self, Ending, START_OVER, Stage, Workspace};
use known::Known;
use serde_json::{Value, json};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;
use twicetold::Deduplicator;
use twicetold::clean::CleanRule;
use twicetold::cluster::Nearness;
use twicetold::word::FORMAT_VERSION;
use xxhash_rust::xxh3::xxh3_64;

/// What is to be done.
#[derive(Debug, Clone)]
pub struct Job {
    /// Folders and files; `-` is standard input.
    pub inputs: Vec<PathBuf>,
    /// Where the results go.
    pub out: Out,
    /// How inputs are read.
    pub reading: Reading,
    /// Source (site) of every page, instead of its own.
    pub source: Option<String>,
    /// What counts as what, and what becomes of it.
    pub rules: Rules,
    /// The form of the results.
    pub asked: Asked,
    /// Templates of an earlier run: pages of its sources are cleaned by them.
    pub templates: Option<PathBuf>,
    /// A file for what was learned of each source.
    pub save_templates: Option<PathBuf>,
    /// An index of old pages: copies of them are removed too.
    pub against: Option<PathBuf>,
    /// Whether kept pages are taken into it.
    pub add: bool,
    /// Whether it goes on with a run of the same job that was stopped, where it was.
    pub resume: bool,
    /// Bytes of memory to take; the program itself and the pages in work at once come on top.
    pub memory: u64,
    /// A folder for what is too much for memory; the output folder unless told.
    pub scratch: Option<PathBuf>,
    /// Whether it is refused where the disk seems to have too little room.
    pub checks_space: bool,
}

/// Where results go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Out {
    /// Nowhere: the summary is all.
    Nowhere,
    /// Kept pages go to standard output.
    Stdout,
    /// Into this folder, which is made if missing.
    Folder(PathBuf),
}

/// What counts as a copy, which page stays, and what becomes of other repeats.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// Least resemblance of near-duplicates, above 0 and at most 1.
    pub resemblance: f64,
    /// Share of a page that must stand in one at most twice as long; 0 looks at resemblance alone.
    pub containment: f64,
    /// Which page of a cluster stays.
    pub keep: KeepRule,
    /// Pages that are never removed.
    pub protected: Protected,
    /// What becomes of passages that stand on several kept pages.
    pub across: Across,
    /// Least resemblance of related pairs to look for; unless told, those met on the way to copies.
    pub net: Option<f64>,
    /// Whether citation marks go.
    pub strip_citations: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Rules {
            resemblance: Nearness::DEFAULT.resemblance,
            containment: Nearness::DEFAULT.containment.unwrap_or(0.0),
            keep: KeepRule::Longest,
            protected: Protected::default(),
            across: Across::Note,
            net: None,
            strip_citations: false,
        }
    }
}

impl Rules {
    /// The least containment that removes; nothing where it does not.
    fn containment(&self) -> Option<f64> {
        Some(self.containment).filter(|least| *least != 0.0)
    }
}

/// Memory that a run takes unless told.
pub const MEMORY: u64 = 4 << 30;

impl Default for Job {
    fn default() -> Self {
        Job {
            inputs: Vec::new(),
            out: Out::Nowhere,
            reading: Reading::default(),
            source: None,
            rules: Rules::default(),
            asked: Asked::default(),
            templates: None,
            save_templates: None,
            against: None,
            add: false,
            resume: false,
            memory: MEMORY,
            scratch: None,
            checks_space: true,
        }
    }
}

impl Job {
    /// What its results depend on.
    pub fn settings(&self) -> Settings {
        let rules = &self.rules;
        let shown = |path: &PathBuf| path.display().to_string();
        Settings {
            inputs: self.inputs.iter().map(shown).collect(),
            source: self.source.clone(),
            fields: self.reading.fields.clone(),
            resemblance: rules.resemblance,
            containment: rules.containment,
            keep: rules.keep,
            protect: rules.protected.ids.clone(),
            protect_source: rules.protected.sources.clone(),
            across: rules.across,
            net: rules.net,
            strip_citations: rules.strip_citations,
            to: self.asked.to,
            pack: self.asked.pack,
            against: self.against.as_ref().map(shown),
            add: self.add,
            templates: self.templates.as_ref().map(shown),
            format: self.reading.kind,
            max_record: self.reading.limits.record as u64,
            max_expansion: self.reading.limits.expansion,
        }
    }

    fn folder(&self) -> Option<&Path> {
        match &self.out {
            Out::Folder(out) => Some(out),
            Out::Stdout | Out::Nowhere => None,
        }
    }

    fn named(&self) -> impl Iterator<Item = &PathBuf> {
        self.inputs.iter().filter(|input| is_named(input))
    }
}

/// A run that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// What a person wants to know of it.
    pub said: String,
    /// Whether no record was rejected, no id was taken, and no alarm fired.
    pub all_well: bool,
}

/// What is to be done where nothing is left of a run.
const AGAIN: &str = "when that is mended, run it again";

/// The checksum of what came through standard input.
const STDIN_SUM: &str = "stdin-sum";

/// What is left of a run, and how to go on with it.
const GO_ON: &str = "the same command with --resume goes on where this one was";

/// Does a job, on the current rayon pool; tells `progress` how far it is.
///
/// # Errors
///
/// Where the job cannot be done as it is, before anything is written; and of files that cannot be read or written.
/// Broken records are no errors: they are counted, and rejected in the ledger.
pub fn run(job: &Job, progress: &Progress) -> Result<Done, Failure> {
    let deduplicator = deduplicator(&job.rules)?;
    let stdout = job.out == Out::Stdout;
    job.asked.check(stdout).map_err(Failure::usage)?;
    if stdout && job.resume {
        return Err(Failure::usage(
            "--resume needs a folder: what is done of a run to --out - goes with it",
        ));
    }
    let out = job.folder();
    let real_out = match out {
        Some(out) => {
            let ours = workspace::is_publishing(out)?;
            Some(folder::check(out, &job.inputs, ours)?)
        }
        None => None,
    };
    for input in job.named() {
        format::check(input, real_out.as_deref())?;
    }
    if job.inputs.iter().filter(|input| !is_named(input)).count() > 1 {
        return Err(Failure::usage(
            "- stands twice; standard input can be read once",
        ));
    }
    let known = Known::of(job, real_out.as_deref())?;
    let scratch = job.scratch.as_deref();
    let mut work = match out {
        Some(out) => {
            let publish = |results: &Path, names: &[String]| {
                interrupt::whole(|| folder::publish(results, names, out))
            };
            let (mut work, dropped) =
                Workspace::open(out, scratch, identity(job)?, job.resume, publish)?;
            let index = known.pages.as_ref().map(|against| against.pages.identity());
            work.same_index(index)?;
            progress.opened(dropped, work.done());
            work
        }
        None => Workspace::temporary(scratch)?,
    };
    watch(&work, stdout);
    if job.checks_space && work.done().is_none() {
        let named: Vec<PathBuf> = job.named().cloned().collect();
        let room = space::check(&named, out.unwrap_or(work.scratch()), work.scratch());
        if let Err(failure) = room {
            work.end()?;
            return Err(failure);
        }
    }
    let mut done = all(job, &deduplicator, &known, &mut work, progress);
    if done.is_err() && progress.check().is_err() {
        done = Err(Failure::cancelled());
    }
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
    job: &Job,
    deduplicator: &Deduplicator,
    known: &Known,
    work: &mut Workspace,
    progress: &Progress,
) -> Result<Done, Failure> {
    match (work.ending(), job.folder()) {
        // Of a run that was stopped after its last stage; what lay there meanwhile is looked at once more.
        (Some(_), Some(out)) => folder::check_whole(&work.results(), out)?,
        _ => {
            let ending = process(job, deduplicator, known, work, progress)?;
            work.results_are_whole(ending)?;
        }
    }
    let Some(ending) = work.ending() else {
        return Err(Failure::run("the run has no end"));
    };
    if let Some(path) = &job.save_templates {
        known::save_templates(path, Run::learned(work)?, &known.templates)?;
    }
    if let Some(out) = job.folder() {
        interrupt::whole(|| folder::publish(&work.results(), &ending.names, out))?;
    }
    if let (true, Some(index)) = (job.add, &job.against) {
        // Last, and what was taken in already is not taken in again: a run that is stopped here goes on.
        known::add(work, index, &job.rules).map_err(|failure| Failure {
            message: format!(
                "the results are written, but the index is not: {}",
                failure.message
            ),
            code: code::FAILED,
        })?;
    }
    Ok(Done {
        said: ending.said.clone(),
        all_well: ending.code == 0,
    })
}

/// Makes the results, apart.
fn process(
    job: &Job,
    deduplicator: &Deduplicator,
    known: &Known,
    work: &mut Workspace,
    progress: &Progress,
) -> Result<Ending, Failure> {
    let started = Instant::now();
    let reading = job.reading.clone();
    let source = job.source.as_deref();
    let stdin = work.file("stdin");
    let inputs: Vec<Argument> = job
        .inputs
        .iter()
        .map(|input| match is_named(input) {
            true => input.clone().into(),
            false => Argument::stdin(stdin.clone()),
        })
        .collect();
    let pages = match work.has(Stage::Reading) {
        true => {
            if !job.inputs.iter().all(|input| is_named(input)) {
                let expected: String = kept(work.file(STDIN_SUM))?;
                if sums::of_file(&stdin)?.checksum != expected {
                    return Err(Failure::run(workspace::damaged(&stdin)));
                }
            }
            Pages::open(work)?
        }
        false => {
            if !job.inputs.iter().all(|input| is_named(input)) {
                let sum = store_stdin(&stdin)?;
                keep(work.file(STDIN_SUM), &sum)?;
            }
            let input = Input::new(inputs.clone(), reading.clone());
            let pages = Pages::read(input, work, source, &job.rules.protected, progress);
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
    let budget = Budget(job.memory);
    budget.check(pages.len())?;
    let run = Run {
        deduplicator,
        pages: &pages,
        known: &known.templates,
        against: known.pages.as_ref(),
        budget,
        progress,
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
    let mut writer = match job.out == Out::Stdout {
        true => Writer::to_stdout(&results, job.asked, index)?,
        false => Writer::create(&results, job.asked, index)?,
    };
    let again = Input::new(inputs, reading);
    writer.records(again, source, &pages, &outcome, progress)?;
    progress.clear();
    let times = [read, processed];
    let banding = deduplicator.banding();
    let summary = Summary::new(
        &job.settings(),
        &pages,
        &outcome,
        &mut writer,
        banding,
        times,
    )?;
    writer.finish(&outcome, &pages, summary.json())?;
    folder::sync(&results)?;
    Ok(Ending {
        names: folder::names(&results)?,
        said: summary.for_people(),
        code: if summary.all_well() { 0 } else { code::DOUBTS },
    })
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

/// What the results depend on.
fn identity(job: &Job) -> Result<Value, Failure> {
    let mut inputs = serde_json::Map::new();
    for input in job.named() {
        inputs.insert(input.display().to_string(), format::state(input).into());
    }
    let templates = match &job.templates {
        Some(path) => Some(checksum(&fs::read(path).map_err(Failure::at(path))?)),
        None => None,
    };
    Ok(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "format": FORMAT_VERSION,
        "settings": job.settings(),
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
