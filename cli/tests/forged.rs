//! Words that were made to have one hash, in every command that says what two texts share.

use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use twicetold::report::checksum;

/// Two words of one hash each; see `tests/forged.rs` of the library.
const WORDS: [[&str; 2]; 8] = [
    ["pamzc6rvecczp3vf", "1qcowyza5z06r5h4"],
    ["pamzc6rve5ftd3jb", "1qcowyza5g43l5b2"],
    ["pajnd3xv308uv5tb", "1qa7xwfa4c51w8o2"],
    ["pajnd3xve34wt3vf", "1qa7xwfa5b32t5h4"],
    ["parsc0lpecczp3vf", "1qqawunm5z06r5h4"],
    ["parsc0lpe5ftd3jb", "1qqawunm5g43l5b2"],
    ["rdxvz1lz308uv5tb", "erug1vni4c51w8o2"],
    ["rdxvz1lze34wt3vf", "erug1vni5b32t5h4"],
];

/// A sentence of 60 words; the other `side` says the same in hashes.
fn sentence(seed: usize, side: usize) -> String {
    let mut state = seed;
    let words = (0..60).map(|_| {
        state = (state * 1_103 + 12_345) % 65_537;
        WORDS[state / 16 % 8][side]
    });
    format!("It {}.", words.collect::<Vec<_>>().join(" "))
}

fn own(seed: usize) -> String {
    let words = (0..60).map(|at| format!("word{}", (seed * 7919 + at * 104_729) % 99_991));
    format!("It {}.", words.collect::<Vec<_>>().join(" "))
}

fn twicetold(arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_twicetold"));
    command.env_clear().current_dir(folder).args(arguments);
    command.output().unwrap()
}

fn done(arguments: &[&str], folder: &Path) -> String {
    let output = twicetold(arguments, folder);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

fn write(path: &Path, pages: &[(&str, &str)]) {
    let lines = pages
        .iter()
        .map(|(id, text)| format!("{}\n", json!({ "id": id, "text": text })));
    fs::write(path, lines.collect::<String>()).unwrap();
}

fn rows(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().map(serde_json::from_str);
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn both_are_kept_in_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let [a, b] = [0, 1].map(|side| format!("{} {}", sentence(1, side), sentence(2, side)));
    write(&folder.join("a.jsonl"), &[("a", &a)]);
    write(&folder.join("b.jsonl"), &[("b", &b)]);
    let kept = |out: &str| {
        let ledger = rows(&folder.join(out).join("ledger.jsonl"));
        assert!(
            ledger.iter().all(|row| row["status"] == "kept"),
            "{ledger:?}"
        );
        done(&["ledger", "verify", out], folder);
    };
    done(&["dedup", "a.jsonl", "b.jsonl", "--out", "both"], folder);
    kept("both");
    assert_eq!(rows(&folder.join("both/related.jsonl")), [Value::Null; 0]);

    for (name, text) in [("a.txt", &a), ("b.txt", &b)] {
        fs::write(folder.join(name), text).unwrap();
    }
    let compared = done(&["compare", "a.txt", "b.txt", "--json"], folder);
    let compared: Value = serde_json::from_str(&compared).unwrap();
    assert_eq!(compared["resemblance"], json!(0.0), "{compared}");
    assert_eq!(compared["containment"], json!(0.0));
    assert_eq!(compared["passages"], json!([]));

    done(
        &["index", "build", "a.jsonl", "--index", "old.index"],
        folder,
    );
    let asked = |more: &[&str]| -> Value {
        let mut arguments = vec!["index", "query", "old.index"];
        arguments.extend(more);
        serde_json::from_str(&done(&arguments, folder)).unwrap()
    };
    assert_eq!(asked(&["b.jsonl", "--passages"])["match"], Value::Null);
    let itself = asked(&["a.jsonl", "--passages"]);
    assert_eq!(
        (&itself["match"], &itself["resemblance"]),
        (&json!("a"), &json!(1.0))
    );
    assert_eq!(itself["passages"].as_array().unwrap().len(), 1);
    let against = ["dedup", "b.jsonl", "--out", "new", "--against", "old.index"];
    done(&against, folder);
    kept("new");
    // Words of equal hashes are not the same words: both are in the index.
    done(&["index", "add", "old.index", "b.jsonl"], folder);
    done(&["index", "verify", "old.index"], folder);
    assert_eq!(asked(&["b.jsonl"])["match"], "b");
    assert_eq!(asked(&["a.jsonl"])["match"], "a");
}

#[test]
fn paragraphs_stay() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let [a, b] = [0, 1].map(|side| sentence(3, side));
    let page = |seed: usize, blocks: &[&str]| {
        let mut text = String::new();
        for (at, block) in blocks.iter().enumerate() {
            text += &format!(
                "{}\n{block}\n{}\n",
                own(seed + 2 * at),
                own(seed + 2 * at + 1)
            );
        }
        text
    };
    let (twice, one, other) = (page(1, &[&a, &b]), page(11, &[&a]), page(21, &[&b]));
    write(&folder.join("within.jsonl"), &[("twice", &twice)]);
    write(
        &folder.join("across.jsonl"),
        &[("one", &one), ("other", &other)],
    );
    for name in ["within", "across"] {
        let input = format!("{name}.jsonl");
        done(
            &["dedup", &input, "--out", name, "--across", "remove"],
            folder,
        );
        assert_eq!(
            rows(&folder.join(name).join("removals.jsonl")),
            [Value::Null; 0]
        );
    }
}

