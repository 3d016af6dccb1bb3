//! `GET /api/v1/status`: health in numbers.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{
    live,
    web::{etag::with_revision, metrics::SearchCounts, params::NoParams, state::App},
};

/// The running knowledge base and the program that serves it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ServerStatus)]
pub(crate) struct Status {
    version: &'static str,
    uptime_s: u64,
    #[serde(flatten)]
    live: live::Status,
    #[serde(flatten)]
    searches: SearchCounts,
}

/// Gives the status.
#[utoipa::path(
    get,
    path = "/api/v1/status",
    tag = "operations",
    operation_id = "get_status",
    summary = "知识库和程序的状态",
    responses((status = 200, description = "状态", body = Status))
)]
pub(crate) async fn status(State(app): State<App>, _: NoParams) -> Response {
    let live = app.live().status();
    let revision = live.revision.clone();
    let status = Status {
        version: env!("CARGO_PKG_VERSION"),
        uptime_s: app.door().uptime_s(),
        live,
        searches: app.door().metrics.search_counts(),
    };
    with_revision(Json(status).into_response(), &revision)
}
