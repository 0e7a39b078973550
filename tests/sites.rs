//! Real articles under the templates of twenty invented sites, and a real site.
//! Figures: `cargo test --test sites -- --nocapture`.

mod common;

use common::{Random, count, naive_resemblance, naive_shingles, records, shared_data};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use twicetold::finding::{Action, Reason};
use twicetold::{Deduplicator, Page};

/// Whose a line of a page is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Whose {
    /// The article's, its headline and a paragraph of an agency in it.
    Article,
    /// The site's: the same on every page, but for some words of a long line, or a figure.
    Site,
    /// The site's, and another on every page; no count can find it.
    SiteOnce,
}

struct Made {
    id: String,
    source: String,
    text: String,
    lines: Vec<(std::ops::Range<usize>, Whose)>,
}

/// The invented sites: name and lines.
fn sites() -> Vec<(&'static str, Vec<&'static str>)> {
    let file = include_str!("sites/templates.txt");
    let mut sites: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in file.lines().filter(|line| !line.starts_with("# ")) {
        match line.strip_prefix("== ") {
            Some(name) => sites.push((name, Vec::new())),
            None => sites.last_mut().unwrap().1.push(line),
        }
    }
    sites
}

const NAMES: [&str; 7] = [
    "Ann Weaver",
    "Tomasz Kowal",
    "Ines Duarte Prado",
    "Old Mr Whitlock",
    "Jo",
    "Marguerite Le Goff",
    "Pjotr",
];
const TOPICS: [&str; 6] = [
    "Harbour",
    "Schools",
    "Letters",
    "Food and drink",
    "Winter",
    "Trade",
];
const MONTHS: [&str; 4] = ["January", "März", "avril", "September"];

/// Words of an agency that stand in the middle of articles of several sites.
const WIRE: &str = "The inspectors said on Tuesday that the gates had been opened twice in the \
    night without a written order, and that the second opening let through about four times the \
    water for which the lower channel was built. Nobody was hurt, but two cellars and a row of \
    allotments were flooded, and the report asks the district to fit a second lock to the wheel \
    house before the spring tides, whatever it may cost.";

/// One page of a site.
fn page(
    lines: &[&str],
    article: &str,
    titles: &[String],
    at: usize,
    random: &mut Random,
) -> (String, Vec<(std::ops::Range<usize>, Whose)>) {
    let title = &titles[at];
    let fill = |line: &str, random: &mut Random| {
        let date = format!(
            "{} {} 20{}",
            1 + random.below(28),
            MONTHS[random.below(4)],
            20 + random.below(7)
        );
        let time = format!("{:02}:{:02}", random.below(24), random.below(60));
        line.replace("{title}", title)
            .replace("{name}", NAMES[random.below(7)])
            .replace("{date}", &date)
            .replace("{time}", &time)
            .replace("{topic}", TOPICS[random.below(6)])
            .replace("{n}", &format!("{}", 2 + random.below(900)))
    };
    let mut text = String::new();
    let mut labels = Vec::new();
    // Some sites have a blank line between any two lines, some have none.
    let gap = if titles.len().is_multiple_of(2) {
        "\n"
    } else {
        "\n\n"
    };
    let mut push = |line: &str, whose: Whose| {
        let start = text.len();
        text.push_str(line);
        text.push_str(gap);
        labels.push((start..text.len(), whose));
    };
    for line in lines {
        match *line {
            "{article}" => push(article, Whose::Article),
            "{title}" => push(title, Whose::Article),
            "{popular}" => {
                for popular in &titles[..4] {
                    push(popular, Whose::Site);
                }
            }
            "{related}" => {
                for _ in 0..3 + random.below(4) {
                    push(&titles[random.below(titles.len())], Whose::SiteOnce);
                }
            }
            "{comments}" => {
                for _ in 0..random.below(4) {
                    push(NAMES[random.below(7)], Whose::SiteOnce);
                    push(&random.paragraph(2), Whose::SiteOnce);
                }
            }
            "{author_box}" => {
                let author = random.below(5);
                let words = "has written about roads, kitchens and the weather for longer than \
                    is good for anyone, and lives with two dogs and a leaking roof in a town that \
                    does not want to be named here";
                push(
                    &format!("{} {words}, as of {author} books ago.", NAMES[author]),
                    Whose::SiteOnce,
                );
            }
            line => {
                let own = line.starts_with('~');
                let line = line.trim_start_matches('~');
                let filled = fill(line, random);
                // A count finds what varies in some words of many, or in a figure.
                let varies = line.replace("{n}", "").contains('{');
                let once = own || varies && count(&filled) < 20;
                push(&filled, if once { Whose::SiteOnce } else { Whose::Site });
            }
        }
    }
    (text, labels)
}

