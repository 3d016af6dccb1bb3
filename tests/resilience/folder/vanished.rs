//! W9: the folder of articles is not there any more, or empty.

use std::{
    os::unix::fs::symlink,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use super::kit::{self, SCANNED, SETTLES, agrees, finds, git, n_articles, ready, source, status};
use crate::{
    dice::Dice,
    product::{Place, Server, eventually, has},
    scenario::{Outcome, Run, Scenario},
};
use fs_err as fs;

pub(super) const W9: Scenario = Scenario {
    id: "W9",
    injects: "the folder is moved away, deleted, replaced by a file, unlinked, unmounted, emptied fast and \
              slowly, reset by git; the vocabulary is edited and the server restarted meanwhile",
    expects: "articles served before = after; /readyz degraded; after its return edits arrive again",
    broken: "without the hold; and with deletions believed at once, a new generation of what is there",
    play,
};

const ARTICLES: usize = 40;
/// So long everything is watched for something to get lost.
const WATCHED: Duration = Duration::from_secs(1);
/// Emptied so often, with pauses of chance.
const EMPTIED: usize = 20;
/// Most of the time is spent waiting, so several are played at the same time.
const AT_ONCE: usize = 4;

/// How the articles vanish, and how they come back.
struct Accident {
    name: &'static str,
    vanish: fn(&Place, &mut Dice),
    restore: fn(&Place),
}

const ACCIDENTS: [Accident; 6] = [
    Accident { name: "moved away", vanish: move_away, restore: move_back },
    Accident { name: "deleted", vanish: |place, _| delete(place), restore: copy_back },
    Accident { name: "replaced by a file", vanish: |place, _| replace(place), restore: copy_back },
    Accident { name: "emptied", vanish: |place, _| empty(place, || {}), restore: copy_back },
    Accident { name: "emptied slowly", vanish: empty_slowly, restore: copy_back },
    Accident { name: "reset by git", vanish: |place, _| reset(place), restore: reset_back },
];

fn move_away(place: &Place, _: &mut Dice) {
    fs::rename(place.kb(), place.path().join("away")).unwrap();
}

fn move_back(place: &Place) {
    fs::rename(place.path().join("away"), place.kb()).unwrap();
}

fn delete(place: &Place) {
    fs::remove_dir_all(place.kb()).unwrap();
}

fn replace(place: &Place) {
    delete(place);
    fs::write(place.kb(), "a file").unwrap();
}

fn copy_back(place: &Place) {
    if place.kb().is_file() {
        fs::remove_file(place.kb()).unwrap();
    }
    fill(&place.kb(), &place.path().join("copy"));
}

fn fill(folder: &Path, from: &Path) {
    fs::create_dir_all(folder).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
        }
    }
}

fn empty(place: &Place, mut pause: impl FnMut()) {
    for entry in fs::read_dir(place.kb()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::remove_file(path).unwrap();
            pause();
        }
    }
}

fn empty_slowly(place: &Place, dice: &mut Dice) {
    let longest = dice.between(0, 30);
    empty(place, || thread::sleep(Duration::from_millis(dice.between(0, longest) as u64)));
}

fn reset(place: &Place) {
    git(&place.kb(), &["reset", "-q", "--hard", "empty"]);
}

fn reset_back(place: &Place) {
    git(&place.kb(), &["reset", "-q", "--hard", "full"]);
}

/// A folder of articles in git, with a copy beside it.
fn prepared(dice: &mut Dice) -> Place {
    let place = Place::new();
    git(&place.kb(), &["init", "-q"]);
    git(&place.kb(), &["commit", "-q", "--allow-empty", "-m", "empty"]);
    git(&place.kb(), &["tag", "empty"]);
    for n in 0..ARTICLES {
        place.write(&format!("{n}.md"), kit::article(&dice.word()));
    }
    git(&place.kb(), &["add", "."]);
    git(&place.kb(), &["commit", "-qm", "full"]);
    git(&place.kb(), &["tag", "full"]);
    fill(&place.path().join("copy"), &place.kb());
    fs::create_dir(place.path().join("words")).unwrap();
    place
}

fn served(place: &Place) -> Command {
    let mut command = place.command("serve");
    command.arg("--vocabulary").arg(place.path().join("words"));
    command
}

/// One try, of which it returns what went wrong.
type Try = Box<dyn FnOnce(&Run, &mut Dice) -> Vec<String> + Send>;

fn play(run: &Run) -> Outcome {
    let mut dice = Dice::of("W9");
    let mut tries: Vec<Try> = Vec::new();
    for accident in &ACCIDENTS {
        tries.push(Box::new(|run, dice| play_accident(accident, run, dice)));
    }
    for _ in 0..run.count(EMPTIED) {
        tries.push(Box::new(|_, dice| emptied_again(dice)));
    }
    if has("unshare") && has("nsenter") {
        tries.push(Box::new(unmounted));
    }
    tries.push(Box::new(|_, dice| unlinked(dice)));
    let mut outcome = Outcome::new(tries.len()).worst("0 articles lost");
    while !tries.is_empty() {
        let round: Vec<Try> = tries.drain(..tries.len().min(AT_ONCE)).collect();
        outcome = outcome.failures(all_of(round, run, &mut dice));
    }
    outcome
}

