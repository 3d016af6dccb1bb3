//! `GET /api/v1/articles/{id}/script/{channel}`: what to say, write or do on one channel.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{
    articles::{Found, find, moved_to},
    id_url,
};
use crate::{
    article::{Article, Channel, Scripts},
    web::{
        accept,
        etag::{Tag, with_revision},
        pages::mail_parts,
        params::NoParams,
        problem::{Code, Problem},
        site::vary,
        state::{App, Snapshot},
    },
};

/// Forms of a script; the first is the default.
const FORMS: [&str; 2] = ["text/plain", "application/json"];

/// One script of an article.
#[derive(Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Script {
    /// Id of the article.
    id: String,
    /// Title of the article.
    title: String,
    /// `phone`, `mail` or `onsite`.
    channel: Channel,
    /// Subject of a mail; only there when the script has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// What to say, write or do; without the subject line when `subject` is there.
    text: String,
    /// Revision of the knowledge base.
    revision: String,
}

/// Gives the script of one channel, as it is or with what belongs to it.
#[utoipa::path(
    get,
    path = "/api/v1/articles/{id}/script/{channel}",
    tag = "articles",
    operation_id = "get_script",
    summary = "一篇文章在一个渠道上的话术",
    description = "默认是纯文本；请求头 Accept: application/json 时带上标题、主题和修订号。",
    params(
        ("id" = String, Path, min_length = 1, example = "file-deleted", description = "文章编号；“/”写成 %2F"),
        ("channel" = inline(Channel), Path, example = "phone", description = "渠道：phone 电话、mail 邮件、onsite 现场"),
    ),
    responses(
        (status = 200, description = "话术", content(
            (String = "text/plain; charset=utf-8"),
            (Script = "application/json", example = json!({
                "id": "disk-failing", "title": "硬盘异响", "channel": "mail",
                "subject": "【硬盘异响】请先停止使用", "text": "您好：……", "revision": "3f2a"
            })),
        )),
        (status = 301, description = "文章已被另一篇取代，见响应头 Location"),
        (status = 304, description = "与 If-None-Match 里的标签相同"),
        (status = 400, description = "没有这种渠道"),
        (status = 404, description = "没有这个编号，nearest 是最接近的至多三个编号；或没有这个渠道的话术，detail 说有哪些"),
    )
)]
pub(crate) async fn script(
    State(app): State<App>,
    segments: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
    _: NoParams,
) -> Response {
    let snapshot = app.live().snapshot();
    let revision = snapshot.revision().to_owned();
    // Redirects and ids that nobody has are of a revision too.
    with_revision(answer(app, snapshot, segments, headers).await.into_response(), &revision)
}

async fn answer(
    app: App,
    snapshot: Arc<Snapshot>,
    segments: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Ok(Path((id, name))) = segments else { return Err(Problem::no_article(Vec::new())) };
    let wrong = |error| Problem::invalid("channel", format!("channel：{error}。"));
    let channel: Channel = name.parse().map_err(wrong)?;
    let form = accept::preferred(&headers, &FORMS).unwrap_or_default();
    let revision = snapshot.revision().to_owned();
    let tag = Tag::of_snapshot(&snapshot, app.today(), &format!("script {name} {form}"));
    let article = match app.read(snapshot, move |snapshot| find(snapshot, &id)).await? {
        Found::Here(stored) => stored.article,
        Found::Moved(id) => {
            let url = format!("{}/script/{name}", id_url("/api/v1/articles/", &id));
            return Ok(vary(moved_to(&url), "accept"));
        }
    };
    let text = of(&article.scripts, channel).ok_or_else(|| missing(&article, channel))?;
    if tag.matches(&headers) {
        return Ok(vary(tag.not_modified(), "accept"));
    }
    let response = match form {
        "application/json" => Json(whole(&article, channel, text, revision)).into_response(),
        _ => {
            let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
            (kind, format!("{text}\n")).into_response()
        }
    };
    Ok(vary(tag.on(response), "accept"))
}

fn of(scripts: &Scripts, channel: Channel) -> Option<&str> {
    match channel {
        Channel::Phone => scripts.phone.as_deref(),
        Channel::Mail => scripts.mail.as_deref(),
        Channel::Onsite => scripts.onsite.as_deref(),
    }
}

fn missing(article: &Article, channel: Channel) -> Problem {
    let has = |other: &&Channel| of(&article.scripts, **other).is_some();
    let names = Channel::ALL.iter().filter(has);
    let names: Vec<_> = names.map(|other| format!("{other}（{}）", other.label())).collect();
    let others = match names.as_slice() {
        [] => "它没有任何话术".to_owned(),
        names => format!("有的是：{}", names.join("、")),
    };
    let detail = format!("这篇文章没有{}话术，{others}。", channel.label());
    Problem::new(Code::ScriptNotFound, detail).parameter("channel")
}

fn whole(article: &Article, channel: Channel, text: &str, revision: String) -> Script {
    let (subject, body) = match channel {
        Channel::Mail => mail_parts(text),
        Channel::Phone | Channel::Onsite => ("", text),
    };
    Script {
        id: article.id.clone(),
        title: article.title.clone(),
        channel,
        subject: (!subject.is_empty()).then(|| subject.to_owned()),
        text: body.to_owned(),
        revision,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::api::tests::empty_article;

    #[test]
    fn a_mail_is_taken_apart_and_others_are_not() {
        let mut article = empty_article("a");
        let text = "主题：停用通知\n\n您好：\n请停用。";
        article.scripts =
            Scripts { phone: Some(text.into()), mail: Some(text.into()), onsite: None };
        let script = |channel| whole(&article, channel, text, "r".into());
        assert_eq!(script(Channel::Mail).subject.as_deref(), Some("停用通知"));
        assert_eq!(script(Channel::Mail).text, "您好：\n请停用。");
        assert_eq!(
            (script(Channel::Phone).subject, script(Channel::Phone).text),
            (None, text.into())
        );
        let problem = missing(&article, Channel::Onsite);
        assert_eq!(problem.detail(), "这篇文章没有现场话术，有的是：phone（电话）、mail（邮件）。");
        let none = missing(&empty_article("b"), Channel::Phone);
        assert_eq!(none.detail(), "这篇文章没有电话话术，它没有任何话术。");
    }
}
