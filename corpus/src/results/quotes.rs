//! What was taken out, for example: the first finding of each reason, quoted.

use crate::oneline;
use crate::results::evidence::in_words;
use std::collections::BTreeMap;
use twicetold::finding::{Action, Finding, Reason};

/// One removal of each reason.
#[derive(Debug, Default)]
pub struct Quotes(BTreeMap<Reason, String>);

/// Characters of a quotation, and of an id.
const LONG: usize = 70;

impl Quotes {
    /// Takes a finding of the page `id`, whose text it was found in, if it is the first removal of its reason.
    pub fn see(&mut self, id: &str, text: &str, finding: &Finding) {
        if finding.action != Action::Remove || self.0.contains_key(&finding.reason) {
            return;
        }
        let quote = format!(
            "  {}\n      “{}”\n      {}: {}",
            oneline::line(id, LONG),
            oneline::line(finding.span.of(text), LONG),
            finding.reason.name(),
            in_words(&finding.evidence)
        );
        self.0.insert(finding.reason, quote);
    }

    /// In the order of the reasons.
    pub fn into_lines(self) -> Vec<String> {
        self.0.into_values().collect()
    }
}
