//! Transfers over Wormhole's token bridge: genuine ones, and ones that are not ours.

#![cfg(feature = "verify")]

mod fixtures;
mod guardians;
mod signing;

use cistern_attest::{
    Claim, Network, Refusal,
    wormhole::{self, ChainAddress, Credit, Receiver, TokenAttestation, Transfer, to_the_wire},
};
use guardians::{Draft, at, known, registry, set};
use proptest::prelude::*;

const BRIDGE: ChainAddress = ChainAddress { chain: 2, address: [7; 32] };
const TOKEN: ChainAddress = ChainAddress { chain: 2, address: [8; 32] };
const OURS: ChainAddress = ChainAddress { chain: 30, address: [9; 32] };
const RECEIVER: Receiver<'static> = Receiver { bridges: &[BRIDGE], ours: OURS };

fn word(number: u128) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[16..].copy_from_slice(&number.to_be_bytes());
    bytes
}

fn named(place: ChainAddress) -> Vec<u8> {
    [&place.address[..], &place.chain.to_be_bytes()].concat()
}

fn transfer(amount: u128, fee: u128) -> Vec<u8> {
    [&[1][..], &word(amount), &named(TOKEN), &named(OURS), &word(fee)].concat()
}

fn receive(draft: &Draft) -> Result<Claim, Refusal> {
    let bytes = draft.signed(1, 0..5);
    let registry = registry([set(Network::Wormhole, 1, 1, 5)]);
    let mut verified = RECEIVER.verify(&wormhole::decode(&bytes)?, &registry, at(1_700_000_100))?;
    assert!(matches!(verified.claims[..], [Claim::Message(_), _]));
    Ok(verified.claims.remove(1))
}

fn payload(payload: impl Into<Vec<u8>>) -> Result<Claim, Refusal> {
    receive(&Draft::of(BRIDGE, payload))
}

/// The bridges that governance registered, of the genuine messages.
fn registered() -> Option<Vec<ChainAddress>> {
    let list = fixtures::json("wormhole/vaas_valid_mainnet.json")?;
    let mut bridges = Vec::new();
    for entry in list.as_array().unwrap() {
        let bytes = fixtures::unhex(entry["hex"].as_str().unwrap());
        let vaa = wormhole::decode(&bytes).unwrap();
        let claims =
            vaa.verify(Network::Wormhole, &known(), at(u64::from(vaa.timestamp) + 1)).unwrap().claims;
        bridges.extend(claims.into_iter().filter_map(|claim| match claim {
            Claim::Bridge(bridge) => Some(bridge),
            _ => None,
        }));
    }
    bridges.sort_unstable();
    bridges.dedup();
    Some(bridges)
}

/// The line of a genuine transfer, between two words of it.
fn between<'l>(line: &'l str, before: &str, after: &str) -> &'l str {
    line.split_once(before).unwrap().1.split_once(after).unwrap().0
}

fn chain_address(text: &str) -> ChainAddress {
    let (chain, address) = text.split_once(':').unwrap();
    ChainAddress { chain: chain.parse().unwrap(), address: fixtures::unhex(address).try_into().unwrap() }
}

