//! Hostile articles and paths: scripts, links, pictures, traversal.

mod agents;
mod allowed;
mod bombs;
mod browser;
#[path = "../../browser/chromium.rs"]
mod chromium;
mod crawl;
mod headers;
mod links;
mod markdown;
mod media;
mod outbound;
mod payloads;
mod phishing;
mod policy;
mod proxy;
mod sanitizer;
mod scripts;
mod secrets;
mod traversal;

use crate::scenario::Scenario;

/// The rows of this group.
pub(crate) const SCENARIOS: &[Scenario] = &[
    scripts::SCENARIO,
    policy::SCENARIO,
    sanitizer::SCENARIO,
    phishing::SCENARIO,
    markdown::SCENARIO,
    media::SCENARIO,
    traversal::SCENARIO,
    links::SCENARIO,
    outbound::SCENARIO,
    agents::SCENARIO,
    secrets::SCENARIO,
];
