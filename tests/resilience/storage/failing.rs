//! The disk breaks: reading, writing and forcing fail once, for a while or for ever, or hang.

use std::{
    thread,
    time::{Duration, Instant},
};

use jiuji::live::{Live, Seams};

use super::{
    directory::{Fault, FaultyDisk, Target},
    directory_kb::{Articles, found, is_saved, text, worst_of},
};
use crate::{
    dice::Dice,
    http,
    product::{Place, Server, eventually, has},
    scenario::{Outcome, Profile, Run, Scenario, percentile},
};

pub(crate) const BROKEN: Scenario = Scenario {
    id: "D6",
    injects: "the N-th write or fsync fails once (EIO), N = 1, 2, 3 … until none is left; the N-th read of a start fails, or all do",
    expects: "every edit is shown, the failed generation is given up for a new one, no sound index is set aside",
    broken: "with every error of opening taken for damage a sound index is set aside",
    play: broken,
};

pub(crate) const HUNG: Scenario = Scenario {
    id: "D6b",
    injects: "an fsync that does not return for 40 s (at push: 2 s, in process), while articles are searched",
    expects: "reported as stuck within 35 s, searches as fast as before ± 20 %, all well afterwards",
    broken: "without the clock of the piece of work under way nothing is reported",
    play: hung,
};

const ARTICLES: usize = 6;
/// At night every operation fails once; with every change so many are left out between two.
const PUSH_STRIDE: usize = 37;
/// Failures after which no more are looked for: each takes its time.
const ENOUGH: usize = 3;

fn broken(run: &Run) -> Outcome {
    let mut dice = Dice::of("disk broken");
    let stride = if run.profile == Profile::Push { PUSH_STRIDE } else { 1 };
    let (mut n_tried, mut failures, mut worst) = (0, Vec::new(), Duration::ZERO);
    for play in [write_fails, read_fails] {
        let mut n = 1 + dice.below(stride);
        let mut is_over = false;
        while !is_over && failures.len() < ENOUGH {
            n_tried += 1;
            match play(Some(n), &mut dice, &mut worst) {
                Ok(is_hit) => is_over = !is_hit,
                Err(wrong) => failures.push(format!("operation {n}: {wrong}")),
            }
            n += stride;
        }
    }
    let all = read_fails(None, &mut dice, &mut worst);
    let outcome = Outcome::new(n_tried + 1).failures(failures);
    let outcome = outcome.failures(all.err().map(|wrong| format!("all reads: {wrong}")));
    outcome.worst(format!("on disk again after {worst:.1?}"))
}

/// One write or fsync of a start or of the edits after it fails. Gives whether it was met.
fn write_fails(n: Option<usize>, dice: &mut Dice, worst: &mut Duration) -> Result<bool, String> {
    let mut articles = Articles::new(ARTICLES, dice);
    let disk = FaultyDisk::default();
    disk.fail(Target::Write(n.unwrap_or(1)), Fault::Broken);
    let live = articles.serve(disk.clone()).map_err(|error| format!("no start: {error}"))?;
    edited_and_saved(&mut articles, &live, dice, worst)?;
    Ok(disk.n_hits() > 0)
}

/// One read of the index at the start fails, or all of them do for a while.
fn read_fails(n: Option<usize>, dice: &mut Dice, worst: &mut Duration) -> Result<bool, String> {
    let mut articles = Articles::new(ARTICLES, dice);
    let disk = FaultyDisk::default();
    let live = articles.serve(disk.clone()).map_err(|error| format!("no start: {error}"))?;
    articles.is_served(&live)?;
    drop(live);
    disk.fail(n.map_or(Target::Reads, Target::Read), Fault::Broken);
    let live = articles.serve(disk.clone()).map_err(|error| format!("no start: {error}"))?;
    articles.is_shown(&live.snapshot())?;
    let is_hit = disk.n_hits() > 0;
    disk.mend();
    edited_and_saved(&mut articles, &live, dice, worst)?;
    let names = fs_err::read_dir(articles.place.index()).unwrap();
    let is_aside = |entry: &fs_err::DirEntry| entry.file_name().to_string_lossy().contains("damag");
    match names.flatten().any(|entry| is_aside(&entry)) {
        true => Err("a sound index was set aside".to_owned()),
        false => Ok(is_hit),
    }
}

/// Edits are shown while it fails, and the index is on disk in the end.
fn edited_and_saved(
    articles: &mut Articles,
    live: &Live,
    dice: &mut Dice,
    worst: &mut Duration,
) -> Result<(), String> {
    let begin = Instant::now();
    for _ in 0..3 {
        articles.edit(dice.below(ARTICLES), dice);
        articles.is_served(live)?;
    }
    is_saved(live)?;
    worst_of(worst, begin);
    articles.is_served(live).map(drop)
}

