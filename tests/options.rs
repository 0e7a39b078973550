//! Every documented option changes the outcome in the documented direction.

mod common;

use common::{Random, count};
use twicetold::clean::{CleanRule, clean};
use twicetold::cluster::Nearness;
use twicetold::finding::{Action, Reason};
use twicetold::index::{IndexRule, PageIndex};
use twicetold::lsh::Banding;
use twicetold::repeat::RepeatRule;
use twicetold::{Builder, Deduplicator, Keep, Page, Report};

/// Articles in versions of 0 to 40 changed words in 400, sharing passages; on a site with a menu.
fn pile() -> Vec<String> {
    let mut random = Random(1);
    let mut texts = Vec::new();
    for _ in 0..12 {
        let words = random.words(400);
        for edits in [0, 4, 12, 25, 40] {
            let mut version = words.clone();
            for _ in 0..edits {
                let at = random.below(version.len());
                version[at] = random.word();
            }
            let lines: Vec<String> = version
                .chunks(50)
                .map(|line| line.join(" ") + ".\n")
                .collect();
            texts.push(format!("Home\nNews\n{}Imprint\n", lines.concat()));
        }
        // An excerpt.
        texts.push(words[..250].join(" ") + ".\n");
    }
    texts
}

fn run(builder: Builder) -> Report {
    let texts = pile();
    let pages: Vec<Page<'_>> = texts
        .iter()
        .map(|text| Page::new("", text).with_source("site"))
        .collect();
    builder.build().unwrap().run(&pages)
}

fn removed(report: &Report) -> usize {
    report.pages.iter().filter(|page| !page.is_kept()).count()
}

fn findings(report: &Report, reason: Reason, action: Action) -> usize {
    let findings = report.pages.iter().flat_map(|page| &page.findings);
    findings
        .filter(|f| (f.reason, f.action) == (reason, action))
        .count()
}

fn builder() -> Builder {
    Deduplicator::builder()
}

/// The figure falls (or rises) strictly along the settings.
fn falls<T: Copy + std::fmt::Debug>(settings: &[T], figure: impl Fn(T) -> usize) {
    let figures: Vec<usize> = settings.iter().map(|setting| figure(*setting)).collect();
    println!("{settings:?}: {figures:?}");
    assert!(
        figures.windows(2).all(|pair| pair[0] > pair[1]),
        "{settings:?}: {figures:?}"
    );
}

#[test]
fn wider_shingles_remove_less() {
    falls(&[2, 5, 12], |width| {
        removed(&run(builder().shingle_width(width)))
    });
}

#[test]
fn a_higher_resemblance_removes_less() {
    falls(&[0.3, 0.6, 0.9], |least| {
        removed(&run(builder().resemblance(least).containment(None)))
    });
}

#[test]
fn containment_removes_more_the_lower_it_is() {
    falls(&[Some(0.5), Some(0.9), None], |least| {
        removed(&run(builder().containment(least).net(0.3)))
    });
}

#[test]
fn longer_containers_remove_more() {
    falls(&[2.0, 1.2], |times| {
        removed(&run(builder().longest_container(times).net(0.3)))
    });
}

#[test]
fn related_pairs_are_reported_from_the_figure_on() {
    falls(&[Some(0.1), Some(0.5), None], |least| {
        run(builder().report_from(least).net(0.3)).related.len()
    });
}

#[test]
fn a_wider_net_meets_more() {
    let related = |report: Report| report.related.len();
    falls(&[0.3, 0.7], |net| {
        related(run(builder()
            .resemblance(0.95)
            .report_from(Some(0.1))
            .net(net)))
    });
    // One that no search can be given is named.
    let message = builder().net(0.01).build().unwrap_err().to_string();
    assert_eq!(
        message,
        "net is 0.01; it must be at least 0.03 for a search with 160 rows"
    );
    // A net above the threshold does not narrow the search.
    assert_eq!(run(builder().net(0.95)), run(builder()));
}

#[test]
fn steeper_bands_meet_less() {
    falls(&[(32, 5), (1, 100)], |(bands, rows)| {
        removed(&run(builder().banding(Banding::new(bands, rows).unwrap())))
    });
    // Bands that are given are taken, whatever the net.
    let banding = Banding::new(8, 8).unwrap();
    assert_eq!(run(builder().net(0.3).banding(banding)).banding, banding);
}

