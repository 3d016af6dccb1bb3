//! `GET /api/v1/events`: word of each change, as server-sent events.
//!
//! A stream is told *that* something changed, never what: it asks for that as everybody does. The
//! running knowledge base only leaves a number behind, so a client that reads slowly, or not at
//! all, holds nobody up; it misses versions, and hears of the last one.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::HeaderName,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use serde::Serialize;
use tokio::{
    sync::{OwnedSemaphorePermit, watch},
    time::sleep,
};

use crate::{
    live::Current,
    web::{
        checks::{self, Verdict},
        params::Params,
        preview::Preview,
        problem::Problem,
        state::App,
    },
};

/// After how long a browser comes back when the connection is lost.
const RETRY: Duration = Duration::from_secs(2);
/// How long to wait for a place to read the index when there is none.
const BUSY_PAUSE: Duration = Duration::from_secs(1);
/// Longest id in characters; longer ones are nobody's.
const MAX_ID_CHARS: usize = 512;

/// Tells proxies to pass each event on at once.
const UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

/// What an event says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Change {
    /// Revision of the knowledge base.
    revision: String,
    /// When it was indexed, RFC 3339.
    indexed_at: String,
    /// The article that was asked about.
    #[serde(flatten)]
    article: Option<Watched>,
}

/// The article that a stream is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Watched {
    /// Its id.
    article: String,
    /// Another one whenever the article or its findings change; null when no article has the id.
    version: Option<String>,
}

/// One open stream.
struct Stream {
    app: App,
    article: Option<String>,
    versions: watch::Receiver<u64>,
    verdicts: watch::Receiver<Arc<Verdict>>,
    told: Option<Change>,
    _place: OwnedSemaphorePermit,
}

/// Opens a stream: of all changes, or with `article` of those of one article.
#[utoipa::path(
    get,
    path = "/api/v1/events",
    tag = "operations",
    operation_id = "events",
    summary = "变化通知（server-sent events）",
    description = "知识库每次变化发一个事件 `change`，data 是 JSON：revision、indexed_at，给了 article 时还有 article 和 version（没有这篇文章时为 null）。连接一直开着，没有变化时每 15 秒发一行注释。",
    params(
        ("article" = Option<String>, Query, min_length = 1, max_length = 512, example = "file-deleted",
            description = "只关心这一篇文章"),
    ),
    responses(
        (status = 200, description = "事件流，先发一次现状", body = String,
            content_type = "text/event-stream",
            example = "retry: 2000\nevent: change\ndata: {\"revision\":\"3f2a…\",\"indexed_at\":\"2026-11-23T08:00:00Z\"}\n\n"),
    )
)]
pub(crate) async fn events(
    State(app): State<App>,
    mut params: Params,
) -> Result<Response, Problem> {
    let article = params.one("article")?;
    params.finish()?;
    if article.as_ref().is_some_and(|id| !(1..=MAX_ID_CHARS).contains(&id.chars().count())) {
        let detail = format!("article 应为 1 到 {MAX_ID_CHARS} 个字符的文章编号。");
        return Err(Problem::invalid("article", detail));
    }
    let heartbeat = app.door().limits.heartbeat;
    let stream = Stream {
        article,
        versions: app.live().subscribe(),
        verdicts: app.checks().subscribe(),
        told: None,
        _place: app.door().stream_place()?,
        app,
    };
    let events = stream::unfold(stream, |mut stream| async move {
        let event = stream.next().await?;
        Some((Ok::<_, Infallible>(event), stream))
    });
    let sse = Sse::new(events).keep_alive(KeepAlive::new().interval(heartbeat));
    Ok(([UNBUFFERED], sse).into_response())
}

impl Stream {
    /// Waits for the next event; `None` when the server is about to stop.
    async fn next(&mut self) -> Option<Event> {
        let app = self.app.clone();
        tokio::select! {
            biased;
            () = app.door().drained() => None,
            change = self.change() => {
                let event = Event::default().event("change").retry(RETRY).json_data(&change);
                self.told = Some(change);
                event.ok()
            }
        }
    }

    /// The state of things, as soon as it is news.
    async fn change(&mut self) -> Change {
        loop {
            // Marked as seen before looking: what comes while looking wakes the wait below.
            self.versions.mark_unchanged();
            self.verdicts.mark_unchanged();
            match self.look().await {
                Ok(change) if self.is_news(&change) => return change,
                Ok(_) => {}
                Err(_) => {
                    sleep(BUSY_PAUSE).await;
                    continue;
                }
            }
            tokio::select! {
                Ok(()) = self.versions.changed() => {}
                Ok(()) = self.verdicts.changed() => {}
            }
        }
    }

    /// Whether a change was not told yet. On a stream about one article the changes of others
    /// are none.
    fn is_news(&self, change: &Change) -> bool {
        self.told.as_ref().is_none_or(|told| match &change.article {
            Some(article) => told.article.as_ref() != Some(article),
            None => told != change,
        })
    }

    async fn look(&self) -> Result<Change, Problem> {
        let current = self.app.live().current();
        let revision = current.snapshot.revision().to_owned();
        let indexed_at = current.snapshot.indexed_at().to_owned();
        let article = match &self.article {
            Some(id) => Some(self.watched(id.clone(), current).await?),
            None => None,
        };
        Ok(Change { revision, indexed_at, article })
    }

    /// The version of an article; sees to it that its findings get up to date as well.
    async fn watched(&self, id: String, current: Current) -> Result<Watched, Problem> {
        checks::refresh(&self.app);
        let (verdict, today) = (self.app.checks().latest(), self.app.today());
        let work = move || -> Result<_, Problem> {
            let stored = current.snapshot.article(&id)?;
            let preview = stored.map(|stored| Preview::new(&current, &verdict, &stored, today));
            Ok(Watched { article: id, version: preview.map(|preview| preview.version) })
        };
        self.app.door().compute(work).await
    }
}
