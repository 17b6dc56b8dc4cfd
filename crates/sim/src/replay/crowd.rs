//! What people can do: each act is one entry, cut down until the pool would take it.

use cistern_engine::{
    command::{Command, Founding},
    ids::{AccountId, AssetId, MarketId},
    params::Class,
};
use cistern_units::{Amount, Fraction, Size, Value};

use crate::{
    history::Dice,
    replay::{Broken, clerk::Clerk, people::Person, synthetic::STAKED},
};

/// How people cut down what the pool would refuse, in a thousandth of what they wanted.
const CUTS: [u64; 6] = [1_000, 800, 600, 400, 200, 80];
/// Widest distance of a fill from the index, in a basis point: the spread of a deep book.
const SPREAD: u64 = 8;

/// What can be had in a pool, by what people use it for.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    /// The settlement asset.
    pub(super) dollar: AssetId,
    /// Everything else that is meant to be worth a dollar.
    pub(super) dollars: Vec<AssetId>,
    /// Coins that have a market, the most popular first.
    pub(super) coins: Vec<AssetId>,
    /// The staked coin, and its coin.
    pub(super) staked: Option<(AssetId, AssetId)>,
    /// Market of each coin.
    markets: Vec<(AssetId, MarketId)>,
}

impl Shelf {
    pub(super) fn of(founding: &Founding) -> Self {
        let named = |name: &str| {
            let place = founding.assets.iter().position(|asset| asset.spec.symbol.as_str() == name)?;
            AssetId::at(place)
        };
        let all = founding
            .assets
            .iter()
            .enumerate()
            .filter_map(|(place, asset)| Some((AssetId::at(place)?, asset)));
        let market =
            |feed| founding.markets.iter().position(|(spec, _)| spec.feed == feed).and_then(MarketId::at);
        let markets: Vec<(AssetId, MarketId)> =
            all.clone().filter_map(|(id, asset)| Some((id, market(asset.feed)?))).collect();
        let is_dollar = |asset: &cistern_engine::command::FoundingAsset| {
            asset.spec.class == Class::Stable || asset.spec.symbol.as_str() == "UST"
        };
        Self {
            dollar: AssetId::default(),
            dollars: all
                .filter(|(id, asset)| id.position() > 0 && is_dollar(asset))
                .map(|(id, _)| id)
                .collect(),
            coins: markets.iter().map(|(asset, _)| *asset).collect(),
            staked: named(STAKED).zip(named("ETH")),
            markets,
        }
    }

    pub(super) fn market(&self, asset: AssetId) -> Option<MarketId> {
        self.markets.iter().find(|(known, _)| *known == asset).map(|(_, market)| *market)
    }
}

/// Everybody, and the dice that they throw.
#[derive(Debug)]
pub(super) struct Crowd {
    pub(super) people: Vec<Person>,
    pub(super) dice: Dice,
    pub(super) shelf: Shelf,
    pub(super) makers: Vec<AccountId>,
}

/// Which way value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Buy,
    Sell,
}

type Done = Result<bool, Broken>;

impl Crowd {
    /// A coin: two of three people take one of the two most popular.
    pub(super) fn coin(&mut self) -> AssetId {
        let coins = &self.shelf.coins;
        let popular = coins.get(..coins.len().min(2)).unwrap_or(coins);
        let list = if self.dice.happens(660) { popular } else { coins.as_slice() };
        self.dice.pick(list).copied().unwrap_or(self.shelf.dollar)
    }

    pub(super) fn market(&mut self) -> Option<MarketId> {
        let coin = self.coin();
        self.shelf.market(coin)
    }

    /// The first cut of what is wanted that the pool would take; the smallest is sent even so, and refused.
    fn fitted(&self, clerk: &mut Clerk, command: impl Fn(u64) -> Option<Command>) -> Done {
        let mut last = None;
        for cut in CUTS {
            let Some(command) = command(cut) else { continue };
            if clerk.would(&command).is_some() {
                return clerk.ask(command);
            }
            last = Some(command);
        }
        last.map_or(Ok(false), |command| clerk.ask(command))
    }

    /// Brings units that are worth `value`.
    pub(super) fn deposit(
        &self,
        clerk: &mut Clerk,
        account: AccountId,
        asset: AssetId,
        value: Value,
    ) -> Done {
        let units = clerk.units(asset, value);
        self.fitted(clerk, |cut| {
            let amount = part(units?, cut)?;
            Some(Command::Deposit { account, asset, amount })
        })
    }

