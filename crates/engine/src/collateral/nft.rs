//! A collection: each of its units has a number of its own and is one whole. It has no market that takes any size, so it counts
//! for what somebody has put money down for, unit by unit [K2].

use alloc::vec::Vec;

use cistern_units::Value;

use crate::ids::AccountId;

/// A bid as it is matched: whose, and for how many units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Who bids.
    pub bidder: AccountId,
    /// For how many units.
    pub count: u32,
}

/// The bid that backs each unit [K2]: in the order in which the units came, each takes the best that is left of somebody else
/// than its owner. `owners` are those of the units, the oldest first; `offers` are the bids, the best first.
///
/// Whatever comes takes from nobody: a unit that is added is the last to choose, a bid that is added leaves more to everybody.
/// Nor does a unit that leaves with the bid that backs it: nobody before it wanted that bid, and nobody after it had it.
#[must_use]
pub fn backing(owners: &[AccountId], offers: &[Offer]) -> Vec<Option<usize>> {
    let mut left: Vec<Offer> = offers.to_vec();
    let best = |owner: &AccountId| {
        let mut offers = left.iter_mut().enumerate();
        let (place, offer) = offers.find(|(_, offer)| offer.count > 0 && offer.bidder != *owner)?;
        offer.count = offer.count.saturating_sub(1);
        Some(place)
    };
    owners.iter().map(best).collect()
}

/// What counts of one unit before the haircut of its factors [K2]: the bid that backs it and no more than the floor price;
/// nothing without either, nor where it is not among the first `cap` that came, counted from 0 in `place`.
#[must_use]
pub fn credit(bid: Option<Value>, floor: Option<Value>, (place, cap): (usize, u32)) -> Value {
    let counts = usize::try_from(cap).is_ok_and(|cap| place < cap);
    let least = bid.zip(floor).map(|(bid, floor)| bid.min(floor).or_zero());
    least.filter(|_| counts).unwrap_or(Value::ZERO)
}

/// What counts of each unit of a collection, the oldest first; the bids with what they pay for one unit, the best first.
#[must_use]
pub fn credits(
    owners: &[AccountId],
    offers: &[(Offer, Value)],
    floor: Option<Value>,
    cap: u32,
) -> Vec<Value> {
    let bids: Vec<Offer> = offers.iter().map(|(offer, _)| *offer).collect();
    let backed = backing(owners, &bids).into_iter().enumerate();
    let paid = |place: usize| offers.get(place).map(|(_, paid)| *paid);
    backed.map(|(place, bid)| credit(bid.and_then(paid), floor, (place, cap))).collect()
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    const ALICE: AccountId = AccountId(2);
    const BOB: AccountId = AccountId(3);
    const CAROL: AccountId = AccountId(4);
    const DAVE: AccountId = AccountId(5);

    fn offer(bidder: AccountId, count: u32) -> Offer {
        Offer { bidder, count }
    }

    #[test]
    fn a_unit_counts_for_its_own_bid_and_no_more_than_the_floor_price() {
        // [K2] worked number: three units, bids of $12,000 and $8,000 for one each, a floor price of $10,000.
        let offers = [(offer(BOB, 1), Value::dollars(12_000)), (offer(CAROL, 1), Value::dollars(8_000))];
        let floor = Some(Value::dollars(10_000));
        let counted = credits(&[ALICE; 3], &offers, floor, 10);
        assert_eq!(counted, [Value::dollars(10_000), Value::dollars(8_000), Value::ZERO]);
        // Capped at one unit, and without a price.
        assert_eq!(credits(&[ALICE; 2], &offers, floor, 1), [Value::dollars(10_000), Value::ZERO]);
        assert_eq!(credits(&[ALICE; 2], &offers, None, 10), [Value::ZERO; 2]);
        assert_eq!(credits(&[ALICE; 2], &[], floor, 10), [Value::ZERO; 2]);
    }

    #[test]
    fn nobody_backs_his_own_unit() {
        let offers = [offer(ALICE, 2), offer(BOB, 1)];
        assert_eq!(backing(&[ALICE, ALICE, BOB, CAROL], &offers), [Some(1), None, Some(0), Some(0)]);
    }

    /// A few accounts, units and bids, all of them small: every case that there is.
    fn books() -> Vec<(Vec<AccountId>, Vec<Offer>)> {
        let people = [ALICE, BOB, CAROL, DAVE];
        let mut books = Vec::new();
        for code in 0..4_usize.pow(7) {
            let person = |place: u32| people[code / 4_usize.pow(place) % 4];
            let owners = (0..4).map(person).collect();
            books.push((owners, (4..7).map(|place| offer(person(place), 1)).collect()));
        }
        books
    }

    /// No unit is backed worse: by a bid further down, or by none.
    fn none_worse(before: &[Option<usize>], after: &[Option<usize>]) -> bool {
        let rank = |bid: &Option<usize>| bid.unwrap_or(usize::MAX);
        before.iter().zip(after).all(|(before, after)| rank(after) <= rank(before))
    }

    #[test]
    fn a_unit_that_comes_or_leaves_takes_from_nobody() {
        for (owners, offers) in books() {
            let all = backing(&owners, &offers);
            assert!(none_worse(&backing(&owners[..3], &offers), &all[..3]), "{owners:?} {offers:?}");
            for gone in 0..owners.len() {
                let (mut left, mut before) = (owners.clone(), all.clone());
                left.remove(gone);
                let backed = before.remove(gone);
                assert!(none_worse(&before, &backing(&left, &offers)), "{owners:?} {offers:?}");
                // Sold into the bid that backs it, it leaves the others exactly as they were.
                let Some(place) = backed else { continue };
                let mut rest = offers.clone();
                rest[place].count = 0;
                assert_eq!(backing(&left, &rest), before, "{owners:?} {offers:?}");
            }
        }
    }

    #[test]
    fn a_bid_that_comes_takes_from_nobody() {
        for (owners, offers) in books() {
            for gone in 0..offers.len() {
                let mut fewer = offers.clone();
                fewer[gone].count = 0;
                assert!(none_worse(&backing(&owners, &fewer), &backing(&owners, &offers)));
            }
        }
    }
}
