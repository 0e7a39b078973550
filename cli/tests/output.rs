//! The results in the form that was asked for, and what happens where they cannot be written.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BinaryArray, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

fn twicetold(inputs: &[PathBuf], out: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_twicetold"));
    command.env_clear().arg("dedup").args(inputs);
    command.arg("--out").arg(out).args(more);
    command
}

fn dedup(inputs: &[PathBuf], out: &Path, more: &[&str]) -> Output {
    twicetold(inputs, out, more).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn parsed(text: &str) -> Vec<Value> {
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A file as what it holds, by its name.
fn unpacked(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let mut plain = Vec::new();
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("gz") => flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut plain),
        Some("zst") => zstd::Decoder::new(&bytes[..])
            .unwrap()
            .read_to_end(&mut plain),
        _ => return bytes,
    }
    .unwrap();
    plain
}

fn tale(id: &str) -> String {
    format!(
        "A tale of {id}, which nobody told before {id} came, and which nobody but {id} will tell again."
    )
}

fn parquet(path: &Path) {
    let ids: ArrayRef = Arc::new(StringArray::from(vec!["row 1", "row 2", "row 3"]));
    // The third is a copy of the second.
    let texts = ["row 1", "row 2", "row 2"].map(|id| tale(id).into_bytes());
    let texts: ArrayRef = Arc::new(BinaryArray::from_iter_values(texts));
    let figures: ArrayRef = Arc::new(Int64Array::from(vec![Some(7), None, Some(9)]));
    let columns = [("id", ids), ("figure", figures), ("text", texts)];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer =
        ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// Inputs of every kind: a folder of pages, lines, an archive, a table.
fn inputs(folder: &Path) -> Vec<PathBuf> {
    let at = |name: &str| folder.join(name);
    fs::create_dir_all(at("site/courier")).unwrap();
    fs::write(at("site/courier/page.txt"), tale("courier/page.txt")).unwrap();
    let html = format!("<html><body><p>{}</p></body></html>", tale("html"));
    let lines = [
        json!({ "id": "line 1", "more": [1, {"x": null}], "date": "2026-01-02", "url": "http://a.example/", "text": tale("line 1") }),
        json!({ "id": "../line 2", "html": html }),
        json!({ "id": "copy", "text": tale("line 1") }),
    ];
    fs::write(
        at("x.jsonl"),
        lines.map(|line| format!("{line}\n")).concat(),
    )
    .unwrap();
    let text = tale("archived");
    let record = format!(
        "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:x>\r\nWARC-Date: 2026-03-04T05:06:07Z\r\n\
         Content-Type: text/plain\r\nContent-Length: {}\r\n\r\n{text}\r\n\r\n",
        text.len()
    );
    fs::write(at("x.wet"), record).unwrap();
    parquet(&at("x.parquet"));
    ["site", "x.jsonl", "x.wet", "x.parquet"].map(at).to_vec()
}

/// The ids and texts that all of them keep.
fn expected() -> BTreeMap<String, String> {
    let told = |id: &str| (id.to_owned(), tale(id));
    let mut expected = BTreeMap::from(["courier/page.txt", "line 1", "row 1", "row 2"].map(told));
    expected.insert("../line 2".to_owned(), tale("html"));
    expected.insert("urn:x".to_owned(), tale("archived"));
    expected
}

/// Ids and texts of lines; an extracted text may end its line.
fn texts(lines: &[Value]) -> BTreeMap<String, String> {
    let text = |line: &Value, field: &str| line[field].as_str().unwrap().trim_end().to_owned();
    lines
        .iter()
        .map(|line| (text(line, "id"), text(line, "text")))
        .collect()
}

fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

// Very far apart texts of one mould: only equal ones are copies.
const RULES: [&str; 4] = ["--resemblance", "1", "--containment", "0"];

fn asked(more: &[&'static str]) -> Vec<&'static str> {
    RULES.iter().chain(more).copied().collect()
}

#[test]
fn kept_records_on_standard_output() {
    let scratch = tempfile::tempdir().unwrap();
    let inputs = inputs(scratch.path());
    let before = names(scratch.path());
    let run = Command::new(env!("CARGO_BIN_EXE_twicetold"))
        .env_clear()
        .current_dir(scratch.path())
        .arg("dedup")
        .args(&inputs)
        .args(["--out", "-"])
        .args(RULES)
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    let lines = parsed(std::str::from_utf8(&run.stdout).unwrap());
    assert_eq!(texts(&lines), expected());
    // In the order of the input, other fields and all.
    let row = lines.iter().find(|line| line["id"] == "row 2").unwrap();
    assert_eq!(
        *row,
        json!({ "id": "row 2", "figure": null, "text": tale("row 2") })
    );
    let line = lines.iter().find(|line| line["id"] == "line 1").unwrap();
    assert_eq!(line["more"], json!([1, {"x": null}]));
    assert!(said(&run).contains("8 pages in "), "{}", said(&run));
    assert!(!said(&run).contains("written to"), "{}", said(&run));
    // Nothing else is written anywhere.
    assert_eq!(names(scratch.path()), before);
    // The same lines as in a folder.
    let out = scratch.path().join("out");
    assert_eq!(
        dedup(&inputs, &out, &asked(&["--to", "jsonl"]))
            .status
            .code(),
        Some(0)
    );
    assert_eq!(fs::read(out.join("pages.jsonl")).unwrap(), run.stdout);
    // Packed, and not at all.
    let packed = dedup(&inputs, Path::new("-"), &asked(&["--pack", "gz"]));
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(&packed.stdout[..])
        .read_to_end(&mut plain)
        .unwrap();
    assert_eq!(plain, run.stdout);
    let dry = dedup(&inputs, Path::new("-"), &asked(&["--dry-run"]));
    assert_eq!((dry.status.code(), dry.stdout.len()), (Some(0), 0));
    for to in ["parquet", "wet", "text"] {
        let run = dedup(&inputs, Path::new("-"), &["--to", to]);
        assert_eq!(run.status.code(), Some(2));
        assert!(
            said(&run).contains("--out - writes lines of JSON"),
            "{}",
            said(&run)
        );
    }
}

/// Who reads only the first lines gets them, and no complaint.
#[test]
fn a_closed_pipe() {
    let scratch = tempfile::tempdir().unwrap();
    let lines: String = (0..20_000)
        .map(|n| format!("{}\n", json!({ "id": n, "text": tale(&n.to_string()) })))
        .collect();
    let input = scratch.path().join("x.jsonl");
    fs::write(&input, lines).unwrap();
    let mut command = twicetold(&[input], Path::new("-"), &asked(&["--quiet"]));
    let mut run = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 100];
    run.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let run = run.wait_with_output().unwrap();
    assert_eq!((run.status.code(), said(&run)), (Some(0), String::new()));
    assert!(first.starts_with(b"{\"id\":0,"));
}

#[test]
fn packed_results() {
    let scratch = tempfile::tempdir().unwrap();
    let inputs = inputs(scratch.path());
    let out = scratch.path().join("out");
    let plain = scratch.path().join("plain");
    assert_eq!(dedup(&inputs, &plain, &RULES).status.code(), Some(0));
    let all = names(&plain);
    let expected = [
        "ledger.jsonl",
        "pages",
        "pages.jsonl",
        "pages.parquet",
        "pages.wet",
        "related.jsonl",
        "removals.jsonl",
        "removed.jsonl",
        "removed.parquet",
        "summary.json",
    ];
    assert_eq!(all, expected);
    // Each replaces the files of the one before.
    for (pack, ending) in [("gz", ".gz"), ("zst", ".zst"), ("gz", ".gz")] {
        let run = dedup(&inputs, &out, &asked(&["--pack", pack]));
        assert_eq!(run.status.code(), Some(0), "{}", said(&run));
        let packs = |name: &str| name.ends_with(".jsonl") || name.ends_with(".wet");
        let packed = |name: &&str| format!("{name}{}", if packs(name) { ending } else { "" });
        assert_eq!(names(&out), expected.iter().map(packed).collect::<Vec<_>>());
        for name in expected.iter().filter(|name| packs(name)) {
            assert_eq!(
                unpacked(&out.join(packed(name))),
                fs::read(plain.join(name)).unwrap(),
                "{name}"
            );
        }
        let summary: Value =
            serde_json::from_slice(&fs::read(out.join("summary.json")).unwrap()).unwrap();
        assert_eq!(
            (&summary["settings"]["pack"], &summary["settings"]["to"]),
            (&json!(pack), &Value::Null)
        );
    }
    // Each record of an archive is a member: the first alone is whole.
    let packed = fs::read(out.join("pages.wet.gz")).unwrap();
    let mut info = String::new();
    flate2::read::GzDecoder::new(&packed[..])
        .read_to_string(&mut info)
        .unwrap();
    assert!(
        info.contains("WARC-Type: warcinfo") && !info.contains("conversion"),
        "{info}"
    );
    // The same input gives the same bytes, and results are inputs.
    let again = scratch.path().join("again");
    dedup(&inputs, &again, &asked(&["--pack", "gz"]));
    assert_eq!(
        fs::read(again.join("pages.jsonl.gz")).unwrap(),
        fs::read(out.join("pages.jsonl.gz")).unwrap()
    );
    let run = dedup(
        &[out.join("pages.wet.gz"), out.join("pages.jsonl.gz")],
        &scratch.path().join("third"),
        &RULES,
    );
    assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    // Packed files of somebody else are not replaced.
    fs::create_dir(scratch.path().join("mine")).unwrap();
    fs::write(scratch.path().join("mine/ledger.jsonl.gz"), "mine").unwrap();
    assert_eq!(
        dedup(&inputs, &scratch.path().join("mine"), &[])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn all_as_lines() {
    let scratch = tempfile::tempdir().unwrap();
    let inputs = inputs(scratch.path());
    let out = scratch.path().join("out");
    let run = dedup(&inputs, &out, &asked(&["--to", "jsonl"]));
    assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    let lines = fs::read_to_string(out.join("pages.jsonl")).unwrap();
    assert_eq!(texts(&parsed(&lines)), expected());
    assert_eq!(names(&out.join("pages")).len(), 0);
    assert!(!out.join("pages.wet").exists() && !out.join("pages.parquet").exists());
    // What is removed stays as it came.
    assert_eq!(rows(&out.join("removed.parquet")).num_rows(), 1);
    assert_eq!(
        fs::read_to_string(out.join("removed.jsonl"))
            .unwrap()
            .lines()
            .count(),
        1
    );
}

/// All rows of a table.
fn rows(path: &Path) -> RecordBatch {
    let file = File::open(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .unwrap()
        .build()
        .unwrap();
    let batches: Vec<RecordBatch> = reader.map(Result::unwrap).collect();
    arrow_select::concat::concat_batches(&batches[0].schema(), &batches).unwrap()
}

#[test]
fn all_as_rows() {
    let scratch = tempfile::tempdir().unwrap();
    let inputs = inputs(scratch.path());
    let [out, lines] = ["out", "lines"].map(|name| scratch.path().join(name));
    let run = dedup(&inputs, &out, &asked(&["--to", "parquet"]));
    assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    assert_eq!(dedup(&inputs, &lines, &RULES).status.code(), Some(0));
    assert_eq!(fs::read(out.join("pages.jsonl")).unwrap(), b"");
    assert_eq!(names(&out.join("pages")).len(), 0);
    // Rows keep their columns, in a table of their own.
    assert_eq!(
        rows(&out.join("pages-2.parquet")),
        rows(&lines.join("pages.parquet"))
    );
    let table = rows(&out.join("pages.parquet"));
    let column = |name: &str| {
        let column = table
            .column_by_name(name)
            .unwrap()
            .as_string::<i32>()
            .clone();
        column
            .iter()
            .map(|value| value.map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let schema = table.schema();
    let names: Vec<&str> = schema
        .fields()
        .iter()
        .map(|field| &field.name()[..])
        .collect();
    assert_eq!(names, ["id", "source", "url", "date", "text", "record"]);
    // With its text put back, a record is its line.
    let lines = fs::read_to_string(lines.join("pages.jsonl")).unwrap();
    let lines = parsed(&lines);
    assert_eq!(table.num_rows(), lines.len());
    let columns = [
        column("id"),
        column("source"),
        column("url"),
        column("text"),
        column("record"),
    ];
    for (at, line) in lines.iter().enumerate() {
        let [id, source, url, text, record] =
            columns.each_ref().map(|column| column[at].as_deref());
        let mut record: Value = serde_json::from_str(record.unwrap()).unwrap();
        assert_eq!(record["text"], Value::Null);
        record["text"] = text.into();
        assert_eq!(record, *line);
        assert_eq!((id, url), (line["id"].as_str(), line["url"].as_str()));
        let known = ["courier/page.txt", "line 1"]
            .iter()
            .position(|of| Some(*of) == id);
        assert_eq!(source, known.map(|at| ["courier", "a.example"][at]));
    }
    let date = table.column_by_name("date").unwrap();
    let date = date.as_primitive::<arrow_array::types::TimestampMillisecondType>();
    assert_eq!((date.value(1), date.null_count()), (1_767_312_000_000, 2));
    // It is an input again.
    let tables = ["pages.parquet", "pages-2.parquet"].map(|name| out.join(name));
    let run = dedup(&tables, Path::new("-"), &RULES);
    assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    let kept = parsed(std::str::from_utf8(&run.stdout).unwrap());
    assert_eq!(texts(&kept), expected());
}

#[test]
fn all_as_an_archive() {
    let scratch = tempfile::tempdir().unwrap();
    let inputs = inputs(scratch.path());
    let out = scratch.path().join("out");
    let run = dedup(&inputs, &out, &asked(&["--to", "wet", "--pack", "zst"]));
    assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    let lines = String::from_utf8(unpacked(&out.join("pages.jsonl.zst"))).unwrap();
    assert_eq!(texts(&parsed(&lines)), expected());
    let archive = String::from_utf8(unpacked(&out.join("pages.wet.zst"))).unwrap();
    for id in expected().keys().filter(|id| *id != "urn:x") {
        assert!(
            archive.contains(&format!("\r\nX-Twicetold-Id: {id}\r\n")),
            "{id}"
        );
    }
    assert!(
        archive.contains("WARC-Refers-To: <urn:x>")
            && archive.contains("WARC-Target-URI: http://a.example/")
    );
    assert!(archive.contains("\r\nWARC-Date: 2026-01-02T00:00:00Z\r\n"));
    let run = dedup(&[out.join("pages.wet.zst")], Path::new("-"), &RULES);
    let kept = parsed(std::str::from_utf8(&run.stdout).unwrap());
    let mut kept: Vec<String> = texts(&kept).into_values().collect();
    let mut expected: Vec<String> = expected().into_values().collect();
    kept.sort();
    expected.sort();
    assert_eq!(kept, expected);
}

#[test]
fn all_as_files() {
    let scratch = tempfile::tempdir().unwrap();
    let inputs = inputs(scratch.path());
    let out = scratch.path().join("out");
    let run = dedup(&inputs, &out, &asked(&["--to", "text"]));
    assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    let lines = fs::read_to_string(out.join("pages.jsonl")).unwrap();
    assert_eq!(texts(&parsed(&lines)), expected());
    let names = [
        ("courier/page.txt", "courier/page.txt"),
        ("line 1", "line 1.txt"),
        ("../line 2", "_../line 2.txt"),
        ("urn:x", "urn_x.txt"),
        ("row 1", "row 1.txt"),
        ("row 2", "row 2.txt"),
    ];
    for (id, name) in names {
        let text = fs::read_to_string(out.join("pages").join(name)).unwrap();
        assert_eq!(text.trim_end(), expected()[id], "{name}");
    }
}

/// A full disk: the run has failed, and says where.
#[cfg(target_os = "linux")]
#[test]
fn write_errors_name_the_path() {
    let scratch = tempfile::tempdir().unwrap();
    let inputs = inputs(scratch.path());
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    let run = twicetold(&inputs, Path::new("-"), &[])
        .stdout(full())
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(1));
    assert!(
        said(&run).contains("twicetold: standard output: No space left on device"),
        "{}",
        said(&run)
    );
    // Files may not grow over 512 kB; the signal for it is not waited for.
    let many: String = (0..400)
        .map(|n| {
            format!(
                "{}\n",
                json!({ "id": n, "html": "x".repeat(2000), "text": tale(&n.to_string()) })
            )
        })
        .collect();
    fs::write(scratch.path().join("many.jsonl"), many).unwrap();
    let run = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"", "1000"])
        .arg(env!("CARGO_BIN_EXE_twicetold"))
        .arg("dedup")
        .arg(scratch.path().join("many.jsonl"))
        .args(["--resemblance", "1", "--containment", "0", "--out"])
        .arg(scratch.path().join("fresh"))
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(1), "{}", said(&run));
    assert!(
        said(&run).contains("/out/pages.jsonl: File too large"),
        "{}",
        said(&run)
    );
    // What it goes on from with --resume is hidden; nothing else is there.
    let left = names(&scratch.path().join("fresh"));
    assert!(left.iter().all(|name| name.starts_with('.')), "{left:?}");
}

#[test]
fn what_was_asked_for_is_there_with_nothing_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("none.jsonl");
    fs::write(&input, "").unwrap();
    for (to, file) in [("parquet", "pages.parquet"), ("wet", "pages.wet")] {
        let out = folder.path().join(to);
        let run = dedup(std::slice::from_ref(&input), &out, &["--to", to]);
        assert_eq!(run.status.code(), Some(0), "{}", said(&run));
        let made = fs::metadata(out.join(file)).unwrap();
        assert!(made.len() > 0, "{file}");
        if to == "parquet" {
            let file = File::open(out.join(file)).unwrap();
            let table = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
            assert_eq!(table.metadata().file_metadata().num_rows(), 0);
            assert!(table.schema().field_with_name("text").is_ok());
        }
    }
}
