//! Text cues: what stands after the end of an article.
//!
//! Rules on lines of few words, never on prose, after 30 % of the page's prose:
//!
//! - a *terminator* ("You may also like", "Post a Comment") takes itself and what
//!   follows until prose resumes, less a heading right above that prose;
//! - an *aside* ("Read more: ...", "Share") takes itself, and what follows only
//!   where neither prose nor a sentence of eight words does;
//! - a *footer* ("Privacy Policy") takes the rest where no prose follows;
//! - a *record list* (site / title / date, twice or more) after the last prose;
//! - a *heading* that introduces a record list goes with it.

use crate::block::{Block, Segmented, breaks_off, ends_sentence};
use crate::boilerplate::cue_table::{CALENDAR, COUNTED, ENGLISH, FILLERS, RECORD_SITES, UNITS};
use crate::boilerplate::prose;
use crate::word::{WordHasher, words};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

/// Share of the page's prose that must stand before a terminator.
const LEAST_PROSE_BEFORE: f64 = 0.3;

/// Words of a sentence that shows that the article goes on after an aside.
const SENTENCE_WORDS: usize = 8;

/// Words of the longest line that can be a cue or a heading.
const LONGEST_CUE: usize = 12;

/// Why blocks were taken for what follows an article.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum CueRule {
    /// A phrase of a table.
    Terminator,
    /// A list of records after the last prose.
    RecordList,
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
}

/// The tails of a page, in order and disjoint. Linear in the length of the page.
///
/// ```
/// use twicetold::block::Segmented;
/// use twicetold::boilerplate::cue::tails;
///
/// let text = "The ferry to the outer islands stopped running on Monday after the crew found a \
///     crack in the hull, the company said, and nobody knows when it will sail again.\n\
///     You may also like\nTen boats to see\n";
/// let page = Segmented::new(text);
/// let found = tails(&page, &page.blocks());
/// assert_eq!((found[0].blocks.clone(), found[0].cue.as_str()), (1..3, "you may also like"));
/// ```
pub fn tails(page: &Segmented<'_>, blocks: &[Block]) -> Vec<Tail> {
    let lines: Vec<Reading> = blocks
        .iter()
        .zip(prose(page, blocks))
        .map(|(block, prose)| Reading::of(page, block, prose))
        .collect();
    let Some(last_prose) = lines.iter().rposition(|line| line.prose) else {
        return Vec::new(); // no article, so nothing stands after it
    };
    let prose = lines.iter().filter(|line| line.prose);
    let all: usize = prose.map(|line| line.length).sum();
    let ends = Ends::of(&lines);
    let mut lists = record_lists(&lines, last_prose + 1..blocks.len())
        .into_iter()
        .peekable();
    let mut tails: Vec<Tail> = Vec::new();
    let mut at = 0;
    let mut before = 0;
    while at < blocks.len() {
        let line = &lines[at];
        let passed = |list: &Tail| list.blocks.start < at;
        while lists.next_if(passed).is_some() {}
        if let Some(list) = lists.next_if(|list| list.blocks.start == at) {
            tails.push(list);
        } else if line.prose {
            before += line.length;
        } else if before as f64 >= LEAST_PROSE_BEFORE * all as f64
            && let Some(class) = line.cue(at > last_prose)
        {
            tails.push(Tail {
                blocks: at..ends.of_tail(at, class),
                rule: CueRule::Terminator,
                cue: line.matched(),
            });
        }
        at = match tails.last() {
            Some(tail) if tail.blocks.end > at => tail.blocks.end,
            _ => at + 1,
        };
    }
    tails
}

/// Where tails end, by the block that opens them.
struct Ends {
    /// The next block of prose after each block.
    prose: Vec<usize>,
    /// The next block of prose, or sentence of eight words.
    sentence: Vec<usize>,
    /// Which blocks could be headings.
    heading: Vec<bool>,
}

impl Ends {
    fn of(lines: &[Reading]) -> Self {
        let next = |ends: &dyn Fn(&Reading) -> bool| {
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
        }
    }

    /// One past the tail that a cue at `at` opens.
    fn of_tail(&self, at: usize, class: Class) -> usize {
        let whole = self.heading.len();
        match class {
            Class::Aside if self.sentence[at] < whole => at + 1,
            // A heading right above the prose that resumes belongs to it.
            Class::Terminator if self.prose[at] < whole => {
                let resumes = self.prose[at];
                match resumes - 1 > at && self.heading[resumes - 1] {
                    true => resumes - 1,
                    false => resumes,
                }
            }
            _ => whole,
        }
    }
}

