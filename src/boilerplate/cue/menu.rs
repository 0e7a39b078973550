//! Menus above the article.
//!
//! Only tails are cut freely. Above the first prose stand a headline, a byline and a
//! standfirst too, short lines like those of a menu; so a menu needs two entries that
//! a table knows ("Home", "Sign in"), or three in a row that stood there before (the
//! menu once more for phones), and goes down to the last of these, never to the line
//! right above the prose.

use super::reading::Reading;
use super::{CueRule, Tail};
use std::collections::HashMap;

/// Words of the longest entry of a menu.
const LONGEST_ENTRY: usize = 5;

/// Entries of the shortest menu.
const LEAST_ENTRIES: usize = 4;

/// Entries in a row that are a menu once more.
const TWICE: usize = 3;

/// The menus above the block `prose`.
pub(super) fn menus(lines: &[Reading], prose: usize) -> Vec<Tail> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < prose {
        let entry = |line: &Reading| {
            !line.sentence && (line.units <= 2 * LONGEST_ENTRY || line.menu.is_some())
        };
        let length = lines[start..prose].iter().take_while(|line| entry(line));
        let end = start + length.count();
        // The line right above the prose is its heading.
        let run = start..end.min(prose - 1);
        let known = run.clone().filter(|&at| lines[at].menu.is_some());
        let known: Vec<usize> = known.collect();
        let again = shown_again(&lines[run.clone()]).map(|last| start + last);
        let by_words = known.last().filter(|_| known.len() >= 2).copied();
        if let Some(last) = by_words.max(again)
            && last + 1 - start >= LEAST_ENTRIES
        {
            let named = known.first().copied().unwrap_or(start);
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

/// The last of three entries in a row that stood before, in the same order.
fn shown_again(run: &[Reading]) -> Option<usize> {
    let mut seen: HashMap<[&[String]; TWICE], usize> = HashMap::new();
    let mut last = None;
    for at in 0..(run.len() + 1).saturating_sub(TWICE) {
        let three = [0, 1, 2].map(|next| &run[at + next].words[..]);
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
