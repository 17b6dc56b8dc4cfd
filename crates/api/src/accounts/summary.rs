//! An account with a reason for each of its numbers.

use cistern_engine::{
    explain::{Explanation, LegKind, Way},
    ids::AccountId,
    rejection::Rejection,
    rows::{Account, Form},
    state::State,
};
use cistern_margin::{DecidedBy, Decomposition, End, Mode, option::VolMove};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    accounts::{
        legs::{self, Collateral, Debt, HeldItem, OpenPosition, StandingBid},
        standing::AccountStatus,
    },
    answer::answers,
    prices,
    shared::Sight,
    wire::{
        Names,
        add_on::AddOn,
        text::{
            AccountNumber, FactorName, FeedName, FractionText, OwnerText, PriceText, RatioText, SignedText,
            ValueText,
        },
    },
};

/// How an account is margined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountMode {
    /// By joint scenarios, where hedges count.
    Portfolio,
    /// By a sum that can be done by hand.
    Standard,
}

impl From<Mode> for AccountMode {
    fn from(mode: Mode) -> Self {
        if mode == Mode::Standard { Self::Standard } else { Self::Portfolio }
    }
}

/// An end of the band of loadings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScenarioEnd {
    /// Calm.
    Calm,
    /// The middle between calm and panic.
    Mid,
    /// Panic.
    Panic,
}

/// The joint scenario that costs the account most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Scenario {
    /// End of the band of loadings.
    pub end: ScenarioEnd,
    /// The common move: -1 where everything falls, 1 where it rises, 0 where neither hurts; with options a part of the range.
    pub level: SignedText,
    /// How volatilities move; none without options.
    pub vol: Option<VolChange>,
}

/// How volatilities move in a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VolChange {
    /// All fall.
    Down,
    /// None moves.
    Same,
    /// All rise.
    Up,
    /// Those of the next month rise.
    Front,
    /// Those beyond rise.
    Back,
}

/// What the requirement at maintenance is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequirementPart {
    /// There is nothing to cover.
    Nothing,
    /// The worst joint scenario.
    Joint,
    /// The floor under the largest single loss.
    Standalone,
    /// The floor under derivatives.
    GrossFloor,
    /// A tail of one factor.
    Tails,
    /// The sum of standard mode.
    Standard,
}

/// Loss in the joint scenarios, by the end of the band.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScenarioLosses {
    /// With the loadings of calm markets.
    pub calm: ValueText,
    /// Half way.
    pub mid: ValueText,
    /// With the loadings of a panic.
    pub panic: ValueText,
}

/// What a part of an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContributionKind {
    /// An asset in custody.
    Held,
    /// An asset in the lending pool.
    Lent,
    /// A debt.
    Owed,
    /// A position.
    Position,
    /// Realised profit or loss that is not settled.
    UnsettledPnl,
}

/// What one part of an account adds to the requirement at maintenance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Contribution {
    /// What it is.
    pub kind: ContributionKind,
    /// Asset or market; `pnl` for unsettled profit and loss.
    pub name: String,
    /// Signed value.
    pub value: ValueText,
    /// Share of the value that it could lose alone.
    pub haircut: FractionText,
    /// The requirement less the requirement without it; negative for a hedge.
    pub contribution: ValueText,
    /// What it would need by itself.
    pub alone: ValueText,
    /// What one more whole unit of it, in the same direction, adds to the requirement; none where others bound its credit.
    pub one_more: Option<ValueText>,
}

/// What an add-on asks of an account, as initial margin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AddOnCharge {
    /// The add-on, with its parameters.
    pub add_on: AddOn,
    /// How much.
    pub value: ValueText,
}

/// Which way a factor moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// It falls.
    Down,
    /// It rises.
    Up,
}

/// The move of one factor alone at which the account can be liquidated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LiquidationPrice {
    /// Factor.
    pub factor: FactorName,
    /// Which way.
    pub side: Side,
    /// The move, as a part of the price; none where no move does it.
    pub change: Option<SignedText>,
    /// The factor's price there; none for a basis or a peg, which has no price of its own.
    pub price: Option<PriceText>,
}

/// An account that was seen below its requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BreachState {
    /// Ticks in a row that saw it.
    pub ticks: u8,
    /// Was it said that nobody could take over?
    pub deferred: bool,
}

