use cistern_attest::Refusal;
use cistern_engine::{
    event::{Event, ReportFault},
    rows::Validity,
};

use crate::scenario::{acts::told_ratio, names::Names, networks, number};

/// Reports and prices.
pub(super) fn prices(event: &Event, names: &Names<'_>) -> Option<String> {
    let told = match event {
        Event::TickOpened { tick } => format!("tick {tick}"),
        Event::PriceReported { feed, source, price, confidence, .. } => {
            let (source, feed) = (names.source_name(*source), names.feed_name(*feed));
            format!("{source} says {feed} is worth {}{}", number::price(*price), give_or_take(*confidence))
        }
        Event::ReportRefused { feed, source, price, fault } => {
            let (source, feed, why) =
                (names.source_name(*source), names.feed_name(*feed), why_refused(*fault));
            format!("{source}'s {} for {feed} does not count: {why}", number::price(*price))
        }
        Event::GroupDropped { feed, group, price } => {
            let (feed, price) = (names.feed_name(*feed), number::price(*price));
            format!("group {group} has no vote on {feed}: its {price} is too far from the others")
        }
        Event::PriceUpdated { feed, price, uncertainty, .. } => {
            let feed = names.feed_name(*feed);
            format!("{feed} is worth {}{}", number::price(*price), give_or_take(*uncertainty))
        }
        Event::ObservationRefused { network, key, refusal } => {
            format!("{} of {network} does not count: {}", networks::told(&key.0), cause(*refusal))
        }
        Event::RateReported { feed, rate } => {
            format!("the rate of {} is said to be {}", names.feed_name(*feed), told_ratio(rate.ratio))
        }
        Event::RateFell { feed, rate } => {
            let (feed, ratio) = (names.feed_name(*feed), told_ratio(rate.ratio));
            format!("the rate of {feed} is said to be {ratio}, too far down to believe at once")
        }
        Event::DiscountBegan { feed } => format!("{} trades below redemption", names.feed_name(*feed)),
        Event::DiscountEnded { feed } => format!("{} trades at redemption again", names.feed_name(*feed)),
        Event::ValidityChanged { feed, validity } => {
            format!("{} is {}", names.feed_name(*feed), class(*validity))
        }
        _ => return None,
    };
    Some(told)
}

fn give_or_take(raw: u128) -> String {
    if raw == 0 { String::new() } else { format!(", give or take {}", number::price_units(raw)) }
}

pub(super) fn why_refused(fault: ReportFault) -> &'static str {
    match fault {
        ReportFault::Unknown => "no such feed or source",
        ReportFault::Stale => "it is too old",
        ReportFault::Ahead => "it is ahead of the clock",
        ReportFault::NotNewer => "the source has said something as new before",
        ReportFault::Uncertain => "its confidence interval is too wide",
        ReportFault::Unsigned => "the source reports by evidence alone",
        ReportFault::Apart => "the source's first word is too far from what the feed is worth",
        ReportFault::Jump => "it jumped; it counts once the source repeats it",
        ReportFault::Bounds => "it can be no volatility",
        ReportFault::Expired => "what it speaks of has expired",
    }
}

/// Why a message does not count, without the advice for those who can fetch another.
pub(crate) fn cause(refusal: Refusal) -> String {
    let told = refusal.to_string();
    let told = told.strip_prefix(refusal.name()).unwrap_or(&told).trim_start_matches(": ");
    told.split("; ").next().unwrap_or(told).to_owned()
}

/// A validity class and what it allows.
pub(crate) fn class(validity: Validity) -> &'static str {
    match validity {
        Validity::Frozen => "frozen: only reducing works",
        Validity::Disputed => "disputed: no new debt, no liquidation",
        Validity::Reduced => "reduced: no new debt",
        Validity::Full => "fully valid",
    }
}
