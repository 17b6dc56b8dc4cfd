//! Acts of governance: what may be changed about a running pool, each apart.

use alloc::vec::Vec;

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_attest::{FeedKey, Network, SetId, SignerSet};
use cistern_units::{Amount, Decimals, Fraction, Price, Ratio, Size, Span, Time, Value};

use crate::{
    addon::AddOn,
    collateral::Kind,
    ids::{AssetId, FactorId, FeedId, MarketId, Owner, SourceId, Symbol},
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
    /// What its market takes; none: it takes any size for free.
    pub impact: Option<Impact>,
}

/// How much the market of a factor takes, and what more costs [M5].
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Impact {
    /// Value that the market absorbs; above zero.
    pub depth: Value,
    /// The part of its value that a trade as large as the depth costs.
    pub lambda: Ratio,
}

impl Impact {
    /// Does the new one charge nobody less?
    pub(crate) fn is_stricter(new: Option<Self>, old: Option<Self>) -> bool {
        match (new, old) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(new), Some(old)) => new.depth <= old.depth && new.lambda >= old.lambda,
        }
    }

    /// What charges no more than either.
    pub(crate) fn milder(self, other: Self) -> Self {
        Self { depth: self.depth.max(other.depth), lambda: self.lambda.min(other.lambda) }
    }
}

/// What an asset is when it is listed; it can do nothing until its oracle, cap and withdrawal limit follow.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct AssetSpec {
    /// Name.
    pub symbol: Symbol,
    /// What it is as collateral.
    pub kind: Kind,
    /// Class: bounds the haircut.
    pub class: Class,
    /// Decimals of the smallest unit.
    pub decimals: Decimals,
    /// Factors that its price moves with.
    pub factors: Vec<FactorId>,
    /// Interest of its lending pool.
    pub curve: Curve,
}

/// What a market trades: a closed list, and what each kind does is in its file in `product/`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Product {
    /// Without an end; funding keeps its price near the index.
    #[default]
    Perp,
    /// Settled in cash at its expiry.
    Future {
        /// When it is settled.
        expiry: Time,
        /// Feed of the price for that moment, which is its mark; it may be the index.
        forward: FeedId,
    },
    /// A European option, settled in cash at its expiry.
    Option {
        /// When it is settled.
        expiry: Time,
        /// Feed of the price for that moment; it may be the index.
        forward: FeedId,
        /// Above or below which price it pays.
        strike: Price,
        /// Which of the two.
        style: Style,
    },
}

/// Which of the two an option is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub enum Style {
    /// It pays what the index is worth above the strike.
    Call,
    /// It pays what the index is worth below the strike.
    Put,
}

impl From<Style> for cistern_margin::option::Style {
    fn from(style: Style) -> Self {
        match style {
            Style::Call => Self::Call,
            Style::Put => Self::Put,
        }
    }
}

/// Implied volatilities of an expiry, a year, by how far a strike is from the forward [E2]: in deviations, which are
/// `volatility at the money x root of the time left`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Smile {
    /// Two deviations below the forward, and further.
    pub far_down: Ratio,
    /// One deviation below.
    pub down: Ratio,
    /// At the forward.
    pub money: Ratio,
    /// One deviation above.
    pub up: Ratio,
    /// Two deviations above, and further.
    pub far_up: Ratio,
}

impl Smile {
    /// Names of its points, from the lowest strike up.
    pub const POINTS: [&'static str; 5] = ["far_down", "down", "money", "up", "far_up"];
    /// Lowest volatility that is believed. 1 %: a tenth of a quiet stablecoin pair.
    pub const VOL_MIN: Ratio = Ratio::new(10_000_000);
    /// Highest volatility that is believed. 500 %: above any mark of a major's options, below a slip of a unit.
    pub const VOL_MAX: Ratio = Ratio::new(5_000_000_000);

    /// Its points, from the lowest strike up.
    #[must_use]
    pub const fn points(&self) -> [Ratio; 5] {
        [self.far_down, self.down, self.money, self.up, self.far_up]
    }

    /// The first point that cannot be a volatility, by its name.
    #[must_use]
    pub fn unsound(&self) -> Option<&'static str> {
        let sound = |vol: Ratio| (Self::VOL_MIN..=Self::VOL_MAX).contains(&vol);
        let place = self.points().into_iter().position(|vol| !sound(vol))?;
        Self::POINTS.get(place).copied()
    }
}

