//! Carries every entry to the engine, checks the pool after it, and keeps the chain of what was said.

use cistern_engine::{
    Engine,
    chain::Chain,
    command::Command,
    entry::Entry,
    event::Event,
    ids::{AccountId, AssetId, FeedId},
    rejection::Rejection,
    rows::Form,
    state::State,
    valuation::Summary,
};
use cistern_units::{Amount, Decimals, Price, Size, Time, Value};

use crate::replay::{Broken, carrier::Carrier, tally::Tally};

/// How often everything is recounted: every so many entries, and at the end.
pub const RECOUNT_EVERY: u64 = 1_000;

/// The engine behind a counter.
#[derive(Debug)]
pub(super) struct Clerk {
    engine: Engine,
    /// Takes every entry on to another pool.
    carrier: Option<Box<dyn Carrier>>,
    now: Time,
    pub(super) tally: Tally,
    chain: Chain,
    /// Checks of the running totals.
    pub(super) checks: u64,
    /// Full recounts.
    pub(super) recounts: u64,
}

impl Clerk {
    pub(super) fn new(now: Time) -> Self {
        Self {
            engine: Engine::new(),
            carrier: None,
            now,
            tally: Tally::default(),
            chain: Chain::default(),
            checks: 0,
            recounts: 0,
        }
    }

    /// A clerk of a pool that others have brought to where it is.
    pub(super) fn taking_over(state: State) -> Self {
        let (now, tally) = (state.totals.time, Tally::of(&state));
        Self { engine: Engine::with_state(state), tally, ..Self::new(now) }
    }

    /// From here on every entry is carried on.
    pub(super) fn carry_by(&mut self, carrier: Option<Box<dyn Carrier>>) {
        self.carrier = carrier;
    }

    /// Before an instant: goes on from the state of the other pool, where that is known to be another.
    ///
    /// # Errors
    /// [`Broken`]: the other pool takes no more.
    pub(super) fn keep_up(&mut self) -> Result<(), Broken> {
        let state = self.carrier.as_mut().map_or(Ok(None), |carrier| carrier.keep_up())?;
        self.go_on_from(state);
        Ok(())
    }

    /// Waits until everything that was carried is decided; then the state is that of the pool where it went.
    ///
    /// # Errors
    /// [`Broken`]: the other pool takes no more.
    pub(super) fn arrive(&mut self) -> Result<(), Broken> {
        let state = self.carrier.as_mut().map_or(Ok(None), |carrier| carrier.arrive())?;
        self.go_on_from(state);
        Ok(())
    }

    fn go_on_from(&mut self, state: Option<Box<State>>) {
        if let Some(state) = state {
            self.engine = Engine::with_state(*state);
        }
    }

    /// The time of all entries from here on.
    pub(super) fn turn_to(&mut self, now: Time) {
        self.now = now;
    }

    pub(super) fn state(&self) -> &State {
        self.engine.state()
    }

    /// Sends an entry; was it accepted, or what rule did it break?
    ///
    /// # Errors
    /// [`Broken`]: an invariant does not hold after it, or it cannot be carried on.
    pub(super) fn send(&mut self, command: Command) -> Result<Result<(), Rejection>, Broken> {
        // The other pool's time may have gone ahead of the replay's.
        let entry = Entry { time: self.now.max(self.engine.state().totals.time), command };
        let outcome = self.engine.apply(&entry);
        self.chain.append(&entry, outcome.as_ref().map(|events| *events));
        if let Some(carrier) = &mut self.carrier {
            carrier.carry(&entry, outcome.as_ref().map(|events| *events))?;
        }
        let result = match outcome {
            Ok(events) => {
                self.tally.accepted(events, entry.time);
                Ok(())
            }
            Err(rejection) => {
                self.tally.refused(rejection);
                Err(rejection)
            }
        };
        let broken = |violation| Broken::new(self.tally.entries(), &entry, violation);
        self.engine.check().map_err(broken)?;
        self.checks += 1;
        if self.tally.entries().is_multiple_of(RECOUNT_EVERY) {
            self.recount()?;
        }
        Ok(result)
    }

