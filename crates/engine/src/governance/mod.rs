//! How the pool changes: founding, and acts that wait when they loosen and hold at once when they tighten.

mod add_ons;
mod evidence;

use alloc::vec::Vec;

use cistern_margin::{FactorTable, Settings};
use cistern_units::{Amount, Fraction, Ratio, Time};

use crate::{
    act::{Act, AssetSpec, FactorSpec, Impact, MarketSpec, Product},
    addon::is_same_risk,
    collateral::{Dealing, Listing},
    command::Founding,
    draft::Draft,
    event::Event,
    ids::{ActId, AssetId, FactorId, FeedId, MarketId, Symbol},
    limits::{
        ACTS_MAX, AMOUNT_MAX, ASSETS_MAX, EXPIRIES_MAX, EXPIRY_AHEAD_MAX, FACTORS_MAX, FACTORS_PER_ASSET_MAX,
        FEEDS_MAX, HOLDERS_MAX, MARKETS_MAX, SIZE_MAX, SOURCES_MAX,
    },
    params::Class,
    rejection::Rejection,
    rows::{FactorConfig, PendingAct, Validity},
    view,
};

/// Which way a change goes for those who are in the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Tightens,
    Loosens,
}

pub(crate) fn found(draft: &mut Draft<'_>, founding: &Founding) -> Result<(), Rejection> {
    if draft.state.is_founded() {
        return Err(Rejection::PoolIsFounded);
    }
    if !founding.params.are_sound() || founding.assets.is_empty() {
        return Err(Rejection::ParameterOutOfBounds);
    }
    require_below(founding.sources.len(), SOURCES_MAX.saturating_add(1))?;
    draft.emit(Event::PoolFounded { params: founding.params, settlement: AssetId(0) })?;
    for (symbol, group) in &founding.sources {
        draft.emit(Event::SourceAdmitted { symbol: *symbol, group: *group })?;
    }
    for (symbol, spec) in &founding.factors {
        carry_out(draft, &Act::ListFactor { symbol: *symbol, spec: *spec })?;
    }
    for spec in &founding.feeds {
        carry_out(draft, &Act::ListFeed(*spec))?;
    }
    evidence::found(draft, founding)?;
    for (place, asset) in founding.assets.iter().enumerate() {
        carry_out(draft, &Act::ListAsset(asset.spec.clone()))?;
        draft.state.feed(asset.feed)?;
        let id = AssetId::at(place).ok_or(Rejection::NumberTooLarge)?;
        require_rate(draft, id, asset.feed)?;
        require_amounts(&[asset.cap_account, asset.cap_total, asset.cap_borrow, asset.withdrawal_limit])?;
        draft.emit(Event::OracleSet { asset: id, feed: asset.feed })?;
        let (per_account, total) = (asset.cap_account, asset.cap_total);
        draft.emit(Event::DepositCapSet { asset: id, per_account, total })?;
        draft.emit(Event::BorrowCapSet { asset: id, cap: asset.cap_borrow })?;
        draft.emit(Event::WithdrawalLimitSet { asset: id, per_hour: asset.withdrawal_limit })?;
    }
    for (place, (spec, cap)) in founding.markets.iter().enumerate() {
        carry_out(draft, &Act::ListMarket(spec.clone()))?;
        let market = MarketId::at(place).ok_or(Rejection::NumberTooLarge)?;
        carry_out(draft, &Act::SetOpenInterestCap { market, cap: *cap })?;
    }
    for add_on in &founding.add_ons {
        carry_out(draft, &Act::SetAddOn(*add_on))?;
    }
    Ok(())
}

pub(crate) fn schedule(draft: &mut Draft<'_>, act: &Act) -> Result<(), Rejection> {
    require_below(draft.state.config.pending.len(), ACTS_MAX)?;
    check(draft, act)?;
    let act_id = draft.state.totals.next_act;
    let tightens = direction(draft, act)? == Direction::Tightens;
    let delay = draft.state.config.params.governance.delay;
    let effective_at = if tightens { draft.now() } else { draft.now().plus(delay)? };
    draft.emit(Event::ActScheduled { act_id, act: act.clone(), effective_at })?;
    if tightens { execute(draft, act_id, act) } else { Ok(()) }
}

