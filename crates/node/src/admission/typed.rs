//! Commands as typed data after EIP-712: what a wallet shows, and what is signed.
//!
//! Amounts are in the smallest units of their asset, prices raw, and everything is called by its number, never by a name
//! that somebody could list anew: what was signed means the same for ever.

use cistern_attest::{
    Address, Digest, Signer,
    typed::{Domain, Separator, Typed, Word},
};
use cistern_engine::{
    act::Act,
    command::{Authorisation, Command},
    ids::{AccountId, ActId, AssetId, BidId, ItemId, MarketId, Owner},
    rows::Scope,
};
use cistern_units::{Amount, Price, Size, Span, Time, Value};

/// Chain that a wallet must be on unless a node is told otherwise: Ethereum. Wallets refuse to sign for a chain that they
/// are not on; pools are told apart by the salt.
pub const CHAIN_ID: u64 = 1;

/// What signatures of a pool's commands are bound to: the salt is the pool's id.
#[must_use]
pub const fn domain(chain_id: u64, pool_id: [u8; 32]) -> Domain<'static> {
    Domain { name: "Cistern", version: "1", chain_id, contract: None, salt: Some(pool_id) }
}

/// One field of typed data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// `address`.
    Address(Address),
    /// `uint8` to `uint128`.
    Unsigned(u128),
    /// `int64`.
    Signed(i128),
    /// `string`.
    Text(String),
    /// `bytes`.
    Bytes(Vec<u8>),
    /// `uint256`, the highest byte first.
    Wide([u8; 32]),
}

impl Field {
    fn word(&self) -> Word {
        match self {
            Self::Address(address) => Word::address(*address),
            Self::Unsigned(number) => Word::unsigned(*number),
            Self::Signed(number) => Word::signed(*number),
            Self::Text(text) => Word::string(text),
            Self::Bytes(bytes) => Word::bytes(bytes),
            Self::Wide(bytes) => Word::bytes32(*bytes),
        }
    }
}

macro_rules! fields {
    ($($core:ty: $name:ident => $field:expr;)*) => {
        $(impl From<&$core> for Field {
            fn from($name: &$core) -> Self {
                $field
            }
        })*
    };
}

fields! {
    Owner: owner => Self::Address(owner.address());
    AccountId: account => Self::Unsigned(account.0.into());
    AssetId: asset => Self::Unsigned(asset.0.into());
    MarketId: market => Self::Unsigned(market.0.into());
    ActId: act => Self::Unsigned(act.0.into());
    BidId: bid => Self::Unsigned(bid.0.into());
    ItemId: item => Self::Wide(item.0);
    u32: number => Self::Unsigned((*number).into());
    u8: number => Self::Unsigned((*number).into());
    Amount: amount => Self::Unsigned(amount.units());
    Price: price => Self::Unsigned(price.raw());
    Value: value => Self::Signed(value.raw());
    Span: span => Self::Unsigned(span.as_milliseconds().into());
    Size: size => Self::Signed(size.raw().into());
    Time: time => Self::Unsigned(time.as_milliseconds().into());
    // An address of 20 bytes or a key of 32: as text a wallet shows which.
    Signer: signer => Self::Text(signer.to_string());
    Scope: scope => Self::Text(match scope {
        Scope::Trade => "trade",
        Scope::Treasury => "treasury",
    }.to_owned());
    // Whatever governance can do, in the one encoding that the log has. Writing into memory cannot fail.
    Act: act => Self::Bytes(borsh::to_vec(act).unwrap_or_default());
}

/// A command as typed data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    primary: &'static str,
    fields: Vec<Field>,
}

