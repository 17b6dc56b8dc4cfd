//! The directory of a store: names, the lock, files that appear whole or not at all.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::error::NodeError;

const SUFFIX: &str = ".cistern";
/// A file that is being written; found at a start, it is what was left of an interrupted one.
const UNFINISHED: &str = ".new";

/// Kinds of files with a height in their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Log,
    Snapshot,
}

impl Kind {
    fn prefix(self) -> &'static str {
        match self {
            Self::Log => "log-",
            Self::Snapshot => "snapshot-",
        }
    }

    /// The file of a height.
    pub(crate) fn path(self, dir: &Path, height: u64) -> PathBuf {
        dir.join(format!("{}{height:020}{SUFFIX}", self.prefix()))
    }

    fn height(self, name: &str) -> Option<u64> {
        let digits = name.strip_prefix(self.prefix())?.strip_suffix(SUFFIX)?;
        (digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| digits.parse().ok())?
    }

    /// Heights of all files of the kind, ascending.
    pub(crate) fn heights(self, dir: &Path) -> io::Result<Vec<u64>> {
        let mut heights = Vec::new();
        for entry in fs::read_dir(dir)? {
            heights.extend(entry?.file_name().to_str().and_then(|name| self.height(name)));
        }
        heights.sort_unstable();
        Ok(heights)
    }
}

/// The file that says what was acknowledged.
pub(crate) fn head_path(dir: &Path) -> PathBuf {
    dir.join("head")
}

/// The database of what happened.
pub(crate) fn history_path(dir: &Path) -> PathBuf {
    dir.join("history.redb")
}

pub(crate) fn system(path: &Path, what: &'static str) -> impl Fn(io::Error) -> NodeError {
    let path = path.to_owned();
    move |reason| NodeError::System { path: path.clone(), what, reason: reason.to_string() }
}

/// Makes the directory and takes it for this node, until the file is dropped.
pub(crate) fn lock(dir: &Path) -> Result<File, NodeError> {
    fs::create_dir_all(dir).map_err(system(dir, "make the directory"))?;
    let path = dir.join("lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(system(&path, "open"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(NodeError::InUse { dir: dir.to_owned() }),
        Err(TryLockError::Error(reason)) => Err(system(&path, "lock")(reason)),
    }
}

/// Removes what an interrupted write left.
pub(crate) fn tidy(dir: &Path) -> Result<(), NodeError> {
    for entry in fs::read_dir(dir).map_err(system(dir, "list"))? {
        let path = entry.map_err(system(dir, "list"))?.path();
        if path.to_string_lossy().ends_with(UNFINISHED) {
            fs::remove_file(&path).map_err(system(&path, "remove"))?;
        }
    }
    Ok(())
}

/// Writes a file of several parts, so that it is there whole and durable, or not at all.
pub(crate) fn write_whole(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(UNFINISHED);
    let unfinished = PathBuf::from(unfinished);
    let written = write_parts(&unfinished, parts).and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        // Room is what is missing, most likely; a start removes it too.
        let _ = fs::remove_file(&unfinished);
    }
    written?;
    sync_dir(path.parent().unwrap_or(Path::new(".")))
}

fn write_parts(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let mut file = File::create(path)?;
    parts.iter().try_for_each(|part| file.write_all(part))?;
    file.sync_all()
}

/// Makes names durable.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
