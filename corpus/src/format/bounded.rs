//! A Parquet file that is believed only as far as it can bear out what it says.
//!
//! A few bytes of Parquet can become any number in five ways, and the crate guards against none of them:
//!
//! - A header of 20 bytes says that its page is 2 GiB, and room is made for that before the page is read. What pages
//!   say is held against their packed bytes.
//! - gzip, Brotli and LZ4 unpack to their end, whatever the header said. They are unpacked here first, as far as it
//!   said.
//! - A value stands once in the dictionary and in a billion rows. Dictionaries are looked through before rows are
//!   asked for, and [as many rows](Widths::rows) as fit with the longest value in each.
//! - A value shares all but its end with the one before it (`DELTA_BYTE_ARRAY`). Rows of such a page may each be as
//!   long as the page.
//! - One row is a list of a billion equal numbers. What a page says of its values is held against its bytes too.

use super::Limits;
use super::packed::{gunzip, unbrotli};
use bytes::Bytes;
use lz4_flex::frame::FrameDecoder;
use parquet::basic::{Compression, Type};
use parquet::column::page::PageReader;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::serialized_reader::SerializedPageReader;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that a batch of rows may have where values stand in many of them.
const BATCH: u64 = 64 << 20;

/// Bytes of a number, at most.
const NUMBER: u64 = 8;

/// A row group of a file, and what bounds its pages.
pub struct Bounded {
    file: File,
    pages: Arc<Pages>,
}

/// What is known of the pages of a row group.
struct Pages {
    limits: Limits,
    /// Rows that are asked for at once.
    rows: u64,
    columns: Vec<Column>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Headers whose pages were not read yet, by the place of their first byte.
    heads: BTreeMap<u64, Head>,
    /// Of the page in hand of each column, what it is beyond what its packed bytes bear out.
    beyond: Vec<u64>,
}

/// A column of a row group.
#[derive(Debug, Clone)]
struct Column {
    place: Range<u64>,
    packing: Compression,
    /// Whether a row has any number of values.
    is_list: bool,
    is_bytes: bool,
    /// Bytes of its longest value that may stand in many rows.
    width: u64,
}

impl Bounded {
    /// The row group of a file, of which so many rows are asked for at once.
    pub fn new(
        file: File,
        limits: Limits,
        group: &RowGroupMetaData,
        widths: &Widths,
        rows: u64,
    ) -> Bounded {
        let widths = widths.0.iter().copied().chain(std::iter::repeat(NUMBER));
        let columns = group.columns().iter().zip(widths);
        let columns = columns.map(|(column, width)| {
            let (start, length) = column.byte_range();
            Column {
                place: start..start.saturating_add(length),
                packing: column.compression(),
                is_list: column.column_descr().max_rep_level() > 0,
                is_bytes: column.column_type() == Type::BYTE_ARRAY,
                width: width.max(NUMBER),
            }
        });
        let columns: Vec<Column> = columns.collect();
        Bounded {
            file,
            pages: Arc::new(Pages {
                limits,
                rows,
                state: Mutex::new(State {
                    beyond: vec![0; columns.len()],
                    ..State::default()
                }),
                columns,
            }),
        }
    }
}

/// How long the values of the columns of a row group are that may stand in many rows; 0 where none may. Without
/// columns it is not known.
#[derive(Debug, Clone, Default)]
pub struct Widths(Vec<u64>);

impl Widths {
    /// Of a row group, by its dictionaries, which are read for it.
    pub fn of(file: &File, limits: Limits, group: &RowGroupMetaData) -> Result<Widths> {
        let bounded = Bounded::new(file.try_clone()?, limits, group, &Widths::default(), 1);
        let bounded = Arc::new(bounded);
        let rows = usize::try_from(group.num_rows()).unwrap_or(0);
        let width = |column: &ColumnChunkMetaData| -> Result<u64> {
            Ok(match column.column_type() {
                Type::BYTE_ARRAY => {
                    let file = Arc::clone(&bounded);
                    let mut pages = SerializedPageReader::new(file, column, rows, None)?;
                    let first = pages.peek_next_page()?;
                    let is_dictionary = first.is_some_and(|page| page.is_dict);
                    let first = is_dictionary.then(|| pages.get_next_page()).transpose()?;
                    first.flatten().map_or(0, |page| longest(page.buffer()))
                }
                Type::FIXED_LEN_BYTE_ARRAY => {
                    u64::try_from(column.column_descr().type_length()).unwrap_or(0)
                }
                _ => NUMBER,
            })
        };
        let widths: Result<_> = group.columns().iter().map(width).collect();
        Ok(Widths(widths?))
    }

