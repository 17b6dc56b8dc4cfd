//! Acts about evidence: who may sign, which feed of a network is whose price, which rate makes a price.

use cistern_attest::{Network, SetId, SignerSet, Threshold};
use cistern_engine::{
    act::{Act, Binding, RateSpec, Subject},
    ids::FeedId,
};
use cistern_units::{Fraction, Price, Span, Time};

use super::{SETTINGS, percent};
use crate::scenario::{
    names::Names,
    networks::{self, told_set},
    number,
    read::{self, Fault, FaultKind, Word},
    settings::Settings,
};

/// What a rate's rules are where an act leaves them out and there were none.
pub(crate) const RATE: RateSpec = RateSpec {
    underlying: FeedId(0),
    growth_max: Fraction::basis_points(1_000),
    fall_max: Fraction::basis_points(100),
    age_max: Span::DAY,
    discount_band: Fraction::basis_points(200),
    patience: Span::seconds(3_600),
};

/// Reads an act about evidence; `None` where the verb is another's.
pub(super) fn act(verb: &Word, words: &[Word], names: &Names<'_>) -> Result<Option<Act>, Fault> {
    Ok(Some(match verb.text.as_str() {
        "admit-signers" => admit(words)?,
        "retire-signers" => {
            Act::RetireSigners { network: networks::network(&words[0])?, set: networks::set_id(&words[1])? }
        }
        "bind" => Act::BindFeed(binding(words, names)?),
        "unbind" => Act::UnbindFeed {
            network: networks::network(&words[0])?,
            key: networks::feed_key(&words[1])?,
            feed: names.feed(&words[2])?,
        },
        "rate" => rate(words, names)?,
        _ => return Ok(None),
    }))
}

fn admit(words: &[Word]) -> Result<Act, Fault> {
    let (network, id) = (networks::network(&words[0])?, networks::set_id(&words[1])?);
    let mut settings = Settings::new(&words[2..], SETTINGS)?;
    let (mut members, mut threshold) = (networks::MEMBERS, networks::QUORUM);
    let count = |word: &Word| read::whole(word, "count of signers");
    settings.set("members", &mut members, count)?;
    settings.set("threshold", &mut threshold, count)?;
    settings.finish()?;
    let keys = networks::members(network, id, members);
    let threshold = Threshold::Fixed(threshold);
    Ok(Act::AdmitSigners(SignerSet { keys, threshold, ..networks::set(network, id) }))
}

fn binding(words: &[Word], names: &Names<'_>) -> Result<Binding, Fault> {
    let mut binding = Binding {
        network: networks::network(&words[0])?,
        set: SetId::default(),
        key: networks::feed_key(&words[1])?,
        source: names.source(&words[2])?,
        feed: names.feed(&words[3])?,
        subject: Subject::Price,
        exponent: -8,
        floor: Price::MIN,
        ceiling: Price::MAX,
    };
    let mut settings = Settings::new(&words[4..], SETTINGS)?;
    settings.set("set", &mut binding.set, networks::set_id)?;
    settings.set("subject", &mut binding.subject, subject)?;
    settings.set("exponent", &mut binding.exponent, exponent)?;
    settings.set("floor", &mut binding.floor, read::price)?;
    settings.set("ceiling", &mut binding.ceiling, read::price)?;
    settings.finish()?;
    Ok(binding)
}

fn subject(word: &Word) -> Result<Subject, Fault> {
    match word.text.as_str() {
        "price" => Ok(Subject::Price),
        "rate" => Ok(Subject::Rate),
        other => Err(word.fault(FaultKind::UnknownChoice {
            what: "subject",
            word: other.to_owned(),
            choices: "price, rate".to_owned(),
        })),
    }
}

/// A power of ten: `-8`.
pub(crate) fn exponent(word: &Word) -> Result<i32, Fault> {
    let (what, rule) = ("exponent", "write a whole number like -8");
    word.text.parse().map_err(|_| word.fault(FaultKind::OutOfRange { word: word.text.clone(), what, rule }))
}

