//! One sample of each variant, with drawn numbers. A variant that is missing here fails the test that walks the names.

use cistern_attest::{FeedKey, Refusal, SetId};
use cistern_engine::{
    act::{Act, AssetSpec, FactorSpec, FeedSpec, Impact, MarketSpec, Product, Smile, Style},
    addon::{AddOn, Depeg, OpenInterest, PoolShare, WrongWay},
    collateral::{Kind, Nft, RealWorld},
    command::{Command, Founding, FoundingAsset, PriceReport, SurfaceReport},
    event::{Event, LossBearer, ReportFault},
    params::{
        Class, Curve, FundingParams, GovernanceParams, LiquidationParams, MarginParams, OracleParams, Params,
    },
    rejection::Rejection,
    rows::{Commitment, Scope, Validity},
};

use crate::{collections, evidence, world::Dice};

pub(crate) fn chosen<T: Copy, const N: usize>(d: &mut Dice, all: [T; N]) -> T {
    all[usize::try_from(d.below(u64::try_from(N).unwrap())).unwrap()]
}

fn validity(d: &mut Dice) -> Validity {
    chosen(d, [Validity::Frozen, Validity::Disputed, Validity::Reduced, Validity::Full])
}

fn report_fault(d: &mut Dice) -> ReportFault {
    use ReportFault::{Ahead, Apart, Bounds, Expired, Jump, NotNewer, Stale, Uncertain, Unknown, Unsigned};
    chosen(d, [Unknown, Stale, Ahead, NotNewer, Uncertain, Jump, Unsigned, Apart, Bounds, Expired])
}

fn loss_bearer(d: &mut Dice) -> LossBearer {
    match d.below(2) {
        0 => LossBearer::Lenders { asset: d.asset(), amount: d.amount() },
        _ => LossBearer::Profit { account: d.account() },
    }
}

fn report(d: &mut Dice) -> PriceReport {
    PriceReport {
        feed: d.feed(),
        source: d.source(),
        price: d.price(),
        confidence: d.wide(),
        published_at: d.time(),
    }
}

fn factor_spec(d: &mut Dice) -> FactorSpec {
    FactorSpec {
        range_down: d.fraction(),
        range_up: d.ratio(),
        loading_calm: d.fraction(),
        loading_panic: d.fraction(),
        impact: evidence::maybe(d, |d| Impact { depth: d.value(), lambda: d.ratio() }),
    }
}

fn curve(d: &mut Dice) -> Curve {
    Curve {
        base: d.fraction(),
        slope_low: d.fraction(),
        slope_high: d.ratio(),
        kink: d.fraction(),
        reserve: d.fraction(),
    }
}

/// Every add-on.
fn add_on(d: &mut Dice) -> AddOn {
    let add_ons = [
        AddOn::PoolShare(PoolShare { asset: d.asset(), start: d.value() }),
        AddOn::OpenInterest(OpenInterest { market: d.market(), lower: d.value(), upper: d.value() }),
        AddOn::WrongWay(WrongWay { asset: d.asset(), factor: d.factor(), share: d.fraction() }),
        AddOn::Depeg(Depeg {
            asset: d.asset(),
            start: d.price(),
            full: d.price(),
            factor: d.ratio(),
            most: d.fraction(),
        }),
    ];
    chosen(d, add_ons)
}

/// Every kind of collateral.
fn kind(d: &mut Dice) -> Kind {
    let claim = RealWorld {
        heartbeat: d.span(),
        haircut_a_day: d.fraction(),
        haircut_closed: d.fraction(),
        haircut_a_year: d.fraction(),
        notice: d.span(),
        closes: d.span(),
        opens: d.span(),
    };
    let collection = Nft { cap: d.account().0, notice: d.span() };
    let kinds = [Kind::Token, Kind::Rate, Kind::RealWorld(claim), Kind::Nft(collection)];
    chosen(d, kinds)
}

fn asset_spec(d: &mut Dice) -> AssetSpec {
    AssetSpec {
        symbol: d.symbol(),
        kind: kind(d),
        class: chosen(d, Class::ALL),
        decimals: d.decimals(),
        factors: d.some(Dice::factor),
        curve: curve(d),
    }
}

