//! Where the tools read: the running knowledge base, or an index opened for one process.

use std::{
    sync::{Arc, Mutex, TryLockError},
    time::Instant,
};

use arc_swap::ArcSwap;
use time::Date;

use crate::{
    live::{self, SCAN_INTERVAL},
    web::{
        api::id_url,
        problem::Problem,
        state::{App, Door, Snapshot},
    },
};

/// What the tools read, and the origin under which people find it. Cheap to clone.
#[derive(Clone)]
pub(super) struct Source {
    place: Place,
    origin: Arc<str>,
}

#[derive(Clone)]
enum Place {
    Served(App),
    Opened(Arc<Opened>),
}

/// An index that this process has opened for itself.
struct Opened {
    options: live::Options,
    today: fn() -> Date,
    door: Door,
    /// What the folder held when it was last looked at.
    latest: ArcSwap<Snapshot>,
    /// When that was; locked while somebody looks.
    looked_at: Mutex<Instant>,
}

impl Source {
    /// The running knowledge base; `origin` such as `https://kb.example.com`.
    pub(super) fn served(app: App, origin: &str) -> Self {
        Self { place: Place::Served(app), origin: origin.into() }
    }

    /// A snapshot of what `options` name, opened again when it is asked after
    /// [`SCAN_INTERVAL`]; `door` has the limits. With an empty `origin` addresses are paths.
    pub(super) fn opened(
        first: Snapshot,
        options: live::Options,
        today: fn() -> Date,
        door: Door,
        origin: &str,
    ) -> Self {
        let latest = ArcSwap::from_pointee(first);
        let looked_at = Mutex::new(Instant::now());
        let opened = Opened { options, today, door, latest, looked_at };
        Self { place: Place::Opened(Arc::new(opened)), origin: origin.into() }
    }

    /// The day against which reviews are overdue.
    pub(super) fn today(&self) -> Date {
        match &self.place {
            Place::Served(app) => app.today(),
            Place::Opened(opened) => (opened.today)(),
        }
    }

    /// Address of the page of the article `id`.
    pub(super) fn url(&self, id: &str) -> String {
        id_url(&format!("{}/articles/", self.origin), id)
    }

    /// Limits and counters.
    pub(super) fn door(&self) -> &Door {
        match &self.place {
            Place::Served(app) => app.door(),
            Place::Opened(opened) => &opened.door,
        }
    }

    /// Reads from the current snapshot on a thread that may block.
    ///
    /// # Errors
    /// As [`Door::compute`].
    pub(super) async fn read<T, F>(&self, work: F) -> Result<T, Problem>
    where
        F: FnOnce(&Snapshot) -> Result<T, Problem> + Send + 'static,
        T: Send + 'static,
    {
        match &self.place {
            Place::Served(app) => app.read(app.live().snapshot(), work).await,
            Place::Opened(opened) => {
                let state = Arc::clone(opened);
                opened.door.compute(move || work(&state.snapshot())).await
            }
        }
    }
}

impl Opened {
    /// The snapshot, opened again when the last look at the folder is too long ago: agents keep
    /// the process for days. What cannot be opened again leaves the last one in use; so does
    /// somebody else who is opening it just now.
    fn snapshot(&self) -> Arc<Snapshot> {
        let free = match self.looked_at.try_lock() {
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Poisoned(free)) => Some(free.into_inner()),
            Ok(free) => Some(free),
        };
        if let Some(mut looked_at) = free.filter(|looked_at| looked_at.elapsed() >= SCAN_INTERVAL) {
            match live::open_snapshot(&self.options) {
                Ok(snapshot) => self.latest.store(Arc::new(snapshot)),
                Err(error) => tracing::warn!(%error, "the knowledge base cannot be opened again"),
            }
            *looked_at = Instant::now();
        }
        self.latest.load_full()
    }
}
