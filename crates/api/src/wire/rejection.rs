//! The JSON form of refusals: a code, the numbers of the case, and what to do next in plain words.

use std::borrow::Cow;

use cistern_attest as attest;
use cistern_engine::{
    act, command,
    ids::{AccountId, AssetId, MarketId},
    rejection,
};
use cistern_units::{Amount, Price, Size, Time, Value};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

use super::{
    evidence::Refusal,
    fault::Fault,
    names::{Names, Scope},
    shape::{self, Case, Mirror, Read, tagged},
    tell,
    text::{AccountNumber, AmountText, AssetName, MarketName, PriceText, SizeText, TimeMs, ValueText},
};

tagged! {
    /// The rule that a command would break, with the numbers of the case.
    Rule ("code", "SCREAMING_SNAKE_CASE") = rejection::Rejection {
        /// The pool has not been founded.
        PoolMustBeFounded {},
        /// The pool has been founded already.
        PoolIsFounded {},
        /// The entry is older than the last one.
        TimeMustNotRunBackwards { last: Time => TimeMs },
        /// A number left the range of its quantity.
        NumberTooLarge {},
        /// No such account, or one that belongs to the pool itself.
        AccountUnknown {},
        /// No such asset.
        AssetUnknown {},
        /// No such market.
        MarketUnknown {},
        /// No such factor.
        FactorUnknown {},
        /// No such feed.
        FeedUnknown {},
        /// No such pending act.
        ActUnknown {},
        /// The owner has that account already.
        AccountExists {},
        /// The name is taken.
        SymbolTaken {},
        /// Two accounts are needed and one was named twice.
        AccountsMustDiffer {},
        /// A table is full.
        TooMany { limit: u32 => u32 },
        /// Nothing was asked for.
        AmountMustNotBeZero {},
        /// More than one command may move.
        AmountTooLarge { limit: Amount => AmountText },
        /// A parameter outside its bounds.
        ParameterOutOfBounds {},
        /// An act that must take effect before this one can be scheduled has not.
        EarlierActMissing {},
        /// The new oracle's price is too far from the old one's, or has no full validity.
        OracleMustBeContinuous {},
        /// New risk is refused while the pool is paused.
        PoolIsPaused {},
        /// The pool is not paused.
        PoolIsRunning {},
        /// The asset's price has too little evidence for this.
        PriceMustBeValid { asset: AssetId => AssetName },
        /// The market's index has too little evidence for this; only reducing works.
        IndexMustBeValid { market: MarketId => MarketName },
        /// Assets of this kind are not dealt with like that.
        KindMustAllow { asset: AssetId => AssetName },
        /// The asset is for listed holders, and the account's owner is none.
        HolderMustBeAllowed { account: AccountId => AccountNumber, asset: AssetId => AssetName },
        /// Nobody has committed to buy so much of the asset.
        CommitmentsMustCover { room: Value => ValueText },
        /// The account has less.
        BalanceTooSmall { available: Amount => AmountText },
        /// The account owes nothing of that asset.
        NothingOwed {},
        /// No profit that is covered by settled losses, and no loss that the account could pay.
        NothingToSettle {},
        /// The account would hold more of the asset than one account may.
        AccountCapReached { room: Amount => AmountText },
        /// The pool would hold more of the asset than it may.
        DepositCapReached { room: Amount => AmountText },
        /// More would be owed than may be.
        BorrowCapReached { room: Amount => AmountText },
        /// Somebody owes of the asset who can no longer pay; that loss is shared before anyone lends or recalls.
        LossMustBeShared { asset: AssetId => AssetName },
        /// Lenders have not put in so much.
        LiquidityTooSmall { available: Amount => AmountText },
        /// More would leave within an hour than may.
        WithdrawalLimitReached { available: Amount => AmountText },
        /// The market's open interest would exceed its cap.
        OpenInterestCapReached { room: Size => SizeText },
        /// The fill is too far from the index.
        PriceOutsideBand { lowest: Price => PriceText, highest: Price => PriceText },
        /// The account would not be covered at the initial tier.
        InitialMarginMustHold { account: AccountId => AccountNumber, shortfall: Value => ValueText },
        /// The account is covered only by profit that nobody has paid yet; it can margin positions but not leave.
        ProfitMustBeSettled { account: AccountId => AccountNumber, shortfall: Value => ValueText },
        /// Closing this leg of a hedge alone would leave more risk; close the other leg with it.
        HedgeMustBeClosedTogether { account: AccountId => AccountNumber, with: MarketId => MarketName },
        /// The account is not in breach of its maintenance margin.
        AccountIsHealthy {},
        /// The breach has been seen on one tick only; wait for the next.
        BreachMustBeConfirmed {},
        /// Nothing of the account can be taken over at valid prices.
        NothingToLiquidate {},
        /// The signature's own end has passed.
        SignatureExpired { deadline: Time => TimeMs },
        /// The nonce is not near the pool's time.
        NonceOutsideWindow { now: Time => TimeMs },
        /// The signer used that nonce, or many after it.
        NonceIsUsed {},
        /// The signer may not ask for that.
        SignerMustBeAllowed {},
        /// The key belongs to an owner, or would end before it begins.
        AgentMustBeFree {},
        /// The owner has no such agent.
        AgentUnknown {},
        /// That message was used already.
        MessageIsSpent {},
        /// A message that was verified cannot be followed.
        EvidenceRefused { refusal: attest::Refusal => Refusal },
        /// The market has expired: what is open in it is settled, and nothing is traded any more.
        MarketHasExpired { market: MarketId => MarketName },
        /// An expiry has passed, or lies too far ahead: it must be after the one time and not after the other.
        ExpiryOutOfBounds { after: Time => TimeMs, latest: Time => TimeMs },
        /// The volatilities of the market's expiry have too little evidence for this; only reducing works.
        SurfaceMustBeValid { market: MarketId => MarketName },
        /// An account that is judged without offsets sells no options.
        ShortOptionNeedsPortfolioMode { account: AccountId => AccountNumber },
        /// The pool has that unit of the collection already.
        ItemIsHeld {},
        /// The account has no such unit of the collection.
        ItemUnknown {},
        /// The account has no such bid, or has cancelled it.
        BidUnknown {},
        /// The bid is for less than a liquidation bothers with.
        BidTooSmall { least: Amount => AmountText },
    }
}