fn hung(run: &Run) -> Outcome {
    let mut dice = Dice::of("disk hangs");
    let outcome = Outcome::new(if run.profile == Profile::Push { 1 } else { 2 });
    let outcome = match hangs_in_process(&mut dice) {
        Ok(took) => outcome.worst(format!("reported {took:.1?} after the limit")),
        Err(wrong) => outcome.failed(format!("in process: {wrong}")),
    };
    match run.profile {
        Profile::Push => outcome,
        _ if !has("strace") => Outcome::skipped("no strace"),
        _ => match hangs_in_a_process(&mut dice) {
            Ok(worst) => outcome.worst(worst),
            Err(wrong) => outcome.failed(format!("process: {wrong}")),
        },
    }
}

/// Time after which an update is stuck, and time for which the disk hangs, in this process.
const PATIENCE: Duration = Duration::from_millis(500);
const HANGS: Duration = Duration::from_secs(2);

/// Every write of an edit hangs for a while.
fn hangs_in_process(dice: &mut Dice) -> Result<Duration, String> {
    let mut articles = Articles::new(ARTICLES, dice);
    let disk = FaultyDisk::default();
    let options = articles.options(articles.place.index(), true);
    let seams = Seams { patience: PATIENCE, ..articles.seams(disk.clone()) };
    let live = Live::start_with(options, seams).map_err(|error| error.to_string())?;
    articles.is_served(&live)?;
    let word = articles.words[0].clone();
    disk.fail(Target::Write(2), Fault::Delay(HANGS));
    articles.edit(1, dice);
    let begin = Instant::now();
    let is_stuck = || live.status().troubles().iter().any(|t| t.text.contains("没有完成"));
    let stuck = eventually(HANGS, is_stuck).ok_or("never reported as stuck")?;
    while begin.elapsed() < HANGS {
        let asked = Instant::now();
        let found = found(&live.snapshot(), &word)?;
        if found != ["a0"] || asked.elapsed() > HANGS / 2 {
            return Err(format!("found {found:?} after {:?}", asked.elapsed()));
        }
        thread::sleep(Duration::from_millis(10));
    }
    articles.is_served(&live)?;
    is_saved(&live)?;
    Ok(stuck.saturating_sub(PATIENCE))
}

/// The program with an fsync that hangs for 40 s, when a new vocabulary makes it build an index.
fn hangs_in_a_process(dice: &mut Dice) -> Result<String, String> {
    let (place, word) = (Place::new(), dice.word());
    place.write("a0.md", text(&word));
    let words = place.path().join("words");
    fs_err::create_dir(&words).unwrap();
    let made = place.command("index").arg("--vocabulary").arg(&words).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let hang = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync"];
    let hang = [&hang[..], &["-e", "inject=fsync:delay_enter=40000000:when=1"]].concat();
    let mut command = place.wrapped(&hang, "serve");
    command.arg("--vocabulary").arg(&words);
    let server = Server::try_start(command).ok_or("it does not start")?;
    let old = revision(&server);
    let before = search_times(&server, &word, Duration::from_secs(10))?;
    fs_err::write(words.join("synonyms.txt"), "登录, 芝麻开门\n").unwrap();
    let begin = Instant::now();
    let during = search_times(&server, &word, Duration::from_secs(25))?;
    let is_stuck = || {
        let page = http::get(server.port, "/status").map(|answer| answer.text());
        page.unwrap_or_default().contains("没有完成")
    };
    eventually(Duration::from_secs(35).saturating_sub(begin.elapsed()), is_stuck)
        .ok_or("not reported within 35 s")?;
    let stuck = begin.elapsed();
    let is_renewed = || revision(&server) != old && !is_stuck();
    eventually(Duration::from_secs(200), is_renewed).ok_or("stuck for ever")?;
    if during > before.mul_f32(1.2) + Duration::from_millis(1) {
        return Err(format!("p99 of searches {during:.1?} instead of {before:.1?}"));
    }
    Ok(format!("stuck after {stuck:.0?}, p99 {during:.1?} instead of {before:.1?}"))
}

fn revision(server: &Server) -> String {
    let status = http::get_json(server.port, "/api/v1/status").unwrap();
    status["revision"].as_str().unwrap().to_owned()
}

fn search_times(server: &Server, word: &str, time: Duration) -> Result<Duration, String> {
    let (begin, mut times) = (Instant::now(), Vec::new());
    while begin.elapsed() < time {
        let asked = Instant::now();
        let found = server.found(word);
        times.push(asked.elapsed());
        if found != ["a0"] {
            return Err(format!("found {found:?}"));
        }
        thread::sleep(Duration::from_millis(5));
    }
    percentile(&times, 0.99).ok_or_else(|| "no search".to_owned())
}
