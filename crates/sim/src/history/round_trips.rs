//! What everybody tries: there and back again, for a profit.

use cistern_engine::{
    Engine,
    command::Command,
    entry::Entry,
    ids::{AccountId, AssetId, MarketId},
    rejection::Rejection,
    rows::Form,
    state::State,
};
use cistern_units::{Amount, Size, Value};

use crate::history::Broken;

/// Tries round trips and exits on a copy of the pool; how many were possible.
pub(super) fn try_all(state: &State) -> Result<usize, Broken> {
    let mut tried = 0;
    if !state.is_founded() {
        return Ok(0);
    }
    for place in 2..state.accounts.len() {
        let account = AccountId::at(place).unwrap_or_default();
        for asset in (0..state.pools.len()).filter_map(AssetId::at) {
            let amounts = [
                1,
                7,
                state.accounts[place].held(asset).units() / 2,
                state.accounts[place].held(asset).units(),
            ];
            for amount in amounts.map(Amount::new) {
                let there_and_back = [
                    (
                        "lend",
                        Command::Lend { account, asset, amount },
                        Command::Recall { account, asset, amount: MOST },
                    ),
                    (
                        "borrow",
                        Command::Borrow { account, asset, amount },
                        Command::Repay { account, asset, amount: MOST },
                    ),
                    (
                        "withdraw",
                        Command::Withdraw { account, asset, amount },
                        Command::Deposit { account, asset, amount },
                    ),
                ];
                for (name, there, back) in there_and_back {
                    let fresh = name == "withdraw" || !has_shares(state, account, asset);
                    tried += usize::from(fresh && gained(state, (name, account), &[there, back])?);
                }
            }
        }
        tried += usize::from(fills(state, account)?);
        leaves(state, account)?;
    }
    Ok(tried)
}

/// More than anyone has: "all of it".
const MOST: Amount = Amount::new(u128::MAX);

fn has_shares(state: &State, account: AccountId, asset: AssetId) -> bool {
    let row = &state.accounts[account.position()];
    [Form::Lent, Form::Owed].iter().any(|form| row.balance(asset, *form).is_some())
}

/// Buys and sells again at the same price.
fn fills(state: &State, account: AccountId) -> Result<bool, Broken> {
    let other = AccountId(if account.0 == 2 { 3 } else { 2 });
    let market = MarketId(u16::try_from(account.0 % 3).unwrap_or(0));
    let Some(price) = state.index_price(market) else { return Ok(false) };
    // Where the premium still has to catch up with time, the mark moves with the first fill, whoever trades.
    if state.market(market).is_ok_and(|row| row.accrued_at != state.totals.time) {
        return Ok(false);
    }
    let fill = |buyer, seller| Command::Fill { buyer, seller, market, size: Size::new(3), price };
    gained(state, ("fill", account), &[fill(account, other), fill(other, account)])
}

/// Does the account own more after the commands than before? Only where all of them are accepted.
pub(super) fn gained(
    state: &State,
    (name, account): (&'static str, AccountId),
    commands: &[Command],
) -> Result<bool, Broken> {
    let mut engine = Engine::with_state(state.clone());
    let Ok(before) = engine.summary(account) else { return Ok(false) };
    let held = |engine: &Engine| engine.state().accounts[account.position()].clone();
    let owned = held(&engine);
    for command in commands {
        let entry = Entry { time: state.totals.time, command: command.clone() };
        if engine.apply(&entry).is_err() {
            return Ok(false);
        }
    }
    let after = engine.summary(account).map_err(|rejection| Broken::CouldNotLeave(account, rejection))?;
    let more = after.equity > before.equity;
    let units = held(&engine)
        .balances()
        .any(|balance| balance.form == Form::Held && balance.amount() > owned.held(balance.asset));
    if more || (units && after.equity.less(before.equity).is_ok_and(|gain| gain > Value::ZERO)) {
        return Err(Broken::RoundTripGained(name, account));
    }
    Ok(true)
}

/// An account without obligations leaves with everything it holds, asset by asset, as fast as the limit lets it.
pub(super) fn leaves(state: &State, account: AccountId) -> Result<(), Broken> {
    if state.accounts[account.position()].has_obligations() {
        return Ok(());
    }
    let mut engine = Engine::with_state(state.clone());
    for balance in state.accounts[account.position()].balances().filter(|balance| balance.form == Form::Held)
    {
        let withdraw = |amount| Command::Withdraw { account, asset: balance.asset, amount };
        let time = state.totals.time;
        let asked = Entry { time, command: withdraw(balance.amount()) };
        let result = match engine.apply(&asked).map(|_| ()) {
            Err(Rejection::WithdrawalLimitReached { available }) if available.is_zero() => Ok(()),
            Err(Rejection::WithdrawalLimitReached { available }) => {
                engine.apply(&Entry { time, command: withdraw(available) }).map(|_| ())
            }
            other => other,
        };
        result.map_err(|rejection| Broken::CouldNotLeave(account, rejection))?;
    }
    Ok(())
}
