//! The main job as a user meets it: files, exit codes, refusals.

#[path = "../../tests/common/texts.rs"]
mod common;

use common::{Random, shared_data};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn dedup(args: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_twicetold"));
    program.arg("dedup").args(args).output().unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn lines(file: PathBuf) -> Vec<Value> {
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Every file below a folder, by relative path; times left out of the summary, and its checksum, which is of them too.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap);
    let files = files
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let name = path(entry.path().strip_prefix(folder).unwrap()).to_owned();
            let mut bytes = fs::read(entry.path()).unwrap();
            if name == "summary.json" {
                let mut summary: Value = serde_json::from_slice(&bytes).unwrap();
                let fields = summary.as_object_mut().unwrap();
                for name in ["seconds", "checksum"] {
                    fields.remove(name).unwrap();
                }
                bytes = summary.to_string().into_bytes();
            }
            (name, bytes)
        });
    files.collect()
}

fn example_pages() -> String {
    format!("{}/../examples/pages", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_pages_that_come_with_it() {
    let out = tempfile::tempdir().unwrap();
    let run = dedup(&[&example_pages(), "--out", path(out.path())]);
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(0), "{said}");
    assert!(
        said.contains("40 pages") && said.contains("3 clusters"),
        "{said}"
    );
    let page = |id: &str| {
        fs::read_to_string(out.path().join("pages").join(id))
            .unwrap_or_else(|_| panic!("{id} is kept"))
    };
    let ledger: BTreeMap<String, Value> = lines(out.path().join("ledger.jsonl"))
        .into_iter()
        .map(|row| (row["id"].as_str().unwrap().to_owned(), row))
        .collect();
    let status = |id: &str| ledger[id]["status"].as_str().unwrap();
    let kept_of = |ids: &[&str]| ids.iter().filter(|id| status(id) == "kept").count();

    // Copies: one of each cluster stays; what only tells the same story stays too.
    let mirrors = ["harbour-courier", "tidewatch", "openfield"]
        .map(|site| format!("{site}/lighthouse-keeper.txt"));
    assert_eq!(kept_of(&mirrors.each_ref().map(String::as_str)), 1);
    assert_eq!(
        kept_of(&[
            "tidewatch/eel-ladder.txt",
            "miller-and-daughters/eel-ladder.txt"
        ]),
        1
    );
    let tolls = [
        "harbour-courier/bridge-tolls.txt",
        "harbour-courier/bridge-tolls-corrected.txt",
    ];
    assert_eq!(kept_of(&tolls), 1);
    assert_eq!(
        ledger
            .values()
            .filter(|row| row["status"] == "removed")
            .count(),
        4
    );

    // Bodies said twice stand once.
    for id in [
        "harbour-courier/ferry-strike.txt",
        "harbour-courier/market-hall-roof.txt",
    ] {
        let text = page(id);
        let paragraphs: Vec<&str> = text.lines().filter(|line| line.len() > 200).collect();
        assert_eq!(paragraphs.len(), 6, "{id}");
    }
    // Tails, menus and footers are gone.
    for file in walkdir::WalkDir::new(out.path().join("pages"))
        .into_iter()
        .map(Result::unwrap)
    {
        if file.file_type().is_file() {
            let text = fs::read_to_string(file.path()).unwrap();
            for cue in [
                "You may also like",
                "Post a Comment",
                "Related stories",
                "All rights reserved",
            ] {
                assert!(!text.contains(cue), "{:?} still has {cue:?}", file.path());
            }
        }
    }
    assert!(!page("tidewatch/whale-bones.txt").contains("Appendix"));
    // What must stay whole, does.
    let poem = page("miller-and-daughters/rye-refrain.txt");
    let lines_of_poem: Vec<&str> = poem.lines().filter(|line| !line.is_empty()).collect();
    let refrain = lines_of_poem
        .iter()
        .filter(|line| **line == lines_of_poem[lines_of_poem.len() - 1])
        .count();
    assert_eq!(refrain, 5, "{poem}");
    let removals = lines(out.path().join("removals.jsonl"));
    let taken = |id: &str| -> Vec<&str> {
        let of_page = removals
            .iter()
            .filter(|row| row["id"] == id && row["action"] == "remove");
        let mut reasons: Vec<&str> = of_page.map(|row| row["reason"].as_str().unwrap()).collect();
        reasons.dedup();
        reasons
    };
    for id in [
        "miller-and-daughters/rye-refrain.txt",
        "miller-and-daughters/society-rules.txt",
        "openfield/retry-guide.txt",
        "tidewatch/buoy-interview.txt",
        "tidewatch/seagrass-survey.txt",
        "miller-and-daughters/dumplings-zh.txt",
        "miller-and-daughters/canal-market-th.txt",
        "tidewatch/fish-market-ar.txt",
        "tidewatch/apple-trees-ru.txt",
        "miller-and-daughters/sourdough-de.txt",
    ] {
        assert!(
            taken(id).iter().all(|reason| *reason == "template"),
            "{id}: {:?}",
            taken(id)
        );
    }
    let marks = |id: &str| {
        removals
            .iter()
            .filter(|row| row["id"] == id && row["reason"] == "citation")
            .count()
    };
    // Not "Ferrylight5", twice: nothing tells that name from a product's, and no mark follows it.
    assert_eq!(marks("harbour-courier/pilot-levy.txt"), 8);
    assert_eq!(marks("openfield/travelling-workshop.txt"), 0);
    assert_eq!(page("openfield/empty.txt"), "");
    assert_eq!(
        page("miller-and-daughters/two-words.txt")
            .split_whitespace()
            .count(),
        2
    );
}

#[test]
fn the_same_bytes_at_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let outs = ["1", "2", "8"].map(|threads| {
        let out = folder.path().join(threads);
        let run = dedup(&[&example_pages(), "--out", path(&out), "--threads", threads]);
        assert!(run.status.success());
        tree(&out)
    });
    assert!(outs[0].len() > 30);
    assert_eq!(outs[0], outs[1]);
    assert_eq!(outs[0], outs[2]);
}

