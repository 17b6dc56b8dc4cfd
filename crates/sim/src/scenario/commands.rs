//! From questions to commands.

use cistern_engine::{
    command::Command,
    ids::{ActId, BidId, ItemId},
    limits::AMOUNT_MAX,
};
use cistern_units::{Amount, Value};

use super::{
    acts,
    names::Names,
    read::{self, Fault, FaultKind, Verb, Word},
};

/// The command of a question that is one command; `None` for the verbs of time, prices and looking.
pub(crate) fn command(verb: Verb, words: &[Word], names: &Names<'_>) -> Result<Option<Command>, Fault> {
    let found = match verb {
        Verb::Mode => mode(words, names)?,
        Verb::Deposit | Verb::Withdraw | Verb::Lend | Verb::Recall | Verb::Borrow | Verb::Repay => {
            units(verb, words, names)?
        }
        Verb::Commit => Command::Commit {
            account: names.account(&words[0])?,
            asset: names.asset(&words[1])?,
            value: Value::dollars(read::whole(&words[2], "count of dollars")?),
        },
        Verb::DepositItem | Verb::WithdrawItem | Verb::TransferItem | Verb::Bid | Verb::CancelBid => {
            of_collection(verb, words, names)?
        }
        Verb::Queue => Command::ReportQueue { asset: names.asset(&words[0])?, wait: read::span(&words[1])? },
        Verb::Transfer => transfer(words, names)?,
        Verb::Fill => fill(words, names)?,
        Verb::Settle => Command::Settle { account: names.account(&words[0])? },
        Verb::Liquidate => {
            Command::Liquidate { account: names.account(&words[0])?, liquidator: names.account(&words[1])? }
        }
        Verb::Backstop => Command::AppointBackstop { account: names.account(&words[0])? },
        Verb::Release => Command::ReleaseBackstop { account: names.account(&words[0])? },
        Verb::Schedule => Command::Schedule { act: acts::act(&words[0], &words[1..], names)? },
        Verb::Veto => Command::Veto { act_id: ActId(read::whole(&words[0], "number of an act")?) },
        Verb::Pause => Command::Pause,
        Verb::Resume => Command::Resume,
        _ => return Ok(None),
    };
    Ok(Some(found))
}

fn mode(words: &[Word], names: &Names<'_>) -> Result<Command, Fault> {
    let account = names.account(&words[0])?;
    match words[1].text.as_str() {
        "standard" => Ok(Command::ChooseStandardMode { account }),
        "portfolio" => Ok(Command::ChoosePortfolioMode { account }),
        other => Err(words[1].fault(FaultKind::UnknownChoice {
            what: "mode",
            word: other.to_owned(),
            choices: "standard, portfolio".to_owned(),
        })),
    }
}

fn units(verb: Verb, words: &[Word], names: &Names<'_>) -> Result<Command, Fault> {
    let (account, asset) = (names.account(&words[0])?, names.asset(&words[1])?);
    let all = words[2].text == "all" && matches!(verb, Verb::Recall | Verb::Repay);
    // More than there is means all.
    let amount = if all { Amount::new(AMOUNT_MAX) } else { names.amount(asset, &words[2])? };
    Ok(match verb {
        Verb::Withdraw => Command::Withdraw { account, asset, amount },
        Verb::Lend => Command::Lend { account, asset, amount },
        Verb::Recall => Command::Recall { account, asset, amount },
        Verb::Borrow => Command::Borrow { account, asset, amount },
        Verb::Repay => Command::Repay { account, asset, amount },
        _ => Command::Deposit { account, asset, amount },
    })
}

/// Units of collections, each by its number, and bids for them.
fn of_collection(verb: Verb, words: &[Word], names: &Names<'_>) -> Result<Command, Fault> {
    let account = names.account(&words[0])?;
    let item = |word: &Word| read::whole(word, "number of a unit").map(ItemId::of);
    Ok(match verb {
        Verb::CancelBid => {
            Command::CancelBid { account, bid: BidId(read::whole(&words[1], "number of a bid")?) }
        }
        Verb::TransferItem => Command::TransferItem {
            from: account,
            to: names.account(&words[1])?,
            asset: names.asset(&words[2])?,
            item: item(&words[3])?,
        },
        Verb::Bid => Command::PlaceBid {
            account,
            price: names.amount(names.state.settlement(), &words[3])?,
            count: read::whole(&words[2], "count of units")?,
            asset: names.asset(&words[1])?,
        },
        Verb::WithdrawItem => {
            Command::WithdrawItem { account, asset: names.asset(&words[1])?, item: item(&words[2])? }
        }
        _ => Command::DepositItem { account, asset: names.asset(&words[1])?, item: item(&words[2])? },
    })
}

fn transfer(words: &[Word], names: &Names<'_>) -> Result<Command, Fault> {
    let asset = names.asset(&words[2])?;
    Ok(Command::Transfer {
        from: names.account(&words[0])?,
        to: names.account(&words[1])?,
        asset,
        amount: names.amount(asset, &words[3])?,
    })
}

fn fill(words: &[Word], names: &Names<'_>) -> Result<Command, Fault> {
    let market = names.market(&words[2])?;
    Ok(Command::Fill {
        buyer: names.account(&words[0])?,
        seller: names.account(&words[1])?,
        market,
        size: names.size(market, &words[3])?,
        price: read::price(&words[4])?,
    })
}
