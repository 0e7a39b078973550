//! Oracles so simple that they are unlikely to be incorrect, texts, and the
//! development sets.
#![allow(dead_code, unused_imports)] // every test file uses its part of this module

mod texts;

pub use texts::*;

use proptest::prelude::ProptestConfig;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use twicetold::Span;
use twicetold::clean::Cleaned;
use twicetold::finding::Action;

/// An example, built from the sources as they are now: cargo builds examples for a plain `cargo test`, but not for
/// one test file. Built again by itself it would want its dependencies with features of their own.
pub fn example(name: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let program = target.join("debug/examples").join(name);
    if is_newer_than_its_sources(&program) {
        return program.with_extension(std::env::consts::EXE_EXTENSION);
    }
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--example", name, "--target-dir"])
        .arg(target)
        .args([
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
        ])
        .status()
        .unwrap();
    assert!(built.success());
    program.with_extension(std::env::consts::EXE_EXTENSION)
}

/// Whether a program is there and no source that cargo names for it was changed later.
fn is_newer_than_its_sources(program: &Path) -> bool {
    let changed = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    let exe = program.with_extension(std::env::consts::EXE_EXTENSION);
    let sources = fs::read_to_string(program.with_extension("d"));
    let (Some(built), Ok(sources)) = (changed(&exe), sources) else {
        return false;
    };
    // Blanks in paths are written as "\\ ": such a file is not found, and the program is built.
    let sources: Vec<&Path> = sources.split_whitespace().skip(1).map(Path::new).collect();
    let is_older = |source: &&Path| changed(source).is_some_and(|at| at < built);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    sources.iter().all(is_older) && sources.iter().any(|source| source.starts_with(root))
}

/// The shingles of a text as sets of folded words: no hashing at all.
pub fn naive_shingles(text: &str, width: usize) -> BTreeSet<Vec<String>> {
    use unicode_segmentation::UnicodeSegmentation;
    let mut hasher = twicetold::word::WordHasher::new();
    let words: Vec<String> = text
        .unicode_words()
        .map(|word| hasher.fold(word).to_owned())
        .collect();
    let mut shingles = BTreeSet::new();
    for start in 0..words.len() {
        let mut weights = words[start..].iter().map(|word| naive_weight(word));
        let mut sum = 0;
        let filled = weights.by_ref().position(|weight| {
            sum += weight;
            sum >= 84 * width
        });
        match filled {
            Some(last) => shingles.insert(words[start..=start + last].to_vec()),
            None if start == 0 => shingles.insert(words.clone()),
            None => break,
        };
    }
    shingles
}

/// What a word weighs, in 84ths of a word between spaces.
fn naive_weight(word: &str) -> usize {
    match word.chars().next().unwrap() {
        '一'..='鿿' | '々' => 105,
        'ぁ'..='ゟ' | 'ー' => 70,
        'ก'..='๛' => 35,
        'ກ'..='ໝ' | 'ក'..='៹' => 42,
        'က'..='႟' => 60,
        _ => 84,
    }
}

/// |A∩B| / |A∪B| by definition.
pub fn naive_resemblance<T: Ord>(a: &BTreeSet<T>, b: &BTreeSet<T>) -> f64 {
    let both = a.intersection(b).count();
    match a.union(b).count() {
        0 => 0.0,
        either => both as f64 / either as f64,
    }
}

/// |A∩B| / |A| by definition.
pub fn naive_containment<T: Ord>(a: &BTreeSet<T>, b: &BTreeSet<T>) -> f64 {
    match a.len() {
        0 => 0.0,
        len => a.intersection(b).count() as f64 / len as f64,
    }
}

/// Length of a longest common subsequence, by the definition.
pub fn naive_common<T: PartialEq>(a: &[T], b: &[T]) -> usize {
    let mut longest = vec![vec![0; b.len() + 1]; a.len() + 1];
    for x in 0..a.len() {
        for y in 0..b.len() {
            longest[x + 1][y + 1] = match a[x] == b[y] {
                true => longest[x][y] + 1,
                false => longest[x + 1][y].max(longest[x][y + 1]),
            };
        }
    }
    longest[a.len()][b.len()]
}