/// Everything can be rebuilt from the output folder alone.
#[test]
fn nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.jsonl");
    let mut records = Vec::new();
    for file in walkdir::WalkDir::new(example_pages())
        .sort_by_file_name()
        .into_iter()
        .map(Result::unwrap)
    {
        if file
            .path()
            .extension()
            .is_some_and(|extension| extension == "txt")
        {
            let id = path(file.path().strip_prefix(example_pages()).unwrap()).to_owned();
            let source = id.split('/').next().unwrap().to_owned();
            let text = fs::read_to_string(file.path()).unwrap();
            records.push(
                json!({ "number": 1.50, "id": id, "source": source, "text": text, "z": [1, null] }),
            );
        }
    }
    fs::write(
        &input,
        records
            .iter()
            .map(|record| format!("{record}\n"))
            .collect::<String>(),
    )
    .unwrap();
    let out = folder.path().join("out");
    assert!(dedup(&[path(&input), "--out", path(&out)]).status.success());

    let mut rebuilt: BTreeMap<String, Value> = BTreeMap::new();
    for record in lines(out.join("removed.jsonl")) {
        rebuilt.insert(record["id"].as_str().unwrap().to_owned(), record);
    }
    let removals = lines(out.join("removals.jsonl"));
    for mut record in lines(out.join("pages.jsonl")) {
        let id = record["id"].as_str().unwrap().to_owned();
        let mut text = record["text"].as_str().unwrap().to_owned();
        for removal in removals
            .iter()
            .filter(|row| row["id"] == id.as_str() && row["action"] == "remove")
        {
            let start = removal["span"][0].as_u64().unwrap() as usize;
            text.insert_str(start, removal["text"].as_str().unwrap());
        }
        record["text"] = text.into();
        assert!(rebuilt.insert(id, record).is_none());
    }
    assert_eq!(rebuilt.len(), records.len());
    for record in &records {
        let rebuilt = &rebuilt[record["id"].as_str().unwrap()];
        assert_eq!(
            rebuilt.to_string(),
            record.to_string(),
            "fields ride along in their order"
        );
    }
    assert_eq!(lines(out.join("ledger.jsonl")).len(), records.len());
}

