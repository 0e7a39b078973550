//! Texts of pages on one line, as a terminal can show them.

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
