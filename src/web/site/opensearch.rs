//! `GET /opensearch.xml`: tells a browser how to search here from its address bar.

use std::fmt::Write;

use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};

use crate::web::{assets::asset_url, etag::Tag, params::NoParams, problem::Problem, state::App};

/// Describes the search. Source: OpenSearch 1.1, draft 6.
#[utoipa::path(
    get,
    path = "/opensearch.xml",
    tag = "search",
    operation_id = "opensearch",
    summary = "让浏览器地址栏能搜这里（OpenSearch 1.1）",
    responses(
        (status = 200, description = "OpenSearch 描述", body = String,
            content_type = "application/opensearchdescription+xml"),
        (status = 304, description = "与 If-None-Match 里的标签相同"),
    )
)]
pub(crate) async fn opensearch(
    State(app): State<App>,
    headers: HeaderMap,
    _: NoParams,
) -> Result<Response, Problem> {
    let kind = [(header::CONTENT_TYPE, "application/opensearchdescription+xml")];
    let description = description(&app.pages().origin(&headers));
    let tag = Tag::of_content(description.as_bytes());
    Ok(tag.answer(&headers, (kind, description).into_response()))
}

fn description(origin: &str) -> String {
    let (origin, icon) = (escaped(origin), escaped(&asset_url("favicon.svg")));
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>救急</ShortName>
<Description>按来电人的说法或报错代码查应急策略</Description>
<Language>zh-CN</Language>
<InputEncoding>UTF-8</InputEncoding>
<Image width="16" height="16" type="image/svg+xml">{origin}{icon}</Image>
<Url type="text/html" method="get" template="{origin}/?q={{searchTerms}}"/>
</OpenSearchDescription>
"#
    )
}

/// Text for XML, between tags and in attributes.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        if "<>&\"'".contains(character) {
            // Writing to a string does not fail.
            let _ = write!(out, "&#{};", u32::from(character));
        } else {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_names_the_search_and_escapes_the_origin() {
        let text = description("http://a\"><b>&'");
        assert!(
            text.contains("template=\"http://a&#34;&#62;&#60;b&#62;&#38;&#39;/?q={searchTerms}\"")
        );
        assert!(!text.contains("<b>"), "{text}");
    }
}
