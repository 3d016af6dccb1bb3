//! W1: every way in which programs save a file.

use std::{
    fs::{self, OpenOptions},
    io::{Seek, SeekFrom, Write},
    os::unix::fs::{OpenOptionsExt, symlink},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::kit::{self, SETTLES, agrees, git, n_articles, run, titles, too_late};
use crate::{
    dice::Dice,
    product::{Place, Server},
    scenario::{Outcome, Run, Scenario},
};

pub(super) const W1: Scenario = Scenario {
    id: "W1",
    injects: "saves as by vim, nano, VS Code, Emacs, sed, cp, atomic rename, delete and create, with \
              pauses between the system calls; and by the real vim, Emacs, sed and git",
    expects: "new text searchable: 1,000 saves a style, 0 missed, p99 ≤ 2 s, at most 5 s; no article \
              missing meanwhile",
    broken: "hints at closed files only, and deletions believed at once (saves by link missed, articles missing while vim and Emacs save)",
    play,
};

/// Saves of each style at full count.
const SAVES: usize = 1_000;
/// The same of real programs, which take their time to start.
const REAL_SAVES: usize = 50;
/// Files that are saved one after the other before anybody looks.
const FILES: usize = 50;

type Save = fn(&mut Hand, &Path, &str);

const STYLES: [(&str, Save); 8] = [
    ("vim", vim),
    ("nano", in_place),
    ("code", code),
    ("emacs", emacs),
    ("sed", sed),
    ("atomic", atomic),
    ("delete", delete_and_create),
    ("link", link_over),
];

const REAL: [(&str, Save); 3] =
    [("real-vim", real_vim), ("real-sed", real_sed), ("real-emacs", real_emacs)];

/// Who saves: now and then something comes between two system calls.
struct Hand {
    dice: Dice,
}

impl Hand {
    fn pause(&mut self) {
        if self.dice.below(10) == 0 {
            thread::sleep(Duration::from_millis(self.dice.between(1, 40) as u64));
        }
    }

    /// Writes in two pieces to what was opened, and closes it.
    fn fill(&mut self, file: &mut fs::File, text: &str) {
        let half = text.len() / 2;
        let (first, second) = text.as_bytes().split_at(half);
        file.write_all(first).unwrap();
        self.pause();
        file.write_all(second).unwrap();
        self.pause();
    }

    fn create(&mut self, path: &Path, text: &str) {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path).unwrap();
        self.fill(&mut file, text);
    }
}

fn beside(path: &Path, name: impl FnOnce(&str) -> String) -> PathBuf {
    path.with_file_name(name(path.file_name().unwrap().to_str().unwrap()))
}

/// backupcopy=no, the default on Linux: tries whether it may write, moves the old file away.
fn vim(hand: &mut Hand, path: &Path, text: &str) {
    let swap = beside(path, |name| format!(".{name}.swp"));
    fs_err::write(&swap, "b0VIM").unwrap();
    let probe = path.with_file_name("4913");
    OpenOptions::new().write(true).create_new(true).mode(0o644).open(&probe).unwrap();
    fs::remove_file(probe).unwrap();
    let backup = beside(path, |name| format!("{name}~"));
    fs::rename(path, &backup).unwrap();
    hand.pause();
    hand.create(path, text);
    fs::remove_file(backup).unwrap();
    fs::remove_file(swap).unwrap();
}

/// nano and cp: opened with O_TRUNC.
fn in_place(hand: &mut Hand, path: &Path, text: &str) {
    let mut file = OpenOptions::new().write(true).truncate(true).open(path).unwrap();
    hand.pause();
    hand.fill(&mut file, text);
}

/// VS Code: opened, truncated, written from the start, synced.
fn code(hand: &mut Hand, path: &Path, text: &str) {
    let mut file = OpenOptions::new().read(true).write(true).open(path).unwrap();
    file.set_len(0).unwrap();
    hand.pause();
    file.seek(SeekFrom::Start(0)).unwrap();
    hand.fill(&mut file, text);
    file.sync_data().unwrap();
}

/// A lock that leads nowhere, the old file as a backup, a new file.
fn emacs(hand: &mut Hand, path: &Path, text: &str) {
    let lock = beside(path, |name| format!(".#{name}"));
    symlink("someone@somewhere.1234:1700000000", &lock).unwrap();
    let backup = beside(path, |name| format!("{name}~"));
    fs::rename(path, backup).unwrap();
    hand.pause();
    hand.create(path, text);
    fs::remove_file(lock).unwrap();
}

/// A temporary name that is not hidden, renamed over the old file.
fn sed(hand: &mut Hand, path: &Path, text: &str) {
    let temporary = path.with_file_name("sedAbCdEf");
    hand.create(&temporary, text);
    fs::rename(temporary, path).unwrap();
}

