//! What a refusal says to people: what is wrong, and what to do next.

use cistern_engine::rejection;

use super::{
    names::Names,
    rejection::{Rule, Subject},
};

/// A refusal as a sentence. `rule` is the same refusal in the units that people write.
pub(super) fn rejection(
    rejection: &rejection::Rejection,
    rule: &Rule,
    subject: &Subject,
    names: &Names,
) -> String {
    let told = missing(rule)
        .or_else(|| malformed(rule, subject, names))
        .or_else(|| governance(rule))
        .or_else(|| access(rule));
    let told = told.or_else(|| balances(rule, subject, names)).or_else(|| risk(rule, subject));
    // The groups cover all rules, which a test checks; a rule without its words is told by its name.
    told.unwrap_or_else(|| rejection.to_string())
}

impl Subject {
    fn who(&self) -> String {
        self.account.map_or_else(|| "the account".to_owned(), |account| format!("account {}", account.0))
    }

    /// What an amount is an amount of.
    fn units(&self, names: &Names) -> String {
        match (self.asset, self.market) {
            (Some(asset), _) => names.asset(asset).0,
            (None, Some(market)) => format!("contracts of {}", names.market(market).0),
            (None, None) if self.founds => "smallest units".to_owned(),
            (None, None) => names.asset(names.settlement()).0,
        }
    }
}

fn missing(rule: &Rule) -> Option<String> {
    let told = match rule {
        Rule::PoolMustBeFounded {} => "The pool has not been founded: send found first.",
        Rule::PoolIsFounded {} => "The pool is founded already: change it with schedule.",
        Rule::TimeMustNotRunBackwards { last } => {
            let last = last.0;
            return Some(format!(
                "Time must not run backwards: the last entry was at {last}; send a later time."
            ));
        }
        Rule::AccountUnknown {} => {
            "There is no such account, or it belongs to the pool itself: open one with open_account and use its number."
        }
        Rule::AssetUnknown {} => "There is no such asset: use one that the pool lists.",
        Rule::MarketUnknown {} => "There is no such market: use one that the pool lists.",
        Rule::FactorUnknown {} => "There is no such risk factor: use one that the pool lists.",
        Rule::FeedUnknown {} => "There is no such feed: use one that the pool lists.",
        Rule::ActUnknown {} => "No act with this number waits: look among the pending acts.",
        _ => return None,
    };
    Some(told.to_owned())
}

fn malformed(rule: &Rule, subject: &Subject, names: &Names) -> Option<String> {
    let told = match rule {
        Rule::NumberTooLarge {} => "A number grew too large: ask for less at once.".to_owned(),
        Rule::AccountExists {} => {
            "The owner has this account already: choose another sub-account.".to_owned()
        }
        Rule::SymbolTaken {} => "The name is taken: choose another one.".to_owned(),
        Rule::AccountsMustDiffer {} => "The two accounts must differ: name another one.".to_owned(),
        Rule::TooMany { limit } => format!("There is room for {limit} and no more: free one first."),
        Rule::AmountMustNotBeZero {} => "The amount is zero or rounds to zero: ask for more.".to_owned(),
        Rule::AmountTooLarge { limit } => {
            format!("One command moves {} {} at the most: ask for less.", limit.0, subject.units(names))
        }
        _ => return None,
    };
    Some(told)
}

fn governance(rule: &Rule) -> Option<String> {
    let told = match rule {
        Rule::ParameterOutOfBounds {} => {
            "A parameter is out of bounds: keep to the bounds of its topic and of the asset's class."
                .to_owned()
        }
        Rule::EarlierActMissing {} => {
            "An earlier act is missing: listing, oracle, deposit cap and withdrawal limit \
             must each be in effect before the next."
                .to_owned()
        }
        Rule::OracleMustBeContinuous {} => {
            "The new price must follow on the old one: bind a fully valid feed whose price is near."
                .to_owned()
        }
        Rule::PoolIsPaused {} => {
            "The pool is paused and takes no new risk: deposit, repay, reduce, or wait until it resumes."
                .to_owned()
        }
        Rule::PoolIsRunning {} => "The pool is running: there is no pause to end.".to_owned(),
        Rule::KindMustAllow { asset } => {
            format!("{} is of a kind that is not dealt with like that: look at its kind.", asset.0)
        }
        Rule::PriceMustBeValid { asset } => {
            format!("Too few sources stand behind the price of {}: wait until three groups report.", asset.0)
        }
        Rule::IndexMustBeValid { market } => {
            format!("Too few sources stand behind the index of {}: only reduce until more report.", market.0)
        }
        Rule::MarketHasExpired { market } => {
            format!(
                "{} has expired: what is open in it is settled, and nothing is traded any more.",
                market.0
            )
        }
        Rule::ExpiryOutOfBounds { after, latest } => {
            format!("The expiry must lie after {} and not after {}: choose another one.", after.0, latest.0)
        }
        Rule::SurfaceMustBeValid { market } => format!(
            "Too few sources stand behind the volatilities of {}: only reduce until more report.",
            market.0
        ),
        Rule::ShortOptionNeedsPortfolioMode { account } => format!(
            "Account {} is judged without offsets and sells no options: choose portfolio mode first.",
            account.0
        ),
        Rule::LossMustBeShared { asset } => format!(
            "Somebody who owes {} can no longer pay: lend and recall again when that loss has been shared.",
            asset.0
        ),
        _ => return None,
    };
    Some(told)
}