#[test]
fn template_stays_where_it_is_not_looked_for() {
    falls(&[true, false], |template| {
        findings(
            &run(builder().template(template)),
            Reason::Template,
            Action::Remove,
        )
    });
}

#[test]
fn passages_of_other_pages_are_noted_removed_or_ignored() {
    let of = |across, action| {
        findings(
            &run(builder().resemblance(0.95).across(across)),
            Reason::RepeatedAcross,
            action,
        )
    };
    assert!(of(Some(Action::Annotate), Action::Annotate) > 0);
    assert_eq!(of(Some(Action::Annotate), Action::Remove), 0);
    assert!(of(Some(Action::Remove), Action::Remove) > 0);
    assert_eq!(of(None, Action::Annotate) + of(None, Action::Remove), 0);
    let kept = |action| -> usize {
        let report = run(builder().resemblance(0.95).across(action));
        report.pages.iter().map(|page| page.cleaned_words).sum()
    };
    assert!(kept(Some(Action::Remove)) < kept(Some(Action::Annotate)));
}

#[test]
fn fewer_keepers_a_bucket_leave_more_out() {
    let left_out = |most| {
        let left_out = run(builder().resemblance(0.95).net(0.3).most_keepers(most)).left_out;
        (left_out.by_split + left_out.by_cap) as usize
    };
    falls(&[1, 2, 64], left_out);
}

#[test]
fn the_keeper_rule_and_protection_choose_who_stays() {
    let article = Random(2).article(3);
    let longer = article.clone() + "And a last line of a few words.\n";
    let pages = [
        Page::new("first", &article).with_rank(3).with_date(30),
        Page::new("longest", &longer).with_rank(2).with_date(20),
        Page::new("ranked", &article).with_rank(1).with_date(30),
        Page::new("earliest", &article).with_rank(2).with_date(10),
    ];
    let kept = |keep, pages: &[Page<'_>]| -> Vec<String> {
        let report = builder().keep(keep).build().unwrap().run(pages);
        let kept = pages
            .iter()
            .zip(&report.pages)
            .filter(|(_, outcome)| outcome.is_kept());
        kept.map(|(page, _)| page.id.to_owned()).collect()
    };
    for (keep, id) in [
        (Keep::First, "first"),
        (Keep::Longest, "longest"),
        (Keep::Ranked, "ranked"),
        (Keep::Earliest, "earliest"),
    ] {
        assert_eq!(kept(keep, &pages), [id]);
        // Whatever the rule: the protected stay, and the others go under them.
        let mut pages = pages;
        pages[0] = pages[0].protect();
        pages[3] = pages[3].protect();
        assert_eq!(kept(keep, &pages), ["first", "earliest"]);
        let report = builder().keep(keep).build().unwrap().run(&pages);
        assert_eq!(report.related.len(), 1, "two protected copies are reported");
    }
}

#[test]
fn settings_out_of_range_are_refused() {
    let refused = |builder: Builder| builder.build().unwrap_err().to_string();
    for (builder, message) in [
        (
            builder().shingle_width(65),
            "shingle width is 65; it must be from 1 to 64",
        ),
        (
            builder().resemblance(0.0),
            "resemblance is 0; it must be above 0 and at most 1",
        ),
        (
            builder().containment(Some(2.0)),
            "containment is 2; it must be above 0 and at most 1",
        ),
        (
            builder().longest_container(0.5),
            "longest container is 0.5; it must be 1 or more",
        ),
        (
            builder().report_from(Some(-1.0)),
            "report from is -1; it must be above 0 and at most 1",
        ),
        (
            builder().net(f64::NAN),
            "net is NaN; it must be above 0 and at most 1",
        ),
        (
            builder().most_keepers(0),
            "most keepers is 0; it must be 1 or more",
        ),
    ] {
        assert_eq!(refused(builder), message);
    }
}

