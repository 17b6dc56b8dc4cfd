use alloc::{boxed::Box, collections::BTreeMap, vec::Vec};

use cistern_attest::{Digest, Signer};
use cistern_units::Time;

use crate::{
    ids::{AccountId, AssetId, BidId, FeedId, ItemId, MarketId, Owner},
    rows::{
        Agent, AssetPool, Balance, Bid, Commitment, Config, Expiry, Feed, Header, Item, MarketState,
        Position, RowChange,
    },
    state::{State, Totals},
};

/// What the state was before a draft touched it: row by row, so that a refusal costs what the command wrote and no more.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    pub(crate) totals: Option<Totals>,
    pub(crate) config: Option<Box<Config>>,
    pub(crate) pools: Vec<(AssetId, AssetPool)>,
    pub(crate) markets: Vec<(MarketId, MarketState)>,
    pub(crate) feeds: Vec<(FeedId, Feed)>,
    pub(crate) expiries: Vec<RowChange<Expiry>>,
    pub(crate) headers: Vec<(AccountId, Header)>,
    pub(crate) balances: Vec<(AccountId, RowChange<Balance>)>,
    pub(crate) positions: Vec<(AccountId, RowChange<Position>)>,
    pub(crate) opened: Vec<(Owner, u8)>,
    pub(crate) agents: Vec<((Owner, Signer), Option<Agent>)>,
    pub(crate) nonces: Vec<(Signer, Option<Vec<Time>>)>,
    pub(crate) spent: Vec<Digest>,
    pub(crate) commitments: Vec<((AssetId, AccountId), Option<Commitment>)>,
    pub(crate) items: Vec<((AssetId, ItemId), Option<Item>)>,
    pub(crate) bids: Vec<(BidId, Option<Bid>)>,
    /// Lengths of the tables that governance lengthens: pools, markets, feeds.
    pub(crate) lengths: (usize, usize, usize),
}

/// A point of a draft that it can return to. Governance, feeds, expiries and new accounts do not change behind such a
/// point.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    totals: Totals,
    pools: usize,
    markets: usize,
    headers: usize,
    balances: usize,
    positions: usize,
    items: usize,
    bids: usize,
}

impl Journal {
    /// Accounts that the draft has touched, some more than once.
    pub(crate) fn touched(&self) -> impl Iterator<Item = AccountId> {
        let headers = self.headers.iter().map(|(id, _)| *id);
        let balances = self.balances.iter().map(|(id, _)| *id);
        headers.chain(balances).chain(self.positions.iter().map(|(id, _)| *id))
    }

    /// Remembers where a draft stands.
    pub(crate) fn mark(&self, state: &State) -> Mark {
        Mark {
            totals: state.totals,
            pools: self.pools.len(),
            markets: self.markets.len(),
            headers: self.headers.len(),
            balances: self.balances.len(),
            positions: self.positions.len(),
            items: self.items.len(),
            bids: self.bids.len(),
        }
    }

    /// Puts `state` back to where it stood at the mark.
    pub(crate) fn return_to(&mut self, mark: &Mark, state: &mut State) {
        self.take_back_rows(mark, state);
        state.totals = mark.totals;
    }

    fn take_back_rows(&mut self, mark: &Mark, state: &mut State) {
        for (id, undo) in self.positions.drain(mark.positions..).rev() {
            if let Some(account) = state.accounts.get_mut(id.position()) {
                account.change_position(undo);
            }
        }
        for (id, undo) in self.balances.drain(mark.balances..).rev() {
            if let Some(account) = state.accounts.get_mut(id.position()) {
                account.change_balance(undo);
            }
        }
        for (id, old) in self.headers.drain(mark.headers..).rev() {
            if let Some(account) = state.accounts.get_mut(id.position()) {
                account.header = old;
            }
        }
        put_back(&mut state.items, self.items.drain(mark.items..).rev());
        put_back(&mut state.bids, self.bids.drain(mark.bids..).rev());
        restore(&mut state.pools, self.pools.drain(mark.pools..).rev().map(|(id, old)| (id.position(), old)));
        restore(
            &mut state.markets,
            self.markets.drain(mark.markets..).rev().map(|(id, old)| (id.position(), old)),
        );
    }

    /// Starts a draft of `state`.
    pub(crate) fn begin(&mut self, state: &State) {
        self.totals = Some(state.totals);
        self.config = None;
        self.pools.clear();
        self.markets.clear();
        self.feeds.clear();
        self.expiries.clear();
        self.headers.clear();
        self.balances.clear();
        self.positions.clear();
        self.opened.clear();
        self.agents.clear();
        self.nonces.clear();
        self.spent.clear();
        self.commitments.clear();
        self.items.clear();
        self.bids.clear();
        self.lengths = (state.pools.len(), state.markets.len(), state.feeds.len());
    }

    /// Puts `state` back to where [`Self::begin`] found it.
    pub(crate) fn take_back(&mut self, state: &mut State) {
        let start = Mark {
            totals: state.totals,
            pools: 0,
            markets: 0,
            headers: 0,
            balances: 0,
            positions: 0,
            items: 0,
            bids: 0,
        };
        self.take_back_rows(&start, state);
        for key in self.opened.drain(..).rev() {
            state.owners.remove(&state.accounts, key);
            state.accounts.pop();
        }
        put_back(&mut state.agents, self.agents.drain(..).rev());
        put_back(&mut state.commitments, self.commitments.drain(..).rev());
        put_back(&mut state.nonces, self.nonces.drain(..).rev());
        for message in self.spent.drain(..) {
            state.spent.remove(&message);
        }
        restore(&mut state.feeds, self.feeds.drain(..).rev().map(|(id, old)| (id.position(), old)));
        for undo in self.expiries.drain(..).rev() {
            undo.make(&mut state.expiries);
        }
        state.pools.truncate(self.lengths.0);
        state.markets.truncate(self.lengths.1);
        state.feeds.truncate(self.lengths.2);
        if let Some(config) = self.config.take() {
            state.config = *config;
        }
        if let Some(totals) = self.totals.take() {
            state.totals = totals;
        }
    }
}

fn put_back<K: Ord, T>(table: &mut BTreeMap<K, T>, old: impl Iterator<Item = (K, Option<T>)>) {
    for (key, old) in old {
        match old {
            Some(old) => table.insert(key, old),
            None => table.remove(&key),
        };
    }
}

fn restore<T>(rows: &mut [T], old: impl Iterator<Item = (usize, T)>) {
    for (place, old) in old {
        if let Some(row) = rows.get_mut(place) {
            *row = old;
        }
    }
}
