//! Citation marks glued to sentence ends: "… nuclear program Reuters4."
//!
//! A page copied from an answer engine carries the names of its sources with
//! their numbers at the ends of sentences. Taken alone such a mark looks like
//! "PS VR2" or "SOC2", so marks are believed only together: their first
//! appearances on a page run exactly 1, 2, … *n* with at least three numbers and
//! at least two names, and a number keeps its name.

use crate::span::Span;
use crate::word::words;

/// A citation mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The mark with the white space before it; not the full stop after it.
    pub span: Span,
    /// The name of the source.
    pub name: String,
    /// Its number on this page.
    pub index: usize,
}

/// Least different numbers and names of the marks of a page.
const LEAST_NUMBERS: usize = 3;
const LEAST_NAMES: usize = 2;

/// Words of the longest name.
const LONGEST_NAME: usize = 6;

/// A capitalised run that ends in digits before a sentence end.
struct Candidate<'t> {
    /// Words of the run, from the first that may begin the name.
    words: Vec<Span>,
    /// The digits its last word ends in.
    digits: &'t str,
}

/// The citation marks of `text`, in order; none unless all of them make sense together.
///
/// Linear in the length of the text.
///
/// ```
/// use twicetold::boilerplate::citation::citations;
///
/// let text = "It began on Monday Harbour Post1. Nobody was hurt, said the mayor Gazette2.\n\
///             The line reopened Harbour Post1. Trains run again Channel73.\n";
/// let marks = citations(text);
/// assert_eq!(marks.len(), 4);
/// assert_eq!(marks[3].name, "Channel7");
/// assert_eq!(marks[3].index, 3);
/// assert!(citations("The headset is the PS VR2. The audit is SOC2.").is_empty());
/// ```
pub fn citations(text: &str) -> Vec<Citation> {
    let candidates = candidates(text);
    let Some(numbered) = number(text, &candidates) else {
        return Vec::new();
    };
    let names = names(text, &candidates, &numbered);
    let distinct = |pick: &dyn Fn(&(usize, usize)) -> String| {
        let mut all: Vec<String> = numbered.iter().map(pick).collect();
        all.sort_unstable();
        all.dedup();
        all.len()
    };
    if distinct(&|(_, index)| index.to_string()) < LEAST_NUMBERS
        || distinct(&|(_, index)| names[*index].clone()) < LEAST_NAMES
    {
        return Vec::new();
    }
    let marks = numbered.iter().map(|&(at, index)| {
        let candidate = &candidates[at];
        let name = &names[index];
        let end = candidate.words[candidate.words.len() - 1].end;
        let start = end - index.to_string().len() - name.len();
        let space = text[..start].trim_end_matches([' ', '\u{a0}', '\t']).len();
        Citation {
            span: Span::new(space, end),
            name: name.clone(),
            index,
        }
    });
    marks.collect()
}

/// Candidates line by line; lines without a digit before a stop are not cut into words.
fn candidates(text: &str) -> Vec<Candidate<'_>> {
    let mut candidates = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let stops = |pair: &[u8]| pair[0].is_ascii_digit() && STOPS.as_bytes().contains(&pair[1]);
        let ends_in_digit = line.as_bytes().last().is_some_and(u8::is_ascii_digit);
        if ends_in_digit || line.as_bytes().windows(2).any(stops) {
            candidates_of_line(text, offset, line.len(), &mut candidates);
        }
        offset += line.len();
    }
    candidates
}

/// What may follow a mark.
const STOPS: &str = ".,;:!?)\r\n";

