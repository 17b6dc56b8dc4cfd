//! Evidence: messages of oracle networks and bridges, taken from everybody.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{Sent, TxAccepted, TxRequest};
use crate::{
    answer::Reply,
    errors::Failure,
    extract::Json,
    failures::Writes,
    shared::{App, Shared},
    wire,
};

/// Messages that are to count together.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceRequest {
    /// The messages; all of them hold, or none is taken.
    #[schema(value_type = Vec<wire::Evidence>, min_items = 1, max_items = 64)]
    pub evidence: Value,
}

impl Shared {
    /// Hands messages to the node.
    ///
    /// # Errors
    /// [`Failure`]: they were not handed in.
    pub(crate) fn send_evidence(&self, request: EvidenceRequest) -> Result<Sent, Failure> {
        if request.evidence.as_array().is_some_and(Vec::is_empty) {
            return Err(Failure::invalid("evidence", "write at least one message"));
        }
        // The same as an action: one reading, one way in.
        let action = json!({"type": "attest", "evidence": request.evidence, "statements": []});
        self.send(&TxRequest { action, client_id: None, at: None })
    }
}

/// Brings messages, from whomever they come: the node checks who signed them and what they state.
#[utoipa::path(post, path = "/v1/evidence", operation_id = "evidence", tag = "commands",
    request_body = EvidenceRequest,
    responses((status = 200, description = "They hold; the events say which of them counted.", body = TxAccepted), Writes))]
pub(crate) async fn of_http(
    State(app): State<App>,
    Json(request): Json<EvidenceRequest>,
) -> Result<Reply<TxAccepted>, Failure> {
    let sent = app.send_evidence(request)?;
    app.outcome(sent).await.map(Reply)
}
