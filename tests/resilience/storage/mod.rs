//! What is on disk: kills, power loss, damage, full and broken disks.

mod aborts;
mod damage;
mod directory;
mod directory_kb;
mod failing;
mod failing_steps;
mod full;
mod growth;
mod kills;
mod oracle;
mod points;
mod power;
mod recovery;
mod stop;
mod traced;
mod twins;
mod upgrade;

use crate::scenario::Scenario;

/// The rows of this group.
pub(crate) const SCENARIOS: &[Scenario] = &[
    kills::D1,
    points::D2,
    power::POWER_LOSS,
    damage::DAMAGE,
    damage::UNDER_FOOT,
    full::FULL,
    full::FULL_PROCESS,
    failing::BROKEN,
    failing::HUNG,
    recovery::D7,
    aborts::D8,
    twins::D9,
    growth::GROWTH,
    stop::D11,
    failing_steps::STEPS,
    upgrade::O5,
];
