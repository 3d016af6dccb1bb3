//! The index: schema, build, incremental apply, generations on disk, verification.
//!
//! The index is the snapshot: it stores each article whole, so a reader needs nothing else. It is
//! derived from the articles and may be deleted at any time.
//!
//! Entry points: [`Store`] (generations in a folder, one writer), [`Generation`] (one index that
//! takes changes), [`Snapshot`] (one immutable revision), [`LogFile`] (what changed lately) and
//! [`Disk`] (what they stand on). This module never reads an article's file and never ranks.

mod adding;
mod alerts;
mod card;
mod change_log;
mod columns;
mod directory;
mod disk;
mod fault;
mod first_text;
mod generation;
mod lexicon;
mod log_file;
mod manifest;
mod record;
mod schema;
mod snapshot;
mod store;
mod text;
mod writer;

use std::path::PathBuf;

pub use alerts::{DeclaredAlert, DeclaredAlerts};
pub use card::{CARD_STEPS, Card, CardBranch, CardStep, MarkedCard};
pub use change_log::{Change, ChangeKind, ChangeLog, LogBound, LogEntry, LogPage, NetChange};
pub use columns::SegmentColumns;
pub use disk::{Disk, NewFile, RealDisk, Step};
pub use generation::{Changes, Generation};
pub use lexicon::{Known, Lexicon};
pub use log_file::LogFile;
pub use manifest::{Difference, Manifest, differences, revision};
pub use record::{Record, Row, Stored, StoredSource};
pub use schema::{Fields, SCHEMA_VERSION};
pub use snapshot::{Info, Snapshot};
pub use store::{Identity, Opened, Store, open_any};
pub use text::{PartKind, TextPart, decode as decode_text};

/// The index could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Another process writes to the folder.
    #[error("{} 正被另一个 jiuji 进程使用", .0.display())]
    Locked(PathBuf),
    /// The folder or a file in it cannot be read or written.
    #[error("索引目录读写失败：{0}")]
    Io(#[from] std::io::Error),
    /// The search engine failed.
    #[error("索引读写失败：{0}")]
    Engine(#[from] tantivy::TantivyError),
    /// What is on disk is not what was written.
    #[error("索引已损坏：{0}")]
    Damaged(String),
}
