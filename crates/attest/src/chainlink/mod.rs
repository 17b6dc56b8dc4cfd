//! Chainlink Data Streams: a report about one feed, signed by more nodes of its network than may be faulty.
//!
//! A full report is the ABI encoding of `(bytes32[3] context, bytes report, bytes32[] rs, bytes32[] ss, bytes32 vs)`, and
//! here of its encodings only the canonical one. The nodes sign `keccak(keccak(report) || context)`. The first word of the context
//! is the config digest, which names the set of signers; the ABI's own frame and the bytes of `vs` behind the last signature are
//! signed by nobody, and any `f + 1` of the nodes will do. So a report is known again by its digest, never by its bytes.
//!
//! What Chainlink's verifiers on chain leave out is for `judge` and for the pool: age, the report's own end, and that it
//! is newer than the one before.

mod report;
mod words;

use alloc::{vec, vec::Vec};

use cistern_units::Time;

pub use report::{EXPONENT, Report};
use words::{WORD, Words as _};

use crate::{
    Address, Claim, Digest, Network, Observation, Refusal, Registry, SetId, Signature, SignerSet, Verified,
    keccak::{keccak256, keccak256_of},
    reader::Reader,
    recover,
};

/// Most nodes of a network, by Chainlink's own contracts.
pub const SIGNATURES_MAX: usize = 31;

/// Longest report: schema 14, seventeen words.
const REPORT_MAX: usize = 17 * WORD;

/// Bytes in front of the report: three words of context, three offsets, the parities.
const HEAD: usize = 7 * WORD;

/// Largest full report: head, report, two arrays, and the lengths of all three.
pub const MAX_BYTES: usize = HEAD + REPORT_MAX + (3 + 2 * SIGNATURES_MAX) * WORD;

/// A full report, read but not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// Names the set of signers.
    pub config_digest: SetId,
    /// Epoch and round within the set.
    pub epoch_and_round: [u8; 32],
    /// Rest of the context.
    pub extra: [u8; 32],
    /// What it states.
    pub report: Report,
    signed: &'a [u8],
    signatures: Vec<Signature>,
}

/// Reads a full report, which must be all of the bytes.
///
/// # Errors
/// [`Refusal::Oversized`]; [`Refusal::Malformed`], also for an encoding other than the canonical one and where the report is
/// valid from a later time than it was observed at; [`Refusal::Unsupported`] for a schema that is not known here;
/// [`Refusal::TooLarge`] for a number beyond 128 bits; [`Refusal::BadSignature`] for a parity other than 0 and 1.
pub fn decode(bytes: &[u8]) -> Result<Message<'_>, Refusal> {
    if bytes.len() > MAX_BYTES {
        return Err(Refusal::Oversized);
    }
    let mut words = Reader::new(bytes);
    let [config_digest, epoch_and_round, extra] = [words.word()?, words.word()?, words.word()?];
    let offsets = [words.length()?, words.length()?, words.length()?];
    let parities = words.word()?;
    let place = |words: &Reader<'_>| bytes.len().saturating_sub(words.rest().len());

    let report_at = place(&words);
    let length = words.length()?;
    let signed = words.take(length)?;
    let padding = words.take(length.wrapping_neg() & 31)?;
    let rs_at = place(&words);
    let rs = array(&mut words)?;
    let ss_at = place(&words);
    let ss = array(&mut words)?;
    words.end()?;

    let canonical = offsets == [report_at, rs_at, ss_at] && padding.iter().all(|byte| *byte == 0);
    if !canonical || rs.len() != ss.len() {
        return Err(Refusal::Malformed);
    }
    let report = report::decode(signed)?;
    if report.valid_from > report.observed_at {
        return Err(Refusal::Malformed);
    }
    Ok(Message {
        config_digest: SetId(config_digest),
        epoch_and_round,
        extra,
        report,
        signed,
        signatures: signatures(&rs, &ss, &parities)?,
    })
}

