//! Prices, and how much evidence stands behind each.

use axum::extract::State;
use cistern_engine::{
    ids::FeedId,
    rows::{Report, Validity as Evidence},
    state::State as Pool,
};
use cistern_units::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    answer::{Page, Reply},
    errors::Failure,
    failures::Reads,
    shared::{App, Shared},
    wire::{
        Names,
        text::{FeedName, PriceText, SourceName, UncertaintyText},
    },
};

/// How much evidence stands behind a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PriceValidity {
    /// Three groups or more: everything may be done.
    Full,
    /// Two groups that agree: no new debt.
    Reduced,
    /// Two groups that disagree: no new debt, no liquidation.
    Disputed,
    /// One live group or none, or too old: only reducing.
    Frozen,
}

/// What one source said last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourcePrice {
    /// Source.
    pub source: SourceName,
    /// Operator group: all sources of one group have one vote.
    pub group: u8,
    /// Price.
    pub price: PriceText,
    /// Half width of the source's own confidence interval.
    pub confidence: UncertaintyText,
    /// When it was published, in milliseconds.
    pub published_at: u64,
}

/// The price of a feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FeedPrice {
    /// Feed.
    pub feed: FeedName,
    /// Median over operator groups; none before the first.
    pub price: Option<PriceText>,
    /// By how much it may be wrong.
    pub uncertainty: Option<UncertaintyText>,
    /// The price that follows slowly, at the worse of which new risk is measured.
    pub stable_price: Option<PriceText>,
    /// How much evidence stands behind it.
    pub validity: PriceValidity,
    /// Milliseconds between the price and the last entry; none before the first.
    pub age_ms: Option<u64>,
    /// What each source said last.
    pub sources: Vec<SourcePrice>,
}

impl FeedPrice {
    fn of(state: &Pool, id: FeedId, now: Time, names: &Names) -> Option<Self> {
        let (feed, config) = (state.feed(id).ok()?, state.config.feeds.get(id.position())?);
        let age = feed.quote.map(|quote| now.since(quote.at));
        let fresh = age.is_some_and(|age| age <= config.spec.oracle.age_max);
        Some(Self {
            feed: names.feed(id),
            price: feed.quote.map(|quote| quote.price.into()),
            uncertainty: feed.quote.map(|quote| quote.uncertainty.into()),
            stable_price: feed.stable.map(|stable| stable.price.into()),
            validity: match feed.validity {
                _ if !fresh => PriceValidity::Frozen,
                Evidence::Full => PriceValidity::Full,
                Evidence::Reduced => PriceValidity::Reduced,
                Evidence::Disputed => PriceValidity::Disputed,
                Evidence::Frozen => PriceValidity::Frozen,
            },
            age_ms: age.map(|age| age.as_milliseconds()),
            sources: feed.reports.iter().map(|report| said(state, report, names)).collect(),
        })
    }
}

fn said(state: &Pool, report: &Report, names: &Names) -> SourcePrice {
    SourcePrice {
        source: names.source(report.source),
        group: state.config.sources.get(report.source.position()).map_or(0, |source| source.group),
        price: report.price.into(),
        confidence: report.confidence.into(),
        published_at: report.published_at.as_milliseconds(),
    }
}

impl Shared {
    pub(crate) fn prices(&self) -> Page<FeedPrice> {
        self.look(|sight| {
            let (state, now) = (sight.engine.state(), sight.mark.time);
            let ids = (0..state.config.feeds.len()).filter_map(FeedId::at);
            let items = ids.filter_map(|id| FeedPrice::of(state, id, now, &sight.names)).collect();
            Page::whole(&sight.mark, items)
        })
    }
}

/// Prices, and how much evidence stands behind each.
#[utoipa::path(get, path = "/v1/oracle/prices", operation_id = "prices", tag = "pool",
    responses((status = 200, description = "All feeds.", body = Page<FeedPrice>), Reads))]
pub(crate) async fn of_http(State(app): State<App>) -> Result<Reply<Page<FeedPrice>>, Failure> {
    let shared = app.clone();
    app.work(move || Ok(Reply(shared.prices()))).await
}
