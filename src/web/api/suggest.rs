//! `GET /api/v1/suggest`: completions while somebody types.

use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{
    search::{self, MAX_QUERY_CHARS, QueryError, Suggestion},
    web::{
        etag::Tag,
        params::Params,
        problem::Problem,
        state::{App, Snapshot},
    },
};

/// Up to eight completions, best first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Suggestions {
    query: String,
    revision: String,
    suggestions: Vec<Suggestion>,
}

/// Completes `q`.
#[utoipa::path(
    get,
    path = "/api/v1/suggest",
    tag = "search",
    operation_id = "suggest",
    summary = "边打字边补全",
    params(
        ("q" = Option<String>, Query, max_length = 500, example = "dyj",
            description = "目前打出的字，可以是拼音或首字母"),
    ),
    responses(
        (status = 200, description = "至多八条补全，最合适的在前", body = Suggestions),
        (status = 304, description = "与 If-None-Match 里的标签相同"),
    )
)]
pub(crate) async fn suggest(
    State(app): State<App>,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, Problem> {
    let typed = typed(params)?;
    let snapshot = app.live().snapshot();
    let tag = Tag::of_snapshot(&snapshot, app.today(), "suggest");
    if tag.matches(&headers) {
        return Ok(tag.not_modified());
    }
    let revision = snapshot.revision().to_owned();
    let text = typed.clone();
    let time = Some(app.door().limits.search_time);
    let work = move |snapshot: &Snapshot| search::suggest(snapshot, &text, time);
    let suggestions = app.read(snapshot, work).await?;
    Ok(tag.on(Json(Suggestions { query: typed, revision, suggestions }).into_response()))
}

fn typed(mut params: Params) -> Result<String, Problem> {
    let typed = params.one("q")?.unwrap_or_default();
    params.finish()?;
    let chars = typed.chars().count();
    if chars > MAX_QUERY_CHARS {
        return Err(QueryError::TooLong { chars, max: MAX_QUERY_CHARS }.into());
    }
    Ok(typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_bounded_and_alone() {
        let read = |query: &str| typed(Params::parse(query).unwrap());
        assert_eq!(read("q=dl").unwrap(), "dl");
        assert_eq!(read("").unwrap(), "");
        assert!(read(&format!("q={}", "a".repeat(500))).is_ok());
        assert!(read(&format!("q={}", "a".repeat(501))).is_err());
        assert!(read("q=dl&limit=3").is_err());
    }
}
