//! What commands and other prices would make of an account, decided by the engine itself and taken back.

use alloc::vec::Vec;

use crate::{
    command::Command,
    draft::Draft,
    event::Event,
    ids::AccountId,
    rejection::Rejection,
    shock::{Shock, Unshocked},
    valuation::{Summary, summarise},
};

/// What is asked: first the commands happen, then the prices move.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Whose account is looked at.
    pub account: AccountId,
    /// Commands of whomever, in order.
    pub commands: &'a [Command],
    /// Moves of factors.
    pub shocks: &'a [Shock],
}

/// What would become of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulation {
    /// As it stands.
    pub before: Summary,
    /// After the commands before the first that is refused, and the moves; nothing where it cannot be valued then.
    pub after: Result<Summary, Rejection>,
    /// The first command that would be refused: its place, and the rule.
    pub refused: Option<(usize, Rejection)>,
    /// What would happen.
    pub events: Vec<Event>,
}

/// Decides one command on a draft.
type Decide = fn(&mut Draft<'_>, &Command) -> Result<(), Rejection>;

pub(crate) fn simulate(
    mut draft: Draft<'_>,
    question: &Question<'_>,
    decide: Decide,
) -> Result<Simulation, Rejection> {
    let now = draft.now();
    let before = summary(&mut draft, question.account);
    let mut refused = None;
    for (place, command) in question.commands.iter().enumerate() {
        if let Err(rejection) = decide(&mut draft, command) {
            refused = Some((place, rejection));
            break;
        }
    }
    if let Some((place, _)) = refused {
        // The refused command may have written before it failed: again, without it.
        draft = draft.begin_again(now);
        for command in question.commands.iter().take(place) {
            decide(&mut draft, command)?;
        }
    }
    let after = shocked(&mut draft, question);
    let events = draft.events.clone();
    draft.drop_all();
    Ok(Simulation { before: before?, after, refused, events })
}

fn summary(draft: &mut Draft<'_>, account: AccountId) -> Result<Summary, Rejection> {
    summarise(draft.state, &mut draft.work.view, &mut draft.work.portfolio, account)
}

fn shocked(draft: &mut Draft<'_>, question: &Question<'_>) -> Result<Summary, Rejection> {
    draft.work.view.refresh(draft.state)?;
    let unshocked = Unshocked::of(&draft.work.view);
    let after = unshocked
        .shock(&mut draft.work.view, question.shocks)
        .and_then(|()| summary(draft, question.account));
    unshocked.shock(&mut draft.work.view, &[])?;
    after
}
