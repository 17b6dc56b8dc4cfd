//! The rules: factors, tiers, caps and their use, and what governance has scheduled.

use axum::extract::State;
use cistern_engine::{
    ids::{AssetId, MarketId},
    rows::FactorConfig,
    state::State as Pool,
};
use cistern_units::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    answer::{Reply, answers},
    assets,
    errors::Failure,
    failures::Reads,
    shared::{App, Shared},
    wire::{
        Act, Names,
        text::{ActNumber, AmountText, AssetName, FactorName, FractionText, MarketName, RatioText, SizeText},
    },
};

/// Ranges of each tier over those of maintenance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TierParams {
    /// Below it an account is liquidated: 1.
    pub maintenance: RatioText,
    /// Where a liquidation stops.
    pub target: RatioText,
    /// For whatever adds risk.
    pub initial: RatioText,
}

/// A risk factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FactorParams {
    /// Factor.
    pub factor: FactorName,
    /// Adverse fall to survive.
    pub range_down: FractionText,
    /// Adverse rise to survive.
    pub range_up: RatioText,
    /// Loading on the common factor in calm markets.
    pub loading_calm: FractionText,
    /// Loading on the common factor in panic.
    pub loading_panic: FractionText,
    /// When standing accounts feel all of the last change, in milliseconds; none where they do.
    pub ramp_ends: Option<u64>,
}

/// Caps of an asset and their use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssetParams {
    /// Asset.
    pub asset: AssetName,
    /// Share of its value that counts when it stands alone, at maintenance.
    pub collateral_factor: FractionText,
    /// Most that the pool may have in custody.
    pub deposit_cap: AmountText,
    /// Most that one account may hold.
    pub account_cap: AmountText,
    /// Units in custody.
    pub custody: AmountText,
    /// Most that may be owed.
    pub borrow_cap: AmountText,
    /// Units that are owed.
    pub owed: AmountText,
    /// Most that may leave in an hour.
    pub withdrawal_limit: AmountText,
}

/// The cap of a market and its use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MarketParams {
    /// Market.
    pub market: MarketName,
    /// Most long size.
    pub cap: SizeText,
    /// Long size.
    pub open_interest: SizeText,
}

/// An act of governance that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PendingAct {
    /// Its number.
    pub act_id: ActNumber,
    /// When it takes effect, in milliseconds.
    pub effective_at: u64,
    /// What it does.
    pub act: Act,
}

/// The rules of the pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RiskParams {
    /// Number of the last entry.
    pub height: u64,
    /// Number of the last event.
    pub seq: u64,
    /// Time of the last entry, in milliseconds.
    pub time: u64,
    /// Height at which parameters changed last.
    pub params_version: u64,
    /// Tiers.
    pub tiers: TierParams,
    /// Risk factors.
    pub factors: Vec<FactorParams>,
    /// Caps of assets.
    pub assets: Vec<AssetParams>,
    /// Caps of markets.
    pub markets: Vec<MarketParams>,
    /// What governance has scheduled.
    pub pending_acts: Vec<PendingAct>,
}

answers!(RiskParams);

fn factors(state: &Pool, now: Time, names: &Names) -> Vec<FactorParams> {
    let one = |(place, config): (usize, &FactorConfig)| {
        let ends = config.ramp_ends;
        Some(FactorParams {
            factor: names.factor(cistern_engine::ids::FactorId::at(place)?),
            range_down: config.spec.range_down.into(),
            range_up: config.spec.range_up.into(),
            loading_calm: config.spec.loading_calm.into(),
            loading_panic: config.spec.loading_panic.into(),
            ramp_ends: (ends > now).then(|| ends.as_milliseconds()),
        })
    };
    state.config.factors.iter().enumerate().filter_map(one).collect()
}

fn asset(state: &Pool, id: AssetId, names: &Names) -> Option<AssetParams> {
    let (config, pool) = (state.asset(id).ok()?, state.pool(id).ok()?);
    let amount = |units| names.amount(id, units);
    Some(AssetParams {
        asset: names.asset(id),
        collateral_factor: assets::haircut(state, id).complement().into(),
        deposit_cap: amount(config.cap_total),
        account_cap: amount(config.cap_account),
        custody: amount(pool.custody),
        borrow_cap: amount(config.cap_borrow),
        owed: amount(pool.owed),
        withdrawal_limit: amount(config.withdrawal_limit),
    })
}

fn market(state: &Pool, id: MarketId, names: &Names) -> Option<MarketParams> {
    let (config, market) = (state.market_config(id).ok()?, state.market(id).ok()?);
    Some(MarketParams {
        market: names.market(id),
        cap: names.size(id, config.cap),
        open_interest: names.size(id, market.open_interest),
    })
}

impl Shared {
    pub(crate) fn params(&self) -> RiskParams {
        let params_version = self.records.params_version();
        self.look(|sight| {
            let (state, names) = (sight.engine.state(), &sight.names);
            let margin = state.config.params.margin;
            let pending = state.config.pending.iter().map(|pending| PendingAct {
                act_id: pending.id.into(),
                effective_at: pending.effective_at.as_milliseconds(),
                act: Act::encode(&pending.act, names),
            });
            RiskParams {
                height: sight.mark.height,
                seq: sight.mark.seq,
                time: sight.mark.time.as_milliseconds(),
                params_version,
                tiers: TierParams {
                    maintenance: cistern_units::Ratio::ONE.into(),
                    target: margin.target.into(),
                    initial: margin.initial.into(),
                },
                factors: factors(state, sight.mark.time, names),
                assets: assets::ids(state).filter_map(|id| asset(state, id, names)).collect(),
                markets: (0..state.config.markets.len())
                    .filter_map(MarketId::at)
                    .filter_map(|id| market(state, id, names))
                    .collect(),
                pending_acts: pending.collect(),
            }
        })
    }
}

/// The rules of the pool.
#[utoipa::path(get, path = "/v1/risk/params", operation_id = "params", tag = "pool",
    responses((status = 200, description = "The rules.", body = RiskParams), Reads))]
pub(crate) async fn of_http(State(app): State<App>) -> Result<Reply<RiskParams>, Failure> {
    let shared = app.clone();
    app.work(move || Ok(Reply(shared.params()))).await
}
