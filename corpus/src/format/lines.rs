//! Records of JSON, one a line.

use super::fields::{self, Field, Fields};
use super::record::{Body, Entry, Position, Record, Rejected, Whole};
use super::{Limits, too_long};
use encoding_rs_io::DecodeReaderBytesBuilder;
use memchr::{memchr, memchr_iter, memrchr};
use std::io::{BufRead, Read};

/// Bytes of a batch of lines: few enough to be looked at while they are in the cache.
const BATCH: usize = 1 << 20;

/// Takes whole lines off a stream.
pub struct LineReader {
    stream: Box<dyn Read + Send>,
    limits: Limits,
    /// What was read behind the last whole line.
    rest: Vec<u8>,
    /// Number of the first line that was not given yet.
    line: u64,
    state: State,
}

#[derive(PartialEq, Eq)]
enum State {
    Reading,
    /// In a line that is too long already.
    Skipping,
    Ended,
}

/// Consecutive lines.
pub struct Lines {
    bytes: Vec<u8>,
    first: u64,
    limits: Limits,
    /// What comes behind them and cannot be read.
    broken: Option<(u64, String)>,
}

impl LineReader {
    /// Lines of UTF-8, or of UTF-16 with a byte order mark.
    pub fn new(stream: Box<dyn BufRead + Send>, limits: Limits) -> Self {
        let decoded = DecodeReaderBytesBuilder::new()
            .utf8_passthru(true)
            .strip_bom(true)
            .build(stream);
        LineReader {
            stream: Box::new(decoded),
            limits,
            rest: Vec::new(),
            line: 1,
            state: State::Reading,
        }
    }

    /// The lines `bytes`, and the number of the one that is broken behind them.
    fn lines(&mut self, bytes: Vec<u8>, broken: Option<String>) -> Lines {
        let first = self.line;
        self.line += memchr_iter(b'\n', &bytes).count() as u64;
        Lines {
            bytes,
            first,
            limits: self.limits,
            broken: broken.map(|error| (self.line, error)),
        }
    }
}

impl Iterator for LineReader {
    type Item = Lines;

    fn next(&mut self) -> Option<Lines> {
        if self.state == State::Ended {
            return None;
        }
        let mut bytes = std::mem::take(&mut self.rest);
        let mut whole = 0;
        loop {
            let before = bytes.len();
            let read = self
                .stream
                .by_ref()
                .take(BATCH as u64)
                .read_to_end(&mut bytes);
            if self.state == State::Skipping {
                match memchr(b'\n', &bytes) {
                    Some(end) => {
                        bytes.drain(..=end);
                        self.line += 1;
                        self.state = State::Reading;
                    }
                    None => bytes.clear(),
                }
            }
            let unseen = before.min(bytes.len());
            if let Some(last) = memrchr(b'\n', &bytes[unseen..]) {
                whole = unseen + last + 1;
            }
            match read {
                Ok(0) => {
                    self.state = State::Ended;
                    return (!bytes.is_empty()).then(|| self.lines(bytes, None));
                }
                Ok(_) if whole > 0 => {
                    self.rest = bytes.split_off(whole);
                    return Some(self.lines(bytes, None));
                }
                Ok(_) if bytes.len() > self.limits.record => {
                    self.state = State::Skipping;
                    let error = too_long(self.limits);
                    return Some(self.lines(Vec::new(), Some(error)));
                }
                Ok(_) => {}
                // What was read of a line is no line; one that is too long was told.
                Err(error) => {
                    self.line += u64::from(self.state == State::Skipping);
                    self.state = State::Ended;
                    bytes.truncate(whole);
                    let error = format!("cannot be read further: {error}");
                    return Some(self.lines(bytes, Some(error)));
                }
            }
        }
    }
}

impl Lines {
    pub fn bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// The record of each line; blank ones are none.
    pub fn entries(&self, fields: &Fields) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut start = 0;
        let mut number = self.first;
        while start < self.bytes.len() {
            let end =
                memchr(b'\n', &self.bytes[start..]).map_or(self.bytes.len(), |len| start + len);
            let at = Position::Line(number);
            entries.extend(self.entry(&self.bytes[start..end], at, fields));
            start = end + 1;
            number += 1;
        }
        if let Some((line, error)) = &self.broken {
            entries.push(Entry::Rejected(Rejected {
                id: None,
                at: Position::Line(*line),
                error: error.clone(),
            }));
        }
        entries
    }

    fn entry(&self, line: &[u8], at: Position, fields: &Fields) -> Option<Entry> {
        let read = match line.len() > self.limits.record {
            true => Err((None, too_long(self.limits))),
            false => record(line, at, fields),
        };
        match read {
            Ok(record) => Some(Entry::Record(Box::new(record?))),
            Err((id, error)) => Some(Entry::Rejected(Rejected { id, at, error })),
        }
    }
}

