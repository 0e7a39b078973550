//! How sure the markup makes that a line is not the article's.

use super::place::Place;
use crate::markup::{Markup, Signal};
use crate::span::Span;

/// What is weighed about a line, and its weight: what one unit of it adds to the
/// log-odds that the line is not the article's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trait {
    /// Its name, as reports give it.
    pub name: &'static str,
    /// Its weight.
    pub weight: f64,
}

const fn weigh(name: &'static str, weight: f64) -> Trait {
    Trait { name, weight }
}

/// Traits that are no signals.
const PLAIN: usize = 19;

/// The signals that are weighed.
const SIGNALS: [Signal; 22] = [
    Signal::Navigation,
    Signal::Header,
    Signal::Footer,
    Signal::Aside,
    Signal::Heading,
    Signal::ListItem,
    Signal::Figure,
    Signal::FigureCaption,
    Signal::Hidden,
    Signal::NamedNavigation,
    Signal::NamedHeader,
    Signal::NamedFooter,
    Signal::NamedAside,
    Signal::NamedRelated,
    Signal::NamedShare,
    Signal::NamedComment,
    Signal::NamedAdvert,
    Signal::NamedSubscribe,
    Signal::NamedByline,
    Signal::NamedCaption,
    Signal::NamedContents,
    Signal::NamedContent,
];

/// What is weighed about a line.
///
/// Weights are from a logistic regression on the 220 pages of the development set (lines that the gold
/// text has against those it has not; a line weighs as the root of its length, articles three times
/// as much as other pages), rounded, and moved so that the best boundary stands at
/// a score of 0.7. `docs/quality.md` has what the score is worth and how to make the weights anew.
pub const TRAITS: [Trait; 41] = [
    weigh("prior", 1.23),
    weigh("length", -0.72),
    weigh("length up to 23 words", 0.71),
    weigh("linked words", 0.66),
    weigh("linked words by length", 0.05),
    weigh("ends a sentence", -0.84),
    weigh("ends in a colon", -1.02),
    weigh("in the main element", -0.92),
    weigh("distance from the main element", 0.75),
    weigh("before the article", 0.63),
    weigh("behind the article", 1.11),
    weigh("lines from prose", 0.24),
    weigh("place on the page", 0.83),
    weigh("links around it", 0.20),
    weigh("length of the line before", -0.30),
    weigh("length of the line behind", -0.48),
    weigh("links in the line before", 0.20),
    weigh("links in the line behind", 0.42),
    weigh("no tag or name speaks", 0.92),
    weigh("in nav", 0.48),
    weigh("in header", 0.66),
    weigh("in footer", 0.80),
    weigh("in aside", 0.91),
    weigh("heading", -0.71),
    weigh("list item", -0.78),
    weigh("in figure", 0.92),
    weigh("caption", 2.57),
    weigh("hidden", -0.50),
    weigh("named as navigation", 0.58),
    weigh("named as header", 0.57),
    weigh("named as footer", 0.65),
    weigh("named as aside", 0.42),
    weigh("named as related", 0.34),
    weigh("named as share", 1.19),
    weigh("named as comment", 2.55),
    weigh("named as advert", 0.81),
    weigh("named as subscribe", 1.71),
    weigh("named as byline", 0.65),
    weigh("named as caption", 0.38),
    weigh("named as contents", -0.81),
    weigh("named as content", -0.81),
];

/// The score of one line.
#[derive(Debug, Clone, PartialEq)]
pub struct LineScore {
    /// The line, without its end.
    pub span: Span,
    /// How sure it is that the line is not the article's, from 0 to 1.
    pub score: f64,
    /// What speaks most for it, the strongest first.
    pub arguments: Vec<Argument>,
}

/// What speaks for a score.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Argument {
    /// Name of the [trait](TRAITS).
    pub says: String,
    /// What it adds to the log-odds, to two decimals.
    pub adds: f64,
}

/// Arguments that are named.
const NAMED: usize = 4;

impl Markup {
    /// What is known of each line of `text`, in the order of [`TRAITS`].
    ///
    /// # Panics
    ///
    /// Where `text` is not the text of this page.
    pub fn traits(&self, text: &str) -> Vec<[f64; TRAITS.len()]> {
        let places = self.places(text);
        let around = |at: usize, of: fn(&Place) -> f64| places.get(at).map_or(0.0, of);
        let values = |at: usize| {
            let before = at.wrapping_sub(1);
            let neighbours = [
                around(before, |place| (f64::from(place.words) / 30.0).min(1.0)),
                around(at + 1, |place| (f64::from(place.words) / 30.0).min(1.0)),
                around(before, |place| place.linked),
                around(at + 1, |place| place.linked),
            ];
            values(&places[at], neighbours)
        };
        (0..places.len()).map(values).collect()
    }

    /// The score of each line of `text`. Linear in the text and the elements.
    ///
    /// # Panics
    ///
    /// Where `text` is not the text of this page.
    pub fn scores(&self, text: &str) -> Vec<LineScore> {
        let traits = self.traits(text).into_iter().zip(&self.lines);
        let scores = traits.map(|(values, line)| {
            let adds = values
                .iter()
                .zip(&TRAITS)
                .map(|(value, of)| value * of.weight);
            let odds: f64 = adds.clone().sum();
            let mut arguments: Vec<Argument> = adds
                .zip(&TRAITS)
                .filter(|(adds, of)| *adds > 0.0 && of.name != TRAITS[0].name)
                .map(|(adds, of)| Argument {
                    says: of.name.to_owned(),
                    adds: (adds * 100.0).round() / 100.0,
                })
                .collect();
            arguments.sort_by(|a, b| b.adds.total_cmp(&a.adds));
            arguments.truncate(NAMED);
            LineScore {
                span: line.span,
                score: 1.0 / (1.0 + (-odds).exp()),
                arguments,
            }
        });
        scores.collect()
    }
}

fn values(place: &Place, neighbours: [f64; 4]) -> [f64; TRAITS.len()] {
    let length = f64::from(place.words).ln_1p();
    let yes = |fact: bool| f64::from(u8::from(fact));
    let [words_before, words_behind, linked_before, linked_behind] = neighbours;
    let plain = [
        1.0,
        length,
        length.min(3.2),
        place.linked,
        place.linked * length,
        yes(place.sentence),
        yes(place.colon),
        yes(place.inside),
        place.apart.min(8) as f64 / 8.0,
        yes(place.before),
        yes(place.behind) * (place.distance.min(5) as f64 / 5.0),
        place.distance.min(10) as f64 / 10.0,
        place.position,
        place.linked_around,
        words_before,
        words_behind,
        linked_before,
        linked_behind,
        yes(place.signals.is_empty()),
    ];
    let mut values = [0.0; TRAITS.len()];
    values[..PLAIN].copy_from_slice(&plain);
    for (value, signal) in values[PLAIN..].iter_mut().zip(SIGNALS) {
        *value = yes(place.signals.has(signal));
    }
    values
}
