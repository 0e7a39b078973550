//! What the arguments name, read one batch after the other: a batch is taken off its file in order, and
//! made into entries on any core.

pub mod fields;
mod find;
pub mod lines;
mod one;
pub mod open;
#[cfg(any(feature = "parquet", feature = "warc"))]
#[cfg_attr(
    not(all(feature = "parquet", feature = "warc")),
    allow(dead_code, reason = "each of the two formats takes what it needs")
)]
mod packed;
mod pages;
pub mod parquet;
mod record;
pub mod warc;

pub use find::{Argument, Kind, check, state};
pub use one::page;
pub use record::{Body, Entry, Position, Record, Rejected, Whole};

use fields::Fields;
use find::{InputFile, Met};
use lines::LineReader;
use open::SystemFault;
use pages::PageFile;
use std::io;
use std::path::{Path, PathBuf};

/// Bounds on what one record or file may cost, so that no input can take all memory or all time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a record; a longer one is rejected, unread.
    pub record: usize,
    /// How many times as large as its packed bytes a file may become, beyond `free`.
    pub expansion: u64,
    /// Bytes that it may become in any case; [`FREE`] but for tests.
    pub free: u64,
}

/// Bytes of an id, and of the name of a source. Both are written with other records too: the id of a kept page with
/// each of its copies, so that one of 100 KB made a ledger of 800 times the input.
pub const MOST_NAME: usize = 4096;

/// Bytes that a file may always become.
pub const FREE: u64 = 256 << 20;

impl Default for Limits {
    /// 64 MiB a record, and 200 times as large.
    fn default() -> Self {
        Limits {
            record: 64 << 20,
            expansion: 200,
            free: FREE,
        }
    }
}

/// What is said of a record that is longer than it may be.
fn too_long(limits: Limits) -> String {
    format!(
        "longer than {} bytes; --max-record allows more",
        limits.record
    )
}

/// How inputs are read.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    pub fields: Fields,
    /// What all files are read as; they tell themselves where this is `None`.
    pub kind: Option<Kind>,
    pub limits: Limits,
}

/// A stretch of the inputs.
pub struct Batch {
    /// The file, as the user named it, and the id its records fall back on.
    path: PathBuf,
    id: String,
    content: Content,
}

enum Content {
    Pages(Vec<PageFile>),
    Lines(lines::Lines),
    Warc(warc::WarcRecords),
    Rows(parquet::Rows),
    /// A file that cannot be read at all.
    Broken(String),
}

/// An entry and its place, for messages: `news.jsonl:7`.
pub struct Placed {
    pub entry: Entry,
    pub place: String,
}

impl Batch {
    /// The rows of a table that it holds, if it does.
    pub fn rows(&self) -> Option<&parquet::Rows> {
        match &self.content {
            Content::Rows(rows) => Some(rows),
            _ => None,
        }
    }

    /// About how many bytes it holds.
    fn bytes(&self) -> u64 {
        match &self.content {
            Content::Pages(pages) => pages.iter().map(PageFile::len).sum(),
            Content::Lines(lines) => lines.bytes(),
            Content::Warc(records) => records.bytes(),
            Content::Rows(rows) => rows.bytes_held(),
            Content::Broken(_) => 0,
        }
    }

    /// The entries of the batch, in order. A rejected one has an id: its own, or its file and place in it.
    pub fn entries(&self, fields: &Fields) -> Vec<Placed> {
        let entries = match &self.content {
            Content::Pages(pages) => {
                let placed = pages.iter().map(|page| {
                    let file = &page.file;
                    let mut entry = page.entry().with_short_names();
                    if let Entry::Rejected(rejected) = &mut entry {
                        let id = &mut rejected.id;
                        id.get_or_insert_with(|| end_of(&file.id).to_owned());
                    }
                    let place = file.place.display().to_string();
                    Placed { entry, place }
                });
                return placed.collect();
            }
            Content::Lines(lines) => lines.entries(fields),
            Content::Warc(records) => records.entries(),
            Content::Rows(rows) => rows.entries(),
            Content::Broken(error) => vec![Entry::Rejected(Rejected {
                id: None,
                at: Position::Whole,
                error: error.clone(),
            })],
        };
        let path = self.path.display();
        let placed = entries.into_iter().map(|entry| {
            let mut entry = entry.with_short_names();
            let at = match &mut entry {
                Entry::Record(record) => record.at,
                Entry::Rejected(rejected) => {
                    let at = rejected.at;
                    rejected
                        .id
                        .get_or_insert_with(|| format!("{}{at}", end_of(&self.id)));
                    at
                }
            };
            Placed {
                entry,
                place: format!("{path}{at}"),
            }
        });
        placed.collect()
    }
}

