//! What an index was made with, and whether that is what is asked for.

use super::file::{u32_at, u64_at};
use twicetold::Error;
use twicetold::cluster::{Nearness, Search};
use twicetold::index::IndexRule;
use twicetold::lsh::Banding;
use twicetold::shingle::shingles;
use twicetold::sketch::{MinHasher, Signature};
use twicetold::word::{FORMAT_VERSION, UNICODE_VERSIONS};

/// Everything that sways what an index answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    pub width: usize,
    pub nearness: Nearness,
    pub banding: Banding,
    pub most_keepers: usize,
}

/// Bytes of [`Settings`] in a file.
pub const BYTES: usize = 64;

impl Settings {
    /// Of a rule, where all its figures are in their ranges.
    pub fn new(rule: &IndexRule) -> Result<Self, Error> {
        // It has all the checks of a rule.
        twicetold::index::PageIndex::new(*rule)?;
        Ok(Settings {
            width: rule.width,
            nearness: rule.nearness,
            banding: match rule.banding {
                Some(banding) => banding,
                None => Banding::for_resemblance(rule.nearness.resemblance)?,
            },
            most_keepers: rule.most_keepers.max(1),
        })
    }

    /// The rule that has these settings.
    pub fn rule(&self) -> IndexRule {
        IndexRule {
            width: self.width,
            nearness: self.nearness,
            banding: Some(self.banding),
            most_keepers: self.most_keepers,
        }
    }

    pub fn hasher(&self) -> Result<MinHasher, Error> {
        MinHasher::new(self.banding.signature_rows(), 0)
    }

    pub fn signature(&self, hasher: &MinHasher, words: &[u64]) -> Option<Signature> {
        hasher.signature(shingles(words, self.width))
    }

    /// The estimate under which two texts are not compared.
    pub fn least_estimate(&self) -> f64 {
        let search = Search {
            nearness: self.nearness,
            bar_digests: false,
            report_from: None,
            most_keepers: self.most_keepers,
        };
        search.least_estimate(self.banding.signature_rows())
    }

    pub fn written(&self) -> [u8; BYTES] {
        let Settings {
            width,
            nearness,
            banding,
            most_keepers,
        } = self;
        let numbers = [
            *width as u64,
            nearness.resemblance.to_bits(),
            nearness.containment.unwrap_or(0.0).to_bits(),
            nearness.longest_container.to_bits(),
            banding.bands as u64,
            banding.rows as u64,
            *most_keepers as u64,
            0,
        ];
        let mut bytes = [0; BYTES];
        for (place, number) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(numbers) {
            *place = number.to_le_bytes();
        }
        bytes
    }

    /// Settings as they were written; nothing where a figure is out of its range.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let number = |at: usize| usize::try_from(u64_at(bytes, 8 * at)).ok();
        let figure = |at: usize| f64::from_bits(u64_at(bytes, 8 * at));
        let rule = IndexRule {
            width: number(0)?,
            nearness: Nearness {
                resemblance: figure(1),
                containment: Some(figure(2)).filter(|least| *least != 0.0),
                longest_container: figure(3),
            },
            banding: Some(Banding {
                bands: number(4)?,
                rows: number(5)?,
            }),
            most_keepers: number(6)?,
        };
        Settings::new(&rule).ok()
    }

    /// What differs from what is asked for, one phrase each.
    pub fn differences(&self, asked: &Settings) -> Vec<String> {
        let containment = |settings: &Settings| match settings.nearness.containment {
            Some(least) => least.to_string(),
            None => "0 (not looked at)".to_owned(),
        };
        let banding = |settings: &Settings| {
            let Banding { bands, rows } = settings.banding;
            format!("{bands} × {rows}")
        };
        let pairs = [
            ("shingle width", [self, asked].map(|s| s.width.to_string())),
            (
                "resemblance",
                [self, asked].map(|s| s.nearness.resemblance.to_string()),
            ),
            ("containment", [self, asked].map(containment)),
            (
                "longest container",
                [self, asked].map(|s| s.nearness.longest_container.to_string()),
            ),
            ("bands × rows", [self, asked].map(banding)),
            (
                "most keepers of a bucket",
                [self, asked].map(|s| s.most_keepers.to_string()),
            ),
        ];
        let other = pairs.into_iter().filter(|(_, [ours, asked])| ours != asked);
        other
            .map(|(name, [ours, asked])| format!("{name} {ours}, not {asked}"))
            .collect()
    }
}

/// Versions of what hashes depend on: the library's format, and Unicode twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions {
    pub format: u32,
    pub unicode: [(u8, u8, u8); 2],
}

impl Versions {
    /// Of this program.
    pub const OURS: Versions = Versions {
        format: FORMAT_VERSION,
        unicode: UNICODE_VERSIONS,
    };

    /// Bytes of them in a file.
    pub const BYTES: usize = 16;

    pub fn written(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..4].copy_from_slice(&self.format.to_le_bytes());
        for (place, version) in bytes[4..].chunks_mut(3).zip(self.unicode) {
            place.copy_from_slice(&[version.0, version.1, version.2]);
        }
        bytes
    }

    pub fn read(bytes: &[u8; Self::BYTES]) -> Self {
        let version = |at: usize| (bytes[at], bytes[at + 1], bytes[at + 2]);
        Versions {
            format: u32_at(bytes, 0),
            unicode: [version(4), version(7)],
        }
    }

    /// What differs from this program's, one phrase each.
    pub fn differences(&self) -> Vec<String> {
        let ours = Self::OURS;
        let mut differences = Vec::new();
        if self.format != ours.format {
            differences.push(format!(
                "hashes of format {}, and this program makes format {}",
                self.format, ours.format
            ));
        }
        let what = ["words", "folding"];
        for ((what, its), ours) in what.iter().zip(self.unicode).zip(ours.unicode) {
            if its != ours {
                let [its, ours] = [its, ours].map(|(a, b, c)| format!("{a}.{b}.{c}"));
                differences.push(format!(
                    "{what} of Unicode {its}, and this program goes by Unicode {ours}"
                ));
            }
        }
        differences
    }
}
