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

use super::grid::{INNER, NODES, ONE, OUTSIDE, OWN, OWNS, PART, STRIKES, Underlying, WIDTH};
use crate::linear::root_up;

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
type Levels = [i32; WIDTH];

/// A price for bounds: squares are counted with 14 bits, rounded up.
#[derive(Clone, Copy)]
pub(crate) struct Coarse {
    price: i32,
    /// The price moved down by this has 15 bits.
    cut: u32,
    /// 2^(29 + cut) over the price, rounded up; below 2^15, or the price is.
    inverse: i32,
    /// A product is moved up, then down.
    up: u32,
    down: u32,
}

impl Coarse {
    #[inline(always)]
    pub(crate) fn new(price: i64) -> Self {
        let price = price.clamp(1, ONE) as i32;
        let cut = 17_u32.saturating_sub(price.leading_zeros());
        let inverse = ((1_i64 << (29 + cut)) / i64::from(price)) as i32 + 1;
        Self { price, cut, inverse, up: cut.saturating_sub(14), down: 14_u32.saturating_sub(cut) }
    }

    /// `n^2 / price` of a number up to the price, from above: by 2^-12 of the price at the most, and a little.
    #[inline(always)]
    fn square(self, n: i32) -> i32 {
        let short = n.wrapping_add(1_i32.wrapping_shl(self.cut)).wrapping_sub(1).wrapping_shr(self.cut); // 2^15 at the most
        let square = (short.wrapping_mul(short) >> 15).wrapping_add(1);
        // n^2 is at most square x 2^(15 + 2 cut).
        square.wrapping_mul(self.inverse).wrapping_shl(self.up).wrapping_shr(self.down).wrapping_add(1)
    }

    /// What linear parts of these roots ask for at the price, and the price: from above. It is at least half of a root.
    #[inline(always)]
    pub(crate) fn linear(self, roots: &Levels) -> Levels {
        let mut sums = [0; WIDTH];
        for level in 0..WIDTH {
            let half = (roots[level] / 2).wrapping_add(1).min(self.price);
            sums[level] = self.price.wrapping_add(self.square(half)); // 2^31 and less: a price is below 2^30
        }
        sums
    }

    /// The most that own moves between two nodes of one side add beyond their price: see [`Side`].
    #[inline(always)]
    fn side(self, half: i32, whole: i32) -> i32 {
        let middle = self.price / 2 + 1;
        let near = half.max(0).min(middle);
        let far = whole.wrapping_sub(half).max(middle).min(self.price);
        let on_the_way = half.wrapping_sub(far).wrapping_add(self.square(far));
        self.square(near).max(on_the_way).max(whole.wrapping_sub(self.price))
    }
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
    /// Adds at all levels of an end the most that an own move adds beyond its price, from above.
    #[inline(always)]
    pub(crate) fn add_bound(&self, end: usize, price: Coarse, sums: &mut Levels) {
        let levels = |from: usize| {
            let from = from + end * WIDTH;
            let mut levels = [0_i32; WIDTH];
            levels.copy_from_slice(&self.losses[from..from + WIDTH]);
            levels
        };
        let (base, fall, fallen) = (levels(0), levels(OWN), levels(OWN + INNER));
        let (rise, risen) = (levels(OWN + 2 * INNER), levels(OWN + 3 * INNER));
        let mut best = [0_i32; WIDTH];
        for level in 0..WIDTH {
            let own = |losses: &Levels| losses[level].wrapping_sub(base[level]); // below 2^30
            let (down, up) = (price.side(own(&fall), own(&fallen)), price.side(own(&rise), own(&risen)));
            best[level] = down.max(up).max(0);
        }
        for (parts, at_strike) in self.underlying.strikes.iter().zip(&self.losses[STRIKES..]) {
            for level in 0..WIDTH {
                let part = parts[end * WIDTH + level];
                let cost = (i64::from(price.price).wrapping_mul(i64::from(part)) >> PART) as i32;
                let added = at_strike.wrapping_sub(base[level]).wrapping_sub(cost);
                best[level] = best[level].max(if part == OUTSIDE { 0 } else { added });
            }
        }
        for (sum, best) in sums.iter_mut().zip(best) {
            *sum = sum.wrapping_add(best); // what all legs lose is below 2^30
        }
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
        for (parts, at_strike) in self.underlying.strikes.iter().zip(&self.losses[STRIKES..]) {
            let square = i64::from(parts[lane]);
            if parts[lane] != OUTSIDE {
                let price = ((i64::from(lambda.price) * square) >> PART) as i32;
                offer(at_strike - self.losses[lane] - price, Side::At(square));
            }
        }
        (best.into(), place)
    }

    /// The most that an own move adds in an inner scenario, strikes aside.
    #[inline(always)]
    pub(crate) fn most_in(&self, lane: usize) -> i32 {
        let owns = (0..OWNS).map(|own| self.losses[OWN + own * INNER + lane]);
        owns.fold(self.losses[lane], i32::max).wrapping_sub(self.losses[lane])
    }

    /// The most that an own move leads to at the levels of each end.
    #[inline(always)]
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
    let (mut value, mut squares, mut free) = (price + share, half * half, ONE);
    let mut slope = ONE - ((share * lambda.inverse) >> lambda.bits);
    for profile in profiles {
        let (added, side) = profile.best(lambda, lane);
        value += added;
        match side {
            Side::Along(n) => {
                let part = lambda.under(n);
                slope -= (part * part) >> PART;
                squares += i64::from(n) * i64::from(n); // below 2^60 in all
            }
            Side::At(square) => {
                slope -= square;
                free -= square;
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
    search: &mut Search,
) -> i64 {
    // The linear part alone wants a price of half its root, and no price above the value is the best.
    let least = i64::from(linear / 2).max(1);
    let most = search.most.min(ONE).max(least);
    let (mut low, mut high) = (None::<Point>, None::<Point>);
    let mut best = search.most;
    let mut next = search.guess;
    for _ in 0..64 {
        let middle = point(linear, profiles(), lane, next.clamp(least, most));
        if middle.value < best {
            (best, search.guess) = (middle.value, middle.price);
        }
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
    /// A price to begin with; the best one that was found.
    pub(crate) guess: i64,
    /// The value if every own move had the whole budget: never below the answer.
    pub(crate) most: i64,
    /// A value that is small enough.
    pub(crate) enough: i64,
}
