//! Products and roots that leave 128 bits on the way, with the direction of rounding in the name.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "limb arithmetic; each line names the bound that makes it safe, and big integers check all of it in tests"
)]

use ruint::Uint;

pub use crate::root::{reciprocal_root, square_root_up};

/// 256-bit unsigned integer, the widest intermediate product.
pub type U256 = Uint<256, 4>;

/// Largest power of ten that 128 bits hold.
pub const POWER_MAX: usize = 38;

/// Powers of ten with their reciprocals: the exact division of a price product without a division instruction.
#[derive(Clone, Copy)]
struct PowerOfTen {
    divisor: u128,
    /// floor((2^128 - 1) / divisor)
    reciprocal: u128,
    /// 5^k, moved up by `shift` so that the top bit is set; zero where it does not fit 64 bits.
    fives: u64,
    /// floor((2^128 - 1) / fives) - 2^64
    inverse: u64,
    /// 5^k, or zero.
    limit: u64,
    shift: u32,
    /// k
    twos: u32,
}

static POWERS: [PowerOfTen; POWER_MAX + 1] = powers();

const fn powers() -> [PowerOfTen; POWER_MAX + 1] {
    const NONE: PowerOfTen =
        PowerOfTen { divisor: 1, reciprocal: u128::MAX, fives: 0, inverse: 0, limit: 0, shift: 0, twos: 0 };
    let mut table = [NONE; POWER_MAX + 1];
    let mut divisor = 1_u128;
    let mut k = 0;
    while k <= POWER_MAX {
        table[k].divisor = divisor;
        table[k].reciprocal = u128::MAX / divisor;
        table[k].twos = k as u32;
        let fives = divisor >> k;
        if fives <= u64::MAX as u128 {
            let fives = fives as u64;
            table[k].limit = fives;
            table[k].shift = fives.leading_zeros();
            table[k].fives = fives << table[k].shift;
            table[k].inverse = (u128::MAX / table[k].fives as u128) as u64; // the top bit of 65 is cut off
        }
        divisor = divisor.wrapping_mul(10); // 10^38 < 2^127; the one behind it is not used
        k += 1;
    }
    table
}

/// Ten to the power `k`; `None` above [`POWER_MAX`].
#[must_use]
pub const fn power_of_ten(k: usize) -> Option<u128> {
    if k > POWER_MAX { None } else { Some(POWERS[k].divisor) }
}

/// Quotient and remainder of `n / 10^k`, exact. `k` above [`POWER_MAX`] gives `(0, n)`: such a divisor exceeds any `n`.
#[must_use]
#[inline]
pub fn divide_by_power_of_ten(n: u128, k: usize) -> (u128, u128) {
    let Some(power) = POWERS.get(k) else { return (0, n) };
    match divide_narrow(n, power) {
        Some((quotient, fives, twos)) => {
            (u128::from(quotient), u128::from(fives >> (power.shift & 63)) << k | u128::from(twos))
        }
        None => divide_wide(n, power),
    }
}

/// Quotient of `n / 10^k`, and its remainder in two parts: a multiple of `2^k`, moved up by the power's shift, and what is
/// below `2^k`. Nothing where the quotient leaves 64 bits.
#[inline(always)]
fn divide_narrow(n: u128, power: &PowerOfTen) -> Option<(u64, u64, u64)> {
    // Both shifts are below 64 where they are used; the masks say so to the compiler, which then needs no branch.
    let (twos, shift) = (power.twos & 63, power.shift & 63);
    // 10^k = 2^k 5^k: behind a shift a divisor of 64 bits is left, and a quotient of 64 bits where this holds.
    let halved = n >> twos;
    let numerator = halved << shift; // no bit is lost then
    if (halved >> 64) as u64 >= power.limit {
        return None;
    }
    let (quotient, remainder) = divide_words(numerator, power);
    Some((quotient, remainder, n as u64 & ((1 << twos) - 1)))
}

/// Quotient and remainder of two words by the power's `5^k`, moved up by its shift, which is above the upper word.
#[inline(always)]
fn divide_words(numerator: u128, power: &PowerOfTen) -> (u64, u64) {
    // With a reciprocal: Moeller and Granlund 2011, algorithm 4; all of it modulo 2^64.
    let (high, low) = ((numerator >> 64) as u64, numerator as u64);
    let estimate = (u128::from(high) * u128::from(power.inverse)).wrapping_add(numerator);
    let mut quotient = ((estimate >> 64) as u64).wrapping_add(1);
    let mut remainder = low.wrapping_sub(quotient.wrapping_mul(power.fives));
    if remainder > estimate as u64 {
        quotient = quotient.wrapping_sub(1);
        remainder = remainder.wrapping_add(power.fives);
    }
    if remainder >= power.fives {
        quotient = quotient.wrapping_add(1);
        remainder = remainder.wrapping_sub(power.fives);
    }
    (quotient, remainder)
}

