//! Files that are one page each.

use super::Limits;
use super::find::{self, InputFile, Kind};
use super::open::{self, SystemFault};
use super::record::{Body, Entry, Position, Record, Rejected, Whole};
use std::io::{self, Read};
use twicetold::html::decode;

/// A file that was read.
///
/// It is read where files are taken together, and not where they are made into entries side by side: a few bytes that
/// are packed become what a record may be, and nothing tells that before.
pub struct PageFile {
    pub file: InputFile,
    bytes: io::Result<Vec<u8>>,
}

impl PageFile {
    pub fn read(file: InputFile, limits: Limits, fault: &SystemFault) -> PageFile {
        let bytes = read(&file, limits, fault);
        PageFile { file, bytes }
    }

    /// Bytes that it holds.
    pub fn len(&self) -> u64 {
        self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)
    }

    pub fn entry(&self) -> Entry {
        let file = &self.file;
        let bytes = match &self.bytes {
            Ok(bytes) => bytes.clone(),
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
}

fn read(file: &InputFile, limits: Limits, fault: &SystemFault) -> io::Result<Vec<u8>> {
    find::regular(&file.path)?;
    let stream = open::open(&file.path, limits, fault)?.stream;
    let most = limits.record as u64;
    let mut bytes = Vec::new();
    stream.take(most + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > most {
        true => Err(io::Error::other(super::too_long(limits))),
        false => Ok(bytes),
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
