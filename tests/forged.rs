//! Words that were made to have one hash, and windows of words that were made to have one shingle: text decides.

mod common;

use proptest::prelude::*;
use std::collections::HashSet;
use twicetold::block::Segmented;
use twicetold::clean::{CleanRule, clean};
use twicetold::finding::{Action, Reason};
use twicetold::index::{IndexRule, PageIndex};
use twicetold::report::Fate;
use twicetold::shingle::{ShingleSet, WIDTH};
use twicetold::verify::{Overlap, passages};
use twicetold::word::{FoldedWords, Vocabulary, WordHasher};
use twicetold::{Deduplicator, Page};

/// Two words of one hash each. They were found in a second: a word of 16 bytes is hashed by a product of its
/// halves, each mixed with a known number, and the halves of the second give the same product.
const WORDS: [[&str; 2]; 16] = [
    ["pamzc6rvecczp3vf", "1qcowyza5z06r5h4"],
    ["pamzc6rve5ftd3jb", "1qcowyza5g43l5b2"],
    ["pamzc6rv308uv5tb", "1qcowyza4c51w8o2"],
    ["pamzc6rve34wt3vf", "1qcowyza5b32t5h4"],
    ["pajnd3xvecczp3vf", "1qa7xwfa5z06r5h4"],
    ["pajnd3xve5ftd3jb", "1qa7xwfa5g43l5b2"],
    ["pajnd3xv308uv5tb", "1qa7xwfa4c51w8o2"],
    ["pajnd3xve34wt3vf", "1qa7xwfa5b32t5h4"],
    ["parsc0lpecczp3vf", "1qqawunm5z06r5h4"],
    ["parsc0lpe5ftd3jb", "1qqawunm5g43l5b2"],
    ["parsc0lp308uv5tb", "1qqawunm4c51w8o2"],
    ["parsc0lpe34wt3vf", "1qqawunm5b32t5h4"],
    ["rdxvz1lzecczp3vf", "erug1vni5z06r5h4"],
    ["rdxvz1lze5ftd3jb", "erug1vni5g43l5b2"],
    ["rdxvz1lz308uv5tb", "erug1vni4c51w8o2"],
    ["rdxvz1lze34wt3vf", "erug1vni5b32t5h4"],
];

/// Windows of five words of one shingle each, all of whose words have hashes of their own: a shingle is a
/// polynomial, and of many words some give the same (Wagner, *A generalized birthday problem*, 2002).
const WINDOWS: [[&str; 2]; 3] = [
    [
        "gifigin culuga tedehas cujeba rain",
        "dahapij beharasa munaver vatiton rain",
    ],
    [
        "fufalaz kijobo kanurugu jifapem rain",
        "kosecupo lobutafu gepopaf teroziki rain",
    ],
    [
        "noposuc motido pegaroge kojali rain",
        "cedufuz peruhuna cazagaj relijogu rain",
    ],
];

/// A number below `below`, the same for the same `at` of the same `seed`.
fn drawn(seed: u64, at: u64, below: u64) -> usize {
    let mut z = (seed << 32 | at).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((z ^ (z >> 32)) % below) as usize
}

/// A paragraph of sentences of forged words; the other `side` says the same in hashes.
fn paragraph(seed: u64, side: usize, words: u64) -> String {
    let word = |at: u64| {
        let word = WORDS[drawn(seed, at, 16)][side];
        let word = match at % 12 {
            0 => word[..1].to_uppercase() + &word[1..],
            _ => word.to_owned(),
        };
        word + if at % 12 == 11 || at + 1 == words {
            ". "
        } else {
            " "
        }
    };
    (0..words)
        .map(word)
        .collect::<String>()
        .trim_end()
        .to_owned()
}

/// A paragraph of words of its own.
fn own(seed: u64) -> String {
    let word = |at: u64| format!("word{}", drawn(seed, at, 100_000));
    format!("It {}.", (0..60).map(word).collect::<Vec<_>>().join(" "))
}

/// What two texts share, by looking at every window of folded words.
fn by_words(a: &str, b: &str) -> Overlap {
    let windows = |text: &str| -> HashSet<Vec<String>> {
        let folded = FoldedWords::of(text);
        let words: Vec<String> = folded.iter().map(str::to_owned).collect();
        match words.len() {
            0 => HashSet::new(),
            1..WIDTH => HashSet::from([words]),
            _ => words.windows(WIDTH).map(<[String]>::to_vec).collect(),
        }
    };
    let (a, b) = (windows(a), windows(b));
    Overlap {
        left: a.len(),
        right: b.len(),
        shared: a.intersection(&b).count(),
    }
}

