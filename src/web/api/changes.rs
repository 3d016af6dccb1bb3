//! `GET /api/v1/changes`: what changed since a revision, for whoever keeps a copy.
//!
//! A mirror lists all articles once and remembers the `revision` of that list. From then on it asks
//! for the changes since the revision it has, makes them, and has the revision that `next` names;
//! it goes on until `complete`. Changes are net: an article that was changed three times is named
//! once. When its revision is no longer known (410), it starts over with the list.

use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::id_url;
use crate::{
    index::{ChangeKind, ChangeLog, LogPage, NetChange},
    live::Current,
    web::{
        etag::{Tag, with_revision},
        params::Params,
        problem::{Code, Problem},
        state::App,
    },
};

/// Changes of a page unless somebody asks for fewer or more.
const DEFAULT_LIMIT: usize = 100;
/// Most changes somebody can ask for.
const MAX_LIMIT: usize = 1000;
/// Longest text that may be a revision.
const MAX_REVISION_CHARS: usize = 64;

/// What changed since a revision.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Changes)]
pub(crate) struct Body {
    /// The current revision.
    revision: String,
    /// The revision that was asked about; null when none was, and then nothing is listed.
    since: Option<String>,
    /// The oldest revision from which the changes are still known.
    oldest: String,
    /// Whether there is nothing after `next`.
    complete: bool,
    /// The revision that a copy has once the changes are made; to be sent as the next `since`.
    next: String,
    /// Net changes from `since` to `next`, each article once, those touched last at the end.
    changes: Vec<Row>,
}

/// What became of one article.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Change)]
pub(crate) struct Row {
    /// Article id.
    id: String,
    /// What happened.
    change: ChangeKind,
    /// BLAKE3 of the file as it is in `revision`; null when the article is removed.
    hash: Option<String>,
    /// Title, the last one when the article is removed.
    title: String,
    /// Address of the page; of a removed article it leads to its successor, if there is one.
    url: String,
    /// The revision in which the article was last touched.
    revision: String,
    /// When that revision was indexed, RFC 3339.
    at: String,
}