/// The first words of an article, as its headline.
fn headline(article: &str, random: &mut Random) -> String {
    let len = 4 + random.below(6);
    let first = article
        .lines()
        .find(|line| count(line) > 3)
        .unwrap_or(article);
    let words: Vec<&str> = first.split_whitespace().take(len).collect();
    let most = if first.is_ascii() || first.contains(". ") {
        70
    } else {
        18
    };
    words.join(" ").chars().take(most).collect() // written without spaces, it may be one word
}

/// `article` in lines of at most 72 characters, as old mail and old sites have them.
fn wrapped(article: &str) -> String {
    let mut text = String::new();
    for line in article.lines() {
        let mut width = 0;
        for word in line.split(' ') {
            width += word.chars().count() + 1;
            if width > 72 {
                text.push('\n');
                width = word.chars().count() + 1;
            } else if !text.ends_with('\n') && !text.is_empty() {
                text.push(' ');
            }
            text.push_str(word);
        }
        text.push_str("\n\n");
    }
    text.trim_end().to_owned()
}

/// `article` with `paragraph` after the middle of its lines.
fn with_wire(article: &str, paragraph: &str) -> String {
    let lines: Vec<&str> = article.lines().collect();
    let (before, after) = lines.split_at(lines.len() / 2);
    format!(
        "{}\n\n{paragraph}\n\n{}",
        before.join("\n"),
        after.join("\n")
    )
}

const PAGES: usize = 30;

/// Twenty sites of 30 pages and 3 re-posts; three mirrors of 30 pages.
fn make(data: &std::path::Path) -> Vec<Made> {
    let texts = |file: &str| -> Vec<String> {
        let records = records(&data.join(file));
        let articles = records
            .iter()
            .filter(|record| record.get("type").is_none_or(|kind| kind == "article"));
        articles
            .map(|record| record["text"].as_str().unwrap().trim().to_owned())
            .filter(|text| text.chars().count() > 800)
            .collect()
    };
    let mut english = texts("cleaner/gold.dev.jsonl.gz").into_iter();
    let mut chinese = texts("cleaner/gold.zh.jsonl.gz").into_iter();
    let sites = sites();
    let mut made = Vec::new();
    let mut posted: Vec<String> = Vec::new();
    for (number, (name, lines)) in sites.iter().enumerate() {
        let mut random = Random(number as u64);
        let pool: &mut dyn Iterator<Item = String> = match name.contains('湖') {
            true => &mut chinese,
            false => &mut english,
        };
        let mut articles: Vec<String> = pool.take(PAGES).collect();
        assert_eq!(articles.len(), PAGES, "{name}");
        if !name.contains('湖') {
            posted.extend_from_slice(&articles);
        }
        let mut titles: Vec<String> = articles
            .iter()
            .map(|text| headline(text, &mut random))
            .collect();
        if number % 3 == 1 {
            for article in &mut articles[..18] {
                *article = with_wire(article, WIRE);
            }
        }
        if number % 8 == 7 {
            for article in &mut articles {
                *article = wrapped(article);
            }
        }
        for at in 4..7 {
            let intro = format!(
                "We print this again because many of you asked for it after {} wrote to us in {}. {}",
                NAMES[at],
                MONTHS[at % 4],
                random.paragraph(2)
            );
            articles.push(format!("{intro}\n\n{}", articles[at]));
            titles.push(titles[at].clone());
        }
        if number.is_multiple_of(2) {
            titles.push("A list nobody reads".to_owned()); // an even number of titles
        }
        for (at, article) in articles.iter().enumerate() {
            let (text, labels) = page(lines, article, &titles, at, &mut random);
            made.push(Made {
                id: format!("{name}/{at}"),
                source: (*name).to_owned(),
                text,
                lines: labels,
            });
        }
    }
    for mirror in 0..3 {
        let mut random = Random(100 + mirror as u64);
        let lines = &sites[7 * mirror + 2].1;
        let articles: Vec<&String> = (0..PAGES).map(|at| &posted[at * 18 + mirror]).collect();
        let titles: Vec<String> = articles
            .iter()
            .map(|text| headline(text, &mut random))
            .collect();
        for (at, article) in articles.iter().enumerate() {
            let (text, labels) = page(lines, article, &titles, at, &mut random);
            made.push(Made {
                id: format!("mirror{mirror}/{at}"),
                source: format!("mirror-{mirror}"),
                text,
                lines: labels,
            });
        }
    }
    made
}

