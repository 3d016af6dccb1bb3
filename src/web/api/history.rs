//! `GET /api/v1/articles/{id}/history`: when and why the file of an article was changed.

use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{
    articles::{Found, find, moved_to},
    id_url, tagged_json,
};
use crate::{
    history::{Changes, HistoryError},
    web::{
        etag::with_revision,
        params::NoParams,
        problem::{Code, Problem},
        state::{App, Snapshot},
    },
};

/// Seconds after which it is worth asking again.
const RETRY_S: u32 = 2;

/// The changes of one article.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ArticleHistory)]
struct Body {
    id: String,
    path: String,
    /// Whether anything is known: not without git or a repository, nor when switched off.
    available: bool,
    #[serde(flatten)]
    changes: Changes,
}

/// Gives the changes.
#[utoipa::path(
    get,
    path = "/api/v1/articles/{id}/history",
    tag = "articles",
    operation_id = "get_history",
    summary = "一篇文章的修改记录",
    description = "来自知识库的 git 记录；没有 git 时 available 为 false。",
    params(
        ("id" = String, Path, min_length = 1, example = "file-deleted", description = "文章编号；“/”写成 %2F"),
    ),
    responses(
        (status = 200, description = "至多二十次修改，最近的在前", body = Body),
        (status = 301, description = "文章已被另一篇取代，见响应头 Location"),
        (status = 304, description = "与 If-None-Match 里的标签相同"),
        (status = 404, description = "没有这个编号；nearest 是最接近的至多三个编号"),
    )
)]
pub(crate) async fn history(
    State(app): State<App>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    _: NoParams,
) -> Response {
    let snapshot = app.live().snapshot();
    let revision = snapshot.revision().to_owned();
    with_revision(answer(app, snapshot, id, headers).await.into_response(), &revision)
}

async fn answer(
    app: App,
    snapshot: Arc<Snapshot>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Ok(Path(id)) = id else { return Err(Problem::no_article(Vec::new())) };
    let revision = snapshot.revision().to_owned();
    let work = move |snapshot: &Snapshot| find(snapshot, &id);
    let article = match app.read(snapshot, work).await? {
        Found::Here(stored) => stored.article,
        Found::Moved(id) => return Ok(moved_to(&url(&id))),
    };
    let changes = match app.history() {
        Some(history) => history.changes(&article.path).await?,
        None => None,
    };
    let body = Body {
        id: article.id,
        path: article.path,
        available: changes.is_some(),
        changes: changes.map(|changes| (*changes).clone()).unwrap_or_default(),
    };
    // Commits come without a new revision: only the content tells answers apart.
    tagged_json(&body, &revision, &headers)
}

/// Address of the history of an article.
pub(crate) fn url(id: &str) -> String {
    format!("{}/history", id_url("/api/v1/articles/", id))
}

impl From<HistoryError> for Problem {
    fn from(error: HistoryError) -> Self {
        let code = match error {
            HistoryError::Busy => Code::Busy,
            HistoryError::Slow => Code::Timeout,
        };
        Self::new(code, format!("{error}，请稍后再试。")).retry_after(RETRY_S)
    }
}
