use alloc::vec::Vec;

use cistern_units::{Fraction, Ratio, Value};

use crate::FactorError;

/// Most factors in a table: several for each of a thousand assets, and the folded table still fits a core's cache.
pub const FACTORS_MAX: usize = 4_096;
/// Most tails of a factor: a few falls, a few rises.
pub const TAILS_MAX: usize = 8;
/// Largest rise of a range, at any tier: five times the price within the margin period. Every coefficient of a rise
/// then fits 64 bits at 1e-18 ([M2] holds its square, 16). What is beyond belongs in a tail.
pub const RISE_MAX: Ratio = Ratio::new(4_000_000_000);
/// Largest scale of a tier: initial margin at more than four times maintenance is a misplaced decimal point.
pub const SCALE_MAX: Ratio = Ratio::new(4_000_000_000);
/// Largest depth: no market absorbs a trillion dollars within the margin period.
pub const DEPTH_MAX: Value = Value::dollars(1_000_000_000_000);
/// Largest price impact, of a trade as large as the depth: a hundred times its value.
pub const LAMBDA_MAX: Ratio = Ratio::new(100_000_000_000);

/// Dense index of a risk factor in the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactorIndex(pub u16);

/// How strongly a factor moves with the common one: in calm, and in panic.
///
/// At 1 in panic everything falls at once, and mixing earns nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// Loading in calm.
    pub calm: Fraction,
    /// Loading in panic, not below the loading in calm.
    pub panic: Fraction,
}

impl Band {
    /// A band of loadings.
    ///
    /// # Errors
    /// [`FactorError::BandReversed`].
    pub fn new(calm: Fraction, panic: Fraction) -> Result<Self, FactorError> {
        if calm > panic {
            return Err(FactorError::BandReversed);
        }
        Ok(Self { calm, panic })
    }
}

/// The adverse move to survive over the margin period, at the maintenance tier; rises are not falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The fall, of the price.
    pub down: Fraction,
    /// The rise, of the price; at most [`RISE_MAX`].
    pub up: Ratio,
}

impl Range {
    /// A range with its two sides.
    ///
    /// # Errors
    /// [`FactorError::RiseTooLarge`].
    pub fn new(down: Fraction, up: Ratio) -> Result<Self, FactorError> {
        if up > RISE_MAX {
            return Err(FactorError::RiseTooLarge);
        }
        Ok(Self { down, up })
    }

    /// A range of equal sides.
    #[must_use]
    pub fn symmetric(range: Fraction) -> Self {
        Self { down: range, up: Ratio::from(range) }
    }
}

/// How much the market of a factor absorbs within the margin period, and what exceeding it costs: [M5].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depth {
    /// The value that the market absorbs; above zero, at most [`DEPTH_MAX`].
    pub depth: Value,
    /// The part of its value that a trade as large as the depth costs; at most [`LAMBDA_MAX`].
    pub lambda: Ratio,
}

impl Depth {
    /// A depth and its price impact.
    ///
    /// # Errors
    /// [`FactorError::DepthOutOfRange`], [`FactorError::LambdaTooLarge`].
    pub fn new(depth: Value, lambda: Ratio) -> Result<Self, FactorError> {
        if !depth.is_positive() || depth > DEPTH_MAX {
            return Err(FactorError::DepthOutOfRange);
        }
        if lambda > LAMBDA_MAX {
            return Err(FactorError::LambdaTooLarge);
        }
        Ok(Self { depth, lambda })
    }
}

/// A move far beyond the range, of which a part must be covered: [M6].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tail {
    /// The move in multiples of the range, in 1e-9: negative falls, positive rises.
    pub multiple: i64,
    /// The part of the loss that must be covered; weight x |multiple| is at most one.
    pub weight: Fraction,
}

impl Tail {
    /// A tail.
    ///
    /// # Errors
    /// [`FactorError::TailTooHeavy`].
    pub fn new(multiple: i64, weight: Fraction) -> Result<Self, FactorError> {
        let one = u128::from(Fraction::ONE.raw());
        let heft = u128::from(multiple.unsigned_abs()).saturating_mul(u128::from(weight.raw()));
        if heft > one.saturating_mul(one) {
            return Err(FactorError::TailTooHeavy);
        }
        Ok(Self { multiple, weight })
    }
}

/// Something whose price can move: a coin, a peg, the basis between a token and what it stands for, a fund's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskFactor {
    range: Range,
    loading: Band,
    depth: Option<Depth>,
    tails: Vec<Tail>,
}

