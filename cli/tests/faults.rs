//! What a run does when it is stopped, when the disk is full, when another is there: nothing half done stands under
//! a name of the results, and going on gives the same bytes.
//!
//! `TWICETOLD_ROUNDS=200` stops it so many times instead of 20.

#![cfg(unix)]

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

fn twicetold() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_twicetold"));
    command.env_clear();
    command
}

fn dedup(input: &Path, out: &Path, more: &[&str]) -> Command {
    let mut command = twicetold();
    command.arg("dedup").arg(input).arg("--out").arg(out);
    command.args(more).stdin(Stdio::null());
    command
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// SplitMix64 (Steele, Lea and Flood 2014): seeded, so that a failure can be had again.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    fn paragraph(&mut self) -> String {
        let words = (0..30 + self.below(40)).map(|_| format!("w{}", self.below(5_000)));
        let mut text = words.collect::<Vec<_>>().join(" ");
        text.push_str(".\n");
        text
    }
}

/// Pages of eight sites: each with its menu, some copied, some sharing a paragraph, some saying all twice; a few
/// records are none.
fn corpus(path: &Path, pages: usize) {
    let mut random = Random(7);
    let mut texts: Vec<String> = Vec::new();
    let mut lines = String::new();
    let wire = random.paragraph();
    for page in 0..pages {
        let site = random.below(8);
        let text = match random.below(6) {
            0 if !texts.is_empty() => texts[random.below(texts.len() as u64) as usize].clone(),
            1 => random.paragraph() + &wire + &random.paragraph(),
            2 => {
                let body = random.paragraph() + &random.paragraph() + &random.paragraph();
                body.clone() + &body
            }
            _ => (0..4).map(|_| random.paragraph()).collect(),
        };
        let whole = format!("Site {site} front page\nWeather and tides\n{text}Post a Comment\n");
        let record =
            json!({ "id": format!("{page}"), "source": format!("site{site}"), "text": whole });
        lines.push_str(&format!("{record}\n"));
        texts.push(text);
        if page % 500 == 99 {
            lines.push_str("{\"id\": 3, \n");
        }
    }
    fs::write(path, lines).unwrap();
}

/// Every file of the results, by its name; `summary.json` without times.
fn results(out: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![out.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let mut bytes = fs::read(&path).unwrap();
            if entry.file_name() == "summary.json" {
                let mut summary: Value = serde_json::from_slice(&bytes).unwrap();
                for of_a_clock in ["seconds", "checksum"] {
                    summary[of_a_clock] = Value::Null;
                }
                bytes = summary.to_string().into_bytes();
            }
            files.insert(path.strip_prefix(out).unwrap().to_owned(), bytes);
        }
    }
    files
}

/// Names of what stands in the output folder for all to see.
fn visible(out: &Path) -> Vec<String> {
    let names = fs::read_dir(out).into_iter().flatten().map(Result::unwrap);
    let names = names.map(|entry| entry.file_name().into_string().unwrap());
    names.filter(|name| name != ".twicetold").collect()
}

fn signal(name: &str, run: &std::process::Child) {
    // It may be over already.
    let _ = Command::new("sh")
        .args(["-c", &format!("kill -{name} {}", run.id())])
        .stderr(Stdio::null())
        .status();
}

