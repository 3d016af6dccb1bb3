//! The power goes: what was not forced to the medium is lost, torn or garbage.

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use jiuji::{index::RealDisk, live::Live};

use super::{
    directory::{FaultyDisk, Op},
    directory_kb::{Articles, worst_of},
};
use crate::{
    dice::Dice,
    product::eventually,
    scenario::{Outcome, Profile, Run, Scenario},
};

pub(crate) const POWER_LOSS: Scenario = Scenario {
    id: "D3",
    injects: "power loss at any operation on the index: unsynced files lost, torn, zeroed, flipped, old again, renames and removals undone",
    expects: "old or new revision or a rebuild, never a wrong answer, no panic, by itself; 10,000 seeds",
    broken: "without the check of each file's checksum a flipped bit makes a search panic",
    play,
};

const SEEDS: usize = 10_000;
const ARTICLES: usize = 12;
const EDITS: usize = 24;
/// Seeds of one recorded session.
const SEEDS_PER_SESSION: usize = 250;
/// Failures after which no more are looked for.
const ENOUGH: usize = 10;

fn play(run: &Run) -> Outcome {
    let mut dice = Dice::of("power loss");
    let n_seeds = match run.profile {
        Profile::Push => SEEDS / 100,
        _ => run.count_or_tenfold(SEEDS),
    };
    let (mut failures, mut worst) = (Vec::new(), Duration::ZERO);
    let mut session = None;
    for n in 0..n_seeds {
        if n % SEEDS_PER_SESSION == 0 {
            session = Some(Session::record(&mut dice));
        }
        let seed = dice.roll();
        let session = session.as_ref().expect("the first seed makes one");
        let begin = Instant::now();
        let play = || session.loses_power(&mut Dice::seeded(seed));
        let outcome = catch_unwind(AssertUnwindSafe(play));
        match outcome.unwrap_or_else(|_| Err("a panic".to_owned())) {
            Ok(()) => {}
            Err(wrong) => failures.push(format!("seed {seed}: {wrong}")),
        }
        if failures.len() >= ENOUGH {
            break;
        }
        worst_of(&mut worst, begin);
    }
    Outcome::new(n_seeds).failures(failures).worst(format!("all served again after {worst:.1?}"))
}

/// What a server did to its index while articles were edited.
struct Session {
    articles: Articles,
    ops: Vec<Op>,
}

impl Session {
    fn record(dice: &mut Dice) -> Self {
        let mut articles = Articles::new(ARTICLES, dice);
        let disk = FaultyDisk::default();
        let live = articles.serve(disk.clone()).unwrap();
        articles.is_served(&live).unwrap();
        for n in 0..EDITS {
            for _ in 0..=dice.below(2) {
                articles.edit(dice.below(ARTICLES), dice);
            }
            if n == EDITS / 2 {
                // A new generation beside the old one.
                articles.place_words("登录, 芝麻开门\n");
                let is_rebuilt = || live.status().n_rebuilds > 1;
                assert!(eventually(Duration::from_secs(20), is_rebuilt).is_some());
            }
            articles.is_served(&live).unwrap();
        }
        drop(live);
        Self { articles, ops: disk.ops() }
    }

    /// The power goes at some moment; then the server starts again.
    fn loses_power(&self, dice: &mut Dice) -> Result<(), String> {
        let mut medium = Medium::default();
        let n_done = dice.between(1, self.ops.len());
        for op in self.ops.iter().take(n_done) {
            medium.takes(op);
        }
        let shm = Path::new("/dev/shm");
        let dir = if shm.is_dir() { tempfile::tempdir_in(shm) } else { tempfile::tempdir() };
        let dir = dir.unwrap();
        medium.after_power_loss(&self.articles.place.index(), dir.path(), dice);
        self.recovers(dir.path()).map_err(|wrong| format!("after operation {n_done}: {wrong}"))
    }

    fn recovers(&self, index: &Path) -> Result<(), String> {
        let options = self.articles.options(index.to_owned(), false);
        let seams = self.articles.seams(RealDisk);
        let live = Live::start_with(options, seams).map_err(|error| error.to_string())?;
        self.articles.is_no_lie(&live.snapshot())?;
        let caught_up = || live.status().scanned_at.is_some();
        eventually(Duration::from_secs(20), caught_up).ok_or("it never read the folder")?;
        self.articles.is_served(&live).map(drop)
    }
}

/// A file, and what of it is safe.
#[derive(Debug, Clone, Default)]
struct File {
    now: Vec<u8>,
    synced: Option<Vec<u8>>,
}

