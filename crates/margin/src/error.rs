use core::fmt;

use cistern_units::Overflow;

use crate::{
    FactorIndex, factor,
    option::{LegError, SeriesIndex},
};

/// Why a set of numbers does not describe a risk factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorError {
    /// The loading in calm exceeds the loading in panic.
    BandReversed,
    /// A rise above [`crate::RISE_MAX`], at the tier that is asked for.
    RiseTooLarge,
    /// A depth that is not positive, or above [`crate::DEPTH_MAX`].
    DepthOutOfRange,
    /// A lambda above [`crate::LAMBDA_MAX`].
    LambdaTooLarge,
    /// A tail with weight x |multiple| above one: it would ask for more than the range itself.
    TailTooHeavy,
    /// More tails than [`crate::TAILS_MAX`].
    TooManyTails,
    /// More factors than [`crate::FACTORS_MAX`].
    TooManyFactors,
    /// A scale of a tier above [`crate::SCALE_MAX`].
    ScaleTooLarge,
    /// An asset names a factor that is not in the table.
    UnknownFactor(FactorIndex),
}

impl fmt::Display for FactorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BandReversed => {
                f.write_str("the loading in calm exceeds the loading in panic; write [calm, panic]")
            }
            Self::RiseTooLarge => write!(
                f,
                "a rise may be {} at the most, times the scale of the tier; use tails for what is beyond",
                factor::RISE_MAX
            ),
            Self::DepthOutOfRange => write!(f, "a depth is above zero and at most {}", factor::DEPTH_MAX),
            Self::LambdaTooLarge => write!(f, "lambda may be {} at the most", factor::LAMBDA_MAX),
            Self::TailTooHeavy => {
                f.write_str("weight x |multiple| of a tail may be 1 at the most; lower the weight")
            }
            Self::TooManyTails => write!(f, "{} tails at the most", factor::TAILS_MAX),
            Self::TooManyFactors => write!(f, "{} factors at the most", factor::FACTORS_MAX),
            Self::ScaleTooLarge => write!(f, "the scale of a tier may be {} at the most", factor::SCALE_MAX),
            Self::UnknownFactor(index) => write!(f, "there is no factor {} in the table", index.0),
        }
    }
}

impl core::error::Error for FactorError {}

/// Why a portfolio has no requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarginError {
    /// A value of 2^95 x 1e-8 dollars or more, or a sum that leaves its range.
    Overflow,
    /// A factor that is not in the table.
    UnknownFactor(FactorIndex),
    /// An option series that the table does not list.
    UnknownSeries(SeriesIndex),
    /// The portfolio was filled under the table of another tier.
    OtherTier,
}

impl From<Overflow> for MarginError {
    fn from(_: Overflow) -> Self {
        Self::Overflow
    }
}

impl From<LegError> for MarginError {
    fn from(error: LegError) -> Self {
        match error {
            LegError::UnknownFactor(index) => Self::UnknownFactor(index),
            LegError::UnknownSeries(index) => Self::UnknownSeries(index),
            LegError::TooLarge => Self::Overflow,
        }
    }
}

impl fmt::Display for MarginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overflow => Overflow.fmt(f),
            Self::UnknownFactor(index) => write!(f, "there is no factor {} in the table", index.0),
            Self::UnknownSeries(index) => LegError::UnknownSeries(*index).fmt(f),
            Self::OtherTier => {
                f.write_str("the portfolio was filled under another tier; clear it and fill it again")
            }
        }
    }
}

impl core::error::Error for MarginError {}
