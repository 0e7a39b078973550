//! Rules at their limits, from both sides: each test failed on a library with one
//! condition changed.

mod common;

use common::{Random, count};
use std::ops::Range;
use twicetold::block::Segmented;
use twicetold::clean::{CleanRule, Cleaned, clean};
use twicetold::cluster::{Clusters, Nearness, Ranking, Search};
use twicetold::finding::{Action, Evidence, Reason};
use twicetold::index::{IndexRule, PageIndex};
use twicetold::lsh::{Banding, Buckets};
use twicetold::repeat::{RepeatRule, Unit, repeats};
use twicetold::shingle::{ShingleSet, shingles};
use twicetold::sketch::{MinHasher, Signature};
use twicetold::word::WordHasher;
use twicetold::{Deduplicator, Keep, Page, Span};

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

/// "3 readers" and "17 readers" are one line, in the digits of any script.
#[test]
fn template_counts_in_all_digits() {
    for digits in ["0123456789", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९"] {
        let digits: Vec<char> = digits.chars().collect();
        let mut random = Random(15);
        let articles: Vec<String> = (0..6).map(|_| random.article(3)).collect();
        let pages = articles.iter().enumerate();
        let texts: Vec<String> = pages
            .map(|(at, article)| format!("{article}Tell a friend\nBoats {} of ten\n", digits[at]))
            .collect();
        assert!(site(&texts) == articles, "{digits:?}");
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
        let signatures = texts
            .each_ref()
            .map(|words| hasher.signature(shingles(words, 1)));
        let sets = texts.map(|words| ShingleSet::new(&words, 1));
        let buckets = Buckets::new(&signatures, banding).unwrap();
        search
            .clusters(&sets[..], &signatures, &buckets, Ranking::new(&order))
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

/// A text of these words, their numbers in letters.
fn numbered(words: impl IntoIterator<Item = usize>) -> String {
    let letters = |at: usize| -> String {
        let digits = at.to_string().into_bytes();
        digits.iter().map(|digit| (digit + 49) as char).collect()
    };
    words
        .into_iter()
        .map(|at| format!("w{} ", letters(at)))
        .collect()
}

/// A text of the words of these numbers.
fn parts(ranges: &[Range<usize>]) -> String {
    numbered(ranges.iter().cloned().flatten())
}

/// Two texts of so many different words from number `from` on, `shared` of them in both.
fn sharing(from: usize, left: usize, right: usize, shared: usize) -> [String; 2] {
    [
        numbered(from..from + left),
        numbered(from + left - shared..from + left - shared + right),
    ]
}

/// Every word is a shingle and every row a band, so that next to nothing is missed.
const WORD_BY_WORD: IndexRule = IndexRule {
    width: 1,
    banding: Some(Banding {
        bands: 160,
        rows: 1,
    }),
    ..IndexRule::DEFAULT
};

const SEARCH: Search = Search {
    nearness: Nearness::DEFAULT,
    bar_digests: false,
    report_from: None,
    most_keepers: 64,
};

/// The clusters of texts taken in this order, word by word.
fn clusters(search: Search, texts: &[String], protected: usize) -> Clusters {
    let banding = WORD_BY_WORD.banding.unwrap();
    let hasher = MinHasher::new(banding.signature_rows(), 0).unwrap();
    let pages: Vec<Segmented<'_>> = texts.iter().map(|text| Segmented::new(text)).collect();
    let signatures: Vec<_> = pages
        .iter()
        .map(|page| hasher.signature(shingles(page.words(), 1)))
        .collect();
    let sets: Vec<ShingleSet> = pages
        .iter()
        .map(|page| ShingleSet::new(page.words(), 1))
        .collect();
    let order: Vec<usize> = (0..texts.len()).collect();
    let buckets = Buckets::new(&signatures, banding).unwrap();
    let ranking = Ranking {
        order: &order,
        protected,
    };
    search.clusters(&sets[..], &signatures, &buckets, ranking)
}

fn keepers(clusters: &Clusters) -> Vec<usize> {
    let pages = 0..clusters.fates.len();
    pages.map(|page| clusters.keeper_of(page)).collect()
}

#[test]
fn copies_by_resemblance_and_by_containment() {
    for (left, right, shared, copy) in [
        (85, 85, 70, true), // resemblance 0.7
        (85, 85, 69, false),
        (100, 200, 90, true), // containment 0.9 in one twice as long
        (100, 200, 89, false),
        (100, 201, 90, false),
    ] {
        let [left, right] = sharing(0, left, right, shared);
        let mut index = PageIndex::new(WORD_BY_WORD).unwrap();
        index.add("", &right);
        assert_eq!(index.find(&left).is_some(), copy, "{shared} shared");
        let found = clusters(SEARCH, &[right, left], 0);
        assert_eq!(found.keeper_of(1) == 0, copy, "{shared} shared");
    }
}

/// Estimates only spare comparisons: at the threshold hardly any may cost a pair.
#[test]
fn pairs_at_a_threshold_are_compared() {
    let nearness = Nearness {
        containment: None,
        ..Nearness::DEFAULT
    };
    let pairs = |left, right, shared| -> Vec<String> {
        let pairs = (0..2_000).flat_map(|pair| sharing(1_000 * pair, left, right, shared));
        pairs.collect()
    };
    let rule = IndexRule {
        nearness,
        ..WORD_BY_WORD
    };
    let search = Search { nearness, ..SEARCH };
    let texts = pairs(85, 85, 70);
    let found = clusters(search, &texts, 0);
    assert!((0..2_000).all(|pair| found.keeper_of(2 * pair + 1) == 2 * pair));
    let mut index = PageIndex::new(rule).unwrap();
    for pair in texts.chunks(2) {
        index.add("one", &pair[0]);
        assert!(index.find(&pair[1]).is_some());
    }
    // Where they are only reported one in 44 may be.
    let search = Search {
        nearness: Nearness {
            resemblance: 0.9,
            ..nearness
        },
        report_from: Some(0.5),
        ..SEARCH
    };
    let related = clusters(search, &pairs(75, 75, 50), 0).related.len();
    assert!((1_900..2_000).contains(&related), "{related}");
}

#[test]
fn which_kept_pages_are_related() {
    // Of two pages, the second has `left` words and the first `right`.
    for (left, right, shared, protected, report_from, related) in [
        (75, 75, 50, 0, 0.5, true),
        (75, 75, 49, 0, 0.5, false),
        // Near enough to be removed, but protected.
        (80, 80, 70, 2, 0.95, true),
        (100, 200, 90, 2, 0.95, true),
        (80, 80, 70, 1, 0.95, false),
        // Contained, but in one more than twice as long; or the better one is.
        (100, 201, 90, 0, 0.95, true),
        (201, 100, 90, 0, 0.95, true),
        (201, 100, 89, 0, 0.95, false),
    ] {
        let [left, right] = sharing(0, left, right, shared);
        let search = Search {
            report_from: Some(report_from),
            ..SEARCH
        };
        let found = clusters(search, &[right.clone(), left.clone()], protected);
        assert_eq!(found.related.len(), usize::from(related), "{shared} shared");
        let search = Search {
            report_from: None,
            ..search
        };
        let found = clusters(search, &[right, left], protected);
        assert!(found.related.is_empty());
    }
}

#[test]
fn related_pairs_are_of_kept_pages_the_most_similar_first_and_then_by_rank() {
    let texts = [
        numbered(0..100),
        numbered(1_000..1_100),
        parts(&[1_060..1_100, 2_000..2_060]), // a quarter like 1
        parts(&[60..100, 3_000..3_060]),      // as much like 0
        parts(&[0..60, 4_000..4_040]),        // more like 0
        parts(&[0..80, 1_000..1_050]),        // a copy of 0, somewhat like 1 and 4
    ];
    let search = Search {
        nearness: Nearness {
            resemblance: 0.5,
            containment: None,
            ..Nearness::DEFAULT
        },
        report_from: Some(0.2),
        ..SEARCH
    };
    let found = clusters(search, &texts, 0);
    assert_eq!(keepers(&found), [0, 1, 2, 3, 4, 0]);
    let related = found.related.iter().map(|pair| (pair.page, pair.other));
    assert_eq!(related.collect::<Vec<_>>(), [(4, 0), (3, 0), (2, 1)]);
}

#[test]
#[should_panic(expected = "stands twice in the order")]
fn an_order_that_is_no_permutation_is_refused() {
    let sets = [ShingleSet::new(&[1], 1), ShingleSet::new(&[1], 1)];
    let none: [Option<Signature>; 2] = [None, None];
    let buckets = Buckets::new(&none, Banding::new(1, 1).unwrap()).unwrap();
    SEARCH.clusters(&sets[..], &none, &buckets, Ranking::new(&[1, 1]));
}

#[test]
fn a_digest_is_one_that_holds_nine_tenths_of_two_pages() {
    let search = Search {
        bar_digests: true,
        ..SEARCH
    };
    // The page that stands in part only has `missing` words of its own, `times` each.
    for (missing, times, barred) in [(0, 1, true), (10, 1, true), (10, 9, true), (11, 1, false)] {
        let own = parts(&vec![1_000..1_000 + missing; times]);
        let texts = [
            numbered(0..200 - missing),
            numbered(0..100),
            numbered(100..200 - missing) + &own,
        ];
        let found = clusters(search, &texts, 0);
        let expected = if barred { [0, 1, 2] } else { [0, 0, 2] };
        assert_eq!(keepers(&found), expected, "{missing} missing");
        let search = Search {
            bar_digests: false,
            ..search
        };
        assert_eq!(clusters(search, &texts, 0).keeper_of(1), 0);
    }
}

#[test]
fn a_digest_is_found_behind_many_copies() {
    let search = Search {
        bar_digests: true,
        ..SEARCH
    };
    let mut texts = [0..200, 0..190, 0..65, 0..100].map(numbered).to_vec();
    texts.extend(vec![numbered(0..190); 70]);
    texts.push(parts(&[0..90, 100..133]));
    assert_eq!(clusters(search, &texts, 0).keeper_of(3), 0);
    // Like all of them but the one before.
    texts.push(parts(&[0..100, 133..165]));
    assert_eq!(clusters(search, &texts, 0).keeper_of(3), 3);
}

#[test]
fn a_page_is_looked_for_in_256_different_keepers() {
    let search = Search {
        bar_digests: true,
        ..SEARCH
    };
    let own = |at: usize, len: usize| 1_000 * at..1_000 * at + len;
    // Thirty hold nine tenths of the page and another one; 29, with pages of their
    // own, what those lack of it.
    let mut texts: Vec<String> = (1..31).map(|at| parts(&[10..100, own(at, 90)])).collect();
    texts.extend((31..60).map(|at| parts(&[0..10, own(at, 160)])));
    texts.push(numbered(0..100));
    texts.extend((1..31).map(|at| parts(&[own(at, 90)])));
    texts.extend((31..60).map(|at| parts(&[own(at, 100)])));
    let keepers = keepers(&clusters(search, &texts, 0));
    let expected: Vec<usize> = (0..90).chain(30..59).collect();
    assert_eq!(keepers, expected);
}

#[test]
fn a_width_of_none_is_one() {
    let words = [1, 2, 3];
    assert!(shingles(&words, 0).eq(shingles(&words, 1)));
}

#[test]
fn figures_at_their_limits_are_taken() {
    let nearness = |resemblance, containment, longest_container| {
        let nearness = Nearness {
            resemblance,
            containment: Some(containment),
            longest_container,
        };
        nearness.validate().is_ok()
    };
    let above = 1.0 + f64::EPSILON;
    let under = 1.0 - f64::EPSILON;
    assert!(nearness(1.0, 1.0, 1.0));
    for (resemblance, containment, longest_container) in [
        (0.0, 1.0, 1.0),
        (above, 1.0, 1.0),
        (1.0, 0.0, 1.0),
        (1.0, above, 1.0),
        (1.0, 1.0, under),
        (1.0, 1.0, f64::INFINITY),
        (1.0, 1.0, f64::NAN),
    ] {
        assert!(!nearness(resemblance, containment, longest_container));
        let rule = IndexRule {
            nearness: Nearness {
                resemblance,
                containment: Some(containment),
                longest_container,
            },
            ..WORD_BY_WORD
        };
        assert!(PageIndex::new(rule).is_err());
    }
    for (width, taken) in [(0, false), (1, true), (64, true), (65, false)] {
        let built = Deduplicator::builder().shingle_width(width).build();
        assert_eq!(built.is_ok(), taken, "{width}");
        let rule = IndexRule {
            width,
            ..IndexRule::DEFAULT
        };
        assert_eq!(PageIndex::new(rule).is_ok(), taken, "{width}");
    }
    for (figure, taken) in [(0.0, false), (1.0, true), (above, false)] {
        let built = Deduplicator::builder().report_from(Some(figure)).build();
        assert_eq!(built.is_ok(), taken, "{figure}");
        let built = Deduplicator::builder().net(figure).build();
        assert_eq!(built.is_ok(), taken, "{figure}");
    }
    for (bands, rows, taken) in [
        (1, 1, true),
        (256, 256, true),
        (1, 65_537, false),
        (0, 1, false),
    ] {
        assert_eq!(Banding::new(bands, rows).is_ok(), taken);
        let banding = Some(Banding { bands, rows });
        let rule = IndexRule {
            banding,
            ..IndexRule::DEFAULT
        };
        assert_eq!(PageIndex::new(rule).is_ok(), taken);
    }
    let clean = CleanRule {
        most_cue_share: 1.5,
        ..CleanRule::DEFAULT
    };
    assert!(Deduplicator::builder().clean(clean).build().is_err());
}

/// Two re-posts are one cluster before template is convicted from a resemblance of 0.4
/// on, or a containment of 0.6 in one half as long again.
#[test]
fn reposts_count_once() {
    let mut random = Random(14);
    let notice = random.sentence(40);
    let page = |words: Range<usize>| {
        let body = numbered(words);
        format!("Word {}.\n{notice}\n", body.trim_end())
    };
    for (resemblance, left, right, shared, one) in [
        (0.7, 210, 210, 120, true),
        (0.7, 210, 210, 119, false),
        (0.7, 200, 300, 120, true),
        (0.7, 200, 300, 119, false),
        (0.7, 200, 301, 120, false),
        (0.3, 210, 210, 110, true), // never stricter than the threshold
    ] {
        // Of the page's words 41 stand on all: the notice, and the first.
        let (left, right, shared) = (left - 41, right - 41, shared - 41);
        let mut texts: Vec<String> = (2..8)
            .map(|at| page(1_000 * at..1_000 * at + 200))
            .collect();
        texts.push(page(0..left));
        texts.push(page(left - shared..left - shared + right));
        let pages: Vec<Page<'_>> = texts
            .iter()
            .map(|text| Page::new("", text).with_source("site"))
            .collect();
        let builder = Deduplicator::builder().shingle_width(1);
        let report = builder
            .resemblance(resemblance)
            .build()
            .unwrap()
            .run(&pages);
        let stays = report.pages[0].cleaned(&texts[0]).contains(&notice);
        assert_eq!(stays, one, "{left} {right} {shared}");
    }
}

/// Which of two copies stays, in either order: (text, source, id, date, rank).
#[test]
fn ties_fall_to_length_then_content_then_source_then_id() {
    let page = |text: &'static str, source, id, date, rank| Page {
        text,
        source: Some(source),
        id,
        date,
        rank,
        ..Page::default()
    };
    let words = "Ferry after ferry stayed in the harbour because of a storm";
    let other = "Ferry after ferry stayed in the harbour because of a storm!";
    let third = "Ferry after ferry stayed in the harbour because of a storm.";
    let best = page(third, "b", "b", Some(2), Some(2));
    for (keep, better, worse) in [
        // As many words, more bytes; then what sorts first.
        (Keep::Longest, best, page(words, "a", "a", Some(1), Some(1))),
        (Keep::Longest, page(other, "c", "c", Some(3), Some(3)), best),
        (Keep::Longest, best, page(third, "c", "a", Some(1), Some(1))),
        (Keep::Longest, best, page(third, "b", "c", Some(1), Some(1))),
        (Keep::Longest, best, page(third, "b", "b", Some(3), Some(1))),
        (Keep::Longest, best, page(third, "b", "b", Some(2), Some(3))),
        // Who has no date or rank comes last.
        (Keep::Earliest, best, page(third, "a", "a", None, Some(1))),
        (Keep::Ranked, best, page(third, "a", "a", Some(1), None)),
        (Keep::Earliest, page(words, "c", "c", Some(1), None), best),
        (Keep::Ranked, page(words, "c", "c", None, Some(1)), best),
    ] {
        let deduplicator = Deduplicator::builder().keep(keep).build().unwrap();
        let keeper = |pages: [Page<'static>; 2]| pages[deduplicator.run(&pages).keeper_of(0)];
        assert_eq!(keeper([better, worse]), better, "{keep:?}");
        assert_eq!(keeper([worse, better]), better, "{keep:?}");
    }
}

/// Signatures of any rows, as nothing but reading one gives them.
#[cfg(feature = "serde")]
mod full_buckets {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use twicetold::cluster::LeftOut;

    use twicetold::word::FORMAT_VERSION;

    fn signature(rows: &[u16]) -> Signature {
        let written = serde_json::json!({ "format": FORMAT_VERSION, "seed": 0, "rows": rows });
        serde_json::from_value(written).unwrap()
    }

    /// What the last of `pages` meets in one band of the others, by definition.
    fn naive(
        pages: &[Vec<u16>],
        banding: Banding,
        band: usize,
        most: usize,
        left_out: &mut LeftOut,
    ) -> Vec<usize> {
        let (page, earlier) = pages.split_last().unwrap();
        let (start, end) = (band * banding.rows, (band + 1) * banding.rows);
        let mut group: Vec<usize> = (0..earlier.len())
            .filter(|&other| earlier[other][start..end] == page[start..end])
            .collect();
        for row in (end..page.len()).chain(0..start).take(8) {
            if group.len() > most {
                let all = group.len();
                group.retain(|&other| earlier[other][row] == page[row]);
                left_out.by_split += (all - group.len()) as u64;
            }
        }
        left_out.by_cap += group.len().saturating_sub(most) as u64;
        group.truncate(most);
        group
    }

    proptest! {
        #[test]
        fn are_split_by_eight_further_rows_and_then_capped(
            rows in prop::collection::vec(prop::collection::vec(prop_oneof![8 => Just(0u16), 1 => Just(1)], 12), 1..40),
            (bands, rows_each) in prop::sample::select(vec![(1, 1), (2, 1), (3, 2), (4, 3)]),
            most in 0usize..5,
        ) {
            // All have ten words in common, so what is compared is reported.
            let texts = (0..rows.len()).map(|at| numbered((0..10).chain(100 * at + 100..100 * at + 150)));
            let sets: Vec<ShingleSet> = texts
                .map(|text| ShingleSet::new(Segmented::new(&text).words(), 1))
                .collect();
            let signatures: Vec<_> = rows.iter().map(|rows| Some(signature(rows))).collect();
            let banding = Banding::new(bands, rows_each).unwrap();
            let search = Search { report_from: Some(0.05), most_keepers: most, ..SEARCH };
            let order: Vec<usize> = (0..rows.len()).collect();
            let buckets = Buckets::new(&signatures, banding).unwrap();
            let found = search.clusters(&sets[..], &signatures, &buckets, Ranking::new(&order));
            let met: BTreeSet<(usize, usize)> = found.related.iter().map(|pair| (pair.page, pair.other)).collect();

            let mut left_out = LeftOut::default();
            let mut expected = BTreeSet::new();
            for page in 0..rows.len() {
                for band in 0..bands {
                    let others = naive(&rows[..=page], banding, band, most.max(1), &mut left_out);
                    expected.extend(others.into_iter().map(|other| (page, other)));
                }
            }
            prop_assert_eq!(met, expected);
            prop_assert_eq!(found.left_out, left_out);
        }
    }
}

#[test]
fn pages_of_too_many_lines_stay_as_they_are() {
    let tail = "You may also like\nTen boats to see\n";
    let story = "The ferry stopped on Monday, after the crew found a crack in the hull of the ship that \
        had sailed to the outer islands for twenty years without a day of rest.\n";
    let middle = lines(&mut Random(5), Segmented::MOST_LINES - 3, 4);
    let text = middle + story + tail;
    let cleaned = |text: &str| clean(text, &CleanRule::DEFAULT);
    assert_eq!(cleaned(&text).text(&text).len(), text.len() - tail.len());
    let long = text + "\n";
    let cleaned = cleaned(&long);
    assert_eq!(cleaned.text(&long), long);
    assert_eq!(cleaned.findings.len(), 1);
    let Evidence::Guard { prevented } = &cleaned.findings[0].evidence else {
        panic!("{:?}", cleaned.findings[0]);
    };
    assert!(prevented.contains("more than 50000 lines"), "{prevented}");
}

#[test]
fn pages_of_too_many_bytes_stay_as_they_are() {
    let tail = "You may also like\nTen boats to see\n";
    let story = "The ferry stopped on Monday, after the crew found a crack in the hull of the ship that \
        had sailed to the outer islands for twenty years without a day of rest.\n";
    let text = format!("{story}{tail}");
    let cleaned = |most_bytes: usize| {
        let rule = CleanRule {
            most_bytes,
            ..CleanRule::DEFAULT
        };
        clean(&text, &rule)
    };
    assert_eq!(cleaned(text.len()).text(&text), story);
    let as_it_is = cleaned(text.len() - 1);
    assert_eq!(as_it_is.text(&text), text);
    assert_eq!(as_it_is.words, Segmented::new(&text).words());
    let [finding] = &as_it_is.findings[..] else {
        panic!("{:?}", as_it_is.findings);
    };
    let Evidence::Guard { prevented } = &finding.evidence else {
        panic!("{finding:?}");
    };
    let told = format!(
        "cleaning: more than {} bytes of text are a dump, not an article",
        text.len() - 1
    );
    assert_eq!(*prevented, told);
}
