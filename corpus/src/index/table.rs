//! Tables of keys and pages, sorted, in blocks.
//!
//! There is one table for each band, one for whole texts and one for ids. A table is looked up through the
//! first key of each of its blocks, its *fences*, which are held in memory: 8 bytes for 340 entries.

use super::file::{Source, Summed, u32_at, u64_at};
use super::section::{BLOCK, Section};
use std::io::{self, Write};
use std::ops::Range;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

const HEAD: usize = 16;

/// A key and a page.
const ENTRY: usize = 12;

/// Entries of a block that is full; all are but the last of a table.
const FULL: usize = (BLOCK - HEAD) / ENTRY;

/// An entry, in the order in which they stand in the file (where a bucket is crowded, its pages stand by
/// further rows).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub table: u32,
    pub key: u64,
    pub page: u32,
}

/// Writes entries, which come in their order, into blocks.
pub struct TableWriter<'w, W> {
    out: &'w mut Summed<W>,
    block: Vec<u8>,
    table: u32,
    number: u64,
    /// Entries of each table.
    counts: Vec<u64>,
    fences: Vec<u64>,
}

impl<'w, W: Write> TableWriter<'w, W> {
    pub fn new(out: &'w mut Summed<W>, tables: usize) -> Self {
        TableWriter {
            out,
            block: Vec::with_capacity(BLOCK),
            table: 0,
            number: 0,
            counts: vec![0; tables],
            fences: Vec::new(),
        }
    }

    pub fn push(&mut self, entry: Entry) -> io::Result<()> {
        if entry.table != self.table || self.block.len() == HEAD + FULL * ENTRY {
            self.end_block()?;
            self.table = entry.table;
        }
        if self.block.is_empty() {
            self.block.resize(HEAD, 0);
            self.fences.push(entry.key);
        }
        self.block.extend(entry.key.to_le_bytes());
        self.block.extend(entry.page.to_le_bytes());
        if let Some(count) = self.counts.get_mut(entry.table as usize) {
            *count += 1;
        }
        Ok(())
    }

    fn end_block(&mut self) -> io::Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        let entries = (self.block.len() - HEAD) / ENTRY;
        self.block.resize(BLOCK, 0);
        self.block[8..12].copy_from_slice(&self.table.to_le_bytes());
        self.block[12..16].copy_from_slice(&(entries as u32).to_le_bytes());
        let sum = xxh3_64_with_seed(&self.block[8..], self.number);
        self.block[..8].copy_from_slice(&sum.to_le_bytes());
        self.out.write_all(&self.block)?;
        self.block.clear();
        self.number += 1;
        Ok(())
    }

    /// Ends the last block, and gives what goes into the section of fences.
    pub fn finish(mut self) -> io::Result<Vec<u8>> {
        self.end_block()?;
        let numbers = self.counts.iter().chain(&self.fences);
        Ok(numbers.flat_map(|number| number.to_le_bytes()).collect())
    }
}

/// The tables of an index, as far as they are in memory.
pub struct Tables {
    /// Where the blocks stand in the file.
    at: u64,
    /// Entries of each table.
    counts: Vec<u64>,
    /// The first block of each table, and one past the last of all.
    firsts: Vec<u64>,
    fences: Vec<u64>,
}

impl Tables {
    /// Reads and checks the fences of `tables` tables.
    pub fn open(
        file: &Source,
        tables: usize,
        blocks: Section,
        fences: Section,
    ) -> io::Result<Self> {
        let wrong = |what| file.damaged(fences.at, what);
        let as_many = (tables as u64).saturating_add(blocks.len / BLOCK as u64);
        if Some(fences.len) != as_many.checked_mul(8) {
            return Err(wrong("the tables do not have as many blocks"));
        }
        let len = usize::try_from(fences.len).map_err(|_| wrong("fences of another machine"))?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(len).map_err(|_| {
            wrong("its fences are larger than the memory; they are 8 bytes for 340 entries")
        })?;
        bytes.resize(len, 0);
        file.read(fences.at, &mut bytes)?;
        if xxh3_64(&bytes) != fences.sum {
            return Err(wrong("the sum of the fences is another"));
        }
        let (numbers, rest) = bytes.as_chunks::<8>();
        let mut counts: Vec<u64> = numbers.iter().map(|n| u64::from_le_bytes(*n)).collect();
        if counts.len() < tables || !rest.is_empty() {
            return Err(wrong("fences are missing"));
        }
        let keys = counts.split_off(tables);
        let mut firsts = vec![0u64];
        let mut all = 0u64;
        for count in &counts {
            all = all.saturating_add(count.div_ceil(FULL as u64));
            firsts.push(all);
        }
        if all != blocks.len / BLOCK as u64 || all != keys.len() as u64 {
            return Err(wrong("the tables do not have as many blocks"));
        }
        Ok(Tables {
            at: blocks.at,
            counts,
            firsts,
            fences: keys,
        })
    }

    /// Bytes of memory.
    pub fn memory(&self) -> usize {
        8 * (self.counts.len() + self.firsts.len() + self.fences.len())
    }

    pub fn reader<'t>(&'t self, file: &'t Source) -> Reader<'t> {
        Reader {
            tables: self,
            file,
            number: None,
            block: vec![0; BLOCK],
        }
    }
}

