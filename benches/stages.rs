//! Each stage beside the obvious way to do it, in bytes of text per second where
//! not said otherwise.
//!
//! `cargo bench --bench stages`; one group with `-- words`. Read the ratios, not
//! the figures: they are taken in one run on one machine.

#[path = "../tests/common/mod.rs"]
mod common;

use common::{Random, naive_resemblance, naive_shingles};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::collections::HashMap;
use std::hint::black_box;
use twicetold::block::Segmented;
use twicetold::lsh::{Banding, Buckets, HammingIndex};
use twicetold::shingle::{ShingleSet, shingles};
use twicetold::sketch::{Fingerprint, MinHasher, Signature};
use twicetold::word::words;
use twicetold::{Deduplicator, Page, PageSketch};
use unicode_segmentation::UnicodeSegmentation;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// News-like pages: mostly ASCII, curly quotes here and there, a menu, one in five a copy.
fn corpus(pages: u64) -> Vec<String> {
    let page = |at: u64| {
        let copy_of = if at % 5 == 4 { at - 1 } else { at };
        let mut random = Random(copy_of);
        let mut text = "Home\nNews\nSport\nContact\n".to_owned();
        text += &random.article(9).replace(" ba", " “ba”");
        if copy_of != at {
            text += &Random(at).paragraph(1);
        }
        text + "\n© 2026 The Bench\n"
    };
    (0..pages).map(page).collect()
}

fn bytes(texts: &[String]) -> Throughput {
    Throughput::Bytes(texts.iter().map(|text| text.len() as u64).sum())
}

fn hashed(texts: &[String]) -> Vec<Vec<u64>> {
    texts
        .iter()
        .map(|text| Segmented::new(text).words().to_vec())
        .collect()
}

/// The same pages with accents, in Cyrillic letters, and as ideographs.
fn in_script(text: &str, letter: impl Fn(char) -> char) -> String {
    let letter = |c: char| if c.is_ascii_lowercase() { letter(c) } else { c };
    text.chars().map(letter).collect()
}

fn boundary_benches(c: &mut Criterion) {
    let ascii = corpus(100);
    let accents = |c: char| match c {
        'a' => 'á',
        'e' => 'è',
        _ => c,
    };
    let nth = |first: u32, c: char| char::from_u32(first + u32::from(c)).unwrap_or(c);
    let scripts: [(&str, Vec<String>); 4] = [
        (
            "accents",
            ascii.iter().map(|text| in_script(text, accents)).collect(),
        ),
        (
            "Cyrillic",
            ascii
                .iter()
                .map(|text| in_script(text, |c| nth(0x3cf, c)))
                .collect(),
        ),
        (
            "ideographs",
            ascii
                .iter()
                .map(|text| in_script(text, |c| nth(0x4e00, c)))
                .collect(),
        ),
        ("mostly ASCII", ascii),
    ];
    let mut group = c.benchmark_group("word boundaries");
    for (script, texts) in &scripts {
        group.throughput(bytes(texts));
        group.bench_function(format!("twicetold, {script}"), |b| {
            b.iter(|| texts.iter().map(|text| words(text).count()).sum::<usize>());
        });
        group.bench_function(format!("unicode-segmentation, {script}"), |b| {
            b.iter(|| {
                texts
                    .iter()
                    .map(|text| text.unicode_words().count())
                    .sum::<usize>()
            });
        });
    }
}

fn word_benches(c: &mut Criterion) {
    let texts = corpus(100);
    let mut group = c.benchmark_group("words, folded and hashed");
    group.throughput(bytes(&texts));
    group.bench_function("twicetold, with lines", |b| {
        b.iter(|| {
            let pages = texts.iter().map(|text| Segmented::new(text).words().len());
            pages.sum::<usize>()
        });
    });
    group.bench_function("naive: unicode_words, to_lowercase", |b| {
        b.iter(|| {
            let words = texts.iter().flat_map(|text| text.unicode_words());
            words.fold(0u64, |sum, word| {
                sum.wrapping_add(xxh3_64(word.to_lowercase().as_bytes()))
            })
        });
    });
}

fn shingle_benches(c: &mut Criterion) {
    let texts = corpus(100);
    let hashes = hashed(&texts);
    let words: Vec<Vec<&str>> = texts
        .iter()
        .map(|text| text.unicode_words().collect())
        .collect();
    let mut group = c.benchmark_group("shingles");
    group.throughput(bytes(&texts));
    group.bench_function("twicetold", |b| {
        b.iter(|| {
            let all = hashes.iter().flat_map(|words| shingles(words, 5));
            all.fold(0u64, u64::wrapping_add)
        });
    });
    group.bench_function("naive: join the words of every window", |b| {
        b.iter(|| {
            let windows = words.iter().flat_map(|words| words.windows(5));
            windows.fold(0u64, |sum, window| {
                sum.wrapping_add(xxh3_64(window.join(" ").as_bytes()))
            })
        });
    });
}

fn signature_benches(c: &mut Criterion) {
    let texts = corpus(100);
    let shingled: Vec<Vec<u64>> = hashed(&texts)
        .iter()
        .map(|words| shingles(words, 5).collect())
        .collect();
    let hasher = MinHasher::new(160, 0).unwrap();
    let mut group = c.benchmark_group("signatures");
    group.throughput(bytes(&texts));
    group.bench_function("twicetold", |b| {
        b.iter(|| {
            for shingles in &shingled {
                black_box(hasher.signature(shingles.iter().copied()));
            }
        });
    });
    group.sample_size(10);
    group.bench_function("naive: a seeded hash for every row", |b| {
        b.iter(|| {
            for shingles in &shingled {
                for row in 0..160 {
                    let hash = |shingle: &u64| xxh3_64_with_seed(&shingle.to_le_bytes(), row);
                    black_box(shingles.iter().map(hash).min());
                }
            }
        });
    });
}

