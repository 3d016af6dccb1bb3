//! Bodies, heads and addresses that are far too large.

use std::{
    io::{Read, Write},
    iter, thread,
    time::{Duration, Instant},
};

use super::{SEARCH, probe, small, times};
use crate::{
    http::{self, Answer},
    product::Server,
    scenario::{Outcome, Run, Scenario},
};

pub(crate) const H4: Scenario = Scenario {
    id: "H4",
    injects: "a chunked body of 10 GB, compressed bombs, 10,000 headers, 1 MB of address or \
              header; 400 bodies of nearly 1 MiB that stop before the end",
    expects: "413, 415, 431 or 414, the connection closed, ≤ 1 s and memory + ≤ 8 MiB each; the \
              bodies together + ≤ 64 MiB",
    broken: "any number of large bodies at a time",
    play: oversize,
};

const MAX_GROWTH_KIB: usize = 8 * 1024;
const MAX_TOGETHER_KIB: usize = 64 * 1024;
const MAX_TIME: Duration = Duration::from_secs(1);
const TEN_GB: u64 = 10 << 30;
const CHUNK: usize = 64 * 1024;

/// A request that is written until the server has had enough.
struct Case {
    name: &'static str,
    head: String,
    /// What follows, again and again, up to [`TEN_GB`].
    endless: Option<Vec<u8>>,
    expected: &'static [u16],
    /// Whether the refusal is ours; otherwise it comes before there is a request to answer.
    is_problem: bool,
}

fn oversize(run: &Run) -> Outcome {
    let place = small();
    let server = place.serve();
    probe(server.port, SEARCH, times(20));
    // The first refusal of each kind may allocate what stays.
    let cases = cases();
    cases.iter().for_each(|case| drop(refused(&server, case)));
    let mut outcome = Outcome::new(cases.len());
    let (mut most, mut longest) = (0, Duration::ZERO);
    for case in &cases {
        // A peak since the last look, so that memory that was given back counts too.
        let before = reset_peak(&server);
        let begin = Instant::now();
        let answer = refused(&server, case);
        let elapsed = begin.elapsed();
        let growth = server.memory_kib("VmHWM").saturating_sub(before);
        (most, longest) = (most.max(growth), longest.max(elapsed));
        let is_late = run.judges_times() && elapsed > MAX_TIME;
        outcome = outcome
            .failures(wrong(case, answer.as_ref()))
            .expect(!is_late, || format!("{}: {elapsed:.1?}", case.name))
            .expect(growth <= MAX_GROWTH_KIB, || format!("{}: + {growth} KiB", case.name));
    }
    let n_bodies = run.count(400).max(150);
    let together = stalled(&server, n_bodies);
    let well = probe(server.port, SEARCH, times(10));
    Outcome { count: cases.len() + n_bodies, ..outcome }
        .failures(well.refused)
        .expect(together <= MAX_TOGETHER_KIB, || format!("together + {together} KiB"))
        .worst(format!(
            "{:.2} s, + {:.1} MiB; {n_bodies} bodies + {} MiB",
            longest.as_secs_f64(),
            most as f64 / 1024.0,
            together / 1024
        ))
}

