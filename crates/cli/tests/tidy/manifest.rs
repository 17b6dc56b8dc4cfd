//! The dependencies that a `Cargo.toml` declares, read line by line.

use std::path::Path;

use crate::tree;

/// A `Cargo.toml`.
pub(crate) struct Manifest {
    pub(crate) path: String,
    /// The name of its package; the workspace's own manifest has none.
    pub(crate) package: Option<String>,
    pub(crate) dependencies: Vec<Dependency>,
}

/// A dependency as it stands in a manifest.
pub(crate) struct Dependency {
    /// The package it names, whatever it is called here.
    pub(crate) package: String,
    pub(crate) line: usize,
    /// It stands in the table that the other manifests draw from.
    pub(crate) shared: bool,
    /// It is drawn from that table.
    pub(crate) inherited: bool,
    /// A comment stands above it or above its group.
    pub(crate) has_reason: bool,
}

/// Every manifest of the tree.
pub(crate) fn all(root: &Path) -> Vec<Manifest> {
    let paths = tree::files(root).into_iter().filter(|path| path.rsplit('/').next() == Some("Cargo.toml"));
    paths.filter_map(|path| Some(Manifest::new(&path, &tree::text(root, &path)?))).collect()
}

impl Manifest {
    fn new(path: &str, text: &str) -> Manifest {
        let mut manifest = Manifest { path: path.to_owned(), package: None, dependencies: Vec::new() };
        for entry in entries(text) {
            if entry.section == "package" && entry.key == "name" {
                manifest.package = Some(entry.value.trim_matches('"').to_owned());
            } else if entry.section.ends_with("dependencies") && !entry.key.is_empty() {
                manifest.dependencies.push(Dependency::new(&entry, entry.key, entry.value));
            } else if let Some((_, name)) = entry.section.split_once("dependencies.") {
                // The whole section is one dependency.
                if entry.key.is_empty() {
                    manifest.dependencies.push(Dependency::new(&entry, name, ""));
                } else if let Some(last) = manifest.dependencies.last_mut() {
                    last.refine(entry.key, entry.value);
                }
            }
        }
        manifest
    }
}

impl Dependency {
    fn new(entry: &Entry<'_>, key: &str, value: &str) -> Dependency {
        let (name, attribute) = key.split_once('.').unwrap_or((key, ""));
        let mut dependency = Dependency {
            package: name.trim_matches('"').to_owned(),
            line: entry.line,
            shared: entry.section.starts_with("workspace."),
            inherited: false,
            has_reason: entry.has_reason,
        };
        dependency.refine(attribute, value);
        let fields = value.trim_matches(['{', '}']).split(',').filter_map(|field| field.split_once('='));
        for (field, value) in fields {
            dependency.refine(field.trim(), value.trim());
        }
        dependency
    }

    fn refine(&mut self, attribute: &str, value: &str) {
        match attribute {
            "workspace" => self.inherited = true,
            "package" => self.package = value.trim_matches('"').to_owned(),
            _ => {}
        }
    }
}

/// A line `key = value` below its header; the header itself has an empty key.
struct Entry<'a> {
    section: &'a str,
    key: &'a str,
    value: &'a str,
    line: usize,
    has_reason: bool,
}

fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut found = Vec::new();
    let (mut section, mut has_reason, mut open) = ("", false, 0);
    for (line, text) in tree::numbered(text) {
        let text = text.trim();
        let continued = open > 0;
        open += text.matches(['[', '{']).count();
        open -= text.matches([']', '}']).count().min(open);
        if continued {
            continue;
        }
        match text.chars().next() {
            None => has_reason = false,
            Some('#') => has_reason = true,
            Some('[') => {
                section = text.trim_matches(['[', ']']);
                found.push(Entry { section, key: "", value: "", line, has_reason });
                has_reason = false;
            }
            Some(_) => {
                let (key, value) = text.split_once('=').unwrap_or((text, ""));
                found.push(Entry { section, key: key.trim(), value: value.trim(), line, has_reason });
            }
        }
    }
    found
}

#[test]
fn a_dependency_is_read_in_every_way_it_can_be_written() {
    let text = "\
[package]
name = \"cistern-api\"

[dependencies]
# Why.
one = \"1\"
two.workspace = true
three = { workspace = true, features = [
    \"x\",
] }

other = { version = \"1\", package = \"four\" }

# Why.
[dev-dependencies.five]
version = \"1\"
[target.'cfg(unix)'.dependencies]
six = \"1\"
[workspace.dependencies]
seven = \"1\"
";
    let manifest = Manifest::new("Cargo.toml", text);
    assert_eq!(manifest.package.as_deref(), Some("cistern-api"));
    let describe = |d: &Dependency| (d.package.clone(), d.line, d.shared, d.inherited, d.has_reason);
    let found: Vec<_> = manifest.dependencies.iter().map(describe).collect();
    let expected = [
        ("one", 6, false, false, true),
        ("two", 7, false, true, true),
        ("three", 8, false, true, true),
        ("four", 12, false, false, false),
        ("five", 15, false, false, true),
        ("six", 18, false, false, false),
        ("seven", 20, true, false, false),
    ];
    assert_eq!(found, expected.map(|(name, line, s, i, r)| (name.to_owned(), line, s, i, r)));
}
