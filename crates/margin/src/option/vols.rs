//! How volatilities move in a scenario, and which of these moves can decide for an account.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "a table of sixteen rows, worked out by the compiler"
)]

use super::curve::Tenor;

/// How volatilities move in a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VolMove {
    /// All fall.
    Down,
    /// None moves.
    Same,
    /// All rise.
    Up,
    /// Those of front expiries rise.
    Front,
    /// Those of back expiries rise.
    Back,
}

/// Moves of volatilities.
pub(super) const MOVES: usize = VolMove::ALL.len();

impl VolMove {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Down, Self::Same, Self::Up, Self::Front, Self::Back];

    /// Those of all expiries at once, as they are seen.
    pub(super) const TOGETHER: &[Self] = &[Self::Same, Self::Down, Self::Up];

    /// Which volatility expiries of a tenor have: fallen, the same, risen.
    #[inline(always)]
    pub(super) const fn of(self, tenor: Tenor) -> usize {
        /// By move, of front and of back expiries. A table: which account moves how cannot be foreseen.
        static VOLS: [[u8; 2]; MOVES] = [[0, 0], [1, 1], [2, 2], [2, 1], [1, 2]];
        VOLS[self as usize][tenor as usize] as usize
    }
}

/// Which options an account has: a bit each for bought and sold ones, of front and of back expiries.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Held(usize);

impl Held {
    /// Notes options of this size; nothing is on no side.
    #[inline(always)]
    pub(super) fn add(&mut self, tenor: Tenor, size: i32) {
        let sides = usize::from(size > 0) | usize::from(size < 0) << 1;
        self.0 |= sides << (2 * tenor as usize);
    }

    /// The moves of which one costs such an account most, whatever else it has.
    #[inline(always)]
    pub(super) fn deciding(self) -> &'static [VolMove] {
        let (moves, count) = &DECIDING[self.0 & (KINDS - 1)];
        &moves[..*count]
    }
}

/// Kinds of accounts, by what they have.
const KINDS: usize = 16;

/// The moves that decide, and how many they are.
static DECIDING: [([VolMove; MOVES], usize); KINDS] = {
    let mut all = [([VolMove::Same; MOVES], 0); KINDS];
    let mut kind = 0;
    while kind < KINDS {
        all[kind] = deciding(kind);
        kind += 1;
    }
    all
};

/// An option is worth more at a higher volatility, wherever its underlying is. What was bought loses most where its
/// volatility is lowest, what was sold where that is highest; only where both are held of a tenor must all be seen.
const fn deciding(kind: usize) -> ([VolMove; MOVES], usize) {
    /// Of moves that are the same to an account the first counts.
    const ORDER: [VolMove; MOVES] =
        [VolMove::Same, VolMove::Down, VolMove::Up, VolMove::Front, VolMove::Back];
    let (mut moves, mut count) = ([VolMove::Same; MOVES], 0);
    let mut place = 0;
    while place < MOVES {
        let (mut is_covered, mut other) = (false, 0);
        while other < MOVES {
            let covers = costs_more(kind, ORDER[other], ORDER[place]);
            let is_covered_too = costs_more(kind, ORDER[place], ORDER[other]);
            is_covered |= other != place && covers && (other < place || !is_covered_too);
            other += 1;
        }
        if !is_covered {
            moves[count] = ORDER[place];
            count += 1;
        }
        place += 1;
    }
    (moves, count)
}

/// Does such an account lose by one move as much as by the other at least?
const fn costs_more(kind: usize, one: VolMove, other: VolMove) -> bool {
    let (front, back) = (kind & 3, kind >> 2);
    tenor_costs_more(front, one.of(Tenor::Front), other.of(Tenor::Front))
        && tenor_costs_more(back, one.of(Tenor::Back), other.of(Tenor::Back))
}

const fn tenor_costs_more(held: usize, one: usize, other: usize) -> bool {
    match held {
        0 => true,
        1 => one <= other,
        2 => one >= other,
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deciding(held: &[(Tenor, i32)]) -> &'static [VolMove] {
        let mut kind = Held::default();
        held.iter().for_each(|(tenor, size)| kind.add(*tenor, *size));
        kind.deciding()
    }

    #[test]
    fn only_what_is_bought_and_sold_of_one_tenor_needs_every_move() {
        use Tenor::{Back, Front};
        use VolMove::{Down, Same, Up};
        assert_eq!(deciding(&[]), [Same]);
        for tenor in [Front, Back] {
            assert_eq!(deciding(&[(tenor, 1)]), [Down]);
            assert_eq!(deciding(&[(tenor, -1)]), [Up]);
            assert_eq!(deciding(&[(tenor, -1), (tenor, 2)]), [Same, Down, Up]);
        }
        assert_eq!(deciding(&[(Front, 1), (Back, 1)]), [Down]);
        assert_eq!(deciding(&[(Front, -1), (Back, -1)]), [Up]);
        assert_eq!(deciding(&[(Front, 1), (Back, -1)]), [Down, VolMove::Back]);
        assert_eq!(deciding(&[(Front, -1), (Back, 1)]), [Down, VolMove::Front]);
        let both = [(Front, 1), (Front, -1), (Back, 1), (Back, -1)];
        assert_eq!(deciding(&both), [Same, Down, Up, VolMove::Front, VolMove::Back]);
    }
}
