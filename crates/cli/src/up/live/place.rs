//! Where a live pool lies, and what it was founded with.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};

/// What lies beside the log: the parameters that the pool was founded with.
const FOUNDING: &str = "founding.toml";
/// And what was told while it ran.
const BULLETIN: &str = "live.log";

/// The folder of a live pool.
pub(super) struct Place(PathBuf);

impl Place {
    /// The folder that was asked for, or the one for all live pools that are started here.
    pub(super) fn at(folder: Option<&Path>) -> Self {
        Self(folder.map_or_else(super::default_folder, Path::to_path_buf))
    }

    pub(super) fn folder(&self) -> &Path {
        &self.0
    }

    pub(super) fn bulletin(&self) -> PathBuf {
        self.0.join(BULLETIN)
    }

    /// What the pool was founded with; none where there is no pool yet.
    pub(super) fn kept(&self) -> anyhow::Result<Option<String>> {
        let path = self.0.join(FOUNDING);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| path.display().to_string()),
        }
    }

    /// Takes the folder, if it is empty or has a live pool.
    pub(super) fn take(&self, founding: &str) -> anyhow::Result<()> {
        let folder = &self.0;
        let is_empty = fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
        if self.kept()?.is_some() {
            return Ok(());
        }
        if !is_empty {
            bail!("{} has files but no live pool; give another --dir", folder.display());
        }
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        let path = folder.join(FOUNDING);
        fs::write(&path, founding).with_context(|| path.display().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_keeps_what_its_pool_was_founded_with() {
        let folder = std::env::temp_dir().join(format!("cistern-live-{}", std::process::id()));
        let place = Place::at(Some(&folder));
        assert_eq!(place.kept().unwrap(), None);
        place.take("a = 1").unwrap();
        place.take("a = 2").unwrap();
        assert_eq!(place.kept().unwrap().as_deref(), Some("a = 1"));
        fs::rename(folder.join(FOUNDING), folder.join("letter.txt")).unwrap();
        assert!(place.take("a = 1").unwrap_err().to_string().contains("another --dir"));
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(Place::at(None).folder(), Path::new("cistern-state/live"));
    }
}
