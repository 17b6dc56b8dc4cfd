//! What is told while a live pool runs: on the terminal, and with the time in a file beside the log.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, UNIX_EPOCH},
};

use cistern_units::Time;

use super::say;

/// The file is begun anew when it is longer; the one before is kept beside it.
const BYTES_MAX: u64 = 1 << 20;

/// Terminal and file.
pub(super) struct Bulletin {
    path: Option<PathBuf>,
    file: Option<File>,
}

impl Bulletin {
    /// A file that cannot be written is said, and does without.
    pub(super) fn open(path: Option<PathBuf>) -> Self {
        let mut bulletin = Self { file: None, path };
        bulletin.open_file();
        bulletin
    }

    /// Tells a block of lines as it is; in the file each line has the time.
    pub(super) fn tell(&mut self, lines: &[String], now: Time) {
        for line in lines {
            say(line);
            self.write(line, now);
        }
    }

    /// Tells something that happened, with its time.
    pub(super) fn happened(&mut self, line: &str, now: Time) {
        say(&format!("{}  {line}", moment(now)));
        self.write(line, now);
    }

    fn open_file(&mut self) {
        let Some(path) = self.path.take() else { return };
        match OpenOptions::new().create(true).append(true).open(&path) {
            Ok(file) => (self.path, self.file) = (Some(path), Some(file)),
            Err(error) => self.lose(&path, &error),
        }
    }

    fn write(&mut self, line: &str, now: Time) {
        let (Some(path), Some(file)) = (self.path.clone(), &mut self.file) else { return };
        let length = file.metadata().map_or(0, |known| known.len());
        if let Err(error) = writeln!(file, "{}  {line}", moment(now)) {
            self.lose(&path, &error);
        } else if length > BYTES_MAX {
            self.turn(&path);
        }
    }

    /// Begins the file anew.
    fn turn(&mut self, path: &Path) {
        self.file = None;
        match fs::rename(path, path.with_extension("log.old")) {
            Ok(()) => self.open_file(),
            Err(error) => self.lose(path, &error),
        }
    }

    fn lose(&mut self, path: &Path, error: &std::io::Error) {
        (self.path, self.file) = (None, None);
        say(&format!("note: {} cannot be written ({error}); what happens is only said here", path.display()));
    }
}

/// A time as people read it: `2026-11-23T00:00:00Z`.
fn moment(now: Time) -> String {
    let since = Duration::from_millis(now.as_milliseconds());
    // A clock beyond all dates has none.
    UNIX_EPOCH
        .checked_add(since)
        .map_or_else(String::new, |at| humantime::format_rfc3339_seconds(at).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::milliseconds(1_795_392_000_000);

    #[test]
    fn what_is_told_stands_in_the_file_with_its_time_and_the_file_stays_small() {
        let folder = std::env::temp_dir().join(format!("cistern-bulletin-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("live.log");
        let mut bulletin = Bulletin::open(Some(path.clone()));
        bulletin.happened("kraken is heard", NOW);
        assert_eq!(fs::read_to_string(&path).unwrap(), "2026-11-23T00:00:00Z  kraken is heard\n");
        let long = "x".repeat(1 << 19);
        for _ in 0..3 {
            bulletin.write(&long, NOW);
        }
        bulletin.happened("okx is heard", NOW);
        assert_eq!(fs::read_to_string(&path).unwrap(), "2026-11-23T00:00:00Z  okx is heard\n");
        assert!(
            fs::read_to_string(folder.join("live.log.old"))
                .unwrap()
                .starts_with("2026-11-23T00:00:00Z  kraken")
        );
        fs::remove_dir_all(&folder).unwrap();
    }
}
