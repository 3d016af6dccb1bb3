//! Who may ask, from where and how often. All but [`origin`] is off until it is configured.
//!
//! [`cors`]: pages of other origins that may read the API. [`origin`]: nobody else's pages send
//! anything here. [`tokens`]: what a client must show.
//! [`rate`]: how many requests a [`client`] may send. A client is the other end of the connection;
//! headers that a proxy adds are not believed, so behind a proxy limits are the proxy's business.

mod budgets;
mod client;
pub(super) mod cors;
pub(super) mod origin;
pub(super) mod rate;
pub(super) mod tokens;

use axum::http::HeaderMap;

use self::{cors::Sharing, rate::Rate, tokens::Guard};

pub(super) use client::{Client, Peer};
pub use tokens::ReadToken;

/// What an organisation settles about access; by default everyone who reaches the server may read
/// everything, and no other origin may.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessSettings {
    /// Origins, as browsers write them, whose scripts may read the API.
    pub cors_origins: Vec<String>,
    /// Tokens, one of which must be shown; without any, none is asked for.
    pub read_tokens: Vec<ReadToken>,
    /// Requests per second of one client; twice as many may come at once.
    pub rate_limit: Option<u32>,
}

/// What the layers need of these settings.
#[derive(Debug, Default)]
pub(crate) struct Access {
    sharing: Option<Sharing>,
    guard: Option<Guard>,
    rate: Option<Rate>,
}

impl Access {
    pub(crate) fn new(settings: AccessSettings) -> Self {
        let AccessSettings { cors_origins, read_tokens, rate_limit } = settings;
        Self {
            sharing: (!cors_origins.is_empty()).then(|| Sharing::new(&cors_origins)),
            guard: (!read_tokens.is_empty()).then(|| Guard::new(read_tokens)),
            rate: rate_limit.and_then(Rate::new),
        }
    }

    /// Whether a request comes from a page of an origin that may read the API.
    pub(super) fn shares_with(&self, headers: &HeaderMap) -> bool {
        self.sharing.as_ref().is_some_and(|sharing| sharing.allows(headers))
    }
}

/// Whether a path is one of those an orchestrator asks, or a file of the program that says
/// nothing about the knowledge base. Routes match the same undecoded path.
pub(super) fn is_health_or_asset(path: &str) -> bool {
    matches!(path, "/livez" | "/readyz") || path.starts_with("/assets/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_health_and_assets_are_left_out() {
        for path in ["/livez", "/readyz", "/assets/app.css"] {
            assert!(is_health_or_asset(path), "{path}");
        }
        let others = ["/", "/livez/", "/%6civez", "//assets/x", "/assets", "/metrics", "/sw.js"];
        for path in others {
            assert!(!is_health_or_asset(path), "{path}");
        }
    }
}
