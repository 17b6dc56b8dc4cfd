//! Accounts and their storage, in the shape of `eth_getProof`.

use alloc::vec::Vec;

use alloy_primitives::U256;
use alloy_trie::TrieAccount;
use serde::Deserialize;

use super::{hex, trie};
use crate::{
    Address, Claim, Digest, ExecutionHeader, FeedKey, Market, Network, Observation, Refusal, SetId, Verified,
    keccak::{keccak256, keccak256_of},
};

/// Largest message: an account's proof of twelve nodes and sixteen slots of as many, each node 532 bytes and every byte
/// two characters, take 220 kB; code takes 50 kB.
pub const MAX_BYTES: usize = 512 * 1_024;

/// Slots of one message.
pub const SLOTS_MAX: usize = 16;

/// Largest node: a branch of sixteen hashes.
const NODE_MAX: usize = 532;

/// Largest code: EIP-170 allows 24 kB; room for a later rule.
const CODE_MAX: usize = 64 * 1_024;

/// Decimals that a rate in a contract has by custom.
const EXPONENT: i32 = -18;

/// An account with slots, and their proofs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The account that the message names, if it does.
    pub address: Option<Address>,
    account: TrieAccount,
    code: Option<Vec<u8>>,
    proof: Vec<Vec<u8>>,
    slots: Vec<(Slot, Vec<Vec<u8>>)>,
}

/// A word of a contract's storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Where.
    pub key: Digest,
    /// What, big-endian; zero where nothing was written.
    pub value: [u8; 32],
}

/// An account that is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Address.
    pub address: Address,
    /// Transactions or contracts that it made.
    pub nonce: u64,
    /// Balance in wei, big-endian.
    pub balance: [u8; 32],
    /// Root of its storage.
    pub storage_root: Digest,
    /// Hash of its code.
    pub code_hash: Digest,
    /// The slots of the message, in its order.
    pub slots: Vec<Slot>,
}

/// Reads an account and its slots: as `eth_getProof` answers, or with the account's fields in `account`.
///
/// # Errors
/// [`Refusal::Oversized`], [`Refusal::Malformed`].
pub fn decode(bytes: &[u8]) -> Result<Message, Refusal> {
    let wire: Wire<'_> = super::read(bytes, MAX_BYTES)?;
    if wire.storage_proof.len() > SLOTS_MAX {
        return Err(Refusal::Oversized);
    }
    let account = wire.account()?;
    let slots = wire.storage_proof.iter().map(|slot| {
        let value = hex::wide_quantity(slot.value)?.to_be_bytes();
        Ok((Slot { key: hex::array(slot.key)?, value }, trie::nodes(&slot.proof, NODE_MAX)?))
    });
    Ok(Message {
        address: wire.address.map(hex::array).transpose()?.map(Address),
        account,
        code: wire.code.map(|code| hex::bytes(code, CODE_MAX)).transpose()?,
        proof: trie::nodes(&wire.account_proof, NODE_MAX)?,
        slots: slots.collect::<Result<_, _>>()?,
    })
}

impl Message {
    /// The root that the proof of the account leads to, if it leads anywhere; nobody vouches for it.
    #[must_use]
    pub fn claimed_root(&self) -> Digest {
        self.proof.first().map(|node| keccak256(node)).unwrap_or_default()
    }

