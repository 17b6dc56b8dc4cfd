//! [M1] to [M4] over normalised exposures: the arithmetic that every requirement is made of, alone or a million at once.
//!
//! The exposures of an account are moved down by one shift until their sizes add up to less than 2^30: the account's risk
//! lot. Every product then fits a lane of 64 bits, every lane is an end of the band, and the same source compiles for any
//! width of vector. Whatever is cut off is rounded against the account: a loss is never below that of the formulas.
//!
//! Sketch: a factor costs four vector products of four lanes: fall, rise, own move, its square.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "sums of products in lanes; each line names the bound that makes it safe, and the slow model checks all of it"
)]

mod scalar;

pub(crate) use scalar::Scalar;

use crate::addon::ChargeTable;

/// Bits of the sum of an account's normalised exposures.
pub(crate) const LOT_BITS: u32 = 30;
/// Bits of the largest coefficient of a table.
pub(crate) const COEFFICIENT_BITS: u32 = 30;
/// Bits that a loss is moved down by before it is squared: 2^30 x 2^30 / 2^29 is 2^31.
pub(crate) const CUT: u32 = 29;
/// Lanes: calm, mid, panic, and one that is always zero.
pub(crate) const LANES: usize = 4;
/// Numbers of 32 bits in as many bits.
pub(crate) const OCT: usize = 2 * LANES;

/// What the arithmetic reads of a factor for one side of an exposure, in 2^-b: see [`crate::FactorTable`]. Each number has
/// 30 bits and a lane of 64, as the products read them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C, align(128))]
pub(crate) struct Row {
    /// `h_down * loading` at the three ends, rounded up where the exposure loses by it, else down: [M1].
    pub(crate) fall: [u64; LANES],
    /// `h_up * loading`, the same for a rise.
    pub(crate) rise: [u64; LANES],
    /// `h sqrt(1 - loading^2)` of the side that hurts, rounded up: [M2]. In the last lane the larger of standalone and tail
    /// of that side, rounded up: [M4], [M6].
    pub(crate) own: [u64; LANES],
}

/// The exposures of one account by place, in 1e-8 dollars; the last place is nobody's, and empty once all are summed.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(32))]
pub(crate) struct Exposures(pub(crate) [i64; PLACES]);

/// Places of exposures: four times four lanes.
pub(crate) const PLACES: usize = 16;

