//! From the last key of a query to painted hits, in a real browser over the starter knowledge
//! base: median, 95th percentile and maximum in milliseconds.
//!
//! The server runs in this process, so both share the machine, as the worst desk does. A paint is
//! taken as the first task after the frame in which the hits were swapped in.

#![expect(clippy::unwrap_used, reason = "a bench ends where something fails")]
#![expect(clippy::print_stdout, reason = "figures are what it is for")]
#![expect(dead_code, unused_imports, reason = "the driver of the browser tests can do more")]

#[path = "../tests/browser/chromium.rs"]
mod chromium;
#[path = "../tests/browser/driver/mod.rs"]
mod driver;
#[path = "../tests/browser/server.rs"]
mod server;
#[path = "../tests/browser/site.rs"]
mod site;

use std::time::Duration;

use driver::{DESKTOP, Page};

/// Every how many development queries one is typed.
const STRIDE: usize = 2;

/// Time between two keys of somebody who types fast.
const KEY_INTERVAL: Duration = Duration::from_millis(90);

/// Queries must be typed, or the figures mean nothing.
const MIN_QUERIES: usize = 50;

/// Keeps when the last key came and how long its hits took to be painted.
const WATCH: &str = "
    addEventListener('input', (event) => {
      performance.clearMarks();
      performance.clearMeasures();
      performance.mark('key', { startTime: event.timeStamp });
    }, { capture: true });
    document.addEventListener('jiuji:swap', () => requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => performance.measure('painted', 'key');
      port2.postMessage(null);
    }));";

fn main() {
    // `cargo test --benches` only wants to know that it builds.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    site::story(async |site| {
        let page = site.tab(DESKTOP).await;
        page.before_each_page(WATCH).await;
        page.goto("/").await;
        let mut times_ms = Vec::new();
        for query in queries() {
            times_ms.push(time_to_paint_ms(&page, &query).await);
        }
        report(times_ms);
    });
}

fn queries() -> Vec<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/relevance/queries.tsv");
    let text = fs_err::read_to_string(path).unwrap();
    let first = |line: &str| line.split('\t').next().unwrap_or_default().to_owned();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.skip(1).step_by(STRIDE).map(first).filter(|query| !query.is_empty()).collect()
}

async fn time_to_paint_ms(page: &Page, query: &str) -> f64 {
    page.run("document.getElementById('q').select()").await;
    for character in query.chars() {
        page.insert(&character.to_string()).await;
        tokio::time::sleep(KEY_INTERVAL).await;
    }
    let typed = serde_json::to_string(query).unwrap();
    page.wait_for(&format!(
        "new URLSearchParams(location.search).get('q') === {typed}
           && performance.getEntriesByName('painted').length > 0"
    ))
    .await;
    page.value("performance.getEntriesByName('painted').at(-1).duration").await
}

fn report(mut times_ms: Vec<f64>) {
    assert!(times_ms.len() >= MIN_QUERIES, "only {} queries", times_ms.len());
    times_ms.sort_by(f64::total_cmp);
    let at = |share: f64| times_ms[((times_ms.len() - 1) as f64 * share).round() as usize];
    println!(
        "last key to painted hits, {} queries: p50 {:.1} ms, p95 {:.1} ms, max {:.1} ms",
        times_ms.len(),
        at(0.5),
        at(0.95),
        at(1.0)
    );
}
