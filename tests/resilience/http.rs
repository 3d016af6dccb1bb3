//! Requests over real sockets, byte by byte where it matters.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    time::Duration,
};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// Longest wait for an answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A whole answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Header lines as sent.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The first header line of this name, in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find_map(|(known, value)| known.eq_ignore_ascii_case(name).then(|| value.trim()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// A connection to a port of this machine that gives up after [`PATIENCE`].
pub(crate) fn connect(port: u16) -> io::Result<TcpStream> {
    let socket = TcpStream::connect(("127.0.0.1", port))?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    socket.set_nodelay(true)?;
    Ok(socket)
}

/// `GET path` on a connection of its own.
pub(crate) fn get(port: u16, path: &str) -> io::Result<Answer> {
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    exchange(port, request.as_bytes())
}

/// Sends these bytes and reads until the other side closes.
pub(crate) fn exchange(port: u16, request: &[u8]) -> io::Result<Answer> {
    let mut socket = connect(port)?;
    // A server may refuse and close before all is sent; what it says then counts.
    let sent = socket.write_all(request);
    let mut bytes = Vec::new();
    let read = socket.read_to_end(&mut bytes);
    parse(&bytes).ok_or_else(|| {
        sent.and(read.map(drop)).err().unwrap_or_else(|| io::ErrorKind::UnexpectedEof.into())
    })
}

/// The first answer in what a server sent on a connection that it closed; bodies are not chunked
/// when the request says `Connection: close` and no more than HTTP/1.1 needs.
pub(crate) fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let (head, body) = bytes.split_at(end + 4);
    let head = String::from_utf8_lossy(head).into_owned();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, head, body: body.to_vec() })
}

/// `GET path`, as JSON.
pub(crate) fn get_json(port: u16, path: &str) -> io::Result<Value> {
    get(port, path).map(|answer| answer.json())
}

/// Ids found for a query, best first; none where the hits are only what may help instead.
pub(crate) fn found(port: u16, query: &str) -> Vec<String> {
    let answer = get_json(port, &format!("/api/v1/search?q={}", encoded(query)));
    let answer = answer.unwrap_or_default();
    if answer["total"] == 0 {
        return Vec::new();
    }
    let hits = answer["hits"].as_array().map(Vec::as_slice).unwrap_or_default().iter();
    hits.filter_map(|hit| hit["id"].as_str()).map(str::to_owned).collect()
}

/// Text as it stands in a query string.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
