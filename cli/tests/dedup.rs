//! `twicetold dedup` as a user meets it: the same pages in every form, and files that are broken.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use twicetold::{Deduplicator, Page};

fn twicetold() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_twicetold"));
    command.env_clear();
    command
}

/// Runs `dedup` into `out`.
fn dedup(inputs: &[&Path], out: &Path, more: &[&str]) -> Output {
    let mut command = twicetold();
    command.arg("dedup").args(inputs).arg("--out").arg(out);
    command.args(more).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The pages that come with the repository: id, source and text.
fn pages() -> Vec<(String, String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/pages");
    let mut pages = Vec::new();
    for site in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
        let source = site.file_name().into_string().unwrap();
        if !site.path().is_dir() {
            continue;
        }
        for file in fs::read_dir(site.path()).unwrap().map(Result::unwrap) {
            let name = file.file_name().into_string().unwrap();
            let text = fs::read_to_string(file.path()).unwrap();
            pages.push((format!("{source}/{name}"), source.clone(), text));
        }
    }
    pages.sort();
    assert_eq!(pages.len(), 40);
    pages
}

fn jsonl(pages: &[(String, String, String)]) -> String {
    let lines = pages.iter().map(|(id, source, text)| {
        format!(
            "{}\n",
            json!({ "id": id, "more": [1, {"x": null}], "source": source, "text": text })
        )
    });
    lines.collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// What became of each page: everything the ledger says but what it was, and what was found.
fn outcome(out: &Path) -> (Vec<Value>, Vec<Value>) {
    let mut ledger = lines(&out.join("ledger.jsonl"));
    for row in ledger.iter_mut().filter_map(Value::as_object_mut) {
        row.remove("form");
    }
    (ledger, lines(&out.join("removals.jsonl")))
}

#[test]
fn the_same_pages_in_every_form() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    let pages = pages();
    let text = jsonl(&pages);
    // Members end anywhere, also inside a character.
    let (first, second) = text.as_bytes().split_at(text.len() / 3);
    let members = [gzip(first), gzip(b""), gzip(second)].concat();
    fs::write(at("plain.jsonl"), &text).unwrap();
    fs::write(at("members.jsonl.gz"), &members).unwrap();
    // Content comes before the name.
    fs::write(at("misnamed.parquet"), &members).unwrap();
    let packed = zstd::encode_all(text.as_bytes(), 3).unwrap();
    fs::write(at("packed.jsonl.zst"), packed).unwrap();
    let units = format!("\u{feff}{text}");
    let units: Vec<u8> = units.encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(at("wide.jsonl"), units).unwrap();
    fs::write(at("windows.jsonl"), text.replace('\n', "\r\n")).unwrap();

    let reference = at("reference");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/pages");
    let run = dedup(&[&folder], &reference, &[]);
    assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    let expected = outcome(&reference);
    assert_eq!(expected.0.len(), 40);

    let names = [
        "plain.jsonl",
        "members.jsonl.gz",
        "misnamed.parquet",
        "packed.jsonl.zst",
        "wide.jsonl",
        "windows.jsonl",
    ];
    for name in names {
        for threads in ["1", "3"] {
            let out = at("out");
            let run = dedup(&[&at(name)], &out, &["--threads", threads]);
            assert_eq!(run.status.code(), Some(0), "{name}: {}", said(&run));
            assert!(outcome(&out) == expected, "{name}");
            // Other fields ride along.
            let kept = lines(&out.join("pages.jsonl"));
            assert!(
                kept.iter()
                    .all(|page| page["more"] == json!([1, {"x": null}]))
            );
        }
    }
    let out = at("piped");
    let mut piped = twicetold();
    piped
        .args(["dedup", "-", "--out"])
        .arg(&out)
        .stdin(Stdio::piped());
    let mut piped = piped.stderr(Stdio::piped()).spawn().unwrap();
    piped.stdin.take().unwrap().write_all(&members).unwrap();
    assert_eq!(piped.wait().unwrap().code(), Some(0));
    assert!(outcome(&out) == expected);
}

