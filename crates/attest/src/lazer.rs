//! Pyth Pro, also called Lazer: messages by one signer, at up to a thousand a second.
//!
//! One key is all the evidence there is, so it counts as one source whatever stands behind it. A feed with too few
//! publishers carries its last price forward under a new message: its own time, where the message has it, is the one that
//! counts.

use alloc::{vec, vec::Vec};

use cistern_units::Time;
use ed25519_zebra::{Signature as Ed25519Signature, VerificationKey};

use crate::{
    Address, Claim, Digest, FeedKey, Market, Network, Observation, Refusal, Registry, SetId, Signature,
    Verified, keccak256, reader::Reader, recover,
};

/// Longest message: the length of a payload has 16 bits, but a hundred feeds with all properties are 12,000 bytes.
pub const MAX_BYTES: usize = 16_384;

/// First word of every payload.
const PAYLOAD: u32 = 2_479_346_549;

/// How a message is wrapped and signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Envelope {
    /// Little-endian, ECDSA.
    LittleEndian,
    /// Big-endian within, ECDSA: for contracts of Ethereum.
    Evm,
    /// Little-endian, ed25519: for Solana.
    Solana,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seal {
    Ecdsa(Signature),
    Ed25519 { signature: [u8; 64], key: [u8; 32] },
}

/// A message, decoded; nothing in it is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// How it is wrapped.
    pub envelope: Envelope,
    /// When it was put together, in Unix microseconds.
    pub timestamp_us: u64,
    /// How often messages of its kind come: 1 at once, 2 every 50 ms, 3 every 200 ms, 4 every second.
    pub channel: u8,
    /// What it says, feed by feed.
    pub feeds: Vec<Feed>,
    payload: &'a [u8],
    seal: Seal,
}

/// What a message says of a feed. Properties that were not asked for are not there, as those without a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Feed {
    /// Number of the feed.
    pub id: u32,
    /// Price, in units of ten to the exponent; zero for none.
    pub price: Option<i64>,
    /// Best bid; zero for none.
    pub bid: Option<i64>,
    /// Best ask; zero for none.
    pub ask: Option<i64>,
    /// Publishers behind the price.
    pub publishers: Option<u16>,
    /// Ten to this is the unit.
    pub exponent: Option<i16>,
    /// Half width of the interval around the price; zero for none.
    pub confidence: Option<i64>,
    /// Rate of funding of a perpetual.
    pub funding_rate: Option<i64>,
    /// When that rate was set, in Unix microseconds.
    pub funding_at_us: Option<u64>,
    /// For how long it is, in microseconds.
    pub funding_interval_us: Option<u64>,
    /// The market's session.
    pub session: Option<Session>,
    /// Exponential mean of the price; zero for none.
    pub mean: Option<i64>,
    /// Exponential mean of the confidence; zero for none.
    pub mean_confidence: Option<i64>,
    /// When the price last had enough publishers, in Unix microseconds; `Some(None)` where it never had.
    pub updated_at_us: Option<Option<u64>>,
}

/// Where a market is in its day. All but the last trade, some with few hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    /// The main one; markets without hours always are in it.
    Regular,
    /// Before it.
    PreMarket,
    /// After it.
    PostMarket,
    /// Between the days.
    Overnight,
    /// None.
    Closed,
}

