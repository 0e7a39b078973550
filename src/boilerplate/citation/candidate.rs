//! Capitalised runs that end in digits before a sentence end: what may be marks.

use super::table::LINKS;
use crate::span::Span;
use crate::word::words;

/// Words of the longest name.
const LONGEST_NAME: usize = 6;

/// A capitalised run that ends in digits before a sentence end.
pub(super) struct Candidate<'t> {
    /// Words of the run, from the first that may begin the name.
    pub(super) words: Vec<Span>,
    /// The digits its last word ends in.
    pub(super) digits: &'t str,
    /// The word before the run, in lower case.
    pub(super) before: String,
}

impl Candidate<'_> {
    /// One past its last byte.
    pub(super) fn end(&self) -> usize {
        self.words[self.words.len() - 1].end
    }

    /// The run, without a number of `len` digits at its end.
    pub(super) fn before_number<'t>(&self, text: &'t str, len: usize) -> &'t str {
        &text[self.words[0].start..self.end() - len]
    }
}

pub(super) const SPACES: [char; 3] = [' ', '\u{a0}', '\t'];

/// Candidates line by line; lines without a digit before a stop are not cut into
/// words. Also whether nouns are capitalised as in German: more than a quarter of
/// the words that follow another on their line.
pub(super) fn candidates(text: &str) -> (Vec<Candidate<'_>>, bool) {
    let mut candidates = Vec::new();
    let (mut capitals, mut all) = (0, 0);
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let stops = |pair: &[u8]| pair[0].is_ascii_digit() && STOPS.as_bytes().contains(&pair[1]);
        let ends_in_digit = line.as_bytes().last().is_some_and(u8::is_ascii_digit);
        if ends_in_digit || line.as_bytes().windows(2).any(stops) {
            let line = Span::new(offset, offset + line.len());
            let (upper, count) = candidates_of_line(text, line, &mut candidates);
            capitals += upper;
            all += count;
        }
        offset += line.len();
    }
    (candidates, 4 * capitals > all)
}

/// What may follow a mark, if white space or a closing sign follows that.
pub(super) const STOPS: &str = ".,;:!?)\r\n";

/// Adds the candidates of one line; how many words are capitalised, and all.
fn candidates_of_line<'t>(
    text: &'t str,
    line: Span,
    candidates: &mut Vec<Candidate<'t>>,
) -> (usize, usize) {
    let mut run: Vec<Span> = Vec::new();
    let mut previous = Span::new(line.start, line.start); // the word before the run
    let (mut capitals, mut all) = (0, 0);
    let spans =
        words(line.of(text)).map(|word| Span::new(line.start + word.start, line.start + word.end));
    for word in spans {
        let written = word.of(text);
        let joined = run.last().is_some_and(|last: &Span| {
            let between = &text[last.end..word.start];
            between
                .chars()
                .all(|c| matches!(c, ' ' | '\u{a0}' | '.' | '&' | '-'))
                && (!between.contains('.') || abbreviates(last.of(text)))
        });
        let first = written.chars().next().unwrap_or(' ');
        all += 1;
        capitals += usize::from(first.is_uppercase());
        let belongs = match run.is_empty() || !joined {
            true => first.is_uppercase(),
            false => first.is_uppercase() || first.is_ascii_digit() || LINKS.contains(&written),
        };
        if !joined || !belongs {
            previous = run.last().copied().unwrap_or(previous);
            run.clear();
        }
        if !belongs {
            previous = word;
            continue;
        }
        run.push(word);
        // "Jennifer Huberty1, Christine Glissmann2" are authors with their
        // affiliations; a mark follows the words of a sentence, without a comma.
        let follows = |from: usize, first: usize| {
            let mut between = text[from..first].chars();
            from > line.start && from < first && between.all(|c| " \u{a0}\t\"'”’»)]%".contains(c))
        };
        if written.ends_with(|c: char| c.is_ascii_digit())
            && ends_after(&text[word.end..])
            && follows(previous.end, run[0].start)
        {
            // Words in quotation marks or brackets are closed.
            let closed = text[previous.end..run[0].start].trim_matches(SPACES);
            let before = match closed {
                "" => previous.of(text).to_lowercase(),
                _ => String::new(),
            };
            all -= run.len();
            capitals -= run
                .iter()
                .filter(|word| word.of(text).starts_with(char::is_uppercase))
                .count();
            // Several marks may end one sentence: "... said officials Reuters4 BBC5."
            for (at, name) in run
                .split_inclusive(|word| is_marked(word.of(text)))
                .enumerate()
            {
                let written = name[name.len() - 1].of(text);
                let letters = written.trim_end_matches(|c: char| c.is_ascii_digit());
                let digits = &written[letters.len()..];
                if (1..=5).contains(&digits.len()) {
                    candidates.push(Candidate {
                        words: name[name.len().saturating_sub(LONGEST_NAME)..].to_vec(),
                        digits,
                        before: if at == 0 {
                            before.clone()
                        } else {
                            String::new()
                        },
                    });
                }
            }
            previous = word;
            run.clear();
        }
    }
    (capitals, all)
}

/// Whether a sentence or clause ends here: a stop, and then nothing that would
/// become one word with what stands before the mark.
pub(super) fn ends_after(rest: &str) -> bool {
    let mut signs = rest.chars();
    match signs.next() {
        None | Some('\r' | '\n') => true,
        Some(stop) if STOPS.contains(stop) => {
            let next = signs.next();
            let closed = stop == ')' && next.is_some_and(|c| STOPS.contains(c));
            closed || next.is_none_or(|c| c.is_whitespace() || "\"'”’»)]".contains(c))
        }
        Some(_) => false,
    }
}

/// Whether a word inside a run ends in digits after letters, as a mark would.
fn is_marked(word: &str) -> bool {
    let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
    letters.len() < word.len() && letters.chars().filter(|c| c.is_alphabetic()).count() >= 2
}

/// "U.S" and initials: a full stop after them does not end the name.
fn abbreviates(word: &str) -> bool {
    word.contains('.') || word.chars().count() == 1
}
