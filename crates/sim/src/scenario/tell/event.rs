use cistern_engine::{
    event::{Event, LossBearer, ReportFault},
    ids::{AccountId, AssetId, MarketId},
    rows::Validity,
};
use cistern_units::{Amount, Shares, Size, Value};

use crate::scenario::{
    acts::{told, told_asset, told_curve, told_factor, told_feed, told_market},
    names::Names,
    number::{self, dollars},
};

/// One event as a sentence.
pub(crate) fn event(event: &Event, names: &Names<'_>) -> String {
    let told = founding(event, names)
        .or_else(|| governance(event, names))
        .or_else(|| custody(event, names))
        .or_else(|| prices(event, names))
        .or_else(|| trades(event, names))
        .or_else(|| failures(event, names));
    told.unwrap_or_else(|| format!("{event:?}"))
}

fn founding(event: &Event, names: &Names<'_>) -> Option<String> {
    let told = match event {
        Event::PoolFounded { settlement, .. } => {
            format!("a pool is founded that settles in {}", names.asset_name(*settlement))
        }
        Event::SourceAdmitted { symbol, group } => format!("{symbol} may report prices, in group {group}"),
        Event::FactorListed { symbol, spec } => format!("factor {symbol}: {}", told_factor(spec)),
        Event::FeedListed { spec } => format!("feed {}", told_feed(spec)),
        Event::AssetListed { spec } => format!("asset {}", told_asset(spec, names)),
        Event::OracleSet { asset, feed } => {
            format!("{} is priced by the feed {}", names.asset_name(*asset), names.feed_name(*feed))
        }
        Event::DepositCapSet { asset, per_account, total } => {
            let [own, all] = [per_account, total].map(|amount| names.units(*asset, *amount));
            format!("an account may have {own}, the pool {all}")
        }
        Event::BorrowCapSet { asset, cap } => format!("{} may be owed", names.units(*asset, *cap)),
        Event::WithdrawalLimitSet { asset, per_hour } => {
            format!("{} may leave in an hour", names.units(*asset, *per_hour))
        }
        Event::CurveSet { asset, curve } => {
            format!("debts of {} cost {}", names.asset_name(*asset), told_curve(curve))
        }
        Event::MarketListed { spec } => format!("market {}", told_market(spec, names)),
        Event::OpenInterestCapSet { market, cap } => format!("{} may be open", names.contracts(*market, *cap)),
        _ => return None,
    };
    Some(told)
}

fn governance(event: &Event, names: &Names<'_>) -> Option<String> {
    let told = match event {
        Event::FactorSet { factor, spec, ramp_from, ramp_ends } => {
            let (name, spec) = (names.factor_name(*factor), told_factor(spec));
            let from = told_factor(ramp_from);
            if from == spec {
                format!("factor {name}: {spec}")
            } else {
                let ends = number::moment(*ramp_ends);
                format!("factor {name}: {spec}; accounts that stand ramp from {from} until {ends}")
            }
        }
        Event::ActScheduled { act_id, act, effective_at } => {
            format!("act {} takes effect at {}: {}", act_id.0, number::moment(*effective_at), told(act, names))
        }
        Event::ActExecuted { act_id } => format!("act {} is in effect", act_id.0),
        Event::ActVetoed { act_id } => format!("act {} is struck out", act_id.0),
        Event::ActLapsed { act_id } => format!("act {} lapses: it was due and could not be carried out", act_id.0),
        Event::PoolPaused => "new risk is refused".to_owned(),
        Event::PoolResumed => "new risk is accepted again".to_owned(),
        Event::BackstopAppointed { account } => format!("{} stands ready as a backstop", names.account_name(*account)),
        Event::BackstopReleased { account } => format!("{} no longer stands ready", names.account_name(*account)),
        _ => return None,
    };
    Some(told)
}

