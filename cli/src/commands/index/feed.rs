//! The pages of the inputs, stretch by stretch.

use crate::reading::ReadingArgs;
use rayon::prelude::*;
use serde_json::Value;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use twicetold_corpus::failure::Failure;
use twicetold_corpus::format::fields::Fields;
use twicetold_corpus::format::{Argument, Entry, Input, Placed, Reading};
use twicetold_corpus::interrupt::Hidden;
use twicetold_corpus::results::asked::ENDINGS;
use twicetold_corpus::results::tables::is_table;
use twicetold_corpus::store::pages::page_of;

/// What is read.
pub struct Feed {
    input: Input,
    fields: Fields,
    source: Option<String>,
    /// Where standard input waits.
    _spool: Option<Hidden>,
}

/// What a record says.
pub enum Fed {
    Page {
        id: String,
        source: Option<String>,
        text: String,
    },
    Rejected {
        id: String,
        error: String,
    },
}

impl Feed {
    /// Of `inputs`, where the output folder of a run stands for its kept pages. None may be `index`.
    pub fn new(
        inputs: &[PathBuf],
        reading: &ReadingArgs,
        index: Option<&Path>,
    ) -> Result<Self, Failure> {
        let mut spool = None;
        let mut files = Vec::new();
        for input in inputs {
            if input == Path::new("-") {
                if spool.is_some() {
                    return Err(Failure::usage(
                        "- stands twice; standard input can be read once",
                    ));
                }
                let folder = spool.insert(Hidden::create_in(&std::env::temp_dir())?);
                let path = folder.path().join("stdin");
                let copied = fs::File::create(&path)
                    .and_then(|mut file| io::copy(&mut io::stdin().lock(), &mut file));
                copied.map_err(Failure::at(&path))?;
                files.push(Argument::stdin(path));
                continue;
            }
            twicetold_corpus::format::check(input, None)?;
            let same = index.is_some_and(|index| {
                let real = [index, input].map(fs::canonicalize);
                matches!(real, [Ok(index), Ok(input)] if index == input)
            });
            if same {
                return Err(Failure::usage(format!(
                    "{} is the index itself; name the pages to put into it",
                    input.display()
                )));
            }
            match kept_pages(input) {
                Some(kept) if kept.is_empty() => {
                    return Err(Failure::usage(format!(
                        "{}: the output folder of a run, and its pages are gone; run `twicetold dedup` again",
                        input.display()
                    )));
                }
                Some(kept) => files.extend(kept.into_iter().map(Argument::from)),
                None => files.push(input.clone().into()),
            }
        }
        let input = Input::new(files, Reading::from(reading));
        Ok(Feed {
            fields: input.fields(),
            input,
            source: reading.source.clone(),
            _spool: spool,
        })
    }
}

/// What the next records say, in their order.
impl Iterator for Feed {
    type Item = Result<Vec<Fed>, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let batches = match self.input.stretch() {
            Ok(batches) if batches.is_empty() => return None,
            Ok(batches) => batches,
            Err(error) => return Some(Err(Failure::run(error))),
        };
        let (fields, source) = (&self.fields, self.source.as_deref());
        let fed: Vec<Vec<Fed>> = batches
            .par_iter()
            .map(|batch| {
                let entries = batch.entries(fields).into_iter();
                entries.map(|placed| fed(placed, source)).collect()
            })
            .collect();
        Some(Ok(fed.into_iter().flatten().collect()))
    }
}

fn fed(placed: Placed, source: Option<&str>) -> Fed {
    match placed.entry {
        Entry::Record(mut record) => match page_of(&mut record) {
            Ok((text, _)) => Fed::Page {
                id: record.id,
                source: source.map(str::to_owned).or(record.source),
                text,
            },
            Err(error) => Fed::Rejected {
                id: record.id,
                error: format!("{}: {error}", placed.place),
            },
        },
        Entry::Rejected(rejected) => Fed::Rejected {
            id: rejected.id.unwrap_or_default(),
            error: format!("{}: {}", placed.place, rejected.error),
        },
    }
}

/// The kept pages of a run, where this is its output folder.
fn kept_pages(folder: &Path) -> Option<Vec<PathBuf>> {
    let summary = fs::read_to_string(folder.join("summary.json")).ok()?;
    let summary: Value = serde_json::from_str(&summary).ok()?;
    if summary["program"] != "twicetold" {
        return None;
    }
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    let is_lines = |name: &str| {
        let rest = name.strip_prefix("pages.jsonl");
        rest.is_some_and(|packed| packed.is_empty() || ENDINGS.contains(&packed))
    };
    let mut kept: Vec<String> = names
        .filter(|name| {
            // Kept files and records of archives stand in `pages.jsonl` too.
            is_lines(name) || is_table(name) && name.starts_with("pages")
        })
        .collect();
    // `pages.parquet` before `pages-2.parquet`, and that before `pages-10.parquet`.
    kept.sort_by_key(|name| (!is_lines(name), name.len(), name.clone()));
    Some(kept.iter().map(|name| folder.join(name)).collect())
}
