//! The records that rows are.

use super::value::{Meaning, bytes, integer, seconds, uuid};
use super::{Column, Table};
use crate::format::Limits;
use crate::format::fields::{self, Field};
use crate::format::record::{Body, Entry, Position, Record, Rejected, Whole};
use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use std::sync::Arc;

/// Consecutive rows, with all columns.
pub struct Rows {
    pub(super) batch: RecordBatch,
    pub(super) table: Arc<Table>,
    /// Number of the first row, from 1.
    pub(super) first: u64,
    pub(super) limits: Limits,
    /// What comes after them and cannot be read.
    pub(super) broken: Option<String>,
}

impl Rows {
    /// Bytes of memory that they take.
    pub fn bytes_held(&self) -> u64 {
        self.batch.get_array_memory_size() as u64
    }

    /// The rows, with all columns; none where the file cannot be read further.
    pub fn batch(&self) -> &RecordBatch {
        &self.batch
    }

    /// What they have in common with the other rows of their file.
    pub fn table(&self) -> &Arc<Table> {
        &self.table
    }

    /// The record of each row.
    pub fn entries(&self) -> Vec<Entry> {
        let rows = 0..self.batch.num_rows();
        let mut entries: Vec<Entry> = rows.map(|row| self.entry(row)).collect();
        if let Some(error) = &self.broken {
            entries.push(Entry::Rejected(Rejected {
                id: None,
                at: self.at(self.batch.num_rows()),
                error: error.clone(),
            }));
        }
        entries
    }

    fn at(&self, row: usize) -> Position {
        Position::Row(self.first + row as u64)
    }

    fn entry(&self, row: usize) -> Entry {
        match self.record(row) {
            Ok(record) => Entry::Record(Box::new(record)),
            Err((id, error)) => Entry::Rejected(Rejected {
                id,
                at: self.at(row),
                error,
            }),
        }
    }

    /// An error comes with the record's id where it could be read.
    fn record(&self, row: usize) -> Result<Record, (Option<String>, String)> {
        let id = self.name(Field::Id, row).transpose();
        let Some(id) = id.map_err(|error| (None, error))? else {
            let name = self.table.name(Field::Id);
            return Err((None, format!("no `{name}`; every record needs one")));
        };
        let failed = |error: String| (Some(id.clone()), error);
        let body = self.body(row).map_err(failed)?;
        let source = self.name(Field::Source, row).transpose().map_err(failed)?;
        // A URL that is no string is nobody's host.
        let url = self.string(Field::Url, row).and_then(Result::ok);
        let mut remarks = Vec::new();
        let date = self.given(Field::Date, row).and_then(|given| {
            let date = self.date(given, row);
            date.map_err(|odd| remarks.push(fields::undated(self.table.name(Field::Date), odd)))
                .ok()
        });
        let rank = self.given(Field::Rank, row).and_then(|(array, column)| {
            let rank =
                integer(array, row, column.meaning).and_then(|rank| i64::try_from(rank).ok());
            if rank.is_none() {
                let odd = odd(array, column, row);
                remarks.push(fields::unranked(self.table.name(Field::Rank), odd));
            }
            rank
        });
        Ok(Record {
            source: source.or_else(|| fields::host(url?)),
            url: url.map(str::to_owned),
            date,
            rank,
            body,
            at: self.at(row),
            remarks,
            whole: Whole::Row,
            id,
        })
    }

    /// Text that somebody extracted is what the page is taken for; else its HTML is.
    fn body(&self, row: usize) -> Result<Body, String> {
        if let Some(text) = self.string(Field::Text, row) {
            return Ok(Body::Text(text?.to_owned()));
        }
        match self.bytes(Field::Html, row) {
            Some(html) => {
                let html = html?;
                self.has_place(row)?;
                // Bytes are HTML as it was fetched, in any charset.
                Ok(match simdutf8::basic::from_utf8(html) {
                    Ok(html) => Body::Html(html.to_owned()),
                    Err(_) => Body::Fetched(html.to_owned(), None),
                })
            }
            None => Err(format!(
                "no `{}` and no `{}`; every record needs one",
                self.table.name(Field::Text),
                self.table.name(Field::Html)
            )),
        }
    }

