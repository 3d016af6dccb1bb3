//! The one owner of index and state: takes hints, finds out what really changed, applies it.

mod applying;
mod scanning;
mod vocabulary;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use self::scanning::Deferred;
use super::{
    IndexHealth, LiveError, Options, Seams, Status, Watching,
    backoff::Backoff,
    disk,
    hold::Hold,
    home::{Home, guarded},
    inflight::Inflight,
    publish::{Published, State},
    rebuild::{self, Basis, FindingsByPath},
    recorder::Recorder,
    vanished::Vanished,
};
use crate::{
    analysis::{Analyzer, Vocabulary},
    article::Finding,
    index::{Generation, Identity, IndexError, Opened, Snapshot, Step},
    kb::{self, Hint, Hints, Root, Watch},
};

/// Owner of the index.
pub(super) struct Keeper {
    options: Options,
    hints: Arc<Hints>,
    home: Home,
    /// When to try again what failed.
    retry: Backoff,
    /// Whether memory was of no use either, since that time was set.
    has_tried_memory: bool,
    generation: Generation,
    /// Whether the generation was made with another vocabulary or by another analyzer.
    is_outdated: bool,
    recorder: Recorder,
    analyzer: Arc<Analyzer>,
    watch: Option<Watch>,
    hold: Hold,
    inflight: Inflight,
    findings: FindingsByPath,
    scan_findings: Vec<Finding>,
    id_findings: Vec<Finding>,
    vocabulary_finding: Option<Finding>,
    deferred: BTreeMap<String, Deferred>,
    vanished: Vanished,
    /// When the folder is to be read in full again.
    next_scan: Instant,
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
        seams: Seams,
    ) -> Result<(Self, State), LiveError> {
        let (vocabulary, vocabulary_finding) = match Vocabulary::load(options.vocabulary.as_deref())
        {
            Ok(vocabulary) => (vocabulary, None),
            Err(error) => (Vocabulary::built_in()?, Some(vocabulary::finding(&error))),
        };
        let Seams { bound, disk, first_retry, analyzer, .. } = seams;
        let is_of_it =
            |analyzer: &Arc<Analyzer>| analyzer.vocabulary().fingerprint == vocabulary.fingerprint;
        let analyzer = match analyzer.filter(is_of_it) {
            Some(analyzer) => analyzer,
            None => Arc::new(Analyzer::new(vocabulary)),
        };
        let identity = Identity::new(&analyzer, options.root.path());
        let (mut home, opened) = Home::open(&options.index, &disk, identity, &analyzer)?;
        let inflight = Inflight::open(&options);
        let first = First::of(opened, &mut home, &inflight, &options.root, &analyzer)?;
        let snapshot = Arc::new(first.generation.snapshot()?);
        let mut retry = Backoff::new(first_retry);
        if home.unsaved().is_some() {
            retry.fail(Instant::now());
        }
        let recorder = Recorder::open(&disk, &options.index, bound, &first.generation, &snapshot);
        let mut keeper = Self {
            watch: None,
            hold: Hold::default(),
            inflight,
            scan_findings: Vec::new(),
            deferred: BTreeMap::new(),
            vanished: Vanished::default(),
            next_scan: Instant::now(),
            status: empty_status(&first),
            options,
            hints,
            home,
            retry,
            has_tried_memory: false,
            generation: first.generation,
            is_outdated: first.is_outdated,
            recorder,
            analyzer,
            findings: first.findings,
            id_findings: first.id_findings,
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
            let working = published.pulse.work();
            self.piece_of_work(hints, &published);
            drop(working);
            drop(published);
            // Only now: what is served must not wait for what may not be.
            hints = if self.inflight.try_next() { vec![Hint::Rescan] } else { self.wait() };
        }
    }

    /// Works and publishes what came of it. Whatever goes wrong, what is published stays, and it
    /// is tried again.
    fn piece_of_work(&mut self, hints: Vec<Hint>, published: &Published) {
        let n_failures = self.status.index.n_failures;
        let outcome = guarded(|| {
            self.work(hints);
            self.inflight.end();
            self.next_state()
        });
        match outcome {
            Ok(state) => {
                published.publish(state);
                if self.status.index.n_failures == n_failures && self.home.unsaved().is_none() {
                    self.retry.reset();
                }
            }
            Err(error) => self.note_failure(&error),
        }
    }

    fn wait(&mut self) -> Vec<Hint> {
        let deferred = self.deferred.values().map(|deferred| deferred.at);
        let scan = self.options.watch.then_some(self.next_scan);
        let looks = deferred.chain(self.vanished.due()).chain(scan);
        // With nothing to do ever, only the end of the program brings a hint.
        let next = looks.chain(self.retry.next()).chain(self.inflight.due()).min();
        let now = Instant::now();
        self.hints.wait(next.map_or(Duration::MAX, |next| next.saturating_duration_since(now)))
    }

    fn work(&mut self, hints: Vec<Hint>) {
        let now = Instant::now();
        let n_failures = self.status.index.n_failures;
        let is_retry = self.retry.is_due(now);
        if hints.contains(&Hint::Vocabulary) {
            self.reload_vocabulary();
        }
        if is_retry {
            self.come_home();
        }
        let is_due = self.options.watch && now >= self.next_scan;
        let outcome = if hints.contains(&Hint::Rescan) || is_due || is_retry {
            self.scan_all(now)
        } else {
            self.look_at(&hints, now)
        };
        match outcome {
            Ok(()) if self.status.index.n_failures == n_failures => self.status.last_error = None,
            Ok(()) => {}
            Err(LiveError::Index(error)) => self.recover(&error),
            Err(error) => self.note_error(&error),
        }
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
                if self.watch.take().is_some() || self.status.scanned_at.is_none() {
                    tracing::warn!(%error, "changes are noticed by polling only");
                }
            }
        }
    }

    fn note_error(&mut self, error: &dyn std::error::Error) {
        let error = Some(error.to_string());
        if self.status.last_error != error {
            tracing::error!(error, "a change could not be applied");
        }
        self.status.last_error = error;
        self.status.index.n_failures += 1;
    }

    /// The same for what is tried again.
    fn note_failure(&mut self, error: &IndexError) {
        self.note_error(error);
        self.retry.fail(Instant::now());
    }

    /// The state after a piece of work; how it differs from the last one is written down first.
    fn next_state(&mut self) -> Result<State, IndexError> {
        let snapshot = Arc::new(self.generation.snapshot()?);
        self.home.disk().reaches(Step::Swap)?;
        self.recorder.pause(!self.home.is_ours());
        self.recorder.record(&self.generation, &snapshot);
        Ok(self.state(snapshot))
    }

    fn state(&self, snapshot: Arc<Snapshot>) -> State {
        let mut findings: Vec<Finding> = self.findings.values().flatten().cloned().collect();
        findings.extend(self.scan_findings.iter().cloned());
        findings.extend(self.id_findings.iter().cloned());
        findings.extend(self.inflight.findings());
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
            n_withheld: self.inflight.len(),
            index: IndexHealth {
                unsaved: self.home.unsaved().cloned(),
                // Asked here, beside the requests: a disk that hangs must not hold up who measures it.
                disk_free_permille: disk::free_permille(&self.options.index),
                ..self.status.index.clone()
            },
            ..self.status.clone()
        };
        let changes = self.recorder.log();
        State { snapshot, changes, findings: findings.into(), status }
    }
}

