use crate::{Overflow, Value};

/// A value that fits a word: below 9.2e10 dollars either way. Nearly all do, and their sums are one instruction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct NarrowValue(i64);

impl NarrowValue {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// A value of raw 1e-8 dollars.
    #[must_use]
    pub const fn new(raw: i64) -> Self {
        Self(raw)
    }

    /// The raw 1e-8 dollars.
    #[must_use]
    pub const fn raw(self) -> i64 {
        self.0
    }

    /// The sum, where it fits a word.
    #[must_use]
    #[inline(always)]
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, of either sign, where it fits a word.
    #[must_use]
    #[inline(always)]
    pub fn less(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The same value of the other sign, where it fits a word.
    #[must_use]
    #[inline(always)]
    pub fn negated(self) -> Option<Self> {
        self.0.checked_neg().map(Self)
    }
}

impl From<NarrowValue> for Value {
    #[inline(always)]
    fn from(value: NarrowValue) -> Self {
        Self::new(value.0.into())
    }
}

impl TryFrom<Value> for NarrowValue {
    type Error = Overflow;

    #[inline(always)]
    fn try_from(value: Value) -> Result<Self, Overflow> {
        i64::try_from(value.raw()).map(Self).map_err(|_| Overflow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_a_word_is_no_narrow_value() {
        let most = Value::new(i64::MAX.into());
        assert_eq!(NarrowValue::try_from(most).map(Value::from), Ok(most));
        assert_eq!(NarrowValue::try_from(Value::new(1 << 63)), Err(Overflow));
        let [least, one] = [i64::MIN, 1].map(NarrowValue::new);
        assert_eq!([least.less(one), least.negated(), NarrowValue::new(i64::MAX).plus(one)], [None; 3]);
        assert_eq!(one.less(NarrowValue::ZERO), NarrowValue::ZERO.plus(one));
    }
}
