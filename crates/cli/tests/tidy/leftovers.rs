//! What was meant to go before the work was done.

use std::path::Path;

use crate::rust;
use crate::scratch::{Scratch, assert_caught};
use crate::tree::{self, Violation};

/// Words of unfinished work, wherever they stand. They are put together here so that they do not find themselves.
const NOTES: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME")];

/// Rust that stands for unfinished work, or for a test that is not run, without its spaces.
const CODE: &[&str] = &["todo!", "unimplemented!", "#[ignore"];

/// The folders that are on one machine only.
const MACHINE_FOLDERS: &[&str] = &["work", "root", "home", "Users"];

/// The sources that people write.
const EXTENSIONS: &[&str] = &["rs", "ts", "svelte", "sol", "py", "sh", "toml", "txt", "html", "css"];

pub(crate) fn unfinished(root: &Path) -> Vec<Violation> {
    let mut found = Vec::new();
    for path in tree::files(root).into_iter().filter(|path| EXTENSIONS.contains(&tree::extension(path))) {
        let text = tree::text(root, &path).unwrap_or_default();
        for (line, text) in tree::numbered(&text) {
            for note in NOTES.iter().filter(|note| has_word(text, note)) {
                found.push(Violation::at(
                    &path,
                    line,
                    format!("{note}: do it now, or write it into an issue"),
                ));
            }
        }
        if path.ends_with(".rs") {
            let source = rust::Source::new(&path, &text);
            for (line, code) in tree::numbered(&source.code) {
                let code: String = code.split_whitespace().collect();
                for word in CODE.iter().filter(|word| code.contains(*word)) {
                    found.push(Violation::at(&path, line, format!("{word}: finish it, or leave it out")));
                }
            }
        }
    }
    found
}

/// The word stands alone, not inside a longer one.
fn has_word(text: &str, word: &str) -> bool {
    let in_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(in_word) && !text[at + word.len()..].starts_with(in_word))
}

/// Absolute paths that exist for one developer.
pub(crate) fn machine_paths(root: &Path) -> Vec<Violation> {
    let patterns: Vec<String> = MACHINE_FOLDERS.iter().map(|folder| format!("/{folder}/")).collect();
    let mut found = Vec::new();
    for path in tree::files(root) {
        let text = tree::text(root, &path).unwrap_or_default();
        for (line, text) in tree::numbered(&text) {
            for pattern in patterns.iter().filter(|pattern| has_absolute(text, pattern)) {
                let message =
                    format!("{pattern} is on one machine: write the path from the root of the workspace");
                found.push(Violation::at(&path, line, message));
            }
        }
    }
    found
}

/// The pattern starts a path, and is not the middle of a longer one.
fn has_absolute(text: &str, pattern: &str) -> bool {
    let in_path = |letter: char| letter.is_alphanumeric() || "_-.})".contains(letter);
    text.match_indices(pattern).any(|(at, _)| !text[..at].ends_with(in_path))
}

#[test]
fn nothing_is_left_unfinished() {
    tree::assert_none(&unfinished(&tree::workspace()));
}

#[test]
fn no_file_knows_a_machine_it_was_written_on() {
    tree::assert_none(&machine_paths(&tree::workspace()));
}

#[test]
fn unfinished_work_is_caught() {
    let note = NOTES[0];
    let text = format!(
        "// {note}: later\nfn a() {{ todo!() }}\n#[ignore = \"slow\"]\nlet x = \"todo!\"; // {note}S\n"
    );
    let tree =
        Scratch::sound().with("crates/sim/src/lib.rs", &text).with("web/a.ts", &format!("// {}", NOTES[1]));
    let expected = [
        ("crates/sim/src/lib.rs:1", note),
        ("crates/sim/src/lib.rs:2", "todo!"),
        ("crates/sim/src/lib.rs:3", "#[ignore"),
        ("web/a.ts:1", NOTES[1]),
    ];
    assert_caught(&unfinished(tree.root()), &expected);
}

#[test]
fn a_path_of_one_machine_is_caught() {
    let folder = MACHINE_FOLDERS[0];
    let text = format!(
        "see /{folder}/a\nsee https://example.com/{folder}/a and crates/{folder}/b\n`file:///{folder}/a`\n"
    );
    let tree = Scratch::sound().with("docs/notes.md", &text);
    assert_caught(&machine_paths(tree.root()), &[("docs/notes.md:1", folder), ("docs/notes.md:3", folder)]);
}