#[test]
fn broken_records_are_counted_and_listed_and_the_run_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in");
    fs::create_dir(&input).unwrap();
    let good = Random(1).paragraph(3);
    let records = [
        json!({ "id": "good", "text": good }).to_string(),
        "{\"id\": \"broken\", ".to_owned(),
        json!({ "id": "no text" }).to_string(),
        json!({ "id": "number", "text": 7 }).to_string(),
        json!({ "text": "no id" }).to_string(),
        json!({ "id": "good", "text": "the same id again" }).to_string(),
        String::new(),
        json!(["not", "an", "object"]).to_string(),
        json!({ "id": 12, "text": "a number is a fine id", "url": "https://News.example:80/x" })
            .to_string(),
    ];
    fs::write(input.join("a.jsonl"), records.join("\n")).unwrap();
    fs::write(input.join("b.txt"), b"fine\nbroken \xff here\n").unwrap();
    fs::write(input.join("c.csv"), "skipped").unwrap();
    let out = folder.path().join("out");
    let run = dedup(&[path(&input), "--out", path(&out)]);
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(3), "{said}");
    assert!(said.contains("5 records rejected"), "{said}");

    let ledger = lines(out.join("ledger.jsonl"));
    let error = |at: usize| ledger[at]["error"].as_str().unwrap_or_default().to_owned();
    assert_eq!(ledger.len(), 9);
    let status: Vec<&str> = ledger
        .iter()
        .map(|row| row["status"].as_str().unwrap())
        .collect();
    assert_eq!(
        status,
        [
            "kept", "rejected", "rejected", "rejected", "rejected", "kept", "rejected", "kept",
            "kept"
        ]
    );
    assert!(
        error(1).contains("a.jsonl:2: not a JSON object"),
        "{}",
        error(1)
    );
    assert!(error(2).contains("a.jsonl:3: no `text`"), "{}", error(2));
    assert!(error(3).contains("a.jsonl:4: `text` is a number; it must be a string"));
    assert!(error(4).contains("a.jsonl:5: no `id`"));
    assert!(
        said.contains("a.jsonl:6: id \"good\" is already that of record 1"),
        "{said}"
    );
    assert!(error(6).contains("a.jsonl:8"));
    assert_eq!(ledger[7]["source"], "news.example");
    assert!(said.contains("b.txt: read as windows-1252"), "{said}");
    assert!(said.contains("1 other file skipped"), "{said}");
}

#[test]
fn records_ride_along_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.jsonl");
    let story = Random(8).paragraph(4);
    let shared = r#""n": 1.50, "e":1.0E5 ,"$serde_json::private::Number":"x","u":"\u00e9","#;
    let long = format!(
        "{{ \"id\": \"long\", {shared} \"text\": \"{story} The end.\", \"z\" : [1,null] }}"
    );
    let copy = format!("{{{shared} \"text\":\"{story}\",\"id\":\"copy\"}}");
    let tail = format!(
        "{{\"id\":7,{shared}\"text\":\"{}\\nPost a Comment\",\"a\":1}}",
        Random(9).paragraph(4)
    );
    fs::write(&input, [&long[..], &copy, &tail].join("\n")).unwrap();
    let out = folder.path().join("out");
    let run = dedup(&[path(&input), "--out", path(&out)]);
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    assert_eq!(
        fs::read_to_string(out.join("removed.jsonl")).unwrap(),
        copy + "\n"
    );
    let kept = long + "\n" + &tail.replace("Post a Comment", "") + "\n";
    assert_eq!(fs::read_to_string(out.join("pages.jsonl")).unwrap(), kept);
    assert_eq!(lines(out.join("ledger.jsonl"))[2]["id"], "7");
}

