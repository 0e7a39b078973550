//! What a run wrote, read again: the accounting, the originals, and what is told of pages.

use arrow_array::{Array, ArrayRef, Int32Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

fn twicetold(args: &[&str]) -> Output {
    command(args).output().unwrap()
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_twicetold"));
    command.env_clear().args(args);
    command
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn said(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    format!("{out}{err}")
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().map(serde_json::from_str);
    lines.map(Result::unwrap).collect()
}

/// Files below a folder.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files
        .map(|file| {
            let name = file.path().strip_prefix(folder).unwrap();
            (
                path(name).replace('\\', "/"),
                fs::read(file.path()).unwrap(),
            )
        })
        .collect()
}

/// An article of its own: `number` says which.
fn story(number: usize) -> String {
    const WORDS: [&str; 16] = [
        "harbour",
        "ferry",
        "council",
        "winter",
        "larch",
        "timber",
        "gutter",
        "shipwright",
        "morning",
        "crack",
        "hull",
        "diver",
        "quay",
        "lantern",
        "market",
        "tide",
    ];
    let mut state = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        WORDS[(state >> 60) as usize]
    };
    let mut sentence = || {
        let words: Vec<&str> = (0..30).map(|_| next()).collect();
        format!("Because {}.", words.join(" "))
    };
    (0..4).map(|_| sentence() + "\n").collect()
}

/// With a tail that goes, and the whole body again.
fn told_twice(number: usize) -> String {
    let story = story(number);
    format!("{story}Share\n{story}You may also like\nTen boats to see\nThe captain's cat\n")
}

