//! Names say what a thing is, in the words of the glossary.

use std::path::Path;

use crate::rust;
use crate::scratch::{Scratch, assert_caught};
use crate::tokens::{self, Token};
use crate::tree::{self, Violation};

const GLOSSARY: &str = "docs/glossary.md";

/// Files and folders that would gather what belongs to no topic.
const PILES: &[&str] = &["utils", "common", "helpers", "types"];

/// Words that say nothing of what a thing is.
const EMPTY_WORDS: &[&str] = &["manager", "helper", "util", "v2"];

/// First words that say less than the rest of the name.
const EMPTY_VERBS: &[&str] = &["get", "calculate"];

pub(crate) fn of_files(root: &Path) -> Vec<Violation> {
    let mut found = Vec::new();
    for path in tree::files(root).into_iter().filter(|path| path.ends_with(".rs")) {
        let piles = path.split('/').filter(|part| PILES.contains(&part.strip_suffix(".rs").unwrap_or(part)));
        for pile in piles {
            found.push(Violation::at(
                &path,
                1,
                format!("{pile} names no topic: put each part where its topic is"),
            ));
        }
    }
    found
}

/// Identifiers with an empty word, or with a synonym of a term.
pub(crate) fn of_identifiers(root: &Path) -> Vec<Violation> {
    let terms = terms(&tree::text(root, GLOSSARY).unwrap_or_default());
    let mut found = Vec::new();
    for source in rust::sources(root, "crates/").iter().chain(&rust::sources(root, "bench/")) {
        for token in own_words(&tokens::tokens(&source.code)) {
            if let Some(message) = fault(token.text, &terms) {
                found.push(Violation::at(&source.path, token.line, format!("{}: {message}", token.text)));
            }
        }
    }
    found
}

/// A glossary that can be read, in which no word is both a term and banned.
pub(crate) fn of_glossary(root: &Path) -> Vec<Violation> {
    let Some(text) = tree::text(root, GLOSSARY) else {
        return vec![Violation::at(
            GLOSSARY,
            1,
            "missing: write the table | term | meaning | banned synonyms |",
        )];
    };
    let terms = terms(&text);
    let mut found = Vec::new();
    if terms.iter().all(|term| term.banned.is_empty()) {
        found.push(Violation::at(
            GLOSSARY,
            1,
            "bans nothing: write the table | term | meaning | banned synonyms |",
        ));
    }
    for term in &terms {
        if terms.iter().filter(|other| other.words == term.words).count() > 1 {
            found.push(Violation::at(
                GLOSSARY,
                term.line,
                format!("{} has two rows: keep one", term.words.join(" ")),
            ));
        }
        for synonym in &term.banned {
            let used = terms.iter().any(|other| contains(&other.words, synonym));
            if used {
                let message = format!("{} is banned here and part of a term: choose one", synonym.join("_"));
                found.push(Violation::at(GLOSSARY, term.line, message));
            }
        }
    }
    found
}

/// A row of the glossary, every name cut into its words.
struct Term {
    words: Vec<String>,
    banned: Vec<Vec<String>>,
    line: usize,
}

fn terms(glossary: &str) -> Vec<Term> {
    let mut found = Vec::new();
    for (line, text) in tree::numbered(glossary) {
        let cells: Vec<&str> = text.trim().trim_matches('|').split('|').map(str::trim).collect();
        let [term, _, banned] = cells.as_slice() else {
            continue;
        };
        if *term == "term" || term.starts_with("--") {
            continue;
        }
        let synonyms = banned.split(',').map(|word| words(word.trim().trim_matches('`')));
        let banned = synonyms.filter(|synonym| !synonym.is_empty()).collect();
        found.push(Term { words: words(term), banned, line });
    }
    found
}

/// What is wrong with an identifier.
fn fault(identifier: &str, terms: &[Term]) -> Option<String> {
    let words = words(identifier);
    if words.len() > 1 && EMPTY_VERBS.contains(&words[0].as_str()) {
        return Some(format!("leave out {}: name what comes back", words[0]));
    }
    let empty = EMPTY_WORDS.iter().find(|empty| words.iter().any(|word| same(word, empty)));
    if let Some(empty) = empty {
        return Some(format!("{empty} says nothing: name what it is"));
    }
    let term = terms.iter().find(|term| term.banned.iter().any(|synonym| contains(&words, synonym)))?;
    Some(format!("the glossary's word is {}", term.words.join(" ")))
}

