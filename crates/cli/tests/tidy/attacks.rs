//! Every known attack on oracles has a guard and a test, and the table that says which is right.

use std::path::Path;

use crate::scratch::{Scratch, assert_caught};
use crate::tree::{self, Violation};

const TABLE: &str = "docs/attacks.md";
/// Rows of the catalogue of attacks on oracles.
const ATTACKS: usize = 30;

pub(crate) fn violations(root: &Path) -> Vec<Violation> {
    let text = tree::text(root, TABLE).unwrap_or_default();
    let mut found = Vec::new();
    for number in 1..=ATTACKS {
        let row = format!("| A{number} |");
        if !text.lines().any(|line| line.starts_with(&row)) {
            found.push(Violation::at(
                TABLE,
                1,
                format!("A{number} has no row: say what stops it and what shows that"),
            ));
        }
    }
    for (line, text) in tree::numbered(&text).filter(|(_, text)| text.starts_with("| A")) {
        for name in text.split('`').skip(1).step_by(2).filter(|name| name.contains('/')) {
            let (path, test) = name.split_once("::").unwrap_or((name, ""));
            let holds = tree::text(root, path);
            if !holds.is_some_and(|text| test.is_empty() || text.contains(&format!("fn {test}("))) {
                found.push(Violation::at(TABLE, line, format!("{name} is not there: correct its name")));
            }
        }
        if !text.contains("`scenarios/") && !text.contains("/tests/") {
            found.push(Violation::at(TABLE, line, "no test shows it: name one"));
        }
    }
    found
}

#[test]
fn every_attack_has_a_guard_and_a_test_that_exist() {
    tree::assert_none(&violations(&tree::workspace()));
}

#[test]
fn a_missing_row_and_a_test_that_is_gone_are_caught() {
    let rows: String =
        (2..=ATTACKS).map(|number| format!("| A{number} | | | `scenarios/a.txt` |\n")).collect();
    let rows = rows.replacen("`scenarios/a.txt`", "`crates/attest/tests/a.rs::gone`", 1);
    let tree = Scratch::sound()
        .with(TABLE, &rows)
        .with("scenarios/a.txt", "")
        .with("crates/attest/tests/a.rs", "fn here() {}\n");
    let expected = [("docs/attacks.md:1", "A1 has no row"), ("docs/attacks.md:1", "gone is not there")];
    assert_caught(&violations(tree.root()), &expected);
}
