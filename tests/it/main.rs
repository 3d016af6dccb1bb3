//! The integration tests, in one binary: what the parts do together.
//!
//! A test reads as a story; [`driver`] is the one place that knows how a knowledge base is
//! started and asked. Tests that need chance take it from [`dice`], which prints its seed.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail, and reports its figures and its seed"
)]

mod api_examples;
mod changes;
mod chat;
mod cli;
mod conditional;
mod contract;
mod deploy;
mod dice;
mod door;
mod driver;
mod encodings;
mod events;
mod export;
mod feed;
mod foreign;
mod hook;
mod import;
mod kb_articles;
mod layers;
mod living;
mod mcp;
mod offline;
mod openapi;
mod overview;
mod recall;
mod relevance;
mod requests;
mod resolve;
mod rules;
mod scaffold;
mod schema;
