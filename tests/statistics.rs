//! Sketches as statistics: no bias, at most the variance of a share of independent rows,
//! rows that tell nothing of each other, the S-curve, and hashes that do not
//! collide more than chance. On random *and* on structured input.
//!
//! Seeds are fixed and no bound was tuned: each follows from a distribution and an
//! error stated beside it. `--nocapture` prints the figures.

mod common;

use common::{Random, Tails, naive_resemblance, naive_shingles};
use std::collections::BTreeSet;
use twicetold::block::Segmented;
use twicetold::lsh::{Banding, Buckets};
use twicetold::shingle::{WIDTH, shingles};
use twicetold::sketch::MinHasher;
use twicetold::word::WordHasher;

/// Rows of a signature by default.
const ROWS: usize = 160;

/// Error of a two-sided 5σ bound: 2·Q(5).
const FIVE_SIGMA: f64 = 5.733e-7;

/// Two lists of shingles.
type Pair = (Vec<u64>, Vec<u64>);

/// `size` shingles each, of which `common` are in both; the shingles are those that
/// `shingle` gives, in turn.
fn overlapping(size: usize, common: usize, shingle: impl FnMut() -> u64) -> Pair {
    let all: Vec<u64> = std::iter::repeat_with(shingle)
        .take(2 * size - common)
        .collect();
    (all[..size].to_vec(), all[size - common..].to_vec())
}

/// Shingles in both of two sets of `size`, for a resemblance near `wanted`.
fn common_for(size: usize, wanted: f64) -> usize {
    (2.0 * wanted / (1.0 + wanted) * size as f64).round() as usize
}

/// Resemblance of two sets of `size` that have `common` in both.
fn exact(size: usize, common: usize) -> f64 {
    common as f64 / (2 * size - common) as f64
}

/// Pairs that make 0.13 five standard errors of the variance ratio: with four, one of
/// the 80 cells here would leave the bounds by chance for one seed in 200.
///
/// The ratio is the mean of (X − J)² / v over the pairs, where X is the share of
/// *k* rows that agree and v = J(1−J)/k. One term has variance 2 + e, where e =
/// (1 − 6J(1−J)) / (kJ(1−J)) is the excess kurtosis of a binomial.
fn pairs_for(resemblance: f64) -> usize {
    let v = resemblance * (1.0 - resemblance);
    let excess = (1.0 - 6.0 * v) / (ROWS as f64 * v);
    ((5.0f64 / 0.13).powi(2) * (2.0 + excess)).ceil() as usize
}

