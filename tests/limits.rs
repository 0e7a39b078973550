//! Rules at their limits, from both sides: each test failed on a library with one
//! condition changed.

mod common;

use common::{Random, count};
use std::ops::Range;
use twicetold::block::Segmented;
use twicetold::clean::{CleanRule, Cleaned, clean};
use twicetold::cluster::{Compared, Nearness, Ranking, Search};
use twicetold::finding::{Action, Reason};
use twicetold::lsh::{Banding, Buckets};
use twicetold::repeat::{RepeatRule, Unit, repeats};
use twicetold::shingle::shingles;
use twicetold::sketch::MinHasher;
use twicetold::word::WordHasher;
use twicetold::{Deduplicator, Page, Span};

/// `lines` lines of `words` words without punctuation.
fn lines(random: &mut Random, lines: usize, words: usize) -> String {
    (0..lines)
        .map(|_| random.words(words).join(" ") + "\n")
        .collect()
}

fn capitalised(text: &str) -> String {
    let (first, rest) = text.split_at(1);
    first.to_uppercase() + rest
}

/// Words taken by text cues.
fn cue_words(text: &str, cleaned: &Cleaned) -> usize {
    let cues = cleaned
        .findings
        .iter()
        .filter(|finding| finding.reason == Reason::TextCue && finding.action == Action::Remove);
    cues.map(|finding| count(finding.span.of(text))).sum()
}

/// The cleaned texts of pages of one site.
fn site(texts: &[String]) -> Vec<String> {
    let pages: Vec<Page<'_>> = texts
        .iter()
        .map(|text| Page::new("", text).with_source("site"))
        .collect();
    let report = Deduplicator::default().run(&pages);
    report
        .pages
        .iter()
        .zip(texts)
        .map(|(page, text)| page.cleaned(text))
        .collect()
}

#[test]
fn a_twin_that_becomes_a_tail_gives_its_copy_back() {
    let mut random = Random(1);
    let article = random.article(4);
    let twin = capitalised(&random.words(45).join(" "));
    // The footer line counts only once the copy, which is prose, is gone.
    let text = format!("{article}Privacy Policy\n{twin}\nA heading\n{twin}.\n");
    assert!(
        clean(&text, &CleanRule::DEFAULT)
            .text(&text)
            .contains(&twin)
    );
}

#[test]
fn cues_take_no_more_than_their_share_in_several_steps() {
    let mut random = Random(2);
    let prose = random.sentence(100);
    let (menu, list) = (lines(&mut random, 10, 4), lines(&mut random, 22, 4));
    let text = format!("{prose}\nPrivacy Policy\n{menu}{prose}\nYou may also like\n{list}");
    let cleaned = clean(&text, &CleanRule::DEFAULT);
    assert!(cue_words(&text, &cleaned) as f64 <= 0.4 * count(&text) as f64);
}

#[test]
fn a_tail_of_over_40_percent_is_annotated_and_left_alone() {
    let mut random = Random(4);
    let prose: String = (0..5).map(|_| random.sentence(34) + "\n").collect();
    let tail = lines(&mut random, 3, 34);
    let text = format!("{prose}You may also like\n{tail}{tail}");
    let cleaned = clean(&text, &CleanRule::DEFAULT);
    assert_eq!(cleaned.text(&text), text);
    let noted = |reason| {
        cleaned
            .findings
            .iter()
            .any(|f| f.reason == reason && f.action == Action::Annotate)
    };
    assert!(noted(Reason::TextCue) && noted(Reason::Guard));
}

#[test]
fn marks_inside_a_repeat_go_with_it() {
    let sentence = |seed| Random(seed).sentence(40);
    let (one, two, three) = (sentence(1), sentence(2), sentence(3));
    let said = format!("{one} It ended Harbour Post1. {two} It began Gazette2. {three}");
    let text = format!(
        "{said}\n{} It closed Tide Letter3.\n{said}\n{}\n",
        sentence(4),
        sentence(5)
    );
    let rule = CleanRule {
        strip_citations: true,
        ..CleanRule::DEFAULT
    };
    let cleaned = clean(&text, &rule);
    let removals = cleaned
        .findings
        .iter()
        .filter(|finding| finding.action == Action::Remove);
    let mut spans: Vec<Span> = removals
        .map(|finding| finding.span)
        .chain(cleaned.kept.clone())
        .collect();
    spans.sort_unstable();
    let ends: Vec<usize> = spans.iter().map(|span| span.end).collect();
    let starts: Vec<usize> = spans.iter().map(|span| span.start).skip(1).collect();
    assert_eq!(ends[..ends.len() - 1], starts);
    let repeat = cleaned
        .findings
        .iter()
        .find(|f| f.reason == Reason::RepeatedWithin)
        .unwrap();
    assert_eq!(repeat.span.of(&text).trim(), said);
}

