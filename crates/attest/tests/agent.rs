//! Agents' signatures alone and in batches: one answer, whatever the key and whatever the signature.

#![cfg(feature = "verify")]

use cistern_attest::{
    Refusal,
    agent::{Batch, Signed, verify_one},
    keccak256,
};
use ed25519_zebra::{SigningKey, VerificationKeyBytes};
use proptest::prelude::*;

/// All points of small order, in all encodings that decode: eight canonical ones and six others.
const SMALL: [&str; 14] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
];

const NONE: [usize; 0] = [];

fn unhex(digits: &str) -> [u8; 32] {
    core::array::from_fn(|place| u8::from_str_radix(&digits[2 * place..2 * place + 2], 16).unwrap())
}

fn signed(key: u8, words: &[u8]) -> Signed {
    let key = SigningKey::from(keccak256(&[key]));
    let digest = keccak256(words);
    let signature = key.sign(&digest).to_bytes();
    Signed { key: VerificationKeyBytes::from(&key).into(), digest, signature }
}

fn bad(all: &[Signed]) -> Vec<usize> {
    let mut batch = Batch::default();
    all.iter().for_each(|one| batch.queue(one));
    assert_eq!(batch.len(), all.len());
    batch.bad()
}

/// What each gets by itself.
fn bad_alone(all: &[Signed]) -> Vec<usize> {
    let failed = all.iter().enumerate().filter(|(_, one)| verify_one(one).is_err());
    failed.map(|(place, _)| place).collect()
}

/// 32 signatures of eight keys.
fn sound() -> Vec<Signed> {
    (0..32).map(|number| signed(number % 8, &[number])).collect()
}

#[test]
fn a_batch_of_good_signatures_is_good() {
    assert_eq!(bad(&sound()), NONE);
    assert_eq!(bad(&[]), NONE);
    assert!(Batch::default().is_empty());
}

#[test]
fn a_bad_signature_in_a_batch_is_found() {
    let mut all = sound();
    all[5].digest[0] ^= 1;
    all[17].signature[40] ^= 1;
    all[31].key = all[0].key;
    assert_eq!(bad(&all), [5, 17, 31]);
    assert_eq!(verify_one(&all[5]), Err(Refusal::BadSignature));
}

#[test]
fn two_signatures_whose_errors_cancel_without_weights_are_both_found() {
    // `s` one up here and one down there: the plain sum of both equations holds.
    let mut all = vec![signed(1, b"a"), signed(1, b"b")];
    let carries = |byte: u8, up: bool| if up { byte == 0xff } else { byte == 0 };
    let mut salt = 0_u8;
    while carries(all[0].signature[32], true) || carries(all[1].signature[32], false) {
        salt += 1;
        all = vec![signed(1, &[salt, 0]), signed(1, &[salt, 1])];
    }
    all[0].signature[32] += 1;
    all[1].signature[32] -= 1;
    assert_eq!(bad(&all), [0, 1]);
}

#[test]
fn keys_and_points_of_small_order_get_the_same_answer_alone_and_in_a_batch() {
    let mut all = sound();
    for key in SMALL {
        for r in SMALL {
            let mut signature = [0; 64];
            signature[..32].copy_from_slice(&unhex(r));
            all.push(Signed { key: unhex(key), digest: keccak256(b"anything"), signature });
        }
    }
    assert_eq!(bad_alone(&all), NONE, "by ZIP 215 all of these count, encoded canonically or not");
    assert_eq!(bad(&all), NONE);
    for one in &all {
        assert_eq!(bad(&[*one]), NONE);
    }
}

#[test]
fn an_s_beyond_the_order_and_a_key_that_is_no_point_are_refused_alone_and_in_a_batch() {
    let order = unhex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut all = sound();
    // The same `s` plus the order: the equation holds, the form does not.
    let mut carry = 0;
    for (place, digit) in order.iter().enumerate() {
        let sum = u16::from(all[3].signature[32 + place]) + u16::from(*digit) + carry;
        all[3].signature[32 + place] = u8::try_from(sum % 256).unwrap();
        carry = sum / 256;
    }
    all[4].key = [2; 32];
    all[4].key[0] = (0..=255)
        .find(|byte| {
            let mut key = [2; 32];
            key[0] = *byte;
            ed25519_zebra::VerificationKey::try_from(key).is_err()
        })
        .unwrap();
    assert_eq!(bad_alone(&all), [3, 4]);
    assert_eq!(bad(&all), [3, 4]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn alone_and_in_a_batch_every_signature_gets_the_same_answer(
        mut all in prop::collection::vec((any::<u8>(), any::<[u8; 4]>()).prop_map(|(key, words)| signed(key, &words)), 1..12),
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0..128_usize, any::<u8>()), 0..4),
        small in prop::collection::vec((0..SMALL.len(), any::<prop::sample::Index>()), 0..3),
    ) {
        for (index, place, byte) in changes {
            let one = index.get(&all);
            let mut bytes = [&one.key[..], &one.digest, &one.signature].concat();
            bytes[place] ^= byte;
            let changed = Signed {
                key: bytes[..32].try_into().unwrap(),
                digest: bytes[32..64].try_into().unwrap(),
                signature: bytes[64..].try_into().unwrap(),
            };
            all.push(changed);
        }
        for (key, index) in small {
            let one = *index.get(&all);
            all.push(Signed { key: unhex(SMALL[key]), ..one });
        }
        prop_assert_eq!(bad(&all), bad_alone(&all));
    }
}
