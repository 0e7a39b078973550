//! Text to blocks: the units in which pages repeat themselves.
//!
//! A page is a sequence of *lines*. A *block* is one non-blank line where most
//! non-blank lines end a paragraph, as scrapers deliver it, and else (in
//! hard-wrapped text) a run of non-blank lines between blank ones. Words never
//! cross a line end, so each line and each block owns a range of the page's words.

use crate::markup::Markup;
use crate::places::Seen;
use crate::span::Span;
use crate::word::{Vocabulary, WordHasher, hash_words, words};
use memchr::memchr3;
use std::borrow::Cow;
use std::ops::Range;

/// One line of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The line without its line end.
    pub span: Span,
    /// One past the line end (equal to `span.end` for a last line without one).
    pub end: usize,
    /// The line's words, as indices into [`Segmented::words`].
    pub words: Range<usize>,
    /// Whether the line holds nothing but white space.
    pub blank: bool,
}

impl Line {
    fn first(text: &str) -> Self {
        Line::at(text, 0, 0)
    }

    /// The line behind this one.
    fn next(&self, text: &str) -> Self {
        Line::at(text, self.end, self.words.end)
    }

    fn at(text: &str, start: usize, words: usize) -> Self {
        let (len, line_end) = line_length(&text[start..]);
        let span = Span::new(start, start + len);
        Line {
            span,
            end: span.end + line_end,
            words: words..words,
            blank: span.of(text).chars().all(char::is_whitespace),
        }
    }
}

/// One block of a page: a line or a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The block's lines, as indices into [`Segmented::lines`].
    pub lines: Range<usize>,
    /// From the first byte of its first line to the last of its last, without the line end.
    pub span: Span,
    /// The block's words, as indices into [`Segmented::words`].
    pub words: Range<usize>,
}

/// A page cut into lines and hashed words: what every later stage works on.
///
/// Holds 8 bytes a word and 48 a line; the text is borrowed.
///
/// ```
/// use twicetold::block::Segmented;
///
/// let page = Segmented::new("Ferry stopped\n\nThe ferry will not run on Monday.\n");
/// let blocks = page.blocks();
/// assert_eq!(blocks.len(), 2);
/// assert_eq!(blocks[1].span.of(page.text()), "The ferry will not run on Monday.");
/// assert_eq!(page.block_words(&blocks[1]).len(), 7);
/// ```
#[derive(Debug, Clone)]
pub struct Segmented<'t> {
    text: &'t str,
    lines: Vec<Line>,
    words: Vec<u64>,
    /// Whether every line is known to be a block.
    by_line: bool,
}

impl<'t> Segmented<'t> {
    /// Cuts `text` into lines and hashes its words. Linear in the length of the text.
    pub fn new(text: &'t str) -> Self {
        let mut hashes = Vec::with_capacity(text.len() / 5);
        let mut lines: Vec<Line> = Vec::with_capacity(text.len() / 128);
        let mut line = Line::first(text);
        let mut end_line = |line: &mut Line, words: usize| {
            line.words.end = words;
            let next = line.next(text);
            lines.push(std::mem::replace(line, next));
        };
        // A word never crosses the end of a line.
        hash_words(text, |word, hash| {
            while word.start >= line.end {
                end_line(&mut line, hashes.len());
            }
            hashes.push(hash);
        });
        while line.span.start < text.len() {
            end_line(&mut line, hashes.len());
        }
        Segmented {
            text,
            lines,
            words: hashes,
            by_line: false,
        }
    }

    /// Cuts the text of a page read from HTML: every line with markup is a block.
    pub fn of_marked(text: &'t str, markup: &Markup) -> Self {
        Segmented {
            by_line: !markup.lines().is_empty(),
            ..Self::new(text)
        }
    }

