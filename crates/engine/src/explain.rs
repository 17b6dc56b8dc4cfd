//! A reason for every number of an account: what each leg adds, what would break it, which inputs are old.

use alloc::vec::Vec;

use cistern_margin::{Decomposition, Leg, Portfolio, Tier};
use cistern_units::{Amount, Fraction, Ratio, Signed, Size, Value};

use crate::{
    collateral::Credit,
    ids::{AccountId, AssetId, BidId, FactorId, FeedId, ItemId, MarketId},
    rejection::Rejection,
    rows::{Account, Form, Validity},
    shock::{Shock, Unshocked},
    state::State,
    valuation::{
        Assessment, Charge, Summary, assess, charges, exposure, holding_value, position_value, summarise,
    },
    view::{AssetView, Backed, FactorList, MarketView, OptionLeg, View, validity_now},
};

/// What a leg of an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegKind {
    /// An asset, in one of its forms.
    Balance(AssetId, Form),
    /// A position in a market.
    Position(MarketId),
    /// Realised P&L that is not settled.
    Unsettled,
}

/// One leg and what it adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LegPart {
    /// Which.
    pub kind: LegKind,
    /// Signed value at the maintenance price.
    pub value: Value,
    /// Sum of the falls of its factors at maintenance.
    pub haircut: Fraction,
    /// What it adds to the requirement [M12].
    pub contribution: Value,
    /// What it would need by itself.
    pub alone: Value,
    /// What one more whole unit of it, in the same direction, adds to the requirement at maintenance; none where others
    /// bound its credit.
    pub one_more: Option<Value>,
}

/// One unit of a collection, and what backs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemPart {
    /// Collection.
    pub asset: AssetId,
    /// Which unit.
    pub item: ItemId,
    /// The bid that a liquidation sells it into; none where there are too few.
    pub bid: Option<BidId>,
}

/// Which way a factor moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// It falls.
    Down,
    /// It rises.
    Up,
}

/// The move of one factor alone at which the account can be liquidated [M11].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiquidationMove {
    /// Factor.
    pub factor: FactorId,
    /// Which way.
    pub way: Way,
    /// The move; none where no move up to the limit of the search does it.
    pub change: Option<Signed>,
}

/// An account with everything that led to its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What its owner wants to know first.
    pub summary: Summary,
    /// The requirement at maintenance, in parts.
    pub maintenance: Decomposition,
    /// The requirement at the initial tier, in parts.
    pub initial: Decomposition,
    /// What each add-on asks at the initial tier, the charge for size aside.
    pub add_ons: Vec<Charge>,
    /// Its legs: balances, positions, and P&L that is not settled.
    pub legs: Vec<LegPart>,
    /// What the legs would need one by one, together, less what the account needs at maintenance.
    pub hedge_relief: Value,
    /// Its units of collections, each with the bid that backs it.
    pub items: Vec<ItemPart>,
    /// Signed value that moves with each factor, at maintenance.
    pub exposures: Vec<(FactorId, Value)>,
    /// What would have it liquidated, two for each factor it has; none of them where it can be already.
    pub liquidation_moves: Vec<LiquidationMove>,
    /// Positions and debts over equity [M10]; none without equity.
    pub leverage: Option<Ratio>,
    /// Requirement at maintenance over equity [M9], rounded up; none without equity.
    pub margin_ratio: Option<Ratio>,
    /// Feeds that it depends on and that have less than full evidence now.
    pub stale: Vec<FeedId>,
}

/// Moves that are tried to each side, in 1e-9, before the nearest one is narrowed down: fine where accounts break, and
/// out to a fall of all but a thousandth and a rise of nine times.
const FALLS: [i64; 16] = moves([5, 10, 20, 35, 50, 75, 100, 150, 200, 300, 400, 500, 650, 800, 950, 999], -1);
const RISES: [i64; 16] =
    moves([5, 10, 20, 35, 50, 75, 100, 150, 200, 300, 500, 800, 1_500, 3_000, 6_000, 9_000], 1);
