//! What a browser keeps to answer by itself while the server is out of reach: the parts of each
//! article, and the pages around them with gaps that the worker fills.

use askama::Template;
use serde::Serialize;

use super::{
    AssetUrls, Header,
    article::{ArticlePageView, ArticleView, article_fragment, article_page, pane},
    home::{HomeView, bare_fragment, hit_card, home, home_fragment},
};
use crate::search::{Answer, Filters, Hit};

/// A gap: a name between marks that neither HTML nor an address encodes.
macro_rules! gap {
    ($name:literal) => {
        concat!("~~", $name, "~~")
    };
}

/// What was searched for: as text in a page, percent-encoded in the address of a card.
const QUERY: &str = gap!("query");
const HEADING: &str = gap!("heading");
const HITS: &str = gap!("hits");
const DETAIL: &str = gap!("detail");
const MAIN: &str = gap!("main");
const TITLE: &str = gap!("title");
/// Says of a card that it is the chosen one, or nothing.
const CURRENT: &str = gap!("current");
/// When the server last said that this is what it has, in the time zone of the browser.
const TIME: &str = gap!("time");

/// The empty bar of `base.html`, which says where a page comes from.
const BAR: &str = "<p id=\"offline\" class=\"offline-bar\" role=\"status\">";

/// A version no article has: a page that shows it is replaced as soon as the server is back.
const VERSION: &str = "offline";

/// An article and how it appears among hits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OfflineView<'a> {
    /// The article.
    pub(crate) article: &'a ArticleView<'a>,
    /// The same as a hit of a list without a query.
    pub(crate) hit: &'a Hit,
    /// An answer of which the hit is one.
    pub(crate) answer: &'a Answer,
    /// Addresses of styles and scripts.
    pub(crate) assets: &'a AssetUrls,
}

/// An article as HTML, for each place where it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct OfflineArticle {
    /// The card of a hit, with gaps `~~query~~` and `~~current~~`.
    pub(crate) card: String,
    /// Beside the hits.
    pub(crate) pane: String,
    /// Inside the main region of its page.
    pub(crate) page: String,
}

/// Pages with gaps, all with `~~time~~`, and the words that depend on what is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = OfflineShells)]
pub(crate) struct Shells {
    /// The search page around `~~main~~`, with `~~query~~` in title and box.
    pub(crate) search: String,
    /// The results region: `~~heading~~`, `~~hits~~` and `~~detail~~`.
    pub(crate) results: String,
    /// The page of an article around `~~main~~`, with its `~~title~~`.
    pub(crate) article: String,
    /// The page instead of those that are not kept.
    pub(crate) message: String,
    /// Heading over hits of a query.
    pub(crate) found: &'static str,
    /// Heading over the first articles when nothing is found.
    pub(crate) nothing: &'static str,
    /// Heading over the first articles when nothing is searched for.
    pub(crate) listed: &'static str,
}

impl<'a> OfflineView<'a> {
    fn home(&'a self, filters: &'a Filters) -> HomeView<'a> {
        let Self { answer, article, assets, .. } = *self;
        let (offset, limit) = (0, answer.hits.len());
        let chosen = Some(article);
        HomeView {
            query: QUERY,
            answer,
            filters,
            offset,
            limit,
            overview: None,
            second_line: "",
            chosen,
            completions: &[],
            assets,
        }
    }

    fn page(&'a self) -> ArticlePageView<'a> {
        let Self { article, assets, .. } = *self;
        ArticlePageView { article, findings: &[], version: VERSION, history: None, assets }
    }
}

/// Where a page comes from, for the bar on top of it.
fn mark(n_kept: usize, total: usize) -> String {
    let kept = if n_kept < total {
        format!("最急的 {n_kept} 篇，共 {total} 篇")
    } else {
        format!("{n_kept} 篇")
    };
    format!("离线：连不上服务器，显示的是 {TIME} 保存的内容（{kept}），查找方式较简单，不能筛选")
}

/// The parts of one article.
///
/// # Errors
/// When a template cannot be rendered.
pub(crate) fn offline_article(view: &OfflineView<'_>) -> Result<OfflineArticle, askama::Error> {
    let card = hit_card(&view.home(&Filters::default()), view.hit)?;
    Ok(OfflineArticle {
        card: card.replacen(" aria-current=\"true\"", CURRENT, 1),
        pane: pane(view.article, view.assets)?,
        page: article_fragment(&view.page())?,
    })
}

/// The pages around the `n_kept` articles of a browser: made as those of `view`, whose parts then
/// give way to gaps. `view.answer` must have no other hit than that of `view`.
///
/// # Errors
/// When a template cannot be rendered.
pub(crate) fn shells(view: &OfflineView<'_>, n_kept: usize) -> Result<Shells, askama::Error> {
    let mark = mark(n_kept, view.answer.total);
    let bar = format!("{BAR}{mark}");
    let marked = |page: String| without_canonical(&page).replacen(BAR, &bar, 1);
    let header = Header::plain(view.assets, "");
    Ok(Shells {
        search: marked(search_shell(view)?),
        results: results_shell(view, &mark)?,
        article: marked(article_shell(view)?),
        message: marked(Message { assets: view.assets, header }.render()?),
        found: "离线查找，最接近的几篇",
        nothing: "离线没有找到，先列最急的几篇",
        listed: "离线，先列最急的几篇",
    })
}

