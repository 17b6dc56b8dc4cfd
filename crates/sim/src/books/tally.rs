//! What a run came to, and what it found.

use super::{
    account::Account,
    kind::{Expiring, Kind},
    properties::{Property, Seen},
    world::World,
};

/// Bounds of the groups of sizes, in 1e-8 dollars: dust, up to a thousand dollars, up to a million, beyond.
const SIZES: [u128; 3] = [1_000_000, 100_000_000_000, 100_000_000_000_000];

/// Parts of a requirement by which that of a higher tier is lower.
const INVERSIONS: [f64; 3] = [0.0, 0.01, 0.1];

/// Counts of what was covered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Books that were tried.
    pub books: u64,
    /// Those with options.
    pub with_options: u64,
    /// Those in standard mode.
    pub standard: u64,
    /// Legs of all books.
    pub legs: u64,
    /// Legs of each kind, as [`Kind::ALL`].
    pub kinds: [u64; Kind::ALL.len()],
    /// Options by expiry, as [`Expiring::ALL`].
    pub expiries: [u64; Expiring::ALL.len()],
    /// Books by what their linear legs are worth: below a cent, a thousand dollars, a million, and beyond.
    pub sizes: [u64; SIZES.len() + 1],
    /// How often each property was tried, as [`Property::ALL`]; the true worst loss as often as there are covers.
    pub tried: [u64; Property::ALL.len()],
    /// Answers of the columns, and accounts too large for them.
    pub columns: [u64; 2],
    /// The answer nearest above the slow model, in 1e-8 dollars, and the seed of its book.
    pub nearest: Option<(i128, u64)>,
    /// The answer that used most of the rounding that is allowed, as a part of it, and its seed.
    pub farthest: Option<(f64, u64)>,
    /// Books with options whose requirement at a higher tier is lower: at all, by a hundredth of it, by a tenth.
    pub inverted: [u64; INVERSIONS.len()],
    /// By which part of it at the most, and the seed.
    pub inversion: Option<(f64, u64)>,
    /// Requirement over the true worst loss of a sample of books with options.
    pub covers: Vec<f64>,
}

impl Outcome {
    /// Counts a book.
    pub(super) fn count(&mut self, seed: u64, account: &Account, world: &World, seen: &Seen) {
        self.books += 1;
        self.with_options += u64::from(!account.options.is_empty());
        self.standard += u64::from(account.mode == cistern_margin::Mode::Standard);
        self.legs += account.legs() as u64;
        for kind in account.kinds(world) {
            self.kinds[kind.place()] += 1;
        }
        for expiry in account.expiries(world) {
            self.expiries[expiry as usize] += 1;
        }
        let worth: u128 = account.lines(world).iter().map(|line| line.value.unsigned_abs()).sum();
        self.sizes[SIZES.iter().filter(|size| worth >= **size).count()] += 1;
        add(&mut self.tried, &seen.tried);
        add(&mut self.columns, &[seen.narrow, seen.wide]);
        self.nearest = least(self.nearest, seen.least.map(|above| (above, seed)));
        self.farthest = most(self.farthest, seen.most.map(|part| (part, seed)));
        for (count, least) in self.inverted.iter_mut().zip(INVERSIONS) {
            *count += u64::from(seen.inverted.is_some_and(|part| part >= least));
        }
        self.inversion = most(self.inversion, seen.inverted.map(|part| (part, seed)));
    }

    /// Adds what another part of the run came to.
    pub(super) fn add(&mut self, other: Self) {
        self.books += other.books;
        self.with_options += other.with_options;
        self.standard += other.standard;
        self.legs += other.legs;
        add(&mut self.kinds, &other.kinds);
        add(&mut self.expiries, &other.expiries);
        add(&mut self.sizes, &other.sizes);
        add(&mut self.tried, &other.tried);
        add(&mut self.columns, &other.columns);
        self.nearest = least(self.nearest, other.nearest);
        self.farthest = most(self.farthest, other.farthest);
        add(&mut self.inverted, &other.inverted);
        self.inversion = most(self.inversion, other.inversion);
        self.covers.extend(other.covers);
        self.covers.sort_by(f64::total_cmp);
        self.tried[Property::TrueLoss.place()] = self.covers.len() as u64;
    }

    /// The part of the covers, in thousandths, at which one lies; nothing without any.
    #[must_use]
    pub fn cover(&self, thousandths: usize) -> Option<f64> {
        let place = self.covers.len() * thousandths / 1_000;
        self.covers.get(place.min(self.covers.len().saturating_sub(1))).copied()
    }
}

fn add<const N: usize>(sums: &mut [u64; N], more: &[u64; N]) {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum += more;
    }
}

/// Of equal ones the lower seed, so that the answer does not depend on who was first.
fn least(one: Option<(i128, u64)>, two: Option<(i128, u64)>) -> Option<(i128, u64)> {
    [one, two].into_iter().flatten().min()
}

fn most(one: Option<(f64, u64)>, two: Option<(f64, u64)>) -> Option<(f64, u64)> {
    [one, two].into_iter().flatten().max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
}