    /// Takes units out; how many that were.
    pub(super) fn withdraw(
        &self,
        clerk: &mut Clerk,
        account: AccountId,
        asset: AssetId,
        amount: Amount,
    ) -> Result<Amount, Broken> {
        let before = clerk.held(account, asset);
        let amount = amount.min(before);
        self.fitted(clerk, |cut| Some(Command::Withdraw { account, asset, amount: part(amount, cut)? }))?;
        Ok(before.minus_or_zero(clerk.held(account, asset)))
    }

    /// Lends units that are worth `value`, out of what is held.
    pub(super) fn lend(&self, clerk: &mut Clerk, account: AccountId, asset: AssetId, value: Value) -> Done {
        let held = clerk.held(account, asset);
        let Some(amount) = clerk.units(asset, value).map(|units| units.min(held)) else { return Ok(false) };
        self.fitted(clerk, |cut| Some(Command::Lend { account, asset, amount: part(amount, cut)? }))
    }

    /// Borrows units that are worth `value`; how many that were.
    pub(super) fn borrow(
        &self,
        clerk: &mut Clerk,
        account: AccountId,
        asset: AssetId,
        value: Value,
    ) -> Result<Amount, Broken> {
        let before = clerk.held(account, asset);
        let units = clerk.units(asset, value);
        self.fitted(clerk, |cut| Some(Command::Borrow { account, asset, amount: part(units?, cut)? }))?;
        Ok(clerk.held(account, asset).minus_or_zero(before))
    }

    /// Trades a value of a market with a maker, near the index.
    pub(super) fn trade(
        &mut self,
        clerk: &mut Clerk,
        account: AccountId,
        (market, side): (MarketId, Side),
        value: Value,
    ) -> Done {
        let config = clerk.state().market_config(market).map(|config| config.spec.decimals);
        let (Some(index), Ok(decimals)) = (clerk.state().index_price(market), config) else {
            return Ok(false);
        };
        let off = Fraction::basis_points(u16::try_from(self.dice.below(SPREAD)).unwrap_or(0));
        let away = self.dice.happens(700);
        // Most takers pay the spread, some have it paid to them.
        let price = if (side == Side::Buy) == away { index.raised_up(off) } else { index.lowered_down(off) };
        let others: Vec<AccountId> = self.makers.iter().copied().filter(|maker| *maker != account).collect();
        let Some(maker) = self.dice.pick(&others).copied() else { return Ok(false) };
        let (buyer, seller) = if side == Side::Buy { (account, maker) } else { (maker, account) };
        let whole = price.amount_down(value, decimals).unwrap_or(Amount::ZERO);
        self.fitted(clerk, |cut| {
            let size = i64::try_from(part(whole, cut)?.units()).ok().map(Size::new)?;
            Some(Command::Fill { buyer, seller, market, size, price })
        })
    }

    /// Closes a part of a position, in a thousandth.
    pub(super) fn reduce(
        &mut self,
        clerk: &mut Clerk,
        account: AccountId,
        market: MarketId,
        parts: u64,
    ) -> Done {
        let position =
            clerk.state().account(account).ok().and_then(|row| row.position(market)).map(|row| row.size);
        let Some(size) = position else { return Ok(false) };
        let Some(closed) = part(Amount::new(u128::from(size.magnitude())), parts) else { return Ok(false) };
        let Some(index) = clerk.state().index_price(market) else { return Ok(false) };
        let others: Vec<AccountId> = self.makers.iter().copied().filter(|maker| *maker != account).collect();
        let Some(maker) = self.dice.pick(&others).copied() else { return Ok(false) };
        let off = Fraction::basis_points(u16::try_from(self.dice.below(SPREAD)).unwrap_or(0));
        let (buyer, seller, price) = if size.is_long() {
            (maker, account, index.lowered_down(off))
        } else {
            (account, maker, index.raised_up(off))
        };
        let size = i64::try_from(closed.units()).map_or(Size::ZERO, Size::new);
        clerk.ask(Command::Fill { buyer, seller, market, size, price })
    }

    /// Turns units into another asset outside the pool, at their value less a tenth of a per cent.
    pub(super) fn swap_outside(
        &self,
        clerk: &mut Clerk,
        account: AccountId,
        (from, to): (AssetId, AssetId),
        amount: Amount,
    ) -> Done {
        let out = self.withdraw(clerk, account, from, amount)?;
        let value = clerk.worth(from, out).scaled_down(999, 1_000).unwrap_or(Value::ZERO);
        if out.is_zero() { Ok(false) } else { self.deposit(clerk, account, to, value) }
    }
}

/// A part of an amount, in a thousandth; none where nothing is left of it.
pub(super) fn part(amount: Amount, thousandths: u64) -> Option<Amount> {
    amount.scaled_down(u128::from(thousandths), 1_000).ok().filter(|amount| !amount.is_zero())
}
