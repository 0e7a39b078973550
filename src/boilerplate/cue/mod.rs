//! Text cues: what stands before and after an article.
//!
//! Rules on lines of few words, by [tables](CueTable) of phrases in eight languages.
//! After 30 % of the page's prose:
//!
//! - a *terminator* ("You may also like", "Post a Comment") takes itself and what
//!   follows until prose resumes, less a heading right above that prose;
//! - an *aside* ("Read more: ...", "Share") takes itself, and what follows only
//!   where neither prose nor a sentence of eight words does;
//! - a *footer* ("Privacy Policy") takes the rest where no prose follows;
//! - a *thread*: what opens comments takes them too, prose or not, where dates or
//!   words like "Reply" stand between them;
//! - a *record list* (site / title / date, twice or more) after the last prose, with
//!   the heading that introduces it;
//! - an *orphaned heading* ("Related videos") under which nothing is left goes too.
//!
//! Before the first prose, a *menu* of short lines; at either end, a *notice* of the
//! site ("We use cookies ..."), however long.

mod folded;
mod lexicon;
mod menu;
mod opening;
mod phrase;
mod reading;
mod records;
mod table;
mod tables;
mod thread;

pub use table::CueTable;

use crate::block::{Block, Segmented};
use crate::boilerplate::prose;
use crate::error::Error;
use crate::word::WordHasher;
use folded::plain_words;
use lexicon::Lexicon;
use opening::Openings;
use phrase::{Class, Phrase, Phrases};
use reading::{Cue, Reading};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::{Arc, OnceLock};
use thread::Threads;

/// Share of the page's prose that must stand before a terminator.
const LEAST_PROSE_BEFORE: f64 = 0.3;

/// Words of a sentence that shows that the article goes on after an aside.
const SENTENCE_WORDS: usize = 8;

/// Words of the longest line that can be a cue or a heading.
const LONGEST_CUE: usize = 12;

/// What a cue of a table scores that was not measured on labelled pages: less than a
/// measured one (1), so that a caller can ask for measured ones only, and more than
/// the 0.7 from which is removed. The phrases are chosen as the English ones were, and
/// of the words those take on labelled pages 99 in 100 are boilerplate; but nobody has
/// counted what these take.
pub const UNMEASURED: f64 = 0.8;

/// What a heading scores under which nothing is left, where no table knows it: too
/// little to go. It may be the last line of a list or a signature.
pub const UNKNOWN_HEADING: f64 = 0.5;

/// Why blocks were taken for what does not belong to an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum CueRule {
    /// A phrase of a table.
    Terminator,
    /// A list of records after the last prose.
    RecordList,
    /// Comments of readers after a phrase of a table.
    Thread,
    /// A menu before the first prose.
    Menu,
    /// A paragraph that begins as the notices of sites do, at either end.
    Notice,
    /// A heading under which nothing is left.
    OrphanedHeading,
}

/// Blocks that text cues convict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    /// Indices of the blocks.
    pub blocks: Range<usize>,
    /// The rule that found it.
    pub rule: CueRule,
    /// The matched words, folded.
    pub cue: String,
    /// The table that has them, as its index in [`Cues::tables`]; `None` where figures
    /// or signs alone tell.
    pub table: Option<usize>,
}

/// Cue tables, compiled once for all pages.
#[derive(Debug, Clone, Default)]
pub struct Cues {
    tables: Vec<CueTable>,
    phrases: Phrases,
    lexicon: Lexicon,
    openings: Openings,
}

impl Cues {
    /// The [tables that come with the library](CueTable::built_in).
    pub fn built_in() -> Arc<Cues> {
        static CUES: OnceLock<Arc<Cues>> = OnceLock::new();
        let built_in = || {
            let mut cues = Cues::default();
            CueTable::built_in()
                .into_iter()
                .for_each(|table| cues.add(table));
            Arc::new(cues)
        };
        Arc::clone(CUES.get_or_init(built_in))
    }

    /// Only those of `tables`, in place of the built-in ones.
    ///
    /// # Errors
    ///
    /// As [`CueTable::validate`].
    pub fn new(tables: impl IntoIterator<Item = CueTable>) -> Result<Self, Error> {
        let mut tables = tables.into_iter();
        tables.try_fold(Cues::default(), Cues::with)
    }

    /// These and those of `table`, beside them also where its language is one of theirs.
    ///
    /// # Errors
    ///
    /// As [`CueTable::validate`].
    pub fn with(mut self, table: CueTable) -> Result<Self, Error> {
        table.validate()?;
        self.add(table);
        Ok(self)
    }

    /// The tables, in the order in which they were added.
    pub fn tables(&self) -> &[CueTable] {
        &self.tables
    }

    fn add(&mut self, table: CueTable) {
        let index = self.tables.len();
        let openings = &mut self.openings;
        let mut add = |phrase: &Phrase| openings.add_phrase(phrase);
        self.phrases.add(&table, index, &mut add);
        let mut add = |first: &str| openings.add_date(first);
        self.lexicon.add(&table, index, &mut add);
        self.tables.push(table);
    }

