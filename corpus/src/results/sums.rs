//! What tells result files from others: their checksums, which `summary.json` lists.
//!
//! A checksum is the 128-bit xxh3 of all bytes of a file, as `xxh128sum` writes it. Of lines there are short sums
//! besides, by which the line is found that is another: the lines of a file stand in a table of at most 256 rows, one
//! line behind the other, and as many columns, the place of a line modulo 256. Each row and each column has the sum of
//! the hashes of its lines, 16 bits of it. Where one line is another, one row and one column are; up to 65,536 lines
//! they meet in one place, in longer files in few.

use crate::failure::named;
use memchr::memchr_iter;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use xxhash_rust::xxh3::{Xxh3, xxh3_64, xxh3_128};

/// The name under which the files of kept pages are summed up together.
pub const PAGES_SUM: &str = "pages/";

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub bytes: u64,
    /// xxh3-128, in 32 digits.
    pub checksum: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<LineSums>,
}

/// A file as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSum {
    pub name: String,
    #[serde(flatten)]
    pub content: Content,
    /// Of a packed file, what it is when it is unpacked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpacked: Option<Content>,
}

/// The short sums of lines, each in 4 digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineSums {
    pub count: u64,
    pub rows: String,
    /// None where each row is one line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub columns: String,
}

/// Most rows, and the columns where there are any.
const ROWS: usize = 256;

/// Sums up bytes that come one after the other.
pub struct Summer {
    all: Xxh3,
    bytes: u64,
    lines: Option<Lines>,
}

/// Lines so far.
struct Lines {
    count: u64,
    /// Lines of a row: a power of two.
    stretch: u64,
    rows: Vec<u16>,
    columns: [u16; ROWS],
    /// A line that has begun.
    begun: Option<Box<Xxh3>>,
}

impl Summer {
    /// Of a file of this name.
    pub fn of(name: &str) -> Self {
        Summer {
            all: Xxh3::new(),
            bytes: 0,
            lines: name.ends_with(".jsonl").then(Lines::new),
        }
    }

    pub fn add(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.all.update(bytes);
        if let Some(lines) = &mut self.lines {
            lines.add(bytes);
        }
    }

    pub fn finish(self) -> Content {
        Content {
            bytes: self.bytes,
            checksum: digits(self.all.digest128()),
            lines: self.lines.map(Lines::finish),
        }
    }
}

impl Lines {
    fn new() -> Self {
        Lines {
            count: 0,
            stretch: 1,
            rows: Vec::with_capacity(ROWS),
            columns: [0; ROWS],
            begun: None,
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        let mut start = 0;
        for end in memchr_iter(b'\n', bytes) {
            let line = &bytes[start..=end];
            start = end + 1;
            let hash = match self.begun.take() {
                Some(mut begun) => {
                    begun.update(line);
                    begun.digest()
                }
                None => xxh3_64(line),
            };
            self.line(hash);
        }
        if start < bytes.len() {
            let begun = self.begun.get_or_insert_with(|| Box::new(Xxh3::new()));
            begun.update(&bytes[start..]);
        }
    }

    fn line(&mut self, hash: u64) {
        if self.count == self.stretch * ROWS as u64 {
            self.rows = (self.rows.chunks(2))
                .map(|two| two.iter().fold(0, |sum: u16, row| sum.wrapping_add(*row)))
                .collect();
            self.stretch *= 2;
        }
        let row = (self.count / self.stretch) as usize;
        if row == self.rows.len() {
            self.rows.push(0);
        }
        let column = (self.count % ROWS as u64) as usize;
        for sum in [&mut self.rows[row], &mut self.columns[column]] {
            *sum = sum.wrapping_add(hash as u16);
        }
        self.count += 1;
    }

    fn finish(mut self) -> LineSums {
        if let Some(begun) = self.begun.take() {
            self.line(begun.digest());
        }
        let written = |sums: &[u16]| sums.iter().map(|sum| format!("{sum:04x}")).collect();
        LineSums {
            count: self.count,
            rows: written(&self.rows),
            columns: match self.stretch {
                1 => String::new(),
                _ => written(&self.columns),
            },
        }
    }
}

/// Lines of a file that are not what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Others {
    /// The first of them, from 1.
    pub first: u64,
    /// The last; of one line, the same.
    pub last: u64,
}

