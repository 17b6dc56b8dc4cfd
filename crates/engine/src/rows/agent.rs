use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::Time;

/// What an agent's key may do for its owner; each includes the ones before it. None lets value leave or changes keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub enum Scope {
    /// Settle and liquidate.
    Trade,
    /// Lend, recall, borrow, repay, choose the mode too.
    Treasury,
}

/// What a key may do for an owner, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Agent {
    /// What it may do.
    pub scope: Scope,
    /// Last moment at which it may.
    pub expires_at: Time,
}
