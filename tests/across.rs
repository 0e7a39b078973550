//! Blocks that stand on several pages: noted or taken out, one copy always kept.

mod common;

use common::{Random, cases, count};
use proptest::prelude::*;
use twicetold::block::Segmented;
use twicetold::clean::{CleanRule, Cleaned};
use twicetold::finding::{Action, Evidence, Finding, Reason};
use twicetold::repeat::{RepeatRule, Unit, repeats_across};
use twicetold::shingle::{ShingleSet, WIDTH};
use twicetold::verify::Overlap;
use twicetold::{Deduplicator, Keep, Page, Report, Span};

fn run(pages: &[Page<'_>], action: Option<Action>) -> Report {
    let deduplicator = Deduplicator::builder().across(action).build().unwrap();
    deduplicator.run(pages)
}

fn across(report: &Report, page: usize) -> Vec<&Finding> {
    let findings = report.pages[page].findings.iter();
    findings
        .filter(|finding| finding.reason == Reason::RepeatedAcross)
        .collect()
}

/// Pages of their own paragraphs and of paragraphs out of a common stock, some edited.
fn pile(seed: u64) -> Vec<String> {
    let mut random = Random(seed);
    let stock: Vec<Vec<String>> = (0..6).map(|_| random.words(45)).collect();
    let page = |_| {
        let mut text = String::new();
        for _ in 0..3 + random.below(4) {
            let own = random.words(40);
            let mut words = match random.below(2) {
                0 => own,
                _ => stock[random.below(stock.len())].clone(),
            };
            if random.below(4) == 0 {
                let last = words.len() - 1;
                words[last] = random.word();
            }
            text += &(words.join(" ") + ".\n");
        }
        text
    };
    (0..12).map(page).collect()
}

/// Block by block (here: line by line) equal, or nearly.
fn say_the_same(a: &str, b: &str) -> bool {
    let near = |(a, b)| Overlap::of_texts(a, b, WIDTH).resemblance() >= 0.9;
    a.lines().count() == b.lines().count() && a.lines().zip(b.lines()).all(near)
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn one_copy_stays_and_every_removal_names_it(seed in any::<u64>()) {
        let texts = pile(seed);
        let pages: Vec<Page<'_>> = texts.iter().map(|text| Page::new("", text)).collect();
        let noted = run(&pages, Some(Action::Annotate));
        let report = run(&pages, Some(Action::Remove));
        for (at, page) in report.pages.iter().enumerate() {
            common::assert_rebuilds(&texts[at], &Cleaned {
                kept: page.kept.clone(), findings: page.findings.clone(), ..Cleaned::default()
            });
            prop_assert_eq!(page.cleaned_words, count(&page.cleaned(&texts[at])));
            for finding in across(&report, at) {
                let owner = finding.kept_page.unwrap();
                let twin = finding.kept.unwrap();
                prop_assert!(owner != at && report.pages[owner].is_kept());
                // The twin is still there, whole, and says the same.
                prop_assert!(report.pages[owner].kept.iter().any(|kept| kept.start <= twin.start && twin.end <= kept.end));
                prop_assert!(say_the_same(finding.span.of(&texts[at]), twin.of(&texts[owner])));
            }
            // Noting finds the same and takes nothing.
            let spans = |report: &Report| -> Vec<_> { across(report, at).iter().map(|f| (f.span, f.kept)).collect() };
            prop_assert_eq!(spans(&report), spans(&noted));
            prop_assert!(across(&noted, at).iter().all(|f| f.action == Action::Annotate));
            // So is the twin of what the page repeated itself, here or on the owner's page.
            for finding in page.findings.iter().filter(|f| f.action == Action::Remove) {
                let (twin, on) = (finding.kept.unwrap(), finding.kept_page.unwrap_or(at));
                prop_assert!(report.pages[on].kept.iter().any(|kept| kept.start <= twin.start && twin.end <= kept.end));
                prop_assert!(say_the_same(finding.span.of(&texts[at]), twin.of(&texts[on])));
            }
            prop_assert!(across(&run(&pages, None), at).is_empty());
        }
        // What went is not lost: nothing long stands on two kept pages, unless it was held back.
        let held = |f: &Finding| {
            f.action == Action::Annotate && matches!(f.reason, Reason::RepeatedAcross | Reason::Guard)
        };
        let guarded = |at: usize| report.pages[at].findings.iter().any(held);
        let kept = |at: &usize| report.pages[*at].is_kept() && !guarded(*at);
        let lines = |at: usize| -> Vec<String> {
            report.pages[at].cleaned(&texts[at]).lines().map(str::to_owned).collect()
        };
        let left: Vec<String> = (0..texts.len()).filter(kept).flat_map(lines).collect();
        for (at, line) in left.iter().enumerate() {
            prop_assert!(line.chars().count() < 200 || !left[..at].contains(line), "{}", line);
        }
    }

    /// Against a definition over all pairs of blocks, for single long blocks.
    #[test]
    fn blocks_are_those_of_a_better_page(picks in prop::collection::vec(prop::collection::vec(0usize..7, 0..5), 0..8)) {
        let mut random = Random(1);
        let stock: Vec<Vec<u64>> = (0..7).map(|_| (0..40).map(|_| random.next() >> 3).collect()).collect();
        let unit = |pick: &usize| Unit { words: &stock[*pick], sign: 0, chars: 250, sentence: true };
        let pages: Vec<Vec<Unit<'_>>> = picks.iter().map(|picks| picks.iter().map(unit).collect()).collect();
        let found = repeats_across(&pages, &RepeatRule::DEFAULT);
        for (page, repeats) in found.iter().enumerate() {
            for at in 0..picks[page].len() {
                let known = picks[..page].iter().any(|earlier| earlier.contains(&picks[page][at]));
                let repeat = repeats.iter().find(|repeat| repeat.copy == at);
                prop_assert_eq!(repeat.is_some(), known);
                if let Some(repeat) = repeat {
                    prop_assert_eq!(picks[repeat.owner][repeat.kept], picks[page][at]);
                    prop_assert!(repeat.owner < page && repeat.resemblance == 1.0);
                    prop_assert!(!found[repeat.owner].iter().any(|other| other.copy == repeat.kept));
                }
            }
        }
    }
}

/// Two articles that share a paragraph of an agency, `edits` of its words changed.
fn two(edits: usize) -> [String; 2] {
    let mut random = Random(9);
    let mut wire: Vec<String> = random.words(90);
    let first = format!(
        "{}{}.\n{}",
        random.article(2),
        wire.join(" "),
        random.article(2)
    );
    for at in 0..edits {
        wire[20 * at] = random.word();
    }
    let second = format!("{}{}.\n", random.article(2), wire.join(" "));
    [first, second]
}

#[test]
fn near_equal_blocks_count_and_others_do_not() {
    for (edits, found) in [(0, true), (1, true), (4, false)] {
        let texts = two(edits);
        let pages = texts.each_ref().map(|text| Page::new("", text));
        let report = run(&pages, Some(Action::Annotate));
        assert_eq!(across(&report, 1).len(), usize::from(found), "{edits}");
        assert!(across(&report, 0).is_empty());
    }
}

#[test]
fn the_keeper_rule_chooses_the_owner() {
    let texts = two(0);
    for (keep, owner) in [
        (Keep::Longest, 0),
        (Keep::Earliest, 1),
        (Keep::Ranked, 1),
        (Keep::First, 0),
    ] {
        let pages = [
            Page::new("long", &texts[0]).with_date(2).with_rank(2),
            Page::new("short", &texts[1]).with_date(1).with_rank(1),
        ];
        let report = Deduplicator::builder()
            .keep(keep)
            .build()
            .unwrap()
            .run(&pages);
        let finding = across(&report, 1 - owner)[0];
        assert_eq!(finding.kept_page, Some(owner), "{keep:?}");
    }
}

#[test]
fn what_is_protected_loses_nothing() {
    let texts = two(0);
    let protected = [
        Page::new("", &texts[0]).protect(),
        Page::new("", &texts[1]).protect(),
    ];
    let report = run(&protected, Some(Action::Remove));
    assert_eq!(across(&report, 1)[0].action, Action::Annotate);
    // The shorter one owns the passage where only it is protected.
    let report = run(
        &[Page::new("", &texts[0]), protected[1]],
        Some(Action::Remove),
    );
    assert_eq!(across(&report, 0)[0].action, Action::Remove);
    assert!(across(&report, 1).is_empty());
}

#[test]
fn a_page_of_other_pages_is_not_emptied() {
    let mut random = Random(4);
    let articles: Vec<String> = (0..4).map(|_| random.article(3)).collect();
    // One paragraph of each.
    let digest: String = articles
        .iter()
        .map(|text| text.split_inclusive('\n').next().unwrap())
        .collect();
    let mut pages: Vec<Page<'_>> = articles.iter().map(|text| Page::new("", text)).collect();
    // Least in rank, so that the articles own what they share.
    pages.push(Page::new("", &digest).with_rank(1));
    let deduplicator = Deduplicator::builder()
        .keep(Keep::Ranked)
        .across(Some(Action::Remove));
    for page in &mut pages[..4] {
        page.rank = Some(0);
    }
    let report = deduplicator.build().unwrap().run(&pages);
    assert_eq!(report.pages[4].cleaned(&digest), digest);
    let findings = &report.pages[4].findings;
    assert!(
        findings
            .iter()
            .any(|finding| finding.reason == Reason::Guard)
    );
    assert_eq!(across(&report, 4).len(), 4);
}

/// Short paragraphs in a row are one passage; a line alone is none.
#[test]
fn runs_of_short_blocks_count() {
    let mut random = Random(6);
    let lines: String = (0..12).map(|_| random.sentence(12) + "\n").collect();
    let line = random.sentence(8) + "\n";
    let pages = [
        random.article(3) + &lines + &line,
        random.article(3) + &lines,
        random.article(3) + &line,
    ];
    let pages = pages.each_ref().map(|text| Page::new("", text));
    let report = run(&pages, Some(Action::Annotate));
    let found: Vec<usize> = (0..3).map(|page| across(&report, page).len()).collect();
    assert_eq!(found, [0, 1, 0]);
    let set = |text: &str| ShingleSet::new(Segmented::new(text).words(), WIDTH);
    let finding = across(&report, 1)[0];
    assert_eq!(set(finding.span.of(pages[1].text)), set(&lines));
}

/// A block of 150 characters, too short to stand alone.
fn short(words: &[u64]) -> Unit<'_> {
    Unit {
        words,
        sign: 0,
        chars: 150,
        sentence: true,
    }
}

