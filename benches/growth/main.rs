//! How the cost of hostile pages and piles grows with their size, beside that of news.
//!
//! `cargo bench --bench growth` runs every family at three sizes, each twice the one before, and prints a
//! row for each: CPU time of a byte at the largest size, how it grew with each doubling, and how many times that of
//! news it is. A row that grows by more than 2.2 or costs more than 30 times news ends with `FAIL`.
//! Words behind `--` choose families whose line holds them all: `cargo bench --bench growth -- html list`.
//!
//! With `--instructions` it runs itself under `valgrind --tool=callgrind` and counts instructions instead, at
//! small sizes: the same figures on every machine, and exit code 1 if a row fails or valgrind does. If no valgrind is
//! installed it says `SKIPPED`. With `--test` (as `cargo test` calls benches) it runs each family once,
//! small.

#[path = "../../tests/common/mod.rs"]
mod common;
mod flood;
mod html;
mod piles;
mod text;

use common::Random;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, ExitCode};
use twicetold::block::Segmented;
use twicetold::clean::{CleanRule, Cleaner};
use twicetold::html::Document;
use twicetold::shingle::{ShingleSet, WIDTH};
use twicetold::verify::passages;
use twicetold::word::words;
use twicetold::{Deduplicator, Page, fix_places};

/// Most by which the cost may grow where the size doubles, and most times the cost of news.
const MOST_GROWTH: f64 = 2.2;
const MOST_BESIDE_NEWS: f64 = 30.0;

/// What is measured.
enum Input {
    Text(String),
    Html(String),
    Pile(piles::Pile),
}

/// What is done with it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Words,
    Hash,
    Shingles,
    Passages,
    Clean,
    Html,
    Pile,
}

impl Stage {
    const ALL: [(Stage, &str); 7] = [
        (Stage::Words, "words"),
        (Stage::Hash, "hash"),
        (Stage::Shingles, "shingles"),
        (Stage::Passages, "passages"),
        (Stage::Clean, "clean"),
        (Stage::Html, "html"),
        (Stage::Pile, "pile"),
    ];

    fn name(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|(stage, _)| *stage == self)
            .expect("all are listed")
            .1
    }

    /// Bytes, or pages of a pile, at the smallest size: where time is measured, where instructions are.
    fn size(self, instructions: bool) -> usize {
        match (self, instructions) {
            (Stage::Pile, true) => 40,
            (Stage::Pile, false) => 500,
            (_, true) => 64_000,
            (Stage::Clean | Stage::Html, false) => 250_000,
            (_, false) => 1_000_000,
        }
    }
}

/// A stage, a family, and what makes an input of a size.
struct Row {
    stage: Stage,
    family: &'static str,
    make: Box<dyn Fn(usize) -> Input>,
}

const NEWS: &str = "news";

/// News of a stage comes before its families.
fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for (stage, _) in Stage::ALL {
        let mut add = |family, make: Box<dyn Fn(usize) -> Input>| {
            rows.push(Row {
                stage,
                family,
                make,
            })
        };
        let of_texts = |families: &[&[text::Family]]| families.concat();
        match stage {
            Stage::Pile => {
                let news: piles::Family = (NEWS, piles::news);
                for (family, make) in std::iter::once(news).chain(piles::ALL.iter().copied()) {
                    add(
                        family,
                        Box::new(move |size| Input::Pile(make(&mut Random(1), size))),
                    );
                }
            }
            Stage::Html => {
                let news: text::Family = (NEWS, html::news);
                for (family, make) in std::iter::once(news).chain(html::ALL.iter().copied()) {
                    add(
                        family,
                        Box::new(move |size| Input::Html(make(&mut Random(1), size))),
                    );
                }
            }
            _ => {
                let news: text::Family = (NEWS, text::news);
                let families = match stage {
                    Stage::Words | Stage::Hash => of_texts(&[&[news], text::WORDS]),
                    Stage::Clean => of_texts(&[&[news], text::WORDS, text::LINES, text::CUES]),
                    _ => of_texts(&[&[news], text::LINES]),
                };
                for (family, make) in families {
                    add(
                        family,
                        Box::new(move |size| Input::Text(make(&mut Random(1), size))),
                    );
                }
                if stage == Stage::Clean {
                    let flooded = |size| Input::Text(flood::text(size / 8));
                    add("words that want one place", Box::new(flooded));
                }
            }
        }
    }
    rows
}