/// Words of one site, over its kept pages.
#[derive(Default)]
struct Words {
    kept: usize,
    article: usize,
    /// By what took them.
    lost: BTreeMap<Reason, usize>,
    site: usize,
    site_gone: usize,
    once: usize,
    once_gone: usize,
    /// Taken as template, and of that what is the site's.
    template: usize,
    template_right: usize,
}

impl Words {
    fn add(&mut self, other: &Words) {
        self.kept += other.kept;
        self.article += other.article;
        for (reason, words) in &other.lost {
            *self.lost.entry(*reason).or_default() += words;
        }
        self.site += other.site;
        self.site_gone += other.site_gone;
        self.once += other.once;
        self.once_gone += other.once_gone;
        self.template += other.template;
        self.template_right += other.template_right;
    }

    fn share(part: usize, of: usize) -> f64 {
        part as f64 / of.max(1) as f64
    }

    fn row(&self, name: &str) -> String {
        format!(
            "{name:24} {:4} {:8} {:.4} {:8} {:.4} {:.4} {:8} {:.3} % {:?}",
            self.kept,
            self.template,
            Self::share(self.template_right, self.template),
            self.site,
            Self::share(self.site_gone, self.site),
            Self::share(self.site_gone + self.once_gone, self.site + self.once),
            self.article,
            100.0 * self.lost(),
            self.lost
        )
    }

    fn lost(&self) -> f64 {
        Self::share(self.lost.values().sum(), self.article)
    }
}

#[test]
fn templates_of_twenty_sites_go_and_their_articles_stay() {
    let Some(data) = shared_data() else { return };
    let made = make(&data);
    let pages: Vec<Page<'_>> = made
        .iter()
        .map(|page| Page::new(&page.id, &page.text).with_source(&page.source))
        .collect();
    let report = Deduplicator::default().run(&pages);
    let mut sites: BTreeMap<&str, Words> = BTreeMap::new();
    let show = std::env::var("TWICETOLD_SHOW").is_ok();
    for (page, outcome) in made.iter().zip(&report.pages) {
        if !outcome.is_kept() {
            continue;
        }
        let words = sites.entry(&page.source).or_default();
        words.kept += 1;
        let removed: Vec<(std::ops::Range<usize>, Reason)> = outcome
            .findings
            .iter()
            .filter(|finding| finding.action == Action::Remove)
            .map(|finding| (finding.span.range(), finding.reason))
            .collect();
        for (range, whose) in &page.lines {
            let all = count(&page.text[range.clone()]);
            let mut gone = 0;
            for (span, reason) in &removed {
                let (start, end) = (span.start.max(range.start), span.end.min(range.end));
                let lost = if start < end {
                    count(&page.text[start..end])
                } else {
                    0
                };
                gone += lost;
                if *reason == Reason::Template {
                    words.template += lost;
                    words.template_right += if *whose == Whose::Article { 0 } else { lost };
                }
                if *whose == Whose::Article && lost > 0 {
                    *words.lost.entry(*reason).or_default() += lost;
                    if show {
                        println!("LOST {} {reason:?}: {:?}", page.id, &page.text[start..end]);
                    }
                }
            }
            match whose {
                Whose::Article => words.article += all,
                Whose::Site => {
                    words.site += all;
                    words.site_gone += gone;
                    if show && gone < all {
                        println!("LEFT {}: {:?}", page.id, &page.text[range.clone()]);
                    }
                }
                Whose::SiteOnce => {
                    words.once += all;
                    words.once_gone += gone;
                }
            }
        }
    }
    println!(
        "site                     kept   taken as template: right; of the site: gone, and with lines of one page; article: lost"
    );
    let mut total = Words::default();
    for (name, words) in &sites {
        println!("{}", words.row(name));
        total.add(words);
    }
    println!("{}", total.row("all"));
    assert!(Words::share(total.template_right, total.template) >= 0.99);
    assert!(Words::share(total.site_gone, total.site) >= 0.95);
    assert!(total.lost() <= 0.002);
}

