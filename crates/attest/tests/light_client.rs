//! A light client of the beacon chain: six periods of Capella, an update of Fulu, and committees of our own.
#![cfg(feature = "light-client")]

mod beacon;
mod fixtures;

use std::sync::OnceLock;

use cistern_attest::{
    BeaconChain, ChainTrust, Claim, Digest, Network, Refusal, SetId,
    light_client::{
        Bootstrap, Checkpoint, Committee, MAX_BYTES, Message, Roster, Update, decode, decode_all,
        decode_committee,
    },
};
use cistern_units::{Span, Time};
use proptest::prelude::*;
use serde_json::Value;

const CAPELLA: &str = "ethereum/lightclient-mainnet-capella/";
const FULU: &str = "ethereum/lightclient-mainnet-fulu-2026-09-27/finality_update.json";
/// After every message of the folder.
const LATER: Time = Time::milliseconds(1_692_140_000_000);

struct Period {
    bootstrap: Bootstrap,
    updates: Vec<Update>,
    committees: Vec<Committee>,
}

fn message(json: &str) -> Message {
    decode(json.as_bytes()).unwrap()
}

fn update(json: &str) -> Update {
    match message(json) {
        Message::Update(update) => *update,
        Message::Bootstrap(_) => panic!("an update"),
    }
}

fn text(name: &str) -> Option<String> {
    fixtures::text(&format!("{CAPELLA}{name}"))
}

/// The bootstrap, the updates after it, and the committees that they bring: of period 862 and on.
fn chain() -> Option<&'static Period> {
    static CHAIN: OnceLock<Option<Period>> = OnceLock::new();
    CHAIN
        .get_or_init(|| {
            let Message::Bootstrap(bootstrap) = message(&text("bootstrap.json")?) else {
                panic!("a bootstrap")
            };
            let updates: Vec<Update> = decode_all(text("updates.json")?.as_bytes())
                .unwrap()
                .into_iter()
                .map(|message| match message {
                    Message::Update(update) => *update,
                    Message::Bootstrap(_) => panic!("an update"),
                })
                .collect();
            let next = updates.iter().map(|update| update.next_committee.as_ref().unwrap());
            let committees =
                [&bootstrap.committee].into_iter().chain(next).map(|keys| Committee::new(keys).unwrap());
            let committees = committees.collect();
            Some(Period { bootstrap: *bootstrap, updates, committees })
        })
        .as_ref()
}

fn checkpoint(chain: &Period) -> Checkpoint {
    Checkpoint {
        chain: BeaconChain::mainnet(),
        root: chain.bootstrap.header.root(),
        age_max: Span::milliseconds(14 * 86_400_000),
    }
}

fn start(chain: &Period) -> ChainTrust {
    chain.bootstrap.verify(&checkpoint(chain), LATER).unwrap()
}

/// The trust after some of the updates.
fn after(chain: &Period, updates: usize) -> ChainTrust {
    let step = |trust: ChainTrust, at: usize| {
        chain.updates[at].verify(&trust, &chain.committees[at], LATER).unwrap().trust.unwrap()
    };
    (0..updates).fold(start(chain), step)
}

fn changed(json: &str, change: impl FnOnce(&mut Value)) -> Result<Message, Refusal> {
    let mut value = serde_json::from_str(json).unwrap();
    change(&mut value);
    decode(value.to_string().as_bytes())
}

fn changed_update(json: &str, change: impl FnOnce(&mut Value)) -> Update {
    match changed(json, change).unwrap() {
        Message::Update(update) => *update,
        Message::Bootstrap(_) => panic!("an update"),
    }
}

fn word(hex: &str) -> Digest {
    fixtures::unhex(hex).try_into().unwrap()
}

