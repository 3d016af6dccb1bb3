//! A folder of index files whose writes are not forced to disk.
//!
//! The index is derived and verified at every start, and durability is git's; forcing each commit
//! to disk would cost ten times the commit itself.

use std::{
    collections::HashMap,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, OwnedBytes,
    TerminatingWrite, WatchCallback, WatchHandle, WritePtr,
    error::{DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError},
};

use super::disk::{Disk, NewFile};

/// Files up to this size are read into memory. A mapped file that is truncated, or whose disk
/// fails, takes the whole process with it; one that was read is an error at most.
const MAX_READ_BYTES: u64 = 16 << 20;

/// Reading into memory, plain writing.
#[derive(Debug, Clone)]
pub(super) struct UnsyncedDirectory {
    path: PathBuf,
    disk: Arc<dyn Disk>,
    mapped: MmapDirectory,
    /// Files in memory that somebody still uses: every reload opens all segments again.
    in_use: Arc<Mutex<HashMap<PathBuf, Weak<OwnedBytes>>>>,
}

impl UnsyncedDirectory {
    /// Opens an existing folder.
    ///
    /// # Errors
    /// When it is not a readable folder.
    pub(super) fn open(path: &Path, disk: &Arc<dyn Disk>) -> Result<Self, OpenDirectoryError> {
        let mapped = MmapDirectory::open(path)?;
        Ok(Self { path: path.to_owned(), disk: Arc::clone(disk), mapped, in_use: Arc::default() })
    }

    /// The file in memory, read unless it is there already.
    fn in_memory(&self, path: &Path) -> io::Result<Arc<OwnedBytes>> {
        let mut in_use = self.in_use.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bytes) = in_use.get(path).and_then(Weak::upgrade) {
            return Ok(bytes);
        }
        let bytes = Arc::new(OwnedBytes::new(self.disk.read(&self.path.join(path))?));
        in_use.retain(|_, bytes| bytes.strong_count() > 0);
        in_use.insert(path.to_owned(), Arc::downgrade(&bytes));
        Ok(bytes)
    }
}

fn not_read(error: io::Error, path: &Path) -> OpenReadError {
    match error.kind() {
        io::ErrorKind::NotFound => OpenReadError::FileDoesNotExist(path.to_owned()),
        _ => OpenReadError::wrap_io_error(error, path.to_owned()),
    }
}

struct PlainFile(NewFile);

impl Write for PlainFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl TerminatingWrite for PlainFile {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        self.0.flush()
    }
}

impl Directory for UnsyncedDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let size = fs_err::metadata(self.path.join(path)).map_err(|error| not_read(error, path))?;
        if size.len() > MAX_READ_BYTES {
            return self.mapped.get_file_handle(path);
        }
        Ok(self.in_memory(path).map_err(|error| not_read(error, path))?)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.disk.remove(&self.path.join(path)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => DeleteError::FileDoesNotExist(path.to_owned()),
            _ => DeleteError::IoError { io_error: Arc::new(error), filepath: path.to_owned() },
        })
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.mapped.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let file = self.disk.create(&self.path.join(path)).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => OpenWriteError::FileAlreadyExists(path.to_owned()),
            _ => OpenWriteError::wrap_io_error(error, path.to_owned()),
        })?;
        Ok(BufWriter::new(Box::new(PlainFile(file))))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.disk.read(&self.path.join(path)).map_err(|error| not_read(error, path))
    }

    /// A reader sees the old file or the new one, never a part.
    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        let target = self.path.join(path);
        let part = target.with_extension("part");
        self.disk.write(&part, data)?;
        self.disk.rename(&part, &target)
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        match self.mapped.acquire_lock(lock) {
            // Where nobody can write nothing changes while it is read; a writer fails soon enough.
            Err(LockError::IoError(error)) if is_unwritable(&error) => {
                Ok(DirectoryLock::from(Box::new(())))
            }
            outcome => outcome,
        }
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.mapped.watch(callback)
    }
}

fn is_unwritable(error: &io::Error) -> bool {
    use io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem, StorageFull};
    matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem | StorageFull)
}
