//! Prices and coefficients of one instant, folded once and read by every margin check of it. Derived: never stored.

mod collections;
mod priced;

use alloc::vec::Vec;

use cistern_margin::{
    Band, Depth, FactorError, FactorIndex, FactorTable, Range, RiskFactor, Settings, Tier,
    option::SeriesIndex,
};
use cistern_units::{
    Amount, Decimals, Fraction, NarrowValue, Overflow, Price, Ratio, Signed, Size, Time, Value,
};

use crate::{
    act::{FactorSpec, Impact, Product, Style},
    collateral::{Credit, Dealing, Seen},
    ids::{AccountId, AssetId, FactorId, FeedId, MarketId},
    limits::FACTORS_PER_ASSET_MAX,
    limits::SURFACE_AGE_MAX,
    params::OracleParams,
    product::{option::Terms, perp, settlement},
    rejection::Rejection,
    rows::{Expiry, FactorConfig, MarketConfig, MarketState, Validity},
    state::State,
};

pub(crate) use collections::Backed;
use priced::Priced;
pub(crate) use priced::Prices;

/// The few factors of an asset or market, without a pointer to follow.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FactorList {
    list: [FactorIndex; FACTORS_PER_ASSET_MAX],
    len: usize,
}

impl FactorList {
    fn of(factors: &[FactorId]) -> Self {
        let mut list = [FactorIndex::default(); FACTORS_PER_ASSET_MAX];
        for (slot, factor) in list.iter_mut().zip(factors) {
            *slot = FactorIndex(factor.0);
        }
        Self { list, len: factors.len().min(FACTORS_PER_ASSET_MAX) }
    }

    #[inline(always)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = FactorIndex> {
        self.list.iter().copied().take(self.len)
    }

    pub(crate) fn as_slice(&self) -> &[FactorIndex] {
        self.list.get(..self.len).unwrap_or(&[])
    }
}

/// An asset at one instant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AssetView {
    pub(crate) factors: FactorList,
    pub(crate) credit: Credit,
    priced: Priced,
}

/// A market at one instant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MarketView {
    pub(crate) factors: FactorList,
    /// The part of its price that still moves: all of it, but for an average that has begun [E1].
    pub(crate) moving: Fraction,
    /// What it depends on, where it is an option.
    pub(crate) option: Option<OptionView>,
    /// Is it no option, and does all of its price still move?
    pub(crate) is_plain: bool,
    priced: Priced,
}

impl AssetView {
    /// Its prices.
    pub(crate) fn prices(&self) -> &Prices {
        &self.priced.prices
    }

    /// Sets other prices.
    pub(crate) fn set_prices(&mut self, prices: Prices) {
        self.priced.set(prices, self.decimals());
    }

    pub(crate) fn decimals(&self) -> Decimals {
        self.priced.decimals
    }

    /// What an amount is worth at a tier where it is owned; nothing where there is no price to give credit at.
    #[inline(always)]
    pub(crate) fn owned(&self, amount: Amount, tier: Tier) -> Result<Value, Overflow> {
        self.priced.owned(amount, tier)
    }

    /// The same where it fits a word.
    #[inline(always)]
    pub(crate) fn narrow_owned(&self, amount: Amount, tier: Tier) -> Option<NarrowValue> {
        let [owned, _] = self.priced.units(tier);
        owned.value(amount).or_else(|| self.priced.owned_apart(amount, tier))
    }

    /// What an amount costs at a tier where it is owed; nothing where there is no price.
    #[inline(always)]
    pub(crate) fn owed(&self, amount: Amount, tier: Tier) -> Result<Value, Overflow> {
        self.priced.owed(amount, tier)
    }

    /// The same where it fits a word.
    #[inline(always)]
    pub(crate) fn narrow_owed(&self, amount: Amount, tier: Tier) -> Option<NarrowValue> {
        let [_, owing] = self.priced.units(tier);
        owing.value(amount).or_else(|| self.priced.owed_apart(amount, tier))
    }
}

