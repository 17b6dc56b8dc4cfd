//! An asset of a book: what it is worth, what it moves with, and how much of it counts, by its kind.

use cistern_engine::{
    collateral::{
        RealWorld, counted_down,
        nft::{self, Offer},
    },
    ids::AccountId,
};
use cistern_margin::{FactorIndex, RiskFactor, Tier};
use cistern_units::{Fraction, Overflow, Span, Time, Value, wide};

use super::{
    fault::Fault,
    node::{Field, Object},
    number::{self, Toward},
    sheet::{Name, index},
};

/// An asset, perhaps without what the other file supplies.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    pub(super) name: String,
    /// Dollars, in 1e-18.
    pub(super) price: Option<i128>,
    /// Names of factors.
    pub(super) factors: Option<Vec<Name>>,
    pub(super) kind: Option<Kind>,
}

/// What an asset is.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// Worth its price.
    Token,
    /// Worth `rate x underlying` [O4].
    Rate(Redeemed),
    /// Worth what its issuer said, as far as that counts [K1].
    RealWorld(Claim),
    /// A collection of units of which each counts for the bid that backs it [K2].
    Nft(Collection),
}

/// A collection, and who has put down money for its units.
#[derive(Clone, Debug)]
pub(super) struct Collection {
    floor: Option<i128>,
    /// Units of the whole pool that count, the oldest first.
    cap: u32,
    /// Units of others that came before those of the account.
    before: u32,
    /// For how many units, and what for each, of others than the account; the best first.
    bids: Vec<(u32, Value)>,
}

/// What its issuer redeems at a rate.
#[derive(Clone, Debug)]
pub(super) struct Redeemed {
    /// Units of the underlying for one, in 1e-18.
    rate: i128,
    underlying: Name,
    /// The factor of its price beyond that of the underlying.
    basis: Option<Name>,
}

/// A claim on something outside, and what is known of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Claim {
    rules: Option<RealWorld>,
    /// Dollars a unit, in 1e-18.
    said: Option<i128>,
    published: Option<(Time, String)>,
    queue: Span,
    /// Commitments to buy it that count for new risk.
    lasting: Value,
    /// The same with those that are ending.
    standing: Value,
    /// Units of it in the whole pool.
    pool: Option<i128>,
}

/// An asset with everything that was named found.
#[derive(Clone, Debug)]
pub(super) struct Asset {
    pub(super) name: String,
    pub(super) price: Option<i128>,
    pub(super) factors: Vec<FactorIndex>,
    credit: Credit,
}

/// How much of it counts.
#[derive(Clone, Debug)]
enum Credit {
    Whole,
    Committed { kept: Fraction, lasting: Value, standing: Value, pool: Option<i128> },
    Backed(Collection),
}

/// What is owned of one asset.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holding {
    /// The place of its asset.
    pub(super) asset: usize,
    pub(super) quantity: i128,
    /// Rounded down.
    pub(super) worth: Value,
    /// What of it counts for standing risk, and for new risk.
    counted: [Value; 2],
}

impl Holding {
    /// Puts other values in place of its own.
    pub(super) fn revalue(
        &mut self,
        after: impl Fn(Value) -> Result<Value, Overflow>,
    ) -> Result<(), Overflow> {
        let [standing, new] = self.counted;
        (self.worth, self.counted) = (after(self.worth)?, [after(standing)?, after(new)?]);
        Ok(())
    }

    /// What of it counts at a tier.
    pub(super) fn counted(&self, tier: Tier) -> Value {
        let [standing, new] = self.counted;
        if tier == Tier::Initial { new } else { standing }
    }
}

/// Reads an asset of a file.
pub(super) fn listing(name: &str, field: Field<'_>) -> Result<Listing, Fault> {
    let mut from = field.object()?;
    let word = from.take("kind");
    let kind = match word.as_ref().map(Field::text).transpose()? {
        None => None,
        Some("token") => Some(Kind::Token),
        Some("rate") => Some(Kind::Rate(redeemed(&mut from)?)),
        Some("real-world") => Some(Kind::RealWorld(claim(&mut from)?)),
        Some("nft") => Some(Kind::Nft(collection(&mut from)?)),
        Some(other) => {
            let message = format!("must be one of token, rate, real-world, nft, and is {other}");
            return Err(word.map_or_else(|| from.fault("kind", &message), |field| field.fault(&message)));
        }
    };
    let price = from.take("price");
    if let (Some(price), Some(Kind::Rate(_) | Kind::RealWorld(_) | Kind::Nft(_))) = (&price, &kind) {
        return Err(price.fault("stands beside a kind that has a price of its own; remove it"));
    }
    let price = price.map(|field| number::price(&field)).transpose()?;
    let factors = from.take("factors").map(names).transpose()?;
    if let (Some(_), Some(Kind::Rate(Redeemed { basis: Some(_), .. }))) = (&factors, &kind) {
        return Err(from.fault("factors", "stand beside basis; keep one of the two"));
    }
    from.finish()?;
    Ok(Listing { name: name.to_owned(), price, factors, kind })
}

