mod common;
use common::{count, records, shared_data};
use twicetold::clean::{CleanRule, clean};
use twicetold::finding::{Action, Reason};
fn short(t: &str, n: usize) -> String {
    let t = t.replace('\n', " ⏎ ");
    let c: Vec<char> = t.chars().collect();
    if c.len() <= 2 * n {
        t
    } else {
        format!(
            "{} …… {}",
            c[..n].iter().collect::<String>(),
            c[c.len() - n..].iter().collect::<String>()
        )
    }
}
#[test]
fn show() {
    let set = std::env::var("SET").unwrap_or("gold.dev".into());
    let n: usize = std::env::var("LEN").map_or(150, |x| x.parse().unwrap());
    let mut total = std::collections::BTreeMap::new();
    for r in records(
        &shared_data()
            .unwrap()
            .join(format!("cleaner/{set}.jsonl.gz")),
    ) {
        let text = r["text"].as_str().unwrap();
        if std::env::var_os("SMALL").is_some() {
            println!("PAGE {} {} {}", r["id"], r["type"], r["url"]);
        }
        let c = clean(text, &CleanRule::DEFAULT);
        let f: Vec<_> = c
            .findings
            .iter()
            .filter(|f| f.reason == Reason::RepeatedWithin || f.reason == Reason::Guard)
            .collect();
        if f.iter().all(|f| f.reason == Reason::Guard) && std::env::var("GUARDS").is_err() {
            continue;
        }
        if f.is_empty() {
            continue;
        }
        let e: &mut (usize, usize) = total.entry(r["type"].to_string()).or_default();
        let w: usize = f
            .iter()
            .filter(|f| f.action == Action::Remove)
            .map(|f| count(f.span.of(text)))
            .sum();
        e.0 += 1;
        e.1 += w;
        println!(
            "=== {} {} {} words {}, takes {w}",
            r["id"],
            r["type"],
            r["url"],
            count(text)
        );
        for f in f {
            println!(
                "  {:?} {:?} {}..{} <- {:?} score {:.3} words {}",
                f.reason,
                f.action,
                f.span.start,
                f.span.end,
                f.kept.map(|k| (k.start, k.end)),
                f.score,
                count(f.span.of(text))
            );
            println!("    ev {:?}", f.evidence);
            println!("    COPY {}", short(f.span.of(text), n));
            if let Some(k) = f.kept {
                if k.of(text).trim() != f.span.of(text).trim() {
                    println!("    KEPT {}", short(k.of(text), n));
                }
                println!(
                    "    BETWEEN {}",
                    short(&text[k.end.min(f.span.end)..f.span.start.max(k.start)], 60)
                );
            }
        }
    }
    println!("{total:?}");
}