    /// The slots that the message claims, in its order.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter().map(|(slot, _)| slot)
    }

    /// The account and its slots, which must be those of `contract` under a root.
    ///
    /// # Errors
    /// [`Refusal::WrongEmitter`] where the message names another account; [`Refusal::ProofMismatch`], also for an
    /// account that does not exist and for code that is not the account's; [`Refusal::Malformed`].
    pub fn verify(&self, contract: Address, state_root: &Digest) -> Result<Account, Refusal> {
        if self.address.is_some_and(|named| named != contract) {
            return Err(Refusal::WrongEmitter);
        }
        let found = trie::lookup(state_root, &keccak256(&contract.0), &self.proof)?;
        if found != Some(alloy_rlp::encode(self.account)) {
            return Err(Refusal::ProofMismatch);
        }
        if self.code.as_ref().is_some_and(|code| keccak256(code) != self.account.code_hash.0) {
            return Err(Refusal::ProofMismatch);
        }
        let storage_root = self.account.storage_root.0;
        for (slot, proof) in &self.slots {
            let found = trie::lookup(&storage_root, &keccak256(&slot.key), proof)?;
            let value = U256::from_be_bytes(slot.value);
            let claimed = (!value.is_zero()).then(|| alloy_rlp::encode(value));
            if found != claimed {
                return Err(Refusal::ProofMismatch);
            }
        }
        Ok(Account {
            address: contract,
            nonce: self.account.nonce,
            balance: self.account.balance.to_be_bytes(),
            storage_root,
            code_hash: self.account.code_hash.0,
            slots: self.slots().copied().collect(),
        })
    }

    /// The slots as rates, each an observation at the time of a block that somebody vouches for.
    ///
    /// # Errors
    /// As [`verify`](Self::verify); [`Refusal::TooLarge`] for a value beyond the range of a mantissa.
    pub fn observe(&self, contract: Address, block: &ExecutionHeader) -> Result<Verified, Refusal> {
        let account = self.verify(contract, &block.state_root)?;
        let claims = account.slots.iter().map(|slot| slot.observe(contract, block).map(Claim::Price));
        let claims = claims.collect::<Result<Vec<_>, _>>()?;
        let keys = account.slots.iter().map(|slot| slot.key.as_slice());
        let digest = keccak256_of([block.hash.as_slice(), &contract.0].into_iter().chain(keys));
        Ok(Verified {
            network: Network::Ethereum,
            set: SetId::default(),
            signers: Vec::new(),
            digest,
            claims,
        })
    }
}

impl Slot {
    /// What the pool calls a slot of a contract as a feed: the keccak of address and key.
    #[must_use]
    pub fn feed(&self, contract: Address) -> FeedKey {
        FeedKey(keccak256_of([contract.0.as_slice(), &self.key]))
    }

    /// The value as a rate with 18 decimals, at the time of the block that it is proven for.
    ///
    /// # Errors
    /// [`Refusal::TooLarge`] beyond the range of a mantissa.
    pub fn observe(&self, contract: Address, block: &ExecutionHeader) -> Result<Observation, Refusal> {
        let feed = self.feed(contract);
        let mantissa = i128::try_from(U256::from_be_bytes(self.value)).map_err(|_| Refusal::TooLarge)?;
        Ok(Observation {
            network: Network::Ethereum,
            set: SetId::default(),
            feed,
            mantissa,
            exponent: EXPONENT,
            confidence: 0,
            published_at: block.timestamp,
            sequence: block.number,
            expires_at: None,
            market: Market::Unstated,
            digest: keccak256_of([block.hash.as_slice(), &feed.0]),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(borrow)]
    address: Option<&'a str>,
    #[serde(borrow)]
    account: Option<WireAccount<'a>>,
    #[serde(borrow)]
    nonce: Option<&'a str>,
    #[serde(borrow)]
    balance: Option<&'a str>,
    #[serde(borrow)]
    storage_hash: Option<&'a str>,
    #[serde(borrow)]
    code_hash: Option<&'a str>,
    #[serde(borrow)]
    code: Option<&'a str>,
    #[serde(borrow)]
    account_proof: Vec<&'a str>,
    #[serde(borrow)]
    storage_proof: Vec<WireSlot<'a>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireAccount<'a> {
    nonce: &'a str,
    balance: &'a str,
    storage_root: &'a str,
    code_hash: &'a str,
}

#[derive(Deserialize)]
struct WireSlot<'a> {
    key: &'a str,
    value: &'a str,
    #[serde(borrow)]
    proof: Vec<&'a str>,
}

impl Wire<'_> {
    /// The account's fields, from the one place or the other, not from both.
    fn account(&self) -> Result<TrieAccount, Refusal> {
        let flat = [self.nonce, self.balance, self.storage_hash, self.code_hash];
        let account = match (self.account, flat) {
            (Some(account), [None, None, None, None]) => account,
            (None, [Some(nonce), Some(balance), Some(storage_root), Some(code_hash)]) => {
                WireAccount { nonce, balance, storage_root, code_hash }
            }
            _ => return Err(Refusal::Malformed),
        };
        Ok(TrieAccount {
            nonce: hex::quantity(account.nonce)?,
            balance: hex::wide_quantity(account.balance)?,
            storage_root: hex::array(account.storage_root)?.into(),
            code_hash: hex::array(account.code_hash)?.into(),
        })
    }
}