/// Waits until a run listens to SIGINT and SIGTERM: before, they kill it. Where `/proc` does not tell, or
/// the run is over, not at all.
fn listens(run: &std::process::Child) {
    let caught = || {
        let status = fs::read_to_string(format!("/proc/{}/status", run.id())).ok()?;
        if status.contains("\nState:\tZ") {
            return None;
        }
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        u64::from_str_radix(mask?.trim(), 16).ok()
    };
    let both = 1 << (2 - 1) | 1 << (15 - 1);
    let began = Instant::now();
    while caught().is_some_and(|mask| mask & both != both)
        && began.elapsed() < Duration::from_secs(2)
    {
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn stopped_at_any_time_it_goes_on_to_the_same_bytes() {
    let rounds = std::env::var("TWICETOLD_ROUNDS").ok();
    let rounds: u64 = rounds.and_then(|n| n.parse().ok()).unwrap_or(20);
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    corpus(&at("in.jsonl"), 1_500);
    let began = Instant::now();
    let run = dedup(&at("in.jsonl"), &at("whole"), &["--threads", "1"]);
    let run = { run }.output().unwrap();
    let whole = began.elapsed();
    assert_eq!(run.status.code(), Some(3), "{}", said(&run));
    let expected = results(&at("whole"));
    let mut random = Random(11);
    let mut stops = 0;
    for round in 0..rounds {
        let out = at(&format!("out{round}"));
        let name = ["KILL", "KILL", "INT", "TERM"][random.below(4) as usize];
        // Up to three times, each further on.
        for _ in 0..1 + random.below(3) {
            let threads = (1 + random.below(3)).to_string();
            let more = ["--resume", "--threads", &threads, "--memory", "64MiB"];
            let mut run = dedup(&at("in.jsonl"), &out, &more);
            let run = run.stderr(Stdio::piped()).spawn().unwrap();
            std::thread::sleep(whole.mul_f64(random.below(1_100) as f64 / 1_000.0));
            if name != "KILL" {
                listens(&run);
            }
            signal(name, &run);
            let stopped = Instant::now();
            let output = run.wait_with_output().unwrap();
            assert!(stopped.elapsed() < Duration::from_secs(2), "round {round}");
            match output.status.code() {
                Some(3) => assert_eq!(results(&out), expected, "round {round}: not stopped"),
                code => {
                    stops += 1;
                    let expected = (name != "KILL").then_some(130);
                    assert_eq!(code, expected, "round {round}: {}", said(&output));
                    // Results stand there all or not at all; only a kill between renames parts them, and then they
                    // have no summary.
                    let there = visible(&out);
                    let is_whole = there.is_empty() || there.len() == 7;
                    let has_summary = there.iter().any(|name| name == "summary.json");
                    assert!(
                        is_whole || name == "KILL" && !has_summary,
                        "round {round}: {there:?}"
                    );
                }
            }
        }
        let mut run = dedup(&at("in.jsonl"), &out, &["--resume"]);
        let run = run.output().unwrap();
        assert_eq!(run.status.code(), Some(3), "round {round}: {}", said(&run));
        assert_eq!(results(&out), expected, "round {round}, {name}");
        fs::remove_dir_all(out).unwrap();
    }
    assert!(
        stops >= rounds / 2,
        "{stops} of {rounds} rounds were stopped"
    );
}

/// A run through a shell that does something to it first; `None`, said so, where this machine does not let it.
fn under(tool: &str, shell: &str, run: &Command) -> Option<Output> {
    let known = Command::new("sh").args(["-c", tool]).output().unwrap();
    if !known.status.success() {
        eprintln!("SKIPPED: `{tool}` does not work here: {}", said(&known));
        return None;
    }
    let mut command = Command::new("sh");
    command.args(["-c", shell, "sh"]).arg(run.get_program());
    command.args(run.get_args()).stdin(Stdio::null());
    Some(command.output().unwrap())
}

/// Goes on with a run that failed and holds its results to those of one that did not.
fn goes_on(input: &Path, out: &Path, expected: &BTreeMap<PathBuf, Vec<u8>>, what: &str) {
    let run = dedup(input, out, &["--resume"]).output().unwrap();
    assert_eq!(run.status.code(), Some(3), "{what}: {}", said(&run));
    assert!(results(out) == *expected, "{what}: other bytes");
    fs::remove_dir_all(out).unwrap();
}

/// An input of so many pages, and the results of a run over it.
fn undisturbed(folder: &Path, pages: usize) -> (PathBuf, BTreeMap<PathBuf, Vec<u8>>) {
    let input = folder.join("in.jsonl");
    corpus(&input, pages);
    let out = folder.join("undisturbed");
    let run = dedup(&input, &out, &[]).output().unwrap();
    assert_eq!(run.status.code(), Some(3), "{}", said(&run));
    (input, results(&out))
}

/// No file grows beyond so many blocks: what a full disk does, without one.
#[test]
fn files_that_do_not_fit() {
    let scratch = tempfile::tempdir().unwrap();
    let (input, expected) = undisturbed(scratch.path(), 300);
    let out = scratch.path().join("out");
    let mut failed = 0;
    for blocks in [
        0, 1, 8, 40, 100, 200, 300, 400, 450, 500, 600, 700, 800, 2_000,
    ] {
        let shell = format!("ulimit -f {blocks}; exec \"$@\"");
        let Some(run) = under("ulimit -f 1", &shell, &dedup(&input, &out, &[])) else {
            return;
        };
        match run.status.code() {
            Some(3) => {}
            Some(1) => {
                failed += 1;
                let said = said(&run);
                assert!(said.contains("out/.twicetold/"), "{blocks}: {said}");
                assert!(said.contains("large"), "{blocks}: {said}");
                assert!(visible(&out).is_empty(), "{blocks}: {:?}", visible(&out));
            }
            code => panic!("{blocks}: {code:?}: {}", said(&run)),
        }
        goes_on(&input, &out, &expected, &format!("{blocks} blocks"));
    }
    assert!(failed > 5, "{failed}");
}

/// A disk that is full, and then is not.
#[test]
fn a_full_disk() {
    let scratch = tempfile::tempdir().unwrap();
    let (input, expected) = undisturbed(scratch.path(), 1_500);
    let disk = scratch.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let mut failed = 0;
    for kilobytes in [64, 1_000, 3_000, 4_500, 6_000, 7_000, 8_000, 9_000, 60_000] {
        let out = disk.join("out");
        let shell = format!(
            "mount -t tmpfs -o size={kilobytes}k none {disk}; \"$@\"; echo $? >&2; ls {disk}/out >&2; \
             mount -o remount,size=100m {disk}; \"$@\" --resume >&2; echo $? >&2; cp -r {disk}/out {copy}; exit 0",
            disk = disk.display(),
            copy = scratch.path().join("copy").display(),
        );
        let unshared = format!("exec unshare --map-root-user --mount sh -c '{shell}' sh \"$@\"");
        let tool = "unshare --map-root-user --mount mount -t tmpfs none /mnt";
        let run = dedup(&input, &out, &["--quiet", "--no-space-check"]);
        let Some(run) = under(tool, &unshared, &run) else {
            return;
        };
        let said = said(&run);
        let lines: Vec<&str> = said.lines().collect();
        match lines[..] {
            [failure, "1", "3"] => {
                failed += 1;
                assert!(failure.contains("No space left"), "{kilobytes}: {said}");
                assert!(failure.contains("/out/.twicetold"), "{kilobytes}: {said}");
            }
            ["3", .., "3"] => {}
            _ => panic!("{kilobytes}: {said}"),
        }
        let copy = scratch.path().join("copy");
        assert!(results(&copy) == expected, "{kilobytes}: other bytes");
        fs::remove_dir_all(copy).unwrap();
    }
    assert!(failed > 4, "{failed}");
    // Told before the start.
    let shell = format!(
        "mount -t tmpfs -o size=1m none {}; exec \"$@\"",
        disk.display()
    );
    let unshared = format!("exec unshare --map-root-user --mount sh -c '{shell}' sh \"$@\"");
    let run = dedup(&input, &disk.join("out"), &[]);
    let run = under("true", &unshared, &run).unwrap();
    assert_eq!(run.status.code(), Some(1), "{}", said(&run));
    assert!(said(&run).contains("are needed there"), "{}", said(&run));
}

/// System calls that fail, one a round.
#[test]
fn calls_that_fail() {
    let scratch = tempfile::tempdir().unwrap();
    let (input, expected) = undisturbed(scratch.path(), 300);
    let out = scratch.path().join("out");
    let mut random = Random(3);
    let mut failed = 0;
    for round in 0..20 {
        let (calls, error, most) = [
            ("write", "ENOSPC", 90),
            ("write", "EIO", 90),
            ("pread64", "EIO", 900),
            ("fsync", "EIO", 12),
            ("rename,renameat,renameat2", "EACCES", 12),
        ][round % 5];
        // strace counts the calls of each thread for itself, and the first write of the one that did not do the work
        // says what failed.
        let at = 2 + random.below(most - 1);
        let shell = format!(
            "exec strace -qq -f -o /dev/null -e trace={calls} -e inject={calls}:error={error}:when={at} \"$@\""
        );
        let what = format!("{calls} {at}: {error}");
        let run = dedup(&input, &out, &["--threads", "1", "--progress", "none"]);
        let Some(run) = under("strace -o /dev/null true", &shell, &run) else {
            return;
        };
        let said = said(&run);
        match run.status.code() {
            // Where the call is one that it can do without, or comes no more.
            Some(3) => {}
            Some(1) => {
                failed += 1;
                assert!(said.contains("/out"), "{what}: {said}");
                assert!(said.contains("os error"), "{what}: {said}");
                assert!(visible(&out).is_empty(), "{what}: {:?}", visible(&out));
            }
            code => panic!("{what}: {code:?}: {said}"),
        }
        goes_on(&input, &out, &expected, &what);
    }
    assert!(failed > 8, "{failed}");
}

#[test]
fn too_little_memory() {
    let scratch = tempfile::tempdir().unwrap();
    let (input, expected) = undisturbed(scratch.path(), 300);
    let out = scratch.path().join("out");
    let mut failed = 0;
    for megabytes in [12, 25, 40, 60, 2_000] {
        let shell = format!("exec prlimit --as={} \"$@\"", megabytes << 20);
        let run = dedup(&input, &out, &["--threads", "2", "--memory", "64MiB"]);
        let Some(run) = under("prlimit --as=1000000000 true", &shell, &run) else {
            return;
        };
        if run.status.code() != Some(3) {
            failed += 1;
            assert!(megabytes < 1_000, "{}", said(&run));
            assert!(visible(&out).is_empty());
        }
        goes_on(&input, &out, &expected, &format!("{megabytes} MB"));
    }
    assert!(failed > 1, "{failed}");
    let run = dedup(&input, &out, &["--memory", "4KiB"]).output().unwrap();
    assert_eq!(run.status.code(), Some(1));
    assert!(said(&run).contains("--memory is"), "{}", said(&run));
}

#[test]
fn a_thousand_files_and_32_descriptors() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("in");
    fs::create_dir(&folder).unwrap();
    for shard in 0..1_000 {
        let record = json!({ "id": shard.to_string(), "text": format!("This is text {shard}.") });
        let name = folder.join(format!("{shard:03}.jsonl"));
        fs::write(name, format!("{record}\n")).unwrap();
    }
    let out = scratch.path().join("out");
    let run = dedup(&folder, &out, &["--threads", "4"]);
    let shell = "exec prlimit --nofile=32 \"$@\"";
    let Some(run) = under("prlimit --nofile=32 true", shell, &run) else {
        return;
    };
    assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    let ledger = fs::read_to_string(out.join("ledger.jsonl")).unwrap();
    assert_eq!(ledger.lines().count(), 1_000);
}

#[test]
fn nobody_listens() {
    let scratch = tempfile::tempdir().unwrap();
    let (input, expected) = undisturbed(scratch.path(), 300);
    let out = scratch.path().join("out");
    let mut run = dedup(&input, &out, &["--progress", "json"]);
    let mut run = run.stderr(Stdio::piped()).spawn().unwrap();
    drop(run.stderr.take());
    assert_eq!(run.wait().unwrap().code(), Some(3));
    assert!(results(&out) == expected);
    let mut run = twicetold();
    let mut run = run.arg("curve").stdout(Stdio::piped()).spawn().unwrap();
    drop(run.stdout.take());
    assert_eq!(run.wait().unwrap().code(), Some(0));
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let run = twicetold().arg("curve").stdout(full).output().unwrap();
    assert_eq!(run.status.code(), Some(1));
    assert!(
        said(&run).contains("standard output: No space"),
        "{}",
        said(&run)
    );
}

#[test]
fn one_run_at_a_time() {
    let scratch = tempfile::tempdir().unwrap();
    let (input, expected) = undisturbed(scratch.path(), 300);
    let out = scratch.path().join("out");
    let mut first = twicetold();
    first.args(["dedup", "-", "--out"]).arg(&out);
    first.stdin(Stdio::piped()).stderr(Stdio::null());
    let mut first = first.spawn().unwrap();
    while fs::read_dir(&out).map_or(0, Iterator::count) == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    for more in [&[][..], &["--resume"]] {
        let second = dedup(&input, &out, more).output().unwrap();
        assert_eq!(second.status.code(), Some(2));
        let said = said(&second);
        assert!(said.contains("another run is writing to --out"), "{said}");
    }
    drop(first.stdin.take());
    assert_eq!(first.wait().unwrap().code(), Some(0));
    let second = dedup(&input, &out, &[]).output().unwrap();
    assert_eq!(second.status.code(), Some(3));
    assert!(results(&out) == expected);
}

#[test]
fn what_a_stopped_run_left_is_for_the_same_run() {
    let scratch = tempfile::tempdir().unwrap();
    let (input, expected) = undisturbed(scratch.path(), 300);
    let out = scratch.path().join("out");
    let stopped = || {
        let run = dedup(&input, &out, &["--memory", "4KiB"]).output();
        let run = run.unwrap();
        assert_eq!(run.status.code(), Some(1), "{}", said(&run));
        assert!(said(&run).contains("--resume goes on"), "{}", said(&run));
        assert!(visible(&out).is_empty());
    };
    stopped();
    let other = dedup(&input, &out, &["--resume", "--keep", "first"]);
    let other = { other }.output().unwrap();
    assert_eq!(other.status.code(), Some(2));
    assert!(
        said(&other).contains("keep: \"longest\" is \"first\" now"),
        "{}",
        said(&other)
    );
    // Another input of the same name.
    let bytes = fs::read(&input).unwrap();
    fs::write(&input, [&bytes[..], b"\n"].concat()).unwrap();
    let other = dedup(&input, &out, &["--resume"]).output().unwrap();
    assert_eq!(other.status.code(), Some(2), "{}", said(&other));
    fs::write(&input, bytes).unwrap();
    // Said anew, it starts over.
    let anew = dedup(&input, &out, &[]).output().unwrap();
    assert_eq!(anew.status.code(), Some(3));
    assert!(said(&anew).contains("is dropped"), "{}", said(&anew));
    assert!(results(&out) == expected);
    fs::remove_dir_all(&out).unwrap();
    // What lies there is not what was written.
    stopped();
    for name in ["texts", "known", "ids.ends", "run.json"] {
        let path = out.join(".twicetold").join(name);
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let run = dedup(&input, &out, &["--resume"]).output().unwrap();
        assert_eq!(run.status.code(), Some(1), "{name}: {}", said(&run));
        assert!(
            said(&run).contains("not what was written"),
            "{name}: {}",
            said(&run)
        );
        bytes[middle] ^= 1;
        fs::write(&path, &bytes).unwrap();
    }
    goes_on(&input, &out, &expected, "mended");
}

#[test]
fn places_that_cannot_be_written_to() {
    let scratch = tempfile::tempdir().unwrap();
    let input = scratch.path().join("in.jsonl");
    corpus(&input, 10);
    fs::write(scratch.path().join("file"), "").unwrap();
    for (out, code) in [
        ("/proc/twicetold", 1),
        ("/dev/null", 2),
        ("file", 2),
        ("file/out", 2),
    ] {
        let out = scratch.path().join(out);
        let run = dedup(&input, &out, &[]).output().unwrap();
        assert_eq!(run.status.code(), Some(code), "{out:?}: {}", said(&run));
        assert!(
            said(&run).contains(out.to_str().unwrap()),
            "{out:?}: {}",
            said(&run)
        );
    }
    let nowhere = scratch.path().join("nowhere");
    let more = ["--scratch", nowhere.to_str().unwrap()];
    let run = dedup(&input, &scratch.path().join("out"), &more).output();
    let run = run.unwrap();
    assert_eq!(run.status.code(), Some(1), "{}", said(&run));
    assert!(said(&run).contains("nowhere"), "{}", said(&run));
}

/// A run that stops behind reading: what it needs is more than it may take.
fn stopped(input: &Path, out: &Path, more: &[&str]) {
    let mut run = dedup(input, out, more);
    let run = run.args(["--memory", "4KiB"]).output().unwrap();
    assert_eq!(run.status.code(), Some(1), "{}", said(&run));
    assert!(said(&run).contains("--resume goes on"), "{}", said(&run));
}

fn refused(run: &mut Command, says: &str) {
    let run = run.output().unwrap();
    assert_eq!(run.status.code(), Some(2), "{}", said(&run));
    assert!(said(&run).contains(says), "{says}: {}", said(&run));
}

#[test]
fn a_run_goes_on_with_what_it_began_with() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    let (input, _) = undisturbed(scratch.path(), 300);
    let folder = at("folder");
    fs::create_dir(&folder).unwrap();
    fs::copy(&input, folder.join("in.jsonl")).unwrap();
    let out = at("out");
    // Another file in a folder.
    stopped(&folder, &out, &[]);
    fs::write(folder.join("more.jsonl"), "{}\n").unwrap();
    refused(
        &mut dedup(&folder, &out, &["--resume"]),
        "folder: \"files of state",
    );
    fs::remove_file(folder.join("more.jsonl")).unwrap();
    // Other templates under the same name.
    let saved = at("saved.json");
    let path = saved.to_str().unwrap();
    let save = dedup(&input, &at("saving"), &["--save-templates", path]).output();
    assert_eq!(save.unwrap().status.code(), Some(3));
    let more = ["--templates", path];
    stopped(&input, &out, &more);
    let text = fs::read_to_string(&saved).unwrap();
    fs::write(&saved, format!("{text} ")).unwrap();
    refused(
        &mut dedup(&input, &out, &["--templates", path, "--resume"]),
        "templates: ",
    );
    // Another index, and none.
    let index = at("old.index");
    let build = |from: &Path| {
        let mut build = twicetold();
        build.args(["index", "build", "--replace"]).arg(from);
        build.arg("--index").arg(&index);
        assert_eq!(build.output().unwrap().status.code(), Some(0));
    };
    build(&at("undisturbed"));
    let asks = ["--against", index.to_str().unwrap(), "--add"];
    let resumes = [&asks[..], &["--resume"]].concat();
    stopped(&input, &out, &asks);
    build(&at("saving/removed.jsonl"));
    refused(
        &mut dedup(&input, &out, &resumes),
        "index of --against is not what it was",
    );
    fs::remove_file(&index).unwrap();
    refused(
        &mut dedup(&input, &out, &resumes),
        "index of --against is not what it was",
    );
}