/// A block long enough to stand alone.
fn long(words: &[u64]) -> Unit<'_> {
    Unit {
        chars: 250,
        ..short(words)
    }
}

/// Blocks of so many words, none in common.
fn blocks(count: usize, words: usize) -> Vec<Vec<u64>> {
    let mut random = Random(11);
    let block = |_| (0..words).map(|_| random.next() >> 3).collect();
    (0..count).map(block).collect()
}

/// The block with the words at these places changed.
fn edited(block: &[u64], places: &[usize]) -> Vec<u64> {
    let mut block = block.to_vec();
    for &at in places {
        block[at] += 1;
    }
    block
}

/// What pages of these blocks repeat: (page, copy, owner, kept).
fn repeated(pages: &[Vec<Unit<'_>>]) -> Vec<(usize, usize, usize, usize)> {
    let found = repeats_across(pages, &RepeatRule::DEFAULT);
    let found = found.iter().enumerate().flat_map(|(page, repeats)| {
        repeats
            .iter()
            .map(move |repeat| (page, repeat.copy, repeat.owner, repeat.kept))
    });
    found.collect()
}

#[test]
fn the_longest_run_is_taken_and_then_the_first() {
    let stock = blocks(3, 40);
    let [a, b, x] = [0, 1, 2].map(|at| long(&stock[at]));
    assert_eq!(repeated(&[vec![a, x, a], vec![a]]), [(1, 0, 0, 0)]);
    assert_eq!(
        repeated(&[vec![a, x, a, b], vec![a, b]]),
        [(1, 0, 0, 2), (1, 1, 0, 3)]
    );
}

#[test]
fn a_run_ends_where_it_ends() {
    for len in [63, 64, 65, 130] {
        let stock = blocks(len, 10);
        let page: Vec<Unit<'_>> = stock.iter().map(|block| short(block)).collect();
        assert_eq!(repeated(&[page.clone(), page]).len(), len);
    }
}

#[test]
fn only_shared_blocks_join_a_run() {
    let stock = blocks(4, 40);
    let [a, b, x, y] = [0, 1, 2, 3].map(|at| short(&stock[at]));
    assert_eq!(repeated(&[vec![a, x, b], vec![a, y, b]]), []);
    let shared = [(1, 0, 0, 0), (1, 1, 0, 1), (1, 2, 0, 2)];
    assert_eq!(repeated(&[vec![a, x, b], vec![a, x, b]]), shared);
    // A block without words is nobody's.
    let [a, b] = [0, 1].map(|at| long(&stock[at]));
    let page = vec![a, short(&[]), b];
    let both = [(1, 0, 0, 0), (1, 2, 0, 2)];
    assert_eq!(repeated(&[page.clone(), page]), both);
}

/// Of a block that stands alone on many pages, 64 places are known; copies take none.
#[test]
fn runs_are_looked_for_in_64_places() {
    let stock = blocks(5, 40);
    let [a, b, c, d, e] = [0, 1, 2, 3, 4].map(|at| short(&stock[at]));
    for (alone, found) in [(63, 3), (64, 0)] {
        let mut pages = vec![vec![a]; alone];
        pages.extend([vec![a, b, c], vec![a, b, c]]);
        assert_eq!(repeated(&pages).len(), found, "{alone} alone");
    }
    let mut pages = vec![vec![a, b, c]; 70];
    pages.extend([vec![a, d, e], vec![a, d, e]]);
    assert_eq!(repeated(&pages).len(), 3 * 69 + 3);
}

#[test]
fn near_equal_blocks_have_twenty_words_and_nine_tenths_in_common() {
    // A word in the middle is in five shingles: 90 of 100 are shared, or 89 of 99.
    for (words, found) in [(99, true), (98, false)] {
        let block = &blocks(1, words)[0];
        let other = edited(block, &[50]);
        let pages = [vec![long(block)], vec![long(&other)]];
        assert_eq!(!repeated(&pages).is_empty(), found, "{words}");
    }
    for (words, found) in [(20, true), (19, false)] {
        let block = &blocks(1, words + 1)[0];
        let pages = [vec![long(&block[..words])], vec![long(block)]];
        assert_eq!(!repeated(&pages).is_empty(), found, "{words}");
    }
}

/// Of near-equal blocks one in a thousand is missed, whether their words recur or not.
#[test]
fn near_equal_blocks_are_met() {
    for (words, times) in [(99, 1), (64, 3)] {
        let stock = blocks(1_000, words);
        let first: Vec<Vec<u64>> = stock.iter().map(|block| block.repeat(times)).collect();
        let second: Vec<Vec<u64>> = first
            .iter()
            .map(|block| edited(block, &[block.len() / 2]))
            .collect();
        let page = |blocks: &[Vec<u64>]| -> Vec<Unit<'static>> {
            let blocks = blocks.to_vec().leak();
            blocks.iter().map(|block| long(block)).collect()
        };
        let found = repeated(&[page(&first), page(&second)]).len();
        assert!((998..=1_000).contains(&found), "{found}");
    }
}

