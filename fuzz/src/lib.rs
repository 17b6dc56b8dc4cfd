//! The bodies of the targets, which the tests of `attest` replay on their corpus, made into fuzz targets.

#[path = "../../crates/attest/tests/beacon/mod.rs"]
mod beacon;
#[path = "../../crates/attest/tests/guardians/mod.rs"]
mod guardians;
#[path = "../../crates/attest/tests/signing/mod.rs"]
mod signing;
#[path = "../../crates/attest/tests/targets/mod.rs"]
mod targets;

pub use libfuzzer_sys;

/// Runs the target of a name.
pub fn run(name: &str, bytes: &[u8]) {
    let (_, target) =
        targets::ALL.into_iter().find(|(known, _)| *known == name).expect("a target of that name");
    // Whether the bytes are accepted is all one: the target checks what must hold either way.
    let _ = target(bytes);
}

/// The main function of a target.
#[macro_export]
macro_rules! target {
    ($name:literal) => {
        $crate::libfuzzer_sys::fuzz_target!(|bytes: &[u8]| $crate::run($name, bytes));
    };
}
