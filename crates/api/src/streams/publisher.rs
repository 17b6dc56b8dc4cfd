//! Tells the states of channels, each at most five times a second, and only those that somebody listens to.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    answer::{Answer, Place},
    candidates::CandidatesQuery,
    census,
    errors::Failure,
    replay::{self, ReplayState},
    shared::{App, Shared},
    status::StatusQuery,
    streams::Channel,
};

/// What a state depends on: where it is the same, there is nothing new to tell.
#[derive(Clone, Debug, Default, PartialEq)]
struct Basis {
    height: u64,
    census: u64,
    running: bool,
    replay: Option<ReplayState>,
}

/// How often it is looked whether there is news: the first change after a calm is told at once, not after the pause that
/// draws the following ones together.
const LOOK: Duration = Duration::from_millis(10);

/// Tells states until the server ends.
pub(crate) async fn publish(app: App) {
    let mut told = None;
    let mut due = Instant::now();
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = app.ended() => return,
        }
        let basis = app.basis();
        if Instant::now() < due || told.as_ref() == Some(&basis) {
            continue;
        }
        due = Instant::now() + census::EVERY;
        let shared = Arc::clone(&app);
        // A panic is a bug that the next state may not meet.
        if tokio::task::spawn_blocking(move || shared.tell_states()).await.is_ok() {
            told = Some(basis);
        }
    }
}

fn written(answer: &impl Answer) -> (Place, Arc<str>) {
    (answer.place(), serde_json::to_string(answer).unwrap_or_default().into())
}

impl Shared {
    fn basis(&self) -> Basis {
        let head = self.node.head();
        Basis {
            height: head.height,
            census: self.records.taken(),
            running: head.status == cistern_node::Status::Running,
            replay: self.options.replay.as_ref().map(|replay| replay.status()),
        }
    }

    fn tell_states(&self) {
        let mut news = false;
        for (channel, last) in self.hub.states() {
            let Ok((place, data)) = self.state_of(channel) else { continue };
            if last.is_none_or(|last| last != data) {
                self.hub.tell(channel, place, data);
                news = true;
            }
        }
        if news {
            self.hub.wake();
        }
    }

    /// The state that a channel tells: the same JSON as its endpoint.
    pub(crate) fn state_of(&self, channel: Channel) -> Result<(Place, Arc<str>), Failure> {
        Ok(match channel {
            Channel::Status => written(&self.status(StatusQuery::default())),
            Channel::Prices => written(&self.prices()),
            Channel::Pool => written(&self.pool()),
            Channel::Markets => written(&self.markets()),
            Channel::Params => written(&self.params()),
            Channel::Candidates => written(&self.candidates(&CandidatesQuery::default())?),
            Channel::Replay => written(&replay::read(self)?),
            Channel::Account(id) => written(&self.account(&id.0.to_string())?),
            Channel::Events | Channel::Liquidations => {
                let head = self.node.head();
                let place = Place { height: head.height, seq: head.seq, time: head.time.as_milliseconds() };
                (place, "null".into())
            }
        })
    }
}
