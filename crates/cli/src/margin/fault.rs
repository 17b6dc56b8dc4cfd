use std::fmt;
use std::path::Path;

/// Why a book cannot be used: the field, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    file: String,
    field: String,
    what: String,
}

impl Fault {
    /// What is wrong with a field; the empty field is the whole file.
    pub(super) fn new(field: impl Into<String>, what: impl Into<String>) -> Fault {
        Fault { file: String::new(), field: field.into(), what: what.into() }
    }

    /// The same, with the file that it stands in.
    pub(super) fn within(mut self, file: &Path) -> Fault {
        if self.file.is_empty() {
            self.file = file.display().to_string();
        }
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in [&self.file, &self.field].into_iter().filter(|place| !place.is_empty()) {
            write!(out, "{place}: ")?;
        }
        out.write_str(&self.what)
    }
}