#[test]
fn a_near_block_is_of_the_nearest_kind() {
    let block = blocks(1, 200).remove(0);
    let near = edited(&block, &[20]);
    let [far, as_far] = [[60, 80], [120, 140]].map(|places| edited(&block, &places));
    let [block, near, far, as_far] = [&block, &near, &far, &as_far].map(|block| vec![long(block)]);
    let owner = |first: &Vec<_>, second: &Vec<_>| {
        let found = repeated(&[first.clone(), second.clone(), block.clone()]);
        found.iter().map(|repeat| repeat.2).collect::<Vec<_>>()
    };
    assert_eq!(owner(&far, &near), [1]);
    assert_eq!(owner(&near, &far), [0]);
    assert_eq!(owner(&far, &as_far), [0]);
}

/// A block near to a copy, but not to what it is a copy of, is of its own kind.
#[test]
fn kinds_are_no_chains() {
    let first = blocks(1, 150).remove(0);
    let second = edited(&first, &[30]);
    let third = edited(&second, &[70]);
    let fourth = edited(&third, &[120]);
    let pages = [&first, &second, &third, &fourth].map(|block| vec![long(block)]);
    assert_eq!(repeated(&pages), [(1, 0, 0, 0), (3, 0, 2, 0)]);
    // Many versions, each near to the first only.
    let versions: Vec<Vec<u64>> = (0..10).map(|at| edited(&first, &[10 * at + 20])).collect();
    let mut pages = vec![vec![long(&first)]];
    pages.extend(versions.iter().map(|block| vec![long(block)]));
    assert_eq!(repeated(&pages).len(), 10);
}

