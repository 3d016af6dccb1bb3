//! `GET /api/v1/front-matter.schema.json`: what front matter may contain, for editors.

use std::sync::LazyLock;

use axum::{
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};

use crate::{
    article::front_matter_schema,
    web::{assets, etag::Tag, params::NoParams},
};

/// The schema as text; the same for the whole life of the program.
static SCHEMA: LazyLock<String> = LazyLock::new(|| format!("{:#}\n", front_matter_schema()));

/// Gives the JSON Schema of front matter.
#[utoipa::path(
    get,
    path = "/api/v1/front-matter.schema.json",
    tag = "articles",
    operation_id = "get_front_matter_schema",
    summary = "文章头部字段的 JSON Schema，给编辑器用",
    responses(
        (status = 200, description = "JSON Schema", body = Object,
            content_type = "application/schema+json"),
        (status = 304, description = "与 If-None-Match 里的标签相同"),
    )
)]
pub(crate) async fn front_matter(headers: HeaderMap, _: NoParams) -> Response {
    let tag = Tag::new("schema", &[&SCHEMA, assets::fingerprint()]);
    if tag.matches(&headers) {
        return tag.not_modified();
    }
    let kind = [(header::CONTENT_TYPE, "application/schema+json")];
    tag.on((kind, SCHEMA.as_str()).into_response())
}
