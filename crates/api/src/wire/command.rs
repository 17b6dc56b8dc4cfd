//! The JSON form of commands.

use std::borrow::Cow;

use cistern_attest::{self as attest, ChainTrust, Digest};
use cistern_engine::{
    act, addon, command,
    ids::{AccountId, ActId, AssetId, BidId, FeedId, ItemId, MarketId, Owner, SourceId, Symbol},
    params, rows,
};
use cistern_units::{Amount, Price, Size, Span, Time, Value};
use utoipa::openapi::{Ref, RefOr, Schema};

use super::{
    act::{Act, AssetSpec, FactorSpec, FeedSpec, MarketSpec, Smile},
    add_on::AddOn,
    evidence::{AgentScope, Authorisation, Binding, Evidence, RateSpec, SignerSet, Statement},
    fault::Fault,
    names::{Names, Scope},
    params::Params,
    shape::{Mirror, Read, encoded, readable, record, tagged},
    text::{
        AccountNumber, ActNumber, AmountText, AssetName, BidNumber, ChainText, DigestText, FeedName,
        ItemText, MarketName, OwnerText, PriceText, SignerText, SizeText, SourceName, SpanMs, SymbolText,
        TimeMs, UncertaintyText, ValueText,
    },
};

record! {
    /// What one source says about one feed.
    PriceReport = command::PriceReport {
        /// Feed.
        feed: FeedId => FeedName,
        /// Source.
        source: SourceId => SourceName,
        /// Price.
        price: Price => PriceText,
        /// Half width of the source's own confidence interval.
        confidence: u128 => UncertaintyText,
        /// When it was published.
        published_at: Time => TimeMs,
    }
}

record! {
    /// What one source says about the volatilities of one expiry.
    SurfaceReport = command::SurfaceReport {
        /// Feed of the index.
        feed: FeedId => FeedName,
        /// Expiry.
        expiry: Time => TimeMs,
        /// Source.
        source: SourceId => SourceName,
        /// Implied volatilities.
        smile: act::Smile => Smile,
        /// When it was published.
        published_at: Time => TimeMs,
    }
}

record! {
    /// An asset of a new pool, with what later takes four acts.
    FoundingAsset = command::FoundingAsset {
        /// What it is.
        spec: act::AssetSpec => AssetSpec,
        /// Feed of its price.
        feed: FeedId => FeedName,
        /// Most that one account may hold.
        cap_account: Amount => AmountText,
        /// Most that the pool may have in custody.
        cap_total: Amount => AmountText,
        /// Most that may be owed.
        cap_borrow: Amount => AmountText,
        /// Most that may leave in an hour.
        withdrawal_limit: Amount => AmountText,
    }
}

