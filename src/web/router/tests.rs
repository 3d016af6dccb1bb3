//! The layers around toy routes.

use axum::{
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
    response::Html,
    routing::post,
};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use super::*;
use crate::web::{AllowedHosts, Limits, params::NoParams};

/// Header lines of a request.
type Lines<'a> = &'a [(&'a str, &'a str)];

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

async fn panics(_: NoParams) -> &'static str {
    panic!("on purpose")
}

fn toys() -> Vec<(&'static str, MethodRouter)> {
    vec![
        ("/", get(|_: NoParams| async { Html("<p>page</p>") })),
        ("/api/v1/text", get(|| async { "救急".repeat(1000) })),
        ("/api/v1/write", post(|body: String| async { body })),
        ("/api/v1/panic", get(panics)),
        ("/api/v1/slow", get(|| async { std::future::pending::<()>().await })),
    ]
}

fn door() -> Arc<Door> {
    let limits =
        Limits { request_timeout: std::time::Duration::from_millis(50), ..Limits::default() };
    Arc::new(Door::new(AllowedHosts::new(&[], 8017).unwrap(), limits))
}

async fn send(router: Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let body = String::from_utf8_lossy(&bytes).into_owned();
    Answer { status: head.status, headers: head.headers, body }
}

async fn call(method: Method, uri: &str, lines: Lines<'_>) -> Answer {
    let mut request = Request::builder().method(method).uri(uri);
    if !lines.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "localhost:8017");
    }
    for (name, value) in lines {
        request = request.header(*name, *value);
    }
    send(assemble(toys(), door()), request.body(Body::empty()).unwrap()).await
}

async fn fetch(uri: &str, lines: Lines<'_>) -> Answer {
    call(Method::GET, uri, lines).await
}

#[tokio::test]
async fn every_failure_is_a_problem_with_all_headers() {
    let long = format!("/api/v1/{}", "a".repeat(5000));
    let table: [(Method, &str, Lines<'_>, u16, &str); 9] = [
        (Method::GET, "/api/v1/nothing", &[], 404, "not_found"),
        (Method::GET, "/nothing", &[], 404, "not_found"),
        (Method::POST, "/api/v1/text", &[], 405, "method_not_allowed"),
        (Method::GET, &long, &[], 414, "uri_too_long"),
        (Method::GET, "/api/v1/text", &[("host", "evil.com")], 421, "unknown_host"),
        (Method::GET, "/api/v1/text", &[("content-encoding", "gzip")], 415, "encoded_body"),
        (Method::POST, "/api/v1/write", &[("content-length", "99999")], 413, "body_too_large"),
        (Method::GET, "/api/v1/panic", &[], 500, "internal"),
        (Method::GET, "/api/v1/slow", &[], 503, "timeout"),
    ];
    for (method, uri, lines, status, code) in table {
        let answer = call(method, uri, lines).await;
        assert_eq!(answer.status, status, "{code}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{code}");
        assert_eq!(answer.header("content-security-policy"), Some(headers::API_POLICY));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let body = answer.json();
        assert_eq!(body["code"], code);
        assert_eq!(body["status"], status);
        assert_eq!(body["instance"].as_str(), answer.header("x-request-id"), "{code}");
    }
}

#[tokio::test]
async fn a_refused_host_is_not_repeated_anywhere() {
    let answer = fetch("/", &[("host", "evil.example"), ("accept", "text/html")]).await;
    assert_eq!(answer.status, 421);
    assert!(!answer.body.contains("evil") && !format!("{:?}", answer.headers).contains("evil"));
}

#[tokio::test]
async fn the_wrong_method_learns_the_right_ones() {
    for method in [Method::POST, Method::DELETE, Method::OPTIONS, Method::TRACE, Method::PATCH] {
        let answer = call(method.clone(), "/api/v1/text", &[]).await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, Some("GET,HEAD")));
    }
    let answer = call(Method::GET, "/api/v1/write", &[]).await;
    assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, Some("POST")));
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let answer = call(Method::HEAD, "/api/v1/text", &[]).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""));
    assert_eq!(answer.header("content-length"), Some("6000"));
}

