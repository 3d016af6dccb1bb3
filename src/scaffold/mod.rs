//! Beginnings: a new article with marked gaps.
//!
//! Entry point: [`create_article`]. The only module that writes articles, and it never writes
//! over anything.

mod create;
mod skeleton;

pub use create::{CreateError, create_article};
pub use skeleton::{Draft, default_severity, skeleton};