/// The record of a line; `None` for a blank one. An error comes with the record's id where it
/// could be read.
pub fn record(
    line: &[u8],
    at: Position,
    names: &Fields,
) -> Result<Option<Record>, (Option<String>, String)> {
    let line = simdutf8::compat::from_utf8(line).map_err(|error| {
        let byte = error.valid_up_to() + 1;
        (None, format!("not UTF-8 at byte {byte} of the line"))
    })?;
    let line = line.trim_end_matches('\r').trim_start_matches('\u{feff}');
    if line.trim().is_empty() {
        return Ok(None);
    }
    let values = names.find(line);
    let values = values.map_err(|error| {
        let error = fields::unplaced(&error, "line");
        (None, format!("not a JSON object: {error}"))
    })?;
    let id_name = names.of(Field::Id);
    let id = values.raw(Field::Id).map(|raw| fields::name(id_name, raw));
    let id = id.transpose().map_err(|error| (None, error))?;
    let Some(id) = id.flatten() else {
        return Err((None, format!("no `{id_name}`; every record needs one")));
    };
    let failed = |error: String| (Some(id.clone()), error);
    let string = |field: Field| {
        let raw = values.given(field)?;
        Some(fields::string(names.of(field), raw))
    };
    // Text that somebody extracted is what the page is taken for; else its HTML is.
    let body = match (string(Field::Text), string(Field::Html)) {
        (Some(text), _) => Body::Text(text.map_err(failed)?),
        (None, Some(html)) => Body::Html(html.map_err(failed)?),
        (None, None) => {
            let (text, html) = (names.of(Field::Text), names.of(Field::Html));
            return Err(failed(format!(
                "no `{text}` and no `{html}`; every record needs one"
            )));
        }
    };
    let source = values.raw(Field::Source);
    let source = source.map(|raw| fields::name(names.of(Field::Source), raw));
    let source = source.transpose().map_err(failed)?.flatten();
    // A URL that is none, or no string, is nobody's host.
    let url = string(Field::Url).and_then(Result::ok);
    let mut remarks = Vec::new();
    let date = values.given(Field::Date).and_then(|raw| {
        let date = fields::string("", raw).ok();
        let date = date.and_then(|date| fields::seconds(&date));
        if date.is_none() {
            remarks.push(fields::undated(names.of(Field::Date), raw.get()));
        }
        date
    });
    let rank = values.given(Field::Rank).and_then(|raw| {
        let rank = raw.get().parse().ok();
        if rank.is_none() {
            remarks.push(fields::unranked(names.of(Field::Rank), raw.get()));
        }
        rank
    });
    // Values borrow from their line.
    let place = values.raw(Field::Text).map(|raw| {
        let start = raw.get().as_ptr() as usize - line.as_ptr() as usize;
        start..start + raw.get().len()
    });
    Ok(Some(Record {
        source: source.or_else(|| fields::host(url.as_deref()?)),
        url,
        date,
        rank,
        body,
        at,
        remarks,
        whole: Whole::Line {
            line: line.to_owned(),
            text: place,
        },
        id,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::FREE;
    use std::io::{self, Cursor};

    const LIMITS: Limits = Limits {
        record: 3 << 20,
        expansion: 200,
        free: FREE,
    };

    fn all(bytes: impl Into<Vec<u8>>, limits: Limits) -> Vec<String> {
        entries(Box::new(Cursor::new(bytes.into())), limits)
    }

    /// Each entry in a line.
    fn entries(stream: Box<dyn BufRead + Send>, limits: Limits) -> Vec<String> {
        let lines = LineReader::new(stream, limits);
        let entries = lines.flat_map(|lines| lines.entries(&Fields::default()));
        let said = entries.map(|entry| match entry {
            Entry::Record(record) => match record.body {
                Body::Text(text) => format!("{}{}: {text:.20}", record.id, record.at),
                _ => format!("{}{}: html", record.id, record.at),
            },
            Entry::Rejected(Rejected { id, at, error }) => {
                format!("{}{at}! {error}", id.unwrap_or_default())
            }
        });
        said.collect()
    }

    #[test]
    fn lines_of_every_kind() {
        let lines = "\u{feff}{\"id\":1,\"text\":\"one\"}\r\n\n{\"id\":\"b\",\"html\":\"<p>\"}\nnothing\n\
             {\"id\":\"c\"}\n{\"text\":\"d\"}\n{\"id\":\"e\",\"text\":7}\n{\"id\":\"f\",\"text\":\"six\"}";
        assert_eq!(
            all(lines, LIMITS),
            [
                "1:1: one",
                "b:3: html",
                ":4! not a JSON object: it does not begin with {",
                "c:5! no `text` and no `html`; every record needs one",
                ":6! no `id`; every record needs one",
                "e:7! `text` is a number; it must be a string",
                "f:8: six",
            ]
        );
    }

    #[test]
    fn utf_16_by_its_mark() {
        let line = "{\"id\":\"a\",\"text\":\"caf\u{e9}\"}\n";
        for mark in [[0xff, 0xfe], [0xfe, 0xff]] {
            let little = mark[0] == 0xff;
            let units = line.encode_utf16().flat_map(|unit| match little {
                true => unit.to_le_bytes(),
                false => unit.to_be_bytes(),
            });
            let bytes: Vec<u8> = mark.into_iter().chain(units).collect();
            assert_eq!(all(bytes, LIMITS), ["a:1: caf\u{e9}"]);
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let good = |id: &str| format!("{{\"id\":\"{id}\",\"text\":\"x\"}}\n");
        let long = format!(
            "{{\"id\":\"long\",\"text\":\"{}\"}}\n",
            "y".repeat(10 << 20)
        );
        let small = Limits {
            record: 100,
            ..LIMITS
        };
        let told =
            |limit: usize| format!(":2! longer than {limit} bytes; --max-record allows more");
        let lines = [good("a"), long.clone(), good("b")].concat();
        assert_eq!(
            all(lines, LIMITS),
            ["a:1: x".to_owned(), told(3 << 20), "b:3: x".to_owned()]
        );
        // In the middle of a batch too, and at the end of the file.
        let line = format!("{{\"id\":\"long\",\"text\":\"{}\"}}\n", "y".repeat(100));
        let lines = [good("a"), line, good("b")].concat();
        assert_eq!(
            all(lines, small),
            ["a:1: x".to_owned(), told(100), "b:3: x".to_owned()]
        );
        let lines = [good("a"), long.trim_end().to_owned()].concat();
        assert_eq!(all(lines, LIMITS), ["a:1: x".to_owned(), told(3 << 20)]);
    }

    #[test]
    fn what_was_read_before_a_fault_stands() {
        struct Fault;
        impl Read for Fault {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("the disk is gone"))
            }
        }
        let begun = Cursor::new(b"{\"id\":\"a\",\"text\":\"x\"}\n{\"id\":\"b\",".to_vec());
        let stream = io::BufReader::new(begun.chain(Fault));
        assert_eq!(
            entries(Box::new(stream), LIMITS),
            ["a:1: x", ":2! cannot be read further: the disk is gone"]
        );
    }

    #[test]
    fn other_names_and_ways() {
        let mut names = Fields::default();
        names.set(Field::Id, "meta.key");
        names.set(Field::Text, "article.body");
        let at = Position::Line(1);
        let read = |line: &str| record(line.as_bytes(), at, &names);
        let line = r#"{"meta":{"x":[1],"key":4},"article":{"body":"Well."},"text":"no"}"#;
        let found = read(line).unwrap().unwrap();
        assert_eq!(found.id, "4");
        let Whole::Line { line, text } = found.whole else {
            panic!()
        };
        assert_eq!(&line[text.unwrap()], "\"Well.\"");
        // A field of the whole name comes first.
        let line = r#"{"meta":{"key":4},"meta.key":5,"article.body":"Well."}"#;
        assert_eq!(read(line).unwrap().unwrap().id, "5");
        let line = r#"{"meta":7,"article":{}}"#;
        assert!(read(line).unwrap_err().1.starts_with("no `meta.key`"));
        let line = r#"{"meta":{"key":1},"article":{"body":"a","body":"b"}}"#;
        assert!(read(line).unwrap_err().1.contains("stands twice"));
    }

    #[test]
    fn json_a_hundred_thousand_deep() {
        let deep = format!(
            "{{\"id\":\"deep\",\"x\":{}{},\"text\":\"found\"}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        assert_eq!(all(deep, LIMITS), ["deep:1: found"]);
        let text = format!("{{\"id\":\"deep\",\"text\":{}", "[".repeat(100_000));
        assert!(all(text, LIMITS)[0].starts_with(":1! not a JSON object: EOF"));
    }
}
