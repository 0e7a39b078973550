//! What is template, what is not, and templates that are kept for later.
#![cfg(feature = "serde")]

mod common;

use common::{Random, cases, naive_shingles};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use twicetold::block::Segmented;
use twicetold::boilerplate::template::{Match, Templates};
use twicetold::clean::{CleanRule, Cleaner};
use twicetold::finding::{Action, Evidence, Finding, Reason};
use twicetold::report::PageReport;
use twicetold::{Deduplicator, Page, Report};

fn run(texts: &[(String, &str)]) -> Report {
    Deduplicator::default().run(&pages(texts))
}

fn pages<'t>(texts: &'t [(String, &'t str)]) -> Vec<Page<'t>> {
    let page = |(text, source): &'t (String, &'t str)| Page::new("", text).with_source(source);
    texts.iter().map(page).collect()
}

fn cleaned(report: &Report, texts: &[(String, &str)]) -> Vec<String> {
    let pages = report.pages.iter().zip(texts);
    pages.map(|(page, (text, _))| page.cleaned(text)).collect()
}

fn guards(findings: &[Finding]) -> Vec<&str> {
    let prevented = findings
        .iter()
        .filter_map(|finding| match &finding.evidence {
            Evidence::Guard { prevented } => Some(&prevented[..]),
            _ => None,
        });
    prevented.collect()
}

/// `words` with a name after every `every` of them, as one paragraph.
fn with_names(words: &[String], every: usize, name: &str) -> String {
    let parts: Vec<String> = words.chunks(every).map(|part| part.join(" ")).collect();
    format!("{}.", parts.join(&format!(" {name} ")))
}

#[test]
fn a_paragraph_with_a_name_of_its_own_on_every_page_is_one_template_block() {
    for (words, every) in [(30, 15), (60, 20), (300, 60), (2_000, 200), (2_000, 20)] {
        let mut random = Random(words as u64);
        let letter = random.words(words);
        let articles: Vec<String> = (0..12).map(|_| random.article(3 + words / 40)).collect();
        let texts: Vec<(String, &str)> = articles
            .iter()
            .map(|article| {
                let name = random.words(2).join(" ");
                (
                    format!("{article}{}\n", with_names(&letter, every, &name)),
                    "site",
                )
            })
            .collect();
        let report = run(&texts);
        assert_eq!(
            cleaned(&report, &texts),
            articles,
            "{words} words, a name after {every}"
        );
        for page in &report.pages {
            let [finding] = &page.findings[..] else {
                panic!("{:?}", page.findings)
            };
            assert!(matches!(
                finding.evidence,
                Evidence::Template {
                    clusters: 12,
                    of: 12,
                    blocks: 1,
                    near_equal: true,
                    ..
                }
            ));
            let own = (words - 1) / every * 2;
            let share = words as f64 / (words + own) as f64;
            assert!(
                (finding.score - share).abs() < 1e-9,
                "{} is not {share}",
                finding.score
            );
        }
    }
}

#[test]
fn a_paragraph_of_which_half_is_the_pages_own_is_no_template() {
    let mut random = Random(5);
    let form = random.words(40);
    let texts: Vec<(String, &str)> = (0..12)
        .map(|_| {
            let own = random.words(40).join(" ");
            (
                format!("{}{} {own}.\n", random.article(3), form.join(" ")),
                "site",
            )
        })
        .collect();
    assert_eq!(
        cleaned(&run(&texts), &texts),
        texts.iter().map(|page| page.0.clone()).collect::<Vec<_>>()
    );
}

#[test]
fn a_paragraph_signed_by_a_few_is_one_template_block() {
    // Equal on a third of the pages, near-equal on all.
    let mut random = Random(6);
    let letter = random.words(60);
    let articles: Vec<String> = (0..15).map(|_| random.article(4)).collect();
    let texts: Vec<(String, &str)> = articles
        .iter()
        .enumerate()
        .map(|(at, article)| {
            let name = ["Ann Weaver", "Bo", "Cid the Elder"][at % 3];
            (
                format!("{article}{}\n", with_names(&letter, 30, name)),
                "site",
            )
        })
        .collect();
    assert_eq!(cleaned(&run(&texts), &texts), articles);
}

#[test]
fn near_equal_prose_stays_in_mid_article_and_under_eight_clusters() {
    for (count, amid, goes) in [
        (12, false, true),
        (12, true, false),
        (7, false, false),
        (8, false, true),
    ] {
        let mut random = Random(count as u64);
        let letter = random.words(60);
        let texts: Vec<(String, &str)> = (0..count)
            .map(|_| {
                let paragraph = with_names(&letter, 20, &random.word());
                let after = if amid {
                    random.article(2)
                } else {
                    String::new()
                };
                (format!("{}{paragraph}\n{after}", random.article(2)), "site")
            })
            .collect();
        let report = run(&texts);
        for (page, (text, _)) in report.pages.iter().zip(&texts) {
            assert_eq!(
                page.cleaned(text) != *text,
                goes,
                "{count} pages, amid: {amid}"
            );
            assert!(
                page.findings
                    .iter()
                    .any(|finding| finding.reason == Reason::Template)
            );
        }
    }
}

#[test]
fn prose_of_several_sources_in_mid_article_is_syndicated_and_at_the_edge_template() {
    let mut random = Random(8);
    let wire = random.paragraph(3);
    let notice = random.paragraph(2);
    let mut texts: Vec<(String, &str)> = Vec::new();
    let mut own = Vec::new();
    for source in ["courier", "mirror"] {
        for at in 0..16 {
            // It closes the article on three pages of sixteen.
            let after = if at % 5 == 4 {
                String::new()
            } else {
                random.article(2)
            };
            let article = format!("{}{wire}\n{after}", random.article(4));
            texts.push((format!("{article}{notice}\n"), source));
            own.push(article);
        }
    }
    let report = run(&texts);
    assert_eq!(cleaned(&report, &texts), own);
    for page in &report.pages {
        let guards = guards(&page.findings);
        assert!(
            guards
                .iter()
                .any(|guard| guard.contains("2 sources have is syndicated")),
            "{guards:?}"
        );
    }
    // Pages are cleaned before it is known how many sources have what; those that hang on it, again.
    let templates = Deduplicator::default().templates(&pages(&texts));
    let known = Deduplicator::default().run_with(&pages(&texts), &templates);
    assert_eq!(report, known);
    // Nor otherwise where a source that has it convicts nothing: what it is counted by was let go before.
    let elsewhere = (0..3).map(|at| match at {
        0 => (
            format!("{}{wire}\n{}", random.article(2), random.article(2)),
            "archive",
        ),
        _ => (random.article(3), "archive"),
    });
    let mut several: Vec<(String, &str)> = elsewhere.chain(texts[..16].iter().cloned()).collect();
    for _ in 0..2 {
        let pages = pages(&several);
        let templates = Deduplicator::default().templates(&pages);
        let report = Deduplicator::default().run(&pages);
        assert_eq!(report, Deduplicator::default().run_with(&pages, &templates));
        let syndicated = |page: &PageReport| {
            let guards = guards(&page.findings);
            guards
                .iter()
                .any(|guard| guard.contains("2 sources have is syndicated"))
        };
        assert_eq!(
            report.pages.iter().filter(|page| syndicated(page)).count(),
            16
        );
        // With the source that has it before the one that convicts it, and behind.
        several
            .iter_mut()
            .filter(|page| page.1 == "archive")
            .for_each(|page| page.1 = "weekly");
    }
    // In one source alone nothing is syndicated; it stays all the same.
    let report = run(&texts[..16]);
    assert_eq!(cleaned(&report, &texts[..16]), own[..16]);
    assert!(
        report
            .pages
            .iter()
            .all(|page| guards(&page.findings).is_empty())
    );
}

#[test]
fn a_poem_in_three_articles_stays_and_a_menu_goes() {
    let mut random = Random(9);
    let poem: String = (0..30).map(|_| random.words(6).join(" ") + "\n").collect();
    for (count, goes) in [(3, false), (4, false), (7, false), (8, true)] {
        let mut articles = Vec::new();
        let texts: Vec<(String, &str)> = (0..count)
            .map(|_| {
                let article = format!("{}{poem}{}", random.article(6), random.article(6));
                let text = format!("Home\nNews\nTown\n{article}Imprint\nContact\n");
                articles.push(article);
                (text, "site")
            })
            .collect();
        let report = run(&texts);
        let found = cleaned(&report, &texts);
        assert_eq!(found == articles, !goes, "{count}");
        for (page, found) in report.pages.iter().zip(&found) {
            assert_eq!(guards(&page.findings).is_empty(), goes);
            assert!(!found.contains("Home") && !found.contains("Imprint"));
        }
    }
}

#[test]
fn a_headline_far_above_its_article_and_a_heading_named_like_an_entry_stay() {
    let mut random = Random(10);
    let titles: Vec<String> = (0..12).map(|_| random.words(6).join(" ")).collect();
    let texts: Vec<(String, &str)> = titles
        .iter()
        .map(|title| {
            let (before, after) = (random.article(3), random.article(3));
            let top = format!("Home\nShop\nDelivery\nHelp\n{title}\nSend it\nPrint it\nKeep it\n");
            (
                format!(
                    "{top}{before}Delivery\n{after}Most read\n{}\n",
                    titles[..4].join("\n")
                ),
                "site",
            )
        })
        .collect();
    for (found, title) in cleaned(&run(&texts), &texts).iter().zip(&titles) {
        assert!(found.starts_with(title), "{found}");
        assert!(
            found.contains("\nDelivery\n") && !found.contains("Print it"),
            "{found}"
        );
        let left = titles.iter().filter(|title| found.contains(*title));
        assert_eq!(left.count(), 1);
    }
}

/// Counts all shingles of all blocks, as strings.
#[test]
fn near_equal_blocks_are_those_a_count_of_all_shingles_finds() {
    for seed in 0..40 {
        let mut random = Random(seed);
        let words = 20 + random.below(80);
        let notice = random.words(words);
        // With fewer words between the names, the least shingles of a block are names.
        let every = 12 + random.below(30);
        let texts: Vec<String> = (0..10)
            .map(|_| {
                let names = 1 + random.below(6);
                let name = random.words(names).join(" ");
                format!(
                    "{}{}\n",
                    random.article(3),
                    with_names(&notice, every, &name)
                )
            })
            .collect();
        let pages: Vec<Segmented<'_>> = texts.iter().map(|text| Segmented::new(text)).collect();
        let clusters: Vec<usize> = (0..10).collect();
        let templates = Templates::of(&pages, &[Some("site"); 10], &clusters);
        let template = templates.of_source("site").unwrap();
        let mut counts: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        for page in &pages {
            let blocks = page.blocks();
            let all: BTreeSet<Vec<String>> = blocks
                .iter()
                .flat_map(|block| naive_shingles(block.span.of(page.text()), 5))
                .collect();
            for shingle in all {
                *counts.entry(shingle).or_default() += 1;
            }
        }
        for page in &pages {
            let blocks = page.blocks();
            let verdicts = template.of_page(page, &blocks);
            for (at, block) in blocks.iter().enumerate() {
                let text = block.span.of(page.text());
                let words: Vec<String> = twicetold::word::words(text)
                    .map(|word| word.of(text).to_lowercase())
                    .collect();
                let mut covered = vec![false; words.len()];
                for (start, window) in words.windows(5).enumerate() {
                    if counts[window] >= 5 {
                        covered[start..start + 5].fill(true);
                    }
                }
                let share =
                    covered.iter().filter(|covered| **covered).count() as f64 / words.len() as f64;
                let found = verdicts.iter().find(|verdict| verdict.block == at);
                match found.map(|verdict| verdict.how) {
                    Some(Match::Near(found)) => assert!((found - share).abs() < 1e-9),
                    Some(how) => assert!(share == 1.0, "{how:?}"),
                    None => assert!(
                        share < 0.7 || words.len() < 20,
                        "seed {seed}: {share} of {text:?}"
                    ),
                }
            }
        }
    }
}

/// A site of `count` pages with what sites have, some of it varying.
fn site(count: usize, seed: u64) -> Vec<String> {
    let mut random = Random(seed);
    let menu: String = (0..5).map(|_| random.words(2).join(" ") + "\n").collect();
    let letter = random.words(50);
    let footer = random.paragraph(2);
    let titles: Vec<String> = (0..count).map(|_| random.words(5).join(" ")).collect();
    let article = random.article(2);
    (0..count)
        .map(|at| {
            let paragraphs = random.below(4);
            let body = match random.below(6) {
                0 => article.clone(), // a re-post
                _ => random.article(paragraphs),
            };
            let popular = titles[..titles.len().min(3)].join("\n");
            let letter = match random.below(3) {
                0 => String::new(),
                _ => with_names(&letter, 25, &random.word()) + "\n",
            };
            let title = &titles[at];
            let comments = random.below(40);
            format!(
                "{menu}{title}\n{body}{comments} comments\n{letter}Most read\n{popular}\n{footer}\n"
            )
        })
        .collect()
}

/// The texts of up to three sites, of 0 to 14 pages.
fn sites() -> impl Strategy<Value = Vec<(String, &'static str)>> {
    let site = |name: &'static str| {
        let texts = (0..15usize, any::<u64>()).prop_map(|(count, seed)| site(count, seed));
        texts.prop_map(move |texts| {
            texts
                .into_iter()
                .map(|text| (text, name))
                .collect::<Vec<_>>()
        })
    };
    (site("courier"), site("gazette"), site("wiki")).prop_map(|(a, b, c)| [a, b, c].concat())
}

