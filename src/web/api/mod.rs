//! `/api/v1`: one file per resource, with parameters, response and handler together.

pub(crate) mod article_body;
pub(crate) mod article_text;
pub(crate) mod articles;
pub(crate) mod changes;
pub(crate) mod events;
pub(crate) mod export;
pub(crate) mod fault_types;
pub(crate) mod findings;
pub(crate) mod history;
pub(crate) mod matrix;
pub(crate) mod resolve;
pub(crate) mod review;
pub(crate) mod schema;
pub(crate) mod scripts;
pub(crate) mod search;
pub(crate) mod status;
pub(crate) mod suggest;
pub(crate) mod unmatched;

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::{etag::Tag, problem::Problem};
use crate::{
    article::{Article, FaultType},
    search::Filters,
};

/// All but the unreserved characters. Source: RFC 3986, section 2.3.
pub(crate) const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `base` and an id as one path segment.
pub(crate) fn id_url(base: &str, id: &str) -> String {
    format!("{base}{}", utf8_percent_encode(id, SEGMENT))
}

/// JSON whose tag is made from its content, for what is no function of a snapshot alone; nothing
/// but the tag for a client that has it already.
///
/// # Errors
/// When the body cannot be written as JSON.
fn tagged_json(
    body: &impl Serialize,
    revision: &str,
    asked: &HeaderMap,
) -> Result<Response, Problem> {
    let json = serde_json::to_vec(body).map_err(Problem::internal)?;
    let tag = Tag::of_content(&json).of_revision(revision);
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    Ok(tag.answer(asked, (kind, json).into_response()))
}

/// Chinese name of a fault type that an article may lack.
fn label(fault_type: Option<FaultType>) -> Option<&'static str> {
    fault_type.map(FaultType::label)
}

/// Whether an article has the values that `filters` ask for; an empty list asks for nothing.
fn passes(article: &Article, filters: &Filters) -> bool {
    let meta = &article.meta;
    let has = |systems: &[String]| meta.systems.iter().any(|system| systems.contains(system));
    any(&filters.fault_type, meta.fault_type)
        && any(&filters.severity, meta.severity)
        && any(&filters.tier, meta.tier)
        && any(&filters.status, Some(meta.status))
        && (filters.system.is_empty() || has(&filters.system))
}

fn any<T: PartialEq>(allowed: &[T], value: Option<T>) -> bool {
    allowed.is_empty() || value.is_some_and(|value| allowed.contains(&value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{FrontMatter, Severity, Status};

    #[test]
    fn an_id_is_one_segment() {
        let table = [
            ("file-deleted", "/articles/file-deleted"),
            ("a/b/overview", "/articles/a%2Fb%2Foverview"),
            ("机房", "/articles/%E6%9C%BA%E6%88%BF"),
            ("a b?#%", "/articles/a%20b%3F%23%25"),
        ];
        for (id, url) in table {
            assert_eq!(id_url("/articles/", id), url);
        }
    }

    #[test]
    fn filters_are_any_within_a_list_and_all_between_lists() {
        let article = Article {
            meta: FrontMatter {
                fault_type: Some(FaultType::Login),
                systems: vec!["ad".into(), "sso".into()],
                ..FrontMatter::default()
            },
            ..empty_article("login-failure")
        };
        let default = Filters::default();
        let table = [
            (default.clone(), true),
            (Filters { status: vec![Status::Draft], ..default.clone() }, false),
            (
                Filters {
                    fault_type: vec![FaultType::Network, FaultType::Login],
                    ..default.clone()
                },
                true,
            ),
            (Filters { system: vec!["dns".into()], ..default.clone() }, false),
            (Filters { system: vec!["dns".into(), "sso".into()], ..default.clone() }, true),
            (Filters { severity: vec![Severity::P1], ..default.clone() }, false),
        ];
        for (filters, expected) in table {
            assert_eq!(passes(&article, &filters), expected, "{filters:?}");
        }
    }

    /// An article that has nothing but an id.
    pub(super) fn empty_article(id: &str) -> Article {
        Article {
            id: id.to_owned(),
            path: format!("{id}.md"),
            title: id.to_owned(),
            meta: FrontMatter::default(),
            sections: Vec::new(),
            questions: Vec::new(),
            steps: Vec::new(),
            commands: Vec::new(),
            scripts: crate::article::Scripts::default(),
            escalations: Vec::new(),
            links: Vec::new(),
        }
    }
}
