//! Proofs against headers of Ethereum: the header lies beside the proof, as `block.json`.

use cistern_attest::{
    Address, ExecutionHeader, Kind, Network, Refusal, SetId,
    ethereum::{header, receipt, storage},
};

use super::{
    Terms,
    judged::{Judged, PriceLine},
    show::hex,
};

/// The header beside the file, which must hash to what it claims.
fn header_beside(terms: &Terms<'_>) -> Result<Option<ExecutionHeader>, Refusal> {
    let Ok(bytes) = std::fs::read(terms.file.with_file_name("block.json")) else { return Ok(None) };
    header::decode(&bytes)?.verify().map(Some)
}

/// The contract that is meant: named by the caller, by the file, or by a file beside it that proves the same account.
fn contract(message: &storage::Message, terms: &Terms<'_>) -> Result<Address, Refusal> {
    let root = message.claimed_root();
    let beside = || {
        let files =
            std::fs::read_dir(terms.file.parent().filter(|folder| !folder.as_os_str().is_empty())?).ok()?;
        let mut files: Vec<_> = files.filter_map(|file| Some(file.ok()?.path())).collect();
        files.sort();
        let named = files.iter().filter(|file| file.to_string_lossy().ends_with("proof.json"));
        let named = named.filter_map(|file| storage::decode(&std::fs::read(file).ok()?).ok()?.address);
        named.into_iter().find(|address| message.verify(*address, &root).is_ok())
    };
    terms.address.or(message.address).or_else(beside).ok_or(Refusal::WrongEmitter)
}

pub(super) fn receipt(bytes: &[u8], terms: &Terms<'_>) -> Result<Judged, Refusal> {
    let message = receipt::decode(bytes)?;
    let message = match terms.index {
        Some(index) => message.at(index),
        None => message,
    };
    let mut judged = Judged::claimed(Kind::EthReceipt, Some(Network::Ethereum), None, Vec::new());
    judged.set = Some(SetId(message.block_hash));
    judged.notes.push(("block", message.number.to_string()));
    judged.notes.push(("index", message.index.to_string()));
    match message.verify(&message.receipts_root) {
        Ok(receipt) => {
            for log in &receipt.logs {
                let topic =
                    log.topics.first().map_or_else(|| "without a topic".to_owned(), |topic| hex(topic));
                judged.notes.push(("log", format!("{} {topic} {} bytes", log.emitter, log.data.len())));
            }
            let vouched = header_beside(terms)?.is_some_and(|header| {
                (header.hash, header.receipts_root, header.number)
                    == (message.block_hash, message.receipts_root, message.number)
            });
            if !vouched {
                judged.notes.push(("header", NO_HEADER.to_owned()));
                judged.refusal = Some(Refusal::UnknownSet);
            }
        }
        Err(refusal) => judged.refusal = Some(refusal),
    }
    Ok(judged)
}

const NO_HEADER: &str = "the proof leads to the root that it claims, but no header vouches for that root: \
     put the block's header beside the file, as block.json";

pub(super) fn storage(bytes: &[u8], terms: &Terms<'_>) -> Result<Judged, Refusal> {
    let message = storage::decode(bytes)?;
    let contract = contract(&message, terms)?;
    let mut judged = Judged::claimed(Kind::EthStorage, Some(Network::Ethereum), None, Vec::new());
    judged.notes.push(("account", contract.to_string()));
    for slot in message.slots() {
        judged.notes.push(("slot", format!("{} = {}", hex(&slot.key), hex(&slot.value))));
    }
    let Some(header) = header_beside(terms)? else {
        let sound = message.verify(contract, &message.claimed_root());
        judged.refusal = Some(sound.err().unwrap_or(Refusal::UnknownSet));
        judged.notes.push(("header", NO_HEADER.to_owned()));
        return Ok(judged);
    };
    judged.set = Some(SetId(header.hash));
    judged.notes.push(("block", header.number.to_string()));
    match message.verify(contract, &header.state_root) {
        Ok(account) => {
            let rates = account.slots.iter().filter_map(|slot| slot.observe(contract, &header).ok());
            judged.prices = rates.map(|rate| PriceLine::claimed(&rate, hex(&rate.feed.0))).collect();
        }
        Err(refusal) => judged.refusal = Some(refusal),
    }
    Ok(judged)
}
