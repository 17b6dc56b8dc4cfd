//! Where the price of a factor stands in each scenario: the nodes of [M3o], worked out once for each factor and tier.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "products of moves; each line names the bound that makes it safe"
)]

use alloc::vec::Vec;

use crate::linear::Row;

/// Levels of the common move between the ends of its range, which leave room for own moves.
pub(crate) const INNER_LEVELS: usize = 7;
/// Lanes of one end of the band: its levels, and the first again to fill up.
pub(crate) const WIDTH: usize = 8;
/// Ends of the band.
pub(crate) const ENDS: usize = 3;
/// Lanes of scenarios with such a level.
pub(crate) const INNER: usize = ENDS * WIDTH;
/// All lanes of one move of volatilities: six more without own moves, everything at the ends of its range.
pub(crate) const SCENARIOS: usize = 32;
/// First of the nodes to which own moves lead: half and whole down, half and whole up.
pub(crate) const OWN: usize = SCENARIOS;
/// Own moves of a scenario.
pub(crate) const OWNS: usize = 4;
/// First of the nodes over the whole range: [M4].
pub(crate) const FULL: usize = OWN + OWNS * INNER;
/// Eighths of the range to both sides; no move is the first of all nodes.
const FULLS: usize = 16;
/// First of the strikes.
pub(crate) const STRIKES: usize = FULL + FULLS;
/// Most strikes that are nodes of an underlying.
pub const STRIKES_MAX: usize = 24;
/// All nodes, filled up to a multiple of eight lanes.
pub(crate) const NODES: usize = (STRIKES + STRIKES_MAX).next_multiple_of(WIDTH);
/// Room of a row of numbers at all nodes: vectors read one beyond the last.
pub(crate) const ROW: usize = NODES + WIDTH;
/// All nodes by eight.
pub(crate) const CHUNKS: usize = NODES / WIDTH;

/// Numbers at all nodes by as many as vectors hold.
#[inline(always)]
pub(crate) fn chunks(nodes: &[i32; NODES]) -> &[[i32; WIDTH]; CHUNKS] {
    const { assert!(NODES == CHUNKS * WIDTH) };
    nodes.as_chunks().0.as_array().unwrap_or(&[[0; WIDTH]; CHUNKS])
}

/// The same to write.
#[inline(always)]
pub(crate) fn chunks_mut(nodes: &mut [i32; NODES]) -> &mut [[i32; WIDTH]] {
    nodes.as_chunks_mut().0
}

/// Binary places of a move, which is at most 4: a rise.
pub(crate) const MOVE: u32 = 28;
/// Binary places of levels, of coefficients relative to their largest, and of parts of the own move.
pub(crate) const PART: u32 = 30;
/// One with that many places.
pub(crate) const ONE: i64 = 1 << PART;

/// The common levels, in 2^-30, and what they leave for own moves, `sqrt(1 - f^2)`: sines of multiples of 22.5 degrees,
/// rounded up, so that no scenario lies inside the ellipsoid.
const LEVEL: [(i64, i64); INNER_LEVELS + 2] = {
    const SINES: [i64; 5] = [0, 410_903_207, 759_250_125, 992_008_095, ONE];
    [
        (0, ONE),
        (-SINES[1], SINES[3]),
        (SINES[1], SINES[3]),
        (-SINES[2], SINES[2]),
        (SINES[2], SINES[2]),
        (-SINES[3], SINES[1]),
        (SINES[3], SINES[1]),
        (-ONE, 0),
        (ONE, 0),
    ]
};

/// End, level and what it leaves for own moves, of every scenario.
pub(crate) static LANES: [(usize, i64, i64); SCENARIOS] = {
    let mut lanes = [(0, 0, 0); SCENARIOS];
    let mut lane = 0;
    while lane < SCENARIOS {
        lanes[lane] = scenario(lane);
        lane += 1;
    }
    lanes
};

const fn scenario(lane: usize) -> (usize, i64, i64) {
    let (end, place) = if lane < INNER {
        let place = lane % WIDTH;
        (lane / WIDTH, if place < INNER_LEVELS { place } else { 0 })
    } else if lane < INNER + 6 {
        ((lane - INNER) / 2, INNER_LEVELS + (lane - INNER) % 2)
    } else {
        (0, INNER_LEVELS)
    };
    let (level, rest) = LEVEL[place];
    (end, level, rest)
}

/// The moves of one factor, in 2^-28, rounded up. Two sides are indexed by the fall, the rise.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moves {
    /// `h x loading` at the three ends.
    pub(crate) common: [[i64; 3]; 2],
    /// `h x sqrt(1 - loading^2)` at the three ends.
    pub(crate) own: [[i64; 3]; 2],
    /// `h`.
    pub(crate) range: [i64; 2],
}

impl Moves {
    /// Reads a factor of a table, whose coefficients have this many binary places, 28 at the least.
    pub(crate) fn new([long, short]: &[Row; 2], range: [u64; 2], places: u32) -> Self {
        let cut = places.saturating_sub(MOVE);
        // Coefficients have 30 bits, and fewer in 2^-28.
        let up =
            |[calm, mid, panic, _]: [u64; 4]| [calm, mid, panic].map(|lane| lane.div_ceil(1 << cut) as i64);
        Self {
            common: [up(long.fall), up(short.rise)],
            own: [up(long.own), up(short.own)],
            range: range.map(|h| ((u128::from(h) << MOVE).div_ceil(1_000_000_000)) as i64), // h is at most 4e9
        }
    }

