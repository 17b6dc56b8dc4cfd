//! `cistern attest` on real messages: the verdict and the values that came with them.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// The folder of real messages: `CISTERN_FIXTURES`, or `shared/oracle-fixtures` beside the project. Without it a test says
/// so and passes, except in CI.
fn fixtures() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3)?.join("shared/oracle-fixtures");
    let folder = std::env::var_os("CISTERN_FIXTURES").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "CI needs the messages; set CISTERN_FIXTURES to their folder");
    eprintln!("skipped: no real messages at hand");
    None
}

/// Exit code and answer.
#[track_caller]
fn attest(arguments: &[&str]) -> (i32, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_cistern"))
        .arg("attest")
        .args(arguments)
        .arg("--json")
        .output()
        .unwrap();
    let answer = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code().unwrap(), answer)
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// A number however it is written.
fn digits(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn updates_of_pyth_have_the_verdict_and_the_values_that_came_with_them() {
    let Some(folder) = fixtures() else { return };
    let mut checked = 0;
    for network in ["pyth-wormhole", "pyth-routers"] {
        let expected = json(&folder.join(network).join("expected.json"));
        for (name, wanted) in expected.as_object().unwrap() {
            let Some(messages) = wanted["messages"].as_array() else { continue };
            let file = folder.join(network).join(name);
            let at = (wanted["vaa_timestamp"].as_u64().unwrap() + 1).to_string();
            let (code, answer) = attest(&["pyth", file.to_str().unwrap(), "--at", &at]);
            let refused = wanted["expect"].as_str().unwrap() == "REJECT";
            assert_eq!(code, i32::from(refused), "{name}: {answer}");
            assert_eq!(answer["verdict"], if refused { "refused" } else { "accepted" }, "{name}");
            assert_eq!(answer["set"], wanted["guardian_set"], "{name}");
            let prices = answer["prices"].as_array().unwrap();
            assert_eq!(prices.len(), messages.len(), "{name}");
            for (price, message) in prices.iter().zip(messages) {
                let of = |one: &str, other: &str| {
                    digits(if message[one].is_null() { &message[other] } else { &message[one] })
                };
                assert_eq!(price["feed"], message["feed_id"], "{name}");
                assert_eq!(digits(&price["mantissa"]), of("price", "cumulative_price"), "{name}");
                assert_eq!(digits(&price["confidence"]), of("conf", "cumulative_conf"), "{name}");
                assert_eq!(price["exponent"], message["expo"], "{name}");
                assert_eq!(price["publish_time"], message["publish_time"], "{name}");
            }
            if !refused {
                assert_eq!(answer["signer_indices"], wanted["signer_indices"], "{name}");
            }
            checked += 1;
        }
    }
    assert_eq!(checked, 21);
}

#[test]
fn reports_of_chainlink_count_where_the_whole_set_is_known() {
    let Some(folder) = fixtures() else { return };
    let folder = folder.join("chainlink-data-streams");
    let expected = json(&folder.join("expected.json"));
    for (name, wanted) in expected.as_object().unwrap() {
        let file = folder.join(format!("{name}.hex"));
        let at = (wanted["observations"].as_u64().unwrap_or(0) + 1).to_string();
        let (code, answer) = attest(&["chainlink", file.to_str().unwrap(), "--at", &at]);
        let reason = if name.starts_with("TRUNCATED") {
            "Malformed".into()
        } else if name.contains("MARKET_CLOSED") {
            "MarketClosed".into()
        } else if name.contains("00094b") || name.contains("known_signers") {
            Value::Null
        } else {
            "UnknownSet".into()
        };
        assert_eq!(answer["reason"], reason, "{name}: {answer}");
        assert_eq!(code, i32::from(!reason.is_null()), "{name}");
        let price = ["price", "mid", "nav_per_share"].iter().find_map(|field| wanted[*field].as_str());
        if let Some(price) = price {
            assert_eq!(digits(&answer["prices"][0]["mantissa"]), price, "{name}");
        }
    }
}

#[test]
fn a_genuine_report_is_no_price_once_it_is_old() {
    // A1: replayed in an exploit, months after it was signed.
    let Some(folder) = fixtures() else { return };
    let file =
        folder.join("chainlink-data-streams/v3_2026-01-21_hype_mainnet_00094b_REPLAYED_IN_EXPLOIT.hex");
    let (code, answer) = attest(&["chainlink", file.to_str().unwrap(), "--at", "2026-09-18T12:00:00Z"]);
    assert_eq!((code, &answer["reason"]), (1, &"Stale".into()));
}

#[test]
fn medians_of_redstone_are_those_that_came_with_them() {
    let Some(folder) = fixtures() else { return };
    let cases = [
        ("BTC_PRIMARY_5sig", 1_744_829_681, [("BTC", 8_396_206_788_771)].as_slice()),
        (
            "ETH_BTC_AVAX_5sig",
            1_725_975_801,
            &[("ETH", 233_933_981_770), ("BTC", 5_678_054_152_708), ("AVAX", 2_376_928_690)],
        ),
    ];
    for (name, at, medians) in cases {
        let file = folder.join(format!("redstone/{name}.hex"));
        let (code, answer) = attest(&["redstone", file.to_str().unwrap(), "--at", &at.to_string()]);
        assert_eq!(code, 0, "{name}: {answer}");
        let prices = answer["prices"].as_array().unwrap().iter();
        let found: Vec<_> = prices
            .map(|price| (price["feed"].as_str().unwrap(), price["mantissa"].as_i64().unwrap()))
            .collect();
        assert_eq!(found, medians, "{name}");
    }
    let file = folder.join("redstone/ETH_PRIMARY_2sig.hex");
    let (code, answer) = attest(&["redstone", file.to_str().unwrap(), "--at", "1744829681"]);
    assert_eq!((code, &answer["reason"]), (1, &"Quorum".into()));
}

#[test]
fn messages_of_lazer_are_chosen_out_of_a_list() {
    let Some(folder) = fixtures() else { return };
    let file = folder.join("pyth-pro-lazer/messages.json");
    let file = file.to_str().unwrap();
    let (code, answer) = attest(&["lazer", file, "--index", "1", "--at", "1778594101"]);
    assert_eq!((code, &answer["prices"][0]["mantissa"]), (0, &8_063_953_748_222_u64.into()));
    assert_eq!(answer["signers"][0], "0x26fb61a864c758ae9fba027a96010480658385b9");
    let (code, answer) = attest(&["lazer", file, "--index", "0", "--at", "1738270009"]);
    assert_eq!((code, &answer["reason"]), (1, &"BadSignature".into()), "signed by a key for tests");
    assert_eq!(attest(&["lazer", file, "--index", "9"]).0, 2);
}

#[test]
fn every_set_of_wormhole_hands_over_to_the_next() {
    let Some(folder) = fixtures() else { return };
    let list = std::fs::read_to_string(folder.join("wormhole/guardianSetVAAs.csv")).unwrap();
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rotation.hex");
    for (signed_by, line) in list.lines().enumerate() {
        let (_, hex) = line.split_once(',').unwrap();
        std::fs::write(&place, hex.trim()).unwrap();
        // Governance carries no time of its own: judged at the beginning of all.
        let (code, answer) = attest(&["vaa", place.to_str().unwrap(), "--at", "1"]);
        assert_eq!((code, &answer["set"]), (0, &signed_by.into()), "{answer}");
        let rotation = format!("set {} of 19 members follows", signed_by + 1);
        assert_eq!(answer["details"]["rotation"], rotation);
        let (code, answer) = attest(&["vaa", place.to_str().unwrap()]);
        let expired = signed_by < 7;
        assert_eq!((code, &answer["reason"]), (i32::from(expired), &"ExpiredSet".into()), "now: {answer}");
    }
}

#[test]
fn proofs_and_light_client_updates_hold_as_they_came() {
    let Some(folder) = fixtures() else { return };
    let block = folder.join("ethereum/mainnet-block-21925176");
    let receipt = block.join("receipt_inclusion_proof_tx39.json");
    let receipt = receipt.to_str().unwrap();
    assert_eq!(attest(&["eth-receipt", receipt]).0, 0);
    let (code, answer) = attest(&["eth-receipt", receipt, "--index", "38"]);
    assert_eq!((code, &answer["reason"]), (1, &"ProofMismatch".into()));
    for file in ["proof.json", "account.json", "block_miner_proof.json", "block_miner_account.json"] {
        assert_eq!(attest(&["eth-storage", block.join(file).to_str().unwrap()]).0, 0, "{file}");
    }
    let capella = folder.join("ethereum/lightclient-mainnet-capella");
    let seconds = |slot: u64| (1_606_824_023 + 12 * slot + 1).to_string();
    let updates = capella.join("updates.json");
    for (place, slot) in
        [7_061_720, 7_070_143, 7_078_318, 7_089_369, 7_094_353, 7_104_191].into_iter().enumerate()
    {
        let (code, answer) = attest(&[
            "lightclient",
            updates.to_str().unwrap(),
            "--index",
            &place.to_string(),
            "--at",
            &seconds(slot),
        ]);
        assert_eq!(code, 0, "update {place}: {answer}");
    }
    let finality = capella.join("finality.json");
    let (code, answer) = attest(&["lightclient", finality.to_str().unwrap(), "--at", &seconds(7_109_431)]);
    assert_eq!((code, &answer["details"]["finalized_slot"]), (0, &"7109344".into()));
    let fulu = folder.join("ethereum/lightclient-mainnet-fulu-2026-09-27/finality_update.json");
    let (code, answer) = attest(&["lightclient", fulu.to_str().unwrap(), "--at", &seconds(15_308_190)]);
    assert_eq!((code, &answer["reason"]), (1, &"UnknownSet".into()), "its committee did not come with it");
}

#[test]
fn what_is_no_message_is_refused_and_what_is_no_file_is_unusable() {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("garbage");
    std::fs::write(&place, [0xfe; 700]).unwrap();
    let file = place.to_str().unwrap();
    for kind in ["pyth", "lazer", "redstone", "chainlink", "vaa", "eth-receipt", "eth-storage", "lightclient"]
    {
        let (code, answer) = attest(&[kind, file]);
        assert_eq!((code, &answer["verdict"]), (1, &"refused".into()), "{kind}: {answer}");
        assert!(matches!(answer["reason"].as_str(), Some("Malformed" | "Unsupported")), "{kind}: {answer}");
        assert_eq!(attest(&[kind, "nowhere"]).0, 2, "{kind}");
        assert_eq!(attest(&[kind, file, "--at", "yesterday"]).0, 2, "{kind}");
        assert_eq!(attest(&[kind, file, "--registry", file]).0, 2, "{kind}");
    }
    assert_eq!(attest(&["tarot", file]).0, 2);
    std::fs::write(&place, vec![0; 2 << 20]).unwrap();
    assert_eq!(attest(&["pyth", file]).1["reason"], "Oversized");
}
