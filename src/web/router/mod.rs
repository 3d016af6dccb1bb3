//! All routes in one list, and the layers around them.

use std::{any::Any, sync::Arc};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state, map_response},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use tower_http::{
    CompressionLevel,
    catch_panic::{CatchPanicLayer, ResponseForPanic},
    compression::{CompressionLayer, DefaultPredicate, Predicate, predicate::SizeAbove},
};

use super::{
    access::{cors, origin, rate, tokens},
    api, assets, feed, headers, health, host, limits, mcp, media,
    metrics::{self, Route},
    offline, openapi,
    problem::{self, Problem},
    request_id, site,
    state::{App, Door},
    timing,
};

/// Shorter bodies are not compressed.
const MIN_COMPRESSED_BYTES: u64 = 1024;

/// Every route with its handlers; the template also names the route in metrics and logs.
fn routes() -> Vec<(&'static str, MethodRouter<App>)> {
    vec![
        ("/", get(site::home)),
        ("/articles/{id}", get(site::article)),
        ("/matrix", get(site::matrix)),
        ("/flow", get(site::flow)),
        ("/panel", get(site::panel)),
        ("/opensearch.xml", get(site::opensearch::opensearch)),
        ("/feed.xml", get(feed::feed)),
        ("/status", get(site::status)),
        ("/docs", get(site::docs)),
        ("/r/{*name}", get(site::runbook)),
        ("/r/", get(site::runbook_of_nothing)),
        ("/api/v1/search", get(api::search::search)),
        ("/api/v1/suggest", get(api::suggest::suggest)),
        ("/api/v1/articles", get(api::articles::list)),
        ("/api/v1/articles/{id}", get(api::articles::article)),
        ("/api/v1/articles/{id}/history", get(api::history::history)),
        ("/api/v1/articles/{id}/script/{channel}", get(api::scripts::script)),
        ("/api/v1/changes", get(api::changes::changes)),
        ("/api/v1/export.json", get(api::export::export)),
        ("/api/v1/events", get(api::events::events)),
        ("/api/v1/fault-types", get(api::fault_types::fault_types)),
        ("/api/v1/matrix", get(api::matrix::matrix)),
        ("/api/v1/front-matter.schema.json", get(api::schema::front_matter)),
        ("/api/v1/findings", get(api::findings::list)),
        ("/api/v1/review", get(api::review::review)),
        ("/api/v1/resolve", post(api::resolve::resolve)),
        ("/api/v1/alerts/unmatched", get(api::unmatched::list)),
        ("/api/v1/status", get(api::status::status)),
        (mcp::PATH, post(mcp::http::endpoint)),
        ("/media/{*path}", get(media::media)),
        ("/assets/{*path}", get(assets::asset)),
        ("/offline.json", get(offline::bundle)),
        ("/openapi.json", get(openapi::openapi)),
        ("/sw.js", get(offline::worker)),
        ("/livez", get(health::livez)),
        ("/readyz", get(health::readyz)),
        ("/metrics", get(metrics::metrics)),
    ]
}

/// Answers every request to the server.
pub fn router(app: App) -> Router {
    let door = Arc::clone(app.door());
    assemble(routes(), door).with_state(app)
}

/// The routes inside their layers. The last layer added is the outermost.
fn assemble<S>(routes: Vec<(&'static str, MethodRouter<S>)>, door: Arc<Door>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let named = routes.into_iter().fold(Router::new(), |router, (template, handlers)| {
        router.route(template, handlers.layer(map_response(move |r| name(r, template))))
    });
    let guarded = named
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(CatchPanicLayer::custom(OnPanic(Arc::clone(&door))))
        .layer(DefaultBodyLimit::max(door.limits.body_bytes))
        .layer(from_fn_with_state(Arc::clone(&door), limits::deadline))
        .layer(from_fn_with_state(Arc::clone(&door), tokens::check))
        .layer(from_fn_with_state(Arc::clone(&door), rate::limit))
        .layer(from_fn_with_state(Arc::clone(&door), limits::sizes))
        .layer(from_fn_with_state(Arc::clone(&door), origin::check))
        // Outside of what refuses, so that another origin can read why.
        .layer(from_fn_with_state(Arc::clone(&door), cors::share))
        .layer(from_fn_with_state(Arc::clone(&door), host::check));
    guarded
        .layer(from_fn(site::problems_as_pages))
        // Answers differ per query, so the time to compress counts more than the last bytes.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth_it()))
        .layer(from_fn_with_state(Arc::clone(&door), metrics::observe))
        .layer(from_fn(timing::stamp))
        .layer(from_fn(headers::complete))
        .layer(from_fn(request_id::assign))
        .layer(CatchPanicLayer::custom(OnPanic(door)))
}

/// What fits into one packet anyway is sent as it is: above all refusals, which must cost nothing.
fn worth_it() -> impl Predicate {
    DefaultPredicate::new().and(SizeAbove::new(MIN_COMPRESSED_BYTES))
}

async fn name(mut response: Response, template: &'static str) -> Response {
    response.extensions_mut().insert(Route(template));
    response
}

/// Turns a panic into a counted and logged 500. The panic's own message is in the log already:
/// the default hook prints it.
#[derive(Clone)]
struct OnPanic(Arc<Door>);

impl ResponseForPanic for OnPanic {
    type ResponseBody = axum::body::Body;

    fn response_for_panic(&mut self, _: Box<dyn Any + Send>) -> Response {
        self.0.metrics.count_panic();
        let mut response = Problem::internal("a handler panicked").into_response();
        headers::apply(response.headers_mut());
        response
    }
}

#[cfg(test)]
mod tests;
