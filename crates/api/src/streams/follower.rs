//! Follows the node, entry by entry, and writes down what is to be told.

use std::{sync::Arc, time::Duration};

use cistern_node::{Applied, SubscriptionError};

use crate::{
    answer::Place,
    history::{LIQUIDATIONS, PoolEvent},
    shared::Shared,
    streams::{Channel, Line, line::Kind, ring::Told},
    wire::{self, Names},
};

/// Entries that are told under one wake-up: beyond it a burst costs no more wake-ups.
const MANY: usize = 256;

/// The server's end is noticed within this time.
const PATIENCE: Duration = Duration::from_millis(250);

/// Follows the node until it, or the server, ends. For a thread of its own.
pub(crate) fn follow(shared: &Arc<Shared>) {
    let mut news = shared.node.subscribe();
    // Whatever was listed before is known; what comes is followed.
    shared.latest_names();
    shared.begin_records(news.next_height());
    while !shared.has_ended() {
        match news.recv_many(MANY, PATIENCE) {
            Ok(entries) if entries.is_empty() => {}
            Ok(entries) => take(shared, &entries),
            // What was missed is a gap in the ring: readers find it and are told.
            Err(SubscriptionError::Lagged { .. }) => shared.hub.wake(),
            Err(SubscriptionError::Closed) => return,
        }
    }
}

fn take(shared: &Shared, entries: &[Arc<Applied>]) {
    let mut lists = false;
    for applied in entries {
        for event in applied.events() {
            shared.records.follow(event, applied.height);
            lists |= event.name().ends_with("Listed") || event.name() == "SourceAdmitted";
        }
    }
    // Everybody's names are up to date before the event is told that lists something.
    let names = if lists { shared.latest_names() } else { shared.known_names() };
    if shared.hub.tells_events() {
        shared.hub.append(entries.iter().flat_map(|applied| told(applied, &names)));
        shared.hub.wake();
    }
}

fn told(applied: &Applied, names: &Names) -> Vec<Told> {
    let numbered = (applied.first_seq..).zip(applied.events());
    let (height, time) = (applied.height, applied.entry.time.as_milliseconds());
    let one = |(seq, event): (u64, &cistern_engine::event::Event)| {
        let is_failure = LIQUIDATIONS.contains(&event.name());
        let event = wire::Event::encode(event, names);
        write(&PoolEvent { seq, height, time, event }, is_failure)
    };
    numbered.map(one).collect()
}

/// Writes an event for its channels.
pub(crate) fn write(event: &PoolEvent, is_failure: bool) -> Told {
    let data = serde_json::to_string(event).unwrap_or_default();
    let place = Place { height: event.height, seq: event.seq, time: event.time };
    let on = |channel| Line::new(channel, Kind::Update, place, &data).text;
    Told {
        seq: event.seq,
        event: on(Channel::Events),
        liquidation: is_failure.then(|| on(Channel::Liquidations)),
    }
}