impl MarketView {
    /// Signed value of a position at a tier, where it fits a word and there is a price.
    #[inline(always)]
    pub(crate) fn narrow_notional(&self, size: Size, tier: Tier) -> Option<NarrowValue> {
        let [owned, owing] = self.priced.units(tier);
        let unit = if size.is_short() { owing } else { owned };
        unit.notional(size).or_else(|| self.priced.notional_apart(size, tier))
    }

    /// Its prices.
    pub(crate) fn prices(&self) -> &Prices {
        &self.priced.prices
    }

    /// Sets other prices.
    pub(crate) fn set_prices(&mut self, prices: Prices) {
        self.priced.set(prices, self.decimals());
    }

    pub(crate) fn decimals(&self) -> Decimals {
        self.priced.decimals
    }

    /// Signed value of a position at a tier; none where there is no price.
    #[inline(always)]
    pub(crate) fn notional(&self, size: Size, tier: Tier) -> Result<Option<Value>, Overflow> {
        self.priced.notional(size, tier)
    }
}

/// An option at one instant: its terms, and the prices of its forward.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OptionView {
    pub(crate) terms: Terms,
    pub(crate) forward: Prices,
    /// Its place among the options of all markets.
    place: u16,
}

/// A position in an option as the margin model sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OptionLeg {
    pub(crate) series: SeriesIndex,
    /// Size times forward.
    pub(crate) notional: Value,
    /// What equity counts of it, without its sign.
    pub(crate) worth: Value,
}

impl OptionView {
    /// What it is worth little and much at: the forward's low price is a call's low one, and a put's high one.
    fn sides(&self) -> [Option<Price>; 2] {
        match self.terms.style {
            Style::Call => [self.forward.low, self.forward.high],
            Style::Put => [self.forward.high, self.forward.low],
        }
    }

    /// The forward at which one that is owned counts at a tier; none where it gives no credit, and so hedges nothing.
    fn owned(&self, tier: Tier) -> Option<Price> {
        let [owned, _] = self.sides();
        match tier {
            Tier::Maintenance | Tier::Target => self.forward.mark,
            Tier::Initial => owned.filter(|_| self.forward.validity > Validity::Frozen),
        }
    }

    /// The forward at which one that is sold counts at a tier.
    fn owing(&self, tier: Tier) -> Option<Price> {
        let [_, owing] = self.sides();
        if tier == Tier::Initial { owing } else { self.forward.mark }
    }

    /// A position of this size and worth at a tier; none where it hedges nothing.
    pub(crate) fn leg(
        &self,
        (size, decimals): (Size, Decimals),
        worth: Value,
        tier: Tier,
    ) -> Result<Option<OptionLeg>, Rejection> {
        let forward = if size.is_long() { self.owned(tier) } else { self.owing(tier) };
        let Some(forward) = forward else { return Ok(None) };
        let series = match tier {
            Tier::Maintenance | Tier::Target => self.place,
            Tier::Initial => self.place.saturating_mul(2).saturating_add(u16::from(size.is_short())),
        };
        let notional = forward.notional_down(size, decimals)?;
        Ok(Some(OptionLeg { series: SeriesIndex(series), notional, worth: worth.absolute()? }))
    }

    /// Prices of the option itself at prices of its forward [E2] [O3]: a call is worth little where its forward is low, a put
    /// where it is high; none gives credit at the initial tier without a live surface.
    pub(crate) fn prices(&self) -> Prices {
        let Prices { mark, mark_low, mark_high, validity, is_settled, .. } = self.forward;
        let least = |price: Price| Price::clamped(self.terms.value(price).0);
        let most = |price: Price| Price::clamped(self.terms.value(price).1);
        let (credit, owing) = (self.owned(Tier::Initial), self.owing(Tier::Initial));
        Prices {
            mark: mark.map(least),
            mark_low: mark_low.map(least),
            mark_high: mark_high.map(most),
            low: Some(credit.map_or(Price::MIN, least)),
            high: owing.map(most),
            validity,
            is_settled,
        }
    }
}

