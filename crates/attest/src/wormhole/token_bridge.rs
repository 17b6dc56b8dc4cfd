//! Transfers over the token bridge.

use alloc::vec::Vec;

use cistern_units::Time;

use super::{ChainAddress, Vaa};
use crate::{Claim, Network, Refusal, Registry, Verified, reader::Reader};

/// Finest decimals of an amount in a message. Tokens with more are cut to these, tokens with fewer keep their own.
pub const DECIMALS_ON_THE_WIRE: u8 = 8;

/// Levels at which a message is signed before its block is final: at once, and when safe.
const NOT_FINAL: [u8; 2] = [200, 201];

/// Tokens on their way to a recipient. Amounts have the token's own decimals, at most eight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// What left the other chain, fee included.
    pub amount: u128,
    /// Of what, by the chain that it is native to.
    pub token: ChainAddress,
    /// For whom.
    pub recipient: ChainAddress,
    /// Part of it for whoever delivers the message.
    pub fee: u128,
    /// Who sent it, where a message comes with it.
    pub sender: Option<[u8; 32]>,
    /// That message.
    pub message: Vec<u8>,
}

/// What a transfer is worth in the smallest units of its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credit {
    /// For the recipient.
    pub amount: u128,
    /// For whoever delivered it.
    pub fee: u128,
}

/// What a chain says of one of its tokens. Its names are the token's own choice and prove nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenAttestation {
    /// The token.
    pub token: ChainAddress,
    /// Decimals of its amounts on its own chain.
    pub decimals: u8,
    /// Symbol, padded with zeros.
    pub symbol: [u8; 32],
    /// Name, padded with zeros.
    pub name: [u8; 32],
}

/// Who takes transfers, and from which bridges.
#[derive(Clone, Copy, Debug)]
pub struct Receiver<'r> {
    /// The token bridges of other chains, as governance registered them.
    pub bridges: &'r [ChainAddress],
    /// Us.
    pub ours: ChainAddress,
}

impl Receiver<'_> {
    /// Holds a message of a token bridge against the guardians and against what we take. The last claim is a
    /// [`Claim::Transfer`] or a [`Claim::Token`]. That a message counts once is for whoever keeps the digests, and before
    /// anything is credited.
    ///
    /// # Errors
    /// In this order: [`Refusal::WrongEmitter`] unless a registered bridge of its own chain emitted it;
    /// [`Refusal::NotFinal`]; [`Refusal::Malformed`], [`Refusal::Unsupported`], [`Refusal::TooLarge`];
    /// [`Refusal::NotForUs`] for another recipient, or a fee above the amount; then those of [`Vaa::verify`].
    pub fn verify(&self, vaa: &Vaa<'_>, registry: &Registry, at: Time) -> Result<Verified, Refusal> {
        let claim = self.read(vaa)?;
        let mut verified = vaa.verify(Network::Wormhole, registry, at)?;
        verified.claims.push(claim);
        Ok(verified)
    }

    /// By the emitter, never by the first byte: messages of other contracts begin with the same numbers.
    fn read(&self, vaa: &Vaa<'_>) -> Result<Claim, Refusal> {
        if !self.bridges.contains(&vaa.emitter) {
            return Err(Refusal::WrongEmitter);
        }
        if NOT_FINAL.contains(&vaa.consistency) {
            return Err(Refusal::NotFinal);
        }
        let mut reader = Reader::new(vaa.payload);
        match reader.u8()? {
            1 => self.ours(plain(reader)?),
            2 => attestation(reader).map(Claim::Token),
            3 => self.ours(with_message(reader)?),
            _ => Err(Refusal::Unsupported),
        }
    }

    fn ours(&self, transfer: Transfer) -> Result<Claim, Refusal> {
        if transfer.recipient != self.ours || transfer.fee > transfer.amount {
            return Err(Refusal::NotForUs);
        }
        Ok(Claim::Transfer(transfer))
    }
}

impl Transfer {
    /// What it is worth, given the decimals of its token. Exact: what eight decimals could not carry never left the
    /// sender's wallet.
    ///
    /// # Errors
    /// [`Refusal::TooLarge`]; [`Refusal::NotForUs`] for a fee above the amount.
    pub fn credit(&self, decimals: u8) -> Result<Credit, Refusal> {
        let scale = scale(decimals)?;
        let net = self.amount.checked_sub(self.fee).ok_or(Refusal::NotForUs)?;
        let amount = net.checked_mul(scale).ok_or(Refusal::TooLarge)?;
        let fee = self.fee.checked_mul(scale).ok_or(Refusal::TooLarge)?;
        Ok(Credit { amount, fee })
    }
}

/// Splits an amount of a token, in its smallest units, into what a message can carry and the rest, which stays with its
/// owner: the carried part rounded down to eight decimals, in the decimals of the wire; the rest in smallest units.
///
/// # Errors
/// [`Refusal::TooLarge`] for more decimals than amounts of 128 bits can have.
pub fn to_the_wire(amount: u128, decimals: u8) -> Result<(u128, u128), Refusal> {
    let scale = scale(decimals)?;
    let carried = amount.checked_div(scale).ok_or(Refusal::TooLarge)?;
    Ok((carried, amount.checked_rem(scale).ok_or(Refusal::TooLarge)?))
}

/// Smallest units of a token in one unit of the wire.
fn scale(decimals: u8) -> Result<u128, Refusal> {
    let cut = decimals.saturating_sub(DECIMALS_ON_THE_WIRE);
    10_u128.checked_pow(cut.into()).ok_or(Refusal::TooLarge)
}

fn plain(mut reader: Reader<'_>) -> Result<Transfer, Refusal> {
    let mut transfer = head(&mut reader)?;
    transfer.fee = word(&mut reader)?;
    reader.end()?;
    Ok(transfer)
}

/// With the sender where the other kind has the fee; this one has none.
fn with_message(mut reader: Reader<'_>) -> Result<Transfer, Refusal> {
    let mut transfer = head(&mut reader)?;
    transfer.sender = Some(reader.array()?);
    transfer.message = reader.rest().to_vec();
    Ok(transfer)
}

fn head(reader: &mut Reader<'_>) -> Result<Transfer, Refusal> {
    let amount = word(reader)?;
    let token = address(reader)?;
    let recipient = address(reader)?;
    Ok(Transfer { amount, token, recipient, fee: 0, sender: None, message: Vec::new() })
}

fn attestation(mut reader: Reader<'_>) -> Result<TokenAttestation, Refusal> {
    let token = address(&mut reader)?;
    let attestation =
        TokenAttestation { token, decimals: reader.u8()?, symbol: reader.array()?, name: reader.array()? };
    reader.end()?;
    Ok(attestation)
}

/// Addresses stand before their chains here.
fn address(reader: &mut Reader<'_>) -> Result<ChainAddress, Refusal> {
    let address = reader.array()?;
    Ok(ChainAddress { chain: reader.u16()?, address })
}

/// A number of 256 bits, of which we compute with the lower half.
fn word(reader: &mut Reader<'_>) -> Result<u128, Refusal> {
    let high = reader.u128()?;
    let low = reader.u128()?;
    if high == 0 { Ok(low) } else { Err(Refusal::TooLarge) }
}