fn atomic(hand: &mut Hand, path: &Path, text: &str) {
    let temporary = beside(path, |name| format!(".{name}.tmp"));
    hand.create(&temporary, text);
    fs::rename(temporary, path).unwrap();
}

/// git and many others.
fn delete_and_create(hand: &mut Hand, path: &Path, text: &str) {
    fs::remove_file(path).unwrap();
    hand.pause();
    hand.create(path, text);
}

/// A hard link put in the place of the old file.
fn link_over(hand: &mut Hand, path: &Path, text: &str) {
    let temporary = beside(path, |name| format!(".{name}.new"));
    hand.create(&temporary, text);
    fs::remove_file(path).unwrap();
    fs::hard_link(&temporary, path).unwrap();
    fs::remove_file(temporary).unwrap();
}

/// The old word of a file, for programs that replace it.
fn old_word(path: &Path) -> String {
    let text = fs_err::read_to_string(path).unwrap();
    let title = text.lines().find_map(|line| line.strip_prefix("title: ")).unwrap();
    title.trim_end_matches("故障").to_owned()
}

fn new_word(text: &str) -> String {
    let title = text.lines().find_map(|line| line.strip_prefix("title: ")).unwrap();
    title.trim_end_matches("故障").to_owned()
}

fn real_vim(_: &mut Hand, path: &Path, text: &str) {
    let replace = format!("%s/{}/{}/g", old_word(path), new_word(text));
    let name = path.file_name().unwrap().to_str().unwrap();
    run(path.parent().unwrap(), "vim", &["-N", "-es", "-c", &replace, "-c", "wq", name]);
}

fn real_sed(_: &mut Hand, path: &Path, text: &str) {
    let replace = format!("s/{}/{}/g", old_word(path), new_word(text));
    let name = path.file_name().unwrap().to_str().unwrap();
    run(path.parent().unwrap(), "sed", &["-i", &replace, name]);
}

fn real_emacs(_: &mut Hand, path: &Path, text: &str) {
    let replace = format!(
        "(progn (while (search-forward \"{}\" nil t) (replace-match \"{}\" t t)) (save-buffer))",
        old_word(path),
        new_word(text)
    );
    let name = path.file_name().unwrap().to_str().unwrap();
    run(path.parent().unwrap(), "emacs", &["-Q", "--batch", name, "--eval", &replace]);
}

/// What came out of all saves.
#[derive(Default)]
struct Tally {
    n_saves: usize,
    times: Vec<Duration>,
    failures: Vec<String>,
}

fn play(run: &Run) -> Outcome {
    let mut hand = Hand { dice: Dice::of("W1") };
    let place = Place::new();
    let names = STYLES.iter().chain(&REAL).map(|(name, _)| *name).chain(["git"]);
    for name in names {
        for n in 0..FILES {
            place.write(&format!("{name}/{n}.md"), kit::article(&hand.dice.word()));
        }
    }
    // Before the start: the first commit makes a folder, and folders call for a scan.
    git(&place.kb().join("git"), &["init", "-q"]);
    let server = place.serve();
    let mut tally = Tally::default();
    for (name, save) in STYLES {
        play_style(&place, &server, (name, save), run.count(SAVES), &mut hand, &mut tally);
    }
    for (name, save) in REAL {
        play_style(&place, &server, (name, save), run.count(REAL_SAVES), &mut hand, &mut tally);
    }
    play_git(&place, &server, run.count(REAL_SAVES), &mut hand, &mut tally);
    if let Err(difference) = agrees(&place, &server, SETTLES) {
        tally.failures.push(difference);
    }
    let Tally { n_saves, times, failures } = tally;
    let late = if run.judges_times() { too_late(&times) } else { Vec::new() };
    let outcome = Outcome::new(n_saves).failures(failures).failures(late);
    outcome.worst(kit::figure("searchable", &times))
}

/// So many saves of one style, in rounds over the files of its folder.
fn play_style(
    place: &Place,
    server: &Server,
    (name, save): (&str, Save),
    n: usize,
    hand: &mut Hand,
    tally: &mut Tally,
) {
    let paths: Vec<_> = (0..FILES).map(|n| place.kb().join(format!("{name}/{n}.md"))).collect();
    let n_articles_before = n_articles(server);
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let fewest = scope.spawn(|| fewest_articles(server, &is_over));
        let mut left = n;
        while left > 0 {
            let round = &paths[..left.min(FILES)];
            left -= round.len();
            play_round(server, name, round, save, hand, tally);
        }
        is_over.store(true, Ordering::Relaxed);
        let fewest = fewest.join().unwrap();
        if fewest < n_articles_before {
            let lost = n_articles_before - fewest;
            tally.failures.push(format!("{name}: {lost} articles were missing for a while"));
        }
    });
}