fn access(rule: &Rule) -> Option<String> {
    let told = match rule {
        Rule::SignatureExpired { deadline } => {
            format!("The signature ended at {}: sign again with a later deadline.", deadline.0)
        }
        Rule::NonceOutsideWindow { now } => format!(
            "The nonce must be the time of signing in milliseconds, and the pool's time is {}: set the clock, sign again.",
            now.0
        ),
        Rule::NonceIsUsed {} => {
            "The nonce is used, or older than the latest 32 of this signer: sign again with a new one.".to_owned()
        }
        Rule::SignerMustBeAllowed {} => {
            "The signer may not ask for that: sign with the owner's key, or with an agent of the owner whose scope includes it."
                .to_owned()
        }
        Rule::AgentMustBeFree {} => {
            "An agent needs a key of its own, which owns nothing, and an end that lies ahead."
                .to_owned()
        }
        Rule::AgentUnknown {} => "The owner has no such agent: look at its keys.".to_owned(),
        Rule::MessageIsSpent {} => "That message was used already: nothing more comes of it.".to_owned(),
        Rule::EvidenceRefused { refusal } => format!("The evidence does not count: {}.", refusal.to_core()),
        _ => return None,
    };
    Some(told)
}

fn balances(rule: &Rule, subject: &Subject, names: &Names) -> Option<String> {
    let (who, units) = (subject.who(), subject.units(names));
    let told = match rule {
        Rule::BalanceTooSmall { available } => {
            format!("The balance is too small: {who} has {} {units}; ask for that at the most.", available.0)
        }
        Rule::HolderMustBeAllowed { account, asset } => format!(
            "{} is for listed holders, and the owner of account {} is none: have governance list it.",
            asset.0, account.0
        ),
        Rule::CommitmentsMustCover { room } => format!(
            "Listed holders would buy {} dollars more of it: have more committed, or ask for less.",
            room.0
        ),
        Rule::ItemIsHeld {} => "The pool has that unit already: name another one.".to_owned(),
        Rule::ItemUnknown {} => format!("{who} has no such unit of {units}: name one that it has."),
        Rule::BidUnknown {} => format!("{who} has no such bid, or has cancelled it: look among its bids."),
        Rule::BidTooSmall { least } => {
            format!("The bid is too small: bid {} {units} for a unit at the least.", least.0)
        }
        Rule::NothingOwed {} => format!("Nothing is owed: {who} has no debt in {units} to repay."),
        Rule::NothingToSettle {} => {
            let settlement = names.asset(names.settlement()).0;
            format!(
                "There is nothing to settle: {who} has no {settlement} for a loss, and no profit that others have paid in; \
                 try again when they have."
            )
        }
        Rule::AccountCapReached { room } => {
            format!("The cap of one account is reached: {who} may take {} {units} more.", room.0)
        }
        Rule::DepositCapReached { room } => {
            format!("The deposit cap is reached: the pool may take {} {units} more.", room.0)
        }
        Rule::BorrowCapReached { room } => {
            format!("The borrow cap is reached: {} {units} more may be borrowed.", room.0)
        }
        Rule::LiquidityTooSmall { available } => format!(
            "Lenders have {} {units} left: ask for that at the most, or wait for repayments.",
            available.0
        ),
        Rule::WithdrawalLimitReached { available } => format!(
            "The withdrawal limit is reached: {} {units} may leave now, more within the hour.",
            available.0
        ),
        Rule::OpenInterestCapReached { room } => {
            format!("The open interest cap is reached: {} {units} more may be opened.", room.0)
        }
        _ => return None,
    };
    Some(told)
}

fn risk(rule: &Rule, subject: &Subject) -> Option<String> {
    let who = subject.who();
    let told = match rule {
        Rule::PriceOutsideBand { lowest, highest } => format!(
            "The price is too far from what the market is worth: trade between {} and {} dollars.",
            lowest.0, highest.0
        ),
        Rule::InitialMarginMustHold { account, shortfall } => format!(
            "Initial margin must hold: account {} would be short of {} dollars; ask for less, reduce risk or deposit more.",
            account.0, shortfall.0
        ),
        Rule::ProfitMustBeSettled { account, shortfall } => format!(
            "Profit must be settled first: without profit that nobody has paid yet account {} would be short of {} dollars; \
             settle, or ask for less.",
            account.0, shortfall.0
        ),
        Rule::HedgeMustBeClosedTogether { account, with } => format!(
            "The hedge must be closed together: this leg alone leaves account {} more risk; close {} with it.",
            account.0, with.0
        ),
        Rule::AccountIsHealthy {} => {
            format!("There is nothing to liquidate: {who} meets its maintenance margin.")
        }
        Rule::BreachMustBeConfirmed {} => {
            format!("The breach must be confirmed: wait for the next tick to see {who} in breach too.")
        }
        Rule::NothingToLiquidate {} => {
            format!("No part of {who} has a price that allows a liquidation: wait for valid prices.")
        }
        _ => return None,
    };
    Some(told)
}