/// Makes pairs of resemblance J, and holds their signatures to every law of *k*
/// rows that agree with probability J. The scheme draws rows without replacement where it can, so
/// the variance may be less than that of independent rows, and any two rows may agree
/// together less often; neither may be more.
fn obey(name: &str, resemblance: f64, tails: &Tails, mut pair: impl FnMut() -> Pair) {
    let pairs = pairs_for(resemblance);
    let hasher = MinHasher::new(ROWS, 0).unwrap();
    // Bit p of agree[r]: whether row r agrees in pair p.
    let mut agree = vec![vec![0u64; pairs.div_ceil(64)]; ROWS];
    let (mut sum, mut squares) = (0.0, 0.0);
    for p in 0..pairs {
        let (left, right) = pair();
        if p < 20 {
            let sets = [&left, &right].map(BTreeSet::from_iter);
            assert_eq!(naive_resemblance(&sets[0], &sets[1]), resemblance);
        }
        let [left, right] = [left, right].map(|shingles| hasher.signature(shingles).unwrap());
        for (r, (a, b)) in left.rows().iter().zip(right.rows()).enumerate() {
            agree[r][p / 64] |= u64::from(a == b) << (p % 64);
        }
        let error = left.resemblance(&right).unwrap() - resemblance;
        sum += error;
        squares += error * error;
    }

    // No bias: the mean error has a standard error of √(v / pairs).
    let variance = resemblance * (1.0 - resemblance) / ROWS as f64;
    let bias = sum / pairs as f64;
    let bias_sigmas = bias / (variance / pairs as f64).sqrt();
    let ratio = squares / pairs as f64 / variance;

    // Each row agrees in Binomial(pairs, J) pairs; the error is shared by the rows.
    let ones = |bits: &[u64]| {
        bits.iter()
            .map(|word| word.count_ones() as usize)
            .sum::<usize>()
    };
    let counts: Vec<usize> = agree.iter().map(|bits| ones(bits)).collect();
    let row_sigma = (pairs as f64 * resemblance * (1.0 - resemblance)).sqrt();
    let (mut row_tail, mut row_z) = (1.0f64, 0.0f64);
    for &count in &counts {
        row_tail = row_tail.min(2.0 * tails.binomial(pairs, resemblance, count));
        row_z = row_z.max((count as f64 - pairs as f64 * resemblance).abs() / row_sigma);
    }

    // Two rows that know nothing of each other agree together in as many pairs as
    // two random subsets overlap (given how often each agrees): Fisher's exact test.
    let (mut both_tail, mut both_z, mut correlations) = (1.0f64, 0.0f64, 0.0);
    for r in 0..ROWS {
        for s in 0..r {
            let both = agree[r].iter().zip(&agree[s]);
            let both = both.map(|(a, b)| (a & b).count_ones() as usize).sum();
            let (a, b, n) = (counts[r] as f64, counts[s] as f64, pairs as f64);
            let correlation = (both as f64 - a * b / n) / (a * (n - a) * b * (n - b)).sqrt() * n;
            let tail = 2.0 * tails.overlap(pairs, counts[r], counts[s], both);
            both_tail = both_tail.min(tail);
            both_z = both_z.max(correlation.abs() * n.sqrt());
            correlations += correlation;
        }
    }
    let comparisons = (ROWS * (ROWS - 1) / 2) as f64;
    let mean = correlations / comparisons;
    // Correlations of different pairs of rows are themselves uncorrelated.
    let mean_sigmas = mean * (comparisons * pairs as f64).sqrt();

    println!(
        "{name}, resemblance {resemblance:.4}, {pairs} pairs: bias {bias:+.5} ({bias_sigmas:+.1}σ), \
         variance ratio {ratio:.3}; rows: max |z| {row_z:.2} (p {:.1e}); \
         pairs of rows: max |z| {both_z:.2} (p {:.1e}), mean correlation {mean:+.5} ({mean_sigmas:+.1}σ)",
        (row_tail * ROWS as f64).min(1.0),
        (both_tail * comparisons).min(1.0),
    );
    assert!(bias_sigmas.abs() < 5.0, "{name}: bias {bias_sigmas}σ");
    assert!(ratio < 1.13, "{name}: variance {ratio}");
    assert!(
        row_tail * ROWS as f64 >= FIVE_SIGMA,
        "{name}: a row, {row_z}σ"
    );
    assert!(
        both_tail * comparisons >= FIVE_SIGMA,
        "{name}: two rows, {both_z}σ"
    );
    assert!(mean_sigmas < 5.0, "{name}: all rows, {mean_sigmas}σ");
}

/// Runs `obey` for sets of `size` at every resemblance near those wanted, short of 0
/// and 1; `shingle` gives shingle number n.
fn obey_at(name: &str, size: usize, wanted: &[f64], mut shingle: impl FnMut(u64) -> u64) {
    let tails = Tails::new(5_000);
    let mut counts: Vec<usize> = wanted.iter().map(|j| common_for(size, *j)).collect();
    counts.retain(|common| (1..size).contains(common));
    counts.dedup();
    for common in counts {
        let mut next = 0;
        let name = format!("{name}, size {size}");
        obey(&name, exact(size, common), &tails, || {
            overlapping(size, common, || {
                next += 1;
                shingle(next - 1)
            })
        });
    }
}