impl LineSums {
    /// Where the lines that are `here` are not these: of each row that is another, the lines where it meets a column
    /// that is. Where there are more lines, or fewer, only where that begins.
    pub fn others(&self, here: &LineSums) -> Vec<Others> {
        let stretch = self.stretch();
        let [told, found] = [self, here].map(|sums| sums.rows.as_bytes().chunks(4));
        let differ = told.zip(found).enumerate().filter(|(_, (a, b))| a != b);
        let mut rows = differ.map(|(row, _)| row as u64 * stretch);
        let end = |first: u64| self.count.min(first + stretch);
        if self.count != here.count {
            let both = self.count.min(here.count);
            let first = match here.stretch() == stretch {
                true => rows.next().unwrap_or(both),
                false => 0,
            };
            return vec![Others {
                first: first + 1,
                last: self.count.max(here.count),
            }];
        }
        let [told, found] = [self, here].map(|sums| sums.columns.as_bytes().chunks(4));
        let columns: Vec<bool> = told.zip(found).map(|(a, b)| a != b).collect();
        let is_other = |line: &u64| {
            let column = columns.get((line % ROWS as u64) as usize);
            column.is_none_or(|other| *other)
        };
        rows.map(|first| {
            let lines: Vec<u64> = (first..end(first)).filter(is_other).collect();
            let (start, last) = (lines.first().copied(), lines.last().copied());
            Others {
                first: start.unwrap_or(first) + 1,
                last: last.map_or(end(first), |line| line + 1),
            }
        })
        .collect()
    }

    fn stretch(&self) -> u64 {
        self.count.div_ceil(ROWS as u64).next_power_of_two()
    }
}

/// Files of single pages, summed up in any order: each by its name below their folder and its bytes.
#[derive(Default)]
pub struct PagesSummer {
    count: u64,
    bytes: u64,
    sum: u128,
}

impl PagesSummer {
    pub fn add(&mut self, name: &str, bytes: &[u8]) {
        let mut sum = Xxh3::new();
        // No name has such a byte.
        for part in [name.as_bytes(), b"\0", bytes] {
            sum.update(part);
        }
        self.sum = self.sum.wrapping_add(sum.digest128());
        self.bytes += bytes.len() as u64;
        self.count += 1;
    }

    /// How many files there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    pub fn finish(self) -> FileSum {
        FileSum {
            name: PAGES_SUM.to_owned(),
            content: Content {
                bytes: self.bytes,
                checksum: digits(self.sum),
                lines: None,
            },
            unpacked: None,
        }
    }
}

/// Sums up what is written through it.
pub struct Summing<W> {
    inner: W,
    summer: Summer,
}

impl<W: Write> Summing<W> {
    pub fn new(inner: W, name: &str) -> Self {
        Summing {
            inner,
            summer: Summer::of(name),
        }
    }

    pub fn into_parts(self) -> (W, Content) {
        (self.inner, self.summer.finish())
    }
}

