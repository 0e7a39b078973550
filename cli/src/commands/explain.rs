//! `twicetold explain`: what became of a page, and why.

use super::compare;
use crate::say;
use crate::show::{self, FAINT, GONE, HEAD, NOTED, SHARED, paint};
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;
use twicetold::finding::Action;
use twicetold::report::{LedgerRow, RelatedRow, RemovalRow, Status};
use twicetold_corpus::failure::{Failure, code};
use twicetold_corpus::likeness::Likeness;
use twicetold_corpus::oneline::line;
use twicetold_corpus::results::find::{self, Page, Sought};
use twicetold_corpus::results::{Folder, evidence};

pub const HELP: &str = "\
Examples:
  twicetold explain courier/ferry.txt --run clean
  twicetold explain 4711 --run clean --json | jq .[0].findings

Tells whether the page was kept, removed or rejected; for a copy its keeper, how alike they are
and the passages they share; everything that was found in it, with the proof; which copies went
under it; kept pages that have much in common with it. Where several records have the id, all
are told.

Exit codes: 0 done; 1 no such page, or the folder cannot be read; 2 wrong usage.";

#[derive(Args, Debug)]
pub struct Explain {
    /// Id of a page, as ledger.jsonl has it
    #[arg(value_name = "ID")]
    pub id: String,

    /// The output folder of the run
    #[arg(long, value_name = "DIR")]
    pub run: PathBuf,

    /// As JSON, one object a record of the id
    #[arg(long)]
    pub json: bool,
}

/// Copies and related pages that are named one by one.
const NAMED: usize = 10;

/// Ids that are suggested.
const NEAR: usize = 5;

pub fn run(args: &Explain) -> Result<u8, Failure> {
    let folder = Folder::open(&args.run)?;
    let mut near = Near::of(&args.id);
    let mut copies = Copies::default();
    let own = find::rows(&folder, |row| {
        near.look(&row.id);
        copies.look(&args.id, row);
        *row.id == *args.id
    })?;
    if own.is_empty() {
        say(&format!("twicetold: {}\n", near.told(args)));
        return Ok(code::FAILED);
    }
    let keepers = keepers(&folder, &own)?;
    let related = related(&folder, &args.id)?;
    let rejected: Vec<Told> = own
        .iter()
        .filter(|row| row.page.is_none())
        .map(Told::rejected)
        .collect();
    let pages = find::pages(&folder, own)?;
    let mut told = rejected;
    for page in pages {
        told.push(Told::page(page, &keepers, &copies, &related)?);
    }
    told.sort_by_key(|told| told.line);
    show::out(&match args.json {
        true => format!(
            "{}\n",
            json!(told.iter().map(Told::json).collect::<Vec<_>>())
        ),
        false => {
            let all = told.len();
            let several = match all {
                1 => String::new(),
                _ => format!("{all} records have this id\n\n"),
            };
            let told: Vec<String> = told.iter().map(Told::for_people).collect();
            several + &told.join("\n")
        }
    })?;
    Ok(0)
}

/// The pages that own ones are copies of.
fn keepers(folder: &Folder, own: &[Sought]) -> Result<Vec<Page>, Failure> {
    let of = |row: &LedgerRow<'_>| {
        let its = own.iter().map(|own| &own.row);
        its.into_iter()
            .any(|its| its.keeper.as_ref() == Some(&row.id) && its.keeper_number == row.number)
    };
    match own.iter().any(|own| own.row.keeper.is_some()) {
        true => find::pages(folder, find::rows(folder, of)?),
        false => Ok(Vec::new()),
    }
}

/// Pairs that a page of this id is in.
fn related(folder: &Folder, id: &str) -> Result<Vec<RelatedRow<'static>>, Failure> {
    let mut rows = folder.related().map_err(Failure::run)?;
    let mut found = Vec::new();
    while let Some(made) = rows.next().map_err(Failure::run)? {
        let row = made.row.map_err(|error| {
            Failure::run(format!(
                "{}:{}: no pair: {error}",
                made.at.file, made.at.line
            ))
        })?;
        if row.ids.iter().any(|its| **its == *id) {
            found.push(row);
        }
    }
    Ok(found)
}

/// Pages that went under those of an id, the first ones of each.
#[derive(Default)]
struct Copies {
    under: Vec<(Option<usize>, u64, Vec<LedgerRow<'static>>)>,
}

impl Copies {
    fn look(&mut self, id: &str, row: &LedgerRow<'_>) {
        if row.keeper.as_deref() != Some(id) || row.index.is_some() {
            return;
        }
        let number = row.keeper_number;
        let known = self.under.iter().position(|(its, ..)| *its == number);
        let at = known.unwrap_or_else(|| {
            self.under.push((number, 0, Vec::new()));
            self.under.len() - 1
        });
        let (_, count, first) = &mut self.under[at];
        *count += 1;
        if first.len() < NAMED {
            first.push(LedgerRow {
                id: row.id.to_string().into(),
                source: None,
                cluster: None,
                keeper: None,
                error: None,
                checksum: None,
                index: None,
                ..*row
            });
        }
    }