/// Words that cleaning with `rule` takes out of a page with everything in it.
fn cleaned(rule: CleanRule) -> usize {
    let mut random = Random(3);
    let mut page = random.article(3);
    let second: String = page.split_inclusive('\n').skip(1).collect();
    page += &second;
    // A block of 230 characters, and its copy with one word of 34 changed.
    let block = random.sentence(36);
    let (first, _) = block.rsplit_once(' ').unwrap();
    page += &format!("{block}\n{}\n{first} edited.\n", random.article(1).trim());
    // A run of three short lines, twice.
    let run: String = (0..3).map(|_| random.sentence(24) + "\n").collect();
    page += &format!("{run}{}{run}{}", random.article(1), random.article(1));
    for mark in ["Harbour Post1", "Gazette2", "Tide Letter3"] {
        page += &format!("{} It ended {mark}. ", random.sentence(20));
    }
    page += &(random.sentence(20) + "\nYou may also like\nTen boats to see\nThe captain's cat\n");
    count(&page) - count(&clean(&page, &rule).text(&page))
}

#[test]
fn the_rules_of_cleaning_take_less_the_stricter_they_are() {
    let rule = CleanRule::DEFAULT;
    falls(&[Some(RepeatRule::DEFAULT), None], |repeats| {
        cleaned(CleanRule { repeats, ..rule })
    });
    falls(&[true, false], |cues| cleaned(CleanRule { cues, ..rule }));
    falls(&[0.4, 0.001], |most_cue_share| {
        cleaned(CleanRule {
            most_cue_share,
            ..rule
        })
    });
    falls(&[true, false], |strip_citations| {
        cleaned(CleanRule {
            strip_citations,
            ..rule
        })
    });
    let repeats = |change: fn(&mut RepeatRule, f64), setting: f64| {
        let mut repeats = RepeatRule {
            run_words: 60,
            ..RepeatRule::DEFAULT
        };
        change(&mut repeats, setting);
        cleaned(CleanRule {
            repeats: Some(repeats),
            ..rule
        })
    };
    falls(&[3.0, 30.0], |figure| {
        repeats(|rule, figure| rule.run_blocks = figure as usize, figure)
    });
    falls(&[60.0, 600.0], |figure| {
        repeats(|rule, figure| rule.run_words = figure as usize, figure)
    });
    falls(&[200.0, 2_000.0], |figure| {
        repeats(|rule, figure| rule.block_chars = figure as usize, figure)
    });
    falls(&[20.0, 100.0], |figure| {
        repeats(|rule, figure| rule.near_words = figure as usize, figure)
    });
    falls(&[0.9, 1.0], |figure| {
        repeats(|rule, figure| rule.near_resemblance = figure, figure)
    });
}

#[test]
fn the_rules_of_an_index_take_fewer_for_copies_the_stricter_they_are() {
    let texts = pile();
    let seen = |rule: IndexRule| {
        let mut index = PageIndex::new(rule).unwrap();
        let answers = texts
            .iter()
            .enumerate()
            .map(|(at, text)| index.add(&at.to_string(), text));
        answers.filter(Option::is_some).count()
    };
    let rule = IndexRule::DEFAULT;
    falls(&[2, 5, 12], |width| seen(IndexRule { width, ..rule }));
    falls(&[0.3, 0.6, 0.9], |resemblance| {
        let nearness = Nearness {
            resemblance,
            ..Nearness::DEFAULT
        };
        seen(IndexRule { nearness, ..rule })
    });
    falls(&[(32, 5), (1, 100)], |(bands, rows)| {
        let banding = Some(Banding::new(bands, rows).unwrap());
        seen(IndexRule { banding, ..rule })
    });
    // Every setting is in the fingerprint.
    let others = [
        IndexRule { width: 4, ..rule },
        IndexRule {
            banding: Some(Banding::new(8, 8).unwrap()),
            ..rule
        },
        IndexRule {
            banding: Some(Banding::new(8, 4).unwrap()),
            ..rule
        },
        IndexRule {
            banding: Some(Banding::new(4, 8).unwrap()),
            ..rule
        },
        IndexRule {
            nearness: Nearness {
                resemblance: 0.6,
                ..Nearness::DEFAULT
            },
            ..rule
        },
        IndexRule {
            most_keepers: 8,
            ..rule
        },
        IndexRule {
            nearness: Nearness {
                containment: None,
                ..Nearness::DEFAULT
            },
            ..rule
        },
        IndexRule {
            nearness: Nearness {
                longest_container: 3.0,
                ..Nearness::DEFAULT
            },
            ..rule
        },
    ];
    for (at, other) in others.iter().enumerate() {
        assert_ne!(other.fingerprint(), rule.fingerprint(), "{other:?}");
        for another in &others[..at] {
            assert_ne!(other.fingerprint(), another.fingerprint(), "{other:?}");
        }
    }
}
