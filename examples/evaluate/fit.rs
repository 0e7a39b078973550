//! Makes the weights of markup anew: a logistic regression on pages whose text a person took
//! out, twice: a first judgement of every line, and one that knows the first of the lines around it.

use super::html::{Page, Twice};
use super::measure::{HEAD, Rows, Sums, folded};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use twicetold::block::Segmented;
use twicetold::boilerplate::markup::{ALL, OWN, TRAITS, Weights};
use twicetold::clean::Cleaner;

/// Pages are left out in this many turns, all of a host at once, to see what the weights are worth on sites
/// they do not know.
const FOLDS: usize = 5;

/// What a page that is no article weighs, where an article weighs 1.
const OTHERS: f64 = 0.5;

/// Lines of a page that are looked at, evenly.
const MOST_LINES: usize = 150;

/// Strength of the ridge: the sum of the squared weights counts by the half of this.
const RIDGE: f64 = 1.0 / 3.0;

/// Odds below which a line is kept when the fit is judged, as a probability; the weights are moved so that it
/// comes to stand where the cleaner begins to remove.
const BOUNDARY: f64 = 0.5;
const REMOVE_FROM: f64 = 0.7;

/// Share of a line that gold rows cover from which it is content.
const COVERED: f64 = 0.5;

/// Lines around a short line among which one must be content.
const NEAR: usize = 12;

/// A line as the regression sees it.
struct Row {
    values: Vec<f32>,
    boilerplate: bool,
    weight: f64,
}

/// A page as the regression sees it.
struct Known<'r> {
    page: Page<'r>,
    fold: usize,
    /// Lines that are looked at, whether each is boilerplate, and what it weighs.
    lines: Vec<(usize, bool, f64)>,
}

/// What weights made without a page are worth on it, and the weights made of all.
pub(crate) fn table(records: &[Value], cleaner: &Cleaner, without: &[String]) -> Result<String, String> {
    let pages: Result<Vec<Page<'_>>, String> =
        records.iter().map(|record| Page::of(record, Twice::No)).collect();
    let pages: Vec<Known<'_>> = pages?.into_iter().map(known).collect();
    let mut kinds: BTreeMap<String, Sums> = BTreeMap::new();
    let mut weights = None;
    for fold in 0..FOLDS {
        let made = fit(&pages, |page| page.fold != fold, without, weights.take());
        let of_fold = pages.iter().filter(|page| page.fold == fold);
        for Known { page, .. } in of_fold {
            let text = Segmented::of_marked(page.document.text(), page.document.markup());
            let scores = page.document.markup().scores_by(page.document.text(), &made);
            let outcome = page.outcome(&cleaner.clean_scored(&text, &scores));
            let sums = kinds.entry(page.kind()).or_default();
            sums.add(&page.wanted(), &outcome);
        }
        weights = Some(made);
    }
    let mut table = HEAD.to_owned();
    for (kind, sums) in &kinds {
        table += &sums.row(kind);
    }
    let made = fit(&pages, |_| true, without, weights);
    table.push('\n');
    for (at, of) in TRAITS.iter().enumerate() {
        let first = made.first.get(at).copied().unwrap_or_default();
        let second = made.second[at];
        let _ = writeln!(table, "    weigh({:?}, {first:.2}, {second:.2}),", of.name);
    }
    Ok(table)
}

