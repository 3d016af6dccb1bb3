//! What changed in the folder: the whole of it, or where a hint points.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant, SystemTime},
};

use super::Keeper;
use crate::{
    kb::{self, Hint, Seen},
    live::{LiveError, now, reading},
};

/// An empty file is believed after this time: editors truncate before they write.
const EMPTY_BELIEVED_AFTER: Duration = Duration::from_secs(1);
/// A scan believes a change after this time without another one; a closed file is believed at
/// once.
const QUIET: Duration = Duration::from_millis(500);

impl Keeper {
    /// Compares the whole folder with the index and applies the difference.
    pub(super) fn scan_all(&mut self, now: Instant) -> Result<(), LiveError> {
        self.last_scan = Some(now);
        self.start_watching();
        let scan = kb::scan(&self.options.root)?;
        let is_first = self.status.scanned_at.is_none();
        self.status.scanned_at = Some(self::now());
        let mut changed = Vec::new();
        for (path, seen) in &scan.files {
            let row = self.generation.manifest().get(path);
            if row.is_some_and(|row| row.hash == seen.hash) {
                let is_broken = row.is_some_and(|row| row.broken);
                if is_first && (is_broken || !self.findings.contains_key(path)) {
                    self.find_again(path, seen);
                }
            } else if !self.is_deferred(path, seen, QUIET, row.is_some()) {
                changed.push((path.clone(), seen.clone()));
            }
        }
        let gone = self.gone(|path| !scan.files.contains_key(path) && !scan.is_unreadable(path));
        self.scan_findings.clone_from(&scan.findings);
        self.apply(changed, gone, true, now)
    }

    /// Looks where hints point, and where it is time to look again.
    pub(super) fn look_at(&mut self, hints: &[Hint], now: Instant) -> Result<(), LiveError> {
        let mut paths: BTreeSet<String> = hints
            .iter()
            .filter_map(|hint| if let Hint::File(path) = hint { Some(path.clone()) } else { None })
            .collect();
        paths.extend(self.due(now));
        let (mut changed, mut gone) = (Vec::new(), Vec::new());
        for path in paths {
            let row = self.generation.manifest().get(&path);
            match kb::look(&self.options.root, &path) {
                Ok(Some(seen)) => {
                    self.hold.is_back(&path);
                    let is_new = row.is_none_or(|row| row.hash != seen.hash);
                    let is_known = row.is_some();
                    if is_new && !self.is_deferred(&path, &seen, Duration::ZERO, is_known) {
                        changed.push((path, seen));
                    }
                }
                Ok(None) if row.is_some() => gone.push(path),
                Ok(None) => {}
                Err(finding) => drop(self.findings.insert(path, vec![*finding])),
            }
        }
        self.apply(changed, gone, false, now)
    }

    /// Files that were to be looked at again by now.
    fn due(&mut self, now: Instant) -> Vec<String> {
        let due = self.deferred.iter().filter(|(_, at)| **at <= now);
        let due: Vec<_> = due.map(|(path, _)| path.clone()).collect();
        for path in &due {
            self.deferred.remove(path);
        }
        due
    }

    /// Whether a change is to be looked at later: the file is empty or was written just now.
    fn is_deferred(&mut self, path: &str, seen: &Seen, quiet: Duration, is_known: bool) -> bool {
        let needed = if seen.size == 0 && is_known { EMPTY_BELIEVED_AFTER } else { quiet };
        let age = SystemTime::now().duration_since(seen.modified).unwrap_or_default();
        let missing = needed.saturating_sub(age);
        if missing.is_zero() {
            return false;
        }
        self.deferred.insert(path.to_owned(), Instant::now() + missing);
        true
    }

    /// Paths of articles whose files are gone.
    pub(super) fn gone(&self, is_gone: impl Fn(&str) -> bool) -> Vec<String> {
        self.generation.manifest().keys().filter(|path| is_gone(path)).cloned().collect()
    }

    /// The findings of a file that has not changed since it was indexed.
    fn find_again(&mut self, path: &str, seen: &Seen) {
        let findings = reading::read(&**self.home.disk(), path, &seen.os_path, None).findings;
        if !findings.is_empty() {
            self.findings.insert(path.to_owned(), findings);
        }
    }
}
