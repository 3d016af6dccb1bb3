//! The outcome of a check.

use std::{collections::BTreeMap, fmt, path::PathBuf, sync::Arc};

use time::Date;

use super::{Checked, Corpus, check};
use crate::{
    article::{Finding, Level},
    kb::{self, Root, ScanError},
};

/// What is wrong with a knowledge base.
#[derive(Debug, Clone)]
pub struct Report {
    /// The folder as the user named it; the paths of findings are relative to it.
    pub folder: PathBuf,
    /// Articles that were read, broken ones included.
    pub n_articles: usize,
    /// Sorted by path, line, column and rule, without duplicates.
    pub findings: Vec<Finding>,
    /// The texts of the articles by path, to quote from.
    pub sources: BTreeMap<String, Arc<str>>,
}

/// Reads and checks all articles of a folder; `today` decides what is overdue.
///
/// # Errors
/// When the folder cannot be read. Files that cannot be read are findings.
pub fn check_folder(root: &Root, today: Date) -> Result<Report, ScanError> {
    let scan = kb::scan(root)?;
    let mut findings = scan.findings;
    let mut articles = Vec::with_capacity(scan.files.len());
    for (path, seen) in &scan.files {
        match kb::read(path, &seen.os_path) {
            Ok(source) => articles.push(Checked::new(path, source)),
            Err(error) if error.is_gone() => {}
            Err(error) => findings.push(error.finding(path)),
        }
    }
    findings.extend(check(&Corpus::new(&articles, today)));
    findings.sort();
    let n_articles = articles.len();
    let sources =
        articles.into_iter().map(|checked| (checked.article.path, checked.source)).collect();
    Ok(Report { folder: root.given().to_owned(), n_articles, findings, sources })
}

/// How many findings there are of each level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Articles that were read.
    pub n_articles: usize,
    /// Findings of level error.
    pub n_errors: usize,
    /// Findings of level warning.
    pub n_warnings: usize,
    /// Findings of level info.
    pub n_infos: usize,
}

impl Report {
    /// The findings, counted.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let count = |level| self.findings.iter().filter(|finding| finding.level == level).count();
        Summary {
            n_articles: self.n_articles,
            n_errors: count(Level::Error),
            n_warnings: count(Level::Warning),
            n_infos: count(Level::Info),
        }
    }

    /// Whether the check fails: on errors, and if `strict` on warnings too. An overdue review
    /// never fails it, since an article must not break a build by growing old.
    #[must_use]
    pub fn fails(&self, strict: bool) -> bool {
        self.findings.iter().any(|finding| match finding.level {
            Level::Error => true,
            Level::Warning => strict && finding.rule != "review-overdue",
            Level::Info => false,
        })
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { n_articles, n_errors, n_warnings, n_infos } = self;
        write!(
            f,
            "共 {n_articles} 篇文章：{n_errors} 个错误、{n_warnings} 个警告、{n_infos} 个提示"
        )
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A report on one article `a.md`.
    pub(in crate::check) fn report(source: &str, findings: Vec<Finding>) -> Report {
        Report {
            folder: "kb".into(),
            n_articles: 1,
            findings,
            sources: [("a.md".to_owned(), source.into())].into(),
        }
    }

    #[test]
    fn strictness_counts_warnings_but_never_an_overdue_review() {
        let table = [
            ("front-matter", Level::Error, true, true),
            ("broken-link", Level::Warning, false, true),
            ("review-overdue", Level::Warning, false, false),
            ("orphan", Level::Info, false, false),
        ];
        for (rule, level, fails, fails_strictly) in table {
            let report = report("", vec![Finding::new("a.md", rule, level, "")]);
            assert_eq!(
                (report.fails(false), report.fails(true)),
                (fails, fails_strictly),
                "{rule}"
            );
        }
        assert!(!report("", vec![]).fails(true));
    }

    #[test]
    fn the_summary_counts_by_level() {
        let finding = |level| Finding::new("a.md", "x", level, "");
        let levels = [Level::Error, Level::Warning, Level::Warning, Level::Info];
        let report = report("", levels.map(finding).to_vec());
        assert_eq!(report.summary().to_string(), "共 1 篇文章：1 个错误、2 个警告、1 个提示");
    }
}