    /// Whether the row can hold the text of its HTML. A struct that is null has no place for one, and could not be
    /// told from one of nulls afterwards.
    fn has_place(&self, row: usize) -> Result<(), String> {
        match self.table.column(Field::Text) {
            Some(column) if column.in_null(&self.batch, row) => Err(format!(
                "the struct around `{}` is null, so that it cannot hold the text of `{}`; leave `{0}` out, or fill it",
                self.table.name(Field::Text),
                self.table.name(Field::Html)
            )),
            _ => Ok(()),
        }
    }

    /// A field that is there and not null: the array that holds it, and what its values mean.
    fn given(&self, field: Field, row: usize) -> Option<(&dyn Array, &Column)> {
        let column = self.table.column(field)?;
        Some((column.array(&self.batch, row)?, column))
    }

    fn bytes(&self, field: Field, row: usize) -> Option<Result<&[u8], String>> {
        let (array, column) = self.given(field, row)?;
        let name = self.table.name(field);
        if column.meaning != Meaning::Text {
            let kind = &column.kind;
            return Some(Err(format!("`{name}` is {kind}; it must be a string")));
        }
        let bytes = bytes(array, row)?;
        let most = self.limits.record;
        Some(match bytes.len() > most {
            true => Err(format!(
                "`{name}` is longer than {most} bytes; --max-record allows more"
            )),
            false => Ok(bytes),
        })
    }

    fn string(&self, field: Field, row: usize) -> Option<Result<&str, String>> {
        let bytes = self.bytes(field, row)?;
        Some(bytes.and_then(|bytes| {
            simdutf8::compat::from_utf8(bytes).map_err(|error| {
                let (name, byte) = (self.table.name(field), error.valid_up_to() + 1);
                format!("`{name}` is not UTF-8 at byte {byte}")
            })
        }))
    }

    /// A string, a UUID, or an integer in decimal.
    fn name(&self, field: Field, row: usize) -> Option<Result<String, String>> {
        let (array, column) = self.given(field, row)?;
        match column.meaning {
            Meaning::Text => Some(self.string(field, row)?.map(str::to_owned)),
            Meaning::Uuid => Some(Ok(uuid(bytes(array, row)?))),
            meaning => Some(match integer(array, row, meaning) {
                Some(integer) => Ok(integer.to_string()),
                None => Err(format!(
                    "`{}` is a number of more than 38 digits; write it as a string",
                    self.table.name(field)
                )),
            }),
        }
    }

    /// Seconds since 1970, else what is there.
    fn date(&self, (array, column): (&dyn Array, &Column), row: usize) -> Result<i64, String> {
        let seconds = match column.meaning {
            Meaning::Text => bytes(array, row)
                .and_then(|date| std::str::from_utf8(date).ok())
                .and_then(fields::seconds),
            meaning => seconds(array, row, meaning),
        };
        seconds.ok_or_else(|| odd(array, column, row))
    }
}

/// A value that is not what it should be, as it is told to people.
fn odd(array: &dyn Array, column: &Column, row: usize) -> String {
    match (column.meaning, integer(array, row, column.meaning)) {
        (Meaning::Text, _) => match bytes(array, row) {
            Some(bytes) => format!("{:?}", String::from_utf8_lossy(bytes)),
            None => "null".to_owned(),
        },
        (_, Some(integer)) => integer.to_string(),
        _ => format!("of type {}", column.kind),
    }
}

impl Column {
    /// The array that holds its value in a row; `None` where that is null.
    fn array<'b>(&self, batch: &'b RecordBatch, row: usize) -> Option<&'b dyn Array> {
        let last = self.arrays(batch).last()?;
        let there = self.arrays(batch).all(|array| array.is_valid(row));
        there.then_some(last)
    }

    /// Whether a struct around its value is null in a row.
    fn in_null(&self, batch: &RecordBatch, row: usize) -> bool {
        let mut structs = self.arrays(batch).take(self.path.len().saturating_sub(1));
        structs.any(|array| array.is_null(row))
    }

    /// The arrays on the way to its value, and the one that holds it.
    fn arrays<'b>(&self, batch: &'b RecordBatch) -> impl Iterator<Item = &'b dyn Array> {
        let mut columns = batch.columns();
        self.path.iter().map_while(move |at| {
            let array: &dyn Array = columns.get(*at)?;
            columns = array.as_struct_opt().map_or(&[], |object| object.columns());
            Some(array)
        })
    }
}
