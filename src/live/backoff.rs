//! When to try again what failed: soon at first, then ever more seldom.

use std::time::{Duration, Instant};

/// Longest time between two tries.
const LONGEST: Duration = Duration::from_secs(60);

/// The next try.
#[derive(Debug)]
pub(super) struct Backoff {
    first: Duration,
    wait: Duration,
    next: Option<Instant>,
}

impl Backoff {
    /// Nothing has failed yet.
    pub(super) fn new(first: Duration) -> Self {
        Self { first, wait: first, next: None }
    }

    /// When to try again, if something failed.
    pub(super) fn next(&self) -> Option<Instant> {
        self.next
    }

    /// Whether the time for the next try has come.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.next.is_some_and(|next| next <= now)
    }

    /// Something failed. While the next try is still to come nothing changes: what fails many
    /// times at once has failed once.
    pub(super) fn fail(&mut self, now: Instant) {
        if self.next.is_none_or(|next| next <= now) {
            self.next = Some(now + self.wait);
            self.wait = (self.wait * 2).min(LONGEST);
        }
    }

    /// All is well.
    pub(super) fn reset(&mut self) {
        *self = Self::new(self.first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_a_minute() {
        let mut backoff = Backoff::new(Duration::from_secs(1));
        let mut now = Instant::now();
        assert!(!backoff.is_due(now));
        let mut waits = Vec::new();
        for _ in 0..8 {
            backoff.fail(now);
            backoff.fail(now);
            let next = backoff.next().unwrap();
            waits.push((next - now).as_secs());
            assert!(!backoff.is_due(now) && backoff.is_due(next));
            now = next;
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
        backoff.reset();
        assert_eq!(backoff.next(), None);
        backoff.fail(now);
        assert_eq!(backoff.next(), Some(now + Duration::from_secs(1)));
    }
}
