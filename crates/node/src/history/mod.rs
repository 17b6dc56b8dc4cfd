//! What happened, for people who ask: newest first, by account, by kind.

use cistern_engine::ids::AccountId;

use crate::board::Numbered;

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Events before this number; none for the latest.
    pub before: Option<u64>,
    /// Events that concern an account; none for all.
    pub account: Option<AccountId>,
    /// Events of these kinds, by [`cistern_engine::event::Event::NAMES`]; empty for all.
    pub kinds: Vec<&'static str>,
    /// Most events of the answer.
    pub limit: usize,
}

/// What is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryPage {
    /// Events, newest first.
    pub events: Vec<Numbered>,
    /// Where the next page begins, as [`HistoryQuery::before`]; none at the end.
    pub next: Option<u64>,
}
