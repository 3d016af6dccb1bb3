//! `GET /r/{name}`: the address that a rule has in `runbook_url`, whatever article answers it.

use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    search::{self, Alert, MAX_QUERY_CHARS},
    web::{
        api::id_url,
        params::NoParams,
        problem::Problem,
        state::{App, Snapshot},
    },
};

/// Leads to the article that declares the alert, else to the one of this id or title, else to a
/// search for its words.
#[utoipa::path(
    get,
    path = "/r/{name}",
    tag = "search",
    operation_id = "runbook",
    summary = "写进告警规则 runbook_url 的地址，永远有去处",
    params(("name" = String, Path, min_length = 1, description = "告警规则的名称", example = "MySQLDown")),
    responses(
        (status = 302, description = "转到声明了这条告警的文章；没有就转到同名文章，再没有就转到搜索"),
    )
)]
pub(crate) async fn runbook(
    State(app): State<App>,
    name: Result<Path<String>, PathRejection>,
    _: NoParams,
) -> Result<Response, Problem> {
    // A name that is no text is the name of nothing, and still gets an answer.
    let name = name.map(|Path(name)| name).unwrap_or_default();
    let today = app.today();
    let asked = name.clone();
    let work = move |snapshot: &Snapshot| -> Result<_, Problem> {
        let alert = Alert { name: asked, ..Alert::default() };
        if let Some(declared) = search::declared(snapshot, &alert, 1, today)?.pop() {
            return Ok(Some(declared.hit.card.id));
        }
        namesake(snapshot, &alert.name)
    };
    let found = app.read(app.live().snapshot(), work).await?;
    Ok(match found {
        Some(id) => redirect(&id_url("/articles/", &id)),
        None => {
            app.unmatched().count(&name);
            redirect(&searched(&name))
        }
    })
}

/// Leads a rule without a name to the start: its address must not be a dead end either.
pub(crate) async fn runbook_of_nothing(_: NoParams) -> Response {
    redirect("/")
}

/// The article of this id, else the first one of this title.
fn namesake(snapshot: &Snapshot, name: &str) -> Result<Option<String>, Problem> {
    if snapshot.address(name)?.is_some() {
        return Ok(Some(name.to_owned()));
    }
    let folded = |text: &str| text.trim().to_lowercase();
    let mut ids = Vec::new();
    for address in snapshot.named(name.trim()) {
        let card = snapshot.card(address)?.card;
        if folded(&card.title) == folded(name) {
            ids.push(card.id);
        }
    }
    Ok(ids.into_iter().min())
}

/// The page that searches for the words of a name.
fn searched(name: &str) -> String {
    let words: String = search::spoken(name).chars().take(MAX_QUERY_CHARS).collect();
    match words.trim() {
        "" => "/".to_owned(),
        words => format!("/?q={}", utf8_percent_encode(words, NON_ALPHANUMERIC)),
    }
}

fn redirect(location: &str) -> Response {
    let mut response = StatusCode::FOUND.into_response();
    let headers = response.headers_mut();
    let location = HeaderValue::try_from(location);
    headers.insert(header::LOCATION, location.unwrap_or(HeaderValue::from_static("/")));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_searched_as_words() {
        let table = [
            ("NodeFilesystemFull", "/?q=Node%20Filesystem%20Full"),
            ("a&b=c", "/?q=a%26b%3Dc"),
            (" ", "/"),
            ("", "/"),
        ];
        for (name, expected) in table {
            assert_eq!(searched(name), expected, "{name:?}");
        }
    }
}
