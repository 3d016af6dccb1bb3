//! The one owner of index and state: takes hints, finds out what really changed, applies it.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::{Arc, Weak},
    time::{Duration, Instant, SystemTime},
};

use super::{
    LiveError, Options, SCAN_INTERVAL, Status, Watching,
    hold::Hold,
    now,
    publish::{Published, State},
    reading::{self, Reading},
    rebuild::{self, FindingsByPath},
    recorder::Recorder,
};
use crate::{
    analysis::{Analyzer, Vocabulary, VocabularyError},
    article::{Finding, Level},
    index::{Changes, Generation, Identity, IndexError, LogBound, Opened, Snapshot, Store},
    kb::{self, Hint, Hints, Scan, Seen, Watch},
};

/// An empty file is believed after this time: editors truncate before they write.
const EMPTY_BELIEVED_AFTER: Duration = Duration::from_secs(1);
/// A scan believes a change after this time without another one; a closed file is believed at
/// once.
const QUIET: Duration = Duration::from_millis(500);

/// Owner of the index.
pub(super) struct Keeper {
    options: Options,
    hints: Arc<Hints>,
    store: Store,
    generation: Generation,
    recorder: Recorder,
    analyzer: Arc<Analyzer>,
    watch: Option<Watch>,
    hold: Hold,
    findings: FindingsByPath,
    scan_findings: Vec<Finding>,
    id_findings: Vec<Finding>,
    vocabulary_finding: Option<Finding>,
    /// Files to look at again, and when.
    deferred: BTreeMap<String, Instant>,
    last_scan: Option<Instant>,
    status: Status,
}

impl Keeper {
    /// Opens or builds the index and gives the first state.
    ///
    /// # Errors
    /// As [`super::Live::start`].
    pub(super) fn open(
        options: Options,
        hints: Arc<Hints>,
        bound: LogBound,
    ) -> Result<(Self, State), LiveError> {
        let (vocabulary, vocabulary_finding) = match Vocabulary::load(options.vocabulary.as_deref())
        {
            Ok(vocabulary) => (vocabulary, None),
            Err(error) => (Vocabulary::built_in()?, Some(vocabulary_finding(&error))),
        };
        let analyzer = Arc::new(Analyzer::new(vocabulary));
        let identity = Identity::new(&analyzer, options.root.path());
        let store = Store::lock(&options.index, identity)?;
        let (generation, n_rebuilds, findings, id_findings) = match store.open(&analyzer) {
            Opened::Current(generation) | Opened::Outdated(generation) => {
                (generation, 0, FindingsByPath::new(), vec![])
            }
            Opened::Nothing => {
                let scan = kb::scan(&options.root)?;
                let (generation, findings, ids) = rebuild::build(&scan, None, |paths, load| {
                    store.build(&analyzer, paths, load, &now())
                })?;
                (generation, 1, findings, ids)
            }
        };
        let snapshot = Arc::new(generation.snapshot()?);
        let recorder = Recorder::open(&options.index, bound, &generation, &snapshot);
        let mut keeper = Self {
            watch: None,
            hold: Hold::default(),
            scan_findings: Vec::new(),
            deferred: BTreeMap::new(),
            last_scan: None,
            status: empty_status(n_rebuilds),
            options,
            hints,
            store,
            generation,
            recorder,
            analyzer,
            findings,
            id_findings,
            vocabulary_finding,
        };
        keeper.start_watching();
        let state = keeper.state(snapshot);
        Ok((keeper, state))
    }

    /// Works until nobody holds the published state any more.
    pub(super) fn run(&mut self, published: &Weak<Published>) {
        // A generation of another vocabulary is replaced before any change goes into it.
        let mut hints = vec![Hint::Vocabulary, Hint::Rescan];
        loop {
            let Some(published) = published.upgrade() else { return };
            self.work(hints);
            match self.next_state() {
                Ok(state) => published.publish(state),
                Err(error) => self.note_error(&error),
            }
            drop(published);
            hints = self.wait();
        }
    }

    fn wait(&mut self) -> Vec<Hint> {
        if !self.options.watch {
            // Only the end of the program brings a hint.
            return self.hints.wait(Duration::MAX);
        }
        let now = Instant::now();
        let next_scan = self.last_scan.map_or(now, |last| last + SCAN_INTERVAL);
        let next = self.deferred.values().copied().chain([next_scan]).min().unwrap_or(next_scan);
        self.hints.wait(next.saturating_duration_since(now))
    }

    fn work(&mut self, hints: Vec<Hint>) {
        let now = Instant::now();
        let is_due = self.last_scan.is_none_or(|last| now >= last + SCAN_INTERVAL);
        if hints.contains(&Hint::Vocabulary) {
            self.reload_vocabulary();
        }
        let outcome = if hints.contains(&Hint::Rescan) || is_due {
            self.scan_all(now)
        } else {
            self.look_at(&hints, now)
        };
        match outcome {
            Ok(()) => self.status.last_error = None,
            Err(error) => {
                self.note_error(&error);
                if matches!(error, LiveError::Index(_)) {
                    self.rebuild();
                }
            }
        }
    }

