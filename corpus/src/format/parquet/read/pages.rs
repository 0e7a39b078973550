//! The pages of a row group, looked at before they become rows.
//!
//! Few bytes of a page can be many rows, and the crate does not ask how many bytes these will be:
//!
//! - A value is once in the dictionary and in a billion rows.
//! - A value shares all but its end with the one before it (`DELTA_BYTE_ARRAY`).
//! - One row is a list of a billion equal numbers.
//!
//! What a row of a column can be at most is told from each page. Where so many rows at once could be too large, fewer
//! are asked for; where a single one could, it is refused.

use super::bounded::{Bounded, Room};
use crate::format::Limits;
use crate::format::open::SystemFault;
use parquet::arrow::arrow_reader::RowGroups;
use parquet::basic::{Encoding, Type};
use parquet::column::page::{Page, PageIterator, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::serialized_reader::SerializedPageReader;
use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that a batch of rows may have where they are not in the file.
const BATCH: u64 = 64 << 20;

/// Bytes of a number or of the place of a value, at most.
const NUMBER: u64 = 8;

/// A row group of a file.
pub struct Group {
    file: (File, SystemFault),
    metadata: Arc<ParquetMetaData>,
    at: usize,
    room: Arc<Room>,
    sizes: Arc<Sizes>,
}

/// Bytes of a row of each column, at most, that are not in the file.
struct Sizes {
    limits: Limits,
    /// Rows that are asked for at once.
    rows: u64,
    of: Mutex<Vec<u64>>,
}

impl Group {
    /// The row group number `at`. The reader asks it for `rows` rows at once.
    pub fn new(
        file: (File, SystemFault),
        metadata: Arc<ParquetMetaData>,
        at: usize,
        limits: Limits,
        rows: usize,
    ) -> Self {
        let columns = metadata.row_group(at).num_columns();
        Group {
            file,
            metadata,
            at,
            room: Arc::new(Room::new(limits, columns)),
            sizes: Arc::new(Sizes {
                limits,
                rows: rows as u64,
                of: Mutex::new(vec![0; columns]),
            }),
        }
    }

    fn group(&self) -> &RowGroupMetaData {
        self.metadata.row_group(self.at)
    }

    /// The pages of the column of that number.
    fn pages(&self, column: usize) -> Result<Pages> {
        let chunk = self.group().column(column);
        let file = (self.file.0.try_clone()?, self.file.1.clone());
        let file = Bounded::new(file, Arc::clone(&self.room), column, chunk.compression());
        let pages = SerializedPageReader::new(Arc::new(file), chunk, self.num_rows(), None)?;
        // As it is read; the chunk says how the file describes it.
        let described = self.metadata.file_metadata().schema_descr().column(column);
        Ok(Pages {
            pages,
            sizes: Arc::clone(&self.sizes),
            column,
            name: described.path().string(),
            kind: described.physical_type(),
            length: usize::try_from(described.type_length()).unwrap_or(0),
            is_optional: described.max_def_level() > 0,
            levels: described.max_rep_level(),
            longest: 0,
            open: 0,
        })
    }
}

impl RowGroups for Group {
    fn num_rows(&self) -> usize {
        usize::try_from(self.group().num_rows()).unwrap_or(0)
    }

    fn column_chunks(&self, column: usize) -> Result<Box<dyn PageIterator>> {
        Ok(Box::new(Chunk(Some(self.pages(column)?))))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(std::iter::once(self.group()))
    }

    fn metadata(&self) -> &ParquetMetaData {
        &self.metadata
    }
}

/// The pages of one column, which are in one row group.
struct Chunk(Option<Pages>);

impl Iterator for Chunk {
    type Item = Result<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        let pages = self.0.take()?;
        Some(Ok(Box::new(pages)))
    }
}

impl PageIterator for Chunk {}

/// The pages of a column of a row group.
struct Pages {
    pages: SerializedPageReader<Bounded>,
    sizes: Arc<Sizes>,
    column: usize,
    name: String,
    kind: Type,
    /// Bytes of a value where all have as many.
    length: usize,
    is_optional: bool,
    /// Lists around a value.
    levels: i16,
    /// Bytes of the longest value of the dictionary.
    longest: u64,
    /// Values so far of the row that the last page ended in.
    open: u64,
}

impl Pages {
    fn look_at(&mut self, page: Page) -> Result<Page> {
        if let Page::DictionaryPage { buf, .. } = &page {
            self.longest = match self.kind {
                Type::BYTE_ARRAY => longest(buf),
                _ => self.length as u64,
            };
            return match self.levels {
                0 => self.fit(self.longest, self.longest).map(|()| page),
                _ => Ok(page),
            };
        }
        if self.levels > 0 {
            let values = self.longest_row(&page);
            let bytes = values.saturating_mul(self.longest.max(NUMBER));
            // What is in the page was paid for.
            self.fit(bytes, bytes.saturating_sub(page.buffer().len() as u64))?;
        } else if page.encoding() == Encoding::DELTA_BYTE_ARRAY {
            self.fit(page.buffer().len() as u64, 0)?;
        }
        Ok(match self.kind {
            Type::FIXED_LEN_BYTE_ARRAY => self.without_padding(page),
            _ => page,
        })
    }

    /// Checks that a batch of rows fits into memory if each row takes `bytes` bytes in this column. `beyond` of
    /// those bytes are not in the file: the reader makes them.
    fn fit(&self, bytes: u64, beyond: u64) -> Result<()> {
        let Sizes { limits, rows, of } = &*self.sizes;
        let mut of = of.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(its) = of.get_mut(self.column) {
            *its = bytes;
        }
        let row = of.iter().fold(0, |all: u64, its| all.saturating_add(*its));
        let error = if *rows > 1 && row.saturating_mul(*rows) > BATCH {
            format!("{rows} rows may become {row} bytes each")
        } else if beyond > limits.free {
            let (name, free) = (&self.name, limits.free);
            format!(
                "a row of column `{name}` may become {bytes} bytes, of which more than {free} are not in the file"
            )
        } else {
            return Ok(());
        };
        Err(ParquetError::General(error))
    }

