//! Building whole indexes: a new generation on disk, or one in memory for a single question.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    LiveError, Options,
    inflight::{self, Inflight},
    now, reading,
};
use crate::{
    analysis::{Analyzer, Vocabulary},
    article::Finding,
    index::{
        Changes, Disk, Generation, Identity, IndexError, Manifest, RealDisk, Record, Snapshot,
        Store,
    },
    kb::{self, Scan},
};

/// Findings by path.
pub(super) type FindingsByPath = BTreeMap<String, Vec<Finding>>;

/// What a new index is made from.
pub(super) struct Basis<'a> {
    pub disk: &'a dyn Disk,
    /// The files that are there.
    pub scan: &'a Scan,
    /// The generation that is replaced; last good versions come from it.
    pub previous: Option<&'a Generation>,
    /// Where each article is marked while it is in hand; one that is withheld stays as it was.
    pub inflight: Option<&'a Inflight>,
    /// Paths that are taken over from it although no file can be read there.
    pub kept: BTreeSet<String>,
}

/// The readable side of a generation that is replaced.
struct Before<'a> {
    snapshot: Snapshot,
    manifest: &'a Manifest,
}

impl Before<'_> {
    /// The article as it was indexed.
    fn record(&self, path: &str) -> Option<Record> {
        let row = self.manifest.get(path)?;
        let stored = self.snapshot.article_at(path).ok().flatten()?;
        Some(reading::record_of(stored, row.hash.clone(), row.broken))
    }
}

/// Builds a whole index; `make` decides where it goes.
///
/// # Errors
/// When the index cannot be written.
pub(super) fn build(
    basis: &Basis<'_>,
    make: impl FnOnce(
        &[String],
        &(dyn Fn(&str) -> Option<Record> + Sync),
    ) -> Result<Generation, IndexError>,
) -> Result<(Generation, FindingsByPath, Vec<Finding>), IndexError> {
    let before = basis.previous.and_then(|generation| {
        Some(Before { snapshot: generation.snapshot().ok()?, manifest: generation.manifest() })
    });
    let findings = Mutex::new(FindingsByPath::new());
    let note = |path: &str, found: Vec<Finding>| {
        findings.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), found)
    };
    let load = |path: &str| {
        let record_before = || before.as_ref()?.record(path);
        let Some(seen) = basis.scan.files.get(path) else { return record_before() };
        if basis.inflight.is_some_and(|inflight| inflight.withholds(path, &seen.hash)) {
            return record_before().filter(|record| record.hash != seen.hash);
        }
        if let Some(inflight) = basis.inflight {
            inflight.begin(path, &seen.hash);
        }
        let last = before.as_ref().and_then(|before| {
            before.manifest.get(path).map(|row| (&before.snapshot, row.id.as_str()))
        });
        let reading = reading::read(basis.disk, path, seen, last);
        if !reading.findings.is_empty() {
            note(path, reading.findings);
        }
        reading.record.or_else(record_before)
    };
    let paths: BTreeSet<&String> = basis.scan.files.keys().chain(&basis.kept).collect();
    let paths: Vec<String> = paths.into_iter().cloned().collect();
    let mut generation = make(&paths, &load)?;
    let refused = generation.take_refused();
    put_back(&mut generation, before.as_ref(), &refused)?;
    for path in &refused {
        note(path, vec![reading::not_processed(path)]);
    }
    let id_findings = settle_ids(&mut generation)?;
    if let Some(inflight) = basis.inflight {
        inflight.end();
    }
    Ok((generation, findings.into_inner().unwrap_or_else(PoisonError::into_inner), id_findings))
}

/// Articles that cannot be analysed any more stay in the version that could be.
fn put_back(
    generation: &mut Generation,
    before: Option<&Before<'_>>,
    refused: &[String],
) -> Result<(), IndexError> {
    let record = |path: &String| before.and_then(|before| before.record(path));
    let put: Vec<_> = refused.iter().filter_map(record).collect();
    if !put.is_empty() {
        generation.apply(&Changes { put, remove: Vec::new() }, &now(), &|_| ())?;
        // Found to be unfit again: nothing more can be done for them.
        generation.take_refused();
    }
    Ok(())
}