fn candidate_benches(c: &mut Criterion) {
    let texts = corpus(2_000);
    let banding = Banding::for_resemblance(0.7).unwrap();
    let hasher = MinHasher::new(banding.signature_rows(), 0).unwrap();
    let signatures: Vec<Option<Signature>> = hashed(&texts)
        .iter()
        .map(|words| hasher.signature(shingles(words, 5)))
        .collect();
    let mut group = c.benchmark_group("candidates");
    group.throughput(bytes(&texts));
    group.bench_function("twicetold", |b| {
        b.iter(|| {
            Buckets::new(&signatures, banding)
                .unwrap()
                .candidate_pairs()
        });
    });
    group.bench_function("naive: a map of lists for every band", |b| {
        b.iter(|| {
            let mut pairs = Vec::new();
            for band in 0..banding.bands {
                let mut buckets: HashMap<&[u16], Vec<usize>> = HashMap::new();
                for (page, signature) in signatures.iter().enumerate() {
                    let rows = signature.as_ref().unwrap().rows();
                    let key = &rows[band * banding.rows..(band + 1) * banding.rows];
                    let bucket = buckets.entry(key).or_default();
                    pairs.extend(bucket.iter().map(|&other| (other, page)));
                    bucket.push(page);
                }
            }
            pairs.sort_unstable();
            pairs.dedup();
            pairs
        });
    });
}

/// In shingles a second, not bytes.
fn fingerprint_benches(c: &mut Criterion) {
    let sets: Vec<ShingleSet> = hashed(&corpus(100))
        .iter()
        .map(|words| ShingleSet::new(words, 5))
        .collect();
    let mut group = c.benchmark_group("fingerprints");
    let count = sets.iter().map(|set| set.len() as u64).sum();
    group.throughput(Throughput::Elements(count));
    group.bench_function("twicetold", |b| {
        b.iter(|| {
            for set in &sets {
                black_box(Fingerprint::of(set));
            }
        });
    });
    group.bench_function("naive: sixty-four counters", |b| {
        b.iter(|| {
            for set in &sets {
                let mut counts = [0i32; 64];
                for &shingle in set.as_slice() {
                    let mixed = Random(shingle).next();
                    for (bit, count) in counts.iter_mut().enumerate() {
                        *count += if mixed >> bit & 1 == 1 { 1 } else { -1 };
                    }
                }
                let bits = counts.iter().enumerate();
                black_box(bits.fold(0, |all, (bit, &count)| all | u64::from(count > 0) << bit));
            }
        });
    });
}

/// In lookups a second, among a million fingerprints.
fn hamming_benches(c: &mut Criterion) {
    let mut random = Random(1);
    let all: Vec<u64> = (0..1_000_000).map(|_| random.next()).collect();
    let pages: Vec<_> = all
        .iter()
        .map(|bits| Some(Fingerprint::from_bits(*bits)))
        .collect();
    // Every other one differs in a bit from a page, the rest are strangers.
    let queries: Vec<u64> = (0..10_000)
        .map(|at| match at % 2 {
            0 => all[random.below(all.len())] ^ 1 << (at % 64),
            _ => random.next(),
        })
        .collect();
    let index = HammingIndex::new(&pages, 3).unwrap();
    let mut group = c.benchmark_group("hamming lookups");
    group.sample_size(10);
    group.throughput(Throughput::Elements(queries.len() as u64));
    group.bench_function("twicetold", |b| {
        b.iter(|| {
            for bits in &queries {
                black_box(index.within(Fingerprint::from_bits(*bits)));
            }
        });
    });
    group.throughput(Throughput::Elements(10));
    group.bench_function("naive: a scan", |b| {
        b.iter(|| {
            for bits in &queries[..10] {
                let near = all.iter().enumerate();
                let near = near.filter(|(_, other)| (*other ^ bits).count_ones() <= 3);
                black_box(near.map(|(page, _)| page).collect::<Vec<_>>());
            }
        });
    });
}

fn whole_job_benches(c: &mut Criterion) {
    let texts = corpus(200);
    let pages: Vec<Page<'_>> = texts
        .iter()
        .map(|text| Page::new("", text).with_source("bench"))
        .collect();
    let mut group = c.benchmark_group("whole job");
    group.throughput(bytes(&texts));
    group.sample_size(10);
    group.bench_function("twicetold, cleaning included", |b| {
        b.iter(|| Deduplicator::default().run(&pages));
    });
    let deduplicator = Deduplicator::default();
    group.bench_function("twicetold, sketches only", |b| {
        b.iter(|| {
            let sketches = pages.iter().map(|page| deduplicator.sketch(page).words());
            sketches.sum::<usize>()
        });
    });
    group.bench_function("twicetold, clusters only", |b| {
        b.iter(|| {
            let sketches = pages.iter().map(|page| deduplicator.sketch(page));
            let sketches: Vec<PageSketch> = sketches.collect();
            deduplicator.clusters(&sketches, |page| texts[page].as_str().into())
        });
    });
    group.bench_function("naive: sets of strings, every pair", |b| {
        b.iter(|| {
            let sets: Vec<_> = texts.iter().map(|text| naive_shingles(text, 5)).collect();
            let mut pairs = 0;
            for a in 0..sets.len() {
                for b in 0..a {
                    pairs += usize::from(naive_resemblance(&sets[a], &sets[b]) >= 0.7);
                }
            }
            pairs
        });
    });
}

criterion_group!(
    benches,
    boundary_benches,
    word_benches,
    shingle_benches,
    signature_benches,
    candidate_benches,
    fingerprint_benches,
    hamming_benches,
    whole_job_benches
);
criterion_main!(benches);
