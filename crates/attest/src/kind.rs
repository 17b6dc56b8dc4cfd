use core::fmt;

use borsh::{BorshDeserialize, BorshSerialize};

/// Kinds of messages that can be attested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub enum Kind {
    /// A Pyth accumulator update, signed by guardians or routers.
    Pyth,
    /// A Pyth Pro (Lazer) message.
    Lazer,
    /// A RedStone payload.
    RedStone,
    /// A Chainlink Data Streams report.
    Chainlink,
    /// A Wormhole message.
    Vaa,
    /// A receipt of a transaction of Ethereum, with its inclusion proof.
    EthReceipt,
    /// An account and storage slots of Ethereum, with their proofs.
    EthStorage,
    /// A light-client update of Ethereum's beacon chain.
    LightClient,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Pyth,
        Self::Lazer,
        Self::RedStone,
        Self::Chainlink,
        Self::Vaa,
        Self::EthReceipt,
        Self::EthStorage,
        Self::LightClient,
    ];

    /// Name on the command line and in paths.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pyth => "pyth",
            Self::Lazer => "lazer",
            Self::RedStone => "redstone",
            Self::Chainlink => "chainlink",
            Self::Vaa => "vaa",
            Self::EthReceipt => "eth-receipt",
            Self::EthStorage => "eth-storage",
            Self::LightClient => "lightclient",
        }
    }

    /// The kind of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