/// Saves each of these files once, with one new word, and waits until all of them are found.
fn play_round(
    server: &Server,
    name: &str,
    paths: &[PathBuf],
    save: Save,
    hand: &mut Hand,
    tally: &mut Tally,
) {
    let word = hand.dice.word();
    let seen = AtomicBool::new(false);
    let (saved, found) = thread::scope(|scope| {
        let searching = scope.spawn(|| times_found(server, &word, paths.len(), &seen));
        let saved: Vec<Instant> = paths
            .iter()
            .map(|path| {
                save(hand, path, &kit::article(&word));
                Instant::now()
            })
            .collect();
        seen.store(true, Ordering::Relaxed);
        (saved, searching.join().unwrap())
    });
    tally.n_saves += paths.len();
    if found.len() < paths.len() {
        let missed = paths.len() - found.len();
        tally.failures.push(format!("{name}: {missed} of {} saves were missed", paths.len()));
    }
    // Files are seen in the order they were saved in, at the latest.
    let waited =
        saved.iter().zip(found).map(|(saved, found)| found.saturating_duration_since(*saved));
    tally.times.extend(waited);
}

/// When a search found the word in one title more, for each title; until all are found or, all
/// being saved, nothing comes any more.
fn times_found(server: &Server, word: &str, n: usize, is_saved: &AtomicBool) -> Vec<Instant> {
    let mut found = Vec::new();
    let mut deadline = None;
    while found.len() < n && deadline.is_none_or(|deadline| Instant::now() < deadline) {
        if is_saved.load(Ordering::Relaxed) {
            deadline.get_or_insert(Instant::now() + SETTLES);
        }
        let n_found = titles(server, word).iter().filter(|title| title.contains(word)).count();
        found.resize(n_found.max(found.len()), Instant::now());
        thread::sleep(Duration::from_millis(5));
    }
    found
}

/// The fewest articles that were served at any time.
fn fewest_articles(server: &Server, is_over: &AtomicBool) -> u64 {
    let mut fewest = u64::MAX;
    while !is_over.load(Ordering::Relaxed) {
        fewest = fewest.min(n_articles(server));
        thread::sleep(Duration::from_millis(5));
    }
    fewest
}

/// Checkout, stash and rebase with the real git, all files at once.
fn play_git(place: &Place, server: &Server, n: usize, hand: &mut Hand, tally: &mut Tally) {
    let folder = place.kb().join("git");
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-qm", "a"]);
    for round in 0..n.div_ceil(5) {
        let words: Vec<String> = (0..4).map(|_| hand.dice.word()).collect();
        let [branch, other, stashed, ..] = words.as_slice() else { return };
        let name = format!("b{round}");
        let fill = |word: &str| {
            for n in 0..FILES {
                fs_err::write(folder.join(format!("{n}.md")), kit::article(word)).unwrap();
            }
        };
        git(&folder, &["checkout", "-qb", &name]);
        fill(branch);
        git(&folder, &["commit", "-qam", "b"]);
        let mut expect = |what: &str, word: &str| expect_all(server, what, word, tally);
        expect("commit", branch);
        git(&folder, &["checkout", "-q", "-"]);
        git(&folder, &["checkout", "-q", &name]);
        expect("checkout", branch);
        fill(stashed);
        git(&folder, &["stash", "-q"]);
        expect("stash", branch);
        git(&folder, &["stash", "pop", "-q"]);
        expect("stash pop", stashed);
        git(&folder, &["checkout", "-q", "."]);
        // Another history with a new file, onto which the branch is put.
        git(&folder, &["checkout", "-q", "a"]);
        fs_err::write(folder.join(format!("new-{round}.md")), kit::article(other)).unwrap();
        git(&folder, &["add", "."]);
        git(&folder, &["commit", "-qm", "new"]);
        git(&folder, &["rebase", "-q", "a", &name]);
        expect("rebase", branch);
        git(&folder, &["checkout", "-q", "a"]);
        git(&folder, &["branch", "-qD", &name]);
    }
}

fn expect_all(server: &Server, what: &str, word: &str, tally: &mut Tally) {
    let begin = Instant::now();
    tally.n_saves += FILES;
    let found = times_found(server, word, FILES, &AtomicBool::new(true));
    if found.len() < FILES {
        tally.failures.push(format!("git {what}: {} of {FILES} were missed", FILES - found.len()));
    }
    tally.times.extend(found.iter().map(|found| found.duration_since(begin)));
}
