//! `GET /api/v1/export.json`: all articles in one answer, each as `GET /api/v1/articles/{id}`
//! gives it.
//!
//! The answer is made article by article while it is sent, from the one snapshot it began with: it
//! is of one revision however long it takes, and costs no more memory than a few articles.

use std::{io, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use time::{Date, OffsetDateTime, format_description::well_known::Rfc3339};
use tokio::time::sleep;

use super::articles::body;
use crate::{
    article::Status,
    search::{Filters, listed_ids},
    web::{
        etag::Tag,
        params::Params,
        problem::Problem,
        state::{App, Snapshot},
    },
};

/// Bytes after which a piece is sent: what one place among the index reads is held for.
const PIECE_BYTES: usize = 64 * 1024;
/// How long to wait for a place among them when there is none. The answer has begun, so it cannot
/// say any more that the server is busy.
const BUSY_PAUSE: Duration = Duration::from_millis(250);

/// What stands behind the last article.
pub(crate) const CLOSING: &str = "]}\n";

/// What stands before the first article.
pub(crate) fn opening(revision: &str) -> String {
    let now = OffsetDateTime::now_utc();
    let exported_at = now.replace_nanosecond(0).unwrap_or(now).format(&Rfc3339);
    let exported_at = serde_json::json!(exported_at.unwrap_or_default());
    let revision = serde_json::json!(revision);
    format!("{{\"revision\":{revision},\"exported_at\":{exported_at},\"articles\":[")
}

/// Ids of the articles of an export, sorted.
///
/// # Errors
/// When the index cannot be read.
pub(crate) fn ids(snapshot: &Snapshot, status: &[Status]) -> Result<Vec<String>, Problem> {
    let filters = Filters { status: status.to_vec(), ..Filters::default() };
    let mut ids = listed_ids(snapshot, &filters)?;
    ids.sort_unstable();
    Ok(ids)
}

/// Adds an article as JSON to `text`, behind a comma unless it is the first one.
///
/// # Errors
/// When the index cannot be read.
pub(crate) fn add(
    text: &mut Vec<u8>,
    snapshot: &Snapshot,
    id: &str,
    today: Date,
    is_first: bool,
) -> Result<(), Problem> {
    let Some(stored) = snapshot.article(id)? else { return Ok(()) };
    let article = body(snapshot, &stored, today)?;
    if !is_first {
        text.push(b',');
    }
    serde_json::to_writer(text, &article).map_err(Problem::internal)
}

/// Gives all published articles, or those of the states that are asked for.
#[utoipa::path(
    get,
    path = "/api/v1/export.json",
    operation_id = "export_articles",
    tag = "articles",
    summary = "全部文章，一次给出",
    params(
        ("status" = Option<Vec<Status>>, Query, style = Form, explode, description = "文章状态，可重复；不给就是已发布的"),
    ),
    responses(
        (status = 200, description = "同一修订号的全部文章，按编号排列，边读边发；中断的回答不是有效的 JSON", body = Export),
        (status = 304, description = "与 If-None-Match 里的标签相同"),
    ),
)]
pub(crate) async fn export(
    State(app): State<App>,
    headers: HeaderMap,
    mut params: Params,
) -> Result<Response, Problem> {
    let status = status(&mut params)?;
    params.finish()?;
    let (snapshot, today) = (app.live().snapshot(), app.today());
    let tag = Tag::of_snapshot(&snapshot, today, "export");
    if tag.matches(&headers) {
        return Ok(tag.not_modified());
    }
    let ids = app.read(snapshot.clone(), move |snapshot| ids(snapshot, &status)).await?;
    let sending = Sending { app, snapshot, today, ids: ids.into(), n_sent: 0, part: Part::Opening };
    let lines = [(header::CONTENT_TYPE, "application/json")];
    Ok(tag.on((StatusCode::OK, lines, sending.body()).into_response()))
}

/// All articles of a knowledge base at one moment.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "describes what is written piece by piece")]
pub(crate) struct Export {
    /// Revision of the knowledge base that all of it is of.
    revision: String,
    /// When the answer was begun, RFC 3339.
    exported_at: String,
    /// The articles as `GET /api/v1/articles/{id}` gives them, sorted by id.
    articles: Vec<super::article_body::ArticleBody>,
}

fn status(params: &mut Params) -> Result<Vec<Status>, Problem> {
    let status = params.values("status")?;
    Ok(if status.is_empty() { Filters::default().status } else { status })
}

/// An answer on its way.
struct Sending {
    app: App,
    snapshot: Arc<Snapshot>,
    today: Date,
    ids: Arc<[String]>,
    /// Articles that are sent.
    n_sent: usize,
    part: Part,
}

/// Which part comes next.
enum Part {
    Opening,
    Articles,
    Nothing,
}

impl Sending {
    fn body(self) -> Body {
        let pieces = stream::unfold(self, |mut sending| async move {
            let piece = sending.next().await?;
            Some((piece, sending))
        });
        // What compresses asks once more after the end.
        Body::from_stream(pieces.fuse())
    }

    /// The next piece; `None` when all is sent. An error ends the connection, so that nobody takes
    /// what was sent for all.
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        match self.part {
            Part::Opening => {
                self.part = Part::Articles;
                Some(Ok(opening(self.snapshot.revision()).into()))
            }
            Part::Articles if self.n_sent < self.ids.len() => Some(self.articles().await),
            Part::Articles => {
                self.part = Part::Nothing;
                Some(Ok(CLOSING.into()))
            }
            Part::Nothing => None,
        }
    }

    async fn articles(&mut self) -> io::Result<Bytes> {
        loop {
            let (ids, n_sent, today) = (self.ids.clone(), self.n_sent, self.today);
            let work = move |snapshot: &Snapshot| piece(snapshot, &ids, n_sent, today);
            match self.app.read(self.snapshot.clone(), work).await {
                Ok((bytes, n_sent)) => {
                    self.n_sent = n_sent;
                    return Ok(bytes);
                }
                Err(problem) if problem.status() == StatusCode::SERVICE_UNAVAILABLE => {
                    sleep(BUSY_PAUSE).await;
                }
                Err(problem) => {
                    tracing::error!(?problem, "an export breaks off");
                    return Err(io::Error::other(problem.detail().to_owned()));
                }
            }
        }
    }
}

/// The articles from the `n_sent`th on as JSON, about [`PIECE_BYTES`] of them, and how many are
/// sent with them.
fn piece(
    snapshot: &Snapshot,
    ids: &[String],
    n_sent: usize,
    today: Date,
) -> Result<(Bytes, usize), Problem> {
    let (mut text, mut n_sent) = (Vec::new(), n_sent);
    while text.len() < PIECE_BYTES
        && let Some(id) = ids.get(n_sent)
    {
        add(&mut text, snapshot, id, today, n_sent == 0)?;
        n_sent += 1;
    }
    Ok((text.into(), n_sent))
}
