//! What the ledger says of each page, in few bytes: which ids there are, and where their records stand.

use super::Folder;
use super::faults::{Fault, Faults};
use std::collections::HashMap;
use std::io;
use twicetold::report::{LedgerRow, Status};
use xxhash_rust::xxh3::xxh3_64;

/// A file of records: the lines or rows of one kind, those that are kept or those that are removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoreId {
    /// 0 for lines of JSON, else the number of the tables.
    pub table: u16,
    pub kept: bool,
}

impl StoreId {
    /// Where the record of a row of the ledger stands; `None` for one that was rejected.
    pub fn of(row: &LedgerRow<'_>) -> Option<StoreId> {
        let kept = match row.status {
            Status::Kept => true,
            Status::Removed => false,
            Status::Rejected => return None,
        };
        let table = row.table.unwrap_or(0);
        let table = u16::try_from(table).unwrap_or(u16::MAX);
        Some(StoreId { table, kept })
    }
}

#[derive(Debug, Clone, Copy)]
struct Page {
    store: StoreId,
    /// Whether its record has the names of fields that the program writes itself.
    as_written: bool,
    /// Whether it says a number, since an earlier one has its id.
    numbered: bool,
}

/// All pages of a ledger: 22 bytes each.
#[derive(Debug, Default)]
pub struct Known {
    pages: Vec<Page>,
    /// Hash of the id (one in 2⁶⁴ is taken for another) and page, in order.
    ids: Vec<(u64, u32)>,
    /// Pages that an earlier one has the id of, by hash of the id and the number they say they have.
    again: HashMap<(u64, usize), u32>,
}

impl Known {
    /// Reads the ledger once. Lines that are no rows are faults, as are ids that stand twice and do not
    /// say so.
    pub fn read(folder: &Folder, faults: &mut Faults) -> io::Result<Known> {
        let mut ledger = folder.ledger()?;
        let mut known = Known::default();
        let mut moved = 0;
        while let Some(made) = ledger.next()? {
            // Whoever walks along the ledger tells what is wrong with the others.
            let Ok(row) = &made.row else { continue };
            let Some(store) = StoreId::of(row) else {
                continue;
            };
            let page = known.pages.len();
            known.pages.push(Page {
                store,
                as_written: row.form.is_some(),
                numbered: row.number.is_some(),
            });
            let hash = hash(&row.id);
            let short = u32::try_from(page).map_err(|_| io::Error::other("over 2^32 pages"))?;
            known.ids.push((hash, short));
            let Some(number) = row.number else { continue };
            known.again.insert((hash, number), short);
            // A row that is missing moves all behind it: that is told once.
            let off = number as i64 - (page + 1) as i64;
            if off != moved {
                let page = page + 1;
                let fault = format!("{:?} says it is page {number}; it is page {page}", row.id);
                faults.add(Fault::at(&made.at, fault));
                moved = off;
            }
        }
        known.ids.sort_unstable();
        Ok(known)
    }

    pub fn len(&self) -> usize {
        self.pages.len()
    }

    pub fn store(&self, page: usize) -> Option<StoreId> {
        self.pages.get(page).map(|page| page.store)
    }

    /// Whether the record of a page has the names of fields that the program writes itself.
    pub fn as_written(&self, page: usize) -> bool {
        self.pages.get(page).is_some_and(|page| page.as_written)
    }

    /// The numbers of all tables.
    pub fn tables(&self) -> u16 {
        let tables = self.pages.iter().map(|page| page.store.table);
        tables.max().unwrap_or(0)
    }

    /// All pages of an id, in order.
    pub fn pages(&self, id: &str) -> impl Iterator<Item = usize> + '_ {
        let hash = hash(id);
        let first = self.ids.partition_point(|(known, _)| *known < hash);
        let its = self.ids[first..].iter();
        let its = its.take_while(move |(known, _)| *known == hash);
        its.map(|(_, page)| *page as usize)
    }

    /// The page of an id, with its number where that is told.
    pub fn page(&self, id: &str, number: Option<usize>) -> Option<usize> {
        match number {
            Some(number) => {
                let page = self.again.get(&(hash(id), number));
                page.map(|page| *page as usize)
            }
            None => {
                let numbered =
                    |page: &usize| self.pages.get(*page).is_some_and(|page| page.numbered);
                self.pages(id).find(|page| !numbered(page))
            }
        }
    }

    /// Whether an earlier page has the id of this one.
    pub fn is_again(&self, id: &str, page: usize) -> bool {
        self.pages(id).next().is_some_and(|first| first < page)
    }
}

fn hash(id: &str) -> u64 {
    xxh3_64(id.as_bytes())
}
