//! Brings the index up to date once, for when nobody serves it.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    LiveError, Options,
    hold::Hold,
    inflight::Inflight,
    now, reading,
    rebuild::{self, Basis},
    recorder::Recorder,
};
use crate::{
    analysis::{Analyzer, Vocabulary},
    index::{Changes, Disk, Generation, Identity, IndexError, LogBound, Opened, RealDisk, Store},
    kb::{self, Scan, Seen},
};

/// What was done to the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It was up to date.
    Nothing,
    /// Changes were applied to it.
    Applied,
    /// A new generation was built.
    Built,
}

/// What an update did, in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// What was done.
    pub done: Done,
    /// Articles in the index.
    pub n_articles: usize,
    /// Articles in the index whose files do not parse.
    pub n_broken: usize,
    /// Articles that are new.
    pub n_added: usize,
    /// Articles whose files have changed.
    pub n_changed: usize,
    /// Articles that were removed because their files are gone.
    pub n_removed: usize,
    /// Articles kept although their files are gone, because most of them vanished in one go.
    pub n_held: usize,
    /// Files and folders that are there and could not be read.
    pub n_unreadable: usize,
    /// Articles of which a version is left out because the program broke down over it.
    pub n_withheld: usize,
    /// Revision of the index.
    pub revision: String,
    /// Time for reading the folder and opening the index.
    pub reading: Duration,
    /// Time for analysing articles and writing the index.
    pub indexing: Duration,
}

/// Makes the index agree with the folder; with `rebuild`, by a new generation in any case.
///
/// `on_read` is told how many articles of how many are read so far, from several threads. When
/// most of the articles are gone they are kept, unless `rebuild` is set.
///
/// # Errors
/// As [`super::Live::start`], and when the vocabulary cannot be used.
pub fn update_index(
    options: &Options,
    rebuild: bool,
    on_read: &(dyn Fn(usize, usize) + Sync),
) -> Result<Update, LiveError> {
    let started = Instant::now();
    let analyzer = Arc::new(Analyzer::new(Vocabulary::load(options.vocabulary.as_deref())?));
    let store = Store::lock(&options.index, Identity::new(&analyzer, options.root.path()))?;
    let scan = kb::scan(&options.root)?;
    let mut inflight = Inflight::open(options);
    inflight.forget_others(&scan);
    while inflight.try_next() {}
    let opened = store.open(&analyzer);
    let reading = started.elapsed();
    let mut recorder = recorder(&options.index, &opened)?;
    let (generation, mut update) = match opened {
        Opened::Current(generation) if !rebuild => apply(generation, &scan, &inflight, on_read)?,
        Opened::Current(generation) | Opened::Outdated(generation) => {
            build(&store, &analyzer, &scan, Some(&generation), &inflight, on_read)?
        }
        Opened::Nothing => build(&store, &analyzer, &scan, None, &inflight, on_read)?,
        Opened::Unreachable(error) => return Err(error.into()),
    };
    if let Some(recorder) = &mut recorder {
        recorder.record(&generation, &Arc::new(generation.snapshot()?));
    }
    update.n_withheld = inflight.len();
    update.reading = reading;
    update.indexing = started.elapsed().saturating_sub(reading);
    Ok(update)
}

/// The log of changes, where there is a state from which they can be told.
fn recorder(dir: &Path, opened: &Opened) -> Result<Option<Recorder>, IndexError> {
    let (Opened::Current(generation) | Opened::Outdated(generation)) = opened else {
        return Ok(None);
    };
    let snapshot = Arc::new(generation.snapshot()?);
    Ok(Some(Recorder::open(&real_disk(), dir, LogBound::default(), generation, &snapshot)))
}

fn real_disk() -> Arc<dyn Disk> {
    Arc::new(RealDisk)
}

fn build(
    store: &Store,
    analyzer: &Arc<Analyzer>,
    scan: &Scan,
    previous: Option<&Generation>,
    inflight: &Inflight,
    on_read: &(dyn Fn(usize, usize) + Sync),
) -> Result<(Generation, Update), IndexError> {
    let unreadable = |path: &&String| scan.is_unreadable(path);
    let known = previous.into_iter().flat_map(|generation| generation.manifest().keys());
    let kept = known.filter(unreadable).cloned().collect();
    let basis = Basis { disk: &RealDisk, scan, previous, inflight: Some(inflight), kept };
    let (generation, ..) = rebuild::build(&basis, |paths, load| {
        let n_read = AtomicUsize::new(0);
        let counted = |path: &str| {
            let record = load(path);
            on_read(n_read.fetch_add(1, Ordering::Relaxed) + 1, paths.len());
            record
        };
        store.build(analyzer, paths, &counted, &now())
    })?;
    let differences = Differences::new(previous, scan);
    let update = summary(Done::Built, &generation, scan, &differences, 0)?;
    Ok((generation, update))
}

fn apply(
    mut generation: Generation,
    scan: &Scan,
    inflight: &Inflight,
    on_read: &(dyn Fn(usize, usize) + Sync),
) -> Result<(Generation, Update), IndexError> {
    let mut differences = Differences::new(Some(&generation), scan);
    let mut hold = Hold::default();
    let n_before = generation.manifest().len();
    differences.withhold(inflight);
    differences.gone = hold.allow(differences.gone, n_before, true, Instant::now());
    let mut changes = Changes { put: Vec::new(), remove: differences.gone.clone() };
    let snapshot = generation.snapshot()?;
    let files = || differences.added.iter().chain(&differences.changed);
    let n_files = files().count();
    for (n_read, (path, seen)) in files().enumerate() {
        let row = generation.manifest().get(*path);
        let previous = row.map(|row| (&snapshot, row.id.as_str()));
        inflight.begin(path, &seen.hash);
        changes.put.extend(reading::read(&RealDisk, path, seen, previous).record);
        on_read(n_read + 1, n_files);
    }
    if changes.put.is_empty() && changes.remove.is_empty() {
        let update = summary(Done::Nothing, &generation, scan, &differences, hold.len())?;
        return Ok((generation, update));
    }
    rebuild::assign_ids(&generation, &mut changes)?;
    generation.apply(&changes, &now(), &|record| {
        inflight.begin(&record.article.path, &record.hash);
    })?;
    let update = summary(Done::Applied, &generation, scan, &differences, hold.len())?;
    Ok((generation, update))
}