/// Halvings of an interval of moves: from 3,000,000,000 down to less than a thousandth of a per cent.
const HALVINGS: u32 = 18;

const fn moves(thousandths: [i64; 16], sign: i64) -> [i64; 16] {
    let mut moves = [0; 16];
    let mut place = 0_usize;
    while place < moves.len() {
        #[allow(
            clippy::indexing_slicing,
            clippy::arithmetic_side_effects,
            reason = "evaluated by the compiler"
        )]
        {
            moves[place] = thousandths[place] * 1_000_000 * sign;
            place += 1;
        }
    }
    moves
}

/// What one more unit exposes to the factors, and is as an option.
type Unit = (Value, Option<OptionLeg>);

/// A leg as the margin model sees it.
#[derive(Clone, Copy)]
struct Part {
    kind: LegKind,
    leg: Option<Leg>,
    factors: FactorList,
    value: Value,
    /// The part of the value that moves with the factors.
    exposure: Value,
    /// What it is where it is an option that counts.
    option: Option<OptionLeg>,
    unit: Option<Unit>,
}

/// Explains an account.
pub(crate) fn explain(
    state: &State,
    view: &mut View,
    portfolio: &mut Portfolio,
    id: AccountId,
) -> Result<Explanation, Rejection> {
    let summary = summarise(state, view, portfolio, id)?;
    let account = state.account(id)?;
    assess(state, view, portfolio, account, Tier::Initial)?;
    let initial = portfolio.explain(view.table(Tier::Initial)?)?;
    let mut add_ons: Vec<Charge> = Vec::new();
    charges(state, view, (account, initial.addon), &mut |charge| add_ons.push(charge))?;
    add_ons.retain(|charge| !charge.value.is_zero());
    let standing = assess(state, view, portfolio, account, Tier::Maintenance)?;
    let maintenance = portfolio.explain(view.table(Tier::Maintenance)?)?;
    let exposures: Vec<(FactorId, Value)> =
        portfolio.exposures().map(|(factor, value)| (FactorId(factor.0), value)).collect();
    let parts = parts(state, view, account)?;
    let (legs, alone) = leg_parts(view, (portfolio, account), &parts, standing.requirement)?;
    let mut moving: Vec<FactorId> = exposures.iter().map(|(factor, _)| *factor).collect();
    for part in parts.iter().filter(|part| part.option.is_some()) {
        let factors = part.factors.as_slice().iter().map(|factor| FactorId(factor.0));
        moving.extend(factors.filter(|factor| !moving.contains(factor)).collect::<Vec<_>>());
    }
    let liquidation_moves = liquidation_moves(state, view, (portfolio, account), (&standing, &moving))?;
    Ok(Explanation {
        summary,
        maintenance,
        initial,
        add_ons,
        leverage: leverage(&parts, standing.equity)?,
        margin_ratio: standing.requirement.ratio_up(standing.equity),
        legs,
        hedge_relief: alone.less(standing.requirement)?,
        items: items(view, account, id),
        exposures,
        liquidation_moves,
        stale: stale(state, account),
    })
}

fn items(view: &View, account: &Account, id: AccountId) -> Vec<ItemPart> {
    let assets = account.balances().map(|balance| balance.asset);
    let units = assets.flat_map(|asset| view.backed(asset, id));
    let part = |unit: &Backed| ItemPart {
        asset: unit.asset,
        item: unit.item,
        bid: unit.standing.map(|(bid, _)| bid),
    };
    units.map(part).collect()
}