proptest! {
    #![proptest_config(cases(48))]

    /// Learning and applying is what a run does.
    #[test]
    fn pages_run_with_the_template_learned_from_them_come_out_as_from_a_run(texts in sites()) {
        let deduplicator = Deduplicator::default();
        let pages = pages(&texts);
        let templates = deduplicator.templates(&pages);
        prop_assert_eq!(deduplicator.run_with(&pages, &templates), deduplicator.run(&pages));
    }

    /// Law 9, with templates fixed.
    #[test]
    fn a_rerun_with_the_same_templates_removes_nothing_more(texts in sites()) {
        let deduplicator = Deduplicator::default();
        let templates = deduplicator.templates(&pages(&texts));
        let report = deduplicator.run_with(&pages(&texts), &templates);
        let again: Vec<(String, &str)> = cleaned(&report, &texts)
            .into_iter()
            .zip(&texts)
            .map(|(text, (_, source))| (text, *source))
            .collect();
        let second = deduplicator.run_with(&pages(&again), &templates);
        for (page, (text, source)) in second.pages.iter().zip(&again) {
            prop_assert_eq!(&page.cleaned(text), text);
            let cleaner = Cleaner::new(CleanRule::DEFAULT).unwrap();
            let alone = cleaner.clean_page(&Segmented::new(text), templates.of_source(source), None);
            prop_assert_eq!(&alone.text(text), text);
        }
    }

    /// Law 5, for what is written down.
    #[test]
    fn templates_are_the_same_bytes_for_any_order_and_come_back_as_they_were(
        texts in sites(),
        seed in any::<u64>(),
    ) {
        let deduplicator = Deduplicator::default();
        let templates = deduplicator.templates(&pages(&texts));
        let written = serde_json::to_string(&templates).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Templates>(&written).unwrap(), &templates);
        let mut shuffled = texts.clone();
        Random(seed).shuffle(&mut shuffled);
        let other = deduplicator.templates(&pages(&shuffled));
        prop_assert_eq!(serde_json::to_string(&other).unwrap(), written);
    }
}

