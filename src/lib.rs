//! jiuji 救急: Markdown in, the right emergency strategy out.
//!
//! ARCHITECTURE.md in the repository draws the data flow and says which module may use which.

pub mod analysis;
pub mod article;
pub mod check;
pub mod cli;
pub mod config;
pub mod eval;
pub mod export;
pub mod history;
pub mod import;
pub mod index;
pub mod kb;
pub mod live;
pub mod scaffold;
pub mod search;
pub mod web;
