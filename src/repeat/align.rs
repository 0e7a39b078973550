//! Words that two texts have in common, in order.

/// Pairs of equal words of `a` and `b`, in order on both sides, as many as there can
/// be: a longest common subsequence, by the definition. O(|a| · |b|); for the few words
/// between two equal stretches.
pub(crate) fn common(a: &[u64], b: &[u64]) -> Vec<(usize, usize)> {
    let same = |(a, b): &(&u64, &u64)| a == b;
    let head = a.iter().zip(b).take_while(same).count();
    let (rest_a, rest_b) = (&a[head..], &b[head..]);
    let tail = rest_a
        .iter()
        .rev()
        .zip(rest_b.iter().rev())
        .take_while(same)
        .count();
    let (mid_a, mid_b) = (
        &rest_a[..rest_a.len() - tail],
        &rest_b[..rest_b.len() - tail],
    );
    let mut pairs: Vec<(usize, usize)> = (0..head).map(|at| (at, at)).collect();
    pairs.extend(
        table(mid_a, mid_b)
            .into_iter()
            .map(|(x, y)| (head + x, head + y)),
    );
    let (end_a, end_b) = (a.len() - tail, b.len() - tail);
    pairs.extend((0..tail).map(|at| (end_a + at, end_b + at)));
    pairs
}

/// The same by the whole table.
fn table(a: &[u64], b: &[u64]) -> Vec<(usize, usize)> {
    if a.is_empty() || b.is_empty() {
        return Vec::new();
    }
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
