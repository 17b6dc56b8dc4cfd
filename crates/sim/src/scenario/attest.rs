//! What networks sign, as questions: prices and rates by what is bound in the pool, rotations, how far Ethereum went.

use cistern_attest::{Market, Network, Observation, Rotation, SetId, Statement};
use cistern_engine::{
    act::{Binding, Subject},
    command::Command,
    ids::FeedId,
    state::State,
};
use cistern_units::{Price, Time};

use super::{
    acts::{exponent, moved, service},
    names::Names,
    networks,
    read::{self, Fault, FaultKind, Sign, Verb, Word},
};

/// How one thing that a source signed is written.
const WRITTEN: &str = "FEED=SOURCE:PRICE, like ETH=pyth:1800~5@30s,chainlink:1801;closed";
const OPTIONS: &str = "closed, open, expires=, sequence=, exponent=, set=, key=, network=";

/// The command of a question about evidence.
pub(crate) fn command(verb: Verb, words: &[Word], clock: Time, names: &Names<'_>) -> Result<Command, Fault> {
    let statements = match verb {
        Verb::Rate => {
            let feed = names.feed(&words[0])?;
            if let Some(extra) = words.get(2) {
                return Err(extra.extra(verb.usage()));
            }
            let bound = bound(names.state, feed, |bound| bound.subject == Subject::Rate, &words[0])?;
            vec![Statement::Price(observed(&bound, &words[1], clock, names)?)]
        }
        Verb::Rotate => vec![Statement::Rotation(rotation(words)?)],
        Verb::Finalise => {
            let slot = read::whole(&words[0], "slot")?;
            vec![Statement::Chain(networks::trust(slot))]
        }
        _ => prices(words, clock, names)?,
    };
    Ok(Command::Attest { evidence: Vec::new(), statements })
}

fn prices(words: &[Word], clock: Time, names: &Names<'_>) -> Result<Vec<Statement>, Fault> {
    let mut statements = Vec::new();
    for word in words {
        let not_a_setting = || word.fault(FaultKind::NotASetting { word: word.text.clone(), what: WRITTEN });
        let (feed, said) = word.split_once('=').ok_or_else(not_a_setting)?;
        let feed = names.feed(&feed)?;
        for part in said.list() {
            let not_a_setting =
                || part.fault(FaultKind::NotASetting { word: part.text.clone(), what: "SOURCE:PRICE" });
            let (name, price) = part.split_once(':').ok_or_else(not_a_setting)?;
            let source = names.source(&name)?;
            let says = |bound: &Binding| bound.source == source && bound.subject == Subject::Price;
            let bound = bound(names.state, feed, says, &name)?;
            statements.push(Statement::Price(observed(&bound, &price, clock, names)?));
        }
    }
    Ok(statements)
}

fn bound(
    state: &State,
    feed: FeedId,
    says: impl Fn(&Binding) -> bool,
    word: &Word,
) -> Result<Binding, Fault> {
    let (what, rule) = ("source of evidence here", "bind it to the feed by an act of governance first");
    let fault = || word.fault(FaultKind::OutOfRange { word: word.text.clone(), what, rule });
    let mut bindings = state.config.bindings.iter();
    bindings.find(|bound| bound.feed == feed && says(bound)).copied().ok_or_else(fault)
}

