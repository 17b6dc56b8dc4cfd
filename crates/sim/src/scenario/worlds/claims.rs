//! Pools with claims on something outside, and with collections.

use cistern_engine::{
    collateral::{Kind, Nft},
    command::Founding,
};
use cistern_units::Span;

use crate::scenario::acts::{BILLS, COLLECTION};

/// A value of BILL counts for a week: it is said once a day, and not on weekends.
const WEEK: Span = Span::seconds(604_800);

/// Makes BILL a claim, whose price may be old.
pub(super) fn listed(founding: &mut Founding) {
    for asset in founding.assets.iter_mut().filter(|asset| asset.spec.symbol.as_str() == "BILL") {
        asset.spec.kind = Kind::RealWorld(BILLS);
    }
    for feed in founding.feeds.iter_mut().filter(|feed| feed.symbol.as_str() == "BILL") {
        feed.oracle.age_max = WEEK;
    }
}

/// Makes PUNK a collection, of which two units have credit.
pub(super) fn collected(founding: &mut Founding) {
    for asset in founding.assets.iter_mut().filter(|asset| asset.spec.symbol.as_str() == "PUNK") {
        asset.spec.kind = Kind::Nft(Nft { cap: 2, ..COLLECTION });
    }
}
