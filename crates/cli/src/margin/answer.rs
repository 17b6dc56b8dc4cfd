//! The answer for programs: one JSON object with decimal text.

use cistern_margin::{DecidedBy, End, EndLoss, option::VolMove};
use cistern_units::Value;
use serde_json::{Map, Value as Json, json};

use super::{
    add_on::Charged,
    assess::{Assessment, RATIO_PLACES},
    book::Book,
    compare::Comparison,
    leg::Told,
    liquidation::Breaking,
};

/// One JSON object and a line break.
pub(super) fn json(book: &Book, assessment: &Assessment, comparison: Option<&Comparison>) -> String {
    let Assessment { decomposition: parts, requirements: [maintenance, target, initial], .. } = assessment;
    let ends: Map<String, Json> =
        parts.ends.iter().map(|end| (end_name(end.end).to_owned(), of_end(end))).collect();
    let exposures = assessment.exposures.iter().filter_map(|(factor, value)| {
        let (name, _) = book.factors.get(usize::from(factor.0))?;
        Some((name.clone(), text(*value)))
    });
    let mut answer = json!({
        "tier": book.tier_name(),
        "mode": book.mode_name(),
        "equity": text(assessment.equity),
        "requirement": text(parts.requirement),
        "joint": text(parts.joint),
        "standalone": text(parts.standalone),
        "gross_floor": text(parts.gross_floor),
        "tails": text(parts.tails),
        "addon": text(parts.addon),
        "add_ons": assessment.add_ons.charged.iter().map(of_add_on).collect::<Vec<_>>(),
        "standard": parts.standard.map(text),
        "decided_by": decided_by(parts.decided_by),
        "worst_scenario": {"end": end_name(parts.worst.end), "level": parts.worst.level.to_string(),
            "volatility": parts.worst.options.map(|scenario| vol_move(scenario.vol))},
        "ends": ends,
        "health": assessment.health.map(ratio),
        "margin_ratio": assessment.margin_ratio.map(ratio),
        "liquidatable": assessment.is_liquidatable(),
        "free_collateral": text(assessment.free_collateral),
        "requirements": {"maintenance": text(*maintenance), "target": text(*target), "initial": text(*initial)},
        "initial_equity": text(assessment.equity_initial),
        "collateral_value": text(assessment.collateral),
        "uncredited": text(assessment.uncredited),
        "unrealized_pnl": text(assessment.profit),
        "debts": text(assessment.debts),
        "legs": assessment.legs.told.iter().map(of_leg).collect::<Vec<_>>(),
        "liquidation": assessment.breaking.iter().map(|breaking| of_breaking(book, breaking)).collect::<Vec<_>>(),
        "hedge_relief": text(assessment.legs.relief),
        "exposures": exposures.collect::<Map<String, Json>>(),
    });
    if let (Some(comparison), Some(fields)) = (comparison, answer.as_object_mut()) {
        fields.insert("comparison".to_owned(), comparison.json());
    }
    format!("{answer:#}\n")
}

/// What an add-on asks of new risk.
fn of_add_on(add_on: &Charged) -> Json {
    json!({"name": add_on.name, "value": text(add_on.value)})
}

/// A move that has the account liquidated.
fn of_breaking(book: &Book, breaking: &Breaking) -> Json {
    let name = book.factors.get(usize::from(breaking.factor.0)).map(|(name, _)| name.as_str());
    let price = breaking.price().map(|price| price.to_string());
    json!({"factor": name, "change": breaking.change.to_string(), "price": price})
}

fn of_leg(leg: &Told) -> Json {
    json!({
        "name": leg.name,
        "alone": text(leg.alone),
        "contribution": text(leg.contribution),
        "one_more": leg.one_more.map(text),
    })
}

fn of_end(end: &EndLoss) -> Json {
    json!({
        "common": text(end.common),
        "idio": text(end.idio),
        "joint": text(end.joint),
        "level": end.level.to_string(),
    })
}

/// A value with all of its decimals.
pub(super) fn text(value: Value) -> Json {
    Json::String(value.to_string())
}

/// A number of [`RATIO_PLACES`] decimals as text.
pub(super) fn ratio(raw: u128) -> String {
    let one = 10_u128.pow(u32::try_from(RATIO_PLACES).unwrap_or_default());
    format!("{}.{:0places$}", raw / one, raw % one, places = RATIO_PLACES)
}

/// The word for an end of the band.
pub(super) fn end_name(end: End) -> &'static str {
    match end {
        End::Calm => "calm",
        End::Mid => "mid",
        End::Panic => "panic",
    }
}

/// The word for a move of volatilities.
fn vol_move(vol: VolMove) -> &'static str {
    match vol {
        VolMove::Down => "down",
        VolMove::Same => "same",
        VolMove::Up => "up",
        VolMove::Front => "front_up",
        VolMove::Back => "back_up",
    }
}

fn decided_by(part: DecidedBy) -> &'static str {
    match part {
        DecidedBy::Nothing => "nothing",
        DecidedBy::Joint => "joint",
        DecidedBy::Standalone => "standalone",
        DecidedBy::GrossFloor => "gross_floor",
        DecidedBy::Tails => "tails",
        DecidedBy::Standard => "standard",
    }
}
