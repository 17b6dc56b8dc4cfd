//! What the pool has, and how its accounts stand.

use std::sync::atomic::Ordering;

use axum::extract::State;
use cistern_engine::{ids::AssetId, state::State as Pool};
use cistern_units::{Fraction, Ratio, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    answer::{Reply, answers},
    assets::{self, AssetClass},
    census::{self, BANDS},
    errors::Failure,
    failures::Reads,
    prices,
    shared::{App, Shared},
    wire::{
        Names,
        text::{AmountText, AssetName, FractionText, RatioText, ValueText},
    },
};

/// How much of one asset the pool has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PoolAsset {
    /// Asset.
    pub asset: AssetName,
    /// Class.
    pub class: AssetClass,
    /// Units in custody.
    pub custody: AmountText,
    /// Value of them.
    pub value: ValueText,
    /// Share of the value of everything in custody.
    pub share: FractionText,
    /// Units that accounts hold, lent to nobody.
    pub held: AmountText,
    /// Units that bids for collections have put down.
    pub escrow: AmountText,
    /// Units that lenders are owed.
    pub lent: AmountText,
    /// Units that borrowers owe.
    pub owed: AmountText,
    /// Share of what was lent that is owed.
    pub utilisation: FractionText,
}

/// Accounts in one band of health.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HealthBand {
    /// Upper end of the band; none for the last one, which has also those without a requirement.
    pub below: Option<RatioText>,
    /// Accounts with obligations in it.
    pub accounts: u64,
}

/// Liquidations that this server has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LiquidationCount {
    /// Accounts.
    pub accounts: u64,
    /// Steps.
    pub steps: u64,
}

/// The pool as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PoolRisk {
    /// Number of the last entry.
    pub height: u64,
    /// Number of the last event.
    pub seq: u64,
    /// Time of the last entry, in milliseconds.
    pub time: u64,
    /// Height of the census that the sums over accounts are from.
    pub census_height: u64,
    /// Accounts of users.
    pub accounts: u64,
    /// Those below their initial margin.
    pub at_risk: u64,
    /// Sum of the equity of accounts with obligations.
    pub equity: ValueText,
    /// Sum of their requirements at maintenance.
    pub requirement: ValueText,
    /// Value of the insurance fund.
    pub insurance_fund: ValueText,
    /// Bad debt so far.
    pub bad_debt: ValueText,
    /// Bad debt that the insurance fund paid.
    pub insured: ValueText,
    /// Bad debt that was shared.
    pub socialised: ValueText,
    /// Value of everything in custody.
    pub custody_value: ValueText,
    /// By asset.
    pub assets: Vec<PoolAsset>,
    /// Accounts with obligations by health.
    pub health_bands: Vec<HealthBand>,
    /// Liquidations so far.
    pub liquidations: LiquidationCount,
}

answers!(PoolRisk);

fn pool_asset(state: &Pool, id: AssetId, whole: Value, names: &Names) -> Option<PoolAsset> {
    let (config, pool) = (state.asset(id).ok()?, state.pool(id).ok()?);
    let value = prices::value(state, id, pool.custody);
    let share =
        value.ratio_down(whole).and_then(|ratio| u32::try_from(ratio.raw()).ok()).and_then(Fraction::new);
    let amount = |units| names.amount(id, units);
    Some(PoolAsset {
        asset: names.asset(id),
        class: config.spec.class.into(),
        custody: amount(pool.custody),
        value: value.into(),
        share: share.unwrap_or_default().into(),
        held: amount(pool.held),
        escrow: amount(pool.escrow),
        lent: amount(pool.lent),
        owed: amount(pool.owed),
        utilisation: assets::utilisation(pool).into(),
    })
}

fn bands(counts: &[u64]) -> Vec<HealthBand> {
    let ends = BANDS.iter().map(|end| Some(RatioText::from(Ratio::new(*end)))).chain([None]);
    ends.zip(counts).map(|(below, accounts)| HealthBand { below, accounts: *accounts }).collect()
}

impl Shared {
    pub(crate) fn pool(&self) -> PoolRisk {
        let census = self.records.latest();
        let liquidations = LiquidationCount {
            accounts: self.records.liquidated(),
            steps: self.records.steps.load(Ordering::Relaxed),
        };
        self.look(|sight| {
            let insurance_fund = census::insurance_fund(sight.engine);
            let state = sight.engine.state();
            let (totals, custody) = (&state.totals, census::custody_value(state));
            PoolRisk {
                height: sight.mark.height,
                seq: sight.mark.seq,
                time: sight.mark.time.as_milliseconds(),
                census_height: census.mark.height,
                accounts: census.accounts,
                at_risk: census.at_risk,
                equity: census.equity.into(),
                requirement: census.requirement.into(),
                insurance_fund: insurance_fund.into(),
                bad_debt: totals.bad_debt.into(),
                insured: totals.insured.into(),
                socialised: totals.socialised.into(),
                custody_value: custody.into(),
                assets: assets::ids(state)
                    .filter_map(|id| pool_asset(state, id, custody, &sight.names))
                    .collect(),
                health_bands: bands(&census.bands),
                liquidations,
            }
        })
    }
}

/// The pool as a whole.
#[utoipa::path(get, path = "/v1/risk/pool", operation_id = "pool", tag = "pool",
    responses((status = 200, description = "The pool.", body = PoolRisk), Reads))]
pub(crate) async fn of_http(State(app): State<App>) -> Result<Reply<PoolRisk>, Failure> {
    let shared = app.clone();
    app.work(move || Ok(Reply(shared.pool()))).await
}
