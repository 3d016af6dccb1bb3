//! D1: killed at random moments, whatever it was doing.

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    process::Stdio,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use super::oracle;
use crate::{
    dice::Dice,
    http,
    product::{Place, Server},
    scenario::{Outcome, Profile, Run, Scenario, percentile},
};

const KILLS: usize = 500;
const START_LIMIT: Duration = Duration::from_secs(2);
/// Twenty files a second.
const EDIT_PAUSE: Duration = Duration::from_millis(50);
/// Articles asked for by their words after each start; at the end it is all of them.
const WORDS: usize = 12;

pub(super) const D1: Scenario = Scenario {
    id: "D1",
    injects: "500 kills at random moments of starts, updates, full builds and `jiuji index`, at \
              2,000 articles, while 20 files a second are changed, added and removed",
    expects: "0 articles lost, 0 without a file, 0 manual steps; ready p99 ≤ 2 s; who follows the \
              changes goes on or is told to start over",
    broken: "with a first scan that applies nothing; with a first operation of a reopened index \
             that deletes (2 of 500)",
    play,
};

/// The folder, and the right to change it.
struct Editing<'a> {
    place: &'a Place,
    files: Mutex<BTreeSet<usize>>,
    n_edits: AtomicUsize,
    is_over: AtomicBool,
}

impl<'a> Editing<'a> {
    fn new(place: &'a Place, n_articles: usize) -> Self {
        let files = Mutex::new((0..n_articles).collect());
        Self { place, files, n_edits: AtomicUsize::new(0), is_over: AtomicBool::new(false) }
    }

    /// Nothing is changed as long as this is held.
    fn pause(&self) -> MutexGuard<'_, BTreeSet<usize>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes, adds and removes files until it is over.
    fn go_on(&self, mut dice: Dice) {
        let mut next = self.pause().len();
        while !self.is_over.load(Ordering::Relaxed) {
            let mut files = self.pause();
            let n = *files.iter().nth(dice.below(files.len())).unwrap();
            match dice.below(10) {
                0 => {
                    fs_err::remove_file(self.place.kb().join(format!("a{n}.md"))).unwrap();
                    files.remove(&n);
                    // A new one for each that goes keeps the number of articles.
                    oracle::write(self.place, next, &dice.word());
                    files.insert(next);
                    next += 1;
                }
                _ => oracle::write(self.place, n, &dice.word()),
            }
            drop(files);
            self.n_edits.fetch_add(1, Ordering::Relaxed);
            thread::sleep(EDIT_PAUSE);
        }
    }
}

/// What was seen of the starts.
#[derive(Default)]
struct Seen {
    starts: Vec<Duration>,
    failures: Vec<String>,
    n_started_over: usize,
    revision: String,
}

fn play(run: &Run) -> Outcome {
    let (n_kills, n_articles) = match run.profile {
        Profile::Push => (KILLS / 20, 200),
        Profile::Nightly | Profile::Release => (run.count_or_tenfold(KILLS), 2_000),
    };
    let mut dice = Dice::of("D1");
    let place = oracle::place(n_articles, &mut dice);
    let editing = Editing::new(&place, n_articles);
    let editor = Dice::seeded(dice.roll());
    let mut seen = Seen { revision: "0".repeat(32), ..Seen::default() };
    thread::scope(|scope| {
        scope.spawn(|| editing.go_on(editor));
        let killed = catch_unwind(AssertUnwindSafe(|| {
            (0..n_kills).for_each(|n| kill(n, &editing, &mut dice, &mut seen));
        }));
        editing.is_over.store(true, Ordering::Relaxed);
        killed.unwrap_or_else(|panic| resume_unwind(panic));
    });
    let end = oracle::start_and_agree(&place, usize::MAX);
    outcome(run, n_kills, &editing, seen, end.err())
}

fn outcome(
    run: &Run,
    n_kills: usize,
    editing: &Editing<'_>,
    seen: Seen,
    end: Option<String>,
) -> Outcome {
    let p99 = percentile(&seen.starts, 0.99).unwrap_or_default();
    let n_edits = editing.n_edits.load(Ordering::Relaxed);
    println!("   {n_edits} edits, {} starts waited for", seen.starts.len());
    Outcome::new(n_kills)
        .failures(seen.failures)
        .failures(end.map(|wrong| format!("at the end: {wrong}")))
        .expect(!run.judges_times() || p99 <= START_LIMIT, || format!("ready p99 {p99:.1?}"))
        .worst(format!("ready p99 {p99:.1?}, {} times started over", seen.n_started_over))
}

/// One kill.
fn kill(n: usize, editing: &Editing<'_>, dice: &mut Dice, seen: &mut Seen) {
    let before = seen.failures.len();
    match dice.below(6) {
        0 | 1 => kill_start(editing.place, dice, seen),
        2 => kill_rebuild(editing.place, dice),
        _ => kill_serving(editing, dice, seen),
    }
    for failure in seen.failures.iter_mut().skip(before) {
        *failure = format!("kill {n}: {failure}");
    }
}

/// While it starts.
fn kill_start(place: &Place, dice: &mut Dice, seen: &mut Seen) {
    let mut command = place.command("serve");
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    thread::sleep(Duration::from_millis(dice.below(800) as u64));
    if let Some(status) = child.try_wait().unwrap() {
        seen.failures.push(format!("the start ended by itself: {status}"));
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// While a new generation is built.
fn kill_rebuild(place: &Place, dice: &mut Dice) {
    let mut command = place.command("index");
    let mut child = command.arg("--rebuild").stdout(Stdio::null()).spawn().unwrap();
    thread::sleep(Duration::from_millis(dice.below(1_500) as u64));
    let _ = child.kill();
    let _ = child.wait();
}

/// While it serves and takes in changes, after all that was changed before is found.
fn kill_serving(editing: &Editing<'_>, dice: &mut Dice, seen: &mut Seen) {
    let Some(server) = Server::try_start(editing.place.command("serve")) else {
        return seen.failures.push("it did not start".to_owned());
    };
    seen.starts.push(server.ready_after);
    let paused = editing.pause();
    if let Err(wrong) = oracle::agree(editing.place, &server, WORDS) {
        seen.failures.push(wrong);
    }
    drop(paused);
    follow(server.port, seen);
    thread::sleep(Duration::from_millis(dice.below(300) as u64));
}

/// Asks what changed since the revision somebody had before the kill, and goes on from there. What
/// was written down may be lost with the process, but is never wrong about it.
fn follow(port: u16, seen: &mut Seen) {
    let since = format!("/api/v1/changes?since={}&limit=1000", seen.revision);
    let Ok(mut answer) = http::get(port, &since) else {
        return seen.failures.push("no answer about changes".to_owned());
    };
    if answer.status == 410 {
        seen.n_started_over += 1;
        answer = http::get(port, "/api/v1/changes").unwrap();
    }
    match answer.json()["next"].as_str() {
        Some(next) if answer.status == 200 => seen.revision = next.to_owned(),
        _ => seen.failures.push(format!("changes: {}", answer.text())),
    }
}
