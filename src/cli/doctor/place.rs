//! What the file system says of a place.

use std::{
    io,
    path::{Path, PathBuf},
};

use rustix::fs::{Access, access, statvfs};

use crate::index::{Identity, IndexError, Store};

/// Folders are counted up to this number.
const MAX_FOLDERS: usize = 1_000_000;

/// Takes the lock of an index folder that is there, and gives it back at once.
///
/// # Errors
/// As [`Store::lock`].
pub(super) fn try_lock(index: &Path) -> Result<(), IndexError> {
    // What an index would be made from does not matter for taking the lock.
    let (vocabulary, root) = (String::new(), String::new());
    let identity = Identity { schema: 0, analyzer: 0, vocabulary, root };
    Store::lock(index, identity).map(drop)
}

/// Whether a folder that is not there could be made.
///
/// # Errors
/// When the nearest folder above that is there cannot be written.
pub(super) fn writable_above(path: &Path) -> io::Result<()> {
    let Some(above) = nearest(path) else { return Err(io::ErrorKind::NotFound.into()) };
    if !above.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    Ok(access(&above, Access::WRITE_OK)?)
}

/// Bytes a user may still write where a folder is or would be; `None` when the system does not
/// say.
pub(super) fn free_bytes(path: &Path) -> Option<u64> {
    let statistics = statvfs(nearest(path)?).ok()?;
    Some(statistics.f_bavail.saturating_mul(statistics.f_frsize))
}

/// Number of folders at and below one, without following links; at most a million.
pub(super) fn n_folders(folder: &Path) -> usize {
    let mut open = vec![folder.to_owned()];
    let mut n_folders = 0;
    while let Some(folder) = open.pop() {
        n_folders += 1;
        if n_folders + open.len() >= MAX_FOLDERS {
            return MAX_FOLDERS;
        }
        let entries = fs_err::read_dir(folder).into_iter().flatten().flatten();
        let is_folder =
            |entry: &fs_err::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
        open.extend(entries.filter(is_folder).map(|entry| entry.path()));
    }
    n_folders
}

/// The path itself or the nearest one above that is there.
fn nearest(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    path.ancestors().find(|path| path.exists()).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_is_not_there_is_judged_by_the_one_above() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b/c");
        assert!(writable_above(&deep).is_ok());
        assert!(free_bytes(&deep).is_some_and(|n| n > 0));
        fs_err::write(folder.path().join("file"), "").unwrap();
        assert!(writable_above(&folder.path().join("file/data")).is_err());
    }

    #[test]
    fn every_folder_counts_once() {
        let folder = tempfile::tempdir().unwrap();
        fs_err::create_dir_all(folder.path().join("a/b")).unwrap();
        fs_err::create_dir_all(folder.path().join("c")).unwrap();
        fs_err::write(folder.path().join("c/d.md"), "").unwrap();
        assert_eq!(n_folders(folder.path()), 4);
    }
}
