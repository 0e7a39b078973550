//! How time grows with the pile, on the shapes that make others quadratic.
//!
//! `cargo bench --bench scale` runs each shape at three sizes, each twice the one
//! before, and prints time and memory beside the texts per page: linear growth keeps both flat. With
//! `--test` (as `cargo test` calls benches) it only runs the smallest size once.

#[path = "../tests/common/mod.rs"]
mod common;

use common::Random;
use std::process::Command;
use std::time::Instant;
use twicetold::index::{IndexRule, PageIndex};
use twicetold::report::LeftOut;
use twicetold::{Deduplicator, Page};

fn identical(pages: usize) -> Vec<String> {
    vec![Random(1).article(4); pages]
}

fn sharing_a_quarter(pages: usize) -> Vec<String> {
    let mut random = Random(2);
    let shared = random.sentence(60);
    let page = |_| format!("{shared}\n{}\n", random.sentence(180));
    (0..pages).map(page).collect()
}

fn unrelated(pages: usize) -> Vec<String> {
    (0..pages as u64).map(|at| Random(at).article(4)).collect()
}

/// Nine in ten pages of one site, under one menu, are versions of ten articles.
fn versions(pages: usize) -> Vec<String> {
    let page = |at: usize| {
        let article = match at % 10 {
            0 => Random(at as u64).article(4),
            family => Random(family as u64).article(4),
        };
        format!(
            "Home\nNews\n{article}{}\nImprint\n",
            Random(at as u64).sentence(12)
        )
    };
    (0..pages).map(page).collect()
}

/// One page that contains all others, which are unlike each other.
fn one_contains_all(pages: usize) -> Vec<String> {
    let mut texts: Vec<String> = (1..pages as u64).map(|at| Random(at).article(2)).collect();
    texts.push(texts.concat());
    texts
}

/// A name, a maker of texts, and the smallest number of pages.
type Shape = (&'static str, fn(usize) -> Vec<String>, usize);

const SHAPES: [Shape; 8] = [
    ("unrelated pages", unrelated, 10_000),
    ("identical pages", identical, 25_000),
    (
        "pages sharing a paragraph of a quarter",
        sharing_a_quarter,
        25_000,
    ),
    ("one page contains all others", one_contains_all, 2_500),
    ("versions of few articles, one site", versions, 5_000),
    ("a stream of unrelated pages", unrelated, 10_000),
    ("a stream of identical pages", identical, 25_000),
    (
        "a stream of pages sharing a paragraph of a quarter",
        sharing_a_quarter,
        10_000,
    ),
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, "--one", shape, size] = &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..]
    {
        let shape = &SHAPES[shape.parse::<usize>().expect("a number")];
        return measure(shape, size.parse().expect("a number"));
    }
    let quick = arguments.iter().any(|arg| arg == "--test");
    for (at, shape) in SHAPES.iter().enumerate() {
        println!("{}", shape.0);
        if quick {
            measure(shape, 500);
            continue;
        }
        for times in [1, 2, 4] {
            // A process of its own: memory that was freed would hide what the next takes.
            let program = std::env::current_exe().expect("a program has a path");
            let size = (times * shape.2).to_string();
            let done = Command::new(program)
                .args(["--one", &at.to_string(), &size])
                .status();
            assert!(done.expect("it starts").success());
        }
    }
}

/// Runs one shape three times and prints the median time, and the memory of the first.
fn measure((name, make, _): &Shape, size: usize) {
    let texts = make(size);
    let source = (name.contains("site")).then_some("site");
    let pages: Vec<Page<'_>> = texts
        .iter()
        .map(|text| Page {
            source,
            ..Page::new("", text)
        })
        .collect();
    let run = || {
        let started = Instant::now();
        if name.contains("stream") {
            let mut index = PageIndex::new(IndexRule::DEFAULT).expect("the default is in range");
            let pages = texts.iter().enumerate();
            let new = pages.filter(|(at, text)| index.add(&at.to_string(), text).is_none());
            return (new.count(), started.elapsed(), LeftOut::default());
        }
        let report = Deduplicator::default().run(&pages);
        let kept = report.pages.iter().filter(|page| page.is_kept()).count();
        (kept, started.elapsed(), report.left_out)
    };
    let before = reset_peak();
    let mut runs = vec![run()];
    let memory = match (before, peak()) {
        (Some(before), Some(peak)) => {
            let bytes = peak.saturating_sub(before) as f64;
            format!("{:>5.1} KB a page", bytes / 1e3 / size as f64)
        }
        _ => "memory unknown".to_owned(),
    };
    if size > 500 {
        runs.extend([run(), run()]);
    }
    runs.sort_unstable_by_key(|(_, time, _)| *time);
    let (kept, time, left_out) = runs[runs.len() / 2];
    println!(
        "  {size:>7} pages  {:>8.1} ms  {:>6.1} µs and {memory}  {kept:>6} kept  \
         comparisons left out: {} by split, {} by cap",
        time.as_secs_f64() * 1e3,
        time.as_secs_f64() * 1e6 / size as f64,
        left_out.by_split,
        left_out.by_cap,
    );
}

/// Peak memory of this process in bytes, where the system tells (Linux).
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(1024 * kilobytes)
}

/// Starts the peak anew; what is in memory now.
fn reset_peak() -> Option<u64> {
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    peak()
}
