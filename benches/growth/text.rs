//! Texts of hostile kinds: of what a word, a line or a block may be, each at any size.

use crate::common::Random;
use std::fmt::Write;

/// What news looks like, against which all others are held.
pub(crate) fn news(random: &mut Random, bytes: usize) -> String {
    filled(bytes, |text, _| *text += &block(random))
}

/// A name, and what makes a text of about so many bytes.
pub(crate) type Family = (&'static str, fn(&mut Random, usize) -> String);

/// Of what words are made of.
pub(crate) const WORDS: &[Family] = &[
    ("one endless word", |_, n| "z".repeat(n)),
    ("marks on one letter, out of order", |_, n| {
        again("\u{323}\u{301}\u{327}", "e", n)
    }),
    ("marks on one letter, in order", |_, n| {
        format!("o{}{}", "\u{325}".repeat(n / 4), "\u{308}".repeat(n / 4))
    }),
    ("a word of ligatures", |_, n| again("\u{fdfa}", "", n)),
    ("words of one ligature", |_, n| again("\u{fdfa} ", "", n)),
    ("two ligatures in turn", |_, n| {
        again("\u{fdfb}\u{fdfa}\u{fdfa}", "", n)
    }),
    ("squared abbreviations", |_, n| {
        again("\u{33af}\u{3316} ", "", n)
    }),
    ("pictures joined without end", |_, n| {
        again("\u{1f469}\u{200d}", "", n)
    }),
    ("flags without end", |_, n| again("\u{1f1eb}", "", n)),
    ("a word of Thai letters", |_, n| {
        again("\u{e14}\u{e35}", "", n)
    }),
    ("Han without a stop", |_, n| {
        again("\u{6d77}\u{6e2f}\u{8239}", "", n)
    }),
    ("a number that goes on", |_, n| again("7,", "", n)),
    ("apostrophes between letters", |_, n| again("o'", "", n)),
    ("Hebrew letters and quotes", |_, n| {
        again("\u{5d1}\"", "", n)
    }),
    ("leading jamo", |_, n| again("\u{1103}", "", n)),
    ("jamo that may compose", |_, n| {
        again("\u{1103}\u{1161}\u{11ab}", "", n)
    }),
    ("letters joined by low lines", |_, n| again("q_", "", n)),
    ("letters parted by nothing", |_, n| {
        again("b\u{200b}", "", n)
    }),
];

/// Of lines and blocks.
pub(crate) const LINES: &[Family] = &[
    ("line ends alone", |_, n| again("\n", "", n)),
    ("line ends of two bytes", |_, n| again("\r\n", "", n)),
    ("lines of one letter", |_, n| again("b\n", "", n)),
    ("line separators", |_, n| again("c\u{2028}", "", n)),
    ("lines of signs", |_, n| again("+ \n= \n", "", n)),
    ("one line over and over", |_, n| {
        again("The boat came back once more this very evening\n", "", n)
    }),
    ("one block over and over", |random, n| {
        again(&block(random), "", n)
    }),
    ("two blocks in turn", |random, n| {
        again(&(block(random) + &block(random)), "", n)
    }),
    ("a page twice", |random, n| news(random, n / 2).repeat(2)),
    ("a page twice, edited", |random, n| {
        let first = news(random, n / 2);
        let edited = first.split("\n\n").map(|block| edited(random, block, 2));
        first.clone() + &edited.collect::<Vec<_>>().join("\n\n")
    }),
    ("near-equal blocks", |random, n| variants(random, n, 42, 2)),
    ("blocks that are half alike", |random, n| {
        variants(random, n, 42, 6)
    }),
    ("blocks that drift", |random, n| {
        let mut words = random.words(55);
        filled(n, |text, _| {
            let at = random.below(55);
            words[at] = random.word() + &random.word();
            *text += &format!("{}.\n\n", words.join(" "));
        })
    }),
    ("lines of fifty words", |random, n| {
        let words = random.words(50);
        filled(n, |text, _| *text += &drawn_line(random, &words, 13, ".\n"))
    }),
    ("blocks of four words", |random, n| {
        filled(n, |text, _| {
            *text += &drawn_line(random, &["I", "you", "we", "were"], 28, " there.\n\n")
        })
    }),
    ("blocks of two words", |random, n| {
        filled(n, |text, _| {
            *text += &drawn_line(random, &["I", "you"], 28, " there.\n\n")
        })
    }),
    ("seven words round and round", |_, n| {
        again("red green blue white black grey brown ", "", n)
    }),
    ("seven words over lines", |_, n| {
        let words = ["red", "green", "blue", "white", "black", "grey", "brown"];
        let mut round = words.iter().cycle();
        filled(n, |text, _| {
            let line: Vec<&str> = round.by_ref().take(22).copied().collect();
            *text += &format!("{}\n", line.join(" "));
        })
    }),
    ("Fibonacci blocks", |random, n| {
        let (mut shorter, mut text) = (random.sentence(11) + "\n\n", random.sentence(12) + "\n\n");
        while text.len() < n {
            let longer = format!("{text}{shorter}");
            shorter = std::mem::replace(&mut text, longer);
        }
        text
    }),
    ("blocks in blocks", |random, n| {
        let mut text = String::new();
        while text.len() < n {
            text += &format!("{} {}\n\n", random.sentence(8), text.len());
            text = text.repeat(2);
        }
        text
    }),
    ("de Bruijn lines", |_, n| {
        let mut register = 1u32;
        filled(n, |text, _| {
            for _ in 0..24 {
                let low = register & 1;
                register = register >> 1 ^ if low == 1 { 0xd000_0001 } else { 0 };
                *text += ["tick ", "tock "][low as usize];
            }
            *text += "stop.\n\n";
        })
    }),
    ("few lines in any order", |random, n| {
        lines_of(random, n, 60, 28)
    }),
    ("many lines in any order", |random, n| {
        lines_of(random, n, 4_000, 22)
    }),
    ("lines half of which are others'", |random, n| {
        let halves: Vec<String> = (0..200).map(|_| random.sentence(11)).collect();
        filled(n, |text, _| {
            let half = &halves[random.below(200)];
            *text += &format!("{half} {}\n", random.sentence(11));
        })
    }),
    ("lines that begin alike", |random, n| {
        filled(n, |text, _| {
            *text += &format!(
                "nine ten eleven twelve up and away {}\n",
                random.sentence(5)
            )
        })
    }),
    ("one sentence, numbered", |random, n| {
        let sentence = random.sentence(31);
        filled(n, |text, at| *text += &format!("{at}. {sentence}\n"))
    }),
    ("one sentence, numbered, on one line", |_, n| {
        filled(n, |text, at| *text += &format!("{at}. same sentence, "))
    }),
    ("one paragraph under numbered headings", |random, n| {
        let block = block(random);
        filled(n, |text, at| *text += &format!("Lot {at}\n{block}"))
    }),
];

/// Of what text cues and marks look at.
pub(crate) const CUES: &[Family] = &[
    ("teasers of one text", |random, n| {
        let text = block(random);
        filled(n, |all, _| {
            *all += &format!("{}...\n\n", &text[..25 + random.below(110)])
        })
    }),
    ("teasers of many texts", |random, n| {
        let texts: Vec<String> = (0..n / 500 + 1).map(|_| block(random)).collect();
        texts.concat()
            + &texts
                .iter()
                .map(|text| format!("{}...\n\n", &text[..70]))
                .collect::<String>()
    }),
    ("cues alone", |random, n| {
        again(
            "Post a Comment\nYou may also like\nShare\n",
            &block(random),
            n,
        )
    }),
    ("cues after every paragraph", |random, n| {
        filled(n, |text, _| {
            *text += &format!("{}Post a Comment\nPrevious Post Next Post\n", block(random))
        })
    }),
    ("a ladder of cues and repeats", |random, n| {
        filled(n, |text, _| {
            let line = random.sentence(7);
            *text += &format!(
                "{}You may also like\n{line}\n{line}\nPost a Comment\n",
                block(random)
            );
        })
    }),
    ("headings without a section", |random, n| {
        again(
            "Related articles\nMore from this section\nComments\n",
            &block(random),
            n,
        )
    }),
    ("records of site, title and date", |random, n| {
        block(random)
            + &filled(n, |text, at| {
                let (month, day) = (1 + at % 12, 1 + at % 28);
                let _ = write!(
                    text,
                    "Quay Herald\n{}\n2025-{month:02}-{day:02}\n",
                    random.sentence(6)
                );
            })
    }),
    ("a thread of comments", |random, n| {
        block(random)
            + "\n3 comments\n"
            + &filled(n, |text, at| {
                let day = 1 + at % 28;
                let said = random.sentence(9);
                let _ = write!(
                    text,
                    "reader{at} says:\nJune {day}, 2025 at 4:10 pm\n{said}\nReply\n"
                );
            })
    }),
    ("citation marks that count on", |random, n| {
        filled(n, |text, at| {
            *text += &format!("{} Gazette{} ", random.sentence(3), at + 1)
        })
    }),
    ("one citation mark", |_, n| {
        again("Gazette1 had it so. ", "", n)
    }),
    ("notices of copyright", |random, n| {
        again(
            "© 2025 Quay Herald. All rights reserved.\n",
            &block(random),
            n,
        )
    }),
    ("a menu and an article", |random, n| {
        again("Home\nNews\nWeather\nShop\nContact\n", "", n) + &block(random)
    }),
    ("quoted lines", |random, n| {
        filled(n, |text, _| {
            *text += &format!("> {}\n", random.sentence(12))
        })
    }),
];

/// A paragraph and the blank line after it.
pub(crate) fn block(random: &mut Random) -> String {
    random.paragraph(3) + "\n\n"
}

/// `unit` as often as it takes, after `begin`.
pub(crate) fn again(unit: &str, begin: &str, bytes: usize) -> String {
    begin.to_owned() + &unit.repeat(bytes / unit.len())
}

/// What `add` adds, over and over; it is told how often it did.
pub(crate) fn filled(bytes: usize, mut add: impl FnMut(&mut String, usize)) -> String {
    let mut text = String::new();
    for at in 0.. {
        if text.len() >= bytes {
            break;
        }
        add(&mut text, at);
    }
    text
}

/// A text with some of its words replaced.
pub(crate) fn edited(random: &mut Random, text: &str, words: usize) -> String {
    let mut all: Vec<String> = text.split(' ').map(str::to_owned).collect();
    for _ in 0..words {
        let at = random.below(all.len());
        all[at] = random.word() + &random.word();
    }
    all.join(" ")
}

/// Blocks of `words` words, with `edits` of them replaced in each.
fn variants(random: &mut Random, bytes: usize, words: usize, edits: usize) -> String {
    let of_all = random.sentence(words);
    filled(bytes, |text, _| {
        *text += &(edited(random, &of_all, edits) + "\n\n")
    })
}

/// Lines out of so many, of so many words each.
fn lines_of(random: &mut Random, bytes: usize, lines: usize, words: usize) -> String {
    let lines: Vec<String> = (0..lines).map(|_| random.sentence(words) + "\n").collect();
    filled(bytes, |text, _| *text += &lines[random.below(lines.len())])
}

fn drawn_line(random: &mut Random, words: &[impl AsRef<str>], count: usize, end: &str) -> String {
    let line: Vec<&str> = (0..count)
        .map(|_| words[random.below(words.len())].as_ref())
        .collect();
    line.join(" ") + end
}
