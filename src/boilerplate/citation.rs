//! Citation marks glued to sentence ends: "… nuclear program Reuters4."
//!
//! A page copied from an answer engine carries the names of its sources with
//! their numbers at the ends of sentences. Taken alone such a mark looks like
//! "PS VR2" or "SOC2", so marks are believed only together: their first
//! appearances on a page run exactly 1, 2, … *n* with at least three numbers and
//! at least two names, and a number keeps its name.

use crate::span::Span;
use crate::word::words;
use std::collections::HashSet;

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
    let (candidates, capitals) = candidates(text);
    let numbered = number(text, &candidates);
    let names = names(text, &candidates, &numbered, capitals);
    let numbers = names.len().saturating_sub(1); // 1 to the greatest, each seen
    let distinct: HashSet<&String> = names.iter().skip(1).collect();
    if numbers < LEAST_NUMBERS || distinct.len() < LEAST_NAMES {
        return Vec::new();
    }
    let marks = numbered.iter().filter_map(|&(at, index)| {
        let name = &names[index];
        let run = candidates[at].before(text, index.to_string().len());
        // A word that only ends like the name of this number is no mark.
        let lead = run.strip_suffix(name.as_str())?;
        let start = candidates[at].words[0].start + lead.len();
        if !(lead.is_empty() || lead.ends_with(SPACES)) {
            return None;
        }
        let space = text[..start].trim_end_matches(SPACES).len();
        Some(Citation {
            span: Span::new(space, candidates[at].end()),
            name: name.clone(),
            index,
        })
    });
    marks.collect()
}

impl Candidate<'_> {
    /// One past its last byte.
    fn end(&self) -> usize {
        self.words[self.words.len() - 1].end
    }

    /// The run, without a number of `len` digits at its end.
    fn before<'t>(&self, text: &'t str, len: usize) -> &'t str {
        &text[self.words[0].start..self.end() - len]
    }
}

const SPACES: [char; 3] = [' ', '\u{a0}', '\t'];

/// Candidates line by line; lines without a digit before a stop are not cut into
/// words. Also whether nouns are capitalised as in German: more than a quarter of
/// the words that follow another on their line.
fn candidates(text: &str) -> (Vec<Candidate<'_>>, bool) {
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
const STOPS: &str = ".,;:!?)\r\n";

/// Adds the candidates of one line; how many words are capitalised, and all.
fn candidates_of_line<'t>(
    text: &'t str,
    line: Span,
    candidates: &mut Vec<Candidate<'t>>,
) -> (usize, usize) {
    let mut run: Vec<Span> = Vec::new();
    let mut previous = line.start; // end of the word before the run
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
            previous = run.last().map_or(previous, |last| last.end);
            run.clear();
        }
        if !belongs {
            previous = word.end;
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
            && follows(previous, run[0].start)
        {
            // "We bought the KR17": an article makes it a part of the sentence.
            let article = text[line.start..previous]
                .rsplit(' ')
                .next()
                .unwrap_or_default();
            let part = run.len() == 1 && ARTICLES.contains(&article.to_lowercase().as_str());
            all -= run.len();
            capitals -= run
                .iter()
                .filter(|word| word.of(text).starts_with(char::is_uppercase))
                .count();
            // Several marks may end one sentence: "... said officials Reuters4 BBC5."
            for name in run.split_inclusive(|word| is_marked(word.of(text))) {
                let written = name[name.len() - 1].of(text);
                let letters = written.trim_end_matches(|c: char| c.is_ascii_digit());
                let digits = &written[letters.len()..];
                if !part && (1..=5).contains(&digits.len()) {
                    candidates.push(Candidate {
                        words: name[name.len().saturating_sub(LONGEST_NAME)..].to_vec(),
                        digits,
                    });
                }
            }
            previous = word.end;
            run.clear();
        }
    }
    (capitals, all)
}

/// Whether a sentence or clause ends here: a stop, and then nothing that would
/// become one word with what stands before the mark.
fn ends_after(rest: &str) -> bool {
    let mut signs = rest.chars();
    match signs.next() {
        None | Some('\r' | '\n') => true,
        Some(stop) if STOPS.contains(stop) => {
            let next = signs.next();
            next.is_none_or(|c| c.is_whitespace() || "\"'”’»)]".contains(c))
        }
        Some(_) => false,
    }
}

/// Whether a word inside a run ends in digits after letters, as a mark would.
fn is_marked(word: &str) -> bool {
    let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
    letters.len() < word.len() && letters.chars().filter(|c| c.is_alphabetic()).count() >= 2
}