#[test]
fn spools_that_were_emptied_are_told() {
    let scratch = tempfile::tempdir().unwrap();
    let (input, expected) = undisturbed(scratch.path(), 300);
    let out = scratch.path().join("out");
    let hidden = out.join(".twicetold");
    // It stops when the second file of the results is put in its place.
    let mut run = dedup(&input, &out, &[]);
    let shell = "exec strace -qq -f -o /dev/null -e trace=rename \
        -e inject=rename:error=EACCES:when=2+ \"$@\"";
    let Some(run) = under(
        "strace -o /dev/null true",
        shell,
        run.args(["--threads", "1"]),
    ) else {
        return;
    };
    assert_eq!(run.status.code(), Some(1), "{}", said(&run));
    let names = [
        "ids",
        "texts",
        "html",
        "known",
        "sources",
        "prepared",
        "old",
        "old-left-out",
        "clusters",
        "changed",
        "changed-pages",
    ];
    let manifest = fs::read_to_string(hidden.join("run.json")).unwrap();
    let saved: Value = serde_json::from_str(&manifest).unwrap();
    let mut unwritten = saved["run"].clone();
    assert!(["writing", "comparing"].contains(&unwritten["done"].as_str().unwrap()));
    unwritten["done"] = json!("comparing");
    unwritten["ending"] = Value::Null;
    let run = unwritten.to_string();
    let sum = xxhash_rust::xxh3::xxh3_128(run.as_bytes());
    let unwritten = format!("{{\"checksum\":\"{sum:032x}\",\"run\":{run}}}");
    // The one file that is in its place already is not that of a run that has not ended.
    for entry in fs::read_dir(&out).unwrap().map(Result::unwrap) {
        if entry.path() != hidden && entry.path().is_file() {
            fs::remove_file(entry.path()).unwrap();
        }
    }
    for name in names {
        fs::write(hidden.join("run.json"), &unwritten).unwrap();
        let paths = [name.to_owned(), format!("{name}.ends")].map(|name| hidden.join(name));
        let bytes = paths.each_ref().map(|path| fs::read(path).unwrap());
        for path in &paths {
            fs::write(path, "").unwrap();
        }
        let run = dedup(&input, &out, &["--resume"]).output().unwrap();
        assert_eq!(run.status.code(), Some(1), "{name}: {}", said(&run));
        assert!(said(&run).contains("start over"), "{name}: {}", said(&run));
        assert!(!said(&run).contains("goes on"), "{name}: {}", said(&run));
        for (path, bytes) in paths.iter().zip(bytes) {
            fs::write(path, bytes).unwrap();
        }
    }
    goes_on(&input, &out, &expected, "mended");
}

