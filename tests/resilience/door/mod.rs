//! The door: slow and greedy clients, overload, malformed requests, hosts, tokens.

mod agents;
mod csrf;
mod flood;
mod hosts;
mod inside;
mod load;
mod methods;
mod overload;
mod oversize;
mod panics;
mod slow;
mod smuggling;
mod tokens;
mod unkeyed;

use std::{
    io,
    net::SocketAddr,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
    time::timeout,
};

use crate::{
    http::{self, Answer},
    product::Place,
    scenario::Scenario,
};

/// The rows of this group.
pub(crate) const SCENARIOS: &[Scenario] = &[
    slow::H1,
    flood::H2,
    overload::H3,
    oversize::H4,
    smuggling::H5,
    panics::H6,
    hosts::A1,
    csrf::A2,
    tokens::A3,
    methods::A4,
    unkeyed::A5,
    agents::L2,
];

/// A search, as people do it.
const SEARCH: &str = "/api/v1/search?q=%E7%99%BB%E5%BD%95%E5%BC%82%E5%B8%B8";

/// What the most patient prober waits for.
const PROBE_PAUSE: Duration = Duration::from_millis(20);

/// The knowledge base that comes with the product, in a place of its own.
fn shipped() -> Place {
    let place = Place::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("kb/.");
    let copied = Command::new("cp").arg("-r").arg(source).arg(place.kb()).status();
    assert!(copied.unwrap().success());
    place
}

/// A knowledge base of one article, for what does not depend on more.
fn small() -> Place {
    let place = Place::new();
    place.write("vpn.md", "---\ntitle: VPN 连不上\n---\n\n## 处理步骤\n\n1. 重新登录。\n");
    place
}

/// `GET path` with these header lines, on a connection of its own.
fn get_with(port: u16, path: &str, lines: &[(&str, &str)]) -> io::Result<Answer> {
    send(port, "GET", path, lines, b"")
}

/// A request with these header lines on a connection of its own; with the usual `Host` unless
/// the lines have one, and the length of the body unless there is none.
fn send(
    port: u16,
    method: &str,
    path: &str,
    lines: &[(&str, &str)],
    body: &[u8],
) -> io::Result<Answer> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
    if !lines.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        head += &format!("Host: 127.0.0.1:{port}\r\n");
    }
    if !body.is_empty() {
        head += &format!("Content-Length: {}\r\n", body.len());
    }
    let lines: String = lines.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    http::exchange(port, &[(head + &lines + "\r\n").as_bytes(), body].concat())
}

/// Sends these bytes from an address of this machine and reads until the other side closes.
fn exchange_from(from: &str, port: u16, request: &[u8]) -> Option<Answer> {
    let exchange = async {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::new(from.parse().map_err(io::Error::other)?, 0))?;
        let mut stream = socket.connect(SocketAddr::from(([127, 0, 0, 1], port))).await?;
        stream.write_all(request).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        io::Result::Ok(answer)
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let answer = runtime.block_on(async { timeout(http::PATIENCE, exchange).await });
    http::parse(&answer.ok()?.ok()?)
}

/// What somebody who comes again and again has seen.
#[derive(Default)]
struct Probed {
    times: Vec<Duration>,
    /// What was no 200.
    refused: Vec<String>,
}

/// Asks for `path` on a new connection each time, until `is_over`.
fn probe(port: u16, path: &str, mut is_over: impl FnMut() -> bool) -> Probed {
    let mut probed = Probed::default();
    while !is_over() {
        let begin = Instant::now();
        match http::get(port, path) {
            Ok(Answer { status: 200, .. }) => probed.times.push(begin.elapsed()),
            Ok(answer) => probed.refused.push(format!("{path}: {}", answer.status)),
            Err(error) => probed.refused.push(format!("{path}: {error}")),
        }
        thread::sleep(PROBE_PAUSE);
    }
    probed
}

/// So many times, whatever they are.
fn times(n: usize) -> impl FnMut() -> bool {
    let mut left = n;
    move || {
        let is_over = left == 0;
        left = left.saturating_sub(1);
        is_over
    }
}

/// Milliseconds for people.
fn millis(time: Option<Duration>) -> String {
    time.map_or("none".to_owned(), |time| format!("{:.1} ms", time.as_secs_f64() * 1e3))
}
