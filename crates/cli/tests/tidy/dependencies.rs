//! Each dependency from outside has its reason beside it.

use std::path::Path;

use crate::manifest;
use crate::scratch::{Scratch, assert_caught};
use crate::tree::{self, Violation};

pub(crate) fn violations(root: &Path) -> Vec<Violation> {
    let mut found = Vec::new();
    for manifest in manifest::all(root) {
        for dependency in &manifest.dependencies {
            let ours = dependency.package.starts_with("cistern-");
            // What is drawn from the workspace's table has its reason there.
            if !ours && !dependency.inherited && !dependency.has_reason {
                let message = format!("say in a comment above {} why it is needed", dependency.package);
                found.push(Violation::at(&manifest.path, dependency.line, message));
            }
        }
    }
    found
}

#[test]
fn every_dependency_says_why_it_is_needed() {
    tree::assert_none(&violations(&tree::workspace()));
}

#[test]
fn a_dependency_without_a_reason_is_caught() {
    let tree = Scratch::sound().with(
        "crates/units/Cargo.toml",
        "[package]\nname = \"cistern-units\"\n[dependencies]\n# Why.\none = \"1\"\ntwo = \"1\"\n\nthree = \"1\"\nfour.workspace = true\n",
    );
    assert_caught(&violations(tree.root()), &[("crates/units/Cargo.toml:8", "why it is needed")]);
}

#[test]
fn a_shared_dependency_without_a_reason_is_caught() {
    let tree =
        Scratch::sound().with("Cargo.toml", "# The workspace.\n[workspace.dependencies]\none = \"1\"\n");
    assert_caught(&violations(tree.root()), &[("Cargo.toml:3", "above one")]);
}