#[test]
fn a_page_that_is_only_menu_stays() {
    let mut random = Random(3);
    let menu = lines(&mut random, 20, 3);
    let mut texts: Vec<String> = (0..8).map(|_| menu.clone() + &random.article(3)).collect();
    texts.push(menu.clone());
    let cleaned = site(&texts);
    assert!(!cleaned[0].contains(&menu));
    assert_eq!(cleaned[8], menu);
}

#[test]
fn a_short_page_loses_its_menu_and_its_footer() {
    let mut random = Random(5);
    let menu = lines(&mut random, 20, 3);
    let own: Vec<String> = (0..6).map(|_| random.sentence(20) + "\n").collect();
    let footer = "All the news of the harbour since we began daily\n";
    let texts: Vec<String> = own
        .iter()
        .map(|own| format!("{menu}{own}{footer}"))
        .collect();
    assert_eq!(site(&texts), own);
}

#[test]
fn template_stands_in_half_of_the_clusters() {
    for (on, gone) in [(4, false), (5, true)] {
        let mut random = Random(6);
        let mut page = |at: usize| {
            let line = if at < on { "Send us your boats\n" } else { "" };
            format!("{line}{}\n{}", random.words(5).join(" "), random.article(3))
        };
        let texts: Vec<String> = (0..10).map(&mut page).collect();
        assert_eq!(!site(&texts)[0].contains("Send us"), gone, "on {on} of 10");
    }
}

#[test]
fn prose_is_template_from_eight_clusters_and_only_where_outweighed() {
    for (pages, gone) in [(7, false), (8, true)] {
        let mut random = Random(7);
        let notice = random.sentence(40);
        let texts: Vec<String> = (0..pages)
            .map(|_| random.article(3) + &notice + "\n")
            .collect();
        assert_eq!(!site(&texts)[0].contains(&notice), gone, "{pages} pages");
    }
    let mut random = Random(8);
    let notice = random.sentence(70);
    let texts: Vec<String> = (0..10)
        .map(|_| random.sentence(60) + "\n" + &notice + "\n")
        .collect();
    assert!(site(&texts).iter().all(|text| text.contains(&notice)));
}

#[test]
fn what_is_prose() {
    // On four pages of a site prose stays and what is not prose goes.
    let mut random = Random(9);
    let sentence = random.sentence(30) + "\n";
    let slogans: String = (0..40).map(|_| random.sentence(4) + "\n").collect();
    let card = |random: &mut Random| {
        capitalised(&random.words(12).join(" ")) + "\n" + &random.sentence(10) + "\n"
    };
    let cards: String = (0..11).map(|_| card(&mut random)).collect();
    for (shared, stays) in [(sentence, true), (slogans, false), (cards, false)] {
        let texts: Vec<String> = (0..4)
            .map(|_| random.article(3) + "Imprint\nContact\n" + &shared)
            .collect();
        assert_eq!(site(&texts)[0].contains(&shared), stays, "{shared}");
    }
}

