//! Signer sets that are known from messages themselves: to look at messages of any time, and for tests. A pool takes its
//! sets from its parameters.

use alloc::{vec, vec::Vec};

use cistern_units::Time;

use crate::{Address, HANDOVER, Network, SetId, SignerSet, Threshold};

/// Guardians of Wormhole's set 1. Set 0 was the first of them alone.
const GUARDIANS: [Address; 19] = [
    address("58cc3ae5c097b213ce3c81979e1b9f9570746aa5"),
    address("ff6cb952589bde862c25ef4392132fb9d4a42157"),
    address("114de8460193bdf3a2fcf81f86a09765f4762fd1"),
    address("107a0086b32d7a0977926a205131d8731d39cbeb"),
    address("8c82b2fd82faed2711d59af0f2499d16e726f6b2"),
    address("11b39756c042441be6d8650b69b54ebe715e2343"),
    address("54ce5b4d348fb74b958e8966e2ec3dbd4958a7cd"),
    address("eb5f7389fa26941519f0863349c223b73a6ddee7"),
    address("74a3bf913953d695260d88bc1aa25a4eee363ef0"),
    address("000ac0076727b35fbea2dac28fee5ccb0fea768e"),
    address("af45ced136b9d9e24903464ae889f5c8a723fc14"),
    address("f93124b7c738843cbb89e864c862c38cddcccf95"),
    address("d2cc37a4dc036a8d232b48f62cdd4731412f4890"),
    address("da798f6896a3331f64b48c12d1d57fd9cbe70811"),
    address("71aa1be1d36cafe3867910f99c09e347899c19c3"),
    address("8192b6e7387ccd768277c17dab1b7a5027c0b3cf"),
    address("178e21ad2e77ae06711549cfbb1f9c7a9d8096e8"),
    address("5e1487f35515d02a92753504a8d75471b9f49edb"),
    address("6fbebc898f403e4773e95feb15e80c9a99c8348d"),
];

/// A numbered set by what it changed of the one before it.
struct Replacement {
    /// Its number.
    index: u32,
    /// The oldest message that we have of it, in Unix seconds.
    first_seen: u64,
    /// New members, by place.
    members: &'static [(usize, Address)],
}

const GUARDIANS_SINCE: [Replacement; 7] = [
    Replacement { index: 1, first_seen: 1_632_221_943, members: &[] },
    Replacement {
        index: 2,
        first_seen: 1_657_508_405,
        members: &[(7, address("66b9590e1c41e0b226937bf9217d1d67fd4e91f5"))],
    },
    Replacement {
        index: 3,
        first_seen: 1_690_576_639,
        members: &[(7, address("15e7caf07c4e3dc8e7c469f92c8cd88fb8005a20"))],
    },
    Replacement {
        index: 4,
        first_seen: 1_715_769_471,
        members: &[(0, address("5893b5a76c3f739645648885bdccc06cd70a3cd3"))],
    },
    Replacement {
        index: 5,
        first_seen: 1_774_391_929,
        members: &[
            (6, address("938f104aeb5581293216ce97d771e0cb721221b1")),
            (14, address("d1f64e26238811de5553c40f64af41ee1b6057cc")),
            (15, address("43ac8f567a31e7850da532b361988bfe0d3ae11b")),
        ],
    },
    Replacement {
        index: 6,
        first_seen: 1_783_669_263,
        members: &[
            (5, address("42579bffbcf4276e290ab8e4c162bd4052b97970")),
            (7, address("18e41674ccf26329cd111406c1d05c6c80b23edc")),
            (8, address("9d16870160e703324d057c3361c34c5befba2c34")),
            (15, address("3f851ad586a47cef8d04748f33ab0d71395f06b4")),
            (17, address("7899ceab1dc961dae9defdb7a4f521269a5448fc")),
        ],
    },
    Replacement {
        index: 7,
        first_seen: 1_786_591_762,
        members: &[
            (7, address("f3ea0ad4ffb5a178ae4ebc21861651b25bdcbb91")),
            (14, address("ae565927bb8db25cd8bf3e7bb663d70023e4ea78")),
            (18, address("61d9800f9fcb4160fb0c6cf3a0902592bac2b434")),
        ],
    },
];

/// Pyth's routers, set 0.
const ROUTERS: [Address; 5] = [
    address("41534bb176e461a3fb30479400f210549ecce638"),
    address("6502987b62f21cab7eb5ccd8f0173084b60d5b41"),
    address("44a3e8f6a382412cf6bb90a3f8106e68977476c9"),
    address("d9d7d4529577864352c9a6539a48238fcd447052"),
    address("1663a5a822336ece48559b1dfb1e93a017a7dac3"),
];

