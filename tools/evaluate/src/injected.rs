//! Repeats written into texts that are all content, and what of them the cleaner finds.

use std::fmt::{self, Display};
use twicetold::Span;
use twicetold::clean::Cleaner;
use twicetold::finding::{Action, Evidence, Finding};

/// What is said twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Whole,
    WithoutLede,
    Half,
    ThreeBlocks,
    Paragraph,
}

impl Kind {
    const ALL: [Kind; 5] = [
        Kind::Whole,
        Kind::WithoutLede,
        Kind::Half,
        Kind::ThreeBlocks,
        Kind::Paragraph,
    ];

    /// The blocks to repeat, and before which block; `None` where the page is too short.
    fn choose(self, lines: &[&str], random: &mut Random) -> Option<(Vec<usize>, usize)> {
        let n = lines.len();
        let together = |from: usize, to: usize| {
            lines[from..to]
                .iter()
                .map(|line| words(line))
                .sum::<usize>()
        };
        match self {
            Kind::Whole => (n >= 3 || together(0, n) >= 40).then(|| ((0..n).collect(), n)),
            Kind::WithoutLede => (n >= 4 && together(1, n) >= 40).then(|| ((1..n).collect(), n)),
            Kind::Half => (n >= 6 && together(0, n / 2) >= 40).then(|| ((0..n / 2).collect(), n)),
            Kind::ThreeBlocks => {
                let first = (n >= 8).then(|| random.below(n - 3))?;
                Some((
                    (first..first + 3).collect(),
                    elsewhere(first, first + 3, n, random),
                ))
            }
            Kind::Paragraph => {
                let long: Vec<usize> = (0..n).filter(|&at| words(lines[at]) >= 40).collect();
                (n >= 4 && !long.is_empty()).then(|| {
                    let at = long[random.below(long.len())];
                    (vec![at], elsewhere(at, at + 1, n, random))
                })
            }
        }
    }
}

/// A place of the `n + 1` between blocks that does not touch `first..end`.
fn elsewhere(first: usize, end: usize, n: usize, random: &mut Random) -> usize {
    let free: Vec<usize> = (0..=n)
        .filter(|place| *place < first || *place > end)
        .collect();
    free[random.below(free.len())]
}

/// `line` with about `percent` of its words substituted, deleted, or with a new one behind.
fn edited(line: &str, edit: &Edit<'_>, random: &mut Random) -> String {
    let Edit {
        percent, corpus, ..
    } = *edit;
    if percent == 0 {
        return line.to_owned();
    }
    let mut words: Vec<&str> = Vec::new();
    for word in line.split_whitespace() {
        if random.below(100) >= percent {
            words.push(word);
            continue;
        }
        let other = corpus[random.below(corpus.len())];
        match random.below(3) {
            0 => words.push(other),
            1 => {}
            _ => words.extend([word, other]),
        }
    }
    words.join(" ")
}

#[derive(Default, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) pages: usize,
    pub(crate) injected: usize,
    pub(crate) found: usize,
    pub(crate) others: usize,
    pub(crate) all: usize,
}

impl Found {
    pub(crate) fn add(&mut self, more: Found) {
        self.pages += more.pages;
        self.injected += more.injected;
        self.found += more.found;
        self.others += more.others;
        self.all += more.all;
    }

    pub(crate) fn share(&self) -> f64 {
        self.found as f64 / self.injected.max(1) as f64
    }
}

impl Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let others = 100.0 * self.others as f64 / self.all.max(1) as f64;
        write!(
            f,
            "{:6.2} % found, others {others:.3} %, {} pages",
            100.0 * self.share(),
            self.pages
        )
    }
}

/// Bytes of `span` under `gone`, which are in order and disjoint.
fn under(span: Span, gone: &[Span]) -> usize {
    let first = gone.partition_point(|gone| gone.end <= span.start);
    let touched = gone[first..]
        .iter()
        .take_while(|gone| gone.start < span.end);
    touched
        .map(|gone| gone.end.min(span.end) - gone.start.max(span.start))
        .sum()
}

/// Lines put together, the span of each, and what goes of it.
fn taken(lines: &[&str], between: &str, cleaner: &Cleaner) -> (Vec<usize>, Vec<Vec<String>>) {
    let mut text = String::new();
    let mut spans = Vec::new();
    for line in lines {
        spans.push(Span::new(text.len(), text.len() + line.len()));
        text += line;
        text += between;
    }
    let cleaned = cleaner.clean(&text);
    let gone = removed(&cleaned.findings);
    let taken = spans.iter().map(|span| under(*span, &gone)).collect();
    let guards = spans.iter().map(|span| {
        let here = cleaned
            .findings
            .iter()
            .filter(|finding| finding.span.start < span.end && span.start < finding.span.end);
        let guards = here.filter_map(|finding| match &finding.evidence {
            Evidence::Guard { prevented } => Some(prevented.clone()),
            _ => None,
        });
        guards.collect()
    });
    (taken, guards.collect())
}

