//! Stands between browser and server and takes away one of the two walls.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use crate::http::{self, Answer};

/// In an article: where a payload goes, untouched.
pub(super) const MARKER: &str = "此处插入载荷";

/// What the proxy changes.
pub(super) struct Change {
    /// Whether the content security policy arrives.
    pub(super) keeps_policy: bool,
    /// What `?case=N` puts in the place of [`MARKER`], as HTML.
    pub(super) raw: Vec<String>,
}

/// Answers in the name of the server at `port` until the process ends; its own port.
pub(super) fn start(port: u16, change: Change) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own_port = listener.local_addr().unwrap().port();
    let change = Arc::new(change);
    thread::spawn(move || {
        for socket in listener.incoming().map_while(Result::ok) {
            let change = Arc::clone(&change);
            // A browser that goes away in the middle is none of our business.
            thread::spawn(move || pass_on(socket, own_port, port, &change));
        }
    });
    own_port
}

fn pass_on(mut socket: TcpStream, own_port: u16, port: u16, change: &Change) -> Option<()> {
    let head = read_head(&mut socket)?;
    let target = head.split(' ').nth(1)?;
    if target.starts_with("/api/v1/events") {
        // A stream of events has no end, so it is told to stay away.
        return socket.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").ok();
    }
    let case = target.split_once("?case=").and_then(|(_, number)| number.parse::<usize>().ok());
    let payload = case.and_then(|number| change.raw.get(number));
    let request = forwarded(&head, own_port, port, payload.is_some());
    let answer = http::exchange(port, request.as_bytes()).ok()?;
    let bytes = changed(&answer, change.keeps_policy, payload);
    socket.write_all(&bytes).ok()
}

fn read_head(socket: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        socket.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

/// The request as the server would get it without us, and uncompressed.
fn forwarded(head: &str, own_port: u16, port: u16, is_case: bool) -> String {
    let own = |line: &&str| {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        !["accept-encoding", "connection", "if-none-match"].contains(&name.as_str())
    };
    let kept: Vec<_> = head.trim_end().lines().filter(own).collect();
    let mut request = kept.join("\r\n");
    if is_case && let Some((before, after)) = request.split_once("?case=") {
        let rest = after.split_once(' ').map_or("", |(_, rest)| rest);
        request = format!("{before} {rest}");
    }
    let request = request.replace(&format!("127.0.0.1:{own_port}"), &format!("127.0.0.1:{port}"));
    request + "\r\nConnection: close\r\n\r\n"
}

fn changed(answer: &Answer, keeps_policy: bool, payload: Option<&String>) -> Vec<u8> {
    let body = match payload {
        Some(payload) => answer.text().replace(MARKER, payload).into_bytes(),
        None => answer.body.clone(),
    };
    let is_kept = |line: &&str| {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        name != "content-length" && (keeps_policy || name != "content-security-policy")
    };
    let lines: Vec<_> = answer.head.trim_end().lines().filter(is_kept).collect();
    let is_chunked = answer.header("transfer-encoding").is_some();
    let length =
        if is_chunked { String::new() } else { format!("\r\nContent-Length: {}", body.len()) };
    let mut bytes = format!("{}{length}\r\n\r\n", lines.join("\r\n")).into_bytes();
    bytes.extend(body);
    bytes
}
