//! [M1] to [M4] over normalised exposures: the arithmetic that every requirement is made of, alone or a million at once.
//!
//! The exposures of an account are moved down by one shift until their sizes add up to less than 2^30: the account's risk
//! lot. Every product then fits a lane of 64 bits, every lane is an end of the band, and the same source compiles for any
//! width of vector. Whatever is cut off is rounded against the account: a loss is never below that of the formulas.
//!
//! Sketch: a factor costs four vector products of four lanes (fall, rise, own move, its square) and one scalar one.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "sums of products in lanes; each line names the bound that makes it safe, and the slow model checks all of it"
)]

use cistern_units::wide::reciprocal_root;

/// Bits of the sum of an account's normalised exposures.
pub(crate) const LOT_BITS: u32 = 30;
/// Bits of the largest coefficient of a table.
pub(crate) const COEFFICIENT_BITS: u32 = 30;
/// Bits that a loss is moved down by before it is squared: 2^30 x 2^30 / 2^29 is 2^31.
pub(crate) const CUT: u32 = 29;
/// Lanes: calm, mid, panic, and one that is always zero.
pub(crate) const LANES: usize = 4;

/// What the arithmetic reads of a factor for one side of an exposure, in 2^-b: see [`crate::FactorTable`]. Each number has
/// 30 bits and a lane of 64, as the products read them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C, align(128))]
pub(crate) struct Row {
    /// `h_down * loading` at the three ends, rounded up where the exposure loses by it, else down: [M1].
    pub(crate) fall: [u64; LANES],
    /// `h_up * loading`, the same for a rise.
    pub(crate) rise: [u64; LANES],
    /// `h sqrt(1 - loading^2)` of the side that hurts, rounded up: [M2].
    pub(crate) own: [u64; LANES],
    /// The larger of standalone and tail of the side that hurts, rounded up: [M4], [M6].
    pub(crate) single: u64,
}

/// The exposures of one account by place, in 1e-8 dollars; the last place is nobody's.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(32))]
pub(crate) struct Exposures(pub(crate) [i64; PLACES]);

/// Places of exposures: four times four lanes.
pub(crate) const PLACES: usize = 16;

/// The vector arithmetic of a path, lane by lane: the same integers on all of them.
pub(crate) trait Lanes: Copy {
    /// Four numbers of 64 bits.
    type Quad: Copy;
    /// Nothing in every lane.
    fn zero() -> Self::Quad;
    /// `sum + number x row`, of signed numbers of 32 bits.
    fn add_signed(sum: Self::Quad, number: i32, row: &[u64; LANES]) -> Self::Quad;
    /// `sum + ceil(number x row / 2^29)^2`, of numbers of 31 bits.
    fn add_square(sum: Self::Quad, number: i32, row: &[u64; LANES]) -> Self::Quad;
    /// The larger of two signed numbers and zero.
    fn worse(fall: Self::Quad, rise: Self::Quad) -> Self::Quad;
    /// `sum + ceil(number / 2^29)^2`, of numbers below 2^60.
    fn add_cut_square(sum: Self::Quad, number: Self::Quad) -> Self::Quad;
    /// The lanes.
    fn lanes(quad: Self::Quad) -> [u64; LANES];
    /// The sum of the sizes of all exposures.
    fn gross(exposures: &Exposures) -> u64;
}

/// The lanes one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scalar;

impl Lanes for Scalar {
    type Quad = [u64; LANES];

    #[inline(always)]
    fn zero() -> Self::Quad {
        [0; LANES]
    }

    #[inline(always)]
    fn add_signed(mut sum: Self::Quad, number: i32, row: &[u64; LANES]) -> Self::Quad {
        for end in 0..LANES {
            // Sizes of all exposures add up to 2^30, coefficients have 30 bits.
            sum[end] = sum[end].wrapping_add((i64::from(number) as u64).wrapping_mul(row[end]));
        }
        sum
    }

    #[inline(always)]
    fn add_square(mut sum: Self::Quad, number: i32, row: &[u64; LANES]) -> Self::Quad {
        for end in 0..LANES {
            let own = (i64::from(number) as u64).wrapping_mul(row[end]);
            sum[end] = add_cut_square(sum[end], own);
        }
        sum
    }

    #[inline(always)]
    fn worse(fall: Self::Quad, rise: Self::Quad) -> Self::Quad {
        let mut worse = fall;
        for end in 0..LANES {
            worse[end] = (fall[end] as i64).max(rise[end] as i64).max(0) as u64;
        }
        worse
    }

