use cistern_engine::{
    act::Smile,
    event::Event,
    ids::{FeedId, MarketId},
};
use cistern_units::{Amount, Size, Time, Value};

use super::{
    magnitude,
    prices::{class, why_refused},
};
use crate::scenario::{
    names::Names,
    number::{self, dollars},
};

/// Trades and the premium that they leave.
pub(super) fn trades(event: &Event, names: &Names<'_>) -> Option<String> {
    let told = match event {
        Event::Filled { market, buyer, seller, size, price } => {
            let [buyer, seller] = [buyer, seller].map(|account| names.account_name(*account));
            let (size, price) = (names.contracts(*market, *size), number::price(*price));
            format!("{buyer} buys {size} from {seller} at {price}")
        }
        Event::PositionChanged { account, market, size, cost, realised } => {
            let realised = match realised.is_zero() {
                true => String::new(),
                false => format!(", realises {}", dollars(*realised)),
            };
            format!(
                "{} is {}{realised}",
                names.account_name(*account),
                position(*market, *size, *cost, names)
            )
        }
        Event::FundingAccrued { market, premium, index } => {
            let (market, premium) = (names.market_name(*market), number::percent(i128::from(premium.raw())));
            format!("{market}: {} so far, premium {premium}", funding(*index))
        }
        Event::PremiumObserved { market, premium } => {
            let premium = number::percent(i128::from(premium.raw()));
            format!("the last fill of {} has a premium of {premium}", names.market_name(*market))
        }
        _ => return None,
    };
    Some(told)
}

fn surface(feed: FeedId, expiry: Time, names: &Names<'_>) -> String {
    format!("{} for {}", names.feed_name(feed), number::moment(expiry))
}

/// Volatilities in words: from the lowest strike up.
fn told_smile(smile: &Smile) -> String {
    let told = smile.points().map(|vol| number::percent(i128::from(vol.raw())));
    format!("volatilities of {}", told.join(", "))
}

/// What an expiry brings.
pub(super) fn expiries(event: &Event, names: &Names<'_>) -> Option<String> {
    let told = match event {
        Event::IndexAveraged { feed, expiry, covered, .. } => {
            let (feed, expiry, covered) =
                (names.feed_name(*feed), number::moment(*expiry), number::span(*covered));
            format!("{covered} of {feed} are in the average for {expiry}")
        }
        Event::SettlementDelayed { feed, expiry } => {
            let (feed, expiry) = (names.feed_name(*feed), number::moment(*expiry));
            format!("too little of {feed} was seen before {expiry} to settle: more of it is waited for")
        }
        Event::ExpirySettled { feed, expiry, price } => {
            let (feed, expiry, price) =
                (names.feed_name(*feed), number::moment(*expiry), number::price(*price));
            format!("{feed} settles at {price} for {expiry}")
        }
        Event::SurfaceReported { feed, expiry, source, smile, .. } => {
            let (what, source) = (surface(*feed, *expiry, names), names.source_name(*source));
            format!("{source} says that {what} has {}", told_smile(smile))
        }
        Event::SurfaceRefused { feed, expiry, source, smile, fault } => {
            let (what, source) = (surface(*feed, *expiry, names), names.source_name(*source));
            let point = smile.unsound().map_or(String::new(), |point| format!(" at {point}"));
            format!("{source} is not heard on {what}: {}{point}", why_refused(*fault))
        }
        Event::SurfaceUpdated { feed, expiry, smile, validity, .. } => {
            let what = surface(*feed, *expiry, names);
            format!("{what} has {}, {}", told_smile(smile), class(*validity))
        }
        Event::MarketSettled { market, .. } => format!("{} is settled", names.market_name(*market)),
        _ => return None,
    };
    Some(told)
}

/// Funding, and profits and losses that become units.
pub(super) fn settlements(event: &Event, names: &Names<'_>) -> Option<String> {
    let told = match event {
        Event::FundingSettled { account, market, payment, .. } => {
            let verb = if payment.is_negative() { "pays" } else { "receives" };
            let (account, payment) = (names.account_name(*account), dollars(magnitude(*payment)));
            format!("{account} {verb} {payment} of funding on {}", names.market_name(*market))
        }
        Event::LossSettled { account, amount, value } => {
            let (account, amount) = (names.account_name(*account), settled(*amount, names));
            format!("{account} pays in {amount} for a loss of {}", dollars(*value))
        }
        Event::ProfitSettled { account, amount, value } => {
            let (account, amount) = (names.account_name(*account), settled(*amount, names));
            format!("{account} is paid {amount} for a profit of {}", dollars(*value))
        }
        _ => return None,
    };
    Some(told)
}

/// A position in words: `long 1.00 BTC-PERP, entered for $100,000.00`.
pub(crate) fn position(market: MarketId, size: Size, cost: Value, names: &Names<'_>) -> String {
    if size.is_zero() {
        return format!("out of {}", names.market_name(market));
    }
    let side = if size.is_short() { "short" } else { "long" };
    format!("{side} {}, entered for {}", names.contracts(market, size), dollars(magnitude(cost)))
}

/// What one contract has paid in funding since the beginning.
pub(crate) fn funding(index: i128) -> String {
    let payer = if index < 0 { "shorts" } else { "longs" };
    // A funding index counts 1e-18 dollars.
    format!("{payer} have paid ${} a contract", number::grouped(index.unsigned_abs(), 18))
}

fn settled(amount: Amount, names: &Names<'_>) -> String {
    names.units(names.state.settlement(), amount)
}
