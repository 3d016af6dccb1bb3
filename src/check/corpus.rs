//! The articles that are checked together.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use time::Date;

use super::{FirstHits, Images};
use crate::{
    article::{self, Article, Finding, Layout},
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
    /// Where the parts of the body stand; empty for a file that does not parse.
    pub layout: Layout,
    /// Whether the file parses. One that does not is there to be linked to; rules about its
    /// content must wait until its front matter is mended.
    pub is_sound: bool,
}

impl Checked {
    /// Loads the article at `path` from its text. One that does not parse is checked as well as it
    /// can be read.
    #[must_use]
    pub fn new(path: &str, source: Source) -> Self {
        let Source { text, findings, .. } = &source;
        let (article, found, is_sound) = match kb::load(path, &source) {
            Loaded::Good { article, findings } => (article, findings, true),
            Loaded::Broken { finding, salvaged } => (salvaged, vec![finding], false),
        };
        let findings = findings.iter().cloned().chain(found).collect();
        let text = text.as_str().into();
        if is_sound {
            Self::sound(article, text, findings)
        } else {
            Self::broken(article, text, findings)
        }
    }

    /// The article of a `source` that parses.
    #[must_use]
    pub fn sound(article: Article, source: Arc<str>, findings: Vec<Finding>) -> Self {
        let layout = article::layout(&article.path, &source, &article.title);
        Self { article, source, findings, layout, is_sound: true }
    }

    /// What is known of the article of a `source` that does not parse.
    #[must_use]
    pub fn broken(article: Article, source: Arc<str>, findings: Vec<Finding>) -> Self {
        Self { article, source, findings, layout: Layout::default(), is_sound: false }
    }
}

/// All articles of a knowledge base, with what rules need to look things up.
#[derive(Debug)]
pub struct Corpus<'a> {
    articles: &'a [Checked],
    today: Date,
    systems: BTreeSet<&'a str>,
    images: Option<&'a Images>,
    first_hits: Option<&'a FirstHits>,
    ids: BTreeMap<String, String>,
    by_id: BTreeMap<String, &'a Checked>,
    id_findings: Vec<Finding>,
    by_path: BTreeMap<&'a str, &'a Checked>,
    by_stem: BTreeMap<&'a str, Vec<&'a str>>,
    /// Paths by file name without regard to case; `None` where several have it.
    by_any_case: BTreeMap<String, Option<&'a str>>,
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
        let by_path: BTreeMap<_, _> =
            articles.iter().map(|checked| (&*checked.article.path, checked)).collect();
        let owner = |(path, id): (&String, &String)| Some((id.clone(), *by_path.get(&**path)?));
        let by_id = ids.iter().filter_map(owner).collect();
        let mut by_stem: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for checked in articles {
            let path = checked.article.path.as_str();
            by_stem.entry(stem(path)).or_default().push(path);
        }
        let mut by_any_case = BTreeMap::new();
        for checked in articles {
            let path = checked.article.path.as_str();
            let name = stem(path).to_lowercase();
            by_any_case.entry(name).and_modify(|only| *only = None).or_insert(Some(path));
        }
        let systems = article::SYSTEMS.iter().copied().collect();
        Self {
            articles,
            today,
            systems,
            images: None,
            first_hits: None,
            ids,
            by_id,
            id_findings,
            by_path,
            by_stem,
            by_any_case,
        }
    }

    /// The same, with names that `systems` may hold besides those of the model.
    #[must_use]
    pub fn with_systems(mut self, systems: &'a [String]) -> Self {
        self.systems.extend(systems.iter().map(String::as_str));
        self
    }

    /// The same, knowing which images there are; without, no image is missed.
    #[must_use]
    pub fn with_images(mut self, images: &'a Images) -> Self {
        self.images = Some(images);
        self
    }

    /// The same, with a search to ask; without, no article is looked for.
    #[must_use]
    pub fn with_search(mut self, first_hits: Option<&'a FirstHits>) -> Self {
        self.first_hits = first_hits;
        self
    }

    /// All articles, in the order given.
    #[must_use]
    pub fn articles(&self) -> &'a [Checked] {
        self.articles
    }

    /// The search, if there is one to ask.
    pub(super) fn first_hits(&self) -> Option<&'a FirstHits> {
        self.first_hits
    }

    /// The articles whose files parse.
    pub(super) fn sound(&self) -> impl Iterator<Item = &'a Checked> {
        self.articles.iter().filter(|checked| checked.is_sound)
    }

    /// The day of the check.
    #[must_use]
    pub fn today(&self) -> Date {
        self.today
    }

    /// The path of the only article whose file has this name, without regard to case.
    pub(super) fn only_of_stem(&self, stem: &str) -> Option<&'a str> {
        self.by_any_case.get(&stem.to_lowercase()).copied().flatten()
    }

    /// The id under which the article at `path` is served.
    #[must_use]
    pub fn id_of(&self, path: &str) -> Option<&str> {
        self.ids.get(path).map(String::as_str)
    }

    /// Whether an article is served under this id.
    #[must_use]
    pub fn has_id(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    /// The article that is served under this id.
    #[must_use]
    pub fn of_id(&self, id: &str) -> Option<&'a Checked> {
        self.by_id.get(id).copied()
    }

    /// The article of the file at `path`.
    #[must_use]
    pub fn of_path(&self, path: &str) -> Option<&'a Checked> {
        self.by_path.get(path).copied()
    }

    /// Whether `systems` may hold this name.
    #[must_use]
    pub fn knows_system(&self, name: &str) -> bool {
        self.systems.contains(name)
    }

    /// Whether it is known that there is no image at this path.
    #[must_use]
    pub fn lacks_image(&self, path: &str) -> bool {
        self.images.is_some_and(|images| !images.contains(path))
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
}

/// The file name without its last extension.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
