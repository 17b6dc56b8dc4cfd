//! The dearest of all scenarios of an account with options.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "sums and products of normalised numbers; each line names the bound that makes it safe"
)]

use alloc::boxed::Box;
use core::{array, ops::Range};

use super::{
    curve::Curves,
    dual::{Levels, Profile, Search, halves, worst},
    grid::{self, ENDS, INNER_LEVELS, PART, SCENARIOS, WIDTH, chunks},
    stack::Stack,
    vols::{MOVES, VolMove},
};
use crate::linear::{Lanes, Scalar, Sums, root_up};

/// Scenarios by eight: those of each end, and those without own moves.
const GROUPS: usize = ENDS + 1;
/// The last of them.
const OUTER: usize = ENDS;
/// A bit for each inner scenario: the last lane of an end is its first again.
const FIRST_LANES: u32 = {
    let of_end = (1 << INNER_LEVELS) - 1;
    of_end | of_end << WIDTH | of_end << (2 * WIDTH)
};
/// Bits of the largest number that is squared in a lane, and of the largest square.
const SQUARED_BITS: u32 = 15;
const SQUARE_BITS: u32 = 2 * SQUARED_BITS;

/// What all linear legs on factors without options lose.
#[derive(Clone, Debug)]
#[repr(C, align(32))]
struct Line {
    /// By the common move of every scenario.
    common: [Levels; GROUPS],
    /// The root of the squares of what their own moves add: nothing without these.
    own: [Levels; GROUPS],
    /// The size of each level and what it leaves for own moves: not constants, of which the compiler makes products of
    /// 64 bits.
    sizes: Levels,
    rests: Levels,
}

impl Line {
    const EMPTY: Self = Self {
        common: [[0; WIDTH]; GROUPS],
        own: [[0; WIDTH]; GROUPS],
        sizes: columns().0,
        rests: columns().1,
    };

    #[inline(always)]
    fn fill<L: Lanes>(&mut self, lines: &Sums<L>) {
        let ([falls, rises], squares) = (lines.common(), lines.own());
        // All within 2^29, parts within 2^30.
        let [falls, rises] = [falls, rises].map(|side| side.map(|loss| (loss >> PART) as i32));
        let sizes = self.sizes;
        let rests = self.rests;
        for end in 0..ENDS {
            // Squares are of halves of units.
            let root = (root_up(squares[end]).wrapping_add(1) >> 1) as i32;
            let [fall, rise] = [falls[end], rises[end]];
            let sides = L::oct(&[rise, fall, rise, fall, rise, fall, rise, fall]);
            let common = L::joined(L::products(sides, &sizes));
            self.common[end] = L::octet(L::plus(common, L::every(1)));
            self.own[end] = L::octet(L::joined(L::products(L::every(root), &rests)));
        }
        // The rest is filled up with the first of these.
        let [calm, mid, panic, _] =
            array::from_fn(|end| [falls[end], rises[end]].map(|loss| loss.wrapping_add(1)));
        self.common[OUTER] = [calm[0], calm[1], mid[0], mid[1], panic[0], panic[1], calm[0], calm[0]];
    }
}

/// The size of each level and what it leaves for own moves. Even levels are rises, odd ones falls.
const fn columns() -> (Levels, Levels) {
    let (mut sizes, mut rests) = ([0; WIDTH], [0; WIDTH]);
    let mut lane = 0;
    while lane < WIDTH {
        let (_, level, rest) = grid::LANES[lane];
        assert!(if lane % 2 == 0 { level >= 0 } else { level <= 0 });
        (sizes[lane], rests[lane]) = (level.unsigned_abs() as i32, rest as i32);
        lane += 1;
    }
    (sizes, rests)
}

/// All scenarios under one move of volatilities. Sums of losses are below 3 x 2^29.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(32))]
struct Sheet {
    /// Losses by the common move.
    base: [Levels; GROUPS],
    /// The most that a scenario can cost: as if every own move had the whole budget.
    most: [Levels; GROUPS],
    /// What it may cost, to begin with: as if own moves had three quarters of that.
    guess: [Levels; ENDS],
}

impl Sheet {
    const EMPTY: Self =
        Self { base: [[0; WIDTH]; GROUPS], most: [[0; WIDTH]; GROUPS], guess: [[0; WIDTH]; ENDS] };