/// The tails of the bounds, against every outcome counted.
#[test]
fn tails_are_exact() {
    const N: usize = 12;
    let tails = Tails::new(N);
    let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
    let side = |k: usize, mean: f64, x: usize| if (k as f64) < mean { x <= k } else { x >= k };
    for p in [0.0f64, 0.03, 0.5, 0.9, 1.0] {
        for k in 0..=N {
            let outcome = |bits: u32| {
                let x = bits.count_ones();
                (
                    x as usize,
                    p.powi(x as i32) * (1.0 - p).powi((N as u32 - x) as i32),
                )
            };
            let outcomes = (0..1 << N).map(outcome);
            let right = outcomes.filter(|(x, _)| side(k, N as f64 * p, *x));
            let sum = right.map(|(_, probability)| probability).sum();
            // With p of 0 or 1 the count is certain; any other is impossible.
            let certain = (p == 0.0 || p == 1.0) && k as f64 != N as f64 * p;
            let sum = if certain { 0.0 } else { sum };
            assert!(near(tails.binomial(N, p, k), sum), "{p} {k}");
        }
    }
    for (a, b) in [(1usize, 1usize), (3, 7), (6, 6), (10, 9), (12, 5)] {
        for k in (a + b).saturating_sub(N)..=a.min(b) {
            let subsets = (0u32..1 << N).filter(|bits| bits.count_ones() as usize == b);
            let overlaps: Vec<usize> = subsets
                .map(|bits| (bits & ((1 << a) - 1)).count_ones() as usize)
                .collect();
            let mean = (a * b) as f64 / N as f64;
            let right = overlaps.iter().filter(|x| side(k, mean, **x)).count();
            let share = right as f64 / overlaps.len() as f64;
            assert!(near(tails.overlap(N, a, b, k), share), "{a} {b} {k}");
        }
    }
}

#[test]
fn signatures_estimate_resemblance() {
    let mut random = Random(7);
    let wanted = [0.1, 0.3, 0.5, 0.7, 0.9, 0.98];
    for size in [5, 20, 50, 150, 500, 2_000] {
        obey_at("random", size, &wanted, |_| random.next());
    }
    obey_at("random", 10_000, &[0.1, 0.9], |_| random.next());
}

/// Shingles that a hash of no quality would leave in line.
#[test]
fn signatures_estimate_resemblance_of_structured_sets() {
    const PREFIX: u64 = 0x5eed_cafe_0000_0000;
    let wanted = [0.2, 0.5, 0.9];
    for size in [20, 200, 1_000] {
        obey_at("counter", size, &wanted, |n| n);
        obey_at("counter << 32", size, &wanted, |n| n << 32);
        obey_at("shared prefix", size, &wanted, |n| PREFIX | n);
        obey_at("even steps", size, &wanted, |n| n * 0x1_0000);
    }
    // 16 bits are enough for sets of this size only.
    obey_at("counter << 48", 10, &wanted, |n| {
        assert!(n < 1 << 16);
        n << 48
    });
}

/// Texts of 60 words, and the same with one letter changed in 1 to 8 words: each
/// spoils the five shingles it stands in.
#[test]
fn signatures_estimate_resemblance_of_edited_texts() {
    const WORDS: usize = 60;
    let tails = Tails::new(5_000);
    let mut random = Random(23);
    for edits in [1, 3, 8] {
        let (all, spoiled) = (WORDS + 1 - WIDTH, WIDTH * edits);
        let resemblance = exact(all, all - spoiled);
        let shingled = |text: &str| shingles(Segmented::new(text).words(), WIDTH).collect();
        let name = format!("texts with {edits} letters changed");
        obey(&name, resemblance, &tails, || {
            loop {
                let (left, right) = edited(&mut random, WORDS, edits);
                let sets = [&left, &right].map(|text| naive_shingles(text, WIDTH));
                // A shingle that stands twice in a text makes it another resemblance.
                if naive_resemblance(&sets[0], &sets[1]) == resemblance {
                    return (shingled(&left), shingled(&right));
                }
            }
        });
    }
}

