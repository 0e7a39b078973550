//! What the markup of a page says about its lines, and how sure it makes that a line is
//! not the article's.

mod place;
mod score;

pub use crate::markup::{Element, MarkedLine, Markup, Signal, Signals};
pub use score::{Argument, LineScore, TRAITS};