impl Product {
    /// When it is settled; never, for one without an end.
    #[must_use]
    pub const fn expiry(&self) -> Option<Time> {
        match self {
            Self::Perp => None,
            Self::Future { expiry, .. } | Self::Option { expiry, .. } => Some(*expiry),
        }
    }

    /// The feed of the price for its expiry.
    #[must_use]
    pub const fn forward(&self) -> Option<FeedId> {
        match self {
            Self::Perp => None,
            Self::Future { forward, .. } | Self::Option { forward, .. } => Some(*forward),
        }
    }
}

/// What a market is when it is listed; its open interest is zero until a cap follows.
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
    /// What is traded.
    pub product: Product,
}

impl MarketSpec {
    /// The feed of its mark: of the price for its expiry, or the index where it has none.
    #[must_use]
    pub fn forward(&self) -> FeedId {
        self.product.forward().unwrap_or(self.feed)
    }
}

/// A price that sources may report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct FeedSpec {
    /// Name.
    pub symbol: Symbol,
    /// Rules of aggregation.
    pub oracle: OracleParams,
}

/// What an observation of a bound feed says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Subject {
    /// The price of the feed.
    Price,
    /// The redemption rate of the feed's asset, in units of its underlying.
    Rate,
}

/// Which feed of a network is whose price: an observation counts for what it is bound to and for nothing else. A source
/// with a binding reports by evidence alone; in a pool with bindings all others together are one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Binding {
    /// Network.
    pub network: Network,
    /// The set that must have signed, where the network's sets are services and not generations; else zero.
    pub set: SetId,
    /// What the network calls the feed.
    pub key: FeedKey,
    /// Source that it speaks as.
    pub source: SourceId,
    /// Feed that it reports.
    pub feed: FeedId,
    /// What it says about it.
    pub subject: Subject,
    /// Exponent of its prices: it must be the one that is signed, and where none is signed it is the one.
    pub exponent: i32,
    /// Lowest value that the source can report; at it, it says nothing.
    pub floor: Price,
    /// Highest value that the source can report; at it, it says nothing.
    pub ceiling: Price,
}

/// How the redemption rate of an asset makes its price [O4].
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct RateSpec {
    /// Feed of what the asset is redeemed for.
    pub underlying: FeedId,
    /// Fastest growth of the rate, a year; what is beyond does not count yet.
    pub growth_max: Fraction,
    /// Deepest fall that counts at once; a deeper one freezes the asset until it is confirmed.
    pub fall_max: Fraction,
    /// A rate counts for this long.
    pub age_max: Span,
    /// A market price further below redemption than this is a discount.
    pub discount_band: Fraction,
    /// A discount, and a deep fall of the rate, count for liquidations once they have lasted so long.
    pub patience: Span,
}

impl RateSpec {
    /// Is every share below the whole, and does patience take time?
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.growth_max <= Fraction::ONE
            && self.fall_max < Fraction::ONE
            && self.discount_band < Fraction::ONE
            && !self.age_max.is_zero()
            && !self.patience.is_zero()
    }
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
    /// Admits a signer set of a network.
    AdmitSigners(SignerSet),
    /// Ends a signer set.
    RetireSigners {
        /// Network.
        network: Network,
        /// Set.
        set: SetId,
    },
    /// Binds a feed of a network to a feed of the pool.
    BindFeed(Binding),
    /// Takes a binding back.
    UnbindFeed {
        /// Network.
        network: Network,
        /// What the network calls the feed.
        key: FeedKey,
        /// Feed that it reports.
        feed: FeedId,
    },
    /// Has a redemption rate make the price of a feed.
    SetRate {
        /// Feed.
        feed: FeedId,
        /// How.
        spec: RateSpec,
    },
    /// Lets somebody hold a claim.
    AllowHolder {
        /// Asset.
        asset: AssetId,
        /// Who.
        owner: Owner,
    },
    /// Lets somebody take no more of a claim.
    RemoveHolder {
        /// Asset.
        asset: AssetId,
        /// Who.
        owner: Owner,
    },
    /// Sets an add-on, in place of one of its kind about the same.
    SetAddOn(AddOn),
    /// Removes the add-on of this kind about the same.
    RemoveAddOn(AddOn),
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
    /// Adds a market, with no open interest allowed.
    ListMarket(MarketSpec),
    /// Caps the open interest of a market.
    SetOpenInterestCap {
        /// Market.
        market: MarketId,
        /// Most long (and so most short) size.
        cap: Size,
    },
}