/// `5^k`, where a word holds it.
pub(crate) fn fives(k: usize) -> Option<u64> {
    POWERS.get(k).map(|power| power.limit).filter(|fives| *fives != 0)
}

/// `floor(n 2^(length of 5^k) / 5^k)` and whether that is exact; `n` is below 2^127, and `5^k` has a word.
pub(crate) fn divide_by_fives(n: u128, k: usize) -> (u128, bool) {
    let Some(power) = POWERS.get(k) else { return (0, n == 0) };
    // 5^k has its top bit set where it is moved up: that is above the upper word of n.
    let (high, rest) = divide_words(n, power);
    let (low, rest) = divide_words(u128::from(rest) << 64, power);
    (u128::from(high) << 64 | u128::from(low), rest == 0)
}

/// `floor(n / 10^k)`.
#[inline(always)]
fn scale_down(n: u128, k: usize) -> u128 {
    match POWERS.get(k).and_then(|power| divide_narrow(n, power)) {
        Some((quotient, ..)) => u128::from(quotient),
        None => divide_by_power_of_ten(n, k).0,
    }
}

/// `ceil(n / 10^k)`.
#[inline(always)]
fn scale_up(n: u128, k: usize) -> u128 {
    match POWERS.get(k).and_then(|power| divide_narrow(n, power)) {
        Some((quotient, fives, twos)) => u128::from(quotient) + u128::from(fives | twos != 0),
        None => {
            let (quotient, remainder) = divide_by_power_of_ten(n, k);
            quotient + u128::from(remainder > 0) // k = 0 leaves no remainder, so quotient < 2^128 - 1
        }
    }
}

/// As [`divide_by_power_of_ten`], for quotients beyond 64 bits.
#[cold]
#[inline(never)]
fn divide_wide(n: u128, power: &PowerOfTen) -> (u128, u128) {
    // The estimate is short by two at the most: 2^128/d - reciprocal <= 1 + 1/d, and the floor takes less than one.
    let mut quotient = multiply(n, power.reciprocal).1;
    let mut remainder = n.wrapping_sub(quotient.wrapping_mul(power.divisor));
    while remainder >= power.divisor {
        quotient += 1;
        remainder -= power.divisor;
    }
    (quotient, remainder)
}

/// The product where it fits 128 bits. Most amounts and prices have 64 bits, and then one instruction does it.
#[must_use]
#[inline(always)]
pub fn product(a: u128, b: u128) -> Option<u128> {
    if (a | b) >> 64 == 0 {
        return Some(u128::from(a as u64) * u128::from(b as u64));
    }
    a.checked_mul(b)
}

/// A power of five by which numbers of 62 bits and a sign are divided, rounded toward negative infinity.
#[derive(Clone, Copy)]
struct Fives {
    /// ceil(2^128 / 5^k), the lower half first: a number of 64 bits times it is exact in its upper half, as what is added
    /// stays below `5^k`, which is what makes a whole one more of the quotient.
    low: u64,
    high: u64,
    /// A multiple of 5^k from 2^62 on, which makes a number positive, and how many times it is.
    offset: u64,
    times: u64,
}

/// Powers of five below 2^61.
const FIVES: usize = 27;
static FIVES_DOWN: [Fives; FIVES] = fives_down();

const fn fives_down() -> [Fives; FIVES] {
    let mut table = [Fives { low: 0, high: 0, offset: 0, times: 0 }; FIVES];
    let (mut divisor, mut k) = (1_u64, 0);
    while k < FIVES {
        // By one nothing is divided: the entry gives no answer that is used.
        let inverse = if k == 0 { 0 } else { u128::MAX / divisor as u128 + 1 }; // 5^k does not divide 2^128
        let times = (1_u64 << 62).div_ceil(divisor);
        table[k] =
            Fives { low: inverse as u64, high: (inverse >> 64) as u64, offset: times * divisor, times };
        divisor = divisor.wrapping_mul(5); // 5^26 < 2^61; the one behind it is not used
        k += 1;
    }
    table
}

/// `floor(n / 10^k)` of a number of either sign; nothing where the quotient could leave a word, and for `k` of 0 or above 26.
#[must_use]
#[inline(always)]
pub fn scale_signed_down(n: i128, k: usize) -> Option<i64> {
    let fives = FIVES_DOWN.get(k).filter(|_| k != 0)?;
    // 10^k = 2^k 5^k; the lower part of a floor is a floor.
    let halved = n >> (k & 63);
    if halved.wrapping_add(1 << 62) as u128 >= 1 << 63 {
        return None;
    }
    let positive = u128::from((halved as u64).wrapping_add(fives.offset)); // below 2^62 + 2^62 + 2^61
    let below = positive.wrapping_mul(u128::from(fives.low)) >> 64;
    let quotient = positive.wrapping_mul(u128::from(fives.high)).wrapping_add(below) >> 64;
    Some((quotient as u64).wrapping_sub(fives.times) as i64)
}

