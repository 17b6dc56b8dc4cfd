//! Signatures of commands, one by one and in batches.

use std::hint::black_box;

use anyhow::ensure;
use cistern_attest::{
    Signer, agent, keccak256,
    typed::{Authorisation, Domain, Separator, Typed, Word},
};
use ed25519_zebra::{SigningKey, VerificationKeyBytes};

use super::{
    figures::Figures,
    turns::{Work, in_turns},
};
use crate::signing::Key;

/// Signatures of a batch, as the node makes them.
const BATCH: usize = 64;
/// From 95 on, so of 190 points, the library sums the product by buckets, whose tables stay in the cache.
const LARGE: usize = 128;

/// Measures signatures of commands.
pub(crate) fn measure(rounds: usize, figures: &mut Figures) -> anyhow::Result<()> {
    let separator = domain().separator();
    let owner = Key::numbered(1);
    let signer = Signer::Address(owner.address());
    let typed: Vec<([Word; 5], [u8; 65])> = (0..BATCH as u128)
        .map(|amount| (words(amount), owner.sign_rsv(&digest(&words(amount), &separator))))
        .collect();
    let signed: Vec<agent::Signed> = (0..LARGE as u8).map(by_agent).collect();

    let [typed, single, batch, large] = in_turns(
        rounds,
        [
            Work::new(BATCH, |turn| {
                let (words, signature) = &typed[turn];
                black_box(Authorisation { signer, signature }.verify(&digest(words, &separator))?);
                Ok(())
            }),
            Work::new(BATCH, |turn| Ok(agent::verify_one(&signed[turn])?)),
            Work::new(2, |_| together(&signed[..BATCH])),
            Work::new(1, |_| together(&signed)),
        ],
    )?;
    // Type, words and digest are five keccaks, 2 us, beside a recovery of 28 us.
    figures.per_second("eip712_ecrecover_per_s", (&typed, 1), "5 keccaks and one ecrecover: 33,000");
    // Two points read at 4 us, and a product of two scalars at 35 us.
    figures.per_second("ed25519_per_s", (&single, 1), "two points, one double product: 23,000");
    // The product is shared: a hundred points at once take less than half of the single ones; reading them stays.
    figures.per_second("ed25519_batch_64_per_s", (&batch, BATCH), "one product of 129 points: 50,000");
    let (median, best) = single.over(&batch);
    figures.add("batch_over_single", (median * BATCH as f64, best * BATCH as f64), ">= 2");
    figures.per_second("ed25519_batch_128_per_s", (&large, LARGE), "one product of 257 points: 50,000");
    let (median, best) = single.over(&large);
    figures.add("batch_128_over_single", (median * LARGE as f64, best * LARGE as f64), ">= 2");
    Ok(())
}

fn together(signed: &[agent::Signed]) -> anyhow::Result<()> {
    let mut batch = agent::Batch::default();
    signed.iter().for_each(|signed| batch.queue(signed));
    ensure!(batch.bad().is_empty(), "a good signature in a batch is bad");
    Ok(())
}

const fn domain() -> Domain<'static> {
    Domain { name: "Cistern", version: "1", chain_id: 1, contract: None, salt: Some([7; 32]) }
}

/// A withdrawal.
fn words(amount: u128) -> [Word; 5] {
    [7, 2, amount, 1_700_000_000_000, 1_700_000_060_000].map(Word::unsigned)
}

fn digest(words: &[Word], separator: &Separator) -> [u8; 32] {
    let primary = "Withdraw(uint32 account,uint16 asset,uint128 amount,uint64 nonce,uint64 deadline)";
    Typed { primary, words }.digest(separator)
}

/// Each by a key of its own: a batch of one agent alone would be cheaper.
fn by_agent(number: u8) -> agent::Signed {
    let key = SigningKey::from(keccak256(&[number, 1]));
    let digest = keccak256(&[number, 2]);
    let signature = key.sign(&digest).to_bytes();
    agent::Signed { key: VerificationKeyBytes::from(&key).into(), digest, signature }
}
