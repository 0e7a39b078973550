//! Pages that repeat themselves on purpose lose nothing, alone or on a site; pages that
//! a scraper doubled lose the copy. Figures: `cargo test --test legitimate -- --nocapture`.

mod common;

use common::removed;
use twicetold::clean::{CleanRule, clean};
use twicetold::finding::Action;
use twicetold::{Deduplicator, Page};

/// `tests/fixtures/legitimate`: each page, and why its repetition belongs to it.
const LEGITIMATE: &[(&str, &str)] = &[
    (
        "announcements",
        "the same notice of a service under every name",
    ),
    (
        "api-reference",
        "each call lists the parameters that all calls take",
    ),
    ("changelog", "one fix released in three lines of versions"),
    (
        "chat-log-de",
        "somebody repeats an announcement for those who join later",
    ),
    ("config", "four services with equal settings"),
    (
        "contract-clauses",
        "two lettings, each with the full clauses (numbers aside)",
    ),
    (
        "contract-zh",
        "the duties of either party, with numbers of their own",
    ),
    (
        "crossword",
        "clues that play on one another; \"See 9 down\"",
    ),
    ("cumulative-tale", "each verse holds the ones before"),
    ("exam", "the same instructions, 61 words, above each part"),
    (
        "fairy-tale-de",
        "threefold repetition: the call and the answer",
    ),
    ("faq", "the same closing paragraph under each answer"),
    (
        "forum-thread",
        "quoted posts, \"> ...\" and \"X wrote:\", with replies beneath",
    ),
    ("game-script", "one dialogue in three branches"),
    ("glossary-zh", "the same warning under three entries"),
    ("horoscope", "three signs with one prediction"),
    ("interview", "two questions put to three people"),
    ("json-dump", "five records with equal fields"),
    ("lab-protocol", "equal steps for three materials"),
    ("legal-definitions", "three definitions with one ending"),
    ("litany-ar", "the response of the people, four times"),
    (
        "liturgy-de",
        "the response of the people, ten lines, three times",
    ),
    ("log-file", "the same start and the same alarm every day"),
    (
        "mail-thread-fr",
        "top-posting, and mails forwarded to a third person",
    ),
    (
        "minutes-de",
        "a motion as brought in and as put to the vote",
    ),
    (
        "offers-a-and-b",
        "two offers with the same terms, each to be signed alone",
    ),
    ("pantoum", "lines that come back by the rule of the form"),
    (
        "parallel-translation",
        "two languages in turn; one warning on two stages",
    ),
    ("patch", "the same hunk in three files"),
    (
        "patent-claims",
        "three independent claims with one list of parts",
    ),
    ("play-ja", "the same long stage direction after each scene"),
    (
        "poem-two-versions",
        "a poem as first printed and as revised in its last line",
    ),
    (
        "press-quote-fr",
        "a quote in the news and above the comment on it",
    ),
    (
        "price-table",
        "five days of a market with mostly equal rows",
    ),
    ("product-variants", "five weights of one jacket"),
    ("psalm", "a refrain of six lines, three times"),
    (
        "quote-comment-ru",
        "a resolution, then the same again to be read closely",
    ),
    ("recipe-week", "five suppers from one base"),
    ("recipe-week-th", "four curries from one broth"),
    (
        "song-refrain",
        "a refrain of eight lines, 124 words, three times",
    ),
    ("source-code", "three readers with equal bodies"),
    ("speech", "anaphora: one long sentence three times"),
    ("sports-results", "near-equal notes under each match"),
    ("timetable", "the stops of a line for three kinds of day"),
    (
        "training-plan-ru",
        "six weeks with equal beginnings and ends",
    ),
    (
        "villanelle",
        "two lines that come back by the rule of the form",
    ),
    ("weather-report", "three districts with one forecast"),
];

/// `tests/fixtures/scraping-faults`: each page, and how it came to repeat itself. Lines
/// that begin with [`COPY`] are the copy.
const FAULTS: &[(&str, &str)] = &[
    ("body-twice", "the whole body again"),
    ("body-twice-zh", "the whole body again, in Chinese"),
    (
        "body-without-lede-twice",
        "headline and body without lede again",
    ),
    ("comment-widget-body", "the body as the first comment"),
    (
        "edited-second-copy",
        "the body again with a few words edited",
    ),
    (
        "gallery-captions-twice",
        "the captions of the small and of the large pictures",
    ),
    (
        "half-again-de",
        "the last three of four paragraphs again, in German",
    ),
    (
        "mobile-and-desktop-paragraph",
        "one paragraph for either layout",
    ),
    (
        "print-version-de",
        "the print version beneath the page, in German",
    ),
    (
        "teaser-cut",
        "the first paragraph above itself, cut with an ellipsis",
    ),
];

const COPY: &str = "✂ ";

fn pages(folder: &str, table: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let folder = format!("{}/tests/fixtures/{folder}", env!("CARGO_MANIFEST_DIR"));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), table.len());
    let read = |name| std::fs::read_to_string(format!("{folder}/{name}.txt")).unwrap();
    table.iter().map(|&(name, _)| (name, read(name))).collect()
}

#[test]
fn legitimate_pages_lose_nothing_alone() {
    let mut wrong = Vec::new();
    for (name, text) in pages("legitimate", LEGITIMATE) {
        let cleaned = clean(&text, &CleanRule::DEFAULT);
        for finding in &cleaned.findings {
            let start: String = finding.span.of(&text).chars().take(60).collect();
            let (reason, action) = (finding.reason.name(), finding.action);
            println!(
                "{name}: {reason} {action:?} {:?} {start:?}",
                finding.evidence
            );
        }
        if !removed(&cleaned).is_empty() {
            wrong.push(name);
        }
    }
    println!(
        "{} of {} pages lose something",
        wrong.len(),
        LEGITIMATE.len()
    );
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn legitimate_pages_lose_nothing_on_a_site() {
    let texts = pages("legitimate", LEGITIMATE);
    for of_site in [4, texts.len()] {
        for texts in texts.chunks(of_site) {
            let page = |(name, text)| Page::new(name, text).with_source("site");
            let pages: Vec<Page<'_>> = texts.iter().map(|(n, text)| page((*n, text))).collect();
            let report = Deduplicator::default().run(&pages);
            for ((name, text), page) in texts.iter().zip(&report.pages) {
                assert!(page.is_kept(), "{name}");
                assert_eq!(page.cleaned(text), *text, "{name}");
            }
        }
    }
}

#[test]
fn copies_made_by_a_scraper_are_taken_and_nothing_else() {
    let mut missed = Vec::new();
    for (name, marked) in pages("scraping-faults", FAULTS) {
        let text = marked.replace(COPY, "");
        let cleaned = clean(&text, &CleanRule::DEFAULT);
        let gone = |at: &usize| {
            let removals = cleaned.findings.iter();
            let mut removals = removals.filter(|finding| finding.action == Action::Remove);
            removals.any(|finding| finding.span.range().contains(at))
        };
        let (mut found, mut wanted, mut start) = (0, 0, 0);
        for line in marked.lines() {
            let own = line.trim_start_matches(COPY);
            if line != own {
                wanted += own.len();
                found += if gone(&start) { own.len() } else { 0 };
            } else if !own.is_empty() {
                assert!(!gone(&start), "{name}: {own}");
            }
            start += own.len() + 1;
        }
        println!("{name}: {found} of {wanted} bytes of the copy found");
        if found < wanted {
            missed.push(name);
        }
    }
    assert!(missed.is_empty(), "{missed:?}");
}
