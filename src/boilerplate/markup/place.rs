//! Where the lines of a page stand: in which elements, and how far from its article.

use crate::block::ends_sentence;
use crate::markup::{Element, Markup, Signal, Signals};
use std::collections::HashSet;

/// Words of a sentence that is taken for prose here; shorter than elsewhere, because
/// paragraphs of news are, and because links and elements tell captions and teasers apart.
const PROSE_WORDS: u32 = 12;

/// Most of the words of prose that stand inside links.
const MOST_LINKED: f64 = 1.0 / 3.0;

/// What an element says of boilerplate counts only where it holds at most this share of the
/// prose: `<div class="page has-sidebar">` and `<form>` around a whole page say nothing.
/// Measured on the 160 articles of the development set by `evaluate --fit`, token F1: 0.5 gives
/// 0.941, 0.3 0.939, 0.7 0.937.
const MOST_PROSE: f64 = 0.5;

/// Share of the page's prose that its main element holds; by the same measure 0.7 gives 0.941,
/// 0.5 0.932, 0.9 0.940.
const MAIN_PROSE: f64 = 0.7;

/// Elements whose prose is not the article's, as far as it can be told by names.
const APART: &[Signal] = &[
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
    Signal::NamedSubscribe,
];

/// Signals that say what a line is, not whether it belongs; they always count.
const KINDS: &[Signal] = &[
    Signal::Heading,
    Signal::ListItem,
    Signal::Cell,
    Signal::Quote,
    Signal::Preformatted,
    Signal::Figure,
    Signal::FigureCaption,
    Signal::Definition,
    Signal::Article,
    Signal::Main,
    Signal::NamedContent,
    Signal::NamedArticle,
    Signal::ArticleBody,
];

/// Where one line stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    /// Everything the elements around it say.
    pub(super) signals: Signals,
    /// Words, and the share of them inside links.
    pub(super) words: u32,
    pub(super) linked: f64,
    pub(super) sentence: bool,
    /// Whether it stands in the main element: the innermost that holds most of the prose.
    pub(super) inside: bool,
    /// How many elements up from the main one the first is that holds both.
    pub(super) apart: usize,
    /// Whether it stands before the first or behind the last prose of the main element.
    pub(super) before: bool,
    pub(super) behind: bool,
    /// Lines to the nearest prose of the main element.
    pub(super) distance: usize,
    /// Share of the words of the element around its own inside links.
    pub(super) linked_around: f64,
    /// Share of the page's words before it.
    pub(super) position: f64,
    /// Whether it ends in a colon.
    pub(super) colon: bool,
}

impl Markup {
    /// The place of every line of `text`. Linear in the text and the elements.
    pub(super) fn places(&self, text: &str) -> Vec<Place> {
        let lines = &self.lines;
        if lines.is_empty() {
            return Vec::new();
        }
        let content = |at: usize| lines[at].span.of(text);
        let linked = |at: usize| share(lines[at].link_words, lines[at].words, 1.0);
        let mut seen = HashSet::new();
        let again: Vec<bool> = (0..lines.len())
            .map(|at| !seen.insert(content(at)))
            .collect();
        let sentence: Vec<bool> = (0..lines.len())
            .map(|at| ends_sentence(content(at)))
            .collect();
        let prose: Vec<bool> = (0..lines.len())
            .map(|at| {
                let long = lines[at].words >= PROSE_WORDS;
                long && sentence[at] && !again[at] && linked(at) <= MOST_LINKED
            })
            .collect();
        let weight = |at: usize| if prose[at] { lines[at].words } else { 0 };
        let signals = self.inherited(&self.totals(weight));
        let apart = |at: usize| signals[lines[at].element as usize].any(APART);
        let own = (0..lines.len()).any(|at| prose[at] && !apart(at));
        let articles = |at: usize| if own && apart(at) { 0 } else { weight(at) };
        let main = Main::of(self, &self.totals(articles), &self.held());
        let prose_of_main: Vec<usize> = (0..lines.len())
            .filter(|&at| articles(at) > 0 && main.up[lines[at].element as usize] == 0)
            .collect();
        let first = prose_of_main.first().copied().unwrap_or(0);
        let last = prose_of_main.last().copied().unwrap_or(lines.len());
        let words_of = self.totals(|at| lines[at].words);
        let links_of = self.totals(|at| lines[at].link_words);
        let linked_in = |element: usize| share(links_of[element], words_of[element], 0.0);
        let all = words_of.first().copied().unwrap_or(0);
        let mut before = 0;
        let mut nearest = prose_of_main.iter().copied().peekable();
        let mut passed = None;
        let place = |at: usize| {
            while let Some(prose) = nearest.next_if(|prose| *prose <= at) {
                passed = Some(prose);
            }
            let distances = [
                passed.map(|prose| at - prose),
                nearest.peek().map(|prose| prose - at),
            ];
            let line = &lines[at];
            let element = line.element as usize;
            let around = self.elements[element].parent as usize;
            before += line.words;
            Place {
                signals: signals[element],
                words: line.words,
                linked: linked(at),
                sentence: sentence[at],
                inside: main.up[element] == 0,
                apart: main.up[element],
                before: at < first,
                behind: at > last,
                distance: distances.into_iter().flatten().min().unwrap_or(usize::MAX),
                linked_around: linked_in(around),
                position: share(before - line.words, all, 0.0),
                colon: content(at).ends_with([':', '：']),
            }
        };
        (0..lines.len()).map(place).collect()
    }

