//! What every request shares.

use std::{path::PathBuf, sync::Arc, time::Instant};

use axum::http::{HeaderMap, header};
use time::Date;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

pub(crate) use crate::index::{Snapshot, Stored};
use crate::{history::History, live::Live};

use super::{
    access::{Access, AccessSettings},
    checks::Checks,
    gate::Gate,
    host::AllowedHosts,
    limits::{Limits, declared_length},
    metrics::{Metrics, Occupancy},
    offline::LastBundle,
    page_settings::PageSettings,
    problem::{Code, Problem},
    timing,
    unmatched::Unmatched,
};

/// Seconds after which a refused stream of events may be asked for again.
const STREAM_RETRY_S: u32 = 30;

/// Seconds after which a refused large body may be sent again.
const BODY_RETRY_S: u32 = 2;

/// What an [`App`] is made from.
pub struct Settings {
    /// The running knowledge base.
    pub live: Live,
    /// Its folder, from which images are served.
    pub kb_root: PathBuf,
    /// Hosts a request may be addressed to.
    pub allowed_hosts: AllowedHosts,
    /// Bounds.
    pub limits: Limits,
    /// The day against which reviews are overdue.
    pub today: fn() -> Date,
    /// Names of the organisation's own systems, for the checks of articles.
    pub systems: Vec<String>,
    /// Whether to show the history of articles from git.
    pub history: bool,
    /// What the pages say and link to beyond the knowledge base.
    pub pages: PageSettings,
    /// Who may ask, from where and how often.
    pub access: AccessSettings,
}

/// The shared state of the web side; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    live: Live,
    kb_root: Arc<PathBuf>,
    today: fn() -> Date,
    systems: Arc<[String]>,
    door: Arc<Door>,
    checks: Checks,
    history: Option<History>,
    pages: PageSettings,
    last_bundle: LastBundle,
    unmatched: Unmatched,
}

/// What the layers before a handler need; knows no knowledge base.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) allowed_hosts: AllowedHosts,
    pub(crate) limits: Limits,
    pub(crate) access: Access,
    pub(crate) metrics: Metrics,
    gate: Gate,
    /// Places for event streams.
    streams: Arc<Semaphore>,
    /// Places for bodies that may be large.
    bodies: Arc<Semaphore>,
    draining: watch::Sender<bool>,
    started: Instant,
}

impl Door {
    pub(crate) fn new(allowed_hosts: AllowedHosts, limits: Limits) -> Self {
        Self {
            allowed_hosts,
            gate: Gate::new(&limits),
            streams: Arc::new(Semaphore::new(limits.event_streams)),
            bodies: Arc::new(Semaphore::new(limits.large_bodies)),
            limits,
            access: Access::default(),
            metrics: Metrics::new(),
            draining: watch::Sender::new(false),
            started: Instant::now(),
        }
    }

    /// The same with these settings of access.
    pub(crate) fn with_access(self, settings: AccessSettings) -> Self {
        Self { access: Access::new(settings), ..self }
    }

    /// Says from now on that the server is about to stop.
    pub(crate) fn drain(&self) {
        self.draining.send_replace(true);
    }

    /// Whether the server is about to stop.
    pub(crate) fn is_draining(&self) -> bool {
        *self.draining.borrow()
    }

    /// Ends when the server is about to stop.
    pub(crate) async fn drained(&self) {
        // An error would mean that the state is gone, and then the server is too.
        let _ = self.draining.subscribe().wait_for(|is_draining| *is_draining).await;
    }

    /// A place for a stream of events, held until it is dropped.
    ///
    /// # Errors
    /// A busy problem when all are taken, at once: streams last for hours.
    pub(crate) fn stream_place(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let refused = |_| {
            Problem::new(Code::Busy, "打开着的页面太多，暂时不能自动刷新。")
                .retry_after(STREAM_RETRY_S)
        };
        Arc::clone(&self.streams).try_acquire_owned().map_err(refused)
    }