#[test]
fn a_checkpoint_leads_over_six_periods_to_a_finalised_block() {
    let Some(chain) = chain() else { return };
    let trust = start(chain);
    assert_eq!((trust.slot, trust.period(), trust.execution.number), (7_069_376, 862, 17_883_333));
    assert_eq!(trust.root, word("5afc212a7924789b2bc86acad3ab3a6ffb1f6e97253ea50bee7f4f51422c9275"));
    let participants: Vec<_> = chain.updates.iter().map(Update::participants).collect();
    assert_eq!(participants, [511, 512, 511, 510, 512, 512]);
    let first = after(chain, 1);
    assert_eq!(
        (first.slot, first.next_committee),
        (trust.slot, Some(*chain.committees[1].root())),
        "it only learns who is next"
    );
    let trust = after(chain, 6);
    assert_eq!((trust.slot, trust.period()), (7_104_096, 867));
    assert_eq!(
        (trust.committee, trust.next_committee),
        (*chain.committees[5].root(), Some(*chain.committees[6].root()))
    );
    let finality = update(&text("finality.json").unwrap());
    let step = finality.verify(&trust, &chain.committees[5], LATER).unwrap();
    let known = step.trust.clone().unwrap();
    assert_eq!((known.slot, known.execution.number, step.participants), (7_109_344, 17_923_026, 512));
    assert_eq!(
        known.execution.hash,
        word("bc8499537876e5406c7a65e25f99063f1cd85a17014a3aa5ade38271b1fbf64f")
    );
    assert_eq!(
        known.execution.receipts_root,
        word("a71c4101ece61ca0fc624efdb54dc382be561a8c047a19cf5f10e530378e0b9c")
    );
    assert_eq!(known.next_committee, trust.next_committee, "what was known stays known");
    let verified = step.verified();
    assert_eq!((verified.network, verified.set), (Network::Ethereum, SetId::index(867)));
    assert_eq!(verified.claims, [Claim::Chain(known.clone())]);
    let optimistic = update(&text("optimistic.json").unwrap());
    let step = optimistic.verify(&known, &chain.committees[5], LATER).unwrap();
    assert_eq!((step.trust.clone(), step.attested.number), (None, 17_923_113), "signed, not final");
    assert_eq!(step.verified().claims, []);
}

#[test]
fn a27_the_committee_of_another_period_does_not_count() {
    let Some(chain) = chain() else { return };
    let finality = update(&text("finality.json").unwrap());
    let trust = after(chain, 6);
    for wrong in [0, 4, 6] {
        let committee = &chain.committees[wrong];
        assert_eq!(
            finality.verify(&trust, committee, LATER),
            Err(Refusal::UnknownSet),
            "not the remembered one"
        );
        let deceived = ChainTrust { committee: *committee.root(), ..trust.clone() };
        assert_eq!(
            finality.verify(&deceived, committee, LATER),
            Err(Refusal::BadSignature),
            "it did not sign"
        );
    }
    assert_eq!(
        finality.verify(&after(chain, 5), &chain.committees[5], LATER).map(|step| step.period),
        Ok(867)
    );
    assert_eq!(finality.verify(&after(chain, 4), &chain.committees[5], LATER), Err(Refusal::OutOfOrder));
    let second = &chain.updates[1];
    assert_eq!(
        second.verify(&start(chain), &chain.committees[1], LATER),
        Err(Refusal::UnknownSet),
        "who is next is not known"
    );
    assert_eq!(second.verify(&trust, &chain.committees[1], LATER), Err(Refusal::NotNewer));
}

#[test]
fn a27_fewer_than_two_thirds_do_not_count() {
    let Some(chain) = chain() else { return };
    let json = text("finality.json").unwrap();
    let with_bits = |bits: usize| {
        let mut bytes = [0_u8; 64];
        (0..bits).for_each(|place| bytes[place / 8] |= 1 << (place % 8));
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        changed_update(&json, |it| {
            it["data"]["sync_aggregate"]["sync_committee_bits"] = format!("0x{hex}").into()
        })
    };
    let trust = after(chain, 6);
    for (bits, refusal) in [
        (0, Refusal::Participation),
        (1, Refusal::Participation),
        (341, Refusal::Participation),
        (342, Refusal::BadSignature),
        (511, Refusal::BadSignature),
    ] {
        assert_eq!(with_bits(bits).verify(&trust, &chain.committees[5], LATER), Err(refusal), "{bits}");
    }
    assert!(with_bits(512).verify(&trust, &chain.committees[5], LATER).is_ok());
}

