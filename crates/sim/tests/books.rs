//! Random books against the slow model and every property of margin.

use cistern_sim::books::{self, Plan};

/// Seeds that every test run tries; `cistern sim --books 2000000` goes further. `CISTERN_BOOKS` sets another count.
const BOOKS: u64 = 50_000;

#[test]
fn random_books_break_no_property() {
    let count = std::env::var("CISTERN_BOOKS").ok();
    let books = count.map_or(BOOKS, |count| count.parse().expect("CISTERN_BOOKS is a number"));
    println!("SEED=0 to {}", books - 1);
    let outcome = books::run(Plan { seed: 0, books, threads: 2 }, &|_| ())
        .unwrap_or_else(|failure| panic!("{failure}"));
    println!("{outcome:?}");
    assert_eq!(outcome.books, books);
    // Every kind, every expiry, every size and every property must occur, or the checks prove nothing.
    let counts = [&outcome.kinds[..], &outcome.expiries, &outcome.sizes, &outcome.tried, &outcome.columns];
    for count in counts.into_iter().flatten() {
        assert!(*count > 0, "{outcome:?}");
    }
    assert!(outcome.with_options > books / 10 && outcome.standard > books / 10, "{outcome:?}");
}
