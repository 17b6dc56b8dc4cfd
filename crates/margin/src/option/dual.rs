//! The worst of what every underlying can lose by moves of its own that share one budget.
//!
//! Own moves `g_j` are parts of the own range with `sum g_j^2 <= 1`. For every price `lambda` of that budget
//! `lambda + sum_j max_g (loss_j(g) - lambda g^2)` is at least the worst loss; the smallest over `lambda` is what [M3o]
//! takes. It is sub-additive, because prices add: the price of a sum is at most the sum of the prices. On linear books
//! it is the root of the sum of squares.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "products of numbers below 2^31; each line names the bound that makes it safe"
)]

use super::grid::{INNER, NODES, ONE, OUTSIDE, OWN, PART, STEEP, STRIKES, Strike, WIDTH, chunks};
use crate::linear::{Lanes, root_up};

/// One underlying under one move of volatilities: its loss at every node, within 2^29.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Profile<'a> {
    pub(crate) strikes: &'a [Strike],
    pub(crate) losses: &'a [i32; NODES],
}

/// A price of the budget, from 1 to 2^30, and its reciprocal.
#[derive(Clone, Copy)]
pub(crate) struct Lambda {
    price: i32,
    /// 2^(30 + bits) / price, rounded up; at most 2^31.
    inverse: i64,
    bits: u32,
}

impl Lambda {
    #[inline(always)]
    pub(crate) fn new(price: i64) -> Self {
        let price = price.clamp(1, ONE) as i32;
        let bits = 31 - price.leading_zeros();
        Self { price, inverse: (1_i64 << (PART + bits)) / i64::from(price) + 1, bits }
    }

    /// A number up to the price, over it, in 2^-30, rounded up.
    #[inline(always)]
    fn under(self, n: i32) -> i64 {
        (i64::from(n).wrapping_mul(self.inverse) >> self.bits).wrapping_add(1) // below 2^30 x 2^31
    }

    /// `n^2 / price`, rounded up, of a number up to the price.
    #[inline(always)]
    fn square(self, n: i32) -> i32 {
        ((i64::from(n).wrapping_mul(self.under(n)) >> PART) as i32).wrapping_add(1) // below 2^30 x 2^30
    }

    /// What a linear part of this root asks for at the price: `root^2 / (4 price)`, rounded up. The price is at least half
    /// of the root.
    #[inline(always)]
    fn linear(self, root: i32) -> i64 {
        // A quarter of the square is the square of a half.
        let half = i64::from(root / 2).wrapping_add(1);
        let part = (half.wrapping_mul(self.inverse) >> self.bits).wrapping_add(1); // below 2^30 x 2^31, then below 2^31
        (half.wrapping_mul(part) >> PART).wrapping_add(1)
    }
}

/// Numbers of the levels of one end.
pub(crate) type Levels = [i32; WIDTH];

/// What own moves can do at the levels of one end, in lanes.
pub(crate) struct Reach<L: Lanes> {
    /// The loss without own moves.
    pub(crate) base: L::Oct,
    /// The most that an own move leads to.
    pub(crate) most: L::Oct,
    /// The steepest line from the base that no loss lies above: its rise over a whole own move, below 2^31.
    ///
    /// If every loss were such a line, the account would lose the root of the sum of their squares: never less than it
    /// does lose. A strike that less than 2^-11 of an own move reaches lies above its line by 2^-22 of a price at most.
    pub(crate) steep: L::Oct,
}

/// A value on one side of a scenario, and where it is.
///
/// The loss is a straight line between nodes; a slope `s` is best followed to `g = s / (2 lambda)`: to less than a half of
/// the own move by what it adds there, or from there on by what the rest adds.
#[derive(Clone, Copy)]
enum Side {
    /// By `n / lambda`.
    Along(i32),
    /// By a part of the own move whose square this is, in 2^-30.
    At(i64),
}

