//! Words are exactly those of unicode-segmentation; equal words fold to equal hashes.

use proptest::prelude::*;
use twicetold::word::{WordHasher, words};
use unicode_segmentation::UnicodeSegmentation;

fn assert_same(text: &str) {
    let ours: Vec<(usize, &str)> = words(text)
        .map(|span| (span.start, span.of(text)))
        .collect();
    let theirs: Vec<(usize, &str)> = text.unicode_word_indices().collect();
    assert_eq!(ours, theirs, "{text:?}");
}

/// Characters that word rules treat in different ways, and the spaces around them.
fn awkward() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a", "B", "word", "7", "42", "_", "'", ".", ":", ",", ";", "\"", "-", " ", "  ", "\t",
        "\n", "\r\n", "\u{b}", "\u{c}", "\u{85}", "\u{a0}", "\u{2003}", "\u{3000}", "\u{301}",
        "\u{64e}", "\u{ad}", "\u{200b}", "\u{200c}", "\u{200d}", "\u{feff}", "é", "ß", "Ж", "ا",
        "ِ", "ـ", "א", "״", "漢", "字", "か", "カ", "ー", "ﾞ", "ไ", "ท", "ย", "็", "က", "្", "한",
        "🙂", "👩", "🏽", "🇩", "🇪", "·", "’", "‘", "․", "٫", "٬", "١", "𝟙", "ﬁ", "１",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(20_000) })]

    #[test]
    fn words_of_awkward_text_are_those_of_the_crate(text in awkward()) {
        assert_same(&text);
    }

    #[test]
    fn words_of_any_text_are_those_of_the_crate(text in any::<String>()) {
        assert_same(&text);
    }

    #[test]
    fn words_of_ascii_are_those_of_the_crate(text in "[ -~\t\n]{0,80}") {
        assert_same(&text);
    }
}

#[test]
fn every_character_in_every_neighbourhood() {
    for c in ('\0'..=char::MAX).filter(|c| c.is_ascii() || !matches!(c, '\u{e000}'..='\u{f8ff}')) {
        if (c as u32) >= 0x30000 && (c as u32) < 0xe0000 || (c as u32) >= 0xe0200 {
            continue; // unassigned and private planes: one class
        }
        let text = format!("a{c} {c}b 1{c}2 a{c}b {c} _{c}.{c}a");
        assert_same(&text);
    }
}

#[test]
fn equal_words_fold_to_equal_hashes() {
    let mut hasher = WordHasher::new();
    for (left, right) in [
        ("WORD", "word"),
        ("Straße", "straße"),
        ("café", "cafe\u{301}"),
        ("ＡＢＣ１", "abc1"),
        ("ﬁne", "fine"),
        ("co\u{ad}operate", "cooperate"),
        ("no\u{200d}ne", "none"),
        ("Macron’s", "macron's"),
        ("كتـــاب", "كتاب"),
        ("كِتَاب", "كتاب"),
        ("ΟΔΟΣ", "οδος"),
        ("ｶﾞ", "ガ"),
        ("各\u{fe00}", "各"),
    ] {
        assert_eq!(hasher.hash(left), hasher.hash(right), "{left} {right}");
    }
    for (left, right) in [("word", "words"), ("café", "cafe"), ("1", "2"), ("", "a")] {
        assert_ne!(hasher.hash(left), hasher.hash(right), "{left} {right}");
    }
}

/// Folding short ASCII in place and folding through the buffer are one function.
#[test]
fn long_and_short_words_take_one_hash() {
    let mut hasher = WordHasher::new();
    for len in [1, 31, 32, 33, 100] {
        let word = "aB".repeat(len);
        let folded = hasher.fold(&word).to_owned();
        assert_eq!(hasher.hash(&word), hasher.hash(&folded));
        // A soft hyphen forces the slow path and leaves the word the same.
        assert_eq!(hasher.hash(&format!("{word}\u{ad}")), hasher.hash(&word));
    }
}