#[test]
fn they_are_forged() {
    let mut hasher = WordHasher::new();
    for [a, b] in WORDS {
        assert_ne!(a, b);
        assert_eq!(hasher.hash(a), hasher.hash(b));
    }
    for windows in WINDOWS {
        let words = windows.map(|window| Segmented::new(window).words().to_vec());
        assert!(words[0].iter().zip(&words[1]).take(4).all(|(a, b)| a != b));
        let [a, b] = words.map(|words| ShingleSet::new(&words, WIDTH));
        assert_eq!(Overlap::of(&a, &b).resemblance(), 1.0);
    }
}

#[test]
fn forged_texts_share_nothing() {
    let [a, b] = [0, 1].map(|side| paragraph(1, side, 80));
    let mut windows: Vec<[String; 2]> = vec![[a, b]];
    windows.extend(WINDOWS.map(|pair| pair.map(str::to_owned)));
    for [a, b] in &windows {
        let overlap = Overlap::of_texts(a, b, WIDTH);
        assert_eq!(overlap, by_words(a, b), "{a} | {b}");
        assert_eq!(overlap.shared, 0);
        let mut vocabulary = Vocabulary::default();
        let [a, b] = [a, b].map(|text| vocabulary.numbers(text));
        assert_eq!(passages(&a, &b, WIDTH), []);
    }
}

/// Whatever the pages: what a run says of its pages is what their words say.
fn check(texts: &[String]) {
    let pages: Vec<Page<'_>> = texts.iter().map(|text| Page::new("", text)).collect();
    let deduplicator = Deduplicator::default();
    let report = deduplicator.run(&pages);
    let cleaned: Vec<String> = (0..texts.len())
        .map(|at| report.pages[at].cleaned(&texts[at]))
        .collect();
    for (page, outcome) in report.pages.iter().enumerate() {
        if let Fate::Removed { keeper, overlap } = outcome.fate {
            assert_eq!(overlap, by_words(&cleaned[page], &cleaned[keeper]));
            assert!(overlap.resemblance() >= 0.7 || overlap.containment() >= 0.9);
        }
    }
    for pair in &report.related {
        let overlap = by_words(&cleaned[pair.page], &cleaned[pair.other]);
        assert_eq!(pair.overlap, overlap);
    }
    let sketches: Vec<_> = pages.iter().map(|page| deduplicator.sketch(page)).collect();
    let clusters = deduplicator.clusters(&sketches, |page| texts[page][..].into());
    for (page, fate) in clusters.fates.iter().enumerate() {
        if let Fate::Removed { keeper, overlap } = *fate {
            assert_eq!(overlap, by_words(&texts[page], &texts[keeper]));
            assert!(overlap.resemblance() >= 0.7 || overlap.containment() >= 0.9);
        }
    }
}

