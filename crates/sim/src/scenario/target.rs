//! What scenarios run on: the engine first; a node or a server can answer the same questions.

use cistern_engine::{
    Engine, entry::Entry, event::Event, ids::AccountId, rejection::Rejection, state::State,
    valuation::Summary,
};

/// Something that takes entries and answers with events.
pub trait Target {
    /// Applies an entry.
    ///
    /// # Errors
    /// The rule that the command would break; nothing has changed then.
    fn apply(&mut self, entry: &Entry) -> Result<Vec<Event>, Rejection>;

    /// The state after the last entry.
    fn state(&self) -> &State;

    /// What an account's owner wants to know.
    ///
    /// # Errors
    /// [`Rejection::AccountUnknown`], or a number that left its range.
    fn summary(&mut self, account: AccountId) -> Result<Summary, Rejection>;

    /// A line of a scenario begins: a target that outlives its process may be restarted now.
    ///
    /// # Errors
    /// Why it did not come back.
    fn line_begins(&mut self) -> Result<(), String> {
        Ok(())
    }

    /// Do the sums that are kept with every event agree? Asked after every entry.
    ///
    /// # Errors
    /// What does not agree.
    fn check(&self) -> Result<(), String>;

    /// Do the books balance when everything is counted again?
    ///
    /// # Errors
    /// What does not balance.
    fn recount(&mut self) -> Result<(), String>;
}

impl Target for Engine {
    fn apply(&mut self, entry: &Entry) -> Result<Vec<Event>, Rejection> {
        Engine::apply(self, entry).map(<[Event]>::to_vec)
    }

    fn state(&self) -> &State {
        Engine::state(self)
    }

    fn summary(&mut self, account: AccountId) -> Result<Summary, Rejection> {
        Engine::summary(self, account)
    }

    fn check(&self) -> Result<(), String> {
        Engine::check(self).map_err(|violation| violation.to_string())
    }

    fn recount(&mut self) -> Result<(), String> {
        Engine::recount(self).map_err(|violation| violation.to_string())
    }
}