pub(crate) fn veto(draft: &mut Draft<'_>, act_id: ActId) -> Result<(), Rejection> {
    if !draft.state.config.pending.iter().any(|pending| pending.id == act_id) {
        return Err(Rejection::ActUnknown);
    }
    draft.emit(Event::ActVetoed { act_id })
}

pub(crate) fn pause(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    if draft.state.config.paused { Err(Rejection::PoolIsPaused) } else { draft.emit(Event::PoolPaused) }
}

pub(crate) fn resume(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    if draft.state.config.paused { draft.emit(Event::PoolResumed) } else { Err(Rejection::PoolIsRunning) }
}

/// Carries out the acts that are due, in order; one that no longer fits waits until it lapses.
pub(crate) fn due(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let now = draft.now();
    let expiry = draft.state.config.params.governance.expiry;
    let due: Vec<PendingAct> =
        draft.state.config.pending.iter().filter(|pending| pending.effective_at <= now).cloned().collect();
    for PendingAct { id, act, effective_at } in due {
        if now.since(effective_at) >= expiry {
            draft.emit(Event::ActLapsed { act_id: id })?;
        } else if check(draft, &act).is_ok() {
            execute(draft, id, &act)?;
        }
    }
    Ok(())
}

fn execute(draft: &mut Draft<'_>, act_id: ActId, act: &Act) -> Result<(), Rejection> {
    carry_out(draft, act)?;
    draft.emit(Event::ActExecuted { act_id })
}

/// Would the act be sound now, and has everything happened that must come before it?
fn check(draft: &Draft<'_>, act: &Act) -> Result<(), Rejection> {
    let state = &draft.state;
    match act {
        Act::ListFactor { symbol, spec } => {
            require_below(state.config.factors.len(), FACTORS_MAX)?;
            require_free(state.config.factors.iter().map(|factor| factor.symbol), *symbol)?;
            check_factor(draft, spec)
        }
        Act::ListFeed(spec) => {
            require_below(state.config.feeds.len(), FEEDS_MAX)?;
            require_free(state.config.feeds.iter().map(|feed| feed.spec.symbol), spec.symbol)
        }
        Act::ListAsset(spec) => check_asset(draft, spec),
        Act::ListMarket(spec) => check_market(draft, spec),
        Act::SetOracle { asset, feed } => check_oracle(draft, *asset, *feed),
        Act::SetDepositCap { asset, per_account, total } => {
            require_amounts(&[*per_account, *total])?;
            let row = state.asset(*asset)?;
            if row.feed.is_none() && !total.is_zero() { Err(Rejection::EarlierActMissing) } else { Ok(()) }
        }
        Act::SetBorrowCap { asset, cap: amount } | Act::SetWithdrawalLimit { asset, per_hour: amount } => {
            require_amounts(&[*amount])?;
            let row = state.asset(*asset)?;
            if row.cap_total.is_zero() && !amount.is_zero() {
                Err(Rejection::EarlierActMissing)
            } else {
                Ok(())
            }
        }
        Act::SetFactor { factor, spec } => {
            state.config.factors.get(factor.position()).ok_or(Rejection::FactorUnknown)?;
            check_factor(draft, spec)?;
            for asset in state.config.assets.iter().filter(|asset| asset.spec.factors.contains(factor)) {
                check_haircut(draft, asset.spec.class, &asset.spec.factors, Some((*factor, *spec)))?;
            }
            Ok(())
        }
        Act::AdmitSigners(_)
        | Act::RetireSigners { .. }
        | Act::BindFeed(_)
        | Act::UnbindFeed { .. }
        | Act::SetRate { .. } => evidence::check(draft, act),
        Act::SetAddOn(_) | Act::RemoveAddOn(_) => add_ons::check(draft, act),
        Act::AllowHolder { asset, .. } | Act::RemoveHolder { asset, .. } => {
            draft.require_asset(*asset)?;
            require_below(state.config.holders.len(), HOLDERS_MAX)?;
            let open = state.asset(*asset)?.spec.kind.rules().allows(Dealing::Anybody);
            if open { Err(Rejection::KindMustAllow { asset: *asset }) } else { Ok(()) }
        }
        Act::SetCurve { asset, curve } => {
            state.asset(*asset)?;
            if curve.is_sound() { Ok(()) } else { Err(Rejection::ParameterOutOfBounds) }
        }
        Act::SetOpenInterestCap { market, cap } => {
            state.market(*market)?;
            if (0..=SIZE_MAX).contains(&cap.raw()) { Ok(()) } else { Err(Rejection::ParameterOutOfBounds) }
        }
    }
}