fn market_spec(d: &mut Dice) -> MarketSpec {
    MarketSpec {
        symbol: d.symbol(),
        feed: d.feed(),
        factors: d.some(Dice::factor),
        decimals: d.decimals(),
        product: product(d),
    }
}

fn smile(d: &mut Dice) -> Smile {
    Smile { far_down: d.ratio(), down: d.ratio(), money: d.ratio(), up: d.ratio(), far_up: d.ratio() }
}

fn surface_report(d: &mut Dice) -> SurfaceReport {
    SurfaceReport {
        feed: d.feed(),
        expiry: d.time(),
        source: d.source(),
        smile: smile(d),
        published_at: d.time(),
    }
}

fn product(d: &mut Dice) -> Product {
    match d.below(3) {
        0 => Product::Perp,
        1 => Product::Option {
            expiry: d.time(),
            forward: d.feed(),
            strike: d.price(),
            style: chosen(d, [Style::Call, Style::Put]),
        },
        _ => Product::Future { expiry: d.time(), forward: d.feed() },
    }
}

fn feed_spec(d: &mut Dice) -> FeedSpec {
    let oracle = OracleParams {
        age_max: d.span(),
        ahead_max: d.span(),
        confidence_max: d.fraction(),
        deviation_band: d.fraction(),
        jump_max: d.fraction(),
        recovery_grace: d.span(),
    };
    FeedSpec { symbol: d.symbol(), oracle }
}

fn params(d: &mut Dice) -> Params {
    Params {
        margin: MarginParams {
            target: d.ratio(),
            initial: d.ratio(),
            floor_factor: d.fraction(),
            gross_floor: d.fraction(),
        },
        liquidation: LiquidationParams {
            penalty_min: d.fraction(),
            penalty_max: d.fraction(),
            health_for_penalty_max: d.fraction(),
            liquidator_share: d.fraction(),
            dust: d.value(),
            backstop_after_ticks: d.byte(),
        },
        funding: FundingParams {
            premium_max: d.fraction(),
            premium_window: d.span(),
            interest: d.signed(),
            interest_clamp: d.fraction(),
            rate_max: d.fraction(),
            price_band: d.fraction(),
        },
        governance: GovernanceParams {
            delay: d.span(),
            expiry: d.span(),
            ramp: d.span(),
            continuity: d.fraction(),
            rate_step: d.fraction(),
        },
    }
}

/// A founding whose parts may have one name twice, and speak of parts that it does not have.
pub(crate) fn founding(d: &mut Dice) -> Founding {
    Founding {
        params: params(d),
        sources: d.some(|d| (d.symbol(), d.byte())),
        factors: d.some(|d| (d.symbol(), factor_spec(d))),
        feeds: d.some(feed_spec),
        governor: d.owner(),
        signers: d.some(evidence::signer_set),
        chain: evidence::maybe(d, evidence::trust),
        bindings: d.some(evidence::binding),
        rates: d.some(|d| (d.feed(), evidence::rate_spec(d))),
        add_ons: d.some(add_on),
        assets: d.some(|d| FoundingAsset {
            spec: asset_spec(d),
            feed: d.feed(),
            cap_account: d.amount(),
            cap_total: d.amount(),
            cap_borrow: d.amount(),
            withdrawal_limit: d.amount(),
        }),
        markets: d.some(|d| (market_spec(d), d.size())),
    }
}

