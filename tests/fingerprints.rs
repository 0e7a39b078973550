//! Fingerprints against a naive count and exact probabilities; the Hamming index
//! against a plain scan.

mod common;

use common::Random;
use proptest::prelude::*;
use std::collections::HashSet;
use twicetold::lsh::HammingIndex;
use twicetold::shingle::ShingleSet;
use twicetold::sketch::{Fingerprint, LEAST_SHINGLES};

/// A fingerprint by definition: count every bit, the least shingle breaks ties.
fn naive(shingles: &ShingleSet) -> Option<u64> {
    // A step of SplitMix64 from the shingle as its state.
    let mix = |shingle: u64| Random(shingle).next();
    let shingles = shingles.as_slice();
    if shingles.len() < 50 {
        return None;
    }
    let mut bits = 0;
    for bit in 0..64 {
        let ones = |shingle: &&u64| mix(**shingle) >> bit & 1 == 1;
        let ones = shingles.iter().filter(ones).count();
        let one = match (2 * ones).cmp(&shingles.len()) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => mix(shingles[0]) >> bit & 1 == 1,
            std::cmp::Ordering::Greater => true,
        };
        bits |= u64::from(one) << bit;
    }
    Some(bits)
}

fn bits(shingles: &ShingleSet) -> Option<u64> {
    Fingerprint::of(shingles).map(Fingerprint::bits)
}

