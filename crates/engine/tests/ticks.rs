//! A tick sees every account that falls below maintenance, however few it looks at: many accounts, far moves, changes between.

mod world;

use cistern_engine::ids::AccountId;
use cistern_margin::Tier;
use world::{Pool, USDC};

/// So many that those which a tick judges in vain are a few of them.
const ACCOUNTS: usize = 150;

/// Ether at 2,000, everybody long of it with more or less behind it, a whale on the other side.
fn crowd() -> (Pool, Vec<AccountId>) {
    let mut pool = Pool::founded();
    let whale = pool.open();
    pool.price(2_000, 0);
    pool.deposit(whale, USDC, 1_000_000_000);
    let accounts: Vec<AccountId> = (0..ACCOUNTS).map(|_| pool.open()).collect();
    for (place, account) in (0_u128..).zip(&accounts) {
        pool.deposit(*account, USDC, 4_000 + 150 * place);
        pool.fill(*account, whale, 10, 2_000).unwrap();
    }
    (pool, accounts)
}

/// Who is below maintenance by an exact look, and is not in breach, or the other way round.
fn unseen(pool: &mut Pool, accounts: &[AccountId]) -> Vec<AccountId> {
    let is_unseen = |id: &AccountId| {
        let is_seen = pool.engine.state().account(*id).unwrap().header.breach.is_some();
        pool.engine.assess(*id, Tier::Maintenance).unwrap().free().unwrap().is_negative() != is_seen
    };
    accounts.iter().copied().filter(is_unseen).collect()
}

/// Seeded numbers: splitmix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }
}

#[test]
fn nobody_is_missed_after_a_far_move_and_a_change() {
    for seed in 0..40 {
        let mut dice = Dice(seed);
        let (mut pool, accounts) = crowd();
        let mut ether = 2_000;
        for tick in 0..16 {
            for _ in 0..dice.below(40) {
                let account = accounts[usize::try_from(dice.below(150)).unwrap()];
                pool.deposit(account, USDC, u128::from(1 + dice.below(2_000)));
            }
            // Now a step of a few per cent, now half of the price.
            let width = if dice.below(3) == 0 { 500 } else { 60 };
            ether = (ether * (1_000 - width + dice.below(2 * width)) / 1_000).clamp(200, 4_000);
            pool.price(ether, 0);
            let unseen = unseen(&mut pool, &accounts);
            assert!(unseen.is_empty(), "SEED={seed}, tick {tick} at {ether}: {unseen:?}");
        }
    }
}
