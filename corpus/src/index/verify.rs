//! Whether everything in an index is what was written.

use super::compose::each_megabyte;
use super::old::OldPages;
use super::table::Stream;
use rayon::prelude::*;
use std::io;
use xxhash_rust::xxh3::Xxh3;

/// Pages that are looked at between two words about it.
const STRETCH: u32 = 1024;

impl OldPages {
    /// Reads all of the file: the sums of its sections, every block, and of every page that its words have
    /// the signature that stands there. `looked` is told how many pages more are done.
    pub fn verify(&self, looked: impl Fn(u64)) -> io::Result<()> {
        let sections = &self.header.sections;
        let parts = [sections.pages, sections.slots, sections.tables];
        for section in parts {
            let mut sum = Xxh3::new();
            each_megabyte(self, section, |bytes| {
                sum.update(bytes);
                Ok(())
            })?;
            if sum.digest() != section.sum {
                return Err(self
                    .file
                    .damaged(section.at, "the sum of a section is another"));
            }
        }
        let tables = sections.tables.at;
        let mut last = None;
        for entry in Stream::new(self.tables.reader(&self.file)) {
            let entry = entry?;
            let key = (entry.table, entry.key);
            if last > Some(key) || u64::from(entry.page) >= self.header.counts.pages {
                return Err(self.file.damaged(tables, "a table is not in order"));
            }
            last = Some(key);
        }
        let settings = &self.header.settings;
        let pages = self.header.counts.pages as u32;
        for first in (0..pages).step_by(STRETCH as usize) {
            let stretch = first..pages.min(first.saturating_add(STRETCH));
            looked(u64::from(stretch.end - first));
            stretch.into_par_iter().try_for_each(|page| {
                let slot = self.slot(page)?;
                let at = slot.at;
                let words = self.record(page, &slot)?.words;
                let signature = self.restored(slot)?;
                match settings.signature(&self.hasher, &words) == Some(signature) {
                    true => Ok(()),
                    false => Err(self
                        .file
                        .damaged(at, "words and signature of a page differ")),
                }
            })?;
        }
        Ok(())
    }
}
