//! X5: Markdown made to cost much.

use std::time::{Duration, Instant};

use super::bombs;
use crate::{
    http::get,
    product::{Place, Server, eventually},
    scenario::{Outcome, Profile, Run, Scenario},
};

pub(super) const SCENARIO: Scenario = Scenario {
    id: "X5",
    injects: "60+ kinds of Markdown at 1 MiB each that cost careless parsers quadratic time, deep \
        recursion or much output, one after the other into a server with the environment of the service",
    expects: "each is found, and its page and its JSON are there, in 2 s each; a page has at most 8 MiB; \
        memory grows by at most 128 MiB; 0 crashes",
    broken: "without the limit on elements (page six times as large)",
    play,
};

const FULL: usize = (1 << 20) - 200;
const SMALL: usize = 48 << 10;
const PATIENCE: Duration = Duration::from_secs(30);
const BUDGET: Duration = Duration::from_secs(2);
const MEMORY_KIB: usize = 128 << 10;
/// Every so many-th is played with every change.
const SAMPLE: usize = 13;
/// Largest page of a full article, what a page may have for each byte of a small one (a step of six
/// bytes has some 240 on its page), and what any page may have besides.
const PAGE_BYTES: usize = 8 << 20;
const PAGE_PER_BYTE: usize = 48;
const FRAME: usize = 1 << 20;

fn play(run: &Run) -> Outcome {
    let place = Place::new();
    place.write("calm.md", "# 平静\n\n正文\n");
    let mut server = place.serve_as_deployed();
    // What the server needs for any change is not the fault of this one.
    seen(&place, &server, 999, "正文");
    let before = server.memory_kib("VmHWM");
    // With every change some of them, and small.
    let (size, every) = if run.profile == Profile::Push { (SMALL, SAMPLE) } else { (FULL, 1) };
    let page_bytes = PAGE_BYTES.min(PAGE_PER_BYTE * size) + FRAME;
    let bombs: Vec<_> = bombs::all(size).step_by(every).collect();
    let mut outcome = Outcome::new(bombs.len());
    let (mut slowest, mut largest) = ((Duration::ZERO, ""), (0, ""));
    for (n, (name, body)) in bombs.into_iter().enumerate() {
        let seen = seen(&place, &server, n, &body);
        if !server.is_alive() {
            return outcome.failed(format!("{name}: the server is dead"));
        }
        let Some((time, n_bytes)) = seen else {
            outcome = outcome.failed(format!("{name}: not served within {PATIENCE:?}"));
            continue;
        };
        slowest = slowest.max((time, name));
        largest = largest.max((n_bytes, name));
        outcome = outcome
            .expect(n_bytes <= page_bytes, || format!("{name}: {n_bytes} bytes"))
            .expect(time <= BUDGET || !run.judges_times(), || format!("{name}: {time:.2?}"));
    }
    let grown = server.memory_kib("VmHWM").saturating_sub(before);
    outcome.expect(grown <= MEMORY_KIB, || format!("memory grows by {grown} KiB")).worst(format!(
        "{:.2?} ({}), {} KiB ({}), + {} MiB",
        slowest.0,
        slowest.1,
        largest.0 >> 10,
        largest.1,
        grown >> 10
    ))
}

/// The slowest of finding the article, its page and its JSON, and the size of the page.
fn seen(place: &Place, server: &Server, n: usize, body: &str) -> Option<(Duration, usize)> {
    // In the place of the one before: were they removed, they would be held as lost together.
    place.write("bomb.md", format!("---\nid: b{n}\ntitle: 弹药{n}号\n---\n\n{body}\n"));
    let id = format!("b{n}");
    let found = eventually(PATIENCE, || server.found(&format!("弹药{n}号")).contains(&id))?;
    let (page, shown) = timed(server.port, &format!("/articles/{id}"))?;
    let (_, told) = timed(server.port, &format!("/api/v1/articles/{id}"))?;
    // The file was written before it was waited for, which takes the server its own time.
    Some((found.max(shown).max(told), page))
}

fn timed(port: u16, path: &str) -> Option<(usize, Duration)> {
    let begin = Instant::now();
    let answer = get(port, path).ok().filter(|answer| answer.status == 200)?;
    Some((answer.body.len(), begin.elapsed()))
}
