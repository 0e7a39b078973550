//! Text cues: what stands after the end of an article.
//!
//! Three rules, all on lines of few words and never on prose:
//!
//! - a *terminator* ("You may also like", "Post a Comment") after 30 % of the
//!   page's prose takes itself and what follows until prose resumes;
//! - a *record list* (site / title / date, twice or more) after the last prose;
//! - a *heading* that introduces a record list goes with it.

use crate::block::{Block, Segmented, breaks_off, ends_sentence};
use crate::boilerplate::PROSE_WORDS;
use crate::word::{WordHasher, words};
use std::collections::HashMap;
use std::sync::OnceLock;

/// A table of terminators in one language.
///
/// A phrase is matched against all words of a line, folded. `#` stands for a
/// number, a trailing `*` for up to eight more words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CueTable {
    /// ISO 639-1 code.
    pub language: &'static str,
    /// Grows whenever a phrase is added, removed or changed.
    pub version: u32,
    /// Phrases that end an article wherever they stand in its last 70 %.
    pub terminators: &'static [&'static str],
    /// Phrases that only count where no prose follows: footers and menus.
    pub footers: &'static [&'static str],
}

/// English, measured on 461 pages (see `tests/cleaner_sets.rs`).
pub const ENGLISH: CueTable = CueTable {
    language: "en",
    version: 1,
    terminators: &[
        "# comment",
        "# comments",
        "# replies",
        "# responses *",
        "# thoughts on *",
        "add a comment",
        "add comment",
        "add your comment",
        "advertisement",
        "all comments",
        "also read",
        "around the web",
        "be the first to comment *",
        "cancel reply",
        "comments",
        "comments #",
        "comments are closed *",
        "comments closed",
        "discussion about this post",
        "editor's picks",
        "editors' picks",
        "explore more",
        "explore related topics",
        "filed under *",
        "follow us",
        "follow us on *",
        "from around the web",
        "from our partners",
        "further reading",
        "hot topics",
        "join our newsletter",
        "join the conversation",
        "join the discussion",
        "keep reading",
        "latest articles",
        "latest news",
        "latest posts",
        "latest stories",
        "leave a comment *",
        "leave a reply *",
        "like this",
        "like loading",
        "load more",
        "load more comments",
        "loading comments",
        "log in to comment",
        "log in to leave a comment",
        "login to comment",
        "more articles",
        "more articles *",
        "more by *",
        "more for you",
        "more from *",
        "more in *",
        "more news",
        "more on this story",
        "more on this topic",
        "more posts",
        "more stories",
        "more stories *",
        "more to explore",
        "more to read",
        "most popular",
        "most read",
        "most recent",
        "most viewed",
        "newer post *",
        "newer posts",
        "newest oldest *",
        "next article",
        "next post *",
        "next story",
        "no comments *",
        "older post *",
        "older posts",
        "other articles *",
        "other posts *",
        "people also ask",
        "people also like",
        "people also viewed",
        "popular articles",
        "popular posts",
        "popular stories",
        "post a comment *",
        "post comment",
        "post navigation",
        "prev next",
        "previous article",
        "previous next",
        "previous post *",
        "previous story",
        "promoted stories",
        "read more *",
        "read next",
        "read these next",
        "read this next",
        "readers also liked",
        "recent articles",
        "recent comments",
        "recent news",
        "recent posts",
        "recent stories",
        "recommended",
        "recommended articles",
        "recommended for you",
        "recommended posts",
        "recommended reading",
        "recommended stories",
        "related",
        "related articles",
        "related articles *",
        "related content",
        "related coverage",
        "related links",
        "related news",
        "related posts",
        "related posts *",
        "related reading",
        "related resources",
        "related stories",
        "related stories *",
        "related topics",
        "related videos",
        "reply",
        "report this ad",
        "responses",
        "see also our *",
        "share",
        "share on *",
        "share this",
        "share this article *",
        "share this content",
        "share this entry",
        "share this page *",
        "share this post *",
        "share this story *",
        "share via *",
        "show comments",
        "sign up for our newsletter *",
        "similar articles",
        "similar posts",
        "similar stories",
        "sponsored",
        "sponsored content",
        "sponsored stories",
        "start the discussion",
        "stories you may like",
        "submit a comment *",
        "subscribe to our newsletter *",
        "suggested for you",
        "suggested reading",
        "tagged *",
        "tell your friends",
        "top stories",
        "trackbacks",
        "trending",
        "trending now",
        "trending stories",
        "up next",
        "view all comments",
        "view comments",
        "we recommend",
        "what do you think",
        "what to read next",
        "write a comment *",
        "you may also be interested in *",
        "you may also enjoy *",
        "you may also like *",
        "you may be interested in *",
        "you may have missed",
        "you might also be interested in *",
        "you might also enjoy *",
        "you might also like *",
        "you might be interested in *",
        "you might like",
        "your email address will not be published *",
    ],
    footers: &[
        "about",
        "about me",
        "about the author *",
        "about the writer",
        "about us",
        "accessibility",
        "accessibility statement",
        "advertise",
        "advertise with us",
        "affiliate disclosure",
        "all rights reserved *",
        "archives",
        "back to top",
        "careers",
        "categories",
        "community guidelines",
        "connect with us",
        "contact",
        "contact us",
        "cookie policy",
        "cookie preferences",
        "cookie settings",
        "copyright *",
        "disclaimer",
        "do not sell my personal information",
        "do not sell or share my personal information",
        "facebook",
        "follow",
        "get in touch",
        "get our newsletter",
        "instagram",
        "legal notice",
        "linkedin",
        "manage cookies",
        "newsletter",
        "newsletters",
        "our newsletter",
        "pinterest",
        "posted in *",
        "powered by *",
        "previous",
        "privacy",
        "privacy notice",
        "privacy overview",
        "privacy policy *",
        "privacy statement",
        "quick links",
        "ready for more",
        "rss",
        "rss feed",
        "scroll to top",
        "site map",
        "sitemap",
        "skip to *",
        "stay connected",
        "stay in touch",
        "stay up to date *",
        "subscribe",
        "subscribe now",
        "tags",
        "terms and conditions",
        "terms conditions",
        "terms of service",
        "terms of use",
        "this site uses akismet *",
        "this website uses cookies *",
        "tweet",
        "twitter",
        "website terms of use",
        "written by *",
        "your privacy choices",
        "youtube",
    ],
};

