//! Writes the files of a run. They are made under a temporary name in the output
//! folder and renamed when all of them are whole.

use super::Failure;
use super::input::{Input, InputPage, Row};
use super::summary::Summary;
use serde::Serialize;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use twicetold::finding::Finding;
use twicetold::report::{
    Fate, Form, LedgerRow, Names, PageReport, Related, RelatedRow, RemovalRow, Report, TextWas,
};

const FILES: [&str; 6] = [
    "pages.jsonl",
    "removed.jsonl",
    "ledger.jsonl",
    "removals.jsonl",
    "related.jsonl",
    "summary.json",
];
const PAGES: &str = "pages";

/// Bytes of a file that are written at once.
const BUFFER: usize = 1 << 16;

/// Refuses an output folder that is, holds or lies inside an input, and one whose
/// `pages` folder is not from an earlier run. Gives its real path; writes nothing.
pub fn check(out: &Path, inputs: &[PathBuf]) -> Result<PathBuf, Failure> {
    let resolved =
        resolve(out).map_err(|error| Failure::usage(format!("{}: {error}", out.display())))?;
    for input in inputs {
        let path = fs::canonicalize(input)
            .map_err(|error| Failure::usage(format!("{}: {error}", input.display())))?;
        let relation = if resolved == path {
            "is"
        } else if resolved.starts_with(&path) {
            "lies inside"
        } else if path.starts_with(&resolved) {
            "holds"
        } else {
            continue;
        };
        return Err(Failure::usage(format!(
            "--out {} {relation} the input {}; choose a folder apart from the inputs",
            out.display(),
            input.display()
        )));
    }
    if out.exists() && !out.is_dir() {
        return Err(Failure::usage(format!(
            "--out {} is not a folder",
            out.display()
        )));
    }
    let summary = fs::read_to_string(out.join("summary.json")).unwrap_or_default();
    let summary: Value = serde_json::from_str(&summary).unwrap_or_default();
    let ours = summary["program"] == "twicetold";
    let taken = FILES
        .iter()
        .chain([&PAGES])
        .find(|name| out.join(name).exists());
    match taken {
        Some(name) if !ours => Err(Failure::usage(format!(
            "--out {} already has {name:?}, not from an earlier run; choose an empty folder",
            out.display()
        ))),
        _ => Ok(resolved),
    }
}

/// The real path of a folder that may not exist yet.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    let absolute = std::path::absolute(path)?;
    let mut missing = Vec::new();
    let mut known = absolute.as_path();
    loop {
        match fs::canonicalize(known) {
            Ok(real) => {
                return Ok(missing
                    .iter()
                    .rev()
                    .fold(real, |path, part| path.join(part)));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let (Some(parent), Some(name)) = (known.parent(), known.file_name()) else {
                    return Err(error);
                };
                missing.push(name.to_owned());
                known = parent;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Writes everything into `out`.
pub fn write(out: &Path, input: &Input, report: &Report, summary: &Summary) -> Result<(), Failure> {
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |error: io::Error| Failure::run(format!("{path}: {error}"))
    };
    fs::create_dir_all(out).map_err(failed(out))?;
    let work = tempfile::Builder::new()
        .prefix(".twicetold-")
        .tempdir_in(out)
        .map_err(failed(out))?;
    let at = |name: &str| work.path().join(name);
    let mut files = Vec::new();
    for name in FILES {
        let file = File::create(at(name)).map_err(failed(&out.join(name)))?;
        files.push(BufWriter::with_capacity(BUFFER, file));
    }
    let [pages, removed, ledger, removals, related, figures] = &mut files[..] else {
        unreachable!("six files")
    };
    fs::create_dir(at(PAGES)).map_err(failed(&out.join(PAGES)))?;

    let texts: Vec<&InputPage> = input.pages().collect();
    let mut names = Names::default();
    let mut next = 0;
    for row in &input.rows {
        let (page, outcome) = match row {
            Row::Rejected { id, error } => {
                line(ledger, &LedgerRow::rejected(id, error))
                    .map_err(failed(&out.join(FILES[2])))?;
                continue;
            }
            Row::Page(page) => {
                next += 1;
                (page, &report.pages[next - 1])
            }
        };
        let entry = ledger_row(page, next - 1, outcome, &texts);
        line(ledger, &entry).map_err(failed(&out.join(FILES[2])))?;
        for finding in &outcome.findings {
            line(removals, &removal_row(page, next - 1, finding, &texts))
                .map_err(failed(&out.join(FILES[3])))?;
        }
        if !outcome.is_kept() {
            let record = match &page.record {
                Some(record) => Cow::from(record.line()),
                None => {
                    let text = page.file_html.is_none().then_some(&page.text[..]);
                    file_record(page, text).into()
                }
            };
            writeln!(removed, "{record}").map_err(failed(&out.join(FILES[1])))?;
            continue;
        }
        write_page(pages, page, outcome).map_err(failed(&out.join(FILES[0])))?;
        if page.record.is_none() {
            let cleaned = outcome.cleaned(&page.text);
            let name = names.safe(&page.id);
            let path = work.path().join(PAGES).join(&name);
            let parent = path.parent().unwrap_or(&path);
            fs::create_dir_all(parent)
                .and_then(|()| fs::write(&path, cleaned))
                .map_err(failed(&out.join(PAGES).join(&name)))?;
        }
    }
    for pair in &report.related {
        line(related, &related_row(pair, &texts)).map_err(failed(&out.join(FILES[4])))?;
    }
    serde_json::to_writer_pretty(&mut *figures, &summary.json())
        .map_err(io::Error::from)
        .and_then(|()| figures.write_all(b"\n"))
        .map_err(failed(&out.join(FILES[5])))?;
    for (file, name) in files.into_iter().zip(FILES) {
        let file = file.into_inner().map_err(io::IntoInnerError::into_error);
        file.and_then(|file| file.sync_all())
            .map_err(failed(&out.join(name)))?;
    }

    // The old pages go aside first, so that new ones never stand among them.
    let old = out.join(PAGES);
    if old.exists() {
        fs::rename(&old, at("old-pages")).map_err(failed(&old))?;
    }
    for name in [PAGES].iter().chain(&FILES) {
        fs::rename(at(name), out.join(name)).map_err(failed(&out.join(name)))?;
    }
    Ok(())
}

fn line(file: &mut impl Write, row: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *file, row)?;
    file.write_all(b"\n")
}

fn ledger_row<'a>(
    page: &'a InputPage,
    index: usize,
    outcome: &PageReport,
    texts: &[&'a InputPage],
) -> LedgerRow<'a> {
    let keeper = match outcome.fate {
        Fate::Kept => index,
        Fate::Removed { keeper, .. } => keeper,
    };
    let source = page.source.as_deref();
    let row = LedgerRow::of(&page.id, source, outcome.fate, &texts[keeper].id);
    let place = page.record.as_ref().map(|record| &record.text);
    LedgerRow {
        number: number(page, index),
        keeper_number: number(texts[keeper], keeper).filter(|_| keeper != index),
        form: page.record.is_none().then_some(Form::File),
        text_was: page.html.as_ref().map(|_| match place {
            Some(Some(_)) => TextWas::Null,
            _ => TextWas::Absent,
        }),
        ..row
            .with_remark(page.remark.as_deref())
            .with_text(&page.text)
    }
}

