//! What is signed, beside another implementation that reads it as wallets do.

use std::collections::BTreeSet;

use alloy_dyn_abi::TypedData;
use cistern_attest::{Address, Signer};
use cistern_engine::{
    act::Act,
    command::Command,
    ids::{AccountId, ActId, AssetId, BidId, FeedId, ItemId, MarketId, Owner},
    rows::Scope,
};
use cistern_node::typed::{CHAIN_ID, Field, Form, TYPES, domain};
use cistern_units::{Amount, Price, Size, Span, Time};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

const SEED: u64 = 7;
const ROUNDS: usize = 50;

struct Dice(ChaCha8Rng);

impl Dice {
    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    fn number(&mut self) -> u64 {
        // Of every length, with both ends.
        let bits = self.0.next_u32() % 65;
        self.0.next_u64().checked_shr(bits).unwrap_or(0)
    }

    fn account(&mut self) -> AccountId {
        AccountId(self.number() as u32)
    }

    fn asset(&mut self) -> AssetId {
        AssetId(self.number() as u16)
    }

    fn amount(&mut self) -> Amount {
        Amount::new(u128::from(self.number()) * u128::from(self.number()))
    }

    fn owner(&mut self) -> Owner {
        Owner(self.bytes())
    }

    fn signer(&mut self) -> Signer {
        if self.number().is_multiple_of(2) {
            Signer::Address(Address(self.bytes()))
        } else {
            Signer::Ed25519(self.bytes())
        }
    }

    fn time(&mut self) -> Time {
        Time::milliseconds(self.number())
    }
}

/// One command of every kind that can be signed.
fn commands(d: &mut Dice) -> Vec<Command> {
    let (account, asset, amount) = (d.account(), d.asset(), d.amount());
    let scope = if d.number().is_multiple_of(2) { Scope::Trade } else { Scope::Treasury };
    vec![
        Command::OpenAccount { owner: d.owner(), sub: d.number() as u8 },
        Command::ChooseStandardMode { account },
        Command::ChoosePortfolioMode { account },
        Command::Deposit { account, asset, amount },
        Command::Withdraw { account, asset, amount },
        Command::Transfer { from: account, to: d.account(), asset, amount },
        Command::Commit { account, asset, value: cistern_units::Value::new(i128::from(d.number())) },
        Command::ReportQueue { asset, wait: Span::milliseconds(d.number()) },
        Command::Lend { account, asset, amount },
        Command::Recall { account, asset, amount },
        Command::Borrow { account, asset, amount },
        Command::Repay { account, asset, amount },
        Command::Fill {
            buyer: account,
            seller: d.account(),
            market: MarketId(asset.0),
            size: Size::new(d.number() as i64),
            price: Price::clamped(amount.units()),
        },
        Command::Settle { account },
        Command::ApproveAgent { owner: d.owner(), signer: d.signer(), scope, expires_at: d.time() },
        Command::RevokeAgent { owner: d.owner(), signer: d.signer() },
        Command::Liquidate { account, liquidator: d.account() },
        Command::AppointBackstop { account },
        Command::ReleaseBackstop { account },
        Command::Schedule { act: Act::SetOracle { asset, feed: FeedId(d.number() as u16) } },
        Command::Veto { act_id: ActId(d.number() as u32) },
        Command::Pause,
        Command::Resume,
        Command::DepositItem { account, asset, item: ItemId(d.bytes()) },
        Command::WithdrawItem { account, asset, item: ItemId::of(d.number()) },
        Command::TransferItem { from: account, to: d.account(), asset, item: ItemId(d.bytes()) },
        Command::PlaceBid { account, price: amount, count: d.number() as u32, asset },
        Command::CancelBid { account, bid: BidId(d.number() as u32) },
    ]
}

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("0x{digits}")
}