    /// Rows of a batch, however many of the longest values are in them; 1 where nothing is known.
    pub fn rows(&self) -> usize {
        let add = |sum: u64, width: &u64| sum.saturating_add(*width);
        match self.0.iter().fold(0, add) {
            _ if self.0.is_empty() => 1,
            sum => (BATCH / sum.max(1)).max(1) as usize,
        }
    }
}

/// The bytes of the longest of the values that stand in a row, each after its length.
fn longest(mut values: &[u8]) -> u64 {
    let mut longest = 0;
    while let Some((length, rest)) = values.split_first_chunk::<4>() {
        let length = u32::from_le_bytes(*length);
        longest = longest.max(length.into());
        values = rest.get(length as usize..).unwrap_or_default();
    }
    longest
}

impl Length for Bounded {
    fn len(&self) -> u64 {
        Length::len(&self.file)
    }
}

impl ChunkReader for Bounded {
    type T = PageHeader;

    /// The crate asks for this where a page begins.
    fn get_read(&self, start: u64) -> Result<PageHeader> {
        Ok(PageHeader {
            stream: self.file.get_read(start)?,
            start,
            pages: Some(Arc::clone(&self.pages)),
        })
    }

    /// And for this where its bytes begin, behind its header.
    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let end = start.saturating_add(length as u64);
        if end > self.len() {
            let error = format!(
                "bytes {start} to {end} are not in it, it has {}",
                self.len()
            );
            return Err(ParquetError::EOF(error));
        }
        let bytes = self.file.get_bytes(start, length)?;
        self.pages.judge(start, &bytes)?;
        Ok(bytes)
    }
}

/// The bytes of a page header; the first reading judges what it says.
pub struct PageHeader {
    stream: BufReader<File>,
    start: u64,
    /// `None` once it is judged.
    pages: Option<Arc<Pages>>,
}

impl Read for PageHeader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(pages) = self.pages.take() {
            let head = Head::of(self.stream.fill_buf()?);
            let head = head.ok_or_else(|| {
                io::Error::other("no page header stands where a page should begin")
            })?;
            pages
                .judge_head(self.start, head)
                .map_err(io::Error::other)?;
        }
        self.stream.read(buffer)
    }
}

impl Pages {
    /// The column that a place is in.
    fn column(&self, place: u64) -> Option<(usize, &Column)> {
        let mut columns = self.columns.iter().enumerate();
        columns.find(|(_, column)| column.place.contains(&place))
    }

    /// Judges a page by what its header says.
    fn judge_head(&self, start: u64, head: Head) -> Result<(), String> {
        let Limits {
            expansion, free, ..
        } = self.limits;
        let Some((at, column)) = self.column(start) else {
            return Err(format!("a page begins at byte {start}, in no column"));
        };
        if head.kind == Kind::Dictionary && start != column.place.start {
            return Err("a dictionary stands behind what it is for".to_owned());
        }
        let borne_out = head.packed.saturating_mul(expansion);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.beyond[at] = head.unpacked.saturating_sub(borne_out);
        let beyond = state
            .beyond
            .iter()
            .fold(0, |all: u64, its| all.saturating_add(*its));
        if beyond > free {
            return Err(format!(
                "a page of {} bytes says that it becomes {}, over {expansion} times as many; \
                 --max-expansion allows more",
                head.packed, head.unpacked,
            ));
        }
        let values = head.values.saturating_mul(column.width);
        if column.is_list && values.saturating_sub(borne_out) > free {
            return Err(format!(
                "a page of {} bytes says that it holds {} values of lists, {values} bytes; --max-expansion allows more",
                head.packed, head.values,
            ));
        }
        state.heads.insert(start, head);
        Ok(())
    }

    /// Judges a page by its bytes, which begin at `start`.
    fn judge(&self, start: u64, bytes: &[u8]) -> Result<(), ParquetError> {
        let Some((_, column)) = self.column(start) else {
            return Ok(());
        };
        let head = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let before = state.heads.range(column.place.start..start).next_back();
            let place = before.map(|(place, _)| *place);
            place.and_then(|place| state.heads.remove(&place))
        };
        let Some(head) = head else {
            return Err(ParquetError::General("a page without a header".to_owned()));
        };
        let longest = head.unpacked.saturating_mul(self.rows);
        if column.is_bytes && head.shares_begins && longest > BATCH && self.rows > 1 {
            return Err(ParquetError::General(format!(
                "{} rows of a page whose values share their begins may become {longest} bytes",
                self.rows
            )));
        }
        let packed = bytes.get(head.plain..).unwrap_or_default();
        let most = (head.unpacked as usize).saturating_sub(head.plain);
        match !head.is_packed || becomes_no_more(column.packing, packed, most) {
            true => Ok(()),
            false => Err(ParquetError::General(format!(
                "a page says that it becomes {} bytes, and becomes more, or is broken",
                head.unpacked
            ))),
        }
    }
}