    fn of(&self, number: Option<usize>) -> (u64, &[LedgerRow<'static>]) {
        let under = self.under.iter().find(|(its, ..)| *its == number);
        under.map_or((0, &[]), |(_, count, first)| (*count, &first[..]))
    }
}

/// Ids that somebody may have meant.
struct Near<'i> {
    id: &'i str,
    name: &'i str,
    same_name: Vec<String>,
    holds: Vec<String>,
}

impl<'i> Near<'i> {
    fn of(id: &'i str) -> Near<'i> {
        Near {
            id,
            name: name(id),
            same_name: Vec::new(),
            holds: Vec::new(),
        }
    }

    fn look(&mut self, id: &str) {
        let to = match () {
            () if name(id).eq_ignore_ascii_case(self.name) => &mut self.same_name,
            () if id.contains(self.id) || self.id.contains(id) => &mut self.holds,
            () => return,
        };
        if to.len() < NEAR {
            to.push(id.to_owned());
        }
    }

    fn told(&self, args: &Explain) -> String {
        let near: Vec<String> = self
            .same_name
            .iter()
            .chain(&self.holds)
            .take(NEAR)
            .map(|id| format!("\n  {}", line(id, 200)))
            .collect();
        let sorry = format!("{:?} is no record of {}", self.id, args.run.display());
        match near.is_empty() {
            true => format!("{sorry}; ledger.jsonl there lists all"),
            false => format!("{sorry}; near it are{}", near.concat()),
        }
    }
}

/// The file name of an id, without its extension.
fn name(id: &str) -> &str {
    let name = id.rsplit('/').next().unwrap_or(id);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    if stem.is_empty() { name } else { stem }
}

/// An id, with what tells its page from others of the same id.
fn named(id: &str, number: Option<usize>, most: usize) -> String {
    let id = line(id, most);
    match number {
        Some(number) => format!("{id} (page {number} of the run)"),
        None => id,
    }
}

/// Everything that is told of a record.
struct Told {
    line: u64,
    row: LedgerRow<'static>,
    findings: Vec<RemovalRow<'static>>,
    /// Of a copy, what it has in common with its keeper, and what both were compared by.
    likeness: Option<(Likeness, [String; 2])>,
    copies: (u64, Vec<LedgerRow<'static>>),
    related: Vec<RelatedRow<'static>>,
    words: [usize; 2],
}

impl Told {
    fn rejected(sought: &Sought) -> Told {
        Told {
            line: sought.at.line,
            row: sought.row.clone(),
            findings: Vec::new(),
            likeness: None,
            copies: Default::default(),
            related: Vec::new(),
            words: [0; 2],
        }
    }

