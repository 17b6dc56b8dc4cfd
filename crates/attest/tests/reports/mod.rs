//! Full reports of Chainlink Data Streams, framed as its own servers frame them.

#![allow(dead_code, reason = "each test takes of it what it needs")]

use cistern_attest::{Signature, keccak256};

use crate::signing::Key;

/// Offset of the signed report: behind seven words of head and its length.
pub(crate) const REPORT_AT: usize = 8 * 32;

/// A word of a small number.
pub(crate) fn word(number: u64) -> [u8; 32] {
    let mut word = [0; 32];
    word[24..].copy_from_slice(&number.to_be_bytes());
    word
}

/// A word of a signed number.
pub(crate) fn signed_word(number: i128) -> [u8; 32] {
    let mut word = [if number < 0 { 0xff } else { 0 }; 32];
    word[16..].copy_from_slice(&number.to_be_bytes());
    word
}

/// A feed's name in a schema.
pub(crate) fn feed(schema: u16) -> [u8; 32] {
    let mut feed = [0xfe; 32];
    feed[..2].copy_from_slice(&schema.to_be_bytes());
    feed
}

/// A report of a schema: its head, valid for the seconds 1,000 to 2,000, and then whatever the schema has.
pub(crate) fn report(schema: u16, values: &[[u8; 32]]) -> Vec<u8> {
    let head = [feed(schema), word(1_000), word(1_000), word(5), word(6), word(2_000)];
    [&head[..], values].concat().concat()
}

/// Signatures by keys of a report in a context.
pub(crate) fn sign(context: &[[u8; 32]; 3], report: &[u8], keys: &[u8]) -> Vec<Signature> {
    let digest = keccak256(&[&keccak256(report)[..], &context.concat()].concat());
    keys.iter().map(|key| Key::numbered(*key).sign(&digest)).collect()
}

/// The full report.
pub(crate) fn frame(context: &[[u8; 32]; 3], report: &[u8], signatures: &[Signature]) -> Vec<u8> {
    let padding = report.len().next_multiple_of(32) - report.len();
    let rs_at = REPORT_AT + report.len() + padding;
    let ss_at = rs_at + 32 * (1 + signatures.len());
    let mut parities = [0; 32];
    for (place, signature) in parities.iter_mut().zip(signatures) {
        *place = signature.parity;
    }
    let number = |number: usize| word(number.try_into().unwrap());
    let mut bytes = context.concat();
    bytes.extend(number(224));
    bytes.extend(number(rs_at));
    bytes.extend(number(ss_at));
    bytes.extend(parities);
    bytes.extend(number(report.len()));
    bytes.extend(report);
    bytes.extend(vec![0; padding]);
    for half in [0..32, 32..64] {
        bytes.extend(number(signatures.len()));
        signatures.iter().for_each(|signature| bytes.extend(&signature.rs[half.clone()]));
    }
    bytes
}