/// A ledger that says of forged words what their hashes say.
#[test]
fn a_ledger_is_held_to_the_words() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let [a, b] = [0, 1].map(|side| format!("{}\n{}\n", sentence(4, side), own(1)));
    let copy = format!("{a}Read by the harbour desk.\n");
    write(&folder.join("pages.jsonl"), &[("a", &a), ("copy", &copy)]);
    done(&["dedup", "pages.jsonl", "--out", "out"], folder);
    done(&["ledger", "verify", "out"], folder);
    let rewrite = |name: &str, from: &str, to: &str| {
        let path = folder.join("out").join(name);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{name}: {text}");
        fs::write(&path, text.replace(from, to)).unwrap();
    };
    let quoted = |text: &str| json!(text).to_string();
    rewrite("removed.jsonl", &quoted(&a), &quoted(&b));
    rewrite("ledger.jsonl", &checksum(&a), &checksum(&b));
    let verified = twicetold(&["ledger", "verify", "out"], folder);
    assert_eq!(verified.status.code(), Some(1));
    let said =
        String::from_utf8_lossy(&verified.stdout) + String::from_utf8_lossy(&verified.stderr);
    assert!(said.contains("its resemblance to \"copy\" is"), "{said}");
}

/// A removal that names a twin of forged words.
#[test]
fn a_removal_is_held_to_the_words() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let [a, b] = [0, 1].map(|side| sentence(5, side));
    let page = |block: &str| format!("{}\n{a}\n{}\n{block}\n{}\n", own(1), own(2), own(3));
    write(&folder.join("pages.jsonl"), &[("page", &page(&a))]);
    done(&["dedup", "pages.jsonl", "--out", "out"], folder);
    done(&["ledger", "verify", "out"], folder);
    let removals = folder.join("out/removals.jsonl");
    let text = fs::read_to_string(&removals).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    fs::write(&removals, text.replace(&a, &b)).unwrap();
    let ledger = folder.join("out/ledger.jsonl");
    let text = fs::read_to_string(&ledger).unwrap();
    fs::write(
        &ledger,
        text.replace(&checksum(&page(&a)), &checksum(&page(&b))),
    )
    .unwrap();
    let verified = twicetold(&["ledger", "verify", "out"], folder);
    assert_eq!(verified.status.code(), Some(1));
    let said =
        String::from_utf8_lossy(&verified.stdout) + String::from_utf8_lossy(&verified.stderr);
    assert!(said.contains("does not say what was taken out"), "{said}");
}