fn candidates_of_line<'t>(
    text: &'t str,
    offset: usize,
    len: usize,
    candidates: &mut Vec<Candidate<'t>>,
) {
    let mut run: Vec<Span> = Vec::new();
    let mut previous = offset; // end of the word before the run
    let line = words(&text[offset..offset + len]);
    for word in line.map(|word| Span::new(offset + word.start, offset + word.end)) {
        let written = word.of(text);
        let joined = run.last().is_some_and(|last: &Span| {
            let between = &text[last.end..word.start];
            between
                .chars()
                .all(|c| matches!(c, ' ' | '\u{a0}' | '.' | '&' | '-'))
                && (!between.contains('.') || abbreviates(last.of(text)))
        });
        let first = written.chars().next().unwrap_or(' ');
        let belongs = match run.is_empty() || !joined {
            true => first.is_uppercase(),
            false => first.is_uppercase() || first.is_ascii_digit() || LINKS.contains(&written),
        };
        if !joined || !belongs {
            previous = run.last().map_or(previous, |last| last.end);
            run.clear();
        }
        if !belongs {
            previous = word.end;
            continue;
        }
        run.push(word);
        let name = written.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = &written[name.len()..];
        let stop = text[word.end..].chars().next();
        let ends = stop.is_none_or(|c| STOPS.contains(c));
        // "Jennifer Huberty1, Christine Glissmann2" are authors with their
        // affiliations; a mark follows the words of a sentence, without a comma.
        let first = run[0].start;
        let follows = previous > offset
            && previous < first
            && text[previous..first]
                .chars()
                .all(|c| " \u{a0}\"'”’»)]%".contains(c));
        // "Channel 42" is Channel 4 and 2: a number may end the name.
        let named = !name.is_empty() || run.len() > 1 && digits.len() > 1;
        if ends && follows && named && (1..=5).contains(&digits.len()) {
            previous = word.end;
            let from = run.len().saturating_sub(LONGEST_NAME);
            candidates.push(Candidate {
                words: run[from..].to_vec(),
                digits,
            });
            run.clear();
        }
    }
}

/// Small words inside names.
const LINKS: &[&str] = &["of", "and", "the", "for", "de", "der", "la", "du"];

/// "U.S" and initials: a full stop after them does not end the name.
fn abbreviates(word: &str) -> bool {
    word.contains('.') || word.chars().count() == 1
}

