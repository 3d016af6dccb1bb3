//! Clients that are slow on purpose: heads and bodies by the byte, answers hardly read, nothing
//! sent at all.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::{Probed, SEARCH, millis, probe, shipped, times};
use crate::{
    http,
    product::{Place, START_PATIENCE, Server, eventually},
    scenario::{Outcome, Run, Scenario, percentile},
};

pub(crate) const H1: Scenario = Scenario {
    id: "H1",
    injects: "2,000 slow connections: heads and bodies by the byte, answers hardly read, idle",
    expects: "everybody else is answered, p99 < 2 ×; left alone, a slow head or an idle \
              connection ends in 10 s, a slow body in 15 s in all, a slow reader in 30 s",
    broken: "no connection makes room for a newcomer when all are taken",
    play: slow,
};

/// How long the attack lasts in full.
const ATTACK: Duration = Duration::from_secs(120);
/// The same at every push.
const SHORT_ATTACK: Duration = Duration::from_secs(8);
/// Time between two bytes of a slow client.
const TRICKLE: Duration = Duration::from_millis(500);
/// They do not know of each other: in this time they move one after the other, not all at once.
const N_TURNS: usize = 50;
/// How much later than promised a connection may be seen to end.
const SLACK: Duration = Duration::from_secs(4);
/// How often others ask before it, in full.
const N_BEFORE: usize = 500;
/// Others that ask at least.
const MIN_PROBES: usize = 20;
/// Threads that drive the slow clients.
const N_DRIVERS: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Idle,
    Head,
    Body,
    Reader,
}

const KINDS: [Kind; 4] = [Kind::Idle, Kind::Head, Kind::Body, Kind::Reader];

impl Kind {
    /// What it sends before it gets slow.
    fn opening(self, port: u16) -> String {
        let host = format!("HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n");
        match self {
            Self::Idle => String::new(),
            Self::Head => format!("GET / {host}X-Slow: "),
            Self::Body => format!(
                "POST /api/v1/resolve {host}Content-Type: text/plain\r\nContent-Length: 60000\r\n\r\n"
            ),
            // More answers than the buffers of the system hold.
            Self::Reader => format!("GET /offline.json {host}\r\n").repeat(6),
        }
    }

    /// When the server has had enough of it.
    fn limit(self) -> Duration {
        Duration::from_secs(match self {
            Self::Idle | Self::Head => 10,
            Self::Body => 15,
            Self::Reader => 30,
        })
    }
}

/// One slow client.
struct Slow {
    kind: Kind,
    socket: TcpStream,
    since: Instant,
}

impl Slow {
    fn new(kind: Kind, port: u16) -> io::Result<Self> {
        let mut socket = http::connect(port)?;
        socket.write_all(kind.opening(port).as_bytes())?;
        socket.set_nonblocking(true)?;
        Ok(Self { kind, socket, since: Instant::now() })
    }

    /// Does what it does now and then; whether the connection is still open.
    fn step(&mut self) -> bool {
        let sent = match self.kind {
            Kind::Head | Kind::Body => self.socket.write(b"a"),
            Kind::Idle | Kind::Reader => Ok(1),
        };
        // A reader takes a little; the others would only see an end or a refusal. What a reader
        // has not read yet would hide the end.
        let read = self.socket.read(&mut [0; 256]);
        let is_torn = self.socket.take_error().is_ok_and(|error| error.is_some());
        is_open(&sent) && is_open(&read) && !is_torn
    }
}

fn is_open(done: &io::Result<usize>) -> bool {
    match done {
        Ok(n) => *n > 0,
        Err(error) => error.kind() == ErrorKind::WouldBlock,
    }
}

