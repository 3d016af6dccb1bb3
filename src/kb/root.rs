//! Where the knowledge base lies.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::ScanError;

/// The folder of a knowledge base.
///
/// The folder may vanish and come back (an unmounted disk, a swapped symbolic link), so a `Root`
/// says where it should be; whether it is there is found out by every scan anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    given: PathBuf,
    absolute: PathBuf,
}

impl Root {
    /// The folder at `path`, relative to the current directory of the process.
    ///
    /// # Errors
    /// When `path` is empty or the current directory is not known.
    pub fn new(path: impl AsRef<Path>) -> Result<Self, ScanError> {
        let given = path.as_ref().to_owned();
        match std::path::absolute(&given) {
            Ok(absolute) => Ok(Self { given, absolute }),
            Err(source) => Err(ScanError::Root { path: given, source }),
        }
    }

    /// The absolute path; symbolic links in it are not resolved.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.absolute
    }

    /// The path as it was given, for messages.
    #[must_use]
    pub fn given(&self) -> &Path {
        &self.given
    }

    /// The folder behind all symbolic links, which holds only for the moment.
    pub(super) fn real(&self) -> Result<PathBuf, ScanError> {
        let failed = |source| ScanError::Root { path: self.given.clone(), source };
        let real = self.absolute.canonicalize().map_err(failed)?;
        if real.is_dir() { Ok(real) } else { Err(failed(io::ErrorKind::NotADirectory.into())) }
    }
}