    /// Adds up the losses of linear legs and of all underlyings with options, and notes in these how steep they are.
    #[inline(always)]
    fn fill<L: Lanes>(
        &mut self,
        line: &Line,
        stacks: &mut [Box<Stack>],
        curves: &Curves,
        vol: usize,
    ) -> Tops<L> {
        let mut base = [L::every(0); GROUPS];
        let mut most = [L::every(0); ENDS];
        for (base, common) in base.iter_mut().zip(&line.common) {
            *base = L::oct(common);
        }
        for end in 0..ENDS {
            most[end] = L::plus(base[end], L::oct(&line.own[end]));
        }
        let mut tops = Tops::<L>::none();
        for stack in stacks {
            tops.single = L::greater(tops.single, stack.single::<L>(vol));
            let strikes = stack.strikes(curves);
            let profile = Profile { strikes, losses: &stack.losses[vol] };
            for end in 0..ENDS {
                let reach = profile.reach::<L>(end);
                base[end] = L::plus(base[end], reach.base);
                most[end] = L::plus(most[end], reach.most);
                stack.steep[vol][end] = L::octet(reach.steep);
            }
            base[OUTER] = L::plus(base[OUTER], L::oct(&chunks(profile.losses)[OUTER]));
        }
        for end in 0..ENDS {
            let room = L::minus(most[end], base[end]);
            let guess = L::minus(most[end], L::cut(room, 2));
            tops.room = L::greater(tops.room, room);
            tops.guess = L::greater(tops.guess, guess);
            self.most[end] = L::octet(most[end]);
            self.guess[end] = L::octet(guess);
        }
        for (at, base) in self.base.iter_mut().zip(base) {
            *at = L::octet(base);
        }
        self.most[OUTER] = self.base[OUTER];
        tops
    }
}

/// What scenarios have at the most, lane by lane.
#[derive(Clone, Copy)]
struct Tops<L: Lanes> {
    /// What own moves can add.
    room: L::Oct,
    /// What one underlying with options loses over its whole range, or by volatility alone: [M4].
    single: L::Oct,
    guess: L::Oct,
}

impl<L: Lanes> Tops<L> {
    #[inline(always)]
    fn none() -> Self {
        let nothing = L::every(i32::MIN);
        Self { room: L::every(0), single: nothing, guess: nothing }
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Self {
            room: L::greater(self.room, other.room),
            single: L::greater(self.single, other.single),
            guess: L::greater(self.guess, other.guess),
        }
    }
}

/// The square of how steep losses are, from above.
#[inline(always)]
fn square<L: Lanes>(steep: &Levels, cut: u32) -> L::Oct {
    let up = L::plus(L::cut(L::oct(steep), cut), L::every(1));
    L::square(L::lesser(up, L::every((1 << SQUARED_BITS) - 1)))
}

/// Where all scenarios of an account are worked out.
#[derive(Clone, Debug)]
pub(super) struct Sheets {
    line: Line,
    /// By [`VolMove`].
    of: [Sheet; MOVES],
}

impl Sheets {
    pub(super) const EMPTY: Self = Self { line: Line::EMPTY, of: [Sheet::EMPTY; MOVES] };
}

/// All that decides the dearest scenario.
pub(super) struct Joint<'a> {
    curves: &'a Curves,
    stacks: &'a [Box<Stack>],
    sheets: &'a mut Sheets,
    vols: &'a [VolMove],
    /// Bits that losses are moved down by before they are squared.
    cut: u32,
    /// Has an underlying strikes among its nodes?
    has_strikes: bool,
    /// See [`Tops`].
    single: i32,
    guess: i32,
}

impl<'a> Joint<'a> {
    #[inline(always)]
    pub(super) fn new<L: Lanes>(
        curves: &'a Curves,
        stacks: &'a mut [Box<Stack>],
        sheets: &'a mut Sheets,
        lines: &Sums<L>,
        vols: &'a [VolMove],
    ) -> Self {
        sheets.line.fill(lines);
        let mut tops = Tops::<L>::none();
        for vol in vols.iter().map(|vol| *vol as usize) {
            tops = tops.or(sheets.of[vol].fill(&sheets.line, stacks, curves, vol));
        }
        let has_strikes = stacks.iter().any(|stack| stack.has_strikes);
        let room_bits = i32::BITS - L::top(tops.room).leading_zeros();
        let cut = (room_bits + 1).saturating_sub(SQUARED_BITS);
        let (single, guess) = (L::top(tops.single), L::top(tops.guess));
        Self { curves, stacks, sheets, vols, cut, has_strikes, single, guess }
    }

    /// The most that one underlying with options loses over its whole range, or by volatility alone: [M4].
    #[inline(always)]
    pub(super) fn single(&self) -> i32 {
        self.single
    }

