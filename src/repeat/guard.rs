//! What tells a second copy from what an author says twice.
//!
//! A copy that a page was given by accident is one, stands as it stood, and its edits
//! are scattered. Parallel texts differ where they must: in figures, in names, in the
//! same word again and again; refrains stand three times; a quotation stands under the
//! name of who said it.

use super::near::{Pair, Run};
use super::select::{LINE_WORDS, Size};
use super::{Repeat, Unit};
use crate::block::{Block, Segmented, ends_sentence};
use crate::word::words;
use std::borrow::Cow;

/// A page and what it repeats, as a guard sees it.
pub(crate) struct Guarded<'a> {
    pub(crate) page: &'a Segmented<'a>,
    pub(crate) blocks: &'a [Block],
    pub(crate) units: &'a [Unit<'a>],
    /// How often what each unit says stands on the page.
    pub(crate) often: &'a [usize],
}

/// Words of a page under which only its whole body is looked for a second time.
const SHORT_PAGE: usize = 50;

/// Most words of a line that says who is quoted.
const LONGEST_ATTRIBUTION: usize = 12;

/// Most words of a name above a post, or before a quotation.
const LONGEST_NAME: usize = 4;

/// Quotation marks, as different languages open and close with them.
const OPENING: [char; 8] = ['"', '“', '„', '«', '»', '‘', '「', '『'];
const CLOSING: [char; 8] = ['"', '”', '“', '»', '«', '’', '」', '』'];

/// Most words of a line that ends in such a verb; mails name the day, the hour and the address.
const LONGEST_WROTE: usize = 25;

/// Blocks above one among which its heading is looked for.
const LONGEST_SECTION: usize = 8;

/// Most words of a form for each place that differs.
const FORM: usize = 200;

/// Blocks of a stretch that is longer than any refrain.
const STRETCH: usize = 10;

/// Verbs that end a line above a quotation.
const SAID: [&str; 14] = [
    "said",
    "wrote",
    "writes",
    "says",
    "quote",
    "schrieb",
    "sagte",
    "écrit",
    "dit",
    "escribió",
    "dijo",
    "написал",
    "写道",
    "说",
];

const NAMED: &str = "a quotation: it stands behind the name of who said it";

/// Least share of words that a short run and what it repeats have in common. Chosen on
/// gold.dev, between what edited copies keep and what parallel texts share.
const LEAST_SHORT: f64 = 0.84;

