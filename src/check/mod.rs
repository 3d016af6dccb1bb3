//! The linter: what authors should know about their articles.
//!
//! Entry points: [`check_folder`] for a folder, [`check()`] for articles that are loaded already.
//! [`check_text`] checks a text as if it were saved, and [`fix_folder`] mends what is safe to mend.
//! A rule is one small function and one entry in [`RULES`]. This module reads and writes files only
//! through [`crate::kb`], and prints nothing.

mod corpus;
mod fix;
mod images;
mod lines;
mod place;
mod prompt;
pub mod render;
mod report;
mod rules;
mod search;
mod table;
mod vocabulary;

pub use corpus::{Checked, Corpus, Target};
pub use fix::{Mend, Mended, fix_folder, mend};
pub use images::Images;
pub use report::{Options, Report, Summary, check_folder, check_text};
pub use search::{FirstHits, MAX_RANK};
pub use table::RULES;

use crate::article::{Finding, Level};

/// Something that is checked.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Rule {
    /// Stable name, as in [`Finding::rule`].
    pub name: &'static str,
    /// How much a finding of this rule matters; the most it can matter, where that depends.
    pub level: Level,
    /// What is checked, in Chinese.
    pub summary: &'static str,
    /// What to write instead, in Chinese.
    pub advice: &'static str,
    /// Finds all breaches in the whole corpus, in any order; `None` for what is found earlier,
    /// while a file is read and parsed.
    #[serde(skip)]
    find: Option<fn(&Corpus<'_>) -> Vec<Finding>>,
}

/// Everything wrong with the articles: what was found while loading them and what the rules find.
/// Sorted by path, line, column and rule, without duplicates.
#[must_use]
pub fn check(corpus: &Corpus<'_>) -> Vec<Finding> {
    let loading = corpus.articles().iter().flat_map(|checked| checked.findings.iter().cloned());
    let ruled = RULES.iter().filter_map(|rule| rule.find).flat_map(|find| find(corpus));
    let mut findings: Vec<_> = loading.chain(ruled).collect();
    findings.sort();
    findings.dedup();
    findings
}

#[cfg(test)]
mod tests;
