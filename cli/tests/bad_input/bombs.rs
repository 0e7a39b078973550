//! Inputs of few bytes that would become many: in memory, or in what is written.

use super::*;

/// The bytes of all files of results.
fn results(run: &Ran) -> u64 {
    let files = fs::read_dir(&run.out).unwrap().map(Result::unwrap);
    let files = files.map(|file| file.metadata().unwrap());
    files
        .filter(|file| file.is_file())
        .map(|file| file.len())
        .sum()
}

/// A record of an archive with a text whose body is packed.
fn archived(id: &str, coding: &str, body: &[u8]) -> Vec<u8> {
    let http = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: {coding}\r\n\r\n"
    );
    let head = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:{id}>\r\n\
         Content-Type: application/http\r\nContent-Length: {}\r\n\r\n",
        http.len() + body.len()
    );
    [head.as_bytes(), http.as_bytes(), body, b"\r\n\r\n"].concat()
}

#[test]
fn bodies_packed_in_an_archive() {
    let page = |id: &str| format!("{} ", tale(id)) + &" ".repeat(24 << 20);
    let bombs = (0..16).map(|at| {
        let id = at.to_string();
        let page = page(&id);
        match at % 2 {
            0 => archived(&id, "zstd", &zstd::encode_all(page.as_bytes(), 3).unwrap()),
            _ => archived(&id, "gzip", &gzip(page.as_bytes())),
        }
    });
    let last = archived("last", "gzip", &gzip(tale("last").as_bytes()));
    let file: Vec<u8> = bombs.chain([last]).flatten().collect();
    let run = Trial::new()
        .put("x.warc", &file)
        .run(&["--memory", "64MiB"]);
    assert_eq!(run.code, 3, "{}", run.said);
    // 256 MiB are free, and as much as 200 bytes for one that was read.
    let most = (256 << 20).max(200 * file.len());
    assert!(!run.ids("rejected").is_empty(), "{:#?}", run.ledger);
    let kept = run.ids("kept").len();
    assert!(kept >= 10 && (kept - 1) * (24 << 20) <= most, "{kept}");
    for id in run.ids("rejected") {
        assert!(run.error(id).ends_with(TOLD), "{}", run.error(id));
    }
    assert!(run.peak < 256 << 20, "{} bytes of memory", run.peak);
}

#[test]
fn small_files_that_are_bombs() {
    let page = |at: usize| tale(&at.to_string()) + &" ".repeat(24 << 20);
    let mut trial = Trial::new();
    for at in 0..24 {
        let packed = zstd::encode_all(page(at).as_bytes(), 3).unwrap();
        // Half of them do not say that they are packed.
        let ending = ["", ".zst"][at % 2];
        trial = trial.put(&format!("{at}.txt{ending}"), packed);
    }
    let run = trial.run(&["--memory", "64MiB"]);
    assert_eq!(run.ids("kept").len(), 24, "{}", run.said);
    assert!(run.peak < 300 << 20, "{} bytes of memory", run.peak);
}

#[test]
fn names_that_are_too_long() {
    let line = |id: &str, source: &str, text: &str| {
        format!("{}\n", json!({ "id": id, "source": source, "text": text }))
    };
    let most = "m".repeat(4096);
    let long = "l".repeat(4097);
    let story = tale("one");
    let longer = format!("{story} It did.");
    let lines = line(&long, "a", &longer)
        + &line("b", &long, &story)
        + &line(&most, &most, &longer)
        + &line("c", "a", &story);
    let run = Trial::new()
        .put("x.jsonl", &lines)
        .run(&["--keep", "first"]);
    assert_eq!(run.code, 3, "{}", run.said);
    assert_eq!(run.ids("rejected"), ["x.jsonl:1", "b"]);
    assert_eq!(run.ids("kept"), [&most]);
    assert_eq!(run.ids("removed"), ["c"]);
    let told = |id: &str, what: &str| {
        let error = run.error(id);
        let told = format!(": its {what} has 4097 bytes; at most 4096 are allowed");
        assert!(error.ends_with(&told), "{error}");
    };
    told("x.jsonl:1", "id");
    told("b", "source");
    // In the other formats.
    let warc = archived(&long, "identity", story.as_bytes());
    let table = table(
        &[
            ("id", vec![Some(long.clone()), Some("a".to_owned())]),
            ("text", vec![Some(story.clone()), Some(story.clone())]),
            ("source", vec![None, Some(long.clone())]),
        ],
        Compression::SNAPPY,
    );
    let trial = Trial::new().put("x.warc", warc).put("y.parquet", table);
    let run = trial.run(&[]);
    let ids = run.ids("rejected");
    assert_eq!(ids, ["x.warc:byte 0", "y.parquet:row 1", "a"]);
    for id in ids {
        let error = run.error(id);
        assert!(
            error.ends_with("bytes; at most 4096 are allowed"),
            "{error}"
        );
    }
}

#[test]
fn a_long_id_does_not_multiply() {
    let story = tale("one");
    let mut lines = format!(
        "{}\n",
        json!({ "id": "k".repeat(100_000), "text": format!("{story} It did.") })
    );
    for id in 0..500 {
        lines += &format!("{}\n", json!({ "id": id, "text": story }));
    }
    let run = Trial::new().put("x.jsonl", &lines).run(&[]);
    assert_eq!(run.ids("rejected"), ["x.jsonl:1"]);
    let (read, wrote) = (lines.len() as u64, results(&run));
    assert!(wrote < 4 * read, "{wrote} bytes of results from {read}");
}
