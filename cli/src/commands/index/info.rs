//! `twicetold index info`: what an index was made with, and what it holds.

use super::{and, have, pages};
use clap::Args;
use serde_json::json;
use std::io::{self, Write};
use std::path::PathBuf;
use twicetold::word::{FORMAT_VERSION, UNICODE_VERSIONS};
use twicetold_corpus::failure::Failure;
use twicetold_corpus::index::{Counts, OldPages};

#[derive(Args, Debug)]
pub struct Info {
    /// The index
    #[arg(value_name = "FILE")]
    index: PathBuf,

    /// As JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Info) -> Result<u8, Failure> {
    let old = OldPages::open_any(&args.index)?;
    let rule = old.rule();
    let counts = old.counts();
    let bytes = old.bytes();
    let all: u64 = bytes.iter().map(|(_, bytes)| bytes).sum();
    let unicode = UNICODE_VERSIONS.map(|(a, b, c)| format!("{a}.{b}.{c}"));
    let text = match args.json {
        true => {
            let parts: serde_json::Map<_, _> = bytes
                .iter()
                .map(|(name, bytes)| ((*name).to_owned(), json!(bytes)))
                .collect();
            let Counts {
                pages,
                given,
                same,
                wordless,
                equal_ids,
            } = counts;
            let all = json!({
                "pages": pages, "given": given, "same_words": same, "without_words": wordless,
                "equal_ids": equal_ids, "settings": rule, "format": FORMAT_VERSION,
                "unicode": { "words": unicode[0], "folding": unicode[1] },
                "identity": format!("{:016x}", old.identity()),
                "bytes": all, "parts": parts, "memory": old.memory(),
            });
            format!("{all}\n")
        }
        false => {
            let containment = match rule.nearness.containment {
                Some(least) => format!(
                    "containment {least} in a page at most {} times as long",
                    rule.nearness.longest_container
                ),
                None => "no containment".to_owned(),
            };
            let banding = rule.banding.map_or(String::new(), |banding| {
                format!("{} bands of {} rows, ", banding.bands, banding.rows)
            });
            let parts = bytes
                .iter()
                .map(|(name, bytes)| format!("  {bytes:>14}  {name}\n"));
            format!(
                "{} ({} given{}{})\n{}copies: resemblance {}, or {containment}\nsearch: shingles of {} words, \
                 {banding}at most {} pages of a bucket\nhashes: format {FORMAT_VERSION}, words of Unicode {}, \
                 folding of Unicode {}\nidentity: {:016x}\n{all} bytes, of which {} in memory when it is open\n{}",
                pages(counts.pages),
                counts.given,
                and(counts.same, "had the same words as an earlier one"),
                and(counts.wordless, "had no word"),
                match counts.equal_ids {
                    0 => String::new(),
                    number => format!("{} the id of an earlier one\n", have(number)),
                },
                rule.nearness.resemblance,
                rule.width,
                rule.most_keepers,
                unicode[0],
                unicode[1],
                old.identity(),
                old.memory(),
                parts.collect::<String>(),
            )
        }
    };
    match io::stdout().write_all(text.as_bytes()) {
        // Whoever read it has enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(0),
        Err(error) => Err(Failure::run(format!("standard output: {error}"))),
        Ok(()) => Ok(0),
    }
}
