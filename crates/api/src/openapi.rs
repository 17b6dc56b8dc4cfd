//! The description of the API, generated from the routes and types that serve it.

use std::sync::OnceLock;

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use utoipa::{OpenApi, openapi::OpenApi as Document};

use crate::{
    errors::{Code, ErrorBody, ErrorDetail},
    history::EventKind,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Cistern",
        description = "A margin pool: collateral, positions, risk, liquidation. Numbers that are money, prices or ratios are decimal text; amounts are in whole units of their asset; times are milliseconds. Every answer says after which entry it holds."
    ),
    components(schemas(Code, ErrorDetail, ErrorBody, EventKind)),
    tags(
        (name = "node", description = "The node: where it is, and whether it is well."),
        (name = "pool", description = "Assets, markets, prices and risk of the whole pool."),
        (name = "accounts", description = "Accounts and their numbers."),
        (name = "liquidations", description = "Accounts near or below their requirement."),
        (name = "commands", description = "What changes the pool, and what would."),
        (name = "replay", description = "The replay that moves the pool's prices."),
        (name = "streams", description = "Changes as they happen.")
    )
)]
struct Base;

/// The parts that belong to no route.
pub(crate) fn base() -> Document {
    let mut document = Base::openapi();
    document.info.license = None;
    document
}

/// The description as text, in the form that is checked in.
#[must_use]
pub fn document() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        let document = crate::routes::documented().into_openapi();
        let mut text = document.to_pretty_json().unwrap_or_default();
        text.push('\n');
        text
    })
}

/// The description of the API.
pub(crate) async fn of_http() -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], document()).into_response()
}
