//! The outcome of a check.

use std::{collections::BTreeMap, fmt, path::PathBuf, sync::Arc, thread};

use time::Date;

use super::{Checked, Corpus, FirstHits, Images, Mend, check};
use crate::{
    article::{Article, Finding, Level},
    kb::{self, Root, Scan, ScanError},
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
    /// The paths of findings that are not relative to the folder: those of vocabulary files.
    pub vocabulary: Vec<String>,
    /// What was mended before the check.
    pub mended: Vec<Mend>,
}

/// By what a folder is checked.
#[derive(Debug, Clone)]
pub struct Options {
    /// Decides what is overdue.
    pub today: Date,
    /// Names that `systems` may hold besides those of the model.
    pub systems: Vec<String>,
    /// The search that articles expect to be found by; `None` leaves the rule `expect` out.
    pub first_hits: Option<FirstHits>,
    /// The folder of vocabulary files, to be checked too.
    pub vocabulary: Option<PathBuf>,
}

impl Options {
    /// Nothing but the model, as of `today`.
    #[must_use]
    pub fn new(today: Date) -> Self {
        Self { today, systems: Vec::new(), first_hits: None, vocabulary: None }
    }
}

/// Reads and checks all articles of a folder.
///
/// # Errors
/// When the folder cannot be read. Files that cannot be read are findings.
pub fn check_folder(root: &Root, options: &Options) -> Result<Report, ScanError> {
    let scan = kb::scan(root)?;
    let (articles, mut findings) = read(&scan, None);
    findings.extend(scan.findings);
    Ok(report(root, options, articles, findings))
}

/// Checks `bytes` as if they were saved at `path`, a [`kb::article_path`], together with the other
/// articles of the folder. The report is about this article only.
///
/// # Errors
/// When the folder cannot be read. Bytes that are no article are a finding.
pub fn check_text(
    root: &Root,
    options: &Options,
    path: &str,
    bytes: &[u8],
) -> Result<Report, ScanError> {
    let (mut articles, _) = read(&kb::scan(root)?, Some(path));
    let findings = match kb::read_from(path, bytes) {
        Ok(source) => {
            articles.push(Checked::new(path, source));
            Vec::new()
        }
        Err(error) => vec![error.finding(path)],
    };
    let mut report = report(root, options, articles, findings);
    report.retain(|other| other == path);
    Ok(report)
}

/// The articles of a folder without the one at `left_out`, and what is wrong with files that
/// cannot be read.
fn read(scan: &Scan, left_out: Option<&str>) -> (Vec<Checked>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut articles = Vec::with_capacity(scan.files.len());
    for (path, seen) in scan.files.iter().filter(|(path, _)| Some(path.as_str()) != left_out) {
        match kb::read(path, &seen.os_path) {
            Ok(source) => articles.push(Checked::new(path, source)),
            Err(error) if error.is_gone() => {}
            Err(error) => findings.push(error.finding(path)),
        }
    }
    (articles, findings)
}

/// What the rules say of `articles`, with what was found while they were read.
fn report(
    root: &Root,
    options: &Options,
    articles: Vec<Checked>,
    mut findings: Vec<Finding>,
) -> Report {
    let images = Images::beneath(root.path(), &articles);
    let corpus = Corpus::new(&articles, options.today);
    let corpus = corpus.with_systems(&options.systems).with_images(&images);
    let corpus = corpus.with_search(options.first_hits.as_ref());
    // Both sides load a dictionary, which takes longer than all the rest.
    let check_words = |folder: &PathBuf| super::vocabulary::check(folder, names(&articles));
    let (found, mut sources) = thread::scope(|scope| {
        let words = options.vocabulary.as_ref().map(|dir| scope.spawn(|| check_words(dir)));
        findings.extend(check(&corpus));
        words.and_then(|words| words.join().ok()).unwrap_or_default()
    });
    let vocabulary = found.iter().map(|finding| finding.path.clone()).collect();
    findings.extend(found);
    findings.sort();
    let n_articles = articles.len();
    sources.extend(articles.into_iter().map(|checked| (checked.article.path, checked.source)));
    let mended = Vec::new();
    Report { folder: root.given().to_owned(), n_articles, findings, sources, vocabulary, mended }
}

/// Titles and aliases.
fn names(articles: &[Checked]) -> impl Iterator<Item = &str> {
    let articles = articles.iter().map(|checked| &checked.article);
    articles
        .flat_map(|Article { title, meta, .. }| std::iter::once(title).chain(&meta.aliases))
        .map(String::as_str)
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
    /// Leaves only what is about the articles at paths that `is_wanted`.
    pub fn retain(&mut self, is_wanted: impl Fn(&str) -> bool) {
        self.findings.retain(|finding| is_wanted(&finding.path));
        self.sources.retain(|path, _| is_wanted(path));
        self.n_articles = self.sources.len();
    }

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
            vocabulary: Vec::new(),
            mended: Vec::new(),
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
