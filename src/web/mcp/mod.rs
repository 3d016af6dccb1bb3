//! The knowledge base for agents: three read-only tools by the Model Context Protocol.
//!
//! ```text
//! POST /mcp (http) ──┐
//!                    ├─▶ Server ─▶ search, get_article, list_fault_types ─▶ Source: a snapshot
//! jiuji mcp (stdio) ─┘
//! ```
//!
//! Entry points: [`http::endpoint`] for the route, [`stdio`] for the command. There are no sessions, no
//! resources and no prompts, and no tool writes, opens an address or reads a file. What articles
//! say is given as data and marked as such ([`fence`]): whoever can write an article must not be
//! able to give an agent orders.

mod arguments;
mod article;
mod card;
mod fault_types;
mod fence;
pub(crate) mod http;
mod reply;
mod search;
mod server;
mod source;
mod stdio;
mod tools;

pub(crate) use http::PATH;
pub use stdio::{StdioError, StdioSettings, stdio};

/// Where all data comes from, as results name it.
const SOURCE: &str = "jiuji";