/// How a folder differs from an index.
struct Differences<'a> {
    added: Vec<(&'a String, &'a Seen)>,
    changed: Vec<(&'a String, &'a Seen)>,
    gone: Vec<String>,
}

impl<'a> Differences<'a> {
    fn new(previous: Option<&Generation>, scan: &'a Scan) -> Self {
        let row = |path: &str| previous.and_then(|generation| generation.manifest().get(path));
        let (known, added): (Vec<_>, Vec<_>) =
            scan.files.iter().partition(|(path, _)| row(path).is_some());
        let is_changed = |path: &str, seen: &Seen| row(path).is_some_and(|r| r.hash != seen.hash);
        let changed = known.into_iter().filter(|(path, seen)| is_changed(path, seen)).collect();
        let is_gone = |path: &&String| !scan.files.contains_key(*path) && !scan.is_unreadable(path);
        let before = previous.into_iter().flat_map(|generation| generation.manifest().keys());
        Self { added, changed, gone: before.filter(is_gone).cloned().collect() }
    }

    /// Leaves out what must not be touched.
    fn withhold(&mut self, inflight: &Inflight) {
        let is_free = |(path, seen): &(&String, &Seen)| !inflight.withholds(path, &seen.hash);
        self.added.retain(is_free);
        self.changed.retain(is_free);
    }
}

fn summary(
    done: Done,
    generation: &Generation,
    scan: &Scan,
    differences: &Differences<'_>,
    n_held: usize,
) -> Result<Update, IndexError> {
    let snapshot = generation.snapshot()?;
    Ok(Update {
        done,
        n_articles: snapshot.n_articles(),
        n_broken: generation.manifest().values().filter(|row| row.broken).count(),
        n_added: differences.added.len(),
        n_changed: differences.changed.len(),
        n_removed: differences.gone.len(),
        n_held,
        n_unreadable: scan.unreadable.len(),
        n_withheld: 0,
        revision: snapshot.revision().to_owned(),
        reading: Duration::ZERO,
        indexing: Duration::ZERO,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::Root;

    fn options(dir: &Path) -> Options {
        Options {
            root: Root::new(dir.join("kb")).unwrap(),
            index: dir.join("data"),
            vocabulary: None,
            watch: false,
            program: None,
        }
    }

    fn write(dir: &Path, name: &str, text: &str) {
        fs_err::create_dir_all(dir.join("kb")).unwrap();
        fs_err::write(dir.join("kb").join(name), text).unwrap();
    }

    /// What was done, then articles added, changed, removed, held, and in the index.
    fn update(dir: &Path, rebuild: bool) -> (Done, [usize; 5]) {
        let update = update_index(&options(dir), rebuild, &|_, _| ()).unwrap();
        let Update { done, n_added, n_changed, n_removed, n_held, n_articles, .. } = update;
        (done, [n_added, n_changed, n_removed, n_held, n_articles])
    }

    #[test]
    fn only_what_differs_is_done() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        write(dir, "a.md", "# 断网\n");
        write(dir, "b.md", "# 蓝屏\n");
        assert_eq!(update(dir, false), (Done::Built, [2, 0, 0, 0, 2]));
        assert_eq!(update(dir, false), (Done::Nothing, [0, 0, 0, 0, 2]));
        write(dir, "b.md", "# 黑屏\n");
        write(dir, "c.md", "---\nid: a\n---\n# 断电\n");
        fs_err::remove_file(dir.join("kb/a.md")).unwrap();
        assert_eq!(update(dir, false), (Done::Applied, [1, 1, 1, 0, 2]));
        let snapshot = crate::live::open_snapshot(&options(dir)).unwrap();
        assert_eq!(snapshot.article("a").unwrap().unwrap().article.path, "c.md");
        assert_eq!(update(dir, true), (Done::Built, [0, 0, 0, 0, 2]));
    }

    #[test]
    fn most_articles_are_removed_only_by_a_rebuild() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        for n in 0..20 {
            write(dir, &format!("{n}.md"), &format!("# 故障{n}\n"));
        }
        update(dir, false);
        for n in 0..11 {
            fs_err::remove_file(dir.join(format!("kb/{n}.md"))).unwrap();
        }
        assert_eq!(update(dir, false), (Done::Nothing, [0, 0, 0, 11, 20]));
        assert_eq!(update(dir, true), (Done::Built, [0, 0, 11, 0, 9]));
    }

    #[test]
    fn every_article_is_reported_and_the_lock_respected() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "a.md", "# 断网\n");
        write(dir.path(), "b.md", "# 蓝屏\n");
        let best = AtomicUsize::new(0);
        let count = |n, of| {
            assert_eq!(of, 2);
            best.fetch_max(n, Ordering::Relaxed);
        };
        let options = options(dir.path());
        update_index(&options, false, &count).unwrap();
        assert_eq!(best.into_inner(), 2);
        let _live = crate::live::Live::start(options.clone()).unwrap();
        let outcome = update_index(&options, false, &|_, _| ());
        assert!(matches!(outcome, Err(LiveError::Index(IndexError::Locked(_)))));
    }
}
