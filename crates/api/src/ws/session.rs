//! One WebSocket, from its opening to its end: one task, no queue, and nothing that waits for a slow client but itself.

use std::{future::Future, pin::Pin};

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use futures_util::{StreamExt, future::join_all, stream::FuturesUnordered};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval, timeout},
};

use crate::{
    errors::Failure,
    streams::{Channel, Line, Reader},
    ws::{
        call::{Caller, read},
        frame::{self, Frame, INVALID_REQUEST, PARSE_ERROR, Trouble, Written, written},
    },
};

/// Calls of one client that are answered at once; the next is read when one of them is done.
const CALLS_MAX: usize = 64;
/// Requests of one batch.
const BATCH_MAX: usize = 100;

/// What ends a session.
enum End {
    /// The client is gone, or does not read.
    Gone,
    /// The client is told why.
    Close(u16, &'static str),
}

type Answers = FuturesUnordered<Pin<Box<dyn Future<Output = Option<Utf8Bytes>> + Send>>>;

struct Session {
    caller: Caller,
    socket: WebSocket,
    /// None only while it is lent to a thread that may block.
    reader: Option<Reader>,
    answers: Answers,
    /// Has the client said anything since it was last asked?
    heard: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Subscription {
    channels: Vec<String>,
    #[serde(default)]
    from_seq: Option<u64>,
}

/// Serves a socket until it ends.
pub(super) async fn run(caller: Caller, socket: WebSocket) {
    let app = caller.app.clone();
    app.metrics.sockets.inc();
    let news = app.hub.news();
    let reader = Some(Reader::new(app.clone()));
    let mut session = Session { caller, socket, reader, answers: FuturesUnordered::new(), heard: true };
    let end = session.serve(news).await;
    if let End::Close(code, reason) = end {
        let farewell = Message::Close(Some(CloseFrame { code, reason: Utf8Bytes::from_static(reason) }));
        let _ = timeout(std::time::Duration::from_secs(1), session.socket.send(farewell)).await;
    }
    app.metrics.sockets.dec();
}

impl Session {
    async fn serve(&mut self, mut news: watch::Receiver<u64>) -> End {
        let app = self.caller.app.clone();
        let mut asks = interval(app.options.limits.ping_every);
        asks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        asks.reset();
        let mut more = false;
        loop {
            let step = tokio::select! {
                () = app.ended() => Err(End::Close(close_code::AWAY, "the server ends")),
                message = self.socket.recv(), if self.answers.len() < CALLS_MAX => self.hear(message).await,
                Some(answer) = self.answers.next(), if !self.answers.is_empty() => match answer {
                    Some(text) => self.say(Message::Text(text)).await,
                    None => Ok(()),
                },
                () = std::future::ready(()), if more => self.tell_due(&mut more).await,
                fresh = news.changed(), if !more => match fresh {
                    Ok(()) => self.tell_due(&mut more).await,
                    Err(_) => Err(End::Gone),
                },
                _ = asks.tick() => self.ask().await,
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    /// Sends a message; whoever does not take it within the limit is let go.
    async fn say(&mut self, message: Message) -> Result<(), End> {
        let patience = self.caller.app.options.limits.write_timeout;
        match timeout(patience, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => {
                self.caller.app.metrics.slow_clients.inc();
                Err(End::Close(close_code::POLICY, "too slow: read faster, or listen to less"))
            }
        }
    }

    /// Asks whether the client still lives.
    async fn ask(&mut self) -> Result<(), End> {
        if !self.heard {
            return Err(End::Close(close_code::POLICY, "no answer to a ping"));
        }
        self.heard = false;
        self.say(Message::Ping(Default::default())).await
    }

    /// Tells what is due; `more` says whether something may be left.
    async fn tell_due(&mut self, more: &mut bool) -> Result<(), End> {
        let lines = self.reader.as_mut().map(Reader::due).unwrap_or_default();
        *more = !lines.is_empty();
        self.tell(lines).await
    }

    async fn hear(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        self.heard = true;
        match message {
            None | Some(Ok(Message::Close(_))) => Err(End::Gone),
            Some(Err(_)) => Err(End::Close(close_code::SIZE, "the message is too large, or broken")),
            Some(Ok(Message::Text(text))) => self.take(text.as_str().as_bytes()).await,
            Some(Ok(Message::Binary(bytes))) => self.take(&bytes).await,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
        }
    }

    /// Takes a request, or a batch of them.
    async fn take(&mut self, bytes: &[u8]) -> Result<(), End> {
        let trouble =
            |code, message: String| frame::answer(&Value::Null, &Err(Trouble::new(code, message)), "");
        let value: Value = match serde_json::from_slice(bytes) {
            Ok(value) => value,
            Err(error) => {
                return self.say(Message::Text(trouble(PARSE_ERROR, format!("not JSON: {error}")))).await;
            }
        };
        let Value::Array(values) = value else {
            return self.take_one(value).await;
        };
        if values.is_empty() || values.len() > BATCH_MAX {
            let message = format!("a batch has 1 to {BATCH_MAX} requests");
            return self.say(Message::Text(trouble(INVALID_REQUEST, message))).await;
        }
        let mut parts = Vec::with_capacity(values.len());
        let mut lines = Vec::new();
        for value in values {
            parts.push(self.begin(value, &mut lines).await);
        }
        self.answers.push(Box::pin(async move {
            let answers: Vec<Utf8Bytes> = join_all(parts).await.into_iter().flatten().collect();
            let texts: Vec<&str> = answers.iter().map(Utf8Bytes::as_str).collect();
            // Notifications alone are answered with nothing.
            (!texts.is_empty()).then(|| format!("[{}]", texts.join(",")).into())
        }));
        self.tell(lines).await
    }

    async fn take_one(&mut self, value: Value) -> Result<(), End> {
        let mut lines = Vec::new();
        let answer = self.begin(value, &mut lines).await;
        self.answers.push(answer);
        self.tell(lines).await
    }

    async fn tell(&mut self, lines: Vec<Line>) -> Result<(), End> {
        for line in lines {
            self.say(Message::Text(line.text)).await?;
        }
        Ok(())
    }

    /// Begins a request. What it subscribes to is told with `lines`; its answer comes by itself.
    async fn begin(
        &mut self,
        value: Value,
        lines: &mut Vec<Line>,
    ) -> Pin<Box<dyn Future<Output = Option<Utf8Bytes>> + Send>> {
        let request_id = self.caller.id.clone();
        let Frame { id, method, params } = match Frame::read(value) {
            Ok(frame) => frame,
            Err((id, trouble)) => {
                return Box::pin(std::future::ready(Some(frame::answer(&id, &Err(trouble), &request_id))));
            }
        };
        let pending = match method.as_str() {
            "subscribe" | "unsubscribe" => {
                let done = match self.caller.pay(&method) {
                    Ok(()) if method == "subscribe" => self.subscribe(params, lines).await,
                    Ok(()) => self.unsubscribe(params),
                    Err(trouble) => Err(trouble),
                };
                Box::pin(std::future::ready(done))
            }
            _ => self.caller.begin(&method, params),
        };
        Box::pin(async move {
            let outcome = pending.await;
            id.map(|id| frame::answer(&id, &outcome, &request_id))
        })
    }

    /// Begins to listen to all of the channels, or to none.
    async fn subscribe(&mut self, params: Value, lines: &mut Vec<Line>) -> Written {
        let Subscription { channels, from_seq } = read(params)?;
        let channels = parse(&channels)?;
        if from_seq.is_some() && !channels.iter().all(|channel| channel.is_numbered()) {
            return Err(
                Failure::invalid("from_seq", "only events and liquidations go on from a number").into()
            );
        }
        let Some(mut reader) = self.reader.take() else { return written(&Value::Null) };
        let asked = channels.clone();
        let listened = tokio::task::spawn_blocking(move || {
            let mut lines = Vec::new();
            for (place, channel) in asked.iter().enumerate() {
                match reader.listen(*channel, from_seq) {
                    Ok(first) => lines.extend(first),
                    Err(failure) => {
                        asked.iter().take(place).for_each(|channel| reader.ignore(*channel));
                        return (reader, Err(failure));
                    }
                }
            }
            (reader, Ok(lines))
        });
        let Ok((reader, outcome)) = listened.await else {
            self.reader = Some(Reader::new(self.caller.app.clone()));
            return Err(Failure::of_status(axum::http::StatusCode::INTERNAL_SERVER_ERROR).into());
        };
        self.reader = Some(reader);
        lines.extend(outcome?);
        // What happened meanwhile is due now.
        self.caller.app.hub.wake();
        written(&json!({"channels": names(&channels)}))
    }

    fn unsubscribe(&mut self, params: Value) -> Written {
        let Subscription { channels, .. } = read(params)?;
        let channels = parse(&channels)?;
        if let Some(reader) = &mut self.reader {
            channels.iter().for_each(|channel| reader.ignore(*channel));
        }
        written(&json!({"channels": names(&channels)}))
    }
}

fn parse(channels: &[String]) -> Result<Vec<Channel>, Trouble> {
    channels.iter().map(|name| Channel::parse(name).map_err(Trouble::from)).collect()
}

fn names(channels: &[Channel]) -> Vec<String> {
    channels.iter().map(Channel::to_string).collect()
}
