//! A table of cues in one language: plain data, shipped or a caller's.

use super::folded::{Token, is_long};
use crate::error::Error;

/// The phrases by which pages in one language are told to go on after the article.
///
/// A phrase is matched against all words of a line, whatever its case, width,
/// accents and punctuation. `#` stands for a number; `*` at the end for up to eight
/// more words (sixteen letters where no spaces are written).
///
/// Every list may be left empty. Choose phrases of which you cannot imagine a line
/// inside an article that is nothing else: "Related posts", not "Background".
///
/// ```
/// use twicetold::boilerplate::cue::CueTable;
/// use twicetold::clean::{CleanRule, Cleaner};
///
/// let table = CueTable {
///     language: "nl".to_owned(),
///     version: 1,
///     terminators: vec!["Lees ook *".to_owned()],
///     ..CueTable::default()
/// };
/// let cleaner = Cleaner::new(CleanRule::DEFAULT)?.with_cues(table)?;
/// let text = "De veerboot naar de eilanden vaart sinds maandag niet meer, omdat de bemanning \
///     een scheur in de romp vond, zei de rederij, en niemand weet wanneer hij weer vaart.\n\
///     LEES OOK:\nTien boten om te zien\n";
/// assert!(cleaner.clean(text).text(text).ends_with("vaart.\n"));
/// # Ok::<(), twicetold::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct CueTable {
    /// ISO 639-1 code, or the caller's name for the table. Not empty.
    pub language: String,
    /// Grows whenever a phrase is added, removed or changed; 1 or more.
    pub version: u32,
    /// On which labelled pages the table was measured and with what figures; `None`
    /// where it was not. What an unmeasured table says scores
    /// [`UNMEASURED`](super::UNMEASURED), not 1.
    pub measured: Option<String>,
    /// Phrases that end an article wherever they stand in its last 70 %: they
    /// take what follows until prose resumes.
    pub terminators: Vec<String>,
    /// Terminators that open the comments of readers ("Leave a comment"): where dates or
    /// `replies` part what follows, it goes although it is prose.
    pub comments: Vec<String>,
    /// Phrases that interrupt an article ("Read more: ...", "Share"): they take
    /// themselves, and what follows only where no prose does.
    pub asides: Vec<String>,
    /// Phrases that only count where no prose follows: footers and menus.
    pub footers: Vec<String>,
    /// Entries of the menu above an article ("Home", "Sign in"); two of them make a menu.
    pub menus: Vec<String>,
    /// How a paragraph of a site's notices begins ("We use cookies"); it goes
    /// where no prose stands before it, or none after.
    pub notices: Vec<String>,
    /// Headings of what is not text ("Related videos"): they go where the section
    /// under them is gone.
    pub headings: Vec<String>,
    /// Lines that part the comments of readers ("Reply").
    pub replies: Vec<String>,
    /// Names of months and days.
    pub calendar: Vec<String>,
    /// Words that make a length of time an age ("ago"), or are one ("yesterday").
    pub ages: Vec<String>,
    /// Units of an age; without a word of `ages` they are a length of time.
    pub units: Vec<String>,
    /// Words that may stand in a date or an age ("at", "published").
    pub fillers: Vec<String>,
    /// What a site counts under its articles ("comments", "views").
    pub counted: Vec<String>,
}

impl CueTable {
    /// The lists of phrases that are lines or begin them.
    pub(super) fn phrases(&self) -> [&[String]; 8] {
        [
            &self.comments,
            &self.terminators,
            &self.asides,
            &self.footers,
            &self.menus,
            &self.notices,
            &self.headings,
            &self.replies,
        ]
    }

    /// The lists of words of dates and counters.
    pub(super) fn lexicon(&self) -> [&[String]; 5] {
        [
            &self.calendar,
            &self.ages,
            &self.units,
            &self.fillers,
            &self.counted,
        ]
    }

    /// Checks every phrase.
    ///
    /// # Errors
    ///
    /// Where the table has no name or version, or a phrase has no word, a `*` before
    /// its end, or more words than a cue may have. The error names the phrase.
    pub fn validate(&self) -> Result<(), Error> {
        if self.language.trim().is_empty() {
            let right = "a language code or another name";
            return Err(Error::setting("language of a cue table", "\"\"", right));
        }
        if self.version == 0 {
            let right = "1 or more";
            return Err(Error::setting("version of a cue table", 0, right));
        }
        let refuse = |phrase: &str, right| {
            let value = format!("{phrase:?} in table {:?}", self.language);
            Err(Error::setting("cue phrase", value, right))
        };
        for phrase in self.phrases().into_iter().flatten() {
            let body = phrase.strip_suffix(" *").unwrap_or(phrase);
            let tokens = Token::of(body);
            if body.contains('*') {
                return refuse(phrase, "words, with `*` only as the last of them");
            }
            if !tokens.iter().any(|token| matches!(token, Token::Word(_))) {
                return refuse(phrase, "a line with at least one word");
            }
            if is_long(body) {
                return refuse(phrase, "at most 12 words, or 24 letters without spaces");
            }
        }
        for word in self.lexicon().into_iter().flatten() {
            if word.contains(['*', '#']) || Token::of(word).is_empty() {
                return refuse(word, "a word of dates or counters, without `*` and `#`");
            }
        }
        Ok(())
    }
}