impl Guarded<'_> {
    /// Why `run` stays, if it does: one sentence.
    pub(crate) fn prevents(&self, run: &Run, size: Size) -> Option<String> {
        let (first, last) = (&run.pairs[0], &run.pairs[run.pairs.len() - 1]);
        // A long stretch of the page in one piece is no refrain, whatever it holds.
        let piece = run.pairs.len() >= STRETCH
            && 20 * run.pairs.len() >= 19 * (last.copy + 1 - first.copy)
            && 10 * run.length >= 3 * run.of;
        let refrain = !piece || last.kept.end > first.copy;
        let parallel = refrain
            .then(|| self.refrain(&run.pairs))
            .flatten()
            .or_else(|| self.headed(run))
            .or_else(|| self.numbered(run));
        // The whole page a second time is no figure of speech.
        if size == Size::Page {
            return parallel;
        }
        let parallel = parallel
            .or_else(|| self.variant(run))
            .or_else(|| self.pieces(run));
        if size == Size::Part {
            return parallel;
        }
        parallel
            .or_else(|| self.quoted(&run.pairs))
            .or_else(|| self.symbols(&run.pairs))
            .or_else(|| self.short(run, size))
            .or_else(|| self.named(run))
            .or_else(|| self.attributed(run.pairs[0].copy, run.pairs[0].kept.start))
    }

    /// Why blocks that equal others, of which there are so many `times`, stay, if they do.
    pub(crate) fn keeps_equal(&self, piece: &[Repeat], times: usize) -> Option<String> {
        let (first, last) = (&piece[0], &piece[piece.len() - 1]);
        let words = |at: usize| self.units[at].words;
        let named = || {
            let ahead = words(first.copy).strip_suffix(words(first.kept))?;
            (1..=LONGEST_NAME)
                .contains(&ahead.len())
                .then(|| NAMED.to_owned())
        };
        let lines = || {
            let all: usize = piece.iter().map(|repeat| words(repeat.copy).len()).sum();
            let short = piece.len() >= 3 && all < LINE_WORDS * piece.len();
            short.then(|| "a run of short lines, as verse and programs have them".to_owned())
        };
        let refrain = || {
            (times > 2 && first.copy > last.kept + 1)
                .then(|| format!("a refrain: it stands {times} times on the page"))
        };
        self.attributed(first.copy, first.kept)
            .or_else(named)
            .or_else(lines)
            .or_else(refrain)
    }

    /// The text of a block.
    fn text(&self, at: usize) -> Cow<'_, str> {
        self.page.block_text(&self.blocks[at])
    }

    /// A form filled in twice: figures for figures, names for names, one word for another
    /// again and again. By estimate one random edit of prose in a hundred looks so.
    fn variant(&self, run: &Run) -> Option<String> {
        let edits = run.edits.all;
        // A form has something to fill in every few lines; two copies of a long text may
        // differ in a counter, or in a line that was taken out of one.
        if run.length > FORM * edits {
            return None;
        }
        let (slots, figures, again) = (run.edits.slots, run.edits.figures, run.edits.again);
        if slots >= 2 && 4 * slots >= edits || slots > 0 && 2 * slots >= edits {
            return Some(format!(
                "parallel texts: they differ in figures or names in {slots} of {edits} places"
            ));
        }
        if figures >= 3 && 2 * figures >= edits || figures >= 2 && figures == edits {
            return Some(format!(
                "parallel texts: they differ in figures in {figures} of {edits} places"
            ));
        }
        (again > 0 && 4 * (again + 1) >= edits).then(|| {
            format!("parallel texts: they differ in the same words in {} of {edits} places", again + 1)
        })
        .or_else(|| {
            let phrases = run.edits.phrases;
            (phrases >= 2 && 2 * phrases >= edits || phrases > 0 && phrases == edits)
                .then(|| format!("said again in other words: whole phrases differ in {phrases} of {edits} places"))
        })
    }

    /// A block and its own parts, as lists in lists come out of some extractors.
    fn pieces(&self, run: &Run) -> Option<String> {
        let mut kept: Vec<usize> = run
            .pairs
            .iter()
            .flat_map(|pair| pair.kept.clone())
            .collect();
        kept.dedup();
        (run.pairs.len() > kept.len()).then(|| {
            format!(
                "{} blocks say in pieces what {} say",
                run.pairs.len(),
                kept.len()
            )
        })
    }

    /// Code, tables, formulas: one sign in sixteen belongs to none of the words.
    pub(crate) fn symbols(&self, pairs: &[Pair]) -> Option<String> {
        let (mut signs, mut all) = (0, 0);
        for pair in pairs {
            for sign in self.text(pair.copy).chars() {
                signs += usize::from(matches!(
                    sign,
                    '{' | '}'
                        | '('
                        | ')'
                        | '['
                        | ']'
                        | '<'
                        | '>'
                        | ';'
                        | '='
                        | '_'
                        | '|'
                        | '\\'
                        | '/'
                        | '$'
                        | '#'
                        | '`'
                        | '*'
                        | '+'
                        | '\t'
                ));
                all += usize::from(!sign.is_whitespace() || sign == '\t');
            }
        }
        (16 * signs > all).then(|| "code or a table repeats itself".to_owned())
    }

    /// What stands three times and more, with text that stands once between: a scraper doubles.
    fn refrain(&self, pairs: &[Pair]) -> Option<String> {
        let (first, last) = (&pairs[0], &pairs[pairs.len() - 1]);
        let words = |pair: &Pair| self.units[pair.copy].words.len();
        let (mut often, mut all, mut times) = (0, 0, usize::MAX);
        for pair in pairs {
            all += words(pair);
            if self.often[pair.copy] > 2 {
                often += words(pair);
                times = times.min(self.often[pair.copy]);
            }
        }
        let mut around = first.kept.start..last.copy + 1;
        let between = |at: usize| self.often[at] == 1 && !self.units[at].words.is_empty();
        (2 * often > all && around.any(between))
            .then(|| format!("a refrain: it stands {times} times on the page"))
    }

    /// The same text under parallel headings: "Offer A" and "Offer B", whatever differs
    /// beneath; numbered clauses, or two lines that announce it, where nothing does.
    fn headed(&self, run: &Run) -> Option<String> {
        let differ = |pair: &&Pair| {
            pair.kept.len() != 1 || self.units[pair.copy].words != self.units[pair.kept.start].words
        };
        // Headings that are alike may be taken for the first block of the run.
        let first = &run.pairs[0];
        let inside = (first.copy, first.kept.start);
        let above = (inside.0.checked_sub(1), inside.1.checked_sub(1));
        let nearest = self
            .heading_above(inside.0)
            .zip(self.heading_above(inside.1));
        let places = [Some(inside), above.0.zip(above.1), nearest];
        for (copy, kept) in places.into_iter().flatten() {
            let (a, b) = (self.text(copy), self.text(kept));
            let (a, b) = (a.trim(), b.trim());
            let headings = self.is_heading(copy) && self.is_heading(kept);
            if copy != kept && headings && enumerated(a, b) {
                return Some(format!("the same text under \"{b}\" and \"{a}\""));
            }
        }
        let (copy, kept) = above.0.zip(above.1)?;
        if run.pairs.iter().any(|pair| differ(&pair)) {
            return None;
        }
        let (a, b) = (self.text(copy), self.text(kept));
        let (a, b) = (a.trim(), b.trim());
        // "2.1", not the "2." of any list.
        let numbered = |text: &str| {
            let number = text.split_whitespace().next().unwrap_or_default();
            let number = number.trim_end_matches(['.', ')']);
            number.contains('.')
                && number.starts_with(char::is_numeric)
                && number.chars().all(|sign| sign.is_numeric() || sign == '.')
        };
        let announced = |at: usize, text: &str| {
            self.blocks[at].words.len() <= LONGEST_WROTE && text.ends_with([':', '：'])
        };
        let parallel =
            a != b && (numbered(a) && numbered(b) || announced(copy, a) && announced(kept, b));
        parallel.then(|| "the same text under two numbers, or twice announced".to_owned())
    }

    fn is_heading(&self, at: usize) -> bool {
        self.blocks[at].words.len() <= LONGEST_ATTRIBUTION && !ends_sentence(&self.text(at))
    }

    /// The nearest heading above a block, of the section it stands in.
    fn heading_above(&self, at: usize) -> Option<usize> {
        let above = at.saturating_sub(LONGEST_SECTION)..at;
        above.rev().find(|&at| self.is_heading(at))
    }

    /// Blocks of which each differs in how it begins, or in a figure, and nowhere else: numbered
    /// clauses, entries of a log.
    pub(crate) fn numbered(&self, run: &Run) -> Option<String> {
        let (edits, heads, figures) = (run.edits.all, run.edits.heads, run.edits.figures);
        let clauses = heads == edits && edits >= run.pairs.len();
        let entries = figures == edits && 2 * edits >= run.pairs.len();
        (edits >= 2 && (clauses || entries)).then(|| {
            format!(
                "numbered: {} blocks differ in how they begin or in a figure each",
                run.pairs.len()
            )
        })
    }

    /// A block in quotation marks, or behind `>`, as it is quoted to be spoken of.
    fn quoted(&self, pairs: &[Pair]) -> Option<String> {
        let quoted = |pair: &Pair| {
            let text = self.text(pair.copy);
            let text = text.trim();
            let ends = text.trim_end_matches(['.', ',', ' ', '\u{a0}']);
            text.starts_with('>') || text.starts_with(OPENING) && ends.ends_with(CLOSING)
        };
        let worded = |pair: &&Pair| !self.units[pair.copy].words.is_empty();
        pairs
            .iter()
            .filter(worded)
            .all(quoted)
            .then(|| "a quotation: it stands in quotation marks".to_owned())
    }

    /// What holds for less than a run of blocks and words.
    fn short(&self, run: &Run, size: Size) -> Option<String> {
        if self.page.words().len() < SHORT_PAGE {
            return Some(format!(
                "a page of {} words is too short to tell",
                self.page.words().len()
            ));
        }
        if size == Size::Run {
            return None;
        }
        (run.said < LEAST_SHORT || run.covered < LEAST_SHORT).then(|| {
            format!(
                "only {:.0} % of the two is the same",
                100.0 * run.said.min(run.covered)
            )
        })
    }

    /// "Ann Smith wrote: ..." or "Ann Smith ..." and the words of another post.
    fn named(&self, run: &Run) -> Option<String> {
        ((1..=LONGEST_NAME).contains(&run.ahead) && run.edits.all == 0).then(|| NAMED.to_owned())
    }

    /// A line above the copy that names who stands above what it repeats, or one above either
    /// that says "wrote:".
    pub(crate) fn attributed(&self, copy: usize, kept: usize) -> Option<String> {
        self.wrote(kept)
            .or_else(|| self.wrote(copy))
            .or_else(|| self.spoken(copy, kept))
    }

    /// A line that says "wrote:" above a block.
    fn wrote(&self, at: usize) -> Option<String> {
        let above = at.checked_sub(1)?;
        let text = self.text(above);
        let text = text.trim();
        let line = text.strip_suffix([':', '：'])?.trim_end().to_lowercase();
        let verb = SAID.iter().any(|verb| line.ends_with(verb));
        (verb && self.blocks[above].words.len() <= LONGEST_WROTE)
            .then(|| format!("a quotation: above it stands \"{text}\""))
    }

    /// A line that ends in a colon above the copy: between the two, or naming who speaks
    /// above what it repeats.
    fn spoken(&self, copy: usize, kept: usize) -> Option<String> {
        let text = self.text(copy.checked_sub(1)?);
        let text = text.trim();
        let above = &self.blocks[copy - 1];
        if !text.ends_with([':', '：']) || above.words.len() > LONGEST_ATTRIBUTION {
            return None;
        }
        if kept + 2 == copy {
            return Some(format!(
                "said again on purpose: between the two stands \"{text}\""
            ));
        }
        let names = self.page.block_words(above);
        let mut speakers = self.blocks[kept.saturating_sub(LONGEST_NAME)..kept].iter();
        let speaks = |block: &Block| {
            let words = self.page.block_words(block);
            (1..=LONGEST_NAME).contains(&words.len())
                && words.iter().all(|word| names.contains(word))
        };
        speakers
            .any(speaks)
            .then(|| format!("a quotation: above it stands \"{text}\""))
    }
}

