//! What a browser needs to go on without the server: a worker, and a bundle of all articles.
//!
//! `/sw.js` is the script of a service worker, which browsers accept over HTTPS and on localhost
//! only. It keeps `/offline.json` and answers from it when no answer comes.

use std::{iter, sync::Arc};

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use time::Date;
use tokio::sync::Mutex;

use super::{
    assets::{self, fingerprint},
    etag::Tag,
    headers::{self, PAGE_POLICY},
    pages::{self, AssetUrls, OfflineArticle, OfflineView, Shells},
    params::NoParams,
    problem::Problem,
    site::{article_view, asset_urls},
    state::{App, Snapshot},
};
use crate::{
    article::{Article, SectionKind},
    search::{self, Answer, Hit, MAX_DEPTH, MAX_LIMIT, Query},
};

/// Bytes of HTML and text in a bundle. The 145 shipped articles make a third of it (11 MB, 1.3 MB
/// compressed); a browser has to parse all of it, so a large knowledge base keeps its most urgent
/// articles.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// Characters of an article that the search in the browser sees; symptoms come first in the file.
const MAX_TEXT_CHARS: usize = 4_000;

/// The files that make the worker, in this order.
const WORKER: [&str; 2] = ["lookup.js", "worker.js"];

/// The last bundle made: all browsers ask for the same one when an article was changed.
#[derive(Debug, Default)]
pub(crate) struct LastBundle(Mutex<Option<(Tag, Bytes)>>);

/// All that is kept in a browser.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = OfflineBundle)]
struct Bundle {
    revision: String,
    /// Published articles there are.
    total: usize,
    /// Whether some of them are not here.
    truncated: bool,
    /// Pages with gaps; none without any article.
    shells: Option<Shells>,
    /// By severity, then by title.
    articles: Vec<Kept>,
}

/// An article in the bundle: what is searched, and what is shown.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = OfflineEntry)]
struct Kept {
    id: String,
    /// Path of its page.
    url: String,
    title: String,
    /// What is searched: title, aliases and codes, one a line; summary; text.
    fields: [String; 3],
    #[serde(flatten)]
    html: OfflineArticle,
}

impl Kept {
    fn new(article: &Article, hit: &Hit, html: OfflineArticle) -> Self {
        let Article { id, title, meta, .. } = article.clone();
        let names: Vec<_> =
            iter::once(title.clone()).chain(meta.aliases).chain(meta.codes).collect();
        let fields = [names.join("\n"), meta.summary.unwrap_or_default(), text(article)];
        Self { id, url: hit.url.clone(), title, fields, html }
    }

    fn n_bytes(&self) -> usize {
        let OfflineArticle { card, pane, page } = &self.html;
        self.fields.iter().chain([card, pane, page]).map(String::len).sum()
    }
}

/// `GET /offline.json`: the articles and pages that the worker answers from.
#[utoipa::path(
    get,
    path = "/offline.json",
    tag = "articles",
    operation_id = "get_offline_bundle",
    summary = "网页断线时用的文章包",
    description = "给本站网页的 service worker 用，格式会随版本变化；别的程序请用 /api/v1/articles。",
    responses(
        (status = 200, description = "文章和网页模板", body = Bundle),
        (status = 304, description = "与 If-None-Match 里的标签相同"),
    )
)]
pub(crate) async fn bundle(
    State(app): State<App>,
    headers: HeaderMap,
    _: NoParams,
) -> Result<Response, Problem> {
    let (snapshot, today) = (app.live().snapshot(), app.today());
    let tag = Tag::of_snapshot(&snapshot, today, "offline");
    if tag.matches(&headers) {
        return Ok(tag.not_modified());
    }
    let (state, of) = (app.clone(), tag.clone());
    // A task of its own: when nobody waits any more, the next one still finds what was made.
    let making = tokio::spawn(async move { state.last_bundle().get(&state, snapshot, of).await });
    let bytes = making.await.map_err(Problem::internal)??;
    Ok(tag.on(([(header::CONTENT_TYPE, "application/json")], bytes).into_response()))
}

impl LastBundle {
    /// The bundle of `snapshot`, which `tag` is of; made by the first who asks.
    async fn get(&self, app: &App, snapshot: Arc<Snapshot>, tag: Tag) -> Result<Bytes, Problem> {
        let mut last = self.0.lock().await;
        if let Some((_, bytes)) = last.as_ref().filter(|(of, _)| *of == tag) {
            return Ok(bytes.clone());
        }
        let (today, assets) = (app.today(), asset_urls(app));
        let bytes = app.read(snapshot, move |snapshot| made(snapshot, today, assets)).await?;
        *last = Some((tag, bytes.clone()));
        Ok(bytes)
    }
}

