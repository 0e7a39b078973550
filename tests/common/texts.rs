//! Texts made and texts developed on, for the tests of every crate.
#![allow(dead_code)] // every test file uses its part of this module

use std::io::Read;
use std::path::PathBuf;

/// A small deterministic generator for texts (SplitMix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// An invented word of a vocabulary of about 40,000.
    pub fn word(&mut self) -> String {
        const PARTS: [&str; 16] = [
            "ba", "re", "to", "mi", "lu", "sha", "ne", "ko", "vi", "dra", "pe", "su", "fa", "gi",
            "ho", "wen",
        ];
        let number = self.below(16usize.pow(4));
        let parts = (0..4).map(|at| PARTS[number >> (4 * at) & 15]);
        parts.take(2 + number % 3).collect()
    }

    pub fn words(&mut self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.word()).collect()
    }

    /// A sentence of `count` words.
    pub fn sentence(&mut self, count: usize) -> String {
        let text = self.words(count).join(" ");
        let (first, rest) = text.split_at(1);
        format!("{}{rest}.", first.to_uppercase())
    }

    /// A paragraph of `sentences` sentences of 12 to 30 words, on one line.
    pub fn paragraph(&mut self, sentences: usize) -> String {
        let sentences: Vec<String> = (0..sentences)
            .map(|_| {
                let count = 12 + self.below(19);
                self.sentence(count)
            })
            .collect();
        sentences.join(" ")
    }

    /// `paragraphs` paragraphs of three sentences, one a line.
    pub fn article(&mut self, paragraphs: usize) -> String {
        let paragraphs: Vec<String> = (0..paragraphs).map(|_| self.paragraph(3) + "\n").collect();
        paragraphs.concat()
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

/// Folder of the development sets, or `None`, said aloud, where it is absent.
///
/// CI has it; a user's clone has not. `TWICETOLD_DATA` names another place.
pub fn shared_data() -> Option<PathBuf> {
    let folder = std::env::var_os("TWICETOLD_DATA").map_or_else(
        || {
            // Beside the repository, whichever of its packages this is compiled in.
            let package = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
            let folders = ["../shared/data", "../../shared/data"].map(|way| package.join(way));
            let found = folders.iter().find(|folder| folder.is_dir());
            found.unwrap_or(&folders[0]).clone()
        },
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    let absent = format!(
        "SKIPPED: {} is absent; this test needs the development sets",
        folder.display()
    );
    // Straight to the terminal: the harness hides what a passing test prints.
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{absent}");
    assert!(
        std::env::var_os("CI").is_none(),
        "{absent}, and CI must have them"
    );
    None
}

/// The records of a gzipped JSONL file.
pub fn records(path: &std::path::Path) -> Vec<serde_json::Value> {
    let file = std::fs::File::open(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(file)
        .read_to_string(&mut text)
        .unwrap_or_else(|error| panic!("{path:?}: {error}"));
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a JSON record"))
        .collect()
}