#[test]
fn nothing_else_is_overwritten() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    let (input, expected) = undisturbed(scratch.path(), 300);
    let before = fs::read(&input).unwrap();
    let out = at("out");
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    for (path, says) in [
        (text(&input), "holds no templates"),
        (text(&out.join("summary.json")), "lies inside --out"),
        ("/dev/null".to_owned(), "not a regular file"),
        (text(&at("nowhere/t.json")), "its folder is not there"),
    ] {
        refused(&mut dedup(&input, &out, &["--save-templates", &path]), says);
    }
    assert!(fs::read(&input).unwrap() == before);
    let index = text(&out.join("pages.wet"));
    refused(
        &mut dedup(&input, &out, &["--against", &index, "--add"]),
        "lies inside --out",
    );
    let index = text(&at("nowhere/old.index"));
    refused(
        &mut dedup(&input, &out, &["--against", &index, "--add"]),
        "nowhere",
    );
    assert!(visible(&out).is_empty());
    // Scratch in an input is no input.
    let folder = at("folder");
    fs::create_dir(&folder).unwrap();
    fs::rename(&input, folder.join("in.jsonl")).unwrap();
    let inside = text(&folder);
    let run = dedup(&folder, &out, &["--scratch", &inside])
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(3), "{}", said(&run));
    let records = |files: &BTreeMap<PathBuf, Vec<u8>>| {
        let ledger = &files[Path::new("ledger.jsonl")];
        ledger.iter().filter(|byte| **byte == b'\n').count()
    };
    assert_eq!(records(&results(&out)), records(&expected));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}