/// Every act.
pub(crate) fn acts(d: &mut Dice) -> Vec<Act> {
    vec![
        Act::ListFactor { symbol: d.symbol(), spec: factor_spec(d) },
        Act::ListFeed(feed_spec(d)),
        Act::ListAsset(asset_spec(d)),
        Act::SetOracle { asset: d.asset(), feed: d.feed() },
        Act::SetDepositCap { asset: d.asset(), per_account: d.amount(), total: d.amount() },
        Act::SetBorrowCap { asset: d.asset(), cap: d.amount() },
        Act::SetWithdrawalLimit { asset: d.asset(), per_hour: d.amount() },
        Act::AdmitSigners(evidence::signer_set(d)),
        Act::RetireSigners { network: evidence::network(d), set: SetId(evidence::digest(d)) },
        Act::BindFeed(evidence::binding(d)),
        Act::UnbindFeed { network: evidence::network(d), key: FeedKey(evidence::digest(d)), feed: d.feed() },
        Act::SetRate { feed: d.feed(), spec: evidence::rate_spec(d) },
        Act::SetAddOn(add_on(d)),
        Act::RemoveAddOn(add_on(d)),
        Act::AllowHolder { asset: d.asset(), owner: d.owner() },
        Act::RemoveHolder { asset: d.asset(), owner: d.owner() },
        Act::SetFactor { factor: d.factor(), spec: factor_spec(d) },
        Act::SetCurve { asset: d.asset(), curve: curve(d) },
        Act::ListMarket(market_spec(d)),
        Act::SetOpenInterestCap { market: d.market(), cap: d.size() },
    ]
}

fn act(d: &mut Dice) -> Act {
    let mut all = acts(d);
    let place = d.below(u64::try_from(all.len()).unwrap());
    all.swap_remove(usize::try_from(place).unwrap())
}

/// Every command.
pub(crate) fn commands(d: &mut Dice) -> Vec<Command> {
    vec![
        Command::Found { founding: Box::new(founding(d)) },
        Command::OpenAccount { owner: d.owner(), sub: d.byte() },
        Command::ChooseStandardMode { account: d.account() },
        Command::ChoosePortfolioMode { account: d.account() },
        Command::Deposit { account: d.account(), asset: d.asset(), amount: d.amount() },
        Command::DepositProven {
            account: d.account(),
            asset: d.asset(),
            amount: d.amount(),
            message: evidence::digest(d),
        },
        Command::Withdraw { account: d.account(), asset: d.asset(), amount: d.amount() },
        Command::Transfer { from: d.account(), to: d.account(), asset: d.asset(), amount: d.amount() },
        Command::Commit { account: d.account(), asset: d.asset(), value: d.value() },
        Command::ReportQueue { asset: d.asset(), wait: d.span() },
        Command::Lend { account: d.account(), asset: d.asset(), amount: d.amount() },
        Command::Recall { account: d.account(), asset: d.asset(), amount: d.amount() },
        Command::Borrow { account: d.account(), asset: d.asset(), amount: d.amount() },
        Command::Repay { account: d.account(), asset: d.asset(), amount: d.amount() },
        Command::Fill {
            buyer: d.account(),
            seller: d.account(),
            market: d.market(),
            size: d.size(),
            price: d.price(),
        },
        Command::Settle { account: d.account() },
        Command::Tick { reports: d.some(report) },
        Command::Attest { evidence: d.some(evidence::evidence), statements: d.some(evidence::statement) },
        Command::Signed {
            authorisation: Box::new(evidence::authorisation(d)),
            command: Box::new(Command::Withdraw {
                account: d.account(),
                asset: d.asset(),
                amount: d.amount(),
            }),
        },
        Command::ApproveAgent {
            owner: d.owner(),
            signer: evidence::signer(d),
            scope: chosen(d, [Scope::Trade, Scope::Treasury]),
            expires_at: d.time(),
        },
        Command::RevokeAgent { owner: d.owner(), signer: evidence::signer(d) },
        Command::Liquidate { account: d.account(), liquidator: d.account() },
        Command::AppointBackstop { account: d.account() },
        Command::ReleaseBackstop { account: d.account() },
        Command::Schedule { act: act(d) },
        Command::Veto { act_id: d.act_id() },
        Command::Pause,
        Command::Resume,
        Command::ReportSurface { reports: d.some(surface_report) },
    ]
    .into_iter()
    .chain(collections::commands(d))
    .collect()
}

/// Every event.
pub(crate) fn events(d: &mut Dice) -> Vec<Event> {
    let of_collections = collections::events(d);
    [events_first(d), events_second(d), events_of_expiries(d), events_third(d), of_collections].concat()
}

