//! Files that are one page each.

use super::Limits;
use super::find::{self, InputFile, Kind};
use super::open;
use super::record::{Body, Entry, Position, Record, Rejected, Whole};
use std::io::{self, Read};
use twicetold::html::decode;

/// Files that follow each other.
pub struct Pages {
    pub files: Vec<InputFile>,
    pub limits: Limits,
}

impl Pages {
    /// One entry a file.
    pub fn entries(&self) -> Vec<Entry> {
        self.files.iter().map(|file| self.entry(file)).collect()
    }

    fn entry(&self, file: &InputFile) -> Entry {
        let bytes = match self.read(file) {
            Ok(bytes) => bytes,
            Err(error) => {
                return Entry::Rejected(Rejected {
                    id: Some(file.id.clone()),
                    at: Position::Whole,
                    error: error.to_string(),
                });
            }
        };
        let (body, remarks) = match file.kind {
            Kind::Html => (Body::Fetched(bytes, None), Vec::new()),
            _ => text(bytes),
        };
        Entry::Record(Box::new(Record {
            id: file.id.clone(),
            source: file.source.clone(),
            url: None,
            date: None,
            rank: None,
            body,
            at: Position::Whole,
            remarks,
            whole: Whole::File,
        }))
    }

    fn read(&self, file: &InputFile) -> io::Result<Vec<u8>> {
        find::regular(&file.path)?;
        let (stream, _) = open::open(&file.path, self.limits)?;
        let most = self.limits.record as u64;
        let mut bytes = Vec::new();
        stream.take(most + 1).read_to_end(&mut bytes)?;
        match bytes.len() as u64 > most {
            true => Err(io::Error::other(super::too_long(self.limits))),
            false => Ok(bytes),
        }
    }
}

/// Bytes as text, and what was odd about them.
fn text(bytes: Vec<u8>) -> (Body, Vec<String>) {
    let bytes = match bytes.starts_with(b"\xef\xbb\xbf") {
        true => bytes,
        false => match String::from_utf8(bytes) {
            Ok(text) => return (Body::Text(text), Vec::new()),
            Err(error) => error.into_bytes(),
        },
    };
    let decoded = decode(&bytes, None);
    let mut remarks = decoded.remarks;
    if decoded.charset != "UTF-8" {
        remarks.push(format!("read as {}", decoded.charset));
    }
    (Body::Text(decoded.html), remarks)
}
