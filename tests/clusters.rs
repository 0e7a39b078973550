//! The example that only clusters, on lines of every kind.
#![cfg(feature = "parallel")]

mod common;

use common::example;
use std::fs;
use std::process::Command;

const STORY: &str = "The ferry to the outer islands stopped running on Monday after the crew \
    found a crack in the hull, the company said, and nobody knows yet when it will sail again.";

/// Lines that hold a record, or do not, in every order that matters to a parser that goes on from
/// line to line.
#[test]
fn every_line_is_read_for_itself() {
    let lines: [(&[u8], Option<&str>); 17] = [
        (br#"{"id":"first","text":"$\n"}"#, Some("first")),
        (br#"{"id":2,"text":"\u00c9tude. $"}"#, Some("2")),
        (b"", None),
        (b" \t\r", None),
        // A record over two lines is none, though a parser could go on.
        (br#"{"id":"broken","#, None),
        (br#""text":"$"}"#, None),
        (br#"{"id":"behind it","text":"\"$\""}"#, Some("behind it")),
        (
            br#"{"id":"two","text":"$"} {"id":"on a line","text":"$"}"#,
            None,
        ),
        (br#"{"id":"behind them","text":"$"}"#, Some("behind them")),
        (b"{\"id\":\"not UTF-8 \xff\",\"text\":\"$\"}", None),
        (
            br#"{"text":"$","id":"fields \"turned\" round","more":[1]}   "#,
            Some("fields \"turned\" round"),
        ),
        (br#"{"id":"no text"}"#, None),
        (br#"[1, 2]"#, None),
        (br#"{"id":"lone surrogate","text":"\ud800 $"}"#, None),
        (
            br#"{"id":"carriage return","text":"$"}"#,
            Some("carriage return"),
        ),
        (br#"7"#, None),
        (
            br#"{"id":"last","text":"A tale of quite another kind, told once."}"#,
            Some("last"),
        ),
    ];
    let scratch = tempfile::tempdir().unwrap();
    let (input, output) = (
        scratch.path().join("in.jsonl"),
        scratch.path().join("out.tsv"),
    );
    let clusters = example("clusters");
    let story = STORY.as_bytes();
    for end in ["\n", "\r\n"] {
        let mut file = Vec::new();
        for (line, _) in lines {
            for byte in line {
                match byte {
                    b'$' => file.extend_from_slice(story),
                    _ => file.push(*byte),
                }
            }
            file.extend_from_slice(end.as_bytes());
        }
        file.truncate(file.len() - end.len());
        fs::write(&input, &file).unwrap();
        for threads in ["1", "2"] {
            let run = Command::new(&clusters)
                .args([&input, &output])
                .args(["--threads", threads])
                .output()
                .unwrap();
            assert_eq!(run.status.code(), Some(3), "{run:?}");
            let said = String::from_utf8(run.stderr).unwrap();
            let rejected = |(line, (bytes, id)): (usize, &(&[u8], Option<&str>))| {
                let blank = bytes.iter().all(u8::is_ascii_whitespace);
                (id.is_none() && !blank).then_some(line + 1)
            };
            let rejected: Vec<usize> = lines.iter().enumerate().filter_map(rejected).collect();
            let told = said.lines().filter_map(|line| line.strip_prefix("line "));
            let told: Vec<usize> = told
                .map(|line| line.split(':').next().unwrap().parse().unwrap())
                .collect();
            assert_eq!(told, rejected, "{said}");
            let kept = fs::read_to_string(&output).unwrap();
            let ids: Vec<&str> = kept
                .lines()
                .map(|row| row.split('\t').next().unwrap())
                .collect();
            let expected: Vec<&str> = lines.iter().filter_map(|(_, id)| *id).collect();
            assert_eq!(ids, expected);
            // All tell one story but the last.
            let mut keepers: Vec<&str> = kept
                .lines()
                .map(|row| row.split('\t').nth(1).unwrap())
                .collect();
            assert_eq!(keepers.pop(), Some("last"));
            keepers.dedup();
            assert_eq!(keepers.len(), 1, "{kept}");
        }
    }
}
