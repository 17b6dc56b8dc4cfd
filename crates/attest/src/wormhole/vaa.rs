use alloc::{vec, vec::Vec};

use cistern_units::Time;

use super::{ChainAddress, Notice, rotation};
use crate::{
    Address, Claim, Digest, Network, Refusal, Registry, SIGNERS_MAX, SetId, Signature, SignerSet, Verified,
    keccak256, reader::Reader,
};

/// Longest VAA: seven times the longest that is known, a list of delegated guardians with 4,100 bytes of payload.
pub const MAX_BYTES: usize = 32_768;

/// Bytes of a signature: the signer's place, `r`, `s` and the parity.
const SIGNATURE: usize = 66;

/// A signed message, decoded; nothing in it is verified yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vaa<'a> {
    /// Number of the set that it names.
    pub set: u32,
    /// Time of the block, in Unix seconds.
    pub timestamp: u32,
    /// Chosen by the emitter.
    pub nonce: u32,
    /// Who emitted it.
    pub emitter: ChainAddress,
    /// The emitter's own count.
    pub sequence: u64,
    /// How final the block was.
    pub consistency: u8,
    /// What the emitter says.
    pub payload: &'a [u8],
    signatures: &'a [u8],
    body: &'a [u8],
}

/// Reads a VAA. The payload is what is left at the end, so nothing can lie behind it.
///
/// # Errors
/// [`Refusal::Oversized`], [`Refusal::Malformed`], [`Refusal::Unsupported`]; [`Refusal::BadSignerIndex`] for more
/// signatures than any set has members.
pub fn decode(bytes: &[u8]) -> Result<Vaa<'_>, Refusal> {
    if bytes.len() > MAX_BYTES {
        return Err(Refusal::Oversized);
    }
    let mut reader = Reader::new(bytes);
    if reader.u8()? != 1 {
        return Err(Refusal::Unsupported);
    }
    let set = reader.u32()?;
    let count = usize::from(reader.u8()?);
    if count > SIGNERS_MAX {
        return Err(Refusal::BadSignerIndex);
    }
    let signatures = reader.take(count.saturating_mul(SIGNATURE))?;
    let body = reader.rest();
    Ok(Vaa {
        set,
        timestamp: reader.u32()?,
        nonce: reader.u32()?,
        emitter: ChainAddress { chain: reader.u16()?, address: reader.array()? },
        sequence: reader.u64()?,
        consistency: reader.u8()?,
        payload: reader.rest(),
        signatures,
        body,
    })
}

impl Vaa<'_> {
    /// Signatures that it carries.
    #[must_use]
    pub fn signatures(&self) -> usize {
        self.each_signature().len()
    }

    /// Places of the signers, as the message names them.
    pub fn places(&self) -> impl ExactSizeIterator<Item = u8> {
        self.each_signature().iter().map(|[place, ..]| *place)
    }

    /// What is signed, and by what the message is known: keccak of keccak of everything behind the signatures.
    #[must_use]
    pub fn digest(&self) -> Digest {
        keccak256(&keccak256(self.body))
    }

    /// Holds the message against the set of the number that it names, in a network that the caller names: numbers of
    /// different networks never meet. Every signature must be by the member that it names, those above the threshold too.
    ///
    /// The claims are the message as such, and behind it what its governance orders where that concerns a pool: a
    /// [`Claim::Rotation`], a [`Claim::Bridge`].
    ///
    /// # Errors
    /// In this order: [`Refusal::WrongEmitter`] where that network never signs for this emitter;
    /// [`Refusal::UnknownSet`], [`Refusal::EarlySet`], [`Refusal::ExpiredSet`]; [`Refusal::Quorum`];
    /// [`Refusal::BadSignerIndex`]; [`Refusal::Malformed`] for an order of governance that cannot be read;
    /// [`Refusal::BadSignature`].
    pub fn verify(&self, network: Network, registry: &Registry, at: Time) -> Result<Verified, Refusal> {
        let set = self.live_set(network, registry, at)?;
        self.require_signers(set)?;
        let mut claims = vec![Claim::Message(self.notice()?)];
        claims.extend(rotation::claim(self, network)?);
        self.verified(set, claims)
    }

    /// The set that must have signed.
    pub(crate) fn live_set<'r>(
        &self,
        network: Network,
        registry: &'r Registry,
        at: Time,
    ) -> Result<&'r SignerSet, Refusal> {
        if !self.emitter.networks().contains(&network) {
            return Err(Refusal::WrongEmitter);
        }
        registry.live(network, SetId::index(self.set), at)
    }

    /// All that can be told of the signers without cryptography: enough of them, and named in rising order, which is once
    /// each.
    pub(crate) fn require_signers(&self, set: &SignerSet) -> Result<(), Refusal> {
        if self.signatures() < set.quorum() {
            return Err(Refusal::Quorum);
        }
        let rising = self.places().zip(self.places().skip(1)).all(|(earlier, later)| earlier < later);
        let within = self.places().all(|place| usize::from(place) < set.keys.len());
        if rising && within { Ok(()) } else { Err(Refusal::BadSignerIndex) }
    }

    /// The last and dearest step: who signed. Expects [`Self::require_signers`].
    pub(crate) fn verified(&self, set: &SignerSet, claims: Vec<Claim>) -> Result<Verified, Refusal> {
        let digest = self.digest();
        let signers = self.each_signature().iter().map(|signature| signer(&digest, set, signature));
        Ok(Verified {
            network: set.network,
            set: set.id,
            signers: signers.collect::<Result<_, _>>()?,
            digest,
            claims,
        })
    }

    fn notice(&self) -> Result<Notice, Refusal> {
        Ok(Notice {
            emitter: self.emitter,
            sequence: self.sequence,
            emitted_at: seconds(self.timestamp.into())?,
            nonce: self.nonce,
            consistency: self.consistency,
            payload_length: self.payload.len(),
            payload_digest: keccak256(self.payload),
        })
    }

    fn each_signature(&self) -> &[[u8; SIGNATURE]] {
        self.signatures.as_chunks().0
    }
}

fn signer(digest: &Digest, set: &SignerSet, signature: &[u8; SIGNATURE]) -> Result<(u8, Address), Refusal> {
    let [place, rs @ .., parity] = signature;
    let key = set.keys.get(usize::from(*place)).ok_or(Refusal::BadSignerIndex)?;
    let found = crate::recover(digest, &Signature { rs: *rs, parity: *parity })?;
    if found == *key { Ok((*place, found)) } else { Err(Refusal::BadSignature) }
}

/// A time of Unix seconds.
pub(crate) fn seconds(seconds: u64) -> Result<Time, Refusal> {
    seconds.checked_mul(1_000).map(Time::milliseconds).ok_or(Refusal::TooLarge)
}
