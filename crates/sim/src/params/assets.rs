use cistern_engine::{
    act::{AssetSpec, FactorSpec, FeedSpec, MarketSpec, Product, Style},
    collateral::{Kind, Nft, RealWorld},
    command::{Founding, FoundingAsset},
    ids::{FactorId, FeedId, Symbol},
    limits::SIZE_MAX,
    params::Class,
};
use cistern_units::{Amount, Decimals, Fraction, Size, wide};

use super::{Fault, section::Section, topics::Curves};

const CLASSES: [(&str, Class); 4] = [
    ("stable", Class::Stable),
    ("blue-chip", Class::BlueChip),
    ("long-tail", Class::LongTail),
    ("lst", Class::Lst),
];

type Factors = [(Symbol, FactorSpec)];

pub(super) fn assets(
    file: &mut Section,
    factors: &Factors,
    curves: &Curves,
) -> Result<Vec<FoundingAsset>, Fault> {
    let items = file.items("asset")?;
    if items.is_empty() {
        return Err(Fault::Missing { path: "asset".to_owned() });
    }
    items.into_iter().enumerate().map(|(place, item)| asset(place, item, factors, curves)).collect()
}

fn asset(
    place: usize,
    (symbol, mut from): (Symbol, Section),
    factors: &Factors,
    curves: &Curves,
) -> Result<FoundingAsset, Fault> {
    let kind = kind(&mut from)?;
    let class = class(&mut from)?;
    let decimals = from.decimals("decimals")?;
    let factors = factor_ids(&mut from, factors)?;
    let name = from.text("curve")?;
    let no_such = || Fault::NoSuch { path: from.path("curve"), name: name.clone(), list: "curve" };
    let curve = *curves.get(&name).ok_or_else(no_such)?;
    let mut units = |key: &str| units(&mut from, key, decimals).map(Amount::new);
    let asset = FoundingAsset {
        spec: AssetSpec { symbol, kind, class, decimals, factors, curve },
        feed: FeedId::at(place).unwrap_or_default(),
        cap_account: units("cap_account")?,
        cap_total: units("cap_total")?,
        cap_borrow: units("cap_borrow")?,
        withdrawal_limit: units("withdrawal_limit")?,
    };
    from.finish()?;
    Ok(asset)
}

/// The kind of an asset, and its own fields: one line for each kind.
fn kind(from: &mut Section) -> Result<Kind, Fault> {
    let word = from.text("kind")?;
    Ok(match word.as_str() {
        "token" => Kind::Token,
        "rate" => Kind::Rate,
        "real-world" => Kind::RealWorld(real_world(from)?),
        "nft" => Kind::Nft(Nft { cap: from.whole("cap_units")?, notice: from.seconds("notice_seconds")? }),
        _ => {
            let (path, wanted) = (from.path("kind"), "token, rate, real-world or nft");
            return Err(Fault::NotA { path, wanted, found: word });
        }
    })
}

fn real_world(from: &mut Section) -> Result<RealWorld, Fault> {
    Ok(RealWorld {
        heartbeat: from.seconds("heartbeat_seconds")?,
        haircut_a_day: from.fraction("haircut_a_day")?,
        haircut_closed: from.fraction("haircut_closed")?,
        haircut_a_year: from.fraction("haircut_a_year")?,
        notice: from.seconds("notice_seconds")?,
        closes: from.seconds("closes_seconds")?,
        opens: from.seconds("opens_seconds")?,
    })
}

fn class(from: &mut Section) -> Result<Class, Fault> {
    let word = from.text("class")?;
    let known = CLASSES.iter().find(|(name, _)| *name == word);
    let wanted = "stable, blue-chip, long-tail or lst";
    known.map(|(_, class)| *class).ok_or_else(|| Fault::NotA {
        path: from.path("class"),
        wanted,
        found: word,
    })
}

fn factor_ids(from: &mut Section, factors: &Factors) -> Result<Vec<FactorId>, Fault> {
    let names = from.texts("factors")?;
    let id = |name: String| {
        let place = factors.iter().position(|(symbol, _)| symbol.as_str() == name);
        let path = from.path("factors");
        place.and_then(FactorId::at).ok_or(Fault::NoSuch { path, name, list: "factor" })
    };
    names.into_iter().map(id).collect()
}

