//! The accounting of an output folder, done again from its files.

use super::faults::{Fault, Faults};
use super::lines::{At, Made};
use super::page;
use super::texts::Texts;
use super::walk::{Walk, Walked};
use super::{Folder, Known, written};
use crate::failure::named;
use crate::format::open::Opened;
use crate::format::warc::WarcReader;
use crate::format::warc::derived_id;
use crate::format::{Body, Entry, Record};
use crate::progress::Progress;
use crate::results::folder::{PAGES, WET};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader};
use twicetold::finding::Action;
use twicetold::report::{Form, LedgerRow, Names, RelatedRow, RemovalRow, Status};
use twicetold::shingle::WIDTH;
use twicetold::verify::Overlap;

/// How much was looked at.
#[derive(Debug, Default, Serialize)]
pub struct Checked {
    pub inputs: u64,
    pub kept: u64,
    pub removed: u64,
    pub rejected: u64,
    pub equal_ids: u64,
    pub clusters: u64,
    /// Copies of pages of an index, which are not compared again.
    pub of_indexes: u64,
    pub findings: u64,
    /// Pages something was taken out of: those that were rebuilt.
    pub pages_cleaned: u64,
    /// Twins on other pages.
    pub twins: u64,
    pub related_pairs: u64,
    /// Files of single pages.
    pub files: u64,
    /// Whether the ledger tells what the texts were.
    pub checksums: u64,
    /// Files that were held against the checksums of the summary; none where an older run wrote it.
    pub summed_files: Option<u64>,
}

/// Rows that are looked at together.
const STRETCH: usize = 512;

/// Looks at everything in a folder; what is wrong goes to `faults`.
pub fn verify(folder: &Folder, faults: &mut Faults, progress: &Progress) -> io::Result<Checked> {
    let mut checked = match folder.form {
        Some(_) => Checked::default(),
        None => accounting(folder, faults, progress)?,
    };
    progress.stage("summing up", None);
    checked.summed_files = written::check(folder, faults)?;
    Ok(checked)
}

fn accounting(folder: &Folder, faults: &mut Faults, progress: &Progress) -> io::Result<Checked> {
    let known = Known::read(folder, faults)?;
    let mut checked = Checked::default();
    progress.stage("rebuilding", Some(known.len() as u64));
    let texts = rows(folder, &known, &mut checked, faults, progress)?;
    progress.stage("comparing", Some(checked.removed));
    removed(folder, &known, &texts, &mut checked, faults, progress)?;
    progress.stage("looking up", None);
    twins(folder, &known, &texts, &mut checked, faults)?;
    related(folder, &known, &texts, &mut checked, faults)?;
    for (name, here) in [
        ("inputs", checked.inputs),
        ("kept", checked.kept),
        ("removed", checked.removed),
        ("rejected", checked.rejected),
        ("equal_ids", checked.equal_ids),
        ("clusters", checked.clusters),
        ("pages_cleaned", checked.pages_cleaned),
        ("related_pairs", checked.related_pairs),
    ] {
        if let Some(told) = folder.count(name)
            && told != here
        {
            let fault = format!("`{name}` is {told}, but there are {here}");
            faults.add(Fault::of("summary.json", fault));
        }
    }
    Ok(checked)
}