fn main() -> ExitCode {
    fix_places(1);
    // The tables of cues are built once for all pages: not at the cost of the first.
    cleaner().clean("");
    // All on this thread, so that its time and its instructions are all.
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread();
    pool.build_global().expect("nothing ran yet");
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| arg != "--bench")
        .collect();
    let has = |flag: &str| arguments.iter().any(|arg| arg == flag);
    let wanted: Vec<&String> = arguments
        .iter()
        .filter(|arg| !arg.starts_with("--"))
        .collect();
    let mut rows = rows();
    rows.retain(|row| {
        let line = format!("{} {}", row.stage.name(), row.family);
        row.family == NEWS || wanted.iter().all(|word| line.contains(word.as_str()))
    });
    if !wanted.is_empty() {
        let stages: Vec<Stage> = rows
            .iter()
            .filter(|row| row.family != NEWS)
            .map(|row| row.stage)
            .collect();
        rows.retain(|row| stages.contains(&row.stage));
    }
    if has("--test") {
        rows.iter().for_each(|row| {
            measured(
                row,
                3_000 / if row.stage == Stage::Pile { 300 } else { 1 },
                1,
            );
        });
        return ExitCode::SUCCESS;
    }
    if has("--counted") {
        // Under valgrind, which counts what `growth_work` does and writes it down each time it ends.
        each_size(&rows, true, |row, size| {
            measured(row, size, 1);
        });
        return ExitCode::SUCCESS;
    }
    let instructions = has("--instructions");
    let costs = match instructions {
        true => match instructions_of(&arguments, 3 * rows.len()) {
            Ok(costs) => costs,
            Err(Uncounted::Absent) => {
                println!("SKIPPED: growth in instructions; no valgrind is installed");
                return ExitCode::SUCCESS;
            }
            Err(Uncounted::Failed(why)) => {
                eprintln!("growth: {why}");
                return ExitCode::FAILURE;
            }
        },
        false => Vec::new(),
    };
    let mut costs = costs.into_iter();
    let unit = if instructions {
        "instructions"
    } else {
        "ns of CPU time"
    };
    println!(
        "{:<10}{:<48}{:>10}{:>14}{:>8}{:>8}{:>9}",
        "stage", "family", "largest", unit, "growth", "", "x news"
    );
    let mut failed = 0;
    let mut of_news = 0.0;
    for row in &rows {
        let mut points = Vec::new();
        each_size(std::slice::from_ref(row), instructions, |row, size| {
            points.push(match costs.next() {
                Some(cost) => (bytes_of(&(row.make)(size)), cost),
                // The least of three, since other work may want the processor too.
                None => measured(row, size, 3),
            });
        });
        let [(_, small), (_, middle), (bytes, large)] = points[..] else {
            unreachable!("three sizes")
        };
        let a_byte = large / bytes.max(1) as f64;
        if row.family == NEWS {
            of_news = a_byte;
        }
        // What costs less than news as a whole is too small to measure, whatever its ratio.
        let growth = [middle / small, large / middle];
        let beside = a_byte / of_news;
        let fails = beside > MOST_BESIDE_NEWS
            || beside > 1.0 && growth.iter().any(|growth| *growth > MOST_GROWTH);
        failed += usize::from(fails);
        println!(
            "{:<10}{:<48}{bytes:>10}{a_byte:>14.1}{:>8.2}{:>8.2}{beside:>9.1}{}",
            row.stage.name(),
            row.family,
            growth[0],
            growth[1],
            if fails { "  FAIL" } else { "" },
        );
    }
    println!(
        "{failed} of {} fail: more than {MOST_GROWTH} for a doubling, or {MOST_BESIDE_NEWS} times news",
        rows.len()
    );
    ExitCode::from(u8::from(instructions && failed > 0))
}

fn each_size(rows: &[Row], instructions: bool, mut take: impl FnMut(&Row, usize)) {
    for row in rows {
        for times in [1, 2, 4] {
            take(row, times * row.stage.size(instructions));
        }
    }
}

fn bytes_of(input: &Input) -> usize {
    match input {
        Input::Text(text) | Input::Html(text) => text.len(),
        Input::Pile(pile) => pile.iter().map(|(_, text)| text.len()).sum(),
    }
}

