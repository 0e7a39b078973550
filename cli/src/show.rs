//! Words and colours on standard output.

use crate::failure::Failure;
use anstyle::{AnsiColor, Style};
use std::io::{self, Write};

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

/// A text on one line, of at most so many characters, its middle left out where it has more. What could steer
/// a terminal is no part of it.
pub fn line(text: &str, most: usize) -> String {
    let mut words = text.split_whitespace();
    let mut line: String = words.next().unwrap_or_default().to_owned();
    for word in words {
        line.push(' ');
        line.push_str(word);
    }
    let line: String = line.chars().map(visible).collect();
    let count = line.chars().count();
    if count <= most {
        return line;
    }
    let (head, tail) = (most * 2 / 3, most - most * 2 / 3);
    let begin: String = line.chars().take(head).collect();
    let end: String = line.chars().skip(count - tail).collect();
    format!("{} ... {}", begin.trim_end(), end.trim_start())
}

fn visible(c: char) -> char {
    // Overrides of direction can show a text as another.
    match c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
        true => '\u{fffd}',
        false => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_one_line() {
        assert_eq!(line(" a\n\tb  c ", 20), "a b c");
        assert_eq!(line("\u{1b}[31mred\u{202e}", 20), "\u{fffd}[31mred\u{fffd}");
        assert_eq!(line("one two three four five", 9), "one tw ... ive");
        assert_eq!(line("ééééé", 3), "éé ... é");
    }
}
