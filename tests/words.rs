//! Words are exactly those of unicode-segmentation; equal words fold to equal hashes.

use proptest::prelude::*;
use twicetold::block::Segmented;
use twicetold::word::{WordHasher, words};
use unicode_normalization::UnicodeNormalization;
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

/// Longer than the blocks words are found in, with runs that fill them.
fn long() -> impl Strategy<Value = String> {
    let run = |piece: &'static str| (1..150usize).prop_map(move |times| piece.repeat(times));
    let stretch = prop_oneof![
        4 => awkward(),
        4 => "[ -~]{0,90}",
        4 => "[a-z ,.'’]{0,90}",
        1 => run("a"), 1 => run(" "), 1 => run("_"), 1 => run("a."), 1 => run("=-"),
        1 => run("é"), 1 => run("\r\n"), 1 => run("\u{301}"), 1 => run("7,"), 1 => run("🇩"),
    ];
    prop::collection::vec(stretch, 0..6).prop_map(|stretches| stretches.concat())
}

/// What [`Segmented`] says of a text, line by line and word by word.
fn assert_lines(text: &str) {
    let page = Segmented::new(text);
    let mut hasher = WordHasher::new();
    let mut all = 0;
    for line in page.lines() {
        let content = line.span.of(text);
        let theirs: Vec<u64> = content
            .unicode_words()
            .map(|word| hasher.hash(word))
            .collect();
        assert_eq!(
            &page.words()[line.words.clone()],
            &theirs[..],
            "{content:?} of {text:?}"
        );
        assert_eq!(line.blank, content.trim().is_empty());
        all += theirs.len();
    }
    assert_eq!(page.words().len(), all);
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
    fn words_of_long_text_are_those_of_the_crate(text in long()) {
        assert_same(&text);
    }

    #[test]
    fn lines_have_the_hashes_of_their_words(text in long()) {
        assert_lines(&text);
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

/// The folded hashes of the words of a text.
fn hashes(text: &str) -> Vec<u64> {
    Segmented::new(text).words().to_vec()
}

/// Forms of one text that differ only in how they are written.
#[test]
fn full_width_forms_are_the_narrow_ones() {
    assert_eq!(
        hashes("Ｔｈｅ　ｆｅｒｒｙ，　２０２６"),
        hashes("The ferry, 2026")
    );
    assert_eq!(hashes("ﾌｪﾘｰがｶﾞｽを"), hashes("フェリーがガスを"));
}

#[test]
fn soft_hyphens_and_zero_width_characters_are_nothing() {
    assert_eq!(
        hashes("the fer\u{ad}ry stop\u{ad}ped"),
        hashes("the ferry stopped")
    );
    for invisible in [
        '\u{200c}', '\u{200d}', '\u{200e}', '\u{200f}', '\u{2060}', '\u{2063}', '\u{feff}',
        '\u{34f}',
    ] {
        let text = format!("the{invisible} fer{invisible}ry stopped{invisible}");
        assert_eq!(hashes(&text), hashes("the ferry stopped"), "{invisible:?}");
    }
    // A zero-width space is a space: between words it changes nothing.
    assert_eq!(hashes("ភាសា\u{200b}ខ្មែរ"), hashes("ភាសាខ្មែរ"));
    assert_eq!(hashes("the \u{200b}ferry"), hashes("the ferry"));
}

#[test]
fn arabic_is_read_without_tatweel_and_vowel_signs() {
    assert_eq!(hashes("كِتَابٌ جَدِيدٌ"), hashes("كتاب جديد"));
    assert_eq!(hashes("كتـــاب جـديد"), hashes("كتاب جديد"));
    // Hamza and madda are letters, not vowel signs, composed or not.
    assert_eq!(
        hashes("ا\u{653}خر ا\u{654}حمد ا\u{655}سلام"),
        hashes("آخر أحمد إسلام")
    );
    assert_ne!(hashes("آخر"), hashes("اخر"));
    assert_eq!(hashes("שָׁלוֹם"), hashes("שלום"));
}

#[test]
fn composed_and_decomposed_text_is_one_text() {
    for text in [
        "Žluťoučký kůň příšerně úpěl ďábelské ódy",
        "Tiếng Việt có nhiều dấu, ở đây cũng vậy",
        "한국어 기사는 두 번 실렸다",
        "がぎぐげご パピプペポ ヴァイオリン",
        "\u{958}लम \u{95b}मीन प\u{95d}ना",
        "آخر أحمد إسلام مؤمن قرأها ۀ ۓ",
        "Ὅμηρος ἄειδε θεὰ Πηληϊάδεω",
        "İstanbul ǅ ẞ Å",
        "\u{fb2a}לום י\u{fb2b}ראל",
    ] {
        let decomposed: String = text.nfd().collect();
        assert_ne!(text, decomposed);
        assert_eq!(hashes(text), hashes(&decomposed), "{text}");
        assert_eq!(
            hashes(&text.nfkc().collect::<String>()),
            hashes(text),
            "{text}"
        );
        assert_eq!(
            hashes(&text.nfkd().collect::<String>()),
            hashes(text),
            "{text}"
        );
    }
}

/// No character folds apart from its own other forms, alone or under marks.
#[test]
fn every_character_folds_with_its_forms() {
    let mut hasher = WordHasher::new();
    let mut word = String::new();
    for c in '\0'..=char::MAX {
        for marks in [
            "",
            "\u{301}",
            "\u{327}\u{301}",
            "\u{654}",
            "\u{64e}\u{654}",
            "\u{3099}",
        ] {
            word.clear();
            word.push(c);
            word.push_str(marks);
            let hash = hasher.hash(&word);
            for form in [
                word.nfc().collect::<String>(),
                word.nfd().collect(),
                word.nfkc().collect(),
                word.nfkd().collect(),
            ] {
                assert_eq!(hasher.hash(&form), hash, "{word:?} {form:?}");
            }
        }
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

/// The ranges that folding drops, from both sides.
#[test]
fn what_folds_to_nothing() {
    let mut hasher = WordHasher::new();
    let plain = hasher.hash("ab");
    let mut gone = |c: u32| {
        let c = char::from_u32(c).unwrap();
        hasher.hash(&format!("a{c}b")) == plain
    };
    for (first, last) in [
        (0xad, 0xad),
        (0x34f, 0x34f),
        (0x591, 0x5bd),
        (0x5bf, 0x5bf),
        (0x5c1, 0x5c2),
        (0x5c4, 0x5c5),
        (0x5c7, 0x5c7),
        (0x61c, 0x61c),
        (0x640, 0x640),
        (0x64b, 0x65f),
        (0x670, 0x670),
        (0x6d6, 0x6dc),
        (0x6df, 0x6e4),
        (0x6e7, 0x6e8),
        (0x6ea, 0x6ed),
        (0x180b, 0x180f),
        (0x200b, 0x200f),
        (0x202a, 0x202e),
        (0x2060, 0x206f),
        (0xfe00, 0xfe0f),
        (0xfeff, 0xfeff),
        (0xe0100, 0xe01ef),
    ] {
        assert!((first..=last).all(&mut gone), "{first:x} to {last:x}");
        assert!(!gone(first - 1), "before {first:x}");
        assert!(!gone(last + 1), "after {last:x}");
    }
}

#[test]
fn apostrophes_are_one_and_invisible_characters_part_no_mark_from_its_letter() {
    let mut hasher = WordHasher::new();
    for apostrophe in ['\u{2018}', '\u{2019}', '\u{2bc}'] {
        assert_eq!(hasher.fold(&format!("don{apostrophe}t")), "don't");
    }
    assert_eq!(hasher.fold("cafe\u{ad}\u{301}"), "café");
}