/// The bytes of an input, and its cost in nanoseconds: the least of so many `times`.
fn measured(row: &Row, size: usize, times: usize) -> (usize, f64) {
    let input = (row.make)(size);
    let segmented = match &input {
        Input::Text(text) => Some(Segmented::new(text)),
        _ => None,
    };
    let once = |_| {
        let before = cpu_time();
        growth_work(row.stage, &input, segmented.as_ref());
        cpu_time() - before
    };
    let cost = (0..times).map(once).fold(f64::INFINITY, f64::min);
    (bytes_of(&input), cost)
}

/// What is measured. Valgrind counts from where this is called to where it ends, by its name; so it holds nothing
/// that has its name too.
#[inline(never)]
fn growth_work(stage: Stage, input: &Input, segmented: Option<&Segmented<'_>>) {
    black_box(worked(stage, input, segmented));
}

fn worked(stage: Stage, input: &Input, segmented: Option<&Segmented<'_>>) -> usize {
    match (stage, input, segmented) {
        (Stage::Words, Input::Text(text), _) => words(text).count(),
        (Stage::Hash, Input::Text(text), _) => Segmented::new(text).words().len(),
        (Stage::Shingles, _, Some(text)) => ShingleSet::new(text.words(), WIDTH).len(),
        (Stage::Passages, _, Some(text)) => passages(text.words(), text.words(), WIDTH).len(),
        (Stage::Clean, Input::Text(text), _) => cleaner().clean(text).findings.len(),
        (Stage::Html, Input::Html(html), _) => {
            let document = Document::from_bytes(html.as_bytes(), None);
            cleaner().clean_document(&document).findings.len()
        }
        (Stage::Pile, Input::Pile(pile), _) => {
            let pages = pile.iter().map(|(source, text)| Page {
                source: source.as_deref(),
                ..Page::new("", text)
            });
            let pages: Vec<Page<'_>> = pages.collect();
            Deduplicator::default().run(&pages).pages.len()
        }
        _ => unreachable!("every stage has inputs of one kind"),
    }
}

fn cleaner() -> Cleaner {
    Cleaner::new(CleanRule::DEFAULT).expect("the default is in range")
}

/// Why instructions are not counted.
enum Uncounted {
    /// No valgrind is installed.
    Absent,
    /// It, or what it wrote, is not as it should be.
    Failed(String),
}

/// The instructions of each call of [`growth_work`], as valgrind counts them.
fn instructions_of(arguments: &[String], calls: usize) -> Result<Vec<f64>, Uncounted> {
    let failed = |error: std::io::Error| Uncounted::Failed(error.to_string());
    let program = std::env::current_exe().map_err(failed)?;
    let folder = tempfile::tempdir().map_err(failed)?;
    let out = folder.path().join("counted");
    let chosen = arguments.iter().filter(|arg| *arg != "--instructions");
    // Valgrind takes the whole name here; of a pattern it dumps nothing.
    let run = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--toggle-collect=growth::growth_work",
            "--dump-after=growth::growth_work",
        ])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(program)
        .arg("--counted")
        .args(chosen)
        .output();
    let run = run.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Uncounted::Absent,
        _ => failed(error),
    })?;
    if !run.status.success() {
        let said = String::from_utf8_lossy(&run.stderr);
        return Err(Uncounted::Failed(format!("valgrind: {said}")));
    }
    let totals = (1..=calls).map(|call| total(&out, call));
    totals.collect::<Result<_, _>>().map_err(Uncounted::Failed)
}

/// The total of one of the files that valgrind wrote.
fn total(out: &Path, call: usize) -> Result<f64, String> {
    let path = format!("{}.{call}", out.display());
    let written = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    let mut totals = written
        .lines()
        .filter_map(|line| line.strip_prefix("totals: "));
    let total = totals.next().and_then(|total| total.trim().parse().ok());
    total.ok_or(format!("{path} has no total"))
}

/// Nanoseconds that this thread ran, by the clock on the wall where the system does not count them.
fn cpu_time() -> f64 {
    #[cfg(unix)]
    if let Ok(ran) = nix::time::clock_gettime(nix::time::ClockId::CLOCK_THREAD_CPUTIME_ID) {
        return ran.tv_sec() as f64 * 1e9 + ran.tv_nsec() as f64;
    }
    static START: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed().as_secs_f64() * 1e9
}