/// A refusal. Its amounts are in whole units of the asset, its sizes in contracts of the market that the refused
/// command spoke of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Rejection {
    /// The rule, by its name.
    pub code: RejectionCode,
    /// What is wrong and what to do next, for people.
    pub message: String,
    /// The numbers of the case.
    #[schema(value_type = Object)]
    pub details: Map<String, Json>,
}

/// The name of a rule that a command would break.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct RejectionCode(
    /// The name: `INITIAL_MARGIN_MUST_HOLD`.
    pub String,
);

impl RejectionCode {
    /// All names, in the order of precedence of the rules.
    pub fn all() -> impl Iterator<Item = String> {
        rejection::Rejection::NAMES.iter().map(|name| Case::Screaming.letters(name).collect())
    }
}

impl From<&rejection::Rejection> for RejectionCode {
    fn from(rejection: &rejection::Rejection) -> Self {
        Self(Case::Screaming.letters(rejection.name()).collect())
    }
}

impl utoipa::PartialSchema for RejectionCode {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("The name of a rule that a command would break."))
            .enum_values(Some(Self::all()))
            .build()
            .into()
    }
}

impl utoipa::ToSchema for RejectionCode {
    fn name() -> Cow<'static, str> {
        "RejectionCode".into()
    }
}

impl Rejection {
    /// The JSON form of what a command was answered.
    #[must_use]
    pub fn encode(rejection: &rejection::Rejection, command: &command::Command, names: &Names) -> Self {
        let subject = Subject::of(command);
        let rule = Rule::encode_in(rejection, &mut subject.scope(names));
        let mut details = match serde_json::to_value(&rule) {
            Ok(Json::Object(fields)) => fields,
            _ => Map::new(),
        };
        details.shift_remove("code");
        let message = tell::rejection(rejection, &rule, &subject, names);
        Self { code: RejectionCode::from(rejection), message, details }
    }

    /// The rejection, from its JSON form and the command that it answered.
    ///
    /// # Errors
    /// A [`Fault`] with the path of the field that cannot be understood.
    pub fn decode(&self, command: &command::Command, names: &Names) -> Result<rejection::Rejection, Fault> {
        let code = ("code".to_owned(), Json::String(self.code.0.clone()));
        let details = self.details.iter().map(|(name, value)| (name.clone(), value.clone()));
        let fields = Json::Object(details.chain([code]).collect());
        let rule = Rule::read(&fields).map_err(within_details)?;
        rule.decode_in(&mut Subject::of(command).scope(names)).map_err(|fault| fault.within("details"))
    }

    /// Reads the form from a JSON value; what stands beside code, message and details is no concern of it.
    ///
    /// # Errors
    /// A [`Fault`] with the path of the field within this value.
    pub fn read(value: &Json) -> Result<Self, Fault> {
        let fields = shape::object(value)?;
        let text = |name: &str| {
            let text = fields.get(name).and_then(Json::as_str).map(str::to_owned);
            text.ok_or_else(|| Fault::new("missing: write text").within(name))
        };
        let details = fields.get("details").and_then(Json::as_object).cloned();
        Ok(Self {
            code: RejectionCode(text("code")?),
            message: text("message")?,
            details: details.ok_or_else(|| Fault::new("missing: write an object").within("details"))?,
        })
    }
}

