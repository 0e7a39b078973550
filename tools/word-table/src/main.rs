//! Prints `src/word/table.rs`: what each character is to the rules of words and to folding.

#[path = "../../../src/word/class.rs"]
mod class;
#[path = "../../../src/word/fold.rs"]
mod fold;

use class::{ALPHANUMERIC, Class, SAME, SIMPLE};
use icu_properties::props::{ExtendedPictographic, WordBreak};
use icu_properties::{CodePointMapData, CodePointSetData};
use std::collections::HashMap;
use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, is_nfkc_quick};

/// Characters a page of the table holds.
const PAGE: usize = 256;

fn main() {
    let mut pages: Vec<Vec<u8>> = Vec::new();
    let mut numbers: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut index = Vec::new();
    for first in (0..=u32::from(char::MAX)).step_by(PAGE) {
        let page: Vec<u8> = (first..first + PAGE as u32).map(entry).collect();
        let number = *numbers.entry(page.clone()).or_insert_with(|| {
            pages.push(page);
            pages.len() - 1
        });
        index.push(u8::try_from(number).expect("under 256 different pages"));
    }
    println!(
        "//! Made by tools/word-table from Unicode 17.0; see [`super::class`] for what the bits say."
    );
    println!("\n/// The page of each {PAGE} characters.\n#[rustfmt::skip]");
    println!("pub(super) static INDEX: [u8; {}] = [", index.len());
    print(&index);
    println!("];\n\n/// A byte for each character, in pages.\n#[rustfmt::skip]");
    println!(
        "pub(super) static PAGES: [[u8; {PAGE}]; {}] = [",
        pages.len()
    );
    for page in &pages {
        println!("    [");
        print(page);
        println!("    ],");
    }
    println!("];");
}

fn print(bytes: &[u8]) {
    for line in bytes.chunks(32) {
        let line: Vec<String> = line.iter().map(u8::to_string).collect();
        println!("        {},", line.join(", "));
    }
}

fn entry(code: u32) -> u8 {
    // A surrogate stands in no text.
    let Some(c) = char::from_u32(code) else {
        return 0;
    };
    let mut entry = word_break(c) as u8;
    if c.is_alphanumeric() {
        entry |= ALPHANUMERIC;
    }
    let composed = is_nfkc_quick(std::iter::once(c)) == IsNormalized::Yes;
    if composed && canonical_combining_class(c) == 0 && !fold::is_dropped(c) {
        entry |= SIMPLE;
        if c.is_ascii() || fold::of_char(c).eq([c]) {
            entry |= SAME;
        }
    }
    entry
}

fn word_break(c: char) -> Class {
    let pictographic = CodePointSetData::new::<ExtendedPictographic>().contains(c);
    match CodePointMapData::<WordBreak>::new().get(c) {
        WordBreak::ALetter if pictographic => Class::LetterPictograph,
        WordBreak::ALetter => Class::Letter,
        WordBreak::Format => Class::Format,
        WordBreak::Katakana => Class::Katakana,
        WordBreak::MidLetter => Class::MidLetter,
        WordBreak::MidNum => Class::MidNum,
        WordBreak::Numeric => Class::Numeric,
        WordBreak::ExtendNumLet => Class::ExtendNumLet,
        WordBreak::CR => Class::CarriageReturn,
        WordBreak::LF => Class::LineFeed,
        WordBreak::Newline => Class::Newline,
        WordBreak::Extend => Class::Extend,
        WordBreak::MidNumLet => Class::MidNumLet,
        WordBreak::RegionalIndicator => Class::RegionalIndicator,
        WordBreak::HebrewLetter => Class::HebrewLetter,
        WordBreak::SingleQuote => Class::SingleQuote,
        WordBreak::DoubleQuote => Class::DoubleQuote,
        WordBreak::WSegSpace => Class::Space,
        WordBreak::ZWJ => Class::Joiner,
        WordBreak::Other if pictographic => Class::Pictograph,
        WordBreak::Other => Class::Other,
        other => panic!("a word break property of a later Unicode: {other:?}"),
    }
}
