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

use super::grid::{INNER, NODES, ONE, OUTSIDE, OWN, OWNS, PART, STRIKES, Underlying};

/// One underlying under one move of volatilities: its loss at every node, within 2^29.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Profile<'a> {
    pub(crate) underlying: &'a Underlying,
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
    pub(crate) fn new(price: i64) -> Self {
        let price = price.clamp(1, ONE) as i32;
        let bits = 31 - price.leading_zeros();
        Self { price, inverse: (1_i64 << (PART + bits)) / i64::from(price) + 1, bits }
    }

    pub(crate) fn price(self) -> i64 {
        self.price.into()
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

    /// What a linear part of this root asks for at the price: `root^2 / (4 price)`, rounded up.
    #[inline(always)]
    /// The price is at least half of the root.
    pub(crate) fn linear(self, root: i32) -> i64 {
        // A quarter of the square is the square of a half.
        let half = i64::from(root / 2).wrapping_add(1);
        let part = (half.wrapping_mul(self.inverse) >> self.bits).wrapping_add(1); // below 2^30 x 2^31, then below 2^31
        (half.wrapping_mul(part) >> PART).wrapping_add(1)
    }
}

/// The most that own moves between two nodes of one side add beyond their price, from what they add at the half and at the
/// whole of it. The loss is a straight line between nodes; a slope `s` is best followed to `g = s / (2 lambda)`.
#[inline(always)]
fn side(lambda: Lambda, half: i32, whole: i32) -> (i32, i32, i32) {
    // All are below 2^30.
    let middle = lambda.price / 2 + 1;
    let near = half.max(0).min(middle);
    let far = whole.wrapping_sub(half).min(lambda.price).max(middle);
    let on_the_way = half.wrapping_sub(far).wrapping_add(lambda.square(far));
    (lambda.square(near), on_the_way, whole.wrapping_sub(lambda.price))
}

impl Profile<'_> {
    /// Adds in all inner scenarios the most that an own move adds beyond its price.
    #[inline(always)]
    pub(crate) fn add_best(&self, lambda: Lambda, sums: &mut [i32; INNER]) {
        let mut best = [0_i32; INNER];
        let own =
            |own: usize, lane: usize| self.losses[OWN + own * INNER + lane].wrapping_sub(self.losses[lane]);
        for lane in 0..INNER {
            let (a, b, c) = side(lambda, own(0, lane), own(1, lane));
            let (d, e, f) = side(lambda, own(2, lane), own(3, lane));
            best[lane] = a.max(b).max(c).max(d).max(e).max(f);
        }
        for (parts, at_strike) in self.underlying.strikes.iter().zip(&self.losses[STRIKES..]) {
            for lane in 0..INNER {
                let price = (i64::from(lambda.price).wrapping_mul(i64::from(parts[lane])) >> PART) as i32;
                let added = at_strike.wrapping_sub(self.losses[lane]).wrapping_sub(price);
                best[lane] = best[lane].max(if parts[lane] == OUTSIDE { 0 } else { added });
            }
        }
        for (sum, best) in sums.iter_mut().zip(best) {
            *sum = sum.wrapping_add(best); // what all legs lose is below 2^30
        }
    }

    /// The same in one inner scenario, and the square of the own move, in 2^-30.
    fn best(&self, lambda: Lambda, lane: usize) -> (i64, i64) {
        let mut best = (0, 0);
        let mut offer = |value: i32, square: i64| {
            if value > best.0 {
                best = (value, square);
            }
        };
        let own = |own: usize| self.losses[OWN + own * INNER + lane] - self.losses[lane];
        for (half, whole) in [(own(0), own(1)), (own(2), own(3))] {
            let (near, far, end) = side(lambda, half, whole);
            let square = |n: i32| (lambda.under(n) * lambda.under(n)) >> PART;
            offer(near, square(half.clamp(0, lambda.price / 2)));
            offer(far, square((whole - half).clamp(lambda.price / 2, lambda.price)));
            offer(end, ONE);
        }
        for (parts, at_strike) in self.underlying.strikes.iter().zip(&self.losses[STRIKES..]) {
            let square = i64::from(parts[lane]);
            if parts[lane] != OUTSIDE {
                let price = ((i64::from(lambda.price) * square) >> PART) as i32;
                offer(at_strike - self.losses[lane] - price, square);
            }
        }
        (best.0.into(), best.1)
    }

    /// The most that an own move leads to in a scenario.
    pub(crate) fn most(&self, mosts: &mut [i32; INNER]) {
        mosts.copy_from_slice(&self.losses[..INNER]);
        for own in 0..OWNS {
            for (most, loss) in mosts.iter_mut().zip(&self.losses[OWN + own * INNER..]) {
                *most = (*most).max(*loss);
            }
        }
        for (parts, at_strike) in self.underlying.strikes.iter().zip(&self.losses[STRIKES..]) {
            for (most, part) in mosts.iter_mut().zip(parts) {
                *most = (*most).max(if *part == OUTSIDE { i32::MIN } else { *at_strike });
            }
        }
    }
}

