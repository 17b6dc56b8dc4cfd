//! The first hour: everybody opens an account, brings what they have, and takes on what they came for.

use cistern_engine::{
    command::Command,
    ids::{AccountId, AssetId, Owner},
};
use cistern_units::Value;

use crate::replay::{
    Broken,
    clerk::Clerk,
    crowd::{Crowd, Side},
    people::{Person, Role},
};

/// Rounds of borrowing and buying more of a looper.
const LOOPS: usize = 4;
/// Part of the founder's means that goes to the insurance fund, in a thousandth.
const FUND: u64 = 25;
/// One account in so many is judged without offsets.
const STANDARD_ONE_IN: u64 = 10;

type Done = Result<(), Broken>;

impl Crowd {
    /// Opens every account, in their order.
    pub(super) fn open_accounts(&self, clerk: &mut Clerk) -> Done {
        for person in &self.people {
            let mut owner = [0; 20];
            owner[..4].copy_from_slice(&person.account.0.to_be_bytes());
            clerk.ask(Command::OpenAccount { owner: Owner(owner), sub: 0 })?;
        }
        Ok(())
    }

    /// Everybody takes their place: those whom others need come first.
    pub(super) fn take_places(&mut self, clerk: &mut Clerk) -> Done {
        let mut people = self.people.clone();
        people.sort_by_key(|person| (turn(person.role), person.account));
        for person in &people {
            self.take_place(clerk, person)?;
            if turn(person.role) > 1 && self.dice.below(STANDARD_ONE_IN) == 0 {
                clerk.ask(Command::ChooseStandardMode { account: person.account })?;
            }
        }
        Ok(())
    }

    fn take_place(&mut self, clerk: &mut Clerk, person: &Person) -> Done {
        let (account, means) = (person.account, person.means);
        match person.role {
            Role::Founder => self.found(clerk, person),
            Role::Maker => self.stock(clerk, account, [means.scaled_down(1, 2), means.scaled_down(1, 4)]),
            Role::Liquidator => self.bring(clerk, account, self.shelf.dollar, means),
            Role::Backstop => {
                self.bring(clerk, account, self.shelf.dollar, means)?;
                clerk.ask(Command::AppointBackstop { account }).map(|_| ())
            }
            Role::Lender => {
                let asset = if self.dice.happens(600) { self.shelf.dollar } else { self.coin() };
                self.bring(clerk, account, asset, means)?;
                let lent = fraction(means, self.dice.between(800, 1_000));
                self.lend(clerk, account, asset, lent).map(|_| ())
            }
            Role::Long | Role::Short => self.take_direction(clerk, person),
            Role::Basis => self.take_basis(clerk, person),
            Role::Pair => self.take_pair(clerk, person),
            Role::Basket => self.take_basket(clerk, person),
            Role::Looper => self.loop_up(clerk, person),
        }
    }

    fn bring(&self, clerk: &mut Clerk, account: AccountId, asset: AssetId, value: Value) -> Done {
        self.deposit(clerk, account, asset, value).map(|_| ())
    }

    /// Dollars, and an equal value of the two most popular coins.
    fn stock(
        &self,
        clerk: &mut Clerk,
        account: AccountId,
        [dollars, coins]: [Result<Value, cistern_units::Overflow>; 2],
    ) -> Done {
        self.bring(clerk, account, self.shelf.dollar, dollars.unwrap_or(Value::ZERO))?;
        for coin in self.shelf.coins.iter().take(2) {
            self.bring(clerk, account, *coin, coins.unwrap_or(Value::ZERO))?;
        }
        Ok(())
    }

    fn found(&self, clerk: &mut Clerk, person: &Person) -> Done {
        let (account, means, dollar) = (person.account, person.means, self.shelf.dollar);
        self.bring(clerk, account, dollar, fraction(means, 700))?;
        if let Some(amount) = clerk.units(dollar, fraction(means, FUND)) {
            let to = AccountId::INSURANCE_FUND;
            clerk.ask(Command::Transfer { from: account, to, asset: dollar, amount })?;
        }
        self.lend(clerk, account, dollar, fraction(means, 650))?;
        for coin in self.shelf.coins.iter().take(2) {
            self.bring(clerk, account, *coin, fraction(means, 150))?;
            self.lend(clerk, account, *coin, fraction(means, 150))?;
        }
        Ok(())
    }

