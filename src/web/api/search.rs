//! `GET /api/v1/search`: from what a caller says to the articles that help.

use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};

use crate::{
    search::{self, Answer},
    web::{
        etag::Tag,
        openapi::params::{Depth, Filtering, Limit},
        params::Params,
        problem::Problem,
        query::api_query,
        state::App,
    },
};

/// The best hits with their first steps.
#[utoipa::path(
    get,
    path = "/api/v1/search",
    tag = "search",
    operation_id = "search",
    summary = "按来电人的说法或报错代码查应急策略",
    params(
        ("q" = Option<String>, Query, max_length = 500, example = "共享盘打不开",
            description = "来电人的原话、报错代码、拼音或首字母；留空则按严重程度列出全部"),
        Filtering,
        Limit,
        Depth,
    ),
    responses(
        (status = 200, description = "命中的文章，最合适的在前，各带前三步", body = Answer),
        (status = 304, description = "与 If-None-Match 里的标签相同"),
    )
)]
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
