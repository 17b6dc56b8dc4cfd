//! How an account stands: the numbers that an owner wants to know first.

use cistern_engine::{rows::Account, valuation::Summary};
use cistern_units::{Ratio, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire::text::{RatioText, ValueText};

/// How an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// It is covered at the initial tier.
    Healthy,
    /// Nothing can be added to it, and its owner should act: free collateral is below zero.
    MarginCall,
    /// Equity is below the requirement at maintenance.
    Liquidatable,
    /// It owes more than it has.
    Bankrupt,
}

impl AccountStatus {
    pub(crate) fn of(account: &Account, summary: &Summary) -> Self {
        if account.has_obligations() { Self::of_numbers(summary) } else { Self::Healthy }
    }

    /// How an account with these numbers stands. Without obligations it cannot lose more than it has, so that its
    /// numbers alone say that it is healthy.
    fn of_numbers(summary: &Summary) -> Self {
        if summary.equity.is_negative() {
            Self::Bankrupt
        } else if summary.equity < summary.maintenance_margin {
            Self::Liquidatable
        } else if summary.free_collateral.is_negative() {
            Self::MarginCall
        } else {
            Self::Healthy
        }
    }
}

/// Requirement at maintenance over equity, rounded up; none without equity.
pub(crate) fn margin_ratio(equity: Value, maintenance: Value) -> Option<Ratio> {
    maintenance.ratio_up(equity)
}

/// An account's numbers without their reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MarginSummary {
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
}

impl MarginSummary {
    pub(crate) fn of(summary: &Summary) -> Self {
        Self {
            status: AccountStatus::of_numbers(summary),
            equity: summary.equity.into(),
            collateral_value: summary.collateral_value.into(),
            debts_value: summary.debts.into(),
            unsettled_pnl: summary.unsettled.into(),
            initial_margin: summary.initial_margin.into(),
            maintenance_margin: summary.maintenance_margin.into(),
            free_collateral: summary.free_collateral.into(),
            withdrawable: summary.withdrawable.into(),
            margin_ratio: margin_ratio(summary.equity, summary.maintenance_margin).map(Into::into),
            health: summary.health.map(Into::into),
        }
    }
}