#[test]
fn later_pages_of_a_source_are_cleaned_by_its_template_and_add_nothing_to_it() {
    let all: Vec<(String, &str)> = site(20, 3)
        .into_iter()
        .map(|text| (text, "courier"))
        .collect();
    let (first, later) = all.split_at(18);
    let deduplicator = Deduplicator::default();
    let templates = deduplicator.templates(&pages(first));
    let report = deduplicator.run_with(&pages(later), &templates);
    let menu = first[0].0.lines().next().unwrap();
    for (page, (text, _)) in report.pages.iter().zip(later) {
        assert!(text.starts_with(menu) && !page.cleaned(text).contains(menu));
        let counts = page
            .findings
            .iter()
            .find_map(|finding| match finding.evidence {
                Evidence::Template { of, .. } => Some(of),
                _ => None,
            });
        assert_eq!(
            counts,
            Some(templates.of_source("courier").unwrap().clusters())
        );
    }
    // Alone they would teach nothing.
    assert!(cleaned(&deduplicator.run(&pages(later)), later)[0].starts_with(menu));
    // A source that is not in the templates is learned.
    let other: Vec<(String, &str)> = site(9, 4)
        .into_iter()
        .map(|text| (text, "gazette"))
        .collect();
    assert_eq!(
        deduplicator.run_with(&pages(&other), &templates),
        deduplicator.run(&pages(&other))
    );
    // Where template is not looked for, none is applied either.
    let without = Deduplicator::builder().template(false).build().unwrap();
    let report = without.run_with(&pages(later), &templates);
    let findings = report.pages.iter().flat_map(|page| &page.findings);
    assert!(
        findings
            .clone()
            .all(|finding| finding.reason != Reason::Template)
    );
}