const ROUTERS_SINCE: [Replacement; 1] = [Replacement {
    index: 1,
    first_seen: 1_789_248_348,
    members: &[
        (3, address("13edc776d3063549fdb0702af182edc905a539d4")),
        (4, address("3af088854bb768065f4929e5bbdfa4cbb04c9af9")),
    ],
}];

/// The signer of Pyth Pro in production.
const LAZER: [Address; 1] = [address("26fb61a864c758ae9fba027a96010480658385b9")];

/// RedStone's five long-standing nodes.
const REDSTONE_PRIMARY: [Address; 5] = [
    address("8bb8f32df04c8b654987daaed53d6b6091e3b774"),
    address("deb22f54738d54976c4c0fe5ce6d408e40d88499"),
    address("51ce04be4b3e32572c4ec9135221d0691ba7d202"),
    address("dd682daec5a90dd295d14da4b0bec9281017b5be"),
    address("9c5ae89c4af6aa32ce58588dbaf90d18a855b6de"),
];

const REDSTONE_AVALANCHE: [Address; 5] = [
    address("109b4a318a4f5ddcbca6349b45f881b4137deafb"),
    address("12470f7aba85c8b81d63137dd5925d6ee114952b"),
    address("1ea62d73edf8ac05dfcea1a34b9796e937a29eff"),
    address("2c59617248994d12816ee1fa77ce0a64eeb456bf"),
    address("83cba8c619fb629b81a65c2e67fe15cf3e3c9747"),
];

/// Config digest of Chainlink's network in production: five of sixteen may be faulty.
const CHAINLINK_ID: SetId = SetId([
    0x00, 0x09, 0x4b, 0xae, 0xbf, 0xda, 0x9b, 0x87, 0x68, 0x0d, 0x8e, 0x59, 0xaa, 0x20, 0xa3, 0xe5, 0x65,
    0x12, 0x66, 0x40, 0xee, 0x7c, 0xae, 0xab, 0x3c, 0xd9, 0x65, 0xe5, 0x56, 0x8b, 0x17, 0xee,
]);

const CHAINLINK: [Address; 16] = [
    address("0fc9e43f343be5190131e88bb1de15fab6a5c9cf"),
    address("26eb8dea43b66dd285642487d79067a0c8195a6e"),
    address("3aceb84a335051009baaa1dc1f1b0fc65caffc5e"),
    address("50a0ce1a108cc8cc36b2ca7d9cb1465aa10aad9e"),
    address("59337c5ea05e8902781131ff85cccbf3e62b8b99"),
    address("63d83d47bcf8dd20f80634e85125502846a9c759"),
    address("6a3e28b313913fd5aadded436ff7869fb80c29ed"),
    address("6f4e9279eeec80b6ca2872073897441065657eef"),
    address("77debb206b50a673c6b95bf7c8c2e9adacb0cbe1"),
    address("86e99c45cf23839b1d3d51ed7c91e046acb8a6f0"),
    address("9d0fb8544fba0a9e5890f831f896f79865d67bb5"),
    address("b80a3a6ddd40dc74b93e7a3cdd21c13b77c91d07"),
    address("d4bab8e32c564d83f60b663cb441ac1f35bb0000"),
    address("eb7118989c3d2b1055be3da28ddc386ff80d74d7"),
    address("f01e0f13255ae309370e2ab23da85ea5fc646691"),
    address("f98a9508cc79c6d18e6eab89af2c8218d81c14f1"),
];

/// Config digest of a network for developers: one of four may be faulty.
const CHAINLINK_TEST_ID: SetId = SetId([
    0x00, 0x09, 0x06, 0xf3, 0xcb, 0xb5, 0xa2, 0x30, 0xad, 0x23, 0x0e, 0x8f, 0x69, 0x3a, 0xec, 0xc4, 0xaa,
    0x5f, 0xf7, 0xa5, 0xc6, 0x3e, 0xcf, 0x67, 0xec, 0x72, 0x01, 0xc8, 0xa2, 0x37, 0x15, 0x2c,
]);

const CHAINLINK_TEST: [Address; 4] = [
    address("38c7ea2f6b878509f3e2d0bbe9adf328e1df2f6c"),
    address("a669f0be9f92e3fe5eb7b28d1852dff84c7516cc"),
    address("8735f9dd83c0b03571b39fe9ffbb05e02bc08c28"),
    address("29679cd77aace065b885b190368f04fdd7e587ad"),
];