/// Full product of two 128-bit numbers: (low, high).
#[must_use]
#[inline]
pub const fn multiply(a: u128, b: u128) -> (u128, u128) {
    const LOW: u128 = u64::MAX as u128;
    let (a0, a1, b0, b1) = (a & LOW, a >> 64, b & LOW, b >> 64);
    let low = a0 * b0; // each partial product of two 64-bit limbs fits 128 bits
    let cross = a0 * b1;
    let middle = a1 * b0 + (low >> 64) + (cross & LOW); // (2^64-1)^2 + 2 (2^64-1) = 2^128 - 1
    let high = a1 * b1 + (middle >> 64) + (cross >> 64);
    ((middle << 64) | (low & LOW), high)
}

/// `floor(a * b / c)`; `None` where `c` is zero or the result leaves 128 bits.
#[must_use]
#[inline]
pub fn multiply_divide_down(a: u128, b: u128, c: u128) -> Option<u128> {
    if let Some(product) = a.checked_mul(b) {
        return product.checked_div(c);
    }
    if c == 0 {
        return None;
    }
    let (quotient, _) = U256::from(a).wrapping_mul(U256::from(b)).div_rem(U256::from(c));
    u128::try_from(quotient).ok()
}

/// `ceil(a * b / c)`; `None` where `c` is zero or the result leaves 128 bits.
#[must_use]
#[inline]
pub fn multiply_divide_up(a: u128, b: u128, c: u128) -> Option<u128> {
    if let Some(product) = a.checked_mul(b) {
        return (c != 0).then(|| product.div_ceil(c));
    }
    if c == 0 {
        return None;
    }
    let (quotient, remainder) = U256::from(a).wrapping_mul(U256::from(b)).div_rem(U256::from(c));
    let quotient = u128::try_from(quotient).ok()?;
    if remainder == U256::ZERO { Some(quotient) } else { quotient.checked_add(1) }
}

/// `floor(a * b / 10^k)`; `None` where the result leaves 128 bits.
#[must_use]
#[inline(always)]
pub fn multiply_scale_down(a: u128, b: u128, k: usize) -> Option<u128> {
    match product(a, b) {
        Some(product) => Some(scale_down(product, k)),
        None => scale_wide_down(a, b, k),
    }
}

/// `ceil(a * b / 10^k)`; `None` where the result leaves 128 bits.
#[must_use]
#[inline(always)]
pub fn multiply_scale_up(a: u128, b: u128, k: usize) -> Option<u128> {
    match product(a, b) {
        Some(product) => Some(scale_up(product, k)),
        None => scale_wide_up(a, b, k),
    }
}

/// As [`multiply_scale_down`], for products beyond 128 bits.
#[cold]
#[inline(never)]
fn scale_wide_down(a: u128, b: u128, k: usize) -> Option<u128> {
    multiply_divide_down(a, b, power_of_ten(k)?)
}

/// As [`multiply_scale_up`], for products beyond 128 bits.
#[cold]
#[inline(never)]
fn scale_wide_up(a: u128, b: u128, k: usize) -> Option<u128> {
    multiply_divide_up(a, b, power_of_ten(k)?)
}

/// Largest integer whose square is not above `n`.
#[must_use]
pub fn square_root_wide_down(n: U256) -> u128 {
    let bits = n.bit_len();
    if bits <= 128 {
        return u128::try_from(n).unwrap_or(u128::MAX).isqrt();
    }
    // Newton from above: the first guess is at least the root, each step falls until the root is reached.
    let mut guess = U256::ONE << bits.div_ceil(2);
    loop {
        let next = (guess + n.div_rem(guess).0) >> 1; // guess <= 2^128, n / guess <= 2^128
        if next >= guess {
            return u128::try_from(guess).unwrap_or(u128::MAX);
        }
        guess = next;
    }
}