    /// Cuts another `text` in the way this one was cut.
    pub(crate) fn alike<'o>(&self, text: &'o str) -> Segmented<'o> {
        Segmented {
            by_line: self.by_line,
            ..Segmented::new(text)
        }
    }

    /// Lines of a page that is looked at block by block. Each takes 1.3 KB while it is cleaned; a page of
    /// more is a list or a dump, not an article, and stays as it is.
    pub const MOST_LINES: usize = 50_000;

    /// Whether the page is not looked at block by block.
    pub(crate) fn has_too_many_lines(&self) -> bool {
        self.lines.len() > Self::MOST_LINES
    }

    /// The text this was cut from.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// Every line, blank ones included, in order; together they are the whole text.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The folded hash of every word, in order.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The folded hash of every word, and no copy of them.
    pub(crate) fn into_words(self) -> Vec<u64> {
        self.words
    }

    /// The blocks of the page, in order; none where it has more than [`MOST_LINES`](Self::MOST_LINES). Linear in
    /// the number of lines.
    pub fn blocks(&self) -> Vec<Block> {
        if self.has_too_many_lines() {
            return Vec::new();
        }
        let by_line = self.by_line || self.lines_end_paragraphs();
        let filled = self.lines.iter().filter(|line| !line.blank).count();
        let mut blocks: Vec<Block> = Vec::with_capacity(if by_line { filled } else { 0 });
        let mut open = false;
        for (at, line) in self.lines.iter().enumerate() {
            if line.blank {
                open = false;
                continue;
            }
            match blocks.last_mut() {
                Some(block) if open && !by_line => {
                    block.lines.end = at + 1;
                    block.span.end = line.span.end;
                    block.words.end = line.words.end;
                }
                _ => blocks.push(Block {
                    lines: at..at + 1,
                    span: line.span,
                    words: line.words.clone(),
                }),
            }
            open = true;
        }
        blocks
    }

    /// The word hashes of `block`.
    pub fn block_words(&self, block: &Block) -> &[u64] {
        &self.words[block.words.clone()]
    }

    /// The text of `block`: of one in the middle of which lines were taken out, what is left of it, as if it
    /// had been cut from the shorter text.
    pub(crate) fn block_text(&self, block: &Block) -> Cow<'t, str> {
        let lines = &self.lines[block.lines.clone()];
        let Some((last, before)) = lines.split_last() else {
            return Cow::Borrowed("");
        };
        if lines
            .windows(2)
            .all(|pair| pair[0].end == pair[1].span.start)
        {
            return Cow::Borrowed(block.span.of(self.text));
        }
        let before = before
            .iter()
            .map(|line| Span::new(line.span.start, line.end));
        Cow::Owned(
            before
                .chain([last.span])
                .map(|span| span.of(self.text))
                .collect(),
        )
    }

    /// Length of `block` in characters, without line ends.
    pub(crate) fn chars(&self, block: &Block) -> usize {
        let lines = self.lines[block.lines.clone()].iter();
        lines
            .map(|line| line.span.of(self.text).chars().count())
            .sum()
    }

    /// Whether two different words of `blocks` have one hash: somebody made them so.
    pub(crate) fn is_forged<'b>(&self, blocks: impl Iterator<Item = &'b Block> + Clone) -> bool {
        let count = blocks.clone().map(|block| block.words.len()).sum();
        let mut seen: Seen<&str> = Seen::with_capacity(count);
        let mut hashers = [WordHasher::new(), WordHasher::new()];
        let mut is_other = |word: &str, known: &str| {
            let [own, its] = &mut hashers;
            word != known && own.fold(word) != its.fold(known)
        };
        let mut lines = blocks.flat_map(|block| &self.lines[block.lines.clone()]);
        lines.any(|line| {
            let text = line.span.of(self.text);
            let words = words(text).map(|word| word.of(text));
            let mut hashed = words.zip(&self.words[line.words.clone()]);
            hashed.any(|(word, hash)| {
                let known = seen.see(*hash, word);
                known.is_some_and(|known| is_other(word, known))
            })
        })
    }

    /// The page with [numbers](Vocabulary) for hashes, so that different words differ.
    pub(crate) fn told_apart(&self) -> Self {
        Segmented {
            lines: self.lines.clone(),
            words: Vocabulary::default().numbers(self.text),
            ..*self
        }
    }

    /// What is left when the lines that `removed` names are taken out: the same
    /// lines and words that cutting the shorter text anew would give, with spans
    /// that still count in the original. It is what lets the cleaner work in
    /// rounds without hashing a word twice.
    pub(crate) fn without(&self, removed: impl Fn(usize) -> bool) -> Self {
        let mut lines = Vec::with_capacity(self.lines.len());
        let mut words = Vec::with_capacity(self.words.len());
        for (at, line) in self.lines.iter().enumerate() {
            if !removed(at) {
                let first = words.len();
                words.extend_from_slice(&self.words[line.words.clone()]);
                lines.push(Line {
                    words: first..words.len(),
                    ..line.clone()
                });
            }
        }
        Segmented {
            text: self.text,
            lines,
            words,
            by_line: self.by_line,
        }
    }

    /// Whether most non-blank lines end a paragraph.
    ///
    /// A line goes on where it looks wrapped: the next is not blank and does not
    /// begin with a capital, and it is long and ends without sentence or closing
    /// punctuation. Menu entries can look so too. But wrapped lines are full (the
    /// next word would not have fitted into the width that 90 % of them keep to),
    /// and sentences end in the middle of some.
    fn lines_end_paragraphs(&self) -> bool {
        const WRAPPED_FROM: usize = 30; // characters; menu entries and headings are shorter
        let filled = self.lines.iter().filter(|line| !line.blank).count();
        let mut wrapped: Vec<(usize, usize)> = Vec::new(); // length, and with the next word
        let mut with_sentence_end = 0;
        for pair in self.lines.windows(2) {
            let (line, next) = (pair[0].span.of(self.text), pair[1].span.of(self.text));
            if pair[0].blank || pair[1].blank || ends_clause(line) || starts_upper(next) {
                continue;
            }
            let length = line.trim_end().chars().count();
            if length >= WRAPPED_FROM {
                let word = next.split_whitespace().next().unwrap_or_default();
                wrapped.push((length, length + 1 + word.chars().count()));
                with_sentence_end += usize::from(ends_sentence_inside(line));
            }
        }
        if wrapped.is_empty() || 2 * wrapped.len() < filled || 8 * with_sentence_end < wrapped.len()
        {
            return true;
        }
        wrapped.sort_unstable();
        let width = wrapped[wrapped.len() * 9 / 10].0;
        let full = wrapped.iter().filter(|(_, with_next)| *with_next > width);
        10 * full.count() < 9 * wrapped.len()
    }
}

