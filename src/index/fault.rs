//! Whose fault an error is: the content of a file, which a new index mends, or the disk, which may
//! be well again in a minute and still have a good index.

use std::{error::Error, io};

use tantivy::{
    TantivyError,
    directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError},
};

use super::IndexError;

impl IndexError {
    /// Whether the files are not what was written, rather than out of reach.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        let is_locked = matches!(self, Self::Locked(_));
        !is_locked && self.refusal().is_none()
    }

    /// Why the disk refused, in Chinese, for people who can do something about it; `None` when it
    /// is not known to be the disk.
    #[must_use]
    pub fn disk_reason(&self) -> Option<&'static str> {
        use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        Some(match self.refusal()? {
            StorageFull | QuotaExceeded => "磁盘已满",
            ReadOnlyFilesystem => "磁盘只读",
            PermissionDenied => "没有索引目录的写入权限",
            _ => "磁盘读写出错",
        })
    }

    fn refusal(&self) -> Option<io::ErrorKind> {
        match self {
            Self::Locked(_) | Self::Damaged(_) => None,
            Self::Io(error) => refusal(error),
            Self::Engine(error) => refusal(io_error(error)?),
        }
    }
}

/// The error of the operating system in an error of the search engine.
fn io_error(error: &TantivyError) -> Option<&io::Error> {
    match error {
        TantivyError::IoError(error)
        | TantivyError::LockFailure(LockError::IoError(error), _)
        | TantivyError::OpenReadError(OpenReadError::IoError { io_error: error, .. })
        | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: error, .. })
        | TantivyError::OpenDirectoryError(OpenDirectoryError::IoError {
            io_error: error, ..
        }) => Some(error),
        _ => None,
    }
}

/// How the operating system refused. A file that is missing, or a folder where a file should be,
/// is damage instead, and so is what the search engine calls an error of reading because of what
/// it read.
fn refusal(error: &io::Error) -> Option<io::ErrorKind> {
    use io::ErrorKind::{IsADirectory, NotADirectory, NotFound, ReadOnlyFilesystem};
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>()
            && (error.raw_os_error().is_some() || error.kind() == ReadOnlyFilesystem)
        {
            let is_damage = matches!(error.kind(), NotFound | IsADirectory | NotADirectory);
            return (!is_damage).then(|| error.kind());
        }
        cause = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use std::{path::PathBuf, sync::Arc};

    use super::*;

    const EIO: i32 = 5;
    const EMFILE: i32 = 24;
    const ENOENT: i32 = 2;

    #[test]
    fn what_the_disk_refuses_is_no_damage() {
        let os = io::Error::from_raw_os_error;
        let read = |error| {
            let (io_error, filepath) = (Arc::new(error), PathBuf::new());
            IndexError::from(TantivyError::from(OpenReadError::IoError { io_error, filepath }))
        };
        let table = [
            (IndexError::Io(os(EIO)), false),
            (IndexError::Io(os(ENOENT)), true),
            (IndexError::Io(io::ErrorKind::InvalidData.into()), true),
            (read(os(EMFILE)), false),
            (read(io::Error::other("bad magic")), true),
            (TantivyError::from(os(EIO)).into(), false),
            (TantivyError::InvalidArgument(String::new()).into(), true),
            (IndexError::Damaged(String::new()), true),
            (IndexError::Locked(PathBuf::new()), false),
        ];
        for (error, is_damage) in table {
            assert_eq!(error.is_damage(), is_damage, "{error:?}");
        }
        let missing = fs_err::read("/nowhere/at/all").unwrap_err();
        assert!(IndexError::Io(missing).is_damage());
    }
}
