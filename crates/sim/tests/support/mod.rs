//! Where the real data is, and the scenarios.
#![allow(dead_code, reason = "shared by several test files, each of which uses a part")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Every scenario of the workspace, in the order of topics and names.
pub(crate) fn scenario_files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders =
        vec![Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().join("scenarios")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "txt") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The folder of real market data: `CISTERN_DATA`, or `shared/data` beside the project. Without it a test says that it
/// was skipped; on CI, where the data must be, it fails.
pub(crate) fn data_folder() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var_os("CISTERN_DATA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    if folder.join("crisis").is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "CI needs the market data; set CISTERN_DATA to its folder");
    eprintln!("skipped: no market data; set CISTERN_DATA to its folder");
    None
}
