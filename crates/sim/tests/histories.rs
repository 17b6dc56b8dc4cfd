//! Seeded random histories, with checkers after every entry.

use cistern_sim::history;

/// Seeds that every test run lives through; `cistern sim --seeds 1000` goes further.
const SEEDS: u64 = 60;

#[test]
fn random_histories_break_no_rule() {
    let mut total = history::Outcome::default();
    for seed in 0..SEEDS {
        let outcome = history::run(seed, 400).unwrap_or_else(|failure| panic!("{failure}"));
        total.add(&outcome);
    }
    println!("{total:?}");
    // The crowd must get somewhere, or the checkers prove nothing.
    assert!(
        total.accepted > total.refused / 4 && total.liquidations > 20 && total.bankruptcies > 0,
        "{total:?}"
    );
    assert!(total.round_trips > 100, "{total:?}");
}

#[test]
fn the_same_seed_lives_the_same_history() {
    assert_eq!(history::run(7, 300), history::run(7, 300));
    assert_ne!(history::run(7, 300).unwrap().digest, history::run(8, 300).unwrap().digest);
}
