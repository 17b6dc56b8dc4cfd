//! The pool's parameters: one struct a topic; each field with its unit, its range and where its default comes from.

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::{Fraction, Ratio, Signed, Span, Value};

/// Class of a collateral asset; it bounds the haircut that governance may set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub enum Class {
    /// Pegged to the unit of account.
    Stable,
    /// Deep, long-lived markets: BTC, ETH.
    BlueChip,
    /// Everything thinner.
    LongTail,
    /// A liquid-staking token: its underlying's factor and the basis to it.
    Lst,
}

impl Class {
    /// All classes.
    pub const ALL: [Self; 4] = [Self::Stable, Self::BlueChip, Self::LongTail, Self::Lst];

    /// Least and largest haircut of the class: MODEL section 2 for the first three; an LST carries a blue chip's range
    /// and a basis of up to ten points.
    #[must_use]
    pub const fn haircut_bounds(self) -> (Fraction, Fraction) {
        let (least, most) = match self {
            Self::Stable => (0, 500),
            Self::BlueChip => (1_000, 2_500),
            Self::LongTail => (3_000, 6_000),
            Self::Lst => (1_000, 3_500),
        };
        (Fraction::basis_points(least), Fraction::basis_points(most))
    }
}

/// How prices become one price [O1] and when that is good enough [O5].
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct OracleParams {
    /// A report counts for this long. 60 s: Drift's margin staleness of 120 slots.
    pub age_max: Span,
    /// A report may be this far ahead of the pool's clock. 5 s: clock skew between honest hosts.
    pub ahead_max: Span,
    /// Widest confidence that a report may carry, of its price. 2 %: Drift.
    pub confidence_max: Fraction,
    /// A group further from the median than its confidence and this band is dropped. 3 %: between Derive's and Paradex's bands.
    pub deviation_band: Fraction,
    /// Largest step of a source against its own last report; a larger one counts when the next report confirms it. 25 %:
    /// above any 60 s move of a major in the data, below a unit slip.
    pub jump_max: Fraction,
    /// After a feed comes back, its prices start no liquidation for this long. 60 s.
    pub recovery_grace: Span,
}

impl Default for OracleParams {
    fn default() -> Self {
        Self {
            age_max: Span::seconds(60),
            ahead_max: Span::seconds(5),
            confidence_max: Fraction::basis_points(200),
            deviation_band: Fraction::basis_points(300),
            jump_max: Fraction::basis_points(2_500),
            recovery_grace: Span::seconds(60),
        }
    }
}

/// Scale of the tiers over the maintenance ranges, and the floors of the requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct MarginParams {
    /// Ranges of the liquidation target, at least 1. 1.10.
    pub target: Ratio,
    /// Ranges of initial margin, at least the target's. 1.25: MODEL section 2.
    pub initial: Ratio,
    /// Share of the largest stand-alone loss that hedges cannot remove [M4]. 0.8.
    pub floor_factor: Fraction,
    /// Share of derivative notional that is always required [M4b]. 1 %.
    pub gross_floor: Fraction,
}

impl Default for MarginParams {
    fn default() -> Self {
        Self {
            target: Ratio::new(1_100_000_000),
            initial: Ratio::new(1_250_000_000),
            floor_factor: Fraction::basis_points(8_000),
            gross_floor: Fraction::basis_points(100),
        }
    }
}

/// What a liquidation costs and who gets it [L2].
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct LiquidationParams {
    /// Penalty on what is closed, at health 1. 0.5 %: Euler and Aave V4 start near nothing.
    pub penalty_min: Fraction,
    /// Penalty at and below [`Self::health_for_penalty_max`]. 5 %: Aave v3's WETH bonus.
    pub penalty_max: Fraction,
    /// Health at which the penalty is largest; below 1. 0.8.
    pub health_for_penalty_max: Fraction,
    /// The liquidator's share of the penalty, the rest goes to the insurance fund. One half: Mars, Vertex.
    pub liquidator_share: Fraction,
    /// A leg worth less than this is closed whole. $10.
    pub dust: Value,
    /// Ticks that an account has been in breach before the backstop acts; liquidators may act one tick earlier. 3.
    pub backstop_after_ticks: u8,
}

impl Default for LiquidationParams {
    fn default() -> Self {
        Self {
            penalty_min: Fraction::basis_points(50),
            penalty_max: Fraction::basis_points(500),
            health_for_penalty_max: Fraction::basis_points(8_000),
            liquidator_share: Fraction::basis_points(5_000),
            dust: Value::dollars(10),
            backstop_after_ticks: 3,
        }
    }
}