/// Whole units of the file in smallest units.
fn units(from: &mut Section, key: &str, decimals: Decimals) -> Result<u128, Fault> {
    let whole: u64 = from.whole(key)?;
    let unit = wide::power_of_ten(decimals.places()).unwrap_or(1);
    Ok(u128::from(whole).saturating_mul(unit))
}

pub(super) fn markets(
    file: &mut Section,
    factors: &Factors,
    feeds: &[FeedSpec],
) -> Result<Vec<(MarketSpec, Size)>, Fault> {
    let items = file.items("market")?;
    items.into_iter().map(|item| market(item, factors, feeds)).collect()
}

fn market(
    (symbol, mut from): (Symbol, Section),
    factors: &Factors,
    feeds: &[FeedSpec],
) -> Result<(MarketSpec, Size), Fault> {
    let feed = feed_id(&mut from, "feed", feeds)?;
    let product = product(&mut from, feeds)?;
    let decimals = from.decimals("decimals")?;
    let factors = factor_ids(&mut from, factors)?;
    let cap = i64::try_from(units(&mut from, "cap", decimals)?).ok().filter(|cap| *cap <= SIZE_MAX);
    let too_large = || Fault::rule(from.path("cap"), "is too large at these decimals: lower one of them");
    let cap = Size::new(cap.ok_or_else(too_large)?);
    from.finish()?;
    Ok((MarketSpec { symbol, feed, factors, decimals, product }, cap))
}

fn feed_id(from: &mut Section, key: &str, feeds: &[FeedSpec]) -> Result<FeedId, Fault> {
    let name = from.text(key)?;
    let place = feeds.iter().position(|feed| feed.symbol.as_str() == name);
    let path = from.path(key);
    place.and_then(FeedId::at).ok_or(Fault::NoSuch { path, name, list: "asset or feed" })
}

/// What a market trades, and when what has an end has it.
fn product(from: &mut Section, feeds: &[FeedSpec]) -> Result<Product, Fault> {
    match from.text("product")?.as_str() {
        "perp" => Ok(Product::Perp),
        "future" => {
            Ok(Product::Future { expiry: from.moment("expiry")?, forward: feed_id(from, "forward", feeds)? })
        }
        "option" => Ok(Product::Option {
            expiry: from.moment("expiry")?,
            forward: feed_id(from, "forward", feeds)?,
            strike: from.price("strike")?,
            style: style(from)?,
        }),
        other => {
            let (path, found) = (from.path("product"), other.to_owned());
            Err(Fault::NotA { path, wanted: "perp, future or option", found })
        }
    }
}

fn style(from: &mut Section) -> Result<Style, Fault> {
    match from.text("style")?.as_str() {
        "call" => Ok(Style::Call),
        "put" => Ok(Style::Put),
        other => {
            let (path, found) = (from.path("style"), other.to_owned());
            Err(Fault::NotA { path, wanted: "call or put", found })
        }
    }
}

/// The haircut of an asset, the sum of its factors' falls, lies within the bounds of its class.
pub(super) fn haircuts_are_in_class(founding: &Founding) -> Result<(), Fault> {
    for asset in &founding.assets {
        let falls = asset.spec.factors.iter().filter_map(|id| founding.factors.get(id.position()));
        let haircut = falls.map(|(_, spec)| spec.range_down.raw()).fold(0_u32, u32::saturating_add);
        let (least, most) = asset.spec.class.haircut_bounds();
        if haircut < least.raw() || haircut > most.raw() {
            let (name, class) = (asset.spec.symbol, class_name(asset.spec.class));
            let haircut =
                Fraction::new(haircut).map_or_else(|| "above 1".to_owned(), |fall| fall.to_string());
            let rule = format!(
                "fall by {haircut} together, and the class {class} allows {least} to {most}: \
                 change the falls of its factors or its class"
            );
            return Err(Fault::rule(format!("asset.{name}.factors"), rule));
        }
    }
    Ok(())
}

fn class_name(class: Class) -> &'static str {
    CLASSES.iter().find(|(_, known)| *known == class).map_or("", |(name, _)| name)
}