#[test]
fn both_pages_are_kept() {
    let [a, b] = [0, 1].map(|side| paragraph(2, side, 80));
    let pages = [&a, &b].map(|text| Page::new("", text));
    let report = Deduplicator::default().run(&pages);
    assert!(report.pages.iter().all(|page| page.is_kept()));
    assert!(report.related.is_empty());
    // An honest copy goes, under the page that says what it says.
    let copy = format!("{b} Read by the harbour desk.");
    let pages = [&a, &b, &copy].map(|text| Page::new("", text));
    let report = Deduplicator::default().run(&pages);
    let kept = report.pages.iter().map(|page| page.is_kept());
    assert!(kept.eq([true, false, true]));
    assert_eq!(report.keeper_of(1), 2);
    check(&[a, b, copy]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Pages of forged and honest passages, some of one page in forged words inside itself too.
    #[test]
    fn what_is_removed_was_said(
        pages in prop::collection::vec(prop::collection::vec((0..4u64, 0..3usize), 1..5), 2..7),
    ) {
        let text = |parts: &Vec<(u64, usize)>| {
            let parts = parts.iter().map(|(seed, side)| match side {
                2 => own(*seed),
                side => paragraph(*seed, *side, 30),
            });
            parts.collect::<Vec<_>>().join(" ")
        };
        let texts: Vec<String> = pages.iter().map(text).collect();
        check(&texts);
        for a in &texts {
            for b in &texts {
                prop_assert_eq!(Overlap::of_texts(a, b, WIDTH), by_words(a, b));
            }
        }
    }
}

#[test]
fn a_block_is_no_repeat_of_forged_words() {
    let [a, b] = [0, 1].map(|side| paragraph(3, side, 60));
    let page =
        |first: &str, last: &str| format!("{}\n{first}\n{}\n{last}\n{}\n", own(1), own(2), own(3));
    let forged = page(&a, &b);
    for rule in [
        CleanRule::DEFAULT,
        CleanRule {
            strip_citations: true,
            ..CleanRule::DEFAULT
        },
    ] {
        let taken = |text: &str| {
            let cleaned = clean(text, &rule);
            let taken = cleaned.findings.iter();
            let taken = taken.filter(|finding| finding.action == Action::Remove);
            taken
                .map(|finding| (finding.reason, finding.span.of(text).to_owned()))
                .collect::<Vec<_>>()
        };
        assert_eq!(taken(&forged), []);
        // What is repeated goes, also from such a page.
        assert_eq!(
            taken(&page(&a, &a)),
            [(Reason::RepeatedWithin, format!("{a}\n"))]
        );
        let both = format!("{forged}{}\n{b}\n", own(4));
        // Beside forged words a true repeat may stay; nothing else may go.
        let repeat = (Reason::RepeatedWithin, format!("{b}\n"));
        assert!(taken(&both).iter().all(|taken| *taken == repeat));
    }
    // The words that come with the cleaned text are hashed as ever.
    let text = format!("{forged}{}\n{b}\n", own(4));
    let cleaned = clean(&text, &CleanRule::DEFAULT);
    assert_eq!(cleaned.words, Segmented::new(&cleaned.text(&text)).words());
}

#[test]
fn a_block_of_another_page_is_no_repeat_of_forged_words() {
    let deduplicator = Deduplicator::builder()
        .across(Some(Action::Remove))
        .build()
        .unwrap();
    let [a, b] = [0, 1].map(|side| paragraph(4, side, 60));
    let page = |seed: u64, block: &str| {
        let own = [seed, seed + 1, seed + 2].map(own);
        format!("{}\n{}\n{block}\n{}\n", own[0], own[1], own[2])
    };
    let run = |blocks: [&str; 3]| {
        let texts = [
            page(10, blocks[0]),
            page(20, blocks[1]),
            page(30, blocks[2]),
        ];
        let pages = texts.each_ref().map(|text| Page::new("", text));
        let report = deduplicator.run(&pages);
        assert!(report.pages.iter().all(|page| page.is_kept()));
        let findings = report.pages.iter().zip(&texts).flat_map(|(page, text)| {
            page.findings.iter().map(|finding| {
                assert_eq!(
                    (finding.reason, finding.action),
                    (Reason::RepeatedAcross, Action::Remove)
                );
                finding.span.of(text).trim_end().to_owned()
            })
        });
        findings.collect::<Vec<_>>()
    };
    assert_eq!(run([&a, &b, &own(5)]), [""; 0]);
    // Beside forged words a true repeat may stay; nothing else may go.
    assert!(run([&a, &b, &a]).iter().all(|taken| *taken == a));
    assert_eq!(run([&a, &own(5), &a]), [a.as_str()]);
}

#[test]
fn an_index_knows_words() {
    let mut index = PageIndex::new(IndexRule::DEFAULT).unwrap();
    let [a, b] = [0, 1].map(|side| paragraph(5, side, 80));
    assert!(index.add("a", &a).is_none());
    assert!(index.find(&b).is_none());
    assert!(index.add("b", &b).is_none());
    let found = index.find(&format!("{b} And more.")).unwrap();
    assert_eq!(found.id, "b");
    assert_eq!(found.overlap, by_words(&format!("{b} And more."), &b));
    assert_eq!(found.passages.len(), 1);
    // Two pages of one id, of words that have one hash, are two texts.
    index.add("a", &b);
    assert!(index.find(&a).is_none());
    #[cfg(feature = "serde")]
    {
        let written = serde_json::to_string(&index).unwrap();
        let read: PageIndex = serde_json::from_str(&written).unwrap();
        assert_eq!(read.find(&b), index.find(&b));
        assert!(read.find(&a).is_none());
    }
}
