//! Single pages of a folder, by their ids: everything else is passed over unread.

use super::lines::{At, Lines, Made};
use super::page::{self, PageTexts};
use super::rebuild;
use super::stores::{self, Store, Stored};
use super::walk::{Found, Walked, taken_out};
use super::{Folder, StoreId};
use crate::failure::Failure;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use twicetold::finding::Reason;
use twicetold::report::{LedgerRow, RemovalRow, Status};

/// A row of the ledger, and where its record stands.
pub struct Sought {
    pub at: At,
    pub row: LedgerRow<'static>,
    /// Its number among the pages, from 0; `None` of a record that was rejected.
    pub page: Option<usize>,
    /// The line or row of its record in its store, from 1.
    nth: u64,
}

/// Hands every row of the ledger to `wanted`, and gives those that it wants.
pub fn rows(
    folder: &Folder,
    mut wanted: impl FnMut(&LedgerRow<'_>) -> bool,
) -> Result<Vec<Sought>, Failure> {
    let mut found = Vec::new();
    let mut ledger = folder.ledger().map_err(Failure::run)?;
    let mut stores: HashMap<StoreId, u64> = HashMap::new();
    let mut pages = 0;
    while let Some(Made { at, row }) = ledger.next().map_err(Failure::run)? {
        let row = row.map_err(|error| {
            let path = folder.path.join(&*at.file);
            Failure::run(format!(
                "{}:{}: no row of a ledger: {error}",
                path.display(),
                at.line
            ))
        })?;
        let mut nth = 0;
        if let Some(store) = StoreId::of(&row) {
            let last = stores.entry(store).or_default();
            *last += 1;
            nth = *last;
            pages += 1;
        }
        if wanted(&row) {
            let page = (row.status != Status::Rejected).then(|| pages - 1);
            found.push(Sought { at, row, page, nth });
        }
    }
    Ok(found)
}

/// A page with its texts.
pub struct Page {
    pub walked: Walked,
    pub texts: PageTexts,
}

impl Page {
    /// What it was compared by; see `PageText::compared`.
    pub fn compared(&self) -> Result<String, String> {
        let removals = self.walked.removals.iter().map(|(_, row)| row);
        let kept = self.walked.row.status == Status::Kept;
        let before = removals.filter(|row| !kept || row.reason != Reason::RepeatedAcross);
        let spans = taken_out(before).map(|(span, _)| span);
        rebuild::left(&self.texts.whole, spans).map_err(|wrong| wrong.what)
    }
}

/// The pages of rows that [`rows`] found, in that order; of rejected records there is none.
pub fn pages(folder: &Folder, sought: Vec<Sought>) -> Result<Vec<Page>, Failure> {
    let mut stores: BTreeMap<StoreId, HashSet<u64>> = BTreeMap::new();
    for row in &sought {
        if let Some(store) = StoreId::of(&row.row) {
            stores.entry(store).or_default().insert(row.nth);
        }
    }
    let mut stored = HashMap::new();
    for (id, wanted) in stores {
        for (nth, made) in records(folder, id, wanted).map_err(Failure::run)? {
            stored.insert((id, nth), made);
        }
    }
    let ids: HashSet<&str> = sought.iter().map(|row| &row.row.id[..]).collect();
    let mut removals: HashMap<(String, Option<usize>), Vec<_>> = HashMap::new();
    for (at, row) in findings(folder, &ids).map_err(Failure::run)? {
        let page = (row.id.to_string(), row.number);
        removals.entry(page).or_default().push((at, row));
    }
    let mut pages = Vec::new();
    for Sought { at, row, page, nth } in sought {
        let Some(store) = StoreId::of(&row) else {
            continue;
        };
        let damaged = |what: &str| {
            Failure::run(format!(
                "{}: {:?} {what}; `twicetold ledger verify` tells all that is wrong",
                folder.path.display(),
                row.id
            ))
        };
        let lost = || {
            damaged(&format!(
                "is not where it should be in {}",
                stores::name(store)
            ))
        };
        let its = stored.remove(&(store, nth)).ok_or_else(lost)?;
        let mut record = its.row.map_err(|_| lost())?;
        let table = record.row.take();
        let record = record.into_record(row.form.is_some()).map_err(|_| lost())?;
        if record.id != row.id {
            return Err(lost());
        }
        let mut found = Found {
            at: its.at,
            record,
            row: table,
        };
        let key = (row.id.to_string(), row.number);
        let walked = Walked {
            removals: removals.get(&key).cloned().unwrap_or_default(),
            at,
            page,
            stored: None,
            row,
        };
        let mut faults = Vec::new();
        let texts = page::texts(&walked, &mut found, &mut faults);
        let Some(texts) = texts else {
            return Err(Failure::run(format!(
                "{}: {}",
                folder.path.display(),
                faults
                    .first()
                    .map_or_else(String::new, |fault| fault.to_string())
            )));
        };
        pages.push(Page { walked, texts });
    }
    Ok(pages)
}

/// The records of a store that stand at `wanted` lines or rows.
fn records(
    folder: &Folder,
    id: StoreId,
    wanted: HashSet<u64>,
) -> io::Result<Vec<(u64, Made<Stored>)>> {
    let mut found = Vec::new();
    let mut left = wanted.len();
    if id.table == 0 {
        let read = stores::of_line(&folder.fields);
        let make = move |line: &str, number: u64| match wanted.contains(&number) {
            true => read(line, number).map(Some),
            false => Ok(None),
        };
        let mut lines = Lines::open(&folder.path, &stores::name(id), Box::new(make))?;
        while left > 0
            && let Some(Made { at, row }) = lines.next()?
        {
            if let Some(row) = row.transpose() {
                left -= 1;
                found.push((at.line, Made { at, row }));
            }
        }
        return Ok(found);
    }
    let mut store = Store::open(folder, id)?;
    while left > 0
        && let Some(made) = store.next()?
    {
        if wanted.contains(&made.at.line) {
            left -= 1;
            found.push((made.at.line, made));
        }
    }
    Ok(found)
}

/// The findings in pages of these ids.
fn findings(folder: &Folder, ids: &HashSet<&str>) -> io::Result<Vec<(At, RemovalRow<'static>)>> {
    // The id comes first in a line that was written here, and most lines are of others.
    let begins: Vec<String> = ids
        .iter()
        .map(|id| format!("{{\"id\":{},", serde_json::json!(id)))
        .collect();
    let make = move |line: &str, _| match begins.iter().any(|begin| line.starts_with(begin)) {
        true => serde_json::from_str(line)
            .map(Some)
            .map_err(|error| error.to_string()),
        false => Ok(None),
    };
    let mut lines = Lines::open(&folder.path, "removals.jsonl", Box::new(make))?;
    let mut found = Vec::new();
    while let Some(Made { at, row }) = lines.next()? {
        if let Ok(Some(row)) = row {
            found.push((at, row));
        }
    }
    Ok(found)
}
