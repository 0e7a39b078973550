//! The index against the library's, against one that looks at every page, and against damage.

use super::old::{Found, Match};
use super::page::slot_bytes;
use super::settings::Settings;
use super::{Adder, Counts, NewPage, OldPages};
use proptest::prelude::*;
use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use twicetold::cluster::Nearness;
use twicetold::index::{IndexRule, PageIndex};
use twicetold::lsh::{Banding, LeftOut};
use twicetold::shingle::WIDTH;
use twicetold::verify::Overlap;

/// An id and a text.
type Page = (String, String);

/// Few rows and small buckets, so that these are crowded.
fn crowded(most_keepers: usize) -> IndexRule {
    IndexRule {
        width: 2,
        banding: Some(Banding { bands: 6, rows: 2 }),
        most_keepers,
        ..IndexRule::DEFAULT
    }
}

/// Texts that are drawn from a few beginnings, ends and words, so that many are alike.
fn texts(most: usize) -> impl Strategy<Value = Vec<String>> {
    let text = (0..4usize, prop::collection::vec(0..8u8, 0..12), 0..4usize);
    let texts = prop::collection::vec(text, 0..most);
    texts.prop_map(|texts| {
        let begins = [
            "",
            "the ferry stopped on monday",
            "the ferry stopped on friday after a storm",
            "the ferry to the outer islands stopped on friday after a storm that took the pier",
        ];
        let ends = [
            "",
            "read more about boats",
            "said the harbour master on the quay that night",
            "said the harbour master on the quay that night to all who would hear him out",
        ];
        let texts = texts.into_iter().map(|(begin, words, end)| {
            let middle: Vec<String> = words.iter().map(|word| format!("w{word}")).collect();
            format!("{} {} {}", begins[begin], middle.join(" "), ends[end])
        });
        texts.collect()
    })
}

fn numbered(texts: &[String]) -> Vec<Page> {
    let numbered = texts.iter().enumerate();
    numbered
        .map(|(at, text)| (format!("page {at}"), text.clone()))
        .collect()
}

fn new_pages(pages: &[Page]) -> Vec<NewPage<'_>> {
    let new = pages.iter().map(|(id, text)| NewPage {
        id,
        source: id.ends_with('3').then_some("a source"),
        text,
    });
    new.collect()
}

fn build(path: &Path, rule: &IndexRule, pages: &[Page]) -> Counts {
    let mut adder = Adder::create(path, rule, true).unwrap();
    adder.add(&new_pages(pages)).unwrap();
    adder.finish().unwrap()
}

fn add(path: &Path, pages: &[Page]) -> Counts {
    let mut adder = Adder::onto(path, None).unwrap().with_memory(64);
    for page in new_pages(pages) {
        adder.add(&[page]).unwrap();
    }
    adder.finish().unwrap()
}

/// Id and figures of an answer.
fn figures(found: &Found) -> Option<(String, Overlap)> {
    let Match { id, overlap, .. } = found.copy_of.clone()?;
    Some((id, overlap))
}

/// What [`PageIndex`] says of a text, and what it leaves out for that.
fn as_page_index(index: &PageIndex, text: &str) -> (Option<(String, Overlap)>, LeftOut) {
    let before = index.left_out();
    let mut index = index.clone();
    let found = index.add("a text that is asked about", text);
    let mut left_out = index.left_out();
    left_out.by_split -= before.by_split;
    left_out.by_cap -= before.by_cap;
    (found.map(|found| (found.id, found.overlap)), left_out)
}

