//! Kept and removed rows of tables, in tables like theirs.

use super::parquet::TableWriter;
use crate::input::parquet::Rows;
use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// What was written of a record.
pub enum Done {
    /// It stays, with another text where one is there.
    Kept(Option<String>),
    Removed,
    Rejected,
}

/// The tables of a run: `pages.parquet` and `removed.parquet`; where inputs differ in their columns,
/// `pages-2.parquet` and so on for each kind.
pub struct Tables {
    folder: PathBuf,
    kinds: Vec<[TableWriter<File>; 2]>,
}

/// The tables of one kind of rows.
const NAMES: [&str; 2] = ["pages", "removed"];

impl Tables {
    pub fn new(folder: &Path) -> Self {
        Tables {
            folder: folder.to_owned(),
            kinds: Vec::new(),
        }
    }

    /// Writes the rows of a batch, by what became of each.
    pub fn write(&mut self, rows: &Rows, done: &[Done]) -> io::Result<()> {
        // Behind the rows may stand why there are no more.
        let done = &done[..rows.batch().num_rows().min(done.len())];
        let known = self.kinds.iter().position(|[kept, _]| kept.takes(rows));
        let kind = match known {
            Some(kind) => kind,
            None => {
                let number = self.kinds.len() + 1;
                let [pages, removed] = NAMES.map(|name| self.folder.join(file_name(name, number)));
                self.kinds.push([
                    TableWriter::new(File::create(pages)?, rows.table())?,
                    TableWriter::new(File::create(removed)?, rows.table())?,
                ]);
                number - 1
            }
        };
        let Some([kept, removed]) = self.kinds.get_mut(kind) else {
            return Ok(());
        };
        let texts: Vec<Option<Cow<'_, str>>> = done
            .iter()
            .map(|done| match done {
                Done::Kept(Some(text)) => Some(Cow::Borrowed(&text[..])),
                _ => None,
            })
            .collect();
        let stays: Vec<bool> = done.iter().map(|d| matches!(d, Done::Kept(_))).collect();
        kept.write(rows, &stays, &texts)?;
        let goes: Vec<bool> = done.iter().map(|d| matches!(d, Done::Removed)).collect();
        removed.write(rows, &goes, &vec![None; done.len()])
    }

    /// Writes the ends of all tables, to disk.
    pub fn finish(&mut self) -> io::Result<()> {
        for table in std::mem::take(&mut self.kinds).into_iter().flatten() {
            table.finish()?.sync_all()?;
        }
        Ok(())
    }
}

/// Of the tables of one kind.
fn file_name(name: &str, number: usize) -> String {
    match number {
        1 => format!("{name}.parquet"),
        _ => format!("{name}-{number}.parquet"),
    }
}

/// Whether a file of an output folder is one of these.
pub fn is_table(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(".parquet") else {
        return false;
    };
    let is_number = |n: &str| {
        n.strip_prefix('-')
            .is_some_and(|n| n.parse::<u32>().is_ok())
    };
    let number = NAMES.iter().find_map(|of| stem.strip_prefix(of));
    number.is_some_and(|n| n.is_empty() || is_number(n))
}