#[test]
fn a27_what_is_finalised_does_not_go_back() {
    let Some(chain) = chain() else { return };
    let trust = after(chain, 6);
    let last = &chain.updates[5];
    assert_eq!(last.verify(&trust, &chain.committees[5], LATER), Err(Refusal::NotNewer), "the same again");
    let finality = update(&text("finality.json").unwrap());
    let known = finality.verify(&trust, &chain.committees[5], LATER).unwrap().trust.unwrap();
    assert_eq!(last.verify(&known, &chain.committees[5], LATER), Err(Refusal::NotNewer), "an older one");
    assert_eq!(finality.verify(&known, &chain.committees[5], LATER), Err(Refusal::NotNewer));
    let other = ChainTrust { next_committee: Some([1; 32]), ..after(chain, 5) };
    let other = ChainTrust { slot: other.slot + 8_192, committee: *chain.committees[5].root(), ..other };
    assert_eq!(
        last.verify(&other, &chain.committees[5], LATER),
        Err(Refusal::OutOfOrder),
        "another next committee"
    );
}

#[test]
fn a27_a_signature_is_bound_to_fork_and_chain() {
    let Some(chain) = chain() else { return };
    let finality = update(&text("finality.json").unwrap());
    let trust = after(chain, 6);
    let verdict = |change: &dyn Fn(&mut BeaconChain)| {
        let mut trust = trust.clone();
        change(&mut trust.chain);
        finality.verify(&trust, &chain.committees[5], LATER)
    };
    assert!(verdict(&|_| ()).is_ok());
    assert_eq!(verdict(&|chain| chain.forks[2].version = [4, 0, 0, 0]), Err(Refusal::BadSignature));
    assert_eq!(verdict(&|chain| chain.genesis_validators_root[0] ^= 1), Err(Refusal::BadSignature));
    assert_eq!(
        verdict(&|chain| chain.forks[3].epoch = 200_000),
        Err(Refusal::Unsupported),
        "named capella, is deneb"
    );
    assert_eq!(verdict(&|chain| chain.forks.clear()), Err(Refusal::Unsupported));
}

#[test]
fn slots_and_clocks_are_in_order() {
    let Some(chain) = chain() else { return };
    let json = text("finality.json").unwrap();
    let trust = after(chain, 6);
    let with_slot = |slot: &str| changed_update(&json, |it| it["data"]["signature_slot"] = slot.into());
    let verdict =
        |update: &Update, at| update.verify(&trust, &chain.committees[5], at).map(|step| step.period);
    assert_eq!(verdict(&with_slot("7109430"), LATER), Err(Refusal::OutOfOrder), "signed before it was");
    assert_eq!(verdict(&with_slot("7109432"), LATER), Ok(867), "any slot of the same fork and period");
    assert_eq!(verdict(&with_slot("18446744073709551615"), LATER), Err(Refusal::TooLarge));
    let signed_at = trust.chain.time_of(7_109_431).unwrap();
    assert_eq!(verdict(&update(&json), signed_at), Ok(867));
    let before = Time::milliseconds(signed_at.as_milliseconds() - 1);
    assert_eq!(verdict(&update(&json), before), Err(Refusal::Ahead));
}