/// Names of sites that head a record in lists of videos and posts.
const RECORD_SITES: &[&str] = &[
    "youtube",
    "vimeo",
    "dailymotion",
    "facebook",
    "twitter",
    "x",
    "instagram",
    "tiktok",
    "reddit",
    "linkedin",
];

/// Share of the page's prose that must stand before a terminator.
const LEAST_PROSE_BEFORE: f64 = 0.3;

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
pub(crate) struct Tail {
    /// Indices of the blocks.
    pub(crate) blocks: std::ops::Range<usize>,
    pub(crate) rule: CueRule,
    /// The matched words.
    pub(crate) cue: String,
}

/// The tails of a page, in order and disjoint. Linear in the length of the page.
pub(crate) fn tails(page: &Segmented<'_>, blocks: &[Block]) -> Vec<Tail> {
    let lines: Vec<Reading> = blocks
        .iter()
        .map(|block| Reading::of(page, block))
        .collect();
    let prose_words = |range: std::ops::Range<usize>| -> usize {
        range
            .filter(|&at| lines[at].prose)
            .map(|at| blocks[at].words.len())
            .sum()
    };
    let all = prose_words(0..blocks.len());
    let Some(last_prose) = lines.iter().rposition(|line| line.prose) else {
        return Vec::new(); // no article, so nothing stands after it
    };
    let mut list = record_list(&lines, last_prose + 1..blocks.len());
    let mut tails: Vec<Tail> = Vec::new();
    let mut at = 0;
    let mut before = 0;
    while at < blocks.len() {
        let line = &lines[at];
        if list.as_ref().is_some_and(|list| list.blocks.start == at) {
            tails.extend(list.take());
        } else if line.prose {
            before += blocks[at].words.len();
        } else if before as f64 >= LEAST_PROSE_BEFORE * all as f64
            && let Some(cue) = line.terminator(at > last_prose)
        {
            let prose = (at..blocks.len()).find(|&next| lines[next].prose);
            tails.push(Tail {
                blocks: at..prose.unwrap_or(blocks.len()),
                rule: CueRule::Terminator,
                cue: cue.to_owned(),
            });
        }
        at = match tails.last() {
            Some(tail) if tail.blocks.end > at => tail.blocks.end,
            _ => at + 1,
        };
    }
    tails
}

/// What a block is to the cue rules.
struct Reading {
    /// Folded words of the first line, where the block is short enough to be a cue.
    words: Vec<String>,
    prose: bool,
    sentence: bool,
    copyright: bool,
}

impl Reading {
    fn of(page: &Segmented<'_>, block: &Block) -> Self {
        let text = block.span.of(page.text());
        let first = &page.lines()[block.lines.start];
        let sentence = ends_sentence(text);
        let mut folded = Vec::new();
        if first.words.len() <= LONGEST_CUE {
            let line = first.span.of(page.text());
            let mut hasher = WordHasher::new();
            folded.extend(words(line).map(|word| hasher.fold(word.of(line)).to_owned()));
        }
        Reading {
            words: folded,
            prose: block.words.len() >= PROSE_WORDS && sentence && !breaks_off(text),
            sentence,
            copyright: text.starts_with('©'),
        }
    }