/// The identifiers that this project chose: not what it reaches through a path, a dot, a `use` or an attribute,
/// because those are named where they are declared.
fn own_words<'a>(tokens: &[Token<'a>]) -> Vec<Token<'a>> {
    let mut own = Vec::new();
    let mut index = 0;
    while let Some(token) = tokens.get(index) {
        let texts: Vec<&str> = tokens[index..].iter().take(3).map(|token| token.text).collect();
        match texts.as_slice() {
            ["#", "[", ..] => index = tokens::closing(tokens, index + 1),
            ["#", "!", "["] => index = tokens::closing(tokens, index + 2),
            ["use", next, ..] if *next != "<" => {
                let rest = tokens[index..].iter().position(|token| token.text == ";");
                let end = rest.map_or(tokens.len(), |rest| index + rest);
                let renamed = tokens[index..end].windows(2).filter(|pair| pair[0].text == "as");
                own.extend(renamed.map(|pair| pair[1]));
                index = end;
            }
            [".", ..] | ["::", ..] if tokens.get(index + 1).is_some_and(Token::is_word) => index += 1,
            _ if token.is_word() => own.push(*token),
            _ => {}
        }
        index += 1;
    }
    own
}

/// The words of `snake_case`, `CamelCase` and plain text, in lower case.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut found = vec![String::new()];
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).map(|index| letters[index]);
        let after_small = before.is_some_and(|before| before.is_lowercase() || before.is_ascii_digit());
        let before_small = letters.get(index + 1).is_some_and(|after| after.is_lowercase());
        let starts = letter.is_uppercase() && (after_small || before_small);
        if starts || !letter.is_alphanumeric() {
            found.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = found.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
    }
    found.retain(|word| !word.is_empty());
    found
}

/// The same word, in the singular or the plural.
fn same(word: &str, other: &str) -> bool {
    word.strip_prefix(other).is_some_and(|rest| matches!(rest, "" | "s"))
}

/// One name has the words of the other in a row.
fn contains(name: &[String], part: &[String]) -> bool {
    let equal = |window: &[String]| window.iter().zip(part).all(|(word, other)| same(word, other));
    name.windows(part.len().max(1)).any(equal)
}

#[test]
fn a_file_is_named_after_its_topic() {
    tree::assert_none(&of_files(&tree::workspace()));
}

#[test]
fn an_identifier_uses_the_word_of_the_glossary() {
    tree::assert_none(&of_identifiers(&tree::workspace()));
}

#[test]
fn the_glossary_has_one_word_for_one_thing() {
    tree::assert_none(&of_glossary(&tree::workspace()));
}

#[test]
fn a_file_for_everything_is_caught() {
    let tree =
        Scratch::sound().with("crates/units/src/utils.rs", "").with("crates/sim/tests/common/mod.rs", "");
    let expected =
        [("crates/sim/tests/common/mod.rs:1", "common"), ("crates/units/src/utils.rs:1", "utils.rs")];
    assert_caught(&of_files(tree.root()), &expected);
}

#[test]
fn an_empty_word_is_caught() {
    let text = "fn get_price() {}\nstruct RiskManager;\nfn f(x_utils: u8) {}\nmod margin_v2 {}\nenum PmrmV2 {}\nuse a as calculate_b;\n";
    let tree = Scratch::sound().with("crates/sim/src/lib.rs", text);
    let expected = [
        ("crates/sim/src/lib.rs:1", "get_price: leave out get"),
        ("crates/sim/src/lib.rs:2", "manager says nothing"),
        ("crates/sim/src/lib.rs:3", "util says nothing"),
        ("crates/sim/src/lib.rs:4", "v2 says nothing"),
        ("crates/sim/src/lib.rs:5", "v2 says nothing"),
        ("crates/sim/src/lib.rs:6", "leave out calculate"),
    ];
    assert_caught(&of_identifiers(tree.root()), &expected);
}

#[test]
fn what_others_have_named_is_not_ours_to_change() {
    let text = "use other::{Manager, get_x};\n#[derive(Util)]\nstruct Budget;\nfn f() { a.get_mut(0); x::get_y(); }\nfn get() {}\n// get_z\n";
    assert_caught(&of_identifiers(Scratch::sound().with("bench/src/main.rs", text).root()), &[]);
}

#[test]
fn a_banned_synonym_is_caught() {
    let text = "struct NetWorth;\nfn f(account_net_worths: u8) {}\nfn internet_worthy() {}\n";
    let tree = Scratch::sound().with("crates/engine/src/margin.rs", text);
    let expected = [
        ("crates/engine/src/margin.rs:1", "the glossary's word is equity"),
        ("crates/engine/src/margin.rs:2", "the glossary's word is equity"),
    ];
    assert_caught(&of_identifiers(tree.root()), &expected);
}

#[test]
fn a_glossary_that_contradicts_itself_is_caught() {
    let table = "| term | meaning | banned synonyms |\n|---|---|---|\n| equity | | `health` |\n| health | | |\n| Equity | | |\n";
    let tree = Scratch::sound().with(GLOSSARY, table);
    let expected = [
        ("docs/glossary.md:3", "equity has two rows"),
        ("docs/glossary.md:3", "health is banned here"),
        ("docs/glossary.md:5", "equity has two rows"),
    ];
    assert_caught(&of_glossary(tree.root()), &expected);
    assert_caught(
        &of_glossary(Scratch::sound().without(GLOSSARY).root()),
        &[("docs/glossary.md:1", "missing")],
    );
}