impl Profile<'_> {
    /// What own moves can do at the levels of an end.
    #[inline(always)]
    pub(crate) fn reach<L: Lanes>(&self, end: usize) -> Reach<L> {
        let at = |from: usize| L::oct(&chunks(self.losses)[from / WIDTH + end]);
        let own = |own: usize| at(OWN + own * INNER);
        let base = at(0);
        let (halves, wholes) = (L::greater(own(0), own(2)), L::greater(own(1), own(3)));
        let mut most = L::greater(L::greater(halves, wholes), base);
        // All are below 2^29: twice a difference is below 2^31.
        let half = L::minus(L::greater(halves, base), base);
        let mut steep = L::greater(L::minus(most, base), L::plus(half, half));
        if self.strikes.is_empty() {
            return Reach { base, most, steep };
        }
        for (place, strike) in self.strikes.iter().enumerate() {
            let Some(at_strike) = self.losses.get(STRIKES + place) else { continue };
            let by = &strike.steep.as_chunks().0[end];
            let added = L::minus(L::every(*at_strike), base);
            most = L::greater(most, L::plus(base, L::kept(added, L::oct(by))));
            // Over 2^30: in 2^10, 31 bits and fewer.
            let line = L::joined(L::products(added, by));
            let line = L::lesser(L::plus(L::greater(line, L::every(0)), L::every(1)), L::every(1 << STEEP));
            steep = L::greater(steep, L::raised(line, PART - STEEP));
        }
        Reach { base, most, steep }
    }

    /// The most that an own move adds beyond its price in one inner scenario, and where.
    #[inline(always)]
    fn best(&self, lambda: Lambda, lane: usize) -> (i64, Side) {
        let (mut best, mut place) = (0, Side::At(0));
        let mut offer = |value: i32, at: Side| {
            if value > best {
                (best, place) = (value, at);
            }
        };
        let own = |own: usize| self.losses[OWN + own * INNER + lane].wrapping_sub(self.losses[lane]);
        let middle = lambda.price / 2 + 1; // all are below 2^30
        for (half, whole) in [(own(0), own(1)), (own(2), own(3))] {
            if half > 0 && half < middle {
                offer(lambda.square(half), Side::Along(half));
            }
            let rest = whole.wrapping_sub(half);
            if rest > middle && rest < lambda.price {
                let value = half.wrapping_sub(rest).wrapping_add(lambda.square(rest));
                offer(value, Side::Along(rest));
            }
            // Where the slope changes, and at the end.
            offer(half.wrapping_sub(lambda.price / 4), Side::At(ONE / 4));
            offer(whole.wrapping_sub(lambda.price), Side::At(ONE));
        }
        for (strike, at_strike) in self.strikes.iter().zip(&self.losses[STRIKES..]) {
            let part = strike.parts[lane];
            let square = i64::from(part);
            if part != OUTSIDE {
                let price = ((i64::from(lambda.price) * square) >> PART) as i32;
                offer(at_strike - self.losses[lane] - price, Side::At(square));
            }
        }
        (best.into(), place)
    }
}

/// What half an own move adds in one inner scenario, to the side where it adds more; and the most that a half adds, be it
/// the first or the second, to either side.
#[inline(always)]
pub(crate) fn halves(losses: &[i32; NODES], lane: usize) -> (i32, i32) {
    let own = |own: usize| losses[OWN + own * INNER + lane];
    let (fall, rise) = (own(0), own(2));
    let half = fall.max(rise).wrapping_sub(losses[lane]).max(0); // all are below 2^30
    let rest = own(1).wrapping_sub(fall).max(own(3).wrapping_sub(rise));
    (half, half.max(rest))
}

/// A value that is rounded up, and how it changes with the price, in 2^-30: one less all `g^2`.
#[derive(Clone, Copy)]
struct Point {
    price: i64,
    value: i64,
    slope: i64,
    /// The value is `C + squares / lambda + free x lambda` as long as every own move stays between the same nodes.
    squares: i64,
    free: i64,
}

