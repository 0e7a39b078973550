//! Input that is broken, hostile or odd, as a user meets it: told by file and place in the ledger,
//! everything else processed, nothing panics, memory stays bounded.

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use tempfile::TempDir;

#[path = "bad_input/bombs.rs"]
mod bombs;

/// What a run with small inputs takes is under 60 MiB; a record, its neighbours and what is unpacked may be
/// held a few times over.
const ENOUGH: u64 = 256 << 20;

/// A folder of inputs, and what became of them.
struct Trial {
    folder: Arc<TempDir>,
}

/// A run that is over.
struct Ran {
    code: i32,
    said: String,
    ledger: Vec<Value>,
    out: PathBuf,
    /// Bytes of memory, at most.
    peak: u64,
    _folder: Arc<TempDir>,
}

impl Trial {
    fn new() -> Trial {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        fs::create_dir(folder.path().join("in")).unwrap();
        Trial { folder }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join("in").join(name)
    }

    fn put(self, name: &str, bytes: impl AsRef<[u8]>) -> Trial {
        fs::write(self.at(name), bytes).unwrap();
        self
    }

    fn command(&self, input: &Path, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_twicetold"));
        command.env_clear().args(["dedup", "--progress", "json"]);
        command.arg(input).arg("--out").arg(self.out()).args(more);
        command
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    /// `dedup` over the folder.
    fn run(&self, more: &[&str]) -> Ran {
        let input = self.folder.path().join("in");
        self.ran(self.command(&input, more).output().unwrap())
    }

    /// `dedup` over what `feed` writes to standard input.
    fn piped(&self, more: &[&str], feed: impl FnOnce(&mut Child)) -> Ran {
        let mut command = self.command(Path::new("-"), more);
        command.stdin(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        feed(&mut child);
        drop(child.stdin.take());
        self.ran(child.wait_with_output().unwrap())
    }

    fn ran(&self, output: Output) -> Ran {
        let said = String::from_utf8(output.stderr).unwrap();
        let peaks = said.lines().filter_map(|line| {
            let told: Value = serde_json::from_str(line).ok()?;
            told["peak_memory"].as_u64()
        });
        let peak = peaks.max().unwrap_or(0);
        let ledger = fs::read_to_string(self.out().join("ledger.jsonl")).unwrap_or_default();
        let ledger = ledger
            .lines()
            .map(|line| serde_json::from_str(line).unwrap());
        Ran {
            // A panic is 101, a signal nothing.
            code: output.status.code().unwrap_or(-1),
            ledger: ledger.collect(),
            out: self.out(),
            peak,
            said,
            _folder: Arc::clone(&self.folder),
        }
    }
}

impl Ran {
    /// The ids of a status.
    fn ids(&self, status: &str) -> Vec<&str> {
        let rows = self.ledger.iter().filter(|row| row["status"] == status);
        rows.map(|row| row["id"].as_str().unwrap()).collect()
    }

    /// What is wrong or odd, by id.
    fn error(&self, id: &str) -> &str {
        let row = self.ledger.iter().find(|row| row["id"] == id);
        let row = row.unwrap_or_else(|| panic!("no {id}: {:#?}", self.ledger));
        row["error"].as_str().unwrap_or_default()
    }

    /// Exactly these are rejected, each with an error that begins with its file and place, and these are
    /// kept; the exit code says which; memory is bounded.
    fn rejects(&self, rejected: &[(&str, &str)], kept: &[&str]) {
        let code = if rejected.is_empty() { 0 } else { 3 };
        assert_eq!(self.code, code, "{}", self.said);
        let ids: Vec<&str> = rejected.iter().map(|(id, _)| *id).collect();
        assert_eq!(self.ids("rejected"), ids, "{:#?}", self.ledger);
        for (id, error) in rejected {
            let told = self.error(id);
            let behind = told.rsplit_once("/in/").map_or(told, |(_, behind)| behind);
            assert!(behind.starts_with(error), "{behind}\nnot: {error}");
            // One line, short enough to read.
            assert!(told.len() < 600 && !told.contains('\n'), "{told}");
        }
        assert_eq!(self.ids("kept"), kept, "{:#?}", self.ledger);
        #[cfg(target_os = "linux")]
        assert!(
            (1..ENOUGH).contains(&self.peak),
            "{} bytes of memory",
            self.peak
        );
    }

    /// The text of a kept page.
    fn text(&self, id: &str) -> String {
        let pages = fs::read_to_string(self.out.join("pages.jsonl")).unwrap();
        let pages = pages
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let page = pages.into_iter().find(|page| page["id"] == id).unwrap();
        page["text"].as_str().unwrap().to_owned()
    }
}

fn tale(id: &str) -> String {
    format!(
        "A tale of {id}, which nobody told before {id} came, and which nobody but {id} will tell again."
    )
}

/// A record in a line.
fn good(id: &str) -> String {
    format!("{}\n", json!({ "id": id, "text": tale(id) }))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

// Packed files.

#[test]
fn a_page_of_a_million_lines() {
    let good = json!({ "id": "good", "text": "A tale that nobody told before and nobody will tell again." });
    let many = json!({ "id": "many", "text": "a\n".repeat(60_000) });
    let more = json!({ "id": "more", "text": "\n".repeat(1_100_000) });
    let trial = Trial::new().put("in.jsonl", format!("{more}\n{many}\n{good}\n"));
    let ran = trial.run(&[]);
    assert_eq!(ran.code, 3, "{}", ran.said);
    assert_eq!(ran.ids("kept"), ["many", "good"]);
    assert_eq!(ran.ids("rejected"), ["more"]);
    let error = ran.ledger[0]["error"].as_str().unwrap();
    assert!(
        error.contains("in.jsonl:1: 1100000 lines in one page"),
        "{error}"
    );
    assert!(ran.peak < ENOUGH, "{}", ran.peak);
}

#[test]
fn truncated_gzip() {
    let lines: String = (0..2000).map(|n| good(&n.to_string())).collect();
    let whole = gzip(lines.as_bytes());
    let cut = |left: usize| &whole[..left];
    let run = Trial::new()
        .put("a-half.jsonl.gz", cut(whole.len() / 2))
        .put("b-trailer.jsonl.gz", cut(whole.len() - 4))
        .put("c-header.jsonl.gz", cut(5))
        .put("d-nothing.jsonl.gz", "")
        .put("e-page.txt.gz", &gzip(tale("e").as_bytes())[..30])
        .put("z.jsonl", good("z"))
        .run(&[]);
    assert_eq!(run.code, 3, "{}", run.said);
    let rejected = run.ids("rejected");
    assert_eq!(rejected.len(), 5, "{rejected:?}");
    assert_eq!(
        rejected[1..],
        [
            "b-trailer.jsonl.gz:2001",
            "c-header.jsonl.gz:1",
            "d-nothing.jsonl.gz",
            "e-page.txt.gz"
        ]
    );
    // What stands before the cut counts: half a file, and all of the one that lacks only its checksum.
    let line: usize = rejected[0]
        .strip_prefix("a-half.jsonl.gz:")
        .unwrap()
        .parse()
        .unwrap();
    assert!((500..1500).contains(&line), "{line}");
    assert_eq!(run.ledger.len(), (line - 1) + 2000 + 5 + 1);
    assert_eq!(run.ids("kept").last(), Some(&"z"));
    for id in &rejected[..3] {
        assert!(
            run.error(id).contains("cannot be read further: "),
            "{}",
            run.error(id)
        );
    }
    let empty = "d-nothing.jsonl.gz: empty, though its name says that it is packed";
    assert!(
        run.error(rejected[3]).ends_with(empty),
        "{}",
        run.error(rejected[3])
    );
}

#[test]
fn gzip_of_many_members() {
    let lines = good("a") + &good("b") + &good("c");
    // Members end anywhere, and may be empty.
    let members: Vec<u8> = lines.as_bytes().chunks(7).flat_map(gzip).collect();
    let members = [gzip(b""), members, gzip(b"")].concat();
    let torn = [gzip(good("d").as_bytes()), b"and then other bytes".to_vec()].concat();
    let run = Trial::new()
        .put("members.jsonl.gz", &members)
        .put("torn.jsonl.gz", torn)
        .run(&[]);
    run.rejects(
        &[(
            "torn.jsonl.gz:2",
            "torn.jsonl.gz:2: cannot be read further: ",
        )],
        &["a", "b", "c", "d"],
    );
}

/// A line, and so many bytes of nothing behind it; packed as `pack` packs.
fn bomb<W: Write>(mut pack: W, lines: bool) -> W {
    pack.write_all(good("before").as_bytes()).unwrap();
    let mut nothing = vec![b' '; 1 << 20];
    if lines {
        nothing.fill(b'\n');
    }
    for _ in 0..300 {
        pack.write_all(&nothing).unwrap();
    }
    pack.write_all(b"\n").unwrap();
    pack.write_all(good("behind").as_bytes()).unwrap();
    pack
}

const TOLD: &str = "times as many; --max-expansion allows more";

#[test]
fn gzip_bomb() {
    let level = flate2::Compression::default();
    let packed = bomb(flate2::write::GzEncoder::new(Vec::new(), level), true);
    let run = Trial::new()
        .put("bomb.jsonl.gz", packed.finish().unwrap())
        .put("z.jsonl", good("z"))
        .run(&[]);
    assert_eq!(run.ids("kept"), ["before", "z"]);
    let [id] = run.ids("rejected")[..] else {
        panic!("{:?}", run.ledger)
    };
    assert!(run.error(id).ends_with(TOLD), "{}", run.error(id));
    assert!(run.peak < ENOUGH, "{}", run.peak);
}

#[test]
fn zstd_bomb() {
    let packed = bomb(zstd::Encoder::new(Vec::new(), 3).unwrap(), false)
        .finish()
        .unwrap();
    assert!(packed.len() < 100_000);
    let trial = Trial::new()
        .put("bomb.jsonl.zst", packed)
        .put("z.jsonl", good("z"));
    let run = trial.run(&[]);
    // The line is too long before the file is.
    let errors = [run.error("bomb.jsonl.zst:2"), run.error("bomb.jsonl.zst:3")];
    assert!(
        errors[0].contains("longer than 67108864 bytes"),
        "{errors:?}"
    );
    assert!(errors[1].ends_with(TOLD), "{errors:?}");
    run.rejects(
        &[
            ("bomb.jsonl.zst:2", "bomb.jsonl.zst:2: "),
            ("bomb.jsonl.zst:3", "bomb.jsonl.zst:3: "),
        ],
        &["before", "z"],
    );
    // As asked, it is read to its end.
    let run = trial.run(&["--max-expansion", "100000"]);
    run.rejects(
        &[("bomb.jsonl.zst:2", "bomb.jsonl.zst:2: ")],
        &["before", "behind", "z"],
    );
}

#[test]
fn pages_that_are_bombs() {
    let nothing = vec![b' '; 65 << 20];
    let run = Trial::new()
        .put("a.txt.zst", zstd::encode_all(&nothing[..], 1).unwrap())
        .put("b.html.gz", gzip(&nothing))
        .put("z.txt", tale("z"))
        .run(&[]);
    let error = |name| format!("{name}: longer than 67108864 bytes; --max-record allows more");
    run.rejects(
        &[
            ("a.txt.zst", &error("a.txt.zst")),
            ("b.html.gz", &error("b.html.gz")),
        ],
        &["z.txt"],
    );
}

// Parquet.

fn table(columns: &[(&str, Vec<Option<String>>)], codec: Compression) -> Vec<u8> {
    let columns = columns.iter().map(|(name, values)| {
        let values: ArrayRef = Arc::new(StringArray::from(values.clone()));
        (*name, values, true)
    });
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let properties = WriterProperties::builder()
        .set_compression(codec)
        .set_dictionary_enabled(false)
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

/// Rows `a` and `b`.
fn two_rows(codec: Compression) -> Vec<u8> {
    let of = |value: fn(&str) -> String| ["a", "b"].map(|id| Some(value(id))).to_vec();
    table(&[("id", of(str::to_owned)), ("text", of(tale))], codec)
}

#[test]
fn broken_parquet_footer() {
    let whole = two_rows(Compression::UNCOMPRESSED);
    let size = whole.len();
    let mut huge = whole.clone();
    huge[size - 8..size - 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut garbled = whole.clone();
    garbled[size - 60..size - 8].fill(0xff);
    let cut = &whole[..size - 3];
    let run = Trial::new()
        .put("a-cut.parquet", cut)
        .put("b-huge.parquet", huge)
        .put("c-garbled.parquet", garbled)
        .put("d-empty.parquet", "")
        .put("e-packed.parquet.gz", gzip(cut))
        .put("z.parquet", whole)
        .run(&[]);
    let names = ["a-cut", "b-huge", "c-garbled", "d-empty"].map(|name| format!("{name}.parquet"));
    let mut names = names.to_vec();
    names.push("e-packed.parquet.gz".to_owned());
    let errors: Vec<String> = names
        .iter()
        .map(|name| format!("{name}: not Parquet, or broken: "))
        .collect();
    let rejected: Vec<(&str, &str)> = names
        .iter()
        .zip(&errors)
        .map(|(n, e)| (&n[..], &e[..]))
        .collect();
    run.rejects(&rejected, &["a", "b"]);
}

/// A header of a page says it becomes 2 GiB, or is 2 GiB; the footer is honest.
#[test]
fn a_parquet_page_that_claims_far_more_than_there_is() {
    // Of the header: type, then both sizes, as Thrift writes them.
    let mut trial = Trial::new();
    for (name, codec) in [
        ("a-snappy", Compression::SNAPPY),
        ("b-zstd", Compression::ZSTD(ZstdLevel::default())),
        ("c-lz4", Compression::LZ4_RAW),
    ] {
        for (which, said) in [("unpacked", 0), ("packed", 1)] {
            let whole = two_rows(codec);
            let field = |at: usize| {
                assert_eq!(whole[at], 0x15);
                at + 2
                    + whole[at + 1..]
                        .iter()
                        .position(|byte| byte & 0x80 == 0)
                        .unwrap()
            };
            // Behind `PAR1`, of the column of ids.
            let ends = [field(4), field(field(4)), field(field(field(4)))];
            let claim = [&[0x15][..], &[0xfe, 0xff, 0xff, 0xff, 0x0f]].concat();
            let mut broken = whole[..ends[said]].to_vec();
            broken.extend(claim);
            broken.extend(&whole[ends[said + 1]..]);
            // Places in the footer are those from before: the header has grown over the page behind it.
            let grown = broken.len() - whole.len();
            let at = ends[said + 1] + grown + 20;
            broken.drain(at..at + grown);
            trial = trial.put(&format!("{name}-{which}.parquet"), broken);
        }
    }
    let run = trial.put("z.jsonl", good("z")).run(&[]);
    assert_eq!(run.ids("kept"), ["z"], "{} {}", run.code, run.said);
    assert_eq!(
        (run.code, run.ids("rejected").len()),
        (3, 6),
        "{}",
        run.said
    );
    for id in run.ids("rejected") {
        let told = run.error(id);
        assert!(
            told.contains(".parquet:row 1: cannot be read further: "),
            "{told}"
        );
        let says = match id.contains("unpacked") {
            true => "says that it becomes 2147483647, over 200 times as many; --max-expansion",
            false => "",
        };
        assert!(told.contains(says), "{told}");
    }
    assert!(run.peak < ENOUGH, "{}", run.peak);
}

#[test]
fn null_text_column() {
    let ids = || ["a", "b", "c"].map(|id| Some(id.to_owned())).to_vec();
    let some = vec![Some(tale("a")), None, Some(tale("c"))];
    let plain = Compression::UNCOMPRESSED;
    let run = Trial::new()
        .put(
            "a.parquet",
            table(&[("id", ids()), ("text", vec![None; 3])], plain),
        )
        .put("b.parquet", table(&[("id", ids()), ("text", some)], plain))
        .put("c.parquet", table(&[("id", ids())], plain))
        .run(&[]);
    assert_eq!(run.code, 3, "{}", run.said);
    let errors = run
        .ledger
        .iter()
        .map(|row| row["error"].as_str().unwrap_or_default());
    let errors: Vec<&str> = errors
        .map(|e| e.rsplit_once("/in/").map_or(e, |(_, e)| e))
        .collect();
    let none = "no `text` and no `html`; every record needs one";
    assert_eq!(
        errors,
        [
            format!("a.parquet:row 1: {none}"),
            format!("a.parquet:row 2: {none}"),
            format!("a.parquet:row 3: {none}"),
            String::new(),
            format!("b.parquet:row 2: {none}"),
            String::new(),
            "c.parquet: no column `text` and no column `html`; every record needs one".to_owned(),
        ]
    );
    assert_eq!(run.ids("kept"), ["a", "c"]);
}

// WARC.

fn archived(id: &str, length: impl ToString) -> String {
    let (text, length) = (tale(id), length.to_string());
    format!(
        "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:{id}>\r\nContent-Type: text/plain\r\n\
         Content-Length: {length}\r\n\r\n{text}\r\n\r\n"
    )
}

#[test]
fn warc_with_a_wrong_length() {
    let length = |id: &str| tale(id).len();
    let whole = |id: &str| archived(id, length(id));
    let file = |wrong: String| [whole("a"), wrong, whole("c")].concat();
    let at = whole("a").len();
    let cases = [
        ("long", (length("b") + 30).to_string()),
        ("short", (length("b") - 30).to_string()),
        ("huge", "18446744073709551615".to_owned()),
        ("terabyte", (1_u64 << 40).to_string()),
        ("negative", "-7".to_owned()),
        ("word", "many".to_owned()),
    ];
    for (name, said) in cases {
        for packed in [false, true] {
            let bytes = file(archived("b", &said)).into_bytes();
            let trial = match packed {
                true => Trial::new().put("x.warc.gz", gzip(&bytes)),
                false => Trial::new().put("x.warc", bytes),
            };
            let run = trial.run(&[]);
            let name = if packed { "x.warc.gz" } else { "x.warc" };
            let error = format!("{name}:byte {at}: `Content-Length` is ");
            run.rejects(&[("urn:b", &error)], &["urn:a", "urn:c"]);
            assert!(
                run.error("urn:b")
                    .contains("bytes stand before the next record"),
                "{name}"
            );
        }
        let _ = name;
    }
    let cut = file(whole("b"));
    let run = Trial::new()
        .put("cut.warc", &cut[..cut.len() - 30])
        .run(&[]);
    let place = format!("cut.warc:byte {}: ends in the middle of a record", 2 * at);
    run.rejects(&[("urn:c", &place)], &["urn:a", "urn:b"]);
}

// JSON.

#[test]
fn json_a_hundred_thousand_deep() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let objects = "{\"a\":".repeat(100_000) + "1" + &"}".repeat(100_000);
    let text = tale("a");
    let run = Trial::new()
        .put(
            "x.jsonl",
            [
                format!("{{\"id\":\"beside\",\"more\":{deep},\"text\":{text:?}}}\n"),
                format!("{{\"id\":\"as-text\",\"text\":{deep}}}\n"),
                format!("{{\"id\":{objects},\"text\":\"x\"}}\n"),
                format!("{{\"id\":\"open\",\"text\":{}\n", "[".repeat(100_000)),
                format!("{deep}\n"),
                good("z"),
            ]
            .concat(),
        )
        .run(&[]);
    run.rejects(
        &[
            (
                "as-text",
                "x.jsonl:2: `text` is a list; it must be a string",
            ),
            (
                "x.jsonl:3",
                "x.jsonl:3: `id` is an object; it must be a string",
            ),
            (
                "x.jsonl:4",
                "x.jsonl:4: not a JSON object: EOF while parsing a list at byte 100020 of the line",
            ),
            (
                "x.jsonl:5",
                "x.jsonl:5: not a JSON object: it does not begin with {",
            ),
        ],
        &["beside", "z"],
    );
    // What was beside it is still there.
    let pages = fs::read_to_string(run.out.join("pages.jsonl")).unwrap();
    assert!(pages.lines().next().unwrap().contains(&deep));
}

#[test]
fn a_lone_surrogate() {
    let run = Trial::new()
        .put(
            "x.jsonl",
            [
                "{\"id\":\"text\",\"text\":\"caf\\ud800\"}\n",
                "{\"id\":\"id\\udc00\",\"text\":\"x\"}\n",
                "{\"id\":\"beside\",\"more\":\"\\ud800\",\"text\":\"A surrogate beside a text.\"}\n",
                "{\"id\":\"pair\",\"text\":\"A pair of them is a \\ud83d\\ude00 face.\"}\n",
            ]
            .concat(),
        )
        .run(&[]);
    run.rejects(
        &[
            (
                "text",
                "x.jsonl:1: `text`: unexpected end of hex escape at byte 11 of the value",
            ),
            (
                "x.jsonl:2",
                "x.jsonl:2: `id`: lone leading surrogate in hex escape at byte 9 of the value",
            ),
        ],
        &["beside", "pair"],
    );
    assert_eq!(run.text("pair"), "A pair of them is a \u{1f600} face.");
}

#[test]
fn lines_that_are_no_records() {
    let lines = [
        "[1, 2]",
        "\"text\"",
        "null",
        "{\"id\":\"number\",\"text\":7}",
        "{\"id\":\"null\",\"text\":null}",
        "{\"text\":\"no id\"}",
        "{\"id\":null,\"text\":\"x\"}",
        "{\"id\":true,\"text\":\"x\"}",
        "{\"id\":\"twice\",\"text\":\"a\",\"text\":\"b\"}",
        "{\"id\":\"1\",\"id\":\"2\",\"text\":\"a\"}",
        "{\"id\":\"two\",\"text\":\"a\"} {\"id\":\"objects\",\"text\":\"a\"}",
        "{\"id\":\"open\",\"text\":\"a\"",
        "{'id':'single','text':'quotes'}",
        "{\"id\":\"comma\",\"text\":\"a\",}",
    ];
    let run = Trial::new()
        .put("x.jsonl", lines.join("\n") + "\n" + &good("z"))
        .run(&[]);
    let object = "not a JSON object: ";
    let says = [
        ("x.jsonl:1", format!("{object}it does not begin with {{")),
        ("x.jsonl:2", object.to_owned()),
        ("x.jsonl:3", object.to_owned()),
        (
            "number",
            "`text` is a number; it must be a string".to_owned(),
        ),
        (
            "null",
            "no `text` and no `html`; every record needs one".to_owned(),
        ),
        ("x.jsonl:6", "no `id`; every record needs one".to_owned()),
        ("x.jsonl:7", "no `id`; every record needs one".to_owned()),
        (
            "x.jsonl:8",
            "`id` is true or false; it must be a string".to_owned(),
        ),
        (
            "x.jsonl:9",
            format!("{object}field \"text\" stands twice at byte "),
        ),
        (
            "x.jsonl:10",
            format!("{object}field \"id\" stands twice at byte "),
        ),
        (
            "x.jsonl:11",
            format!("{object}trailing characters at byte 25 of the line"),
        ),
        (
            "x.jsonl:12",
            format!("{object}EOF while parsing an object at byte "),
        ),
        (
            "x.jsonl:13",
            format!("{object}key must be a string at byte 2 of the line"),
        ),
        ("x.jsonl:14", format!("{object}trailing comma at byte ")),
    ];
    let says: Vec<(&str, String)> = says
        .into_iter()
        .zip(1..)
        .map(|((id, says), line)| (id, format!("x.jsonl:{line}: {says}")))
        .collect();
    let says: Vec<(&str, &str)> = says.iter().map(|(id, says)| (*id, &says[..])).collect();
    run.rejects(&says, &["z"]);
}

#[test]
fn duplicate_keys() {
    // Of fields that nobody reads, all ride along.
    let beside =
        "{\"id\":\"a\",\"x\":1,\"x\":2,\"text\":\"Twice beside a text that is there once.\"}\n";
    let run = Trial::new().put("x.jsonl", beside).run(&[]);
    run.rejects(&[], &["a"]);
    assert_eq!(
        fs::read_to_string(run.out.join("pages.jsonl")).unwrap(),
        beside
    );
    // Nor is either of two ways to one field taken.
    let ways = "{\"m\":{\"id\":1},\"m\":{\"id\":2},\"text\":\"x\"}\n";
    let run = Trial::new()
        .put("x.jsonl", ways)
        .run(&["--id-field", "m.id"]);
    let error = "x.jsonl:1: not a JSON object: field \"m\" on the way to \"m.id\" stands twice";
    run.rejects(&[("x.jsonl:1", error)], &[]);
}

/// A value that is none is told, and has as many bytes as it likes.
#[test]
fn values_as_long_as_a_record() {
    let long = "9".repeat(3 << 20);
    let line = json!({ "id": "a", "text": tale("a"), "date": long, "rank": long });
    let run = Trial::new().put("x.jsonl", format!("{line}\n")).run(&[]);
    run.rejects(&[], &["a"]);
    let told = run.error("a");
    assert!(
        told.contains("`date` is \"999") && told.contains("(3145730 bytes)"),
        "{told:.300}"
    );
    assert!(told.len() < 600 && run.said.len() < 3000, "{}", told.len());
}

// Long lines and odd bytes.

#[test]
fn a_line_longer_than_a_record_may_be() {
    let run = Trial::new().piped(&["--max-record", "1MiB"], |child| {
        let stdin = child.stdin.as_mut().unwrap();
        stdin.write_all(good("a").as_bytes()).unwrap();
        stdin.write_all(b"{\"id\":\"long\",\"text\":\"").unwrap();
        for _ in 0..64 {
            stdin.write_all(&vec![b'x'; 1 << 20]).unwrap();
        }
        stdin.write_all(b"\"}\n").unwrap();
        stdin.write_all(good("z").as_bytes()).unwrap();
    });
    let error = "stdin:2: longer than 1048576 bytes; --max-record allows more";
    run.rejects(&[("stdin:2", error)], &["a", "z"]);
    assert!(run.peak < 100 << 20, "{}", run.peak);
}

/// 5 GB of a file that is one hole: `cargo test -- --ignored`. Measured on 2026-11-22: 78 MiB of memory, 18 s.
#[test]
#[ignore = "reads 10 GB"]
fn a_line_of_five_gigabytes() {
    let trial = Trial::new().put("a.jsonl", good("a"));
    let file = File::create(trial.at("b.jsonl")).unwrap();
    file.set_len(5_000_000_000).unwrap();
    let mut file = File::options()
        .append(true)
        .open(trial.at("b.jsonl"))
        .unwrap();
    write!(file, "\n{}", good("z")).unwrap();
    let run = trial.run(&[]);
    eprintln!("{} MiB of memory at most", run.peak >> 20);
    let error = "b.jsonl:1: longer than 67108864 bytes; --max-record allows more";
    run.rejects(&[("b.jsonl:1", error)], &["a", "z"]);
}

#[test]
fn nul_bytes() {
    let run = Trial::new()
        .put(
            "a.jsonl",
            good("a") + "{\"id\":\"raw\",\"text\":\"x\0y\"}\n" + &good("b"),
        )
        .put(
            "b.jsonl",
            "{\"id\":\"escaped\",\"text\":\"One \\u0000 in a text, as some scrapers leave it.\"}\n",
        )
        // What a crash leaves of a file that was written to.
        .put("c.jsonl", [good("c").as_bytes(), &[0; 5000]].concat())
        .put(
            "d.txt",
            "A page with \0 in it, and with more words around it.",
        )
        .put("e.txt", [0; 100])
        .run(&[]);
    run.rejects(
        &[
            (
                "a.jsonl:2",
                "a.jsonl:2: not a JSON object: control character (\\u0000-\\u001F) found while parsing a string at byte ",
            ),
            ("c.jsonl:2", "c.jsonl:2: not a JSON object: it does not begin with {"),
        ],
        &["a", "b", "escaped", "c", "d.txt", "e.txt"],
    );
    assert!(run.text("escaped").contains('\0'));
    let page = fs::read(run.out.join("pages/d.txt")).unwrap();
    assert_eq!(
        page,
        b"A page with \0 in it, and with more words around it."
    );
}

#[test]
fn byte_order_marks() {
    let mark = "\u{feff}";
    let run = Trial::new()
        .put("a.jsonl", mark.to_owned() + &good("a") + mark + &good("b"))
        .put("b.jsonl", mark)
        .put("c.txt", mark.to_owned() + &tale("c"))
        .put("d.txt", mark)
        .run(&[]);
    run.rejects(&[], &["a", "b", "c.txt", "d.txt"]);
    assert_eq!(run.text("c.txt"), tale("c"));
}

fn wide(text: &str, little: bool) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(|unit| match little {
        true => unit.to_le_bytes(),
        false => unit.to_be_bytes(),
    });
    units.collect()
}

#[test]
fn utf_16() {
    let text =
        "Caf\u{e9} \u{1f600}, in two bytes a letter or four, and enough letters to be a page.";
    let line = |id: &str| format!("{}\n", json!({ "id": id, "text": format!("{id}: {text}") }));
    let run = Trial::new()
        .put(
            "a.jsonl",
            wide(&format!("\u{feff}{}{}", line("a1"), line("a2")), true),
        )
        .put("b.jsonl", wide(&format!("\u{feff}{}", line("b")), false))
        .put("c.txt", wide(&format!("\u{feff}c: {text}"), true))
        // Without a mark it is not UTF-8, or full of NULs.
        .put("d.jsonl", wide(&line("d"), true))
        // Half a unit at the end.
        .put(
            "e.jsonl",
            [wide(&format!("\u{feff}{}", line("e")), true), vec![b'{']].concat(),
        )
        .run(&["--resemblance", "1", "--containment", "0"]);
    assert_eq!(run.code, 3, "{}", run.said);
    assert_eq!(
        run.ids("kept"),
        ["a1", "a2", "b", "c.txt", "e"],
        "{:#?}",
        run.ledger
    );
    assert_eq!(run.text("b"), format!("b: {text}"));
    assert_eq!(run.text("c.txt"), format!("c: {text}"));
    assert!(
        run.error("d.jsonl:1").contains("d.jsonl:1: not "),
        "{}",
        run.error("d.jsonl:1")
    );
    assert!(
        run.error("e.jsonl:2").contains("e.jsonl:2: not "),
        "{}",
        run.error("e.jsonl:2")
    );
}

#[test]
fn carriage_returns() {
    let lines = (good("a") + "\n" + &good("b") + &good("c")).replace('\n', "\r\n");
    let run = Trial::new()
        .put("a.jsonl", lines.trim_end())
        .put("b.txt", tale("b").replace(' ', "\r\n"))
        .run(&["--resemblance", "1", "--containment", "0"]);
    assert_eq!(run.ids("kept").len() + run.ids("removed").len(), 4);
    assert_eq!(run.code, 0);
    let page = fs::read_to_string(run.out.join("pages.jsonl")).unwrap();
    assert_eq!(page.lines().next(), Some(good("a").trim_end()));
}

#[test]
fn invalid_utf_8() {
    let run = Trial::new()
        .put(
            "a.jsonl",
            [
                good("a").as_bytes(),
                b"{\"id\":\"b\",\"text\":\"caf\xe9\"}\n",
                good("c").as_bytes(),
            ]
            .concat(),
        )
        .put("b.jsonl", b"\xc3\n\xed\xa0\x80\n\xf4\x90\x80\x80\n")
        .run(&[]);
    run.rejects(
        &[
            ("a.jsonl:2", "a.jsonl:2: not UTF-8 at byte 22 of the line"),
            ("b.jsonl:1", "b.jsonl:1: not UTF-8 at byte 1 of the line"),
            ("b.jsonl:2", "b.jsonl:2: not UTF-8 at byte 1 of the line"),
            ("b.jsonl:3", "b.jsonl:3: not UTF-8 at byte 1 of the line"),
        ],
        &["a", "c"],
    );
}

#[test]
fn nothing_at_all() {
    let trial = Trial::new();
    let run = trial.run(&[]);
    run.rejects(&[], &[]);
    assert!(run.said.contains("no pages found"), "{}", run.said);
    let trial = trial
        .put("a.jsonl", "")
        .put("b.jsonl", "\n\r\n  \n\t\n")
        .put("c.warc", "\r\n\r\n");
    let run = trial.run(&[]);
    run.rejects(&[], &[]);
    assert!(run.said.contains("no pages found"), "{}", run.said);
    // A page may be empty.
    let run = trial.put("d.txt", "").put("e.html", "").run(&[]);
    run.rejects(&[], &["d.txt", "e.html"]);
    let run = trial_of_stdin("");
    run.rejects(&[], &[]);
}

fn trial_of_stdin(text: &str) -> Ran {
    Trial::new().piped(&[], |child| {
        child
            .stdin
            .as_mut()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
    })
}

// Ids.

/// Nothing of ten thousand looks at all those before it: twice as many take about twice as long.
#[test]
fn ten_thousand_records_with_one_id() {
    let seconds = |records: usize| {
        let lines: String = (0..records)
            .map(|n| {
                let words: String = (0..40)
                    .map(|at| format!(" w{}", (n * 7919 + at * 104_729) % 1_000_003))
                    .collect();
                format!("{}\n", json!({ "id": "same", "text": words }))
            })
            .collect();
        let trial = Trial::new().put("x.jsonl", lines);
        let began = std::time::Instant::now();
        let run = trial.run(&[]);
        let took = began.elapsed().as_secs_f64();
        // Doubts, and every one of them says whose id it has.
        assert_eq!((run.code, run.ledger.len()), (3, records), "{}", run.said);
        let told = run.ledger.iter().filter(|row| {
            let error = row["error"].as_str().unwrap_or_default();
            error.ends_with("id \"same\" is already that of record 1; ids should be unique")
        });
        assert_eq!(told.count(), records - 1);
        took
    };
    let [half, whole] = [5_000, 10_000].map(seconds);
    // Room for a machine that is busy with other tests.
    assert!(whole < 4.0 * half + 2.0, "{half} s, then {whole} s");
}

#[test]
fn hostile_ids() {
    let ids = [
        "../../x".to_owned(),
        "/etc/passwd".to_owned(),
        "C:\\Windows\\system.ini".to_owned(),
        "..".to_owned(),
        "a/../../b".to_owned(),
        "l".repeat(4_000),
        "d/".repeat(2_000),
        "line\nbreak".to_owned(),
        "\u{1b}[31mred\u{7}\u{0}".to_owned(),
        "\u{202e}txt.exe".to_owned(),
        String::new(),
        " ".to_owned(),
        "Case.txt".to_owned(),
        "case.TXT".to_owned(),
        "page".to_owned(),
        "page/below".to_owned(),
    ];
    let lines: String = ids
        .iter()
        .enumerate()
        .map(|(at, id)| {
            format!(
                "{}\n",
                json!({ "id": id, "text": tale(&format!("number {at}{at}{at}")) })
            )
        })
        .collect();
    let wordy = ["--resemblance", "1", "--containment", "0"];
    let run = Trial::new().put("x.jsonl", lines).run(&wordy);
    let all: Vec<&str> = ids.iter().map(String::as_str).collect();
    run.rejects(&[], &all);
    // Nothing but what was to be written, nothing outside.
    let root = run.out.parent().unwrap();
    let names: Vec<_> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
    // Who reads what is said reads no control characters.
    let copies: String = ids
        .iter()
        .map(|id| {
            let line = |text: String| format!("{}\n", json!({ "id": id, "text": text }));
            line(tale("one") + " " + &tale("many")) + &line(tale("one"))
        })
        .collect();
    let run = Trial::new()
        .put("x.jsonl", copies)
        .run(&["--keep", "first"]);
    assert!(
        !run.said.contains(['\u{1b}', '\u{7}', '\0', '\u{202e}']),
        "{:?}",
        run.said
    );
    assert!(
        run.said.lines().all(|line| line.len() < 600),
        "{}",
        run.said
    );
}

/// Names of files are ids too, and ids are names of files.
#[cfg(unix)]
#[test]
fn hostile_names_of_files() {
    let trial = Trial::new()
        .put("line\nbreak.txt", tale("newline"))
        .put("\u{1b}[31mred.txt", tale("escape"))
        .put("Case.txt", tale("upper"))
        .put("case.txt", tale("lower"))
        .put("back\\slash.txt", tale("slash"))
        .put("bad\n\u{1b}[2J.jsonl", "no record\n");
    let run = trial.run(&["--resemblance", "1", "--containment", "0"]);
    assert_eq!((run.code, run.ids("kept").len()), (3, 5), "{}", run.said);
    assert_eq!(run.ids("rejected"), ["bad\n\u{1b}[2J.jsonl:1"]);
    assert!(!run.said.contains('\u{1b}'), "{:?}", run.said);
    let mut names: Vec<String> = fs::read_dir(run.out.join("pages"))
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .file_name()
                .into_string()
                .unwrap()
                .to_lowercase()
        })
        .collect();
    names.sort();
    names.dedup();
    assert_eq!(
        names,
        [
            "_[31mred.txt",
            "back_slash.txt",
            "case.txt",
            "case~2.txt",
            "line_break.txt"
        ]
    );
}

// Folders.

#[cfg(unix)]
#[test]
fn links_pipes_and_what_may_not_be_read() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let trial = Trial::new().put("a.txt", tale("a"));
    fs::create_dir(trial.at("inner")).unwrap();
    symlink(trial.at(""), trial.at("inner/loop")).unwrap();
    symlink("nowhere", trial.at("dangling.txt")).unwrap();
    for pipe in ["pipe.txt", "pipe.jsonl"] {
        let made = Command::new("mkfifo").arg(trial.at(pipe)).status().unwrap();
        assert!(made.success());
    }
    let trial = trial
        .put("locked.jsonl", good("locked"))
        .put("z.txt", tale("z"));
    fs::set_permissions(trial.at("locked.jsonl"), fs::Permissions::from_mode(0o000)).unwrap();
    let root = File::open(trial.at("locked.jsonl")).is_ok();
    let run = trial.run(&[]);
    let pipe = |name| {
        format!(
            "{name}: a pipe, socket or device, not a file; give it to standard input and name it -"
        )
    };
    let (text, lines) = (pipe("pipe.txt"), pipe("pipe.jsonl"));
    let mut rejected = vec![
        (
            "dangling.txt",
            "dangling.txt: a link to nowhere: No such file or directory",
        ),
        ("inner/loop", "inner/loop: a link to "),
        ("locked.jsonl", "locked.jsonl: Permission denied"),
        ("pipe.jsonl", &lines[..]),
        ("pipe.txt", &text[..]),
    ];
    let mut kept = vec!["a.txt", "z.txt"];
    if root {
        rejected.remove(2);
        kept.insert(1, "locked");
    }
    run.rejects(&rejected, &kept);
}

/// However long records may be, only a few are held at once.
#[test]
fn many_long_records() {
    let beside = "y".repeat(20 << 20);
    let lines = (0..24).map(|n| {
        let id = format!("line {n}");
        format!(
            "{}\n",
            json!({ "id": id, "beside": beside, "text": tale(&id) })
        )
    });
    let mut packed = zstd::Encoder::new(Vec::new(), 1).unwrap();
    lines.for_each(|line| packed.write_all(line.as_bytes()).unwrap());
    let trial = Trial::new().put("x.jsonl.zst", packed.finish().unwrap());
    let run = trial.run(&["--max-expansion", "100000", "--dry-run"]);
    assert_eq!(run.code, 0, "{}", run.said);
    assert!(run.peak < ENOUGH, "{}", run.peak);
}
