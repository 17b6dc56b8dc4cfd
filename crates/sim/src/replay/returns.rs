//! Liquidations that the market took back: what was closed stood again, within an hour, where the account had been above
//! maintenance.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use cistern_engine::ids::{AccountId, FeedId};
use cistern_units::{Price, Span, Time};

use crate::replay::{
    clerk::Clerk,
    tally::{Leg, News},
};

/// How long a price may take to come back.
const PATIENCE: Span = Span::HOUR;

type Prices = Rc<[Option<Price>]>;

/// Which way a price must go to have come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    feed: FeedId,
    way: Way,
    level: Price,
    until: Time,
}

/// Follows each account's first liquidation for an hour.
#[derive(Debug, Default)]
pub(super) struct Returns {
    /// Prices of the tick before this one.
    before: Option<Prices>,
    /// Prices of the last tick before the breach of an account.
    breaches: BTreeMap<AccountId, Prices>,
    known: BTreeSet<AccountId>,
    waiting: Vec<Waiting>,
    /// Accounts whose liquidation was followed.
    pub(super) followed: u64,
    /// Accounts whose price came back.
    pub(super) returned: u64,
}

impl Returns {
    /// Before a tick: what prices it will replace.
    pub(super) fn remember(&mut self, clerk: &Clerk) {
        self.before = Some(clerk.prices().into());
    }

    /// After a tick: which prices came back, and whose hour is over.
    pub(super) fn tick(&mut self, clerk: &Clerk, now: Time) {
        let prices = clerk.prices();
        let mut returned = 0;
        self.waiting.retain(|waiting| {
            let price = prices.get(waiting.feed.position()).copied().flatten();
            let back = price.is_some_and(|price| match waiting.way {
                Way::Up => price >= waiting.level,
                Way::Down => price <= waiting.level,
            });
            returned += u64::from(back);
            !back && now < waiting.until
        });
        self.returned += returned;
    }

    /// Hears what happened at the prices of now: a step that ends a breach still belongs to it.
    pub(super) fn hear(&mut self, clerk: &Clerk, news: &[News]) {
        for item in news {
            if let (News::Breached { account, ticks: 1, .. }, Some(before)) = (item, &self.before) {
                self.breaches.insert(*account, Rc::clone(before));
            }
        }
        for item in news {
            if let News::Stepped(step) = item
                && self.known.insert(step.account)
            {
                let waiting = step.leg.and_then(|leg| self.wait(clerk, step.account, leg, step.time));
                self.followed += u64::from(waiting.is_some());
                self.waiting.extend(waiting);
            }
        }
        for item in news {
            if let News::Restored { account } = item {
                self.breaches.remove(account);
            }
        }
    }

    fn wait(&self, clerk: &Clerk, account: AccountId, leg: Leg, now: Time) -> Option<Waiting> {
        let state = clerk.state();
        let market = |id| state.market_config(id).ok().map(|config| config.spec.feed);
        let (feed, way) = match leg {
            Leg::Long(id) => (market(id)?, Way::Up),
            Leg::Short(id) => (market(id)?, Way::Down),
            Leg::Collateral(asset) => (clerk.feed_of(asset)?, Way::Up),
            Leg::Debt(asset) if asset == state.settlement() => return None,
            Leg::Debt(asset) => (clerk.feed_of(asset)?, Way::Down),
        };
        let level = self.breaches.get(&account)?.get(feed.position()).copied().flatten()?;
        Some(Waiting { feed, way, level, until: now.plus(PATIENCE).ok()? })
    }
}