/// The most similar page that is a copy by the definition and shares a band; of all that are.
fn by_looking_at_all(rule: &IndexRule, pages: &[Page], text: &str) -> Option<(String, Overlap)> {
    let settings = Settings::new(rule).unwrap();
    let hasher = settings.hasher().unwrap();
    let words = |text: &str| twicetold::block::Segmented::new(text).words().to_vec();
    let of = |text: &str| settings.signature(&hasher, &words(text));
    let ours = of(text)?;
    let mut best: Option<(String, Overlap)> = None;
    for (id, known) in pages {
        let Some(its) = of(known) else { continue };
        let bands = 0..settings.banding.bands;
        let key = |signature, band| settings.banding.key(signature, band);
        let met = bands
            .into_iter()
            .any(|band| key(&ours, band) == key(&its, band));
        let near = ours.resemblance(&its).unwrap() >= settings.least_estimate();
        let overlap = Overlap::of_texts(text, known, rule.width);
        if met
            && near
            && rule.nearness.is_copy(overlap)
            && best
                .as_ref()
                .is_none_or(|(_, best)| overlap.resemblance() > best.resemblance())
        {
            best = Some((id.clone(), overlap));
        }
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Over pages that are no copies of each other it says what the library's index says, of every bucket.
    #[test]
    fn as_the_library(
        texts in texts(60), asked in texts(20), most in 1usize..5, halves in any::<prop::sample::Index>(),
    ) {
        let rule = crowded(most);
        let mut index = PageIndex::new(rule).unwrap();
        let mut keepers: Vec<Page> = Vec::new();
        for (id, text) in numbered(&texts) {
            let known = keepers.iter().any(|(_, other)| Overlap::of_texts(&text, other, 2).resemblance() == 1.0);
            if !known && index.find(&text).is_none() {
                index.add(&id, &text);
                keepers.push((id, text));
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.index");
        let (first, rest) = keepers.split_at(halves.index(keepers.len() + 1));
        build(&path, &rule, first);
        add(&path, rest);
        let old = OldPages::open(&path, &rule).unwrap();
        for text in asked.iter().chain(&texts) {
            let found = old.find(text).unwrap();
            prop_assert_eq!((figures(&found), found.left_out), as_page_index(&index, text));
        }
        old.verify(|_| {}).unwrap();
    }

    /// Over any pages it says what looking at all of them says.
    #[test]
    fn as_looking_at_all(texts in texts(60), asked in texts(20), bands in 1usize..8) {
        let rule = IndexRule {
            banding: Some(Banding { bands, rows: 1 }),
            ..crowded(1000)
        };
        let pages = numbered(&texts);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.index");
        let counts = build(&path, &rule, &pages);
        let old = OldPages::open(&path, &rule).unwrap();
        for text in asked.iter().chain(&texts) {
            let found = old.find(text).unwrap();
            prop_assert_eq!(figures(&found), by_looking_at_all(&rule, &pages, text));
            prop_assert_eq!(found.left_out, LeftOut::default());
        }
        prop_assert_eq!(counts.given, pages.len() as u64);
        prop_assert_eq!(counts.pages + counts.same + counts.wordless, counts.given);
    }

    /// However pages come in, the file is the same.
    #[test]
    fn one_file_of_one_list(
        texts in texts(80), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..3), most in 1usize..5,
    ) {
        let mut pages = numbered(&texts);
        // Some ids stand twice.
        for (at, page) in pages.iter_mut().enumerate() {
            page.0 = format!("page {}", at % 50);
        }
        let rule = crowded(most);
        let folder = tempfile::tempdir().unwrap();
        let [whole, parts] = ["whole", "parts"].map(|name| folder.path().join(name));
        let counts = build(&whole, &rule, &pages);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(pages.len() + 1)).collect();
        cuts.extend([0, pages.len()]);
        cuts.sort_unstable();
        build(&parts, &rule, &[]);
        for part in cuts.windows(2) {
            // Whatever the number of threads.
            let threads = rayon::ThreadPoolBuilder::new().num_threads(1 + part[0] % 3).build().unwrap();
            threads.install(|| add(&parts, &pages[part[0]..part[1]]));
        }
        prop_assert_eq!(OldPages::open_any(&parts).unwrap().counts(), counts);
        prop_assert!(fs::read(&whole).unwrap() == fs::read(&parts).unwrap());
        // Nothing is left beside them.
        prop_assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}

/// Hundreds of pages that share most of their rows and are no copies of each other.
#[test]
fn crowded_buckets_are_split_and_capped_as_the_library_does() {
    let rule = IndexRule {
        width: 1,
        banding: Some(Banding { bands: 4, rows: 1 }),
        ..crowded(2)
    };
    let common: Vec<String> = (0..30).map(|word| format!("common{word}")).collect();
    let text = |number: usize| {
        let own = (0..12).map(|word| format!("own{number}x{word}"));
        let own: Vec<String> = own.collect();
        format!("{} {}", common.join(" "), own.join(" "))
    };
    let pages: Vec<Page> = (0..300).map(|n| (format!("page {n}"), text(n))).collect();
    let mut library = PageIndex::new(rule).unwrap();
    for (id, text) in &pages {
        assert!(library.add(id, text).is_none());
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.index");
    build(&path, &rule, &pages[..100]);
    add(&path, &pages[100..200]);
    add(&path, &pages[200..]);
    let old = OldPages::open(&path, &rule).unwrap();
    let mut all = LeftOut::default();
    let mut copies = 0;
    for number in 0..400 {
        // Of an old page, but for two words.
        let asked = text(number).replacen("common", "other", 2);
        let found = old.find(&asked).unwrap();
        let right = as_page_index(&library, &asked);
        assert_eq!((figures(&found), found.left_out), right);
        all.by_split += found.left_out.by_split;
        all.by_cap += found.left_out.by_cap;
        copies += usize::from(found.copy_of.is_some());
    }
    assert!(all.by_split > 10_000 && all.by_cap > 1_000, "{all:?}");
    assert!((100..300).contains(&copies), "{copies}");
}

fn story(number: usize) -> String {
    let words = (0..40).map(|word| format!("word{}", (number * 31 + word * (number + 1)) % 97));
    words.collect::<Vec<_>>().join(" ")
}

/// A small index, and texts with what is right of them.
fn small(path: &Path) -> Vec<(String, Found)> {
    let pages: Vec<Page> = (0..12)
        .map(|number| (format!("page {number}"), story(number)))
        .chain([("other".to_owned(), format!("{} and more", story(3)))])
        .collect();
    build(path, &crowded(2), &pages);
    let old = OldPages::open_any(path).unwrap();
    let asked = (0..14).map(|number| {
        let text = format!("before that {} and after", story(number));
        let found = old.find(&text).unwrap();
        (text, found)
    });
    let asked: Vec<_> = asked.collect();
    assert!(
        asked
            .iter()
            .filter(|(_, found)| found.copy_of.is_some())
            .count()
            > 10
    );
    assert!(asked.iter().any(|(_, found)| found.copy_of.is_none()));
    asked
}

/// Whether every answer is right or an error; how many errors.
fn asked_all(path: &Path, asked: &[(String, Found)]) -> Result<usize, String> {
    let Ok(old) = OldPages::open_any(path) else {
        return Ok(asked.len() + 1);
    };
    let mut refused = 0;
    for (text, right) in asked {
        match old.find(text) {
            Ok(found) if found == *right => {}
            Ok(found) => return Err(format!("{found:?}, not {right:?}")),
            Err(_) => refused += 1,
        }
    }
    Ok(refused)
}

#[test]
fn damage_is_told_and_never_answered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.index");
    let asked = small(&path);
    let bytes = fs::read(&path).unwrap();
    let mut file = OpenOptions::new().write(true).open(&path).unwrap();
    let mut put = |at: usize, byte: u8| {
        file.seek(SeekFrom::Start(at as u64)).unwrap();
        file.write_all(&[byte]).unwrap();
    };
    let mut refused = 0;
    for (at, byte) in bytes.iter().enumerate() {
        for flip in [1, 0x80] {
            put(at, byte ^ flip);
            refused +=
                asked_all(&path, &asked).unwrap_or_else(|wrong| panic!("byte {at}: {wrong}"));
            // Reading all of it finds every damage, and so does adding to it.
            let old = OldPages::open_any(&path);
            let sound = old.is_ok_and(|old| old.verify(|_| {}).is_ok());
            assert!(!sound, "byte {at} is damaged, and nobody sees it");
        }
        put(at, *byte);
    }
    assert!(refused > bytes.len() / 10, "{refused}");
    // Stretches that are blank, as after a power cut.
    for at in (0..bytes.len() - 24).step_by(13) {
        (at..at + 24).for_each(|at| put(at, 0));
        asked_all(&path, &asked).unwrap_or_else(|wrong| panic!("bytes from {at}: {wrong}"));
        (at..at + 24).for_each(|at| put(at, bytes[at]));
    }
    assert_eq!(asked_all(&path, &asked), Ok(0));
    // Few places, because a file is written for each.
    for at in (0..bytes.len()).step_by(97) {
        put(at, bytes[at] ^ 1);
        let added = Adder::onto(&path, None).and_then(|mut adder| {
            let page = NewPage {
                id: "new",
                source: None,
                text: "a new page",
            };
            adder.add(&[page]).unwrap();
            adder.finish()
        });
        assert!(added.is_err(), "byte {at} is damaged, and was copied");
        put(at, bytes[at]);
    }
    assert!(fs::read(&path).unwrap() == bytes);
}

/// With as many rows as by default a page is not even read where its signature is far from that of a text.
#[test]
fn a_blank_signature_is_never_taken_for_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.index");
    let pages: Vec<Page> = (0..12).map(|n| (format!("page {n}"), story(n))).collect();
    build(&path, &IndexRule::DEFAULT, &pages);
    let old = OldPages::open_any(&path).unwrap();
    let asked: Vec<(String, Found)> = pages
        .iter()
        .map(|(_, text)| (text.clone(), old.find(text).unwrap()))
        .collect();
    let bytes = fs::read(&path).unwrap();
    let slot = slot_bytes(&old.header.settings);
    for page in 0..pages.len() {
        let rows = old.header.sections.slots.at as usize + page * slot + 12;
        let mut other = bytes.clone();
        other[rows..rows + 320].fill(0);
        fs::write(&path, other).unwrap();
        let refused =
            asked_all(&path, &asked).unwrap_or_else(|wrong| panic!("page {page}: {wrong}"));
        assert!(refused > 0, "page {page}");
    }
}

#[test]
fn what_is_cut_short_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.index");
    small(&path);
    let bytes = fs::read(&path).unwrap();
    for len in (0..bytes.len()).step_by(7).chain([bytes.len() - 1]) {
        fs::write(&path, &bytes[..len]).unwrap();
        let failure = OldPages::open_any(&path).err().unwrap();
        let right = if len == 0 {
            "not an index"
        } else {
            "cut short"
        };
        assert!(
            failure.message.contains(right),
            "{len}: {}",
            failure.message
        );
    }
    fs::write(&path, [&bytes[..], b"x"].concat()).unwrap();
    let failure = OldPages::open_any(&path).err().unwrap();
    assert!(failure.message.contains("do not fill it"), "{failure:?}");
}

