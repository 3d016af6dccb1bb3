//! The running knowledge base: owns the current snapshot, applies changes, knows its own status.
//!
//! ```text
//! hint or full scan → read what changed → one commit → new snapshot swapped in → findings
//! ```
//!
//! Entry points: [`Live::start`] for a server, [`open_snapshot`] for one question,
//! [`update_index`] for bringing the index up to date once. One thread
//! changes things; readers take the current state and keep it as long as they like. Who wants to
//! know of changes subscribes: a number is left behind for them, and nobody is waited for. What
//! changed from one revision to the next is logged in memory and beside the index.

mod backoff;
mod disk;
mod hold;
mod home;
mod inflight;
mod keeper;
mod publish;
mod pulse;
mod reading;
mod rebuild;
mod recorder;
mod trouble;
mod update;
mod vanished;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::Duration,
};

use serde::Serialize;
use tokio::sync::watch;

pub use self::{
    inflight::try_article,
    publish::Current,
    rebuild::open_snapshot,
    trouble::{IndexHealth, Part, Trouble},
    update::{Done, Update, update_index},
};
use self::{keeper::Keeper, publish::Published};
use crate::{
    analysis::{Analyzer, VocabularyError},
    article::Finding,
    index::{Disk, IndexError, LogBound, RealDisk, Snapshot},
    kb::{Hints, Root, ScanError},
};

/// Time between full scans.
pub const SCAN_INTERVAL: Duration = Duration::from_secs(60);

/// Where things are.
#[derive(Debug, Clone)]
pub struct Options {
    /// The knowledge base.
    pub root: Root,
    /// Folder of index generations.
    pub index: PathBuf,
    /// Folder of vocabulary files.
    pub vocabulary: Option<PathBuf>,
    /// Whether to notice changes at all.
    pub watch: bool,
    /// This program, to try articles that may end the process in another one; without it they are
    /// left out until their files change.
    pub program: Option<PathBuf>,
}

/// The knowledge base cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// The folder of articles cannot be read, and no index stands in for it.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The index cannot be written or is in use.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// A vocabulary file has a line that cannot be used.
    #[error(transparent)]
    Vocabulary(#[from] VocabularyError),
}

/// How changes are noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Watching {
    /// By events of the file system, and full scans.
    Events,
    /// By full scans only.
    Polling,
    /// Not at all.
    Off,
}

/// Health of the running knowledge base in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = LiveStatus)]
pub struct Status {
    /// Articles served.
    pub n_articles: usize,
    /// Articles served in their last good version.
    pub n_broken: usize,
    /// Findings about files that could not be read as written.
    pub n_findings: usize,
    /// Revision served.
    pub revision: String,
    /// When it was indexed, RFC 3339.
    pub indexed_at: String,
    /// When the folder was last read in full, RFC 3339.
    pub scanned_at: Option<String>,
    /// How changes are noticed.
    pub watcher: Watching,
    /// Articles whose files vanished in one go and that are kept until a later scan confirms it.
    pub n_held: usize,
    /// Number of times the snapshot was replaced.
    pub n_swaps: u64,
    /// Number of generations built since the start.
    pub n_rebuilds: u64,
    /// The last error of applying a change, in Chinese.
    pub last_error: Option<String>,
    /// Articles of which a version is left out because the program broke down over it.
    #[serde(skip)]
    pub n_withheld: usize,
    /// What else is to be said of the index.
    #[serde(skip)]
    pub index: IndexHealth,
}

/// What is the same for everybody but tests.
#[derive(Clone)]
pub struct Seams {
    /// How far back the log of changes reaches.
    pub bound: LogBound,
    /// The disk that the index is on.
    pub disk: Arc<dyn Disk>,
    /// Time until a failed update is tried again for the first time; then twice that, and so on.
    pub first_retry: Duration,
    /// An update that takes longer than this is said to be stuck.
    pub patience: Duration,
    /// An analyzer of the vocabulary, where there is one already: making it is most of a start.
    pub analyzer: Option<Arc<Analyzer>>,
}

impl Default for Seams {
    fn default() -> Self {
        Self {
            bound: LogBound::default(),
            disk: Arc::new(RealDisk),
            first_retry: Duration::from_secs(1),
            patience: Duration::from_secs(30),
            analyzer: None,
        }
    }
}

/// A handle on the running knowledge base; cheap to clone. The last one to go stops it.
#[derive(Clone)]
pub struct Live {
    published: Arc<Published>,
    _worker: Arc<Worker>,
}

struct Worker {
    hints: Arc<Hints>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Live {
    /// Opens the index and serves it at once, or builds it first where there is none; then keeps
    /// up with the folder in the background.
    ///
    /// Where the disk does not take an index, it is kept in memory, and the disk is tried again.
    ///
    /// # Errors
    /// When another process has the index, or there is neither an index nor a readable folder. A
    /// vocabulary that cannot be used is a finding; the built-in one is used until it is mended.
    pub fn start(options: Options) -> Result<Self, LiveError> {
        Self::start_with(options, Seams::default())
    }

    /// The same with another bound of the log of changes, on another disk, or with other times.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_with(options: Options, seams: Seams) -> Result<Self, LiveError> {
        let hints = Arc::new(Hints::default());
        let patience = seams.patience;
        let (mut keeper, state) = Keeper::open(options, Arc::clone(&hints), seams)?;
        let published = Arc::new(Published::new(state, patience));
        let weak = Arc::downgrade(&published);
        let thread = std::thread::Builder::new()
            .name("jiuji-live".to_owned())
            .spawn(move || keeper.run(&weak))
            .map_err(IndexError::from)?;
        let worker = Worker { hints, thread: Mutex::new(Some(thread)) };
        Ok(Self { published, _worker: Arc::new(worker) })
    }

    /// The current snapshot; a request keeps the one it started with.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.published.current().snapshot
    }

    /// What is wrong with files that could not be read as written.
    #[must_use]
    pub fn findings(&self) -> Arc<[Finding]> {
        self.published.current().findings
    }

    /// Snapshot and findings that belong together, with the number of this version.
    #[must_use]
    pub fn current(&self) -> Current {
        self.published.current()
    }

    /// The number of the current version, and word of each later one; versions that come in
    /// quick succession may be skipped. A receiver that is not looked at costs nothing.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.published.subscribe()
    }

    /// Health in numbers.
    #[must_use]
    pub fn status(&self) -> Status {
        self.published.status()
    }
}

impl Drop for Worker {
    /// The thread ends when it finds that nobody holds the state any more.
    fn drop(&mut self) {
        self.hints.add(crate::kb::Hint::Rescan);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

/// The current time, RFC 3339 in UTC, whole seconds.
fn now() -> String {
    let now = time::OffsetDateTime::now_utc().replace_nanosecond(0);
    let formatted = now.unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    formatted.format(&time::format_description::well_known::Rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod tests;
