//! Real messages of each network, where they are at hand, on the way that is measured.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, anyhow, ensure};
use cistern_attest::{
    BeaconChain, Committees, Context, Evidence, Kind, Registry, attest,
    ethereum::{header, receipt, storage},
    known_sets,
    light_client::{self, Checkpoint, Committee, Message},
};
use cistern_units::{Span, Time};

use crate::fixtures::unhex;

/// A message of each network that signs prices.
const FILES: [(Kind, &str); 6] = [
    (Kind::Pyth, "pyth-wormhole/pnau_2025-08-05_btc.hex"),
    (Kind::Pyth, "pyth-routers/pnau_router_2026-09-12_btc_eth_sol_bnb_set1.hex"),
    (Kind::Vaa, "pyth-routers/vaa_router_governance_set0_to_set1.hex"),
    (Kind::RedStone, "redstone/ETH_PRIMARY_3sig.hex"),
    (Kind::RedStone, "redstone/BTC_PRIMARY_5sig.hex"),
    (Kind::Chainlink, "chainlink-data-streams/v3_2025-07-18_eth_mainnet_00094b.hex"),
];

/// Verifies them; how many there were, none where the folder is missing.
pub(crate) fn check() -> anyhow::Result<Option<usize>> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/oracle-fixtures");
    let folder = std::env::var_os("CISTERN_FIXTURES").map_or_else(beside, PathBuf::from);
    if !folder.is_dir() {
        return Ok(None);
    }
    let mut registry = Registry::default();
    for set in known_sets() {
        registry.admit(set)?;
    }
    let (registry, committees) = (registry.without_times(), Committees::default());
    let context = Context { registry: &registry, chain: None, committees: &committees, at: Time::ZERO };
    for (kind, path) in FILES {
        let bytes = unhex(&fs::read_to_string(folder.join(path)).with_context(|| path.to_owned())?);
        let statements =
            attest(&Evidence { kind, bytes }, &context).map_err(|why| anyhow!("{path}: {why}"))?;
        ensure!(!statements.is_empty(), "{path} states nothing");
    }
    lazer(&folder, &context)?;
    let proofs = ethereum(&folder.join("ethereum/mainnet-block-21925176"))?;
    let updates = beacon(&folder.join("ethereum/lightclient-mainnet-capella"))?;
    Ok(Some(FILES.len() + 1 + proofs + updates))
}

/// One of the messages at least is by the signer of production.
fn lazer(folder: &Path, context: &Context<'_>) -> anyhow::Result<()> {
    let text = fs::read_to_string(folder.join("pyth-pro-lazer/messages.json"))?;
    let messages: Vec<serde_json::Value> = serde_json::from_str(&text)?;
    let genuine = messages.iter().filter_map(|message| message["hex"].as_str()).any(|text| {
        attest(&Evidence { kind: Kind::Lazer, bytes: unhex(text) }, context).is_ok_and(|all| !all.is_empty())
    });
    ensure!(genuine, "no message of Lazer holds");
    Ok(())
}

/// A header, and a receipt and an account below its roots.
fn ethereum(folder: &Path) -> anyhow::Result<usize> {
    let read = |name: &str| fs::read(folder.join(name)).with_context(|| name.to_owned());
    let header = header::decode(&read("block.json")?)?.verify()?;
    receipt::decode(&read("receipt_inclusion_proof_tx39.json")?)?.verify(&header.receipts_root)?;
    let account = storage::decode(&read("proof.json")?)?;
    account.verify(account.address.context("an account without an address")?, &header.state_root)?;
    Ok(3)
}

/// A checkpoint, and the update after it by the committee that it names.
fn beacon(folder: &Path) -> anyhow::Result<usize> {
    let read = |name: &str| fs::read(folder.join(name)).with_context(|| name.to_owned());
    let chain = BeaconChain::mainnet();
    let Message::Bootstrap(bootstrap) = light_client::decode(&read("bootstrap.json")?)? else {
        return Err(anyhow!("no bootstrap"));
    };
    let at = chain.time_of(bootstrap.header.slot + 8_192)?;
    let root = bootstrap.header.root();
    let trust = bootstrap.verify(&Checkpoint { chain, root, age_max: Span::YEAR }, at)?;
    let committee = Committee::new(&bootstrap.committee)?;
    let updates = light_client::decode_all(&read("updates.json")?)?;
    let Some(Message::Update(update)) = updates.first() else {
        return Err(anyhow!("no update"));
    };
    update.verify(&trust, &committee, at)?;
    Ok(2)
}
