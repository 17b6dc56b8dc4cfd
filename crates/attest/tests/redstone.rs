//! RedStone on payloads that its nodes signed, and on ones that they would not.

#![cfg(all(feature = "verify", feature = "pure"))]

mod fixtures;
mod signing;

use cistern_attest::{
    Address, Bounds, Claim, FeedKey, Market, Network, Observation, Refusal, Registry, SetId, SignerSet,
    Threshold, judge, redstone,
};
use cistern_units::{Span, Time};
use serde_json::Value;

/// RedStone's own five nodes, which sign for the primary service.
const PRIMARY: [&str; 5] = [
    "8bb8f32df04c8b654987daaed53d6b6091e3b774",
    "deb22f54738d54976c4c0fe5ce6d408e40d88499",
    "51ce04be4b3e32572c4ec9135221d0691ba7d202",
    "dd682daec5a90dd295d14da4b0bec9281017b5be",
    "9c5ae89c4af6aa32ce58588dbaf90d18a855b6de",
];
/// The nodes of its service for Avalanche.
const AVALANCHE: [&str; 5] = [
    "83cba8c619fb629b81a65c2e67fe15cf3e3c9747",
    "2c59617248994d12816ee1fa77ce0a64eeb456bf",
    "1ea62d73edf8ac05dfcea1a34b9796e937a29eff",
    "12470f7aba85c8b81d63137dd5925d6ee114952b",
    "109b4a318a4f5ddcbca6349b45f881b4137deafb",
];
const LATER: Time = Time::milliseconds(1_800_000_000_000);

fn service(name: &str) -> SetId {
    SetId::named(&format!("redstone-{name}-prod")).unwrap()
}

fn address(digits: &str) -> Address {
    Address(fixtures::unhex(digits).try_into().unwrap())
}

fn set(id: SetId, keys: Vec<Address>, threshold: u8) -> SignerSet {
    SignerSet {
        network: Network::RedStone,
        id,
        keys,
        threshold: Threshold::Fixed(threshold),
        valid_from: Time::ZERO,
        expires_at: None,
    }
}

/// Both services, with a threshold.
fn registry(threshold: u8) -> Registry {
    let mut registry = Registry::default();
    for (name, keys) in [("primary", PRIMARY), ("avalanche", AVALANCHE)] {
        let keys = keys.into_iter().map(address).collect();
        registry.admit(set(service(name), keys, threshold)).unwrap();
    }
    registry
}

fn prices(claims: &[Claim]) -> Vec<&Observation> {
    let prices = claims.iter().map(|claim| match claim {
        Claim::Price(observation) => observation,
        #[allow(unreachable_patterns, reason = "other messages have other claims")]
        other => panic!("{other:?} is no price"),
    });
    prices.collect()
}

/// Feeds and values.
type Points<'a> = &'a [(&'a str, &'a [u8])];
/// A package: number of the signer's key, time, points.
type Package<'a> = (u8, u64, Points<'a>);
/// A file, its service, how many signed each feed, and the medians.
type Expected = (&'static str, &'static str, u8, &'static [(&'static str, i128)]);