    fn take_direction(&mut self, clerk: &mut Clerk, person: &Person) -> Done {
        let on_coins = person.role == Role::Long && self.dice.happens(400);
        let asset = if on_coins { self.coin() } else { self.shelf.dollar };
        self.bring(clerk, person.account, asset, person.means)?;
        let side = if person.role == Role::Long { Side::Buy } else { Side::Sell };
        let Some(market) = self.market() else { return Ok(()) };
        self.trade(clerk, person.account, (market, side), fraction(person.means, person.appetite)).map(|_| ())
    }

    fn take_basis(&mut self, clerk: &mut Clerk, person: &Person) -> Done {
        let staked = self.shelf.staked.filter(|_| self.dice.happens(400));
        let coin = staked.map_or_else(|| self.coin(), |(_, coin)| coin);
        self.bring(clerk, person.account, staked.map_or(coin, |(staked, _)| staked), person.means)?;
        let Some(market) = self.shelf.market(coin) else { return Ok(()) };
        self.trade(clerk, person.account, (market, Side::Sell), fraction(person.means, person.appetite))
            .map(|_| ())
    }

    fn take_pair(&mut self, clerk: &mut Clerk, person: &Person) -> Done {
        self.bring(clerk, person.account, self.shelf.dollar, person.means)?;
        let (long, short) = (self.market(), self.market());
        let Some((long, short)) = long.zip(short).filter(|(long, short)| long != short) else {
            return Ok(());
        };
        let leg = fraction(person.means, person.appetite / 2);
        self.trade(clerk, person.account, (long, Side::Buy), leg)?;
        self.trade(clerk, person.account, (short, Side::Sell), leg).map(|_| ())
    }

    fn take_basket(&mut self, clerk: &mut Clerk, person: &Person) -> Done {
        let count = self.dice.between(1, 4);
        for _ in 0..count {
            let coin = self.coin();
            self.bring(clerk, person.account, coin, fraction(person.means, 1_000 / count))?;
        }
        self.borrow_out(clerk, person, self.shelf.dollar).map(|_| ())
    }

    /// Borrows a part of what is free, and takes it out; the value of it.
    pub(super) fn borrow_out(
        &mut self,
        clerk: &mut Clerk,
        person: &Person,
        asset: AssetId,
    ) -> Result<Value, Broken> {
        let free = clerk.summary(person.account).map_or(Value::ZERO, |summary| summary.free_collateral);
        let borrowed =
            self.borrow(clerk, person.account, asset, fraction(free.or_zero(), person.appetite))?;
        if borrowed.is_zero() {
            return Ok(Value::ZERO);
        }
        let out = self.withdraw(clerk, person.account, asset, borrowed)?;
        Ok(clerk.worth(asset, out))
    }

    /// Borrows, buys more of its collateral outside, and again.
    fn loop_up(&mut self, clerk: &mut Clerk, person: &Person) -> Done {
        let dollars = self.dice.pick(&self.shelf.dollars).copied().map(|owned| (owned, self.shelf.dollar));
        let staked = self.shelf.staked;
        let choice = if self.dice.happens(500) { dollars.or(staked) } else { staked.or(dollars) };
        let Some((owned, owed)) = choice else { return Ok(()) };
        self.bring(clerk, person.account, owned, person.means)?;
        for _ in 0..LOOPS {
            let value = self.borrow_out(clerk, person, owed)?;
            if !value.is_positive() {
                return Ok(());
            }
            self.bring(clerk, person.account, owned, fraction(value, 999))?;
        }
        Ok(())
    }
}

/// Who comes first: those who found and provide, then those who lend, then those who take on risk.
fn turn(role: Role) -> u8 {
    match role {
        Role::Founder | Role::Maker | Role::Liquidator | Role::Backstop => 0,
        Role::Lender => 1,
        _ => 2,
    }
}

/// A part of a value, in a thousandth.
pub(super) fn fraction(value: Value, thousandths: u64) -> Value {
    value.scaled_down(u128::from(thousandths), 1_000).unwrap_or(Value::ZERO)
}
