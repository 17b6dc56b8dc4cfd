//! Where the node is, and whether it is well.

use axum::{extract::State, response::Response};
use cistern_node::{Head, Status};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    answer::{Reply, answers},
    errors::{Code, Failure},
    extract::Query,
    failures::Reads,
    options::Access,
    shared::{App, Shared},
    wire::text::hex,
};

/// Does the node order commands?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NodeState {
    /// Yes.
    Running,
    /// No more; reads go on.
    Stopped,
}

/// Where the node is, and whether it is well.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NodeStatus {
    /// Number of the last entry.
    pub height: u64,
    /// Number of the last event.
    pub seq: u64,
    /// Time of the last entry, in milliseconds.
    pub time: u64,
    /// Does the node order commands?
    pub status: NodeState,
    /// Why not, where it does not.
    pub stopped_because: Option<String>,
    /// Does the pool exist?
    pub founded: bool,
    /// Is new risk refused?
    pub paused: bool,
    /// Number of the last tick.
    pub tick: u64,
    /// Accounts, the pool's own two included.
    pub accounts: u64,
    /// Chain over all entries and what came of them.
    pub chain: String,
    /// Hash over the whole state, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub state_digest: Option<String>,
    /// Bytes of the log; none in memory.
    pub log_bytes: u64,
    /// Height of the latest snapshot.
    pub last_snapshot: Option<u64>,
    /// Does everybody on this machine command the pool?
    pub development: bool,
    /// Does a replay run?
    pub replay: bool,
    /// Milliseconds since the server started.
    pub uptime_ms: u64,
    /// Version of the program.
    pub version: String,
}

answers!(NodeStatus);

/// What else to say.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct StatusQuery {
    /// Hash the whole state: takes some time in a large pool.
    #[serde(default)]
    pub digest: Option<bool>,
}

impl Shared {
    pub(crate) fn status(&self, query: StatusQuery) -> NodeStatus {
        let Head { log_bytes, last_snapshot, status, .. } = self.node.head();
        let stopped_because = match &status {
            Status::Running => None,
            Status::Stopped { reason } => Some(reason.to_string()),
        };
        self.look(|sight| {
            let state = sight.engine.state();
            NodeStatus {
                height: sight.mark.height,
                seq: sight.mark.seq,
                time: sight.mark.time.as_milliseconds(),
                status: if stopped_because.is_none() { NodeState::Running } else { NodeState::Stopped },
                stopped_because,
                founded: state.is_founded(),
                paused: state.config.paused,
                tick: state.totals.tick,
                accounts: state.accounts.len() as u64,
                chain: hex(&sight.mark.chain),
                state_digest: query.digest.unwrap_or_default().then(|| hex(&state.digest())),
                log_bytes,
                last_snapshot,
                development: self.options.access == Access::Development,
                replay: self.options.replay.is_some(),
                uptime_ms: u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            }
        })
    }
}

/// Where the node is.
#[utoipa::path(get, path = "/v1/status", operation_id = "status", tag = "node", params(StatusQuery),
    responses((status = 200, description = "Where the node is.", body = NodeStatus), Reads))]
pub(crate) async fn of_http(
    State(app): State<App>,
    Query(query): Query<StatusQuery>,
) -> Result<Reply<NodeStatus>, Failure> {
    let shared = app.clone();
    app.work(move || Ok(Reply(shared.status(query)))).await
}

/// Does the server answer?
#[utoipa::path(get, path = "/healthz", operation_id = "healthz", tag = "node",
    responses((status = 200, description = "It does.", body = String, content_type = "text/plain"), Reads))]
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// Does the node order commands?
#[utoipa::path(get, path = "/readyz", operation_id = "readyz", tag = "node",
    responses((status = 200, description = "It does.", body = String, content_type = "text/plain"), Reads))]
pub(crate) async fn readyz(State(app): State<App>) -> Result<Response, Failure> {
    use axum::response::IntoResponse;
    match app.node.head().status {
        Status::Running => Ok("ready\n".into_response()),
        Status::Stopped { reason } => {
            Err(Failure::new(Code::NODE_STOPPED, format!("the node orders nothing more: {reason}")))
        }
    }
}
