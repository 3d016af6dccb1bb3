//! The end of a search that takes too long.

use std::time::{Duration, Instant};

use super::query::QueryError;

/// When a search gives up. It is looked at while articles are read, which may be long and many;
/// the first stage is bounded by its terms and the number of files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline(Option<Instant>);

impl Deadline {
    /// The end of what begins now and may take so long; without a time there is none.
    #[must_use]
    pub(super) fn after(time: Option<Duration>) -> Self {
        Self(time.and_then(|time| Instant::now().checked_add(time)))
    }

    /// Whether it is time to give up.
    #[must_use]
    pub(super) fn is_past(self) -> bool {
        self.0.is_some_and(|end| Instant::now() >= end)
    }

    /// Gives up when it is time.
    ///
    /// # Errors
    /// [`QueryError::Late`] from then on.
    pub(super) fn check(self) -> Result<(), QueryError> {
        if self.is_past() { Err(QueryError::Late) } else { Ok(()) }
    }
}
