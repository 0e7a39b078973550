//! Pages one by one against the pile, and what comes and goes.

mod common;

use common::{Random, cases};
use proptest::prelude::*;
use std::collections::HashMap;
use twicetold::block::Segmented;
use twicetold::cluster::{Nearness, Ranking, Search};
use twicetold::index::{IndexRule, PageIndex};
use twicetold::lsh::{Banding, Buckets};
use twicetold::shingle::{ShingleSet, WIDTH, shingles};
use twicetold::sketch::MinHasher;
use twicetold::verify::{Overlap, passages};

/// Articles in versions: each of `families` comes in copies edited here and there.
fn versions(seed: u64, families: usize, pages: usize) -> Vec<String> {
    let mut random = Random(seed);
    let articles: Vec<Vec<String>> = (0..families).map(|_| random.words(120)).collect();
    let page = |_| {
        let mut words = articles[random.below(families)].clone();
        for _ in 0..random.below(9) {
            let at = random.below(words.len());
            words[at] = random.word();
        }
        words.truncate(120 - random.below(30));
        words.join(" ")
    };
    (0..pages).map(page).collect()
}

/// Rules that differ from the default in everything a stream goes by.
fn rules() -> Vec<IndexRule> {
    let rule = IndexRule::DEFAULT;
    let nearness = Nearness {
        containment: None,
        ..rule.nearness
    };
    vec![
        rule,
        IndexRule { width: 2, ..rule },
        IndexRule { nearness, ..rule },
        IndexRule {
            most_keepers: 0,
            ..rule
        },
        IndexRule {
            most_keepers: 2,
            ..rule
        },
        // Few bands, so that it matters what a full bucket leaves out.
        IndexRule {
            banding: Some(Banding { bands: 2, rows: 1 }),
            most_keepers: 1,
            ..rule
        },
        IndexRule {
            width: 9,
            banding: Some(Banding { bands: 8, rows: 2 }),
            most_keepers: 1,
            ..rule
        },
    ]
}

/// The keeper of each page, as a pile in the order of arrival has it.
fn of_a_pile(texts: &[String], rule: IndexRule) -> Vec<usize> {
    let default = Banding::for_resemblance(rule.nearness.resemblance).unwrap();
    let banding = rule.banding.unwrap_or(default);
    let hasher = MinHasher::new(banding.signature_rows(), 0).unwrap();
    let words = |text| Segmented::new(text).words().to_vec();
    let signatures: Vec<_> = texts
        .iter()
        .map(|text| hasher.signature(shingles(&words(text), rule.width)))
        .collect();
    let sets: Vec<ShingleSet> = texts
        .iter()
        .map(|text| ShingleSet::new(&words(text), rule.width))
        .collect();
    let search = Search {
        nearness: rule.nearness,
        bar_digests: false,
        report_from: None,
        most_keepers: rule.most_keepers,
    };
    let order: Vec<usize> = (0..texts.len()).collect();
    let buckets = Buckets::new(&signatures, banding).unwrap();
    let clusters = search.clusters(&sets[..], &signatures, &buckets, Ranking::new(&order));
    order.iter().map(|&page| clusters.keeper_of(page)).collect()
}

/// The same, as a stream has it.
fn of_a_stream(texts: &[String], rule: IndexRule) -> Vec<usize> {
    let words = |text| Segmented::new(text).words().to_vec();
    let mut index = PageIndex::new(rule).unwrap();
    let mut keepers = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let answer = index.add(&at.to_string(), text);
        if let Some(seen) = &answer {
            assert_eq!(seen.spans.len(), seen.passages.len());
            for (span, passage) in seen.spans.iter().zip(&seen.passages) {
                assert_eq!(common::count(span.of(text)), passage.left.len());
            }
            let keeper: usize = seen.id.parse().unwrap();
            let exact = Overlap::of_texts(text, &texts[keeper], rule.width);
            assert_eq!(seen.overlap, exact);
            let shared = passages(&words(text), &words(&texts[keeper]), rule.width);
            assert_eq!(seen.passages, shared);
        }
        keepers.push(answer.map_or(at, |seen| seen.id.parse().unwrap()));
    }
    keepers
}

