//! A draft of the state: a command decides on it, emits events, and fails by being dropped.

use alloc::vec::Vec;

use cistern_margin::Portfolio;
use cistern_units::Time;

use crate::{
    columns::Columns,
    event::Event,
    ids::{AccountId, AssetId, FeedId},
    rejection::Rejection,
    rows::Validity,
    state::{Journal, State},
    view::View,
};

/// The events of one entry, in order.
pub(crate) type Events = Vec<Event>;

/// Memory that drafts reuse: derived data and scratch, never state.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    pub(crate) view: View,
    pub(crate) portfolio: Portfolio,
    pub(crate) journal: Journal,
    pub(crate) columns: Columns,
}

/// The state as a command would leave it, and the events that lead there.
pub(crate) struct Draft<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) work: &'a mut Workspace,
    pub(crate) events: &'a mut Events,
}

impl<'a> Draft<'a> {
    /// Begins a draft at `now`.
    pub(crate) fn begin(
        state: &'a mut State,
        work: &'a mut Workspace,
        events: &'a mut Events,
        now: Time,
    ) -> Self {
        events.clear();
        work.journal.begin(state);
        state.totals.time = now;
        Self { state, work, events }
    }

    /// Puts everything back and begins a draft anew.
    pub(crate) fn begin_again(mut self, now: Time) -> Self {
        self.take_back();
        Self::begin(self.state, self.work, self.events, now)
    }

    /// Everything has happened.
    pub(crate) fn keep(self) {
        self.work.columns.note(&self.work.journal);
    }

    /// Puts everything back: nothing happened.
    pub(crate) fn drop_all(mut self) {
        self.take_back();
    }

    fn take_back(&mut self) {
        if self.events.iter().any(|event| touches(event) != Touch::Books) {
            self.work.view.factors_changed();
        }
        self.work.columns.note(&self.work.journal);
        self.work.journal.take_back(self.state);
        self.work.view.prices_changed();
        self.events.clear();
    }

    /// The one way to change anything: the event happens at once, for this draft.
    pub(crate) fn emit(&mut self, event: Event) -> Result<(), Rejection> {
        self.state.evolve(&mut self.work.journal, &event)?;
        match touches(&event) {
            Touch::Books => {}
            Touch::Prices => self.work.view.prices_changed(),
            Touch::Factors => self.work.view.factors_changed(),
        }
        self.events.push(event);
        Ok(())
    }

    /// Tries something that may fail; if it does, nothing of it happened and the draft goes on. For changes of books
    /// alone: accounts, pools, markets, units and bids.
    pub(crate) fn attempt<T>(
        &mut self,
        what: impl FnOnce(&mut Self) -> Result<T, Rejection>,
    ) -> Result<T, Rejection> {
        let mark = self.work.journal.mark(self.state);
        let events = self.events.len();
        let result = what(self);
        if result.is_err() {
            self.work.journal.return_to(&mark, self.state);
            self.events.truncate(events);
            self.work.view.prices_changed();
        }
        result
    }

    /// Did this command open a tick and bring a new price, good enough to liquidate at, of something that the account has or
    /// owes? Without, it tells nothing about an account that was not known before.
    pub(crate) fn saw_evidence(&self, id: AccountId) -> Result<bool, Rejection> {
        if !self.events.iter().any(|event| matches!(event, Event::TickOpened { .. })) {
            return Ok(false);
        }
        let (state, now) = (&self.state, self.now());
        let account = state.account(id)?;
        let assets = account.balances().filter_map(|balance| state.asset(balance.asset).ok()?.feed);
        let markets = account.positions();
        let markets = markets.filter_map(|position| state.market_config(position.market).ok());
        let markets = markets.flat_map(|config| [config.spec.feed, config.spec.forward()]);
        let is_new = |feed: FeedId| {
            let feed = state.feed(feed).ok().filter(|feed| feed.validity >= Validity::Reduced);
            feed.and_then(|feed| feed.quote).is_some_and(|quote| quote.at == now)
        };
        Ok(assets.chain(markets).any(is_new))
    }

    /// Users that the prices of now could have put below maintenance, and those in breach, in order; with a few that should
    /// not be.
    pub(crate) fn named(&mut self) -> Result<Vec<AccountId>, Rejection> {
        let Workspace { view, journal, columns, .. } = &mut *self.work;
        view.refresh(self.state)?;
        columns.note(journal);
        columns.named(self.state, view)
    }

    /// When the command was ordered.
    pub(crate) fn now(&self) -> Time {
        self.state.totals.time
    }

    /// An account of a user: it exists and does not belong to the pool.
    pub(crate) fn require_user(&self, id: AccountId) -> Result<(), Rejection> {
        if id.is_reserved() { Err(Rejection::AccountUnknown) } else { self.state.account(id).map(|_| ()) }
    }

    /// An asset that exists.
    pub(crate) fn require_asset(&self, id: AssetId) -> Result<(), Rejection> {
        self.state.asset(id).map(|_| ())
    }

    /// Accounts that somebody could liquidate or be paid from, in order.
    pub(crate) fn account_ids(&self) -> impl Iterator<Item = AccountId> + use<> {
        (0..self.state.accounts.len()).filter_map(AccountId::at)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Touch {
    Books,
    Prices,
    Factors,
}

/// What derived data an event makes stale.
fn touches(event: &Event) -> Touch {
    match event {
        Event::PoolFounded { .. }
        | Event::FactorListed { .. }
        | Event::FactorSet { .. }
        | Event::AssetListed { .. }
        | Event::MarketListed { .. } => Touch::Factors,
        Event::OracleSet { .. }
        | Event::RateSet { .. }
        | Event::FeedListed { .. }
        | Event::Committed { .. }
        | Event::QueueReported { .. }
        | Event::ItemCredited { .. }
        | Event::ItemWithdrawalAuthorized { .. }
        | Event::ItemMoved { .. }
        | Event::BidPlaced { .. }
        | Event::BidCancelled { .. }
        | Event::BidEnded { .. }
        | Event::BidFilled { .. }
        | Event::BidMoved { .. }
        | Event::PriceUpdated { .. }
        | Event::ValidityChanged { .. }
        | Event::FundingAccrued { .. }
        | Event::IndexAveraged { .. }
        | Event::SurfaceUpdated { .. }
        | Event::MarketSettled { .. } => Touch::Prices,
        _ => Touch::Books,
    }
}
