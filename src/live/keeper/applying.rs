//! Changes go into the index; where that fails, a new one is built.

use std::{
    collections::{BTreeSet, HashSet},
    time::Instant,
};

use super::Keeper;
use crate::{
    index::{Changes, IndexError, Record},
    kb::{self, Scan, Seen},
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
        changed: Vec<(String, Seen)>,
        gone: Vec<String>,
        is_full_scan: bool,
        now: Instant,
    ) -> Result<(), LiveError> {
        let new = changed.iter().map(|(_, seen)| seen.hash.as_str()).collect();
        let remove = self.removable(gone, &new, is_full_scan, now);
        let mut changes = Changes { put: Vec::new(), remove };
        let snapshot = self.generation.snapshot()?;
        for (path, seen) in changed {
            let row = self.generation.manifest().get(&path);
            let previous = row.map(|row| (&snapshot, row.id.as_str()));
            let disk = &**self.home.disk();
            let Reading { record, findings } = reading::read(disk, &path, &seen.os_path, previous);
            self.findings.remove(&path);
            if !findings.is_empty() {
                self.findings.insert(path, findings);
            }
            changes.put.extend(record);
        }
        for path in &changes.remove {
            self.findings.remove(path);
        }
        if changes.put.is_empty() && changes.remove.is_empty() {
            return Ok(());
        }
        self.assign_ids(&mut changes)?;
        self.generation.apply(&changes, &self::now())?;
        for path in self.generation.take_refused() {
            let finding = reading::not_processed(&path);
            self.findings.insert(path, vec![finding]);
        }
        self.status.n_swaps += 1;
        Ok(())
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
        let is_moved = |path: &String| new.contains(manifest[path].hash.as_str());
        let (mut remove, gone): (Vec<_>, Vec<_>) = gone.into_iter().partition(is_moved);
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
            Ok(Some(found)) => {
                self.generation = found;
                if self.is_outdated() { self.build() } else { Ok(()) }
            }
            Ok(None) => self.build(),
            Err(error) => Err(error.into()),
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
        let kept = self.kept(&scan);
        let (disk, previous) = (&**self.home.disk(), Some(&self.generation));
        let basis = Basis { disk, scan: &scan, previous, kept };
        let (home, analyzer) = (&self.home, &self.analyzer);
        let (generation, findings, id_findings) =
            guarded(|| rebuild::build(&basis, |paths, load| home.build(analyzer, paths, load)))?;
        self.generation = generation;
        self.findings = findings;
        self.id_findings = id_findings;
        self.status.n_rebuilds += 1;
        self.status.n_swaps += 1;
        Ok(())
    }

    /// Articles to be kept in a new generation although their files are not there: those that
    /// cannot be read at present, and those whose removal waits for confirmation.
    fn kept(&mut self, scan: &Scan) -> BTreeSet<String> {
        let missing = self.gone(|path| !scan.files.contains_key(path));
        let (unreadable, gone): (Vec<_>, Vec<_>) =
            missing.iter().cloned().partition(|path| scan.is_unreadable(path));
        let manifest = self.generation.manifest();
        let new = scan.files.iter().filter(|(path, _)| !manifest.contains_key(*path));
        let new = new.map(|(_, seen)| seen.hash.as_str()).collect();
        let removed = self.removable(gone, &new, true, Instant::now());
        debug_assert!(unreadable.iter().all(|path| !removed.contains(path)));
        missing.into_iter().filter(|path| !removed.contains(path)).collect()
    }
}