/// A copy is near to the block that it names, not only to the first of the kind.
#[test]
fn what_is_named_is_near() {
    let stock = blocks(3, 110);
    let [one, other] = [30, 80].map(|place| edited(&stock[0], &[place]));
    let [first, x, end] = [0, 1, 2].map(|at| long(&stock[at]));
    let pages = [vec![first, x, long(&one), end], vec![long(&other), end]];
    assert_eq!(repeated(&pages), [(1, 1, 0, 3)]);
}

/// Two pages: an article before a passage, and one after the same passage.
fn sharing(passage: &str) -> [String; 2] {
    let mut random = Random(12);
    [
        random.article(4) + passage,
        passage.to_owned() + &random.article(3),
    ]
}

#[test]
fn a_passage_is_a_block_of_200_characters_that_ends_a_sentence() {
    let mut random = Random(13);
    let line = random.words(60).join(" ").replace("re", "ré");
    let of = |chars: usize, end: &str| -> String {
        let start: String = line.chars().take(chars - 2).collect();
        format!("{start}a{end}\n")
    };
    for (passage, found) in [(of(200, "."), 1), (of(199, "."), 0), (of(260, ","), 0)] {
        let texts = sharing(&passage);
        let pages = texts.each_ref().map(|text| Page::new("", text));
        let report = run(&pages, Some(Action::Annotate));
        assert_eq!(across(&report, 1).len(), found, "{passage}");
    }
    // The rule of cleaning counts here too.
    let texts = sharing(&of(260, "."));
    let pages = texts.each_ref().map(|text| Page::new("", text));
    let clean = CleanRule {
        repeats: Some(RepeatRule {
            block_chars: 300,
            ..RepeatRule::DEFAULT
        }),
        ..CleanRule::DEFAULT
    };
    let deduplicator = Deduplicator::builder().clean(clean).build().unwrap();
    assert!(across(&deduplicator.run(&pages), 1).is_empty());
}

