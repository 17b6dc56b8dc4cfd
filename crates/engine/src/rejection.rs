//! Why a command was refused: one flat list, in order of precedence. A refusal changes nothing.

use core::fmt;

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_attest::Refusal;
use cistern_margin::MarginError;
use cistern_units::{Amount, Overflow, Price, Size, Time, Value};

use crate::{
    ids::{AccountId, AssetId, MarketId},
    named::named,
};

named! {
    /// A rule that a command would break, with the numbers of the case.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
    pub enum Rejection {
        /// The pool has not been founded.
        PoolMustBeFounded,
        /// The pool has been founded already.
        PoolIsFounded,
        /// The entry is older than the last one.
        TimeMustNotRunBackwards {
            /// Time of the last entry.
            last: Time,
        },
        /// A number left the range of its quantity.
        NumberTooLarge,
        /// No such account, or one that belongs to the pool itself.
        AccountUnknown,
        /// No such asset.
        AssetUnknown,
        /// No such market.
        MarketUnknown,
        /// No such factor.
        FactorUnknown,
        /// No such feed.
        FeedUnknown,
        /// No such pending act.
        ActUnknown,
        /// The owner has that account already.
        AccountExists,
        /// The name is taken.
        SymbolTaken,
        /// Two accounts are needed and one was named twice.
        AccountsMustDiffer,
        /// A table is full.
        TooMany {
            /// Most entries.
            limit: u32,
        },
        /// Nothing was asked for.
        AmountMustNotBeZero,
        /// More than one command may move.
        AmountTooLarge {
            /// Most that one command may move.
            limit: Amount,
        },
        /// A parameter outside its bounds.
        ParameterOutOfBounds,
        /// An act that must take effect before this one can be scheduled has not.
        EarlierActMissing,
        /// The new oracle's price is too far from the old one's, or has no full validity.
        OracleMustBeContinuous,
        /// New risk is refused while the pool is paused.
        PoolIsPaused,
        /// The pool is not paused.
        PoolIsRunning,
        /// The asset's price has too little evidence for this.
        PriceMustBeValid {
            /// Asset.
            asset: AssetId,
        },
        /// The market's index has too little evidence for this; only reducing works.
        IndexMustBeValid {
            /// Market.
            market: MarketId,
        },
        /// Assets of this kind are not dealt with like that.
        KindMustAllow {
            /// Asset.
            asset: AssetId,
        },
        /// The asset is for listed holders, and the account's owner is none.
        HolderMustBeAllowed {
            /// Account.
            account: AccountId,
            /// Asset.
            asset: AssetId,
        },
        /// Nobody has committed to buy so much of the asset; more of it would take from the credit of others.
        CommitmentsMustCover {
            /// Value for which there is room.
            room: Value,
        },
        /// The account has less.
        BalanceTooSmall {
            /// What it has.
            available: Amount,
        },
        /// The account owes nothing of that asset.
        NothingOwed,
        /// No profit that is covered by settled losses, and no loss that the account could pay.
        NothingToSettle,
        /// The account would hold more of the asset than one account may.
        AccountCapReached {
            /// What it may still take.
            room: Amount,
        },
        /// The pool would hold more of the asset than it may.
        DepositCapReached {
            /// What it may still take.
            room: Amount,
        },
        /// More would be owed than may be.
        BorrowCapReached {
            /// What may still be borrowed.
            room: Amount,
        },
        /// Somebody owes of the asset who can no longer pay; that loss is shared before anyone lends or recalls.
        LossMustBeShared {
            /// Asset.
            asset: AssetId,
        },
        /// Lenders have not put in so much.
        LiquidityTooSmall {
            /// What is there.
            available: Amount,
        },
        /// More would leave within an hour than may.
        WithdrawalLimitReached {
            /// What may leave now.
            available: Amount,
        },
        /// The market's open interest would exceed its cap.
        OpenInterestCapReached {
            /// What may still be opened.
            room: Size,
        },
        /// The fill is too far from the index.
        PriceOutsideBand {
            /// Lowest price that is accepted now.
            lowest: Price,
            /// Highest price that is accepted now.
            highest: Price,
        },
        /// The account would not be covered at the initial tier.
        InitialMarginMustHold {
            /// Account.
            account: AccountId,
            /// Value that is missing.
            shortfall: Value,
        },
        /// The account is covered only by profit that nobody has paid yet; it can margin positions but not leave.
        ProfitMustBeSettled {
            /// Account.
            account: AccountId,
            /// Value that is missing without the unsettled profit.
            shortfall: Value,
        },
        /// Closing this leg of a hedge alone would leave more risk; close the other leg with it.
        HedgeMustBeClosedTogether {
            /// Account.
            account: AccountId,
            /// The other leg.
            with: MarketId,
        },
        /// The account is not in breach of its maintenance margin.
        AccountIsHealthy,
        /// The breach has been seen on one tick only; wait for the next.
        BreachMustBeConfirmed,
        /// Nothing of the account can be taken over at valid prices.
        NothingToLiquidate,
        /// The signature's own end has passed.
        SignatureExpired {
            /// When it ended.
            deadline: Time,
        },
        /// The nonce is not near the pool's time.
        NonceOutsideWindow {
            /// The pool's time.
            now: Time,
        },
        /// The signer used that nonce, or many after it.
        NonceIsUsed,
        /// The signer may not ask for that.
        SignerMustBeAllowed,
        /// The key belongs to an owner, or would end before it begins.
        AgentMustBeFree,
        /// The owner has no such agent.
        AgentUnknown,
        /// That message was used already.
        MessageIsSpent,
        /// A message that was verified cannot be followed.
        EvidenceRefused {
            /// Why.
            refusal: Refusal,
        },
        /// The market has expired: what is open in it is settled, and nothing is traded any more.
        MarketHasExpired {
            /// Market.
            market: MarketId,
        },
        /// An expiry has passed, or lies too far ahead.
        ExpiryOutOfBounds {
            /// It must be after this.
            after: Time,
            /// Latest that may be.
            latest: Time,
        },
        /// The volatilities of the market's expiry have too little evidence for this; only reducing works.
        SurfaceMustBeValid {
            /// Market.
            market: MarketId,
        },
        /// An account that is judged without offsets sells no options.
        ShortOptionNeedsPortfolioMode {
            /// Account.
            account: AccountId,
        },
    }
}

impl Rejection {
    /// Stable number of the rule, for clients.
    #[must_use]
    pub fn code(&self) -> u16 {
        let place = Self::NAMES.iter().position(|name| *name == self.name()).unwrap_or(0);
        u16::try_from(place).unwrap_or(u16::MAX).saturating_add(1)
    }
}

impl From<Overflow> for Rejection {
    fn from(_: Overflow) -> Self {
        Self::NumberTooLarge
    }
}

impl From<Refusal> for Rejection {
    fn from(refusal: Refusal) -> Self {
        Self::EvidenceRefused { refusal }
    }
}

impl From<MarginError> for Rejection {
    fn from(error: MarginError) -> Self {
        match error {
            MarginError::UnknownFactor(_) => Self::FactorUnknown,
            // The view lists every series that has a mark.
            MarginError::UnknownSeries(_) => Self::MarketUnknown,
            MarginError::Overflow | MarginError::OtherTier => Self::NumberTooLarge,
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (R{:02})", self.name(), self.code())
    }
}

impl core::error::Error for Rejection {}
