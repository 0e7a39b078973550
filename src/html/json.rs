//! The strings of a JSON text, with the keys they stand under.
//!
//! What pages call JSON is often none: raw line ends inside strings, commas too many, text cut
//! off. This reads what is there, from left to right, without recursion and without a tree:
//! a block of any size or depth costs no more than its bytes.

/// Levels whose keys are known; what stands deeper is passed over.
pub(super) const LEVELS: usize = 12;

/// What is met in a JSON text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'j> {
    /// An object begins, as the value of this key, or as an item of a list under it.
    Open(&'j str),
    /// The object that began last ends.
    Close,
    /// A string, and its key in the object around it; raw, with its escapes.
    Text(&'j str, &'j str),
}

/// A level that is open.
#[derive(Clone, Copy, Default)]
struct Level<'j> {
    object: bool,
    /// The key whose value comes next: of a list, the key it stands under.
    key: &'j str,
}

/// Calls `see` for the objects and strings of the first [`LEVELS`] levels. Linear in the text.
pub(super) fn for_each_token<'j>(json: &'j str, mut see: impl FnMut(Token<'j>)) {
    let bytes = json.as_bytes();
    let mut levels = [Level::default(); LEVELS];
    let mut depth = 0_usize;
    // Whether the string that comes next is a key.
    let mut wants_key = false;
    let mut at = 0;
    while let Some(skipped) = memchr_of(&bytes[at..]) {
        at += skipped;
        let sign = bytes[at];
        at += 1;
        match sign {
            b'{' | b'[' => {
                let key = around(&levels, depth).map_or("", |level| level.key);
                let object = sign == b'{';
                if let Some(level) = levels.get_mut(depth) {
                    *level = Level { object, key };
                    if object {
                        see(Token::Open(key));
                    }
                }
                depth += 1;
                wants_key = object;
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if levels.get(depth).is_some_and(|level| level.object) {
                    levels[depth].object = false;
                    see(Token::Close);
                }
                wants_key = false;
            }
            b',' => wants_key = around(&levels, depth).is_some_and(|level| level.object),
            b':' => wants_key = false,
            _ => {
                let end = at + end_of_string(&bytes[at..]);
                let text = json.get(at..end).unwrap_or_default();
                at = (end + 1).min(bytes.len());
                if let Some(level) = depth.checked_sub(1).and_then(|top| levels.get_mut(top)) {
                    match wants_key {
                        true => level.key = text,
                        false => see(Token::Text(level.key, text)),
                    }
                }
            }
        }
    }
}

fn around<'l, 'j>(levels: &'l [Level<'j>; LEVELS], depth: usize) -> Option<&'l Level<'j>> {
    levels.get(depth.checked_sub(1)?)
}

/// The next sign that says something about the structure.
fn memchr_of(bytes: &[u8]) -> Option<usize> {
    let says = |byte: &u8| matches!(byte, b'{' | b'}' | b'[' | b']' | b',' | b':' | b'"');
    bytes.iter().position(says)
}

/// Where the string ends that begins here, or the text.
fn end_of_string(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'"', b'\\', &bytes[at..]) {
        at += found;
        if bytes[at] == b'"' {
            return at;
        }
        at += 2;
        if at >= bytes.len() {
            break;
        }
    }
    bytes.len()
}

/// A raw string without its escapes.
pub(super) fn unescaped(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, escape)) = rest.split_once('\\') {
        text.push_str(before);
        let mut signs = escape.chars();
        match signs.next() {
            Some('n' | 'r') => text.push('\n'),
            Some('t' | 'b' | 'f') => text.push(' '),
            Some('u') => {
                let (units, after) = units(escape);
                let decoded = char::decode_utf16(units);
                text.extend(decoded.map(|sign| sign.unwrap_or(char::REPLACEMENT_CHARACTER)));
                rest = after;
                continue;
            }
            Some(sign) => text.push(sign),
            None => {}
        }
        rest = signs.as_str();
    }
    text.push_str(rest);
    text
}

/// The UTF-16 units of escapes in a row, of which the first begins with its `u`; and what follows.
fn units(escape: &str) -> (Vec<u16>, &str) {
    let mut units = Vec::new();
    let mut rest = escape;
    loop {
        let digits = rest.strip_prefix('u').and_then(|after| after.get(..4));
        let Some(unit) = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()) else {
            // No such escape: its letter is dropped, so that this ends.
            let after = rest.strip_prefix('u').unwrap_or(rest);
            return (units, after);
        };
        units.push(unit);
        rest = &rest[5..];
        match rest.strip_prefix('\\') {
            Some(next) if next.starts_with('u') => rest = next,
            _ => return (units, rest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(json: &str) -> Vec<String> {
        let mut seen = Vec::new();
        for_each_token(json, |token| seen.push(format!("{token:?}")));
        seen
    }

    #[test]
    fn keys_of_objects_and_of_lists() {
        let json = r#"{"a": "x", "b": ["y", {"c": "z"}, "w"], "d": {"e": 1, "f": "v"}}"#;
        let told = [
            r#"Open("")"#,
            r#"Text("a", "x")"#,
            r#"Text("b", "y")"#,
            r#"Open("b")"#,
            r#"Text("c", "z")"#,
            "Close",
            r#"Text("b", "w")"#,
            r#"Open("d")"#,
            r#"Text("f", "v")"#,
            "Close",
            "Close",
        ];
        assert_eq!(tokens(json), told);
    }

    #[test]
    fn what_is_no_json_is_read_as_far_as_it_goes() {
        for json in ["", "{", "}", "]]}", "{\"a", "{\"a\":\"b\\", "\"\\u12", ",,:{,}"] {
            tokens(json);
        }
        assert_eq!(tokens("{\"a\":\"two\nlines\",}"), tokens("{\"a\":\"two\nlines\"}"));
        let deep = "[{\"k\":".repeat(100_000);
        assert_eq!(tokens(&deep).len(), LEVELS / 2);
    }

    #[test]
    fn escapes_are_taken_out() {
        assert_eq!(unescaped(r#"a\"b\\c\/d\u00e9\ud83d\ude00\n"#), "a\"b\\c/dé😀\n");
        assert_eq!(unescaped(r"\u12"), "12");
        assert_eq!(unescaped(r"\ud83d!"), "\u{fffd}!");
        assert_eq!(unescaped("\\"), "");
    }
}
