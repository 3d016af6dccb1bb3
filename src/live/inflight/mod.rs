//! The article in hand, written down: a stack overflow or a lack of memory ends the process and
//! cannot be caught, so whatever was in hand when the last process ended is under suspicion.
//!
//! ```text
//! inflight-0      path and hash of the article that a thread works on, there only meanwhile
//! suspects.json   articles that were in hand when a process ended, until they are cleared
//! ```
//!
//! Most processes end for other reasons: somebody stops or kills them. So a suspect is tried in a
//! process of its own, which nobody misses. Until then, and for good if that process ends badly,
//! this version of it is left out; its last good version and all other articles are served.

mod trial;

use std::{
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

use fs_err::{self as fs, File};
use serde::{Deserialize, Serialize};

pub use self::trial::try_article;
use self::trial::{Trials, Verdict};
use super::Options;
use crate::{
    article::{Finding, Level},
    kb::Scan,
};

const MARK: &str = "inflight-";
const SUSPECTS: &str = "suspects.json";

/// So many trials follow at once when the process that wanted to know is lost during each of them.
/// It was killed, which says nothing about the article, or the trial took it along, as when memory
/// runs out for both: the next ones wait, so that what else there is can be served meanwhile.
const PROMPT_TRIALS: u32 = 5;
/// How much longer each further one waits after the start, and for how many of them that grows.
const PAUSE: Duration = Duration::from_secs(10);
const MAX_PAUSES: u32 = 60;

/// One version of one article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Version {
    path: String,
    hash: String,
}

/// An article that was in hand when a process ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Suspect {
    #[serde(flatten)]
    version: Version,
    /// Trials during which the process that wanted to know ended itself.
    n_lost_trials: u32,
    /// Whether a trial has shown that it ends the process.
    is_guilty: bool,
}

/// Marks and suspects of a folder of generations. Only whoever holds its lock may write here.
#[derive(Debug)]
pub(super) struct Inflight {
    dir: PathBuf,
    trials: Trials,
    slots: Mutex<Vec<(ThreadId, File)>>,
    suspects: Vec<Suspect>,
    opened: Instant,
}

impl Suspect {
    /// How long after the start its trial may begin.
    fn pause(&self) -> Duration {
        PAUSE * self.n_lost_trials.saturating_sub(PROMPT_TRIALS).min(MAX_PAUSES)
    }
}

impl Inflight {
    /// Takes over what the last process left behind.
    pub(super) fn open(options: &Options) -> Self {
        let dir = options.index.clone();
        let mut suspects = read_suspects(&dir);
        for version in left_behind(&dir) {
            if suspects.iter().all(|suspect| suspect.version != version) {
                tracing::warn!(path = %version.path, "was in hand when the last process ended");
                suspects.push(Suspect { version, n_lost_trials: 0, is_guilty: false });
            }
        }
        let trials = Trials::new(options);
        let inflight =
            Self { dir, trials, slots: Mutex::default(), suspects, opened: Instant::now() };
        inflight.save();
        // Only now: a kill in between must not lose them.
        remove_marks(&inflight.dir);
        inflight
    }

    /// Says that this thread now works on a version of an article. Never fails: without the mark,
    /// an article that ends the process does so again.
    pub(super) fn begin(&self, path: &str, hash: &str) {
        let version = Version { path: path.to_owned(), hash: hash.to_owned() };
        let line = serde_json::to_string(&version).unwrap_or_default() + "\n";
        let mut slots = self.slots();
        let own = thread::current().id();
        // One write into a file that stays open; what was there before is longer or overwritten.
        let written = match slots.iter().find(|(thread, _)| *thread == own) {
            Some((_, file)) => file.file().write_all_at(line.as_bytes(), 0),
            None => File::create(mark(&self.dir, slots.len())).and_then(|file| {
                file.file().write_all_at(line.as_bytes(), 0)?;
                slots.push((own, file));
                Ok(())
            }),
        };
        if let Err(error) = written {
            tracing::debug!(%error, "the article in hand could not be marked");
        }
    }

    /// Says that no thread works on any article.
    pub(super) fn end(&self) {
        let mut slots = self.slots();
        for n in 0..slots.len() {
            let _ = fs::remove_file(mark(&self.dir, n));
        }
        slots.clear();
    }

    fn slots(&self) -> MutexGuard<'_, Vec<(ThreadId, File)>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this version of an article must not be touched.
    pub(super) fn withholds(&self, path: &str, hash: &str) -> bool {
        self.suspect(path, hash).is_some()
    }

    /// Whether this version of an article is known to end the process.
    pub(super) fn is_guilty(&self, path: &str, hash: &str) -> bool {
        self.suspect(path, hash).is_some_and(|suspect| suspect.is_guilty)
    }

    fn suspect(&self, path: &str, hash: &str) -> Option<&Suspect> {
        self.suspects.iter().find(|suspect| is_version(&suspect.version, path, hash))
    }

