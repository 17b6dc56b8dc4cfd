//! What must hold of every requirement, whatever the book.
//!
//! They hold up to the rounding in risk lots, of which `slack` is the bound.

mod books;

use books::{Book, Entry, INITIAL, SCALES, World, book, entry, narrow, requirement, size, slack};
use cistern_margin::{Band, FactorIndex, Leg, Mode, Range, RiskFactor, book::Path};
use cistern_units::{Fraction, Ratio};
use proptest::{prelude::*, sample::Index};

const PLAIN: World = World { depths: false, overstretched: false, huge: false };
const DEEP: World = World { depths: true, ..PLAIN };
const WILD: World = World { depths: true, overstretched: true, huge: true };
const MODES: [Mode; 2] = [Mode::Portfolio, Mode::Standard];

/// Two books in one world.
fn two(world: World) -> impl Strategy<Value = (Book, Vec<Entry>)> {
    book(world).prop_flat_map(move |book| {
        let entry = entry(world, book.assets.clone());
        (Just(book), prop::collection::vec(entry, 1..=20))
    })
}

/// A book and a value to deposit of one of its assets.
fn deposit(world: World) -> impl Strategy<Value = (Book, Vec<FactorIndex>, i128)> {
    book(world).prop_flat_map(move |book| {
        let asset = prop::sample::select(book.assets.clone());
        (Just(book), asset, size(world))
    })
}

/// The same book with other legs.
fn with(book: &Book, entries: Vec<Entry>) -> Book {
    Book { entries, ..book.clone() }
}

/// Every leg on one side.
fn one_sided(mut book: Book, short: bool) -> Book {
    for entry in &mut book.entries {
        entry.value = if short { -entry.value.abs() } else { entry.value.abs() };
        entry.leg = match entry.leg {
            Leg::Derivative => Leg::Derivative,
            _ if short => Leg::Debt,
            _ => Leg::Holding,
        };
    }
    book
}

fn joined(left: &[Entry], right: &[Entry]) -> Vec<Entry> {
    [left, right].concat()
}