    fn scan_all(&mut self, now: Instant) -> Result<(), LiveError> {
        self.last_scan = Some(now);
        self.start_watching();
        let scan = kb::scan(&self.options.root)?;
        let is_first = self.status.scanned_at.is_none();
        self.status.scanned_at = Some(super::now());
        let mut changed = Vec::new();
        for (path, seen) in &scan.files {
            let row = self.generation.manifest().get(path);
            if row.is_some_and(|row| row.hash == seen.hash) {
                let is_broken = row.is_some_and(|row| row.broken);
                if is_first && (is_broken || !self.findings.contains_key(path)) {
                    self.find_again(path, seen);
                }
            } else if !self.is_deferred(path, seen, QUIET, row.is_some()) {
                changed.push((path.clone(), seen.clone()));
            }
        }
        let gone = self.gone(|path| !scan.files.contains_key(path) && !scan.is_unreadable(path));
        self.scan_findings.clone_from(&scan.findings);
        self.apply(changed, gone, true, now)
    }

    fn look_at(&mut self, hints: &[Hint], now: Instant) -> Result<(), LiveError> {
        let mut paths: BTreeSet<String> = hints
            .iter()
            .filter_map(|hint| if let Hint::File(path) = hint { Some(path.clone()) } else { None })
            .collect();
        let is_due = |at: &Instant| *at <= now;
        let due: Vec<_> = self
            .deferred
            .iter()
            .filter(|(_, at)| is_due(at))
            .map(|(path, _)| path.clone())
            .collect();
        for path in &due {
            self.deferred.remove(path);
        }
        paths.extend(due);
        let (mut changed, mut gone) = (Vec::new(), Vec::new());
        for path in paths {
            let row = self.generation.manifest().get(&path);
            match kb::look(&self.options.root, &path) {
                Ok(Some(seen)) => {
                    self.hold.is_back(&path);
                    let is_new = row.is_none_or(|row| row.hash != seen.hash);
                    let is_known = row.is_some();
                    if is_new && !self.is_deferred(&path, &seen, Duration::ZERO, is_known) {
                        changed.push((path, seen));
                    }
                }
                Ok(None) if row.is_some() => gone.push(path),
                Ok(None) => {}
                Err(finding) => drop(self.findings.insert(path, vec![*finding])),
            }
        }
        self.apply(changed, gone, false, now)
    }

    /// Whether a change is to be looked at later: the file is empty or was written just now.
    fn is_deferred(&mut self, path: &str, seen: &Seen, quiet: Duration, is_known: bool) -> bool {
        let needed = if seen.size == 0 && is_known { EMPTY_BELIEVED_AFTER } else { quiet };
        let age = SystemTime::now().duration_since(seen.modified).unwrap_or_default();
        let missing = needed.saturating_sub(age);
        if missing.is_zero() {
            return false;
        }
        self.deferred.insert(path.to_owned(), Instant::now() + missing);
        true
    }

    fn gone(&self, is_gone: impl Fn(&str) -> bool) -> Vec<String> {
        self.generation.manifest().keys().filter(|path| is_gone(path)).cloned().collect()
    }

    /// The findings of a file that has not changed since it was indexed.
    fn find_again(&mut self, path: &str, seen: &Seen) {
        let findings = reading::read(path, &seen.os_path, None).findings;
        if !findings.is_empty() {
            self.findings.insert(path.to_owned(), findings);
        }
    }

    fn apply(
        &mut self,
        changed: Vec<(String, Seen)>,
        gone: Vec<String>,
        is_full_scan: bool,
        now: Instant,
    ) -> Result<(), LiveError> {
        let manifest = self.generation.manifest();
        // A file that turns up elsewhere with the same content was moved, not removed.
        let new: HashSet<&str> = changed.iter().map(|(_, seen)| seen.hash.as_str()).collect();
        let (mut remove, gone): (Vec<_>, Vec<_>) =
            gone.into_iter().partition(|path| new.contains(manifest[path].hash.as_str()));
        remove.extend(self.hold.allow(gone, manifest.len(), is_full_scan, now));
        let mut changes = Changes { put: Vec::new(), remove };
        let snapshot = self.generation.snapshot()?;
        for (path, seen) in changed {
            let row = self.generation.manifest().get(&path);
            let previous = row.map(|row| (&snapshot, row.id.as_str()));
            let Reading { record, findings } = reading::read(&path, &seen.os_path, previous);
            self.findings.remove(&path);
            if !findings.is_empty() {
                self.findings.insert(path, findings);
            }
            changes.put.extend(record);
        }
        for path in &changes.remove {
            self.findings.remove(path);
        }
        if changes.put.is_empty() && changes.remove.is_empty() {
            return Ok(());
        }
        self.assign_ids(&mut changes)?;
        self.generation.apply(&changes, &super::now())?;
        self.status.n_swaps += 1;
        Ok(())
    }

