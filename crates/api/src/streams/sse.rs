//! Server-sent events: the same messages, one way.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{Stream, stream};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use utoipa::{IntoParams, ToSchema};

use crate::{
    errors::Failure,
    extract::Query,
    failures::Reads,
    shared::App,
    streams::{Channel, Line, Reader},
};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// A comment is sent this often, so that whoever stands between does not close a quiet stream.
const COMMENT_EVERY: Duration = Duration::from_secs(15);

/// What to listen to.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct StreamQuery {
    /// Channels with commas between: status, prices, pool, markets, params, candidates, replay, account.17, events,
    /// liquidations.
    #[param(
        pattern = "^(status|prices|pool|markets|params|candidates|events|liquidations)(,(status|prices|pool|markets|params|candidates|events|liquidations)){0,7}$|^(replay|account\\.[0-9]{1,10})$"
    )]
    pub channels: String,
    /// Event to go on with, on the channels of events.
    #[serde(default)]
    #[param(minimum = 1)]
    pub from_seq: Option<u64>,
}

/// One message of a stream.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StreamMessage {
    /// Channel.
    pub event: String,
    /// The content of an update as JSON: channel, seq, height, time, kind and data.
    pub data: String,
    /// Number of the event, on the channels of events.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub id: Option<String>,
}

/// The stream of one client: first what it is told at once, then what is due.
struct Listener {
    app: App,
    reader: Reader,
    waiting: std::collections::VecDeque<Line>,
    news: watch::Receiver<u64>,
}

impl Listener {
    async fn next(&mut self) -> Option<Line> {
        loop {
            if let Some(line) = self.waiting.pop_front() {
                return Some(line);
            }
            self.waiting.extend(self.reader.due());
            if self.waiting.is_empty() {
                tokio::select! {
                    changed = self.news.changed() => changed.ok()?,
                    () = self.app.ended() => return None,
                }
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.app.metrics.streams.dec();
    }
}

fn lines(listener: Listener) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(listener, |mut listener| async {
        let line = listener.next().await?;
        let event = Event::default().event(line.channel.to_string()).data(line.params());
        // What a client goes on with after a break is an event, not a state.
        let event = if line.channel.is_numbered() { event.id(line.seq.to_string()) } else { event };
        Some((Ok(event), listener))
    })
}

/// Messages of channels as they come. After a break, `last-event-id` goes on where the events stopped.
#[utoipa::path(get, path = "/v1/events", operation_id = "events", tag = "streams", params(StreamQuery),
    responses((status = 200, description = "A stream without an end.", body = StreamMessage,
        content_type = "text/event-stream"), Reads))]
pub(crate) async fn of_http(
    State(app): State<App>,
    headers: HeaderMap,
    Query(query): Query<StreamQuery>,
) -> Result<Response, Failure> {
    let channels: Vec<Channel> = query.channels.split(',').map(Channel::parse).collect::<Result<_, _>>()?;
    let last = headers.get(&LAST_EVENT_ID).and_then(|id| id.to_str().ok()?.parse::<u64>().ok());
    let from_seq = last.map(|last| last.saturating_add(1)).or(query.from_seq);
    // News that come while the first messages are put together are news all the same.
    let news = app.hub.news();
    let mut reader = Reader::new(app.clone());
    let (reader, waiting) = app
        .work(move || {
            let mut waiting = std::collections::VecDeque::new();
            for channel in channels {
                waiting.extend(reader.listen(channel, from_seq.filter(|_| channel.is_numbered()))?);
            }
            Ok((reader, waiting))
        })
        .await?;
    app.metrics.streams.inc();
    let listener = Listener { app, reader, waiting, news };
    Ok(Sse::new(lines(listener)).keep_alive(KeepAlive::new().interval(COMMENT_EVERY)).into_response())
}
