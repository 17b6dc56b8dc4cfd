use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::{Price, Time};

use crate::{Digest, FeedKey, Network, Refusal, SetId};

/// What a source says of the market that its price is from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Market {
    /// It says nothing.
    #[default]
    Unstated,
    /// It trades.
    Open,
    /// It does not trade: the price stands still.
    Closed,
}

/// One price as its network signed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Observation {
    /// Who vouches for it.
    pub network: Network,
    /// The set that signed.
    pub set: SetId,
    /// What the network calls the feed.
    pub feed: FeedKey,
    /// The price is `mantissa x 10^exponent` dollars, or whatever the feed is bound to.
    pub mantissa: i128,
    /// Signed with the price where the network carries it, else the network's custom.
    pub exponent: i32,
    /// Half width of the interval that the source believes in, in units of the mantissa; rounded up.
    pub confidence: u128,
    /// When the source published it. Finer than a millisecond is cut off here and kept in `sequence`.
    pub published_at: Time,
    /// Orders observations of the same time: slot, or the full time in the source's own unit.
    pub sequence: u64,
    /// The source's own end of validity.
    pub expires_at: Option<Time>,
    /// What the source says of the market.
    pub market: Market,
    /// Content of the message that it came in: the same whoever signed it, and in whatever order.
    pub digest: Digest,
}

impl Observation {
    /// The price at a precision of 1e-12, rounded down.
    ///
    /// # Errors
    /// [`Refusal::NonPositive`]; [`Refusal::TooLarge`] beyond the range of a price.
    pub fn price(&self) -> Result<Price, Refusal> {
        let mantissa = u128::try_from(self.mantissa).map_err(|_| Refusal::NonPositive)?;
        if mantissa == 0 {
            return Err(Refusal::NonPositive);
        }
        let (scaled, _) = scaled(mantissa, self.exponent)?;
        if scaled == 0 {
            return Err(Refusal::NonPositive);
        }
        Price::new(scaled).ok_or(Refusal::TooLarge)
    }

    /// The confidence at the precision of a price, rounded up.
    ///
    /// # Errors
    /// [`Refusal::TooLarge`].
    pub fn uncertainty(&self) -> Result<u128, Refusal> {
        let (scaled, lost) = scaled(self.confidence, self.exponent)?;
        scaled.checked_add(u128::from(lost)).ok_or(Refusal::TooLarge)
    }
}

/// `mantissa x 10^exponent` in units of 1e-12, rounded down, and whether something was lost.
fn scaled(mantissa: u128, exponent: i32) -> Result<(u128, bool), Refusal> {
    const PLACES: i32 = 12;
    let shift = exponent.checked_add(PLACES).ok_or(Refusal::TooLarge)?;
    match 10_u128.checked_pow(shift.unsigned_abs()) {
        Some(factor) if shift >= 0 => {
            mantissa.checked_mul(factor).map(|scaled| (scaled, false)).ok_or(Refusal::TooLarge)
        }
        Some(factor) => {
            let rest = mantissa.checked_rem(factor).unwrap_or(0);
            Ok((mantissa.checked_div(factor).unwrap_or(0), rest != 0))
        }
        None if shift >= 0 && mantissa != 0 => Err(Refusal::TooLarge),
        None => Ok((0, mantissa != 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_rounds_prices_down_and_confidences_up() {
        assert_eq!(scaled(7_661_250_530_278, -8), Ok((76_612_505_302_780_000, false)));
        assert_eq!(scaled(1_999_999_999_999_999_999, -18), Ok((1_999_999_999_999, true)));
        assert_eq!(scaled(5, -400), Ok((0, true)));
        assert_eq!(scaled(0, 400), Ok((0, false)));
        assert_eq!(scaled(1, 400), Err(Refusal::TooLarge));
        assert_eq!(scaled(1, i32::MAX), Err(Refusal::TooLarge));
        assert_eq!(scaled(u128::MAX, 0), Err(Refusal::TooLarge));
    }
}