/// Lists the changes since a revision; without `since`, how far back they are known.
#[utoipa::path(
    get,
    path = "/api/v1/changes",
    operation_id = "changes",
    summary = "某个修订号以来增加、更新和移除的文章",
    tag = "articles",
    params(
        ("since" = Option<String>, Query, min_length = 1, max_length = 64, pattern = "^[0-9A-Za-z]+$",
            description = "手里的修订号；不给则只回答当前与最早的修订号"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000,
            description = "每页最多多少条改动，默认 100；一页总在修订边界上结束，单个修订更大时整个给出"),
    ),
    responses(
        (status = 200, description = "从 since 到 next 的净改动", body = Body,
            headers(("ETag" = String), ("X-Jiuji-Revision" = String)),
            example = json!({
                "revision": "5b0c8a1f2d3e4f5061728394a5b6c7d8",
                "since": "3f2a9c1d0e4b5a69788796a5b4c3d2e1",
                "oldest": "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
                "complete": true,
                "next": "5b0c8a1f2d3e4f5061728394a5b6c7d8",
                "changes": [{
                    "id": "login-failure", "change": "changed", "hash": "9e107d9d372bb682…",
                    "title": "登录异常", "url": "/articles/login-failure",
                    "revision": "5b0c8a1f2d3e4f5061728394a5b6c7d8", "at": "2026-11-23T08:00:00Z"
                }]
            })),
        (status = 304, description = "If-None-Match 所带的仍是最新"),
        (status = 400, description = "参数不对（problem+json）", body = Object,
            content_type = "application/problem+json"),
        (status = 410, description = "不认识或太旧的修订号：从 /api/v1/articles 重新开始（problem+json）",
            body = Object, content_type = "application/problem+json"),
        (status = 503, description = "正忙（problem+json）", body = Object,
            content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn changes(
    State(app): State<App>,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, Problem> {
    let (since, limit) = asked(params)?;
    let Current { snapshot, changes: log, .. } = app.live().current();
    let revision = snapshot.revision().to_owned();
    let tag = Tag::of_snapshot(&snapshot, app.today(), &format!("changes {}", log.oldest()));
    let answer = match app.read(snapshot, move |_| body(&log, since, limit)).await {
        Ok(body) => tag.answer(&headers, Json(body).into_response()),
        Err(problem) => problem.into_response(),
    };
    Ok(with_revision(answer, &revision))
}

fn asked(mut params: Params) -> Result<(Option<String>, usize), Problem> {
    let since = params.one("since")?;
    if since.as_deref().is_some_and(|since| !is_revision(since)) {
        let detail = "since 应为之前得到的 revision，由字母和数字组成。";
        return Err(Problem::invalid("since", detail));
    }
    let expected = format!(" 1 到 {MAX_LIMIT} 的整数");
    let limit = params.number("limit", &expected)?.unwrap_or(DEFAULT_LIMIT);
    params.finish()?;
    if !(1..=MAX_LIMIT).contains(&limit) {
        let detail = format!("limit 应为{expected}，收到“{limit}”。");
        return Err(Problem::invalid("limit", detail));
    }
    Ok((since, limit))
}

fn is_revision(text: &str) -> bool {
    (1..=MAX_REVISION_CHARS).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn body(log: &ChangeLog, since: Option<String>, limit: usize) -> Result<Body, Problem> {
    let revision = log.newest().to_owned();
    let from = since.as_deref().unwrap_or(&revision);
    let LogPage { changes, next } = log.page(from, limit).ok_or_else(unknown)?;
    Ok(Body {
        complete: next == revision,
        oldest: log.oldest().to_owned(),
        changes: changes.into_iter().map(Row::from).collect(),
        next,
        since,
        revision,
    })
}

fn unknown() -> Problem {
    let detail = "这个修订号不认识或太旧，改动已无从逐条得知。请重新取 \
                  /api/v1/articles?status=published&status=draft&status=retired 的全部文章，\
                  再从那里的 revision 接着跟。";
    Problem::new(Code::UnknownRevision, detail).parameter("since")
}

impl From<NetChange> for Row {
    fn from(net: NetChange) -> Self {
        let NetChange { change, revision, at } = net;
        Self {
            url: id_url("/articles/", &change.id),
            hash: (change.kind != ChangeKind::Removed).then_some(change.hash),
            id: change.id,
            change: change.kind,
            title: change.title,
            revision,
            at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{Change, LogBound, LogEntry};

    fn log() -> ChangeLog {
        let mut log = ChangeLog::starting_at("r0", LogBound::default());
        let change = |id: &str, kind| Change {
            id: id.to_owned(),
            kind,
            hash: "ff".into(),
            title: "断网".into(),
        };
        let entry = |from: &str, to: &str, changes| LogEntry {
            from: from.into(),
            to: to.into(),
            at: "2026-11-23T08:00:00Z".into(),
            changes,
        };
        let first = vec![change("a/b", ChangeKind::Added), change("c", ChangeKind::Removed)];
        log.push(entry("r0", "r1", first));
        log.push(entry("r1", "r2", vec![change("d", ChangeKind::Changed)]));
        log
    }

    #[test]
    fn a_page_says_where_it_ends_and_whether_more_follows() {
        let shown = |since: &str, limit| {
            let body = body(&log(), Some(since.to_owned()), limit).unwrap();
            (body.changes.len(), body.next, body.complete)
        };
        assert_eq!(shown("r0", 2), (2, "r1".into(), false));
        assert_eq!(shown("r0", 3), (3, "r2".into(), true));
        assert_eq!(shown("r1", 3), (1, "r2".into(), true));
        assert_eq!(shown("r2", 3), (0, "r2".into(), true));
    }

    #[test]
    fn what_is_removed_has_no_hash() {
        let body = body(&log(), Some("r0".into()), 2).unwrap();
        let json = serde_json::to_value(&body.changes).unwrap();
        let common = |id: &str, change: &str, hash: Option<&str>, url: &str| {
            serde_json::json!({ "id": id, "change": change, "hash": hash, "title": "断网",
                "url": url, "revision": "r1", "at": "2026-11-23T08:00:00Z" })
        };
        let added = common("a/b", "added", Some("ff"), "/articles/a%2Fb");
        assert_eq!(json, serde_json::json!([added, common("c", "removed", None, "/articles/c")]));
    }

    #[test]
    fn without_a_revision_nothing_is_listed() {
        let body = body(&log(), None, 1).unwrap();
        assert_eq!((body.revision.as_str(), body.oldest.as_str()), ("r2", "r0"));
        assert!(body.since.is_none() && body.complete && body.changes.is_empty());
        assert_eq!(body.next, "r2");
    }

    #[test]
    fn an_unknown_revision_is_gone() {
        let problem = body(&log(), Some("r9".into()), 1).unwrap_err();
        assert_eq!(problem.status(), 410);
        assert!(problem.detail().contains("/api/v1/articles"), "{}", problem.detail());
    }

    #[test]
    fn limits_hold_at_the_edge() {
        let read = |query: &str| asked(Params::parse(query).unwrap());
        assert_eq!(read("").unwrap(), (None, 100));
        assert_eq!(read("since=3f2a&limit=1000").unwrap(), (Some("3f2a".into()), 1000));
        assert!(read(&format!("since={}", "f".repeat(64))).is_ok());
        let long = format!("since={}", "f".repeat(65));
        for query in ["since=", "since=a-b", "since=%E7%BD%91", &long, "limit=0", "limit=1001"] {
            assert!(read(query).is_err(), "{query}");
        }
        assert!(read("since=a&from=b").is_err());
    }
}