fn parts(state: &State, view: &View, account: &Account) -> Result<Vec<Part>, Rejection> {
    let mut parts = Vec::new();
    for balance in account.balances() {
        let asset = view.asset(balance.asset)?;
        let value = holding_value(state, view, (account, &balance), Tier::Maintenance)?;
        parts.push(Part {
            kind: LegKind::Balance(balance.asset, balance.form),
            leg: Some(if balance.form == Form::Owed { Leg::Debt } else { Leg::Holding }),
            factors: asset.factors,
            value,
            exposure: value,
            option: None,
            unit: unit_of(asset, balance.form)?,
        });
    }
    for position in account.positions() {
        let worth = position_value(state, view, &position, Tier::Maintenance)?;
        let market = view.market(position.market)?;
        let size = (position.size, market.decimals());
        let option = market.option.map(|option| option.leg(size, worth.notional, Tier::Maintenance));
        parts.push(Part {
            kind: LegKind::Position(position.market),
            leg: Some(Leg::Derivative),
            factors: market.factors,
            value: worth.notional,
            exposure: worth.exposure,
            option: option.transpose()?.flatten(),
            unit: unit_in(market, position.size)?,
        });
    }
    if !account.header.pnl.is_zero() {
        let (factors, value) = (FactorList::default(), account.header.pnl);
        parts.push(Part {
            kind: LegKind::Unsettled,
            leg: None,
            factors,
            value,
            exposure: Value::ZERO,
            option: None,
            unit: None,
        });
    }
    Ok(parts)
}

/// One more whole token, where all of it counts.
fn unit_of(asset: &AssetView, form: Form) -> Result<Option<Unit>, Rejection> {
    let whole = Amount::new(10_u128.saturating_pow(u32::try_from(asset.decimals().places()).unwrap_or(0)));
    if asset.credit != Credit::Whole {
        return Ok(None);
    }
    let value = match form {
        Form::Held | Form::Lent => {
            asset.prices().owned(Tier::Maintenance).map(|price| price.value_down(whole, asset.decimals()))
        }
        Form::Owed => {
            let price = asset.prices().owing(Tier::Maintenance);
            price.map(|price| price.value_up(whole, asset.decimals())?.negated())
        }
    };
    Ok(value.transpose()?.map(|value| (value, None)))
}

/// One more contract, bought or sold as the position is.
fn unit_in(market: &MarketView, size: Size) -> Result<Option<Unit>, Rejection> {
    let whole = 10_i64.saturating_pow(u32::try_from(market.decimals().places()).unwrap_or(0));
    let unit = Size::new(if size.is_short() { whole.saturating_neg() } else { whole });
    let prices = market.prices();
    let price =
        if size.is_long() { prices.owned(Tier::Maintenance) } else { prices.owing(Tier::Maintenance) };
    let Some(price) = price else { return Ok(None) };
    let worth = price.notional_down(unit, market.decimals())?;
    let option = market.option.map(|option| option.leg((unit, market.decimals()), worth, Tier::Maintenance));
    Ok(Some((exposure(worth, market.moving)?, option.transpose()?.flatten())))
}

/// What each leg does to the requirement, and what all of them would need one by one.
fn leg_parts(
    view: &View,
    (portfolio, account): (&mut Portfolio, &Account),
    parts: &[Part],
    requirement: Value,
) -> Result<(Vec<LegPart>, Value), Rejection> {
    let (mut legs, mut sum) = (Vec::with_capacity(parts.len()), Value::ZERO);
    for (place, part) in parts.iter().enumerate() {
        let others = parts.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, part)| *part);
        let without = requirement_of(view, (&mut *portfolio, account), others)?;
        let alone = requirement_of(view, (&mut *portfolio, account), core::iter::once(*part))?;
        let more = |(exposure, option)| Part { exposure, option, ..*part };
        let one_more = match part.unit.map(more) {
            None => None,
            Some(unit) => {
                let all = parts.iter().copied().chain(core::iter::once(unit));
                Some(requirement_of(view, (&mut *portfolio, account), all)?.less(requirement)?)
            }
        };
        sum = sum.plus(alone)?;
        legs.push(LegPart {
            kind: part.kind,
            value: part.value,
            haircut: view.table(Tier::Maintenance)?.haircut(part.factors.as_slice()),
            contribution: requirement.less(without)?,
            alone,
            one_more,
        });
    }
    Ok((legs, sum))
}

