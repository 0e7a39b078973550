//! Menus above the article.
//!
//! Above the first prose stand a headline, a byline and a standfirst too, short lines
//! like those of a menu; so a menu needs two different entries that a table knows
//! ("Home", "Sign in"), or one and three in a row that stood there before (the menu once
//! more for phones), and goes down to the last of these, never to the line right above
//! the prose, nor over a date. Of 262 headlines that the address of a page repeats it
//! takes none (one name of a guide in a menu looks like one); menus are a third of what
//! cues take from labelled pages, see `tests/cleaner_sets.rs`.

use super::reading::Reading;
use super::{CueRule, Tail};
use std::collections::{HashMap, HashSet};

/// Words of the longest entry of a menu: most headlines are longer, and end the run. With
/// 5, 8 and 12 cues take 21.4, 22.3 and 23.6 % of the boilerplate of labelled pages and
/// 0.090, 0.095 and 0.099 % of the content.
const LONGEST_ENTRY: usize = 8;

/// Entries of the shortest menu.
const LEAST_ENTRIES: usize = 4;

/// Entries of the shortest menu below the article: there it may begin with a heading of
/// the article ("Resources").
const LEAST_BELOW: usize = 3;

/// Entries in a row that are a menu once more.
const TWICE: usize = 3;

/// The menus above the block `prose`.
pub(super) fn menus(lines: &[Reading<'_>], prose: usize) -> Vec<Tail> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < prose {
        let entry = |line: &Reading<'_>| {
            let short = line.units <= 2 * LONGEST_ENTRY || line.menu.is_some();
            short && !line.sentence && line.date.is_none()
        };
        let length = lines[start..prose].iter().take_while(|line| entry(line));
        let end = start + length.count();
        // The line right above the prose is its heading.
        let run = start..end.min(prose - 1);
        let known = run.clone().filter(|&at| lines[at].menu.is_some());
        let known: Vec<usize> = known.collect();
        let again = shown_again(&lines[run.clone()]).map(|last| start + last);
        let distinct = |&at: &usize| lines[at].hashes != lines[known[0]].hashes;
        if let (Some(&named), Some(&last)) = (known.first(), known.last())
            && (again.is_some() || known.iter().any(distinct))
            && let last = last.max(again.unwrap_or(0))
            && last + 1 - start >= LEAST_ENTRIES
        {
            found.push(Tail {
                blocks: start..last + 1,
                rule: CueRule::Menu,
                cue: lines[named].matched(),
                table: lines[named].menu,
            });
        }
        start = end + 1;
    }
    found
}

/// Where a menu below the article may begin: entries from which on at least
/// three different ones follow that a table knows, themselves included.
pub(super) fn menus_below(lines: &[Reading<'_>], last_prose: usize) -> Vec<bool> {
    let mut seen: HashSet<&[u64]> = HashSet::new();
    let mut below = vec![false; lines.len()];
    for at in (last_prose + 1..lines.len()).rev() {
        if lines[at].menu.is_some() {
            seen.insert(lines[at].hashes);
            below[at] = seen.len() >= LEAST_BELOW;
        }
    }
    below
}

/// The last of three entries in a row that stood before, in the same order.
fn shown_again(run: &[Reading<'_>]) -> Option<usize> {
    let mut seen: HashMap<[&[u64]; TWICE], usize> = HashMap::new();
    let mut last = None;
    for at in 0..(run.len() + 1).saturating_sub(TWICE) {
        let three = [0, 1, 2].map(|next| run[at + next].hashes);
        // Wordless entries ("•") are no sign of a menu.
        if three.iter().any(|words| words.is_empty()) {
            continue;
        }
        let first = *seen.entry(three).or_insert(at);
        if first + TWICE <= at {
            last = Some(at + TWICE - 1);
        }
    }
    last
}