fn custody(event: &Event, names: &Names<'_>) -> Option<String> {
    let does = |account: &AccountId, verb: &str, asset: &AssetId, amount: &Amount| {
        format!("{} {verb} {}", names.account_name(*account), names.units(*asset, *amount))
    };
    let told = match event {
        Event::AccountOpened { account, .. } => format!("{} is open", names.account_name(*account)),
        Event::StandardModeChosen { account } => {
            format!("{} is margined without offsets", names.account_name(*account))
        }
        Event::PortfolioModeChosen { account } => {
            format!("{} is margined under joint scenarios", names.account_name(*account))
        }
        Event::CollateralCredited { account, asset, amount } => {
            format!("{} has {} more", names.account_name(*account), names.units(*asset, *amount))
        }
        Event::WithdrawalAuthorized { account, asset, amount } => does(account, "takes out", asset, amount),
        Event::CollateralMoved { from, to, asset, amount } => {
            format!("{} to {}", does(from, "gives", asset, amount), names.account_name(*to))
        }
        Event::Lent { account, asset, amount, .. } => does(account, "lends", asset, amount),
        Event::Recalled { account, asset, amount, .. } => does(account, "recalls", asset, amount),
        Event::Borrowed { account, asset, amount, .. } => does(account, "borrows", asset, amount),
        Event::Repaid { account, asset, amount, .. } => does(account, "repays", asset, amount),
        Event::InterestAccrued { asset, interest, .. } => {
            format!("interest on {} is {}", names.asset_name(*asset), names.units(*asset, *interest))
        }
        _ => return None,
    };
    Some(told)
}

fn prices(event: &Event, names: &Names<'_>) -> Option<String> {
    let told = match event {
        Event::TickOpened { tick } => format!("tick {tick}"),
        Event::PriceReported { feed, source, price, confidence, .. } => {
            let (source, feed) = (names.source_name(*source), names.feed_name(*feed));
            format!("{source} says {feed} is worth {}{}", number::price(*price), give_or_take(*confidence))
        }
        Event::ReportRefused { feed, source, price, fault } => {
            let (source, feed, why) = (names.source_name(*source), names.feed_name(*feed), why_refused(*fault));
            format!("{source}'s {} for {feed} does not count: {why}", number::price(*price))
        }
        Event::GroupDropped { feed, group, price } => {
            let (feed, price) = (names.feed_name(*feed), number::price(*price));
            format!("group {group} has no vote on {feed}: its {price} is too far from the others")
        }
        Event::PriceUpdated { feed, price, uncertainty } => {
            let feed = names.feed_name(*feed);
            format!("{feed} is worth {}{}", number::price(*price), give_or_take(*uncertainty))
        }
        Event::ValidityChanged { feed, validity } => format!("{} is {}", names.feed_name(*feed), class(*validity)),
        _ => return None,
    };
    Some(told)
}

fn give_or_take(raw: u128) -> String {
    if raw == 0 { String::new() } else { format!(", give or take {}", number::price_units(raw)) }
}

fn why_refused(fault: ReportFault) -> &'static str {
    match fault {
        ReportFault::Unknown => "no such feed or source",
        ReportFault::Stale => "it is too old",
        ReportFault::Ahead => "it is ahead of the clock",
        ReportFault::NotNewer => "the source has said something as new before",
        ReportFault::Uncertain => "its confidence interval is too wide",
        ReportFault::Jump => "it jumped; it counts once the source repeats it",
    }
}

/// A validity class and what it allows.
pub(crate) fn class(validity: Validity) -> &'static str {
    match validity {
        Validity::Frozen => "frozen: only reducing works",
        Validity::Disputed => "disputed: no new debt, no liquidation",
        Validity::Reduced => "reduced: no new debt",
        Validity::Full => "fully valid",
    }
}

fn trades(event: &Event, names: &Names<'_>) -> Option<String> {
    let told = match event {
        Event::Filled { market, buyer, seller, size, price } => {
            let [buyer, seller] = [buyer, seller].map(|account| names.account_name(*account));
            let (size, price) = (names.contracts(*market, *size), number::price(*price));
            format!("{buyer} buys {size} from {seller} at {price}")
        }
        Event::PositionChanged { account, market, size, cost, realised } => {
            let realised = match realised.is_zero() {
                true => String::new(),
                false => format!(", realises {}", dollars(*realised)),
            };
            format!("{} is {}{realised}", names.account_name(*account), position(*market, *size, *cost, names))
        }
        Event::FundingAccrued { market, premium, index } => {
            let (market, premium) = (names.market_name(*market), number::percent(i128::from(premium.raw())));
            format!("{market}: {} so far, premium {premium}", funding(*index))
        }
        Event::PremiumObserved { market, premium } => {
            let premium = number::percent(i128::from(premium.raw()));
            format!("the last fill of {} has a premium of {premium}", names.market_name(*market))
        }
        Event::FundingSettled { account, market, payment, .. } => {
            let verb = if payment.is_negative() { "pays" } else { "receives" };
            let (account, payment) = (names.account_name(*account), dollars(magnitude(*payment)));
            format!("{account} {verb} {payment} of funding on {}", names.market_name(*market))
        }
        Event::LossSettled { account, amount, value } => {
            let (account, amount) = (names.account_name(*account), settled(*amount, names));
            format!("{account} pays in {amount} for a loss of {}", dollars(*value))
        }
        Event::ProfitSettled { account, amount, value } => {
            let (account, amount) = (names.account_name(*account), settled(*amount, names));
            format!("{account} is paid {amount} for a profit of {}", dollars(*value))
        }
        _ => return None,
    };
    Some(told)
}

