//! What an account consists of: collateral, debts and positions, each with its price and its value.

use cistern_engine::{
    Engine,
    collateral::Kind,
    command::Command,
    entry::Entry,
    explain::{Explanation, LegKind, LegPart},
    ids::{AccountId, AssetId, ItemId},
    rejection::Rejection,
    rows::{Balance, Form, Position},
    state::State,
};
use cistern_units::{Amount, Decimals, Fraction, Price, Value, wide};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire::{
    Names,
    text::{
        AmountText, AssetName, BidNumber, FractionText, ItemText, MarketName, PriceText, SizeText, ValueText,
    },
};

/// Halvings of the search for what may be withdrawn: to a part in 65,536 of what is held.
const HALVINGS: u32 = 16;

/// In which form an account has collateral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CollateralForm {
    /// In custody for the account, lent to nobody.
    Held,
    /// In the lending pool.
    Lent,
}

/// One asset that an account has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Collateral {
    /// Asset.
    pub asset: AssetName,
    /// In which form.
    pub form: CollateralForm,
    /// Units.
    pub amount: AmountText,
    /// Price; none before the first.
    pub price: Option<PriceText>,
    /// Value.
    pub value: ValueText,
    /// Share of the value that does not count at maintenance when the asset stands alone.
    pub haircut: FractionText,
    /// Value less the haircut.
    pub collateral_value: ValueText,
    /// Units that may leave now, with margin, cash and limits all counted; what is lent is recalled first. Of a collection:
    /// how many of them could, each alone.
    pub withdrawable: AmountText,
}

/// One asset that an account owes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Debt {
    /// Asset.
    pub asset: AssetName,
    /// Units.
    pub amount: AmountText,
    /// Price; none before the first.
    pub price: Option<PriceText>,
    /// Value.
    pub value: ValueText,
}

/// What an account has open in one market.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenPosition {
    /// Market.
    pub market: MarketName,
    /// Size; negative is short.
    pub size: SizeText,
    /// Average price at which it was entered.
    pub entry_price: PriceText,
    /// Price at which the pool counts it; none before the first.
    pub mark_price: Option<PriceText>,
    /// Size at the mark price; negative is short.
    pub notional: ValueText,
    /// Profit or loss at the mark price, funding not counted. Clients know it by the spelling that exchanges use.
    #[serde(rename = "unrealized_pnl")]
    pub unrealised_pnl: ValueText,
}

/// One unit of a collection that an account has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldItem {
    /// Collection.
    pub asset: AssetName,
    /// Which unit.
    pub item: ItemText,
    /// The bid that backs it, and that a liquidation sells it into; none where there are too few.
    pub bid: Option<BidNumber>,
    /// What that bid pays, in the settlement asset.
    pub price: Option<AmountText>,
}

/// A bid of an account for units of a collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StandingBid {
    /// Its number.
    pub bid: BidNumber,
    /// Collection.
    pub asset: AssetName,
    /// For one unit, in the settlement asset.
    pub price: AmountText,
    /// For so many units.
    pub count: u32,
    /// When it ends, in milliseconds; none where it was not cancelled.
    pub ends_at: Option<u64>,
}

/// Everything that an account consists of.
#[derive(Default)]
pub(crate) struct Legs {
    pub(crate) collateral: Vec<Collateral>,
    pub(crate) debts: Vec<Debt>,
    pub(crate) positions: Vec<OpenPosition>,
    pub(crate) items: Vec<HeldItem>,
    pub(crate) bids: Vec<StandingBid>,
}

