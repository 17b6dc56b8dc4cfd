//! Networks as stories know them: toy signer sets, keys of feeds, and names for what is bytes to the engine.

use cistern_attest::{
    Address, BeaconChain, ChainTrust, ExecutionHeader, FeedKey, Network, SetId, SignerSet, Threshold,
    period_of,
};
use cistern_units::Time;

use super::{
    names::joined,
    read::{self, Fault, FaultKind, Word},
};
use data_encoding::HEXLOWER;

/// Members of a toy set, and how many of them sign.
pub(crate) const MEMBERS: u8 = 3;
pub(crate) const QUORUM: u8 = 2;

/// The network of a word.
pub(crate) fn network(word: &Word) -> Result<Network, Fault> {
    let choices = || joined(&Network::ALL);
    let unknown = || {
        word.fault(FaultKind::UnknownChoice { what: "network", word: word.text.clone(), choices: choices() })
    };
    Network::named(&word.text).ok_or_else(unknown)
}

/// A set: a number, or a name of at most 32 letters.
pub(crate) fn set_id(word: &Word) -> Result<SetId, Fault> {
    named(word, SetId::index, SetId::named)
}

/// What a network calls a feed: a number, or a name of at most 32 letters.
pub(crate) fn feed_key(word: &Word) -> Result<FeedKey, Fault> {
    named(word, FeedKey::index, FeedKey::named)
}

fn named<T>(word: &Word, index: impl Fn(u32) -> T, name: impl Fn(&str) -> Option<T>) -> Result<T, Fault> {
    if word.text.starts_with(|letter: char| letter.is_ascii_digit()) {
        return read::whole(word, "number of a set or feed").map(index);
    }
    let rule = "write a number, or a name of at most 32 letters";
    let sound = !word.text.is_empty() && word.text.is_ascii();
    name(&word.text)
        .filter(|_| sound)
        .ok_or_else(|| word.fault(FaultKind::BadName { word: word.text.clone(), rule }))
}

/// Who signs in stories: so many members that have no other name than their place.
pub(crate) fn members(network: Network, id: SetId, count: u8) -> Vec<Address> {
    let place =
        Network::ALL.iter().position(|other| *other == network).and_then(|place| u8::try_from(place).ok());
    let member = |number: u8| {
        let mut bytes = [0; 20];
        bytes[..8].copy_from_slice(&id.0[24..]);
        bytes[8..16].copy_from_slice(&id.0[..8]);
        (bytes[17], bytes[18], bytes[19]) = (1, place.unwrap_or(0), number);
        Address(bytes)
    };
    (0..count).map(member).collect()
}

/// A toy set, from the beginning of time on.
pub(crate) fn set(network: Network, id: SetId) -> SignerSet {
    SignerSet {
        network,
        id,
        keys: members(network, id, MEMBERS),
        threshold: Threshold::Fixed(QUORUM),
        valid_from: Time::ZERO,
        expires_at: None,
    }
}

/// Ethereum up to a slot, with committees that have no other name than their period.
pub(crate) fn trust(slot: u64) -> ChainTrust {
    let period = period_of(slot);
    let committee = |period: u64| {
        let mut bytes = [0; 32];
        bytes[24..].copy_from_slice(&period.to_be_bytes());
        bytes
    };
    let execution = ExecutionHeader {
        hash: committee(slot),
        number: slot,
        state_root: [0; 32],
        receipts_root: [0; 32],
        timestamp: Time::ZERO,
    };
    ChainTrust {
        chain: BeaconChain::mainnet(),
        slot,
        root: committee(slot),
        committee: committee(period),
        next_committee: Some(committee(period.saturating_add(1))),
        execution,
    }
}

/// Thirty-two bytes as people know them: a number, a name, or how they begin.
pub(crate) fn told(bytes: &[u8; 32]) -> String {
    if let Some(index) = SetId(*bytes).as_index() {
        return index.to_string();
    }
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |place| place + 1);
    match std::str::from_utf8(&bytes[..end]) {
        Ok(name) if name.chars().all(|letter| letter.is_ascii_graphic()) => name.to_owned(),
        _ => format!("{}…", HEXLOWER.encode(&bytes[..4])),
    }
}

/// A set and its network: `pyth-routers 1`.
pub(crate) fn told_set(network: Network, set: SetId) -> String {
    format!("{network} {}", told(&set.0))
}