/// Everything that the margin checks of one instant read besides the account.
#[derive(Debug, Default)]
pub(crate) struct View {
    pub(crate) assets: Vec<AssetView>,
    pub(crate) markets: Vec<MarketView>,
    /// Units of collections with the bids that back them, by collection and owner.
    backed: Vec<Backed>,
    tables: Option<[FactorTable; 3]>,
    at: Option<Time>,
    tables_at: Option<Time>,
    /// Counts changes of the coefficients.
    version: u64,
}

impl View {
    /// Prices changed: fold again before the next check.
    pub(crate) fn prices_changed(&mut self) {
        self.at = None;
    }

    /// Factors changed: fold all again before the next check.
    pub(crate) fn factors_changed(&mut self) {
        self.at = None;
        self.tables_at = None;
    }

    /// Folds prices and coefficients for `now`, unless that has been done.
    #[inline]
    pub(crate) fn refresh(&mut self, state: &State) -> Result<(), Rejection> {
        if self.at == Some(state.totals.time) { Ok(()) } else { self.fold(state) }
    }

    #[inline(never)]
    fn fold(&mut self, state: &State) -> Result<(), Rejection> {
        let now = state.totals.time;
        if self.tables_at.is_none_or(|at| at != now && is_ramping(state, at)) {
            let tables = fold_tables(state, now)?;
            let same = |old: &[FactorTable; 3]| old.iter().zip(&tables).all(|(old, new)| old.agrees(new));
            if !self.tables.as_ref().is_some_and(same) {
                self.version = self.version.wrapping_add(1);
                self.tables = Some(tables);
            }
            self.tables_at = Some(now);
        }
        self.assets.clear();
        for (place, config) in state.config.assets.iter().enumerate() {
            let factors = FactorList::of(&config.spec.factors);
            let haircut = self.table(Tier::Maintenance)?.haircut(factors.as_slice());
            let prices = config.feed.map_or(Prices::default(), |feed| prices(state, feed, None, haircut));
            let mut priced = self.assets.get(place).map_or(Priced::default(), |old| old.priced);
            priced.set(prices, config.spec.decimals);
            put(&mut self.assets, place, AssetView { factors, credit: credit(state, place)?, priced });
        }
        self.assets.truncate(state.config.assets.len());
        self.backed.clear();
        if !state.items.is_empty() {
            collections::fold(state, &mut self.backed);
        }
        for (place, config) in state.config.markets.iter().enumerate() {
            let market = state.market(MarketId::at(place).ok_or(Rejection::MarketUnknown)?)?;
            let factors = FactorList::of(&config.spec.factors);
            let haircut = self.table(Tier::Maintenance)?.haircut(factors.as_slice());
            let (prices, moving, option) = of_market(state, (config, market), haircut);
            let mut priced = self.markets.get(place).map_or(Priced::default(), |old| old.priced);
            priced.set(prices, config.spec.decimals);
            let is_plain = option.is_none() && moving == Fraction::ONE;
            put(&mut self.markets, place, MarketView { factors, moving, option, is_plain, priced });
        }
        self.markets.truncate(state.config.markets.len());
        let options = self.markets.iter_mut().filter_map(|market| market.option.as_mut());
        for (place, option) in (0..).zip(options) {
            option.place = place;
        }
        self.list_options()?;
        self.at = Some(now);
        Ok(())
    }