#[test]
fn the_most_similar_keeper_is_named_and_ties_fall_to_rank() {
    let word = |at: u64| (at + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 3;
    let page: Vec<u64> = (0..1_000).map(word).collect();
    let keeper = |own: u64, range: Range<usize>| -> Vec<u64> {
        let others = (0..100).map(|at| word(5_000 * own + at));
        page[range].iter().copied().chain(others).collect()
    };
    let banding = Banding::for_resemblance(0.5).unwrap();
    let hasher = MinHasher::new(banding.signature_rows(), 0).unwrap();
    let search = Search {
        nearness: Nearness {
            containment: None,
            ..Nearness::DEFAULT
        },
        bar_digests: false,
        report_from: None,
        most_keepers: 64,
    };
    let named = |first: Range<usize>, second: Range<usize>, order: [usize; 3]| {
        let texts = [keeper(1, first), keeper(2, second), page.clone()];
        let pages = texts.map(|words| Compared::new(words, 1));
        let signatures = pages
            .each_ref()
            .map(|page| hasher.signature(shingles(page.words(), 1)));
        let buckets = Buckets::new(&signatures, banding).unwrap();
        search
            .clusters(&pages, &signatures, &buckets, Ranking::new(&order))
            .keeper_of(2)
    };
    for order in [[0, 1, 2], [1, 0, 2]] {
        assert_eq!(named(0..850, 140..1_000, order), 1);
        assert_eq!(named(0..860, 150..1_000, order), 0);
        assert_eq!(named(0..850, 150..1_000, order), order[0]);
    }
}

#[test]
fn near_repeats_are_measured_against_the_first_of_their_kind() {
    let first: Vec<u64> = (0..60).collect();
    let (mut second, mut third) = (first.clone(), first.clone());
    second[1] = 999;
    third[58] = 998;
    let other: Vec<u64> = (500..505).collect();
    let unit = |words| Unit {
        words,
        sign: 0,
        chars: 300,
        sentence: true,
    };
    let found = repeats(
        &[unit(&first), unit(&second), unit(&other), unit(&third)],
        &RepeatRule::DEFAULT,
    );
    let pairs: Vec<_> = found
        .iter()
        .map(|repeat| (repeat.copy, repeat.kept))
        .collect();
    assert_eq!(pairs, [(1, 0), (3, 0)]);
}

#[test]
fn a_repeat_needs_twenty_words_to_be_near_and_200_characters_to_stand_alone() {
    let taken = |a: &[u64], b: &[u64], chars| {
        let unit = |words| Unit {
            words,
            sign: 0,
            chars,
            sentence: true,
        };
        !repeats(&[unit(a), unit(b)], &RepeatRule::DEFAULT).is_empty()
    };
    let words: Vec<u64> = (0..30).collect();
    assert!(taken(&words[..20], &words[..21], 300));
    assert!(!taken(&words[..19], &words[..20], 300));
    assert!(taken(&words, &words, 200));
    assert!(!taken(&words, &words, 199));
}

#[test]
fn lines_without_words_are_part_of_a_run() {
    let mut random = Random(13);
    let paragraphs: Vec<String> = (0..4).map(|_| random.paragraph(2) + "\n").collect();
    let body = paragraphs.join("* * *\n");
    let text = format!("A first line\n{body}{body}");
    let cleaned = clean(&text, &CleanRule::DEFAULT);
    assert_eq!(cleaned.text(&text), format!("A first line\n{body}"));
    assert_eq!(cleaned.findings.len(), 1);
    // Alone they are nothing.
    let rows = "* * *\n---\n***\n".repeat(40);
    assert_eq!(clean(&rows, &CleanRule::DEFAULT).text(&rows), rows);
}

#[test]
fn many_equal_lines_repeat_the_first() {
    let words: Vec<u64> = (0..40).collect();
    let unit = Unit {
        words: &words,
        sign: 0,
        chars: 250,
        sentence: true,
    };
    let found = repeats(&vec![unit; 5_000], &RepeatRule::DEFAULT);
    assert_eq!(found.len(), 4_999);
    assert!(found.iter().all(|repeat| repeat.kept == 0));
}

#[test]
fn where_tails_begin_and_end() {
    let mut random = Random(10);
    let rule = CleanRule {
        repeats: None,
        ..CleanRule::DEFAULT
    };
    let left = |text: &str| clean(text, &rule).text(text);
    let (p, q) = (random.sentence(60), random.sentence(80));
    // A terminator after 30 % of the prose, and not before; it takes what is not prose.
    let list = lines(&mut random, 2, 5) + &random.sentence(10) + "\n";
    assert_eq!(
        left(&format!("{p}\nMost read\n{list}{q}\n")),
        format!("{p}\n{q}\n")
    );
    let early = format!("{}\nMost read\n{list}{p}\n{q}\n", random.sentence(50));
    assert_eq!(left(&early), early);
    // The heading right above the prose that resumes stays.
    let text = format!("{p}\nMost read\nBoats again\nTen cats\nA heading\n{q}\n");
    assert_eq!(left(&text), format!("{p}\nA heading\n{q}\n"));
    // A sentence of eight words after an aside shows that the article goes on.
    for (words, stays) in [(8, true), (7, false)] {
        let sentence = random.sentence(words);
        let text = format!("{p}\nShare\n{sentence}\n");
        assert_eq!(left(&text).contains(&sentence), stays, "{words}");
    }
}

#[test]
fn which_lists_of_records_go() {
    let mut random = Random(11);
    let rule = CleanRule {
        repeats: None,
        ..CleanRule::DEFAULT
    };
    let article = random.sentence(60) + "\n" + &random.sentence(80) + "\n";
    let left = |tail: &str| {
        let text = format!("{article}{tail}");
        clean(&text, &rule).text(&text)[article.len()..].to_owned()
    };
    let after = "Thanks to the crew of the Anna\nAnd to the cook\n";
    let four: String = (10..13)
        .map(|day| format!("Section one\nTitle {day} of boats\nBy the Desk\nFeb {day}, 2025\n"))
        .collect();
    assert_eq!(left(&four), "");
    let two = "Boats sail again\nFeb 10, 2025\nTen cats to see\nFeb 11, 2025\n";
    assert_eq!(left(two), "");
    assert_eq!(left(&format!("{two}{after}")), format!("{two}{after}"));
    let site = "YouTube\nBoats sail again\nFeb 10, 2025\n";
    assert_eq!(left(&format!("{site}{after}")), after);
    // A length of time is no date.
    let table = "First step\n2 hours\nSecond step\n3 hours\n";
    assert_eq!(left(table), table);
}

#[test]
fn compatibility_forms_bring_marks_that_are_ignored_too() {
    assert_eq!(WordHasher::new().fold("a\u{fe77}"), "a");
}

#[test]
fn lines_of_uneven_length_are_not_wrapped_text() {
    let mut random = Random(12);
    let text: String = (0..12)
        .map(|at| {
            let (start, rest) = (
                random.words(6).join(" "),
                random.words(2 + at * 7 % 20).join(" "),
            );
            format!("{start} ended. {rest}\n")
        })
        .collect();
    assert_eq!(Segmented::new(&text).blocks().len(), 12);
}
