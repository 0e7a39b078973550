//! What the lines around a line are: by their words, and by a first judgement of each.

use super::Markup;
use super::place::share;

/// Sums over the lines before each: words, words inside links, words of prose.
pub(super) struct Near {
    sums: Vec<[u32; 3]>,
}

impl Near {
    pub(super) fn of(lines: impl Iterator<Item = [u32; 3]>) -> Self {
        let mut sum = [0; 3];
        let mut sums = vec![sum];
        for line in lines {
            for (sum, figure) in sum.iter_mut().zip(line) {
                *sum += figure;
            }
            sums.push(sum);
        }
        Near { sums }
    }

    /// Sums over the line and as many as `reach` lines before and after it.
    fn window(&self, at: usize, reach: usize) -> [u32; 3] {
        let first = self.sums[at.saturating_sub(reach)];
        let last = self.sums[(at + reach + 1).min(self.sums.len() - 1)];
        std::array::from_fn(|figure| last[figure] - first[figure])
    }

    /// Share of prose among the words.
    pub(super) fn prose(&self, at: usize, reach: usize) -> f64 {
        let [words, _, prose] = self.window(at, reach);
        share(prose, words, 0.0)
    }

    /// Share of the words inside links.
    pub(super) fn linked(&self, at: usize, reach: usize) -> f64 {
        let [words, linked, _] = self.window(at, reach);
        share(linked, words, 0.0)
    }
}

/// Traits of a line that a first judgement of the lines around it gives.
pub(super) const JUDGED: usize = 9;

/// Log-odds beyond which a first judgement counts as no surer.
const SUREST: f64 = 4.0;

/// Lines before and after that are looked at together.
const REACH: usize = 4;

/// A mean of judgements, each weighing as the root of its line's length.
#[derive(Clone, Copy, Default)]
struct Mean {
    sum: f64,
    weight: f64,
}

impl Mean {
    fn add(&mut self, other: Mean) {
        self.sum += other.sum;
        self.weight += other.weight;
    }

    fn without(self, other: Mean) -> Mean {
        Mean {
            sum: self.sum - other.sum,
            weight: self.weight - other.weight,
        }
    }

    fn value(self) -> f64 {
        match self.weight > 1e-9 {
            true => self.sum / self.weight,
            false => 0.0,
        }
    }
}

impl Markup {
    /// For each line, what the `odds` that a first judgement gives say of its surroundings: the lines before and
    /// after, the elements around it, lines in elements of its kind, the page. Linear in the lines and elements.
    pub(super) fn judged(&self, odds: &[f64]) -> Vec<[f64; JUDGED]> {
        let odds = odds.iter().map(|odds| odds.clamp(-SUREST, SUREST));
        let odds: Vec<f64> = odds.collect();
        let means: Vec<Mean> = self
            .lines
            .iter()
            .zip(&odds)
            .map(|(line, odds)| {
                let weight = f64::from(line.words + 1).sqrt();
                Mean {
                    sum: weight * odds,
                    weight,
                }
            })
            .collect();
        let mut elements = vec![Mean::default(); self.elements.len()];
        let mut kinds = std::collections::HashMap::new();
        let kind = |element: u32| {
            let element = &self.elements[element as usize];
            (element.kind, self.elements[element.parent as usize].kind)
        };
        let mut sums = vec![Mean::default()];
        let mut sum = Mean::default();
        for (line, mean) in self.lines.iter().zip(&means) {
            elements[line.element as usize].add(*mean);
            let of_kind: &mut Mean = kinds.entry(kind(line.element)).or_default();
            of_kind.add(*mean);
            sum.add(*mean);
            sums.push(sum);
        }
        for at in (1..elements.len()).rev() {
            let mean = elements[at];
            elements[self.elements[at].parent as usize].add(mean);
        }
        let parent = |element: usize| self.elements[element].parent as usize;
        let neighbour = |at: usize| odds.get(at).copied().unwrap_or(0.0);
        let of = |(at, line): (usize, &super::MarkedLine)| {
            let around = parent(line.element as usize);
            let outside = parent(around);
            let before = sums[at].without(sums[at.saturating_sub(REACH)]);
            let end = (at + 1 + REACH).min(self.lines.len());
            let behind = sums[end].without(sums[at + 1]);
            [
                neighbour(at.wrapping_sub(1)),
                neighbour(at + 1),
                elements[around].value(),
                elements[outside].value(),
                elements[parent(outside)].value(),
                kinds[&kind(line.element)].value(),
                before.value(),
                behind.value(),
                elements[0].value(),
            ]
        };
        self.lines.iter().enumerate().map(of).collect()
    }
}
