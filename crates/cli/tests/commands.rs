//! The binary as people meet it: exit codes, and errors that say what to do.

use std::{
    path::Path,
    process::{Command, Output},
};

fn cistern(arguments: &[&str]) -> Output {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    Command::new(env!("CARGO_BIN_EXE_cistern")).args(arguments).current_dir(root).output().unwrap()
}

#[track_caller]
fn assert_ends(arguments: &[&str], code: i32, says: &str) {
    let output = cistern(arguments);
    let told =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
    assert!(told.contains(says), "{arguments:?} should say {says:?}: {told}");
}

#[test]
fn what_is_done_ends_with_zero() {
    assert_ends(&["--help"], 0, "Exit codes");
    assert_ends(&["sim", "--seeds", "2", "--entries", "100"], 0, "no rule broken");
    assert_ends(
        &["sim", "--books", "300", "--seed", "7"],
        0,
        "300 books, seeds 7 to 306: no property broken",
    );
    assert_ends(&["scenario", "scenarios/accounts/open.txt"], 0, "answered as written");
    for command in
        ["margin", "scenario", "sim", "replay", "up", "verify", "watch", "account", "simulate", "attest"]
    {
        assert_ends(&[command, "--help"], 0, "Usage: cistern");
    }
}

#[test]
fn what_differs_ends_with_one() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wrong.txt");
    std::fs::write(&file, "pool standard\nopen alice\n    bob opens an account\n").unwrap();
    assert_ends(&["scenario", file.to_str().unwrap()], 1, "alice");
}

#[test]
fn what_cannot_be_used_ends_with_two() {
    assert_ends(&[], 2, "Usage");
    assert_ends(&["divine"], 2, "divine");
    assert_ends(&["sim", "--seeds", "many"], 2, "many");
    assert_ends(&["sim", "--seeds", "0"], 2, "--seeds");
    assert_ends(&["sim", "--entries", "0"], 2, "--entries");
    assert_ends(&["sim", "--books", "0"], 2, "--books");
    assert_ends(&["sim", "--books", "1", "--seeds", "1"], 2, "--seeds");
    assert_ends(&["scenario", "nowhere.txt"], 2, "nowhere.txt");
    assert_ends(&["margin", "nowhere.json"], 2, "nowhere.json");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("unusable.txt");
    std::fs::write(&file, "pool standard\nfrobnicate alice\n").unwrap();
    assert_ends(&["scenario", file.to_str().unwrap()], 2, "frobnicate");
    assert_ends(&["replay", "--data", "nowhere", "--crisis", "1929"], 2, "1929");
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join("strangers");
    std::fs::create_dir_all(data.join("crisis/mine")).unwrap();
    let replay = ["replay", "--data", data.to_str().unwrap(), "--crisis", "mine"];
    assert_ends(&replay, 2, "no bars");
    std::fs::write(data.join("crisis/mine/NOBODYUSDT-5m-2025-02-03.csv"), "1738540800000,1,1,1,1\n").unwrap();
    assert_ends(&replay, 2, "it has NOBODY; add bars of one of");
    std::fs::remove_dir_all(&data).unwrap();
}
