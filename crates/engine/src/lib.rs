//! The state machine of the pool: `apply(entry) -> events`.
//!
//! No clock, no I/O, no randomness, no float, no log can enter. A command decides on a draft of the state and emits
//! events; only events change the state; a command that fails is dropped with its draft.
#![no_std]
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )
)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod access;
mod accrue;
pub mod act;
pub mod addon;
mod backstop;
pub mod chain;
pub mod collateral;
mod columns;
pub mod command;
mod commitment;
mod controls;
mod custody;
mod draft;
pub mod entry;
pub mod event;
mod expiry;
pub mod explain;
mod governance;
pub mod ids;
mod interest;
pub mod invariants;
mod lending;
pub mod limits;
mod liquidation;
mod named;
mod oracle;
pub mod params;
mod product;
pub mod rate;
pub mod rejection;
pub mod rows;
pub mod shock;
pub mod stable;
pub mod state;
mod trading;
pub mod valuation;
mod view;
pub mod what_if;

use alloc::vec::Vec;

use cistern_margin::Tier;
use cistern_units::Time;

use crate::{
    command::Command,
    draft::{Draft, Events, Workspace},
    entry::Entry,
    event::Event,
    explain::Explanation,
    ids::AccountId,
    invariants::Violation,
    rejection::Rejection,
    state::State,
    trading::Trade,
    valuation::{Assessment, Summary},
    what_if::{Question, Simulation},
};

/// A pool: its state, and memory that is derived from it.
#[derive(Debug, Default)]
pub struct Engine {
    state: State,
    work: Workspace,
    events: Events,
}

impl Engine {
    /// A pool that has not been founded.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A pool in a given state.
    #[must_use]
    pub fn with_state(state: State) -> Self {
        Self { state, ..Self::default() }
    }

    /// The state.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Applies an entry: all of its events happen, or none.
    ///
    /// # Errors
    /// The first [`Rejection`], in their order; nothing happened.
    pub fn apply(&mut self, entry: &Entry) -> Result<&[Event], Rejection> {
        let mut draft = self.begin(entry)?;
        match decide(&mut draft, &entry.command) {
            Ok(()) => {
                draft.keep();
                Ok(&self.events)
            }
            Err(rejection) => {
                draft.drop_all();
                Err(rejection)
            }
        }
    }

    /// What [`Self::apply`] would do, without doing it.
    ///
    /// # Errors
    /// The [`Rejection`] that it would give.
    pub fn preview(&mut self, entry: &Entry) -> Result<Vec<Event>, Rejection> {
        let mut draft = self.begin(entry)?;
        let outcome = decide(&mut draft, &entry.command).map(|()| draft.events.clone());
        draft.drop_all();
        outcome
    }

    fn begin(&mut self, entry: &Entry) -> Result<Draft<'_>, Rejection> {
        let last = self.state.totals.time;
        if entry.time < last {
            return Err(Rejection::TimeMustNotRunBackwards { last });
        }
        Ok(Draft::begin(&mut self.state, &mut self.work, &mut self.events, entry.time))
    }

    /// What an account's owner wants to know.
    ///
    /// # Errors
    /// [`Rejection::AccountUnknown`]; [`Rejection::NumberTooLarge`] for absurd books.
    pub fn summary(&mut self, account: AccountId) -> Result<Summary, Rejection> {
        valuation::summarise(&self.state, &mut self.work.view, &mut self.work.portfolio, account)
    }

    /// An account with a reason for each of its numbers.
    ///
    /// # Errors
    /// [`Rejection::AccountUnknown`]; [`Rejection::NumberTooLarge`] for absurd books.
    pub fn explain(&mut self, account: AccountId) -> Result<Explanation, Rejection> {
        explain::explain(&self.state, &mut self.work.view, &mut self.work.portfolio, account)
    }

    /// What commands and other prices would make of an account; nothing happens.
    ///
    /// # Errors
    /// [`Rejection::TimeMustNotRunBackwards`], and where the account cannot be valued. A command that would be refused is
    /// no error but part of the answer.
    pub fn simulate(&mut self, now: Time, question: &Question<'_>) -> Result<Simulation, Rejection> {
        let last = self.state.totals.time;
        if now < last {
            return Err(Rejection::TimeMustNotRunBackwards { last });
        }
        let draft = Draft::begin(&mut self.state, &mut self.work, &mut self.events, now);
        what_if::simulate(draft, question, decide)
    }

    /// Judges an account at a tier.
    ///
    /// # Errors
    /// [`Rejection::AccountUnknown`]; [`Rejection::NumberTooLarge`] for absurd books.
    pub fn assess(&mut self, account: AccountId, tier: Tier) -> Result<Assessment, Rejection> {
        self.work.view.refresh(&self.state)?;
        let row = self.state.account(account)?;
        valuation::assess(&self.state, &self.work.view, &mut self.work.portfolio, row, tier)
    }

    /// Checks the running totals; cheap enough for every entry.
    ///
    /// # Errors
    /// The first [`Violation`].
    pub fn check(&self) -> Result<(), Violation> {
        invariants::check(&self.state)?;
        match self.work.columns.missed() {
            None => Ok(()),
            Some(account) => Err(Violation {
                rule: "no_account_below_maintenance_is_missed_by_a_tick",
                numbers: "L5",
                row: account.position(),
            }),
        }
    }

    /// Recounts everything from the rows.
    ///
    /// # Errors
    /// The first [`Violation`].
    pub fn recount(&mut self) -> Result<(), Violation> {
        invariants::recount(&self.state)
    }
}