    /// The values of the longest row so far that has values in a page.
    fn longest_row(&mut self, page: &Page) -> u64 {
        let count = u64::from(page.num_values());
        let mut longest = 0;
        let mut open = self.open;
        let bits = (self.levels as u16).ilog2() + 1;
        let row = |begins: bool, values: u64| match begins {
            true => {
                longest = longest.max(open).max(1);
                open = 1;
            }
            false => open = open.saturating_add(values),
        };
        match page {
            Page::DataPage {
                buf,
                rep_level_encoding: Encoding::RLE,
                ..
            } => {
                runs(prefixed(buf).0, bits, count, row);
            }
            Page::DataPageV2 {
                buf,
                rep_levels_byte_len,
                ..
            } => {
                let levels = buf.get(..*rep_levels_byte_len as usize);
                runs(levels.unwrap_or_default(), bits, count, row);
            }
            // An encoding that nobody writes any more.
            _ => open = open.saturating_add(count),
        }
        self.open = open;
        longest.max(open)
    }

    /// A page of values of a fixed length. Some writers pad pages with zeros (fastparquet with 8), which other readers
    /// pass over and the crate refuses.
    fn without_padding(&self, mut page: Page) -> Page {
        let padding = match self.value_bytes(&page) {
            Some(bytes) if self.length > 0 => bytes % self.length,
            _ => 0,
        };
        match &mut page {
            Page::DataPage { buf, .. } | Page::DataPageV2 { buf, .. } => {
                buf.truncate(buf.len() - padding);
            }
            Page::DictionaryPage { .. } => {}
        }
        page
    }

    /// How many bytes of a page follow its levels; `None` unless the values are stored plain.
    fn value_bytes(&self, page: &Page) -> Option<usize> {
        if page.encoding() != Encoding::PLAIN {
            return None;
        }
        match page {
            Page::DataPage {
                buf,
                rep_level_encoding,
                def_level_encoding,
                ..
            } => {
                let mut values = &buf[..];
                for (are_there, encoding) in [
                    (self.levels > 0, rep_level_encoding),
                    (self.is_optional, def_level_encoding),
                ] {
                    match encoding {
                        _ if !are_there => {}
                        Encoding::RLE => values = prefixed(values).1,
                        _ => return None,
                    }
                }
                Some(values.len())
            }
            Page::DataPageV2 {
                buf,
                rep_levels_byte_len,
                def_levels_byte_len,
                ..
            } => {
                let levels = u64::from(*rep_levels_byte_len) + u64::from(*def_levels_byte_len);
                buf.len().checked_sub(usize::try_from(levels).ok()?)
            }
            Page::DictionaryPage { .. } => None,
        }
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        page.map(|page| self.look_at(page)).transpose()
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }

    fn supports_deferred_dictionary(&self) -> bool {
        self.pages.supports_deferred_dictionary()
    }

    fn take_deferred_dictionary(&mut self) -> Result<Option<Page>> {
        let page = self.pages.take_deferred_dictionary()?;
        page.map(|page| self.look_at(page)).transpose()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.pages.at_record_boundary()
    }
}

/// The length of the longest value. Each value follows its length in four bytes.
fn longest(mut values: &[u8]) -> u64 {
    let mut longest = 0;
    while let Some((length, rest)) = values.split_first_chunk::<4>() {
        let length = u32::from_le_bytes(*length);
        longest = longest.max(length.into());
        values = rest.get(length as usize..).unwrap_or_default();
    }
    longest
}

/// What comes after its length, and the rest.
fn prefixed(bytes: &[u8]) -> (&[u8], &[u8]) {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else {
        return (&[], &[]);
    };
    let length = u32::from_le_bytes(*length) as usize;
    rest.split_at_checked(length).unwrap_or((rest, &[]))
}

/// Goes through so many levels of so many bits: whether they are 0, where a row begins, and how many of a kind; those
/// that are 0 one by one where others follow. Runs of equal levels stand as one level and its count, others packed by
/// eights, the lowest bit first.
fn runs(mut bytes: &[u8], bits: u32, mut count: u64, mut each: impl FnMut(bool, u64)) {
    let width = bits.div_ceil(8) as usize;
    while count > 0
        && let Some((head, rest)) = number(bytes)
    {
        if head & 1 == 0 {
            let Some((level, rest)) = rest.split_at_checked(width) else {
                return;
            };
            let run = (head >> 1).min(count);
            if run > 0 {
                each(level.iter().all(|byte| *byte == 0), run);
            }
            (count, bytes) = (count - run, rest);
            continue;
        }
        let packed = (head >> 1).saturating_mul(bits.into());
        let packed = usize::try_from(packed)
            .unwrap_or(usize::MAX)
            .min(rest.len());
        let (levels, rest) = rest.split_at(packed);
        let run = (levels.len() as u64 * 8 / u64::from(bits)).min(count);
        for at in 0..run {
            let mut bits = (at * u64::from(bits)..).take(bits as usize);
            let is_0 = bits.all(|bit| levels[(bit / 8) as usize] >> (bit % 8) & 1 == 0);
            each(is_0, 1);
        }
        (count, bytes) = (count - run, rest);
    }
}

/// A number of seven bits a byte, the lowest first, and what comes after it.
fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (at, byte) in bytes.iter().enumerate().take(9) {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[at + 1..]));
        }
    }
    None
}

#[cfg(all(test, feature = "proptest"))]
mod tests;