/// A payload of packages.
fn payload(packages: &[Package<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (signer, timestamp_ms, points) in packages {
        let mut signed = Vec::new();
        for (feed, value) in *points {
            signed.extend(FeedKey::named(feed).unwrap().0);
            signed.extend(*value);
        }
        signed.extend(&timestamp_ms.to_be_bytes()[2..]);
        signed.extend(u32::try_from(points.first().map_or(32, |point| point.1.len())).unwrap().to_be_bytes());
        signed.extend(&u32::try_from(points.len()).unwrap().to_be_bytes()[1..]);
        let signature = signing::Key::numbered(*signer).sign_rsv(&cistern_attest::keccak256(&signed));
        bytes.extend(signed);
        bytes.extend(signature);
    }
    close(bytes, packages.len())
}

/// Count, no metadata, marker.
fn close(mut bytes: Vec<u8>, packages: usize) -> Vec<u8> {
    bytes.extend(u16::try_from(packages).unwrap().to_be_bytes());
    bytes.extend([0, 0, 0]);
    bytes.extend([0, 0, 2, 0xed, 0x57, 1, 0x1e, 0, 0]);
    bytes
}

/// A service of the keys 1 to 3, of which two must sign.
fn own() -> Registry {
    let keys = (1..=3).map(|number| signing::Key::numbered(number).address()).collect();
    let mut registry = Registry::default();
    registry.admit(set(service("own"), keys, 2)).unwrap();
    registry
}

fn verify(bytes: &[u8]) -> Result<cistern_attest::Verified, Refusal> {
    redstone::decode(bytes)?.verify(service("own"), &own(), LATER)
}

#[test]
fn every_payload_gives_the_median_of_its_signers() {
    let expected: [Expected; 7] = [
        ("ETH_PRIMARY_3sig", "primary", 3, &[("ETH", 159_504_422_175)]),
        ("ETH_PRIMARY_3sig_newer", "primary", 3, &[("ETH", 159_526_674_144)]),
        ("BTC_PRIMARY_5sig", "primary", 5, &[("BTC", 8_396_206_788_771)]),
        ("ETH_BTC_PRIMARY_3sig", "primary", 3, &[("ETH", 156_537_608_660), ("BTC", 8_396_083_019_375)]),
        (
            "ETH_BTC_AVAX_5sig",
            "avalanche",
            5,
            &[("AVAX", 2_376_928_690), ("BTC", 5_678_054_152_708), ("ETH", 233_933_981_770)],
        ),
        (
            "ETH_BTC_AVAX_5sig_OLD",
            "avalanche",
            5,
            &[("AVAX", 3_859_000_000), ("BTC", 4_783_856_731_782), ("ETH", 248_111_446_713)],
        ),
        (
            "ETH_BTC_AVAX_5sig_2024-02-07",
            "avalanche",
            5,
            &[("AVAX", 3_418_916_186), ("BTC", 4_291_501_662_498), ("ETH", 236_389_750_361)],
        ),
    ];
    for (file, name, threshold, medians) in expected {
        let Some(bytes) = fixtures::hex(&format!("redstone/{file}.hex")) else { return };
        let registry = registry(threshold);
        let message = redstone::decode(&bytes).unwrap();
        assert_eq!(message.service(&registry, LATER), Some(service(name)), "{file}");
        let verified = message.verify(service(name), &registry, LATER).unwrap();
        let mut found: Vec<_> =
            prices(&verified.claims).iter().map(|price| (price.feed, price.mantissa)).collect();
        found.sort_unstable();
        let mut medians: Vec<_> =
            medians.iter().map(|(feed, value)| (FeedKey::named(feed).unwrap(), *value)).collect();
        medians.sort_unstable();
        assert_eq!(found, medians, "{file}");
        for price in prices(&verified.claims) {
            assert_eq!((price.exponent, price.market, price.expires_at), (-8, Market::Unstated, None));
            assert_eq!(price.published_at, message.published_at);
            let soon = price.published_at.plus(Span::SECOND).unwrap();
            assert!(judge(price, soon, &Bounds::default()).is_ok(), "{file}");
        }
    }
}

#[test]
fn values_signers_and_times_are_those_that_another_program_printed() {
    let Some(text) = fixtures::text("redstone/expected_decode.txt") else { return };
    let mut packages = Vec::new();
    let mut place = 0;
    for line in text.lines() {
        if let Some((file, _)) = line.split_once(".hex  ") {
            assert_eq!(place, packages.len(), "all packages of the file before {file}");
            let bytes = fixtures::hex(&format!("redstone/{file}.hex")).unwrap();
            packages = redstone::decode(&bytes)
                .unwrap()
                .packages
                .iter()
                .map(|package| {
                    let points: Vec<_> = package
                        .points()
                        .map(|(feed, value)| {
                            let name = String::from_utf8(feed.0.to_vec()).unwrap();
                            let value = u128::from_be_bytes(value[16..].try_into().unwrap());
                            format!("({:?}, {value})", name.trim_end_matches('\0'))
                        })
                        .collect();
                    let signer = package.signer().unwrap();
                    (package.timestamp_ms, signer, points.join(", "))
                })
                .collect();
            place = 0;
        } else if line.trim_start().starts_with("ts ") {
            // The other program printed packages as they are read, from the end.
            let (time, signer, points) = &packages[packages.len() - 1 - place];
            let head = format!("ts {time} signer {signer} ");
            assert!(line.trim_start().starts_with(&head), "{line} is not {head}");
            assert!(line.ends_with(&format!("feeds [{points}]")), "{line} has not {points}");
            place += 1;
        }
    }
    assert_eq!(place, packages.len());
}

#[test]
fn a22_two_signers_are_below_a_threshold_of_three() {
    let Some(bytes) = fixtures::hex("redstone/ETH_PRIMARY_2sig.hex") else { return };
    let message = redstone::decode(&bytes).unwrap();
    assert_eq!(message.verify(service("primary"), &registry(3), LATER), Err(Refusal::Quorum));
    let verified = message.verify(service("primary"), &registry(2), LATER).unwrap();
    assert_eq!(prices(&verified.claims)[0].mantissa, 159_549_506_340);
}

#[test]
fn a22_a_signer_who_is_listed_twice_does_not_make_a_quorum() {
    let Some(bytes) = fixtures::hex("redstone/ETH_PRIMARY_2sig.hex") else { return };
    // One data point with 32 bytes of value: 142 bytes a package.
    let (first, second) = (&bytes[..142], &bytes[142..284]);
    for order in [[first, second, first], [first, first, second], [second, first, first]] {
        let bytes = close(order.concat(), 3);
        let message = redstone::decode(&bytes).unwrap();
        assert_eq!(message.verify(service("primary"), &registry(3), LATER), Err(Refusal::BadSignerIndex));
    }
}

#[test]
fn a23_a_payload_of_another_service_is_refused() {
    let Some(bytes) = fixtures::hex("redstone/ETH_BTC_AVAX_5sig.hex") else { return };
    let message = redstone::decode(&bytes).unwrap();
    assert_eq!(message.verify(service("primary"), &registry(3), LATER), Err(Refusal::BadSignature));
    assert_eq!(message.verify(service("nobody"), &registry(3), LATER), Err(Refusal::UnknownSet));
    assert_eq!(message.service(&Registry::default(), LATER), None);
    assert_eq!(message.service(&own(), LATER), None);
}

#[cfg(feature = "light-client")]
#[test]
fn a_service_behind_others_is_found_and_of_none_the_first_one_answers() {
    let eth: Points<'_> = &[("ETH", &[1; 8])];
    let bytes = payload(&[(1, 9, eth), (2, 9, eth)]);
    let message = redstone::decode(&bytes).unwrap();
    let mut registry = own();
    for (name, keys) in [("avalanche", AVALANCHE), ("primary", PRIMARY)] {
        registry.admit(set(service(name), keys.into_iter().map(address).collect(), 2)).unwrap();
    }
    let found = cistern_attest::by_some_service(&message, &registry, LATER);
    assert_eq!(found, message.verify(service("own"), &own(), LATER));
    assert_eq!(found.unwrap().signers.len(), 2);
    let strangers = payload(&[(1, 9, eth), (4, 9, eth)]);
    let strangers = redstone::decode(&strangers).unwrap();
    assert_eq!(
        cistern_attest::by_some_service(&strangers, &registry, LATER),
        strangers.verify(service("avalanche"), &registry, LATER)
    );
}

#[test]
fn a24_parser_bombs_are_refused_at_once() {
    let sound = payload(&[(1, 1_000, &[("ETH", &[1; 32])]), (2, 1_000, &[("ETH", &[1; 32])])]);
    assert!(redstone::decode(&sound).is_ok());
    let end = sound.len();
    let with = |place: usize, bytes: &[u8]| {
        let mut changed = sound.clone();
        changed[place..place + bytes.len()].copy_from_slice(bytes);
        redstone::decode(&changed).map(|_| ())
    };
    // Marker, length of metadata, number of packages.
    assert_eq!(with(end - 9, &[1]), Err(Refusal::Malformed));
    assert_eq!(with(end - 12, &[0xff; 3]), Err(Refusal::Malformed));
    assert_eq!(with(end - 14, &[0xff; 2]), Err(Refusal::Malformed));
    assert_eq!(with(end - 14, &[0, 0]), Err(Refusal::Malformed));
    assert_eq!(with(end - 14, &[0, 1]), Err(Refusal::Malformed));
    assert_eq!(with(end - 14, &[0, 3]), Err(Refusal::Malformed));
    // Number of points, size of a value, `v`.
    assert_eq!(with(end - 82, &[0xff; 3]), Err(Refusal::Malformed));
    assert_eq!(with(end - 82, &[0; 3]), Err(Refusal::Malformed));
    assert_eq!(with(end - 86, &[0xff; 4]), Err(Refusal::Malformed));
    assert_eq!(with(end - 86, &[0, 0, 0, 0]), Err(Refusal::Malformed));
    assert_eq!(with(end - 86, &[0, 0, 0, 33]), Err(Refusal::Malformed));
    assert_eq!(with(end - 15, &[0]), Err(Refusal::BadSignature));
    assert_eq!(redstone::decode(&vec![0; redstone::MAX_BYTES + 1]), Err(Refusal::Oversized));
    assert_eq!(redstone::decode(&[0; redstone::MAX_BYTES]), Err(Refusal::Malformed));
    for length in 0..end {
        assert_eq!(redstone::decode(&sound[..length]), Err(Refusal::Malformed), "cut off at {length}");
        assert_eq!(redstone::decode(&sound[end - length..]).map(|_| ()), Err(Refusal::Malformed));
    }
    assert_eq!(redstone::decode(&[&[0], &sound[..]].concat()), Err(Refusal::Malformed));
}

#[test]
fn a25_a_signature_in_its_high_form_is_refused() {
    let sound = payload(&[(1, 1_000, &[("ETH", &[1; 8])]), (2, 1_000, &[("ETH", &[1; 8])])]);
    assert!(verify(&sound).is_ok());
    let mut high = sound.clone();
    let s = high.len() - 14 - 33;
    // The order less `s`, and the other parity.
    let order = fixtures::unhex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    let mut borrow = 0;
    for place in (0..32).rev() {
        let difference = i16::from(order[place]) - i16::from(high[s + place]) - borrow;
        borrow = i16::from(difference < 0);
        high[s + place] = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    high[s + 32] = 27 + 28 - high[s + 32];
    assert_eq!(verify(&high), Err(Refusal::BadSignature));
}

#[test]
fn a25_the_digest_does_not_depend_on_the_order_of_packages() {
    let one: Package<'_> = (1, 1_000, &[("ETH", &[7; 8])]);
    let two: Package<'_> = (2, 1_000, &[("ETH", &[9; 8])]);
    let (first, second) = (verify(&payload(&[one, two])).unwrap(), verify(&payload(&[two, one])).unwrap());
    assert_eq!(first, second);
    assert_eq!(first.signers.iter().map(|signer| signer.0).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn an_even_count_takes_the_mean_of_the_middle_two_and_half_the_spread() {
    let verified = verify(&payload(&[(1, 1_000, &[("ETH", &[0, 10])]), (2, 1_000, &[("ETH", &[0, 15])])]));
    let verified = verified.unwrap();
    let price = prices(&verified.claims)[0];
    assert_eq!((price.mantissa, price.confidence), (12, 3));
    assert_eq!(price.published_at, Time::milliseconds(1_000));
}

#[test]
fn a_feed_that_too_few_signed_refuses_the_payload() {
    let both: Points<'_> = &[("ETH", &[1; 8]), ("BTC", &[2; 8])];
    let one: Points<'_> = &[("ETH", &[1; 8])];
    assert_eq!(verify(&payload(&[(1, 9, both), (2, 9, one)])), Err(Refusal::Quorum));
    let verified = verify(&payload(&[(1, 9, both), (2, 9, both)])).unwrap();
    let feeds: Vec<_> = prices(&verified.claims).iter().map(|price| price.feed).collect();
    assert_eq!(feeds, [FeedKey::named("ETH").unwrap(), FeedKey::named("BTC").unwrap()]);
}

#[test]
fn a_signer_who_names_a_feed_twice_in_a_package_speaks_twice() {
    let twice: Points<'_> = &[("ETH", &[1; 8]), ("ETH", &[2; 8])];
    assert_eq!(verify(&payload(&[(1, 9, twice)])), Err(Refusal::BadSignerIndex));
}

#[test]
fn more_packages_for_a_feed_than_members_are_refused_before_any_signature() {
    let eth: Points<'_> = &[("ETH", &[1; 8])];
    let packages: Vec<_> = (0..255).map(|_| (1, 9, eth)).collect();
    let mut bytes = payload(&packages);
    // The first signature is nobody's; it would be found out if it were looked at.
    bytes[53..53 + 64].fill(0);
    let message = redstone::decode(&bytes).unwrap();
    assert_eq!(message.signatures(), 255);
    assert_eq!(message.packages[0].signer(), Err(Refusal::BadSignature));
    assert_eq!(message.verify(service("own"), &own(), LATER), Err(Refusal::BadSignerIndex));
}

#[test]
fn packages_of_different_times_and_strange_names_are_no_payload() {
    let eth: Points<'_> = &[("ETH", &[1; 8])];
    assert_eq!(verify(&payload(&[(1, 9, eth), (2, 10, eth)])), Err(Refusal::Malformed));
    let strange: Points<'_> = &[("É", &[1; 8])];
    assert_eq!(verify(&payload(&[(1, 9, strange), (2, 9, strange)])), Err(Refusal::Malformed));
}

#[test]
fn a_value_beyond_the_range_and_a_stranger_are_refused() {
    let huge: Points<'_> = &[("ETH", &[1; 32])];
    assert_eq!(verify(&payload(&[(1, 9, huge), (2, 9, huge)])), Err(Refusal::TooLarge));
    let eth: Points<'_> = &[("ETH", &[1; 8])];
    assert_eq!(verify(&payload(&[(1, 9, eth), (2, 9, eth), (4, 9, eth)])), Err(Refusal::BadSignature));
}

#[test]
fn a_service_counts_within_its_time_alone() {
    let eth: Points<'_> = &[("ETH", &[1; 8])];
    let bytes = payload(&[(1, 9, eth), (2, 9, eth)]);
    let message = redstone::decode(&bytes).unwrap();
    let mut registry = own();
    registry.retire(Network::RedStone, service("own"), LATER).unwrap();
    assert_eq!(message.verify(service("own"), &registry, LATER), Err(Refusal::ExpiredSet));
    assert_eq!(message.service(&registry, LATER), None);
    assert!(message.verify(service("own"), &registry, Time::ZERO).is_ok());
}

/// How a package's JSON number becomes the signed integer.
type Scaling = fn(&str, usize) -> u128;

/// As RedStone's own nodes do, in JavaScript: the nearest double, then its exact value rounded at the feed's decimals.
fn by_double(text: &str, decimals: usize) -> u128 {
    digits(&format!("{:.decimals$}", text.parse::<f64>().unwrap()))
}

/// The same with the double that `serde_json` reads without `float_roundtrip`: all digits as one number, divided by a power.
fn by_careless_double(text: &str, decimals: usize) -> u128 {
    let fraction = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let significand: u64 = text.replace('.', "").parse().unwrap();
    #[allow(clippy::cast_precision_loss, reason = "what is shown here")]
    let double = significand as f64 / 10_f64.powi(i32::try_from(fraction).unwrap());
    digits(&format!("{double:.decimals$}"))
}

/// Without a double: the decimal text itself, rounded half up.
fn by_decimal(text: &str, decimals: usize) -> u128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let kept = format!("{whole}{:0<decimals$}", &fraction[..fraction.len().min(decimals)]);
    let up = fraction.as_bytes().get(decimals).is_some_and(|digit| *digit >= b'5');
    digits(&kept) + u128::from(up)
}

fn digits(text: &str) -> u128 {
    text.replace('.', "").parse().unwrap()
}

/// How many of the JSON packages recover to the signer that they state.
fn recovered(scaling: Scaling) -> Option<(usize, usize)> {
    let feeds = fixtures::json("redstone/primary-prod-data-packages.json")?;
    let (mut all, mut good) = (0, 0);
    for package in feeds.as_object().unwrap().values().flat_map(|packages| packages.as_array().unwrap()) {
        let bytes = close(binary(package, scaling), 1);
        let message = redstone::decode(&bytes).unwrap();
        let stated = address(package["signerAddress"].as_str().unwrap());
        all += 1;
        good += usize::from(message.packages[0].signer() == Ok(stated));
    }
    Some((good, all))
}

fn binary(package: &Value, scaling: Scaling) -> Vec<u8> {
    let mut points: Vec<_> = package["dataPoints"].as_array().unwrap().iter().collect();
    // Signed in the order of the names.
    points.sort_by_key(|point| FeedKey::named(point["dataFeedId"].as_str().unwrap()));
    let mut bytes = Vec::new();
    for point in &points {
        let decimals = point["decimals"].as_u64().unwrap_or(8).try_into().unwrap();
        bytes.extend(FeedKey::named(point["dataFeedId"].as_str().unwrap()).unwrap().0);
        bytes.extend([0; 16]);
        bytes.extend(scaling(&point["value"].to_string(), decimals).to_be_bytes());
    }
    bytes.extend(&package["timestampMilliseconds"].as_u64().unwrap().to_be_bytes()[2..]);
    bytes.extend(32_u32.to_be_bytes());
    bytes.extend(&u32::try_from(points.len()).unwrap().to_be_bytes()[1..]);
    bytes.extend(base64(package["signature"].as_str().unwrap()));
    bytes
}

fn base64(text: &str) -> Vec<u8> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for letter in text.trim_end_matches('=').chars() {
        bits = (bits << 6) | u32::try_from(ALPHABET.find(letter).unwrap()).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).unwrap());
        }
    }
    bytes
}

#[test]
fn all_645_json_packages_recover_to_their_signer_when_numbers_are_rounded_as_javascript_does() {
    let Some(found) = recovered(by_double) else { return };
    assert_eq!(found, (645, 645));
}

#[test]
fn a_careless_reading_of_json_numbers_breaks_eight_signatures() {
    let Some(found) = recovered(by_careless_double) else { return };
    assert_eq!(found, (637, 645));
}

#[test]
fn even_exact_decimals_break_signatures_because_what_was_signed_went_through_a_double() {
    let Some((good, all)) = recovered(by_decimal) else { return };
    assert!(good < all, "{good} of {all}");
}
