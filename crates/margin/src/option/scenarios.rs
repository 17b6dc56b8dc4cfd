//! The dearest of all scenarios of an account with options.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "sums and products of normalised numbers; each line names the bound that makes it safe"
)]

use alloc::boxed::Box;
use core::ops::Range;

use super::{
    curve::Curves,
    dual::{Levels, Profile, Search, worst},
    grid::{self, ENDS, INNER_LEVELS, PART, SCENARIOS, WIDTH, chunks},
    stack::Stack,
    vols::{MOVES, VolMove},
};
use crate::linear::{Lanes, Sums, root_up};

/// Scenarios by eight: those of each end, and those without own moves.
const GROUPS: usize = ENDS + 1;
/// The last of them.
const OUTER: usize = ENDS;
/// Bits of the largest number that is squared in a lane, and of the largest square.
const SQUARED_BITS: u32 = 15;
const SQUARE_BITS: u32 = 2 * SQUARED_BITS;

/// What all linear legs on factors without options lose.
#[derive(Clone, Debug)]
#[repr(C, align(32))]
struct Line {
    /// By the common move of every scenario.
    common: [Levels; GROUPS],
    /// The root of the squares of what their own moves add.
    own: [Levels; ENDS],
    /// The size of each level and what it leaves for own moves: not constants, of which the compiler makes products of
    /// 64 bits.
    sizes: Levels,
    rests: Levels,
}

impl Line {
    const EMPTY: Self = Self {
        common: [[0; WIDTH]; GROUPS],
        own: [[0; WIDTH]; ENDS],
        sizes: columns().0,
        rests: columns().1,
    };

    #[inline(always)]
    fn fill<L: Lanes>(&mut self, lines: &Sums<L>) {
        let ([falls, rises], squares) = (lines.common(), lines.own());
        for end in 0..ENDS {
            // Squares are of halves of units.
            let root = (root_up(squares[end]).wrapping_add(1) >> 1) as i32;
            // All within 2^29, parts within 2^30.
            let [fall, rise] = [falls, rises].map(|side| (side[end] >> PART) as i32);
            let sides = L::oct(&[rise, fall, rise, fall, rise, fall, rise, fall]);
            let common = L::joined(L::products(sides, &self.sizes));
            self.common[end] = L::octet(L::plus(common, L::every(1)));
            self.own[end] = L::octet(L::joined(L::products(L::every(root), &self.rests)));
            self.common[OUTER][2 * end] = fall.wrapping_add(1);
            self.common[OUTER][2 * end + 1] = rise.wrapping_add(1);
        }
        // The rest is filled up with the first of these.
        let [first, ..] = self.common[OUTER];
        self.common[OUTER][2 * ENDS..].fill(first);
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
    /// The sum of the squares of how steep all losses are, moved down by [`Joint::cut`]: see [`Joint::likeliest`].
    squares: [Levels; ENDS],
}

impl Sheet {
    const EMPTY: Self =
        Self { base: [[0; WIDTH]; GROUPS], most: [[0; WIDTH]; GROUPS], squares: [[0; WIDTH]; ENDS] };

    /// Begins with the linear legs on factors without options.
    #[inline(always)]
    fn begin<L: Lanes>(&mut self, line: &Line) {
        (self.base, self.most) = (line.common, line.common);
        for (most, own) in self.most.iter_mut().zip(&line.own) {
            *most = L::octet(L::plus(L::oct(most), L::oct(own)));
        }
    }

    /// Adds the losses of an underlying with options, and notes in it how steep they are.
    #[inline(always)]
    fn add<L: Lanes>(&mut self, curves: &Curves, stack: &mut Stack, vol: usize) {
        let mut steep = [[0; WIDTH]; ENDS];
        if let Some(profile) = profile(curves, stack, vol) {
            for (end, steep) in steep.iter_mut().enumerate() {
                let reach = profile.reach::<L>(end);
                self.base[end] = L::octet(L::plus(L::oct(&self.base[end]), reach.base));
                self.most[end] = L::octet(L::plus(L::oct(&self.most[end]), reach.most));
                *steep = L::octet(reach.steep);
            }
            let outer = L::plus(L::oct(&self.base[OUTER]), L::oct(&chunks(profile.losses)[OUTER]));
            (self.base[OUTER], self.most[OUTER]) = (L::octet(outer), L::octet(outer));
        }
        stack.steep[vol] = steep;
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
        let line = &sheets.line;
        let mut room = L::every(0);
        for vol in vols.iter().map(|vol| *vol as usize) {
            let sheet = &mut sheets.of[vol];
            sheet.begin::<L>(line);
            for stack in stacks.iter_mut() {
                sheet.add::<L>(curves, stack, vol);
            }
            for end in 0..ENDS {
                room = L::greater(room, L::minus(L::oct(&sheet.most[end]), L::oct(&sheet.base[end])));
            }
        }
        let room_bits = i32::BITS - L::top(room).leading_zeros();
        let cut = (room_bits + 1).saturating_sub(SQUARED_BITS);
        let [calm, mid, panic] = &line.own;
        let own = [square::<L>(calm, cut), square::<L>(mid, cut), square::<L>(panic, cut)];
        for vol in vols.iter().map(|vol| *vol as usize) {
            let mut squares = own;
            for stack in stacks.iter() {
                for (square_of, steep) in squares.iter_mut().zip(&stack.steep[vol]) {
                    let more = L::plus(*square_of, square::<L>(steep, cut));
                    *square_of = L::lesser(more, L::every(1 << SQUARE_BITS));
                }
            }
            sheets.of[vol].squares = squares.map(L::octet);
        }
        Self { curves, stacks, sheets, vols, cut }
    }

