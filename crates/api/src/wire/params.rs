//! The JSON form of the pool's parameters.

use cistern_engine::params;
use cistern_units::{Fraction, Ratio, Signed, Span, Value};

use super::{
    shape::{encoded, record, word},
    text::{FractionText, RatioText, SignedText, SpanMs, ValueText},
};

word! {
    /// Class of a collateral asset; it bounds the haircut that governance may set.
    Class = params::Class {
        /// Pegged to the unit of account.
        Stable,
        /// Deep, long-lived markets.
        BlueChip,
        /// Everything thinner.
        LongTail,
        /// A liquid-staking token.
        Lst,
    }
}

record! {
    /// How prices become one price, and when that is good enough.
    OracleParams = params::OracleParams {
        /// A report counts for this long.
        age_max: Span => SpanMs,
        /// A report may be this far ahead of the pool's clock.
        ahead_max: Span => SpanMs,
        /// Widest confidence that a report may carry, of its price.
        confidence_max: Fraction => FractionText,
        /// A group further from the median than its confidence and this band is dropped.
        deviation_band: Fraction => FractionText,
        /// Largest step of a source against its own last report.
        jump_max: Fraction => FractionText,
        /// After a feed comes back, its prices start no liquidation for this long.
        recovery_grace: Span => SpanMs,
    }
}

record! {
    /// Scale of the tiers over the maintenance ranges, and the floors of the requirement.
    MarginParams = params::MarginParams {
        /// Ranges of the liquidation target.
        target: Ratio => RatioText,
        /// Ranges of initial margin.
        initial: Ratio => RatioText,
        /// Share of the largest stand-alone loss that hedges cannot remove.
        floor_factor: Fraction => FractionText,
        /// Share of derivative notional that is always required.
        gross_floor: Fraction => FractionText,
    }
}

record! {
    /// What a liquidation costs and who gets it.
    LiquidationParams = params::LiquidationParams {
        /// Penalty on what is closed, at health 1.
        penalty_min: Fraction => FractionText,
        /// Largest penalty.
        penalty_max: Fraction => FractionText,
        /// Health at which the penalty is largest.
        health_for_penalty_max: Fraction => FractionText,
        /// The liquidator's share of the penalty.
        liquidator_share: Fraction => FractionText,
        /// A leg worth less than this is closed whole.
        dust: Value => ValueText,
        /// Ticks that an account has been in breach before the backstop acts.
        backstop_after_ticks: u8 => u8,
    }
}

record! {
    /// Mark price and funding of perpetuals.
    FundingParams = params::FundingParams {
        /// Widest premium of mark over index.
        premium_max: Fraction => FractionText,
        /// Time over which the premium averages.
        premium_window: Span => SpanMs,
        /// Interest part of the rate of eight hours.
        interest: Signed => SignedText,
        /// Largest difference between interest and premium that is passed on.
        interest_clamp: Fraction => FractionText,
        /// Largest rate an hour.
        rate_max: Fraction => FractionText,
        /// A fill may be this far from the index.
        price_band: Fraction => FractionText,
    }
}

record! {
    /// How parameters change.
    GovernanceParams = params::GovernanceParams {
        /// A loosening waits this long.
        delay: Span => SpanMs,
        /// A due act that cannot be carried out lapses after this long.
        expiry: Span => SpanMs,
        /// Existing accounts feel a wider range over this time.
        ramp: Span => SpanMs,
        /// A new oracle must be within this of the old one.
        continuity: Fraction => FractionText,
        /// New rules for a redemption rate may move a live price by no more than this.
        rate_step: Fraction => FractionText,
    }
}

record! {
    /// Interest of a lending pool as a function of its utilisation; rates a year.
    Curve = params::Curve {
        /// Rate of an unused pool.
        base: Fraction => FractionText,
        /// Added at the kink.
        slope_low: Fraction => FractionText,
        /// Added again between the kink and full use.
        slope_high: Ratio => RatioText,
        /// Utilisation from which the steep slope holds.
        kink: Fraction => FractionText,
        /// Share of the interest that goes to the insurance fund.
        reserve: Fraction => FractionText,
    }
}

record! {
    /// All parameters that belong to the pool as a whole.
    Params = params::Params {
        /// Tiers and floors.
        margin: params::MarginParams => MarginParams,
        /// Liquidation.
        liquidation: params::LiquidationParams => LiquidationParams,
        /// Funding and mark.
        funding: params::FundingParams => FundingParams,
        /// Changes of parameters.
        governance: params::GovernanceParams => GovernanceParams,
    }
}

encoded!(OracleParams = params::OracleParams);
encoded!(Curve = params::Curve);
encoded!(Params = params::Params);
