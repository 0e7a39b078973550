//! What the cleaner takes from real texts. Figures:
//! `cargo test --test cleaner_sets -- --nocapture`.

mod common;

use common::{count, records, shared_data};
use twicetold::boilerplate::cue::{CueTable, Cues};
use twicetold::clean::{CleanRule, Cleaner, clean};
use twicetold::finding::{Action, Reason};

/// Words of a gold set, and of them words taken for each reason; pages with repeats.
struct Losses {
    pages: usize,
    words: usize,
    cue_words: usize,
    repeat_words: usize,
    repeat_pages: usize,
    citations: usize,
}

fn losses(set: &str) -> Option<Losses> {
    let records = records(&shared_data()?.join(format!("cleaner/{set}.jsonl.gz")));
    let mut losses = Losses {
        pages: records.len(),
        words: 0,
        cue_words: 0,
        repeat_words: 0,
        repeat_pages: 0,
        citations: 0,
    };
    for record in &records {
        let text = record["text"].as_str().unwrap();
        losses.words += count(text);
        let cleaned = clean(text, &CleanRule::DEFAULT);
        let mut repeats = false;
        for finding in &cleaned.findings {
            let words = count(finding.span.of(text));
            match (finding.reason, finding.action) {
                (Reason::TextCue, Action::Remove) => losses.cue_words += words,
                (Reason::RepeatedWithin, Action::Remove) => {
                    losses.repeat_words += words;
                    repeats = true;
                }
                (Reason::Citation, _) => losses.citations += 1,
                _ => {}
            }
        }
        losses.repeat_pages += usize::from(repeats);
    }
    println!(
        "{set}: {} pages, {} words; repeats on {:.2} % of pages, {:.3} % of words; cues {:.3} % \
         of words; {} citation marks",
        losses.pages,
        losses.words,
        100.0 * losses.repeat_pages as f64 / losses.pages as f64,
        100.0 * losses.repeat_words as f64 / losses.words as f64,
        100.0 * losses.cue_words as f64 / losses.words as f64,
        losses.citations,
    );
    Some(losses)
}

#[test]
fn gold_texts_lose_next_to_nothing() {
    let Some(losses) = losses("gold.dev") else {
        return;
    };
    assert!(losses.repeat_pages as f64 <= 0.025 * losses.pages as f64);
    assert!(losses.repeat_words as f64 <= 0.0035 * losses.words as f64);
    assert!(losses.cue_words as f64 <= 0.001 * losses.words as f64);
}

#[test]
fn chinese_gold_texts_lose_nothing() {
    let Some(losses) = losses("gold.zh") else {
        return;
    };
    assert_eq!(
        (losses.repeat_words, losses.cue_words, losses.citations),
        (0, 0, 0)
    );
}

/// What text cues take from labelled pages.
#[derive(Default)]
struct Taken {
    content: usize,
    content_lost: usize,
    boilerplate: usize,
    boilerplate_gone: usize,
    pages_over_5: usize,
}

impl Taken {
    fn lost(&self) -> f64 {
        self.content_lost as f64 / self.content as f64
    }

    fn gone(&self) -> f64 {
        self.boilerplate_gone as f64 / self.boilerplate as f64
    }

    fn line(&self, what: &str) {
        println!(
            "lines.dev, {what}: text cues take {:.2} % of boilerplate words and {:.3} % of content \
             words; {} pages lose over 5 %",
            100.0 * self.gone(),
            100.0 * self.lost(),
            self.pages_over_5,
        );
    }
}

/// What `cleaner` takes from the pages that `wanted` chooses by their ids.
fn taken(records: &[serde_json::Value], cleaner: &Cleaner, wanted: impl Fn(&str) -> bool) -> Taken {
    let mut taken = Taken::default();
    for record in records {
        if !wanted(record["id"].as_str().unwrap()) {
            continue;
        }
        let lines = record["lines"].as_array().unwrap().iter();
        let lines: Vec<&str> = lines.map(|line| line.as_str().unwrap()).collect();
        let text = lines.join("\n");
        let cleaned = cleaner.clean(&text);
        let (mut start, mut own, mut lost) = (0, 0, 0);
        for (line, label) in lines.iter().zip(record["label"].as_array().unwrap()) {
            let words = count(line);
            let gone = cleaned.findings.iter().any(|finding| {
                finding.action == Action::Remove && finding.span.range().contains(&start)
            });
            match label.as_i64() {
                Some(1) => {
                    own += words;
                    lost += if gone { words } else { 0 };
                }
                Some(0) => {
                    taken.boilerplate += words;
                    taken.boilerplate_gone += if gone { words } else { 0 };
                }
                _ => {}
            }
            start += line.len() + 1;
        }
        taken.content += own;
        taken.content_lost += lost;
        taken.pages_over_5 += usize::from(20 * lost > own);
    }
    taken
}

/// Which half of the pages an id is of.
fn first_half(id: &str) -> bool {
    let sum = id.bytes().fold(0xcbf2_9ce4_8422_2325u64, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (sum ^ sum >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 63 == 0
}

#[test]
fn text_cues_take_boilerplate_and_leave_content() {
    let Some(data) = shared_data() else { return };
    let records = records(&data.join("cleaner/lines.dev.jsonl.gz"));
    let rule = CleanRule {
        repeats: None,
        ..CleanRule::DEFAULT
    };
    let cleaner = Cleaner::new(rule).unwrap();
    let all = taken(&records, &cleaner, |_| true);
    all.line("all");
    taken(&records, &cleaner, first_half).line("one half of the pages");
    taken(&records, &cleaner, |id| !first_half(id)).line("the other half");
    // What each list of phrases is worth, by leaving it out.
    type Switch = fn(&mut CueTable);
    let switches: [(&str, Switch); 8] = [
        ("without terminators", |table| table.terminators.clear()),
        ("without comments", |table| table.comments.clear()),
        ("without asides", |table| table.asides.clear()),
        ("without footers", |table| table.footers.clear()),
        ("without menus", |table| table.menus.clear()),
        ("without notices", |table| table.notices.clear()),
        ("without threads (marks)", |table| table.replies.clear()),
        ("without dates", |table| {
            table.calendar.clear();
            table.ages.clear();
        }),
    ];
    for (name, switch) in switches {
        let tables = CueTable::built_in().into_iter().map(|mut table| {
            switch(&mut table);
            table
        });
        let cleaner = cleaner.clone().with_only_cues(Cues::new(tables).unwrap());
        taken(&records, &cleaner, |_| true).line(name);
    }
    let english = CueTable::built_in().into_iter().take(1);
    let english = cleaner.with_only_cues(Cues::new(english).unwrap());
    taken(&records, &english, |_| true).line("English only");
    assert!(all.lost() <= 0.001 && all.gone() >= 0.15 && all.pages_over_5 <= 3);
}

#[test]
fn japanese_works_lose_nothing_to_cues() {
    let Some(data) = shared_data() else { return };
    for record in records(&data.join("neardup/aozora.dev.jsonl.gz")) {
        let cleaned = clean(record["text"].as_str().unwrap(), &CleanRule::DEFAULT);
        let mut findings = cleaned.findings.iter();
        let cue = findings.find(|f| f.reason == Reason::TextCue && f.action == Action::Remove);
        assert_eq!(cue, None, "{}", record["id"]);
    }
}
