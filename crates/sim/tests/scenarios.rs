//! The scenarios of the workspace, run on the engine.

use std::{
    fs,
    path::{Path, PathBuf},
};

use cistern_engine::{Engine, command::Command, event::Event, rejection::Rejection};
use cistern_sim::scenario::{self, Report};

/// The folder of all scenarios.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios")
}

/// Every scenario, in the order of topics and names.
fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn is_golden() -> bool {
    std::env::var_os("CISTERN_GOLDEN").is_some_and(|mode| mode == "write")
}

/// Runs every file; with `CISTERN_GOLDEN=write` writes its answers instead of comparing them.
#[test]
fn golden_answers_are_those_of_the_engine() {
    let mut wrong = Vec::new();
    for path in files() {
        let run = if is_golden() { scenario::write_file } else { scenario::run_file };
        if let Err(error) = run(&path, &mut Engine::new()) {
            wrong.push(error.to_string());
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
