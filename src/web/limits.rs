//! Bounds that hold before work starts. What is over a bound is refused in milliseconds.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use axum::{
    extract::{Request, State},
    http::header,
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{
    api::resolve,
    problem::{Code, Problem},
    state::Door,
};

/// The bounds of the HTTP side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Searches and other index reads that run at the same time.
    pub searches: usize,
    /// Requests that may wait for one of those places.
    pub queue: usize,
    /// How long they wait.
    pub queue_wait: Duration,
    /// Time for one search once it has its place.
    pub search_time: Duration,
    /// Time for answering a request once its headers are read.
    pub request_timeout: Duration,
    /// Bytes of a request body.
    pub body_bytes: usize,
    /// Bytes of a request body with alerts.
    pub resolve_body_bytes: usize,
    /// Bytes of the path of a request.
    pub path_bytes: usize,
    /// Bytes of path and query string together: a query of 500 characters has up to 6,000.
    pub uri_bytes: usize,
    /// Open connections.
    pub connections: usize,
    /// Time for the headers of a request, and how long an idle connection is kept.
    pub header_timeout: Duration,
    /// How long a client may read nothing of an answer that is ready.
    pub write_timeout: Duration,
    /// Header lines of a request.
    pub headers: usize,
    /// Bytes of all headers of a request.
    pub header_bytes: usize,
    /// Time for requests in flight to finish after a stop.
    pub stop_timeout: Duration,
    /// Streams of events that are open at the same time; each has a connection of its own.
    pub event_streams: usize,
    /// Time between two signs of life on a stream without events.
    pub heartbeat: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            searches: 2 * thread::available_parallelism().map_or(1, usize::from),
            queue: 64,
            queue_wait: Duration::from_millis(250),
            search_time: Duration::from_secs(2),
            request_timeout: Duration::from_secs(15),
            body_bytes: 64 * 1024,
            resolve_body_bytes: 1024 * 1024,
            path_bytes: 4 * 1024,
            uri_bytes: 16 * 1024,
            connections: 512,
            header_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(15),
            headers: 64,
            header_bytes: 32 * 1024,
            stop_timeout: Duration::from_secs(10),
            event_streams: 64,
            heartbeat: Duration::from_secs(15),
        }
    }
}

/// Places for searches, shared by all connections.
#[derive(Debug)]
pub(crate) struct Gate {
    places: Arc<Semaphore>,
    n_waiting: AtomicUsize,
    max_waiting: usize,
    wait: Duration,
    turn: AtomicU32,
}

impl Gate {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            places: Arc::new(Semaphore::new(limits.searches)),
            n_waiting: AtomicUsize::new(0),
            max_waiting: limits.queue,
            wait: limits.queue_wait,
            turn: AtomicU32::new(0),
        }
    }

    /// A place, held until it is dropped.
    ///
    /// # Errors
    /// A busy problem when too many wait already or none gets free in time.
    pub(crate) async fn enter(&self) -> Result<OwnedSemaphorePermit, Problem> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(place);
        }
        let waiting = Waiting::begin(&self.n_waiting);
        if waiting.before >= self.max_waiting {
            return Err(self.busy());
        }
        match timeout(self.wait, Arc::clone(&self.places).acquire_owned()).await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(self.busy()),
        }
    }

    /// Requests that wait for a place.
    pub(crate) fn n_waiting(&self) -> usize {
        self.n_waiting.load(Ordering::Relaxed)
    }

    /// Asks clients to come back at different times, so that they do not all come at once.
    fn busy(&self) -> Problem {
        let seconds = 1 + self.turn.fetch_add(1, Ordering::Relaxed) % 5;
        Problem::new(Code::Busy, "同时查询的人太多，请稍后再试。").retry_after(seconds)
    }
}

/// Counts one waiting request for as long as it lives, also when the client goes away.
struct Waiting<'a> {
    n_waiting: &'a AtomicUsize,
    before: usize,
}