#[test]
fn a_page_keeps_25_words() {
    let mut random = Random(14);
    let passage = random.sentence(100) + "\n";
    for (words, removed) in [(25, true), (24, false)] {
        let texts = [
            random.article(4) + &passage,
            passage.clone() + &random.sentence(words) + "\n",
        ];
        let pages = texts.each_ref().map(|text| Page::new("", text));
        let report = run(&pages, Some(Action::Remove));
        assert_eq!(report.pages[1].cleaned_words == words, removed, "{words}");
        let mut guards = report.pages[1].findings.iter();
        let guard = guards.find(|finding| finding.reason == Reason::Guard);
        let share = guard.map(|guard| guard.score);
        assert_eq!(share, (!removed).then_some(100.0 / 124.0));
    }
}

/// Paragraphs between blank lines are one passage, as near as the least near of them.
#[test]
fn a_passage_scores_as_its_least_part() {
    let mut random = Random(15);
    let paragraphs: Vec<String> = (0..3).map(|_| random.sentence(100) + "\n\n").collect();
    let mut texts = sharing(&paragraphs.concat());
    let (start, _) = paragraphs[1].trim().rsplit_once(' ').unwrap();
    texts[1] = texts[1].replace(paragraphs[1].trim(), &format!("{start} edited."));
    let pages = texts.each_ref().map(|text| Page::new("", text));
    let report = run(&pages, Some(Action::Annotate));
    let found = across(&report, 1);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].score, 95.0 / 97.0);
    let evidence = Evidence::Repeat {
        blocks: 3,
        words: 300,
    };
    assert_eq!(found[0].evidence, evidence);
}

#[test]
fn what_was_taken_out_of_a_passage_is_no_part_of_it() {
    let mut random = Random(16);
    let mut sentence = || {
        let text = random.sentence(30);
        text.trim_end_matches('.').to_owned()
    };
    let passage = format!(
        "{} Harbour Post1. {} Gazette2. {} Tide Letter3. {}.\n",
        sentence(),
        sentence(),
        sentence(),
        sentence()
    );
    let mut texts = sharing(&passage);
    texts[1] += "You may also like\nTen boats to see\nThe captain's cat\n";
    let clean = CleanRule {
        strip_citations: true,
        ..CleanRule::DEFAULT
    };
    for action in [Action::Annotate, Action::Remove] {
        let builder = Deduplicator::builder().clean(clean).across(Some(action));
        let pages = texts.each_ref().map(|text| Page::new("", text));
        let report = builder.build().unwrap().run(&pages);
        for (page, text) in report.pages.iter().zip(&texts) {
            common::assert_rebuilds(
                text,
                &Cleaned {
                    kept: page.kept.clone(),
                    findings: page.findings.clone(),
                    ..Cleaned::default()
                },
            );
            let spans = page.findings.iter().map(|finding| finding.span);
            assert!(spans.is_sorted(), "in order of place");
        }
        assert_eq!(across(&report, 1).len(), 4, "between the marks");
        assert!(across(&report, 1).iter().all(|f| f.action == action));
    }
}

