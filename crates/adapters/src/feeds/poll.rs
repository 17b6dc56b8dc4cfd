//! Asks a gateway again and again, and carries its answers to a feed.

use std::sync::Arc;

use cistern_units::Span;
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::{
    HeaderMap, Request, StatusCode, Uri,
    body::{Body, Bytes, Incoming},
    header::{ACCEPT, HOST, RETRY_AFTER, USER_AGENT},
};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use rustls::ClientConfig;
use tokio::time::{sleep, timeout};

use super::{
    FeedError, Key,
    error::excerpt,
    line::{End, Line, duration},
};

/// An answer at the most: all packages of RedStone's largest service take about 1.5 MB.
pub const BODY_MAX: usize = 8 << 20;
/// The longest wait that a gateway can ask for.
const AGAIN_MAX: Span = Span::seconds(600);

type Gateway = Client<HttpsConnector<HttpConnector>, Empty<Bytes>>;

/// What is asked, and how often.
pub(crate) struct Questions {
    pub(crate) paths: Vec<String>,
    pub(crate) every: Span,
    pub(crate) key: Option<Key>,
}

/// Until nobody listens any longer.
pub(crate) async fn run(mut line: Line, questions: Questions, tls: Arc<ClientConfig>) {
    let connector =
        HttpsConnectorBuilder::new().with_tls_config((*tls).clone()).https_or_http().enable_http1().build();
    let gateway: Gateway = Client::builder(TokioExecutor::new()).build(connector);
    line.feed.open();
    loop {
        let end = match round(&mut line, &questions, &gateway).await {
            Ok(()) => {
                sleep(duration(questions.every)).await;
                if line.out.is_closed() { Err(End::Unheard) } else { Ok(()) }
            }
            Err(End::Lost(error)) => line.lose(error).await,
            Err(End::Unheard) => Err(End::Unheard),
        };
        if end.is_err() {
            return;
        }
    }
}

/// Each question once.
async fn round(line: &mut Line, questions: &Questions, gateway: &Gateway) -> Result<(), End> {
    for path in &questions.paths {
        let address = line.address();
        let patience = line.params.patience;
        let answer = timeout(duration(patience), ask(&address, path, questions.key.as_ref(), gateway)).await;
        let late = FeedError::TimedOut { address, after: patience };
        let body = answer.unwrap_or(Err(late)).map_err(|error| End::Lost(busy_for(line, error)))?;
        match line.feed.hear(&body, (line.clock)()) {
            Ok(all) => {
                line.backoff.reset();
                for heard in all {
                    line.out.send(heard).await.map_err(|_| End::Unheard)?;
                }
            }
            Err(error) => return Err(End::Lost(error)),
        }
    }
    Ok(())
}

/// A gateway that is busy and does not say for how long gets the wait that is due.
fn busy_for(line: &mut Line, error: FeedError) -> FeedError {
    match error {
        FeedError::Busy { status, again } if again.is_zero() => {
            FeedError::Busy { status, again: line.backoff.wait() }
        }
        error => error,
    }
}

async fn ask(address: &str, path: &str, key: Option<&Key>, gateway: &Gateway) -> Result<Vec<u8>, FeedError> {
    let unreachable =
        |reason: &str| FeedError::Unreachable { address: address.to_owned(), reason: excerpt(reason) };
    let whole = format!("{}{path}", address.trim_end_matches('/'));
    let uri: Uri = whole.parse().map_err(|_| unreachable("the address is none"))?;
    let host = uri.authority().map_or("", |authority| authority.as_str()).to_owned();
    let mut request = Request::get(uri).header(HOST, host).header(ACCEPT, "application/json");
    request = request.header(USER_AGENT, concat!("cistern/", env!("CARGO_PKG_VERSION")));
    if let Some((header, secret)) = key.and_then(|key| Some((&key.header, key.secret.as_ref()?))) {
        request = request.header(header, secret);
    }
    let request = request.body(Empty::new()).map_err(|error| unreachable(&error.to_string()))?;
    let answer = gateway.request(request).await.map_err(|error| unreachable(&causes(&error)))?;
    let status = answer.status();
    if status == StatusCode::OK {
        return body(answer.into_body()).await;
    }
    let (number, address) = (status.as_u16(), address.to_owned());
    Err(match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => FeedError::Locked { address, status: number },
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            FeedError::Busy { status: number, again: retry_after(answer.headers()) }
        }
        _ => FeedError::Status { address, status: number },
    })
}

/// The whole body, but no more than a limit, whatever its header promises.
async fn body(incoming: Incoming) -> Result<Vec<u8>, FeedError> {
    if incoming.size_hint().lower() > BODY_MAX as u64 {
        return Err(FeedError::TooLarge { limit: BODY_MAX });
    }
    match Limited::new(incoming, BODY_MAX).collect().await {
        Ok(collected) => Ok(collected.to_bytes().to_vec()),
        Err(error) if error.is::<LengthLimitError>() => Err(FeedError::TooLarge { limit: BODY_MAX }),
        Err(error) => Err(FeedError::Closed { reason: excerpt(&error.to_string()) }),
    }
}

/// How long the gateway wants to be left alone, in whole seconds; nothing where it gives a date or does not say.
fn retry_after(headers: &HeaderMap) -> Span {
    let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let seconds = seconds.and_then(|text| text.trim().parse::<u64>().ok()).unwrap_or(0);
    Span::milliseconds(seconds.saturating_mul(1_000)).min(AGAIN_MAX)
}

/// An error with what it came from: the client's own words alone do not say why.
fn causes(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}