/// A shell stands for many pages, so it cannot say which address is the one of its content.
fn without_canonical(page: &str) -> String {
    let lines = page.split_inclusive('\n');
    lines.filter(|line| !line.starts_with("<link rel=\"canonical\"")).collect()
}

fn search_shell(view: &OfflineView<'_>) -> Result<String, askama::Error> {
    let filters = Filters::default();
    let search = view.home(&filters);
    Ok(home(&search)?.replace(&home_fragment(&search)?, MAIN))
}

/// List and pane are swapped in one without the other, so each says where it comes from.
fn results_shell(view: &OfflineView<'_>, mark: &str) -> Result<String, askama::Error> {
    let filters = Filters::default();
    let search = view.home(&filters);
    let sign = format!("<span data-offline=\"{mark}\" hidden></span>");
    let heading = format!("{HEADING}</h2>");
    let results = bare_fragment(&search, HEADING)?
        .replace(&hit_card(&search, view.hit)?, HITS)
        .replace(&pane(view.article, view.assets)?, &format!("{sign}{DETAIL}"));
    Ok(results.replacen(&heading, &format!("{heading}{sign}"), 1))
}

fn article_shell(view: &OfflineView<'_>) -> Result<String, askama::Error> {
    let mut stored = view.article.stored.clone();
    TITLE.clone_into(&mut stored.article.title);
    let article = ArticleView { stored: &stored, ..view.article.clone() };
    let view = OfflineView { article: &article, ..*view };
    let page = view.page();
    Ok(article_page(&page)?.replace(&article_fragment(&page)?, MAIN))
}

#[derive(Template)]
#[template(path = "offline.html")]
struct Message<'a> {
    assets: &'a AssetUrls,
    header: Header<'a>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{index::Stored, web::pages::sample};

    /// The parts and shells for the sample article.
    fn made(change: impl FnOnce(&mut Stored)) -> (OfflineArticle, Shells) {
        let (answer, assets, mut stored) = (sample::answer(), sample::assets(), sample::login());
        // More than one page of hits, as in a real list.
        let answer = Answer { total: 145, ..answer };
        change(&mut stored);
        let (article, hit) = (sample::view(&stored), &answer.hits[0]);
        let view = OfflineView { article: &article, hit, answer: &answer, assets: &assets };
        (offline_article(&view).unwrap(), shells(&view, 145).unwrap())
    }

    #[test]
    fn each_shell_has_its_gaps_and_nothing_of_an_article() {
        let (_, shells) = made(|_| {});
        let table = [
            (&shells.search, vec![QUERY, QUERY, TIME, MAIN]),
            (&shells.results, vec![HEADING, HEADING, TIME, HITS, TIME, DETAIL]),
            (&shells.article, vec![TITLE, TIME, MAIN]),
            (&shells.message, vec![TIME]),
        ];
        for (shell, expected) in table {
            let gaps: Vec<_> = shell.split("~~").skip(1).step_by(2).collect();
            let expected: Vec<_> = expected.iter().map(|gap| gap.trim_matches('~')).collect();
            assert_eq!(gaps, expected, "{shell}");
            assert!(!shell.contains("登录不上") && !shell.contains("下一页"), "{shell}");
        }
        for page in [&shells.search, &shells.article, &shells.message] {
            assert!(page.contains(&format!("{BAR}离线：连不上服务器")), "{page}");
        }
        assert!(shells.results.contains("<ol class=\"hit-list\">\n~~hits~~</ol>"));
    }

    #[test]
    fn a_card_leaves_open_whether_it_is_chosen_and_what_is_searched_for() {
        let (parts, _) = made(|_| {});
        for expected in ["~~current~~>", "data-show=\"/?q=~~query~~&#38;show=login-failure\""] {
            assert_eq!(parts.card.matches(expected).count(), 1, "{expected} in {}", parts.card);
        }
        assert!(parts.pane.contains("<h2 id=\"article-title\""));
        assert!(parts.page.contains("<h1 id=\"article-title\""));
        assert!(parts.page.contains("data-version=\"offline\"") && !parts.page.contains("<html"));
    }

    #[test]
    fn the_mark_says_when_something_is_missing() {
        for (n_kept, total, expected) in [(7, 7, "（7 篇）"), (7, 8, "（最急的 7 篇，共 8 篇）")]
        {
            assert!(mark(n_kept, total).contains(expected), "{}", mark(n_kept, total));
        }
    }

    #[test]
    fn hostile_text_is_escaped() {
        let (parts, _) = made(sample::make_hostile);
        sample::assert_harmless(&parts.pane);
        sample::assert_harmless(&parts.page);
    }
}
