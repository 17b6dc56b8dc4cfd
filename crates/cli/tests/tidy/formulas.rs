//! The code and the model name each other: a formula has one id, on both sides.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::rust;
use crate::scratch::{Scratch, assert_caught};
use crate::tree::{self, Violation};

const MODEL: &str = "docs/model.md";

/// The words in the heading of the model's section on what the code does not have.
const NOT_YET_BUILT: &str = "not yet built";

/// The ids that the model lists, each with its first line.
#[derive(Default)]
struct Model {
    /// Under a heading of its own: the code has it.
    built: BTreeMap<String, usize>,
    /// In a row of a table: the code may have it.
    mentioned: BTreeSet<String>,
    /// In a row of the section on what is not yet built.
    unbuilt: BTreeSet<String>,
}

impl Model {
    fn read(text: &str) -> Model {
        let mut model = Model::default();
        let mut unbuilt_level = None;
        for (line, text) in tree::numbered(text) {
            let level = text.len() - text.trim_start_matches('#').len();
            if level > 0 {
                let named = text.to_lowercase().contains(NOT_YET_BUILT);
                let inside = unbuilt_level.filter(|outer| level > *outer);
                unbuilt_level = if named { Some(level) } else { inside };
            }
            if text.starts_with("### [") {
                for id in ids(text) {
                    model.built.entry(id.to_owned()).or_insert(line);
                }
            } else if text.starts_with("| [") {
                let rows = if unbuilt_level.is_some() { &mut model.unbuilt } else { &mut model.mentioned };
                rows.extend(ids(text.split('|').nth(1).unwrap_or("")).map(str::to_owned));
            }
        }
        model
    }

    fn says(&self, id: &str) -> Option<String> {
        let known = self.built.contains_key(id) || self.mentioned.contains(id);
        if self.unbuilt.contains(id) {
            Some(format!("[{id}] counts as not yet built in {MODEL}: give it a heading ### [{id}] there"))
        } else if known {
            None
        } else {
            Some(format!("[{id}] is not in {MODEL}: write it there, with its source and a worked number"))
        }
    }
}

/// What stands in brackets and looks like an id: a capital, one or two digits, perhaps a small letter.
fn ids(text: &str) -> impl Iterator<Item = &str> {
    text.split('[').skip(1).filter_map(|part| part.split_once(']')).map(|(id, _)| id).filter(|id| is_id(id))
}

fn is_id(id: &str) -> bool {
    let number = id.strip_prefix(|first: char| first.is_ascii_uppercase()).unwrap_or("");
    let digits = number.strip_suffix(|last: char| last.is_ascii_lowercase()).unwrap_or(number);
    matches!(digits.len(), 1 | 2) && digits.chars().all(|digit| digit.is_ascii_digit())
}

pub(crate) fn violations(root: &Path) -> Vec<Violation> {
    let Some(text) = tree::text(root, MODEL) else {
        return vec![Violation::at(MODEL, 1, "missing: write each formula of the code there")];
    };
    let model = Model::read(&text);
    let mut found = Vec::new();
    let mut used = BTreeSet::new();
    for source in rust::sources(root, "crates/") {
        for (line, comment) in tree::numbered(&source.comments) {
            for id in ids(comment) {
                used.insert(id.to_owned());
                found.extend(model.says(id).map(|message| Violation::at(&source.path, line, message)));
            }
        }
    }
    for (id, line) in model.built.iter().filter(|(id, _)| !used.contains(*id)) {
        let message = format!(
            "no comment in crates/ names [{id}]: name it where it is computed, or move it to {NOT_YET_BUILT}"
        );
        found.push(Violation::at(MODEL, *line, message));
    }
    found
}

#[test]
fn the_code_and_the_model_name_the_same_formulas() {
    tree::assert_none(&violations(&tree::workspace()));
}

/// Brackets apart from ids, because this file is searched for ids too.
const SCRATCH_MODEL: &str = "\
# Model
### [M1] and [M3o]: together
| [O2] | a row |
## Not yet built
| [P1] | tail, as [M1] |
### Later
| [P2] | price |
## Sources
| [L1] | again outside |
";

#[test]
fn formulas_that_agree_pass() {
    let tree = Scratch::sound().with(MODEL, SCRATCH_MODEL).with(
        "crates/margin/src/a.rs",
        "/// [M1], [M3o], see [O2], [L1], [`U8`], [Price], [H256].\nconst A: &str = \"[X1]\";\n",
    );
    assert_caught(&violations(tree.root()), &[]);
}

#[test]
fn a_formula_that_one_side_does_not_know_is_caught() {
    let tree = Scratch::sound()
        .with(MODEL, SCRATCH_MODEL)
        .with("crates/margin/src/a.rs", "// [M1] and [M9]\n/* [P1]\n[P2] */\n");
    let expected = [
        ("crates/margin/src/a.rs:1", "[M9] is not in docs/model.md"),
        ("crates/margin/src/a.rs:2", "[P1] counts as not yet built"),
        ("crates/margin/src/a.rs:3", "[P2] counts as not yet built"),
        ("docs/model.md:2", "no comment in crates/ names [M3o]"),
    ];
    assert_caught(&violations(tree.root()), &expected);
    assert_caught(&violations(Scratch::sound().without(MODEL).root()), &[("docs/model.md:1", "missing")]);
}
