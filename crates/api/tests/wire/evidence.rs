//! Samples of evidence, with drawn numbers.

use cistern_attest::{
    Address, BeaconChain, ChainTrust, Digest, Evidence, ExecutionHeader, FeedKey, Kind, Market, Network,
    Observation, Rotation, SetId, Signer, SignerSet, Statement, Threshold,
};
use cistern_engine::{
    act::{Binding, RateSpec, Subject},
    command::Authorisation,
    rows::{Agent, Rate, Scope},
};

use crate::{samples::chosen, world::Dice};

pub(crate) fn digest(d: &mut Dice) -> Digest {
    let mut bytes = [0; 32];
    bytes.fill_with(|| d.byte());
    bytes
}

pub(crate) fn maybe<T>(d: &mut Dice, of: fn(&mut Dice) -> T) -> Option<T> {
    if d.below(2) == 0 { None } else { Some(of(d)) }
}

pub(crate) fn network(d: &mut Dice) -> Network {
    chosen(d, Network::ALL)
}

fn address(d: &mut Dice) -> Address {
    Address(d.owner().0)
}

pub(crate) fn signer(d: &mut Dice) -> Signer {
    if d.below(2) == 0 { Signer::Address(address(d)) } else { Signer::Ed25519(digest(d)) }
}

pub(crate) fn signer_set(d: &mut Dice) -> SignerSet {
    let thresholds =
        [Threshold::TwoThirds, Threshold::Majority, Threshold::Faulty(d.byte()), Threshold::Fixed(d.byte())];
    SignerSet {
        network: network(d),
        id: SetId(digest(d)),
        keys: d.some(address),
        threshold: chosen(d, thresholds),
        valid_from: d.time(),
        expires_at: maybe(d, Dice::time),
    }
}

pub(crate) fn binding(d: &mut Dice) -> Binding {
    Binding {
        network: network(d),
        set: SetId(digest(d)),
        key: FeedKey(digest(d)),
        source: d.source(),
        feed: d.feed(),
        subject: chosen(d, [Subject::Price, Subject::Rate]),
        exponent: i32::from(d.byte()) - 128,
        floor: d.price(),
        ceiling: d.price(),
    }
}

pub(crate) fn rate_spec(d: &mut Dice) -> RateSpec {
    RateSpec {
        underlying: d.feed(),
        growth_max: d.fraction(),
        fall_max: d.fraction(),
        age_max: d.span(),
        discount_band: d.fraction(),
        patience: d.span(),
    }
}

pub(crate) fn agent(d: &mut Dice) -> Agent {
    Agent { scope: chosen(d, [Scope::Trade, Scope::Treasury]), expires_at: d.time() }
}

pub(crate) fn rate(d: &mut Dice) -> Rate {
    Rate { ratio: d.price(), at: d.time(), sequence: d.time().as_milliseconds() }
}

pub(crate) fn evidence(d: &mut Dice) -> Evidence {
    Evidence { kind: chosen(d, Kind::ALL), bytes: d.some(Dice::byte) }
}

pub(crate) fn trust(d: &mut Dice) -> ChainTrust {
    ChainTrust {
        chain: BeaconChain::mainnet(),
        slot: d.time().as_milliseconds(),
        root: digest(d),
        committee: digest(d),
        next_committee: maybe(d, digest),
        execution: ExecutionHeader {
            hash: digest(d),
            number: 9,
            state_root: digest(d),
            receipts_root: digest(d),
            timestamp: d.time(),
        },
    }
}

pub(crate) fn statement(d: &mut Dice) -> Statement {
    match d.below(3) {
        0 => Statement::Rotation(Rotation {
            network: network(d),
            index: d.account().0,
            keys: d.some(address),
            signed_by: SetId(digest(d)),
        }),
        1 => Statement::Chain(trust(d)),
        _ => Statement::Price(Observation {
            network: network(d),
            set: SetId(digest(d)),
            feed: FeedKey(digest(d)),
            mantissa: i128::try_from(d.wide() >> 2).unwrap() * if d.below(2) == 0 { 1 } else { -1 },
            exponent: i32::from(d.byte()) - 128,
            confidence: d.wide(),
            published_at: d.time(),
            sequence: d.time().as_milliseconds(),
            expires_at: maybe(d, Dice::time),
            market: chosen(d, [Market::Unstated, Market::Open, Market::Closed]),
            digest: digest(d),
        }),
    }
}

pub(crate) fn authorisation(d: &mut Dice) -> Authorisation {
    Authorisation {
        signer: signer(d),
        nonce: d.time(),
        deadline: d.time(),
        id: digest(d),
        signature: d.some(Dice::byte),
    }
}