fn cases() -> Vec<Case> {
    let post = |path: &str, lines: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nContent-Type: application/json\r\n{lines}\r\n"
        )
    };
    let get = |path: &str, lines: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n{lines}\r\n")
    };
    let chunked = "Transfer-Encoding: chunked\r\n";
    let chunk = [format!("{CHUNK:x}\r\n").as_bytes(), &[b' '; CHUNK], b"\r\n"].concat();
    let ours =
        |name, head, expected| Case { name, head, endless: None, expected, is_problem: true };
    let theirs = |name, head, expected| Case { is_problem: false, ..ours(name, head, expected) };
    let endless = |case, bytes: &[u8]| Case { endless: Some(bytes.to_vec()), ..case };
    let resolve = "/api/v1/resolve";
    let encoded = |encoding: &str| post(resolve, &format!("Content-Encoding: {encoding}\r\n"));
    let declared = |n: u64| format!("Content-Length: {n}\r\n");
    let query = format!("/api/v1/search?q={}", "a".repeat(17 << 10));
    let long = |n: usize| "a".repeat(n);
    vec![
        endless(ours("10 GB in chunks", post(resolve, chunked), &[413]), &chunk),
        endless(ours("10 GB in chunks to agents", post("/mcp", chunked), &[413, 406]), &chunk),
        ours("10 GB declared", post(resolve, &declared(TEN_GB)), &[413]),
        ours("64 KiB + 1 declared", post("/mcp", &declared(65_537)), &[413]),
        endless(ours("gzip bomb", encoded("gzip"), &[415]), &[0; 1024]),
        ours("zstd bomb", encoded("zstd"), &[415]),
        ours("twice compressed", encoded("gzip, gzip"), &[415]),
        theirs("10,000 headers", get("/", &"A: b\r\n".repeat(10_000)), &[431]),
        theirs("100 headers", get("/", &"A: b\r\n".repeat(100)), &[431]),
        theirs("1 MB of header", get("/", &format!("A: {}\r\n", long(1 << 20))), &[431]),
        theirs("1 MB of address", get(&format!("/{}", long(1 << 20)), ""), &[431, 414]),
        ours("17 KiB of query", get(&query, ""), &[414]),
        ours("5 KiB of path", get(&format!("/{}", long(5 << 10)), ""), &[414]),
        theirs("a chunk of 2^70", post(resolve, chunked) + "4000000000000000000\r\n", &[400]),
        endless(theirs("an endless head", "GET / HTTP/1.1\r\n".into(), &[431]), b"A: b\r\n"),
    ]
}

/// What the server says before it closes.
fn refused(server: &Server, case: &Case) -> Option<Answer> {
    let mut socket = http::connect(server.port).ok()?;
    let host = format!("127.0.0.1:{}", server.port);
    let head = case.head.replace("HOST", &host);
    let endless = iter::repeat(case.endless.iter().flatten().copied().collect::<Vec<_>>());
    let mut n_left = if case.endless.is_some() { TEN_GB } else { 0 };
    let mut going = socket.write_all(head.as_bytes()).is_ok();
    for bytes in endless {
        if !going || n_left == 0 {
            break;
        }
        n_left = n_left.saturating_sub(bytes.len() as u64);
        going = socket.write_all(&bytes).is_ok();
    }
    let mut answer = Vec::new();
    // It was torn down while we wrote; what it said before that is still there.
    let _ = socket.read_to_end(&mut answer);
    http::parse(&answer)
}

/// How much memory so many bodies take that lack their end, in KiB.
fn stalled(server: &Server, n: usize) -> usize {
    let before = reset_peak(server);
    let head = format!(
        "POST /api/v1/resolve HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: text/plain\r\n\
         Content-Length: 1048576\r\n\r\n",
        server.port
    );
    let request = [head.as_bytes(), &vec![b'a'; 1_048_000]].concat();
    let open = |_| {
        let mut socket = http::connect(server.port).ok()?;
        socket.write_all(&request).ok()?;
        Some(socket)
    };
    let held: Vec<_> = (0..n).filter_map(open).collect();
    thread::sleep(Duration::from_millis(500));
    let growth = server.memory_kib("VmHWM").saturating_sub(before);
    drop(held);
    growth
}

fn wrong(case: &Case, answer: Option<&Answer>) -> Option<String> {
    let Some(answer) = answer else { return Some(format!("{}: no answer", case.name)) };
    let is_problem = answer.header("content-type") == Some("application/problem+json");
    let is_right = case.expected.contains(&answer.status) && (is_problem || !case.is_problem);
    (!is_right).then(|| format!("{}: {} {}", case.name, answer.status, answer.text()))
}

/// Forgets the peak of memory; what is used now, in KiB.
fn reset_peak(server: &Server) -> usize {
    // Source: proc(5), clear_refs.
    let _ = fs_err::write(format!("/proc/{}/clear_refs", server.pid()), "5");
    server.memory_kib("VmRSS")
}