/// Ranges within what the model folds at every tier; the fall above nothing, so that no factor is free by mistake.
fn check_factor(draft: &Draft<'_>, spec: &FactorSpec) -> Result<(), Rejection> {
    let margin = draft.state.config.params.margin;
    let settings = Settings { floor_factor: margin.floor_factor, gross_floor: margin.gross_floor };
    let factor = view::risk_factor(spec).map_err(|_| Rejection::ParameterOutOfBounds)?;
    FactorTable::fold([&factor], margin.initial, margin.initial, settings)
        .map(|_| ())
        .map_err(|_| Rejection::ParameterOutOfBounds)
}

fn check_asset(draft: &Draft<'_>, spec: &AssetSpec) -> Result<(), Rejection> {
    let state = &draft.state;
    require_below(state.config.assets.len(), ASSETS_MAX)?;
    require_free(state.config.assets.iter().map(|asset| asset.spec.symbol), spec.symbol)?;
    let listing = Listing { factors: spec.factors.len() };
    if !spec.curve.is_sound() || !spec.kind.rules().is_sound(listing) {
        return Err(Rejection::ParameterOutOfBounds);
    }
    if state.config.assets.iter().any(|asset| is_same_risk(&asset.spec.factors, &spec.factors)) {
        return Err(Rejection::ParameterOutOfBounds);
    }
    check_haircut(draft, spec.class, &spec.factors, None)
}

fn check_market(draft: &Draft<'_>, spec: &MarketSpec) -> Result<(), Rejection> {
    let state = &draft.state;
    require_below(state.config.markets.len(), MARKETS_MAX)?;
    require_free(state.config.markets.iter().map(|market| market.spec.symbol), spec.symbol)?;
    state.feed(spec.feed)?;
    let range = range_down(draft, &spec.factors, None)?;
    if range == 0 {
        return Err(Rejection::ParameterOutOfBounds);
    }
    match spec.product {
        Product::Perp => Ok(()),
        // An option is revalued under the moves of one underlying.
        Product::Option { .. } if spec.factors.len() != 1 => Err(Rejection::ParameterOutOfBounds),
        Product::Future { expiry, forward } | Product::Option { expiry, forward, .. } => {
            check_expiry(draft, (spec.feed, expiry), forward)
        }
    }
}

/// The expiry is to come and not too far ahead, and all that is written on an index for it has one forward.
fn check_expiry(
    draft: &Draft<'_>,
    (index, expiry): (FeedId, Time),
    forward: FeedId,
) -> Result<(), Rejection> {
    let (state, after) = (&draft.state, draft.now());
    let latest = after.plus(EXPIRY_AHEAD_MAX)?;
    if expiry <= after || expiry > latest {
        return Err(Rejection::ExpiryOutOfBounds { after, latest });
    }
    state.feed(forward)?;
    match state.expiry(index, expiry) {
        Some(known) if known.forward != forward => Err(Rejection::ParameterOutOfBounds),
        Some(_) => Ok(()),
        None => require_below(state.expiries.len(), EXPIRIES_MAX),
    }
}

/// The haircut, the sum of the factors' falls, is within the bounds of the class and leaves something at the initial tier.
fn check_haircut(
    draft: &Draft<'_>,
    class: Class,
    factors: &[FactorId],
    changed: Option<(FactorId, FactorSpec)>,
) -> Result<(), Rejection> {
    let haircut = range_down(draft, factors, changed)?;
    let (least, most) = class.haircut_bounds();
    let initial =
        u128::from(haircut).saturating_mul(u128::from(draft.state.config.params.margin.initial.raw()));
    let whole = u128::from(Fraction::ONE.raw()).saturating_mul(u128::from(Ratio::ONE.raw()));
    if haircut < u64::from(least.raw()) || haircut > u64::from(most.raw()) || initial > whole {
        return Err(Rejection::ParameterOutOfBounds);
    }
    Ok(())
}