/// Gives each article of a new index the id that is its own, where several asked for one.
fn settle_ids(generation: &mut Generation) -> Result<Vec<Finding>, IndexError> {
    let (ids, findings) = assigned(generation.manifest());
    let changes = renamed(generation, &ids, &Changes::default())?;
    if !changes.put.is_empty() {
        generation.apply(&changes, &now(), &|_| ())?;
    }
    Ok(findings)
}

/// The id of each path of a manifest, and findings about ids that several files ask for.
#[must_use]
pub(super) fn assigned(manifest: &Manifest) -> (BTreeMap<String, String>, Vec<Finding>) {
    let claims: Vec<(&str, Option<&str>)> =
        manifest.iter().map(|(path, row)| (path.as_str(), Some(row.claim.as_str()))).collect();
    kb::assign_ids(&claims)
}

/// The articles that are served under another id than `ids` gives them, ready to be put again;
/// those that `pending` replaces anyway are left out.
///
/// # Errors
/// When the index cannot be read.
pub(super) fn renamed(
    generation: &Generation,
    ids: &BTreeMap<String, String>,
    pending: &Changes,
) -> Result<Changes, IndexError> {
    let snapshot = generation.snapshot()?;
    let mut changes = Changes::default();
    for (path, row) in generation.manifest() {
        let is_pending = pending.put.iter().any(|record| record.article.path == *path)
            || pending.remove.contains(path);
        let Some(id) = ids.get(path).filter(|id| **id != row.id && !is_pending) else { continue };
        if let Some(stored) = snapshot.article_at(path)? {
            let mut record = reading::record_of(stored, row.hash.clone(), row.broken);
            record.article.id.clone_from(id);
            changes.put.push(record);
        }
    }
    Ok(changes)
}

/// Gives the records of `changes` the ids they will be served under, and adds the articles whose
/// ids change because of them. Gives findings about ids that several files ask for.
///
/// # Errors
/// When the index cannot be read.
pub(super) fn assign_ids(
    generation: &Generation,
    changes: &mut Changes,
) -> Result<Vec<Finding>, IndexError> {
    let mut after = generation.manifest().clone();
    for path in &changes.remove {
        after.remove(path);
    }
    for record in &changes.put {
        after.insert(record.article.path.clone(), record.into());
    }
    let (ids, findings) = assigned(&after);
    for record in &mut changes.put {
        if let Some(id) = ids.get(&record.article.path) {
            record.article.id.clone_from(id);
        }
    }
    let renamed = renamed(generation, &ids, changes)?;
    changes.put.extend(renamed.put);
    Ok(findings)
}

/// A snapshot for one question, without disturbing a process that serves: the index on disk when
/// it is up to date with the folder, else one in memory.
///
/// # Errors
/// When the folder or the vocabulary cannot be read, or the index not be built.
pub fn open_snapshot(options: &Options) -> Result<Snapshot, LiveError> {
    let vocabulary = Vocabulary::load(options.vocabulary.as_deref())?;
    let analyzer = Arc::new(Analyzer::new(vocabulary));
    let mut scan = kb::scan(&options.root)?;
    let guilty = inflight::without_guilty(&options.index, &mut scan);
    if let Some(snapshot) = up_to_date(options, &analyzer, &scan, &guilty) {
        return Ok(snapshot);
    }
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let basis =
        Basis { disk: &*disk, scan: &scan, previous: None, inflight: None, kept: BTreeSet::new() };
    let (generation, ..) = build(&basis, |paths, load| {
        Generation::build(&disk, None, Arc::clone(&analyzer), paths, load, &now())
    })?;
    Ok(generation.snapshot()?)
}

fn up_to_date(
    options: &Options,
    analyzer: &Arc<Analyzer>,
    scan: &Scan,
    guilty: &[String],
) -> Option<Snapshot> {
    let identity = Identity::new(analyzer, options.root.path());
    let generation = Store::open_for_reading(&options.index, &identity, analyzer).ok()?;
    let is_expected = |path: &String| scan.files.contains_key(path) || guilty.contains(path);
    let is_same = generation.manifest().keys().all(is_expected)
        && scan.files.iter().all(|(path, seen)| {
            generation.manifest().get(path).is_some_and(|row| row.hash == seen.hash)
        });
    if is_same { generation.snapshot().ok() } else { None }
}
