//! The disk as the index sees it. Whatever changes a file of the index goes through here, and so
//! does whatever reads one, so that tests can be a disk that is full, broken, slow or without
//! power.

use std::{
    fmt,
    io::{self, Write},
    path::Path,
};

use fs_err as fs;

/// A piece of work that may fail without any file: tests stop here, the real disk does not care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The file of an article is about to be read.
    Read,
    /// Its text is about to be parsed.
    Parse,
    /// An article is about to be cut into tokens.
    Analyse,
    /// A document is about to be handed to the search engine.
    Add,
    /// Changes are about to be committed.
    Commit,
    /// What was committed is about to be opened.
    Reload,
    /// A new state is about to be published.
    Swap,
}

impl Step {
    /// All of them, in the order of an update.
    pub const ALL: [Self; 7] =
        [Self::Read, Self::Parse, Self::Analyse, Self::Add, Self::Commit, Self::Reload, Self::Swap];
}

/// A file that is being written.
pub type NewFile = Box<dyn Write + Send + Sync>;

/// What an index needs of a disk; all that is given here is the real one.
#[expect(clippy::missing_errors_doc, reason = "each fails where the file system does")]
pub trait Disk: fmt::Debug + Send + Sync {
    /// A step begins; an error here is an error of the step.
    fn reaches(&self, _step: Step) -> io::Result<()> {
        Ok(())
    }

    /// The whole content of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    /// Names of what is in a folder.
    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let name = |entry: io::Result<fs::DirEntry>| {
            entry.map(|entry| entry.file_name().to_string_lossy().into_owned())
        };
        fs::read_dir(path)?.map(name).collect()
    }

    /// Makes a folder and those above it.
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    /// Opens a file to be locked, making it if need be.
    fn open_lock(&self, path: &Path) -> io::Result<fs::File> {
        fs::OpenOptions::new().create(true).truncate(false).write(true).open(path)
    }

    /// Makes a file that is not there yet.
    fn create(&self, path: &Path) -> io::Result<NewFile> {
        Ok(Box::new(fs::OpenOptions::new().write(true).create_new(true).open(path)?))
    }

    /// Writes a file anew.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        fs::write(path, bytes)
    }

    /// Writes at the end of a file.
    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        fs::OpenOptions::new().create(true).append(true).open(path)?.write_all(bytes)
    }

    /// Renames a file or a folder.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    /// Removes a folder and all in it.
    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir_all(path)
    }

    /// Forces a file, or the names in a folder, to the medium.
    fn sync(&self, path: &Path) -> io::Result<()> {
        fs::File::open(path)?.sync_all()
    }
}

/// The disk of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

impl Disk for RealDisk {}
