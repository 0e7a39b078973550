//! Shingle sets that are compared, as long as they fit.

use super::Texts;
use crate::mix::Seen;
use crate::verify::Overlap;
use std::collections::HashMap;

/// Most shingles that are kept beside the pages in hand: about 200 MB.
const MOST_SHINGLES: usize = 8 << 20;

/// The shingle sets of pages that are compared with each other.
pub(super) struct Sets<'a, T: ?Sized> {
    texts: &'a T,
    known: HashMap<usize, Table>,
    shingles: usize,
}

impl<'a, T: Texts + ?Sized> Sets<'a, T> {
    pub(super) fn new(texts: &'a T) -> Self {
        Sets {
            texts,
            known: HashMap::new(),
            shingles: 0,
        }
    }

    /// What two pages share, exactly.
    pub(super) fn overlap(&mut self, page: usize, other: usize) -> Overlap {
        if self.shingles > MOST_SHINGLES {
            self.known.clear();
            self.shingles = 0;
        }
        self.know(other);
        if self.texts.are_same(page, other) {
            let len = self.known[&other].len();
            return Overlap {
                left: len,
                right: len,
                shared: len,
            };
        }
        self.know(page);
        overlap(&self.known[&page], &self.known[&other])
    }

    fn know(&mut self, page: usize) {
        self.known.entry(page).or_insert_with(|| {
            let table = table(&self.texts.shingles(page));
            self.shingles += table.len();
            table
        });
    }

    /// Lets a page go that nothing will be compared with again.
    pub(super) fn forget(&mut self, page: usize) {
        if let Some(table) = self.known.remove(&page) {
            self.shingles -= table.len();
        }
    }
}

/// A set of shingles.
pub(super) type Table = Seen<()>;

pub(super) fn table(all: &[u64]) -> Table {
    let mut table = Table::with_capacity(all.len());
    for shingle in all {
        table.see(*shingle, ());
    }
    table
}

/// What two sets share.
pub(super) fn overlap(left: &Table, right: &Table) -> Overlap {
    let (few, many) = match left.len() < right.len() {
        true => (left, right),
        false => (right, left),
    };
    Overlap {
        left: left.len(),
        right: right.len(),
        shared: few.numbers().filter(|shingle| many.has(*shingle)).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shingle::ShingleSet;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn tables_share_what_sets_share(
            a in prop::collection::vec(prop_oneof![0u64..40, any::<u64>()], 0..80),
            b in prop::collection::vec(prop_oneof![0u64..40, any::<u64>()], 0..80),
        ) {
            let set = |all: &[u64]| -> ShingleSet { all.iter().copied().collect() };
            let exact = Overlap::of(&set(&a), &set(&b));
            let (a, b) = (table(&a), table(&b));
            prop_assert_eq!(overlap(&a, &b), exact);
        }
    }
}
