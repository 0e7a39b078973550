//! Pages that arrive one by one: have I seen this?
//!
//! ```text
//! cargo run --example stream -- *.txt
//! ls -1 | cargo run --example stream -- --index seen.json
//! ```
//!
//! Every file is compared with those before it and taken in. With `--index FILE`
//! what was seen is read from there, if it exists, and written back at the end; file
//! names are read from the arguments or, without any, from standard input.

use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use twicetold::index::{IndexRule, Match, PageIndex};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stream: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1).peekable();
    let mut store: Option<PathBuf> = None;
    if arguments.next_if(|first| first == "--index").is_some() {
        store = Some(arguments.next().ok_or("--index needs a file")?.into());
    }
    let mut index = match &store {
        Some(path) if path.exists() => open(path)?,
        _ => PageIndex::new(IndexRule::DEFAULT)?,
    };

    let mut out = io::stdout().lock();
    let mut take = |name: &[u8]| -> io::Result<()> {
        // A file that cannot be read is no reason to forget the others.
        let Ok(name) = str::from_utf8(name) else {
            let name = String::from_utf8_lossy(name);
            return writeln!(out, "unread  {name}: the name is not UTF-8");
        };
        match std::fs::read_to_string(name) {
            Err(error) => writeln!(out, "unread  {name}: {error}"),
            Ok(text) => match index.add(name, &text) {
                None => writeln!(out, "new     {name}"),
                Some(seen) => writeln!(out, "seen    {name}: {}", describe(&seen, &text)),
            },
        }
    };
    if arguments.peek().is_some() {
        arguments.try_for_each(|name| take(name.as_encoded_bytes()))?;
    } else {
        for name in io::stdin().lock().split(b'\n') {
            take(name?.trim_ascii())?;
        }
    }
    writeln!(out, "{} pages known", index.len())?;

    if let Some(path) = store {
        let folder = path
            .parent()
            .filter(|folder| folder.is_dir())
            .unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        let mut writer = io::BufWriter::new(&mut file);
        serde_json::to_writer(&mut writer, &index)?;
        writer.flush()?;
        drop(writer);
        file.persist(&path)?;
    }
    Ok(())
}

/// An index of other settings or another format is refused, with a sentence why.
fn open(path: &Path) -> Result<PageIndex, String> {
    let file = std::fs::File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let index: PageIndex = serde_json::from_reader(io::BufReader::new(file))
        .map_err(|error| format!("{}: {error}", path.display()))?;
    index
        .require(&IndexRule::DEFAULT)
        .map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(index)
}

fn describe(seen: &Match, text: &str) -> String {
    let longest = seen.spans.iter().max_by_key(|span| span.len());
    let quote = longest.map_or("", |span| span.of(text));
    let quote: Vec<&str> = quote.split_whitespace().take(8).collect();
    let quote = quote.join(" ");
    format!(
        "as {}, resemblance {:.2}, containment {:.2}, from “{quote} …”",
        seen.id,
        seen.overlap.resemblance(),
        seen.overlap.containment(),
    )
}
