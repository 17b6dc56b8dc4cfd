//! Where the real data is.

use std::path::PathBuf;

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
