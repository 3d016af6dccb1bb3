//! Whether the writing thread is still getting somewhere. It may sit in a call to a disk that never
//! answers, so others look at the clock for it.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// When the piece of work under way began.
#[derive(Debug)]
pub(super) struct Pulse {
    began: Mutex<Option<Instant>>,
    patience: Duration,
}

/// A piece of work, under way until this goes.
pub(super) struct Working<'a>(&'a Pulse);

impl Pulse {
    pub(super) fn new(patience: Duration) -> Self {
        Self { began: Mutex::new(None), patience }
    }

    /// A piece of work begins.
    #[must_use]
    pub(super) fn work(&self) -> Working<'_> {
        *self.began() = Some(Instant::now());
        Working(self)
    }

    /// How many seconds ago the piece of work under way began, if that is too long.
    pub(super) fn stuck_s(&self) -> Option<u64> {
        let age = (*self.began())?.elapsed();
        (age >= self.patience).then_some(age.as_secs())
    }

    fn began(&self) -> MutexGuard<'_, Option<Instant>> {
        self.began.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        *self.0.began() = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_work_under_way_can_be_stuck() {
        let pulse = Pulse::new(Duration::ZERO);
        assert_eq!(pulse.stuck_s(), None);
        let working = pulse.work();
        assert_eq!(pulse.stuck_s(), Some(0));
        drop(working);
        assert_eq!(pulse.stuck_s(), None);
        let patient = Pulse::new(Duration::from_secs(30));
        let _working = patient.work();
        assert_eq!(patient.stuck_s(), None);
    }
}