#[test]
fn templates_of_two_piles_become_one_and_known_ones_prevail() {
    let pile = |seed, source| -> Vec<(String, &'static str)> {
        site(9, seed)
            .into_iter()
            .map(|text| (text, source))
            .collect()
    };
    let deduplicator = Deduplicator::default();
    let [a, b, c] = [pile(1, "a"), pile(2, "a"), pile(3, "b")]
        .map(|pile| deduplicator.templates(&pages(&pile)));
    let mut all = c.clone();
    all.extend(a.clone());
    assert_eq!(
        all.sources().map(|(name, _)| name).collect::<Vec<_>>(),
        ["a", "b"]
    );
    assert_eq!(all.len(), a.len() + c.len());
    all.extend(b.clone());
    assert_eq!(all.of_source("a"), b.of_source("a"));
    assert!(Templates::default().is_empty() && !all.is_empty());
}

#[test]
fn a_source_of_three_pages_is_known_even_where_it_has_no_template() {
    let mut random = Random(1);
    let texts: Vec<(String, &str)> = ["a", "a", "a", "b", "b"]
        .map(|source| (random.article(2), source))
        .to_vec();
    let templates = Deduplicator::default().templates(&pages(&texts));
    assert!(templates.is_empty() && templates.of_source("b").is_none());
    let template = templates.of_source("a").unwrap();
    assert_eq!(
        (template.pages(), template.clusters(), template.len()),
        (3, 3, 0)
    );
}

