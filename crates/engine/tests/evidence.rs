//! Evidence that says nothing costs nothing.

mod world;

use cistern_attest::{FeedKey, Market, Network, Observation, SetId, Statement};
use cistern_engine::{
    act::{Act, FactorSpec},
    command::Command,
    event::Event,
    ids::FactorId,
};
use cistern_units::{Fraction, Time};

use crate::world::{ETH_PERP, Pool, USDC};

/// A price of a feed that nothing is bound to.
fn unbound(at: u64) -> Statement {
    Statement::Price(Observation {
        network: Network::PythRouters,
        set: SetId::index(1),
        feed: FeedKey::index(7),
        mantissa: 1,
        exponent: 0,
        confidence: 0,
        published_at: Time::milliseconds(at),
        sequence: 0,
        expires_at: None,
        market: Market::Unstated,
        digest: [0; 32],
    })
}

#[test]
fn a_message_that_does_not_count_judges_no_account() {
    let mut pool = Pool::founded();
    let (long, short) = (pool.open(), pool.open());
    pool.deposit(long, USDC, 9_900);
    pool.deposit(short, USDC, 100_000);
    pool.price(2_000, 0);
    pool.fill(long, short, 20, 2_000).unwrap();
    // From 15 % to 25 % of 40,000 within a day: 9,900 are not enough towards the end.
    let range = Fraction::basis_points(2_500);
    let spec = FactorSpec {
        range_down: range,
        range_up: range.into(),
        loading_calm: Fraction::ONE,
        loading_panic: Fraction::ONE,
        impact: None,
    };
    pool.apply(Command::Schedule { act: Act::SetFactor { factor: FactorId(1), spec } }).unwrap();
    pool.wait(86_000_000);
    let breached =
        |events: &[Event]| events.iter().any(|event| matches!(event, Event::MarginBreached { .. }));
    let said = Command::Attest { evidence: Vec::new(), statements: vec![unbound(pool.now)] };
    let events = pool.apply(said).unwrap();
    assert!(events.iter().any(|event| matches!(event, Event::ObservationRefused { .. })));
    assert!(!breached(&events), "whoever sends such messages has no sweep made");
    assert!(breached(&pool.price(2_000, 0)));
    assert!(pool.engine.state().account(long).unwrap().position(ETH_PERP).is_some());
}
