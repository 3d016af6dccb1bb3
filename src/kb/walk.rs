//! Which files of the folder are articles.

use std::{
    collections::BTreeSet,
    fs::{self, DirEntry, FileType},
    io,
    path::{Path, PathBuf},
};

use super::{ScanError, names};
use crate::article::{Finding, Level};

/// Deepest folder that is read: the root has depth 0.
pub const MAX_DEPTH: usize = 32;

/// Most article files of a knowledge base; files after these, in the order of the walk, are left
/// out.
pub const MAX_FILES: usize = 250_000;

/// Most names the walk looks at, so that a folder chosen by mistake (`/`) ends in time.
const MAX_ENTRIES: usize = 1_000_000;

/// A regular file that is an article by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    /// Path in the knowledge base.
    pub(super) path: String,
    /// The file to open; of a symbolic link, what it leads to.
    pub(super) os_path: PathBuf,
}

/// What a walk found.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// Sorted by the bytes of the path on disk, folder by folder.
    pub(super) candidates: Vec<Candidate>,
    pub(super) findings: Vec<Finding>,
    /// Folders that could not be listed, and names of articles that are no files.
    pub(super) unreadable: BTreeSet<String>,
    n_entries: usize,
}

struct Folder {
    path: String,
    os_path: PathBuf,
    depth: usize,
}

/// Walks the folder at `real`, a path without symbolic links.
///
/// # Errors
/// When `real` itself cannot be listed.
pub(super) fn walk(real: &Path) -> Result<Walked, ScanError> {
    let mut walked = Walked::default();
    let root = Folder { path: String::new(), os_path: real.to_owned(), depth: 0 };
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        let entries = match list(&folder.os_path) {
            Ok(entries) => entries,
            Err(source) if folder.depth == 0 => {
                return Err(ScanError::Root { path: real.to_owned(), source });
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                walked.skip_folder(&folder.path, &error);
                continue;
            }
        };
        walked.n_entries += entries.len();
        let mut inner = Vec::new();
        for entry in entries {
            inner.extend(walked.visit(real, &folder, &entry));
        }
        folders.extend(inner.into_iter().rev());
        if walked.is_full() {
            break;
        }
    }
    Ok(walked)
}

/// The entries of a folder in byte order.
fn list(os_path: &Path) -> io::Result<Vec<DirEntry>> {
    let mut entries = fs::read_dir(os_path)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(DirEntry::file_name);
    Ok(entries)
}

impl Walked {
    /// Notes an article, or returns a folder to go into.
    fn visit(&mut self, real: &Path, parent: &Folder, entry: &DirEntry) -> Option<Folder> {
        let name = entry.file_name();
        let shown = name.to_string_lossy();
        if names::is_ignored(&shown) {
            return None;
        }
        let path = names::join(&parent.path, &shown);
        let Ok(kind) = entry.file_type() else { return None };
        if (name.to_str().is_none() || !names::is_printable(&shown))
            && (kind.is_dir() || names::is_article(&shown))
        {
            self.findings.push(unusable_name(&path));
            return None;
        }
        if kind.is_dir() {
            return self.enter(parent, path, entry.path());
        }
        match article_file(real, &path, entry.path(), kind, &shown) {
            Ok(candidate) => self.candidates.extend(candidate),
            Err(finding) => {
                if names::is_article(&shown) {
                    self.unreadable.insert(finding.path.clone());
                }
                self.findings.push(*finding);
            }
        }
        None
    }

    fn enter(&mut self, parent: &Folder, path: String, os_path: PathBuf) -> Option<Folder> {
        let depth = parent.depth + 1;
        if depth > MAX_DEPTH {
            let message = format!("文件夹超过 {MAX_DEPTH} 层，里面的文件没有读取");
            self.findings.push(Finding::new(&path, "too-deep", Level::Error, message));
            return None;
        }
        Some(Folder { path, os_path, depth })
    }

    fn skip_folder(&mut self, path: &str, error: &io::Error) {
        let message = format!("文件夹打不开：{error}");
        let finding = Finding::new(path, "unreadable", Level::Error, message);
        self.findings.push(finding.hint("检查文件夹权限和磁盘"));
        self.unreadable.insert(path.to_owned());
    }

    /// Cuts the walk off at its limits.
    fn is_full(&mut self) -> bool {
        if self.candidates.len() <= MAX_FILES && self.n_entries <= MAX_ENTRIES {
            return false;
        }
        self.candidates.truncate(MAX_FILES);
        let message = format!(
            "文件太多：最多读取 {MAX_FILES} 篇文章、查看 {MAX_ENTRIES} 个文件名，其余没有读取"
        );
        self.findings.push(Finding::new("", "too-many-files", Level::Error, message));
        true
    }
}

