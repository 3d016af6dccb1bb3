//! Hostile queries, and fuzzing of everything that reads text of strangers.

use crate::scenario::Scenario;

/// The rows of this group.
pub(crate) const SCENARIOS: &[Scenario] = &[];