/// Every character that JSON escapes, alone and among others, in a page that something is taken out of.
#[test]
fn cleaned_texts_are_written_as_any_json() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.jsonl");
    let story = Random(10).paragraph(4);
    let odd: Vec<char> = (0u8..0x20).chain(*b"\"\\/\x7f").map(char::from).collect();
    let each = odd.iter().map(|odd| format!("{odd}{odd}é{odd} {story}"));
    let together = odd.iter().map(|odd| format!("é{odd}")).collect::<String>() + &story;
    let usual = format!("\"a\\b\"\n\n\" {story}");
    let records: Vec<Value> = each
        .chain([together, usual])
        .enumerate()
        .map(|(id, text)| json!({"id": id, "text": format!("{text}\nPost a Comment")}))
        .collect();
    for record in &records {
        fs::write(&input, record.to_string()).unwrap();
        let out = folder.path().join("out");
        assert!(dedup(&[path(&input), "--out", path(&out)]).status.success());
        let written = fs::read_to_string(out.join("pages.jsonl")).unwrap();
        let text = record["text"].as_str().unwrap();
        let kept = json!({"id": record["id"], "text": text.strip_suffix("Post a Comment")});
        assert_eq!(written, format!("{kept}\n"));
    }
}

#[test]
fn a_date_that_cannot_be_read_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.jsonl");
    let story = Random(8).paragraph(4);
    let records = [
        ("a", "1 May 2019"),
        ("b", "2021-05-01"),
        ("c", "2020-05-01T10:00:00+02:00"),
    ]
    .map(|(id, date)| json!({ "id": id, "date": date, "text": story }).to_string());
    fs::write(&input, records.join("\n")).unwrap();
    let out = folder.path().join("out");
    let run = dedup(&[path(&input), "--out", path(&out), "--keep", "earliest"]);
    assert!(run.status.success());
    let ledger = lines(out.join("ledger.jsonl"));
    let status = |at: usize| ledger[at]["status"].as_str().unwrap();
    assert_eq!(
        [status(0), status(1), status(2)],
        ["removed", "removed", "kept"]
    );
    let error = ledger[0]["error"].as_str().unwrap();
    assert!(
        error.contains("in.jsonl:1: `date` is \"1 May 2019\", not ISO 8601"),
        "{error}"
    );
}

/// Records of two stories: one in three versions of a rank each, one with a shared passage.
fn ranked_records(folder: &Path) -> PathBuf {
    let mut random = Random(5);
    let article = random.article(3);
    let passage = random.article(1);
    let shared = [random.article(3) + &passage, random.article(4) + &passage];
    let record = |id: &str, source: &str, text: &str, rank: Value| {
        json!({ "id": id, "source": source, "text": text, "rank": rank }).to_string() + "\n"
    };
    let file = folder.join("news.jsonl");
    let records = [
        record(
            "long",
            "mirror",
            &(article.clone() + "A last line.\n"),
            json!(3),
        ),
        record("ranked", "agency", &article, json!(1)),
        record("odd", "paper", &article, json!("best")),
        record("one", "paper", &shared[0], json!(2)),
        record("two", "agency", &shared[1], json!(1)),
    ];
    fs::write(&file, records.concat()).unwrap();
    file
}

