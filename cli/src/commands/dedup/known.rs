//! What is known before a run, and what it leaves to later ones: templates of sources, and an index of
//! old pages.

use crate::args::{Dedup, Rules};
use crate::failure::Failure;
use crate::index::{Adder, NewPage, OldPages};
use crate::run::Outcome;
use crate::run::against::Against;
use crate::run::pages::Pages;
use crate::workspace::Workspace;
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
    pub fn of(args: &Dedup) -> Result<Known, Failure> {
        Ok(Known {
            templates: match &args.rules.templates {
                Some(path) => templates(path)?,
                None => Templates::default(),
            },
            pages: against(args)?,
        })
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

/// The templates of a run, those that it was given among them.
pub fn save_templates(path: &Path, learned: Templates, known: &Templates) -> Result<(), Failure> {
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
pub fn add(work: &Workspace, index: &Path, rules: &Rules) -> Result<(), Failure> {
    let rule = rule(rules);
    let pages = Pages::open(work).map_err(Failure::run)?;
    let mut adder = match index.exists() {
        true => Adder::onto(index, Some(&rule))?,
        false => Adder::create(index, &rule, false)?,
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