/// Reads a message.
///
/// # Errors
/// [`Refusal::Oversized`]; [`Refusal::Unsupported`] for other envelopes (an unsigned one among them), payloads and
/// properties; [`Refusal::Malformed`], also for a property twice.
pub fn decode(bytes: &[u8]) -> Result<Message<'_>, Refusal> {
    if bytes.len() > MAX_BYTES {
        return Err(Refusal::Oversized);
    }
    let mut reader = Reader::new(bytes);
    let envelope = match reader.u32_le()? {
        1_296_547_300 => Envelope::LittleEndian,
        2_593_727_018 => Envelope::Evm,
        2_182_742_457 => Envelope::Solana,
        _ => return Err(Refusal::Unsupported),
    };
    let seal = match (envelope, reader.array()?) {
        (Envelope::Solana, signature) => Seal::Ed25519 { signature, key: reader.array()? },
        (_, rs) => Seal::Ecdsa(Signature { rs, parity: reader.u8()? }),
    };
    let mut words = Words { reader, little: envelope != Envelope::Evm };
    let length = words.u16()?;
    let payload = words.reader.take(length.into())?;
    words.reader.end()?;
    words.reader = Reader::new(payload);
    if words.u32()? != PAYLOAD {
        return Err(Refusal::Unsupported);
    }
    let (timestamp_us, channel, count) = (words.u64()?, words.reader.u8()?, words.reader.u8()?);
    // Grows as feeds are read: their number is not believed.
    let mut feeds = vec![];
    for _ in 0..count {
        feeds.push(words.feed()?);
    }
    words.reader.end()?;
    Ok(Message { envelope, timestamp_us, channel, feeds, payload, seal })
}

impl Message<'_> {
    /// Signatures that it carries.
    #[must_use]
    pub const fn signatures(&self) -> usize {
        1
    }

    /// Content: keccak of the payload.
    #[must_use]
    pub fn digest(&self) -> Digest {
        keccak256(self.payload)
    }

    /// Holds the message against the registry: its signer must be a member of a live set that one signature is enough for.
    /// A feed without a price property claims nothing; one whose price is zero claims that, and is refused when judged.
    ///
    /// # Errors
    /// [`Refusal::UnknownSet`] where the registry has no set of the network; [`Refusal::WrongUnit`] for a price without
    /// an exponent; [`Refusal::Malformed`] for a negative confidence; [`Refusal::BadSignature`] where no set has the
    /// signer; [`Refusal::ExpiredSet`], [`Refusal::EarlySet`] where only such ones have it; [`Refusal::Quorum`] where
    /// they need more signatures.
    pub fn verify(&self, registry: &Registry, at: Time) -> Result<Verified, Refusal> {
        if !registry.sets().iter().any(|set| set.network == Network::PythLazer) {
            return Err(Refusal::UnknownSet);
        }
        let digest = self.digest();
        // The set is known only with the signer.
        let claims = self.feeds.iter().filter_map(|feed| self.observation(feed, digest).transpose());
        let mut observations: Vec<Observation> = claims.collect::<Result<_, _>>()?;
        let signer = self.signer(&digest)?;
        let (set, place) = signed_for(registry, &signer, at)?;
        for observation in &mut observations {
            observation.set = set;
        }
        let claims = observations.into_iter().map(Claim::Price).collect();
        Ok(Verified { network: Network::PythLazer, set, signers: vec![(place, signer)], digest, claims })
    }

    fn signer(&self, digest: &Digest) -> Result<Address, Refusal> {
        match &self.seal {
            Seal::Ecdsa(signature) => recover(digest, signature),
            Seal::Ed25519 { signature, key } => {
                let verifier = VerificationKey::try_from(*key).map_err(|_| Refusal::BadSignature)?;
                let signature = Ed25519Signature::from_bytes(signature);
                verifier.verify(&signature, self.payload).map_err(|_| Refusal::BadSignature)?;
                let hash = keccak256(key);
                let (_, address) = hash.split_last_chunk().ok_or(Refusal::BadSignature)?;
                Ok(Address(*address))
            }
        }
    }

    /// The price of a feed, if the message has that property.
    fn observation(&self, feed: &Feed, digest: Digest) -> Result<Option<Observation>, Refusal> {
        let Some(price) = feed.price else { return Ok(None) };
        // A price that never was current is as old as can be.
        let published_us = feed.updated_at_us.map_or(self.timestamp_us, Option::unwrap_or_default);
        Ok(Some(Observation {
            network: Network::PythLazer,
            set: SetId::default(),
            feed: FeedKey::index(feed.id),
            mantissa: price.into(),
            exponent: feed.exponent.ok_or(Refusal::WrongUnit)?.into(),
            confidence: feed.confidence(price)?,
            published_at: Time::milliseconds(published_us.div_euclid(1_000)),
            sequence: published_us,
            expires_at: None,
            market: match feed.session {
                None => Market::Unstated,
                Some(Session::Closed) => Market::Closed,
                Some(_) => Market::Open,
            },
            digest,
        }))
    }
}