/// The library in memory decides the same.
#[test]
fn as_the_library_in_memory() {
    let scratch = tempfile::tempdir().unwrap();
    let pages = pages();
    let file = scratch.path().join("pages.jsonl");
    fs::write(&file, jsonl(&pages)).unwrap();
    for across in ["note", "remove", "ignore"] {
        let out = scratch.path().join(across);
        let run = dedup(
            &[&file],
            &out,
            &["--across", across, "--resemblance", "0.6"],
        );
        assert_eq!(run.status.code(), Some(0), "{}", said(&run));
        let in_memory: Vec<Page<'_>> = pages
            .iter()
            .map(|(id, source, text)| Page::new(id, text).with_source(source))
            .collect();
        let action = match across {
            "note" => Some(twicetold::finding::Action::Annotate),
            "remove" => Some(twicetold::finding::Action::Remove),
            _ => None,
        };
        let deduplicator = Deduplicator::builder().across(action).resemblance(0.6);
        let report = deduplicator.build().unwrap().run(&in_memory);
        let kept: BTreeMap<String, Value> = lines(&out.join("pages.jsonl"))
            .into_iter()
            .map(|page| {
                (
                    page["id"].as_str().unwrap().to_owned(),
                    page["text"].clone(),
                )
            })
            .collect();
        for ((id, _, text), page) in pages.iter().zip(&report.pages) {
            let expected = page.is_kept().then(|| json!(page.cleaned(text)));
            assert_eq!(kept.get(id), expected.as_ref(), "{id}");
        }
    }
}

/// Every input once; what cannot be read says where it is; everything else is processed.
#[test]
fn broken_files_are_told_and_the_rest_is_done() {
    let scratch = tempfile::tempdir().unwrap();
    let input = scratch.path().join("in");
    fs::create_dir(&input).unwrap();
    let at = |name: &str| input.join(name);
    let good = |id: &str| {
        let text = format!("A tale of {id}, which nobody told before and nobody will tell again.");
        format!("{}\n", json!({ "id": id, "text": text }))
    };
    let whole = gzip((good("a") + &good("b")).as_bytes());
    fs::write(at("cut.jsonl.gz"), &whole[..whole.len() - 12]).unwrap();
    fs::write(
        at("bytes.jsonl"),
        [
            good("c").as_bytes(),
            b"{\"id\":\"\xff\"}\n",
            good("d").as_bytes(),
        ]
        .concat(),
    )
    .unwrap();
    fs::write(
        at("lone.jsonl"),
        format!("{{\"id\":\"e\",\"text\":\"\\ud800\"}}\n{}", good("f")),
    )
    .unwrap();
    fs::write(
        at("nul.txt"),
        "A text with \0 in it, as some scrapers leave them behind.",
    )
    .unwrap();
    fs::write(
        at("old.txt"),
        b"Caf\xe9 cr\xe8me br\xfbl\xe9e, d\xe9j\xe0 vu, \xe0 la carte.",
    )
    .unwrap();
    fs::write(at("table.parquet"), b"PAR1 and no more").unwrap();
    fs::write(
        at("archive.warc"),
        "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 7000\r\n\r\nshort",
    )
    .unwrap();
    fs::write(at("photo.jpg"), b"\xff\xd8\xff").unwrap();
    fs::create_dir(at("folder.jsonl")).unwrap();
    let long = json!({ "id": "long", "text": "x".repeat(3000) });
    fs::write(at("long.jsonl"), format!("{long}\n{}", good("g"))).unwrap();
    fs::write(
        at("twice.jsonl"),
        good("c") + &good("../../h") + &good("line\nbreak"),
    )
    .unwrap();

    let out = scratch.path().join("out");
    let run = dedup(&[&input], &out, &["--max-record", "2000"]);
    assert_eq!(run.status.code(), Some(3), "{}", said(&run));
    let ledger = lines(&out.join("ledger.jsonl"));
    let of = |status: &str| {
        let rows = ledger.iter().filter(|row| row["status"] == status);
        rows.map(|row| (row["id"].as_str().unwrap().to_owned(), row["error"].clone()))
            .collect::<Vec<_>>()
    };
    let kept: Vec<String> = of("kept").into_iter().map(|(id, _)| id).collect();
    for id in [
        "c",
        "d",
        "f",
        "g",
        "nul.txt",
        "old.txt",
        "../../h",
        "line\nbreak",
    ] {
        assert!(kept.iter().any(|kept| kept == id), "{id}: {kept:?}");
    }
    // Its twin said the same.
    assert_eq!(of("removed").len(), 1);
    assert!(
        of("removed")[0]
            .1
            .as_str()
            .unwrap()
            .contains("is already that of record")
    );
    let rejected = of("rejected");
    let expected = [
        ("archive.warc:byte 0", "archive.warc:byte 0: "),
        (
            "bytes.jsonl:2",
            "bytes.jsonl:2: not UTF-8 at byte 8 of the line",
        ),
        ("cut.jsonl.gz:", "cannot be read further"),
        ("lone.jsonl:1", "lone.jsonl:1: "),
        (
            "long.jsonl:1",
            "long.jsonl:1: longer than 2000 bytes; --max-record allows more",
        ),
        ("table.parquet", "table.parquet: "),
    ];
    assert_eq!(rejected.len(), expected.len(), "{rejected:#?}");
    for ((id, error), (its, says)) in rejected.iter().zip(expected) {
        let error = error.as_str().unwrap();
        assert!(id.starts_with(its) || id == "e", "{id}: {its}");
        assert!(error.contains(says), "{error}: {says}");
    }
    let summary: Value =
        serde_json::from_slice(&fs::read(out.join("summary.json")).unwrap()).unwrap();
    assert_eq!(summary["counts"]["rejected"], expected.len());
    assert_eq!(summary["counts"]["equal_ids"], 1);
    // Hostile ids stay inside.
    let names: Vec<PathBuf> = walkdir::WalkDir::new(out.join("pages"))
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .collect();
    assert!(names.iter().all(|name| name.starts_with(&out)));
}

