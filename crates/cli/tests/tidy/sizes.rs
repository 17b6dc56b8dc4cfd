//! How large a file and a function of the core may grow.

use std::path::Path;

use crate::core_purity::CORE;
use crate::functions;
use crate::rust;
use crate::scratch::{Scratch, assert_caught};
use crate::tree::{self, Violation};

const LINES_OF_FILE_MAX: usize = 600;
const LINES_OF_FUNCTION_MAX: usize = 70;
const PARAMETERS_MAX: usize = 5;

/// The sources that people write.
const EXTENSIONS: &[&str] = &["rs", "ts", "svelte", "sol", "py"];

pub(crate) fn of_files(root: &Path) -> Vec<Violation> {
    let mut found = Vec::new();
    for path in tree::files(root) {
        if !EXTENSIONS.contains(&tree::extension(&path)) {
            continue;
        }
        let lines = tree::text(root, &path).map_or(0, |text| text.lines().count());
        if lines > LINES_OF_FILE_MAX {
            let message =
                format!("{lines} lines, {LINES_OF_FILE_MAX} are the limit: split the file by topic");
            found.push(Violation::at(&path, LINES_OF_FILE_MAX + 1, message));
        }
    }
    found
}

pub(crate) fn of_functions(root: &Path) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in CORE.iter().flat_map(|name| rust::product_sources(root, name)) {
        for function in functions::of(&source.product) {
            let name = function.name;
            let mut say = |message: String| found.push(Violation::at(&source.path, function.line, message));
            if function.lines > LINES_OF_FUNCTION_MAX {
                let lines = function.lines;
                say(format!(
                    "{name} has {lines} lines, {LINES_OF_FUNCTION_MAX} are the limit: name its parts"
                ));
            }
            if function.parameters > PARAMETERS_MAX {
                let count = function.parameters;
                say(format!(
                    "{name} has {count} parameters, {PARAMETERS_MAX} are the limit: make a struct of what belongs together"
                ));
            }
            if function.takes_bool {
                say(format!("{name} takes a bool: name the two cases in an enum"));
            }
        }
    }
    found
}

#[test]
fn no_file_is_too_long_to_read() {
    tree::assert_none(&of_files(&tree::workspace()));
}

#[test]
fn no_function_of_the_core_is_too_long_or_too_wide() {
    tree::assert_none(&of_functions(&tree::workspace()));
}

#[test]
fn a_long_file_is_caught() {
    let tree = Scratch::sound()
        .with("web/src/App.svelte", &"a\n".repeat(601))
        .with("web/src/ok.ts", &"a\n".repeat(600))
        .with("data/ticks.csv", &"a\n".repeat(700));
    assert_caught(&of_files(tree.root()), &[("web/src/App.svelte:601", "601 lines")]);
}

#[test]
fn a_long_function_is_caught() {
    let long = format!("fn fits() {{\n{0}}}\nfn long() {{\n{0}\n}}\n", "    step();\n".repeat(68));
    let tree = Scratch::sound().with("crates/engine/src/state.rs", &long);
    assert_caught(&of_functions(tree.root()), &[("crates/engine/src/state.rs:71", "long has 71 lines")]);
}

#[test]
fn a_wide_function_and_a_bool_are_caught() {
    let text = "\
fn fits<F: Fn(u8) -> bool>(&self, a: [u8; 2], b: BTreeMap<u8, (u8, u8)>, c: F, d: impl Fn(u8, u8) -> bool) -> bool;
fn wide(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8) {}
fn regime(a: u8, panic: &mut bool) {}
fn perhaps(panic: Option<bool>) {}
#[cfg(test)]
fn in_tests(panic: bool) {}
";
    let tree = Scratch::sound().with("crates/margin/src/grid.rs", text);
    let expected = [
        ("crates/margin/src/grid.rs:2", "wide has 6 parameters"),
        ("crates/margin/src/grid.rs:3", "regime takes a bool"),
        ("crates/margin/src/grid.rs:4", "perhaps takes a bool"),
    ];
    assert_caught(&of_functions(tree.root()), &expected);
}
