//! The laws of the design as properties.

mod common;

use common::{Random, assert_rebuilds, cases, count, naive_common, removed};
use proptest::prelude::*;
use std::collections::HashSet;
use twicetold::block::Segmented;
use twicetold::clean::{CleanRule, Cleaned, clean};
use twicetold::cluster::Nearness;
use twicetold::finding::{Action, Reason};
use twicetold::repeat::{Repeat, RepeatRule, Unit, repeats};
use twicetold::report::Fate;
use twicetold::shingle::ShingleSet;
use twicetold::verify::Overlap;
use twicetold::{Deduplicator, Keep, Page, Report, Span};

/// Texts made of what pages are made of, in any order, with repeats.
fn pages_of_parts() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        6 => (0u64..6).prop_map(|n| Random(n).paragraph(3)),
        2 => (0u64..4, 0usize..60).prop_map(|(n, at)| {
            let paragraph = Random(n).paragraph(3);
            let mut words: Vec<&str> = paragraph.split(' ').collect();
            let at = at % words.len();
            words[at] = "changed";
            words.join(" ")
        }),
        2 => (0u64..4).prop_map(|n| {
            let paragraph = Random(100 + n).paragraph(4);
            let words: Vec<&str> = paragraph.split(' ').collect();
            words.chunks(9).map(|line| line.join(" ")).collect::<Vec<_>>().join("\n")
        }),
        3 => prop::sample::select(vec![
            "You may also like", "Post a Comment", "Read more: the other story", "Share", "3 comments",
            "youtube", "2 hours ago", "Feb 18, 2025", "Privacy Policy", "© 2026 A Site", "Reply",
            "Appendix: Videos", "A heading", "Home", "| Menu |", "***", "A short sentence.",
            "漢字の文章。", "ภาษาไทย", "It ended, said the mayor Harbour Post1.",
            "Nobody was hurt in the fire Gazette2.", "Trains run again since Monday Channel73.",
            "The line was closed again Harbour Post1.", "", " ", "\u{200b}",
        ]).prop_map(str::to_owned),
    ];
    let end = prop::sample::select(vec!["\n", "\n", "\n", "\n\n", "\r\n", "\r", "\u{2028}"]);
    prop::collection::vec((part, end), 0..24).prop_map(|parts| {
        let mut text: String = parts
            .iter()
            .map(|(part, end)| format!("{part}{end}"))
            .collect();
        if text.len().is_multiple_of(2) {
            text.truncate(text.trim_end().len());
        }
        text
    })
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => pages_of_parts(),
        1 => any::<String>(),
        1 => "[a-c \n.]{0,300}",
        1 => "(\\PC|[\n\r\t ]){0,200}",
    ]
}

fn rules() -> impl Strategy<Value = CleanRule> {
    let small = RepeatRule {
        run_blocks: 2,
        run_words: 6,
        block_chars: 20,
        ..RepeatRule::DEFAULT
    };
    let repeats = prop::sample::select(vec![Some(RepeatRule::DEFAULT), Some(small), None]);
    (repeats, any::<bool>(), any::<bool>()).prop_map(|(repeats, cues, strip_citations)| CleanRule {
        repeats,
        cues,
        strip_citations,
        ..CleanRule::DEFAULT
    })
}

