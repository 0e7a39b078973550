//! Finds what scraped pages say twice, and takes it out with a proof.
//!
//! A pile of scraped articles repeats itself in four ways, and each hides the
//! others: the same article on several sites, a body that stands twice inside one
//! page, the menus and footers of a site, and the lists that hang behind an
//! article ("You may also like"). This crate finds all four in one safe order and
//! names, for every single thing it removes, the reason and where to look.
//!
//! # Overview
//!
//! - [`Deduplicator`] takes a pile of [`Page`]s and gives a [`Report`]: which pages
//!   stay, what of each stays, and why.
//! - [`clean::clean`] cleans one page alone, [`clean::Cleaner::clean_document`] one that
//!   comes as HTML ([`html::Document`]).
//! - [`index::PageIndex`] takes pages one by one and answers "have I seen this?".
//! - Everything they do is done by stages that can be used by themselves:
//!   see [Lower level](#lower-level).
//!
//! The crate does no I/O, reads no environment and prints nothing. Text never
//! makes it fail: any Unicode string can be cleaned, sketched and clustered.
//!
//! # A pile of pages
//!
//! ```
//! use twicetold::{Deduplicator, Page};
//!
//! let story = "The ferry to the outer islands stopped running on Monday, after the crew found \
//!     a crack in the hull. Nobody was hurt, and the company hopes to sail again on Friday.\n";
//! let mirrored = format!("{story}This story first stood in the Courier.\n");
//! let tail = format!("{story}You may also like\nTen boats to see\nThe captain's cat\n");
//!
//! let pages = [
//!     Page::new("courier/ferry", story),
//!     Page::new("mirror/ferry", &mirrored),
//!     Page::new("tabloid/ferry", &tail),
//! ];
//! let report = Deduplicator::default().run(&pages);
//!
//! // One of the three stays: the longest, once the list behind it is gone.
//! assert_eq!(report.clusters(), [(1, vec![0, 2])]);
//! let finding = &report.pages[2].findings[0];
//! assert_eq!(finding.reason.name(), "text-cue");
//! assert_eq!(report.pages[2].cleaned(&tail), story);
//! ```
//!
//! # One page
//!
//! ```
//! use twicetold::clean::{CleanRule, clean};
//!
//! let paragraph = "The roof of the market hall will be rebuilt in timber, the council decided \
//!     on Tuesday after a long debate, because the town's shipwrights can repair it themselves, \
//!     and because larch lasts for eighty years where the gutters are kept clear of leaves.";
//! let page = format!("{paragraph}\nShare\n{paragraph}\n");
//! let cleaned = clean(&page, &CleanRule::DEFAULT);
//! assert_eq!(cleaned.text(&page), format!("{paragraph}\n"));
//!
//! // The removed copy points at the one that stays.
//! let copy = cleaned.findings.iter().find(|f| f.reason.name() == "repeated-within").unwrap();
//! assert_eq!(copy.kept.unwrap().of(&page).trim(), paragraph);
//! ```
//!
//! *Prose*, here and below, is a block of 25 words or more that ends a sentence, or
//! part of a run of 100 words or more of shorter sentences. A page without prose is
//! left alone by text cues.
//!
//! # Two texts
//!
//! ```
//! use twicetold::{shingle::WIDTH, verify::Overlap};
//!
//! let overlap = Overlap::of_texts("one two three four five six", "one two three four five", WIDTH);
//! assert_eq!(overlap.resemblance(), 0.5); // one of two five-word windows
//! assert_eq!(overlap.reversed().containment(), 1.0); // all of the second stands in the first
//! ```
//!
//! # What it promises
//!
//! - **Hashes nominate, text decides.** A page is removed as a copy only after its
//!   resemblance or containment was counted over the whole shingle sets.
//! - **No chains.** A removed page is directly similar enough to a kept page.
//! - **Every removal names its proof**, and a kept twin is still there in the end.
//! - **Nothing is lost.** Kept slices and removed spans together are the input.
//! - **Same input, same output**, whatever the number of threads, and the same
//!   keepers and removals for any order of the input (unless the first is to stay).
//! - **A cleaner may not eat the article.** It never empties a page, cuts no word,
//!   and cleaning a cleaned page changes nothing.
//!
//! # Lower level
//!
//! In the order of the data; each stage depends only on those before it.
//!
//! | module | from | to |
//! |---|---|---|
//! | [`word`] | text | words (UAX #29), folded hashes |
//! | [`block`] | text | lines, blocks |
//! | [`shingle`] | words | overlapping windows, sets |
//! | [`sketch`] | shingles | MinHash signatures, SimHash fingerprints |
//! | [`lsh`] | sketches | buckets, candidate pairs, the S-curve; the Hamming index |
//! | [`verify`] | two texts | exact resemblance and containment, shared passages |
//! | [`cluster`] | candidates | one keeper for each cluster |
//! | [`index`] | pages one by one | "seen before", under which page |
//! | [`repeat`] | blocks | those that repeat earlier ones, or those of other pages |
//! | [`boilerplate`] | pages, lines | template, tails, citation marks |
//! | [`clean`] | findings | kept slices |
//!
//! ```
//! use twicetold::block::Segmented;
//! use twicetold::lsh::{Banding, Buckets};
//! use twicetold::shingle::{ShingleSet, shingles};
//! use twicetold::sketch::MinHasher;
//! use twicetold::verify::Overlap;
//!
//! let banding = Banding::for_resemblance(0.7)?;
//! let hasher = MinHasher::new(banding.signature_rows(), 0)?;
//! let texts = ["one two three four five six seven eight", "One, two, three, four, five, six, seven!"];
//! let pages = texts.map(Segmented::new);
//! let signatures = pages.each_ref().map(|page| hasher.signature(shingles(page.words(), 3)));
//!
//! let candidates = Buckets::new(&signatures, banding)?.candidate_pairs();
//! assert_eq!(candidates, [(0, 1)]);
//! let sets = pages.each_ref().map(|page| ShingleSet::new(page.words(), 3));
//! assert_eq!(Overlap::of(&sets[0], &sets[1]).resemblance(), 5.0 / 6.0);
//! # Ok::<(), twicetold::Error>(())
//! ```
//!
//! # Cookbook
//!
//! Copies alone, of pages that are clean already:
//!
//! ```
//! use twicetold::{Deduplicator, Page};
//!
//! let texts = ["The ferry sails again on Friday, the company says.", "Bread is dear this year."];
//! let deduplicator = Deduplicator::default();
//! let sketches = texts.map(|text| deduplicator.sketch(&Page::new("", text)));
//! // Texts are asked for only where two may be copies: they may stay in a file.
//! let clusters = deduplicator.clusters(&sketches, |page| texts[page].into());
//! assert_eq!(clusters.keeper_of(1), 1);
//! ```
//!
//! Repeats inside a page alone; the other rules are switched off:
//!
//! ```
//! use twicetold::clean::{CleanRule, clean};
//!
//! let mut rule = CleanRule::DEFAULT;
//! rule.cues = false;
//! let cleaned = clean("One line.\nYou may also like\n", &rule);
//! assert!(cleaned.findings.is_empty());
//! ```
//!
//! The template of each site, learned once and used for later pages:
//! [`Deduplicator::templates`] and [`Deduplicator::run_with`]. An index that is kept between runs: a
//! [`PageIndex`](index::PageIndex) is written and read with serde (example `stream`).
//!
//! How far a run is, and how it is stopped: [`Deduplicator::run_watched`]. In async code a run belongs on a thread of
//! its own, `tokio::task::spawn_blocking(move || deduplicator.run(&pages))`: it works on all cores of the current rayon
//! pool and never waits for anything.
//!
//! A debug build of a program that depends on this crate is many times faster with this in its `Cargo.toml`:
//!
//! ```toml
//! [profile.dev.package.twicetold]
//! opt-level = 3
//! ```
//!
//! # Features
//!
//! - `parallel` (default): pages are processed on the current rayon pool.
//! - `serde` (default): settings, sketches, indexes and reports can be written and read.
//! - `html` (default): pages as HTML; see [`html`]. Brings the tokenizer and charsets in.

#![warn(missing_docs, unreachable_pub)]

pub mod block;
pub mod boilerplate;
pub mod clean;
pub mod cluster;
mod dedup;
mod error;
pub mod finding;
#[cfg(feature = "html")]
pub mod html;
pub mod index;
pub mod lsh;
mod markup;
mod mix;
mod parallel;
mod places;
pub mod repeat;
pub mod report;
pub mod shingle;
pub mod sketch;
mod span;
pub mod verify;
pub mod word;

pub use dedup::{Builder, Deduplicator, Keep, Page, PageSketch, Stage, Step, Watch};
#[doc(hidden)]
pub use dedup::{Made, Prepared, Stop, Store};
pub use error::{Error, ErrorKind};
pub use places::fix_places;
pub use report::Report;
pub use span::Span;

#[cfg(all(doctest, feature = "html"))]
#[doc = include_str!("../README.md")]
struct Readme;
