//! Golden vectors: every hash that may be written down, for this format version, on
//! any platform. They may change only with `FORMAT_VERSION`.
//!
//! The figures are those of a second implementation (Python, the `xxhash` package).
//! On a big-endian machine, in an interpreter:
//!
//! ```text
//! CC_s390x_unknown_linux_gnu=cc AR_s390x_unknown_linux_gnu=ar \
//!   cargo +nightly miri test --target s390x-unknown-linux-gnu --test golden
//! ```
//!
//! 5 seconds, and two minutes the first time, for the standard library and the
//! dev-dependencies. One of those (criterion's `alloca`) compiles a C file: nothing
//! links it here, so the host's compiler will do. Needs `rustup component add
//! --toolchain nightly miri rust-src`.

use twicetold::block::Segmented;
use twicetold::lsh::{Banding, Buckets};
use twicetold::shingle::{ShingleSet, WIDTH, shingles};
use twicetold::sketch::{Fingerprint, MinHasher};
use twicetold::word::{FORMAT_VERSION, WordHasher};

const TEXT: &str = "The ferry STOPPED: naïve 漢字, كتـــاب and ＣＡＦÉ were aboard.";

#[test]
fn format_version() {
    assert_eq!(FORMAT_VERSION, 4);
}

/// Words in every way they are folded, and of every length class of XXH3 (up to 3,
/// 8, 16, 128, 240 bytes and over).
#[test]
fn words() {
    let long = "l".repeat(129);
    let longest = "é".repeat(150);
    let words = [
        ("a", 0x0772_fdab_c1a0_5546),
        ("The", 0x0b6e_a4f8_02bc_33e7),
        ("ferry", 0x0c96_8ca0_4430_c4e3),
        ("STOPPED", 0x027d_29ce_6c0a_2d61),
        ("extraordinary", 0x1d10_e887_573d_f1e2),
        ("Donaudampfschifffahrtsgesellschaft", 0x0f66_7836_425b_8b65),
        (&long, 0x181b_bc0a_d7c5_0f9b),
        (&longest, 0x1ad0_22aa_0f7d_bc20),
        ("naïve", 0x09fe_22ae_a354_aa54),
        ("nai\u{308}ve", 0x09fe_22ae_a354_aa54),
        ("ＣＡＦÉ", 0x0832_7842_b569_756b),
        ("café", 0x0832_7842_b569_756b),
        ("كتـــاب", 0x1edc_1863_a799_bf4f),
        ("كتاب", 0x1edc_1863_a799_bf4f),
        ("漢", 0x3212_abb3_a809_e390),
        ("字", 0x2453_c1c5_16bc_e4fb),
        ("don’t", 0x112a_b88c_4be2_7358),
        ("don't", 0x112a_b88c_4be2_7358),
        ("の", 0x5167_c023_eed7_95e2),
        ("ก", 0x7f71_d6f3_1fda_965d),
        ("3.5", 0x0f96_96c0_b8de_b4e3),
    ];
    let mut hasher = WordHasher::new();
    for (word, hash) in words {
        assert_eq!(
            hasher.hash(word),
            hash,
            "{word}: {:#018x}",
            hasher.hash(word)
        );
    }
}

#[test]
fn text_to_shingles() {
    let mut hasher = WordHasher::new();
    let words = ["The", "ferry", "STOPPED", "naïve", "漢"].map(|word| hasher.hash(word));
    let of_three: Vec<u64> = shingles(&words, 3).collect();
    assert_eq!(
        of_three,
        [
            0x9c5d_8ad5_63fe_e958,
            0xb48f_d023_278f_16f6,
            0x086a_8a27_458c_8dc6,
        ]
    );
    // Fewer words than the width: one shingle, and another than that of a wider window.
    assert_eq!(
        shingles(&words[..2], WIDTH).collect::<Vec<_>>(),
        [0xf3d2_8655_e848_90b9]
    );

    let whole: Vec<u64> = shingles(Segmented::new(TEXT).words(), WIDTH).collect();
    assert_eq!(
        whole,
        [
            0xb596_ff5c_d186_06cc,
            0x4a74_ddc0_3509_2794,
            0x4f1b_5889_7207_3c68,
            0x4ab8_395a_84d1_a546,
            0x8c50_c3f7_938d_193d,
            0x380c_9e63_2329_b4f6,
            0xc3bd_efef_6874_7b7a,
        ]
    );
}