    /// The phrase this line is, of the terminators or, in a footer, of both lists.
    fn terminator(&self, footer: bool) -> Option<&'static str> {
        if footer && self.copyright {
            return Some("©");
        }
        let first = self.words.first()?;
        let number = is_number(first).then_some("#");
        let phrases = phrases();
        [Some(first.as_str()), number]
            .into_iter()
            .flatten()
            .filter_map(|key| phrases.get(key))
            .flatten()
            .find(|phrase| (footer || !phrase.footer) && phrase.matches(&self.words))
            .map(|phrase| phrase.text)
    }

    /// Whether the line is nothing but a date or an age.
    fn is_date(&self) -> bool {
        let words = &self.words;
        if words.is_empty() || words.len() > 8 {
            return false;
        }
        let number = |word: &String| is_number(word) || is_ordinal(word);
        let calendar = |word: &String| CALENDAR.contains(&word.as_str());
        let filler = |word: &String| FILLERS.contains(&word.as_str());
        let numbers = words.iter().filter(|word| number(word)).count();
        if numbers == words.len() {
            let dotted = words.len() == 1 && words[0].matches('.').count() == 2;
            return dotted || words.len() == 3 && words.iter().any(|word| word.len() == 4);
        }
        words
            .iter()
            .all(|word| number(word) || calendar(word) || filler(word))
            && (numbers > 0
                || words
                    .iter()
                    .any(|word| word == "ago" || word == "yesterday"))
            && words.iter().any(calendar)
    }

    fn is_heading(&self) -> bool {
        (1..=LONGEST_CUE).contains(&self.words.len()) && !self.sentence
    }
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

const CALENDAR: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "tues",
    "wed",
    "thu",
    "thur",
    "thurs",
    "fri",
    "sat",
    "sun",
    "second",
    "seconds",
    "minute",
    "minutes",
    "min",
    "mins",
    "hour",
    "hours",
    "hr",
    "hrs",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "year",
    "years",
    "ago",
    "yesterday",
    "today",
];

const FILLERS: &[&str] = &[
    "a",
    "an",
    "am",
    "pm",
    "at",
    "on",
    "of",
    "the",
    "posted",
    "published",
    "updated",
    "streamed",
    "premiered",
    "edited",
];

/// A list of records among the blocks of `range`, with the heading before it.
///
/// Records end in a date: two or more dates at equal distances of two to five
/// blocks, or a site's name with a date at most three blocks below it.
fn record_list(lines: &[Reading], range: std::ops::Range<usize>) -> Option<Tail> {
    let dates: Vec<usize> = range.clone().filter(|&at| lines[at].is_date()).collect();
    let mut list: Option<std::ops::Range<usize>> = None;
    let mut take = |record: std::ops::Range<usize>| {
        let known = list.get_or_insert(record.clone());
        *known = known.start.min(record.start)..known.end.max(record.end);
    };
    for pair in dates.windows(2) {
        let period = pair[1] - pair[0];
        if !(2..=5).contains(&period) {
            continue;
        }
        // The date closes its record where there is room for one before it.
        match pair[0] + 1 >= range.start + period {
            true => take(pair[0] + 1 - period..pair[1] + 1),
            false => take(pair[0]..(pair[1] + period).min(range.end)),
        }
    }
    for &date in &dates {
        let site = (date.saturating_sub(3).max(range.start)..date).find(
            |&at| matches!(&lines[at].words[..], [one] if RECORD_SITES.contains(&one.as_str())),
        );
        if let Some(site) = site {
            take(site..date + 1);
        }
    }
    let list = list?;
    let cue = lines[list.clone()].iter().find(|line| line.is_date())?;
    let cue = cue.words.join(" ");
    let heading = list.start > range.start && lines[list.start - 1].is_heading();
    Some(Tail {
        blocks: list.start - usize::from(heading)..list.end,
        rule: CueRule::RecordList,
        cue,
    })
}

/// A phrase, compiled.
struct Phrase {
    text: &'static str,
    words: Vec<&'static str>,
    /// Whether more words may follow.
    open: bool,
    footer: bool,
}

impl Phrase {
    fn matches(&self, line: &[String]) -> bool {
        let more = line.len().saturating_sub(self.words.len());
        line.len() >= self.words.len()
            && more <= if self.open { 8 } else { 0 }
            && self
                .words
                .iter()
                .zip(line)
                .all(|(phrase, word)| phrase == word || *phrase == "#" && is_number(word))
    }
}

/// The phrases of all tables by their first word.
fn phrases() -> &'static HashMap<&'static str, Vec<Phrase>> {
    static PHRASES: OnceLock<HashMap<&'static str, Vec<Phrase>>> = OnceLock::new();
    PHRASES.get_or_init(|| {
        let mut phrases: HashMap<_, Vec<Phrase>> = HashMap::new();
        let both = [(ENGLISH.terminators, false), (ENGLISH.footers, true)];
        for (text, footer) in both
            .into_iter()
            .flat_map(|(list, footer)| list.iter().map(move |text| (*text, footer)))
        {
            let open = text.ends_with(" *");
            let words: Vec<&str> = text.trim_end_matches(" *").split(' ').collect();
            phrases.entry(words[0]).or_default().push(Phrase {
                text,
                words,
                open,
                footer,
            });
        }
        phrases
    })
}
