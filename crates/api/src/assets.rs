//! Collateral assets: what they are, what they cost, and how much of each there is.

use axum::extract::State;
use cistern_engine::{ids::AssetId, params::Class, rows::AssetPool, state::State as Pool};
use cistern_units::{Fraction, wide};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    answer::{Page, Reply},
    errors::Failure,
    failures::Reads,
    shared::{App, Shared},
    wire::{
        Names,
        text::{AmountText, AssetName, FactorName, FeedName, FractionText, PriceText},
    },
};

/// Class of a collateral asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssetClass {
    /// Pegged to the unit of account.
    Stable,
    /// Deep, long-lived markets.
    BlueChip,
    /// Everything thinner.
    LongTail,
    /// A liquid-staking token.
    Lst,
}

impl From<Class> for AssetClass {
    fn from(class: Class) -> Self {
        match class {
            Class::Stable => Self::Stable,
            Class::BlueChip => Self::BlueChip,
            Class::LongTail => Self::LongTail,
            Class::Lst => Self::Lst,
        }
    }
}

/// A collateral asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Asset {
    /// Asset.
    pub asset: AssetName,
    /// Class.
    pub class: AssetClass,
    /// Decimals of the smallest unit.
    pub decimals: u8,
    /// Are profits and losses settled in it?
    pub settlement: bool,
    /// Where its price comes from; none before governance said so.
    pub feed: Option<FeedName>,
    /// Price; none before the first.
    pub price: Option<PriceText>,
    /// Factors that its price moves with.
    pub factors: Vec<FactorName>,
    /// Share of its value that counts when it stands alone, at maintenance.
    pub collateral_factor: FractionText,
    /// Units in custody.
    pub custody: AmountText,
    /// Units that accounts hold, lent to nobody.
    pub held: AmountText,
    /// Units that bids for collections have put down.
    pub escrow: AmountText,
    /// Units that lenders are owed.
    pub lent: AmountText,
    /// Units that borrowers owe.
    pub owed: AmountText,
    /// Units that can be borrowed or recalled now.
    pub liquidity: AmountText,
    /// Share of what was lent that is owed.
    pub utilisation: FractionText,
    /// Is lending halted until the loss of a debtor who cannot pay has been shared?
    pub halted: bool,
}

impl Asset {
    fn of(state: &Pool, id: AssetId, names: &Names) -> Option<Self> {
        let (config, pool) = (state.asset(id).ok()?, state.pool(id).ok()?);
        let amount = |units| names.amount(id, units);
        Some(Self {
            asset: names.asset(id),
            class: config.spec.class.into(),
            decimals: u8::try_from(config.spec.decimals.places()).unwrap_or(u8::MAX),
            settlement: state.settlement() == id,
            feed: config.feed.map(|feed| names.feed(feed)),
            price: state.asset_quote(id).map(|quote| quote.price.into()),
            factors: config.spec.factors.iter().map(|factor| names.factor(*factor)).collect(),
            collateral_factor: haircut(state, id).complement().into(),
            custody: amount(pool.custody),
            held: amount(pool.held),
            escrow: amount(pool.escrow),
            lent: amount(pool.lent),
            owed: amount(pool.owed),
            liquidity: amount(pool.liquidity()),
            utilisation: utilisation(pool).into(),
            halted: pool.impaired,
        })
    }
}

/// The haircut of an asset alone at maintenance, once a ramp that may run is over: the sum of the falls of its factors.
pub(crate) fn haircut(state: &Pool, id: AssetId) -> Fraction {
    let factors = state.asset(id).map(|config| config.spec.factors.as_slice()).unwrap_or_default();
    let falls = factors.iter().filter_map(|factor| state.config.factors.get(factor.position()));
    let sum: u64 = falls.map(|factor| u64::from(factor.spec.range_down.raw())).sum();
    u32::try_from(sum).ok().and_then(Fraction::new).unwrap_or(Fraction::ONE)
}

/// Share of what was lent that is owed, rounded up as the interest curve does.
pub(crate) fn utilisation(pool: &AssetPool) -> Fraction {
    let one = u128::from(Fraction::ONE.raw());
    let raw = wide::multiply_divide_up(pool.owed.units(), one, pool.lent.units().max(1)).unwrap_or(one);
    u32::try_from(raw).ok().and_then(Fraction::new).unwrap_or(Fraction::ONE)
}

/// Indices of all assets.
pub(crate) fn ids(state: &Pool) -> impl Iterator<Item = AssetId> + use<> {
    (0..state.config.assets.len()).filter_map(AssetId::at)
}

impl Shared {
    pub(crate) fn assets(&self) -> Page<Asset> {
        self.look(|sight| {
            let state = sight.engine.state();
            let items = ids(state).filter_map(|id| Asset::of(state, id, &sight.names)).collect();
            Page::whole(&sight.mark, items)
        })
    }
}

/// Collateral assets.
#[utoipa::path(get, path = "/v1/assets", operation_id = "assets", tag = "pool",
    responses((status = 200, description = "All assets.", body = Page<Asset>), Reads))]
pub(crate) async fn of_http(State(app): State<App>) -> Result<Reply<Page<Asset>>, Failure> {
    let shared = app.clone();
    app.work(move || Ok(Reply(shared.assets()))).await
}
