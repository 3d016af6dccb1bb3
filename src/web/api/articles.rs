//! `GET /api/v1/articles` and `/articles/{id}`: the collection, and one article whole.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use time::Date;

use super::{
    article_body::{ArticleBody, Neighbour, Related},
    article_text::plain_text,
    id_url, label, passes,
};
use crate::{
    article::{FaultType, Severity, Status, Tier, render},
    search::{Filters, nearest_ids},
    web::{
        chat::{Form, Message, Robot, reply},
        etag::{Tag, with_revision},
        openapi::params::{Filtering, Limit, Offset},
        params::Params,
        problem::Problem,
        query::{filters, paging},
        site::vary,
        state::{App, Snapshot, Stored},
    },
};

/// Most neighbours that are named in one direction: an entry article has hundreds.
const MAX_NEIGHBOURS: usize = 50;

/// A page of the collection, sorted by id.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ArticleList)]
struct Page {
    total: usize,
    limit: usize,
    offset: usize,
    revision: String,
    indexed_at: String,
    articles: Vec<Row>,
}

/// One article of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ArticleRow)]
struct Row {
    id: String,
    title: String,
    path: String,
    url: String,
    summary: Option<String>,
    fault_type: Option<FaultType>,
    fault_type_label: Option<&'static str>,
    severity: Option<Severity>,
    tier: Option<Tier>,
    systems: Vec<String>,
    status: Status,
    owner: Option<String>,
    reviewed: Option<String>,
    stale: bool,
    broken: bool,
    hash: String,
}

/// Where an id leads.
pub(crate) enum Found {
    /// To the article that has it.
    Here(Box<Stored>),
    /// To the article with this id, which replaced it.
    Moved(String),
}

/// Lists articles by filters and paging.
#[utoipa::path(
    get,
    path = "/api/v1/articles",
    tag = "articles",
    operation_id = "list_articles",
    summary = "文章列表，按编号排序",
    params(
        Filtering,
        Limit,
        Offset,
    ),
    responses(
        (status = 200, description = "一页文章", body = Page),
        (status = 304, description = "与 If-None-Match 里的标签相同"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    headers: HeaderMap,
    mut params: Params,
) -> Result<Response, Problem> {
    let filters = filters(&mut params)?;
    let (limit, offset) = paging(&mut params)?;
    params.finish()?;
    let (snapshot, today) = (app.live().snapshot(), app.today());
    let tag = Tag::of_snapshot(&snapshot, today, "list");
    if tag.matches(&headers) {
        return Ok(tag.not_modified());
    }
    let window = (limit, offset);
    let page = app.read(snapshot, move |snapshot| page(snapshot, &filters, window, today)).await?;
    Ok(tag.on(Json(page).into_response()))
}

reply!(ArticleReply, ArticleBody);

/// Gives one article as JSON, as its source, as a text for chat and phone, or as a message for the
/// robot of a group.
#[utoipa::path(
    get,
    path = "/api/v1/articles/{id}",
    tag = "articles",
    operation_id = "get_article",
    summary = "一篇文章的全部内容",
    description = "用请求头 Accept 选择形式：application/json（默认）、text/markdown（原文）或 text/plain（可以贴进聊天的文字）。",
    params(
        ("id" = String, Path, min_length = 1, example = "file-deleted", description = "文章编号；“/”写成 %2F"),
        ("format" = inline(Option<Robot>), Query, description = "群机器人消息：得到可以直接发给机器人的请求体，优先于 Accept"),
    ),
    responses(
        (status = 200, description = "文章", content(
            (ArticleReply = "application/json"),
            (String = "text/markdown; charset=utf-8"),
            (String = "text/plain; charset=utf-8"),
        )),
        (status = 301, description = "文章已被另一篇取代，见响应头 Location"),
        (status = 304, description = "与 If-None-Match 里的标签相同"),
        (status = 404, description = "没有这个编号；nearest 是最接近的至多三个编号"),
    )
)]
pub(crate) async fn article(
    State(app): State<App>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    params: Params,
) -> Response {
    let snapshot = app.live().snapshot();
    let revision = snapshot.revision().to_owned();
    // Redirects and ids that nobody has are of a revision too.
    let answer = answer(app, snapshot, id, headers, params).await;
    with_revision(answer.into_response(), &revision)
}

async fn answer(
    app: App,
    snapshot: Arc<Snapshot>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    mut params: Params,
) -> Result<Response, Problem> {
    let form = Form::asked(&mut params, &headers)?;
    params.finish()?;
    let Ok(Path(id)) = id else { return Err(Problem::no_article(Vec::new())) };
    let today = app.today();
    let origin = app.pages().origin(&headers);
    let variant = match form {
        Form::Robot(_) => app.pages().variant(&format!("{} {origin}", form.name())),
        form => form.name(),
    };
    let tag = Tag::of_snapshot(&snapshot, today, &variant);
    let found = app.read(snapshot.clone(), move |snapshot| find(snapshot, &id)).await?;
    let stored = match found {
        Found::Here(stored) => stored,
        Found::Moved(id) => return Ok(vary(moved("/api/v1/articles/", &id), "accept")),
    };
    if tag.matches(&headers) {
        return Ok(vary(tag.not_modified(), "accept"));
    }
    let response = match form {
        Form::Markdown => text("text/markdown; charset=utf-8", stored.source.to_string()),
        Form::Plain => text("text/plain; charset=utf-8", plain_text(&stored.article)),
        Form::Robot(robot) => {
            let link = id_url(&format!("{origin}/articles/"), &stored.article.id);
            Json(robot.body(&Message::of_article(&stored, today, &link))).into_response()
        }
        Form::Json => {
            let body = app.read(snapshot, move |snapshot| body(snapshot, &stored, today)).await?;
            Json(body).into_response()
        }
    };
    Ok(vary(tag.on(response), "accept"))
}

