//! What every request shares.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use time::Date;

pub(crate) use crate::index::{Snapshot, Stored};
use crate::live::Live;

use super::{
    host::AllowedHosts,
    limits::{Gate, Limits},
    metrics::Metrics,
    problem::Problem,
};

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
}

/// The shared state of the web side; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    live: Live,
    kb_root: Arc<PathBuf>,
    today: fn() -> Date,
    door: Arc<Door>,
}

/// What the layers before a handler need; knows no knowledge base.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) allowed_hosts: AllowedHosts,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    gate: Gate,
    is_draining: AtomicBool,
    started: Instant,
}

impl Door {
    pub(crate) fn new(allowed_hosts: AllowedHosts, limits: Limits) -> Self {
        Self {
            allowed_hosts,
            gate: Gate::new(&limits),
            limits,
            metrics: Metrics::new(),
            is_draining: AtomicBool::new(false),
            started: Instant::now(),
        }
    }

    /// Says from now on that the server is about to stop.
    pub(crate) fn drain(&self) {
        self.is_draining.store(true, Ordering::Relaxed);
    }

    /// Whether the server is about to stop.
    pub(crate) fn is_draining(&self) -> bool {
        self.is_draining.load(Ordering::Relaxed)
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
        let place = self.gate.enter().await?;
        let task = tokio::task::spawn_blocking(move || {
            let _place = place;
            work()
        });
        match task.await {
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
        let Settings { live, kb_root, allowed_hosts, limits, today } = settings;
        let door = Arc::new(Door::new(allowed_hosts, limits));
        Self(Arc::new(Inner { live, kb_root: Arc::new(kb_root), today, door }))
    }

    /// The running knowledge base.
    pub(crate) fn live(&self) -> &Live {
        &self.0.live
    }

    /// The folder of the knowledge base.
    pub(crate) fn kb_root(&self) -> Arc<PathBuf> {
        Arc::clone(&self.0.kb_root)
    }

    /// Today, in the time zone of whoever made the settings.
    pub(crate) fn today(&self) -> Date {
        (self.0.today)()
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
