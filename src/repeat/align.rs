//! Words that two texts have in common, in order.

use std::cell::RefCell;

/// Pairs of equal words of `a` and `b`, in order on both sides, as many as there can
/// be: a longest common subsequence. Where there are several, a walk from the front chooses: it passes over a word
/// of `a` before one of `b`.
///
/// O((|a| + |b|) · ⌈|b| / 64⌉ + (|a| + |b|) · log |b|): one word of bits stands for 64 cells of a row of the table
/// (Hyyrö, *Bit-parallel LCS-length computation revisited*, 2004), and the rows are kept for the way back.
pub(super) fn common(a: &[u64], b: &[u64]) -> Vec<(usize, usize)> {
    let (head, mid_a, mid_b, tail) = trimmed(a, b);
    let mut pairs: Vec<(usize, usize)> = (0..head).map(|at| (at, at)).collect();
    with_table(|table| table.walk(mid_a, mid_b, |x, y| pairs.push((head + x, head + y))));
    let (end_a, end_b) = (a.len() - tail, b.len() - tail);
    pairs.extend((0..tail).map(|at| (end_a + at, end_b + at)));
    pairs
}

/// How many pairs [`common`] finds.
pub(super) fn common_len(a: &[u64], b: &[u64]) -> usize {
    let (head, mid_a, mid_b, tail) = trimmed(a, b);
    head + tail + with_table(|table| table.fill(mid_a, mid_b))
}

/// How many words the two begin with alike, what is left between, and how many of that they end with alike.
fn trimmed<'t>(a: &'t [u64], b: &'t [u64]) -> (usize, &'t [u64], &'t [u64], usize) {
    let same = |(a, b): &(&u64, &u64)| a == b;
    let head = a.iter().zip(b).take_while(same).count();
    let (a, b) = (&a[head..], &b[head..]);
    let tail = a.iter().rev().zip(b.iter().rev());
    let tail = tail.take_while(same).count();
    (head, &a[..a.len() - tail], &b[..b.len() - tail], tail)
}

/// The table of this thread is used again, with its memory.
fn with_table<R>(act: impl FnOnce(&mut Table) -> R) -> R {
    thread_local! {
        static TABLE: RefCell<Table> = RefCell::default();
    }
    let mut table = TABLE.take();
    let done = act(&mut table);
    TABLE.set(table);
    done
}

/// The table of lengths, its rows as bits: with `L(x, y)` the pairs that `a[x..]` and `b[y..]` have, a bit of row `x` is
/// 0 where `L(x, y)` is one more than `L(x, y + 1)`. `b` is written from its end, so that bit 0 stands for its last word.
#[derive(Debug, Default)]
struct Table {
    /// Words of bits in a row.
    width: usize,
    /// The row under the last word of `a` that `b` has, then those above it.
    rows: Vec<u64>,
    /// The words of `a` that `b` has too, from its end.
    matched: Vec<usize>,
    /// The words of `b`, sorted, and where each stands from the end: where a row is more than one word of bits.
    places: Vec<(u64, usize)>,
    /// The bits at which a word of `a` stands in `b`.
    hits: Vec<u64>,
}

impl Table {
    /// Writes all rows; how many pairs the two have.
    fn fill(&mut self, a: &[u64], b: &[u64]) -> usize {
        self.matched.clear();
        self.rows.clear();
        if a.is_empty() || b.is_empty() {
            return 0;
        }
        self.width = b.len().div_ceil(64);
        self.rows.resize(self.width, u64::MAX);
        self.hits.clear();
        self.hits.resize(self.width, 0);
        self.places.clear();
        if self.width > 1 {
            let from_end = b.iter().rev().copied();
            self.places.extend(from_end.zip(0..));
            self.places.sort_unstable();
        }
        for (x, word) in a.iter().enumerate().rev() {
            if !self.find(*word, b) {
                // Its row is the one under it.
                continue;
            }
            let under = self.rows.len() - self.width;
            let mut carry = false;
            for at in 0..self.width {
                let row = self.rows[under + at];
                let both = row & self.hits[at];
                let (sum, over) = row.overflowing_add(both);
                let (sum, again) = sum.overflowing_add(carry.into());
                carry = over | again;
                self.rows.push(sum | row & !both);
            }
            self.matched.push(x);
        }
        let last = &self.rows[self.rows.len() - self.width..];
        ones_missing(last, b.len())
    }