    #[inline(always)]
    fn add_cut_square(mut sum: Self::Quad, number: Self::Quad) -> Self::Quad {
        for end in 0..LANES {
            sum[end] = add_cut_square(sum[end], number[end]);
        }
        sum
    }

    #[inline(always)]
    fn lanes(quad: Self::Quad) -> [u64; LANES] {
        quad
    }

    #[inline(always)]
    fn gross(Exposures(exposures): &Exposures) -> u64 {
        exposures[..PLACES - 1].iter().fold(0, |gross: u64, net| gross.wrapping_add(net.unsigned_abs()))
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
    /// The loss where everything rises.
    rise: L::Quad,
    /// Sum of the squares of own losses, in (2^(29 - b) risk lots)^2; below 2^62.
    own: L::Quad,
    /// The largest single loss, in 2^-b risk lots.
    pub(crate) single: u64,
}

impl<L: Lanes> Sums<L> {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Self { fall: L::zero(), rise: L::zero(), own: L::zero(), single: 0 }
    }

    /// Adds the exposure of one factor, in risk lots.
    #[inline(always)]
    pub(crate) fn add(&mut self, row: &Row, lots: Lots) {
        self.fall = L::add_signed(self.fall, lots.high, &row.fall);
        self.rise = L::add_signed(self.rise, lots.low.wrapping_neg(), &row.rise);
        self.own = L::add_square(self.own, lots.size, &row.own);
        self.single = self.single.max((lots.size as u64).wrapping_mul(row.single));
    }

    /// The loss where everything falls, and where everything rises, at each end.
    pub(crate) fn common(&self) -> [[i64; LANES]; 2] {
        [self.fall, self.rise].map(|quad| L::lanes(quad).map(|lane| lane as i64))
    }

    /// The squares of the common losses at each end, of the own ones, and of both together: [M1], [M2], [M3].
    pub(crate) fn parts(&self) -> [[u64; LANES]; 3] {
        let common = L::add_cut_square(L::zero(), L::worse(self.fall, self.rise));
        [L::lanes(common), L::lanes(self.own), self.squares()]
    }

    /// The square of the joint loss at each end, in (2^(29 - b) risk lots)^2: [M3]; below 2^63.
    #[inline(always)]
    pub(crate) fn squares(&self) -> [u64; LANES] {
        L::lanes(L::add_cut_square(self.own, L::worse(self.fall, self.rise)))
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

/// `ceil(sqrt(n))` of a number below 2^64 - 2^32.
#[inline(always)]
pub(crate) fn root_up(n: u64) -> u64 {
    if n == 0 {
        return 0;
    }
    let left = n.leading_zeros() & !1;
    let normal = n << (left & 63);
    // normal / 2^64 x 1 / sqrt(normal / 2^64) in 2^-63, off by 20 at the most: a root of 32 bits is right or one too small.
    let root = (u128::from(normal).wrapping_mul(u128::from(reciprocal_root(normal))) >> 64) as u64;
    let root = root.wrapping_sub(32) >> (31_u32.wrapping_add(left >> 1) & 63);
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

/// `n x 2^shift`, rounded up where bits are lost, of what fits 64 bits.
#[inline(always)]
fn shifted_up(n: u64, shift: i32) -> u64 {
    let cut = shift.min(0).unsigned_abs() & 63;
    let up = u64::from(n & !(u64::MAX << cut) != 0);
    (n >> cut).wrapping_add(up) << (shift.max(0) as u32 & 63)
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

    /// A root of squares in 1e-8 dollars, rounded up.
    #[inline(always)]
    pub(crate) fn root(self, root: u64) -> u128 {
        scaled_up(root, (self.lot as i32).wrapping_add(CUT as i32).wrapping_sub(self.places as i32))
    }

    /// The same of an account whose exposures are below 2^62.
    #[inline(always)]
    pub(crate) fn root_narrow(self, root: u64) -> u64 {
        shifted_up(root, (self.lot as i32).wrapping_add(CUT as i32).wrapping_sub(self.places as i32))
    }

    /// A sum of products of such an account in 1e-8 dollars, rounded up.
    #[inline(always)]
    pub(crate) fn product_narrow(self, product: u64) -> u64 {
        shifted_up(product, (self.lot as i32).wrapping_sub(self.places as i32))
    }

    /// A sum of products in 1e-8 dollars, rounded up.
    #[inline(always)]
    pub(crate) fn product(self, product: u64) -> u128 {
        scaled_up(product, (self.lot as i32).wrapping_sub(self.places as i32))
    }
}
