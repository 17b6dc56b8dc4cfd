//! Pyth's accumulator updates: a signed root over all of its feeds, and some of the feeds with their paths to it.
//!
//! Until 2026-08-26 Wormhole's guardians signed the roots, since then Pyth's own routers; the form is the same, and the
//! emitter tells which. Other than Pyth's contracts we take no fields that are not known here: an update that says more
//! than we understand is refused, and Pyth is one source among several.

mod merkle;
mod message;

use alloc::{vec, vec::Vec};

use cistern_units::Time;

use crate::{
    Claim, FeedKey, Network, Refusal, Registry, Verified,
    reader::Reader,
    wormhole::{PYTH_BY_GUARDIANS, PYTH_BY_ROUTERS, Vaa, decode as decode_vaa},
};

pub use merkle::Node;
pub use message::{Content, Price, Twap, TwapUpdate};

/// Longest update: all of 255 feeds with the paths of a tree of 4,096 would be 85,000 bytes; no request asks for so many,
/// and half of it still is more than a hundred.
pub const MAX_BYTES: usize = 49_152;

/// An update, decoded; nothing in it is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// What was signed.
    pub vaa: Vaa<'a>,
    /// Slot of Pythnet, or of the routers (fiftieths of a second), that the root is of.
    pub slot: u64,
    /// After how many slots a root is forgotten on Pythnet; zero since the routers.
    pub ring: u32,
    /// Root of the tree of all feeds.
    pub root: Node,
    /// The feeds that came along.
    pub updates: Vec<Update<'a>>,
}

/// One feed with its path to the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update<'a> {
    /// What the network calls the feed.
    pub feed: FeedKey,
    /// What is said of it.
    pub content: Content,
    /// The leaf.
    leaf: &'a [u8],
    /// The nodes beside the way from the leaf to the root.
    path: &'a [Node],
}

impl Update<'_> {
    /// Nodes of its path.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.path.len()
    }
}

/// Reads an update.
///
/// # Errors
/// [`Refusal::Oversized`], [`Refusal::Malformed`] (also for bytes behind the last feed), [`Refusal::Unsupported`], those of
/// [`decode`](crate::wormhole::decode) of the message within.
pub fn decode(bytes: &[u8]) -> Result<Message<'_>, Refusal> {
    match decode_prefix(bytes)? {
        (message, []) => Ok(message),
        _ => Err(Refusal::Malformed),
    }
}

/// Reads an update at the beginning of the bytes, and gives back what lies behind it: to look at captures that were cut
/// out of something larger. A pool takes [`decode`].
///
/// # Errors
/// Those of [`decode`], but for bytes behind the last feed.
pub fn decode_prefix(bytes: &[u8]) -> Result<(Message<'_>, &[u8]), Refusal> {
    if bytes.len() > MAX_BYTES {
        return Err(Refusal::Oversized);
    }
    let mut reader = Reader::new(bytes);
    if reader.array()? != *b"PNAU" {
        return Err(Refusal::Malformed);
    }
    // Major and minor version, length of further fields, type of proof.
    if reader.array()? != [1, 0, 0, 0] {
        return Err(Refusal::Unsupported);
    }
    let length = reader.u16()?;
    let vaa = decode_vaa(reader.take(length.into())?)?;
    let (slot, ring, root) = signed(vaa.payload)?;
    let count = reader.u8()?;
    if count == 0 {
        return Err(Refusal::Malformed);
    }
    // Grows as feeds are read: their number is not believed.
    let mut updates = vec![];
    for _ in 0..count {
        updates.push(update(&mut reader)?);
    }
    Ok((Message { vaa, slot, ring, root, updates }, reader.rest()))
}

/// What the signers say: slot, ring, root.
fn signed(payload: &[u8]) -> Result<(u64, u32, Node), Refusal> {
    let mut reader = Reader::new(payload);
    if reader.array()? != *b"AUWV" {
        return Err(Refusal::Malformed);
    }
    if reader.u8()? != 0 {
        return Err(Refusal::Unsupported);
    }
    let fields = (reader.u64()?, reader.u32()?, reader.array()?);
    reader.end()?;
    Ok(fields)
}

fn update<'a>(reader: &mut Reader<'a>) -> Result<Update<'a>, Refusal> {
    let length = reader.u16()?;
    let leaf = reader.take(length.into())?;
    let depth = usize::from(reader.u8()?);
    let (path, _) = reader.take(depth.saturating_mul(merkle::NODE))?.as_chunks();
    let (feed, content) = message::decode(leaf)?;
    Ok(Update { feed, content, leaf, path })
}

impl Message<'_> {
    /// Signatures that it carries.
    #[must_use]
    pub fn signatures(&self) -> usize {
        self.vaa.signatures()
    }

    /// Whose signatures it must have, by its emitter.
    ///
    /// # Errors
    /// [`Refusal::WrongEmitter`] for an emitter that does not speak for Pyth.
    pub fn network(&self) -> Result<Network, Refusal> {
        match self.vaa.emitter {
            PYTH_BY_GUARDIANS => Ok(Network::Wormhole),
            PYTH_BY_ROUTERS => Ok(Network::PythRouters),
            _ => Err(Refusal::WrongEmitter),
        }
    }

    /// Holds the update against the registry: all of its feeds or none.
    ///
    /// # Errors
    /// [`Refusal::WrongEmitter`], then those of the signers as in [`Vaa::verify`], with
    /// [`Refusal::ProofMismatch`] and [`Refusal::Malformed`], [`Refusal::TooLarge`] for impossible times before
    /// [`Refusal::BadSignature`].
    pub fn verify(&self, registry: &Registry, at: Time) -> Result<Verified, Refusal> {
        let set = self.vaa.live_set(self.network()?, registry, at)?;
        self.vaa.require_signers(set)?;
        let mut ways = merkle::Ways::to(&self.root);
        if !self.updates.iter().all(|update| ways.lead_from(update.leaf, update.path)) {
            return Err(Refusal::ProofMismatch);
        }
        let digest = self.vaa.digest();
        let claims = self.updates.iter().map(|update| update.claim(set.network, set.id, self.slot, digest));
        let claims: Vec<Claim> = claims.collect::<Result<_, _>>()?;
        self.vaa.verified(set, claims)
    }
}
