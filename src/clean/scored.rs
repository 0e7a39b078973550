//! Cleaning by scores from elsewhere.

use super::{Cleaned, Cleaner, Run};
use crate::block::Segmented;
use crate::boilerplate::cue::Cues;
use crate::boilerplate::markup::LineScore;
use crate::boilerplate::template::Template;
use std::cell::Cell;

impl Cleaner {
    /// As [`clean_page`](Self::clean_page) without a template, by these `scores` of its lines: to measure
    /// weights on pages that they were not made on.
    #[doc(hidden)]
    pub fn clean_scored(&self, page: &Segmented<'_>, scores: &[LineScore]) -> Cleaned {
        let cues = self.cues.clone().unwrap_or_else(Cues::built_in);
        let run = Run {
            rule: &self.rule,
            cues: &cues,
            template: &Template::default(),
            hangs_on_sources: Cell::new(false),
        };
        run.rounds(page, scores)
    }
}
