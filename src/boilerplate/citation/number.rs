//! Which number each candidate carries.

use super::candidate::{Candidate, ends_after};
use super::grade::Grade;
use crate::span::Span;
use crate::word::words;
use std::collections::HashSet;

/// A number and the word before it, and what makes it claim that.
struct Claim<'t> {
    stem: &'t str,
    grade: Grade,
}

/// Reads the number of each mark off the end of its digits ("France241" is
/// France24 and 1): the next new one, or one seen before under the same word.
/// Candidates that fit neither are no marks. A better name takes a number over from
/// a worse one until a source has a greater number.
///
/// Candidates with their numbers, and the grade of each number.
pub(super) fn number(
    text: &str,
    candidates: &[Candidate<'_>],
    capitals: bool,
) -> (Vec<(usize, usize)>, Vec<Grade>) {
    let inside = inside_clauses(text, candidates);
    let mut claims = vec![Claim {
        stem: "",
        grade: Grade::Source,
    }]; // by number, from 1
    let mut last_source = 0;
    let mut fits: Vec<(usize, usize, &str)> = Vec::new();
    for (at, candidate) in candidates.iter().enumerate() {
        let word = candidate.words[candidate.words.len() - 1].of(text);
        for len in 1..=candidate.digits.len() {
            let digits = &candidate.digits[candidate.digits.len() - len..];
            let stem = &word[..word.len() - len];
            let index: usize = digits.parse().unwrap_or(0);
            if digits.starts_with('0') || index > claims.len() {
                continue;
            }
            let grade = match inside.contains(word) {
                true => candidate
                    .grade(text, len, capitals)
                    .map(|_| Grade::Doubtful),
                false => candidate.grade(text, len, capitals),
            };
            let Some(grade) = grade else { continue };
            match claims.get_mut(index) {
                None => claims.push(Claim { stem, grade }),
                Some(claim) if claim.stem == stem => claim.grade = claim.grade.max(grade),
                Some(_) if last_source >= index => continue,
                Some(claim) if claim.grade < grade => *claim = Claim { stem, grade },
                // Two names for one number, neither better: neither is believed.
                Some(claim) => {
                    if claim.grade == grade {
                        claim.grade = Grade::Doubtful;
                    }
                    continue;
                }
            }
            if grade == Grade::Source {
                last_source = last_source.max(index);
            }
            fits.push((at, index, stem));
            break;
        }
    }
    // What lost its number to a better name is no mark.
    let kept = fits
        .into_iter()
        .filter(|(_, index, stem)| claims[*index].stem == *stem);
    let numbered = kept.map(|(at, index, _)| (at, index)).collect();
    (numbered, claims.iter().map(|claim| claim.grade).collect())
}

/// Words of candidates that elsewhere stand where no clause ends: "Formula1 is
/// loud" makes Formula1 a name, wherever else it stands.
fn inside_clauses<'t>(text: &'t str, candidates: &[Candidate<'_>]) -> HashSet<&'t str> {
    let last_words = candidates
        .iter()
        .map(|candidate| candidate.words[candidate.words.len() - 1]);
    let places: HashSet<Span> = last_words.clone().collect();
    let marked: HashSet<&str> = last_words.map(|word| word.of(text)).collect();
    let mut inside = HashSet::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if line.bytes().any(|byte| byte.is_ascii_digit()) {
            let spans = words(line).map(|word| Span::new(offset + word.start, offset + word.end));
            inside.extend(
                spans
                    .filter(|word| marked.contains(word.of(text)) && !places.contains(word))
                    .filter(|word| !ends_after(&text[word.end..]))
                    .map(|word| word.of(text)),
            );
        }
        offset += line.len();
    }
    inside
}
