//! `cistern account`: an account of a running node.

mod show;

use clap::Args;

use crate::{
    exit::Exit,
    remote::{Remote, failed},
};

/// Shows an account of a running node, with a reason for each of its numbers.
///
/// Dollars and cents are cut, not rounded; --json has every digit. Exit code 1: no such account, or no node; 2: what was
/// written is no account.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  cistern account 17
  cistern account 0x0000001100000000000000000000000000000000:0 --node http://127.0.0.1:8080 --json")]
pub(crate) struct Account {
    /// Its number, or 0x and the 40 digits of its owner, with :1 for a sub-account.
    account: String,
    #[command(flatten)]
    remote: Remote,
}

impl Account {
    pub(crate) fn run(&self) -> Exit {
        match self.remote.client().account(&self.account) {
            Ok(account) => self.remote.tell(&account, show::table_of, Exit::Done),
            Err(error) => failed(&error),
        }
    }
}