    /// The largest move.
    pub(crate) fn largest(&self) -> i64 {
        self.range[0].max(self.range[1])
    }

    /// Where the common move alone leads in a scenario, and how far the factor may fall and rise from there.
    fn scenario(&self, lane: usize) -> (i64, [i64; 2]) {
        let (end, level, rest) = LANES[lane];
        let common = self.common[usize::from(level > 0)][end];
        let base = (common * level) >> PART; // below 2^31 x 2^30
        (base, [0, 1].map(|side| (self.own[side][end] * rest) >> PART))
    }

    /// The move of every node but strikes.
    pub(crate) fn nodes(&self) -> [i64; NODES] {
        let mut nodes = [0; NODES];
        for lane in 0..SCENARIOS {
            let (base, [fall, rise]) = self.scenario(lane);
            nodes[lane] = base;
            for (own, distance) in [-fall / 2, -fall, rise / 2, rise].into_iter().enumerate() {
                if lane < INNER {
                    nodes[OWN + own * INNER + lane] = base + distance;
                }
            }
        }
        for eighth in 1..=8 {
            nodes[FULL + eighth - 1] = -self.range[0] * eighth as i64 / 8;
            nodes[FULL + 7 + eighth] = self.range[1] * eighth as i64 / 8;
        }
        nodes
    }
}

/// The nodes of an underlying, the same for all accounts and series: [M3o].
#[derive(Clone, Debug)]
pub(crate) struct Underlying {
    pub(crate) moves: Moves,
    /// The move of every node, in 2^-28.
    pub(crate) nodes: [i64; NODES],
    /// Each strike that is a node.
    pub(crate) strikes: Vec<Strike>,
}

/// A strike that is a node, as own moves of each scenario lead there.
#[derive(Clone, Debug)]
pub(crate) struct Strike {
    /// The square of the part of the own move, in 2^-30, rounded down; [`OUTSIDE`] where none does.
    pub(crate) parts: [i32; INNER],
    /// One over that part in 2^-20, rounded up; zero where none does. It ends at 2^11: see [`super::dual::Reach`].
    pub(crate) steep: [i32; INNER],
}

/// A strike that no own move of a scenario reaches.
pub(crate) const OUTSIDE: i32 = i32::MAX;

/// Binary places of [`Strike::steep`].
pub(crate) const STEEP: u32 = 20;

impl Underlying {
    /// The nodes of a factor; of the strikes, given as moves of their forwards, the nearest [`STRIKES_MAX`] in the range.
    pub(crate) fn new(moves: Moves, strikes: &mut Vec<i64>) -> Self {
        let [fall, rise] = moves.range;
        strikes.retain(|strike| (-fall..=rise).contains(strike));
        strikes.sort_unstable_by_key(|strike| (strike.abs(), *strike));
        strikes.dedup();
        strikes.truncate(STRIKES_MAX);
        let mut nodes = moves.nodes();
        for (node, strike) in nodes[STRIKES..].iter_mut().zip(strikes.iter()) {
            *node = *strike;
        }
        let reached = |strike: &i64| {
            let mut reached = Strike { parts: [OUTSIDE; INNER], steep: [0; INNER] };
            let lanes = reached.parts.iter_mut().zip(&mut reached.steep);
            for (lane, (part, steep)) in lanes.enumerate() {
                let (base, own) = moves.scenario(lane);
                let (distance, whole) = (*strike - base, own[usize::from(*strike > base)]);
                if distance.abs() < whole {
                    let root = (distance.abs() << PART) / whole; // below 2^30
                    *part = ((root * root) >> PART) as i32;
                    // 2^20 over the root of the part, which has 30 places.
                    let square = (1_u128 << (2 * STEEP + PART)).checked_div(*part as u128);
                    *steep =
                        square.map_or(i32::MAX, |square| (square.isqrt() + 1).min(i32::MAX as u128) as i32);
                }
            }
            reached
        };
        let strikes = strikes.iter().map(reached).collect();
        Self { moves, nodes, strikes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_level_lies_inside_the_circle() {
        for (level, rest) in LEVEL {
            let square = i128::from(level).pow(2) + i128::from(rest).pow(2);
            let one = i128::from(ONE).pow(2);
            assert!(square >= one && square <= one + (4 << PART), "{level} {rest}");
        }
    }

    #[test]
    fn a_strike_is_reached_by_the_part_of_the_own_move_that_leads_there() {
        // h = 1/8, loading 0 at all ends: the own move is the whole range at level 0.
        let h = 1 << (MOVE - 3);
        let moves = Moves { common: [[0; 3]; 2], own: [[h; 3]; 2], range: [h; 2] };
        let underlying = Underlying::new(moves, &mut Vec::from([h / 2, -h / 4, 2 * h, h / 2]));
        assert_eq!(underlying.nodes[STRIKES..STRIKES + 2], [-h / 4, h / 2]);
        assert_eq!(underlying.strikes.len(), 2);
        let [near, far] = [0, 1].map(|place| &underlying.strikes[place]);
        assert_eq!((near.parts[0], far.parts[0]), (1 << 26, 1 << 28));
        assert_eq!((near.steep[0], far.steep[0]), ((4 << STEEP) + 1, (2 << STEEP) + 1));
        assert_eq!((far.parts[5], far.steep[5]), (OUTSIDE, 0)); // at level -.92 own moves reach .38 of the range
    }
}
