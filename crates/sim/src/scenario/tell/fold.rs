use cistern_attest::{FeedKey, Network};
use cistern_engine::{
    event::Event,
    ids::{AccountId, AssetId, FeedId, MarketId},
    rows::{Quote, RateState, Validity},
    state::State,
};
use cistern_units::{Amount, Price, Shares, Signed, Value};

/// What readers knew before a question, so that only changes are told.
pub(crate) struct Before {
    quotes: Vec<Option<Quote>>,
    validities: Vec<Validity>,
    /// Ratio that was last heard, and whether it fell too deep.
    rates: Vec<Option<(Price, bool)>>,
    /// Premium of the last fill, and whether anything was open.
    markets: Vec<(Signed, bool)>,
}

impl Before {
    pub(crate) fn of(state: &State) -> Self {
        let markets = state.markets.iter();
        Self {
            quotes: state.feeds.iter().map(|feed| feed.quote).collect(),
            validities: state.feeds.iter().map(|feed| feed.validity).collect(),
            rates: state.feeds.iter().map(|feed| feed.rate.as_ref().map(heard)).collect(),
            markets: markets.map(|market| (market.premium_last, !market.open_interest.is_zero())).collect(),
        }
    }

    fn rate(&self, feed: FeedId) -> Option<(Price, bool)> {
        self.rates.get(feed.position()).copied().flatten()
    }
}

fn heard(rate: &RateState) -> (Price, bool) {
    (rate.heard.ratio, rate.fallen_since.is_some())
}

/// Events of two entries at one instant: where the second says how things stand, the first does not.
pub(crate) fn instant(mut earlier: Vec<Event>, later: Vec<Event>) -> Vec<Event> {
    earlier.retain(|event| match event {
        Event::GroupDropped { .. } => false,
        Event::PriceUpdated { feed, .. } => !later
            .iter()
            .any(|event| matches!(event, Event::PriceUpdated { feed: other, .. } if other == feed)),
        _ => true,
    });
    earlier.extend(later);
    earlier
}

/// How long a question takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Course {
    /// One entry.
    Instant,
    /// Many ticks: what repeats is told once, liquidation steps are added up.
    Walk,
    /// Many ticks whose point is the time: what accrues is told too.
    Hold,
}

/// Something to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// One event.
    Event(Event),
    /// All steps of a walk in which one account took over another.
    Steps(Steps),
}

/// Liquidation steps, added up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Steps {
    pub(crate) account: AccountId,
    pub(crate) liquidator: AccountId,
    pub(crate) count: usize,
    pub(crate) closed: Value,
    pub(crate) penalty: Value,
}

/// What a reader wants to know of these events.
pub(crate) fn brief(events: Vec<Event>, course: Course, before: &Before) -> Vec<News> {
    let mut told: Vec<Event> = Vec::new();
    let mut sums = Sums::default();
    for event in events {
        if course != Course::Instant && (sums.takes(&event) || is_detail(&event)) {
            continue;
        }
        // Within one entry a breach and its end are a story; a feed that was away and is back is one fact.
        let key = repeats(&event).filter(|(kind, _)| course != Course::Instant || *kind == Kind::Validity);
        if key.is_some() {
            told.retain(|earlier| repeats(earlier) != key);
        }
        told.push(event);
    }
    told.retain(|event| is_news(event, before));
    let steps: Vec<News> = sums.steps.drain(..).map(News::Steps).collect();
    let accrued = if course == Course::Hold { sums.told(before) } else { Vec::new() };
    let accrued = accrued.into_iter().map(News::Event);
    let told: Vec<News> = told.into_iter().map(News::Event).collect();
    steps.into_iter().chain(told).chain(accrued).collect()
}

/// What a statement of how things stand is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Price,
    Breach,
    Deferral,
    Validity,
    Outlier(u8),
    Rate,
    Refused(Network, FeedKey),
}

