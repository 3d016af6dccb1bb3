//! What the folder holds right now.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    io,
    path::{Path, PathBuf},
    thread,
    time::SystemTime,
};

use super::{
    ReadError, Root, names,
    read::{hash, read_bytes},
    walk::{self, Candidate},
};
use crate::article::{Finding, Level};

/// Threads that read and hash files: enough to keep a disk busy, few enough to leave the search
/// its processors.
const N_THREADS: usize = 2;

/// The articles of a folder at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan {
    /// The article files by their path in the knowledge base.
    pub files: BTreeMap<String, Seen>,
    /// What is wrong with files and folders that were not read, sorted.
    pub findings: Vec<Finding>,
    /// Paths of files and folders that exist and could not be read. Ask [`Scan::is_unreadable`].
    pub unreadable: BTreeSet<String>,
}

/// An article file as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The file to [`read`](super::read()).
    pub os_path: PathBuf,
    /// BLAKE3 of its bytes, lower-case hex: the one proof that a file changed or did not.
    pub hash: String,
    /// Size in bytes.
    pub size: u64,
    /// When it was written last, by the clock of the file system. A file written a moment ago
    /// may still be being written.
    pub modified: SystemTime,
}

/// The folder could not be read, which must never be taken for an empty one.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The folder is not there or cannot be listed.
    #[error("知识库文件夹 {} 打不开：{source}", .path.display())]
    Root {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The folder was replaced by another one while it was read.
    #[error("读取时知识库文件夹 {} 被换掉了", .path.display())]
    Changed {
        /// The folder.
        path: PathBuf,
    },
}

impl Scan {
    /// Whether the file at `path` may exist although it is not in [`Scan::files`], so that its
    /// last good version must be kept.
    #[must_use]
    pub fn is_unreadable(&self, path: &str) -> bool {
        let folders = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
        folders.chain([path]).any(|path| self.unreadable.contains(path))
    }
}

/// Reads the names of the whole folder and hashes every article file.
///
/// Names that begin with `.` or `_`, README.md and what editors leave behind are no articles.
/// Symbolic links to folders are not followed, those to files only within the folder. Paths are
/// NFC; of two files with one path the first in byte order is read. Limits: [`super::MAX_DEPTH`],
/// [`super::MAX_FILES`], [`super::MAX_ARTICLE_BYTES`].
///
/// # Errors
/// When the folder is not there, cannot be listed, or is exchanged meanwhile.
pub fn scan(root: &Root) -> Result<Scan, ScanError> {
    let real = root.real()?;
    let walked = walk::walk(&real)?;
    let mut scan =
        Scan { files: BTreeMap::new(), findings: walked.findings, unreadable: walked.unreadable };
    let candidates = without_twins(walked.candidates, &mut scan.findings);
    for (path, seen) in see_all(&candidates) {
        match seen {
            Ok(seen) => drop(scan.files.insert(path.to_owned(), seen)),
            Err(error) if error.is_gone() => {}
            Err(error) => {
                scan.findings.push(error.finding(path));
                scan.unreadable.insert(path.to_owned());
            }
        }
    }
    if root.real()? != real {
        return Err(ScanError::Changed { path: root.path().to_owned() });
    }
    scan.findings.sort();
    Ok(scan)
}

/// Sees the single file at `path`, by the rules of [`scan`]; `None` when there is no such article.
///
/// # Errors
/// The finding that says why a file that is there cannot be read, or, without a path, that the
/// whole folder cannot; its last good version must be kept.
pub fn look(root: &Root, path: &str) -> Result<Option<Seen>, Box<Finding>> {
    let real = root.real().map_err(|error| {
        Box::new(Finding::new("", "unreadable", Level::Error, error.to_string()))
    })?;
    let path = names::composed(path);
    let Some(candidate) = walk::find(&real, &path)? else { return Ok(None) };
    match see(&candidate.os_path) {
        Ok(seen) => Ok(Some(seen)),
        // A folder that is being taken away looks like this, too: only its absence is proof.
        Err(error) if error.is_gone() && real.is_dir() => Ok(None),
        Err(error) => Err(Box::new(error.finding(&path))),
    }
}

/// Whether a regular file that is part of the knowledge base lies at `path`, relative to `folder`.
/// Never looks outside of the folder and follows no symbolic link in it.
#[must_use]
pub fn has_file(folder: &Path, path: &str) -> bool {
    folder.canonicalize().is_ok_and(|real| walk::is_file(&real, &names::composed(path)))
}

/// Drops the later ones of files whose paths differ only in their Unicode form.
fn without_twins(candidates: Vec<Candidate>, findings: &mut Vec<Finding>) -> Vec<Candidate> {
    let mut by_path: BTreeMap<String, Candidate> = BTreeMap::new();
    for candidate in candidates {
        match by_path.entry(candidate.path.clone()) {
            Entry::Vacant(free) => drop(free.insert(candidate)),
            Entry::Occupied(taken) => findings.push(twin(taken.get(), &candidate)),
        }
    }
    by_path.into_values().collect()
}

fn twin(first: &Candidate, second: &Candidate) -> Finding {
    let name = |candidate: &Candidate| {
        let name = candidate.os_path.file_name().unwrap_or_default();
        name.to_string_lossy().escape_unicode().to_string()
    };
    let message = format!(
        "两个文件的名称只有 Unicode 写法不同（{} 和 {}），只读取了前一个",
        name(first),
        name(second)
    );
    Finding::new(&second.path, "same-path", Level::Error, message).hint("删除或改名其中一个")
}

type Sight<'a> = (&'a str, Result<Seen, ReadError>);

fn see_all(candidates: &[Candidate]) -> Vec<Sight<'_>> {
    let share = candidates.len().div_ceil(N_THREADS).max(1);
    thread::scope(|scope| {
        let spawn = |share| scope.spawn(move || see_share(share));
        let threads: Vec<_> = candidates.chunks(share).map(spawn).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("hashing has no panic"))
            .collect()
    })
}

fn see_share(candidates: &[Candidate]) -> Vec<Sight<'_>> {
    candidates.iter().map(|candidate| (candidate.path.as_str(), see(&candidate.os_path))).collect()
}

fn see(os_path: &Path) -> Result<Seen, ReadError> {
    let (bytes, metadata) = read_bytes(os_path)?;
    Ok(Seen {
        os_path: os_path.to_owned(),
        hash: hash(&bytes),
        size: bytes.len() as u64,
        modified: metadata.modified()?,
    })
}

#[cfg(test)]
mod tests;
