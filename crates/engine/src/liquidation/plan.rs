//! The smallest step that brings an account to its target, the cheapest kind first [L1].

use alloc::vec::Vec;

use cistern_units::{Fraction, Value, wide};

use crate::{
    draft::Draft,
    ids::AccountId,
    liquidation::{
        book::{Book, Kind, LegView, Sign},
        penalty,
    },
    rejection::Rejection,
    valuation::Assessment,
};

/// Steps are cut in this many parts: fine enough that a step overshoots the target by less than a part in a thousand.
pub(super) const PARTS: u16 = 1_024;

/// Hedged pairs that are considered; a book with more offsets than that is shrunk as a whole.
const PAIRS_MAX: usize = 32;

/// What one step closes: parts of legs, by value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// A part of one position.
    Close(usize),
    /// The same value of a long and a short position.
    ClosePair(usize, usize),
    /// A part of a debt or a loss, for collateral.
    Swap { owed: usize, owned: usize },
    /// The same part of every position.
    CloseAll,
}

/// A step: what, and how much of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) legs: Vec<(Kind, Cut)>,
    /// Penalty, by value.
    pub(super) penalty: Value,
    /// Value that is closed.
    pub(super) closed: Value,
}

/// How much of a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    /// Value that is taken off.
    pub(super) value: Value,
    /// The whole leg.
    pub(super) whole: Value,
}

impl Plan {
    /// Half of the step; none when nothing would be left of it.
    pub(super) fn halved(&self) -> Option<Self> {
        let half = |value: Value| value.scaled_down(1, 2).ok();
        let legs = self
            .legs
            .iter()
            .map(|(kind, cut)| Some((*kind, Cut { value: half(cut.value)?, whole: cut.whole })))
            .collect::<Option<Vec<_>>>()?;
        let closed = half(self.closed)?;
        (!closed.is_zero()).then_some(Self { legs, penalty: half(self.penalty)?, closed })
    }
}

/// A move at a size: what it takes off, what it costs, what it leaves.
struct Tried {
    cuts: Vec<(usize, Value)>,
    cost: Value,
    closed: Value,
    free: Value,
}

/// The next step for an account in breach: of the moves that reach the target the cheapest, at the smallest size that
/// does; if none does, the one with the most relief for its cost, in full. None where nothing would help.
pub(super) fn plan(
    draft: &mut Draft<'_>,
    (id, taker): (AccountId, AccountId),
    judged: &Assessment,
) -> Result<Option<Plan>, Rejection> {
    let mut book = Book::of(draft, id, judged.equity)?;
    book.close_to(draft, taker);
    let health = judged.equity.ratio_down(judged.requirement).unwrap_or_default();
    let rate = penalty::rate(&draft.state.config.params.liquidation, health);
    let now = book.free_after(draft, &[], Value::ZERO)?;
    let mut reaching: Option<Tried> = None;
    let mut relieving: Option<Tried> = None;
    for step in moves(&book) {
        let full = attempt(draft, &book, &step, (PARTS, rate))?;
        if full.free <= now {
            continue;
        }
        if full.free.is_negative() {
            if relieving.as_ref().is_none_or(|best| is_better(&full, best, now)) {
                relieving = Some(full);
            }
            continue;
        }
        let smallest = smallest(draft, &book, &step, rate)?;
        if reaching.as_ref().is_none_or(|best| smallest.cost < best.cost) {
            reaching = Some(smallest);
        }
    }
    Ok(reaching.or(relieving).map(|tried| {
        let legs = tried.cuts.iter().filter_map(|(place, value)| {
            let leg = book.legs.get(*place)?;
            Some((leg.kind, Cut { value: *value, whole: leg.size }))
        });
        Plan { legs: legs.collect(), penalty: tried.cost, closed: tried.closed }
    }))
}