/// Every row of the ledger with its record and its findings, each by itself.
fn rows<'f>(
    folder: &'f Folder,
    known: &'f Known,
    checked: &mut Checked,
    faults: &mut Faults,
    progress: &Progress,
) -> io::Result<Texts<'f>> {
    let mut walk = Walk::new(folder, known)?;
    let mut texts = Texts::new(folder, known)?;
    let mut names = Names::default();
    let mut archived = Archived::open(folder)?;
    let mut findings: BTreeMap<(String, String), u64> = BTreeMap::new();
    let pages = folder.file(PAGES);
    loop {
        let mut stretch = Vec::with_capacity(STRETCH);
        while stretch.len() < STRETCH
            && let Some(walked) = walk.next(faults)?
        {
            count(&walked, checked, &mut findings);
            let row = &walked.row;
            let again = walked
                .page
                .is_some_and(|page| known.is_again(&row.id, page));
            if again && row.number.is_none() {
                let fault = format!("{:?} stands here again, without its number", row.id);
                faults.add(Fault::at(&walked.at, fault));
            }
            let is_file = row.form == Some(Form::File) && row.status == Status::Kept;
            let name = is_file.then(|| names.safe(&row.id));
            stretch.push((walked, name));
        }
        if stretch.is_empty() {
            break;
        }
        progress.add(stretch.len() as u64);
        let looked_at: Vec<_> = stretch
            .into_par_iter()
            .map(|(mut walked, name)| {
                let mut wrong = Vec::new();
                let mut found = walked.stored.take();
                let its = page::check(&walked, found.as_mut(), &folder.fields, &mut wrong);
                if let (Some(name), Some(its)) = (&name, &its) {
                    let path = pages.join(name);
                    wrong.extend(page::file(&path, &format!("{PAGES}/{name}"), &its.stored));
                }
                walked.stored = found;
                (walked, its, wrong)
            })
            .collect();
        for (walked, its, wrong) in looked_at {
            wrong.into_iter().for_each(|fault| faults.add(fault));
            let Some(its) = its else { continue };
            texts.add(&walked, &its.stored)?;
            let row = &walked.row;
            checked.files += u64::from(row.form == Some(Form::File) && row.status == Status::Kept);
            if row.form == Some(Form::Archive) && row.status == Status::Kept {
                archived.check(row, &its.stored, faults);
            }
        }
    }
    archived.rest(faults);
    if pages.exists() {
        let mut files = 0;
        for entry in walkdir::WalkDir::new(&pages) {
            files += u64::from(!entry?.file_type().is_dir());
        }
        if files != checked.files {
            let fault = format!(
                "{files} files, but {} kept pages that were files",
                checked.files
            );
            faults.add(Fault::of(PAGES, fault));
        }
    }
    told_findings(folder, &findings, faults);
    Ok(texts)
}

fn count(walked: &Walked, checked: &mut Checked, findings: &mut BTreeMap<(String, String), u64>) {
    let row = &walked.row;
    checked.inputs += 1;
    match row.status {
        Status::Kept => checked.kept += 1,
        Status::Removed => checked.removed += 1,
        Status::Rejected => checked.rejected += 1,
    }
    checked.equal_ids += u64::from(row.number.is_some());
    checked.checksums += u64::from(row.checksum.is_some());
    checked.findings += walked.removals.len() as u64;
    checked.pages_cleaned += u64::from(walked.removed().next().is_some());
    for (_, removal) in &walked.removals {
        let action = match removal.action {
            Action::Remove => "remove",
            Action::Annotate => "annotate",
        };
        let kind = (removal.reason.name().to_owned(), action.to_owned());
        *findings.entry(kind).or_default() += 1;
    }
}

/// Whether there are as many findings of each kind as the summary says.
fn told_findings(folder: &Folder, found: &BTreeMap<(String, String), u64>, faults: &mut Faults) {
    let Some(listed) = folder.summary["counts"]["findings"].as_array() else {
        return;
    };
    let told: BTreeMap<(String, String), u64> = listed
        .iter()
        .map(|row| {
            let name = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
            let count = row["findings"].as_u64().unwrap_or_default();
            ((name("reason"), name("action")), count)
        })
        .collect();
    let kinds: std::collections::BTreeSet<_> = told.keys().chain(found.keys()).collect();
    for kind in kinds {
        let [told, found] = [&told, found].map(|of| of.get(kind).copied().unwrap_or_default());
        if told != found {
            let (reason, action) = kind;
            let fault = format!("{told} findings of `{reason}`, `{action}`, but there are {found}");
            faults.add(Fault::of("summary.json", fault));
        }
    }
}

/// The texts of kept pages of archives, a second time.
struct Archived {
    records: Option<Box<dyn Iterator<Item = Entry>>>,
    row: u64,
}

impl Archived {
    fn open(folder: &Folder) -> io::Result<Archived> {
        let path = folder.file(WET);
        let open = |file: File| {
            let opened = Opened::plain(Box::new(BufReader::new(file)), super::LIMITS);
            let reader = WarcReader::open(opened, super::LIMITS);
            let failed = |why| io::Error::other(format!("{}: {why}", path.display()));
            let records = reader
                .map_err(failed)?
                .flat_map(|records| records.entries());
            io::Result::Ok(Box::new(records) as Box<dyn Iterator<Item = Entry>>)
        };
        let records = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(named(&path, &error)),
            Ok(file) => Some(open(file)?),
        };
        Ok(Archived { records, row: 0 })
    }

    fn next(&mut self) -> Option<Entry> {
        self.row += 1;
        self.records.as_mut()?.next()
    }

    fn check(&mut self, row: &LedgerRow<'_>, cleaned: &str, faults: &mut Faults) {
        // A byte order mark is none of the text.
        let expected = cleaned.strip_prefix('\u{feff}').unwrap_or(cleaned);
        let same = |record: &Record| {
            let text = matches!(&record.body, Body::Text(text) if text == expected);
            text && record.id == derived_id(&row.id)
        };
        let fault = match self.next() {
            Some(Entry::Record(record)) if same(&record) => return,
            Some(Entry::Rejected(rejected)) => {
                format!("record {} cannot be read: {}", self.row, rejected.error)
            }
            Some(_) => format!("record {} is not that of {:?}", self.row, row.id),
            None => format!("{:?} is missing", row.id),
        };
        faults.add(Fault::of(WET, fault));
    }

    fn rest(&mut self, faults: &mut Faults) {
        while self.next().is_some() {
            let fault = format!("record {} is that of no row of the ledger", self.row);
            faults.add(Fault::of(WET, fault));
        }
    }
}

