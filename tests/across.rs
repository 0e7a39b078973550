//! Blocks that stand on several pages: noted or taken out, one copy always kept.

mod common;

use common::{Random, cases, count};
use proptest::prelude::*;
use twicetold::block::Segmented;
use twicetold::clean::Cleaned;
use twicetold::finding::{Action, Finding, Reason};
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
        let guarded = |at: usize| across(&report, at).iter().any(|f| f.action == Action::Annotate);
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

/// A paragraph that stands twice on a page and once on a better one: what the page itself
/// repeats must not point at what went.
#[test]
fn the_twin_of_a_repeat_does_not_go() {
    for edited in [false, true] {
        let mut random = Random(5);
        let shared = random.paragraph(4);
        let better = format!("{shared}\n{}", random.article(6));
        let again = match edited {
            true => shared.replacen(' ', " and ", 1),
            false => shared.clone(),
        };
        let text = format!("{shared}\n{}{again}\n", random.article(4));
        let pages = [Page::new("", &better), Page::new("", &text)];
        let report = run(&pages, Some(Action::Remove));
        let found = &report.pages[1].findings;
        let within = found.iter().find(|f| f.reason == Reason::RepeatedWithin);
        let within = within.unwrap();
        assert_eq!(within.kept.unwrap(), Span::new(0, shared.len() + 1));
        // Equal words say the same on the other page; else it stays on this one.
        assert_eq!(within.kept_page, (!edited).then_some(0));
        let action = across(&report, 1)[0].action;
        assert_eq!(action == Action::Remove, !edited);
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