    /// Sets the bits at which `word` stands in `b`; whether there is one.
    fn find(&mut self, word: u64, b: &[u64]) -> bool {
        if let [hits] = &mut self.hits[..] {
            let from_end = b.iter().rev().zip(0..);
            *hits = from_end.fold(0, |hits, (known, y)| hits | u64::from(*known == word) << y);
            return *hits != 0;
        }
        let first = self.places.partition_point(|(known, _)| *known < word);
        let its = self.places[first..].iter();
        let mut its = its.take_while(|(known, _)| *known == word).peekable();
        let any = its.peek().is_some();
        if any {
            self.hits.fill(0);
            its.for_each(|(_, y)| self.hits[y / 64] |= 1 << (y % 64));
        }
        any
    }

    /// Hands each pair of the longest common subsequence to `take`, in order.
    fn walk(&mut self, a: &[u64], b: &[u64], mut take: impl FnMut(usize, usize)) {
        let mut left = self.fill(a, b);
        let mut y = 0;
        let mut at = self.matched.len();
        // Words of `a` that `b` has not are passed over at once: without them as many pairs are left.
        while left > 0 {
            at -= 1;
            let x = self.matched[at];
            let under = &self.rows[at * self.width..(at + 1) * self.width];
            let row = &self.rows[(at + 1) * self.width..(at + 2) * self.width];
            let mut without = ones_missing(under, b.len() - y);
            // As long as the word of `a` is needed, words of `b` are passed over to where it stands.
            while a[x] != b[y] && without < left {
                let bit = b.len() - 1 - y;
                let one_less = |row: &[u64]| usize::from(row[bit / 64] >> (bit % 64) & 1 == 0);
                left -= one_less(row);
                without -= one_less(under);
                y += 1;
            }
            if a[x] == b[y] {
                take(x, y);
                let bit = b.len() - 1 - y;
                y += 1;
                left = without - usize::from(under[bit / 64] >> (bit % 64) & 1 == 0);
            } else {
                left = without;
            }
        }
    }
}

/// How many of the first `bits` of a row are 0.
fn ones_missing(row: &[u64], bits: usize) -> usize {
    let whole: u32 = row[..bits / 64].iter().map(|word| word.count_zeros()).sum();
    let rest = match bits % 64 {
        0 => 0,
        some => (row[bits / 64] | u64::MAX << some).count_zeros(),
    };
    (whole + rest) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same by the definition: the whole table of lengths, and the way through it.
    fn by_the_table(a: &[u64], b: &[u64]) -> Vec<(usize, usize)> {
        let width = b.len() + 1;
        let mut longest = vec![0u32; (a.len() + 1) * width];
        for x in (0..a.len()).rev() {
            for y in (0..b.len()).rev() {
                longest[x * width + y] = match a[x] == b[y] {
                    true => longest[(x + 1) * width + y + 1] + 1,
                    false => longest[(x + 1) * width + y].max(longest[x * width + y + 1]),
                };
            }
        }
        let (mut x, mut y) = (0, 0);
        let mut pairs = Vec::new();
        while x < a.len() && y < b.len() {
            if a[x] == b[y] {
                pairs.push((x, y));
                (x, y) = (x + 1, y + 1);
            } else if longest[(x + 1) * width + y] >= longest[x * width + y + 1] {
                x += 1;
            } else {
                y += 1;
            }
        }
        pairs
    }

    proptest! {
        #[test]
        fn rows_of_bits_find_what_the_table_finds(
            a in proptest::collection::vec(0..12u64, 0..200), b in proptest::collection::vec(0..12u64, 0..200), rare in 1..60u64,
        ) {
            // From many equal words to hardly any.
            let spread = |words: &[u64], salt: u64| -> Vec<u64> {
                words.iter().zip(0..).map(|(word, at)| word + 12 * (crate::mix::mix(at ^ salt) % rare)).collect()
            };
            let (a, b) = (spread(&a, 1), spread(&b, 2));
            let (_, a, b, _) = trimmed(&a, &b);
            let mut found = Vec::new();
            with_table(|table| table.walk(a, b, |x, y| found.push((x, y))));
            prop_assert_eq!(&found, &by_the_table(a, b));
            prop_assert_eq!(found.len(), common_len(a, b));
        }
    }
}
