//! Limits that hold whatever a command wants: amounts, caps, outflow, pause, evidence.

use cistern_units::{Amount, Size};

use crate::{
    act::Product,
    collateral::{Dealing, Kind, Nft},
    draft::Draft,
    ids::{AccountId, AssetId, MarketId},
    limits::{AMOUNT_MAX, SIZE_MAX},
    oracle,
    rejection::Rejection,
    rows::{Balance, Expiry, Form, Validity},
    state::remembered,
    valuation, view,
};

/// An amount that a command may move.
pub(crate) fn require_amount(amount: Amount) -> Result<(), Rejection> {
    if amount.is_zero() {
        return Err(Rejection::AmountMustNotBeZero);
    }
    if amount.units() > AMOUNT_MAX {
        return Err(Rejection::AmountTooLarge { limit: Amount::new(AMOUNT_MAX) });
    }
    Ok(())
}

/// A size that a command may trade.
pub(crate) fn require_size(size: Size) -> Result<(), Rejection> {
    if size.raw() <= 0 {
        return Err(Rejection::AmountMustNotBeZero);
    }
    if size.raw() > SIZE_MAX {
        return Err(Rejection::AmountTooLarge { limit: Amount::new(u128::from(SIZE_MAX.unsigned_abs())) });
    }
    Ok(())
}