    /// Tries one suspect; whether more is known now.
    pub(super) fn try_next(&mut self) -> bool {
        let age = self.opened.elapsed();
        let is_due = |suspect: &&mut Suspect| !suspect.is_guilty && suspect.pause() <= age;
        let Some(suspect) = self.suspects.iter_mut().find(is_due) else { return false };
        if !self.trials.are_possible() {
            return false;
        }
        suspect.n_lost_trials += 1;
        let version = suspect.version.clone();
        self.save();
        let verdict = self.trials.verdict(&version.path);
        tracing::warn!(path = %version.path, ?verdict, "tried an article apart");
        self.settle(&version, verdict);
        self.save();
        verdict != Verdict::Unknown
    }

    /// When the next trial that still has to wait may begin.
    pub(super) fn due(&self) -> Option<Instant> {
        let open = self.suspects.iter().filter(|suspect| !suspect.is_guilty);
        let starts = open.map(|suspect| self.opened + suspect.pause());
        starts.filter(|start| *start > Instant::now()).min()
    }

    fn settle(&mut self, version: &Version, verdict: Verdict) {
        if verdict == Verdict::Innocent {
            self.suspects.retain(|suspect| suspect.version != *version);
        }
        let found = self.suspects.iter_mut().find(|suspect| suspect.version == *version);
        if let Some(suspect) = found {
            suspect.is_guilty = verdict == Verdict::Guilty;
            suspect.n_lost_trials = 0;
        }
    }

    /// Forgets versions that are no longer those of the files of a scan.
    pub(super) fn forget_others(&mut self, scan: &Scan) {
        self.retain(|Version { path, hash }| {
            scan.files.get(path).is_some_and(|seen| seen.hash == *hash) || scan.is_unreadable(path)
        });
    }

    /// Forgets a file, which has another version now.
    pub(super) fn forget(&mut self, path: &str) {
        self.retain(|version| version.path != path);
    }

    fn retain(&mut self, is_kept: impl Fn(&Version) -> bool) {
        let n_before = self.suspects.len();
        self.suspects.retain(|suspect| is_kept(&suspect.version));
        if self.suspects.len() < n_before {
            self.save();
        }
    }

    /// Number of articles of which a version is left out.
    pub(super) fn len(&self) -> usize {
        self.suspects.len()
    }

    /// Names them.
    pub(super) fn findings(&self) -> impl Iterator<Item = Finding> {
        self.suspects.iter().map(|suspect| {
            let message = "处理这个文件时程序异常中断，这个版本没有收录";
            Finding::new(&suspect.version.path, "crash", Level::Error, message)
                .hint("改动这个文件并保存后会重新读取；文件没有问题的话请报告给开发者")
        })
    }

    /// Never fails: what is not written down is found again by the next abort.
    fn save(&self) {
        if let Err(error) = save(&self.dir, &self.suspects) {
            tracing::warn!(%error, "suspect articles could not be written down");
        }
    }
}

impl Drop for Inflight {
    fn drop(&mut self) {
        self.end();
    }
}

/// Takes the versions that are known to end the process out of a scan, for a process that only
/// reads. Gives their paths.
pub(super) fn without_guilty(dir: &Path, scan: &mut Scan) -> Vec<String> {
    let guilty = read_suspects(dir).into_iter().filter(|suspect| suspect.is_guilty);
    let is_there = |Version { path, hash }: &Version| {
        scan.files.get(path).is_some_and(|seen| seen.hash == *hash)
    };
    let versions: Vec<_> = guilty.map(|suspect| suspect.version).filter(is_there).collect();
    versions
        .into_iter()
        .map(|version| {
            scan.files.remove(&version.path);
            version.path
        })
        .collect()
}

fn is_version(version: &Version, path: &str, hash: &str) -> bool {
    version.path == path && version.hash == hash
}

fn mark(dir: &Path, n: usize) -> PathBuf {
    dir.join(format!("{MARK}{n}"))
}

fn marks(dir: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let is_mark = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(MARK);
    entries.filter(is_mark).map(|entry| entry.path())
}

/// The articles that the last process had in hand. A line that was cut off names none.
fn left_behind(dir: &Path) -> Vec<Version> {
    let first = |path: PathBuf| {
        let text = fs::read(path).ok()?;
        let line = text.split(|byte| *byte == b'\n').next()?;
        serde_json::from_slice(line).ok()
    };
    marks(dir).filter_map(first).collect()
}

fn remove_marks(dir: &Path) {
    for path in marks(dir) {
        let _ = fs::remove_file(path);
    }
}

/// A list that cannot be read is empty: whoever is guilty will be found again.
fn read_suspects(dir: &Path) -> Vec<Suspect> {
    let text = fs::read(dir.join(SUSPECTS)).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

fn save(dir: &Path, suspects: &[Suspect]) -> std::io::Result<()> {
    let path = dir.join(SUSPECTS);
    if suspects.is_empty() {
        return match fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    let part = path.with_extension("part");
    fs::write(&part, serde_json::to_vec(suspects)?)?;
    fs::rename(part, path)
}

#[cfg(test)]
mod tests;
