//! The dashboard, as it was when the binary was built.

use axum::{
    http::{HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

use crate::errors::Failure;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

const INDEX: &str = "index.html";

/// What a browser may load: the dashboard's own files and its own server. Charts set styles on their elements.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// What stands in for a dashboard that was not built.
const UNBUILT: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>Cistern</title>
<p>The pool runs, and its API is at <a href=\"/v1/status\">/v1/status</a>, described at
<a href=\"/v1/openapi.json\">/v1/openapi.json</a>. The dashboard was not built into this binary: run <code>./x up</code>,
or <code>npm ci &amp;&amp; npm run build</code> in <code>web/</code>, and build the binary again.
</html>
";

/// A file of the dashboard; a path without a dot is a place within its one page.
pub(crate) async fn of_http(method: Method, uri: Uri) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return Failure::of_status(StatusCode::NOT_FOUND).into_response();
    }
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("v1/") || path == "v1" {
        return Failure::of_status(StatusCode::NOT_FOUND).into_response();
    }
    let path = if path.contains('.') { path } else { INDEX };
    match Files::get(path) {
        Some(file) => answer(path, file.data.into_owned()),
        None if path == INDEX => answer(INDEX, UNBUILT.as_bytes().to_vec()),
        None => Failure::of_status(StatusCode::NOT_FOUND).into_response(),
    }
}

fn answer(path: &str, bytes: Vec<u8>) -> Response {
    // Vite puts a hash of the content into the name of everything below assets/.
    let keep = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind(path))),
        (header::CACHE_CONTROL, HeaderValue::from_static(keep)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (headers, bytes).into_response()
}

/// Kinds of file that a dashboard is made of.
fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
