//! The headers every response carries, exactly.
//!
//! Handlers set what is special about theirs (`Cache-Control`, the sandbox of an image); this
//! layer fills in the rest, errors and panics included.

use std::collections::BTreeMap;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};

use super::access::cors::Shared;

/// Policy of pages: own files only, nothing inline, one named Trusted Types policy.
pub(crate) const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types jiuji";

/// Policy of everything that is data.
pub(crate) const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Policy of images from the knowledge base, which anyone who can write there has made.
pub(crate) const MEDIA_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// Marks a response that others may show in a frame: its own policy says who.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Framed;

/// [`PAGE_POLICY`] for a page that pages of `origins` may show in a frame.
pub(crate) fn framed_policy(origins: &[String]) -> String {
    let ancestors = format!("frame-ancestors {}", origins.join(" "));
    PAGE_POLICY.replace("frame-ancestors 'none'", &ancestors)
}

/// Who may load a response without asking for leave to read it.
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Headers that are the same everywhere.
const FIXED: [(HeaderName, HeaderValue); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (RESOURCE_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    ),
];

/// Headers of a page, by name, for whoever answers in place of this server.
pub(crate) fn of_page() -> BTreeMap<String, String> {
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    let mut headers = HeaderMap::from_iter([(header::CONTENT_TYPE, html)]);
    apply(&mut headers);
    let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
    headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
}

/// Completes the headers of every response.
pub(crate) async fn complete(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let is_framed = response.extensions().get::<Framed>().is_some();
    let is_shared = response.extensions().get::<Shared>().is_some();
    if response.status() == StatusCode::NOT_MODIFIED {
        // A browser puts these headers over those it has kept: the policy for data, which a
        // response without a type would get, would block every style and script of the page.
        fix(response.headers_mut());
    } else {
        apply(response.headers_mut());
    }
    if is_framed {
        // The older header knows no list of origins.
        response.headers_mut().remove(header::X_FRAME_OPTIONS);
    }
    if is_shared {
        // The origin that asks is on the list; others get the answer without this mark.
        response.headers_mut().insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    }
    response
}

fn fix(headers: &mut HeaderMap) {
    for (name, value) in FIXED {
        headers.insert(name, value);
    }
}

/// Adds the fixed headers, and a policy and `no-store` where the handler chose none.
pub(crate) fn apply(headers: &mut HeaderMap) {
    fix(headers);
    let policy = if is_html(headers) { PAGE_POLICY } else { API_POLICY };
    let policy = HeaderValue::from_static(policy);
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

fn is_html(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware::from_fn, routing::get};
    use tower::ServiceExt;

    use super::*;

    fn completed(given: &[(HeaderName, &'static str)]) -> HeaderMap {
        let given = given.iter().map(|(name, value)| (name.clone(), value.parse().unwrap()));
        let mut headers = given.collect();
        apply(&mut headers);
        headers
    }

    #[test]
    fn the_policy_follows_the_kind_of_content() {
        let table = [
            (vec![(header::CONTENT_TYPE, "text/html; charset=utf-8")], PAGE_POLICY),
            (vec![(header::CONTENT_TYPE, "application/json")], API_POLICY),
            (vec![], API_POLICY),
            (vec![(header::CONTENT_SECURITY_POLICY, MEDIA_POLICY)], MEDIA_POLICY),
        ];
        for (given, policy) in table {
            assert_eq!(completed(&given)[header::CONTENT_SECURITY_POLICY], policy, "{given:?}");
        }
    }

    #[tokio::test]
    async fn the_policy_a_browser_has_kept_is_left_alone() {
        let app = Router::new()
            .route("/", get(|| async { StatusCode::NOT_MODIFIED }))
            .layer(from_fn(complete));
        let response = app.oneshot(Request::new(Body::empty())).await.unwrap();
        assert!(!response.headers().contains_key(header::CONTENT_SECURITY_POLICY));
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }

    #[tokio::test]
    async fn only_a_marked_response_may_be_framed() {
        for marked in [true, false] {
            let handler = move || async move {
                let mut response = Response::new(Body::empty());
                if marked {
                    response.extensions_mut().insert(Framed);
                }
                response
            };
            let app = Router::new().route("/", get(handler)).layer(from_fn(complete));
            let response = app.oneshot(Request::new(Body::empty())).await.unwrap();
            assert_eq!(response.headers().contains_key(header::X_FRAME_OPTIONS), !marked);
        }
    }

    #[test]
    fn the_policy_of_a_frame_differs_in_its_ancestors_only() {
        let origins = ["https://a.example".to_owned(), "http://b:81".to_owned()];
        let policy = framed_policy(&origins);
        assert!(policy.contains("; frame-ancestors https://a.example http://b:81; "), "{policy}");
        let back = policy.replace("https://a.example http://b:81", "'none'");
        assert_eq!(back, PAGE_POLICY);
    }

    #[test]
    fn the_page_policy_is_one_line_without_inline_or_foreign_sources() {
        assert!(!PAGE_POLICY.contains("  ") && !PAGE_POLICY.contains('\n'));
        assert!(!PAGE_POLICY.contains("unsafe") && !PAGE_POLICY.contains("http"));
    }

    #[test]
    fn what_the_handler_says_about_caching_stays() {
        assert_eq!(completed(&[])[header::CACHE_CONTROL], "no-store");
        let kept = completed(&[(header::CACHE_CONTROL, "no-cache")]);
        assert_eq!(kept[header::CACHE_CONTROL], "no-cache");
        assert_eq!(kept[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
}
