//! Numbers for monitoring, and the one log line per request.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Instant,
};

use axum::{
    extract::{Request, State},
    http::{Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use serde::Serialize;

use super::{
    access::tokens::TokenId,
    health,
    params::NoParams,
    problem::Problem,
    request_id,
    state::{App, Door},
};
use crate::{
    live::{Part, Status},
    search::{Answer, Note},
};

/// Upper bounds of the latency buckets, in seconds.
const BUCKETS: [f64; 12] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 15.0];

/// The template of the route that answered, put into the response by the router.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Route(pub(crate) &'static str);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: &'static str,
    method: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRoute {
    route: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfComponent {
    component: &'static str,
}

/// Searches since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct SearchCounts {
    /// Searches answered.
    pub(crate) n_searches: u64,
    /// Searches nothing matched.
    pub(crate) n_no_match: u64,
    /// Requests that ended in a panic.
    pub(crate) n_panics: u64,
}

/// All counters of the web side.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    latency: Family<OfRoute, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
    searches: Counter,
    no_match: Counter,
    panics: Counter,
    streams: Gauge,
    queue: Gauge,
    connections: Connections,
    knowledge: Knowledge,
}

/// Connections as the accept loop sees them; clones count together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connections {
    open: Gauge,
    refused: Counter,
}

impl Connections {
    /// One connection more, for as long as the value lives.
    pub(crate) fn open(&self) -> impl Drop + Send + use<> {
        Counted::begin(self.open.clone())
    }

    /// A connection was refused because all places were taken.
    pub(crate) fn refuse(&self) {
        self.refused.inc();
    }
}

/// Numbers that are copied from the running knowledge base when somebody asks.
#[derive(Default)]
struct Knowledge {
    articles: Gauge,
    broken: Gauge,
    findings: Gauge,
    held: Gauge,
    swaps: Counter<u64, AtomicU64>,
    rebuilds: Counter<u64, AtomicU64>,
    failures: Counter<u64, AtomicU64>,
    troubles: Family<OfComponent, Gauge>,
    indexed_at: Gauge,
    scanned_at: Gauge,
    disk_free: Gauge<f64, AtomicU64>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("jiuji"),
            requests: Family::default(),
            latency: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            in_flight: Gauge::<i64, AtomicI64>::default(),
            searches: Counter::default(),
            no_match: Counter::default(),
            panics: Counter::default(),
            streams: Gauge::default(),
            queue: Gauge::default(),
            connections: Connections::default(),
            knowledge: Knowledge::default(),
        };
        metrics.register();
        metrics.knowledge.register(&mut metrics.registry);
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("http_requests", "Requests answered", self.requests.clone());
        let help = "Time to answer a request";
        registry.register("http_request_duration_seconds", help, self.latency.clone());
        registry.register("http_in_flight", "Requests being answered", self.in_flight.clone());
        registry.register("searches", "Searches answered", self.searches.clone());
        registry.register("searches_no_match", "Searches without a match", self.no_match.clone());
        registry.register("panics", "Requests that ended in a panic", self.panics.clone());
        registry.register("event_streams", "Streams of events open", self.streams.clone());
        registry.register("queue_waiting", "Requests waiting for a place", self.queue.clone());
        let Connections { open, refused } = &self.connections;
        registry.register("connections", "Connections open", open.clone());
        registry.register("connections_refused", "Refused, all places taken", refused.clone());
    }

    /// What the accept loop counts.
    pub(crate) fn connections(&self) -> Connections {
        self.connections.clone()
    }

    /// Counts a request that ended in a panic.
    pub(crate) fn count_panic(&self) {
        self.panics.inc();
    }

    /// Counts a search.
    pub(crate) fn count_answer(&self, answer: &Answer) {
        self.searches.inc();
        if answer.notes.contains(&Note::NoMatch) {
            self.no_match.inc();
        }
    }

    /// Requests that ended in a panic.
    #[cfg(test)]
    pub(crate) fn n_panics(&self) -> u64 {
        self.panics.get()
    }

    /// Searches since the start.
    pub(crate) fn search_counts(&self) -> SearchCounts {
        SearchCounts {
            n_searches: self.searches.get(),
            n_no_match: self.no_match.get(),
            n_panics: self.panics.get(),
        }
    }

    /// Everything in the text format of Prometheus.
    fn text(&self, status: &Status, door: &Occupancy) -> Result<String, fmt::Error> {
        self.knowledge.copy(status);
        self.streams.set(gauge(door.n_streams));
        self.queue.set(gauge(door.n_waiting));
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }

    fn count(
        &self,
        route: &'static str,
        method: &'static str,
        response: &Response,
        start: Instant,
    ) {
        let status = response.status().as_u16();
        let elapsed = start.elapsed();
        self.requests.get_or_create(&Answered { route, method, status }).inc();
        self.latency.get_or_create(&OfRoute { route }).observe(elapsed.as_secs_f64());
        // The template, never the query string: what callers ask is nobody's business.
        let elapsed_us = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        let request_id = request_id::current();
        let token = response.extensions().get::<TokenId>().map(|token| token.0.as_str());
        tracing::info!(
            target: "jiuji::access", request_id, route, method, status, elapsed_us, token
        );
    }
}

