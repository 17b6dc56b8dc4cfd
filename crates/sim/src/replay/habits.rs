//! What people do between ticks: they trade, borrow, repay, come, go, settle, and some of them answer margin calls.

use cistern_engine::{
    command::Command,
    ids::{AccountId, AssetId, MarketId},
    rows::Form,
};
use cistern_units::Value;

use crate::replay::{
    Broken,
    clerk::Clerk,
    crowd::{Crowd, Side, part},
    opening::fraction,
    people::{Person, Role},
    tally::News,
};

/// People for each act of an instant beyond the first.
const PEOPLE_PER_ACT: usize = 1_500;
/// Accounts that are asked at an instant whether they have something to settle.
const SETTLING: usize = 24;

/// Less is not worth settling.
const CENT: u128 = Value::ONE.magnitude() / 100;

type Done = Result<(), Broken>;

impl Crowd {
    /// A few people do what they do.
    pub(super) fn live(&mut self, clerk: &mut Clerk) -> Done {
        for _ in 0..=self.people.len() / PEOPLE_PER_ACT {
            let people = &self.people;
            let Some(person) = self.dice.pick(people).cloned() else { return Ok(()) };
            match person.role {
                Role::Long | Role::Short | Role::Basis | Role::Pair => self.trader(clerk, &person)?,
                Role::Basket | Role::Looper => self.borrower(clerk, &person)?,
                Role::Lender => self.lender(clerk, &person)?,
                Role::Maker | Role::Liquidator | Role::Backstop | Role::Founder => {}
            }
        }
        Ok(())
    }

    fn trader(&mut self, clerk: &mut Clerk, person: &Person) -> Done {
        let some = self.dice.between(50, 400);
        let (account, dollar) = (person.account, self.shelf.dollar);
        match self.dice.below(100) {
            0..40 => self.trade_more(clerk, person, some),
            40..75 => {
                let markets = markets_of(clerk, account);
                let Some(market) = self.dice.pick(&markets).copied() else { return Ok(()) };
                let parts = self.dice.between(200, 1_000);
                self.reduce(clerk, account, market, parts).map(|_| ())
            }
            75..88 => self.deposit(clerk, account, dollar, fraction(person.means, some)).map(|_| ()),
            _ => {
                let free = clerk.summary(account).map_or(Value::ZERO, |summary| summary.withdrawable);
                let Some(amount) = clerk.units(dollar, fraction(free, some)) else { return Ok(()) };
                self.withdraw(clerk, account, dollar, amount).map(|_| ())
            }
        }
    }

    /// Adds to what it came for.
    fn trade_more(&mut self, clerk: &mut Clerk, person: &Person, some: u64) -> Done {
        let markets = markets_of(clerk, person.account);
        let side = match person.role {
            Role::Long => Side::Buy,
            Role::Short | Role::Basis => Side::Sell,
            _ if self.dice.happens(500) => Side::Buy,
            _ => Side::Sell,
        };
        let market = self.dice.pick(&markets).copied();
        let Some(market) = market.or_else(|| self.market()) else { return Ok(()) };
        let equity = clerk.summary(person.account).map_or(Value::ZERO, |summary| summary.equity.or_zero());
        let value = fraction(fraction(equity, person.appetite), some);
        self.trade(clerk, person.account, (market, side), value).map(|_| ())
    }

    fn borrower(&mut self, clerk: &mut Clerk, person: &Person) -> Done {
        let account = person.account;
        let some = self.dice.between(100, 500);
        match self.dice.below(100) {
            0..35 => {
                let asset = debts_of(clerk, account).first().copied().unwrap_or(self.shelf.dollar);
                self.borrow_out(clerk, person, asset).map(|_| ())
            }
            35..70 => {
                let debts = debts_of(clerk, account);
                let Some(asset) = self.dice.pick(&debts).copied() else { return Ok(()) };
                self.repay(clerk, account, asset, some)
            }
            70..85 => {
                let coin = self.coin();
                self.deposit(clerk, account, coin, fraction(person.means, some)).map(|_| ())
            }
            _ => {
                let held = held_by(clerk, account);
                let Some(asset) = self.dice.pick(&held).copied() else { return Ok(()) };
                let Some(amount) = part(clerk.held(account, asset), some) else { return Ok(()) };
                self.withdraw(clerk, account, asset, amount).map(|_| ())
            }
        }
    }

