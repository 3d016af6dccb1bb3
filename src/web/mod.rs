//! The HTTP side: JSON API, pages, images of the knowledge base and the embedded web files.
//!
//! Entry points: [`router`] answers requests, [`serve`] runs it on a socket, [`App`] is what both
//! share. A request keeps the snapshot it started with. Only this module knows status codes; the
//! one map from errors to them is `problem`. Nothing here writes, and nothing here makes an
//! outbound request.

mod accept;
pub(crate) mod api;
pub(crate) mod assets;
mod checks;
mod etag;
mod headers;
mod health;
mod host;
mod limits;
pub(crate) mod media;
mod metrics;
mod offline;
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
mod stall;
mod state;

pub use host::{AllowedHosts, InvalidHost};
pub use limits::Limits;
pub use page_settings::PageSettings;
pub use router::router;
pub use serve::{serve, stop_signal};
pub use state::{App, Settings};