proptest! {
    #![proptest_config(cases(1_500))]

    #[test]
    fn lines_tile_the_text_and_blocks_lie_on_them(text in any_text()) {
        let page = Segmented::new(&text);
        let mut at = 0;
        for line in page.lines() {
            prop_assert_eq!(line.span.start, at);
            prop_assert!(line.end >= line.span.end);
            prop_assert_eq!(line.blank, line.span.of(&text).trim().is_empty());
            at = line.end;
        }
        prop_assert_eq!(at, text.len());
        prop_assert_eq!(page.words().len(), count(&text));
        let mut at = 0;
        let mut words = 0;
        for block in page.blocks() {
            prop_assert!(text[at..block.span.start].trim().is_empty(), "a gap holds only white space");
            prop_assert_eq!(page.block_words(&block).len(), count(block.span.of(&text)));
            words += block.words.len();
            at = block.span.end;
        }
        prop_assert!(text[at..].trim().is_empty());
        prop_assert_eq!(words, page.words().len());
    }

    #[test]
    fn kept_slices_and_removed_spans_rebuild_the_input(text in any_text(), rule in rules()) {
        let cleaned = clean(&text, &rule);
        assert_rebuilds(&text, &cleaned);
        let after = cleaned.text(&text);
        prop_assert_eq!(&cleaned.words, &Segmented::new(&after).words().to_vec(), "words of the cleaned text");
    }

    #[test]
    fn cleaning_a_cleaned_page_changes_nothing(text in any_text(), rule in rules()) {
        let once = clean(&text, &rule).text(&text);
        let twice = clean(&once, &rule);
        prop_assert_eq!(removed(&twice), Vec::new(), "{:?}\nbecame {:?}", text, once);
        prop_assert_eq!(twice.text(&once), once);
    }

    #[test]
    fn a_cleaner_may_not_eat_the_article(text in any_text(), rule in rules()) {
        let cleaned = clean(&text, &rule);
        prop_assert_eq!(cleaned.words.is_empty(), count(&text) == 0);
        let words: Vec<Span> = twicetold::word::words(&text).collect();
        let cues = cleaned.findings.iter().filter(|f| {
            f.reason == Reason::TextCue && f.action == Action::Remove
        });
        let by_cues: usize = cues.map(|finding| count(finding.span.of(&text))).sum();
        prop_assert!(by_cues as f64 <= 0.4 * words.len() as f64, "{} of {}", by_cues, words.len());
        for span in removed(&cleaned) {
            let cut = words.iter().find(|word| {
                word.start < span.start && span.start < word.end || word.start < span.end && span.end < word.end
            });
            prop_assert_eq!(cut, None);
        }
    }

    #[test]
    fn every_removed_repeat_has_its_twin_in_the_final_text(text in any_text(), rule in rules()) {
        let cleaned = clean(&text, &rule);
        for finding in cleaned.findings.iter().filter(|f| f.reason == Reason::RepeatedWithin) {
            let twin = finding.kept.expect("a repeat names its twin");
            let others = cleaned.findings.iter().filter(|other| {
                other.action == Action::Remove && other.reason != Reason::Citation
            });
            let gone = others.map(|other| other.span).find(|gone| gone.start < twin.end && twin.start < gone.end);
            prop_assert_eq!(gone, None, "twin {:?} was removed from {:?}", twin, text);
            let words = |span: Span| Segmented::new(span.of(&text)).words().to_vec();
            let (copy, kept) = (words(finding.span), words(twin));
            // Near-equal blocks are scored by their resemblance, of which 0.9 leaves at
            // least nine words of ten; runs with edits by the share said.
            let said = naive_common(&copy, &kept) as f64;
            let least = finding.score.min(0.95) - 0.05;
            // What a block says twice inside counts once in its set of shingles.
            let overlap = Overlap::of(&ShingleSet::new(&copy, 5), &ShingleSet::new(&kept, 5));
            let same = said >= least * copy.len() as f64 || overlap.resemblance() >= 0.6;
            prop_assert!(same, "{} of {} for {:?}", said, copy.len(), finding);
        }
    }

    #[test]
    fn citations_are_annotated_unless_they_are_to_go(text in any_text()) {
        let noted = clean(&text, &CleanRule { repeats: None, cues: false, ..CleanRule::DEFAULT });
        let gone = clean(&text, &CleanRule {
            repeats: None, cues: false, strip_citations: true, ..CleanRule::DEFAULT
        });
        let spans = |cleaned: &Cleaned| -> Vec<Span> {
            cleaned.findings.iter().filter(|f| f.reason == Reason::Citation).map(|f| f.span).collect()
        };
        prop_assert_eq!(spans(&noted), spans(&gone));
        prop_assert_eq!(removed(&noted), Vec::new());
    }
}

/// Units over few classes, so that there is much to find.
fn units() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![
        prop::collection::vec(0usize..5, 0..30),
        prop::collection::vec(0usize..12, 0..20).prop_map(|body| [body.clone(), body].concat()),
        (prop::collection::vec(0usize..12, 1..12), 2usize..5)
            .prop_map(|(body, times)| body.repeat(times)),
        (
            prop::collection::vec(0usize..12, 3..12),
            prop::collection::vec(0usize..12, 0..4)
        )
            .prop_map(|(body, other)| [&body[..], &other, &body[1..], &other].concat()),
    ]
}

