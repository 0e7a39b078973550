//! Makes the weights of markup anew: a logistic regression on pages whose text a person took out.

use super::html::{Page, Tokens, harmonic};
use std::fmt::Write;
use twicetold::boilerplate::markup::TRAITS;

const COUNT: usize = TRAITS.len();

type Weights = [f64; COUNT];

/// Pages are left out in this many turns, to see what the weights are worth on pages they do not know.
const FOLDS: usize = 5;

/// What a page that is no article weighs, where an article weighs 1.
const OTHERS: f64 = 0.3;

/// Strength of the ridge: the sum of the squared weights counts by the half of this.
const RIDGE: f64 = 1.0 / 3.0;

/// Odds below which a line is kept when the fit is judged, as a probability; the weights are moved so that it
/// comes to stand where the cleaner begins to remove.
const BOUNDARY: f64 = 0.45;
const REMOVE_FROM: f64 = 0.7;

/// A line as the regression sees it.
struct Row {
    traits: Weights,
    boilerplate: bool,
    weight: f64,
}

/// Kinds of traits, by words of their names: each is left out in turn.
const KINDS: [(&str, &[&str]); 5] = [
    ("", &[]),
    ("names", &["named as"]),
    (
        "tags",
        &[
            "in nav",
            "in header",
            "in footer",
            "in aside",
            "in figure",
            "heading",
            "list item",
            "caption",
            "hidden",
        ],
    ),
    ("links", &["link"]),
    (
        "place",
        &["main element", "the article", "from prose", "place on"],
    ),
];

/// The table of weights, and what weights made without a page are worth on it.
pub(crate) fn table(pages: &[Page<'_>]) -> String {
    let mut table = String::from(
        "| pages | without | precision | recall | token F1 |\n|---|---|---|---|---|\n",
    );
    for (kind, words) in KINDS {
        let left_out = |name: &str| {
            let named = name.contains("named as") && kind != "names";
            !named && words.iter().any(|word| name.contains(word))
        };
        let rows: Vec<Vec<Row>> = pages.iter().map(|page| rows(page, &left_out)).collect();
        for (name, [pages, precision, recall, f1]) in
            ["articles", "others"].iter().zip(judge(pages, &rows))
        {
            let _ = writeln!(
                table,
                "| {name}: {pages} | {kind} | {:.4} | {:.4} | {:.4} |",
                precision / pages,
                recall / pages,
                f1 / pages
            );
        }
    }
    let rows: Vec<Vec<Row>> = pages.iter().map(|page| rows(page, &|_| false)).collect();
    let mut weights = fit(rows.iter().flatten());
    weights[0] += odds(REMOVE_FROM) - odds(BOUNDARY);
    table.push('\n');
    for (of, weight) in TRAITS.iter().zip(weights) {
        let _ = writeln!(table, "    weigh({:?}, {weight:.2}),", of.name);
    }
    table
}

/// Number of pages and sums of precision, recall and F1, of articles and of other pages, each by
/// weights that were made without it.
fn judge(pages: &[Page<'_>], rows: &[Vec<Row>]) -> [[f64; 4]; 2] {
    let mut sums = [[0.0; 4]; 2];
    for fold in 0..FOLDS {
        let known = rows.iter().enumerate().filter(|(at, _)| at % FOLDS != fold);
        let weights = fit(known.flat_map(|(_, rows)| rows));
        for (at, page) in pages
            .iter()
            .enumerate()
            .filter(|(at, _)| at % FOLDS == fold)
        {
            let lines = page.document.markup().lines().iter().zip(&rows[at]);
            let kept = lines.filter(|(_, row)| probability(&weights, &row.traits) < BOUNDARY);
            let kept: Vec<&str> = kept
                .map(|(line, _)| line.span.of(page.document.text()))
                .collect();
            let (precision, recall) = Tokens::of(&kept.join("\n")).against(&Tokens::of(page.gold));
            let sum = &mut sums[usize::from(page.kind != "article")];
            for (sum, figure) in
                sum.iter_mut()
                    .zip([1.0, precision, recall, harmonic(precision, recall)])
            {
                *sum += figure;
            }
        }
    }
    sums
}

fn rows(page: &Page<'_>, left_out: &dyn Fn(&str) -> bool) -> Vec<Row> {
    let text = page.document.text();
    let gold = Tokens::of(page.gold);
    let lines = page.document.markup().lines();
    let all: u32 = lines.iter().map(|line| line.words).sum();
    let of_page = if page.kind == "article" { 1.0 } else { OTHERS };
    let traits = page.document.markup().traits(text).into_iter().zip(lines);
    let kept = TRAITS.map(|of| f64::from(u8::from(!left_out(of.name))));
    let row = traits.map(|(traits, line)| Row {
        traits: std::array::from_fn(|at| traits[at] * kept[at]),
        boilerplate: gold.share_of(line.span.of(text)) < 0.5,
        weight: of_page * (f64::from(line.words + 1) / f64::from(all + 1)).sqrt(),
    });
    row.collect()
}

fn odds(probability: f64) -> f64 {
    (probability / (1.0 - probability)).ln()
}

fn probability(weights: &Weights, traits: &Weights) -> f64 {
    let odds: f64 = weights
        .iter()
        .zip(traits)
        .map(|(weight, value)| weight * value)
        .sum();
    1.0 / (1.0 + (-odds).exp())
}

/// Newton's method on the ridge-penalised likelihood; it is concave, so this ends.
fn fit<'r>(rows: impl Iterator<Item = &'r Row>) -> Weights {
    let rows: Vec<&Row> = rows.collect();
    let mut weights = [0.0; COUNT];
    for _ in 0..30 {
        let mut slope = weights.map(|weight| RIDGE * weight);
        let mut curve = [[0.0; COUNT]; COUNT];
        for (at, line) in curve.iter_mut().enumerate() {
            line[at] = RIDGE;
        }
        for row in &rows {
            let probability = probability(&weights, &row.traits);
            let miss = row.weight * (probability - f64::from(u8::from(row.boilerplate)));
            let bend = row.weight * probability * (1.0 - probability);
            for (at, value) in row
                .traits
                .iter()
                .enumerate()
                .filter(|(_, value)| **value != 0.0)
            {
                slope[at] += miss * value;
                for (cell, other) in curve[at].iter_mut().zip(&row.traits) {
                    *cell += bend * value * other;
                }
            }
        }
        let step = solve(curve, slope);
        let longest = step
            .iter()
            .fold(0.0, |longest: f64, part| longest.max(part.abs()));
        for (weight, part) in weights.iter_mut().zip(step) {
            *weight -= part;
        }
        if longest < 1e-6 {
            break;
        }
    }
    weights
}

/// The solution of a system with a positive definite matrix, by elimination.
fn solve(mut matrix: [Weights; COUNT], mut side: Weights) -> Weights {
    for pivot in 0..COUNT {
        let row = matrix[pivot];
        for below in pivot + 1..COUNT {
            let times = matrix[below][pivot] / row[pivot];
            for (cell, of_pivot) in matrix[below].iter_mut().zip(row) {
                *cell -= times * of_pivot;
            }
            side[below] -= times * side[pivot];
        }
    }
    for pivot in (0..COUNT).rev() {
        let known: f64 = (pivot + 1..COUNT)
            .map(|at| matrix[pivot][at] * side[at])
            .sum();
        side[pivot] = (side[pivot] - known) / matrix[pivot][pivot];
    }
    side
}
