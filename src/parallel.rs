//! Work on many items at once, where the feature is on.

use std::ops::Range;

/// Numbers below `count` in stretches of `len`, for what is better done many in a row.
pub(crate) fn stretches(count: usize, len: usize) -> Vec<Range<usize>> {
    let firsts = (0..count).step_by(len);
    firsts.map(|first| first..count.min(first + len)).collect()
}

/// How many of the next things are in work at once: of `most` bytes together, unless the first alone has more.
/// However many threads there are, they hold no more than these.
pub(crate) fn fitting(bytes: impl Iterator<Item = u64>, most: u64) -> usize {
    let sums = bytes.scan(0_u64, |sum, bytes| {
        *sum = sum.saturating_add(bytes);
        Some(*sum)
    });
    sums.take_while(|sum| *sum <= most).count().max(1)
}

/// Maps in parallel where the feature is on, always in order.
pub(crate) fn map<T: Sync, U: Send>(items: &[T], f: impl Fn(&T) -> U + Sync + Send) -> Vec<U> {
    #[cfg(feature = "parallel")]
    {
        use rayon::prelude::*;
        items.par_iter().map(f).collect()
    }
    #[cfg(not(feature = "parallel"))]
    {
        items.iter().map(f).collect()
    }
}

/// As [`map`], for items that are used up: each is freed as soon as it is done.
pub(crate) fn map_owned<T: Send, U: Send>(
    items: Vec<T>,
    f: impl Fn(T) -> U + Sync + Send,
) -> Vec<U> {
    #[cfg(feature = "parallel")]
    {
        use rayon::prelude::*;
        items.into_par_iter().map(f).collect()
    }
    #[cfg(not(feature = "parallel"))]
    {
        items.into_iter().map(f).collect()
    }
}

/// As [`map`], of what may fail: the first error, of whichever thread.
pub(crate) fn try_map<T: Sync, U: Send, E: Send>(
    items: &[T],
    f: impl Fn(&T) -> Result<U, E> + Sync + Send,
) -> Result<Vec<U>, E> {
    #[cfg(feature = "parallel")]
    {
        use rayon::prelude::*;
        items.par_iter().map(f).collect()
    }
    #[cfg(not(feature = "parallel"))]
    {
        items.iter().map(f).collect()
    }
}

/// As [`map_owned`], of what may fail.
pub(crate) fn try_map_owned<T: Send, U: Send, E: Send>(
    items: Vec<T>,
    f: impl Fn(T) -> Result<U, E> + Sync + Send,
) -> Result<Vec<U>, E> {
    #[cfg(feature = "parallel")]
    {
        use rayon::prelude::*;
        items.into_par_iter().map(f).collect()
    }
    #[cfg(not(feature = "parallel"))]
    {
        items.into_iter().map(f).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::fitting;

    #[test]
    fn no_more_is_in_work_than_fits() {
        let fits = |bytes: &[u64]| fitting(bytes.iter().copied(), 10);
        assert_eq!(fits(&[5, 5, 1]), 2);
        assert_eq!(fits(&[5, 6]), 1);
        assert_eq!(fits(&[11, 1]), 1);
        assert_eq!(fits(&[0, 10, 0, 0]), 4);
        assert_eq!(fits(&[u64::MAX, u64::MAX]), 1);
    }
}