/// An account with a reason for each of its numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountSummary {
    /// Number of the last entry.
    pub height: u64,
    /// Number of the last event.
    pub seq: u64,
    /// Time of the last entry, in milliseconds.
    pub time: u64,
    /// Account.
    pub account: AccountNumber,
    /// Who commands it.
    pub owner: OwnerText,
    /// Which of the owner's accounts it is.
    pub sub: u8,
    /// How it is margined.
    pub mode: AccountMode,
    /// How it stands.
    pub status: AccountStatus,
    /// What would be left if everything were sold at its price and every debt paid.
    pub equity: ValueText,
    /// Value of its assets.
    pub collateral_value: ValueText,
    /// Value of its debts.
    pub debts_value: ValueText,
    /// Profit and loss that is not settled.
    pub unsettled_pnl: ValueText,
    /// Requirement for whatever adds risk.
    pub initial_margin: ValueText,
    /// Requirement below which it is liquidated.
    pub maintenance_margin: ValueText,
    /// Equity beyond the initial margin; negative where it is missing.
    pub free_collateral: ValueText,
    /// Value that may leave.
    pub withdrawable: ValueText,
    /// Requirement at maintenance over equity; none without equity.
    pub margin_ratio: Option<RatioText>,
    /// Equity over requirement at maintenance; none without a requirement.
    pub health: Option<RatioText>,
    /// Positions and debts over equity; none without equity.
    pub leverage: Option<RatioText>,
    /// The joint scenario that costs most.
    pub worst_scenario: Scenario,
    /// What the requirement at maintenance is made of.
    pub decided_by: RequirementPart,
    /// Losses in the joint scenarios.
    pub ends: ScenarioLosses,
    /// What each part adds to the requirement.
    pub contributions: Vec<Contribution>,
    /// What the parts would need one by one, together, less the requirement at maintenance.
    pub hedge_relief: ValueText,
    /// The charge for size against the depth of markets, in the requirement at maintenance.
    pub size_charge: ValueText,
    /// What each add-on asks of new risk, the charge for size aside; of what collateral loses and the charge for size the
    /// larger counts.
    pub add_ons: Vec<AddOnCharge>,
    /// What would have it liquidated; empty where it owes nothing, or can be liquidated already.
    pub liquidation_prices: Vec<LiquidationPrice>,
    /// Feeds that it depends on and that have less than full evidence now.
    pub stale_inputs: Vec<FeedName>,
    /// Height at which parameters changed last.
    pub params_version: u64,
    /// What it owns.
    pub collateral: Vec<Collateral>,
    /// What it owes.
    pub debts: Vec<Debt>,
    /// What it has open.
    pub positions: Vec<OpenPosition>,
    /// Its units of collections, each with the bid that backs it.
    pub items: Vec<HeldItem>,
    /// What it bids for units of collections.
    pub bids: Vec<StandingBid>,
    /// Is it in breach of its requirement at maintenance?
    pub breach: Option<BreachState>,
}

answers!(AccountSummary);

/// Explains an account.
pub(crate) fn summarise(
    sight: &mut Sight<'_>,
    id: AccountId,
    params_version: u64,
) -> Result<AccountSummary, Rejection> {
    let Sight { engine, mark, names } = sight;
    let explanation = engine.explain(id)?;
    let parts = legs::legs(engine, id, &explanation, names)?;
    let state = engine.state();
    let account = state.account(id)?;
    let Explanation { summary, maintenance, .. } = &explanation;
    Ok(AccountSummary {
        height: mark.height,
        seq: mark.seq,
        time: mark.time.as_milliseconds(),
        account: id.into(),
        owner: account.header.owner.into(),
        sub: account.header.sub,
        mode: account.header.mode.into(),
        status: AccountStatus::of(account, summary),
        equity: summary.equity.into(),
        collateral_value: summary.collateral_value.into(),
        debts_value: summary.debts.into(),
        unsettled_pnl: summary.unsettled.into(),
        initial_margin: summary.initial_margin.into(),
        maintenance_margin: summary.maintenance_margin.into(),
        free_collateral: summary.free_collateral.into(),
        withdrawable: summary.withdrawable.into(),
        margin_ratio: explanation.margin_ratio.map(Into::into),
        health: summary.health.map(Into::into),
        leverage: explanation.leverage.map(Into::into),
        worst_scenario: worst(maintenance),
        decided_by: decided_by(maintenance),
        ends: losses(maintenance),
        contributions: contributions(&explanation, names),
        hedge_relief: explanation.hedge_relief.into(),
        size_charge: maintenance.addon.into(),
        add_ons: add_ons(&explanation, names),
        liquidation_prices: liquidation_prices(state, &explanation, names),
        stale_inputs: explanation.stale.iter().map(|feed| names.feed(*feed)).collect(),
        params_version,
        collateral: parts.collateral,
        debts: parts.debts,
        positions: parts.positions,
        items: parts.items,
        bids: parts.bids,
        breach: breach(account),
    })
}