fn events_first(d: &mut Dice) -> Vec<Event> {
    vec![
        Event::PoolFounded { params: params(d), settlement: d.asset() },
        Event::PoolNamed { pool_id: evidence::digest(d), governor: d.owner() },
        Event::SourceAdmitted { symbol: d.symbol(), group: d.byte() },
        Event::SignersAdmitted { set: evidence::signer_set(d) },
        Event::SignersRetired {
            network: evidence::network(d),
            set: SetId(evidence::digest(d)),
            at: d.time(),
        },
        Event::FeedBound { binding: evidence::binding(d) },
        Event::FeedUnbound { binding: evidence::binding(d) },
        Event::RateSet { feed: d.feed(), spec: evidence::rate_spec(d) },
        Event::ChainAdvanced { trust: Box::new(evidence::trust(d)) },
        Event::CommandSigned { signer: evidence::signer(d), nonce: d.time(), id: evidence::digest(d) },
        Event::AgentApproved { owner: d.owner(), signer: evidence::signer(d), agent: evidence::agent(d) },
        Event::AgentRevoked { owner: d.owner(), signer: evidence::signer(d) },
        Event::MessageSpent { message: evidence::digest(d) },
        Event::FactorListed { symbol: d.symbol(), spec: factor_spec(d) },
        Event::FeedListed { spec: feed_spec(d) },
        Event::AssetListed { spec: asset_spec(d) },
        Event::OracleSet { asset: d.asset(), feed: d.feed() },
        Event::DepositCapSet { asset: d.asset(), per_account: d.amount(), total: d.amount() },
        Event::BorrowCapSet { asset: d.asset(), cap: d.amount() },
        Event::WithdrawalLimitSet { asset: d.asset(), per_hour: d.amount() },
        Event::CurveSet { asset: d.asset(), curve: curve(d) },
        Event::FactorSet {
            factor: d.factor(),
            spec: factor_spec(d),
            ramp_from: factor_spec(d),
            ramp_ends: d.time(),
        },
        Event::MarketListed { spec: market_spec(d) },
        Event::OpenInterestCapSet { market: d.market(), cap: d.size() },
        Event::ActScheduled { act_id: d.act_id(), act: act(d), effective_at: d.time() },
        Event::ActExecuted { act_id: d.act_id() },
        Event::ActVetoed { act_id: d.act_id() },
        Event::ActLapsed { act_id: d.act_id() },
        Event::PoolPaused,
        Event::PoolResumed,
        Event::BackstopAppointed { account: d.account() },
        Event::BackstopReleased { account: d.account() },
        Event::AccountOpened { account: d.account(), owner: d.owner(), sub: d.byte() },
        Event::StandardModeChosen { account: d.account() },
        Event::PortfolioModeChosen { account: d.account() },
        Event::CollateralCredited { account: d.account(), asset: d.asset(), amount: d.amount() },
        Event::WithdrawalAuthorized { account: d.account(), asset: d.asset(), amount: d.amount() },
        Event::CollateralMoved { from: d.account(), to: d.account(), asset: d.asset(), amount: d.amount() },
        Event::Lent { account: d.account(), asset: d.asset(), amount: d.amount(), shares: d.shares() },
        Event::Recalled { account: d.account(), asset: d.asset(), amount: d.amount(), shares: d.shares() },
        Event::Borrowed { account: d.account(), asset: d.asset(), amount: d.amount(), shares: d.shares() },
        Event::Repaid { account: d.account(), asset: d.asset(), amount: d.amount(), shares: d.shares() },
        Event::DebtMoved { from: d.account(), to: d.account(), asset: d.asset(), shares: d.shares() },
    ]
}

