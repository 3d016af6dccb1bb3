//! Where an export goes: written beside its target under a hidden name, and renamed when it is
//! whole. What an export replaces is known by a marker file.

use std::{
    ffi::OsStr,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use super::{ExportError, Format};

/// Says of a folder that exports wrote it, so that the next one may replace it.
pub(super) const MARKER: &str = ".jiuji-export";

const MARKER_TEXT: &str =
    "这个文件夹由 jiuji export 写成，下一次导出会整个替换它。请不要在里面放别的文件。\n";

/// How many folders that were no exports are kept under names of their own.
const MAX_KEPT: usize = 1000;

/// A file that is being written; removed unless it is finished.
#[derive(Debug)]
pub(super) struct NewFile {
    target: PathBuf,
    temporary: PathBuf,
    writer: BufWriter<File>,
    /// A folder that becomes a former export with this file.
    marks: Option<PathBuf>,
    is_finished: bool,
}

/// The file `name` in the folder `target`, or `target` itself if it has the extension of `name`.
///
/// # Errors
/// When something is there that is no former export and `force` does not say that it may go.
pub(super) fn file(target: &Path, name: &str, force: bool) -> Result<NewFile, ExportError> {
    let extension = |path: &Path| path.extension().map(OsStr::to_ascii_lowercase);
    let is_file = extension(target) == extension(Path::new(name)) && !target.is_dir();
    if is_file {
        if target.exists() && !force {
            return Err(ExportError::Present(target.to_owned()));
        }
        return NewFile::create(target.to_owned(), None);
    }
    let is_ours = is_ours(target)?;
    if !is_ours && !force {
        return Err(ExportError::Foreign(target.to_owned()));
    }
    NewFile::create(target.join(name), is_ours.then(|| target.to_owned()))
}

impl NewFile {
    fn create(target: PathBuf, marks: Option<PathBuf>) -> Result<Self, ExportError> {
        let target = absolute(&target)?;
        if target.is_dir() {
            return Err(ExportError::Unfit(target, "那里有一个文件夹"));
        }
        let (folder, temporary) = beside(&target)?;
        fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
        let options = OpenOptions::new().write(true).create(true).truncate(false).clone();
        let file = options.open(&temporary).map_err(|source| failed(&temporary, source))?;
        lock(&file, &target)?;
        file.set_len(0).map_err(|source| failed(&temporary, source))?;
        let writer = BufWriter::new(file);
        Ok(Self { target, temporary, writer, marks, is_finished: false })
    }

    /// Where to write to.
    pub(super) fn writer(&mut self) -> &mut BufWriter<File> {
        &mut self.writer
    }

    /// The error that nothing can be written.
    pub(super) fn failed(&self, source: io::Error) -> ExportError {
        failed(&self.target, source)
    }

    /// Puts the file in its place; gives that and its size in bytes.
    pub(super) fn finish(mut self) -> Result<(PathBuf, u64), ExportError> {
        let n_bytes = self.put().map_err(|source| failed(&self.target, source))?;
        self.is_finished = true;
        if let Some(folder) = &self.marks {
            mark(folder)?;
        }
        Ok((self.target.clone(), n_bytes))
    }

    fn put(&mut self) -> io::Result<u64> {
        self.writer.flush()?;
        let file = self.writer.get_ref();
        file.sync_all()?;
        let n_bytes = file.metadata()?.len();
        fs::rename(&self.temporary, &self.target)?;
        Ok(n_bytes)
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.is_finished {
            // What matters is why it was not finished.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// A folder that is being written; removed unless it is finished.
#[derive(Debug)]
pub(super) struct NewFolder {
    target: PathBuf,
    temporary: PathBuf,
    n_bytes: u64,
    /// Whether what it replaces may go.
    replaces: bool,
    /// Locked as long as it is written.
    _marker: File,
    is_finished: bool,
}

impl NewFolder {
    /// A new folder in place of `target`.
    ///
    /// # Errors
    /// When something is there that is no former export and `force` does not say that it may be
    /// moved away, or when `target` holds the folder `kb`.
    pub(super) fn create(target: &Path, kb: &Path, force: bool) -> Result<Self, ExportError> {
        let replaces = is_ours(target)?;
        if !replaces && !force {
            return Err(ExportError::Foreign(target.to_owned()));
        }
        let target = absolute(target)?;
        if absolute(kb)?.starts_with(&target) {
            return Err(ExportError::Unfit(target, "知识库在里面"));
        }
        let (folder, temporary) = beside(&target)?;
        fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
        let marker = begin(&temporary, &target)?;
        let (n_bytes, is_finished) = (0, false);
        Ok(Self { target, temporary, n_bytes, replaces, _marker: marker, is_finished })
    }

    /// Writes a file; `name` may lead through folders that are made.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), ExportError> {
        let path = self.temporary.join(name);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all);
        let written = written.and_then(|()| File::create(&path)?.write_all(bytes));
        written.map_err(|source| failed(&self.target.join(name), source))?;
        self.n_bytes += bytes.len() as u64;
        Ok(())
    }

    /// Puts the folder in its place; gives that, its bytes, and where a folder was moved that was
    /// no former export.
    ///
    /// # Errors
    /// When it cannot be renamed; then the former one is where it was.
    pub(super) fn finish(mut self) -> Result<(PathBuf, u64, Option<PathBuf>), ExportError> {
        if self.replaces {
            self.take_along()?;
        }
        sync(&self.temporary);
        let had_former = self.target.exists();
        put(&self.temporary, &self.target).map_err(|source| failed(&self.target, source))?;
        self.is_finished = true;
        let kept = if had_former { self.clear()? } else { None };
        Ok((self.target.clone(), self.n_bytes, kept))
    }

    /// Files that other formats wrote into the former folder stay.
    fn take_along(&self) -> Result<(), ExportError> {
        for name in Format::file_names() {
            let (from, to) = (self.target.join(name), self.temporary.join(name));
            if from.is_file() {
                fs::copy(&from, &to).map_err(|source| failed(&to, source))?;
            }
        }
        Ok(())
    }

    /// Removes the former folder, which has the temporary name now; one that is no export is kept
    /// under a name that is free.
    fn clear(&self) -> Result<Option<PathBuf>, ExportError> {
        if self.replaces {
            let removed = fs::remove_dir_all(&self.temporary);
            return removed.map(|()| None).map_err(|source| failed(&self.temporary, source));
        }
        let name = self.target.file_name().unwrap_or_default().to_string_lossy();
        let names = (1..MAX_KEPT).map(|n| self.target.with_file_name(format!("{name}.old-{n}")));
        let Some(free) = names.into_iter().find(|path| !path.exists()) else {
            return Ok(Some(self.temporary.clone()));
        };
        let renamed = fs::rename(&self.temporary, &free);
        renamed.map(|()| Some(free)).map_err(|source| failed(&self.temporary, source))
    }
}

impl Drop for NewFolder {
    fn drop(&mut self) {
        if !self.is_finished {
            // What matters is why it was not finished.
            let _ = fs::remove_dir_all(&self.temporary);
        }
    }
}

/// Whether a folder may be replaced without asking: it is not there, empty, or a former export.
fn is_ours(folder: &Path) -> Result<bool, ExportError> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(folder.join(MARKER).is_file() || entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            Err(ExportError::NotAFolder(folder.to_owned()))
        }
        Err(source) => Err(failed(folder, source)),
    }
}