const ARTICLES: &[&str] = &["the", "a", "an", "this", "that", "our", "its"];

/// Small words inside names.
const LINKS: &[&str] = &["of", "and", "the", "for", "de", "der", "la", "du"];

/// "U.S" and initials: a full stop after them does not end the name.
fn abbreviates(word: &str) -> bool {
    word.contains('.') || word.chars().count() == 1
}

/// Reads the number of each mark off the end of its digits ("France241" is
/// France24 and 1): the next new one, or one seen before under the same word.
/// Candidates that fit neither are no marks.
fn number(text: &str, candidates: &[Candidate<'_>]) -> Vec<(usize, usize)> {
    let mut last_words: Vec<&str> = vec![""]; // by number, from 1
    let mut numbered = Vec::new();
    for (at, candidate) in candidates.iter().enumerate() {
        let word = candidate.words[candidate.words.len() - 1].of(text);
        let fits = (1..=candidate.digits.len()).find_map(|len| {
            let digits = &candidate.digits[candidate.digits.len() - len..];
            let index: usize = digits.parse().ok()?;
            let stem = &word[..word.len() - len];
            let known = last_words.get(index).is_some_and(|known| *known == stem);
            let next = index == last_words.len() && is_name(candidate.before(text, len), stem);
            (!digits.starts_with('0') && (known || next)).then_some((index, stem))
        });
        if let Some((index, stem)) = fits {
            if index == last_words.len() {
                last_words.push(stem);
            }
            numbered.push((at, index));
        }
    }
    numbered
}

/// Whether `stem`, the last word of `run` without the number, may end a name:
/// letters, letters and a number ("France24"), or the number of a publisher that
/// is known to have one ("France 24").
fn is_name(run: &str, stem: &str) -> bool {
    let letters = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    let plain = |c: char| c.is_alphabetic() || ".'’&".contains(c);
    match letters.is_empty() {
        true => publisher(run).is_some_and(|name| name.ends_with(&format!(" {stem}"))),
        false => letters.chars().count() >= 2 && letters.chars().all(plain),
    }
}

/// The publisher at the end of a run of capitalised words, where one can be
/// told from what stands before it: from its last "The", or from the list below.
fn publisher(run: &str) -> Option<&str> {
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
    Some(&run[known.filter(begins).or(the)?..])
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
    "Channel 4",
    "Channel 5",
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

/// The name of each number, by number: the longest run of words that stands
/// before it every time, cut back to a publisher it ends in, or to a name that
/// another number has ("Kirill Dmitriev Reuters5" beside "Reuters4").
///
/// Where nouns are capitalised, a run that stands only once says little: its
/// last word is taken.
fn names(
    text: &str,
    candidates: &[Candidate<'_>],
    numbered: &[(usize, usize)],
    capitals: bool,
) -> Vec<String> {
    let most = numbered.iter().map(|(_, index)| *index).max().unwrap_or(0);
    let mut marks: Vec<Vec<usize>> = vec![Vec::new(); most + 1];
    for &(at, index) in numbered {
        marks[index].push(at);
    }
    let mut names: Vec<String> = vec![String::new()];
    for (index, marks) in marks.iter().enumerate().skip(1) {
        let written = |at: usize, from: usize| {
            let end = candidates[at].end() - index.to_string().len();
            &text[candidates[at].words[from].start..end]
        };
        let run = &candidates[marks[0]].words;
        let common = (0..run.len()).find(|&from| {
            let begins = run[from].of(text).starts_with(char::is_uppercase);
            begins
                && marks.iter().all(|&other| {
                    let len = candidates[other].words.len();
                    let same = run.len() - from;
                    same <= len && written(other, len - same) == written(marks[0], from)
                })
        });
        let last_word = run
            .iter()
            .rposition(|word| word.of(text).starts_with(char::is_uppercase))
            .unwrap_or(run.len() - 1);
        let common = common.unwrap_or(last_word);
        let whole = written(marks[0], common);
        let name = match publisher(whole) {
            Some(name) => name,
            None if capitals && marks.len() == 1 => written(marks[0], last_word),
            None => whole,
        };
        names.push(name.to_owned());
    }
    let known: HashSet<String> = names
        .iter()
        .filter(|name| !name.is_empty())
        .cloned()
        .collect();
    for name in names.iter_mut().skip(1) {
        let mut shorter = name.match_indices(' ').map(|(space, _)| &name[space + 1..]);
        if let Some(shorter) = shorter.rfind(|suffix| known.contains(*suffix)) {
            *name = shorter.to_owned();
        }
    }
    names
}
