//! The accept loop: HTTP/1.1 on a listener, bounded, and stopped without cutting answers.
//!
//! [`seats`] says who may stay when all connections are taken, by what [`turn`] knows of each;
//! [`stall`] gives up on those who do not read; [`refusal`] tells the others why they have to go.
//!
//! `axum::serve` sets no timer, so a client that never ends its headers would keep its
//! connection for ever; this loop builds the connections itself.

mod refusal;
mod seats;
mod stall;
mod turn;

use std::{future::Future, io, sync::Arc, time::Duration};

use axum::{
    Router,
    http::{HeaderValue, Request, Response, header},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};
use tower::ServiceExt;

use self::{
    refusal::refuse,
    seats::Seats,
    stall::{Pace, WriteDeadline},
    turn::{Download, Turn},
};
use super::{
    access::{Client, Peer},
    checks,
    limits::Limits,
    metrics::Connections,
    router::router,
    state::App,
};

/// How long to wait after an accept error that will not go away at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The same when a connection was closed to make it go away.
const CLOSE_PAUSE: Duration = Duration::from_millis(1);

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
    // Connections have it from the listener. Without it they only take more memory.
    let _ = SockRef::from(&listener).set_send_buffer_size(limits.send_buffer);
    let (closing, _) = watch::channel(());
    let mut seats = Seats::new(limits.connections, limits.seat_patience);
    let mut connections = JoinSet::new();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            Some(ended) = connections.join_next_with_id() => {
                seats.free(ended.map_or_else(|error| error.id(), |(id, ())| id));
            }
            accepted = listener.accept() => {
                let (stream, address) = match accepted {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        survive(&error, &mut seats).await;
                        continue;
                    }
                };
                let client = Client::from(address.ip());
                if !seats.make_room(client) {
                    counts.refuse();
                    refuse(&stream);
                    continue;
                }
                let (turn, peer) = (Arc::new(Turn::new()), Peer(address.ip()));
                let answering = Answering { router: router.clone(), peer, turn: Arc::clone(&turn) };
                let connection = connection(stream, answering, limits, closing.subscribe());
                let open = counts.open();
                let counted = async move {
                    connection.await;
                    drop(open);
                };
                seats.take(client, turn, connections.spawn(counted));
            }
        }
    }
    drop(listener);
    finish(connections, closing, limits.stop_timeout).await;
}

/// Waits until it is worth trying again. What is missing may be file descriptors, of which each
/// connection has one; waiting would not bring them back while slow clients hold them.
async fn survive(error: &io::Error, seats: &mut Seats) {
    if is_of_one_connection(error) {
        return;
    }
    tracing::warn!(%error, "cannot accept connections");
    sleep(if seats.close_one() { CLOSE_PAUSE } else { ACCEPT_PAUSE }).await;
}

/// Whether the error concerns the connection only; all others (no free file descriptor, no
/// memory) would come back at once.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// What answers the requests of one connection.
#[derive(Clone)]
struct Answering {
    router: Router,
    peer: Peer,
    turn: Arc<Turn>,
}

impl Answering {
    async fn answer(self, request: Request<Incoming>) -> io::Result<Response<Download>> {
        // There may have been a length as well, which a proxy in front may have believed: what
        // follows could be anything. Source: RFC 9112, section 6.1.
        let is_last = request.headers().contains_key(header::TRANSFER_ENCODING);
        let mut request = request.map(|body| self.turn.arrived(body));
        request.extensions_mut().insert(self.peer);
        let Ok(mut response) = self.router.oneshot(request).await;
        if is_last {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
        Ok(response.map(|body| self.turn.answered(body)))
    }
}

/// Answers the requests of one connection; ends after the current one when `closing` says so.
fn connection(
    stream: TcpStream,
    answering: Answering,
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
    let pace = Pace { pause: limits.write_timeout, rate: limits.read_rate };
    let io = TokioIo::new(WriteDeadline::new(stream, pace, Arc::clone(&answering.turn)));
    async move {
        let service = service_fn(move |request| answering.clone().answer(request));
        let connection = builder.serve_connection(io, service);
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
