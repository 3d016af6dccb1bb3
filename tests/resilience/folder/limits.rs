//! W4 and W5: the system has no watch left, or more events than it keeps.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::kit::{self, SCANNED, SETTLES, agrees, figure, finds, ready, status};
use crate::{
    dice::Dice,
    http,
    product::{Place, Server, eventually, has},
    scenario::{Outcome, Run, Scenario, percentile},
};
use fs_err as fs;

pub(super) const W4: Scenario = Scenario {
    id: "W4",
    injects: "the limit of inotify watches is reached at the start, or later by new folders",
    expects: "/readyz 200 and degraded, watcher: polling; edits arrive within 60 s, 0 missed",
    broken: "errors of the watch ignored",
    play: play_watch_limit,
};

pub(super) const W5: Scenario = Scenario {
    id: "W5",
    injects: "10,000 files written while the server is stopped (the queue of 16,384 events overflows); \
              as many while it runs, into new folders",
    expects: "0 missed within 60 s, ≤ 3 rounds of indexing after the overflow, search stays up",
    broken: "an overflow of the queue ignored",
    play: play_storm,
};

/// Edits with no watch at all.
const EDITS: usize = 100;
/// Files of a storm, and of one that does not take long.
const FILES: usize = 10_000;
const FILES_AT_PUSH: usize = 500;
/// More events than the system keeps, of which each save makes three.
const SAVES: usize = 7_000;
/// The scan of every minute, and what applying it takes.
const POLLED: Duration = Duration::from_secs(62);
/// After this an overflow that nobody noticed is still not made good: a scan has just been.
const NOTICED: Duration = Duration::from_secs(40);

/// A server in a user namespace of its own with so many watches.
fn with_watches(place: &Place, n: usize) -> Server {
    let script = format!("echo {n} > /proc/sys/user/max_inotify_watches && exec \"$@\"");
    Server::start(place.wrapped(&["unshare", "-Ur", "sh", "-c", &script, "sh"], "serve"))
}

fn play_watch_limit(run: &Run) -> Outcome {
    if !has("unshare") {
        return Outcome::skipped("unshare is missing");
    }
    let mut dice = Dice::of("W4");
    let mut times = Vec::new();
    let n = run.count(EDITS);
    let place = Place::new();
    for n in 0..5 {
        place.write(&format!("f{n}/x.md"), kit::article(&dice.word()));
    }
    let server = with_watches(&place, 3);
    let mut failures = edits_arrive(&place, &server, n, &mut dice, &mut times);
    failures.extend(is_degraded(&server, "at the start"));
    drop(server);

    let place = Place::new();
    place.write("a.md", kit::article(&dice.word()));
    let server = with_watches(&place, 3);
    if ready(&server)["components"]["watcher"] != "ok" {
        failures.push("three watches are enough for one folder".to_owned());
    }
    for n in 0..5 {
        place.write(&format!("f{n}/x.md"), kit::article(&dice.word()));
    }
    failures.extend(agrees(&place, &server, SETTLES).err());
    failures.extend(is_degraded(&server, "later"));
    failures.extend(edits_arrive(&place, &server, n, &mut dice, &mut times));
    let late = times.iter().filter(|time| run.judges_times() && **time > POLLED).count();
    Outcome::new(2 * n)
        .failures(failures)
        .expect(late == 0, || format!("{late} edits came after more than a minute"))
        .worst(figure("polled", &times))
}

fn is_degraded(server: &Server, when: &str) -> Option<String> {
    let is_polling = || {
        let answer = ready(server);
        answer["status"] == "degraded" && answer["components"]["watcher"] == "degraded"
    };
    let is_seen = eventually(SETTLES, is_polling).is_some()
        && http::get(server.port, "/readyz").is_ok_and(|answer| answer.status == 200)
        && status(server)["watcher"] == "polling";
    (!is_seen).then(|| format!("{when}: {} {}", ready(server), status(server)))
}

