//! The search page: box, filters, hits and the chosen hit's strategy.

use askama::Template;

use super::{
    AssetUrls, Header,
    article::{ArticleBody, ArticleView, Place},
    facets::{self, Group},
    help::Help,
    hit::HitCard,
    links::{filter_names, filter_params, search_url},
    notes,
    overview::{Overview, OverviewView},
};
use crate::search::{Answer, Filters, Hit, MAX_DEPTH, Note, Suggestion};

/// What the search page shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HomeView<'a> {
    /// What stands in the search box.
    pub(crate) query: &'a str,
    /// The answer to it.
    pub(crate) answer: &'a Answer,
    /// The filters it was asked with.
    pub(crate) filters: &'a Filters,
    /// Hits left out before this page.
    pub(crate) offset: usize,
    /// Hits in a page.
    pub(crate) limit: usize,
    /// What is shown in place of the hits when nothing was asked for.
    pub(crate) overview: Option<&'a OverviewView>,
    /// How to reach second line.
    pub(crate) second_line: &'a str,
    /// The article of the hit that is open beside the list.
    pub(crate) chosen: Option<&'a ArticleView<'a>>,
    /// Names that begin with what stands in the box.
    pub(crate) completions: &'a [Suggestion],
    /// Addresses of styles and scripts.
    pub(crate) assets: &'a AssetUrls,
}

/// The whole search page.
///
/// # Errors
/// When the template cannot be rendered.
pub(crate) fn home(view: &HomeView<'_>) -> Result<String, askama::Error> {
    let canonical = view.assets.absolute(&search_url(view.query, view.filters, 0, None));
    let header =
        Header { query: view.query, autofocus: true, ..Header::at(view.assets, "/", canonical) };
    HomePage { assets: view.assets, header, results: Results::new(view) }.render()
}

/// What is inside the results region of [`home`], for the script that swaps it.
///
/// # Errors
/// When the template cannot be rendered.
pub(crate) fn home_fragment(view: &HomeView<'_>) -> Result<String, askama::Error> {
    Results::new(view).render()
}

/// The same with a heading of the caller's own and nothing to choose but the hits.
///
/// # Errors
/// When the template cannot be rendered.
pub(super) fn bare_fragment(view: &HomeView<'_>, heading: &str) -> Result<String, askama::Error> {
    let mut results = Results::new(view);
    results.groups.clear();
    results.heading = heading.to_owned();
    results.spoken = heading.to_owned();
    results.title = PLAIN_TITLE.to_owned();
    results.notes.clear();
    results.quiet_notes.clear();
    (results.previous, results.next) = (None, None);
    results.render()
}

/// One hit of `view` as it stands in the list.
///
/// # Errors
/// When the template cannot be rendered.
pub(super) fn hit_card(view: &HomeView<'_>, hit: &Hit) -> Result<String, askama::Error> {
    HitCard::new(view, hit).render()
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'a> {
    assets: &'a AssetUrls,
    header: Header<'a>,
    results: Results<'a>,
}

#[derive(Template)]
#[template(path = "results.html")]
struct Results<'a> {
    /// The filters as hidden fields of the search form.
    hidden: Vec<(&'static str, String)>,
    n_selected: usize,
    groups: Vec<Group>,
    /// The search without filters.
    clear_url: String,
    /// What the tab is called.
    title: String,
    heading: String,
    /// The heading and the first hit in one sentence, for screen readers.
    spoken: String,
    has_query: bool,
    completions: Vec<Completion<'a>>,
    /// What the search did, in one line.
    quiet_notes: String,
    /// What asks for attention, a sentence each.
    notes: Vec<String>,
    help: Option<Help<'a>>,
    overview: Option<Overview<'a>>,
    rows: Vec<HitCard<'a>>,
    /// Whether the query has nothing to do with there being no hits.
    nothing_at_all: bool,
    previous: Option<String>,
    next: Option<String>,
    page_label: String,
    detail: Option<ArticleBody<'a>>,
}

/// A longer query that begins with the one typed.
struct Completion<'a> {
    text: &'a str,
    url: String,
}

