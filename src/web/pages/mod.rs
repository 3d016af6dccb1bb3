//! The pages as pure functions from data to HTML.
//!
//! Entry points: [`home`] and [`home_fragment`], [`article_page`] and
//! [`article_fragment`], [`matrix_page`], [`flow_page`], [`panel_page`], [`status_page`],
//! [`error_page`], [`offline_article`] and [`shells`]. This module knows no request, no state and no
//! index: what a page shows is in its view. All text is escaped by the templates; the only HTML taken
//! as it is comes from [`crate::article::render`].

mod article;
mod badges;
mod copy;
mod docs;
mod error;
mod facets;
mod findings;
mod flow;
mod help;
mod hit;
mod home;
mod links;
mod marks;
mod matrix;
mod notes;
mod notice;
mod offline;
mod overview;
mod panel;
mod plain;
#[cfg(test)]
mod sample;
mod status;

use askama::Template;

pub(crate) use article::mail_parts;
pub(crate) use article::{
    ArticleLink, ArticlePageView, ArticleView, article_fragment, article_page,
};
pub(crate) use copy::{
    CopyEntry, CopyGroup, Stamp, copy_article, copy_assets, copy_card, copy_index, copy_matrix,
};
pub(crate) use docs::{DocsView, Field, Group, Kind, Operation, Response, Schema, docs_page};
pub(crate) use error::{ErrorView, error_page};
pub(crate) use flow::{Example, FlowView, flow_page};
pub(crate) use home::{HomeView, home, home_fragment};
pub(crate) use links::search_url;
pub(crate) use matrix::{MatrixRow, MatrixView, matrix_page};
pub(crate) use notes::{is_quiet as is_quiet_note, sentence as note_sentence};
pub(crate) use notice::notice;
pub(crate) use offline::{OfflineArticle, OfflineView, Shells, offline_article, shells};
pub(crate) use overview::OverviewView;
pub(crate) use panel::{PanelView, panel_page};
pub(crate) use status::{DueRow, StatusView, status_page};

/// What all pages share: where the browser finds each file of `web/assets/` and the pages, and
/// what every page says.
#[derive(Debug, Clone)]
pub(crate) struct AssetUrls {
    /// Origin of canonical addresses; empty where they are relative.
    origin: String,
    /// What is not as it should be, for the bar on top; empty when all is well.
    notice: String,
    css: String,
    search_js: String,
    keys_js: String,
    article_js: String,
    call_js: String,
    tabs_js: String,
    report_md: String,
    history_js: String,
    live_js: String,
    times_js: String,
    offline_js: String,
    icons: String,
    favicon: String,
    manifest: String,
}

impl AssetUrls {
    /// The addresses that `url` gives for the file names, such as `/assets/app.<hash>.css` for
    /// `app.css`.
    pub(crate) fn new(url: &dyn Fn(&str) -> String) -> Self {
        Self {
            origin: String::new(),
            notice: String::new(),
            css: url("app.css"),
            search_js: url("search.js"),
            keys_js: url("keys.js"),
            article_js: url("article.js"),
            call_js: url("call.js"),
            tabs_js: url("tabs.js"),
            report_md: url("report.md"),
            history_js: url("history.js"),
            live_js: url("live.js"),
            times_js: url("times.js"),
            offline_js: url("offline.js"),
            icons: url("icons.svg"),
            favicon: url("favicon.svg"),
            manifest: url("manifest.webmanifest"),
        }
    }

    /// The same with the origin under which people reach the server.
    pub(crate) fn under(mut self, origin: &str) -> Self {
        origin.clone_into(&mut self.origin);
        self
    }

    /// The same for pages that say what is not as it should be.
    pub(crate) fn noting(mut self, notice: String) -> Self {
        self.notice = notice;
        self
    }

    /// The address of a page, absolute where the origin is known.
    fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

/// The bar on top of every page: name, search box, links.
#[derive(Template)]
#[template(path = "header.html")]
struct Header<'a> {
    assets: &'a AssetUrls,
    query: &'a str,
    /// The search page alone puts the focus into the box.
    autofocus: bool,
    /// Path of the page, for the link that is the current one.
    path: &'a str,
    /// The one address of what the page shows; empty when it has none.
    canonical: String,
}

impl<'a> Header<'a> {
    /// The bar of a page other than the search page.
    fn plain(assets: &'a AssetUrls, path: &'a str) -> Self {
        let canonical = if path.is_empty() { String::new() } else { assets.absolute(path) };
        Self::at(assets, path, canonical)
    }

    /// The bar of a page whose address is not its path alone.
    fn at(assets: &'a AssetUrls, path: &'a str, canonical: String) -> Self {
        Self { assets, query: "", autofocus: false, path, canonical }
    }
}
