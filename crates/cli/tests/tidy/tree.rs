//! The files that belong to the project, and what a check says about them.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// A rule broken at a place, with what to do about it.
pub(crate) struct Violation {
    path: String,
    line: usize,
    message: String,
}

impl Violation {
    /// Lines count from 1. What concerns a whole file stands at its first line.
    pub(crate) fn at(path: &str, line: usize, message: impl Into<String>) -> Violation {
        Violation { path: path.to_owned(), line, message: message.into() }
    }

    pub(crate) fn place(&self) -> String {
        format!("{}:{}", self.path, self.line)
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.place(), self.message)
    }
}

/// The workspace that this test was built in.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Fails with every violation, one a line, as `file:line: what to do`.
#[track_caller]
pub(crate) fn assert_none(violations: &[Violation]) {
    let lines: Vec<String> = violations.iter().map(Violation::to_string).collect();
    assert!(lines.is_empty(), "{} to tidy:\n{}", lines.len(), lines.join("\n"));
}

/// Every file below `root` that version control would hold: relative paths with `/`, in order.
pub(crate) fn files(root: &Path) -> Vec<String> {
    let ignored = Ignored::read(root);
    let mut found = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(root.join(&folder)).expect("a folder of the project can be listed");
        for entry in entries {
            let entry = entry.expect("an entry of a folder can be read");
            let name = entry.file_name().into_string().expect("file names are UTF-8");
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if ignored.covers(&path, &name) {
                continue;
            }
            // A link is neither: what it points at is looked at where it lives.
            let kind = entry.file_type().expect("an entry has a type");
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The files below `folder`, which ends in `/`.
pub(crate) fn files_under(root: &Path, folder: &str) -> Vec<String> {
    files(root).into_iter().filter(|path| path.starts_with(folder)).collect()
}

/// The text of a file; none where the file is missing or is not text.
pub(crate) fn text(root: &Path, path: &str) -> Option<String> {
    let text = String::from_utf8(fs::read(root.join(path)).ok()?).ok()?;
    if text.contains('\0') { None } else { Some(text) }
}

/// The lines of a text, numbered from 1.
pub(crate) fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line))
}

/// What comes after the last dot.
pub(crate) fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// The plain patterns of the root's `.gitignore`: `name`, `/path`, `folder/` and `*.extension`.
struct Ignored {
    patterns: Vec<String>,
}

impl Ignored {
    fn read(root: &Path) -> Ignored {
        let text = fs::read_to_string(root.join(".gitignore")).unwrap_or_default();
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut patterns: Vec<String> = lines.map(|line| line.trim_end_matches('/').to_owned()).collect();
        patterns.extend([".git", "/target", "node_modules"].map(str::to_owned));
        Ignored { patterns }
    }

    fn covers(&self, path: &str, name: &str) -> bool {
        self.patterns.iter().any(|pattern| match pattern.strip_prefix('*') {
            Some(suffix) => name.ends_with(suffix),
            None => pattern == name || pattern.trim_start_matches('/') == path,
        })
    }
}