#[test]
fn signatures() {
    let rows = |seed: u64, shingles: &[u64]| {
        let hasher = MinHasher::new(4, seed).unwrap();
        let signature = hasher.signature(shingles.iter().copied()).unwrap();
        signature.rows().to_vec()
    };
    let of_text: Vec<u64> = shingles(Segmented::new(TEXT).words(), WIDTH).collect();
    assert_eq!(rows(0, &of_text), [0x0a70, 0x7022, 0x1004, 0x59a1]);
    assert_eq!(rows(7, &of_text), [0x5e05, 0x0170, 0x3779, 0x442f]);
    assert_eq!(
        rows(0, &[0, 1, 2, 1 << 32, 1 << 63]),
        [0x0f42, 0x0e3f, 0xe6bb, 0x0a0b]
    );
}

#[test]
fn signature_of_default_length() {
    let hasher = MinHasher::new(160, 0).unwrap();
    let signature = hasher.signature(0..3).unwrap();
    assert_eq!(signature.rows()[..4], [0xc087, 0xaabf, 0xaf0d, 0x99bd]);
    assert_eq!(signature.rows()[156..], [0xde2d, 0xf93d, 0xdf2d, 0xe62c]);
}

/// A signature as it is written, with its version and seed.
#[cfg(feature = "serde")]
#[test]
fn written_signature() {
    use twicetold::sketch::Signature;
    let signature = MinHasher::new(2, 7).unwrap().signature([1, 2, 3]).unwrap();
    let written = r#"{"format":4,"seed":7,"rows":[2817,9181]}"#;
    assert_eq!(serde_json::to_string(&signature).unwrap(), written);
    assert_eq!(
        serde_json::from_str::<Signature>(written).unwrap(),
        signature
    );
    let older = written.replace(r#""format":4"#, r#""format":1"#);
    assert_eq!(
        serde_json::from_str::<Signature>(&older)
            .unwrap_err()
            .to_string(),
        format!(
            "format of the signature is 1; it must be {FORMAT_VERSION}, the version this library writes"
        )
    );
}

#[test]
fn fingerprints() {
    let of = |shingles: &mut dyn Iterator<Item = u64>| {
        let set: ShingleSet = shingles.collect();
        Fingerprint::of(&set).map(Fingerprint::bits)
    };
    assert_eq!(of(&mut (0..49)), None);
    assert_eq!(of(&mut (0..50)), Some(0xaa4a_75b4_ab83_8e0e)); // an even number of shingles: with ties
    assert_eq!(
        of(&mut (1..52).map(|at| at << 40)),
        Some(0x1ed9_4f98_b36d_d90e)
    );
    assert_eq!(
        of(&mut (0..1000).map(|at| at * at)),
        Some(0xfe49_cb05_a7e6_a782)
    );
}

/// Band keys are not written and cannot be reached; what they decide can.
#[test]
fn buckets() {
    let hasher = MinHasher::new(8, 0).unwrap();
    let signatures: Vec<_> = (0..6u64)
        .map(|at| hasher.signature(at * 4..at * 4 + 12))
        .collect();
    let banding = Banding::new(4, 2).unwrap();
    let pairs = Buckets::new(&signatures, banding)
        .unwrap()
        .candidate_pairs();
    assert_eq!(pairs, [(0, 1), (1, 2), (3, 4)]);
}

/// What an index is read by; written with it.
#[test]
fn settings_of_an_index() {
    use twicetold::index::IndexRule;
    assert_eq!(
        IndexRule::DEFAULT.fingerprint(),
        0x7ae8_de3f_cae8_a814,
        "{:#018x}",
        IndexRule::DEFAULT.fingerprint()
    );
}