    /// The underlyings on which the account has options.
    #[inline(always)]
    pub(super) fn stacks(&self) -> &'a [Box<Stack>] {
        self.stacks
    }

    /// The dearest scenario, and its place.
    #[inline(always)]
    pub(super) fn worst<L: Lanes>(&mut self) -> (i64, usize) {
        if self.has_all_of_one() {
            return self.most::<L>(0..GROUPS);
        }
        // Without own moves a scenario costs what it costs.
        let mut best = self.most::<L>(OUTER..GROUPS);
        while let Some(place) = self.likeliest::<L>(best.0) {
            best = best.max((self.value(place, best.0), place));
            let (vol, lane) = (place / SCENARIOS, place % SCENARIOS);
            self.sheets.of[vol].most[lane / WIDTH][lane % WIDTH] = i32::MIN; // never again
        }
        best
    }

    /// One underlying alone has the whole budget, as linear legs alone have.
    #[inline(always)]
    fn has_all_of_one(&self) -> bool {
        let is_linear = || self.sheets.line.own.as_flattened().iter().any(|own| *own > 0);
        self.stacks.is_empty() || (self.stacks.len() == 1 && !is_linear())
    }

    /// The scenario of some groups that could cost most, and its place.
    #[inline(always)]
    fn most<L: Lanes>(&self, groups: Range<usize>) -> (i64, usize) {
        let mut first = (i64::MIN, 0);
        for vol in self.vols.iter().map(|vol| *vol as usize) {
            for group in groups.clone() {
                let mosts = L::oct(&self.sheets.of[vol].most[group]);
                let most = L::top(mosts);
                if i64::from(most) > first.0 {
                    let lane = L::above(mosts, L::every(most.wrapping_sub(1))).trailing_zeros();
                    first = (most.into(), vol * SCENARIOS + group * WIDTH + lane as usize);
                }
            }
        }
        first
    }

    /// Of the inner scenarios that could cost more than this the one that seems to cost most.
    ///
    /// If own moves lost along the steepest lines that no loss lies above, a scenario would cost its base and the root of
    /// the sum of their squares: it costs that at the most. Whether it can be above a number needs no root: only those
    /// that are get one, and then set the mark for the others.
    #[inline(always)]
    fn likeliest<L: Lanes>(&self, than: i64) -> Option<usize> {
        let (mut mark, mut found) = (than as i32, None); // 32 bits: see `Sheet`
        for vol in self.vols.iter().map(|vol| *vol as usize) {
            let sheet = &self.sheets.of[vol];
            for end in 0..ENDS {
                loop {
                    // The last lane is the first again.
                    let lanes = self.above::<L>(sheet, end, mark) & ((1 << INNER_LEVELS) - 1);
                    if lanes == 0 {
                        break;
                    }
                    let lane = lanes.trailing_zeros() as usize % WIDTH;
                    let root = root_up(sheet.squares[end][lane] as u64) as i32 + 1;
                    let bound = i64::from(sheet.base[end][lane]) + (i64::from(root) << self.cut);
                    mark = bound.min(sheet.most[end][lane].into()) as i32;
                    found = Some(vol * SCENARIOS + end * WIDTH + lane);
                }
            }
        }
        found
    }

    /// The levels of an end that could cost more than a number.
    #[inline(always)]
    fn above<L: Lanes>(&self, sheet: &Sheet, end: usize, mark: i32) -> u32 {
        let mark = L::every(mark);
        // One less for strikes that hardly need an own move: see `Reach`. A difference is below 3 x 2^29.
        let over = L::cut(L::minus(mark, L::oct(&sheet.base[end])), self.cut);
        let over = L::greater(L::minus(over, L::every(1)), L::every(0));
        let over = L::square(L::lesser(over, L::every((1 << SQUARED_BITS) - 1)));
        L::above(L::oct(&sheet.squares[end]), over) & L::above(L::oct(&sheet.most[end]), mark)
    }

    /// The dearest scenario at each end, one by one: for whoever wants a reason, not a number.
    pub(super) fn ends(&self) -> [i64; 3] {
        let has_all = self.has_all_of_one();
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
    fn value(&self, place: usize, enough: i64) -> i64 {
        let (vol, lane) = (place / SCENARIOS, place % SCENARIOS);
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
        let profiles = || self.stacks.iter().filter_map(|stack| profile(self.curves, stack, vol));
        base + worst(own, profiles, lane, search)
    }
}

/// An underlying with options under a move of volatilities.
#[inline(always)]
fn profile<'a>(curves: &'a Curves, stack: &'a Stack, vol: usize) -> Option<Profile<'a>> {
    let (underlying, _) = curves.underlyings.get(stack.factor)?.as_ref()?;
    Some(Profile { underlying, losses: stack.losses.get(vol)? })
}
