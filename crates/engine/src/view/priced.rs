//! Prices of one thing at one instant, with what a smallest unit of it is worth at each.

use cistern_margin::Tier;
use cistern_units::{Amount, Decimals, NarrowValue, Overflow, Price, Size, UnitPrice, Value};

use crate::rows::Validity;

/// Prices of one thing at one instant [O3].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Prices {
    /// What it is marked at; none before the first price.
    pub(crate) mark: Option<Price>,
    /// What it counts for at maintenance where it is owned or long: the mark, or the lower of two middle votes.
    pub(crate) mark_low: Option<Price>,
    /// What it counts for at maintenance where it is owed or short: the mark, or the upper of two middle votes.
    pub(crate) mark_high: Option<Price>,
    /// What it counts for at the initial tier where it is owned or long; none where the evidence is too thin for credit.
    pub(crate) low: Option<Price>,
    /// What it counts for at the initial tier where it is owed or short.
    pub(crate) high: Option<Price>,
    /// How much evidence stands behind it now.
    pub(crate) validity: Validity,
    /// Has it been live for long enough to start a liquidation?
    pub(crate) is_settled: bool,
}

impl Prices {
    /// May a liquidation touch it?
    pub(crate) fn allow_liquidation(&self) -> bool {
        self.is_settled && self.validity >= Validity::Reduced
    }

    /// What it counts for where it is owned or long.
    #[inline]
    pub(crate) fn owned(&self, tier: Tier) -> Option<Price> {
        if tier == Tier::Initial { self.low } else { self.mark_low }
    }

    /// What it counts for where it is owed or short.
    #[inline]
    pub(crate) fn owing(&self, tier: Tier) -> Option<Price> {
        if tier == Tier::Initial { self.high } else { self.mark_high }
    }
}

/// Prices, and what a smallest unit is worth at those that margin checks read: a value is then a few instructions.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Priced {
    pub(super) prices: Prices,
    pub(super) decimals: Decimals,
    /// At maintenance, where owned or long and where owed or short; the same at the initial tier.
    units: [[UnitPrice; 2]; 2],
}

impl Priced {
    /// Sets prices; what has not changed is not folded again.
    pub(super) fn set(&mut self, prices: Prices, decimals: Decimals) {
        let is_other = self.decimals != decimals;
        let tiers = [Tier::Maintenance, Tier::Initial];
        for (tier, [owned, owing]) in tiers.into_iter().zip(&mut self.units) {
            let (old, new) = (self.prices.owned(tier), prices.owned(tier));
            if is_other || old != new {
                *owned = new.map_or(UnitPrice::default(), |price| UnitPrice::down(price, decimals));
            }
            let (old, new) = (self.prices.owing(tier), prices.owing(tier));
            if is_other || old != new {
                *owing = new.map_or(UnitPrice::default(), |price| UnitPrice::up(price, decimals));
            }
        }
        (self.prices, self.decimals) = (prices, decimals);
    }

    /// What a smallest unit is worth at a tier, where it is owned or long and where owed or short.
    #[inline(always)]
    pub(super) fn units(&self, tier: Tier) -> &[UnitPrice; 2] {
        let [maintenance, initial] = &self.units;
        if tier == Tier::Initial { initial } else { maintenance }
    }

    pub(super) fn owned(&self, amount: Amount, tier: Tier) -> Result<Value, Overflow> {
        self.prices.owned(tier).map_or(Ok(Value::ZERO), |price| price.value_down(amount, self.decimals))
    }

    pub(super) fn owed(&self, amount: Amount, tier: Tier) -> Result<Value, Overflow> {
        self.prices.owing(tier).map_or(Ok(Value::ZERO), |price| price.value_up(amount, self.decimals))
    }

    pub(super) fn notional(&self, size: Size, tier: Tier) -> Result<Option<Value>, Overflow> {
        let price = if size.is_long() { self.prices.owned(tier) } else { self.prices.owing(tier) };
        price.map(|price| price.notional_down(size, self.decimals)).transpose()
    }

    /// The narrow ones of amounts that a folded price is not for: eighteen decimals have no room for twenty tokens in a word.
    #[inline(never)]
    pub(super) fn owned_apart(&self, amount: Amount, tier: Tier) -> Option<NarrowValue> {
        self.owned(amount, tier).ok()?.try_into().ok()
    }

    #[inline(never)]
    pub(super) fn owed_apart(&self, amount: Amount, tier: Tier) -> Option<NarrowValue> {
        self.owed(amount, tier).ok()?.try_into().ok()
    }

    #[inline(never)]
    pub(super) fn notional_apart(&self, size: Size, tier: Tier) -> Option<NarrowValue> {
        self.notional(size, tier).ok()??.try_into().ok()
    }
}
