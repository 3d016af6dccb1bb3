//! W3: changes that no clock and no size tells.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, SystemTime},
};

use super::kit::{self, SCANNED, SETTLES, agrees, finds, status};
use crate::{
    dice::Dice,
    http,
    product::{Place, Server},
    scenario::{Outcome, Run, Scenario},
};

pub(super) const W3: Scenario = Scenario {
    id: "W3",
    injects: "edits of the same size and time stamp, half of them through a hard link outside, of which \
              the system tells nobody; files and clocks ten years off either way",
    expects: "500 edits, 0 missed within a scan (60 s); no panic; no time span is negative",
    broken: "a scan that trusts time stamps",
    play,
};

const EDITS: usize = 500;
const TEN_YEARS: Duration = Duration::from_secs(3_652 * 24 * 3_600);

fn play(run: &Run) -> Outcome {
    if library().is_none() {
        return Outcome::skipped("faketime is missing");
    }
    let mut dice = Dice::of("W3");
    let (n, failures) = same_size_and_time(run, &mut dice);
    let mut outcome = Outcome::new(n).failures(failures);
    for offset in ["+3652d", "-3652d"] {
        outcome.count += 1;
        outcome = outcome.failures(under_another_clock(offset, &mut dice));
    }
    outcome = outcome.failures(clock_goes_back(&mut dice));
    outcome.worst("0 missed")
}

/// Edits each file once without any trace but its content.
fn same_size_and_time(run: &Run, dice: &mut Dice) -> (usize, Vec<String>) {
    let n = run.count(EDITS);
    let place = Place::new();
    let outside = place.path().join("outside");
    fs::create_dir(&outside).unwrap();
    let paths: Vec<PathBuf> = (0..n).map(|n| place.kb().join(format!("{n}.md"))).collect();
    for (n, path) in paths.iter().enumerate() {
        fs_err::write(path, kit::article(&dice.word())).unwrap();
        // What is done through the link is an event of the other folder.
        fs::hard_link(path, outside.join(format!("{n}.md"))).unwrap();
    }
    let server = place.serve();
    let mut failures = Vec::from_iter(agrees(&place, &server, SETTLES).err());
    let word = dice.word();
    for (n, path) in paths.iter().enumerate() {
        let linked = outside.join(format!("{n}.md"));
        overwrite(if n % 2 == 0 { path } else { &linked }, &kit::article(&word));
    }
    let limit = if run.judges_times() {
        SCANNED
    } else {
        // A scan is due every minute; a new folder is one more reason.
        fs::create_dir(place.kb().join("scan")).unwrap();
        SETTLES
    };
    failures.extend(agrees(&place, &server, limit).err());
    if !finds(&server, &word) {
        failures.push("the new word is not found".to_owned());
    }
    (n, failures)
}

/// Writes a text of the same length and puts the old time stamps back.
fn overwrite(path: &Path, text: &str) {
    let before = fs::metadata(path).unwrap();
    let mut file = OpenOptions::new().write(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file.set_modified(before.modified().unwrap()).unwrap();
    drop(file);
    let after = fs::metadata(path).unwrap();
    assert_eq!(
        (before.len(), before.modified().unwrap()),
        (after.len(), after.modified().unwrap())
    );
}

/// A server under a clock that is wrong by years; and files of its past and future.
fn under_another_clock(offset: &str, dice: &mut Dice) -> Vec<String> {
    let place = Place::new();
    place.write("a.md", kit::article("开头"));
    let server = Server::start(wrong_clock(&place, offset));
    let mut failures = Vec::from_iter(agrees(&place, &server, SETTLES).err());
    let now = SystemTime::now();
    let dated = |name: &str, text: &str, modified: SystemTime| {
        let path = place.kb().join(name);
        let mut file = File::create(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file.set_modified(modified).unwrap();
    };
    dated("future.md", &kit::article(&dice.word()), now + TEN_YEARS * 2);
    dated("past.md", &kit::article(&dice.word()), now - TEN_YEARS * 2);
    dated("known.md", &kit::article(&dice.word()), now);
    failures.extend(agrees(&place, &server, SETTLES).err());
    // Emptied, and that in the future: an empty file is believed after a second by any clock.
    dated("known.md", "", now + TEN_YEARS * 2);
    fs::create_dir(place.kb().join("scan")).unwrap();
    failures.extend(agrees(&place, &server, SETTLES).err());
    failures.extend(negative_times(&server));
    failures.into_iter().map(|failure| format!("clock {offset}: {failure}")).collect()
}

/// An index of a later time than now, by the clock.
fn clock_goes_back(dice: &mut Dice) -> Vec<String> {
    let place = Place::new();
    place.write("a.md", kit::article(&dice.word()));
    drop(Server::start(wrong_clock(&place, "+3652d")));
    let server = place.serve();
    let word = dice.word();
    place.write("a.md", kit::article(&word));
    let mut failures = Vec::from_iter(agrees(&place, &server, SETTLES).err());
    failures.extend(negative_times(&server));
    if !finds(&server, &word) {
        failures.push("an edit after the clock went back is not found".to_owned());
    }
    failures
}

/// The library behind `faketime`. The program itself would stand between us and the server.
fn library() -> Option<PathBuf> {
    let folders =
        ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"];
    let paths = folders.iter().map(|folder| Path::new(folder).join("faketime/libfaketime.so.1"));
    paths.into_iter().find(|path| path.is_file())
}

/// The server with a wrong clock on the wall; spans are measured by the other one, as after any
/// correction of a clock.
fn wrong_clock(place: &Place, offset: &str) -> Command {
    let mut command = place.command("serve");
    command.env("LD_PRELOAD", library().unwrap_or_default()).env("FAKETIME", offset);
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("DONT_FAKE_MONOTONIC", "1");
    command
}

/// Measures and texts that say something took less than no time.
fn negative_times(server: &Server) -> Vec<String> {
    thread::sleep(Duration::from_millis(100));
    let metrics = http::get(server.port, "/metrics").unwrap().text();
    let is_negative = |line: &&str| !line.starts_with('#') && line.contains(" -");
    let mut failures: Vec<String> =
        metrics.lines().filter(is_negative).map(|line| format!("negative: {line}")).collect();
    if !status(server)["last_error"].is_null() {
        failures.push(status(server).to_string());
    }
    let page = http::get(server.port, "/status").unwrap().status;
    if page != 200 {
        failures.push(format!("/status answers {page}"));
    }
    failures
}