/// What an account consists of.
pub(crate) fn legs(
    engine: &mut Engine,
    id: AccountId,
    explanation: &Explanation,
    names: &Names,
) -> Result<Legs, Rejection> {
    let account = engine.state().account(id)?.clone();
    let part = |kind: LegKind| explanation.legs.iter().find(|leg| leg.kind == kind).copied();
    let mut found = Legs::default();
    for balance in account.balances() {
        let Some(leg) = part(LegKind::Balance(balance.asset, balance.form)) else { continue };
        let amount = units(engine.state(), &balance)?;
        let price = engine.state().asset_quote(balance.asset).map(|quote| quote.price.into());
        let (asset, text) = (names.asset(balance.asset), names.amount(balance.asset, amount));
        if balance.form == Form::Owed {
            let value = leg.value.absolute()?.into();
            found.debts.push(Debt { asset, amount: text, price, value });
            continue;
        }
        let held = balance.form == Form::Held;
        let leaves = if held { leaves(engine, id, balance.asset, amount)? } else { Amount::ZERO };
        found.collateral.push(Collateral {
            asset,
            form: if held { CollateralForm::Held } else { CollateralForm::Lent },
            amount: text,
            price,
            value: leg.value.into(),
            haircut: leg.haircut.into(),
            collateral_value: counted(&leg)?.into(),
            withdrawable: names.amount(balance.asset, leaves),
        });
    }
    for position in account.positions() {
        let Some(leg) = part(LegKind::Position(position.market)) else { continue };
        found.positions.push(open_position(engine.state(), &position, leg.value, names)?);
    }
    let money = names.settlement();
    for part in &explanation.items {
        let bid = part.bid.and_then(|bid| engine.state().bids.get(&bid));
        found.items.push(HeldItem {
            asset: names.asset(part.asset),
            item: part.item.into(),
            bid: part.bid.map(Into::into),
            price: bid.map(|bid| names.amount(money, bid.price)),
        });
    }
    for (id, bid) in engine.state().bids_by(id) {
        found.bids.push(StandingBid {
            bid: id.into(),
            asset: names.asset(bid.asset),
            price: names.amount(money, bid.price),
            count: bid.count,
            ends_at: bid.ends_at.map(|ends_at| ends_at.as_milliseconds()),
        });
    }
    Ok(found)
}

fn counted(leg: &LegPart) -> Result<Value, Rejection> {
    let counts: Fraction = leg.haircut.complement();
    Ok(leg.value.times_down(counts)?)
}

/// Units that a balance stands for: rounded down where owned, up where owed.
fn units(state: &State, balance: &Balance) -> Result<Amount, Rejection> {
    Ok(match balance.form {
        Form::Held => balance.amount(),
        Form::Lent => state.pool(balance.asset)?.lent_index.worth_down(balance.as_shares())?,
        Form::Owed => state.pool(balance.asset)?.owed_index.worth_up(balance.as_shares())?,
    })
}

/// Units that may leave now. Those of a collection leave one by one: how many of them the engine would let go alone.
fn leaves(
    engine: &mut Engine,
    account: AccountId,
    asset: AssetId,
    held: Amount,
) -> Result<Amount, Rejection> {
    if !matches!(engine.state().asset(asset)?.spec.kind, Kind::Nft(_)) {
        return withdrawable(engine, account, asset, held);
    }
    let time = engine.state().totals.time;
    let own = engine.state().items_of(asset).filter(|(_, item)| item.account == account);
    let own: Vec<ItemId> = own.map(|(id, _)| id).collect();
    let mut count = 0;
    for item in own {
        let entry = Entry { time, command: Command::WithdrawItem { account, asset, item } };
        count += u128::from(engine.preview(&entry).is_ok());
    }
    Ok(Amount::new(count))
}

/// The most of a held balance that the engine would let go now, found by asking it.
fn withdrawable(
    engine: &mut Engine,
    account: AccountId,
    asset: AssetId,
    held: Amount,
) -> Result<Amount, Rejection> {
    let time = engine.state().totals.time;
    let mut leaves = |amount: Amount| {
        let entry = Entry { time, command: Command::Withdraw { account, asset, amount } };
        !amount.is_zero() && engine.preview(&entry).is_ok()
    };
    if account.is_reserved() {
        return Ok(Amount::ZERO);
    }
    if leaves(held) {
        return Ok(held);
    }
    let (mut least, mut most) = (0_u128, held.units());
    for _ in 0..HALVINGS {
        let middle = least.midpoint(most);
        if leaves(Amount::new(middle)) { least = middle } else { most = middle }
    }
    Ok(Amount::new(least))
}

fn open_position(
    state: &State,
    position: &Position,
    notional: Value,
    names: &Names,
) -> Result<OpenPosition, Rejection> {
    let decimals = state.market_config(position.market)?.spec.decimals;
    Ok(OpenPosition {
        market: names.market(position.market),
        size: names.size(position.market, position.size),
        entry_price: entry_price(position, decimals).into(),
        mark_price: state.mark_price(position.market).map(Into::into),
        notional: notional.into(),
        unrealised_pnl: notional.less(position.cost)?.into(),
    })
}

/// Cost over size, in dollars for a whole contract. The exact average may have more decimals than a price.
fn entry_price(position: &Position, decimals: Decimals) -> Price {
    let unit = wide::power_of_ten(decimals.places() + Price::PLACES - Value::PLACES).unwrap_or(u128::MAX);
    let size = u128::from(position.size.magnitude()).max(1);
    Price::clamped(wide::multiply_divide_down(position.cost.magnitude(), unit, size).unwrap_or(u128::MAX))
}