/// A value that is rounded up, and how it changes with the price, in 2^-30: one less all `g^2`.
#[derive(Clone, Copy)]
struct Point {
    price: i64,
    value: i64,
    slope: i64,
}

/// A scenario: a move of volatilities and a lane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) vol: usize,
    pub(crate) lane: usize,
}

fn point(linear: i32, profiles: &[[Profile<'_>; 5]], place: Place, price: i64) -> Point {
    let lambda = Lambda::new(price);
    let share = lambda.linear(linear);
    let (mut value, mut slope) = (price + share, ONE - ((share * lambda.inverse) >> lambda.bits));
    for profile in profiles {
        let (added, square) = profile[place.vol].best(lambda, place.lane);
        value += added;
        slope -= square;
    }
    Point { price, value, slope }
}

/// The smallest over all prices, rounded up: at most 2^-26 of it and eight units above the smallest. It stops as soon as
/// it is at most `enough`.
///
/// `linear` is the root of the sum of squares of underlyings that are linear, `most` what the value is without a budget.
/// The value is convex in the price: where the tangents of two points meet is the next one, and a bound from below.
pub(crate) fn worst(linear: i32, profiles: &[[Profile<'_>; 5]], place: Place, search: &mut Search) -> i64 {
    // The linear part alone wants a price of half its root, and no price above the value is the best.
    let least = i64::from(linear / 2).max(1);
    let most = search.most.min(ONE).max(least);
    let at = |price: i64| point(linear, profiles, place, price.clamp(least, most));
    let (mut low, mut high) = (None::<Point>, None::<Point>);
    let mut best = search.most;
    let mut next = search.guess;
    for _ in 0..64 {
        let middle = at(next);
        if middle.value < best {
            (best, search.guess) = (middle.value, middle.price);
        }
        if middle.slope < 0 {
            low = Some(middle);
        } else {
            high = Some(middle);
        }
        let is_end =
            (middle.slope < 0 && middle.price >= most) || (middle.slope >= 0 && middle.price <= least);
        if best <= search.enough || is_end {
            break;
        }
        next = match (low, high) {
            (Some(low), Some(high)) => {
                // value + slope (price - at) of both: below 2^31 x 2^32.
                let rise = ((low.value - high.value) << PART) + high.slope * (high.price - low.price);
                let meet = low.price + rise / (high.slope - low.slope).max(1);
                let bound = low.value + ((low.slope * (meet - low.price)) >> PART);
                if high.price - low.price <= 1 || best - bound <= 8 + (best >> 26) {
                    break;
                }
                meet.clamp(low.price + 1, high.price - 1)
            }
            _ if middle.slope < 0 => middle.price + middle.price / 4 + 1,
            _ => middle.price - middle.price / 5 - 1,
        };
    }
    best
}

/// What a search begins with, and when it may stop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Search {
    /// A price to begin with; the best one that was found.
    pub(crate) guess: i64,
    /// The value if every own move had the whole budget: never below the answer.
    pub(crate) most: i64,
    /// A value that is small enough.
    pub(crate) enough: i64,
}
