//! Mixers of 64 bits: the same in every run, as what they give is written down.

/// The 64-bit finaliser of MurmurHash3 (Appleby 2011): a bijection in which every
/// bit of `x` sways every bit of the result.
pub(crate) fn mix(mut x: u64) -> u64 {
    x ^= x >> 33;
    x = x.wrapping_mul(0xff51_afd7_ed55_8ccd);
    x ^= x >> 33;
    x = x.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}

/// Odd, so that every step of a polynomial over words is a bijection modulo 2⁶⁴.
pub(crate) const BASE: u64 = STEP;

/// A 64-bit key of a sequence of hashes, the same for equal sequences: a
/// polynomial, mixed with the length. The key of a whole block is what a shingle of
/// all its words would be.
pub(crate) fn key_of(words: impl IntoIterator<Item = u64>) -> u64 {
    let (mut polynomial, mut len) = (0u64, 0);
    for word in words {
        polynomial = polynomial.wrapping_mul(BASE).wrapping_add(word);
        len += 1;
    }
    finish(polynomial, len)
}

/// Mixes a polynomial over `len` words; the length keeps short sequences apart from long ones.
pub(crate) fn finish(polynomial: u64, len: usize) -> u64 {
    mix(polynomial ^ (len as u64).wrapping_mul(0xd6e8_feb8_6659_fd93))
}

/// What SplitMix64 draws in this state (Steele, Lea and Flood, *Fast splittable
/// pseudorandom number generators*, 2014).
pub(crate) const fn drawn(state: u64) -> u64 {
    let mut z = state.wrapping_add(STEP);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// From one state of SplitMix64 to the next.
pub(crate) const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
