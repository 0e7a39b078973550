//! Which records of a JSONL file say the same: near-duplicate clusters, counted exactly, and
//! nothing else. What is kept in memory is 650 to 750 bytes a record; texts that may
//! be copies are read again.
//!
//! ```text
//! cargo run --release --example clusters -- news.jsonl clusters.tsv
//! ```

use clap::Parser;
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::de::StrRead;
use serde_json::value::RawValue;
use serde_json::{Deserializer, StreamDeserializer};
use std::borrow::Cow;
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use twicetold::{Deduplicator, Page, PageSketch};

/// Finds near-duplicate records of a JSONL file.
#[derive(Parser)]
#[command(name = "clusters", version)]
struct Args {
    /// Records with `id` (text or number) and `text`, one a line
    input: PathBuf,

    /// Each record's id, a tab, and the id of the record that stands for its cluster
    output: PathBuf,

    /// Least resemblance of near-duplicates, above 0 and at most 1
    #[arg(long, value_name = "FIGURE", default_value_t = 0.7)]
    resemblance: f64,

    /// Share of a record that must stand in one at most twice as long for it to be a copy, above 0 and
    /// at most 1; 0 looks at resemblance alone
    #[arg(long, value_name = "FIGURE", default_value_t = 0.9)]
    containment: f64,

    /// Worker threads; one per core unless told. The results are the same
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
}

#[derive(Deserialize)]
struct Record<'r> {
    #[serde(borrow)]
    id: &'r RawValue,
    #[serde(borrow)]
    text: Cow<'r, str>,
}

/// Where a record stands in the file.
struct Place {
    at: u64,
    len: u32,
}

/// What is known of all records.
#[derive(Default)]
struct Known {
    /// Their ids, one behind the other, and where each ends.
    ids: String,
    id_ends: Vec<usize>,
    places: Vec<Place>,
    sketches: Vec<PageSketch>,
}

impl Known {
    fn id(&self, record: usize) -> &str {
        let start = record
            .checked_sub(1)
            .map_or(0, |before| self.id_ends[before]);
        &self.ids[start..self.id_ends[record]]
    }

    fn add(&mut self, Sketched { id, place, sketch }: Sketched<'_>) {
        self.ids.push_str(&id);
        self.id_ends.push(self.ids.len());
        self.places.push(place);
        self.sketches.push(sketch);
    }
}

/// A record that was read.
struct Sketched<'r> {
    id: Cow<'r, str>,
    place: Place,
    sketch: PageSketch,
}

/// Bytes of the file that are read at once: few enough to be looked at while they are in the cache.
const CHUNK: usize = 1 << 20;

fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("clusters: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<ExitCode, String> {
    let threads = rayon::ThreadPoolBuilder::new().num_threads(args.threads);
    threads.build_global().map_err(|error| error.to_string())?;
    let deduplicator = Deduplicator::builder()
        .resemblance(args.resemblance)
        .containment((args.containment > 0.0).then_some(args.containment))
        .report_from(None)
        .build()
        .map_err(|error| error.to_string())?;
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |error: io::Error| format!("{path}: {error}")
    };
    let mut file = File::open(&args.input).map_err(failed(&args.input))?;
    let started = Instant::now();
    let mut rejected = 0;
    let known = sketch(&mut file, &deduplicator, &mut rejected).map_err(failed(&args.input))?;

    let read = started.elapsed();
    let file = Again::new(file);
    let clusters = deduplicator.clusters(&known.sketches, |page| {
        // What cannot be read any more is like nothing.
        Cow::Owned(file.text(&known.places[page]).unwrap_or_default())
    });

    let mut out = BufWriter::new(File::create(&args.output).map_err(failed(&args.output))?);
    let mut removed = 0;
    for page in 0..known.places.len() {
        let keeper = clusters.keeper_of(page);
        removed += usize::from(keeper != page);
        writeln!(out, "{}\t{}", known.id(page), known.id(keeper)).map_err(failed(&args.output))?;
    }
    out.flush().map_err(failed(&args.output))?;
    eprintln!(
        "{} records, {removed} of them copies of others; {rejected} lines rejected; read and sketched in \
         {:.2} s, clustered in {:.2} s",
        known.places.len(),
        read.as_secs_f64(),
        (started.elapsed() - read).as_secs_f64(),
    );
    Ok(ExitCode::from(if rejected > 0 { 3 } else { 0 }))
}

/// Reads and sketches every record; of lines that are none, the count and the first ten go to stderr.
fn sketch(file: &mut File, deduplicator: &Deduplicator, rejected: &mut usize) -> io::Result<Known> {
    let mut known = Known::default();
    let (mut chunk, mut next) = (Chunk::default(), Chunk::default());
    chunk.read_behind(&Chunk::default(), file)?;
    let mut line_number = 0;
    loop {
        let (records, read) = rayon::join(
            || chunk.sketch(deduplicator),
            || match chunk.is_last {
                true => Ok(()),
                false => next.read_behind(&chunk, file),
            },
        );
        for record in records {
            line_number += 1;
            match record {
                Ok(record) => record.into_iter().for_each(|record| known.add(record)),
                Err(error) => {
                    *rejected += 1;
                    if *rejected <= 10 {
                        eprintln!("line {line_number}: {error}");
                    }
                }
            }
        }
        read?;
        if chunk.is_last {
            return Ok(known);
        }
        std::mem::swap(&mut chunk, &mut next);
    }
}

/// Whole lines of the file, and behind them the beginning of one. The buffers are used again: fresh
/// memory costs more than reading.
#[derive(Default)]
struct Chunk {
    buffer: Vec<u8>,
    /// Where in the file it begins.
    begin: u64,
    /// Where its lines end, and what was read.
    end: usize,
    filled: usize,
    is_last: bool,
}

