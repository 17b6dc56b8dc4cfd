//! Accounts, and units that come, go and move between them.

use cistern_attest::Digest;
use cistern_units::Amount;

use crate::{
    act::Product,
    collateral::Dealing,
    controls::require_amount,
    draft::Draft,
    event::Event,
    ids::{AccountId, AssetId, Owner},
    limits::{ACCOUNTS_MAX, BALANCES_MAX},
    rejection::Rejection,
    rows::Form,
    valuation::Backing,
};

pub(crate) fn open_account(draft: &mut Draft<'_>, owner: Owner, sub: u8) -> Result<(), Rejection> {
    if draft.state.account_of(owner, sub).is_some() {
        return Err(Rejection::AccountExists);
    }
    let account = AccountId::at(draft.state.accounts.len()).filter(|id| id.position() < ACCOUNTS_MAX);
    let account =
        account.ok_or(Rejection::TooMany { limit: u32::try_from(ACCOUNTS_MAX).unwrap_or(u32::MAX) })?;
    draft.emit(Event::AccountOpened { account, owner, sub })
}

pub(crate) fn choose_standard_mode(draft: &mut Draft<'_>, account: AccountId) -> Result<(), Rejection> {
    draft.require_user(account)?;
    for position in draft.state.account(account)?.positions().filter(|open| open.size.is_short()) {
        let product = &draft.state.market_config(position.market)?.spec.product;
        if matches!(product, Product::Option { .. }) {
            return Err(Rejection::ShortOptionNeedsPortfolioMode { account });
        }
    }
    draft.emit(Event::StandardModeChosen { account })?;
    draft.require_initial(account, Backing::Equity)
}

pub(crate) fn choose_portfolio_mode(draft: &mut Draft<'_>, account: AccountId) -> Result<(), Rejection> {
    draft.require_user(account)?;
    draft.emit(Event::PortfolioModeChosen { account })
}

pub(crate) fn deposit(
    draft: &mut Draft<'_>,
    account: AccountId,
    asset: AssetId,
    amount: Amount,
) -> Result<(), Rejection> {
    draft.require_user(account)?;
    draft.require_kind(asset, Dealing::Amounts)?;
    require_amount(amount)?;
    require_balance_room(draft, account, asset, Form::Held)?;
    draft.require_holder(account, asset)?;
    draft.require_account_room(account, asset, amount)?;
    draft.require_pool_room(asset, amount)?;
    draft.require_commitments(asset, amount)?;
    draft.emit(Event::CollateralCredited { account, asset, amount })?;
    draft.end_breach(account)
}

pub(crate) fn deposit_proven(
    draft: &mut Draft<'_>,
    (account, asset): (AccountId, AssetId),
    amount: Amount,
    message: Digest,
) -> Result<(), Rejection> {
    if draft.state.spent.contains(&message) {
        return Err(Rejection::MessageIsSpent);
    }
    // Spent before it is credited: nothing that comes after can be reached twice.
    draft.emit(Event::MessageSpent { message })?;
    deposit(draft, account, asset, amount)
}

pub(crate) fn withdraw(
    draft: &mut Draft<'_>,
    account: AccountId,
    asset: AssetId,
    amount: Amount,
) -> Result<(), Rejection> {
    draft.require_user(account)?;
    draft.require_kind(asset, Dealing::Amounts)?;
    require_amount(amount)?;
    draft.require_live_account(account)?;
    require_held(draft, account, asset, amount)?;
    draft.require_outflow(asset, amount)?;
    draft.emit(Event::WithdrawalAuthorized { account, asset, amount })?;
    draft.require_initial(account, Backing::Settled)
}

pub(crate) fn transfer(
    draft: &mut Draft<'_>,
    (from, to): (AccountId, AccountId),
    asset: AssetId,
    amount: Amount,
) -> Result<(), Rejection> {
    draft.require_user(from)?;
    // Anyone may give to the insurance fund; the clearing account takes settled losses and nothing else.
    if to != AccountId::INSURANCE_FUND {
        draft.require_user(to)?;
    }
    draft.require_kind(asset, Dealing::Amounts)?;
    if from == to {
        return Err(Rejection::AccountsMustDiffer);
    }
    require_amount(amount)?;
    draft.require_live_account(from)?;
    require_held(draft, from, asset, amount)?;
    draft.require_holder(to, asset)?;
    require_balance_room(draft, to, asset, Form::Held)?;
    if !to.is_reserved() {
        draft.require_account_room(to, asset, amount)?;
    }
    draft.emit(Event::CollateralMoved { from, to, asset, amount })?;
    draft.require_initial(from, Backing::Settled)?;
    draft.end_breach(to)
}

/// The account holds that much, lent to nobody.
pub(crate) fn require_held(
    draft: &Draft<'_>,
    account: AccountId,
    asset: AssetId,
    amount: Amount,
) -> Result<(), Rejection> {
    let available = draft.state.account(account)?.held(asset);
    if amount > available { Err(Rejection::BalanceTooSmall { available }) } else { Ok(()) }
}

/// The account has the asset in that form already, or has room for one more balance.
pub(crate) fn require_balance_room(
    draft: &Draft<'_>,
    account: AccountId,
    asset: AssetId,
    form: Form,
) -> Result<(), Rejection> {
    let account = draft.state.account(account)?;
    if account.balance(asset, form).is_some() || account.balances().count() < BALANCES_MAX {
        Ok(())
    } else {
        Err(Rejection::TooMany { limit: u32::try_from(BALANCES_MAX).unwrap_or(u32::MAX) })
    }
}