/// A ledger, removals or pairs, so many at once, each looked at by itself.
fn each<T: Send + Sync>(
    mut next: impl FnMut() -> io::Result<Vec<Made<T>>>,
    faults: &mut Faults,
    look: impl Fn(&T) -> io::Result<Option<String>> + Sync,
) -> io::Result<()> {
    loop {
        let stretch = next()?;
        if stretch.is_empty() {
            return Ok(());
        }
        let wrong: Vec<Option<(&At, String)>> = stretch
            .par_iter()
            .map(|made| match &made.row {
                Ok(row) => Ok(look(row)?.map(|fault| (&made.at, fault))),
                Err(_) => Ok(None),
            })
            .collect::<io::Result<_>>()?;
        for (at, fault) in wrong.into_iter().flatten() {
            faults.add(Fault::at(at, fault));
        }
    }
}

/// Every copy, beside the page it is a copy of.
fn removed(
    folder: &Folder,
    known: &Known,
    texts: &Texts<'_>,
    checked: &mut Checked,
    faults: &mut Faults,
    progress: &Progress,
) -> io::Result<()> {
    let mut ledger = folder.ledger()?;
    let settings = &folder.summary["settings"];
    let least = ["resemblance", "containment"].map(|name| settings[name].as_f64());
    let mut keepers: Vec<u32> = Vec::new();
    let mut page = 0;
    let next = || {
        let mut stretch = Vec::new();
        while stretch.len() < STRETCH
            && let Some(made) = ledger.next()?
        {
            let Ok(row) = made.row else { continue };
            let its = page;
            page += usize::from(row.status != Status::Rejected);
            if row.status != Status::Removed {
                continue;
            }
            if row.index.is_some() {
                // Its keeper is in no file of this folder.
                checked.of_indexes += 1;
                continue;
            }
            if let Some(keeper) = &row.keeper {
                let keeper = known.page(keeper, row.keeper_number);
                keepers.extend(keeper.map(|keeper| keeper as u32));
            }
            stretch.push(Made {
                at: made.at,
                row: Ok((its, row)),
            });
        }
        progress.add(stretch.len() as u64);
        Ok(stretch)
    };
    each(next, faults, |(page, row)| {
        copy(*page, row, known, texts, least)
    })?;
    keepers.sort_unstable();
    keepers.dedup();
    checked.clusters = keepers.len() as u64;
    Ok(())
}

/// What is wrong with a page that was removed as a copy.
fn copy(
    page: usize,
    row: &LedgerRow<'_>,
    known: &Known,
    texts: &Texts<'_>,
    least: [Option<f64>; 2],
) -> io::Result<Option<String>> {
    let id = &row.id;
    let Some(keeper) = row.keeper.as_deref() else {
        return Ok(None);
    };
    let Some(its) = known.page(keeper, row.keeper_number) else {
        return wrong(format!(
            "{id:?}: its keeper {keeper:?} is no page of the ledger"
        ));
    };
    if !known.store(its).is_some_and(|store| store.kept) {
        return wrong(format!("{id:?}: its keeper {keeper:?} is not kept"));
    }
    // What is no page was told already.
    let (Ok(text), Ok(kept)) = (texts.compared(page)?, texts.compared(its)?) else {
        return Ok(None);
    };
    let overlap = Overlap::of_texts(&text, &kept, WIDTH);
    let figures = [overlap.resemblance(), overlap.containment()];
    let told = [row.resemblance, row.containment];
    let six = |figure: f64| (figure * 1e6).round() as i64;
    let names = ["resemblance", "containment"];
    for ((name, here), told) in names.into_iter().zip(figures).zip(told) {
        let Some(told) = told else {
            return Ok(None);
        };
        if six(here) != six(told) {
            return wrong(format!(
                "{id:?}: its {name} to {keeper:?} is {here:.6}, the ledger says {told:.6}"
            ));
        }
    }
    let enough = |at: usize| least[at].is_some_and(|least| least > 0.0 && figures[at] >= least);
    if least[0].is_some() && !enough(0) && !enough(1) {
        return wrong(format!(
            "{id:?}: removed under {keeper:?}, which it is not like enough by the settings"
        ));
    }
    Ok(None)
}

