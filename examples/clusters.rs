//! Which records of a JSONL file say the same: near-duplicate clusters, counted exactly, and
//! nothing else. What is kept in memory is about 500 bytes a record; texts that may
//! be copies are read again.
//!
//! ```text
//! cargo run --release --example clusters -- news.jsonl clusters.tsv
//! ```

use clap::Parser;
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
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

/// A record that was read: its id, and where it stands in the file.
struct Place {
    id: Box<str>,
    at: u64,
    len: u32,
}

/// Bytes of the file that are read at once. The buffer is used again: fresh memory costs more
/// than reading.
const CHUNK: usize = 8 << 20;

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
    let (places, sketches) =
        sketch(&mut file, &deduplicator, &mut rejected).map_err(failed(&args.input))?;

    let read = started.elapsed();
    let file = Mutex::new(file);
    let clusters = deduplicator.clusters(&sketches, |page| {
        // What cannot be read any more is like nothing.
        Cow::Owned(read_again(&file, &places[page]).unwrap_or_default())
    });

    let mut out = BufWriter::new(File::create(&args.output).map_err(failed(&args.output))?);
    let mut removed = 0;
    for (page, Place { id, .. }) in places.iter().enumerate() {
        let keeper = clusters.keeper_of(page);
        removed += usize::from(keeper != page);
        writeln!(out, "{id}\t{}", places[keeper].id).map_err(failed(&args.output))?;
    }
    out.flush().map_err(failed(&args.output))?;
    eprintln!(
        "{} records, {removed} of them copies of others; {rejected} lines rejected; read and sketched in \
         {:.2} s, clustered in {:.2} s",
        places.len(),
        read.as_secs_f64(),
        (started.elapsed() - read).as_secs_f64(),
    );
    Ok(ExitCode::from(if rejected > 0 { 3 } else { 0 }))
}

/// Reads and sketches every record; of lines that are none, the count and the first ten go to stderr.
fn sketch(
    file: &mut File,
    deduplicator: &Deduplicator,
    rejected: &mut usize,
) -> io::Result<(Vec<Place>, Vec<PageSketch>)> {
    let mut known = (Vec::new(), Vec::new());
    let (mut buffer, mut filled, mut begin, mut line_number) = (vec![0; CHUNK], 0, 0u64, 0);
    loop {
        if filled == buffer.len() {
            // One line is longer than the buffer.
            buffer.resize(2 * filled, 0);
        }
        let read = file.read(&mut buffer[filled..])?;
        filled += read;
        let end = match (read, memchr::memrchr(b'\n', &buffer[..filled])) {
            (0, _) => filled,
            (_, Some(_)) if filled < buffer.len() => continue,
            (_, Some(last)) => last + 1,
            (_, None) => continue,
        };
        let ends = memchr::memchr_iter(b'\n', &buffer[..end]).map(|at| at + 1);
        let mut start = 0;
        let mut lines: Vec<Range<usize>> = ends
            .map(|end| std::mem::replace(&mut start, end)..end)
            .collect();
        lines.push(start..end);
        // Where all of it is UTF-8, no string of it needs to be looked at again.
        let text = simdutf8::basic::from_utf8(&buffer[..end]).ok();
        let records: Vec<Result<Option<(Place, PageSketch)>, serde_json::Error>> = lines
            .par_iter()
            .map(|place| {
                let line = &buffer[place.clone()];
                if line.iter().all(u8::is_ascii_whitespace) {
                    return Ok(None);
                }
                let record: Record<'_> = match text {
                    Some(text) => serde_json::from_str(&text[place.clone()])?,
                    None => serde_json::from_slice(line)?,
                };
                let id = record.id.get();
                let sketch = deduplicator.sketch(&Page::new(id, &record.text));
                let place = Place {
                    id: serde_json::from_str(id).unwrap_or_else(|_| id.into()),
                    at: begin + place.start as u64,
                    len: line.len() as u32,
                };
                Ok(Some((place, sketch)))
            })
            .collect();
        for record in records {
            line_number += 1;
            match record {
                Ok(record) => known.extend(record),
                Err(error) => {
                    *rejected += 1;
                    if *rejected <= 10 {
                        eprintln!("line {line_number}: {error}");
                    }
                }
            }
        }
        if read == 0 {
            return Ok(known);
        }
        begin += end as u64;
        buffer.copy_within(end..filled, 0);
        filled -= end;
    }
}

/// The text of a record that was read before.
fn read_again(file: &Mutex<File>, place: &Place) -> Option<String> {
    thread_local! {
        static LINE: RefCell<Vec<u8>> = RefCell::default();
    }
    LINE.with_borrow_mut(|line| {
        line.resize(place.len as usize, 0);
        let mut file = file.lock().ok()?;
        file.seek(SeekFrom::Start(place.at)).ok()?;
        file.read_exact(line).ok()?;
        drop(file);
        let record: Record<'_> =
            serde_json::from_str(simdutf8::basic::from_utf8(line).ok()?).ok()?;
        Some(record.text.into_owned())
    })
}
