//! Where the index lives: on disk, or in memory for as long as the disk does not take it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::now;
use crate::{
    analysis::Analyzer,
    index::{Disk, Generation, Identity, IndexError, Opened, Record, Store, open_any},
};

/// What is written to find out what is wrong with a disk; gone at once.
const PROBE: &str = "probe.part";
const PROBE_BYTES: usize = 64 << 10;

/// The place of the index.
pub(super) struct Home {
    dir: PathBuf,
    disk: Arc<dyn Disk>,
    identity: Identity,
    /// The right to write there, unless the disk has not even given that.
    store: Option<Store>,
    /// Whether there may be a sound index on disk that could not be read so far.
    is_unread: bool,
    unsaved: Option<String>,
}

impl Home {
    /// Takes the folder and opens what is there. A disk that fails is no error: see
    /// [`Self::unsaved`].
    ///
    /// # Errors
    /// When another process has the folder.
    pub(super) fn open(
        dir: &Path,
        disk: &Arc<dyn Disk>,
        identity: Identity,
        analyzer: &Arc<Analyzer>,
    ) -> Result<(Self, Opened), IndexError> {
        let (store, refusal) = match Store::lock_on(Arc::clone(disk), dir, identity.clone()) {
            Ok(store) => (Some(store), None),
            Err(error @ IndexError::Locked(_)) => return Err(error),
            Err(error) => (None, Some(error)),
        };
        let opened = match &store {
            Some(store) => store.open(analyzer),
            None => open_any(disk, dir, &identity, analyzer),
        };
        let (dir, disk) = (dir.to_owned(), Arc::clone(disk));
        let mut home = Self { dir, disk, identity, store, is_unread: false, unsaved: None };
        if let Some(error) = refusal {
            home.leave(&error);
        } else if let Opened::Unreachable(error) = &opened {
            home.is_unread = true;
            home.leave(error);
        }
        Ok((home, opened))
    }

    pub(super) fn disk(&self) -> &Arc<dyn Disk> {
        &self.disk
    }

    /// What the indexes made here are made from.
    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The vocabulary has changed.
    pub(super) fn set_identity(&mut self, identity: Identity) {
        if let Some(store) = &mut self.store {
            store.set_identity(identity.clone());
        }
        self.identity = identity;
    }

    /// Whether nobody else can be writing to the folder.
    pub(super) fn is_ours(&self) -> bool {
        self.store.is_some()
    }

    /// Why indexes are built in memory, if they are.
    pub(super) fn unsaved(&self) -> Option<&String> {
        self.unsaved.as_ref()
    }

    /// From now on indexes are built in memory.
    pub(super) fn leave(&mut self, error: &IndexError) {
        tracing::warn!(%error, "the index is kept in memory for now");
        let probed = || self.probe().err().and_then(|error| error.disk_reason());
        let reason = error.disk_reason().or_else(probed).unwrap_or("索引写入出错");
        self.unsaved = Some(format!("{reason}，问题解决后会自动恢复。"));
    }

    /// The search engine does not always pass on what the system said.
    fn probe(&self) -> Result<(), IndexError> {
        let path = self.dir.join(PROBE);
        let written = self.disk.write(&path, &[0; PROBE_BYTES]);
        let _ = self.disk.remove(&path);
        Ok(written?)
    }

    /// From now on indexes are built on disk again, unless it still does not allow it. Gives the
    /// one that could not be read at the start, where there is one.
    ///
    /// # Errors
    /// When the disk still does not allow it.
    pub(super) fn come_back(&mut self, analyzer: &Arc<Analyzer>) -> Result<Opened, IndexError> {
        if self.store.is_none() {
            let disk = Arc::clone(&self.disk);
            self.store = Some(Store::lock_on(disk, &self.dir, self.identity.clone())?);
        }
        let unread = self.store.as_ref().filter(|_| self.is_unread);
        let found = match unread.map(|store| store.open(analyzer)) {
            Some(Opened::Unreachable(error)) => return Err(error),
            Some(found) => found,
            None => Opened::Nothing,
        };
        (self.is_unread, self.unsaved) = (false, None);
        Ok(found)
    }

    /// Builds an index where it is to be at present.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn build(
        &self,
        analyzer: &Arc<Analyzer>,
        paths: &[String],
        load: &(dyn Fn(&str) -> Option<Record> + Sync),
    ) -> Result<Generation, IndexError> {
        match &self.store {
            Some(store) if self.unsaved.is_none() => store.build(analyzer, paths, load, &now()),
            _ => Generation::build(&self.disk, None, Arc::clone(analyzer), paths, load, &now()),
        }
    }
}

/// The outcome of some work, a panic included.
///
/// # Errors
/// As the work.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, IndexError>) -> Result<T, IndexError> {
    let panicked = || IndexError::Damaged("更新索引时程序出错".to_owned());
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(panicked()))
}