impl Feed {
    /// What the source states; else the further of bid and ask; else nothing.
    fn confidence(&self, price: i64) -> Result<u128, Refusal> {
        let given = |value: Option<i64>| value.filter(|value| *value != 0);
        if let Some(confidence) = given(self.confidence) {
            return u128::try_from(confidence).map_err(|_| Refusal::Malformed);
        }
        let distances =
            [given(self.bid), given(self.ask)].map(|side| side.map_or(0, |side| side.abs_diff(price)));
        Ok(distances.into_iter().max().unwrap_or(0).into())
    }
}

/// The set that a signer may sign for alone, and its place there.
fn signed_for(registry: &Registry, signer: &Address, at: Time) -> Result<(SetId, u8), Refusal> {
    let mut refusal = Refusal::BadSignature;
    for set in registry.sets().iter().filter(|set| set.network == Network::PythLazer) {
        let Some(place) = set.keys.iter().position(|key| key == signer) else { continue };
        let fits = if set.quorum() == 1 { set.require_live(at) } else { Err(Refusal::Quorum) };
        match fits {
            Ok(()) => return Ok((set.id, u8::try_from(place).map_err(|_| Refusal::BadSignerIndex)?)),
            Err(why) => refusal = why,
        }
    }
    Err(refusal)
}

/// Numbers in the byte order of the envelope.
struct Words<'a> {
    reader: Reader<'a>,
    little: bool,
}

macro_rules! words {
    ($($name:ident, $little:ident: $type:ty),* $(,)?) => {$(
        fn $name(&mut self) -> Result<$type, Refusal> {
            if self.little { self.reader.$little() } else { self.reader.$name() }
        }
    )*};
}

impl Words<'_> {
    words! { u16, u16_le: u16, u32, u32_le: u32, u64, u64_le: u64, i16, i16_le: i16, i64, i64_le: i64 }

    fn feed(&mut self) -> Result<Feed, Refusal> {
        let mut feed = Feed { id: self.u32()?, ..Feed::default() };
        let mut seen = 0_u16;
        for _ in 0..self.reader.u8()? {
            let property = self.reader.u8()?;
            let bit = 1_u16.checked_shl(property.into()).ok_or(Refusal::Unsupported)?;
            if seen & bit != 0 {
                return Err(Refusal::Malformed);
            }
            seen |= bit;
            self.property(property, &mut feed)?;
        }
        Ok(feed)
    }

    fn property(&mut self, property: u8, feed: &mut Feed) -> Result<(), Refusal> {
        match property {
            0 => feed.price = Some(self.i64()?),
            1 => feed.bid = Some(self.i64()?),
            2 => feed.ask = Some(self.i64()?),
            3 => feed.publishers = Some(self.u16()?),
            4 => feed.exponent = Some(self.i16()?),
            5 => feed.confidence = Some(self.i64()?),
            6 => feed.funding_rate = self.optional(Self::i64)?,
            7 => feed.funding_at_us = self.optional(Self::u64)?,
            8 => feed.funding_interval_us = self.optional(Self::u64)?,
            9 => feed.session = Some(session(self.i16()?)?),
            10 => feed.mean = Some(self.i64()?),
            11 => feed.mean_confidence = Some(self.i64()?),
            12 => feed.updated_at_us = Some(self.optional(Self::u64)?),
            _ => return Err(Refusal::Unsupported),
        }
        Ok(())
    }

    /// A value behind a byte that says whether it is there.
    fn optional<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Refusal>,
    ) -> Result<Option<T>, Refusal> {
        match self.reader.u8()? {
            0 => Ok(None),
            1 => read(self).map(Some),
            _ => Err(Refusal::Malformed),
        }
    }
}

const fn session(number: i16) -> Result<Session, Refusal> {
    match number {
        0 => Ok(Session::Regular),
        1 => Ok(Session::PreMarket),
        2 => Ok(Session::PostMarket),
        3 => Ok(Session::Overnight),
        4 => Ok(Session::Closed),
        _ => Err(Refusal::Unsupported),
    }
}
