//! Cleaning ends, whatever the page, and a cleaned page stays as it is: on texts made to come and go.

mod common;

use common::{Random, assert_rebuilds, cases, removed, shared_data};
use proptest::prelude::*;
use twicetold::clean::{CleanRule, Cleaned, clean};
use twicetold::finding::{Action, Evidence, Reason};
use twicetold::repeat::RepeatRule;

/// Blocks made of few sentences, each edited, cut or numbered in its own way: near copies of near copies,
/// teasers of teasers, and what stands around them.
fn awkward_pages() -> impl Strategy<Value = String> {
    let sentence = || (0u64..5, 6usize..24);
    let edit = prop_oneof![
        4 => Just(Edit::None),
        3 => (0usize..60, 0usize..3).prop_map(|(at, word)| Edit::Word(at, word)),
        2 => (0usize..60, 1usize..12).prop_map(|(at, len)| Edit::Without(at, len)),
        3 => (8usize..60).prop_map(Edit::Cut),
        1 => (0usize..12).prop_map(Edit::Numbered),
    ];
    let block = (prop::collection::vec(sentence(), 1..5), edit).prop_map(|(sentences, edit)| {
        let sentences = sentences.into_iter();
        let text: Vec<String> = sentences.map(|(n, len)| Random(n).sentence(len)).collect();
        edit.of(&text.join(" "))
    });
    let part = prop_oneof![
        12 => block,
        3 => prop::sample::select(vec![
            "Home", "Post a Comment", "You may also like", "Read more: the other story", "Share", "***",
            "Section one", "Section two", "Ann Smith wrote:", "2 hours ago", "Reply", "© 2026 A Site",
            "The line was closed again Harbour Post1.", "Nobody was hurt Gazette2. Trains run Harbour Post1.",
            "It ended, said the mayor Harbour Post1", "a line that goes on without an end",
        ]).prop_map(str::to_owned),
    ];
    let end = prop::sample::select(vec!["\n", "\n", "\n\n", "\r\n"]);
    prop::collection::vec((part, end), 0..16)
        .prop_map(|parts| parts.into_iter().map(|(part, end)| part + end).collect())
}

#[derive(Debug, Clone)]
enum Edit {
    None,
    Word(usize, usize),
    Without(usize, usize),
    Cut(usize),
    Numbered(usize),
}

impl Edit {
    fn of(&self, text: &str) -> String {
        let mut words: Vec<&str> = text.split(' ').collect();
        match *self {
            Edit::None => {}
            Edit::Word(at, word) => {
                let at = at % words.len();
                words[at] = ["edited", "Harbour", "17"][word];
            }
            Edit::Without(at, len) => {
                let at = at % words.len();
                words.drain(at..(at + len).min(words.len()));
            }
            Edit::Cut(at) => {
                words.truncate(at);
                return words.join(" ") + "...";
            }
            Edit::Numbered(number) => return format!("{number}. {text}"),
        }
        words.join(" ")
    }
}

fn rules() -> impl Strategy<Value = CleanRule> {
    let small = RepeatRule {
        run_blocks: 2,
        run_words: 12,
        block_chars: 40,
        near_words: 8,
        near_resemblance: 0.6,
    };
    let repeats = prop::sample::select(vec![RepeatRule::DEFAULT, RepeatRule::DEFAULT, small]);
    let share = prop::sample::select(vec![0.4, 0.1, 1.0]);
    (repeats, any::<bool>(), any::<bool>(), share).prop_map(
        |(repeats, cues, strip_citations, most_cue_share)| CleanRule {
            repeats: Some(repeats),
            cues,
            strip_citations,
            most_cue_share,
            ..CleanRule::DEFAULT
        },
    )
}

fn assert_fixed(text: &str, rule: &CleanRule) -> Cleaned {
    let cleaned = clean(text, rule);
    assert_rebuilds(text, &cleaned);
    let once = cleaned.text(text);
    let twice = clean(&once, rule);
    assert_eq!(removed(&twice), [], "{text:?}\nbecame {once:?}");
    cleaned
}

proptest! {
    #![proptest_config(cases(1_500))]

    #[test]
    fn a_cleaned_page_stays_as_it_is(text in awkward_pages(), rule in rules()) {
        assert_fixed(&text, &rule);
    }

    #[test]
    fn what_is_named_as_kept_stays(text in awkward_pages(), rule in rules()) {
        let cleaned = clean(&text, &rule);
        let gone = |reason| move |f: &&twicetold::finding::Finding| f.action == Action::Remove && f.reason != reason;
        for finding in cleaned.findings.iter().filter(|f| f.reason == Reason::RepeatedWithin) {
            let twin = finding.kept.expect("a repeat names its twin");
            let mut gone = cleaned.findings.iter().filter(gone(Reason::Citation));
            prop_assert!(!gone.any(|f| f.span.start < twin.end && twin.start < f.span.end), "{:?} of {:?}", twin, text);
        }
    }
}

/// Three near copies cut by an ellipsis, which came and went for ever, and their kind, as they were found.
#[test]
fn pages_that_once_went_round_for_ever_end() {
    let Some(data) = shared_data() else { return };
    let inputs = data.join("../cases/attack/inputs");
    for name in [
        "hang-1.7kB.txt",
        "hang-4.7kB-as-found.txt",
        "strip-citations-not-fixed.txt",
    ] {
        let bytes = std::fs::read(inputs.join(name)).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for strip_citations in [false, true] {
            let rule = CleanRule {
                strip_citations,
                ..CleanRule::DEFAULT
            };
            assert_fixed(&text, &rule);
        }
    }
}

/// What stands in a list under its numbers is no repeat, however long the list.
#[test]
fn a_numbered_list_stays() {
    let sentence = Random(3).sentence(30);
    let text: String = (1..400).map(|n| format!("{n}. {sentence}\n")).collect();
    assert_eq!(removed(&assert_fixed(&text, &CleanRule::DEFAULT)), []);
}

/// A page whose every line is said again all over it stays, and the guard says why.
#[test]
fn a_page_of_two_words_stays_and_says_why() {
    let mut random = Random(7);
    let mut line = || {
        let words: Vec<&str> = (0..30).map(|_| ["he", "she"][random.below(2)]).collect();
        words.join(" ") + " so.\n\n"
    };
    let text: String = (0..2_000).map(|_| line()).collect();
    let cleaned = assert_fixed(&text, &CleanRule::DEFAULT);
    let says = |evidence: &Evidence| matches!(evidence, Evidence::Guard { prevented } if prevented.starts_with("the limit of repeats"));
    assert!(cleaned.findings.iter().any(|f| says(&f.evidence)));
    assert_eq!(cleaned.kept.len(), 1);
}
