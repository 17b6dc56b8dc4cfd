use cistern_engine::{
    event::Event,
    ids::{AssetId, MarketId},
    rows::Quote,
    state::State,
};
use cistern_units::{Amount, Shares, Signed};

/// What readers knew before a question, so that only changes are told.
pub(crate) struct Before {
    quotes: Vec<Option<Quote>>,
    /// Premium of the last fill, and whether anything was open.
    markets: Vec<(Signed, bool)>,
}

impl Before {
    pub(crate) fn of(state: &State) -> Self {
        Self {
            quotes: state.feeds.iter().map(|feed| feed.quote).collect(),
            markets: state.markets.iter().map(|market| (market.premium_last, !market.open_interest.is_zero())).collect(),
        }
    }
}

/// How long a question takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Course {
    /// One entry.
    Instant,
    /// Many ticks: what repeats is told once, what accrues is added up.
    Walk,
}

/// The events that a reader wants to know.
pub(crate) fn brief(events: Vec<Event>, course: Course, before: &Before) -> Vec<Event> {
    let mut told: Vec<Event> = Vec::new();
    let mut sums = Sums::default();
    for event in events {
        if course == Course::Walk {
            if sums.takes(&event) {
                continue;
            }
            if let Some(key) = repeats(&event) {
                told.retain(|earlier| repeats(earlier) != Some(key));
            }
        }
        told.push(event);
    }
    told.retain(|event| is_news(event, before));
    told.extend(sums.told(before));
    told
}

/// What a later event of the same key makes obsolete.
fn repeats(event: &Event) -> Option<(u8, u32)> {
    match event {
        Event::PriceUpdated { feed, .. } => Some((0, u32::from(feed.0))),
        Event::MarginBreached { account, .. } => Some((1, account.0)),
        Event::LiquidationDeferred { account } => Some((2, account.0)),
        _ => None,
    }
}

fn is_news(event: &Event, before: &Before) -> bool {
    match event {
        Event::PriceUpdated { feed, price, uncertainty } => {
            let quote = before.quotes.get(feed.position()).copied().flatten();
            quote.is_none_or(|quote| (quote.price, quote.uncertainty) != (*price, *uncertainty))
        }
        Event::PremiumObserved { market, premium } => {
            before.markets.get(market.position()).is_none_or(|(last, _)| last != premium)
        }
        Event::FundingSettled { payment, .. } => !payment.is_zero(),
        Event::TickOpened { .. }
        | Event::PriceReported { .. }
        | Event::AccountOpened { .. }
        | Event::InterestAccrued { .. }
        | Event::FundingAccrued { .. } => false,
        _ => true,
    }
}

/// What accrued along a walk.
#[derive(Default)]
struct Sums {
    interest: Vec<(AssetId, Amount, Shares)>,
    funding: Vec<(MarketId, Signed, i128)>,
}

impl Sums {
    /// Is the event one that is added up?
    fn takes(&mut self, event: &Event) -> bool {
        match event {
            Event::InterestAccrued { asset, interest, reserve } => {
                let known = self.interest.iter_mut().find(|(other, ..)| other == asset);
                match known {
                    Some((_, sum, shares)) => {
                        *sum = sum.plus(*interest).unwrap_or(*sum);
                        *shares = shares.plus(*reserve).unwrap_or(*shares);
                    }
                    None => self.interest.push((*asset, *interest, *reserve)),
                }
            }
            Event::FundingAccrued { market, premium, index } => {
                self.funding.retain(|(other, ..)| other != market);
                self.funding.push((*market, *premium, *index));
            }
            _ => return false,
        }
        true
    }

    fn told(self, before: &Before) -> Vec<Event> {
        let interest = self.interest.into_iter().filter(|(_, sum, _)| !sum.is_zero());
        let interest = interest.map(|(asset, interest, reserve)| Event::InterestAccrued { asset, interest, reserve });
        let is_open = |market: MarketId| before.markets.get(market.position()).is_some_and(|(_, open)| *open);
        let funding = self.funding.into_iter().filter(|(market, ..)| is_open(*market));
        let funding = funding.map(|(market, premium, index)| Event::FundingAccrued { market, premium, index });
        interest.chain(funding).collect()
    }
}