/// The requirement of some legs at maintenance. That of all less that of all but one is the contribution of the one [M12],
/// below zero for a hedge.
fn requirement_of(
    view: &View,
    (portfolio, account): (&mut Portfolio, &Account),
    parts: impl Iterator<Item = Part>,
) -> Result<Value, Rejection> {
    let table = view.table(Tier::Maintenance)?;
    portfolio.clear(account.header.mode);
    for part in parts {
        match (part.leg, part.option) {
            (Some(_), Some(option)) => {
                portfolio.add_option(table, option.series, option.notional, option.worth)?;
            }
            (Some(leg), None) => portfolio.add(table, leg, part.factors.as_slice(), part.exposure)?,
            (None, _) => {}
        }
    }
    Ok(portfolio.requirement(table)?)
}

/// Positions without their signs and debts, over equity, rounded up [M10].
fn leverage(parts: &[Part], equity: Value) -> Result<Option<Ratio>, Rejection> {
    let mut open = Value::ZERO;
    for part in parts.iter().filter(|part| matches!(part.leg, Some(Leg::Debt | Leg::Derivative))) {
        open = open.plus(part.value.absolute()?)?;
    }
    Ok(open.ratio_up(equity))
}

/// For every factor of the account the nearest move to either side at which equity is below the requirement [M11].
fn liquidation_moves(
    state: &State,
    view: &mut View,
    (portfolio, account): (&mut Portfolio, &Account),
    (standing, factors): (&Assessment, &[FactorId]),
) -> Result<Vec<LiquidationMove>, Rejection> {
    if !account.has_obligations() || standing.free()?.is_negative() {
        return Ok(Vec::new());
    }
    let unshocked = Unshocked::of(view);
    let mut found = Vec::new();
    for factor in factors {
        for way in [Way::Down, Way::Up] {
            let mut breaks = |change: Signed| {
                let shock = Shock { factor: *factor, change };
                let judged = unshocked
                    .shock(view, &[shock])
                    .and_then(|()| assess(state, view, portfolio, account, Tier::Maintenance));
                // What cannot be valued any more is no answer to trust: the search ends there.
                judged.and_then(|judged| Ok(judged.free()?.is_negative())).unwrap_or(true)
            };
            found.push(LiquidationMove { factor: *factor, way, change: nearest(way, &mut breaks) });
        }
    }
    unshocked.shock(view, &[])?;
    Ok(found)
}

/// The nearest move to a side that breaks an account, narrowed down to where it still does; none where none of those that
/// are tried does [M11].
pub fn nearest(way: Way, breaks: &mut dyn FnMut(Signed) -> bool) -> Option<Signed> {
    let tried = match way {
        Way::Down => FALLS,
        Way::Up => RISES,
    };
    let mut sound = 0_i64;
    for change in tried {
        if !breaks(Signed::new(change)) {
            sound = change;
            continue;
        }
        let mut broken = change;
        for _ in 0..HALVINGS {
            let middle = sound.midpoint(broken);
            if breaks(Signed::new(middle)) {
                broken = middle;
            } else {
                sound = middle;
            }
        }
        return Some(Signed::new(broken));
    }
    None
}

/// Feeds of the account's assets and markets that have less than full evidence, each once.
fn stale(state: &State, account: &Account) -> Vec<FeedId> {
    let assets = account.balances().filter_map(|balance| state.asset(balance.asset).ok()?.feed);
    let markets = account
        .positions()
        .filter_map(|position| state.market_config(position.market).ok())
        .flat_map(|config| [config.spec.feed, config.spec.forward()]);
    let mut feeds: Vec<FeedId> =
        assets.chain(markets).filter(|feed| validity_now(state, *feed) < Validity::Full).collect();
    feeds.sort_unstable();
    feeds.dedup();
    feeds
}