impl Point {
    /// Where that would be smallest; zero where it has no such place.
    #[inline(always)]
    fn goal(&self) -> i64 {
        let root = root_up(self.squares.unsigned_abs()) as i64;
        match self.free {
            ..=0 => 0,
            ONE => root,
            free => (root << PART) / root_up((free << PART).unsigned_abs()) as i64, // 30 bits each
        }
    }
}

#[inline(always)]
fn point<'a>(linear: i32, profiles: impl Iterator<Item = Profile<'a>>, lane: usize, price: i64) -> Point {
    let lambda = Lambda::new(price);
    let half = i64::from(linear / 2) + 1;
    let share = lambda.linear(linear);
    // Losses and prices are below 2^31, squares of halves below 2^60 in all, parts of the budget below 2^30 each.
    let (mut value, mut squares, mut free) = (price.wrapping_add(share), half.wrapping_mul(half), ONE);
    let mut slope = ONE.wrapping_sub(share.wrapping_mul(lambda.inverse) >> lambda.bits);
    for profile in profiles {
        let (added, side) = profile.best(lambda, lane);
        value = value.wrapping_add(added);
        match side {
            Side::Along(n) => {
                let part = lambda.under(n);
                slope = slope.wrapping_sub(part.wrapping_mul(part) >> PART);
                squares = squares.wrapping_add(i64::from(n).wrapping_mul(n.into()));
            }
            Side::At(square) => {
                slope = slope.wrapping_sub(square);
                free = free.wrapping_sub(square);
            }
        }
    }
    Point { price, value, slope, squares, free }
}

/// The smallest over all prices, rounded up: at most 2^-26 of it and eight units above the smallest. It stops as soon as
/// it is at most `enough`.
///
/// `linear` is the root of the sum of squares of underlyings that are linear, `most` what the value is without a budget.
/// The value is convex in the price: a slope says how far below the smallest can be, and where the tangents of two points
/// meet is a bound from below. The next price is where the parts that decide would have their smallest value; where that
/// leads nowhere, it is where the tangents meet.
#[inline(always)]
pub(crate) fn worst<'a, P: Iterator<Item = Profile<'a>>>(
    linear: i32,
    profiles: impl Fn() -> P,
    lane: usize,
    search: Search,
) -> i64 {
    // The linear part alone wants a price of half its root, and no price above the value is the best.
    let least = i64::from(linear / 2).max(1);
    let most = search.most.min(ONE).max(least);
    let (mut low, mut high) = (None::<Point>, None::<Point>);
    let mut best = search.most;
    let mut next = search.guess;
    for _ in 0..64 {
        let middle = point(linear, profiles(), lane, next.clamp(least, most));
        best = best.min(middle.value);
        // The smallest is on the side where the value falls.
        let room = if middle.slope < 0 { most - middle.price } else { middle.price - least };
        let doubt = 8 + (best >> 26);
        if best <= search.enough || middle.slope.saturating_abs().saturating_mul(room) >> PART <= doubt {
            break;
        }
        let goal = middle.goal();
        if middle.slope < 0 {
            low = Some(middle);
        } else {
            high = Some(middle);
        }
        next = match (low, high) {
            (Some(low), Some(high)) => {
                // value + slope (price - at) of both: below 2^31 x 2^32.
                let rise = ((low.value - high.value) << PART) + high.slope * (high.price - low.price);
                let meet = low.price + rise / (high.slope - low.slope).max(1);
                let bound = low.value + (low.slope.saturating_mul(meet - low.price) >> PART);
                if high.price - low.price <= 1 || best - bound <= doubt {
                    break;
                }
                let is_inside = low.price < goal && goal < high.price;
                if is_inside { goal } else { meet.clamp(low.price + 1, high.price - 1) }
            }
            _ if goal > middle.price => goal,
            _ if middle.slope < 0 => middle.price + middle.price / 4 + 1,
            _ => goal.min(middle.price - 1),
        };
    }
    best
}

/// What a search begins with, and when it may stop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Search {
    /// A price to begin with.
    pub(crate) guess: i64,
    /// The value if every own move had the whole budget: never below the answer.
    pub(crate) most: i64,
    /// A value that is small enough.
    pub(crate) enough: i64,
}
