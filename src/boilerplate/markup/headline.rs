//! Which line of a page is its headline.

use super::{Markup, Signal};
use crate::span::Span;

/// Words of the longest headline.
const LONGEST: u32 = 60;
/// Elements up from a line in which a heading is looked for.
const UP: usize = 4;
/// Share of the words of the one in the other from which a line and a title are alike.
const ALIKE: f64 = 0.7;

/// Elements in which no headline is looked for but by a line that is the title, word by word.
const ELSEWHERE: &[Signal] = &[
    Signal::Navigation,
    Signal::Footer,
    Signal::Aside,
    Signal::Dialog,
    Signal::Hidden,
    Signal::NamedNavigation,
    Signal::NamedFooter,
    Signal::NamedAside,
    Signal::NamedRelated,
    Signal::NamedComment,
    Signal::NamedShare,
    Signal::NamedSubscribe,
];

/// How sure a line is the headline; of equals the first is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// An `h1` that no title confirms.
    Unconfirmed,
    /// A line that is a title word by word.
    Line,
    /// A heading of another level that is.
    Heading,
    /// An `h1` like a title.
    Like,
    /// An `h1` that is one.
    Same,
}

impl Markup {
    /// The line of `text` that is the headline, by its number: an `h1` that one of the `declared` titles
    /// confirms, else another line that is one of them word by word, else the first `h1`
    /// that is no link. Titles may have the name of the site behind or before them.
    ///
    /// Linear in the text, times the number of titles.
    pub(crate) fn find_headline(&self, text: &str, declared: &[&str]) -> Option<u32> {
        let declared: Vec<Vec<String>> = declared.iter().map(|title| folded(title)).collect();
        let mut best: Option<(Standing, u32)> = None;
        for (at, line) in self.lines.iter().enumerate() {
            let short = (1..=LONGEST).contains(&line.words);
            if !short {
                continue;
            }
            let (heading, title, elsewhere) = self.around(line.element);
            let linked = 2 * line.link_words > line.words;
            let words = match title || heading || line.words >= 2 {
                true => folded(line.span.of(text)),
                false => continue,
            };
            let likeness = declared
                .iter()
                .map(|declared| likeness(&words, declared))
                .max()
                .unwrap_or(Likeness::None);
            let standing = match (likeness, title, heading) {
                _ if elsewhere => continue,
                (Likeness::Same, true, _) => Standing::Same,
                (Likeness::Like, true, _) => Standing::Like,
                (Likeness::Same, _, true) => Standing::Heading,
                (Likeness::Same, ..) if !linked && words.len() >= 3 => Standing::Line,
                (_, true, _) if !linked => Standing::Unconfirmed,
                _ => continue,
            };
            if best.is_none_or(|(known, _)| standing > known) {
                best = Some((standing, at as u32));
            }
        }
        best.map(|(_, at)| at)
    }

    /// Whether the line in `element` is a heading, an `h1`, and in an element where no headline is.
    fn around(&self, element: u32) -> (bool, bool, bool) {
        let (mut heading, mut title, mut elsewhere) = (false, false, false);
        let mut at = element;
        for _ in 0..UP {
            let Some(element) = self.elements.get(at as usize) else {
                break;
            };
            heading |= element.signals.has(Signal::Heading);
            title |= element.signals.has(Signal::Title);
            elsewhere |= element.signals.any(ELSEWHERE);
            at = element.parent;
        }
        (heading, title, elsewhere && !title)
    }

    /// The line that is the headline.
    pub(crate) fn headline_span(&self) -> Option<Span> {
        let line = self.lines.get(self.headline? as usize)?;
        Some(line.span)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    None,
    Like,
    Same,
}

/// How like a declared title a line is; the title may say more in front or behind, as the name of the site.
fn likeness(line: &[String], title: &[String]) -> Likeness {
    if line.is_empty() || title.is_empty() {
        return Likeness::None;
    }
    if line == title {
        return Likeness::Same;
    }
    let most = 2 * line.len() >= title.len();
    if most && line.len() >= 2 && (title.starts_with(line) || title.ends_with(line)) {
        return Likeness::Same;
    }
    let shared = line.iter().filter(|word| title.contains(word)).count() as f64;
    let alike = shared >= ALIKE * line.len() as f64 && shared >= ALIKE * title.len() as f64;
    match alike {
        true => Likeness::Like,
        false => Likeness::None,
    }
}

/// The words of a title, in lower case.
fn folded(text: &str) -> Vec<String> {
    let words = text.split(|sign: char| !sign.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}
