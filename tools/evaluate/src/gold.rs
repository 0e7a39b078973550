//! Texts that are all content: a cleaner should take next to nothing.

use super::injected::{Found, Kind, inject};
use super::{field, percent, words, worst_of};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use twicetold::clean::Cleaner;
use twicetold::finding::{Action, Reason};

pub(crate) fn table(
    records: &[Value],
    cleaner: &Cleaner,
    worst: usize,
    inject: bool,
) -> Result<String, String> {
    // Words taken and pages touched, by reason; pages that lose over 5 %.
    let mut taken: BTreeMap<Reason, (usize, usize)> = BTreeMap::new();
    let (mut all, mut over) = (0, 0);
    let mut pages = Vec::new();
    for record in records {
        let text = field(record, "text")?;
        let mut of_page: BTreeMap<Reason, usize> = BTreeMap::new();
        for finding in &cleaner.clean(text).findings {
            if finding.action == Action::Remove {
                *of_page.entry(finding.reason).or_default() += words(finding.span.of(text));
            }
        }
        let own = words(text);
        let lost: usize = of_page.values().sum();
        for (reason, words) in of_page {
            let (of_reason, touched) = taken.entry(reason).or_default();
            *of_reason += words;
            *touched += 1;
        }
        all += own;
        over += usize::from(20 * lost > own);
        let share = lost as f64 / own.max(1) as f64;
        pages.push((share, format!("{} {}", record["id"], record["url"])));
    }
    let mut table = String::new();
    let _ = writeln!(
        table,
        "| taken for | words | share | pages | share |\n|---|---|---|---|---|"
    );
    for (reason, (words, touched)) in &taken {
        let _ = writeln!(
            table,
            "| {} | {words} of {all} | {} | {touched} | {} |",
            reason.name(),
            percent(*words, all),
            percent(*touched, records.len())
        );
    }
    let _ = writeln!(
        table,
        "| pages that lose over 5 % | | | {over} | {} |",
        percent(over, records.len())
    );
    if inject {
        table += &injected_table(records, cleaner, worst)?;
    }
    Ok(table + &worst_of(pages, worst))
}

/// What is found of parts of the texts that are said again, and where most is missed.
fn injected_table(records: &[Value], cleaner: &Cleaner, worst: usize) -> Result<String, String> {
    let texts: Result<Vec<&str>, String> =
        records.iter().map(|record| field(record, "text")).collect();
    let mut sums: BTreeMap<(Kind, usize), Found> = BTreeMap::new();
    let mut pages = Vec::new();
    inject(&texts?, cleaner, |outcome| {
        let (kind, edited, found) = (outcome.kind, outcome.percent, outcome.found);
        sums.entry((kind, edited)).or_default().add(found);
        let id = &records[outcome.page]["id"];
        if worst > 0 && !outcome.missed.is_empty() {
            let missed = found.injected.saturating_sub(found.found) as f64;
            let page = format!(
                "bytes of {id}, {kind:?}, {edited} % edited\n{}",
                outcome.missed
            );
            pages.push((missed, page));
        }
    });
    let mut table = String::from(
        "\n| said again | edited | bytes found | missed | other bytes taken |\n|---|---|---|---|---|\n",
    );
    for ((kind, edited), found) in sums {
        let _ = writeln!(
            table,
            "| {kind:?} | {edited} % | {:.2} % | {} of {} | {} |",
            100.0 * found.share(),
            found.injected.saturating_sub(found.found),
            found.injected,
            percent(found.others, found.all)
        );
    }
    Ok(table + &worst_of(pages, worst))
}
