//! Whether the process lives, and whether it can answer.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{params::NoParams, state::App};
use crate::live::{Part, Status, Trouble};

/// What `/readyz` says.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Readiness<'a> {
    /// `ok`, `degraded` (still answers) or `draining`.
    status: &'static str,
    /// `ok` or `degraded` for each part.
    components: BTreeMap<&'static str, &'static str>,
    revision: &'a str,
    indexed_at: &'a str,
    /// Seconds since what is served was indexed; grows while no file changes.
    snapshot_age_s: i64,
    /// Seconds since the folder was last read in full; about a minute at most unless watching is
    /// off.
    scan_age_s: Option<i64>,
    n_articles: usize,
    articles_broken: usize,
    /// All that is not as it should be.
    troubles: Vec<Degraded>,
}

/// One thing that is not as it should be.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Degraded {
    component: &'static str,
    /// What it means, in Chinese.
    text: String,
}

/// `GET /livez`: the runtime answers. Looks at nothing that could be down in an incident.
#[utoipa::path(
    get,
    path = "/livez",
    tag = "operations",
    operation_id = "livez",
    summary = "进程是否活着",
    responses(
        (status = 200, description = "活着", body = BTreeMap<String, String>, example = json!({ "status": "ok" })),
    )
)]
pub(crate) async fn livez(_: NoParams) -> Json<BTreeMap<&'static str, &'static str>> {
    Json(BTreeMap::from([("status", "ok")]))
}

/// `GET /readyz`: 200 as long as some snapshot is served, however old; 503 while stopping.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operations",
    operation_id = "readyz",
    summary = "能否应答",
    responses(
        (status = 200, description = "能应答，也许有部分降级", body = Readiness<'_>),
        (status = 503, description = "正在停止", body = Readiness<'_>),
    )
)]
pub(crate) async fn readyz(State(app): State<App>, _: NoParams) -> Response {
    let is_draining = app.door().is_draining();
    let status = app.live().status();
    let code = if is_draining { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (code, Json(readiness(&status, is_draining))).into_response()
}

fn readiness(status: &Status, is_draining: bool) -> Readiness<'_> {
    let now = OffsetDateTime::now_utc();
    let word = |is_ok: bool| if is_ok { "ok" } else { "degraded" };
    let troubles = status.troubles();
    let is_well = |part: Part| troubles.iter().all(|trouble| trouble.part != part);
    let components = Part::ALL.map(|part| (part.name(), word(is_well(part))));
    let components = BTreeMap::from(components);
    let is_whole = troubles.is_empty();
    Readiness {
        status: if is_draining { "draining" } else { word(is_whole) },
        components,
        revision: &status.revision,
        indexed_at: &status.indexed_at,
        snapshot_age_s: age(&status.indexed_at, now).unwrap_or(0),
        scan_age_s: status.scanned_at.as_deref().and_then(|at| age(at, now)),
        n_articles: status.n_articles,
        articles_broken: status.n_broken,
        troubles: troubles.into_iter().map(Degraded::from).collect(),
    }
}

impl From<Trouble> for Degraded {
    fn from(Trouble { part, text }: Trouble) -> Self {
        Self { component: part.name(), text }
    }
}

/// A time as a status has it.
pub(crate) fn moment(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

/// Whole seconds since a time, none when it lies ahead: clocks are set back.
fn age(text: &str, now: OffsetDateTime) -> Option<i64> {
    moment(text).map(|at| (now - at).whole_seconds().max(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Watching;

    #[test]
    fn every_trouble_degrades_its_part_only() {
        let status = |watcher, n_broken, n_held, last_error: Option<&str>| Status {
            n_articles: 2,
            n_broken,
            n_findings: 0,
            revision: "3f2a".into(),
            indexed_at: "2026-11-23T00:00:00Z".into(),
            scanned_at: None,
            watcher,
            n_held,
            n_withheld: 0,
            n_swaps: 0,
            n_rebuilds: 0,
            last_error: last_error.map(str::to_owned),
            index: crate::live::IndexHealth::default(),
        };
        let table = [
            (status(Watching::Events, 0, 0, None), None),
            (status(Watching::Off, 0, 0, None), None),
            (status(Watching::Polling, 0, 0, None), Some("watcher")),
            (status(Watching::Events, 1, 0, None), Some("articles")),
            (status(Watching::Events, 0, 9, None), Some("folder")),
            (status(Watching::Events, 0, 0, Some("磁盘已满")), Some("index")),
        ];
        for (status, part) in table {
            let ready = readiness(&status, false);
            let degraded: Vec<_> =
                ready.components.iter().filter(|(_, s)| **s != "ok").map(|(n, _)| *n).collect();
            assert_eq!(degraded, part.into_iter().collect::<Vec<_>>());
            assert_eq!(ready.troubles.iter().map(|t| t.component).collect::<Vec<_>>(), degraded);
            assert_eq!(ready.status, if part.is_some() { "degraded" } else { "ok" });
            assert_eq!(readiness(&status, true).status, "draining");
        }
    }

    #[test]
    fn an_age_is_never_negative() {
        let now = moment("2026-11-23T03:01:00Z").unwrap();
        let table = [
            ("2026-11-23T03:00:00Z", Some(60)),
            ("1970-01-01T00:00:00Z", Some(1_795_402_860)),
            ("2100-01-01T00:00:00Z", Some(0)),
            ("", None),
        ];
        for (at, expected) in table {
            assert_eq!(age(at, now), expected, "{at}");
        }
    }
}