proptest! {
    #![proptest_config(cases(24))]
    #[test]
    fn a_stream_says_what_a_pile_in_its_order_says(
        seed in any::<u64>(),
        families in 1usize..30,
        rule in prop::sample::select(rules()),
    ) {
        let mut texts = versions(seed, families, 150);
        texts.push(String::new());
        texts.push("... !!".to_owned());
        prop_assert_eq!(of_a_stream(&texts, rule), of_a_pile(&texts, rule));
    }

    /// A page that went leaves no trace in the answers, the others stay known.
    #[test]
    fn a_removed_page_is_forgotten(seed in any::<u64>(), families in 1usize..12) {
        let texts = versions(seed, families, 80);
        let mut index = PageIndex::new(IndexRule::DEFAULT).unwrap();
        let mut there: HashMap<String, &str> = HashMap::new();
        let mut random = Random(seed);
        for step in 0..200 {
            let id = random.below(texts.len()).to_string();
            let text = &texts[random.below(texts.len())];
            if random.below(3) == 0 {
                prop_assert_eq!(index.remove(&id), there.remove(&id).is_some());
            } else {
                index.add(&id, text);
                there.insert(id, text);
            }
            prop_assert_eq!(index.len(), there.len());
            if step % 20 == 19 {
                for (id, text) in &there {
                    // What is there is like something that is there.
                    let seen = index.find(text);
                    prop_assert!(seen.is_some(), "{}", id);
                    let seen = seen.unwrap();
                    let exact = Overlap::of_texts(text, there[&seen.id], WIDTH);
                    prop_assert_eq!(seen.overlap, exact);
                    prop_assert!(exact.resemblance() >= 0.7 || exact.containment() >= 0.9);
                }
            }
        }
        let ids: Vec<String> = there.keys().cloned().collect();
        for id in ids {
            prop_assert!(index.remove(&id));
        }
        prop_assert!(index.is_empty());
        for text in &texts {
            prop_assert!(index.find(text).is_none());
        }
    }

    /// Whatever stood in full buckets and their parts.
    #[test]
    fn an_emptied_index_is_as_new(seed in any::<u64>(), rule in prop::sample::select(rules())) {
        let mut random = Random(seed);
        // Unlike, but with a common start, so that they share buckets.
        let start = random.words(30).join(" ");
        let mut texts: Vec<String> = (0..12)
            .map(|_| format!("{start} {}", random.words(25).join(" ")))
            .collect();
        for at in 0..6 {
            texts.push(format!("{} {}", texts[at], random.words(12).join(" ")));
        }
        let mut index = PageIndex::new(rule).unwrap();
        let mut ids: Vec<usize> = (0..texts.len()).collect();
        for _ in 0..20 {
            let mut new = PageIndex::new(rule).unwrap();
            random.shuffle(&mut ids);
            for at in &ids {
                let id = at.to_string();
                prop_assert_eq!(index.add(&id, &texts[*at]), new.add(&id, &texts[*at]));
            }
            random.shuffle(&mut ids);
            for at in &ids {
                prop_assert!(index.remove(&at.to_string()));
            }
        }
    }

    /// Passages are maximal, equal, disjoint on the left, and cover every shared shingle.
    #[test]
    fn passages_are_the_shared_stretches(
        a in prop::collection::vec(0u64..4, 0..40),
        b in prop::collection::vec(0u64..4, 0..40),
        width in 1usize..6,
    ) {
        let found = passages(&a, &b, width);
        let mut end = 0;
        for passage in &found {
            prop_assert!(passage.left.start >= end);
            end = passage.left.end;
            prop_assert_eq!(&a[passage.left.clone()], &b[passage.right.clone()]);
            prop_assert!(passage.left.len() >= width.min(a.len()));
            prop_assert!(a.get(passage.left.end).is_none() || a.get(passage.left.end) != b.get(passage.right.end));
        }
        if a.len() >= width && b.len() >= width {
            for (at, window) in a.windows(width).enumerate() {
                // 16 places of one window are tried; four words over 40 places can exceed that.
                let places = b.windows(width).filter(|other| *other == window).count();
                let touched = found.iter().any(|passage| passage.left.start < at + width && at < passage.left.end);
                prop_assert_eq!(touched || places == 0, true);
            }
        }
    }
}

