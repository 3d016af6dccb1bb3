//! The folder of articles: how editors save, half-written files, names, encodings, vanished files.

mod broken;
mod clock;
mod encodings;
mod junk;
mod kit;
mod limits;
mod names;
mod saves;
mod vanished;
mod writers;

use crate::scenario::Scenario;

/// The rows of this group.
pub(crate) const SCENARIOS: &[Scenario] = &[
    saves::W1,
    writers::W2,
    clock::W3,
    limits::W4,
    limits::W5,
    junk::W6,
    names::W7,
    encodings::W8,
    vanished::W9,
    broken::W10,
];
