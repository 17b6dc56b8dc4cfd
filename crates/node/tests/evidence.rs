//! A log is checked again from the bytes that it keeps, and what was changed is found.

mod signing;
mod world;

use std::{path::Path, sync::Arc};

use cistern_attest::{Signer, Statement};
use cistern_engine::{
    command::Command,
    entry::Entry,
    ids::{AccountId, AssetId},
    rows::Scope,
};
use cistern_node::{
    HandClock, Node, Options, Reverified, ReverifyError, Stamped, Unsigned, typed::CHAIN_ID, verify_evidence,
};
use cistern_units::{Amount, Time};
use signing::{Agent, Key, by_agent, by_owner, governor, listening, prices};
use world::Dir;

const BEGIN: u64 = 1_700_000_000_000;

/// A log with messages and signatures of every kind, by its entries.
fn genuine() -> Vec<Entry> {
    let (node, _) = Node::open(Options::memory(), Arc::new(HandClock::default())).unwrap();
    let mut entries = Vec::new();
    let mut now = BEGIN;
    let mut apply = |command: &dyn Fn(Time) -> Command| {
        now += 1_000;
        let at = Time::milliseconds(now);
        let stamped = Stamped::at(command(at), at);
        let applied = match stamped.command {
            Command::Found { .. } => node.submit(stamped),
            _ => node.admit(stamped, Unsigned::Refused),
        };
        let applied = applied.unwrap();
        assert!(applied.outcome.is_ok(), "{:?}", applied.outcome);
        entries.push(applied.entry.clone());
    };
    apply(&|_| Command::Found { founding: Box::new(listening(world::founding())) });
    let separator = node.domain().separator();
    let (owner, agent, governor) = (Key::numbered(1), Agent::numbered(2), governor());
    let by = |key: &Key, command: Command, at| by_owner(key, command, at, &separator);
    apply(&|at| by(&owner, Command::OpenAccount { owner: owner.owner(), sub: 0 }, at));
    for feed in 0..3 {
        let dollars = [1, 60_000, 3_000][usize::from(feed)];
        apply(&|at| Command::Attest { evidence: prices(feed, dollars, at), statements: Vec::new() });
    }
    let (account, asset) = (AccountId(2), AssetId(0));
    let amount = |units| Amount::new(units);
    apply(&|at| by(&governor, Command::Deposit { account, asset, amount: amount(5_000_000_000) }, at));
    let expires_at = Time::milliseconds(BEGIN + 86_400_000);
    apply(&|at| {
        let (owner_id, signer) = (owner.owner(), agent.signer());
        let approval = Command::ApproveAgent { owner: owner_id, signer, scope: Scope::Treasury, expires_at };
        by(&owner, approval, at)
    });
    for number in 1..=20 {
        let lend = Command::Lend { account, asset, amount: amount(number) };
        apply(&|at| by_agent(&agent, lend.clone(), at, &separator));
    }
    entries
}

/// The log of entries: everything of it is as a node would have written it.
fn written(dir: &Path, entries: &[Entry]) {
    let (node, _) = Node::open(Options::at(dir), Arc::new(HandClock::default())).unwrap();
    for entry in entries {
        node.submit(Stamped::at(entry.command.clone(), entry.time)).unwrap();
    }
    node.close().unwrap();
}

fn reverified(entries: &[Entry]) -> Result<Reverified, ReverifyError> {
    let dir = Dir::new("evidence");
    written(dir.path(), entries);
    cistern_node::verify(dir.path(), &mut |_| ()).unwrap();
    verify_evidence(dir.path(), CHAIN_ID, &mut |_| ())
}

#[track_caller]
fn assert_not_held(entries: &[Entry], expected: usize) {
    match reverified(entries) {
        Err(ReverifyError::NotHeld { height, .. }) => assert_eq!(height, expected as u64 + 1),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_log_holds_from_the_bytes_that_it_keeps() {
    let found = reverified(&genuine()).unwrap();
    let messages: u64 = found.messages.values().sum();
    assert_eq!((found.height, messages, found.statements), (27, 9, 9));
    assert_eq!((found.by_address, found.by_agent), (3, 20));
    assert_eq!((found.ticks, found.unsigned, found.without_evidence), (0, 1, 0));
}

#[test]
fn a_message_of_which_a_byte_was_changed_is_found() {
    let genuine = genuine();
    let place = 3;
    let Command::Attest { evidence, .. } = &genuine[place].command else { panic!() };
    let bytes = evidence[1].bytes.len();
    // In every part of it, the signatures among them.
    for byte in (0..bytes).step_by(37).chain([bytes - 1]) {
        let mut entries = genuine.clone();
        let Command::Attest { evidence, .. } = &mut entries[place].command else { panic!() };
        evidence[1].bytes[byte] ^= 1;
        assert_not_held(&entries, place);
    }
}

#[test]
fn a_statement_that_no_message_makes_is_found() {
    let mut entries = genuine();
    let Command::Attest { statements, .. } = &mut entries[4].command else { panic!() };
    let Statement::Price(observation) = &mut statements[0] else { panic!() };
    observation.mantissa += 1;
    assert_not_held(&entries, 4);
    let mut entries = genuine();
    let Command::Attest { statements, .. } = &mut entries[4].command else { panic!() };
    statements.pop();
    assert_not_held(&entries, 4);
}

#[test]
fn a_signature_that_was_changed_is_found_alone_and_among_others() {
    for place in [1, 5, 7, 19, 26] {
        let mut entries = genuine();
        let Command::Signed { authorisation, .. } = &mut entries[place].command else { panic!() };
        authorisation.signature[9] ^= 1;
        assert_not_held(&entries, place);
    }
    let mut entries = genuine();
    for place in [9, 12] {
        let Command::Signed { authorisation, .. } = &mut entries[place].command else { panic!() };
        authorisation.signature[9] ^= 1;
    }
    assert_not_held(&entries, 9);
}

#[test]
fn a_command_that_is_not_what_was_signed_is_found() {
    let mut entries = genuine();
    let Command::Signed { command, .. } = &mut entries[10].command else { panic!() };
    **command = Command::Lend { account: AccountId(2), asset: AssetId(0), amount: Amount::new(99) };
    assert_not_held(&entries, 10);
    let mut entries = genuine();
    let Command::Signed { authorisation, .. } = &mut entries[1].command else { panic!() };
    authorisation.signer = Signer::Address(Key::numbered(3).address());
    assert_not_held(&entries, 1);
    let mut entries = genuine();
    let Command::Signed { authorisation, .. } = &mut entries[1].command else { panic!() };
    authorisation.id[0] ^= 1;
    assert_not_held(&entries, 1);
}

#[test]
fn what_nobody_signed_is_counted() {
    let mut entries = genuine();
    let last = entries.last().unwrap().time;
    entries.push(Entry { time: last, command: Command::Pause });
    entries.push(Entry { time: last, command: Command::Tick { reports: Vec::new() } });
    let Command::Attest { statements, .. } = entries[2].command.clone() else { panic!() };
    entries.push(Entry { time: last, command: Command::Attest { evidence: Vec::new(), statements } });
    let found = reverified(&entries).unwrap();
    assert_eq!((found.ticks, found.unsigned, found.without_evidence), (1, 2, 3));
}
