//! Shingle sets that are compared, as long as they fit.

use super::Texts;
use crate::places::{Places, Seen};
use crate::verify::Overlap;
use std::collections::HashMap;

/// Most shingles that are kept beside the pages in hand: about 200 MB.
const MOST_SHINGLES: usize = 8 << 20;

/// The shingle sets of pages that are compared with each other.
pub(super) struct Sets<'a, T: ?Sized> {
    texts: &'a T,
    known: HashMap<usize, Table, Places>,
    shingles: usize,
}

impl<'a, T: Texts + ?Sized> Sets<'a, T> {
    pub(super) fn new(texts: &'a T) -> Self {
        Sets {
            texts,
            known: HashMap::default(),
            shingles: 0,
        }
    }

    /// What two pages share, exactly.
    pub(super) fn overlap(&mut self, page: usize, other: usize) -> Overlap {
        let counted = self.overlap_from(page, other, |_, _| 0);
        counted.expect("nothing is too little")
    }

    /// What two pages share, exactly; `None` where it is less than `least` says of pages of so many
    /// shingles. Then as few as that tells are looked up.
    pub(super) fn overlap_from(
        &mut self,
        page: usize,
        other: usize,
        least: impl Fn(usize, usize) -> usize,
    ) -> Option<Overlap> {
        if self.shingles > MOST_SHINGLES {
            self.known.clear();
            self.shingles = 0;
        }
        self.know(other);
        if self.texts.are_same(page, other) {
            let len = self.known[&other].len();
            return Some(Overlap {
                left: len,
                right: len,
                shared: len,
            });
        }
        self.know(page);
        let (left, right) = (&self.known[&page], &self.known[&other]);
        overlap_from(left, right, least(left.len(), right.len()))
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
type Table = Seen<()>;

fn table(all: &[u64]) -> Table {
    let mut table = Table::with_capacity(all.len());
    for shingle in all {
        table.see(*shingle, ());
    }
    table
}

/// What two sets share; `None` where it is less than `least`.
fn overlap_from(left: &Table, right: &Table, least: usize) -> Option<Overlap> {
    /// Shingles that are looked up before it is asked how many are missing.
    const AT_ONCE: usize = 64;
    let (few, many) = match left.len() < right.len() {
        true => (left, right),
        false => (right, left),
    };
    let mut missing = few.len().checked_sub(least)?;
    let mut numbers = few.numbers();
    let mut shared = 0;
    for looked_up in (0..few.len()).step_by(AT_ONCE) {
        let stretch = AT_ONCE.min(few.len() - looked_up);
        let found = numbers
            .by_ref()
            .take(stretch)
            .filter(|n| many.has(*n))
            .count();
        missing = missing.checked_sub(stretch - found)?;
        shared += found;
    }
    Some(Overlap {
        left: left.len(),
        right: right.len(),
        shared,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shingle::ShingleSet;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn tables_share_what_sets_share(
            a in prop::collection::vec(prop_oneof![0u64..400, any::<u64>()], 0..200),
            b in prop::collection::vec(prop_oneof![0u64..400, any::<u64>()], 0..200),
        ) {
            let set = |all: &[u64]| -> ShingleSet { all.iter().copied().collect() };
            let exact = Overlap::of(&set(&a), &set(&b));
            let (a, b) = (table(&a), table(&b));
            for least in 0..80 {
                let counted = (exact.shared >= least).then_some(exact);
                prop_assert_eq!(overlap_from(&a, &b, least), counted);
            }
        }
    }
}
