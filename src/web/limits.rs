//! Bounds that hold before work starts. What is over a bound is refused in milliseconds.

use std::{sync::Arc, thread, time::Duration};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::time::timeout;

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
    /// Bodies larger than `body_bytes`, or of unknown length, that are in memory at the same time.
    pub large_bodies: usize,
    /// Bytes of the path of a request.
    pub path_bytes: usize,
    /// Bytes of path and query string together: a query of 500 characters has up to 6,000.
    pub uri_bytes: usize,
    /// Open connections.
    pub connections: usize,
    /// How long a connection may keep us waiting before it is closed for a newcomer, when all
    /// connections are taken.
    pub seat_patience: Duration,
    /// Time for the headers of a request, and how long an idle connection is kept.
    pub header_timeout: Duration,
    /// How long a client may read nothing of an answer that is ready.
    pub write_timeout: Duration,
    /// Bytes of it that a client must read per second afterwards, on average.
    pub read_rate: u64,
    /// Bytes of it that the system keeps for a client. It would take megabytes for each that does
    /// not read; what it takes has to be copied, and thrown away with the connection.
    pub send_buffer: usize,
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
            large_bodies: 16,
            path_bytes: 4 * 1024,
            uri_bytes: 16 * 1024,
            connections: 512,
            seat_patience: Duration::from_millis(25),
            header_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(15),
            read_rate: 1024,
            send_buffer: 128 * 1024,
            headers: 64,
            header_bytes: 32 * 1024,
            stop_timeout: Duration::from_secs(10),
            event_streams: 64,
            heartbeat: Duration::from_secs(15),
        }
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
    let length = declared_length(headers).unwrap_or(0);
    let max = match uri.path() {
        resolve::PATH => limits.resolve_body_bytes,
        _ => limits.body_bytes,
    };
    let detail = || format!("请求体最多 {max} 字节。");
    (length > max as u64).then(|| Problem::new(Code::BodyTooLarge, detail()))
}

/// What a request says about the length of its body.
pub(crate) fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
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
}
