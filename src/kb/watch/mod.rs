//! Notices that the folder may have changed.
//!
//! Everything here is a hint: events get lost, come twice and too early, and some file systems
//! send none. What is true is what [`scan`](super::scan()) and [`look`](super::look()) see.

mod events;
mod hints;

use std::{
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use notify::{Config, RecommendedWatcher, RecursiveMode, Watcher};

pub use hints::{Hint, Hints};

use super::{Root, ScanError};
use events::{Places, Sign};

/// The folder cannot be watched; polling still works.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The knowledge base is not there.
    #[error(transparent)]
    Root(#[from] ScanError),
    /// The system refuses, as when its limit of watches is reached.
    #[error("无法监视文件变化：{0}")]
    System(#[from] notify::Error),
}

/// A running watch; it ends when dropped.
///
/// Folders are watched, not files, since most editors save by putting a new file in the place of
/// the old one.
#[derive(Debug)]
pub struct Watch {
    _watcher: RecommendedWatcher,
    real: PathBuf,
    folder: Option<FolderId>,
    is_lost: Arc<AtomicBool>,
}

impl Watch {
    /// Watches the knowledge base with all its folders and, where it exists, the vocabulary
    /// folder without its own; what happens goes to `hints`.
    ///
    /// # Errors
    /// When the knowledge base is not there or the system cannot watch it.
    pub fn start(
        root: &Root,
        vocabulary: Option<&Path>,
        hints: Arc<Hints>,
    ) -> Result<Self, WatchError> {
        let real = root.real()?;
        let folder = folder_id(&real);
        let vocabulary = vocabulary.and_then(|folder| folder.canonicalize().ok());
        let is_lost = Arc::new(AtomicBool::new(false));
        let places = Places { kb: real.clone(), vocabulary: vocabulary.clone() };
        let lost = Arc::clone(&is_lost);
        let on_event = move |event: notify::Result<notify::Event>| {
            for sign in places.signs(event) {
                if sign == Sign::Lost {
                    lost.store(true, Ordering::Relaxed);
                }
                hints.note(sign);
            }
        };
        // A link could lead out of the folder or back to its top.
        let config = Config::default().with_follow_symlinks(false);
        let mut watcher = RecommendedWatcher::new(on_event, config)?;
        watcher.watch(&real, RecursiveMode::Recursive)?;
        // A second watch on a folder that is watched already would end its recursion.
        if let Some(folder) = vocabulary.filter(|folder| !folder.starts_with(&real)) {
            watcher.watch(&folder, RecursiveMode::NonRecursive)?;
        }
        Ok(Self { _watcher: watcher, real, folder, is_lost })
    }

    /// Whether this watch still sees all of the folder; if not, start a new one.
    ///
    /// It loses sight when the folder is moved, deleted, exchanged, mounted over or unmounted, and
    /// when the limit of the system is reached by a new folder.
    #[must_use]
    pub fn covers(&self, root: &Root) -> bool {
        !self.is_lost.load(Ordering::Relaxed)
            && root.real().is_ok_and(|real| real == self.real)
            && folder_id(&self.real) == self.folder
    }
}

/// Device and inode: a disk that is mounted or unmounted leaves the path as it was, and sends no
/// event that says so.
type FolderId = (u64, u64);

fn folder_id(folder: &Path) -> Option<FolderId> {
    folder.metadata().ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

#[cfg(test)]
mod tests;