/// One line for each command.
fn decide(draft: &mut Draft<'_>, command: &Command) -> Result<(), Rejection> {
    if !draft.state.is_founded() && !matches!(command, Command::Found { .. }) {
        return Err(Rejection::PoolMustBeFounded);
    }
    match command {
        Command::Found { founding } => governance::found(draft, founding),
        Command::OpenAccount { owner, sub } => custody::open_account(draft, *owner, *sub),
        Command::ChooseStandardMode { account } => custody::choose_standard_mode(draft, *account),
        Command::ChoosePortfolioMode { account } => custody::choose_portfolio_mode(draft, *account),
        Command::Deposit { account, asset, amount } => custody::deposit(draft, *account, *asset, *amount),
        Command::DepositProven { account, asset, amount, message } => {
            custody::deposit_proven(draft, (*account, *asset), *amount, *message)
        }
        Command::Withdraw { account, asset, amount } => custody::withdraw(draft, *account, *asset, *amount),
        Command::Transfer { from, to, asset, amount } => {
            custody::transfer(draft, (*from, *to), *asset, *amount)
        }
        Command::Commit { account, asset, value } => commitment::commit(draft, *account, *asset, *value),
        Command::ReportQueue { asset, wait } => commitment::report_queue(draft, *asset, *wait),
        Command::Lend { account, asset, amount } => lending::lend(draft, *account, *asset, *amount),
        Command::Recall { account, asset, amount } => lending::recall(draft, *account, *asset, *amount),
        Command::Borrow { account, asset, amount } => lending::borrow(draft, *account, *asset, *amount),
        Command::Repay { account, asset, amount } => lending::repay(draft, *account, *asset, *amount),
        Command::Fill { buyer, seller, market, size, price } => trading::fill(
            draft,
            &Trade { buyer: *buyer, seller: *seller, market: *market, size: *size, price: *price },
        ),
        Command::Settle { account } => trading::settle(draft, *account),
        Command::Tick { reports } => {
            // What time did until now is charged at the prices that held until now.
            accrue::all(draft)?;
            oracle::tick(draft, reports)?;
            expiry::due(draft)?;
            governance::due(draft)?;
            liquidation::sweep(draft)
        }
        Command::Attest { statements, .. } => {
            accrue::all(draft)?;
            let has_news = oracle::attest(draft, statements)?;
            expiry::due(draft)?;
            governance::due(draft)?;
            if has_news { liquidation::sweep(draft) } else { Ok(()) }
        }
        Command::Signed { authorisation, command } => {
            access::require(draft, authorisation, command)?;
            decide(draft, command)
        }
        Command::ApproveAgent { owner, signer, scope, expires_at } => {
            access::approve_agent(draft, *owner, (*signer, *scope), *expires_at)
        }
        Command::RevokeAgent { owner, signer } => access::revoke_agent(draft, *owner, *signer),
        Command::Liquidate { account, liquidator } => liquidation::liquidate(draft, *account, *liquidator),
        Command::AppointBackstop { account } => backstop::appoint(draft, *account),
        Command::ReleaseBackstop { account } => backstop::release(draft, *account),
        Command::Schedule { act } => governance::schedule(draft, act),
        Command::Veto { act_id } => governance::veto(draft, *act_id),
        Command::Pause => governance::pause(draft),
        Command::Resume => governance::resume(draft),
        Command::ReportSurface { reports } => oracle::report_surface(draft, reports),
    }
}
