//! Along the ledger, with the record of each row and what was found in it. What does not follow the ledger is a
//! fault, and the walk goes on behind it.

use super::faults::{Fault, Faults};
use super::lines::{At, Lines, Made};
use super::stores::{self, Store, Stored};
use super::{Folder, Known, StoreId};
use crate::format::Record;
use crate::format::parquet::Rows;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use twicetold::Span;
use twicetold::finding::Action;
use twicetold::report::{LedgerRow, RemovalRow};

/// One row of the ledger, and what belongs to it.
pub struct Walked {
    pub at: At,
    pub row: LedgerRow<'static>,
    /// The number of the page, from 0; `None` of a record that was rejected.
    pub page: Option<usize>,
    pub stored: Option<Found>,
    pub removals: Vec<(At, RemovalRow<'static>)>,
}

/// The record of a page.
pub struct Found {
    pub at: At,
    pub record: Record,
    /// The table it is a row of, and its number there.
    pub row: Option<(Arc<Rows>, usize)>,
}

impl Walked {
    /// What was taken out.
    pub fn removed(&self) -> impl Iterator<Item = (Span, &str)> {
        let rows = self.removals.iter().map(|(_, row)| row);
        taken_out(rows)
    }
}

/// What rows took out, with its text.
pub fn taken_out<'r>(
    rows: impl Iterator<Item = &'r RemovalRow<'static>>,
) -> impl Iterator<Item = (Span, &'r str)> {
    let removed = rows.filter(|row| row.action == Action::Remove);
    removed.map(|row| (row.span, row.text.as_deref().unwrap_or_default()))
}

/// Walks along the ledger.
pub struct Walk<'f> {
    folder: &'f Folder,
    known: &'f Known,
    ledger: Lines<LedgerRow<'static>>,
    removals: Lines<RemovalRow<'static>>,
    stores: BTreeMap<StoreId, Option<Store>>,
    page: usize,
}