/// The vector arithmetic of a path, lane by lane: the same integers on all of them.
pub(crate) trait Lanes: Copy {
    /// Four numbers of 64 bits.
    type Quad: Copy;
    /// Eight signed numbers of 32 bits.
    type Oct: Copy;
    /// Nothing in every lane.
    fn zero() -> Self::Quad;
    /// `sum + number x row`, of signed numbers of 32 bits.
    fn add_signed(sum: Self::Quad, number: i32, row: &[u64; LANES]) -> Self::Quad;
    /// `number x row`, of numbers of 31 bits.
    fn product(number: i32, row: &[u64; LANES]) -> Self::Quad;
    /// The same of the size of a signed number.
    fn size_product(number: i32, row: &[u64; LANES]) -> Self::Quad;
    /// `0 - number`.
    fn negative(number: Self::Quad) -> Self::Quad;
    /// The larger of two signed numbers.
    fn larger(a: Self::Quad, b: Self::Quad) -> Self::Quad;
    /// `sum + ceil(number / 2^29)^2`, of numbers below 2^60.
    fn add_cut_square(sum: Self::Quad, number: Self::Quad) -> Self::Quad;
    /// The lanes.
    fn lanes(quad: Self::Quad) -> [u64; LANES];
    /// Numbers as lanes.
    fn quad(lanes: &[u64; LANES]) -> Self::Quad;
    /// `a + b`.
    fn sum(a: Self::Quad, b: Self::Quad) -> Self::Quad;
    /// Numbers as eight lanes.
    fn oct(lanes: &[i32; OCT]) -> Self::Oct;
    /// The eight lanes.
    fn octet(oct: Self::Oct) -> [i32; OCT];
    /// One number in all eight.
    fn every(number: i32) -> Self::Oct;
    /// `a + b`.
    fn plus(a: Self::Oct, b: Self::Oct) -> Self::Oct;
    /// `a - b`.
    fn minus(a: Self::Oct, b: Self::Oct) -> Self::Oct;
    /// The greater of two.
    fn greater(a: Self::Oct, b: Self::Oct) -> Self::Oct;
    /// The lesser of two.
    fn lesser(a: Self::Oct, b: Self::Oct) -> Self::Oct;
    /// `a` where `mask` is positive, elsewhere nothing.
    fn kept(a: Self::Oct, mask: Self::Oct) -> Self::Oct;
    /// `a / 2^cut`, rounded down.
    fn cut(a: Self::Oct, cut: u32) -> Self::Oct;
    /// `a x 2^up`.
    fn raised(a: Self::Oct, up: u32) -> Self::Oct;
    /// `a^2`, of numbers below 2^15.
    fn square(a: Self::Oct) -> Self::Oct;
    /// A bit for each lane in which `a > b`, the lowest for the first.
    fn above(a: Self::Oct, b: Self::Oct) -> u32;
    /// The greatest of the eight.
    fn top(oct: Self::Oct) -> i32;
    /// The products of two times eight numbers: of the even and of the odd ones.
    fn products(a: Self::Oct, b: &[i32; OCT]) -> [Self::Quad; 2];
    /// The same of one number, in every lane, and eight of a row: the odd ones are read a place further on.
    fn row_products(a: Self::Oct, b: &[i32; OCT + 1]) -> [Self::Quad; 2];
    /// Such products over 2^32, rounded down, in order.
    fn upper(products: [Self::Quad; 2]) -> Self::Oct;
    /// Such products over 2^30, rounded down, in order; below 2^31.
    fn joined(products: [Self::Quad; 2]) -> Self::Oct;
    /// [M5] of four exposures to these factors; nothing where one has no place in the table, or a factor none.
    fn charges(net: &[i64; LANES], factors: &[u16; LANES], charges: ChargeTable<'_>) -> Option<Self::Quad>;
    /// The sum of the sizes of the exposures in the first quads.
    fn gross(exposures: &Exposures, quads: usize) -> u64;
    /// The exposures in the first quads in lots of `2^lot`, as [`Lots::of`] says.
    fn normalise(exposures: &Exposures, quads: usize, lot: u32, normal: &mut Normal);
    /// Where the rows of these factors are in a table, all one after the other: twice the factor, and one more where the
    /// exposure is short.
    fn rows(exposures: &Exposures, factors: &[[u16; LANES]], rows: &mut [u64; PLACES]);
}

/// The exposures of one account in risk lots by place: see [`Lots`]. Lanes of 64 bits, of which the lower half counts.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(32))]
pub(crate) struct Normal {
    pub(crate) high: [i64; PLACES],
    pub(crate) low: [i64; PLACES],
    pub(crate) size: [i64; PLACES],
}

impl Normal {
    /// The lots in a place.
    #[inline(always)]
    pub(crate) fn lots(&self, place: usize) -> Lots {
        let place = place & (PLACES - 1);
        Lots { low: self.low[place] as i32, high: self.high[place] as i32, size: self.size[place] as i32 }
    }
}

/// `sum + ceil(number / 2^29)^2`, of a number below 2^60 + 2^42.
#[inline(always)]
fn add_cut_square(sum: u64, number: u64) -> u64 {
    let cut = number.wrapping_add(CARRY) >> CUT; // 32 bits
    sum.wrapping_add(cut.wrapping_mul(cut))
}

/// Sums over the exposures of one account, each at least that of the formulas.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sums<L: Lanes> {
    /// The loss where everything falls, in 2^-b risk lots; below 2^60 either way.
    fall: L::Quad,
    /// The gain where everything rises.
    rise: L::Quad,
    /// Sum of the squares of own losses, in (2^(29 - b) risk lots)^2; below 2^62.
    own: L::Quad,
    /// The largest single loss in the last lane, in 2^-b risk lots; below 2^60.
    single: L::Quad,
}

