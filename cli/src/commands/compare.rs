//! `twicetold compare`: why two texts are similar.

use crate::show::{self, FAINT, HEAD, SHARED, paint};
use clap::Args;
use serde_json::json;
use std::io;
use std::path::{Path, PathBuf};
use twicetold::Span;
use twicetold::clean::{CleanRule, Cleaner};
use twicetold::html::Document;
use twicetold_corpus::failure::Failure;
use twicetold_corpus::format::{self, Limits};
use twicetold_corpus::likeness::Likeness;
use twicetold_corpus::oneline::line;
use twicetold_corpus::results::Folder;
use twicetold_corpus::results::find;
use twicetold_corpus::store::pages::text_of;

pub const HELP: &str = "\
Examples:
  twicetold compare one.txt other.html
  curl -s https://example.org/ | twicetold compare - saved.html --cleaned
  twicetold compare courier/ferry.txt mirror/ferry.txt --run clean --cleaned

Resemblance is the share of windows of five words that both texts have, of those that one of
them has; containment the share of one text's windows that the other has. Places are bytes of
the text; of HTML, of the text that is read from it.

Exit codes: 0 done; 1 failed, or the run has no such page; 2 wrong usage.";

#[derive(Args, Debug)]
pub struct Compare {
    /// A .txt or .html file, plain, .gz or .zst; - is stdin. With --run, the id of a page
    #[arg(value_name = "A")]
    pub a: String,

    /// What to compare it with
    #[arg(value_name = "B")]
    pub b: String,

    /// Output folder of a run: A and B are pages of it
    #[arg(long, value_name = "DIR")]
    pub run: Option<PathBuf>,

    /// Compare what stays of them: each cleaned as one page alone; with --run, cleaned as the run did,
    /// which is what it compared
    #[arg(long)]
    pub cleaned: bool,

    /// Passages that are shown, the longest ones
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub most: usize,

    /// As JSON, with all passages
    #[arg(long)]
    pub json: bool,
}

const LIMITS: Limits = Limits {
    record: 1 << 30,
    expansion: 200,
    free: twicetold_corpus::format::FREE,
};

pub fn run(args: &Compare) -> Result<u8, Failure> {
    let [a, b] = match &args.run {
        Some(dir) => of_run(args, dir)?,
        None => {
            if args.a == "-" && args.b == "-" {
                return Err(Failure::usage(
                    "- stands twice; standard input can be read once",
                ));
            }
            [
                of_file(&args.a, args.cleaned)?,
                of_file(&args.b, args.cleaned)?,
            ]
        }
    };
    let likeness = Likeness::of(&a, &b);
    show::out(&match args.json {
        true => {
            let mut all = json!({ "a": args.a, "b": args.b, "cleaned": args.cleaned });
            if let (Some(all), Some(more)) = (all.as_object_mut(), likeness.json(&a).as_object()) {
                all.extend(more.clone());
            }
            format!("{all}\n")
        }
        false => for_people(args, &likeness, [&a, &b]),
    })?;
    Ok(0)
}

/// The texts of two pages of a run.
fn of_run(args: &Compare, dir: &Path) -> Result<[String; 2], Failure> {
    let folder = Folder::open(dir)?;
    let ids = [&args.a, &args.b];
    let rows = find::rows(&folder, |row| ids.iter().any(|id| ***id == *row.id))?;
    // Of several pages of one id the first is meant.
    let mut first = Vec::new();
    for row in rows {
        let known = first
            .iter()
            .any(|its: &find::Sought| its.row.id == row.row.id);
        if row.page.is_some() && !known {
            first.push(row);
        }
    }
    let pages = find::pages(&folder, first)?;
    let mut texts = Vec::new();
    for id in ids {
        let page = pages.iter().find(|page| page.walked.row.id == **id);
        let Some(page) = page else {
            return Err(Failure::run(format!(
                "{id:?} is no page of {}; `twicetold explain {id} --run {}` knows more",
                dir.display(),
                dir.display()
            )));
        };
        texts.push(match args.cleaned {
            true => page.compared().map_err(Failure::run)?,
            false => page.texts.whole.clone(),
        });
    }
    let b = texts.pop().unwrap_or_default();
    Ok([texts.pop().unwrap_or_default(), b])
}

