//! Which signer sets a message is held against.

use std::path::Path;

use cistern_attest::{Registry, known_sets};

/// The sets of a file, or those of the public networks.
pub(super) fn load(file: Option<&Path>) -> Result<Registry, String> {
    let sets = match file {
        None => known_sets(),
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
            cistern_sim::params::signers(&text).map_err(|fault| format!("{}: {fault}", path.display()))?
        }
    };
    let mut registry = Registry::default();
    for set in sets {
        let name = format!("{} set {}", set.network, super::show::hex(&set.id.0));
        registry.admit(set).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(registry)
}