/// One line for each command that a signature can ask for: its fields and their types. Every field must be there.
macro_rules! typed {
    (no signature for $($other:ident)*; $($name:ident($($field:ident: $type:literal),*);)*) => {
        /// The types of all commands that can be signed, in the order of the commands.
        pub const TYPES: &[&str] =
            &[$(concat!(stringify!($name), "(", $($type, ",",)* "uint64 nonce,uint64 deadline)")),*];

        impl Form {
            /// A command as typed data, with the signer's time and the last moment at which it counts; none of a command
            /// that no signature makes right.
            #[must_use]
            pub fn of(command: &Command, nonce: Time, deadline: Time) -> Option<Self> {
                match command {
                    $(Command::$name { $($field),* } => {
                        let primary =
                            concat!(stringify!($name), "(", $($type, ",",)* "uint64 nonce,uint64 deadline)");
                        let fields = vec![$(Field::from($field),)* Field::from(&nonce), Field::from(&deadline)];
                        Some(Self { primary, fields })
                    })*
                    $(Command::$other { .. })|* => None,
                }
            }
        }
    };
}

typed! {
    no signature for Found DepositProven Tick Attest Signed ReportSurface;
    OpenAccount(owner: "address owner", sub: "uint8 sub");
    ChooseStandardMode(account: "uint32 account");
    ChoosePortfolioMode(account: "uint32 account");
    Deposit(account: "uint32 account", asset: "uint16 asset", amount: "uint128 amount");
    Withdraw(account: "uint32 account", asset: "uint16 asset", amount: "uint128 amount");
    Transfer(from: "uint32 from", to: "uint32 to", asset: "uint16 asset", amount: "uint128 amount");
    Commit(account: "uint32 account", asset: "uint16 asset", value: "int128 value");
    ReportQueue(asset: "uint16 asset", wait: "uint64 wait");
    Lend(account: "uint32 account", asset: "uint16 asset", amount: "uint128 amount");
    Recall(account: "uint32 account", asset: "uint16 asset", amount: "uint128 amount");
    Borrow(account: "uint32 account", asset: "uint16 asset", amount: "uint128 amount");
    Repay(account: "uint32 account", asset: "uint16 asset", amount: "uint128 amount");
    Fill(buyer: "uint32 buyer", seller: "uint32 seller", market: "uint16 market", size: "int64 size", price: "uint128 price");
    Settle(account: "uint32 account");
    ApproveAgent(owner: "address owner", signer: "string agent", scope: "string scope", expires_at: "uint64 expiresAt");
    RevokeAgent(owner: "address owner", signer: "string agent");
    Liquidate(account: "uint32 account", liquidator: "uint32 liquidator");
    AppointBackstop(account: "uint32 account");
    ReleaseBackstop(account: "uint32 account");
    Schedule(act: "bytes act");
    Veto(act_id: "uint32 actId");
    Pause();
    Resume();
    DepositItem(account: "uint32 account", asset: "uint16 asset", item: "uint256 item");
    WithdrawItem(account: "uint32 account", asset: "uint16 asset", item: "uint256 item");
    TransferItem(from: "uint32 from", to: "uint32 to", asset: "uint16 asset", item: "uint256 item");
    PlaceBid(account: "uint32 account", price: "uint128 price", count: "uint32 count", asset: "uint16 asset");
    CancelBid(account: "uint32 account", bid: "uint32 bid");
}

impl Form {
    /// The type, as the standard encodes it.
    #[must_use]
    pub const fn primary(&self) -> &'static str {
        self.primary
    }

    /// The fields, in the order of the type.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// What is signed within a domain: the id of the transaction.
    #[must_use]
    pub fn digest(&self, separator: &Separator) -> Digest {
        let words: Vec<Word> = self.fields.iter().map(Field::word).collect();
        Typed { primary: self.primary, words: &words }.digest(separator)
    }
}

/// What a signature under a command must be over; none of a command that no signature makes right.
pub(crate) fn digest(
    authorisation: &Authorisation,
    command: &Command,
    separator: &Separator,
) -> Option<Digest> {
    Form::of(command, authorisation.nonce, authorisation.deadline).map(|form| form.digest(separator))
}
