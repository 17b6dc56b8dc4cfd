//! What Pyth says of a feed.

use cistern_units::Time;

use super::Update;
use crate::{
    Claim, Digest, FeedKey, Market, Network, Observation, Refusal, SetId, reader::Reader, wormhole::seconds,
};

/// A price, as its signers wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// In units of ten to the exponent.
    pub mantissa: i64,
    /// Half width of the interval around it.
    pub confidence: u64,
    /// Ten to this is the unit.
    pub exponent: i32,
    /// When it was published, in Unix seconds.
    pub published_at: i64,
    /// When the one before it was. The price counts for every second after that one and up to its own.
    pub published_before: i64,
    /// Exponential mean of the price.
    pub mean: i64,
    /// Exponential mean of the confidence.
    pub mean_confidence: u64,
}

/// A sum over all slots, as its signers wrote it: two of them give the mean price between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Twap {
    /// Sum of the prices, in units of ten to the exponent.
    pub cumulative: i128,
    /// Sum of the confidences.
    pub cumulative_confidence: u128,
    /// Slots without a price.
    pub slots_down: u64,
    /// Ten to this is the unit.
    pub exponent: i32,
    /// When it was published, in Unix seconds.
    pub published_at: i64,
    /// When the one before it was.
    pub published_before: i64,
    /// Slot that the sums end with.
    pub slot: u64,
}

/// What is said of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Its price.
    Price(Price),
    /// Its sum.
    Twap(Twap),
}

/// A sum that was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TwapUpdate {
    /// Who vouches for it.
    pub network: Network,
    /// The set that signed.
    pub set: SetId,
    /// What the network calls the feed.
    pub feed: FeedKey,
    /// When it was published.
    pub published_at: Time,
    /// What was signed.
    pub twap: Twap,
    /// Content of the message that it came in.
    pub digest: Digest,
}

const PRICE: u8 = 0;
const TWAP: u8 = 1;

pub(super) fn decode(leaf: &[u8]) -> Result<(FeedKey, Content), Refusal> {
    let mut reader = Reader::new(leaf);
    let kind = reader.u8()?;
    if !matches!(kind, PRICE | TWAP) {
        return Err(Refusal::Unsupported);
    }
    let feed = FeedKey(reader.array()?);
    let content = if kind == PRICE {
        Content::Price(Price {
            mantissa: reader.i64()?,
            confidence: reader.u64()?,
            exponent: reader.i32()?,
            published_at: reader.i64()?,
            published_before: reader.i64()?,
            mean: reader.i64()?,
            mean_confidence: reader.u64()?,
        })
    } else {
        Content::Twap(Twap {
            cumulative: reader.i128()?,
            cumulative_confidence: reader.u128()?,
            slots_down: reader.u64()?,
            exponent: reader.i32()?,
            published_at: reader.i64()?,
            published_before: reader.i64()?,
            slot: reader.u64()?,
        })
    };
    reader.end()?;
    Ok((feed, content))
}

impl Update<'_> {
    pub(super) fn claim(
        &self,
        network: Network,
        set: SetId,
        slot: u64,
        digest: Digest,
    ) -> Result<Claim, Refusal> {
        match self.content {
            Content::Price(price) => Ok(Claim::Price(Observation {
                network,
                set,
                feed: self.feed,
                mantissa: price.mantissa.into(),
                exponent: price.exponent,
                confidence: price.confidence.into(),
                published_at: time(price.published_at)?,
                sequence: slot,
                expires_at: None,
                market: Market::Unstated,
                digest,
            })),
            Content::Twap(twap) => {
                let published_at = time(twap.published_at)?;
                Ok(Claim::Twap(TwapUpdate { network, set, feed: self.feed, published_at, twap, digest }))
            }
        }
    }
}

/// No publisher was there before 1970.
fn time(unix: i64) -> Result<Time, Refusal> {
    seconds(u64::try_from(unix).map_err(|_| Refusal::Malformed)?)
}