impl Draft<'_> {
    /// New risk is accepted.
    pub(crate) fn require_running(&self) -> Result<(), Rejection> {
        if self.state.config.paused { Err(Rejection::PoolIsPaused) } else { Ok(()) }
    }

    /// An asset of a kind that may be dealt with so.
    pub(crate) fn require_kind(&self, asset: AssetId, dealing: Dealing) -> Result<(), Rejection> {
        let allowed = self.state.asset(asset)?.spec.kind.rules().allows(dealing);
        if allowed { Ok(()) } else { Err(Rejection::KindMustAllow { asset }) }
    }

    /// A collection, and not another kind of asset.
    pub(crate) fn require_collection(&self, asset: AssetId) -> Result<Nft, Rejection> {
        match self.state.asset(asset)?.spec.kind {
            Kind::Nft(collection) => Ok(collection),
            _ => Err(Rejection::KindMustAllow { asset }),
        }
    }

    /// The account may have units of the asset.
    pub(crate) fn require_holder(&self, account: AccountId, asset: AssetId) -> Result<(), Rejection> {
        let allowed = self.state.may_hold(account, asset);
        if allowed { Ok(()) } else { Err(Rejection::HolderMustBeAllowed { account, asset }) }
    }

    /// Others have committed to buy what the pool would have of a claim: beyond that more of it would take from the credit
    /// of those who have it.
    pub(crate) fn require_commitments(&mut self, asset: AssetId, amount: Amount) -> Result<(), Rejection> {
        if self.state.asset(asset)?.spec.kind.rules().allows(Dealing::Anybody) {
            return Ok(());
        }
        self.work.view.refresh(self.state)?;
        let room = valuation::room(self.state, &self.work.view, asset)?;
        let view = self.work.view.asset(asset)?;
        let price = view.prices().mark.ok_or(Rejection::PriceMustBeValid { asset })?;
        let value = price.value_up(amount, view.decimals())?;
        if value > room { Err(Rejection::CommitmentsMustCover { room: room.or_zero() }) } else { Ok(()) }
    }

    /// An asset's price has evidence enough for new debt [O5].
    pub(crate) fn require_valid_price(&self, asset: AssetId) -> Result<(), Rejection> {
        let feed = self.state.asset(asset)?.feed.ok_or(Rejection::PriceMustBeValid { asset })?;
        if oracle::allows_new_risk(view::validity_now(self.state, feed)) {
            Ok(())
        } else {
            Err(Rejection::PriceMustBeValid { asset })
        }
    }

    /// Everything that an account with obligations has must have a price that is not frozen, before value leaves it.
    pub(crate) fn require_live_account(&self, id: AccountId) -> Result<(), Rejection> {
        let account = self.state.account(id)?;
        if !account.has_obligations() {
            return Ok(());
        }
        let frozen = |feed| view::validity_now(self.state, feed) == Validity::Frozen;
        for balance in account.balances().filter(|balance| balance.form == Form::Owed) {
            if self.state.asset(balance.asset)?.feed.is_none_or(frozen) {
                return Err(Rejection::PriceMustBeValid { asset: balance.asset });
            }
        }
        for position in account.positions() {
            let spec = &self.state.market_config(position.market)?.spec;
            if frozen(spec.feed) || frozen(spec.forward()) {
                return Err(Rejection::IndexMustBeValid { market: position.market });
            }
            let surface = self.surface_of(position.market)?;
            if surface.is_some_and(|row| view::surface_validity(row, self.now()) == Validity::Frozen) {
                return Err(Rejection::SurfaceMustBeValid { market: position.market });
            }
        }
        Ok(())
    }

    /// A market has not expired.
    pub(crate) fn require_before_expiry(&self, market: MarketId) -> Result<(), Rejection> {
        let expiry = self.state.market_config(market)?.spec.product.expiry();
        if expiry.is_some_and(|expiry| self.now() >= expiry) {
            Err(Rejection::MarketHasExpired { market })
        } else {
            Ok(())
        }
    }

    /// The expiry whose volatilities a market depends on: that of an option.
    fn surface_of(&self, market: MarketId) -> Result<Option<&Expiry>, Rejection> {
        let spec = &self.state.market_config(market)?.spec;
        Ok(match spec.product {
            Product::Option { expiry, .. } => self.state.expiry(spec.feed, expiry),
            Product::Perp | Product::Future { .. } => None,
        })
    }

    /// A market's index, forward and volatilities have evidence enough for new positions [O5].
    pub(crate) fn require_valid_index(&self, market: MarketId) -> Result<(), Rejection> {
        let spec = &self.state.market_config(market)?.spec;
        let allows = |feed| oracle::allows_new_risk(view::validity_now(self.state, feed));
        let surface = self.surface_of(market)?;
        let thin = |row| !oracle::allows_new_risk(view::surface_validity(row, self.now()));
        if surface.is_some_and(thin) {
            Err(Rejection::SurfaceMustBeValid { market })
        } else if allows(spec.feed) && allows(spec.forward()) {
            Ok(())
        } else {
            Err(Rejection::IndexMustBeValid { market })
        }
    }

    /// The account may take that much more of the asset.
    pub(crate) fn require_account_room(
        &self,
        id: AccountId,
        asset: AssetId,
        amount: Amount,
    ) -> Result<(), Rejection> {
        let mut has = Amount::ZERO;
        for balance in self.state.account(id)?.balances().filter(|balance| is_owned(balance, asset)) {
            has = has.plus(valuation::units(self.state, &balance)?)?;
        }
        let room = self.state.asset(asset)?.cap_account.minus_or_zero(has);
        if amount > room { Err(Rejection::AccountCapReached { room }) } else { Ok(()) }
    }

    /// The pool may take that much more of the asset.
    pub(crate) fn require_pool_room(&self, asset: AssetId, amount: Amount) -> Result<(), Rejection> {
        let room = self.state.asset(asset)?.cap_total.minus_or_zero(self.state.pool(asset)?.custody);
        if amount > room { Err(Rejection::DepositCapReached { room }) } else { Ok(()) }
    }

    /// That much may leave the pool within the hour, whatever else holds.
    pub(crate) fn require_outflow(&self, asset: AssetId, amount: Amount) -> Result<(), Rejection> {
        let limit = self.state.asset(asset)?.withdrawal_limit;
        let pool = self.state.pool(asset)?;
        let available = limit.minus_or_zero(remembered(pool, limit, self.now().since(pool.withdrawn_at)));
        if amount > available { Err(Rejection::WithdrawalLimitReached { available }) } else { Ok(()) }
    }
}

fn is_owned(balance: &Balance, asset: AssetId) -> bool {
    balance.asset == asset && balance.form != Form::Owed
}