/// What a block is to the cue rules.
struct Reading {
    /// Folded words of the first line, where it is short.
    words: Vec<String>,
    /// Whether that line could be a cue.
    label: bool,
    /// Words of the block.
    length: usize,
    prose: bool,
    sentence: bool,
    /// Whether it ends in one full stop, as sentences do and titles do not.
    full_stop: bool,
    /// Whether it is the name of a site that heads records.
    site: bool,
    copyright: bool,
}

impl Reading {
    fn of(page: &Segmented<'_>, block: &Block, prose: bool) -> Self {
        let text = block.span.of(page.text());
        let first = &page.lines()[block.lines.start];
        let sentence = ends_sentence(text);
        let mut folded = Vec::new();
        let line = first.span.of(page.text());
        if first.words.len() <= LONGEST_CUE {
            let mut hasher = WordHasher::new();
            folded.extend(words(line).map(|word| hasher.fold(word.of(line)).to_owned()));
        }
        let site = matches!(&folded[..], [one] if RECORD_SITES.contains(&one.as_str()));
        let full_stop = sentence && text.trim_end().ends_with('.') && !breaks_off(text);
        Reading {
            label: !folded.is_empty() && !full_stop && is_label(line),
            full_stop,
            site,
            words: folded,
            length: block.words.len(),
            prose: prose && !breaks_off(text),
            sentence,
            copyright: text.starts_with('©'),
        }
    }

    /// Which list of phrases this line is in; footers only count where no prose follows.
    fn cue(&self, after_prose: bool) -> Option<Class> {
        if after_prose && self.copyright {
            return Some(Class::Footer);
        }
        if !self.label {
            return None;
        }
        let first = self.words.first()?;
        let number = is_number(first).then_some("#");
        let phrases = phrases();
        [Some(first.as_str()), number]
            .into_iter()
            .flatten()
            .filter_map(|key| phrases.get(key))
            .flatten()
            .find(|phrase| {
                (after_prose || phrase.class != Class::Footer) && phrase.matches(&self.words)
            })
            .map(|phrase| phrase.class)
    }

    /// The words of the line, as they were matched.
    fn matched(&self) -> String {
        match self.copyright {
            true => "©".to_owned(),
            false => self.words.join(" "),
        }
    }

    /// Whether the line is nothing but a date or an age.
    fn is_date(&self) -> bool {
        let words = &self.words;
        if words.is_empty() || words.len() > 8 {
            return false;
        }
        let number = |word: &String| is_number(word) || is_ordinal(word);
        let calendar = |word: &String| CALENDAR.contains(&word.as_str());
        let unit = |word: &String| UNITS.contains(&word.as_str());
        let filler = |word: &String| FILLERS.contains(&word.as_str());
        let numbers = words.iter().filter(|word| number(word)).count();
        if numbers == words.len() {
            let dotted = words.len() == 1 && words[0].matches('.').count() == 2;
            let value = |word: &String| word.parse().unwrap_or(u32::MAX);
            let year = |word: &String| (1900..2100).contains(&value(word));
            let years = words.iter().filter(|word| year(word)).count();
            let small = words.iter().filter(|word| value(word) <= 31).count();
            return dotted || years == 1 && small == 2 && words.len() == 3;
        }
        let is_age = ["ago", "yesterday", "today"];
        let age = words.iter().any(|word| is_age.contains(&word.as_str()));
        words
            .iter()
            .all(|word| number(word) || calendar(word) || filler(word) || age && unit(word))
            && (age || numbers > 0 && words.iter().any(calendar))
    }

    fn is_heading(&self) -> bool {
        (1..=LONGEST_CUE).contains(&self.words.len()) && !self.sentence
    }
}

/// Whether a line only counts what a site counts: "3 comments", "5 min read".
pub(super) fn is_counter(line: &str) -> bool {
    let mut hasher = WordHasher::new();
    let words = words(line)
        .take(5)
        .map(|word| hasher.fold(word.of(line)).to_owned());
    let words: Vec<String> = words.collect();
    let counted = |word: &String| COUNTED.contains(&word.as_str());
    let known = |word: &String| is_number(word) || counted(word) || UNITS.contains(&word.as_str());
    words.len() <= 4 && words.iter().any(counted) && words.iter().all(known)
}

/// Whether a line could be a label: no code, no quotation of a mail, no word in
/// the middle of a sentence.
fn is_label(line: &str) -> bool {
    let line = line.trim();
    let first = line.chars().find(|c| c.is_alphanumeric());
    !first.is_some_and(char::is_lowercase)
        && !line.starts_with("> ")
        && !line.starts_with(['\'', '"', '#', '$', '-'])
        && !line.contains(['=', '{', '}', ';', '_', '`', '\\', '<'])
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_digit() || ".,".contains(c))
}