/// The index at the start.
struct First {
    generation: Generation,
    is_outdated: bool,
    findings: FindingsByPath,
    id_findings: Vec<Finding>,
    n_rebuilds: u64,
    n_failures: u64,
}

impl First {
    /// What was opened, or a new one; in memory if the disk does not take it.
    fn of(
        opened: Opened,
        home: &mut Home,
        inflight: &Inflight,
        root: &Root,
        analyzer: &Arc<Analyzer>,
    ) -> Result<Self, LiveError> {
        let is_outdated = matches!(opened, Opened::Outdated(_));
        if let Opened::Current(generation) | Opened::Outdated(generation) = opened {
            return Ok(Self::found(generation, is_outdated));
        }
        let scan = kb::scan(root)?;
        let disk = Arc::clone(home.disk());
        let (inflight, kept) = (Some(inflight), BTreeSet::new());
        let basis = Basis { disk: &*disk, scan: &scan, previous: None, inflight, kept };
        let build = |home: &Home| {
            guarded(|| rebuild::build(&basis, |paths, load| home.build(analyzer, paths, load)))
        };
        let mut n_failures = u64::from(home.unsaved().is_some());
        let built = match build(home) {
            Err(error) if home.unsaved().is_none() => {
                n_failures += 1;
                home.leave(&error);
                build(home)
            }
            built => built,
        };
        let (generation, findings, id_findings) = built?;
        Ok(Self {
            findings,
            id_findings,
            n_rebuilds: 1,
            n_failures,
            ..Self::found(generation, false)
        })
    }

    fn found(generation: Generation, is_outdated: bool) -> Self {
        let (findings, id_findings) = (FindingsByPath::new(), Vec::new());
        Self { generation, is_outdated, findings, id_findings, n_rebuilds: 0, n_failures: 0 }
    }
}

fn empty_status(first: &First) -> Status {
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
        n_rebuilds: first.n_rebuilds,
        last_error: None,
        n_withheld: 0,
        index: IndexHealth { n_failures: first.n_failures, ..IndexHealth::default() },
    }
}