/// Of a shingle that stands more often, 16 places are tried; ties fall to the first.
#[test]
fn passages_are_the_longest_of_sixteen_places() {
    let a: Vec<u64> = (0..10).collect();
    for (before, len, place) in [(15, 10, 15), (16, 5, 0)] {
        let mut b: Vec<u64> = Vec::new();
        for at in 0..before {
            b.extend(0..5);
            b.push(100 + at);
        }
        b.extend(0..10);
        let found = passages(&a, &b, 5);
        assert_eq!(found[0].left, 0..len);
        assert_eq!(found[0].right, 6 * place..6 * place + len);
    }
}

#[test]
fn full_buckets_are_split_in_a_stream_as_in_a_pile() {
    let mut random = Random(3);
    let menu = random.sentence(240);
    let mut texts: Vec<String> = (0..1_500)
        .map(|_| format!("{menu}\n{}\n", random.sentence(70)))
        .collect();
    for at in 0..50 {
        texts.push(texts[20 * at].clone() + "One more line.\n");
    }
    let stream = of_a_stream(&texts, IndexRule::DEFAULT);
    assert_eq!(stream, of_a_pile(&texts, IndexRule::DEFAULT));
    assert_eq!(
        stream[1_500..],
        (0..50).map(|at| 20 * at).collect::<Vec<_>>()
    );
}

#[test]
fn a_batch_says_what_its_pages_say_one_by_one() {
    let texts = versions(5, 8, 100);
    let ids: Vec<String> = (0..texts.len()).map(|at| at.to_string()).collect();
    let pages: Vec<(&str, &str)> = ids
        .iter()
        .zip(&texts)
        .map(|(id, text)| (&**id, &**text))
        .collect();
    let mut one_by_one = PageIndex::new(IndexRule::DEFAULT).unwrap();
    let answers: Vec<_> = pages
        .iter()
        .map(|(id, text)| one_by_one.add(id, text))
        .collect();
    let mut batch = PageIndex::new(IndexRule::DEFAULT).unwrap();
    assert_eq!(batch.add_all(&pages), answers);
    assert!(answers.iter().any(Option::is_some) && answers.iter().any(Option::is_none));
}

#[test]
fn an_id_that_comes_again_is_replaced() {
    let [old, new] = [1, 2].map(|seed| Random(seed).article(2));
    let mut index = PageIndex::new(IndexRule::DEFAULT).unwrap();
    assert!(index.add("front", &old).is_none());
    // The same page again: seen, as itself.
    assert_eq!(index.add("front", &old).unwrap().id, "front");
    assert!(index.add("front", &new).is_none());
    assert_eq!(index.len(), 1);
    assert!(index.find(&old).is_none());
    assert_eq!(index.find(&new).unwrap().overlap.resemblance(), 1.0);
    assert!(index.contains("front") && !index.remove("back"));
}

/// A page that comes again unchanged keeps its place before the copies of it.
#[test]
fn a_page_that_comes_again_unchanged_stays_the_keeper() {
    let article = Random(1).article(3);
    let longer = article.clone() + "And a last line.\n";
    let mut index = PageIndex::new(IndexRule::DEFAULT).unwrap();
    index.add("original", &article);
    index.add("mirror", &longer);
    assert_eq!(index.add("original", &article).unwrap().id, "original");
    assert_eq!(index.add("mirror", &longer).unwrap().id, "original");
    assert_eq!(index.keeper_of("mirror"), Some("original"));
    assert_eq!(index.keeper_of("original"), Some("original"));
    assert_eq!(index.keeper_of("elsewhere"), None);
    let mut ids: Vec<&str> = index.ids().collect();
    ids.sort_unstable();
    assert_eq!(ids, ["mirror", "original"]);
}

