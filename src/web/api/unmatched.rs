//! `GET /api/v1/alerts/unmatched`: alerts that came and that no article declares.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::web::{params::NoParams, state::App, unmatched::UnmatchedAlert};

/// Names that are listed here and on the status page.
pub(crate) const MAX_LISTED: usize = 20;

/// The most frequent names.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnmatchedAlerts {
    /// Number of different names that are remembered, at most 500.
    n_names: usize,
    /// Up to 20 names, the most frequent first.
    unmatched_alerts: Vec<UnmatchedAlert>,
}

/// Lists the names that came most since the start of the server.
#[utoipa::path(
    get,
    path = "/api/v1/alerts/unmatched",
    tag = "operations",
    operation_id = "unmatched_alerts",
    summary = "没有文章声明的告警名",
    responses(
        (status = 200, body = UnmatchedAlerts,
            description = "启动以来收到过、但没有文章在 alerts 里声明的告警名，次数多的在前",
            example = json!({ "n_names": 1, "unmatched_alerts": [
                { "name": "EtcdNoLeader", "count": 3, "last_seen": "2026-11-23T08:00:00Z" }] })),
    )
)]
pub(crate) async fn list(State(app): State<App>, _: NoParams) -> Json<UnmatchedAlerts> {
    let (unmatched_alerts, n_names) = app.unmatched().top(MAX_LISTED);
    Json(UnmatchedAlerts { n_names, unmatched_alerts })
}
