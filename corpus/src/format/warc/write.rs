//! WET files: the texts of pages as `conversion` records of WARC/1.0.

use std::fmt::Write as _;
use std::io::{self, Write};

/// A text, and the headers that tell where it comes from.
pub struct WetRecord<'r> {
    /// The `WARC-Record-ID`, without angle brackets.
    pub id: &'r str,
    pub url: Option<&'r str>,
    /// As it stood in the input. The standard asks for a date; one that nobody knows is not made up.
    pub date: Option<&'r str>,
    /// The `WARC-Record-ID` of the record that the text was made from, without angle brackets.
    pub refers_to: Option<&'r str>,
    /// The id of what was no record of an archive, and has no such id.
    pub name: Option<&'r str>,
    pub text: &'r str,
}

/// The id of what is made of the record `id`: the same from one run to the next.
pub fn derived_id(id: &str) -> String {
    format!("urn:uuid:{}", name_based(id))
}

/// Writes one text.
pub fn write_conversion(out: &mut impl Write, record: &WetRecord) -> io::Result<()> {
    let mut head = Head::of("conversion", record.id);
    if let Some(url) = record.url {
        head.add("WARC-Target-URI", url);
    }
    if let Some(date) = record.date {
        head.add("WARC-Date", date);
    }
    if let Some(id) = record.refers_to {
        head.add("WARC-Refers-To", &format!("<{id}>"));
    }
    if let Some(name) = record.name {
        head.add("X-Twicetold-Id", name);
    }
    head.write(out, "text/plain", record.text.as_bytes())
}

/// Writes the record that a file begins with, which says what wrote it.
pub fn write_info(out: &mut impl Write, software: &str) -> io::Result<()> {
    let body = format!(
        "software: {}\r\nformat: WARC File Format 1.0\r\n",
        on_one_line(software)
    );
    // Equal records may have equal ids, and equal inputs give equal files: no chance and no clock.
    let mut head = Head::of("warcinfo", &format!("urn:uuid:{}", name_based(&body)));
    head.add("WARC-Date", "1970-01-01T00:00:00Z");
    head.write(out, "application/warc-fields", body.as_bytes())
}

/// The headers of a record, so far.
struct Head(String);

impl Head {
    fn of(kind: &str, id: &str) -> Head {
        let mut head = Head("WARC/1.0\r\n".into());
        head.add("WARC-Type", kind);
        head.add("WARC-Record-ID", &format!("<{id}>"));
        head
    }

    fn add(&mut self, name: &str, value: &str) {
        self.0.extend([name, ": ", &on_one_line(value), "\r\n"]);
    }

    fn write(mut self, out: &mut impl Write, media: &str, body: &[u8]) -> io::Result<()> {
        self.add("Content-Type", media);
        self.add("Content-Length", &body.len().to_string());
        out.write_all(self.0.as_bytes())?;
        out.write_all(b"\r\n")?;
        out.write_all(body)?;
        out.write_all(b"\r\n\r\n")
    }
}

/// A value that cannot end its line: control characters are written as in URLs, `%0A`.
fn on_one_line(value: &str) -> String {
    let mut line = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '\0'..='\x1f' | '\x7f' => {
                // Writing to a string does not fail.
                let _ = write!(line, "%{:02X}", letter as u32);
            }
            _ => line.push(letter),
        }
    }
    line
}

/// A UUID of version 8 (RFC 9562) that a text alone decides, by FNV-1a.
fn name_based(text: &str) -> String {
    let hash = text
        .bytes()
        .fold(0x6c62272e07bb014262b821756295c58d, |hash: u128, byte| {
            (hash ^ u128::from(byte)).wrapping_mul(0x0000000001000000000000000000013b)
        });
    let version = 8 << 76;
    let variant = 2 << 62;
    let marked = hash & !(0xf << 76) & !(3 << 62) | version | variant;
    let digits = format!("{marked:032x}");
    let mut uuid = String::with_capacity(36);
    for (at, digit) in digits.chars().enumerate() {
        if [8, 12, 16, 20].contains(&at) {
            uuid.push('-');
        }
        uuid.push(digit);
    }
    uuid
}

#[cfg(all(test, feature = "proptest", feature = "warc"))]
mod tests {
    use super::*;
    use crate::format::open::Opened;
    use crate::format::warc::WarcReader;
    use crate::format::{Body, Entry, FREE, Limits, Record};
    use proptest::prelude::*;
    use std::io::Cursor;

    const LIMITS: Limits = Limits {
        record: 1 << 20,
        expansion: 200,
        free: FREE,
    };

