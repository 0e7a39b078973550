//! How near a text is to the one a person took out of a page: by words, by four of them in a row,
//! and by what an archive may not lose.

use std::collections::HashMap;
use std::fmt::Write;

/// Tokens in a row, as the public benchmarks have it.
const ROW: usize = 4;

/// Gold lines at the end whose presence is counted.
const LAST: usize = 5;

/// Words of a short line.
const SHORT: usize = 10;

/// What came out of a page.
pub(crate) struct Outcome {
    /// All of it, and without the headline.
    pub(crate) whole: String,
    pub(crate) body: String,
}

/// What should have.
pub(crate) struct Wanted<'r> {
    pub(crate) title: &'r str,
    pub(crate) gold: &'r str,
    /// Every word of the page.
    pub(crate) all: &'r str,
    pub(crate) with: Vec<&'r str>,
    pub(crate) without: Vec<&'r str>,
}

/// Things wanted, and those of them that are there.
#[derive(Default, Clone, Copy)]
struct There {
    there: usize,
    all: usize,
}

impl There {
    fn count(&mut self, there: bool) {
        self.there += usize::from(there);
        self.all += 1;
    }
}

/// Sums over pages.
#[derive(Default)]
pub(crate) struct Sums {
    pages: usize,
    /// Precision, recall, F1 by words and by four in a row, of the body; F1 with the title.
    words: [f64; 3],
    rows: [f64; 3],
    titled: [f64; 2],
    headline: There,
    first: There,
    last: There,
    short: There,
    ends: There,
    with: There,
    without: There,
}

pub(crate) const HEAD: &str = "\
| pages | words P | R | F1 | four P | R | F1 | with title: words | four | headline | first, last paragraph | last short line | last five | snippets there | gone |\n\
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";

impl Sums {
    /// Takes in a page; its F1 by four in a row.
    pub(crate) fn add(&mut self, wanted: &Wanted<'_>, outcome: &Outcome) -> f64 {
        self.pages += 1;
        let judged = |text: &str, gold: &str, row: usize| {
            let (text, gold) = (tokens(text), tokens(gold));
            let (precision, recall) = rows(&text, row).against(&rows(&gold, row));
            [precision, recall, harmonic(precision, recall)]
        };
        let words = judged(&outcome.body, wanted.gold, 1);
        let four = judged(&outcome.body, wanted.gold, ROW);
        add(&mut self.words, words);
        add(&mut self.rows, four);
        let plain = folded(&outcome.whole);
        let all = folded(wanted.all);
        if !wanted.title.is_empty() {
            let gold = match contains(&folded(first_of(wanted.gold)), &folded(wanted.title)) {
                true => wanted.gold.to_owned(),
                false => format!("{}\n{}", wanted.title, wanted.gold),
            };
            self.titled[0] += judged(&outcome.whole, &gold, 1)[2];
            self.titled[1] += judged(&outcome.whole, &gold, ROW)[2];
            let title = folded(wanted.title);
            if contains(&all, &title) {
                self.headline.count(contains(&plain, &title));
            }
        }
        let lines = wanted.gold.lines().map(folded).filter(|line| line.len() > 2);
        let lines: Vec<String> = lines.filter(|line| contains(&all, line)).collect();
        let there = |line: &String| contains(&plain, line);
        for (place, line) in [(&mut self.first, lines.first()), (&mut self.last, lines.last())] {
            if let Some(line) = line {
                place.count(there(line));
            }
        }
        let short = |line: &&String| line.split_whitespace().count() <= SHORT;
        if let Some(line) = lines.iter().rev().find(short) {
            self.short.count(there(line));
        }
        lines.iter().rev().take(LAST).for_each(|line| self.ends.count(there(line)));
        let spaced = spaced(&outcome.whole);
        let holds = |snippet: &&str| spaced.contains(&self::spaced(snippet));
        wanted.with.iter().for_each(|snippet| self.with.count(holds(snippet)));
        wanted.without.iter().for_each(|snippet| self.without.count(!holds(snippet)));
        four[2]
    }