#[test]
fn a_branch_leads_to_its_own_root_only() {
    let Some(chain) = chain() else { return };
    let updates: Value = serde_json::from_str(&text("updates.json").unwrap()).unwrap();
    let json = updates[5].to_string();
    let trust = after(chain, 5);
    for path in [
        "/data/attested_header/beacon/state_root",
        "/data/attested_header/execution/receipts_root",
        "/data/attested_header/execution_branch/0",
        "/data/finalized_header/beacon/body_root",
        "/data/finalized_header/execution/state_root",
        "/data/finalized_header/execution/block_hash",
        "/data/finalized_header/execution_branch/3",
        "/data/finality_branch/5",
        "/data/next_sync_committee_branch/4",
        "/data/next_sync_committee/aggregate_pubkey",
        "/data/next_sync_committee/pubkeys/511",
    ] {
        let update = changed_update(&json, |it| flip(it.pointer_mut(path).unwrap()));
        assert_eq!(update.verify(&trust, &chain.committees[5], LATER), Err(Refusal::ProofMismatch), "{path}");
    }
    for path in [
        "/data/finality_branch",
        "/data/next_sync_committee_branch",
        "/data/finalized_header/execution_branch",
    ] {
        let longer = changed_update(&json, |it| {
            let branch = it.pointer_mut(path).unwrap().as_array_mut().unwrap();
            branch.push(branch[0].clone());
        });
        assert_eq!(longer.verify(&trust, &chain.committees[5], LATER), Err(Refusal::ProofMismatch), "{path}");
    }
    let path = "/data/attested_header/beacon/proposer_index";
    let update = changed_update(&json, |it| *it.pointer_mut(path).unwrap() = "1".into());
    assert_eq!(
        update.verify(&trust, &chain.committees[5], LATER),
        Err(Refusal::BadSignature),
        "another block"
    );
    let path = "/data/sync_aggregate/sync_committee_signature";
    let update = changed_update(&json, |it| flip(it.pointer_mut(path).unwrap()));
    assert_eq!(update.verify(&trust, &chain.committees[5], LATER), Err(Refusal::BadSignature));
}

/// Another last digit.
fn flip(text: &mut Value) {
    let mut hex = text.as_str().unwrap().to_owned();
    let last = hex.pop().unwrap();
    hex.push(if last == '0' { '1' } else { '0' });
    *text = hex.into();
}

#[test]
fn fields_of_a_later_fork_are_empty_or_refused() {
    let Some(json) = text("finality.json") else { return };
    let with = |used: &str, excess: &str| {
        let update = changed_update(&json, |it| {
            let execution = &mut it["data"]["attested_header"]["execution"];
            execution["blob_gas_used"] = used.into();
            execution["excess_blob_gas"] = excess.into();
        });
        update.check(&BeaconChain::mainnet()).map(|header| header.number)
    };
    assert_eq!(with("0", "0"), Ok(17_923_112));
    assert_eq!(with("1", "0"), Err(Refusal::Malformed));
    assert_eq!(with("0", "1"), Err(Refusal::Malformed));
}

#[test]
fn a_checkpoint_is_of_its_block_and_time() {
    let Some(chain) = chain() else { return };
    let good = checkpoint(chain);
    let verdict =
        |checkpoint: &Checkpoint, at| chain.bootstrap.verify(checkpoint, at).map(|trust| trust.slot);
    assert_eq!(verdict(&good, LATER), Ok(7_069_376));
    let other = Checkpoint { root: [1; 32], ..good.clone() };
    assert_eq!(verdict(&other, LATER), Err(Refusal::UnknownSet));
    let born = good.chain.time_of(7_069_376).unwrap();
    assert_eq!(verdict(&good, Time::milliseconds(born.as_milliseconds() - 1)), Err(Refusal::Ahead));
    assert_eq!(verdict(&good, born.plus(good.age_max).unwrap()), Ok(7_069_376));
    let late = born.plus(good.age_max).unwrap().plus(Span::SECOND).unwrap();
    assert_eq!(verdict(&good, late), Err(Refusal::Stale), "older than the weak subjectivity period");
    let json = text("bootstrap.json").unwrap();
    for (path, refusal) in [
        ("/data/header/beacon/state_root", Refusal::UnknownSet),
        ("/data/current_sync_committee/pubkeys/0", Refusal::ProofMismatch),
        ("/data/current_sync_committee_branch/0", Refusal::ProofMismatch),
        ("/data/header/execution/block_hash", Refusal::ProofMismatch),
    ] {
        let Message::Bootstrap(changed) = changed(&json, |it| flip(it.pointer_mut(path).unwrap())).unwrap()
        else {
            panic!()
        };
        assert_eq!(changed.verify(&good, LATER), Err(refusal), "{path}");
    }
}

