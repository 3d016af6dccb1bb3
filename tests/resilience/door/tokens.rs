//! Tokens: none, nearly right, guessed, in the wrong place, and how long a wrong one takes.

use std::time::{Duration, Instant};

use axum::{body::Body, http::Request};
use jiuji::web::{AccessSettings, ReadToken};
use time::macros::date;
use tower::ServiceExt;

use super::{exchange_from, get_with, inside::Inside};
use crate::{
    dice::Dice,
    scenario::{Outcome, Run, Scenario},
};

pub(crate) const A3: Scenario = Scenario {
    id: "A3",
    injects: "no token, 20 that are nearly right, tokens in addresses and cookies, guessing, \
              200,000 times of wrong ones",
    expects: "401 to all, 429 after 10 a minute, the right one always opens; how long a wrong one \
              takes says nothing (Welch's |t| < 4.5)",
    broken: "the secret of a known name is not compared",
    play: tokens,
};

const PATHS: [&str; 6] =
    ["/", "/api/v1/search?q=a", "/articles/jam", "/metrics", "/offline.json", "/nothing"];
/// Times of each kind of wrong token.
const N_TIMES: usize = 50_000;
const MAX_T: f64 = 4.5;
/// Wrong tokens that are still looked at, in a minute.
const MAX_WRONG: usize = 10;

fn tokens(run: &Run) -> Outcome {
    let (right, kept) = ReadToken::issue("right", &[7; 32]);
    let access = AccessSettings { read_tokens: vec![kept], ..AccessSettings::default() };
    let inside = Inside::start(access, || date!(2026 - 11 - 23));
    let (n, failures) = bypasses(inside.port, &right);
    let guessed = guessing(inside.port, &right);
    let n_times = run.count(N_TIMES);
    let (secrets, ids) = (secrets(&inside, &right, n_times), ids(&inside, &right, n_times));
    let tells = |t: f64| run.judges_times() && t.abs() >= MAX_T;
    Outcome::new(n + 4 * n_times)
        .failures(failures)
        .failures(guessed)
        .expect(!tells(secrets), || format!("how much of a secret is right shows: t {secrets:.1}"))
        .expect(!tells(ids), || format!("which names exist shows: t {ids:.1}"))
        .worst(format!("t {secrets:.1} by secret, {ids:.1} by name"))
}

/// What nearly is the right token.
fn nearly(right: &str) -> Vec<String> {
    let (stranger, _) = ReadToken::issue("stranger", &[7; 32]);
    let (other, _) = ReadToken::issue("right", &[8; 32]);
    let short: String = right.chars().take(right.len() - 1).collect();
    let secret = right.rsplit('_').next().unwrap_or_default();
    [
        String::new(),
        "Bearer".into(),
        "Bearer ".into(),
        "Bearer null".into(),
        "Bearer undefined".into(),
        "Bearer admin".into(),
        "Bearer jiuji_right_".into(),
        format!("Bearer {short}"),
        format!("Bearer {right}A"),
        format!("Bearer {right}{right}"),
        format!("Bearer {right},{right}"),
        format!("Bearer {}", right.to_uppercase()),
        format!("Bearer {}", right.replace("right", "Right")),
        format!("Bearer {}", right.replace("right", "")),
        format!("Bearer {secret}"),
        format!("Bearer {stranger}"),
        format!("Bearer {other}"),
        format!("Basic {right}"),
        format!("Token {right}"),
        right.to_owned(),
    ]
    .to_vec()
}

/// How many ways past the token were tried, and which of them led in.
fn bypasses(port: u16, right: &str) -> (usize, Vec<String>) {
    let mut tried = 0;
    let mut failures = Vec::new();
    let mut closed = |what: &str, path: &str, lines: &[(&str, &str)]| {
        let status = get_with(port, path, lines).unwrap().status;
        tried += 1;
        // After ten wrong ones the refusal has another name.
        failures.extend((!matches!(status, 401 | 429)).then(|| format!("{what} {path}: {status}")));
    };
    for path in PATHS {
        closed("nothing", path, &[]);
        for value in nearly(right) {
            closed(&value, path, &[("Authorization", &value)]);
        }
        let separator = if path.contains('?') { '&' } else { '?' };
        for name in ["token", "access_token", "authorization", "api_key"] {
            closed("in the address", &format!("{path}{separator}{name}={right}"), &[]);
        }
        for name in ["Cookie", "X-Api-Key", "X-Authorization", "Proxy-Authorization"] {
            closed(name, path, &[(name, &format!("Bearer {right}"))]);
        }
        let twice = format!("Bearer {right}");
        closed("twice", path, &[("Authorization", &twice), ("Authorization", &twice)]);
    }
    let bearer = format!("Bearer {right}");
    let opened = get_with(port, "/api/v1/search?q=a", &[("Authorization", &bearer)]).unwrap();
    let opened = opened.status;
    failures.extend((opened != 200).then(|| format!("the right token: {opened}")));
    (tried, failures)
}

