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

/// A report, and how long it took to come to it.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) report: Report,
    pub(crate) elapsed: Duration,
}

#[derive(Serialize)]
struct Timed<'a> {
    #[serde(flatten)]
    report: &'a Report,
    seconds: String,
    entries_per_second: u64,
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

    fn seconds(&self) -> String {
        let tenths = self.elapsed.as_millis() / 100;
        format!("{}.{}", tenths / 10, tenths % 10)
    }

    fn entries_per_second(&self) -> u64 {
        let rate = u128::from(self.report.entries) * 1_000 / self.elapsed.as_millis().max(1);
        u64::try_from(rate).unwrap_or(u64::MAX)
    }

    fn text(&self) -> String {
        format!(
            "{}\n{} entries in {} s: {} a second, each of them checked\n",
            self.report,
            self.report.entries,
            self.seconds(),
            self.entries_per_second()
        )
    }

    fn json(&self) -> io::Result<String> {
        let timed = Timed {
            report: &self.report,
            seconds: self.seconds(),
            entries_per_second: self.entries_per_second(),
        };
        Ok(serde_json::to_string_pretty(&timed)? + "\n")
    }
}