/// The article with this id, or the one that replaced it.
///
/// # Errors
/// A problem with the nearest ids when there is neither.
pub(crate) fn find(snapshot: &Snapshot, id: &str) -> Result<Found, Problem> {
    if let Some(stored) = snapshot.article(id)? {
        return Ok(Found::Here(Box::new(stored)));
    }
    match snapshot.successor(id) {
        Some(successor) => Ok(Found::Moved(successor)),
        None => Err(Problem::no_article(nearest_ids(snapshot, id)?)),
    }
}

/// A lasting redirect to an article, asked about each time: what replaced an article can be
/// replaced itself, or taken back.
pub(crate) fn moved(base: &str, id: &str) -> Response {
    moved_to(&id_url(base, id))
}

/// The same to any address made by [`id_url`].
pub(crate) fn moved_to(url: &str) -> Response {
    let location = HeaderValue::try_from(url);
    let location = location.unwrap_or(HeaderValue::from_static("/"));
    let lines = [
        (header::LOCATION, location),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (StatusCode::MOVED_PERMANENTLY, lines).into_response()
}

/// Everything about one article.
///
/// # Errors
/// When the index cannot be read.
pub(crate) fn body(
    snapshot: &Snapshot,
    stored: &Stored,
    today: Date,
) -> Result<ArticleBody, Problem> {
    let article = &stored.article;
    let resolve = |path: &str| snapshot.id_of_path(path);
    let html = render(&article.path, &stored.source, &resolve);
    let related = related(snapshot, stored)?;
    let mut body = ArticleBody::new(stored, html, &resolve, related, today);
    body.revision = snapshot.revision().to_owned();
    body.superseded_by = snapshot.successor(&article.id);
    Ok(body)
}

/// Neighbours by front matter and by link, those that exist, each once.
fn related(snapshot: &Snapshot, stored: &Stored) -> Result<Related, Problem> {
    let article = &stored.article;
    let links = article.links.iter().filter(|link| !link.image);
    let linked = links.filter_map(|link| snapshot.id_of_path(&link.path));
    let to = article.meta.related.iter().cloned().chain(linked);
    let from = snapshot.referrers(&article.id);
    Ok(Related {
        to: neighbours(snapshot, &article.id, to)?,
        from: neighbours(snapshot, &article.id, from.into_iter())?,
    })
}

fn neighbours(
    snapshot: &Snapshot,
    own: &str,
    ids: impl Iterator<Item = String>,
) -> Result<Vec<Neighbour>, Problem> {
    let mut neighbours: Vec<Neighbour> = Vec::new();
    for id in ids {
        let is_known = id == own || neighbours.iter().any(|known| known.id == id);
        if is_known || neighbours.len() == MAX_NEIGHBOURS {
            continue;
        }
        if let Some(stored) = snapshot.article(&id)? {
            neighbours.push(Neighbour::new(stored.article));
        }
    }
    Ok(neighbours)
}

fn page(
    snapshot: &Snapshot,
    filters: &Filters,
    (limit, offset): (usize, usize),
    today: Date,
) -> Result<Page, Problem> {
    let mut articles = snapshot.articles()?;
    articles.retain(|stored| passes(&stored.article, filters));
    let total = articles.len();
    let window = articles.into_iter().skip(offset).take(limit);
    Ok(Page {
        total,
        limit,
        offset,
        revision: snapshot.revision().to_owned(),
        indexed_at: snapshot.indexed_at().to_owned(),
        articles: window.map(|stored| row(stored, today)).collect(),
    })
}

fn row(stored: Stored, today: Date) -> Row {
    let Stored { article, hash, broken, .. } = stored;
    let meta = article.meta;
    Row {
        url: id_url("/articles/", &article.id),
        stale: meta.is_stale(today),
        reviewed: meta.reviewed.map(|date| date.to_string()),
        fault_type_label: label(meta.fault_type),
        id: article.id,
        title: article.title,
        path: article.path,
        summary: meta.summary,
        fault_type: meta.fault_type,
        severity: meta.severity,
        tier: meta.tier,
        systems: meta.systems,
        status: meta.status,
        owner: meta.owner,
        broken,
        hash,
    }
}

fn text(kind: &'static str, text: String) -> Response {
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::web::api::tests::empty_article;

    #[test]
    fn a_row_has_null_for_what_an_article_lacks() {
        let stored = Stored {
            article: empty_article("a/b"),
            source: "".into(),
            hash: "ff".into(),
            broken: true,
        };
        let row = serde_json::to_value(row(stored, date!(2026 - 11 - 23))).unwrap();
        for name in ["summary", "fault_type", "fault_type_label", "severity", "tier", "reviewed"] {
            assert!(row[name].is_null(), "{name}");
        }
        assert_eq!(row["url"], "/articles/a%2Fb");
        assert_eq!((&row["status"], &row["broken"]), (&"published".into(), &true.into()));
    }

    #[test]
    fn a_redirect_stays_on_this_host_whatever_the_id() {
        for (id, location) in [
            ("file-deleted", "/articles/file-deleted"),
            ("//evil.com", "/articles/%2F%2Fevil.com"),
            ("\\\r\nX: y", "/articles/%5C%0D%0AX%3A%20y"),
        ] {
            let response = moved("/articles/", id);
            assert_eq!(response.status(), 301);
            assert_eq!(response.headers()["location"], location);
        }
    }
}