    /// A place for the body of a request, held until it is dropped; none is needed for one that is
    /// known to be small. Otherwise every connection could fill the memory with a large one.
    ///
    /// # Errors
    /// A busy problem when all are taken, at once: a slow client may hold one for long.
    pub(crate) fn body_place(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<OwnedSemaphorePermit>, Problem> {
        let is_chunked = headers.contains_key(header::TRANSFER_ENCODING);
        let length = declared_length(headers).unwrap_or(0);
        if !is_chunked && length <= self.limits.body_bytes as u64 {
            return Ok(None);
        }
        let refused = |_| {
            Problem::new(Code::Busy, "同时收到的大请求太多，请稍后再试。").retry_after(BODY_RETRY_S)
        };
        Arc::clone(&self.bodies).try_acquire_owned().map(Some).map_err(refused)
    }

    /// Streams of events that are open.
    fn n_streams(&self) -> usize {
        self.limits.event_streams.saturating_sub(self.streams.available_permits())
    }

    /// How full the server is.
    pub(crate) fn occupancy(&self) -> Occupancy {
        Occupancy { n_streams: self.n_streams(), n_waiting: self.gate.n_waiting() }
    }

    /// Whole seconds since the start.
    pub(crate) fn uptime_s(&self) -> u64 {
        self.started.elapsed().as_secs()
    }

    /// Runs `work` on a thread that may block, when there is a place for it.
    ///
    /// The place is held until the work has really ended, even when nobody waits for it any more.
    ///
    /// # Errors
    /// The problem of the work; a busy problem without a place; an internal one after a panic,
    /// which ends this request only.
    pub(crate) async fn compute<T, E, F>(&self, work: F) -> Result<T, Problem>
    where
        F: FnOnce() -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Into<Problem> + Send + 'static,
    {
        let asked = Instant::now();
        let place = self.gate.enter().await?;
        let begun = Instant::now();
        let task = tokio::task::spawn_blocking(move || {
            let _place = place;
            work()
        });
        let ended = task.await;
        timing::add(begun - asked, begun.elapsed());
        match ended {
            Ok(result) => result.map_err(Into::into),
            Err(error) => {
                self.metrics.count_panic();
                Err(Problem::internal(error))
            }
        }
    }
}

impl App {
    /// The state for one server.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let Settings {
            live,
            kb_root,
            allowed_hosts,
            limits,
            today,
            systems,
            history,
            pages,
            access,
        } = settings;
        let door = Arc::new(Door::new(allowed_hosts, limits).with_access(access));
        let history = history.then(|| History::new(kb_root.clone()));
        let (kb_root, systems) = (Arc::new(kb_root), systems.into());
        let (checks, last_bundle) = (Checks::new(), LastBundle::default());
        let unmatched = Unmatched::default();
        Self(Arc::new(Inner {
            live,
            kb_root,
            today,
            systems,
            door,
            checks,
            history,
            pages,
            last_bundle,
            unmatched,
        }))
    }

    /// The running knowledge base.
    pub(crate) fn live(&self) -> &Live {
        &self.0.live
    }

    /// Names of the organisation's own systems.
    pub(crate) fn systems(&self) -> Arc<[String]> {
        self.0.systems.clone()
    }

    /// The folder of the knowledge base.
    pub(crate) fn kb_root(&self) -> Arc<PathBuf> {
        Arc::clone(&self.0.kb_root)
    }

    /// Today, in the time zone of whoever made the settings.
    pub(crate) fn today(&self) -> Date {
        (self.0.today)()
    }

    /// What the linter said last.
    pub(crate) fn checks(&self) -> &Checks {
        &self.0.checks
    }

    /// The history of the articles, unless it is switched off.
    pub(crate) fn history(&self) -> Option<&History> {
        self.0.history.as_ref()
    }

    /// What the pages say and link to beyond the knowledge base.
    pub(crate) fn pages(&self) -> &PageSettings {
        &self.0.pages
    }

    /// The bundle for browsers that was made last.
    pub(crate) fn last_bundle(&self) -> &LastBundle {
        &self.0.last_bundle
    }

    /// Alerts that came and that no article declares.
    pub(crate) fn unmatched(&self) -> &Unmatched {
        &self.0.unmatched
    }

    /// What the layers before a handler need.
    pub(crate) fn door(&self) -> &Arc<Door> {
        &self.0.door
    }

    /// Reads from `snapshot` on a thread that may block.
    ///
    /// # Errors
    /// As [`Door::compute`].
    pub(crate) async fn read<T, E, F>(&self, snapshot: Arc<Snapshot>, work: F) -> Result<T, Problem>
    where
        F: FnOnce(&Snapshot) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Into<Problem> + Send + 'static,
    {
        self.door().compute(move || work(&snapshot)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::problem::Code;

    fn door() -> Door {
        let limits = Limits { searches: 1, ..Limits::default() };
        Door::new(AllowedHosts::new(&[], 8017).unwrap(), limits)
    }

    #[test]
    fn only_bodies_that_may_be_large_need_a_place() {
        let limits = Limits { large_bodies: 1, ..Limits::default() };
        let door = Door::new(AllowedHosts::loopback(8017), limits);
        let headers = |name, value: &str| HeaderMap::from_iter([(name, value.parse().unwrap())]);
        let small = headers(header::CONTENT_LENGTH, "65536");
        let large = headers(header::CONTENT_LENGTH, "65537");
        let chunked = headers(header::TRANSFER_ENCODING, "chunked");
        let taken = door.body_place(&large).unwrap();
        assert!(taken.is_some());
        for headers in [&large, &chunked] {
            assert_eq!(door.body_place(headers).unwrap_err().status(), 503);
        }
        for headers in [&small, &HeaderMap::new()] {
            assert!(door.body_place(headers).unwrap().is_none());
        }
        drop(taken);
        assert!(door.body_place(&chunked).unwrap().is_some());
    }

    #[tokio::test]
    async fn work_gives_its_result_or_its_problem() {
        let door = door();
        assert_eq!(door.compute(|| Ok::<_, Problem>(7)).await.unwrap(), 7);
        let failed = door.compute(|| Err::<(), _>(Problem::new(Code::NotFound, "x"))).await;
        assert_eq!(failed.unwrap_err().status(), 404);
    }

    #[tokio::test]
    async fn a_panic_is_counted_and_gives_its_place_back() {
        let door = door();
        for n in 1..=3 {
            let result = door.compute(|| -> Result<(), Problem> { panic!("on purpose") }).await;
            assert_eq!(result.unwrap_err().status(), 500);
            assert_eq!(door.metrics.n_panics(), n);
        }
        assert!(door.compute(|| Ok::<_, Problem>(())).await.is_ok());
    }
}