/// Smallest integer whose square is not below `n`; `None` where it leaves 128 bits.
#[must_use]
pub fn square_root_wide_up(n: U256) -> Option<u128> {
    let root = square_root_wide_down(n);
    let (low, high) = multiply(root, root);
    let square = (U256::from(high) << 128) | U256::from(low);
    if square < n { root.checked_add(1) } else { Some(root) }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;
    use num_traits::ToPrimitive;
    use proptest::prelude::*;

    use super::*;

    fn big(n: u128) -> BigUint {
        BigUint::from(n)
    }

    fn any_magnitude() -> impl Strategy<Value = u128> {
        (any::<u128>(), 0_u32..128).prop_map(|(n, shift)| n >> shift)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn the_full_product_is_the_product_of_big_integers(a in any_magnitude(), b in any_magnitude()) {
            let (low, high) = multiply(a, b);
            prop_assert_eq!((big(high) << 128_u32) + big(low), big(a) * big(b));
        }

        #[test]
        fn division_by_a_power_of_ten_is_exact(n in any_magnitude(), k in 0_usize..=POWER_MAX) {
            let divisor = 10_u128.pow(u32::try_from(k).unwrap());
            prop_assert_eq!(divide_by_power_of_ten(n, k), (n / divisor, n % divisor));
        }

        #[test]
        fn around_a_multiple_of_a_power_of_ten_the_division_is_exact(q in any::<u64>(), shift in 0_u32..64, k in 0_usize..=POWER_MAX, off in -2_i128..=2) {
            let divisor = 10_u128.pow(u32::try_from(k).unwrap());
            let n = u128::from(q >> shift).saturating_mul(divisor).saturating_add_signed(off);
            prop_assert_eq!(divide_by_power_of_ten(n, k), (n / divisor, n % divisor));
        }

        #[test]
        fn a_signed_number_is_divided_toward_negative_infinity(
            n in any_magnitude(), q in any::<i64>(), shift in 0_u32..64, k in 0_usize..30, off in -2_i128..=2,
        ) {
            let divisor = 10_i128.pow(u32::try_from(k).unwrap());
            let near = i128::from(q >> shift).saturating_mul(divisor).saturating_add(off);
            for n in [n.cast_signed(), near] {
                match scale_signed_down(n, k) {
                    Some(quotient) => prop_assert_eq!(i128::from(quotient), n.div_euclid(divisor)),
                    None => prop_assert!(k == 0 || k > 26 || (n >> k).unsigned_abs() >= 1 << 62),
                }
            }
        }

        #[test]
        fn multiply_divide_agrees_with_big_integers(a in any_magnitude(), b in any_magnitude(), c in any_magnitude()) {
            if c == 0 {
                prop_assert_eq!(multiply_divide_down(a, b, c), None);
                prop_assert_eq!(multiply_divide_up(a, b, c), None);
            } else {
                let product = big(a) * big(b);
                prop_assert_eq!(multiply_divide_down(a, b, c), (&product / big(c)).to_u128());
                prop_assert_eq!(multiply_divide_up(a, b, c), ((&product + big(c) - 1_u32) / big(c)).to_u128());
            }
        }

        #[test]
        fn multiply_scale_agrees_with_big_integers(a in any_magnitude(), b in any_magnitude(), k in 0_usize..=POWER_MAX) {
            let divisor = big(10).pow(u32::try_from(k).unwrap());
            let product = big(a) * big(b);
            prop_assert_eq!(multiply_scale_down(a, b, k), (&product / &divisor).to_u128());
            prop_assert_eq!(multiply_scale_up(a, b, k), ((&product + &divisor - 1_u32) / &divisor).to_u128());
        }

        #[test]
        fn square_roots_bracket_the_root(a in any_magnitude(), b in any_magnitude()) {
            let up = big(square_root_up(a));
            prop_assert!(&up * &up >= big(a));
            prop_assert!(a == 0 || (&up - 1_u32) * (&up - 1_u32) < big(a));
            let n = U256::from(a).wrapping_mul(U256::from(b));
            let product = big(a) * big(b);
            let down = big(square_root_wide_down(n));
            prop_assert!(&down * &down <= product);
            prop_assert!((&down + 1_u32) * (&down + 1_u32) > product);
            let up = big(square_root_wide_up(n).unwrap());
            prop_assert!(&up * &up >= product && (product == BigUint::ZERO || (&up - 1_u32) * (&up - 1_u32) < product));
        }
    }

    #[test]
    fn the_extremes_hold() {
        assert_eq!(square_root_up(u128::MAX), 1 << 64);
        assert_eq!(square_root_wide_down(U256::MAX), u128::MAX);
        assert_eq!(square_root_wide_up(U256::MAX), None);
        for k in 0..=POWER_MAX {
            let divisor = 10_u128.pow(u32::try_from(k).unwrap());
            // Where the quotient leaves 64 bits, and the ends.
            let edge = divisor.saturating_mul(1 << 64);
            for n in [0, 1, edge - 1, edge, edge.saturating_add(1), u128::MAX - 1, u128::MAX] {
                assert_eq!(divide_by_power_of_ten(n, k), (n / divisor, n % divisor), "{n} / 10^{k}");
            }
        }
        assert_eq!(multiply_scale_down(1, 1, 39), Some(0));
        assert_eq!(multiply_divide_down(u128::MAX, u128::MAX, 1), None);
    }
}