/// How full the server is.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Occupancy {
    /// Streams of events that are open.
    pub(crate) n_streams: usize,
    /// Requests that wait for a place to compute.
    pub(crate) n_waiting: usize,
}

impl Knowledge {
    fn register(&self, registry: &mut Registry) {
        registry.register("articles", "Articles served", self.articles.clone());
        registry.register("articles_broken", "Served in a last good version", self.broken.clone());
        registry.register("articles_held", "Kept although removed", self.held.clone());
        registry.register("findings", "Findings of the last scan", self.findings.clone());
        registry.register("swaps", "Snapshots replaced", self.swaps.clone());
        registry.register("rebuilds", "Generations built", self.rebuilds.clone());
        let help = "Changes that could not be applied";
        registry.register("update_failures", help, self.failures.clone());
        registry.register("troubles", "Degraded states by component", self.troubles.clone());
        let help = "When what is served was indexed";
        registry.register("snapshot_timestamp_seconds", help, self.indexed_at.clone());
        let help = "When the folder was last read in full, 0 before";
        registry.register("scan_timestamp_seconds", help, self.scanned_at.clone());
        let help = "Share of the disk of the index that is free";
        registry.register("disk_free_ratio", help, self.disk_free.clone());
    }

    fn copy(&self, status: &Status) {
        self.articles.set(gauge(status.n_articles));
        self.broken.set(gauge(status.n_broken));
        self.held.set(gauge(status.n_held));
        self.findings.set(gauge(status.n_findings));
        self.swaps.inner().store(status.n_swaps, Ordering::Relaxed);
        self.rebuilds.inner().store(status.n_rebuilds, Ordering::Relaxed);
        self.failures.inner().store(status.index.n_failures, Ordering::Relaxed);
        self.copy_troubles(status);
        self.indexed_at.set(unix_time(Some(&status.indexed_at)));
        self.scanned_at.set(unix_time(status.scanned_at.as_deref()));
        // Not a number where the system does not say: neither full nor empty.
        let free = status.index.disk_free_permille.map_or(f64::NAN, |n| f64::from(n) / 1000.0);
        self.disk_free.set(free);
    }

    /// Every component has its line, so that an alert need not ask whether it is there.
    fn copy_troubles(&self, status: &Status) {
        let troubles = status.troubles();
        for part in Part::ALL {
            let n = troubles.iter().filter(|trouble| trouble.part == part).count();
            self.troubles.get_or_create(&OfComponent { component: part.name() }).set(gauge(n));
        }
    }
}

