//! The examples of docs/books.md, and that it names every field.

use std::path::Path;

use serde_json::Value;

use crate::run::{answer_with, run};

fn page(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)).unwrap()
}

/// The examples of a page with the heading of each.
fn examples(page: &str) -> Vec<(String, String)> {
    let (mut heading, mut example, mut all) = (String::new(), None, Vec::new());
    for line in page.lines() {
        match (&mut example, line) {
            (None, "```json") => example = Some(String::new()),
            (None, _) => {
                if let Some(title) = line.strip_prefix("## ") {
                    heading = title.to_owned();
                }
            }
            (Some(_), "```") => all.push((heading.clone(), example.take().unwrap_or_default())),
            (Some(text), _) => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    all
}

#[test]
fn every_example_of_the_page_has_an_answer() {
    let all = examples(&page("books.md"));
    let headings: Vec<&str> = all.iter().map(|(heading, _)| heading.as_str()).collect();
    let expected = [
        "The smallest",
        "Tokens, debts, perpetuals",
        "Rate tokens",
        "Funds and other claims on something outside",
        "Collections",
        "Futures",
        "Options",
        "Add-ons",
    ];
    assert_eq!(headings, expected);
    for (heading, example) in &all {
        let answer = answer_with(example, &["--compare"]);
        let requirement: f64 = answer["requirement"].as_str().unwrap().parse().unwrap();
        assert!(requirement > 0.0, "{heading}");
        let output = run(example, &["--compare"]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{heading}: {text}");
    }
    let value = |place: usize, field: &str| answer_with(&all[place].1, &[])[field].clone();
    // What the page says beside them.
    assert_eq!(
        (value(3, "collateral_value"), value(3, "uncredited")),
        ("4950.00000000".into(), "4950.00000000".into())
    );
    assert_eq!(value(4, "collateral_value"), "18000.00000000");
}

#[test]
fn the_page_names_every_field_of_the_answer() {
    let page = page("books.md");
    let Value::Object(fields) = answer_with("{}", &["--compare"]) else { panic!("an object") };
    let missing: Vec<&String> = fields
        .keys()
        .filter(|name| !["tier", "mode", "collateral_value"].contains(&name.as_str()))
        .filter(|name| !page.contains(&format!("`{name}`")))
        .collect();
    assert!(missing.is_empty(), "docs/books.md does not name {missing:?}");
}

#[test]
fn the_page_of_peers_names_every_profile() {
    let page = page("peers.md");
    let answer = answer_with("{}", &["--compare"]);
    for peer in answer["comparison"]["peers"].as_array().unwrap() {
        let name = peer["name"].as_str().unwrap();
        assert!(page.contains(&format!("| {name} |")), "docs/peers.md has no row for {name}");
    }
}
