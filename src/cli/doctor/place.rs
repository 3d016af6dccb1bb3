//! What the file system says of a place.

use std::{
    io,
    path::{Path, PathBuf},
};

use rustix::fs::{Access, access, statfs, statvfs};

use crate::index::{Identity, IndexError, Store};

/// Folders are counted up to this number.
const MAX_FOLDERS: usize = 1_000_000;

/// File systems that others serve, by the number that Linux has for each.
/// Source: linux/magic.h, and the numbers of FUSE, Ceph and Lustre that statfs(2) lists.
const REMOTE: &[(u64, &str)] = &[
    (0x6969, "NFS"),
    (0xFF53_4D42, "CIFS"),
    (0xFE53_4D42, "SMB"),
    (0x517B, "SMB"),
    (0x6573_5546, "FUSE"),
    (0x00C3_6400, "Ceph"),
    (0x0BD0_0BD0, "Lustre"),
    (0x0102_1997, "9P"),
    (0x5346_414F, "AFS"),
];

/// The name of the network file system that a folder lies on or would; `None` on a local one.
pub(super) fn remote_file_system(path: &Path) -> Option<&'static str> {
    let kind = statfs(nearest(path)?).ok()?.f_type;
    remote_name(u64::try_from(kind).ok()?)
}

fn remote_name(kind: u64) -> Option<&'static str> {
    REMOTE.iter().find(|(number, _)| *number == kind).map(|(_, name)| *name)
}

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
    fn file_systems_of_others_are_known() {
        assert_eq!(remote_name(0x6969), Some("NFS"));
        // ext4 and tmpfs.
        assert_eq!((remote_name(0xEF53), remote_name(0x0102_1994)), (None, None));
        assert_eq!(remote_file_system(Path::new("/proc/self")), None);
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
