//! The JSON form of events.

use cistern_attest::{self as attest, ChainTrust, Digest, FeedKey, SetId};
use cistern_engine::{
    act, addon, event,
    ids::{AccountId, ActId, AssetId, BidId, FactorId, FeedId, ItemId, MarketId, Owner, SourceId, Symbol},
    params, rows,
};
use cistern_units::{Amount, Price, Shares, Signed, Size, Span, Time, Value};

use super::{
    act::{Act, AssetSpec, FactorSpec, FeedSpec, MarketSpec, Smile},
    add_on::AddOn,
    evidence::{Agent, Binding, Network, Rate, RateSpec, Refusal, SignerSet},
    params::{Curve, Params},
    shape::{encoded, record, tagged, word},
    text::{
        AccountNumber, ActNumber, AmountText, AssetName, BidNumber, ChainText, DigestText, FactorName,
        FeedName, FundingIndexText, ItemText, MarketName, OwnerText, PriceText, SettlementName, SharesText,
        SignedText, SignerText, SizeText, SourceName, SpanMs, SymbolText, TimeMs, UncertaintyText, ValueText,
        WholeText,
    },
};

word! {
    /// Why a price report does not count.
    ReportFault = event::ReportFault {
        /// No such feed or source.
        Unknown,
        /// Older than a report may be.
        Stale,
        /// Further ahead of the pool's clock than a report may be.
        Ahead,
        /// Not newer than the source's last report.
        NotNewer,
        /// Its confidence interval is too wide.
        Uncertain,
        /// Too far from the source's last report; counts when the next report confirms it.
        Jump,
        /// The source reports by evidence alone, and there was none.
        Unsigned,
        /// The first word of a source, too far from what the feed is worth.
        Apart,
        /// A volatility that cannot be one: none, or an absurd one.
        Bounds,
        /// What it speaks of has expired.
        Expired,
    }
}

word! {
    /// How much evidence stands behind a price.
    Validity = rows::Validity {
        /// One live group or none: reduce only.
        Frozen,
        /// Two groups that disagree: marks go on; no new debt, no liquidation.
        Disputed,
        /// Two groups that agree: no new debt.
        Reduced,
        /// Three groups or more: everything.
        Full,
    }
}

record! {
    /// What a listed holder stands ready to buy of a claim.
    Commitment = rows::Commitment {
        /// What lasts.
        lasting: Value => ValueText,
        /// What counts until its notice has passed.
        ending: Value => ValueText,
        /// When that is.
        ends_at: Time => TimeMs,
    }
}

tagged! {
    /// Who shares a loss that nothing else is left to bear.
    LossBearer ("type", "snake_case") = event::LossBearer {
        /// The lenders of an asset, each by its shares; units that they lose together.
        Lenders { asset: AssetId => AssetName, amount: Amount => AmountText },
        /// An account with unsettled profit, by its part of all such profit.
        Profit { account: AccountId => AccountNumber },
    }
}