/// Whether two headings have one form and other numbers: "Offer A: new machines" and "Offer B: used
/// machines", "Week two" and "Week three".
fn enumerated(a: &str, b: &str) -> bool {
    let words = |text: &'_ str| -> Vec<String> {
        words(text)
            .map(|word| word.of(text).to_lowercase())
            .collect()
    };
    let (a, b) = (words(a), words(b));
    let figure = |word: &String| word.contains(char::is_numeric);
    let letter = |word: &String| word.chars().count() == 1 && !figure(word);
    let number = |word: &String| NUMBERS.contains(&word.as_str());
    // "May 3, 2026" is a date, of posts that quote each other.
    if a.iter().filter(|word| figure(word)).count() > 1 {
        return false;
    }
    let same = a.iter().zip(&b).filter(|(a, b)| a == b).count();
    let different = a.iter().zip(&b).find(|(a, b)| a != b);
    a.len() == b.len()
        && 2 * same >= a.len()
        && different.is_some_and(|(a, b)| {
            figure(a) && figure(b) || letter(a) && letter(b) || number(a) && number(b)
        })
}

/// Numbers and days that headings are written with, in the languages of the text cues.
const NUMBERS: &[&str] = &[
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "last",
    "ii",
    "iii",
    "iv",
    "vi",
    "vii",
    "viii",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "eins",
    "zwei",
    "drei",
    "vier",
    "fünf",
    "erste",
    "zweite",
    "dritte",
    "vierte",
    "erster",
    "zweiter",
    "dritter",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "premier",
    "première",
    "deuxième",
    "troisième",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "primera",
    "primero",
    "segunda",
    "segundo",
    "tercera",
    "tercero",
    "один",
    "два",
    "три",
    "первый",
    "первая",
    "второй",
    "вторая",
    "третий",
    "третья",
    "четвёртый",
    "четвёртая",
];
