//! A search that would take far too long.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::{is_timed, patterns::pairs};
use crate::{
    http::{self, encoded},
    product::Place,
    scenario::{Outcome, Run, Scenario},
};

/// When an answer must be there: after the time of a search, 2 s, and one more article.
const MOST: Duration = Duration::from_millis(2_200);
/// Longest answer to an ordinary query right afterwards.
const ORDINARY: Duration = Duration::from_millis(500);

pub(super) const Q4: Scenario = Scenario {
    id: "Q4",
    injects: "articles of one repeated character and a query of 250 pairs with it, asked by eight \
              clients at once: each search would take many seconds",
    expects: "503 within 2.2 s, never later; an ordinary search right afterwards has its place and \
              is answered within 0.5 s",
    broken: "a search that looked at the clock only between two articles",
    play: deadline,
};

fn deadline(run: &Run) -> Outcome {
    let place = Place::new();
    // An unoptimised build needs twenty times as long for a character.
    let (n_articles, n_chars) = if cfg!(debug_assertions) { (12, 80_000) } else { (60, 340_000) };
    for n in 0..n_articles {
        place.write(&format!("a{n}.md"), format!("# 甲 {n}\n\n{}\n", "的".repeat(n_chars)));
    }
    place.write("ordinary.md", "# 打印机卡纸\n\n取出卡住的纸\n");
    let server = place.serve();
    let (mut count, mut failures, mut slowest) = (0, Vec::new(), Duration::ZERO);
    for _ in 0..run.count(20) {
        let bombs = bombs(server.port, 8);
        count += bombs.len();
        slowest = bombs.iter().map(|bomb| bomb.0).max().unwrap_or_default().max(slowest);
        failures.extend(wrong(&bombs));
        failures.extend(ordinary(server.port, run));
    }
    let is_late = is_timed(run) && slowest > MOST;
    Outcome::new(count)
        .failures(failures)
        .expect(!is_late, || format!("an answer took {slowest:.2?}"))
        .worst(format!("cut after {slowest:.2?}"))
}

/// Asks from several clients at once: how long each waited, its status and what it was told.
fn bombs(port: u16, n_clients: usize) -> Vec<(Duration, u16, String)> {
    let path = format!("/api/v1/search?q={}", encoded(&pairs(500)));
    let ask = || {
        let start = Instant::now();
        let answer = http::get(port, &path).unwrap();
        (
            start.elapsed(),
            answer.status,
            answer.json()["code"].as_str().unwrap_or_default().to_owned(),
        )
    };
    thread::scope(|scope| {
        let clients: Vec<_> = (0..n_clients).map(|_| scope.spawn(ask)).collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    })
}

/// Some had a place and were cut, the others found none; no other answer is right.
fn wrong(bombs: &[(Duration, u16, String)]) -> Vec<String> {
    let is_cut = |code: &str| code == "timeout";
    let is_right = |(_, status, code): &&(Duration, u16, String)| {
        *status == 503 && (is_cut(code) || code == "busy")
    };
    let wrong = bombs.iter().filter(|bomb| !is_right(bomb)).map(|bomb| format!("{bomb:?}"));
    let mut wrong: Vec<_> = wrong.collect();
    if !bombs.iter().any(|(.., code)| is_cut(code)) {
        wrong.push("no search was cut".to_owned());
    }
    wrong
}

/// What is wrong with the answer to an ordinary query, if anything.
fn ordinary(port: u16, run: &Run) -> Option<String> {
    let start = Instant::now();
    let found = http::found(port, "打印机卡纸");
    let time = start.elapsed();
    if found.first().map(String::as_str) != Some("ordinary") {
        return Some(format!("an ordinary search afterwards found {found:?}"));
    }
    (is_timed(run) && time > ORDINARY).then(|| format!("an ordinary search took {time:.2?}"))
}
