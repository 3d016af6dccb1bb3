//! Changes go into the index; where that fails, a new one is built.

use std::{collections::HashSet, time::Instant};

use super::{
    Keeper,
    scanning::{Changed, QUIET},
};
use crate::{
    index::{Changes, IndexError, Opened, Record, Snapshot},
    kb::{self, Seen},
    live::{
        LiveError,
        home::guarded,
        now,
        reading::{self, Reading},
        rebuild::{self, Basis},
    },
};

impl Keeper {
    /// Puts and removes articles in one commit.
    pub(super) fn apply(
        &mut self,
        changed: Changed,
        is_full_scan: bool,
        now: Instant,
    ) -> Result<(), LiveError> {
        let new = changed.files.iter().map(|(_, seen)| seen.hash.as_str()).collect();
        let remove = self.removable(changed.gone, &new, is_full_scan, now);
        let mut changes = Changes { put: Vec::new(), remove };
        let snapshot = self.generation.snapshot()?;
        for (path, seen) in changed.files {
            changes.put.extend(self.read(path, &seen, &snapshot));
        }
        for path in &changed.unreadable {
            let row = self.generation.manifest().get(path);
            let id = row.filter(|row| row.hash != kb::UNREADABLE).map(|row| row.id.as_str());
            changes.put.extend(id.and_then(|id| reading::last(&snapshot, id, kb::UNREADABLE)));
        }
        for path in &changes.remove {
            self.findings.remove(path);
        }
        if changes.put.is_empty() && changes.remove.is_empty() {
            return Ok(());
        }
        self.assign_ids(&mut changes)?;
        let inflight = &self.inflight;
        self.generation.apply(&changes, &self::now(), &|record| {
            inflight.begin(&record.article.path, &record.hash);
        })?;
        for path in self.generation.take_refused() {
            let finding = reading::not_processed(&path);
            self.findings.insert(path, vec![finding]);
        }
        self.status.n_swaps += 1;
        Ok(())
    }

    /// The record of a file; none when it became another one since it was looked at, for then
    /// somebody is writing it.
    fn read(&mut self, path: String, seen: &Seen, snapshot: &Snapshot) -> Option<Record> {
        self.inflight.forget(&path);
        self.inflight.begin(&path, &seen.hash);
        let row = self.generation.manifest().get(&path);
        let previous = row.map(|row| (snapshot, row.id.as_str()));
        let Reading { record, findings } =
            reading::read(&**self.home.disk(), &path, seen, previous);
        if record.as_ref().is_some_and(|record| record.hash != seen.hash) {
            self.defer(&path, &seen.hash, QUIET);
            return None;
        }
        self.findings.remove(&path);
        if !findings.is_empty() {
            self.findings.insert(path, findings);
        }
        record
    }

    /// Which of the articles whose files are gone may be removed now. A file that turns up
    /// elsewhere with the same content, one of the `new` hashes, was moved.
    fn removable(
        &mut self,
        gone: Vec<String>,
        new: &HashSet<&str>,
        is_full_scan: bool,
        now: Instant,
    ) -> Vec<String> {
        let manifest = self.generation.manifest();
        let is_moved =
            |path: &str| manifest.get(path).is_some_and(|row| new.contains(row.hash.as_str()));
        let (mut remove, gone): (Vec<_>, Vec<_>) =
            gone.into_iter().partition(|path| is_moved(path));
        remove.extend(self.vanished.take(is_moved));
        remove.extend(self.hold.allow(gone, manifest.len(), is_full_scan, now));
        remove
    }

    /// Settles who has which id after the changes. Most edits change no id, and then nothing is
    /// compared.
    fn assign_ids(&mut self, changes: &mut Changes) -> Result<(), IndexError> {
        let manifest = self.generation.manifest();
        let is_edit = |record: &Record| {
            manifest.get(&record.article.path).is_some_and(|row| row.claim == record.claim)
        };
        if changes.remove.is_empty() && changes.put.iter().all(is_edit) {
            for record in &mut changes.put {
                record.article.id.clone_from(&manifest[&record.article.path].id);
            }
            return Ok(());
        }
        self.id_findings = rebuild::assign_ids(&self.generation, changes)?;
        Ok(())
    }

    /// Changes could not go into the index, which is therefore given up: a new one is built in
    /// memory at once, and on disk when that is tried again.
    pub(super) fn recover(&mut self, error: &IndexError) {
        self.note_failure(error);
        self.home.leave(error);
        if !self.generation.is_in_memory() && !self.has_tried_memory {
            self.has_tried_memory = true;
            self.rebuild();
        }
    }

    /// Tries the disk again, if that is where the index should be.
    pub(super) fn come_home(&mut self) {
        self.has_tried_memory = false;
        if self.home.unsaved().is_none() {
            return;
        }
        let outcome = match self.home.come_back(&self.analyzer) {
            Ok(Opened::Current(found)) => {
                (self.generation, self.is_outdated) = (found, false);
                Ok(())
            }
            Ok(Opened::Outdated(found)) => {
                (self.generation, self.is_outdated) = (found, true);
                self.build()
            }
            Ok(Opened::Nothing) => self.build(),
            Ok(Opened::Unreachable(error)) | Err(error) => Err(error.into()),
        };
        match outcome {
            Ok(()) => tracing::info!("the index is on disk again"),
            Err(LiveError::Index(error)) => self.recover(&error),
            Err(error) => {
                // Not the fault of the disk: the folder of articles cannot be read.
                self.note_error(&error);
                self.retry.fail(Instant::now());
            }
        }
    }

    /// Builds a new generation beside the current one and goes over to it.
    pub(super) fn rebuild(&mut self) {
        match self.build() {
            Ok(()) => {}
            Err(LiveError::Index(error)) if self.home.unsaved().is_none() => self.recover(&error),
            Err(LiveError::Index(error)) => self.note_failure(&error),
            Err(error) => self.note_error(&error),
        }
    }

    fn build(&mut self) -> Result<(), LiveError> {
        let scan = kb::scan(&self.options.root)?;
        self.scan_findings.clone_from(&scan.findings);
        // Whether what is not there is gone is for scans to judge.
        let kept = self.gone(|path| !scan.files.contains_key(path)).into_iter().collect();
        let (disk, previous) = (&**self.home.disk(), Some(&self.generation));
        let basis = Basis { disk, scan: &scan, previous, inflight: Some(&self.inflight), kept };
        let (home, analyzer) = (&self.home, &self.analyzer);
        let (generation, findings, id_findings) =
            guarded(|| rebuild::build(&basis, |paths, load| home.build(analyzer, paths, load)))?;
        (self.generation, self.is_outdated) = (generation, false);
        self.findings = findings;
        self.id_findings = id_findings;
        self.status.n_rebuilds += 1;
        self.status.n_swaps += 1;
        Ok(())
    }
}