/// Names of factors, none twice.
fn names(list: Field<'_>) -> Result<Vec<Name>, Fault> {
    let mut names: Vec<Name> = Vec::new();
    for item in list.list()? {
        let name = Name::of(&item)?;
        if names.iter().any(|other| other.text == name.text) {
            return Err(item.fault(format!("{} occurs twice; remove one", name.text)));
        }
        names.push(name);
    }
    if names.is_empty() {
        return Err(list.fault("is empty; name what the price moves with"));
    }
    Ok(names)
}

fn redeemed(from: &mut Object<'_>) -> Result<Redeemed, Fault> {
    Ok(Redeemed {
        rate: number::price(&from.need("rate")?)?,
        underlying: Name::of(&from.need("underlying")?)?,
        basis: from.take("basis").as_ref().map(Name::of).transpose()?,
    })
}

fn claim(from: &mut Object<'_>) -> Result<Claim, Fault> {
    let said = from.take("nav").map(|field| number::price(&field)).transpose()?;
    let published = from.take("published");
    if published.is_some() && said.is_none() {
        return Err(from.fault("nav", "is missing beside published; add it"));
    }
    let published = match published {
        None => None,
        Some(field) => Some((number::moment(&field)?, field.path)),
    };
    let mut value = |name| -> Result<Value, Fault> {
        let Some(field) = from.take(name) else { return Ok(Value::ZERO) };
        match number::value(&field)? {
            value if value.is_negative() => Err(field.fault("must not be negative")),
            value => Ok(value),
        }
    };
    let (lasting, ending) = (value("committed")?, value("ending")?);
    let standing = lasting
        .plus(ending)
        .map_err(|_| from.fault("committed", "adds up to an absurd value; use smaller numbers"))?;
    let queue = from.take("queue_seconds").map_or(Ok(Span::ZERO), |field| number::span(&field))?;
    let pool = from.take("pool").map(|field| number::quantity(&field)).transpose()?;
    let rules = if RULES.iter().any(|name| from.has(name)) { Some(rules(from)?) } else { None };
    Ok(Claim { rules, said, published, queue, lasting, standing, pool })
}

/// How the haircut of a claim grows: all of it in one file.
const RULES: [&str; 6] = [
    "heartbeat_seconds",
    "haircut_a_day",
    "haircut_closed",
    "haircut_a_year",
    "closes_seconds",
    "opens_seconds",
];

/// How the haircut of a claim grows; without hours its market never closes.
fn rules(from: &mut Object<'_>) -> Result<RealWorld, Fault> {
    let heartbeat = from.need("heartbeat_seconds")?;
    let rules = RealWorld {
        heartbeat: number::span(&heartbeat)?,
        haircut_a_day: number::fraction(&from.need("haircut_a_day")?)?,
        haircut_closed: number::fraction(&from.need("haircut_closed")?)?,
        haircut_a_year: number::fraction(&from.need("haircut_a_year")?)?,
        // What of the commitments is ending is said by the book.
        notice: Span::DAY,
        closes: Span::ZERO,
        opens: Span::ZERO,
    };
    if rules.heartbeat.is_zero() {
        return Err(heartbeat.fault("must be above zero"));
    }
    let Some(closes) = from.take("closes_seconds") else { return Ok(rules) };
    let opens = from.need("opens_seconds")?;
    let of_week = |field: &Field<'_>| match number::span(field)? {
        span if span.as_milliseconds() > 7 * Span::DAY.as_milliseconds() => {
            Err(field.fault("must be within a week: 604800 at the most, from Monday 00:00 UTC"))
        }
        span => Ok(span),
    };
    Ok(RealWorld { closes: of_week(&closes)?, opens: of_week(&opens)?, ..rules })
}

/// One unit, in 1e-18.
const ONE_UNIT: i128 = 1_000_000_000_000_000_000;
/// Most units of one account: as many as a large collection has.
const UNITS_MAX: u32 = 10_000;