    /// The dearest scenario, and its place.
    ///
    /// If own moves lost along the steepest lines that no loss lies above, a scenario would cost its base and the root of
    /// the sum of their squares: it costs that at the most. Whether it can be above the dearest so far needs no root.
    #[inline(always)]
    pub(super) fn worst<L: Lanes>(&self) -> (i64, usize) {
        if self.has_all_of_one::<L>() {
            return self.most::<L>(0..GROUPS);
        }
        // Without own moves a scenario costs what it costs.
        let mut best = self.most::<L>(OUTER..GROUPS);
        let [calm, mid, panic, _] = &self.sheets.line.own;
        let own = [square::<L>(calm, self.cut), square::<L>(mid, self.cut), square::<L>(panic, self.cut)];
        let first = self.likeliest::<L>();
        best = self.dearer(best, first);
        for vol in self.vols.iter().map(|vol| *vol as usize) {
            let squares = self.squares::<L>(own, vol);
            let mut left = self.above::<L>(vol, squares, best.0);
            if vol == first / SCENARIOS {
                left &= !(1 << (first % SCENARIOS));
            }
            while left > 0 {
                let found = self.dearer(best, vol * SCENARIOS + left.trailing_zeros() as usize % SCENARIOS);
                left &= left.wrapping_sub(1);
                if found.0 > best.0 {
                    best = found;
                    left &= self.above::<L>(vol, squares, best.0);
                }
            }
        }
        best
    }

    /// The dearer one of two scenarios: one with its value, and an inner one.
    #[inline(always)]
    fn dearer(&self, best: (i64, usize), place: usize) -> (i64, usize) {
        let value = self.value(place, best.0);
        if value > best.0 { (value, place) } else { best }
    }

    /// The place of the inner scenario with the highest guess.
    #[inline(always)]
    fn likeliest<L: Lanes>(&self) -> usize {
        let below = L::every(self.guess.wrapping_sub(1));
        let mut place = 0;
        for vol in self.vols.iter().map(|vol| *vol as usize) {
            let mut found = 0;
            for (end, guess) in self.sheets.of[vol].guess.iter().enumerate() {
                found |= L::above(L::oct(guess), below) << (end * WIDTH);
            }
            place = vol * SCENARIOS + found.trailing_zeros() as usize % SCENARIOS;
            if found > 0 {
                break;
            }
        }
        place
    }

    /// The sums of the squares of how steep all losses are at each end.
    #[inline(always)]
    fn squares<L: Lanes>(&self, mut squares: [L::Oct; ENDS], vol: usize) -> [L::Oct; ENDS] {
        for stack in self.stacks {
            for (square_of, steep) in squares.iter_mut().zip(&stack.steep[vol]) {
                let more = L::plus(*square_of, square::<L>(steep, self.cut));
                *square_of = L::lesser(more, L::every(1 << SQUARE_BITS));
            }
        }
        squares
    }

    /// One underlying alone has the whole budget, as linear legs alone have.
    #[inline(always)]
    fn has_all_of_one<L: Lanes>(&self) -> bool {
        let [calm, mid, panic, _] = &self.sheets.line.own;
        let own = L::greater(L::greater(L::oct(calm), L::oct(mid)), L::oct(panic));
        let is_linear = || L::above(own, L::every(0)) > 0;
        self.stacks.is_empty() || (self.stacks.len() == 1 && !is_linear())
    }

    /// The scenario of some groups that could cost most, and its place.
    #[inline(always)]
    fn most<L: Lanes>(&self, groups: Range<usize>) -> (i64, usize) {
        let mut mosts = L::every(i32::MIN);
        for vol in self.vols.iter().map(|vol| *vol as usize) {
            for most in &self.sheets.of[vol].most[groups.clone()] {
                mosts = L::greater(mosts, L::oct(most));
            }
        }
        let most = L::top(mosts);
        let below = L::every(most.wrapping_sub(1));
        for vol in self.vols.iter().map(|vol| *vol as usize) {
            for group in groups.clone() {
                let found = L::above(L::oct(&self.sheets.of[vol].most[group]), below);
                if found > 0 {
                    let lane = found.trailing_zeros() as usize;
                    return (most.into(), vol * SCENARIOS + group * WIDTH + lane);
                }
            }
        }
        (most.into(), 0)
    }

