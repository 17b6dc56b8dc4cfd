//! The dearest of all scenarios of an account with options.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "sums and products of normalised numbers; each line names the bound that makes it safe"
)]

use alloc::boxed::Box;

use super::{
    curve::Curves,
    dual::{Coarse, Profile, Search, worst},
    grid::{self, INNER, PART, SCENARIOS, WIDTH},
    stack::{MOVES, Stack},
};
use crate::linear::{Lanes, Sums, root_up};

/// The common loss of every scenario of the linear legs on factors without options, and the root of what their own moves add.
#[inline(always)]
fn scenarios<L: Lanes>(lines: &Sums<L>) -> ([i32; SCENARIOS], [i32; SCENARIOS]) {
    let (mut common, mut own) = ([0; SCENARIOS], [0; SCENARIOS]);
    let (losses, squares) = (lines.common(), lines.own());
    for end in 0..3 {
        // Squares are of halves of units.
        let root = i64::from((root_up(squares[end]).wrapping_add(1) >> 1) as i32);
        // All within 2^29, parts within 2^30.
        let [fall, rise] = losses.map(|side| i64::from((side[end] >> PART) as i32));
        for lane in end * WIDTH..(end + 1) * WIDTH {
            let (size, part) = (i64::from(SIZES[lane]), i64::from(RESTS[lane]));
            let lost = if IS_RISE[lane] { rise } else { fall };
            common[lane] = ((lost.wrapping_mul(size) >> PART) as i32).wrapping_add(1);
            own[lane] = (root.wrapping_mul(part) >> PART) as i32;
        }
        common[INNER + 2 * end] = (fall as i32).wrapping_add(1);
        common[INNER + 2 * end + 1] = (rise as i32).wrapping_add(1);
    }
    // The rest is filled up with the first of these.
    (common[SCENARIOS - 2], common[SCENARIOS - 1]) = (common[INNER], common[INNER]);
    (common, own)
}

/// The size of the level in each scenario, what it leaves for own moves, and whether it is a rise.
static SIZES: [i32; SCENARIOS] = columns().0;
static RESTS: [i32; SCENARIOS] = columns().1;
static IS_RISE: [bool; SCENARIOS] = columns().2;

const fn columns() -> ([i32; SCENARIOS], [i32; SCENARIOS], [bool; SCENARIOS]) {
    let (mut sizes, mut rests, mut are_rises) = ([0; SCENARIOS], [0; SCENARIOS], [false; SCENARIOS]);
    let mut lane = 0;
    while lane < SCENARIOS {
        let (_, level, rest) = grid::LANES[lane];
        (sizes[lane], rests[lane], are_rises[lane]) = (level.unsigned_abs() as i32, rest as i32, level > 0);
        lane += 1;
    }
    (sizes, rests, are_rises)
}

/// All that decides the dearest scenario. Sums of losses are below 3 x 2^29.
pub(super) struct Joint<'a> {
    curves: &'a Curves,
    stacks: &'a [Box<Stack>],
    /// Losses by the common move.
    base: [[i32; SCENARIOS]; MOVES],
    /// The root of the squares of what linear legs lose by own moves.
    own: [i32; SCENARIOS],
    /// The most that a scenario can cost: as if every own move had the whole budget.
    most: [[i32; SCENARIOS]; MOVES],
    vols: usize,
}

impl<'a> Joint<'a> {
    #[inline(always)]
    pub(super) fn new<L: Lanes>(
        curves: &'a Curves,
        stacks: &'a [Box<Stack>],
        lines: &Sums<L>,
        vols: usize,
    ) -> Self {
        let (common, own) = scenarios(lines);
        let empty = [[0; SCENARIOS]; MOVES];
        let mut joint = Self { curves, stacks, base: empty, own, most: empty, vols };
        for vol in 0..vols {
            let (mut base, mut most) = (common, common);
            for (most, own) in most.iter_mut().zip(own) {
                *most = most.wrapping_add(own); // see `Joint`
            }
            for profile in joint.profiles(vol) {
                let mut mosts = [0; INNER];
                profile.most(&mut mosts);
                for lane in 0..INNER {
                    most[lane] = most[lane].wrapping_add(mosts[lane]);
                }
                for lane in INNER..SCENARIOS {
                    most[lane] = most[lane].wrapping_add(profile.losses[lane]);
                }
                for lane in 0..SCENARIOS {
                    base[lane] = base[lane].wrapping_add(profile.losses[lane]);
                }
            }
            (joint.base[vol], joint.most[vol]) = (base, most);
        }
        joint
    }

    /// The underlyings with options under a move of volatilities.
    #[inline(always)]
    fn profiles(&self, vol: usize) -> impl Iterator<Item = Profile<'a>> + use<'a> {
        let curves = self.curves;
        self.stacks.iter().filter_map(move |stack| {
            let (underlying, _) = curves.underlyings.get(stack.factor)?.as_ref()?;
            Some(Profile { underlying, losses: stack.losses.get(vol)? })
        })
    }

    /// The scenario of the first lanes that could cost most, and its place.
    #[inline(always)]
    fn most(&self, lanes: usize) -> (i32, usize) {
        let mut first = (i32::MIN, 0);
        for (vol, mosts) in self.most.iter().enumerate().take(self.vols) {
            let most = highest(&mosts[..lanes]);
            if most > first.0 {
                let lane = mosts[..lanes].iter().position(|other| *other == most).unwrap_or(0);
                first = (most, vol * SCENARIOS + lane);
            }
        }
        first
    }