/// The breach of an account.
pub(crate) fn breach(account: &Account) -> Option<BreachState> {
    account.header.breach.map(|breach| BreachState { ticks: breach.ticks, deferred: breach.deferred })
}

fn worst(parts: &Decomposition) -> Scenario {
    let end = match parts.worst.end {
        End::Calm => ScenarioEnd::Calm,
        End::Mid => ScenarioEnd::Mid,
        End::Panic => ScenarioEnd::Panic,
    };
    let Some(options) = parts.worst.options else {
        return Scenario { end, level: SignedText(parts.worst.level.to_string()), vol: None };
    };
    let vol = match options.vol {
        VolMove::Down => VolChange::Down,
        VolMove::Same => VolChange::Same,
        VolMove::Up => VolChange::Up,
        VolMove::Front => VolChange::Front,
        VolMove::Back => VolChange::Back,
    };
    Scenario { end, level: SignedText(options.common().to_string()), vol: Some(vol) }
}

fn decided_by(parts: &Decomposition) -> RequirementPart {
    match parts.decided_by {
        DecidedBy::Nothing => RequirementPart::Nothing,
        DecidedBy::Joint => RequirementPart::Joint,
        DecidedBy::Standalone => RequirementPart::Standalone,
        DecidedBy::GrossFloor => RequirementPart::GrossFloor,
        DecidedBy::Tails => RequirementPart::Tails,
        DecidedBy::Standard => RequirementPart::Standard,
    }
}

fn losses(parts: &Decomposition) -> ScenarioLosses {
    let [calm, mid, panic] = parts.ends.map(|end| end.joint.into());
    ScenarioLosses { calm, mid, panic }
}

fn contributions(explanation: &Explanation, names: &Names) -> Vec<Contribution> {
    let legs = explanation.legs.iter().map(|leg| {
        let (kind, name) = match leg.kind {
            LegKind::Balance(asset, form) => {
                let kind = match form {
                    Form::Held => ContributionKind::Held,
                    Form::Lent => ContributionKind::Lent,
                    Form::Owed => ContributionKind::Owed,
                };
                (kind, names.asset(asset).0)
            }
            LegKind::Position(market) => (ContributionKind::Position, names.market(market).0),
            LegKind::Unsettled => (ContributionKind::UnsettledPnl, "pnl".to_owned()),
        };
        Contribution {
            kind,
            name,
            value: leg.value.into(),
            haircut: leg.haircut.into(),
            contribution: leg.contribution.into(),
            alone: leg.alone.into(),
            one_more: leg.one_more.map(Into::into),
        }
    });
    legs.collect()
}

fn add_ons(explanation: &Explanation, names: &Names) -> Vec<AddOnCharge> {
    let charges = explanation.add_ons.iter();
    charges
        .map(|charge| AddOnCharge {
            add_on: AddOn::encode(&charge.add_on, names),
            value: charge.value.into(),
        })
        .collect()
}

fn liquidation_prices(state: &State, explanation: &Explanation, names: &Names) -> Vec<LiquidationPrice> {
    let moves = explanation.liquidation_moves.iter().map(|found| LiquidationPrice {
        factor: names.factor(found.factor),
        side: if found.way == Way::Down { Side::Down } else { Side::Up },
        change: found.change.map(Into::into),
        price: found
            .change
            .and_then(|change| prices::of_factor_after(state, found.factor, change))
            .map(Into::into),
    });
    moves.collect()
}