#[test]
fn copies_of_a_removed_keeper_stay_known() {
    let article = Random(1).article(3);
    let mut index = PageIndex::new(IndexRule::DEFAULT).unwrap();
    for id in ["first", "second", "third"] {
        index.add(id, &article);
    }
    for (gone, next) in [("first", "second"), ("second", "third")] {
        assert_eq!(index.find(&article).unwrap().id, gone);
        index.remove(gone);
        assert_eq!(index.find(&article).unwrap().id, next);
    }
}

#[test]
fn an_equal_copy_goes_before_an_earlier_one() {
    let article = Random(1).article(3);
    let longer = format!("{article}And one more line.\n");
    let mut index = PageIndex::new(IndexRule::DEFAULT).unwrap();
    for (id, text) in [("one", &article), ("longer", &longer), ("equal", &article)] {
        index.add(id, text);
    }
    index.remove("one");
    for (text, resemblance) in [(&article, 1.0), (&longer, 0.9)] {
        let seen = index.find(text).unwrap();
        assert_eq!(seen.id, "equal");
        assert!(seen.overlap.resemblance() >= resemblance);
    }
}

/// A copy with the same words takes the place of its keeper: thousands of equal pages
/// are not compared with each other whenever one of them goes.
#[test]
fn equal_pages_go_in_any_order() {
    let article = Random(1).article(3);
    let longer = format!("{article}And one more line.\n");
    let ids: Vec<String> = (0..5_000).map(|at| at.to_string()).collect();
    let mut index = PageIndex::new(IndexRule::DEFAULT).unwrap();
    for (at, id) in ids.iter().enumerate() {
        index.add(id, if at % 5 == 4 { &longer } else { &article });
    }
    let mut order: Vec<usize> = (1..ids.len()).collect();
    Random(2).shuffle(&mut order[2_000..]);
    assert!(index.remove(&ids[0]));
    for at in order {
        assert!(index.contains(&index.find(&article).unwrap().id));
        assert!(index.remove(&ids[at]) && !index.remove(&ids[at]));
    }
    assert!(index.is_empty() && index.find(&article).is_none() && index.find(&longer).is_none());
}

#[test]
fn settings_out_of_range_are_refused() {
    let refused = |rule| PageIndex::new(rule).unwrap_err().to_string();
    let rule = IndexRule {
        width: 0,
        ..IndexRule::DEFAULT
    };
    assert_eq!(refused(rule), "shingle width is 0; it must be from 1 to 64");
    let mut rule = IndexRule::DEFAULT;
    rule.nearness.resemblance = 0.0;
    assert_eq!(
        refused(rule),
        "resemblance is 0; it must be above 0 and at most 1"
    );
}

#[cfg(feature = "serde")]
mod written {
    use super::*;