/// What a wallet is asked to sign, from the type and the values alone.
fn asked(form: &Form, pool: &[u8; 32]) -> Value {
    let (name, rest) = form.primary().split_once('(').unwrap();
    let fields: Vec<(&str, &str)> =
        rest.trim_end_matches(')').split(',').map(|field| field.split_once(' ').unwrap()).collect();
    assert_eq!(fields.len(), form.fields().len(), "{name}");
    let kinds: Vec<Value> = fields.iter().map(|(kind, name)| json!({ "type": kind, "name": name })).collect();
    let mut message = json!({});
    for ((_, name), field) in fields.iter().zip(form.fields()) {
        message[*name] = match field {
            Field::Address(address) => json!(address.to_string()),
            Field::Unsigned(number) => json!(number.to_string()),
            Field::Signed(number) => json!(number.to_string()),
            Field::Text(text) => json!(text),
            Field::Bytes(bytes) => json!(hex(bytes)),
            Field::Wide(bytes) => json!(hex(bytes)),
        };
    }
    json!({
        "types": {
            "EIP712Domain": [
                { "type": "string", "name": "name" },
                { "type": "string", "name": "version" },
                { "type": "uint256", "name": "chainId" },
                { "type": "bytes32", "name": "salt" },
            ],
            name: kinds,
        },
        "primaryType": name,
        "domain": { "name": "Cistern", "version": "1", "chainId": CHAIN_ID, "salt": hex(pool) },
        "message": message,
    })
}

#[test]
fn every_command_has_the_digest_that_a_wallet_computes() {
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(SEED));
    for round in 0..ROUNDS {
        let pool = dice.bytes();
        let (nonce, deadline) = (dice.time(), dice.time());
        for command in commands(&mut dice) {
            let form = Form::of(&command, nonce, deadline).unwrap();
            let theirs: TypedData = serde_json::from_value(asked(&form, &pool)).unwrap();
            let theirs = theirs.eip712_signing_hash().unwrap().0;
            let ours = form.digest(&domain(CHAIN_ID, pool).separator());
            assert_eq!(ours, theirs, "seed {SEED}, round {round}: {command:?}");
        }
    }
}

#[test]
fn every_command_that_can_be_signed_has_its_own_type() {
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(SEED));
    let of = |command: &Command| Form::of(command, Time::ZERO, Time::ZERO);
    let types: Vec<_> = commands(&mut dice).iter().map(|command| of(command).unwrap().primary()).collect();
    assert_eq!(types, TYPES);
    let names: BTreeSet<_> = TYPES.iter().map(|kind| kind.split_once('(').unwrap().0).collect();
    assert_eq!(names.len(), TYPES.len());
    let others = ["Found", "DepositProven", "Tick", "Attest", "Signed", "ReportSurface"];
    let all: BTreeSet<_> = names.iter().copied().chain(others).collect();
    assert_eq!(all, Command::NAMES.iter().copied().collect());
    assert_eq!(of(&Command::Tick { reports: Vec::new() }), None);
}

#[test]
fn two_commands_that_differ_anywhere_are_two_transactions() {
    let separator = domain(CHAIN_ID, [1; 32]).separator();
    let digest = |command: Command, nonce, deadline| {
        let form = Form::of(&command, Time::milliseconds(nonce), Time::milliseconds(deadline)).unwrap();
        form.digest(&separator)
    };
    let lend = |account, amount| Command::Lend {
        account: AccountId(account),
        asset: AssetId(0),
        amount: Amount::new(amount),
    };
    let all = [
        digest(lend(1, 1), 1, 2),
        digest(lend(2, 1), 1, 2),
        digest(lend(1, 2), 1, 2),
        digest(lend(1, 1), 2, 2),
        digest(lend(1, 1), 1, 1),
        digest(Command::Repay { account: AccountId(1), asset: AssetId(0), amount: Amount::new(1) }, 1, 2),
        digest(Command::Pause, 1, 2),
        digest(Command::Resume, 1, 2),
    ];
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    let elsewhere = Form::of(&lend(1, 1), Time::milliseconds(1), Time::milliseconds(2)).unwrap();
    assert_ne!(elsewhere.digest(&domain(CHAIN_ID, [2; 32]).separator()), all[0]);
    assert_ne!(elsewhere.digest(&domain(5, [1; 32]).separator()), all[0]);
}
