//! The arithmetic of lanes without vectors, which every machine has.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "sums of products in lanes; each line names the bound that makes it safe, and the slow model checks all of it"
)]

use super::{Exposures, LANES, Lanes, Lots, Normal, OCT, PLACES, add_cut_square};
use crate::addon::ChargeTable;

/// The lanes one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scalar;

impl Lanes for Scalar {
    type Quad = [u64; LANES];
    type Oct = [i32; OCT];

    #[inline(always)]
    fn zero() -> Self::Quad {
        [0; LANES]
    }

    #[inline(always)]
    fn add_signed(mut sum: Self::Quad, number: i32, row: &[u64; LANES]) -> Self::Quad {
        // The last lane has no coefficients.
        for end in 0..LANES - 1 {
            // Sizes of all exposures add up to 2^30, coefficients have 30 bits.
            sum[end] = sum[end].wrapping_add((i64::from(number) as u64).wrapping_mul(row[end]));
        }
        sum
    }

    #[inline(always)]
    fn product(number: i32, row: &[u64; LANES]) -> Self::Quad {
        row.map(|lane| (i64::from(number) as u64).wrapping_mul(lane))
    }

    #[inline(always)]
    fn size_product(number: i32, row: &[u64; LANES]) -> Self::Quad {
        row.map(|lane| u64::from(number.unsigned_abs()).wrapping_mul(lane))
    }

    #[inline(always)]
    fn negative(number: Self::Quad) -> Self::Quad {
        number.map(u64::wrapping_neg)
    }

    #[inline(always)]
    fn larger(mut a: Self::Quad, b: Self::Quad) -> Self::Quad {
        for end in 0..LANES {
            a[end] = (a[end] as i64).max(b[end] as i64) as u64;
        }
        a
    }

    #[inline(always)]
    fn add_cut_square(mut sum: Self::Quad, number: Self::Quad) -> Self::Quad {
        // Nobody reads the square in the last lane.
        for end in 0..LANES - 1 {
            sum[end] = add_cut_square(sum[end], number[end]);
        }
        sum
    }

    #[inline(always)]
    fn lanes(quad: Self::Quad) -> [u64; LANES] {
        quad
    }

    #[inline(always)]
    fn quad(lanes: &[u64; LANES]) -> Self::Quad {
        *lanes
    }

    #[inline(always)]
    fn sum(mut a: Self::Quad, b: Self::Quad) -> Self::Quad {
        for lane in 0..LANES {
            a[lane] = a[lane].wrapping_add(b[lane]);
        }
        a
    }

    #[inline(always)]
    fn oct(lanes: &[i32; OCT]) -> Self::Oct {
        *lanes
    }

    #[inline(always)]
    fn octet(oct: Self::Oct) -> [i32; OCT] {
        oct
    }

    #[inline(always)]
    fn every(number: i32) -> Self::Oct {
        [number; OCT]
    }

    #[inline(always)]
    fn plus(a: Self::Oct, b: Self::Oct) -> Self::Oct {
        core::array::from_fn(|lane| a[lane].wrapping_add(b[lane]))
    }

    #[inline(always)]
    fn minus(a: Self::Oct, b: Self::Oct) -> Self::Oct {
        core::array::from_fn(|lane| a[lane].wrapping_sub(b[lane]))
    }

    #[inline(always)]
    fn greater(a: Self::Oct, b: Self::Oct) -> Self::Oct {
        core::array::from_fn(|lane| a[lane].max(b[lane]))
    }

    #[inline(always)]
    fn lesser(a: Self::Oct, b: Self::Oct) -> Self::Oct {
        core::array::from_fn(|lane| a[lane].min(b[lane]))
    }

    #[inline(always)]
    fn kept(a: Self::Oct, mask: Self::Oct) -> Self::Oct {
        core::array::from_fn(|lane| if mask[lane] > 0 { a[lane] } else { 0 })
    }

    #[inline(always)]
    fn cut(a: Self::Oct, cut: u32) -> Self::Oct {
        a.map(|number| number >> (cut & 31))
    }

    #[inline(always)]
    fn raised(a: Self::Oct, up: u32) -> Self::Oct {
        a.map(|number| number << (up & 31))
    }

    #[inline(always)]
    fn square(a: Self::Oct) -> Self::Oct {
        a.map(|number| number.wrapping_mul(number))
    }

    #[inline(always)]
    fn above(a: Self::Oct, b: Self::Oct) -> u32 {
        (0..OCT).fold(0, |bits, lane| bits | u32::from(a[lane] > b[lane]) << lane)
    }

    #[inline(always)]
    fn top(oct: Self::Oct) -> i32 {
        oct.into_iter().fold(i32::MIN, i32::max)
    }

    #[inline(always)]
    fn products(a: Self::Oct, b: &[i32; OCT]) -> [Self::Quad; 2] {
        let mut products = [Self::zero(); 2];
        for place in 0..OCT {
            products[place % 2][place / 2] = i64::from(a[place]).wrapping_mul(i64::from(b[place])) as u64;
        }
        products
    }

    #[inline(always)]
    fn row_products(a: Self::Oct, b: &[i32; OCT + 1]) -> [Self::Quad; 2] {
        let [b @ .., _] = b;
        Self::products(a, b)
    }

    #[inline(always)]
    fn upper(products: [Self::Quad; 2]) -> Self::Oct {
        core::array::from_fn(|place| (products[place % 2][place / 2] >> 32) as i32)
    }

    #[inline(always)]
    fn joined(products: [Self::Quad; 2]) -> Self::Oct {
        core::array::from_fn(|place| (products[place % 2][place / 2] as i64 >> 30) as i32)
    }

    #[inline(always)]
    fn charges(net: &[i64; LANES], factors: &[u16; LANES], charges: ChargeTable<'_>) -> Option<Self::Quad> {
        let mut sums = Self::zero();
        for (sum, (net, factor)) in sums.iter_mut().zip(net.iter().zip(factors)) {
            *sum = charges.charge(*factor, net.unsigned_abs())?;
        }
        Some(sums)
    }

    #[inline(always)]
    fn gross(Exposures(exposures): &Exposures, quads: usize) -> u64 {
        let places = exposures.iter().take(quads.wrapping_mul(LANES));
        places.fold(0, |gross: u64, net| gross.wrapping_add(net.unsigned_abs()))
    }

    #[inline(always)]
    fn normalise(Exposures(exposures): &Exposures, quads: usize, lot: u32, normal: &mut Normal) {
        for (place, net) in exposures.iter().enumerate().take(quads.wrapping_mul(LANES)) {
            let lots = Lots::of(*net, lot);
            normal.high[place] = lots.high.into();
            normal.low[place] = lots.low.into();
            normal.size[place] = lots.size.into();
        }
    }

    #[inline(always)]
    fn rows(Exposures(exposures): &Exposures, factors: &[[u16; LANES]], rows: &mut [u64; PLACES]) {
        for ((net, factor), row) in exposures.iter().zip(factors.as_flattened()).zip(rows) {
            *row = u64::from(*factor) << 1 | u64::from(*net < 0);
        }
    }
}
