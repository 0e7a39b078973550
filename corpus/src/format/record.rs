//! What stands in an input, one entry after the other.

use super::MOST_NAME;
use std::fmt;
use std::ops::Range;

/// One input record, or what stands where one should be.
#[derive(Debug)]
pub enum Entry {
    Record(Box<Record>),
    Rejected(Rejected),
}

impl Entry {
    /// The same, where its id and its source are no longer than [`MOST_NAME`]; else what is wrong with it. An id that
    /// is too long is none.
    pub fn with_short_names(self) -> Entry {
        let is_short = |id: &String| id.len() <= MOST_NAME;
        match self {
            Entry::Record(record) => match record.long_name() {
                None => Entry::Record(record),
                Some(error) => Entry::Rejected(Rejected {
                    id: Some(record.id).filter(is_short),
                    at: record.at,
                    error,
                }),
            },
            Entry::Rejected(rejected) => Entry::Rejected(Rejected {
                id: rejected.id.filter(is_short),
                ..rejected
            }),
        }
    }
}

impl Record {
    /// What is wrong with a name that is too long.
    fn long_name(&self) -> Option<String> {
        let source = self.source.as_deref().unwrap_or_default();
        let names = [("id", &self.id[..]), ("source", source)];
        let long = names.into_iter().find(|(_, name)| name.len() > MOST_NAME);
        let (what, name) = long?;
        let bytes = name.len();
        Some(format!(
            "its {what} has {bytes} bytes; at most {MOST_NAME} are allowed"
        ))
    }
}

/// A record that can be processed.
#[derive(Debug)]
pub struct Record {
    pub id: String,
    pub source: Option<String>,
    pub url: Option<String>,
    /// Seconds since 1970, UTC.
    pub date: Option<i64>,
    /// Its place in a ranking of the user's; lower is better.
    pub rank: Option<i64>,
    pub body: Body,
    pub at: Position,
    /// What is odd about it, though it is processed.
    pub remarks: Vec<String>,
    /// What is needed to write it again with another text.
    pub whole: Whole,
}

/// What a page says.
#[derive(Debug)]
pub enum Body {
    Text(String),
    /// HTML whose charset is known.
    Html(String),
    /// HTML as it was fetched, and the charset its `Content-Type` names.
    Fetched(Vec<u8>, Option<String>),
}

/// A record as it was read.
#[derive(Debug)]
pub enum Whole {
    /// A file is its text.
    File,
    /// A line of JSON, and where the value of its text stands in it; `None` where it has only HTML.
    Line {
        line: String,
        text: Option<Range<usize>>,
    },
    /// A row of the table that its batch holds.
    Row,
    /// A record of an archive, and its date as it stands there.
    Archived(Option<String>),
}

/// What is no record, and why.
#[derive(Debug)]
pub struct Rejected {
    /// Its id, where that could be read.
    pub id: Option<String>,
    pub at: Position,
    pub error: String,
}

/// Where something stands in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// It is the file.
    Whole,
    /// A line, from 1.
    Line(u64),
    /// A row of a table, from 1.
    Row(u64),
    /// A byte of what the file holds when it is unpacked, from 0.
    Byte(u64),
}

/// Behind the name of the file: `news.jsonl:7`.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Position::Whole => Ok(()),
            Position::Line(line) => write!(f, ":{line}"),
            Position::Row(row) => write!(f, ":row {row}"),
            Position::Byte(byte) => write!(f, ":byte {byte}"),
        }
    }
}
