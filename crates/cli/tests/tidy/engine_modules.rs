//! A module of the engine uses only modules of a lower rank.

use std::collections::BTreeSet;
use std::path::Path;

use crate::rust;
use crate::scratch::{CORE_HEAD, Scratch, assert_caught};
use crate::tokens::{self, Token};
use crate::tree::{self, Violation};

const SOURCES: &str = "crates/engine/src/";

/// The modules from the bottom up. Modules of one rank do not know each other.
const RANKS: &[&[&str]] = &[
    &["ids", "limits", "named"],
    &["params", "collateral", "addon"],
    &["act"],
    &["rows"],
    &["rejection", "event", "command", "stable", "rate", "interest", "product"],
    &["entry", "state"],
    &["view", "invariants", "chain"],
    &["columns"],
    &["draft", "shock"],
    &["access", "oracle", "valuation", "accrue"],
    &["controls", "explain", "what_if"],
    &["custody", "backstop", "commitment", "governance"],
    &["lending", "trading", "expiry"],
    &["liquidation"],
    &["lib"],
];

pub(crate) fn violations(root: &Path) -> Vec<Violation> {
    ranked(root, RANKS)
}

fn ranked(root: &Path, ranks: &[&[&str]]) -> Vec<Violation> {
    let rank = |module: &str| ranks.iter().position(|modules| modules.contains(&module));
    let mut found = Vec::new();
    let mut unknown = BTreeSet::new();
    for source in rust::product_sources(root, "engine") {
        let module = own_module(&source.path);
        let Some(own) = rank(module) else {
            if unknown.insert(module.to_owned()) {
                let message = format!("the module {module} has no rank: give it one in tidy's table");
                found.push(Violation::at(&source.path, 1, message));
            }
            continue;
        };
        for (used, line) in used_modules(&source.path, &source.product) {
            let message = match rank(used) {
                Some(rank) if rank < own || used == module => continue,
                Some(_) => format!(
                    "{module} may not use {used}, which has no lower rank: \
                     move the shared part down, or turn the use round"
                ),
                None => format!(
                    "{used} is no module with a rank: write the path through the module that defines it"
                ),
            };
            found.push(Violation::at(&source.path, line, message));
        }
    }
    found
}

/// The top module that a file belongs to.
fn own_module(path: &str) -> &str {
    let inside = path.strip_prefix(SOURCES).unwrap_or(path);
    let first = inside.split('/').next().unwrap_or(inside);
    first.strip_suffix(".rs").unwrap_or(first)
}

/// How many `super` lead from a file to the root of the crate.
fn depth(path: &str) -> usize {
    let inside = path.strip_prefix(SOURCES).unwrap_or(path);
    let names = inside.split('/').filter(|name| !matches!(*name, "lib.rs" | "mod.rs"));
    names.count()
}

/// The first name behind each path that starts at the root of the crate.
fn used_modules<'a>(path: &str, code: &'a str) -> Vec<(&'a str, usize)> {
    let tokens = tokens::tokens(code);
    let depth = depth(path);
    let mut used = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        let start = index;
        let mut supers = 0;
        while is_step(&tokens, index, "super") {
            (supers, index) = (supers + 1, index + 2);
        }
        let absolute = supers == 0 && is_step(&tokens, start, "crate");
        if absolute {
            index += 2;
        }
        if absolute || (supers > 0 && supers == depth) {
            used.extend(names_at(&tokens, index).map(|token| (token.text, token.line)));
        }
        index = index.max(start + 1);
    }
    used
}

fn is_step(tokens: &[Token<'_>], index: usize, word: &str) -> bool {
    matches!(tokens.get(index..index + 2), Some([step, colons]) if step.text == word && colons.text == "::")
}

/// The name at `index`, or each first name of the group that opens there.
fn names_at<'t, 'a>(tokens: &'t [Token<'a>], index: usize) -> impl Iterator<Item = Token<'a>> + 't {
    let group = tokens.get(index).is_some_and(|token| token.text == "{");
    let end = if group { tokens::closing(tokens, index) } else { index + 1 };
    let mut depth = 0_usize;
    let inside = if group { index + 1..end } else { index..end.min(tokens.len()) };
    inside.filter_map(move |at| {
        let token = tokens[at];
        match token.text {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        let first = at == index || matches!(tokens[at - 1].text, "{" | ",");
        (depth == 0 && first && token.is_word() && token.text != "self").then_some(token)
    })
}

#[test]
fn an_engine_module_uses_only_modules_of_a_lower_rank() {
    tree::assert_none(&violations(&tree::workspace()));
}

const TWO_RANKS: &[&[&str]] = &[&["state"], &["draft", "margin"], &["lib"]];

#[test]
fn a_use_of_a_higher_or_the_same_rank_is_caught() {
    let tree = Scratch::sound()
        .with("crates/engine/src/state.rs", "use crate::draft::Draft;\nfn f() { super::margin::g() }\n")
        .with("crates/engine/src/margin.rs", "use crate::{state::{A, B}, draft};\n")
        .with("crates/engine/src/draft/mod.rs", "mod plan;\nuse super::state::State;\n")
        .with(
            "crates/engine/src/draft/plan.rs",
            "use super::Draft;\nuse crate::draft::Row;\nuse super::super::margin;\n",
        );
    let expected = [
        ("crates/engine/src/draft/plan.rs:3", "draft may not use margin"),
        ("crates/engine/src/margin.rs:1", "margin may not use draft"),
        ("crates/engine/src/state.rs:1", "state may not use draft"),
        ("crates/engine/src/state.rs:2", "state may not use margin"),
    ];
    assert_caught(&ranked(tree.root(), TWO_RANKS), &expected);
}

#[test]
fn the_root_and_the_tests_of_a_module_may_use_everything() {
    let tests = "#[cfg(test)]\nmod tests {\n    use crate::margin::requirement;\n}\n";
    let tree = Scratch::sound()
        .with("crates/engine/src/lib.rs", &format!("{CORE_HEAD}mod state;\nuse crate::margin::x;\n"))
        .with("crates/engine/src/state.rs", tests)
        .with("crates/engine/src/margin.rs", "");
    assert_caught(&ranked(tree.root(), TWO_RANKS), &[]);
}

#[test]
fn a_module_without_a_rank_is_caught_once() {
    let tree = Scratch::sound()
        .with("crates/engine/src/bridge/mod.rs", "use crate::lib;\n")
        .with("crates/engine/src/bridge/vault.rs", "");
    assert_caught(
        &ranked(tree.root(), TWO_RANKS),
        &[("crates/engine/src/bridge/mod.rs:1", "bridge has no rank")],
    );
}

#[test]
fn a_path_through_the_root_is_caught() {
    let tree = Scratch::sound().with("crates/engine/src/state.rs", "fn f(x: crate::Event) {}\n");
    assert_caught(&ranked(tree.root(), TWO_RANKS), &[("crates/engine/src/state.rs:1", "Event is no module")]);
}
