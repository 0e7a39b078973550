//! Whether a text may have marks at all, told from its bytes.
//!
//! Marks are numbered from 1 and at least to 3, so a text without a name that ends in each of
//! these digits has none. Cutting its lines into words took a tenth of the cleaning.

use super::candidate::STOPS;
use super::table::PUBLISHER_NUMBERS;
use memchr::memchr3_iter;

/// Whether each of the digits 1, 2 and 3 ends what may be a name with its number.
pub(super) fn may_be_marked(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut seen = [false; 3];
    for at in memchr3_iter(b'1', b'2', b'3', bytes) {
        let index = usize::from(bytes[at] - b'1');
        if !seen[index] && may_end_mark(bytes, at) {
            seen[index] = true;
            if seen == [true; 3] {
                return true;
            }
        }
    }
    false
}

/// Whether the digit at `at` may be the number of a mark.
fn may_end_mark(bytes: &[u8], at: usize) -> bool {
    // A stop, or the next word of a run of names.
    let ends = bytes.get(at + 1).is_none_or(|next| {
        !next.is_ascii() || b" &-".contains(next) || STOPS.as_bytes().contains(next)
    });
    if !ends {
        return false;
    }
    let digits = bytes[..at].iter().rev().take_while(|b| b.is_ascii_digit());
    let start = at - digits.count();
    match bytes[..start].last() {
        Some(b' ') => PUBLISHER_NUMBERS
            .iter()
            .any(|number| number.as_bytes() == &bytes[start..at]),
        Some(before) => before.is_ascii_alphabetic() || !before.is_ascii(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::{PUBLISHERS, STATIONS};
    use super::super::{all_citations, citations};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn publishers_with_numbers_are_known() {
        let letters = |name: &'static str| name.trim_end_matches(|c: char| c.is_ascii_digit());
        for name in PUBLISHERS.iter().chain(STATIONS) {
            let number = &name[letters(name).len()..];
            match letters(name).chars().next_back() {
                Some(' ') => assert!(PUBLISHER_NUMBERS.contains(&number), "{name}"),
                before => assert!(before.is_some_and(char::is_alphabetic), "{name}"),
            }
        }
    }

    proptest! {
        /// What is passed over has no marks.
        #[test]
        fn nothing_is_passed_over(
            pieces in proptest::collection::vec(
                (
                    "Harbour Post|Reuters|BBC|France 24|France24|Channel 4|The Times|l’Express|Le Monde|Ταχυδρόμος|Gazette|U.S|café|said|e\u{301}",
                    "[1-4]|1?[1-5]|[+’. _-][123]",
                    "\\. |, |\\.\n| |\\.\u{a0}|\\.|\u{ad}\\. |\\) |&|-|\\.”|;\r\n|。",
                ),
                0..8,
            ),
        ) {
            let mut text = String::new();
            for (at, (name, number, stop)) in pieces.iter().enumerate() {
                let number = match number.len() {
                    2 => number.clone(),
                    _ => (at % 4 + 1).to_string(),
                };
                text.push_str(&format!("It was quiet {name}{number}{stop}"));
            }
            prop_assert_eq!(citations(&text), all_citations(&text));
        }
    }
}
