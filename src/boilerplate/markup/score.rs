//! How sure the markup makes that a line is not the article's.

use super::around::JUDGED;
use super::place::Place;
use super::weights::TRAITS;
use super::{Markup, Signal};
use crate::span::Span;

/// What is weighed about a line, and its weights: what one unit of it adds to the log-odds that
/// the line is not the article's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trait {
    /// Its name, as reports give it.
    pub name: &'static str,
    /// Its weight in the first judgement, which only judges the lines around a line.
    pub first: f64,
    /// Its weight in the score.
    pub weight: f64,
}

/// Traits that are no signals, and those that are of the line and its elements alone.
const PLAIN: usize = 41;
pub const OWN: usize = PLAIN + SIGNALS.len();

/// All traits: the line's own, and what a first judgement of the lines around it says.
pub const ALL: usize = OWN + JUDGED;

/// The signals that are weighed.
const SIGNALS: [Signal; 39] = [
    Signal::Navigation,
    Signal::Header,
    Signal::Footer,
    Signal::Aside,
    Signal::Form,
    Signal::Dialog,
    Signal::Heading,
    Signal::Title,
    Signal::Paragraph,
    Signal::ListItem,
    Signal::Cell,
    Signal::Quote,
    Signal::Definition,
    Signal::Figure,
    Signal::FigureCaption,
    Signal::Article,
    Signal::Main,
    Signal::Hidden,
    Signal::NamedHidden,
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
    Signal::NamedTopics,
    Signal::NamedCaption,
    Signal::NamedContents,
    Signal::NamedSearch,
    Signal::NamedShop,
    Signal::NamedThread,
    Signal::NamedMember,
    Signal::NamedContent,
    Signal::NamedArticle,
    Signal::ArticleBody,
];

/// Weights in place of those of [`TRAITS`], to measure what such weights are worth on pages that
/// they were not made on.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// Those of the first judgement.
    pub first: [f64; OWN],
    /// Those of the score.
    pub second: [f64; ALL],
}

impl Weights {
    fn built_in() -> Self {
        Weights {
            first: std::array::from_fn(|at| TRAITS[at].first),
            second: std::array::from_fn(|at| TRAITS[at].weight),
        }
    }
}

/// The score of one line.
#[derive(Debug, Clone, PartialEq)]
pub struct LineScore {
    /// The line, without its end.
    pub span: Span,
    /// How sure it is that the line is not the article's, from 0 to 1.
    pub score: f64,
    /// What speaks most for it, the strongest first; of a line that is rather the article's, nothing.
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

/// Least score whose arguments are worth naming.
const NAMED_FROM: f64 = 0.5;

/// The score of what no reader sees, and of the headline where it is said once more.
const HIDDEN: f64 = 0.95;

impl Markup {
    /// What is known of each line of `text`, in the order of [`TRAITS`]; `first` are the weights of the first judgement.
    ///
    /// # Panics
    ///
    /// Where `text` is not the text of this page.
    #[doc(hidden)]
    pub fn traits(&self, text: &str, first: &[f64; OWN]) -> Vec<[f64; ALL]> {
        traits_of(self, &self.places(text), first)
    }

    /// The score of each line of `text`. Linear in the text and the elements.
    ///
    /// # Panics
    ///
    /// Where `text` is not the text of this page.
    pub fn scores(&self, text: &str) -> Vec<LineScore> {
        self.scores_by(text, &Weights::built_in())
    }

