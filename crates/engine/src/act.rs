//! Acts of governance: what may be changed about a running pool, each apart.

use alloc::vec::Vec;

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::{Amount, Decimals, Fraction, Ratio, Size};

use crate::{
    ids::{AssetId, FactorId, FeedId, MarketId, Symbol},
    params::{Class, Curve, OracleParams},
};

/// Ranges and loading band of a risk factor, at the maintenance tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct FactorSpec {
    /// Adverse fall to survive over the margin period.
    pub range_down: Fraction,
    /// Adverse rise to survive over the margin period.
    pub range_up: Ratio,
    /// Loading on the common factor in calm markets.
    pub loading_calm: Fraction,
    /// Loading on the common factor in panic; not below the calm one.
    pub loading_panic: Fraction,
}

/// What an asset is when it is listed; it can do nothing until its oracle, cap and withdrawal limit follow.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct AssetSpec {
    /// Name.
    pub symbol: Symbol,
    /// Class: bounds the haircut.
    pub class: Class,
    /// Decimals of the smallest unit.
    pub decimals: Decimals,
    /// Factors that its price moves with.
    pub factors: Vec<FactorId>,
    /// Interest of its lending pool.
    pub curve: Curve,
}

/// What a perpetual market is when it is listed; its open interest is zero until a cap follows.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct MarketSpec {
    /// Name.
    pub symbol: Symbol,
    /// Feed of the index price.
    pub feed: FeedId,
    /// Factors that its mark moves with.
    pub factors: Vec<FactorId>,
    /// Decimals of the smallest size.
    pub decimals: Decimals,
}

/// A price that sources may report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct FeedSpec {
    /// Name.
    pub symbol: Symbol,
    /// Rules of aggregation.
    pub oracle: OracleParams,
}

/// A change of the pool. Listing an asset, setting its oracle, raising its cap and lifting its withdrawal limit are four
/// acts, each of which can be scheduled only after the one before has taken effect.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Act {
    /// Adds a risk factor.
    ListFactor {
        /// Name.
        symbol: Symbol,
        /// Ranges and loadings.
        spec: FactorSpec,
    },
    /// Adds a feed.
    ListFeed(FeedSpec),
    /// Adds a collateral asset, without oracle, caps or withdrawals.
    ListAsset(AssetSpec),
    /// Binds an asset to a feed that has full validity; the new price must be near the old one.
    SetOracle {
        /// Asset.
        asset: AssetId,
        /// Feed.
        feed: FeedId,
    },
    /// Caps deposits of an asset.
    SetDepositCap {
        /// Asset.
        asset: AssetId,
        /// Most that one account may hold.
        per_account: Amount,
        /// Most that the pool may have in custody.
        total: Amount,
    },
    /// Caps what may be borrowed of an asset.
    SetBorrowCap {
        /// Asset.
        asset: AssetId,
        /// Most that all accounts together may owe.
        cap: Amount,
    },
    /// Limits what may leave the pool of an asset within an hour.
    SetWithdrawalLimit {
        /// Asset.
        asset: AssetId,
        /// Most that may leave in an hour.
        per_hour: Amount,
    },
    /// Changes ranges and loadings of a factor.
    SetFactor {
        /// Factor.
        factor: FactorId,
        /// Ranges and loadings.
        spec: FactorSpec,
    },
    /// Changes the interest of a lending pool.
    SetCurve {
        /// Asset.
        asset: AssetId,
        /// Curve.
        curve: Curve,
    },
    /// Adds a perpetual market, with no open interest allowed.
    ListMarket(MarketSpec),
    /// Caps the open interest of a market.
    SetOpenInterestCap {
        /// Market.
        market: MarketId,
        /// Most long (and so most short) size.
        cap: Size,
    },
}
