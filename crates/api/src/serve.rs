//! The server: a listener, a connection for each client, and an end that lets them finish.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    pin::pin,
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};

use axum::{Router, body::Body, http::Request};
use cistern_node::Node;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::TcpStream,
    runtime::Runtime,
    sync::{Semaphore, watch},
};
use tower::ServiceExt;

use crate::{
    census,
    layers::Peer,
    options::{Access, Options},
    routes,
    shared::{App, Shared},
    streams,
};

/// Requests that are being answered have this long to end when the server does.
const FAREWELL: Duration = Duration::from_secs(5);

/// Threads for what may block: they wait for the engine's lock, of which there is one.
const BLOCKING_THREADS: usize = 32;

/// Bytes of a request's line and headers together.
const HEADERS_MAX: usize = 64 << 10;

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Development is open to everybody who reaches the port.
    #[error(
        "{address} can be reached from other machines, and in development everybody may send commands: leave --dev out, or listen on 127.0.0.1"
    )]
    DevelopmentNeedsLoopback {
        /// Where it was to listen.
        address: SocketAddr,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address} ({reason}); choose another port")]
    Address {
        /// Where it was to listen.
        address: SocketAddr,
        /// What the system said.
        reason: io::Error,
    },
    /// No threads, no reactor.
    #[error("cannot start the server's threads ({0})")]
    Threads(io::Error),
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    end: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more connections, lets requests end, closes sockets, and returns when that is done.
    pub fn stop(mut self) {
        self.end_now();
    }

    /// Returns when the server has ended.
    pub fn wait(mut self) {
        self.join();
    }

    fn end_now(&mut self) {
        // Nobody listens where the server has ended already.
        let _ = self.end.send(true);
        self.join();
    }

    fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end_now();
    }
}

/// Serves a node, on threads of its own, until it is stopped.
///
/// # Errors
/// [`ServeError`].
pub fn serve(options: Options, node: Node) -> Result<Server, ServeError> {
    let asked = options.address;
    if options.access == Access::Development && !options.is_loopback() {
        return Err(ServeError::DevelopmentNeedsLoopback { address: asked });
    }
    let refused = |reason| ServeError::Address { address: asked, reason };
    let listener = TcpListener::bind(asked).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_name("api")
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build()
        .map_err(ServeError::Threads)?;
    let (end, ending) = watch::channel(false);
    let thread = std::thread::Builder::new()
        .name("serve".into())
        .spawn(move || run(&runtime, listener, Shared::new(node, options, ending)));
    Ok(Server { address, end, thread: Some(thread.map_err(ServeError::Threads)?) })
}

fn run(runtime: &Runtime, listener: TcpListener, shared: Shared) {
    let app: App = Arc::new(shared);
    runtime.block_on(async {
        let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
        let router = routes::router(&app);
        tokio::spawn(census::run(Arc::clone(&app)));
        tokio::spawn(streams::publish(Arc::clone(&app)));
        let follower = Arc::clone(&app);
        tokio::task::spawn_blocking(move || streams::follow(&follower));
        accept(&listener, &router, &app).await;
    });
}

async fn accept(listener: &tokio::net::TcpListener, router: &Router, app: &App) {
    let most = app.options.limits.connections;
    let permits = Arc::new(Semaphore::new(most));
    loop {
        let accepted = tokio::select! {
            accepted = next(listener, &permits) => accepted,
            () = app.ended() => break,
        };
        let Some((stream, peer, permit)) = accepted else { continue };
        let (router, app) = (router.clone(), Arc::clone(app));
        let permit = Permit(Arc::new(permit));
        tokio::spawn(async move {
            app.metrics.connections.inc();
            connection(stream, (peer, permit), router, &app).await;
            app.metrics.connections.dec();
        });
    }
    // All permits are back once every connection has ended.
    let all = permits.acquire_many(u32::try_from(most).unwrap_or(u32::MAX));
    let _ = tokio::time::timeout(FAREWELL, all).await;
}

/// A place among the connections; it is free again once the connection and the socket that it may have become have ended.
#[derive(Clone, Debug)]
pub(crate) struct Permit(
    #[expect(dead_code, reason = "held, never read")] Arc<tokio::sync::OwnedSemaphorePermit>,
);

type Accepted = (TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit);

/// The next connection, once there is room for it: until then it waits in the system's own queue.
async fn next(listener: &tokio::net::TcpListener, permits: &Arc<Semaphore>) -> Option<Accepted> {
    let permit = Arc::clone(permits).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, permit)),
        Err(_) => {
            // No file handle is free, or the client is gone already: nothing to do but to go on, not in a hot loop.
            tokio::time::sleep(Duration::from_millis(20)).await;
            None
        }
    }
}

/// One connection, until either side ends it. That it ends badly is the client's affair.
async fn connection(stream: TcpStream, (peer, permit): (SocketAddr, Permit), router: Router, app: &App) {
    // Answers are small and each is waited for.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer.ip()));
        request.extensions_mut().insert(permit.clone());
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(app.options.limits.header_timeout)
        .max_buf_size(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => {}
        () = app.ended() => {
            connection.as_mut().graceful_shutdown();
            let _ = tokio::time::timeout(FAREWELL, connection).await;
        }
    }
}
