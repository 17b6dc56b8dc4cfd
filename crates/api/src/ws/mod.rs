//! JSON-RPC 2.0 over a WebSocket: every endpoint as a method, and channels to listen to.

mod call;
mod frame;
mod session;

use axum::{
    extract::{
        FromRequestParts, State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{StatusCode, header, request::Parts},
    response::Response,
};

use crate::{
    errors::Failure,
    failures::Upgrades,
    layers::{Peer, RequestId},
    serve::Permit,
    shared::App,
};

/// An upgrade, or the failure in our shape.
pub(crate) struct Upgrade(WebSocketUpgrade);

impl<S: Send + Sync> FromRequestParts<S> for Upgrade {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let asked = parts.headers.contains_key(header::UPGRADE);
        let upgrade: Result<_, WebSocketUpgradeRejection> =
            WebSocketUpgrade::from_request_parts(parts, state).await;
        let status = if asked { StatusCode::BAD_REQUEST } else { StatusCode::UPGRADE_REQUIRED };
        upgrade.map(Self).map_err(|_| Failure::of_status(status))
    }
}

/// Opens a WebSocket that speaks JSON-RPC 2.0: `subscribe`, `unsubscribe`, `ping`, and every operation of this
/// description by its id, with its parameters or its body as `params`.
#[utoipa::path(get, path = "/v1/ws", operation_id = "ws", tag = "streams", responses(
    (status = 101, description = "The socket is open.", content_type = "text/plain", body = String), Upgrades))]
pub(crate) async fn of_http(
    State(app): State<App>,
    peer: axum::Extension<Peer>,
    id: axum::Extension<RequestId>,
    permit: axum::Extension<Permit>,
    Upgrade(upgrade): Upgrade,
) -> Result<Response, Failure> {
    let most = app.options.limits.message_bytes;
    let caller = call::Caller { app: app.clone(), peer: peer.0.0, id: id.0.0 };
    Ok(upgrade.max_message_size(most).max_frame_size(most).on_upgrade(move |socket| async move {
        session::run(caller, socket).await;
        drop(permit);
    }))
}