    /// The dearest scenario, and its place.
    #[inline(always)]
    pub(super) fn worst(&self) -> (i64, usize) {
        // One underlying alone has the whole budget, as linear legs alone have.
        let root = highest(&self.own);
        if self.stacks.is_empty() || (self.stacks.len() == 1 && root == 0) {
            let (most, place) = self.most(SCENARIOS);
            return (most.into(), place);
        }
        // Without own moves a scenario costs what it costs.
        let mut best = (i64::MIN, 0);
        for (vol, mosts) in self.most.iter().enumerate().take(self.vols) {
            for (lane, most) in mosts.iter().enumerate().skip(INNER) {
                best = best.max((i64::from(*most), vol * SCENARIOS + lane));
            }
        }
        let (_, place) = self.most(INNER);
        let mut guess = self.guess(place);
        best = best.max((self.value(place, best.0, &mut guess), place));
        // At this price no linear part asks for more than its root.
        let price = Coarse::new(guess.max(i64::from(root / 2 + 1)));
        let mut bounds = [[[i32::MIN; WIDTH]; 3]; MOVES];
        for vol in 0..self.vols {
            for end in 0..3 {
                if i64::from(highest(&self.most[vol][end * WIDTH..(end + 1) * WIDTH])) > best.0 {
                    bounds[vol][end] = self.bounds(vol, end, price);
                }
            }
        }
        let bounds = bounds.as_flattened_mut().as_flattened_mut();
        loop {
            // The one that may cost most comes first: few others are left then.
            let first = highest(&bounds[..self.vols * INNER]);
            if i64::from(first) <= best.0 {
                return best;
            }
            let Some(place) = bounds.iter().position(|bound| *bound == first) else { return best };
            bounds[place] = i32::MIN;
            let place = place / INNER * SCENARIOS + place % INNER;
            best = best.max((self.value(place, best.0, &mut guess), place));
        }
    }

    /// The dearest scenario at each end, one by one: for whoever wants a reason, not a number.
    pub(super) fn ends(&self) -> [i64; 3] {
        let has_all = self.stacks.is_empty() || (self.stacks.len() == 1 && highest(&self.own) == 0);
        let mut ends = [i64::MIN; 3];
        for place in 0..self.vols * SCENARIOS {
            let (vol, lane) = (place / SCENARIOS, place % SCENARIOS);
            let worst = &mut ends[grid::LANES[lane].0];
            let most = i64::from(self.most[vol][lane]);
            if most > *worst {
                let value = if has_all || lane >= INNER {
                    most
                } else {
                    self.value(place, *worst, &mut self.guess(place).max(1))
                };
                *worst = value.max(*worst);
            }
        }
        ends
    }

    /// What all scenarios of an end and a move of volatilities cost at a price, from above: never below the smallest.
    #[inline(always)]
    fn bounds(&self, vol: usize, end: usize, price: Coarse) -> [i32; WIDTH] {
        let levels = |of: &[i32; SCENARIOS]| {
            let mut levels = [0; WIDTH];
            levels.copy_from_slice(&of[end * WIDTH..(end + 1) * WIDTH]);
            levels
        };
        let linear = price.linear(&levels(&self.own));
        let mut sums = [0; WIDTH];
        for profile in self.profiles(vol) {
            profile.add_bound(end, price, &mut sums);
        }
        let (base, mut bounds) = (levels(&self.base[vol]), levels(&self.most[vol]));
        for level in 0..WIDTH {
            // Halves, so that nothing leaves 32 bits: a price is 2^30 at the most, and what own moves add below that.
            let budget = (sums[level] / 2).wrapping_add(linear[level] / 2).wrapping_add(1);
            let room = bounds[level].wrapping_sub(base[level]);
            let value = if budget > room / 2 { room } else { budget.wrapping_mul(2) };
            bounds[level] = base[level].wrapping_add(value);
        }
        bounds
    }

    /// A price for an inner scenario: the best one, if losses were straight lines.
    #[inline(always)]
    fn guess(&self, place: usize) -> i64 {
        let (vol, lane) = (place / SCENARIOS, place % SCENARIOS);
        let half = i64::from(self.own[lane] / 2);
        let squares = self.profiles(vol).fold(half * half, |squares, profile| {
            let half = i64::from(profile.most_in(lane) / 2);
            squares + half * half // below 2^60 in all
        });
        root_up(squares.unsigned_abs()) as i64
    }

    /// The value of an inner scenario, exact where it is above `enough`.
    fn value(&self, place: usize, enough: i64, guess: &mut i64) -> i64 {
        let (vol, lane) = (place / SCENARIOS, place % SCENARIOS);
        let (base, most) = (i64::from(self.base[vol][lane]), i64::from(self.most[vol][lane]));
        let mut search = Search { guess: *guess, most: most - base, enough: enough.saturating_sub(base) };
        let value = worst(self.own[lane], || self.profiles(vol), lane, &mut search);
        *guess = search.guess;
        base + value
    }
}

/// The largest of some numbers.
#[inline(always)]
pub(super) fn highest(numbers: &[i32]) -> i32 {
    numbers.iter().fold(i32::MIN, |highest, number| highest.max(*number))
}
