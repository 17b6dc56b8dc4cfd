//! A crate uses only crates of a lower layer.

use std::path::Path;

use crate::manifest;
use crate::scratch::{Scratch, assert_caught};
use crate::tree::{self, Violation};

/// The layers from the bottom up. A crate's package is `cistern-<name>`.
const LAYERS: &[&[&str]] = &[
    &["units"],
    &["margin", "attest"],
    &["engine"],
    &["node", "adapters", "forecast"],
    &["api", "sim", "replica"],
    &["cli", "bench", "fuzz"],
];

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|crates| crates.contains(&name))
}

pub(crate) fn violations(root: &Path) -> Vec<Violation> {
    let mut found = Vec::new();
    for manifest in manifest::all(root) {
        // The workspace's own manifest only lists what the crates may draw from.
        let Some(package) = manifest.package else { continue };
        let own = package.strip_prefix("cistern-").and_then(|name| Some((name, layer(name)?)));
        let Some((name, own)) = own else {
            let message =
                format!("{package} has no layer: call it cistern-<name> and give <name> a layer in tidy");
            found.push(Violation::at(&manifest.path, 1, message));
            continue;
        };
        for dependency in manifest.dependencies {
            let Some(used) = dependency.package.strip_prefix("cistern-") else {
                continue;
            };
            if layer(used).is_none_or(|used| used >= own) {
                let message = format!(
                    "{name} (layer {own}) may not use {used}: only crates of a lower layer; \
                     move the shared part down, or turn the dependency round"
                );
                found.push(Violation::at(&manifest.path, dependency.line, message));
            }
        }
    }
    found
}

#[test]
fn a_crate_uses_only_crates_of_a_lower_layer() {
    tree::assert_none(&violations(&tree::workspace()));
}

#[test]
fn a_dependency_on_a_higher_layer_is_caught() {
    let tree = Scratch::sound().with(
        "crates/margin/Cargo.toml",
        "[package]\nname = \"cistern-margin\"\n[dependencies]\ncistern-units.workspace = true\ncistern-engine.workspace = true\n",
    );
    let expected = [("crates/margin/Cargo.toml:5", "margin (layer 1) may not use engine")];
    assert_caught(&violations(tree.root()), &expected);
}

#[test]
fn a_dependency_on_the_same_layer_is_caught_in_tests_too() {
    let tree = Scratch::sound().with(
        "crates/attest/Cargo.toml",
        "[package]\nname = \"cistern-attest\"\n[dev-dependencies]\nm = { path = \"../margin\", package = \"cistern-margin\" }\n",
    );
    let expected = [("crates/attest/Cargo.toml:4", "attest (layer 1) may not use margin")];
    assert_caught(&violations(tree.root()), &expected);
}

#[test]
fn a_crate_without_a_layer_is_caught() {
    let tree = Scratch::sound().with("crates/core/Cargo.toml", "[package]\nname = \"cistern-core\"\n");
    assert_caught(&violations(tree.root()), &[("crates/core/Cargo.toml:1", "cistern-core has no layer")]);
}