tagged! {
    /// A fact: what changed and by how much.
    Event ("type", "snake_case") = event::Event {
        /// The pool exists.
        PoolFounded { params: params::Params => Box<Params>, settlement: AssetId => SettlementName },
        /// The pool has a name that no other has, and somebody who governs.
        PoolNamed { pool_id: Digest => DigestText, governor: Owner => OwnerText },
        /// A reporter of prices was admitted.
        SourceAdmitted { symbol: Symbol => SymbolText, group: u8 => u8 },
        /// A signer set of a network counts from now on.
        SignersAdmitted { set: attest::SignerSet => SignerSet },
        /// A signer set counts no longer from a time on.
        SignersRetired { network: attest::Network => Network, set: SetId => DigestText, at: Time => TimeMs },
        /// A feed of a network is a feed of the pool.
        FeedBound { binding: act::Binding => Binding },
        /// A feed of a network is a feed of the pool no longer.
        FeedUnbound { binding: act::Binding => Binding },
        /// A redemption rate makes the price of a feed.
        RateSet { feed: FeedId => FeedName, spec: act::RateSpec => RateSpec },
        /// Ethereum's consensus went on, as far as it is known here.
        ChainAdvanced { trust: Box<ChainTrust> => Box<ChainText> },
        /// A signature counted.
        CommandSigned { signer: attest::Signer => SignerText, nonce: Time => TimeMs, id: Digest => DigestText },
        /// A key commands the accounts of an owner.
        AgentApproved { owner: Owner => OwnerText, signer: attest::Signer => SignerText, agent: rows::Agent => Agent },
        /// A key commands the accounts of an owner no longer.
        AgentRevoked { owner: Owner => OwnerText, signer: attest::Signer => SignerText },
        /// A message from elsewhere was used.
        MessageSpent { message: Digest => DigestText },
        /// A risk factor exists.
        FactorListed { symbol: Symbol => SymbolText, spec: act::FactorSpec => Box<FactorSpec> },
        /// A feed exists.
        FeedListed { spec: act::FeedSpec => Box<FeedSpec> },
        /// An asset exists; it has no oracle, no caps and no withdrawals yet.
        AssetListed { spec: act::AssetSpec => Box<AssetSpec> },
        /// An asset takes its price from a feed.
        OracleSet { asset: AssetId => AssetName, feed: FeedId => FeedName },
        /// Deposits of an asset are capped.
        DepositCapSet { asset: AssetId => AssetName, per_account: Amount => AmountText, total: Amount => AmountText },
        /// Debts of an asset are capped.
        BorrowCapSet { asset: AssetId => AssetName, cap: Amount => AmountText },
        /// Withdrawals of an asset are limited.
        WithdrawalLimitSet { asset: AssetId => AssetName, per_hour: Amount => AmountText },
        /// Interest of a lending pool follows a curve.
        CurveSet { asset: AssetId => AssetName, curve: params::Curve => Box<Curve> },
        /// A factor has new ranges and loadings; accounts that stood before feel them by a ramp.
        FactorSet { factor: FactorId => FactorName, spec: act::FactorSpec => Box<FactorSpec>, ramp_from: act::FactorSpec => Box<FactorSpec>, ramp_ends: Time => TimeMs },
        /// A market exists; its cap is zero.
        MarketListed { spec: act::MarketSpec => Box<MarketSpec> },
        /// Open interest of a market is capped.
        OpenInterestCapSet { market: MarketId => MarketName, cap: Size => SizeText },
        /// An act waits for its delay.
        ActScheduled { act_id: ActId => ActNumber, act: act::Act => Box<Act>, effective_at: Time => TimeMs },
        /// An act took effect.
        ActExecuted { act_id: ActId => ActNumber },
        /// An act was struck out before it took effect.
        ActVetoed { act_id: ActId => ActNumber },
        /// An act was due and could not be carried out in time.
        ActLapsed { act_id: ActId => ActNumber },
        /// New risk is refused from now on.
        PoolPaused {},
        /// New risk is accepted again.
        PoolResumed {},
        /// An account stands ready to take over what nobody else does.
        BackstopAppointed { account: AccountId => AccountNumber },
        /// An account no longer stands ready.
        BackstopReleased { account: AccountId => AccountNumber },
        /// An account exists.
        AccountOpened { account: AccountId => AccountNumber, owner: Owner => OwnerText, sub: u8 => u8 },
        /// An account is judged without offsets from now on.
        StandardModeChosen { account: AccountId => AccountNumber },
        /// An account is judged by the joint scenarios from now on.
        PortfolioModeChosen { account: AccountId => AccountNumber },
        /// Units came into custody for an account.
        CollateralCredited { account: AccountId => AccountNumber, asset: AssetId => AssetName, amount: Amount => AmountText },
        /// Units may leave custody for an account's owner; someone pays them out.
        WithdrawalAuthorized { account: AccountId => AccountNumber, asset: AssetId => AssetName, amount: Amount => AmountText },
        /// Units in custody changed from one account to another.
        CollateralMoved { from: AccountId => AccountNumber, to: AccountId => AccountNumber, asset: AssetId => AssetName, amount: Amount => AmountText },
        /// An add-on is asked of new risk.
        AddOnSet { add_on: addon::AddOn => AddOn },
        /// An add-on is asked no longer.
        AddOnRemoved { add_on: addon::AddOn => AddOn },
        /// Somebody may hold a claim.
        HolderAllowed { asset: AssetId => AssetName, owner: Owner => OwnerText },
        /// Somebody may take no more of a claim.
        HolderRemoved { asset: AssetId => AssetName, owner: Owner => OwnerText },
        /// A listed holder stands ready to buy of a claim, in a liquidation.
        Committed { account: AccountId => AccountNumber, asset: AssetId => AssetName, commitment: rows::Commitment => Commitment },
        /// The issuer of a claim lets redemptions wait.
        QueueReported { asset: AssetId => AssetName, wait: Span => SpanMs },
        /// An account put units into the lending pool.
        Lent { account: AccountId => AccountNumber, asset: AssetId => AssetName, amount: Amount => AmountText, shares: Shares => SharesText },
        /// An account took units out of the lending pool.
        Recalled { account: AccountId => AccountNumber, asset: AssetId => AssetName, amount: Amount => AmountText, shares: Shares => SharesText },
        /// An account borrowed units from the lending pool.
        Borrowed { account: AccountId => AccountNumber, asset: AssetId => AssetName, amount: Amount => AmountText, shares: Shares => SharesText },
        /// An account paid units back.
        Repaid { account: AccountId => AccountNumber, asset: AssetId => AssetName, amount: Amount => AmountText, shares: Shares => SharesText },
        /// A debt changed from one account to another, at a liquidation.
        DebtMoved { from: AccountId => AccountNumber, to: AccountId => AccountNumber, asset: AssetId => AssetName, shares: Shares => SharesText },
        /// Lent units changed from one account to another, at a liquidation.
        LoanMoved { from: AccountId => AccountNumber, to: AccountId => AccountNumber, asset: AssetId => AssetName, shares: Shares => SharesText },
        /// Somebody owes of an asset who can no longer pay: until that loss is shared nobody lends or recalls.
        LendingHalted { asset: AssetId => AssetName },
        /// The losses of an asset's debtors have been dealt with: lending and recalling go on.
        LendingResumed { asset: AssetId => AssetName },
        /// Time charged interest on all debts of an asset.
        InterestAccrued { asset: AssetId => AssetName, interest: Amount => AmountText, reserve: Shares => SharesText },
        /// A tick began: the instant that all its prices belong to.
        TickOpened { tick: u64 => u64 },
        /// A source said a price, and it counts.
        PriceReported { feed: FeedId => FeedName, source: SourceId => SourceName, price: Price => PriceText, confidence: u128 => UncertaintyText, published_at: Time => TimeMs, sequence: u64 => u64, counts_until: Time => TimeMs },
        /// A source said a price, and it does not count.
        ReportRefused { feed: FeedId => FeedName, source: SourceId => SourceName, price: Price => PriceText, fault: event::ReportFault => ReportFault },
        /// Something that was attested does not count.
        ObservationRefused { network: attest::Network => Network, key: FeedKey => DigestText, refusal: attest::Refusal => Refusal },
        /// A redemption rate was heard.
        RateReported { feed: FeedId => FeedName, rate: rows::Rate => Rate },
        /// A redemption rate fell deeper than is believed at once; the feed is frozen until it is confirmed.
        RateFell { feed: FeedId => FeedName, rate: rows::Rate => Rate },
        /// The market stands below redemption.
        DiscountBegan { feed: FeedId => FeedName },
        /// The market stands at redemption again.
        DiscountEnded { feed: FeedId => FeedName },
        /// A group of sources stood too far from the others and had no vote.
        GroupDropped { feed: FeedId => FeedName, group: u8 => u8, price: Price => PriceText },
        /// A feed has a new price; the stable price follows from it.
        PriceUpdated { feed: FeedId => FeedName, price: Price => PriceText, uncertainty: u128 => UncertaintyText, spread: u128 => UncertaintyText },
        /// A feed has more or less evidence behind it.
        ValidityChanged { feed: FeedId => FeedName, validity: rows::Validity => Validity },
        /// A buyer and a seller traded; the pool is the counterparty of both.
        Filled { market: MarketId => MarketName, buyer: AccountId => AccountNumber, seller: AccountId => AccountNumber, size: Size => SizeText, price: Price => PriceText },
        /// A position changed.
        PositionChanged { account: AccountId => AccountNumber, market: MarketId => MarketName, size: Size => SizeText, cost: Value => ValueText, realised: Value => ValueText },
        /// Mark premium and funding of a market moved with time.
        FundingAccrued { market: MarketId => MarketName, premium: Signed => SignedText, index: i128 => FundingIndexText },
        /// The premium of the latest fill, which weighs until the next.
        PremiumObserved { market: MarketId => MarketName, premium: Signed => SignedText },
        /// More was seen of the average that an expiry is settled at: the sum of price x milliseconds, in 1e-12 dollars, and the time that it covers.
        IndexAveraged { feed: FeedId => FeedName, expiry: Time => TimeMs, sum: u128 => WholeText, covered: Span => SpanMs },
        /// An expiry has passed and too little of its index was seen: it is settled once enough of it has been.
        SettlementDelayed { feed: FeedId => FeedName, expiry: Time => TimeMs },
        /// What is written on an index for an expiry is settled at this price of it.
        ExpirySettled { feed: FeedId => FeedName, expiry: Time => TimeMs, price: Price => PriceText },
        /// A source said volatilities of an expiry, and they count.
        SurfaceReported { feed: FeedId => FeedName, expiry: Time => TimeMs, source: SourceId => SourceName, smile: act::Smile => Box<Smile>, published_at: Time => TimeMs },
        /// A source said volatilities of an expiry, and they do not count.
        SurfaceRefused { feed: FeedId => FeedName, expiry: Time => TimeMs, source: SourceId => SourceName, smile: act::Smile => Box<Smile>, fault: event::ReportFault => ReportFault },
        /// An expiry has new volatilities, as old as the oldest word in them, or other evidence behind them.
        SurfaceUpdated { feed: FeedId => FeedName, expiry: Time => TimeMs, smile: act::Smile => Box<Smile>, at: Time => TimeMs, validity: rows::Validity => Validity },
        /// A market is settled at this price of its index: its positions are closed by what follows, and it stays closed.
        MarketSettled { market: MarketId => MarketName, price: Price => PriceText },
        /// An account received or paid funding.
        FundingSettled { account: AccountId => AccountNumber, market: MarketId => MarketName, payment: Value => ValueText, index: i128 => FundingIndexText },
        /// An account paid a realised loss into the clearing account.
        LossSettled { account: AccountId => AccountNumber, amount: Amount => AmountText, value: Value => ValueText },
        /// An account was paid a realised profit from the clearing account.
        ProfitSettled { account: AccountId => AccountNumber, amount: Amount => AmountText, value: Value => ValueText },
        /// Realised P&L changed from one account to another, at a liquidation.
        ProfitMoved { from: AccountId => AccountNumber, to: AccountId => AccountNumber, value: Value => ValueText },
        /// An account was seen below its maintenance requirement.
        MarginBreached { account: AccountId => AccountNumber, equity: Value => ValueText, requirement: Value => ValueText, ticks: u8 => u8 },
        /// An account is above its maintenance requirement again.
        MarginRestored { account: AccountId => AccountNumber },
        /// A part of an account was taken over by a liquidator, for a penalty.
        LiquidationStepped { account: AccountId => AccountNumber, liquidator: AccountId => AccountNumber, closed: Value => ValueText, penalty: Value => ValueText },
        /// Nobody could take over an account in breach; it waits.
        LiquidationDeferred { account: AccountId => AccountNumber },
        /// An account's equity is used up: what it cannot pay is bad debt from here on.
        BadDebtRecorded { account: AccountId => AccountNumber, deficit: Value => ValueText },
        /// The insurance fund paid for bad debt.
        InsurancePaid { account: AccountId => AccountNumber, value: Value => ValueText },
        /// The insurance fund was not enough, and a loss is shared.
        LossSocialised { account: AccountId => AccountNumber, bearer: event::LossBearer => LossBearer, value: Value => ValueText },
        /// A debt was written off against its lenders.
        DebtWrittenOff { account: AccountId => AccountNumber, asset: AssetId => AssetName, amount: Amount => AmountText, shares: Shares => SharesText },
        /// A unit of a collection came into custody for an account, at this place in the order of all units.
        ItemCredited { account: AccountId => AccountNumber, asset: AssetId => AssetName, item: ItemId => ItemText, number: u64 => u64 },
        /// A unit of a collection may leave custody for an account's owner; someone hands it out.
        ItemWithdrawalAuthorized { account: AccountId => AccountNumber, asset: AssetId => AssetName, item: ItemId => ItemText },
        /// A unit of a collection changed from one account to another, and is the last in the order now.
        ItemMoved { from: AccountId => AccountNumber, to: AccountId => AccountNumber, asset: AssetId => AssetName, item: ItemId => ItemText, number: u64 => u64 },
        /// An account put money down for units of a collection, so much of the settlement asset for each.
        BidPlaced { bid: BidId => BidNumber, account: AccountId => AccountNumber, price: Amount => AmountText, count: u32 => u32, asset: AssetId => AssetName },
        /// A bid stands until its notice has passed, and not for new risk any more.
        BidCancelled { bid: BidId => BidNumber, account: AccountId => AccountNumber, ends_at: Time => TimeMs },
        /// A bid has ended; what was put down for it is back.
        BidEnded { bid: BidId => BidNumber, account: AccountId => AccountNumber },
        /// A unit of a collection was sold into a bid: the money to the seller, the unit to the bidder.
        BidFilled { bid: BidId => BidNumber, seller: AccountId => AccountNumber, bidder: AccountId => AccountNumber, price: Amount => AmountText, asset: AssetId => AssetName, item: ItemId => ItemText, number: u64 => u64 },
        /// A bid changed from one account to another, with what was put down for it.
        BidMoved { bid: BidId => BidNumber, from: AccountId => AccountNumber, to: AccountId => AccountNumber },
    }
}

encoded!(Event = event::Event);