fn made(snapshot: &Snapshot, today: Date, assets: AssetUrls) -> Result<Bytes, Problem> {
    let source = Source { snapshot, today, assets };
    let bundle = source.bundle(MAX_BYTES)?;
    Ok(serde_json::to_vec(&bundle).map_err(Problem::internal)?.into())
}

/// What a bundle is made from.
struct Source<'a> {
    snapshot: &'a Snapshot,
    today: Date,
    assets: AssetUrls,
}

impl Source<'_> {
    /// The published articles, the most urgent first: as many as a search can list and as fit
    /// into `max_bytes`.
    fn bundle(&self, max_bytes: usize) -> Result<Bundle, Problem> {
        let first = self.listed(1, 0)?;
        let hits = self.hits(first.total)?;
        let articles = bounded(hits.iter().map(|hit| self.kept(&first, hit)), max_bytes)?;
        Ok(Bundle {
            revision: self.snapshot.revision().to_owned(),
            total: first.total,
            truncated: articles.len() < first.total,
            shells: self.shells(&first, articles.len())?,
            articles,
        })
    }

    /// The first `total` hits of a list, as far as lists go.
    fn hits(&self, total: usize) -> Result<Vec<Hit>, Problem> {
        let mut hits = Vec::new();
        for offset in (0..total.min(MAX_DEPTH)).step_by(MAX_LIMIT) {
            hits.extend(self.listed(MAX_LIMIT, offset)?.hits);
        }
        Ok(hits)
    }

    fn listed(&self, limit: usize, offset: usize) -> Result<Answer, Problem> {
        let query = Query::new("", self.today)?.page(limit, offset)?;
        Ok(search::search(self.snapshot, &query)?)
    }

    fn kept(&self, answer: &Answer, hit: &Hit) -> Result<Option<Kept>, Problem> {
        let Some(stored) = self.snapshot.article(&hit.card.id)? else { return Ok(None) };
        let article = &article_view(self.snapshot, &stored, self.today)?;
        let view = OfflineView { article, hit, answer, assets: &self.assets };
        let html = pages::offline_article(&view).map_err(Problem::internal)?;
        Ok(Some(Kept::new(&stored.article, hit, html)))
    }

    /// The pages around the articles, made from the only hit of `answer`; none without it.
    fn shells(&self, answer: &Answer, n_kept: usize) -> Result<Option<Shells>, Problem> {
        let Some(hit) = answer.hits.first() else { return Ok(None) };
        let Some(stored) = self.snapshot.article(&hit.card.id)? else { return Ok(None) };
        let article = &article_view(self.snapshot, &stored, self.today)?;
        let view = OfflineView { article, hit, answer, assets: &self.assets };
        pages::shells(&view, n_kept).map(Some).map_err(Problem::internal)
    }
}

/// The first articles that fit into `max_bytes`; those behind them are not made.
fn bounded(
    articles: impl Iterator<Item = Result<Option<Kept>, Problem>>,
    max_bytes: usize,
) -> Result<Vec<Kept>, Problem> {
    let (mut fitting, mut n_bytes) = (Vec::new(), 0);
    for kept in articles {
        let Some(kept) = kept? else { continue };
        n_bytes += kept.n_bytes();
        if n_bytes > max_bytes {
            break;
        }
        fitting.push(kept);
    }
    Ok(fitting)
}

/// What a caller may say of it: the sections for afterwards mention everything.
fn text(article: &Article) -> String {
    let is_now = |kind| {
        use SectionKind::{Causes, Prevention, References, Report};
        !matches!(kind, Causes | Prevention | References | Report)
    };
    let sections = article.sections.iter().filter(|section| is_now(section.kind));
    let texts: Vec<_> = sections.map(|section| section.text.as_str()).collect();
    texts.join("\n").chars().take(MAX_TEXT_CHARS).collect()
}

/// `GET /sw.js`: the worker, at the top so that it may answer for all pages.
pub(crate) async fn worker(headers: HeaderMap, _: NoParams) -> Response {
    let tag = Tag::new("worker", &[fingerprint()]);
    if tag.matches(&headers) {
        return tag.not_modified();
    }
    let lines = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        // A worker lives by the policy its script came with.
        (header::CONTENT_SECURITY_POLICY, PAGE_POLICY),
    ];
    tag.on((lines, script()).into_response())
}

fn script() -> String {
    let is_page_file = |name: &String| !WORKER.contains(&name.as_str());
    let urls: Vec<_> =
        assets::names().filter(is_page_file).map(|name| assets::asset_url(&name)).collect();
    let constants = [
        ("FINGERPRINT", serde_json::json!(fingerprint())),
        ("ASSETS", serde_json::json!(urls)),
        ("HEADERS", serde_json::json!(headers::of_page())),
    ];
    let constants = constants.map(|(name, value)| format!("const {name} = {value};\n"));
    let files = WORKER.map(|name| assets::text(name).unwrap_or_default());
    constants.into_iter().chain(files).collect()
}

#[cfg(test)]
mod tests;