    fn page(
        page: Page,
        keepers: &[Page],
        copies: &Copies,
        related: &[RelatedRow<'static>],
    ) -> Result<Told, Failure> {
        let row = &page.walked.row;
        let keeper = keepers.iter().find(|keeper| {
            let its = &keeper.walked.row;
            row.index.is_none()
                && row.keeper.as_ref() == Some(&its.id)
                && row.keeper_number == its.number
        });
        let own = page.compared().map_err(Failure::run)?;
        let words = |text: &str| twicetold::word::words(text).count();
        let cleaned = match row.status {
            Status::Kept => words(&page.texts.stored),
            _ => words(&own),
        };
        let words = [words(&page.texts.whole), cleaned];
        let likeness = match keeper {
            Some(keeper) => {
                let kept = keeper.compared().map_err(Failure::run)?;
                Some((Likeness::of(&own, &kept), [own, kept]))
            }
            None => None,
        };
        let (count, first) = copies.of(row.number);
        let mut pairs = Vec::new();
        for pair in related {
            let numbers = pair.numbers.unwrap_or_default();
            let mut its = pair.ids.iter().zip(numbers);
            if its.any(|(id, number)| *id == row.id && number == row.number) {
                pairs.push(pair.clone());
            }
        }
        Ok(Told {
            line: page.walked.at.line,
            findings: page
                .walked
                .removals
                .iter()
                .map(|(_, row)| row.clone())
                .collect(),
            likeness,
            copies: (count, first.to_vec()),
            related: pairs,
            words,
            row: page.walked.row,
        })
    }

    fn json(&self) -> Value {
        let copies = self.copies.1.iter().map(|row| {
            json!({ "id": row.id, "number": row.number, "resemblance": row.resemblance, "containment": row.containment })
        });
        json!({
            "ledger": self.row,
            "line": self.line,
            "words": self.words[0],
            "cleaned_words": self.words[1],
            "likeness": self.likeness.as_ref().map(|(likeness, texts)| likeness.json(&texts[0])),
            "findings": self.findings,
            "copies": { "count": self.copies.0, "first": copies.collect::<Vec<_>>() },
            "related": self.related,
        })
    }

    fn for_people(&self) -> String {
        let row = &self.row;
        let id = line(&row.id, 200);
        let again = row.number.map_or(String::new(), |number| {
            paint(FAINT, format!(" (page {number} of the run)"))
        });
        let mut text = format!("{}{again}\n", paint(HEAD, id));
        let figures = |row: &LedgerRow<'_>| {
            format!(
                "resemblance {:.6}, containment {:.6}",
                row.resemblance.unwrap_or_default(),
                row.containment.unwrap_or_default()
            )
        };
        text.push_str(&match row.status {
            Status::Kept => format!("{}\n", paint(SHARED, "kept")),
            Status::Removed => format!(
                "{} as a copy of {}{}: {}\n",
                paint(GONE, "removed"),
                named(
                    row.keeper.as_deref().unwrap_or_default(),
                    row.keeper_number,
                    200
                ),
                row.index.as_ref().map_or(String::new(), |index| format!(
                    ", a page of {}",
                    line(index, 200)
                )),
                figures(row)
            ),
            Status::Rejected => format!("{}\n", paint(GONE, "rejected: it is no page")),
        });
        if let Some(error) = &row.error {
            text.push_str(&format!("{}\n", paint(NOTED, line(error, 400))));
        }
        let source = match &row.source {
            Some(source) => format!("source {}; ", line(source, 100)),
            None if row.status == Status::Rejected => String::new(),
            None => "no source; ".to_owned(),
        };
        let words = match (row.status, self.words) {
            (Status::Rejected, _) => String::new(),
            (_, [whole, cleaned]) if whole == cleaned => format!("{whole} words; "),
            (_, [whole, cleaned]) => format!("{cleaned} of {whole} words when it is cleaned; "),
        };
        let line = self.line;
        text.push_str(&paint(
            FAINT,
            format!("{source}{words}line {line} of ledger.jsonl"),
        ));
        text.push('\n');
        if let Some((likeness, [own, kept])) = &self.likeness {
            text.push_str(&format!(
                "\n{} (A this page, B its keeper, both cleaned)\n",
                paint(HEAD, "In common with its keeper")
            ));
            text.push_str(&compare::passages(likeness, [own, kept], 5));
        }
        if row.status != Status::Rejected {
            text.push_str(&self.findings());
            text.push_str(&self.others());
        }
        text
    }

    fn findings(&self) -> String {
        if self.findings.is_empty() {
            return "\nnothing was found in it\n".to_owned();
        }
        let mut text = format!(
            "\n{}\n",
            paint(HEAD, format!("Found in it: {}", self.findings.len()))
        );
        for finding in &self.findings {
            let action = match finding.action {
                Action::Remove => paint(GONE, "removed"),
                Action::Annotate => paint(NOTED, "noted  "),
            };
            let (start, end) = (finding.span.start, finding.span.end);
            text.push_str(&format!(
                "  {action} [{start}, {end}) {}, score {:.2}: {}\n",
                finding.reason.name(),
                finding.score,
                evidence::in_words(&finding.evidence)
            ));
            if let Some(twin) = &finding.kept {
                let (start, end) = (twin.span.start, twin.span.end);
                let place = match twin.id == finding.id && twin.number == finding.number {
                    true => "on this page".to_owned(),
                    false => format!("on {}", named(&twin.id, twin.number, 100)),
                };
                text.push_str(&format!(
                    "          says again what stands at [{start}, {end}) {place}\n"
                ));
            }
            if let Some(gone) = &finding.text {
                text.push_str(&format!("          {}\n", paint(FAINT, line(gone, 160))));
            }
        }
        text
    }

    fn others(&self) -> String {
        let mut text = String::new();
        let (count, first) = &self.copies;
        if *count > 0 {
            text.push_str(&format!(
                "\n{}\n",
                paint(HEAD, format!("Copies that went under it: {count}"))
            ));
            for row in first {
                text.push_str(&format!(
                    "  resemblance {:.3}, containment {:.3}  {}\n",
                    row.resemblance.unwrap_or_default(),
                    row.containment.unwrap_or_default(),
                    named(&row.id, row.number, 200)
                ));
            }
            if *count > first.len() as u64 {
                text.push_str(&format!("  ... and {} more\n", count - first.len() as u64));
            }
        }
        if !self.related.is_empty() {
            let all = self.related.len();
            text.push_str(&format!(
                "\n{}\n",
                paint(
                    HEAD,
                    format!("Kept pages that have much in common with it: {all}")
                )
            ));
            for pair in self.related.iter().take(NAMED) {
                let other = pair.ids.iter().find(|id| **id != self.row.id);
                let other = other.unwrap_or(&pair.ids[0]);
                let figure = pair.resemblance;
                text.push_str(&format!(
                    "  resemblance {figure:.3}  {}\n",
                    line(other, 200)
                ));
            }
            if all > NAMED {
                text.push_str(&format!("  ... and {} more\n", all - NAMED));
            }
        }
        text
    }
}
