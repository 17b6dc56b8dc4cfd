//! RedStone: packages of prices, each signed by one node of a data service.
//!
//! A payload is read from its end. What is signed of a package is `points || timestamp || value size || count`, hashed by
//! keccak without a prefix: neither the data service nor the number of decimals is in it. Both are the pool's to know: the
//! service is the set that a message is verified against, and the exponent is RedStone's custom of 8 decimals.

use alloc::vec::Vec;

use cistern_units::Time;

use crate::{
    Address, Claim, Digest, FeedKey, Market, Network, Observation, Refusal, Registry, SIGNERS_MAX, SetId,
    Signature, SignerSet, Verified,
    keccak::{keccak256, keccak256_of},
    recover,
};

/// Largest payload: 64 KiB, four times five nodes on fifty feeds.
pub const MAX_BYTES: usize = 65_536;

/// Most packages of a payload, each a recovery of a key: 50 feeds of five nodes, about 7 ms of one core.
pub const PACKAGES_MAX: usize = 255;

/// Longest unsigned metadata; RedStone's own is a version and a name.
pub const METADATA_MAX: usize = 1_024;

/// Custom of all of its data services: 8 decimals.
pub const EXPONENT: i32 = -8;

/// Ends every payload.
const MARKER: [u8; 9] = [0, 0, 2, 0xed, 0x57, 1, 0x1e, 0, 0];

/// Bytes of a feed's name.
const NAME: usize = 32;

/// Shortest package: one data point with a value of one byte, its frame and its signature.
const PACKAGE_MIN: usize = 111;

/// What one node signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Package<'a> {
    /// When, in Unix milliseconds.
    pub timestamp_ms: u64,
    /// Bytes of each value.
    pub value_size: usize,
    signed: &'a [u8],
    points: &'a [u8],
    signature: Signature,
}

impl<'a> Package<'a> {
    /// Feeds and values, in the package's order; none is empty, each value has `value_size` bytes, big-endian.
    pub fn points(&self) -> impl Iterator<Item = (FeedKey, &'a [u8])> + use<'a> {
        let size = NAME.saturating_add(self.value_size);
        self.points.chunks_exact(size).filter_map(|point| {
            let (name, value) = point.split_first_chunk::<NAME>()?;
            Some((FeedKey(*name), value))
        })
    }

    /// What was signed, by its keccak.
    #[must_use]
    pub fn digest(&self) -> Digest {
        keccak256(self.signed)
    }

    /// Whoever signed it, whether a member of anything or not.
    ///
    /// # Errors
    /// [`Refusal::BadSignature`].
    pub fn signer(&self) -> Result<Address, Refusal> {
        recover(&self.digest(), &self.signature)
    }
}

/// A payload, read but not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// When all of its packages were signed.
    pub published_at: Time,
    /// Unsigned words about the payload; nobody vouches for them.
    pub metadata: &'a [u8],
    /// Packages, in the payload's order.
    pub packages: Vec<Package<'a>>,
}

/// Reads a payload, which must be all of the bytes.
///
/// # Errors
/// [`Refusal::Oversized`]; [`Refusal::Malformed`], also where packages differ in time or a feed's name is not ASCII padded
/// with zeros; [`Refusal::BadSignature`] where a signature's `v` is not 27 or 28.
pub fn decode(bytes: &[u8]) -> Result<Message<'_>, Refusal> {
    if bytes.len() > MAX_BYTES {
        return Err(Refusal::Oversized);
    }
    let mut rest = Backwards { rest: bytes };
    if rest.array()? != MARKER {
        return Err(Refusal::Malformed);
    }
    let length = rest.number::<3>()?;
    if length > METADATA_MAX {
        return Err(Refusal::Malformed);
    }
    let metadata = rest.take(length)?;
    let count = rest.number::<2>()?;
    if count == 0 || count > PACKAGES_MAX || count.saturating_mul(PACKAGE_MIN) > rest.rest.len() {
        return Err(Refusal::Malformed);
    }
    let mut packages = Vec::with_capacity(count);
    for _ in 0..count {
        packages.push(package(&mut rest)?);
    }
    packages.reverse();
    let timestamp_ms = packages.first().map_or(0, |first| first.timestamp_ms);
    let together = packages.iter().all(|package| package.timestamp_ms == timestamp_ms);
    if !together || !rest.rest.is_empty() {
        return Err(Refusal::Malformed);
    }
    Ok(Message { published_at: Time::milliseconds(timestamp_ms), metadata, packages })
}

fn package<'a>(rest: &mut Backwards<'a>) -> Result<Package<'a>, Refusal> {
    let signature = rest.array::<65>()?;
    // RedStone writes 27 and 28 alone: with 0 and 1 there would be two forms of one payload.
    if !matches!(signature, [.., 27 | 28]) {
        return Err(Refusal::BadSignature);
    }
    let signature = Signature::from_rsv(&signature)?;
    let before = rest.rest;
    let count = rest.number::<3>()?;
    let value_size = rest.number::<4>()?;
    let timestamp_ms = rest.wide_number::<6>()?;
    if count == 0 || !(1..=32).contains(&value_size) {
        return Err(Refusal::Malformed);
    }
    let size = NAME.saturating_add(value_size);
    let points = rest.take(count.checked_mul(size).ok_or(Refusal::Malformed)?)?;
    if !points.chunks_exact(size).all(|point| point.first_chunk::<NAME>().is_some_and(is_name)) {
        return Err(Refusal::Malformed);
    }
    let signed = before.get(rest.rest.len()..).ok_or(Refusal::Malformed)?;
    Ok(Package { timestamp_ms, value_size, signed, points, signature })
}

