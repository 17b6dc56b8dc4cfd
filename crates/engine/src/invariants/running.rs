use crate::{
    invariants::{Violation, require},
    state::State,
};
use cistern_units::Size;

/// Checks the running totals against each other: once per entry, a few nanoseconds a row.
///
/// # Errors
/// The first [`Violation`].
pub fn check(state: &State) -> Result<(), Violation> {
    for (row, pool) in state.pools.iter().enumerate() {
        require(
            || pool.is_balanced(),
            "custody_is_what_is_held_and_lent_less_what_is_owed",
            "S1 S2 inv-C1",
            row,
        )?;
    }
    let mut cost = 0_i128;
    for (row, market) in state.markets.iter().enumerate() {
        require(|| market.net == Size::ZERO, "open_sizes_of_a_market_sum_to_zero", "S1", row)?;
        require(|| !market.open_interest.is_short(), "open_interest_is_not_negative", "S2", row)?;
        cost = cost.saturating_add(market.cost.raw());
    }
    let totals = &state.totals;
    let paid =
        totals.settled_in.raw().saturating_sub(totals.settled_out.raw()).saturating_sub(totals.funding.raw());
    require(
        || totals.pnl.raw().saturating_sub(cost) == paid,
        "unsettled_profit_is_what_was_settled_in_less_what_was_settled_out",
        "S11 inv-C5",
        0,
    )?;
    let covered = totals.insured.raw().saturating_add(totals.socialised.raw());
    require(|| covered <= totals.bad_debt.raw(), "no_more_is_covered_than_was_lost", "S6 inv-C8", 0)
}
