use std::{
    io::{self, Write},
    time::Duration,
};

use cistern_sim::replay::Report;
use serde::Serialize;

use crate::exit::Exit;

/// How an outcome is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl Form {
    pub(crate) fn of(json: bool) -> Self {
        if json { Self::Json } else { Self::Text }
    }
}

/// A report, and how long it took to come to it where nobody held it up.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) report: Report,
    pub(crate) elapsed: Option<Duration>,
}

#[derive(Serialize)]
struct Timed<'a> {
    #[serde(flatten)]
    report: &'a Report,
    seconds: Option<String>,
    entries_per_second: Option<u64>,
}

impl Outcome {
    /// Prints it on standard output.
    pub(crate) fn print(&self, form: Form) -> Exit {
        let text = match form {
            Form::Text => Ok(self.text()),
            Form::Json => self.json(),
        };
        let written = text.and_then(|text| io::stdout().write_all(text.as_bytes()));
        match written {
            // Who stops reading has read enough.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                eprintln!("error: writing the report: {error}");
                Exit::Refused
            }
            _ => Exit::Done,
        }
    }

    fn seconds(&self) -> Option<String> {
        let tenths = self.elapsed?.as_millis() / 100;
        Some(format!("{}.{}", tenths / 10, tenths % 10))
    }

    fn entries_per_second(&self) -> Option<u64> {
        let rate = u128::from(self.report.entries) * 1_000 / self.elapsed?.as_millis().max(1);
        u64::try_from(rate).ok()
    }

    fn text(&self) -> String {
        let mut text = self.report.to_string();
        if let (Some(seconds), Some(rate)) = (self.seconds(), self.entries_per_second()) {
            let entries = self.report.entries;
            text += &format!("\n{entries} entries in {seconds} s: {rate} a second, each of them checked\n");
        }
        text
    }

    fn json(&self) -> io::Result<String> {
        let (seconds, entries_per_second) = (self.seconds(), self.entries_per_second());
        let timed = Timed { report: &self.report, seconds, entries_per_second };
        Ok(serde_json::to_string_pretty(&timed)? + "\n")
    }
}
