//! The core computes with integers alone, asks nothing of its host, and does not stop on what it is given.

use std::path::Path;

use crate::rust;
use crate::scratch::{CORE_HEAD, Scratch, assert_caught};
use crate::tokens;
use crate::tree::{self, Violation};

/// The crates whose every replica must compute the same.
pub(crate) const CORE: &[&str] = &["units", "margin", "attest", "engine"];

/// What the core forbids itself outside its tests.
const DENIED: &[&str] = &[
    "clippy::arithmetic_side_effects",
    "clippy::as_conversions",
    "clippy::indexing_slicing",
    "clippy::unwrap_used",
    "clippy::expect_used",
    "clippy::panic",
];

/// No float and no standard library.
pub(crate) fn arithmetic(root: &Path) -> Vec<Violation> {
    let mut found = Vec::new();
    for name in CORE {
        let path = lib(name);
        let text = tree::text(root, &path).unwrap_or_default();
        if !squeezed(&path, &text).contains("#![no_std]") {
            found.push(Violation::at(
                &path,
                1,
                "the core stands without the standard library: write #![no_std]",
            ));
        }
        for source in rust::product_sources(root, name) {
            for token in tokens::tokens(&source.product) {
                let message = if token.text == "std" {
                    "the core stands without std: use core or alloc"
                } else if is_float(token.text) {
                    "the core computes with integers alone: use a quantity of cistern-units"
                } else {
                    continue;
                };
                found.push(Violation::at(&source.path, token.line, format!("{}: {message}", token.text)));
            }
        }
    }
    found
}

/// A float type, or a number that is one.
fn is_float(token: &str) -> bool {
    let mantissa = token.trim_start_matches(|digit: char| digit.is_ascii_digit() || digit == '_');
    let is_number = mantissa.len() < token.len() && token.starts_with(|first: char| first.is_ascii_digit());
    matches!(mantissa, "f32" | "f64") || (is_number && mantissa.starts_with(['.', 'e', 'E']))
}

/// The lints that keep panics and silent wrapping out of the core.
pub(crate) fn lints(root: &Path) -> Vec<Violation> {
    let mut found = Vec::new();
    for name in CORE {
        let path = lib(name);
        let code = squeezed(&path, &tree::text(root, &path).unwrap_or_default());
        let lists = code.split("#![cfg_attr(not(test),deny(").skip(1);
        let denied: Vec<&str> =
            lists.flat_map(|list| list.split(')').next().unwrap_or("").split(',')).collect();
        let missing: Vec<&str> = DENIED.iter().copied().filter(|lint| !denied.contains(lint)).collect();
        if !missing.is_empty() {
            let message = format!("add to #![cfg_attr(not(test), deny(...))]: {}", missing.join(", "));
            found.push(Violation::at(&path, 1, message));
        }
    }
    found
}

/// The crate of the core that reads what others wrote in JSON; it writes none.
const READER: &str = "attest";

/// Core types have one encoding, the canonical one.
pub(crate) fn serialization(root: &Path) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in rust::product_sources(root, READER) {
        let writes = |token: &&tokens::Token<'_>| matches!(token.text, "Serialize" | "Serializer");
        for token in tokens::tokens(&source.product).iter().filter(writes) {
            let message = "a core type is never Serialize: attest reads JSON and writes none";
            found.push(Violation::at(&source.path, token.line, message));
        }
    }
    for name in CORE.iter().filter(|name| **name != READER) {
        let path = format!("crates/{name}/Cargo.toml");
        let text = tree::text(root, &path).unwrap_or_default();
        for (line, text) in tree::numbered(&text) {
            let declared = text.split('#').next().unwrap_or("");
            if declared.contains("serde") {
                let message = "a core type is never Serialize: map it to a wire type at the edge";
                found.push(Violation::at(&path, line, message));
            }
        }
    }
    found
}

fn lib(name: &str) -> String {
    format!("crates/{name}/src/lib.rs")
}