/// Whether bytes unpack to `most` at most, in the packings of which the crate does not ask it.
fn becomes_no_more(packing: Compression, bytes: &[u8], most: usize) -> bool {
    match packing {
        Compression::GZIP(_) => gunzip(bytes, most).0.len() <= most,
        // What is broken here may be whole to the crate, which takes windows of 1 GiB.
        Compression::BROTLI(_) => {
            let (whole, fault) = unbrotli(bytes, most);
            fault.is_none() && whole.len() <= most
        }
        // What is no frame is unpacked into as much room as the header says.
        Compression::LZ4 => {
            let mut bytes = FrameDecoder::new(bytes).take(most as u64 + 1);
            let mut step = [0; 4096];
            let mut sum = 0;
            while let Ok(read @ 1..) = bytes.read(&mut step) {
                sum += read;
            }
            sum <= most
        }
        _ => true,
    }
}

/// What the header of a page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    kind: Kind,
    /// Its bytes, unpacked and packed.
    unpacked: u64,
    packed: u64,
    values: u64,
    /// Whether a value is written as what differs from the one before it (`DELTA_BYTE_ARRAY`).
    shares_begins: bool,
    /// Bytes of levels that stand before what is packed.
    plain: usize,
    is_packed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Data,
    Dictionary,
    Other,
}

impl Head {
    /// From its bytes, in the form in which every writer puts them: fields in order, each as the difference from the
    /// one before. `None` for any other, which the crate would take.
    fn of(bytes: &[u8]) -> Option<Head> {
        let mut fields = Compact(bytes);
        let [kind, unpacked, packed] = [(); 3].map(|()| fields.next_number(1));
        let kind = kind?;
        let mut head = Head {
            kind: Kind::Other,
            unpacked: unpacked?,
            packed: packed?,
            values: 0,
            shares_begins: false,
            plain: 0,
            is_packed: true,
        };
        // A checksum may stand between them.
        let mut id = 3;
        let (step, form) = fields.field()?;
        id += step;
        let mut form = form;
        if id == 4 && form == Compact::NUMBER {
            fields.number()?;
            let (step, next) = fields.field()?;
            (id, form) = (id + step, next);
        }
        const DELTA_BYTE_ARRAY: u64 = 7;
        match (kind, id, form) {
            // Data, version 1: values, encoding.
            (0, 5, Compact::STRUCT) => {
                head.kind = Kind::Data;
                head.values = fields.next_number(1)?;
                head.shares_begins = fields.next_number(1)? == DELTA_BYTE_ARRAY;
            }
            (2, 7, Compact::STRUCT) => {
                head.kind = Kind::Dictionary;
                head.values = fields.next_number(1)?;
            }
            // Data, version 2: values, nulls, rows, encoding, bytes of two kinds of levels, whether it is packed.
            (3, 8, Compact::STRUCT) => {
                head.kind = Kind::Data;
                head.values = fields.next_number(1)?;
                fields.next_number(1)?;
                fields.next_number(1)?;
                head.shares_begins = fields.next_number(1)? == DELTA_BYTE_ARRAY;
                let levels = fields.next_number(1)?.checked_add(fields.next_number(1)?)?;
                head.plain = usize::try_from(levels).ok()?;
                head.is_packed = !matches!(fields.field(), Some((1, Compact::FALSE)));
            }
            // An index page; the crate passes it over.
            (1, ..) => {}
            _ => return None,
        }
        Some(head)
    }
}

/// Bytes of Thrift's compact protocol.
struct Compact<'b>(&'b [u8]);

impl Compact<'_> {
    const FALSE: u8 = 2;
    const NUMBER: u8 = 5;
    const STRUCT: u8 = 12;

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// How far the next field is from the one before it, and its form.
    fn field(&mut self) -> Option<(u8, u8)> {
        let byte = self.byte()?;
        let step = byte >> 4;
        (step > 0).then_some((step, byte & 0x0f))
    }

    /// A number of at most 32 bits; a negative one is 0, and refused by the crate.
    fn number(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for place in 0..5 {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                return Some(if value & 1 == 0 { value >> 1 } else { 0 });
            }
        }
        None
    }

    /// A number that is the next field.
    fn next_number(&mut self, step: u8) -> Option<u64> {
        match self.field()? {
            (its, Self::NUMBER) if its == step => self.number(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
