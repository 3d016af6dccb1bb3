//! Front matter: the YAML block an article begins with.
//!
//! Entry points: [`read`] for a file that is in order, [`salvage`] for one that is not. Knows
//! nothing of the body but where it begins.

mod fields;
mod problems;
mod salvage;
mod split;
mod yaml;

pub(super) use fields::Fields;
pub(super) use salvage::salvage;
pub(super) use split::unified;

use super::Finding;

/// Name of the rule for everything that is wrong with front matter. Source: the article model,
/// section 8.1.
pub(super) const RULE: &str = "front-matter";

/// A source text taken apart.
pub(super) struct Front<'a> {
    pub(super) fields: Fields,
    /// What is wrong with single fields, in the order of the file.
    pub(super) findings: Vec<Finding>,
    pub(super) body: &'a str,
    /// Line of the file that the body begins with.
    pub(super) body_line: u32,
}

/// Reads the front matter of `source`, which [`unified`] has prepared.
///
/// # Errors
/// The finding that says why it cannot be read as YAML fields.
pub(super) fn read<'a>(path: &str, source: &'a str) -> Result<Front<'a>, Box<Finding>> {
    let parts = split::split(source).map_err(|problem| problems::of_split(path, problem))?;
    let entries = match parts.yaml {
        Some(yaml) => yaml::parse(yaml).map_err(|problem| problems::of_yaml(path, yaml, &problem)),
        None => Ok(Vec::new()),
    };
    let (fields, findings) = fields::read(path, entries?);
    Ok(Front { fields, findings, body: parts.body, body_line: parts.body_line })
}

/// The body of `source`, which [`unified`] has prepared, and the line of the file it begins with;
/// `None` when the front matter has no end.
pub(super) fn body(source: &str) -> Option<(&str, u32)> {
    split::split(source).ok().map(|parts| (parts.body, parts.body_line))
}
