use cistern_engine::{
    command::Command,
    ids::{AccountId, AssetId, MarketId, Symbol},
    rejection::Rejection,
};
use cistern_units::{Amount, Size};

use super::event;
use crate::scenario::{
    names::{Names, joined},
    number::{self, dollars},
};

/// Who and what a command is about, for refusals that carry the number alone.
struct Subject {
    account: Option<AccountId>,
    asset: Option<AssetId>,
    market: Option<MarketId>,
}

impl Subject {
    fn of(command: &Command) -> Self {
        let (account, asset, market) = match command {
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
            // The first asset is the one that settles, and bids are in it.
            Command::PlaceBid { account, .. } => (Some(*account), Some(AssetId(0)), None),
            Command::CancelBid { account, .. } => (Some(*account), None, None),
            Command::Fill { market, .. } => (None, None, Some(*market)),
            Command::Settle { account }
            | Command::Liquidate { account, .. }
            | Command::AppointBackstop { account }
            | Command::ReleaseBackstop { account }
            | Command::ChooseStandardMode { account }
            | Command::ChoosePortfolioMode { account } => (Some(*account), None, None),
            Command::Signed { command, .. } => return Self::of(command),
            _ => (None, None, None),
        };
        Self { account, asset, market }
    }

    fn account(&self, names: &Names<'_>) -> String {
        self.account.map_or("the account".to_owned(), |account| names.account_name(account))
    }

    fn amount(&self, amount: Amount, names: &Names<'_>) -> String {
        match self.asset {
            Some(asset) => names.units(asset, amount),
            None => amount.units().to_string(),
        }
    }
}

/// A refusal as a sentence: the rule, and what to do about it.
pub(crate) fn rejection(rejection: &Rejection, command: &Command, names: &Names<'_>) -> String {
    let subject = Subject::of(command);
    let told = unknown(rejection, names)
        .or_else(|| malformed(rejection, &subject, names))
        .or_else(|| kinds(rejection, names))
        .or_else(|| collections(rejection, &subject, names))
        .or_else(|| governance(rejection, names))
        .or_else(|| balances(rejection, &subject, names))
        .or_else(|| risk(rejection, &subject, names))
        .or_else(|| access(rejection));
    told.unwrap_or_else(|| format!("{rejection:?}"))
}

fn unknown(rejection: &Rejection, names: &Names<'_>) -> Option<String> {
    let config = &names.state.config;
    let told = match rejection {
        Rejection::PoolMustBeFounded => "pool must be founded: begin with pool two-assets".to_owned(),
        Rejection::PoolIsFounded => "pool is founded: change it by acts of governance".to_owned(),
        Rejection::TimeMustNotRunBackwards { last } => {
            format!("time must not run backwards: it is {} already", number::moment(*last))
        }
        Rejection::AccountUnknown => {
            "account unknown: open one, and name none of the pool's own accounts".to_owned()
        }
        Rejection::AssetUnknown => format!("asset unknown: there is {}", joined(&names.asset_symbols())),
        Rejection::MarketUnknown => format!("market unknown: there is {}", joined(&names.market_symbols())),
        Rejection::FactorUnknown => {
            let factors: Vec<Symbol> = config.factors.iter().map(|factor| factor.symbol).collect();
            format!("factor unknown: there is {}", joined(&factors))
        }
        Rejection::FeedUnknown => {
            let feeds: Vec<Symbol> = config.feeds.iter().map(|feed| feed.spec.symbol).collect();
            format!("feed unknown: there is {}", joined(&feeds))
        }
        Rejection::ActUnknown => {
            let acts: Vec<u32> = config.pending.iter().map(|act| act.id.0).collect();
            format!("act unknown: waiting is {}", joined(&acts))
        }
        _ => return None,
    };
    Some(told)
}

/// What a kind of collateral asks for.
fn kinds(rejection: &Rejection, names: &Names<'_>) -> Option<String> {
    let told = match rejection {
        Rejection::KindMustAllow { asset } => {
            format!("kind must allow it: {} is of a kind that is not dealt with so", names.asset_name(*asset))
        }
        Rejection::HolderMustBeAllowed { account, asset } => {
            let (account, asset) = (names.account_name(*account), names.asset_name(*asset));
            format!("holder must be allowed: have the owner of {account} listed for {asset}")
        }
        Rejection::CommitmentsMustCover { room } => {
            format!("commitments must cover it: listed holders would buy {} more", dollars(*room))
        }
        _ => return None,
    };
    Some(told)
}

