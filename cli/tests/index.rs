//! `twicetold index` as a user meets it.

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use twicetold::index::{IndexRule, PageIndex};

/// Runs `twicetold` with these arguments.
fn run<A: AsRef<std::ffi::OsStr>>(arguments: &[A]) -> Output {
    command(arguments).output().unwrap()
}

fn command<A: AsRef<std::ffi::OsStr>>(arguments: &[A]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_twicetold"));
    command.env_clear().args(arguments);
    command
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json_lines(text: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(text).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A folder of its own, and paths in it as arguments.
struct Scratch(tempfile::TempDir);

impl Scratch {
    fn new() -> Self {
        Scratch(tempfile::tempdir().unwrap())
    }

    fn at(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    /// Writes records to a file.
    fn records(&self, name: &str, records: &[(&str, &str)]) -> String {
        let lines = records
            .iter()
            .map(|(id, text)| format!("{}\n", json!({ "id": id, "source": "desk", "text": text })));
        fs::write(self.at(name), lines.collect::<String>()).unwrap();
        self.at(name)
    }
}

/// The folder of pages that comes with the repository.
fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/pages")
}

const FERRY: &str = "The ferry to the outer islands stopped running on Monday after the crew found a crack \
    in the hull, and the company hopes to sail again on Friday once the yard has welded a plate over it.";
const HALL: &str = "The roof of the market hall will be rebuilt in timber, the council decided on Tuesday \
    after a long debate, because larch lasts for eighty years where the gutters are kept clear of leaves.";
const LIBRARY: &str = "Nobody has returned a book to the library on the hill since the bridge below it was \
    closed, says its keeper, who now rows across the river twice a week with two bags of novels.";

#[test]
fn what_is_asked_is_answered_in_order() {
    let scratch = Scratch::new();
    let old = scratch.records("old.jsonl", &[("ferry", FERRY), ("hall", HALL)]);
    let index = scratch.at("old.index");
    let built = run(&["index", "build", &old, "--index", &index]);
    assert_eq!(built.status.code(), Some(0), "{}", said(&built));
    assert!(built.stdout.is_empty());
    assert!(
        said(&built).contains("2 pages given: 2 taken in\n2 pages in "),
        "{}",
        said(&built)
    );

    let copy = format!("Harbour, Tuesday. {FERRY}");
    let new = scratch.records("new.jsonl", &[("a", LIBRARY), ("b", &copy), ("c", HALL)]);
    let mut broken = fs::read_to_string(&new).unwrap();
    broken.push_str("{\"id\": \"d\", \"text\": 3}\n");
    fs::write(&new, broken).unwrap();
    let asked = run(&["index", "query", &index, &new, "--passages"]);
    assert_eq!(asked.status.code(), Some(3), "{}", said(&asked));
    assert!(
        said(&asked).contains("3 pages asked about: 2 copies of old pages, 1 not"),
        "{}",
        said(&asked)
    );
    assert!(
        said(&asked).contains("1 record rejected\n  "),
        "{}",
        said(&asked)
    );
    let lines = json_lines(&asked.stdout);
    assert_eq!(
        lines[0],
        json!({ "id": "a", "match": null, "resemblance": null, "containment": null })
    );
    let words = FERRY.split_whitespace().count();
    let shingles = words - 4;
    assert_eq!(lines[1]["match"], "ferry");
    assert_eq!(lines[1]["source"], "desk");
    // Two words more at the begin are two shingles more.
    let [resemblance, containment] =
        ["resemblance", "containment"].map(|name| lines[1][name].as_f64().unwrap());
    assert_eq!(resemblance, shingles as f64 / (shingles + 2) as f64);
    assert_eq!(containment, resemblance);
    assert_eq!(
        lines[1]["passages"],
        json!([{
            "span": [18, copy.len() - 1], "words": [0, words], "text": FERRY.trim_end_matches('.')
        }])
    );
    assert_eq!(
        (&lines[2]["match"], &lines[2]["resemblance"]),
        (&json!("hall"), &json!(1.0))
    );
    assert_eq!(lines[3]["id"], "d");
    assert!(
        lines[3]["error"]
            .as_str()
            .unwrap()
            .contains("new.jsonl:4: "),
        "{}",
        lines[3]
    );
    assert_eq!(lines.len(), 4);

    // From another program, and without words about it.
    let mut child = command(&["index", "query", &index, "-", "--quiet"]);
    let child = child
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = child.spawn().unwrap();
    let line = json!({ "id": "x", "text": HALL });
    writeln!(child.stdin.take().unwrap(), "{line}").unwrap();
    let piped = child.wait_with_output().unwrap();
    assert_eq!(
        (piped.status.code(), said(&piped)),
        (Some(0), String::new())
    );
    assert_eq!(json_lines(&piped.stdout)[0]["match"], "hall");
}

#[test]
fn who_has_read_enough_is_no_failure() {
    let scratch = Scratch::new();
    let old = scratch.records("old.jsonl", &[("ferry", FERRY)]);
    let index = scratch.at("old.index");
    run(&["index", "build", &old, "--index", &index]);
    let many: String = (0..20_000)
        .map(|id| {
            format!(
                "{}\n",
                json!({ "id": id.to_string(), "text": "a few words" })
            )
        })
        .collect();
    fs::write(scratch.at("many.jsonl"), many).unwrap();
    let mut child = command(&[
        "index",
        "query",
        &index,
        &scratch.at("many.jsonl"),
        "--quiet",
    ]);
    let mut child = child
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!(
        (ended.status.code(), said(&ended)),
        (Some(0), String::new())
    );
}

/// The output folder of a run stands for what the run kept, and the file says what the library says of it.
#[test]
fn the_kept_pages_of_a_run() {
    let scratch = Scratch::new();
    let clean = scratch.at("clean");
    let folder = example();
    let deduped = run(&[
        "dedup",
        folder.to_str().unwrap(),
        "--out",
        &clean,
        "--quiet",
    ]);
    assert_eq!(deduped.status.code(), Some(0), "{}", said(&deduped));
    let index = scratch.at("old.index");
    let built = run(&["index", "build", &clean, "--index", &index]);
    assert_eq!(built.status.code(), Some(0), "{}", said(&built));

    let kept = json_lines(&fs::read(scratch.at("clean/pages.jsonl")).unwrap());
    let removed = json_lines(&fs::read(scratch.at("clean/removed.jsonl")).unwrap());
    assert!(kept.len() > 10 && !removed.is_empty());
    let mut library = PageIndex::new(IndexRule::DEFAULT).unwrap();
    for page in &kept {
        library.add(page["id"].as_str().unwrap(), page["text"].as_str().unwrap());
    }
    let info = run(&["index", "info", &index, "--json"]);
    let info = &json_lines(&info.stdout)[0];
    // Two of them have no words.
    assert_eq!(info["given"], json!(library.len()));
    assert_eq!([&info["same_words"], &info["without_words"]], [0, 2]);
    assert_eq!(info["pages"], json!(library.len() - 2));
    assert_eq!(info["bytes"], json!(fs::metadata(&index).unwrap().len()));
    assert_eq!(info["settings"]["nearness"]["resemblance"], 0.7);

    let asked = run(&["index", "query", &index, folder.to_str().unwrap()]);
    assert_eq!(asked.status.code(), Some(0), "{}", said(&asked));
    let answers = json_lines(&asked.stdout);
    assert_eq!(answers.len(), kept.len() + removed.len());
    let mut copies = 0;
    let lines = String::from_utf8(asked.stdout).unwrap();
    for (answer, line) in answers.iter().zip(lines.lines()) {
        let text = fs::read_to_string(folder.join(answer["id"].as_str().unwrap())).unwrap();
        let right = library.find(&text);
        copies += usize::from(right.is_some());
        let overlap = right.as_ref().map(|found| found.overlap);
        assert_eq!(
            answer["match"],
            json!(right.map(|found| found.id)),
            "{answer}"
        );
        // As they are written: not every reader gives a figure back to the last bit.
        let figures = format!(
            "\"resemblance\":{},\"containment\":{}",
            json!(overlap.map(|overlap| overlap.resemblance())),
            json!(overlap.map(|overlap| overlap.containment()))
        );
        assert!(line.contains(&figures), "{line}: {figures}");
    }
    assert!(copies > 10, "{copies}");
    // Without its pages the folder is no input; without its summary it is a folder like any other.
    fs::remove_file(scratch.at("clean/pages.jsonl")).unwrap();
    let gone = run(&["index", "query", &index, &clean]);
    assert_eq!(gone.status.code(), Some(2));
    assert!(
        said(&gone).contains("its pages are gone"),
        "{}",
        said(&gone)
    );
}

#[test]
fn tables_of_a_run() {
    let scratch = Scratch::new();
    let column = |texts: &[&str]| Arc::new(StringArray::from(texts.to_vec())) as ArrayRef;
    let columns = [
        ("id", column(&["ferry", "hall", "hall again"])),
        ("text", column(&[FERRY, HALL, HALL])),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let table = scratch.at("news.parquet");
    let mut writer =
        ArrowWriter::try_new(File::create(&table).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let lines = scratch.records("news.jsonl", &[("library", LIBRARY)]);
    let (clean, index) = (scratch.at("clean"), scratch.at("old.index"));
    let deduped = run(&["dedup", &table, &lines, "--out", &clean, "--quiet"]);
    assert_eq!(deduped.status.code(), Some(0), "{}", said(&deduped));
    let built = run(&["index", "build", &clean, "--index", &index]);
    assert!(
        said(&built).contains("3 pages given: 3 taken in\n"),
        "{}",
        said(&built)
    );
    let asked = run(&["index", "query", &index, &table, &lines]);
    let found: HashMap<String, String> = json_lines(&asked.stdout)
        .iter()
        .map(|line| {
            ["id", "match"]
                .map(|name| line[name].as_str().unwrap().to_owned())
                .into()
        })
        .collect();
    // One of the two stayed, and both are copies of that.
    let hall = found["hall"].clone();
    assert!(hall == "hall" || hall == "hall again");
    let right = [
        ("ferry", "ferry"),
        ("hall", &hall),
        ("hall again", &hall),
        ("library", "library"),
    ];
    let right = right.map(|(id, of)| (id.to_owned(), of.to_owned()));
    assert_eq!(found, HashMap::from(right));
}

#[test]
fn adding_is_building_and_one_at_a_time() {
    let scratch = Scratch::new();
    let first = scratch.records("first.jsonl", &[("ferry", FERRY), ("hall", HALL)]);
    let second = scratch.records(
        "second.jsonl",
        &[("library", LIBRARY), ("mirror", FERRY), ("hall", " - ")],
    );
    let [whole, parts] = ["whole.index", "parts.index"].map(|name| scratch.at(name));
    for (index, threads) in [(&whole, "1"), (&parts, "2")] {
        let inputs: &[&str] = if index == &whole {
            &[&first, &second]
        } else {
            &[&first]
        };
        let arguments = [
            &["index", "build", "--threads", threads, "--index", index],
            inputs,
        ]
        .concat();
        let built = run(&arguments);
        assert_eq!(built.status.code(), Some(0), "{}", said(&built));
    }
    let reader = File::open(&parts).unwrap();
    let before = fs::read(&parts).unwrap();

    // Somebody else is adding.
    let lock = File::create(scratch.at("parts.index.lock")).unwrap();
    lock.lock().unwrap();
    let refused = run(&["index", "add", &parts, &second]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        said(&refused).contains("another run is adding to it; try again"),
        "{}",
        said(&refused)
    );
    drop(lock);

    let added = run(&["index", "add", &parts, &second]);
    assert_eq!(added.status.code(), Some(0), "{}", said(&added));
    assert!(
        said(&added).contains(
            "3 pages given: 1 taken in, 1 left out, with the same words as an earlier page, 1 left out, without a word\n\
             3 pages in "
        ),
        "{}",
        said(&added)
    );
    assert!(fs::read(&parts).unwrap() == fs::read(&whole).unwrap());
    let mut seen = Vec::new();
    (&reader).read_to_end(&mut seen).unwrap();
    assert!(seen == before, "who read the old file has it to the end");
    // Once more: the same pages.
    run(&["index", "add", &parts, &second]);
    let info = json_lines(&run(&["index", "info", &parts, "--json"]).stdout);
    assert_eq!(
        (&info[0]["pages"], &info[0]["given"]),
        (&json!(3), &json!(8))
    );
    let names = fs::read_dir(scratch.0.path()).unwrap();
    assert_eq!(names.count(), 4, "nothing is left behind");

    let there = run(&["index", "build", &first, "--index", &whole]);
    assert_eq!(there.status.code(), Some(2));
    assert!(
        said(&there).contains("there is an index already"),
        "{}",
        said(&there)
    );
    let anew = run(&[
        "index",
        "build",
        &first,
        "--index",
        &whole,
        "--replace",
        "--containment",
        "0",
    ]);
    assert_eq!(anew.status.code(), Some(0), "{}", said(&anew));
    let info = run(&["index", "info", &whole]);
    let info = String::from_utf8(info.stdout).unwrap();
    assert!(
        info.contains("2 pages (2 given)\n") && info.contains("no containment\n"),
        "{info}"
    );
}

#[test]
fn what_is_no_sound_index_is_refused() {
    let scratch = Scratch::new();
    let pages = scratch.records("pages.jsonl", &[("ferry", FERRY), ("hall", HALL)]);
    let index = scratch.at("old.index");
    run(&["index", "build", &pages, "--index", &index]);
    let bytes = fs::read(&index).unwrap();
    let sound = run(&["index", "verify", &index]);
    assert_eq!(sound.status.code(), Some(0), "{}", said(&sound));

    let check = |bytes: &[u8], code: i32, right: &str| {
        fs::write(&index, bytes).unwrap();
        for arguments in [
            &["index", "verify", &index][..],
            &["index", "query", &index, &pages],
            &["index", "add", &index, &pages],
        ] {
            let refused = run(arguments);
            let said = said(&refused);
            assert_eq!(refused.status.code(), Some(code), "{arguments:?}: {said}");
            assert!(said.contains(right) && said.contains(&index), "{said}");
            assert!(refused.stdout.is_empty());
        }
        assert!(fs::read(&index).unwrap() == bytes);
    };
    check(&bytes[..bytes.len() - 1], 1, "cut short");
    check(b"{\"id\": 1}", 2, "not an index of twicetold");
    let mut other = bytes.clone();
    other[16] = 7;
    check(
        &other,
        2,
        "file version 7, and this program reads version 2",
    );
    let mut other = bytes.clone();
    other[20] += 1;
    check(
        &other,
        2,
        "hashes of format 5, and this program makes format 4",
    );
    // A word of a page that everybody reads.
    let mut other = bytes.clone();
    let at = bytes.windows(5).position(|id| id == b"ferry").unwrap() + 20;
    other[at] ^= 4;
    check(&other, 1, "damaged at byte 512");

    fs::write(&index, &bytes).unwrap();
    let itself = run(&["index", "add", &index, &index]);
    assert_eq!(itself.status.code(), Some(2));
    assert!(
        said(&itself).contains("is the index itself"),
        "{}",
        said(&itself)
    );
    for (arguments, right) in [
        (&["index", "info", "nowhere.index"][..], "nowhere.index: "),
        (
            &["index", "query", &index, "nowhere.jsonl"],
            "nowhere.jsonl: ",
        ),
        (
            &["index", "build", &pages, "--index", "no/where.index"],
            "no/where.index: ",
        ),
        (
            &[
                "index",
                "build",
                &pages,
                "--index",
                &index,
                "--replace",
                "--resemblance",
                "7",
            ],
            "resemblance is 7; it must be",
        ),
    ] {
        let refused = run(arguments);
        assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
        assert!(said(&refused).contains(right), "{}", said(&refused));
    }
    assert!(fs::read(&index).unwrap() == bytes);
}