/// The rule in the plainest words: every pair of equal stretches, longest first.
fn naive_repeats(units: &[Unit<'_>], rule: &RepeatRule) -> HashSet<usize> {
    let set = |unit: &Unit<'_>| ShingleSet::new(unit.words, 5);
    let near = |a: &Unit<'_>, b: &Unit<'_>| {
        a.words == b.words
            || a.words.len() >= rule.near_words
                && b.words.len() >= rule.near_words
                && Overlap::of(&set(a), &set(b)).resemblance() >= rule.near_resemblance
    };
    // The class of a unit is the first unit it is near to among the firsts.
    let mut class: Vec<Option<usize>> = Vec::new();
    for (at, unit) in units.iter().enumerate() {
        let first = (0..at).find(|&other| class[other] == Some(other) && near(&units[other], unit));
        class.push((!unit.words.is_empty()).then_some(first.unwrap_or(at)));
    }
    let mut runs = Vec::new(); // (long, start of the copy, distance, length)
    for distance in 1..units.len() {
        let mut start = distance;
        while start < units.len() {
            let mut end = start;
            while end < units.len() && class[end].is_some() && class[end] == class[end - distance] {
                end += 1;
            }
            if end > start {
                let kinds: HashSet<_> = (start..end).map(|at| class[at]).collect();
                let first_of =
                    |kind: &Option<usize>| (start..end).find(|&at| class[at] == *kind).unwrap();
                let words: usize = kinds
                    .iter()
                    .map(|kind| units[first_of(kind)].words.len())
                    .sum();
                let run = kinds.len() >= rule.run_blocks && words >= rule.run_words;
                let block = (start..end)
                    .any(|at| units[at].sentence && units[at].chars >= rule.block_chars);
                runs.push((run, run || block, start, distance, end - start));
            }
            start = end + 1;
        }
    }
    let mut gone = HashSet::new();
    for (_, long, start, _, len) in &runs {
        if *long {
            gone.extend(*start..start + len);
        }
    }
    let beside = |a: (usize, usize), b: (usize, usize)| a.0 <= b.1 + 1 && b.0 <= a.1 + 1;
    let mut more = Vec::new();
    for (_, long, start, distance, len) in &runs {
        let touches = runs.iter().any(|(run, _, other, its_distance, its_len)| {
            *run && beside((*start, start + len), (*other, other + its_len))
                && distance.abs_diff(*its_distance) <= 1
        });
        if !long && touches {
            more.extend(*start..start + len);
        }
    }
    gone.extend(more);
    gone
}

proptest! {
    #![proptest_config(cases(3_000))]

    /// What the fast finder takes, the naive rule takes too, and of long runs nothing is missed.
    #[test]
    fn repeats_are_those_of_the_naive_finder(classes in units(), edits in prop::collection::vec(0usize..40, 0..3)) {
        let mut bodies: Vec<Vec<u64>> = classes
            .iter()
            .map(|&class| {
                let len = [1, 3, 10, 25, 40, 60][class % 6];
                (0..len).map(|word| (class * 1000 + word) as u64).collect()
            })
            .collect();
        for edit in edits {
            if let Some(body) = bodies.get_mut(edit) {
                let middle = body.len() / 2;
                body[middle] = 999_999 + edit as u64;
            }
        }
        let units: Vec<Unit<'_>> = bodies
            .iter()
            .map(|words| Unit { words, sign: 0, chars: words.len() * 6, sentence: words.len() > 3 })
            .collect();
        let found: Vec<Repeat> = repeats(&units, &RepeatRule::DEFAULT);
        let taken: HashSet<usize> = found.iter().map(|repeat| repeat.copy).collect();
        prop_assert_eq!(&taken, &naive_repeats(&units, &RepeatRule::DEFAULT));
        for repeat in &found {
            prop_assert!(repeat.kept < repeat.copy && !taken.contains(&repeat.kept));
            prop_assert!(repeat.resemblance >= RepeatRule::DEFAULT.near_resemblance);
        }
    }
}

/// Pages in families, of several sources, some equal, some empty.
fn piles() -> impl Strategy<Value = Vec<(String, Option<String>)>> {
    let page = (
        0u64..5,
        0u64..4,
        0usize..4,
        prop::option::of(0usize..3),
        any::<bool>(),
    )
        .prop_map(|(family, edition, parts, source, template)| {
            let mut text = String::new();
            if template {
                text += "Home\nNews\nContact the desk\n";
            }
            for part in 0..parts {
                let mut words = Random(family * 10 + part as u64).words(40);
                words[(edition * 7) as usize] = format!("edition{edition}");
                text += &(words.join(" ") + ".\n");
            }
            if template {
                text += "All rights reserved\n";
            }
            (text, source.map(|source| format!("site{source}")))
        });
    prop::collection::vec(page, 0..25)
}

/// What a run says of each page, by what the page is, not by where it stood.
fn outcome(pages: &[Page<'_>], report: &Report) -> Vec<String> {
    let mut lines: Vec<String> = pages
        .iter()
        .enumerate()
        .map(|(at, page)| {
            let keeper = pages[report.keeper_of(at)];
            let shared = match report.pages[at].fate {
                Fate::Kept => None,
                Fate::Removed { overlap, .. } => Some(overlap.shared),
            };
            let kept = &report.pages[at].kept;
            format!(
                "{:?} under {:?}: {shared:?} {kept:?}",
                (page.id, page.source),
                (keeper.id, keeper.source)
            )
        })
        .collect();
    lines.sort_unstable();
    lines
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn clusters_partition_and_every_removal_is_proved(pile in piles()) {
        let ids: Vec<String> = (0..pile.len()).map(|at| format!("page{at}")).collect();
        let pages: Vec<Page<'_>> = pile.iter().zip(&ids).map(|((text, source), id)| Page {
            id, text, source: source.as_deref(), date: None,
            ..Page::default()
        }).collect();
        let report = Deduplicator::default().run(&pages);
        prop_assert_eq!(report.pages.len(), pages.len());
        let set = |at: usize| ShingleSet::new(Segmented::new(&report.pages[at].cleaned(pages[at].text)).words(), 5);
        for (at, page) in report.pages.iter().enumerate() {
            assert_rebuilds(pages[at].text, &Cleaned {
                kept: page.kept.clone(), findings: page.findings.clone(), ..Cleaned::default()
            });
            let Fate::Removed { keeper, overlap } = page.fate else { continue };
            prop_assert!(report.pages[keeper].is_kept());
            prop_assert_eq!(overlap, Overlap::of(&set(at), &set(keeper)));
            let rule = Nearness::DEFAULT;
            let contained = overlap.containment() >= rule.containment.unwrap()
                && overlap.right as f64 <= rule.longest_container * overlap.left as f64;
            prop_assert!(overlap.resemblance() >= rule.resemblance || contained);
        }
        for pair in &report.related {
            prop_assert!(report.pages[pair.page].is_kept() && report.pages[pair.other].is_kept());
            prop_assert_eq!(pair.overlap, Overlap::of(&set(pair.page), &set(pair.other)));
        }
        let members: usize = report.clusters().iter().map(|(_, copies)| copies.len() + 1).sum();
        let alone = report.pages.iter().filter(|page| page.is_kept()).count() - report.clusters().len();
        prop_assert_eq!(members + alone, pages.len());
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(pile in piles(), seed in any::<u64>()) {
        let ids: Vec<String> = (0..pile.len()).map(|at| format!("page{at}")).collect();
        let mut pages: Vec<Page<'_>> = pile.iter().zip(&ids).map(|((text, source), id)| Page {
            id, text, source: source.as_deref(), date: None,
            ..Page::default()
        }).collect();
        let deduplicator = Deduplicator::default();
        let before = outcome(&pages, &deduplicator.run(&pages));
        Random(seed).shuffle(&mut pages);
        prop_assert_eq!(before, outcome(&pages, &deduplicator.run(&pages)));
    }
}

