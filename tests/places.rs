//! Where keys stand in tables is a secret of the run, and nothing that comes out depends on it.

mod common;

use common::{Random, cases};
use proptest::prelude::*;
use twicetold::clean::{CleanRule, clean};
use twicetold::lsh::HammingIndex;
use twicetold::sketch::Fingerprint;
use twicetold::{Deduplicator, Page, fix_places};

const SECRETS: [u64; 4] = [1, 2, 0x0123_4567_89ab_cdef, u64::MAX];

/// What comes out under each secret; it must be the same.
fn under_secrets<T>(make: impl Fn() -> T) -> Vec<T> {
    let under = |secret: &u64| {
        fix_places(*secret);
        make()
    };
    SECRETS.iter().map(under).collect()
}

/// Pages of few sources under a menu each, of paragraphs that others have too, some with a word replaced.
fn pile() -> impl Strategy<Value = Vec<(Option<String>, String)>> {
    let paragraph = (0u64..12, any::<bool>(), 0usize..40).prop_map(|(text, edited, at)| {
        let paragraph = Random(text).paragraph(3);
        let mut words: Vec<&str> = paragraph.split(' ').collect();
        let at = at % words.len();
        if edited {
            words[at] = "changed";
        }
        words.join(" ")
    });
    let page =
        (0u64..4, prop::collection::vec(paragraph, 1..6)).prop_map(|(source, paragraphs)| {
            let menu = Random(100 + source).sentence(6);
            let body = paragraphs.join("\n\n");
            let name = (source > 0).then(|| format!("site {source}"));
            (name, format!("{menu}\n\n{body}\n\nRead more\n\n{menu}\n"))
        });
    prop::collection::vec(page, 1..24)
}

proptest! {
    #![proptest_config(cases(24))]

    /// A whole run: what is found, kept and removed, and why.
    #[test]
    fn runs_are_the_same_under_every_secret(pile in pile()) {
        let ids: Vec<String> = (0..pile.len()).map(|at| format!("p{at}")).collect();
        let pages: Vec<Page<'_>> = pile
            .iter()
            .zip(&ids)
            .map(|((source, text), id)| Page { source: source.as_deref(), ..Page::new(id, text) })
            .collect();
        let reports = under_secrets(|| Deduplicator::default().run(&pages));
        for report in &reports[1..] {
            prop_assert_eq!(report, &reports[0]);
        }
    }

    #[test]
    fn pages_are_cleaned_the_same_under_every_secret(pile in pile()) {
        let page: String = pile.into_iter().map(|(_, text)| text + "\n").collect();
        let cleaned = under_secrets(|| clean(&page, &CleanRule::DEFAULT));
        for other in &cleaned[1..] {
            prop_assert_eq!(other, &cleaned[0]);
        }
    }

    #[test]
    fn near_fingerprints_are_the_same_under_every_secret(
        bits in prop::collection::vec(0..1u64 << 12, 1..300),
    ) {
        let fingerprints: Vec<Option<Fingerprint>> =
            bits.iter().map(|bits| Some(Fingerprint::from_bits(bits << 20))).collect();
        let pairs = under_secrets(|| HammingIndex::new(&fingerprints, 3).unwrap().pairs());
        for other in &pairs[1..] {
            prop_assert_eq!(other, &pairs[0]);
        }
    }
}