/// Reads `PRICE~CONFIDENCE@AGE;OPTION…`.
fn observed(bound: &Binding, word: &Word, clock: Time, names: &Names<'_>) -> Result<Observation, Fault> {
    let mut skipped = 0;
    let mut parts = word.text.split(';').map(|text| {
        let part = word.part(skipped, text);
        skipped += text.chars().count() + 1;
        part
    });
    let said = parts.next().unwrap_or_else(|| word.clone());
    let (said, age) = said.split_once('@').map_or((said, None), |(said, age)| (said, Some(age)));
    let (price, width) = said.split_once('~').map_or((said, None), |(price, width)| (price, Some(width)));
    let age = age.as_ref().map(read::moved).transpose()?;
    let published_at = match age {
        Some((Sign::Plus, age)) => moved((Sign::Minus, age), clock),
        Some((Sign::Minus, ahead)) => moved((Sign::Plus, ahead), clock),
        None => clock,
    };
    let mut seen = observation(bound, names.state, 0, published_at);
    for option in parts {
        set_option(&mut seen, &option, clock)?;
    }
    let value = read::signed(&price, "price", Price::PLACES)?;
    seen.mantissa = mantissa(value, seen.exponent);
    let width = width.map_or(Ok(0), |word| read::units(&word, "confidence", Price::PLACES))?;
    seen.confidence = mantissa(i128::try_from(width).unwrap_or(i128::MAX), seen.exponent).unsigned_abs();
    seen.digest = digest(&seen);
    Ok(seen)
}

fn set_option(seen: &mut Observation, option: &Word, clock: Time) -> Result<(), Fault> {
    let unknown = |word: &Word| {
        let choices = OPTIONS.to_owned();
        word.fault(FaultKind::UnknownChoice { what: "option", word: word.text.clone(), choices })
    };
    match option.text.as_str() {
        "closed" => seen.market = Market::Closed,
        "open" => seen.market = Market::Open,
        _ => {
            let (key, value) = option.split_once('=').ok_or_else(|| unknown(option))?;
            match key.text.as_str() {
                "expires" => seen.expires_at = Some(moved(read::moved(&value)?, clock)),
                "sequence" => seen.sequence = read::whole(&value, "sequence")?,
                "exponent" => seen.exponent = exponent(&value)?,
                "set" => seen.set = networks::set_id(&value)?,
                "key" => seen.feed = networks::feed_key(&value)?,
                "network" => seen.network = networks::network(&value)?,
                _ => return Err(unknown(&key)),
            }
        }
    }
    Ok(())
}

/// What a network would sign of a price, by how it is bound; `raw` in price units.
pub(crate) fn observation(bound: &Binding, state: &State, raw: u128, at: Time) -> Observation {
    let registry = &state.config.registry;
    let set = match bound.network {
        network if service(network) => bound.set,
        Network::Ethereum => SetId::default(),
        network => registry.latest(network).map_or(SetId::default(), |set| set.id),
    };
    let mut seen = Observation {
        network: bound.network,
        set,
        feed: bound.key,
        mantissa: mantissa(i128::try_from(raw).unwrap_or(i128::MAX), bound.exponent),
        exponent: bound.exponent,
        confidence: 0,
        published_at: at,
        sequence: 0,
        expires_at: None,
        market: Market::Unstated,
        digest: [0; 32],
    };
    seen.digest = digest(&seen);
    seen
}

/// A value of 1e-12 at another exponent; what is finer is cut off.
fn mantissa(value: i128, exponent: i32) -> i128 {
    let shift = exponent + 12;
    let factor = 10_i128.checked_pow(shift.unsigned_abs()).unwrap_or(i128::MAX);
    if shift > 0 { value / factor } else { value.saturating_mul(factor) }
}

fn digest(seen: &Observation) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(&seen.mantissa.to_be_bytes());
    bytes[16..24].copy_from_slice(&seen.published_at.as_milliseconds().to_be_bytes());
    bytes[24..].copy_from_slice(&seen.sequence.to_be_bytes());
    bytes
}

/// Reads `NETWORK INDEX [by INDEX]`.
fn rotation(words: &[Word]) -> Result<Rotation, Fault> {
    let network = networks::network(&words[0])?;
    let number = |word: &Word| read::whole(word, "number of a set");
    let index: u32 = number(&words[1])?;
    let signed_by = match &words[2..] {
        [] => index.saturating_sub(1),
        [by, before] if by.text == "by" => number(before)?,
        [extra, ..] => return Err(extra.extra(Verb::Rotate.usage())),
    };
    let keys = networks::members(network, SetId::index(index), networks::MEMBERS);
    Ok(Rotation { network, index, keys, signed_by: SetId::index(signed_by) })
}
