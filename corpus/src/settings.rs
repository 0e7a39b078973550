//! What the results of a run depend on, of what the user says.

use crate::format::Kind;
use crate::format::fields::Fields;
use crate::results::asked::{Format, Pack};
use serde::{Deserialize, Serialize};
use twicetold::Keep;
use twicetold::finding::Action;

/// What the results of a run depend on: written into its summary, and compared where a run goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What was read, as it was named.
    pub inputs: Vec<String>,
    /// Source of every page, instead of its own.
    pub source: Option<String>,
    /// The names of the fields that records are read by.
    pub fields: Fields,
    pub resemblance: f64,
    pub containment: f64,
    pub keep: KeepRule,
    pub protect: Vec<String>,
    pub protect_source: Vec<String>,
    pub across: Across,
    pub net: Option<f64>,
    pub strip_citations: bool,
    pub to: Option<Format>,
    pub pack: Option<Pack>,
    pub against: Option<String>,
    pub add: bool,
    pub templates: Option<String>,
    pub format: Option<Kind>,
    pub max_record: u64,
    pub max_expansion: u64,
}

/// The library's [`Keep`], by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum KeepRule {
    /// The longest cleaned text
    Longest,
    /// The earliest date; pages without one come last
    Earliest,
    /// The lowest rank of the records; pages without one come last
    Ranked,
    /// The first of the input
    First,
}

/// What becomes of passages that stand on several kept pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum Across {
    /// They are noted
    Note,
    /// They stay on the page that is best by `--keep` and go from the others
    Remove,
    /// They are not looked for
    Ignore,
}

impl From<Across> for Option<Action> {
    fn from(across: Across) -> Self {
        match across {
            Across::Note => Some(Action::Annotate),
            Across::Remove => Some(Action::Remove),
            Across::Ignore => None,
        }
    }
}

impl From<KeepRule> for Keep {
    fn from(rule: KeepRule) -> Self {
        match rule {
            KeepRule::Longest => Keep::Longest,
            KeepRule::Earliest => Keep::Earliest,
            KeepRule::Ranked => Keep::Ranked,
            KeepRule::First => Keep::First,
        }
    }
}
