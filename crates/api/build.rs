//! Has the crate built again when the dashboard was: its files become part of the binary.

use std::path::Path;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    // A folder that is missing would count as changed at every build. Where it cannot be made, that is all that happens.
    let _ = std::fs::create_dir_all(&folder);
    println!("cargo::rerun-if-changed=../../web/dist");
    println!("cargo::rerun-if-changed=build.rs");
}