fn collection(from: &mut Object<'_>) -> Result<Collection, Fault> {
    let floor = from.take("floor").map(|field| number::price(&field)).transpose()?;
    let cap = number::count(&from.need("cap")?)?;
    let before = from.take("before");
    let before = match before.as_ref().map(number::count).transpose()? {
        Some(count) if count > UNITS_MAX => {
            return Err(from.fault("before", format!("must be {UNITS_MAX} at the most")));
        }
        count => count.unwrap_or(0),
    };
    let mut bids = Vec::new();
    if let Some(list) = from.take("bids") {
        for field in list.list()? {
            let mut from = field.object()?;
            let price = from.need("price")?;
            let paid = number::value(&price)?;
            if !paid.is_positive() {
                return Err(price.fault("must be above zero"));
            }
            bids.push((number::count(&from.need("count")?)?, paid));
            from.finish()?;
        }
    }
    bids.sort_by_key(|(_, paid)| std::cmp::Reverse(*paid));
    Ok(Collection { floor, cap, before, bids })
}

impl Collection {
    /// What the units of an account count for: those of others that came before choose first.
    fn counted(&self, units: u32) -> Option<Value> {
        let [own, others, bidder] = [AccountId(0), AccountId(1), AccountId(2)];
        let mut owners = vec![others; usize::try_from(self.before).ok()?];
        let first = owners.len();
        owners.resize(first + usize::try_from(units).ok()?, own);
        let offers: Vec<(Offer, Value)> =
            self.bids.iter().map(|(count, paid)| (Offer { bidder, count: *count }, *paid)).collect();
        let floor = match self.floor {
            None => None,
            Some(floor) => Some(number::product(ONE_UNIT, floor, Toward::Less)?),
        };
        let counted = nft::credits(&owners, &offers, floor, self.cap);
        counted.iter().skip(first).try_fold(Value::ZERO, |sum, unit| sum.plus(*unit).ok())
    }
}

impl Claim {
    /// One of which only the rules are known.
    pub(super) fn under(rules: RealWorld) -> Claim {
        Claim { rules: Some(rules), ..Claim::default() }
    }
}

impl Listing {
    /// This one before the other: the other supplies what this one leaves out.
    pub(super) fn or(&mut self, other: Listing) {
        self.factors = self.factors.take().or(other.factors);
        match (&mut self.kind, other.kind) {
            (Some(Kind::RealWorld(own)), Some(Kind::RealWorld(other))) => {
                own.rules = own.rules.or(other.rules)
            }
            (own @ None, other) => *own = other,
            _ => {}
        }
        if matches!(self.kind, None | Some(Kind::Token)) {
            self.price = self.price.or(other.price);
        }
    }

    /// Finds everything that it names.
    pub(super) fn resolve(
        &self,
        all: &[Listing],
        factors: &[(String, RiskFactor)],
        now: Option<Time>,
    ) -> Result<Asset, Fault> {
        let (name, credit) = (self.name.clone(), Credit::Whole);
        match &self.kind {
            None | Some(Kind::Token) => {
                Ok(Asset { name, price: self.price, factors: self.own_factors(factors)?, credit })
            }
            Some(Kind::Rate(redeemed)) => {
                let underlying = self.underlying(redeemed, all)?;
                let factors = match &redeemed.basis {
                    None => self.own_factors(factors)?,
                    Some(basis) => {
                        let mut found = underlying.own_factors(factors)?;
                        let basis_index = index(basis, factors)?;
                        if found.contains(&basis_index) {
                            return Err(Fault::new(
                                &basis.path,
                                "is a factor of the underlying already; name one of its own",
                            ));
                        }
                        found.push(basis_index);
                        found
                    }
                };
                let price = underlying.price.ok_or_else(|| underlying.missing("price"))?;
                let price = wide::multiply_scale_down(redeemed.rate.unsigned_abs(), price.unsigned_abs(), 18);
                let price = price.and_then(|price| i128::try_from(price).ok());
                let price = price.ok_or_else(|| self.fault("rate", number::TOO_LARGE))?;
                Ok(Asset { name, price: Some(price), factors, credit })
            }
            Some(Kind::RealWorld(claim)) => {
                let (factors, credit) = (self.own_factors(factors)?, self.credit(claim, now)?);
                let price = match (claim.said, self.price) {
                    (None, Some(_)) => {
                        return Err(self.fault(
                            "price",
                            "is no price of a claim on something outside; write kind, nav and published instead",
                        ));
                    }
                    // What nobody values is worth nothing.
                    (said, _) => said.or(Some(0)),
                };
                Ok(Asset { name, price, factors, credit })
            }
            Some(Kind::Nft(collection)) => Ok(Asset {
                name,
                // What has no price is worth nothing.
                price: collection.floor.or(Some(0)),
                factors: self.own_factors(factors)?,
                credit: Credit::Backed(collection.clone()),
            }),
        }
    }