/// The names of files: as programs see them, and as they are on the medium for sure.
#[derive(Debug, Default)]
struct Medium {
    now: BTreeMap<PathBuf, File>,
    safe: BTreeMap<PathBuf, File>,
}

impl Medium {
    fn takes(&mut self, op: &Op) {
        match op {
            Op::Create(path) => drop(self.now.insert(path.clone(), File::default())),
            Op::Append(path, bytes) => {
                self.now.entry(path.clone()).or_default().now.extend_from_slice(bytes);
            }
            Op::Write(path, bytes) => {
                self.now.entry(path.clone()).or_default().now.clone_from(bytes);
            }
            Op::Rename(from, to) => {
                let moved: Vec<_> =
                    self.now.keys().filter(|path| path.starts_with(from)).cloned().collect();
                for path in moved {
                    let file = self.now.remove(&path).unwrap();
                    let rest = path.strip_prefix(from).unwrap();
                    let to = if rest.as_os_str().is_empty() { to.clone() } else { to.join(rest) };
                    self.now.insert(to, file);
                }
            }
            Op::Remove(path) => drop(self.now.remove(path)),
            Op::RemoveFolder(folder) => self.now.retain(|path, _| !path.starts_with(folder)),
            Op::Sync(path) => self.syncs(path),
        }
    }

    /// A file's bytes are safe, or the names in a folder are.
    fn syncs(&mut self, path: &Path) {
        if let Some(file) = self.now.get_mut(path) {
            file.synced = Some(file.now.clone());
            if let Some(safe) = self.safe.get_mut(path) {
                safe.synced.clone_from(&file.synced);
            }
            return;
        }
        let is_in = |file: &Path| file.parent() == Some(path);
        self.safe.retain(|file, _| !is_in(file));
        let named = self.now.iter().filter(|(file, _)| is_in(file));
        self.safe.extend(named.map(|(path, file)| (path.clone(), file.clone())));
    }

    /// Writes what is found after the power came back into another folder.
    fn after_power_loss(&self, index: &Path, to: &Path, dice: &mut Dice) {
        let paths: BTreeSet<_> = self.now.keys().chain(self.safe.keys()).collect();
        let in_doubt: Vec<_> = paths.iter().filter(|path| !self.is_safe(path)).collect();
        // Often a single bit of a single file: much damage is easily seen, little is not.
        let (n_hit, is_subtle) = match dice.below(4) {
            0 | 1 => (1, true),
            2 => (dice.between(1, 4), false),
            _ => (in_doubt.len(), false),
        };
        let hit: BTreeSet<_> =
            (0..n_hit).filter(|_| !in_doubt.is_empty()).map(|_| **dice.pick(&in_doubt)).collect();
        for path in paths {
            let now = self.now.get(path);
            let left = if hit.contains(path) {
                self.survivor(path, is_subtle, dice)
            } else {
                now.map(|file| file.now.clone())
            };
            let Some(bytes) = left else { continue };
            let place = to.join(path.strip_prefix(index).unwrap());
            fs_err::create_dir_all(place.parent().unwrap()).unwrap();
            fs_err::write(place, bytes).unwrap();
        }
    }

    /// Whether the medium surely has this file as programs see it.
    fn is_safe(&self, path: &Path) -> bool {
        let is_synced = |file: &File| file.synced.as_ref() == Some(&file.now);
        self.safe.contains_key(path) && self.now.get(path).is_some_and(is_synced)
    }

    /// What is left of the file of this name, when it is hit.
    fn survivor(&self, path: &Path, is_subtle: bool, dice: &mut Dice) -> Option<Vec<u8>> {
        let before = self.safe.get(path).and_then(|file| file.synced.clone());
        match self.now.get(path) {
            Some(file) => damaged(file, before, is_subtle, dice),
            // Removed or renamed away, which the medium does not know yet.
            None => before,
        }
    }
}

/// A file that was not forced to the medium, or whose name was not.
fn damaged(
    file: &File,
    before: Option<Vec<u8>>,
    is_subtle: bool,
    dice: &mut Dice,
) -> Option<Vec<u8>> {
    let mut bytes = file.now.clone();
    let is_synced = file.synced.as_ref() == Some(&file.now);
    let at = dice.below(bytes.len().max(1));
    match if is_subtle { 5 } else { dice.below(6) } {
        0 => return before,
        1 => return None,
        // Its bytes are safe, only its name was not.
        _ if is_synced || bytes.is_empty() => {}
        2 => bytes.truncate(at),
        3 => bytes.fill(0),
        4 => bytes.iter_mut().skip(at).for_each(|byte| *byte = 0),
        _ => bytes[at] ^= 1 << dice.below(8),
    }
    Some(bytes)
}