/// Printable ASCII without spaces, then zeros alone.
fn is_name(bytes: &[u8; NAME]) -> bool {
    let length = bytes.iter().take_while(|byte| byte.is_ascii_graphic()).count();
    length > 0 && bytes.iter().skip(length).all(|byte| *byte == 0)
}

impl Message<'_> {
    /// How many signatures must be recovered.
    #[must_use]
    pub fn signatures(&self) -> usize {
        self.packages.len()
    }

    /// The live data service that most of the signers belong to, the first by name of several; none if none of them is
    /// known. Recovers every signature: [`Message::verify`] with its service costs as much again.
    #[must_use]
    pub fn service(&self, registry: &Registry, at: Time) -> Option<SetId> {
        let signers: Vec<Address> =
            self.packages.iter().filter_map(|package| package.signer().ok()).collect();
        let services = registry.sets().iter().filter(|set| set.network == Network::RedStone);
        let mut best = None;
        for set in services.filter(|set| set.require_live(at).is_ok()) {
            let members = signers.iter().filter(|signer| set.keys.contains(signer)).count();
            if members > best.map_or(0, |(most, _)| most) {
                best = Some((members, set.id));
            }
        }
        best.map(|(_, id)| id)
    }

    /// Checks all packages against one data service, and takes the median of each feed over its signers: of an even
    /// count the mean of the middle two, rounded down, as RedStone's own contracts do. The confidence is half the distance between the
    /// lowest and the highest, rounded up.
    ///
    /// # Errors
    /// [`Refusal::UnknownSet`], [`Refusal::EarlySet`], [`Refusal::ExpiredSet`]; [`Refusal::TooLarge`] for a value beyond
    /// 127 bits; [`Refusal::Quorum`] where a feed has fewer signers than the threshold; [`Refusal::BadSignature`] for
    /// whoever is no member; [`Refusal::BadSignerIndex`] where a signer speaks twice for a feed.
    pub fn verify(&self, service: SetId, registry: &Registry, at: Time) -> Result<Verified, Refusal> {
        self.verify_again(service, registry, at, &mut Vec::new())
    }

    /// The same, for whoever tries one service after the other: who signed is found out once, and remembered.
    pub(crate) fn verify_again(
        &self,
        service: SetId,
        registry: &Registry,
        at: Time,
        found: &mut Vec<(Digest, Address)>,
    ) -> Result<Verified, Refusal> {
        let set = registry.live(Network::RedStone, service, at)?;
        let mut values = self.values()?;
        require_counts(&values, set)?;
        let (digests, places) = self.signers(set, found)?;
        for value in &mut values {
            value.signer = places.get(value.package).copied().ok_or(Refusal::BadSignerIndex)?;
        }
        values.sort_unstable_by_key(|value| (value.feed, value.signer));
        let digest = keccak256_of(digests.iter().map(<[u8; 32]>::as_slice));
        let mut claims = Vec::new();
        for feed in values.chunk_by_mut(|one, next| one.feed == next.feed) {
            if feed.windows(2).any(|pair| matches!(pair, [one, next] if one.signer == next.signer)) {
                return Err(Refusal::BadSignerIndex);
            }
            let first = feed.iter().map(|value| value.place).min().unwrap_or(0);
            claims.push((first, self.claim(feed, service, digest)?));
        }
        claims.sort_unstable_by_key(|(first, _)| *first);
        let claims = claims.into_iter().map(|(_, claim)| claim).collect();
        Ok(Verified { network: Network::RedStone, set: service, signers: named(places, set), digest, claims })
    }

    /// All values, sorted by feed.
    fn values(&self) -> Result<Vec<Value>, Refusal> {
        let mut values = Vec::new();
        for (number, package) in self.packages.iter().enumerate() {
            for (feed, bytes) in package.points() {
                let place = values.len();
                values.push(Value { feed, place, package: number, signer: 0, mantissa: mantissa(bytes)? });
            }
        }
        values.sort_unstable_by_key(|value| value.feed);
        Ok(values)
    }

    /// What each package says, by its hash, sorted; and each package's signer, by place in the set.
    fn signers(
        &self,
        set: &SignerSet,
        found: &mut Vec<(Digest, Address)>,
    ) -> Result<(Vec<Digest>, Vec<u8>), Refusal> {
        let mut digests = Vec::with_capacity(self.packages.len());
        let mut places = Vec::with_capacity(self.packages.len());
        for (number, package) in self.packages.iter().enumerate() {
            let (digest, signer) = match found.get(number) {
                Some(known) => *known,
                None => {
                    let digest = package.digest();
                    let signer = recover(&digest, &package.signature)?;
                    found.push((digest, signer));
                    (digest, signer)
                }
            };
            let place = set.keys.iter().position(|key| *key == signer).ok_or(Refusal::BadSignature)?;
            digests.push(digest);
            places.push(u8::try_from(place).map_err(|_| Refusal::BadSignerIndex)?);
        }
        digests.sort_unstable();
        Ok((digests, places))
    }

    fn claim(&self, feed: &mut [Value], set: SetId, digest: Digest) -> Result<Claim, Refusal> {
        feed.sort_unstable_by_key(|value| value.mantissa);
        let at = |place: usize| feed.get(place).ok_or(Refusal::Quorum);
        let upper = feed.len().div_euclid(2);
        let lower = feed.len().saturating_sub(1).div_euclid(2);
        let lowest = at(0)?.mantissa;
        let highest = at(feed.len().saturating_sub(1))?.mantissa;
        Ok(Claim::Price(Observation {
            network: Network::RedStone,
            set,
            feed: at(0)?.feed,
            mantissa: at(lower)?.mantissa.midpoint(at(upper)?.mantissa),
            exponent: EXPONENT,
            confidence: highest.abs_diff(lowest).div_ceil(2),
            published_at: self.published_at,
            sequence: self.published_at.as_milliseconds(),
            expires_at: None,
            market: Market::Unstated,
            digest,
        }))
    }
}

