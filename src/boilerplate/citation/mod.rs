//! Citation marks glued to sentence ends: "… nuclear program Reuters4."
//!
//! A page copied from an answer engine carries the names of its sources with
//! their numbers at the ends of sentences. Taken alone such a mark looks like
//! "PS VR2" or "SOC2", so marks are believed only together: their first
//! appearances on a page run exactly 1, 2, … *n* with at least three numbers, a
//! number keeps its name, and at least two names are those of papers, stations
//! or institutions.
//!
//! What a number is attached to is told apart in three grades (`Grade`), for a
//! page with marks has names that end in digits too. In sixty cases written by
//! hand, half of them such names, the numbers alone made 54 false edits.

mod candidate;
mod first;
mod grade;
mod number;
mod table;

use crate::span::Span;
use candidate::{Candidate, SPACES, candidates};
use first::may_be_marked;
use grade::{Grade, publisher};
use number::{Sequence, number};
use std::collections::HashSet;

/// A citation mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The mark with the white space before it; not the full stop after it.
    pub span: Span,
    /// The name of the source.
    pub name: String,
    /// Its number on this page.
    pub index: usize,
}

/// Least different numbers of the marks of a page, and least names of sources among them.
const LEAST_NUMBERS: usize = 3;
const LEAST_NAMES: usize = 2;

/// The citation marks of `text`, in order; none unless all of them make sense together.
///
/// Linear in the length of the text.
///
/// ```
/// use twicetold::boilerplate::citation::citations;
///
/// let text = "It began on Monday Harbour Post1. Nobody was hurt, said the mayor Gazette2.\n\
///             The line reopened Harbour Post1. Trains run again Channel73.\n";
/// let marks = citations(text);
/// assert_eq!(marks.len(), 4);
/// assert_eq!(marks[3].name, "Channel7");
/// assert_eq!(marks[3].index, 3);
/// assert!(citations("The headset is the PS VR2. The audit is SOC2.").is_empty());
/// ```
pub fn citations(text: &str) -> Vec<Citation> {
    match may_be_marked(text) {
        true => all_citations(text),
        false => Vec::new(),
    }
}

/// As [`citations`], of a text that may have some.
fn all_citations(text: &str) -> Vec<Citation> {
    let (candidates, capitals) = candidates(text);
    if candidates.len() < LEAST_NUMBERS {
        return Vec::new();
    }
    let sequences = number(text, &candidates, capitals).into_iter();
    sequences
        .flat_map(|sequence| marks(text, &candidates, &sequence, capitals))
        .collect()
}

/// The marks of a sequence, if it makes sense as a whole.
fn marks(
    text: &str,
    candidates: &[Candidate<'_>],
    sequence: &Sequence,
    capitals: bool,
) -> Vec<Citation> {
    let grades = &sequence.grades;
    let sources = |index: &usize| grades[*index] == Grade::Source;
    let last = (1..grades.len()).rfind(sources).unwrap_or(0);
    let believed = |index: usize| index <= last && grades[index] != Grade::Doubtful;
    let names = names(text, candidates, &sequence.numbered, capitals);
    let known: HashSet<&String> = (1..=last)
        .filter(sources)
        .map(|index| &names[index])
        .filter(|name| !name.is_empty())
        .collect();
    let numbers = grades.len() - 1; // 1 to the greatest, each seen
    if numbers < LEAST_NUMBERS || known.len() < LEAST_NAMES {
        return Vec::new();
    }
    let marks = sequence.numbered.iter().filter_map(|&(at, index)| {
        let candidate = &candidates[at];
        let name = &names[index];
        if !believed(index) || name.is_empty() {
            return None;
        }
        let run = candidate.before_number(text, index.to_string().len());
        // A word that only ends like the name of this number is no mark.
        let lead = run.strip_suffix(name.as_str())?;
        let start = candidate.words[0].start + lead.len();
        let apart = lead.is_empty() || lead.ends_with(SPACES);
        if !apart || lead.is_empty() && candidate.is_open() {
            return None;
        }
        let space = text[..start].trim_end_matches(SPACES).len();
        Some(Citation {
            span: Span::new(space, candidate.end()),
            name: name.clone(),
            index,
        })
    });
    let marks: Vec<Citation> = marks.collect();
    // As many names that claim the same numbers: nothing here is in order. It also
    // bounds how often marks can turn up behind those that were taken out: each
    // time there are at most half as many.
    match marks.len() > sequence.rivals {
        true => marks,
        false => Vec::new(),
    }
}

/// The name of each number, by number: the longest run of words that stands
/// before it every time, cut back to a publisher it ends in, or to a name that
/// another number has ("Kirill Dmitriev Reuters5" beside "Reuters4").
///
/// Where nouns are capitalised, a run that stands only once says little: its
/// last word is taken.
fn names(
    text: &str,
    candidates: &[Candidate<'_>],
    numbered: &[(usize, usize)],
    capitals: bool,
) -> Vec<String> {
    let most = numbered.iter().map(|(_, index)| *index).max().unwrap_or(0);
    let mut marks: Vec<Vec<usize>> = vec![Vec::new(); most + 1];
    for &(at, index) in numbered {
        marks[index].push(at);
    }
    let mut names: Vec<String> = vec![String::new()];
    for (index, marks) in marks.iter().enumerate().skip(1) {
        if marks.is_empty() {
            names.push(String::new());
            continue;
        }
        let written = |at: usize, from: usize| {
            let end = candidates[at].end() - index.to_string().len();
            &text[candidates[at].words[from].start..end]
        };
        let run = &candidates[marks[0]].words;
        let common = (0..run.len()).find(|&from| {
            let begins = run[from].of(text).starts_with(char::is_uppercase);
            begins
                && marks.iter().all(|&other| {
                    let len = candidates[other].words.len();
                    let same = run.len() - from;
                    same <= len && written(other, len - same) == written(marks[0], from)
                })
        });
        let last_word = run
            .iter()
            .rposition(|word| word.of(text).starts_with(char::is_uppercase))
            .unwrap_or(run.len() - 1);
        let common = common.unwrap_or(last_word);
        let whole = written(marks[0], common);
        let name = match publisher(whole) {
            Some(name) => name,
            None if capitals && marks.len() == 1 => written(marks[0], last_word),
            // Seen once, a long run may begin with a person: "Kirill Dmitriev Harbour Post".
            None if marks.len() == 1 && run.len() - common >= 3 => "",
            None => whole,
        };
        names.push(name.to_owned());
    }
    let known: HashSet<String> = names
        .iter()
        .filter(|name| !name.is_empty())
        .cloned()
        .collect();
    for name in names.iter_mut().skip(1) {
        let mut shorter = name.match_indices(' ').map(|(space, _)| &name[space + 1..]);
        if let Some(shorter) = shorter.rfind(|suffix| known.contains(*suffix)) {
            *name = shorter.to_owned();
        }
    }
    names
}
