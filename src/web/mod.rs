//! The HTTP side: JSON API, pages, images of the knowledge base and the embedded web files.
//!
//! Entry points: [`router`] answers requests, [`serve`] runs it on a socket, [`App`] is what both
//! share. A request keeps the snapshot it started with. Only this module knows status codes; the
//! one map from errors to them is `problem`. Nothing here writes, and nothing here makes an
//! outbound request.

mod accept;
mod access;
pub(crate) mod api;
pub(crate) mod assets;
mod chat;
mod checks;
mod etag;
mod feed;
mod gate;
mod headers;
mod health;
mod host;
mod limits;
mod mcp;
pub(crate) mod media;
mod metrics;
mod offline;
mod openapi;
mod page_settings;
pub(crate) mod pages;
mod params;
mod preview;
pub(crate) mod problem;
mod query;
mod request_id;
mod router;
mod serve;
pub(crate) mod site;
mod state;
mod text;
mod timing;
mod unmatched;

/// For tests with hostile payloads, without a server around it.
#[doc(hidden)]
pub use api::resolve::alerts_of;

pub use access::{AccessSettings, ReadToken};
pub use host::{AllowedHosts, InvalidHost};
pub use limits::Limits;
pub use mcp::{StdioError, StdioSettings, stdio as mcp_stdio};
pub use page_settings::PageSettings;
pub use router::router;
pub use serve::{serve, stop_signal};
pub use state::{App, Settings};
