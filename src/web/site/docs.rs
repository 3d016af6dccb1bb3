//! `GET /docs`: the interface for other programs, from the same document as `/openapi.json`.

use std::sync::LazyLock;

use axum::{
    extract::State,
    http::HeaderMap,
    response::{Html, IntoResponse, Response},
};
use serde_json::Value;

use super::{noting_urls, variant};
use crate::web::{
    assets::fingerprint,
    etag::Tag,
    openapi::{self, outline},
    pages::{self, DocsView},
    params::NoParams,
    problem::Problem,
    state::App,
};

/// What the page says, made once.
struct Said {
    introduction: Vec<String>,
    groups: Vec<pages::Group>,
    schemas: Vec<pages::Schema>,
}

static SAID: LazyLock<Said> = LazyLock::new(|| {
    let document = openapi::document();
    Said {
        introduction: introduction(document),
        groups: outline::groups(document),
        schemas: outline::schemas(document),
    }
});

/// Shows the interface.
pub(crate) async fn docs(
    State(app): State<App>,
    headers: HeaderMap,
    _: NoParams,
) -> Result<Response, Problem> {
    let tag = Tag::new("docs", &[fingerprint(), &variant(&app, "docs")]);
    if tag.matches(&headers) {
        return Ok(tag.not_modified());
    }
    let Said { introduction, groups, schemas } = &*SAID;
    let view = DocsView { introduction, groups, schemas, assets: &noting_urls(&app) };
    let html = pages::docs_page(&view).map_err(Problem::internal)?;
    Ok(tag.on(Html(html).into_response()))
}

fn introduction(document: &Value) -> Vec<String> {
    let text = document["info"]["description"].as_str().unwrap_or_default();
    let lines = text.lines().map(|line| line.trim_start_matches("- "));
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