/// What stands on a removed page only is no other page's to lose.
#[test]
fn removed_pages_own_nothing() {
    let mut random = Random(17);
    let article = random.article(12);
    let wire = random.sentence(60) + "\n";
    let texts = [
        article.clone(),
        article.split_inclusive('\n').take(10).collect::<String>() + &wire,
        random.article(3) + &wire,
    ];
    let pages = texts.each_ref().map(|text| Page::new("", text));
    let report = run(&pages, Some(Action::Remove));
    assert!(!report.pages[1].is_kept());
    assert_eq!(report.pages[2].cleaned(&texts[2]), texts[2]);
}

/// A paragraph that stands twice on a page and once on a better one: what the page itself
/// repeats must not point at what went.
#[test]
fn the_twin_of_a_repeat_does_not_go() {
    // The second time on the page, or on the better page.
    for edited in [[false, false], [true, false], [false, true]] {
        let mut random = Random(5);
        let shared = random.paragraph(4);
        let [again, other] = edited.map(|edited| match edited {
            true => shared.replacen(' ', " and ", 1),
            false => shared.clone(),
        });
        let better = format!("{other}\n{}", random.article(6));
        let equal = edited == [false, false];
        let text = format!("{shared}\n{}{again}\n", random.article(4));
        let pages = [Page::new("", &better), Page::new("", &text)];
        let report = run(&pages, Some(Action::Remove));
        let found = &report.pages[1].findings;
        let within = found.iter().find(|f| f.reason == Reason::RepeatedWithin);
        let within = within.unwrap();
        assert_eq!(within.kept.unwrap(), Span::new(0, shared.len() + 1));
        // Equal words say the same on the other page; else it stays on this one.
        assert_eq!(within.kept_page, equal.then_some(0));
        let action = across(&report, 1)[0].action;
        assert_eq!(action == Action::Remove, equal);
    }
}

/// A passage beside such twins goes; one inside the longer of two stays.
#[test]
fn only_twins_in_a_passage_hold_it() {
    let mut random = Random(18);
    let [a, b, c, wire] = [0; 4].map(|_| random.paragraph(4) + "\n");
    let own = random.article(3);
    let better = |passage: &str, random: &mut Random| format!("{passage}{}", random.article(20));
    for (text, passage, action) in [
        (format!("{a}{wire}{b}{own}{a}{b}"), &wire, Action::Remove),
        (
            format!("{a}{b}{c}{own}{a}{b}{c}Reply\n{b}"),
            &c,
            Action::Annotate,
        ),
    ] {
        let better = better(passage, &mut random);
        let pages = [Page::new("", &better), Page::new("", &text)];
        let report = run(&pages, Some(Action::Remove));
        let found = across(&report, 1);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].action, action);
    }
}

/// Lines that are no passage however often they stand in a row are not followed over and over.
#[test]
fn many_short_lines_cost_little() {
    let lines: Vec<Vec<u64>> = (0..3).map(|line| vec![2 * line, 2 * line + 1]).collect();
    let article: Vec<u64> = (10..60).collect();
    for period in 1..=3 {
        let mut page: Vec<Unit<'_>> = (0..50_000)
            .map(|at| Unit {
                words: &lines[at % period],
                sign: 0,
                chars: 10,
                sentence: false,
            })
            .collect();
        page.push(Unit {
            words: &article,
            sign: 0,
            chars: 300,
            sentence: true,
        });
        let last = page.len() - 1;
        let pages = [page.clone(), page];
        let found = repeats_across(&pages, &RepeatRule::DEFAULT);
        // The article is found, with the lines before it.
        assert_eq!(
            found[1].last().map(|repeat| (repeat.copy, repeat.kept)),
            Some((last, last))
        );
    }
}

/// Two of the least shingles of the copy begin with the same 32 bits, by which they are looked up.
#[test]
fn a_block_is_not_taken_for_its_own_copy() {
    let copy: Vec<u64> = (268_171_900..268_172_100).collect();
    let mut kept = copy.clone();
    kept[199] = 7;
    let unit = |words| Unit {
        words,
        sign: 0,
        chars: 900,
        sentence: true,
    };
    let pages = [vec![unit(&kept[..])], vec![unit(&copy[..])]];
    let found = repeats_across(&pages, &RepeatRule::DEFAULT);
    assert_eq!(found[1].len(), 1);
    assert!(found[1][0].resemblance > 0.98);
}
