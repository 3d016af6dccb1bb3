//! Requests that two programs could read differently, alone and behind nginx.

use std::{
    fmt::Write as _,
    io::{ErrorKind, Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::small;
use crate::{
    http,
    product::{Server, eventually},
    scenario::{Outcome, Run, Scenario},
};

pub(crate) const H5: Scenario = Scenario {
    id: "H5",
    injects: "50 requests with two lengths, odd chunks, folded lines, bare LF and CR, NUL, other \
              targets, each with a second request hidden in it, alone and behind nginx",
    expects: "400 and closed, or read once: the hidden request is never answered; behind nginx \
              everybody else gets the answer to their own",
    broken: "the connection goes on after a body in chunks",
    play: smuggling,
};

/// The id of the hidden request, which an answer to it would repeat.
const HIDDEN: &str = "hidden-request";
/// How long to listen to a server that waits for more.
const LISTEN: Duration = Duration::from_millis(700);
/// Others that ask through the same connections of the proxy after each attack.
const N_VICTIMS: usize = 4;

/// What must happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// An error, and the end of the connection.
    Rejected,
    /// An answer to the first request at most.
    ReadOnce,
}

/// One request; `HOST` is the address of the server, `SECOND` the hidden one.
struct Case {
    name: &'static str,
    expected: Expected,
    bytes: String,
}

fn smuggling(_: &Run) -> Outcome {
    let place = small();
    let server = place.serve();
    let cases = cases();
    let host = format!("127.0.0.1:{}", server.port);
    let alone: Vec<_> = thread::scope(|scope| {
        let judge = |case| alone(server.port, &host, case);
        let threads: Vec<_> = cases.iter().map(|case| scope.spawn(move || judge(case))).collect();
        threads.into_iter().filter_map(|thread| thread.join().unwrap()).collect()
    });
    let outcome = Outcome::new(cases.len()).failures(alone);
    let Some(nginx) = Nginx::start(&server) else { return Outcome::skipped("there is no nginx") };
    let behind = cases.iter().filter_map(|case| behind(&nginx, case));
    Outcome { count: 2 * cases.len(), ..outcome }
        .failures(behind)
        .worst(format!("{} requests, 0 out of step, alone and behind nginx", cases.len()))
}

/// What the server does with a request that comes to it directly.
fn alone(port: u16, host: &str, case: &Case) -> Option<String> {
    let (answer, is_closed) = answered(port, &case.bytes_for(host));
    let status = http::parse(answer.as_bytes()).map_or(0, |answer| answer.status);
    let is_hidden = !answer.contains(HIDDEN);
    // It may also close without a word.
    let is_rejected = is_closed && (status == 0 || (400..500).contains(&status));
    let n_answers = answer.matches("HTTP/1.1 ").count();
    let is_right = match case.expected {
        Expected::Rejected => is_rejected && n_answers <= 1,
        Expected::ReadOnce => n_answers <= 1,
    };
    let seen = || format!("{}: {n_answers} answers, {status}, closed {is_closed}", case.name);
    (!(is_hidden && is_right)).then(seen)
}

/// What comes back, and whether the connection was closed.
fn answered(port: u16, request: &[u8]) -> (String, bool) {
    let mut socket = http::connect(port).unwrap();
    let _ = socket.write_all(request);
    socket.set_read_timeout(Some(LISTEN)).unwrap();
    let mut answer = Vec::new();
    let is_closed = match socket.read_to_end(&mut answer) {
        Ok(_) => true,
        Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    };
    (String::from_utf8_lossy(&answer).into_owned(), is_closed)
}

/// What others see through the same proxy.
fn behind(nginx: &Nginx, case: &Case) -> Option<String> {
    let attack = case.bytes_for("127.0.0.1");
    let mut socket = http::connect(nginx.port).unwrap();
    let _ = socket.write_all(&attack);
    let victims = (0..N_VICTIMS).filter_map(|n| {
        let id = format!("victim-{n}");
        let request = format!(
            "GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Request-Id: {id}\r\nConnection: close\r\n\r\n"
        );
        let answer = http::exchange(nginx.port, request.as_bytes());
        let own = answer.as_ref().is_ok_and(|answer| {
            answer.status == 200 && answer.header("x-request-id") == Some(&id)
        });
        (!own).then(|| format!("{}: behind nginx somebody else got {answer:?}", case.name))
    });
    // All of them come, whatever the first ones got.
    victims.collect::<Vec<_>>().pop()
}

impl Case {
    fn bytes_for(&self, host: &str) -> Vec<u8> {
        let second =
            format!("GET /livez HTTP/1.1\r\nHost: {host}\r\nX-Request-Id: {HIDDEN}\r\n\r\n");
        let length = second.len();
        let text = self.bytes.replace("HEXLENGTH", &format!("{length:x}"));
        let text = text.replace("LENGTH", &length.to_string()).replace("HOST", host);
        text.replace("SECOND", &second).into_bytes()
    }
}

/// The corpus.
#[expect(clippy::too_many_lines, reason = "a table of requests")]
fn cases() -> Vec<Case> {
    let post = "POST /api/v1/resolve HTTP/1.1\r\nHost: HOST\r\nContent-Type: text/plain\r\n";
    let get = "GET /livez HTTP/1.1\r\nHost: HOST\r\n";
    let with = |name, expected, head: &str, rest: &str| Case {
        name,
        expected,
        bytes: format!("{head}{rest}"),
    };
    let rejected = |name, rest: &str| with(name, Expected::Rejected, post, rest);
    let once = |name, rest: &str| with(name, Expected::ReadOnce, post, rest);
    let get_once = |name, rest: &str| with(name, Expected::ReadOnce, get, rest);
    let get_rejected = |name, rest: &str| with(name, Expected::Rejected, get, rest);
    let raw = |name, expected, bytes: &str| with(name, expected, "", bytes);
    const TE: &str = "Transfer-Encoding: chunked\r\n";
    let te = |line: &str| format!("{line}\r\n0\r\n\r\nSECOND");
    vec![
        once("CL.TE", &format!("Content-Length: LENGTH\r\n{}", te(TE))),
        once(
            "CL.TE, the other way round",
            &format!("{TE}Content-Length: 5\r\n\r\n0\r\n\r\nSECOND"),
        ),
        once("TE.CL", &format!("Content-Length: 4\r\n{TE}\r\nHEXLENGTH\r\nSECOND\r\n0\r\n\r\n")),
        once("TE.CL of nothing", &format!("Content-Length: 0\r\n{TE}\r\n0\r\n\r\nSECOND")),
        rejected("two lengths", "Content-Length: 0\r\nContent-Length: LENGTH\r\n\r\nSECOND"),
        rejected(
            "two lengths in other letters",
            "Content-Length: 0\r\ncontent-length: LENGTH\r\n\r\nSECOND",
        ),
        once(
            "the same length twice",
            "Content-Length: LENGTH\r\nContent-Length: LENGTH\r\n\r\nSECOND",
        ),
        rejected("a list of lengths", "Content-Length: 0, LENGTH\r\n\r\nSECOND"),
        rejected("+", "Content-Length: +0\r\n\r\nSECOND"),
        rejected("-", "Content-Length: -1\r\n\r\nSECOND"),
        rejected("hexadecimal", "Content-Length: 0x0\r\n\r\nSECOND"),
        rejected("with a fraction", "Content-Length: 0.0\r\n\r\nSECOND"),
        rejected("2^64", "Content-Length: 18446744073709551616\r\n\r\nSECOND"),
        rejected("no digits", "Content-Length: \r\n\r\nSECOND"),
        rejected("full-width digits", "Content-Length: ０\r\n\r\nSECOND"),
        rejected("a space before the colon", "Content-Length : LENGTH\r\n\r\nSECOND"),
        rejected("a space in the name", "Content Length: LENGTH\r\n\r\nSECOND"),
        rejected("a name of control characters", "Content-Length\u{b}: LENGTH\r\n\r\nSECOND"),
        rejected("a line without a colon", "Content-Length LENGTH\r\n\r\nSECOND"),
        rejected("no name", ": LENGTH\r\n\r\nSECOND"),
        rejected("xchunked", &te("Transfer-Encoding: xchunked\r\n")),
        rejected("identity", &te("Transfer-Encoding: identity\r\n")),
        rejected("chunked, identity", &te("Transfer-Encoding: chunked, identity\r\n")),
        rejected(
            "chunked and cow",
            &te("Transfer-Encoding: chunked\r\nTransfer-Encoding: cow\r\n"),
        ),
        rejected("in quotes", &te("Transfer-Encoding: \"chunked\"\r\n")),
        rejected("a vertical tab", &te("Transfer-Encoding: \u{b}chunked\r\n")),
        rejected("a space before its colon", &te("Transfer-Encoding : chunked\r\n")),
        rejected("folded", &te("Transfer-Encoding:\r\n chunked\r\n")),
        rejected("folded behind another", &te("X: y\r\n Transfer-Encoding: chunked\r\n")),
        once("after a tab", &te("Transfer-Encoding:\tchunked\r\n")),
        once("in capitals", &te("TRANSFER-ENCODING: CHUNKED\r\n")),
        once("twice", &te(&TE.repeat(2))),
        once("with trailers", &format!("{TE}\r\n0\r\nContent-Length: LENGTH\r\n\r\nSECOND")),
        rejected("a size of 0x", &format!("{TE}\r\n0x0\r\n\r\nSECOND")),
        rejected("a negative size", &format!("{TE}\r\n-1\r\n\r\nSECOND")),
        rejected("no size", &format!("{TE}\r\n\r\n\r\nSECOND")),
        rejected("a size of 2^68", &format!("{TE}\r\n100000000000000000\r\n\r\nSECOND")),
        rejected("LF after a size", &format!("{TE}\r\n1\na\r\n0\r\n\r\nSECOND")),
        rejected("no end of a chunk", &format!("{TE}\r\n1\r\naa\r\n0\r\n\r\nSECOND")),
        rejected("LF in an extension", &format!("{TE}\r\n0;a=\nb\r\n\r\nSECOND")),
        get_once("a body of GET", "Content-Length: LENGTH\r\n\r\nSECOND"),
        get_once("chunks of GET", &format!("{TE}\r\nHEXLENGTH\r\nSECOND\r\n0\r\n\r\n")),
        get_once("expected", "Expect: 100-continue\r\nContent-Length: LENGTH\r\n\r\nSECOND"),
        get_once(
            "upgraded",
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\nContent-Length: LENGTH\r\n\r\nSECOND",
        ),
        get_rejected("NUL in a value", "X: a\0b\r\n\r\nSECOND"),
        get_rejected("NUL in a name", "X\0: b\r\n\r\nSECOND"),
        get_rejected("CR in a value", "X: a\rContent-Length: 5\r\n\r\nSECOND"),
        raw("LF only", Expected::ReadOnce, "GET /livez HTTP/1.1\nHost: HOST\n\n"),
        raw(
            "CR LF in the path",
            Expected::ReadOnce,
            "GET /livez%0d%0aX-Request-Id:%20hidden-request%0d%0a HTTP/1.1\r\nHost: HOST\r\n\r\n",
        ),
        raw(
            "CR in the path",
            Expected::Rejected,
            "GET /livez\rX HTTP/1.1\r\nHost: HOST\r\n\r\nSECOND",
        ),
        raw(
            "a space in the path",
            Expected::Rejected,
            "GET /livez x HTTP/1.1\r\nHost: HOST\r\n\r\nSECOND",
        ),
        raw(
            "another host in the target",
            Expected::ReadOnce,
            "GET http://evil.example/livez HTTP/1.1\r\nHost: HOST\r\nContent-Length: LENGTH\r\n\r\nSECOND",
        ),
        raw(
            "HTTP/1.0 in chunks",
            Expected::Rejected,
            "POST /api/v1/resolve HTTP/1.0\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nSECOND",
        ),
        raw("HTTP/0.9", Expected::Rejected, "GET /livez\r\n\r\nSECOND"),
        raw("HTTP/1.2", Expected::Rejected, "GET /livez HTTP/1.2\r\nHost: HOST\r\n\r\nSECOND"),
        raw("HTTP/2 preface", Expected::Rejected, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nSECOND"),
        raw(
            "CONNECT",
            Expected::ReadOnce,
            "CONNECT HOST HTTP/1.1\r\nHost: HOST\r\nContent-Length: LENGTH\r\n\r\nSECOND",
        ),
        raw(
            "an unknown method with a body",
            Expected::ReadOnce,
            "SPAM /livez HTTP/1.1\r\nHost: HOST\r\nContent-Length: LENGTH\r\n\r\nSECOND",
        ),
    ]
}

/// nginx that keeps its connections to the server and passes bodies on as they come.
struct Nginx {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Nginx {
    fn start(server: &Server) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let file = folder.path().join("nginx.conf");
        fs_err::write(&file, settings(folder.path(), port, server.port)).unwrap();
        let mut command = Command::new(program());
        command.arg("-e").arg(folder.path().join("error.log")).arg("-c").arg(&file);
        let child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
        let nginx = Self { child, port, _folder: folder };
        let begin = Instant::now();
        eventually(Duration::from_secs(10), || http::connect(port).is_ok())?;
        println!("  nginx listens after {:.1?}", begin.elapsed());
        Some(nginx)
    }
}

fn settings(folder: &Path, port: u16, server: u16) -> String {
    let file = |name: &str| folder.join(name).display().to_string();
    let mut temporary = String::new();
    for name in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        let _ = writeln!(temporary, "{name}_temp_path {};", file(name));
    }
    format!(
        "daemon off; master_process off; pid {};
         events {{}}
         http {{ access_log off; {temporary}
           upstream jiuji {{ server 127.0.0.1:{server}; keepalive 4; }}
           server {{ listen 127.0.0.1:{port};
             location / {{ proxy_pass http://jiuji; proxy_http_version 1.1;
               proxy_set_header Connection \"\"; proxy_set_header Host 127.0.0.1:{server};
               proxy_request_buffering off; }} }} }}",
        file("pid")
    )
}

/// Debian has it where only root looks.
fn program() -> PathBuf {
    let sbin = PathBuf::from("/usr/sbin/nginx");
    if sbin.exists() { sbin } else { "nginx".into() }
}
