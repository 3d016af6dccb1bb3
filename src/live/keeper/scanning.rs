//! What changed in the folder: the whole of it, or where a hint points.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant, SystemTime},
};

use super::Keeper;
use crate::{
    article::Finding,
    kb::{self, Hint, Seen},
    live::{LiveError, SCAN_INTERVAL, now, reading},
};

/// An empty file is believed after this time: editors truncate before they write.
const EMPTY_BELIEVED_AFTER: Duration = Duration::from_secs(1);
/// A scan believes a change after this time without another one; a closed file is believed at
/// once.
pub(super) const QUIET: Duration = Duration::from_millis(500);
/// Shortest time between scans where no event tells of changes.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// A file that is to be looked at again.
pub(super) struct Deferred {
    pub at: Instant,
    /// BLAKE3 of what it was; the same then is believed, whatever clocks say.
    pub hash: String,
}

/// What is different in the folder.
#[derive(Default)]
pub(super) struct Changed {
    /// Files with another content than is indexed.
    pub files: Vec<(String, Seen)>,
    /// Paths of articles whose files are gone.
    pub gone: Vec<String>,
    /// Files and folders that are there and cannot be read.
    pub unreadable: BTreeSet<String>,
}

impl Keeper {
    /// Compares the whole folder with the index, applies the difference, and settles when to do
    /// so again.
    pub(super) fn scan_all(&mut self, now: Instant) -> Result<(), LiveError> {
        let begin = Instant::now();
        self.start_watching();
        let n_swaps = self.status.n_swaps;
        let outcome = self.scan_once(now);
        let next = if self.status.n_swaps > n_swaps {
            // What is new may be only the beginning: a new folder is filled before it is watched.
            QUIET
        } else if self.watch.is_some() {
            SCAN_INTERVAL
        } else {
            // A scan is all that tells of changes, so it comes as often as it is cheap.
            (begin.elapsed() * 20).clamp(POLL_INTERVAL, SCAN_INTERVAL)
        };
        self.next_scan = Instant::now() + next;
        outcome
    }

    fn scan_once(&mut self, now: Instant) -> Result<(), LiveError> {
        let scan = kb::scan(&self.options.root)?;
        let is_first = self.status.scanned_at.is_none();
        self.status.scanned_at = Some(self::now());
        self.inflight.forget_others(&scan);
        let mut files = Vec::new();
        for (path, seen) in &scan.files {
            if self.inflight.withholds(path, &seen.hash) {
                continue;
            }
            let row = self.generation.manifest().get(path);
            if row.is_some_and(|row| row.hash == seen.hash) {
                let is_broken = row.is_some_and(|row| row.broken);
                if is_first && (is_broken || !self.findings.contains_key(path)) {
                    self.find_again(path, seen);
                }
            } else if !self.is_deferred(path, seen, QUIET, None) {
                files.push((path.clone(), seen.clone()));
            }
        }
        let missing = self.gone(|path| !scan.files.contains_key(path) && !scan.is_unreadable(path));
        let (mut gone, missing): (Vec<_>, Vec<_>) =
            missing.into_iter().partition(|path| self.hold.has(path));
        gone.extend(
            self.gone(|path| scan.files.get(path).is_some_and(|seen| self.is_lost(path, seen))),
        );
        for path in missing {
            self.vanished.note(path, now);
        }
        self.scan_findings.clone_from(&scan.findings);
        self.apply(Changed { files, gone, unreadable: scan.unreadable }, true, now)
    }

