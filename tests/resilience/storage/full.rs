//! The disk is full, or takes nothing for another reason, and has room again later.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use jiuji::{index::RealDisk, live::Live};
use serde_json::Value;

use super::{
    directory::{Fault, FaultyDisk, Target},
    directory_kb::{Articles, is_saved, text, worst_of},
};
use crate::{
    dice::Dice,
    http,
    product::{PROGRAM, Place, Server, eventually, has},
    scenario::{Outcome, Profile, Run, Scenario},
};

pub(crate) const FULL: Scenario = Scenario {
    id: "D5",
    injects: "the disk is full from the N-th writing operation of a start or of edits on, N = 1, 2, 3 … until none is left",
    expects: "starts, shows every edit, says so in /status, is on disk again within 60 s of space, and opens without a rebuild",
    broken: "without the index in memory an edit is never shown",
    play: full,
};

pub(crate) const FULL_PROCESS: Scenario = Scenario {
    id: "D5b",
    injects: "a start on a full, a read-only and a missing disk, and a disk of 4 MiB that fills up while the program runs",
    expects: "serves within 2 s, shows edits and a notice, is on disk again within 60 s of space without a restart",
    broken: "a start that ends where the lock file cannot be made",
    play: full_process,
};

const ARTICLES: usize = 6;
/// At night every operation fails once; with every change so many are left out between two.
const PUSH_STRIDE: usize = 37;
/// How long the program may tidy up after an edit is served.
const TIDY: Duration = Duration::from_secs(3);
/// Failures after which no more are looked for: each takes its time.
const ENOUGH: usize = 3;

fn full(run: &Run) -> Outcome {
    let mut dice = Dice::of("disk full");
    let stride = if run.profile == Profile::Push { PUSH_STRIDE } else { 1 };
    let (mut n_tried, mut failures, mut worst) = (0, Vec::new(), Duration::ZERO);
    for play in [at_start, at_edit] {
        let mut n = 1 + dice.below(stride);
        loop {
            n_tried += 1;
            match play(n, &mut dice, &mut worst) {
                Ok(true) => n += stride,
                Ok(false) => break,
                Err(wrong) => {
                    failures.push(format!("operation {n}: {wrong}"));
                    n += stride;
                }
            }
            if failures.len() >= ENOUGH {
                break;
            }
        }
    }
    Outcome::new(n_tried).failures(failures).worst(format!("on disk again after {worst:.1?}"))
}

/// Starts on a disk that takes `n - 1` operations. Gives whether there was an `n`-th.
fn at_start(n: usize, dice: &mut Dice, worst: &mut Duration) -> Result<bool, String> {
    let mut articles = Articles::new(ARTICLES, dice);
    let disk = FaultyDisk::default();
    disk.fail(Target::WritesFrom(n), Fault::Full);
    let live = articles.serve(disk.clone()).map_err(|error| format!("no start: {error}"))?;
    articles.is_shown(&live.snapshot())?;
    goes_on(&mut articles, &live, &disk, dice, worst)
}

/// Edits on a disk that takes `n - 1` operations more.
fn at_edit(n: usize, dice: &mut Dice, worst: &mut Duration) -> Result<bool, String> {
    let mut articles = Articles::new(ARTICLES, dice);
    let disk = FaultyDisk::default();
    let live = articles.serve(disk.clone()).map_err(|error| format!("no start: {error}"))?;
    articles.is_served(&live)?;
    disk.fail(Target::WritesFrom(n), Fault::Full);
    goes_on(&mut articles, &live, &disk, dice, worst)
}

/// Edits, makes room, and starts again.
fn goes_on(
    articles: &mut Articles,
    live: &Live,
    disk: &FaultyDisk,
    dice: &mut Dice,
    worst: &mut Duration,
) -> Result<bool, String> {
    for _ in 0..3 {
        articles.edit(dice.below(ARTICLES), dice);
        articles.is_served(live).map_err(|wrong| format!("while full: {wrong}"))?;
    }
    let is_hit = disk.n_hits() > 0;
    let troubles = live.status().troubles();
    // A full disk may only have kept the log of changes from being written.
    let is_told = troubles.iter().any(|trouble| trouble.text.contains("磁盘已满"));
    if live.status().index.n_failures > 0 && !is_told {
        return Err(format!("nobody is told: {troubles:?}"));
    }
    disk.mend();
    let begin = Instant::now();
    is_saved(live)?;
    worst_of(worst, begin);
    articles.edit(dice.below(ARTICLES), dice);
    articles.is_served(live).map_err(|wrong| format!("with space again: {wrong}"))?;
    is_left_whole(articles).map(|()| is_hit)
}

/// Whether the index on disk is sound and up to date, so that the next start opens it.
fn is_left_whole(articles: &Articles) -> Result<(), String> {
    let index = articles.place.index();
    let generations = fs_err::read_dir(&index)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("gen-"));
    let n_generations = generations.count();
    if n_generations != 1 {
        return Err(format!("{n_generations} generations are left"));
    }
    // A copy made while the program still tidies up may be of two moments, which no disk ever is;
    // an index that lacks something still lacks it a moment later.
    let is_whole = || opens_a_copy(articles) == Ok(());
    match eventually(TIDY, is_whole) {
        Some(_) => Ok(()),
        None => opens_a_copy(articles),
    }
}