fn of_file(name: &str, cleaned: bool) -> Result<String, Failure> {
    // What comes in is told by its content, for which it is looked at twice.
    let piped = match name {
        "-" => {
            let mut file = tempfile::NamedTempFile::new().map_err(Failure::run)?;
            io::copy(&mut io::stdin().lock(), &mut file)
                .map_err(|error| Failure::run(format!("standard input: {error}")))?;
            Some(file)
        }
        _ => None,
    };
    let path = piped.as_ref().map_or(Path::new(name), |file| file.path());
    let failed = |error: String| Failure::run(format!("{name}: {error}"));
    let mut record = format::page(path, LIMITS).map_err(failed)?;
    let (text, html) = text_of(&mut record);
    if !cleaned {
        return Ok(text);
    }
    let cleaner = Cleaner::new(CleanRule::DEFAULT).map_err(Failure::run)?;
    let cleaned = match html {
        Some(html) => cleaner.clean_document(&Document::parse(&html)),
        None => cleaner.clean(&text),
    };
    Ok(cleaned.text(&text))
}

fn for_people(args: &Compare, likeness: &Likeness, texts: [&str; 2]) -> String {
    let names = [&args.a, &args.b].map(|name| line(name, 120));
    let overlap = likeness.overlap;
    let mut text = String::new();
    for ((letter, name), (words, bytes)) in ["A", "B"]
        .iter()
        .zip(&names)
        .zip(likeness.words.iter().zip(texts.map(str::len)))
    {
        text.push_str(&format!(
            "{letter} {}  {words} words, {bytes} bytes\n",
            paint(HEAD, name)
        ));
    }
    for (what, figure, says) in [
        (
            "resemblance",
            overlap.resemblance(),
            "of what stands in either, in both",
        ),
        ("A in B", overlap.containment(), "of A stands in B"),
        (
            "B in A",
            overlap.reversed().containment(),
            "of B stands in A",
        ),
    ] {
        let figure = paint(HEAD, format!("{figure:.3}"));
        text.push_str(&format!("  {what:<12} {figure}  {}\n", paint(FAINT, says)));
    }
    text + &passages(likeness, texts, args.most)
}

/// The longest shared passages, in the order of the first text.
pub fn passages(likeness: &Likeness, texts: [&str; 2], most: usize) -> String {
    let all = likeness.shared.len();
    if all == 0 {
        return "no passage of five words stands in both\n".to_owned();
    }
    let mut longest: Vec<_> = likeness.shared.iter().enumerate().collect();
    longest.sort_by_key(|(at, shared)| (std::cmp::Reverse(shared.words), *at));
    longest.truncate(most);
    longest.sort_by_key(|(at, _)| *at);
    let mut text = match all {
        1 => "1 passage stands in both\n".to_owned(),
        _ => format!(
            "{all} passages stand in both, {} words in all\n",
            likeness.shared_words()
        ),
    };
    for (_, shared) in &longest {
        let [a, b] = shared.spans;
        text.push_str(&format!(
            "  {} words  A [{}, {})  B [{}, {})\n    {}{}{}\n",
            shared.words,
            a.start,
            a.end,
            b.start,
            b.end,
            paint(FAINT, around(texts[0], Span::new(0, a.start), true)),
            paint(SHARED, line(a.of(texts[0]), 240)),
            paint(
                FAINT,
                around(texts[0], Span::new(a.end, texts[0].len()), false)
            ),
        ));
    }
    if all > longest.len() {
        let more = all - longest.len();
        text.push_str(&format!("  ... and {more} shorter\n"));
    }
    text
}

/// What stands right before a passage, or right behind it.
fn around(text: &str, span: Span, before: bool) -> String {
    const CHARS: usize = 30;
    let text = span.of(text);
    let near: String = match before {
        true => {
            let near: Vec<char> = text.chars().rev().take(CHARS).collect();
            near.into_iter().rev().collect()
        }
        false => text.chars().take(CHARS).collect(),
    };
    let line = line(&near, CHARS + 8);
    match (line.is_empty(), before) {
        (true, _) => String::new(),
        (_, true) if near.ends_with(char::is_whitespace) => format!("{line} "),
        (_, false) if near.starts_with(char::is_whitespace) => format!(" {line}"),
        _ => line,
    }
}
