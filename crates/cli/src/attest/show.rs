//! A judgement as text and as JSON.

use std::fmt::Write as _;

use cistern_attest::{Network, SetId};
use data_encoding::HEXLOWER;
use serde_json::{Map, Number, Value, json};

use super::judged::{Judged, PriceLine};

/// `0x` and hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    format!("0x{}", HEXLOWER.encode(bytes))
}

/// A name padded with zeros.
pub(super) fn padded_text(bytes: &[u8; 32]) -> Option<String> {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let (text, rest) = bytes.split_at(end);
    let sound =
        !text.is_empty() && text.iter().all(u8::is_ascii_graphic) && rest.iter().all(|byte| *byte == 0);
    sound.then(|| String::from_utf8_lossy(text).into_owned())
}

/// One JSON object. Whole numbers are written in full: they may be beyond what a double holds.
pub(super) fn json(judged: &Judged) -> String {
    let prices: Vec<Value> = judged.prices.iter().map(price_json).collect();
    let set = judged.set.map_or(Value::Null, |set| set_json(judged.network, set));
    let notes: Map<String, Value> =
        judged.notes.iter().map(|(name, text)| ((*name).to_owned(), text.as_str().into())).collect();
    let object = json!({
        "kind": judged.kind.name(),
        "network": judged.network.map(Network::name),
        "set": set,
        "signers": judged.signers.iter().map(|(_, key)| key.as_str()).collect::<Vec<_>>(),
        "signer_indices": judged.signers.iter().map(|(place, _)| place).collect::<Vec<_>>(),
        "prices": prices,
        "verdict": verdict(judged),
        "reason": judged.refusal.map(cistern_attest::Refusal::name),
        "details": notes,
    });
    serde_json::to_string_pretty(&object).unwrap_or_default()
}

fn price_json(price: &PriceLine) -> Value {
    let (seconds, rest) = (price.publish_time / 1_000, price.publish_time % 1_000);
    let time = if rest == 0 { seconds.to_string() } else { format!("{seconds}.{rest:03}") };
    json!({
        "feed": price.feed,
        "mantissa": number(&price.mantissa.to_string()),
        "exponent": price.exponent,
        "confidence": number(&price.confidence.to_string()),
        "publish_time": number(&time),
        "reason": price.refusal.map(cistern_attest::Refusal::name),
    })
}

/// A number with all of its digits.
fn number(text: &str) -> Value {
    text.parse::<Number>().map_or(Value::Null, Value::Number)
}

fn set_json(network: Option<Network>, set: SetId) -> Value {
    match network {
        Some(Network::RedStone) => padded_text(&set.0).map_or_else(|| hex(&set.0).into(), Value::from),
        Some(Network::Chainlink | Network::ChainlinkTest) => hex(&set.0).into(),
        _ => set.as_index().map_or_else(|| hex(&set.0).into(), Value::from),
    }
}

fn verdict(judged: &Judged) -> &'static str {
    if judged.refusal.is_some() { "refused" } else { "accepted" }
}

/// Lines for people.
pub(super) fn text(judged: &Judged) -> String {
    let mut text = format!("{}: {}\n", judged.kind, verdict(judged));
    let mut line = |name: &str, what: &str| {
        let _ = writeln!(text, "  {name:<15} {what}");
    };
    if let Some(refusal) = judged.refusal {
        line("reason", &refusal.to_string());
    }
    if let Some(network) = judged.network {
        line("network", network.name());
    }
    if let Some(set) = judged.set {
        let set = set_json(judged.network, set);
        line("set", &set.as_str().map_or_else(|| set.to_string(), str::to_owned));
    }
    for (place, key) in &judged.signers {
        line("signer", &format!("{place:>2} {key}"));
    }
    for (name, what) in &judged.notes {
        line(name, what);
    }
    for price in &judged.prices {
        let _ = writeln!(text, "  {}", price_text(price));
    }
    text
}

fn price_text(price: &PriceLine) -> String {
    let PriceLine { feed, mantissa, exponent, confidence, publish_time, refusal } = price;
    let seconds = publish_time / 1_000;
    let why = refusal.map_or_else(String::new, |refusal| format!("  does not count: {refusal}"));
    format!("price {feed}  {mantissa}e{exponent} +- {confidence}  at {seconds}{why}")
}
