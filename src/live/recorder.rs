//! Keeps the log of changes: what differs between one published snapshot and the next.

use std::{path::Path, sync::Arc};

use crate::index::{
    Change, ChangeKind, ChangeLog, Difference, Disk, Generation, LogBound, LogEntry, LogFile,
    Manifest, Snapshot, differences,
};

/// The log, and the state that its last entry leads to.
pub(super) struct Recorder {
    file: LogFile,
    manifest: Arc<Manifest>,
    snapshot: Arc<Snapshot>,
}

impl Recorder {
    /// Opens the log in the folder of generations; what it says of later or other states than this
    /// one is forgotten.
    pub(super) fn open(
        disk: &Arc<dyn Disk>,
        dir: &Path,
        bound: LogBound,
        generation: &Generation,
        snapshot: &Arc<Snapshot>,
    ) -> Self {
        Self {
            file: LogFile::open(disk, dir, snapshot.revision(), bound),
            manifest: generation.shared_manifest(),
            snapshot: Arc::clone(snapshot),
        }
    }

    /// Writes down how this state differs from the last one that was recorded. Never fails: a log
    /// that cannot be written reaches back less far after the next start.
    pub(super) fn record(&mut self, generation: &Generation, snapshot: &Arc<Snapshot>) {
        if snapshot.revision() != self.snapshot.revision() {
            let found = differences(&self.manifest, generation.manifest());
            if found.len() > self.file.log().bound().changes {
                // Nobody is served by looking up so many titles only to forget them.
                self.file.start_over(snapshot.revision());
            } else {
                self.file.append(self.entry(found, snapshot));
            }
        }
        self.manifest = generation.shared_manifest();
        self.snapshot = Arc::clone(snapshot);
    }

    /// Whether to leave the file of the log alone for now.
    pub(super) fn pause(&mut self, is_paused: bool) {
        self.file.pause(is_paused);
    }

    /// The log as it is now.
    pub(super) fn log(&self) -> Arc<ChangeLog> {
        Arc::clone(self.file.log())
    }

    fn entry(&self, found: Vec<Difference>, after: &Snapshot) -> LogEntry {
        let change = |Difference { id, kind, hash }| {
            let known = if kind == ChangeKind::Removed { &*self.snapshot } else { after };
            Change { title: title(known, &id), id, kind, hash }
        };
        LogEntry {
            from: self.snapshot.revision().to_owned(),
            to: after.revision().to_owned(),
            at: after.indexed_at().to_owned(),
            changes: found.into_iter().map(change).collect(),
        }
    }
}

/// The title of an article; its id when it cannot be read.
fn title(snapshot: &Snapshot, id: &str) -> String {
    let card = snapshot.address(id).ok().flatten().and_then(|at| snapshot.card(at).ok());
    card.map_or_else(|| id.to_owned(), |marked| marked.card.title)
}
