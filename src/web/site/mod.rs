//! The pages: the same data as the API, made into HTML by `pages`.

mod docs;
mod flow;
mod matrix;
pub(crate) mod opensearch;
mod overview;
mod panel;
pub(crate) mod runbook;

use axum::{
    extract::{Path, Request, State, rejection::PathRejection},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};

use super::{
    accept,
    api::{
        articles::{Found, find, moved},
        history,
        review::{Due, due},
        unmatched::MAX_LISTED,
    },
    assets::asset_url,
    checks,
    etag::Tag,
    pages::{self, ArticleLink, ArticlePageView, ArticleView, DueRow},
    params::{NoParams, Params},
    preview::Preview,
    problem::Problem,
    query::page_query,
    request_id,
    state::{App, Snapshot, Stored},
};
use time::Date;

pub(crate) use self::{
    docs::docs,
    flow::flow,
    matrix::{matrix, matrix_row},
    panel::panel,
    runbook::{runbook, runbook_of_nothing},
};
use crate::{
    article::{DUE_SOON_DAYS, render},
    history::History,
    search::{self, Answer, Query},
};

/// Asks for a part of a page: [`RESULTS`] or [`ARTICLE`].
const X_FRAGMENT: HeaderName = HeaderName::from_static("x-fragment");

/// Most neighbours that a page names in one direction: an entry article has hundreds.
const MAX_LINKS: usize = 50;

/// Articles that the status page lists as due for review.
const MAX_DUE: usize = 20;

/// The part of the search page that changes while somebody types.
const RESULTS: &str = "results";

/// The part of an article's page that changes with the article.
const ARTICLE: &str = "article";

/// `GET /`: the search page, or with `X-Fragment: results` what changes in it.
pub(crate) async fn home(
    State(app): State<App>,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, Problem> {
    let (query, show) = page_query(params, app.today())?;
    let query = query.within(app.door().limits.search_time);
    let is_fragment = asks_for(&headers, RESULTS);
    let snapshot = app.live().snapshot();
    let part = if is_fragment { "fragment" } else { "home" };
    let tag = Tag::of_snapshot(&snapshot, query.today, &variant(&app, part));
    if tag.matches(&headers) {
        return Ok(vary(tag.not_modified(), "x-fragment"));
    }
    let state = app.clone();
    let work = move |snapshot: &Snapshot| search_page(&state, snapshot, query, show, is_fragment);
    let (answer, html) = app.read(snapshot, work).await?;
    app.door().metrics.count_answer(&answer);
    Ok(vary(tag.on(Html(html).into_response()), "x-fragment"))
}

/// Searches and shows the answer, with the article `show` open beside it, else the first hit.
/// When nothing is asked for, the overview takes the place of both.
fn search_page(
    app: &App,
    snapshot: &Snapshot,
    mut query: Query,
    show: Option<String>,
    is_fragment: bool,
) -> Result<(Answer, String), Problem> {
    let overview = match overview::is_asked_for(&query, show.as_deref()) {
        true => overview::overview(snapshot, query.today)?,
        false => None,
    };
    if overview.is_some() {
        // Its total and facets are shown, of its hits none.
        query.limit = 1;
    }
    let answer = search::search(snapshot, &query)?;
    let chosen = show.or_else(|| answer.hits.first().map(|hit| hit.card.id.clone()));
    let chosen = chosen.filter(|_| overview.is_none());
    let stored = chosen.map(|id| snapshot.article(&id)).transpose()?.flatten();
    let chosen = stored.as_ref().map(|stored| article_view(snapshot, stored, query.today));
    let chosen = chosen.transpose()?;
    let completions = search::completions(snapshot, &query.text)?;
    let assets = noting_urls(app);
    let view = pages::HomeView {
        query: &query.text,
        answer: &answer,
        filters: &query.filters,
        offset: query.offset,
        limit: query.limit,
        overview: overview.as_ref(),
        second_line: app.pages().second_line(),
        chosen: chosen.as_ref(),
        completions: &completions,
        assets: &assets,
    };
    let html = if is_fragment { pages::home_fragment(&view) } else { pages::home(&view) };
    let html = html.map_err(Problem::internal)?;
    Ok((answer, html))
}

/// What is shown of an article: its sections as HTML, and its neighbours in both directions.
///
/// # Errors
/// When the index cannot be read.
pub(crate) fn article_view<'a>(
    snapshot: &Snapshot,
    stored: &'a Stored,
    today: Date,
) -> Result<ArticleView<'a>, Problem> {
    let article = &stored.article;
    let resolve = |path: &str| snapshot.id_of_path(path);
    let referrers = snapshot.referrers(&article.id);
    let unnamed: Vec<String> =
        referrers.into_iter().filter(|id| !article.meta.related.contains(id)).collect();
    let successor = snapshot.successor(&article.id).into_iter().collect::<Vec<_>>();
    Ok(ArticleView {
        stored,
        sections: render(&article.path, &stored.source, &resolve),
        related: links(snapshot, &article.meta.related)?,
        referrers: links(snapshot, &unnamed)?,
        superseded_by: links(snapshot, &successor)?.pop(),
        today,
    })
}

/// Links to those of `ids` that exist, at most [`MAX_LINKS`].
fn links(snapshot: &Snapshot, ids: &[String]) -> Result<Vec<ArticleLink>, Problem> {
    let mut links = Vec::new();
    for id in ids.iter().take(MAX_LINKS) {
        if let Some(address) = snapshot.address(id)? {
            let card = snapshot.card(address)?.card;
            links.push(ArticleLink { id: card.id, title: card.title });
        }
    }
    Ok(links)
}

