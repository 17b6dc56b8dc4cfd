//! Decision records are numbered without gaps and fit on a page.

use std::path::Path;

use crate::scratch::{Scratch, assert_caught};
use crate::tree::{self, Violation};

const FOLDER: &str = "docs/decisions/";
const LINES_MAX: usize = 80;

pub(crate) fn violations(root: &Path) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut next = 1;
    for path in tree::files_under(root, FOLDER) {
        let name = &path[FOLDER.len()..];
        let expected = format!("{next:04}-");
        if !name.starts_with(&expected) || !name.ends_with(".md") {
            let message =
                format!("the next record is {expected}<words>.md: number them in order, without gaps");
            found.push(Violation::at(&path, 1, message));
        }
        // After a gap the count goes on from what is there, so that one mistake is told once.
        let number = name.get(..4).and_then(|digits| digits.parse::<usize>().ok());
        next = number.unwrap_or(next - 1) + 1;
        let lines = tree::text(root, &path).map_or(0, |text| text.lines().count());
        if lines > LINES_MAX {
            let message = format!("{lines} lines, {LINES_MAX} are the limit: a record is one page");
            found.push(Violation::at(&path, LINES_MAX + 1, message));
        }
    }
    if next == 1 {
        found.push(Violation::at(FOLDER, 1, "no records: write the first decision as 0001-<words>.md"));
    }
    found
}

#[test]
fn decision_records_are_numbered_and_short() {
    tree::assert_none(&violations(&tree::workspace()));
}

#[test]
fn a_gap_a_second_number_and_a_long_record_are_caught() {
    let tree = Scratch::sound()
        .with("docs/decisions/0003-third.md", &"a\n".repeat(81))
        .with("docs/decisions/0003-twin.md", "")
        .with("docs/decisions/0004-fourth.md", "")
        .with("docs/decisions/notes.txt", "");
    let expected = [
        ("docs/decisions/0003-third.md:1", "the next record is 0002-"),
        ("docs/decisions/0003-third.md:81", "81 lines"),
        ("docs/decisions/0003-twin.md:1", "the next record is 0004-"),
        ("docs/decisions/notes.txt:1", "the next record is 0005-"),
    ];
    assert_caught(&violations(tree.root()), &expected);
    let empty = Scratch::sound().without("docs/decisions/0001-first.md");
    assert_caught(&violations(empty.root()), &[("docs/decisions/:1", "no records")]);
}
