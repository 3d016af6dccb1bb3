//! An article whole: on its own page and beside the hits of the search page.

mod ticks;

use askama::Template;
use time::Date;

use super::{
    AssetUrls, Header,
    badges::Badges,
    findings::FindingsBar,
    links::{article_url, with_anchor},
    plain,
};
use crate::{
    article::{Channel, DataRisk, Finding, Section, SectionKind},
    index::Stored,
};

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
    let header = Header::plain(view.assets, "");
    ArticlePage { assets: view.assets, title, header, content: Content::new(view) }.render()
}

/// What is inside the main region of [`article_page`], for the script that swaps it.
///
/// # Errors
/// When the template cannot be rendered.
pub(crate) fn article_fragment(view: &ArticlePageView<'_>) -> Result<String, askama::Error> {
    Content::new(view).render()
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
struct Content<'a> {
    version: &'a str,
    bar: Option<FindingsBar<'a>>,
    history: Option<&'a str>,
    body: ArticleBody<'a>,
}

impl<'a> Content<'a> {
    fn new(view: &'a ArticlePageView<'a>) -> Self {
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

/// An article without the page around it.
#[derive(Template)]
#[template(path = "article_body.html")]
pub(super) struct ArticleBody<'a> {
    view: &'a ArticleView<'a>,
    assets: &'a AssetUrls,
    in_pane: bool,
    badges: Badges,
    sections: Vec<Part<'a>>,
    scripts: Vec<ScriptLink>,
    /// The strategy as plain text, for the clipboard.
    plain: String,
}

/// One section with the level of its heading in the page.
struct Part<'a> {
    section: &'a Section,
    html: String,
    heading: u8,
    channel: Option<Channel>,
}

/// A script of the article and where it stands.
struct ScriptLink {
    channel: Channel,
    key: char,
    anchor: String,
}

impl<'a> ArticleBody<'a> {
    pub(super) fn new(view: &'a ArticleView<'a>, assets: &'a AssetUrls, place: Place) -> Self {
        let in_pane = place == Place::Pane;
        let title_level = if in_pane { 2 } else { 1 };
        let sections: Vec<_> = view
            .stored
            .article
            .sections
            .iter()
            .zip(&view.sections)
            .map(|(section, html)| Part::new(section, html, title_level))
            .collect();
        Self {
            view,
            assets,
            in_pane,
            badges: Badges::of_article(view),
            scripts: script_links(&sections),
            sections,
            plain: plain::strategy(&view.stored.article),
        }
    }

    /// Sections that the list of contents names.
    fn contents(&self) -> impl Iterator<Item = &Section> {
        let named = |section: &&Section| !section.title.is_empty() && section.level <= 2;
        self.sections.iter().map(|part| part.section).filter(named)
    }

    fn url(&self) -> String {
        article_url(&self.view.stored.article.id)
    }

    fn data_first(&self) -> bool {
        self.view.stored.article.meta.data_risk == DataRisk::High
    }

    fn reviewed(&self) -> Option<String> {
        self.view.stored.article.meta.reviewed.map(|date| date.to_string())
    }

    fn review_due(&self) -> Option<String> {
        self.view.stored.article.meta.review_due().map(|date| date.to_string())
    }
}

impl<'a> Part<'a> {
    fn new(section: &'a Section, html: &str, title_level: u8) -> Self {
        let below_title = if section.level >= 3 { 2 } else { 1 };
        Self {
            section,
            html: ticks::enable(html),
            heading: title_level + below_title,
            channel: channel_of(section),
        }
    }

    fn anchor_url(&self) -> String {
        with_anchor("", Some(&self.section.anchor))
    }
}

/// The channel whose script a section is, by the name in its heading.
fn channel_of(section: &Section) -> Option<Channel> {
    let is_script = section.kind == SectionKind::Scripts && section.level >= 3;
    let named = |channel: &&Channel| section.title.contains(channel.label());
    Channel::ALL.iter().filter(|_| is_script).find(named).copied()
}

/// The first script of each channel, in the order of the article.
fn script_links(sections: &[Part<'_>]) -> Vec<ScriptLink> {
    let mut links: Vec<ScriptLink> = Vec::new();
    for part in sections {
        let Some(channel) = part.channel else { continue };
        if links.iter().all(|link| link.channel != channel) {
            links.push(ScriptLink { channel, key: key(channel), anchor: part.anchor_url() });
        }
    }
    links
}

/// The key that jumps to the script of a channel.
const fn key(channel: Channel) -> char {
    match channel {
        Channel::Phone => 'p',
        Channel::Mail => 'm',
        Channel::Onsite => 'o',
    }
}

#[cfg(test)]
mod tests;