#[test]
fn genuine_transfers_and_attestations_have_their_values() {
    let Some(bridges) = registered() else { return };
    let list = fixtures::json("wormhole/token_bridge_transfers_and_attestations.json").unwrap();
    let (mut transfers, mut tokens) = (0, Vec::new());
    for entry in list.as_array().unwrap() {
        let line = entry["decoded"].as_str().unwrap();
        let bytes = fixtures::unhex(entry["hex"].as_str().unwrap());
        let vaa = wormhole::decode(&bytes).unwrap();
        let ours =
            line.split_once(" to ").map_or(OURS, |(_, rest)| chain_address(rest.split_once(' ').unwrap().0));
        let receiver = Receiver { bridges: &bridges, ours };
        let verified = receiver.verify(&vaa, &known(), at(u64::from(vaa.timestamp) + 1)).unwrap();
        match &verified.claims[1] {
            Claim::Transfer(transfer) => {
                transfers += 1;
                assert_eq!(transfer.amount.to_string(), between(line, "amount ", " "));
                assert_eq!(transfer.token, chain_address(between(line, "token ", " ")));
                assert_eq!((transfer.fee, transfer.sender), (0, None));
                let elsewhere = Receiver { ours: OURS, ..receiver };
                assert_eq!(elsewhere.verify(&vaa, &known(), at(1)), Err(Refusal::NotForUs));
            }
            Claim::Token(token) => tokens.push((token.decimals, text(&token.symbol), text(&token.name))),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(transfers, 4);
    let names = |symbol: &str, name: &str| (18, symbol.to_owned(), name.to_owned());
    assert_eq!(tokens, [names("WETH", "Wrapped Ether"), names("cUSD", "Celo Dollar")]);
}

/// The letters of a padded name.
fn text(name: &[u8; 32]) -> String {
    let letters = name.iter().copied().filter(|byte| byte.is_ascii_graphic() || *byte == b' ');
    String::from_utf8(letters.collect()).unwrap()
}

#[test]
fn messages_of_other_contracts_are_no_transfers_though_they_begin_alike() {
    let Some(bridges) = registered() else { return };
    let list = fixtures::json("wormhole/vaas_valid_mainnet.json").unwrap();
    let mut lookalikes = 0;
    for entry in list.as_array().unwrap() {
        let bytes = fixtures::unhex(entry["hex"].as_str().unwrap());
        let vaa = wormhole::decode(&bytes).unwrap();
        if matches!(vaa.payload.first(), Some(1..=3)) && !bridges.contains(&vaa.emitter) {
            lookalikes += 1;
            let receiver = Receiver { bridges: &bridges, ours: OURS };
            assert_eq!(receiver.verify(&vaa, &known(), at(1)), Err(Refusal::WrongEmitter));
        }
    }
    assert!(lookalikes >= 2, "{lookalikes}");
}

#[test]
fn the_bridge_of_another_chain_and_the_right_bridge_elsewhere_are_refused() {
    for emitter in [ChainAddress { chain: 4, ..BRIDGE }, ChainAddress { address: [6; 32], ..BRIDGE }] {
        assert_eq!(receive(&Draft::of(emitter, transfer(5, 1))), Err(Refusal::WrongEmitter));
    }
}

#[test]
fn a28_a_transfer_brings_its_amount_less_the_fee_in_the_tokens_own_units() {
    let Ok(Claim::Transfer(transfer)) = payload(transfer(1_234_567_890, 90)) else { panic!() };
    let expected = Transfer {
        amount: 1_234_567_890,
        token: TOKEN,
        recipient: OURS,
        fee: 90,
        sender: None,
        message: vec![],
    };
    assert_eq!(transfer, expected);
    let ether = Credit { amount: 12_345_678_000_000_000_000, fee: 900_000_000_000 };
    assert_eq!(transfer.credit(18), Ok(ether));
    assert_eq!(transfer.credit(8), Ok(Credit { amount: 1_234_567_800, fee: 90 }));
    // A token with six decimals keeps them on the wire.
    assert_eq!(transfer.credit(6), transfer.credit(8));
    assert_eq!(transfer.credit(46), Err(Refusal::TooLarge));
    assert_eq!(transfer.credit(255), Err(Refusal::TooLarge));
}

#[test]
fn a28_a_fee_above_the_amount_is_refused() {
    assert!(payload(transfer(5, 5)).is_ok());
    assert_eq!(payload(transfer(5, 6)), Err(Refusal::NotForUs));
    let bare = Transfer { amount: 5, token: TOKEN, recipient: OURS, fee: 6, sender: None, message: vec![] };
    assert_eq!(bare.credit(8), Err(Refusal::NotForUs));
}

#[test]
fn a28_what_the_wire_cannot_carry_stays_with_its_owner() {
    assert_eq!(to_the_wire(1_234_567_899_999_999_999, 18), Ok((123_456_789, 9_999_999_999)));
    assert_eq!(to_the_wire(9_999_999_999, 18), Ok((0, 9_999_999_999)));
    assert_eq!(to_the_wire(123, 6), Ok((123, 0)));
    assert_eq!(to_the_wire(123, 47), Err(Refusal::TooLarge));
}

#[test]
fn a_transfer_to_another_chain_or_recipient_is_not_for_us() {
    for place in [ChainAddress { chain: 31, ..OURS }, ChainAddress { address: [1; 32], ..OURS }] {
        let elsewhere = [&[1][..], &word(5), &named(TOKEN), &named(place), &word(0)].concat();
        assert_eq!(payload(elsewhere), Err(Refusal::NotForUs));
    }
}

#[test]
fn an_amount_or_fee_beyond_128_bits_is_too_large() {
    for place in [1, 16, 101, 116] {
        let mut large = transfer(5, 1);
        large[place] = 1;
        assert_eq!(payload(large), Err(Refusal::TooLarge), "{place}");
    }
    assert!(payload(transfer(u128::MAX, u128::MAX)).is_ok());
}

#[test]
fn a_transfer_with_a_message_has_a_sender_and_no_fee() {
    let bytes = [&[3][..], &word(5), &named(TOKEN), &named(OURS), &[6; 32], b"deposit"].concat();
    let Ok(Claim::Transfer(transfer)) = payload(bytes.clone()) else { panic!() };
    assert_eq!((transfer.amount, transfer.fee), (5, 0));
    assert_eq!((transfer.sender, &transfer.message[..]), (Some([6; 32]), &b"deposit"[..]));
    assert_eq!(payload(&bytes[..132]), Err(Refusal::Malformed));
}

#[test]
fn payloads_have_exactly_their_length() {
    let transfer = transfer(5, 1);
    assert_eq!(transfer.len(), 133);
    let attestation = [&[2][..], &named(TOKEN), &[18], &[b'S'; 32], &[b'N'; 32]].concat();
    let token = TokenAttestation { token: TOKEN, decimals: 18, symbol: [b'S'; 32], name: [b'N'; 32] };
    assert_eq!(payload(attestation.clone()), Ok(Claim::Token(token)));
    for whole in [transfer, attestation] {
        assert_eq!(payload(&whole[..whole.len() - 1]), Err(Refusal::Malformed));
        assert_eq!(payload([&whole[..], &[0]].concat()), Err(Refusal::Malformed));
    }
    assert_eq!(payload([]), Err(Refusal::Malformed));
    assert_eq!(payload([4]), Err(Refusal::Unsupported));
}

#[test]
fn a_message_of_a_block_that_is_not_final_is_refused() {
    for (level, verdict) in
        [(200, Some(Refusal::NotFinal)), (201, Some(Refusal::NotFinal)), (1, None), (32, None)]
    {
        let mut draft = Draft::of(BRIDGE, transfer(5, 1));
        draft.consistency = level;
        assert_eq!(receive(&draft).err(), verdict, "{level}");
    }
}

proptest! {
    #[test]
    fn what_is_carried_and_what_stays_are_what_there_was(amount: u128, decimals in 0_u8..=46) {
        let (carried, rest) = to_the_wire(amount, decimals).unwrap();
        let transfer = Transfer { amount: carried, token: TOKEN, recipient: OURS, fee: 0, sender: None, message: vec![] };
        let credit = transfer.credit(decimals).unwrap();
        prop_assert_eq!(credit.amount + rest, amount);
    }
}
