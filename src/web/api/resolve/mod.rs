//! `POST /api/v1/resolve`: from what a monitoring system sends to the strategies that help.
//!
//! `body` reads the request, `payload` recognises who sent it; each source has a file of its own.
//! `message` says the answer in words.

mod alertmanager;
mod body;
mod message;
mod nightingale;
mod payload;
mod plain;
mod prometheus_rule;
mod zabbix;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use axum::{
    Json,
    extract::{DefaultBodyLimit, Request, State},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

pub(crate) use self::payload::Source;
use self::{
    message::message,
    payload::{MAX_ALERTS, Payload},
};
use crate::{
    search::{self, Alert, AlertStatus, Match, MatchReason},
    web::{
        chat::{Form, Robot, reply},
        etag::with_revision,
        params::Params,
        problem::Problem,
        site::vary,
        state::{App, Snapshot},
    },
};

/// The path, for which the limit of bodies is another one.
pub(crate) const PATH: &str = "/api/v1/resolve";

/// Strategies per alert unless asked otherwise.
const DEFAULT_LIMIT: usize = 3;
/// Most strategies per alert.
const MAX_LIMIT: usize = 10;

/// What is answered to a payload.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Resolution {
    /// Revision of the knowledge base that answered.
    pub(crate) revision: String,
    /// When that revision was indexed, RFC 3339.
    pub(crate) indexed_at: String,
    /// Whose form the payload has.
    pub(crate) source: Source,
    /// Time it took, in microseconds.
    pub(crate) elapsed_us: u64,
    /// Alerts of the payload that were not looked at, because there were more than 100.
    pub(crate) omitted: usize,
    /// The alerts in the order of the payload.
    pub(crate) alerts: Vec<Resolved>,
}

/// One alert with its strategies.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Resolved {
    /// Name of the rule; empty for free text.
    pub(crate) name: String,
    /// Its labels.
    pub(crate) labels: BTreeMap<String, String>,
    /// Whether it goes on; null when the payload does not say.
    pub(crate) status: Option<AlertStatus>,
    /// The sender's key of the alert.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) fingerprint: Option<String>,
    /// Strategies, the surest first: declared, by code, by text.
    pub(crate) matches: Vec<Match>,
}

reply!(ResolveReply, Resolution);

/// Answers alerts of a monitoring system, or a text, with the best strategies and why.
#[utoipa::path(
    post,
    path = "/api/v1/resolve",
    tag = "search",
    operation_id = "resolve",
    summary = "按监控系统的告警，或一段文字，给出应急策略和依据",
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 10, description = "每条告警最多几篇，默认 3"),
        ("format" = inline(Option<Robot>), Query,
            description = "群机器人消息：得到可以直接发给机器人的请求体，优先于 Accept"),
    ),
    request_body(
        description = "Alertmanager、Grafana、Zabbix、夜莺的告警，Prometheus 规则文件或告警列表，\
            或一段文字；最大 1 MiB，只看前 100 条告警",
        content(
            (serde_json::Value = "application/json", example = json!({
                "name": "MySQLDown", "labels": { "job": "mysql" }, "text": "MySQL not up."
            })),
            (String = "text/plain", example = json!("数据库连不上，ORA-12541")),
            (String = "application/yaml"),
        )
    ),
    responses(
        (status = 200, description = "按请求里的顺序，每条告警的处置方案和依据", content(
            (ResolveReply = "application/json"),
            (String = "text/markdown; charset=utf-8"),
            (String = "text/plain; charset=utf-8"),
        )),
        (status = 400, description = "参数不对，或请求体读不出来（malformed_body，写明行和列）"),
        (status = 403, description = "来自其他网站的页面（forbidden_origin）"),
        (status = 413, description = "请求体超过 1 MiB（body_too_large）"),
        (status = 415, description = "类型不支持（unsupported_media_type）或请求体压缩过（encoded_body）"),
        (status = 422, description = "读得出来，但里面没有告警也没有文字（nothing_to_resolve）"),
    )
)]
pub(crate) async fn resolve(
    State(app): State<App>,
    mut params: Params,
    mut request: Request,
) -> Result<Response, Problem> {
    let form = Form::asked(&mut params, request.headers())?;
    let limit = limit(params)?;
    let origin = app.pages().origin(request.headers());
    DefaultBodyLimit::max(app.door().limits.resolve_body_bytes).apply(&mut request);
    // Held to the end: until then the body is in memory.
    let _place = app.door().body_place(request.headers())?;
    let body = body::read(request, app.door().limits.resolve_body_bytes).await?;
    let today = app.today();
    // All alerts together: later than this nobody waits for the answer.
    let time = app.door().limits.request_timeout;
    let work = move |snapshot: &Snapshot| answer(snapshot, &body, limit, today, time);
    let answer = app.read(app.live().snapshot(), work).await?;
    for alert in answer.alerts.iter().filter(|alert| !is_declared(&alert.matches)) {
        app.unmatched().count(&alert.name);
    }
    let revision = answer.revision.clone();
    let response = match form {
        Form::Json => Json(answer).into_response(),
        form => form.response(&message(&answer, &origin, app.pages().second_line())),
    };
    Ok(vary(with_revision(response, &revision), "accept"))
}