    fn underlying<'a>(&self, redeemed: &Redeemed, all: &'a [Listing]) -> Result<&'a Listing, Fault> {
        let Name { text, path } = &redeemed.underlying;
        let Some(found) = all.iter().find(|other| other.name == *text) else {
            return Err(Fault::new(
                path,
                format!("there is no asset {text}; add it to assets, or name another"),
            ));
        };
        if !matches!(found.kind, None | Some(Kind::Token)) || found.name == self.name {
            return Err(Fault::new(path, format!("{text} must be a token, with a price of its own")));
        }
        Ok(found)
    }

    /// What is known of a claim, folded: nothing counts without a value from its issuer.
    fn credit(&self, claim: &Claim, now: Option<Time>) -> Result<Credit, Fault> {
        let Some(rules) = claim.rules else {
            return Err(self.fault(
                "heartbeat_seconds",
                "is missing; add it, with haircut_a_day, haircut_closed and haircut_a_year",
            ));
        };
        let kept = match &claim.published {
            None => Fraction::ZERO,
            Some((published, path)) => {
                let now = now.ok_or_else(|| Fault::new("now", "is missing; say when the book is priced"))?;
                if *published > now {
                    return Err(Fault::new(path, "lies after now; correct one of the two"));
                }
                rules.extra_haircut_up(now.since(*published), claim.queue, now).complement()
            }
        };
        let Claim { lasting, standing, pool, .. } = *claim;
        Ok(Credit::Committed { kept, lasting, standing, pool })
    }

    fn own_factors(&self, factors: &[(String, RiskFactor)]) -> Result<Vec<FactorIndex>, Fault> {
        let Some(names) = &self.factors else {
            return Err(self.fault("factors", "is missing; name what the price moves with"));
        };
        names.iter().map(|name| index(name, factors)).collect()
    }

    fn missing(&self, field: &str) -> Fault {
        self.fault(field, "is missing; add it")
    }

    fn fault(&self, field: &str, what: &str) -> Fault {
        Fault::new(format!("assets.{}.{field}", self.name), what)
    }
}

impl Asset {
    /// What so many units of it are worth.
    pub(super) fn worth(&self, quantity: i128, toward: Toward, field: &Field<'_>) -> Result<Value, Fault> {
        let missing = || Fault::new(format!("assets.{}.price", self.name), "is missing; add it");
        let price = self.price.ok_or_else(missing)?;
        number::product(quantity, price, toward).ok_or_else(|| field.fault(number::TOO_LARGE))
    }

    /// What one unit of it is worth.
    pub(super) fn unit(&self, toward: Toward) -> Option<Value> {
        number::product(ONE_UNIT, self.price?, toward)
    }

    /// May it be owed? A claim changes hands among listed holders alone.
    pub(super) fn is_lent(&self) -> bool {
        matches!(self.credit, Credit::Whole)
    }

    /// What so many units of it count for.
    pub(super) fn holding(&self, asset: usize, quantity: i128, field: &Field<'_>) -> Result<Holding, Fault> {
        let worth = self.worth(quantity, Toward::Less, field)?;
        let (kept, lasting, standing, pool) = match &self.credit {
            Credit::Whole => return Ok(Holding { asset, quantity, worth, counted: [worth; 2] }),
            Credit::Backed(collection) => {
                let units = u32::try_from(quantity / ONE_UNIT).unwrap_or(u32::MAX);
                if quantity % ONE_UNIT != 0 || units > UNITS_MAX {
                    return Err(field.fault(format!("must be whole units, {UNITS_MAX} at the most")));
                }
                let counted = collection.counted(units).ok_or_else(|| field.fault(number::TOO_LARGE))?;
                return Ok(Holding { asset, quantity, worth, counted: [counted; 2] });
            }
            Credit::Committed { kept, lasting, standing, pool } => (*kept, *lasting, *standing, *pool),
        };
        let pool = pool.unwrap_or(quantity);
        if pool < quantity {
            return Err(Fault::new(
                format!("assets.{}.pool", self.name),
                "is less than the account holds; it is what all accounts hold",
            ));
        }
        let whole = self.worth(pool, Toward::More, field)?;
        let counted = |committed| {
            counted_down(worth, kept, whole, committed).map_err(|_| field.fault(number::TOO_LARGE))
        };
        Ok(Holding { asset, quantity, worth, counted: [counted(standing)?, counted(lasting)?] })
    }
}
