//! The program decides as the library does in memory, byte for byte, whatever memory and threads it has.

use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use twicetold::boilerplate::markup::Markup;
use twicetold::html::Document;
use twicetold::report::{Fate, LedgerRow, RelatedRow, RemovalRow};
use twicetold::{Deduplicator, Page};

/// One page of a set: id, source, text, markup.
struct Own {
    id: String,
    source: Option<String>,
    text: String,
    markup: Option<Markup>,
}

/// The development sets, where they are there.
fn sets() -> Option<Vec<PathBuf>> {
    let folder = match std::env::var_os("TWICETOLD_DATA") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
    };
    let names = [
        "cleaner/gold.dev",
        "cleaner/gold.zh",
        "cleaner/lines.dev",
        "html/pages.dev",
        "neardup/aozora.dev",
        "neardup/kafka.dev",
        "neardup/ota.dev",
    ];
    let sets = names.map(|name| folder.join(format!("{name}.jsonl.gz")));
    if !folder.exists() {
        eprintln!("SKIPPED: no development sets at {}", folder.display());
        return None;
    }
    Some(sets.into())
}

/// The pages of a set, and the records they are given to the program as.
fn read(set: &Path) -> (Vec<Own>, String) {
    let file = fs::File::open(set).unwrap();
    let lines = BufReader::new(flate2::read::MultiGzDecoder::new(file)).lines();
    let mut records = String::new();
    let pages = lines.map(|line| {
        let record: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let id = record["id"].as_str().unwrap().to_owned();
        let host = record["url"].as_str().and_then(|url| {
            let url = url::Url::parse(url).ok()?;
            Some(url.host_str()?.to_owned())
        });
        let source = record["source"].as_str().map(str::to_owned).or(host);
        let (body, text, markup) = match (&record["text"], &record["html"], &record["lines"]) {
            (Value::String(text), ..) => (json!({ "text": text }), text.clone(), None),
            (_, Value::String(html), _) => {
                let (text, markup, _) = Document::parse(html).into_parts();
                (json!({ "html": html }), text, Some(markup))
            }
            (_, _, Value::Array(lines)) => {
                let lines = lines.iter().map(|line| line.as_str().unwrap());
                let text = lines.collect::<Vec<_>>().join("\n");
                (json!({ "text": text }), text, None)
            }
            _ => panic!("{id}"),
        };
        let mut given = json!({ "id": id, "source": source });
        let fields = given.as_object_mut().unwrap();
        fields.extend(body.as_object().unwrap().clone());
        records.push_str(&format!("{given}\n"));
        Own {
            id,
            source,
            text,
            markup,
        }
    });
    let pages = pages.collect();
    (pages, records)
}

/// Ledger, findings and related pairs, as the library decides.
fn expected(pages: &[Own]) -> [String; 3] {
    let of: Vec<Page<'_>> = pages
        .iter()
        .map(|page| Page {
            id: &page.id,
            source: page.source.as_deref(),
            text: &page.text,
            markup: page.markup.as_ref(),
            ..Page::default()
        })
        .collect();
    let report = Deduplicator::default().run(&of);
    let [mut ledger, mut removals, mut related] = [const { String::new() }; 3];
    for (page, own) in report.pages.iter().zip(pages) {
        let keeper = match page.fate {
            Fate::Kept => &own.id,
            Fate::Removed { keeper, .. } => &pages[keeper].id,
        };
        let row = LedgerRow::of(&own.id, own.source.as_deref(), page.fate, keeper);
        let row = row.with_text(&own.text);
        ledger.push_str(&format!("{}\n", json!(row)));
        for finding in &page.findings {
            let other = finding.kept_page.map(|other| &pages[other].id[..]);
            let row = RemovalRow::of(&own.id, &own.text, finding, other);
            removals.push_str(&format!("{}\n", json!(row)));
        }
    }
    for pair in &report.related {
        let row = RelatedRow::of(pair, &pages[pair.page].id, &pages[pair.other].id);
        related.push_str(&format!("{}\n", json!(row)));
    }
    [ledger, removals, related]
}

/// The lines of a file of results, without what only the program knows: remarks, and where things stand in HTML.
fn decided(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().map(|line| {
        let mut row: Value = serde_json::from_str(line).unwrap();
        let fields = row.as_object_mut().unwrap();
        let status = fields.get("status");
        if status.is_some_and(|status| status != "rejected") {
            fields.insert("error".to_owned(), Value::Null);
        }
        for name in ["html_spans", "text_was"] {
            fields.remove(name);
        }
        format!("{row}\n")
    });
    lines.collect()
}

#[test]
fn with_any_memory_and_threads() {
    let Some(sets) = sets() else { return };
    let scratch = tempfile::tempdir().unwrap();
    let input = scratch.path().join("in.jsonl");
    for set in sets {
        let (pages, records) = read(&set);
        assert!(pages.len() > 50, "{}", set.display());
        let expected = expected(&pages);
        let mut file = fs::File::create(&input).unwrap();
        file.write_all(records.as_bytes()).unwrap();
        for (threads, memory) in [("1", "64MiB"), ("2", "1GiB"), ("8", "4GiB")] {
            let out = scratch.path().join("out");
            let run = Command::new(env!("CARGO_BIN_EXE_twicetold"))
                .env_clear()
                .arg("dedup")
                .arg(&input)
                .arg("--out")
                .arg(&out)
                .args(["--threads", threads, "--memory", memory])
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&run.stderr);
            assert!(matches!(run.status.code(), Some(0 | 3)), "{said}");
            let names = ["ledger.jsonl", "removals.jsonl", "related.jsonl"];
            for (name, expected) in names.iter().zip(&expected) {
                let what = format!("{}: {name}, {threads} threads, {memory}", set.display());
                let met = decided(&out.join(name));
                let differs = met.lines().zip(expected.lines()).position(|(a, b)| a != b);
                assert_eq!(differs, None, "{what}: first differing line");
                assert_eq!(met.lines().count(), expected.lines().count(), "{what}");
            }
            fs::remove_dir_all(out).unwrap();
        }
    }
}