#[test]
fn settings_from_a_file_under_the_environment_under_flags() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    fs::write(at("in.jsonl"), jsonl(&pages())).unwrap();
    let file = at("settings.toml");
    let settings = |more: &[&str], environment: &[(&str, &str)]| -> (Value, Output) {
        let mut command = twicetold();
        command
            .arg("dedup")
            .arg(at("in.jsonl"))
            .arg("--out")
            .arg(at("out"));
        command.arg("--config").arg(&file).args(more);
        command.envs(environment.iter().copied());
        let run = command.output().unwrap();
        let summary = fs::read(at("out").join("summary.json")).unwrap_or_default();
        let summary: Value = serde_json::from_slice(&summary).unwrap_or_default();
        (summary["settings"].clone(), run)
    };
    fs::write(
        &file,
        "resemblance = 0.6\nkeep = \"first\"\nprotect = [\"a\", \"b\"]\nstrip-citations = true\n",
    )
    .unwrap();
    let (told, run) = settings(&[], &[]);
    assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    assert_eq!(
        (&told["resemblance"], &told["keep"]),
        (&json!(0.6), &json!("first"))
    );
    assert_eq!(
        (&told["protect"], &told["strip_citations"]),
        (&json!(["a", "b"]), &json!(true))
    );
    let (told, _) = settings(
        &["--keep", "longest"],
        &[
            ("TWICETOLD_RESEMBLANCE", "0.9"),
            ("TWICETOLD_KEEP", "earliest"),
        ],
    );
    assert_eq!(
        (&told["resemblance"], &told["keep"]),
        (&json!(0.9), &json!("longest"))
    );
    for (wrong, says) in [
        ("resemblence = 0.6", "`resemblence` is no flag of `dedup`"),
        ("resemblance = \"high\"", "invalid value 'high'"),
        ("resemblance = true", "it must be a text or a number"),
        ("keep = ", "settings.toml"),
    ] {
        fs::write(&file, wrong).unwrap();
        let (_, run) = settings(&[], &[]);
        assert_eq!(run.status.code(), Some(2), "{wrong}: {}", said(&run));
        assert!(said(&run).contains(says), "{wrong}: {}", said(&run));
        assert!(
            said(&run).contains("settings.toml"),
            "{wrong}: {}",
            said(&run)
        );
    }
}

