//! `GET /openapi.json`: the interface for other programs, described by its own handlers.
//!
//! Each handler says in its `utoipa::path` what is special about it, each type of an answer derives
//! its schema where it stands. A new route is one more line in [`Handlers`]. What is true of many
//! routes is added here: what can always go wrong and the headers of answers in `shared`, exact
//! schemas in `exact`, the words for people in `words`.

mod exact;
mod examples;
pub(crate) mod outline;
pub(crate) mod params;
mod shared;
mod words;

use std::sync::LazyLock;

use axum::{
    body::Bytes,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use utoipa::OpenApi;

use super::{
    api, assets, etag::Tag, feed, health, mcp, media, metrics, offline, params::NoParams, problem,
    site,
};

/// All that is not a page or a file of one, in the order in which people look for it.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "救急",
        description = "运维应急策略知识库的接口。只读：除了提交告警（resolve）和给智能体的 /mcp 是 POST，其余都是 GET，也接受 HEAD。\n\n\
            - 不认识的查询参数不会被忽略，而是以 400 指名拒绝。\n\
            - 出错时回答 RFC 9457 的 application/problem+json，用 code 判断种类，用 detail 给人看。\n\
            - 带 ETag 的回答可以用 If-None-Match 询问，没有变化时回答 304。\n\
            - 503 和 429 带 Retry-After，单位是秒。\n\
            - 时间是 RFC 3339，文字中的位置按 Unicode 标量值计，左闭右开。",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    servers((url = "/", description = "本机")),
    tags(
        (name = "search", description = "查策略"),
        (name = "articles", description = "文章"),
        (name = "operations", description = "运行与维护"),
    ),
    paths(
        api::search::search,
        api::suggest::suggest,
        api::resolve::resolve,
        site::runbook::runbook,
        mcp::http::endpoint,
        site::opensearch::opensearch,
        api::articles::list,
        api::articles::article,
        api::history::history,
        api::scripts::script,
        api::changes::changes,
        api::export::export,
        feed::feed,
        api::fault_types::fault_types,
        api::matrix::matrix,
        api::schema::front_matter,
        media::media,
        offline::bundle,
        api::events::events,
        api::findings::list,
        api::unmatched::list,
        api::review::review,
        api::status::status,
        health::livez,
        health::readyz,
        metrics::metrics,
        openapi,
    ),
    components(schemas(problem::Body<'_>, problem::Code)),
)]
struct Handlers;

/// The document, the same for the whole life of the program.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut document = serde_json::to_value(Handlers::openapi()).unwrap_or_default();
    exact::tighten(&mut document);
    shared::complete(&mut document);
    words::translate(&mut document);
    examples::add(&mut document);
    document
});

static BYTES: LazyLock<Bytes> = LazyLock::new(|| format!("{:#}\n", *DOCUMENT).into());

/// The document as a value.
pub(crate) fn document() -> &'static Value {
    &DOCUMENT
}

/// Gives the document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "operations",
    operation_id = "get_openapi",
    summary = "这份接口说明（OpenAPI 3.1）",
    responses(
        (status = 200, description = "OpenAPI 文档", body = Object),
        (status = 304, description = "与 If-None-Match 里的标签相同"),
    )
)]
pub(crate) async fn openapi(headers: HeaderMap, _: NoParams) -> Response {
    let tag = Tag::new("openapi", &[assets::fingerprint()]);
    if tag.matches(&headers) {
        return tag.not_modified();
    }
    tag.on(([(header::CONTENT_TYPE, "application/json")], BYTES.clone()).into_response())
}

#[cfg(test)]
mod tests;
