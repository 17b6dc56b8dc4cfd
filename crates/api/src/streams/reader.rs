//! What one client listens to, and how far it is.

use cistern_node::Gone;

use crate::{
    errors::Failure,
    history::{LIQUIDATIONS, PoolEvent},
    shared::App,
    streams::{Channel, Line, follower, line::Kind, ring::Told},
};

/// Channels of one client.
const CHANNELS_MAX: usize = 64;
/// Events that are looked through before a client's socket is served again.
const EVENTS_AT_ONCE: usize = 256;

#[derive(Debug)]
enum Heard {
    /// The version of the state that was told last.
    State(u64),
    /// The event that comes next.
    Event(u64),
}

/// What one client listens to, and how far it is.
pub(crate) struct Reader {
    app: App,
    heard: Vec<(Channel, Heard)>,
}

impl Reader {
    /// A client that listens to nothing yet.
    pub(crate) fn new(app: App) -> Self {
        Self { app, heard: Vec::new() }
    }

    /// Begins to listen; what is told first says how things stand. Events begin with the next one, or with an earlier
    /// one that the client names. For a thread that may block.
    ///
    /// # Errors
    /// [`Failure`]: no such account, no replay, a number that is not there yet, or too many channels.
    pub(crate) fn listen(&mut self, channel: Channel, from_seq: Option<u64>) -> Result<Vec<Line>, Failure> {
        self.ignore(channel);
        if self.heard.len() >= CHANNELS_MAX {
            return Err(Failure::invalid("channels", format!("at most {CHANNELS_MAX} for one client")));
        }
        if channel.is_numbered() {
            return self.listen_to_events(channel, from_seq);
        }
        let (place, data) = self.app.state_of(channel)?;
        self.app.hub.join(channel)?;
        let latest = self.app.hub.latest(channel);
        let latest = match latest.filter(|latest| latest.data == data || latest.place.height > place.height) {
            Some(latest) => Some(latest),
            None => self.app.hub.tell(channel, place, data.clone()),
        };
        let (version, place, data) = match &latest {
            Some(standing) => (standing.version, standing.place, &standing.data),
            None => (0, place, &data),
        };
        self.heard.push((channel, Heard::State(version)));
        Ok(vec![Line::new(channel, Kind::Snapshot, place, data)])
    }

    fn listen_to_events(&mut self, channel: Channel, from_seq: Option<u64>) -> Result<Vec<Line>, Failure> {
        // Joined first: an event between the two is in the ring, or read from the node.
        self.app.hub.join(channel)?;
        let next = self.app.node.head().seq + 1;
        let from = from_seq.unwrap_or(next);
        if from > next || from == 0 {
            self.app.hub.leave(channel);
            let message =
                format!("write 1 to {next}; a larger number is of another log, or of one that was longer");
            return Err(Failure::invalid("from_seq", message));
        }
        self.heard.push((channel, Heard::Event(from)));
        if from_seq.is_some() {
            return Ok(Vec::new());
        }
        let (mut place, data) = self.app.state_of(channel)?;
        // What comes next has the number after the snapshot's.
        place.seq = next - 1;
        Ok(vec![Line::new(channel, Kind::Snapshot, place, &data)])
    }

    /// Listens no more.
    pub(crate) fn ignore(&mut self, channel: Channel) {
        if let Some(found) = self.heard.iter().position(|(heard, _)| *heard == channel) {
            self.heard.swap_remove(found);
            self.app.hub.leave(channel);
        }
    }

    /// Messages that are due. Empty when there are none; some are left when there were many.
    pub(crate) fn due(&mut self) -> Vec<Line> {
        let mut due = Vec::new();
        for (channel, heard) in &mut self.heard {
            match heard {
                Heard::State(version) => {
                    let latest = self.app.hub.latest(*channel);
                    if let Some(latest) = latest.filter(|latest| latest.version > *version) {
                        *version = latest.version;
                        due.push(latest.line);
                    }
                }
                Heard::Event(next) => events(&self.app, *channel, next, &mut due),
            }
        }
        due
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        for (channel, _) in &self.heard {
            self.app.hub.leave(*channel);
        }
    }
}

/// Events from `next` on; a resync where they are no longer there.
fn events(app: &App, channel: Channel, next: &mut u64, due: &mut Vec<Line>) {
    // On the channel of failures a long time may pass in which nothing is told.
    while due.is_empty() {
        let found = app.hub.events_from(*next, EVENTS_AT_ONCE).map_or_else(|| recent(app, *next), Ok);
        match found {
            Ok(told) => {
                let Some(last) = told.last() else { return };
                *next = last.seq + 1;
                due.extend(told.iter().filter_map(|told| told.on(channel)));
            }
            Err(Gone { oldest }) => {
                *next = oldest;
                due.push(resync(app, channel, oldest));
                return;
            }
        }
    }
}

fn recent(app: &App, next: u64) -> Result<Vec<Told>, Gone> {
    if next > app.node.head().seq {
        return Ok(Vec::new());
    }
    let names = app.latest_names();
    let found = app.node.recent(next, EVENTS_AT_ONCE)?;
    let write = |numbered| {
        let event = PoolEvent::of(numbered, &names);
        follower::write(&event, LIQUIDATIONS.contains(&numbered.event.name()))
    };
    Ok(found.iter().map(write).collect())
}

/// Events before `oldest` were missed: the client reads anew, and goes on with it.
fn resync(app: &App, channel: Channel, oldest: u64) -> Line {
    let head = app.node.head();
    let place = crate::answer::Place {
        height: head.height,
        seq: oldest.saturating_sub(1),
        time: head.time.as_milliseconds(),
    };
    Line::new(channel, Kind::Resync, place, "null")
}