/// A position in words: `long 1.00 BTC-PERP, entered for $100,000.00`.
pub(crate) fn position(market: MarketId, size: Size, cost: Value, names: &Names<'_>) -> String {
    if size.is_zero() {
        return format!("out of {}", names.market_name(market));
    }
    let side = if size.is_short() { "short" } else { "long" };
    format!("{side} {}, entered for {}", names.contracts(market, size), dollars(magnitude(cost)))
}

/// What one contract has paid in funding since the beginning.
pub(crate) fn funding(index: i128) -> String {
    let payer = if index < 0 { "shorts" } else { "longs" };
    // A funding index counts 1e-18 dollars.
    format!("{payer} have paid ${} a contract", number::grouped(index.unsigned_abs(), 18))
}

fn settled(amount: Amount, names: &Names<'_>) -> String {
    names.units(names.state.settlement(), amount)
}

fn magnitude(value: Value) -> Value {
    value.absolute().unwrap_or(value)
}

fn failures(event: &Event, names: &Names<'_>) -> Option<String> {
    let name = |account: &AccountId| names.account_name(*account);
    let told = match event {
        Event::DebtMoved { from, to, asset, shares } => {
            format!("{} takes over {}'s debt of {}", name(to), name(from), owed(*asset, *shares, names))
        }
        Event::LoanMoved { from, to, asset, shares } => {
            format!("{} takes over {}'s loan of {}", name(to), name(from), lent(*asset, *shares, names))
        }
        Event::ProfitMoved { from, to, value } if value.is_negative() => {
            format!("{} takes over {}'s loss of {}", name(to), name(from), dollars(magnitude(*value)))
        }
        Event::ProfitMoved { from, to, value } => {
            format!("{} gives {} of its realised P&L to {}", name(from), dollars(*value), name(to))
        }
        Event::MarginBreached { account, equity, requirement, ticks } => {
            let [equity, requirement] = [equity, requirement].map(|value| dollars(*value));
            let seen = if *ticks == 1 { "1 tick".to_owned() } else { format!("{ticks} ticks") };
            format!("{} is in breach for {seen}: equity {equity}, requirement {requirement}", name(account))
        }
        Event::MarginRestored { account } => format!("{} is out of breach", name(account)),
        Event::LiquidationStepped { account, liquidator, closed, penalty } => {
            let [closed, penalty] = [closed, penalty].map(|value| dollars(*value));
            format!("{} takes over {closed} of {} for a penalty of {penalty}", name(liquidator), name(account))
        }
        Event::LiquidationDeferred { account } => format!("nobody can take over {} yet", name(account)),
        Event::BadDebtRecorded { account, deficit } => {
            format!("{} has nothing left: {} is bad debt", name(account), dollars(*deficit))
        }
        Event::InsurancePaid { account, value } => {
            format!("the insurance fund pays {} for {}", dollars(*value), name(account))
        }
        Event::LossSocialised { account, bearer: LossBearer::Lenders { asset, amount }, value } => {
            let (asset, amount, value) = (names.asset_name(*asset), names.units(*asset, *amount), dollars(*value));
            format!("lenders of {asset} bear {value} of {}'s loss: {amount}", name(account))
        }
        Event::LossSocialised { account, bearer: LossBearer::Profit { account: bearer }, value } => {
            format!("{}'s profit bears {} of {}'s loss", name(bearer), dollars(*value), name(account))
        }
        Event::DebtWrittenOff { account, asset, amount, .. } => {
            format!("{}'s debt of {} is written off", name(account), names.units(*asset, *amount))
        }
        _ => return None,
    };
    Some(told)
}

/// What so many shares of debt cost now.
pub(crate) fn owed(asset: AssetId, shares: Shares, names: &Names<'_>) -> String {
    let amount = names.state.pool(asset).ok().and_then(|pool| pool.owed_index.worth_up(shares).ok());
    names.units(asset, amount.unwrap_or(Amount::ZERO))
}

/// What so many shares of the lending pool are worth now.
pub(crate) fn lent(asset: AssetId, shares: Shares, names: &Names<'_>) -> String {
    let amount = names.state.pool(asset).ok().and_then(|pool| pool.lent_index.worth_down(shares).ok());
    names.units(asset, amount.unwrap_or(Amount::ZERO))
}
