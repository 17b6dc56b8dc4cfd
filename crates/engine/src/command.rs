//! What can be asked of the pool.

use alloc::{boxed::Box, vec::Vec};

use borsh::{BorshDeserialize, BorshSerialize, de::EnumExt};
use cistern_attest::{ChainTrust, Digest, Evidence, Signer, SignerSet, Statement};
use cistern_units::{Amount, Price, Size, Span, Time, Value};

use crate::{
    act::{Act, AssetSpec, Binding, FactorSpec, FeedSpec, MarketSpec, RateSpec, Smile},
    addon::AddOn,
    ids::{AccountId, ActId, AssetId, BidId, FeedId, ItemId, MarketId, Owner, SourceId, Symbol},
    named::named,
    params::Params,
    rows::Scope,
};

/// What one source says about one feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct PriceReport {
    /// Feed.
    pub feed: FeedId,
    /// Source.
    pub source: SourceId,
    /// Price.
    pub price: Price,
    /// Half width of the source's own confidence interval, in raw price units.
    pub confidence: u128,
    /// When it was published.
    pub published_at: Time,
}

/// What one source says about the volatilities of one expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct SurfaceReport {
    /// Feed of the index.
    pub feed: FeedId,
    /// Expiry.
    pub expiry: Time,
    /// Source.
    pub source: SourceId,
    /// Implied volatilities.
    pub smile: Smile,
    /// When it was published.
    pub published_at: Time,
}

/// An asset of a new pool, with what later takes four acts.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct FoundingAsset {
    /// What it is.
    pub spec: AssetSpec,
    /// Feed of its price.
    pub feed: FeedId,
    /// Most that one account may hold.
    pub cap_account: Amount,
    /// Most that the pool may have in custody.
    pub cap_total: Amount,
    /// Most that may be owed.
    pub cap_borrow: Amount,
    /// Most that may leave in an hour.
    pub withdrawal_limit: Amount,
}

/// Everything that a pool begins with; the first asset is the settlement asset.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Founding {
    /// Pool-wide parameters.
    pub params: Params,
    /// Reporters of prices, and their operator groups.
    pub sources: Vec<(Symbol, u8)>,
    /// Risk factors.
    pub factors: Vec<(Symbol, FactorSpec)>,
    /// Feeds.
    pub feeds: Vec<FeedSpec>,
    /// Who governs; zero is nobody, and only a node that takes unsigned commands can govern.
    pub governor: Owner,
    /// Who may sign for which network.
    pub signers: Vec<SignerSet>,
    /// A checkpoint of Ethereum's consensus, for a pool that takes proofs.
    pub chain: Option<ChainTrust>,
    /// Which feed of a network is whose price. Without any, prices are taken on the word of whoever orders: a rehearsal.
    pub bindings: Vec<Binding>,
    /// Feeds whose price a redemption rate makes.
    pub rates: Vec<(FeedId, RateSpec)>,
    /// Add-ons.
    pub add_ons: Vec<AddOn>,
    /// Assets.
    pub assets: Vec<FoundingAsset>,
    /// Markets and their open interest caps.
    pub markets: Vec<(MarketSpec, Size)>,
}

/// A signature under a command, verified before it was ordered.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Authorisation {
    /// Whose key.
    pub signer: Signer,
    /// The signer's time, used once.
    pub nonce: Time,
    /// Last moment at which it counts.
    pub deadline: Time,
    /// Hash of what was signed: the transaction's id.
    pub id: Digest,
    /// The signature as it came; nothing here reads it again.
    pub signature: Vec<u8>,
}

/// A command under a signature is none with another signature: bytes that nest without end are refused at the first step.
fn unsigned<R: borsh::io::Read>(reader: &mut R) -> borsh::io::Result<Box<Command>> {
    let tag = u8::deserialize_reader(reader)?;
    let signed = Command::NAMES.iter().position(|name| *name == "Signed");
    if signed == Some(usize::from(tag)) {
        return Err(borsh::io::ErrorKind::InvalidData.into());
    }
    Command::deserialize_variant(reader, tag).map(Box::new)
}

