//! A look at all accounts at once, taken now and then in small steps, so that the node is never held up by it.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use cistern_engine::{
    Engine,
    event::Event,
    ids::{AccountId, AssetId},
    valuation::Summary,
};
use cistern_margin::Tier;
use cistern_node::{HistoryQuery, Mark, PAGE_MAX};
use cistern_units::{Ratio, Value};

use crate::{accounts::AccountStatus, prices, shared::Shared};

/// The pool is looked at this often, if anything happened and the last look was cheap.
pub(crate) const EVERY: Duration = Duration::from_millis(200);

/// The census sleeps at least this many times as long as it took: it never takes more than a sixth of one core.
const REST: u32 = 5;

/// Accounts that are looked at under one lock: a writer waits some milliseconds at most.
const CHUNK: usize = 1_000;

/// Moments that are kept; when there are more, every other one is dropped, so that they span the whole run.
const MOMENTS_MAX: usize = 4_096;

/// Upper ends of the bands of health that accounts are counted in, in 1e-9; the last band has none.
pub(crate) const BANDS: [u64; 7] =
    [1_000_000_000, 1_050_000_000, 1_100_000_000, 1_250_000_000, 1_500_000_000, 2_000_000_000, 3_000_000_000];

/// An account with obligations, as the census found it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted {
    pub(crate) account: AccountId,
    pub(crate) health: Option<Ratio>,
    pub(crate) summary: Summary,
}

impl Counted {
    /// Where it stands in the order of health: the least healthy first, those without a requirement last.
    pub(crate) fn key(&self) -> (u64, u32) {
        (self.health.map_or(u64::MAX, Ratio::raw), self.account.0)
    }
}

/// What the census found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Census {
    /// Where the pool was when it began.
    pub(crate) mark: Mark,
    /// Accounts of users.
    pub(crate) accounts: u64,
    /// Those below their initial margin.
    pub(crate) at_risk: u64,
    /// Sum of the equity of accounts with obligations.
    pub(crate) equity: Value,
    /// Sum of their requirements at maintenance.
    pub(crate) requirement: Value,
    /// Accounts with obligations by band of health.
    pub(crate) bands: [u64; BANDS.len() + 1],
    /// Accounts with obligations, the least healthy first.
    pub(crate) by_health: Vec<Counted>,
}

/// The pool at one time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) mark: Mark,
    pub(crate) equity: Value,
    pub(crate) requirement: Value,
    pub(crate) insurance_fund: Value,
    pub(crate) custody_value: Value,
    pub(crate) bad_debt: Value,
    pub(crate) at_risk: u64,
}

/// The latest census, and what the earlier ones found.
#[derive(Debug, Default)]
pub(crate) struct Records {
    latest: RwLock<Arc<Census>>,
    moments: Mutex<VecDeque<Moment>>,
    /// Liquidation steps, and accounts that had one, since this server runs.
    pub(crate) steps: AtomicU64,
    liquidated: Mutex<std::collections::HashSet<AccountId>>,
    /// Height at which parameters changed last.
    params_version: AtomicU64,
    /// How often a census was taken.
    taken: AtomicU64,
}