/// What units of collections and bids for them ask for.
fn collections(rejection: &Rejection, subject: &Subject, names: &Names<'_>) -> Option<String> {
    let told = match rejection {
        Rejection::ItemIsHeld => "unit is held: the pool has it already; name another".to_owned(),
        Rejection::ItemUnknown => format!("unit unknown: {} has no such unit", subject.account(names)),
        Rejection::BidUnknown => {
            format!("bid unknown: {} has no such bid, or has cancelled it", subject.account(names))
        }
        Rejection::BidTooSmall { least } => {
            format!("bid too small: bid {} for a unit at the least", subject.amount(*least, names))
        }
        _ => return None,
    };
    Some(told)
}

fn malformed(rejection: &Rejection, subject: &Subject, names: &Names<'_>) -> Option<String> {
    let told = match rejection {
        Rejection::NumberTooLarge => "number too large: ask for less at once".to_owned(),
        Rejection::AccountExists => "account exists: choose another sub-account".to_owned(),
        Rejection::SymbolTaken => "symbol taken: choose another name".to_owned(),
        Rejection::AccountsMustDiffer => "accounts must differ: name two".to_owned(),
        Rejection::TooMany { limit } => format!("too many: {limit} is the limit"),
        Rejection::AmountMustNotBeZero => {
            "amount must not be zero, nor rounded to zero: ask for more".to_owned()
        }
        Rejection::AmountTooLarge { limit } => {
            let limit = match subject.market {
                Some(market) => {
                    names.contracts(market, Size::new(i64::try_from(limit.units()).unwrap_or(i64::MAX)))
                }
                None => subject.amount(*limit, names),
            };
            format!("amount too large: ask for {limit} at the most")
        }
        _ => return None,
    };
    Some(told)
}

fn governance(rejection: &Rejection, names: &Names<'_>) -> Option<String> {
    let told = match rejection {
        Rejection::ParameterOutOfBounds => {
            "parameter out of bounds: keep to the bounds of its topic and of the asset's class".to_owned()
        }
        Rejection::EarlierActMissing => {
            "earlier act missing: listing, oracle, deposit cap and withdrawal limit, each in effect before the next"
                .to_owned()
        }
        Rejection::OracleMustBeContinuous => {
            let continuity = names.state.config.params.governance.continuity;
            let continuity = number::percent(i128::from(continuity.raw()));
            format!("oracle must be continuous: bind a fully valid feed within {continuity} of the old price")
        }
        Rejection::PoolIsPaused => {
            "pool is paused: deposit, repay, reduce or leave without debt until it resumes".to_owned()
        }
        Rejection::LossMustBeShared { asset } => {
            format!("loss must be shared: somebody who owes {} can no longer pay; wait until that is dealt with", names.asset_name(*asset))
        }
        Rejection::PoolIsRunning => "pool is running: there is no pause to end".to_owned(),
        Rejection::PriceMustBeValid { asset } => {
            let asset = names.asset_name(*asset);
            format!("price must be valid: too few sources stand behind {asset}; wait for a tick of three groups")
        }
        Rejection::IndexMustBeValid { market } => {
            format!("index must be valid: only reduce {} until more sources report", names.market_name(*market))
        }
        Rejection::MarketHasExpired { market } => {
            format!(
                "market has expired: what is open in {} is settled, trade another",
                names.market_name(*market)
            )
        }
        Rejection::SurfaceMustBeValid { market } => {
            let market = names.market_name(*market);
            format!("surface must be valid: only reduce {market} until more sources report volatilities")
        }
        Rejection::ShortOptionNeedsPortfolioMode { account } => {
            let account = names.account_name(*account);
            format!("short option needs portfolio mode: choose it for {account}, or sell no options")
        }
        Rejection::ExpiryOutOfBounds { after, latest } => {
            let [after, latest] = [after, latest].map(|time| number::moment(*time));
            format!("expiry out of bounds: choose one after {after} and not after {latest}")
        }
        _ => return None,
    };
    Some(told)
}