#[test]
fn what_is_another_is_refused_with_what_differs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.index");
    small(&path);
    let bytes = fs::read(&path).unwrap();
    let said = |at: usize, byte: u8| {
        let mut other = bytes.clone();
        other[at] = byte;
        fs::write(&path, other).unwrap();
        OldPages::open_any(&path).err().unwrap().message
    };
    let version = said(16, 9);
    assert!(
        version.contains("file version 9, and this program reads version 2"),
        "{version}"
    );
    let format = said(20, 2);
    assert!(
        format.contains("hashes of format 2, and this program makes format 4"),
        "{format}"
    );
    let unicode = said(24, 16);
    assert!(
        unicode.contains("words of Unicode 16.0.0, and this program goes by Unicode 17.0.0"),
        "{unicode}"
    );
    let folding = said(27, 15);
    assert!(folding.contains("folding of Unicode 15.0.0"), "{folding}");
    let none = said(0, b'T');
    assert!(none.contains("not an index of twicetold"), "{none}");
    fs::write(&path, "once upon a time").unwrap();
    assert!(
        OldPages::open_any(&path)
            .err()
            .unwrap()
            .message
            .contains("not an index")
    );

    fs::write(&path, &bytes).unwrap();
    let asked = |rule: &IndexRule| {
        OldPages::open(&path, rule)
            .err()
            .map(|failure| failure.message)
    };
    let rule = crowded(2);
    assert_eq!(asked(&rule), None);
    let nearness = |resemblance, containment| IndexRule {
        nearness: Nearness {
            resemblance,
            containment,
            ..Nearness::DEFAULT
        },
        ..rule
    };
    for (other, right) in [
        (nearness(0.8, Some(0.9)), "resemblance 0.7, not 0.8;"),
        (
            nearness(0.7, None),
            "containment 0.9, not 0 (not looked at);",
        ),
        (
            IndexRule {
                width: WIDTH,
                ..rule
            },
            "shingle width 2, not 5;",
        ),
        (
            IndexRule {
                banding: None,
                ..rule
            },
            "bands × rows 6 × 2, not 32 × 5;",
        ),
        (crowded(3), "most keepers of a bucket 2, not 3;"),
    ] {
        let said = asked(&other).unwrap();
        assert!(
            said.contains(right) && said.contains("build it anew"),
            "{said}"
        );
    }
}