    /// Lists the series of all options at the prices of now: one at the mark, and one for each side at the initial tier.
    pub(crate) fn list_options(&mut self) -> Result<(), Rejection> {
        let (mut marked, mut sided) = (Vec::new(), Vec::new());
        for market in &self.markets {
            let (Some(option), Some(factor)) = (&market.option, market.factors.as_slice().first()) else {
                continue;
            };
            let series = |forward: Option<Price>| {
                // Without a price the position has no value, and nobody asks for its series.
                option.terms.series(*factor, forward.unwrap_or(option.terms.strike))
            };
            marked.push(series(option.forward.mark));
            sided.extend(option.sides().map(series));
        }
        let tables = self.tables.as_mut().ok_or(Rejection::PoolMustBeFounded)?;
        for (table, series) in tables.iter_mut().zip([&marked, &marked, &sided]) {
            table.list(series).map_err(|_| Rejection::NumberTooLarge)?;
        }
        Ok(())
    }

    /// Which coefficients these are: another number after each change.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// Coefficients of a tier.
    #[inline]
    pub(crate) fn table(&self, tier: Tier) -> Result<&FactorTable, Rejection> {
        let [maintenance, target, initial] = self.tables.as_ref().ok_or(Rejection::PoolMustBeFounded)?;
        Ok(match tier {
            Tier::Maintenance => maintenance,
            Tier::Target => target,
            Tier::Initial => initial,
        })
    }

    #[inline]
    pub(crate) fn asset(&self, id: AssetId) -> Result<&AssetView, Rejection> {
        self.assets.get(id.position()).ok_or(Rejection::AssetUnknown)
    }

    /// All units of a collection.
    pub(crate) fn units(&self, asset: AssetId) -> impl Iterator<Item = &Backed> {
        self.backed.iter().filter(move |unit| unit.asset == asset)
    }

    /// Units of a collection that an account has, with the bids that back them.
    pub(crate) fn backed(&self, asset: AssetId, account: AccountId) -> &[Backed] {
        let first = self.backed.partition_point(|unit| (unit.asset, unit.account) < (asset, account));
        let rest = self.backed.get(first..).unwrap_or(&[]);
        let count = rest.partition_point(|unit| (unit.asset, unit.account) == (asset, account));
        rest.get(..count).unwrap_or(&[])
    }

    #[inline]
    pub(crate) fn market(&self, id: MarketId) -> Result<&MarketView, Rejection> {
        self.markets.get(id.position()).ok_or(Rejection::MarketUnknown)
    }
}

/// What of an asset's value counts now, by its kind.
fn credit(state: &State, place: usize) -> Result<Credit, Rejection> {
    let asset = AssetId::at(place).ok_or(Rejection::AssetUnknown)?;
    let config = state.asset(asset)?;
    if config.spec.kind.rules().allows(Dealing::Anybody) {
        return Ok(config.spec.kind.rules().credit(&Seen::default()));
    }
    let now = state.totals.time;
    let mut seen = Seen { now, queue: state.pool(asset)?.queue, ..Seen::default() };
    for commitment in state.commitments_of(asset) {
        seen.standing = seen.standing.plus(commitment.standing(now))?;
        seen.lasting = seen.lasting.plus(commitment.lasting)?;
    }
    seen.said_at = state.asset_feed(asset).and_then(|feed| {
        let live = feed.reports.iter().filter(|report| report.counts_until >= now);
        let mut said: Vec<Time> = live.map(|report| report.published_at).collect();
        said.sort_unstable();
        // The older of two middle ones: one source that repeats an old value as new makes nothing young.
        said.get(said.len().saturating_sub(1).div_euclid(2)).copied()
    });
    Ok(config.spec.kind.rules().credit(&seen))
}

/// Validity of a feed now: what its last tick found, frozen when the price has grown old since.
pub(crate) fn validity_now(state: &State, id: FeedId) -> Validity {
    let (Ok(feed), Some(config)) = (state.feed(id), state.config.feeds.get(id.position())) else {
        return Validity::Frozen;
    };
    let fresh =
        feed.quote.is_some_and(|quote| state.totals.time.since(quote.at) <= config.spec.oracle.age_max);
    if fresh { feed.validity } else { Validity::Frozen }
}