fn balances(rejection: &Rejection, subject: &Subject, names: &Names<'_>) -> Option<String> {
    let told = match rejection {
        Rejection::BalanceTooSmall { available } => {
            format!("balance too small: {} has {}", subject.account(names), subject.amount(*available, names))
        }
        Rejection::NothingOwed => format!("nothing owed: {} has no such debt", subject.account(names)),
        Rejection::NothingToSettle => {
            let settlement = names.asset_name(names.state.settlement());
            let account = subject.account(names);
            format!(
                "nothing to settle: {account} has no {settlement} for a loss, and no profit that others have paid in"
            )
        }
        Rejection::AccountCapReached { room } => {
            format!(
                "account cap reached: {} may take {} more",
                subject.account(names),
                subject.amount(*room, names)
            )
        }
        Rejection::DepositCapReached { room } => {
            format!("deposit cap reached: the pool may take {} more", subject.amount(*room, names))
        }
        Rejection::BorrowCapReached { room } => {
            format!("borrow cap reached: {} more may be borrowed", subject.amount(*room, names))
        }
        Rejection::LiquidityTooSmall { available } => {
            format!("liquidity too small: lenders have left {}", subject.amount(*available, names))
        }
        Rejection::WithdrawalLimitReached { available } => {
            format!(
                "withdrawal limit reached: {} may leave now, more within the hour",
                subject.amount(*available, names)
            )
        }
        Rejection::OpenInterestCapReached { room } => {
            let room = subject.market.map_or(room.raw().to_string(), |market| names.contracts(market, *room));
            format!("open interest cap reached: {room} more may be opened")
        }
        _ => return None,
    };
    Some(told)
}

fn risk(rejection: &Rejection, subject: &Subject, names: &Names<'_>) -> Option<String> {
    let told = match rejection {
        Rejection::PriceOutsideBand { lowest, highest } => {
            let [lowest, highest] = [lowest, highest].map(|price| number::price(*price));
            format!("price outside band: trade between {lowest} and {highest}")
        }
        Rejection::InitialMarginMustHold { account, shortfall } => {
            format!(
                "initial margin must hold: {} is short of {}",
                names.account_name(*account),
                dollars(*shortfall)
            )
        }
        Rejection::ProfitMustBeSettled { account, shortfall } => {
            let (account, shortfall) = (names.account_name(*account), dollars(*shortfall));
            format!(
                "profit must be settled: without profit that nobody has paid yet {account} is short of {shortfall}"
            )
        }
        Rejection::HedgeMustBeClosedTogether { account, with } => {
            let (account, with) = (names.account_name(*account), names.market_name(*with));
            format!(
                "hedge must be closed together: this leg alone leaves {account} more risk; close {with} with it"
            )
        }
        Rejection::AccountIsHealthy => {
            format!("account is healthy: {} meets its maintenance margin", subject.account(names))
        }
        Rejection::BreachMustBeConfirmed => {
            format!(
                "breach must be confirmed: wait for the next tick to see {} in breach too",
                subject.account(names)
            )
        }
        Rejection::NothingToLiquidate => {
            format!("nothing to liquidate: no part of {} has a price that allows it", subject.account(names))
        }
        _ => return None,
    };
    Some(told)
}

fn access(rejection: &Rejection) -> Option<String> {
    let told = match rejection {
        Rejection::SignatureExpired { deadline } => {
            format!("signature expired: it counted until {}; sign again", number::moment(*deadline))
        }
        Rejection::NonceOutsideWindow { now } => {
            format!("nonce outside window: use the time of signing; it is {}", number::moment(*now))
        }
        Rejection::NonceIsUsed => "nonce is used: sign again with a newer one".to_owned(),
        Rejection::SignerMustBeAllowed => {
            "signer must be allowed: let the owner sign, or an agent whose scope reaches so far".to_owned()
        }
        Rejection::AgentMustBeFree => {
            "agent must be free: choose a key that owns nothing, and an end that is to come".to_owned()
        }
        Rejection::AgentUnknown => "agent unknown: the owner has no such agent".to_owned(),
        Rejection::MessageIsSpent => "message is spent: it was credited already".to_owned(),
        Rejection::EvidenceRefused { refusal } => format!("evidence refused: {}", event::cause(*refusal)),
        _ => return None,
    };
    Some(told)
}
