//! Texts that are all content: a cleaner should take next to nothing.

use super::{field, percent, words, worst_of};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use twicetold::clean::Cleaner;
use twicetold::finding::{Action, Reason};

pub(crate) fn table(records: &[Value], cleaner: &Cleaner, worst: usize) -> Result<String, String> {
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
    Ok(table + &worst_of(pages, worst))
}
