//! How much a candidate looks like the name of a source.

use super::candidate::Candidate;
use super::table::{OPEN, PRESS, PRESS_ENDS, PUBLISHERS, SAYING, SERIES, STATIONS};

/// How much what stands before a number looks like the name of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grade {
    /// It is part of a sentence, or of a kind that carries numbers by nature: "told
    /// Reuters2", "runs on Qt4", "SOC2". It may hold a number that no better name
    /// claims, so that those after it still count, but is never taken out.
    Doubtful,
    /// A capitalised name that nobody knows: believed where a source with a greater
    /// number follows, for without it that number would be out of order.
    Unknown,
    /// A publisher, or a name that ends as those of papers and institutions do.
    Source,
}

impl Candidate<'_> {
    /// Whether the sentence would be left open if the run were taken out.
    pub(super) fn is_open(&self) -> bool {
        OPEN.contains(&self.before.as_str())
    }

    /// The grade of the run without a number of `len` digits; `None` for what cannot be a name.
    pub(super) fn grade(&self, text: &str, len: usize, capitals: bool) -> Option<Grade> {
        let run = self.before_number(text, len);
        let word = &run[self.words[self.words.len() - 1].start - self.words[0].start..];
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let listed = listed(run);
        let plain = |c: char| c.is_alphabetic() || ".'’&".contains(c);
        let source = match (letters.is_empty(), letters.len() < word.len()) {
            // "France 24" and 3.
            (true, _) => listed
                .filter(|start| run[*start..].ends_with(&format!(" {word}")))
                .map(|_| true)?,
            // "France24" and 3; but "Boeing737" is not Boeing73 and 7.
            (_, true) => (listed.is_some() || STATIONS.contains(&letters)).then_some(true)?,
            _ if letters.chars().count() < 2 || !letters.chars().all(plain) => return None,
            _ => listed.is_some() || is_press(word),
        };
        // Where nouns are capitalised, only the last word of a longer run is the name.
        let whole = self.words.len() == 1 || !capitals;
        let said = self.words.len() > 1 && SAYING.contains(&self.before.as_str());
        let open = match listed {
            Some(start) => start == 0 && self.is_open(),
            None => whole && (self.is_open() || said),
        };
        let acronym =
            || letters.chars().count() <= 3 || letters.chars().skip(1).any(char::is_uppercase);
        Some(match source {
            _ if open => Grade::Doubtful,
            true => Grade::Source,
            false if SERIES.contains(&letters) || acronym() => Grade::Doubtful,
            false => Grade::Unknown,
        })
    }
}

/// Whether a word ends the names of papers, stations and institutions.
fn is_press(word: &str) -> bool {
    PRESS.contains(&word)
        || PRESS_ENDS
            .iter()
            .any(|end| word.to_lowercase().ends_with(end))
}

/// The publisher at the end of a run of capitalised words, where one can be
/// told from what stands before it: one that is listed, or from its last "The".
pub(super) fn publisher(run: &str) -> Option<&str> {
    let the = || run.rfind("The ").filter(|start| begins_word(run, *start));
    Some(&run[listed(run).or_else(the)?..])
}

/// Where the longest listed publisher begins that `run` ends in, with a "The" before it.
fn listed(run: &str) -> Option<usize> {
    let known = PUBLISHERS.iter().filter(|name| run.ends_with(**name));
    let known = known.map(|name| run.len() - name.len());
    let start = known.filter(|start| begins_word(run, *start)).min()?;
    let the = run[..start].strip_suffix("The ").map(str::len);
    Some(
        the.filter(|start| begins_word(run, *start))
            .unwrap_or(start),
    )
}

fn begins_word(run: &str, start: usize) -> bool {
    start == 0 || run[..start].ends_with(' ')
}
