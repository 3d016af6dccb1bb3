//! Where the time of a request went, as `Server-Timing`: `wait` for a place among the searches,
//! `search` for the work on the index, `total` until the head of the answer was ready.
//!
//! Source of the form: W3C, Server Timing. Times are milliseconds.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};

use super::access::is_health_or_asset;

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// What a request has spent so far; nothing while it has not used the index.
#[derive(Debug, Clone, Copy, Default)]
struct Spent {
    on_index: Option<(Duration, Duration)>,
}

tokio::task_local! {
    static SPENT: Cell<Spent>;
}

/// Adds to what this request waited for a place and worked on the index.
pub(crate) fn add(wait: Duration, search: Duration) {
    // Work outside of a request is nobody's.
    let _ = SPENT.try_with(|spent| {
        let (waited, searched) = spent.get().on_index.unwrap_or_default();
        spent.set(Spent { on_index: Some((waited + wait, searched + search)) });
    });
}

/// Says in the answer where the time went. Files that are kept for ever and health say nothing.
pub(crate) async fn stamp(request: Request, next: Next) -> Response {
    if is_health_or_asset(request.uri().path()) {
        return next.run(request).await;
    }
    let start = Instant::now();
    let work = async {
        let response = next.run(request).await;
        (response, SPENT.with(Cell::get))
    };
    let (mut response, spent) = SPENT.scope(Cell::default(), work).await;
    if let Ok(value) = HeaderValue::try_from(line(spent, start.elapsed())) {
        response.headers_mut().insert(SERVER_TIMING, value);
    }
    response
}

fn line(spent: Spent, total: Duration) -> String {
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let total = format!("total;dur={:.2}", millis(total));
    match spent.on_index {
        Some((wait, search)) => {
            format!("wait;dur={:.2}, search;dur={:.2}, {total}", millis(wait), millis(search))
        }
        None => total,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_milliseconds_and_the_index_is_named_when_it_was_used() {
        let micros = Duration::from_micros;
        assert_eq!(line(Spent::default(), micros(70)), "total;dur=0.07");
        let spent = Spent { on_index: Some((micros(0), micros(12_345))) };
        let expected = "wait;dur=0.00, search;dur=12.35, total;dur=1500.00";
        assert_eq!(line(spent, micros(1_500_000)), expected);
    }

    #[tokio::test]
    async fn what_several_reads_took_is_added_up() {
        let second = Duration::from_secs(1);
        add(second, second);
        let spent = SPENT.scope(Cell::default(), async {
            add(second, second);
            add(second, second * 2);
            SPENT.with(Cell::get)
        });
        assert_eq!(spent.await.on_index, Some((second * 2, second * 3)));
    }
}
