//! The proof of a finding, for people.

use crate::oneline;
use twicetold::boilerplate::cue::CueRule;
use twicetold::finding::Evidence;

/// One clause.
pub fn in_words(evidence: &Evidence) -> String {
    let plural = |number: usize, thing: &str| match number {
        1 => format!("1 {thing}"),
        _ => format!("{number} {thing}s"),
    };
    match evidence {
        Evidence::Repeat { blocks, words } => {
            format!("{} of {}", plural(*words, "word"), plural(*blocks, "block"))
        }
        Evidence::Template {
            clusters,
            of,
            pages,
            blocks,
            digits_equal,
            near_equal,
        } => {
            let how = match (digits_equal, near_equal) {
                (_, true) => ", with some other words",
                (true, false) => ", with other digits",
                (false, false) => "",
            };
            format!(
                "{} in {clusters} of the {} of its source, on {}{how}",
                plural(*blocks, "block"),
                plural(*of, "cluster"),
                plural(*pages, "page")
            )
        }
        Evidence::Cue {
            rule, cues, table, ..
        } => {
            let what = match rule {
                CueRule::Terminator => "behind the article",
                CueRule::RecordList => "a list behind the last prose",
                CueRule::Thread => "comments",
                CueRule::Menu => "a menu",
                CueRule::Notice => "a notice of the site",
                CueRule::OrphanedHeading => "a heading with nothing under it",
                _ => "no part of the article",
            };
            let cues: Vec<String> = cues
                .iter()
                .take(3)
                .map(|cue| format!("“{}”", oneline::line(cue, 60)))
                .collect();
            let language = match table.is_empty() {
                true => String::new(),
                false => format!(" ({table})"),
            };
            match cues.is_empty() {
                true => what.to_owned(),
                false => format!("{what}, by {}{language}", cues.join(", ")),
            }
        }
        Evidence::Markup { arguments } => {
            let says: Vec<&str> = arguments.iter().map(|says| &says.says[..]).collect();
            format!("by its markup: {}", says.join(", "))
        }
        Evidence::Citation { name, index } => {
            format!("citation {index} of {}", oneline::line(name, 60))
        }
        Evidence::Guard { prevented } => prevented.clone(),
        _ => "of a kind this version does not know".to_owned(),
    }
}