/// The article file at `os_path`; `None` when its name is not that of an article.
///
/// A symbolic link is followed only to a file in the folder that could be an article itself.
/// So neither `/etc/passwd` nor `.git/config` can be published by pushing a link.
fn article_file(
    real: &Path,
    path: &str,
    os_path: PathBuf,
    kind: FileType,
    name: &str,
) -> Result<Option<Candidate>, Box<Finding>> {
    let is_article = names::is_article(name);
    if kind.is_symlink() && (is_article || os_path.is_dir()) {
        return link_target(real, path, &os_path).map(Some);
    }
    if !is_article {
        return Ok(None);
    }
    if kind.is_file() {
        return Ok(Some(Candidate { path: path.to_owned(), os_path }));
    }
    Err(Box::new(Finding::new(path, "not-a-file", Level::Warning, "不是普通文件，没有读取")))
}

fn link_target(real: &Path, path: &str, os_path: &Path) -> Result<Candidate, Box<Finding>> {
    let refused = |reason: &str| {
        let message = format!("符号链接{reason}，没有读取");
        Box::new(Finding::new(path, "symlink", Level::Warning, message))
    };
    let target = os_path.canonicalize().map_err(|_| refused("指向的文件不存在"))?;
    if !target.starts_with(real) {
        return Err(refused("指向知识库之外"));
    }
    if target.is_dir() {
        return Err(refused("指向文件夹"));
    }
    let name = target.file_name().and_then(|name| name.to_str());
    if target.is_file() && name.is_some_and(names::is_article) {
        Ok(Candidate { path: path.to_owned(), os_path: target })
    } else {
        Err(refused("指向的不是文章文件"))
    }
}

fn unusable_name(path: &str) -> Finding {
    let path: String = path.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    let message = "名称不是 UTF-8 或含有控制字符，没有读取";
    Finding::new(&path, "file-name", Level::Error, message).hint("改用普通文字命名")
}

/// The candidate at `path` in the knowledge base, found by the rules of [`walk`].
pub(super) fn find(real: &Path, path: &str) -> Result<Option<Candidate>, Box<Finding>> {
    let parts: Vec<&str> = path.split('/').collect();
    if parts.len() > MAX_DEPTH + 1 || !parts.iter().all(|part| is_usable(part)) {
        return Ok(None);
    }
    let mut refused = None;
    for os_path in paths_on_disk(real, &parts) {
        match article_at(real, path, os_path) {
            Ok(None) => {}
            Ok(found) => return Ok(found),
            Err(finding) => refused = refused.or(Some(finding)),
        }
    }
    refused.map_or(Ok(None), Err)
}

/// Whether a regular file lies at `path` in the folder `real`, reached through no symbolic link.
/// Nothing is found under hidden names.
pub(super) fn is_file(real: &Path, path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let is_file = |path: &PathBuf| path.symlink_metadata().is_ok_and(|file| file.is_file());
    // `.` and `..` begin with a dot.
    let is_plain =
        |part: &&str| !part.is_empty() && !part.starts_with('.') && names::is_printable(part);
    parts.len() <= MAX_DEPTH + 1
        && parts.iter().all(is_plain)
        && paths_on_disk(real, &parts).iter().any(is_file)
}

fn article_at(
    real: &Path,
    path: &str,
    os_path: PathBuf,
) -> Result<Option<Candidate>, Box<Finding>> {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    match fs::symlink_metadata(&os_path) {
        Ok(metadata) if metadata.is_dir() => Ok(None),
        Ok(metadata) => article_file(real, path, os_path, metadata.file_type(), name),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Box::new(super::ReadError::Io(error).finding(path))),
    }
}

fn is_usable(part: &str) -> bool {
    // `.` and `..` begin with a dot.
    !part.is_empty() && !names::is_ignored(part) && names::is_printable(part)
}

/// The paths whose composed form is that of `parts`, the first in byte order first. All folders
/// on them are real ones and no symbolic links.
fn paths_on_disk(real: &Path, parts: &[&str]) -> Vec<PathBuf> {
    let mut paths = vec![real.to_owned()];
    for part in parts {
        let is_folder = |path: &PathBuf| path.symlink_metadata().is_ok_and(|path| path.is_dir());
        paths.retain(is_folder);
        paths = paths.iter().flat_map(|path| names_on_disk(path, part)).collect();
    }
    paths
}

/// What lies in the folder under a name whose composed form is `name`.
fn names_on_disk(folder: &Path, name: &str) -> Vec<PathBuf> {
    if !names::has_variants(name) {
        return vec![folder.join(name)];
    }
    let same = |entry: &DirEntry| {
        entry.file_name().to_str().is_some_and(|other| names::composed(other) == name)
    };
    let entries = list(folder).unwrap_or_default();
    entries.into_iter().filter(same).map(|entry| entry.path()).collect()
}
