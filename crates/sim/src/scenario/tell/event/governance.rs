use cistern_engine::event::Event;

use crate::scenario::{
    acts::{told, told_add_on, told_asset, told_curve, told_factor, told_feed, told_market},
    names::Names,
    number,
};

/// What a pool is made of.
pub(super) fn founding(event: &Event, names: &Names<'_>) -> Option<String> {
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
        Event::AddOnSet { add_on } => told_add_on(add_on, names),
        Event::AddOnRemoved { add_on } => format!("no longer: {}", told_add_on(add_on, names)),
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
        Event::OpenInterestCapSet { market, cap } => {
            format!("{} may be open", names.contracts(*market, *cap))
        }
        _ => return None,
    };
    Some(told)
}

/// Acts and those who stand ready.
pub(super) fn governance(event: &Event, names: &Names<'_>) -> Option<String> {
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
            let act = told(act, names);
            if *effective_at <= names.state.totals.time {
                format!("act {} takes effect at once: {act}", act_id.0)
            } else {
                format!("act {} takes effect at {}: {act}", act_id.0, number::moment(*effective_at))
            }
        }
        Event::ActExecuted { act_id } => format!("act {} is in effect", act_id.0),
        Event::ActVetoed { act_id } => format!("act {} is struck out", act_id.0),
        Event::ActLapsed { act_id } => {
            format!("act {} lapses: it was due and could not be carried out", act_id.0)
        }
        Event::PoolPaused => "new risk is refused".to_owned(),
        Event::PoolResumed => "new risk is accepted again".to_owned(),
        Event::BackstopAppointed { account } => {
            format!("{} stands ready as a backstop", names.account_name(*account))
        }
        Event::BackstopReleased { account } => {
            format!("{} no longer stands ready", names.account_name(*account))
        }
        _ => return None,
    };
    Some(told)
}
