//! What the linter says of the served articles, computed beside the requests and kept.
//!
//! Rules look at all articles, so a check costs time that no page waits for: it runs on a thread
//! of its own, one at a time, when somebody wants to know and the last one is of an older version.
//! Until it is done, pages show what is known: the findings of the last check.

use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use time::Date;
use tokio::{sync::watch, task::spawn_blocking, time::sleep};

use super::{problem::Problem, state::App};
use crate::{
    article::{self, Finding, Parsed},
    check::{self, Checked, Corpus, Images},
    index::{IndexError, StoredSource},
    live::Current,
};

/// What was found in one version of the knowledge base.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// Version of [`Current`] that was checked; 0 before the first check.
    version: u64,
    /// Revision of the articles that were checked; empty before the first check.
    pub(crate) revision: String,
    today: Option<Date>,
    /// All findings, sorted, each once.
    pub(crate) findings: Vec<Finding>,
    /// Findings of rules over all articles, by path. Those of parsing are left out: a reader of
    /// one article has them at hand.
    ruled: HashMap<String, Vec<Finding>>,
    /// Why there is nothing.
    failure: Option<String>,
}

impl Verdict {
    /// Whether it is of this version and day.
    pub(crate) fn is_of(&self, version: u64, today: Date) -> bool {
        self.version == version && self.today == Some(today)
    }

    /// What the rules over all articles found in the file at `path`.
    pub(crate) fn ruled(&self, path: &str) -> &[Finding] {
        self.ruled.get(path).map(Vec::as_slice).unwrap_or_default()
    }
}

/// The last check, and the one that is under way.
#[derive(Debug)]
pub(crate) struct Checks {
    latest: watch::Sender<Arc<Verdict>>,
    is_running: AtomicBool,
}

impl Checks {
    pub(crate) fn new() -> Self {
        Self { latest: watch::Sender::new(Arc::default()), is_running: AtomicBool::new(false) }
    }

    /// The last verdict, whatever version it is of.
    pub(crate) fn latest(&self) -> Arc<Verdict> {
        Arc::clone(&self.latest.borrow())
    }

    /// Word of each verdict.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Arc<Verdict>> {
        self.latest.subscribe()
    }

    fn is_current(&self, app: &App) -> bool {
        self.latest.borrow().is_of(app.live().current().version, app.today())
    }
}

/// Sees to it that a verdict on the current version comes, without waiting for it.
pub(crate) fn refresh(app: &App) {
    let checks = app.checks();
    if checks.is_current(app) || checks.is_running.swap(true, Ordering::AcqRel) {
        return;
    }
    let app = app.clone();
    tokio::spawn(async move {
        let checks = app.checks();
        loop {
            let started = Instant::now();
            let verdict = run(&app).await;
            checks.latest.send_replace(Arc::new(verdict));
            if !checks.is_current(&app) {
                // Saves in quick succession get half of a processor at most.
                sleep(started.elapsed()).await;
                continue;
            }
            checks.is_running.store(false, Ordering::Release);
            // A version that came since then found a check running and asked for none.
            if checks.is_current(&app) || checks.is_running.swap(true, Ordering::AcqRel) {
                return;
            }
        }
    });
}

/// The verdict on the version that is current now, or on a later one.
///
/// # Errors
/// When the check failed.
pub(crate) async fn verdict(app: &App) -> Result<Arc<Verdict>, Problem> {
    let (version, today) = (app.live().current().version, app.today());
    let mut verdicts = app.checks().subscribe();
    loop {
        let latest = Arc::clone(&verdicts.borrow_and_update());
        if latest.version > version || latest.is_of(version, today) {
            return match &latest.failure {
                Some(failure) => Err(Problem::internal(failure)),
                None => Ok(latest),
            };
        }
        refresh(app);
        // The sender lives as long as the state does.
        verdicts.changed().await.map_err(Problem::internal)?;
    }
}

async fn run(app: &App) -> Verdict {
    let (current, today) = (app.live().current(), app.today());
    let version = current.version;
    let failed = |failure: String| Verdict {
        version,
        today: Some(today),
        failure: Some(failure),
        ..Verdict::default()
    };
    let (folder, systems) = (app.kb_root(), app.systems());
    match spawn_blocking(move || check(&current, today, &folder, &systems)).await {
        Ok(Ok(verdict)) => verdict,
        Ok(Err(error)) => failed(error.to_string()),
        Err(panic) => {
            app.door().metrics.count_panic();
            failed(panic.to_string())
        }
    }
}

/// What the linter says of the served articles, and what is wrong with files that could not be
/// read as written. The rule `expect` is left to the command line: its many searches would keep
/// callers waiting.
fn check(
    current: &Current,
    today: Date,
    folder: &Path,
    systems: &[String],
) -> Result<Verdict, IndexError> {
    let sources = current.snapshot.sources()?;
    let is_broken = |source: &&StoredSource| source.broken;
    let broken: BTreeSet<String> =
        sources.iter().filter(is_broken).map(|source| source.path.clone()).collect();
    let articles: Vec<Checked> = sources.into_iter().map(checked).collect();
    let parsed: BTreeSet<&Finding> = articles.iter().flat_map(|a| &a.findings).collect();
    let images = Images::beneath(folder, &articles);
    let corpus = Corpus::new(&articles, today).with_systems(systems).with_images(&images);
    let mut findings = check::check(&corpus);
    // The last good version is no longer in the file: its findings would name wrong lines.
    findings.retain(|finding| !broken.contains(&finding.path));
    let mut ruled: HashMap<String, Vec<Finding>> = HashMap::new();
    for finding in findings.iter().filter(|finding| !parsed.contains(finding)) {
        ruled.entry(finding.path.clone()).or_default().push(finding.clone());
    }
    findings.extend(current.findings.iter().cloned());
    findings.sort();
    findings.dedup();
    let (version, revision) = (current.version, current.snapshot.revision().to_owned());
    Ok(Verdict { version, revision, today: Some(today), findings, ruled, failure: None })
}

/// An article with what its stored source gives again when it is parsed, under the id it claims.
fn checked(stored: StoredSource) -> Checked {
    let StoredSource { path, source, .. } = stored;
    match article::parse(&path, &source) {
        Ok(Parsed { article, findings }) => Checked::sound(article, source, findings),
        Err(_) => Checked::broken(article::salvage(&path, &source), source, Vec::new()),
    }
}
