//! What is wrong with a JSON document, where, and what to write in its place.

use std::fmt;

/// Longest piece of a client's text that is repeated back.
const ECHO_MAX: usize = 40;

/// A field that cannot be understood: its path, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    path: String,
    message: String,
}

impl Fault {
    /// A fault of the value that is looked at.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { path: String::new(), message: message.into() }
    }

    /// The same fault seen from one step further out: `amount` within `action` is `action.amount`.
    #[must_use]
    pub fn within(mut self, step: &str) -> Self {
        let joint = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{step}{joint}{}", self.path);
        self
    }

    /// The same fault seen from the list that the value is an item of.
    #[must_use]
    pub fn at(self, place: usize) -> Self {
        self.within(&format!("[{place}]"))
    }

    /// Where it is: `action.amount`, `founding.assets[2].spec.decimals`; empty for the document itself.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong, and what to write.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(&self.message),
            path => write!(f, "{path}: {}", self.message),
        }
    }
}

impl std::error::Error for Fault {}

/// What a client wrote, short enough to be repeated, in quotation marks.
pub(crate) fn echo(text: &str) -> String {
    let mut letters = text.chars();
    let short: String = letters.by_ref().take(ECHO_MAX).collect();
    let rest = if letters.next().is_some() { "..." } else { "" };
    format!("\"{}{rest}\"", short.escape_debug())
}