    /// For each element, the sum over the lines inside it.
    fn totals(&self, weight: impl Fn(usize) -> u32) -> Vec<u32> {
        let mut totals = vec![0; self.elements.len()];
        for (at, line) in self.lines.iter().enumerate() {
            totals[line.element as usize] += weight(at);
        }
        // Elements come after those they are in.
        for at in (1..totals.len()).rev() {
            totals[self.elements[at].parent as usize] += totals[at];
        }
        totals
    }

    /// For each element, how many lines stand directly in it.
    fn held(&self) -> Vec<u32> {
        let mut held = vec![0; self.elements.len()];
        for line in &self.lines {
            held[line.element as usize] += 1;
        }
        held
    }

    /// What each element and those around it say; `prose` has the words of prose in each.
    fn inherited(&self, prose: &[u32]) -> Vec<Signals> {
        let mut kinds = Signals::default();
        KINDS.iter().for_each(|kind| kinds.add(*kind));
        let most = MOST_PROSE * f64::from(prose.first().copied().unwrap_or(0));
        let mut inherited: Vec<Signals> = Vec::with_capacity(self.elements.len());
        for (at, Element { parent, signals }) in self.elements.iter().enumerate() {
            let own = match f64::from(prose[at]) > most {
                true => signals.intersection(kinds),
                false => *signals,
            };
            let around = inherited.get(*parent as usize).copied().unwrap_or_default();
            inherited.push(own.union(around));
        }
        inherited
    }
}

/// The main element of a page.
struct Main {
    /// For each element, how many elements up from the main one the first is that holds both.
    up: Vec<usize>,
}

impl Main {
    /// The innermost element that holds most of the prose, reached from the outermost by
    /// the child that holds most; `prose` has the words of prose in each, `held` the lines.
    /// A paragraph is none, however long it is.
    fn of(markup: &Markup, prose: &[u32], held: &[u32]) -> Self {
        let elements = &markup.elements;
        let least = MAIN_PROSE * f64::from(prose.first().copied().unwrap_or(0));
        // Only one child can hold most of the prose.
        let mut path = vec![0];
        for at in 1..elements.len() {
            let parent = elements[at].parent as usize;
            let paragraph = held[at] == 1;
            if prose[at] > 0
                && !paragraph
                && f64::from(prose[at]) >= least
                && path.last() == Some(&parent)
            {
                path.push(at);
            }
        }
        let mut on_path = vec![None; elements.len()];
        for (up, at) in path.iter().rev().enumerate() {
            on_path[*at] = Some(up);
        }
        let mut up: Vec<usize> = Vec::with_capacity(elements.len());
        for at in 0..elements.len() {
            let around = || up[elements[at].parent as usize];
            let here = on_path[at].unwrap_or_else(around);
            up.push(here);
        }
        Main { up }
    }
}

fn share(part: u32, whole: u32, of_nothing: f64) -> f64 {
    match whole {
        0 => of_nothing,
        _ => f64::from(part) / f64::from(whole),
    }
}
