//! What a run is told.

use super::Deduplicator;
#[cfg(doc)]
use super::Page;
use crate::boilerplate::cue::CueTable;
use crate::clean::{CleanRule, Cleaner};
use crate::cluster::{Nearness, Search};
use crate::error::Error;
use crate::finding::Action;
use crate::lsh::Banding;
#[cfg(doc)]
use crate::report::Report;
use crate::shingle::WIDTH;
use crate::sketch::MinHasher;
use std::fmt;
use std::str::FromStr;

/// Which page of a cluster stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Keep {
    /// The one with the longest cleaned text.
    #[default]
    Longest,
    /// The one with the earliest date; pages without a date come last.
    Earliest,
    /// The one with the lowest [`Page::rank`]; pages without a rank come last.
    Ranked,
    /// The first of the input. The only rule under which the order of the input matters.
    First,
}

impl Keep {
    const ALL: [Keep; 4] = [Keep::Longest, Keep::Earliest, Keep::Ranked, Keep::First];

    /// Its name, one word in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Keep::Longest => "longest",
            Keep::Earliest => "earliest",
            Keep::Ranked => "ranked",
            Keep::First => "first",
        }
    }
}

impl fmt::Display for Keep {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

impl FromStr for Keep {
    type Err = Error;

    /// By its [name](Keep::name).
    fn from_str(name: &str) -> Result<Self, Error> {
        let right = "longest, earliest, ranked or first";
        let named = Keep::ALL.into_iter().find(|keep| keep.name() == name);
        named.ok_or_else(|| Error::setting("page to keep", name, right))
    }
}

/// Settings of a [`Deduplicator`]; see [`Deduplicator::builder`].
///
/// Written with serde, a setting that is missing is as it is unless told; a name that is none is refused.
#[doc(alias = "settings")]
#[doc(alias = "config")]
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
#[must_use = "settings do nothing until they are built"]
pub struct Builder {
    pub(super) width: usize,
    pub(super) nearness: Nearness,
    pub(super) report_from: Option<f64>,
    banding: Option<Banding>,
    net: Option<f64>,
    pub(super) keep: Keep,
    pub(super) clean: CleanRule,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    cue_tables: Vec<CueTable>,
    pub(super) template: bool,
    pub(super) across: Option<Action>,
    pub(super) most_keepers: usize,
}

impl Default for Builder {
    fn default() -> Self {
        Builder {
            width: WIDTH,
            nearness: Nearness::DEFAULT,
            report_from: Some(0.3),
            banding: None,
            net: None,
            keep: Keep::Longest,
            clean: CleanRule::DEFAULT,
            cue_tables: Vec::new(),
            template: true,
            across: Some(Action::Annotate),
            most_keepers: Search::MOST_KEEPERS,
        }
    }
}

impl Builder {
    /// Words in a shingle, 1 to 64; 5 unless told.
    pub fn shingle_width(mut self, width: usize) -> Self {
        self.width = width;
        self
    }

    /// Least resemblance of near-duplicates, above 0 and at most 1; 0.7 unless told.
    #[doc(alias = "threshold")]
    #[doc(alias = "similarity")]
    pub fn resemblance(mut self, least: f64) -> Self {
        self.nearness.resemblance = least;
        self
    }

    /// Least share of a page that must stand in a keeper at most twice as long
    /// for the page to be removed, above 0 and at most 1; 0.9 unless told,
    /// `None` never removes by containment.
    pub fn containment(mut self, least: Option<f64>) -> Self {
        self.nearness.containment = least;
        self
    }

    /// Containment only removes under a keeper at most this many times as long, 1
    /// or more; 2 unless told.
    pub fn longest_container(mut self, times: f64) -> Self {
        self.nearness.longest_container = times;
        self
    }

    /// Least resemblance at which two kept pages are reported as related; 0.3
    /// unless told, `None` reports none.
    pub fn report_from(mut self, least: Option<f64>) -> Self {
        self.report_from = least;
        self
    }

    /// Bands and rows of the candidate search; unless told, the most rows a band
    /// that find a pair at the threshold with probability 0.99.
    pub fn banding(mut self, banding: Banding) -> Self {
        self.banding = Some(banding);
        self
    }

    /// Widens the search, so that pairs of this resemblance are met with probability
    /// 0.99, above 0 and at most 1; unless told, those at the threshold are. What is
    /// met below the threshold is only reported, from [`report_from`](Self::report_from) on.
    ///
    /// A wider net takes fewer rows a band, so more strangers become candidates. On
    /// 100,000 news pages 0.5 and 0.3 reported 6,302 and 6,579 pairs instead of
    /// 3,226, in 3 % more time at most; where all pages share a quarter of their
    /// words, buckets overflow, are split, and 0.3 took 8 % more (20,000 pages).
    /// What splitting leaves out is counted in [`Report::left_out`].
    ///
    /// A page of which the share *c* stands in one *f* times as long resembles it by
    /// c / (1 + f − c): by 0.5 at most in one twice as long, 0.1 in one ten times as
    /// long. Where the banding is given this has no effect.
    pub fn net(mut self, resemblance: f64) -> Self {
        self.net = Some(resemblance);
        self
    }

    /// Which page of a cluster stays; the longest unless told.
    pub fn keep(mut self, keep: Keep) -> Self {
        self.keep = keep;
        self
    }

