//! Building whole indexes: a new generation on disk, or one in memory for a single question.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use super::{LiveError, Options, now, reading};
use crate::{
    analysis::{Analyzer, Vocabulary},
    article::Finding,
    index::{Changes, Generation, Identity, IndexError, Manifest, Record, Snapshot, Store},
    kb::{self, Root, Scan},
};

/// Findings by path.
pub(super) type FindingsByPath = BTreeMap<String, Vec<Finding>>;

/// Builds an index of all files of a scan; `make` decides where it goes. Last good versions come
/// from the generation that is replaced.
///
/// # Errors
/// When the index cannot be written.
pub(super) fn build(
    scan: &Scan,
    previous: Option<&Generation>,
    make: impl FnOnce(
        &[String],
        &(dyn Fn(&str) -> Option<Record> + Sync),
    ) -> Result<Generation, IndexError>,
) -> Result<(Generation, FindingsByPath, Vec<Finding>), IndexError> {
    let before = previous
        .map(|generation| Ok::<_, IndexError>((generation.snapshot()?, generation.manifest())));
    let before = before.transpose().unwrap_or_default();
    let findings = Mutex::new(FindingsByPath::new());
    let load = |path: &str| {
        let seen = scan.files.get(path)?;
        let last = before.as_ref().and_then(|(snapshot, manifest)| {
            manifest.get(path).map(|row| (snapshot, row.id.as_str()))
        });
        let reading = reading::read(path, &seen.os_path, last);
        if !reading.findings.is_empty() {
            let mut findings = findings.lock().unwrap_or_else(PoisonError::into_inner);
            findings.insert(path.to_owned(), reading.findings);
        }
        reading.record
    };
    let paths: Vec<String> = scan.files.keys().cloned().collect();
    let mut generation = make(&paths, &load)?;
    let id_findings = settle_ids(&mut generation)?;
    Ok((generation, findings.into_inner().unwrap_or_else(PoisonError::into_inner), id_findings))
}

/// Gives each article of a new index the id that is its own, where several asked for one.
fn settle_ids(generation: &mut Generation) -> Result<Vec<Finding>, IndexError> {
    let (ids, findings) = assigned(generation.manifest());
    let changes = renamed(generation, &ids, &Changes::default())?;
    if !changes.put.is_empty() {
        generation.apply(&changes, &now())?;
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
    let scan = kb::scan(&options.root)?;
    if let Some(snapshot) = up_to_date(&options.index, &options.root, &analyzer, &scan) {
        return Ok(snapshot);
    }
    let (generation, ..) = build(&scan, None, |paths, load| {
        Generation::build(None, Arc::clone(&analyzer), paths, load, &now())
    })?;
    Ok(generation.snapshot()?)
}

fn up_to_date(
    index: &Path,
    root: &Root,
    analyzer: &Arc<Analyzer>,
    scan: &Scan,
) -> Option<Snapshot> {
    let identity = Identity::new(analyzer, root.path());
    let generation = Store::open_for_reading(index, &identity, analyzer).ok()?;
    let is_same = generation.manifest().len() == scan.files.len()
        && scan.files.iter().all(|(path, seen)| {
            generation.manifest().get(path).is_some_and(|row| row.hash == seen.hash)
        });
    if is_same { generation.snapshot().ok() } else { None }
}
