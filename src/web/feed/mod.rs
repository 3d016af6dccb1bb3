//! `GET /feed.xml`: new, changed and due articles for feed readers. Source: RFC 4287.

mod atom;
mod news;

use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};

use self::news::news;
use super::{
    etag::Tag,
    params::NoParams,
    problem::Problem,
    state::{App, Snapshot},
};
use crate::live::Current;

const KIND: &str = "application/atom+xml; charset=utf-8";

/// Gives the feed.
#[utoipa::path(
    get,
    path = "/feed.xml",
    tag = "articles",
    operation_id = "get_feed",
    summary = "新增、更新和待复核的文章（Atom 1.0）",
    responses(
        (status = 200, description = "Atom，最近的在前", body = String,
            content_type = "application/atom+xml; charset=utf-8"),
        (status = 304, description = "与 If-None-Match 里的标签相同"),
    )
)]
pub(crate) async fn feed(
    State(app): State<App>,
    headers: HeaderMap,
    _: NoParams,
) -> Result<Response, Problem> {
    let Current { snapshot, changes: log, .. } = app.live().current();
    let (today, origin) = (app.today(), app.pages().origin(&headers));
    let tag = Tag::of_snapshot(&snapshot, today, &format!("feed {origin} {}", log.oldest()));
    if tag.matches(&headers) {
        return Ok(tag.not_modified());
    }
    let work = move |snapshot: &Snapshot| -> Result<_, Problem> {
        let news = news(snapshot, &log, today)?;
        Ok(atom::document(&news, snapshot.indexed_at(), &origin))
    };
    let document = app.read(snapshot, work).await?;
    Ok(tag.on(([(header::CONTENT_TYPE, KIND)], document).into_response()))
}
