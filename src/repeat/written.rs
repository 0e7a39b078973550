//! Block sketches as they are written, and kept until they are compared.

use super::Extent;
use super::block_sketch::{BlockSketch, LeastShingles};
use std::num::NonZeroU64;

impl BlockSketch {
    /// Writes it behind others, to be [read](Self::read_all) by the same version of this library.
    pub fn write(&self, bytes: &mut Vec<u8>) {
        let Extent {
            words,
            chars,
            sentence,
        } = self.extent;
        let has_least = self.least != LeastShingles::NONE;
        let key = self.key.map_or(0, NonZeroU64::get);
        bytes.extend_from_slice(&key.to_le_bytes());
        write_number(bytes, words.into());
        let flags = u64::from(sentence) << 1 | u64::from(has_least);
        write_number(bytes, u64::from(chars) << 2 | flags);
        if has_least {
            for least in self.least.0 {
                bytes.extend_from_slice(&least.to_le_bytes());
            }
        }
    }

    /// Those that were written, one behind the other; of bytes that are cut off, the whole ones.
    pub fn read_all(bytes: &[u8]) -> impl Iterator<Item = BlockSketch> + '_ {
        let mut rest = bytes;
        std::iter::from_fn(move || Self::read(&mut rest))
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let key = u64::from_le_bytes(read_bytes(bytes)?);
        let words = read_number(bytes)?;
        let chars = read_number(bytes)?;
        let mut least = LeastShingles::NONE;
        if chars & 1 == 1 {
            let written: [u8; 4 * LeastShingles::MOST] = read_bytes(bytes)?;
            for (least, written) in least.0.iter_mut().zip(written.as_chunks().0) {
                *least = u32::from_le_bytes(*written);
            }
        }
        Some(BlockSketch {
            key: NonZeroU64::new(key),
            extent: Extent {
                words: words as u32,
                chars: (chars >> 2) as u32,
                sentence: chars & 2 == 2,
            },
            least,
        })
    }
}

#[inline]
fn read_bytes<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*first)
}

/// Seven bits a byte, the lowest first; all but the last have the highest bit set (LEB128).
fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

#[inline]
fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let [byte] = read_bytes(bytes)?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repeat::RepeatRule;

    #[test]
    fn what_is_written_is_read() {
        let words: Vec<u64> = (1..400).collect();
        let extents = [
            (0, 0, false),
            (3, 17, true),
            (399, 0x7f, false),
            (19, usize::MAX, true),
        ];
        let sketches = extents.map(|(count, chars, sentence)| {
            let extent = Extent::of(count, chars, sentence);
            BlockSketch::of(&words[..count], extent, &RepeatRule::DEFAULT)
        });
        let mut bytes = Vec::new();
        sketches.iter().for_each(|sketch| sketch.write(&mut bytes));
        assert!(BlockSketch::read_all(&bytes).eq(sketches.clone()));
        for len in 0..bytes.len() {
            let whole = BlockSketch::read_all(&bytes[..len]).collect::<Vec<_>>();
            assert!(whole.len() < sketches.len() && sketches.starts_with(&whole));
        }
        assert_eq!(BlockSketch::read_all(&[0xff; 40]).count(), 0);
    }
}