impl Read for Rejection {
    const LIKE: &'static str = "an object";

    fn read(value: &Json) -> Result<Self, Fault> {
        Self::read(value)
    }
}

impl<'de> serde::Deserialize<'de> for Rejection {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Json::deserialize(deserializer)?;
        Self::read(&value).map_err(serde::de::Error::custom)
    }
}

/// The code stands beside the details; everything else within them.
fn within_details(fault: Fault) -> Fault {
    if fault.path() == "code" { fault } else { fault.within("details") }
}

/// Who and what a command is about, for refusals that carry the number alone.
pub(super) struct Subject {
    pub(super) account: Option<AccountId>,
    pub(super) asset: Option<AssetId>,
    pub(super) market: Option<MarketId>,
    /// The command founds a pool: no names hold yet, so that amounts are in smallest units.
    pub(super) founds: bool,
}

impl Subject {
    pub(super) fn of(command: &command::Command) -> Self {
        use command::Command;
        let (account, asset, market) = match command {
            Command::Signed { command, .. } => return Self::of(command),
            Command::Deposit { account, asset, .. }
            | Command::DepositProven { account, asset, .. }
            | Command::Withdraw { account, asset, .. }
            | Command::Commit { account, asset, .. }
            | Command::DepositItem { account, asset, .. }
            | Command::WithdrawItem { account, asset, .. }
            | Command::Lend { account, asset, .. }
            | Command::Recall { account, asset, .. }
            | Command::Borrow { account, asset, .. }
            | Command::Repay { account, asset, .. } => (Some(*account), Some(*asset), None),
            Command::Transfer { from, asset, .. } | Command::TransferItem { from, asset, .. } => {
                (Some(*from), Some(*asset), None)
            }
            Command::ReportQueue { asset, .. } => (None, Some(*asset), None),
            Command::Fill { market, .. } => (None, None, Some(*market)),
            // A bid is told in the settlement asset.
            Command::Settle { account }
            | Command::PlaceBid { account, .. }
            | Command::CancelBid { account, .. }
            | Command::Liquidate { account, .. }
            | Command::AppointBackstop { account }
            | Command::ReleaseBackstop { account }
            | Command::ChooseStandardMode { account }
            | Command::ChoosePortfolioMode { account } => (Some(*account), None, None),
            Command::Schedule { act } => of_act(act),
            Command::Found { .. }
            | Command::OpenAccount { .. }
            | Command::Tick { .. }
            | Command::Attest { .. }
            | Command::ReportSurface { .. }
            | Command::ApproveAgent { .. }
            | Command::RevokeAgent { .. }
            | Command::Veto { .. }
            | Command::Pause
            | Command::Resume => (None, None, None),
        };
        Self { account, asset, market, founds: matches!(command, Command::Found { .. }) }
    }

    /// The scope in which the refusal's numbers are read and written.
    fn scope<'a>(&self, names: &'a Names) -> Scope<'a> {
        let mut scope = Scope::new(names);
        if self.founds {
            scope.amount_places = 0;
        }
        if let Some(asset) = self.asset {
            scope.amount_places = names.asset_places(asset);
        }
        if let Some(market) = self.market {
            // The largest size of one command is told as a number of units: contracts here.
            (scope.amount_places, scope.size_places) =
                (names.market_places(market), names.market_places(market));
        }
        scope
    }
}

fn of_act(act: &act::Act) -> (Option<AccountId>, Option<AssetId>, Option<MarketId>) {
    use act::Act;
    match act {
        Act::SetOracle { asset, .. }
        | Act::SetDepositCap { asset, .. }
        | Act::SetBorrowCap { asset, .. }
        | Act::SetWithdrawalLimit { asset, .. }
        | Act::AllowHolder { asset, .. }
        | Act::RemoveHolder { asset, .. }
        | Act::SetCurve { asset, .. } => (None, Some(*asset), None),
        Act::SetOpenInterestCap { market, .. } => (None, None, Some(*market)),
        Act::ListFactor { .. }
        | Act::ListFeed(_)
        | Act::ListAsset(_)
        | Act::ListMarket(_)
        | Act::SetAddOn(_)
        | Act::RemoveAddOn(_)
        | Act::AdmitSigners(_)
        | Act::RetireSigners { .. }
        | Act::BindFeed(_)
        | Act::UnbindFeed { .. }
        | Act::SetRate { .. }
        | Act::SetFactor { .. } => (None, None, None),
    }
}
