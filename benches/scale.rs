//! How time grows with the pile, on the shapes that make others quadratic.
//!
//! `cargo bench --bench scale` runs each shape at three sizes, each twice the one
//! before, and prints time per page: linear growth keeps that flat. With
//! `--test` (as `cargo test` calls benches) it only runs the smallest size once.

#[path = "../tests/common/mod.rs"]
mod common;

use common::Random;
use std::time::{Duration, Instant};
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

/// A name, a maker of texts, and the smallest number of pages.
type Shape = (&'static str, fn(usize) -> Vec<String>, usize);

fn main() {
    let quick = std::env::args().any(|arg| arg == "--test");
    let shapes: [Shape; 4] = [
        ("unrelated pages", unrelated, 5_000),
        ("identical pages", identical, 10_000),
        (
            "pages sharing a paragraph of a quarter",
            sharing_a_quarter,
            7_500,
        ),
        ("versions of few articles, one site", versions, 5_000),
    ];
    for (name, make, smallest) in shapes {
        let sizes = if quick {
            vec![500]
        } else {
            vec![smallest, 2 * smallest, 4 * smallest]
        };
        println!("{name}");
        for size in sizes {
            let texts = make(size);
            let source = (name.contains("site")).then_some("site");
            let pages: Vec<Page<'_>> = texts
                .iter()
                .map(|text| Page {
                    id: "",
                    source,
                    text,
                    date: None,
                })
                .collect();
            let run = || {
                let started = Instant::now();
                let report = Deduplicator::default().run(&pages);
                let kept = report.pages.iter().filter(|page| page.is_kept()).count();
                (started.elapsed(), kept, report.comparisons_left_out)
            };
            let mut runs: Vec<(Duration, usize, u64)> =
                (0..if quick { 1 } else { 3 }).map(|_| run()).collect();
            runs.sort_unstable();
            let (time, kept, left_out) = runs[runs.len() / 2];
            println!(
                "  {size:>7} pages  {:>8.1} ms  {:>6.1} µs a page  {kept:>6} kept  {left_out} comparisons left out",
                time.as_secs_f64() * 1e3,
                time.as_secs_f64() * 1e6 / size as f64,
            );
        }
    }
}
