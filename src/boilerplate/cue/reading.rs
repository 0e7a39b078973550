//! What a block is to the cue rules.

use super::folded::{RECORD_SITES, plain_words, units};
use super::opening::Wanted;
use super::phrase::{Class, glued_words};
use super::{Cues, LONGEST_CUE};
use crate::block::{Block, Segmented, breaks_off, ends_sentence};
use crate::word::{Script, WordHasher};

/// Words of the longest notice; what a longer paragraph says is more than a notice.
const LONGEST_NOTICE: usize = 100;

/// As [`units`], of hashed words.
fn units_of_hashes(words: &[u64]) -> usize {
    let spaced = |word: &u64| usize::from(Script::of_hash(*word) == Script::Spaced);
    words.len() + words.iter().map(spaced).sum::<usize>()
}

/// What a phrase made of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cue {
    pub(super) class: Class,
    /// Index of the table.
    pub(super) table: Option<usize>,
}

/// What a block is to the cue rules.
pub(super) struct Reading<'p> {
    /// The first line.
    line: &'p str,
    /// The hashes of its words, where it is short.
    pub(super) hashes: &'p [u64],
    /// Half words of the block; see [`units`].
    pub(super) units: usize,
    /// Words of the block.
    pub(super) length: usize,
    pub(super) prose: bool,
    pub(super) sentence: bool,
    /// Whether it ends in one full stop, as sentences do and titles do not.
    pub(super) full_stop: bool,
    /// Whether it is the name of a site that heads records.
    pub(super) site: bool,
    copyright: bool,
    /// The strongest cue that counts anywhere, and the strongest after the last prose.
    anywhere: Option<Cue>,
    after_prose: Option<Cue>,
    /// The tables that know it as a menu's entry, a site's notice, a heading of what is
    /// not text, a mark between comments.
    pub(super) menu: Option<usize>,
    pub(super) notice: Option<usize>,
    pub(super) heading: Option<usize>,
    pub(super) reply: Option<usize>,
    /// Whether it is nothing but a date or an age, and by which table.
    pub(super) date: Option<Option<usize>>,
}

impl<'p> Reading<'p> {
    pub(super) fn of(
        page: &'p Segmented<'_>,
        block: &Block,
        prose: bool,
        cues: &Cues,
        hasher: &mut WordHasher,
    ) -> Self {
        let text = &*page.block_text(block);
        let first = &page.lines()[block.lines.start];
        let sentence = ends_sentence(text);
        let line = first.span.of(page.text());
        let hashes = &page.words()[first.words.clone()];
        let units = units_of_hashes(page.block_words(block));
        let short = match block.lines.len() {
            1 => units <= 2 * LONGEST_CUE,
            _ => units_of_hashes(hashes) <= 2 * LONGEST_CUE,
        };
        let full_stop =
            sentence && text.trim_end().ends_with(['.', '。', '．']) && !breaks_off(text);
        let copyright = text.starts_with('©');
        let mut reading = Reading {
            line,
            hashes: if short { hashes } else { &[] },
            units,
            length: block.words.len(),
            // A heading inside a run of sentences may be a cue.
            prose: prose && sentence && !breaks_off(text),
            sentence,
            full_stop,
            site: false,
            copyright,
            anywhere: None,
            after_prose: copyright.then_some(Cue {
                class: Class::Footer,
                table: None,
            }),
            menu: None,
            notice: None,
            heading: None,
            reply: None,
            date: None,
        };
        let notice = !short && reading.units <= 2 * LONGEST_NOTICE;
        let label = short && !full_stop;
        let wanted = Wanted {
            date: short && reading.units <= 2 * LONGEST_DATE,
            notice: short || notice,
            label,
        };
        if !cues.openings.may_open(line, hashes, wanted, hasher) {
            return reading;
        }
        let words = match short {
            true => plain_words(line),
            false if notice => first_words(line, cues.phrases.longest),
            false => Vec::new(),
        };
        if wanted.date {
            reading.date = cues.lexicon.date(&words);
        }
        let site = |one: &String| RECORD_SITES.contains(&one.as_str());
        reading.site = short && matches!(&words[..], [one] if site(one));
        if !is_label(line) {
            return reading;
        }
        let glued = match short {
            true => glued_words(line),
            false => Vec::new(),
        };
        for phrase in cues.phrases.of(&words, &glued) {
            let cue = Cue {
                class: phrase.class,
                table: Some(phrase.table),
            };
            let strongest = |known: &mut Option<Cue>| match known {
                Some(known) if known.class <= cue.class => {}
                _ => *known = Some(cue),
            };
            match phrase.class {
                Class::Notice => _ = reading.notice.get_or_insert(phrase.table),
                _ if !label => {}
                Class::Comments | Class::Terminator | Class::Aside => {
                    strongest(&mut reading.anywhere);
                    strongest(&mut reading.after_prose);
                }
                Class::Footer => strongest(&mut reading.after_prose),
                Class::Menu => _ = reading.menu.get_or_insert(phrase.table),
                Class::Heading => _ = reading.heading.get_or_insert(phrase.table),
                Class::Reply => _ = reading.reply.get_or_insert(phrase.table),
            }
        }
        reading
    }

    /// The cue the block is; footers only count where no prose follows.
    pub(super) fn cue(&self, after_prose: bool) -> Option<Cue> {
        match after_prose {
            true => self.after_prose,
            false => self.anywhere,
        }
    }

    /// The words of the line, as they were matched.
    pub(super) fn matched(&self) -> String {
        match self.copyright {
            true => "©".to_owned(),
            false if self.hashes.is_empty() => joined(&first_words(self.line, 2 * LONGEST_CUE)),
            false => joined(&plain_words(self.line)),
        }
    }

    pub(super) fn is_heading(&self) -> bool {
        !self.hashes.is_empty() && self.units <= 2 * LONGEST_CUE && !self.sentence
    }
}

/// Words as they are written, with spaces or without.
fn joined(words: &[String]) -> String {
    let mut line = String::new();
    for word in words {
        let spaced = units(std::slice::from_ref(word)) == 2;
        if !line.is_empty() && (spaced || line.ends_with(|c: char| c.is_ascii())) {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Words of the longest date.
const LONGEST_DATE: usize = 8;

/// The first words of a long line, folded.
fn first_words(line: &str, count: usize) -> Vec<String> {
    let end = crate::word::words(line).nth(count.saturating_sub(1));
    plain_words(&line[..end.map_or(line.len(), |word| word.end)])
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
