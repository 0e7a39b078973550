//! What the cleaner takes from real texts. Figures:
//! `cargo test --test cleaner_sets -- --nocapture`.

mod common;

use common::{count, records, shared_data};
use twicetold::clean::{CleanRule, clean};
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

#[test]
fn text_cues_take_boilerplate_and_leave_content() {
    let Some(data) = shared_data() else { return };
    let rule = CleanRule {
        repeats: None,
        ..CleanRule::DEFAULT
    };
    let (mut content, mut content_lost, mut boilerplate, mut boilerplate_gone) = (0, 0, 0, 0);
    let mut pages_over_5 = 0;
    for record in records(&data.join("cleaner/lines.dev.jsonl.gz")) {
        let lines = record["lines"].as_array().unwrap().iter();
        let lines: Vec<&str> = lines.map(|line| line.as_str().unwrap()).collect();
        let text = lines.join("\n");
        let cleaned = clean(&text, &rule);
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
                    boilerplate += words;
                    boilerplate_gone += if gone { words } else { 0 };
                }
                _ => {}
            }
            start += line.len() + 1;
        }
        content += own;
        content_lost += lost;
        pages_over_5 += usize::from(20 * lost > own);
    }
    let lost = content_lost as f64 / content as f64;
    let gone = boilerplate_gone as f64 / boilerplate as f64;
    println!(
        "lines.dev: text cues take {:.2} % of boilerplate words and {:.3} % of content words; \
         {pages_over_5} pages lose over 5 %",
        100.0 * gone,
        100.0 * lost,
    );
    assert!(lost <= 0.001 && gone >= 0.11);
}
