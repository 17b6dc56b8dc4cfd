//! The binary with a book on its standard input.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

pub(crate) fn books() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/books")
}

/// Runs the binary with a book on its standard input.
pub(crate) fn run(book: &str, arguments: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cistern"))
        .args(["margin", "-"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Whoever refuses its parameters does not read the book.
    drop(child.stdin.take().unwrap().write_all(book.as_bytes()));
    child.wait_with_output().unwrap()
}

#[track_caller]
pub(crate) fn answer_with(book: &str, arguments: &[&str]) -> Value {
    let output = run(book, &[&["--json"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[track_caller]
pub(crate) fn answer(book: &Value) -> Value {
    answer_with(&book.to_string(), &[])
}

/// The refusal of a book: exit code 2, nothing on standard output, and the reason, after the name of the file.
#[track_caller]
pub(crate) fn refusal(book: &str) -> String {
    let output = run(book, &["--json"]);
    let reason = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{reason}");
    reason.strip_prefix("error: -: ").unwrap().trim_end().to_owned()
}

/// A book in which everything has its place, to be broken on purpose.
pub(crate) fn sound() -> Value {
    json!({
        "factors": {
            "BTC": {"range": "0.15", "loading": ["0.75", "0.98"]},
            "USDC": {"range": "0.02", "loading": ["0", "0"]},
        },
        "assets": {"USDC": {"price": "1", "factors": ["USDC"]}},
        "holdings": {"USDC": "100000"},
        "perps": [{"underlying": "BTC", "size": "1", "entry": "100000", "mark": "100000"}],
    })
}

/// The sound book with one thing changed; the way to it as in JSON pointers.
pub(crate) fn with(pointer: &str, value: Value) -> Value {
    let mut book = sound();
    match book.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            book.pointer_mut(parent).unwrap()[name] = value;
        }
    }
    book
}

/// An answer to the nearest cent, ratios to six places: a requirement is rounded up in risk lots.
pub(crate) fn seen(value: &Value) -> Value {
    match value {
        Value::String(text) => match text.split_once('.').map(|(_, part)| part.len()) {
            Some(8) => json!(format!("{:.2}", text.parse::<f64>().unwrap())),
            Some(9) => {
                let cut = text.len() - 3;
                json!(text[..cut])
            }
            _ => value.clone(),
        },
        Value::Array(items) => items.iter().map(seen).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), seen(value))).collect(),
        _ => value.clone(),
    }
}

/// A file in the folder for what tests leave behind.
pub(crate) fn file(name: &str, text: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A book with one thing changed; the way to it as in JSON pointers, and null takes it away.
pub(crate) fn changed(mut book: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = book.pointer_mut(parent).unwrap();
    match (name.parse::<usize>(), value) {
        (Ok(place), value) if parent.is_array() => parent[place] = value,
        (_, Value::Null) => drop(parent.as_object_mut().unwrap().remove(name)),
        (_, value) => parent[name] = value,
    }
    book
}
