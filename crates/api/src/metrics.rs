//! What is measured, in Prometheus' text form.

use std::{sync::atomic::AtomicU64, time::Duration};

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};

use crate::shared::App;

/// A kind of request and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The path as it is documented, not as it was asked: few, whatever clients send.
    pub(crate) route: String,
    pub(crate) status: u16,
}

type Seconds = Gauge<f64, AtomicU64>;

/// The measures.
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) requests: Family<Request, Counter>,
    pub(crate) request_time: Histogram,
    /// From a command's arrival until it is durable and applied.
    pub(crate) command_time: Histogram,
    pub(crate) commands_accepted: Counter,
    pub(crate) commands_refused: Counter,
    /// Commands that wait for their answer.
    pub(crate) commands_waiting: Gauge,
    pub(crate) census_time: Seconds,
    pub(crate) sockets: Gauge,
    pub(crate) streams: Gauge,
    pub(crate) connections: Gauge,
    pub(crate) slow_clients: Counter,
    height: Gauge,
    events: Gauge,
    log_bytes: Gauge,
    running: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let times = || Histogram::new(exponential_buckets(0.000_05, 2.0, 18));
        let mut metrics = Self {
            registry: Registry::with_prefix("cistern"),
            requests: Family::default(),
            request_time: times(),
            command_time: times(),
            commands_accepted: Counter::default(),
            commands_refused: Counter::default(),
            commands_waiting: Gauge::default(),
            census_time: Seconds::default(),
            sockets: Gauge::default(),
            streams: Gauge::default(),
            connections: Gauge::default(),
            slow_clients: Counter::default(),
            height: Gauge::default(),
            events: Gauge::default(),
            log_bytes: Gauge::default(),
            running: Gauge::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let Self { registry, .. } = self;
        registry.register("http_requests", "Requests by route and status", self.requests.clone());
        let unit = || Unit::Seconds;
        registry.register_with_unit("http_request", "Time to an answer", unit(), self.request_time.clone());
        registry.register_with_unit(
            "command",
            "Time until a command is durable and applied",
            unit(),
            self.command_time.clone(),
        );
        registry.register("commands_accepted", "Commands that were accepted", self.commands_accepted.clone());
        registry.register("commands_refused", "Commands that broke a rule", self.commands_refused.clone());
        registry.register("commands_waiting", "Commands not answered yet", self.commands_waiting.clone());
        registry.register_with_unit("census", "Time of the last census", unit(), self.census_time.clone());
        registry.register("ws_clients", "Open WebSockets", self.sockets.clone());
        registry.register("sse_clients", "Open event streams", self.streams.clone());
        registry.register("connections", "Open connections", self.connections.clone());
        registry.register("slow_clients", "Clients dropped for reading slowly", self.slow_clients.clone());
        registry.register("height", "Entries that were applied", self.height.clone());
        registry.register("events", "Events so far", self.events.clone());
        registry.register_with_unit("log", "Size of the log", Unit::Bytes, self.log_bytes.clone());
        registry.register("running", "1 while the node orders commands", self.running.clone());
    }

    /// Notes an answer.
    pub(crate) fn note(&self, request: Request, took: Duration) {
        self.requests.get_or_create(&request).inc();
        self.request_time.observe(took.as_secs_f64());
    }
}

fn gauge(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Everything measured, for Prometheus.
pub(crate) async fn of_http(State(app): State<App>) -> Response {
    let metrics = &app.metrics;
    let head = app.node.head();
    metrics.height.set(gauge(head.height));
    metrics.events.set(gauge(head.seq));
    metrics.log_bytes.set(gauge(head.log_bytes));
    metrics.running.set(i64::from(head.status == cistern_node::Status::Running));
    let mut text = String::new();
    // Writing into a string cannot fail.
    let _ = encode(&mut text, &metrics.registry);
    let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
