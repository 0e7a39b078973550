//! A column of a Parquet file that is believed only as far as its packed bytes can bear out.
//!
//! The crate makes room for what the header of a page says before it reads the page: a header of 20 bytes that says
//! 2 GiB takes 2 GiB. And it unpacks gzip, Brotli and LZ4 to their end, whatever the header said. So headers are held
//! against the bytes of their pages here, and these packings are undone first, as far as the header says.

use crate::format::Limits;
use crate::format::open::SystemFault;
use crate::format::packed::{gunzip, unbrotli};
use bytes::Bytes;
use lz4_flex::frame::FrameDecoder;
use parquet::basic::Compression;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the columns of a row group may become together.
#[derive(Debug)]
pub struct Room {
    limits: Limits,
    /// For each column, what its page in hand becomes beyond what its packed bytes bear out.
    beyond: Mutex<Vec<u64>>,
}

impl Room {
    pub fn new(limits: Limits, columns: usize) -> Self {
        Room {
            limits,
            beyond: Mutex::new(vec![0; columns]),
        }
    }

    /// Whether there is room for a page of a column beside those of the others: so many bytes that become so many.
    fn takes(&self, column: usize, packed: u64, unpacked: u64) -> bool {
        let borne_out = packed.saturating_mul(self.limits.expansion);
        let mut beyond = locked(&self.beyond);
        if let Some(its) = beyond.get_mut(column) {
            *its = unpacked.saturating_sub(borne_out);
        }
        let all = beyond
            .iter()
            .fold(0, |all: u64, its| all.saturating_add(*its));
        all <= self.limits.free
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file in which a column is read.
pub struct Bounded {
    file: File,
    fault: SystemFault,
    room: Arc<Room>,
    column: usize,
    packing: Compression,
    /// Headers whose pages were not read yet, by the place of their first byte.
    heads: Arc<Mutex<BTreeMap<u64, Head>>>,
}

impl Bounded {
    pub fn new(
        (file, fault): (File, SystemFault),
        room: Arc<Room>,
        column: usize,
        packing: Compression,
    ) -> Self {
        Bounded {
            file,
            fault,
            room,
            column,
            packing,
            heads: Arc::default(),
        }
    }

    fn noted<T>(&self, read: Result<T>) -> Result<T> {
        read.inspect_err(|error| note(&self.fault, error))
    }

    /// A page by its bytes, which begin at `start`, where it becomes no more than its header says.
    fn judged(&self, start: u64, bytes: Bytes) -> Result<Bytes> {
        let head = {
            let mut heads = locked(&self.heads);
            let place = heads.range(..start).next_back().map(|(place, _)| *place);
            place.and_then(|place| heads.remove(&place))
        };
        let Some(head) = head else {
            return Err(ParquetError::General("a page without a header".to_owned()));
        };
        let (plain, packed) = bytes.split_at_checked(head.plain).unwrap_or((&bytes, &[]));
        let most = usize::try_from(head.unpacked).unwrap_or(usize::MAX);
        let most = most.saturating_sub(head.plain);
        // The crate does not unpack what is to become nothing.
        if !head.is_packed || head.unpacked == head.plain as u64 {
            return Ok(bytes);
        }
        let fits = match self.packing {
            Compression::GZIP(_) => {
                let (whole, fault) = gunzip(packed, most);
                if fault.is_none() && whole.len() <= most {
                    return Ok([plain, &stored(&whole)].concat().into());
                }
                false
            }
            // What is broken here may be whole to the crate, which takes windows of 1 GiB.
            Compression::BROTLI(_) => {
                let (whole, fault) = unbrotli(packed, most);
                fault.is_none() && whole.len() <= most
            }
            Compression::LZ4 => frames_fit(packed, most),
            // The crate asks the others for what the header says.
            _ => true,
        };
        match fits {
            true => Ok(bytes),
            false => Err(ParquetError::General(format!(
                "a page says that it becomes {} bytes, and becomes more, or is broken",
                head.unpacked
            ))),
        }
    }
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
            stream: self.noted(self.file.get_read(start))?,
            fault: self.fault.clone(),
            start,
            room: Arc::clone(&self.room),
            column: self.column,
            heads: Some(Arc::clone(&self.heads)),
        })
    }

    /// And for this where its bytes begin, after its header.
    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let end = start.saturating_add(length as u64);
        if end > self.len() {
            let error = format!(
                "bytes {start} to {end} are not in it, it has {}",
                self.len()
            );
            return Err(ParquetError::EOF(error));
        }
        let bytes = self.noted(self.file.get_bytes(start, length))?;
        self.judged(start, bytes)
    }
}

