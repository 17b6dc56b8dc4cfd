//! What came of a message.

use cistern_attest::{Bounds, Kind, Network, Observation, Refusal, SetId, Verified, judge};
use cistern_units::Time;

/// One price of a message.
pub(super) struct PriceLine {
    /// What the network calls the feed.
    pub(super) feed: String,
    pub(super) mantissa: i128,
    pub(super) exponent: i32,
    pub(super) confidence: u128,
    /// In milliseconds.
    pub(super) publish_time: u64,
    /// Why it does not count by itself.
    pub(super) refusal: Option<Refusal>,
}

/// A message, and what came of it.
pub(super) struct Judged {
    pub(super) kind: Kind,
    pub(super) network: Option<Network>,
    pub(super) set: Option<SetId>,
    /// Place in the set and key, of those who signed.
    pub(super) signers: Vec<(u8, String)>,
    pub(super) prices: Vec<PriceLine>,
    pub(super) refusal: Option<Refusal>,
    /// What else there is to say: a name and a text.
    pub(super) notes: Vec<(&'static str, String)>,
}

impl Judged {
    /// Nothing is known but that it does not count.
    pub(super) fn refused(kind: Kind, refusal: Refusal) -> Self {
        Self {
            kind,
            network: None,
            set: None,
            signers: Vec::new(),
            prices: Vec::new(),
            refusal: Some(refusal),
            notes: Vec::new(),
        }
    }

    /// A message that was decoded, with the prices that it claims, and is about to be verified.
    pub(super) fn claimed(
        kind: Kind,
        network: Option<Network>,
        set: Option<SetId>,
        prices: Vec<PriceLine>,
    ) -> Self {
        Self { kind, network, set, signers: Vec::new(), prices, refusal: None, notes: Vec::new() }
    }

    /// Takes in what verification found; prices are replaced by those that were verified, if there are any.
    pub(super) fn held(mut self, verified: Result<&Verified, Refusal>) -> Self {
        match verified {
            Ok(verified) => {
                self.network = Some(verified.network);
                self.set = Some(verified.set);
                self.signers =
                    verified.signers.iter().map(|(place, key)| (*place, key.to_string())).collect();
            }
            Err(refusal) => self.refusal = Some(refusal),
        }
        self
    }

    /// A message whose prices are all refused is refused, for the reason of the first.
    pub(super) fn concluded(mut self) -> Self {
        if self.refusal.is_none() && self.prices.iter().all(|price| price.refusal.is_some()) {
            self.refusal = self.prices.first().and_then(|price| price.refusal);
        }
        self
    }
}

impl PriceLine {
    /// A price that was verified, judged at a time.
    pub(super) fn judged(observation: &Observation, feed: String, at: Time) -> Self {
        let refusal = judge(observation, at, &Bounds::default()).err();
        Self { refusal, ..Self::claimed(observation, feed) }
    }

    /// A price that nobody has verified.
    pub(super) fn claimed(observation: &Observation, feed: String) -> Self {
        Self {
            feed,
            mantissa: observation.mantissa,
            exponent: observation.exponent,
            confidence: observation.confidence,
            publish_time: observation.published_at.as_milliseconds(),
            refusal: None,
        }
    }
}