fn slow(run: &Run) -> Outcome {
    let n = run.count(2000).max(800);
    let attack = if run.judges_times() { ATTACK } else { SHORT_ATTACK };
    let (crowd, alone) = (Warm::new(), Warm::new());
    let before = probe(crowd.port(), SEARCH, times(run.count(N_BEFORE)));
    let (alone, during) = thread::scope(|scope| {
        let alone = scope.spawn(|| lifetimes(alone.port(), n / 50));
        let during = crowded(crowd.port(), n, attack);
        (alone.join().unwrap(), during)
    });
    let late = alone.iter().filter(|(kind, lived)| *lived > kind.limit() + SLACK);
    let late: Vec<_> = late.map(|(kind, lived)| format!("{kind:?} lived {lived:.1?}")).collect();
    let (usual, crowd) = (percentile(&before.times, 0.99), percentile(&during.times, 0.99));
    let is_slower = usual.zip(crowd).is_none_or(|(usual, crowd)| crowd >= usual * 2);
    let longest = alone.iter().map(|(_, lived)| *lived).max().unwrap_or_default();
    let n_probes = during.times.len();
    Outcome::new(n + alone.len())
        .failures(late)
        .failures(during.refused)
        .expect(n_probes > MIN_PROBES / 2, || format!("only {n_probes} others were answered"))
        .expect(!(run.judges_times() && is_slower), || "others were slowed down".into())
        .worst(format!(
            "p99 {} before, {} among them; longest {:.1} s",
            millis(usual),
            millis(crowd),
            longest.as_secs_f32()
        ))
}

/// A server that has made what it makes once.
struct Warm {
    server: Server,
    _place: Place,
}

impl Warm {
    fn new() -> Self {
        let place = shipped();
        let server = place.serve();
        let bundle = || http::get(server.port, "/offline.json").is_ok_and(|got| got.status == 200);
        assert!(eventually(START_PATIENCE, bundle).is_some(), "there is no bundle");
        probe(server.port, SEARCH, times(20));
        Self { server, _place: place }
    }

    fn port(&self) -> u16 {
        self.server.port
    }
}

/// How long some slow clients of each kind live on a server with seats to spare.
fn lifetimes(port: u16, n_each: usize) -> Vec<(Kind, Duration)> {
    let kinds = KINDS.iter().flat_map(|kind| std::iter::repeat_n(*kind, n_each));
    let mut open: Vec<_> = kinds.map(|kind| Slow::new(kind, port).unwrap()).collect();
    let mut lived = Vec::new();
    let begin = Instant::now();
    while !open.is_empty() && begin.elapsed() < Duration::from_secs(40) {
        thread::sleep(TRICKLE);
        open.retain_mut(|slow| {
            let is_open = slow.step();
            if !is_open {
                lived.push((slow.kind, slow.since.elapsed()));
            }
            is_open
        });
    }
    lived.extend(open.iter().map(|slow| (slow.kind, slow.since.elapsed())));
    lived
}

/// What others see among so many slow clients.
fn crowded(port: u16, n: usize, attack: Duration) -> Probed {
    let (is_over, n_connected) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..N_DRIVERS {
            scope.spawn(|| drive(port, n / N_DRIVERS, &n_connected, &is_over));
        }
        while n_connected.load(Ordering::Relaxed) < n / N_DRIVERS * N_DRIVERS {
            thread::sleep(Duration::from_millis(10));
        }
        let begin = Instant::now();
        // On a busy machine a few answers take longer than the attack should.
        let mut enough = times(MIN_PROBES);
        let during = probe(port, SEARCH, || enough() && begin.elapsed() > attack);
        is_over.store(true, Ordering::Relaxed);
        during
    })
}

/// Keeps `n` slow clients going; who is closed comes back.
fn drive(port: u16, n: usize, n_connected: &AtomicUsize, is_over: &AtomicBool) {
    let kinds = KINDS.iter().cycle().take(n);
    let connect = |kind: &Kind| Slow::new(*kind, port).ok();
    let counted = |slow: Option<Slow>| {
        n_connected.fetch_add(1, Ordering::Relaxed);
        slow
    };
    let mut all: Vec<_> = kinds.map(|kind| (*kind, counted(connect(kind)))).collect();
    while !is_over.load(Ordering::Relaxed) {
        for some in all.chunks_mut(n.div_ceil(N_TURNS)) {
            thread::sleep(TRICKLE / N_TURNS as u32);
            for (kind, slow) in some {
                if !slow.as_mut().is_some_and(Slow::step) {
                    *slow = connect(kind);
                }
            }
        }
    }
}