#[test]
fn an_update_of_fulu_has_its_branches_and_no_known_committee() {
    let Some(json) = fixtures::text(FULU) else { return };
    let update = update(&json);
    let mainnet = BeaconChain::mainnet();
    assert_eq!((update.participants(), update.attested.slot), (502, 15_308_189));
    let finalized = update.finalized.as_ref().unwrap();
    assert_eq!(finalized.slot, 15_308_096);
    assert_eq!(
        update.attested.root(),
        word("c40ab4d47da252547de87d16db2852e4bf9b13bd856af74d3d0f6cbff41a3db8")
    );
    assert_eq!(finalized.root(), word("29bd4ee2ec68b027ca74db3af1b8cbd45cea2781f8bdda172838c93795b9aeec"));
    assert_eq!(update.check(&mainnet).map(|header| header.number), Ok(26_069_637));
    assert_eq!(finalized.execution(&mainnet).map(|header| header.number), Ok(26_069_545));
    let Some(chain) = chain() else { return };
    let now = mainnet.time_of(15_308_190).unwrap();
    let trust = ChainTrust { slot: 15_308_000, ..start(chain) };
    assert_eq!(update.verify(&trust, &chain.committees[6], now), Err(Refusal::UnknownSet));
    let deceived = ChainTrust { committee: *chain.committees[6].root(), ..trust };
    assert_eq!(update.verify(&deceived, &chain.committees[6], now), Err(Refusal::BadSignature));
    let blobs = |it: &mut Value| {
        it["data"]["attested_header"]["execution"].as_object_mut().unwrap().remove("blob_gas_used");
    };
    assert_eq!(changed(&json, blobs), Err(Refusal::Malformed));
    let lighter =
        changed_update(&json, |it| it["data"]["attested_header"]["execution"]["blob_gas_used"] = "0".into());
    assert_eq!(lighter.check(&mainnet), Err(Refusal::ProofMismatch));
    let older = changed_update(&json, |it| it["version"] = "electra".into());
    assert_eq!(older.check(&mainnet), Err(Refusal::Unsupported));
    assert_eq!(changed(&json, |it| it["version"] = "gloas".into()), Err(Refusal::Unsupported));
}

#[test]
fn keys_that_cannot_sign_make_no_committee() {
    let Some(chain) = chain() else { return };
    let bootstrap: Value = serde_json::from_str(&text("bootstrap.json").unwrap()).unwrap();
    let committee = &bootstrap["data"]["current_sync_committee"];
    let keys = |change: &dyn Fn(&mut Value)| -> Result<Roster, Refusal> {
        let mut changed = committee.clone();
        change(&mut changed);
        decode_committee(changed.to_string().as_bytes())
    };
    assert_eq!(keys(&|_| ()).map(|keys| keys.root()), Ok(*chain.committees[0].root()));
    let infinity = format!("0xc0{}", "00".repeat(47));
    // On the curve and outside the group; no point at all; flags that mean something else.
    let outside = format!("0xa0{}04", "00".repeat(46));
    for key in [infinity, outside, format!("0x{}", "ff".repeat(48)), format!("0x{}", "00".repeat(48))] {
        let keys = keys(&|it| it["pubkeys"][17] = key.clone().into()).unwrap();
        assert_eq!(Committee::new(&keys).map(|_| ()), Err(Refusal::BadSignature), "{key}");
    }
    let fewer = |it: &mut Value| drop(it["pubkeys"].as_array_mut().unwrap().pop());
    assert_eq!(keys(&fewer), Err(Refusal::Malformed));
    assert_eq!(decode_committee(b"{}"), Err(Refusal::Malformed));
    assert_eq!(decode_committee(&vec![b' '; MAX_BYTES + 1]), Err(Refusal::Oversized));
}

