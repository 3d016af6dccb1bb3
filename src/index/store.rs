//! Generations of the index in a folder, and the one process that may write there.
//!
//! ```text
//! lock        held by the writer while it runs
//! current     name of the generation in use
//! gen-7/      a generation: identity.json and the search engine's files
//! damaged-6/  a generation that did not verify; at most two are kept
//! ```

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use fs_err as fs;
use serde::{Deserialize, Serialize};

use super::{
    IndexError,
    disk::{Disk, RealDisk},
    generation::Generation,
    record::Record,
    schema::SCHEMA_VERSION,
};
use crate::analysis::{ANALYZER_VERSION, Analyzer};

const LOCK: &str = "lock";
const CURRENT: &str = "current";
const IDENTITY: &str = "identity.json";
const GENERATION: &str = "gen-";
const DAMAGED: &str = "damaged-";

/// Damaged generations kept for whoever wants to look into them.
const MAX_DAMAGED: usize = 2;

/// What an index was made from. Any difference makes a new generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
// What a later version also makes an index from is a difference, too.
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// [`SCHEMA_VERSION`].
    pub schema: u32,
    /// [`ANALYZER_VERSION`].
    pub analyzer: u32,
    /// Fingerprint of the vocabulary.
    pub vocabulary: String,
    /// Absolute path of the knowledge base.
    pub root: String,
}

impl Identity {
    /// The identity of an index that this program makes.
    #[must_use]
    pub fn new(analyzer: &Analyzer, root: &Path) -> Self {
        Self {
            schema: SCHEMA_VERSION,
            analyzer: ANALYZER_VERSION,
            vocabulary: analyzer.vocabulary().fingerprint.clone(),
            root: root.display().to_string(),
        }
    }

    /// Whether an index of this identity can be read by this program and holds articles of the
    /// same knowledge base, though not necessarily under the same vocabulary.
    fn is_readable_for(&self, wanted: &Self) -> bool {
        self.schema == wanted.schema && self.root == wanted.root
    }
}

/// What was found in the folder.
pub enum Opened {
    /// A sound generation of the wanted identity.
    Current(Generation),
    /// A sound generation of another vocabulary or analyzer: it can serve while a new one is built.
    Outdated(Generation),
    /// Nothing that can be used.
    Nothing,
    /// There may be a sound one, but the disk does not give it at present. It is left alone.
    Unreachable(IndexError),
}

/// The folder of generations, with the right to write there.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    identity: Identity,
    disk: Arc<dyn Disk>,
    _lock: fs::File,
}

impl Store {
    /// Takes the folder for this process, creating it if need be.
    ///
    /// # Errors
    /// [`IndexError::Locked`] when another process has it; [`IndexError::Io`] when it cannot be
    /// created or written.
    pub fn lock(dir: &Path, identity: Identity) -> Result<Self, IndexError> {
        Self::lock_on(Arc::new(RealDisk), dir, identity)
    }

