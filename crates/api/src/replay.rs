//! The replay that moves the pool's prices: where it is, how fast it goes, and where it should go on.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    answer::{Reply, answers},
    errors::{Code, Failure},
    extract::Json,
    failures::{Reads, Writes},
    shared::{App, Shared},
};

/// Where a replay is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReplayState {
    /// Name of what is replayed.
    pub name: String,
    /// Are its prices reconstructed from few known points, not recorded?
    pub is_reconstructed: bool,
    /// First instant, in milliseconds.
    pub start: u64,
    /// Last instant.
    pub end: u64,
    /// Where it is.
    pub position: u64,
    /// Does it stand still?
    pub paused: bool,
    /// Seconds of its time in a second of ours.
    pub speed: f64,
    /// Has it come to its end?
    pub finished: bool,
}

/// What is asked of a replay; what is absent stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayChange {
    /// Should it stand still?
    #[schema(nullable = false)]
    pub paused: Option<bool>,
    /// Seconds of its time in a second of ours.
    #[schema(nullable = false, minimum = 0.1, maximum = 1_000_000.0)]
    pub speed: Option<f64>,
    /// Instant to go on from, in milliseconds; forward only: the pool's time never runs back.
    #[schema(nullable = false, maximum = 4_102_444_800_000_u64)]
    pub jump_to: Option<u64>,
}

/// A replay that can be looked at and told what to do.
pub trait ReplayControl: Send + Sync {
    /// Where it is.
    fn status(&self) -> ReplayState;

    /// Does what is asked, soon.
    ///
    /// # Errors
    /// Why it cannot, and what can be asked instead.
    fn change(&self, change: ReplayChange) -> Result<ReplayState, String>;
}

/// Where the replay is.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReplayStatus {
    /// Number of the last entry.
    pub height: u64,
    /// Number of the last event.
    pub seq: u64,
    /// Time of the last entry, in milliseconds.
    pub time: u64,
    /// The replay.
    pub replay: ReplayState,
}

answers!(ReplayStatus);

pub(crate) fn read(app: &Shared) -> Result<ReplayStatus, Failure> {
    let control = control(app)?;
    Ok(at_head(app, control.status()))
}

pub(crate) fn change(app: &Shared, change: ReplayChange) -> Result<ReplayStatus, Failure> {
    let control = control(app)?;
    if change.speed.is_some_and(|speed| !(0.1..=1_000_000.0).contains(&speed)) {
        return Err(Failure::invalid("speed", "write a number from 0.1 to 1000000"));
    }
    let state = control.change(change).map_err(|reason| Failure::invalid("jump_to", reason))?;
    Ok(at_head(app, state))
}

fn control(app: &Shared) -> Result<&dyn crate::replay::ReplayControl, Failure> {
    let absent = || Failure::new(Code::NO_REPLAY, "no replay runs here; start one with cistern up");
    app.options.replay.as_deref().ok_or_else(absent)
}

fn at_head(app: &Shared, replay: ReplayState) -> ReplayStatus {
    let head = app.node.head();
    ReplayStatus { height: head.height, seq: head.seq, time: head.time.as_milliseconds(), replay }
}

/// Where the replay is, where one runs.
#[utoipa::path(get, path = "/v1/replay", operation_id = "replay", tag = "replay",
    responses((status = 200, description = "The replay.", body = ReplayStatus), Reads))]
pub(crate) async fn of_http(State(app): State<App>) -> Result<Reply<ReplayStatus>, Failure> {
    read(&app).map(Reply)
}

/// Pauses the replay, sets its speed, or has it go on from a later instant.
#[utoipa::path(post, path = "/v1/replay", operation_id = "change_replay", tag = "replay",
    request_body = ReplayChange,
    responses((status = 200, description = "The replay after it.", body = ReplayStatus), Writes))]
pub(crate) async fn change_http(
    State(app): State<App>,
    Json(asked): Json<ReplayChange>,
) -> Result<Reply<ReplayStatus>, Failure> {
    change(&app, asked).map(Reply)
}