#[tokio::test]
async fn browsers_see_problems_as_pages_outside_the_api() {
    let html = [("accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
    let any = [("accept", "*/*")];
    let json = [("accept", "application/json")];
    let table: [(&str, Lines<'_>, u16, bool); 7] = [
        ("/nothing", &html, 404, true),
        ("/nothing", &any, 404, false),
        ("/?colour=red", &html, 400, true),
        ("/?colour=red", &any, 400, true),
        ("/?colour=red", &json, 400, false),
        ("/api/v1/nothing", &html, 404, false),
        ("/api/v1/panic", &html, 500, false),
    ];
    for (uri, lines, status, is_page) in table {
        let answer = fetch(uri, lines).await;
        let kind = answer.header("content-type").unwrap();
        assert_eq!(answer.status, status, "{uri}");
        assert_eq!(kind.starts_with("text/html"), is_page, "{uri} {lines:?}: {kind}");
        let policy = if is_page { headers::PAGE_POLICY } else { headers::API_POLICY };
        assert_eq!(answer.header("content-security-policy"), Some(policy));
    }
}

#[tokio::test]
async fn a_page_of_a_problem_does_not_run_what_was_asked_for() {
    let uri = "/?%3Cscript%3Ealert(1)%3C/script%3E=1";
    let answer = fetch(uri, &[("accept", "text/html")]).await;
    assert_eq!(answer.status, 400);
    assert!(!answer.body.contains("<script>alert"), "{}", answer.body);
}

#[tokio::test]
async fn the_request_id_goes_around() {
    let given = fetch("/", &[("x-request-id", "ticket-42")]).await;
    assert_eq!(given.header("x-request-id"), Some("ticket-42"));
    let made = fetch("/", &[("x-request-id", "<script>")]).await;
    assert_eq!(made.header("x-request-id").unwrap().len(), 26);
}

#[tokio::test]
async fn no_other_origin_is_ever_let_in() {
    let answer = fetch("/api/v1/text", &[("origin", "https://evil.com")]).await;
    assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")));
    assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
}

#[tokio::test]
async fn texts_are_compressed_on_request() {
    for encoding in ["gzip", "br"] {
        let answer = fetch("/api/v1/text", &[("accept-encoding", encoding)]).await;
        assert_eq!(answer.header("content-encoding"), Some(encoding));
        assert!(answer.body.len() < 3000);
    }
    let vary = fetch("/api/v1/text", &[]).await;
    assert_eq!(vary.header("content-encoding"), None);
}

#[tokio::test]
async fn a_body_without_a_length_is_bounded_too() {
    for (n_bytes, status) in [(64 * 1024, 200), (64 * 1024 + 1, 413)] {
        let request = Request::post("/api/v1/write").header(header::HOST, "localhost:8017");
        let request = request.body(Body::from("x".repeat(n_bytes))).unwrap();
        assert_eq!(send(assemble(toys(), door()), request).await.status, status, "{n_bytes}");
    }
}

#[tokio::test]
async fn a_thousand_panics_leave_the_server_as_it_was() {
    let door = door();
    let router = assemble(toys(), Arc::clone(&door));
    let request =
        |uri| Request::get(uri).header(header::HOST, "localhost:8017").body(Body::empty());
    for _ in 0..1000 {
        let answer = send(router.clone(), request("/api/v1/panic").unwrap()).await;
        assert_eq!(answer.status, 500);
    }
    assert_eq!(door.metrics.n_panics(), 1000);
    assert_eq!(send(router, request("/api/v1/text").unwrap()).await.status, 200);
}

#[test]
fn the_route_list_fits_together() {
    let _ = assemble(routes(), door());
}
