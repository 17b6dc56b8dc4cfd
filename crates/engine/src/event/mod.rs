//! Facts: what changed. Events alone rebuild the state; what needs someone to act is an event too.

mod bearer;
mod fault;

use alloc::boxed::Box;

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_attest::{ChainTrust, Digest, FeedKey, Network, Refusal, SetId, Signer, SignerSet};
use cistern_units::{Amount, Price, Shares, Signed, Size, Span, Time, Value};

pub use self::{bearer::LossBearer, fault::ReportFault};
use crate::{
    act::{Act, AssetSpec, Binding, FactorSpec, FeedSpec, MarketSpec, RateSpec, Smile},
    addon::AddOn,
    ids::{AccountId, ActId, AssetId, BidId, FactorId, FeedId, ItemId, MarketId, Owner, SourceId, Symbol},
    named::named,
    params::{Curve, Params},
    rows::{Agent, Commitment, Rate, Validity},
};

named! {
    /// A fact. An event says what changed and by how much, never what was asked.
    #[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
    pub enum Event {
        /// The pool exists.
        PoolFounded {
            /// Its parameters.
            params: Params,
            /// The asset in which profits and losses are settled: the first one listed.
            settlement: AssetId,
        },
        /// The pool has a name that no other has, and somebody who governs.
        PoolNamed {
            /// Hash of its founding.
            pool_id: Digest,
            /// Who governs; zero is nobody.
            governor: Owner,
        },
        /// A reporter of prices was admitted.
        SourceAdmitted {
            /// Name.
            symbol: Symbol,
            /// Operator group.
            group: u8,
        },
        /// A signer set of a network counts from now on.
        SignersAdmitted {
            /// Set.
            set: SignerSet,
        },
        /// A signer set counts no longer from a time on.
        SignersRetired {
            /// Network.
            network: Network,
            /// Set.
            set: SetId,
            /// From when on.
            at: Time,
        },
        /// A feed of a network is a feed of the pool.
        FeedBound { /** How. */ binding: Binding },
        /// A feed of a network is a feed of the pool no longer.
        FeedUnbound { /** How it was. */ binding: Binding },
        /// A redemption rate makes the price of a feed.
        RateSet {
            /// Feed.
            feed: FeedId,
            /// How.
            spec: RateSpec,
        },
        /// Ethereum's consensus went on, as far as it is known here.
        ChainAdvanced {
            /// What is known.
            trust: Box<ChainTrust>,
        },
        /// A signature counted.
        CommandSigned {
            /// Whose.
            signer: Signer,
            /// Its nonce, which is used now.
            nonce: Time,
            /// Hash of what was signed.
            id: Digest,
        },
        /// A key commands the accounts of an owner.
        AgentApproved {
            /// Owner.
            owner: Owner,
            /// The agent's key.
            signer: Signer,
            /// What it may do, and until when.
            agent: Agent,
        },
        /// A key commands the accounts of an owner no longer.
        AgentRevoked {
            /// Owner.
            owner: Owner,
            /// The agent's key.
            signer: Signer,
        },
        /// A message from elsewhere was used.
        MessageSpent { /** Its content. */ message: Digest },
        /// A risk factor exists.
        FactorListed {
            /// Name.
            symbol: Symbol,
            /// Ranges and loadings.
            spec: FactorSpec,
        },
        /// A feed exists.
        FeedListed {
            /// Name and rules.
            spec: FeedSpec,
        },
        /// An asset exists; it has no oracle, no caps and no withdrawals yet.
        AssetListed {
            /// What it is.
            spec: AssetSpec,
        },
        /// An asset takes its price from a feed.
        OracleSet {
            /// Asset.
            asset: AssetId,
            /// Feed.
            feed: FeedId,
        },
        /// Deposits of an asset are capped.
        DepositCapSet {
            /// Asset.
            asset: AssetId,
            /// For one account.
            per_account: Amount,
            /// For the pool.
            total: Amount,
        },
        /// Debts of an asset are capped.
        BorrowCapSet {
            /// Asset.
            asset: AssetId,
            /// For the pool.
            cap: Amount,
        },
        /// Withdrawals of an asset are limited.
        WithdrawalLimitSet {
            /// Asset.
            asset: AssetId,
            /// Within an hour.
            per_hour: Amount,
        },
        /// Interest of a lending pool follows a curve.
        CurveSet {
            /// Asset.
            asset: AssetId,
            /// Curve.
            curve: Curve,
        },
        /// A factor has new ranges and loadings; accounts that stood before feel them by a ramp.
        FactorSet {
            /// Factor.
            factor: FactorId,
            /// New ranges and loadings.
            spec: FactorSpec,
            /// What maintenance margin ramps from.
            ramp_from: FactorSpec,
            /// When the ramp ends.
            ramp_ends: Time,
        },
        /// A market exists; its cap is zero.
        MarketListed {
            /// What it is.
            spec: MarketSpec,
        },
        /// Open interest of a market is capped.
        OpenInterestCapSet {
            /// Market.
            market: MarketId,
            /// Long size.
            cap: Size,
        },
        /// An act waits for its delay.
        ActScheduled {
            /// Number.
            act_id: ActId,
            /// What it will do.
            act: Act,
            /// When.
            effective_at: Time,
        },
        /// An act took effect.
        ActExecuted { /** Number. */ act_id: ActId },
        /// An act was struck out before it took effect.
        ActVetoed { /** Number. */ act_id: ActId },
        /// An act was due and could not be carried out in time.
        ActLapsed { /** Number. */ act_id: ActId },
        /// New risk is refused from now on.
        PoolPaused,
        /// New risk is accepted again.
        PoolResumed,
        /// An account stands ready to take over what nobody else does.
        BackstopAppointed { /** Account. */ account: AccountId },
        /// An account no longer stands ready.
        BackstopReleased { /** Account. */ account: AccountId },
        /// An account exists.
        AccountOpened {
            /// Its index.
            account: AccountId,
            /// Who commands it.
            owner: Owner,
            /// Which of the owner's accounts it is.
            sub: u8,
        },
        /// An account is judged without offsets from now on.
        StandardModeChosen { /** Account. */ account: AccountId },
        /// An account is judged by the joint scenarios from now on.
        PortfolioModeChosen { /** Account. */ account: AccountId },
        /// Units came into custody for an account.
        CollateralCredited {
            /// Account.
            account: AccountId,
            /// Asset.
            asset: AssetId,
            /// Units.
            amount: Amount,
        },
        /// Units may leave custody for an account's owner; someone pays them out.
        WithdrawalAuthorized {
            /// Account.
            account: AccountId,
            /// Asset.
            asset: AssetId,
            /// Units.
            amount: Amount,
        },
        /// Units in custody changed from one account to another.
        CollateralMoved {
            /// From.
            from: AccountId,
            /// To.
            to: AccountId,
            /// Asset.
            asset: AssetId,
            /// Units.
            amount: Amount,
        },
        /// An add-on is asked of new risk.
        AddOnSet { /** Which. */ add_on: AddOn },
        /// An add-on is asked no longer.
        AddOnRemoved { /** Which. */ add_on: AddOn },
        /// Somebody may hold a claim.
        HolderAllowed { /** Asset. */ asset: AssetId, /** Who. */ owner: Owner },
        /// Somebody may take no more of a claim.
        HolderRemoved { /** Asset. */ asset: AssetId, /** Who. */ owner: Owner },
        /// A listed holder stands ready to buy of a claim, in a liquidation.
        Committed {
            /// Account.
            account: AccountId,
            /// Asset.
            asset: AssetId,
            /// How much, and until when.
            commitment: Commitment,
        },
        /// The issuer of a claim lets redemptions wait.
        QueueReported { /** Asset. */ asset: AssetId, /** How long. */ wait: Span },
        /// An account put units into the lending pool.
        Lent {
            /// Account.
            account: AccountId,
            /// Asset.
            asset: AssetId,
            /// Units.
            amount: Amount,
            /// Shares for them.
            shares: Shares,
        },
        /// An account took units out of the lending pool.
        Recalled {
            /// Account.
            account: AccountId,
            /// Asset.
            asset: AssetId,
            /// Units.
            amount: Amount,
            /// Shares for them.
            shares: Shares,
        },
        /// An account borrowed units from the lending pool.
        Borrowed {
            /// Account.
            account: AccountId,
            /// Asset.
            asset: AssetId,
            /// Units.
            amount: Amount,
            /// Shares of debt for them.
            shares: Shares,
        },
        /// An account paid units back.
        Repaid {
            /// Account.
            account: AccountId,
            /// Asset.
            asset: AssetId,
            /// Units.
            amount: Amount,
            /// Shares of debt for them.
            shares: Shares,
        },
        /// A debt changed from one account to another, at a liquidation.
        DebtMoved {
            /// From.
            from: AccountId,
            /// To.
            to: AccountId,
            /// Asset.
            asset: AssetId,
            /// Shares of debt.
            shares: Shares,
        },
        /// Lent units changed from one account to another, at a liquidation.
        LoanMoved {
            /// From.
            from: AccountId,
            /// To.
            to: AccountId,
            /// Asset.
            asset: AssetId,
            /// Shares of the lending pool.
            shares: Shares,
        },
        /// Somebody owes of an asset who can no longer pay: until that loss is shared nobody lends or recalls.
        LendingHalted { /** Asset. */ asset: AssetId },
        /// The losses of an asset's debtors have been dealt with: lending and recalling go on.
        LendingResumed { /** Asset. */ asset: AssetId },
        /// Time charged interest on all debts of an asset [I1].
        InterestAccrued {
            /// Asset.
            asset: AssetId,
            /// Units that debts and loans grew by.
            interest: Amount,
            /// Shares of the lending pool that the insurance fund got for its part.
            reserve: Shares,
        },
        /// A tick began: the instant that all its prices belong to.
        TickOpened { /** Number of the tick. */ tick: u64 },
        /// A source said a price, and it counts.
        PriceReported {
            /// Feed.
            feed: FeedId,
            /// Source.
            source: SourceId,
            /// Price.
            price: Price,
            /// Half width of the source's own confidence interval, in raw price units.
            confidence: u128,
            /// When it was published.
            published_at: Time,
            /// Orders reports of the same time.
            sequence: u64,
            /// Last moment at which it counts.
            counts_until: Time,
        },
        /// A source said a price, and it does not count.
        ReportRefused {
            /// Feed.
            feed: FeedId,
            /// Source.
            source: SourceId,
            /// What was said.
            price: Price,
            /// Why.
            fault: ReportFault,
        },
        /// Something that was attested does not count.
        ObservationRefused {
            /// Network.
            network: Network,
            /// What the network calls the feed.
            key: FeedKey,
            /// Why.
            refusal: Refusal,
        },
        /// A redemption rate was heard [O4].
        RateReported {
            /// Feed.
            feed: FeedId,
            /// The rate and its time.
            rate: Rate,
        },
        /// A redemption rate fell deeper than is believed at once; the feed is frozen until it is confirmed [O4].
        RateFell {
            /// Feed.
            feed: FeedId,
            /// What it is said to be.
            rate: Rate,
        },
        /// The market stands below redemption.
        DiscountBegan { /** Feed. */ feed: FeedId },
        /// The market stands at redemption again.
        DiscountEnded { /** Feed. */ feed: FeedId },
        /// A group of sources stood too far from the others and had no vote.
        GroupDropped {
            /// Feed.
            feed: FeedId,
            /// Operator group.
            group: u8,
            /// What it said.
            price: Price,
        },
        /// A feed has a new price [O1]; the stable price [O2] follows from it.
        PriceUpdated {
            /// Feed.
            feed: FeedId,
            /// Median over groups.
            price: Price,
            /// Uncertainty, in raw price units.
            uncertainty: u128,
            /// Distance of the two middle votes where their number is even, in raw price units.
            spread: u128,
        },
        /// A feed has more or less evidence behind it [O5].
        ValidityChanged {
            /// Feed.
            feed: FeedId,
            /// How much.
            validity: Validity,
        },
        /// A buyer and a seller traded; the pool is the counterparty of both.
        Filled {
            market: MarketId,
            /// Account that bought.
            buyer: AccountId,
            /// Account that sold.
            seller: AccountId,
            size: Size,
            price: Price,
        },
        /// A position changed.
        PositionChanged {
            account: AccountId,
            market: MarketId,
            /// Size after it.
            size: Size,
            /// Cost after it.
            cost: Value,
            /// P&L that the change realised.
            realised: Value,
        },
        /// Mark premium [F1] and funding [F2] of a market moved with time.
        FundingAccrued {
            market: MarketId,
            /// Time-weighted premium after it.
            premium: Signed,
            /// Funding index after it.
            index: i128,
        },
        /// The premium of the latest fill, which weighs until the next.
        PremiumObserved { market: MarketId, premium: Signed },
        /// More was seen of the average that an expiry is settled at [E1]: its sum and the time that it covers.
        IndexAveraged { feed: FeedId, expiry: Time, sum: u128, covered: Span },
        /// An expiry has passed and too little of its index was seen: it is settled once enough of it has been.
        SettlementDelayed { feed: FeedId, expiry: Time },
        /// What is written on an index for an expiry is settled at this price of it [E1].
        ExpirySettled { feed: FeedId, expiry: Time, price: Price },
        /// A source said volatilities of an expiry, and they count.
        SurfaceReported { feed: FeedId, expiry: Time, source: SourceId, smile: Smile, published_at: Time },
        /// A source said volatilities of an expiry, and they do not count.
        SurfaceRefused { feed: FeedId, expiry: Time, source: SourceId, smile: Smile, fault: ReportFault },
        /// An expiry has new volatilities, as old as the oldest word in them, or other evidence behind them [E2].
        SurfaceUpdated { feed: FeedId, expiry: Time, smile: Smile, at: Time, validity: Validity },
        /// A market is settled at this price of its index: its positions are closed by what follows, and it stays closed.
        MarketSettled { market: MarketId, price: Price },
        /// An account received or paid funding.
        FundingSettled {
            account: AccountId,
            market: MarketId,
            /// What it received, or paid where negative.
            payment: Value,
            /// Funding index up to which it is settled.
            index: i128,
        },
        /// An account paid a realised loss into the clearing account [W1].
        LossSettled {
            account: AccountId,
            amount: Amount,
            /// Loss that is settled.
            value: Value,
        },
        /// An account was paid a realised profit from the clearing account [W1].
        ProfitSettled {
            account: AccountId,
            amount: Amount,
            /// Profit that is settled.
            value: Value,
        },
        /// Realised P&L changed from one account to another, at a liquidation.
        ProfitMoved {
            from: AccountId,
            to: AccountId,
            /// Value; negative where a loss moved.
            value: Value,
        },
        /// An account was seen below its maintenance requirement.
        MarginBreached {
            account: AccountId,
            /// Equity.
            equity: Value,
            /// Requirement.
            requirement: Value,
            /// Distinct ticks in a row that saw it.
            ticks: u8,
        },
        /// An account is above its maintenance requirement again.
        MarginRestored {
            account: AccountId,
        },
        /// A part of an account was taken over by a liquidator [L1], for a penalty [L2].
        LiquidationStepped {
            account: AccountId,
            liquidator: AccountId,
            /// Value that was closed.
            closed: Value,
            /// Penalty that the account paid.
            penalty: Value,
        },
        /// Nobody could take over an account in breach; it waits.
        LiquidationDeferred {
            account: AccountId,
        },
        /// An account's equity is used up: what it cannot pay is bad debt from here on.
        BadDebtRecorded {
            account: AccountId,
            /// Value that is missing.
            deficit: Value,
        },
        /// The insurance fund paid for bad debt.
        InsurancePaid {
            /// Account that it was paid for.
            account: AccountId,
            value: Value,
        },
        /// The insurance fund was not enough, and a loss is shared.
        LossSocialised {
            /// Account whose loss it was.
            account: AccountId,
            /// Who bears this part.
            bearer: LossBearer,
            /// Value of this part.
            value: Value,
        },
        /// A debt was written off against its lenders.
        DebtWrittenOff { account: AccountId, asset: AssetId, amount: Amount, shares: Shares },
        /// A unit of a collection came into custody for an account, at this place in the order of all units.
        ItemCredited { account: AccountId, asset: AssetId, item: ItemId, number: u64 },
        /// A unit of a collection may leave custody for an account's owner; someone hands it out.
        ItemWithdrawalAuthorized { account: AccountId, asset: AssetId, item: ItemId },
        /// A unit of a collection changed from one account to another, and is the last in the order now.
        ItemMoved { from: AccountId, to: AccountId, asset: AssetId, item: ItemId, number: u64 },
        /// An account put money down for units of a collection, so much for each.
        BidPlaced { bid: BidId, account: AccountId, price: Amount, count: u32, asset: AssetId },
        /// A bid stands until its notice has passed, and not for new risk any more.
        BidCancelled { bid: BidId, account: AccountId, ends_at: Time },
        /// A bid has ended; what was put down for it is back.
        BidEnded { bid: BidId, account: AccountId },
        /// A unit of a collection was sold into a bid: the money to one account, the unit to the other.
        BidFilled { bid: BidId, seller: AccountId, bidder: AccountId, price: Amount, asset: AssetId, item: ItemId, number: u64 },
        /// A bid changed from one account to another, with what was put down for it.
        BidMoved { bid: BidId, from: AccountId, to: AccountId },
    }
}
