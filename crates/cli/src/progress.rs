//! Progress of long work, on a terminal only.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A count of something whose end nobody knows; silent where nobody watches.
pub(crate) fn count(of: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {human_pos} {msg}, {elapsed}");
    ProgressBar::with_draw_target(None, target())
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
        .with_message(of)
}

fn target() -> ProgressDrawTarget {
    if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() }
}

/// A bar over `length` steps of something; silent where nobody watches.
pub(crate) fn bar(length: u64, of: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}, {eta} left");
    ProgressBar::with_draw_target(Some(length), target())
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_message(of)
}

/// A bar that says how many are done in a second.
pub(crate) fn rated(length: u64, of: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}, {per_sec}, {eta} left");
    bar(length, of).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
