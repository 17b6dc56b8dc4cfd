use cistern_engine::{event::Event, rows::Scope};

use crate::scenario::{
    acts::{told_binding, told_rate, told_signers},
    names::Names,
    networks::{self, told_set},
    number,
};

/// Who may sign for networks, and what is bound to what.
pub(super) fn evidence(event: &Event, names: &Names<'_>) -> Option<String> {
    let told = match event {
        Event::PoolNamed { governor, .. } => {
            format!("the pool has a name, and {} governs it", names.owner_name(*governor))
        }
        Event::SignersAdmitted { set } => format!("{} may sign", told_signers(set)),
        Event::SignersRetired { network, set, at } => {
            format!("{} may sign until {}", told_set(*network, *set), number::moment(*at))
        }
        Event::FeedBound { binding } => format!("the pool takes {}", told_binding(binding, names)),
        Event::FeedUnbound { binding } => {
            let network = binding.network;
            let (key, feed) = (networks::told(&binding.key.0), names.feed_name(binding.feed));
            format!("the pool takes {network}'s {key} for {feed} no longer")
        }
        Event::RateSet { feed, spec } => format!("the pool prices {}", told_rate(*feed, spec, names)),
        Event::ChainAdvanced { trust } => format!("Ethereum is final up to slot {}", trust.slot),
        Event::MessageSpent { message } => format!("the message {} is spent", networks::told(message)),
        _ => return None,
    };
    Some(told)
}

/// Who may ask.
pub(super) fn access(event: &Event, names: &Names<'_>) -> Option<String> {
    let told = match event {
        Event::CommandSigned { signer, .. } => format!("{} signed it", names.signer_name(*signer)),
        Event::AgentApproved { owner, signer, agent } => {
            let (owner, key) = (names.owner_name(*owner), names.signer_name(*signer));
            let (scope, end) = (scope_name(agent.scope), number::moment(agent.expires_at));
            format!("{key} may {scope} for {owner} until {end}")
        }
        Event::AgentRevoked { owner, signer } => {
            format!("{} may do nothing for {} any more", names.signer_name(*signer), names.owner_name(*owner))
        }
        _ => return None,
    };
    Some(told)
}

fn scope_name(scope: Scope) -> &'static str {
    match scope {
        Scope::Trade => "trade",
        Scope::Treasury => "trade, lend and borrow",
    }
}