impl<'a> Results<'a> {
    fn new(view: &HomeView<'a>) -> Self {
        let HomeView { query, answer, filters, offset, limit, .. } = *view;
        let url = |offset| search_url(query, filters, offset, None);
        let rows: Vec<_> = answer.hits.iter().map(|hit| HitCard::new(view, hit)).collect();
        let last = offset + rows.len();
        let has_next = last < answer.total && offset + 2 * limit <= MAX_DEPTH;
        let n_selected = facets::n_selected(filters);
        let nothing_at_all = rows.is_empty() && query.trim().is_empty() && n_selected == 0;
        let heading = heading(view);
        Self {
            hidden: filter_params(filters),
            n_selected,
            groups: facets::groups(query, &answer.facets, filters),
            clear_url: search_url(query, &Filters::default(), 0, None),
            spoken: spoken(&heading, answer),
            title: title(view),
            heading,
            has_query: !query.trim().is_empty(),
            completions: completions(view),
            quiet_notes: sentences(&answer.notes, true).join("；"),
            notes: sentences(&answer.notes, false),
            help: Help::new(answer, view.second_line).filter(|_| !nothing_at_all),
            overview: view.overview.map(|overview| Overview::new(overview, answer.total)),
            nothing_at_all,
            previous: (offset > 0).then(|| url(offset.saturating_sub(limit))),
            next: has_next.then(|| url(offset + limit)),
            page_label: format!("第 {}–{last} 篇，共 {} 篇", offset + 1, answer.total),
            rows,
            detail: view.chosen.map(|chosen| ArticleBody::new(chosen, view.assets, Place::Pane)),
        }
    }
}

/// The completions that say more than the box and the titles of the hits do.
fn completions<'a>(view: &HomeView<'a>) -> Vec<Completion<'a>> {
    let is_news = |text: &str| {
        text != view.query.trim() && view.answer.hits.iter().all(|hit| hit.card.title != text)
    };
    let texts = view.completions.iter().map(|completion| completion.text.as_str());
    texts
        .filter(|text| is_news(text))
        .map(|text| Completion { text, url: search_url(text, view.filters, 0, None) })
        .collect()
}

/// The notes that only explain the hits, or the others.
fn sentences(notes: &[Note], is_quiet: bool) -> Vec<String> {
    notes.iter().filter(|note| notes::is_quiet(note) == is_quiet).map(notes::sentence).collect()
}

/// Name of the tab when nothing was asked for.
const PLAIN_TITLE: &str = "应急策略检索";

/// What the tab is called: the query, else the filters, else what the page is for.
fn title(view: &HomeView<'_>) -> String {
    match (view.query.trim(), filter_names(view.filters).as_str()) {
        ("", "") => PLAIN_TITLE.to_owned(),
        ("", names) => names.to_owned(),
        (query, _) => query.to_owned(),
    }
}

fn heading(view: &HomeView<'_>) -> String {
    let total = view.answer.total;
    if view.answer.notes.contains(&Note::NoMatch) {
        "最接近的总入口".to_owned()
    } else if view.query.trim().is_empty() {
        format!("全部 {total} 篇，按级别排列")
    } else {
        format!("找到 {total} 篇")
    }
}