fn rate(words: &[Word], names: &Names<'_>) -> Result<Act, Fault> {
    let (feed, underlying) = (names.feed(&words[0])?, names.feed(&words[1])?);
    let known = names.state.config.rate(feed).copied().unwrap_or(RATE);
    let mut spec = RateSpec { underlying, ..known };
    let mut settings = Settings::new(&words[2..], SETTINGS)?;
    settings.set("growth", &mut spec.growth_max, read::fraction)?;
    settings.set("fall", &mut spec.fall_max, read::fraction)?;
    settings.set("age_max", &mut spec.age_max, read::span)?;
    settings.set("discount", &mut spec.discount_band, read::fraction)?;
    settings.set("patience", &mut spec.patience, read::span)?;
    settings.finish()?;
    Ok(Act::SetRate { feed, spec })
}

/// An act about evidence in words, in the imperative.
pub(super) fn told(act: &Act, names: &Names<'_>) -> Option<String> {
    Some(match act {
        Act::AdmitSigners(set) => format!("admit {}", told_signers(set)),
        Act::RetireSigners { network, set } => format!("retire {}", told_set(*network, *set)),
        Act::BindFeed(binding) => format!("take {}", told_binding(binding, names)),
        Act::UnbindFeed { network, key, feed } => {
            format!("take {} of {network} for {} no longer", networks::told(&key.0), names.feed_name(*feed))
        }
        Act::SetRate { feed, spec } => format!("price {}", told_rate(*feed, spec, names)),
        _ => return None,
    })
}

/// A set and how many of it sign, and for how long where that is limited.
pub(crate) fn told_signers(set: &SignerSet) -> String {
    let name = told_set(set.network, set.id);
    let until = set.expires_at.map_or_else(String::new, |end| format!(", until {}", number::moment(end)));
    format!("{name}, {} of {}{until}", set.quorum(), set.keys.len())
}

/// What of a network is taken for what.
pub(crate) fn told_binding(binding: &Binding, names: &Names<'_>) -> String {
    let Binding { network, set, key, source, feed, subject, exponent, floor, ceiling } = *binding;
    let by = if service(network) { format!(" {}", networks::told(&set.0)) } else { String::new() };
    let what = match subject {
        Subject::Price => "price",
        Subject::Rate => "rate",
    };
    let (source, feed, key) = (names.source_name(source), names.feed_name(feed), networks::told(&key.0));
    let mut told = format!("{key} of {network}{by} for {source}'s {what} of {feed}, times 10^{exponent}");
    if floor > Price::MIN {
        told.push_str(&format!(", above {}", number::price(floor)));
    }
    if ceiling < Price::MAX {
        told.push_str(&format!(", below {}", number::price(ceiling)));
    }
    told
}

/// Is a set of this network a service beside others, rather than one generation after another?
pub(crate) fn service(network: Network) -> bool {
    matches!(network, Network::RedStone | Network::Chainlink | Network::ChainlinkTest)
}

/// How a rate makes the price of a feed.
pub(crate) fn told_rate(feed: FeedId, spec: &RateSpec, names: &Names<'_>) -> String {
    let [growth, fall, band] = [spec.growth_max, spec.fall_max, spec.discount_band].map(percent);
    let [age, patience] = [spec.age_max, spec.patience].map(number::span);
    let (feed, underlying) = (names.feed_name(feed), names.feed_name(spec.underlying));
    format!(
        "{feed} by its rate to {underlying}, up to {age} old: growth of {growth} a year, falls of {fall} at once, a \
         discount of {band}; more is believed after {patience}"
    )
}

/// A ratio without a unit: `1.2`.
pub(crate) fn told_ratio(ratio: Price) -> String {
    number::grouped(ratio.raw(), Price::PLACES)
}

/// A moment that lies so far back or ahead of the clock.
pub(crate) fn moved((sign, span): (read::Sign, Span), clock: Time) -> Time {
    match sign {
        read::Sign::Plus => clock.plus(span).unwrap_or(clock),
        read::Sign::Minus => {
            Time::milliseconds(clock.as_milliseconds().saturating_sub(span.as_milliseconds()))
        }
    }
}