impl Chunk {
    /// Reads the lines behind those of another chunk.
    fn read_behind(&mut self, before: &Chunk, file: &mut File) -> io::Result<()> {
        let rest = &before.buffer[before.end..before.filled];
        let least = CHUNK.max(2 * rest.len());
        if self.buffer.len() < least {
            self.buffer.resize(least, 0);
        }
        self.buffer[..rest.len()].copy_from_slice(rest);
        self.begin = before.begin + before.end as u64;
        self.filled = rest.len();
        self.is_last = false;
        loop {
            let read = file.read(&mut self.buffer[self.filled..])?;
            self.filled += read;
            if read == 0 {
                (self.end, self.is_last) = (self.filled, true);
                return Ok(());
            }
            if self.filled < self.buffer.len() {
                continue;
            }
            if let Some(last) = memchr::memrchr(b'\n', &self.buffer[rest.len()..]) {
                self.end = rest.len() + last + 1;
                return Ok(());
            }
            // One line is longer than the buffer.
            self.buffer.resize(2 * self.filled, 0);
        }
    }

    /// What stands in each line; nothing in a blank one.
    fn sketch(
        &self,
        deduplicator: &Deduplicator,
    ) -> Vec<Result<Option<Sketched<'_>>, serde_json::Error>> {
        let ends = memchr::memchr_iter(b'\n', &self.buffer[..self.end]).map(|at| at + 1);
        let mut start = 0;
        let mut lines: Vec<Range<usize>> = ends
            .map(|end| std::mem::replace(&mut start, end)..end)
            .collect();
        if start < self.end {
            lines.push(start..self.end);
        }
        let text = simdutf8::basic::from_utf8(&self.buffer[..self.end]).unwrap_or_default();
        lines
            .into_par_iter()
            .map_init(
                || Records::new(text),
                |records, line| self.sketch_line(deduplicator, records, line),
            )
            .collect()
    }

    fn sketch_line<'b>(
        &'b self,
        deduplicator: &Deduplicator,
        records: &mut Records<'b>,
        line: Range<usize>,
    ) -> Result<Option<Sketched<'b>>, serde_json::Error> {
        let bytes = &self.buffer[line.clone()];
        if is_blank(bytes) {
            return Ok(None);
        }
        let record = match records.of_line(&line) {
            Some(record) => record,
            // What is wrong with it is said of the line alone.
            None => record(bytes)?,
        };
        let id = record.id.get();
        let sketch = deduplicator.sketch(&Page::new(id, &record.text));
        let id = match id.strip_prefix('"').and_then(|id| id.strip_suffix('"')) {
            Some(plain) if !plain.contains('\\') => plain.into(),
            Some(_) => Cow::Owned(serde_json::from_str(id)?),
            None => id.into(),
        };
        let place = Place {
            at: self.begin + line.start as u64,
            len: line.len() as u32,
        };
        Ok(Some(Sketched { id, place, sketch }))
    }
}

/// Reads the records of lines that follow each other, and puts their texts together in the same
/// memory. With a parser a line all took 3 % longer.
struct Records<'b> {
    text: &'b str,
    stream: StreamDeserializer<'b, StrRead<'b>, Record<'b>>,
    /// Where the stream begins, and where the next line does that it can read.
    begin: usize,
    next: usize,
}

impl<'b> Records<'b> {
    fn new(text: &'b str) -> Self {
        Records {
            text,
            stream: Deserializer::from_str("").into_iter(),
            begin: 0,
            next: usize::MAX,
        }
    }

    /// The record of a line of the text, where it holds one and nothing else.
    fn of_line(&mut self, line: &Range<usize>) -> Option<Record<'b>> {
        if self.next != line.start {
            self.stream = Deserializer::from_str(self.text.get(line.start..)?).into_iter();
            self.begin = line.start;
        }
        // Behind what it cannot read a stream ends.
        self.next = usize::MAX;
        let record = self.stream.next()?.ok()?;
        let end = self.begin + self.stream.byte_offset();
        let behind = self.text.as_bytes().get(end..line.end)?;
        is_blank(behind).then(|| {
            self.next = line.end;
            record
        })
    }
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_whitespace)
}

/// The record that a line holds.
fn record(line: &[u8]) -> Result<Record<'_>, serde_json::Error> {
    match simdutf8::basic::from_utf8(line) {
        // No string of it needs to be looked at again.
        Ok(line) => serde_json::from_str(line),
        Err(_) => serde_json::from_slice(line),
    }
}

/// The file, whose records are read again by several threads.
struct Again {
    #[cfg(unix)]
    file: File,
    #[cfg(not(unix))]
    file: std::sync::Mutex<File>,
}

impl Again {
    fn new(file: File) -> Self {
        #[cfg(unix)]
        return Again { file };
        #[cfg(not(unix))]
        return Again {
            file: std::sync::Mutex::new(file),
        };
    }

    /// The text of a record that was read before.
    fn text(&self, place: &Place) -> Option<String> {
        thread_local! {
            static LINE: RefCell<Vec<u8>> = RefCell::default();
        }
        LINE.with_borrow_mut(|line| {
            line.resize(place.len as usize, 0);
            self.read(line, place.at).ok()?;
            Some(record(line).ok()?.text.into_owned())
        })
    }

    #[cfg(unix)]
    fn read(&self, line: &mut [u8], at: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, line, at)
    }

    #[cfg(not(unix))]
    fn read(&self, line: &mut [u8], at: u64) -> io::Result<()> {
        use std::io::{Seek, SeekFrom};
        let mut file = self
            .file
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(line)
    }
}
