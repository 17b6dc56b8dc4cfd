//! Carries the frames of a WebSocket to a feed, and opens it again whenever it is lost.

use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use rustls::ClientConfig;
use tokio::{
    net::TcpStream,
    time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until, timeout},
};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
    tungstenite::{Error, Message, protocol::WebSocketConfig},
};

use super::{
    FeedError, Ping,
    error::excerpt,
    line::{End, Line, duration},
};

/// A frame at the most: the book of 400 levels a side, the largest that is asked for, takes about 40 kB.
pub const FRAME_MAX: usize = 1 << 20;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Until nobody listens any longer.
pub(crate) async fn run(mut line: Line, ping: Ping, tls: Arc<ClientConfig>) {
    loop {
        let end = listen(&mut line, ping, Arc::clone(&tls)).await;
        let end = match end {
            End::Unheard => return,
            End::Lost(error) => line.lose(error).await,
        };
        if end.is_err() {
            return;
        }
    }
}

/// One connection, from its opening to its end.
async fn listen(line: &mut Line, ping: Ping, tls: Arc<ClientConfig>) -> End {
    let mut socket = match connect(line, tls).await {
        Ok(socket) => socket,
        Err(error) => return End::Lost(error),
    };
    line.garbled = 0;
    for text in line.feed.open() {
        if let Err(error) = say(line, &mut socket, &text).await {
            return End::Lost(error);
        }
    }
    match follow(line, ping, &mut socket).await {
        Err(end) => end,
        Ok(never) => match never {},
    }
}

async fn connect(line: &Line, tls: Arc<ClientConfig>) -> Result<Socket, FeedError> {
    let address = line.address();
    let limits = WebSocketConfig::default().max_message_size(Some(FRAME_MAX)).max_frame_size(Some(FRAME_MAX));
    let connection =
        connect_async_tls_with_config(&*address, Some(limits), true, Some(Connector::Rustls(tls)));
    match timeout(duration(line.params.patience), connection).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(error)) => Err(FeedError::Unreachable { reason: excerpt(&error.to_string()), address }),
        Err(_) => Err(FeedError::TimedOut { address, after: line.params.patience }),
    }
}

/// Says something, to a venue that takes it within the line's patience.
async fn say(line: &Line, socket: &mut Socket, text: &str) -> Result<(), FeedError> {
    let after = line.params.patience;
    match timeout(duration(after), socket.send(Message::text(text))).await {
        Ok(sent) => sent.map_err(|error| closed(&error)),
        Err(_) => Err(FeedError::TimedOut { address: line.address(), after }),
    }
}

/// What happens on an open line.
enum Happening {
    Frame(Option<Result<Message, Error>>),
    Late,
    Ping,
}

/// Hears until the line is lost.
async fn follow(line: &mut Line, ping: Ping, socket: &mut Socket) -> Result<std::convert::Infallible, End> {
    let (silence, mute) = (duration(line.params.silence), duration(line.params.mute));
    let (mut silent_at, mut mute_at) = (Instant::now() + silence, Instant::now() + mute);
    let (text, mut pings) = match ping {
        Ping::Theirs => (None, pings(silence)),
        Ping::Text(text, every) => (Some(text), pings(duration(every))),
    };
    loop {
        let happening = tokio::select! {
            frame = socket.next() => Happening::Frame(frame),
            () = sleep_until(silent_at.min(mute_at)) => Happening::Late,
            _ = pings.tick(), if text.is_some() => Happening::Ping,
        };
        let frame = match happening {
            Happening::Frame(Some(Ok(message))) => message,
            Happening::Frame(Some(Err(error))) => return Err(End::Lost(closed(&error))),
            Happening::Frame(None) => return Err(End::Lost(ended("without a word"))),
            Happening::Late if silent_at <= mute_at => {
                return Err(End::Lost(FeedError::Silent { after: line.params.silence }));
            }
            Happening::Late => return Err(End::Lost(FeedError::Mute { after: line.params.mute })),
            Happening::Ping => {
                say(line, socket, text.unwrap_or_default()).await.map_err(End::Lost)?;
                continue;
            }
        };
        let told = match frame {
            Message::Text(text) => line.hear(text.as_bytes()).await?,
            Message::Binary(bytes) => line.hear(&bytes).await?,
            Message::Close(farewell) => {
                let reason = farewell.map_or_else(|| "without a word".to_owned(), |frame| frame.to_string());
                return Err(End::Lost(ended(&reason)));
            }
            // The WebSocket answers a ping by itself.
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => continue,
        };
        // Counted from when the frame was told, not heard: a listener that is slow does not make a venue late.
        silent_at = Instant::now() + silence;
        if told > 0 {
            mute_at = Instant::now() + mute;
        }
    }
}

fn pings(every: std::time::Duration) -> Interval {
    let mut pings = interval_at(Instant::now() + every, every);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings
}

fn closed(error: &Error) -> FeedError {
    ended(&error.to_string())
}

fn ended(reason: &str) -> FeedError {
    FeedError::Closed { reason: excerpt(reason) }
}