/// Mark price [F1] and funding [F2] of perpetuals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct FundingParams {
    /// Widest premium of mark over index. 0.5 %: Lighter.
    pub premium_max: Fraction,
    /// Time over which the premium averages. 8 min: Lighter.
    pub premium_window: Span,
    /// Interest part of the rate of eight hours. 0.01 %: Binance, Hyperliquid.
    pub interest: Signed,
    /// Largest difference between interest and premium that is passed on, of eight hours. 0.05 %: Hyperliquid.
    pub interest_clamp: Fraction,
    /// Largest rate an hour. 4 %: Hyperliquid.
    pub rate_max: Fraction,
    /// A fill may be this far from the index. 5 %: Paradex's band.
    pub price_band: Fraction,
}

impl Default for FundingParams {
    fn default() -> Self {
        Self {
            premium_max: Fraction::basis_points(50),
            premium_window: Span::seconds(480),
            interest: Signed::new(100_000),
            interest_clamp: Fraction::basis_points(5),
            rate_max: Fraction::basis_points(400),
            price_band: Fraction::basis_points(500),
        }
    }
}

/// How parameters change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct GovernanceParams {
    /// A loosening waits this long. 48 h: the field's usual timelock.
    pub delay: Span,
    /// A due act that cannot be carried out lapses after this long. 24 h.
    pub expiry: Span,
    /// Existing accounts feel a wider range over this time. 24 h; Euler ramps over 30 days, a risk range cannot wait as long.
    pub ramp: Span,
    /// A new oracle must be within this of the old one. 20 %: INCIDENTS inv-O4.
    pub continuity: Fraction,
    /// New rules for a redemption rate may move a live price by no more than this. 0.5 %: a sixth of what cost Aave's
    /// borrowers 512 ETH.
    pub rate_step: Fraction,
}

impl Default for GovernanceParams {
    fn default() -> Self {
        Self {
            delay: Span::milliseconds(172_800_000),
            expiry: Span::DAY,
            ramp: Span::DAY,
            continuity: Fraction::basis_points(2_000),
            rate_step: Fraction::basis_points(50),
        }
    }
}

/// Interest of a lending pool as a function of its utilisation [I1]; rates a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Curve {
    /// Rate of an unused pool.
    pub base: Fraction,
    /// Added at the kink.
    pub slope_low: Fraction,
    /// Added again between the kink and full use; may exceed the whole, so a ratio.
    pub slope_high: Ratio,
    /// Utilisation from which the steep slope holds; strictly between 0 and 1.
    pub kink: Fraction,
    /// Share of the interest that goes to the insurance fund.
    pub reserve: Fraction,
}

impl Default for Curve {
    /// Hyperliquid's published curve: 5 % to a kink at 80 %, then 4.75 over the last fifth, 10 % kept.
    fn default() -> Self {
        Self {
            base: Fraction::basis_points(0),
            slope_low: Fraction::basis_points(500),
            slope_high: Ratio::new(950_000_000),
            kink: Fraction::basis_points(8_000),
            reserve: Fraction::basis_points(1_000),
        }
    }
}

/// All parameters that belong to the pool as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Params {
    /// Tiers and floors.
    pub margin: MarginParams,
    /// Liquidation.
    pub liquidation: LiquidationParams,
    /// Funding and mark.
    pub funding: FundingParams,
    /// Changes of parameters.
    pub governance: GovernanceParams,
}

impl Params {
    /// Are they consistent? `false` names no field: the loader that reads a file checks field by field.
    #[must_use]
    pub fn are_sound(&self) -> bool {
        let margin = self.margin.target >= Ratio::ONE
            && self.margin.initial >= self.margin.target
            && self.margin.initial.raw() <= Ratio::ONE.raw().saturating_mul(4);
        let liquidation = self.liquidation.penalty_min <= self.liquidation.penalty_max
            && self.liquidation.health_for_penalty_max < Fraction::ONE
            && self.liquidation.backstop_after_ticks >= 2
            && !self.liquidation.dust.is_negative();
        margin && liquidation && !self.funding.premium_window.is_zero() && !self.governance.delay.is_zero()
    }
}

impl Curve {
    /// Is the kink strictly inside?
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.kink > Fraction::ZERO && self.kink < Fraction::ONE
    }
}