/// Edits all at once, of which no event tells.
fn edits_arrive(
    place: &Place,
    server: &Server,
    n: usize,
    dice: &mut Dice,
    times: &mut Vec<Duration>,
) -> Vec<String> {
    for n in 0..n {
        place.write(&format!("f{}/e{n}.md", n % 5), kit::article(&dice.word()));
    }
    let word = dice.word();
    place.write("f4/x.md", kit::article(&word));
    let agreed = agrees(place, server, SCANNED);
    let failure = agreed.map(|time| times.push(time)).err();
    failure
        .into_iter()
        .chain((!finds(server, &word)).then(|| "an edit was missed".to_owned()))
        .collect()
}

fn play_storm(run: &Run) -> Outcome {
    let mut dice = Dice::of("W5");
    let n = if run.judges_times() { FILES } else { FILES_AT_PUSH };
    let place = Place::new();
    for n in 0..n {
        place.write(&format!("{}/{n}.md", n % 7), kit::article("原来"));
    }
    let server = place.serve();
    let mut failures = Vec::from_iter(agrees(&place, &server, SCANNED).err());

    fs::create_dir(place.kb().join("scan")).unwrap();
    failures.extend(agrees(&place, &server, SETTLES).err());

    let word = dice.word();
    let n_swaps = swaps(&server);
    server.signal("STOP");
    for save in 0..SAVES.max(n) {
        let n = save % n;
        place.write(&format!("{}/{n}.md", n % 7), kit::article(&word));
    }
    server.signal("CONT");
    let settled = agrees(&place, &server, NOTICED);
    let n_rounds = swaps(&server) - n_swaps;
    if n_rounds > 3 {
        failures.push(format!("{n_rounds} rounds of indexing after one overflow"));
    }
    let mut times = Vec::new();
    match settled {
        Ok(time) => times.push(time),
        Err(failure) => failures.push(failure),
    }
    let (time, asked) = storm_of_folders(&place, &server, n, &mut dice, &mut failures);
    times.push(time);
    let slowest = percentile(&asked, 0.99).unwrap_or_default();
    Outcome::new(2 * n)
        .failures(failures)
        .expect(finds(&server, &word), || "the new word is not found".to_owned())
        .worst(format!(
            "{}, {n_rounds} rounds, search meanwhile p99 {slowest:.2?}",
            figure("settled", &times)
        ))
}

fn swaps(server: &Server) -> u64 {
    status(server)["n_swaps"].as_u64().unwrap_or_default()
}

/// As `git checkout` does it: folders come and are filled at once, while the server runs and is
/// asked.
fn storm_of_folders(
    place: &Place,
    server: &Server,
    n: usize,
    dice: &mut Dice,
    failures: &mut Vec<String>,
) -> (Duration, Vec<Duration>) {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let asking = scope.spawn(|| ask_on(server, &is_over));
        let word = dice.word();
        for folder in 0..n / 100 {
            let path = place.kb().join(format!("new/{folder}/deep"));
            fs::create_dir_all(&path).unwrap();
            for n in 0..100 {
                fs::write(path.join(format!("{n}.md")), kit::article(&word)).unwrap();
            }
        }
        let settled = agrees(place, server, SETTLES);
        is_over.store(true, Ordering::Relaxed);
        let (times, failed) = asking.join().unwrap();
        failures.extend(failed);
        let time = settled.map_err(|failure| failures.push(failure)).unwrap_or_default();
        (time, times)
    })
}

/// Searches until all is over: how long each took, and which failed.
fn ask_on(server: &Server, is_over: &AtomicBool) -> (Vec<Duration>, Vec<String>) {
    let (mut times, mut failed) = (Vec::new(), Vec::new());
    while !is_over.load(Ordering::Relaxed) {
        let begin = Instant::now();
        match http::get(server.port, "/api/v1/search?q=%E6%95%85%E9%9A%9C") {
            Ok(answer) if answer.status == 200 && !answer.json()["hits"][0].is_null() => {}
            Ok(answer) => failed.push(format!("search: {} {}", answer.status, answer.text())),
            Err(error) => failed.push(format!("search: {error}")),
        }
        times.push(begin.elapsed());
        thread::sleep(Duration::from_millis(20));
    }
    (times, failed)
}
