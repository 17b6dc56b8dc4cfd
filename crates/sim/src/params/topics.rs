use std::collections::BTreeMap;

use cistern_engine::{
    act::{FactorSpec, Impact},
    ids::Symbol,
    params::{Curve, FundingParams, GovernanceParams, LiquidationParams, MarginParams, OracleParams, Params},
};
use cistern_margin::{Band, Depth, Range};
use cistern_units::{Fraction, Ratio};

use super::{Fault, section::Section};

/// Interest curves by name.
pub(super) type Curves = BTreeMap<String, Curve>;

pub(super) fn params(file: &mut Section) -> Result<Params, Fault> {
    Ok(Params {
        margin: margin(file.section("margin")?)?,
        liquidation: liquidation(file.section("liquidation")?)?,
        funding: funding(file.section("funding")?)?,
        governance: governance(file.section("governance")?)?,
    })
}

fn margin(mut from: Section) -> Result<MarginParams, Fault> {
    let margin = MarginParams {
        target: from.ratio("target")?,
        initial: from.ratio("initial")?,
        floor_factor: from.fraction("floor_factor")?,
        gross_floor: from.fraction("gross_floor")?,
    };
    if margin.target < Ratio::ONE {
        return Err(Fault::rule(
            from.path("target"),
            "must be at least 1: a liquidation ends above maintenance",
        ));
    }
    if margin.initial < margin.target {
        return Err(Fault::rule(from.path("initial"), "must be at least the target's: raise it"));
    }
    from.finish()?;
    Ok(margin)
}

fn liquidation(mut from: Section) -> Result<LiquidationParams, Fault> {
    let liquidation = LiquidationParams {
        penalty_min: from.fraction("penalty_min")?,
        penalty_max: from.fraction("penalty_max")?,
        health_for_penalty_max: from.fraction("health_for_penalty_max")?,
        liquidator_share: from.fraction("liquidator_share")?,
        dust: from.value("dust")?,
        backstop_after_ticks: from.whole("backstop_after_ticks")?,
    };
    if liquidation.penalty_max < liquidation.penalty_min {
        return Err(Fault::rule(from.path("penalty_max"), "must be at least penalty_min: raise it"));
    }
    if liquidation.health_for_penalty_max == Fraction::ONE {
        return Err(Fault::rule(from.path("health_for_penalty_max"), "must be below 1: lower it"));
    }
    if liquidation.backstop_after_ticks < 2 {
        return Err(Fault::rule(
            from.path("backstop_after_ticks"),
            "must be 2 or more: one tick proves nothing",
        ));
    }
    from.finish()?;
    Ok(liquidation)
}

fn funding(mut from: Section) -> Result<FundingParams, Fault> {
    let funding = FundingParams {
        premium_max: from.fraction("premium_max")?,
        premium_window: from.seconds("premium_window_seconds")?,
        interest: from.signed("interest")?,
        interest_clamp: from.fraction("interest_clamp")?,
        rate_max: from.fraction("rate_max")?,
        price_band: from.fraction("price_band")?,
    };
    if funding.premium_window.is_zero() {
        return Err(Fault::rule(
            from.path("premium_window_seconds"),
            "must not be 0: a premium averages over time",
        ));
    }
    from.finish()?;
    Ok(funding)
}

fn governance(mut from: Section) -> Result<GovernanceParams, Fault> {
    let governance = GovernanceParams {
        delay: from.seconds("delay_seconds")?,
        expiry: from.seconds("expiry_seconds")?,
        ramp: from.seconds("ramp_seconds")?,
        continuity: from.fraction("continuity")?,
        rate_step: from.fraction("rate_step")?,
    };
    if governance.delay.is_zero() {
        return Err(Fault::rule(from.path("delay_seconds"), "must not be 0: a loosening waits"));
    }
    from.finish()?;
    Ok(governance)
}

pub(super) fn oracle(from: &mut Section) -> Result<OracleParams, Fault> {
    let oracle = OracleParams {
        age_max: from.seconds("age_max_seconds")?,
        ahead_max: from.seconds("ahead_max_seconds")?,
        confidence_max: from.fraction("confidence_max")?,
        deviation_band: from.fraction("deviation_band")?,
        jump_max: from.fraction("jump_max")?,
        recovery_grace: from.seconds("recovery_grace_seconds")?,
    };
    if oracle.age_max.is_zero() {
        return Err(Fault::rule(from.path("age_max_seconds"), "must not be 0: no report would ever count"));
    }
    Ok(oracle)
}

pub(super) fn curves(from: Section) -> Result<Curves, Fault> {
    from.sections()?.into_iter().map(|(name, section)| Ok((name, curve(section)?))).collect()
}

fn curve(mut from: Section) -> Result<Curve, Fault> {
    let curve = Curve {
        base: from.fraction("base")?,
        slope_low: from.fraction("slope_low")?,
        slope_high: from.ratio("slope_high")?,
        kink: from.fraction("kink")?,
        reserve: from.fraction("reserve")?,
    };
    if !curve.is_sound() {
        return Err(Fault::rule(from.path("kink"), "must lie strictly between 0 and 1: 0.8 is usual"));
    }
    from.finish()?;
    Ok(curve)
}

pub(super) fn source((name, mut from): (Symbol, Section)) -> Result<(Symbol, u8), Fault> {
    let group = from.whole("group")?;
    from.finish()?;
    Ok((name, group))
}

/// Depth and price of size of a factor; a market that takes any size for free has neither.
fn impact(from: &mut Section) -> Result<Option<Impact>, Fault> {
    if !from.has("depth") && !from.has("lambda") {
        return Ok(None);
    }
    let impact = Impact { depth: from.value("depth")?, lambda: from.ratio("lambda")? };
    Depth::new(impact.depth, impact.lambda)
        .map_err(|error| Fault::rule(from.path("depth"), format!("is out of bounds: {error}")))?;
    Ok(Some(impact))
}

pub(super) fn factor((name, mut from): (Symbol, Section)) -> Result<(Symbol, FactorSpec), Fault> {
    let spec = FactorSpec {
        range_down: from.fraction("fall")?,
        range_up: from.ratio("rise")?,
        loading_calm: from.fraction("loading_calm")?,
        loading_panic: from.fraction("loading_panic")?,
        impact: impact(&mut from)?,
    };
    Range::new(spec.range_down, spec.range_up)
        .map_err(|error| Fault::rule(from.path("rise"), format!("is out of bounds: {error}")))?;
    Band::new(spec.loading_calm, spec.loading_panic)
        .map_err(|_| Fault::rule(from.path("loading_panic"), "must be at least loading_calm: raise it"))?;
    from.finish()?;
    Ok((name, spec))
}
