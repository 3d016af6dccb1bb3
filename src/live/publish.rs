//! What readers see: replaced as a whole, numbered, and announced.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use tokio::sync::watch;

use super::{Status, pulse::Pulse};
use crate::{
    article::Finding,
    index::{ChangeLog, Snapshot},
};

/// What the writing thread knows after a piece of work.
#[derive(Debug)]
pub(super) struct State {
    pub snapshot: Arc<Snapshot>,
    pub changes: Arc<ChangeLog>,
    pub findings: Arc<[Finding]>,
    pub status: Status,
}

/// One version of what is served.
#[derive(Debug, Clone)]
pub struct Current {
    /// Counts up whenever the articles or the findings change; from 1 at each start.
    pub version: u64,
    /// The articles.
    pub snapshot: Arc<Snapshot>,
    /// What led to them; ends at their revision.
    pub changes: Arc<ChangeLog>,
    /// What is wrong with files that could not be read as written.
    pub findings: Arc<[Finding]>,
}

/// The current state, and the channel that says it is another one.
#[derive(Debug)]
pub(super) struct Published {
    state: ArcSwap<(u64, State)>,
    versions: watch::Sender<u64>,
    /// Whether the writing thread is at work, and since when.
    pub(super) pulse: Pulse,
}

impl Published {
    /// `patience` is the longest time that a piece of work may take unremarked.
    pub(super) fn new(state: State, patience: Duration) -> Self {
        Self {
            state: ArcSwap::from_pointee((1, state)),
            versions: watch::Sender::new(1),
            pulse: Pulse::new(patience),
        }
    }

    /// Replaces the state. Subscribers hear of it when articles or findings differ: most looks at
    /// the folder find nothing new.
    pub(super) fn publish(&self, new: State) {
        let before = self.state.load();
        let is_new = differs(&before.1, &new);
        let version = before.0 + u64::from(is_new);
        self.state.store(Arc::new((version, new)));
        if is_new {
            // The number of the version waits in the channel; no subscriber is waited for.
            self.versions.send_replace(version);
        }
    }

    pub(super) fn current(&self) -> Current {
        let published = self.state.load();
        let (version, State { snapshot, changes, findings, .. }) = &**published;
        Current {
            version: *version,
            snapshot: Arc::clone(snapshot),
            changes: Arc::clone(changes),
            findings: Arc::clone(findings),
        }
    }

    pub(super) fn status(&self) -> Status {
        let mut status = self.state.load().1.status.clone();
        status.index.stuck_s = self.pulse.stuck_s();
        status
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<u64> {
        self.versions.subscribe()
    }
}

fn differs(before: &State, after: &State) -> bool {
    before.snapshot.revision() != after.snapshot.revision()
        || before.snapshot.indexed_at() != after.snapshot.indexed_at()
        || before.findings != after.findings
}
