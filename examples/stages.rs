//! The stages used alone: why are two texts similar?
//!
//! ```text
//! cargo run --example stages -- one.txt other.txt
//! ```
//!
//! Without arguments it compares two versions of one story.

use std::process::ExitCode;
use twicetold::Span;
use twicetold::block::Segmented;
use twicetold::lsh::Banding;
use twicetold::shingle::{ShingleSet, WIDTH, shingles};
use twicetold::sketch::{Fingerprint, MinHasher};
use twicetold::verify::{Overlap, passages};
use twicetold::word::words;

const MORNING: &str = "The ferry to the outer islands stopped running on Monday, after the crew \
    found a crack in the hull. Nobody was hurt. The company hopes to sail again on Friday, once a \
    diver has looked at the damage, a spokeswoman said in the harbour on Monday evening.";
const EVENING: &str = "Ferries stopped. The ferry to the outer islands stopped running on Monday, \
    after the crew found a crack in the hull. Nobody was hurt. The company will not sail again \
    before Sunday, a spokeswoman said in the harbour on Monday evening.";

fn main() -> ExitCode {
    let mut texts = [MORNING.to_owned(), EVENING.to_owned()];
    for (text, path) in texts.iter_mut().zip(std::env::args_os().skip(1)) {
        match std::fs::read_to_string(&path) {
            Ok(read) => *text = read,
            Err(error) => {
                eprintln!("{}: {error}", path.display());
                return ExitCode::FAILURE;
            }
        }
    }

    // Text to words to shingles: overlapping windows of five words, hashed.
    let pages = texts.each_ref().map(|text| Segmented::new(text));
    let sets = pages
        .each_ref()
        .map(|page| ShingleSet::new(page.words(), WIDTH));

    // Sketches stand in for the sets, and only nominate.
    let banding = Banding::for_resemblance(0.7).expect("0.7 is in range");
    let hasher = MinHasher::new(banding.signature_rows(), 0).expect("160 is in range");
    let [a, b] = pages
        .each_ref()
        .map(|page| hasher.signature(shingles(page.words(), WIDTH)));
    if let (Some(a), Some(b)) = (a, b) {
        let estimate = a.resemblance(&b).expect("both are of one hasher");
        println!("resemblance, estimated   {estimate:.3}");
        println!(
            "chance to be a candidate {:.3}",
            banding.probability(estimate)
        );
    }
    match sets.each_ref().map(Fingerprint::of) {
        [Some(a), Some(b)] => println!("fingerprints differ in   {} of 64 bits", a.distance(b)),
        _ => println!("fingerprints             none: a text has under 50 shingles"),
    }

    // The sets decide.
    let overlap = Overlap::of(&sets[0], &sets[1]);
    println!("resemblance, counted     {:.3}", overlap.resemblance());
    println!("the first in the second  {:.3}", overlap.containment());
    println!(
        "the second in the first  {:.3}",
        overlap.reversed().containment()
    );

    // And these are the passages they share.
    let spans: Vec<Span> = words(&texts[0]).collect();
    for passage in passages(pages[0].words(), pages[1].words(), WIDTH) {
        let (first, last) = (passage.left.start, passage.left.end - 1);
        let span = Span::new(spans[first].start, spans[last].end);
        println!("shared: “{}”", span.of(&texts[0]));
    }
    ExitCode::SUCCESS
}
