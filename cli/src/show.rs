//! Words and colours on standard output.

use anstyle::{AnsiColor, Style};
use std::io::{self, Write};
use twicetold_corpus::failure::Failure;

/// A heading.
pub const HEAD: Style = Style::new().bold();
/// What stands in both.
pub const SHARED: Style = AnsiColor::Green.on_default();
/// What was taken out, or is wrong.
pub const GONE: Style = AnsiColor::Red.on_default();
/// What is noted only.
pub const NOTED: Style = AnsiColor::Yellow.on_default();
/// What is beside the point.
pub const FAINT: Style = Style::new().dimmed();

/// Text in a style.
pub fn paint(style: Style, text: impl std::fmt::Display) -> String {
    let text = text.to_string();
    match text.is_empty() {
        true => text,
        false => format!("{style}{text}{style:#}"),
    }
}

/// Writes to standard output, in colour where that is a terminal that shows it. A pipe that is closed is
/// quiet: whoever read it has enough.
pub fn out(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::run(format!("standard output: {error}"))),
        Ok(()) => Ok(()),
    }
}
