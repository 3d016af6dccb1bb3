//! `GET /api/v1/search`: from what a caller says to the articles that help.

use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};

use crate::{
    search::{self, Answer, Filters, Note, Query},
    web::{
        chat::{Form, Message, Robot, reply},
        etag::Tag,
        openapi::params::{Depth, Filtering, Limit},
        pages::{is_quiet_note, note_sentence, search_url},
        params::Params,
        problem::Problem,
        query::api_query,
        site::vary,
        state::App,
    },
};

/// Longest query in the link of a message, in characters: the beginning finds much the same, and
/// a robot takes short addresses only.
const MAX_LINKED_CHARS: usize = 60;
/// Longest path with filters in that link, in bytes.
const MAX_PATH_BYTES: usize = 800;

reply!(SearchReply, Answer);

/// The best hits with their first steps: as JSON, as a text, or as a message for a robot.
#[utoipa::path(
    get,
    path = "/api/v1/search",
    tag = "search",
    operation_id = "search",
    summary = "按来电人的说法或报错代码查应急策略",
    params(
        ("q" = Option<String>, Query, max_length = 500, example = "共享盘打不开",
            description = "来电人的原话、报错代码、拼音或首字母；留空则按严重程度列出全部"),
        ("format" = inline(Option<Robot>), Query, description = "群机器人消息：得到可以直接发给机器人的请求体，优先于 Accept"),
        Filtering,
        Limit,
        Depth,
    ),
    responses(
        (status = 200, description = "命中的文章，最合适的在前，各带前三步", content(
            (SearchReply = "application/json"),
            (String = "text/markdown; charset=utf-8"),
            (String = "text/plain; charset=utf-8"),
        )),
        (status = 304, description = "与 If-None-Match 里的标签相同"),
    )
)]
pub(crate) async fn search(
    State(app): State<App>,
    headers: HeaderMap,
    mut params: Params,
) -> Result<Response, Problem> {
    let form = Form::asked(&mut params, &headers)?;
    let query = api_query(params, app.today())?.within(app.door().limits.search_time);
    let snapshot = app.live().snapshot();
    let origin = app.pages().origin(&headers);
    let variant = match form {
        Form::Json => "search".to_owned(),
        form => app.pages().variant(&format!("search {} {origin}", form.name())),
    };
    let tag = Tag::of_snapshot(&snapshot, query.today, &variant);
    if tag.matches(&headers) {
        return Ok(vary(tag.not_modified(), "accept"));
    }
    let asked = query.clone();
    let answer = app.read(snapshot, move |snapshot| search::search(snapshot, &query)).await?;
    app.door().metrics.count_answer(&answer);
    let response = match form {
        Form::Json => Json(answer).into_response(),
        form => form.response(&message(&answer, &asked, &origin, app.pages().second_line())),
    };
    Ok(vary(tag.on(response), "accept"))
}

/// The answer in words; what only explains the hits is left out.
fn message(answer: &Answer, query: &Query, origin: &str, second_line: &str) -> Message {
    let heading = match query.text.trim() {
        "" => format!("全部文章 {} 篇，按严重程度和标题排列", answer.total),
        text => format!("“{text}”：{} 篇", answer.total),
    };
    let mut notes: Vec<String> =
        answer.notes.iter().filter(|note| !is_quiet_note(note)).map(note_sentence).collect();
    if answer.notes.contains(&Note::NoMatch) || answer.hits.is_empty() {
        notes.push("换个说法再查：症状、报错原文或错误代码".to_owned());
        notes.push(format!("仍然没有就联系二线：{second_line}"));
    }
    Message::of_hits(&heading, &answer.hits, origin, &path(query)).with_notes(notes)
}

/// Where the page shows the answer.
fn path(query: &Query) -> String {
    let text: String = query.text.trim().chars().take(MAX_LINKED_CHARS).collect();
    let whole = search_url(&text, &query.filters, query.offset, None);
    if whole.len() <= MAX_PATH_BYTES {
        return whole;
    }
    search_url(&text, &Filters::default(), 0, None)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn the_link_shows_the_answer_and_stays_short() {
        let query = |text: &str, system: Vec<String>| {
            let filters = Filters { system, ..Filters::default() };
            Query::new(text, date!(2026 - 11 - 23)).unwrap().filters(filters)
        };
        let table = [
            (query("断网", vec![]), "/?q=%E6%96%AD%E7%BD%91"),
            (query(" a ", vec!["vpn".into()]), "/?q=a&system=vpn"),
            (query("", vec![]), "/"),
            (query("a", vec!["长".repeat(64); 9]), "/?q=a"),
        ];
        for (query, expected) in table {
            assert_eq!(path(&query), expected);
        }
        let long = path(&query(&"😀".repeat(500), vec![]));
        assert_eq!(long.len(), "/?q=".len() + 12 * MAX_LINKED_CHARS);
    }
}