#[test]
fn ranks_protection_and_passages_as_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = ranked_records(folder.path());
    let out = folder.path().join("out");
    let run = |options: &[&str]| {
        let args = [&[path(&file), "--out", path(&out)], options].concat();
        assert_eq!(dedup(&args).status.code(), Some(0), "{options:?}");
        let kept = lines(out.join("ledger.jsonl")).into_iter();
        let kept = kept.filter(|entry| entry["status"] == "kept");
        kept.map(|entry| entry["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(run(&[]), ["long", "one", "two"]);
    assert_eq!(run(&["--keep", "ranked"]), ["ranked", "one", "two"]);
    assert_eq!(run(&["--protect", "odd"]), ["odd", "one", "two"]);
    assert_eq!(
        run(&["--protect-source", "paper", "--protect", "long"]),
        ["long", "odd", "one", "two"]
    );
    // Two protected copies are related, not removed.
    let related = lines(out.join("related.jsonl"));
    assert_eq!(related[0]["ids"], json!(["odd", "long"]));
    assert_eq!(related[0]["containment"], json!(1.0));
    assert_eq!(run(&["--keep", "ranked", "--net", "0.3"]).len(), 3);

    let odd = &lines(out.join("ledger.jsonl"))[2];
    let remark = odd["error"].as_str().unwrap();
    assert!(remark.ends_with("`rank` is \"best\", not an integer; the page counts as unranked"));

    let across = |options: &[&str]| {
        run(options);
        let found = lines(out.join("removals.jsonl")).into_iter();
        let mut found = found.filter(|finding| finding["reason"] == "repeated-across");
        found.next().map(|finding| {
            assert!(found.next().is_none());
            let text = |field: &Value| field.as_str().unwrap_or_default().to_owned();
            [&finding["id"], &finding["action"], &finding["kept"]["id"]].map(text)
        })
    };
    // The longer page owns the passage, or the one of lower rank.
    let owned = |values: [&str; 3]| Some(values.map(str::to_owned));
    assert_eq!(across(&[]), owned(["one", "annotate", "two"]));
    assert_eq!(
        across(&["--across", "remove"]),
        owned(["one", "remove", "two"])
    );
    assert_eq!(across(&["--across", "ignore"]), None);
    assert_eq!(
        across(&["--protect", "one", "--across", "remove"]),
        owned(["two", "remove", "one"])
    );
    let pages = lines(out.join("pages.jsonl"));
    assert!(
        pages
            .iter()
            .all(|page| !page["text"].as_str().unwrap().is_empty())
    );
}

/// A slip in a name must not pass for protection.
#[test]
fn a_name_that_protects_nothing_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.jsonl");
    let record = json!({ "id": "one", "source": "courier", "text": "Rain fell all day." });
    fs::write(&input, record.to_string()).unwrap();
    let said = |option: &str, name: &str| {
        let run = dedup(&[path(&input), "--dry-run", option, name]);
        assert_eq!(run.status.code(), Some(0));
        String::from_utf8(run.stderr)
            .unwrap()
            .contains("nothing was protected")
    };
    assert!(!said("--protect", "one") && !said("--protect-source", "courier"));
    assert!(said("--protect", "courier") && said("--protect-source", "one"));
}

#[test]
fn a_page_may_have_the_name_of_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    fs::create_dir_all(&one).unwrap();
    fs::create_dir_all(two.join("A.txt")).unwrap();
    let long = format!("{}.txt", "n".repeat(220));
    fs::write(one.join("a.txt"), "first").unwrap();
    fs::write(two.join("A.txt/b.txt"), "second").unwrap();
    fs::write(two.join("A.txt").join(long), "third").unwrap();
    let out = folder.path().join("out");
    for inputs in [[&one, &two], [&two, &one]] {
        let run = dedup(&[path(inputs[0]), path(inputs[1]), "--out", path(&out)]);
        assert!(
            run.status.success(),
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
        let pages = tree(&out.join("pages"));
        assert_eq!(pages.len(), 3, "{:?}", pages.keys());
        assert!(
            pages.keys().all(|name| name.ends_with(".txt")),
            "{:?}",
            pages.keys()
        );
    }
}

#[cfg(unix)]
#[test]
fn a_link_into_the_output_is_refused() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("in"), folder.path().join("out"));
    fs::create_dir_all(&input).unwrap();
    fs::create_dir_all(&out).unwrap();
    fs::write(input.join("page.txt"), "words").unwrap();
    symlink(&out, input.join("link")).unwrap();
    let run = dedup(&[path(&input), "--out", path(&out)]);
    assert_eq!(run.status.code(), Some(2));
    assert!(tree(&out).is_empty());
}

#[cfg(unix)]
#[test]
fn nobody_listening_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("page.txt");
    fs::write(&input, "some words").unwrap();
    let out = folder.path().join("out");
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_twicetold"))
        .arg("dedup")
        .args([path(&input), "--out", path(&out)])
        .stderr(full)
        .status();
    assert_eq!(run.unwrap().code(), Some(0));
    assert!(out.join("summary.json").exists());
}

