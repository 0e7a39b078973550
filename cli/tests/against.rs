//! New pages against old ones: `dedup --against INDEX`.

use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn twicetold(arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_twicetold"));
    command.env_clear().current_dir(folder).args(arguments);
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn ledger(out: &Path) -> Vec<Value> {
    let text = fs::read_to_string(out.join("ledger.jsonl")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A story of its own for each seed: 120 words.
fn story(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let words = (0..120).map(|_| {
        state = state.wrapping_mul(0xd129_42f0_82e0_e3a9).wrapping_add(1);
        format!("w{}", state >> 48)
    });
    words.collect::<Vec<_>>().join(" ") + ".\n"
}

fn write(path: &Path, pages: &[(&str, String)]) {
    let lines = pages
        .iter()
        .map(|(id, text)| format!("{}\n", json!({ "id": id, "text": text })));
    fs::write(path, lines.collect::<String>()).unwrap();
}

#[test]
fn day_by_day() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(
        &folder.join("monday.jsonl"),
        &[
            ("mon/1", story(1)),
            ("mon/2", story(2)),
            ("mon/2b", story(2) + "Post a Comment\n"),
        ],
    );
    let day = |name: &str, more: &[&str]| {
        let input = format!("{name}.jsonl");
        let mut arguments = vec!["dedup", &input, "--out", name, "--against", "news.index"];
        arguments.extend(more);
        twicetold(&arguments, folder)
    };
    let missing = day("monday", &[]);
    assert_eq!(missing.status.code(), Some(2), "{}", said(&missing));
    assert!(said(&missing).contains("news.index"), "{}", said(&missing));
    let first = day("monday", &["--add"]);
    assert_eq!(first.status.code(), Some(0), "{}", said(&first));
    // Cleaned, it is a copy: what stands around it does not count.
    let changed = story(1).replacen(' ', " really ", 1) + "You may also like\n";
    write(
        &folder.join("tuesday.jsonl"),
        &[
            ("tue/1", changed.clone()),
            ("tue/2", story(3) + "The harbour has one more sentence.\n"),
            ("tue/3", story(3)),
            ("tue/keep", story(2)),
        ],
    );
    let before = fs::read(folder.join("news.index")).unwrap();
    let asked = day("tuesday", &["--protect", "tue/keep"]);
    assert_eq!(asked.status.code(), Some(0), "{}", said(&asked));
    assert!(
        said(&asked).contains("1 removed page of them is a copy")
            || said(&asked).contains("is a copy of a page of news.index"),
        "{}",
        said(&asked)
    );
    assert_eq!(fs::read(folder.join("news.index")).unwrap(), before);
    let rows = ledger(&folder.join("tuesday"));
    let status: Vec<&str> = rows
        .iter()
        .map(|row| row["status"].as_str().unwrap())
        .collect();
    assert_eq!(status, ["removed", "kept", "removed", "kept"]);
    assert_eq!(
        (&rows[0]["keeper"], &rows[0]["index"]),
        (&json!("mon/1"), &json!("news.index"))
    );
    // 116 windows of five words each, of which the new word breaks up one.
    let overlap = twicetold::verify::Overlap::of_texts(
        &changed.replace("You may also like\n", ""),
        &story(1),
        5,
    );
    let resemblance = rows[0]["resemblance"].as_f64().unwrap();
    assert!(
        (resemblance - overlap.resemblance()).abs() < 1e-6,
        "{resemblance}"
    );
    assert_eq!(rows[2]["keeper"], "tue/2");
    assert_eq!(rows[2].get("index"), None);
    let removed = fs::read_to_string(folder.join("tuesday/removed.jsonl")).unwrap();
    assert_eq!(removed.lines().count(), 2);
    // What was kept yesterday is old today.
    let added = day("tuesday", &["--protect", "tue/keep", "--add"]);
    assert_eq!(added.status.code(), Some(0), "{}", said(&added));
    write(
        &folder.join("wednesday.jsonl"),
        &[("wed/1", story(3)), ("wed/2", story(4))],
    );
    for threads in ["1", "3"] {
        let last = day("wednesday", &["--threads", threads]);
        assert_eq!(last.status.code(), Some(0), "{}", said(&last));
        let rows = ledger(&folder.join("wednesday"));
        assert_eq!(rows[0]["keeper"], "tue/2");
        assert_eq!(rows[1]["status"], "kept");
    }
    let other = day("wednesday", &["--resemblance", "0.9"]);
    assert_eq!(other.status.code(), Some(2), "{}", said(&other));
    assert!(
        said(&other).contains("0.9") && said(&other).contains("0.7"),
        "{}",
        said(&other)
    );
}
