//! The first bytes of an index: what it is, what it was made with, and where everything stands.

use super::file::{Source, u32_at, u64_at};
use super::section::{BLOCK, Section};
use super::settings::{self, Settings, Versions};
use crate::failure::Failure;
use std::io;
use xxhash_rust::xxh3::xxh3_64;

/// Bytes of the header; the first section follows it.
pub const HEADER: usize = 512;

/// What every index begins with.
const MAGIC: &[u8; 16] = b"twicetold index\n";

/// Version of the file: of where everything stands in it and how it is summed up.
pub const FILE_VERSION: u32 = 2;

/// The parts of the file, one behind the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sections {
    /// Ids, sources and words of the pages.
    pub pages: Section,
    /// Of each page its signature and where it stands.
    pub slots: Section,
    /// Blocks of the tables.
    pub tables: Section,
    /// How many entries each table has, and the first key of every block.
    pub fences: Section,
}

/// How many pages there are, and what became of those that were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Pages in the index.
    pub pages: u64,
    /// Pages that were given to it.
    pub given: u64,
    /// Those left out because an earlier page has the same words.
    pub same: u64,
    /// Those left out because they have no word.
    pub wordless: u64,
    /// Pages in the index whose id an earlier one has.
    pub equal_ids: u64,
}

impl Counts {
    /// What came since the index had `before`.
    pub fn since(&self, before: &Counts) -> Counts {
        Counts {
            pages: self.pages - before.pages,
            given: self.given - before.given,
            same: self.same - before.same,
            wordless: self.wordless - before.wordless,
            equal_ids: self.equal_ids - before.equal_ids,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Header {
    pub settings: Settings,
    pub counts: Counts,
    pub sections: Sections,
    /// The sum over all of this, with it over the sums of all parts: what the index holds, in a number.
    pub sum: u64,
}

/// Most pages that an index was ever given: what is counted on top of them does not overflow.
const MOST_GIVEN: u64 = 1 << 62;

/// Where things stand in the header.
const VERSIONS: usize = 20;
const SETTINGS: usize = VERSIONS + Versions::BYTES;
const COUNTS: usize = SETTINGS + settings::BYTES;
const SUM: usize = HEADER - 8;

impl Header {
    pub fn written(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..16].copy_from_slice(MAGIC);
        bytes[16..VERSIONS].copy_from_slice(&FILE_VERSION.to_le_bytes());
        bytes[VERSIONS..SETTINGS].copy_from_slice(&Versions::OURS.written());
        bytes[SETTINGS..COUNTS].copy_from_slice(&self.settings.written());
        let Counts {
            pages,
            given,
            same,
            wordless,
            equal_ids,
        } = self.counts;
        let Sections {
            pages: texts,
            slots,
            tables,
            fences,
        } = self.sections;
        let counts = [pages, given, same, wordless, equal_ids];
        let sections = [texts, slots, tables, fences];
        let sections = sections
            .iter()
            .flat_map(|part| [part.at, part.len, part.sum]);
        let places = bytes[COUNTS..SUM].as_chunks_mut::<8>().0.iter_mut();
        for (place, number) in places.zip(counts.into_iter().chain(sections)) {
            *place = number.to_le_bytes();
        }
        let sum = xxh3_64(&bytes[..SUM]);
        bytes[SUM..].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// The first bytes of an index, as many as there are; of whatever version.
    fn first_bytes(file: &Source) -> Result<Vec<u8>, Failure> {
        let len = file.len().map_err(Failure::run)?;
        let mut bytes = vec![0; usize::try_from(len).map_or(HEADER, |len| len.min(HEADER))];
        file.read(0, &mut bytes).map_err(Failure::run)?;
        let magic = &MAGIC[..bytes.len().min(MAGIC.len())];
        match !bytes.is_empty() && bytes.starts_with(magic) {
            true => Ok(bytes),
            false => Err(Failure::usage(format!(
                "{}: not an index of twicetold; `twicetold index build` makes one",
                file.path.display()
            ))),
        }
    }

    /// Refuses what is no index; one of another version or a damaged one is one.
    pub fn check_is_index(file: &Source) -> Result<(), Failure> {
        Self::first_bytes(file).map(|_| ())
    }

    /// Reads and checks the header of `file`, and that all it speaks of is there.
    pub fn read(file: &Source) -> Result<Header, Failure> {
        let path = file.path.display();
        let bytes = Self::first_bytes(file)?;
        let there = bytes.len();
        if there < HEADER {
            let short = format!("it has {there} bytes, less than a header");
            return Err(cut(file, &short));
        }
        let version = u32_at(&bytes, 16);
        if version != FILE_VERSION {
            return Err(Failure::usage(format!(
                "{path}: an index of file version {version}, and this program reads version \
                 {FILE_VERSION}; build it anew (--replace), or use the program that made it"
            )));
        }
        let mut versions = [0; Versions::BYTES];
        versions.copy_from_slice(&bytes[VERSIONS..SETTINGS]);
        let others = Versions::read(&versions).differences();
        if !others.is_empty() {
            return Err(Failure::usage(format!(
                "{path}: the index has {}; build it anew (--replace), or use the program that made it",
                others.join(", ")
            )));
        }
        let sum = u64_at(&bytes, SUM);
        if sum != xxh3_64(&bytes[..SUM]) {
            return Err(damaged(file, "the sum of the header is another"));
        }
        let Some(settings) = Settings::read(&bytes[SETTINGS..COUNTS]) else {
            return Err(damaged(file, "a setting is out of its range"));
        };
        let number = |at: usize| u64_at(&bytes, COUNTS + 8 * at);
        let section = |at: usize| Section {
            at: number(5 + 3 * at),
            len: number(6 + 3 * at),
            sum: number(7 + 3 * at),
        };
        let header = Header {
            settings,
            counts: Counts {
                pages: number(0),
                given: number(1),
                same: number(2),
                wordless: number(3),
                equal_ids: number(4),
            },
            sections: Sections {
                pages: section(0),
                slots: section(1),
                tables: section(2),
                fences: section(3),
            },
            sum,
        };
        header.check(file, file.len().map_err(Failure::run)?)?;
        Ok(header)
    }

    /// Whether the parts fill the file.
    fn check(&self, file: &Source, len: u64) -> Result<(), Failure> {
        let Sections {
            pages,
            slots,
            tables,
            fences,
        } = self.sections;
        let end = fences.end();
        if len < end {
            return Err(cut(file, &format!("it has {len} bytes of {end}")));
        }
        let slot = super::page::slot_bytes(&self.settings) as u64;
        let follow = pages.at == HEADER as u64
            && slots.at == pages.end()
            && tables.at == slots.end()
            && fences.at == tables.end();
        let counts = &self.counts;
        let accounted = counts
            .pages
            .checked_add(counts.same)
            .and_then(|sum| sum.checked_add(counts.wordless));
        let whole = Some(slots.len) == counts.pages.checked_mul(slot)
            && counts.pages <= super::MOST_PAGES
            && counts.given <= MOST_GIVEN
            && accounted == Some(counts.given)
            && counts.equal_ids <= counts.pages
            && tables.len.is_multiple_of(BLOCK as u64);
        match follow && whole && len == end {
            true => Ok(()),
            false => Err(damaged(file, "its parts do not fill it")),
        }
    }
}

fn cut(file: &Source, what: &str) -> Failure {
    Failure::run(format!(
        "{}: cut short: {what}; take a copy of the file, or build the index anew",
        file.path.display()
    ))
}

fn damaged(file: &Source, what: &str) -> Failure {
    let error: io::Error = file.damaged(0, what);
    Failure::run(error)
}
