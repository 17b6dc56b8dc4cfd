//! Which accounts a tick could have pushed below their requirement: a few of a million.
//!
//! What an account has above its requirement is shared out over its legs, by value and range. Each share is a move of that
//! leg's price that it bears: a threshold. A tick looks only at the accounts whose thresholds it crossed. That is safe,
//! because a requirement is sub-additive: a move `d` of a leg of value `v` takes at the most `|v d| (1 + h)` from what is
//! free, with `h` the ranges and the slopes of [M5] of its factors, and moves of several legs at the most the sum.
//!
//! Where many thresholds are crossed at once, a sweep over the columns costs less than as many accounts at random places:
//! then the tick sweeps, and what was crossed is shared out anew little by little, in the ticks after it.
//!
//! Sketch: a tick that crosses nothing costs one look at a heap for each price that moved; an account that it looks at some
//! cache misses, a product and a place in a heap for each leg. A threshold takes 8 bytes in a heap and 8 beside its leg.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "values have 62 bits, steps 31 and parts 32; each line names the bound that makes it safe"
)]

use alloc::{collections::BinaryHeap, vec, vec::Vec};
use core::cmp::Reverse;

use super::{Book, InstrumentIndex, Margin, Path, row::RowLeg};
use crate::{Leg, Portfolio, Quote};

/// A step of a price: 2^-20 of the price that its ladder began at.
const STEP_BITS: u32 = 20;
/// A tick that crosses thresholds of more than this part of all accounts sweeps.
const SWEEP_PART: usize = 256;
/// Thresholds that a tick takes in any case.
const FEW: usize = 64;
/// What funding may move before all is shared out anew, as a part of a position's value: 2^-12, two basis points.
const FUNDING_BITS: u32 = 12;
/// What rounding in risk lots may take, as a part of all values: see [`Portfolio::requirement`].
const ROUNDING_BITS: u32 = 23;
/// Binary places of what is shared out.
const SHARE_BITS: u32 = 40;
/// The threshold of a leg that no move of its price can hurt, and of an account that is watched.
const NEVER: i32 = i32::MAX;
/// Accounts that are judged at a time.
const BLOCK: usize = 1_024;

/// A price against who has the instrument, and in favour: where a requirement grows faster than a value, that hurts too.
const WAYS: [usize; 2] = [0, 1];

/// The thresholds of an instrument.
#[derive(Clone, Debug, Default)]
struct Ladder {
    /// Its price at step zero.
    origin: Quote,
    /// Funding of a lot when its ladder began.
    funding: i128,
    /// The lowest price since then, in 2^-64 x 1e-8 dollars: what funding may move is a part of it.
    lowest: u128,
    /// Steps that accounts bear, the fewest first: against them and in favour.
    rungs: [BinaryHeap<Reverse<(i32, u32)>>; 2],
    /// Entries of each heap from which on those that hold no more are thrown away.
    most: [usize; 2],
    /// Its range, in 2^-20: how much of what is free its legs get.
    weight: u128,
    /// The same over what a move of its value takes from what is free, at the most, in 2^-20, rounded down.
    bears: u128,
    /// Its price of now over its price at step zero, in 2^-20, rounded down.
    grown: u128,
    is_short: bool,
    is_derivative: bool,
    /// Can a move in favour hurt?
    is_two_sided: bool,
}

/// What a tick has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Accounts below their requirement, in order.
    pub breaches: Vec<u32>,
    /// How many accounts were looked at one by one.
    pub judged: usize,
    /// Did the tick give up its thresholds and sweep?
    pub swept: bool,
}

/// Thresholds of all accounts of a [`Book`].
#[derive(Clone, Debug, Default)]
pub struct Index {
    ladders: Vec<Ladder>,
    /// Thresholds of each leg, beside the legs of the book; those of moves in favour only where some can hurt.
    steps: [Vec<i32>; 2],
    /// Is an account watched: judged on every tick, without thresholds? So are those below their requirement, and those too
    /// large for the columns.
    is_watched: Vec<bool>,
    watched: Vec<u32>,
    fired: Vec<u32>,
    /// Instruments whose crossed thresholds were not all taken: every tick goes on with them.
    pending: Vec<InstrumentIndex>,
    margins: Vec<Margin>,
    portfolio: Portfolio,
}

