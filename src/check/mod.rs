//! The linter: what authors should know about their articles.
//!
//! Entry points: [`check_folder`] for a folder, [`check()`] for articles that are loaded already.
//! A rule is one small function and one line in [`RULES`]. This module reads files only through
//! [`crate::kb`], never writes, and prints nothing.

mod corpus;
pub mod expect;
mod place;
pub mod render;
mod report;
mod rules;
pub mod vocabulary;

pub use corpus::{Checked, Corpus, Target};
pub use report::{Report, Summary, check_folder};

use crate::article::{Finding, Level};

/// Something that is checked.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Stable name, as in [`Finding::rule`].
    pub name: &'static str,
    /// How much a finding of this rule matters.
    pub level: Level,
    /// What is checked, in Chinese.
    pub summary: &'static str,
    /// Finds all breaches in the whole corpus, in any order.
    find: fn(&Corpus<'_>) -> Vec<Finding>,
}

/// All rules over loaded articles. What is found while a file is read and parsed (`encoding`,
/// `front-matter`, …) is not repeated here.
pub const RULES: &[Rule] = &[
    Rule {
        name: "broken-link",
        level: Level::Warning,
        summary: "链接、related、supersedes 指向不存在的文章",
        find: rules::broken_link::find,
    },
    Rule {
        name: "id-mismatch",
        level: Level::Error,
        summary: "id 与另一篇文章重复",
        find: rules::id_mismatch::find,
    },
    Rule {
        name: "missing-title",
        level: Level::Warning,
        summary: "没有标题，只能用文件名代替",
        find: rules::missing_title::find,
    },
    Rule {
        name: "wiki-link",
        level: Level::Info,
        summary: "维基链接 [[…]]，只有部分软件认得",
        find: rules::wiki_link::find,
    },
];

/// Everything wrong with the articles: what was found while loading them and what the rules find.
/// Sorted by path, line, column and rule, without duplicates.
#[must_use]
pub fn check(corpus: &Corpus<'_>) -> Vec<Finding> {
    let loading = corpus.articles().iter().flat_map(|checked| checked.findings.iter().cloned());
    let ruled = RULES.iter().flat_map(|rule| (rule.find)(corpus));
    let mut findings: Vec<_> = loading.chain(ruled).collect();
    findings.sort();
    findings.dedup();
    findings
}

#[cfg(test)]
mod tests;