fn all_of(round: Vec<Try>, run: &Run, dice: &mut Dice) -> Vec<String> {
    thread::scope(|scope| {
        let spawn = |one: Try| {
            let mut dice = Dice::seeded(dice.roll());
            scope.spawn(move || one(run, &mut dice))
        };
        let threads: Vec<_> = round.into_iter().map(spawn).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

/// What is wrong while the folder is not there.
fn lost(server: &Server, name: &str) -> Vec<String> {
    let begin = Instant::now();
    let mut fewest = u64::MAX;
    while begin.elapsed() < WATCHED {
        fewest = fewest.min(n_articles(server));
        thread::sleep(Duration::from_millis(10));
    }
    let mut failures = Vec::new();
    if fewest != ARTICLES as u64 {
        failures.push(format!("{name}: {fewest} of {ARTICLES} articles are served"));
    }
    let missing = (0..ARTICLES).filter(|n| source(server, &n.to_string()).is_none()).count();
    if missing > 0 {
        failures.push(format!("{name}: {missing} articles cannot be read"));
    }
    failures
}

fn play_accident(accident: &Accident, run: &Run, dice: &mut Dice) -> Vec<String> {
    let name = accident.name;
    let place = prepared(dice);
    let server = Server::start(served(&place));
    let mut failures = Vec::from_iter(agrees(&place, &server, SETTLES).err());
    (accident.vanish)(&place, dice);
    failures.extend(lost(&server, name));
    if eventually(SETTLES, || ready(&server)["status"] == "degraded").is_none() {
        failures.push(format!("{name}: nobody is told: {}", status(&server)));
    }
    failures.extend(another_vocabulary(&place, &server, name, dice));
    drop(server);
    let server = Server::start(served(&place));
    failures.extend(lost(&server, &format!("{name}, then a restart")));

    (accident.restore)(&place);
    let word = dice.word();
    place.write("0.md", kit::article(&word));
    let limit = if run.judges_times() { SCANNED } else { SETTLES };
    if eventually(limit, || finds(&server, &word)).is_none() {
        failures.push(format!("{name}: an edit after the return was missed"));
    }
    let all = ARTICLES as u64;
    if eventually(limit, || n_articles(&server) == all && status(&server)["n_held"] == 0).is_none()
    {
        failures.push(format!("{name}: after the return {}", status(&server)));
    }
    failures
}

/// A changed vocabulary builds a new generation: of what is served, not of what is there.
fn another_vocabulary(place: &Place, server: &Server, name: &str, dice: &mut Dice) -> Vec<String> {
    let n_before = status(server)["n_rebuilds"].as_u64();
    fs::write(place.path().join("words/user_dict.txt"), format!("{}\n", dice.word())).unwrap();
    // Where the folder cannot be read, it is not built.
    if place.kb().is_dir() {
        let is_rebuilt = || status(server)["n_rebuilds"].as_u64() > n_before;
        eventually(SETTLES, is_rebuilt);
    }
    lost(server, &format!("{name}, then another vocabulary"))
}

/// Emptied with pauses of chance: no article may be lost before it is seen that most are gone.
fn emptied_again(dice: &mut Dice) -> Vec<String> {
    let place = prepared(dice);
    let server = Server::start(served(&place));
    let failures = Vec::from_iter(agrees(&place, &server, SETTLES).err());
    empty_slowly(&place, dice);
    failures.into_iter().chain(lost(&server, "emptied in some time")).collect()
}

/// The folder is a disk of its own, which is taken away and put back.
fn unmounted(run: &Run, dice: &mut Dice) -> Vec<String> {
    let place = prepared(dice);
    let (kb, copy) =
        (place.kb().display().to_string(), place.path().join("copy").display().to_string());
    fs::rename(place.kb(), place.path().join("away")).unwrap();
    fs::create_dir(place.kb()).unwrap();
    let mount = format!("mount -t tmpfs tmpfs {kb}");
    let script = format!("{mount} && cp -a {copy}/. {kb} && exec \"$@\"");
    let server =
        Server::start(place.wrapped(&["unshare", "-m", "sh", "-c", &script, "sh"], "serve"));
    let inside = |script: &str| {
        let pid = server.pid().to_string();
        let mut command = Command::new("nsenter");
        let status = command.args(["-m", "-t", &pid, "sh", "-c", script]).status();
        assert!(status.unwrap().success(), "{script}");
    };
    eventually(SETTLES, || !status(&server)["scanned_at"].is_null());
    inside(&format!("umount {kb}"));
    let mut failures = lost(&server, "unmounted");
    inside(&format!("{mount} && cp -a {copy}/. {kb}"));
    failures.extend(lost(&server, "mounted again"));
    let word = dice.word();
    place_in(&place, "edit.md", &kit::article(&word));
    inside(&format!("cp {} {kb}/0.md", place.path().join("edit.md").display()));
    // No event tells of a mount: a scan does, within a minute, for which only long runs wait.
    if run.judges_times() && eventually(SCANNED, || finds(&server, &word)).is_none() {
        failures.push("mounted again: an edit was missed".to_owned());
    }
    failures
}

fn place_in(place: &Place, name: &str, text: &str) {
    fs::write(place.path().join(name), text).unwrap();
}

/// The folder is a link to a release, which leads nowhere for a moment.
fn unlinked(dice: &mut Dice) -> Vec<String> {
    let place = prepared(dice);
    let release = place.path().join("release");
    fs::rename(place.kb(), &release).unwrap();
    symlink(&release, place.kb()).unwrap();
    let server = Server::start(served(&place));
    let mut failures = Vec::from_iter(agrees(&place, &server, SETTLES).err());
    fs::remove_file(place.kb()).unwrap();
    failures.extend(lost(&server, "unlinked"));
    let word = dice.word();
    fs::write(release.join("0.md"), kit::article(&word)).unwrap();
    symlink(&release, place.kb()).unwrap();
    // No event tells of what a link leads to.
    if eventually(SCANNED, || finds(&server, &word)).is_none() {
        failures.push("unlinked: an edit was missed".to_owned());
    }
    failures
}