impl Records {
    pub(crate) fn latest(&self) -> Arc<Census> {
        Arc::clone(&self.latest.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Moments after a height, the oldest first.
    pub(crate) fn moments_after(&self, height: u64, limit: usize) -> (Vec<Moment>, bool) {
        let moments = self.moments.lock().unwrap_or_else(PoisonError::into_inner);
        let start = moments.partition_point(|moment| moment.mark.height <= height);
        let found: Vec<Moment> = moments.range(start..).take(limit).copied().collect();
        let more = start + found.len() < moments.len();
        (found, more)
    }

    pub(crate) fn liquidated(&self) -> u64 {
        self.liquidated.lock().unwrap_or_else(PoisonError::into_inner).len() as u64
    }

    pub(crate) fn params_version(&self) -> u64 {
        self.params_version.load(Ordering::Relaxed)
    }

    /// How often a census was taken.
    pub(crate) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// Keeps up with an event.
    pub(crate) fn follow(&self, event: &Event, height: u64) {
        match event {
            Event::LiquidationStepped { account, .. } => {
                self.steps.fetch_add(1, Ordering::Relaxed);
                self.liquidated.lock().unwrap_or_else(PoisonError::into_inner).insert(*account);
            }
            _ => self.follow_params(event, height),
        }
    }

    /// Keeps up with an event, as far as it changes parameters; twice is as good as once.
    pub(crate) fn follow_params(&self, event: &Event, height: u64) {
        if is_of_params(event.name()) {
            self.params_version.fetch_max(height, Ordering::Relaxed);
        }
    }

    fn publish(&self, census: Census, moment: Moment) {
        let mut moments = self.moments.lock().unwrap_or_else(PoisonError::into_inner);
        if moments.back().is_none_or(|last| last.mark.height < moment.mark.height) {
            moments.push_back(moment);
        }
        if moments.len() > MOMENTS_MAX {
            let mut odd = false;
            moments.retain(|_| {
                odd = !odd;
                odd
            });
        }
        drop(moments);
        *self.latest.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(census);
        self.taken.fetch_add(1, Ordering::Relaxed);
    }
}

impl Shared {
    /// Reads from the history what happened before an entry.
    pub(crate) fn begin_records(&self, until: u64) {
        let ask = |before, kinds: Vec<&'static str>, limit| {
            // Without a history these numbers count from now on.
            self.node.history(&HistoryQuery { before, account: None, kinds, limit }).unwrap_or_default()
        };
        let of_params = Event::NAMES.iter().copied().filter(|name| is_of_params(name)).collect();
        if let Some(last) = ask(None, of_params, 1).events.first() {
            self.records.follow(&last.event, last.height);
        }
        let mut before = None;
        loop {
            let page = ask(before, vec!["LiquidationStepped"], PAGE_MAX);
            let earlier = page.events.iter().filter(|found| found.height < until);
            earlier.for_each(|found| self.records.follow(&found.event, found.height));
            before = page.next;
            if before.is_none() || self.has_ended() {
                return;
            }
        }
    }
}

/// Does the event change what margin is computed with, or what is accepted?
fn is_of_params(name: &str) -> bool {
    name == "PoolFounded" || name.ends_with("Listed") || name.ends_with("Set")
}

/// Takes a census whenever something happened, until the server ends.
pub(crate) async fn run(shared: Arc<Shared>) {
    let mut seen = None;
    loop {
        let began = Instant::now();
        let height = shared.node.head().height;
        if seen != Some(height) {
            let counting = Arc::clone(&shared);
            // A panic is a bug that the next census may not meet; the last one stands meanwhile.
            if tokio::task::spawn_blocking(move || count(&counting)).await.is_ok() {
                seen = Some(height);
            }
            shared.metrics.census_time.set(began.elapsed().as_secs_f64());
        }
        let rest = (began.elapsed() * REST).max(EVERY);
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            () = shared.ended() => return,
        }
    }
}

/// Goes over all accounts once.
fn count(shared: &Shared) {
    let mut census = Census::default();
    let mut next = 0;
    let mark = shared.node.read_at(|_, mark| *mark);
    census.mark = mark;
    loop {
        let done = shared.node.read(|engine| {
            let accounts = engine.state().accounts.len();
            let end = accounts.min(next + CHUNK);
            for id in (next..end).filter_map(AccountId::at).filter(|id| !id.is_reserved()) {
                census.accounts += 1;
                look_at(engine, id, &mut census);
            }
            next = end;
            end == accounts
        });
        if done {
            break;
        }
    }
    census.by_health.sort_unstable_by_key(Counted::key);
    let moment = shared.node.read_at(|engine, mark| moment(engine, *mark, &census));
    shared.records.publish(census, moment);
}

fn look_at(engine: &mut Engine, id: AccountId, census: &mut Census) {
    if !engine.state().account(id).is_ok_and(|account| account.has_obligations()) {
        return;
    }
    // An account that cannot be valued has no numbers to count: its own page says why.
    let Ok(summary) = engine.summary(id) else { return };
    let Ok(account) = engine.state().account(id) else { return };
    let status = AccountStatus::of(account, &summary);
    census.equity = census.equity.plus(summary.equity).unwrap_or(census.equity);
    census.requirement = census.requirement.plus(summary.maintenance_margin).unwrap_or(census.requirement);
    census.at_risk += u64::from(status != AccountStatus::Healthy);
    let health = summary.health;
    let band = health.map_or(BANDS.len(), |health| BANDS.partition_point(|end| *end <= health.raw()));
    if let Some(count) = census.bands.get_mut(band) {
        *count += 1;
    }
    census.by_health.push(Counted { account: id, health, summary });
}

fn moment(engine: &mut Engine, mark: Mark, census: &Census) -> Moment {
    let state = engine.state();
    Moment {
        mark,
        equity: census.equity,
        requirement: census.requirement,
        custody_value: custody_value(state),
        bad_debt: state.totals.bad_debt,
        at_risk: census.at_risk,
        insurance_fund: insurance_fund(engine),
    }
}

/// Value of everything in custody.
pub(crate) fn custody_value(state: &cistern_engine::state::State) -> Value {
    let assets = state.pools.iter().enumerate().filter_map(|(place, pool)| Some((AssetId::at(place)?, pool)));
    assets.fold(Value::ZERO, |sum, (asset, pool)| {
        sum.plus(prices::value(state, asset, pool.custody)).unwrap_or(sum)
    })
}

/// Value of what the insurance fund has.
pub(crate) fn insurance_fund(engine: &mut Engine) -> Value {
    engine.assess(AccountId::INSURANCE_FUND, Tier::Maintenance).map_or(Value::ZERO, |judged| judged.equity)
}