fn spoken(heading: &str, answer: &Answer) -> String {
    match answer.hits.first() {
        Some(hit) => format!("{heading}，第一条：{}", hit.card.title),
        None => format!("{heading}，没有结果"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{article::FaultType, web::pages::sample};

    /// The search page for an answer, without an open hit.
    fn page(answer: &Answer, filters: &Filters, offset: usize) -> String {
        let assets = sample::assets();
        let query = &answer.query;
        home(&HomeView {
            query,
            answer,
            filters,
            offset,
            limit: 10,
            overview: None,
            second_line: "值班电话",
            chosen: None,
            completions: &sample::completions(),
            assets: &assets,
        })
        .unwrap()
    }

    #[test]
    fn a_hit_shows_marks_steps_branches_and_escalation() {
        let html = page(&sample::answer(), &Filters::default(), 0);
        for expected in [
            "<mark>登录</mark>不上系统",
            "<b>P3</b> 中",
            "服务台可独立完成",
            "先做两分钟自查",
            "如果 多人同时登不上",
            "href=\"/articles/domain-controller-down\"",
            "昨天能<mark>登</mark>，今天不能",
            "已按“登录”同时查找",
            "href=\"/articles/login-failure#s-%E7%8E%B0%E8%B1%A1\"",
            "data-show=\"/?q=%E7%99%BB%E9%99%86&#38;show=login-failure\"",
            "升级：",
        ] {
            assert!(html.contains(expected), "{expected} in {html}");
        }
    }

    #[test]
    fn the_fragment_is_the_inside_of_the_results_region() {
        let (answer, assets, stored) = (sample::answer(), sample::assets(), sample::login());
        let chosen = sample::view(&stored);
        let view = HomeView {
            query: &answer.query,
            answer: &answer,
            filters: &Filters::default(),
            offset: 0,
            limit: 10,
            overview: None,
            second_line: "",
            chosen: Some(&chosen),
            completions: &[],
            assets: &assets,
        };
        let fragment = home_fragment(&view).unwrap();
        assert!(home(&view).unwrap().contains(&fragment));
        assert!(fragment.contains("aria-current=\"true\""));
        assert!(fragment.contains("<h2 id=\"article-title\""));
        assert!(!fragment.contains("<html"));
    }

    #[test]
    fn completions_say_what_box_and_hits_do_not() {
        let html = page(&sample::answer(), &Filters::default(), 0);
        assert!(html.contains("href=\"/?q=%E7%99%BB%E9%99%86%E4%B8%8D%E4%BA%86\" data-swap"));
        assert_eq!(html.matches("data-text=").count(), 1, "{html}");
    }

    #[test]
    fn filters_are_hidden_fields_of_the_form_and_can_be_cleared() {
        let filters = Filters { fault_type: vec![FaultType::Login], ..Filters::default() };
        let html = page(&sample::answer(), &filters, 0);
        assert!(html.contains(
            "<input type=\"hidden\" form=\"search\" name=\"fault_type\" value=\"login\">"
        ));
        assert!(html.contains("清除筛选"));
        assert!(!page(&sample::answer(), &Filters::default(), 0).contains("清除筛选"));
    }

    #[test]
    fn an_answer_without_hits_says_what_to_do() {
        let empty = Answer { hits: Vec::new(), total: 0, notes: Vec::new(), ..sample::answer() };
        assert!(page(&empty, &Filters::default(), 0).contains("没有符合条件的策略"));
        let all = Answer { query: String::new(), ..empty };
        assert!(page(&all, &Filters::default(), 0).contains("知识库里还没有文章"));
    }

    #[test]
    fn no_match_leads_to_the_entry_articles() {
        let answer = Answer { notes: vec![Note::NoMatch], total: 0, ..sample::answer() };
        let html = page(&answer, &Filters::default(), 0);
        assert!(html.contains("没有找到对应的策略，下面是最接近的总入口"));
        assert!(html.contains("class=\"hit\"") && !html.contains("下一页"));
    }

    #[test]
    fn paging_keeps_the_query_and_stops_at_the_ends() {
        let answer = Answer { total: 25, ..sample::answer() };
        let first = page(&answer, &Filters::default(), 0);
        assert!(first.contains("下一页") && !first.contains("上一页"));
        let second = page(&answer, &Filters::default(), 10);
        assert!(second.contains("href=\"/?q=%E7%99%BB%E9%99%86\" data-swap data-key=\"previous\""));
        assert!(second.contains("&#38;offset=20\" data-swap data-key=\"next\""));
        let last = page(&Answer { total: 5000, ..sample::answer() }, &Filters::default(), 990);
        assert!(!last.contains("下一页"));
    }

    #[test]
    fn hostile_text_is_escaped() {
        let mut answer = sample::answer();
        sample::make_answer_hostile(&mut answer);
        let filters = Filters { system: vec![sample::HOSTILE.to_owned()], ..Filters::default() };
        sample::assert_harmless(&page(&answer, &filters, 0));
    }
}
