//! The pages of a copy that opens from a folder, without a server.
//!
//! They have the addresses of the served pages; whoever writes the copy puts those of its files in
//! their place.

use askama::Template;

use super::{
    AssetUrls,
    article::{ArticleLink, ArticlePageView, Content},
    hit::HitCard,
    matrix::{MatrixRow, line},
};
use crate::search::Hit;

/// Policy of the pages: the files of the copy only, nothing inline, one named Trusted Types policy.
///
/// `'self'` stands for files where a page is a file; measured with Chromium 156. Who may show a
/// page in a frame cannot be said in a page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types jiuji";

/// What every page of a copy says about it.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    /// Day of the export, `YYYY-MM-DD`.
    pub(crate) date: String,
    /// Revision of the knowledge base.
    pub(crate) revision: String,
    /// Articles in the copy.
    pub(crate) n_articles: usize,
    /// The icons as one `<svg>` element, of which the ids begin with `icon-`.
    pub(crate) icons: String,
}

impl Stamp {
    fn policy(&self) -> &'static str {
        POLICY
    }

    /// The first characters of the revision, enough to tell two of them apart.
    pub(crate) fn short_revision(&self) -> String {
        self.revision.chars().take(12).collect()
    }

    fn notice(&self) -> String {
        let (date, n, revision) = (&self.date, self.n_articles, self.short_revision());
        format!("这是 {date} 导出的副本（{n} 篇，版本 {revision}），之后的修改不在里面")
    }
}

/// The articles of one fault type, for the start page.
#[derive(Debug, Clone)]
pub(crate) struct CopyGroup {
    /// Chinese name.
    pub(crate) label: &'static str,
    /// The articles, the most urgent first.
    pub(crate) entries: Vec<CopyEntry>,
}

/// An article on the start page.
#[derive(Debug, Clone)]
pub(crate) struct CopyEntry {
    /// Id and title.
    pub(crate) link: ArticleLink,
    /// Whether it is of the highest severity.
    pub(crate) urgent: bool,
    /// Whether it is the general article of its fault type.
    pub(crate) entry: bool,
}

/// Where the pages of a copy find the web files: `/assets/` and the plain name. The template of
/// reports is none of them, for a page that is a file may not read another one.
pub(crate) fn copy_assets() -> AssetUrls {
    let url = |name: &str| match name {
        "report.md" => String::new(),
        name => format!("/assets/{name}"),
    };
    AssetUrls::new(&url)
}

/// The start page: search box and all articles by fault type.
///
/// # Errors
/// When the template cannot be rendered.
pub(crate) fn copy_index(stamp: &Stamp, groups: &[CopyGroup]) -> Result<String, askama::Error> {
    Index { stamp, groups }.render()
}

/// The page of one article.
///
/// # Errors
/// When the template cannot be rendered.
pub(crate) fn copy_article(
    stamp: &Stamp,
    view: &ArticlePageView<'_>,
) -> Result<String, askama::Error> {
    let title = &view.article.stored.article.title;
    Page { stamp, assets: view.assets, title, content: Content::new(view) }.render()
}

/// The whole table.
///
/// # Errors
/// When the template cannot be rendered.
pub(crate) fn copy_matrix(stamp: &Stamp, rows: &[MatrixRow]) -> Result<String, askama::Error> {
    Matrix { stamp, rows }.render()
}

/// A hit as it stands in the list of the start page.
///
/// # Errors
/// When the template cannot be rendered.
pub(crate) fn copy_card(hit: &Hit) -> Result<String, askama::Error> {
    HitCard::alone(hit).render()
}

#[derive(Template)]
#[template(path = "copy_index.html")]
struct Index<'a> {
    stamp: &'a Stamp,
    groups: &'a [CopyGroup],
}

#[derive(Template)]
#[template(path = "copy_article.html")]
struct Page<'a> {
    stamp: &'a Stamp,
    assets: &'a AssetUrls,
    title: &'a str,
    content: Content<'a>,
}

#[derive(Template)]
#[template(path = "copy_matrix.html")]
struct Matrix<'a> {
    stamp: &'a Stamp,
    rows: &'a [MatrixRow],
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pages::sample;

    fn stamp() -> Stamp {
        Stamp {
            date: "2026-11-23".into(),
            revision: "0123456789abcdef".into(),
            n_articles: 1,
            icons: "<svg hidden></svg>".into(),
        }
    }

    fn article(change: impl FnOnce(&mut crate::index::Stored)) -> String {
        let mut stored = sample::login();
        change(&mut stored);
        let (article, assets) = (sample::view(&stored), copy_assets());
        let view = ArticlePageView {
            article: &article,
            findings: &[],
            version: "copy",
            history: None,
            assets: &assets,
        };
        copy_article(&stamp(), &view).unwrap()
    }

    fn index(title: &str) -> String {
        let link = ArticleLink { id: title.to_owned(), title: title.to_owned() };
        let entry = CopyEntry { link, urgent: true, entry: false };
        copy_index(&stamp(), &[CopyGroup { label: "登录异常", entries: vec![entry] }]).unwrap()
    }

    #[test]
    fn every_page_says_what_it_is_and_has_a_policy() {
        let matrix = copy_matrix(&stamp(), &[]).unwrap();
        for page in [article(|_| {}), index("登录不上"), matrix] {
            for expected in ["这是 2026-11-23 导出的副本（1 篇，版本 0123456789ab）", "default-src"]
            {
                assert!(page.contains(expected), "{expected} in {page}");
            }
            assert!(
                !page.contains("type=\"module\"") && !page.contains("href=\"/status"),
                "{page}"
            );
        }
    }

    #[test]
    fn what_needs_a_server_is_left_out() {
        let page = article(|_| {});
        assert!(page.contains("data-call=\"record\"") && page.contains("<h1 id=\"article-title\""));
        assert!(!page.contains("data-call=\"report\"") && !page.contains("data-template"));
    }

    #[test]
    fn a_card_leads_to_its_article_only() {
        let card = copy_card(&sample::answer().hits[0]).unwrap();
        assert!(card.contains("href=\"/articles/login-failure"), "{card}");
        assert!(!card.contains("aria-current") && !card.contains("?q="), "{card}");
    }

    #[test]
    fn hostile_text_is_escaped() {
        sample::assert_harmless(&article(sample::make_hostile));
        sample::assert_harmless(&index(sample::HOSTILE));
    }
}
