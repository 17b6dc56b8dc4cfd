//! Collections in a pool, with anybody doing anything: the books hold, events alone rebuild them, and nobody takes from the credit
//! of others.

mod world;

use cistern_engine::{
    collateral::{Kind, Nft},
    command::{Command, Founding},
    entry::Entry,
    event::Event,
    ids::{AccountId, AssetId, BidId, ItemId},
    params::Class,
    rejection::Rejection,
    state::State,
};
use cistern_margin::Tier;
use cistern_units::{Amount, Decimals, Fraction, Span, Time, Value};
use world::{Pool, USDC, founding};

const PUNK: AssetId = AssetId(1);
const COLLECTION: Nft = Nft { cap: 4, notice: Span::HOUR };
const SEEDS: u64 = 24;
const ENTRIES: usize = 250;

/// The second asset as a collection, with half of its price as range.
fn collected() -> Founding {
    let mut founding = founding();
    let spec = &mut founding.assets[1].spec;
    (spec.kind, spec.class, spec.decimals) = (Kind::Nft(COLLECTION), Class::LongTail, Decimals::default());
    founding.factors[1].1.range_down = Fraction::basis_points(5_000);
    founding
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ (mixed >> 27)) % end
    }

    fn account(&mut self) -> AccountId {
        AccountId(2 + u32::try_from(self.below(5)).unwrap())
    }

    fn dollars(&mut self, most: u64) -> Amount {
        Amount::new(u128::from(1 + self.below(most)) * 1_000_000)
    }
}

/// What somebody asks, and who may be hurt by it: whoever asks.
fn anything(dice: &mut Dice) -> (Command, Vec<AccountId>) {
    let (account, other, asset) = (dice.account(), dice.account(), PUNK);
    let item = ItemId::of(dice.below(8));
    let command = match dice.below(18) {
        0..=2 => Command::DepositItem { account, asset, item },
        3 => Command::WithdrawItem { account, asset, item },
        4 => Command::TransferItem { from: account, to: other, asset, item },
        5..=7 => {
            let count = u32::try_from(1 + dice.below(2)).unwrap();
            Command::PlaceBid { account, price: dice.dollars(1_500), count, asset }
        }
        8..=9 => {
            let bid = BidId(u32::try_from(dice.below(40)).unwrap());
            return (Command::CancelBid { account, bid }, Vec::new());
        }
        10..=13 => Command::Borrow { account, asset: USDC, amount: dice.dollars(600) },
        14..=16 => Command::Withdraw { account, asset: USDC, amount: dice.dollars(1_500) },
        _ => return (Command::Liquidate { account, liquidator: other }, Vec::new()),
    };
    (command, vec![account, other])
}

/// What each account's collateral counts for, standing and for new risk.
fn credits(pool: &mut Pool) -> Vec<[Value; 2]> {
    let accounts = u32::try_from(pool.engine.state().accounts.len()).unwrap();
    let tiers = [Tier::Maintenance, Tier::Initial];
    let of = |id| tiers.map(|tier| pool.engine.assess(AccountId(id), tier).unwrap().collateral);
    (0..accounts).map(of).collect()
}

#[test]
fn nobody_takes_from_the_credit_of_others_whatever_anybody_does() {
    let mut sales = 0;
    for seed in 0..SEEDS {
        sales += lived(seed);
    }
    assert!(sales > 0, "no bid was ever filled in {SEEDS} histories");
}

/// One history; how many units were sold.
fn lived(seed: u64) -> usize {
    let mut dice = Dice(seed);
    let mut pool = Pool::of(collected()).unwrap();
    for dollars in [3_000, 3_000, 3_000, 3_000, 20_000] {
        let account = pool.open();
        pool.deposit(account, USDC, dollars);
    }
    let amount = Amount::new(15_000_000_000);
    pool.apply(Command::Lend { account: AccountId(6), asset: USDC, amount }).unwrap();
    pool.price(1_000, 0);
    let mut shadow: State = pool.engine.state().clone();
    let mut sales = 0;
    for place in 0..ENTRIES {
        let (events, parties) = if dice.below(6) == 0 {
            pool.wait(dice.below(1_200_000));
            (pool.price(200 + dice.below(1_400), 0), None)
        } else {
            let before = credits(&mut pool);
            let (command, parties) = anything(&mut dice);
            let told = format!("SEED={seed}, entry {place}: {command:?}");
            let entry = Entry { time: Time::milliseconds(pool.now), command };
            let (is_personal, foreseen) = (!parties.is_empty(), pool.engine.preview(&entry));
            let answer = pool.apply(entry.command);
            assert_eq!(answer, foreseen, "{told}");
            let after = credits(&mut pool);
            for (id, (before, after)) in (0..).map(AccountId).zip(before.iter().zip(&after)) {
                let hurt = after.iter().zip(before).any(|(after, before)| after < before);
                assert!(
                    !is_personal || !hurt || parties.contains(&id),
                    "{told}: {id:?} had {before:?}, has {after:?}"
                );
            }
            (answer.unwrap_or_default(), Some(told))
        };
        sales += events.iter().filter(|event| matches!(event, Event::BidFilled { .. })).count();
        shadow.replay(Time::milliseconds(pool.now), &events).unwrap();
        if events.is_empty() {
            continue;
        }
        assert!(shadow == *pool.engine.state(), "SEED={seed}, entry {place}: {parties:?} is not rebuilt");
        pool.engine.recount().unwrap_or_else(|violation| panic!("SEED={seed}, entry {place}: {violation}"));
    }
    sales
}

#[test]
fn a_collection_settles_nothing() {
    let mut founding = collected();
    founding.assets.swap(0, 1);
    assert_eq!(Pool::of(founding).err(), Some(Rejection::ParameterOutOfBounds));
}