#[cfg(unix)]
#[test]
fn unreadable_files_are_rejected() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in");
    fs::create_dir(&input).unwrap();
    fs::write(input.join("good.txt"), "words").unwrap();
    symlink(folder.path().join("nowhere"), input.join("gone.txt")).unwrap();
    symlink(&input, input.join("loop")).unwrap();
    symlink("/dev/zero", input.join("endless.txt")).unwrap();
    let out = folder.path().join("out");
    let run = dedup(&[path(&input), "--out", path(&out)]);
    assert_eq!(run.status.code(), Some(3));
    let ledger = lines(out.join("ledger.jsonl"));
    assert_eq!(ledger.len(), 4);
    assert!(
        ledger[0]["error"]
            .as_str()
            .unwrap()
            .contains("endless.txt: a pipe, socket or device, not a file")
    );
    assert!(ledger[1]["error"].as_str().unwrap().contains("gone.txt"));
}

#[test]
fn wrong_usage_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in");
    fs::create_dir_all(input.join("deep")).unwrap();
    fs::write(input.join("page.txt"), "some words").unwrap();
    let before = tree(folder.path());
    let refused = |args: &[&str], expected: &str| {
        let run = dedup(args);
        let said = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(expected), "{args:?}: {said}");
        assert_eq!(tree(folder.path()), before, "{args:?}");
    };
    let inside = input.join("deep/out");
    let dots = input.join("../in/./new");
    refused(&[path(&input), "--out", path(&input)], "is the input");
    refused(
        &[path(&input), "--out", path(&inside)],
        "lies inside the input",
    );
    refused(
        &[path(&input), "--out", path(&dots)],
        "lies inside the input",
    );
    refused(
        &[path(&input), "--out", path(folder.path())],
        "holds the input",
    );
    refused(
        &[path(&input.join("page.txt")), "--out", path(&input)],
        "holds the input",
    );
    refused(&[path(&input)], "--out");
    refused(&["nowhere", "--out", "x"], "nowhere");
    let out = folder.path().join("out");
    let out = path(&out);
    let ranges = "it must be above 0 and at most 1";
    refused(
        &[path(&input), "--out", out, "--resemblance", "1.5"],
        &format!("resemblance is 1.5; {ranges}"),
    );
    refused(
        &[path(&input), "--out", out, "--resemblance", "0"],
        &format!("resemblance is 0; {ranges}"),
    );
    refused(&[path(&input), "--out", out, "--threads", "0"], "threads");
}

#[test]
fn an_earlier_run_is_replaced_and_foreign_files_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in");
    let out = folder.path().join("out");
    fs::create_dir_all(&input).unwrap();
    for id in ["../x", "/etc/x", "A", "a", "..", "a/b", "con?"] {
        let record = json!({ "id": id, "text": format!("text of {id}") });
        fs::write(input.join("r.jsonl"), record.to_string()).unwrap();
        assert!(
            dedup(&[path(&input), "--out", path(&out)]).status.success(),
            "{id}"
        );
    }
    fs::write(input.join("one.txt"), "one").unwrap();
    assert!(dedup(&[path(&input), "--out", path(&out)]).status.success());
    fs::remove_file(input.join("one.txt")).unwrap();
    fs::write(input.join("two.txt"), "two").unwrap();
    fs::write(out.join("notes"), "mine").unwrap();
    assert!(dedup(&[path(&input), "--out", path(&out)]).status.success());
    assert!(!out.join("pages/one.txt").exists() && out.join("pages/two.txt").exists());
    assert!(out.join("notes").exists());
    let names: Vec<String> = tree(&out)
        .into_keys()
        .filter(|name| name.starts_with('.'))
        .collect();
    assert_eq!(names, Vec::<String>::new(), "no temporary files stay");

    let foreign = folder.path().join("foreign");
    fs::create_dir_all(foreign.join("pages")).unwrap();
    let run = dedup(&[path(&input), "--out", path(&foreign)]);
    assert_eq!(run.status.code(), Some(2));
    let run = dedup(&[path(&input), "--dry-run"]);
    assert!(run.status.success() && run.stdout.is_empty());
}