/// Reads the number of each mark off the end of its digits ("France241" is
/// France24 and 1): the next new one, or one seen before under the same word.
/// Candidates that fit neither are no marks.
fn number(text: &str, candidates: &[Candidate<'_>]) -> Option<Vec<(usize, usize)>> {
    let mut last_words: Vec<&str> = vec![""]; // by number, from 1
    let mut numbered = Vec::new();
    for (at, candidate) in candidates.iter().enumerate() {
        let word = candidate.words[candidate.words.len() - 1].of(text);
        let fits = (1..=candidate.digits.len()).find_map(|len| {
            let digits = &candidate.digits[candidate.digits.len() - len..];
            let index: usize = digits.parse().ok()?;
            let stem = &word[..word.len() - len];
            let known = last_words.get(index).is_some_and(|known| *known == stem);
            let next = index == last_words.len() && is_name(stem);
            (!digits.starts_with('0') && (known || next)).then_some((index, stem))
        });
        if let Some((index, stem)) = fits {
            if index == last_words.len() {
                last_words.push(stem);
            }
            numbered.push((at, index));
        }
    }
    (!numbered.is_empty()).then_some(numbered)
}

/// Whether the last word of a mark may end a name: letters or a number after letters.
fn is_name(stem: &str) -> bool {
    let letters = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    letters.chars().count() >= 2 || letters.is_empty() && !stem.is_empty()
}

/// The publisher at the end of a run of capitalised words, where one can be
/// told from what stands before it: from its last "The", or from the list below.
fn publisher(run: &str) -> &str {
    let begins = |start: &usize| *start == 0 || run[..*start].ends_with(' ');
    let known = PUBLISHERS
        .iter()
        .filter(|name| run.ends_with(**name))
        .map(|name| run.len() - name.len())
        .filter(begins)
        .min()
        .map(|start| match run[..start].strip_suffix("The ") {
            Some(before) => before.len(),
            None => start,
        });
    let the = run.rfind("The ").filter(begins);
    &run[known.filter(begins).or(the).unwrap_or(0)..]
}

/// Publishers whose names follow other capitalised words at the ends of sentences.
const PUBLISHERS: &[&str] = &[
    "ABC",
    "ABC News",
    "AFP",
    "AP",
    "AP News",
    "Al Jazeera",
    "Al Arabiya",
    "Anadolu",
    "Ars Technica",
    "Associated Press",
    "Axios",
    "BBC",
    "BBC News",
    "Bellingcat",
    "Bloomberg",
    "Britannica",
    "Business Insider",
    "CBC",
    "CBS",
    "CBS News",
    "CNBC",
    "CNET",
    "CNN",
    "Chatham House",
    "Channel NewsAsia",
    "China Daily",
    "Council on Foreign Relations",
    "DW",
    "Daily Mail",
    "Daily Telegraph",
    "Defense News",
    "Der Spiegel",
    "Deutsche Welle",
    "Engadget",
    "Euractiv",
    "Euronews",
    "European Commission",
    "Evening Standard",
    "Financial Times",
    "Forbes",
    "Foreign Policy",
    "Fortune",
    "Fox News",
    "France 24",
    "France24",
    "Gizmodo",
    "Global Times",
    "Guardian",
    "Haaretz",
    "Human Rights Watch",
    "Independent",
    "Institute for the Study of War",
    "Interfax",
    "Kyiv Independent",
    "Kyiv Post",
    "LA Times",
    "Le Figaro",
    "Le Monde",
    "Los Angeles Times",
    "MSNBC",
    "Moscow Times",
    "NBC",
    "NBC News",
    "NHK",
    "NPR",
    "National Geographic",
    "Nature",
    "New York Post",
    "New York Times",
    "Newsweek",
    "Nikkei",
    "Nikkei Asia",
    "PBS",
    "Politico",
    "RFE/RL",
    "RTE",
    "Reuters",
    "Science",
    "Sky News",
    "South China Morning Post",
    "State Department",
    "TASS",
    "TechCrunch",
    "Time",
    "Times of India",
    "Times of Israel",
    "USA Today",
    "U.S. Department of State",
    "United Nations",
    "Vox",
    "Wall Street Journal",
    "Washington Post",
    "White House",
    "Wikipedia",
    "Wired",
    "World Bank",
    "Xinhua",
    "Yahoo",
    "Yahoo News",
    "YouTube",
    "ZDNet",
];

/// The name of each number: the longest run of words that stands before it
/// every time, cut back to a publisher it ends in, or to a name that another
/// number has ("Kirill Dmitriev Reuters5" beside "Reuters4").
fn names(text: &str, candidates: &[Candidate<'_>], numbered: &[(usize, usize)]) -> Vec<String> {
    let most = numbered.iter().map(|(_, index)| *index).max().unwrap_or(0);
    // Shortest common run, and the text it covers without the number.
    let mut names = vec![String::new(); most + 1];
    for (index, slot) in names.iter_mut().enumerate().skip(1) {
        let written = |at: usize, from: usize| {
            let run = &candidates[at].words;
            let end = run[run.len() - 1].end - index.to_string().len();
            &text[run[from].start..end]
        };
        let mut marks = numbered.iter().filter(|(_, its)| *its == index);
        let Some(&(first, _)) = marks.next() else {
            continue;
        };
        let others: Vec<usize> = marks.map(|(at, _)| *at).collect();
        let run = &candidates[first].words;
        let common = (0..run.len()).find(|&from| {
            let starts_name = run[from].of(text).starts_with(|c: char| c.is_uppercase());
            starts_name
                && others.iter().all(|&other| {
                    let len = candidates[other].words.len();
                    let same = run.len() - from;
                    same <= len && written(other, len - same) == written(first, from)
                })
        });
        *slot = written(first, common.unwrap_or(run.len() - 1)).to_owned();
    }
    for name in names.iter_mut().skip(1) {
        *name = publisher(name).to_owned();
    }
    let shorter: Vec<String> = names.clone();
    for name in names.iter_mut().skip(1) {
        let known = shorter.iter().skip(1).filter(|other| {
            name.len() > other.len()
                && !other.is_empty()
                && name.ends_with(other.as_str())
                && name[..name.len() - other.len()].ends_with(' ')
        });
        if let Some(known) = known.min_by_key(|other| other.len()) {
            *name = known.clone();
        }
    }
    names
}
