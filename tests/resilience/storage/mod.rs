//! What is on disk: kills, power loss, damage, full and broken disks.

use crate::scenario::Scenario;

/// The rows of this group.
pub(crate) const SCENARIOS: &[Scenario] = &[];