impl<L: Lanes> Sums<L> {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Self { fall: L::zero(), rise: L::zero(), own: L::zero(), single: L::zero() }
    }

    /// Adds the exposure of one factor, in risk lots.
    #[inline(always)]
    pub(crate) fn add(&mut self, row: &Row, lots: Lots) {
        self.add_sides(row, [lots.high, lots.low], L::product(lots.size, &row.own));
    }

    /// The same of an exposure that is a whole number of lots.
    #[inline(always)]
    pub(crate) fn add_exact(&mut self, row: &Row, lots: i32) {
        self.add_sides(row, [lots; 2], L::size_product(lots, &row.own));
    }

    #[inline(always)]
    fn add_sides(&mut self, row: &Row, [high, low]: [i32; 2], own: L::Quad) {
        self.fall = L::add_signed(self.fall, high, &row.fall);
        self.rise = L::add_signed(self.rise, low, &row.rise);
        self.own = L::add_cut_square(self.own, own);
        self.single = L::larger(self.single, own);
    }

    /// The largest single loss, in 2^-b risk lots: [M4], [M6].
    #[inline(always)]
    pub(crate) fn single(&self) -> u64 {
        let [.., single] = L::lanes(self.single);
        single
    }

    /// Sums of the squares of own losses at each end, in (2^(29 - b) risk lots)^2.
    #[inline(always)]
    pub(crate) fn own(&self) -> [u64; LANES] {
        L::lanes(self.own)
    }

    /// What is lost by the common move at each end, either way.
    #[inline(always)]
    fn worse(&self) -> L::Quad {
        L::larger(L::larger(self.fall, L::negative(self.rise)), L::zero())
    }

    /// The loss where everything falls, and where everything rises, at each end.
    #[inline(always)]
    pub(crate) fn common(&self) -> [[i64; LANES]; 2] {
        [self.fall, L::negative(self.rise)].map(|quad| L::lanes(quad).map(|lane| lane as i64))
    }

    /// The squares of the common losses at each end, of the own ones, and of both together: [M1], [M2], [M3].
    pub(crate) fn parts(&self) -> [[u64; LANES]; 3] {
        let common = L::add_cut_square(L::zero(), self.worse());
        [L::lanes(common), L::lanes(self.own), self.squares()]
    }

    /// The square of the joint loss at each end, in (2^(29 - b) risk lots)^2: [M3]; below 2^63.
    #[inline(always)]
    pub(crate) fn squares(&self) -> [u64; LANES] {
        L::lanes(L::add_cut_square(self.own, self.worse()))
    }

    /// The joint loss at the worst end, in 2^(29 - b) risk lots, rounded up: [M3].
    #[inline(always)]
    pub(crate) fn joint(&self) -> u64 {
        root_up(self.worst_square())
    }

    /// Its square.
    #[inline(always)]
    pub(crate) fn worst_square(&self) -> u64 {
        let [calm, mid, panic, _] = self.squares();
        calm.max(mid).max(panic)
    }
}

/// An exposure in risk lots: not above it, not below it, and not below its size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lots {
    low: i32,
    high: i32,
    size: i32,
}

impl Lots {
    /// An exposure of 62 bits in lots of `2^lot`. One that is nothing stays nothing, any other is rounded up by a whole lot,
    /// exact or not.
    #[inline(always)]
    pub(crate) fn of(net: i64, lot: u32) -> Self {
        Self::new((net >> (lot & 63)) as i32, i32::from(net != 0))
    }

    /// The same for an exposure of any size, whose lots have 31 bits.
    #[inline(always)]
    pub(crate) fn of_wide(net: i128, lot: u32) -> Self {
        Self::new((net >> (lot & 127)) as i32, i32::from(net != 0))
    }

    #[inline(always)]
    fn new(low: i32, up: i32) -> Self {
        Self { low, high: low.wrapping_add(up), size: (low ^ (low >> 31)).wrapping_add(up) }
    }

    /// Its size.
    pub(crate) fn size(self) -> u64 {
        self.size as u64
    }
}

/// What a cut is rounded up by.
pub(crate) const CARRY: u64 = (1 << CUT) - 1;

/// Parts of [`ROOTS`]: nine bits of a number of which one of the first two is set.
const PARTS: usize = 384;
/// Binary places of [`ROOTS`].
const ROOT_PLACES: u32 = 30;

/// `1 / sqrt(x)` where each part of `x` from 1/4 to 1 begins, and how much less it is where that ends; in 2^-30.
static ROOTS: [(u32, u32); PARTS] = roots();

const fn roots() -> [(u32, u32); PARTS] {
    let mut roots = [(0, 0); PARTS];
    let mut part = 0;
    while part < PARTS {
        // x = (128 + part) / 512: 2^60 / x = 2^69 / (128 + part).
        let from = ((1_u128 << 69) / (128 + part as u128)).isqrt() as u32; // 2^31 at the most
        let to = ((1_u128 << 69) / (129 + part as u128)).isqrt() as u32;
        roots[part] = (from, from - to);
        part += 1;
    }
    roots
}

