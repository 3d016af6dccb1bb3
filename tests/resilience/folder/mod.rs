//! The folder of articles: how editors save, half-written files, names, encodings, vanished files.

use crate::scenario::Scenario;

/// The rows of this group.
pub(crate) const SCENARIOS: &[Scenario] = &[];