#[test]
fn the_navigation_of_a_documentation_site_goes() {
    let Some(data) = shared_data() else { return };
    let records = records(&data.join("neardup/kafka.dev.jsonl.gz"));
    let field = |at: usize, name: &str| records[at][name].as_str().unwrap();
    let pages: Vec<Page<'_>> = (0..records.len())
        .map(|at| Page::new(field(at, "id"), field(at, "text")).with_source(field(at, "source")))
        .collect();
    let report = Deduplicator::default().run(&pages);
    // An all-pages count: lines on at least half of the pages, by their words.
    let words_of = |line: &str| -> Vec<String> {
        let words = twicetold::word::words(line);
        words.map(|word| word.of(line).to_lowercase()).collect()
    };
    let mut on_pages: HashMap<Vec<String>, usize> = HashMap::new();
    for page in &pages {
        let lines: HashSet<Vec<String>> = page.text.lines().map(words_of).collect();
        for line in lines.into_iter().filter(|line| !line.is_empty()) {
            *on_pages.entry(line).or_default() += 1;
        }
    }
    let marked: HashMap<&Vec<String>, usize> = on_pages
        .iter()
        .filter(|(_, count)| 2 * **count >= pages.len())
        .map(|(line, count)| (line, *count))
        .collect();
    let (mut lines, mut gone) = (0, 0);
    let mut left: BTreeMap<Vec<String>, (usize, usize)> = BTreeMap::new();
    for (page, outcome) in pages.iter().zip(&report.pages) {
        let mut start = 0;
        for line in page.text.split_inclusive('\n') {
            let key = words_of(line);
            if marked.contains_key(&key) {
                lines += 1;
                let taken = outcome.findings.iter().any(|finding| {
                    finding.action == Action::Remove && finding.span.range().contains(&start)
                });
                gone += usize::from(taken);
                let counts = left.entry(key).or_default();
                counts.0 += 1;
                counts.1 += usize::from(taken);
            }
            start += line.len();
        }
    }
    for (line, (all, taken)) in &left {
        if 100 * taken < 95 * all || std::env::var("TWICETOLD_SHOW").is_ok() {
            println!("{taken} of {all}, on {} pages: {line:?}", marked[line]);
        }
    }
    // Random pairs of different pages, after cleaning.
    let cleaned: Vec<BTreeSet<Vec<String>>> = (0..pages.len())
        .map(|at| naive_shingles(&report.pages[at].cleaned(pages[at].text), 5))
        .collect();
    let mut random = Random(7);
    let mut resemblances = Vec::new();
    while resemblances.len() < 2_000 {
        let (a, b) = (random.below(pages.len()), random.below(pages.len()));
        if field(a, "cluster") != field(b, "cluster") {
            resemblances.push(naive_resemblance(&cleaned[a], &cleaned[b]));
        }
    }
    resemblances.sort_unstable_by(f64::total_cmp);
    let share = gone as f64 / lines as f64;
    println!(
        "kafka.dev: {gone} of {lines} lines that stand on half of the pages are gone ({:.2} %, {} \
         different ones); resemblance of different pages after cleaning: median {:.4}, 0.9 \
         quantile {:.4}",
        100.0 * share,
        marked.len(),
        resemblances[1_000],
        resemblances[1_800]
    );
    assert!(share >= 0.95 && resemblances[1_000] <= 0.02);
}
