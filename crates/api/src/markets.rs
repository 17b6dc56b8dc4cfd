//! Markets: prices, funding, expiries, and how much is open.

use axum::extract::State;
use cistern_engine::{ids::MarketId, state::State as Pool};
use cistern_units::Price;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    answer::{Page, Reply},
    errors::Failure,
    failures::Reads,
    shared::{App, Shared},
    wire::{
        Names,
        act::Product,
        text::{
            FactorName, FeedName, FundingIndexText, MarketName, PriceText, SignedText, SizeText, ValueText,
        },
    },
};

/// A market.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Market {
    /// Market.
    pub market: MarketName,
    /// Where its index price comes from.
    pub feed: FeedName,
    /// Factors that its mark price moves with.
    pub factors: Vec<FactorName>,
    /// Decimals of the smallest size.
    pub decimals: u8,
    /// What is traded.
    pub product: Product,
    /// Price of the index that it was settled at; none before.
    pub settled_price: Option<PriceText>,
    /// Price of what it is written on; none before the first.
    pub index_price: Option<PriceText>,
    /// Price at which the pool counts positions; none before the first.
    pub mark_price: Option<PriceText>,
    /// Time-weighted premium of trades over the index; of perpetuals alone.
    pub premium: SignedText,
    /// What one whole contract has paid since the beginning; of perpetuals alone.
    pub funding_index: FundingIndexText,
    /// Size of all longs, equal to that of all shorts.
    pub open_interest: SizeText,
    /// Value of it at the mark price.
    pub open_interest_value: ValueText,
    /// Most long size.
    pub open_interest_cap: SizeText,
}

impl Market {
    fn of(state: &Pool, id: MarketId, names: &Names) -> Option<Self> {
        let (config, market) = (state.market_config(id).ok()?, state.market(id).ok()?);
        let mark = state.mark_price(id);
        let value = |mark: Price| mark.notional_down(market.open_interest, config.spec.decimals).ok();
        Some(Self {
            market: names.market(id),
            feed: names.feed(config.spec.feed),
            factors: config.spec.factors.iter().map(|factor| names.factor(*factor)).collect(),
            decimals: u8::try_from(config.spec.decimals.places()).unwrap_or(u8::MAX),
            product: Product::encode(&config.spec.product, names),
            settled_price: market.settled.map(Into::into),
            index_price: state.index_price(id).map(Into::into),
            mark_price: mark.map(Into::into),
            premium: market.premium.into(),
            funding_index: market.funding_index.into(),
            open_interest: names.size(id, market.open_interest),
            open_interest_value: mark.and_then(value).unwrap_or_default().into(),
            open_interest_cap: names.size(id, config.cap),
        })
    }
}

impl Shared {
    pub(crate) fn markets(&self) -> Page<Market> {
        self.look(|sight| {
            let state = sight.engine.state();
            let ids = (0..state.config.markets.len()).filter_map(MarketId::at);
            let items = ids.filter_map(|id| Market::of(state, id, &sight.names)).collect();
            Page::whole(&sight.mark, items)
        })
    }
}

/// Markets.
#[utoipa::path(get, path = "/v1/markets", operation_id = "markets", tag = "pool",
    responses((status = 200, description = "All markets.", body = Page<Market>), Reads))]
pub(crate) async fn of_http(State(app): State<App>) -> Result<Reply<Page<Market>>, Failure> {
    let shared = app.clone();
    app.work(move || Ok(Reply(shared.markets()))).await
}