/// The alerts that are looked at in a body of this media type; `None` where it is refused.
#[must_use]
pub fn alerts_of(media_type: &str, bytes: &[u8]) -> Option<Vec<Alert>> {
    let mut alerts = body::Body::of(media_type, bytes).ok()?.payload().ok()?.alerts;
    alerts.truncate(MAX_ALERTS);
    Some(alerts)
}

/// Whether an article says that it answers the alert.
fn is_declared(matches: &[Match]) -> bool {
    matches.first().is_some_and(|first| first.reason == MatchReason::Declared)
}

fn limit(mut params: Params) -> Result<usize, Problem> {
    let expected = format!("1 到 {MAX_LIMIT} 的整数");
    let limit = params.number("limit", &expected)?.unwrap_or(DEFAULT_LIMIT);
    params.finish()?;
    if (1..=MAX_LIMIT).contains(&limit) {
        return Ok(limit);
    }
    Err(Problem::invalid("limit", format!("limit 应在 1 到 {MAX_LIMIT} 之间，收到 {limit}。")))
}

fn answer(
    snapshot: &Snapshot,
    body: &body::Body,
    limit: usize,
    today: Date,
    time: Duration,
) -> Result<Resolution, Problem> {
    let started = Instant::now();
    let Payload { source, mut alerts } = body.payload()?;
    let omitted = alerts.len().saturating_sub(MAX_ALERTS);
    alerts.truncate(MAX_ALERTS);
    let left = || time.saturating_sub(started.elapsed());
    let alerts = alerts.into_iter().map(|alert| resolved(snapshot, alert, limit, today, left()));
    let alerts = alerts.collect::<Result<_, Problem>>()?;
    Ok(Resolution {
        revision: snapshot.revision().to_owned(),
        indexed_at: snapshot.indexed_at().to_owned(),
        source,
        elapsed_us: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        omitted,
        alerts,
    })
}

fn resolved(
    snapshot: &Snapshot,
    alert: Alert,
    limit: usize,
    today: Date,
    time: Duration,
) -> Result<Resolved, Problem> {
    let matches = search::resolve(snapshot, &alert, limit, today, Some(time))?;
    let Alert { name, labels, status, fingerprint, .. } = alert;
    Ok(Resolved { name, labels, status, fingerprint, matches })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_one_to_ten_and_three_by_itself() {
        let read = |query: &str| limit(Params::parse(query).unwrap());
        assert_eq!(read("").unwrap(), 3);
        assert_eq!(read("limit=10").unwrap(), 10);
        for refused in ["limit=0", "limit=11", "limit=x", "n=3", "limit=1&limit=1"] {
            assert!(read(refused).is_err(), "{refused}");
        }
    }
}