    /// Brings a part of a debt, in a thousandth, and pays it back.
    pub(super) fn repay(
        &mut self,
        clerk: &mut Clerk,
        account: AccountId,
        asset: AssetId,
        parts: u64,
    ) -> Done {
        let Some(amount) = part(clerk.owed(account, asset), parts) else { return Ok(()) };
        let missing = amount.minus_or_zero(clerk.held(account, asset));
        if !missing.is_zero() {
            clerk.ask(Command::Deposit { account, asset, amount: missing })?;
        }
        clerk.ask(Command::Repay { account, asset, amount }).map(|_| ())
    }

    fn lender(&mut self, clerk: &mut Clerk, person: &Person) -> Done {
        let account = person.account;
        let asset = lent_by(clerk, account).first().copied().unwrap_or(self.shelf.dollar);
        let some = fraction(person.means, self.dice.between(100, 700));
        match self.dice.below(100) {
            0..40 => {
                self.deposit(clerk, account, asset, some)?;
                self.lend(clerk, account, asset, some).map(|_| ())
            }
            40..75 => {
                let Some(amount) = clerk.units(asset, some) else { return Ok(()) };
                clerk.ask(Command::Recall { account, asset, amount }).map(|_| ())
            }
            _ => {
                let Some(amount) = clerk.units(asset, some) else { return Ok(()) };
                self.withdraw(clerk, account, asset, amount).map(|_| ())
            }
        }
    }

    /// Those who watch answer their first margin call: some bring what is missing and a half more, some close.
    pub(super) fn answer(&mut self, clerk: &mut Clerk, news: &[News]) -> Done {
        for item in news {
            let News::Breached { account, ticks: 1, missing } = item else { continue };
            let place = account.position().checked_sub(AccountId::CLEARING.position() + 1);
            let Some(person) = place.and_then(|place| self.people.get(place)).cloned() else { continue };
            if !self.dice.happens(person.watchful) {
                continue;
            }
            let markets = markets_of(clerk, *account);
            if !markets.is_empty() && person.role != Role::Maker && self.dice.happens(400) {
                for market in markets {
                    self.reduce(clerk, *account, market, 600)?;
                }
            } else {
                let wanted =
                    missing.scaled_up(3, 2).unwrap_or(*missing).plus(Value::dollars(5)).unwrap_or(*missing);
                self.deposit(clerk, *account, self.shelf.dollar, wanted)?;
            }
        }
        Ok(())
    }

    /// Some of those who have something to settle do, around the table.
    pub(super) fn settle(&mut self, clerk: &mut Clerk, turn: &mut usize) -> Done {
        let count = clerk.state().accounts.len();
        for _ in 0..SETTLING.min(count) {
            *turn = (*turn + 1) % count;
            let Some(account) = AccountId::at(*turn).filter(|account| !account.is_reserved()) else {
                continue;
            };
            let pnl = clerk.state().account(account).map_or(Value::ZERO, |row| row.header.pnl);
            let cash = if pnl.is_negative() { account } else { AccountId::CLEARING };
            if pnl.magnitude() >= CENT && !clerk.held(cash, self.shelf.dollar).is_zero() {
                clerk.ask(Command::Settle { account })?;
                return Ok(());
            }
        }
        Ok(())
    }
}

pub(super) fn markets_of(clerk: &Clerk, account: AccountId) -> Vec<MarketId> {
    let row = clerk.state().account(account);
    row.map_or(Vec::new(), |row| row.positions().map(|position| position.market).collect())
}

pub(super) fn debts_of(clerk: &Clerk, account: AccountId) -> Vec<AssetId> {
    in_form(clerk, account, Form::Owed)
}

pub(super) fn held_by(clerk: &Clerk, account: AccountId) -> Vec<AssetId> {
    in_form(clerk, account, Form::Held)
}

pub(super) fn lent_by(clerk: &Clerk, account: AccountId) -> Vec<AssetId> {
    in_form(clerk, account, Form::Lent)
}

fn in_form(clerk: &Clerk, account: AccountId, form: Form) -> Vec<AssetId> {
    let row = clerk.state().account(account);
    row.map_or(Vec::new(), |row| {
        row.balances().filter(|balance| balance.form == form).map(|balance| balance.asset).collect()
    })
}
