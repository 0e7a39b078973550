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
use twicetold::shingle::{WIDTH, shingles};
use twicetold::sketch::MinHasher;
use twicetold::word::{FORMAT_VERSION, WordHasher};

const TEXT: &str = "The ferry STOPPED: naïve 漢字, كتـــاب and ＣＡＦÉ were aboard.";

#[test]
fn format_version() {
    assert_eq!(FORMAT_VERSION, 2);
}

/// Words in every way they are folded, and of every length class of XXH3 (up to 3,
/// 8, 16, 128, 240 bytes and over).
#[test]
fn words() {
    let long = "l".repeat(129);
    let longest = "é".repeat(150);
    let words = [
        ("a", 0xd75f_b601_ffb2_45ff),
        ("The", 0xb9bc_1e61_d37c_f0ce),
        ("ferry", 0x763b_111f_01ff_181b),
        ("STOPPED", 0xd373_5113_7e19_b47b),
        ("extraordinary", 0x1685_feff_6d16_01ad),
        ("Donaudampfschifffahrtsgesellschaft", 0x2f66_7836_425b_8b65),
        (&long, 0x581b_bc0a_d7c5_0f9b),
        (&longest, 0x5ad0_22aa_0f7d_bc20),
        ("naïve", 0x8c66_265d_296a_1a9a),
        ("nai\u{308}ve", 0x8c66_265d_296a_1a9a),
        ("ＣＡＦÉ", 0x8899_c52c_f422_41b4),
        ("café", 0x8899_c52c_f422_41b4),
        ("كتـــاب", 0xdcc3_d64a_8aba_8ddc),
        ("كتاب", 0xdcc3_d64a_8aba_8ddc),
        ("漢", 0xef25_af87_ba19_52f2),
        ("字", 0x7712_6771_6ab5_b95d),
        ("don’t", 0x9b3b_63aa_a457_070e),
        ("don't", 0x9b3b_63aa_a457_070e),
        ("3.5", 0xbedc_6007_2362_c0ad),
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
            0xecca_939d_a8c9_1bc3,
            0xa25b_2493_ee14_cbef,
            0xf2c4_88d1_7069_3d45,
        ]
    );
    // Fewer words than the width: one shingle, and another than that of a wider window.
    assert_eq!(
        shingles(&words[..2], WIDTH).collect::<Vec<_>>(),
        [0xee57_cfc1_d54d_f213]
    );

    let whole: Vec<u64> = shingles(Segmented::new(TEXT).words(), WIDTH).collect();
    assert_eq!(
        whole,
        [
            0x1211_77dd_36f7_bfce,
            0xa745_b74a_5fcf_f445,
            0x9934_3d2f_f705_fe0e,
            0x93ca_2d3f_a63e_3386,
            0xaced_f508_fe95_b39c,
            0x5be6_9885_1dea_c009,
            0xf308_77b0_821b_f17b
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
    assert_eq!(
        rows(0, &of_text),
        [0x18ce_b53e, 0x4976_0c99, 0x7e33_9951, 0x19ab_0cb9]
    );
    assert_eq!(
        rows(7, &of_text),
        [0x19ea_5097, 0x42c8_e638, 0x07c6_8115, 0x0273_82b2]
    );
    assert_eq!(
        rows(0, &[0, 1, 2, 1 << 32, 1 << 63]),
        [0x09a7_a625, 0x53cb_9f0c, 0x2c82_9abe, 0x164d_4fbb]
    );
}

#[test]
fn signature_of_default_length() {
    let hasher = MinHasher::new(160, 0).unwrap();
    let signature = hasher.signature(0..3).unwrap();
    assert_eq!(
        signature.rows()[..4],
        [0x1cee_f46d, 0x1784_e51a, 0x5519_4828, 0x785c_a2b6]
    );
    assert_eq!(
        signature.rows()[156..],
        [0xa6b9_4cf2, 0x0c1d_ee54, 0x1b2a_1038, 0x032c_d31b]
    );
}

/// A signature as it is written, with its version and seed.
#[cfg(feature = "serde")]
#[test]
fn written_signature() {
    use twicetold::sketch::Signature;
    let signature = MinHasher::new(2, 7).unwrap().signature([1, 2, 3]).unwrap();
    let written = r#"{"format":2,"seed":7,"rows":[504970950,2374098276]}"#;
    assert_eq!(serde_json::to_string(&signature).unwrap(), written);
    assert_eq!(
        serde_json::from_str::<Signature>(written).unwrap(),
        signature
    );
    let older = written.replace(r#""format":2"#, r#""format":1"#);
    assert_eq!(
        serde_json::from_str::<Signature>(&older)
            .unwrap_err()
            .to_string(),
        format!(
            "format of the signature is 1; it must be {FORMAT_VERSION}, the version this library writes"
        )
    );
}

// GOLDEN FINGERPRINTS: the vectors of SimHash `Fingerprint` belong here.

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
    assert_eq!(pairs, [(1, 2), (1, 3), (2, 3)]);
}
