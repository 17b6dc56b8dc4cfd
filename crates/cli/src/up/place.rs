//! Where a pool's state lies, and what it is the pool of.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde::{Deserialize, Serialize};

/// Folder of all pools of `cistern up`, below where it was started.
pub(super) const ALL: &str = "cistern-state";
/// What lies beside the log: which replay drives the pool.
const RECORD: &str = "replay.json";

/// The replay that drives a pool, as it is written beside its log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    /// Name of the recorded crisis; none is the built-in crash.
    pub(super) crisis: Option<String>,
    /// Accounts of the crowd.
    pub(super) accounts: u32,
    /// Seed of everything.
    pub(super) seed: u64,
}

impl Record {
    /// The folder of this pool where nobody names another.
    pub(super) fn default_folder(&self) -> PathBuf {
        let crisis = self.crisis.as_deref().unwrap_or("built-in");
        Path::new(ALL).join(format!("{crisis}-{}-{}", self.accounts, self.seed))
    }

    /// What a folder is the pool of; none where it has none.
    pub(super) fn of(folder: &Path) -> anyhow::Result<Option<Self>> {
        let path = folder.join(RECORD);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        };
        let record = serde_json::from_str(&text).with_context(|| {
            format!("{} does not say which replay this is; give another --dir", path.display())
        })?;
        Ok(Some(record))
    }

    /// Writes it beside the log.
    pub(super) fn keep(&self, folder: &Path) -> anyhow::Result<()> {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        let path = folder.join(RECORD);
        let text = serde_json::to_string_pretty(self)? + "\n";
        fs::write(&path, text).with_context(|| path.display().to_string())
    }
}

impl std::fmt::Display for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let crisis = self.crisis.as_deref().unwrap_or("the built-in crash");
        write!(f, "{crisis}, {} accounts, seed {}", self.accounts, self.seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_remembers_which_replay_it_belongs_to() {
        let folder = std::env::temp_dir().join(format!("cistern-place-{}", std::process::id()));
        let record = Record { crisis: Some("2021-05_may19".into()), accounts: 100, seed: 7 };
        assert_eq!(Record::of(&folder).unwrap(), None);
        record.keep(&folder).unwrap();
        assert_eq!(Record::of(&folder).unwrap(), Some(record.clone()));
        fs::write(folder.join(RECORD), "{}").unwrap();
        assert!(Record::of(&folder).unwrap_err().to_string().contains("another --dir"));
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(record.default_folder(), Path::new("cistern-state/2021-05_may19-100-7"));
        let built_in = Record { crisis: None, ..record };
        assert_eq!(built_in.default_folder(), Path::new("cistern-state/built-in-100-7"));
        assert_eq!(built_in.to_string(), "the built-in crash, 100 accounts, seed 7");
    }
}
