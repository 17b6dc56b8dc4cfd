//! From questions to ticks: the reports of all sources, at one instant or along a walk.

use cistern_engine::{
    command::{Command, PriceReport},
    ids::{FeedId, SourceId},
};
use cistern_units::{Price, Span, Time};

use super::{
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
    starts: Vec<Option<Price>>,
    /// How long it takes; none is one tick.
    pub(crate) over: Option<Span>,
    every: Span,
}

impl Walk {
    /// Reads `FEED PRICE… [over SPAN] [every SPAN]`.
    pub(crate) fn read(words: &[Word], names: &Names<'_>) -> Result<Self, Fault> {
        let starts = (0..names.state.feeds.len()).map(|place| names.feed_price(FeedId::at(place)?)).collect();
        let mut walk = Self { targets: Vec::new(), starts, over: None, every: WALK_STEP };
        for pair in words.chunks(2) {
            let [key, value] = pair else {
                let usage = read::Verb::Price.usage().to_owned();
                let end = pair[0].part(pair[0].text.chars().count() + 1, "");
                return Err(end.fault(FaultKind::MissingArgument { argument: "PRICE".to_owned(), usage }));
            };
            match key.text.as_str() {
                "over" => walk.over = Some(read::span(value)?),
                "every" => walk.every = step(value)?,
                _ => walk.targets.push((names.feed(key)?, read::price(value)?)),
            }
        }
        for ((feed, _), word) in walk.targets.iter().zip(words.iter().step_by(2)) {
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

    /// The tick that lies `passed` into the walk.
    pub(crate) fn tick(&self, passed: Span, time: Time, sources: usize) -> Command {
        let mut reports = Vec::new();
        for (place, start) in self.starts.iter().enumerate() {
            let Some(feed) = FeedId::at(place) else { continue };
            let target = self.targets.iter().find(|(target, _)| *target == feed).map(|(_, price)| *price);
            let Some(price) = self.price(*start, target, passed) else {
                continue;
            };
            for source in (0..sources).filter_map(SourceId::at) {
                reports.push(PriceReport { feed, source, price, confidence: 0, published_at: time });
            }
        }
        Command::Tick { reports }
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
        Some(Price::clamped(if to > from { from.raw() + step } else { from.raw() - step }))
    }
}

/// The tick with which a pool begins: every source reports these prices.
pub(crate) fn opening(prices: &[Price], time: Time, sources: usize) -> Command {
    let starts = prices.iter().map(|price| Some(*price)).collect();
    Walk { targets: Vec::new(), starts, over: None, every: WALK_STEP }.tick(Span::ZERO, time, sources)
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
    let published_at = match age.as_ref().map(read::moved).transpose()? {
        Some((Sign::Plus, age)) => {
            Time::milliseconds(time.as_milliseconds().saturating_sub(age.as_milliseconds()))
        }
        Some((Sign::Minus, ahead)) => time.plus(ahead).unwrap_or(time),
        None => time,
    };
    Ok(PriceReport { feed, source, price: read::price(&price)?, confidence, published_at })
}
