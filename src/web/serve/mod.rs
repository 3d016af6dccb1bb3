//! The accept loop: HTTP/1.1 on a listener, bounded, and stopped without cutting answers.
//!
//! `axum::serve` sets no timer, so a client that never ends its headers would keep its
//! connection for ever; this loop builds the connections itself.

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, http::Request};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
    time::{sleep, timeout},
};
use tower::ServiceExt;

use super::{
    access::Peer, checks, limits::Limits, metrics::Connections, router::router,
    stall::WriteDeadline, state::App,
};

/// How long to wait after an accept error that will not go away at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What a client gets when all connections are taken.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n\
    Content-Length: 0\r\nConnection: close\r\n\r\n";

/// Serves `app` on `listener` until `stop` ends, then lets requests in flight finish.
pub async fn serve(listener: TcpListener, app: App, stop: impl Future<Output = ()>) {
    let door = Arc::clone(app.door());
    // So that the first article somebody opens has its findings, and does not move when they come.
    checks::refresh(&app);
    let stop = async {
        stop.await;
        door.drain();
    };
    run(listener, router(app), &door.limits, door.metrics.connections(), stop).await;
}

/// Ends on SIGINT or SIGTERM.
///
/// # Errors
/// When a signal handler cannot be installed.
pub async fn stop_signal() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

/// Serves `router` on `listener` until `stop` ends.
async fn run(
    listener: TcpListener,
    router: Router,
    limits: &Limits,
    counts: Connections,
    stop: impl Future<Output = ()>,
) {
    let (closing, _) = watch::channel(());
    let seats = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            Some(_) = connections.join_next() => {}
            accepted = accept(&listener) => {
                let Some((stream, address)) = accepted else { continue };
                let Ok(seat) = Arc::clone(&seats).try_acquire_owned() else {
                    counts.refuse();
                    refuse(stream);
                    continue;
                };
                let seat = (seat, counts.open());
                let peer = Peer(address.ip());
                let closing = closing.subscribe();
                let connection = connection(stream, peer, router.clone(), limits, closing);
                connections.spawn(async move {
                    connection.await;
                    drop(seat);
                });
            }
        }
    }
    drop(listener);
    finish(connections, closing, limits.stop_timeout).await;
}

/// The next connection; `None` after an error, which is survived.
async fn accept(listener: &TcpListener) -> Option<(TcpStream, SocketAddr)> {
    match listener.accept().await {
        Ok(accepted) => Some(accepted),
        Err(error) => {
            if !is_of_one_connection(&error) {
                tracing::warn!(%error, "cannot accept connections");
                sleep(ACCEPT_PAUSE).await;
            }
            None
        }
    }
}

/// Whether the error concerns the connection only; all others (no free file descriptor, no
/// memory) would come back at once.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Says that all connections are taken, without waiting for the client.
fn refuse(stream: TcpStream) {
    if let Ok(mut stream) = stream.into_std() {
        // It is closed in any case; whether the client learns why is a courtesy.
        let _ = io::Write::write(&mut stream, FULL);
    }
}

/// Answers the requests of one connection; ends after the current one when `closing` says so.
fn connection(
    stream: TcpStream,
    peer: Peer,
    router: Router,
    limits: &Limits,
    mut closing: watch::Receiver<()>,
) -> impl Future<Output = ()> + Send + use<> {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_headers(limits.headers)
        .max_buf_size(limits.header_bytes);
    // Answers are small and complete; waiting to fill a packet only delays them.
    let _ = stream.set_nodelay(true);
    let io = TokioIo::new(WriteDeadline::new(stream, limits.write_timeout));
    let named = router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        request
    });
    async move {
        let connection = builder.serve_connection(io, TowerToHyperService::new(named));
        tokio::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            _ = closing.changed() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "connection closed");
        }
    }
}

/// Waits for the connections to end, at most `limit`.
async fn finish(mut connections: JoinSet<()>, closing: watch::Sender<()>, limit: Duration) {
    let _ = closing.send(());
    let all = async { while connections.join_next().await.is_some() {} };
    if timeout(limit, all).await.is_err() {
        tracing::warn!("stopped with requests in flight");
        connections.shutdown().await;
    }
}

#[cfg(test)]
mod tests;