/// The same place whatever links lead to it; what is not there yet is taken as it is written.
fn absolute(path: &Path) -> Result<PathBuf, ExportError> {
    if let Ok(real) = path.canonicalize() {
        return Ok(real);
    }
    std::path::absolute(path).map_err(|source| failed(path, source))
}

/// The folder of `target` and the hidden name beside it.
fn beside(target: &Path) -> Result<(&Path, PathBuf), ExportError> {
    let (Some(folder), Some(name)) = (target.parent(), target.file_name()) else {
        return Err(ExportError::Unfit(target.to_owned(), "它是最上层的文件夹"));
    };
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(".jiuji-tmp");
    Ok((folder, folder.join(hidden)))
}

/// Makes the temporary folder and locks its marker; what an export that was killed left is removed.
fn begin(temporary: &Path, target: &Path) -> Result<File, ExportError> {
    if let Ok(left) = File::open(temporary.join(MARKER)) {
        lock(&left, target)?;
    }
    if temporary.exists() {
        fs::remove_dir_all(temporary).map_err(|source| failed(temporary, source))?;
    }
    fs::create_dir(temporary).map_err(|source| failed(temporary, source))?;
    let marker = mark(temporary)?;
    lock(&marker, target)?;
    Ok(marker)
}

fn mark(folder: &Path) -> Result<File, ExportError> {
    let path = folder.join(MARKER);
    let write = || {
        let mut file = File::create(&path)?;
        file.write_all(MARKER_TEXT.as_bytes())?;
        Ok(file)
    };
    write().map_err(|source| failed(&path, source))
}

fn lock(file: &File, target: &Path) -> Result<(), ExportError> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(ExportError::Busy(target.to_owned())),
        // Where files cannot be locked, two exports to one place at a time are the user's affair.
        _ => Ok(()),
    }
}

/// Sees to it that everything is on the disk before the former export goes.
fn sync(folder: &Path) {
    #[cfg(target_os = "linux")]
    if let Ok(folder) = File::open(folder) {
        // Not every file system can; the rename is still in order.
        let _ = rustix::fs::syncfs(folder);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = folder;
}

/// Renames `temporary` to `target`; what was there has the temporary name then.
fn put(temporary: &Path, target: &Path) -> io::Result<()> {
    if !target.exists() {
        return fs::rename(temporary, target);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, temporary, CWD, target, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    exchange(temporary, target)
}

/// The same for file systems that cannot exchange two names at once.
fn exchange(temporary: &Path, target: &Path) -> io::Result<()> {
    let aside = temporary.with_extension("jiuji-old");
    fs::rename(target, &aside)?;
    if let Err(error) = fs::rename(temporary, target) {
        fs::rename(&aside, target)?;
        return Err(error);
    }
    fs::rename(&aside, temporary)
}

fn failed(path: &Path, source: io::Error) -> ExportError {
    ExportError::Write { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests;