/// A name, and the raw shingle of a number.
type Kind = (&'static str, fn(u64) -> u64);

/// How the raw shingles of the tests look: well mixed, and not at all.
const KINDS: [Kind; 6] = [
    ("random", |n| Random(n ^ 0x5eed << 32).next()),
    ("counters", |n| n),
    ("upper bits", |n| n << 48),
    ("upper half", |n| n << 32),
    ("shared prefix", |n| 0x7477_6963_6574_0000 ^ n),
    ("multiples", |n| n * 1_000),
];

proptest! {
    #[test]
    fn bit_slices_count_as_the_naive_do(
        size in prop_oneof![Just(0), Just(1), Just(49), Just(50), Just(51), 52usize..70, 70usize..5_000],
        kind in 0..KINDS.len(),
        from in 0u64..1_000_000,
    ) {
        let set: ShingleSet = (from..).take(size).map(KINDS[kind].1).collect();
        prop_assert_eq!(bits(&set), naive(&set));
    }

    #[test]
    fn few_values_tie_and_crowd_alike(shingles in prop::collection::vec(0u64..80, 0..300)) {
        let set: ShingleSet = shingles.iter().copied().collect();
        prop_assert_eq!(bits(&set), naive(&set));
        prop_assert_eq!(bits(&set).is_none(), set.len() < LEAST_SHINGLES);
    }

    #[test]
    fn order_and_repetition_do_not_matter(
        mut shingles in prop::collection::vec(any::<u64>(), 50..200),
        seed in any::<u64>(),
    ) {
        let once = bits(&shingles.iter().copied().collect());
        let mut random = Random(seed);
        for _ in 0..100 {
            shingles.push(shingles[random.below(shingles.len())]);
        }
        random.shuffle(&mut shingles);
        prop_assert_eq!(bits(&shingles.into_iter().collect()), once);
    }
}

/// Sizes about every power of two, where a carry reaches a new plane.
#[test]
fn every_plane_carries() {
    for power in 6..=16 {
        for size in [(1u64 << power) - 1, 1 << power, (1 << power) + 1] {
            let set: ShingleSet = (0..size).collect();
            assert_eq!(bits(&set), naive(&set), "{size}");
        }
    }
}

#[test]
fn the_least_shingle_decides_a_tie() {
    let mut random = Random(1);
    let mut ties = 0;
    for _ in 0..200 {
        let mut shingles: Vec<u64> = (0..50).map(|_| random.next()).collect();
        shingles.sort_unstable();
        let mixed = |at: usize| Random(shingles[at]).next();
        let fingerprint = bits(&shingles.iter().copied().collect()).unwrap();
        for bit in 0..64 {
            if (0..50).filter(|&at| mixed(at) >> bit & 1 == 1).count() == 25 {
                ties += 1;
                assert_eq!(fingerprint >> bit & 1, mixed(0) >> bit & 1);
            }
        }
    }
    // One in nine: enough that an unfair rule would be seen below.
    println!("{ties} ties in {} bits", 200 * 64);
    assert!((1_200..1_700).contains(&ties));
}

/// Binomial(n, ½) at every count, by Pascal's rule: exact but for rounding.
fn binomial(n: usize) -> Vec<f64> {
    let mut row = vec![1.0];
    for _ in 0..n {
        let mut next = vec![0.0; row.len() + 1];
        for (at, part) in row.iter().enumerate() {
            next[at] += part / 2.0;
            next[at + 1] += part / 2.0;
        }
        row = next;
    }
    row
}

/// The probability that a bit differs between a set of `shared + left` fair votes
/// and one of `shared + right`, the tie rule included; `least` says whether the
/// least shingle of the one and of the other is shared. No approximation: sums over
/// the ones among the shared votes, given which the two sides are independent.
fn exact_difference(shared: usize, left: usize, right: usize, least: [bool; 2]) -> f64 {
    // Of one side, given `i` ones of the shared: (more, a tie, the tie goes to one).
    let side = |own: usize, own_ones: &[f64], least_is_shared: bool, i: usize| {
        let total = shared + own;
        let mut more = 0.0;
        let mut tie = 0.0;
        let mut one = 0.0;
        for (j, part) in own_ones.iter().enumerate() {
            match (2 * (i + j)).cmp(&total) {
                std::cmp::Ordering::Greater => more += part,
                std::cmp::Ordering::Equal => {
                    tie = *part;
                    one = match least_is_shared {
                        true => i as f64 / shared as f64,
                        false => j as f64 / own as f64,
                    };
                }
                std::cmp::Ordering::Less => {}
            }
        }
        (more, tie, one)
    };
    let (of_left, of_right) = (binomial(left), binomial(right));
    let mut sum = 0.0;
    for (i, part) in binomial(shared).into_iter().enumerate() {
        let (more_a, tie_a, one_a) = side(left, &of_left, least[0], i);
        let (more_b, tie_b, one_b) = side(right, &of_right, least[1], i);
        let (a, b) = (more_a + tie_a * one_a, more_b + tie_b * one_b);
        let mut differ = a * (1.0 - b) + (1.0 - a) * b;
        if least == [true, true] {
            // One shingle decides both: two ties never differ.
            differ -= 2.0 * tie_a * tie_b * one_a * (1.0 - one_a);
        }
        sum += part * differ;
    }
    sum
}

/// Pairs of sets over `kind`, no shingle in two pairs, and whether their least are shared.
fn pairs_of(
    kind: fn(u64) -> u64,
    [shared, left, right]: [usize; 3],
    count: usize,
    random: &mut Random,
) -> Vec<([Fingerprint; 2], [bool; 2])> {
    let size = shared + left + right;
    // Only as many numbers as the kind keeps apart: `n << 48` has 65,536.
    let count = match kind(1 << 16) {
        0 => count.min((1 << 16) / size),
        _ => count,
    };
    let mut numbers: Vec<u64> = (0..(count * size) as u64).collect();
    // Either runs of neighbours, or neighbours spread over all sets.
    if random.below(2) == 0 {
        random.shuffle(&mut numbers);
    }
    let sets = numbers.chunks(size).map(|numbers| {
        let raw: Vec<u64> = numbers.iter().map(|n| kind(*n)).collect();
        let (common, own) = raw.split_at(shared);
        let (own_a, own_b) = own.split_at(left);
        let of = |own: &[u64]| -> ShingleSet { common.iter().chain(own).copied().collect() };
        let (a, b) = (of(own_a), of(own_b));
        let least = [&a, &b].map(|set| common.contains(&set.as_slice()[0]));
        let made = [a, b].map(|set| Fingerprint::of(&set).unwrap());
        (made, least)
    });
    sets.collect()
}

/// The mean distance is what the tie rule, the sizes and fair votes make it,
/// whatever the raw shingles look like, within 5σ of 24 comparisons.
#[test]
fn distances_are_exactly_as_probable_as_they_should_be() {
    let mut random = Random(3);
    for (name, kind) in KINDS {
        for sizes in [[45, 5, 5], [40, 20, 11], [270, 30, 30], [500, 500, 501]] {
            let [shared, left, right] = sizes;
            let exact = |least| exact_difference(shared, left, right, least);
            let exact = [
                [exact([false, false]), exact([false, true])],
                [exact([true, false]), exact([true, true])],
            ];
            let (mut seen, mut expected, mut variance) = (0.0, 0.0, 0.0);
            let pairs = pairs_of(kind, sizes, 2_000, &mut random);
            for ([a, b], least) in &pairs {
                let p = exact[usize::from(least[0])][usize::from(least[1])];
                seen += f64::from(a.distance(*b));
                expected += 64.0 * p;
                variance += 64.0 * p * (1.0 - p);
            }
            let z = (seen - expected) / variance.sqrt();
            let count = pairs.len() as f64;
            println!(
                "{name}, {shared} shared + {left} / {right}, {count} pairs: mean distance {:.3}, exact {:.3}, \
                 64·θ/π {:.3}, {z:+.2}σ",
                seen / count,
                expected / count,
                Fingerprint::expected_distance(shared + left, shared + right, shared),
            );
            assert!(z.abs() < 5.0, "{name} {sizes:?}: {z:+.2}σ");
        }
    }
}

/// Large sets: the mean distance is 64·θ/π, and distances spread as 64 trials do;
/// distance 3 finds as few as the documentation says.
#[test]
fn large_sets_differ_by_their_angle() {
    const PAIRS: usize = 2_000;
    let mut random = Random(4);
    for (shared, own) in [(900, 50), (667, 167), (333, 333), (1, 1_000)] {
        let expected = Fingerprint::expected_distance(shared + own, shared + own, shared);
        let (mut sum, mut squares, mut near) = (0.0, 0.0, 0);
        for _ in 0..PAIRS {
            let all: Vec<u64> = (0..shared + 2 * own).map(|_| random.next()).collect();
            let a = all[..shared + own].iter().copied().collect();
            let b = all[own..].iter().copied().collect();
            let [a, b] = [a, b].map(|set: ShingleSet| Fingerprint::of(&set).unwrap());
            let distance = a.distance(b);
            near += usize::from(distance <= 3);
            sum += f64::from(distance);
            squares += (f64::from(distance) - expected).powi(2);
        }
        let p = expected / 64.0;
        let variance = 64.0 * p * (1.0 - p);
        let z = (sum / PAIRS as f64 - expected) / (variance / PAIRS as f64).sqrt();
        let ratio = squares / PAIRS as f64 / variance;
        println!(
            "resemblance {:.3}: mean {:.3}, 64·θ/π {expected:.3} ({z:+.2}σ), variance ratio {ratio:.3}, \
             {near} of {PAIRS} within 3",
            shared as f64 / (shared + 2 * own) as f64,
            sum / PAIRS as f64
        );
        assert!(z.abs() < 5.0);
        // A sample variance over 2,000 spreads by 0.032 about 1; binomial tails add little.
        assert!((0.84..1.16).contains(&ratio));
        if shared == 900 {
            // 9.04 % of 2,000 is 181, σ 12.8.
            assert!((117..245).contains(&near));
        }
    }
    assert_eq!(Fingerprint::expected_distance(50, 50, 50), 0.0);
    assert_eq!(Fingerprint::expected_distance(50, 70, 0), 32.0);
    assert_eq!(Fingerprint::expected_distance(0, 0, 0), 32.0);
    assert_eq!(
        Fingerprint::expected_distance(50, 70, 1_000),
        Fingerprint::expected_distance(50, 70, 50)
    );
}

/// Each bit is one in half of the sets, and no two bits go together. 64 and 2,016
/// comparisons: all stay within 5σ, and their squares add up as squares of normal
/// figures do.
#[test]
fn bits_are_fair_and_independent() {
    for (name, kind) in KINDS {
        // 50 shingles: one bit in nine is a tie.
        for size in [50, 51, 400] {
            let sets = match name {
                "upper bits" => (1 << 16) / size,
                _ => 4_000,
            };
            let made: Vec<u64> = (0..sets as u64)
                .map(|at| {
                    let from = at * size as u64;
                    bits(&(from..from + size as u64).map(kind).collect()).unwrap()
                })
                .collect();
            let z = |count: usize| (2.0 * count as f64 - sets as f64) / (sets as f64).sqrt();
            let ones = |word: &dyn Fn(u64) -> u64, bit: usize| {
                z(made
                    .iter()
                    .filter(|bits| word(**bits) >> bit & 1 == 1)
                    .count())
            };
            let fair: Vec<f64> = (0..64).map(|bit| ones(&|bits| bits, bit)).collect();
            // Bit i against bit i + turn: the word xor itself, turned.
            let apart: Vec<f64> = (1..=32)
                .flat_map(|turn| (0..64).map(move |bit| (turn, bit)))
                .filter(|(turn, bit)| *turn < 32 || *bit < 32)
                .map(|(turn, bit)| ones(&|bits| bits ^ bits.rotate_right(turn), bit))
                .collect();
            assert_eq!((fair.len(), apart.len()), (64, 64 * 63 / 2));
            for (what, figures) in [("bits", fair), ("pairs of bits", apart)] {
                let count = figures.len() as f64;
                let worst = figures.iter().fold(0.0, |worst: f64, z| worst.max(z.abs()));
                let squares: f64 = figures.iter().map(|z| z * z).sum();
                let spread = (squares - count) / (2.0 * count).sqrt();
                println!(
                    "{name}, {sets} sets of {size}: {count} {what}: worst {worst:.2}σ, χ² {spread:+.2}σ"
                );
                assert!(worst < 5.0, "{name} {size} {what}");
                assert!(spread.abs() < 5.0, "{name} {size} {what}");
            }
        }
    }
}

fn index(bits: &[u64], distance: u32) -> HammingIndex {
    let made: Vec<_> = bits
        .iter()
        .map(|bits| Some(Fingerprint::from_bits(*bits)))
        .collect();
    HammingIndex::new(&made, distance).unwrap()
}

fn within(index: &HammingIndex, bits: u64) -> Vec<usize> {
    index.within(Fingerprint::from_bits(bits))
}

fn flipped(mut bits: u64, count: usize, random: &mut Random) -> u64 {
    let mut done = HashSet::new();
    while done.len() < count {
        let bit = random.below(64);
        if done.insert(bit) {
            bits ^= 1 << bit;
        }
    }
    bits
}

/// `count` fingerprints: a third random, a third in clusters of up to 8 flipped
/// bits about a centre, a third copies of earlier ones, some of them very often.
fn crowd(count: usize, random: &mut Random) -> Vec<u64> {
    let mut all: Vec<u64> = (0..count.div_ceil(3)).map(|_| random.next()).collect();
    let mut centre = 0;
    while all.len() < count / 3 * 2 {
        if random.below(100) == 0 || centre == 0 {
            centre = random.next();
        }
        let flips = random.below(9);
        all.push(flipped(centre, flips, random));
    }
    let often = all[0];
    while all.len() < count {
        let copied = match random.below(10) {
            0 => often,
            _ => all[random.below(all.len())],
        };
        all.push(copied);
    }
    random.shuffle(&mut all);
    all
}

/// Compares lookups with a scan for several distances; a third of the queries are
/// members, a third members with flipped bits, a third strangers.
fn check_lookups(all: &[u64], distances: &[u32], queries: usize, random: &mut Random) {
    let indexes: Vec<_> = distances.iter().map(|d| (*d, index(all, *d))).collect();
    let most = *distances.iter().max().unwrap();
    let mut hits = vec![0; distances.len()];
    for query in 0..queries {
        let member = all[random.below(all.len())];
        let bits = match query % 3 {
            0 => member,
            1 => {
                let flips = random.below(most as usize + 2).min(64);
                flipped(member, flips, random)
            }
            _ => random.next(),
        };
        let near: Vec<(usize, u32)> = all
            .iter()
            .map(|other| (other ^ bits).count_ones())
            .enumerate()
            .filter(|(_, distance)| *distance <= most)
            .collect();
        for ((distance, index), hits) in indexes.iter().zip(&mut hits) {
            let scanned = near.iter().filter(|(_, away)| away <= distance);
            let scanned: Vec<usize> = scanned.map(|(at, _)| *at).collect();
            assert_eq!(
                within(index, bits),
                scanned,
                "{bits:016x} within {distance}"
            );
            *hits += scanned.len();
        }
    }
    println!(
        "{} fingerprints, {queries} queries: distances {distances:?} found {hits:?}",
        all.len()
    );
}

#[test]
fn lookups_among_a_million_random_fingerprints_equal_a_scan() {
    let mut random = Random(5);
    let all: Vec<u64> = (0..1_000_000).map(|_| random.next()).collect();
    check_lookups(&all, &[1, 3, 6], 300, &mut random);
}

#[test]
fn lookups_among_a_million_crowded_fingerprints_equal_a_scan() {
    let mut random = Random(6);
    let all = crowd(1_000_000, &mut random);
    check_lookups(&all, &[0, 3, 8], 300, &mut random);
}

/// Every distance, and sizes from none to where each has its tables.
#[test]
fn lookups_equal_a_scan_at_every_distance() {
    let mut random = Random(7);
    let every: Vec<u32> = (0..=64).collect();
    for size in [1, 2, 3, 64, 500, 3_000] {
        let all = crowd(size, &mut random);
        check_lookups(&all, &every, 30, &mut random);
    }
    let all = crowd(60_000, &mut random);
    check_lookups(&all, &[2, 4, 5, 7, 10, 14], 60, &mut random);
}

#[test]
fn pairs_equal_all_pairs() {
    let mut random = Random(8);
    for (size, distances) in [
        (4_000, &[0, 1, 2, 3, 5, 8, 12][..]),
        (90, &[0, 3, 20, 40, 63, 64]),
    ] {
        let all = crowd(size, &mut random);
        for &distance in distances {
            let mut naive = Vec::new();
            for (a, left) in all.iter().enumerate() {
                for (b, right) in all.iter().enumerate().skip(a + 1) {
                    if (left ^ right).count_ones() <= distance {
                        naive.push((a, b));
                    }
                }
            }
            let found = index(&all, distance).pairs();
            println!(
                "{size} fingerprints within {distance}: {} pairs",
                found.len()
            );
            // Not `assert_eq`: a million pairs are no message.
            assert!(found == naive, "{size} within {distance}");
        }
    }
}

/// The flipped bits may stand in any blocks: all 41,664 triples of bits.
#[test]
fn every_three_flips_are_found() {
    let mut random = Random(9);
    let centre = random.next();
    let mut all = vec![centre];
    for a in 0..64 {
        for b in 0..a {
            for c in 0..b {
                all.push(centre ^ (1 << a | 1 << b | 1 << c));
            }
        }
    }
    let index = index(&all, 3);
    assert!(within(&index, centre).into_iter().eq(0..all.len()));
    for (at, bits) in all.iter().enumerate().step_by(97) {
        assert!(within(&index, *bits).contains(&0), "{at}");
    }
}

#[test]
fn identical_pages_are_looked_at_once() {
    let all = vec![7; 100_000];
    let index = index(&all, 3);
    assert!(within(&index, 7 ^ 0b111 << 40).into_iter().eq(0..100_000));
    // Half a minute if every page were looked at each time.
    for miss in 0..100_000u64 {
        assert!(within(&index, 7 ^ (0xff << 32) ^ (miss << 48)).is_empty());
    }
}

#[test]
fn nothing_is_near_nothing() {
    let query = Fingerprint::from_bits(0);
    for pages in [&[][..], &[None], &[None, None]] {
        for distance in 0..=64 {
            let index = HammingIndex::new(pages, distance).unwrap();
            assert!(index.within(query).is_empty());
            assert!(index.pairs().is_empty());
        }
    }
    let pages = [
        None,
        Some(query),
        None,
        Some(Fingerprint::from_bits(1)),
        Some(query),
    ];
    let equal = HammingIndex::new(&pages, 0).unwrap();
    assert_eq!(equal.within(query), [1, 4]);
    assert_eq!(equal.pairs(), [(1, 4)]);
    let all = HammingIndex::new(&pages, 64).unwrap();
    assert_eq!(all.within(Fingerprint::from_bits(u64::MAX)), [1, 3, 4]);
    assert_eq!(all.pairs(), [(1, 3), (1, 4), (3, 4)]);
}

#[test]
fn distances_over_64_are_refused() {
    for distance in [65, u32::MAX] {
        let error = HammingIndex::new(&[], distance).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("distance is {distance}; it must be from 0 to 64")
        );
    }
}

#[cfg(feature = "serde")]
#[test]
fn fingerprints_travel_with_their_format() {
    let made = Fingerprint::from_bits(u64::MAX - 1);
    let written = serde_json::to_string(&made).unwrap();
    assert_eq!(written, r#"{"format":4,"bits":18446744073709551614}"#);
    assert_eq!(serde_json::from_str::<Fingerprint>(&written).unwrap(), made);
    let other = written.replace(":4,", ":1,");
    let error = serde_json::from_str::<Fingerprint>(&other).unwrap_err();
    assert!(error.to_string().starts_with(
        "format of the fingerprint is 1; it must be 4, the version this library writes"
    ));
}