/// The sum of an asset's falls at a tier, in 1e-9.
fn haircut(book: &Book, asset: &[FactorIndex], scale: Ratio) -> i128 {
    let at = |factor: &FactorIndex| {
        let fall =
            i128::from(book.factors[usize::from(factor.0)].range().down.raw()) * i128::from(scale.raw());
        (fall + 999_999_999) / 1_000_000_000
    };
    asset.iter().map(at).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// What words hold needs no other way; that both agree is checked wherever a requirement is.
    #[test]
    fn a_book_of_ordinary_size_has_a_narrow_answer(book in book(DEEP)) {
        let table = book.table(INITIAL);
        let cut = |entry: &Entry| Entry { value: entry.value.clamp(-(1 << 50), 1 << 50), ..entry.clone() };
        let entries: Vec<Entry> = book.entries.iter().map(cut).collect();
        for mode in MODES {
            requirement(&table, mode, &entries);
            prop_assert!(narrow(&table, mode, &entries, Path::widest()).is_some());
        }
    }

    /// The classic collateral factor is one minus the range.
    #[test]
    fn a_single_asset_alone_asks_for_its_haircut(book in book(PLAIN), value in size(PLAIN)) {
        let plain = |factor: &RiskFactor| RiskFactor::new(factor.range(), factor.loading(), None, vec![]).unwrap();
        let book = Book { factors: book.factors.iter().map(plain).collect(), ..book };
        for scale in SCALES {
            let asset = vec![FactorIndex(0)];
            let haircut = haircut(&book, &asset, scale);
            let alone = with(&book, vec![Entry { leg: Leg::Holding, factors: asset, value }]);
            let exact = (value * haircut + 999_999_999) / 1_000_000_000;
            let asked = alone.requirement(scale, Mode::Portfolio);
            prop_assert!(asked >= exact && asked <= exact + slack(&book, &alone.entries), "{asked} {exact}");
            let standard = alone.requirement(scale, Mode::Standard);
            prop_assert!(standard >= exact && standard <= exact + 1 + (value >> 36), "{standard} {exact}");
        }
    }

    /// Merging two accounts never raises the requirement above the sum; without [M5], which is evaded by splitting.
    #[test]
    fn a_merger_is_never_dearer_than_its_parts((book, more) in two(PLAIN)) {
        for scale in SCALES {
            let table = book.table(scale);
            for mode in MODES {
                let apart = requirement(&table, mode, &book.entries) + requirement(&table, mode, &more);
                let all = joined(&book.entries, &more);
                prop_assert!(requirement(&table, mode, &all) <= apart + slack(&book, &all));
            }
        }
    }

    #[test]
    fn a_hedge_is_never_dearer_than_its_two_legs(book in book(PLAIN), hedge in 0_i128..1_000_000_000) {
        let table = book.table(Ratio::ONE);
        let leg = &book.entries[0];
        let counter = Entry { leg: Leg::Derivative, factors: leg.factors.clone(), value: -leg.value * hedge / 500_000_000 };
        let apart = requirement(&table, Mode::Portfolio, std::slice::from_ref(leg))
            + requirement(&table, Mode::Portfolio, std::slice::from_ref(&counter));
        let both = [leg.clone(), counter];
        prop_assert!(requirement(&table, Mode::Portfolio, &both) <= apart + slack(&book, &both));
    }

    /// Depositing never lowers free collateral, and never takes health from one to below.
    #[test]
    fn a_deposit_asks_for_its_haircut_at_the_most((book, asset, value) in deposit(PLAIN)) {
        for scale in SCALES {
            let table = book.table(scale);
            let haircut = haircut(&book, &asset, scale);
            let deposited = joined(&book.entries, &[Entry { leg: Leg::Holding, factors: asset.clone(), value }]);
            for mode in MODES {
                let raise = requirement(&table, mode, &deposited) - requirement(&table, mode, &book.entries);
                let most = (value * haircut + 999_999_999) / 1_000_000_000;
                prop_assert!(raise <= most + slack(&book, &deposited), "{raise} {most}");
            }
        }
    }

    /// The same with [M5], whose slope leaves room for all haircuts of the asset.
    #[test]
    fn a_deposit_into_a_thin_market_asks_for_its_value_at_the_most((book, asset, value) in deposit(DEEP)) {
        for scale in SCALES {
            let table = book.table(scale);
            let deposited = joined(&book.entries, &[Entry { leg: Leg::Holding, factors: asset.clone(), value }]);
            for mode in MODES {
                let raise = requirement(&table, mode, &deposited) - requirement(&table, mode, &book.entries);
                prop_assert!(raise <= value + slack(&book, &deposited), "{raise} {value}");
            }
        }
    }

    #[test]
    fn without_offsets_closing_a_leg_never_asks_for_more(book in book(WILD), short: bool, which: Index) {
        let book = one_sided(book, short);
        let mut closed = book.entries.clone();
        closed.remove(which.index(closed.len()));
        for scale in SCALES {
            let table = book.table(scale);
            for mode in MODES {
                prop_assert!(requirement(&table, mode, &closed) <= requirement(&table, mode, &book.entries));
            }
        }
    }

    /// Without [M5], whose slope is bounded by what a range leaves.
    #[test]
    fn without_offsets_a_larger_range_or_loading_never_asks_for_less(
        book in book(PLAIN), short: bool, which: Index, raise in 0_u32..100_000_000, part in 0..4,
    ) {
        let book = one_sided(book, short);
        let mut factors = book.factors.clone();
        let factor = &mut factors[which.index(book.factors.len())];
        let (mut range, mut band) = (factor.range(), factor.loading());
        let more = |fraction: Fraction| Fraction::new((fraction.raw() + raise).min(1_000_000_000)).unwrap();
        match part {
            0 => range = Range::new(more(range.down), range.up).unwrap(),
            1 => range = Range::new(range.down, Ratio::new((range.up.raw() + u64::from(raise)).min(3_200_000_000))).unwrap(),
            2 => band = Band::new(more(band.calm).min(band.panic), band.panic).unwrap(),
            _ => band = Band::new(band.calm, more(band.panic)).unwrap(),
        }
        *factor = RiskFactor::new(range, band, None, factor.tails().to_vec()).unwrap();
        let raised = Book { factors, ..book.clone() };
        for scale in SCALES {
            for mode in MODES {
                let (before, after) = (book.requirement(scale, mode), raised.requirement(scale, mode));
                prop_assert!(after + slack(&book, &book.entries) >= before, "{after} {before}");
            }
        }
    }

    #[test]
    fn standard_mode_is_at_least_as_strict(book in book(DEEP)) {
        for scale in SCALES {
            let (standard, portfolio) = (book.requirement(scale, Mode::Standard), book.requirement(scale, Mode::Portfolio));
            prop_assert!(standard + slack(&book, &book.entries) >= portfolio, "{standard} {portfolio}");
        }
    }

    #[test]
    fn a_higher_tier_never_asks_for_less(book in book(DEEP)) {
        for mode in MODES {
            let [maintenance, target, initial] = SCALES.map(|scale| book.requirement(scale, mode));
            let slack = slack(&book, &book.entries);
            prop_assert!(initial + slack >= target && target + slack >= maintenance, "{initial} {target} {maintenance}");
        }
    }

    #[test]
    fn a_book_scaled_down_never_asks_for_more(book in book(DEEP), small in 0_i128..50, more in 0_i128..50) {
        let times = |factor: i128| {
            let scaled = book.entries.iter().map(|entry| Entry { value: entry.value * factor, ..entry.clone() });
            with(&book, scaled.collect())
        };
        for mode in MODES {
            let (less, more) = (times(small), times(small + more));
            let slack = slack(&book, &more.entries);
            prop_assert!(less.requirement(INITIAL, mode) <= more.requirement(INITIAL, mode) + slack);
        }
    }

    #[test]
    fn an_explanation_is_of_the_same_number(book in book(WILD)) {
        for scale in SCALES {
            for mode in MODES {
                book.requirement(scale, mode); // compares them
            }
        }
    }

    #[test]
    fn the_order_of_legs_does_not_matter(book in book(WILD)) {
        let mut reversed = book.entries.clone();
        reversed.reverse();
        for mode in MODES {
            prop_assert_eq!(with(&book, reversed.clone()).requirement(INITIAL, mode), book.requirement(INITIAL, mode));
        }
    }
}