impl<'f> Walk<'f> {
    pub fn new(folder: &'f Folder, known: &'f Known) -> io::Result<Walk<'f>> {
        let mut walk = Walk {
            folder,
            known,
            ledger: folder.ledger()?,
            removals: folder.removals()?,
            stores: BTreeMap::new(),
            page: 0,
        };
        // What no row of the ledger asks for must be empty.
        for table in 0..=u16::MAX {
            let stores = [true, false].map(|kept| StoreId { table, kept });
            let mut there = stores.map(|store| folder.file(&stores::name(store)).exists());
            if table == 0 {
                there = [true; 2];
            }
            for (store, _) in stores.into_iter().zip(there).filter(|(_, there)| *there) {
                walk.stores.insert(store, Some(Store::open(folder, store)?));
            }
            if there == [false; 2] {
                break;
            }
        }
        Ok(walk)
    }

    /// The next row of the ledger; `None` behind the last, where what is left elsewhere is told.
    pub fn next(&mut self, faults: &mut Faults) -> io::Result<Option<Walked>> {
        while let Some(made) = self.ledger.next()? {
            let row = match made.row {
                Ok(row) => row,
                Err(error) => {
                    faults.add(Fault::at(&made.at, format!("no row of a ledger: {error}")));
                    continue;
                }
            };
            let mut walked = Walked {
                at: made.at,
                page: None,
                stored: None,
                removals: Vec::new(),
                row,
            };
            if let Some(store) = StoreId::of(&walked.row) {
                walked.page = Some(self.page);
                walked.stored = self.stored(store, &walked, faults)?;
                walked.removals = self.removals(&walked.row, faults)?;
                self.page += 1;
            }
            return Ok(Some(walked));
        }
        self.rest(faults)?;
        Ok(None)
    }

    fn stored(
        &mut self,
        id: StoreId,
        walked: &Walked,
        faults: &mut Faults,
    ) -> io::Result<Option<Found>> {
        let (known, page) = (self.known, self.page);
        let row = &walked.row;
        let store = self.stores.entry(id).or_insert_with(|| {
            let opened = Store::open(self.folder, id);
            opened
                .map_err(|error| faults.add(Fault::of(&stores::name(id), error.to_string())))
                .ok()
        });
        let as_written = row.form.is_some();
        let missing = |faults: &mut Faults| {
            let fault = format!("{:?} is missing in {}", row.id, stores::name(id));
            faults.add(Fault::at(&walked.at, fault));
            Ok(None)
        };
        let Some(store) = store else {
            return missing(faults);
        };
        loop {
            let Some(made) = store.peek(0)? else {
                return missing(faults);
            };
            let is_it = |made: &Made<Stored>| {
                made.row
                    .as_ref()
                    .is_ok_and(|stored| stored.id(as_written) == Some(&row.id))
            };
            if is_it(made) {
                break;
            }
            // Is it of a later page, or of none?
            let later = made.row.as_ref().is_ok_and(|stored| {
                let its = [false, true].map(|as_written| stored.id(as_written));
                let mut pages = its.into_iter().flatten().flat_map(|id| known.pages(id));
                pages.any(|its| its > page && known.store(its) == Some(id))
            });
            // Where the right one is next, this one is too much: its id may be that of a later page too.
            if later && !store.peek(1)?.is_some_and(is_it) {
                return missing(faults);
            }
            if let Some(made) = store.next()? {
                faults.add(stray(&made.at, made.row, as_written));
            }
        }
        let Some(made) = store.next()? else {
            return Ok(None);
        };
        let at = made.at;
        let mut stored = match made.row {
            Ok(stored) => stored,
            Err(_) => return Ok(None),
        };
        let row = stored.row.take();
        match stored.into_record(as_written) {
            Ok(record) => Ok(Some(Found { at, record, row })),
            Err(_) => Ok(None),
        }
    }

    fn removals(
        &mut self,
        row: &LedgerRow<'_>,
        faults: &mut Faults,
    ) -> io::Result<Vec<(At, RemovalRow<'static>)>> {
        let mut found = Vec::new();
        while let Some(made) = self.removals.peek(0)? {
            if let Ok(its) = &made.row {
                if its.id == row.id && its.number == row.number {
                    if let Some(made) = self.removals.next()?
                        && let Ok(removal) = made.row
                    {
                        found.push((made.at, removal));
                    }
                    continue;
                }
                let page = self.known.page(&its.id, its.number);
                // One of a later page stays, unless the next one is of an earlier page than that.
                if let Some(page) = page.filter(|page| *page > self.page) {
                    let next = match self.removals.peek(1)?.map(|made| &made.row) {
                        Some(Ok(next)) => self.known.page(&next.id, next.number),
                        _ => None,
                    };
                    if !next.is_some_and(|next| (self.page..page).contains(&next)) {
                        break;
                    }
                }
            }
            if let Some(made) = self.removals.next()? {
                faults.add(lost(&made.at, made.row));
            }
        }
        Ok(found)
    }

    /// What no row of the ledger asked for.
    fn rest(&mut self, faults: &mut Faults) -> io::Result<()> {
        while let Some(made) = self.removals.next()? {
            faults.add(lost(&made.at, made.row));
        }
        for store in self.stores.values_mut().flatten() {
            while let Some(made) = store.next()? {
                faults.add(stray(&made.at, made.row, false));
            }
        }
        Ok(())
    }
}

/// A record that no row of the ledger stands for.
fn stray(at: &At, stored: Result<Stored, String>, as_written: bool) -> Fault {
    match stored.and_then(|stored| stored.into_record(as_written)) {
        Ok(record) => Fault::at(
            at,
            format!(
                "{:?} stands here, and the ledger has no such row at this place",
                record.id
            ),
        ),
        Err(error) => Fault::at(at, format!("no record: {error}")),
    }
}

/// A finding of no page at this place.
fn lost(at: &At, removal: Result<RemovalRow<'_>, String>) -> Fault {
    match removal {
        Ok(row) => Fault::at(
            at,
            format!(
                "a finding in {:?}, and the ledger has no such row at this place",
                row.id
            ),
        ),
        Err(error) => Fault::at(at, format!("no finding: {error}")),
    }
}