#[test]
fn what_is_no_message_is_malformed() {
    for garbage in ["", "null", "[]", "{}", "0", r#"{"version":"capella","data":{}}"#, &"[".repeat(1_000)] {
        assert_eq!(decode(garbage.as_bytes()), Err(Refusal::Malformed));
    }
    assert_eq!(decode_all(b" [] "), Ok(Vec::new()));
    assert_eq!(decode_all(&b"[".repeat(100_000)), Err(Refusal::Malformed));
    assert_eq!(decode(&vec![b' '; MAX_BYTES + 1]), Err(Refusal::Oversized));
    assert_eq!(decode_all(&vec![b' '; MAX_BYTES + 1]), Err(Refusal::Oversized));
    let Some(json) = text("finality.json") else { return };
    for end in (0..json.trim_end().len()).step_by(13) {
        assert_eq!(decode(&json.as_bytes()[..end]), Err(Refusal::Malformed), "{end}");
    }
    for (path, value) in [
        ("/data/signature_slot", Value::from(7_109_431)),
        ("/data/signature_slot", "07109431".into()),
        ("/data/signature_slot", "18446744073709551616".into()),
        ("/data/finality_branch", Value::Null),
        ("/data/finalized_header", Value::Null),
        ("/data/sync_aggregate", Value::Null),
        ("/data/sync_aggregate/sync_committee_bits", "0xff".into()),
        ("/data/attested_header", Value::Null),
        ("/data/attested_header/execution/base_fee_per_gas", "9".repeat(78).into()),
    ] {
        assert_eq!(
            changed(&json, |it| *it.pointer_mut(path).unwrap() = value.clone()),
            Err(Refusal::Malformed),
            "{path}"
        );
    }
    let long = vec!["0x00"; 17];
    assert_eq!(changed(&json, |it| it["data"]["finality_branch"] = long.into()), Err(Refusal::Oversized));
    let extra = format!("0x{}", "00".repeat(33));
    assert_eq!(
        changed(&json, |it| it["data"]["attested_header"]["execution"]["extra_data"] = extra.into()),
        Err(Refusal::Oversized)
    );
}

/// A message of our own making, at a late time.
fn own(draft: &beacon::Draft, trust: &ChainTrust) -> Result<Option<ChainTrust>, Refusal> {
    let now = trust.chain.time_of(500_000 * 32).unwrap();
    update(&draft.signed()).verify(trust, &beacon::ready(draft.by), now).map(|step| step.trust)
}

#[test]
fn from_electra_on_branches_are_longer_and_two_thirds_are_342() {
    let Message::Bootstrap(bootstrap) = message(&beacon::bootstrap()) else { panic!("a bootstrap") };
    let checkpoint =
        Checkpoint { chain: BeaconChain::mainnet(), root: bootstrap.header.root(), age_max: Span::DAY };
    let now = checkpoint.chain.time_of(beacon::FINALISED).unwrap();
    let trust = bootstrap.verify(&checkpoint, now).unwrap();
    assert_eq!((trust.committee, trust.slot), (beacon::trust(None).committee, beacon::FINALISED));
    let finality = beacon::Draft::finality();
    let known = own(&finality, &trust).unwrap().unwrap();
    assert_eq!((known.slot, known.execution.number), (beacon::FINALISED + 100, beacon::FINALISED + 100));
    assert!(own(&beacon::Draft { seats: 342, ..finality }, &trust).is_ok());
    assert_eq!(own(&beacon::Draft { seats: 341, ..finality }, &trust), Err(Refusal::Participation));
    assert_eq!(own(&beacon::Draft { by: 2, ..finality }, &trust), Err(Refusal::UnknownSet));
    let backwards = beacon::Draft { finalized: Some(finality.attested + 1), ..finality };
    assert_eq!(own(&backwards, &trust), Err(Refusal::OutOfOrder), "final before it was seen");
    let learnt = own(&beacon::Draft { next: Some(2), ..finality }, &trust).unwrap().unwrap();
    assert_eq!(learnt.next_committee, beacon::trust(Some(2)).next_committee);
    assert_eq!(learnt.slot, known.slot);
}