/// The bytes of a page header; the first reading judges what it says.
pub struct PageHeader {
    stream: BufReader<File>,
    fault: SystemFault,
    start: u64,
    room: Arc<Room>,
    column: usize,
    /// `None` once it is judged.
    heads: Option<Arc<Mutex<BTreeMap<u64, Head>>>>,
}

impl Read for PageHeader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(heads) = self.heads.take() {
            let fault = &self.fault;
            let begin = self.stream.fill_buf();
            let head = Head::of(begin.inspect_err(|error| fault.note(error))?);
            let head = head.ok_or_else(|| {
                io::Error::other(
                    "no page header where a page should begin; a column that is encrypted cannot be read",
                )
            })?;
            if !self.room.takes(self.column, head.packed, head.unpacked) {
                return Err(io::Error::other(format!(
                    "a page of {} bytes says that it becomes {}, over {} times as many; --max-expansion allows more",
                    head.packed, head.unpacked, self.room.limits.expansion
                )));
            }
            locked(&heads).insert(self.start, head);
        }
        let read = self.stream.read(buffer);
        read.inspect_err(|error| self.fault.note(error))
    }
}

/// Notes what the system said, where an error comes from there.
pub fn note(fault: &SystemFault, error: &ParquetError) {
    if let ParquetError::External(error) = error
        && let Some(error) = error.downcast_ref()
    {
        fault.note(error);
    }
}

