//! D11: asked to stop while it is busy.

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::oracle;
use crate::{
    dice::Dice,
    http,
    product::{Place, Server, eventually},
    scenario::{Outcome, Run, Scenario},
};

const STOPS: usize = 50;
const CLIENTS: usize = 8;
/// More than two sockets hold for a slow reader.
const LONG_BYTES: usize = 8 << 20;
const STOP_LIMIT: Duration = Duration::from_secs(10);
/// Longest wait for the end where times are not judged.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) const D11: Scenario = Scenario {
    id: "D11",
    injects: "SIGTERM 50 times while 8 clients ask without a pause, on connections that they keep \
              or close, and one is in the middle of a long answer",
    expects: "0 answers cut short; it ends by itself within 10 s with exit code 0; who comes later \
              is refused or gets 503",
    broken: "with connections dropped at once instead of finished",
    play,
};

/// What the clients of one run have seen.
#[derive(Default)]
struct Seen {
    n_whole: AtomicUsize,
    n_cut: AtomicUsize,
    n_odd: AtomicUsize,
    /// Whether the long answer has begun.
    is_begun: AtomicBool,
    /// Whether the server was asked to stop.
    is_asked: AtomicBool,
    is_over: AtomicBool,
}

fn play(run: &Run) -> Outcome {
    let mut dice = Dice::of("D11");
    let place = oracle::place(30, &mut dice);
    place.write("long.png", vec![0; LONG_BYTES]);
    let n_stops = run.count(STOPS);
    let (mut failures, mut slowest, mut n_answers) = (Vec::new(), Duration::ZERO, 0);
    for n in 0..n_stops {
        let (seen, took) = stop(&place, &mut dice);
        let get = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        let (n_whole, mut n_cut, n_odd) = (get(&seen.n_whole), get(&seen.n_cut), get(&seen.n_odd));
        let is_late = took.as_ref().is_ok_and(|took| *took >= STOP_LIMIT);
        if is_late && !run.judges_times() {
            // On a machine that is busy with other things its own limit ends a long answer.
            n_cut = 0;
        }
        n_answers += n_whole;
        match took {
            Ok(took) => slowest = slowest.max(took),
            Err(wrong) => failures.push(format!("stop {n}: {wrong}")),
        }
        if n_cut + n_odd > 0 || n_whole == 0 {
            let counts =
                format!("{n_whole} answers, {n_cut} cut short, {n_odd} neither 200 nor 503");
            failures.push(format!("stop {n}: {counts}"));
        }
    }
    let is_quick = !run.judges_times() || slowest <= STOP_LIMIT;
    Outcome::new(n_stops)
        .failures(failures)
        .expect(is_quick, || format!("it ended only after {slowest:.1?}"))
        .worst(format!("ended after {slowest:.2?}, {n_answers} answers"))
}

/// One stop under load: what the clients saw, and how long it took to end.
fn stop(place: &Place, dice: &mut Dice) -> (Seen, Result<Duration, String>) {
    let mut server = place.serve();
    let seen = Seen::default();
    let took = thread::scope(|scope| {
        let (port, seen) = (server.port, &seen);
        for n in 0..CLIENTS {
            scope.spawn(move || ask_on(port, n, seen));
        }
        scope.spawn(move || read_slowly(port, seen));
        let _ = eventually(http::PATIENCE, || seen.is_begun.load(Ordering::Relaxed));
        thread::sleep(Duration::from_millis(100 + dice.below(200) as u64));
        let took = ended(&mut server, seen);
        seen.is_over.store(true, Ordering::Relaxed);
        took
    });
    (seen, took)
}

fn ended(server: &mut Server, seen: &Seen) -> Result<Duration, String> {
    let begin = Instant::now();
    server.signal("TERM");
    seen.is_asked.store(true, Ordering::Relaxed);
    if !server.ends_within(PATIENCE) {
        return Err("it did not end".to_owned());
    }
    let took = begin.elapsed();
    match server.exit_code() {
        Some(0) => Ok(took),
        code => Err(format!("exit code {code:?}")),
    }
}

/// Takes the beginning of an answer that is too long for any buffer, and the rest only after the
/// server was asked to stop.
fn read_slowly(port: u16, seen: &Seen) {
    let request = format!("GET /media/long.png HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n");
    let is_whole = http::connect(port).and_then(|mut socket| {
        let mut bytes = vec![0; 1024];
        socket.write_all(request.as_bytes())?;
        socket.read_exact(&mut bytes)?;
        seen.is_begun.store(true, Ordering::Relaxed);
        while !seen.is_asked.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(1));
        }
        thread::sleep(Duration::from_millis(50));
        socket.read_to_end(&mut bytes)?;
        Ok(http::parse(&bytes).is_some_and(|answer| answer.body.len() == LONG_BYTES))
    });
    let is_whole = is_whole.unwrap_or(false);
    let count = if is_whole { &seen.n_whole } else { &seen.n_cut };
    count.fetch_add(1, Ordering::Relaxed);
}

/// One client: asks until nobody listens any more. Every other one keeps its connections.
fn ask_on(port: u16, n: usize, seen: &Seen) {
    let paths = ["/api/v1/search?q=%E9%87%8D%E5%90%AF&limit=50", "/articles/a3", "/", "/readyz"];
    let is_keeping = n.is_multiple_of(2);
    while !seen.is_over.load(Ordering::Relaxed) {
        let Ok(mut socket) = http::connect(port) else { continue };
        for path in paths.iter().cycle().skip(n).take(if is_keeping { 50 } else { 1 }) {
            if !ask(&mut socket, path, port, is_keeping, seen) {
                break;
            }
        }
    }
}

/// One request; whether the connection can take another one.
fn ask(socket: &mut TcpStream, path: &str, port: u16, is_keeping: bool, seen: &Seen) -> bool {
    let word = if is_keeping { "keep-alive" } else { "close" };
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: {word}\r\n\r\n");
    // A connection that was closed before this request was taken is a refusal.
    if socket.write_all(request.as_bytes()).is_err() {
        return false;
    }
    match answer(socket) {
        Read1::Nothing => false,
        Read1::Cut => {
            seen.n_cut.fetch_add(1, Ordering::Relaxed);
            false
        }
        Read1::Whole(status, is_last) => {
            let count = if [200, 503].contains(&status) { &seen.n_whole } else { &seen.n_odd };
            count.fetch_add(1, Ordering::Relaxed);
            is_keeping && !is_last
        }
    }
}

/// What came back for one request.
enum Read1 {
    Nothing,
    Cut,
    /// Its status, and whether the connection ends with it.
    Whole(u16, bool),
}

fn answer(socket: &mut TcpStream) -> Read1 {
    let mut bytes = Vec::new();
    let mut piece = [0; 16 * 1024];
    loop {
        if let Some(whole) = whole(&bytes) {
            return whole;
        }
        match socket.read(&mut piece) {
            Ok(0) | Err(_) if bytes.is_empty() => return Read1::Nothing,
            Ok(0) | Err(_) => return Read1::Cut,
            Ok(n) => bytes.extend(piece.iter().take(n)),
        }
    }
}

/// The answer, if it is as long as it says.
fn whole(bytes: &[u8]) -> Option<Read1> {
    let answer = http::parse(bytes)?;
    let length: usize = answer.header("content-length")?.parse().ok()?;
    let is_last = answer.header("connection").is_some_and(|value| value == "close");
    (answer.body.len() >= length).then_some(Read1::Whole(answer.status, is_last))
}
