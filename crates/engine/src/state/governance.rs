//! Writes to what governance decides.

use alloc::boxed::Box;

use cistern_units::{Amount, Size, Time};

use crate::{
    act::{AssetSpec, Binding, FactorSpec, MarketSpec},
    event::Event,
    ids::{AccountId, ActId, Owner},
    rejection::Rejection,
    rows::{
        AssetConfig, AssetPool, Config, FactorConfig, Feed, FeedConfig, MarketConfig, MarketState,
        PendingAct, SourceConfig,
    },
    state::{Journal, State},
};

impl State {
    fn config_mut(&mut self, journal: &mut Journal) -> &mut Config {
        if journal.config.is_none() {
            journal.config = Some(Box::new(self.config.clone()));
        }
        &mut self.config
    }

    /// Writes an event of governance; other events are not its business.
    pub(crate) fn govern(&mut self, journal: &mut Journal, event: &Event) -> Result<(), Rejection> {
        let now = self.totals.time;
        match event {
            Event::PoolFounded { params, settlement } => {
                let config = self.config_mut(journal);
                config.params = *params;
                config.settlement = *settlement;
                // The pool's own accounts: the insurance fund and the clearing account.
                for sub in [0, 1] {
                    self.open(journal, Owner::default(), sub)?;
                }
            }
            Event::SourceAdmitted { symbol, group } => {
                self.config_mut(journal).sources.push(SourceConfig { symbol: *symbol, group: *group });
            }
            Event::FactorListed { symbol, spec } => {
                let row = FactorConfig {
                    symbol: *symbol,
                    spec: *spec,
                    ramp_from: *spec,
                    ramp_begins: now,
                    ramp_ends: now,
                };
                self.config_mut(journal).factors.push(row);
            }
            Event::FeedListed { spec } => {
                self.config_mut(journal).feeds.push(FeedConfig { spec: *spec });
                self.feeds.push(Feed::default());
            }
            Event::AssetListed { spec } => self.list_asset(journal, spec),
            Event::MarketListed { spec } => self.list_market(journal, spec),
            Event::FactorSet { factor, spec, ramp_from, ramp_ends } => {
                let row = self
                    .config_mut(journal)
                    .factors
                    .get_mut(factor.position())
                    .ok_or(Rejection::FactorUnknown)?;
                set_factor(row, spec, ramp_from, (now, *ramp_ends));
            }
            Event::OpenInterestCapSet { market, cap } => {
                let row = self.config_mut(journal).markets.get_mut(market.position());
                row.ok_or(Rejection::MarketUnknown)?.cap = *cap;
            }
            Event::ActScheduled { act_id, act, effective_at } => {
                self.totals.next_act = ActId(act_id.0.saturating_add(1));
                let row = PendingAct { id: *act_id, act: act.clone(), effective_at: *effective_at };
                self.config_mut(journal).pending.push(row);
            }
            Event::ActExecuted { act_id } | Event::ActVetoed { act_id } | Event::ActLapsed { act_id } => {
                self.config_mut(journal).pending.retain(|pending| pending.id != *act_id);
            }
            Event::PoolPaused => self.config_mut(journal).paused = true,
            Event::PoolResumed => self.config_mut(journal).paused = false,
            Event::BackstopAppointed { account } => self.config_mut(journal).backstops.push(*account),
            Event::BackstopReleased { account } => {
                let leaves = |backstop: &AccountId| backstop != account;
                self.config_mut(journal).backstops.retain(leaves);
            }
            _ => return self.govern_terms(journal, event),
        }
        Ok(())
    }

    /// What is asked beyond the factors: add-ons, and who may hold what.
    fn govern_terms(&mut self, journal: &mut Journal, event: &Event) -> Result<(), Rejection> {
        match event {
            Event::AddOnSet { add_on } => {
                let add_ons = &mut self.config_mut(journal).add_ons;
                match add_ons.iter_mut().find(|other| other.is_like(add_on)) {
                    Some(known) => *known = *add_on,
                    None => add_ons.push(*add_on),
                }
            }
            Event::AddOnRemoved { add_on } => {
                self.config_mut(journal).add_ons.retain(|other| !other.is_like(add_on));
            }
            Event::HolderAllowed { asset, owner } => {
                let holders = &mut self.config_mut(journal).holders;
                if let Err(place) = holders.binary_search(&(*asset, *owner)) {
                    holders.insert(place, (*asset, *owner));
                }
            }
            Event::HolderRemoved { asset, owner } => {
                self.config_mut(journal).holders.retain(|holder| *holder != (*asset, *owner));
            }
            _ => return self.govern_evidence(journal, event),
        }
        Ok(())
    }