/// All sets that are known whole.
///
/// They count from the beginning of time, because acts of governance carry no time. A set that was replaced ends a
/// [`HANDOVER`] after the oldest message that we have of the next one: not when it ended, but the latest that it can have.
/// The real ends are in the contracts of the networks.
#[must_use]
pub fn known_sets() -> Vec<SignerSet> {
    let redstone = |service: &str, keys: &[Address]| {
        known(Network::RedStone, SetId::named(service).unwrap_or_default(), keys, Threshold::Fixed(3))
    };
    let mut sets = numbered(Network::Wormhole, Threshold::TwoThirds, &GUARDIANS, &GUARDIANS_SINCE);
    if let Some(first) = sets.first_mut() {
        first.keys.truncate(1);
    }
    sets.extend(numbered(Network::PythRouters, Threshold::Majority, &ROUTERS, &ROUTERS_SINCE));
    sets.extend([
        known(Network::PythLazer, SetId::index(0), &LAZER, Threshold::Fixed(1)),
        redstone("redstone-primary-prod", &REDSTONE_PRIMARY),
        redstone("redstone-avalanche-prod", &REDSTONE_AVALANCHE),
        known(Network::Chainlink, CHAINLINK_ID, &CHAINLINK, Threshold::Faulty(5)),
        known(Network::ChainlinkTest, CHAINLINK_TEST_ID, &CHAINLINK_TEST, Threshold::Faulty(1)),
    ]);
    sets
}

/// Set 0 and those after it.
fn numbered(
    network: Network,
    threshold: Threshold,
    first: &[Address],
    replacements: &[Replacement],
) -> Vec<SignerSet> {
    let mut set = known(network, SetId::index(0), first, threshold);
    let mut sets = vec![];
    for next in replacements {
        let seen = Time::milliseconds(next.first_seen.saturating_mul(1_000));
        sets.push(SignerSet { expires_at: seen.plus(HANDOVER).ok(), ..set.clone() });
        set.id = SetId::index(next.index);
        for (place, member) in next.members {
            if let Some(key) = set.keys.get_mut(*place) {
                *key = *member;
            }
        }
    }
    sets.push(set);
    sets
}

fn known(network: Network, id: SetId, keys: &[Address], threshold: Threshold) -> SignerSet {
    SignerSet { network, id, keys: keys.to_vec(), threshold, valid_from: Time::ZERO, expires_at: None }
}

/// An address of forty digits.
const fn address(digits: &str) -> Address {
    let mut bytes = [0; 20];
    let mut digits = digits.as_bytes();
    let mut places: &mut [u8] = &mut bytes;
    while let ([high, low, next @ ..], [place, others @ ..]) = (digits, places) {
        *place = nibble(*high).wrapping_shl(4) | nibble(*low);
        (digits, places) = (next, others);
    }
    Address(bytes)
}

const fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit.wrapping_sub(b'0'),
        _ => digit.wrapping_sub(b'a').wrapping_add(10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Registry;

    #[test]
    fn an_address_is_read_digit_by_digit() {
        let read = address("0123456789abcdef0123456789abcdef01234567");
        assert_eq!(std::format!("{read}"), "0x0123456789abcdef0123456789abcdef01234567");
    }

    #[test]
    fn every_known_set_enters_a_registry() {
        let mut registry = Registry::default();
        for set in known_sets() {
            registry.admit(set).unwrap();
        }
        assert_eq!(registry.latest(Network::Wormhole).unwrap().id, SetId::index(7));
        assert_eq!(registry.latest(Network::PythRouters).unwrap().id, SetId::index(1));
    }

    #[test]
    fn the_first_guardian_was_alone_and_the_rest_need_thirteen() {
        let sets = known_sets();
        assert_eq!(sets[0].keys, [GUARDIANS[0]]);
        assert!(sets[1..8].iter().all(|set| set.keys.len() == 19 && set.quorum() == 13));
        assert!(sets[8..10].iter().all(|set| set.keys.len() == 5 && set.quorum() == 3));
    }

    #[test]
    fn a_set_ends_a_day_after_the_first_message_of_the_next() {
        let ends = known_sets().into_iter().map(|set| set.expires_at).collect::<Vec<_>>();
        assert_eq!(ends[6], Some(Time::milliseconds((1_786_591_762 + 86_400) * 1_000)));
        assert_eq!(ends[7], None);
        assert_eq!(ends[8], Some(Time::milliseconds((1_789_248_348 + 86_400) * 1_000)));
        assert_eq!(ends[9], None);
    }
}