    /// Sends an entry whose refusal is an answer like any other; was it accepted?
    pub(super) fn ask(&mut self, command: Command) -> Result<bool, Broken> {
        self.send(command).map(|result| result.is_ok())
    }

    /// Would an entry be accepted?
    pub(super) fn would(&mut self, command: &Command) -> Option<Vec<Event>> {
        let time = self.now.max(self.engine.state().totals.time);
        self.engine.preview(&Entry { time, command: command.clone() }).ok()
    }

    /// Recounts everything from the rows.
    ///
    /// # Errors
    /// [`Broken`]: an invariant does not hold.
    pub(super) fn recount(&mut self) -> Result<(), Broken> {
        let entries = self.tally.entries();
        self.engine.recount().map_err(|violation| Broken::at(entries, violation))?;
        self.recounts += 1;
        Ok(())
    }

    /// The chain over all entries and what came of them: that of a node which was asked the same.
    pub(super) fn chain_digest(&self) -> [u8; 32] {
        self.chain.last()
    }

    /// What an account's owner can see; nothing for an account that does not exist or cannot be valued.
    pub(super) fn summary(&mut self, account: AccountId) -> Option<Summary> {
        self.engine.summary(account).ok()
    }

    /// Price and decimals of an asset, once it has a price.
    pub(super) fn asset(&self, asset: AssetId) -> Option<(Price, Decimals)> {
        let quote = self.state().asset_quote(asset)?;
        Some((quote.price, self.state().asset(asset).ok()?.spec.decimals))
    }

    /// Units of an asset that are worth `value`; none without a price or for nothing.
    pub(super) fn units(&self, asset: AssetId, value: Value) -> Option<Amount> {
        let (price, decimals) = self.asset(asset)?;
        price.amount_down(value, decimals).ok().filter(|amount| !amount.is_zero())
    }

    /// What units of an asset are worth.
    pub(super) fn worth(&self, asset: AssetId, amount: Amount) -> Value {
        let value = self.asset(asset).and_then(|(price, decimals)| price.value_down(amount, decimals).ok());
        value.unwrap_or(Value::ZERO)
    }

    /// Units that an account holds, lent to nobody.
    pub(super) fn held(&self, account: AccountId, asset: AssetId) -> Amount {
        self.state().account(account).map_or(Amount::ZERO, |account| account.held(asset))
    }

    /// Units that an account owes, rounded up.
    pub(super) fn owed(&self, account: AccountId, asset: AssetId) -> Amount {
        let shares = self.state().account(account).map(|account| account.shares(asset, Form::Owed));
        let index = self.state().pool(asset).map(|pool| pool.owed_index);
        let cost = shares.ok().zip(index.ok()).and_then(|(shares, index)| index.worth_up(shares).ok());
        cost.unwrap_or(Amount::ZERO)
    }

    /// Units that an account has lent, rounded down.
    pub(super) fn lent(&self, account: AccountId, asset: AssetId) -> Amount {
        let shares = self.state().account(account).map(|account| account.shares(asset, Form::Lent));
        let index = self.state().pool(asset).map(|pool| pool.lent_index);
        let worth = shares.ok().zip(index.ok()).and_then(|(shares, index)| index.worth_down(shares).ok());
        worth.unwrap_or(Amount::ZERO)
    }

    /// Signed value of a position at the index.
    pub(super) fn notional(&self, market: cistern_engine::ids::MarketId, size: Size) -> Value {
        let decimals = self.state().market_config(market).map(|config| config.spec.decimals);
        let price = self.state().index_price(market);
        let value =
            price.zip(decimals.ok()).and_then(|(price, decimals)| price.notional_down(size, decimals).ok());
        value.unwrap_or(Value::ZERO)
    }

    /// The latest price of every feed.
    pub(super) fn prices(&self) -> Vec<Option<Price>> {
        let feeds = self.state().feeds.iter();
        feeds.map(|feed| feed.quote.map(|quote| quote.price)).collect()
    }

    /// The feed of an asset, once it has one.
    pub(super) fn feed_of(&self, asset: AssetId) -> Option<FeedId> {
        self.state().asset(asset).ok()?.feed
    }
}