#[test]
fn the_two_seed_pages() {
    let Some(data) = shared_data() else { return };
    let tools = data.join("../tools/check_seeds.py");
    let folder = tempfile::tempdir().unwrap();
    let kafka = folder.path().join("kafka.jsonl");
    let records = common::records(&data.join("neardup/kafka.dev.jsonl.gz"));
    fs::write(
        &kafka,
        records
            .iter()
            .map(|record| format!("{record}\n"))
            .collect::<String>(),
    )
    .unwrap();
    let seeds = data.join("seeds");
    let out = folder.path().join("out");
    let among = [
        path(&seeds).to_owned(),
        example_pages(),
        path(&kafka).to_owned(),
    ];
    for inputs in [&among[..1], &among[..]] {
        let mut args: Vec<&str> = inputs.iter().map(String::as_str).collect();
        args.extend(["--out", path(&out)]);
        assert!(dedup(&args).status.success());
        let check = Command::new("python3")
            .arg(&tools)
            .arg(&data)
            .arg(&out)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&check.stdout);
        assert_eq!(said.trim(), "seeds exact");
    }

    // With --strip-citations exactly the labelled marks go, beside what went before.
    let before = tree(&out);
    let mut args: Vec<&str> = among.iter().map(String::as_str).collect();
    args.extend(["--out", path(&out), "--strip-citations"]);
    assert!(dedup(&args).status.success());
    let name = "000_ea6076404e89eeae";
    let text = String::from_utf8(before[&format!("pages/{name}.txt")].clone()).unwrap();
    let labels =
        fs::read_to_string(data.join(format!("seeds-ideal/{name}.citations.tsv"))).unwrap();
    let mut stripped = text.clone();
    let mut marks: Vec<(usize, usize)> = labels
        .lines()
        .skip(1)
        .map(|line| {
            let mut fields = line.split('\t').map(|field| field.parse().unwrap_or(0));
            (fields.next().unwrap(), fields.next().unwrap())
        })
        .collect();
    marks.sort_unstable();
    assert_eq!(marks.len(), 14);
    for (start, end) in marks.into_iter().rev() {
        stripped.replace_range(start..end, "");
    }
    assert_eq!(
        fs::read_to_string(out.join(format!("pages/{name}.txt"))).unwrap(),
        stripped
    );
    let other = "pages/004_dbe71d230b5e5482.txt";
    assert_eq!(fs::read(out.join(other)).unwrap(), before[other]);
}

#[test]
fn templates_are_saved_and_applied_to_later_pages() {
    let work = tempfile::tempdir().unwrap();
    let at = |name: &str| path(&work.path().join(name)).to_owned();
    let mut random = Random(77);
    let menu = "Home\nNews\nShop\n";
    let mut records = |count: usize| -> String {
        let records = (0..count).map(|at| {
            let text = format!("{menu}{}Imprint\n", random.article(2));
            json!({ "id": format!("{at}"), "source": "courier", "text": text }).to_string() + "\n"
        });
        records.collect()
    };
    fs::write(at("first.jsonl"), records(9)).unwrap();
    fs::write(at("later.jsonl"), records(1)).unwrap();
    let run = |input: &str, out: &str, more: &[&str]| {
        let (input, out) = (at(input), at(out));
        dedup(&[&[&input[..], "--out", &out], more].concat())
    };
    let (saved, second) = (at("sites.json"), at("second.json"));
    assert!(run("first.jsonl", "plain", &[]).status.success());
    assert!(
        run("first.jsonl", "one", &["--save-templates", &saved])
            .status
            .success()
    );
    assert_eq!(
        tree(&work.path().join("plain")),
        tree(&work.path().join("one"))
    );

    // One page alone has no template; under the saved one it has.
    let cleaned = |out: &str| lines(work.path().join(out).join("pages.jsonl"))[0]["text"].clone();
    assert!(run("later.jsonl", "two", &[]).status.success());
    assert!(cleaned("two").as_str().unwrap().starts_with(menu));
    let with = ["--templates", &saved, "--save-templates", &second];
    assert!(run("later.jsonl", "three", &with).status.success());
    let text = cleaned("three");
    assert!(
        !text.as_str().unwrap().contains("Home") && !text.as_str().unwrap().contains("Imprint")
    );
    assert_eq!(fs::read(&saved).unwrap(), fs::read(&second).unwrap());
    // A rerun over the cleaned pages takes nothing more.
    assert!(
        run("one/pages.jsonl", "four", &["--templates", &saved])
            .status
            .success()
    );
    let texts = |out: &str| fs::read(work.path().join(out).join("pages.jsonl")).unwrap();
    assert_eq!(texts("one"), texts("four"));

    let refused = |more: &[&str], message: &str| {
        let run = run("first.jsonl", "refused", more);
        let said = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(2), "{said}");
        assert!(said.contains(message), "{said}");
        assert!(!work.path().join("refused").exists());
    };
    let (input, missing, inside) = (at("first.jsonl"), at("no/sites.json"), at("one/sites.json"));
    refused(&["--templates", &missing], "no/sites.json: ");
    refused(
        &["--templates", &input],
        "no templates as --save-templates writes them",
    );
    refused(
        &["--save-templates", &input],
        "holds no templates; choose another name",
    );
    refused(&["--save-templates", &missing], "its folder is not there");
    let again = run("first.jsonl", "one", &["--save-templates", &inside]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("lies inside --out"));
    assert_eq!(again.status.code(), Some(2));
    let later = fs::read_to_string(&saved)
        .unwrap()
        .replace("\"format\":4", "\"format\":9");
    fs::write(at("later.json"), later).unwrap();
    refused(
        &["--templates", &at("later.json")],
        "format of the templates is 9; it must be 4",
    );
}

