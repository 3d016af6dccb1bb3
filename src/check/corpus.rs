//! The articles that are checked together.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use time::Date;

use crate::{
    article::{Article, Finding},
    kb::{self, Loaded, Source},
};

/// An article as the linter needs it.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The article, under the id that its file claims.
    pub article: Article,
    /// The Markdown it was made from.
    pub source: Arc<str>,
    /// What was found while the file was read and parsed.
    pub findings: Vec<Finding>,
}

impl Checked {
    /// Loads the article at `path` from its text. One that does not parse is checked as well as it
    /// can be read.
    #[must_use]
    pub fn new(path: &str, source: Source) -> Self {
        let (article, found) = match kb::load(path, &source) {
            Loaded::Good { article, findings } => (article, findings),
            Loaded::Broken { finding, salvaged } => (salvaged, vec![finding]),
        };
        let mut findings = source.findings;
        findings.extend(found);
        Self { article, source: source.text.into(), findings }
    }
}

/// All articles of a knowledge base, with what rules need to look things up.
#[derive(Debug)]
pub struct Corpus<'a> {
    articles: &'a [Checked],
    today: Date,
    ids: BTreeMap<String, String>,
    known_ids: BTreeSet<String>,
    id_findings: Vec<Finding>,
    by_path: BTreeMap<&'a str, &'a Checked>,
    by_stem: BTreeMap<&'a str, Vec<&'a str>>,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target<'a> {
    /// To the article at this path.
    Article(&'a str),
    /// To any of these, so to none.
    Ambiguous(&'a [&'a str]),
    /// To nothing.
    Missing,
}

impl<'a> Corpus<'a> {
    /// The corpus of `articles`, each path once; `today` decides what is overdue.
    #[must_use]
    pub fn new(articles: &'a [Checked], today: Date) -> Self {
        let claims: Vec<_> = articles
            .iter()
            .map(|checked| (checked.article.path.as_str(), Some(checked.article.id.as_str())))
            .collect();
        let (ids, id_findings) = kb::assign_ids(&claims);
        let known_ids = ids.values().cloned().collect();
        let by_path = articles.iter().map(|checked| (&*checked.article.path, checked)).collect();
        let mut by_stem: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for checked in articles {
            let path = checked.article.path.as_str();
            by_stem.entry(stem(path)).or_default().push(path);
        }
        Self { articles, today, ids, known_ids, id_findings, by_path, by_stem }
    }

    /// All articles, in the order given.
    #[must_use]
    pub fn articles(&self) -> &'a [Checked] {
        self.articles
    }

    /// The day of the check.
    #[must_use]
    pub fn today(&self) -> Date {
        self.today
    }

    /// The id under which the article at `path` is served.
    #[must_use]
    pub fn id_of(&self, path: &str) -> Option<&str> {
        self.ids.get(path).map(String::as_str)
    }

    /// Whether an article is served under this id.
    #[must_use]
    pub fn has_id(&self, id: &str) -> bool {
        self.known_ids.contains(id)
    }

    /// Where a link to `path`, relative to the knowledge base, leads: to the article of that file,
    /// else to the only one whose file has that stem.
    #[must_use]
    pub fn resolve(&self, path: &str) -> Target<'_> {
        if let Some((known, _)) = self.by_path.get_key_value(path) {
            return Target::Article(known);
        }
        match self.by_stem.get(stem(path)).map(Vec::as_slice) {
            None | Some([]) => Target::Missing,
            Some([only]) => Target::Article(only),
            Some(several) => Target::Ambiguous(several),
        }
    }

    /// What was found while ids were given out.
    pub(super) fn id_findings(&self) -> &[Finding] {
        &self.id_findings
    }

    /// The source of the article at `path`.
    pub(super) fn source(&self, path: &str) -> Option<&'a str> {
        self.by_path.get(path).map(|checked| &*checked.source)
    }
}

/// The file name without its last extension.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