fn events_second(d: &mut Dice) -> Vec<Event> {
    vec![
        Event::AddOnSet { add_on: add_on(d) },
        Event::AddOnRemoved { add_on: add_on(d) },
        Event::HolderAllowed { asset: d.asset(), owner: d.owner() },
        Event::HolderRemoved { asset: d.asset(), owner: d.owner() },
        Event::Committed {
            account: d.account(),
            asset: d.asset(),
            commitment: Commitment { lasting: d.value(), ending: d.value(), ends_at: d.time() },
        },
        Event::QueueReported { asset: d.asset(), wait: d.span() },
        Event::LoanMoved { from: d.account(), to: d.account(), asset: d.asset(), shares: d.shares() },
        Event::LendingHalted { asset: d.asset() },
        Event::LendingResumed { asset: d.asset() },
        Event::InterestAccrued { asset: d.asset(), interest: d.amount(), reserve: d.shares() },
        Event::TickOpened { tick: d.long() },
        Event::PriceReported {
            feed: d.feed(),
            source: d.source(),
            price: d.price(),
            confidence: d.wide(),
            published_at: d.time(),
            sequence: d.time().as_milliseconds(),
            counts_until: d.time(),
        },
        Event::ObservationRefused {
            network: evidence::network(d),
            key: FeedKey(evidence::digest(d)),
            refusal: chosen(d, [Refusal::Malformed, Refusal::Stale, Refusal::WrongFeed, Refusal::TooLarge]),
        },
        Event::RateReported { feed: d.feed(), rate: evidence::rate(d) },
        Event::RateFell { feed: d.feed(), rate: evidence::rate(d) },
        Event::DiscountBegan { feed: d.feed() },
        Event::DiscountEnded { feed: d.feed() },
        Event::ReportRefused { feed: d.feed(), source: d.source(), price: d.price(), fault: report_fault(d) },
        Event::GroupDropped { feed: d.feed(), group: d.byte(), price: d.price() },
        Event::PriceUpdated { feed: d.feed(), price: d.price(), uncertainty: d.wide(), spread: d.wide() },
        Event::ValidityChanged { feed: d.feed(), validity: validity(d) },
    ]
}

fn events_of_expiries(d: &mut Dice) -> Vec<Event> {
    vec![
        Event::IndexAveraged { feed: d.feed(), expiry: d.time(), sum: d.wide(), covered: d.span() },
        Event::SettlementDelayed { feed: d.feed(), expiry: d.time() },
        Event::ExpirySettled { feed: d.feed(), expiry: d.time(), price: d.price() },
        Event::SurfaceReported {
            feed: d.feed(),
            expiry: d.time(),
            source: d.source(),
            smile: smile(d),
            published_at: d.time(),
        },
        Event::SurfaceRefused {
            feed: d.feed(),
            expiry: d.time(),
            source: d.source(),
            smile: smile(d),
            fault: report_fault(d),
        },
        Event::SurfaceUpdated {
            feed: d.feed(),
            expiry: d.time(),
            smile: smile(d),
            at: d.time(),
            validity: validity(d),
        },
        Event::MarketSettled { market: d.market(), price: d.price() },
    ]
}

fn events_third(d: &mut Dice) -> Vec<Event> {
    vec![
        Event::Filled {
            market: d.market(),
            buyer: d.account(),
            seller: d.account(),
            size: d.size(),
            price: d.price(),
        },
        Event::PositionChanged {
            account: d.account(),
            market: d.market(),
            size: d.size(),
            cost: d.value(),
            realised: d.value(),
        },
        Event::FundingAccrued { market: d.market(), premium: d.signed(), index: d.wide_signed() },
        Event::PremiumObserved { market: d.market(), premium: d.signed() },
        Event::FundingSettled {
            account: d.account(),
            market: d.market(),
            payment: d.value(),
            index: d.wide_signed(),
        },
        Event::LossSettled { account: d.account(), amount: d.amount(), value: d.value() },
        Event::ProfitSettled { account: d.account(), amount: d.amount(), value: d.value() },
        Event::ProfitMoved { from: d.account(), to: d.account(), value: d.value() },
        Event::MarginBreached {
            account: d.account(),
            equity: d.value(),
            requirement: d.value(),
            ticks: d.byte(),
        },
        Event::MarginRestored { account: d.account() },
        Event::LiquidationStepped {
            account: d.account(),
            liquidator: d.account(),
            closed: d.value(),
            penalty: d.value(),
        },
        Event::LiquidationDeferred { account: d.account() },
        Event::BadDebtRecorded { account: d.account(), deficit: d.value() },
        Event::InsurancePaid { account: d.account(), value: d.value() },
        Event::LossSocialised { account: d.account(), bearer: loss_bearer(d), value: d.value() },
        Event::DebtWrittenOff {
            account: d.account(),
            asset: d.asset(),
            amount: d.amount(),
            shares: d.shares(),
        },
    ]
}