/// Whether a sentence ends before the end of `line`.
fn ends_sentence_inside(line: &str) -> bool {
    let mut signs = line.chars().peekable();
    while let Some(sign) = signs.next() {
        let more = signs.peek().copied();
        match sign {
            '。' | '！' | '？' | '।' | '۔' | '။' | '។' if more.is_some() => return true,
            '.' | '!' | '?' | '؟' | '…' if more == Some(' ') => return true,
            _ => {}
        }
    }
    false
}

/// Length of the first line of `rest` and of its line end, in bytes.
///
/// A lone carriage return ends no line: were a line between it and a line feed
/// taken out, the two would become one line end.
fn line_length(rest: &str) -> (usize, usize) {
    let bytes = rest.as_bytes();
    let mut from = 0;
    while let Some(at) = memchr3(b'\n', 0xc2, 0xe2, &bytes[from..]) {
        let at = from + at;
        match &bytes[at..] {
            [b'\n', ..] if bytes[..at].ends_with(b"\r") => return (at - 1, 2),
            [b'\n', ..] => return (at, 1),
            [0xc2, 0x85, ..] => return (at, 2), // NEL
            [0xe2, 0x80, 0xa8 | 0xa9, ..] => return (at, 3), // LINE, PARAGRAPH SEPARATOR
            _ => from = at + 1,
        }
    }
    (bytes.len(), 0)
}

/// The last character that is not white space, a closing quote or a bracket.
fn last_sign(text: &str) -> Option<char> {
    text.chars().rev().find(|c| {
        !c.is_whitespace()
            && !matches!(
                c,
                '"' | '\''
                    | '”'
                    | '’'
                    | '»'
                    | '›'
                    // German closes with these.
                    | '“'
                    | '‘'
                    | '«'
                    | '‹'
                    | ')'
                    | ']'
                    | '}'
                    | '*'
                    | '_'
                    | '」'
                    | '』'
                    | '）'
                    | '】'
            )
    })
}

/// Whether `text` ends a sentence: a full stop, question or exclamation mark of
/// any script before closing quotes and brackets, or a letter of a script that
/// writes no full stop (Thai, Lao).
pub(crate) fn ends_sentence(text: &str) -> bool {
    last_sign(text).is_some_and(|c| {
        matches!(
            c,
            '.' | '!'
                | '?'
                | '…'
                | '。'
                | '．'
                | '！'
                | '？'
                | '｡'
                | '؟'
                | '۔'
                | '։'
                | '।'
                | '॥'
                | '။'
                | '።'
                | '។'
                | '܀'
                | '‽'
                | '⁈'
                | '⁉'
                | '᠃'
        ) || matches!(c, '\u{e01}'..='\u{eff}')
    })
}

/// Whether `text` breaks off: it ends in dots, as teasers do.
pub(crate) fn breaks_off(text: &str) -> bool {
    let sign = text.trim_end_matches([']', ')', '»', '>', ' ']);
    sign.ends_with('…') || sign.ends_with("...")
}

fn ends_clause(text: &str) -> bool {
    let last = text.trim_end().chars().next_back();
    ends_sentence(text)
        || last.is_some_and(|c| {
            matches!(
                c,
                ':' | ';' | '"' | '”' | '»' | ')' | ']' | '|' | '：' | '；' | '」' | '』'
            )
        })
}

fn starts_upper(text: &str) -> bool {
    text.chars()
        .find(|c| c.is_alphanumeric())
        .is_some_and(char::is_uppercase)
}
