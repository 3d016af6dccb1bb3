//! What a large collection costs: build, disk, memory, and searches one after the other and
//! sixteen at a time. `JIUJI_BENCH_DOCUMENTS` sets the number of documents.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench may fail, and prints")]

mod corpus;

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use jiuji::{
    index::Snapshot,
    kb::Root,
    live::{Options, open_snapshot, update_index},
    search::{Query, search, suggest},
};
use time::macros::date;

/// Documents unless asked otherwise.
const DOCUMENTS: usize = 11_430;
/// Searches of one run.
const SEARCHES: usize = 1000;
/// Searches at a time in the second run.
const THREADS: usize = 16;

fn main() {
    let n = std::env::var("JIUJI_BENCH_DOCUMENTS").ok().and_then(|n| n.parse().ok());
    let n = n.unwrap_or(DOCUMENTS);
    let kb = corpus::generate(n);
    let index = tempfile::tempdir().unwrap();
    let root = || Root::new(kb.path()).unwrap();
    let options = || Options {
        root: root(),
        index: index.path().join("data"),
        vocabulary: None,
        watch: false,
        program: None,
    };
    let started = Instant::now();
    update_index(&options(), false, &|_, _| ()).unwrap();
    let built = started.elapsed();
    let (text, disk) = (size_of(kb.path()), size_of(index.path()));
    println!("{n} documents, {:.1} MB of text", text / 1e6);
    println!("  build {:.0} documents/s", n as f64 / built.as_secs_f64());
    println!("  index {:.2} x the text", disk / text);
    let snapshot = open_snapshot(&options()).unwrap();
    let queries = queries(kb.path(), n);
    let alone = times(&snapshot, &queries);
    report("  searches one after the other", alone);
    let share = queries.len() / THREADS;
    let together = thread::scope(|scope| {
        let all: Vec<_> =
            queries.chunks(share).map(|own| scope.spawn(|| times(&snapshot, own))).collect();
        all.into_iter().flat_map(|one| one.join().unwrap()).collect()
    });
    report("  searches sixteen at a time", together);
    let typed = queries.iter().map(|query| query.chars().take(3).collect::<String>());
    let suggested = typed.map(|typed| time(|| drop(suggest(&snapshot, &typed, None).unwrap())));
    report("  suggestions", suggested.collect());
    println!("  anonymous memory {} MB", anonymous_memory());
}

fn times(snapshot: &Snapshot, queries: &[String]) -> Vec<Duration> {
    let today = date!(2026 - 11 - 23);
    let one = |text: &String| time(|| drop(search(snapshot, &Query::cut(text, today)).unwrap()));
    queries.iter().map(one).collect()
}

fn time(run: impl FnOnce()) -> Duration {
    let started = Instant::now();
    run();
    started.elapsed()
}

/// Pieces of 3 to 14 characters of random documents.
fn queries(kb: &Path, n: usize) -> Vec<String> {
    let mut random = corpus::Random(1);
    let piece = |_| {
        let file = kb.join(format!("m{:06}.md", random.below(n)));
        let text = fs_err::read_to_string(file).unwrap();
        let (start, length) = (random.below(text.chars().count()), 3 + random.below(12));
        text.chars().skip(start).take(length).collect()
    };
    (0..SEARCHES).map(piece).collect()
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    let mean = times.iter().sum::<Duration>().as_secs_f64() * 1e3 / times.len() as f64;
    println!("{what}: mean {mean:.2} ms, p50 {:.2}, p99 {:.2}", at(0.5), at(0.99));
}

fn size_of(folder: &Path) -> f64 {
    let entries = fs_err::read_dir(folder).unwrap().flatten();
    let sizes = entries.map(|entry| {
        let metadata = entry.metadata().unwrap();
        if metadata.is_dir() { size_of(&entry.path()) } else { metadata.len() as f64 }
    });
    sizes.sum()
}

/// Megabytes of memory that no file backs; 0 where the system does not tell.
fn anonymous_memory() -> u64 {
    let status = fs_err::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("RssAnon")).unwrap_or_default();
    let kilobytes = line.split_whitespace().nth(1).and_then(|n| n.parse::<u64>().ok());
    kilobytes.unwrap_or_default() / 1024
}