impl RiskFactor {
    /// A factor, checked as a whole.
    ///
    /// # Errors
    /// Any [`FactorError`] of its parts, and [`FactorError::TooManyTails`].
    pub fn new(
        range: Range,
        loading: Band,
        depth: Option<Depth>,
        tails: Vec<Tail>,
    ) -> Result<Self, FactorError> {
        let range = Range::new(range.down, range.up)?;
        let loading = Band::new(loading.calm, loading.panic)?;
        let depth = depth.map(|depth| Depth::new(depth.depth, depth.lambda)).transpose()?;
        if tails.len() > TAILS_MAX {
            return Err(FactorError::TooManyTails);
        }
        for tail in &tails {
            Tail::new(tail.multiple, tail.weight)?;
        }
        Ok(Self { range, loading, depth, tails })
    }

    /// Its range at the maintenance tier.
    #[must_use]
    pub const fn range(&self) -> Range {
        self.range
    }

    /// Its band of loadings.
    #[must_use]
    pub const fn loading(&self) -> Band {
        self.loading
    }

    /// The depth of its market; without one there is no add-on.
    #[must_use]
    pub const fn depth(&self) -> Option<Depth> {
        self.depth
    }

    /// Its tails.
    #[must_use]
    pub fn tails(&self) -> &[Tail] {
        &self.tails
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    fn fraction(points: u16) -> Fraction {
        Fraction::basis_points(points)
    }

    #[test]
    fn a_reversed_band_is_refused() {
        assert_eq!(Band::new(fraction(2), fraction(1)), Err(FactorError::BandReversed));
        assert!(Band::new(fraction(1), fraction(1)).is_ok());
    }

    #[test]
    fn a_rise_above_the_limit_is_refused() {
        let beyond = Ratio::new(RISE_MAX.raw() + 1);
        assert_eq!(Range::new(fraction(1), beyond), Err(FactorError::RiseTooLarge));
        assert!(Range::new(fraction(1), RISE_MAX).is_ok());
    }

    #[test]
    fn a_depth_out_of_range_is_refused() {
        for depth in [Value::ZERO, Value::new(-1), DEPTH_MAX.plus(Value::new(1)).unwrap()] {
            assert_eq!(Depth::new(depth, Ratio::ONE), Err(FactorError::DepthOutOfRange));
        }
        let steep = Ratio::new(LAMBDA_MAX.raw() + 1);
        assert_eq!(Depth::new(Value::ONE, steep), Err(FactorError::LambdaTooLarge));
    }

    #[test]
    fn a_tail_that_asks_for_more_than_the_range_is_refused() {
        assert!(Tail::new(-4_000_000_000, fraction(2_500)).is_ok());
        let heavy = Fraction::new(fraction(2_500).raw() + 1).unwrap();
        assert_eq!(Tail::new(-4_000_000_000, heavy), Err(FactorError::TailTooHeavy));
        assert_eq!(Tail::new(i64::MIN, Fraction::ONE), Err(FactorError::TailTooHeavy));
        assert!(Tail::new(i64::MIN, Fraction::ZERO).is_ok());
    }

    #[test]
    fn a_factor_checks_all_of_its_parts() {
        let range = Range::symmetric(fraction(1_500));
        let band = Band::new(fraction(0), fraction(1)).unwrap();
        let reversed = Band { calm: fraction(1), panic: fraction(0) };
        let wide = Range { down: fraction(1), up: Ratio::MAX };
        let depth = Depth { depth: Value::ZERO, lambda: Ratio::ONE };
        let light = Tail::new(1, Fraction::ZERO).unwrap();
        let heavy = Tail { multiple: 2_000_000_000, weight: Fraction::ONE };
        let new = RiskFactor::new;
        assert_eq!(new(range, reversed, None, vec![]), Err(FactorError::BandReversed));
        assert_eq!(new(wide, band, None, vec![]), Err(FactorError::RiseTooLarge));
        assert_eq!(new(range, band, Some(depth), vec![]), Err(FactorError::DepthOutOfRange));
        assert_eq!(new(range, band, None, vec![heavy]), Err(FactorError::TailTooHeavy));
        assert_eq!(new(range, band, None, vec![light; TAILS_MAX + 1]), Err(FactorError::TooManyTails));
        assert!(new(range, band, None, vec![light; TAILS_MAX]).is_ok());
    }
}