#[test]
fn templates_of_another_format_and_impossible_ones_are_refused() {
    let texts: Vec<(String, &str)> = site(9, 5).into_iter().map(|text| (text, "a")).collect();
    let templates = Deduplicator::default().templates(&pages(&texts));
    let written = serde_json::to_value(&templates).unwrap();
    let error = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut changed = written.clone();
        change(&mut changed);
        serde_json::from_value::<Templates>(changed)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        error(&|value| value["format"] = 9.into()),
        "format of the templates is 9; it must be 4, the version this library writes"
    );
    assert_eq!(
        error(&|value| value["sources"][0]["pages"] = 2.into()),
        "a template is that of \"a\"; it must be learned from 3 to 536,870,912 pages, in at most as many clusters"
    );
    for (count, wrong) in [(0, 2), (0, 99), (1, 1), (1, 99), (2, 99), (4, 99)] {
        assert_eq!(
            error(&|value| value["sources"][0]["blocks"][0][1][count] = wrong.into()),
            "a template is that of \"a\"; it must be of blocks that are in 3 clusters or more, in half of them, and on at most all pages",
            "count {count} of {wrong}"
        );
    }
    let twice = |value: &mut serde_json::Value| {
        let source = value["sources"][0].clone();
        value["sources"].as_array_mut().unwrap().push(source);
    };
    assert_eq!(
        error(&twice),
        "a template is that of \"a\"; it must be there once"
    );
}

#[test]
fn template_under_the_callers_threshold_is_noted() {
    let mut random = Random(3);
    let texts: Vec<(String, &str)> = (0..10)
        .map(|at| {
            let menu = if at < 6 { "Home\n" } else { "" };
            (format!("{menu}{}", random.article(3)), "site")
        })
        .collect();
    for (from, goes) in [(0.8, true), (0.81, false)] {
        let rule = CleanRule {
            remove_from: from,
            ..CleanRule::DEFAULT
        };
        let report = Deduplicator::builder()
            .clean(rule)
            .build()
            .unwrap()
            .run(&pages(&texts));
        let [finding] = &report.pages[0].findings[..] else {
            panic!()
        };
        assert_eq!(
            (finding.action == Action::Remove, finding.score),
            (goes, 0.8)
        );
    }
}

