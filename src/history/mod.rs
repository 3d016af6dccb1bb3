//! When and why an article was changed, as far as git knows.
//!
//! Entry point: [`History::changes`]. A folder need not be in a repository, nor a machine have
//! git: then there is no history, and nothing else is different. This module reads the history
//! with the git command and writes nothing.

mod git;

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde::Serialize;
use tokio::{
    sync::Semaphore,
    time::{error::Elapsed, timeout},
};

/// Most changes that are told of an article.
pub const MAX_CHANGES: usize = 20;

/// Questions to git at the same time.
const MAX_PROCESSES: usize = 2;
/// How long one may wait for that.
const WAIT: Duration = Duration::from_millis(250);
/// How long git may take for an answer.
const LIMIT: Duration = Duration::from_secs(2);
/// Articles whose history is kept.
const MAX_KEPT: usize = 256;

/// Fields of a change, each ended by a NUL: short hash, day and time of the author, parents,
/// subject. Subjects are cut at a width that fits on a line.
const FORMAT: &str = "--format=%h%x00%aI%x00%P%x00%<(160,trunc)%s";
const N_FIELDS: usize = 4;

/// One change of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = FileChange)]
pub struct Change {
    /// When it was made, RFC 3339 with the offset of whoever made it.
    pub date: String,
    /// First line of its message, cut at a width of 160 columns.
    pub subject: String,
    /// Abbreviated hash of the commit.
    pub hash: String,
}

/// The changes of a file, the last one first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = FileChanges)]
pub struct Changes {
    /// At most [`MAX_CHANGES`].
    pub changes: Vec<Change>,
    /// Whether there are earlier ones, or there may be because the clone is shallow.
    pub truncated: bool,
}

/// No answer this time; asking again may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HistoryError {
    /// Too many ask at the same time.
    #[error("同时查看修改记录的人太多")]
    Busy,
    /// Git took too long and was ended.
    #[error("读取修改记录的时间太长")]
    Slow,
}

impl From<Elapsed> for HistoryError {
    fn from(_: Elapsed) -> Self {
        Self::Slow
    }
}

/// The history of the files of one folder.
#[derive(Debug)]
pub struct History {
    folder: PathBuf,
    places: Semaphore,
    kept: Mutex<HashMap<String, Kept>>,
}

/// The changes of a file as of a commit.
#[derive(Debug)]
struct Kept {
    head: String,
    changes: Arc<Changes>,
}

/// What the repository is at.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Head {
    hash: String,
    is_shallow: bool,
}

impl History {
    /// The history of the files below `folder`, which need not be in a repository.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, places: Semaphore::new(MAX_PROCESSES), kept: Mutex::default() }
    }

    /// Whether the folder looks as if it were in a work tree; git has the last word.
    #[must_use]
    pub fn is_likely(&self) -> bool {
        self.folder.ancestors().any(|folder| folder.join(".git").exists())
    }

    /// The changes of the file at `path`, relative to the folder; `None` when nothing can be
    /// known: no git, no repository, no commit, or one that git does not trust. A file that was
    /// never committed has no changes.
    ///
    /// # Errors
    /// When too many ask at the same time, or git takes longer than two seconds.
    pub async fn changes(&self, path: &str) -> Result<Option<Arc<Changes>>, HistoryError> {
        let place = timeout(WAIT, self.places.acquire()).await;
        let _place = place.ok().and_then(Result::ok).ok_or(HistoryError::Busy)?;
        match timeout(LIMIT, self.read(path)).await? {
            Ok(changes) => Ok(changes),
            Err(error) => {
                tracing::debug!(%error, "git cannot be run");
                Ok(None)
            }
        }
    }

    async fn read(&self, path: &str) -> io::Result<Option<Arc<Changes>>> {
        let Some(head) = head(&self.folder).await? else { return Ok(None) };
        if let Some(changes) = self.kept(path, &head) {
            return Ok(Some(changes));
        }
        let number = format!("--max-count={}", MAX_CHANGES + 1);
        let args = [
            "log",
            &number,
            "-z",
            "--encoding=UTF-8",
            "--no-color",
            FORMAT,
            &head.hash,
            "--",
            path,
        ];
        let Some(output) = git::output(&self.folder, &args).await? else { return Ok(None) };
        let changes = Arc::new(parse(&output, head.is_shallow));
        self.keep(path, head, &changes);
        Ok(Some(changes))
    }

    fn kept(&self, path: &str, head: &Head) -> Option<Arc<Changes>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.get(path).filter(|known| known.head == head.hash)?;
        Some(Arc::clone(&known.changes))
    }

    fn keep(&self, path: &str, head: Head, changes: &Arc<Changes>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        kept.insert(path.to_owned(), Kept { head: head.hash, changes: Arc::clone(changes) });
    }
}

/// The commit that `folder` is at; `None` when it is in no work tree or nothing was committed.
async fn head(folder: &Path) -> io::Result<Option<Head>> {
    let args = ["rev-parse", "--is-inside-work-tree", "--is-shallow-repository", "HEAD^{commit}"];
    let output = git::output(folder, &args).await?;
    Ok(output.as_deref().and_then(parse_head))
}

fn parse_head(output: &str) -> Option<Head> {
    let mut lines = output.lines();
    let (is_inside, is_shallow, hash) = (lines.next()?, lines.next()?, lines.next()?);
    let is_hash = !hash.is_empty() && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    let head = Head { hash: hash.to_owned(), is_shallow: is_shallow == "true" };
    (is_inside == "true" && is_hash).then_some(head)
}

/// Reads what [`FORMAT`] prints.
fn parse(output: &str, is_shallow: bool) -> Changes {
    let fields: Vec<&str> = output.split('\0').collect();
    let records = fields.chunks_exact(N_FIELDS);
    let (mut changes, mut truncated) = (Vec::new(), false);
    for record in records {
        let [hash, date, parents, subject] = record else { continue };
        // Where a shallow clone ends, all files look as if they had been added there.
        let is_edge = is_shallow && parents.is_empty();
        if is_edge || changes.len() == MAX_CHANGES {
            truncated = true;
            break;
        }
        let (date, subject, hash) =
            ((*date).to_owned(), subject.trim_end().to_owned(), (*hash).to_owned());
        changes.push(Change { date, subject, hash });
    }
    Changes { changes, truncated }
}

#[cfg(test)]
mod tests;