fn range_down(
    draft: &Draft<'_>,
    factors: &[FactorId],
    changed: Option<(FactorId, FactorSpec)>,
) -> Result<u64, Rejection> {
    if factors.is_empty() || factors.len() > FACTORS_PER_ASSET_MAX {
        return Err(Rejection::ParameterOutOfBounds);
    }
    let mut sum = 0_u64;
    for (place, id) in factors.iter().enumerate() {
        let row = draft.state.config.factors.get(id.position()).ok_or(Rejection::FactorUnknown)?;
        if factors.iter().take(place).any(|earlier| earlier == id) {
            return Err(Rejection::ParameterOutOfBounds);
        }
        let spec = changed.filter(|(factor, _)| factor == id).map_or(row.spec, |(_, spec)| spec);
        sum = sum.saturating_add(u64::from(spec.range_down.raw()));
    }
    Ok(sum)
}

/// The new feed has full validity now, and its price is near what the asset counted for until now.
fn check_oracle(draft: &Draft<'_>, asset: AssetId, feed: FeedId) -> Result<(), Rejection> {
    require_rate(draft, asset, feed)?;
    let state = &draft.state;
    let row = state.asset(asset)?;
    let new = state.feed(feed)?.quote.filter(|_| view::validity_now(state, feed) == Validity::Full);
    let new = new.ok_or(Rejection::OracleMustBeContinuous)?;
    let Some(old) = row.feed.and_then(|feed| state.feed(feed).ok()).and_then(|feed| feed.quote) else {
        return Ok(());
    };
    let bound = state.config.params.governance.continuity;
    let near = new.price >= old.price.lowered_down(bound) && new.price <= old.price.raised_up(bound);
    if near { Ok(()) } else { Err(Rejection::OracleMustBeContinuous) }
}

/// A kind that is redeemed has no other price: the act that sets the rate comes before the oracle.
fn require_rate(draft: &Draft<'_>, asset: AssetId, feed: FeedId) -> Result<(), Rejection> {
    let needed = draft.state.asset(asset)?.spec.kind.rules().needs_rate();
    if needed && draft.state.config.rate(feed).is_none() { Err(Rejection::EarlierActMissing) } else { Ok(()) }
}

fn direction(draft: &Draft<'_>, act: &Act) -> Result<Direction, Rejection> {
    let state = &draft.state;
    let tightens = match act {
        Act::ListFactor { .. }
        | Act::ListFeed(_)
        | Act::ListAsset(_)
        | Act::ListMarket(_)
        | Act::SetOracle { .. }
        | Act::AllowHolder { .. }
        | Act::SetCurve { .. } => false,
        Act::RemoveHolder { .. } => true,
        Act::SetAddOn(_) | Act::RemoveAddOn(_) => return Ok(add_ons::direction(draft, act)),
        Act::AdmitSigners(_)
        | Act::RetireSigners { .. }
        | Act::BindFeed(_)
        | Act::UnbindFeed { .. }
        | Act::SetRate { .. } => return Ok(evidence::direction(draft, act)),
        Act::SetDepositCap { asset, per_account, total } => {
            let row = state.asset(*asset)?;
            *per_account <= row.cap_account && *total <= row.cap_total
        }
        Act::SetBorrowCap { asset, cap } => *cap <= state.asset(*asset)?.cap_borrow,
        Act::SetWithdrawalLimit { asset, per_hour } => *per_hour <= state.asset(*asset)?.withdrawal_limit,
        Act::SetOpenInterestCap { market, cap } => *cap <= state.market_config(*market)?.cap,
        Act::SetFactor { factor, spec } => {
            let row = state.config.factors.get(factor.position()).ok_or(Rejection::FactorUnknown)?;
            is_stricter(spec, &row.spec)
        }
    };
    Ok(if tightens { Direction::Tightens } else { Direction::Loosens })
}

