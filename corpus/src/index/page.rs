//! A page in the file: a record of any length, and a slot of a fixed one.
//!
//! Each begins or ends with the sum of its bytes, seeded with the number of the page, so that one that is
//! damaged or stands in the place of another is told before anything is made of it.

use super::file::{u32_at, u64_at};
use super::settings::Settings;
use twicetold::word::FoldedWords;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// What is known of a page besides its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRecord {
    pub id: String,
    pub source: Option<String>,
    pub words: FoldedWords,
}

/// Bytes before the id.
const HEAD: usize = 20;

/// Says that a page has no source.
const NO_SOURCE: u32 = u32::MAX;

/// The bytes of a record; its sum is not there yet. Nothing where one of its parts has 4 GiB or more.
pub fn record_bytes(id: &str, source: Option<&str>, words: &FoldedWords) -> Option<Vec<u8>> {
    let words = words.as_str();
    let len = |part: usize| u32::try_from(part).ok().filter(|len| *len != NO_SOURCE);
    let of_source = source.map_or("", |source| source);
    let all = HEAD + id.len() + of_source.len() + words.len();
    len(all)?;
    let mut bytes = Vec::with_capacity(all);
    bytes.extend([0; 8]);
    bytes.extend(len(id.len())?.to_le_bytes());
    let source_len = match source {
        Some(source) => len(source.len())?,
        None => NO_SOURCE,
    };
    bytes.extend(source_len.to_le_bytes());
    bytes.extend(len(words.len())?.to_le_bytes());
    bytes.extend(id.as_bytes());
    bytes.extend(of_source.as_bytes());
    bytes.extend(words.as_bytes());
    Some(bytes)
}

/// Puts the sum where it belongs.
pub fn sum_record(bytes: &mut [u8], page: u32) {
    let sum = record_sum(bytes, page);
    if let Some(place) = bytes.first_chunk_mut() {
        *place = sum.to_le_bytes();
    }
}

fn record_sum(bytes: &[u8], page: u32) -> u64 {
    xxh3_64_with_seed(bytes.get(8..).unwrap_or_default(), page.into())
}

/// The record of a page; nothing where the bytes are not what was written.
pub fn record(bytes: &[u8], page: u32) -> Option<PageRecord> {
    match bytes.len() >= HEAD && u64_at(bytes, 0) == record_sum(bytes, page) {
        true => parsed(bytes),
        false => None,
    }
}

/// A record whose sum is not looked at.
pub fn parsed(bytes: &[u8]) -> Option<PageRecord> {
    let [id, source, words] = [8, 12, 16].map(|at| u32_at(bytes, at));
    let rest = bytes.get(HEAD..)?;
    let (id, rest) = rest.split_at_checked(id as usize)?;
    let source_len = if source == NO_SOURCE { 0 } else { source };
    let (of_source, rest) = rest.split_at_checked(source_len as usize)?;
    if rest.len() != words as usize {
        return None;
    }
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    Some(PageRecord {
        id: text(id)?,
        source: match source {
            NO_SOURCE => None,
            _ => Some(text(of_source)?),
        },
        words: FoldedWords::written(text(rest)?),
    })
}

/// Where the record of a page stands, and its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    pub at: u64,
    pub len: u32,
    pub rows: Box<[u16]>,
}

/// Bytes before the rows.
const SLOT_HEAD: usize = 12;

/// Bytes of a slot.
pub fn slot_bytes(settings: &Settings) -> usize {
    SLOT_HEAD + 2 * settings.banding.signature_rows() + 8
}

impl Slot {
    pub fn written(&self, page: u32) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SLOT_HEAD + 2 * self.rows.len() + 8);
        bytes.extend(self.at.to_le_bytes());
        bytes.extend(self.len.to_le_bytes());
        bytes.extend(self.rows.iter().flat_map(|row| row.to_le_bytes()));
        let sum = xxh3_64_with_seed(&bytes, page.into());
        bytes.extend(sum.to_le_bytes());
        bytes
    }

    /// The slot of a page; nothing where the bytes are not what was written.
    pub fn read(bytes: &[u8], page: u32) -> Option<Slot> {
        let (slot, sum) = bytes.split_last_chunk()?;
        if u64::from_le_bytes(*sum) != xxh3_64_with_seed(slot, page.into()) {
            return None;
        }
        let rows = slot.get(SLOT_HEAD..)?.as_chunks::<2>().0.iter();
        Some(Slot {
            at: u64_at(slot, 0),
            len: u32_at(slot, 8),
            rows: rows.map(|row| u16::from_le_bytes(*row)).collect(),
        })
    }
}

#[cfg(all(test, feature = "proptest"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn records_come_back(id: String, source: Option<String>, text: String, page: u32) {
            let words = FoldedWords::of(&text);
            let mut bytes = record_bytes(&id, source.as_deref(), &words).unwrap();
            sum_record(&mut bytes, page);
            let known = PageRecord { id, source, words };
            prop_assert_eq!(record(&bytes, page), Some(known));
            prop_assert_eq!(record(&bytes, page.wrapping_add(1)), None);
            for at in 0..bytes.len() {
                let mut other = bytes.clone();
                other[at] ^= 1;
                prop_assert_eq!(record(&other, page), None);
                prop_assert_eq!(record(&bytes[..at], page), None);
                // Without its sum a record may be another, and is never read past its end.
                parsed(&other);
                parsed(&bytes[..at]);
            }
        }

        #[test]
        fn slots_come_back(at: u64, len: u32, rows: Vec<u16>, page: u32) {
            let slot = Slot { at, len, rows: rows.into() };
            let bytes = slot.written(page);
            prop_assert_eq!(Slot::read(&bytes, page), Some(slot));
            for at in 0..bytes.len() {
                let mut other = bytes.clone();
                other[at] ^= 1;
                prop_assert_eq!(Slot::read(&other, page), None);
            }
        }
    }
}
