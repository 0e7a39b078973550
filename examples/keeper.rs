//! Which page of a cluster stays: a rule of one's own, and pages that always stay.
//!
//! ```text
//! cargo run --example keeper
//! ```

use twicetold::{Deduplicator, Error, Keep, Page};

const FERRY: &str = "The ferry to the outer islands stopped running on Monday, after the crew \
    found a crack in the hull. Nobody was hurt, and the company hopes to sail again on Friday.";
const BRIDGE: &str = "Tolls on the north bridge will go up by a tenth in spring, the board \
    announced on Tuesday. Those who live on the islands pay what they paid before.";

/// The agency's own text is best, then the paper that pays for it, then the rest;
/// of equals the shorter address.
fn rank(site: &str, address: &str) -> i64 {
    let trust = ["agency.example", "courier.example"];
    let place = trust.iter().position(|known| *known == site);
    1_000 * place.unwrap_or(trust.len()) as i64 + address.len() as i64
}

fn main() -> Result<(), Error> {
    let crawl = [
        (
            "mirror.example",
            "mirror.example/2026/11/ferry",
            FERRY,
            "Read more on our site.",
        ),
        (
            "courier.example",
            "courier.example/ferry",
            FERRY,
            "By our harbour desk.",
        ),
        ("agency.example", "agency.example/news/4711", FERRY, ""),
        ("agency.example", "agency.example/news/4712", BRIDGE, ""),
        ("archive.example", "archive.example/4712", BRIDGE, ""),
    ];
    let texts = crawl.map(|(_, _, story, end)| format!("{story} {end}"));
    let pages: Vec<Page<'_>> = crawl
        .iter()
        .zip(&texts)
        .map(|((site, address, ..), text)| {
            let page = Page::new(address, text)
                .with_source(site)
                .with_rank(rank(site, address));
            // What we archive ourselves is never to be lost, whatever it repeats.
            match *site == "archive.example" {
                true => page.protect(),
                false => page,
            }
        })
        .collect();

    let report = Deduplicator::builder()
        .keep(Keep::Ranked)
        .build()?
        .run(&pages);
    for (at, page) in pages.iter().enumerate() {
        match report.pages[at].is_kept() {
            true => println!("kept     {}", page.id),
            false => println!(
                "removed  {}, a copy of {}",
                page.id,
                pages[report.keeper_of(at)].id
            ),
        }
    }
    Ok(())
}