/// Wider ranges and a wider loading band: no account's requirement can fall.
fn is_stricter(new: &FactorSpec, old: &FactorSpec) -> bool {
    new.range_down >= old.range_down
        && new.range_up >= old.range_up
        && new.loading_calm <= old.loading_calm
        && new.loading_panic >= old.loading_panic
        && Impact::is_stricter(new.impact, old.impact)
}

fn carry_out(draft: &mut Draft<'_>, act: &Act) -> Result<(), Rejection> {
    // A pool that is being founded has no prices yet: its oracles are set by the founding itself.
    check(draft, act)?;
    draft.emit(match act {
        Act::ListFactor { symbol, spec } => Event::FactorListed { symbol: *symbol, spec: *spec },
        Act::ListFeed(spec) => Event::FeedListed { spec: *spec },
        Act::ListAsset(spec) => Event::AssetListed { spec: spec.clone() },
        Act::ListMarket(spec) => Event::MarketListed { spec: spec.clone() },
        Act::SetOracle { asset, feed } => Event::OracleSet { asset: *asset, feed: *feed },
        Act::SetDepositCap { asset, per_account, total } => {
            Event::DepositCapSet { asset: *asset, per_account: *per_account, total: *total }
        }
        Act::SetBorrowCap { asset, cap } => Event::BorrowCapSet { asset: *asset, cap: *cap },
        Act::SetWithdrawalLimit { asset, per_hour } => {
            Event::WithdrawalLimitSet { asset: *asset, per_hour: *per_hour }
        }
        Act::SetFactor { factor, spec } => ramp(draft, *factor, spec)?,
        Act::AdmitSigners(_)
        | Act::RetireSigners { .. }
        | Act::BindFeed(_)
        | Act::UnbindFeed { .. }
        | Act::SetRate { .. } => evidence::event(draft, act)?,
        Act::SetAddOn(_) | Act::RemoveAddOn(_) => add_ons::event(draft, act)?,
        Act::AllowHolder { asset, owner } => Event::HolderAllowed { asset: *asset, owner: *owner },
        Act::RemoveHolder { asset, owner } => Event::HolderRemoved { asset: *asset, owner: *owner },
        Act::SetCurve { asset, curve } => Event::CurveSet { asset: *asset, curve: *curve },
        Act::SetOpenInterestCap { market, cap } => Event::OpenInterestCapSet { market: *market, cap: *cap },
    })
}

/// New risk feels a factor's new ranges at once; maintenance margin of what stands ramps from where it is now.
fn ramp(draft: &Draft<'_>, factor: FactorId, spec: &FactorSpec) -> Result<Event, Rejection> {
    let now: Time = draft.now();
    let row: &FactorConfig =
        draft.state.config.factors.get(factor.position()).ok_or(Rejection::FactorUnknown)?;
    let standing = view::ramped(row, now);
    let ramp_ends = if is_stricter(spec, &row.spec) {
        now.plus(draft.state.config.params.governance.ramp)?
    } else {
        row.ramp_ends.max(now)
    };
    // A loosening during a ramp may not leave maintenance above what new risk needs.
    let ramp_from = FactorSpec {
        range_down: standing.range_down.min(spec.range_down),
        range_up: standing.range_up.min(spec.range_up),
        loading_calm: standing.loading_calm,
        loading_panic: standing.loading_panic,
        impact: standing.impact.zip(spec.impact).map(|(old, new)| old.milder(new)),
    };
    Ok(Event::FactorSet { factor, spec: *spec, ramp_from, ramp_ends })
}

fn require_below(len: usize, limit: usize) -> Result<(), Rejection> {
    if len < limit {
        Ok(())
    } else {
        Err(Rejection::TooMany { limit: u32::try_from(limit).unwrap_or(u32::MAX) })
    }
}

fn require_free(mut symbols: impl Iterator<Item = Symbol>, symbol: Symbol) -> Result<(), Rejection> {
    if symbols.any(|taken| taken == symbol) { Err(Rejection::SymbolTaken) } else { Ok(()) }
}

fn require_amounts(amounts: &[Amount]) -> Result<(), Rejection> {
    if amounts.iter().all(|amount| amount.units() <= AMOUNT_MAX) {
        Ok(())
    } else {
        Err(Rejection::AmountTooLarge { limit: Amount::new(AMOUNT_MAX) })
    }
}
