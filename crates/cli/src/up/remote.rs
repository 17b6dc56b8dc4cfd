//! The replay's controls as the API asks for them.

use std::sync::Arc;

use cistern_api::{ReplayChange, ReplayControl, ReplayState};

use super::{
    controls::{Controls, Phase, Position},
    pace::Motion,
};

/// Controls that others reach through the API.
pub(super) struct Remote {
    pub(super) controls: Arc<Controls>,
    pub(super) name: String,
    pub(super) is_reconstructed: bool,
}

impl ReplayControl for Remote {
    fn status(&self) -> ReplayState {
        let Position { start_ms, end_ms, now_ms, speed, motion, phase } = self.controls.position();
        ReplayState {
            name: self.name.clone(),
            is_reconstructed: self.is_reconstructed,
            start: start_ms,
            end: end_ms,
            position: now_ms,
            paused: motion == Motion::Held,
            speed,
            finished: matches!(phase, Phase::Over | Phase::Failed { .. }),
        }
    }

    fn change(&self, change: ReplayChange) -> Result<ReplayState, String> {
        // What may be refused comes first: then nothing of it happened.
        if let Some(moment_ms) = change.jump_to {
            self.controls.jump_to(moment_ms).map_err(|refused| refused.to_string())?;
        }
        if let Some(speed) = change.speed {
            self.controls.set_speed(speed);
        }
        match change.paused {
            Some(true) => self.controls.hold(),
            Some(false) => self.controls.go_on(),
            None => {}
        }
        Ok(self.status())
    }
}