/// A heap of so many has room for one in this many more.
const SLACK_PART: usize = 8;

/// What a heap of so many gets when it is nearly full.
const fn more(entries: usize) -> usize {
    entries / (2 * SLACK_PART) + BLOCK
}

/// Entries that a heap of so many may have before those that are no thresholds any more are thrown away.
const fn room(entries: usize) -> usize {
    entries + entries / SLACK_PART + BLOCK
}

impl Ladder {
    /// How far the price of now is from its origin, in steps, rounded up: against who has it, and in favour.
    fn stand(&self, now: Quote) -> [i32; 2] {
        let (origin, now) = (self.origin.scaled(), now.scaled());
        // A price has 117 bits at the most: 62 of them are enough, and cut the same way on both sides.
        let cut = 66_u32.saturating_sub(origin.leading_zeros());
        let rise = ((now - origin) >> cut) << STEP_BITS;
        let Some(rise) = rise.checked_div(origin >> cut) else { return [i32::MIN; 2] };
        let rise = rise.clamp(-(1 << 30), 1 << 30) as i32;
        if self.is_short { [rise + 2, 2 - rise] } else { [2 - rise, rise + 2] }
    }
}

impl Index {
    /// Shares out what every account of a book has. Once more whenever its table changes.
    #[must_use]
    pub fn of(book: &Book, path: Path) -> Self {
        let mut index = Self { margins: vec![Margin::default(); BLOCK], ..Self::default() };
        index.begin(book);
        index.judge_all(book, path, |_, _| true);
        for ladder in &mut index.ladders {
            for (rungs, most) in ladder.rungs.iter_mut().zip(&mut ladder.most) {
                *most = room(rungs.len());
                rungs.shrink_to(*most);
            }
        }
        index
    }

    /// Where prices stand, and what each instrument bears.
    fn begin(&mut self, book: &Book) {
        for (spec, now) in book.specs.iter().zip(&book.instruments) {
            let (range, slope) = book.table.bears(&spec.factors);
            let part = |nano: u64| (u128::from(nano) << STEP_BITS).div_ceil(1_000_000_000);
            let weight = part(range).max(1);
            self.ladders.push(Ladder {
                origin: now.quote,
                funding: now.funding.scaled(),
                lowest: now.quote.scaled().unsigned_abs(),
                weight,
                bears: (weight << STEP_BITS) / ((1 << STEP_BITS) + part(range + slope)), // ranges are below 2^34
                grown: 1 << STEP_BITS,
                is_short: spec.is_short,
                is_derivative: spec.leg == Leg::Derivative,
                is_two_sided: range + slope >= 1_000_000_000,
                ..Ladder::default()
            });
        }
        self.make_room(book);
    }

    fn make_room(&mut self, book: &Book) {
        let is_two_sided = self.ladders.iter().any(|ladder| ladder.is_two_sided);
        let [adverse, favourable] = &mut self.steps;
        adverse.resize(book.legs.len(), NEVER);
        if is_two_sided {
            favourable.resize(book.legs.len(), NEVER);
        }
        self.is_watched.resize(book.len(), false);
    }

