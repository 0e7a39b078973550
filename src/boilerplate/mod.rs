//! What a site adds: template by frequency, tails and menus by text cues.
//!
//! - [`template`]: blocks that stand on many pages of one source, counted over
//!   clusters of pages so that copies of an article are not taken for template.
//! - [`cue`]: lines that end an article ("You may also like") and what hangs
//!   on them, in eight languages or a caller's; lists of records; menus.
//! - [`citation`]: marks like "Reuters4" glued to the end of sentences.

pub mod citation;
pub mod cue;
pub mod markup;
pub mod template;

use crate::block::{Block, Segmented, ends_sentence};

/// Words that make a block prose, where it ends a sentence.
pub const PROSE_WORDS: usize = 25;

/// Words of sentences in a row that make them prose, however short each is.
const PROSE_RUN_WORDS: usize = 100;

/// Least words of a sentence of such a run, on average; menus and slogans are shorter.
const PROSE_RUN_SENTENCE: usize = 9;

/// Which blocks read like prose: 25 words or more that end a sentence, or part
/// of a run of 100 words or more of sentences of 9 words or more on average, in
/// which at most single headings stand between.
pub fn prose(page: &Segmented<'_>, blocks: &[Block]) -> Vec<bool> {
    let sentence: Vec<bool> = blocks
        .iter()
        .map(|block| ends_sentence(&page.block_text(block)))
        .collect();
    let mut prose: Vec<bool> = blocks
        .iter()
        .zip(&sentence)
        .map(|(block, sentence)| *sentence && block.words.len() >= PROSE_WORDS)
        .collect();
    let mut start = 0;
    while start < blocks.len() {
        let mut end = start;
        while end < blocks.len()
            && (sentence[end]
                || end > start && sentence.get(end + 1) == Some(&true) && sentence[end - 1])
        {
            end += 1;
        }
        let words = |only: bool| -> usize {
            (start..end)
                .filter(|&at| sentence[at] == only)
                .map(|at| blocks[at].words.len())
                .sum()
        };
        let sentences = (start..end).filter(|&at| sentence[at]).count();
        if words(true) >= PROSE_RUN_WORDS.max(PROSE_RUN_SENTENCE * sentences)
            && words(true) >= 3 * words(false)
        {
            prose[start..end].fill(true);
        }
        start = end + 1;
    }
    prose
}
