//! A claim that its issuer redeems at a rate [O4]: priced by `rate x underlying`, exposed to the underlying and to the basis.

use super::{Listing, Rules};

/// The rules of a claim with a redemption rate.
pub(super) struct Redeemed;

impl Rules for Redeemed {
    /// Its underlying, and the basis to it: a discount is charged apart.
    fn is_sound(&self, listing: Listing) -> bool {
        listing.factors >= 2
    }

    /// Without one the market would be all there is, and the asset a token.
    fn needs_rate(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collateral::Kind;

    #[test]
    fn a_redeemed_claim_needs_a_rate_and_a_basis() {
        let rules = Kind::Rate.rules();
        assert!(rules.needs_rate());
        assert!(
            !rules.is_sound(Listing { factors: 1, ..Listing::default() })
                && rules.is_sound(Listing { factors: 2, ..Listing::default() })
        );
        assert!(!Kind::Token.rules().needs_rate());
        assert!(Kind::Token.rules().is_sound(Listing { factors: 1, ..Listing::default() }));
    }
}