fn array(words: &mut Reader<'_>) -> Result<Vec<[u8; WORD]>, Refusal> {
    let count = words.length()?;
    if count > SIGNATURES_MAX {
        return Err(Refusal::Malformed);
    }
    (0..count).map(|_| words.word()).collect()
}

fn signatures(
    rs: &[[u8; WORD]],
    ss: &[[u8; WORD]],
    parities: &[u8; WORD],
) -> Result<Vec<Signature>, Refusal> {
    if parities.iter().skip(rs.len()).any(|byte| *byte != 0) {
        return Err(Refusal::Malformed);
    }
    let whole = rs.iter().zip(ss).zip(parities).map(|((r, s), parity)| {
        let mut rs = [0; 64];
        let (first, second) = rs.split_at_mut(WORD);
        first.copy_from_slice(r);
        second.copy_from_slice(s);
        // Data Streams writes 0 and 1 alone: with 27 and 28 there would be two forms of one report.
        if *parity > 1 { Err(Refusal::BadSignature) } else { Ok(Signature { rs, parity: *parity }) }
    });
    whole.collect()
}

impl Message<'_> {
    /// How many signatures must be recovered.
    #[must_use]
    pub fn signatures(&self) -> usize {
        self.signatures.len()
    }

    /// What was signed.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let report = keccak256(self.signed);
        let context = [&self.config_digest.0, &self.epoch_and_round, &self.extra];
        keccak256_of([report.as_slice()].into_iter().chain(context.map(<[u8; 32]>::as_slice)))
    }

    /// Checks all signatures against the set of the config digest, a production network's or a test network's.
    ///
    /// The claim's time is when the nodes looked, so that a report of a market that closed replaces the one before. When
    /// the price last moved, where that is stated, orders reports of one second, and a price that has stood still counts as
    /// a closed market's.
    ///
    /// # Errors
    /// [`Refusal::UnknownSet`], [`Refusal::EarlySet`], [`Refusal::ExpiredSet`]; [`Refusal::Quorum`];
    /// [`Refusal::BadSignature`] for whoever is no member; [`Refusal::BadSignerIndex`] where a node signed twice;
    /// [`Refusal::Uncertain`] where bid, price and ask of an open market are out of order.
    pub fn verify(&self, registry: &Registry, at: Time) -> Result<Verified, Refusal> {
        let set = registry
            .set(Network::Chainlink, self.config_digest)
            .or_else(|_| registry.set(Network::ChainlinkTest, self.config_digest))?;
        set.require_live(at)?;
        if self.signatures.len() < set.quorum() {
            return Err(Refusal::Quorum);
        }
        if self.signatures.len() > set.keys.len() {
            return Err(Refusal::BadSignerIndex);
        }
        let digest = self.digest();
        let signers = self.signers(set, &digest)?;
        let observation = Observation {
            network: set.network,
            set: set.id,
            feed: self.report.feed,
            mantissa: self.report.price,
            exponent: EXPONENT,
            confidence: self.report.confidence()?,
            published_at: self.report.published_at(),
            sequence: self.report.last_seen_ns.unwrap_or(0),
            expires_at: Some(self.report.expires_at()),
            market: self.report.market(),
            digest,
        };
        let claims = vec![Claim::Price(observation)];
        Ok(Verified { network: set.network, set: set.id, signers, digest, claims })
    }

    fn signers(&self, set: &SignerSet, digest: &Digest) -> Result<Vec<(u8, Address)>, Refusal> {
        let mut signers = Vec::with_capacity(self.signatures.len());
        for signature in &self.signatures {
            let signer = recover(digest, signature)?;
            let place = set.keys.iter().position(|key| *key == signer).ok_or(Refusal::BadSignature)?;
            signers.push((u8::try_from(place).map_err(|_| Refusal::BadSignerIndex)?, signer));
        }
        signers.sort_unstable();
        if signers.windows(2).any(|pair| matches!(pair, [one, next] if one == next)) {
            return Err(Refusal::BadSignerIndex);
        }
        Ok(signers)
    }
}
