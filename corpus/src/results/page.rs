//! What must hold of one row of the ledger, by itself.

use super::faults::Fault;
use super::lines::At;
use super::rebuild;
use super::walk::{Found, Walked};
use crate::format::Whole;
use crate::format::fields::{self, Field, Fields};
use crate::store::pages::text_of;
use std::path::Path;
use twicetold::Span;
use twicetold::finding::{Action, Reason};
use twicetold::html::Document;
use twicetold::report::{LedgerRow, RemovalRow, Status, TextWas, checksum};

/// The texts of a page: as it is stored (cleaned where it is kept), and whole.
#[derive(Debug, Default)]
pub struct PageTexts {
    pub stored: String,
    pub whole: String,
}

/// The texts of a page, from its record and what was taken out; what is wrong with them goes to
/// `faults`.
pub fn texts(walked: &Walked, found: &mut Found, faults: &mut Vec<Fault>) -> Option<PageTexts> {
    let row = &walked.row;
    let kept = row.status == Status::Kept;
    let (stored, html) = text_of(&mut found.record);
    if kept && html.is_some() {
        faults.push(Fault::at(
            &found.at,
            format!("{:?} has no cleaned text", row.id),
        ));
        return None;
    }
    let removed: Vec<&(At, RemovalRow<'_>)> = walked
        .removals
        .iter()
        .filter(|(_, row)| row.action == Action::Remove)
        .collect();
    let fits = match kept {
        true => rebuild::rebuilt(&stored, walked.removed()),
        false => rebuild::left(&stored, walked.removed().map(|(span, _)| span)),
    };
    let fitting = match fits {
        Ok(fitting) => fitting,
        Err(wrong) => {
            let at = removed.get(wrong.nth).map_or(&walked.at, |(at, _)| at);
            faults.push(Fault::at(at, format!("{:?}: {}", row.id, wrong.what)));
            return None;
        }
    };
    let whole = match kept {
        true => fitting,
        false => {
            for (at, removal) in removed {
                if removal.text.as_deref() != Some(removal.span.of(&stored)) {
                    let Span { start, end } = removal.span;
                    let fault = format!(
                        "{:?}: at [{start}, {end}) its page says something else",
                        row.id
                    );
                    faults.push(Fault::at(at, fault));
                }
            }
            stored.clone()
        }
    };
    Some(PageTexts { stored, whole })
}

/// Everything that is wrong with a row, its record and its findings, but for what other pages say.
pub fn check(
    walked: &Walked,
    found: Option<&mut Found>,
    fields: &Fields,
    faults: &mut Vec<Fault>,
) -> Option<PageTexts> {
    let row = &walked.row;
    if let Some(fault) = shape(row) {
        faults.push(Fault::at(&walked.at, format!("{:?} {fault}", row.id)));
    }
    let found = found?;
    let html = html_of(found, row, fields);
    let texts = texts(walked, found, faults)?;
    let whole = &texts.whole[..];
    if let Some(expected) = &row.checksum {
        let sum = checksum(whole);
        if sum != **expected {
            let fault = format!(
                "{:?}: its text has the checksum {sum} with what was taken out of it put back, the ledger says {expected}",
                row.id
            );
            faults.push(Fault::at(&found.at, fault));
        }
    }
    if let Some(html) = html
        && Document::parse(&html).text() != whole
    {
        let fault = format!("{:?}: its HTML says something else than its text", row.id);
        faults.push(Fault::at(&found.at, fault));
    }
    findings(walked, whole, faults);
    Some(texts)
}

/// The HTML that the text of a record of JSON was read from.
pub fn html_of(found: &Found, row: &LedgerRow<'_>, fields: &Fields) -> Option<String> {
    row.text_was?;
    let Whole::Line { line, .. } = &found.record.whole else {
        return None;
    };
    let plain = Fields::default();
    let names = match row.form {
        Some(_) => &plain,
        None => fields,
    };
    let raw = names.find(line).ok()?.given(Field::Html)?;
    fields::string("", raw).ok()
}

/// What is wrong with a row as such.
fn shape(row: &LedgerRow<'_>) -> Option<&'static str> {
    let figures = [row.resemblance, row.containment];
    let none = row.keeper.is_none() && figures == [None; 2];
    match row.status {
        Status::Kept if !none => Some("is kept, but has a keeper"),
        Status::Kept if row.cluster.as_ref() != Some(&row.id) => {
            Some("is kept, but in the cluster of another page")
        }
        Status::Removed if row.keeper.is_none() || figures.contains(&None) => {
            Some("is removed, but has no keeper or no figures")
        }
        Status::Removed if row.cluster != row.keeper => {
            Some("is removed, but not in the cluster of its keeper")
        }
        Status::Rejected if !none || row.cluster.is_some() => Some("is rejected, but in a cluster"),
        Status::Rejected if row.error.is_none() => Some("is rejected, but nothing says why"),
        Status::Rejected => None,
        _ if row.text_was == Some(TextWas::Null) && row.form.is_some() => {
            Some("was a file, and is said to have had no text")
        }
        _ => None,
    }
}

/// Whether findings are in order, inside the text, and what they point at on their own page is there.
fn findings(walked: &Walked, whole: &str, faults: &mut Vec<Fault>) {
    let row = &walked.row;
    let mut last: Option<(Span, Reason)> = None;
    for (at, removal) in &walked.removals {
        let mut wrong =
            |fault: String| faults.push(Fault::at(at, format!("{:?}: {fault}", row.id)));
        let Span { start, end } = removal.span;
        if whole.get(removal.span.range()).is_none() {
            wrong(format!(
                "the span [{start}, {end}) is none of a text of {} bytes",
                whole.len()
            ));
        }
        let place = (removal.span, removal.reason);
        if last.is_some_and(|last| last > place) {
            wrong(format!("the finding at [{start}, {end}) is not in order"));
        }
        last = Some(place);
        if !(0.0..=1.0).contains(&removal.score) {
            wrong(format!("the score is {}", removal.score));
        }
        let repeats = matches!(
            removal.reason,
            Reason::RepeatedWithin | Reason::RepeatedAcross
        );
        if repeats && removal.kept.is_none() {
            wrong("a repeat, and nothing says of what".to_owned());
        }
        if removal.action == Action::Annotate && removal.text.is_some() {
            wrong("noted only, but with a text".to_owned());
        }
        let twin = removal.kept.as_ref();
        let own = twin.filter(|twin| twin.id == row.id && twin.number == row.number);
        if let Some(twin) = own {
            let Span { start, end } = twin.span;
            if whole.get(twin.span.range()).is_none() {
                let bytes = whole.len();
                wrong(format!(
                    "the kept twin [{start}, {end}) is none of a text of {bytes} bytes"
                ));
            } else if removal.action == Action::Remove && !stays(walked, twin.span) {
                wrong(format!("nothing stays of the kept twin [{start}, {end})"));
            }
        }
    }
}

fn stays(walked: &Walked, span: Span) -> bool {
    let gone = walked.removed().map(|(its, _)| {
        let (start, end) = (its.start.max(span.start), its.end.min(span.end));
        end.saturating_sub(start)
    });
    gone.sum::<usize>() < span.len()
}

/// What is wrong with the file of a kept page.
pub fn file(path: &Path, name: &str, cleaned: &str) -> Option<Fault> {
    match std::fs::read(path) {
        Ok(bytes) if bytes == cleaned.as_bytes() => None,
        Ok(_) => Some(Fault::of(name, "not the text that stands in pages.jsonl")),
        Err(error) => Some(Fault::of(name, error.to_string())),
    }
}
