use core::fmt;

use borsh::{BorshDeserialize, BorshSerialize};

/// A blake3 or keccak of content, by which a message is known again whoever signed it.
pub type Digest = [u8; 32];

/// An oracle network or bridge: whose signatures count. Indices of sets are names within one network only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub enum Network {
    /// The guardians of Wormhole; until 2026-08-26 they signed Pyth too.
    Wormhole,
    /// The routers that sign Pyth since 2026-08-26.
    PythRouters,
    /// Pyth Pro, also called Lazer: one signer.
    PythLazer,
    /// RedStone; a set is a data service.
    RedStone,
    /// Chainlink Data Streams, production networks; a set is a config digest.
    Chainlink,
    /// Chainlink Data Streams, test networks: never in the registry of a pool with money.
    ChainlinkTest,
    /// Proofs against headers of Ethereum that its sync committee signed.
    Ethereum,
}

impl Network {
    /// All networks.
    pub const ALL: [Self; 7] = [
        Self::Wormhole,
        Self::PythRouters,
        Self::PythLazer,
        Self::RedStone,
        Self::Chainlink,
        Self::ChainlinkTest,
        Self::Ethereum,
    ];

    /// Name in parameters and answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wormhole => "wormhole",
            Self::PythRouters => "pyth-routers",
            Self::PythLazer => "pyth-lazer",
            Self::RedStone => "redstone",
            Self::Chainlink => "chainlink",
            Self::ChainlinkTest => "chainlink-test",
            Self::Ethereum => "ethereum",
        }
    }

    /// The network of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|network| network.name() == name)
    }

    /// Are its sets services side by side, and not generations that follow each other? Whoever binds a feed names the one.
    #[must_use]
    pub const fn has_services(self) -> bool {
        matches!(self, Self::RedStone | Self::Chainlink | Self::ChainlinkTest)
    }

    /// Do its messages carry the exponent of a price? Where not, whoever binds a feed states it.
    #[must_use]
    pub const fn carries_exponent(self) -> bool {
        matches!(self, Self::Wormhole | Self::PythRouters | Self::PythLazer)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Name of a signer set within its network: a number, big-endian; a config digest; or the name of a data service, padded
/// with zeros.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize,
)]
pub struct SetId(pub [u8; 32]);

impl SetId {
    /// A numbered set.
    #[must_use]
    pub const fn index(index: u32) -> Self {
        let [a, b, c, d] = index.to_be_bytes();
        let mut bytes = [0; 32];
        let [.., w, x, y, z] = &mut bytes;
        (*w, *x, *y, *z) = (a, b, c, d);
        Self(bytes)
    }

    /// The number of a numbered set.
    #[must_use]
    pub fn as_index(&self) -> Option<u32> {
        let (zeros, number) = self.0.split_last_chunk::<4>()?;
        zeros.iter().all(|byte| *byte == 0).then(|| u32::from_be_bytes(*number))
    }

    /// A named set; `None` beyond 32 bytes.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        padded(name).map(Self)
    }
}

/// What a network calls a feed: 32 bytes, a number big-endian, or a name padded with zeros.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize,
)]
pub struct FeedKey(pub [u8; 32]);

impl FeedKey {
    /// A numbered feed.
    #[must_use]
    pub const fn index(index: u32) -> Self {
        Self(SetId::index(index).0)
    }

    /// A named feed; `None` beyond 32 bytes.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        padded(name).map(Self)
    }
}

fn padded(name: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    bytes.get_mut(..name.len())?.copy_from_slice(name.as_bytes());
    Some(bytes)
}

/// A signer's address: the last 20 bytes of the keccak of its public key.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize,
)]
pub struct Address(pub [u8; 20]);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
