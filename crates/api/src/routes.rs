//! Every path, and what surrounds it.

use axum::{Router, extract::DefaultBodyLimit, http::StatusCode, middleware, routing::get};
use tower_http::{catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer, timeout::TimeoutLayer};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    accounts, assets, candidates, history, layers, markets, metrics, openapi, oracle, pages, replay, risk,
    shared::App, signing, simulate, status, streams, tx, ws,
};

/// The paths of the description.
pub(crate) fn documented() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(status::of_http))
        .routes(routes!(status::healthz))
        .routes(routes!(status::readyz))
        .routes(routes!(assets::of_http))
        .routes(routes!(markets::of_http))
        .routes(routes!(oracle::of_http))
        .routes(routes!(risk::pool::of_http))
        .routes(routes!(risk::moments::of_http))
        .routes(routes!(risk::params::of_http))
        .routes(routes!(accounts::list_http))
        .routes(routes!(accounts::one_http))
        .routes(routes!(accounts::agents::of_http))
        .routes(routes!(candidates::of_http))
        .routes(routes!(history::of_http))
        .routes(routes!(history::account_http))
        .routes(routes!(history::liquidations_http))
        .routes(routes!(simulate::of_http))
        .routes(routes!(tx::of_http))
        .routes(routes!(tx::batch_http))
        .routes(routes!(tx::evidence::of_http))
        .routes(routes!(signing::of_http, signing::to_sign_http))
        .routes(routes!(replay::of_http, replay::change_http))
        .routes(routes!(streams::sse::of_http))
        .routes(routes!(ws::of_http))
}

fn undocumented() -> Router<App> {
    Router::new()
        .route("/v1/openapi.json", get(openapi::of_http))
        .route("/metrics", get(metrics::of_http))
        .fallback(pages::of_http)
}

/// Every path, and what surrounds it.
pub(crate) fn router(app: &App) -> Router {
    let (documented, _) = documented().split_for_parts();
    let limits = app.options.limits;
    documented
        .merge(undocumented())
        .layer(RequestBodyLimitLayer::new(limits.body_bytes))
        .layer(DefaultBodyLimit::disable())
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, limits.request_timeout))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(app.clone(), layers::surround))
        .with_state(app.clone())
}
