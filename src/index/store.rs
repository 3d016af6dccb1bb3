//! Generations of the index in a folder, and the one process that may write there.
//!
//! ```text
//! lock        held by the writer while it runs
//! current     name of the generation in use
//! gen-7/      a generation: identity.json and the search engine's files
//! damaged-6/  a generation that did not verify; at most two are kept
//! ```

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use fs_err as fs;
use serde::{Deserialize, Serialize};

use super::{IndexError, generation::Generation, record::Record, schema::SCHEMA_VERSION};
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
    /// A sound generation of another vocabulary: it can serve while a new one is built.
    Outdated(Generation),
    /// Nothing that can be used.
    Nothing,
}

/// The folder of generations, with the right to write there.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    identity: Identity,
    _lock: fs::File,
}

impl Store {
    /// Takes the folder for this process, creating it if need be.
    ///
    /// # Errors
    /// [`IndexError::Locked`] when another process has it; [`IndexError::Io`] when it cannot be
    /// created or written.
    pub fn lock(dir: &Path, identity: Identity) -> Result<Self, IndexError> {
        fs::create_dir_all(dir)?;
        let lock =
            fs::OpenOptions::new().create(true).truncate(false).write(true).open(dir.join(LOCK))?;
        match lock.file().try_lock() {
            Ok(()) => Ok(Self { dir: dir.to_owned(), identity, _lock: lock }),
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

    /// Opens the best generation there is. One that does not verify is set aside.
    #[must_use]
    pub fn open(&self, analyzer: &Arc<Analyzer>) -> Opened {
        let mut outdated = Opened::Nothing;
        for dir in candidates(&self.dir) {
            match open_checked(&dir, &self.identity, analyzer) {
                Ok((generation, true)) => return Opened::Current(generation),
                Ok((generation, false)) => outdated = Opened::Outdated(generation),
                Err(error) => self.set_aside(&dir, &error),
            }
        }
        outdated
    }

    /// Builds a new generation beside the others, forces it to disk and makes it the current one.
    /// Other generations are removed; readers that still use them are not disturbed.
    ///
    /// # Errors
    /// When it cannot be written; the current generation stays.
    pub fn build(
        &self,
        analyzer: &Arc<Analyzer>,
        paths: &[String],
        load: &(dyn Fn(&str) -> Option<Record> + Sync),
        indexed_at: &str,
    ) -> Result<Generation, IndexError> {
        let name = format!("{GENERATION}{}", self.next_number());
        let dir = self.dir.join(&name);
        fs::create_dir_all(&dir)?;
        let identity = serde_json::to_string(&self.identity)
            .map_err(|error| IndexError::Damaged(error.to_string()))?;
        let generation =
            Generation::build(Some(&dir), Arc::clone(analyzer), paths, load, indexed_at)?;
        fs::write(dir.join(IDENTITY), identity)?;
        sync_all(&dir)?;
        self.point_to(&name)?;
        self.remove_others(&name);
        Ok(generation)
    }

    fn next_number(&self) -> u64 {
        let used = names(&self.dir).filter_map(|name| number(&name)).max();
        used.map_or(1, |n| n + 1)
    }

    fn point_to(&self, name: &str) -> Result<(), IndexError> {
        let part = self.dir.join("current.part");
        fs::write(&part, format!("{name}\n"))?;
        fs::File::open(&part)?.sync_all()?;
        fs::rename(&part, self.dir.join(CURRENT))?;
        fs::File::open(&self.dir)?.sync_all()?;
        Ok(())
    }

    fn remove_others(&self, keep: &str) {
        for name in names(&self.dir).filter(|n| n.starts_with(GENERATION) && n != keep) {
            if let Err(error) = fs::remove_dir_all(self.dir.join(&name)) {
                tracing::warn!(%error, "could not remove an old generation");
            }
        }
    }

    /// Keeps a generation that does not verify under another name, and only so many of them.
    fn set_aside(&self, dir: &Path, error: &IndexError) {
        tracing::warn!(generation = %dir.display(), %error, "index does not verify; set aside");
        let own = dir.file_name().and_then(|name| number(&name.to_string_lossy()));
        let aside = self.dir.join(format!("{DAMAGED}{}", own.unwrap_or_default()));
        if let Err(error) = fs::rename(dir, aside) {
            tracing::warn!(%error, "could not set the generation aside");
        }
        let mut damaged: Vec<_> =
            names(&self.dir).filter(|name| name.starts_with(DAMAGED)).collect();
        damaged.sort_by_key(|name| number(name));
        for name in damaged.iter().rev().skip(MAX_DAMAGED) {
            let _ = fs::remove_dir_all(self.dir.join(name));
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
        for dir in candidates(dir) {
            if let Ok((generation, true)) = open_checked(&dir, identity, analyzer) {
                return Ok(generation);
            }
        }
        Err(IndexError::Damaged("没有可用的索引".to_owned()))
    }
}

/// Opens a generation and says whether it has the wanted identity. A damaged file can make the
/// search engine panic as well as fail; both mean damage.
fn open_checked(
    dir: &Path,
    wanted: &Identity,
    analyzer: &Arc<Analyzer>,
) -> Result<(Generation, bool), IndexError> {
    let text = fs::read_to_string(dir.join(IDENTITY))?;
    let identity: Identity =
        serde_json::from_str(&text).map_err(|error| IndexError::Damaged(error.to_string()))?;
    if !identity.is_readable_for(wanted) {
        return Err(IndexError::Damaged("由别的版本或别的知识库目录建成".to_owned()));
    }
    let open = || Generation::open(dir, Arc::clone(analyzer));
    let generation = std::panic::catch_unwind(std::panic::AssertUnwindSafe(open))
        .map_err(|_| IndexError::Damaged("读取时出错".to_owned()))??;
    if !generation.is_consistent(&identity.vocabulary) {
        return Err(IndexError::Damaged("内容与最后一次提交不一致".to_owned()));
    }
    Ok((generation, identity == *wanted))
}

/// The folders that may hold a generation: the current one first, then the newest.
fn candidates(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<String> = names(dir).filter(|name| name.starts_with(GENERATION)).collect();
    found.sort_by_key(|name| std::cmp::Reverse(number(name)));
    let current = fs::read_to_string(dir.join(CURRENT)).unwrap_or_default();
    found.sort_by_key(|name| name != current.trim());
    found.into_iter().map(|name| dir.join(name)).collect()
}

fn names(dir: &Path) -> impl Iterator<Item = String> + use<> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned())
}

fn number(name: &str) -> Option<u64> {
    name.rsplit('-').next()?.parse().ok()
}

fn sync_all(dir: &Path) -> Result<(), IndexError> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_file() {
            fs::File::open(path)?.sync_all()?;
        }
    }
    fs::File::open(dir)?.sync_all()?;
    Ok(())
}