#[test]
fn wrong_calls_touch_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    fs::create_dir(at("in")).unwrap();
    fs::write(at("in/a.jsonl"), jsonl(&pages())).unwrap();
    let before = fs::read(at("in/a.jsonl")).unwrap();
    for (input, out, says) in [
        ("in", "in", "is the input"),
        ("in", "in/out", "lies inside the input"),
        ("in/a.jsonl", "in", "holds the input"),
        ("nowhere", "out", "nowhere"),
    ] {
        let run = dedup(&[&at(input)], &at(out), &[]);
        assert_eq!(run.status.code(), Some(2), "{}", said(&run));
        assert!(said(&run).contains(says), "{}", said(&run));
    }
    for name in ["pages.jsonl", "removed-2.parquet", "pages.wet"] {
        fs::create_dir(at("taken")).unwrap();
        fs::write(at("taken").join(name), "mine").unwrap();
        let run = dedup(&[&at("in")], &at("taken"), &[]);
        assert_eq!(run.status.code(), Some(2), "{name}");
        let said = said(&run);
        assert!(said.contains("not from an earlier run"), "{said}");
        assert_eq!(fs::read(at("taken").join(name)).unwrap(), b"mine");
        fs::remove_dir_all(at("taken")).unwrap();
    }
    #[cfg(unix)]
    {
        fs::create_dir(at("results")).unwrap();
        std::os::unix::fs::symlink(at("results"), at("in/link")).unwrap();
        let run = dedup(&[&at("in")], &at("results"), &[]);
        assert_eq!(run.status.code(), Some(2));
        assert!(
            said(&run).contains("is a link into --out"),
            "{}",
            said(&run)
        );
        fs::remove_file(at("in/link")).unwrap();
    }
    assert_eq!(fs::read(at("in/a.jsonl")).unwrap(), before);
    let names = fs::read_dir(at("in")).unwrap().count();
    assert_eq!(names, 1);
}

/// Interrupted in the middle of its input, it leaves nothing behind, and at once.
#[cfg(unix)]
#[test]
fn interrupted() {
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    for signal in ["-INT", "-TERM"] {
        let mut run = twicetold();
        run.args(["dedup", "-", "--out"])
            .arg(&out)
            .stdin(Stdio::piped());
        let mut run = run.stderr(Stdio::piped()).spawn().unwrap();
        let mut input = run.stdin.take().unwrap();
        input.write_all(jsonl(&pages()).as_bytes()).unwrap();
        // It is at work as soon as there is its hidden folder.
        while fs::read_dir(&out).map_or(0, Iterator::count) == 0 {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let sent = Command::new("sh")
            .args(["-c", &format!("kill {signal} {}", run.id())])
            .status();
        assert!(sent.unwrap().success());
        let output = run.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130));
        assert!(said(&output).contains("interrupted"), "{}", said(&output));
        assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
        drop(input);
    }
}

#[test]
fn the_curve() {
    let run = twicetold().args(["curve", "--json"]).output().unwrap();
    let told: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(told["banding"], json!({ "bands": 32, "rows": 5 }));
    assert_eq!(told["curve"].as_array().unwrap().len(), 20);
    let run = twicetold()
        .args(["curve", "--resemblance", "2"])
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(2));
}

#[test]
fn the_output_folder_is_named_by_flag_environment_or_file() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    fs::write(at("in.jsonl"), jsonl(&pages())).unwrap();
    let run = || {
        let mut run = twicetold();
        run.arg("dedup").arg(at("in.jsonl"));
        run
    };
    let done = |run: &mut Command, code: i32| {
        let run = run.output().unwrap();
        assert_eq!(run.status.code(), Some(code), "{}", said(&run));
        said(&run)
    };
    assert!(done(&mut run(), 2).contains("--out is missing"));
    done(run().arg("--dry-run"), 0);
    done(run().env("TWICETOLD_OUT", at("one")), 0);
    fs::write(at("settings.toml"), format!("out = {:?}\n", at("two"))).unwrap();
    done(run().arg("--config").arg(at("settings.toml")), 0);
    let ledger = |out: &str| fs::read(at(out).join("ledger.jsonl")).unwrap();
    assert!(!ledger("one").is_empty() && ledger("one") == ledger("two"));
}