fn prices(state: &State, id: FeedId, premium: Option<Signed>, haircut: Fraction) -> Prices {
    let (Ok(feed), Some(config)) = (state.feed(id), state.config.feeds.get(id.position())) else {
        return Prices::default();
    };
    let (Some(quote), Some(stable)) = (feed.quote, feed.stable) else {
        return Prices::default();
    };
    let OracleParams { recovery_grace, .. } = config.spec.oracle;
    let mark = premium.map_or(quote.price, |premium| perp::mark(quote.price, premium));
    let validity = validity_now(state, id);
    let low = Price::clamped(mark.raw().saturating_sub(quote.uncertainty)).min(stable.price);
    let high = Price::clamped(mark.raw().saturating_add(quote.uncertainty)).max(stable.price);
    let frozen = validity == Validity::Frozen;
    // A position gains on one side what it loses on the other: it has one mark.
    let (mark_low, mark_high) = match premium {
        None => (quote.lower_middle(), quote.upper_middle()),
        Some(_) => (mark, mark),
    };
    Prices {
        mark: Some(mark),
        mark_low: Some(mark_low),
        mark_high: Some(mark_high),
        low: (validity >= Validity::Reduced || premium.is_some()).then_some(low),
        high: Some(if frozen { high.raised_up(haircut) } else { high }),
        validity,
        is_settled: state.totals.time.since(feed.live_since) >= recovery_grace,
    }
}

/// A market at this instant: its prices, the part of them that still moves, and what it depends on as an option.
fn of_market(
    state: &State,
    (config, market): (&MarketConfig, &MarketState),
    haircut: Fraction,
) -> (Prices, Fraction, Option<OptionView>) {
    let empty = (Prices::default(), Fraction::ONE, None);
    if market.settled.is_some() {
        let prices = Prices { mark: market.settled, ..Prices::default() };
        return (prices, Fraction::ZERO, None);
    }
    let index = config.spec.feed;
    let Some((expiry, forward)) = config.spec.product.expiry().zip(config.spec.product.forward()) else {
        return (prices(state, index, Some(market.premium), haircut), Fraction::ONE, None);
    };
    let Some(row) = state.expiry(index, expiry) else { return empty };
    // What comes after the expiry is settled by the index alone.
    let source = if state.totals.time < expiry { forward } else { index };
    let ahead = prices(state, source, Some(Signed::ZERO), haircut);
    let known = |price: Option<Price>| price.map(|price| settlement::expected(row, price));
    let ahead = Prices {
        mark: known(ahead.mark),
        mark_low: known(ahead.mark_low),
        mark_high: known(ahead.mark_high),
        low: known(ahead.low),
        high: known(ahead.high),
        validity: ahead.validity.min(validity_now(state, index)),
        is_settled: ahead.is_settled,
    };
    let moving = settlement::moving(row);
    if !matches!(config.spec.product, Product::Option { .. }) {
        return (ahead, moving, None);
    }
    let Some(terms) = Terms::of(&config.spec.product, row, state.totals.time) else { return empty };
    let validity = ahead.validity.min(surface_validity(row, state.totals.time));
    let option = OptionView { terms, forward: Prices { validity, ..ahead }, place: 0 };
    (option.prices(), moving, Some(option))
}

/// Sets a place of a list, or the one behind its last.
fn put<T>(list: &mut Vec<T>, place: usize, row: T) {
    match list.get_mut(place) {
        Some(slot) => *slot = row,
        None => list.push(row),
    }
}

/// Validity of the volatilities of an expiry now: frozen where the oldest word in them has grown old.
pub(crate) fn surface_validity(row: &Expiry, now: Time) -> Validity {
    let fresh = now.since(row.surface.at) <= SURFACE_AGE_MAX;
    if fresh { row.surface.validity } else { Validity::Frozen }
}

