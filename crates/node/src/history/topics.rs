//! Which events are kept for people who ask, and whom they concern.

use cistern_engine::{
    event::{Event, LossBearer},
    ids::AccountId,
};

/// Would somebody ask for it? Not for single price reports, nor for what only time did: of those there are millions, and
/// the log has them.
pub(super) fn is_kept(event: &Event) -> bool {
    !matches!(
        event,
        Event::TickOpened { .. }
            | Event::PriceReported { .. }
            | Event::ReportRefused { .. }
            | Event::ObservationRefused { .. }
            | Event::RateReported { .. }
            | Event::PriceUpdated { .. }
            | Event::InterestAccrued { .. }
            | Event::FundingAccrued { .. }
            | Event::PremiumObserved { .. }
            | Event::IndexAveraged { .. }
            | Event::SurfaceReported { .. }
            | Event::SurfaceRefused { .. }
    )
}

/// The accounts that an event concerns; none twice.
pub(super) fn accounts(event: &Event) -> [Option<AccountId>; 2] {
    let (one, other) = match event {
        Event::BackstopAppointed { account }
        | Event::BackstopReleased { account }
        | Event::AccountOpened { account, .. }
        | Event::StandardModeChosen { account }
        | Event::PortfolioModeChosen { account }
        | Event::CollateralCredited { account, .. }
        | Event::WithdrawalAuthorized { account, .. }
        | Event::Lent { account, .. }
        | Event::Recalled { account, .. }
        | Event::Committed { account, .. }
        | Event::ItemCredited { account, .. }
        | Event::ItemWithdrawalAuthorized { account, .. }
        | Event::BidPlaced { account, .. }
        | Event::BidCancelled { account, .. }
        | Event::BidEnded { account, .. }
        | Event::Borrowed { account, .. }
        | Event::Repaid { account, .. }
        | Event::PositionChanged { account, .. }
        | Event::FundingSettled { account, .. }
        | Event::LossSettled { account, .. }
        | Event::ProfitSettled { account, .. }
        | Event::MarginBreached { account, .. }
        | Event::MarginRestored { account }
        | Event::LiquidationDeferred { account }
        | Event::BadDebtRecorded { account, .. }
        | Event::InsurancePaid { account, .. }
        | Event::DebtWrittenOff { account, .. } => (Some(*account), None),
        Event::CollateralMoved { from, to, .. }
        | Event::DebtMoved { from, to, .. }
        | Event::LoanMoved { from, to, .. }
        | Event::ItemMoved { from, to, .. }
        | Event::BidMoved { from, to, .. }
        | Event::ProfitMoved { from, to, .. } => (Some(*from), Some(*to)),
        Event::BidFilled { seller, bidder, .. } => (Some(*seller), Some(*bidder)),
        Event::Filled { buyer, seller, .. } => (Some(*buyer), Some(*seller)),
        Event::LiquidationStepped { account, liquidator, .. } => (Some(*account), Some(*liquidator)),
        Event::LossSocialised { account, bearer: LossBearer::Profit { account: bearer }, .. } => {
            (Some(*account), Some(*bearer))
        }
        Event::LossSocialised { account, bearer: LossBearer::Lenders { .. }, .. } => (Some(*account), None),
        of_pool => {
            debug_assert!(is_of_pool(of_pool), "{} concerns an account or the pool", of_pool.name());
            (None, None)
        }
    };
    [one, other.filter(|other| Some(*other) != one)]
}

/// Does an event concern the pool as a whole?
fn is_of_pool(event: &Event) -> bool {
    matches!(
        event,
        Event::PoolFounded { .. }
            | Event::PoolNamed { .. }
            | Event::SignersAdmitted { .. }
            | Event::SignersRetired { .. }
            | Event::FeedBound { .. }
            | Event::FeedUnbound { .. }
            | Event::RateSet { .. }
            | Event::ChainAdvanced { .. }
            | Event::CommandSigned { .. }
            | Event::AgentApproved { .. }
            | Event::AgentRevoked { .. }
            | Event::MessageSpent { .. }
            | Event::ObservationRefused { .. }
            | Event::RateReported { .. }
            | Event::RateFell { .. }
            | Event::DiscountBegan { .. }
            | Event::DiscountEnded { .. }
            | Event::SourceAdmitted { .. }
            | Event::FactorListed { .. }
            | Event::FeedListed { .. }
            | Event::AssetListed { .. }
            | Event::OracleSet { .. }
            | Event::DepositCapSet { .. }
            | Event::BorrowCapSet { .. }
            | Event::WithdrawalLimitSet { .. }
            | Event::CurveSet { .. }
            | Event::AddOnSet { .. }
            | Event::AddOnRemoved { .. }
            | Event::HolderAllowed { .. }
            | Event::HolderRemoved { .. }
            | Event::QueueReported { .. }
            | Event::FactorSet { .. }
            | Event::MarketListed { .. }
            | Event::OpenInterestCapSet { .. }
            | Event::ActScheduled { .. }
            | Event::ActExecuted { .. }
            | Event::ActVetoed { .. }
            | Event::ActLapsed { .. }
            | Event::PoolPaused
            | Event::PoolResumed
            | Event::LendingHalted { .. }
            | Event::LendingResumed { .. }
            | Event::InterestAccrued { .. }
            | Event::TickOpened { .. }
            | Event::PriceReported { .. }
            | Event::ReportRefused { .. }
            | Event::GroupDropped { .. }
            | Event::PriceUpdated { .. }
            | Event::ValidityChanged { .. }
            | Event::FundingAccrued { .. }
            | Event::PremiumObserved { .. }
            | Event::IndexAveraged { .. }
            | Event::SettlementDelayed { .. }
            | Event::ExpirySettled { .. }
            | Event::MarketSettled { .. }
            | Event::SurfaceReported { .. }
            | Event::SurfaceRefused { .. }
            | Event::SurfaceUpdated { .. }
    )
}

/// Number of a topic: what events can be looked up by.
pub(super) fn account_topic(account: AccountId) -> u64 {
    u64::from(account.0)
}

/// Topics of kinds lie above those of all accounts.
pub(super) fn kind_topic(name: &str) -> Option<u64> {
    let place = Event::NAMES.iter().position(|known| *known == name)?;
    Some((1 << 32) + place as u64)
}

/// All topics of an event.
pub(super) fn topics(event: &Event) -> impl Iterator<Item = u64> {
    let accounts = accounts(event).into_iter().flatten().map(account_topic);
    accounts.chain(kind_topic(event.name()))
}
