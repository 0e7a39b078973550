//! One mixer of 64 bits.

/// The 64-bit finaliser of MurmurHash3 (Appleby 2011): a bijection in which every
/// bit of `x` sways every bit of the result.
pub(crate) fn mix(mut x: u64) -> u64 {
    x ^= x >> 33;
    x = x.wrapping_mul(0xff51_afd7_ed55_8ccd);
    x ^= x >> 33;
    x = x.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}