    /// Looks where hints point, and where it is time to look again.
    pub(super) fn look_at(&mut self, hints: &[Hint], now: Instant) -> Result<(), LiveError> {
        let mut paths: BTreeSet<String> = hints.iter().filter_map(path_of).cloned().collect();
        let due: BTreeMap<String, Deferred> =
            self.deferred.extract_if(.., |_, deferred| deferred.at <= now).collect();
        paths.extend(due.keys().cloned());
        let vanished = self.vanished.take_due(now);
        paths.extend(vanished.iter().cloned());
        let mut changed = Changed::default();
        for path in paths {
            // What was made and not closed since then is as uncertain as what a scan finds.
            let is_open = hints.contains(&Hint::New(path.clone()));
            let quiet = if is_open { QUIET } else { Duration::ZERO };
            let look = kb::look(&self.options.root, &path);
            if look.as_ref().map_or_else(|finding| !finding.path.is_empty(), Option::is_some) {
                self.vanished.is_back(&path);
                self.hold.is_back(&path);
            }
            let row = self.generation.manifest().get(&path);
            match look {
                Ok(Some(seen)) => {
                    let is_new = row.is_none_or(|row| row.hash != seen.hash)
                        && !self.inflight.withholds(&path, &seen.hash);
                    if is_new && !self.is_deferred(&path, &seen, quiet, due.get(&path)) {
                        changed.files.push((path.clone(), seen));
                    }
                }
                Ok(None) if row.is_none() => drop(self.findings.remove(&path)),
                Ok(None) if vanished.contains(&path) => changed.gone.push(path.clone()),
                Ok(None) => self.vanished.note(path.clone(), now),
                // The whole folder cannot be read, which the next scan says.
                Err(finding) if finding.path.is_empty() => continue,
                Err(finding) => {
                    self.findings.insert(path.clone(), vec![*finding]);
                    changed.unreadable.insert(path.clone());
                }
            }
            // What the last scan said of this file is of yesterday.
            let is_of_others = |finding: &Finding| finding.rule == "same-path";
            self.scan_findings.retain(|finding| finding.path != path || is_of_others(finding));
        }
        self.apply(changed, false, now)
    }

    /// Whether even the version that is served breaks the program, as after an upgrade.
    fn is_lost(&self, path: &str, seen: &Seen) -> bool {
        let row = self.generation.manifest().get(path);
        row.is_some_and(|row| row.hash == seen.hash) && self.inflight.is_guilty(path, &seen.hash)
    }

    /// Whether a change is to be looked at later: somebody is writing the file, or it is empty or
    /// was written just now, and is not `due` to be believed as it is.
    fn is_deferred(
        &mut self,
        path: &str,
        seen: &Seen,
        quiet: Duration,
        due: Option<&Deferred>,
    ) -> bool {
        let needed = if seen.size == 0 { EMPTY_BELIEVED_AFTER } else { quiet };
        let age = SystemTime::now().duration_since(seen.modified).unwrap_or_default();
        let is_waited_for = due.is_some_and(|due| due.hash == seen.hash);
        let pause = if self.hints.is_being_written(path) {
            QUIET
        } else if is_waited_for || age >= needed {
            return false;
        } else {
            needed
        };
        self.defer(path, &seen.hash, pause);
        true
    }

    /// Looks at a file again after a while.
    pub(super) fn defer(&mut self, path: &str, hash: &str, pause: Duration) {
        let deferred = Deferred { at: Instant::now() + pause, hash: hash.to_owned() };
        self.deferred.insert(path.to_owned(), deferred);
    }

    /// Paths of articles whose files are gone.
    pub(super) fn gone(&self, is_gone: impl Fn(&str) -> bool) -> Vec<String> {
        self.generation.manifest().keys().filter(|path| is_gone(path)).cloned().collect()
    }

    /// The findings of a file that has not changed since it was indexed.
    fn find_again(&mut self, path: &str, seen: &Seen) {
        self.inflight.begin(path, &seen.hash);
        let findings = reading::read(&**self.home.disk(), path, seen, None).findings;
        if !findings.is_empty() {
            self.findings.insert(path.to_owned(), findings);
        }
    }
}

/// The file that a hint is about.
fn path_of(hint: &Hint) -> Option<&String> {
    match hint {
        Hint::File(path) | Hint::New(path) => Some(path),
        Hint::Vocabulary | Hint::Rescan => None,
    }
}