    /// The same on another disk.
    ///
    /// # Errors
    /// As [`Self::lock`].
    pub fn lock_on(
        disk: Arc<dyn Disk>,
        dir: &Path,
        identity: Identity,
    ) -> Result<Self, IndexError> {
        disk.create_folder(dir)?;
        let lock = disk.open_lock(&dir.join(LOCK))?;
        match lock.file().try_lock() {
            Ok(()) => Ok(Self { dir: dir.to_owned(), identity, disk, _lock: lock }),
            Err(std::fs::TryLockError::WouldBlock) => Err(IndexError::Locked(dir.to_owned())),
            Err(std::fs::TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// What this store's generations are made from.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The same store for another identity: the vocabulary has changed.
    pub fn set_identity(&mut self, identity: Identity) {
        self.identity = identity;
    }

    /// Opens the best generation there is. One that does not verify is set aside; one that cannot
    /// be read because of the disk stays where it is.
    #[must_use]
    pub fn open(&self, analyzer: &Arc<Analyzer>) -> Opened {
        let candidates = match candidates(&*self.disk, &self.dir) {
            Ok(candidates) => candidates,
            Err(error) => return Opened::Unreachable(error.into()),
        };
        let mut best = Opened::Nothing;
        for dir in candidates {
            match open_checked(&self.disk, &dir, &self.identity, analyzer) {
                Ok((generation, true)) => return Opened::Current(generation),
                Ok((generation, false)) if !matches!(best, Opened::Outdated(_)) => {
                    best = Opened::Outdated(generation);
                }
                Ok(_) => {}
                Err(error) if error.is_damage() => self.set_aside(&dir, &error),
                Err(error) if matches!(best, Opened::Nothing) => best = Opened::Unreachable(error),
                Err(_) => {}
            }
        }
        best
    }

    /// Builds a new generation beside the others, forces it to disk and makes it the current one.
    /// Other generations are removed; readers that still use them are not disturbed.
    ///
    /// # Errors
    /// When it cannot be written; the current generation stays, and nothing is left of the new
    /// one.
    pub fn build(
        &self,
        analyzer: &Arc<Analyzer>,
        paths: &[String],
        load: &(dyn Fn(&str) -> Option<Record> + Sync),
        indexed_at: &str,
    ) -> Result<Generation, IndexError> {
        let name = format!("{GENERATION}{}", self.next_number()?);
        let dir = self.dir.join(&name);
        let mut unfinished = Unfinished { disk: &*self.disk, dir: Some(&dir) };
        self.disk.create_folder(&dir)?;
        let identity = serde_json::to_string(&self.identity)
            .map_err(|error| IndexError::Damaged(error.to_string()))?;
        let generation = Generation::build(
            &self.disk,
            Some(&dir),
            Arc::clone(analyzer),
            paths,
            load,
            indexed_at,
        )?;
        self.disk.write(&dir.join(IDENTITY), identity.as_bytes())?;
        self.sync_all(&dir)?;
        self.point_to(&name)?;
        unfinished.dir = None;
        self.remove_others(&name);
        Ok(generation)
    }

    fn next_number(&self) -> io::Result<u64> {
        let used = self.disk.list(&self.dir)?.iter().filter_map(|name| number(name)).max();
        Ok(used.map_or(1, |n| n + 1))
    }

    fn point_to(&self, name: &str) -> Result<(), IndexError> {
        let part = self.dir.join("current.part");
        self.disk.write(&part, format!("{name}\n").as_bytes())?;
        self.disk.sync(&part)?;
        self.disk.rename(&part, &self.dir.join(CURRENT))?;
        self.disk.sync(&self.dir)?;
        Ok(())
    }

    /// Forces the files of a generation and their names to disk.
    fn sync_all(&self, dir: &Path) -> Result<(), IndexError> {
        for name in self.disk.list(dir)? {
            self.disk.sync(&dir.join(name))?;
        }
        self.disk.sync(dir)?;
        Ok(())
    }

    fn remove_others(&self, keep: &str) {
        let names = self.disk.list(&self.dir).unwrap_or_default();
        for name in names.iter().filter(|n| n.starts_with(GENERATION) && *n != keep) {
            if let Err(error) = self.disk.remove_folder(&self.dir.join(name)) {
                tracing::warn!(%error, "could not remove an old generation");
            }
        }
    }

    /// Keeps a generation that does not verify under another name, and only so many of them.
    fn set_aside(&self, dir: &Path, error: &IndexError) {
        tracing::warn!(generation = %dir.display(), %error, "index does not verify; set aside");
        let own = dir.file_name().and_then(|name| number(&name.to_string_lossy()));
        let aside = self.dir.join(format!("{DAMAGED}{}", own.unwrap_or_default()));
        if let Err(error) = self.disk.rename(dir, &aside) {
            tracing::warn!(%error, "could not set the generation aside");
        }
        let mut damaged = self.disk.list(&self.dir).unwrap_or_default();
        damaged.retain(|name| name.starts_with(DAMAGED));
        damaged.sort_by_key(|name| number(name));
        for name in damaged.iter().rev().skip(MAX_DAMAGED) {
            let _ = self.disk.remove_folder(&self.dir.join(name));
        }
    }
}

impl Store {
    /// Opens the current generation of a folder for reading only, beside a process that may be
    /// writing there.
    ///
    /// # Errors
    /// When there is none that verifies and has this identity.
    pub fn open_for_reading(
        dir: &Path,
        identity: &Identity,
        analyzer: &Arc<Analyzer>,
    ) -> Result<Generation, IndexError> {
        match open_any(&(Arc::new(RealDisk) as Arc<dyn Disk>), dir, identity, analyzer) {
            Opened::Current(generation) => Ok(generation),
            Opened::Unreachable(error) => Err(error),
            _ => Err(IndexError::Damaged("没有可用的索引".to_owned())),
        }
    }
}

/// The best generation of a folder for reading only, without the right to write there.
#[must_use]
pub fn open_any(
    disk: &Arc<dyn Disk>,
    dir: &Path,
    identity: &Identity,
    analyzer: &Arc<Analyzer>,
) -> Opened {
    let mut best = Opened::Nothing;
    for dir in candidates(&**disk, dir).unwrap_or_default() {
        match open_checked(disk, &dir, identity, analyzer) {
            Ok((generation, true)) => return Opened::Current(generation.read_only()),
            Ok((generation, false)) => best = Opened::Outdated(generation.read_only()),
            Err(error) if matches!(best, Opened::Nothing) && !error.is_damage() => {
                best = Opened::Unreachable(error);
            }
            Err(_) => {}
        }
    }
    best
}

/// A generation that is being built: removed unless it is finished, whatever happens.
struct Unfinished<'a> {
    disk: &'a dyn Disk,
    dir: Option<&'a Path>,
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if let Some(dir) = self.dir
            && dir.exists()
            && let Err(error) = self.disk.remove_folder(dir)
        {
            tracing::warn!(%error, "could not remove a generation that was not finished");
        }
    }
}

/// Opens a generation and says whether it has the wanted identity. A damaged file can make the
/// search engine panic as well as fail; both mean damage.
fn open_checked(
    disk: &Arc<dyn Disk>,
    dir: &Path,
    wanted: &Identity,
    analyzer: &Arc<Analyzer>,
) -> Result<(Generation, bool), IndexError> {
    let text = disk.read(&dir.join(IDENTITY))?;
    let identity: Identity =
        serde_json::from_slice(&text).map_err(|error| IndexError::Damaged(error.to_string()))?;
    if !identity.is_readable_for(wanted) {
        return Err(IndexError::Damaged("由别的版本或别的知识库目录建成".to_owned()));
    }
    let open = || Generation::open(disk, dir, Arc::clone(analyzer));
    let generation = std::panic::catch_unwind(std::panic::AssertUnwindSafe(open))
        .map_err(|_| IndexError::Damaged("读取时出错".to_owned()))??;
    if !generation.is_consistent(&identity.vocabulary) {
        return Err(IndexError::Damaged("内容与最后一次提交不一致".to_owned()));
    }
    Ok((generation, identity == *wanted))
}

/// The folders that may hold a generation: the current one first, then the newest.
fn candidates(disk: &dyn Disk, dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = disk.list(dir)?;
    found.retain(|name| name.starts_with(GENERATION));
    found.sort_by_key(|name| std::cmp::Reverse(number(name)));
    let current = disk.read(&dir.join(CURRENT)).unwrap_or_default();
    let current = String::from_utf8_lossy(&current);
    found.sort_by_key(|name| name != current.trim());
    Ok(found.into_iter().map(|name| dir.join(name)).collect())
}

/// The number in a name; one that this program would never come to is none.
fn number(name: &str) -> Option<u64> {
    name.rsplit('-').next()?.parse::<u32>().ok().map(u64::from)
}
