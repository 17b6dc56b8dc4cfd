//! The parameters as a document: every figure of the file with its source, in tables.

use std::fmt::Write;

const HEAD: &str = "# Parameters

What the default pool runs with, and where each figure comes from. This page is written by `./x golden` from
[`params/baseline.toml`](../params/baseline.toml): change the figures there. Ranges, rates and shares are fractions of the
whole, caps are in whole units of their asset.
";

/// One `key = value  # source` of the file.
struct Line<'a> {
    key: &'a str,
    value: &'a str,
    source: &'a str,
}

impl<'a> Line<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let (key, rest) = line.split_once(" = ")?;
        let (value, source) = rest.split_once(" # ").unwrap_or((rest, ""));
        Some(Self { key: key.trim(), value: value.trim().trim_matches('"'), source: source.trim() })
    }
}

/// The document of a parameter file.
#[must_use]
pub fn table(text: &str) -> String {
    let mut page = HEAD.to_owned();
    let mut list = "";
    for block in text.split("\n\n") {
        let mut lines = block.lines().skip_while(|line| line.starts_with('#'));
        let Some(head) = lines.next() else { continue };
        let fields: Vec<Line<'_>> = lines.filter_map(Line::read).collect();
        if let Some(name) = head.strip_prefix("[[").and_then(|head| head.strip_suffix("]]")) {
            if list != name {
                list_head(&mut page, name, &fields);
            }
            list = name;
            item(&mut page, &fields);
        } else if let Some(name) = head.strip_prefix('[').and_then(|head| head.strip_suffix(']')) {
            list = "";
            topic(&mut page, name, &fields);
        }
    }
    page
}

fn topic(page: &mut String, name: &str, fields: &[Line<'_>]) {
    let _ = write!(page, "\n## {name}\n\n| parameter | value | source |\n|---|---|---|\n");
    for Line { key, value, source } in fields {
        let _ = writeln!(page, "| {key} | {value} | {source} |");
    }
}

fn list_head(page: &mut String, name: &str, fields: &[Line<'_>]) {
    let keys: Vec<&str> = fields.iter().map(|field| field.key).collect();
    let rule = "---|".repeat(keys.len() + 1);
    let _ = write!(page, "\n## {name}\n\n| {} | source |\n|{rule}\n", keys.join(" | "));
}

/// One row; fields of the same source are named together.
fn item(page: &mut String, fields: &[Line<'_>]) {
    let values: Vec<&str> = fields.iter().map(|field| field.value).collect();
    let mut sources: Vec<(Vec<&str>, &str)> = Vec::new();
    for field in fields.iter().filter(|field| !field.source.is_empty()) {
        match sources.iter_mut().find(|(_, source)| *source == field.source) {
            Some((keys, _)) => keys.push(field.key),
            None => sources.push((vec![field.key], field.source)),
        }
    }
    let sources: Vec<String> =
        sources.iter().map(|(keys, source)| format!("{}: {source}", keys.join(", "))).collect();
    let _ = writeln!(page, "| {} | {} |", values.join(" | "), sources.join(". "));
}
