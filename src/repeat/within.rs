//! Blocks that repeat earlier ones of their page.

use super::{Flat, RepeatRule, Size, Unit, resemblance};
use crate::mix::{key_of, mix};
use crate::places::{Places, Seen};
use crate::shingle::{LEAST_WORDS, ShingleSet, WIDTH, shingles, windows};
use crate::verify::Overlap;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

/// One block that repeats an earlier one which stays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Repeat {
    /// The block to take out.
    pub copy: usize,
    /// The block that stays; before `copy`, and no repeat itself.
    pub kept: usize,
    /// Their exact resemblance: 1 where the folded words are equal.
    pub resemblance: f64,
}

/// Most earlier members of its class that a block is paired with, the latest
/// first. A page of 100,000 equal lines stays linear.
const MOST_SEEDS: usize = 64;

/// Pages of up to so many blocks pair each block with [`MOST_SEEDS`] earlier ones. Longer pages pair it with fewer, in
/// proportion, and with [`LEAST_SEEDS`] at least.
const MANY_UNITS: usize = 2_048;
const LEAST_SEEDS: usize = 4;

/// Blocks between a run and a shorter repeated piece that still touches it.
const TOUCH: usize = 1;

/// The blocks of a page that repeat earlier ones, in order.
///
/// ```
/// use twicetold::repeat::{RepeatRule, Unit, repeats};
///
/// let body: Vec<Vec<u64>> = (0..4).map(|b| (0..40).map(|w| b * 100 + w).collect()).collect();
/// let page: Vec<Unit> = [0, 1, 2, 3, 1, 2, 3] // the body twice, but for its first block
///     .map(|b: usize| Unit { words: &body[b], sign: 0, chars: 150, sentence: true })
///     .to_vec();
/// let found = repeats(&page, &RepeatRule::DEFAULT);
/// let pairs: Vec<_> = found.iter().map(|repeat| (repeat.copy, repeat.kept)).collect();
/// assert_eq!(pairs, [(4, 1), (5, 2), (6, 3)]);
/// ```
///
/// O(n · 64) pairs of blocks at most (131,072 or 4 n, whichever is more, if a page has more than 2,048 blocks), plus the lengths of the runs, and for near
/// equality the comparison with at most 64 earlier blocks for each block.
pub fn repeats(units: &[Unit<'_>], rule: &RepeatRule) -> Vec<Repeat> {
    repeats_in(&Flat::new(units), rule)
}

/// As [`repeats`], of units whose words are in a row already.
pub(crate) fn repeats_in(page: &Flat<'_>, rule: &RepeatRule) -> Vec<Repeat> {
    let units = page.units;
    let meet = match may_repeat(page, rule) {
        Alike::No => return Vec::new(),
        Alike::Equal => vec![false; units.len()],
        Alike::Near => units_that_meet(units, rule),
    };
    let classes = classes(units, &meet, rule);
    if all_differ(&classes) {
        return Vec::new();
    }
    let worded = |at: usize| !units[at].words.is_empty();
    // Units without words are runs of their own, so that braces do not tie the
    // lines of a program together; in prose they are part of the run around them.
    let mut runs = runs(&classes, |a, b| worded(a) == worded(b));
    let mixed = self::runs(&classes, |_, _| true).into_iter();
    runs.extend(mixed.filter(|run| {
        let range = run.copy.clone();
        range.clone().any(worded) && !range.clone().all(worded) && is_prose(&units[range])
    }));
    let twins = select(units, &classes, runs, rule);
    let leader = leaders(&classes);
    // The unit that stays for each: a twin stands before its copy, so what it
    // comes to is already known.
    let mut stays: Vec<usize> = Vec::with_capacity(units.len());
    for (at, twin) in twins.iter().enumerate() {
        stays.push(twin.map_or(at, |twin| stays[twin]));
    }
    let mut found: Vec<Repeat> = (0..units.len())
        .filter(|&at| twins[at].is_some())
        .filter_map(|copy| {
            let overlap = |other: usize| resemblance(units[copy].words, units[other].words);
            // Near equality is measured against the first of a kind, so a twin
            // that is not the first is checked before it is named.
            let class = classes[copy].expect("only units with a class repeat");
            let (kept, resemblance) = [stays[copy], leader[class]]
                .into_iter()
                .map(|other| (other, overlap(other)))
                .find(|(_, resemblance)| *resemblance >= rule.near_resemblance)?;
            Some(Repeat {
                copy,
                kept,
                resemblance,
            })
        })
        .collect();
    found.sort_unstable_by_key(|repeat| repeat.copy);
    found
}

/// Whether at least half of the words stand in units that end a sentence.
fn is_prose(units: &[Unit<'_>]) -> bool {
    let words = |unit: &Unit<'_>| unit.words.len();
    let sentences: usize = units.iter().filter(|unit| unit.sentence).map(words).sum();
    2 * sentences >= units.iter().map(words).sum()
}

/// Numbers equal units alike, in order of first appearance; `None` for those that
/// equal nothing. Near equality is looked for among those that `meet`.
fn classes(units: &[Unit<'_>], meet: &[bool], rule: &RepeatRule) -> Vec<Option<usize>> {
    // By their keys; the first unit of each is compared, so that one key does not stand for two.
    let mut exact: HashMap<u64, (usize, usize), Places> =
        HashMap::with_capacity_and_hasher(units.len(), Places::default());
    let mut near = NearIndex::default();
    let mut next = 0;
    let mut class_of = |at: usize| {
        let unit = &units[at];
        if unit.words.is_empty() && unit.sign == 0 {
            return None;
        }
        let key = key(unit);
        let is_same = |other: &Unit<'_>| {
            other.words == unit.words && (!unit.words.is_empty() || other.sign == unit.sign)
        };
        let known = exact.get(&key).filter(|known| is_same(&units[known.0]));
        if let Some((_, class)) = known {
            return Some(*class);
        }
        let similar = match meet[at] {
            true => near.find_or_add(unit, next, rule.near_resemblance),
            false => None,
        };
        let class = similar.unwrap_or(next);
        next += usize::from(class == next);
        exact.insert(key, (at, class));
        Some(class)
    };
    (0..units.len()).map(&mut class_of).collect()
}

/// Equal units have the same.
fn key(unit: &Unit<'_>) -> u64 {
    match unit.words {
        [] => mix(unit.sign),
        words => key_of(words.iter().copied()),
    }
}

/// How two units of a page may be alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alike {
    No,
    /// Equal at most.
    Equal,
    Near,
}

/// Whether two units may be equal or near-equal. Most pages say nothing twice, and are done here: of 10,013 of
/// news 9,719, and 291 do.
fn may_repeat(page: &Flat<'_>, rule: &RepeatRule) -> Alike {
    let mut keys = Vec::new();
    let mut near = 0;
    for (at, unit) in page.units.iter().enumerate() {
        let len = unit.words.len();
        // What is shorter than a window is near-equal only where it is equal.
        let Some(last) = len.checked_sub(LEAST_WORDS) else {
            if len > 0 || unit.sign != 0 {
                keys.push(key(unit));
            }
            continue;
        };
        let all = windows(unit.words, WIDTH);
        // What shares a window has all its words.
        let shared = page.again_in(at, all);
        if page.again_in(at, last + 1) == last + 1 {
            keys.push(key(unit));
        }
        let may_be_near = shared as f64 / all as f64 >= rule.near_resemblance;
        near += usize::from(len >= rule.near_words && may_be_near);
    }
    keys.sort_unstable();
    match () {
        () if near > 1 => Alike::Near,
        () if keys.windows(2).any(|pair| pair[0] == pair[1]) => Alike::Equal,
        () => Alike::No,
    }
}

/// Which units may be near-equal to another: those of which a shingle of the [prefix](prefix_len) stands
/// in the prefix of another.
fn units_that_meet(units: &[Unit<'_>], rule: &RepeatRule) -> Vec<bool> {
    let mut meet = vec![false; units.len()];
    let mut least = Vec::new();
    let words = units.iter().map(|unit| unit.words.len());
    let mut prefixes: Vec<(u64, usize)> = Vec::with_capacity(words.sum::<usize>() / 8);
    for (at, unit) in units.iter().enumerate() {
        if unit.words.len() >= rule.near_words {
            least_of(unit.words, rule.near_resemblance, &mut least);
            prefixes.extend(least.iter().map(|shingle| (*shingle, at)));
        }
    }
    let mut first = Seen::with_capacity(prefixes.len());
    for (shingle, at) in prefixes {
        if let Some(&mut other) = first.see(shingle, at) {
            (meet[at], meet[other]) = (true, true);
        }
    }
    meet
}

/// Puts the prefix of the shingles of `words`, or more of the least of them, into `least`.
///
/// Only shingles under a bound are sorted: there are nearly always enough.
fn least_of(words: &[u64], resemblance: f64, least: &mut Vec<u64>) {
    let shingles = shingles(words, WIDTH);
    let all = shingles.len();
    // There may be fewer different ones, and then the prefix is no longer.
    let most = prefix_len(all, resemblance);
    let bound = match most + 2 * most.isqrt() + 3 {
        some if some < all => u64::MAX / all as u64 * some as u64,
        _ => u64::MAX,
    };
    least.clear();
    shingles.for_each(|shingle| {
        if shingle <= bound {
            least.push(shingle);
        }
    });
    least.sort_unstable();
    least.dedup();
    if least.len() < most && bound < u64::MAX {
        least.clear();
        least.extend_from_slice(ShingleSet::new(words, WIDTH).as_slice());
    }
    least.truncate(most);
}

/// How many of `len` shingles, from the least on, are looked at: sets of a resemblance of at least *t*
/// share one of their |A| − ⌈t·|A|⌉ + 1 least (prefix filtering: Bayardo, Ma and Srikant, *Scaling
/// up all pairs similarity search*, 2007, section 3).
fn prefix_len(len: usize, resemblance: f64) -> usize {
    let must_share = (resemblance * len as f64).ceil() as usize;
    (len.saturating_sub(must_share) + 1).min(len)
}

/// Finds an earlier class leader of high resemblance, exactly; only [prefixes](prefix_len) are indexed
/// and looked up.
#[derive(Default)]
struct NearIndex {
    leaders: Vec<(ShingleSet, usize)>,
    by_shingle: HashMap<u64, Vec<usize>, Places>,
}

impl NearIndex {
    fn find_or_add(&mut self, unit: &Unit<'_>, class: usize, least: f64) -> Option<usize> {
        let set = ShingleSet::new(unit.words, WIDTH);
        let prefix = &set.as_slice()[..prefix_len(set.len(), least)];
        let mut met: Vec<usize> = prefix
            .iter()
            .filter_map(|shingle| self.by_shingle.get(shingle))
            .flatten()
            .copied()
            .collect();
        met.sort_unstable();
        met.dedup();
        met.truncate(MOST_SEEDS);
        let best = met
            .into_iter()
            .map(|leader| {
                let (other, class) = &self.leaders[leader];
                (Overlap::of(&set, other).resemblance(), *class)
            })
            .filter(|(resemblance, _)| *resemblance >= least)
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        if let Some((_, class)) = best {
            return Some(class);
        }
        let leader = self.leaders.len();
        for shingle in prefix {
            let leaders = self.by_shingle.entry(*shingle).or_default();
            if leaders.len() < MOST_SEEDS {
                leaders.push(leader);
            }
        }
        self.leaders.push((set, class));
        None
    }
}

/// Whether no class has two members.
fn all_differ(classes: &[Option<usize>]) -> bool {
    let different = classes.iter().flatten().max().map_or(0, |last| last + 1);
    classes.iter().flatten().count() == different
}

/// First member of each class.
fn leaders(classes: &[Option<usize>]) -> Vec<usize> {
    let mut leaders = Vec::new();
    for (at, class) in classes.iter().enumerate() {
        if *class == Some(leaders.len()) {
            leaders.push(at);
        }
    }
    leaders
}

/// A stretch of blocks that equals the stretch `distance` before it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    copy: Range<usize>,
    distance: usize,
}

/// Every maximal run that pairs a block with one of the [`MOST_SEEDS`] members of its class before it; of a page of
/// more than [`MANY_UNITS`] blocks with fewer.
///
/// `together` tells whether two units of the copy may be in one run.
fn runs(classes: &[Option<usize>], together: impl Fn(usize, usize) -> bool) -> Vec<Run> {
    let mut members: Vec<Vec<usize>> = Vec::new();
    for (at, class) in classes.iter().enumerate() {
        if let Some(class) = *class {
            if class == members.len() {
                members.push(Vec::new());
            }
            members[class].push(at);
        }
    }
    // Which member of its class each unit is.
    let mut nth = vec![0; classes.len()];
    for members in &members {
        members
            .iter()
            .enumerate()
            .for_each(|(at, &unit)| nth[unit] = at);
    }
    let most = MOST_SEEDS * MANY_UNITS / classes.len().max(MANY_UNITS);
    let most = most.max(LEAST_SEEDS);
    let mut seeds: Vec<(usize, usize)> = Vec::new();
    for members in &members {
        for (at, &later) in members.iter().enumerate().skip(1) {
            // One that goes on from a seed is in the run of that.
            let goes_on = |earlier: usize| {
                earlier > 0
                    && classes[later - 1].is_some()
                    && classes[later - 1] == classes[earlier - 1]
                    && nth[later - 1] - nth[earlier - 1] <= most
                    && together(later - 1, later)
            };
            let near = members[at.saturating_sub(most)..at].iter();
            let near = near.filter(|earlier| !goes_on(**earlier));
            seeds.extend(near.map(|earlier| (later - earlier, later)));
        }
    }
    seeds.sort_unstable();
    let mut runs: Vec<Run> = Vec::new();
    for (distance, later) in seeds {
        if runs
            .last()
            .is_some_and(|run| run.distance == distance && run.copy.contains(&later))
        {
            continue;
        }
        let equal = |at: usize| {
            classes[at].is_some() && classes[at] == classes[at - distance] && together(at, later)
        };
        let mut start = later;
        while start > distance && equal(start - 1) {
            start -= 1;
        }
        let mut end = later + 1;
        while end < classes.len() && equal(end) {
            end += 1;
        }
        runs.push(Run {
            copy: start..end,
            distance,
        });
    }
    runs
}

/// For each unit, the earlier unit whose copy it is, longest run first.
fn select(
    units: &[Unit<'_>],
    classes: &[Option<usize>],
    runs: Vec<Run>,
    rule: &RepeatRule,
) -> Vec<Option<usize>> {
    // The last run that a class was seen in, and its place among the classes of that.
    let mut seen: Vec<(usize, usize)> = vec![(usize::MAX, 0); units.len()];
    let mut words: Vec<usize> = Vec::new();
    let mut weighed: Vec<(Size, usize, Run)> = runs
        .into_iter()
        .enumerate()
        .map(|(nth, run)| {
            words.clear();
            for at in run.copy.clone().filter(|at| !units[*at].words.is_empty()) {
                let (class, its) = (
                    classes[at].expect("a run is of units with a class"),
                    units[at].words.len(),
                );
                match seen[class] {
                    (run, place) if run == nth => words[place] = words[place].min(its),
                    _ => {
                        seen[class] = (nth, words.len());
                        words.push(its);
                    }
                }
            }
            let extents = units[run.copy.clone()].iter().map(Unit::extent);
            let (size, words) = Size::of_distinct(&words, extents, rule);
            (size, words, run)
        })
        .collect();
    weighed.sort_by_key(|(_, words, run)| (Reverse(*words), run.copy.start, run.distance));
    let mut twin: Vec<Option<usize>> = vec![None; units.len()];
    let take = |twin: &mut Vec<Option<usize>>, run: &Run| {
        for at in run.copy.clone() {
            twin[at].get_or_insert(at - run.distance);
        }
    };
    let of = |wanted: Size| {
        let sized = weighed.iter().filter(move |(size, ..)| *size == wanted);
        sized.map(|(.., run)| run)
    };
    of(Size::Run).for_each(|run| take(&mut twin, run));
    of(Size::Block).for_each(|run| take(&mut twin, run));
    let mut long: HashMap<usize, Vec<Range<usize>>> = HashMap::new();
    for run in of(Size::Run) {
        long.entry(run.distance).or_default().push(run.copy.clone());
    }
    for copies in long.values_mut() {
        copies.sort_unstable_by_key(|copy| copy.start);
        let mut reach = 0; // a run may lie inside another
        for copy in copies {
            reach = reach.max(copy.end);
            copy.end = reach;
        }
    }
    for run in of(Size::Short).filter(|run| touches(run, &long)) {
        take(&mut twin, run);
    }
    twin
}

/// Whether a short run lies beside a long one, and what it repeats beside what
/// that one repeats. `long` has the copies of long runs by distance, in order,
/// each with the furthest end so far.
fn touches(short: &Run, long: &HashMap<usize, Vec<Range<usize>>>) -> bool {
    let near = short.distance.saturating_sub(TOUCH)..=short.distance + TOUCH;
    near.filter_map(|distance| long.get(&distance))
        .any(|copies| {
            let begun = copies.partition_point(|copy| copy.start <= short.copy.end + TOUCH);
            begun > 0 && short.copy.start <= copies[begun - 1].end + TOUCH
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Blocks of few texts, from `least` words on, of one script or several, some words of them replaced.
    fn blocks(least: u64) -> impl Strategy<Value = Vec<Vec<u64>>> {
        let edits = proptest::collection::vec((0..60usize, 0..9u64), 0..4);
        let block = (0..4u64, least..60, edits).prop_map(|(text, len, edits)| {
            let word = |at| crate::mix::mix(text << 32 | at) >> (3 * (text & 1));
            let mut words: Vec<u64> = (0..len).map(word).collect();
            for (at, word) in edits {
                words[at % len as usize] = word;
            }
            words
        });
        proptest::collection::vec(block, 0..12)
    }

    fn nearness() -> impl Strategy<Value = f64> {
        prop_oneof![Just(0.9), 0.51..=1.0f64]
    }

    fn units(words: &[Vec<u64>]) -> Vec<Unit<'_>> {
        let unit = |words| Unit {
            words,
            sign: 0,
            chars: 100,
            sentence: true,
        };
        words.iter().map(|words| unit(words)).collect()
    }

    proptest! {
        /// What is passed over equals nothing.
        #[test]
        fn units_that_do_not_meet_are_alone(words in blocks(18), near_resemblance in nearness()) {
            let units = units(&words);
            let rule = RepeatRule { near_resemblance, ..RepeatRule::DEFAULT };
            let meet = units_that_meet(&units, &rule);
            let long: Vec<bool> = words.iter().map(|words| words.len() >= rule.near_words).collect();
            prop_assert_eq!(classes(&units, &meet, &rule), classes(&units, &long, &rule));
        }

        /// A page that is done at once has no two units alike, long or short, in words that weigh more or less.
        #[test]
        fn pages_that_are_passed_over_repeat_nothing(
            words in blocks(1), near_resemblance in nearness(), near_words in 1..25usize,
        ) {
            let units = units(&words);
            let rule = RepeatRule { near_resemblance, near_words, ..RepeatRule::DEFAULT };
            let long: Vec<bool> = words.iter().map(|words| words.len() >= near_words).collect();
            let classes = |meet: &[bool]| classes(&units, meet, &rule);
            match may_repeat(&Flat::new(&units), &rule) {
                Alike::No => prop_assert!(all_differ(&classes(&long))),
                Alike::Equal => prop_assert_eq!(classes(&vec![false; units.len()]), classes(&long)),
                Alike::Near => {}
            }
        }

        /// The prefix of a set is among what is looked at for it, however often its shingles come up
        /// and however many they are.
        #[test]
        fn the_least_are_those_of_the_sorted_set(
            words in proptest::collection::vec(prop_oneof![0..6u64, any::<u64>()], 1..900),
            resemblance in 0.51..=1.0f64,
        ) {
            let set = ShingleSet::new(&words, WIDTH);
            let mut least = Vec::new();
            least_of(&words, resemblance, &mut least);
            prop_assert!(least.len() >= prefix_len(set.len(), resemblance));
            prop_assert_eq!(&least[..], &set.as_slice()[..least.len()]);
        }
    }
}
