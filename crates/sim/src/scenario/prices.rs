//! From questions to ticks: the reports of all sources, at one instant or along a walk.

use cistern_attest::Statement;
use cistern_engine::{
    act::{Binding, RateSpec, Smile, Subject},
    command::{Command, PriceReport, SurfaceReport},
    ids::{FeedId, SourceId},
    state::State,
};
use cistern_units::{Price, Span, Time};

use super::{
    acts, attest,
    names::Names,
    read::{self, Fault, FaultKind, Sign, Word},
};

/// Ticks of one pool are at least this far apart.
pub(crate) const TICK_GAP: Span = Span::seconds(10);
/// Ticks of a walk, unless it says otherwise: half of the time that a report counts for.
const WALK_STEP: Span = Span::seconds(30);

/// Ticks of one walk: a file ends within seconds, whatever is written in it.
const TICKS_MAX: u64 = 100_000;

/// Prices on their way: every feed that is not named stays where it is.
pub(crate) struct Walk {
    targets: Vec<(FeedId, Price)>,
    /// What one source says all the way, whatever the others say.
    apart: Vec<(FeedId, SourceId, Price)>,
    starts: Vec<Option<Price>>,
    /// Redemption rates that are said again.
    rates: Vec<(FeedId, Price)>,
    /// How long it takes; none is one tick.
    pub(crate) over: Option<Span>,
    every: Span,
}

impl Walk {
    /// A walk on the spot.
    fn from(state: &State) -> Self {
        let feeds = (0..state.feeds.len()).map_while(FeedId::at);
        let rate = |(feed, _): &(FeedId, RateSpec)| Some((*feed, state.feed(*feed).ok()?.rate?.heard.ratio));
        Self {
            targets: Vec::new(),
            apart: Vec::new(),
            starts: feeds.map(|feed| market_price(feed, state)).collect(),
            rates: state.config.rates.iter().filter_map(rate).collect(),
            over: None,
            every: WALK_STEP,
        }
    }

    /// Reads `FEED PRICE… FEED@SOURCE PRICE… [over SPAN] [every SPAN]`.
    pub(crate) fn read(words: &[Word], names: &Names<'_>) -> Result<Self, Fault> {
        let mut walk = Self::from(names.state);
        for pair in words.chunks(2) {
            let [key, value] = pair else {
                let usage = read::Verb::Price.usage().to_owned();
                let end = pair[0].part(pair[0].text.chars().count() + 1, "");
                return Err(end.fault(FaultKind::MissingArgument { argument: "PRICE".to_owned(), usage }));
            };
            match (key.text.as_str(), key.split_once('@')) {
                ("over", _) => walk.over = Some(read::span(value)?),
                ("every", _) => walk.every = step(value)?,
                (_, Some((feed, source))) => {
                    walk.apart.push((names.feed(&feed)?, names.source(&source)?, read::price(value)?));
                }
                _ => walk.targets.push((names.feed(key)?, read::price(value)?)),
            }
        }
        let named = words.iter().step_by(2).filter(|word| names.feed(word).is_ok());
        for ((feed, _), word) in walk.targets.iter().zip(named) {
            if walk.over.is_some() && walk.start(*feed).is_none() {
                return Err(word.fault(FaultKind::NoPriceYet { feed: word.text.clone() }));
            }
        }
        match words.iter().rfind(|word| word.text == "over") {
            Some(over) => walk.bounded(over),
            None => Ok(walk),
        }
    }

    /// Reads `SPAN [every SPAN]`.
    pub(crate) fn hold(words: &[Word], names: &Names<'_>) -> Result<Self, Fault> {
        if let Some(extra) = words.get(1).filter(|word| word.text != "every").or(words.get(3)) {
            return Err(extra.extra(read::Verb::Hold.usage()));
        }
        let mut walk = Self::read(&words[1..], names)?;
        walk.over = Some(read::span(&words[0])?);
        walk.bounded(&words[0])
    }

    /// A walk that ends.
    fn bounded(self, word: &Word) -> Result<Self, Fault> {
        let over = self.over.map_or(0, Span::as_milliseconds);
        if over / self.every.as_milliseconds() <= TICKS_MAX {
            return Ok(self);
        }
        let (what, rule) = ("walk", "it has more than 100,000 ticks; take longer steps: every 1h");
        Err(word.fault(FaultKind::OutOfRange { word: word.text.clone(), what, rule }))
    }