/// Bytes as gzip that is not packed, so that nothing is unpacked twice.
fn stored(bytes: &[u8]) -> Vec<u8> {
    /// What a block may have.
    const BLOCK: usize = 0xffff;
    let blocks = bytes.len().div_ceil(BLOCK).max(1);
    let mut made = Vec::with_capacity(bytes.len() + 5 * blocks + 18);
    made.extend([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
    for at in 0..blocks {
        let block = &bytes[at * BLOCK..bytes.len().min((at + 1) * BLOCK)];
        let length = block.len() as u16;
        made.push(u8::from(at + 1 == blocks));
        made.extend(length.to_le_bytes());
        made.extend((!length).to_le_bytes());
        made.extend(block);
    }
    let mut sum = flate2::Crc::new();
    sum.update(bytes);
    made.extend(sum.sum().to_le_bytes());
    made.extend(sum.amount().to_le_bytes());
    made
}

/// Whether frames of LZ4 unpack to `most` at most. What is no frame is unpacked into as much room as the header says.
fn frames_fit(bytes: &[u8], most: usize) -> bool {
    let mut bytes = FrameDecoder::new(bytes).take(most as u64 + 1);
    let mut step = [0; 4096];
    let mut sum = 0;
    while let Ok(read @ 1..) = bytes.read(&mut step) {
        sum += read;
    }
    sum <= most
}

/// What the header of a page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    /// Its bytes, unpacked and packed.
    unpacked: u64,
    packed: u64,
    /// Bytes of levels that stand before what is packed.
    plain: usize,
    is_packed: bool,
}

impl Head {
    /// From its bytes, in the form in which every writer puts them: fields in order, each as the difference from the
    /// one before. `None` for any other, which the crate would take.
    fn of(bytes: &[u8]) -> Option<Head> {
        let mut fields = Compact(bytes);
        let kind = fields.next_number()?;
        let mut head = Head {
            unpacked: fields.next_number()?,
            packed: fields.next_number()?,
            plain: 0,
            is_packed: true,
        };
        // Then comes what the kind of page has; a checksum may be before it.
        let (mut step, mut form) = fields.field()?;
        let mut id = 3 + step;
        if (id, form) == (4, Compact::NUMBER) {
            fields.number()?;
            (step, form) = fields.field()?;
            id += step;
        }
        match (kind, id, form) {
            // Data of version 1; an index, which the crate passes over; a dictionary.
            (0, 5, Compact::STRUCT) | (1, 6, Compact::STRUCT) | (2, 7, Compact::STRUCT) => {}
            // Data of version 2: values, nulls, rows, encoding, bytes of two kinds of levels, whether it is packed.
            (3, 8, Compact::STRUCT) => {
                for _ in 0..4 {
                    fields.next_number()?;
                }
                let levels = fields.next_number()?.checked_add(fields.next_number()?)?;
                head.plain = usize::try_from(levels).ok()?;
                head.is_packed = fields.field() != Some((1, Compact::FALSE));
            }
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
    fn next_number(&mut self) -> Option<u64> {
        match self.field()? {
            (1, Self::NUMBER) => self.number(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn frames_are_undone_as_far_as_they_may_be() {
        let blanks = vec![b' '; 100_000];
        let mut frame = lz4_flex::frame::FrameEncoder::new(Vec::new());
        frame.write_all(&blanks).unwrap();
        let frame = frame.finish().unwrap();
        assert!(frames_fit(&frame, blanks.len()));
        assert!(!frames_fit(&frame, blanks.len() - 1));
        assert!(frames_fit(b"no frame", 3));
    }

    #[test]
    fn gzip_that_is_not_packed() {
        for length in [0, 1, 0xfffe, 0xffff, 0x10000, 0x30000] {
            let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let mut whole = Vec::new();
            let made = stored(&bytes);
            let mut decoder = flate2::read::GzDecoder::new(&made[..]);
            decoder.read_to_end(&mut whole).unwrap();
            assert!(whole == bytes, "{length}");
        }
    }

    #[test]
    fn pages_that_each_are_within_bounds() {
        let limits = Limits {
            record: 1,
            expansion: 10,
            free: 100,
        };
        let room = Room::new(limits, 3);
        assert!(room.takes(0, 5, 110));
        assert!(room.takes(1, 0, 40));
        // The page of a column comes after the one before it.
        assert!(room.takes(1, 0, 40));
        assert!(!room.takes(2, 1, 11));
        assert!(room.takes(2, 1, 10));
    }

    #[test]
    fn what_a_header_says() {
        // A data page of 300 bytes, 150 of them packed, with 5 values as they are.
        let page = [
            0x15, 0, 0x15, 0xd8, 0x04, 0x15, 0xac, 0x02, 0x2c, 0x15, 10, 0x15, 0, 0x15, 6,
        ];
        let head = Head {
            unpacked: 300,
            packed: 150,
            plain: 0,
            is_packed: true,
        };
        assert_eq!(Head::of(&page), Some(head));
        // With a checksum.
        let with_sum = [&page[..8], &[0x15, 9, 0x1c], &page[9..]].concat();
        assert_eq!(Head::of(&with_sum), Some(head));
        for end in 0..9 {
            assert_eq!(Head::of(&page[..end]), None, "{end}");
        }
        // A dictionary, as large as can be said.
        let most = [
            0x15, 4, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15, 2, 0x4c, 0x15, 2, 0x15, 0,
        ];
        let said = Head::of(&most).unwrap();
        assert_eq!((said.unpacked, said.packed), (i32::MAX as u64, 1));
        // Version 2: levels of 3 and 4 bytes, not packed.
        let second = [
            0x15, 6, 0x15, 20, 0x15, 20, 0x5c, 0x15, 2, 0x15, 0, 0x15, 2, 0x15, 14, 0x15, 6, 0x15,
            8, 0x12,
        ];
        let said = Head::of(&second).unwrap();
        assert_eq!((said.plain, said.is_packed), (7, false));
        // Fields in another order or form.
        assert_eq!(Head::of(&[0x25, 0, 0x15, 0, 0x15, 0]), None);
        assert_eq!(Head::of(&[0x05, 2, 0, 0x15, 0, 0x15, 0]), None);
    }
}