/// Where the browser finds the files of the pages.
pub(super) fn asset_urls(app: &App) -> pages::AssetUrls {
    let origin = app.pages().public_url.as_deref().unwrap_or_default();
    pages::AssetUrls::new(&asset_url).under(origin)
}

/// The same for a page that says what is not as it should be.
fn noting_urls(app: &App) -> pages::AssetUrls {
    asset_urls(app).noting(pages::notice(&app.live().status().troubles()))
}

/// Name of a page for its entity tag, with all that the page shows besides the articles.
fn variant(app: &App, page: &str) -> String {
    let notice = pages::notice(&app.live().status().troubles());
    format!("{} {notice}", app.pages().variant(page))
}

/// Whether only this part of a page is asked for.
fn asks_for(headers: &HeaderMap, part: &str) -> bool {
    headers.get(&X_FRAGMENT).is_some_and(|asked| asked == part)
}

/// `GET /articles/{id}`: one article, or with `X-Fragment: article` what changes in its page.
pub(crate) async fn article(
    State(app): State<App>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    _: NoParams,
) -> Result<Response, Problem> {
    let Ok(Path(id)) = id else { return Err(Problem::no_article(Vec::new())) };
    let (current, today) = (app.live().current(), app.today());
    // The page shows what is known by now and hears of the rest: it never waits for a check.
    checks::refresh(&app);
    let verdict = app.checks().latest();
    let is_fragment = asks_for(&headers, ARTICLE);
    let snapshot = current.snapshot.clone();
    let state = app.clone();
    let work = move |snapshot: &Snapshot| -> Result<Response, Problem> {
        let stored = match find(snapshot, &id)? {
            Found::Here(stored) => stored,
            Found::Moved(id) => return Ok(moved("/articles/", &id)),
        };
        let preview = Preview::new(&current, &verdict, &stored, today);
        let part = if is_fragment { "fragment" } else { "page" };
        let variant = variant(&state, &format!("{part} {}", preview.version));
        let tag = Tag::of_snapshot(snapshot, today, &variant);
        if tag.matches(&headers) {
            return Ok(tag.not_modified());
        }
        let view = article_view(snapshot, &stored, today)?;
        let assets = noting_urls(&state);
        let Preview { findings, version } = &preview;
        let has_history = state.history().is_some_and(History::is_likely);
        let history = has_history.then(|| history::url(&stored.article.id));
        let view = ArticlePageView { article: &view, findings, version, history, assets: &assets };
        let html =
            if is_fragment { pages::article_fragment(&view) } else { pages::article_page(&view) };
        Ok(tag.on(Html(html.map_err(Problem::internal)?).into_response()))
    };
    Ok(vary(app.read(snapshot, work).await?, "x-fragment"))
}

/// `GET /status`: health in numbers, what is due for review and what is wrong with the files.
pub(crate) async fn status(State(app): State<App>, _: NoParams) -> Result<Html<String>, Problem> {
    let verdict = checks::verdict(&app).await?;
    let today = app.today();
    let work = move |snapshot: &Snapshot| due(snapshot, today, DUE_SOON_DAYS, MAX_DUE);
    let (due, n_due) = app.read(app.live().snapshot(), work).await?;
    let due: Vec<_> = due.into_iter().map(due_row).collect();
    let view = pages::StatusView {
        status: &app.live().status(),
        due: &due,
        n_due,
        findings: &verdict.findings,
        unmatched: &app.unmatched().top(MAX_LISTED).0,
        assets: &noting_urls(&app),
    };
    Ok(Html(pages::status_page(&view).map_err(Problem::internal)?))
}

fn due_row(due: Due) -> DueRow {
    DueRow {
        article: ArticleLink { id: due.id, title: due.title },
        owner: due.owner,
        due: due.due,
        days_left: due.days_left,
    }
}

/// Shows the problems of pages, and of addresses a person typed, as a page.
pub(crate) async fn problems_as_pages(request: Request, next: Next) -> Response {
    let is_page = wants_page(request.uri().path(), request.headers());
    let response = next.run(request).await;
    if !is_page {
        return response;
    }
    let Some(problem) = response.extensions().get::<Problem>() else { return response };
    let nearest: Vec<_> = problem.nearest().iter().map(|id| named_by_id(id)).collect();
    let html = pages::error_page(&pages::ErrorView {
        status: problem.status().as_u16(),
        title: problem.title(),
        detail: problem.detail(),
        nearest: &nearest,
        request_id: Some(&request_id::current()),
        assets: &pages::AssetUrls::new(&asset_url),
    });
    let Ok(html) = html else { return response };
    let (mut head, _) = response.into_parts();
    head.headers.remove(header::CONTENT_LENGTH);
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    head.headers.insert(header::CONTENT_TYPE, kind);
    Response::from_parts(head, html.into())
}

fn named_by_id(id: &str) -> ArticleLink {
    ArticleLink { id: id.to_owned(), title: id.to_owned() }
}

/// Pages answer in HTML unless JSON is asked for; other addresses only to browsers; the API never.
fn wants_page(path: &str, headers: &HeaderMap) -> bool {
    if path.starts_with("/api/") {
        return false;
    }
    let is_page = matches!(path, "/" | "/docs" | "/matrix" | "/flow" | "/panel" | "/status")
        || path.starts_with("/articles/");
    let wants_json = ["application/json", "application/problem+json"]
        .iter()
        .any(|kind| accept::names(headers, kind));
    accept::names(headers, "text/html") || (is_page && !wants_json)
}

/// Says which request header the response depends on.
pub(crate) fn vary(mut response: Response, header: &'static str) -> Response {
    response.headers_mut().append(header::VARY, HeaderValue::from_static(header));
    response
}
