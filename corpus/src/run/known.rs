//! What is known before a run, and what it leaves to later ones: templates of sources, and an index of
//! old pages.

use super::{Job, Rules};
use crate::failure::Failure;
use crate::index::{Adder, NewPage, OldPages};
use crate::results::folder;
use crate::store::Outcome;
use crate::store::against::Against;
use crate::store::pages::Pages;
use crate::store::workspace::Workspace;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use twicetold::boilerplate::template::Templates;
use twicetold::cluster::Nearness;
use twicetold::index::IndexRule;

/// What is known before the run.
pub struct Known {
    pub templates: Templates,
    /// Old pages, of which no copies are kept.
    pub pages: Option<Against>,
}

impl Known {
    /// What the arguments name, read; and what they name to be written, looked at before long work. `out` is the
    /// real path of the output folder.
    pub fn of(job: &Job, out: Option<&Path>) -> Result<Known, Failure> {
        for (flag, path) in [
            ("--save-templates", &job.save_templates),
            ("--against", &job.against),
        ] {
            let real = path.as_deref().map(folder::resolve).transpose();
            let real = real.map_err(|error| Failure::usage(format!("{flag}: {error}")))?;
            if let (Some(path), Some(real), Some(out)) = (path, real, out)
                && real.starts_with(out)
            {
                return Err(Failure::usage(format!(
                    "{flag} {} lies inside --out, whose files are a run's own; choose another place",
                    path.display()
                )));
            }
        }
        if let Some(path) = &job.save_templates {
            check_save(path)?;
        }
        if let (true, Some(index)) = (job.add, &job.against) {
            // Made and let go: whether it can be written is told now.
            adder(index, &rule(&job.rules), index.exists())?;
        }
        Ok(Known {
            templates: match &job.templates {
                Some(path) => templates(path)?,
                None => Templates::default(),
            },
            pages: against(job)?,
        })
    }
}

/// Templates that an earlier run learned.
fn templates(path: &Path) -> Result<Templates, Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::usage(format!("--templates {}: {error}", path.display()))
    };
    let bytes = fs::read(path).map_err(|error| failed(&error))?;
    serde_json::from_slice(&bytes).map_err(|error| {
        failed(&format!(
            "no templates as --save-templates writes them: {error}"
        ))
    })
}

/// Refuses to save templates over anything but templates.
fn check_save(path: &Path) -> Result<(), Failure> {
    let failed = |why: &str| Failure::usage(format!("--save-templates {}: {why}", path.display()));
    let is_old = || serde_json::from_slice::<Templates>(&fs::read(path).ok()?).ok();
    match fs::metadata(path) {
        Ok(file) if !file.is_file() => Err(failed("not a regular file")),
        Ok(_) if is_old().is_none() => Err(failed(
            "there is a file that holds no templates; choose another name",
        )),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match folder_of(path).is_dir() {
            true => Ok(()),
            false => Err(failed("its folder is not there")),
        },
        Err(error) => Err(failed(&error.to_string())),
    }
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    folder.unwrap_or(Path::new("."))
}

/// The templates of a run, those that it was given among them.
pub fn save_templates(path: &Path, learned: Templates, known: &Templates) -> Result<(), Failure> {
    let mut templates = learned;
    templates.extend(known.clone());
    // A link stays one.
    let real = fs::canonicalize(path).unwrap_or(path.to_owned());
    let save = || -> io::Result<()> {
        let mut new = tempfile::Builder::new();
        #[cfg(unix)]
        new.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = new.tempfile_in(folder_of(&real))?;
        serde_json::to_writer(&mut file, &templates)?;
        file.flush()?;
        file.as_file().sync_all()?;
        file.persist(&real)?;
        Ok(())
    };
    save().map_err(|error| Failure::run(format!("--save-templates {}: {error}", path.display())))
}

/// What an index must have been made with to be asked.
fn rule(rules: &Rules) -> IndexRule {
    IndexRule {
        nearness: Nearness {
            resemblance: rules.resemblance,
            containment: rules.containment(),
            ..Nearness::DEFAULT
        },
        ..IndexRule::DEFAULT
    }
}

/// The index of old pages, if one is named; with `--add` there need be none yet.
fn against(job: &Job) -> Result<Option<Against>, Failure> {
    let Some(path) = &job.against else {
        return Ok(None);
    };
    if job.add && !path.exists() {
        return Ok(None);
    }
    let name = path.file_name().unwrap_or(path.as_os_str());
    Ok(Some(Against {
        pages: OldPages::open(path, &rule(&job.rules))?,
        name: name.to_string_lossy().into_owned(),
    }))
}

/// Pages that are given to an index at once.
const ADDED: usize = 512;

/// What adds to the index, which `is_there` or not.
fn adder(index: &Path, rule: &IndexRule, is_there: bool) -> Result<Adder, Failure> {
    match is_there {
        true => Adder::onto(index, Some(rule)),
        false => Adder::create(index, rule, false),
    }
}

/// Takes the kept pages of a run into an index.
pub fn add(work: &Workspace, index: &Path, rules: &Rules) -> Result<(), Failure> {
    let pages = Pages::open(work).map_err(Failure::run)?;
    // One that was there is not made anew in silence; one that was not may have come from this run before
    // it was stopped.
    let is_there = work.had_index() || index.exists();
    let mut adder = adder(index, &rule(rules), is_there)?;
    let outcome = Outcome::open(work, pages.len()).map_err(Failure::run)?;
    let cleaned = |page: usize| -> io::Result<Option<(usize, String)>> {
        let (report, _) = outcome.report(page)?;
        let text = report.is_kept().then(|| pages.text(page)).transpose()?;
        Ok(text.map(|text| (page, report.cleaned(&text))))
    };
    for first in (0..pages.len()).step_by(ADDED) {
        let stretch = first..pages.len().min(first + ADDED);
        let texts = stretch.filter_map(|page| cleaned(page).transpose());
        let texts: io::Result<Vec<(usize, String)>> = texts.collect();
        let texts = texts.map_err(Failure::run)?;
        let ids = texts.iter().map(|(page, _)| pages.id(*page));
        let ids: Vec<String> = ids.collect::<io::Result<_>>()?;
        let new = texts.iter().zip(&ids).map(|((page, text), id)| NewPage {
            id,
            source: pages.source(*page),
            text,
        });
        let new: Vec<NewPage<'_>> = new.collect();
        adder.add(&new).map_err(Failure::run)?;
    }
    adder.finish().map(|_| ())
}