/// As much of a path as an id may have; its end tells more than its begin.
fn end_of(path: &str) -> &str {
    let mut from = path.len().saturating_sub(MOST_NAME);
    while !path.is_char_boundary(from) {
        from += 1;
    }
    &path[from..]
}

/// Reads the inputs, batch by batch, in the order in which they are named.
pub struct Input {
    arguments: std::vec::IntoIter<Argument>,
    reading: Reading,
    files: Box<dyn Iterator<Item = Met> + Send>,
    /// The file in hand.
    open: Option<(InputFile, Open)>,
    /// A file that was met behind the pages of a batch.
    next: Option<Met>,
    /// What the system said of the file in hand.
    fault: SystemFault,
    /// Files that are of no kind that is read.
    pub other_files: u64,
    /// Records of archives that are no pages.
    pub passed_over: u64,
}

enum Open {
    Lines(LineReader),
    Warc(warc::WarcReader),
    Table(Box<parquet::TableReader>),
}

/// Files that are one page each and are read together.
const PAGES: usize = 64;

/// Batches that are made into entries at once, and bytes of them, unless one alone has more: records may be
/// as long as the user likes.
const BATCHES: usize = 4;
const BYTES: u64 = 16 << 20;

impl Input {
    pub fn new(arguments: Vec<Argument>, reading: Reading) -> Self {
        Input {
            arguments: arguments.into_iter(),
            reading,
            files: Box::new(std::iter::empty()),
            open: None,
            next: None,
            fault: SystemFault::default(),
            other_files: 0,
            passed_over: 0,
        }
    }

    /// The names of the fields that are read.
    pub fn fields(&self) -> Fields {
        self.reading.fields.clone()
    }

    /// Batches for all cores; none behind the last one.
    ///
    /// # Errors
    ///
    /// Where the system cannot read a file any further. What is wrong with the content of a file is an entry.
    pub fn stretch(&mut self) -> io::Result<Vec<Batch>> {
        let mut batches = Vec::new();
        let mut bytes = 0;
        while batches.len() < BATCHES && bytes < BYTES {
            let Some(batch) = self.next()? else { break };
            bytes += batch.bytes();
            batches.push(batch);
        }
        Ok(batches)
    }

    fn next_met(&mut self) -> Option<Met> {
        if let Some(met) = self.next.take() {
            return Some(met);
        }
        loop {
            match self.files.next() {
                Some(Met::Other) => self.other_files += 1,
                Some(met) => return Some(met),
                None => {
                    let argument = self.arguments.next()?;
                    let Reading { kind, limits, .. } = self.reading;
                    self.files = find::files(&argument, kind, limits, &self.fault);
                }
            }
        }
    }

    /// The page `first` and those behind it.
    fn pages(&mut self, first: InputFile) -> io::Result<Batch> {
        let (limits, fault) = (self.reading.limits, self.fault.clone());
        let read = |file| {
            let page = PageFile::read(file, limits, &fault);
            fault.check(&page.file.place).map(|()| page)
        };
        let first = read(first)?;
        let mut bytes = first.len();
        let mut files = vec![first];
        while files.len() < PAGES && bytes < BYTES {
            match self.next_met() {
                Some(Met::File(file)) if file.kind.is_page() => {
                    let page = read(file)?;
                    bytes += page.len();
                    files.push(page);
                }
                other => {
                    self.next = other;
                    break;
                }
            }
        }
        Ok(Batch {
            path: PathBuf::new(),
            id: String::new(),
            content: Content::Pages(files),
        })
    }

    fn open(&self, file: &InputFile) -> Result<Open, String> {
        let (limits, fault) = (self.reading.limits, &self.fault);
        let stream = || open::open(&file.path, limits, fault).map_err(|error| error.to_string());
        match file.kind {
            Kind::Jsonl => Ok(Open::Lines(LineReader::new(stream()?.stream, limits))),
            Kind::Warc => Ok(Open::Warc(warc::WarcReader::open(stream()?, limits)?)),
            Kind::Parquet => {
                let file = open::seekable(&file.path, limits, fault);
                let file = file.map_err(|error| error.to_string())?;
                let table = parquet::TableReader::open(file, &self.reading.fields, limits, fault)?;
                Ok(Open::Table(Box::new(table)))
            }
            // A page is no file of records.
            Kind::Text | Kind::Html => Err("one page, not records".to_owned()),
        }
    }

