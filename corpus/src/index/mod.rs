//! Old pages in a file, against which new ones are held.
//!
//! An index answers what [`PageIndex`](twicetold::index::PageIndex) answers, of more pages than fit into
//! memory: is this text a copy of an old page, of which one, and how much do the two share, exactly. Bands
//! nominate, the words of the two texts decide.
//!
//! # Which pages it has
//!
//! Every page it is given, but for those without words (nothing is similar to nothing) and those whose words
//! are all the same as an earlier page's: they could never be named, because of equally similar pages the
//! first is. Copies that are not word for word the same stay. [`PageIndex`](twicetold::index::PageIndex)
//! compares with keepers only, so it does not know a text that is like a copy and less like the copy's keeper:
//! right for one pile, which then has the keeper, but a corpus is asked whether it has a text. Who wants
//! fewer pages in an index gives it what `twicetold dedup` kept, where there are no copies.
//!
//! Pages of equal ids stay both: a page that changed was seen in both forms, and its earlier form may come
//! again from elsewhere. They are counted and told.
//!
//! # The file
//!
//! A header (`header`), then four sections: *pages* (id, source and folded words of each, of any length), *slots*
//! (where a page stands and its signature, of one length), *tables* (`table`: sorted keys of every band, of
//! whole texts and of ids), *fences* (the first key of every block of a table). Only the fences are held in
//! memory, 8 bytes for 340 entries. Everything else is read where it is needed, and everything that is read has
//! a sum: the header, each section, each block, slot and page.
//!
//! A file is a function of the pages it was given, in their order: adding the rest to an index of the first
//! half gives the bytes of an index of all.

mod add;
mod compose;
mod file;
mod header;
mod lock;
mod old;
mod page;
mod section;
mod settings;
mod sort;
mod table;
#[cfg(all(test, feature = "proptest"))]
mod tests;
mod verify;

pub use add::{Adder, NewPage};
pub use header::Counts;
pub use old::OldPages;

/// Most pages of an index.
const MOST_PAGES: u64 = u32::MAX as u64;

/// The tables behind those of the bands.
const MORE_TABLES: usize = 2;

/// The table of whole texts, and that of ids.
fn more_tables(settings: &settings::Settings) -> [u32; MORE_TABLES] {
    let bands = settings.banding.bands as u32;
    [bands, bands + 1]
}