    /// When its ticks are, counted from its beginning.
    pub(crate) fn steps(&self) -> Vec<Span> {
        let Some(over) = self.over else {
            return vec![Span::ZERO];
        };
        let (over, every) = (over.as_milliseconds(), self.every.as_milliseconds());
        (1..=over.div_ceil(every)).map(|step| Span::milliseconds((step * every).min(over))).collect()
    }

    /// What is reported `passed` into the walk, all at one instant: signed where the source is bound, else as a tick.
    pub(crate) fn reports(&self, passed: Span, time: Time, state: &State) -> Vec<Command> {
        let config = &state.config;
        let (mut reports, mut statements) = (Vec::new(), Vec::new());
        for (place, start) in self.starts.iter().enumerate() {
            let Some(feed) = FeedId::at(place) else { continue };
            let target = self.targets.iter().find(|(target, _)| *target == feed).map(|(_, price)| *price);
            for source in (0..config.sources.len()).map_while(SourceId::at) {
                let own = self.apart.iter().find(|(other, by, _)| (*other, *by) == (feed, source));
                let Some(price) = own.map(|(.., price)| *price).or(self.price(*start, target, passed)) else {
                    continue;
                };
                // What is signed has eight decimals; where anything is, everybody says the same.
                let price = if config.bindings.is_empty() { price } else { coarse(price) };
                if !config.is_signed(source) {
                    reports.push(PriceReport { feed, source, price, confidence: 0, published_at: time });
                }
                let says = |bound: &&Binding| {
                    (bound.feed, bound.source, bound.subject) == (feed, source, Subject::Price)
                };
                let bound = config.bindings.iter().find(says);
                statements.extend(bound.map(|bound| attest::observation(bound, state, price.raw(), time)));
            }
        }
        for bound in config.bindings.iter().filter(|bound| bound.subject == Subject::Rate) {
            let rate = self.rates.iter().find(|(feed, _)| *feed == bound.feed);
            statements.extend(rate.map(|(_, ratio)| attest::observation(bound, state, ratio.raw(), time)));
        }
        let statements: Vec<Statement> = statements.into_iter().map(Statement::Price).collect();
        let attest = Command::Attest { evidence: Vec::new(), statements };
        let tick = Command::Tick { reports };
        if config.bindings.is_empty() { vec![tick] } else { vec![attest, tick] }
    }

    fn start(&self, feed: FeedId) -> Option<Price> {
        self.starts.get(feed.position()).copied().flatten()
    }

    /// A straight line from start to target.
    fn price(&self, start: Option<Price>, target: Option<Price>, passed: Span) -> Option<Price> {
        let (Some(over), Some(from), Some(to)) = (self.over, start, target) else {
            return target.or(start);
        };
        let (over, passed) = (u128::from(over.as_milliseconds()), u128::from(passed.as_milliseconds()));
        // A price is below 2^70 and a span below 2^45 milliseconds.
        let step = from.distance(to) * passed / over.max(1);
        let raw = if to > from { from.raw() + step } else { from.raw() - step };
        Some(Price::clamped(raw))
    }
}

/// What a pool begins with: every source reports these prices, and rates are what leads from one to the other.
pub(crate) fn opening(prices: &[Price], time: Time, state: &State) -> Vec<Command> {
    let of = |feed: FeedId| prices.get(feed.position()).copied();
    let rate = |(feed, spec): &(FeedId, RateSpec)| {
        // A price is below 2^70 and one is 2^40.
        let ratio = of(*feed)?.raw() * Price::ONE.raw() / of(spec.underlying)?.raw();
        Some((*feed, Price::clamped(ratio)))
    };
    let starts = prices.iter().map(|price| Some(*price)).collect();
    let rates = state.config.rates.iter().filter_map(rate).collect();
    Walk { starts, rates, ..Walk::from(state) }.reports(Span::ZERO, time, state)
}

/// What the market pays: the price of the feed, or where a redemption rate makes that, the middle of what sources said.
fn market_price(feed: FeedId, state: &State) -> Option<Price> {
    let row = state.feed(feed).ok()?;
    if state.config.rate(feed).is_none() {
        return Some(row.quote?.price);
    }
    let mut said: Vec<Price> = row.reports.iter().map(|report| report.price).collect();
    said.sort_unstable();
    said.get(said.len().checked_sub(1)? / 2).copied()
}

/// A price with eight decimals.
fn coarse(price: Price) -> Price {
    Price::clamped(price.raw() / 10_000 * 10_000)
}