    /// Bytes of memory that it occupies.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let entries: usize =
            self.ladders.iter().flat_map(|ladder| &ladder.rungs).map(BinaryHeap::capacity).sum();
        entries * size_of::<(i32, u32)>()
            + self.steps.iter().map(Vec::capacity).sum::<usize>() * size_of::<i32>()
            + self.is_watched.capacity()
    }

    /// An account has changed: judges it and shares out anew. The prices of the book are still those of the last tick: a step is
    /// a part of a price that only a tick notes.
    pub fn refresh(&mut self, book: &Book, path: Path, account: u32) {
        self.make_room(book);
        let mut margin = [Margin::default()];
        book.sweep(path, account as usize, &mut margin);
        let [margin] = margin;
        self.place(book, account, margin);
    }

    /// Prices of these instruments have moved: which accounts are below their requirement now?
    pub fn tick(&mut self, book: &Book, path: Path, moved: &[InstrumentIndex]) -> Found {
        let mut found = Found::default();
        let mut has_drifted = false;
        for moved in moved {
            has_drifted |= self.note(book, *moved);
        }
        if has_drifted {
            *self = Self::of(book, path);
            found.swept = true;
        } else {
            found.swept = self.collect(book, moved, book.len() / SWEEP_PART + FEW);
        }
        if found.swept {
            self.judge_all(book, path, |margin, _| margin.equity < margin.requirement);
        }
        let fired = core::mem::take(&mut self.fired);
        for account in &fired {
            self.refresh(book, path, *account);
        }
        found.judged = fired.len();
        self.fired = fired;
        self.look_at_watched(book, path, &mut found);
        self.throw_away(book, &found);
        found
    }

    /// Notes where a price is. Has funding moved further than thresholds allow for? An account was shared out at any time since its ladder began: on
    /// either side of that, funding may be half of what was set aside away from where it was then.
    fn note(&mut self, book: &Book, moved: InstrumentIndex) -> bool {
        let place = usize::from(moved.0);
        let (Some(ladder), Some(now)) = (self.ladders.get_mut(place), book.instruments.get(place)) else {
            return false;
        };
        let price = now.quote.scaled().unsigned_abs();
        ladder.lowest = price.min(ladder.lowest);
        // Prices have 117 bits at the most.
        ladder.grown = ((price >> 10) << STEP_BITS) / (ladder.origin.scaled().unsigned_abs() >> 10).max(1);
        let drift = (now.funding.scaled() - ladder.funding).unsigned_abs();
        drift > ladder.lowest >> (FUNDING_BITS + 1)
    }

    /// Takes the accounts whose thresholds were crossed, each once; were there more than `most`?
    fn collect(&mut self, book: &Book, moved: &[InstrumentIndex], most: usize) -> bool {
        self.fired.clear();
        self.pending.extend(moved);
        self.pending.sort_unstable();
        self.pending.dedup();
        let mut taken = 0;
        while let Some(moved) = self.pending.last().copied() {
            for (way, stand) in WAYS.into_iter().zip(self.stand(book, moved)) {
                while let Some((step, account)) = self.pop(moved, way, stand) {
                    if self.take(book, account, (moved, way, step)) {
                        self.fired.push(account);
                    }
                    taken += 1;
                    if taken > most {
                        self.tidy_fired();
                        return true;
                    }
                }
            }
            self.pending.pop();
        }
        self.tidy_fired();
        false
    }

    /// Where the price of an instrument stands on its ladders.
    fn stand(&self, book: &Book, moved: InstrumentIndex) -> [i32; 2] {
        let place = usize::from(moved.0);
        let now = book.instruments.get(place).zip(self.ladders.get(place));
        now.map_or([i32::MIN; 2], |(now, ladder)| ladder.stand(now.quote))
    }

    fn tidy_fired(&mut self) {
        self.fired.sort_unstable();
        self.fired.dedup();
    }

    /// The lowest rung of a ladder, if it is not above `stand`.
    fn pop(&mut self, moved: InstrumentIndex, way: usize, stand: i32) -> Option<(i32, u32)> {
        let rungs = self.ladders.get_mut(usize::from(moved.0))?.rungs.get_mut(way)?;
        rungs.peek().filter(|Reverse((step, _))| *step <= stand)?;
        rungs.pop().map(|Reverse(rung)| rung)
    }

    /// Takes a threshold from an account, if it still is one: it may have been shared out anew since.
    fn take(&mut self, book: &Book, account: u32, (moved, way, step): (InstrumentIndex, usize, i32)) -> bool {
        let Some(header) = book.headers.get(account as usize) else { return false };
        let steps = self.steps.get_mut(way).and_then(|steps| steps.get_mut(header.start as usize..));
        for (leg, known) in book.row(header).iter().zip(steps.unwrap_or_default()) {
            if leg.instrument == moved.0 && *known == step {
                *known = NEVER;
                return true;
            }
        }
        false
    }

    /// Judges all accounts and places those that are watched, and those that `matter`.
    fn judge_all(&mut self, book: &Book, path: Path, matter: impl Fn(&Margin, u32) -> bool) {
        let mut margins = core::mem::take(&mut self.margins);
        for first in (0..book.len()).step_by(BLOCK) {
            let count = BLOCK.min(book.len() - first);
            let block = margins.get_mut(..count).unwrap_or_default();
            book.sweep(path, first, block);
            for (margin, account) in block.iter().zip(first as u32..) {
                if matter(margin, account) {
                    self.place(book, account, *margin);
                }
            }
        }
        self.margins = margins;
    }

    /// Judges those without thresholds, and lets go of those who can have some again.
    fn look_at_watched(&mut self, book: &Book, path: Path, found: &mut Found) {
        let mut watched = core::mem::take(&mut self.watched);
        watched.sort_unstable();
        watched.dedup();
        found.judged += watched.len();
        for account in watched {
            if let Some(is_watched) = self.is_watched.get_mut(account as usize) {
                *is_watched = false;
            }
            let mut margin = [Margin::default()];
            book.sweep(path, account as usize, &mut margin);
            let [margin] = margin;
            if self.is_breached(book, account, margin) {
                found.breaches.push(account);
            }
            self.place(book, account, margin);
        }
    }

    fn is_breached(&mut self, book: &Book, account: u32, margin: Margin) -> bool {
        if margin != Margin::WIDE {
            return margin.equity < margin.requirement;
        }
        // What has no requirement cannot be said to miss it: whoever applies a change refuses it before.
        let judged = book.judge(account as usize, &mut self.portfolio);
        judged.is_ok_and(|(equity, requirement)| equity < requirement)
    }

    /// Shares out what an account has above its requirement, or watches it.
    fn place(&mut self, book: &Book, account: u32, margin: Margin) {
        let Some(header) = book.headers.get(account as usize) else { return };
        let row = book.row(header);
        let shares = self.shares(book, row, margin);
        for (place, leg) in row.iter().enumerate() {
            let steps = shares.map_or([NEVER; 2], |shares| self.steps_of(book, leg, shares));
            self.hang(account, (header.start as usize + place, leg.instrument), steps);
        }
        let Some(is_watched) = self.is_watched.get_mut(account as usize) else { return };
        if shares.is_none() && !row.is_empty() && !*is_watched {
            *is_watched = true;
            self.watched.push(account);
        }
    }

    /// What can be shared out, over all value times range, in 2^-40; nothing where an account must be watched.
    fn shares(&self, book: &Book, row: &[RowLeg], margin: Margin) -> Option<u128> {
        let free = margin.equity.checked_sub(margin.requirement).filter(|_| margin != Margin::WIDE)?;
        let (mut free, mut whole) = (u128::try_from(free).ok()?, 0_u128);
        for leg in row {
            let (ladder, size) = self.size(book, leg)?;
            whole += size * ladder.weight; // 53 bits times 36, 255 times
            let funding = if ladder.is_derivative { size >> FUNDING_BITS } else { 0 };
            free = free.saturating_sub(funding + (size >> ROUNDING_BITS) + 2);
        }
        // A part of all value times range, in 2^-40; a hundred times that bears everything.
        Some(((free << SHARE_BITS) / ((whole >> STEP_BITS) + 1)).min(1 << (SHARE_BITS + 7)))
    }

    /// The ladder of a leg, and the size of its value.
    fn size(&self, book: &Book, leg: &RowLeg) -> Option<(&Ladder, u128)> {
        let now = book.instruments.get(usize::from(leg.instrument))?;
        let ladder = self.ladders.get(usize::from(leg.instrument))?;
        Some((ladder, now.quote.product(leg.lots()).unsigned_abs()))
    }

    /// The steps at which the share of a leg is used up.
    fn steps_of(&self, book: &Book, leg: &RowLeg, share: u128) -> [i32; 2] {
        let place = usize::from(leg.instrument);
        let Some((ladder, now)) = self.ladders.get(place).zip(book.instruments.get(place)) else {
            return [NEVER; 2];
        };
        // The part of its price that it bears, in steps: 47, 34 and 20 to 84 bits, the last only after a crash.
        let part = (share * ladder.bears) >> SHARE_BITS;
        let steps = (part.min(1 << 30) * ladder.grown.min(1 << 60)) >> STEP_BITS;
        let steps = steps.min(1 << 30) as i32; // with where it stands below 2^31
        // Where it stands was rounded up by two.
        let at = ladder.stand(now.quote).map(|stand| (stand + steps - 4).min(NEVER - 1));
        [at[0], if ladder.is_two_sided { at[1] } else { NEVER }]
    }

    /// Hangs an account on new rungs of a leg's ladder; the old ones are passed over when they come.
    fn hang(&mut self, account: u32, (leg, instrument): (usize, u16), steps: [i32; 2]) {
        for (way, step) in WAYS.into_iter().zip(steps) {
            if let Some(known) = self.steps.get_mut(way).and_then(|steps| steps.get_mut(leg)) {
                *known = step;
            }
            // A step that is what it was is hung once more: what was there before may have been of another leg.
            if step == NEVER {
                continue;
            }
            let ladder = self.ladders.get_mut(usize::from(instrument));
            let Some(rungs) = ladder.and_then(|ladder| ladder.rungs.get_mut(way)) else { continue };
            if rungs.len() == rungs.capacity() {
                rungs.reserve_exact(more(rungs.len()));
            }
            rungs.push(Reverse((step, account)));
        }
    }

    /// Throws away what is no threshold any more, on one ladder at the most: that costs about half a sweep, and so waits for a
    /// tick that does not sweep, as long as it can.
    fn throw_away(&mut self, book: &Book, found: &Found) {
        let full = |(instrument, ladder): (usize, &Ladder)| {
            let mut ways = WAYS.into_iter().zip(&ladder.rungs).zip(ladder.most);
            ways.find_map(|((way, rungs), most)| {
                let most = if found.swept { most + most / 2 } else { most };
                (rungs.len() > most).then_some((instrument, way))
            })
        };
        let Some((instrument, way)) = self.ladders.iter().enumerate().find_map(full) else {
            return self.grow();
        };
        let (Some(ladder), Some(steps)) = (self.ladders.get_mut(instrument), self.steps.get(way)) else {
            return;
        };
        let (Some(rungs), Some(most)) = (ladder.rungs.get_mut(way), ladder.most.get_mut(way)) else { return };
        // All thresholds are read one after the other: looking at what is there, one by one, would take several times as long.
        let mut left = core::mem::take(rungs).into_vec();
        left.clear();
        for (header, account) in book.headers.iter().zip(0..) {
            let steps = steps.get(header.start as usize..).unwrap_or_default();
            for (leg, step) in book.row(header).iter().zip(steps) {
                if usize::from(leg.instrument) == instrument && *step != NEVER {
                    left.push(Reverse((*step, account)));
                }
            }
        }
        *most = room(left.len()).max(*most);
        *rungs = left.into();
    }

    /// Gives the fullest heap room before it needs it: heaps fill up together, and to grow, each is copied.
    fn grow(&mut self) {
        let left = |rungs: &BinaryHeap<_>| rungs.capacity() - rungs.len();
        let heaps = self.ladders.iter_mut().flat_map(|ladder| &mut ladder.rungs);
        let Some(fullest) = heaps.filter(|rungs| !rungs.is_empty()).min_by_key(|rungs| left(rungs)) else {
            return;
        };
        let more = more(fullest.len());
        if left(fullest) < more / 2 {
            fullest.reserve_exact(left(fullest) + more);
        }
    }
}