#[test]
fn html_is_read_from_files_and_fields() {
    let folder = tempfile::tempdir().unwrap();
    let story = Random(12).paragraph(12);
    let html = format!(
        "<meta charset=latin1><nav><a href=/>Home</a></nav><article><h1>A title</h1><p>{story} caf\u{e9}."
    );
    let latin1: Vec<u8> = html.chars().map(|sign| sign as u8).collect();
    fs::write(folder.path().join("page.html"), latin1).unwrap();
    fs::write(folder.path().join("plain.htm"), "no tag at all").unwrap();
    let records = [
        r#"{"id":"only","html":"<p>One","n":1.50}"#,
        r#"{"id":"null","text":null,"html":"<p>Two"}"#,
        r#"{"id":"both","text":"Three","html":"<p>not this"}"#,
        r#"{"id":"none"}"#,
    ];
    fs::write(folder.path().join("records.jsonl"), records.join("\n")).unwrap();
    let out = tempfile::tempdir().unwrap();
    let run = dedup(&[path(folder.path()), "--out", path(out.path())]);
    assert_eq!(run.status.code(), Some(3), "{run:?}");
    let page = fs::read_to_string(out.path().join("pages/page.html")).unwrap();
    assert_eq!(page.trim(), format!("A title\n\n{story} caf\u{e9}."));
    let removals = lines(out.path().join("removals.jsonl"));
    let menu = removals
        .iter()
        .find(|row| row["action"] == "remove")
        .unwrap();
    assert_eq!(
        (menu["id"].as_str(), menu["reason"].as_str()),
        (Some("page.html"), Some("markup"))
    );
    let at = html.find("Home").unwrap();
    assert_eq!(menu["html_spans"], serde_json::json!([[at, at + 4]]));
    let kept = fs::read_to_string(out.path().join("pages.jsonl")).unwrap();
    let kept: Vec<&str> = kept.lines().collect();
    assert_eq!(
        kept[2],
        r#"{"id":"only","html":"<p>One","n":1.50,"text":"One"}"#
    );
    assert_eq!(kept[3], r#"{"id":"null","text":"Two","html":"<p>Two"}"#);
    assert_eq!(kept[4], records[2]);
    let ledger = lines(out.path().join("ledger.jsonl"));
    assert!(ledger[1]["error"].as_str().unwrap().contains("plain text"));
    assert!(ledger[5]["error"].as_str().unwrap().contains("no `html`"));
}