/// Exact tails of counts, from a table of ln n!.
pub struct Tails(Vec<f64>);

impl Tails {
    /// For counts up to `most`. O(most).
    pub fn new(most: usize) -> Self {
        let mut table = vec![0.0];
        for n in 1..=most {
            table.push(table[n - 1] + (n as f64).ln());
        }
        Tails(table)
    }

    fn ln_choose(&self, n: usize, k: usize) -> f64 {
        self.0[n] - self.0[k] - self.0[n - k]
    }

    /// P(X ≤ k) where k lies under the mean, else P(X ≥ k), of X ~ Binomial(n, p).
    pub fn binomial(&self, n: usize, p: f64, k: usize) -> f64 {
        if p <= 0.0 || p >= 1.0 {
            return f64::from(k as f64 == n as f64 * p);
        }
        if (k as f64) < n as f64 * p {
            return self.binomial(n, 1.0 - p, n - k); // failures are as binomial as successes
        }
        let first = self.ln_choose(n, k) + k as f64 * p.ln() + (n - k) as f64 * (-p).ln_1p();
        let odds = p / (1.0 - p);
        upward(first.exp(), k, |k| {
            n.saturating_sub(k) as f64 / (k + 1) as f64 * odds
        })
    }

    /// The same of X, the size of the overlap of two random subsets of `n`, of
    /// sizes `a` and `b`: hypergeometric, as in Fisher's exact test.
    pub fn overlap(&self, n: usize, a: usize, b: usize, k: usize) -> f64 {
        if ((k * n) as f64) < a as f64 * b as f64 {
            return self.overlap(n, a, n - b, a - k); // what of `a` lies outside `b`
        }
        let first = self.ln_choose(a, k) + self.ln_choose(n - a, b - k) - self.ln_choose(n, b);
        upward(first.exp(), k, |k| {
            let (more, others) = (a.saturating_sub(k), b.saturating_sub(k));
            (more as f64 / (k + 1) as f64) * (others as f64 / (n + k + 1 - a - b) as f64)
        })
    }
}

/// The sum of the terms `first`, `first` · ratio(k), ..., which fall from k on.
fn upward(first: f64, mut k: usize, ratio: impl Fn(usize) -> f64) -> f64 {
    let (mut term, mut sum) = (first, 0.0);
    while term > sum * 1e-17 {
        sum += term;
        term *= ratio(k);
        k += 1;
    }
    sum
}

/// Number of words, as the library counts them.
pub fn count(text: &str) -> usize {
    twicetold::word::words(text).count()
}

/// Spans of what was taken out.
pub fn removed(cleaned: &Cleaned) -> Vec<Span> {
    let removals = cleaned
        .findings
        .iter()
        .filter(|f| f.action == Action::Remove);
    removals.map(|finding| finding.span).collect()
}

/// Law 4: kept slices and removed spans are the input, each byte once.
pub fn assert_rebuilds(text: &str, cleaned: &Cleaned) {
    let mut spans: Vec<(Span, bool)> = removed(cleaned).into_iter().map(|s| (s, false)).collect();
    spans.extend(cleaned.kept.iter().map(|span| (*span, true)));
    spans.sort_unstable();
    let mut at = 0;
    for (span, _) in &spans {
        assert_eq!(span.start, at, "gap or overlap in {spans:?} of {text:?}");
        assert!(!span.is_empty());
        at = span.end;
    }
    assert_eq!(at, text.len());
}

/// `times` cases, or as many times more as `TWICETOLD_MORE` says.
pub fn cases(times: u32) -> ProptestConfig {
    let more = std::env::var("TWICETOLD_MORE").map_or(1, |more| more.parse().expect("a number"));
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(times * more)
    }
}