    /// A row of the table below [`HEAD`].
    pub(crate) fn row(&self, name: &str) -> String {
        let mean = |sum: f64| sum / self.pages.max(1) as f64;
        let mut row = format!("| {name} ({})", self.pages);
        for sum in self.words.iter().chain(&self.rows).chain(&self.titled) {
            let _ = write!(row, " | {:.4}", mean(*sum));
        }
        let share = |there: There| match there.all {
            0 => "–".to_owned(),
            _ => format!("{:.3}", there.there as f64 / there.all as f64),
        };
        let _ = writeln!(
            row,
            " | {} | {}, {} | {} | {} of {} | {} | {} |",
            share(self.headline),
            share(self.first),
            share(self.last),
            share(self.short),
            share(self.ends),
            self.ends.all,
            share(self.with),
            share(self.without),
        );
        row
    }

    /// The F1 of snippets: those wanted there, those unwanted gone.
    pub(crate) fn snippets(&self) -> f64 {
        let kept = (self.without.all - self.without.there) as f64;
        let there = self.with.there as f64;
        harmonic(there / (there + kept).max(1.0), there / self.with.all.max(1) as f64)
    }
}

fn add(sums: &mut [f64; 3], figures: [f64; 3]) {
    for (sum, figure) in sums.iter_mut().zip(figures) {
        *sum += figure;
    }
}

fn first_of(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

pub(crate) fn harmonic(precision: f64, recall: f64) -> f64 {
    match precision + recall > 0.0 {
        true => 2.0 * precision * recall / (precision + recall),
        false => 0.0,
    }
}

/// White space as single spaces.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The tokens of a text in lower case, each between spaces.
pub(crate) fn folded(text: &str) -> String {
    let mut folded = String::from(" ");
    for token in tokens(text) {
        folded.push_str(&token.to_lowercase());
        folded.push(' ');
    }
    folded
}

/// Whether one folded text stands in another.
pub(crate) fn contains(text: &str, part: &str) -> bool {
    text.contains(part)
}

/// A text without its first lines up to the title, where one of the first three is the title.
pub(crate) fn without_title(text: &str, title: &str) -> String {
    let title = folded(title);
    let lines = text.lines().filter(|line| !line.trim().is_empty()).take(3);
    let mut first = lines.filter(|line| folded(line) == title && title.len() > 1);
    match first.next() {
        Some(line) => text.replacen(line, "", 1),
        None => text.to_owned(),
    }
}

/// How often each row of tokens stands in a text.
pub(crate) struct Rows<'t> {
    counts: HashMap<Vec<&'t str>, usize>,
}

pub(crate) fn rows<'t>(tokens: &[&'t str], row: usize) -> Rows<'t> {
    let mut counts = HashMap::new();
    for row in tokens.windows(tokens.len().clamp(1, row)) {
        *counts.entry(row.to_vec()).or_default() += 1;
    }
    Rows { counts }
}

impl<'t> Rows<'t> {
    /// Those of a text, four in a row.
    pub(crate) fn of(text: &'t str) -> Self {
        rows(&tokens(text), ROW)
    }

    /// Precision and recall of these as multisets against those that are wanted.
    fn against(&self, wanted: &Rows<'_>) -> (f64, f64) {
        let shared = self.counts.iter().map(|(row, count)| {
            let there = wanted.counts.get(row.as_slice()).copied();
            there.unwrap_or_default().min(*count)
        });
        let shared = shared.sum::<usize>() as f64;
        let all = |rows: &Rows<'_>| rows.counts.values().sum::<usize>() as f64;
        let (found, wanted) = (all(self), all(wanted));
        let recall = if wanted > 0.0 { shared / wanted } else { 1.0 };
        let precision = if found > 0.0 { shared / found } else { 0.0 };
        (precision, recall)
    }

    /// Share of the tokens of `line` that stand in a row of these; nothing of fewer than four.
    pub(crate) fn share_of(&self, line: &str) -> Option<f64> {
        let tokens = tokens(line);
        if tokens.len() < ROW {
            return None;
        }
        let mut covered = vec![false; tokens.len()];
        for (at, row) in tokens.windows(ROW).enumerate() {
            if self.counts.contains_key(row) {
                covered[at..at + ROW].fill(true);
            }
        }
        Some(covered.iter().filter(|covered| **covered).count() as f64 / tokens.len() as f64)
    }
}

/// Stretches of letters, digits and `_`.
pub(crate) fn tokens(text: &str) -> Vec<&str> {
    let tokens = text.split(|sign: char| !sign.is_alphanumeric() && sign != '_');
    tokens.filter(|token| !token.is_empty()).collect()
}
