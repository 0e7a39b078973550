//! Tables: kept and removed rows in tables like theirs, and other records where they are asked for as rows.

use super::records::RecordTable;
use super::{Done, Kept, NAMES, file_name};
use crate::format::parquet::Rows;
use crate::format::parquet::{Like, TableWriter};
use crate::results::asked::Format;
use crate::results::file::ResultFile;
use crate::results::sums::FileSum;
use std::borrow::Cow;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The tables of a run: `pages.parquet` and `removed.parquet`; where inputs differ in their columns,
/// `pages-2.parquet` and so on for each kind.
pub struct Tables {
    /// `None` where nothing is to be written but lines.
    folder: Option<PathBuf>,
    to: Option<Format>,
    kinds: Vec<Kind>,
    records: Option<RecordTable>,
}

/// The tables of one kind of rows.
struct Kind {
    number: usize,
    like: Like,
    /// Where kept rows stay rows.
    kept: Option<TableWriter<ResultFile>>,
    removed: Option<TableWriter<ResultFile>>,
}

impl Tables {
    pub fn new(folder: Option<&Path>, to: Option<Format>) -> Self {
        Tables {
            folder: folder.map(Path::to_owned),
            to,
            kinds: Vec::new(),
            records: None,
        }
    }

    /// The number of the tables that rows go to, as their names have it.
    pub fn number(&mut self, rows: &Rows) -> io::Result<usize> {
        Ok(self.kind(rows)?.number)
    }

    /// Whether rows of these tables had a column of texts when they were read.
    pub fn has_texts(&self, number: Option<usize>) -> bool {
        let kind = self.kinds.iter().find(|kind| Some(kind.number) == number);
        kind.is_some_and(|kind| kind.like.has_texts())
    }

    fn next_number(&self) -> usize {
        self.kinds.len() + 1 + usize::from(self.records.is_some())
    }

    /// The tables that rows go to, made where there are none yet.
    fn kind(&mut self, rows: &Rows) -> io::Result<&mut Kind> {
        let known = self.kinds.iter().position(|kind| kind.like.takes(rows));
        let at = match known {
            Some(kind) => kind,
            None => {
                let number = self.next_number();
                let create = |path: PathBuf| {
                    let file = ResultFile::create(&path, None)?;
                    TableWriter::new(file, rows.table())
                };
                let stay = self.to.is_none_or(|to| to == Format::Parquet);
                let folder = self.folder.as_ref();
                let path = |name| Some(folder?.join(file_name(name, number)));
                let [kept, removed] = NAMES.map(path);
                self.kinds.push(Kind {
                    number,
                    like: Like::new(rows.table()),
                    kept: kept.filter(|_| stay).map(create).transpose()?,
                    removed: removed.map(create).transpose()?,
                });
                self.kinds.len() - 1
            }
        };
        Ok(&mut self.kinds[at])
    }

    /// Writes the rows of a batch, by what became of each; kept ones to `lines` where they are not to stay
    /// rows.
    pub fn write(&mut self, rows: &Rows, done: &[Done], lines: &mut impl Write) -> io::Result<()> {
        // Behind the rows may stand why there are no more.
        let done = &done[..rows.batch().num_rows().min(done.len())];
        let texts: Vec<Option<Cow<'_, str>>> = done
            .iter()
            .map(|done| match done {
                Done::Kept(Some(text)) => Some(Cow::Borrowed(&text[..])),
                _ => None,
            })
            .collect();
        let stays: Vec<bool> = done.iter().map(|d| matches!(d, Done::Kept(_))).collect();
        let goes: Vec<bool> = done.iter().map(|d| matches!(d, Done::Removed)).collect();
        let Kind {
            like,
            kept,
            removed,
            ..
        } = self.kind(rows)?;
        match kept {
            Some(kept) => kept.write(rows, &stays, &texts)?,
            None => like.write_lines(lines, rows, &stays, &texts)?,
        }
        match removed {
            Some(removed) => removed.write(rows, &goes, &vec![None; done.len()]),
            None => Ok(()),
        }
    }

    /// Writes a kept page that was no row.
    pub fn push(&mut self, page: Kept<'_>) -> io::Result<()> {
        let records = match (&mut self.records, self.folder.as_ref()) {
            (Some(records), _) => records,
            (none, Some(folder)) => {
                let name = file_name(NAMES[0], self.kinds.len() + 1);
                none.insert(RecordTable::create(&folder.join(name))?)
            }
            (None, None) => return Ok(()),
        };
        records.push(page)
    }

    /// Writes the ends of all tables, to disk, and gives what tells them from others.
    pub fn finish(&mut self) -> io::Result<Vec<FileSum>> {
        // Who asked for a table finds one, without rows where nothing was kept.
        if let Some(folder) = &self.folder
            && self.to == Some(Format::Parquet)
            && self.kinds.is_empty()
            && self.records.is_none()
        {
            self.records = Some(RecordTable::create(&folder.join(file_name(NAMES[0], 1)))?);
        }
        let mut sums = Vec::new();
        for kind in std::mem::take(&mut self.kinds) {
            for table in [kind.kept, kind.removed].into_iter().flatten() {
                sums.extend(table.finish()?.finish()?);
            }
        }
        if let Some(records) = self.records.take() {
            sums.extend(records.finish()?);
        }
        Ok(sums)
    }
}
