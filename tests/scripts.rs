//! Scripts written without spaces: unrelated texts have next to nothing in common,
//! editions of one work much. Figures: `cargo test --test scripts -- --nocapture`.

mod common;

use common::{records, shared_data};
use std::collections::{HashMap, HashSet};
use twicetold::block::Segmented;
use twicetold::shingle::{ShingleSet, WIDTH, shingles};
use twicetold::verify::Overlap;
use twicetold::word::{Script, WordHasher};

/// Resemblances of unrelated texts and of editions of one work, ascending. Lines
/// that stand in three works or more (headers, colophons) are left out.
fn resemblances(file: &str) -> Option<[Vec<f64>; 2]> {
    let records = records(&shared_data()?.join(file));
    let field = |at: usize, name: &str| records[at][name].as_str();
    let work = |at: usize| field(at, "cluster").or(field(at, "id")).unwrap();
    let mut stands: HashMap<&str, HashSet<&str>> = HashMap::new();
    for at in 0..records.len() {
        for line in field(at, "text").unwrap().lines() {
            stands.entry(line.trim()).or_default().insert(work(at));
        }
    }
    let sets: Vec<ShingleSet> = (0..records.len())
        .map(|at| {
            let lines = field(at, "text").unwrap().lines();
            let own: Vec<&str> = lines.filter(|line| stands[line.trim()].len() < 3).collect();
            ShingleSet::new(Segmented::new(&own.join("\n")).words(), WIDTH)
        })
        .collect();
    let mut found = [Vec::new(), Vec::new()];
    for a in 0..records.len() {
        for b in (0..a).filter(|&b| sets[a].len().min(sets[b].len()) >= 30) {
            let same = usize::from(work(a) == work(b));
            found[same].push(Overlap::of(&sets[a], &sets[b]).resemblance());
        }
    }
    for list in &mut found {
        list.sort_by(f64::total_cmp);
    }
    let at = |list: &[f64], share: f64| list[((list.len() - 1) as f64 * share) as usize];
    let [unrelated, editions] = &found;
    println!(
        "{file}: {} unrelated pairs, median {:.5}, 99 % {:.5}, most {:.3}",
        unrelated.len(),
        at(unrelated, 0.5),
        at(unrelated, 0.99),
        at(unrelated, 1.0)
    );
    if !editions.is_empty() {
        let share = |least: f64| editions.iter().filter(|figure| **figure >= least).count();
        println!(
            "  {} pairs of editions, median {:.3}; at 0.3 or more {}, 0.5 {}, 0.7 {}",
            editions.len(),
            at(editions, 0.5),
            share(0.3),
            share(0.5),
            share(0.7)
        );
    }
    Some(found)
}

#[test]
fn unrelated_texts_have_nothing_in_common() {
    for file in ["cleaner/gold.zh.jsonl.gz", "neardup/aozora.dev.jsonl.gz"] {
        if let Some([unrelated, _]) = resemblances(file) {
            let under = unrelated.iter().filter(|figure| **figure < 0.01).count();
            assert!(
                100 * under >= 99 * unrelated.len(),
                "{under} of {}",
                unrelated.len()
            );
        }
    }
}

/// Half of the pairs are old and new spelling, where hardly a window is the same;
/// the rest stays together.
#[test]
fn editions_stay_together() {
    if let Some([_, editions]) = resemblances("neardup/aozora.dev.jsonl.gz") {
        assert!(editions[editions.len() / 2] > 0.5);
    }
}

/// A default shingle of each script, in units.
#[test]
fn a_shingle_holds_the_units_of_its_script() {
    let mut hasher = WordHasher::new();
    for (unit, units) in [
        ("ferry", 5),
        ("フェリー", 5),
        ("船", 4),
        ("の", 6),
        ("ก", 12),
        ("ກ", 10),
        ("ក", 10),
        ("က", 7),
    ] {
        let words = vec![hasher.hash(unit); 40];
        assert_eq!(shingles(&words, WIDTH).len(), 40 - units + 1, "{unit}");
        // Where the window is doubled, so are the units.
        assert_eq!(
            shingles(&words, 2 * WIDTH).len(),
            40 - 2 * units + 1,
            "{unit}"
        );
    }
}

/// The blocks of each script, from both sides.
#[test]
fn scripts_begin_and_end() {
    let mut hasher = WordHasher::new();
    let mut script = |c: u32| Script::of_hash(hasher.hash(&char::from_u32(c).unwrap().to_string()));
    let blocks = [
        (Script::Thai, 0xe01, 0xe7f),
        (Script::Lao, 0xe80, 0xeff),
        (Script::Burmese, 0x1000, 0x109f),
        (Script::Khmer, 0x1780, 0x17ff),
        (Script::Thai, 0x1950, 0x19df),
        (Script::Thai, 0x1a20, 0x1aaf),
        (Script::Han, 0x2e80, 0x2fdf),
        (Script::Han, 0x3005, 0x3007),
        (Script::Han, 0x3021, 0x3029),
        (Script::Kana, 0x3041, 0x3096),
        (Script::Kana, 0x30fc, 0x30fc),
        (Script::Han, 0x3400, 0x4dbf),
        (Script::Han, 0x4e00, 0x9fff),
        (Script::Burmese, 0xa9e0, 0xa9ff),
        (Script::Burmese, 0xaa60, 0xaa7f),
        (Script::Thai, 0xaa80, 0xaadf),
        (Script::Han, 0xfa0e, 0xfa0f), // have no other form
        (Script::Han, 0x16fe0, 0x18d8f),
        (Script::Kana, 0x1b001, 0x1b11f),
        (Script::Han, 0x1b170, 0x1b2ff),
        (Script::Han, 0x20000, 0x3ffff),
    ];
    for (name, first, last) in blocks {
        assert_eq!(script(first), name, "{first:x}");
        assert_eq!(script(last), name, "{last:x}");
    }
    for outside in [
        0xdff, 0xf00, 0xfff, 0x10a0, 0x177f, 0x1800, 0x194f, 0x19e0, 0x1a1f, 0x1ab0, 0x2e7f,
        0x2fe0, 0x3004, 0x3008, 0x3020, 0x302a, 0x3040, 0x30a0, 0x30fb, 0x30fd, 0x33ff, 0x4dc0,
        0xa000, 0xa9df, 0xaa5f, 0xaae0, 0xf8ff, 0xfb00, 0x16fdf, 0x18d90, 0x1b000, 0x1b120,
        0x1b16f, 0x1b300, 0x1ffff, 0x40000,
    ] {
        assert_eq!(script(outside), Script::Spaced, "{outside:x}");
    }
}