/// A text, and the same with one letter changed in `edits` words, no two of which
/// share a shingle with each other or stand near an end.
fn edited(random: &mut Random, count: usize, edits: usize) -> (String, String) {
    let mut words = random.words(count);
    let left = words.join(" ") + ".";
    // Five to seven words apart, with four before the first and after the last.
    let mut places: Vec<usize> = (WIDTH - 1..count - WIDTH).step_by(WIDTH + 1).collect();
    random.shuffle(&mut places);
    for place in &places[..edits] {
        let word = &mut words[place + random.below(2)];
        let letter = random.below(word.len());
        let old = word.as_bytes()[letter];
        let new = b'a' + (old - b'a' + 1 + random.below(25) as u8) % 26;
        word.replace_range(letter..=letter, &char::from(new).to_string());
    }
    (left, words.join(" ") + ".")
}

#[test]
fn equal_sets_have_equal_signatures() {
    let hasher = MinHasher::new(ROWS, 0).unwrap();
    let mut random = Random(3);
    for size in [1, 2, 5, 20, 50, 150, 500, 2_000, 10_000] {
        for _ in 0..10 {
            let mut set: Vec<u64> = (0..size).map(|_| random.next()).collect();
            let once = hasher.signature(set.iter().copied()).unwrap();
            set.extend_from_within(..size / 2); // what is repeated counts once
            random.shuffle(&mut set);
            let again = hasher.signature(set).unwrap();
            assert_eq!(once, again);
            assert_eq!(once.resemblance(&again).unwrap(), 1.0);
        }
    }
}

/// Rows of disjoint sets agree only where 15 bits of two minima are the same, and the tier:
/// of n shingles a row is of the first with probability 1 − (1 − 1/k)ⁿ.
#[test]
fn rows_of_disjoint_sets_agree_where_fifteen_bits_do() {
    let tails = Tails::new(1_000 * ROWS);
    let hasher = MinHasher::new(ROWS, 0).unwrap();
    let mut random = Random(5);
    for size in [1, 5, 20, 50, 150, 500, 2_000, 10_000] {
        for structured in [false, true] {
            let (mut agree, mut next, pairs) = (0, 0, 1_000_000 / size.max(1_000));
            for _ in 0..pairs {
                let (left, right) = overlapping(size, 0, || {
                    next += 1;
                    if structured { next } else { random.next() }
                });
                let [left, right] = [left, right].map(|set| hasher.signature(set).unwrap());
                agree += left
                    .rows()
                    .iter()
                    .zip(right.rows())
                    .filter(|(a, b)| a == b)
                    .count();
            }
            let first = 1.0 - (1.0 - 1.0 / ROWS as f64).powi(size as i32);
            let same_tier = first * first + (1.0 - first) * (1.0 - first);
            let expected = same_tier / 2f64.powi(15);
            let tail = tails.binomial(pairs * ROWS, expected, agree);
            println!(
                "disjoint, size {size}: {agree} of {} rows agree",
                pairs * ROWS
            );
            assert!(tail >= FIVE_SIGMA / 16.0, "size {size}: {agree} rows agree");
        }
    }
}