fn table(path: &Path, columns: Vec<(&str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns
            .into_iter()
            .map(|(name, column)| (name, column, true)),
    )
    .unwrap();
    let file = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn read_table(path: &Path) -> RecordBatch {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let schema = Arc::clone(reader.schema());
    let batches: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
    arrow_select::concat::concat_batches(&schema, &batches).unwrap()
}

fn strings(values: Vec<Option<String>>) -> ArrayRef {
    Arc::new(StringArray::from(values))
}

/// Inputs of every kind, with copies across them and ids that stand twice.
struct Corpus {
    scratch: tempfile::TempDir,
    inputs: Vec<PathBuf>,
    records: Vec<String>,
}

impl Corpus {
    fn new() -> Corpus {
        let scratch = tempfile::tempdir().unwrap();
        let at = |name: &str| scratch.path().join(name);
        for site in ["courier", "mirror"] {
            fs::create_dir_all(at("site").join(site)).unwrap();
        }
        for number in 0..6 {
            let page = format!("Courier\nHome\nWeather\n{}", told_twice(number));
            fs::write(at(&format!("site/courier/{number}.txt")), page).unwrap();
        }
        // A copy of one of them, and one that nothing is taken out of.
        fs::write(
            at("site/mirror/0.txt"),
            format!("{}By the desk.\n", story(0)),
        )
        .unwrap();
        fs::write(at("site/mirror/plain.txt"), "Nothing here stands twice.").unwrap();
        fs::write(
            at("site/mirror/records.jsonl.txt"),
            "A page that has an odd name.",
        )
        .unwrap();
        let html = |number: usize| {
            let paragraphs = story(number).replace('\n', "</p>\n<p>");
            format!(
                "<!doctype html>\n<title>T</title><nav><a href=/>Home</a></nav><article><h1>Caf\u{e9} &amp; quay</h1><p>{paragraphs}</article>\
                 <div class=related-posts><a href=/1>Ten boats to see</a></div>"
            )
        };
        fs::write(at("site/mirror/page.html"), html(7)).unwrap();
        fs::write(at("site/mirror/again.html"), html(7)).unwrap();
        let records = vec![
            json!({ "id": "a", "n": 1.50, "text": told_twice(10), "z": null }).to_string(),
            json!({ "id": "b", "text": story(10) }).to_string(),
            format!(
                r#"{{ "id" : "c" , "text" : {} , "more" : [1, {{"x": 2}}] }}"#,
                json!(told_twice(11))
            ),
            // Ids that stand twice: in the file, in the folder, in the table.
            json!({ "id": "a", "text": told_twice(12) }).to_string(),
            json!({ "id": "courier/1.txt", "text": told_twice(13) }).to_string(),
            json!({ "id": "a", "text": story(12) }).to_string(),
            json!({ "id": "h", "html": html(14), "n": 7 }).to_string(),
            format!(r#"{{"id":"i","text":null,"html":{}}}"#, json!(html(15))),
            json!({ "id": "j", "html": html(15) }).to_string(),
            r#"{"id":"k","text":"Sm\u00f6rg\u00e5s and a tale that stays."}"#.to_owned(),
            json!({ "id": "none" }).to_string(),
            // A number for a name, and paragraphs of another page.
            json!({ "id": 7, "text": format!("{}\n{}", &story(51)[..440], &story(11)[..450]) })
                .to_string(),
        ];
        fs::write(at("records.jsonl"), records.join("\n")).unwrap();
        let ids = ["t0", "t1", "a", "t3", "t4"].map(|id| Some(id.to_owned()));
        table(
            &at("with.parquet"),
            vec![
                ("n", Arc::new(Int32Array::from(vec![1, 2, 3, 4, 5]))),
                ("id", strings(ids.to_vec())),
                (
                    "text",
                    strings(vec![
                        Some(told_twice(20)),
                        Some(story(20)),
                        Some(told_twice(21)),
                        None,
                        Some(format!("{} And more.", story(21))),
                    ]),
                ),
                (
                    "html",
                    strings(vec![None, None, None, Some(html(22)), None]),
                ),
            ],
        );
        table(
            &at("without.parquet"),
            vec![
                ("id", strings(ids.to_vec())),
                ("html", strings((22..27).map(|n| Some(html(n))).collect())),
            ],
        );
        let mut archive = Vec::new();
        for (id, text) in [
            ("urn:x:1", told_twice(30)),
            ("urn:x:2", story(30)),
            ("a", told_twice(31)),
        ] {
            write!(
                archive,
                "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <{id}>\r\nWARC-Target-URI: https://a.example/{id}\r\n\
                 WARC-Date: 2024-05-01T10:00:00Z\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{text}\r\n\r\n",
                text.len()
            )
            .unwrap();
        }
        // Of HTML in archives the text is kept.
        let page = html(32);
        write!(
            archive,
            "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:x:4>\r\nContent-Type: text/html\r\n\
             Content-Length: {}\r\n\r\n{page}\r\n\r\n",
            page.len()
        )
        .unwrap();
        fs::write(at("archive.wet"), archive).unwrap();
        let inputs = [
            "site",
            "records.jsonl",
            "with.parquet",
            "archive.wet",
            "without.parquet",
        ];
        Corpus {
            inputs: inputs.map(at).to_vec(),
            scratch,
            records,
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    fn run(&self, out: &str, more: &[&str]) -> PathBuf {
        let out = self.at(out);
        let mut args = vec!["dedup", "--quiet", "--out", path(&out)];
        args.extend(more);
        args.extend(self.inputs.iter().map(|input| path(input)));
        let run = twicetold(&args);
        // Rejected records and ids that stand twice.
        assert_eq!(run.status.code(), Some(3), "{}", said(&run));
        out
    }
}

fn verified(folder: &Path) -> Value {
    let run = twicetold(&["ledger", "verify", path(folder), "--json"]);
    let told: Value = serde_json::from_slice(&run.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", said(&run)));
    let expected = match told["fault_count"] == json!(0) {
        true => 0,
        false => 1,
    };
    assert_eq!(run.status.code(), Some(expected));
    assert_eq!(told["whole"], json!(expected == 0));
    told
}

#[test]
fn what_was_written_is_whole_and_comes_back() {
    let corpus = Corpus::new();
    for (name, more) in [
        ("note", &["--across", "note"][..]),
        ("remove", &["--across", "remove"]),
        (
            "loose",
            &["--resemblance", "0.4", "--net", "0.1", "--keep", "first"],
        ),
        ("strip", &["--strip-citations"]),
    ] {
        let out = corpus.run(name, more);
        let told = verified(&out);
        assert_eq!(told["whole"], true, "{name}: {told:#}");
        let checked = &told["checked"];
        assert_eq!(checked["inputs"], 37, "{told:#}");
        assert_eq!(checked["rejected"], 1);
        assert_eq!(checked["equal_ids"], 10, "{told:#}");
        assert_eq!(checked["checksums"], 36);
        assert!(checked["removed"].as_u64() > Some(5), "{told:#}");
        assert!(checked["twins"].as_u64() > Some(0), "{told:#}");

        let back = corpus.at(&format!("{name}-back"));
        let run = twicetold(&["restore", path(&out), "--out", path(&back)]);
        assert_eq!(run.status.code(), Some(0), "{}", said(&run));
        assert!(
            said(&run).contains("1 records had been rejected"),
            "{}",
            said(&run)
        );
        let mut files = tree(&back);
        let records = String::from_utf8(files.remove("records.jsonl").unwrap()).unwrap();
        let wet = files.remove("records.wet").unwrap();
        files.remove("records.parquet").unwrap();
        files.remove("records-2.parquet").unwrap();
        assert_eq!(files, tree(&corpus.at("site")), "{name}");

        let expected = corpus
            .records
            .iter()
            .filter(|record| !record.contains("\"none\""));
        let expected: Vec<&String> = expected.collect();
        assert_eq!(records.lines().count(), expected.len());
        for (line, expected) in records.lines().zip(expected) {
            // Other bytes as they were: these were written as serde_json writes them.
            assert_eq!(line, expected, "{name}");
        }
        for file in ["with", "without"] {
            let restored = match file {
                "with" => "records.parquet",
                _ => "records-2.parquet",
            };
            let [there, here] = [
                read_table(&corpus.at(&format!("{file}.parquet"))),
                read_table(&back.join(restored)),
            ];
            assert_eq!(
                there.schema().fields(),
                here.schema().fields(),
                "{name} {file}"
            );
            for (there, here) in there.columns().iter().zip(here.columns()) {
                assert_eq!(there.to_data(), here.to_data(), "{name} {file}");
            }
        }
        let wet = String::from_utf8(wet).unwrap();
        for (id, text) in [("urn:x:1", told_twice(30)), ("urn:x:2", story(30))] {
            assert!(wet.contains(&format!("WARC-Record-ID: <{id}>\r\n")));
            assert!(wet.contains(&format!("\r\n\r\n{text}\r\n\r\n")));
        }
        // The same run over what was restored decides the same of what it can know.
        let again = twicetold(&["restore", path(&out), "--out", path(&back)]);
        assert_eq!(again.status.code(), Some(2), "{}", said(&again));
        assert!(said(&again).contains("is not empty"));
    }
    let inside = corpus.at("note/new");
    let run = twicetold(&["restore", path(&corpus.at("note")), "--out", path(&inside)]);
    assert_eq!(run.status.code(), Some(2), "{}", said(&run));
    assert!(!inside.exists());
}

/// Fields by other names, of which the program writes its own beside.
#[test]
fn other_names_of_fields() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    fs::create_dir_all(at("site/one")).unwrap();
    fs::write(at("site/one/a.txt"), told_twice(1)).unwrap();
    fs::write(
        at("site/one/b.html"),
        format!("<p>{}<p>{}", story(2), story(2)),
    )
    .unwrap();
    let records = [
        json!({ "id": "not this", "meta": { "key": "x" }, "text": 5, "article": { "body": told_twice(3) } }),
        json!({ "id": "nor this", "meta": { "key": "y" }, "raw": format!("<p>{}<p>{}", story(4), story(4)) }),
        json!({ "id": "nor", "meta": { "key": 9 }, "text": "my own", "raw": "<p>One line of text." }),
    ];
    let text: String = records.iter().map(|record| format!("{record}\n")).collect();
    fs::write(at("in.jsonl"), &text).unwrap();
    let names = [
        "--id-field",
        "meta.key",
        "--text-field",
        "article.body",
        "--html-field",
        "raw",
    ];
    let mut args = vec!["dedup", "-q", "--out"];
    let (out, back, site, file) = (at("out"), at("back"), at("site"), at("in.jsonl"));
    args.extend([path(&out), path(&site), path(&file)]);
    args.extend(names);
    let run = twicetold(&args);
    assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    let told = verified(&out);
    assert_eq!(told["whole"], true, "{told:#}");
    let run = twicetold(&["restore", path(&out), "--out", path(&back), "--quiet"]);
    assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    assert_eq!(said(&run), "");
    let mut files = tree(&back);
    assert_eq!(files.remove("records.jsonl"), Some(text.into_bytes()));
    assert_eq!(files, tree(&site));
}

/// A folder with one thing wrong with it.
type Damage = (&'static str, &'static str, fn(&mut Vec<String>));

fn at_row(lines: &[String], status: &str) -> usize {
    let status = format!("\"status\":\"{status}\"");
    lines
        .iter()
        .position(|line| line.contains(&status))
        .unwrap()
}

fn edited(line: &mut String, edit: impl FnOnce(&mut Value)) {
    let mut value: Value = serde_json::from_str(line).unwrap();
    edit(&mut value);
    *line = value.to_string();
}

/// The first line that a finding was taken out by, and one that points at a twin.
fn removal(lines: &[String], reason: &str) -> usize {
    let reason = format!("\"reason\":\"{reason}\"");
    let found = lines
        .iter()
        .position(|line| line.contains(&reason) && line.contains("\"action\":\"remove\""));
    found.unwrap()
}

const DAMAGES: &[Damage] = &[
    ("ledger.jsonl", "a row is dropped", |lines| {
        let at = at_row(lines, "kept");
        lines.remove(at);
    }),
    ("ledger.jsonl", "a removed row is dropped", |lines| {
        let at = at_row(lines, "removed");
        lines.remove(at);
    }),
    ("ledger.jsonl", "a rejected row is dropped", |lines| {
        let at = at_row(lines, "rejected");
        lines.remove(at);
    }),
    ("ledger.jsonl", "a row is doubled", |lines| {
        lines.insert(3, lines[3].clone())
    }),
    ("ledger.jsonl", "two rows are swapped", |lines| {
        lines.swap(2, 3)
    }),
    ("ledger.jsonl", "a row is cut", |lines| {
        lines[2].truncate(40)
    }),
    (
        "ledger.jsonl",
        "a keeper that is another kept page",
        |lines| {
            let at = at_row(lines, "removed");
            edited(&mut lines[at], |row| {
                row["keeper"] = json!("mirror/plain.txt");
                row["cluster"] = json!("mirror/plain.txt");
            });
        },
    ),
    ("ledger.jsonl", "a keeper that is no page", |lines| {
        let at = at_row(lines, "removed");
        edited(&mut lines[at], |row| {
            row["keeper"] = json!("nobody");
            row["cluster"] = json!("nobody");
        });
    }),
    ("ledger.jsonl", "a keeper that is removed itself", |lines| {
        let at = at_row(lines, "removed");
        edited(&mut lines[at], |row| {
            row["keeper"] = row["id"].clone();
            row["cluster"] = row["id"].clone();
        });
    }),
    ("ledger.jsonl", "a figure of the sixth decimal", |lines| {
        let at = at_row(lines, "removed");
        edited(&mut lines[at], |row| {
            let figure = row["resemblance"].as_f64().unwrap();
            row["resemblance"] = json!(figure - 1e-6);
        });
    }),
    ("ledger.jsonl", "a status", |lines| {
        let at = at_row(lines, "removed");
        lines[at] = lines[at].replace("\"removed\"", "\"kept\"");
    }),
    ("ledger.jsonl", "a number", |lines| {
        let at = lines
            .iter()
            .position(|line| line.contains("\"number\":"))
            .unwrap();
        edited(&mut lines[at], |row| row["number"] = json!(1));
    }),
    ("pages.jsonl", "a line is dropped", |lines| {
        lines.remove(1);
    }),
    ("pages.jsonl", "the last line is dropped", |lines| {
        lines.pop();
    }),
    ("pages.jsonl", "a line is doubled", |lines| {
        lines.insert(1, lines[1].clone())
    }),
    ("pages.jsonl", "two lines are swapped", |lines| {
        lines.swap(1, 2)
    }),
    ("pages.jsonl", "one byte of a text", |lines| {
        let line = &mut lines[10];
        *line = line.replacen("harbour", "harbouR", 1);
    }),
    ("pages.jsonl", "a byte more", |lines| {
        let line = &mut lines[1];
        *line = line.replacen("harbour", "harbours", 1);
    }),
    ("pages.jsonl", "no JSON", |lines| lines[1].truncate(100)),
    ("removed.jsonl", "a line is dropped", |lines| {
        lines.remove(0);
    }),
    ("removed.jsonl", "a line is doubled", |lines| {
        lines.push(lines[0].clone())
    }),
    ("removed.jsonl", "two lines are swapped", |lines| {
        lines.swap(0, 1)
    }),
    ("removed.jsonl", "one byte of a text", |lines| {
        lines[0] = lines[0].replacen("ferry", "fErry", 1);
    }),
    ("removals.jsonl", "a line is dropped", |lines| {
        lines.remove(1);
    }),
    ("removals.jsonl", "a note is dropped", |lines| {
        let at = lines
            .iter()
            .position(|line| line.contains("\"annotate\""))
            .unwrap();
        lines.remove(at);
    }),
    ("removals.jsonl", "a line is doubled", |lines| {
        lines.insert(1, lines[1].clone())
    }),
    ("removals.jsonl", "two lines are swapped", |lines| {
        lines.swap(0, 1)
    }),
    ("removals.jsonl", "a span is moved", |lines| {
        let at = removal(lines, "text-cue");
        edited(&mut lines[at], |row| {
            let span = [0, 1].map(|end| row["span"][end].as_u64().unwrap() - 1);
            row["span"] = json!(span);
        });
    }),
    ("removals.jsonl", "a span is longer", |lines| {
        let at = removal(lines, "repeated-within");
        edited(&mut lines[at], |row| {
            row["span"][1] = json!(row["span"][1].as_u64().unwrap() + 1);
        });
    }),
    ("removals.jsonl", "one byte of what was removed", |lines| {
        let at = removal(lines, "text-cue");
        lines[at] = lines[at].replacen("Share", "Shard", 1);
    }),
    ("removals.jsonl", "a twin outside of its page", |lines| {
        let at = removal(lines, "repeated-within");
        edited(&mut lines[at], |row| {
            row["kept"]["span"] = json!([90_000, 90_010])
        });
    }),
    ("removals.jsonl", "a twin that is gone too", |lines| {
        let at = removal(lines, "repeated-within");
        edited(&mut lines[at], |row| {
            row["kept"]["span"] = row["span"].clone()
        });
    }),
    ("removals.jsonl", "a twin on no page", |lines| {
        let at = removal(lines, "repeated-within");
        edited(&mut lines[at], |row| row["kept"]["id"] = json!("nobody"));
    }),
    ("removals.jsonl", "another page's finding", |lines| {
        edited(&mut lines[0], |row| row["id"] = json!("mirror/plain.txt"));
    }),
    ("pages.jsonl", "another HTML", |lines| {
        let at = lines
            .iter()
            .position(|line| line.contains("<article>"))
            .unwrap();
        lines[at] = lines[at].replacen("<h1>Caf", "<h1>Pub", 1);
    }),
];

#[test]
fn every_damage_is_found() {
    let corpus = Corpus::new();
    let out = corpus.run("out", &[]);
    assert_eq!(verified(&out)["whole"], true);
    let whole = tree(&out);
    for (file, what, damage) in DAMAGES {
        let text = String::from_utf8(whole[*file].clone()).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let before = lines.clone();
        damage(&mut lines);
        assert_ne!(lines, before, "{file}: {what}");
        let damaged: String = lines.iter().map(|line| format!("{line}\n")).collect();
        fs::write(out.join(file), damaged).unwrap();
        let told = verified(&out);
        assert_eq!(told["whole"], false, "{file}: {what}");
        // One fault is not told as hundreds, and each names its file.
        let count = told["fault_count"].as_u64().unwrap();
        assert!(count <= 16, "{file}: {what}: {told:#}");
        let faults = told["faults"].as_array().unwrap();
        assert!(faults.iter().all(|fault| fault["file"].is_string()));
        let restored = corpus.at("restored");
        let run = twicetold(&["restore", path(&out), "--out", path(&restored)]);
        // Figures, keepers and the counts of findings are not needed for the originals.
        if run.status.code() == Some(0) {
            fs::remove_dir_all(&restored).unwrap();
        } else {
            assert_eq!(run.status.code(), Some(1), "{file}: {what}: {}", said(&run));
            assert!(
                said(&run).contains("nothing was restored"),
                "{}",
                said(&run)
            );
            assert!(!restored.exists(), "{file}: {what}");
        }
        fs::write(out.join(file), text).unwrap();
    }
    // Files beside the lines.
    let page = out.join("pages/mirror/plain.txt");
    let text = fs::read(&page).unwrap();
    fs::write(&page, "Nothing here stands Twice.").unwrap();
    assert_eq!(
        verified(&out)["faults"][0]["file"],
        "pages/mirror/plain.txt"
    );
    fs::remove_file(&page).unwrap();
    assert_eq!(verified(&out)["whole"], false);
    fs::write(&page, text).unwrap();
    fs::write(out.join("pages/more.txt"), "x").unwrap();
    assert_eq!(verified(&out)["whole"], false);
    fs::remove_file(out.join("pages/more.txt")).unwrap();
    let wet = fs::read(out.join("pages.wet")).unwrap();
    let at = wet.windows(7).rposition(|seen| seen == b"harbour").unwrap();
    let mut other = wet.clone();
    other[at] = b'H';
    fs::write(out.join("pages.wet"), other).unwrap();
    assert_eq!(verified(&out)["faults"][0]["file"], "pages.wet");
    fs::write(out.join("pages.wet"), wet).unwrap();
    // A table with a row less.
    let tables = fs::read(out.join("pages.parquet")).unwrap();
    let rows = read_table(&out.join("pages.parquet"));
    let file = File::create(out.join("pages.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new(file, rows.schema(), None).unwrap();
    writer.write(&rows.slice(1, rows.num_rows() - 1)).unwrap();
    writer.close().unwrap();
    assert_eq!(verified(&out)["whole"], false);
    fs::write(out.join("pages.parquet"), tables).unwrap();
    assert_eq!(verified(&out)["whole"], true);
    for name in ["removed.parquet", "pages.jsonl", "summary.json"] {
        let bytes = fs::read(out.join(name)).unwrap();
        fs::remove_file(out.join(name)).unwrap();
        let run = twicetold(&["ledger", "verify", path(&out)]);
        assert!([Some(1), Some(2)].contains(&run.status.code()), "{name}");
        assert!(said(&run).contains(name), "{name}: {}", said(&run));
        fs::write(out.join(name), bytes).unwrap();
    }
}

/// Whatever the form of the results is, one bit that is another is found; of a line with its number.
#[test]
fn every_flipped_bit_is_found() {
    let corpus = Corpus::new();
    let mut state = 1_u64;
    let mut draw = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for (name, more) in [
        ("own", &["--net", "0.05"][..]),
        ("packed", &["--pack", "zst"]),
        ("rows", &["--to", "parquet", "--pack", "gz"]),
        ("wet", &["--to", "wet", "--pack", "gz"]),
        ("text", &["--to", "text"]),
        ("lines", &["--to", "jsonl"]),
    ] {
        let out = corpus.run(name, more);
        let told = verified(&out);
        assert_eq!(told["whole"], true, "{name}: {told:#}");
        let whole = tree(&out);
        let files: Vec<&String> = whole
            .keys()
            .filter(|file| !whole[*file].is_empty())
            .collect();
        for round in 0..24 {
            let file = files[(round + draw(2)) % files.len()];
            let mut bytes = whole[file].clone();
            let at = draw(bytes.len());
            bytes[at] ^= 1 << draw(8);
            fs::write(out.join(file), &bytes).unwrap();
            let run = twicetold(&["ledger", "verify", path(&out), "--most", "1000"]);
            let what = format!("{name}/{file}, byte {at}: {}", said(&run));
            assert_eq!(run.status.code(), Some(1), "{what}");
            if file.ends_with(".jsonl")
                && !whole[file][at..at + 1].contains(&b'\n')
                && bytes[at] != b'\n'
            {
                let before = &bytes[..at];
                let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
                assert!(said(&run).contains(&format!("{file}:{line}: ")), "{what}");
            }
            fs::write(out.join(file), &whole[file]).unwrap();
        }
        // What no run of this folder wrote.
        fs::write(out.join("pages-7.parquet"), "PAR1").unwrap();
        assert_eq!(verified(&out)["whole"], false, "{name}");
        fs::remove_file(out.join("pages-7.parquet")).unwrap();
        fs::remove_file(out.join(files[0])).unwrap();
        let run = twicetold(&["ledger", "verify", path(&out)]);
        assert_eq!(run.status.code(), Some(1), "{name}: {}", said(&run));
    }
    // Unpacked, as people are told to before they restore, it is the same.
    let packed = corpus.run("packed", &["--pack", "gz"]);
    for entry in fs::read_dir(&packed).unwrap().map(Result::unwrap) {
        if let Some(plain) = path(&entry.path()).strip_suffix(".gz") {
            let mut bytes = Vec::new();
            let mut reader = flate2::read::MultiGzDecoder::new(File::open(entry.path()).unwrap());
            std::io::Read::read_to_end(&mut reader, &mut bytes).unwrap();
            fs::write(plain, bytes).unwrap();
            fs::remove_file(entry.path()).unwrap();
        }
    }
    let told = verified(&packed);
    assert_eq!(told["whole"], true, "{told:#}");
    assert_eq!(told["checked"]["inputs"], 37);
    let ledger = packed.join("ledger.jsonl");
    let text = fs::read_to_string(&ledger).unwrap();
    fs::write(
        &ledger,
        text.replacen("\"source\":\"c", "\"source\":\"C", 1),
    )
    .unwrap();
    assert_eq!(verified(&packed)["faults"][0]["file"], "ledger.jsonl");
}

/// A field that rides along is told with its line, and an older run, without checksums, is told to be one.
#[test]
fn what_was_edited_is_told_with_its_line() {
    let corpus = Corpus::new();
    let out = corpus.run("out", &[]);
    let field = "\"z\":null";
    let text = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    let name = match text("pages.jsonl").contains(field) {
        true => "pages.jsonl",
        false => "removed.jsonl",
    };
    let before = text(name);
    let line = before.lines().position(|line| line.contains(field));
    let line = line.unwrap();
    fs::write(out.join(name), before.replacen(field, "\"z\":true", 1)).unwrap();
    let told = verified(&out);
    assert_eq!(told["fault_count"], 1, "{told:#}");
    assert_eq!(told["faults"][0]["file"], name);
    assert_eq!(told["faults"][0]["line"], line + 1);
    let file = out.join("summary.json");
    let mut summary: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let fields = summary.as_object_mut().unwrap();
    fields.remove("checksum");
    fs::write(&file, json!(fields).to_string()).unwrap();
    assert_eq!(verified(&out)["fault_count"], 2);
    fields.remove("files");
    fs::write(&file, summary.to_string()).unwrap();
    let run = twicetold(&["ledger", "verify", path(&out)]);
    assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    assert!(
        said(&run).contains("no checksums of files"),
        "{}",
        said(&run)
    );
}

/// Any line that is lost, stands twice or changes places, in any file.
#[test]
fn every_line_counts() {
    let corpus = Corpus::new();
    let out = corpus.run("out", &["--net", "0.05"]);
    assert_eq!(verified(&out)["whole"], true);
    for file in [
        "ledger.jsonl",
        "pages.jsonl",
        "removed.jsonl",
        "removals.jsonl",
        "related.jsonl",
    ] {
        let text = fs::read_to_string(out.join(file)).unwrap();
        let whole: Vec<&str> = text.lines().collect();
        assert!(!whole.is_empty(), "{file}");
        for at in 0..whole.len() {
            let mut dropped = whole.clone();
            dropped.remove(at);
            let mut doubled = whole.clone();
            doubled.insert(at, whole[at]);
            let mut swapped = whole.clone();
            swapped.swap(at, (at + 1) % whole.len());
            let two = [swapped[at], whole[at]];
            // Rows of records that stand in different files, or in none, and pairs: nothing else tells
            // their order.
            let store = |line: &str| {
                let row: Value = serde_json::from_str(line).unwrap();
                (row["status"].clone(), row["table"].clone())
            };
            let [one, other] = two.map(store);
            let swap =
                file != "related.jsonl" && two[0] != two[1] && one == other && one.0 != "rejected";
            for (what, lines, told) in [
                ("dropped", dropped, true),
                ("doubled", doubled, true),
                ("swapped", swapped, swap),
            ] {
                if !told {
                    continue;
                }
                fs::write(out.join(file), lines.join("\n") + "\n").unwrap();
                let told = verified(&out);
                assert_eq!(told["whole"], false, "{file}:{}: {what}", at + 1);
            }
        }
        fs::write(out.join(file), text).unwrap();
    }
}

#[test]
fn what_became_of_a_page() {
    let corpus = Corpus::new();
    let out = corpus.run("out", &[]);
    let run = |id: &str, more: &[&str]| {
        let mut args = vec!["explain", id, "--run", path(&out)];
        args.extend(more);
        twicetold(&args)
    };
    // Every record of the ledger is explained, as it stands there.
    let ledger = lines(&out.join("ledger.jsonl"));
    let removals = lines(&out.join("removals.jsonl"));
    let ids: std::collections::BTreeSet<&str> = ledger
        .iter()
        .map(|row| row["id"].as_str().unwrap())
        .collect();
    for id in ids {
        let told = run(id, &["--json"]);
        assert_eq!(told.status.code(), Some(0), "{id}: {}", said(&told));
        let told: Vec<Value> = serde_json::from_slice(&told.stdout).unwrap();
        let expected: Vec<&Value> = ledger.iter().filter(|row| row["id"] == id).collect();
        assert_eq!(told.len(), expected.len(), "{id}");
        for (told, row) in told.iter().zip(expected) {
            assert_eq!(&told["ledger"], row);
            let its = |other: &&Value| other["id"] == id && other["number"] == row["number"];
            let found: Vec<&Value> = removals.iter().filter(its).collect();
            assert_eq!(told["findings"], json!(found));
            let copies = ledger
                .iter()
                .filter(|copy| copy["keeper"] == id && copy["keeper_number"] == row["number"]);
            assert_eq!(told["copies"]["count"], copies.count());
            if row["status"] == "removed" {
                assert_eq!(told["likeness"]["resemblance"], row["resemblance"], "{id}");
                assert_eq!(told["likeness"]["containment"], row["containment"], "{id}");
                assert!(!told["likeness"]["passages"].as_array().unwrap().is_empty());
            }
        }
        let told = run(id, &[]);
        assert!(!said(&told).contains('\u{1b}'), "colour in a pipe");
    }
    let told = run("courier/0.txt", &[]);
    for part in [
        "removed as a copy of",
        "resemblance",
        "containment",
        "In common with its keeper",
        "words  A [",
        "You may also like",
        "says again what stands at",
    ] {
        assert!(said(&told).contains(part), "{part}: {}", said(&told));
    }
    let told = said(&run("mirror/0.txt", &[]));
    for part in ["kept", "Copies that went under it: 1"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(
        said(&run("a", &[])).contains("6 records have this id"),
        "{}",
        said(&run("a", &[]))
    );
    assert!(said(&run("none", &[])).contains("rejected"));
    let unknown = run("elsewhere/0.txt", &[]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(unknown.stdout.is_empty());
    for near in ["is no record of", "courier/0.txt", "mirror/0.txt"] {
        assert!(said(&unknown).contains(near), "{}", said(&unknown));
    }
    let nowhere = twicetold(&["explain", "a", "--run", path(&corpus.at("site"))]);
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(
        said(&nowhere).contains("summary.json"),
        "{}",
        said(&nowhere)
    );
}

#[test]
fn two_texts() {
    let corpus = Corpus::new();
    let out = corpus.run("out", &[]);
    let json_of = |args: &[&str]| -> Value {
        let mut all = vec!["compare", "--json"];
        all.extend(args);
        let run = twicetold(&all);
        assert_eq!(run.status.code(), Some(0), "{}", said(&run));
        serde_json::from_slice(&run.stdout).unwrap()
    };
    // Pages of a run as it compared them: the figures of its ledger.
    let ledger = lines(&out.join("ledger.jsonl"));
    let unique = |id: &Value| ledger.iter().filter(|row| row["id"] == *id).count() == 1;
    let mut compared = 0;
    for row in ledger.iter().filter(|row| row["status"] == "removed") {
        if !unique(&row["id"]) || !unique(&row["keeper"]) {
            continue;
        }
        compared += 1;
        let [id, keeper] = ["id", "keeper"].map(|key| row[key].as_str().unwrap());
        let told = json_of(&[id, keeper, "--run", path(&out), "--cleaned"]);
        assert_eq!(told["resemblance"], row["resemblance"]);
        assert_eq!(told["containment"], row["containment"]);
    }
    assert!(compared > 3);
    let (twice, once) = (corpus.at("twice.txt"), corpus.at("once.html"));
    fs::write(&twice, told_twice(40)).unwrap();
    fs::write(
        &once,
        format!(
            "<nav><a href=/>Home</a></nav><article><p>{}</article>",
            story(40).replace('\n', "<p>")
        ),
    )
    .unwrap();
    let told = json_of(&[path(&twice), path(&once)]);
    assert!(told["resemblance"].as_f64() < Some(1.0), "{told}");
    let told = json_of(&[path(&twice), path(&once), "--cleaned"]);
    assert_eq!(told["resemblance"], 1.0, "{told}");
    let text = fs::read_to_string(&twice).unwrap();
    for passage in told["passages"].as_array().unwrap() {
        assert!(text.contains(passage["text"].as_str().unwrap()));
    }
    // From a pipe, told by its content.
    let mut piped = command(&["compare", path(&twice), "-", "--cleaned"]);
    let mut piped = piped
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let html = format!("<!doctype html>{}", fs::read_to_string(&once).unwrap());
    piped
        .stdin
        .take()
        .unwrap()
        .write_all(html.as_bytes())
        .unwrap();
    let piped = piped.wait_with_output().unwrap();
    assert_eq!(piped.status.code(), Some(0));
    assert!(
        said(&piped).contains("resemblance  1.000"),
        "{}",
        said(&piped)
    );
    assert!(!said(&piped).contains('\u{1b}'));
    // Colour where it is asked for, and not where it is refused.
    let coloured = |name: &str| {
        let mut command = command(&["compare", path(&twice), path(&once)]);
        said(
            &command
                .env("CLICOLOR_FORCE", "1")
                .env(name, "1")
                .output()
                .unwrap(),
        )
    };
    assert!(coloured("X").contains("\u{1b}[32m"));
    assert!(
        !coloured("NO_COLOR").contains('\u{1b}'),
        "{}",
        coloured("NO_COLOR")
    );
    for (args, code, says) in [
        (&["-", "-"][..], 2, "stands twice"),
        (&["nowhere.txt", "-"], 1, "nowhere.txt"),
        (
            &["courier/0.txt", "nobody", "--run", path(&out)],
            1,
            "\"nobody\" is no page",
        ),
    ] {
        let mut all = vec!["compare"];
        all.extend(args);
        let run = command(&all).stdin(Stdio::null()).output().unwrap();
        assert_eq!(run.status.code(), Some(code), "{}", said(&run));
        assert!(said(&run).contains(says), "{}", said(&run));
    }
}

#[test]
fn shells_and_manuals() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = twicetold(&["completions", shell]);
        assert_eq!(run.status.code(), Some(0));
        assert!(said(&run).contains("restore"), "{shell}");
    }
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("man1");
    let run = twicetold(&["man", "--out", path(&out)]);
    assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    let pages = tree(&out);
    for name in [
        "twicetold.1",
        "twicetold-dedup.1",
        "twicetold-ledger-verify.1",
        "twicetold-compare.1",
    ] {
        let page = String::from_utf8(pages[name].clone()).unwrap();
        assert!(page.contains(".SH"), "{name}");
    }
    // A reader that has enough.
    let mut piped = command(&["completions", "bash"]);
    let mut piped = piped
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(piped.stdout.take());
    let piped = piped.wait_with_output().unwrap();
    assert_eq!(
        (piped.status.code(), said(&piped)),
        (Some(0), String::new())
    );
}
