//! What a leg can be, for the count of what was covered.

/// A leg's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Units that are all alike, in custody.
    Token,
    /// The same, lent: shares of a lending pool.
    Lent,
    /// The same by a bridge, which is a risk of its own.
    Bridged,
    /// A claim that is redeemed at a rate: its underlying and the basis to it.
    Rate,
    /// A claim on something outside, of which a part counts.
    Claim,
    /// An NFT, which counts what standing bids pay for it.
    Nft,
    /// A debt.
    Debt,
    /// A long perpetual.
    LongPerp,
    /// A short perpetual.
    ShortPerp,
    /// A long dated future, of whose price a part still moves.
    LongFuture,
    /// A short one.
    ShortFuture,
    /// A call that is owned.
    LongCall,
    /// A call that is owed.
    ShortCall,
    /// A put that is owned.
    LongPut,
    /// A put that is owed.
    ShortPut,
}

impl Kind {
    /// All of them, in the order of every count.
    pub const ALL: [Self; 15] = [
        Self::Token,
        Self::Lent,
        Self::Bridged,
        Self::Rate,
        Self::Claim,
        Self::Nft,
        Self::Debt,
        Self::LongPerp,
        Self::ShortPerp,
        Self::LongFuture,
        Self::ShortFuture,
        Self::LongCall,
        Self::ShortCall,
        Self::LongPut,
        Self::ShortPut,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Lent => "lent token",
            Self::Bridged => "bridged token",
            Self::Rate => "rate token",
            Self::Claim => "real-world claim",
            Self::Nft => "NFT at bids",
            Self::Debt => "debt",
            Self::LongPerp => "long perp",
            Self::ShortPerp => "short perp",
            Self::LongFuture => "long future",
            Self::ShortFuture => "short future",
            Self::LongCall => "long call",
            Self::ShortCall => "short call",
            Self::LongPut => "long put",
            Self::ShortPut => "short put",
        }
    }

    /// Its place in [`Self::ALL`].
    pub(super) const fn place(self) -> usize {
        self as usize
    }
}

/// When an option of a book expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Expiring {
    /// Within two days: its strike is a node.
    Soon,
    /// A front expiry beyond that.
    Front,
    /// A back expiry.
    Back,
}

impl Expiring {
    /// All of them, in the order of every count.
    pub const ALL: [Self; 3] = [Self::Soon, Self::Front, Self::Back];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Soon => "options within 2 days",
            Self::Front => "options within 30 days",
            Self::Back => "options of later expiries",
        }
    }
}