    fn next(&mut self) -> io::Result<Option<Batch>> {
        loop {
            if let Some((file, open)) = &mut self.open {
                let content = match open {
                    Open::Lines(lines) => lines.next().map(Content::Lines),
                    Open::Warc(records) => records.next().map(|records| {
                        self.passed_over += records.passed_over;
                        Content::Warc(records)
                    }),
                    Open::Table(rows) => rows.next().map(Content::Rows),
                };
                self.fault.check(&file.place)?;
                if let Some(content) = content {
                    return Ok(Some(batch(&file.place, &file.id, content)));
                }
                self.open = None;
            }
            let Some(met) = self.next_met() else {
                return Ok(None);
            };
            match met {
                Met::File(file) if file.kind.is_page() => return self.pages(file).map(Some),
                Met::File(file) => {
                    let opened = self.open(&file);
                    self.fault.check(&file.place)?;
                    match opened {
                        Ok(open) => self.open = Some((file, open)),
                        Err(error) => {
                            let broken = Content::Broken(error);
                            return Ok(Some(batch(&file.place, &file.id, broken)));
                        }
                    }
                }
                Met::Unreadable { path, id, error } => {
                    self.fault.check(&path)?;
                    return Ok(Some(batch(&path, &id, Content::Broken(error))));
                }
                Met::Other => {}
            }
        }
    }
}

fn batch(path: &Path, id: &str, content: Content) -> Batch {
    Batch {
        path: path.to_owned(),
        id: id.to_owned(),
        content,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use open::Opened;
    use std::io::{BufRead, BufReader, Read};

    const LIMITS: Limits = Limits {
        record: 1 << 20,
        expansion: 200,
        free: FREE,
    };

    /// Some bytes, and then an error.
    struct Fails(&'static [u8], fn() -> io::Error);

    impl Read for Fails {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.read(buffer)? {
                0 => Err(self.1()),
                read => Ok(read),
            }
        }
    }

    /// All that becomes of an input whose file in hand is one that fails.
    fn read(kind: Kind, content: &'static [u8], error: fn() -> io::Error) -> Result<usize, String> {
        let reading = Reading {
            fields: Fields::default(),
            kind: None,
            limits: LIMITS,
        };
        let mut input = Input::new(Vec::new(), reading);
        let stream: Box<dyn BufRead + Send> = Box::new(BufReader::new(Fails(content, error)));
        let opened = Opened::watched(stream, LIMITS, &input.fault);
        let open = match kind {
            Kind::Warc => Open::Warc(warc::WarcReader::new(opened, LIMITS)),
            _ => Open::Lines(LineReader::new(opened.stream, LIMITS)),
        };
        let file = InputFile {
            path: PathBuf::from("news"),
            place: PathBuf::from("news"),
            id: "news".to_owned(),
            source: None,
            kind,
        };
        input.open = Some((file, open));
        let mut entries = 0;
        loop {
            let batches = input.stretch().map_err(|error| error.to_string())?;
            if batches.is_empty() {
                return Ok(entries);
            }
            let fields = input.fields();
            let counts = batches.iter().map(|batch| batch.entries(&fields).len());
            entries += counts.sum::<usize>();
        }
    }

    #[test]
    fn what_the_system_says_ends_the_run_and_what_a_file_holds_does_not() {
        const LINES: &[u8] = b"{\"id\": \"a\", \"text\": \"x\"}\n{\"id\":";
        const RECORD: &[u8] = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 100\r\n\r\nHTTP";
        // EIO, as a disk that is broken gives it.
        let system = || io::Error::from_raw_os_error(5);
        let content = || io::Error::new(io::ErrorKind::InvalidData, "a wrong checksum");
        for (kind, bytes, entries) in [(Kind::Jsonl, LINES, 2), (Kind::Warc, RECORD, 1)] {
            let told = read(kind, bytes, system).unwrap_err();
            assert_eq!(told, format!("news: {}", system()));
            assert_eq!(read(kind, bytes, content), Ok(entries));
        }
    }

    #[test]
    fn reading_goes_on_after_an_interruption() {
        let fault = SystemFault::default();
        fault.note(&io::ErrorKind::Interrupted.into());
        fault.note(&io::Error::from_raw_os_error(4));
        assert!(fault.check(Path::new("news")).is_ok());
        fault.note(&io::Error::from_raw_os_error(5));
        assert!(fault.check(Path::new("news")).is_err());
        assert!(fault.check(Path::new("news")).is_ok());
    }
}