    /// What a reader finds, and how many records it passes over.
    fn read(file: Vec<u8>) -> (Vec<Record>, u64) {
        let mut passed_over = 0;
        let mut found = Vec::new();
        for records in WarcReader::new(Opened::plain(Box::new(Cursor::new(file)), LIMITS), LIMITS) {
            passed_over += records.passed_over;
            for entry in records.entries() {
                match entry {
                    Entry::Record(record) => found.push(*record),
                    Entry::Rejected(rejected) => panic!("{}", rejected.error),
                }
            }
        }
        (found, passed_over)
    }

    #[test]
    fn bytes_of_a_file() {
        let mut file = Vec::new();
        let record = WetRecord {
            id: "urn:uuid:1",
            url: Some("https://a.example/ä"),
            date: Some("2024-05-01T10:00:00Z"),
            refers_to: Some("urn:uuid:0"),
            name: None,
            text: "Déjà vu.\n",
        };
        write_info(&mut file, "twicetold 0.1.0").unwrap();
        write_conversion(&mut file, &record).unwrap();
        let text = String::from_utf8(file.clone()).unwrap();
        assert_eq!(
            text,
            "WARC/1.0\r\n\
             WARC-Type: warcinfo\r\n\
             WARC-Record-ID: <urn:uuid:8e04d675-e9ec-8e41-8d7d-e75adc1d24fe>\r\n\
             WARC-Date: 1970-01-01T00:00:00Z\r\n\
             Content-Type: application/warc-fields\r\n\
             Content-Length: 57\r\n\
             \r\n\
             software: twicetold 0.1.0\r\n\
             format: WARC File Format 1.0\r\n\
             \r\n\r\n\
             WARC/1.0\r\n\
             WARC-Type: conversion\r\n\
             WARC-Record-ID: <urn:uuid:1>\r\n\
             WARC-Target-URI: https://a.example/ä\r\n\
             WARC-Date: 2024-05-01T10:00:00Z\r\n\
             WARC-Refers-To: <urn:uuid:0>\r\n\
             Content-Type: text/plain\r\n\
             Content-Length: 11\r\n\
             \r\n\
             Déjà vu.\n\r\n\r\n"
        );
        let (records, passed_over) = read(file);
        assert_eq!(passed_over, 1);
        assert_eq!(records[0].date, Some(1714557600));
        assert_eq!(records[0].source.as_deref(), Some("a.example"));
    }

    #[test]
    fn ids_by_name() {
        // What FNV-1a begins with, the 12th digit after the version and the 16th after the variant changed.
        assert_eq!(name_based(""), "6c62272e-07bb-8142-a2b8-21756295c58d");
        assert_ne!(name_based("a"), name_based("b"));
    }

    #[test]
    fn a_hostile_value_stays_on_its_line() {
        let mut file = Vec::new();
        let forged = "\r\n\r\nWARC/1.0\r\nWARC-Type: conversion\nX: \0y";
        let record = WetRecord {
            id: forged,
            url: Some(forged),
            date: Some(forged),
            refers_to: Some(forged),
            name: Some(forged),
            text: forged,
        };
        write_info(&mut file, forged).unwrap();
        write_conversion(&mut file, &record).unwrap();
        let (records, passed_over) = read(file);
        let told = "%0D%0A%0D%0AWARC/1.0%0D%0AWARC-Type: conversion%0AX: %00y";
        assert_eq!((records.len(), passed_over), (1, 1));
        assert_eq!(records[0].id, told);
        assert_eq!(records[0].url.as_deref(), Some(told));
        assert!(matches!(&records[0].body, Body::Text(text) if text == forged));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            pages in prop::collection::vec(
                ("urn:[a-z0-9:<>%-]{1,30}", "http://[a-z]{1,9}\\.example/[^\\x00-\\x20\\x7f]{0,20}", "(?s).{0,200}"),
                0..100,
            )
        ) {
            let mut file = Vec::new();
            write_info(&mut file, "twicetold").unwrap();
            for (id, url, text) in &pages {
                let record = WetRecord { id, url: Some(url), date: None, refers_to: None, name: None, text };
                write_conversion(&mut file, &record).unwrap();
            }
            let (records, passed_over) = read(file);
            prop_assert_eq!((records.len(), passed_over), (pages.len(), 1));
            for (record, (id, url, text)) in records.iter().zip(&pages) {
                prop_assert_eq!(&record.id, id);
                prop_assert_eq!(record.url.as_deref(), Some(&url[..]));
                // A byte order mark is none of the text.
                let text = text.strip_prefix('\u{feff}').unwrap_or(text);
                prop_assert!(matches!(&record.body, Body::Text(read) if read == text));
            }
        }
    }
}