/// Every move that could be made at valid prices.
fn moves(book: &Book) -> Vec<Move> {
    let open = |wanted: fn(&LegView) -> bool| {
        let legs = book.legs.iter().enumerate();
        legs.filter(move |(_, leg)| leg.is_open() && wanted(leg)).map(|(place, _)| place)
    };
    let is_position = |leg: &LegView| matches!(leg.kind, Kind::Position(_));
    let is_long = |leg: &LegView| matches!(leg.kind, Kind::Position(_)) && leg.positive == Sign::Plus;
    let is_short = |leg: &LegView| matches!(leg.kind, Kind::Position(_)) && leg.positive == Sign::Minus;
    let is_owed = |leg: &LegView| matches!(leg.kind, Kind::Debt(_) | Kind::Loss);
    let is_owned = |leg: &LegView| matches!(leg.kind, Kind::Owned(..));
    let mut moves: Vec<Move> = open(is_position).map(Move::Close).collect();
    let pairs = open(is_long).flat_map(|long| open(is_short).map(move |short| Move::ClosePair(long, short)));
    moves.extend(pairs.take(PAIRS_MAX));
    if moves.len() > 1 {
        moves.push(Move::CloseAll);
    }
    moves.extend(open(is_owed).flat_map(|owed| open(is_owned).map(move |owned| Move::Swap { owed, owned })));
    moves
}

/// More relief for its cost: compared as products, so that a free step is the best of all.
fn is_better(a: &Tried, b: &Tried, now: Value) -> bool {
    let relief = |tried: &Tried| tried.free.less(now).map_or(0, |relief| relief.or_zero().magnitude());
    let product = |relief: u128, cost: Value| {
        let (low, high) = wide::multiply(relief, cost.or_zero().magnitude().saturating_add(1));
        (high, low)
    };
    product(relief(a), b.cost) > product(relief(b), a.cost)
}

/// The smallest size of a move that reaches the target; at full size it does.
fn smallest(draft: &mut Draft<'_>, book: &Book, step: &Move, rate: Fraction) -> Result<Tried, Rejection> {
    let (mut low, mut high) = (0_u16, PARTS);
    while high.saturating_sub(low) > 1 {
        let middle = low.midpoint(high);
        if attempt(draft, book, step, (middle, rate))?.free.is_negative() {
            low = middle;
        } else {
            high = middle;
        }
    }
    attempt(draft, book, step, (high, rate))
}

fn attempt(
    draft: &mut Draft<'_>,
    book: &Book,
    step: &Move,
    (parts, rate): (u16, Fraction),
) -> Result<Tried, Rejection> {
    let dust = draft.state.config.params.liquidation.dust;
    let part = |whole: Value| -> Result<Value, Rejection> {
        let cut = whole.scaled_up(u128::from(parts), u128::from(PARTS))?;
        Ok(if whole.less(cut)? < dust { whole } else { cut })
    };
    let size = |place: usize| book.legs.get(place).map_or(Value::ZERO, |leg| leg.size);
    let haircut = |place: usize| book.legs.get(place).map_or(0, |leg| leg.haircut);
    let mut cuts: Vec<(usize, Value)> = Vec::new();
    let mut cost = Value::ZERO;
    match step {
        Move::Close(place) => cuts.push((*place, part(size(*place))?)),
        Move::ClosePair(long, short) => {
            let both = part(size(*long).min(size(*short)))?;
            cuts.extend([(*long, both), (*short, both)]);
        }
        Move::CloseAll => {
            for (place, leg) in book.legs.iter().enumerate() {
                if leg.is_open() && matches!(leg.kind, Kind::Position(_)) {
                    cuts.push((place, part(leg.size)?));
                }
            }
        }
        Move::Swap { owed, owned } => {
            let rate = penalty::bounded(rate, haircut(*owed).saturating_add(haircut(*owned)));
            let whole = u128::from(Fraction::ONE.raw());
            let with_penalty = whole.saturating_add(u128::from(rate.raw()));
            let payable = size(*owned).scaled_down(whole, with_penalty)?;
            let paid = part(size(*owed).min(payable))?.min(payable);
            cost = paid.times_up(rate)?.min(book.equity.or_zero());
            cuts.extend([(*owed, paid), (*owned, paid.plus(cost)?.min(size(*owned)))]);
        }
    }
    let mut closed = Value::ZERO;
    if let Move::Swap { .. } = step {
        closed = cuts.first().map_or(Value::ZERO, |(_, value)| *value);
    } else {
        for (place, value) in &cuts {
            closed = closed.plus(*value)?;
            cost = cost.plus(value.times_up(penalty::bounded(rate, haircut(*place)))?)?;
        }
        cost = cost.min(book.equity.or_zero());
    }
    let free = book.free_after(draft, &cuts, cost)?;
    Ok(Tried { cuts, cost, closed, free })
}
