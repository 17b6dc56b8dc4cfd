//! What surrounds every request: its id, its price, its time limit, and the one shape of whatever goes wrong.

use std::{
    net::IpAddr,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    answer::X_HEIGHT,
    errors::{Code, Failure},
    limits::weight,
    metrics,
    shared::{App, Shared},
};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id of a client's own that is taken over.
const ID_MAX: usize = 64;

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// The id of a request.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) String);

/// The outermost layer.
pub(crate) async fn surround(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = id_of(request.headers());
    let route = request.extensions().get::<MatchedPath>().map_or("other", |path| path.as_str()).to_owned();
    let method = request.method().to_string();
    let peer = request.extensions().get::<Peer>().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0);
    request.extensions_mut().insert(RequestId(id.clone()));

    let allowance = app.limiter.take(peer, weight(&route), began);
    let answered = match allowance.wait {
        Some(wait) => too_many(wait).into_response(),
        None => match require_own_origin(&app, request.headers(), request.uri()) {
            Ok(()) => next.run(request).await,
            Err(failure) => failure.into_response(),
        },
    };
    let mut response = in_one_shape(answered, &id);
    let headers = response.headers_mut();
    allowance.write(headers);
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(X_REQUEST_ID, id);
    }
    if !headers.contains_key(X_HEIGHT) {
        headers.insert(X_HEIGHT, HeaderValue::from(app.node.head().height));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let status = response.status().as_u16();
    app.metrics.note(metrics::Request { method, route, status }, began.elapsed());
    response
}

fn too_many(wait: u32) -> Failure {
    Failure::new(Code::RATE_LIMITED, format!("too many requests; send the next one in {wait} s"))
        .with("wait_s", wait)
        .retry_after(Duration::from_secs(u64::from(wait)))
}

/// The client's own id where it sent a sound one, so that it finds its request in our log; otherwise the next of ours.
fn id_of(headers: &HeaderMap) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let sound = |id: &&str| {
        (1..=ID_MAX).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let own = headers.get(&X_REQUEST_ID).and_then(|id| id.to_str().ok()).filter(sound);
    own.map_or_else(|| format!("r{:08x}", NEXT.fetch_add(1, Ordering::Relaxed)), str::to_owned)
}

/// Writes a failure's body, and one for every bare error that a layer below gave.
fn in_one_shape(mut response: Response, id: &str) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let failure = response.extensions_mut().remove::<Failure>().unwrap_or_else(|| Failure::of_status(status));
    let mut rendered = failure.render(id);
    for name in [header::ALLOW, X_HEIGHT] {
        if let Some(value) = response.headers_mut().remove(&name) {
            rendered.headers_mut().insert(name, value);
        }
    }
    rendered
}

/// A pool in development takes commands from whoever reaches its port, so a page of another origin that somebody's
/// browser has open must not reach it: neither by a WebSocket, which asks no one, nor by a name that it points here.
fn require_own_origin(app: &Shared, headers: &HeaderMap, uri: &Uri) -> Result<(), Failure> {
    if !app.options.is_loopback() {
        return Ok(());
    }
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host =
        text(header::HOST).or(uri.authority().map(|authority| authority.as_str())).unwrap_or("localhost");
    let origin = text(header::ORIGIN);
    let origin = origin.map(|origin| origin.split_once("://").map_or(origin, |(_, authority)| authority));
    if [Some(host), origin].into_iter().flatten().all(is_of_this_machine) {
        return Ok(());
    }
    let message = "this pool answers pages of its own machine only; open it as http://localhost";
    Err(Failure::new(Code::ORIGIN_FORBIDDEN, message))
}

fn is_of_this_machine(authority: &str) -> bool {
    let name = match authority.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => authority,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_this_machine_is_known() {
        for name in ["localhost", "localhost:8080", "127.0.0.1:80", "[::1]:80", "[::1]", "LOCALHOST"] {
            assert!(is_of_this_machine(name), "{name}");
        }
        for name in ["example.com", "localhost.example.com", "10.0.0.1:80", "null", ""] {
            assert!(!is_of_this_machine(name), "{name}");
        }
    }

    #[test]
    fn a_clients_own_id_is_taken_over_if_it_is_sound() {
        let id = |text: &'static str| {
            id_of(&HeaderMap::from_iter([(X_REQUEST_ID, HeaderValue::from_static(text))]))
        };
        assert_eq!(id("order-17.a_B"), "order-17.a_B");
        assert!(id("no spaces").starts_with('r'));
        assert!(id("").starts_with('r'));
    }
}