/// Declares an object that the engine has as a pair.
macro_rules! pair {
    ($(#[$meta:meta])* $name:ident {
        $(#[$left_doc:meta])* $left:ident: $left_type:ty => $left_json:ty,
        $(#[$right_doc:meta])* $right:ident: $right_type:ty => $right_json:ty $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
        pub struct $name {
            $(#[$left_doc])*
            pub $left: $left_json,
            $(#[$right_doc])*
            pub $right: $right_json,
        }

        readable!($name, fields, {
            super::shape::require_known(fields, &[stringify!($left), stringify!($right)])?;
            Ok($name {
                $left: super::shape::field(fields, stringify!($left))?,
                $right: super::shape::field(fields, stringify!($right))?,
            })
        });

        impl Mirror<($left_type, $right_type)> for $name {
            fn encode_in(($left, $right): &($left_type, $right_type), scope: &mut Scope<'_>) -> Self {
                Self {
                    $left: Mirror::<$left_type>::encode_in($left, scope),
                    $right: Mirror::<$right_type>::encode_in($right, scope),
                }
            }

            fn decode_in(&self, scope: &mut Scope<'_>) -> Result<($left_type, $right_type), Fault> {
                let left = Mirror::<$left_type>::decode_in(&self.$left, scope);
                let left = left.map_err(|fault| fault.within(stringify!($left)))?;
                let right = Mirror::<$right_type>::decode_in(&self.$right, scope);
                let right = right.map_err(|fault| fault.within(stringify!($right)))?;
                Ok((left, right))
            }
        }
    };
}

pair! {
    /// A reporter of prices of a new pool.
    FoundingSource {
        /// Name.
        symbol: Symbol => SymbolText,
        /// Operator group: all sources of one group have one vote.
        group: u8 => u8,
    }
}

pair! {
    /// A feed of a new pool whose price a redemption rate makes.
    FoundingRate {
        /// Feed.
        feed: FeedId => FeedName,
        /// How.
        spec: act::RateSpec => RateSpec,
    }
}

pair! {
    /// A risk factor of a new pool.
    FoundingFactor {
        /// Name.
        symbol: Symbol => SymbolText,
        /// Ranges and loadings.
        spec: act::FactorSpec => FactorSpec,
    }
}

pair! {
    /// A market of a new pool.
    FoundingMarket {
        /// What it is.
        spec: act::MarketSpec => MarketSpec,
        /// Most long (and so most short) size.
        cap: Size => SizeText,
    }
}

record! {
    /// Everything that a pool begins with; the first asset is the settlement asset. Its parts speak of each other by
    /// the names that they have here.
    Founding = command::Founding {
        /// Pool-wide parameters.
        params: params::Params => Params,
        /// Reporters of prices, and their operator groups.
        sources: Vec<(Symbol, u8)> => Vec<FoundingSource>,
        /// Risk factors.
        factors: Vec<(Symbol, act::FactorSpec)> => Vec<FoundingFactor>,
        /// Feeds.
        feeds: Vec<act::FeedSpec> => Vec<FeedSpec>,
        /// Who governs; zero is nobody.
        governor: Owner => OwnerText,
        /// Who may sign for which network.
        signers: Vec<attest::SignerSet> => Vec<SignerSet>,
        /// A checkpoint of Ethereum's consensus, for a pool that takes proofs.
        chain: Option<ChainTrust> => Option<ChainText>,
        /// Which feed of a network is whose price.
        bindings: Vec<act::Binding> => Vec<Binding>,
        /// Feeds whose price a redemption rate makes.
        rates: Vec<(FeedId, act::RateSpec)> => Vec<FoundingRate>,
        /// Add-ons.
        add_ons: Vec<addon::AddOn> => Vec<AddOn>,
        /// Assets.
        assets: Vec<command::FoundingAsset> => Vec<FoundingAsset>,
        /// Markets and their open interest caps.
        markets: Vec<(act::MarketSpec, Size)> => Vec<FoundingMarket>,
    }
}

impl Founding {
    /// The JSON form; a founding has its names within.
    #[must_use]
    pub fn encode(core: &command::Founding) -> Self {
        let names = Names::of_founding(core);
        Self::encode_in(core, &mut Scope::new(&names))
    }

    /// What the JSON form means.
    ///
    /// # Errors
    /// A [`Fault`] with the path of the field that cannot be understood.
    pub fn decode(&self) -> Result<command::Founding, Fault> {
        let names = Names::of_founding_text(self);
        self.decode_in(&mut Scope::new(&names))
    }
}

/// A command under a signature: any other than one that is signed itself.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct UnsignedCommand(pub Box<Command>);

impl Read for UnsignedCommand {
    const LIKE: &'static str = "a command";

    fn read(value: &serde_json::Value) -> Result<Self, Fault> {
        match Command::read(value)? {
            Command::Signed { .. } => Err(Fault::new("a signed command holds one that is not signed")),
            command => Ok(Self(Box::new(command))),
        }
    }
}

impl Mirror<Box<command::Command>> for UnsignedCommand {
    fn encode_in(core: &Box<command::Command>, scope: &mut Scope<'_>) -> Self {
        Self(Box::new(Mirror::encode_in(core.as_ref(), scope)))
    }

    fn decode_in(&self, scope: &mut Scope<'_>) -> Result<Box<command::Command>, Fault> {
        self.0.decode_in(scope).map(Box::new)
    }
}

// A reference by name: spelt out, the description of a command would hold itself without end.
impl utoipa::PartialSchema for UnsignedCommand {
    fn schema() -> RefOr<Schema> {
        Ref::from_schema_name("Command").into()
    }
}

impl utoipa::ToSchema for UnsignedCommand {
    fn name() -> Cow<'static, str> {
        "UnsignedCommand".into()
    }
}

impl Mirror<Box<command::Founding>> for Founding {
    fn encode_in(core: &Box<command::Founding>, _: &mut Scope<'_>) -> Self {
        Self::encode(core)
    }

    fn decode_in(&self, _: &mut Scope<'_>) -> Result<Box<command::Founding>, Fault> {
        self.decode().map(Box::new)
    }
}

tagged! {
    /// What can be asked of the pool.
    Command ("type", "snake_case") = command::Command {
        /// Begins a pool.
        Found { founding: Box<command::Founding> => Box<Founding> },
        /// Opens an account for an owner; sub-account 0 is the main one.
        OpenAccount { owner: Owner => OwnerText, sub: u8 => u8 },
        /// Has an account judged without offsets: a number that can be done by hand.
        ChooseStandardMode { account: AccountId => AccountNumber },
        /// Has an account judged by the joint scenarios: the default.
        ChoosePortfolioMode { account: AccountId => AccountNumber },
        /// Brings units into custody for an account.
        Deposit { account: AccountId => AccountNumber, asset: AssetId => AssetName, amount: Amount => AmountText },
        /// Brings units into custody that a message from elsewhere proves; a message counts once.
        DepositProven { account: AccountId => AccountNumber, asset: AssetId => AssetName, amount: Amount => AmountText, message: Digest => DigestText },
        /// Takes units out of custody.
        Withdraw { account: AccountId => AccountNumber, asset: AssetId => AssetName, amount: Amount => AmountText },
        /// Moves units to another account.
        Transfer { from: AccountId => AccountNumber, to: AccountId => AccountNumber, asset: AssetId => AssetName, amount: Amount => AmountText },
        /// Sets what a listed holder stands ready to buy of a claim in a liquidation: more at once, less after the notice.
        Commit { account: AccountId => AccountNumber, asset: AssetId => AssetName, value: Value => ValueText },
        /// Says how long the issuer of a claim lets redemptions wait.
        ReportQueue { asset: AssetId => AssetName, wait: Span => SpanMs },
        /// Puts held units into the lending pool, for interest and at its risk.
        Lend { account: AccountId => AccountNumber, asset: AssetId => AssetName, amount: Amount => AmountText },
        /// Takes units out of the lending pool; more than the account has lent means all.
        Recall { account: AccountId => AccountNumber, asset: AssetId => AssetName, amount: Amount => AmountText },
        /// Borrows units from the lending pool; they stay in the account until they are withdrawn.
        Borrow { account: AccountId => AccountNumber, asset: AssetId => AssetName, amount: Amount => AmountText },
        /// Pays borrowed units back from what the account holds; more than it owes means all.
        Repay { account: AccountId => AccountNumber, asset: AssetId => AssetName, amount: Amount => AmountText },
        /// A trade of the built-in venue; both sides are novated to the pool.
        Fill { buyer: AccountId => AccountNumber, seller: AccountId => AccountNumber, market: MarketId => MarketName, size: Size => SizeText, price: Price => PriceText },
        /// Pays an account's realised loss into the clearing account, or its realised profit out of it.
        Settle { account: AccountId => AccountNumber },
        /// All price reports of one instant; the margin check of all accounts runs once.
        Tick { reports: Vec<command::PriceReport> => Vec<PriceReport> },
        /// Messages from oracle networks; the node verifies them and fills in what they state.
        Attest { evidence: Vec<attest::Evidence> => Vec<Evidence>, statements: Vec<attest::Statement> => Vec<Statement> },
        /// A command with the signature of somebody who may ask for it.
        Signed { authorisation: Box<command::Authorisation> => Box<Authorisation>, command: Box<command::Command> => UnsignedCommand },
        /// Lets a key command the accounts of an owner, within a scope and until a time.
        ApproveAgent { owner: Owner => OwnerText, signer: attest::Signer => SignerText, scope: rows::Scope => AgentScope, expires_at: Time => TimeMs },
        /// Takes a key's right back.
        RevokeAgent { owner: Owner => OwnerText, signer: attest::Signer => SignerText },
        /// Takes over the next step of an account in confirmed breach; the liquidator must be covered afterwards.
        Liquidate { account: AccountId => AccountNumber, liquidator: AccountId => AccountNumber },
        /// Has an account stand ready to take over what nobody else does.
        AppointBackstop { account: AccountId => AccountNumber },
        /// Has an account no longer stand ready.
        ReleaseBackstop { account: AccountId => AccountNumber },
        /// Schedules a change of the pool: a tightening takes effect at once, a loosening after the delay.
        Schedule { act: act::Act => Act },
        /// Strikes out a scheduled act.
        Veto { act_id: ActId => ActNumber },
        /// Refuses new risk; deposits, reductions, repayments, liquidations and debt-free withdrawals go on.
        Pause {},
        /// Accepts new risk again.
        Resume {},
        /// Volatilities of expiries; what is written on them is judged with them from the next tick on.
        ReportSurface { reports: Vec<command::SurfaceReport> => Vec<SurfaceReport> },
        /// Brings one unit of a collection into custody for an account.
        DepositItem { account: AccountId => AccountNumber, asset: AssetId => AssetName, item: ItemId => ItemText },
        /// Takes one unit of a collection out of custody: this one and no other.
        WithdrawItem { account: AccountId => AccountNumber, asset: AssetId => AssetName, item: ItemId => ItemText },
        /// Moves one unit of a collection to another account.
        TransferItem { from: AccountId => AccountNumber, to: AccountId => AccountNumber, asset: AssetId => AssetName, item: ItemId => ItemText },
        /// Bids for units of a collection, so much of the settlement asset for each, and puts the money down.
        PlaceBid { account: AccountId => AccountNumber, price: Amount => AmountText, count: u32 => u32, asset: AssetId => AssetName },
        /// Takes a bid back when its notice has passed; whom its end would leave in breach sells into it then.
        CancelBid { account: AccountId => AccountNumber, bid: BidId => BidNumber },
    }
}

encoded!(PriceReport = command::PriceReport);
encoded!(Command = command::Command);