/// `ceil(sqrt(n))` of a number below 2^63.
#[inline(always)]
pub(crate) fn root_up(n: u64) -> u64 {
    let left = n.leading_zeros() & !1;
    let normal = n << (left & 63);
    let Some((from, less)) = ROOTS.get(((normal >> 55) as usize).wrapping_sub(128)) else { return 0 }; // n is zero
    // A chord is above its curve by less than 2^-17.4 of it.
    let along = (normal >> 23) & 0xFFFF_FFFF;
    let reciprocal = u64::from(*from).wrapping_sub(u64::from(*less).wrapping_mul(along) >> 32);
    let near = (normal >> 32).wrapping_mul(reciprocal) >> ROOT_PLACES; // 33 bits
    // What is left over twice the root: 49 bits, of which 32 count, times 31.
    let rest = normal.wrapping_sub(near.wrapping_mul(near)) as i64;
    let step = (rest >> 17).wrapping_mul(reciprocal as i64) >> 38;
    // In 2^-8, below the root by a quarter at the most: a half is added, and what comes out is right or one too small.
    let root = (near << 8).wrapping_add(step as u64).wrapping_add(128);
    let root = root >> ((left >> 1).wrapping_add(8) & 63);
    root.wrapping_add(u64::from(root.wrapping_mul(root) < n))
}

/// `n x 2^shift`, rounded up where bits are lost; 128 bits hold it for every account that has a requirement.
#[inline(always)]
pub(crate) fn scaled_up(n: u64, shift: i32) -> u128 {
    if shift >= 0 {
        u128::from(n) << (shift as u32 & 127)
    } else {
        let cut = shift.unsigned_abs() & 63;
        u128::from((n >> cut).wrapping_add(u64::from(n & !(u64::MAX << cut) != 0)))
    }
}

/// What the numbers of [`Sums`] are worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scale {
    /// A risk lot is `2^lot` x 1e-8 dollars.
    pub(crate) lot: u32,
    /// Binary places of the table's coefficients.
    pub(crate) places: u32,
}

impl Scale {
    /// The scale of an account whose exposures add up to `gross`, in 1e-8 dollars.
    #[inline(always)]
    pub(crate) fn of(gross: u128, places: u32) -> Self {
        Self { lot: u128::BITS.wrapping_sub(gross.leading_zeros()).saturating_sub(LOT_BITS), places }
    }

    /// The same of an account whose exposures fit the columns.
    #[inline(always)]
    pub(crate) fn of_narrow(gross: u64, places: u32) -> Self {
        Self { lot: u64::BITS.wrapping_sub(gross.leading_zeros()).saturating_sub(LOT_BITS), places }
    }

    /// A root of squares in 1e-8 dollars, rounded up.
    #[inline(always)]
    pub(crate) fn root(self, root: u64) -> u128 {
        scaled_up(root, (self.lot as i32).wrapping_add(CUT as i32).wrapping_sub(self.places as i32))
    }

    /// The larger of a root, as [`Self::root`] says, and of a sum of products, as [`Self::product`] says, of an account whose
    /// exposures are below 2^62.
    #[inline(always)]
    pub(crate) fn larger_narrow(self, root: u64, product: u64) -> u64 {
        let larger = product.max(root << CUT); // below 2^61
        match self.places.checked_sub(self.lot) {
            // A table has 60 places at the most.
            Some(cut) => larger.wrapping_add(!(u64::MAX << (cut & 63))) >> (cut & 63),
            None => larger << (self.lot.wrapping_sub(self.places) & 63),
        }
    }

    /// A sum of products in 1e-8 dollars, rounded up.
    #[inline(always)]
    pub(crate) fn product(self, product: u64) -> u128 {
        scaled_up(product, (self.lot as i32).wrapping_sub(self.places as i32))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_root_of_a_square_is_exact_and_that_of_one_more_is_rounded_up() {
        assert_eq!(root_up(0), 0);
        for part in 1..=(3 << 20) {
            // All parts of the table, and both ends of the numbers it is for.
            for root in [part, part << 9, (1 << 31) - 1 + (part << 8)] {
                assert_eq!(root_up(root * root), root);
                assert_eq!(root_up(root * root + 1), root + 1);
                assert_eq!(root_up(root * root + 2 * root), root + 1);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200_000))]

        #[test]
        fn a_root_is_the_smallest_whose_square_is_not_below(n in 1_u64..1 << 63, bits in 0_u32..63) {
            let n = n >> bits;
            let floor = n.isqrt();
            prop_assert_eq!(root_up(n), floor + u64::from(floor * floor < n));
        }
    }
}
