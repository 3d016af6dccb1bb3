//! An open loop: requests leave when they are due, whether or not others are answered yet, and
//! are late from the moment when they were due.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::SEARCH;
use crate::{http, scenario::percentile};

/// Searches of different length and difficulty.
const PATHS: [&str; 4] = [
    SEARCH,
    "/api/v1/search?q=vpn",
    "/api/v1/search?q=%E6%89%93%E5%8D%B0%E6%9C%BA%E5%8D%A1%E7%BA%B8",
    "/?q=%E5%85%B1%E4%BA%AB%E7%9B%98%E6%89%93%E4%B8%8D%E5%BC%80",
];

/// Stack of a thread that sends; there are hundreds.
const STACK: usize = 128 * 1024;

/// One answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) status: u16,
    pub(super) late: Duration,
    pub(super) retry_after: Option<u32>,
}

/// What came back.
#[derive(Debug, Default)]
pub(super) struct Load {
    pub(super) seen: Vec<Seen>,
    /// Requests that were not answered.
    pub(super) errors: Vec<String>,
    pub(super) elapsed: Duration,
}

impl Load {
    /// How late answers with this status were.
    pub(super) fn late(&self, status: u16, share: f64) -> Option<Duration> {
        let of_status = self.seen.iter().filter(|seen| seen.status == status);
        percentile(&of_status.map(|seen| seen.late).collect::<Vec<_>>(), share)
    }

    pub(super) fn count(&self, status: u16) -> usize {
        self.seen.iter().filter(|seen| seen.status == status).count()
    }

    /// Answers with 200 per second.
    pub(super) fn goodput(&self) -> f64 {
        self.count(200) as f64 / self.elapsed.as_secs_f64()
    }
}

/// Sends `rate` requests a second for `time` over a pool of connections that are kept.
pub(super) fn open_loop(port: u16, rate: f64, time: Duration, n_connections: usize) -> Load {
    let n = (rate * time.as_secs_f64()) as usize;
    let due = |i: usize| Some(Duration::from_secs_f64(i as f64 / rate));
    run(port, n, due, n_connections)
}

/// Sends `n` requests over so many connections, each when the answer to the one before is there.
pub(super) fn closed_loop(port: u16, n: usize, n_connections: usize) -> Load {
    run(port, n, |_| None, n_connections)
}

/// Sends `n` requests; each is due at its time after the start, or whenever a connection is free.
fn run(
    port: u16,
    n: usize,
    due: impl Fn(usize) -> Option<Duration> + Sync,
    n_threads: usize,
) -> Load {
    let (next, load) = (AtomicUsize::new(0), Mutex::new(Load::default()));
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..n_threads {
            let send = || {
                let mut connection = Connection::new(port);
                let (mut seen, mut errors) = (Vec::new(), Vec::new());
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    if i >= n {
                        break;
                    }
                    let due = due(i).map_or_else(Instant::now, |due| start + due);
                    thread::sleep(due.saturating_duration_since(Instant::now()));
                    match connection.get(PATHS[i % PATHS.len()], due) {
                        Ok(answer) => seen.push(answer),
                        Err(error) => errors.push(error.to_string()),
                    }
                }
                let mut load = load.lock().unwrap();
                load.seen.append(&mut seen);
                load.errors.append(&mut errors);
            };
            thread::Builder::new().stack_size(STACK).spawn_scoped(scope, send).unwrap();
        }
    });
    Load { elapsed: start.elapsed(), ..load.into_inner().unwrap() }
}

/// A connection that is kept as long as the server keeps it.
struct Connection {
    port: u16,
    stream: Option<BufReader<TcpStream>>,
}

impl Connection {
    fn new(port: u16) -> Self {
        Self { port, stream: None }
    }

    fn get(&mut self, path: &str, due: Instant) -> io::Result<Seen> {
        let is_kept = self.stream.is_some();
        match self.ask(path, due) {
            // It may have been idle for too long; a client asks again then.
            Err(_) if is_kept => self.ask(path, due),
            answer => answer,
        }
    }

    fn ask(&mut self, path: &str, due: Instant) -> io::Result<Seen> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => BufReader::new(http::connect(self.port)?),
        };
        let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", self.port);
        stream.get_mut().write_all(request.as_bytes())?;
        let (seen, is_kept) = read(&mut stream, due)?;
        self.stream = is_kept.then_some(stream);
        Ok(seen)
    }
}

/// Reads one answer; whether the connection goes on.
fn read(stream: &mut BufReader<TcpStream>, due: Instant) -> io::Result<(Seen, bool)> {
    let (mut status, mut length, mut retry_after, mut is_kept) = (0, 0, None, true);
    let mut line = String::new();
    while line != "\r\n" {
        line.clear();
        if stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim().to_ascii_lowercase().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().unwrap_or(0),
            Some(("retry-after", value)) => retry_after = value.parse().ok(),
            Some(("connection", "close")) => is_kept = false,
            Some(_) => {}
            None if status == 0 => {
                status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
            }
            None => {}
        }
    }
    stream.read_exact(&mut vec![0; length])?;
    Ok((Seen { status, late: due.elapsed(), retry_after }, is_kept))
}
