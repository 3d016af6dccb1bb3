//! A handler that panics, a thousand times.

use std::{
    panic,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use jiuji::web::AccessSettings;
use time::{Date, macros::date};

use super::inside::Inside;
use crate::{
    http::{self, Answer},
    product::eventually,
    scenario::{Outcome, Run, Scenario},
};

pub(crate) const H6: Scenario = Scenario {
    id: "H6",
    injects: "1,000 requests that panic, over real sockets",
    expects: "500 as a problem with the id of the request, each counted; nothing is in flight \
              afterwards and every place for searches is free",
    broken: "panics are not counted",
    play: panics,
};

/// The panics are ours: the server asks somebody outside for the day.
static PANICS: AtomicBool = AtomicBool::new(false);

fn today() -> Date {
    assert!(!PANICS.load(Ordering::Relaxed), "on purpose");
    date!(2026 - 11 - 23)
}

fn panics(run: &Run) -> Outcome {
    let n = run.count(1000);
    let inside = Inside::start(AccessSettings::default(), today);
    // It asks for the day at the start too.
    http::get(inside.port, "/livez").unwrap();
    let quiet = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    PANICS.store(true, Ordering::Relaxed);
    let failures: Vec<_> = (0..n).filter_map(|i| wrong(inside.port, i)).collect();
    PANICS.store(false, Ordering::Relaxed);
    panic::set_hook(quiet);
    let metrics = http::get(inside.port, "/metrics").unwrap().text();
    let counted = |line: &str| metrics.lines().any(|found| found == line);
    // As many as there are places, on a machine that may be busy.
    let n_places = 2 * thread::available_parallelism().map_or(1, usize::from);
    let all = || at_once(inside.port, n_places) == n_places;
    let is_free = eventually(Duration::from_secs(10), all).is_some();
    Outcome::new(n)
        .failures(failures)
        .expect(counted(&format!("jiuji_panics_total {n}")), || "not all are counted".into())
        .expect(counted("jiuji_http_in_flight 1"), || "requests are still in flight".into())
        .expect(is_free, || "places for searches are lost".into())
        .worst(format!("{n} panics, 0 places lost"))
}

/// What is wrong with the answer to a request that panics.
fn wrong(port: u16, i: usize) -> Option<String> {
    let path = ["/api/v1/search?q=a", "/?q=a", "/api/v1/articles"][i % 3];
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Request-Id: panic-{i}\r\n\
         Accept: application/json\r\nConnection: close\r\n\r\n"
    );
    let answer = match http::exchange(port, request.as_bytes()) {
        Ok(answer) => answer,
        Err(error) => return Some(format!("{path}: {error}")),
    };
    let Answer { status, .. } = answer;
    let id = format!("panic-{i}");
    let is_named = answer.header("x-request-id") == Some(&id) && answer.json()["instance"] == id;
    let is_problem = answer.header("content-type") == Some("application/problem+json");
    let is_silent = !answer.text().contains("on purpose");
    let is_right = status == 500 && is_named && is_problem && is_silent;
    (!is_right).then(|| format!("{path}: {status} {}", answer.text()))
}

/// How many of so many searches at the same time are answered.
fn at_once(port: u16, n: usize) -> usize {
    let search = || http::get(port, "/api/v1/search?q=a").is_ok_and(|answer| answer.status == 200);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..n).map(|_| scope.spawn(search)).collect();
        threads.into_iter().map(|thread| usize::from(thread.join().unwrap())).sum()
    })
}
