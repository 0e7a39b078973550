//! Pairs of related pages: at most so many a page, the strongest, and the same ones in any order.

use std::collections::HashMap;
use twicetold::cluster::MOST_RELATED;
use twicetold::report::Report;
use twicetold::{Deduplicator, Page};

/// Pages that have a passage of 60 words in common, and each 16 to 40 of its own.
fn pile(pages: usize) -> Vec<String> {
    let mut seed = 7u64;
    let mut word = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        format!("{:06x}", seed >> 40)
    };
    let core: Vec<String> = (0..60).map(|_| word()).collect();
    let own = |page: usize| 16 + page % 25;
    (0..pages)
        .map(|page| {
            let own: Vec<String> = (0..own(page)).map(|_| word()).collect();
            format!("{} {}", core.join(" "), own.join(" "))
        })
        .collect()
}

fn report(texts: &[&str]) -> Report {
    let pages: Vec<Page<'_>> = texts.iter().map(|text| Page::new("", text)).collect();
    Deduplicator::builder()
        .resemblance(0.9)
        .containment(None)
        .build()
        .unwrap()
        .run(&pages)
}

#[test]
fn no_page_is_in_more_pairs_than_may_be() {
    let texts = pile(600);
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let found = report(&texts);
    assert!(found.pages.iter().all(|page| page.is_kept()));
    let mut strengths: HashMap<usize, Vec<f64>> = HashMap::new();
    for pair in &found.related {
        for page in [pair.page, pair.other] {
            strengths
                .entry(page)
                .or_default()
                .push(pair.overlap.resemblance());
        }
    }
    let most = strengths.values().map(Vec::len).max();
    assert_eq!(most, Some(MOST_RELATED));
    assert!(found.related_left_out > 0);
    // The longest pages have the least in common with others: it is their pairs that are left out.
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
    let all: Vec<f64> = found
        .related
        .iter()
        .map(|pair| pair.overlap.resemblance())
        .collect();
    let (strong, weak) = all.split_at(all.len() / 2);
    assert!(mean(strong) > mean(weak));

    // In any order of the input, and on any number of threads.
    let backwards: Vec<&str> = texts.iter().rev().copied().collect();
    #[cfg(feature = "parallel")]
    let again = {
        let single = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        single.unwrap().install(|| report(&backwards))
    };
    #[cfg(not(feature = "parallel"))]
    let again = report(&backwards);
    assert_eq!(again.related_left_out, found.related_left_out);
    let pairs = |report: &Report, texts: &[&str]| {
        let pairs = report.related.iter();
        let pairs = pairs.map(|pair| [texts[pair.page].to_owned(), texts[pair.other].to_owned()]);
        pairs.collect::<Vec<_>>()
    };
    assert_eq!(pairs(&again, &backwards), pairs(&found, &texts));
}

#[test]
fn a_few_are_all_listed() {
    let texts = pile(40);
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let found = report(&texts);
    assert_eq!(found.related_left_out, 0);
    assert!(!found.related.is_empty());
}
