//! `twicetold curve`: how likely pairs of each resemblance are met.

use crate::args::Curve;
use serde_json::json;
use std::io::{self, Write};
use twicetold::Deduplicator;
use twicetold_corpus::failure::Failure;

pub fn run(args: &Curve) -> Result<u8, Failure> {
    let mut builder = Deduplicator::builder().resemblance(args.resemblance);
    if let Some(net) = args.net {
        builder = builder.net(net);
    }
    let banding = builder.build().map_err(Failure::usage)?.banding();
    let steps = (1..=20).map(|step| f64::from(step) / 20.0);
    let curve: Vec<(f64, f64)> = steps.map(|s| (s, banding.probability(s))).collect();
    let mut text = String::new();
    match args.json {
        true => {
            let all =
                json!({ "resemblance": args.resemblance, "banding": banding, "curve": curve });
            text.push_str(&format!("{all}\n"));
        }
        false => {
            text.push_str(&format!(
                "{} bands of {} rows; a pair of this resemblance is met with this probability\n",
                banding.bands, banding.rows
            ));
            for (s, probability) in curve {
                let bar = "#".repeat((probability * 50.0).round() as usize);
                text.push_str(&format!("{s:.2}  {probability:.4}  {bar}\n"));
            }
        }
    }
    match io::stdout().write_all(text.as_bytes()) {
        // Whoever read it has enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(0),
        Err(error) => Err(Failure::run(format!("standard output: {error}"))),
        Ok(()) => Ok(0),
    }
}
