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
    assert_eq!(FORMAT_VERSION, 2);
}

/// Words in every way they are folded, and of every length class of XXH3 (up to 3,
/// 8, 16, 128, 240 bytes and over).
#[test]
fn words() {
    let long = "l".repeat(129);
    let longest = "é".repeat(150);
    let words = [
        ("a", 0x175f_b601_ffb2_45ff),
        ("The", 0x19bc_1e61_d37c_f0ce),
        ("ferry", 0x163b_111f_01ff_181b),
        ("STOPPED", 0x1373_5113_7e19_b47b),
        ("extraordinary", 0x1685_feff_6d16_01ad),
        ("Donaudampfschifffahrtsgesellschaft", 0x0f66_7836_425b_8b65),
        (&long, 0x181b_bc0a_d7c5_0f9b),
        (&longest, 0x1ad0_22aa_0f7d_bc20),
        ("naïve", 0x0c66_265d_296a_1a9a),
        ("nai\u{308}ve", 0x0c66_265d_296a_1a9a),
        ("ＣＡＦÉ", 0x0899_c52c_f422_41b4),
        ("café", 0x0899_c52c_f422_41b4),
        ("كتـــاب", 0x1cc3_d64a_8aba_8ddc),
        ("كتاب", 0x1cc3_d64a_8aba_8ddc),
        ("漢", 0x2f25_af87_ba19_52f2),
        ("字", 0x3712_6771_6ab5_b95d),
        ("don’t", 0x1b3b_63aa_a457_070e),
        ("don't", 0x1b3b_63aa_a457_070e),
        ("の", 0x432e_fb19_cbd1_21e0),
        ("ก", 0x6d2c_167e_0820_71ad),
        ("3.5", 0x1edc_6007_2362_c0ad),
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
            0xed0a_3143_7b25_96a3,
            0x6723_adc8_fec9_65ae,
            0xf2c4_88d1_7069_3d45,
        ]
    );
    // Fewer words than the width: one shingle, and another than that of a wider window.
    assert_eq!(
        shingles(&words[..2], WIDTH).collect::<Vec<_>>(),
        [0x48b3_ec14_8bc3_0a42]
    );

    let whole: Vec<u64> = shingles(Segmented::new(TEXT).words(), WIDTH).collect();
    assert_eq!(
        whole,
        [
            0x381b_6040_9c54_9b2e,
            0x1e01_8fe3_b595_e928,
            0x9934_3d2f_f705_fe0e,
            0xf0fe_183e_83c7_a734,
            0x7458_9b37_31d9_7ac9,
            0xac41_3800_9792_9ccf,
            0xf308_77b0_821b_f17b,
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
        [0x2fae_942d, 0x0ddc_576e, 0x0ab2_cdec, 0x0439_95d0]
    );
    assert_eq!(
        rows(7, &of_text),
        [0x19ea_5097, 0x17ed_ecf0, 0x2f81_f512, 0x0273_82b2]
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
    assert_eq!(pairs, [(1, 2), (1, 3), (2, 3)]);
}

/// What an index is read by; written with it.
#[test]
fn settings_of_an_index() {
    use twicetold::index::IndexRule;
    assert_eq!(
        IndexRule::DEFAULT.fingerprint(),
        0xe8d3_aec9_e0bb_f1ea,
        "{:#018x}",
        IndexRule::DEFAULT.fingerprint()
    );
}
