//! More connections than there are seats, and more than there are file descriptors.

use std::{
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use tokio::{
    net::{TcpSocket, TcpStream},
    runtime::Runtime,
};

use super::{SEARCH, millis, probe, small, times};
use crate::{
    http,
    product::{Server, eventually},
    scenario::{Outcome, Run, Scenario, percentile},
};

pub(crate) const H2: Scenario = Scenario {
    id: "H2",
    injects: "5,000 connections that say nothing, from the same and from another address; the \
              same with 100 file descriptors",
    expects: "/livez answers ≤ 100 ms, memory + ≤ 64 MiB, all is well ≤ 5 s after",
    broken: "no connection makes room for a newcomer when all are taken",
    play: flood,
};

/// Fewer would not fill the seats.
const MIN_FLOOD: usize = 1500;
const N_PROBES: usize = 100;
const MAX_LIVEZ: Duration = Duration::from_millis(100);
const MAX_GROWTH_KIB: usize = 64 * 1024;
const MAX_RECOVERY: Duration = Duration::from_secs(5);
/// After this an orchestrator would think that the program is dead.
const PATIENCE: Duration = Duration::from_secs(5);

fn flood(run: &Run) -> Outcome {
    let n = run.count(5000).max(MIN_FLOOD);
    let place = small();
    let server = place.serve();
    probe(server.port, SEARCH, times(20));
    let outcome = Outcome::new(2 * n + MIN_FLOOD);
    let (outcome, other) = flooded(run, outcome, &server, "127.0.0.2", n);
    let (outcome, same) = flooded(run, outcome, &server, "127.0.0.1", n);
    let grown = server.memory_kib("VmHWM");
    let mut few = place_with_few_files();
    let outcome = without_files(outcome, &mut few);
    let worst =
        format!("/livez p99 {} and {}, peak {} MiB", millis(other), millis(same), grown / 1024);
    outcome.worst(worst)
}

/// One flood from this address, with probes from 127.0.0.1.
fn flooded(
    run: &Run,
    outcome: Outcome,
    server: &Server,
    from: &str,
    n: usize,
) -> (Outcome, Option<Duration>) {
    let before = server.memory_kib("VmRSS");
    let runtime = Runtime::new().unwrap();
    let held = runtime.block_on(connections(from, server.port, n));
    let outcome = outcome.expect(held.len() * 2 > n, || format!("{} came through", held.len()));
    let livez: Vec<_> = (0..N_PROBES).map(|_| alive_after(server.port)).collect();
    let dead = livez.iter().filter(|time| time.is_none()).count();
    let times: Vec<_> = livez.into_iter().flatten().collect();
    let p99 = percentile(&times, 0.99);
    let growth = server.memory_kib("VmRSS").saturating_sub(before);
    drop(held);
    let well = eventually(MAX_RECOVERY, || {
        http::get(server.port, SEARCH).is_ok_and(|answer| answer.status == 200)
    });
    let is_late = run.judges_times() && p99.is_none_or(|p99| p99 > MAX_LIVEZ);
    let outcome = outcome
        .expect(dead == 0, || format!("{from}: {dead} probes found it dead"))
        .expect(!is_late, || format!("{from}: /livez p99 {}", millis(p99)))
        .expect(growth <= MAX_GROWTH_KIB, || format!("{from}: memory + {growth} KiB"))
        .expect(well.is_some(), || format!("{from}: not well after {MAX_RECOVERY:?}"));
    (outcome, p99)
}

/// Opens so many connections, a hundred at a time, and keeps them.
async fn connections(from: &str, port: u16, n: usize) -> Vec<TcpStream> {
    let to = SocketAddr::from(([127, 0, 0, 1], port));
    let from: SocketAddr = format!("{from}:0").parse().unwrap();
    let mut held = Vec::new();
    for _ in 0..n.div_ceil(100) {
        let wave: Vec<_> = (0..100).map(|_| tokio::spawn(connect(from, to))).collect();
        for connection in wave {
            held.extend(connection.await.unwrap());
        }
    }
    held
}

async fn connect(from: SocketAddr, to: SocketAddr) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().ok()?;
    socket.bind(from).ok()?;
    let connected = tokio::time::timeout(Duration::from_secs(5), socket.connect(to)).await;
    connected.ok()?.ok()
}

/// How long `/livez` took, with the patience of an orchestrator that tries again.
fn alive_after(port: u16) -> Option<Duration> {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        if http::get(port, "/livez").is_ok_and(|answer| answer.status == 200) {
            let elapsed = begin.elapsed();
            return (elapsed <= PATIENCE).then_some(elapsed);
        }
        thread::sleep(Duration::from_millis(5));
    }
    None
}

/// A server that may open a hundred files and connections.
fn place_with_few_files() -> (crate::product::Place, Server) {
    let place = small();
    let command = place.wrapped(&["prlimit", "--nofile=100", "--"], "serve");
    let server = Server::start(command);
    (place, server)
}

fn without_files(outcome: Outcome, few: &mut (crate::product::Place, Server)) -> Outcome {
    let port = few.1.port;
    let runtime = Runtime::new().unwrap();
    let held = runtime.block_on(connections("127.0.0.2", port, MIN_FLOOD));
    let dead = (0..10).filter(|_| alive_after(port).is_none()).count();
    drop(held);
    let well = eventually(MAX_RECOVERY, || {
        http::get(port, SEARCH).is_ok_and(|answer| answer.status == 200)
    });
    let is_alive = few.1.is_alive();
    outcome
        .expect(dead == 0, || format!("without files: {dead} probes found it dead"))
        .expect(well.is_some() && is_alive, || "without files: it did not recover".into())
}