    /// Settles who has which id after the changes. Most edits change no id, and then nothing is
    /// compared.
    fn assign_ids(&mut self, changes: &mut Changes) -> Result<(), IndexError> {
        let manifest = self.generation.manifest();
        let is_edit = |record: &crate::index::Record| {
            manifest.get(&record.article.path).is_some_and(|row| row.claim == record.claim)
        };
        if changes.remove.is_empty() && changes.put.iter().all(is_edit) {
            for record in &mut changes.put {
                record.article.id.clone_from(&manifest[&record.article.path].id);
            }
            return Ok(());
        }
        self.id_findings = rebuild::assign_ids(&self.generation, changes)?;
        Ok(())
    }

    fn reload_vocabulary(&mut self) {
        match Vocabulary::load(self.options.vocabulary.as_deref()) {
            Ok(vocabulary) => {
                self.vocabulary_finding = None;
                let is_served = self.store.identity().vocabulary == vocabulary.fingerprint;
                let is_current = self.analyzer.vocabulary().fingerprint == vocabulary.fingerprint;
                if is_served && is_current && !self.is_outdated() {
                    return;
                }
                self.analyzer = Arc::new(Analyzer::new(vocabulary));
                self.store.set_identity(Identity::new(&self.analyzer, self.options.root.path()));
                self.rebuild();
            }
            Err(error) => self.vocabulary_finding = Some(vocabulary_finding(&error)),
        }
    }

    /// Whether the generation was opened under another vocabulary.
    fn is_outdated(&self) -> bool {
        !self.generation.is_consistent(&self.analyzer.vocabulary().fingerprint)
    }

    /// Builds a new generation beside the current one and goes over to it.
    fn rebuild(&mut self) {
        let built = kb::scan(&self.options.root).map_err(LiveError::from).and_then(|scan| {
            self.scan_findings.clone_from(&scan.findings);
            self.build(&scan)
        });
        match built {
            Ok(()) => {
                self.status.n_rebuilds += 1;
                self.status.n_swaps += 1;
                self.status.last_error = None;
            }
            Err(error) => self.note_error(&error),
        }
    }

    fn build(&mut self, scan: &Scan) -> Result<(), LiveError> {
        let (store, analyzer) = (&self.store, &self.analyzer);
        let (generation, findings, id_findings) =
            rebuild::build(scan, Some(&self.generation), |paths, load| {
                store.build(analyzer, paths, load, &now())
            })?;
        self.generation = generation;
        self.findings = findings;
        self.id_findings = id_findings;
        Ok(())
    }

    fn start_watching(&mut self) {
        let root = &self.options.root;
        if !self.options.watch || self.watch.as_ref().is_some_and(|watch| watch.covers(root)) {
            return;
        }
        let vocabulary = self.options.vocabulary.as_deref();
        match Watch::start(root, vocabulary, Arc::clone(&self.hints)) {
            Ok(watch) => self.watch = Some(watch),
            Err(error) => {
                self.watch = None;
                tracing::warn!(%error, "changes are noticed by polling only");
            }
        }
    }

    fn note_error(&mut self, error: &dyn std::error::Error) {
        tracing::error!(%error, "a change could not be applied");
        self.status.last_error = Some(error.to_string());
    }

    /// The state after a piece of work; how it differs from the last one is written down first.
    fn next_state(&mut self) -> Result<State, IndexError> {
        let snapshot = Arc::new(self.generation.snapshot()?);
        self.recorder.record(&self.generation, &snapshot);
        Ok(self.state(snapshot))
    }

    fn state(&self, snapshot: Arc<Snapshot>) -> State {
        let mut findings: Vec<Finding> = self.findings.values().flatten().cloned().collect();
        findings.extend(self.scan_findings.iter().cloned());
        findings.extend(self.id_findings.iter().cloned());
        findings.extend(self.vocabulary_finding.iter().cloned());
        findings.sort();
        findings.dedup();
        let status = Status {
            n_articles: snapshot.n_articles(),
            n_broken: self.generation.manifest().values().filter(|row| row.broken).count(),
            n_findings: findings.len(),
            revision: snapshot.revision().to_owned(),
            indexed_at: snapshot.indexed_at().to_owned(),
            watcher: match (&self.watch, self.options.watch) {
                (Some(_), _) => Watching::Events,
                (None, true) => Watching::Polling,
                (None, false) => Watching::Off,
            },
            n_held: self.hold.len(),
            ..self.status.clone()
        };
        let changes = self.recorder.log();
        State { snapshot, changes, findings: findings.into(), status }
    }
}

fn empty_status(n_rebuilds: u64) -> Status {
    Status {
        n_articles: 0,
        n_broken: 0,
        n_findings: 0,
        revision: String::new(),
        indexed_at: String::new(),
        scanned_at: None,
        watcher: Watching::Off,
        n_held: 0,
        n_swaps: 0,
        n_rebuilds,
        last_error: None,
    }
}

fn vocabulary_finding(error: &VocabularyError) -> Finding {
    let name = error.path.file_name().unwrap_or_default().to_string_lossy();
    let finding = Finding::new(&name, "vocabulary", Level::Error, error.reason.clone());
    match u32::try_from(error.line) {
        Ok(line @ 1..) => finding.at(line, 1),
        _ => finding,
    }
    .hint("改好后保存即可，改好之前继续使用原来的词表")
}
