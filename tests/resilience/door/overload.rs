//! Ten times more than can be answered, in an open loop.

use std::{
    collections::BTreeSet,
    process::{self, Command, Stdio},
    time::Duration,
};

use super::{
    load::{Load, closed_loop, open_loop},
    millis, shipped,
};
use crate::{
    product::{Server, eventually, has},
    scenario::{Outcome, Run, Scenario},
};

pub(crate) const H3: Scenario = Scenario {
    id: "H3",
    injects: "searches at 10 × capacity for 60 s, open loop, late from when they were due",
    expects: "admitted p99 < 3 × unloaded, goodput ≥ 80 % of capacity, the rest 503 with \
              Retry-After 1–5 s and p99 < 50 ms, no other error, memory + ≤ 64 MiB, normal ≤ 5 s after",
    broken: "the gate lets everybody in",
    play: overload,
};

const TENFOLD: f64 = 10.0;
const MAX_SLOWDOWN: u32 = 3;
const MIN_GOODPUT: f64 = 0.8;
const MAX_REFUSAL: Duration = Duration::from_millis(50);
const MAX_GROWTH_KIB: usize = 64 * 1024;
const MAX_RECOVERY: Duration = Duration::from_secs(5);
/// Fewer than the server has seats.
const N_CONNECTIONS: usize = 256;
/// Requests of the measurement without load.
const N_UNLOADED: usize = 400;

fn overload(run: &Run) -> Outcome {
    let place = shipped();
    let (server, pinned) = match has("taskset") {
        true => {
            let command = place.wrapped(&["taskset", "-c", "0"], "serve");
            (Server::start(command), Some(Pinned::new()))
        }
        false => (place.serve(), None),
    };
    closed_loop(server.port, run.count(N_UNLOADED), 1);
    let unloaded = closed_loop(server.port, run.count(N_UNLOADED), 1).late(200, 0.99);
    let unloaded = unloaded.unwrap_or_default();
    let capacity = capacity(run, server.port, unloaded);
    let before = server.memory_kib("VmRSS");
    let time = if run.judges_times() { Duration::from_secs(60) } else { Duration::from_secs(5) };
    let load = open_loop(server.port, capacity * TENFOLD, time, N_CONNECTIONS);
    let growth = server.memory_kib("VmHWM").saturating_sub(before);
    let recovery = eventually(MAX_RECOVERY, || is_normal(run, server.port, unloaded));
    drop(pinned);
    let outcome = judged(run, &load, unloaded, capacity);
    outcome
        .expect(growth <= MAX_GROWTH_KIB, || format!("memory + {growth} KiB"))
        .expect(recovery.is_some(), || format!("not normal after {MAX_RECOVERY:?}"))
        .worst(format!(
            "C {capacity:.0}/s, p99 {} → {}, goodput {:.0} %, 503 p99 {}, memory + {} MiB",
            millis(Some(unloaded)),
            millis(load.late(200, 0.99)),
            100.0 * load.goodput() / capacity,
            millis(load.late(503, 0.99)),
            growth / 1024
        ))
}

fn judged(run: &Run, load: &Load, unloaded: Duration, capacity: f64) -> Outcome {
    let (good, refused) = (load.count(200), load.count(503));
    let other = load.seen.len() - good - refused;
    let refusals = load.seen.iter().filter(|seen| seen.status == 503);
    let retry: BTreeSet<_> = refusals.map(|seen| seen.retry_after).collect();
    let is_jittered = retry.len() > 1 && retry.iter().all(|s| (Some(1)..=Some(5)).contains(s));
    let admitted = load.late(200, 0.99).unwrap_or(Duration::MAX);
    let told = load.late(503, 0.99).unwrap_or(Duration::MAX);
    let outcome = Outcome::new(load.seen.len() + load.errors.len())
        .failures(load.errors.iter().take(3).cloned())
        .expect(other == 0, || format!("{other} answers are neither 200 nor 503"))
        .expect(good > 0 && refused > good, || format!("{good} admitted, {refused} refused"))
        .expect(is_jittered, || format!("Retry-After: {retry:?}"));
    if !run.judges_times() {
        return outcome;
    }
    let goodput = load.goodput() / capacity;
    outcome
        .expect(admitted < unloaded * MAX_SLOWDOWN, || format!("admitted p99 {admitted:.1?}"))
        .expect(goodput >= MIN_GOODPUT, || format!("goodput {:.0} %", 100.0 * goodput))
        .expect(told < MAX_REFUSAL, || format!("refused p99 {told:.1?}"))
}

/// The highest rate at which nobody is refused and p99 is less than twice that without load.
fn capacity(run: &Run, port: u16, unloaded: Duration) -> f64 {
    let most = closed_loop(port, run.count(2000), 4).goodput();
    if !run.judges_times() {
        return most * 0.7;
    }
    let is_fine = |rate: f64| {
        let load = open_loop(port, rate, Duration::from_secs(4), N_CONNECTIONS);
        println!("  {rate:.0}/s: p99 {}", millis(load.late(200, 0.99)));
        load.errors.is_empty()
            && load.count(200) == load.seen.len()
            && load.late(200, 0.99).is_some_and(|late| late < unloaded * 2)
    };
    let rates = (0..20).map(|n| most * 0.93f64.powi(n));
    rates.into_iter().find(|rate| is_fine(*rate)).unwrap_or(most * 0.2)
}

/// Whether people notice nothing any more.
fn is_normal(run: &Run, port: u16, unloaded: Duration) -> bool {
    let load = closed_loop(port, 20, 1);
    let is_quick = load.late(200, 0.9).is_some_and(|late| late < unloaded * 2);
    load.count(200) == 20 && (is_quick || !run.judges_times())
}

/// This process on the second processor, for as long as this lives: the first one is the server's.
struct Pinned;

impl Pinned {
    fn new() -> Self {
        pin("1");
        Self
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        pin("0-1023");
    }
}

/// Threads that are started later inherit it.
fn pin(processors: &str) {
    let mut taskset = Command::new("taskset");
    taskset.args(["-a", "-c", "-p", processors, &process::id().to_string()]);
    // Without a second processor both share one, and the figures say so.
    let _ = taskset.stdout(Stdio::null()).stderr(Stdio::null()).status();
}
