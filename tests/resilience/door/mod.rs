//! The door: slow and greedy clients, overload, malformed requests, hosts, tokens.

use crate::scenario::Scenario;

/// The rows of this group.
pub(crate) const SCENARIOS: &[Scenario] = &[];