fn step(word: &Word) -> Result<Span, Fault> {
    let span = read::span(word)?;
    let (what, rule) = ("step", "ticks are at least 10 s apart");
    let fault = || word.fault(FaultKind::OutOfRange { word: word.text.clone(), what, rule });
    if span < TICK_GAP { Err(fault()) } else { Ok(span) }
}

/// Reads `FEED=SOURCE:PRICE~CONFIDENCE@AGE,…`: a tick with just these reports.
pub(crate) fn tick(words: &[Word], time: Time, names: &Names<'_>) -> Result<Command, Fault> {
    let mut reports = Vec::new();
    for word in words {
        let not_a_setting = || {
            let what = "FEED=SOURCE:PRICE, like ETH=alpha:1800,beta:1801~5,gamma:1799@30s";
            word.fault(FaultKind::NotASetting { word: word.text.clone(), what })
        };
        let (feed, said) = word.split_once('=').ok_or_else(not_a_setting)?;
        let feed = names.feed(&feed)?;
        for part in said.list() {
            reports.push(report(feed, &part, time, names)?);
        }
    }
    Ok(Command::Tick { reports })
}

/// Reads `SOURCE:PRICE~CONFIDENCE@AGE`.
fn report(feed: FeedId, word: &Word, time: Time, names: &Names<'_>) -> Result<PriceReport, Fault> {
    let not_a_setting =
        || word.fault(FaultKind::NotASetting { word: word.text.clone(), what: "SOURCE:PRICE" });
    let colon = word.text.rfind(':').ok_or_else(not_a_setting)?;
    let source = names.source(&word.part(0, &word.text[..colon]))?;
    let said = word.part(word.text[..=colon].chars().count(), &word.text[colon + 1..]);
    let (said, age) = said.split_once('@').map_or((said, None), |(said, age)| (said, Some(age)));
    let (price, confidence) =
        said.split_once('~').map_or((said, None), |(price, width)| (price, Some(width)));
    let confidence = confidence.map_or(Ok(0), |word| read::units(&word, "confidence", Price::PLACES))?;
    let published_at = moved_back(time, age.as_ref())?;
    Ok(PriceReport { feed, source, price: read::price(&price)?, confidence, published_at })
}

/// Reads `FEED EXPIRY VOLS [SOURCE:VOLS@AGE…]`: what sources say of the volatilities of an expiry.
pub(crate) fn surface(words: &[Word], time: Time, names: &Names<'_>) -> Result<Command, Fault> {
    let (feed, expiry) = (names.feed(&words[0])?, acts::expiry_of(&words[1])?);
    let mut reports = Vec::new();
    for word in &words[2..] {
        let (said, age) = word.split_once('@').map_or((word.clone(), None), |(said, age)| (said, Some(age)));
        let published_at = moved_back(time, age.as_ref())?;
        let (sources, vols) = match said.text.rfind(':') {
            Some(colon) => {
                let source = names.source(&said.part(0, &said.text[..colon]))?;
                let skipped = said.text[..=colon].chars().count();
                (vec![source], said.part(skipped, &said.text[colon + 1..]))
            }
            None => ((0..names.state.config.sources.len()).map_while(SourceId::at).collect(), said),
        };
        let smile = smile(&vols)?;
        let report = |source| SurfaceReport { feed, expiry, source, smile, published_at };
        reports.extend(sources.into_iter().map(report));
    }
    Ok(Command::ReportSurface { reports })
}

/// One volatility for all strikes, or five.
fn smile(word: &Word) -> Result<Smile, Fault> {
    let vols = word.list().iter().map(read::ratio).collect::<Result<Vec<_>, _>>()?;
    match *vols.as_slice() {
        [flat] => Ok(Smile { far_down: flat, down: flat, money: flat, up: flat, far_up: flat }),
        [far_down, down, money, up, far_up] => Ok(Smile { far_down, down, money, up, far_up }),
        _ => {
            let (what, rule) = ("list of volatilities", "write one, or five from the lowest strike up");
            Err(word.fault(FaultKind::OutOfRange { word: word.text.clone(), what, rule }))
        }
    }
}

/// A moment so long ago, or ahead where the age is negative.
fn moved_back(time: Time, age: Option<&Word>) -> Result<Time, Fault> {
    Ok(match age.map(read::moved).transpose()? {
        Some((Sign::Plus, age)) => {
            Time::milliseconds(time.as_milliseconds().saturating_sub(age.as_milliseconds()))
        }
        Some((Sign::Minus, ahead)) => time.plus(ahead).unwrap_or(time),
        None => time,
    })
}