    /// How sure it is that a tail is not the page's own.
    pub fn score(&self, tail: &Tail) -> f64 {
        let table = tail.table.and_then(|table| self.tables.get(table));
        match table {
            None if tail.rule == CueRule::OrphanedHeading => UNKNOWN_HEADING,
            Some(table) if table.measured.is_none() => UNMEASURED,
            _ => 1.0,
        }
    }

    /// What the cues find on a page, in order and disjoint. Linear in the length of the page.
    ///
    /// ```
    /// use twicetold::block::Segmented;
    /// use twicetold::boilerplate::cue::Cues;
    ///
    /// let text = "The ferry to the outer islands stopped running on Monday after the crew \
    ///     found a crack in the hull, the company said, and nobody knows when it sails again.\n\
    ///     You may also like\nTen boats to see\n";
    /// let page = Segmented::new(text);
    /// let found = Cues::built_in().tails(&page, &page.blocks());
    /// assert_eq!((found[0].blocks.clone(), found[0].cue.as_str()), (1..3, "you may also like"));
    /// ```
    pub fn tails(&self, page: &Segmented<'_>, blocks: &[Block]) -> Vec<Tail> {
        let mut hasher = WordHasher::new();
        let mut lines: Vec<Reading<'_>> = blocks
            .iter()
            .zip(prose(page, blocks))
            .map(|(block, prose)| Reading::of(page, block, prose, self, &mut hasher))
            .collect();
        let article = |line: &Reading<'_>| line.prose && line.notice.is_none();
        let first_prose = lines.iter().position(article);
        let last_prose = lines.iter().rposition(article);
        let (Some(first_prose), Some(last_prose)) = (first_prose, last_prose) else {
            return Vec::new(); // no article, so nothing stands around it
        };
        // Notices at the ends are not the prose that a tail ends at.
        for (at, line) in lines.iter_mut().enumerate() {
            line.prose &= line.notice.is_none() || (first_prose..last_prose).contains(&at);
        }
        let mut tails = heads(&lines, first_prose);
        tails.extend(self.after(&lines, last_prose));
        tails.extend(orphan(page, blocks, &lines, &tails, last_prose));
        let contents = contents(page, blocks, &lines, &tails);
        let tails = tails.into_iter();
        tails.flat_map(|tail| tail.without(&contents)).collect()
    }

