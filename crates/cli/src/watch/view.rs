//! The terminal: keys in, frames out, and the replay between them.

use std::time::{Duration, Instant};

use cistern_sim::replay::{Progress, Replay, Scene};
use ratatui::{
    DefaultTerminal,
    crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers},
};

use super::{End, HOUR_MS, panels};
use crate::trail;

/// Time of a frame.
const FRAME: Duration = Duration::from_millis(80);
/// The part of a frame that the replay may take.
const WORK: Duration = Duration::from_millis(55);

/// What the view remembers of the scenes that it showed.
#[derive(Debug)]
pub(super) struct Film {
    pub(super) scene: Scene,
    pub(super) start_ms: u64,
    pub(super) end_ms: u64,
    /// Equity by hour, in dollars.
    pub(super) equity: Vec<(f64, f64)>,
    /// Requirement by hour, in dollars.
    pub(super) requirement: Vec<(f64, f64)>,
    pub(super) state: Playing,
}

/// Is the film running?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Playing {
    Runs,
    Held,
    Over,
}

enum Wish {
    Nothing,
    Hold,
    Quit,
}

/// Shows a replay until it is over and somebody has seen the end, or somebody quits.
pub(super) fn watch(mut replay: Replay<'_>, speed: u32) -> Result<Replay<'_>, End> {
    let mut terminal = ratatui::try_init()?;
    let outcome = play(&mut terminal, &mut replay, speed);
    ratatui::try_restore()?;
    outcome.map(|()| replay)
}

fn play(terminal: &mut DefaultTerminal, replay: &mut Replay<'_>, speed: u32) -> Result<(), End> {
    let (start_ms, end_ms) = replay.span_ms();
    let mut film = Film::new(replay.scene(), (start_ms, end_ms));
    let mut clock_ms = start_ms;
    loop {
        let frame = Instant::now();
        if film.state == Playing::Runs {
            clock_ms += u64::from(speed) * HOUR_MS * FRAME.as_millis() as u64 / 1_000;
            if advance(replay, clock_ms, frame)? == Progress::Done {
                film.state = Playing::Over;
            }
            // A machine that cannot keep up shows the crash more slowly.
            clock_ms = clock_ms.min(replay.now_ms().max(start_ms) + HOUR_MS);
            film.shoot(replay.scene());
        }
        terminal.draw(|frame| panels::draw(frame, &film))?;
        match wish(FRAME.saturating_sub(frame.elapsed()))? {
            Wish::Quit => return Ok(()),
            Wish::Hold if film.state == Playing::Runs => film.state = Playing::Held,
            Wish::Hold if film.state == Playing::Held => film.state = Playing::Runs,
            _ => {}
        }
    }
}

/// Steps up to a moment of the crash, as far as a frame has time.
fn advance(replay: &mut Replay<'_>, until_ms: u64, frame: Instant) -> Result<Progress, End> {
    loop {
        if replay.step()? == Progress::Done {
            return Ok(Progress::Done);
        }
        if replay.now_ms() >= until_ms || frame.elapsed() >= WORK {
            return Ok(Progress::Running);
        }
    }
}

/// What somebody wants, within the rest of a frame.
fn wish(rest: Duration) -> Result<Wish, End> {
    let until = Instant::now() + rest;
    while event::poll(until.saturating_duration_since(Instant::now()))? {
        let Event::Key(key) = event::read()? else { continue };
        if key.kind != KeyEventKind::Press {
            continue;
        }
        match key.code {
            KeyCode::Char('q') | KeyCode::Esc => return Ok(Wish::Quit),
            // In raw mode the terminal does not send the signal.
            KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => return Ok(Wish::Quit),
            KeyCode::Char(' ') => return Ok(Wish::Hold),
            _ => {}
        }
    }
    Ok(Wish::Nothing)
}

impl Film {
    pub(super) fn new(scene: Scene, (start_ms, end_ms): (u64, u64)) -> Self {
        Self { scene, start_ms, end_ms, equity: Vec::new(), requirement: Vec::new(), state: Playing::Runs }
    }

    pub(super) fn shoot(&mut self, scene: Scene) {
        let hours = scene.now_ms.saturating_sub(self.start_ms) as f64 / HOUR_MS as f64;
        self.equity.push((hours, trail::dollars(scene.equity)));
        self.requirement.push((hours, trail::dollars(scene.requirement)));
        self.scene = scene;
    }

    /// Length of the crash in hours.
    pub(super) fn hours(&self) -> f64 {
        self.end_ms.saturating_sub(self.start_ms) as f64 / HOUR_MS as f64
    }

    /// How much of the crash is over.
    pub(super) fn gone(&self) -> f64 {
        let length = self.end_ms.saturating_sub(self.start_ms).max(1);
        if self.state == Playing::Over {
            return 1.0;
        }
        (self.scene.now_ms.saturating_sub(self.start_ms) as f64 / length as f64).min(1.0)
    }
}