/// Reads entries; it holds a block.
pub struct Reader<'t> {
    tables: &'t Tables,
    file: &'t Source,
    number: Option<u64>,
    block: Vec<u8>,
}

impl Reader<'_> {
    /// Reads and checks the block `at` of a table; how many entries it has.
    fn load(&mut self, table: u32, at: u64) -> io::Result<usize> {
        let Tables { counts, firsts, .. } = self.tables;
        let count = counts[table as usize] - at * FULL as u64;
        let entries = count.min(FULL as u64) as usize;
        let number = firsts[table as usize] + at;
        if self.number == Some(number) {
            return Ok(entries);
        }
        self.number = None;
        let place = self.tables.at + number * BLOCK as u64;
        self.file.read(place, &mut self.block)?;
        let well = u64_at(&self.block, 0) == xxh3_64_with_seed(&self.block[8..], number)
            && u32_at(&self.block, 8) == table
            && u32_at(&self.block, 12) as usize == entries;
        if !well {
            return Err(self.file.damaged(place, "the sum of a block is another"));
        }
        self.number = Some(number);
        Ok(entries)
    }

    fn key(&self, at: usize) -> u64 {
        u64_at(&self.block, HEAD + at * ENTRY)
    }

    /// Entry `at` of a table.
    pub fn entry(&mut self, table: u32, at: u64) -> io::Result<Entry> {
        self.load(table, at / FULL as u64)?;
        let at = (at % FULL as u64) as usize;
        Ok(Entry {
            table,
            key: self.key(at),
            page: u32_at(&self.block, HEAD + at * ENTRY + 8),
        })
    }

    /// The entries of a key: one or two blocks are read, however many they are.
    pub fn range(&mut self, table: u32, key: u64) -> io::Result<Range<u64>> {
        let start = self.first(table, |known| known < key)?;
        let end = self.first(table, |known| known <= key)?;
        Ok(start..end.max(start))
    }

    /// The first entry whose key is not `before`.
    fn first(&mut self, table: u32, before: impl Fn(u64) -> bool) -> io::Result<u64> {
        let firsts = &self.tables.firsts;
        let [first, end] = [0, 1].map(|next| firsts[table as usize + next] as usize);
        let fences = &self.tables.fences[first..end];
        let Some(block) = fences.partition_point(|key| before(*key)).checked_sub(1) else {
            return Ok(0);
        };
        let entries = self.load(table, block as u64)?;
        let (mut low, mut high) = (0, entries);
        while low < high {
            let middle = low.midpoint(high);
            match before(self.key(middle)) {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        Ok((block * FULL + low) as u64)
    }
}

/// All entries, in their order.
pub struct Stream<'t> {
    reader: Reader<'t>,
    table: u32,
    at: u64,
}

impl<'t> Stream<'t> {
    pub fn new(reader: Reader<'t>) -> Self {
        Stream {
            reader,
            table: 0,
            at: 0,
        }
    }
}

impl Iterator for Stream<'_> {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.at == *self.reader.tables.counts.get(self.table as usize)? {
            (self.table, self.at) = (self.table + 1, 0);
        }
        self.at += 1;
        Some(self.reader.entry(self.table, self.at - 1))
    }
}

#[cfg(all(test, feature = "proptest"))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::fs;

    /// Entries as a file of tables and their fences.
    fn opened(entries: &[Entry], tables: usize, file: &std::path::Path) -> (Tables, Source) {
        let mut out = Summed::new(Vec::new(), file);
        let mut writer = TableWriter::new(&mut out, tables);
        for entry in entries {
            writer.push(*entry).unwrap();
        }
        let fences = writer.finish().unwrap();
        let [blocks, fences] = [out.inner, fences];
        let at = blocks.len() as u64;
        let parts = [(0, &blocks), (at, &fences)].map(|(at, bytes)| Section {
            at,
            len: bytes.len() as u64,
            sum: xxh3_64(bytes),
        });
        fs::write(file, [blocks, fences].concat()).unwrap();
        let source = Source::open(file).unwrap();
        (
            Tables::open(&source, tables, parts[0], parts[1]).unwrap(),
            source,
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(30))]
        #[test]
        fn as_a_list(
            // Few keys make groups of more than a block.
            mut entries in prop::collection::vec(
                (0u32..4, 0u64..6, any::<u32>()).prop_map(|(table, key, page)| Entry { table, key: key << 60, page }),
                0..4000,
            )
        ) {
            entries.sort_unstable();
            let folder = tempfile::tempdir().unwrap();
            let (tables, source) = opened(&entries, 5, &folder.path().join("x"));
            let all: Vec<Entry> = Stream::new(tables.reader(&source)).map(Result::unwrap).collect();
            prop_assert_eq!(&all, &entries);
            let mut reader = tables.reader(&source);
            for table in 0..5 {
                for key in (0..7u64).map(|key| key << 60).chain([1, u64::MAX]) {
                    let found = reader.range(table, key).unwrap();
                    let found: Vec<Entry> = found.map(|at| reader.entry(table, at).unwrap()).collect();
                    let expected: Vec<Entry> =
                        entries.iter().filter(|e| e.table == table && e.key == key).copied().collect();
                    prop_assert_eq!(found, expected);
                }
            }
        }
    }
}
