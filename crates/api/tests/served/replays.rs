//! A replay that is looked at and told what to do.

use std::sync::{Arc, Mutex};

use cistern_api::{ReplayChange, ReplayControl, ReplayState};
use serde_json::json;

use crate::{
    http::{get, post},
    world::World,
};

/// A replay that does at once what it is asked.
struct Obedient(Mutex<ReplayState>);

impl ReplayControl for Obedient {
    fn status(&self) -> ReplayState {
        self.0.lock().expect("not poisoned").clone()
    }

    fn change(&self, change: ReplayChange) -> Result<ReplayState, String> {
        let mut state = self.0.lock().expect("not poisoned");
        if change.jump_to.is_some_and(|to| to < state.position) {
            return Err("time never runs back: write a later moment".to_owned());
        }
        state.paused = change.paused.unwrap_or(state.paused);
        state.speed = change.speed.unwrap_or(state.speed);
        state.position = change.jump_to.unwrap_or(state.position);
        Ok(state.clone())
    }
}

pub(crate) fn obedient() -> Arc<dyn ReplayControl> {
    Arc::new(Obedient(Mutex::new(ReplayState {
        name: "black-thursday".to_owned(),
        is_reconstructed: false,
        start: 1_000,
        end: 9_000,
        position: 2_000,
        paused: false,
        speed: 60.0,
        finished: false,
    })))
}

#[test]
fn without_a_replay_there_is_none_to_look_at() {
    let world = World::empty();
    get(world.server.address(), "/v1/replay").error(404, "NO_REPLAY");
    post(world.server.address(), "/v1/replay", &json!({"paused": true})).error(404, "NO_REPLAY");
}

#[test]
fn a_replay_does_what_it_is_told() {
    let world = World::with(|options| options.replay = Some(obedient()));
    let address = world.server.address();
    assert_eq!(get(address, "/v1/replay").good()["replay"]["position"], 2_000);
    let changed = post(address, "/v1/replay", &json!({"paused": true, "speed": 10, "jump_to": 5_000})).good();
    assert_eq!((&changed["replay"]["paused"], &changed["replay"]["position"]), (&json!(true), &json!(5_000)));
    post(address, "/v1/replay", &json!({"jump_to": 1})).error(400, "INVALID_REQUEST");
    post(address, "/v1/replay", &json!({"speed": 0})).error(400, "INVALID_REQUEST");
    post(address, "/v1/replay", &json!({"speed": "fast"})).error(400, "INVALID_REQUEST");
    assert_eq!(get(address, "/v1/status").good()["replay"], true);
}
