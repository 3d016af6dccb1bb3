//! What is on disk: kills, power loss, damage, full and broken disks.

mod damage;
mod directory;
mod directory_kb;
mod failing;
mod failing_steps;
mod full;
mod growth;
mod power;

use crate::scenario::Scenario;

/// The rows of this group.
pub(crate) const SCENARIOS: &[Scenario] = &[
    power::POWER_LOSS,
    damage::DAMAGE,
    damage::UNDER_FOOT,
    full::FULL,
    full::FULL_PROCESS,
    failing::BROKEN,
    failing::HUNG,
    growth::GROWTH,
    failing_steps::STEPS,
];
