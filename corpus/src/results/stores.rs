//! The files in which records stand, kept and removed: lines of JSON, and tables.

use super::lines::{At, Lines, Made};
use super::{Folder, LIMITS, StoreId};
use crate::format::fields::Fields;
use crate::format::open::SystemFault;
use crate::format::parquet::{Rows, TableReader};
use crate::format::{Entry, Position, Record, lines};
use crate::results::tables;
use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::sync::Arc;

/// A record as it stands in a store.
pub struct Stored {
    /// By the names of the fields of the run.
    record: Result<Record, String>,
    /// By the names that the program itself writes, for pages that were files or stood in archives; where
    /// these are others.
    plain: Option<Result<Record, String>>,
    /// The table and the row in it.
    pub row: Option<(Arc<Rows>, usize)>,
}

impl Stored {
    /// As what the ledger says it was.
    fn read(&self, as_written: bool) -> &Result<Record, String> {
        match &self.plain {
            Some(plain) if as_written => plain,
            _ => &self.record,
        }
    }

    pub fn into_record(self, as_written: bool) -> Result<Record, String> {
        match self.plain {
            Some(plain) if as_written => plain,
            _ => self.record,
        }
    }

    pub fn id(&self, as_written: bool) -> Option<&str> {
        self.read(as_written)
            .as_ref()
            .ok()
            .map(|record| &record.id[..])
    }
}

/// Records of a file, in order.
pub enum Store {
    Lines(Lines<Stored>),
    Table(Box<Table>),
}

pub struct Table {
    file: Arc<str>,
    reader: TableReader,
    made: VecDeque<Made<Stored>>,
    row: u64,
}

/// The name of the file of a store.
pub fn name(store: StoreId) -> String {
    let name = match store.kept {
        true => "pages",
        false => "removed",
    };
    match store.table {
        0 => format!("{name}.jsonl"),
        number => tables::file_name(name, number.into()),
    }
}

/// What reads a line of JSON as a record.
pub fn of_line(
    fields: &Fields,
) -> impl Fn(&str, u64) -> Result<Stored, String> + Send + Sync + use<> {
    let fields = fields.clone();
    let plain = Fields::default();
    move |line, number| {
        let read = |fields: &Fields| match lines::record(
            line.as_bytes(),
            Position::Line(number),
            fields,
        ) {
            Ok(Some(record)) => Ok(record),
            Ok(None) => Err("a blank line".to_owned()),
            Err((_, error)) => Err(error),
        };
        Ok(Stored {
            record: read(&fields),
            plain: (fields != plain).then(|| read(&plain)),
            row: None,
        })
    }
}

impl Store {
    pub fn open(folder: &Folder, store: StoreId) -> io::Result<Store> {
        let name = name(store);
        if store.table == 0 {
            let make = Box::new(of_line(&folder.fields));
            return Ok(Store::Lines(Lines::open(&folder.path, &name, make)?));
        }
        let path = folder.file(&name);
        let failed = |error: &dyn std::fmt::Display| {
            io::Error::other(format!("{}: {error}", path.display()))
        };
        let file = File::open(&path).map_err(|error| failed(&error))?;
        let reader = TableReader::open(file, &folder.fields, LIMITS, &SystemFault::default());
        Ok(Store::Table(Box::new(Table {
            reader: reader.map_err(|error| failed(&error))?,
            file: name.into(),
            made: VecDeque::new(),
            row: 1,
        })))
    }

    pub fn next(&mut self) -> io::Result<Option<Made<Stored>>> {
        match self {
            Store::Lines(lines) => lines.next(),
            Store::Table(table) => {
                table.fill(1);
                Ok(table.made.pop_front())
            }
        }
    }

    /// The record that comes behind so many others, which all stay.
    pub fn peek(&mut self, others: usize) -> io::Result<Option<&Made<Stored>>> {
        match self {
            Store::Lines(lines) => lines.peek(others),
            Store::Table(table) => {
                table.fill(others + 1);
                Ok(table.made.get(others))
            }
        }
    }
}

impl Table {
    fn fill(&mut self, wanted: usize) {
        while self.made.len() < wanted {
            let Some(rows) = self.reader.next() else {
                return;
            };
            let rows = Arc::new(rows);
            for (number, entry) in rows.entries().into_iter().enumerate() {
                let record = match entry {
                    Entry::Record(record) => Ok(*record),
                    Entry::Rejected(rejected) => Err(rejected.error),
                };
                let at = At {
                    file: Arc::clone(&self.file),
                    line: self.row,
                    offset: 0,
                    len: 0,
                };
                self.row += 1;
                self.made.push_back(Made {
                    at,
                    row: Ok(Stored {
                        record,
                        plain: None,
                        row: Some((Arc::clone(&rows), number)),
                    }),
                });
            }
        }
    }
}