/// A time of a status in seconds since 1970, 0 when there is none.
fn unix_time(text: Option<&str>) -> i64 {
    text.and_then(health::moment).map_or(0, time::OffsetDateTime::unix_timestamp)
}

fn gauge(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// One more for as long as it lives, also when the client goes away.
struct Counted(Gauge);

impl Counted {
    fn begin(gauge: Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Counts and logs every request.
pub(crate) async fn observe(
    State(door): State<Arc<Door>>,
    request: Request,
    next: Next,
) -> Response {
    let _in_flight = Counted::begin(door.metrics.in_flight.clone());
    let start = Instant::now();
    let method = method_label(request.method());
    let response = next.run(request).await;
    let route = response.extensions().get::<Route>().map_or("unmatched", |route| route.0);
    door.metrics.count(route, method, &response, start);
    response
}

/// Keeps the number of label values fixed whatever clients send.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        _ => "other",
    }
}

/// `GET /metrics`.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operations",
    operation_id = "metrics",
    summary = "监控指标（OpenMetrics，Prometheus 可以直接抓取）",
    responses(
        (status = 200, description = "指标", body = String, content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8",
            example = "# HELP jiuji_articles Articles served.\n# TYPE jiuji_articles gauge\njiuji_articles 145\n# EOF\n"),
    )
)]
pub(crate) async fn metrics(State(app): State<App>, _: NoParams) -> Result<Response, Problem> {
    let door = app.door();
    let text = door.metrics.text(&app.live().status(), &door.occupancy());
    let text = text.map_err(Problem::internal)?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status() -> Status {
        Status {
            n_articles: 120,
            n_broken: 1,
            n_findings: 4,
            revision: String::new(),
            indexed_at: "2026-11-23T03:00:00Z".to_owned(),
            scanned_at: None,
            watcher: crate::live::Watching::Events,
            n_held: 0,
            n_withheld: 0,
            n_swaps: 9,
            n_rebuilds: 2,
            last_error: None,
            index: crate::live::IndexHealth {
                n_failures: 2,
                disk_free_permille: Some(125),
                ..crate::live::IndexHealth::default()
            },
        }
    }

    #[test]
    fn the_text_has_requests_by_route_and_the_knowledge_base() {
        let metrics = Metrics::new();
        let response = axum::http::StatusCode::NOT_FOUND.into_response();
        metrics.count("/articles/{id}", "GET", &response, Instant::now());
        metrics.count_panic();
        let connections = metrics.connections();
        drop(connections.open());
        let _one = connections.open();
        connections.refuse();
        let text = metrics.text(&status(), &Occupancy { n_streams: 3, n_waiting: 2 }).unwrap();
        let lines = [
            "jiuji_http_requests_total{route=\"/articles/{id}\",method=\"GET\",status=\"404\"} 1",
            "jiuji_http_request_duration_seconds_count{route=\"/articles/{id}\"} 1",
            "jiuji_http_in_flight 0",
            "jiuji_panics_total 1",
            "jiuji_event_streams 3",
            "jiuji_articles 120",
            "jiuji_articles_broken 1",
            "jiuji_findings 4",
            "jiuji_swaps_total 9",
            "jiuji_queue_waiting 2",
            "jiuji_connections 1",
            "jiuji_connections_refused_total 1",
            "jiuji_update_failures_total 2",
            "jiuji_troubles{component=\"articles\"} 1",
            "jiuji_troubles{component=\"index\"} 0",
            "jiuji_snapshot_timestamp_seconds 1795402800",
            "jiuji_scan_timestamp_seconds 0",
            "jiuji_disk_free_ratio 0.125",
        ];
        for line in lines {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
    }

    #[test]
    fn methods_cannot_grow_the_labels() {
        let odd = Method::from_bytes(b"SPAM").unwrap();
        assert_eq!(method_label(&odd), "other");
        assert_eq!(method_label(&Method::HEAD), "HEAD");
    }
}