#[test]
fn a_signature_has_the_version_of_the_slot_before_its_own() {
    let fulu = 411_392 * 32;
    let last = beacon::Draft {
        attested: fulu - 1,
        finalized: Some(fulu - 64),
        signature_slot: fulu,
        ..beacon::Draft::finality()
    };
    let first = beacon::Draft { attested: fulu, signature_slot: fulu + 1, ..last };
    let before = ChainTrust { slot: fulu - 8_000, ..beacon::trust(None) };
    // The fork begins with a period, so that the last slot before it is of the period before.
    let after = ChainTrust { slot: fulu, ..before.clone() };
    assert_eq!(fulu % 8_192, 0);
    let before_signs = ChainTrust { next_committee: Some(before.committee), ..before.clone() };
    assert!(own(&last, &before_signs).is_ok());
    let six = [6, 0, 0, 0];
    assert_eq!(own(&beacon::Draft { version: six, ..last }, &before_signs), Err(Refusal::BadSignature));
    let optimistic = beacon::Draft { finalized: None, ..first };
    assert_eq!(own(&optimistic, &after), Err(Refusal::NotNewer));
    let newer = beacon::Draft { attested: fulu + 1, signature_slot: fulu + 2, ..optimistic };
    assert_eq!(own(&newer, &after), Err(Refusal::BadSignature));
    assert_eq!(own(&beacon::Draft { version: six, ..newer }, &after), Ok(None));
}

#[test]
fn the_next_committee_counts_from_a_state_of_the_finalised_period_alone() {
    let period = beacon::FINALISED / 8_192;
    let next = (period + 1) * 8_192;
    let trust = beacon::trust(Some(2));
    // Signed by the next committee, with a finalised block of this period: it names a committee after the next.
    let early = beacon::Draft {
        attested: next + 10,
        finalized: Some(next - 40),
        signature_slot: next + 11,
        by: 2,
        next: Some(3),
        ..beacon::Draft::finality()
    };
    let known = own(&early, &trust).unwrap().unwrap();
    assert_eq!((known.slot, known.next_committee), (next - 40, trust.next_committee));
    let late = beacon::Draft { finalized: Some(next), ..early };
    let known = own(&late, &trust).unwrap().unwrap();
    assert_eq!((known.slot, Some(known.committee)), (next, trust.next_committee));
    assert_eq!(known.next_committee, beacon::trust(Some(3)).next_committee);
    // Of this period, but naming another next committee than the known one.
    let liar = beacon::Draft { next: Some(3), ..beacon::Draft::finality() };
    assert_eq!(own(&liar, &trust), Err(Refusal::OutOfOrder));
    assert_eq!(own(&late, &beacon::trust(None)), Err(Refusal::UnknownSet));
    let skipped = beacon::Draft { attested: next + 8_200, signature_slot: next + 8_201, ..late };
    assert_eq!(own(&skipped, &trust), Err(Refusal::OutOfOrder));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Any byte changed: it does not count, or it counts for the same.
    #[test]
    fn a_changed_update_counts_for_nothing_else(at: prop::sample::Index, with: u8) {
        static TRUTH: OnceLock<Option<(String, ChainTrust, Option<ChainTrust>)>> = OnceLock::new();
        let truth = TRUTH.get_or_init(|| {
            let (chain, json) = (chain()?, text("finality.json")?);
            let trust = after(chain, 6);
            let known = update(&json).verify(&trust, &chain.committees[5], LATER).unwrap().trust;
            Some((json, trust, known))
        });
        let (Some(chain), Some((json, trust, known))) = (chain(), truth) else { return Ok(()) };
        let mut bytes = json.clone().into_bytes();
        *at.get_mut(&mut bytes) = with;
        if let Ok(Message::Update(update)) = decode(&bytes)
            && let Ok(step) = update.verify(trust, &chain.committees[5], LATER)
        {
            prop_assert_eq!(&step.trust, known);
        }
    }
}