named! {
    /// A command.
    #[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
    pub enum Command {
        /// Begins a pool.
        Found {
            /// With what.
            founding: Box<Founding>,
        },
        /// Opens an account for an owner.
        OpenAccount {
            /// Who commands it.
            owner: Owner,
            /// Which of the owner's accounts it is; 0 is the main one.
            sub: u8,
        },
        /// Has an account judged without offsets: a number that can be done by hand.
        ChooseStandardMode {
            /// Account.
            account: AccountId,
        },
        /// Has an account judged by the joint scenarios: the default.
        ChoosePortfolioMode {
            /// Account.
            account: AccountId,
        },
        /// Brings units into custody for an account.
        Deposit {
            /// Account.
            account: AccountId,
            /// Asset.
            asset: AssetId,
            /// Units.
            amount: Amount,
        },
        /// Brings units into custody that a message from elsewhere proves; a message counts once.
        DepositProven {
            /// Account.
            account: AccountId,
            /// Asset.
            asset: AssetId,
            /// Units.
            amount: Amount,
            /// Content of the message: the same however often it was signed.
            message: Digest,
        },
        /// Takes units out of custody.
        Withdraw {
            /// Account.
            account: AccountId,
            /// Asset.
            asset: AssetId,
            /// Units.
            amount: Amount,
        },
        /// Moves units to another account.
        Transfer {
            /// From.
            from: AccountId,
            /// To.
            to: AccountId,
            /// Asset.
            asset: AssetId,
            /// Units.
            amount: Amount,
        },
        /// Sets what a listed holder stands ready to buy of a claim in a liquidation: more at once, less after the notice.
        Commit {
            /// Account.
            account: AccountId,
            /// Asset.
            asset: AssetId,
            /// Value.
            value: Value,
        },
        /// Says how long the issuer of a claim lets redemptions wait.
        ReportQueue {
            /// Asset.
            asset: AssetId,
            /// How long.
            wait: Span,
        },
        /// Puts held units into the lending pool, for interest and at its risk.
        Lend {
            /// Account.
            account: AccountId,
            /// Asset.
            asset: AssetId,
            /// Units.
            amount: Amount,
        },
        /// Takes units out of the lending pool.
        Recall {
            /// Account.
            account: AccountId,
            /// Asset.
            asset: AssetId,
            /// Units; more than the account has lent means all.
            amount: Amount,
        },
        /// Borrows units from the lending pool; they stay in the account until they are withdrawn.
        Borrow {
            /// Account.
            account: AccountId,
            /// Asset.
            asset: AssetId,
            /// Units.
            amount: Amount,
        },
        /// Pays borrowed units back from what the account holds.
        Repay {
            /// Account.
            account: AccountId,
            /// Asset.
            asset: AssetId,
            /// Units; more than the account owes means all.
            amount: Amount,
        },
        /// A trade of the built-in venue; both sides are novated to the pool.
        Fill {
            /// Account that buys.
            buyer: AccountId,
            /// Account that sells.
            seller: AccountId,
            /// Market.
            market: MarketId,
            /// Size, positive.
            size: Size,
            /// Price of one whole contract.
            price: Price,
        },
        /// Pays an account's realised loss into the clearing account, or its realised profit out of it.
        Settle {
            /// Account.
            account: AccountId,
        },
        /// All price reports of one instant; the margin check of all accounts runs once.
        Tick {
            /// Reports.
            reports: Vec<PriceReport>,
        },
        /// Messages that were verified before they were ordered: prices count as in a tick, rotations change who may sign.
        Attest {
            /// The messages as they came; nothing here reads them again.
            evidence: Vec<Evidence>,
            /// What they state.
            statements: Vec<Statement>,
        },
        /// A command with the signature of somebody who may ask for it.
        Signed {
            /// The signature.
            authorisation: Box<Authorisation>,
            /// What is asked.
            #[borsh(deserialize_with = "unsigned")]
            command: Box<Self>,
        },
        /// Lets a key command the accounts of an owner, within a scope and until a time.
        ApproveAgent {
            /// Owner.
            owner: Owner,
            /// The agent's key.
            signer: Signer,
            /// What it may do.
            scope: Scope,
            /// Last moment at which it may.
            expires_at: Time,
        },
        /// Takes a key's right back.
        RevokeAgent {
            /// Owner.
            owner: Owner,
            /// The agent's key.
            signer: Signer,
        },
        /// Takes over the next step of an account in confirmed breach.
        Liquidate {
            /// Account.
            account: AccountId,
            /// Who takes over, and must be covered afterwards.
            liquidator: AccountId,
        },
        /// Has an account stand ready to take over what nobody else does.
        AppointBackstop {
            /// Account.
            account: AccountId,
        },
        /// Has an account no longer stand ready.
        ReleaseBackstop {
            /// Account.
            account: AccountId,
        },
        /// Schedules a change of the pool: a tightening takes effect at once, a loosening after the delay.
        Schedule {
            /// What to change.
            act: Act,
        },
        /// Strikes out a scheduled act.
        Veto {
            /// Its number.
            act_id: ActId,
        },
        /// Refuses new risk; deposits, reductions, repayments, liquidations and debt-free withdrawals go on.
        Pause,
        /// Accepts new risk again.
        Resume,
        /// Volatilities of expiries; what is written on them is judged with them from the next tick on.
        ReportSurface {
            /// Reports.
            reports: Vec<SurfaceReport>,
        },
        /// Brings one unit of a collection into custody for an account.
        DepositItem {
            /// Account.
            account: AccountId,
            /// Collection.
            asset: AssetId,
            /// Which unit.
            item: ItemId,
        },
        /// Takes one unit of a collection out of custody: this one and no other.
        WithdrawItem {
            /// Account.
            account: AccountId,
            /// Collection.
            asset: AssetId,
            /// Which unit.
            item: ItemId,
        },
        /// Moves one unit of a collection to another account.
        TransferItem {
            /// From.
            from: AccountId,
            /// To.
            to: AccountId,
            /// Collection.
            asset: AssetId,
            /// Which unit.
            item: ItemId,
        },
        /// Bids for units of a collection and puts the money down: a liquidation sells into it, and units have credit by it.
        PlaceBid {
            /// Account.
            account: AccountId,
            /// For one unit, in the settlement asset.
            price: Amount,
            /// For so many units.
            count: u32,
            /// Collection.
            asset: AssetId,
        },
        /// Takes a bid back when its notice has passed; whom its end would leave in breach sells into it then.
        CancelBid {
            /// Account.
            account: AccountId,
            /// Bid.
            bid: BidId,
        },
    }
}
