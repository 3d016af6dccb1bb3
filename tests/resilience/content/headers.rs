//! Which answers lack the headers that every answer should carry.

use super::crawl;
use crate::{
    http::{self, Answer},
    product::{Place, Server},
};

/// Headers of every answer, with their values.
const FIXED: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
];

/// Requests that end badly, each in a way of its own.
const BAD: [&str; 8] = [
    "GET /?severity=%3Cx%3E HTTP/1.1\r\nAccept: text/html\r\n",
    "GET /nowhere HTTP/1.1\r\nAccept: text/html\r\n",
    "GET /nowhere HTTP/1.1\r\nAccept: application/json\r\n",
    "DELETE / HTTP/1.1\r\n",
    "POST /api/v1/resolve HTTP/1.1\r\nContent-Type: text/xml\r\nContent-Length: 1\r\n\r\nx",
    "POST /api/v1/resolve HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n",
    "GET /media/%ff.png HTTP/1.1\r\n",
    "GET /articles/%ff HTTP/1.1\r\n",
];

/// How many answers were looked at, and those that lack something.
pub(super) fn missing(place: &Place, server: &Server) -> (usize, Vec<String>) {
    place.write("a.png", "png");
    let mut answers: Vec<(String, Answer)> = crawl::everything(server.port);
    for request in BAD {
        answers.push((request.to_owned(), bad(server.port, request, "127.0.0.1")));
    }
    let long = format!("GET /{} HTTP/1.1\r\n", "x".repeat(20_000));
    answers.push(("a long path".to_owned(), bad(server.port, &long, "127.0.0.1")));
    answers.push((
        "a foreign host".to_owned(),
        bad(server.port, "GET / HTTP/1.1\r\n", "evil.example"),
    ));
    let bare = answers.iter().flat_map(|(what, answer)| lacks(what, answer)).collect();
    (answers.len(), bare)
}

fn bad(port: u16, request: &str, host: &str) -> Answer {
    let host = format!("Host: {host}:{port}\r\nConnection: close\r\n");
    let (first, rest) = request.split_once("\r\n").unwrap();
    let end = if rest.contains("\r\n\r\n") { "" } else { "\r\n" };
    http::exchange(port, format!("{first}\r\n{host}{rest}{end}").as_bytes()).unwrap()
}

fn lacks(what: &str, answer: &Answer) -> Vec<String> {
    let mut lacks = Vec::new();
    let mut expect = |is_right: bool, lack: String| {
        lacks.extend((!is_right).then(|| format!("{what} ({}): {lack}", answer.status)));
    };
    for (name, value) in FIXED {
        expect(answer.header(name) == Some(value), format!("{name} is {:?}", answer.header(name)));
    }
    let policy = answer.header("content-security-policy").unwrap_or_default();
    expect(policy.starts_with("default-src 'none'"), format!("policy is {policy:?}"));
    let kind = answer.header("content-type").unwrap_or_default();
    if kind.starts_with("text/html") {
        for part in [
            "script-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            expect(policy.contains(part), format!("no {part} in {policy:?}"));
        }
    } else if !what.starts_with("/assets/") && what != "/sw.js" {
        // Our own scripts and the worker need what pages need.
        expect(!policy.contains("script-src"), format!("data may run scripts: {policy:?}"));
    }
    expect(
        !policy.contains("unsafe-eval") && !policy.contains("script-src 'unsafe"),
        format!("policy is {policy:?}"),
    );
    expect(answer.body.is_empty() || !kind.is_empty(), "no content type".to_owned());
    expect(answer.header("server").is_none(), "it names its server".to_owned());
    lacks
}
