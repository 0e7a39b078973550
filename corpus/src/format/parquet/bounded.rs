//! A Parquet file whose pages are believed only as far as the file can bear them out.
//!
//! The crate makes room for what a page says it will be before it reads it: a header of 20 bytes that
//! says 2 GiB takes 2 GiB.

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

/// A file, and what bounds its pages.
pub struct Bounded {
    pub file: File,
    /// How many times as large as it is packed a page may become, beyond `free` bytes.
    pub expansion: u64,
    pub free: u64,
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
            judged: false,
            expansion: self.expansion,
            free: self.free,
        })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let end = start.saturating_add(length as u64);
        if end > self.len() {
            let error = format!(
                "bytes {start} to {end} are not in it, it has {}",
                self.len()
            );
            return Err(ParquetError::EOF(error));
        }
        self.file.get_bytes(start, length)
    }
}

/// The bytes of a page header; the first reading judges what it says.
pub struct PageHeader {
    stream: BufReader<File>,
    judged: bool,
    expansion: u64,
    free: u64,
}

impl Read for PageHeader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.judged {
            let [unpacked, packed] = sizes(self.stream.fill_buf()?).unwrap_or_default();
            if unpacked
                > self
                    .free
                    .saturating_add(packed.saturating_mul(self.expansion))
            {
                return Err(io::Error::other(format!(
                    "a page of {packed} bytes says that it becomes {unpacked}, over {} times as many; \
                     --max-expansion allows more",
                    self.expansion
                )));
            }
            self.judged = true;
        }
        self.stream.read(buffer)
    }
}

/// The bytes of a page, unpacked and packed, by its header: the second and third of its fields, after its
/// type. All three are required, `i32`, and come first; what has another form is left to the crate.
fn sizes(header: &[u8]) -> Option<[u64; 2]> {
    // Thrift's compact protocol: the next field, an i32.
    const NEXT: u8 = 0x15;
    let mut rest = header;
    let mut value = || {
        let (first, behind) = rest.split_first()?;
        let end = behind.iter().position(|byte| byte & 0x80 == 0)?;
        let (bytes, behind) = behind.split_at_checked(end + 1)?;
        rest = behind;
        if *first != NEXT || bytes.len() > 5 {
            return None;
        }
        let seven = bytes.iter().rev();
        let zigzag = seven.fold(0_u64, |value, byte| value << 7 | u64::from(byte & 0x7f));
        // A negative size is refused by the crate.
        Some(if zigzag & 1 == 0 { zigzag >> 1 } else { 0 })
    };
    let _type = value()?;
    Some([value()?, value()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_a_page() {
        // Data page, 300 bytes, 150 of them packed.
        assert_eq!(
            sizes(&[0x15, 0, 0x15, 0xd8, 0x04, 0x15, 0xac, 0x02, 0x2c]),
            Some([300, 150])
        );
        let most = [0x15, 0, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15, 2];
        assert_eq!(sizes(&most), Some([i32::MAX as u64, 1]));
        for end in 0..most.len() {
            assert_eq!(sizes(&most[..end]), None);
        }
        assert_eq!(sizes(&[0x25, 0, 0x15, 0, 0x15, 0]), None);
        assert_eq!(
            sizes(&[
                0x15, 0, 0x15, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0x15, 0
            ]),
            None
        );
    }
}