/// One signer's word on one feed.
#[derive(Clone, Copy)]
struct Value {
    feed: FeedKey,
    /// Among all values of the payload.
    place: usize,
    /// Number of its package.
    package: usize,
    /// Whose package that is, by place in the set.
    signer: u8,
    /// Not negative: RedStone has no sign.
    mantissa: i128,
}

fn mantissa(bytes: &[u8]) -> Result<i128, Refusal> {
    let (zeros, low) = bytes.split_at(bytes.len().saturating_sub(16));
    if zeros.iter().any(|byte| *byte != 0) {
        return Err(Refusal::TooLarge);
    }
    let value = low.iter().fold(0_u128, |value, byte| (value << 8) | u128::from(*byte));
    i128::try_from(value).map_err(|_| Refusal::TooLarge)
}

/// Before any signature is looked at: has each feed enough packages, and no more than there are members?
fn require_counts(values: &[Value], set: &SignerSet) -> Result<(), Refusal> {
    for feed in values.chunk_by(|one, next| one.feed == next.feed) {
        if feed.len() < set.quorum() {
            return Err(Refusal::Quorum);
        }
        if feed.len() > set.keys.len().min(SIGNERS_MAX) {
            return Err(Refusal::BadSignerIndex);
        }
    }
    Ok(())
}

fn named(mut places: Vec<u8>, set: &SignerSet) -> Vec<(u8, Address)> {
    places.sort_unstable();
    places.dedup();
    let named = places.into_iter().filter_map(|place| Some((place, *set.keys.get(usize::from(place))?)));
    named.collect()
}

/// A place in bytes that only moves towards the front.
struct Backwards<'a> {
    rest: &'a [u8],
}

impl<'a> Backwards<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Refusal> {
        let front = self.rest.len().checked_sub(length).ok_or(Refusal::Malformed)?;
        let (rest, taken) = self.rest.split_at_checked(front).ok_or(Refusal::Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Refusal> {
        let (rest, taken) = self.rest.split_last_chunk().ok_or(Refusal::Malformed)?;
        self.rest = rest;
        Ok(*taken)
    }

    /// A big-endian number of at most 8 bytes.
    fn wide_number<const N: usize>(&mut self) -> Result<u64, Refusal> {
        Ok(self.array::<N>()?.iter().fold(0, |value, byte| (value << 8) | u64::from(*byte)))
    }

    fn number<const N: usize>(&mut self) -> Result<usize, Refusal> {
        usize::try_from(self.wide_number::<N>()?).map_err(|_| Refusal::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_ascii_padded_with_zeros() {
        let name = |text: &str| FeedKey::named(text).unwrap().0;
        assert!(is_name(&name("ETH")));
        assert!(is_name(&name("SolvBTC_MERLIN/BTC-TWAP-60")));
        assert!(!is_name(&name("")));
        assert!(!is_name(&name("E TH")));
        assert!(!is_name(&name("E\0TH")));
        assert!(!is_name(&name("\0ETH")));
        assert!(!is_name(&[0xff; 32]));
    }

    #[test]
    fn a_value_beyond_the_range_is_too_large() {
        assert_eq!(mantissa(&[7]), Ok(7));
        assert_eq!(mantissa(&[0x7f; 16]), Ok(i128::from_be_bytes([0x7f; 16])));
        assert_eq!(mantissa(&[0x80; 16]), Err(Refusal::TooLarge));
        let mut bytes = [0; 32];
        bytes[31] = 9;
        assert_eq!(mantissa(&bytes), Ok(9));
        bytes[0] = 1;
        assert_eq!(mantissa(&bytes), Err(Refusal::TooLarge));
    }
}
