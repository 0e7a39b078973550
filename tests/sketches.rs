//! Shingles against naive windows; what sketches and bandings refuse.

mod common;

use common::{Random, naive_containment, naive_resemblance, naive_shingles};
use proptest::prelude::*;
use twicetold::block::Segmented;
use twicetold::lsh::{Banding, Buckets};
use twicetold::shingle::{ShingleSet, shingles};
use twicetold::sketch::MinHasher;
use twicetold::verify::Overlap;

fn set(text: &str, width: usize) -> ShingleSet {
    ShingleSet::new(Segmented::new(text).words(), width)
}

proptest! {
    #[test]
    fn shingles_are_the_naive_windows(words in prop::collection::vec(0u64..6, 0..30), width in 1usize..7) {
        let rolled: Vec<u64> = shingles(&words, width).collect();
        let window = width.min(words.len()).max(1);
        // Each window hashed alone must give what the rolling hash gave.
        let alone: Vec<u64> = words
            .windows(window)
            .map(|window| shingles(window, window.len()).next().unwrap())
            .collect();
        prop_assert_eq!(&rolled, &alone);
        prop_assert_eq!(shingles(&words, width).len(), alone.len());
        // Equal hashes exactly where the windows are equal.
        for (i, a) in words.windows(window).enumerate() {
            for (j, b) in words.windows(window).enumerate() {
                prop_assert_eq!(rolled[i] == rolled[j], a == b);
            }
        }
    }

    /// Words of every script, alone and mixed: a window ends where it is heavy enough.
    #[test]
    fn figures_are_those_of_the_sets(
        a in "[ab国家なのทาກມខរ々ー ]{0,60}",
        b in "[ab国家なのทาກມខរကလカ ]{0,60}",
        width in 1usize..5,
    ) {
        let overlap = Overlap::of(&set(&a, width), &set(&b, width));
        let (x, y) = (naive_shingles(&a, width), naive_shingles(&b, width));
        prop_assert_eq!(overlap.resemblance(), naive_resemblance(&x, &y));
        prop_assert_eq!(overlap.containment(), naive_containment(&x, &y));
        prop_assert_eq!(overlap.reversed().containment(), naive_containment(&y, &x));
    }
}

#[test]
fn no_separator_can_be_forged() {
    assert_ne!(set("ab c", 2), set("a bc", 2));
    assert_ne!(set("a b", 2), set("b a", 2));
}

#[test]
fn nothing_is_similar_to_nothing() {
    let empty = set("... !!", 5);
    assert!(empty.is_empty());
    assert_eq!(Overlap::of(&empty, &empty).resemblance(), 0.0);
    assert_eq!(Overlap::of(&empty, &empty).containment(), 0.0);
    let hasher = MinHasher::new(8, 0).unwrap();
    assert_eq!(hasher.signature(empty.as_slice().iter().copied()), None);
}

#[test]
fn the_chooser_takes_the_most_rows_that_keep_recall() {
    for step in 1..=20 {
        let threshold = f64::from(step) / 20.0;
        let chosen = Banding::for_resemblance(threshold).unwrap();
        assert!(chosen.signature_rows() <= Banding::MOST_ROWS);
        assert!(chosen.probability(threshold) >= Banding::LEAST_RECALL);
        for rows in chosen.rows + 1..=Banding::MOST_ROWS {
            let steeper = Banding::new(Banding::MOST_ROWS / rows, rows).unwrap();
            assert!(steeper.probability(threshold) < Banding::LEAST_RECALL);
        }
    }
    assert_eq!(
        Banding::for_resemblance(0.7).unwrap(),
        Banding::new(32, 5).unwrap()
    );
}

#[test]
fn candidate_pairs_are_those_that_share_a_band() {
    let banding = Banding::new(4, 1).unwrap();
    let hasher = MinHasher::new(4, 3).unwrap();
    let mut random = Random(5);
    let signatures: Vec<_> = (0..40)
        .map(|_| hasher.signature((0..3).map(|_| random.next() % 8)))
        .collect();
    let mut naive = Vec::new();
    for a in 0..40 {
        for b in a + 1..40 {
            let (x, y) = (&signatures[a], &signatures[b]);
            let rows = x
                .iter()
                .flat_map(|x| x.rows())
                .zip(y.iter().flat_map(|y| y.rows()));
            if rows.into_iter().any(|(x, y)| x == y) {
                naive.push((a, b));
            }
        }
    }
    let found = Buckets::new(&signatures, banding)
        .unwrap()
        .candidate_pairs();
    assert_eq!(found, naive);
}

#[test]
fn incompatible_signatures_are_refused() {
    let left = MinHasher::new(8, 0).unwrap().signature([1]).unwrap();
    let fewer = MinHasher::new(4, 0).unwrap().signature([1]).unwrap();
    let other = MinHasher::new(8, 1).unwrap().signature([1]).unwrap();
    assert_eq!(
        left.resemblance(&fewer).unwrap_err().to_string(),
        "these signatures cannot be compared: rows 8 against 4; make both with one MinHasher"
    );
    assert!(
        left.resemblance(&other)
            .unwrap_err()
            .to_string()
            .contains("seed 0 against 1")
    );
    let banding = Banding::new(2, 5).unwrap();
    assert!(Buckets::new(&[Some(left)], banding).is_err());
}

#[test]
fn settings_out_of_range_say_so() {
    let refused = |error: twicetold::Error| error.to_string();
    assert_eq!(
        refused(MinHasher::new(0, 0).unwrap_err()),
        "rows is 0; it must be from 1 to 65536"
    );
    assert_eq!(
        refused(Banding::for_resemblance(f64::NAN).unwrap_err()),
        "resemblance is NaN; it must be above 0 and at most 1"
    );
    assert_eq!(
        refused(Banding::for_resemblance(0.001).unwrap_err()),
        "resemblance is 0.001; it must be at least 0.03 for a search with 160 rows"
    );
    assert_eq!(
        refused(Banding::new(0, 5).unwrap_err()),
        "bands × rows is 0 × 5; it must be from 1 to 65536 rows together"
    );
}