/// Guessing from an address that has not been seen before.
fn guessing(port: u16, right: &str) -> Vec<String> {
    let (wrong, _) = ReadToken::issue("right", &[9; 32]);
    let ask = |token: &str| {
        let request = format!(
            "GET /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\
             Connection: close\r\n\r\n"
        );
        exchange_from("127.0.0.9", port, request.as_bytes()).map_or(0, |answer| answer.status)
    };
    let begin = Instant::now();
    let statuses: Vec<_> = (0..3 * MAX_WRONG).map(|_| ask(&wrong)).collect();
    let n_looked_at = statuses.iter().filter(|status| **status == 401).count();
    // One more is forgiven every six seconds.
    let allowed = MAX_WRONG + 1 + begin.elapsed().as_secs() as usize / 6;
    let mut failures = Vec::new();
    if n_looked_at > allowed || !statuses.iter().all(|status| matches!(status, 401 | 429)) {
        failures.push(format!("{n_looked_at} guesses were looked at: {statuses:?}"));
    }
    let status = ask(right);
    failures.extend((status != 200).then(|| format!("the right token after guesses: {status}")));
    failures
}

/// Whether a secret whose first character is wrong takes another time than one whose last is.
fn secrets(inside: &Inside, right: &str, n: usize) -> f64 {
    let swapped = |at: usize| -> String {
        let swap = |(i, c)| if i == at { if c == 'A' { 'B' } else { 'A' } } else { c };
        right.chars().enumerate().map(swap).collect()
    };
    let first = right.rfind('_').map_or(0, |at| at + 1);
    compare(inside, &swapped(first), &swapped(right.len() - 1), n)
}

/// Whether a name that exists takes another time than one that does not.
fn ids(inside: &Inside, right: &str, n: usize) -> f64 {
    let (known, _) = ReadToken::issue("right", &[9; 32]);
    assert_ne!(known, right);
    compare(inside, &known, &known.replace("right", "wrong"), n)
}

/// Welch's t of the times of two requests, sent in random order and without a socket between.
fn compare(inside: &Inside, a: &str, b: &str, n: usize) -> f64 {
    let mut dice = Dice::of("tokens");
    let mut times = [Vec::with_capacity(n), Vec::with_capacity(n)];
    inside.runtime.block_on(async {
        for _ in 0..2 * n {
            let which = dice.below(2);
            let token = [a, b][which];
            let request = Request::get("/api/v1/status")
                .header("host", format!("127.0.0.1:{}", inside.port))
                .header("authorization", format!("Bearer {token}"))
                .body(Body::empty())
                .unwrap();
            let begin = Instant::now();
            let answer = inside.router.clone().oneshot(request).await.unwrap();
            times[which].push(begin.elapsed());
            assert_ne!(answer.status(), 200);
        }
    });
    let [a, b] = times.map(|times| moments(&times));
    (a.0 - b.0) / (a.1 + b.1).sqrt()
}

/// Mean, and variance of the mean, in microseconds, of the faster nine tenths: what the machine
/// does besides would drown the rest.
fn moments(times: &[Duration]) -> (f64, f64) {
    let mut sorted: Vec<_> = times.iter().map(|time| time.as_secs_f64() * 1e6).collect();
    sorted.sort_by(f64::total_cmp);
    sorted.truncate(sorted.len() * 9 / 10);
    let n = sorted.len() as f64;
    let mean = sorted.iter().sum::<f64>() / n;
    let variance = sorted.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, variance / n)
}