/// What is found of one repeat; bytes.
fn measure(
    lines: &[&str],
    between: &str,
    before: &[usize],
    kind: Kind,
    edit: &Edit<'_>,
    cleaner: &Cleaner,
) -> Option<(Found, String)> {
    let mut random = Random(edit.seed);
    let (chosen, place) = kind.choose(lines, &mut random)?;
    let copies: Vec<String> = chosen
        .iter()
        .map(|&at| edited(lines[at], edit, &mut random))
        .collect();
    let copies: Vec<(usize, &str)> = chosen
        .iter()
        .zip(&copies)
        .map(|(at, copy)| (*at, copy.as_str()))
        .filter(|(_, copy)| !copy.is_empty())
        .collect();
    let mut page: Vec<&str> = lines[..place].to_vec();
    page.extend(copies.iter().map(|(_, copy)| *copy));
    page.extend(&lines[place..]);
    let (gone, guards) = taken(&page, between, cleaner);
    let moved = |at: usize| if at < place { at } else { at + copies.len() };
    let mut found = Found {
        pages: 1,
        all: lines.iter().map(|line| line.len()).sum(),
        ..Found::default()
    };
    let mut missed = String::new();
    let mut twice = vec![false; lines.len()];
    for (nth, (at, copy)) in copies.iter().enumerate() {
        let (of_copy, of_original) = (gone[place + nth], gone[moved(*at)]);
        twice[*at] = true;
        found.injected += copy.len();
        let share =
            (of_copy as f64 / copy.len() as f64).max(of_original as f64 / lines[*at].len() as f64);
        found.found += (share * copy.len() as f64).round() as usize;
        found.others += of_copy.min(of_original).saturating_sub(before[*at]);
        if share < 0.5 {
            let guards = [&guards[place + nth], &guards[moved(*at)]];
            missed += &format!(
                "    MISSED {} {copy}\n       WAS {}\n       {guards:?}\n",
                copy.len(),
                lines[*at]
            );
        }
    }
    for at in (0..lines.len()).filter(|&at| !twice[at]) {
        let more = gone[moved(at)].saturating_sub(before[at]);
        found.others += more;
        if more > 0 {
            missed += &format!("    OTHER {}\n", lines[at]);
        }
    }
    Some((found, missed))
}

/// How a copy is edited.
struct Edit<'c> {
    /// Words in a hundred that are.
    percent: usize,
    seed: u64,
    /// Where new words come from.
    corpus: &'c [&'c str],
}

/// A page and what was found of one repeat in it.
pub(crate) struct Outcome {
    /// Which of the texts.
    pub(crate) page: usize,
    pub(crate) kind: Kind,
    /// Words in a hundred that were edited.
    pub(crate) percent: usize,
    pub(crate) found: Found,
    /// What was missed, and the guards that spoke there, for people.
    pub(crate) missed: String,
}

/// Repeats of every kind in each of `texts`; `see` gets each outcome.
pub(crate) fn inject(texts: &[&str], cleaner: &Cleaner, mut see: impl FnMut(Outcome)) {
    let corpus = texts.iter().flat_map(|text| text.split_whitespace());
    let corpus: Vec<&str> = corpus.collect();
    for (page, text) in texts.iter().enumerate() {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let lines: Vec<&str> = lines.collect();
        let between = if text.contains("\n\n") { "\n\n" } else { "\n" };
        let (before, _) = taken(&lines, between, cleaner);
        for kind in Kind::ALL {
            for percent in [0, 2, 5, 10] {
                let seed = (page * 1000 + percent) as u64;
                let edit = Edit {
                    percent,
                    seed,
                    corpus: &corpus,
                };
                let measured = measure(&lines, between, &before, kind, &edit, cleaner);
                if let Some((found, missed)) = measured {
                    see(Outcome {
                        page,
                        kind,
                        percent,
                        found,
                        missed,
                    });
                }
            }
        }
    }
}

fn words(text: &str) -> usize {
    twicetold::word::words(text).count()
}

/// The spans of removals, in order.
fn removed(findings: &[Finding]) -> Vec<Span> {
    let removals = findings
        .iter()
        .filter(|finding| finding.action == Action::Remove);
    let mut spans: Vec<Span> = removals.map(|finding| finding.span).collect();
    spans.sort_unstable();
    spans
}

/// SplitMix64.
struct Random(u64);

impl Random {
    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }
}
