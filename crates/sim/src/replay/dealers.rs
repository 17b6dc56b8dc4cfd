//! Those who take over: liquidators send steps for accounts in confirmed breach; they and the backstops sell what they got.

use std::collections::BTreeSet;

use cistern_engine::{command::Command, ids::AccountId, rejection::Rejection, state::State};
use cistern_units::{Amount, Ratio};

use crate::replay::{
    Broken,
    clerk::Clerk,
    crowd::Crowd,
    habits::{debts_of, held_by, lent_by, markets_of},
    people::Role,
    tally::News,
};

/// A breach must have been seen on so many ticks.
const CONFIRMED: u8 = 2;
/// Accounts that the liquidators work on at one instant.
const AT_ONCE: usize = 400;
/// Steps of one account at one instant.
const STEPS: usize = 4;

/// What liquidators know.
#[derive(Debug, Default)]
pub(super) struct Dealers {
    /// Accounts in confirmed breach.
    confirmed: BTreeSet<AccountId>,
    liquidators: Vec<AccountId>,
    /// Everybody who takes over.
    takers: Vec<AccountId>,
    /// Whose turn it is.
    turn: usize,
}

impl Dealers {
    pub(super) fn of(crowd: &Crowd) -> Self {
        let with = |role: Role| crowd.people.iter().filter(move |person| person.role == role);
        let liquidators: Vec<AccountId> = with(Role::Liquidator).map(|person| person.account).collect();
        let backstops = with(Role::Backstop).map(|person| person.account);
        let takers = liquidators.iter().copied().chain(backstops).collect();
        Self { liquidators, takers, ..Self::default() }
    }

    /// Looks for confirmed breaches where none was heard of.
    pub(super) fn know(&mut self, state: &State) {
        let confirmed = state
            .accounts
            .iter()
            .enumerate()
            .filter(|(_, account)| account.header.breach.is_some_and(|breach| breach.ticks >= CONFIRMED));
        self.confirmed = confirmed.filter_map(|(place, _)| AccountId::at(place)).collect();
    }

    pub(super) fn hear(&mut self, news: &[News]) {
        for item in news {
            match item {
                News::Breached { account, ticks, .. } if *ticks >= CONFIRMED => {
                    self.confirmed.insert(*account);
                }
                News::Restored { account } => {
                    self.confirmed.remove(account);
                }
                _ => {}
            }
        }
    }

    /// Steps for everybody who is known to be in confirmed breach.
    pub(super) fn liquidate(&mut self, clerk: &mut Clerk) -> Result<(), Broken> {
        let known: Vec<AccountId> = self.confirmed.iter().copied().take(AT_ONCE).collect();
        for account in known.into_iter().filter(|account| !account.is_reserved()) {
            self.steps(clerk, account)?;
        }
        Ok(())
    }

    fn steps(&mut self, clerk: &mut Clerk, account: AccountId) -> Result<(), Broken> {
        for _ in 0..STEPS {
            let count = self.liquidators.len().max(1);
            let mut taken = false;
            for offset in 0..count {
                let place = (self.turn + offset) % count;
                let Some(liquidator) = self.liquidators.get(place).copied() else { return Ok(()) };
                match clerk.send(Command::Liquidate { account, liquidator })? {
                    Ok(()) => taken = true,
                    // Somebody else may be able to carry it.
                    Err(Rejection::InitialMarginMustHold { .. }) => continue,
                    Err(Rejection::AccountIsHealthy | Rejection::AccountUnknown) => {
                        self.confirmed.remove(&account);
                        return Ok(());
                    }
                    Err(_) => return Ok(()),
                }
                self.turn = place;
                break;
            }
            let summary = clerk.summary(account);
            let healthy =
                summary.is_some_and(|summary| summary.health.is_none_or(|health| health >= Ratio::ONE));
            if healthy {
                self.confirmed.remove(&account);
            }
            if healthy || !taken {
                return Ok(());
            }
        }
        Ok(())
    }

    /// One of those who took over closes, repays and sells a part.
    pub(super) fn unwind(&mut self, clerk: &mut Clerk, crowd: &mut Crowd) -> Result<(), Broken> {
        for taker in self.takers.clone() {
            let markets = markets_of(clerk, taker);
            if let Some(market) = crowd.dice.pick(&markets).copied() {
                crowd.reduce(clerk, taker, market, 1_000)?;
            }
            let debts = debts_of(clerk, taker);
            if let Some(asset) = crowd.dice.pick(&debts).copied() {
                crowd.repay(clerk, taker, asset, 1_000)?;
            }
            let lent = lent_by(clerk, taker);
            if let Some(asset) = lent.first().copied()
                && crowd.dice.happens(200)
            {
                let amount = Amount::new(cistern_engine::limits::AMOUNT_MAX);
                clerk.ask(Command::Recall { account: taker, asset, amount })?;
            }
            let dollar = crowd.shelf.dollar;
            let coins: Vec<_> = held_by(clerk, taker).into_iter().filter(|asset| *asset != dollar).collect();
            if let Some(coin) = crowd.dice.pick(&coins).copied() {
                let amount = clerk.held(taker, coin);
                crowd.swap_outside(clerk, taker, (coin, dollar), amount)?;
            }
        }
        Ok(())
    }
}