#[cfg(feature = "parallel")]
#[test]
fn threads_do_not_matter() {
    let mut random = Random(3);
    let texts: Vec<String> = (0..200u64)
        .map(|at| Random(at % 60).article(4) + &random.sentence(6))
        .collect();
    let pages: Vec<Page<'_>> = texts
        .iter()
        .map(|text| Page::new("", text).with_source("site"))
        .collect();
    let deduplicator = Deduplicator::default();
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| deduplicator.run(&pages))
    };
    let one = run(1);
    assert!(one.pages.iter().any(|page| !page.is_kept()));
    assert_eq!(one, run(2));
    assert_eq!(one, run(8));
}

#[test]
fn the_keeper_rule_decides_who_stays() {
    let article = Random(1).article(4);
    let longer = article.clone() + "One more sentence stands at the end of this one.\n";
    let page = |id, text, date| Page {
        id,
        text,
        date,
        ..Page::default()
    };
    let pages = [
        page("undated", article.as_str(), None),
        page("late", longer.as_str(), Some(2_000)),
        page("early", article.as_str(), Some(1_000)),
    ];
    let keeper = |keep: Keep| {
        let report = Deduplicator::builder()
            .keep(keep)
            .build()
            .unwrap()
            .run(&pages);
        let kept: Vec<&str> = (0..3)
            .filter(|&at| report.pages[at].is_kept())
            .map(|at| pages[at].id)
            .collect();
        kept.join(" ")
    };
    assert_eq!(keeper(Keep::Longest), "late");
    assert_eq!(keeper(Keep::Earliest), "early");
    assert_eq!(keeper(Keep::First), "undated");
}

#[test]
fn empty_and_wordless_pages_are_kept_even_if_equal() {
    let texts = ["", "", "...", "...", "\n\n", "!"];
    let pages: Vec<Page<'_>> = texts.iter().map(|text| Page::new("", text)).collect();
    let report = Deduplicator::default().run(&pages);
    assert!(report.pages.iter().all(|page| page.is_kept()));
    let two = [
        Page::new("a", "two words"),
        Page::new("b", "Two words!"),
        Page::new("c", "two other"),
    ];
    let report = Deduplicator::default().run(&two);
    assert_eq!(report.pages.iter().filter(|page| page.is_kept()).count(), 2);
    assert!(Deduplicator::default().run(&[]).pages.is_empty());
}
