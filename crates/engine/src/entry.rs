//! A command with its place in the order.

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::Time;

use crate::command::Command;

/// One entry of the log: what was asked, and when; the order of entries is the order of the log.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Entry {
    /// When it was ordered; never before the entry ahead of it.
    pub time: Time,
    /// What was asked.
    pub command: Command,
}