/// What tells a page from an earlier one of the same id.
fn number(page: &InputPage, index: usize) -> Option<usize> {
    page.equal_id.then_some(index + 1)
}

/// Two kept pages that have much in common.
pub fn related_row<'a>(pair: &Related, texts: &[&'a InputPage]) -> RelatedRow<'a> {
    let numbers = [pair.page, pair.other].map(|page| number(texts[page], page));
    RelatedRow::of(pair, &texts[pair.page].id, &texts[pair.other].id).with_numbers(numbers)
}

fn removal_row<'a>(
    page: &'a InputPage,
    index: usize,
    finding: &'a Finding,
    texts: &[&'a InputPage],
) -> RemovalRow<'a> {
    let kept_page = finding.kept_page.map(|other| &texts[other].id[..]);
    let mut row = RemovalRow::of(&page.id, &page.text, finding, kept_page);
    row.html_spans = page.html.as_ref().map(|html| html.1.source(finding.span));
    row.number = number(page, index);
    if let Some(twin) = &mut row.kept {
        let other = finding.kept_page.unwrap_or(index);
        twin.number = number(texts[other], other);
    }
    row
}

/// The input record with its text replaced: every other byte of a `.jsonl` line
/// rides along as it was read.
fn write_page(file: &mut impl Write, page: &InputPage, outcome: &PageReport) -> io::Result<()> {
    let Some(record) = &page.record else {
        let record = file_record(page, Some(&outcome.cleaned(&page.text)));
        return writeln!(file, "{record}");
    };
    let line = record.line();
    let unchanged = || {
        let kept: usize = outcome.kept.iter().map(|span| span.len()).sum();
        page.html.is_none() && kept == page.text.len()
    };
    let (before, field, after) = match &record.text {
        Some(_) if unchanged() => return writeln!(file, "{line}"),
        Some(place) => (&line[..place.start], "", &line[place.end..]),
        // A record always has an id, so there is a field before this one.
        None => {
            let fields = line.trim_end();
            let fields = fields.strip_suffix('}').unwrap_or(fields);
            let end = fields.trim_end().len();
            (&line[..end], ",\"text\":", &line[end..])
        }
    };
    write!(file, "{before}{field}\"")?;
    for span in &outcome.kept {
        write_escaped(file, span.of(&page.text))?;
    }
    writeln!(file, "\"{after}")
}

/// Text as it stands inside a string of JSON, as `serde_json` writes it: that looks at byte after byte, and texts
/// are most of what is written.
fn write_escaped(file: &mut impl Write, text: &str) -> io::Result<()> {
    let control = |byte: u8| byte < b' ' && byte != b'\n';
    if text.bytes().fold(false, |any, byte| any | control(byte)) {
        let json = serde_json::to_string(text)?;
        return file.write_all(&json.as_bytes()[1..json.len() - 1]);
    }
    let bytes = text.as_bytes();
    let mut from = 0;
    for at in memchr::memchr3_iter(b'\n', b'"', b'\\', bytes) {
        file.write_all(&bytes[from..at])?;
        file.write_all(match bytes[at] {
            b'\n' => b"\\n",
            b'"' => b"\\\"",
            _ => b"\\\\",
        })?;
        from = at + 1;
    }
    file.write_all(&bytes[from..])
}

/// The record of a page that is a file.
fn file_record(page: &InputPage, text: Option<&str>) -> String {
    let mut fields = json!({ "id": page.id });
    if let Some(source) = &page.source {
        fields["source"] = source.as_str().into();
    }
    if let Some(html) = &page.file_html {
        fields["html"] = html.as_str().into();
    }
    if let Some(text) = text {
        fields["text"] = text.into();
    }
    fields.to_string()
}