/// The pairs that meet in a bucket are Binomial(pairs, 1 − (1 − sʳ)ᵇ) in number.
#[test]
fn the_search_follows_its_curve() {
    const PAIRS: usize = 4_000;
    const SIZE: usize = 200;
    /// That any of all the cells is out of its bounds by chance.
    const ERROR: f64 = 1e-6;
    let wanted = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];
    let bandings = [(32, 5), (53, 3), (22, 7), (14, 11)].map(|(b, r)| Banding::new(b, r).unwrap());
    let cells = (2 * wanted.len() * bandings.len()) as f64;
    let tails = Tails::new(PAIRS);
    let hasher = MinHasher::new(ROWS, 0).unwrap();
    let mut random = Random(11);
    for structured in [false, true] {
        println!("{}", if structured { "counters" } else { "random" });
        for wanted in wanted {
            let common = common_for(SIZE, wanted);
            let exact = exact(SIZE, common);
            let (mut signatures, mut next) = (Vec::new(), 0);
            for _ in 0..PAIRS {
                let (left, right) = overlapping(SIZE, common, || {
                    next += 1;
                    if structured { next } else { random.next() }
                });
                signatures.push(hasher.signature(left));
                signatures.push(hasher.signature(right));
            }
            for banding in bandings {
                let pairs = Buckets::new(&signatures, banding)
                    .unwrap()
                    .candidate_pairs();
                let partners = pairs.iter().filter(|(a, b)| a % 2 == 0 && *b == a + 1);
                let met = partners.count();
                let probability = banding.probability(exact);
                let tail = 2.0 * tails.binomial(PAIRS, probability, met);
                println!(
                    "{} × {}, resemblance {exact:.3}: met {met}, expected {:.2} (p {:.1e})",
                    banding.bands,
                    banding.rows,
                    probability * PAIRS as f64,
                    tail.min(1.0),
                );
                assert!(tail >= ERROR / cells, "{banding:?} at {exact}: met {met}");
                // 3.2e7 pairs of strangers agree in one of 53 bands of three rows with a
                // probability of 53/2⁴⁵: 5e-5 meet.
                assert!(
                    pairs.len() - met <= 1,
                    "{banding:?} at {exact}: strangers meet"
                );
            }
        }
    }
}

/// All 102,400,000 sequences of five words over a vocabulary of forty, by the
/// library's own path. 800 MB and 8 seconds; run it with
///
/// ```text
/// cargo test --release --test statistics hundred_million -- --ignored --nocapture
/// ```
///
/// Of C(n, 2) pairs of a random function into 2ᵇ values, C(n, 2) / 2ᵇ collide, and
/// as these events are independent by pairs that is (nearly) the variance too: 3e-4 in
/// 64 bits, so none; 1,220,703 ± 1,105 in either half.
#[test]
#[ignore = "800 MB"]
fn a_hundred_million_shingles_collide_no_more_than_chance() {
    const VOCABULARY: usize = 40;
    let mut hasher = WordHasher::new();
    let mut random = Random(13);
    let mut vocabulary = BTreeSet::new();
    while vocabulary.len() < VOCABULARY {
        vocabulary.insert(random.word());
    }
    let words: Vec<u64> = vocabulary.iter().map(|word| hasher.hash(word)).collect();
    let total = VOCABULARY.pow(WIDTH as u32);
    let mut all: Vec<u64> = Vec::with_capacity(total);
    for number in 0..total {
        let at = |place: u32| number / VOCABULARY.pow(place) % VOCABULARY;
        let sequence = [4, 3, 2, 1, 0].map(|place| words[at(place)]);
        all.extend(shingles(&sequence, WIDTH));
    }
    assert_eq!(all.len(), total);

    // Sorted by the whole, the values are sorted by their upper half; turned round,
    // by the lower one.
    let collisions = |all: &[u64], shift: u32| -> u64 {
        let runs = all.chunk_by(|a, b| a >> shift == b >> shift);
        runs.map(|run| (run.len() * (run.len() - 1) / 2) as u64)
            .sum()
    };
    all.sort_unstable();
    let whole = collisions(&all, 0);
    let upper = collisions(&all, 32);
    all.iter_mut()
        .for_each(|shingle| *shingle = shingle.rotate_left(32));
    all.sort_unstable();
    let lower = collisions(&all, 32);

    let expected = (total as f64) * (total as f64 - 1.0) / 2f64.powi(33);
    let z = |found: u64| (found as f64 - expected) / expected.sqrt();
    println!(
        "{total} shingles: {whole} collisions in 64 bits; {expected:.0} expected in 32: \
         upper half {upper} ({:+.2}σ), lower half {lower} ({:+.2}σ)",
        z(upper),
        z(lower),
    );
    assert_eq!(whole, 0);
    assert!(z(upper).abs() < 5.0 && z(lower).abs() < 5.0);
}
