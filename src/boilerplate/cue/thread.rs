//! The comments of readers: prose that is not the article's.
//!
//! A line that opens comments ("3 comments") takes what follows only until prose
//! resumes, and comments are prose. What parts them is a date, or a word like "Reply",
//! again and again: three of these, each at most a few blocks after the one before,
//! make a thread, and it goes down to the last of them.

use super::reading::Reading;

/// Marks of the shortest thread.
const LEAST_MARKS: usize = 3;

/// Blocks between two marks of a thread: a name, and a comment of a few paragraphs.
const LONGEST_COMMENT: usize = 8;

/// The marks of all threads.
pub(super) struct Threads(Vec<Mark>);

struct Mark {
    at: usize,
    /// Marks of its thread from here on.
    left: usize,
    /// One past the last comment of its thread.
    end: usize,
}

impl Threads {
    /// Linear in the number of blocks.
    pub(super) fn of(lines: &[Reading<'_>]) -> Self {
        let mark = |at: &usize| lines[*at].reply.is_some() || lines[*at].date.is_some();
        let marks: Vec<usize> = (0..lines.len()).filter(mark).collect();
        let threads = marks.chunk_by(|a, b| b - a <= LONGEST_COMMENT);
        let marks = threads.flat_map(|thread| {
            let last = thread[thread.len() - 1];
            // Where a date opens each comment, the last one's text is still to come.
            let open = lines[last].date.is_some() && lines.get(last + 1).is_some_and(|l| l.prose);
            let end = last + 1 + usize::from(open);
            let left = (1..=thread.len()).rev();
            let marks = thread.iter().zip(left);
            marks.map(move |(&at, left)| Mark { at, left, end })
        });
        Threads(marks.collect())
    }

    /// One past the thread that begins right after `at`.
    pub(super) fn after(&self, at: usize) -> Option<usize> {
        let next = self.0.partition_point(|mark| mark.at <= at);
        let mark = self.0.get(next)?;
        (mark.at - at <= LONGEST_COMMENT && mark.left >= LEAST_MARKS).then_some(mark.end)
    }
}
