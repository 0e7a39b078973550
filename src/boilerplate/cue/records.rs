//! Lists of records after the last prose: site / title / date, twice or more.

use super::reading::Reading;
use super::{CueRule, Tail};
use std::ops::Range;

/// Words of the longest title in a list of records.
const LONGEST_TITLE: usize = 20;

/// The lists of records among the blocks of `range`, each with the heading before it.
///
/// A record is a title and a date, or a site's name, a title and a date; short
/// and no full sentence. Two or more of two to four blocks each make a list,
/// where nothing but a cue or another list follows; those that begin with a
/// site's name always do.
pub(super) fn record_lists(lines: &[Reading<'_>], range: Range<usize>) -> Vec<Tail> {
    let dates: Vec<usize> = range
        .clone()
        .filter(|&at| lines[at].date.is_some())
        .collect();
    let listed = |records: &Range<usize>| {
        let mut blocks = lines[records.clone()].iter();
        blocks
            .all(|line| line.units <= 2 * LONGEST_TITLE && (!line.full_stop || line.date.is_some()))
    };
    let mut lists: Vec<(Range<usize>, bool)> = Vec::new();
    let mut take = |records: Range<usize>, site: bool| match lists.last_mut() {
        Some((list, by_site)) if records.start <= list.end => {
            list.end = list.end.max(records.end);
            *by_site |= site;
        }
        _ => lists.push((records, site)),
    };
    for (at, &date) in dates.iter().enumerate() {
        let site = (date.saturating_sub(3).max(range.start)..date).find(|&at| lines[at].site);
        if let Some(site) = site.filter(|&site| listed(&(site..date + 1))) {
            take(site..date + 1, true);
            continue;
        }
        let Some(&next) = dates.get(at + 1) else {
            continue;
        };
        let period = next - date;
        if (2..=4).contains(&period) {
            // The date closes its record where there is room for one before it.
            let records = match date + 1 >= range.start + period {
                true => date + 1 - period..next + 1,
                false => date..(next + period).min(range.end),
            };
            if listed(&records) {
                take(records, false);
            }
        }
    }
    let mut found: Vec<Tail> = Vec::new();
    for (list, by_site) in lists.into_iter().rev() {
        let follows = found.last().map_or(range.end, |next| next.blocks.start);
        let closed = || list.end >= follows || lines[list.end].cue(true).is_some();
        let Some((date, table)) = list.clone().find_map(|at| Some((at, lines[at].date?))) else {
            continue;
        };
        if by_site || closed() {
            let heading = list.start > range.start && lines[list.start - 1].is_heading();
            found.push(Tail {
                blocks: list.start - usize::from(heading)..list.end.min(follows),
                rule: CueRule::RecordList,
                cue: lines[date].matched(),
                table,
            });
        }
    }
    found.reverse();
    found
}