fn wrong(fault: String) -> io::Result<Option<String>> {
    Ok(Some(fault))
}

/// What findings point at on other pages.
fn twins(
    folder: &Folder,
    known: &Known,
    texts: &Texts<'_>,
    checked: &mut Checked,
    faults: &mut Faults,
) -> io::Result<()> {
    let mut removals = folder.removals()?;
    let mut count = 0;
    let next = || {
        let mut stretch = Vec::new();
        while stretch.len() < STRETCH
            && let Some(made) = removals.next()?
        {
            let elsewhere = |row: &RemovalRow<'_>| {
                let twin = row.kept.as_ref();
                twin.is_some_and(|twin| twin.id != row.id || twin.number != row.number)
            };
            if made.row.as_ref().is_ok_and(elsewhere) {
                stretch.push(made);
            }
        }
        count += stretch.len() as u64;
        Ok(stretch)
    };
    each(next, faults, |row| twin(row, known, texts))?;
    checked.twins = count;
    Ok(())
}

fn twin(row: &RemovalRow<'_>, known: &Known, texts: &Texts<'_>) -> io::Result<Option<String>> {
    let Some(twin) = row.kept.as_ref() else {
        return Ok(None);
    };
    let (id, other) = (&row.id, &twin.id);
    let Some(page) = known.page(other, twin.number) else {
        return wrong(format!(
            "{id:?}: its twin is on {other:?}, no page of the ledger"
        ));
    };
    if !known.store(page).is_some_and(|store| store.kept) {
        return wrong(format!(
            "{id:?}: its twin is on {other:?}, which is not kept"
        ));
    }
    let Ok(text) = texts.get(page)? else {
        return Ok(None);
    };
    let Ok(whole) = text.whole() else {
        return Ok(None);
    };
    let (start, end) = (twin.span.start, twin.span.end);
    let Some(said) = whole.get(twin.span.range()) else {
        return wrong(format!(
            "{id:?}: its twin [{start}, {end}) on {other:?} is none of a text of {} bytes",
            whole.len()
        ));
    };
    if !page::says(said, row) {
        return wrong(format!(
            "{id:?}: its twin [{start}, {end}) on {other:?} does not say what was taken out"
        ));
    }
    let gone = row.action == Action::Remove && !text.keeps(twin.span);
    Ok(gone.then(|| format!("{id:?}: nothing stays of its twin [{start}, {end}) on {other:?}")))
}

/// Pairs of kept pages, beside each other.
fn related(
    folder: &Folder,
    known: &Known,
    texts: &Texts<'_>,
    checked: &mut Checked,
    faults: &mut Faults,
) -> io::Result<()> {
    let mut pairs = folder.related()?;
    let mut count = 0;
    let mut broken = Vec::new();
    let next = || {
        let stretch = pairs.take(STRETCH)?;
        count += stretch.len() as u64;
        for made in &stretch {
            if let Err(error) = &made.row {
                broken.push(Fault::at(&made.at, format!("no pair: {error}")));
            }
        }
        Ok(stretch)
    };
    each(next, faults, |row| pair(row, known, texts))?;
    broken.into_iter().for_each(|fault| faults.add(fault));
    checked.related_pairs = count;
    Ok(())
}

fn pair(row: &RelatedRow<'_>, known: &Known, texts: &Texts<'_>) -> io::Result<Option<String>> {
    let numbers = row.numbers.unwrap_or_default();
    let mut both = Vec::new();
    for (id, number) in row.ids.iter().zip(numbers) {
        let page = known.page(id, number);
        match page.filter(|page| known.store(*page).is_some_and(|store| store.kept)) {
            Some(page) => match texts.compared(page)? {
                Ok(text) => both.push(text),
                Err(_) => return Ok(None),
            },
            None => return wrong(format!("{id:?} is no kept page")),
        }
    }
    let overlap = Overlap::of_texts(&both[0], &both[1], WIDTH);
    let figures = [
        (overlap.resemblance(), row.resemblance),
        (overlap.containment(), row.containment),
        (overlap.reversed().containment(), row.contains),
    ];
    let six = |figure: f64| (figure * 1e6).round() as i64;
    let wrong = figures.iter().find(|(here, told)| six(*here) != six(*told));
    Ok(wrong.map(|(here, told)| {
        format!(
            "{:?} and {:?}: counted {here:.6} where {told:.6} is said",
            row.ids[0], row.ids[1]
        )
    }))
}