/// Every rejection.
pub(crate) fn rejections(d: &mut Dice) -> Vec<Rejection> {
    [rejections_first(d), rejections_second(d), collections::rejections(d)].concat()
}

fn rejections_first(d: &mut Dice) -> Vec<Rejection> {
    vec![
        Rejection::PoolMustBeFounded,
        Rejection::PoolIsFounded,
        Rejection::TimeMustNotRunBackwards { last: d.time() },
        Rejection::NumberTooLarge,
        Rejection::AccountUnknown,
        Rejection::AssetUnknown,
        Rejection::MarketUnknown,
        Rejection::FactorUnknown,
        Rejection::FeedUnknown,
        Rejection::ActUnknown,
        Rejection::AccountExists,
        Rejection::SymbolTaken,
        Rejection::AccountsMustDiffer,
        Rejection::TooMany { limit: d.account().0 },
        Rejection::AmountMustNotBeZero,
        Rejection::AmountTooLarge { limit: d.amount() },
        Rejection::ParameterOutOfBounds,
        Rejection::EarlierActMissing,
        Rejection::OracleMustBeContinuous,
        Rejection::PoolIsPaused,
        Rejection::PoolIsRunning,
        Rejection::PriceMustBeValid { asset: d.asset() },
        Rejection::IndexMustBeValid { market: d.market() },
        Rejection::KindMustAllow { asset: d.asset() },
        Rejection::HolderMustBeAllowed { account: d.account(), asset: d.asset() },
        Rejection::CommitmentsMustCover { room: d.value() },
        Rejection::BalanceTooSmall { available: d.amount() },
        Rejection::NothingOwed,
        Rejection::NothingToSettle,
        Rejection::AccountCapReached { room: d.amount() },
        Rejection::DepositCapReached { room: d.amount() },
        Rejection::BorrowCapReached { room: d.amount() },
        Rejection::LossMustBeShared { asset: d.asset() },
        Rejection::LiquidityTooSmall { available: d.amount() },
        Rejection::WithdrawalLimitReached { available: d.amount() },
    ]
}

fn rejections_second(d: &mut Dice) -> Vec<Rejection> {
    vec![
        Rejection::OpenInterestCapReached { room: d.size() },
        Rejection::PriceOutsideBand { lowest: d.price(), highest: d.price() },
        Rejection::InitialMarginMustHold { account: d.account(), shortfall: d.value() },
        Rejection::ProfitMustBeSettled { account: d.account(), shortfall: d.value() },
        Rejection::HedgeMustBeClosedTogether { account: d.account(), with: d.market() },
        Rejection::AccountIsHealthy,
        Rejection::BreachMustBeConfirmed,
        Rejection::NothingToLiquidate,
        Rejection::SignatureExpired { deadline: d.time() },
        Rejection::NonceOutsideWindow { now: d.time() },
        Rejection::NonceIsUsed,
        Rejection::SignerMustBeAllowed,
        Rejection::AgentMustBeFree,
        Rejection::AgentUnknown,
        Rejection::MessageIsSpent,
        Rejection::EvidenceRefused {
            refusal: chosen(d, [Refusal::Malformed, Refusal::ExpiredSet, Refusal::OutOfOrder]),
        },
        Rejection::MarketHasExpired { market: d.market() },
        Rejection::ExpiryOutOfBounds { after: d.time(), latest: d.time() },
        Rejection::SurfaceMustBeValid { market: d.market() },
        Rejection::ShortOptionNeedsPortfolioMode { account: d.account() },
    ]
}
