//! Square roots of 128-bit numbers by multiplication alone: the root stands in every margin, a division costs as much
//! as all of it.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "fixed-point steps; each line names the bound that makes it safe, and exact comparisons check the result"
)]

/// First approximations of `2^15 / sqrt(m)` for a 64-bit `m` by its top byte, from 64 on, as a fraction of 2^64.
static FIRST: [u16; 192] = first();

const fn first() -> [u16; 192] {
    let mut table = [0_u16; 192];
    let mut k = 0;
    while k < 192 {
        // In the middle of the interval, m = (k + 64.5) / 256: 2^15 / sqrt(m) = sqrt(2^39 / (2 k + 129)).
        let root = ((1_u64 << 39) / (2 * k as u64 + 129)).isqrt();
        table[k] = if root > u16::MAX as u64 { u16::MAX } else { root as u16 };
        k += 1;
    }
    table
}

/// `2^95 / sqrt(n)` of a normalised number (one of its top two bits is set): a mantissa of 64 bits, within 16 of the
/// true one, never above 2^64 - 1.
///
/// Newton's iteration `r (3 - m r^2) / 2` on `r = 1 / sqrt(m)`, with `m = n / 2^64` in [1/4, 1): the relative error of
/// the table, 2^-8, becomes 2^-15.4, 2^-30.2, 2^-59.9: 16 parts of 2^64.
#[must_use]
#[inline]
pub fn reciprocal_root(n: u64) -> u64 {
    /// In 2^-62.
    const THREE: u64 = 3 << 62;
    let index = (n >> 56).wrapping_sub(64);
    let mut r = u64::from(FIRST.get(index as usize).copied().unwrap_or(u16::MAX)) << 48; // in 2^-63, from 1 to 2
    for _ in 0..3 {
        let near_one = high(high(r, r), n); // both in 2^-62; r^2 is at most 4
        let rest = THREE.wrapping_sub(near_one); // near 2, in 2^-62
        let next = (u128::from(r) * u128::from(rest)) >> 63; // in 2^-125, halved: in 2^-63
        r = if next > u128::from(u64::MAX) { u64::MAX } else { next as u64 };
    }
    r
}

#[inline]
fn high(a: u64, b: u64) -> u64 {
    ((u128::from(a) * u128::from(b)) >> 64) as u64
}

/// Smallest integer whose square is not below `n`.
#[must_use]
#[inline]
pub fn square_root_up(n: u128) -> u128 {
    if n == 0 {
        return 0;
    }
    let left = n.leading_zeros() & !1;
    let top = ((n << left) >> 64) as u64;
    // top / 2^64 x 1 / sqrt(top / 2^64), in 2^-63; off by 20 at the most, so that without 32 it is too small.
    let mantissa = high(top, reciprocal_root(top)) - 32; // at least 2^62 - 20
    let mut root = mantissa >> (left / 2).saturating_sub(1) << u32::from(left == 0);
    // Below 2^116 the root is at most two more: no branch, because nobody can predict it.
    root += u64::from(is_short(root, n));
    root += u64::from(is_short(root, n));
    while is_short(root, n) {
        if root == u64::MAX {
            return 1 << 64;
        }
        root += 1;
    }
    u128::from(root)
}

/// Is the square of `root` below `n`?
#[inline]
fn is_short(root: u64, n: u128) -> bool {
    u128::from(root) * u128::from(root) < n
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(50_000))]

        #[test]
        fn the_reciprocal_root_is_within_its_bound(n in (1_u64 << 62)..=u64::MAX) {
            let exact = exact(n);
            prop_assert!(reciprocal_root(n).abs_diff(exact) <= 16, "{n}: {} {exact}", reciprocal_root(n));
        }

        #[test]
        fn the_root_is_the_exact_one(n in any::<u128>(), shift in 0_u32..128) {
            check(n >> shift);
        }

        #[test]
        fn around_a_square_it_is_exact(root in any::<u64>(), shift in 0_u32..64, off in -2_i128..=2) {
            let root = u128::from(root >> shift);
            check((root * root).saturating_add_signed(off));
        }
    }

    /// floor(2^127 / sqrt(n << 64)) = floor(2^95 / sqrt(n)), at most 2^64 - 1.
    fn exact(n: u64) -> u64 {
        let root = (ruint::Uint::<256, 4>::ONE << 190) / ruint::Uint::from(n);
        u64::try_from(crate::wide::square_root_wide_down(root)).unwrap_or(u64::MAX)
    }

    fn check(n: u128) {
        let root = n.isqrt();
        let up = root + u128::from(root * root < n);
        assert_eq!(square_root_up(n), up, "{n}");
    }

    #[test]
    fn at_the_limits_it_is_exact() {
        for n in [
            0,
            1,
            2,
            3,
            4,
            u128::MAX,
            u128::MAX - 1,
            1 << 126,
            (1 << 126) - 1,
            1 << 127,
            1 << 64,
            (1 << 64) - 1,
        ] {
            check(n);
        }
        for k in 0..192_u64 {
            for n in [(k + 64) << 56, ((k + 65) << 56).wrapping_sub(1)] {
                assert!(reciprocal_root(n).abs_diff(exact(n)) <= 16, "{n}");
            }
        }
    }
}