/// Which lines of a page are content.
fn known(page: Page<'_>) -> Known<'_> {
    let text = page.document.text();
    let lines = page.document.markup().lines();
    let gold = Rows::of(page.text("gold"));
    let plain = folded(page.text("gold"));
    let covered: Vec<Option<f64>> = lines.iter().map(|line| gold.share_of(line.span.of(text))).collect();
    let long: Vec<usize> = (0..lines.len()).filter(|at| covered[*at].is_some()).collect();
    let is_content = |at: usize| covered[at].is_some_and(|covered| covered >= COVERED);
    let short = |at: usize| {
        let next = long.partition_point(|long| *long < at);
        let around = [next.checked_sub(1), Some(next)].into_iter().flatten();
        let mut around = around.filter_map(|place| long.get(place).copied());
        let near = around.any(|other| other.abs_diff(at) <= NEAR && is_content(other));
        let line = folded(lines[at].span.of(text));
        line.len() > 1 && plain.contains(&line) && (near || long.is_empty())
    };
    let all: u32 = lines.iter().map(|line| line.words).sum();
    let of_page = if page.text("type") == "article" { 1.0 } else { OTHERS };
    let step = lines.len().div_ceil(MOST_LINES).max(1);
    let headline = page.document.headline();
    let looked_at = (0..lines.len()).filter(|at| lines[*at].span != headline.unwrap_or_default());
    let labelled = looked_at.step_by(step).map(|at| {
        let content = match covered[at] {
            Some(_) => is_content(at),
            None => short(at),
        };
        let share = f64::from(lines[at].words + 1) / f64::from(all + 1);
        (at, !content, of_page * step as f64 * share.sqrt())
    });
    let lines = labelled.collect();
    let host = page.host().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    Known {
        fold: (host >> 32) as usize % FOLDS,
        lines,
        page,
    }
}

/// Weights made of the pages that are wanted, from where others left off.
fn fit(
    pages: &[Known<'_>],
    wanted: impl Fn(&Known<'_>) -> bool,
    without: &[String],
    from: Option<Weights>,
) -> Weights {
    let left_out = |at: usize| without.iter().any(|words| TRAITS[at].name.contains(words.as_str()));
    let rows = |first: &[f64; OWN], most: usize| -> Vec<Row> {
        let wanted = pages.iter().filter(|page| wanted(page));
        let rows = wanted.flat_map(|known| {
            let traits = known.page.document.markup().traits(known.page.document.text(), first);
            let rows = known.lines.iter().map(move |(at, boilerplate, weight)| Row {
                values: (0..most)
                    .map(|of| if left_out(of) { 0.0 } else { traits[*at][of] as f32 })
                    .collect(),
                boilerplate: *boilerplate,
                weight: *weight,
            });
            rows.collect::<Vec<_>>()
        });
        rows.collect()
    };
    let (first, second) = match from {
        Some(mut weights) => {
            weights.second[0] -= odds(REMOVE_FROM) - odds(BOUNDARY);
            (weights.first, weights.second)
        }
        None => ([0.0; OWN], [0.0; ALL]),
    };
    let first = newton(&rows(&first, OWN), first);
    let mut second = newton(&rows(&first, ALL), second);
    second[0] += odds(REMOVE_FROM) - odds(BOUNDARY);
    Weights { first, second }
}

fn odds(probability: f64) -> f64 {
    (probability / (1.0 - probability)).ln()
}

/// Newton's method on the ridge-penalised likelihood; it is concave, so this ends.
fn newton<const N: usize>(rows: &[Row], mut weights: [f64; N]) -> [f64; N] {
    for _ in 0..30 {
        let mut slope = weights.map(|weight| RIDGE * weight);
        let mut curve = vec![[0.0; N]; N];
        for (at, line) in curve.iter_mut().enumerate() {
            line[at] = RIDGE;
        }
        for row in rows {
            let odds: f64 = weights
                .iter()
                .zip(&row.values)
                .map(|(weight, value)| weight * f64::from(*value))
                .sum();
            let probability = 1.0 / (1.0 + (-odds).exp());
            let miss = row.weight * (probability - f64::from(u8::from(row.boilerplate)));
            let bend = row.weight * probability * (1.0 - probability);
            for (at, value) in row.values.iter().enumerate() {
                if *value == 0.0 {
                    continue;
                }
                slope[at] += miss * f64::from(*value);
                let bent = bend * f64::from(*value);
                // The curve is symmetric: half of it is enough.
                for (cell, other) in curve[at][..=at].iter_mut().zip(&row.values) {
                    *cell += bent * f64::from(*other);
                }
            }
        }
        for at in 0..N {
            for other in 0..at {
                curve[other][at] = curve[at][other];
            }
        }
        let step = solve(curve, slope);
        let longest = step.iter().fold(0.0, |longest: f64, part| longest.max(part.abs()));
        for (weight, part) in weights.iter_mut().zip(step) {
            *weight -= part;
        }
        if longest < 1e-3 {
            break;
        }
    }
    weights
}

/// The solution of a system with a positive definite matrix, by elimination.
fn solve<const N: usize>(mut matrix: Vec<[f64; N]>, mut side: [f64; N]) -> [f64; N] {
    for pivot in 0..N {
        let row = matrix[pivot];
        for below in pivot + 1..N {
            let times = matrix[below][pivot] / row[pivot];
            for (cell, of_pivot) in matrix[below].iter_mut().zip(row) {
                *cell -= times * of_pivot;
            }
            side[below] -= times * side[pivot];
        }
    }
    for pivot in (0..N).rev() {
        let known: f64 = (pivot + 1..N).map(|at| matrix[pivot][at] * side[at]).sum();
        side[pivot] = (side[pivot] - known) / matrix[pivot][pivot];
    }
    side
}