impl<'a> Waiting<'a> {
    fn begin(n_waiting: &'a AtomicUsize) -> Self {
        Self { n_waiting, before: n_waiting.fetch_add(1, Ordering::Relaxed) }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.n_waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Refuses requests that are too large by what their head says.
pub(crate) async fn sizes(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    match oversize(&request, &door.limits) {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    }
}

fn oversize(request: &Request, limits: &Limits) -> Option<Problem> {
    let (uri, headers) = (request.uri(), request.headers());
    let n_bytes = uri.path().len() + uri.query().map_or(0, |query| query.len() + 1);
    if uri.path().len() > limits.path_bytes || n_bytes > limits.uri_bytes {
        return Some(Problem::new(Code::UriTooLong, "地址太长，请缩短后再试。"));
    }
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Some(Problem::new(Code::EncodedBody, "请发送未压缩的请求体。"));
    }
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let length = length.and_then(|value| value.parse::<u64>().ok()).unwrap_or(0);
    let max = match uri.path() {
        resolve::PATH => limits.resolve_body_bytes,
        _ => limits.body_bytes,
    };
    let detail = || format!("请求体最多 {max} 字节。");
    (length > max as u64).then(|| Problem::new(Code::BodyTooLarge, detail()))
}

/// Gives up on requests that take too long.
pub(crate) async fn deadline(
    State(door): State<Arc<Door>>,
    request: Request,
    next: Next,
) -> Response {
    match timeout(door.limits.request_timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::late().into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn limits() -> Limits {
        Limits { searches: 1, queue: 1, queue_wait: Duration::from_millis(20), ..Limits::default() }
    }

    #[test]
    fn sizes_hold_at_the_edge() {
        let path = |n: usize| format!("/{}", "a".repeat(n - 1));
        let query = |n: usize| format!("/?{}", "a".repeat(n - 2));
        let (body, code) = (header::CONTENT_LENGTH, header::CONTENT_ENCODING);
        let table = [
            (path(4096), None, None),
            (path(4097), None, Some(414)),
            (query(16384), None, None),
            (query(16385), None, Some(414)),
            (path(9), Some((&body, "65536")), None),
            (path(9), Some((&body, "65537")), Some(413)),
            (resolve::PATH.to_owned(), Some((&body, "1048576")), None),
            (resolve::PATH.to_owned(), Some((&body, "1048577")), Some(413)),
            (path(9), Some((&code, "gzip")), Some(415)),
        ];
        for (uri, line, expected) in table {
            let mut request = Request::builder().uri(&uri);
            if let Some((name, value)) = line {
                request = request.header(name, value);
            }
            let problem = oversize(&request.body(Body::empty()).unwrap(), &Limits::default());
            let status = problem.map(|problem| problem.status().as_u16());
            assert_eq!(status, expected, "{} {line:?}", uri.len());
        }
    }

    #[tokio::test]
    async fn a_full_gate_says_when_to_come_back_and_opens_again() {
        let gate = Gate::new(&limits());
        let place = gate.enter().await.unwrap();
        let refused = gate.enter().await.unwrap_err().into_response();
        assert_eq!(refused.status(), 503);
        assert_eq!(refused.headers()[header::RETRY_AFTER], "1");
        drop(place);
        assert!(gate.enter().await.is_ok());
        assert_eq!(gate.n_waiting(), 0);
    }

    #[tokio::test]
    async fn a_waiting_request_gets_the_place_that_becomes_free() {
        let gate = Gate::new(&Limits { queue_wait: Duration::from_secs(60), ..limits() });
        let place = gate.enter().await.unwrap();
        let (entered, ()) = tokio::join!(gate.enter(), async { drop(place) });
        assert!(entered.is_ok());
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let endless = Limits { queue: 0, queue_wait: Duration::from_secs(3600), ..limits() };
        let gate = Gate::new(&endless);
        let _place = gate.enter().await.unwrap();
        assert!(gate.enter().await.is_err());
    }
}