#[test]
fn pages_are_left_out_only_where_they_could_never_be_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.index");
    let page = |id: &str, text: &str| (id.to_owned(), text.to_owned());
    let (one, other) = (story(1), story(2));
    let pages = [
        page("first", &one),
        page("empty", " ... "),
        page("second", &one.to_uppercase()),
        // The same id, and both texts are known.
        page("first", &other),
    ];
    let counts = build(&path, &IndexRule::DEFAULT, &pages);
    let right = Counts {
        pages: 2,
        given: 4,
        same: 1,
        wordless: 1,
        equal_ids: 1,
    };
    assert_eq!(counts, right);
    let old = OldPages::open_any(&path).unwrap();
    for (text, number) in [(&one, 0), (&other, 1)] {
        let found = old.find(text).unwrap().copy_of.unwrap();
        assert_eq!((&found.id[..], found.page), ("first", number));
        assert_eq!(found.overlap.resemblance(), 1.0);
    }
    assert_eq!(old.find("").unwrap(), Found::default());
    // Once more: nothing comes in.
    let again = add(&path, &pages);
    assert_eq!(again.since(&counts).pages, 0);
    assert_eq!(again.since(&counts).same, 3);
}

#[test]
fn readers_keep_the_old_file_while_one_adds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.index");
    let pages: Vec<Page> = (0..50).map(|n| (format!("page {n}"), story(n))).collect();
    build(&path, &IndexRule::DEFAULT, &pages[..10]);
    let old = Arc::new(OldPages::open_any(&path).unwrap());
    std::thread::scope(|scope| {
        let reader = Arc::clone(&old);
        scope.spawn(move || {
            for (at, (_, text)) in pages.iter().cycle().take(2000).enumerate() {
                let found = reader.find(text).unwrap().copy_of;
                assert_eq!(found.is_some(), at % 50 < 10);
            }
        });
        scope.spawn(|| {
            for number in 10..20 {
                let mut adder = Adder::onto(&path, None).unwrap();
                // A second one is refused, and takes nothing away.
                let second = Adder::onto(&path, None).err().unwrap();
                assert!(second.message.contains("another run"), "{second:?}");
                let text = story(number);
                let page = NewPage {
                    id: "new",
                    source: None,
                    text: &text,
                };
                adder.add(&[page]).unwrap();
                adder.finish().unwrap();
            }
        });
    });
    assert_eq!(OldPages::open_any(&path).unwrap().counts().pages, 20);
}

#[test]
fn one_that_is_given_up_leaves_all_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.index");
    small(&path);
    let bytes = fs::read(&path).unwrap();
    let mut adder = Adder::onto(&path, None).unwrap();
    adder
        .add(&[NewPage {
            id: "new",
            source: None,
            text: "a new page",
        }])
        .unwrap();
    drop(adder);
    assert!(fs::read(&path).unwrap() == bytes);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let there = Adder::create(&path, &IndexRule::DEFAULT, false)
        .err()
        .unwrap();
    assert!(
        there.message.contains("there is an index already"),
        "{there:?}"
    );
    // What is no index is never replaced.
    let other = folder.path().join("notes.txt");
    fs::write(&other, "my notes").unwrap();
    let refused = Adder::create(&other, &IndexRule::DEFAULT, true)
        .err()
        .unwrap();
    assert!(refused.message.contains("not an index"), "{refused:?}");
    assert_eq!(fs::read(&other).unwrap(), b"my notes");
    // One of another version is one.
    fs::write(&path, [&bytes[..16], &[9; 500]].concat()).unwrap();
    assert!(OldPages::open_any(&path).is_err());
    build(&path, &IndexRule::DEFAULT, &[]);
    assert!(OldPages::open_any(&path).is_ok());
}
