//! An article whole: on its own page and beside the hits of the search page.

mod body;
mod danger;
mod mail;
mod order;
mod step_links;
mod steps;
mod ticks;

use askama::Template;
use time::Date;

use super::{AssetUrls, Header, findings::FindingsBar, links::article_url};
use crate::{article::Finding, index::Stored};

pub(super) use body::ArticleBody;
pub(crate) use mail::parts as mail_parts;

/// A link to another article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ArticleLink {
    /// Article id.
    pub(crate) id: String,
    /// Title.
    pub(crate) title: String,
}

impl ArticleLink {
    pub(super) fn url(&self) -> String {
        article_url(&self.id)
    }
}

/// What is shown of one article.
#[derive(Debug, Clone)]
pub(crate) struct ArticleView<'a> {
    /// The article as the index keeps it.
    pub(crate) stored: &'a Stored,
    /// Safe HTML of its sections, from [`crate::article::render`], one for each.
    pub(crate) sections: Vec<String>,
    /// Articles it names in `related`.
    pub(crate) related: Vec<ArticleLink>,
    /// Articles that lead to it and that it does not name itself.
    pub(crate) referrers: Vec<ArticleLink>,
    /// The article that replaces it.
    pub(crate) superseded_by: Option<ArticleLink>,
    /// The day against which the review is overdue.
    pub(crate) today: Date,
}

/// What the page of one article shows.
#[derive(Debug, Clone)]
pub(crate) struct ArticlePageView<'a> {
    /// The article.
    pub(crate) article: &'a ArticleView<'a>,
    /// Errors and warnings about its file.
    pub(crate) findings: &'a [Finding],
    /// Changes whenever the page should.
    pub(crate) version: &'a str,
    /// Address of the history of the file, when there may be one.
    pub(crate) history: Option<String>,
    /// Addresses of styles and scripts.
    pub(crate) assets: &'a AssetUrls,
}

/// The page of one article.
///
/// # Errors
/// When the template cannot be rendered.
pub(crate) fn article_page(view: &ArticlePageView<'_>) -> Result<String, askama::Error> {
    let title = &view.article.stored.article.title;
    let canonical = view.assets.absolute(&article_url(&view.article.stored.article.id));
    let header = Header::at(view.assets, "", canonical);
    ArticlePage { assets: view.assets, title, header, content: Content::new(view) }.render()
}

/// What is inside the main region of [`article_page`], for the script that swaps it.
///
/// # Errors
/// When the template cannot be rendered.
pub(crate) fn article_fragment(view: &ArticlePageView<'_>) -> Result<String, askama::Error> {
    Content::new(view).render()
}

/// The article as it stands beside the hits of the search page.
///
/// # Errors
/// When the template cannot be rendered.
pub(super) fn pane(view: &ArticleView<'_>, assets: &AssetUrls) -> Result<String, askama::Error> {
    ArticleBody::new(view, assets, Place::Pane).render()
}

#[derive(Template)]
#[template(path = "article.html")]
struct ArticlePage<'a> {
    assets: &'a AssetUrls,
    title: &'a str,
    header: Header<'a>,
    content: Content<'a>,
}

/// An article with its list of contents and what is wrong with its file.
#[derive(Template)]
#[template(path = "article_content.html")]
pub(super) struct Content<'a> {
    version: &'a str,
    bar: Option<FindingsBar<'a>>,
    history: Option<&'a str>,
    body: ArticleBody<'a>,
}

impl<'a> Content<'a> {
    pub(super) fn new(view: &'a ArticlePageView<'a>) -> Self {
        let ArticlePageView { article, findings, version, ref history, assets } = *view;
        Self {
            version,
            history: history.as_deref(),
            bar: FindingsBar::new(findings, article.stored.broken),
            body: ArticleBody::new(article, assets, Place::Page),
        }
    }
}

/// Where an article is shown; decides the levels of its headings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The title is the heading of the page.
    Page,
    /// The title is a heading below that of the search page.
    Pane,
}

#[cfg(test)]
mod tests;