    #[test]
    fn an_index_read_again_gives_the_same_answers() {
        let texts = versions(7, 10, 120);
        let mut index = PageIndex::new(IndexRule::DEFAULT).unwrap();
        for (at, text) in texts[..100].iter().enumerate() {
            index.add(&at.to_string(), text);
        }
        for at in (0..100).step_by(7) {
            index.remove(&at.to_string());
        }
        let json = serde_json::to_string(&index).unwrap();
        let mut again: PageIndex = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&again).unwrap(), json);
        for (at, text) in texts.iter().enumerate() {
            assert_eq!(again.find(text), index.find(text));
            assert_eq!(
                again.add(&at.to_string(), text),
                index.add(&at.to_string(), text)
            );
        }
    }

    /// Ids by arrival, and the keeper of each.
    fn listed(index: &PageIndex) -> Vec<(String, Option<u64>)> {
        let json = serde_json::to_value(index).unwrap();
        let pages = json["pages"].as_array().unwrap().iter();
        pages
            .map(|page| {
                (
                    page["id"].as_str().unwrap().to_owned(),
                    page["under"].as_u64(),
                )
            })
            .collect()
    }

    #[test]
    fn copies_go_under_the_first_of_them_and_pages_stand_by_arrival() {
        let [article, other] = [1, 2].map(|seed| Random(seed).article(2));
        let mut index = PageIndex::new(IndexRule::DEFAULT).unwrap();
        for (id, more) in [("one", ""), ("two", "Twice"), ("three", "Three times")] {
            index.add(id, &format!("{article}{more}"));
        }
        index.remove("one");
        let under = |id: &str, keeper| (id.to_owned(), keeper);
        assert_eq!(
            listed(&index),
            [under("two", None), under("three", Some(0))]
        );
        // In the place that came free, but last.
        index.add("four", &other);
        assert_eq!(listed(&index)[2], under("four", None));
    }

    #[test]
    fn an_index_of_another_width_is_read_with_it() {
        let rule = IndexRule {
            width: 2,
            ..IndexRule::DEFAULT
        };
        let texts = versions(7, 10, 120);
        let mut index = PageIndex::new(rule).unwrap();
        for (at, text) in texts.iter().enumerate() {
            index.add(&at.to_string(), text);
        }
        let json = serde_json::to_string(&index).unwrap();
        let again: PageIndex = serde_json::from_str(&json).unwrap();
        for text in &texts {
            assert_eq!(again.find(text), index.find(text));
        }
    }

    /// serde_json reads some figures back with another last bit.
    #[test]
    fn settings_of_many_digits_travel() {
        let mut rule = IndexRule::DEFAULT;
        for resemblance in [0.492_977_056_345_491_95, 2.0 / 3.0, 0.1 + 0.2] {
            rule.nearness.resemblance = resemblance;
            let json = serde_json::to_string(&PageIndex::new(rule).unwrap()).unwrap();
            let index: PageIndex = serde_json::from_str(&json).unwrap();
            assert!(index.require(&rule).is_ok());
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut index = PageIndex::new(IndexRule::DEFAULT).unwrap();
        index.add("one", "Rain fell on the harbour all day.");
        let json = serde_json::to_value(&index).unwrap();
        let refused = |change: &dyn Fn(&mut serde_json::Value)| {
            let mut json = json.clone();
            change(&mut json);
            serde_json::from_value::<PageIndex>(json)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            refused(&|json| json["format"] = 1.into()),
            "format of the index is 1; it must be 4, the version this library writes"
        );
        let message = refused(&|json| json["rule"]["width"] = 4.into());
        assert!(message.contains("settings fingerprint"), "{message}");
        let message = refused(&|json| json["pages"][0]["under"] = 0.into());
        assert!(message.contains("page of the index is one"), "{message}");
        let message = refused(&|json| {
            let page = json["pages"][0].clone();
            json["pages"].as_array_mut().unwrap().push(page);
        });
        assert!(message.contains("page of the index is one"), "{message}");

        // A copy of nothing that is there.
        index.add(
            "two",
            "The ferry stopped on Monday after a crack was found.",
        );
        let mut json = serde_json::to_value(&index).unwrap();
        json["pages"][1]["under"] = 0.into();
        let message = serde_json::from_value::<PageIndex>(json).unwrap_err();
        let right = "page of the index is two; it must be like the keeper it is put under";
        assert_eq!(message.to_string(), right);

        // Nothing is like nothing.
        let mut wordless = PageIndex::new(IndexRule::DEFAULT).unwrap();
        wordless.add("one", "...");
        wordless.add("two", "...");
        let mut json = serde_json::to_value(&wordless).unwrap();
        json["pages"][1]["under"] = 0.into();
        assert!(serde_json::from_value::<PageIndex>(json).is_err());

        let other = IndexRule {
            width: 4,
            ..IndexRule::DEFAULT
        };
        assert!(index.require(&IndexRule::DEFAULT).is_ok());
        let message = index.require(&other).unwrap_err().to_string();
        assert!(message.ends_with("make it anew, or use the settings it was made with"));
    }
}

#[test]
fn nothing_is_like_nothing() {
    let mut index = PageIndex::new(IndexRule::DEFAULT).unwrap();
    assert!(index.find("").is_none());
    for id in ["one", "two"] {
        assert!(index.add(id, " \n--").is_none());
    }
    assert!(index.remove("one") && index.remove("two") && index.is_empty());
}