#[test]
fn prose_among_template_lines_goes_whatever_readers_and_authors_say_below() {
    let mut random = Random(12);
    let letter = random.words(40);
    let boxes: Vec<String> = (0..3).map(|_| random.sentence(40) + "\n").collect();
    let notice = random.sentence(30) + "\n";
    let mut wanted = Vec::new();
    let texts: Vec<(String, &str)> = (0..12)
        .map(|at| {
            let article = random.article(4);
            let letter = with_names(&letter, 20, &random.word()) + "\n";
            let author = &boxes[at % 3];
            let comment = random.sentence(40) + "\n";
            wanted.push(format!("{article}{author}"));
            (
                format!("{article}Letter\n{letter}Send\nOlder\n{comment}"),
                "comments",
            )
        })
        .collect();
    for (found, (text, _)) in cleaned(&run(&texts), &texts).iter().zip(&texts) {
        let first = text.lines().next().unwrap();
        let last = text.lines().last().unwrap();
        assert!(found.starts_with(first) && found.trim_end().ends_with(last));
        assert!(!found.contains("Letter") && !found.contains(&letter[0..20].join(" ")));
    }
    // What a third of the pages has below is no prose of the page's own.
    let texts: Vec<(String, &str)> = wanted
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let article = text.strip_suffix(&boxes[at % 3][..]).unwrap();
            (format!("{article}{notice}{}", boxes[at % 3]), "authors")
        })
        .collect();
    assert_eq!(cleaned(&run(&texts), &texts), wanted);
}

#[test]
fn a_menu_in_one_paragraph_with_the_headline_stays() {
    // Hard-wrapped pages: blocks are paragraphs, and nothing divides the menu from the headline.
    let mut random = Random(13);
    let menu: String = (0..8).map(|_| random.words(4).join(" ") + "\n").collect();
    let texts: Vec<(String, &str)> = (0..10)
        .map(|_| {
            let title = random.words(5).join(" ");
            let paragraphs = (0..5).map(|_| {
                let mut lines = vec![String::new()];
                for word in random.paragraph(4).to_lowercase().split(' ') {
                    let line = lines.last_mut().unwrap();
                    match line.len() + word.len() < 60 {
                        true => *line = format!("{line} {word}").trim().to_owned(),
                        false => lines.push(word.to_owned()),
                    }
                }
                lines.join("\n") + "\n\n"
            });
            let paragraphs: String = paragraphs.collect();
            (format!("{menu}{title}\n\n{paragraphs}"), "site")
        })
        .collect();
    let blocks = Segmented::new(&texts[0].0).blocks();
    assert!(blocks.len() == 6 && blocks[0].lines.len() == 9);
    for (found, (text, _)) in cleaned(&run(&texts), &texts).iter().zip(&texts) {
        assert_eq!(found, text);
    }
}

/// On these twelve pages near-equal blocks were placed on more pages than they were counted on,
/// and what was written was refused.
#[test]
fn near_equal_blocks_are_placed_only_where_they_are_counted() {
    let texts: Vec<(String, &str)> = site(12, 202)
        .into_iter()
        .map(|text| (text, "courier"))
        .collect();
    let templates = Deduplicator::default().templates(&pages(&texts));
    let written = serde_json::to_string(&templates).unwrap();
    assert_eq!(
        serde_json::from_str::<Templates>(&written).unwrap(),
        templates
    );
}

/// Whatever count is another, the templates are refused in one sentence, or a page is cleaned by them.
#[test]
fn absurd_counts_are_refused_or_harmless() {
    let texts: Vec<(String, &str)> = site(12, 202)
        .into_iter()
        .map(|text| (text, "courier"))
        .collect();
    let deduplicator = Deduplicator::default();
    let templates = deduplicator.templates(&pages(&texts));
    let written = serde_json::to_string(&templates).unwrap();
    let digits = written.match_indices(|c: char| c.is_ascii_digit());
    let is_first = |at: usize| !written[..at].ends_with(|c: char| c.is_ascii_digit());
    let numbers: Vec<usize> = digits
        .map(|(at, _)| at)
        .filter(|at| is_first(*at))
        .collect();
    let mut refused = 0;
    for at in numbers.into_iter().step_by(3) {
        let rest = written[at..].trim_start_matches(|c: char| c.is_ascii_digit());
        for absurd in [0, 1 << 31, 1 << 62, u64::MAX / 2 + 1, u64::MAX] {
            let other = format!("{}{absurd}{rest}", &written[..at]);
            match serde_json::from_str::<Templates>(&other) {
                Ok(templates) => {
                    let _ = deduplicator.run_with(&pages(&texts[..2]), &templates);
                }
                Err(error) => {
                    refused += 1;
                    assert_eq!(error.to_string().lines().count(), 1, "{error}");
                }
            }
        }
    }
    assert!(refused > 10, "{refused}");
}