/// Whether a start on a copy of the index opens it as it is.
fn opens_a_copy(articles: &Articles) -> Result<(), String> {
    let copy = tempfile::tempdir().unwrap();
    // Not asked how it went: the mark of the article in hand may vanish meanwhile.
    let copied = Command::new("cp").arg("-a").arg(articles.place.index()).arg(copy.path()).output();
    assert!(copied.is_ok());
    let options = articles.options(copy.path().join("data"), false);
    let seams = articles.seams(RealDisk);
    let again = Live::start_with(options, seams).map_err(|error| error.to_string())?;
    articles.is_served(&again)?;
    match again.status() {
        status if status.n_rebuilds > 0 => Err("the next start has to rebuild".to_owned()),
        _ => Ok(()),
    }
}

fn full_process(run: &Run) -> Outcome {
    if !has("unshare") || !has("nsenter") {
        return Outcome::skipped("no unshare or nsenter");
    }
    let mut dice = Dice::of("disk full, process");
    let (mut outcome, mut starts) = (Outcome::new(5), Vec::new());
    let limit = Duration::from_secs(if run.judges_times() { 2 } else { 30 });
    for (name, prepare) in STARTS {
        match starts_on(prepare, &mut dice) {
            Ok(took) if took <= limit => starts.push(took),
            Ok(took) => outcome = outcome.failed(format!("{name}: start took {took:.1?}")),
            Err(wrong) => outcome = outcome.failed(format!("{name}: {wrong}")),
        }
    }
    let slowest = starts.iter().max().copied().unwrap_or_default();
    match fills_up(&mut dice) {
        Ok(took) => outcome.worst(format!("start {slowest:.1?}, on disk again after {took:.1?}")),
        Err(wrong) => outcome.failed(format!("fills up: {wrong}")),
    }
}

/// What is done to the empty disk at `$D` before the program starts with its index there.
const STARTS: [(&str, &str); 4] = [
    ("full disk", "mount -t tmpfs -o size=64k tmpfs $D && (cat /dev/zero > $D/filler || true)"),
    ("read-only disk", "mount -t tmpfs -o size=4m,ro tmpfs $D"),
    (
        "read-only disk with an index",
        "mount -t tmpfs -o size=8m tmpfs $D && $INDEX && mount -o remount,ro $D",
    ),
    ("a file where the folder should be", "rmdir $D && touch $D"),
];

/// Starts the program in a world of its own, in which the disk of the index is as prepared.
fn starts_on(prepare: &str, dice: &mut Dice) -> Result<Duration, String> {
    let place = filled(dice);
    let server = serve_prepared(&place, prepare).ok_or("it does not start")?;
    check(&server, &place, dice).map(|()| server.ready_after)
}

/// A place with an article, and the folder of the index, empty.
fn filled(dice: &mut Dice) -> Place {
    let place = Place::new();
    fs_err::create_dir(place.index()).unwrap();
    place.write("a0.md", text(&dice.word()));
    place
}

fn serve_prepared(place: &Place, prepare: &str) -> Option<Server> {
    let shell = format!("{prepare} 2>/dev/null; exec \"$@\"");
    let mut command = place.wrapped(&["unshare", "-m", "sh", "-c", &shell, "sh"], "serve");
    let index = format!(
        "{PROGRAM} index --kb {} --index {}",
        place.kb().display(),
        place.index().display()
    );
    command.env("D", place.index()).env("INDEX", index).env("JIUJI_LOG", "off");
    Server::try_start(command)
}

/// An edit is shown, and `/status` says that the index is not on disk.
fn check(server: &Server, place: &Place, dice: &mut Dice) -> Result<(), String> {
    let word = dice.word();
    place.write("a0.md", text(&word));
    let is_shown = || server.found(&word) == ["a0"];
    eventually(Duration::from_secs(20), is_shown).ok_or("an edit is never shown")?;
    let ready = readiness(server);
    let is_told = ready["components"]["index"] == "degraded";
    if is_told { Ok(()) } else { Err(format!("nobody is told: {ready}")) }
}

fn readiness(server: &Server) -> Value {
    http::get_json(server.port, "/readyz").unwrap()
}

fn is_degraded(server: &Server) -> bool {
    readiness(server)["components"]["index"] == "degraded"
}

/// The disk fills up while the program runs, and has room again.
fn fills_up(dice: &mut Dice) -> Result<Duration, String> {
    let place = filled(dice);
    let server = serve_prepared(&place, "mount -t tmpfs -o size=4m tmpfs $D");
    let mut server = server.ok_or("it does not start")?;
    if is_degraded(&server) {
        return Err("degraded from the start".to_owned());
    }
    // The disk of the other world, seen from here.
    let root = format!("/proc/{}/root{}", server.pid(), place.index().display());
    let filler = Path::new(&root).join("filler");
    let fill = format!("cat /dev/zero > {} 2>/dev/null || true", filler.display());
    assert!(Command::new("sh").args(["-c", &fill]).status().unwrap().success());
    check(&server, &place, dice)?;
    fs_err::remove_file(filler).unwrap();
    let took = eventually(Duration::from_secs(60), || !is_degraded(&server));
    let took = took.ok_or("not on disk again within 60 s")?;
    let is_alive = server.is_alive();
    is_alive.then_some(took).ok_or_else(|| "it ended".to_owned())
}
