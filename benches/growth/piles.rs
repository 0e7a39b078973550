//! Hostile piles of pages: the number of pages grows, not their size.

use crate::common::Random;
use crate::text::{block, edited};

/// The source and the text of each page.
pub(crate) type Pile = Vec<(Option<String>, String)>;

/// A name, and what makes so many pages.
pub(crate) type Family = (&'static str, fn(&mut Random, usize) -> Pile);

/// Unrelated articles of ten sites.
pub(crate) fn news(random: &mut Random, pages: usize) -> Pile {
    let article = |at| (Some(format!("site {}", at % 10)), blocks(random, 6));
    (0..pages).map(article).collect()
}

pub(crate) const ALL: &[Family] = &[
    ("pages that share most of their words", |random, n| {
        sharing(random, n, 105, 27)
    }),
    ("pages that share half of their words", |random, n| {
        sharing(random, n, 58, 31)
    }),
    ("pages that are almost copies", |random, n| {
        let text = random.sentence(190);
        without_source(n, |_| edited(random, &text, 9))
    }),
    ("copies", |random, n| {
        let text = blocks(random, 6);
        without_source(n, |_| text.clone())
    }),
    ("two pages and one that holds both", |random, n| {
        let triple = |_| {
            let (one, two) = (random.sentence(88), random.sentence(84));
            let both = format!("{one} {two}");
            [one, two, both]
        };
        (0..n / 3)
            .flat_map(triple)
            .map(|text| (None, text))
            .collect()
    }),
    (
        "pages and those that hold them and one text",
        |random, n| {
            let text = random.sentence(88);
            let pair = |_| {
                let own = random.sentence(84);
                let both = format!("{text} {own}");
                [own, both]
            };
            (0..n / 2).flat_map(pair).map(|text| (None, text)).collect()
        },
    ),
    ("short pages that all long ones nearly hold", |random, n| {
        let text = random.sentence(58);
        without_source(n, |at| {
            format!("{text} {}", random.sentence([48, 3][at % 2]))
        })
    }),
    ("one site, lines of few kinds", |random, n| {
        of_one_site(n, |_| {
            (0..180)
                .map(|_| format!("row {} {}\n", random.below(4_000), random.word()))
                .collect()
        })
    }),
    ("one site, lines out of many", |random, n| {
        let lines: Vec<String> = (0..1_800).map(|_| random.sentence(5) + "\n").collect();
        of_one_site(n, |_| {
            (0..180).map(|_| &lines[random.below(1_800)][..]).collect()
        })
    }),
    ("one site, near-equal blocks", |random, n| {
        let text = random.sentence(42);
        of_one_site(n, |_| {
            (0..18).map(|_| edited(random, &text, 4) + "\n\n").collect()
        })
    }),
    ("one site, prose that pages share", |random, n| {
        let shared: Vec<String> = (0..40).map(|_| block(random)).collect();
        of_one_site(n, |_| {
            (0..5)
                .map(|_| shared[random.below(40)].clone() + &block(random))
                .collect()
        })
    }),
    ("one paragraph on every page", |random, n| {
        let shared = block(random);
        without_source(n, |_| blocks(random, 1) + &shared + &blocks(random, 2))
    }),
    ("near-equal paragraphs on every page", |random, n| {
        let shared = random.sentence(58);
        let pair =
            |random: &mut Random| format!("{}\n\n{}", edited(random, &shared, 6), block(random));
        without_source(n, |_| (0..6).map(|_| pair(random)).collect())
    }),
    ("paragraphs out of forty", |random, n| {
        let shared: Vec<String> = (0..40).map(|_| block(random)).collect();
        without_source(n, |_| {
            (0..4)
                .map(|_| shared[random.below(40)].clone() + &block(random))
                .collect()
        })
    }),
    ("a site for every page", |random, n| {
        (0..n)
            .map(|at| (Some(format!("site {at}")), block(random)))
            .collect()
    }),
    ("pages of one word", |random, n| {
        of_one_site(n, |_| random.word() + &random.word())
    }),
    ("empty pages", |_, n| of_one_site(n, |_| String::new())),
    ("pages that drift", |random, n| {
        let mut text = random.sentence(190);
        without_source(n, |_| {
            text = edited(random, &text, 1);
            text.clone()
        })
    }),
    ("pages whose words want one place", |_, n| {
        let text = crate::flood::text(2_000);
        without_source(n, |at| format!("{text} {at}"))
    }),
];

fn blocks(random: &mut Random, count: usize) -> String {
    (0..count).map(|_| block(random)).collect()
}

fn without_source(pages: usize, text: impl FnMut(usize) -> String) -> Pile {
    (0..pages).map(text).map(|text| (None, text)).collect()
}

fn of_one_site(pages: usize, text: impl FnMut(usize) -> String) -> Pile {
    (0..pages)
        .map(text)
        .map(|text| (Some("site".to_owned()), text))
        .collect()
}

/// One text on every page, and words of its own.
fn sharing(random: &mut Random, pages: usize, shared: usize, own: usize) -> Pile {
    let text = random.sentence(shared);
    without_source(pages, |_| format!("{text} {}", random.sentence(own)))
}
