//! Operation: cold starts, logs, health, upgrades, supply chain.

use crate::scenario::Scenario;

/// The rows of this group.
pub(crate) const SCENARIOS: &[Scenario] = &[];