/// The code of a file without any space.
fn squeezed(path: &str, text: &str) -> String {
    rust::Source::new(path, text).code.split_whitespace().collect()
}

#[test]
fn the_core_has_no_float_and_no_standard_library() {
    tree::assert_none(&arithmetic(&tree::workspace()));
}

#[test]
fn the_core_denies_whatever_could_stop_a_replica() {
    tree::assert_none(&lints(&tree::workspace()));
}

#[test]
fn a_core_type_is_never_serialize() {
    tree::assert_none(&serialization(&tree::workspace()));
}

#[test]
fn floats_and_std_are_caught_outside_tests() {
    let tree = Scratch::sound().with_core(
        "crates/margin/src/lib.rs",
        "fn f(x: f64) {}\nuse std::vec::Vec;\nconst X: u8 = 1e3 as u8;\nfn g() { 2_f32; 0.5; }\n\
         const OK: (u8, u8) = (0xe5, 1usize);\n// f64 in words, \"std::\"\n#[cfg(test)]\nmod tests { use std::f64; }\n",
    );
    let path = "crates/margin/src/lib.rs";
    let at = |line: usize| format!("{path}:{line}");
    let expected = [(at(7), "f64"), (at(8), "std"), (at(9), "1e3"), (at(10), "2_f32"), (at(10), "0.5")];
    let expected: Vec<(&str, &str)> =
        expected.iter().map(|(place, words)| (place.as_str(), *words)).collect();
    assert_caught(&arithmetic(tree.root()), &expected);
}

#[test]
fn a_core_crate_with_the_standard_library_is_caught() {
    let tree = Scratch::sound().with("crates/units/src/lib.rs", "//! Not #![no_std].\n");
    assert_caught(&arithmetic(tree.root()), &[("crates/units/src/lib.rs:1", "write #![no_std]")]);
    let tree = Scratch::sound().without("crates/engine/src/lib.rs");
    assert_caught(&arithmetic(tree.root()), &[("crates/engine/src/lib.rs:1", "write #![no_std]")]);
}

#[test]
fn a_lint_that_is_not_denied_is_caught() {
    let weaker = CORE_HEAD.replace("clippy::indexing_slicing,", "// clippy::indexing_slicing,\n");
    let tree = Scratch::sound().with("crates/engine/src/lib.rs", &weaker);
    let expected = [("crates/engine/src/lib.rs:1", "deny(...))]: clippy::indexing_slicing")];
    assert_caught(&lints(tree.root()), &expected);
}

#[test]
fn serde_in_a_core_manifest_is_caught() {
    let tree = Scratch::sound().with(
        "crates/units/Cargo.toml",
        "# No serde here.\n[dependencies]\nruint = { features = [\"serde\"] }\n",
    );
    assert_caught(&serialization(tree.root()), &[("crates/units/Cargo.toml:3", "never Serialize")]);
    let writer = "#[derive(serde::Serialize)]\npub struct Claim;\n";
    let tree = Scratch::sound().with("crates/attest/src/claim.rs", writer);
    assert_caught(&serialization(tree.root()), &[("crates/attest/src/claim.rs:1", "never Serialize")]);
}

#[test]
fn the_engine_knows_what_was_attested_and_no_cryptography() {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--package", "cistern-engine", "--edges", "normal", "--prefix", "none"])
        .current_dir(tree::workspace())
        .output()
        .expect("cargo runs");
    let listed = String::from_utf8_lossy(&output.stdout);
    let names: Vec<&str> = listed.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains(&"cistern-attest"), "{listed}{}", String::from_utf8_lossy(&output.stderr));
    let signatures =
        ["secp256k1", "k256", "ed25519-zebra", "blst", "sha3", "sha2", "alloy-trie", "serde_json"];
    for name in signatures {
        assert!(!names.contains(&name), "the engine must not depend on {name}:\n{listed}");
    }
}
