//! The only writer: one event, one change.

use cistern_margin::Mode;
use cistern_units::{Amount, Shares, Time, Value};

use crate::{
    event::{Event, LossBearer},
    ids::AccountId,
    rejection::Rejection,
    rows::{Breach, Form, Report},
    state::{Journal, State},
};

impl State {
    /// Rebuilds what the events of one entry changed; the state of a log is the fold of this over its entries.
    ///
    /// # Errors
    /// A [`Rejection`] where the events do not fit the state: they belong to another history.
    pub fn replay<'a>(
        &mut self,
        time: Time,
        events: impl IntoIterator<Item = &'a Event>,
    ) -> Result<(), Rejection> {
        let mut journal = Journal::default();
        journal.begin(self);
        self.totals.time = time;
        for event in events {
            if let Err(rejection) = self.evolve(&mut journal, event) {
                journal.take_back(self);
                return Err(rejection);
            }
        }
        Ok(())
    }

    /// Changes what the event says, and notes in the journal what was there before.
    pub(crate) fn evolve(&mut self, journal: &mut Journal, event: &Event) -> Result<(), Rejection> {
        match event {
            Event::AccountOpened { owner, sub, .. } => self.open(journal, *owner, *sub),
            Event::StandardModeChosen { account } => {
                self.header_mut(journal, *account)?.mode = Mode::Standard;
                Ok(())
            }
            Event::PortfolioModeChosen { account } => {
                self.header_mut(journal, *account)?.mode = Mode::Portfolio;
                Ok(())
            }
            Event::MarginBreached { account, ticks, .. } => {
                let header = self.header_mut(journal, *account)?;
                let deferred = header.breach.is_some_and(|breach| breach.deferred);
                header.breach = Some(Breach { ticks: *ticks, deferred });
                Ok(())
            }
            Event::LiquidationDeferred { account } => {
                self.change_breach(journal, *account, |breach| Breach { deferred: true, ..breach })
            }
            Event::LiquidationStepped { account, .. } => {
                self.change_breach(journal, *account, |breach| Breach { deferred: false, ..breach })
            }
            Event::MarginRestored { account } => {
                self.header_mut(journal, *account)?.breach = None;
                Ok(())
            }
            Event::CommandSigned { .. }
            | Event::AgentApproved { .. }
            | Event::AgentRevoked { .. }
            | Event::MessageSpent { .. } => {
                self.permit(journal, event);
                Ok(())
            }
            Event::GroupDropped { .. }
            | Event::ObservationRefused { .. }
            | Event::SurfaceRefused { .. }
            | Event::Filled { .. } => Ok(()),
            _ => self.evolve_prices(journal, event),
        }
    }

    fn evolve_prices(&mut self, journal: &mut Journal, event: &Event) -> Result<(), Rejection> {
        match event {
            Event::TickOpened { tick } => {
                self.totals.tick = *tick;
                self.totals.tick_at = self.totals.time;
                Ok(())
            }
            Event::PriceReported {
                feed,
                source,
                price,
                confidence,
                published_at,
                sequence,
                counts_until,
            } => {
                let report = Report {
                    source: *source,
                    price: *price,
                    confidence: *confidence,
                    published_at: *published_at,
                    sequence: *sequence,
                    counts_until: *counts_until,
                    unconfirmed: None,
                };
                self.record_report(journal, *feed, report)
            }
            Event::ReportRefused { feed, source, price, fault } => {
                self.record_refusal(journal, (*feed, *source), *price, *fault)
            }
            Event::PriceUpdated { feed, price, uncertainty, spread } => {
                self.record_price(journal, *feed, *price, (*uncertainty, *spread))
            }
            Event::RateReported { feed, rate } => self.record_rate(journal, *feed, *rate),
            Event::RateFell { feed, rate } => self.record_fall(journal, *feed, *rate),
            Event::DiscountBegan { feed } => self.record_discount(journal, *feed, Some(self.totals.time)),
            Event::DiscountEnded { feed } => self.record_discount(journal, *feed, None),
            Event::ValidityChanged { feed, validity } => self.record_validity(journal, *feed, *validity),
            _ => self.evolve_books(journal, event),
        }
    }

    fn evolve_books(&mut self, journal: &mut Journal, event: &Event) -> Result<(), Rejection> {
        match *event {
            Event::CollateralCredited { account, asset, amount } => {
                self.credit(journal, (account, asset), amount)
            }
            Event::WithdrawalAuthorized { account, asset, amount } => {
                self.pay_out(journal, (account, asset), amount)
            }
            Event::CollateralMoved { from, to, asset, amount } => {
                let none = Amount::ZERO;
                self.shift_held(journal, (from, asset), none, amount)?;
                self.shift_held(journal, (to, asset), amount, none)
            }
            Event::Lent { account, asset, amount, shares } => {
                self.lend(journal, (account, asset), amount, shares)
            }
            Event::Recalled { account, asset, amount, shares } => {
                self.recall(journal, (account, asset), amount, shares)
            }
            Event::Borrowed { account, asset, amount, shares } => {
                self.borrow(journal, (account, asset), amount, shares)
            }
            Event::Repaid { account, asset, amount, shares } => {
                self.repay(journal, (account, asset), amount, shares)
            }
            Event::DebtWrittenOff { account, asset, amount, shares } => {
                self.write_off(journal, (account, asset), amount, shares)
            }
            Event::DebtMoved { from, to, asset, shares } => {
                self.shift_shares(journal, (from, asset, Form::Owed), Shares::ZERO, shares)?;
                self.shift_shares(journal, (to, asset, Form::Owed), shares, Shares::ZERO)
            }
            Event::LoanMoved { from, to, asset, shares } => {
                self.shift_shares(journal, (from, asset, Form::Lent), Shares::ZERO, shares)?;
                self.shift_shares(journal, (to, asset, Form::Lent), shares, Shares::ZERO)
            }
            Event::Committed { account, asset, commitment } => {
                let old = self.commitments.insert((asset, account), commitment);
                journal.commitments.push(((asset, account), old));
                Ok(())
            }
            Event::QueueReported { asset, wait } => {
                self.pool_mut(journal, asset)?.queue = wait;
                Ok(())
            }
            Event::ItemCredited { .. }
            | Event::ItemWithdrawalAuthorized { .. }
            | Event::ItemMoved { .. }
            | Event::BidPlaced { .. }
            | Event::BidCancelled { .. }
            | Event::BidEnded { .. }
            | Event::BidFilled { .. }
            | Event::BidMoved { .. } => self.collect(journal, event),
            Event::LendingHalted { asset } => self.set_impaired(journal, asset, |_| true),
            Event::LendingResumed { asset } => self.set_impaired(journal, asset, |_| false),
            Event::InterestAccrued { asset, interest, reserve } => {
                self.accrue_interest(journal, asset, interest, reserve)
            }
            _ => self.evolve_trades(journal, event),
        }
    }

    fn evolve_trades(&mut self, journal: &mut Journal, event: &Event) -> Result<(), Rejection> {
        match *event {
            Event::PositionChanged { account, market, size, cost, realised } => {
                self.change_position(journal, (account, market), (size, cost), realised)
            }
            Event::FundingAccrued { market, premium, index } => {
                self.accrue_funding(journal, market, premium, index)
            }
            Event::PremiumObserved { market, premium } => self.observe_premium(journal, market, premium),
            Event::IndexAveraged { .. }
            | Event::SettlementDelayed { .. }
            | Event::ExpirySettled { .. }
            | Event::SurfaceReported { .. }
            | Event::SurfaceUpdated { .. }
            | Event::MarketSettled { .. } => self.expire(journal, event),
            Event::FundingSettled { account, market, payment, index } => {
                self.settle_funding(journal, (account, market), payment, index)
            }
            Event::LossSettled { account, amount, value } => {
                self.settle_loss(journal, account, amount, value)
            }
            Event::ProfitSettled { account, amount, value } => {
                self.settle_profit(journal, account, amount, value)
            }
            Event::ProfitMoved { from, to, value } => self.move_pnl(journal, from, to, value),
            Event::BadDebtRecorded { deficit, .. } => {
                self.totals.bad_debt = self.totals.bad_debt.plus(deficit)?;
                Ok(())
            }
            Event::InsurancePaid { value, .. } => {
                self.totals.insured = self.totals.insured.plus(value)?;
                Ok(())
            }
            Event::LossSocialised { account, bearer, value } => {
                self.totals.socialised = self.totals.socialised.plus(value)?;
                match bearer {
                    // The write-off that follows moves the units.
                    LossBearer::Lenders { .. } => Ok(()),
                    LossBearer::Profit { account: winner } => self.move_pnl(journal, winner, account, value),
                }
            }
            _ => self.govern(journal, event),
        }
    }

    /// Changes what is known of an account's breach, where it is in one.
    fn change_breach(
        &mut self,
        journal: &mut Journal,
        id: AccountId,
        change: fn(Breach) -> Breach,
    ) -> Result<(), Rejection> {
        let header = self.header_mut(journal, id)?;
        header.breach = header.breach.map(change);
        Ok(())
    }

    fn move_pnl(
        &mut self,
        journal: &mut Journal,
        from: AccountId,
        to: AccountId,
        value: Value,
    ) -> Result<(), Rejection> {
        self.add_pnl(journal, from, value.negated()?)?;
        self.add_pnl(journal, to, value)
    }
}
