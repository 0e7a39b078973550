//! Which pages of a large source its template is learned from.

use super::Deduplicator;

/// Bytes of text of one source that its template is learned from: 8,000 articles. The share of its
/// pages on which a block stands is known to 0.006 then (one standard error), and it is held
/// against a half.
const MOST_BYTES: usize = 32 << 20;

/// Pages that are learned from although they have more, as far as they have no more than [`MOST_BYTES_OF_FEW`].
const LEAST_PAGES: usize = 100;

/// Bytes of text of pages of which a hundred have more than [`MOST_BYTES`]. A longer page tells nothing.
const MOST_BYTES_OF_FEW: usize = 64 << 20;

impl Deduplicator {
    /// The pages of a source that its template is learned from, as indices in order: all, unless
    /// they have more than 32 MiB of text. `texts` tells of each page its
    /// [content](crate::Page::content) and the bytes of its text.
    ///
    /// Of a larger source it is those pages whose texts have the least hashes, one for each text, until they are
    /// so many bytes and at least 100: the same texts for any order of the input. Of very long pages it is fewer than
    /// 100; those with which they would be more than 64 MiB are passed over. So a source is learned in bounded memory.
    ///
    /// O(n log n) in the number of pages.
    pub(super) fn learned_from(texts: &[(u64, usize)]) -> Vec<usize> {
        let bytes = |(_, bytes): &(u64, usize)| *bytes;
        let mut pages: Vec<usize> = (0..texts.len()).collect();
        if Self::learns_from_all(texts.iter().map(bytes)) {
            return pages;
        }
        pages.sort_unstable_by_key(|&page| (texts[page].0, page));
        pages.dedup_by_key(|page| texts[*page].0);
        let (mut taken, mut sample) = (0, Vec::new());
        for page in pages {
            let with = texts[page].1.saturating_add(taken);
            if with > MOST_BYTES && sample.len() >= LEAST_PAGES {
                break;
            }
            if with <= MOST_BYTES_OF_FEW {
                sample.push(page);
                taken = with;
            }
        }
        sample.sort_unstable();
        sample
    }

    /// Whether the template of a source is learned from all of its pages, by the bytes of their texts.
    pub(super) fn learns_from_all(bytes: impl Iterator<Item = usize>) -> bool {
        bytes.fold(0, usize::saturating_add) <= MOST_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_source_is_sampled_by_its_texts() {
        let learned = Deduplicator::learned_from;
        assert!(learned(&[]).is_empty());
        assert_eq!(learned(&[(9, 10), (1, MOST_BYTES - 10)]), [0, 1]);
        // 64 KiB each: 512 fit.
        let texts: Vec<(u64, usize)> = (0..2_000u64)
            .map(|page| (page.wrapping_mul(0x9e37_79b9_7f4a_7c15), 64 << 10))
            .collect();
        let sample = learned(&texts);
        assert_eq!(sample.len(), 512);
        assert!(sample.is_sorted());
        let most = sample.iter().map(|page| texts[*page].0).max().unwrap();
        assert_eq!(texts.iter().filter(|text| text.0 <= most).count(), 512);
        // Backwards and twice they are the same texts.
        let twice: Vec<(u64, usize)> = texts.iter().rev().chain(&texts).copied().collect();
        let contents = |texts: &[(u64, usize)], sample: &[usize]| {
            let mut all: Vec<u64> = sample.iter().map(|page| texts[*page].0).collect();
            all.sort_unstable();
            all
        };
        assert_eq!(
            contents(&twice, &learned(&twice)),
            contents(&texts, &sample)
        );
        let long = vec![(1, MOST_BYTES); 3];
        assert_eq!(learned(&long), [0]);
        let long: Vec<(u64, usize)> = (0..500).map(|page| (page, MOST_BYTES)).collect();
        assert_eq!(learned(&long), [0, 1]);
        let longer: Vec<(u64, usize)> = (0..500).map(|page| (page, 512 << 10)).collect();
        assert_eq!(learned(&longer).len(), LEAST_PAGES);
        // A dump of a site of articles is passed over.
        let mut mixed = texts;
        mixed[0].1 = 3 * MOST_BYTES;
        let sample = learned(&mixed);
        assert_eq!((sample.len(), sample.contains(&0)), (512, false));
    }
}
