//! What tells a second copy from what an author says twice.
//!
//! A copy that a page was given by accident is one, stands as it stood, and its edits
//! are scattered. Parallel texts differ where they must: in figures, in names, in the
//! same word again and again; refrains stand three times; a quotation stands under the
//! name of who said it.

use super::Unit;
use super::near::{Pair, Run, Size};
use crate::block::{Block, Segmented};

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

/// Least share of words that a short run and what it repeats have in common. Chosen on
/// gold.dev, between what edited copies keep and what parallel texts share.
const LEAST_SHORT: f64 = 0.84;

impl Guarded<'_> {
    /// Why `run` stays, if it does: one sentence.
    pub(crate) fn prevents(&self, run: &Run, size: Size) -> Option<String> {
        // The whole page a second time is no figure of speech.
        if size == Size::Page {
            return None;
        }
        let parallel = self.variant(run).or_else(|| self.pieces(run));
        if size == Size::Part {
            return parallel;
        }
        parallel
            .or_else(|| self.symbols(&run.pairs))
            .or_else(|| self.short(run, size))
            .or_else(|| self.named(run))
            .or_else(|| self.attributed(run.pairs[0].copy, run.pairs[0].kept.start))
    }

    /// A form filled in twice: figures for figures, names for names, one word for another
    /// again and again. By estimate one random edit of prose in a hundred looks so.
    fn variant(&self, run: &Run) -> Option<String> {
        let edits = run.edits.all;
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
            for sign in self.blocks[pair.copy].span.of(self.page.text()).chars() {
                signs += usize::from("{}()[]<>;=_|\\/$#`*+\t".contains(sign));
                all += usize::from(!sign.is_whitespace() || sign == '\t');
            }
        }
        (16 * signs > all).then(|| "code or a table repeats itself".to_owned())
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
        let longest = |pair: &&Pair| self.units[pair.copy].words.len();
        let longest = run.pairs.iter().max_by_key(longest)?;
        let apart = run.pairs[0].copy > run.pairs[run.pairs.len() - 1].kept.end;
        let times = self.often[longest.copy];
        if times > 2 && apart {
            return Some(format!("a refrain: it stands {times} times on the page"));
        }
        (run.said < LEAST_SHORT || run.covered < LEAST_SHORT)
            .then(|| format!("only {:.0} % of it is said before", 100.0 * run.said))
    }

    /// "Ann Smith wrote: ..." or "Ann Smith ..." and the words of another post.
    fn named(&self, run: &Run) -> Option<String> {
        ((1..=LONGEST_NAME).contains(&run.ahead) && run.edits.all == 0)
            .then(|| "a quotation: it stands behind the name of who said it".to_owned())
    }

    /// A line above the copy that names who stands above what it repeats, or says "wrote:".
    pub(crate) fn attributed(&self, copy: usize, kept: usize) -> Option<String> {
        let above = &self.blocks[copy.checked_sub(1)?];
        let text = above.span.of(self.page.text()).trim();
        let line = text.strip_suffix([':', '：'])?.trim_end();
        if above.words.len() > LONGEST_ATTRIBUTION {
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
        let says = line.to_lowercase();
        let verb = SAID.iter().any(|verb| says.ends_with(verb));
        (verb || speakers.any(speaks)).then(|| format!("a quotation: above it stands \"{text}\""))
    }
}