    /// The inner scenarios that could cost more than a number: a bit each.
    #[inline(always)]
    fn above<L: Lanes>(&self, vol: usize, squares: [L::Oct; ENDS], mark: i64) -> u32 {
        let (sheet, mark) = (&self.sheets.of[vol], L::every(mark as i32)); // 32 bits: see `Sheet`
        let mut bits = 0;
        for end in 0..ENDS {
            // One less for strikes that hardly need an own move: see `Reach`. A difference is below 3 x 2^29.
            let over = L::cut(L::minus(mark, L::oct(&sheet.base[end])), self.cut);
            let over = L::greater(L::minus(over, L::every(1)), L::every(0));
            let over = L::square(L::lesser(over, L::every((1 << SQUARED_BITS) - 1)));
            let above = L::above(squares[end], over) & L::above(L::oct(&sheet.most[end]), mark);
            bits |= above << (end * WIDTH);
        }
        bits & FIRST_LANES
    }

    /// The dearest scenario at each end, one by one: for whoever wants a reason, not a number.
    pub(super) fn ends(&self) -> [i64; 3] {
        let has_all = self.has_all_of_one::<Scalar>();
        let mut ends = [i64::MIN; 3];
        for vol in self.vols.iter().map(|vol| *vol as usize) {
            for lane in 0..SCENARIOS {
                let worst = &mut ends[grid::LANES[lane].0];
                let most = i64::from(self.sheets.of[vol].most[lane / WIDTH][lane % WIDTH]);
                if most > *worst {
                    let is_known = has_all || lane / WIDTH == OUTER;
                    let value = if is_known { most } else { self.value(vol * SCENARIOS + lane, *worst) };
                    *worst = value.max(*worst);
                }
            }
        }
        ends
    }

    /// The value of an inner scenario, exact where it is above `enough`.
    ///
    /// As long as every own move that pays stays within its first half, the dual has its smallest value where the price is
    /// the root of the sum of squares of all halves, and that is twice the root: nothing has to be searched.
    #[inline(always)]
    fn value(&self, place: usize, enough: i64) -> i64 {
        let (vol, lane) = (place / SCENARIOS, place % SCENARIOS);
        let (sheet, line) = (&self.sheets.of[vol], &self.sheets.line);
        let at = |levels: &[Levels; GROUPS]| levels.as_flattened()[lane];
        let (base, most) = (i64::from(at(&sheet.base)), i64::from(at(&sheet.most)));
        let half = (at(&line.own) as u64 >> 1).wrapping_add(1);
        let (mut squares, mut longest) = (half.wrapping_mul(half), 0);
        for stack in self.stacks {
            let (half, longer) = halves(&stack.losses[vol], lane);
            squares = squares.wrapping_add((half as u64).wrapping_mul(half as u64)); // below 2^60 in all
            longest = longer.max(longest);
        }
        let root = root_up(squares) as i64;
        if self.has_strikes || i64::from(longest) << 1 > root {
            return self.searched(vol, lane, enough);
        }
        most.min(base.wrapping_add(root << 1))
    }

    /// The same where an own move may want to go further, or to a strike.
    #[inline(never)]
    fn searched(&self, vol: usize, lane: usize, enough: i64) -> i64 {
        let (end, level) = (lane / WIDTH, lane % WIDTH);
        let (base, most) = (self.sheets.of[vol].base[end][level], self.sheets.of[vol].most[end][level]);
        let own = self.sheets.line.own[end][level];
        // The best price if losses were as steep everywhere.
        let half = |steep: i32| i64::from(steep / 2);
        let squares = self.stacks.iter().fold(half(own) * half(own), |squares, stack| {
            let half = half(stack.steep[vol][end][level]);
            squares.saturating_add(half * half) // below 2^60 each
        });
        let guess = root_up(squares.unsigned_abs()) as i64;
        let base = i64::from(base);
        let search = Search { guess, most: i64::from(most) - base, enough: enough.saturating_sub(base) };
        let profile = |stack: &'a Stack| {
            let (strikes, losses) = (stack.strikes(self.curves), &stack.losses[vol]);
            Profile { strikes, losses }
        };
        let profiles = || self.stacks.iter().map(|stack| profile(stack));
        base + worst(own, profiles, lane, search)
    }
}

#[cfg(test)]
impl Joint<'_> {
    /// What an inner scenario costs, the short way where there is one, and by a search.
    pub(super) fn both_ways(&self, place: usize) -> [i64; 2] {
        let (vol, lane) = (place / SCENARIOS, place % SCENARIOS);
        [self.value(place, i64::MIN), self.searched(vol, lane, i64::MIN)]
    }
}
