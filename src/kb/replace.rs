//! Writing an article anew: the one place where the folder is written to.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{self, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
    process,
};

use super::{
    ReadError, Root, ScanError, names,
    read::{hash, read_bytes},
};

/// An article file that was left as it is.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceError {
    /// The file is no longer what it was when it was read.
    #[error("文件刚被改过，没有动")]
    Changed,
    /// The path is that of a symbolic link.
    #[error("是符号链接，没有动")]
    Link,
    /// The folder cannot be found any more.
    #[error(transparent)]
    Root(#[from] ScanError),
    /// The file could not be read again.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The new file could not be written.
    #[error("文件写不进去：{0}")]
    Io(#[from] io::Error),
}

/// Replaces the article file at `path`, seen at `os_path` with the content of this `hash`.
///
/// At any moment there is the old file or the new one, whole: a temporary file beside it, hidden
/// from every scan, is written, synced and renamed. Owner and permissions are kept.
///
/// # Errors
/// When the file changed, is a symbolic link, or cannot be written; then it is as it was.
pub fn replace(
    root: &Root,
    path: &str,
    os_path: &Path,
    hash: &str,
    bytes: &[u8],
) -> Result<(), ReplaceError> {
    let real = root.real()?;
    let inside = os_path.strip_prefix(&real).map_err(|_| ReplaceError::Link)?;
    // A link is seen at the place of its target.
    if names::composed(&inside.to_string_lossy()) != path {
        return Err(ReplaceError::Link);
    }
    let metadata = unchanged(os_path, hash)?;
    let folder = os_path.parent().ok_or(io::ErrorKind::InvalidInput).map_err(io::Error::from)?;
    let temporary = folder.join(format!(".jiuji-{}.tmp", process::id()));
    let written = write(&temporary, &metadata, bytes).map_err(ReplaceError::from);
    let written = written.and_then(|()| unchanged(os_path, hash));
    let renamed = written.and_then(|_| Ok(fs::rename(&temporary, os_path)?));
    if renamed.is_err() {
        // What matters is why it was not written.
        let _ = fs::remove_file(&temporary);
    } else if let Ok(folder) = File::open(folder) {
        // Not every file system can sync a folder; the file itself is safe.
        let _ = folder.sync_all();
    }
    renamed
}

fn unchanged(os_path: &Path, expected: &str) -> Result<Metadata, ReplaceError> {
    let (bytes, metadata) = read_bytes(os_path)?;
    if hash(&bytes) == expected { Ok(metadata) } else { Err(ReplaceError::Changed) }
}

fn write(temporary: &Path, old: &Metadata, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(temporary)?;
    file.write_all(bytes)?;
    let new = file.metadata()?;
    if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
        let owner = (rustix::fs::Uid::from_raw(old.uid()), rustix::fs::Gid::from_raw(old.gid()));
        rustix::fs::fchown(&file, Some(owner.0), Some(owner.1))?;
    }
    file.set_permissions(old.permissions())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().canonicalize().unwrap().join("a.md");
        fs_err::write(&file, "新").unwrap();
        let root = Root::new(folder.path()).unwrap();
        let replace = |seen: &str| replace(&root, "a.md", &file, &hash(seen.as_bytes()), b"x");
        assert!(matches!(replace("旧"), Err(ReplaceError::Changed)));
        assert_eq!(fs_err::read_to_string(&file).unwrap(), "新");
        replace("新").unwrap();
        assert_eq!(fs_err::read_to_string(&file).unwrap(), "x");
        assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 1);
    }
}
