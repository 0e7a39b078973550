//! The keepers of one bucket, split where they are too many.

use super::LeftOut;
use std::collections::HashMap;

/// Further rows that a bucket is split by at most: at a resemblance of 0.7 a pair
/// stays together through eight of them with probability 0.06, at 0.9 with 0.43.
const MOST_SPLITS: usize = 8;

/// Keepers in rank order, or parts of them by the value of a further row.
#[derive(Debug, Clone)]
pub(super) enum Listed {
    Few {
        keepers: Vec<usize>,
        /// Keepers over the cap, where no further row may split them.
        unlisted: u64,
    },
    Split {
        parts: HashMap<u32, Listed>,
        len: u64,
    },
}

impl Default for Listed {
    fn default() -> Self {
        Listed::Few {
            keepers: Vec::new(),
            unlisted: 0,
        }
    }
}

impl Listed {
    /// The keepers that a page of these further rows is compared with; what it is
    /// not compared with is counted.
    pub(super) fn met(
        &self,
        mut further: impl Iterator<Item = u32>,
        left_out: &mut LeftOut,
    ) -> &[usize] {
        let mut listed = self;
        loop {
            match listed {
                Listed::Few { keepers, unlisted } => {
                    left_out.by_cap += unlisted;
                    return keepers;
                }
                Listed::Split { parts, len } => {
                    let part = further.next().and_then(|row| parts.get(&row));
                    let Some(part) = part else {
                        left_out.by_split += len;
                        return &[];
                    };
                    left_out.by_split += len - part.len();
                    listed = part;
                }
            }
        }
    }

    /// Adds a keeper of lower rank than all that are listed; where there are `most`
    /// already, they are split by the next of their `further` rows.
    pub(super) fn list<F: Iterator<Item = u32>>(
        &mut self,
        keeper: usize,
        most: usize,
        further: &impl Fn(usize) -> F,
    ) {
        self.list_at(0, keeper, most, further);
    }

    fn list_at<F: Iterator<Item = u32>>(
        &mut self,
        depth: usize,
        keeper: usize,
        most: usize,
        further: &impl Fn(usize) -> F,
    ) {
        if let Listed::Few { keepers, unlisted } = self {
            if keepers.len() < most {
                return keepers.push(keeper);
            }
            if depth == MOST_SPLITS {
                *unlisted += 1;
                return;
            }
            let mut parts: HashMap<u32, Listed> = HashMap::new();
            let mut len = 0;
            for &known in keepers.iter() {
                if let Some(row) = further(known).nth(depth) {
                    parts
                        .entry(row)
                        .or_default()
                        .list_at(depth + 1, known, most, further);
                    len += 1;
                }
            }
            *self = Listed::Split { parts, len };
        }
        if let Listed::Split { parts, len } = self
            && let Some(row) = further(keeper).nth(depth)
        {
            *len += 1;
            parts
                .entry(row)
                .or_default()
                .list_at(depth + 1, keeper, most, further);
        }
    }

    fn len(&self) -> u64 {
        match self {
            Listed::Few { keepers, unlisted } => keepers.len() as u64 + unlisted,
            Listed::Split { len, .. } => *len,
        }
    }
}
