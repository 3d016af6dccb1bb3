//! Beginnings: a new article with marked gaps, and a new knowledge base from the program alone.
//!
//! Entry points: [`create_article`] and [`init`]. The only module that writes articles, and it
//! never writes over anything.

mod create;
mod skeleton;
mod snippets;
mod starter;

pub use create::{CreateError, create_article};
pub use skeleton::{Draft, default_severity, skeleton};
pub use starter::{InitError, Made, init};
