//! Hostile articles and paths: scripts, links, pictures, traversal.

use crate::scenario::Scenario;

/// The rows of this group.
pub(crate) const SCENARIOS: &[Scenario] = &[];