#[test]
fn a_copy_of_a_stopped_run_has_no_part_in_its_scratch() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    let (input, expected) = undisturbed(scratch.path(), 300);
    fs::create_dir(at("disk")).unwrap();
    let disk = at("disk");
    let more = ["--scratch", disk.to_str().unwrap()];
    stopped(&input, &at("one"), &more);
    let copied = Command::new("cp")
        .arg("-r")
        .args([at("one"), at("two")])
        .status();
    assert!(copied.unwrap().success());
    let copy = dedup(&input, &at("two"), &["--resume"]).output().unwrap();
    assert_eq!(copy.status.code(), Some(3), "{}", said(&copy));
    assert!(results(&at("two")) == expected);
    goes_on(&input, &at("one"), &expected, "the first");
    assert_eq!(fs::read_dir(disk).unwrap().count(), 0);
    // Moved, it goes on where it lies.
    stopped(&input, &at("one"), &[]);
    fs::rename(at("one"), at("three")).unwrap();
    let moved = dedup(&input, &at("three"), &["--resume"]).output().unwrap();
    assert!(
        said(&moved).contains("going on with the run"),
        "{}",
        said(&moved)
    );
    assert!(results(&at("three")) == expected);
}

/// Its own memory is a file that every process may open, and whose first bytes none can read.
#[cfg(target_os = "linux")]
#[test]
fn an_input_that_the_system_cannot_read() {
    let scratch = tempfile::tempdir().unwrap();
    let whole = scratch.path().join("a.jsonl");
    fs::write(&whole, "{\"id\": 1, \"text\": \"One page.\"}\n").unwrap();
    let broken = Path::new("/proc/self/mem");
    let [out, index] = ["out", "old.index"].map(|name| scratch.path().join(name));
    let mut build = twicetold();
    build.args(["index", "build", "--index"]).arg(&index);
    build.args([&whole, broken]).stdin(Stdio::null());
    for mut command in [dedup(&whole, &out, &["/proc/self/mem"]), build] {
        let output = command.output().unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        let told = "/proc/self/mem: Input/output error";
        assert!(said.contains(told), "{said}");
    }
    assert!(!out.join("summary.json").exists());
    assert!(!index.exists());
}