/// What a later event of the same kind and row makes obsolete.
fn repeats(event: &Event) -> Option<(Kind, u32)> {
    match event {
        Event::PriceUpdated { feed, .. } => Some((Kind::Price, u32::from(feed.0))),
        Event::MarginBreached { account, .. } | Event::MarginRestored { account } => {
            Some((Kind::Breach, account.0))
        }
        Event::LiquidationDeferred { account } => Some((Kind::Deferral, account.0)),
        Event::ValidityChanged { feed, .. } => Some((Kind::Validity, u32::from(feed.0))),
        Event::GroupDropped { feed, group, .. } => Some((Kind::Outlier(*group), u32::from(feed.0))),
        Event::RateReported { feed, .. } | Event::RateFell { feed, .. } => {
            Some((Kind::Rate, u32::from(feed.0)))
        }
        Event::ObservationRefused { network, key, refusal: _ } => Some((Kind::Refused(*network, *key), 0)),
        _ => None,
    }
}

/// What moves within a liquidation step: along a walk the sum of the steps says enough.
fn is_detail(event: &Event) -> bool {
    matches!(
        event,
        Event::CollateralMoved { .. }
            | Event::DebtMoved { .. }
            | Event::LoanMoved { .. }
            | Event::PositionChanged { .. }
            | Event::ProfitMoved { .. }
            | Event::FundingSettled { .. }
            | Event::LossSettled { .. }
            | Event::ProfitSettled { .. }
            | Event::Recalled { .. }
    )
}

fn is_news(event: &Event, before: &Before) -> bool {
    match event {
        Event::PriceUpdated { feed, price, uncertainty, .. } => {
            let quote = before.quotes.get(feed.position()).copied().flatten();
            quote.is_none_or(|quote| (quote.price, quote.uncertainty) != (*price, *uncertainty))
        }
        // A feed that was away and is as valid as before has not changed.
        Event::ValidityChanged { feed, validity } => before.validities.get(feed.position()) != Some(validity),
        Event::PremiumObserved { market, premium } => {
            before.markets.get(market.position()).is_none_or(|(last, _)| last != premium)
        }
        Event::FundingSettled { payment, .. } => !payment.is_zero(),
        Event::RateReported { feed, rate } => before.rate(*feed) != Some((rate.ratio, false)),
        Event::RateFell { feed, rate } => before.rate(*feed) != Some((rate.ratio, true)),
        Event::TickOpened { .. }
        | Event::PoolNamed { .. }
        | Event::CommandSigned { .. }
        | Event::PriceReported { .. }
        | Event::AccountOpened { .. }
        | Event::InterestAccrued { .. }
        | Event::FundingAccrued { .. }
        | Event::IndexAveraged { .. }
        | Event::SurfaceReported { .. } => false,
        _ => true,
    }
}

/// What accrued along a walk.
#[derive(Default)]
struct Sums {
    steps: Vec<Steps>,
    interest: Vec<(AssetId, Amount, Shares)>,
    funding: Vec<(MarketId, Signed, i128)>,
}

impl Sums {
    /// Is the event one that is added up?
    fn takes(&mut self, event: &Event) -> bool {
        match event {
            Event::LiquidationStepped { account, liquidator, closed, penalty } => {
                let parties = (*account, *liquidator);
                let known = self.steps.iter_mut().find(|steps| (steps.account, steps.liquidator) == parties);
                let (closed, penalty) = (*closed, *penalty);
                match known {
                    Some(steps) => {
                        steps.count += 1;
                        steps.closed = steps.closed.plus(closed).unwrap_or(steps.closed);
                        steps.penalty = steps.penalty.plus(penalty).unwrap_or(steps.penalty);
                    }
                    None => {
                        let (account, liquidator) = parties;
                        self.steps.push(Steps { account, liquidator, count: 1, closed, penalty });
                    }
                }
            }
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
        let interest =
            interest.map(|(asset, interest, reserve)| Event::InterestAccrued { asset, interest, reserve });
        let is_open = |market: MarketId| before.markets.get(market.position()).is_some_and(|(_, open)| *open);
        let funding = self.funding.into_iter().filter(|(market, ..)| is_open(*market));
        let funding =
            funding.map(|(market, premium, index)| Event::FundingAccrued { market, premium, index });
        interest.chain(funding).collect()
    }
}
