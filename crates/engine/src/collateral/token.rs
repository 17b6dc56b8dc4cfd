//! A fungible token: what the market pays is what it counts for.

use super::Rules;

/// The rules of a token are those that every kind begins with.
pub(super) struct Token;

impl Rules for Token {}
