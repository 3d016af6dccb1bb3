//! What a person sees when a page cannot be shown.

use askama::Template;

use super::{AssetUrls, Header, article::ArticleLink};

/// What the error page shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ErrorView<'a> {
    /// HTTP status.
    pub(crate) status: u16,
    /// What happened, in a few Chinese words.
    pub(crate) title: &'a str,
    /// What to do about it, in Chinese.
    pub(crate) detail: &'a str,
    /// Articles that may have been meant.
    pub(crate) nearest: &'a [ArticleLink],
    /// What to name when asking for help with it.
    pub(crate) request_id: Option<&'a str>,
    /// Addresses of styles and scripts.
    pub(crate) assets: &'a AssetUrls,
}

/// The error page.
///
/// # Errors
/// When the template cannot be rendered.
pub(crate) fn error_page(view: &ErrorView<'_>) -> Result<String, askama::Error> {
    ErrorPage { assets: view.assets, header: Header::plain(view.assets, ""), view }.render()
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    assets: &'a AssetUrls,
    header: Header<'a>,
    view: &'a ErrorView<'a>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pages::sample;

    #[test]
    fn the_nearest_articles_are_offered_and_text_is_escaped() {
        let assets = sample::assets();
        let nearest = [
            ArticleLink { id: "login-failure".into(), title: "登录不上系统".into() },
            ArticleLink { id: sample::HOSTILE.into(), title: sample::HOSTILE.into() },
        ];
        let view = ErrorView {
            status: 404,
            title: "没有这篇文章",
            detail: sample::HOSTILE,
            nearest: &nearest,
            request_id: Some("01J"),
            assets: &assets,
        };
        let html = error_page(&view).unwrap();
        for expected in ["没有这篇文章", "404", "01J", "href=\"/articles/login-failure\""] {
            assert!(html.contains(expected), "{expected} in {html}");
        }
        sample::assert_harmless(&html);
    }
}