fn is_ordinal(word: &str) -> bool {
    let digits = word.trim_end_matches(char::is_alphabetic);
    !digits.is_empty()
        && is_number(digits)
        && matches!(&word[digits.len()..], "st" | "nd" | "rd" | "th")
}

/// The lists of records among the blocks of `range`, each with the heading before it.
///
/// A record is a title and a date, or a site's name, a title and a date; short
/// and no full sentence. Two or more of two to four blocks each make a list,
/// where nothing but a cue or another list follows; those that begin with a
/// site's name always do.
fn record_lists(lines: &[Reading], range: Range<usize>) -> Vec<Tail> {
    let dates: Vec<usize> = range.clone().filter(|&at| lines[at].is_date()).collect();
    let listed = |records: &Range<usize>| {
        let mut blocks = lines[records.clone()].iter();
        blocks.all(|line| line.length <= LONGEST_TITLE && !line.full_stop)
    };
    let mut lists: Vec<(Range<usize>, bool)> = Vec::new();
    let mut take = |records: Range<usize>, site: bool| match lists.last_mut() {
        Some((list, by_site)) if records.start <= list.end => {
            list.end = list.end.max(records.end);
            *by_site |= site;
        }
        _ => lists.push((records, site)),
    };
    for (at, &date) in dates.iter().enumerate() {
        let site = (date.saturating_sub(3).max(range.start)..date).find(|&at| lines[at].site);
        if let Some(site) = site.filter(|&site| listed(&(site..date + 1))) {
            take(site..date + 1, true);
            continue;
        }
        let Some(&next) = dates.get(at + 1) else {
            continue;
        };
        let period = next - date;
        if (2..=4).contains(&period) {
            // The date closes its record where there is room for one before it.
            let records = match date + 1 >= range.start + period {
                true => date + 1 - period..next + 1,
                false => date..(next + period).min(range.end),
            };
            if listed(&records) {
                take(records, false);
            }
        }
    }
    let mut found: Vec<Tail> = Vec::new();
    for (list, by_site) in lists.into_iter().rev() {
        let follows = found.last().map_or(range.end, |next| next.blocks.start);
        let closed = || list.end >= follows || lines[list.end].cue(true).is_some();
        let Some(date) = list.clone().find(|&at| lines[at].is_date()) else {
            continue;
        };
        if by_site || closed() {
            let heading = list.start > range.start && lines[list.start - 1].is_heading();
            found.push(Tail {
                blocks: list.start - usize::from(heading)..list.end.min(follows),
                rule: CueRule::RecordList,
                cue: lines[date].words.join(" "),
            });
        }
    }
    found.reverse();
    found
}

/// Words of the longest title in a list of records.
const LONGEST_TITLE: usize = 20;

/// Which list of a table a phrase is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Terminator,
    Aside,
    Footer,
}

/// A phrase, compiled.
struct Phrase {
    words: Vec<&'static str>,
    /// Whether more words may follow.
    open: bool,
    class: Class,
}

impl Phrase {
    fn new(text: &'static str, class: Class) -> Self {
        Phrase {
            words: text.trim_end_matches(" *").split(' ').collect(),
            open: text.ends_with(" *"),
            class,
        }
    }

    fn matches(&self, line: &[String]) -> bool {
        let more = line.len().saturating_sub(self.words.len());
        let mut pairs = self.words.iter().zip(line);
        line.len() >= self.words.len()
            && more <= if self.open { 8 } else { 0 }
            && pairs.all(|(phrase, word)| phrase == word || *phrase == "#" && is_number(word))
    }
}

/// The phrases of all tables by their first word.
fn phrases() -> &'static HashMap<&'static str, Vec<Phrase>> {
    static PHRASES: OnceLock<HashMap<&'static str, Vec<Phrase>>> = OnceLock::new();
    PHRASES.get_or_init(|| {
        let mut phrases: HashMap<_, Vec<Phrase>> = HashMap::new();
        for (list, class) in [
            (ENGLISH.terminators, Class::Terminator),
            (ENGLISH.asides, Class::Aside),
            (ENGLISH.footers, Class::Footer),
        ] {
            for phrase in list.iter().map(|text| Phrase::new(text, class)) {
                phrases.entry(phrase.words[0]).or_default().push(phrase);
            }
        }
        phrases
    })
}