    /// What is cleaned inside a page.
    pub fn clean(mut self, rule: CleanRule) -> Self {
        self.clean = rule;
        self
    }

    /// A table of text cues beside those that come with the library, and beside others
    /// added before.
    pub fn cue_table(mut self, table: CueTable) -> Self {
        self.cue_tables.push(table);
        self
    }

    /// Whether the template of each source is found and taken out; it is unless told.
    pub fn template(mut self, remove: bool) -> Self {
        self.template = remove;
        self
    }

    /// What becomes of blocks that stand on several kept pages and are no template:
    /// they are noted unless told. [`Action::Remove`] takes them out of all pages but
    /// the one of highest rank; `None` does not look for them. What counts as such a
    /// block is [`CleanRule::repeats`], or its default where that is `None`.
    ///
    /// This comes last: the figures of copies and related pairs are from before it. A
    /// page made of others' passages may lose most of its words, down to 25.
    pub fn across(mut self, action: Option<Action>) -> Self {
        self.across = action;
        self
    }

    /// Most keepers of one bucket that a page is compared with, best rank first,
    /// 1 or more; 64 unless told. A bucket with more is split by further rows of the
    /// signatures; what that leaves out is counted in [`Report::left_out`].
    pub fn most_keepers(mut self, most: usize) -> Self {
        self.most_keepers = most;
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// Where one is out of its range.
    pub fn build(self) -> Result<Deduplicator, Error> {
        if !(1..=64).contains(&self.width) {
            return Err(Error::setting("shingle width", self.width, "from 1 to 64"));
        }
        if self.most_keepers == 0 {
            return Err(Error::setting("most keepers", 0, "1 or more"));
        }
        self.nearness.validate()?;
        let mut cleaner = Cleaner::new(self.clean)?;
        for table in &self.cue_tables {
            cleaner = cleaner.with_cues(table.clone())?;
        }
        if let Some(least) = self.report_from
            && !(least > 0.0 && least <= 1.0)
        {
            return Err(Error::setting(
                "report from",
                least,
                "above 0 and at most 1",
            ));
        }
        if let Some(net) = self.net
            && !(net > 0.0 && net <= 1.0)
        {
            return Err(Error::setting("net", net, "above 0 and at most 1"));
        }
        let threshold = self.nearness.resemblance;
        let banding = match self.banding {
            Some(banding) => Banding::new(banding.bands, banding.rows)?,
            None => {
                let net = self.net.unwrap_or(threshold).min(threshold);
                Banding::for_resemblance(net).map_err(|error| match net < threshold {
                    true => Error::setting("net", net, "at least 0.03 for a search with 160 rows"),
                    false => error,
                })?
            }
        };
        let copies = Nearness {
            resemblance: self.nearness.resemblance.min(COPIES.resemblance),
            ..COPIES
        };
        // Copies that share a block of prose are met without banding; this is for
        // those edited throughout, which are more alike.
        let copies_banding = Banding::for_resemblance(copies.resemblance.max(0.5))?;
        let rows = banding
            .signature_rows()
            .max(copies_banding.signature_rows());
        Ok(Deduplicator {
            hasher: MinHasher::new(rows, 0)?,
            banding,
            copies,
            copies_banding,
            cleaner,
            settings: self,
        })
    }
}

/// When two pages are told to be copies before template is convicted. Looser
/// than near-duplicates: a re-post under an introduction of its own must not
/// count twice, and a page wrongly joined here only spares some template.
const COPIES: Nearness = Nearness {
    resemblance: 0.4,
    containment: Some(0.6),
    longest_container: 1.5,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for keep in Keep::ALL {
            assert_eq!(keep.to_string().parse(), Ok(keep));
        }
        for action in [Action::Remove, Action::Annotate] {
            assert_eq!(action.to_string().parse(), Ok(action));
        }
        for wrong in ["", "Longest", "longest ", "shortest", "remove"] {
            let error = wrong.parse::<Keep>().unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Setting);
            let told = error.to_string();
            assert!(
                told.contains("it must be longest, earliest, ranked or first"),
                "{told}"
            );
        }
    }

    #[cfg(feature = "serde")]
    #[test]
    fn settings_that_are_none_are_refused() {
        let read = |json: &str| serde_json::from_str::<Builder>(json);
        assert_eq!(read("{}").unwrap(), Builder::default());
        let all = serde_json::to_string(&Builder::default().resemblance(0.8)).unwrap();
        assert_eq!(read(&all).unwrap(), Builder::default().resemblance(0.8));
        for wrong in [
            r#"{"resemblance":0.95}"#,
            r#"{"Keep":"first"}"#,
            r#"{"keep":"best"}"#,
        ] {
            let error = read(wrong).unwrap_err().to_string();
            assert!(error.contains("unknown"), "{error}");
        }
    }

    #[test]
    fn threads_may_share_them() {
        fn shared<T: Send + Sync + Unpin>() {}
        shared::<Deduplicator>();
        shared::<Builder>();
        shared::<Error>();
        shared::<crate::Page<'_>>();
        shared::<crate::PageSketch>();
        shared::<crate::Report>();
        shared::<crate::Watch<'_>>();
        shared::<crate::clean::Cleaner>();
        shared::<crate::index::PageIndex>();
        shared::<crate::boilerplate::template::Templates>();
    }
}