fn is_ramping(state: &State, since: Time) -> bool {
    state.config.factors.iter().any(|factor| factor.ramp_ends > since)
}

fn fold_tables(state: &State, now: Time) -> Result<[FactorTable; 3], Rejection> {
    let margin = state.config.params.margin;
    let settings = Settings { floor_factor: margin.floor_factor, gross_floor: margin.gross_floor };
    let risk = |pick: fn(&FactorConfig, Time) -> FactorSpec| -> Result<Vec<RiskFactor>, FactorError> {
        state.config.factors.iter().map(|factor| risk_factor(&pick(factor, now))).collect()
    };
    let assets: Vec<FactorList> =
        state.config.assets.iter().map(|asset| FactorList::of(&asset.spec.factors)).collect();
    let fold = |factors: &[RiskFactor], scale: Ratio| {
        let assets = assets.iter().map(FactorList::as_slice);
        FactorTable::fold_with_assets(factors, assets, scale, margin.initial, settings)
    };
    let build = || -> Result<[FactorTable; 3], FactorError> {
        let standing = risk(ramped)?;
        let new = risk(|factor, _| factor.spec)?;
        Ok([fold(&standing, Ratio::ONE)?, fold(&standing, margin.target)?, fold(&new, margin.initial)?])
    };
    build().map_err(|_| Rejection::ParameterOutOfBounds)
}

/// The risk factor of a specification.
///
/// # Errors
/// [`FactorError`]: a reversed band, a rise beyond the limit.
pub(crate) fn risk_factor(spec: &FactorSpec) -> Result<RiskFactor, FactorError> {
    let range = Range::new(spec.range_down, spec.range_up)?;
    let loading = Band::new(spec.loading_calm, spec.loading_panic)?;
    let depth = spec.impact.map(|impact| Depth::new(impact.depth, impact.lambda)).transpose()?;
    RiskFactor::new(range, loading, depth, Vec::new())
}

/// What maintenance margin uses at `now`: on the way from the old specification to the new one.
pub(crate) fn ramped(factor: &FactorConfig, now: Time) -> FactorSpec {
    let length = factor.ramp_ends.since(factor.ramp_begins).as_milliseconds();
    let passed = now.since(factor.ramp_begins).as_milliseconds().min(length);
    if passed >= length {
        return factor.spec;
    }
    let (old, new) = (&factor.ramp_from, &factor.spec);
    let between = |from: u128, to: u128| {
        let (low, high) = (from.min(to), from.max(to));
        let done = if from <= to { passed } else { length.saturating_sub(passed) };
        let part = high.saturating_sub(low).saturating_mul(u128::from(done)).checked_div(u128::from(length));
        low.saturating_add(part.unwrap_or(0))
    };
    let on_the_way = |from: u64, to: u64| u64::try_from(between(from.into(), to.into())).unwrap_or(to);
    // Of a market that took any size, the price of size begins at nothing.
    let impact = new.impact.map(|new| {
        let old = old.impact.unwrap_or(Impact { lambda: Ratio::new(0), ..new });
        let depth = Value::positive(between(old.depth.magnitude(), new.depth.magnitude()));
        let lambda = Ratio::new(on_the_way(old.lambda.raw(), new.lambda.raw()));
        Impact { depth: depth.unwrap_or(new.depth), lambda }
    });
    let fraction = |from: Fraction, to: Fraction| {
        let raw = on_the_way(u64::from(from.raw()), u64::from(to.raw()));
        u32::try_from(raw).ok().and_then(Fraction::new).unwrap_or(to)
    };
    FactorSpec {
        range_down: fraction(old.range_down, new.range_down),
        range_up: Ratio::new(on_the_way(old.range_up.raw(), new.range_up.raw())),
        loading_calm: fraction(old.loading_calm, new.loading_calm),
        loading_panic: fraction(old.loading_panic, new.loading_panic),
        impact,
    }
}