    fn govern_evidence(&mut self, journal: &mut Journal, event: &Event) -> Result<(), Rejection> {
        match event {
            Event::PoolNamed { pool_id, governor } => {
                let config = self.config_mut(journal);
                (config.pool_id, config.governor) = (*pool_id, *governor);
            }
            Event::ChainAdvanced { trust } => {
                self.config_mut(journal).chain = Some(trust.as_ref().clone());
            }
            Event::SignersAdmitted { set } => {
                let admitted = self.config_mut(journal).registry.admit(set.clone());
                admitted.map_err(|_| Rejection::ParameterOutOfBounds)?;
            }
            Event::SignersRetired { network, set, at } => {
                self.config_mut(journal).registry.retire(*network, *set, *at)?;
            }
            Event::FeedBound { binding } => self.bind(journal, *binding),
            Event::FeedUnbound { binding } => {
                self.config_mut(journal).bindings.retain(|bound| bound != binding);
            }
            Event::RateSet { feed, spec } => {
                let rates = &mut self.config_mut(journal).rates;
                match rates.binary_search_by_key(feed, |(feed, _)| *feed) {
                    Ok(place) => {
                        if let Some(row) = rates.get_mut(place) {
                            row.1 = *spec;
                        }
                    }
                    Err(place) => rates.insert(place, (*feed, *spec)),
                }
            }
            _ => return self.govern_asset(journal, event),
        }
        Ok(())
    }

    fn govern_asset(&mut self, journal: &mut Journal, event: &Event) -> Result<(), Rejection> {
        let (Event::OracleSet { asset, .. }
        | Event::DepositCapSet { asset, .. }
        | Event::BorrowCapSet { asset, .. }
        | Event::WithdrawalLimitSet { asset, .. }
        | Event::CurveSet { asset, .. }) = event
        else {
            return Ok(());
        };
        let row = self.config_mut(journal).assets.get_mut(asset.position()).ok_or(Rejection::AssetUnknown)?;
        match event {
            Event::OracleSet { feed, .. } => row.feed = Some(*feed),
            Event::DepositCapSet { per_account, total, .. } => {
                row.cap_account = *per_account;
                row.cap_total = *total;
            }
            Event::BorrowCapSet { cap, .. } => row.cap_borrow = *cap,
            Event::WithdrawalLimitSet { per_hour, .. } => row.withdrawal_limit = *per_hour,
            Event::CurveSet { curve, .. } => row.spec.curve = *curve,
            _ => {}
        }
        Ok(())
    }

    fn list_asset(&mut self, journal: &mut Journal, spec: &AssetSpec) {
        let now = self.totals.time;
        self.config_mut(journal).assets.push(AssetConfig {
            spec: spec.clone(),
            feed: None,
            cap_account: Amount::ZERO,
            cap_total: Amount::ZERO,
            cap_borrow: Amount::ZERO,
            withdrawal_limit: Amount::ZERO,
        });
        self.pools.push(AssetPool::empty(now));
    }

    fn bind(&mut self, journal: &mut Journal, binding: Binding) {
        let key = |bound: &Binding| (bound.network, bound.key, bound.feed);
        let bindings = &mut self.config_mut(journal).bindings;
        match bindings.binary_search_by_key(&key(&binding), key) {
            Ok(place) => {
                if let Some(row) = bindings.get_mut(place) {
                    *row = binding;
                }
            }
            Err(place) => bindings.insert(place, binding),
        }
    }

    fn list_market(&mut self, journal: &mut Journal, spec: &MarketSpec) {
        let now = self.totals.time;
        self.config_mut(journal).markets.push(MarketConfig { spec: spec.clone(), cap: Size::ZERO });
        self.markets.push(MarketState { accrued_at: now, ..MarketState::default() });
        self.begin_expiry(journal, spec);
    }
}

fn set_factor(row: &mut FactorConfig, spec: &FactorSpec, ramp_from: &FactorSpec, ramp: (Time, Time)) {
    row.spec = *spec;
    row.ramp_from = *ramp_from;
    (row.ramp_begins, row.ramp_ends) = ramp;
}
