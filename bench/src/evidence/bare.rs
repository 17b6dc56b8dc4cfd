//! The floor: who signed a digest, by libsecp256k1 with nothing around it.

use std::hint::black_box;

use anyhow::{anyhow, ensure};
use cistern_attest::keccak256;
use secp256k1::{
    Message,
    ecdsa::{RecoverableSignature, RecoveryId},
};

use super::messages::{Sample, Signed};

/// Signatures that were read before the clock runs.
pub(crate) struct Bare(Vec<Vec<(Message, RecoverableSignature)>>);

impl Bare {
    /// The signatures of each message of a sample.
    pub(crate) fn of(sample: &Sample) -> anyhow::Result<Self> {
        sample.messages.iter().map(|(_, signed)| read(signed)).collect::<Result<_, _>>().map(Self)
    }

    /// Recovers all signatures of the message of a turn, and the address of each.
    pub(crate) fn recover(&self, turn: usize) -> anyhow::Result<()> {
        for (message, signature) in &self.0[turn % self.0.len()] {
            let key = signature.recover_ecdsa(*message).map_err(|error| anyhow!("{error}"))?;
            black_box(keccak256(&key.serialize_uncompressed()[1..]));
        }
        Ok(())
    }
}

fn read(signed: &[Signed]) -> anyhow::Result<Vec<(Message, RecoverableSignature)>> {
    let each = signed.iter().map(|(digest, signature)| {
        ensure!(signature.parity < 2, "a parity of {}", signature.parity);
        let parity = if signature.parity == 0 { RecoveryId::Zero } else { RecoveryId::One };
        let signature = RecoverableSignature::from_compact(&signature.rs, parity);
        Ok((Message::from_digest(*digest), signature.map_err(|error| anyhow!("{error}"))?))
    });
    each.collect()
}