    /// What follows the article or interrupts it.
    fn after(&self, lines: &[Reading<'_>], last_prose: usize) -> Vec<Tail> {
        let prose = lines.iter().filter(|line| line.prose);
        let all: usize = prose.map(|line| line.length).sum();
        let ends = Ends::of(lines);
        let mut lists = records::record_lists(lines, last_prose + 1..lines.len())
            .into_iter()
            .peekable();
        let below = menu::menus_below(lines, last_prose);
        let mut tails: Vec<Tail> = Vec::new();
        let mut at = 0;
        let mut before = 0;
        while at < lines.len() {
            let line = &lines[at];
            let passed = |list: &Tail| list.blocks.start < at;
            while lists.next_if(passed).is_some() {}
            let after_prose = at > last_prose;
            if let Some(list) = lists.next_if(|list| list.blocks.start == at) {
                tails.push(list);
            } else if let Some(table) = line.notice.filter(|_| after_prose) {
                tails.push(Tail {
                    blocks: at..at + 1,
                    rule: CueRule::Notice,
                    cue: line.matched(),
                    table: Some(table),
                });
            } else if below[at] {
                tails.push(Tail {
                    blocks: at..lines.len(),
                    rule: CueRule::Menu,
                    cue: line.matched(),
                    table: line.menu,
                });
            } else if line.prose {
                before += line.length;
            } else if before as f64 >= LEAST_PROSE_BEFORE * all as f64
                && let Some(cue) = line.cue(after_prose)
            {
                let (end, rule) = ends.of_tail(at, cue);
                tails.push(Tail {
                    blocks: at..end,
                    rule,
                    cue: line.matched(),
                    table: cue.table,
                });
            }
            at = match tails.last() {
                Some(tail) if tail.blocks.end > at => tail.blocks.end,
                _ => at + 1,
            };
        }
        tails
    }
}

/// Whether a line only counts what a site counts: "3 comments", "5 min read".
pub(super) fn is_counter(line: &str) -> bool {
    const LONGEST_COUNTER: usize = 4;
    let more = crate::word::words(line).nth(2 * LONGEST_COUNTER);
    if more.is_some() {
        return false;
    }
    let words = plain_words(line);
    folded::units(&words) <= 2 * LONGEST_COUNTER && Cues::built_in().lexicon.is_counter(&words)
}

/// Menus and notices before the first prose.
fn heads(lines: &[Reading<'_>], first_prose: usize) -> Vec<Tail> {
    let mut heads = menu::menus(lines, first_prose);
    let known = heads.len();
    for (at, line) in lines[..first_prose].iter().enumerate() {
        let inside = |head: &Tail| head.blocks.contains(&at);
        if let Some(table) = line.notice
            && !heads[..known].iter().any(inside)
        {
            heads.push(Tail {
                blocks: at..at + 1,
                rule: CueRule::Notice,
                cue: line.matched(),
                table: Some(table),
            });
        }
    }
    heads.sort_by_key(|head| head.blocks.start);
    heads
}

/// The heading that is the last of what `tails` leave, under which something stood.
///
/// Right after prose it is orphaned; after other short lines it may be the last of a list.
fn orphan(
    page: &Segmented<'_>,
    blocks: &[Block],
    lines: &[Reading<'_>],
    tails: &[Tail],
    last_prose: usize,
) -> Option<Tail> {
    let mut end = lines.len();
    for tail in tails.iter().rev() {
        if tail.blocks.end < end {
            break;
        }
        end = tail.blocks.start;
    }
    let last = end.checked_sub(1).filter(|&last| last > last_prose)?;
    // All that are known at once: one a round would take as many rounds as there are.
    let known = lines[last_prose + 1..end].iter().rev();
    let known = known.take_while(|line| line.heading.is_some()).count();
    let cut = || page.text()[blocks[last].span.end..].trim();
    // "(With files from the agencies)" is none.
    let bracket = page.block_text(&blocks[last]).starts_with(['(', '[', '（']);
    let heading = lines[last].is_heading() && !bracket;
    let unknown = last == last_prose + 1 && heading && !cut().is_empty();
    let first = end - known.max(usize::from(unknown));
    (first < end).then(|| Tail {
        blocks: first..end,
        rule: CueRule::OrphanedHeading,
        cue: lines[first].matched(),
        table: lines[first].heading,
    })
}

/// Where tails end, by the block that opens them.
struct Ends {
    /// The next block of prose after each block.
    prose: Vec<usize>,
    /// The next block of prose, or sentence of eight words.
    sentence: Vec<usize>,
    /// Which blocks could be headings.
    heading: Vec<bool>,
    threads: Threads,
}

impl Ends {
    fn of(lines: &[Reading<'_>]) -> Self {
        let next = |ends: &dyn Fn(&Reading<'_>) -> bool| {
            let mut next = vec![lines.len(); lines.len()];
            for at in (1..lines.len()).rev() {
                next[at - 1] = if ends(&lines[at]) { at } else { next[at] };
            }
            next
        };
        Ends {
            prose: next(&|line| line.prose),
            sentence: next(&|line| line.prose || line.sentence && line.length >= SENTENCE_WORDS),
            heading: lines.iter().map(Reading::is_heading).collect(),
            threads: Threads::of(lines),
        }
    }

    /// One past the tail that a cue at `at` opens, and by which rule.
    fn of_tail(&self, at: usize, cue: Cue) -> (usize, CueRule) {
        let whole = self.heading.len();
        let rule = CueRule::Terminator;
        match cue.class {
            Class::Aside if self.sentence[at] < whole => (at + 1, rule),
            Class::Comments if self.prose[at] < whole => match self.threads.after(at) {
                Some(end) if end > self.prose[at] => (self.resumes(end - 1), CueRule::Thread),
                _ => (self.resumes(at), rule),
            },
            Class::Terminator if self.prose[at] < whole => (self.resumes(at), rule),
            _ => (whole, rule),
        }
    }

    /// Where prose resumes after `at`; a heading right above it belongs to it.
    fn resumes(&self, at: usize) -> usize {
        let resumes = self.prose[at];
        match resumes < self.heading.len() && resumes - 1 > at && self.heading[resumes - 1] {
            true => resumes - 1,
            false => resumes,
        }
    }
}

/// Blocks in tails that say what a heading of the article says: a table of contents that
/// stands in a menu or below the article, and is its own.
///
/// On the development set of lines a third of the content words that tails took stood in such tables.
fn contents(
    page: &Segmented<'_>,
    blocks: &[Block],
    lines: &[Reading<'_>],
    tails: &[Tail],
) -> Vec<bool> {
    let mut in_tail = vec![false; blocks.len()];
    for tail in tails {
        // The cue itself goes, whatever the article's headings are.
        in_tail[tail.blocks.start + 1..tail.blocks.end].fill(true);
    }
    let prose = |at: usize| lines.get(at).is_some_and(|line| line.prose);
    let headings: HashSet<&[u64]> = (0..blocks.len())
        .filter(|&at| !in_tail[at] && !prose(at) && prose(at + 1))
        .map(|at| page.block_words(&blocks[at]))
        .filter(|words| !words.is_empty())
        .collect();
    let mut contents = in_tail;
    for (own, block) in contents.iter_mut().zip(blocks) {
        *own = *own && headings.contains(page.block_words(block));
    }
    contents
}

impl Tail {
    /// The tail in pieces, without the blocks that `spared` marks.
    fn without(self, spared: &[bool]) -> Vec<Tail> {
        let mut pieces: Vec<Tail> = Vec::new();
        for at in self.blocks.clone().filter(|&at| !spared[at]) {
            match pieces.last_mut() {
                Some(piece) if piece.blocks.end == at => piece.blocks.end += 1,
                _ => pieces.push(Tail {
                    blocks: at..at + 1,
                    ..self.clone()
                }),
            }
        }
        pieces
    }
}
