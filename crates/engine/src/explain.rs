//! A reason for every number of an account: what each leg adds, what would break it, which inputs are old.

use alloc::vec::Vec;

use cistern_margin::{Decomposition, Leg, Portfolio, Tier};
use cistern_units::{Fraction, Ratio, Signed, Value};

use crate::{
    ids::{AccountId, AssetId, FactorId, FeedId, MarketId},
    rejection::Rejection,
    rows::{Account, Form, Validity},
    shock::{Shock, Unshocked},
    state::State,
    valuation::{Assessment, Charge, Summary, assess, balance_value, charges, position_value, summarise},
    view::{FactorList, OptionLeg, View, validity_now},
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

/// A leg as the margin model sees it.
struct Part {
    kind: LegKind,
    leg: Option<Leg>,
    factors: FactorList,
    value: Value,
    /// The part of the value that moves with the factors.
    exposure: Value,
    /// What it is where it is an option that counts.
    option: Option<OptionLeg>,
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
    let mut legs = Vec::with_capacity(parts.len());
    for (place, part) in parts.iter().enumerate() {
        let without = requirement_without(view, (portfolio, account), &parts, place)?;
        legs.push(LegPart {
            kind: part.kind,
            value: part.value,
            haircut: view.table(Tier::Maintenance)?.haircut(part.factors.as_slice()),
            contribution: standing.requirement.less(without)?,
        });
    }
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
        exposures,
        liquidation_moves,
        stale: stale(state, account),
    })
}

fn parts(state: &State, view: &View, account: &Account) -> Result<Vec<Part>, Rejection> {
    let mut parts = Vec::new();
    for balance in &account.balances {
        let asset = view.asset(balance.asset)?;
        let value = balance_value(state, asset, balance, Tier::Maintenance)?;
        parts.push(Part {
            kind: LegKind::Balance(balance.asset, balance.form),
            leg: Some(if balance.form == Form::Owed { Leg::Debt } else { Leg::Holding }),
            factors: asset.factors,
            value,
            exposure: value,
            option: None,
        });
    }
    for position in &account.positions {
        let worth = position_value(state, view, position, Tier::Maintenance)?;
        let market = view.market(position.market)?;
        let size = (position.size, market.decimals);
        let option = market.option.map(|option| option.leg(size, worth.notional, Tier::Maintenance));
        parts.push(Part {
            kind: LegKind::Position(position.market),
            leg: Some(Leg::Derivative),
            factors: market.factors,
            value: worth.notional,
            exposure: worth.exposure,
            option: option.transpose()?.flatten(),
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
        });
    }
    Ok(parts)
}

/// The requirement at maintenance without one leg: the requirement less this is the leg's contribution [M12]. Below zero
/// for a hedge.
fn requirement_without(
    view: &View,
    (portfolio, account): (&mut Portfolio, &Account),
    parts: &[Part],
    without: usize,
) -> Result<Value, Rejection> {
    let table = view.table(Tier::Maintenance)?;
    portfolio.clear(account.header.mode);
    for (place, part) in parts.iter().enumerate() {
        match (part.leg.filter(|_| place != without), part.option) {
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
        for (way, tried) in [(Way::Down, FALLS), (Way::Up, RISES)] {
            let mut breaks = |change: i64| {
                let shock = Shock { factor: *factor, change: Signed::new(change) };
                let judged = unshocked
                    .shock(view, &[shock])
                    .and_then(|()| assess(state, view, portfolio, account, Tier::Maintenance));
                // What cannot be valued any more is no answer to trust: the search ends there.
                judged.and_then(|judged| Ok(judged.free()?.is_negative())).unwrap_or(true)
            };
            found.push(LiquidationMove { factor: *factor, way, change: nearest(tried, &mut breaks) });
        }
    }
    unshocked.shock(view, &[])?;
    Ok(found)
}

/// The nearest of the moves that break the account, narrowed down to where it still does.
fn nearest(tried: [i64; 16], breaks: &mut dyn FnMut(i64) -> bool) -> Option<Signed> {
    let mut sound = 0_i64;
    for change in tried {
        if !breaks(change) {
            sound = change;
            continue;
        }
        let mut broken = change;
        for _ in 0..HALVINGS {
            let middle = sound.midpoint(broken);
            if breaks(middle) {
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
    let assets = account.balances.iter().filter_map(|balance| state.asset(balance.asset).ok()?.feed);
    let markets = account
        .positions
        .iter()
        .filter_map(|position| state.market_config(position.market).ok())
        .flat_map(|config| [config.spec.feed, config.spec.forward()]);
    let mut feeds: Vec<FeedId> =
        assets.chain(markets).filter(|feed| validity_now(state, *feed) < Validity::Full).collect();
    feeds.sort_unstable();
    feeds.dedup();
    feeds
}