impl<W: Write> Write for Summing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.summer.add(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// What a file holds.
pub fn of_file(path: &Path) -> io::Result<Content> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut summer = Summer::of(&name);
    let failed = |error: io::Error| named(path, &error);
    let mut file = File::open(path).map_err(failed)?;
    let mut bytes = vec![0; 256 << 10];
    loop {
        match file.read(&mut bytes) {
            Ok(0) => return Ok(summer.finish()),
            Ok(read) => summer.add(&bytes[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
}

/// The files of single pages below a folder, and how many; none where there is no folder.
pub fn of_pages(folder: &Path) -> io::Result<(FileSum, u64)> {
    let mut summer = PagesSummer::default();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if error.depth() == 0 && !folder.exists() => break,
            Err(error) => return Err(error.into()),
        };
        if entry.file_type().is_dir() {
            continue;
        }
        let path = entry.path();
        let parts = path.strip_prefix(folder).unwrap_or(path).iter();
        let parts: Vec<_> = parts.map(|part| part.to_string_lossy()).collect();
        let bytes = fs::read(path).map_err(|error: io::Error| named(path, &error))?;
        summer.add(&parts.join("/"), &bytes);
    }
    let count = summer.count();
    Ok((summer.finish(), count))
}

/// A summary as it is written, with `files` and, last of all, the checksum of everything before it.
pub fn sealed(mut summary: Value, mut files: Vec<FileSum>) -> io::Result<Vec<u8>> {
    files.sort_by(|a, b| a.name.cmp(&b.name));
    summary["files"] = serde_json::to_value(files)?;
    let mut bytes = serde_json::to_vec_pretty(&summary)?;
    // Its last line is a brace.
    bytes.truncate(bytes.len() - 2);
    let end = seal(&bytes);
    bytes.extend_from_slice(end.as_bytes());
    Ok(bytes)
}

/// Whether a summary is byte for byte what was written; nothing of one that has no checksum.
pub fn is_sealed(bytes: &[u8], summary: &Value) -> Option<bool> {
    if summary.get("checksum").is_none() && summary.get("files").is_none() {
        return None;
    }
    let all = bytes.len().checked_sub(seal(b"").len());
    let (before, end) = bytes.split_at(all.unwrap_or(0));
    Some(end == seal(before).as_bytes())
}

/// Whether bytes end, or did before one of them was damaged, as a summary does.
pub fn is_seal(bytes: &[u8]) -> bool {
    let expected = seal(b"");
    let end = &bytes[bytes.len().saturating_sub(expected.len())..];
    // But for the digits.
    let same = end.iter().zip(expected.as_bytes());
    same.filter(|(a, b)| a == b).count() + DIGITS + 1 >= expected.len()
}

/// Digits of a checksum.
const DIGITS: usize = 32;

/// What stands behind everything else in a summary.
fn seal(before: &[u8]) -> String {
    format!(",\n  \"checksum\": \"{}\"\n}}\n", digits(xxh3_128(before)))
}

/// A checksum in digits.
fn digits(sum: u128) -> String {
    format!("{sum:032x}")
}

#[cfg(all(test, feature = "proptest"))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn content(bytes: &[u8]) -> Content {
        let mut summer = Summer::of("a.jsonl");
        summer.add(bytes);
        summer.finish()
    }

    proptest! {
        /// However the bytes come, the sums are those of the whole.
        #[test]
        fn in_parts(bytes in prop::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..2000), cuts in prop::collection::vec(0..2000usize, 0..9)) {
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut % (bytes.len() + 1)).collect();
            cuts.sort_unstable();
            let mut summer = Summer::of("a.jsonl");
            let mut start = 0;
            for cut in cuts.into_iter().chain([bytes.len()]) {
                summer.add(&bytes[start..cut]);
                start = cut;
            }
            let whole = content(&bytes);
            prop_assert_eq!(summer.finish(), whole.clone());
            prop_assert_eq!(&whole.checksum, &digits(xxh3_128(&bytes)));
            let lines = bytes.split_inclusive(|byte| *byte == b'\n').count();
            prop_assert_eq!(whole.lines.unwrap().count, lines as u64);
        }

        /// One line that is another is told by its number.
        #[test]
        fn the_line_is_found(count in 1..3000u64, at in any::<prop::sample::Index>()) {
            let lines = |other: Option<u64>| -> Vec<u8> {
                let line = |line: u64| match Some(line) == other {
                    true => format!("other {line}\n"),
                    false => format!("line {line}\n"),
                };
                (0..count).flat_map(|n| line(n).into_bytes()).collect()
            };
            let at = at.index(count as usize) as u64;
            let [told, here] = [lines(None), lines(Some(at))].map(|bytes| content(&bytes).lines.unwrap());
            prop_assert!(told.others(&told).is_empty());
            // 16 bits of two hashes may be equal.
            if told != here {
                let found = told.others(&here);
                prop_assert_eq!(found, [Others { first: at + 1, last: at + 1 }]);
            }
        }
    }

    #[test]
    fn lines_that_come_and_go() {
        let lines = |n: u64| (0..n).map(|n| format!("{n}\n")).collect::<String>();
        let sums = |text: &str| content(text.as_bytes()).lines.unwrap();
        let told = sums(&lines(100));
        let fewer = told.others(&sums(&lines(90)));
        assert_eq!(
            fewer,
            [Others {
                first: 91,
                last: 100
            }]
        );
        let gone = told.others(&sums(&lines(100).replace("\n41\n", "\n")));
        assert_eq!(
            gone,
            [Others {
                first: 42,
                last: 100
            }]
        );
        let more = told.others(&sums(&lines(300)));
        assert_eq!(
            more,
            [Others {
                first: 1,
                last: 300
            }]
        );
    }

    #[test]
    fn every_bit_of_a_summary_counts() {
        let summary = json!({ "program": "twicetold", "counts": { "inputs": 3 } });
        let mut pages = PagesSummer::default();
        pages.add("a.txt", b"text");
        let mut bytes = sealed(summary, vec![pages.finish()]).unwrap();
        let told: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(is_sealed(&bytes, &told), Some(true));
        let files: Vec<FileSum> = serde_json::from_value(told["files"].clone()).unwrap();
        assert_eq!(files[0].content.bytes, 4);
        for bit in 0..8 * bytes.len() {
            bytes[bit / 8] ^= 1 << (bit % 8);
            if let Ok(told) = serde_json::from_slice(&bytes) {
                assert_eq!(is_sealed(&bytes, &told), Some(false), "bit {bit}");
            }
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        assert_eq!(is_sealed(b"{}", &json!({})), None);
    }

    #[test]
    fn pages_in_any_order() {
        let sum = |pages: &[(&str, &str)]| {
            let mut summer = PagesSummer::default();
            pages
                .iter()
                .for_each(|(name, text)| summer.add(name, text.as_bytes()));
            summer.finish()
        };
        let (a, b) = (("a", "one"), ("b", "two"));
        assert_eq!(sum(&[a, b]), sum(&[b, a]));
        assert_ne!(sum(&[a, b]), sum(&[("a", "two"), ("b", "one")]));
        assert_ne!(sum(&[("ab", "c")]), sum(&[("a", "bc")]));
    }
}
