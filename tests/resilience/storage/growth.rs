//! Many edits: nothing grows without end.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use super::directory_kb::text;
use crate::{
    dice::Dice,
    product::{PROGRAM, Place, Server, eventually},
    scenario::{Outcome, Profile, Run, Scenario},
};

pub(crate) const GROWTH: Scenario = Scenario {
    id: "D10",
    injects: "20,000 edits in a row",
    expects: "index at most 3 × a fresh one, its log of changes at most 4 MiB; open files and threads ± 5; memory grows by less than 8 MiB after the first fifth",
    broken: "without merging of segments the index is 3.7 × a fresh one and memory grows by 9 MiB",
    play,
};

const EDITS: usize = 20_000;
const ARTICLES: usize = 200;
/// Edits after which it is looked whether the last one is found.
const BATCH: usize = 20;
/// Fewest edits before memory is looked at: what a program does once, such as checking all articles
/// after its start, is over by then.
const WARM_UP: usize = 2 * ARTICLES;
const MAX_GROWTH: f64 = 3.0;
const MAX_KIB: usize = 8 << 10;
/// What the log of changes may have: it keeps a number of them, and a fresh one has none.
const MAX_LOG_BYTES: u64 = 4 << 20;
const LOG: &str = "changes.jsonl";

fn play(run: &Run) -> Outcome {
    let mut dice = Dice::of("growth");
    let n_edits = if run.profile == Profile::Push { 2 * WARM_UP } else { run.count(EDITS) };
    let place = Place::new();
    for n in 0..ARTICLES {
        place.write(&format!("a{n}.md"), text(&dice.word()));
    }
    let server = place.serve();
    let n_first = WARM_UP.max(n_edits / 5);
    if let Err(wrong) = edit(&place, &server, n_first, &mut dice) {
        return Outcome::new(n_edits).failed(wrong);
    }
    let before = Usage::of(&server);
    let begin = Instant::now();
    if let Err(wrong) = edit(&place, &server, n_edits - n_first, &mut dice) {
        return Outcome::new(n_edits).failed(wrong);
    }
    let after = Usage::of(&server);
    println!("{before:?} to {after:?} in {:.0?}", begin.elapsed());
    let growth = size(&place.index()) as f64 / fresh_size(&place) as f64;
    let log = fs_err::metadata(place.index().join(LOG)).unwrap().len();
    let kib = after.memory_kib.saturating_sub(before.memory_kib);
    Outcome::new(n_edits)
        .expect(growth <= MAX_GROWTH, || format!("index of {growth:.1} × a fresh one"))
        .expect(after.files.abs_diff(before.files) <= 5, || format!("{before:?} to {after:?}"))
        .expect(after.threads.abs_diff(before.threads) <= 5, || format!("{before:?} to {after:?}"))
        .expect(log <= MAX_LOG_BYTES, || format!("a log of {log} bytes"))
        .expect(kib <= MAX_KIB, || format!("memory grew by {kib} KiB"))
        .worst(format!(
            "index {growth:.1} × a fresh one, log {} KiB, memory + {kib} KiB",
            log >> 10
        ))
}

/// What the program has of the system.
#[derive(Debug, Clone, Copy)]
struct Usage {
    files: usize,
    threads: usize,
    memory_kib: usize,
}

impl Usage {
    fn of(server: &Server) -> Self {
        let (files, threads) = (server.proc_entries("fd"), server.proc_entries("task"));
        Self { files, threads, memory_kib: server.memory_kib("VmRSS") }
    }
}

fn edit(place: &Place, server: &Server, n_edits: usize, dice: &mut Dice) -> Result<(), String> {
    let mut n_left = n_edits;
    while n_left > 0 {
        let (mut last, n_batch) = (None, n_left.min(BATCH));
        for _ in 0..n_batch {
            let (n, word) = (dice.below(ARTICLES), dice.word());
            place.write(&format!("a{n}.md"), text(&word));
            last = Some((format!("a{n}"), word));
        }
        n_left -= n_batch;
        let Some((id, word)) = last else { continue };
        let is_found = || server.found(&word).first() == Some(&id);
        let took = eventually(Duration::from_secs(30), is_found);
        took.ok_or_else(|| format!("{id} is not found by {word}"))?;
    }
    Ok(())
}

/// Bytes of an index of the same articles, built at once.
fn fresh_size(place: &Place) -> u64 {
    let fresh = place.path().join("fresh");
    let mut command = Command::new(PROGRAM);
    command.arg("index").arg("--kb").arg(place.kb()).arg("--index").arg(&fresh);
    let made = command.output().unwrap();
    assert!(made.status.success(), "{made:?}");
    size(&fresh)
}

/// Bytes of an index without its log of changes.
fn size(folder: &Path) -> u64 {
    let entries = fs_err::read_dir(folder).unwrap().flatten();
    let entries = entries.filter(|entry| entry.file_name() != LOG);
    let size = |entry: fs_err::DirEntry| match entry.metadata() {
        Ok(data) if data.is_dir() => size(&entry.path()),
        Ok(data) => data.len(),
        Err(_) => 0,
    };
    entries.map(size).sum()
}
