//! A disk that fails on demand: every operation of the index on its files is counted, may be
//! written down, and may fail.

use std::{
    fmt, io,
    io::Write,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use jiuji::index::{Disk, NewFile, RealDisk, Step};

const EIO: i32 = 5;
const ENOSPC: i32 = 28;

/// How something fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// No space is left.
    Full,
    /// The medium cannot be read or written.
    Broken,
    /// The program has a bug there.
    Panic,
    /// It works, but not soon.
    Delay(Duration),
}

impl Fault {
    fn happens(self) -> io::Result<()> {
        match self {
            Self::Full => Err(io::Error::from_raw_os_error(ENOSPC)),
            Self::Broken => Err(io::Error::from_raw_os_error(EIO)),
            Self::Panic => panic!("injected"),
            Self::Delay(time) => {
                thread::sleep(time);
                Ok(())
            }
        }
    }
}

/// What fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// The writing operation of this number, from 1.
    Write(usize),
    /// All writing operations from this one on.
    WritesFrom(usize),
    /// The reading operation of this number, from 1.
    Read(usize),
    /// All reading operations.
    Reads,
    /// This step, when it is reached the so-manieth time.
    Step(Step, usize),
}

/// An operation that changed something.
#[derive(Debug, Clone)]
pub(super) enum Op {
    /// A new, empty file.
    Create(PathBuf),
    /// More bytes at the end of a file.
    Append(PathBuf, Vec<u8>),
    /// All bytes of a file.
    Write(PathBuf, Vec<u8>),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
    RemoveFolder(PathBuf),
    Sync(PathBuf),
}

/// Counts, faults and notes.
#[derive(Default)]
struct Book {
    n_writes: AtomicUsize,
    n_reads: AtomicUsize,
    n_steps: [AtomicUsize; Step::ALL.len()],
    n_hits: AtomicUsize,
    fault: Mutex<Option<(Target, Fault)>>,
    ops: Mutex<Vec<Op>>,
}

/// The real disk, with faults; clones are the same disk.
#[derive(Clone, Default)]
pub(super) struct FaultyDisk(Arc<Book>);

impl fmt::Debug for FaultyDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FaultyDisk")
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FaultyDisk {
    /// From now on this fails; counts start anew.
    pub(super) fn fail(&self, target: Target, fault: Fault) {
        for count in self.0.n_steps.iter().chain([&self.0.n_writes, &self.0.n_reads]) {
            count.store(0, Ordering::SeqCst);
        }
        self.0.n_hits.store(0, Ordering::SeqCst);
        *held(&self.0.fault) = Some((target, fault));
    }

    /// From now on nothing fails.
    pub(super) fn mend(&self) {
        *held(&self.0.fault) = None;
    }

    /// How often the fault was met.
    pub(super) fn n_hits(&self) -> usize {
        self.0.n_hits.load(Ordering::SeqCst)
    }

    /// What was done so far.
    pub(super) fn ops(&self) -> Vec<Op> {
        held(&self.0.ops).clone()
    }

    /// An operation comes, the so-manieth of its kind.
    fn meets(&self, is_met: impl Fn(Target) -> bool) -> io::Result<()> {
        let fault = *held(&self.0.fault);
        match fault {
            Some((target, fault)) if is_met(target) => {
                self.0.n_hits.fetch_add(1, Ordering::SeqCst);
                fault.happens()
            }
            _ => Ok(()),
        }
    }

    fn writes(&self) -> io::Result<()> {
        let n = self.0.n_writes.fetch_add(1, Ordering::SeqCst) + 1;
        self.meets(|target| match target {
            Target::Write(at) => n == at,
            Target::WritesFrom(at) => n >= at,
            _ => false,
        })
    }

    fn reads(&self) -> io::Result<()> {
        let n = self.0.n_reads.fetch_add(1, Ordering::SeqCst) + 1;
        self.meets(|target| target == Target::Reads || target == Target::Read(n))
    }

    fn note(&self, op: Op) {
        held(&self.0.ops).push(op);
    }
}

impl Disk for FaultyDisk {
    fn reaches(&self, step: Step) -> io::Result<()> {
        let at = Step::ALL.iter().position(|known| *known == step).unwrap();
        let n = self.0.n_steps[at].fetch_add(1, Ordering::SeqCst) + 1;
        self.meets(|target| target == Target::Step(step, n))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.reads()?;
        RealDisk.read(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        self.reads()?;
        RealDisk.list(path)
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.writes()?;
        RealDisk.create_folder(path)
    }

    fn open_lock(&self, path: &Path) -> io::Result<fs_err::File> {
        self.writes()?;
        RealDisk.open_lock(path)
    }

    fn create(&self, path: &Path) -> io::Result<NewFile> {
        self.writes()?;
        let file = RealDisk.create(path)?;
        self.note(Op::Create(path.to_owned()));
        Ok(Box::new(FaultyFile { disk: self.clone(), path: path.to_owned(), file }))
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.writes()?;
        RealDisk.write(path, bytes)?;
        self.note(Op::Write(path.to_owned(), bytes.to_vec()));
        Ok(())
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.writes()?;
        RealDisk.append(path, bytes)?;
        self.note(Op::Append(path.to_owned(), bytes.to_vec()));
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.writes()?;
        RealDisk.rename(from, to)?;
        self.note(Op::Rename(from.to_owned(), to.to_owned()));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)?;
        self.note(Op::Remove(path.to_owned()));
        Ok(())
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove_folder(path)?;
        self.note(Op::RemoveFolder(path.to_owned()));
        Ok(())
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        // What power loss does is made up afterwards; a real sync would only take time.
        self.writes()?;
        self.note(Op::Sync(path.to_owned()));
        Ok(())
    }
}

/// A file that is being written there.
struct FaultyFile {
    disk: FaultyDisk,
    path: PathBuf,
    file: NewFile,
}

impl Write for FaultyFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.disk.writes()?;
        let n_written = self.file.write(bytes)?;
        let written = bytes.iter().take(n_written).copied().collect();
        self.disk.note(Op::Append(self.path.clone(), written));
        Ok(n_written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
