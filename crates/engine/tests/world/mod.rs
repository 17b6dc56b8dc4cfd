//! A small pool for the worked numbers: a dollar without range, ether with a range of 15 % that moves as one.
#![allow(dead_code, reason = "shared by several test files, each of which uses a part")]

use cistern_engine::{
    Engine,
    act::{AssetSpec, FactorSpec, FeedSpec, MarketSpec, Product},
    collateral::Kind,
    command::{Command, Founding, FoundingAsset, PriceReport},
    entry::Entry,
    event::Event,
    ids::{AccountId, AssetId, FactorId, FeedId, MarketId, Owner, SourceId, Symbol},
    params::{Class, Curve, OracleParams, Params},
    rejection::Rejection,
};
use cistern_units::{Amount, Decimals, Fraction, Price, Signed, Size, Span, Time};

pub(crate) const USDC: AssetId = AssetId(0);
pub(crate) const ETH: AssetId = AssetId(1);
pub(crate) const ETH_PERP: MarketId = MarketId(0);

pub(crate) struct Pool {
    pub(crate) engine: Engine,
    pub(crate) now: u64,
    owners: u8,
}

fn symbol(text: &str) -> Symbol {
    Symbol::new(text).unwrap()
}

pub(crate) fn founding() -> Founding {
    // Without interest and premium no funding blurs the numbers.
    let mut params = Params::default();
    params.funding.interest = Signed::ZERO;
    let factor = |range| FactorSpec {
        range_down: Fraction::basis_points(range),
        range_up: Fraction::basis_points(range).into(),
        loading_calm: Fraction::ONE,
        loading_panic: Fraction::ONE,
        impact: None,
    };
    let oracle = OracleParams {
        age_max: Span::DAY,
        jump_max: Fraction::ONE,
        recovery_grace: Span::ZERO,
        ..OracleParams::default()
    };
    let asset = |name, class, decimals, id| FoundingAsset {
        spec: AssetSpec {
            symbol: symbol(name),
            kind: Kind::Token,
            class,
            decimals: Decimals::new(decimals).unwrap(),
            factors: vec![FactorId(id)],
            curve: Curve::default(),
        },
        feed: FeedId(id),
        cap_account: Amount::new(1 << 98),
        cap_total: Amount::new(1 << 98),
        cap_borrow: Amount::new(1 << 98),
        withdrawal_limit: Amount::new(1 << 98),
    };
    let market = MarketSpec {
        symbol: symbol("ETH-PERP"),
        feed: FeedId(1),
        factors: vec![FactorId(1)],
        decimals: Decimals::new(4).unwrap(),
        product: Product::Perp,
    };
    Founding {
        params,
        sources: [("alpha", 0), ("beta", 1), ("gamma", 2)]
            .map(|(name, group)| (symbol(name), group))
            .to_vec(),
        factors: vec![(symbol("USDC"), factor(0)), (symbol("ETH"), factor(1_500))],
        feeds: ["USDC", "ETH"].map(|name| FeedSpec { symbol: symbol(name), oracle }).to_vec(),
        assets: vec![asset("USDC", Class::Stable, 6, 0), asset("ETH", Class::BlueChip, 18, 1)],
        markets: vec![(market, Size::new(1 << 50))],
        ..Founding::default()
    }
}

impl Pool {
    pub(crate) fn founded() -> Self {
        Self::of(founding()).unwrap()
    }

    pub(crate) fn of(founding: Founding) -> Result<Self, Rejection> {
        let mut pool = Self { engine: Engine::new(), now: 1_700_000_000_000, owners: 0 };
        pool.apply(Command::Found { founding: Box::new(founding) })?;
        Ok(pool)
    }

    pub(crate) fn apply(&mut self, command: Command) -> Result<Vec<Event>, Rejection> {
        let entry = Entry { time: Time::milliseconds(self.now), command };
        let result = self.engine.apply(&entry).map(<[_]>::to_vec);
        self.engine.check().unwrap();
        result
    }

    pub(crate) fn open(&mut self) -> AccountId {
        self.owners += 1;
        let owner = Owner([self.owners; 20]);
        self.apply(Command::OpenAccount { owner, sub: 0 }).unwrap();
        self.engine.state().account_of(owner, 0).unwrap()
    }

    pub(crate) fn wait(&mut self, ms: u64) {
        self.now += ms;
    }

    /// A tick: the dollar at 1, ether at a whole number of dollars with a confidence, by all three sources.
    pub(crate) fn price(&mut self, ether: u64, confidence: u64) -> Vec<Event> {
        self.now += 1;
        let published_at = Time::milliseconds(self.now);
        let whole = |dollars: u64| u128::from(dollars) * Price::ONE.raw();
        let reports =
            [(0, 1, 0), (1, ether, confidence)].into_iter().flat_map(|(feed, price, confidence)| {
                (0..3).map(move |source| PriceReport {
                    feed: FeedId(feed),
                    source: SourceId(source),
                    price: Price::new(whole(price)).unwrap(),
                    confidence: whole(confidence),
                    published_at,
                })
            });
        self.apply(Command::Tick { reports: reports.collect() }).unwrap()
    }

    pub(crate) fn units(&self, asset: AssetId, whole: u128) -> Amount {
        let decimals = self.engine.state().asset(asset).unwrap().spec.decimals.places();
        Amount::new(whole * 10_u128.pow(u32::try_from(decimals).unwrap()))
    }

    pub(crate) fn deposit(&mut self, account: AccountId, asset: AssetId, whole: u128) {
        let amount = self.units(asset, whole);
        self.apply(Command::Deposit { account, asset, amount }).unwrap();
    }

    pub(crate) fn held(&self, account: AccountId, asset: AssetId) -> Amount {
        self.engine.state().account(account).unwrap().held(asset)
    }

    /// A fill of whole contracts.
    pub(crate) fn fill(
        &mut self,
        buyer: AccountId,
        seller: AccountId,
        whole: i64,
        price: u64,
    ) -> Result<Vec<Event>, Rejection> {
        self.apply_fill(buyer, seller, whole * 10_000, price)
    }

    /// A fill of smallest sizes: a ten-thousandth of a contract.
    pub(crate) fn apply_fill(
        &mut self,
        buyer: AccountId,
        seller: AccountId,
        raw: i64,
        price: u64,
    ) -> Result<Vec<Event>, Rejection> {
        let price = Price::new(u128::from(price) * Price::ONE.raw()).unwrap();
        self.apply(Command::Fill { buyer, seller, market: ETH_PERP, size: Size::new(raw), price })
    }
}
