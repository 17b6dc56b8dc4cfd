use std::collections::BTreeSet;

use cistern_attest::{FeedKey, SetId};
use cistern_engine::{
    act::{Binding, FeedSpec, RateSpec, Subject},
    ids::{FeedId, Owner, SourceId, Symbol},
};
use cistern_units::Price;

use super::{
    Fault,
    evidence::{hexadecimal, network, set_id},
    section::Section,
};

/// All `[[binding]]` of a file: what a network calls a feed, and which source says it of which feed of the pool.
pub(super) fn bindings(
    file: &mut Section,
    sources: &[(Symbol, u8)],
    feeds: &[FeedSpec],
) -> Result<Vec<Binding>, Fault> {
    let mut seen = BTreeSet::new();
    let mut bindings = Vec::new();
    for item in file.tables("binding")? {
        let path = item.path("key");
        let binding = binding(item, sources, feeds)?;
        if !seen.insert((binding.network, binding.key, binding.feed)) {
            return Err(Fault::rule(path, "is bound to this feed already: remove one of the two"));
        }
        bindings.push(binding);
    }
    Ok(bindings)
}

fn binding(mut from: Section, sources: &[(Symbol, u8)], feeds: &[FeedSpec]) -> Result<Binding, Fault> {
    let network = network(&mut from)?;
    let binding = Binding {
        network,
        set: if from.has("set") { set_id(&mut from)? } else { SetId::default() },
        key: key(&mut from)?,
        source: source(&mut from, sources)?,
        feed: feed(&mut from, "feed", feeds)?,
        subject: subject(&mut from)?,
        exponent: from.exponent("exponent")?,
        floor: bound(&mut from, "floor", Price::MIN)?,
        ceiling: bound(&mut from, "ceiling", Price::MAX)?,
    };
    if binding.floor >= binding.ceiling {
        return Err(Fault::rule(from.path("ceiling"), "must be above the floor: raise it"));
    }
    from.finish()?;
    Ok(binding)
}

/// A feed of a network by number, by 32 bytes in hexadecimal, or by name.
fn key(from: &mut Section) -> Result<FeedKey, Fault> {
    let text = from.text("key")?;
    let key = match (text.parse::<u32>(), hexadecimal(&text)) {
        (Ok(index), _) => Some(FeedKey::index(index)),
        (_, Some(bytes)) => bytes.try_into().ok().map(FeedKey),
        _ => FeedKey::named(&text).filter(|_| !text.is_empty() && !text.starts_with("0x")),
    };
    let rule = "must be a number, 0x and 64 digits, or a name of at most 32 letters";
    key.ok_or_else(|| Fault::rule(from.path("key"), rule))
}

fn source(from: &mut Section, sources: &[(Symbol, u8)]) -> Result<SourceId, Fault> {
    let name = from.text("source")?;
    let place = sources.iter().position(|(symbol, _)| symbol.as_str() == name);
    let path = from.path("source");
    place.and_then(SourceId::at).ok_or(Fault::NoSuch { path, name, list: "source" })
}

fn feed(from: &mut Section, field: &str, feeds: &[FeedSpec]) -> Result<FeedId, Fault> {
    let name = from.text(field)?;
    let place = feeds.iter().position(|feed| feed.symbol.as_str() == name);
    let path = from.path(field);
    place.and_then(FeedId::at).ok_or(Fault::NoSuch { path, name, list: "asset" })
}

fn subject(from: &mut Section) -> Result<Subject, Fault> {
    match from.text("subject")?.as_str() {
        "price" => Ok(Subject::Price),
        "rate" => Ok(Subject::Rate),
        other => {
            Err(Fault::NotA { path: from.path("subject"), wanted: "price or rate", found: other.to_owned() })
        }
    }
}

fn bound(from: &mut Section, field: &str, without: Price) -> Result<Price, Fault> {
    if from.has(field) { from.price(field) } else { Ok(without) }
}

/// All `[[rate]]` of a file: feeds whose price a redemption rate makes.
pub(super) fn rates(file: &mut Section, feeds: &[FeedSpec]) -> Result<Vec<(FeedId, RateSpec)>, Fault> {
    file.tables("rate")?.into_iter().map(|item| rate(item, feeds)).collect()
}

fn rate(mut from: Section, feeds: &[FeedSpec]) -> Result<(FeedId, RateSpec), Fault> {
    let id = feed(&mut from, "feed", feeds)?;
    let spec = RateSpec {
        underlying: feed(&mut from, "underlying", feeds)?,
        growth_max: from.fraction("growth_max")?,
        fall_max: from.fraction("fall_max")?,
        age_max: from.seconds("age_max_seconds")?,
        discount_band: from.fraction("discount_band")?,
        patience: from.seconds("patience_seconds")?,
    };
    if !spec.is_sound() {
        let rule = "must be below 1, as discount_band, and age_max_seconds and patience_seconds above 0: correct them";
        return Err(Fault::rule(from.path("fall_max"), rule));
    }
    from.finish()?;
    Ok((id, spec))
}

/// Who governs: an address; nobody where the file names none.
pub(super) fn governor(file: &mut Section) -> Result<Owner, Fault> {
    if !file.has("governor") {
        return Ok(Owner::default());
    }
    let text = file.text("governor")?;
    let bytes = hexadecimal(&text).and_then(|bytes| bytes.try_into().ok());
    let rule =
        || Fault::rule("governor".to_owned(), format!("is {text}: write 0x and 40 hexadecimal digits"));
    bytes.map(Owner).ok_or_else(rule)
}
