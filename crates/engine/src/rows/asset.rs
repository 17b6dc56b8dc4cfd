use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::{Amount, Index, Shares, Span, Time};

/// The books of one asset. In every state, to the unit: `custody = held + lent + escrow - owed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct AssetPool {
    /// Units in custody.
    pub custody: Amount,
    /// Units that accounts hold, lent to nobody.
    pub held: Amount,
    /// Units that bids have put down.
    pub escrow: Amount,
    /// Units that lenders are owed.
    pub lent: Amount,
    /// Shares of what lenders are owed.
    pub lent_shares: Shares,
    /// Units that borrowers owe.
    pub owed: Amount,
    /// Shares of what borrowers owe.
    pub owed_shares: Shares,
    /// Interest index of lenders: worth of a share, rounded down.
    pub lent_index: Index,
    /// Interest index of borrowers: cost of a share, rounded up.
    pub owed_index: Index,
    /// Up to when interest has been charged.
    pub accrued_at: Time,
    /// Withdrawals that the hourly limit still remembers.
    pub withdrawn: Amount,
    /// When that was remembered.
    pub withdrawn_at: Time,
    /// How long its issuer lets redemptions wait, where it is a claim.
    pub queue: Span,
    /// Does somebody owe of it who can no longer pay? Until that loss has been shared nobody lends or recalls.
    pub impaired: bool,
}

impl AssetPool {
    /// Books of an asset that nobody has yet.
    #[must_use]
    pub fn empty(now: Time) -> Self {
        Self {
            custody: Amount::ZERO,
            held: Amount::ZERO,
            escrow: Amount::ZERO,
            lent: Amount::ZERO,
            lent_shares: Shares::ZERO,
            owed: Amount::ZERO,
            owed_shares: Shares::ZERO,
            lent_index: Index::ONE,
            owed_index: Index::ONE,
            accrued_at: now,
            withdrawn: Amount::ZERO,
            withdrawn_at: now,
            queue: Span::default(),
            impaired: false,
        }
    }

    /// What lenders have put in and nobody has borrowed.
    #[must_use]
    pub fn liquidity(&self) -> Amount {
        self.lent.minus_or_zero(self.owed)
    }

    /// `custody + owed = held + lent + escrow`, to the unit.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        let have = self.custody.plus(self.owed);
        have.is_ok()
            && have == self.held.plus(self.lent).and_then(|sum| sum.plus(self.escrow))
            && self.owed <= self.lent
    }
}
