//! `GET /api/v1/search`: from what a caller says to the articles that help.

use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};

use crate::{
    search,
    web::{etag::Tag, params::Params, problem::Problem, query::api_query, state::App},
};

/// The best hits with their first steps.
pub(crate) async fn search(
    State(app): State<App>,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, Problem> {
    let query = api_query(params, app.today())?;
    let snapshot = app.live().snapshot();
    let tag = Tag::of_snapshot(&snapshot, query.today, "search");
    if tag.matches(&headers) {
        return Ok(tag.not_modified());
    }
    let answer = app.read(snapshot, move |snapshot| search::search(snapshot, &query)).await?;
    app.door().metrics.count_answer(&answer);
    Ok(tag.on(Json(answer).into_response()))
}
