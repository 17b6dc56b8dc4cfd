//! Our decoder of Chainlink reports beside Chainlink's own: the same values, and no panic where that one has one.

#![cfg(all(feature = "verify", feature = "pure"))]

mod fixtures;
mod reports;
mod signing;

use std::panic::catch_unwind;

use chainlink_data_streams_report::report::{self as vendor, decode_full_report};
use cistern_attest::{Refusal, chainlink};
use proptest::prelude::*;
use reports::{REPORT_AT, feed, frame, sign, signed_word, word};

const CONTEXT: [[u8; 32]; 3] = [[9; 32], [0; 32], [1; 32]];

/// What both tell of a report, as text.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    feed: [u8; 32],
    times: [u32; 3],
    price: String,
    book: Option<(String, String)>,
    seen: Option<u64>,
    status: Option<u32>,
    fund: Option<(u64, String, u32)>,
}

fn ours(bytes: &[u8]) -> Told {
    let report = chainlink::decode(bytes).expect("ours reads it").report;
    Told {
        feed: report.feed.0,
        times: [report.valid_from, report.observed_at, report.expires_at],
        price: report.price.to_string(),
        book: report.book.map(|(bid, ask)| (bid.to_string(), ask.to_string())),
        seen: report.last_seen_ns,
        status: report.market_status,
        fund: report.fund.map(|(date, assets, ripcord)| (date, assets.to_string(), ripcord)),
    }
}

/// Of theirs: what all schemas have.
macro_rules! told {
    ($report:ident, $price:expr) => {
        Told {
            feed: $report.feed_id.0,
            times: [$report.valid_from_timestamp, $report.observations_timestamp, $report.expires_at],
            price: $price.to_string(),
            book: None,
            seen: None,
            status: None,
            fund: None,
        }
    };
}

fn theirs(bytes: &[u8]) -> Told {
    let (_, blob) = decode_full_report(bytes).expect("theirs reads it");
    match blob[1] {
        2 => {
            let report = vendor::v2::ReportDataV2::decode(&blob).unwrap();
            told!(report, report.benchmark_price)
        }
        3 => {
            let report = vendor::v3::ReportDataV3::decode(&blob).unwrap();
            let book = Some((report.bid.to_string(), report.ask.to_string()));
            Told { book, ..told!(report, report.benchmark_price) }
        }
        4 => {
            let report = vendor::v4::ReportDataV4::decode(&blob).unwrap();
            Told { status: Some(report.market_status), ..told!(report, report.price) }
        }
        7 => {
            let report = vendor::v7::ReportDataV7::decode(&blob).unwrap();
            told!(report, report.exchange_rate)
        }
        8 => {
            let report = vendor::v8::ReportDataV8::decode(&blob).unwrap();
            let (seen, status) = (Some(report.last_update_timestamp), Some(report.market_status));
            Told { seen, status, ..told!(report, report.mid_price) }
        }
        9 => {
            let report = vendor::v9::ReportDataV9::decode(&blob).unwrap();
            let fund = Some((report.nav_date, report.aum.to_string(), report.ripcord));
            Told { fund, ..told!(report, report.nav_per_share) }
        }
        11 => {
            let report = vendor::v11::ReportDataV11::decode(&blob).unwrap();
            let book = Some((report.bid.to_string(), report.ask.to_string()));
            let (seen, status) = (Some(report.last_seen_timestamp_ns), Some(report.market_status));
            Told { book, seen, status, ..told!(report, report.mid) }
        }
        other => panic!("schema {other}"),
    }
}

#[test]
fn both_read_the_same_from_every_genuine_report() {
    let Some(expected) = fixtures::json("chainlink-data-streams/expected.json") else { return };
    let mut read = 0;
    for name in expected.as_object().unwrap().keys() {
        let bytes = fixtures::hex(&format!("chainlink-data-streams/{name}.hex")).unwrap();
        if name.starts_with("TRUNCATED") {
            assert!(decode_full_report(&bytes).is_err());
            assert_eq!(chainlink::decode(&bytes), Err(Refusal::Malformed));
            continue;
        }
        assert_eq!(ours(&bytes), theirs(&bytes), "{name}");
        read += 1;
    }
    assert_eq!(read, 8);
}

/// A report of a schema, from whatever numbers.
fn any_report() -> impl Strategy<Value = Vec<u8>> {
    let schema = prop::sample::select(vec![2_u16, 3, 4, 7, 8, 9, 11]);
    let amounts = prop::array::uniform6(any::<i128>());
    (schema, any::<[u32; 4]>(), any::<u64>(), amounts).prop_map(|(schema, small, wide, amounts)| {
        let [earlier, later, expires, status] = small;
        let amount = |place: usize| signed_word(amounts[place]);
        let [earlier, later] = [earlier.min(later), earlier.max(later)];
        let mut words = vec![feed(schema), word(earlier.into()), word(later.into())];
        words.extend([word(wide), word(u64::MAX), word(expires.into())]);
        let (wide, status) = (word(wide), word(status.into()));
        match schema {
            3 => words.extend([amount(0), amount(1), amount(2)]),
            4 => words.extend([amount(0), status]),
            8 => words.extend([wide, amount(0), status]),
            9 => words.extend([amount(0), wide, amount(1), status]),
            11 => {
                words.extend([amount(0), wide, amount(1), amount(2), amount(3), amount(4), amount(5), status])
            }
            _ => words.push(amount(0)),
        }
        words.concat()
    })
}

proptest! {
    #[test]
    fn both_read_the_same_from_any_report(report in any_report()) {
        let bytes = frame(&CONTEXT, &report, &sign(&CONTEXT, &report, &[1]));
        prop_assert_eq!(ours(&bytes), theirs(&bytes));
    }

    #[test]
    fn ours_reads_any_bytes_without_a_panic_and_accepts_none_that_theirs_refuses(
        report in any_report(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = frame(&CONTEXT, &report, &sign(&CONTEXT, &report, &[1]));
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let cut = cut.index(4 * bytes.len());
        bytes.truncate(cut.max(1));
        if chainlink::decode(&bytes).is_ok() {
            prop_assert_eq!(ours(&bytes), theirs(&bytes));
        }
    }
}

#[test]
fn theirs_panics_on_hostile_lengths_that_ours_refuses() {
    let report = reports::report(2, &[signed_word(10)]);
    let sound = frame(&CONTEXT, &report, &sign(&CONTEXT, &report, &[1]));
    let end = u64::try_from(sound.len()).unwrap();
    let mut offset = sound.clone();
    offset[96..128].copy_from_slice(&word(end - 1));
    let mut length = sound.clone();
    length[REPORT_AT - 8..REPORT_AT].fill(0xff);
    for hostile in [offset, length] {
        let theirs = catch_unwind(|| decode_full_report(&hostile).map(|_| ()).is_ok());
        assert!(theirs.is_err(), "chainlink-data-streams-report was mended: say so in the documents");
        assert_eq!(chainlink::decode(&hostile), Err(Refusal::Malformed));
    }
}

#[test]
fn theirs_overlooks_high_bytes_of_offsets_and_padding_that_ours_refuses() {
    let report = reports::report(2, &[signed_word(10)]);
    let sound = frame(&CONTEXT, &report, &sign(&CONTEXT, &report, &[1]));
    for place in [96, 119, REPORT_AT - 32, 223, REPORT_AT + 32] {
        let mut bytes = sound.clone();
        bytes[place] = 1;
        assert!(decode_full_report(&bytes).is_ok(), "byte {place}");
        assert_eq!(chainlink::decode(&bytes), Err(Refusal::Malformed), "byte {place}");
    }
}
