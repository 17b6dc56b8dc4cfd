//! Small trees in the temporary folder: one that every check accepts, to be broken on purpose.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::tree::Violation;
use crate::{
    core_purity, crate_layers, decisions, dependencies, engine_modules, formulas, leftovers, names, sizes,
};

/// Tells the trees of one run apart.
static TREES: AtomicUsize = AtomicUsize::new(0);

/// The first lines that each crate of the core must carry.
pub(crate) const CORE_HEAD: &str = "\
//! A crate.
#![no_std]
#![cfg_attr(not(test), deny(
    clippy::arithmetic_side_effects, clippy::as_conversions, clippy::indexing_slicing,
    clippy::unwrap_used, clippy::expect_used, clippy::panic,
))]
";

const SOUND: &[(&str, &str)] = &[
    ("Cargo.toml", "[workspace.dependencies]\ncistern-units = { path = \"crates/units\" }\n"),
    ("crates/units/Cargo.toml", "[package]\nname = \"cistern-units\"\n"),
    ("crates/units/src/lib.rs", CORE_HEAD),
    ("crates/margin/Cargo.toml", "[package]\nname = \"cistern-margin\"\n"),
    ("crates/margin/src/lib.rs", CORE_HEAD),
    ("crates/attest/Cargo.toml", "[package]\nname = \"cistern-attest\"\n"),
    ("crates/attest/src/lib.rs", CORE_HEAD),
    ("crates/engine/Cargo.toml", "[package]\nname = \"cistern-engine\"\n"),
    ("crates/engine/src/lib.rs", CORE_HEAD),
    ("docs/model.md", "# The model\n"),
    ("docs/glossary.md", "| term | meaning | banned synonyms |\n|---|---|---|\n| equity | | `net_worth` |\n"),
    ("docs/decisions/0001-first.md", "# First\n"),
];

/// A tree on disk, removed when it is dropped.
pub(crate) struct Scratch {
    root: PathBuf,
}

impl Scratch {
    /// The smallest tree that every check accepts.
    pub(crate) fn sound() -> Scratch {
        let number = TREES.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("cistern-tidy-{}-{number}", process::id()));
        SOUND.iter().fold(Scratch { root }, |tree, (path, text)| tree.with(path, text))
    }

    /// The tree with this file, whatever stood there before.
    pub(crate) fn with(self, path: &str, text: &str) -> Scratch {
        let file = self.root.join(path);
        let folder = file.parent().expect("a file stands in a folder");
        fs::create_dir_all(folder).expect("the temporary folder can be written");
        fs::write(file, text).expect("the temporary folder can be written");
        self
    }

    /// The tree with this file, which gets the head of a core crate and starts at its line 7.
    pub(crate) fn with_core(self, path: &str, text: &str) -> Scratch {
        self.with(path, &format!("{CORE_HEAD}{text}"))
    }

    /// The tree without this file.
    pub(crate) fn without(self, path: &str) -> Scratch {
        fs::remove_file(self.root.join(path)).expect("the file is there to be removed");
        self
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays in the temporary folder does no harm; a panic here would hide the test's own.
        drop(fs::remove_dir_all(&self.root));
    }
}

/// Fails unless the violations are these: a place `file:line`, and words of the message.
#[track_caller]
pub(crate) fn assert_caught(found: &[Violation], expected: &[(&str, &str)]) {
    let lines: Vec<String> = found.iter().map(Violation::to_string).collect();
    let matches = found.iter().zip(expected).zip(&lines);
    let all = matches.fold(true, |so_far, ((violation, (place, words)), line)| {
        so_far && violation.place() == *place && line.contains(words)
    });
    assert!(all && found.len() == expected.len(), "expected {expected:#?}\nfound {lines:#?}");
}

#[test]
fn a_sound_tree_passes_every_check() {
    let tree = Scratch::sound();
    let checks: &[fn(&Path) -> Vec<Violation>] = &[
        core_purity::arithmetic,
        core_purity::lints,
        core_purity::serialization,
        crate_layers::violations,
        decisions::violations,
        dependencies::violations,
        engine_modules::violations,
        formulas::violations,
        leftovers::unfinished,
        leftovers::machine_paths,
        names::of_files,
        names::of_identifiers,
        names::of_glossary,
        sizes::of_files,
        sizes::of_functions,
    ];
    for check in checks {
        assert_caught(&check(tree.root()), &[]);
    }
}