    /// The scores by other weights.
    ///
    /// # Panics
    ///
    /// Where `text` is not the text of this page.
    #[doc(hidden)]
    pub fn scores_by(&self, text: &str, weights: &Weights) -> Vec<LineScore> {
        let places = self.places(text);
        let headline = self.headline_span().map(|span| span.of(text));
        let traits = traits_of(self, &places, &weights.first);
        let lines = traits.iter().zip(&places).zip(&self.lines).enumerate();
        let scores = lines.map(|(at, ((values, place), line))| {
            if self.headline == Some(at as u32) {
                return certain(line.span, 0.0, "");
            }
            if place.signals.has(Signal::Hidden) {
                return certain(line.span, HIDDEN, "hidden");
            }
            if headline == Some(line.span.of(text)) {
                return certain(line.span, HIDDEN, "the headline once more");
            }
            let odds: f64 = sum(values, &weights.second);
            let score = 1.0 / (1.0 + (-odds).exp());
            let arguments = match score >= NAMED_FROM {
                true => arguments(values, weights),
                false => Vec::new(),
            };
            LineScore {
                span: line.span,
                score,
                arguments,
            }
        });
        scores.collect()
    }
}

/// What needs no weighing.
fn certain(span: Span, score: f64, says: &str) -> LineScore {
    let argument = Argument {
        says: says.to_owned(),
        adds: ((score / (1.0 - score)).ln() * 100.0).round() / 100.0,
    };
    LineScore {
        span,
        score,
        arguments: if score > 0.0 { vec![argument] } else { Vec::new() },
    }
}

fn sum(values: &[f64], weights: &[f64]) -> f64 {
    let adds = values.iter().zip(weights);
    adds.map(|(value, weight)| value * weight).sum()
}

/// What adds most to the odds, but for what is true of every line.
fn arguments(values: &[f64; ALL], weights: &Weights) -> Vec<Argument> {
    let adds = values.iter().zip(&weights.second).zip(&TRAITS).skip(1);
    let adds = adds.map(|((value, weight), of)| (value * weight, of.name));
    let mut adds: Vec<(f64, &str)> = adds.filter(|(adds, _)| *adds > 0.0).collect();
    adds.sort_by(|a, b| b.0.total_cmp(&a.0));
    adds.truncate(NAMED);
    let argument = |(adds, name): (f64, &str)| Argument {
        says: name.to_owned(),
        adds: (adds * 100.0).round() / 100.0,
    };
    adds.into_iter().map(argument).collect()
}

fn traits_of(markup: &Markup, places: &[Place], first: &[f64; OWN]) -> Vec<[f64; ALL]> {
    let around = |at: usize, of: fn(&Place) -> f64| places.get(at).map_or(0.0, of);
    let length = |place: &Place| (f64::from(place.words) / 30.0).min(1.0);
    let own = |at: usize| {
        let before = at.wrapping_sub(1);
        let neighbours = [
            around(before, length),
            around(at + 1, length),
            around(before, |place| place.linked),
            around(at + 1, |place| place.linked),
        ];
        own(&places[at], neighbours)
    };
    let own: Vec<[f64; OWN]> = (0..places.len()).map(own).collect();
    let odds: Vec<f64> = own.iter().map(|values| sum(values, first)).collect();
    let judged = markup.judged(&odds).into_iter();
    let both = own.into_iter().zip(judged).map(|(own, judged)| {
        let mut values = [0.0; ALL];
        values[..OWN].copy_from_slice(&own);
        values[OWN..].copy_from_slice(&judged);
        values
    });
    both.collect()
}

/// The traits of a line and its elements.
fn own(place: &Place, neighbours: [f64; 4]) -> [f64; OWN] {
    let length = f64::from(place.words).ln_1p();
    let yes = |fact: bool| f64::from(u8::from(fact));
    let [words_before, words_behind, linked_before, linked_behind] = neighbours;
    let inside = yes(place.inside);
    let bare = 1.0 - place.prose_of_page;
    let post = place.signals.any(&[Signal::NamedComment, Signal::NamedThread]);
    let plain = [
        1.0,
        length,
        length.min(3.2),
        place.linked,
        place.linked * length,
        yes(place.sentence),
        yes(place.colon),
        inside,
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
        yes(place.signals.is_silent()),
        yes(place.words <= 3),
        yes(place.question),
        yes(place.again),
        place.digits,
        place.commas,
        inside * yes(place.sentence),
        inside * place.linked,
        inside * length.min(3.2),
        place.prose_around,
        place.prose_outside,
        place.linked_outside,
        place.prose_of_page,
        place.linked_of_page,
        place.prose_near,
        place.prose_far,
        place.linked_near,
        place.like_prose,
        place.like_linked,
        place.like_count,
        yes(post) * place.thread_of_page,
        inside * bare,
        place.linked * bare,
    ];
    let mut values = [0.0; OWN];
    values[..PLAIN].copy_from_slice(&plain);
    for (value, signal) in values[PLAIN..].iter_mut().zip(SIGNALS) {
        *value = yes(place.signals.has(signal));
    }
    values
}
